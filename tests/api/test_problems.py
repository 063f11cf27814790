"""Every refusal can be read by a clerk who has never seen the program, in both languages."""

import re

import pytest

from api.http.problems import STATUS_OF, TITLES, TITLES_ID


def test_every_code_has_a_status_and_a_title_in_both_languages() -> None:
    assert STATUS_OF.keys() == TITLES.keys() == TITLES_ID.keys()


@pytest.mark.parametrize("code", TITLES_ID)
def test_the_title_in_indonesian_says_what_is_wrong_and_what_to_do(code: str) -> None:
    said = TITLES_ID[code]
    assert len(re.findall(r"[.,;] ", said)) >= 1 and said.endswith(".") and said[0].isupper()
    assert code not in said and "_" not in said, "no word of the machine"
