"""A claim, step by step: what is recorded, what is refused, and that no line is paid twice or too early."""

import dataclasses
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given as any_of
from hypothesis import settings
from hypothesis import strategies as st

from domain.case import Key
from domain.claim.aggregate import Claim
from domain.claim.commands import (
    ChildForm,
    CloseCase,
    HeirForm,
    ReporterForm,
    ReturnCalculation,
    SignRejection,
)
from domain.claim.events import (
    ArrearsPaid,
    BenefitCalculated,
    CalculationReturned,
    CaseClosed,
    Child,
    ClaimApproved,
    ClaimFiled,
    ClaimRejected,
    DeathReported,
    DocumentAdded,
    FileComplete,
    PaymentOrdered,
    PaymentSucceeded,
    VerificationStarted,
)
from domain.claim.people import claim_number
from domain.claim.refusals import AmountDiffersFromDetermination, ArrearsStillOpen, NothingToOrder
from domain.command import Behalf
from domain.fact import Fact
from domain.names import same_person_name
from domain.payment.aggregate import Payment
from domain.refusal import Invalid
from domain.sealed import Sealed
from domain.step import Step
from domain.world import World
from tests import facts
from tests.facts import (
    CLAIM,
    DEATH,
    ENROLLMENT,
    PAYMENT,
    PERSON,
    PROGRAMME,
    SHA,
    TODAY,
    add_paper,
    approve,
    approved_claim,
    arrears_paid,
    as_system,
    benefit_calculated,
    calculate,
    calculated_claim,
    claim_filed,
    claim_paper,
    command,
    confirm_complete,
    confirm_payment,
    contribution_received,
    death_reported,
    determination,
    file_claim,
    file_complete,
    held,
    line,
    order_payment,
    payee_form,
    payment_ordered,
    payment_succeeded,
    rejection,
    report_death,
    settle_arrears,
    start_verification,
    verification_started,
    verified_claim,
)
from tests.given_when_then import fold, given, laid_open

TOMORROW = TODAY + timedelta(days=1)


# -- report and file


def test_a_death_is_reported_for_a_membership() -> None:
    told = (
        given(*facts.member())
        .when(report_death(), Step(name="report", definition="jkm-claim@1", to_status="REPORTED"))
        .then(
            DeathReported,
            enrollment_id=ENROLLMENT,
            person_id=PERSON,
            programme_id=PROGRAMME,
            area_code="3375",
            event_on=DEATH,
            cause="illness",
            to_status="REPORTED",
        )
    )
    assert told.case.status == "REPORTED"
    assert (told.case.definition, told.case.area_code, told.case.subject_id) == (
        "jkm-claim@1",
        "3375",
        PERSON,
    )
    reporter = told.event.reported_by
    assert (laid_open(reporter.name), reporter.relation, reporter.phone) == ("BUDI SANTOSO", "spouse", None)
    assert reporter.name.subject_id not in (PERSON, CLAIM), "the reporter is a data subject of his own"


def test_a_report_takes_the_death_of_the_person_and_its_number_as_keys() -> None:
    told = given(*facts.member()).when(report_death()).then(DeathReported)
    number = told.event.number
    assert told.keys.take == [Key("death-claim", PERSON.bytes), Key("claim-number", number.encode())]
    assert told.keys.release == []


def test_a_number_that_fell_together_with_another_is_drawn_again() -> None:
    numbers = {claim_number(CLAIM, "3375", 2024, attempt) for attempt in range(5)}
    assert len(numbers) == 5
    assert all(len(number) == len("JKM-3375-2024-000001") for number in numbers)
    enrollment = fold(*facts.member())[ENROLLMENT]
    second_try = World(cases={"enrollment": enrollment}, attempt=1)
    told = given().when(report_death(), world=second_try).then(DeathReported)
    assert told.event.number == claim_number(CLAIM, "3375", 2024, 1)


def test_a_death_after_the_report_is_refused() -> None:
    late = report_death(event_on=TOMORROW)
    given(*facts.member()).when(late).then_refused(Invalid, field="event_on")
    given(*facts.member()).when(report_death(event_on=TODAY)).then(DeathReported)


