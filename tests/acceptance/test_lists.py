"""Lists as sponsors really send them, from the upload to the last row."""

import csv
import io
import json
import zipfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import pytest

from tests.acceptance import stories
from tests.acceptance.office_client import LIST, Person, Town
from tests.workflows.workbooks import rows_of, workbook
from workflows.roster.sheet import open_sheet

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


# What the sponsor writes in the refused rows after a look at the identity cards.
MENDING = {
    8: {"nik": "3375044512919626"},
    13: {"nik": "3375010808979613"},
    16: {"pekerjaan": "Tukang becak"},
    18: {"nik": "3375017006969118"},
    19: {"tanggal_lahir": "1968-04-07"},
    22: {"penghasilan_bulanan": "1000000"},
    23: {"penghasilan_bulanan": "500000"},
    25: {"tanggal_lahir": "1998-05-21"},
    26: {"nama": "Murni Handayani"},
    31: {"pekerjaan": "Kuli bangunan"},
    33: {"nama": "Sarwono"},
    34: {"nik": "3375016911929080"},
    38: {"nik": "3375010107809001"},
    41: {"tanggal_lahir": "1986-11-07"},
    45: {"nik": "3375044603749045"},
    46: {"tanggal_lahir": "2002-11-07"},
    51: {"kelurahan": "Kali Baros", "kecamatan": "Pekalongan Timur"},
}


def mended(rows: Iterable[int] = range(1, 61)) -> bytes:
    """Return the dirty list as its sponsor mends it: these rows of it."""
    titles, *lines = rows_of(DIRTY)
    text = io.StringIO()
    writer = csv.DictWriter(text, titles, delimiter=";")
    writer.writeheader()
    for row in rows:
        writer.writerow(dict(zip(titles, lines[row - 1], strict=True)) | MENDING.get(row, {}))
    return text.getvalue().encode()


def members(town: Town, programme: str) -> list[dict[str, Any]]:
    """Return the enrollments of a programme as they stand now."""
    return town.people["dinas"].all("/v1/enrollments", programme=programme)


def test_the_refused_rows_mended_and_sent_alone_bring_the_list_to_its_end(town: Town) -> None:
    programme = stories.open_programme(town)
    first = stories.send_list(town, programme, DIRTY)
    refused = {int(row) for row in told(first, "reject")}
    second = stories.send_list(town, programme, mended(sorted(refused)))
    assert (second["rows"], second["accepted"], second["rejected"]) == (17, 17, 0), second["issues"]
    assert first["accepted"] + second["accepted"] == 60


def test_the_whole_mended_list_replaces_the_first(town: Town) -> None:
    programme = stories.open_programme(town)
    first = stories.send_list(town, programme, DIRTY)
    second = stories.send_list(town, programme, mended(), replaces=first["id"])
    assert (second["rows"], second["unchanged"], second["accepted"], second["rejected"]) == (60, 43, 17, 0)
    assert second["replaces"] == first["id"]


def test_a_list_is_corrected_again_and_one_person_written_otherwise(town: Town) -> None:
    """The third list is compared with the second, whose unchanged rows lead back to the first."""
    programme = stories.open_programme(town)
    people = stories.workers(3)
    content = stories.list_with(people[:2])
    first = stories.send_list(town, programme, content)
    second = stories.send_list(town, programme, stories.list_with(people), replaces=first["id"])
    assert (second["unchanged"], second["accepted"]) == (2, 1)
    dinas = town.people["dinas"]
    for roster, done in ((first, 2), (second, 1)):
        dinas.upload(f"/v1/rosters/{roster['id']}/documents", "ENR_PKS")
        proposed = dinas.post(f"/v1/rosters/{roster['id']}/steps/propose", {"effective_on": "2023-09-01"})
        assert (proposed["done"], proposed["refused"]) == (done, [])
    refused = dinas.refused(
        f"/v1/rosters/{second['id']}/steps/propose", {"rows": [1]}, status=422, code="invalid"
    )
    assert refused["row"] == 1 and "unchanged" in refused["detail"]
    renamed = stories.list_with(people).replace(people[0].name.encode(), b"Sutarjo Terkoreksi")
    third = stories.send_list(town, programme, renamed, replaces=second["id"])
    assert (third["unchanged"], third["accepted"], third["warnings"]) == (2, 1, 1)
    [issue] = third["issues"]
    assert (issue["row"], issue["code"], issue["severity"]) == (1, "changed", "warn")
    member = dinas.get(f"/v1/enrollments/{issue['enrollment_id']}")
    assert (member["roster_id"], member["status"]) == (first["id"], "PROPOSED")


