"""Why a case cannot be taken."""

from domain.refusal import Duplicate


class TakenByAnother(Duplicate):
    """Somebody else has the case already; the answer names who and the way."""