def test_a_reporters_phone_is_kept_with_the_reporter() -> None:
    form = ReporterForm(name="BUDI", relation="child", phone="081234567890")
    told = given(*facts.member()).when(report_death(reported_by=form)).then(DeathReported)
    phone = told.event.reported_by.phone
    assert phone is not None and laid_open(phone) == "081234567890"
    assert phone.subject_id == told.event.reported_by.name.subject_id


def test_a_claim_is_filed_with_its_people_each_a_data_subject() -> None:
    asked = file_claim(
        payees=(
            payee_form(for_="rest", phone="0812"),
            payee_form(
                code="FUNERAL_ARRANGER", relation="funeral_arranger", name="Tono", account_name="TONO"
            ),
        ),
        heirs=(
            HeirForm(name="SITI", relation="child", nik="3375", birth_date=date(2010, 1, 1), phone="0813"),
        ),
        children=(
            ChildForm(name="SITI", birth_date=date(2010, 1, 1)),
            ChildForm(name="ADI", birth_date=DEATH),
        ),
    )
    told = given(death_reported()).when(asked).then(ClaimFiled, claim_date=date(2024, 5, 15))
    first, second = told.event.payees
    assert [first.code, first.share, laid_open(first.phone)] == ["HEIR", "rest", "0812"]
    assert [laid_open(first.name), laid_open(first.account_number)] == ["Budi Santoso", "1234567890"]
    assert [second.code, second.share, second.account_name_matches] == ["FUNERAL_ARRANGER", None, True]
    [heir] = told.event.heirs
    assert [laid_open(heir.nik), laid_open(heir.birth_date), laid_open(heir.phone)] == [
        "3375",
        date(2010, 1, 1),
        "0813",
    ]
    assert [laid_open(child.birth_date) for child in told.event.children] == [date(2010, 1, 1), DEATH]
    people = [first.name, second.name, heir.name, *(child.name for child in told.event.children)]
    assert len({name.subject_id for name in people} | {PERSON}) == 6


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"claim_date": DEATH - timedelta(days=1)}, "claim_date"),
        ({"claim_date": TOMORROW}, "claim_date"),
        ({"payee": None}, "payee"),
        ({"payee": payee_form(), "payees": (payee_form(),)}, "payee"),
        ({"payees": (payee_form(), payee_form(name="Another"))}, "payees"),
    ],
    ids=["before the death", "in the future", "nobody", "both forms", "two heirs"],
)
def test_a_claim_that_makes_no_sense_is_not_filed(fields: dict[str, Any], wrong: str) -> None:
    given(death_reported()).when(file_claim(**fields)).then_refused(Invalid, field=wrong)


ARRANGER = {"relation": "funeral_arranger", "heir_tier": "NONE", "code": None}


def test_without_a_code_the_tier_says_in_which_quality_a_payee_is_paid() -> None:
    for tier, code in (("SPOUSE_CHILD", "HEIR"), ("NONE", "FUNERAL_ARRANGER")):
        relation = "spouse" if code == "HEIR" else "funeral_arranger"
        asked = file_claim(payee=payee_form(relation=relation, heir_tier=tier))
        told = given(death_reported()).when(asked).then(ClaimFiled)
        assert [one.code for one in told.event.payees] == [code]


@pytest.mark.parametrize(
    ("fields", "heirs"),
    [
        ({"relation": "other", "heir_tier": "NONE", "code": "HEIR"}, []),
        ({"relation": "spouse", "heir_tier": "SPOUSE_CHILD", "code": "FUNERAL_ARRANGER"}, []),
        ({"relation": "sibling", "heir_tier": "SPOUSE_CHILD"}, []),
        ({"relation": "sibling", "heir_tier": "SIBLING"}, ["parent"]),
        ({"relation": "parent_in_law", "heir_tier": "PARENT_IN_LAW"}, ["other", "sibling"]),
        (ARRANGER, ["grandchild"]),
    ],
    ids=[
        "an heir of no tier",
        "an arranger who inherits",
        "another tier than the relation's",
        "a parent lives",
        "a sibling lives",
        "somebody inherits",
    ],
)
def test_nobody_is_paid_out_of_the_order_of_heirs(fields: dict[str, Any], heirs: list[Any]) -> None:
    asked = file_claim(
        payee=payee_form(**fields), heirs=tuple(HeirForm(name="ANI", relation=relation) for relation in heirs)
    )
    given(death_reported()).when(asked).then_refused(Invalid, field="payee.heir_tier")


