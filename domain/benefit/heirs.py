"""Who receives a death benefit: the order of heirs, and where the money goes if there is none.

Source: PP 44/2015 Art. 37(5) for work accidents, Art. 40(2) for death; PP 82/2019, new Art. 34(2).
"""

from collections.abc import Iterable
from datetime import date
from typing import Final

from domain.benefit.determination import Line, PayeeShare
from domain.benefit.rules import RULES, RuleSet
from domain.refusal import Invalid

NO_HEIR: Final = "NONE"
HEIR: Final = "HEIR"
SOCIAL_SECURITY_FUND: Final = "SOCIAL_SECURITY_FUND"

# The elucidation of Art. 37 counts grandparents and grandchildren to the second degree.
TIER_OF_RELATION: Final = {
    "spouse": "SPOUSE_CHILD",
    "child": "SPOUSE_CHILD",
    "parent": "BLOOD_LINE",
    "grandparent": "BLOOD_LINE",
    "grandchild": "BLOOD_LINE",
    "sibling": "SIBLING",
    "parent_in_law": "PARENT_IN_LAW",
    "testament": "TESTAMENT",
}


def first_tier(relations: Iterable[str], day: date, rules: RuleSet = RULES) -> str:
    """Return the tier that inherits, given the relations of all living heirs on the day of death.

    A lower tier is reached only when every higher one is empty; with nobody it is NONE. Guardians and
    arrangers of the funeral receive money, but they are no heirs and do not count.
    """
    present = {TIER_OF_RELATION[relation] for relation in relations if relation in TIER_OF_RELATION}
    tiers = rules.in_force("heirs.order", day).words("tiers")
    return next((tier for tier in tiers if tier in present), NO_HEIR)


def check_tier(tier: str, day: date, rules: RuleSet) -> None:
    """Refuse a tier the law does not know."""
    known = (*rules.in_force("heirs.order", day).words("tiers"), NO_HEIR)
    if tier not in known:
        raise Invalid(f"There is no tier of heirs {tier}; known are {', '.join(known)}.", heir_tier=tier)


def payees(
    lines: Iterable[Line], *, funeral_code: str, tier: str, day: date, rules: RuleSet
) -> tuple[PayeeShare, ...]:
    """Return the payee of each line: the heir, or without one the arranger of the funeral and the fund."""
    if tier == NO_HEIR:
        nobody = rules.in_force("heirs.none", day)
        funeral, rest = nobody.word("funeral"), nobody.word("rest")
    else:
        funeral = rest = HEIR
    return tuple(
        PayeeShare(code=line.code, payee=funeral if line.code == funeral_code else rest, amount=line.amount)
        for line in lines
    )
