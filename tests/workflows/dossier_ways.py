"""What may happen in both lifecycles, from where, to where and in whose hands: the dossier's tables, read as steps.

What the definitions add to the tables, or do in other hands, stands here with its reason.
"""

from dataclasses import dataclass, field
from typing import Final

from domain.command import SYSTEM_ROLE
from tests.workflows.dossier_table import BEFORE, Row, table

AGGREGATES: Final = {"enrollment": "enrollment", "jkm-claim": "claim"}
TABLES: Final = {name: table(name) for name in AGGREGATES}

# How a step is called whose event the dossier names (the list of steps in the design).
STEPS: Final[dict[str, dict[str, str]]] = {
    "enrollment": {
        "WorkerProposed": "propose",
        "VerificationStarted": "start_verification",
        "ProposalReturned": "return_proposal",
        "ProposalCompleted": "complete_proposal",
        "ProposalAbandoned": "abandon_proposal",
        "WorkerRejected": "reject",
        "WorkerVerified": "verify",
        "DecreeIssued": "issue_decree",
        "MemberRegistered": "register",
        "FirstContributionPaid": "activate",
        "MonthUnpaid": "note_unpaid_month",
        "ArrearsPaid": "settle_arrears",
        "MembershipLapsed": "lapse",
        "Reenrolled": "reenroll",
        "SponsorArrearsSettled": "settle_sponsor_arrears",
        "MemberSuspended": "suspend",
        "SuspensionLifted": "lift_suspension",
        "MemberTerminated": "terminate",
        "WorkerReplaced": "replace",
    },
    "jkm-claim": {
        "DeathReported": "report",
        "ClaimFiled": "file",
        "DocumentsReturned": "return_documents",
        "DocumentsCompleted": "complete_documents",
        "ClaimLapsedIncomplete": "lapse_incomplete",
        "FileComplete": "confirm_complete",
        "VerificationStarted": "start_verification",
        "FieldCheckOrdered": "order_field_check",
        "FieldCheckReported": "report_field_check",
        "HandedOverToJkk": "hand_over_to_jkk",
        "RejectionProposed": "propose_rejection",
        "ClaimRejected": "sign_rejection",
        "BenefitCalculated": "calculate",
        "CalculationReturned": "return_calculation",
        "ClaimEndorsed": "endorse",
        "ClaimApproved": "approve",
        "PaymentOrdered": "order_payment",
        "PaymentSucceeded": "confirm_payment",
        "PaymentFailed": "fail_payment",
        "ArrearsPaid": "settle_arrears",
        "RestRefused": "refuse_rest",
        "PaymentDetailsCorrected": "correct_payment_details",
        "CaseClosed": "close",
        "ClaimWithdrawn": "withdraw",
        "StepWithdrawn": "withdraw_step",
        "PayeeChanged": "change_payee",
    },
}

# Rows that are not a step of these versions.
LEFT_OUT: Final = {
    "ContributionPaid": "individual payers only; a sponsor's payment is one event on the programme",
    "ObjectionFiled": "objection comes with version 2",
    "ObjectionUpheld": "objection comes with version 2",
    "ObjectionDismissed": "objection comes with version 2",
    "CaseReopened": "reopening comes with version 2",
    "RecoveryOpened": "recovery comes with version 2",
    "RecoverySettled": "recovery comes with version 2",
    "RecoveryWrittenOff": "recovery comes with version 2",
}
LATER_STATES: Final = frozenset({"OBJECTED", "REOPENED", "RECOVERY"})

# Whose hands a row is in here, where they are not the dossier's.
OTHER_HANDS: Final = {
    "PaymentSucceeded": ({"finance"}, "finance records by hand what a bank will answer one day"),
    "PaymentFailed": ({"finance"}, "finance records by hand what a bank will answer one day"),
}
# "The same INTAKE or VERIFIER": the one whose step led to the state.
SAME_PERSON: Final = {"COMPLETE": {"intake", "approver_1"}, "VERIFYING": {"verifier", "approver_1"}}
ON_BEHALF: Final = "INTAKE may take every PARTICIPANT step on behalf of the claimant"
MEMBERSHIP: Final = ("REGISTERED", "ACTIVE", "GRACE", "LAPSED", "SUSPENDED")


@dataclass(frozen=True)
class Way:
    """From these states a step leads to one state, in the hands of these roles."""

    sources: tuple[str, ...]
    step: str
    target: str
    roles: frozenset[str]
    instead: dict[str, frozenset[str]] = field(default_factory=dict)


# Steps beyond the tables, and why they are there.
BEYOND: Final[dict[str, list[Way]]] = {
    "enrollment": [
        # The tables begin with the DRAFT. A row of an accepted list makes one, or the form of one worker.
        Way((BEFORE,), "begin", "DRAFT", frozenset({"sponsor_officer", "intake", SYSTEM_ROLE})),
        # Money that came in time and was recorded after the lapse: the membership never lapsed (2.4).
        Way(("LAPSED",), "settle_arrears", "ACTIVE", frozenset({SYSTEM_ROLE})),
        # "DUPLICATE needs two persons": the first of the two.
        *(Way((one,), "propose_termination", one, frozenset({"intake"})) for one in MEMBERSHIP),
    ],
    "jkm-claim": [
        # "Paying it is a second determination, approved and ordered like the first" (row PaymentSucceeded).
        Way(("PAID",), "determine_penalty", "CALCULATED", frozenset({"calculator"})),
        # "Where it still differs a second person confirms with reason and bank-book page" (below the table).
        Way(("VERIFYING",), "confirm_account", "VERIFYING", frozenset({"verifier"})),
        *(
            Way((one,), "confirm_account", one, frozenset({"approver_1", "approver_2"}))
            for one in ("CALCULATED", "APPROVED")
        ),
    ],
}


def way_of(name: str, row: Row, source: str) -> Way:
    """Return what a row says of one state, with the sentences around the table."""
    step = STEPS[name][row.event]
    roles = row.roles
    if "participant" in roles:
        assert ON_BEHALF in TABLES[name].text
        roles |= {"intake"}
    if row.event in OTHER_HANDS:
        roles = frozenset(OTHER_HANDS[row.event][0])
    if row.event == "StepWithdrawn":
        roles &= SAME_PERSON[source]
    return Way((source,), step, row.target, roles, row.instead)


def ways() -> dict[str, dict[tuple[str, str], list[Way]]]:
    """Return what may happen, by lifecycle, state and step. Two targets: the facts of the case choose."""
    found: dict[str, dict[tuple[str, str], list[Way]]] = {}
    for name, text in TABLES.items():
        rows = [row for row in text.rows if row.event not in LEFT_OUT]
        listed = [
            way_of(name, row, source) for row in rows for source in row.sources if source not in LATER_STATES
        ]
        for way in (*listed, *BEYOND[name]):
            found.setdefault(name, {}).setdefault((way.sources[0], way.step), []).append(way)
    return found


WAYS: Final = ways()
HANDS: Final = {
    name: {
        step: frozenset[str]().union(
            *(
                way.roles.union(*way.instead.values())
                for (_, other), found in WAYS[name].items()
                for way in found
                if other == step
            )
        )
        for _, step in WAYS[name]
    }
    for name in WAYS
}
