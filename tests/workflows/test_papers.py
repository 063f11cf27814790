"""The checklist: every paper the lifecycle asks for under the facts as they stand, and who still brings it."""

from typing import Final

from domain.case import Case
from domain.world import World
from tests.facts import (
    CLAIM,
    ENROLLMENT,
    PAPERS,
    ROSTER,
    SHA,
    benefit_calculated,
    claim_filed,
    claim_paper,
    death_reported,
    determination,
    enrollment_begun,
    fact,
    line,
    payee,
    roster_received,
)
from tests.given_when_then import fold, world_of
from workflows.catalogue import EVENTS
from workflows.library import OWN_FOLDER, Library
from workflows.papers import checklist, papers_at_hand, papers_missing

LIBRARY: Final = Library.load(OWN_FOLDER)
CLAIMS: Final = LIBRARY.get("jkm-claim@1")
ENROLLMENTS: Final = LIBRARY.get("enrollment@1")


def states(case: Case, world: World) -> dict[str, str]:
    definition = CLAIMS if case.id == CLAIM else ENROLLMENTS
    return {paper.code: paper.state for paper in checklist(definition, case, world)}


def test_the_checklist_of_a_spouse() -> None:
    claim = fold(death_reported(), claim_filed(), claim_paper("KK"))[CLAIM]
    found = states(claim, World())
    assert {code for code, state in found.items() if state == "missing"} == set(PAPERS) - {"KK"}
    assert found["KK"] == "present"
    assert found["DETERMINATION"] == found["PAYMENT_PROOF"] == "made_by_system"


def test_a_paper_nobody_needs_is_not_on_the_list() -> None:
    claim = fold(death_reported(), claim_filed(payee(relation="child")))[CLAIM]
    assert "MARRIAGE" not in states(claim, World())
    assert "NPWP" not in states(claim, World())
    rich = fold(
        death_reported(), claim_filed(), benefit_calculated(determination(line("JKM_LUMP", 60_000_000)))
    )[CLAIM]
    assert states(rich, World())["NPWP"] == "missing"


def test_each_line_says_for_which_step_and_shows_the_newest_paper() -> None:
    claim = fold(death_reported(), claim_filed(), claim_paper("KK"), claim_paper("KK", sha256="cd" * 32))[
        CLAIM
    ]
    lines = {paper.code: paper for paper in checklist(CLAIMS, claim, World())}
    assert (lines["KK"].needed_for, lines["KK"].sha256) == ("confirm_complete", "cd" * 32)
    assert (lines["KK"].name_id, lines["KK"].name_en) == ("Kartu keluarga", "Family card")
    assert lines["JKM_FORM"].sha256 is None
    assert lines["DETERMINATION"].needed_for == "sign_rejection"
    assert len(lines) == len(checklist(CLAIMS, claim, World()))


def test_a_file_that_the_system_could_make_may_also_be_brought() -> None:
    claim = fold(death_reported(), claim_filed(), claim_paper("PAYMENT_PROOF"))[CLAIM]
    assert states(claim, World())["PAYMENT_PROOF"] == "present"


def test_papers_of_the_list_count_for_each_of_its_members() -> None:
    paper = fact(
        EVENTS["roster.document_added"], ROSTER, code="ENR_PKS", sha256=SHA, media_type="image/png", size=9
    )
    cases = fold(roster_received(), paper, enrollment_begun())
    member, [propose] = cases[ENROLLMENT], ENROLLMENTS.step("propose").ways
    alone, with_list = World(), world_of(cases, {"roster": ROSTER})
    assert papers_missing(propose, member, alone) == ("ENR_PKS",)
    assert papers_missing(propose, member, with_list) == ()
    assert papers_at_hand(member, with_list) - papers_at_hand(member, alone) == {"ENR_PKS"}
    assert (states(member, alone)["ENR_PKS"], states(member, with_list)["ENR_PKS"]) == ("missing", "counted")
    assert states(member, alone)["ENR_KTP"] == "counted", "a valid row stands for the identity card"


def test_an_own_paper_counts_without_a_list() -> None:
    paper = fact(
        EVENTS["enrollment.document_added"], ENROLLMENT, code="ENR_PKS", sha256=SHA, media_type="", size=9
    )
    [propose] = ENROLLMENTS.step("propose").ways
    assert papers_missing(propose, fold(enrollment_begun(roster_id=None), paper)[ENROLLMENT], World()) == ()
