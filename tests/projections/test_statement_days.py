"""Days to payment, as the sponsor reads them."""

from datetime import date
from typing import Any, cast

import pytest

from projections.programme_ledger.statement import _days_to_pay

MONDAY = date(2024, 5, 20)


@pytest.mark.parametrize(("paid_on", "days"), [(date(2024, 5, 22), 2), (MONDAY, 0), (date(2024, 5, 17), 0)])
def test_money_before_the_file_was_complete_took_no_day(paid_on: date, days: int) -> None:
    found = _days_to_pay(cast("Any", [{"complete_on": MONDAY, "paid_on": paid_on}]))
    assert found is not None
    assert (found.claims, found.median, found.longest) == (1, days, days)
    assert found.median_working is not None and found.median_working >= 0
