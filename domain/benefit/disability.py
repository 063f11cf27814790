"""The table of disabilities: which share of the benefit stands for which loss (PP 44/2015, Annex III).

Percentages add up to at most the cap of the rules. A part inside a lost whole does not count beside it (an
engine convention), such as a finger of a lost hand. Sources: dossier 4.6.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal, get_args

from domain.citation import Confidence
from domain.refusal import Invalid
from domain.rupiah import Language

Side = Literal["right", "left"]
HUNDRED: Final = 100
SIDES_ID: Final[dict[Side, str]] = {"right": "kanan", "left": "kiri"}
MARKS: Final = {
    "verified text": Confidence.VERIFIED,
    "secondary": Confidence.SECONDARY,
    "memory": Confidence.MEMORY,
}


@dataclass(frozen=True, slots=True)
class Injury:
    """One row of the table. Shares of the whole: 35 % is 35/100.

    right, left: of the dominant and of the other side, where the sides differ; share: where they do not.
    lowest, highest: the bounds between which a doctor states the figure. unit: fixed, range or per_step.
    both_sides: it is the loss of both. inside_of: codes of wholes that this is a part of. per_side: how
    many of it one side has, 0 if it is not counted by side.
    """

    code: str
    name_id: str
    name_en: str
    unit: str
    right: Fraction | None
    left: Fraction | None
    share: Fraction | None
    lowest: Fraction | None
    highest: Fraction | None
    both_sides: bool
    inside_of: frozenset[str]
    per_side: int
    confidence: Confidence
    row: tuple[str, ...]  # as it stands in the table, for the digest of the rules


@dataclass(frozen=True, kw_only=True)
class Disability:
    """What a doctor certified.

    side: right or left, where the table asks for it. count: how many, or whole steps. function_loss: the
    share of the function that is lost, where the part is still there. assessed: the share the doctor
    states, for rows with a range.
    """

    code: str
    side: Side | None = None
    count: int = 1
    function_loss: Fraction | None = None
    assessed: Fraction | None = None

    @property
    def is_lost(self) -> bool:
        """Whether the part itself is gone, so that no part of it counts any more."""
        return self.function_loss is None or self.function_loss == 1


@dataclass(frozen=True, kw_only=True)
class Graded:
    """One disability with its share: `count` times `each`, of which `function_loss` is lost.

    count: how many of it count; those inside a lost whole do not.
    """

    injury: Injury
    disability: Disability
    count: int
    each: Fraction

    @property
    def share(self) -> Fraction:
        loss = self.disability.function_loss
        return self.count * self.each * (1 if loss is None else loss)

    def name(self, language: Language) -> str:
        """Return what was lost, and on which side where one was stated."""
        name = self.injury.name_id if language == "id" else self.injury.name_en
        side = self.disability.side
        return name if side is None else f"{name} ({side if language == 'en' else SIDES_ID[side]})"


def read_injuries(rows: Iterable[Mapping[str, str]]) -> tuple[Injury, ...]:
    """Read the table of disabilities."""
    return tuple(_injury(row) for row in rows)


def graded(
    disabilities: Iterable[Disability], injuries: Iterable[Injury], *, left_handed: bool = False
) -> tuple[Graded, ...]:
    """Return the disabilities, each with its share and how many of it count, in the order given.

    For a left-handed person the two sides of the table are swapped. Refused (`invalid`): an unknown code,
    a side that is missing, a figure outside the range, more of a part than a side has.
    """
    table = {injury.code: injury for injury in injuries}
    stated = [(_row(table, disability), disability) for disability in disabilities]
    _refuse_too_many(stated)
    lost = [disability for _, disability in stated if disability.is_lost]
    return tuple(
        Graded(
            injury=injury,
            disability=disability,
            count=_left_over(injury, disability, lost, table),
            each=_each(injury, disability, left_handed=left_handed),
        )
        for injury, disability in stated
    )


def _row(table: Mapping[str, Injury], disability: Disability) -> Injury:
    injury = table.get(disability.code)
    if injury is None:
        raise Invalid(f"The table has no disability {disability.code}.", field="code", code=disability.code)
    if disability.side not in (None, *get_args(Side)):
        raise Invalid(f"{disability.code}: a side is right or left, not {disability.side}.", field="side")
    if disability.count < 1:
        raise Invalid(f"{disability.code}: the count is 1 or more.", field="count")
    loss = disability.function_loss
    if loss is not None and not 0 < loss <= 1:
        raise Invalid(f"{disability.code}: a loss of function lies above 0 and at most at 100 percent.")
    return injury


def _each(injury: Injury, disability: Disability, *, left_handed: bool) -> Fraction:
    """Return the share of one of it."""
    if injury.unit == "range":
        assert injury.lowest is not None and injury.highest is not None, "a row with a range has both bounds"
        stated = disability.assessed
        if stated is None or not injury.lowest <= stated <= injury.highest:
            raise Invalid(
                f"{injury.code}: give the figure the doctor states, from {_percent(injury.lowest)} "
                f"to {_percent(injury.highest)} percent.",
                field="assessed_pct",
            )
        return stated
    if disability.assessed is not None:
        raise Invalid(
            f"{injury.code} has a fixed figure: leave out assessed_pct, or give function_loss_pct.",
            field="assessed_pct",
        )
    if injury.share is not None:
        return injury.share
    if disability.side is None:
        raise Invalid(f"{injury.code}: say which side, right or left.", field="side")
    assert injury.right is not None and injury.left is not None, "a row by side has both figures"
    dominant = (disability.side == "right") != left_handed
    return injury.right if dominant else injury.left


def _left_over(
    injury: Injury, disability: Disability, lost: Iterable[Disability], table: Mapping[str, Injury]
) -> int:
    """Return how many of it are not inside something that is lost as a whole on the same side.

    Of parts that a side has several of, each whole lost takes one: the tips of two other fingers count
    beside one other finger lost, a third tip does not.
    """
    left_over = disability.count
    for whole in lost:
        if whole is disability or not _is_inside(injury, whole.code, table):
            continue
        if not table[whole.code].both_sides and whole.side != disability.side:
            continue
        if injury.per_side > 1 and table[whole.code].per_side > 1:
            left_over = min(left_over, injury.per_side - whole.count)
        else:
            return 0
    return left_over


def _is_inside(injury: Injury, code: str, table: Mapping[str, Injury]) -> bool:
    return code in injury.inside_of or any(
        _is_inside(table[whole], code, table) for whole in injury.inside_of
    )


def _refuse_too_many(stated: Iterable[tuple[Injury, Disability]]) -> None:
    seen: dict[tuple[str, Side | None], int] = {}
    for injury, disability in stated:
        if not injury.per_side:
            continue
        key = (injury.code, disability.side)
        seen[key] = seen.get(key, 0) + disability.count
        if seen[key] > injury.per_side:
            raise Invalid(
                f"{injury.code}: one side has {injury.per_side} of it, not {seen[key]}.", field="count"
            )


def _injury(row: Mapping[str, str]) -> Injury:
    lowest, _, highest = row["pct"].partition("-") if row["unit"] == "range" else ("", "", "")
    return Injury(
        code=row["code"],
        name_id=row["name_id"],
        name_en=row["name_en"],
        unit=row["unit"],
        right=_share(row["pct_right"]),
        left=_share(row["pct_left"]),
        share=None if highest else _share(row["pct"]),
        lowest=_share(lowest),
        highest=_share(highest),
        both_sides=row["both_sides"] == "yes",
        inside_of=frozenset(row["inside_of"].split()),
        per_side=int(row["per_side"] or 0),
        confidence=MARKS[row["confidence"]],
        row=tuple(row.values()),
    )


def _share(percent: str) -> Fraction | None:
    """Return a percentage of the table as an exact share."""
    return Fraction(percent) / HUNDRED if percent else None


def _percent(share: Fraction) -> Fraction:
    return share * HUNDRED
