"""The number of a letter's case as a QR code: one path of SVG, without script and without a word of a person."""

import segno
from markupsafe import Markup

QUIET = 4  # modules of white around the code, as the standard asks


def qr(text: str) -> Markup:
    """Return a text as a QR code that survives a fold (error correction M)."""
    rows = segno.make(text, error="m", micro=False).matrix
    size = len(rows) + 2 * QUIET
    path = "".join(_run(x, y, length) for y, row in enumerate(rows) for x, length in _dark(row))
    return Markup(
        '<svg class="qr" viewBox="0 0 {size} {size}" role="img" aria-label="QR: {text}" shape-rendering="crispEdges">'
        '<path class="white" d="M0 0h{size}v{size}H0z"/><path class="dark" d="{path}"/></svg>'
    ).format(size=size, text=text, path=path)


def _run(x: int, y: int, length: int) -> str:
    return f"M{x + QUIET} {y + QUIET}h{length}v1h-{length}z"


def _dark(row: bytes | bytearray) -> list[tuple[int, int]]:
    """Return where dark modules of a row begin, and how many follow one another."""
    found: list[tuple[int, int]] = []
    for x, module in enumerate(row):
        if not module:
            continue
        if found and sum(found[-1]) == x:
            found[-1] = (found[-1][0], found[-1][1] + 1)
        else:
            found.append((x, 1))
    return found
