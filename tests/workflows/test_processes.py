"""Processes answer facts with commands: told twice they do nothing twice, broken off anywhere they resume."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import pytest

from domain.claim.aggregate import Claim
from domain.command import SYSTEM, Command
from domain.enrollment.aggregate import Enrollment
from domain.fact import Fact
from domain.person.aggregate import PERSON_KEY
from domain.refusal import Busy, Refusal, StaleVersion
from domain.roster.aggregate import Roster
from domain.roster.ids import member_id
from store.documents import Documents
from store.records import Append, NaturalKey, Recorded, Verdict
from store.sealing import Keyring
from store.store import Store
from tests.facts import (
    CLAIM,
    ENROLLMENT,
    LIST_DAY,
    PERSON,
    PROGRAMME,
    ROSTER,
    approved_claim,
    contribution_received,
    enrollment_begun,
    fact,
    first_contribution_paid,
    held,
    issue,
    member,
    member_registered,
    payment_ordered,
    payment_succeeded,
    person_registered,
    programme_opened,
    receive_roster,
    request_step,
    roster_checked,
    roster_received,
    rows_checked,
)
from tests.workflows.conftest import Tell
from workflows.answer import Answer
from workflows.catalogue import EVENTS
from workflows.office import Office
from workflows.processes import list_check, member_steps
from workflows.processes.contributions import ArrearsReleaseClaims, ContributionsReachMembers
from workflows.processes.list_check import ListCheck
from workflows.processes.member_steps import MemberSteps, carry_out_patiently, slices
from workflows.runner import Process
from workflows.standings import Standings

LISTS: Final = Path(__file__).parent.parent / "data"
TITLES: Final = "nik,nama,tanggal_lahir,jenis_kelamin,kelurahan,kecamatan,pekerjaan"
SITI: Final = "3375014107850001"
UPLOADED: Final = datetime.fromisoformat("2023-09-04T03:00:00+00:00")


class PowerCut(Exception):
    """The machine stops."""


class Fuse:
    """Cuts the power before, or just after, the append with this number; one that only repeats stores nothing."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, store: Store) -> None:
        self._append = store.append
        self._known = store.find_commands
        self.left: int | None = None
        self.after_storing = False
        monkeypatch.setattr(store, "append", self.append)

    async def append(self, batch: Sequence[Append], **more: Any) -> list[Verdict]:
        ids = [append.command_id for append in batch]
        if len(await self._known(ids)) == len(ids):
            return await self._append(batch, **more)
        if self.left == 0 and not self.after_storing:
            raise PowerCut
        verdicts = await self._append(batch, **more)
        if self.left == 0:
            raise PowerCut
        if self.left is not None:
            self.left -= 1
        return verdicts


@pytest.fixture
def fuse(monkeypatch: pytest.MonkeyPatch, store: Store) -> Fuse:
    return Fuse(monkeypatch, store)


def at_the_hour_of(cause: Fact) -> datetime:
    return cause.decided_at


async def react(process: Process, office: Office, *, times: int = 1) -> None:
    """Tell the process every fact it reads, as the runner would from the first position."""
    for record in await office.store.read_log(0, 10_000, topics=sorted(process.reads)):
        for _ in range(times):
            await process.react(office.mapper.event_of(record), record)


async def react_through_power_cuts(
    process: Process, office: Office, fuse: Fuse, *, after_storing: bool
) -> int:
    """Let the power fail at every append in turn until none is left; return how many there were.

    What stands already is not stored again, so every start gets one append further.
    """
    fuse.after_storing = after_storing
    for cuts in range(100):
        fuse.left = 0 if after_storing else 1
        try:
            await react(process, office)
        except PowerCut:
            continue
        fuse.left = None
        return cuts if after_storing else cuts + 1
    raise AssertionError("it never came to an end")


CUTS: Final = pytest.mark.parametrize(
    "after_storing", [False, True], ids=["cut before storing", "cut after storing"]
)


async def counted(store: Store) -> Counter[str]:
    return Counter(row.topic for row in await store.read_log(0, 10_000))


