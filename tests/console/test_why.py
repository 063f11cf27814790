"""Refusals in the words of the console: every condition has a sentence, which says what its refusal carries."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from string import Formatter

import pytest

from api.console.headline import stale_among
from api.console.sentences import WORDS
from api.console.why import FACTS, Told, sentence
from api.http.problems import STATUS_OF
from api.law import CONFIRM_EVERY, is_stale
from domain.benefit.rules import RULES
from domain.handling.refusals import TakenByAnother
from domain.refusal import (
    AuthorityExceeded,
    DocumentsMissing,
    Duplicate,
    GuardFailed,
    Invalid,
    Refusal,
    SecondPersonRequired,
)
from workflows.guards import GUARDS
from workflows.library import OWN_FOLDER, Library

ROOT = Path(__file__).parents[2]
DEFINITION = Library.load(OWN_FOLDER).get("jkm-claim@1")
INDONESIAN = Told(language="id", definition=DEFINITION)


def conditions() -> Iterator[str]:
    """Yield the conditions that can refuse a step of a claim, as the sources name them."""
    yield from GUARDS
    for folder in ("domain/claim", "workflows"):
        for file in sorted(ROOT.joinpath(folder).glob("*.py")):
            text = file.read_text(encoding="utf-8")
            yield from re.findall(r'guard="(\w+)"', text)
            yield from re.findall(r'refuse_before_end\([^)]*"(\w+)"', text)


@pytest.mark.parametrize("guard", sorted(set(conditions())))
def test_every_condition_of_a_step_has_a_sentence_of_its_own(guard: str) -> None:
    assert f"guard.{guard}" in WORDS


@pytest.mark.parametrize("code", STATUS_OF)
def test_every_refusal_has_a_heading_and_says_why_in_both_languages(code: str) -> None:
    assert f"refused.{code}" in WORDS and f"why.{code}" in WORDS


@pytest.mark.parametrize(
    "key", [key for key in WORDS if key.split(".")[0] in ("guard", "wrong", "told", "why")]
)
def test_a_sentence_names_no_fact_that_nobody_finds(key: str) -> None:
    names = {name for _, name, _, _ in Formatter().parse(WORDS[key][0]) if name}
    assert names <= FACTS.keys()


@pytest.mark.parametrize(
    ("refusal", "said"),
    [
        (
            GuardFailed(
                "…", guard="field_check_reported", flags=["NOT_WORKING_SUSPECTED"], step="order_field_check"
            ),
            "Tanda “Diduga tidak bekerja” meminta cek kasus: langkah “Perintahkan cek kasus” dahulu, lalu tunggu "
            "laporannya.",
        ),
        (
            AuthorityExceeded("…", amount=150_000_000, roles=["approver_2"]),
            "Jumlahnya Rp 150.000.000, di atas batas wewenang Anda. Yang dapat: kepala kantor cabang.",
        ),
        (DocumentsMissing("…", missing=["KK"]), "Yang masih kurang: Kartu keluarga."),
        (
            TakenByAnother("…", assigned_to="Rina"),
            "Rina sedang memegang berkas ini. Mintalah Rina menyerahkan atau melepasnya, atau mintalah kepala bidang.",
        ),
        (Duplicate("…"), "Sudah ada klaim untuk kematian ini. Buka klaim itu."),
        (Invalid("…", field="payee.heir_tier"), WORDS["wrong.heir_tier"][0]),
        (Invalid("…", field="phone"), "Isian “Telepon” belum benar: periksa, lalu kirim lagi."),
        (Invalid("…", field="body"), "Periksa isian, lalu kirim lagi."),
        (Invalid("…", detail_id="Kalimat sendiri."), "Kalimat sendiri."),
        (  # without the case nobody knows the day, so the plainer sentence is said
            SecondPersonRequired("…", step="approve", earlier_step="calculate"),
            WORDS["why.same_person"][0],
        ),
    ],
)
def test_a_refusal_says_in_indonesian_what_it_carries(refusal: Refusal, said: str) -> None:
    assert sentence(refusal, INDONESIAN) == said


def test_english_readers_are_told_the_same_rule() -> None:
    english = Told(language="en", definition=DEFINITION)
    assert sentence(DocumentsMissing("…", missing=["KK"]), english) == "Still missing: Family card."


def test_a_rule_is_stale_from_the_day_after_a_year() -> None:
    confirmed_on = RULES.find("JKM-LUMP-V2").citation.confirmed_on
    assert confirmed_on is not None
    last = confirmed_on + CONFIRM_EVERY
    after = date.fromordinal(last.toordinal() + 1)
    assert not is_stale(confirmed_on, last) and is_stale(confirmed_on, after)
    assert is_stale(None, confirmed_on)  # nobody ever compared it
    assert stale_among(["JKM-LUMP-V2", "ARM_SHOULDER"], last) == []
    assert stale_among(["JKM-LUMP-V2", "ARM_SHOULDER"], after) == ["JKM-LUMP-V2"]