def test_only_a_checked_list_of_the_same_programme_can_be_replaced(town: Town) -> None:
    content = stories.list_with(stories.workers(1))
    dinas = town.person("dinas", "sponsor_officer")
    first = stories.send_list(town, stories.open_programme(town), content)
    other = stories.open_programme(town)
    for replaces, status, code in (
        (first["id"], 422, "invalid"),
        ("no id", 422, "invalid"),
        ("00000000-0000-4000-8000-000000000000", 404, "not_found"),
    ):
        answer = stories.upload_list(dinas, other, content, replaces=replaces)
        assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_the_same_file_again_is_the_first_list(town: Town) -> None:
    programme, other = stories.open_programme(town), stories.open_programme(town)
    content = stories.list_with(stories.workers(2))
    first = stories.send_list(town, programme, content)
    dinas = town.people["dinas"]
    for _ in range(2):
        again = stories.upload_list(dinas, programme, content)
        assert (again.status_code, again.json()["id"]) == (200, first["id"])
        assert again.headers["location"] == f"/v1/rosters/{first['id']}"
    assert stories.upload_list(dinas, programme, content, "2023-10-01").status_code == 202
    assert stories.upload_list(dinas, other, content).status_code == 202
    assert stories.upload_list(dinas, programme, content, replaces=first["id"]).status_code == 202


def test_the_same_file_sent_by_many_at_once_is_one_list(town: Town) -> None:
    programme = stories.open_programme(town)
    content = stories.list_with(stories.workers(2))
    senders = [town.person(f"dinas {n}", "sponsor_officer") for n in range(6)]
    with ThreadPoolExecutor(len(senders)) as pool:
        answers = list(pool.map(lambda who: stories.upload_list(who, programme, content), senders))
    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [202]
    [roster] = {answer.json()["id"] for answer in answers}
    assert stories.wait_for_check(senders[0], roster)["accepted"] == 2


def test_a_live_member_on_a_later_list_is_a_renewal_and_begins_nothing(town: Town) -> None:
    place = stories.enrolled_workers(town, 2)
    [newcomer] = stories.workers(1)
    content = stories.list_with((*place.workers, newcomer))
    view = stories.send_list(town, place.programme, content, "2024-09-01")
    assert (view["accepted"], view["warnings"], view["unchanged"]) == (3, 2, 0)
    assert told(view, "warn") == {row: {"field": "nik", "code": "renewal"} for row in ("1", "2")}
    dinas = town.people["dinas"]
    member = dinas.get(f"/v1/enrollments/{view['issues'][0]['enrollment_id']}")
    assert (member["roster_id"], member["status"]) == (place.roster, "REGISTERED")
    dinas.upload(f"/v1/rosters/{view['id']}/documents", "ENR_PKS")
    proposed = dinas.post(f"/v1/rosters/{view['id']}/steps/propose", {})
    assert (proposed["done"], proposed["refused"]) == (1, [])
    assert [one["id"] for one in members(town, place.programme)].count(member["id"]) == 1
    assert len(members(town, place.programme)) == 3