# -- a list is checked


async def nobody_else(programme_id: UUID, *, besides: UUID | None) -> int:
    """The programme has taken up nobody but this list's."""
    return 0


@pytest.fixture
def documents(store: Store, keyring: Keyring) -> Documents:
    return Documents(store, keyring)


@pytest.fixture
def standings(store: Store, keyring: Keyring, office: Office) -> Standings:
    return Standings(store, keyring, office.cases)


@pytest.fixture
def checks(office: Office, documents: Documents, standings: Standings) -> ListCheck:
    return ListCheck(office, documents, standings, at_the_hour_of, nobody_else)


async def send(office: Office, documents: Documents, content: bytes, **fields: Any) -> None:
    """Send a list of the programme."""
    sha256 = await documents.put(content, fields.get("case_id", ROSTER))
    sent = receive_roster(sha256=sha256, size=len(content), decided_at=UPLOADED, effective_on=LIST_DAY)
    await office.do(replace(sent, **fields))


async def roster_of(office: Office, roster_id: UUID = ROSTER) -> Roster:
    found = await office.cases.get(roster_id)
    assert isinstance(found, Roster)
    return found


def a_list(*rows: str) -> bytes:
    return "\n".join([TITLES, *rows]).encode()


def siti(name: str = "Siti Aminah", nik: str = SITI) -> str:
    return f"{nik},{name},1985-07-01,P,Kali Baros,Pekalongan Timur,Tukang ojek pengkolan"


async def test_a_dirty_list_becomes_enrollments_and_issues_once(
    office: Office, documents: Documents, checks: ListCheck, tell: Tell
) -> None:
    expected = json.loads((LISTS / "pekalongan_dirty_60.expected.json").read_text(encoding="utf-8"))
    await tell(programme_opened())
    await send(office, documents, (LISTS / "pekalongan_dirty_60.csv").read_bytes())
    await react(checks, office, times=2)
    roster = await roster_of(office)
    assert (roster.status, roster.rows) == ("checked", 60)
    assert len(roster.accepted_rows()) == expected["accepted"] == 43
    found = await counted(office.store)
    assert (found["enrollment.begun"], found["person.registered"], found["roster.checked"]) == (43, 43, 1)
    wrong = {str(one.row): one.code for one in roster.issues if one.severity == "reject"}
    assert wrong == {row: issue["code"] for row, issue in expected["reject"].items()}
    for row in roster.accepted_rows():
        begun = await office.cases.get(member_id(ROSTER, row))
        assert isinstance(begun, Enrollment)
        assert (begun.status, begun.version, begun.begun.row, begun.begun.roster_id) == (
            "DRAFT",
            1,
            row,
            ROSTER,
        )
        assert (begun.begun.actor, begun.begun.acting_roles) == ("sari", ("sponsor_officer",))
        assert (begun.begun.effective_on, begun.begun.decided_at) == (LIST_DAY, UPLOADED)


@CUTS
@pytest.mark.parametrize("under_way", [1, 4])
async def test_a_check_that_broke_off_anywhere_resumes_without_doubles(
    office: Office,
    documents: Documents,
    checks: ListCheck,
    tell: Tell,
    fuse: Fuse,
    monkeypatch: pytest.MonkeyPatch,
    after_storing: bool,
    under_way: int,
) -> None:
    monkeypatch.setattr(list_check, "SLICE", 16)
    monkeypatch.setattr(list_check, "ROUND", 4)
    monkeypatch.setattr(list_check, "UNDER_WAY", under_way)
    await tell(programme_opened())
    await send(office, documents, (LISTS / "pekalongan_dirty_60.csv").read_bytes())
    cuts = await react_through_power_cuts(checks, office, fuse, after_storing=after_storing)
    assert cuts > (12 if under_way == 1 else 6)  # what is under way together is cut together
    roster = await roster_of(office)
    entries = [fact for _, fact in await office.cases.events(ROSTER)]
    cut = [(one.from_row, one.to_row) for one in entries if isinstance(one, EVENTS["roster.rows_checked"])]  # type: ignore[attr-defined]
    assert cut == [(1, 16), (17, 32), (33, 48), (49, 60)]
    assert (roster.status, len(roster.accepted_rows()), len(roster.refused_rows)) == ("checked", 43, 17)
    found = await counted(office.store)
    assert (found["enrollment.begun"], found["person.registered"], found["roster.checked"]) == (43, 43, 1)


