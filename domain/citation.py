"""Where a rule comes from, and how sure we are of it."""

from dataclasses import dataclass
from datetime import date
from enum import Enum


class Confidence(Enum):
    """How a statement of law was learnt; the letters are those of the domain dossier."""

    VERIFIED = "V"  # the wording of the law itself was read
    SECONDARY = "S"  # read in news, leaflets, process books
    MEMORY = "M"  # nothing seen: a hypothesis
    CONVENTION = "C"  # no source decides it: we do, so that results can be reproduced


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """The source of one rule.

    confidence: the weakest mark among what the value and its dates rest on; `confidence_note` says
    which part is how sure. sources: the dossier's numbers of the copies that were read.
    confirmed_on: the day on which the row was last compared with its sources; empty for what no
    source confirms.
    """

    legal_basis: str
    confidence: Confidence
    confidence_note: str = ""
    sources: tuple[str, ...] = ()
    confirmed_on: date | None = None

    @property
    def is_verified(self) -> bool:
        return self.confidence is Confidence.VERIFIED
