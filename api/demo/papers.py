"""Papers of the demonstration: small pictures that say what they are, and that they are made up."""

import struct
import zlib
from collections.abc import Sequence
from functools import cache
from typing import Final

MEDIA_TYPE: Final = "image/png"
WIDTH, HEIGHT = 440, 600  # pixels
_MARGIN: Final = 28
_LETTERS: Final = " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_COLUMNS: Final = bytes.fromhex(  # five columns a letter, the lowest bit on top
    "0000000000 00005f0000 0007000700 147f147f14 242a7f2a12 2313086462 3649562050 0008070300 001c224100"
    "0041221c00 2a1c7f1c2a 08083e0808 0080703000 0808080808 0000606000 2010080402 3e5149453e 00427f4000"
    "7249494946 2141494d33 1814127f10 2745454539 3c4a494931 4121110907 3649494936 464949291e 0000140000"
    "0040340000 0008142241 1414141414 0041221408 0201590906 3e415d594e 7c1211127c 7f49494936 3e41414122"
    "7f4141413e 7f49494941 7f09090901 3e41415173 7f0808087f 00417f4100 2040413f01 7f08142241 7f40404040"
    "7f021c027f 7f0408107f 3e4141413e 7f09090906 3e4151215e 7f09192946 2649494932 03017f0103 3f4040403f"
    "1f2040201f 3f4038403f 6314081463 0304780403 6159494d43"
)


def paper(title: str, lines: Sequence[str]) -> bytes:
    """Return a PNG of one page: the mark CONTOH - SINTETIS, a title, and lines, all in capitals."""
    page = list(_frame())  # a row of pixels is one number, whose set bits are ink
    y = _written(page, _MARGIN, "CONTOH - SINTETIS", size=3) + 18
    for line in _broken(title, size=2):
        y = _written(page, y, line, size=2) + 6
    y += 16
    for text in lines:
        for line in _broken(text, size=2):
            y = _written(page, y, line, size=2) + 8
    _written(page, HEIGHT - _MARGIN - 14, "BUKAN DOKUMEN RESMI", size=2)
    return _png(page)


def _broken(text: str, *, size: int) -> list[str]:
    """Break a text into lines that fit between the margins."""
    fits = (WIDTH - 2 * _MARGIN) // (6 * size)
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if len(longer) <= fits or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _written(page: list[int], y: int, line: str, *, size: int) -> int:
    """Write a line and return where it ends. What does not fit on the page is left out."""
    fits = (WIDTH - 2 * _MARGIN) // (6 * size)
    letters = [_letter(letter, size) for letter in line.upper()[:fits]]
    for row in range(8):
        ink = 0
        for letter in letters:
            ink = ink << 6 * size | letter[row]
        ink <<= WIDTH - _MARGIN - 6 * size * len(letters)
        for below in range(min(size, max(0, HEIGHT - y - row * size))):
            page[y + row * size + below] |= ink
    return y + 8 * size


@cache
def _letter(letter: str, size: int) -> tuple[int, ...]:
    """Return the eight rows of a letter, each as wide as six columns of this size."""
    place = max(0, _LETTERS.find(letter)) * 5
    columns, dot = _COLUMNS[place : place + 5], (1 << size) - 1
    return tuple(
        sum(dot << (5 - n) * size for n, column in enumerate(columns) if column >> row & 1)
        for row in range(8)
    )


@cache
def _frame() -> tuple[int, ...]:
    edge = ((1 << WIDTH - 20) - 1) << 10
    sides = 0b11 << WIDTH - 12 | 0b11 << 10
    rows = [0] * 10 + [edge] * 2 + [sides] * (HEIGHT - 24) + [edge] * 2 + [0] * 10
    return tuple(rows)


def _png(page: Sequence[int]) -> bytes:
    paper_white = (1 << WIDTH) - 1
    rows = b"".join(b"\0" + (paper_white ^ ink).to_bytes(WIDTH // 8) for ink in page)  # no filter
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 1, 0, 0, 0, 0)  # one bit a pixel
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_part(kind, content) for kind, content in parts)


def _part(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