@pytest.mark.parametrize(
    ("fields", "heirs"),
    [
        ({"relation": "child"}, ["spouse", "child", "sibling"]),
        ({"relation": "sibling", "heir_tier": "SIBLING"}, ["sibling", "parent_in_law", "other"]),
        ({"relation": "guardian"}, ["child"]),
        (ARRANGER, ["other"]),
    ],
)
def test_whoever_inherits_may_be_paid(fields: dict[str, Any], heirs: list[Any]) -> None:
    asked = file_claim(
        payee=payee_form(**fields), heirs=tuple(HeirForm(name="ANI", relation=relation) for relation in heirs)
    )
    given(death_reported()).when(asked).then(ClaimFiled)


@pytest.mark.parametrize(
    ("born", "counts"),
    [
        (date(2001, 5, 11), True),
        (date(2001, 5, 10), False),
        (DEATH, True),
        (DEATH + timedelta(days=1), False),
    ],
    ids=["23 tomorrow", "23 today", "born that day", "not yet born"],
)
def test_children_count_for_a_scholarship_until_they_are_23(born: date, counts: bool) -> None:
    """On the day of death, whenever the claim is filed."""
    asked = file_claim(children=(ChildForm(name="ADI", birth_date=born),))
    given(death_reported()).when(asked).then(ClaimFiled, children_of_age=int(counts))


@pytest.mark.parametrize("day", [DEATH, TODAY], ids=["day of death", "today"])
def test_a_claim_may_be_made_from_the_day_of_death_until_today(day: date) -> None:
    given(death_reported()).when(file_claim(claim_date=day)).then(ClaimFiled, claim_date=day)


def test_an_officer_acts_on_behalf_of_a_participant_and_the_fact_names_both() -> None:
    asked = file_claim(
        issued_by="ina", roles=frozenset({"intake"}), on_behalf_of=Behalf(name="BUDI", relation="spouse")
    )
    told = given(death_reported()).when(asked).then(ClaimFiled, actor="ina")
    behalf = told.event.on_behalf_of
    assert behalf is not None and (laid_open(behalf.name), behalf.relation) == ("BUDI", "spouse")


def test_the_header_says_who_acted_in_which_role_and_seals_the_note() -> None:
    step = Step(
        name="confirm_complete",
        from_status="FILED",
        to_status="COMPLETE",
        definition="jkm-claim@1",
        roles=frozenset({"intake"}),
        flags=("BACKDATED_ENTRY",),
    )
    asked = confirm_complete(
        roles=frozenset({"intake", "finance"}), note="anak menunggu", correlation_id=uuid4()
    )
    told = (
        given(death_reported(), claim_filed())
        .when(asked, step)
        .then(
            FileComplete,
            acting_roles=("intake",),
            note="anak menunggu",
            command_id=asked.command_id,
            correlation_id=asked.correlation_id,
            decided_at=asked.decided_at,
            effective_on=TODAY,
            from_status="FILED",
            to_status="COMPLETE",
            flags=("BACKDATED_ENTRY",),
        )
    )
    assert told.event.note is not None and told.event.note.subject_id == PERSON
    assert told.case.flags == {"BACKDATED_ENTRY"}


# -- papers


