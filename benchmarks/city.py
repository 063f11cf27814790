"""Insured people and claims for their deaths, told by the domain's own events and appended in bulk.

A claim here stands where the six steps begin: reported, filed, its nine papers in the file, its member
registered and paid for. What the steps then do, the office does.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid5

from domain.claim.events import ClaimFiled, DeathReported, DocumentAdded, Payee, Reporter
from domain.claim.memory import DEATH_CLAIM_KEY
from domain.enrollment.events import EnrollmentBegun, FirstContributionPaid, MemberRegistered
from domain.enrollment.memory import MEMBERSHIP_KEY
from domain.fact import Fact
from domain.legal_day import legal_day
from domain.period import Month
from domain.person.aggregate import PERSON_KEY
from domain.person.events import Details, PersonRegistered
from domain.programme.events import ContributionReceived, ProgrammeOpened
from domain.roster.events import RosterChecked, RosterCheckStarted, RosterReceived, RowsChecked
from domain.sealed import Sealed
from store.mapper import SealingMapper
from store.records import Append, NaturalKey
from store.store import Store

HERE: Final = UUID("6f0e4f2a-6f55-4a53-9d0b-2f9a5d2f5f10")
DECIDED_AT: Final = datetime.now(UTC)
TODAY: Final = legal_day(DECIDED_AT)
FIRST_MONTH: Final = Month.of(TODAY).plus(-9)
LIST_DAY: Final = FIRST_MONTH.first_day
DEATH: Final = TODAY - timedelta(days=12)
FILED: Final = TODAY - timedelta(days=2)
MONTHS: Final = tuple(
    str(FIRST_MONTH.plus(n)) for n in range(24)
)  # paid ahead, so that nobody lapses meanwhile
EVERYBODY: Final = (
    2**62
)  # a position of the log behind every registration; what is told in bulk does not know its own
PAPERS: Final = (
    "JKM_FORM", "MEMBER_CARD", "KTP_DECEASED", "KTP_HEIR", "KK", "DEATH_CERT", "HEIR_CERT", "MARRIAGE", "BANK_HEIR",
)  # fmt: skip
PEOPLE_OF_A_PROGRAMME: Final = 2_500
TOGETHER: Final = 200  # claims in one call of the store
WARDS: Final = (
    ("Pekalongan Barat", "Podosugih"),
    ("Pekalongan Timur", "Poncol"),
    ("Pekalongan Utara", "Bandengan"),
)


@dataclass(frozen=True)
class Filed:
    """The ids that belong to the n-th claim."""

    n: int

    @property
    def claim(self) -> UUID:
        return uuid5(HERE, f"claim/{self.n}")

    @property
    def person(self) -> UUID:
        return uuid5(HERE, f"person/{self.n}")

    @property
    def enrollment(self) -> UUID:
        return uuid5(HERE, f"enrollment/{self.n}")

    @property
    def programme(self) -> UUID:
        return uuid5(HERE, f"programme/{self.n // PEOPLE_OF_A_PROGRAMME}")

    @property
    def roster(self) -> UUID:
        return uuid5(HERE, f"roster/{self.n // PEOPLE_OF_A_PROGRAMME}")


async def settle(store: Store, mapper: SealingMapper, claims: range, *, papers: bool = True) -> None:
    """Append these claims and all that they rest on, some calls at a time.

    papers: without them a claim has two events instead of eleven, for where many cases matter and not long ones.
    """
    parts = [claims[start : start + TOGETHER] for start in range(0, len(claims), TOGETHER)]
    for part in parts:
        appends = [
            await _append(mapper, *told)
            for n in part
            for told in _told(Filed(n), papers=papers, is_last=n == claims[-1])
        ]
        verdicts = await store.append(appends, bulk=True)
        assert {verdict.outcome for verdict in verdicts} <= {"recorded", "repeated"}
        await asyncio.sleep(0)


def _told(filed: Filed, *, papers: bool, is_last: bool) -> Iterator[tuple[list[Fact], list[NaturalKey]]]:
    """Tell of a claim, before the first of a programme of its list, and after the last of what was paid for it.

    A payment counts the members that are registered, so it comes after them, as in life.
    """
    if filed.n % PEOPLE_OF_A_PROGRAMME == 0:
        yield [_programme(filed)], []
        yield list(_list(filed)), []
    keys = [
        NaturalKey(PERSON_KEY, uuid5(HERE, f"nik/{filed.n}").bytes * 2, filed.person),
        NaturalKey(MEMBERSHIP_KEY, filed.person.bytes, filed.enrollment),
        NaturalKey(DEATH_CLAIM_KEY, filed.person.bytes, filed.claim),
    ]
    yield [*member_facts(filed), *_claim(filed, papers=papers)], keys
    if is_last or (filed.n + 1) % PEOPLE_OF_A_PROGRAMME == 0:
        yield [_payment(filed)], []


def _programme(filed: Filed) -> Fact:
    return ProgrammeOpened(
        **_head(filed.programme, 1, "sari", "sponsor_officer", LIST_DAY),
        originator_topic="programme",
        name="Perlindungan pekerja rentan",
        area_code="3375",
        sponsor="Pemerintah Kota",
        segment="BPU_APBD",
        target=PEOPLE_OF_A_PROGRAMME,
        budget=201_600_000,
        period_from=LIST_DAY,
        period_to=FIRST_MONTH.plus(23).last_day,
        step="open",
    )


def _payment(filed: Filed) -> Fact:
    months = len(MONTHS)
    head = _head(filed.programme, 2, "fitri", "finance", LIST_DAY)
    return ContributionReceived(
        **head | {"command_id": uuid5(filed.programme, "paid")},
        reference=f"SP2D-{filed.n}",
        months=MONTHS,
        heads=(PEOPLE_OF_A_PROGRAMME,) * months,
        amount=16_800 * PEOPLE_OF_A_PROGRAMME * months,
        paid_on=LIST_DAY,
        head_position=EVERYBODY,
        lines=(
            ("CON_JKK", 10_000 * PEOPLE_OF_A_PROGRAMME * months),
            ("CON_JKM", 6_800 * PEOPLE_OF_A_PROGRAMME * months),
        ),
        roster_id=filed.roster,
        step="receive_contribution",
    )


def _list(filed: Filed) -> Iterator[Fact]:
    yield RosterReceived(
        **_head(filed.roster, 1, "sari", "sponsor_officer", LIST_DAY),
        originator_topic="roster",
        programme_id=filed.programme,
        area_code="3375",
        sha256=f"{filed.n:064d}",
        size=300_000,
        media_type="text/csv",
        step="receive",
    )
    system = _head(filed.roster, 2, "SYSTEM", "system", LIST_DAY)
    yield RosterCheckStarted(**system, rows=PEOPLE_OF_A_PROGRAMME)
    checked = {"from_row": 1, "to_row": PEOPLE_OF_A_PROGRAMME, "issues": ()}
    yield RowsChecked(**system | {"originator_version": 3} | checked)
    counts = {"rows": PEOPLE_OF_A_PROGRAMME, "accepted": PEOPLE_OF_A_PROGRAMME, "rejected": 0, "warnings": 0}
    yield RosterChecked(**system | {"originator_version": 4} | counts)


def member_facts(filed: Filed) -> Iterator[Fact]:
    """Yield what is told of a member: known, begun, registered, paid for."""
    person, district = filed.person, WARDS[filed.n % len(WARDS)]
    yield PersonRegistered(
        **_head(person, 1, "sari", "sponsor_officer", LIST_DAY),
        originator_topic="person",
        nik=Sealed.of(person, f"3375{filed.n:012d}"),
        details=Details(
            name=Sealed.of(person, f"SUTARJO PERCOBAAN {filed.n}"),
            birth_date=Sealed.of(person, date(1980, 8, 21)),
            sex=Sealed.of(person, "L"),
        ),
    )
    yield EnrollmentBegun(
        **_head(filed.enrollment, 1, "sari", "sponsor_officer", LIST_DAY),
        originator_topic="enrollment",
        programme_id=filed.programme,
        person_id=person,
        area_code="3375",
        district=district[0],
        ward=district[1],
        occupation="PEDAGANG",
        segment="BPU_APBD",
        wage_base=1_000_000,
        roster_id=filed.roster,
        row=filed.n % PEOPLE_OF_A_PROGRAMME + 1,
        definition="enrollment@1",
        step="begin",
        to_status="DRAFT",
    )
    yield MemberRegistered(
        **_head(filed.enrollment, 2, "ida", "intake", LIST_DAY),
        number=f"{filed.n:011d}",
        step="register",
        from_status="DECREED",
        to_status="REGISTERED",
    )
    yield FirstContributionPaid(
        **_head(filed.enrollment, 3, "SYSTEM", "system", LIST_DAY),
        membership_start=LIST_DAY,
        first_month=MONTHS[0],
        payment_position=2,
        step="activate",
        from_status="REGISTERED",
        to_status="ACTIVE",
    )


def _claim(filed: Filed, *, papers: bool) -> Iterator[Fact]:
    claim = filed.claim
    reporter, payee = uuid5(claim, "reported_by"), uuid5(claim, "payee")
    yield DeathReported(
        **_head(claim, 1, "budi", "participant", FILED),
        originator_topic="claim",
        kind="jkm",
        number=f"JKM-3375-2024-{filed.n:06d}",
        enrollment_id=filed.enrollment,
        person_id=filed.person,
        programme_id=filed.programme,
        area_code="3375",
        event_on=DEATH,
        cause="illness",
        reported_by=Reporter(name=Sealed.of(reporter, "BUDI SANTOSO"), relation="spouse"),
        definition="jkm-claim@1",
        step="report",
        to_status="REPORTED",
    )
    yield ClaimFiled(
        **_head(claim, 2, "budi", "participant", FILED),
        claim_date=FILED,
        payees=(
            Payee(
                code="HEIR",
                relation="spouse",
                heir_tier="SPOUSE_CHILD",
                name=Sealed.of(payee, "BUDI SANTOSO"),
                bank=Sealed.of(payee, "BANK JATENG"),
                account_number=Sealed.of(payee, f"{filed.n:010d}"),
                account_name=Sealed.of(payee, "BUDI SANTOSO"),
                account_name_matches=True,
            ),
        ),
        heirs=(),
        children=(),
        step="file",
        from_status="REPORTED",
        to_status="FILED",
    )
    for place, code in enumerate(PAPERS if papers else ()):
        yield DocumentAdded(
            **_head(claim, 3 + place, "budi", "participant", FILED),
            code=code,
            sha256=f"{filed.n:060d}{place:04d}",
            media_type="application/pdf",
            size=200_000,
            step="add_document",
        )


def _head(stream: UUID, version: int, actor: str, role: str, on: date) -> dict[str, Any]:
    return {
        "originator_id": stream,
        "originator_version": version,
        "timestamp": DECIDED_AT,
        "actor": actor,
        "acting_roles": (role,),
        "effective_on": on,
        "command_id": uuid5(stream, "told"),
    }


async def _append(mapper: SealingMapper, facts: list[Fact], keys: list[NaturalKey]) -> Append:
    sealed = await mapper.seal(facts)
    return Append(
        command_id=facts[0].command_id,
        request=b"told",
        events=sealed.events,
        new_keys=sealed.new_keys,
        subjects=sealed.subjects,
        take=keys,
    )
