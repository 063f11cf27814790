"""Shapes of the list of letters; the letters themselves are pages."""

from api.http.shapes import Shape


class LetterItem(Shape, kw_only=True):
    """A letter that can be written now, or why not. `address` is where it is, below this server."""

    kind: str
    title_id: str
    title_en: str
    available: bool
    address: str
    reason_id: str | None = None
    reason_en: str | None = None


class LetterPage(Shape, kw_only=True):
    """Every letter of a case. `position` is the last event that they would rest on."""

    items: list[LetterItem]
    next: str | None = None
    position: int