def test_a_paper_is_added_and_the_newest_of_its_kind_counts() -> None:
    told = (
        given(death_reported(), claim_paper("KK"))
        .when(add_paper("KK", sha256="cd" * 32))
        .then(DocumentAdded, code="KK", sha256="cd" * 32, media_type="image/png", size=9)
    )
    assert [paper.sha256 for paper in told.case.papers["KK"]] == [SHA, "cd" * 32]
    complete = given(death_reported(), claim_filed(), claim_paper("KK"), claim_paper("KK", sha256="cd" * 32))
    complete.when(confirm_complete()).then(FileComplete, papers=(("KK", "cd" * 32),))


def test_completeness_names_every_paper_of_the_file_in_order() -> None:
    story = given(death_reported(), claim_filed(), claim_paper("MEMBER_CARD"), claim_paper("KK"))
    story.when(confirm_complete()).then(FileComplete, papers=(("KK", SHA), ("MEMBER_CARD", SHA)))


def test_a_file_is_not_complete_before_the_death() -> None:
    story = given(death_reported(), claim_filed())
    story.when(confirm_complete(effective_on=DEATH)).then(FileComplete)
    early = confirm_complete(effective_on=DEATH - timedelta(days=1))
    story.when(early).then_refused(Invalid, field="effective_on")


def test_verification_starts() -> None:
    given(death_reported(), claim_filed(), file_complete()).when(start_verification()).then(
        VerificationStarted
    )


# -- the calculation


PAID_TO_DEATH = tuple(f"2023-{month:02d}" for month in range(9, 13)) + tuple(
    f"2024-{m:02d}" for m in range(1, 6)
)


def test_a_death_in_cover_is_calculated_in_full() -> None:
    told = (
        given(*facts.member(), contribution_received(*PAID_TO_DEATH), *verified_claim())
        .when(calculate())
        .then(BenefitCalculated, enrollment_version=2, programme_version=2)
    )
    found = told.event.determination
    assert (found.outcome, found.total) == ("PAY", 42_000_000)
    assert found.inputs["paid_months"] == ("2023-09/2024-05",)
    assert found.inputs["paid_months_total"] == 9
    assert found.inputs["membership_start"] == "2023-09-01"
    assert found.inputs["claim_date"] == "2024-05-15"
    assert told.case.amount_to_sign == 42_000_000
    answer = told.case.answer("calculate")
    assert answer["number"] == "JKM-3375-2024-000001"
    assert answer["determination"]["total"] == 42_000_000
    assert [line["working"] for line in answer["determination"]["lines"]] == [
        line.working_id for line in found.lines
    ]
    assert told.case.answer("approve") == {"number": "JKM-3375-2024-000001"}


def test_months_after_the_death_are_not_counted() -> None:
    story = given(
        *facts.member(), contribution_received(*PAID_TO_DEATH, "2024-06", "2024-07"), *verified_claim()
    )
    told = story.when(calculate()).then(BenefitCalculated)
    assert told.event.determination.inputs["paid_months_total"] == 9


def test_a_death_in_grace_holds_all_but_the_funeral_benefit() -> None:
    story = given(*facts.member(), contribution_received(*PAID_TO_DEATH[:-2]), *verified_claim())
    told = story.when(calculate()).then(BenefitCalculated)
    found = told.event.determination
    assert (found.outcome, found.arrears_months) == ("HOLD_ARREARS", ("2024-04", "2024-05"))
    assert found.arrears == facts.amount_of("2024-04", "2024-05")
    assert isinstance(told.case, Claim) and told.case.arrears_open


def test_a_death_after_the_lapse_is_rejected_with_its_code() -> None:
    story = given(*facts.member(), contribution_received("2023-09", "2023-10"), *verified_claim())
    told = story.when(calculate()).then(BenefitCalculated)
    assert told.event.determination.outcome == "REJECT_LAPSED"
    assert isinstance(told.case, Claim) and told.case.outcome == "REJECT_LAPSED"


@pytest.mark.parametrize("cause", ["work_accident", "occupational_disease"])
def test_a_death_by_work_is_for_the_accident_benefit(cause: str) -> None:
    verified = [death_reported(cause=cause), *verified_claim()[1:]]
    story = given(*facts.member(), contribution_received(*PAID_TO_DEATH), *verified)
    assert story.when(calculate()).then(BenefitCalculated).event.determination.outcome == "REJECT_USE_JKK"