async def test_what_was_taken_up_before_a_break_stays_accepted_whatever_happened_meanwhile(
    office: Office, documents: Documents, checks: ListCheck, tell: Tell, fuse: Fuse
) -> None:
    """Siti is taken up, the power fails, she is proposed by hand, and Tuti elsewhere."""
    tuti = siti("Tuti", "3375014107850002")
    await tell(programme_opened())
    await send(office, documents, a_list(siti(), tuti))
    fuse.left, fuse.after_storing = 1, True  # the start, then both rows, which are not yet on record
    with pytest.raises(PowerCut):
        await react(checks, office)
    fuse.left = None
    both = [member_id(ROSTER, row) for row in (1, 2)]
    assert [(await office.cases.get(one)).status for one in both] == ["DRAFT", "DRAFT"]
    assert (await roster_of(office)).checked_to == 0
    people = [(await office.cases.get(one)).subject_id for one in both]
    await tell(programme_opened(uuid4()), take=(NaturalKey("membership", people[0].bytes, both[0]),))
    elsewhere = enrollment_begun(uuid4(), programme_id=uuid4())
    await tell(elsewhere, take=(NaturalKey("membership", people[1].bytes, elsewhere.originator_id),))

    await react(checks, office)
    roster = await roster_of(office)
    assert (roster.status, roster.accepted_rows(), roster.standing, roster.issues) == (
        "checked",
        [1, 2],
        {},
        [],
    )
    assert (await counted(office.store))["enrollment.begun"] == 3


async def test_a_file_that_is_no_list_fails_once_and_says_why(
    office: Office, documents: Documents, checks: ListCheck, tell: Tell
) -> None:
    await tell(programme_opened())
    await send(office, documents, b"%PDF-1.7 this is no list")
    await react(checks, office, times=2)
    roster = await roster_of(office)
    assert roster.status == "failed" and roster.failure is not None
    assert roster.failure.code and roster.failure.message
    assert (await counted(office.store))["roster.check_failed"] == 1


async def test_a_list_whose_bytes_were_erased_fails(
    office: Office, documents: Documents, checks: ListCheck, tell: Tell
) -> None:
    await tell(programme_opened())
    await send(office, documents, a_list(siti()))
    sealed = await office.mapper.seal([programme_opened(uuid4())])
    await office.store.append([Append(command_id=uuid4(), request=b"", events=sealed.events, erase=[ROSTER])])
    documents_of_another = Documents(office.store, Keyring(bytes(range(32)), office.store.pool))
    checks._documents = documents_of_another
    await react(checks, office)
    assert (await roster_of(office)).status == "failed"


async def test_who_is_known_is_found_again_and_what_became_of_them_counts(
    office: Office, documents: Documents, checks: ListCheck, keyring: Keyring, tell: Tell
) -> None:
    """A second list names Siti: known, then a member here, then a member elsewhere, then dead."""
    known = NaturalKey(PERSON_KEY, keyring.hmac(PERSON_KEY, SITI), PERSON)
    proposed = NaturalKey("membership", PERSON.bytes, ENROLLMENT)
    dead = NaturalKey("death-claim", PERSON.bytes, CLAIM)
    elsewhere = uuid4()
    await tell(programme_opened(), programme_opened(elsewhere), person_registered(), take=(known,))
    await tell(enrollment_begun())

    async def outcome(programme: UUID = PROGRAMME) -> set[tuple[str, str]]:
        roster_id = uuid4()
        await send(
            office, documents, a_list(siti(f"Siti {roster_id}")), case_id=roster_id, programme_id=programme
        )
        await react(checks, office)
        roster = await roster_of(office, roster_id)
        if roster.accepted_rows():
            taken = await office.cases.get(member_id(roster_id, 1))
            assert isinstance(taken, Enrollment)
            assert taken.begun.person_id == PERSON and taken.begun.declared is not None
        return {(one.code, one.severity) for one in roster.issues}

    assert await outcome() == set()
    await tell(programme_opened(uuid4()), take=(proposed,))
    assert await outcome() == {("renewal", "warn")}
    assert await outcome(elsewhere) == {("REJECT_DUPLICATE", "reject")}
    await tell(programme_opened(uuid4()), take=(dead,))
    assert ("REJECT_DECEASED", "reject") in await outcome() or (
        "REJECT_DUPLICATE",
        "reject",
    ) in await outcome()
    assert (await counted(office.store))["person.registered"] == 1


