"""The API reference page at /docs: Swagger UI from our own files, under a policy that calls nobody else."""

from pathlib import Path
from typing import Any, Final

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

STATIC: Final = Path(__file__).with_name("static")
POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",  # the icons inside Swagger UI's style sheet
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
_HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def add_docs(app: FastAPI) -> None:
    """Serve the reference page and its files. The app is made with `docs_url=None, redoc_url=None`.

    FastAPI's own pages load scripts from a public host and start them inline. Every address on ours
    is relative, so it works behind a path prefix too.
    """
    assert app.docs_url is None and app.redoc_url is None, "FastAPI's own pages call outside addresses"
    assert app.openapi_url == "/openapi.json", "the page asks for openapi.json beside itself"
    page = (STATIC / "reference.html").read_text(encoding="utf-8")

    @app.get("/docs", include_in_schema=False)
    async def reference() -> HTMLResponse:
        return HTMLResponse(page, headers=_HEADERS)

    app.mount("/docs/static", Kept(directory=STATIC), name="reference-static")


class Kept(StaticFiles):
    """Files that a browser may keep, if it asks each time whether they changed."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:  # Any: whatever Starlette passes on
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = "no-cache"
        return response
