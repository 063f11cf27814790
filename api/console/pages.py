"""From facts to a page of the console: templates compiled once, everything escaped, nothing asked of outside."""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from datetime import date, datetime
from importlib.resources import files
from typing import Any, Final

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.routing import APIRoute
from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from api import written
from api.bootstrap import House
from api.console.examples import STEPS
from api.console.filters import counted
from api.console.navigation import entries_for, may_search
from api.console.row_numbers import written_rows
from api.console.sentences import say, say_or
from api.console.session import FormNotOurs, NotSignedIn, form_token, language_of, notice_end, session_of
from api.console.side import side_counts
from api.console.why import Told, sentence
from api.http.problems import STATUS_OF, refusal_of
from api.http.uploads import bounded, refuse_other_charset
from api.letters.articles import cited
from api.written import language_of_sheet
from domain.benefit.rules import RULES
from domain.case import Case
from domain.dated import NotInForce
from domain.legal_day import WIB
from domain.occupations import find_occupation
from domain.period import written_day
from domain.refusal import Refusal
from domain.rupiah import Language, written_number
from workflows.lifecycle import Definition
from workflows.roster.table import SIZE_MAX

POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
LIVE_POLICY: Final = (
    f"{POLICY}; script-src 'self'; connect-src 'self'"  # of pages that follow what is running
)
KEYS_POLICY: Final = f"{POLICY}; script-src 'self'"  # of lists that can be worked through by keys
HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
READING: Final = frozenset({"GET", "HEAD"})
RETRY_AFTER: Final = "1"  # seconds
_DAYS: Final[dict[Language, tuple[str, ...]]] = {
    "id": ("Sen", "Sel", "Rab", "Kam", "Jum", "Sab", "Min"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
_WEEKDAYS: Final[dict[Language, tuple[str, ...]]] = {
    "id": ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}


class ConsoleRoute(APIRoute):
    """A route that answers people: who is not signed in is asked to, a refusal is a page that says why."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: whatever FastAPI passes on
        super().__init__(*args, **kwargs)
        if self.methods and "GET" in self.methods:
            self.methods.add("HEAD")

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def answered(request: Request) -> Response:
            try:
                refuse_other_charset(request)
                await notice_end(request)
                request.state.side = await side_counts(request)
                return await handle(bounded(request, with_file=SIZE_MAX))
            except NotSignedIn:
                if "hx-request" in request.headers:  # a part of a page: the whole page goes to sign in
                    return Response(status_code=204, headers=HEADERS | {"HX-Redirect": "/sign-in"})
                return RedirectResponse("/sign-in", 303, HEADERS)
            except Exception as fault:
                refusal = refusal_of(fault)
                if refusal is None:  # ours to mend
                    raise
                return refused(request, refusal)

        return answered


def page(
    request: Request,
    template: str,
    *,
    answered: int = 200,
    here: str = "",
    live: bool = False,
    keys: bool = False,
    side: Mapping[str, int] | None = None,
    address: str | None = None,
    **facts: Any,
) -> HTMLResponse:
    """Return a page in the language of the browser. here: which entry of the navigation it belongs to.

    live: it may load htmx and ask us again for parts of it. keys: it may load our keys. side: counts of the
    page itself by the names of entries; the side bar then says the same. address: where a reader who changes the
    language or the persona goes on; without it this page.
    """
    house: House = request.app.state.house
    language = language_of(request)
    try:
        session = session_of(request)
    except NotSignedIn:
        session = None
    known = {**getattr(request.state, "side", {}), **(side or {})}
    text = _ENVIRONMENT.get_template(template).render(
        lang=language,
        session=session,
        navigation=entries_for(session),
        side={name: counted(rows, language) for name, rows in known.items()},
        may_search=may_search(session),
        form_token=form_token(house, session) if session else "",
        here=here,
        demo=house.settings.demo or house.origin.simulated,
        address=address or address_of(request),
        office=house.settings.office_name,
        **facts,
    )
    policy = LIVE_POLICY if live else KEYS_POLICY if keys else POLICY
    return HTMLResponse(text, answered, HEADERS | {"Content-Security-Policy": policy})


def refused(
    request: Request,
    refusal: Refusal,
    *,
    back: str = "/work",
    definition: Definition | None = None,
    case: Case | None = None,
    changes: Sequence[Any] = (),  # entries of the history
) -> HTMLResponse:
    """Return the page of a refusal: what, why, and what helps.

    case: on which it was met; definition: of its lifecycle, which names papers and steps. changes: what others did
    meanwhile, where that is the reason.
    """
    name, reading = refusal.code, request.method in READING
    if isinstance(refusal, FormNotOurs):
        name = "form_not_ours"
    elif refusal.code == "busy" and reading:
        name, back = "away", address_of(request)
    why = say(f"why.{name}", language_of(request)) if name != refusal.code else ""
    answer = page(
        request,
        "refusal.html",
        answered=STATUS_OF[refusal.code],
        name=name,
        refusal=refusal,
        why=why or words_for(request, refusal, definition=definition, case=case),
        back=back,
        changes=changes,
        address=None if reading else back,
    )
    if answer.status_code == 503:
        answer.headers["Retry-After"] = RETRY_AFTER
    return answer


def fault(request: Request, number: str) -> HTMLResponse:
    """Return the page of a fault of ours. number: by which the log knows the request."""
    reading = request.method in READING
    address = address_of(request) if reading else "/work"
    return page(request, "fault.html", answered=500, number=number, reading=reading, address=address)


def address_of(request: Request) -> str:
    """Return the address of a page with what is chosen on it; never a name or NIK, which are posted."""
    query = request.url.query if request.method in READING else ""
    return f"{request.url.path}?{query}" if query else request.url.path


def words_for(
    request: Request, refusal: Refusal, *, definition: Definition | None = None, case: Case | None = None
) -> str:
    """Return why, as the reader of this page is told."""
    try:
        reader = session_of(request).name
    except NotSignedIn:
        reader = ""
    told = Told(language=language_of(request), definition=definition, case=case, reader=reader)
    return sentence(refusal, told)


@pass_context
def _t(context: Context, key: str, **facts: object) -> str:
    return say(key, language_of_sheet(context), **facts)


@pass_context
def _code(context: Context, code: str | None, group: str) -> str:
    """Say a code of the engine in words, or show it where it has none."""
    return "" if code is None else say_or(f"{group}.{code}", language_of_sheet(context), code)


@pass_context
def _either(
    context: Context, thing: Any, name: str = "label"
) -> str:  # Any: whatever has texts in both languages
    """Return the text of a thing in the language of the page."""
    found: str = getattr(thing, f"{name}_{language_of_sheet(context)}")
    return found


@pass_context
def _rupiah(context: Context, amount: int) -> str:
    sign = "-" if amount < 0 else ""
    return f"{sign}Rp {written_number(abs(amount), language_of_sheet(context))}".replace(
        " ", "\N{NO-BREAK SPACE}"
    )


def _without(text: str, name: str) -> str:
    """Leave out a name that a sentence begins with and that stands beside it; amounts never break."""
    kept = text.removeprefix(f"{name.capitalize()}: ").replace("Rp ", "Rp\N{NO-BREAK SPACE}")
    return kept[:1].upper() + kept[1:]


@pass_context
def _counted(context: Context, rows: int) -> str:
    return counted(rows, language_of_sheet(context))


@pass_context
def _short_day(context: Context, day: date) -> str:
    language = language_of_sheet(context)
    month = written_day(day, language).split(" ")[1][:3]
    return f"{_DAYS[language][day.weekday()]} {day.day} {month}"


@pass_context
def _long_day(context: Context, day: date) -> str:
    """Write a day with its weekday, so that a line never breaks within the date."""
    return f"{_WEEKDAYS[language_of_sheet(context)][day.weekday()]}, {written.day(context, day)}"


@pass_context
def _short_day_of(context: Context, instant: datetime) -> str:
    return _short_day(context, instant.astimezone(WIB).date())


@pass_context
def _weekday(context: Context, instant: datetime) -> str:
    return _WEEKDAYS[language_of_sheet(context)][instant.astimezone(WIB).weekday()]


@pass_context
def _time(context: Context, instant: datetime) -> str:
    local = instant.astimezone(WIB)
    return f"{local:%H.%M}" if language_of_sheet(context) == "id" else f"{local:%H:%M}"


@pass_context
def _date_of(context: Context, instant: datetime) -> str:
    return written.day(context, instant.astimezone(WIB).date())


@pass_context
def _article(context: Context, rule_id: str) -> str:
    """Return the article of law behind a rule; a rule this version does not know stands for itself."""
    try:
        return _cited(context, RULES.find(rule_id).citation.legal_basis)
    except NotInForce:
        return rule_id


@pass_context
def _cited(context: Context, legal_basis: str) -> str:
    """Write a citation as the reader's language does."""
    return cited(" ".join(legal_basis.split()), language_of_sheet(context))


@pass_context
def _occupation(context: Context, code: str) -> str:
    """Return the name of an occupation; one this version does not know stands for itself."""
    found = find_occupation(code)
    if found is None:
        return code
    return found.name_id if language_of_sheet(context) == "id" else found.name_en


def _icon(name: str) -> Markup:
    return Markup('<svg class="icon" aria-hidden="true"><use href="/console/icons.svg#{}"/></svg>').format(
        name
    )


def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("api.console"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals |= {"t": _t, "icon": _icon, "examples": frozenset(STEPS)}
    made.filters |= written.FILTERS | {
        "article": _article,
        "cited": _cited,
        "code": _code,
        "counted": _counted,
        "either": _either,
        "rupiah": _rupiah,
        "short_day": _short_day,
        "long_day": _long_day,
        "short_day_of": _short_day_of,
        "weekday": _weekday,
        "time": _time,
        "without": _without,
        "date_of": _date_of,
        "rows": written_rows,
        "occupation": _occupation,
    }
    return made


_ENVIRONMENT: Final = _environment()
TEMPLATES: Final = tuple(sorted(_ENVIRONMENT.list_templates()))
for _name in TEMPLATES:
    _ENVIRONMENT.get_template(_name)  # a fault in a template stops the start, not a reader
STATIC: Final = files("api.console").joinpath("static")
