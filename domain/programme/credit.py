"""What a payment leaves above its invoice, and the credit that completes one."""

from domain.programme.commands import ReceiveContribution
from domain.programme.refusals import ContributionDiffers, CreditExceeded, NobodyMeant
from domain.refusal import Invalid


def rest_kept(command: ReceiveContribution, *, credit: int) -> int:
    """Return the rupiah of a payment that are kept as credit of the programme: what lies above the invoice.

    credit: rupiah the programme has. Nothing is spread silently: refused where the amount and the credit used
    are less than the invoice, where they are more and nobody said what becomes of the rest, where the credit
    is not there or not needed, and where nobody is to be paid for.
    """
    invoice = command.heads.invoice.total
    if command.use_credit and command.rest is not None:
        raise Invalid(
            "rest and use_credit exclude each other: use only as much credit as makes the amount the invoice",
            field="use_credit",
        )
    if command.use_credit > min(credit, invoice):
        raise CreditExceeded(command.use_credit, available=credit, invoice=invoice)
    rest = command.amount + command.use_credit - invoice
    if rest < 0 or (rest > 0 and command.rest is None):
        raise ContributionDiffers(
            asked=command.amount, expected=invoice - command.use_credit, credit=credit - command.use_credit
        )
    if invoice == 0:
        raise NobodyMeant
    return rest