@CUTS
async def test_a_corrected_list_that_broke_off_anywhere_takes_up_the_new_ones_alone(
    office: Office,
    documents: Documents,
    checks: ListCheck,
    tell: Tell,
    fuse: Fuse,
    monkeypatch: pytest.MonkeyPatch,
    after_storing: bool,
) -> None:
    monkeypatch.setattr(list_check, "SLICE", 2)
    people = [siti(f"Siti {n}", f"337501410785{n:04d}") for n in range(1, 6)]
    await tell(programme_opened())
    await send(office, documents, a_list(*people[:3], "not a worker"))
    await react(checks, office)
    corrected = uuid4()
    renamed = people[1].replace("Siti 2", "Siti Dua")
    await send(office, documents, a_list(people[0], renamed, *people[2:]), case_id=corrected, replaces=ROSTER)
    await react_through_power_cuts(checks, office, fuse, after_storing=after_storing)
    roster = await roster_of(office, corrected)
    assert (roster.status, roster.accepted_rows(), roster.refused_rows) == ("checked", [4, 5], frozenset())
    assert {row: (one.reason, one.enrollment_id) for row, one in roster.standing.items()} == {
        1: ("unchanged", member_id(ROSTER, 1)),
        2: ("changed", member_id(ROSTER, 2)),
        3: ("unchanged", member_id(ROSTER, 3)),
    }
    assert (await counted(office.store))["enrollment.begun"] == 5


# -- a step for every member of a list


def listed(rows: int = 5) -> list[Fact]:
    """A checked list of which row 2 was refused, with its agreement in the file."""
    paper = fact(
        EVENTS["roster.document_added"], ROSTER, code="ENR_PKS", sha256="ab", media_type="image/png", size=1
    )
    members = [
        enrollment_begun(member_id(ROSTER, row), row=row, person_id=uuid4(), actor="sari")
        for row in range(1, rows + 1)
        if row != 2
    ]
    checked = [roster_received(), rows_checked(1, rows, issue(2)), roster_checked(rows, 1), paper]
    return [programme_opened(), *checked, *members]


@pytest.fixture
def steps(office: Office) -> MemberSteps:
    return MemberSteps(office, at_the_hour_of)


async def statuses(office: Office, *rows: int) -> list[str]:
    return [(await office.cases.get(member_id(ROSTER, row))).status for row in rows]


async def test_a_step_is_taken_for_every_member_in_the_name_of_who_asked(
    office: Office, steps: MemberSteps, tell: Tell
) -> None:
    await tell(*listed())
    asked = request_step("propose", issued_by="sri", area="3375")
    await office.do(asked)
    await react(steps, office, times=2)
    assert await statuses(office, 1, 3, 4, 5) == ["PROPOSED"] * 4
    step = (await roster_of(office)).steps[asked.command_id]
    assert (step.finished, step.done, step.refused) == (True, 4, ())
    found = await counted(office.store)
    assert (found["enrollment.worker_proposed"], found["roster.step_done"]) == (4, 1)
    entries = await office.cases.events(member_id(ROSTER, 1))
    proposed = entries[-1][1]
    assert (proposed.actor, proposed.acting_roles, proposed.step) == ("sri", ("sponsor_officer",), "propose")
    assert (proposed.correlation_id, proposed.causation_id) == (asked.command_id, asked.command_id)


