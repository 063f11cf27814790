"""The months of a programme: invoices by month and list, and heads decreed = registered = invoiced = paid."""

from dataclasses import dataclass
from typing import Any

import pytest

from tests.acceptance import stories
from tests.acceptance.office_client import Person, Town
from tests.acceptance.stories import Worker

ONE = 16_800


@dataclass
class Year:
    """A list of five: one is never registered, one too late for the payment, one dies, one leaves."""

    programme: str
    roster: str
    workers: tuple[Worker, ...]
    position: int

    @property
    def path(self) -> str:
        return f"/v1/programmes/{self.programme}"


@pytest.fixture(scope="module")
def year(town: Town) -> Year:
    people = stories.workers(5)
    programme = stories.open_programme(town)
    roster = stories.send_list(town, programme, stories.list_with(people))["id"]
    stories.decree(town, roster)
    desk, kas = town.person("pendaftaran", "intake"), town.person("kas daerah", "finance")
    steps = f"/v1/rosters/{roster}/steps"
    desk.post(f"{steps}/register", {"rows": [1, 2, 3], "effective_on": "2023-09-01"})
    place = stories.Enrolled(programme, roster, 3, people)
    stories.pay(town, place, ["2023-09", "2023-10", "2023-11"])
    desk.post(f"{steps}/register", {"rows": [4], "effective_on": "2023-10-02"})
    desk.upload(f"/v1/rosters/{roster}/documents", "ENR_TERM")
    desk.post(f"{steps}/terminate", {"reason": "REMOVED", "rows": [3], "effective_on": "2023-10-05"})
    reported = stories.report(town, people[1].nik, "2023-10-10")
    assert kas.get(f"/v1/programmes/{programme}")["credit"] == 0
    return Year(programme, roster, people, reported["position"])


@pytest.fixture
def auditor(town: Town) -> Person:
    return town.person("pemeriksa", "auditor")


def reconciled(person: Person, year: Year, month: str, **query: Any) -> dict[str, Any]:
    return person.get(f"{year.path}/reconciliation", month=month, min_position=year.position, **query)


def test_invoices_say_what_is_paid_and_what_is_owed(year: Year, auditor: Person) -> None:
    view = auditor.get(
        f"{year.path}/invoices", **{"from": "2023-09", "to": "2023-12"}, min_position=year.position
    )
    found = [
        (one["month"], one["state"], one["heads"], one["paid_heads"], one["overpaid_heads"], one["unpaid"])
        for one in view["items"]
    ]
    assert found == [
        ("2023-09", "partly_paid", 4, 3, 0, ONE),
        ("2023-10", "partly_paid", 4, 3, 0, ONE),
        ("2023-11", "partly_paid", 4, 3, 2, ONE),  # the dead and the removed had paid for November
        ("2023-12", "unpaid", 2, 0, 0, 2 * ONE),
    ]
    first = view["items"][0]
    assert first["wage_bases"] == [{"wage_base": 1_000_000, "heads": 4, "paid_heads": 3}]
    assert (first["roster_id"], first["due_on"], first["total"]) == (year.roster, "2023-09-15", 4 * ONE)
    assert (view["invoiced"], view["paid"], view["unpaid"]) == (14 * ONE, 9 * ONE, 5 * ONE)
    assert (view["credit_available"], view["to_transfer"]) == (0, 5 * ONE)
    one_list = auditor.get(f"{year.path}/invoices", roster_id=year.roster, min_position=year.position)
    assert [one["month"] for one in one_list["items"]] == stories.MONTHS, "the agreement, up to today"


@pytest.mark.parametrize(
    "query", [{"from": "2023-13"}, {"to": "1999-01"}, {"from": "2024-02", "to": "2024-01"}]
)
def test_months_that_make_no_sense_are_refused(year: Year, auditor: Person, query: dict[str, str]) -> None:
    answer = auditor.call("GET", f"{year.path}/invoices", params=query)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


