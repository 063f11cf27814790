"""What is shown masked, and which role may see it in the clear: one table, read by the desk and by the reference."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from domain.command import said
from domain.refusal import Invalid, NotYourRole
from workflows.chairs import Caller

REASON_LENGTH: Final = (5, 500)  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """Personal values that one look shows together."""

    name: str
    label_id: str
    label_en: str
    kinds: frozenset[str]
    roles: tuple[str, ...]


def _read() -> Mapping[str, Field]:
    told = tomllib.loads((Path(__file__).parent / "reveal.toml").read_text(encoding="utf-8"))
    return {
        name: Field(
            name=name,
            label_id=one["label_id"],
            label_en=one["label_en"],
            kinds=frozenset(one["kinds"]),
            roles=tuple(one["roles"]),
        )
        for name, one in told.items()
    }


FIELDS: Final = _read()


def refuse_unknown_fields(kind: str, names: Sequence[str]) -> None:
    """Refuse (`invalid`) none at all, and what is no field of this kind of case. What was sent is not repeated."""
    known = [field.name for field in FIELDS.values() if kind in field.kinds]
    if not names or not set(names) <= set(known):
        raise Invalid(f"fields: of a {kind} can be shown {', '.join(known)}", field="fields", known=known)


def refuse_wrong_role(caller: Caller, names: Iterable[str]) -> None:
    """Refuse fields that none of the caller's roles needs."""
    for name in names:
        if not caller.roles & frozenset(FIELDS[name].roles):
            roles = list(FIELDS[name].roles)
            raise NotYourRole(
                f"{name} is shown in the clear to {' or '.join(roles)}, who need it: ask one of them",
                field=name,
                roles=roles,
            )


def reason_said(text: str) -> str:
    """Return the reason for a look. Refused where it says nothing, or more than a reason."""
    shortest, longest = REASON_LENGTH
    reason = said(text, "reason")
    if not shortest <= len(reason) <= longest:
        raise Invalid(
            f"reason has {shortest} to {longest} characters: say what the values are needed for",
            field="reason",
        )
    return reason
