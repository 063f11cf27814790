"""People whom the log knows come again on a list."""

import pytest

from tests.acceptance import stories
from tests.acceptance.office_client import Person, Town
from tests.acceptance.server import Serving
from tests.acceptance.test_corrections import found


@pytest.fixture(scope="module")
def desk(town: Town) -> Person:
    return town.person("Budi", "intake")


def erase(serving_town: Serving, person: str) -> None:
    """Destroy the data key of a person, as an operator who was told to forget somebody."""
    [_] = serving_town.query(
        "update log.data_key set wrapped = null, erased_at = now() where subject_id = $1 returning 1", person
    )


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
