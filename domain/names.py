"""Names of people as they are compared: without case, titles, degrees, punctuation and needless spaces."""

import re

# Titles before a name and degrees behind it, with or without points: H., Hj., Drs., S.H., S.Pd., M.Si.
_TITLES = re.compile(
    r"\b(H|HJ|DR|DRG|DRS|IR|TN|NY|NN|BPK|IBU|ALM|S\.?H|S\.?E|S\.?T|S\.?PD|M\.?M|M\.?SI)\b\.?", re.IGNORECASE
)


def plain_name(name: str) -> str:
    """Return a name as it is compared (dossier 6.3); empty where nothing but titles is left."""
    return " ".join(re.sub(r"[^\w\s]", " ", _TITLES.sub(" ", name.upper())).split())


def same_person_name(one: str, other: str) -> bool:
    """Compare two names. Where nothing but titles is left, nobody is named, and nobody is the same."""
    return plain_name(one) == plain_name(other) != ""