@CUTS
async def test_a_step_that_broke_off_anywhere_resumes_without_doubles(
    office: Office,
    steps: MemberSteps,
    tell: Tell,
    fuse: Fuse,
    monkeypatch: pytest.MonkeyPatch,
    after_storing: bool,
) -> None:
    monkeypatch.setattr(member_steps, "SLICE", 2)
    await tell(*listed(8))
    asked = request_step("propose")
    await office.do(asked)
    assert await react_through_power_cuts(steps, office, fuse, after_storing=after_storing) == 5
    step = (await roster_of(office)).steps[asked.command_id]
    assert (step.finished, step.done, step.refused) == (True, 7, ())
    found = await counted(office.store)
    assert (found["enrollment.worker_proposed"], found["roster.step_done"]) == (7, 1)


async def test_each_member_that_is_refused_is_named_with_the_reason(
    office: Office, steps: MemberSteps, tell: Tell
) -> None:
    await tell(*listed())
    await office.do(request_step("propose", rows=(3,)))
    await react(steps, office)
    asked = request_step("propose", except_rows=(5,))
    await office.do(asked)
    await react(steps, office)
    step = (await roster_of(office)).steps[asked.command_id]
    assert step.done == 2
    assert [(one.row, one.code) for one in step.refused] == [(3, "step_not_open")]
    assert "PROPOSED" in step.refused[0].message
    assert await statuses(office, 1, 3, 4, 5) == ["PROPOSED", "PROPOSED", "PROPOSED", "DRAFT"]


async def test_who_sent_a_list_does_not_verify_it_member_by_member(
    office: Office, steps: MemberSteps, tell: Tell
) -> None:
    await tell(*listed())
    await office.do(request_step("propose"))
    await react(steps, office)
    asked = request_step("start_verification", roles=frozenset({"ward_verifier"}))
    await office.do(asked)
    await react(steps, office)
    step = (await roster_of(office)).steps[asked.command_id]
    assert (step.done, {one.code for one in step.refused}) == (0, {"same_person"})
    other = request_step("start_verification", issued_by="wati", roles=frozenset({"ward_verifier"}))
    await office.do(other)
    await react(steps, office)
    assert (await roster_of(office)).steps[other.command_id].done == 4


async def test_the_form_of_the_request_reaches_every_member(
    office: Office, steps: MemberSteps, tell: Tell
) -> None:
    paper = fact(EVENTS["roster.document_added"], ROSTER, code="ENR_SK", sha256="ab", media_type="", size=1)
    verified = [
        replace(one, to_status="VERIFIED") if isinstance(one, EVENTS["enrollment.begun"]) else one
        for one in listed()
    ]
    await tell(*verified, paper)
    form = json.dumps({"number": "800/1", "issued_on": "2024-05-20"})
    await office.do(request_step("issue_decree", form=form))
    await react(steps, office)
    decrees = [fact for row in (1, 3, 4, 5) for _, fact in await office.cases.events(member_id(ROSTER, row))]
    found = [vars(one) for one in decrees if isinstance(one, EVENTS["enrollment.decree_issued"])]
    assert [(one["number"], one["issued_on"]) for one in found] == [("800/1", date(2024, 5, 20))] * 4


async def test_nobody_is_meant_and_that_is_said(office: Office, steps: MemberSteps, tell: Tell) -> None:
    await tell(*listed())
    asked = request_step("propose", rows=())
    await office.do(asked)
    await react(steps, office)
    step = (await roster_of(office)).steps[asked.command_id]
    assert (step.finished, step.done, step.refused) == (True, 0, ())


@pytest.mark.parametrize(("number", "expected"), [(0, []), (3, [3]), (4, [3, 1]), (6, [3, 3])])
def test_slices_leave_nobody_out(number: int, expected: list[int]) -> None:
    rows = list(range(number))
    found = list(slices(rows, 3))
    assert [len(one) for one in found] == expected
    assert [row for one in found for row in one] == rows


