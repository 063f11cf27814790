"""How a name sounds, whoever spelled it: a key under which its Indonesian spellings fall together.

Old and new spelling (oe/u, tj/c, dj/j, j/y), Arabic names as they are heard (v/f/p, z/s, q/k, kh/ch/h,
-iyah/-yah/-iah), doubled letters, abbreviations (Moch., Abd., St.), titles before a name and degrees behind
it. The key is for finding people, never for deciding that two are one.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final

# Titles of faith, rank and courtesy; what is left of a name without them says who it is.
_TITLES: Final = frozenset(
    {
        "h", "hj", "haji", "hajah", "hajjah", "kh", "kyai", "kiai", "ust", "ustad", "ustadz", "ustadzah",
        "habib", "drs", "dra", "dr", "drg", "ir", "prof", "tn", "tuan", "ny", "nyonya", "nn", "nona",
        "bpk", "bapak", "bp", "ibu", "sdr", "sdri", "alm", "almh", "almarhum", "almarhumah", "rr", "rd",
        "raden", "rm",
    }
)  # fmt: skip
_DEGREES: Final = frozenset(
    {
        "sh", "se", "st", "spd", "spdi", "sag", "ssos", "sip", "skom", "skep", "skm", "ssi", "sp", "spt",
        "spi", "shum", "sth", "sm", "mh", "mm", "msi", "mpd", "mag", "mkom", "mkes", "mt", "ma", "ba",
        "bsc", "msc", "mba", "phd", "amd", "amdkeb", "amdkep", "amk", "ners", "ns", "apt",
    }
)  # fmt: skip
# Degrees with points fall apart into these: S.H., S.Pd., M.Si., A.Md.
_DEGREE_HEADS: Final = frozenset("smabd")
_DEGREE_TAILS: Final = frozenset(
    {
        "h", "e", "t", "p", "i", "m", "a", "pd", "ag", "sos", "ip", "kom", "kep", "ked", "km", "si",
        "hum", "th", "md", "mk", "kes", "sc", "kn", "keb", "farm", "psi", "ak", "pt",
    }
)  # fmt: skip

_MUHAMMAD: Final = "muhamad"
_WORDS: Final = (
    (re.compile(r"mh|m[ou]h|mhd|m[ou]hd|m[ou](?:ch|kh)d?|m[ou](?:ch|kh|h|k|c)a?m+[aeo]*[dt]h?"), _MUHAMMAD),
    (re.compile(r"ach|akh|ahm|a(?:ch|kh|h)m+[ae][dt]"), "ahmad"),
    (re.compile(r"abd|abdl|abd(?:u|oe)[lrs]?"), "abdul"),
    (re.compile(r"st|sit+[iy]"), "siti"),
    (re.compile(r"no+r|noer"), "nur"),
)
_ABDUL: Final = re.compile(r"\babd(?:u|oe)([lrsn])(\w{4,})")  # Abdurrahman is Abdul Rahman

# Letters, in this order; each pair of spellings is heard as one. What is left of it needs no second pass
# but for what one rule prepares for another, which is why the key is made until it stands still.
_SOUNDS: Final = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"tj", "c"),
        (r"dj", "j"),
        (r"\bja[ei]n", "zaen"),  # Jaenal, Zainal
        (r"aji[sz]\b", "azis"),  # Ajis, Aziz
        (r"auj(?=i)", "auz"),  # Faujiah, Fauziah
        (r"\brij(?=k|al)", "riz"),  # Rijki, Rizki
        (r"\b[kc]?h(?:oe|oi|ai|ae)r", "her"),  # Choirul, Khoerul, Khairul
        (r"\bchr", "kr"),  # Christina
        (r"\bch(?=and|in|ik)", "c"),  # Chandra
        (r"\br[oua]h?m?adh?[oua]n\b", "ramadan"),
        (r"\br[ou](?:ch|kh|h)man", "rahman"),
        (r"oe", "u"),
        (r"sj|sy(?=[aiueo])|sh|ts|dz|z", "s"),
        (r"nj", "ny"),
        (r"ch|kh|gh(?=[aiueo])", "h"),
        (r"ph|[vf]", "p"),
        (r"(?<=[bdgt])h", ""),
        (r"q", "k"),
        (r"x", "ks"),
        (r"j", "y"),
        (r"iy(?=[aiueo])", "i"),  # Sutiyah
        (r"(?<=[^aiueon\W])y(?=[aiueo]|\b)", "i"),  # Subagyo, Rizky
        (r"(?<=[aueo])i(?=[aueo])", "y"),  # Rokaiah
        (r"ie", "i"),
        (r"au|ou", "o"),
        (r"a[ie]|ay(?![aiueo])|o[iy](?![aiueo])", "e"),
        (r"(.)\1+", r"\1"),
        (r"oh\b", "ah"),  # Masruroh
        (r"(?<=[aiueo])h\b", ""),  # Aminah, Amina
        (r"(?<=[aiueo])d\b", "t"),  # Ahmad, Ahmat
    )
)
_STANDS_STILL: Final = 12  # passes; every rule shortens or settles, so far fewer are needed

WORDS_MAX: Final = 20_000  # kept in memory: few words make up most names
LETTERS_MIN: Final = 3  # of a key: with fewer, half the register answers


def name_key(name: str) -> str:
    """Return the search key of a name: small letters, one blank between words, words in order of the alphabet.

    A key is its own key. Case, blanks at length, punctuation and the order of the words do not count. Where
    nothing but titles and initials stands, they are the name. Without any letter it is empty.
    """
    key = _once(_plain(name))
    for _ in range(_STANDS_STILL):
        again = _once(key)
        if again == key:
            return key
        key = again
    return key


def letters_of(name: str) -> str:
    """Return a name as it is written, in small letters without accents, titles and points."""
    words = _plain(name).split()
    return " ".join(_without_titles(words) or words)


def _plain(text: str) -> str:
    """Return the letters of a text: accents and apostrophes fall away, all else parts words."""
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    kept = "".join(c for c in decomposed if unicodedata.category(c) not in ("Mn", "Cf"))
    kept = re.sub(r"[^\w\s]|_", lambda found: "" if found[0] in "'`´‘’ʼʻ" else " ", kept)
    return " ".join(re.sub(r"\d", " ", kept).split())


def _once(plain: str) -> str:
    words = plain.split()
    telling = _without_initials(_without_titles(words)) or words
    return " ".join(sorted(" ".join(map(_heard, telling)).split()))


@lru_cache(maxsize=WORDS_MAX)
def _heard(word: str) -> str:
    """Return a word as it is heard; two words for one that begins with Abdul."""
    meant = next((common for pattern, common in _WORDS if pattern.fullmatch(word)), word)
    heard = _ABDUL.sub(lambda found: f"abdul {_assimilated(found)}", meant)
    for pattern, sound in _SOUNDS:
        heard = pattern.sub(sound, heard)
    return heard


def _assimilated(found: "re.Match[str]") -> str:
    """Return the second half: Abdur-rahman and Abdurahman are Rahman, Abdulkarim is Karim."""
    end, rest = found[1], found[2]
    return rest if end in ("l", rest[0]) else end + rest


def _without_titles(words: list[str]) -> list[str]:
    kept = list(words)
    while len(kept) > 1:
        if kept[-1] in _DEGREES:
            kept.pop()
        elif len(kept) > 2 and kept[-2] in _DEGREE_HEADS and kept[-1] in _DEGREE_TAILS:
            del kept[-2:]
        else:
            break
    return [word for word in kept if word not in _TITLES]


def _without_initials(words: list[str]) -> list[str]:
    """Leave out single letters; an M before another word is how Muhammad is written."""
    telling = []
    for place, word in enumerate(words):
        if len(word) > 1:
            telling.append(word)
        elif word == "m" and any(len(later) > 1 for later in words[place + 1 :]):
            telling.append(_MUHAMMAD)
    return telling
