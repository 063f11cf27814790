"""The main story: 817 workers become insured people, and one death becomes Rp42,000,000 paid (appendix A)."""

from dataclasses import dataclass, field
from typing import Any

from tests.acceptance import stories
from tests.acceptance.office_client import Town

DECEASED = 1  # row of the list
ACCOUNT = "1023000009012"  # of this family alone, so that no other story moves the claim

# Who takes part, and in which role; the case has one person for each desk.
CAST = {
    "dinas": "sponsor_officer",
    "kelurahan": "ward_verifier",
    "pendaftaran": "intake",
    "kas daerah": "finance",
    "Siti": "participant",
    "Budi": "intake",
    "Rina": "verifier",
    "Agus": "calculator",
    "Dewi": "approver_1",
    "Wati": "finance",
    "Joko": "finance",
}


@dataclass
class City:
    """What the story came to: every answer by its step, and the claim as it was seen after each."""

    place: stories.Enrolled
    invoice: dict[str, Any]
    paid: dict[str, Any]
    claim: str
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    seen: dict[str, dict[str, Any]] = field(default_factory=dict)


def paid_city(town: Town) -> City:
    """Carry the whole list to insured members, and the death of one of them to a closed case."""
    for name, role in CAST.items():
        town.person(name, role)
    place = stories.enrolled(town)
    kas = town.people["kas daerah"]
    invoice = kas.get(
        f"/v1/programmes/{place.programme}/invoice", roster_id=place.roster, months=stories.MONTHS[0]
    )
    paid = stories.pay(town, place, stories.MONTHS)
    reported = stories.report(town, DECEASED)
    city = City(place, invoice, paid, reported["id"], {"report": reported})
    city.seen["report"] = _look(town, city)
    for step, carry in (
        ("file", lambda *of: stories.file(*of, payee=stories.PAYEE | {"account_number": ACCOUNT})),
        ("confirm_complete", lambda *of: stories.take(town.people["Budi"], of[1], "confirm_complete")),
        ("start_verification", lambda *of: stories.take(town.people["Rina"], of[1], "start_verification")),
        ("calculate", lambda *of: stories.take(town.people["Agus"], of[1], "calculate", "2024-05-21")),
        ("approve", stories.approve),
        ("order_payment", stories.order),
        ("confirm_payment", stories.confirm),
        ("close", stories.close),
    ):
        city.answers[step] = carry(town, city.claim)
        city.seen[step] = _look(town, city)
    return city


def _look(town: Town, city: City) -> dict[str, Any]:
    return town.person("pemeriksa", "auditor").get(f"/v1/claims/{city.claim}")
