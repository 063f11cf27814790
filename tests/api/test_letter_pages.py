"""Letters on stories told as facts: what a server cannot be brought to in an hour, and how pages are made."""

import re
import shutil
import subprocess
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4, uuid5

import pytest

from api.letters.amounts import determinations
from api.letters.claim_file import ClaimFile, Source
from api.letters.kinds import CLAIM_LETTERS, Heading
from api.letters.not_ready import LetterNotReady
from api.letters.pages import Page, page
from api.settings import Settings
from domain.claim import events
from domain.claim.aggregate import Claim
from domain.delegation.aggregate import Delegation
from domain.fact import ClockChange, Fact
from domain.payment.events import PaymentLine
from domain.person.aggregate import Person
from domain.rupiah import Language
from domain.sealed import ERASED, Sealed
from store.records import Recorded
from tests import facts
from tests.given_when_then import fold, world_of
from workflows.library import OWN_FOLDER, Library

LANGUAGES: Final[tuple[Language, ...]] = ("id", "en")
JKM: Final = next(one for one in Library.load(OWN_FOLDER) if one.name == "jkm-claim")
OFFICE: Final = Settings(
    office_name="Kantor Cabang Pekalongan", office_address="Jalan Contoh 12", office_phone="(0285) 000-000"
)
BEFORE: Final = (facts.person_registered(), *facts.member())


def file_of(*story: Fact, before: tuple[Fact, ...] = BEFORE, chairs: tuple[Fact, ...] = ()) -> ClaimFile:
    """Return the file of the claim that a story is about."""
    told = facts.versioned((*before, *chairs, *story))
    cases = fold(*told)
    claim, person = cases[facts.CLAIM], cases[facts.PERSON]
    assert isinstance(claim, Claim) and isinstance(person, Person)
    rows = [(_row(n, fact), fact) for n, fact in enumerate(told, start=1)]
    return ClaimFile(
        claim=claim,
        definition=JKM,
        world=world_of(cases, claim.companions()),
        events=[(row, fact) for row, fact in rows if fact.originator_id == facts.CLAIM],
        person=person,
        source=Source.of(rows[-1][0]),
        chairs={id_: case for id_, case in cases.items() if isinstance(case, Delegation)},
        keyring=None,  # type: ignore[arg-type]  # values of a story are fresh: nothing is shut
    )


def made(file: ClaimFile, kind: str, language: Language = "id") -> Page:
    letter = CLAIM_LETTERS[kind]
    subject = file.claim.reported.number
    heading = Heading.of(letter, language, subject, file.programme, file.source)
    return page(heading, letter.facts(file, language), OFFICE)


def text(file: ClaimFile, kind: str, language: Language = "id") -> str:
    body = made(file, kind, language).text.partition("<body>")[2]
    return " ".join(re.sub(r"<[^>]+>", " ", body).replace("\N{NO-BREAK SPACE}", " ").split())


def held_claim() -> list[Fact]:
    found = facts.held("2024-03", "2024-04", "2024-05")
    return [
        *facts.approved_claim(found),
        *facts.payment_ordered("JKM_FUNERAL", found=found),
        facts.payment_succeeded("HELD_ARREARS", amount=10_000_000),
    ]


def late_claim() -> tuple[list[Fact], events.PaymentSucceeded]:
    late = facts.paid_late(2)
    return [*facts.approved_claim(), *facts.payment_ordered(), late], late


def test_the_rest_that_is_refused_is_told_in_figures_and_words() -> None:
    refused = facts.fact(
        events.RestRefused,
        facts.CLAIM,
        step="refuse_rest",
        from_status="HELD_ARREARS",
        to_status="PAID",
        codes=("JKM_LUMP", "JKM_BERKALA"),
        amount=32_000_000,
        reason=Sealed.of(facts.PERSON, "Tunggakan tidak dilunasi sampai 20 Agustus 2024."),
        actor="hartono",
        acting_roles=("approver_1",),
    )
    said = text(file_of(*held_claim(), refused), "rejection")
    assert "Surat penolakan sisa santunan" in said
    assert "sisa santunan sebesar Rp32.000.000 tidak dapat dibayarkan" in said
    assert "Yang sudah dibayarkan, Rp10.000.000, tetap menjadi hak" in said
    assert "Terbilang: tiga puluh dua juta rupiah" in said
    assert "Tunggakan tidak dilunasi sampai 20 Agustus 2024." in said
    assert "PP 44/2015 Pasal 39 ayat (1) (JKK); Pasal 42 ayat (1) (JKM)" in said
    notice = text(file_of(*held_claim(), refused), "payment-notice")
    assert "Santunan sekaligus, Rp20.000.000: tidak dibayarkan" in notice and "menunggu" not in notice


