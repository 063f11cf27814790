"""The console as people use it, in a browser without script: a claim from report to close, and what goes wrong."""

import base64
import json

import httpx2
import pytest

from tests.acceptance import stories
from tests.acceptance.browser import Browser, Page, SignIn
from tests.acceptance.office_client import Person, Town


@pytest.fixture(scope="module")
def town(own_town: Town) -> Town:
    """A town of its own: work of other stories would fill the first page of every list."""
    return own_town


@pytest.fixture
def nik(town: Town) -> str:
    """An insured worker."""
    place = stories.enrolled_workers(town)
    stories.pay(town, place, stories.MONTHS)
    return place.workers[0].nik


def reported(intake: Browser, nik: str) -> str:
    """Look the worker up, and report the death."""
    page = intake.open("/report")
    found = intake.send(page.form("/report"), q=nik)
    [choose] = [link for link in found.links if link.startswith("/report/")]
    page = intake.send(
        intake.open(choose).form(choose),
        event_on="2024-05-10",
        cause="illness",
        reported_by__name="Siti Contoh",
        reported_by__relation="spouse",
    )
    assert page.answer.status_code == 200 and "Kematian dilaporkan" in page.text
    return str(page.answer.url.path).rpartition("/")[2]


def filed(intake: Browser, claim: str) -> Page:
    return intake.step(
        claim,
        "file",
        claim_date="2024-05-13",
        payee__name="Siti Contoh",
        payee__relation="spouse",
        payee__heir_tier="SPOUSE_CHILD",
        payee__bank="Bank Jateng",
        payee__account_number="3018827410",
        payee__account_name="Siti Contoh",
        children__0__name="Anak Contoh",
        children__0__birth_date="2015-05-05",
        on_behalf_of__name="Siti Contoh",
        on_behalf_of__relation="spouse",
    )


def papers_brought(intake: Browser, claim: str) -> Page:
    page = intake.open(f"/claims/{claim}")
    while uploads := [form for form in page.forms if form.takes_files]:
        code = uploads[0].fields["code"]
        file = {"file": (f"{code}.pdf", f"%PDF-1.4 {claim} {code}".encode(), "application/pdf")}
        page = intake.send(uploads[0], files=file)
        assert page.answer.status_code == 200
    return page


def complete(sign_in: SignIn, nik: str) -> str:
    intake = sign_in("intake")
    claim = reported(intake, nik)
    filed(intake, claim)
    papers_brought(intake, claim)
    intake.step(claim, "confirm_complete")
    return claim


def test_a_claim_from_report_to_close_by_people_at_browsers(town: Town, sign_in: SignIn, nik: str) -> None:
    intake = sign_in("intake")
    claim = reported(intake, nik)
    page = filed(intake, claim)
    assert "Klaim diajukan" in page.text and "atas nama keluarga (suami/istri)" in page.text
    assert "Belum bisa: 9 dokumen masih kurang." in page.text
    refused = intake.open(f"/claims/{claim}/steps/confirm_complete")
    assert "Yang masih kurang: Formulir pengajuan JKM, Kartu peserta" in refused.text
    page = papers_brought(intake, claim)
    assert "Semua yang diperlukan sudah ada." in page.text
    assert "9 dokumen diterima" in page.text
    page = intake.step(claim, "confirm_complete")
    assert "Nyatakan lengkap: sudah tercatat." in page.text and "Bayar dalam 3 hari kerja" in page.text

    verifier = sign_in("verifier")
    assert f"/claims/{claim}" in verifier.open("/work").links
    verifier.step(claim, "start_verification")
    sign_in("calculator").step(claim, "calculate")
    approver = sign_in("approver_1")
    assert "Rp 42.000.000" in approver.open("/work").text
    page = approver.step(claim, "approve", amount="42.000.000")
    assert "Setujui: sudah tercatat." in page.text
    finance = sign_in("finance")
    finance.step(claim, "order_payment")
    sign_in("finance_2").step(claim, "confirm_payment", bank_reference="TRX-9", paid_on="2024-06-03")
    page = finance.step(claim, "close")
    assert "Berkas ini selesai." in page.text
    assert f"/claims/{claim}/letters/payment-notice" in page.links
    letter = finance.open(f"/claims/{claim}/letters/payment-notice")
    assert letter.answer.status_code == 200 and "empat puluh dua juta rupiah" in letter.text
    assert town.person("auditor", "auditor").get(f"/v1/claims/{claim}")["status"] == "CLOSED"


