"""Which papers a case needs, which it has, and which somebody still has to bring."""

from dataclasses import dataclass
from typing import Literal

from domain.case import Case, Facts
from domain.sealed import Sealed
from domain.world import World
from workflows.lifecycle import Definition
from workflows.step_rules import Way

PaperState = Literal["missing", "rejected", "present", "counted", "made_by_system"]


@dataclass(frozen=True, slots=True)
class PaperNeeded:
    """A line of the checklist; `needed_for` is the step that asks for the paper."""

    code: str
    name_id: str
    name_en: str
    needed_for: str
    state: PaperState
    sha256: str | None
    reason: Sealed[str] | None = None  # why the newest paper was rejected, or why one is to be brought


def papers_at_hand(case: Case, world: World) -> frozenset[str]:
    """Return the codes of the papers that count as brought: own, of the list, or counted as such."""
    roster = world.cases.get("roster")
    of_list = frozenset(roster.valid_papers) if roster else frozenset()
    return frozenset(case.valid_papers) | case.counted_papers | of_list


def papers_missing(way: Way, case: Case, world: World, facts: Facts | None = None) -> tuple[str, ...]:
    """Return the codes that people must still bring before the step can be taken.

    facts: those of the case, where they are known already.
    """
    asked = tuple(dict.fromkeys(case.asked_papers(way.step)))
    if not way.papers:
        return asked
    at_hand = papers_at_hand(case, world) - case.outdated_papers(way.step)
    facts = case.facts() if facts is None else facts
    usual = (
        paper.code
        for paper in way.papers
        if paper.by == "people" and paper.code not in at_hand and paper.is_needed(facts)
    )
    return tuple(dict.fromkeys((*usual, *asked)))


def checklist(definition: Definition, case: Case, world: World) -> list[PaperNeeded]:
    """Return every paper that some step of the lifecycle asks for under the facts as they stand."""
    at_hand, facts = papers_at_hand(case, world), case.facts()
    lines: dict[str, PaperNeeded] = {}
    for rule in definition.steps.values():
        for way in rule.ways:
            for paper in way.papers:
                if paper.code in lines or not paper.is_needed(facts):
                    continue
                own = case.papers.get(paper.code)
                reason = own[-1].rejected if own else None
                state: PaperState = "missing"
                if reason is not None:
                    state = "rejected"
                elif own:
                    state = "present"
                elif paper.code in at_hand:
                    state = "counted"
                elif paper.by == "system":
                    state = "made_by_system"
                text = definition.documents[paper.code]
                lines[paper.code] = PaperNeeded(
                    code=paper.code,
                    name_id=text.name_id,
                    name_en=text.name_en,
                    needed_for=rule.name,
                    state=state,
                    sha256=own[-1].sha256 if own else None,
                    reason=reason if own else case.asked_because.get(paper.code),
                )
    return list(lines.values())
