"""The order of heirs: a lower tier is reached only when every higher one is empty."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.benefit.heirs import TIER_OF_RELATION, first_tier

DAY = date(2024, 5, 10)


@pytest.mark.parametrize(
    ("relations", "tier"),
    [
        (["spouse", "parent"], "SPOUSE_CHILD"),
        (["sibling", "child"], "SPOUSE_CHILD"),
        (["sibling", "grandchild"], "BLOOD_LINE"),
        (["parent_in_law", "sibling"], "SIBLING"),
        (["testament", "parent_in_law"], "PARENT_IN_LAW"),
        (["testament"], "TESTAMENT"),
        (["guardian", "funeral_arranger", "other"], "NONE"),
        ([], "NONE"),
    ],
)
def test_the_first_tier_that_is_not_empty_inherits(relations: list[str], tier: str) -> None:
    assert first_tier(relations, DAY) == tier


@given(st.lists(st.sampled_from(sorted(TIER_OF_RELATION)), min_size=1))
def test_order_and_number_of_heirs_do_not_matter(relations: list[str]) -> None:
    assert (
        first_tier(relations, DAY) == first_tier(reversed(relations), DAY) == first_tier(set(relations), DAY)
    )
