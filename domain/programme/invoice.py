"""What a sponsor owes for members of several wage bases, month by month."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from domain.benefit import contribution
from domain.period import Month


@dataclass(frozen=True, kw_only=True)
class Invoice:
    """Members by month, and the amounts for all of them in whole rupiah."""

    heads: Mapping[Month, int]
    lines: tuple[tuple[str, int], ...]  # code and rupiah
    total: int


def invoice_for(heads: Mapping[Month, Mapping[int, int]], segment: str) -> Invoice:
    """Return the invoice for members counted by month and by wage base (rupiah a month)."""
    amounts: Counter[str] = Counter()
    for wage_base in sorted({base for by_base in heads.values() for base in by_base}):
        of_base = {month: by_base.get(wage_base, 0) for month, by_base in heads.items()}
        for line in contribution.invoice(of_base, wage_base=wage_base, segment=segment).lines:
            amounts[line.code] += line.amount
    return Invoice(
        heads={month: sum(by_base.values()) for month, by_base in heads.items()},
        lines=tuple(amounts.items()),
        total=sum(amounts.values()),
    )
