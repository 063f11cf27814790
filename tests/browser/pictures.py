"""The pictures of the README and the tutorials, taken of a fresh demonstration: `make screenshots`.

Everything that could differ from one run to the next stands still: the same story, the same sizes, no caret, no
motion. What follows the calendar (days, what is due) follows the day on which they are taken.
"""

import base64
import struct
import sys
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from playwright.sync_api import Browser, Page, sync_playwright

from tests.acceptance.server import home_of_a_stranger, serving
from tests.architecture.sources import ROOT
from tests.browser.chromium import FLAGS, REMEDY, find_chromium
from tests.browser.visitor import DESK, PHONE, Visitor, visiting

FOLDER: Final = ROOT / "docs" / "pictures"
LARGEST: Final = 150_000  # bytes of a picture
COLOURS: Final = 256


@dataclass(frozen=True)
class Picture:
    """What is shown. reach: how the persona gets there. height: of what is kept, None for the whole page."""

    name: str
    persona: str | None
    reach: Callable[[Page], None]
    size: tuple[int, int] = DESK
    colours: Literal["light", "dark"] = "light"


def _stay(_page: Page) -> None:
    """The page after signing in is the one to show."""


def _go(path: str) -> Callable[[Page], None]:
    def reach(page: Page) -> None:
        page.goto(path)

    return reach


def _first(path: str, link: str, having: str = "") -> Callable[[Page], None]:
    """Return the way to what the first link of a kind on a page leads to. having: words beside it."""

    def reach(page: Page) -> None:
        page.goto(path)
        leads = page.locator(f"main a[href^='{link}']:not([href$='/new']):not([href*='/template'])")
        if having:
            around = f"xpath=ancestor-or-self::*[.//a[starts-with(@href, '{link}')]][1]"
            leads = page.get_by_text(having).first.locator(around).locator(f"a[href^='{link}']")
        page.goto(str(leads.first.get_attribute("href")))

    return reach


def _approval(page: Page) -> None:
    """Go to the page on which an approver checks what is about to be signed."""
    page.get_by_role("main").get_by_role("link", name="Setujui", exact=True).last.click()
    page.locator("main a[href$='/steps/approve']").first.click()
    page.locator(".fill a").click()
    page.locator("form .acts button.primary").click()
    page.wait_for_selector("button[name=sure]")


PICTURES: Final = (
    Picture("sign-in", None, _go("/sign-in")),
    Picture("work", "intake", _stay),
    Picture("work-phone", "intake", _stay, PHONE),
    Picture("case", "intake", _first("/work", "/claims/")),
    Picture("case-phone", "approver_1", _first("/work", "/claims/"), PHONE),
    Picture("check", "approver_1", _approval),
    Picture("claims", "auditor", _go("/claims")),
    Picture("roster", "sponsor_officer", _first("/rosters", "/rosters/", "17 perlu diperbaiki")),
    Picture("programme", "sponsor_officer", _go("/programmes")),
    Picture("programme-dark", "sponsor_officer", _go("/programmes"), colours="dark"),
)


def take_all(only: frozenset[str] = frozenset()) -> None:
    """Take the pictures, all or those named, and say how large each became."""
    program = find_chromium()
    if program is None:
        raise SystemExit(REMEDY)
    FOLDER.mkdir(exist_ok=True)
    with (
        home_of_a_stranger() as folder,
        serving(folder, "--seed") as running,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        for picture in PICTURES:
            if not only or picture.name in only:
                _take(browser, running.address, picture)
        browser.close()


def _take(browser: Browser, address: str, picture: Picture) -> None:
    with visiting(
        browser, address, size=picture.size, color_scheme=picture.colours, reduced_motion="reduce"
    ) as visitor:
        if picture.persona is not None:
            visitor.sign_in(picture.persona)
        picture.reach(visitor.page)
        content = _smaller(visitor, visitor.page.screenshot(animations="disabled", caret="hide"))
    path = FOLDER / f"{picture.name}.png"
    path.write_bytes(content)
    sys.stdout.write(f"{path.relative_to(ROOT)} {len(content):,} bytes\n")
    assert len(content) <= LARGEST, f"{path.name} is larger than {LARGEST:,} bytes"


# Counts the colours of a picture, keeps the most frequent ones, and gives every pixel the nearest of them.
_QUANTISE: Final = """
async ([data, most]) => {
  const image = new Image();
  image.src = `data:image/png;base64,${data}`;
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height), drawing = canvas.getContext('2d');
  drawing.drawImage(image, 0, 0);
  const pixels = new Uint32Array(drawing.getImageData(0, 0, image.width, image.height).data.buffer);
  const counts = new Map();
  for (const one of pixels) counts.set(one, (counts.get(one) ?? 0) + 1);
  const kept = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, most).map(([one]) => one);
  const parts = (one) => [one & 255, (one >> 8) & 255, (one >> 16) & 255];
  const palette = kept.map(parts), nearest = new Map(kept.map((one, index) => [one, index]));
  const find = (one) => {
    const [r, g, b] = parts(one);
    let best = 0, least = Infinity;
    palette.forEach(([x, y, z], index) => {
      const far = (r - x) ** 2 + (g - y) ** 2 + (b - z) ** 2;
      if (far < least) { least = far; best = index; }
    });
    nearest.set(one, best);
    return best;
  };
  let text = '';
  for (const one of pixels) text += String.fromCharCode(nearest.get(one) ?? find(one));
  return [image.width, image.height, palette.flat(), btoa(text)];
}
"""


def _smaller(visitor: Visitor, content: bytes) -> bytes:
    """Return a picture with a palette: a third of the size, and no eye sees the difference."""
    blank = visitor.context.new_page()
    found: list[Any] = blank.evaluate(_QUANTISE, [base64.b64encode(content).decode(), COLOURS])
    blank.close()
    width, height, palette, text = found
    pixels = base64.b64decode(text)
    lines = b"".join(b"\0" + pixels[at : at + width] for at in range(0, width * height, width))
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
            _chunk(b"PLTE", bytes(palette)),
            _chunk(b"IDAT", zlib.compress(lines, 9)),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


if __name__ == "__main__":
    take_all(frozenset(Path(name).stem for name in sys.argv[1:]))
