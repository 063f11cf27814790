"""Files of worked cases: what is read as one, and which shapes the facts of a case may have.

The format is JSON after dropping lines that begin with `#` (dossier chapter 11). A fact that is `null` is a fact
left out; a number that is written 1000000.0 or 1e6 is a whole one.
"""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

FORMAT: Final = 1
LONGEST_NUMBER: Final = 40  # digits before or after the point; longer ones are no rupiah and no percentages

Facts = Mapping[str, Any]  # Any: JSON values of many shapes

WHOLE: Final = frozenset(
    ("income", "wage_base", "workers", "paid_months_total", "stmb_days", "count", "nominal", "year")
)
PERCENTAGES: Final = frozenset(("function_loss_pct", "assessed_pct"))
FLAGS: Final = frozenset(
    (
        "death_by_work_accident",
        "left_handed",
        "active_as_wage_earner",
        "nik_already_active_bpu",
        "working",
        "deceased",
        "occupation_listed",
        "resident",
        "quota_left",
    )
)
TEXTS: Final = frozenset(
    (
        "segment",
        "date_of_death",
        "membership_start",
        "paid_through",
        "heir_tier",
        "claim_date",
        "accident_date",
        "result",
        "event_date",
        "cause",
        "birth_date",
        "married_on",
        "registration_date",
        "on",
        "type",
        "start",
        "paid_on",
        "reported_at",
        "code",
        "side",
        "id",
        "level",
        "work",
    )
)
LISTS_OF_TEXTS: Final = frozenset(("months", "holidays"))
LISTS_OF_OBJECTS: Final = frozenset(("years", "disabilities"))
COSTS: Final = frozenset(("transport", "used"))  # objects with a whole number under each name
CHILDREN: Final = "children"  # a number, or for scholarships a list of children
AIDS: Final = "aids"  # an object with a whole number, or with several, under each name


class Stated(dict[str, Any]):
    """An object of a file of cases; what it lacks is named."""

    def __missing__(self, name: str) -> Any:
        raise ValueError(f"`{name}` is missing")


def read_cases(text: str) -> list[dict[str, Any]]:
    """Return the cases of a file. A ValueError says what is no file of cases, or what is no case."""
    lines = (line for line in text.removeprefix("\ufeff").split("\n") if not line.lstrip().startswith("#"))
    file = json.loads("\n".join(lines), parse_float=_number, parse_constant=_number, object_hook=Stated)
    if not isinstance(file, Stated) or not isinstance(file["cases"], list):
        raise ValueError("it is an object with a list of `cases`")  # noqa: TRY004  # of the text
    if file.get("format", FORMAT) != FORMAT:
        raise ValueError(f"its format is {file['format']}; this version reads format {FORMAT}")
    for n, case in enumerate(file["cases"], start=1):
        if not isinstance(case, Stated):
            raise ValueError(f"case {n} has no id, kind, facts and expected")  # noqa: TRY004  # of the text
    cases: list[dict[str, Any]] = file["cases"]
    return cases


def stated(facts: Facts) -> Stated:
    """Return the facts without those that are null. A ValueError names the first that has another shape."""
    left = Stated({name: value for name, value in facts.items() if value is not None})
    return Stated({name: _read(name, value) for name, value in left.items()})


def _read(name: str, value: Any) -> Any:  # Any: JSON values of many shapes
    """Return one fact as it is, the nulls inside of it left out; facts of other names pass as they are."""
    if name in WHOLE or (name == CHILDREN and not isinstance(value, list)):
        return _whole(name, value)
    if name in PERCENTAGES:
        return _as(name, value, (int, Decimal), "a number")
    if name in FLAGS:
        if not isinstance(value, bool):
            raise ValueError(f"`{name}` is true or false, not {value!r}")
        return value
    if name in TEXTS:
        return _as(name, value, str, "a text")
    if name in LISTS_OF_TEXTS:
        return [_as(name, one, str, "a list of texts") for one in _as(name, value, list, "a list")]
    if name in LISTS_OF_OBJECTS or name == CHILDREN:
        return [
            stated(_as(name, one, Mapping, "a list of objects")) for one in _as(name, value, list, "a list")
        ]
    if name in COSTS:
        return {key: _whole(f"{name}.{key}", one) for key, one in _without_nulls(name, value).items()}
    if name == AIDS:
        return {key: _aid(f"{name}.{key}", one) for key, one in _without_nulls(name, value).items()}
    return value


def _aid(name: str, value: Any) -> Any:  # Any: a JSON value
    if not isinstance(value, Mapping):
        return _whole(name, value)
    return Stated({key: _whole(f"{name}.{key}", one) for key, one in _without_nulls(name, value).items()})


def _without_nulls(name: str, value: Any) -> dict[str, Any]:  # Any: a JSON value
    return {key: one for key, one in _as(name, value, Mapping, "an object").items() if one is not None}


def _whole(name: str, value: Any) -> int:  # Any: a JSON value
    number: int = _as(name, value, int, "a whole number")
    return number


def _as(
    name: str, value: Any, wanted: Any, words: str
) -> Any:  # Any: a JSON value, and what isinstance takes
    if not isinstance(value, wanted) or isinstance(value, bool):
        raise ValueError(f"`{name}` is {words}, not {value!r}")  # noqa: TRY004  # of the text
    return value


def _number(text: str) -> int | Decimal:
    """Read a JSON number with a point exactly; 35.0 is 35. NaN and Infinity are no numbers."""
    number = Decimal(text)
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int):
        raise ValueError(f"{text} is no number")  # noqa: TRY004  # of the text
    if abs(exponent) > LONGEST_NUMBER:
        raise ValueError(f"{text} has too many digits")
    return int(number) if number == number.to_integral_value() else number
