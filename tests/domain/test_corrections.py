"""A person's record is put right: by whom, from what to what, and never without saying why."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4, uuid5

import pytest

from domain.case import Key
from domain.enrollment.commands import RegisterMember, VerifyWorker
from domain.enrollment.events import MemberRegistered, WorkerVerified
from domain.enrollment.refusals import NotEligible
from domain.fact import Fact
from domain.person.aggregate import Person
from domain.person.commands import ConfirmCorrection, CorrectPerson, RejectCorrection
from domain.person.correction import AT_ONCE, BY_TWO, read_value
from domain.person.events import CorrectionProposed, CorrectionRejected, PersonCorrected
from domain.person.refusals import CorrectionDecided, CorrectionWaits, NikOfAnother, OldValueDiffers
from domain.refusal import Invalid, NotFound, OutsideArea, SecondPersonRequired
from domain.sealed import Sealed
from domain.world import World
from tests.facts import (
    ENROLLMENT,
    PERSON,
    TODAY,
    command,
    enrollment_begun,
    fact,
    person_registered,
)
from tests.given_when_then import Given, fold, given, laid_open

KTP = "KTP_DECEASED"
NIK, OTHER_NIK = "3375014107850001", "3375014107850009"


def correct(field: str, old: str | None, new: str, **more: Any) -> CorrectPerson:
    fields = {"enrollment_id": ENROLLMENT, "reason": "salah ketik", "evidence": KTP}
    return command(CorrectPerson, PERSON, "ina", "intake", field=field, old=old, new=new, **(fields | more))


def confirm(correction_id: UUID, by: str = "vera", **more: Any) -> ConfirmCorrection:
    fields = {"enrollment_id": ENROLLMENT, "correction_id": correction_id}
    return command(ConfirmCorrection, PERSON, by, "verifier", **(fields | more))


def reject(correction_id: UUID, reason: str = "kartu orang lain") -> RejectCorrection:
    return command(
        RejectCorrection,
        PERSON,
        "vera",
        "verifier",
        enrollment_id=ENROLLMENT,
        correction_id=correction_id,
        reason=reason,
    )


def corrected(field: str, new: str, cls: type[Fact] = PersonCorrected, **more: Any) -> Fact:
    fields: dict[str, Any] = {
        "correction_id": uuid5(PERSON, field),
        "field": field,
        "old": None,
        "new": Sealed.of(PERSON, new),
        "reason": Sealed.of(PERSON, "salah ketik"),
        "evidence": KTP,
    }
    return fact(cls, PERSON, **(fields | more))


def known(*more: Fact) -> Given:
    return given(person_registered(), enrollment_begun(), *more)


@pytest.mark.parametrize(
    ("field", "old", "new", "kept"),
    [
        ("name", "Siti Aminah", " SITI  AMINAH BINTI WIRYO ", "SITI AMINAH BINTI WIRYO"),
        ("name", "SITI AMINAH", "Siti Aminah", "Siti Aminah"),
        ("sex", "p", "l", "L"),
        ("address", None, "Jl. Merdeka 1", "Jl. Merdeka 1"),
        ("rt", "", "3", "003"),
        ("phone", None, "0812 3456 7890", "+6281234567890"),
        ("ward", "Podosugih", "medono", "Medono, Pekalongan Barat"),
        ("ward", "podosugih, pekalongan barat", "Kali Baros", "Kali Baros, Pekalongan Timur"),
    ],
)
def test_what_changes_no_right_counts_at_once(field: str, old: str | None, new: str, kept: str) -> None:
    then = (
        known()
        .when(correct(field, old, new))
        .then(PersonCorrected, field=field, new=kept, reason="salah ketik", evidence=KTP, proposed_by=None)
    )
    assert isinstance(then.case, Person)
    standing = then.case.standing(field)
    assert standing is not None and laid_open(standing) == kept
    assert then.case.answer("correct")["status"] == "EFFECTIVE"
    assert then.case.was_corrected(field) and not then.case.was_corrected("nik")
    assert then.keys.take == then.keys.release == []


@pytest.mark.parametrize(
    ("field", "old", "new"),
    [("birth_date", "1985-07-01", "1986-07-01"), ("nik", NIK, "3375 0141 0785 0009")],
)
def test_what_may_change_a_right_waits_for_a_second_person(field: str, old: str, new: str) -> None:
    then = known().when(correct(field, old, new)).then(CorrectionProposed, field=field, old=old)
    assert isinstance(then.case, Person)
    standing = then.case.standing(field)
    assert standing is not None and str(laid_open(standing)) == old, "what stands stands"
    assert then.case.answer("correct")["status"] == "PROPOSED"
    assert then.keys.take == []


def test_every_field_is_of_one_kind() -> None:
    assert not AT_ONCE & BY_TWO
    assert {*AT_ONCE, *BY_TWO} == set(CorrectPerson.__annotations__["field"].__args__)


def test_a_second_person_lets_it_count_and_it_is_a_day() -> None:
    proposed = corrected("birth_date", "1986-07-01", CorrectionProposed)
    then = (
        known(proposed)
        .when(confirm(uuid5(PERSON, "birth_date")))
        .then(PersonCorrected, new="1986-07-01", proposed_by="ina", reason="salah ketik")
    )
    assert isinstance(then.case, Person) and then.case.details is not None
    assert laid_open(then.case.details.birth_date) == date(1986, 7, 1)
    [one] = then.case.corrections.values()
    assert (one.status, one.asked_by, one.decided_by) == ("EFFECTIVE", "ina", "vera")


def test_a_confirmed_nik_is_taken_and_the_old_one_is_kept() -> None:
    proposed = corrected("nik", OTHER_NIK, CorrectionProposed)
    then = (
        known(proposed)
        .when(confirm(uuid5(PERSON, "nik"), nik_digest=b"other"))
        .then(PersonCorrected, new=OTHER_NIK)
    )
    assert then.keys.take == [Key("person", b"other")] and then.keys.release == []
    again = known(proposed).when(confirm(uuid5(PERSON, "nik"), nik_digest=b"own", nik_owner=PERSON))
    assert again.then(PersonCorrected).keys.take == [], "a NIK that was his before is his already"


def test_a_nik_of_somebody_else_is_refused_at_both_desks() -> None:
    other = uuid4()
    known().when(correct("nik", NIK, OTHER_NIK, nik_owner=other)).then_refused(
        NikOfAnother, existing_id=str(other)
    )
    proposed = corrected("nik", OTHER_NIK, CorrectionProposed)
    known(proposed).when(confirm(uuid5(PERSON, "nik"), nik_digest=b"other", nik_owner=other)).then_refused(
        NikOfAnother, existing_id=str(other)
    )


def test_nobody_confirms_what_he_proposed() -> None:
    proposed = corrected("nik", OTHER_NIK, CorrectionProposed)
    known(proposed).when(confirm(uuid5(PERSON, "nik"), by="ina")).then_refused(SecondPersonRequired)


def test_a_rejection_leaves_what_stands_and_says_why() -> None:
    proposed = corrected("nik", OTHER_NIK, CorrectionProposed)
    then = (
        known(proposed)
        .when(reject(uuid5(PERSON, "nik")))
        .then(CorrectionRejected, field="nik", reason="kartu orang lain")
    )
    assert isinstance(then.case, Person) and then.case.nik is not None
    assert laid_open(then.case.nik) == NIK
    known(proposed).when(reject(uuid5(PERSON, "nik"), "  ")).then_refused(Invalid, field="reason")


def test_a_correction_is_decided_once() -> None:
    done = corrected("nik", OTHER_NIK)
    known(done).when(confirm(uuid5(PERSON, "nik"))).then_refused(CorrectionDecided, status="EFFECTIVE")
    known(done).when(reject(uuid5(PERSON, "nik"))).then_refused(CorrectionDecided)
    known().when(confirm(uuid4())).then_refused(NotFound)


def test_one_correction_of_a_value_waits_at_a_time() -> None:
    proposed = corrected("nik", OTHER_NIK, CorrectionProposed)
    known(proposed).when(correct("nik", NIK, "3375014107850005")).then_refused(
        CorrectionWaits, correction_id=str(uuid5(PERSON, "nik"))
    )
    known(proposed).when(correct("name", "SITI AMINAH", "Siti Aminah B.")).then(PersonCorrected)


@pytest.mark.parametrize(
    ("field", "old"),
    [
        ("name", "SITI AMINA"),
        ("name", None),
        ("name", ""),
        ("birth_date", "1985-07-02"),
        ("birth_date", "yesterday"),
        ("nik", OTHER_NIK),
        ("phone", "081234567890"),
        ("ward", "Medono"),
    ],
)
def test_who_names_another_old_value_has_another_person_in_mind(field: str, old: str | None) -> None:
    new = {"name": "Sri", "birth_date": "1990-01-01", "nik": "3375014107850005", "phone": "0811111111"}
    refusal = known().when(correct(field, old, new.get(field, "Kali Baros"))).then_refused(OldValueDiffers)
    for hidden in ("AMINA", "1985", NIK, OTHER_NIK, "Podosugih", "Medono", "yesterday"):
        assert hidden not in refusal.message


def test_nothing_changes_nothing() -> None:
    for field, stands in (("name", "SITI AMINAH"), ("birth_date", "1985-07-01"), ("ward", "Podosugih")):
        known().when(correct(field, stands, stands)).then_refused(Invalid, field="new")


@pytest.mark.parametrize(
    ("field", "new"),
    [
        ("name", "   "),
        ("name", "1234"),
        ("name", "x" * 201),
        ("sex", "W"),
        ("birth_date", "01-07-1985"),
        ("birth_date", "1899-12-31"),
        ("birth_date", "2024-05-23"),
        ("nik", "337501410785000"),
        ("nik", "3375019907850001"),
        ("address", "-"),
        ("rt", "12a"),
        ("phone", "12"),
        ("phone", "nomor istri"),
        ("ward", "Atlantis"),
        ("ward", "Kali Baros, Pekalongan Barat"),
    ],
)
def test_what_is_no_such_value_is_refused_without_repeating_it(field: str, new: str) -> None:
    with pytest.raises(Invalid) as caught:
        read_value(field, new, on=TODAY, area_code="3375")
    assert caught.value.detail == {"field": "new"}
    assert not new.strip() or len(new) < 3 or new not in caught.value.message


def test_a_ward_of_an_area_without_a_table_is_written_with_its_district() -> None:
    assert read_value("ward", "Skouw ,  Muara Tami", on=TODAY, area_code="9171") == "Skouw, Muara Tami"
    with pytest.raises(Invalid):
        read_value("ward", "Skouw", on=TODAY, area_code="9171")


@pytest.mark.parametrize("evidence", ["", "ktp", "KTP DARI ISTRI", "ab" * 31, "AB" * 32, "x"])
def test_a_correction_rests_on_a_document(evidence: str) -> None:
    known().when(correct("name", "SITI AMINAH", "Siti A", evidence=evidence)).then_refused(
        Invalid, field="evidence"
    )
    known().when(correct("name", "SITI AMINAH", "Siti A", evidence="ab" * 32)).then(PersonCorrected)
    known().when(correct("name", "SITI AMINAH", "Siti A", reason=" ")).then_refused(Invalid, field="reason")


@pytest.mark.parametrize(
    ("field", "old", "new", "warnings"),
    [
        ("birth_date", "1985-07-01", "1986-07-01", ("birth_date_mismatch",)),
        ("sex", "P", "L", ("sex_mismatch",)),
        ("nik", NIK, "3375010107850001", ("sex_mismatch",)),
        ("nik", NIK, "3375014107850009", ()),
    ],
)
def test_contradictions_with_the_nik_are_told(
    field: str, old: str, new: str, warnings: tuple[str, ...]
) -> None:
    kind = CorrectionProposed if field in BY_TWO else PersonCorrected
    known().when(correct(field, old, new)).then(kind, warnings=warnings)


def test_the_mandate_is_held_against_the_membership() -> None:
    for area in ("9171", "337502", "3375/Medono"):
        known().when(correct("name", "SITI AMINAH", "Sri", area=area)).then_refused(OutsideArea)
        proposed = corrected("nik", OTHER_NIK, CorrectionProposed)
        known(proposed).when(confirm(uuid5(PERSON, "nik"), area=area)).then_refused(OutsideArea)
    known().when(correct("name", "SITI AMINAH", "Sri", area="337501")).then(PersonCorrected)
    somebody_elses = enrollment_begun(uuid4(), person_id=uuid4())
    through = somebody_elses.originator_id
    given(person_registered(), somebody_elses).when(
        correct("name", "SITI AMINAH", "Sri", enrollment_id=through)
    ).then_refused(NotFound)


@pytest.mark.parametrize(
    ("born", "code"),
    [("2006-09-01", "REJECT_MIN_AGE"), ("2005-09-02", "REJECT_MIN_AGE"), ("1958-09-01", "REJECT_MAX_AGE")],
)
def test_the_register_weighs_the_age_by_the_corrected_birth_date(born: str, code: str) -> None:
    """On the day of the list, 1 September 2023; before the correction the person was 38."""
    facts = (person_registered(), enrollment_begun(), corrected("birth_date", born))
    cases = fold(*facts)
    world = World(cases={"person": cases[PERSON]})
    for asked in (command(VerifyWorker, ENROLLMENT, "wati"), command(RegisterMember, ENROLLMENT, "ina")):
        given(*facts).when(asked, world=world).then_refused(NotEligible, reason=code)


@pytest.mark.parametrize("born", ["2005-09-01", "1958-09-02"])
def test_who_is_of_age_by_the_corrected_birth_date_goes_on(born: str) -> None:
    facts = (person_registered(), enrollment_begun(), corrected("birth_date", born))
    world = World(cases={"person": fold(*facts)[PERSON]})
    given(*facts).when(command(VerifyWorker, ENROLLMENT, "wati"), world=world).then(WorkerVerified)
    given(*facts).when(command(RegisterMember, ENROLLMENT, "ina"), world=world).then(MemberRegistered)
