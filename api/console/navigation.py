"""Where a person can go from everywhere: the entries of the side bar, each for the roles that have business there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from api.console.session import Session
from api.http.callers import INTERNAL

ENROLLERS: Final = frozenset(
    {"sponsor_officer", "ward_verifier", "intake", "auditor", "finance"}
)  # see lists
REPORTERS: Final = frozenset({"participant", "intake", "sponsor_officer"})  # who may report a death


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A page of its own in the side bar. roles: who sees it; None: everybody who is signed in."""

    name: str
    path: str
    icon: str
    roles: frozenset[str] | None = None


ENTRIES: Final = (
    Entry(name="work", path="/work", icon="home"),
    Entry(name="report", path="/report", icon="plus", roles=REPORTERS & INTERNAL),
    Entry(name="rosters", path="/rosters", icon="list", roles=ENROLLERS),
    Entry(name="programmes", path="/programmes", icon="programme", roles=INTERNAL),
    Entry(name="rules", path="/rules", icon="law"),
)


def entries_for(session: Session | None) -> Sequence[Entry]:
    """Return the entries that somebody sees; nobody sees any without having signed in."""
    if session is None:
        return ()
    return [entry for entry in ENTRIES if entry.roles is None or entry.roles & session.roles]
