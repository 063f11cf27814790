"""The statuses of a kind of case in words, in the order in which cases pass through them."""

from collections.abc import Mapping

from api.bootstrap import House
from domain.rupiah import Language


def statuses_of(house: House, aggregate: str, language: Language) -> Mapping[str, str]:
    """Return the statuses of all definitions of an aggregate with their words; the latest definition says how."""
    found: dict[str, str] = {}
    for definition in house.library:
        if definition.aggregate == aggregate:
            for status in definition.statuses.values():
                found[status.name] = status.label_id if language == "id" else status.label_en
    return found
