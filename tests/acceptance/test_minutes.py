"""The minutes of a list over HTTP: counts, reasons, decree, who did what; and nothing personal."""

import re

import pytest

from tests.acceptance import stories
from tests.acceptance.office_client import Person, Town
from tests.acceptance.test_letters import Page, sound

HEAD = "nik,nama,tanggal_lahir,jenis_kelamin,kelurahan,kecamatan,pekerjaan\n"


def minutes(person: Person, roster: str, **query: str) -> Page:
    answer = person.call("GET", f"/v1/rosters/{roster}/letters/minutes", params=query)
    assert answer.status_code == 200, answer.text
    return sound(answer)


@pytest.fixture(scope="module")
def dinas(town: Town) -> Person:
    return town.person("dinas", "sponsor_officer")


@pytest.fixture(scope="module")
def roster(town: Town) -> tuple[str, list[stories.Worker]]:
    """A list with two good rows, one of them twice, and one without a name, carried to its decree."""
    one, two, three = stories.workers(3)
    nameless = stories.Worker(three.nik, "", three.address, three.phone)
    view = stories.send_list(town, stories.open_programme(town), stories.list_with((one, two, two, nameless)))
    assert (view["accepted"], view["rejected"]) == (2, 2), view["issues"]
    stories.register(town, view["id"])
    return str(view["id"]), [one, two, three]


def test_they_count_and_give_reasons_row_by_row(
    dinas: Person, roster: tuple[str, list[stories.Worker]]
) -> None:
    page = minutes(dinas, roster[0])
    assert "Dari 4 baris, 2 diterima dan 2 ditolak" in page.text
    assert "NIK ini tertulis lebih dari sekali dalam daftar" in page.text
    assert re.search(
        r"Baris yang ditolak .* 3 Pemilik NIK ini sudah ada pada baris 2 .* 4 Nama kosong", page.text
    )


def test_they_name_the_decree_and_who_did_what_when(
    dinas: Person, roster: tuple[str, list[stories.Worker]]
) -> None:
    page = minutes(dinas, roster[0])
    assert "Keputusan penetapan 460/112/2023 1 September 2023" in page.text
    steps = (
        "Diusulkan",
        "Verifikasi dimulai",
        "Dinyatakan lolos",
        "Ditetapkan dengan",
        "Didaftarkan sebagai",
    )
    places = [page.text.index(step) for step in steps]
    assert places == sorted(places)
    assert "Diusulkan dinas petugas dinas 1 September 2023 2 0" in page.text
    assert "Didaftarkan sebagai peserta pendaftaran petugas layanan 1 September 2023 2 0" in page.text


@pytest.mark.parametrize("lang", ["id", "en"])
def test_nobody_is_named_in_them(dinas: Person, roster: tuple[str, list[stories.Worker]], lang: str) -> None:
    page = minutes(dinas, roster[0], lang=lang)
    assert page.lang == lang
    for worker in roster[1]:
        for value in (worker.nik, worker.name, worker.address, worker.phone):
            assert value not in page.html


def test_rows_for_which_a_step_was_refused_are_told(town: Town, dinas: Person) -> None:
    view = stories.send_list(town, stories.open_programme(town), stories.list_with(stories.workers(2)))
    dinas.upload(f"/v1/rosters/{view['id']}/documents", "ENR_PKS")
    ward = town.person("kelurahan", "ward_verifier")
    dinas.post(f"/v1/rosters/{view['id']}/steps/propose", {"effective_on": "2023-09-01", "rows": [1]})
    outcome = ward.post(f"/v1/rosters/{view['id']}/steps/start_verification", {"effective_on": "2023-09-01"})
    assert [one["row"] for one in outcome["refused"]] == [2]
    page = minutes(dinas, view["id"])
    assert "sebagian baris" in page.text and "Baris yang tidak dapat mengikuti langkah" in page.text
    assert outcome["refused"][0]["message"] in page.text


def test_they_are_the_same_twice_and_listed(
    town: Town, dinas: Person, roster: tuple[str, list[stories.Worker]]
) -> None:
    path = f"/v1/rosters/{roster[0]}/letters"
    listed = dinas.get(path)
    [item] = listed["items"]
    assert (item["kind"], item["available"]) == ("minutes", True)
    assert dinas.call("GET", item["address"]).content == dinas.call("GET", item["address"]).content
    family = town.person("Siti", "participant").call("GET", path)
    assert (family.status_code, family.json()["code"]) == (403, "not_your_role")
    elsewhere = town.person("Semarang", "intake", area="3374").call("GET", item["address"])
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (403, "outside_area")


def test_what_is_no_list_has_no_minutes(town: Town, dinas: Person) -> None:
    view = stories.send_list(town, stories.open_programme(town), b"<html>nothing of the kind</html>")
    assert view["status"] == "failed"
    [item] = dinas.get(f"/v1/rosters/{view['id']}/letters")["items"]
    assert not item["available"] and "tidak terbaca" in item["reason_id"]
    answer = dinas.call("GET", item["address"])
    assert (answer.status_code, answer.json()["guard"]) == (409, "letter_is_due")
    assert answer.json()["detail"] == item["reason_en"]


def test_of_a_long_list_the_first_rows_are_listed_and_all_are_counted(town: Town, dinas: Person) -> None:
    rows = "".join(f"{n:016d},,1980-08-21,L,Kali Baros,Pekalongan Timur,Tukang ojek\n" for n in range(600))
    view = stories.send_list(town, stories.open_programme(town), (HEAD + rows).encode())
    assert view["rejected"] == 600
    page = minutes(dinas, view["id"])
    assert "600 ditolak" in page.text and "Masih ada 100 baris lain yang ditolak" in page.text