def test_my_own_act_shows_in_the_list_at_once(sign_in: SignIn, nik: str) -> None:
    intake = sign_in("intake")
    intake.is_patient = False
    claim = reported(intake, nik)
    page = intake.open("/work")
    assert f"/claims/{claim}" in page.links and "mutakhir sampai peristiwa" in page.text
    filed(intake, claim)
    papers_brought(intake, claim)
    intake.step(claim, "confirm_complete")
    assert f"/claims/{claim}" not in intake.open("/work").links


def test_another_desk_and_a_second_desk_of_one_person_are_refused_in_words(
    town: Town, sign_in: SignIn, nik: str
) -> None:
    claim = complete(sign_in, nik)
    refused = sign_in("intake").open(f"/claims/{claim}/steps/start_verification")
    assert refused.answer.status_code == 403 and "Langkah ini dilakukan meja lain" in refused.text
    assert "hanya dapat dilakukan oleh: verifikator" in refused.text
    sign_in("verifier").step(claim, "start_verification")
    stories.take(town.person("Agus", "calculator"), claim, "calculate")
    with httpx2.Client(base_url=town.address) as http:  # the person who has a desk in finance as well
        approver = Person("finance", http, town.token("approver_1", name="finance"))
        stories.take(approver, claim, "approve", amount=42_000_000)
    refused = sign_in("finance").open(f"/claims/{claim}/steps/order_payment")
    assert refused.answer.status_code == 403 and "same_person" in refused.text
    assert "Diperlukan orang lain" in refused.text and "mintalah rekan" in refused.text


def test_who_comes_second_is_told_that_the_case_changed(sign_in: SignIn, nik: str) -> None:
    claim = complete(sign_in, nik)
    address = f"/claims/{claim}/steps/start_verification"
    one, two = sign_in("verifier"), sign_in("verifier")
    first, second = one.open(address).form(address), two.open(address).form(address)
    assert one.send(first).answer.status_code == 200
    late = two.send(second)
    assert late.answer.status_code == 412 and "Berkas ini baru saja berubah" in late.text


def test_a_step_that_was_taken_meanwhile_is_not_open_any_more(sign_in: SignIn, nik: str) -> None:
    claim = complete(sign_in, nik)
    page = sign_in("intake").open(f"/claims/{claim}/steps/confirm_complete")
    assert page.answer.status_code == 409 and "tidak terbuka sekarang" in page.text


@pytest.mark.parametrize("day", ["0001-01-01", "2999-12-31"])
def test_a_day_that_cannot_be_is_said_before_the_check_page(sign_in: SignIn, nik: str, day: str) -> None:
    intake = sign_in("intake")
    address = f"/claims/{reported(intake, nik)}/steps/withdraw"
    page = intake.send(intake.open(address).form(address), reason="Salah orang", effective_on=day)
    assert page.answer.status_code == 422 and "#effective_on" in page.links


def test_a_button_pressed_twice_acts_once(town: Town, sign_in: SignIn, nik: str) -> None:
    claim = complete(sign_in, nik)
    address = f"/claims/{claim}/steps/start_verification"
    verifier = sign_in("verifier")
    form = verifier.open(address).form(address)
    assert [verifier.send(form).answer.status_code for _ in range(2)] == [200, 200]
    steps = [item["step"] for item in stories.history(town.person("auditor", "auditor"), f"claims/{claim}")]
    assert steps.count("start_verification") == 1


def test_what_is_wrong_in_a_form_is_said_beside_its_field(sign_in: SignIn, nik: str) -> None:
    intake = sign_in("intake")
    claim = reported(intake, nik)
    address = f"/claims/{claim}/steps/file"
    page = intake.open(address)
    answered = intake.send(page.form(address), claim_date="2024-05-13", payee__name="Siti Contoh")
    assert answered.answer.status_code == 422
    assert "isian perlu diperbaiki" in answered.text and "Isi: Nomor rekening" in answered.text
    assert {"#payee-bank", "#payee-account_number", "#payee-account_name"} <= set(answered.links)
    assert answered.form(address).fields["payee.name"] == "Siti Contoh"  # nothing has to be typed again


