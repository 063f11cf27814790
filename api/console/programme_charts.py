"""The charts of a programme: what is drawn where, with the words beside it and the sentence that says it all."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from api.console import charts
from api.console.charts import Box, Cloth, Frame
from api.console.sentences import say
from domain.period import Month
from domain.rupiah import Language, written_number, written_rupiah
from projections.programme_ledger.board import Cash
from projections.programme_ledger.months import MonthOfList, due_of

MONTHS_SHOWN: Final = 12
PERIOD_SHOWN: Final = 15  # an agreement of so many months is shown whole
FRAME: Final = Frame(width=720, top=34, floor=196)
ROOM_FOR_WORDS: Final = 24  # between a bar and the outline above it
BAR: Final = 1000  # units of a lying bar at its longest
UNITS: Final = (("billion", 10**9), ("million", 10**6), ("thousand", 10**3))


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A month of a chart. bars: boxes with their classes; labels: what is printed over each, and which way it runs."""

    name: str
    year: str  # under the first month shown, and under each January
    middle: int
    bars: Sequence[tuple[str, Box]]
    labels: Sequence[tuple[int, int, str, str]]  # x, y, words, class
    strong: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A chart of months. line: the height of the dashed line, where there is one; unit: what the labels count."""

    sentence: str
    unit: str
    columns: Sequence[Column]
    line: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthRow:
    """A contribution month of the table; rupiah. state: paid, partly_paid, unpaid, nothing_owed or planned."""

    month: Month
    name: str
    heads: int
    paid_heads: int
    owed: int
    paid: int
    state: str
    due_on: date | None

    @property
    def unpaid(self) -> int:
        return self.owed - self.paid if self.state in ("partly_paid", "unpaid") else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CashRow:
    """A calendar month of the table; rupiah. month: None for all before those shown. left: of the budget, after it."""

    month: Month | None
    name: str
    paid_in: int
    paid_out: int
    refunded: int
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A row with its lying bar: `steady` is drawn first, `soon` behind it, both in units of `BAR`."""

    name: str
    people: int
    lapsing: int
    steady: int
    soon: int


def months_around(first: Month, last: Month, shown: Month) -> tuple[Month, ...]:
    """Return the months of an agreement, or of a long one the twelve around the one that is shown."""
    months = first.through(last)
    if len(months) <= PERIOD_SHOWN:
        return months
    end = min(last, max(first.plus(MONTHS_SHOWN - 1), shown.plus(2)))
    return end.plus(1 - MONTHS_SHOWN).through(end)


def month_rows(months: Iterable[MonthOfList], on: date, language: Language) -> list[MonthRow]:
    """Return the table of contribution months. A month that has not begun is planned, as the last one stands."""
    rows: list[MonthRow] = []
    for one in months:
        ahead = one.month.first_day > on and not one.counts.paid
        like = rows[-1] if ahead and rows else None
        rows.append(
            MonthRow(
                month=one.month,
                name=short_month(one.month, language),
                heads=like.heads if like else one.counts.invoiced,
                paid_heads=one.counts.paid,
                owed=like.owed if like else one.owed.total,
                paid=one.paid.total,
                state="planned" if ahead else one.state,
                due_on=due_of(one.month),
            )
        )
    return rows


def months_chart(rows: Sequence[MonthRow], *, budget: int, shown: Month, language: Language) -> Chart:
    """Draw what is paid for each month, what is owed or planned as an outline, and the budget as a line.

    budget: rupiah a month.
    """
    full = max([budget, *(max(row.owed, row.paid) for row in rows)], default=0)
    unit, size = unit_of(full)
    paid = charts.columns([[row.paid] for row in rows], FRAME, full=full)
    owed = charts.columns([[row.owed] for row in rows], FRAME, full=full)
    drawn = []
    for n, (row, [box], [outline]) in enumerate(zip(rows, paid, owed, strict=True)):
        bars = [("paid", box)] if row.paid else []
        if row.owed > row.paid:
            bars.insert(0, ("plan" if row.state == "planned" else "owed", outline))
        is_near = box.y - outline.y < ROOM_FOR_WORDS
        top = min(box.y, outline.y) if row.state == "planned" or is_near else box.y
        words = short_amount(row.paid if row.state != "planned" else row.owed, size, language)
        drawn.append(
            Column(
                name=row.name,
                year=_year_under(n, row.month),
                middle=box.middle,
                bars=bars,
                labels=[(box.middle, top - 6, words, "over")] if row.paid or row.state == "planned" else [],
                strong=row.month == shown,
            )
        )
    settled = [row for row in rows if row.state == "paid"]
    sentence = say(
        "programme.months_say",
        language,
        n=len(settled),
        all=len(rows),
        paid=written_rupiah(sum(row.paid for row in rows), language),
        budget=written_rupiah(budget, language),
    )
    return Chart(
        sentence=sentence,
        unit=say(f"programme.unit_{unit}", language),
        columns=drawn,
        line=charts.level(budget, FRAME, full=full) if budget else None,
    )