def result_of(person: Person, roster: str, kind: str) -> httpx2.Response:
    answer = person.call("GET", f"/v1/rosters/{roster}/result", params={"format": kind})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"].endswith(f'.{kind}"')
    return answer


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_refused_rows_come_back_to_be_mended_and_sent_again(town: Town, kind: str) -> None:
    """The sponsor mends the sheet he was sent, in his own columns, and sends it as it is."""
    programme = stories.open_programme(town)
    first = stories.send_list(town, programme, DIRTY)
    content = result_of(town.people["dinas"], first["id"], kind).content
    if kind == "csv":
        titles, *rows = rows_of(content)
    else:
        sheet = open_sheet(content)
        titles = list(sheet.header.titles)
        rows = [[str(cell) for cell in row.cells] for row in sheet.rows()]
    assert titles == [*rows_of(DIRTY)[0], "alasan", "perbaikan"]
    assert [int(row[0]) for row in rows] == sorted(MENDING)
    assert all(row[-2] and row[-1] for row in rows)
    for row in rows:
        for title, cell in MENDING[int(row[0])].items():
            row[titles.index(title)] = cell
    if kind == "csv":
        text = io.StringIO()
        csv.writer(text, delimiter=";").writerows([titles, *rows])
        back = text.getvalue().encode()
    else:
        back = workbook([titles, *rows])
    second = stories.send_list(town, programme, back)
    assert (second["accepted"], second["rejected"], second["unknown_columns"]) == (17, 0, []), second[
        "issues"
    ]


def test_rows_sent_back_or_rejected_later_come_back_as_well(town: Town) -> None:
    programme = stories.open_programme(town)
    people = stories.workers(3)
    view = stories.send_list(town, programme, stories.list_with(people))
    dinas, ward = town.people["dinas"], town.person("kelurahan", "ward_verifier")
    steps = f"/v1/rosters/{view['id']}/steps"
    dinas.upload(f"/v1/rosters/{view['id']}/documents", "ENR_PKS")
    dinas.post(f"{steps}/propose", {"effective_on": "2023-09-01"})
    assert ward.post(f"{steps}/start_verification", {"effective_on": "2023-09-01"})["done"] == 3
    back = {"effective_on": "2023-09-01", "rows": [2], "items": ["alamat"]}
    assert ward.post(f"{steps}/return_proposal", back)["done"] == 1
    reject = {"effective_on": "2023-09-01", "rows": [3], "code": "REJECT_NOT_WORKING"}
    assert ward.post(f"{steps}/reject", reject)["done"] == 1
    _, second, third = rows_of(result_of(dinas, view["id"], "csv").content)
    assert (second[0], third[0]) == (people[1].nik, people[2].nik)
    assert "alamat" in second[-2] and "tidak sedang bekerja" in third[-2]


def test_a_result_is_for_the_desks_of_lists_when_it_is_there(town: Town) -> None:
    programme = stories.open_programme(town)
    view = stories.send_list(town, programme, stories.list_with(stories.workers(1)))
    failed = stories.send_list(town, programme, b"no list")
    path = f"/v1/rosters/{view['id']}/result"
    for person, where, status, code in (
        (town.person("Siti", "participant"), path, 403, "not_your_role"),
        (town.person("Rini kasir", "finance", "approver_1", "auditor"), path, 403, "not_your_role"),
        (town.person("dinas Bandung", "sponsor_officer", area="3273"), path, 403, "outside_area"),
        (town.people["dinas"], f"{path}?format=pdf", 422, "invalid"),
        (town.people["dinas"], f"/v1/rosters/{failed['id']}/result", 409, "step_not_open"),
    ):
        answer = person.call("GET", where)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    titles = rows_of(result_of(town.people["dinas"], view["id"], "csv").content)
    assert len(titles) == 1


def in_wards(people: tuple[stories.Worker, ...], *places: tuple[str, str]) -> bytes:
    """Return a list of workers who live in these wards, one each."""
    titles, *rows = rows_of(stories.list_with(people))
    for row, (ward, district) in zip(rows, places, strict=True):
        row[titles.index("kelurahan")], row[titles.index("kecamatan")] = ward, district
    text = io.StringIO()
    csv.writer(text).writerows([titles, *rows])
    return text.getvalue().encode()


