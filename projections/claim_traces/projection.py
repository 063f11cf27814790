"""What claims for different people may have in common: accounts as keyed digests, and hashes of papers.

No account and no name can be read here; whether two are the same can be asked.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar, Final
from uuid import UUID

from domain.claim.events import (
    ClaimFiled,
    DeathReported,
    DocumentAdded,
    Payee,
    PayeeChanged,
    PaymentDetailsCorrected,
)
from domain.fact import Fact
from domain.names import plain_name
from domain.sealed import Sealed
from projections.log import Entry
from projections.reader import Db, Method, Projection, Table
from store.sealing import Keyring

ACCOUNT_MIN: Final = 5  # characters; shorter ones are no account numbers
HEIR: Final = "HEIR"

CLAIMS: Final = Table(
    "read.claim_trace",
    """
    claim_id  uuid   not null
    person_id uuid   not null
    """,
    key=("claim_id",),
)
ACCOUNTS: Final = Table(
    "read.claim_trace_account",
    """
    claim_id   uuid   not null
    payee_code text   not null
    account    bytea  not null
    heir       bytea
    position   bigint not null
    """,
    key=("claim_id", "payee_code"),
    indexes=("(account, position)",),
)
PAPERS: Final = Table(
    "read.claim_trace_paper",
    """
    claim_id uuid   not null
    sha256   text   not null
    position bigint not null
    """,
    key=("claim_id", "sha256"),
    indexes=("(sha256, position)",),
)


class ClaimTraces(Projection):
    """One row for each claim, each account of its payees, and each content in its file.

    An account goes by its number alone: banks are written in many ways. heir: whose name stands with it; none
    where the payee arranged the funeral, for whoever does that receives for many. position: since when.
    """

    name = "claim_traces"
    version = 1
    tables = (CLAIMS, ACCOUNTS, PAPERS)

    def __init__(self, keyring: Keyring, tables: Sequence[Table] | None = None) -> None:
        super().__init__(keyring, tables)
        self._claims: list[tuple[UUID, UUID]] = []
        self._accounts: dict[UUID, dict[str, tuple[bytes, bytes | None, int]]] = {}  # by claim and payee
        self._papers: dict[tuple[UUID, str], int] = {}

    def report(self, fact: DeathReported, entry: Entry) -> None:
        self._claims.append((fact.originator_id, fact.person_id))

    def name_payees(self, fact: ClaimFiled | PayeeChanged, entry: Entry) -> None:
        self._accounts[fact.originator_id] = rows = {}
        for payee in fact.payees:
            if account := self._account(payee.account_number):
                rows[payee.code] = (account, self._heir(payee), entry.position)

    def correct(self, fact: PaymentDetailsCorrected, entry: Entry) -> None:
        rows = self._accounts.setdefault(fact.originator_id, {})
        before = rows.pop(fact.payee_code, None)
        if account := self._account(fact.account_number):
            rows[fact.payee_code] = (account, before[1] if before else None, entry.position)

    def add_paper(self, fact: DocumentAdded, entry: Entry) -> None:
        self._papers.setdefault((fact.originator_id, fact.sha256), entry.position)

    reads: ClassVar[Mapping[type[Fact], Method]] = {
        DeathReported: report,
        ClaimFiled: name_payees,
        PayeeChanged: name_payees,
        PaymentDetailsCorrected: correct,
        DocumentAdded: add_paper,
    }

    async def prepare(self, db: Db, facts: Sequence[Fact]) -> None:
        named = [fact for fact in facts if type(fact) not in (DocumentAdded, DeathReported)]
        await self.keyring.load(subject for fact in named for subject in _subjects(fact))
        corrected = {fact.originator_id for fact in named if type(fact) is PaymentDetailsCorrected}
        wanted = [claim for claim in corrected if claim not in self._accounts]
        query = f"select claim_id, payee_code, account, heir, position from {self.here[1].name}"
        for row in await db.fetch(f"{query} where claim_id = any ($1)", wanted) if wanted else ():
            kept = self._accounts.setdefault(row["claim_id"], {})
            kept[row["payee_code"]] = (row["account"], row["heir"], row["position"])

    async def save(self, db: Db) -> None:
        claims, accounts, papers = self.here
        await claims.add(db, self._claims)
        await accounts.remove(db, self._accounts.keys())
        await accounts.add(
            db, [(claim, code, *row) for claim, rows in self._accounts.items() for code, row in rows.items()]
        )
        if self._papers:
            query = f"select claim_id, sha256 from {papers.name} where claim_id = any ($1)"
            there = {tuple(row) for row in await db.fetch(query, {claim for claim, _ in self._papers})}
            new = [(*key, position) for key, position in self._papers.items() if key not in there]
            await papers.add(db, new)
        self.forget()

    def forget(self) -> None:
        self._claims, self._accounts, self._papers = [], {}, {}

    def _account(self, number: Sealed[str]) -> bytes | None:
        """Return the keyed digest of an account; none where it was erased, or is no account number."""
        plain = re.sub(r"[^0-9A-Z]", "", (self.opened(number) or "").upper())
        return self.keyring.hmac("account", plain) if len(plain) >= ACCOUNT_MIN else None

    def _heir(self, payee: Payee) -> bytes | None:
        plain = plain_name(self.opened(payee.name) or "")
        return self.keyring.hmac("payee", plain) if plain and payee.code == HEIR else None


def _subjects(fact: Fact) -> Iterable[UUID]:
    match fact:
        case ClaimFiled() | PayeeChanged():
            return [payee.name.subject_id for payee in fact.payees]
        case PaymentDetailsCorrected():
            return [fact.account_number.subject_id]
    return []