def test_children_of_the_file_earn_the_scholarship() -> None:
    subject = uuid4()
    child = Child(name=Sealed.of(subject, "ADI"), birth_date=Sealed.of(subject, date(2015, 1, 1)))
    three_years = [f"{year}-{month:02d}" for year in (2020, 2021, 2022) for month in range(1, 13)]
    paid = contribution_received(*three_years, *[f"2023-{m:02d}" for m in range(1, 13)], *PAID_TO_DEATH[4:])
    early = {"effective_on": date(2020, 1, 1)}
    for children, right in (((child,), True), ((), False)):
        verified = [death_reported(), claim_filed(children=children), *verified_claim()[2:]]
        told = given(*facts.member(**early), paid, *verified).when(calculate()).then(BenefitCalculated)
        assert told.event.determination.scholarship_right is right


def test_a_returned_calculation_is_forgotten_and_says_why() -> None:
    asked = command(ReturnCalculation, CLAIM, "agus", "approver_1", reason="upah salah")
    told = given(*calculated_claim()).when(asked).then(CalculationReturned, reason="upah salah")
    assert isinstance(told.case, Claim)
    assert (told.case.determination, told.case.outcome, told.case.amount_to_sign) == (None, None, 0)


# -- approval and rejection


def test_the_determined_amount_is_approved_under_its_rules() -> None:
    told = (
        given(*calculated_claim())
        .when(approve(42_000_000))
        .then(ClaimApproved, amount=42_000_000, rule_set="rules-1")
    )
    assert isinstance(told.case, Claim) and told.case.approved_amount == 42_000_000


@pytest.mark.parametrize("amount", [41_999_999, 42_000_001, 0, -42_000_000])
def test_another_amount_is_refused_and_the_right_one_named(amount: int) -> None:
    given(*calculated_claim()).when(approve(amount)).then_refused(
        AmountDiffersFromDetermination, field="amount", asked=amount, expected=42_000_000
    )


def test_an_approval_in_grace_covers_the_lines_that_wait() -> None:
    found = held("2024-04", "2024-05")
    given(*calculated_claim(found)).when(approve(42_000_000)).then(ClaimApproved, amount=42_000_000)
    given(*calculated_claim(found)).when(approve(10_000_000)).then_refused(AmountDiffersFromDetermination)


@pytest.mark.parametrize("reason", ["non-aktif sejak Februari", None])
def test_a_rejection_is_signed_with_the_outcome_of_the_calculation(reason: str | None) -> None:
    asked = command(SignRejection, CLAIM, "agus", "approver_1", reason=reason)
    told = (
        given(*calculated_claim(rejection()))
        .when(asked)
        .then(ClaimRejected, outcome="REJECT_LAPSED", reason=reason)
    )
    assert isinstance(told.case, Claim) and told.case.outcome == "REJECT_LAPSED"


# -- payment


def test_every_line_is_ordered_and_a_payment_begins_in_the_same_append() -> None:
    told = given(*approved_claim()).when(order_payment()).then(PaymentOrdered, amount=42_000_000)
    [payment] = told.others
    assert isinstance(payment, Payment) and isinstance(told.case, Claim)
    assert told.case.payment_id == told.event.payment_id == payment.id
    assert (payment.status, payment.ordered.amount, payment.ordered.lines) == (
        "ORDERED",
        42_000_000,
        told.event.lines,
    )
    assert (payment.ordered.claim_id, payment.ordered.person_id, payment.area_code) == (CLAIM, PERSON, "3375")
    assert payment.subject_id == PERSON
    assert [one.payee for one in told.event.lines] == ["HEIR"] * 3
    assert told.case.companions()["payment"] == payment.id


