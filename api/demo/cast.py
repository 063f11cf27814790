"""Who works in the demonstration: made-up officers of two teams, and what each persona finds to do."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Persona:
    """Somebody who works with the demonstration, in one role."""

    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Team:
    """One person for every desk that a claim comes to, so that nobody meets the own work again."""

    intake: Persona
    verifier: Persona
    field_checker: Persona
    calculator: Persona
    approver: Persona
    head: Persona  # of the branch: the second signature
    payer: Persona
    cashier: Persona  # confirms what the payer ordered


def _team(*names: str) -> Team:
    roles = (
        "intake", "verifier", "field_checker", "calculator", "approver_1", "approver_2", "finance", "finance",
    )  # fmt: skip
    return Team(*(Persona(name, role) for name, role in zip(names, roles, strict=True)))


TEAMS: Final = (
    _team(
        "Dian Puspita", "Rina Kusuma", "Hendra Wijaya", "Agus Widodo", "Ratna Dewanti", "Bagus Prakoso",
        "Wati Lestari", "Joko Susilo",
    ),
    _team(
        "Galih Santosa", "Yusuf Maulana", "Tri Wahyuni", "Nurul Hidayati", "Arief Budiman", "Bagus Prakoso",
        "Fitri Anggraini", "Damar Kusumo",
    ),
)  # fmt: skip

CITY_OFFICER: Final = Persona("Retno Wulandari", "sponsor_officer")
WARD_OFFICER: Final = Persona("Bambang Sutejo", "ward_verifier")
REGISTRAR: Final = Persona("Dian Puspita", "intake")
TREASURER: Final = Persona("Eko Prasetyo", "finance")
ADMIN: Final = Persona("Lilis Handayani", "admin")
PARTICIPANT: Final = Persona("participant", "participant")  # the persona of the sign-in page

# By the name of the persona on the sign-in page: what waits for it, said to a stranger.
FINDS: Final = {
    "intake": "a complete file to confirm, brought papers to take in, a returned payment to correct, "
    "a list to register; takes reports of new deaths",
    "verifier": "a file due today to begin with",
    "field_checker": "a visit to report, due today",
    "calculator": "a benefit to determine, due today; a penalty for a late payment",
    "approver_1": "a determination of Rp42,000,000 to approve, due today; a rejection to sign",
    "approver_2": "an endorsed claim to approve, due today; a rejection only the head of the branch signs",
    "finance": "a payment to order, due today; months to pay, which free a claim that waits for arrears",
    "finance_2": "a payment to confirm, due today; a paid claim to close",
    "sponsor_officer": "a damaged list with rows to mend and workers to propose, a decree to issue",
    "ward_verifier": "one list to begin verifying, one to verify",
    "participant": "a death that was reported yesterday, to file the claim for",
    "auditor": "everything: an overdue claim, refused attempts, payments, and the history of each",
}