async def test_bulk_work_waits_while_the_log_is_busy(
    office: Office, tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    await tell(*listed())
    carry_out, refusals = office.carry_out, [Busy("busy"), Busy("busy")]

    async def busy_at_first(commands: Sequence[Command], *, bulk: bool = False) -> list[Answer | Refusal]:
        assert bulk
        if refusals:
            raise refusals.pop()
        return await carry_out(commands, bulk=bulk)

    monkeypatch.setattr(office, "carry_out", busy_at_first)
    [answer] = await carry_out_patiently(office, [request_step("propose")])
    assert isinstance(answer, Answer)
    assert refusals == []


# -- a payment reaches its members


def registered(row: int) -> list[Fact]:
    stream = member_id(ROSTER, row)
    return [enrollment_begun(stream, row=row, person_id=uuid4()), member_registered(stream)]


@pytest.fixture
def contributions(office: Office) -> ContributionsReachMembers:
    return ContributionsReachMembers(office, at_the_hour_of)


def paying_list() -> list[Fact]:
    checked = [roster_received(), rows_checked(1, 4, issue(2)), roster_checked(4, 1)]
    return [programme_opened(), *checked, *registered(1), *registered(3), *registered(4)]


async def test_every_member_a_payment_is_for_becomes_active_once(
    office: Office, contributions: ContributionsReachMembers, tell: Tell
) -> None:
    """Counted before the last of them was registered: that one waits for the next payment."""
    paid_at = await tell(*paying_list(), contribution_received("2023-10", "2023-09", position=8))
    await react(contributions, office, times=2)
    assert await statuses(office, 1, 3, 4) == ["ACTIVE", "ACTIVE", "REGISTERED"]
    assert (await counted(office.store))["enrollment.first_contribution_paid"] == 2
    found = await office.cases.get(member_id(ROSTER, 1))
    assert isinstance(found, Enrollment) and found.activated is not None
    first = found.activated
    assert (first.first_month, first.membership_start, first.payment_position) == (
        "2023-09",
        LIST_DAY,
        paid_at,
    )
    assert (first.actor, first.step) == (SYSTEM, "activate")


async def test_a_later_payment_brings_in_who_waited_and_leaves_the_others(
    office: Office, contributions: ContributionsReachMembers, tell: Tell
) -> None:
    payments = [contribution_received("2023-09", position=8), contribution_received("2023-10")]
    await tell(*paying_list(), *payments)
    await react(contributions, office)
    assert await statuses(office, 1, 3, 4) == ["ACTIVE"] * 3
    months = []
    for row in (1, 3, 4):
        found = await office.cases.get(member_id(ROSTER, row))
        assert isinstance(found, Enrollment) and found.activated is not None
        assert found.version == 3
        months.append(found.activated.first_month)
    assert months == ["2023-09", "2023-09", "2023-10"]


async def test_a_payment_for_named_members_reaches_them_alone(
    office: Office, contributions: ContributionsReachMembers, tell: Tell
) -> None:
    named = (member_id(ROSTER, 3), member_id(ROSTER, 4))
    await tell(*paying_list(), contribution_received("2023-11", position=0, enrollment_ids=named))
    await react(contributions, office, times=2)
    assert await statuses(office, 1, 3, 4) == ["REGISTERED", "ACTIVE", "ACTIVE"]


async def test_a_month_before_the_list_reaches_nobody(
    office: Office, contributions: ContributionsReachMembers, tell: Tell
) -> None:
    await tell(*paying_list(), contribution_received("2023-08"))
    await react(contributions, office)
    assert await statuses(office, 1, 3, 4) == ["REGISTERED"] * 3


@CUTS
async def test_a_payment_that_broke_off_anywhere_resumes_without_doubles(
    office: Office,
    contributions: ContributionsReachMembers,
    tell: Tell,
    fuse: Fuse,
    monkeypatch: pytest.MonkeyPatch,
    after_storing: bool,
) -> None:
    monkeypatch.setattr("workflows.processes.contributions.SLICE", 1)
    await tell(*paying_list(), contribution_received("2023-09"))
    assert await react_through_power_cuts(contributions, office, fuse, after_storing=after_storing) == 3
    assert await statuses(office, 1, 3, 4) == ["ACTIVE"] * 3
    assert (await counted(office.store))["enrollment.first_contribution_paid"] == 3


async def test_a_member_who_is_not_reached_is_not_passed_over(
    office: Office, contributions: ContributionsReachMembers, tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What nobody expects stops the process at this fact; somebody else having been first does not."""
    await tell(*paying_list(), contribution_received("2023-09"))

    async def lost(commands: Sequence[Command], *, bulk: bool = False) -> list[Answer | Refusal]:
        return [StaleVersion("lost every race") for _ in commands]

    with monkeypatch.context() as patch:
        patch.setattr(office, "carry_out", lost)
        with pytest.raises(StaleVersion):
            await react(contributions, office)
    one = replace(first_contribution_paid(stream=member_id(ROSTER, 1)), originator_version=3)
    sealed = await office.mapper.seal([one])
    decided = office.carry_out

    async def overtaken(commands: Sequence[Command], *, bulk: bool = False) -> list[Answer | Refusal]:
        await office.store.append([Append(command_id=uuid4(), request=b"", events=sealed.events)])
        return await decided(commands, bulk=bulk)

    monkeypatch.setattr(office, "carry_out", overtaken)
    await react(contributions, office)
    assert await statuses(office, 1, 3, 4) == ["ACTIVE"] * 3


# -- arrears release what waited


MONTHS: Final = ("2024-04", "2024-05")
IN_TIME: Final = ("2023-09", "2023-10", "2023-11", "2023-12", "2024-01", "2024-02", "2024-03")


def held_claim() -> list[Fact]:
    found = held(*MONTHS)
    money = payment_ordered("JKM_FUNERAL", found=found)
    return [*member(), contribution_received(*IN_TIME), *approved_claim(found), *money]


class Held:
    """The claims that wait, as somebody else's list has them."""

    def __init__(self, *claims: UUID) -> None:
        self.claims = claims
        self.asked: list[tuple[UUID, int]] = []

    async def waiting_for_arrears(self, programme_id: UUID, position: int) -> Sequence[UUID]:
        self.asked.append((programme_id, position))
        return self.claims


def release(office: Office, *claims: UUID) -> ArrearsReleaseClaims:
    return ArrearsReleaseClaims(office, at_the_hour_of, Held(*claims))


async def claim_of(office: Office) -> Claim:
    found = await office.cases.get(CLAIM)
    assert isinstance(found, Claim)
    return found


async def last(office: Office, topic: str) -> tuple[Fact, Recorded]:
    record = (await office.store.read_log(0, 10_000, topics=[topic]))[-1]
    return office.mapper.event_of(record), record


async def test_a_settled_month_releases_the_claim_once(office: Office, tell: Tell) -> None:
    await tell(*held_claim(), payment_succeeded("HELD_ARREARS"), contribution_received(*MONTHS))
    payment, record = await last(office, "programme.contribution_received")
    process = release(office, CLAIM)
    for _ in range(2):
        await process.react(payment, record)
    claim = await claim_of(office)
    assert (claim.status, claim.arrears_paid) == ("APPROVED", True)
    assert (await counted(office.store))["claim.arrears_paid"] == 1
    settled, _ = await last(office, "claim.arrears_paid")
    assert vars(settled)["payment_position"] == record.position
    assert (settled.actor, settled.causation_id) == (SYSTEM, payment.command_id)


async def test_what_came_in_while_the_funeral_money_was_on_its_way_is_found(
    office: Office, tell: Tell
) -> None:
    await tell(*held_claim(), contribution_received(*MONTHS), payment_succeeded("HELD_ARREARS"))
    await release(office).react(*await last(office, "claim.payment_succeeded"))
    assert (await claim_of(office)).status == "APPROVED"


async def test_with_a_month_still_open_the_claim_goes_on_waiting(office: Office, tell: Tell) -> None:
    await tell(*held_claim(), payment_succeeded("HELD_ARREARS"), contribution_received(MONTHS[0]))
    for topic in ("claim.payment_succeeded", "programme.contribution_received"):
        await release(office, CLAIM).react(*await last(office, topic))
    assert (await claim_of(office)).status == "HELD_ARREARS"
    await tell_more(office, contribution_received(MONTHS[1]))
    await release(office, CLAIM).react(*await last(office, "programme.contribution_received"))
    assert (await claim_of(office)).status == "APPROVED"


async def test_a_process_that_comes_late_dates_the_release_by_the_payment_that_settled(
    office: Office, tell: Tell
) -> None:
    """All has happened when it looks: the first payment, of the funeral, did not settle anything."""
    early, late = contribution_received(MONTHS[0]), contribution_received(MONTHS[1])
    await tell(*held_claim(), early, payment_succeeded("HELD_ARREARS"), late)
    process = release(office, CLAIM)
    records = await office.store.read_log(0, 10_000, topics=sorted(process.reads))
    for record in records:
        await process.react(office.mapper.event_of(record), record)
    settled, _ = await last(office, "claim.arrears_paid")
    assert vars(settled)["payment_position"] == records[-1].position


async def test_money_that_came_before_the_claim_waits_is_no_day_of_its_release(
    office: Office, tell: Tell
) -> None:
    await tell(*held_claim(), contribution_received(*MONTHS), payment_succeeded("HELD_ARREARS"))
    process = release(office, CLAIM)
    await process.react(*await last(office, "programme.contribution_received"))
    assert (await claim_of(office)).status == "HELD_ARREARS"
    await process.react(*(found := await last(office, "claim.payment_succeeded")))
    settled, _ = await last(office, "claim.arrears_paid")
    assert vars(settled)["payment_position"] == found[1].position


async def tell_more(office: Office, contribution: Fact) -> None:
    version = (await office.cases.get(PROGRAMME)).version + 1
    sealed = await office.mapper.seal([replace(contribution, originator_version=version)])
    await office.store.append([Append(command_id=uuid4(), request=b"", events=sealed.events)])


async def test_only_claims_that_wait_are_looked_at(office: Office, tell: Tell) -> None:
    await tell(*held_claim(), payment_succeeded("PAID"), contribution_received(*MONTHS))
    before = await office.store.last_position()
    process = release(office, CLAIM)
    for topic in ("claim.payment_succeeded", "programme.contribution_received"):
        await process.react(*await last(office, topic))
    assert await office.store.last_position() == before


async def test_it_asks_for_the_claims_of_the_programme_as_of_the_payment(office: Office, tell: Tell) -> None:
    await tell(*held_claim(), payment_succeeded("HELD_ARREARS"), contribution_received(*MONTHS))
    payment, record = await last(office, "programme.contribution_received")
    waiting = Held()
    await ArrearsReleaseClaims(office, at_the_hour_of, waiting).react(payment, record)
    assert waiting.asked == [(PROGRAMME, record.position)]


@CUTS
async def test_a_release_that_broke_off_resumes(
    office: Office, tell: Tell, fuse: Fuse, after_storing: bool
) -> None:
    await tell(*held_claim(), payment_succeeded("HELD_ARREARS"), contribution_received(*MONTHS))
    assert (
        await react_through_power_cuts(release(office, CLAIM), office, fuse, after_storing=after_storing) == 1
    )
    assert (await claim_of(office)).status == "APPROVED"
    assert (await counted(office.store))["claim.arrears_paid"] == 1


def test_processes_have_names_and_facts_of_their_own(
    office: Office, checks: ListCheck, steps: MemberSteps, contributions: ContributionsReachMembers
) -> None:
    every: list[Process] = [checks, steps, contributions, release(office)]
    assert len({process.name for process in every}) == len(every)
    assert all(process.reads <= EVENTS.keys() for process in every)
