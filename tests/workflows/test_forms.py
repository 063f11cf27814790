"""Forms: strict, unknown to nobody, and no complaint ever repeats what somebody wrote."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Final
from uuid import UUID, uuid4

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.claim.commands import (
    COMMANDS,
    ApproveClaim,
    ChildForm,
    ConfirmPayment,
    FileClaim,
    HeirForm,
    PayeeForm,
    ReportDeath,
)
from domain.command import Behalf, Command, Personal
from domain.enrollment.commands import COMMANDS as ENROLLMENT_COMMANDS
from domain.enrollment.commands import BeginEnrollment, IssueDecree
from domain.refusal import Invalid
from tests.facts import NOW, TODAY
from workflows.forms import form_of, make, read_form, written_form

PAYEE: Final[dict[str, Any]] = {
    "name": "BUDI SANTOSO",
    "relation": "spouse",
    "heir_tier": "SPOUSE_CHILD",
    "bank": "BANK JATENG",
    "account_number": "1234567890",
    "account_name": "BUDI SANTOSO",
}
FILING: Final[dict[str, Any]] = {"claim_date": "2024-05-15", "payee": PAYEE}
REPORT: Final[dict[str, Any]] = {
    "enrollment_id": "7a09043a-b4d9-4990-80a5-a8f1c1db08bc",
    "event_on": "2024-05-10",
    "reported_by": {"name": "BUDI SANTOSO", "relation": "spouse"},
    "cause": "illness",
}


def read(command: type[Command], body: Any, *, every: bool = True) -> dict[str, Any]:
    return read_form(form_of(command, every=every), json.dumps(body).encode())


def refused(command: type[Command], body: Any) -> Invalid:
    with pytest.raises(Invalid) as caught:
        read(command, body)
    return caught.value


# -- what is read


def test_a_form_becomes_the_commands_own_values() -> None:
    fields = read(
        FileClaim,
        FILING
        | {
            "payee": {**PAYEE, "for": "rest", "code": "HEIR"},
            "heirs": [{"name": "SITI", "birth_date": "2010-01-02", "heir_tier": "SPOUSE_CHILD"}],
            "children": [{"name": "ADI", "birth_date": "2012-03-04"}],
            "effective_on": "2024-05-20",
            "note": "anak menunggu",
            "on_behalf_of": {"name": "BUDI", "relation": "spouse"},
        },
    )
    assert fields == {
        "claim_date": date(2024, 5, 15),
        "payee": PayeeForm(**PAYEE, code="HEIR", for_="rest"),
        "payees": (),
        "heirs": (HeirForm(name="SITI", birth_date=date(2010, 1, 2), heir_tier="SPOUSE_CHILD"),),
        "children": (ChildForm(name="ADI", birth_date=date(2012, 3, 4)),),
        "effective_on": date(2024, 5, 20),
        "note": "anak menunggu",
        "on_behalf_of": Behalf(name="BUDI", relation="spouse"),
    }


def test_what_is_left_out_has_its_default() -> None:
    fields = read(ReportDeath, REPORT)
    assert fields["kind"] == "jkm"
    assert fields["enrollment_id"] == UUID(REPORT["enrollment_id"])
    assert [fields[name] for name in ("effective_on", "note", "on_behalf_of")] == [None] * 3
    assert fields["reported_by"].phone is None


def test_a_step_without_fields_takes_no_body_at_all() -> None:
    for command in COMMANDS:
        if command.step == "close":
            assert read_form(form_of(command), b"") == read(command, {})
            assert read_form(form_of(command, every=False), b"") == {}


def test_what_every_form_may_carry_is_left_out_of_the_own_form() -> None:
    with pytest.raises(Invalid) as caught:
        read(IssueDecree, {"number": "1", "issued_on": "2024-05-01", "note": "x"}, every=False)
    assert caught.value.detail == {"field": "note"}


def test_a_command_is_made_of_its_form_and_a_header() -> None:
    command = make(
        ApproveClaim,
        {"amount": 42_000_000},
        command_id=uuid4(),
        case_id=uuid4(),
        issued_by="agus",
        roles=frozenset({"approver_1"}),
        decided_at=NOW,
        effective_on=TODAY,
    )
    assert (command.amount, command.issued_by) == (42_000_000, "agus")
    assert "42000000" not in repr(command), "a command says who asks of which case, and nothing it was told"


@pytest.mark.parametrize("command", [*COMMANDS, *ENROLLMENT_COMMANDS, ReportDeath, BeginEnrollment])
def test_every_command_has_a_form_that_refuses_what_it_does_not_know(command: type[Command]) -> None:
    form = form_of(command)
    assert form is form_of(command), "made once"
    assert form.__struct_config__.forbid_unknown_fields
    assert not {"issued_by", "roles", "decided_at", "command_id", "area", "keyed"} & set(
        form.__struct_encode_fields__
    )


# -- what is refused


@pytest.mark.parametrize(
    ("command", "body", "field"),
    [
        (ApproveClaim, {"amount": "42000000"}, "amount"),
        (ApproveClaim, {"amount": 42_000_000.0}, "amount"),
        (ApproveClaim, {"amount": 42_000_000.5}, "amount"),
        (ApproveClaim, {"amount": True}, "amount"),
        (ApproveClaim, {"amount": None}, "amount"),
        (ApproveClaim, {"amount": [42]}, "amount"),
        (ApproveClaim, {}, "amount"),
        (ApproveClaim, {"amount": 1, "roles": ["approver_2"]}, "roles"),
        (ApproveClaim, {"amount": 1, "issued_by": "agus"}, "issued_by"),
        (ApproveClaim, {"amount": 1, "note": 5}, "note"),
        (ApproveClaim, {"amount": 1, "effective_on": "20 Mei 2024"}, "effective_on"),
        (ApproveClaim, {"amount": 1, "effective_on": 20240520}, "effective_on"),
        (ApproveClaim, {"amount": 1, "effective_on": "2024-02-30"}, "effective_on"),
        (ApproveClaim, [], "body"),
        (ApproveClaim, None, "body"),
        (ApproveClaim, "amount", "body"),
        (ConfirmPayment, {"bank_reference": 12, "paid_on": "2024-05-20"}, "bank_reference"),
        (ReportDeath, REPORT | {"enrollment_id": "7"}, "enrollment_id"),
        (ReportDeath, REPORT | {"kind": "jkk"}, "kind"),
        (ReportDeath, REPORT | {"cause": "old age"}, "cause"),
        (ReportDeath, REPORT | {"reported_by": {"name": "BUDI"}}, "reported_by.relation"),
        (ReportDeath, REPORT | {"reported_by": {"name": 5, "relation": "spouse"}}, "reported_by.name"),
        (FileClaim, FILING | {"payee": PAYEE | {"nik": "3375"}}, "payee.nik"),
        (FileClaim, FILING | {"payee": PAYEE | {"for_": "rest"}}, "payee.for_"),
        (FileClaim, FILING | {"payee": PAYEE | {"for": "half"}}, "payee.for"),
        (FileClaim, FILING | {"payees": {}}, "payees"),
        (FileClaim, FILING | {"children": [{"name": "ADI"}]}, "children[0].birth_date"),
        (
            FileClaim,
            FILING | {"on_behalf_of": {"name": "BUDI", "relation": "spouse", "x": 1}},
            "on_behalf_of.x",
        ),
    ],
)
def test_nothing_is_coerced_and_the_field_is_named(command: type[Command], body: Any, field: str) -> None:
    refusal = refused(command, body)
    assert refusal.detail == {"field": field}
    assert refusal.message.startswith(f"{field}: ")


@pytest.mark.parametrize(
    "body", [b"{", b"amount=1", b"\xff", b'{"amount": NaN}', b'{"amount": 1} {}', b"{'amount': 1}"]
)
def test_what_is_not_json_is_the_body_that_is_wrong(body: bytes) -> None:
    with pytest.raises(Invalid) as caught:
        read_form(form_of(ApproveClaim), body)
    assert caught.value.detail == {"field": "body"}


@pytest.mark.parametrize(
    "body",
    [
        {"number": "80\0", "issued_on": "2024-05-01"},
        {"number": "80", "issued_on": "2024-05-01", "note": "\0"},
        {"number": "80", "issued_on": "2024-05-01", "on_behalf_of": {"name": "BU\0DI", "relation": "spouse"}},
    ],
)
def test_a_character_that_cannot_be_kept_is_refused_before_anything_is_decided(body: Any) -> None:
    assert "U+0000" in refused(IssueDecree, body).message


def test_it_is_found_in_lists_as_well() -> None:
    assert "U+0000" in refused(FileClaim, FILING | {"heirs": [{"name": "A"}, {"name": "B\0"}]}).message


# -- written and read again


@dataclass(frozen=True, kw_only=True, repr=False)
class _Every(Command):
    """A form with every kind of field."""

    step: ClassVar[str] = "every"

    text: Personal
    number: int
    day: date
    id: UUID
    maybe: str | None = None
    people: tuple[PayeeForm, ...] = ()
    words: tuple[str, ...] = ()


TEXT: Final = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)
PAYEES: Final = st.builds(
    PayeeForm,
    name=TEXT,
    relation=st.sampled_from(["spouse", "child"]),
    heir_tier=st.just("SPOUSE_CHILD"),
    bank=TEXT,
    account_number=TEXT,
    account_name=TEXT,
    code=st.just("HEIR"),
    for_=st.sampled_from([None, "all", "rest"]),
    phone=st.none() | TEXT,
)


@given(
    fields=st.fixed_dictionaries(
        {
            "text": TEXT,
            "number": st.integers(-(2**63), 2**63 - 1),
            "day": st.dates(),
            "id": st.uuids(),
            "maybe": st.none() | TEXT,
            "people": st.lists(PAYEES, max_size=2).map(tuple),
            "words": st.lists(TEXT, max_size=2).map(tuple),
        }
    )
)
def test_a_written_form_reads_back_as_it_was(fields: dict[str, Any]) -> None:
    assert read_form(form_of(_Every, every=False), written_form(fields).encode()) == fields


def test_a_form_that_holds_something_else_is_a_mistake_of_ours() -> None:
    with pytest.raises(TypeError, match="holds no complex"):
        written_form({"amount": 1j})


# -- no complaint repeats a value


MARKER: Final = "3375014107850001"
PLACES: Final = (
    ("claim_date",), ("payee",), ("payee", "name"), ("payee", "relation"), ("payee", "heir_tier"), ("payee", "bank"),
    ("payee", "account_number"), ("payee", "for"), ("payee", "code"), ("heirs",), ("children",), ("note",),
    ("effective_on",), ("on_behalf_of",), ("payee", "unknown"), ("unknown",),
)  # fmt: skip
WRONG: Final = st.one_of(
    st.just(MARKER),
    st.just([MARKER]),
    st.just({"name": MARKER}),
    st.just({MARKER: MARKER}),
    st.just(int(MARKER)),
    st.just(f"{MARKER}\0"),
    st.just([{"name": MARKER, "birth_date": MARKER}]),
    st.just([{"name": int(MARKER)}]),
)


@given(place=st.sampled_from(PLACES), wrong=WRONG)
@example(place=("payee", "relation"), wrong=MARKER)
@example(place=("unknown",), wrong={MARKER: MARKER})
@example(place=("on_behalf_of",), wrong={MARKER: MARKER})
def test_no_complaint_repeats_what_somebody_wrote(place: tuple[str, ...], wrong: Any) -> None:
    body: dict[str, Any] = json.loads(json.dumps(FILING))
    spot = body
    for step in place[:-1]:
        spot = spot[step]
    spot[place[-1]] = wrong
    told = complaint(body)
    assert told is None or MARKER not in f"{told.message} {told.detail}"


def complaint(body: Any) -> Invalid | None:
    try:
        read(FileClaim, body)
    except Invalid as refusal:
        return refusal
    return None


@pytest.mark.parametrize("key", [MARKER, "BUDI SANTOSO", "a`b", "x" * 500, "na\nme"])
def test_an_unknown_name_is_told_only_if_it_could_be_the_name_of_a_field(key: str) -> None:
    for body in (FILING | {key: 1}, FILING | {"payee": PAYEE | {key: 1}}):
        refusal = refused(FileClaim, body)
        assert key not in refusal.message and key not in refusal.detail["field"]
    assert refused(FileClaim, FILING | {"nik": 1}).detail == {"field": "nik"}


def test_a_choice_that_does_not_exist_is_answered_with_those_that_do() -> None:
    refusal = refused(FileClaim, FILING | {"payee": PAYEE | {"relation": "BUDI SANTOSO"}})
    assert "BUDI" not in refusal.message
    assert "choice" in refusal.message
