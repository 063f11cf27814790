"""One request for the death benefit of one person, from report to final decision."""

from domain.claim.counter import CounterDesk
from domain.claim.settlement import SettlementDesk
from domain.claim.verification import VerificationDesk
from domain.stored_as import stored_as


@stored_as("claim")
class Claim(CounterDesk, VerificationDesk, SettlementDesk):
    """A claim. The desks decide and may refuse; the memory they share only remembers."""
