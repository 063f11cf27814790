"""Somebody at a real browser, whose every request, answer and complaint is looked at."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response

DESK: Final = (1366, 900)
PHONE: Final = (390, 844)
NARROW: Final = (320, 640)

_AXE: Final = Axe()
# Style sheets are read where they are; axe must ask the server for nothing.
_ALL_RULES: Final = {"resultTypes": ["violations"], "preload": False}
_CONTRAST: Final = _ALL_RULES | {"runOnly": {"type": "rule", "values": ["color-contrast"]}}


@dataclass
class Visitor:
    """A person with a browser of their own. wrong: what no page may do, told at the end of the visit."""

    page: Page
    context: BrowserContext
    address: str
    wrong: list[str] = field(default_factory=list)

    def open(self, path: str) -> Response:
        """Open an address of the server."""
        answer = self.page.goto(path)
        assert answer is not None
        return answer

    def sign_in(self, persona: str) -> None:
        """Choose a persona on the page of signing in."""
        self.open("/sign-in")
        self.page.locator(f"button[name=persona][value={persona}]").click()

    def size(self, width_and_height: tuple[int, int]) -> None:
        width, height = width_and_height
        self.page.set_viewport_size({"width": width, "height": height})

    def axe(self, *, only_contrast: bool = False) -> list[str]:
        """Return what axe finds wrong with the page as it is shown, each with the place."""
        options = _CONTRAST if only_contrast else _ALL_RULES
        found = _AXE.run(self.page, options=options).response["violations"]
        return [
            f"{self.where} {one['id']}: {one['help']}: {node['target']} {node['html'][:160]}"
            for one in found
            for node in one["nodes"]
        ]

    @property
    def where(self) -> str:
        """Return the address, the width and the colours of what is shown."""
        size = self.page.viewport_size
        dark = self.page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
        return f"{urlsplit(self.page.url).path} at {size['width'] if size else '?'}{' dark' if dark else ''}"

    def sideways(self) -> list[str]:
        """Return what makes the page wider than the screen."""
        wide: list[str] = self.page.evaluate(
            """() => {
              const root = document.documentElement;
              if (root.scrollWidth <= root.clientWidth) return [];
              const out = [...document.body.querySelectorAll('*')]
                .filter((one) => one.getBoundingClientRect().right > root.clientWidth + 1);
              return [`${root.scrollWidth} px`, ...out.slice(0, 4).map((one) => one.outerHTML.slice(0, 120))];
            }"""
        )
        return [f"{self.where}: {' | '.join(wide)}"] if wide else []

    def text(self) -> str:
        """Return what a reader sees."""
        return " ".join(self.page.locator("body").inner_text().replace("\N{NO-BREAK SPACE}", " ").split())

    # -- what is looked at without being asked

    def saw_request(self, request: Request) -> None:
        if not request.url.startswith((f"{self.address}/", "data:", "blob:", "about:")):
            self.wrong.append(f"a request left the host: {request.url} from {self.page.url}")

    def saw_answer(self, answer: Response) -> None:
        where = f"{answer.request.method} {urlsplit(answer.url).path}"
        if answer.status >= 500:
            self.wrong.append(f"{where} answered {answer.status}")
        page = "text/html" in answer.headers.get("content-type", "")
        if answer.request.resource_type == "document" and page:
            policy = answer.headers.get("content-security-policy", "")
            self.wrong += [f"{where}: {fault}" for fault in _faults_of_policy(policy)]

    def saw_message(self, message: ConsoleMessage) -> None:
        # That an answer was a refusal is written there by the browser itself, and is no fault of a page.
        refused = message.text.startswith("Failed to load resource: the server responded with a status of 4")
        if message.type in ("error", "warning") and not refused:
            self.wrong.append(f"console: {message.text}")


def _faults_of_policy(policy: str) -> Iterator[str]:
    """Yield what is loose in a Content-Security-Policy.

    Allowed are our own host, pictures inside a style sheet, and the style of a letter by its hash.
    """
    parts = [part.split() for part in policy.split(";") if part.strip()]
    directives = {name: sources for name, *sources in parts}
    if directives.get("default-src") != ["'none'"]:
        yield f"the policy is not closed: {policy!r}"
    for name, sources in directives.items():
        allowed = {"'self'", "'none'"} | ({"data:"} if name == "img-src" else set())
        yield from (
            f"{name} allows {source}"
            for source in sources
            if not (source in allowed or source.startswith("'sha256-"))
        )


@contextmanager
def visiting(browser: Browser, address: str, **options: Any) -> Iterator[Visitor]:
    """Give somebody a browser of their own. At the end, no page may have done what is wrong."""
    size = options.pop("size", DESK)
    context = browser.new_context(
        base_url=address, locale="id-ID", viewport={"width": size[0], "height": size[1]}, **options
    )
    context.set_default_timeout(15_000)
    page = context.new_page()
    visitor = Visitor(page, context, address)
    context.on("request", visitor.saw_request)
    context.on("response", visitor.saw_answer)
    context.on("console", visitor.saw_message)
    context.on("weberror", lambda error: visitor.wrong.append(f"script: {error.error}"))
    try:
        yield visitor
    finally:
        context.close()
    assert visitor.wrong == [], "\n".join(dict.fromkeys(visitor.wrong))


def told(faults: Iterable[str]) -> str:
    """Return faults as an assertion shows them, each once."""
    return "\n".join(dict.fromkeys(faults))
