"""The contribution bands: which wage base stands for which income (PP 44/2015 Art. 20 and Annex II)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from domain.dated import NotInForce
from domain.refusal import Invalid


@dataclass(frozen=True, slots=True)
class Band:
    """One printed band. Incomes and wage base in rupiah per month, contributions as printed."""

    number: int
    income_from: int
    wage_base: int
    jkk_monthly: int
    jkm_monthly: int
    effective_from: date
    effective_to: date | None
    row: tuple[str, ...]  # the row as it stands in the table, for the digest of the rules

    def holds_on(self, day: date) -> bool:
        return self.effective_from <= day and (self.effective_to is None or day <= self.effective_to)


def read_bands(rows: Iterable[Mapping[str, str]]) -> tuple[Band, ...]:
    """Read the table of bands, lowest income first."""
    bands = [
        Band(
            number=int(row["band"]),
            income_from=int(row["income_from"]),
            wage_base=int(row["wage_base"]),
            jkk_monthly=int(row["jkk_monthly"]),
            jkm_monthly=int(row["jkm_monthly"]),
            effective_from=date.fromisoformat(row["effective_from"]),
            effective_to=date.fromisoformat(row["effective_to"]) if row["effective_to"] else None,
            row=tuple(row.values()),
        )
        for row in rows
    ]
    return tuple(sorted(bands, key=lambda band: band.income_from))


def wage_base_of(income: int, day: date, bands: Iterable[Band]) -> int:
    """Return the wage base for an income, both in rupiah per month.

    Between two printed bands the one with the highest lower limit not above the income holds (an
    engine convention). Of two tables the one that began later holds. Refuses a negative income and a day
    without a table.
    """
    if income < 0:
        raise Invalid("An income cannot be negative.")
    fitting = [band for band in bands if band.holds_on(day) and band.income_from <= income]
    if not fitting:
        raise NotInForce(f"No table of contribution bands is in force on {day}.", day=day.isoformat())
    return max(fitting, key=lambda band: (band.effective_from, band.income_from)).wage_base
