"""What has happened to a delegation: somebody fills the chair of a person who is absent."""

from datetime import date

from domain.fact import Fact, FirstFact
from domain.sealed import Sealed
from domain.stored_as import stored_as


@stored_as("delegation.granted")
class DelegationGranted(FirstFact):
    """`delegate` acts in the role of `absent` from the first day to the last, both included.

    area: an area, district or ward; without it everywhere. kind: plh for an absence, plt for a vacancy.
    """

    absent: str  # names as tokens name people
    delegate: str
    role: str
    starts_on: date
    ends_on: date
    decree: str  # number and day of the decree that orders it
    kind: str
    area: str | None = None


@stored_as("delegation.revoked")
class DelegationRevoked(Fact):
    """It has no effect on any decision after this one."""

    reason: Sealed[str]