def test_each_line_goes_to_its_payee() -> None:
    shares = tuple(
        dataclasses.replace(
            share, payee="FUNERAL_ARRANGER" if share.code == "JKM_FUNERAL" else "SOCIAL_SECURITY_FUND"
        )
        for share in determination().payees
    )
    told = given(*approved_claim(determination(payees=shares))).when(order_payment()).then(PaymentOrdered)
    assert {one.code: one.payee for one in told.event.lines} == {
        "JKM_LUMP": "SOCIAL_SECURITY_FUND",
        "JKM_BERKALA": "SOCIAL_SECURITY_FUND",
        "JKM_FUNERAL": "FUNERAL_ARRANGER",
    }


def test_nothing_is_ordered_twice() -> None:
    given(*approved_claim(), *payment_ordered()).when(order_payment()).then_refused(
        NothingToOrder, guard="line_left_to_order"
    )


def test_in_grace_only_the_funeral_benefit_is_ordered_until_the_arrears_are_paid() -> None:
    found = held("2024-05")
    first = [*approved_claim(found)]
    told = given(*first).when(order_payment()).then(PaymentOrdered, amount=10_000_000)
    assert [one.code for one in told.event.lines] == ["JKM_FUNERAL"]
    paid = [*first, *payment_ordered("JKM_FUNERAL", found=found), payment_succeeded("HELD_ARREARS")]
    given(*paid).when(order_payment()).then_refused(NothingToOrder)
    rest = given(*paid, arrears_paid("2024-05")).when(order_payment()).then(PaymentOrdered, amount=32_000_000)
    assert rest.event.payment_id != told.event.payment_id


AT_ONCE, AFTER = "at_once", "after_arrears"


@any_of(
    amounts=st.lists(
        st.tuples(st.integers(1, 10**9), st.sampled_from([AT_ONCE, AFTER])), min_size=1, max_size=5
    ),
    settled_after=st.integers(0, 3),
)
@settings(max_examples=60)
def test_orders_add_up_to_the_approval_and_never_come_early(
    amounts: list[tuple[int, str]], settled_after: int
) -> None:
    """However often it is ordered, and whenever the arrears come in."""
    lines = [line(f"LINE_{n}", amount, payable) for n, (amount, payable) in enumerate(amounts)]
    found = determination(*lines, outcome="HOLD_ARREARS", arrears_months=("2024-05",))
    story: list[Fact] = list(approved_claim(found))
    ordered: list[str] = []
    money = 0
    for round_ in range(5):
        settled = round_ > settled_after
        if round_ == settled_after + 1:
            story.append(arrears_paid("2024-05"))
        if not _left(lines, ordered, settled):
            given(*story).when(order_payment()).then_refused(NothingToOrder)
            continue
        told = given(*story).when(order_payment()).then(PaymentOrdered)
        codes = [one.code for one in told.event.lines]
        assert told.event.amount == sum(one.amount for one in told.event.lines)
        assert not set(codes) & set(ordered)
        assert settled or all(one.payable == AT_ONCE for one in lines if one.code in codes)
        ordered += codes
        money += told.event.amount
        story.append(told.event)
    assert sorted(ordered) == sorted(one.code for one in lines)
    assert money == found.total


def _left(lines: list[Any], ordered: list[str], settled: bool) -> bool:
    return any(one.code not in ordered and (settled or one.payable == AT_ONCE) for one in lines)


def confirmed(*story: Fact, **fields: Any) -> Any:
    return given(*story).when(confirm_payment(**fields))


def test_a_payment_in_time_owes_no_penalty() -> None:
    told = confirmed(*approved_claim(), *payment_ordered(), bank_reference=" TRX-1 ").then(
        PaymentSucceeded, amount=42_000_000, bank_reference="TRX-1", paid_on=TODAY, days_late=0, penalty_due=0
    )
    [payment] = told.others
    assert isinstance(payment, Payment)
    assert (payment.status, payment.bank_reference, payment.paid_on) == ("SUCCEEDED", "TRX-1", TODAY)
    assert told.case.payments == [told.event]