def cash_rows(cash: Sequence[Cash], budget: int, language: Language) -> list[CashRow]:
    """Return the table of calendar months, with the budget left after each; those before the last twelve as one.

    Months in which nothing moved stand between the others.
    """
    if not cash:
        return []
    moved = {one.month: one for one in cash}
    left, rows = budget, list[CashRow]()
    for month in cash[0].month.through(cash[-1].month):
        one = moved.get(month, Cash(month=month, paid_in=0, paid_out=0, refunded=0))
        left -= one.paid_in
        rows.append(
            CashRow(
                month=one.month,
                name=short_month(one.month, language, year=True),
                paid_in=one.paid_in,
                paid_out=one.paid_out,
                refunded=one.refunded,
                left=left,
            )
        )
    earlier, shown = rows[:-MONTHS_SHOWN], rows[-MONTHS_SHOWN:]
    if not earlier:
        return shown
    before = CashRow(
        month=None,
        name=say("programme.earlier", language),
        paid_in=sum(row.paid_in for row in earlier),
        paid_out=sum(row.paid_out for row in earlier),
        refunded=sum(row.refunded for row in earlier),
        left=earlier[-1].left,
    )
    return [before, *shown]


def cash_chart(rows: Sequence[CashRow], language: Language) -> Chart:
    """Draw money in and money out beside each other, month by month; what lies before them stands in the table."""
    rows = [row for row in rows if row.month is not None]
    full = max((max(row.paid_in, row.paid_out) for row in rows), default=0)
    unit, size = unit_of(full)
    groups = charts.columns([[row.paid_in, row.paid_out] for row in rows], FRAME, full=full)
    drawn = [
        Column(
            name=short_month(row.month, language) if row.month else "",
            year=_year_under(n, row.month),
            middle=(into.x + out.x + out.width) // 2,
            bars=[("paid", into), ("out", out)],
            labels=[
                (x, box.y - 6, short_amount(amount, size, language), way)
                for box, amount, x, way in (
                    (into, row.paid_in, into.x + into.width, "leftwards"),
                    (out, row.paid_out, out.x, "rightwards"),
                )
                if amount
            ],
        )
        for n, (row, (into, out)) in enumerate(zip(rows, groups, strict=True))
    ]
    sentence = say(
        "programme.cash_say",
        language,
        paid_in=written_rupiah(sum(row.paid_in for row in rows), language),
        paid_out=written_rupiah(sum(row.paid_out for row in rows), language),
    )
    return Chart(sentence=sentence, unit=say(f"programme.unit_{unit}", language), columns=drawn, line=None)


def bars_of(counted: Iterable[tuple[str, int, int]], *, most_first: bool = True) -> list[Bar]:
    """Return lying bars for names with their people and those of them about to lapse."""
    found = list(counted)
    if most_first:
        found.sort(key=lambda one: (-one[1], one[0]))
    full = max((people for _, people, _ in found), default=0)
    rows = []
    for name, people, lapsing in found:
        whole = charts.length(people, full=full, longest=BAR)
        soon = min(whole, charts.length(lapsing, full=full, longest=BAR))
        rows.append(Bar(name=name, people=people, lapsing=lapsing, steady=whole - soon, soon=soon))
    return rows


def cloth_paths(cloth: Cloth) -> Sequence[tuple[str, str]]:
    """Return the diamonds of each kind: a class and a path."""
    begins, paths = 0, []
    for kind, count in (("covered", cloth.covered), ("lapsing", cloth.lapsing), ("left", cloth.left)):
        if count:
            paths.append((kind, charts.diamonds(begins, count, per_row=cloth.per_row)))
        begins += count
    return paths


def unit_of(full: int) -> tuple[str, int]:
    """Return in which unit amounts up to this one are printed over bars."""
    return next(((name, size) for name, size in UNITS if full >= size), ("rupiah", 1))


def short_amount(amount: int, size: int, language: Language) -> str:
    """Return an amount in a unit to one decimal, such as `13,7`; whole from a hundred on."""
    tenths = (20 * amount + size) // (2 * size)
    whole, rest = divmod(tenths, 10)
    if size == 1 or whole >= 100:
        return written_number((2 * amount + size) // (2 * size), language)
    return f"{whole}{',' if language == 'id' else '.'}{rest}"


def short_month(month: Month, language: Language, *, year: bool = False) -> str:
    """Return a month as charts print it: `Sep`, with the year `Sep 23`."""
    name = month.written(language).partition(" ")[0]
    short = "Agu" if name == "Agustus" else name[:3]
    return f"{short} {month.year % 100:02d}" if year else short


def _year_under(n: int, month: Month | None) -> str:
    return str(month.year) if month and (n == 0 or month.month == 1) else ""
