"""One worker's membership in one programme: one spell, from the list to its end."""

from domain.enrollment.joining import JoiningDesk
from domain.enrollment.standing import MembershipDesk
from domain.stored_as import stored_as


@stored_as("enrollment")
class Enrollment(JoiningDesk, MembershipDesk):
    """The membership of one worker; begins with an accepted row and is numbered by spell."""