@pytest.mark.parametrize(
    ("day", "late"), [(27, 0), (28, 1), (30, 3)], ids=["on the due day", "a day late", "three"]
)
def test_a_late_payment_records_its_days_and_one_percent_for_each(day: int, late: int) -> None:
    paid_on = date(2024, 5, day)
    confirmed(*approved_claim(), *payment_ordered(), paid_on=paid_on, effective_on=date(2024, 6, 1)).then(
        PaymentSucceeded, days_late=late, penalty_due=late * 420_000
    )


def test_a_day_late_with_less_than_fifty_rupiah_owes_nothing() -> None:
    found = facts.determination(facts.line("JKM_FUNERAL", 49))
    story = [*approved_claim(found), *payment_ordered(found=found)]
    late = {"paid_on": date(2024, 5, 28), "effective_on": date(2024, 6, 1)}
    confirmed(*story, **late).then(PaymentSucceeded, days_late=1, penalty_due=0, penalty=None)


def test_outside_the_calendar_nobody_claims_to_know_the_penalty() -> None:
    unknown = dataclasses.replace(file_complete().clocks[0], due_on=None, calendar_ends=date(2026, 12, 31))
    story = [*approved_claim(), *payment_ordered()]
    at = next(n for n, one in enumerate(story) if isinstance(one, FileComplete))
    story[at] = file_complete(clocks=(unknown,))
    confirmed(*story).then(PaymentSucceeded, days_late=None, penalty_due=0)


def test_the_penalty_is_worked_out_on_what_was_transferred() -> None:
    found = held("2024-05")
    story = [*approved_claim(found), *payment_ordered("JKM_FUNERAL", found=found)]
    late = {"paid_on": date(2024, 5, 28), "effective_on": date(2024, 6, 1)}
    confirmed(*story, **late).then(PaymentSucceeded, amount=10_000_000, penalty_due=100_000)


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"paid_on": TOMORROW}, "paid_on"),
        ({"paid_on": DEATH - timedelta(days=1)}, "paid_on"),
        ({"bank_reference": "  "}, "bank_reference"),
    ],
)
def test_a_confirmation_that_makes_no_sense_is_refused(fields: dict[str, Any], wrong: str) -> None:
    confirmed(*approved_claim(), *payment_ordered(), **fields).then_refused(Invalid, field=wrong)


# -- arrears


HELD_MONTHS = ("2024-04", "2024-05")


def held_claim() -> list[Fact]:
    found = held(*HELD_MONTHS)
    paid = contribution_received(*PAID_TO_DEATH[:-2])
    money = payment_ordered("JKM_FUNERAL", found=found)
    return [*facts.member(), paid, *approved_claim(found), *money, payment_succeeded("HELD_ARREARS")]


def test_arrears_are_settled_when_every_month_up_to_the_death_is_paid() -> None:
    told = (
        given(*held_claim(), contribution_received(*HELD_MONTHS))
        .when(settle_arrears(payment_position=77))
        .then(ArrearsPaid, months=HELD_MONTHS, payment_position=77)
    )
    assert isinstance(told.case, Claim) and told.case.arrears_paid and not told.case.arrears_open


@pytest.mark.parametrize("paid", [(), ("2024-04",), ("2024-05", "2024-06")])
def test_a_month_that_is_still_open_holds_the_rest(paid: tuple[str, ...]) -> None:
    story = given(*held_claim(), *([contribution_received(*paid)] if paid else []))
    still_open = [month for month in HELD_MONTHS if month not in paid]
    story.when(settle_arrears()).then_refused(ArrearsStillOpen, guard="arrears_paid", months=still_open)


def test_heirs_may_settle_for_the_member_alone() -> None:
    alone = contribution_received(*HELD_MONTHS, enrollment_ids=(ENROLLMENT,))
    given(*held_claim(), alone).when(settle_arrears()).then(ArrearsPaid)


def test_a_paid_case_is_closed() -> None:
    given(*approved_claim(), *payment_ordered(), payment_succeeded()).when(as_system(CloseCase, CLAIM)).then(
        CaseClosed
    )


# -- what the lifecycle may ask


