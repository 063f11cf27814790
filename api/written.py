"""What letters and pages write alike: numbers, money and days in the language of the sheet (`lang`)."""

from datetime import date
from typing import Final

from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from domain.period import written_day
from domain.rupiah import Language, written_number


def language_of_sheet(context: Context) -> Language:
    found: Language = context["lang"]
    return found


@pass_context
def number(context: Context, value: int) -> str:
    return written_number(value, language_of_sheet(context))


@pass_context
def money(context: Context, amount: int) -> Markup:
    """Write an amount for a column of figures."""
    return Markup('<span class="rp">Rp</span>{}').format(written_number(amount, language_of_sheet(context)))


@pass_context
def day(context: Context, value: date) -> str:
    """Write a day so that a line never breaks within it."""
    return written_day(value, language_of_sheet(context)).replace(" ", "\N{NO-BREAK SPACE}")


FILTERS: Final = {"number": number, "money": money, "day": day}
