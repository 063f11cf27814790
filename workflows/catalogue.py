"""Everything the office can carry out: aggregates, commands and events, found once by name."""

from typing import Final

from eventsourcing.utils import resolve_topic

import domain.attempt.events as attempt_events
import domain.claim.commands as claim_commands
import domain.claim.events as claim_events
import domain.definition.events as definition_events
import domain.delegation.events as delegation_events
import domain.enrollment.commands as enrollment_commands
import domain.enrollment.events as enrollment_events
import domain.handling.events as handling_events
import domain.payment.events as payment_events
import domain.person.events as person_events
import domain.programme.events as programme_events
import domain.risk.events as risk_events
import domain.roster.events as roster_events
import domain.rule_set.events as rule_set_events
from domain.case import Case
from domain.claim.aggregate import Claim
from domain.command import Command
from domain.delegation.aggregate import Delegation
from domain.enrollment.aggregate import Enrollment
from domain.fact import Fact
from domain.handling.aggregate import Handling
from domain.payment.aggregate import Payment
from domain.person.aggregate import Person
from domain.programme.aggregate import Programme
from domain.risk.aggregate import Risk
from domain.roster.aggregate import Roster

AGGREGATES: Final[dict[str, type[Case]]] = {
    "claim": Claim,
    "delegation": Delegation,
    "enrollment": Enrollment,
    "handling": Handling,
    "payment": Payment,
    "person": Person,
    "programme": Programme,
    "risk": Risk,
    "roster": Roster,
}

STEP_COMMANDS: Final[dict[tuple[str, str], type[Command]]] = {
    (command.aggregate, command.step): command
    for command in (*claim_commands.COMMANDS, *enrollment_commands.COMMANDS)
}

EVENTS: Final[dict[str, type[Fact]]] = {
    found.TOPIC: found  # type: ignore[attr-defined]
    for module in (
        attempt_events,
        claim_events,
        definition_events,
        delegation_events,
        enrollment_events,
        handling_events,
        payment_events,
        person_events,
        programme_events,
        risk_events,
        roster_events,
        rule_set_events,
    )
    for found in vars(module).values()
    if isinstance(found, type) and issubclass(found, Fact) and "TOPIC" in vars(found)
}

ROLES: Final = frozenset(
    {
        "participant", "sponsor_officer", "ward_verifier", "intake", "verifier", "field_checker",
        "medical_adviser", "calculator", "approver_1", "approver_2", "finance", "inspector", "auditor",
        "admin", "system",
    }
)  # fmt: skip


def command_for(aggregate: str, step: str) -> type[Command] | None:
    """Return the command class of a step, whose fields are the schema of the step's form."""
    return STEP_COMMANDS.get((aggregate, step))


def plays(role: str, case: Case) -> bool:
    """Return whether a case is what a role of a companion asks for; a `member/<id>` is an enrollment."""
    return isinstance(case, AGGREGATES.get(role.partition("/")[0], Enrollment))


def event_named(topic: str) -> type[Fact]:
    """Return the event class with a stored name."""
    found: type[Fact] = resolve_topic(topic)
    return found