def test_what_the_office_made_is_examined_but_no_receipt_is_given_for_it() -> None:
    rejected = facts.fact(
        events.ClaimRejected, facts.CLAIM, outcome="REJECT_NOT_WORKING", to_status="REJECTED"
    )
    file = file_of(*facts.verified_claim(), facts.claim_paper("CASE_CHECK"), rejected)
    assert "Sudah kami terima: 9 dokumen" in text(file, "receipt")
    assert "cek kasus" not in text(file, "receipt").lower()
    said = text(file, "rejection")
    assert "Berita acara cek kasus" in said and "tidak lagi bekerja ketika meninggal" in said
    assert "belum seluruhnya kami baca dari naskah" in said, "the ground is contested (dossier 3.3)"


def test_a_claim_that_lapsed_may_be_filed_again_and_the_receipt_says_so() -> None:
    lapsed = facts.fact(
        events.ClaimLapsedIncomplete, facts.CLAIM, from_status="INCOMPLETE", to_status="CLOSED"
    )
    said = text(file_of(facts.death_reported(), facts.claim_filed(), lapsed), "receipt")
    assert "ditutup karena dokumennya tidak dilengkapi" in said and "boleh diajukan lagi" in said


def test_a_day_that_was_missed_is_not_promised_again() -> None:
    due = date(2024, 5, 27)
    clock = ClockChange(clock="pay_3wd", change="started", on=date(2024, 5, 22), due_on=due)
    complete = facts.file_complete(clocks=(clock,))
    story = (facts.death_reported(), facts.claim_filed(), complete)
    assert "harus dibayar paling lambat Senin, 27 Mei 2024" in text(file_of(*story), "receipt")
    missed = facts.fact(
        events.ClockMissed,
        facts.CLAIM,
        clock="pay_3wd",
        due_on=due,
        clocks=(replace(clock, change="missed", on=date(2024, 5, 28)),),
    )
    said = text(file_of(*story, missed), "receipt")
    assert "seharusnya dibayar paling lambat Senin, 27 Mei 2024 . Kami terlambat" in said
    assert "harus dibayar paling lambat" not in said


def test_what_is_owed_for_a_late_payment_stands_beside_the_benefit() -> None:
    story, late = late_claim()
    notice = text(file_of(*story), "payment-notice")
    assert "Denda keterlambatan Rp840.000" in notice and "terlambat 2 hari" in notice
    found = facts.penalty_determined(late)
    sheet = text(file_of(*story, found), "amount-sheet")
    assert "Penetapan 1: santunan" in sheet and "Penetapan 2: denda keterlambatan pembayaran" in sheet
    assert "2 hari × 1% × Rp42.000.000 = Rp840.000" in sheet and "PP 44/2015 Pasal 40 ayat (4)" in sheet
    assert "delapan ratus empat puluh ribu rupiah" in sheet and "Rancangan: belum disetujui" in sheet
    file = file_of(*story, found)
    assert "Denda karena kami terlambat membayar sedang diproses" in text(file, "receipt")
    assert "Denda keterlambatan pembayaran, Rp840.000: dibayar tersendiri" in text(file, "payment-notice")


def test_a_determination_that_was_returned_or_worked_out_again_is_not_printed() -> None:
    again = facts.determination(facts.line("JKM_FUNERAL", 10_000_000))
    returned = facts.fact(
        events.CalculationReturned,
        facts.CLAIM,
        from_status="CALCULATED",
        to_status="VERIFYING",
        reason=Sealed.of(facts.PERSON, "?"),
    )
    back = file_of(*facts.calculated_claim(), returned)
    with pytest.raises(LetterNotReady, match="not calculated yet"):
        made(back, "amount-sheet")
    anew = file_of(*facts.calculated_claim(), returned, facts.benefit_calculated(again))
    [one] = determinations(anew.events)
    assert one.determination == again
    assert "42.000.000" not in text(anew, "amount-sheet")


def test_the_notice_names_the_account_the_money_went_to_and_no_later_one() -> None:
    story, late = late_claim()
    ordered_again = uuid4()
    order = facts.fact(
        events.PaymentOrdered,
        facts.CLAIM,
        payment_id=ordered_again,
        amount=840_000,
        lines=(PaymentLine(code="PENALTY_LATE", amount=840_000, payee="HEIR"),),
        to_status="PAYMENT_ORDERED",
    )
    failed = facts.payment_failed(payment_id=ordered_again, amount=840_000)
    payee = uuid5(facts.CLAIM, "payee")
    corrected = facts.fact(
        events.PaymentDetailsCorrected,
        facts.CLAIM,
        payee_code="HEIR",
        bank=Sealed.of(payee, "BRI"),
        account_number=Sealed.of(payee, "55500012345"),
        account_name=Sealed.of(payee, "SITI AMINAH"),
        account_name_matches=True,
        of_penalty=True,
        to_status="CALCULATED",
    )
    file = file_of(*story, facts.penalty_determined(late), order, failed, corrected)
    notice, sheet = text(file, "payment-notice"), text(file, "amount-sheet")
    assert "BRI" in sheet and "*******2345" in sheet
    assert "BRI" not in notice and "2345 atas" not in notice


