"""Every status, step and role of both lifecycles, against a reading of the files that shares no code with ours."""

import tomllib
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Any, Final

import pytest

from domain.benefit.determination import Determination
from domain.case import Case
from domain.command import SYSTEM, SYSTEM_ROLE
from domain.fact import Fact
from domain.refusal import (
    AuthorityExceeded,
    DocumentsMissing,
    GuardFailed,
    NotFound,
    NotYourRole,
    OutsideArea,
    Refusal,
    SecondPersonRequired,
    StaleVersion,
    StepNotOpen,
)
from domain.world import World
from tests.facts import (
    CLAIM,
    ENROLLMENT,
    benefit_calculated,
    claim_endorsed,
    claim_filed,
    claim_paper,
    death_reported,
    determination,
    enrollment_begun,
    fact,
    held,
    line,
    paid_late,
    payee,
    payment_succeeded,
    rejection,
    rejection_proposed,
    verification_started,
)
from tests.given_when_then import fold
from workflows.catalogue import EVENTS, ROLES
from workflows.chairs import Caller
from workflows.desk import open_steps, refuse_outside_area, refuse_outside_view, step_views, way_for
from workflows.library import OWN_FOLDER, Library
from workflows.lifecycle import Definition

LIBRARY: Final = Library.load(OWN_FOLDER)
FILES: Final[dict[str, dict[str, Any]]] = {
    f"{text['name']}@{text['version']}": text
    for text in (
        tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(OWN_FOLDER.glob("*.toml"))
    )
}
STATUSES: Final = {name: [status["name"] for status in text["status"]] for name, text in FILES.items()}