def test_the_four_counts_of_a_month_with_every_difference_by_member(year: Year, auditor: Person) -> None:
    view = reconciled(auditor, year, "2023-11")
    assert view["heads"] == {"decreed": 4, "registered": 2, "invoiced": 4, "paid": 3, "overpaid": 2}
    assert (view["agrees"], view["heads_by_payments"], view["paid"]) == (False, 3, 3 * ONE)
    told = {(one["row"], one["code"], one["last_day"], one["ended_for"]) for one in view["items"]}
    assert told == {
        (2, "PAID_AFTER_DEATH", "2023-10-10", "DIED"),
        (3, "PAID_AFTER_END", "2023-10-31", "REMOVED"),
        (4, "REGISTERED_AFTER_COUNT", None, None),
        (5, "DECREED_NOT_REGISTERED", None, None),
    }
    assert sum(one["members"] for one in view["differences"]) == len(view["items"]) == 4
    for one in view["differences"]:
        assert one["sentence_id"] and one["sentence_en"]
    [of_list] = view["lists"]
    assert (of_list["roster_id"], of_list["heads"]) == (year.roster, view["heads"])
    for name in (worker.name for worker in year.workers):
        assert name not in str(view)


def test_members_who_differ_come_page_by_page_and_by_code(year: Year, auditor: Person) -> None:
    query = {"month": "2023-11", "min_position": year.position}
    paged = auditor.all(f"{year.path}/reconciliation", limit=1, **query)
    assert [one["row"] for one in paged] == [2, 3, 4, 5]
    only = reconciled(auditor, year, "2023-11", code="DECREED_NOT_REGISTERED")
    assert [one["row"] for one in only["items"]] == [5]
    answer = auditor.call("GET", f"{year.path}/reconciliation", params={"month": "2023-11", "code": "X"})
    assert (answer.status_code, answer.json()["field"]) == (422, "code")


def test_december_is_owed_by_those_who_are_left(year: Year, auditor: Person) -> None:
    view = reconciled(auditor, year, "2023-12", roster_id=year.roster)
    assert view["heads"] == {"decreed": 4, "registered": 2, "invoiced": 2, "paid": 0, "overpaid": 0}
    codes = {one["code"]: one["members"] for one in view["differences"]}
    assert codes == {"DECREED_NOT_REGISTERED": 1, "DIED_BEFORE_MONTH": 1, "MONTH_NOT_PAID": 2}
    assert view["heads_by_payments"] is None, "payments by name belong to no list"


def test_a_month_in_which_all_agree_says_so(town: Town, auditor: Person) -> None:
    place = stories.enrolled_workers(town, 2)
    paid = stories.pay(town, place, ["2023-09"])
    view = auditor.get(
        f"/v1/programmes/{place.programme}/reconciliation", month="2023-09", min_position=paid["position"]
    )
    assert (view["agrees"], view["items"], view["differences"]) == (True, [], [])
    assert view["heads"] == {"decreed": 2, "registered": 2, "invoiced": 2, "paid": 2, "overpaid": 0}
    assert view["heads_by_payments"] == 2


def test_a_programme_without_members_has_empty_months(town: Town, auditor: Person) -> None:
    programme = stories.open_programme(town)
    assert auditor.get(f"/v1/programmes/{programme}/invoices")["items"] == []
    view = auditor.get(f"/v1/programmes/{programme}/reconciliation", month="2023-09")
    assert (view["agrees"], view["heads_by_payments"], view["items"]) == (True, 0, [])


def test_a_list_of_another_programme_has_no_months_here(town: Town, year: Year, auditor: Person) -> None:
    programme = stories.open_programme(town)
    for question in ("invoices", "reconciliation"):
        answer = auditor.call(
            "GET",
            f"/v1/programmes/{programme}/{question}",
            params={"month": "2023-09", "roster_id": year.roster},
        )
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_families_do_not_see_the_months_nor_does_another_city(town: Town, year: Year) -> None:
    siti = town.person("Siti", "participant")
    for question in ("invoices", "reconciliation?month=2023-09"):
        answer = siti.call("GET", f"{year.path}/{question}")
        assert (answer.status_code, answer.json()["code"]) == (403, "not_your_role")
        other = town.person("dinas Batang", "sponsor_officer", area="3325")
        answer = other.call("GET", f"{year.path}/{question}")
        assert (answer.status_code, answer.json()["code"]) == (403, "outside_area")
        assert (
            town.person("dinas", "sponsor_officer").call("GET", f"{year.path}/{question}").status_code == 200
        )