def test_facts_for_conditions_before_and_after_filing() -> None:
    early = fold(death_reported())[CLAIM].facts()
    assert (early["payee.relation"], early["has_no_heir"], early["determination.total"]) == ("", False, 0)
    case = fold(*calculated_claim(held("2024-05")))[CLAIM]
    asked = case.facts()
    assert asked["status"] == "CALCULATED"
    assert asked["payee.relation"] == "spouse"
    assert asked["determination.outcome"] == "HOLD_ARREARS"
    assert asked["determination.total"] == 42_000_000
    assert asked["determination.is_rejection"] is False
    assert asked["arrears.open"] is True


def test_the_heir_decides_about_papers_whoever_is_named_first() -> None:
    arranger = facts.payee(code="FUNERAL_ARRANGER", relation="funeral_arranger", heir_tier="NONE")
    for payees in ((facts.payee(), arranger), (arranger, facts.payee())):
        asked = fold(death_reported(), claim_filed(*payees))[CLAIM].facts()
        assert (asked["payee.relation"], asked["payee.heir_tier"]) == ("spouse", "SPOUSE_CHILD")
        assert asked["has_no_heir"] is False


def test_the_heir_decides_who_is_paid_whoever_is_named_first() -> None:
    arranger = facts.payee(code="FUNERAL_ARRANGER", relation="funeral_arranger", heir_tier="NONE")
    verified = [death_reported(), claim_filed(arranger, facts.payee()), *verified_claim()[2:]]
    story = given(*facts.member(), contribution_received(*PAID_TO_DEATH), *verified)
    told = story.when(calculate()).then(BenefitCalculated)
    assert {share.payee for share in told.event.determination.payees} == {"HEIR"}


def test_a_participant_knows_only_the_claims_he_took_a_step_of() -> None:
    case = fold(death_reported(), verification_started())[CLAIM]
    assert case.is_known_to("budi")
    assert not case.is_known_to("ani")


# -- the names on an account


NAME = st.lists(
    st.sampled_from(["SITI", "AMINAH", "BUDI", "SANTOSO", "RAHARJO", "NUR"]), min_size=1, max_size=3
)
TITLE = st.sampled_from(["H.", "Hj.", "dr.", "Drs.", "Ir.", "Bpk.", "Ibu", "Tn.", "Ny.", "Alm."])
DEGREE = st.sampled_from(["S.H.", "SH", "S.E.", "S.T", "S.Pd.", "M.M.", "M.Si.", "MSi", "SE"])


@any_of(
    words=NAME,
    titles=st.lists(TITLE, max_size=2),
    degrees=st.lists(DEGREE, max_size=2),
    spaces=st.integers(1, 3),
)
def test_case_titles_and_spaces_make_no_other_person(
    words: list[str], titles: list[str], degrees: list[str], spaces: int
) -> None:
    plain = " ".join(words)
    written = (" " * spaces).join([*titles, *words]).title() + "".join(f", {degree}" for degree in degrees)
    assert same_person_name(plain, written)
    assert same_person_name(written, plain)


@any_of(one=NAME, other=NAME)
def test_other_words_make_another_person(one: list[str], other: list[str]) -> None:
    assert same_person_name(" ".join(one), " ".join(other)) == (one == other)


@pytest.mark.parametrize(("one", "other"), [("Ny", "Tn"), (".", "-"), ("", ""), ("H.", "S.E.")])
def test_titles_alone_name_nobody(one: str, other: str) -> None:
    assert not same_person_name(one, other)


def test_an_account_in_another_name_is_noted_with_the_filing() -> None:
    asked = file_claim(payee=payee_form(account_name="ANI WIJAYA"))
    told = given(death_reported()).when(asked).then(ClaimFiled)
    assert [one.account_name_matches for one in told.event.payees] == [False]


def test_the_example_facts_agree_with_each_other() -> None:
    ordered = payment_ordered()
    assert fold(*approved_claim(), *ordered).keys() == {CLAIM, PAYMENT}
    assert benefit_calculated().determination.total == 42_000_000
