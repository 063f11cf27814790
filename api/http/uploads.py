"""Uploads: bounded files of accepted kinds, and the text fields beside them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from fastapi import Request
from python_multipart.multipart import parse_options_header
from starlette.datastructures import FormData, UploadFile
from starlette.types import Message, Receive

from api.http.problems import UnsupportedMedia
from domain.command import Behalf
from domain.refusal import Invalid, TooLarge

DOCUMENT_MAX: Final = 20 * 1024 * 1024  # bytes
DOCUMENT_KINDS: Final = frozenset(
    {
        "application/pdf",
        "application/octet-stream",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "image/heic",
        "image/jpeg",
        "image/png",
        "text/csv",
        "text/plain",
    }
)
TEXT_MAX: Final = 1 << 20  # bytes of a form without a file
_AROUND_A_FILE: Final = 65_536  # bytes of a multipart body beside the file itself
_FORMS: Final = ("multipart/form-data",)


@dataclass(frozen=True, repr=False)
class Upload:
    """A file and the text fields that came with it."""

    content: bytes
    media_type: str
    fields: dict[str, str]

    @property
    def parts(self) -> tuple[bytes, ...]:
        """Everything that was sent, for a repeat under the same key to be compared with."""
        fields = "\n".join(f"{name}={value}" for name, value in sorted(self.fields.items()))
        return fields.encode(), self.media_type.encode(), self.content

    def text(self, name: str) -> str:
        """Return a text field. Refused (`invalid`) where it is missing."""
        value = self.fields.get(name, "").strip()
        if not value:
            raise Invalid(f"{name} is missing: send it as a field beside the file", field=name)
        return value

    def day(self, name: str) -> date | None:
        """Return a day, or None where the field is missing."""
        value = self.fields.get(name)
        if value is None:
            return None
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise Invalid(f"{name} is a day, such as 2023-09-01", field=name) from None

    def form(self, known: Collection[str]) -> dict[str, Any]:
        """Return what every writing request may carry. Refused (`invalid`) for unknown fields."""
        extra = {"effective_on", "note", "on_behalf_of_name", "on_behalf_of_relation"}
        if unknown := sorted(self.fields.keys() - extra - set(known)):
            raise Invalid(f"{unknown[0]}: there is no such field here", field=unknown[0])
        fields: dict[str, Any] = {"effective_on": self.day("effective_on"), "note": self.fields.get("note")}
        if name := self.fields.get("on_behalf_of_name"):
            fields["on_behalf_of"] = Behalf(
                name=name, relation=self.fields.get("on_behalf_of_relation", "other")
            )
        return fields


async def read_upload(
    request: Request, *, limit: int = DOCUMENT_MAX, kinds: Collection[str] = DOCUMENT_KINDS
) -> Upload:
    """Read a multipart body with one `file`. Refused (`too_large`, `unsupported_media`, `invalid`)."""
    form = await bounded_form(request, limit=limit)
    return await upload_of(form, limit=limit, kinds=kinds)


async def bounded_form(request: Request, *, limit: int = DOCUMENT_MAX) -> FormData:
    """Read a multipart body that is no longer than a file of this size can make it."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in _FORMS:
        raise UnsupportedMedia("send multipart/form-data with a field named file")
    refuse_other_charset(request)
    length = request.headers.get("content-length", "")
    if length.isdigit() and int(length) > limit + _AROUND_A_FILE:
        raise TooLarge(f"the file is larger than {limit} bytes", limit=limit)
    bounded = Request(request.scope, _counted(request.receive, limit))
    return await bounded.form(max_files=1, max_fields=20)


async def upload_of(
    form: FormData, *, limit: int = DOCUMENT_MAX, kinds: Collection[str] = DOCUMENT_KINDS
) -> Upload:
    """Return the file of a form and the texts beside it. Refused like `read_upload`."""
    file = form.get("file")
    if not isinstance(file, UploadFile):
        raise Invalid("file is missing: send the file in a field named file", field="file")
    content = await file.read(limit + 1)
    await file.close()
    if len(content) > limit:
        raise TooLarge(f"the file is larger than {limit} bytes", limit=limit)
    if not content:
        raise Invalid("the file is empty: send the document itself", field="file")
    media_type = (file.content_type or "application/octet-stream").partition(";")[0].strip().lower()
    if media_type not in kinds:
        raise UnsupportedMedia(
            f"a file of kind {media_type} is not accepted; accepted are {', '.join(sorted(kinds))}",
            accepted=sorted(kinds),
        )
    texts = {name: value for name, value in form.items() if isinstance(value, str)}
    if any("\0" in value for value in texts.values()):
        raise Invalid("a field holds the character U+0000, which cannot be kept: leave it out", field="body")
    return Upload(content, media_type, texts)


def refuse_other_charset(request: Request) -> None:
    """Refuse (`unsupported_media`) a form in another charset than UTF-8; some hold what is no text at all."""
    _, options = parse_options_header(request.headers.get("content-type", ""))
    if options.get(b"charset", b"utf-8").strip().lower() not in (b"utf-8", b"utf8"):
        raise UnsupportedMedia("send the form in UTF-8")


def bounded(request: Request, *, with_file: int) -> Request:
    """Return the same request; a body longer than a form of ours is refused (`too_large`) while it is read.

    with_file: the largest file that some form takes, in bytes.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return Request(request.scope, _counted(request.receive, with_file if kind in _FORMS else TEXT_MAX))


def _counted(receive: Receive, limit: int) -> Receive:
    """Return a body that ends in a refusal once it is longer than a file of this size could make it."""
    left = limit + _AROUND_A_FILE

    async def counted() -> Message:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        if left < 0:
            raise TooLarge(f"the file is larger than {limit} bytes", limit=limit)
        return message

    return counted
