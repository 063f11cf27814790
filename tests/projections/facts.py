"""Example facts for read models: a story tells them in order, with a valid default for all it does not mention."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any, Final, TypeVar
from uuid import NAMESPACE_URL, UUID, uuid5

import msgspec

from domain.benefit.determination import Determination, Line
from domain.claim.events import (
    BenefitCalculated,
    CaseClosed,
    ClaimApproved,
    ClaimFiled,
    DeathReported,
    DocumentAdded,
    FileComplete,
    Heir,
    Payee,
    PaymentOrdered,
    PaymentSucceeded,
    Reporter,
    VerificationStarted,
)
from domain.definition.events import DefinitionPublished
from domain.delegation.events import DelegationGranted, DelegationRevoked
from domain.enrollment.events import (
    EnrollmentBegun,
    FirstContributionPaid,
    MemberRegistered,
    MemberTerminated,
    WorkerProposed,
)
from domain.fact import ClockChange, Fact, FirstFact
from domain.handling.events import CaseAssigned, CaseReleased, CaseTaken, NoteWritten, handling_of
from domain.payment.events import PaymentLine
from domain.person.events import CorrectionProposed, Details, PersonRegistered
from domain.programme.events import ContributionReceived, OverpaidRefunded, ProgrammeOpened, RefundedMonths
from domain.roster.events import (
    RosterChecked,
    RosterCheckFailed,
    RosterCheckStarted,
    RosterReceived,
    RowIssue,
    RowsChecked,
    StepDone,
    StepRequested,
)
from domain.sealed import Sealed
from projections.log import Entry
from projections.positions import install, move
from projections.reader import Projection
from store.mapper import SealingMapper
from store.records import Recorded
from store.store import Append, Store

F = TypeVar("F", bound=Fact)

NOW: Final = datetime(2024, 5, 10, 2, 0, tzinfo=UTC)
DAY: Final = date(2023, 9, 1)
PROGRAMME: Final = uuid5(NAMESPACE_URL, "programme")
ROSTER: Final = uuid5(NAMESPACE_URL, "roster")
CLAIM: Final = uuid5(NAMESPACE_URL, "claim")
WORK_CLOCK: Final = "pay_3wd"


def member(row: int) -> UUID:
    """The enrollment that a row of the list begins."""
    return uuid5(ROSTER, f"row/{row}")


def person(row: int) -> UUID:
    return uuid5(ROSTER, f"person/{row}")


class Told(Entry):
    """An entry of a log that was never stored."""

    __slots__ = ()

    def __init__(self, position: int, fact: Fact) -> None:
        topic = str(vars(type(fact))["TOPIC"])
        at = NOW + timedelta(seconds=position)
        record = Recorded(position, at, fact.originator_id, fact.originator_version, topic, b"")
        super().__init__(record, None)  # type: ignore[arg-type]  # it is told, not read
        self.fact = fact


class Story:
    """Facts in the order of the log; `position` is the last one's."""

    def __init__(self) -> None:
        self.facts: list[Fact] = []
        self._versions: Counter[UUID] = Counter()

    @property
    def position(self) -> int:
        return len(self.facts)

    @property
    def entries(self) -> list[Entry]:
        return [Told(position, fact) for position, fact in enumerate(self.facts, 1)]

    def tell(self, cls: type[F], stream: UUID, **fields: Any) -> F:  # Any: whatever the fact declares
        self._versions[stream] += 1
        header: dict[str, Any] = {
            "originator_id": stream,
            "originator_version": self._versions[stream],
            "timestamp": NOW,
            "actor": "anna",
            "acting_roles": ("intake",),
            "effective_on": DAY,
            "command_id": uuid5(stream, str(self._versions[stream])),
        }
        if issubclass(cls, FirstFact):
            header["originator_topic"] = str(vars(cls)["TOPIC"]).partition(".")[0]
        fact = cls(**(header | fields))
        self.facts.append(fact)
        return fact

    def publish(self, name: str = "jkm-claim", finals: Sequence[str] = ("CLOSED",)) -> None:
        statuses = [{"name": "REPORTED"}, *({"name": final, "final": True} for final in finals)]
        canonical = msgspec.json.encode({"name": name, "status": statuses}).decode()
        digest = sha256(canonical.encode()).hexdigest()
        stream = uuid5(NAMESPACE_URL, name)
        self.tell(DefinitionPublished, stream, name=name, version=1, digest=digest, canonical=canonical)

    def open_programme(self, name: str = "Pekerja rentan") -> None:
        self.tell(
            ProgrammeOpened,
            PROGRAMME,
            name=name,
            area_code="3375",
            sponsor="Pemerintah Kota",
            segment="BPU_APBD",
            target=1000,
            budget=201_600_000,
            period_from=date(2023, 9, 1),
            period_to=date(2024, 8, 31),
        )

    def delegate(self) -> UUID:
        """Let Dian sit in the chair of the head of the branch; it is revoked before its last day."""
        stream = uuid5(PROGRAMME, f"delegation/{self.position}")
        self.tell(
            DelegationGranted,
            stream,
            absent="kepala",
            delegate="dian",
            role="approver_2",
            area="3375",
            starts_on=date(2024, 5, 6),
            ends_on=date(2024, 5, 10),
            decree="SPT-800/117/2024",
            kind="plh",
            actor="admin",
        )
        self.tell(DelegationRevoked, stream, reason=Sealed.of(stream, "kembali"), actor="admin")
        return stream

    def begin(
        self, row: int, *, effective_on: date = DAY, roster_id: UUID | None = ROSTER, **more: Any
    ) -> UUID:
        fields = {
            "programme_id": PROGRAMME,
            "person_id": person(row),
            "area_code": "3375",
            "district": "Pekalongan Barat",
            "ward": "Podosugih",
            "occupation": "PEDAGANG",
            "segment": "BPU_APBD",
            "wage_base": 1_000_000,
            "roster_id": roster_id,
            "row": row,
            "effective_on": effective_on,
            "definition": "enrollment@1",
            "step": "begin",
            "to_status": "DRAFT",
        }
        self.tell(EnrollmentBegun, member(row), **(fields | more))
        return member(row)

    def know(self, row: int, name: str = "SITI AMINAH", nik: str = "3375014107850001") -> UUID:
        subject = person(row)
        self.tell(
            PersonRegistered,
            subject,
            nik=Sealed.of(subject, nik),
            details=Details(
                name=Sealed.of(subject, name),
                birth_date=Sealed.of(subject, date(1985, 7, 1)),
                sex=Sealed.of(subject, "P"),
            ),
        )
        return subject

    def doubt(self, row: int) -> None:
        """Propose another NIK, which a second person is to confirm."""
        subject = person(row)
        self.tell(
            CorrectionProposed,
            subject,
            correction_id=uuid5(subject, "doubt"),
            field="nik",
            old=None,
            new=Sealed.of(subject, "3375014107850002"),
            reason=Sealed.of(subject, "salah ketik"),
            evidence="KK",
        )

    def propose(self, row: int) -> None:
        self.tell(WorkerProposed, member(row), step="propose", from_status="DRAFT", to_status="PROPOSED")

    def register(self, row: int) -> None:
        self.tell(
            MemberRegistered,
            member(row),
            number=f"{row:011d}",
            step="register",
            from_status="DECREED",
            to_status="REGISTERED",
        )

    def enroll(self, row: int, **more: Any) -> UUID:
        """Begin and register, with a person behind it."""
        self.begin(row, **more)
        self.know(row, name=f"PEKERJA {row}")
        self.register(row)
        return member(row)

    def activate(self, row: int, month: str = "2023-09") -> None:
        self.tell(
            FirstContributionPaid,
            member(row),
            membership_start=date.fromisoformat(f"{month}-01"),
            first_month=month,
            payment_position=self.position,
            step="activate",
            from_status="REGISTERED",
            to_status="ACTIVE",
        )

    def terminate(self, row: int, ended_on: date, reason: str = "REMOVED") -> None:
        moved = {"step": "terminate", "from_status": "ACTIVE", "to_status": "TERMINATED"}
        self.tell(MemberTerminated, member(row), reason=reason, ended_on=ended_on, **moved)

    def pay(self, *months: str, rows: Sequence[int] = (), heads: int = 1, **more: Any) -> None:
        """Pay for the list, or for the rows named."""
        fields = {
            "reference": f"SP2D-{self.position + 1}",
            "months": months,
            "heads": (heads,) * len(months),
            "amount": 16_800 * heads * len(months),
            "paid_on": DAY,
            "head_position": self.position,
            "lines": (("CON_JKK", 10_000 * heads), ("CON_JKM", 6_800 * heads)),
            "roster_id": None if rows else ROSTER,
            "enrollment_ids": tuple(member(row) for row in rows),
            "step": "receive_contribution",
        }
        self.tell(ContributionReceived, PROGRAMME, **(fields | more))

    def give_back(self, row: int, *months: str, **more: Any) -> None:
        """Refund months of a member who died, to the sponsor's account."""
        back = RefundedMonths(enrollment_id=member(row), months=months, reason="DIED")
        fields: dict[str, Any] = {
            "reference": f"TRX-{self.position + 1}",
            "agreement": "BA-1",
            "refunded_on": date(2024, 1, 5),
            "members": (back,),
            "amount": 16_800 * len(months),
            "lines": (("CON_JKK", 10_000 * len(months)), ("CON_JKM", 6_800 * len(months))),
            "to": "account",
        }
        self.tell(OverpaidRefunded, PROGRAMME, **(fields | more))

    def report_death(
        self, row: int, *, event_on: date = date(2024, 5, 10), claim: UUID = CLAIM, **more: Any
    ) -> None:
        reporter = uuid5(CLAIM, "reporter")
        fields = {
            "kind": "jkm",
            "number": "JKM-3375-2024-000001",
            "enrollment_id": member(row),
            "person_id": person(row),
            "programme_id": PROGRAMME,
            "area_code": "3375",
            "event_on": event_on,
            "cause": "illness",
            "reported_by": Reporter(name=Sealed.of(reporter, "BUDI SANTOSO"), relation="spouse"),
            "actor": "budi",
            "acting_roles": ("participant",),
            "definition": "jkm-claim@1",
            "step": "report",
            "to_status": "REPORTED",
        }
        self.tell(DeathReported, claim, **(fields | more))

    def file(self) -> None:
        heir = uuid5(CLAIM, "heir")
        payee = Payee(
            code="HEIR",
            relation="spouse",
            heir_tier="SPOUSE_CHILD",
            name=Sealed.of(heir, "BUDI SANTOSO"),
            bank=Sealed.of(heir, "BANK JATENG"),
            account_number=Sealed.of(heir, "1234567890"),
            account_name=Sealed.of(heir, "BUDI SANTOSO"),
            account_name_matches=True,
        )
        self.tell(
            ClaimFiled,
            CLAIM,
            claim_date=date(2024, 5, 15),
            payees=(payee,),
            heirs=(Heir(name=Sealed.of(heir, "BUDI SANTOSO"), relation="spouse"),),
            children=(),
            step="file",
            from_status="REPORTED",
            to_status="FILED",
        )

    def complete(self) -> None:
        self.tell(DocumentAdded, CLAIM, code="DEATH_CERT", sha256="ab" * 32, media_type="image/png", size=9)
        clock = ClockChange(
            clock=WORK_CLOCK,
            change="started",
            on=date(2024, 5, 20),
            due_on=date(2024, 5, 27),
            basis="PP 44/2015",
        )
        self.tell(
            FileComplete,
            CLAIM,
            papers=(("DEATH_CERT", "ab" * 32),),
            effective_on=date(2024, 5, 20),
            clocks=(clock,),
            step="confirm_complete",
            from_status="FILED",
            to_status="COMPLETE",
        )

    def verify(self) -> None:
        self.tell(
            VerificationStarted,
            CLAIM,
            actor="vera",
            step="start_verification",
            from_status="COMPLETE",
            to_status="VERIFYING",
        )

    def handle(self, *, to: str = "rina", claim: UUID = CLAIM) -> None:
        """Vera takes the claim, notes something on it and hands it on."""
        stream, about = handling_of(claim), {"case_id": claim, "kind": "claim", "actor": "vera"}
        self.tell(CaseTaken, stream, step="take", **about)
        text = Sealed.of(person(1), "keluarga menelepon")
        self.tell(NoteWritten, stream, step="write_note", text=text, **about)
        self.tell(CaseAssigned, stream, step="assign", to=to, before="vera", **about)

    def release(self, *, before: str = "rina") -> None:
        about = {"case_id": CLAIM, "kind": "claim", "actor": before}
        self.tell(CaseReleased, handling_of(CLAIM), step="release", before=before, **about)

    def settle(self) -> None:
        """Calculate, approve, pay and close."""
        line = Line(
            code="JKM_FUNERAL", amount=10_000_000, basis="JKM-FUN-V2", working_id="tetap", working_en="fixed"
        )
        determination = Determination(outcome="PAY", lines=(line,), total=42_000_000, rule_set="2024.1")
        self.tell(
            BenefitCalculated,
            CLAIM,
            determination=determination,
            enrollment_version=3,
            programme_version=2,
            from_status="VERIFYING",
            to_status="CALCULATED",
        )
        self.tell(ClaimApproved, CLAIM, amount=42_000_000, rule_set="2024.1", to_status="APPROVED")
        payment = uuid5(CLAIM, "payment")
        lines = (PaymentLine(code="JKM_FUNERAL", amount=42_000_000, payee="HEIR"),)
        self.tell(
            PaymentOrdered, CLAIM, payment_id=payment, amount=42_000_000, lines=lines, to_status="ORDERED"
        )
        stopped = ClockChange(clock=WORK_CLOCK, change="stopped", on=date(2024, 5, 22))
        kept = ClockChange(clock="keep_30y", change="started", on=date(2024, 5, 22), due_on=date(2054, 5, 22))
        self.tell(
            PaymentSucceeded,
            CLAIM,
            payment_id=payment,
            amount=42_000_000,
            bank_reference="TRX-1",
            paid_on=date(2024, 5, 22),
            days_late=0,
            penalty_due=0,
            clocks=(stopped, kept),
            to_status="PAID",
        )

    def close(self) -> None:
        self.tell(CaseClosed, CLAIM, step="close", from_status="PAID", to_status="CLOSED")

    def whole(self, rows: int = 3) -> "Story":
        """A list that is enrolled and paid, and one death that is paid and closed."""
        self.publish()
        self.open_programme()
        self.delegate()
        for row in range(1, rows + 1):
            self.enroll(row)
        self.pay("2023-09", "2023-10", heads=rows)
        for row in range(1, rows + 1):
            self.activate(row)
        self.doubt(2)
        self.report_death(1)
        self.file()
        self.complete()
        self.verify()
        self.handle()
        self.settle()
        self.close()
        return self

    def and_afterwards(self) -> "Story":
        """After the whole story: a worker who leaves, a month that goes back to the sponsor, and two more lists."""
        self.enroll(8)
        self.terminate(8, DAY)
        self.give_back(1, "2023-10")
        self.check(self.send("second list"))
        self.tell(RosterCheckFailed, self.send("third list"), code="unreadable", message="no list")
        return self

    def send(self, name: str, **more: Any) -> UUID:
        """Send a list; nothing of it is checked yet."""
        stream = uuid5(NAMESPACE_URL, name)
        received = {"programme_id": PROGRAMME, "area_code": "3375", "sha256": "0" * 64, "size": 9}
        self.tell(RosterReceived, stream, media_type="text/csv", **(received | more))
        return stream

    def check(self, roster: UUID, rows: int = 3) -> None:
        """Check all rows of a list; the first is refused."""
        issue = RowIssue(1, "nik", "missing", "reject")
        self.tell(RosterCheckStarted, roster, rows=rows)
        self.tell(RowsChecked, roster, from_row=1, to_row=rows, issues=(issue,))
        self.tell(RosterChecked, roster, rows=rows, accepted=rows - 1, rejected=1, warnings=0)

    def ask(self, roster: UUID, step: str = "propose") -> UUID:
        """Ask for a step of the members of a list; return the request."""
        request = uuid5(roster, f"{step}/{self.position}")
        self.tell(StepRequested, roster, request_id=request, member_step=step, form="{}")
        return request

    def answer(self, roster: UUID, request: UUID, step: str = "propose", done: int = 2) -> None:
        self.tell(StepDone, roster, request_id=request, member_step=step, done=done, refused=())

    async def command(self, mapper: SealingMapper, after: int = 0) -> Append:
        """Return the facts told after a position, sealed, as one command."""
        sealed = await mapper.seal(self.facts[after:])
        return Append(
            command_id=uuid5(PROGRAMME, f"{after}/{self.position}"),
            request=b"",
            events=sealed.events,
            new_keys=sealed.new_keys,
            subjects=sealed.subjects,
        )

    async def record(self, store: Store, mapper: SealingMapper, after: int = 0) -> int:
        """Append the facts told after a position to a real log; return its last position."""
        [verdict] = await store.append([await self.command(mapper, after)])
        assert verdict.outcome == "recorded", verdict
        assert verdict.position is not None
        return verdict.position


async def feed(store: Store, model: Projection, story: Story, page: int = 1_000) -> None:
    """Fold a story that was never stored into the tables that serve, so many facts a page."""
    async with store.pool.acquire() as db:
        await install(db, [type(model)])
        entries = story.entries
        for start in range(0, len(entries), page):
            async with db.transaction():
                await model.absorb(db, entries[start : start + page])
                await model.save(db)
                await move(db, [type(model)], min(start + page, len(entries)))
