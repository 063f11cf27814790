"""Lists as sponsors really send them, from the upload to the last row."""

import json
from typing import Any

import pytest

from tests.acceptance import stories
from tests.acceptance.office_client import LIST, Town
from tests.workflows.workbooks import rows_of, workbook

DIRTY = LIST.with_name("pekalongan_dirty_60.csv").read_bytes()
EXPECTED = json.loads(LIST.with_name("pekalongan_dirty_60.expected.json").read_text(encoding="utf-8"))


def told(view: dict[str, Any], severity: str) -> dict[str, dict[str, Any]]:
    """Return what a list says of its rows, in the words of the expected outcomes."""
    return {
        str(issue["row"]): {
            name: issue[name] for name in ("field", "code", "first_row") if issue.get(name) is not None
        }
        for issue in view["issues"]
        if issue["severity"] == severity
    }


def assert_as_expected(view: dict[str, Any]) -> None:
    assert view["status"] == "checked", view
    assert (view["rows"], view["accepted"], view["rejected"], view["warnings"]) == (60, 43, 17, 2)
    assert told(view, "reject") == EXPECTED["reject"]
    assert told(view, "warn") == EXPECTED["warn"]
    assert all(issue["message"] and issue["message_id"] for issue in view["issues"])


@pytest.mark.parametrize("content", [DIRTY, workbook(rows_of(DIRTY))], ids=["csv", "workbook"])
def test_the_dirty_list_comes_out_as_expected(town: Town, content: bytes) -> None:
    assert_as_expected(stories.send_list(town, stories.open_programme(town), content))


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"PK\x03\x04 and so on", "unreadable"),
        (b"<html><table><tr><td>nik</td></tr></table>", "unreadable"),
        (b"\x00\x01\x02\x03", "unreadable"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "unreadable"),
        (b"nik,nama\n1,2\n", "columns_missing"),
        (b" \n", "unreadable"),
    ],
)
def test_a_file_that_is_no_list_is_refused_whole(town: Town, content: bytes, code: str) -> None:
    view = stories.send_list(town, stories.open_programme(town), content)
    assert (view["status"], view["code"], view["accepted"]) == ("failed", code, 0)
    assert view["message"]


def test_columns_nobody_asked_for_are_kept_aside_and_named(town: Town) -> None:
    [worker] = stories.workers(1)
    titles, row = stories.list_with((worker,)).decode().splitlines()
    content = f"{titles},Hobi,Ukuran baju\n{row},Catur,XL\n".encode()
    view = stories.send_list(town, stories.open_programme(town), content)
    assert (view["accepted"], view["unknown_columns"]) == (1, ["Hobi", "Ukuran baju"])
    started = next(
        item
        for item in stories.history(town.people["dinas"], f"rosters/{view['id']}")
        if item["event"] == "roster.check_started"
    )
    assert started["data"]["rows"] == 1
