"""Who may see what in the clear: one table that names real roles, and nobody whose desk does not need it."""

import pytest

from api.http.reveal import VALUES
from domain.refusal import Invalid, NotYourRole
from workflows.catalogue import ROLES
from workflows.chairs import Caller
from workflows.reveal import FIELDS, reason_said, refuse_unknown_fields, refuse_wrong_role

NEVER = {"participant", "admin", "sponsor_officer", "inspector", "medical_adviser", "system"}


def who(*roles: str) -> Caller:
    return Caller("ina", frozenset(roles))


def test_the_table_names_real_roles_and_kinds_and_every_field_can_be_shown() -> None:
    for field in FIELDS.values():
        assert set(field.roles) <= ROLES - NEVER, field.name
        assert "auditor" in field.roles and field.label_id and field.label_en
        assert field.kinds and field.kinds <= {"claim", "enrollment", "person"}
    assert VALUES.keys() == FIELDS.keys()


@pytest.mark.parametrize("role", sorted(NEVER))
def test_some_see_nothing(role: str) -> None:
    for name in FIELDS:
        with pytest.raises(NotYourRole) as caught:
            refuse_wrong_role(who(role), [name])
        assert caught.value.detail["field"] == name and caught.value.detail["roles"]


def test_each_field_needs_a_role_of_its_own() -> None:
    refuse_wrong_role(who("finance"), ["accounts"])
    with pytest.raises(NotYourRole) as caught:
        refuse_wrong_role(who("finance"), ["accounts", "nik"])
    assert caught.value.detail["field"] == "nik"
    refuse_wrong_role(who("finance", "intake"), ["accounts", "nik"])


@pytest.mark.parametrize("names", [(), ("passport",), ("nik", "passport"), ("accounts",)])
def test_only_fields_of_the_kind_can_be_asked_for(names: tuple[str, ...]) -> None:
    with pytest.raises(Invalid) as caught:
        refuse_unknown_fields("enrollment", names)
    assert "passport" not in caught.value.message
    assert "nik" in caught.value.detail["known"] and "accounts" not in caught.value.detail["known"]


@pytest.mark.parametrize("reason", ["", "    ", "ktp", "x" * 501])
def test_a_reason_says_something_and_is_no_letter(reason: str) -> None:
    with pytest.raises(Invalid) as caught:
        reason_said(reason)
    assert caught.value.detail["field"] == "reason"
    assert reason_said("  mencocokkan KTP ") == "mencocokkan KTP"
