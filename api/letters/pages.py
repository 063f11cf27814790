"""From facts to a page: templates compiled once, everything escaped, styles inlined under a strict policy."""

import base64
import hashlib
import re
from dataclasses import dataclass
from datetime import date, datetime
from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from api import written
from api.letters.code import qr
from api.letters.kinds import Heading
from api.settings import Settings
from api.written import language_of_sheet
from domain.legal_day import WIB
from domain.period import Month, written_day
from domain.rupiah import Language, counted, written_number
from domain.terbilang import rupiah_in_words

_WEEKDAYS: Final[dict[Language, tuple[str, ...]]] = {
    "id": ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_ERASED: Final[dict[Language, str]] = {"id": "(data telah dihapus)", "en": "(erased)"}
STYLE: Final = files("api.letters").joinpath("letters.css").read_text(encoding="utf-8")
HEADERS: Final = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True, slots=True)
class Page:
    """A letter as HTML, and the headers that go with it."""

    text: str
    headers: dict[str, str]


def page(heading: Heading, facts: Any, settings: Settings) -> Page:
    """Return a letter. The same arguments give the same bytes."""
    found = _ENVIRONMENT.get_template(f"{heading.language}/{heading.kind.kind}.html")
    number = re.sub(r"[^\w./-]", "", heading.number, flags=re.ASCII)
    page_style = f':root {{ --sheet: "{number}"; }}'  # the foot of every sheet in print
    text = found.render(
        lang=heading.language,
        head=heading,
        it=facts,
        source=heading.source,
        office=settings,
        page_style=Markup(page_style),  # noqa: S704  # nothing in it but a cleaned number
    )
    return Page(text, {**HEADERS, "Content-Security-Policy": _policy(STYLE, page_style)})


def _policy(*styles: str) -> str:
    """Return the policy of a page that holds these styles and asks nobody for anything."""
    hashes = (base64.b64encode(hashlib.sha256(style.encode()).digest()).decode() for style in styles)
    return "; ".join(
        (
            "default-src 'none'",
            "style-src " + " ".join(f"'sha256-{one}'" for one in hashes),
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'self'",  # the console may show a letter before it is printed
        )
    )


@pass_context
def _shown(context: Context, value: Any) -> Any:  # Any: whatever a template prints
    """Say of a personal value that is gone that it is gone."""
    return _ERASED[language_of_sheet(context)] if value is None else value


@pass_context
def _rupiah(context: Context, amount: int) -> str:
    """Write an amount as a letter does: `Rp42.000.000`, without a space."""
    sign = "-" if amount < 0 else ""
    return f"{sign}Rp{written_number(abs(amount), language_of_sheet(context))}"


@pass_context
def _weekday(context: Context, day: date) -> str:
    language = language_of_sheet(context)
    return f"{_WEEKDAYS[language][day.weekday()]}, {written.day(context, day)}"


@pass_context
def _minute(context: Context, instant: datetime) -> str:
    local = instant.astimezone(WIB)
    day = written_day(local.date(), language_of_sheet(context))
    between = " pukul " if context["lang"] == "id" else " at "
    clock = f"{local:%H.%M} WIB" if context["lang"] == "id" else f"{local:%H:%M} WIB"
    return f"{day}{between}{clock}"


@pass_context
def _months(context: Context, months: list[Month]) -> str:
    """Write months as a sentence names them; of a long list the first and the last."""
    language = language_of_sheet(context)
    names = [month.written(language) for month in months]
    if len(names) > 4:
        return f"{names[0]} – {names[-1]} ({counted(len(names), 'month', language)})"
    return ", ".join(names)


def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("api.letters"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
        auto_reload=False,
    )
    made.filters |= written.FILTERS | {
        "rupiah": _rupiah,
        "weekday": _weekday,
        "minute": _minute,
        "months": _months,
        "words": rupiah_in_words,
    }
    made.globals["qr"] = qr
    made.globals["style"] = Markup(STYLE)  # noqa: S704  # a file of this package
    return made


_ENVIRONMENT: Final = _environment()
TEMPLATES: Final = tuple(sorted(_ENVIRONMENT.list_templates()))
for _name in TEMPLATES:
    _ENVIRONMENT.get_template(_name)  # a fault in a template stops the start, not a reader
