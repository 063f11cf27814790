"""The code on a receipt: read back module by module, it is the number of the claim and nothing else."""

import re

import segno

from api.letters.code import QUIET, qr

NUMBER = "JKM-3375-2026-000187"


def modules(svg: str) -> set[tuple[int, int]]:
    """Return the dark modules that the path draws, without the white around."""
    [path] = re.findall(r'class="dark" d="([^"]*)"', svg)
    return {
        (int(x) - QUIET + step, int(y) - QUIET)
        for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\3z", path)
        for step in range(int(length))
    }


def test_the_code_holds_the_number_with_white_around_it() -> None:
    expected = segno.make(NUMBER, error="m", micro=False).matrix
    dark = {(x, y) for y, row in enumerate(expected) for x, module in enumerate(row) if module}
    svg = str(qr(NUMBER))
    assert modules(svg) == dark
    assert f'viewBox="0 0 {len(expected) + 2 * QUIET} {len(expected) + 2 * QUIET}"' in svg
    assert f'aria-label="QR: {NUMBER}"' in svg
    assert "<script" not in svg and "style=" not in svg


def test_another_number_is_another_code_and_the_same_number_the_same() -> None:
    assert qr(NUMBER) == qr(NUMBER) != qr("JKM-3375-2026-000188")


def test_what_is_no_number_stays_text() -> None:
    assert "<b>" not in str(qr("<b>"))
