"""Somebody is looked up at the counter: by number, by NIK, or by a name as the family says it."""

from typing import Any

import pytest

from tests.acceptance import stories
from tests.acceptance.office_client import Person, Town

SEARCH = "/v1/people/search"


@pytest.fixture(scope="module")
def place(town: Town) -> stories.Enrolled:
    place = stories.enrolled_workers(town, 3)
    stories.pay(town, place, stories.MONTHS)
    return place


@pytest.fixture(scope="module")
def desk(town: Town) -> Person:
    return town.person("pendaftaran", "intake")


def unusual(town: Town, name: str, born: str = "1980-08-21") -> stories.Worker:
    """Enroll somebody whose name nobody else has."""
    [worker] = stories.workers(1)
    programme = stories.open_programme(town)
    columns = worker.columns | {"nama": name, "tanggal_lahir": born}
    town.person("dinas", "sponsor_officer").post(
        "/v1/enrollments",
        {"programme_id": programme, "effective_on": "2023-09-01", "person": columns},
        status=201,
    )
    return worker


def test_a_family_spells_the_name_its_own_way(town: Town, desk: Person) -> None:
    worker = unusual(town, "Mochamad Soerjodiningrat")
    for said in ("Muhammad Suryadiningrat", "MOH. SURYODININGRAT", "Soerjodiningrat, M."):
        found = desk.post(SEARCH, {"name": said})
        [one] = [item for item in found["items"] if item["name"] == "Mochamad Soerjodiningrat"]
        assert one == found["items"][0]
        assert one["nik"] == "*" * 12 + worker.nik[-4:]
        assert one["birth_date"] == "1980-**-**"
        assert (one["area_code"], one["ward"], one["district"]) == (
            "3375",
            "Kali Baros",
            "Pekalongan Timur",
        )
        assert one["enrollments"][0]["status"] == "DRAFT" and one["claims"] == []
        assert 0.4 < one["score"] <= 1


def test_the_whole_birth_date_is_shown_to_who_gave_it(town: Town, desk: Person) -> None:
    unusual(town, "Wirjosoebroto", born="1979-02-03")
    [by_day] = desk.post(SEARCH, {"name": "Wiryosubroto", "birth_date": "1979-02-03"})["items"]
    [by_year] = desk.post(SEARCH, {"name": "Wiryosubroto", "birth_year": 1979})["items"]
    assert (by_day["birth_date"], by_year["birth_date"]) == ("1979-02-03", "1979-**-**")
    assert desk.post(SEARCH, {"name": "Wiryosubroto", "birth_year": 1980})["items"] == []
    assert desk.post(SEARCH, {"name": "Wiryosubroto", "ward": "medono"})["items"] == []
    assert desk.post(SEARCH, {"name": "Wiryosubroto", "ward": "kali baros"})["items"] == [by_year]


def test_numbers_and_nik_lead_to_the_person_with_all_that_is_known(
    town: Town, place: stories.Enrolled, desk: Person
) -> None:
    worker = place.workers[0]
    reported = stories.report(town, worker.nik)
    [by_nik] = desk.post(SEARCH, {"nik": worker.nik})["items"]
    assert by_nik["name"] == worker.name and by_nik["score"] == 1.0
    [enrollment] = by_nik["enrollments"]
    assert enrollment["status"] == "ACTIVE" and enrollment["coverage"]["status"] == "LAPSED"
    [claim] = by_nik["claims"]
    assert (claim["id"], claim["status"]) == (reported["id"], "REPORTED")
    for number in (enrollment["number"], claim["number"], claim["number"].lower()):
        found = desk.post(SEARCH, {"number": number})
        assert found["items"] == [by_nik] and not found["more"]
    assert desk.post(SEARCH, {"number": "00000000000"})["items"] == []
    assert desk.post(SEARCH, {"nik": "3375022108809998"})["items"] == []


def test_the_answer_is_bounded(town: Town, place: stories.Enrolled, desk: Person) -> None:
    stories.enrolled_workers(town, 25)
    found = desk.post(SEARCH, {"name": "Sutarjo Percobaan"})
    assert len(found["items"]) == 20 and found["more"] is True


@pytest.mark.parametrize("area", ["9171", "337501", "3375/Medono"])
def test_an_officer_of_another_area_finds_nobody(town: Town, place: stories.Enrolled, area: str) -> None:
    elsewhere = town.person(f"Lukas {area.replace('/', ' ')}", "intake", area=area)
    worker = place.workers[1]
    for body in ({"nik": worker.nik}, {"name": worker.name}):
        assert worker.name not in [one["name"] for one in elsewhere.post(SEARCH, body)["items"]]
    for area_of_his in ("3375", "337502/Kali Baros", "3375/kali baros"):
        here = town.person(f"Ina {area_of_his.replace('/', ' ')}", "ward_verifier", area=area_of_his)
        assert here.post(SEARCH, {"nik": worker.nik})["items"][0]["name"] == worker.name


@pytest.mark.parametrize(
    ("body", "field", "remedy"),
    [
        ({}, "name", "give one of"),
        ({"nik": "3375022108809998", "name": "Siti"}, "name", "give one of"),
        ({"name": "Ni"}, "name", "at least 3 letters"),
        ({"name": "H. M."}, "name", "the number or the NIK instead"),
        ({"name": "12345"}, "name", "at least 3 letters"),
        ({"name": "x" * 101}, "name", "at most 100"),
        ({"name": "Siti", "birth_year": 80}, "birth_year", "1980"),
        ({"name": "Siti", "birth_date": "21-08-1980"}, "birth_date", "see the form"),
        ({"number": "00000000001", "ward": "Medono"}, "ward", "leave it out"),
        ({"number": " "}, "number", "1 to 40"),
        ({"nik": "12"}, "nik", "identity card"),
        ({"name": 7}, "name", "expected"),
        ({"nama": "Siti"}, "nama", "no such field"),
    ],
)
def test_what_cannot_be_looked_for_is_refused_with_what_to_do(
    desk: Person, body: dict[str, Any], field: str, remedy: str
) -> None:
    problem = desk.refused(SEARCH, body, status=422, code="invalid")
    assert problem["field"] == field and remedy in problem["detail"], problem
    for said in body.values():
        assert len(str(said)) < 4 or str(said) not in problem["detail"]


def test_families_do_not_search(town: Town) -> None:
    town.person("Siti", "participant").refused(
        SEARCH, {"name": "Siti Aminah"}, status=403, code="not_your_role"
    )
    nobody = town.person("Siti", "participant").http.post(SEARCH, json={"name": "Siti Aminah"})
    assert nobody.status_code == 401


def test_enrollments_are_searched_as_before(town: Town, place: stories.Enrolled, desk: Person) -> None:
    [by_nik] = desk.post("/v1/enrollments/search", {"nik": place.workers[2].nik})["items"]
    assert desk.post("/v1/enrollments/search", {"q": place.workers[2].name})["items"] == [by_nik]
