"""A log in which families and sponsors fell silent long ago: what a stranger's server would hold."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4, uuid5

from pydantic import SecretStr

from api.bootstrap import open_house
from api.settings import Settings
from domain.claim.events import DeathReported
from domain.claim.memory import DEATH_CLAIM_KEY
from domain.fact import ClockChange, Fact
from store.records import Append, NaturalKey
from tests.facts import (
    CLAIM,
    ENROLLMENT,
    approved_claim,
    claim_filed,
    death_reported,
    documents_returned,
    enrollment_begun,
    file_complete,
    paid_late,
    payment_ordered,
    payment_succeeded,
    programme_opened,
    proposal_returned,
    versioned,
)

BEGAN: Final = datetime(2024, 5, 20, 3, tzinfo=UTC)
PAPERS_DUE: Final = date(2024, 8, 18)  # 90 days after they were asked for
ANSWER_DUE: Final = date(2024, 6, 3)  # 14 days after it was asked for
BATCH: Final = 400  # claims in one append


PAID_IN_TIME: Final = uuid5(CLAIM, "silent/paid in time")
PAID_LATE: Final = uuid5(CLAIM, "silent/paid late")


def claim_of(n: int) -> UUID:
    return uuid5(CLAIM, f"silent/{n}")


def due_of(n: int) -> date:
    """The day the papers of a claim were due: one claim after the other falls due, ten on one day."""
    return PAPERS_DUE + timedelta(days=n // 10)


async def silence(
    home: Path,
    claims: int,
    *,
    urls: tuple[str, str] | None = None,
    simulated: bool = True,
    paid: bool = False,
) -> None:
    """Begin a log with one proposal and some claims that wait for an answer nobody gives.

    paid: also two claims that were paid, one in time and one late, and that nobody closed.
    urls: of the application and of the owner, where the database is not our own.
    """
    settings = Settings(home=home)
    if urls is not None:
        app, admin = (SecretStr(url) for url in urls)
        settings = settings.model_copy(update={"database_url": app, "database_admin_url": admin})
    async with open_house(settings, demo=simulated, begins=True) as house:
        parts = [(_proposal(), ()), *([(_paid(), ())] if paid else [])] + [
            (
                [fact for n in range(first, min(first + BATCH, claims)) for fact in _claim(n)],
                tuple(
                    NaturalKey(DEATH_CLAIM_KEY, claim_of(n).bytes, claim_of(n))
                    for n in range(first, min(first + BATCH, claims))
                ),
            )
            for first in range(0, claims, BATCH)
        ]
        for facts, keys in parts:
            sealed = await house.mapper.seal(versioned(facts))
            append = Append(
                command_id=uuid4(),
                request=b"told",
                events=sealed.events,
                new_keys=sealed.new_keys,
                subjects=sealed.subjects,
                take=keys,
            )
            [verdict] = await house.store.append([append], simulated_at=BEGAN)
            assert verdict.outcome == "recorded", verdict


def _proposal() -> Sequence[Fact]:
    asked = _clock("answer_14d", ANSWER_DUE, "third_party")
    return [
        programme_opened(),
        enrollment_begun(),
        replace(proposal_returned("alamat", clocks=(asked,)), definition="enrollment@1"),
    ]


def _claim(n: int) -> Sequence[Fact]:
    asked = documents_returned("KK", clocks=(_clock("incomplete_90d", due_of(n), "claimant"),))
    number = f"JKM-3375-2024-{n:06d}"
    return [
        replace(fact, originator_id=claim_of(n), definition="jkm-claim@1")
        for fact in (replace(death_reported(), number=number, person_id=claim_of(n)), claim_filed(), asked)
    ]


def _paid() -> Sequence[Fact]:
    """A claim that was paid in time, and one that was paid late: nobody closed them."""
    met = replace(file_complete().clocks[0], change="stopped")
    close = _clock("close_30d", PAPERS_DUE, "us")
    stories: list[list[Fact]] = [
        [*_ordered(PAID_IN_TIME), payment_succeeded(clocks=(met, close))],
        [*_ordered(PAID_LATE), paid_late(clocks=(met, close))],
    ]
    return [
        replace(fact, originator_id=claim, definition="jkm-claim@1") if fact.originator_id == CLAIM else fact
        for claim, story in zip((PAID_IN_TIME, PAID_LATE), stories, strict=True)
        for fact in story
    ]


def _ordered(claim: UUID) -> list[Fact]:
    reported, *rest = approved_claim()
    assert isinstance(reported, DeathReported)
    numbered = replace(reported, number=f"JKM-3375-2023-{claim.int % 1_000_000:06d}")
    on_the_claim, _ = payment_ordered()
    return [numbered, *rest, on_the_claim]


def _clock(name: str, due_on: date, waiting_on: str) -> ClockChange:
    return ClockChange(
        clock=name,
        change="started",
        on=BEGAN.date(),
        due_on=due_on,
        waiting_on=waiting_on,
        basis="convention of the desk",
    )


__all__ = ["ANSWER_DUE", "BEGAN", "ENROLLMENT", "PAPERS_DUE", "claim_of", "due_of", "silence"]
