"""Who may be registered: each check, their order, and the age bounds on both sides of their change."""

from datetime import date
from typing import Any

import pytest

from domain.dated import NotInForce
from domain.eligibility import Candidate, reason_to_reject

FIT = Candidate(birth_date=date(1980, 8, 21), registered_on=date(2023, 9, 1))
FAILURES: dict[str, dict[str, Any]] = {  # by code, in the order of the checks
    "REJECT_FORMAL_WORKER": {"formal_worker": True},
    "REJECT_DUPLICATE": {"duplicate": True},
    "REJECT_DECEASED": {"deceased": True},
    "REJECT_NOT_WORKING": {"working": False},
    "REJECT_OCCUPATION": {"occupation_listed": False},
    "REJECT_RESIDENCE": {"resident": False},
    "REJECT_QUOTA": {"quota_left": False},
}


def test_a_fit_worker_is_accepted() -> None:
    assert reason_to_reject(FIT) is None


@pytest.mark.parametrize(("code", "facts"), FAILURES.items())
def test_each_failure_has_its_code(code: str, facts: dict[str, Any]) -> None:
    assert reason_to_reject(FIT._replace(**facts)) == code


def test_the_first_failure_decides() -> None:
    codes = list(FAILURES)
    for first in range(len(codes)):
        facts: dict[str, Any] = {
            name: value for code in codes[first:] for name, value in FAILURES[code].items()
        }
        assert reason_to_reject(FIT._replace(**facts)) == codes[first]
        assert reason_to_reject(FIT._replace(birth_date=date(2010, 1, 1), **facts)) == "REJECT_MIN_AGE"
        assert reason_to_reject(FIT._replace(birth_date=date(1950, 1, 1), **facts)) == "REJECT_MAX_AGE"


@pytest.mark.parametrize(
    ("born", "registered", "code"),
    [
        (date(2005, 9, 2), date(2023, 9, 1), "REJECT_MIN_AGE"),
        (date(2005, 9, 1), date(2023, 9, 1), None),
        (date(1958, 9, 2), date(2023, 9, 1), None),
        (date(1958, 9, 1), date(2023, 9, 1), "REJECT_MAX_AGE"),
        (date(1961, 4, 1), date(2021, 3, 31), None),  # 59 on the last day of the old bound
        (date(1961, 3, 31), date(2021, 3, 31), "REJECT_MAX_AGE"),  # 60
        (date(1961, 3, 31), date(2021, 4, 1), None),  # one day later 65 is the bound
        (date(1956, 4, 1), date(2021, 4, 1), "REJECT_MAX_AGE"),
    ],
)
def test_age_bounds_of_the_day_of_registration(born: date, registered: date, code: str | None) -> None:
    assert reason_to_reject(FIT._replace(birth_date=born, registered_on=registered)) == code


def test_before_the_first_rules_nobody_can_say() -> None:
    with pytest.raises(NotInForce, match="on `enrollment"):
        reason_to_reject(FIT._replace(registered_on=date(2015, 6, 30)))
