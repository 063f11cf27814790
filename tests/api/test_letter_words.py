"""Every code that a letter may meet has words in both languages, and every article is cited in Indonesian."""

import re
from datetime import date
from itertools import chain
from typing import Any, Final, get_args

import pytest

from api.letters.articles import articles_of, cited
from api.letters.kinds import CLAIM_LETTERS, MINUTES
from api.letters.minutes import _step_name
from api.letters.pages import TEMPLATES
from api.letters.papers import _NOT_OF_THE_FAMILY, _STAGES, _WANTED_FOR
from api.letters.words import WORDS, relation, said
from domain.benefit.death import DeathFacts, determine_death
from domain.benefit.rules import RULES
from domain.claim.commands import RejectionCode, Relation
from domain.period import Month
from workflows.catalogue import ROLES
from workflows.library import OWN_FOLDER, Library
from workflows.lifecycle import Definition

ENGLISH: Final = re.compile(
    r"\bArt\.|\bnew\b|\band\b|\bno\. |\belucidation\b|\blimit\b|\bonly\b|\breported\b|\bknown\b|\bpractice\b"
)


@pytest.fixture(scope="module")
def lifecycles() -> dict[str, Definition]:
    return {one.name: one for one in Library.load(OWN_FOLDER)}


OF_DEATH: Final = (
    "jkm.",
    "coverage.",
    "contribution.",
    "enrollment.",
    "heirs.",
)  # what letters can meet so far


@pytest.mark.parametrize(
    "rule", [rule for rule in RULES.rules if rule.kind.startswith(OF_DEATH)], ids=lambda rule: rule.rule_id
)
def test_every_article_is_cited_in_indonesian(rule: Any) -> None:
    found = cited(rule.citation.legal_basis, "id")
    assert not ENGLISH.search(found), found
    assert cited(rule.citation.legal_basis, "en") == rule.citation.legal_basis
    assert re.findall(r"\d+", rule.citation.legal_basis.replace("at least", "")) == re.findall(r"\d+", found)


def test_paragraph_letter_and_point_are_told_apart() -> None:
    assert cited("PP 44/2015 Art. 34(1)a", "id") == "PP 44/2015 Pasal 34 ayat (1) huruf a"
    assert cited("PP 82/2019 (new Art. 34(1)b)", "id") == "PP 82/2019 (Pasal 34 ayat (1) huruf b yang baru)"
    assert cited("PP 44/2015 Art. 40(3); office list", "id") == (
        "PP 44/2015 Pasal 40 ayat (3); daftar persyaratan kantor"
    )


def test_a_rule_that_is_gone_keeps_its_id_and_counts_as_unverified() -> None:
    [found] = articles_of(["JKM-OF-ANOTHER-TIME"], "id")
    assert (found.citation, found.is_verified) == ("JKM-OF-ANOTHER-TIME", False)


def test_every_basis_of_a_paper_is_cited_in_indonesian(lifecycles: dict[str, Definition]) -> None:
    for paper in lifecycles["jkm-claim"].documents.values():
        assert not ENGLISH.search(cited(paper.basis, "id")), paper.basis


def test_every_paper_that_families_bring_says_why_and_how(lifecycles: dict[str, Definition]) -> None:
    wanted = {
        paper.code
        for rule in lifecycles["jkm-claim"].steps.values()
        for way in rule.ways
        for paper in way.papers
        if paper.by == "people"
    }
    assert wanted - _NOT_OF_THE_FAMILY == WORDS.paper.keys()
    assert all(text for words in WORDS.paper.values() for text in (*words.why, *words.how))


def test_the_steps_that_want_papers_exist(lifecycles: dict[str, Definition]) -> None:
    jkm = lifecycles["jkm-claim"]
    assert set(_WANTED_FOR) <= jkm.statuses.keys() and set(_WANTED_FOR.values()) <= jkm.steps.keys()
    assert _STAGES.keys() | {"CLOSED"} == jkm.statuses.keys(), "a receipt knows where a claim may stand"


def test_every_line_that_the_law_can_give_has_a_name() -> None:
    codes = {line.code for facts in _deaths() for line in determine_death(facts).lines}
    assert codes == {"JKM_LUMP", "JKM_BERKALA", "JKM_FUNERAL", "JKM_SCHOLARSHIP_FLAT"}
    assert codes | {"PENALTY_LATE"} == WORDS.line.keys()


def test_every_relation_role_and_ground_has_words() -> None:
    assert set(get_args(Relation)) | {"husband", "wife"} == WORDS.relation.keys()
    assert WORDS.role.keys() >= ROLES
    grounds = set(get_args(RejectionCode)) - {"NOT_WORKING"}  # recorded as REJECT_NOT_WORKING
    assert grounds == WORDS.ground.keys()
    assert all(RULES.find(rule_id) for rule_id in WORDS.rule_of_ground.values())
    assert WORDS.rule_of_ground.keys() <= grounds


def test_a_step_without_words_is_called_as_its_lifecycle_calls_it(
    lifecycles: dict[str, Definition],
) -> None:
    lifecycle = lifecycles["enrollment"]
    assert _step_name(lifecycle, "issue_decree", "id") == "Ditetapkan dengan keputusan"
    rule = lifecycle.steps["propose_termination"]
    assert _step_name(lifecycle, rule.name, "en") == rule.label_en
    assert _step_name(lifecycle, "a_step_of_tomorrow", "id") == "a_step_of_tomorrow"


def test_no_text_is_missing_in_one_of_the_languages() -> None:
    shelves = (WORDS.relation, WORDS.line, WORDS.payee, WORDS.role, WORDS.ground, WORDS.member_step)
    for pair in chain.from_iterable(shelf.values() for shelf in shelves):
        assert pair[0] and pair[1]


def test_the_card_of_the_deceased_says_husband_or_wife() -> None:
    assert [relation("spouse", "id", sex) for sex in ("L", "P", None)] == ["istri", "suami", "suami/istri"]
    assert relation("child", "id", "L") == "anak"
    assert said(WORDS.role, "a_role_of_tomorrow", "id") == "a_role_of_tomorrow"


def test_every_letter_has_a_page_in_both_languages() -> None:
    kinds = [*CLAIM_LETTERS, MINUTES.kind]
    pages = {name for name in TEMPLATES if "/" in name and "/_" not in name}
    assert pages == {f"{language}/{kind}.html" for language in ("id", "en") for kind in kinds}
    codes = [one.code for one in (*CLAIM_LETTERS.values(), MINUTES)]
    assert len(set(codes)) == len(codes)


def _deaths() -> list[DeathFacts]:
    def months(first: str, last: str) -> frozenset[Month]:
        return frozenset(Month.parse(first).through(Month.parse(last)))

    return [
        DeathFacts(
            date_of_death=date(2018, 5, 10),
            membership_start=date(2015, 7, 1),
            paid_months=months("2015-07", "2018-05"),
            segment="BPU_APBD",
            wage_base=1_000_000,
            paid_months_total=80,
            children=1,
        ),
        DeathFacts(
            date_of_death=date(2024, 5, 10),
            membership_start=date(2023, 9, 1),
            paid_months=months("2023-09", "2024-05"),
            segment="BPU_APBD",
            wage_base=1_000_000,
            paid_months_total=9,
        ),
    ]
