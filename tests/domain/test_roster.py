"""A list: received, checked slice by slice, carried through its steps. Done twice, it is done once."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from domain.case import Key
from domain.dated import NotInForce
from domain.refusal import Invalid, StepNotOpen
from domain.roster.aggregate import Roster, file_digest
from domain.roster.commands import (
    AddDocument,
    FailCheck,
    FinishCheck,
    FinishStep,
    ReceiveRoster,
    RecordRowsChecked,
    StartCheck,
)
from domain.roster.events import (
    DocumentAdded,
    RosterChecked,
    RosterCheckFailed,
    RosterCheckStarted,
    RosterReceived,
    RowRefusal,
    RowsChecked,
    StandingRow,
    StepDone,
    StepRequested,
)
from domain.roster.ids import member_id
from tests.facts import (
    LIST_DAY,
    PROGRAMME,
    REQUEST,
    ROSTER,
    SHA,
    as_system,
    command,
    fact,
    issue,
    programme_opened,
    receive_roster,
    request_step,
    roster_checked,
    roster_received,
    rows_checked,
    step_requested,
)
from tests.given_when_then import fold, given


def roster(*facts: Any) -> Roster:
    found = fold(*facts)[ROSTER]
    assert isinstance(found, Roster)
    return found


def checked(rows: int = 4, *issues: Any) -> list[Any]:
    """A list whose rows were all looked at; row 2 was refused."""
    return [roster_received(), rows_checked(1, rows, issue(2), *issues), roster_checked(rows, rejected=1)]


# -- received and checked


def test_a_list_is_received_for_its_programme() -> None:
    told = (
        given(programme_opened())
        .when(receive_roster())
        .then(
            RosterReceived,
            programme_id=PROGRAMME,
            area_code="3375",
            sha256=SHA,
            size=9,
            media_type="text/csv",
            effective_on=LIST_DAY,
        )
    )
    assert (told.case.status, told.case.area_code, told.case.subject_id) == ("checking", "3375", ROSTER)
    assert told.case.companions() == {"programme": PROGRAMME}


def test_a_day_before_the_first_rules_is_refused() -> None:
    given(programme_opened()).when(receive_roster(effective_on=date(2015, 6, 30))).then_refused(NotInForce)
    given(programme_opened()).when(receive_roster(effective_on=date(2015, 7, 1))).then(RosterReceived)


def test_the_check_starts_once_with_what_the_file_holds() -> None:
    start = as_system(StartCheck, ROSTER, rows=4, unknown_columns=("Hobi",))
    told = given(roster_received()).when(start).then(RosterCheckStarted, rows=4, unknown_columns=("Hobi",))
    assert isinstance(told.case, Roster)
    assert (told.case.status, told.case.rows, told.case.unknown_columns) == ("checking", 4, ("Hobi",))
    given(roster_received(), told.event).when(start).then_nothing()


def slice_of(first: int, last: int, *issues: Any) -> RecordRowsChecked:
    return as_system(RecordRowsChecked, ROSTER, from_row=first, to_row=last, issues=issues)


def test_a_slice_of_rows_is_recorded_with_what_is_wrong() -> None:
    wrong, odd = issue(2), issue(3, "warn", "AGE_NEAR_LIMIT")
    told = (
        given(roster_received())
        .when(slice_of(1, 4, wrong, odd))
        .then(RowsChecked, from_row=1, to_row=4, issues=(wrong, odd))
    )
    assert isinstance(told.case, Roster)
    assert told.case.checked_to == 4
    assert [told.case.refused_rows, told.case.warned_rows] == [{2}, {3}]
    assert told.case.accepted_rows() == [1, 3, 4]


def test_a_slice_that_is_recorded_is_left_alone_and_none_is_left_out() -> None:
    story = given(roster_received(), rows_checked(1, 4))
    story.when(slice_of(1, 4)).then_nothing()
    story.when(slice_of(3, 4)).then_nothing()
    story.when(slice_of(5, 8)).then(RowsChecked)
    with pytest.raises(AssertionError, match="in order"):
        story.when(slice_of(6, 8)).then(RowsChecked)


def test_a_row_that_is_refused_is_not_warned_about() -> None:
    found = roster(roster_received(), rows_checked(1, 2, issue(2), issue(2, "warn", "AGE_NEAR_LIMIT")))
    assert [found.refused_rows, found.warned_rows] == [{2}, set()]


def test_the_check_ends_with_its_count() -> None:
    finish = as_system(FinishCheck, ROSTER, rows=4)
    story = [roster_received(), rows_checked(1, 4, issue(2), issue(2), issue(3, "warn", "renewal"))]
    told = given(*story).when(finish).then(RosterChecked, rows=4, accepted=3, rejected=1, warnings=1)
    assert isinstance(told.case, Roster) and (told.case.status, told.case.rows) == ("checked", 4)
    given(*story, roster_checked(4, 1)).when(finish).then_nothing()


def test_a_file_that_is_no_list_fails_as_a_whole() -> None:
    fail = as_system(FailCheck, ROSTER, code="unreadable", message="this is no list")
    told = (
        given(roster_received())
        .when(fail)
        .then(RosterCheckFailed, code="unreadable", message="this is no list")
    )
    assert isinstance(told.case, Roster)
    assert (told.case.status, told.case.failure) == ("failed", told.event)
    given(*checked()).when(fail).then_nothing()
    given(roster_received(), told.event).when(as_system(FinishCheck, ROSTER, rows=1)).then_nothing()


def test_papers_of_the_list_are_kept_with_it() -> None:
    asked = command(AddDocument, ROSTER, "sari", code="ENR_PKS", sha256=SHA, media_type="image/png", size=9)
    told = given(roster_received()).when(asked).then(DocumentAdded, code="ENR_PKS", sha256=SHA, size=9)
    assert told.case.papers.keys() == {"ENR_PKS"}


def corrected(**fields: Any) -> ReceiveRoster:
    return receive_roster(replaces=EARLIER, **fields)


EARLIER = uuid4()


def earlier(*more: Any, **fields: Any) -> list[Any]:
    """The list that is corrected, in the same programme."""
    return [replace(one, originator_id=EARLIER) for one in (roster_received(**fields), *more)]


def test_a_corrected_list_names_a_checked_list_of_its_programme() -> None:
    done = roster_checked(2)
    given(programme_opened(), *earlier(rows_checked(1, 2), done)).when(corrected()).then(
        RosterReceived, replaces=EARLIER
    )
    given(programme_opened(), *earlier(rows_checked(1, 2))).when(corrected()).then_refused(
        StepNotOpen, status="checking"
    )
    given(programme_opened(), *earlier(done, programme_id=uuid4())).when(corrected()).then_refused(
        Invalid, field="replaces"
    )


def test_the_same_bytes_for_the_same_programme_and_day_are_one_list() -> None:
    told = given(programme_opened()).when(receive_roster()).then(RosterReceived)
    [key] = told.case.keys.take
    assert key == Key("roster-file", file_digest(PROGRAMME, LIST_DAY, SHA, None))
    others = {
        file_digest(uuid4(), LIST_DAY, SHA, None),
        file_digest(PROGRAMME, date(2024, 1, 1), SHA, None),
        file_digest(PROGRAMME, LIST_DAY, "ab", None),
        file_digest(PROGRAMME, LIST_DAY, SHA, EARLIER),
    }
    assert len(others | {key.digest}) == 5


def test_rows_whose_membership_goes_on_begin_none_and_take_no_step() -> None:
    goes_on = uuid4()
    standing = (StandingRow(1, goes_on, "unchanged"), StandingRow(3, goes_on, "renewal"))
    slice_ = as_system(
        RecordRowsChecked,
        ROSTER,
        from_row=1,
        to_row=4,
        issues=(issue(2), issue(3, "warn", "renewal")),
        standing=standing,
    )
    told = given(roster_received()).when(slice_).then(RowsChecked, standing=standing)
    story = given(roster_received(), told.event)
    finish = as_system(FinishCheck, ROSTER, rows=4)
    done = story.when(finish).then(RosterChecked, accepted=2, rejected=1, unchanged=1, warnings=1)
    assert isinstance(done.case, Roster)
    assert done.case.accepted_rows() == [4]
    assert [done.case.enrollment_of(row) for row in (1, 3, 4)] == [goes_on, goes_on, member_id(ROSTER, 4)]
    asked = request_step("propose", rows=(1, 4))
    given(roster_received(), told.event, done.event).when(asked).then_refused(
        Invalid, field="rows", row=1, enrollment_id=str(goes_on)
    )


# -- steps of the members


def test_a_step_is_asked_of_every_accepted_member() -> None:
    asked = request_step("issue_decree", form='{"number":"800"}', area="3375")
    told = (
        given(*checked())
        .when(asked)
        .then(
            StepRequested,
            request_id=asked.command_id,
            member_step="issue_decree",
            form='{"number":"800"}',
            area="3375",
            rows=None,
            except_rows=(),
        )
    )
    assert isinstance(told.case, Roster)
    assert told.case.meant_rows(told.event) == [1, 3, 4]
    assert not told.case.steps[asked.command_id].finished


@pytest.mark.parametrize(
    ("chosen", "meant"),
    [
        ({"rows": (4, 1, 4)}, [1, 4]),
        ({"except_rows": (3,)}, [1, 4]),
        ({"rows": (1, 3), "except_rows": (3,)}, [1]),
        ({"rows": ()}, []),
    ],
)
def test_a_step_may_be_asked_of_some(chosen: dict[str, Any], meant: list[int]) -> None:
    told = given(*checked()).when(request_step(**chosen)).then(StepRequested)
    assert isinstance(told.case, Roster) and told.case.meant_rows(told.event) == meant


@pytest.mark.parametrize("field", ["rows", "except_rows"])
@pytest.mark.parametrize("row", [0, 2, 5], ids=["before the first", "refused", "after the last"])
def test_only_accepted_rows_can_be_named(field: str, row: int) -> None:
    named: dict[str, Any] = {field: (1, row)}
    given(*checked()).when(request_step(**named)).then_refused(Invalid, field=field, row=row)


def test_steps_wait_until_every_row_is_checked() -> None:
    given(roster_received(), rows_checked(1, 4)).when(request_step()).then_refused(
        StepNotOpen, status="checking"
    )
    failed = fact(RosterCheckFailed, ROSTER, code="unreadable", message="no list")
    given(roster_received(), failed).when(request_step()).then_refused(StepNotOpen, status="failed")


def finish(request: Any = REQUEST, done: int = 2) -> FinishStep:
    refused = (RowRefusal(3, "documents_missing", "papers are missing"),)
    return as_system(
        FinishStep, ROSTER, request_id=request, member_step="propose", done=done, refused=refused
    )


def test_a_step_is_finished_once_with_one_outcome_for_each_row() -> None:
    told = given(*checked(), step_requested()).when(finish()).then(StepDone, request_id=REQUEST, done=2)
    assert isinstance(told.case, Roster)
    step = told.case.steps[REQUEST]
    assert (step.finished, step.done, step.refused) == (True, 2, told.event.refused)
    given(*checked(), step_requested(), told.event).when(finish(done=9)).then_nothing()


def test_two_requests_are_finished_each_for_itself() -> None:
    other = uuid4()
    story = given(*checked(), step_requested(), step_requested("start_verification", request_id=other))
    told = story.when(finish(other)).then(StepDone, request_id=other)
    assert isinstance(told.case, Roster)
    assert [told.case.steps[one].finished for one in (REQUEST, other)] == [False, True]


def test_a_step_knows_where_the_log_holds_its_last_word() -> None:
    facts = [
        *checked(),
        step_requested(),
        fact(StepDone, ROSTER, request_id=REQUEST, member_step="propose", done=3, refused=()),
    ]
    assert roster(*facts[:-1]).steps[REQUEST].position == 4
    assert roster(*facts).steps[REQUEST].position == 5