def test_a_ward_officer_acts_on_the_own_ward_alone(town: Town) -> None:
    programme = stories.open_programme(town)
    places = [
        ("Medono", "Pekalongan Barat"),
        ("Jenggot", "Pekalongan Selatan"),
        ("Medono", "Pekalongan Barat"),
    ]
    view = stories.send_list(town, programme, in_wards(stories.workers(3), *places))
    dinas = town.people["dinas"]
    dinas.upload(f"/v1/rosters/{view['id']}/documents", "ENR_PKS")
    steps = f"/v1/rosters/{view['id']}/steps"
    dinas.post(f"{steps}/propose", {"effective_on": "2023-09-01"})
    medono = town.person("lurah Medono", "ward_verifier", area="337501/Medono")
    whole = medono.post(f"{steps}/start_verification", {})
    assert (whole["done"], whole["refused"]) == (2, [])
    named = medono.post(f"{steps}/start_verification", {"rows": [2]})
    assert (named["done"], [(one["row"], one["code"]) for one in named["refused"]]) == (
        0,
        [(2, "outside_area")],
    )
    found = {one["row"]: one["status"] for one in members(town, programme)}
    assert found == {1: "VERIFYING", 2: "PROPOSED", 3: "VERIFYING"}
    south = town.person("camat Selatan", "ward_verifier", area="337503")
    other = medono.call("GET", f"/v1/rosters/{view['id']}/result")
    assert (other.status_code, other.json()["code"]) == (403, "outside_area")
    assert south.get(f"/v1/rosters/{view['id']}")["accepted"] == 3
    elsewhere = town.person("lurah Tegal", "ward_verifier", area="337601/Medono")
    answer = elsewhere.call("GET", f"/v1/rosters/{view['id']}")
    assert (answer.status_code, answer.json()["code"]) == (403, "outside_area")


def test_a_step_is_taken_for_some_rows_and_for_all_but_some(town: Town) -> None:
    view = stories.send_list(town, stories.open_programme(town), stories.list_with(stories.workers(5)))
    dinas = town.people["dinas"]
    dinas.upload(f"/v1/rosters/{view['id']}/documents", "ENR_PKS")
    path = f"/v1/rosters/{view['id']}/steps/propose"
    some = dinas.post(path, {"effective_on": "2023-09-01", "rows": [2, 4]})
    assert (some["done"], some["refused"]) == (2, [])
    others = dinas.post(path, {"effective_on": "2023-09-01", "except_rows": [2, 5]})
    assert (others["done"], [(one["row"], one["code"]) for one in others["refused"]]) == (
        2,
        [(4, "step_not_open")],
    )
    last = dinas.post(path, {"effective_on": "2023-09-01"})
    assert (last["done"], [one["row"] for one in last["refused"]]) == (1, [1, 2, 3, 4])
    asked = dinas.get(f"/v1/rosters/{view['id']}")["steps"]
    assert [(one["step"], one["state"], one["done"]) for one in asked] == [
        ("propose", "done", 2),
        ("propose", "done", 2),
        ("propose", "done", 1),
    ]


def test_a_list_above_the_bounds_is_not_taken_in(town: Town) -> None:
    programme = stories.open_programme(town)
    dinas = town.people["dinas"]
    titles = "nik,nama,tanggal_lahir,jenis_kelamin,kelurahan,kecamatan,pekerjaan"
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", " " * (64 << 20))
    for content in (
        (titles + "\n" + "1\n" * 200_001).encode(),
        workbook([titles.split(","), *[["1"]] * 200_001]),
        bomb.getvalue(),
        bytes(40 << 20),
    ):
        answer = stories.upload_list(dinas, programme, content)
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
        assert answer.json()["detail"]
