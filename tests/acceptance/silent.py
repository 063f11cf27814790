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
from domain.claim.memory import DEATH_CLAIM_KEY
from domain.fact import ClockChange, Fact
from store.records import Append, NaturalKey
from tests.facts import (
    CLAIM,
    ENROLLMENT,
    claim_filed,
    death_reported,
    documents_returned,
    enrollment_begun,
    programme_opened,
    proposal_returned,
    versioned,
)

BEGAN: Final = datetime(2024, 5, 20, 3, tzinfo=UTC)
PAPERS_DUE: Final = date(2024, 8, 18)  # 90 days after they were asked for
ANSWER_DUE: Final = date(2024, 6, 3)  # 14 days after it was asked for
BATCH: Final = 400  # claims in one append


def claim_of(n: int) -> UUID:
    return uuid5(CLAIM, f"silent/{n}")


def due_of(n: int) -> date:
    """The day the papers of a claim were due: one claim after the other falls due, ten on one day."""
    return PAPERS_DUE + timedelta(days=n // 10)


async def silence(
    home: Path, claims: int, *, urls: tuple[str, str] | None = None, simulated: bool = True
) -> None:
    """Begin a log with one proposal and some claims that wait for an answer nobody gives.

    urls: of the application and of the owner, where the database is not our own.
    """
    settings = Settings(home=home)
    if urls is not None:
        app, admin = (SecretStr(url) for url in urls)
        settings = settings.model_copy(update={"database_url": app, "database_admin_url": admin})
    async with open_house(settings, demo=simulated, begins=True) as house:
        parts = [(_proposal(), ())] + [
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
