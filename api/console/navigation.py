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
    """A page of its own in the side bar. roles: who sees it; None: everybody who is signed in.

    section: the heading that it stands under, by its words; entries of one section follow each other.
    """

    name: str
    path: str
    icon: str
    roles: frozenset[str] | None = None
    section: str | None = None


ENTRIES: Final = (
    Entry(name="work", path="/work", icon="home"),
    Entry(name="report", path="/report", icon="plus", roles=REPORTERS & INTERNAL),
    Entry(name="claims", path="/claims", icon="paper"),
    Entry(name="rules", path="/rules", icon="law"),
    Entry(name="members", path="/members", icon="family", roles=INTERNAL, section="membership"),
    Entry(name="rosters", path="/rosters", icon="list", roles=ENROLLERS, section="membership"),
    Entry(name="programmes", path="/programmes", icon="programme", roles=INTERNAL, section="membership"),
)


def entries_for(session: Session | None) -> Sequence[Entry]:
    """Return the entries that somebody sees; nobody sees any without having signed in."""
    if session is None:
        return ()
    return [entry for entry in ENTRIES if entry.roles is None or entry.roles & session.roles]


def may_search(session: Session | None) -> bool:
    """Tell whether somebody may look people up: the staff, as `POST /v1/people/search` says too."""
    return session is not None and bool(session.roles & INTERNAL)
