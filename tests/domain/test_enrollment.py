"""A membership, from the row of a list to the first paid month, and which months count as paid."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given as any_of
from hypothesis import settings
from hypothesis import strategies as st

from domain.case import Key
from domain.dated import NotInForce
from domain.enrollment.aggregate import Enrollment
from domain.enrollment.commands import (
    AbandonProposal,
    AddDocument,
    CompleteProposal,
    IssueDecree,
    LiftSuspension,
    ProposeWorker,
    RecordFirstContribution,
    RegisterMember,
    RejectWorker,
    ReturnProposal,
    StartVerification,
    SuspendMember,
    VerifyWorker,
)
from domain.enrollment.events import (
    DecreeIssued,
    DocumentAdded,
    EnrollmentBegun,
    FirstContributionPaid,
    MemberRegistered,
    MemberSuspended,
    ProposalAbandoned,
    ProposalCompleted,
    ProposalReturned,
    SuspensionLifted,
    VerificationStarted,
    WorkerProposed,
    WorkerRejected,
    WorkerVerified,
)
from domain.enrollment.joining import membership_number
from domain.enrollment.memory import COUNTED_PAPERS
from domain.enrollment.refusals import NotEligible
from domain.fact import Fact
from domain.period import Month
from domain.person.aggregate import Person
from domain.programme.aggregate import Programme
from domain.refusal import DocumentsMissing, Invalid
from domain.step import Step
from domain.world import World
from tests.facts import (
    ENROLLMENT,
    LIST_DAY,
    PERSON,
    PROGRAMME,
    ROSTER,
    SHA,
    TODAY,
    as_system,
    begin_enrollment,
    command,
    contribution_received,
    enrollment_begun,
    fact,
    member,
    member_registered,
    member_suspended,
    programme_opened,
    proposal_returned,
    worker,
)
from tests.given_when_then import fold, given, laid_open

# -- the beginning


def test_an_accepted_row_begins_a_membership_and_makes_the_person_known() -> None:
    told = (
        given(programme_opened())
        .when(begin_enrollment(roster_id=ROSTER, row=7, warnings=("AGE_NEAR_LIMIT",)))
        .then(
            EnrollmentBegun,
            programme_id=PROGRAMME,
            person_id=PERSON,
            area_code="3375",
            ward="Podosugih",
            district="Pekalongan Barat",
            occupation="PEDAGANG",
            segment="BPU_APBD",
            wage_base=1_000_000,
            spell=1,
            roster_id=ROSTER,
            row=7,
            declared=None,
            warnings=("AGE_NEAR_LIMIT",),
            effective_on=LIST_DAY,
        )
    )
    assert told.keys.take == [], "a draft holds no natural key"
    [person] = told.others
    assert isinstance(person, Person) and person.id == PERSON
    assert person.keys.take == [Key("person", b"nik")]
    assert isinstance(told.case, Enrollment)
    assert told.case.companions() == {"programme": PROGRAMME, "roster": ROSTER}


def test_who_is_known_already_is_not_registered_again_but_the_declaration_is_kept() -> None:
    known = begin_enrollment(known=True, worker=worker(phone="081234567890"))
    told = given(programme_opened()).when(known).then(EnrollmentBegun)
    assert told.others == ()
    declared = told.event.declared
    assert declared is not None
    assert (laid_open(declared.name), laid_open(declared.phone)) == ("SITI AMINAH", "081234567890")
    assert declared.name.subject_id == PERSON


def test_without_a_list_there_is_no_list_to_look_at() -> None:
    told = given(programme_opened()).when(begin_enrollment()).then(EnrollmentBegun, roster_id=None, row=None)
    assert told.case.companions() == {"programme": PROGRAMME}


@pytest.mark.parametrize(
    ("segment", "income", "wage_base"),
    [
        ("BPU_APBD", 9_000_000, 1_000_000),
        ("BPU_APBN", 9_000_000, 1_000_000),
        ("BPU_SELF_OTHER", None, 1_000_000),
        ("BPU_SELF_OTHER", 2_099_400, 2_000_000),
    ],
)
def test_a_sponsor_pays_the_lowest_band_and_others_by_income(
    segment: str, income: int | None, wage_base: int
) -> None:
    asked = begin_enrollment(worker=worker(income=income))
    given(programme_opened(segment=segment)).when(asked).then(EnrollmentBegun, wage_base=wage_base)


def test_a_day_before_the_first_bands_is_refused() -> None:
    given(programme_opened()).when(begin_enrollment(effective_on=date(2010, 1, 1))).then_refused(NotInForce)


# -- the steps


def test_who_is_proposed_can_have_no_other_live_membership() -> None:
    told = given(enrollment_begun()).when(command(ProposeWorker, ENROLLMENT, "sari")).then(WorkerProposed)
    assert told.keys.take == [Key("membership", PERSON.bytes)]
    assert told.keys.release == []


def test_the_ward_verifies() -> None:
    story = given(enrollment_begun())
    story.when(command(StartVerification, ENROLLMENT, "wati")).then(VerificationStarted)
    story.when(command(VerifyWorker, ENROLLMENT, "wati")).then(WorkerVerified)


def test_a_ward_names_what_it_sends_a_proposal_back_for() -> None:
    def back(*items: Any) -> ReturnProposal:
        return command(ReturnProposal, ENROLLMENT, "wati", "ward_verifier", items=items)

    story = given(enrollment_begun())
    told = story.when(back("ENR_KTP", "alamat", "ENR_KTP")).then(
        ProposalReturned, items=("ENR_KTP", "alamat")
    )
    assert (told.keys.take, told.keys.release) == ([], []), "the person stays proposed"
    story.when(back()).then_refused(Invalid, field="items")


def test_a_proposal_is_complete_when_every_paper_asked_for_has_come_since() -> None:
    before, after = paper("ENR_KTP"), paper("ENR_KTP")
    complete = command(CompleteProposal, ENROLLMENT, "sari", "sponsor_officer")
    returned = [enrollment_begun(), before, proposal_returned("ENR_KTP", "alamat")]
    given(*returned).when(complete).then_refused(DocumentsMissing, missing=["ENR_KTP"])
    told = given(*returned, after).when(complete).then(ProposalCompleted)
    assert isinstance(told.case, Enrollment) and told.case.asked_for == ()


def test_who_is_rejected_or_given_up_may_be_proposed_again() -> None:
    reject = command(RejectWorker, ENROLLMENT, "wati", "ward_verifier", code="REJECT_RESIDENCE")
    rejected = given(enrollment_begun()).when(reject).then(WorkerRejected, code="REJECT_RESIDENCE")
    abandon = as_system(AbandonProposal, ENROLLMENT)
    abandoned = given(enrollment_begun(), proposal_returned("alamat")).when(abandon).then(ProposalAbandoned)
    for told in (rejected, abandoned):
        assert (told.keys.take, told.keys.release) == ([], [Key("membership", PERSON.bytes)])


def test_a_suspension_names_what_is_looked_into_and_the_flag_stays() -> None:
    suspend = command(SuspendMember, ENROLLMENT, "agus", "approver_1", flag="NIK_DUPLICATE")
    told = given(*member()).when(suspend).then(MemberSuspended, flag="NIK_DUPLICATE")
    assert isinstance(told.case, Enrollment)
    assert (told.case.suspended_for, told.case.flags) == ("NIK_DUPLICATE", {"NIK_DUPLICATE"})
    lift = command(LiftSuspension, ENROLLMENT, "dewi", "approver_2")
    lifted = given(*member(), member_suspended()).when(lift).then(SuspensionLifted)
    assert isinstance(lifted.case, Enrollment)
    assert (lifted.case.suspended_for, lifted.case.flags) == (None, {"NIK_DUPLICATE"})
    assert lifted.keys.take == lifted.keys.release == []


def paper(code: str) -> DocumentAdded:
    return fact(DocumentAdded, ENROLLMENT, code=code, sha256=SHA, media_type="image/png", size=9)


def decree(number: str = "800/123/2023", issued_on: date = TODAY) -> IssueDecree:
    return command(IssueDecree, ENROLLMENT, "sari", "sponsor_officer", number=number, issued_on=issued_on)


def test_a_decree_may_be_later_than_the_day_of_the_list() -> None:
    told = given(enrollment_begun()).when(decree(" 800/123/2023 "))
    told.then(DecreeIssued, number="800/123/2023", issued_on=TODAY)


@pytest.mark.parametrize(
    ("asked", "wrong"),
    [(decree(" "), "number"), (decree(issued_on=TODAY + timedelta(days=1)), "issued_on")],
    ids=["no number", "not yet issued"],
)
def test_a_decree_that_makes_no_sense_is_refused(asked: IssueDecree, wrong: str) -> None:
    given(enrollment_begun()).when(asked).then_refused(Invalid, field=wrong)


def test_a_member_gets_a_number_of_eleven_digits_drawn_again_when_two_fall_together() -> None:
    register = command(RegisterMember, ENROLLMENT, "ina", "intake")
    first = given(enrollment_begun()).when(register).then(MemberRegistered)
    second = given(enrollment_begun()).when(register, world=World(attempt=1)).then(MemberRegistered)
    for told, attempt in ((first, 0), (second, 1)):
        number = told.event.number
        assert number == membership_number(ENROLLMENT, attempt)
        assert len(number) == 11 and number.isdigit()
        assert told.keys.take == [Key("membership-number", number.encode())]
        assert isinstance(told.case, Enrollment) and told.case.number == number
    assert first.event.number != second.event.number


def test_who_is_reported_dead_becomes_no_member() -> None:
    register = command(RegisterMember, ENROLLMENT, "ina", "intake")
    given(enrollment_begun()).when(register, world=World(has_died=True)).then_refused(
        NotEligible, reason="REJECT_DECEASED"
    )


@pytest.mark.parametrize(
    ("month", "start"),
    [("2023-08", LIST_DAY), ("2023-09", LIST_DAY), ("2023-10", date(2023, 10, 1))],
    ids=["before the list", "month of the list", "later"],
)
def test_the_membership_starts_with_the_list_or_the_first_paid_month(month: str, start: date) -> None:
    asked = as_system(RecordFirstContribution, ENROLLMENT, first_month=month, payment_position=5)
    step = Step(name="activate", from_status="REGISTERED", to_status="ACTIVE")
    told = (
        given(*member())
        .when(asked, step)
        .then(FirstContributionPaid, membership_start=start, first_month=month, payment_position=5)
    )
    assert isinstance(told.case, Enrollment) and told.case.activated == told.event
    assert (told.case.status, told.case.entered_from) == ("ACTIVE", "REGISTERED")


def test_a_paper_is_added_and_what_the_list_stands_for_counts() -> None:
    asked = command(AddDocument, ENROLLMENT, "ina", code="ENR_SK", sha256=SHA, media_type="image/png", size=9)
    told = given(enrollment_begun()).when(asked).then(DocumentAdded, code="ENR_SK", sha256=SHA, size=9)
    assert told.case.papers.keys() == {"ENR_SK"}
    assert told.case.counted_papers == COUNTED_PAPERS >= {"ENR_LIST", "ENR_PAYPROOF"}


def test_conditions_may_ask_for_the_spell() -> None:
    assert fold(enrollment_begun(spell=2))[ENROLLMENT].facts()["spell"] == 2


# -- which months are paid


def membership_of(*facts: Fact) -> tuple[date | None, frozenset[Month]]:
    cases = fold(*facts)
    enrollment, programme = cases[ENROLLMENT], cases[PROGRAMME]
    assert isinstance(enrollment, Enrollment) and isinstance(programme, Programme)
    found = enrollment.membership(programme.contributions)
    return found.start, found.paid_months


def test_a_list_payment_is_for_those_who_stood_registered_when_it_was_counted() -> None:
    """The member stands registered at position 3 of the log."""
    for position, meant in ((2, False), (3, True)):
        _, paid = membership_of(*member(), contribution_received("2023-09", position=position))
        assert bool(paid) is meant


@pytest.mark.parametrize(("day", "meant"), [(date(2023, 9, 30), True), (date(2023, 10, 1), False)])
def test_a_list_payment_is_for_months_that_the_members_list_has_reached(day: date, meant: bool) -> None:
    _, paid = membership_of(*member(effective_on=day), contribution_received("2023-09"))
    assert bool(paid) is meant


def test_nobody_is_meant_by_the_payment_of_another_list() -> None:
    assert membership_of(*member(), contribution_received("2023-09", roster_id=uuid4())) == (
        None,
        frozenset(),
    )
    alone = member(roster_id=None, row=None)
    nobodys = contribution_received("2023-09", roster_id=None, enrollment_ids=(uuid4(),))
    assert membership_of(*alone, nobodys) == (None, frozenset())


def test_who_is_not_registered_is_no_head() -> None:
    unregistered = [programme_opened(), enrollment_begun()]
    assert membership_of(*unregistered, contribution_received("2023-09")) == (None, frozenset())


def test_cover_at_a_day_follows_from_the_paid_months() -> None:
    cases = fold(*member(), contribution_received("2023-09", "2023-10"))
    enrollment, programme = cases[ENROLLMENT], cases[PROGRAMME]
    assert isinstance(enrollment, Enrollment) and isinstance(programme, Programme)
    found = enrollment.membership(programme.contributions)
    assert found.coverage(date(2023, 8, 31)).status == "NOT_STARTED"
    assert found.coverage(date(2023, 10, 31)).status == "ACTIVE"
    assert found.coverage(date(2024, 1, 31)).status == "GRACE"
    assert found.coverage(date(2024, 2, 1)).status == "LAPSED"
    assert found.paid_until(date(2023, 9, 15)) == {Month(2023, 9)}
    assert found.paid_until(date(2023, 10, 1)) == {Month(2023, 9), Month(2023, 10)}


MONTH = st.sampled_from(Month(2023, 7).through(Month(2024, 2)))
MINE, OTHERS = "mine", "others"
PAYMENT = st.tuples(
    st.frozensets(MONTH, min_size=1, max_size=4),
    st.sampled_from(["list", "other list", "me", "somebody", "me and somebody"]),
    st.integers(0, 12),
)


@any_of(
    payments=st.lists(PAYMENT, max_size=6),
    day=st.dates(date(2023, 8, 1), date(2023, 12, 31)),
    registered_after=st.integers(0, 5),
)
@settings(max_examples=150)
def test_paid_months_agree_with_a_slow_reckoning(
    payments: list[tuple[frozenset[Month], str, int]], day: date, registered_after: int
) -> None:
    """Month by month, payment by payment, in the words of the rule and nothing cleverer."""
    somebody, another_list = uuid4(), uuid4()
    received: list[Fact] = []
    for months, whom, position in payments:
        named = {
            "me": (ENROLLMENT,),
            "somebody": (somebody,),
            "me and somebody": (somebody, ENROLLMENT),
        }.get(whom, ())
        received.append(
            contribution_received(
                *map(str, sorted(months)),
                position=position,
                roster_id={"list": ROSTER, "other list": another_list}.get(whom),
                enrollment_ids=named,
            )
        )
    before, after = received[:registered_after], received[registered_after:]
    story = [programme_opened(), enrollment_begun(effective_on=day), *before, member_registered(), *after]
    registered_at = 3 + len(before)

    paid = set()
    for month in Month(2023, 1).through(Month(2024, 12)):
        for months, whom, position in payments:
            if month not in months:
                continue
            if "me" in whom.split(" ") or (
                whom == "list" and registered_at <= position and day <= month.last_day
            ):
                paid.add(month)
    start = max(day, min(paid).first_day) if paid else None
    assert membership_of(*story) == (start, frozenset(paid))