def test_a_paper_is_shown_to_who_may_see_the_case_and_runs_nothing(sign_in: SignIn, nik: str) -> None:
    claim = complete(sign_in, nik)
    page = sign_in("verifier").open(f"/claims/{claim}")
    paper = next(link for link in page.links if "/documents/" in link)
    shown = sign_in("verifier").open(paper).answer
    assert shown.headers["content-type"] == "application/pdf"
    assert "sandbox" in shown.headers["content-security-policy"]
    stranger = sign_in("participant").open(paper)
    assert stranger.answer.status_code == 404


def test_nobody_enters_without_a_session_of_ours(town: Town, sign_in: SignIn, nik: str) -> None:
    claim = complete(sign_in, nik)
    nobody = sign_in(None)
    for address in ("/work", "/report", f"/claims/{claim}", f"/claims/{claim}/steps/calculate"):
        assert nobody.open(address).answer.url.path == "/sign-in"
    forged = base64.urlsafe_b64encode(
        json.dumps(
            {"id": "x", "name": "Eve", "roles": ["admin"], "area": None, "issuer": "", "ends_at": 9e9}
        ).encode()
    ).decode()
    nobody.http.cookies.set("jaminan_session", f"{forged}.{'0' * 64}")
    assert nobody.open("/work").answer.url.path == "/sign-in"


def test_a_form_of_another_page_is_refused(sign_in: SignIn, nik: str) -> None:
    claim = complete(sign_in, nik)
    address = f"/claims/{claim}/steps/start_verification"
    verifier, other = sign_in("verifier"), sign_in("verifier")
    form = other.open(address).form(address)  # of another session
    page = verifier.send(form)
    assert page.answer.status_code == 403 and "dari sesi lain" in page.text
    form.fields.pop("form_token")
    assert verifier.send(form).answer.status_code == 403


def test_the_language_changes_and_leads_nowhere_else(sign_in: SignIn) -> None:
    intake = sign_in("intake")
    assert intake.open("/work").language == "id"
    page = intake.post("/language", {"language": "en", "back": "/work"})
    assert page.language == "en" and "My work" in page.text
    for elsewhere in ("https://example.org/", "//example.org", "/\\example.org"):
        away = intake.http.post("/language", data={"language": "id", "back": elsewhere})
        assert away.headers["location"] == "/work"


def test_every_page_is_whole_without_script_and_asks_only_us(sign_in: SignIn, nik: str) -> None:
    claim = complete(sign_in, nik)
    intake, nobody = sign_in("intake"), sign_in(None)
    pages = [nobody.open("/sign-in")] + [
        intake.open(address)
        for address in (
            "/work",
            "/report",
            f"/claims/{claim}",
            f"/claims/{claim}/steps/withdraw_step",
            f"/claims/{claim}/steps/approve",
        )
    ]
    for page in pages:
        policy = page.answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy
        assert policy.partition("script-src ")[2] in ("", "'self'"), "no script but our own"
        assert page.inline == []
        assert all(address.startswith("/") and not address.startswith("//") for address in page.asks_for)
        assert all(link.startswith(("/", "#")) for link in page.links)
        assert page.headings.count(1) == 1 and page.headings[0] in (1, 2)
        assert page.language == "id"
        assert page.answer.headers["cache-control"] == "no-store"


def test_who_signs_out_is_out_with_every_copy_of_the_cookie(town: Town, sign_in: SignIn) -> None:
    intake, copy, other = sign_in("intake"), sign_in(None), sign_in("intake")
    copy.http.cookies.set("jaminan_session", intake.http.cookies["jaminan_session"])
    page = copy.open("/work")
    assert page.answer.url.path == "/work"
    form = page.form("/sign-out")
    assert intake.send(intake.open("/work").form("/sign-out")).answer.url.path == "/sign-in"
    assert copy.open("/work").answer.url.path == "/sign-in"
    assert copy.send(form).answer.url.path == "/sign-in"  # a form of that session sends nobody anywhere
    assert other.open("/work").answer.url.path == "/work"  # another session of the same person goes on
    again = sign_in("intake")
    assert again.open("/work").answer.url.path == "/work"


def test_the_page_of_signing_in_says_who_does_what_and_where(sign_in: SignIn) -> None:
    page = sign_in(None).open("/sign-in")
    for words in ("Kantor cabang", "Pemerintah kota", "Keluarga", "Pengawasan"):
        assert words in page.text
    assert "verifikator memeriksa identitas, perlindungan, sebab" in page.text
    assert page.inline == [] and page.headings[0] == 1
