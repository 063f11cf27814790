"""Filters of a list as links: what is chosen stands in the address, and each choice says how many rows it has."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from api.console.sentences import say
from domain.refusal import Invalid
from domain.rupiah import Language, written_number
from projections.counting import COUNT_MAX

CHOICE_LENGTH_MAX: Final = 300
LINE_MAX: Final = 16  # choices that stand open


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One link. count: in words of the page; empty where it is not known."""

    words: str
    address: str
    count: str
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """One line of links; the first takes the choice back. name: in the address, and of its label in the words."""

    name: str
    label: str
    choices: tuple[Choice, ...]

    @property
    def is_long(self) -> bool:
        """Whether the line would fill the page; it then opens on demand, and says what is chosen."""
        return len(self.choices) > LINE_MAX

    @property
    def chosen(self) -> Choice:
        return next(choice for choice in self.choices if choice.chosen)


def address_with(path: str, **chosen: str | None) -> str:
    """Return an address that holds what is chosen. Names and NIK never get here: a search posts them."""
    given = {name: value for name, value in chosen.items() if value is not None}
    return f"{path}?{urlencode(given)}" if given else path


def refuse_unknown(name: str, value: str | None, known: Iterable[str]) -> None:
    """Refuse (`invalid`) a choice that no link of the list offers."""
    if value is not None and value not in set(known):
        raise Invalid(f"{name} is no choice of this list: begin again without it", field=name)


def refuse_unwritable(name: str, value: str | None) -> None:
    """Refuse (`invalid`) a choice that no row can have."""
    if value is not None and ("\0" in value or not 0 < len(value) <= CHOICE_LENGTH_MAX):
        raise Invalid(f"{name} is no choice of this list: begin again without it", field=name)


def counted(rows: int, language: Language) -> str:
    """Return a count as people read it; one that was not counted to its end says so."""
    if rows <= COUNT_MAX:
        return written_number(rows, language)
    return f"{written_number(COUNT_MAX, language)}+"


def filter_of(
    path: str,
    name: str,
    label: str,
    *,
    choices: Iterable[tuple[str, str, int]],
    total: int,
    chosen: Mapping[str, str | None],
    language: Language,
    named: Callable[[str], str] = str,
) -> Filter | None:
    """Return a line of links; none where there is nothing to choose. choices: value, words and number of rows.

    A choice that was made stays on the line even where it has no rows any more, to be taken back; `named` gives
    its words.
    """
    known = list(choices)
    value = chosen[name]
    if value is None and len(known) < 2:
        return None
    if value is not None and value not in {one for one, _, _ in known}:
        known.append((value, named(value), 0))
    others = {other: one for other, one in chosen.items() if other != name}
    everything = Choice(
        words=say("list.all", language),
        address=address_with(path, **others),
        count=counted(total, language),
        chosen=value is None,
    )
    links = (
        Choice(
            words=words,
            address=address_with(path, **others, **{name: one}),
            count=counted(rows, language),
            chosen=one == value,
        )
        for one, words, rows in known
    )
    return Filter(name=name, label=label, choices=(everything, *links))


def filters_of(
    path: str,
    words: str,
    lines: Iterable[tuple[str, Mapping[str, int], Callable[[str], str], Iterable[str]]],
    *,
    chosen: Mapping[str, str | None],
    language: Language,
) -> list[Filter]:
    """Return the lines of links of a register. words: the group in which the lines have their labels.

    lines: name, rows by value, words of a value, and the values in the order in which they stand.
    """
    found = (
        filter_of(
            path,
            name,
            say(f"{words}.{name}", language),
            choices=[(value, named(value), rows[value]) for value in order if value in rows],
            total=sum(rows.values()),
            chosen=chosen,
            language=language,
            named=named,
        )
        for name, rows, named, order in lines
    )
    return [one for one in found if one is not None]