def test_another_account_makes_the_sheet_a_draft_until_it_is_approved_again() -> None:
    payee = uuid5(facts.CLAIM, "payee")
    corrected = facts.fact(
        events.PaymentDetailsCorrected,
        facts.CLAIM,
        payee_code="HEIR",
        bank=Sealed.of(payee, "BRI"),
        account_number=Sealed.of(payee, "55500012345"),
        account_name=Sealed.of(payee, "BUDI SANTOSO"),
        account_name_matches=True,
        to_status="CALCULATED",
    )
    story = [*facts.approved_claim(), *facts.payment_ordered(), facts.payment_failed(), corrected]
    assert "Rancangan: belum disetujui" in text(file_of(*story), "amount-sheet")
    assert "Rancangan" not in text(file_of(*story, facts.claim_approved()), "amount-sheet")


def test_who_stands_in_signs_as_such() -> None:
    granted = facts.delegation_granted()
    approved = facts.claim_approved(delegation=facts.DELEGATION)
    file = file_of(*facts.calculated_claim(), approved, chairs=(granted,))
    said = text(file, "amount-sheet")
    kind = {"plh": "Plh.", "plt": "Plt."}[granted.kind]
    assert f"{kind} kepala bidang pelayanan, SPT {granted.decree}, menyetujui" in said
    assert "acting head of service" in text(file, "amount-sheet", "en")


def test_what_was_erased_is_said_to_be_gone() -> None:
    gone = Sealed[str].shut(_Gone(facts.PERSON), 0, str)
    reported = facts.death_reported()
    reported = facts.death_reported(reported_by=replace(reported.reported_by, name=gone))
    known = facts.person_registered()
    person = facts.person_registered(nik=gone, details=replace(known.details, name=gone, sex=gone))
    file = file_of(reported, before=(person, *facts.member()))
    said = text(file, "receipt")
    assert "Almarhum/almarhumah (data telah dihapus)" in said and "NIK (data telah dihapus)" in said
    assert "dari (data telah dihapus), suami/istri almarhum/almarhumah" in said
    assert "by (erased)" in text(file, "receipt", "en")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("status", sorted(JKM.statuses))
def test_wherever_a_claim_stands_every_letter_is_written_or_says_why_not(
    status: str, language: Language
) -> None:
    story, _ = late_claim()
    moved = facts.fact(events.CaseClosed, facts.CLAIM, to_status=status)
    file = file_of(*story, moved)
    for kind, letter in CLAIM_LETTERS.items():
        reason = letter.why_not(file)
        if reason is None:
            assert "</html>" in made(file, kind, language).text
        else:
            assert reason.reason_id and reason.reason_en


def test_the_number_at_the_foot_of_a_sheet_cannot_end_its_style() -> None:
    file = file_of(facts.death_reported(number='JKM"; } </style><script>'))
    found = made(file, "receipt").text
    assert "<script>" not in found and ':root { --sheet: "JKMstylescript' in found.replace("/", "")


def test_the_same_facts_give_the_same_bytes() -> None:
    story, _ = late_claim()
    assert made(file_of(*story), "payment-notice") == made(file_of(*story), "payment-notice")


CHROMIUM: Final = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)


@pytest.mark.skipif(CHROMIUM is None, reason="NOT PRINTED: no chromium here to print letters with")
@pytest.mark.parametrize("kind", ["receipt", "amount-sheet", "payment-notice"])
def test_a_letter_prints_on_one_sheet_of_a4(kind: str, tmp_path: Path) -> None:
    assert CHROMIUM is not None
    source, target = tmp_path / "letter.html", tmp_path / "letter.pdf"
    story, _ = late_claim()
    source.write_text(made(file_of(*story), kind).text, encoding="utf-8")
    command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"]
    command += [f"--user-data-dir={tmp_path / 'profile'}", f"--print-to-pdf={target}", source.as_uri()]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    printed = target.read_bytes()
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", printed)) == 1
    [width, height] = map(float, re.findall(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", printed)[0])
    assert (round(width), round(height)) == (595, 842), "A4 in points"


@dataclass(frozen=True)
class _Gone:
    """A box whose key was destroyed."""

    subject_id: UUID

    def value(self, number: int, kind: Any, opener: Any) -> Any:
        return ERASED


def _row(position: int, fact: Fact) -> Recorded:
    return Recorded(
        position, facts.NOW, fact.originator_id, fact.originator_version, type(fact).__name__, b"sealed"
    )
