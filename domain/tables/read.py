"""Reading the small tables that come with the package: holidays, occupations, wards."""

import csv
from functools import lru_cache
from importlib.resources import files
from typing import Final

WORDS_MAX: Final = 4_096  # kept in memory: lists say the same wards and occupations over and over


def read_table(name: str) -> tuple[dict[str, str], ...]:
    """Return the rows of a table of this folder, by column name."""
    text = files("domain.tables").joinpath(name).read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


@lru_cache(maxsize=WORDS_MAX)
def folded(text: str) -> str:
    """Return a name without case, spaces and punctuation, for comparing names as people write them."""
    return "".join(character for character in text.casefold() if character.isalnum())
