"""People whom the log knows come again on a list: erased meanwhile, or written under two NIKs."""

from typing import Any

import pytest

from tests.acceptance import stories
from tests.acceptance.office_client import Person, Town
from tests.acceptance.server import Serving
from tests.acceptance.test_corrections import correct, found


@pytest.fixture(scope="module")
def desk(town: Town) -> Person:
    return town.person("Budi", "intake")


def erase(serving_town: Serving, person: str) -> None:
    """Destroy the data key of a person, as an operator who was told to forget somebody."""
    [_] = serving_town.query(
        "update log.data_key set wrapped = null, erased_at = now() where subject_id = $1 returning 1", person
    )


def codes(view: dict[str, Any]) -> list[tuple[int, str]]:
    return [(one["row"], one["code"]) for one in view["issues"]]


def test_a_row_of_somebody_who_was_erased_is_refused_and_the_others_are_taken_up(
    town: Town, desk: Person, serving_town: Serving
) -> None:
    first, second, third = stories.workers(3)
    programme = stories.open_programme(town)
    stories.send_list(town, programme, stories.list_with((first,)))
    person = found(desk, nik=first.nik)["person_id"]
    erase(serving_town, person)

    view = stories.send_list(town, programme, stories.list_with((second, first, third)))
    assert (view["status"], view["accepted"], view["rejected"]) == ("checked", 2, 1)
    [issue] = view["issues"]
    assert (issue["row"], issue["field"], issue["code"], issue["severity"]) == (2, "nik", "erased", "reject")
    assert "erased" in issue["message"] and first.nik not in str(issue)

    body = {"programme_id": programme, "effective_on": "2023-09-01", "person": first.columns}
    problem = town.person("dinas", "sponsor_officer").refused(
        "/v1/enrollments", body, status=410, code="erased"
    )
    assert first.nik not in str(problem)


def test_a_person_stands_once_on_a_list_under_whichever_nik(town: Town, desk: Person) -> None:
    """A NIK was put right: the old one and the new one mean the same person, in one list as in two."""
    worker, new = stories.workers(1)[0], "3375022108809880"
    programme = stories.open_programme(town)
    stories.send_list(town, programme, stories.list_with((worker,)))
    person = found(desk, nik=worker.nik)["person_id"]
    proposed = correct(desk, person, "nik", worker.nik, new)
    rina = town.person("Rina", "verifier")
    rina.post(f"/v1/people/{person}/corrections/{proposed['id']}/confirm")
    renamed = stories.Worker(new, worker.name, worker.address, worker.phone)

    view = stories.send_list(town, programme, stories.list_with((renamed, *stories.workers(1), worker)))
    assert (view["accepted"], codes(view)) == (2, [(3, "REJECT_DUPLICATE")])
    assert "row 1 " in view["issues"][0]["message"]


def test_a_member_is_known_by_both_niks_on_one_list(town: Town, desk: Person) -> None:
    place = stories.enrolled_workers(town, 1)
    [worker], new = place.workers, "3375022108809881"
    person = found(desk, nik=worker.nik)["person_id"]
    proposed = correct(desk, person, "nik", worker.nik, new)
    town.person("Rina", "verifier").post(f"/v1/people/{person}/corrections/{proposed['id']}/confirm")
    renamed = stories.Worker(new, worker.name, worker.address, worker.phone)

    view = stories.send_list(town, place.programme, stories.list_with((worker, renamed)), "2024-01-01")
    assert codes(view) == [(1, "renewal"), (2, "REJECT_DUPLICATE")]
    other = stories.open_programme(town)
    view = stories.send_list(town, other, stories.list_with((worker, renamed)), "2024-01-01")
    assert codes(view) == [(1, "REJECT_DUPLICATE"), (2, "REJECT_DUPLICATE")]