def ways_of(text: dict[str, Any], step: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the ways of a step, each with what the step says for all of them, its lists spelled out."""
    lists = text.get("status_lists", {})
    ways = [
        {name: said for name, said in step.items() if name != "way"} | way for way in step.get("way", [{}])
    ]
    return [way | {"from": [s for entry in way["from"] for s in lists.get(entry, [entry])]} for way in ways]


def told(text: dict[str, Any], step: dict[str, Any]) -> dict[str, Any]:
    """Return a step with the statuses and roles of all its ways together."""
    ways = ways_of(text, step)
    together = {
        key: list(dict.fromkeys(one for way in ways for one in way[key])) for key in ("from", "roles")
    }
    return step | together | {"ways": ways}


STEPS: Final = {
    name: [one for one in (told(text, step) for step in text["step"]) if one["from"]]
    for name, text in FILES.items()
}
NOBODY: Final = World()
LIMIT: Final = 100_000_000
AT_LIMIT: Final = determination(line("JKM_LUMP", LIMIT))
ABOVE: Final = determination(line("JKM_LUMP", LIMIT + 1))


def definition(name: str) -> Definition:
    return LIBRARY.get(name)


def goes_back(way: dict[str, Any], status: str) -> bool:
    return "previous" in way and status in way["from"]


def case_in(
    name: str, status: str, step: str = "", *earlier: Fact, found: Determination | None = None
) -> Case:
    """Return a case with every paper in its file, standing anywhere, made by people who ask for nothing."""
    backs = [way["previous"] for one in STEPS[name] for way in one["ways"] if goes_back(way, status)]
    came_from = backs[0][0] if backs else "SOMEWHERE"
    if FILES[name]["aggregate"] == "enrollment":
        papers = [
            fact(
                EVENTS["enrollment.document_added"],
                ENROLLMENT,
                code=one["code"],
                sha256="ab",
                media_type="",
                size=1,
            )
            for one in FILES[name]["document"]
        ]
        begun = enrollment_begun(actor="somebody", from_status=came_from, to_status=status)
        return fold(begun, *papers, *earlier)[ENROLLMENT]
    found = found or {"sign_rejection": rejection(), "endorse": ABOVE}.get(step, determination())
    proposal = [rejection_proposed(actor="somebody", to_status=status)] if status == "VERIFYING" else []
    papers = [claim_paper(one["code"]) for one in FILES[name]["document"]]
    late = [paid_late(actor="somebody", to_status=status)] if step == "determine_penalty" else []
    story = [
        death_reported(actor="somebody"),
        claim_filed(payee(account_name_matches=step != "confirm_account"), actor="somebody"),
        *papers,
        benefit_calculated(found, actor="somebody", from_status=came_from, to_status=status),
        *proposal,
        *late,
        *earlier,
    ]
    return fold(*story)[CLAIM]


def asked(name: str, step: str, case: Case, caller: Caller, version: int | None = None) -> Refusal | None:
    """Return why the step is refused, or nothing."""
    known = definition(name)
    try:
        way_for(known, known.step(step), case, caller, NOBODY, version)
    except Refusal as refusal:
        return refusal
    return None


def at(step: dict[str, Any], status: str) -> dict[str, Any]:
    """Return the way a step usually takes from a status: the last one, which asks for no condition."""
    way: dict[str, Any] = [way for way in step["ways"] if status in way["from"]][-1]
    return way


def code_of(refusal: Refusal | None) -> str:
    return refusal.code if refusal else "open"


def names(name: str, listed: list[str]) -> list[str]:
    """Expand the lists of a file."""
    lists = FILES[name].get("step_lists", {})
    return [one for entry in listed for one in lists.get(entry, [entry])]


def caller(*roles: str, name: str = "ani", area: str | None = None) -> Caller:
    return Caller(name, frozenset(roles), area)


# -- who may take which step from where


@pytest.mark.parametrize("name", FILES)
def test_every_status_step_and_role(name: str) -> None:
    """With nothing missing, role and status alone decide, the role first."""
    wrong = []
    looked_at = 0
    for status, step, role in product(STATUSES[name], STEPS[name], sorted(ROLES)):
        expected = "open"
        if status not in step["from"]:
            expected = "step_not_open"
        elif role not in at(step, status)["roles"]:
            expected = "not_your_role"
        if role not in step["roles"]:
            expected = "not_your_role"
        found = code_of(asked(name, step["name"], case_in(name, status, step["name"]), caller(role)))
        looked_at += 1
        if found != expected:
            wrong.append((status, step["name"], role, expected, found))
    assert not wrong
    assert looked_at == len(STATUSES[name]) * len(STEPS[name]) * len(ROLES)


@pytest.mark.parametrize("name", FILES)
def test_every_step_leads_where_the_file_says(name: str) -> None:
    known = definition(name)
    for step in STEPS[name]:
        for status in step["from"]:
            case = case_in(name, status, step["name"])
            usual = at(step, status)
            way = way_for(known, known.step(step["name"]), case, caller(*usual["roles"]), NOBODY, None)
            expected = usual.get("to") or status
            if expected == "previous":
                expected = case.entered_from
                assert expected in usual["previous"]
            assert way.target(status, case.entered_from) == expected


def test_a_confirmed_payment_waits_for_arrears_or_is_paid() -> None:
    known = definition("jkm-claim@1")
    for found, target in ((determination(), "PAID"), (held("2024-05"), "HELD_ARREARS")):
        case = case_in("jkm-claim@1", "PAYMENT_ORDERED", found=found)
        way = way_for(known, known.step("confirm_payment"), case, caller("finance"), NOBODY, None)
        assert way.target(case.status, None) == target


@pytest.mark.parametrize("name", FILES)
def test_nothing_begins_twice(name: str) -> None:
    known = definition(name)
    opening = known.opening
    for status in STATUSES[name]:
        case = case_in(name, status)
        with pytest.raises(StepNotOpen) as caught:
            way_for(known, opening, case, caller(*opening.roles), NOBODY, None)
        assert caught.value.detail["step"] == opening.name


@pytest.mark.parametrize("name", FILES)
def test_a_caller_sees_exactly_the_steps_that_begin_here(name: str) -> None:
    for status, role in product(STATUSES[name], sorted(ROLES)):
        case, who = case_in(name, status), caller(role)
        here = [step for step in STEPS[name] if status in step["from"]]
        views = list(step_views(definition(name), case, who, NOBODY))
        assert sorted(view.rule.name for view in views) == sorted(step["name"] for step in here)
        assert [view.rule.name for view in views if view.is_open] == open_steps(
            definition(name), case, who, NOBODY
        )
        for view in views:
            assert code_of(view.refusal) == code_of(asked(name, view.rule.name, case, who))


# -- four eyes


def earlier(name: str, step: str, actor: str) -> Fact:
    """Somebody took a step, at whatever desk; the case stays where it is."""
    cls, stream = (
        (EVENTS["enrollment.worker_verified"], ENROLLMENT)
        if FILES[name]["aggregate"] == "enrollment"
        else (EVENTS["claim.verification_started"], CLAIM)
    )
    return fact(cls, stream, step=step, actor=actor)


def pairs() -> Iterator[tuple[str, dict[str, Any], str, str, bool]]:
    """Yield every step from everywhere with every step of its file, and whether the two are kept apart."""
    for name, text in FILES.items():
        for step, other in product(STEPS[name], text["step"]):
            for status in step["from"]:
                apart = other["name"] in names(name, at(step, status).get("separate_from", []))
                yield name, step, status, other["name"], apart


@pytest.mark.parametrize(
    ("name", "step", "status", "other", "apart"),
    [pytest.param(*pair, id=f"{pair[1]['name']}-{pair[2]}-{pair[3]}") for pair in pairs()],
)
def test_who_took_one_step_may_or_may_not_take_the_other(
    name: str, step: dict[str, Any], status: str, other: str, apart: bool
) -> None:
    roles = at(step, status)["roles"]
    case = case_in(name, status, step["name"], earlier(name, other, "ani"))
    refusal = asked(name, step["name"], case, caller(*roles))
    assert code_of(refusal) == ("same_person" if apart else "open")
    if refusal is not None:
        assert refusal.detail == {"step": step["name"], "earlier_step": other}
    assert asked(name, step["name"], case, caller(*roles, name="budi")) is None
    system = caller(*roles, SYSTEM_ROLE, name=SYSTEM)
    assert asked(name, step["name"], case, system) is None
    if apart:
        people = [role for role in roles if role != SYSTEM_ROLE]
        for pretender in (caller(*people, SYSTEM_ROLE), caller(*people, name=SYSTEM)):
            mine = case_in(name, status, step["name"], earlier(name, other, pretender.name))
            assert code_of(asked(name, step["name"], mine, pretender)) == "same_person"


def test_the_file_keeps_many_desks_apart() -> None:
    """The test above would be empty if the reading found no pairs."""
    apart = [(step["name"], other) for _, step, _, other, kept in pairs() if kept]
    assert {("approve", "calculate"), ("confirm_payment", "order_payment"), ("verify", "begin")} <= set(apart)
    assert len(apart) > 40


def test_an_officer_who_filed_for_a_family_may_still_check_its_papers_but_nothing_later() -> None:
    filed = earlier("jkm-claim@1", "file", "ani")
    assert (
        asked("jkm-claim@1", "confirm_complete", case_in("jkm-claim@1", "FILED", "", filed), caller("intake"))
        is None
    )
    for step in ("start_verification", "calculate", "approve", "order_payment", "confirm_payment", "close"):
        text = next(one for one in STEPS["jkm-claim@1"] if one["name"] == step)
        case = case_in("jkm-claim@1", text["from"][0], step, filed)
        assert code_of(asked("jkm-claim@1", step, case, caller(*text["roles"]))) == "same_person"


# -- money


@pytest.mark.parametrize(
    ("found", "roles", "expected"),
    [
        (AT_LIMIT, ("approver_1",), "open"),
        (ABOVE, ("approver_1",), "authority_exceeded"),
        (AT_LIMIT, ("approver_2",), "open"),
        (ABOVE, ("approver_2",), "guard_failed"),
        (ABOVE, ("approver_1", "approver_2"), "guard_failed"),
    ],
)
def test_the_limit_of_an_approver_is_reached_and_not_passed(
    found: Determination, roles: tuple[str, ...], expected: str
) -> None:
    refusal = asked(
        "jkm-claim@1", "approve", case_in("jkm-claim@1", "CALCULATED", found=found), caller(*roles)
    )
    assert code_of(refusal) == expected
    if expected == "authority_exceeded":
        assert refusal is not None and refusal.detail == {"amount": LIMIT + 1, "roles": ["approver_2"]}
    if expected == "guard_failed":
        assert refusal is not None and refusal.detail == {"guard": "endorsed", "step": "endorse"}


def approval(*earlier: Fact, found: Determination = ABOVE, name: str = "ani") -> str:
    """Return what an approver_2 is told about a determination above the limit."""
    case = case_in("jkm-claim@1", "CALCULATED", "", *earlier, found=found)
    return code_of(asked("jkm-claim@1", "approve", case, caller("approver_2", name=name)))


def test_an_endorsement_holds_for_what_it_saw_and_for_another_person() -> None:
    endorsed = claim_endorsed(ABOVE, actor="agus")
    assert approval(endorsed) == "open"
    assert approval(endorsed, name="agus") == "same_person"
    more = determination(line("JKM_LUMP", LIMIT + 2))
    assert approval(endorsed, benefit_calculated(more)) == "guard_failed"
    assert approval(endorsed, benefit_calculated(ABOVE)) == "guard_failed", "a new calculation voids it"
    assert approval(claim_endorsed(more)) == "guard_failed"


def test_nobody_endorses_where_one_signature_is_enough() -> None:
    """Whoever endorses may not approve any more, so a needless endorsement would waste an approver."""
    for found, expected in ((AT_LIMIT, "guard_failed"), (ABOVE, "open")):
        case = case_in("jkm-claim@1", "CALCULATED", found=found)
        assert code_of(asked("jkm-claim@1", "endorse", case, caller("approver_1"))) == expected


@pytest.mark.parametrize(
    ("outcome", "signer", "other"),
    [("REJECT_NOT_WORKING", "approver_2", "approver_1"), ("REJECT_RESIDENCE", "approver_1", "approver_2")],
)
def test_a_proposed_rejection_is_signed_by_whom_its_ground_asks_for(
    outcome: str, signer: str, other: str
) -> None:
    proposed = rejection_proposed(outcome, actor="vera")
    case = case_in("jkm-claim@1", "VERIFYING", "", proposed)
    for role, name, expected in (
        (signer, "ani", "open"),
        (other, "ani", "not_your_role"),
        (signer, "vera", "same_person"),
    ):
        assert code_of(asked("jkm-claim@1", "sign_rejection", case, caller(role, name=name))) == expected


def test_the_limit_is_the_one_of_the_file() -> None:
    [approve] = [step for step in STEPS["jkm-claim@1"] if step["name"] == "approve"]
    assert approve["authority"] == {"approver_1": LIMIT, "approver_2": "unlimited"}
    assert [step["name"] for text in FILES.values() for step in text["step"] if "authority" in step] == [
        "approve"
    ]


# -- papers


ALWAYS: Final = ["JKM_FORM", "MEMBER_CARD", "KTP_DECEASED", "KTP_HEIR", "KK", "DEATH_CERT", "HEIR_CERT"]
RELATIONS: Final = (
    "spouse", "child", "parent", "grandparent", "grandchild", "sibling", "parent_in_law", "testament", "guardian",
    "funeral_arranger", "other",
)  # fmt: skip
TIERS: Final = ("SPOUSE_CHILD", "BLOOD_LINE", "SIBLING", "PARENT_IN_LAW", "TESTAMENT", "NONE")


@pytest.mark.parametrize(("relation", "tier"), [*product(RELATIONS, TIERS)])
def test_papers_of_a_file_follow_the_payee(relation: str, tier: str) -> None:
    """In the words of the dossier's table of documents."""
    expected = [*ALWAYS]
    if relation == "spouse":
        expected.append("MARRIAGE")
    expected.append("BANK_HEIR")
    if relation == "guardian":
        expected.append("GUARDIAN")
    if tier == "TESTAMENT":
        expected.append("WILL")
    if tier == "NONE":
        expected.append("FUNERAL_PROOF")
    empty = fold(death_reported(), claim_filed(payee(relation=relation, heir_tier=tier)))[CLAIM]
    refusal = asked("jkm-claim@1", "confirm_complete", empty, caller("intake"))
    assert isinstance(refusal, DocumentsMissing)
    assert refusal.detail == {"missing": expected}


def test_a_guardian_among_several_payees_brings_the_order() -> None:
    second = payee(code="FUNERAL_ARRANGER", relation="guardian", heir_tier="NONE")
    empty = fold(death_reported(), claim_filed(payee(), second))[CLAIM]
    refusal = asked("jkm-claim@1", "confirm_complete", empty, caller("intake"))
    assert refusal is not None and "GUARDIAN" in refusal.detail["missing"]


@pytest.mark.parametrize(
    ("total", "expected"), [(50_000_000, "open"), (50_000_001, "documents_missing")], ids=["at", "above"]
)
def test_a_tax_number_is_needed_above_fifty_million(total: int, expected: str) -> None:
    found = determination(line("JKM_LUMP", total))
    claim = fold(death_reported(), claim_filed(), verification_started(), benefit_calculated(found))[CLAIM]
    refusal = asked("jkm-claim@1", "approve", claim, caller("approver_1"))
    assert code_of(refusal) == expected
    if refusal is not None:
        assert refusal.detail == {"missing": ["NPWP"]}
    with_number = fold(death_reported(), claim_filed(), claim_paper("NPWP"), benefit_calculated(found))[CLAIM]
    assert asked("jkm-claim@1", "approve", with_number, caller("approver_1")) is None


@pytest.mark.parametrize(
    ("status", "step", "role", "missing"),
    [
        ("DRAFT", "propose", "sponsor_officer", ["ENR_PKS"]),
        ("VERIFYING", "verify", "ward_verifier", ["ENR_VERVAL"]),
        ("VERIFIED", "issue_decree", "sponsor_officer", ["ENR_SK"]),
        ("DECREED", "register", "intake", None),
    ],
)
def test_papers_of_the_sponsor(status: str, step: str, role: str, missing: list[str] | None) -> None:
    """What the system makes or the list stands for is never asked of people."""
    refusal = asked("enrollment@1", step, fold(enrollment_begun(to_status=status))[ENROLLMENT], caller(role))
    assert (refusal.detail if refusal else None) == ({"missing": missing} if missing else None)


# -- guards


@pytest.mark.parametrize(
    ("status", "step", "role", "found", "guard"),
    [
        ("CALCULATED", "approve", "approver_1", rejection(), "determination_is_payable"),
        ("CALCULATED", "sign_rejection", "approver_1", determination(), "determination_is_rejection"),
        ("CALCULATED", "endorse", "approver_1", rejection(), "determination_is_payable"),
    ],
)
def test_a_guard_says_what_is_wrong(
    status: str, step: str, role: str, found: Determination, guard: str
) -> None:
    refusal = asked("jkm-claim@1", step, case_in("jkm-claim@1", status, found=found), caller(role))
    assert isinstance(refusal, GuardFailed)
    assert refusal.detail == {"guard": guard}
    assert ":" in refusal.message, "the reason names the remedy"


def test_money_goes_only_to_an_account_of_the_payee() -> None:
    other = payee(code="FUNERAL_ARRANGER", account_name_matches=False)
    for payees, expected in (((payee(),), "open"), ((payee(), other), "guard_failed")):
        story = [death_reported(), claim_filed(*payees), benefit_calculated(to_status="APPROVED")]
        assert (
            code_of(asked("jkm-claim@1", "order_payment", fold(*story)[CLAIM], caller("finance"))) == expected
        )


# -- the order of the checks


def test_of_several_failures_the_first_in_order_is_told() -> None:
    """Everything is wrong; one thing after the other is put right."""
    wrong = replace(ABOVE, outcome="REJECT_LAPSED")
    here: dict[str, Any] = {"status": "APPROVED", "found": wrong, "papers": [], "took": "ani", "endorsed": []}
    who, version = caller("finance"), 1

    def now() -> str:
        story = [
            death_reported(actor="somebody"),
            claim_filed(actor="somebody"),
            *here["papers"],
            verification_started(actor=here["took"]),
            benefit_calculated(here["found"], actor="somebody", to_status=here["status"]),
            *here["endorsed"],
        ]
        case = fold(*story)[CLAIM]
        return code_of(asked("jkm-claim@1", "approve", case, who, case.version if version == 0 else version))

    told = [now()]
    who = caller("approver_1")
    told.append(now())
    version = 0
    told.append(now())
    here["status"] = "CALCULATED"
    told.append(now())
    here["took"] = "vera"
    told.append(now())
    who = caller("approver_2")
    told.append(now())
    here["papers"] = [claim_paper("NPWP")]
    told.append(now())
    here["found"] = ABOVE
    told.append(now())
    here["endorsed"] = [claim_endorsed(ABOVE, actor="agus")]
    told.append(now())
    assert told == [
        NotYourRole.code,
        StaleVersion.code,
        StepNotOpen.code,
        SecondPersonRequired.code,
        AuthorityExceeded.code,
        DocumentsMissing.code,
        GuardFailed.code,
        GuardFailed.code,
        "open",
    ]


def test_the_version_a_caller_saw_must_be_the_one_that_stands() -> None:
    case = case_in("jkm-claim@1", "CALCULATED")
    for version in (case.version - 1, case.version + 1):
        refusal = asked("jkm-claim@1", "approve", case, caller("approver_1"), version)
        assert refusal is not None and (refusal.code, refusal.detail) == (
            "stale_version",
            {"version": case.version},
        )
    assert asked("jkm-claim@1", "approve", case, caller("approver_1"), case.version) is None


# -- who may look at all


@pytest.mark.parametrize("area", ["3375", "337", "33"])
def test_a_mandate_covers_its_own_area_and_all_below(area: str) -> None:
    refuse_outside_area(case_in("jkm-claim@1", "FILED"), caller("intake", area=area))


@pytest.mark.parametrize("area", ["3374", "33751", "34"])
def test_a_mandate_ends_at_its_border(area: str) -> None:
    with pytest.raises(OutsideArea) as caught:
        refuse_outside_view(case_in("jkm-claim@1", "FILED"), caller("intake", area=area))
    assert caught.value.detail == {"area_code": "3375"}


def test_a_participant_does_not_learn_that_anothers_claim_exists() -> None:
    case = case_in("jkm-claim@1", "FILED")
    for stranger in (caller("participant"), caller()):
        with pytest.raises(NotFound):
            refuse_outside_view(case, stranger)
    refuse_outside_view(case, caller("participant", name="somebody"))
    refuse_outside_view(case, caller("participant", "intake"))


@pytest.mark.parametrize("step", ["return_documents", "hand_over_to_jkk"])
def test_what_frees_the_death_is_barred_once_money_was_paid(step: str) -> None:
    """Part of a claim was paid, the rest came back from the bank: another claim would be paid the whole again."""
    paid = payment_succeeded("VERIFYING", actor="somebody", amount=10_000_000)
    refusal = asked("jkm-claim@1", step, case_in("jkm-claim@1", "VERIFYING", step, paid), caller("verifier"))
    assert refusal is not None and refusal.detail == {"guard": "nothing_is_paid"}
    unpaid = case_in("jkm-claim@1", "VERIFYING", step)
    assert asked("jkm-claim@1", step, unpaid, caller("verifier")) is None
