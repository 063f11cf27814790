"""A person: every value sealed under the person's own key, the look-up of the NIK never in the fact."""

import dataclasses
from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from domain.case import Case, Key
from domain.payment.aggregate import Payment
from domain.payment.events import PaymentLine, PaymentSucceeded
from domain.person.aggregate import Person, details_of
from domain.person.events import PersonRegistered
from domain.sealed import Sealed
from tests.facts import CLAIM, PAYMENT, PERSON, TODAY, begin_enrollment, confirm_payment, worker
from tests.given_when_then import laid_open

FULL = worker(address="Jl. Merdeka 1", rt="001", rw="002", phone="081234567890", income=1_500_000)


def registered(**fields: Any) -> Person:
    return Person.register(begin_enrollment(), PERSON, worker(**fields), b"digest")


def test_a_person_is_registered_under_an_own_key() -> None:
    person = registered()
    [event] = person.pending_events
    assert isinstance(event, PersonRegistered)
    assert (person.id, person.subject_id) == (PERSON, PERSON)
    assert person.nik is not None and laid_open(person.nik) == "3375014107850001"
    assert person.keys.take == [Key("person", b"digest")]
    assert person.details == event.details


def test_every_declared_value_is_sealed_for_the_person() -> None:
    details = details_of(FULL, PERSON)
    values = {field.name: getattr(details, field.name) for field in dataclasses.fields(details)}
    assert {name: laid_open(value) for name, value in values.items()} == {
        "name": "SITI AMINAH",
        "birth_date": date(1985, 7, 1),
        "sex": "P",
        "address": "Jl. Merdeka 1",
        "rt": "001",
        "rw": "002",
        "phone": "081234567890",
        "income": "1500000",
    }
    assert all(isinstance(value, Sealed) and value.subject_id == PERSON for value in values.values())


def test_what_was_not_declared_is_absent_and_no_income_is_not_nothing() -> None:
    details = details_of(worker(), PERSON)
    assert (details.address, details.rt, details.rw, details.phone, details.income) == (None,) * 5
    nothing = details_of(worker(income=0), PERSON).income
    assert nothing is not None and laid_open(nothing) == "0"


def test_neither_the_digest_nor_a_value_stands_in_the_open() -> None:
    [event] = Person.register(begin_enrollment(), PERSON, FULL, b"digest").pending_events
    open_text = repr(vars(event))
    for hidden in ("3375014107850001", "SITI AMINAH", "1985", "Merdeka", "0812", "1500000", "digest"):
        assert hidden not in open_text


# -- the payment, which belongs to a person


def test_a_payment_succeeds_once() -> None:
    lines = (PaymentLine(code="JKM_FUNERAL", amount=10_000_000, payee="HEIR"),)
    payment = Payment.order(confirm_payment(), PAYMENT, PERSON, "3375", lines)
    assert (payment.status, payment.ordered.amount, payment.subject_id) == ("ORDERED", 10_000_000, PERSON)
    payment.succeed(confirm_payment(), "TRX-1", TODAY)
    event = payment.pending_events[-1]
    assert isinstance(event, PaymentSucceeded)
    assert (event.from_status, event.to_status, payment.status) == ("ORDERED", "SUCCEEDED", "SUCCEEDED")
    with pytest.raises(AssertionError, match="once"):
        payment.succeed(confirm_payment(), "TRX-2", TODAY)
    assert payment.bank_reference == "TRX-1"


# -- what every case shares


def test_a_case_without_a_subject_is_a_mistake_of_ours() -> None:
    with pytest.raises(AssertionError, match="no subject"):
        _ = Case.subject_id.fget(Person.register(begin_enrollment(), uuid4(), FULL, b""))  # type: ignore[attr-defined]


def test_by_itself_a_case_counts_no_paper_leans_on_nothing_and_signs_nothing() -> None:
    person = registered()
    assert person.counted_papers == frozenset()
    assert person.companions() == {}
    assert person.amount_to_sign == 0
    assert person.answer("register") == {}
    assert (person.facts()["status"], person.facts()["flags"]) == ("", [])
    assert not person.is_known_to(str(CLAIM))
