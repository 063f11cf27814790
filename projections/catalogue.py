"""All read models there are."""

from typing import Final

from domain.refusal import NotFound
from projections.case_timeline.projection import CaseTimeline
from projections.claim_register.projection import ClaimRegister
from projections.claim_traces.projection import ClaimTraces
from projections.deadlines.projection import Deadlines
from projections.delegation_register.projection import DelegationRegister
from projections.enrollment_register.projection import EnrollmentRegister
from projections.person_search.projection import PersonSearch
from projections.programme_ledger.projection import ProgrammeLedger
from projections.reader import Projection
from projections.roster_register.projection import RosterRegister
from projections.worklist.projection import Worklist

PROJECTIONS: Final[tuple[type[Projection], ...]] = (
    EnrollmentRegister,
    ClaimRegister,
    Worklist,
    CaseTimeline,
    ProgrammeLedger,
    Deadlines,
    PersonSearch,
    DelegationRegister,
    ClaimTraces,
    RosterRegister,
)


def model_named(name: str) -> type[Projection]:
    """Return a read model by its name. Refuses a name that none has."""
    for model in PROJECTIONS:
        if model.name == name:
            return model
    names = ", ".join(model.name for model in PROJECTIONS)
    raise NotFound(f"There is no read model {name}. There are: {names}.", name=name)
