"""A claim in real browsers: eight people from report to close, and what goes wrong between two of them."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.acceptance import stories
from tests.acceptance.office_client import Town
from tests.browser.conftest import Visit
from tests.browser.visitor import Visitor, told


@pytest.fixture
def insured(seeded: Town) -> str:
    """The NIK of an insured worker whom no other story knows."""
    place = stories.enrolled_workers(seeded)
    stories.pay(seeded, place, stories.MONTHS)
    return place.workers[0].nik


@pytest.fixture
def complete(seeded: Town, insured: str) -> str:
    """A claim whose file is complete, and waits for a verifier."""
    claim = str(stories.report(seeded, insured)["id"])
    stories.file(seeded, claim)
    stories.take(seeded.person("Budi", "intake"), claim, "confirm_complete")
    return claim


def press(page: Page, name: str) -> None:
    """Press a button, and wait for the page it leads to."""
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def test_a_claim_by_eight_people_from_report_to_close(visit: Visit, insured: str, tmp_path: Path) -> None:
    paper = tmp_path / "paper.pdf"
    paper.write_bytes(b"%PDF-1.4 a paper")
    intake = visit("intake")
    page = intake.page
    page.get_by_role("link", name="Laporan baru").first.click()
    page.get_by_label("Cari peserta").fill(insured)
    page.get_by_role("main").get_by_role("button", name="Cari").click()
    assert insured not in page.url
    page.get_by_role("link", name="Laporkan kematian orang ini").click()
    page.get_by_label("Tanggal meninggal").fill("2024-05-10")
    page.get_by_label("Nama", exact=True).fill("Siti Contoh")
    page.get_by_label("Hubungan dengan almarhum").select_option("spouse")
    page.get_by_label("Sebab meninggal").select_option("illness")
    press(page, "Laporkan kematian")
    expect(page.get_by_role("status")).to_contain_text("sudah tercatat")
    claim = re.sub(r".*/claims/([^?#]+).*", r"\1", page.url)

    page.locator(f"a[href='/claims/{claim}/steps/file']").first.click()
    page.get_by_label("Tanggal pengajuan").fill("2024-05-13")
    for name, value in (
        ("payee.name", "Siti Contoh"), ("payee.bank", "Bank Contoh"), ("payee.account_number", "0099000054321"),
        ("payee.account_name", "Siti Contoh"), ("on_behalf_of.name", "Siti Contoh"),
    ):  # fmt: skip
        page.locator(f"[name='{name}']").fill(value)
    page.locator("[name='payee.relation']").select_option("spouse")
    page.locator("[name='payee.heir_tier']").select_option("SPOUSE_CHILD")
    press(page, "Lanjut: periksa dulu")
    assert "13 Mei 2024" in intake.text()
    press(page, "Ajukan klaim")
    for _ in range(9):
        bring(page, paper)
    page.locator(f"a[href='/claims/{claim}/steps/confirm_complete']").first.click()
    press(page, "Nyatakan lengkap")
    assert "Bayar dalam 3 hari kerja" in intake.text()

    take(visit("verifier"), claim, "start_verification")
    take(visit("verifier"), claim, "order_field_check", reason="Tanyakan tetangga")
    field_checker = visit("field_checker")
    field_checker.open(f"/claims/{claim}")
    bring(field_checker.page, paper)
    take(field_checker, claim, "report_field_check", findings="Berdagang sampai akhir")
    take(visit("calculator"), claim, "calculate")
    approver = visit("approver_1")
    take(approver, claim, "approve", amount="42.000.000")
    assert "Rp 42.000.000" in approver.text()
    take(visit("finance"), claim, "order_payment")
    take(visit("finance_2"), claim, "confirm_payment", bank_reference="TRX-1", paid_on="2024-06-03")
    finance = visit("finance")
    take(finance, claim, "close")
    assert "Berkas ini selesai." in finance.text()
    auditor = visit("auditor")
    auditor.open(f"/claims/{claim}")
    for sentence in ("Kematian dilaporkan", "Santunan ditetapkan", "Disetujui", "Dibayar", "Berkas ditutup"):
        assert sentence in auditor.text()


def bring(page: Page, paper: Path) -> None:
    """Bring the first paper that the case page asks for."""
    upload = page.locator("form.upload").first
    upload.locator("input[type=file]").set_input_files(paper)
    with page.expect_navigation():
        upload.locator("button").click()


def take(visitor: Visitor, claim: str, step: str, **answers: str) -> None:
    """Take a step as a person would: the form, the page to check, the button; it is said to be recorded."""
    page = visitor.page
    visitor.open(f"/claims/{claim}/steps/{step}")
    form = page.locator(f"form[action='/claims/{claim}/steps/{step}']")
    for name, answer in answers.items():
        form.locator(f"[name='{name}']").fill(answer)
    with page.expect_navigation():
        form.locator("button.primary").click()
    if page.url.endswith(f"/steps/{step}") and form.count():
        with page.expect_navigation():
            form.locator("button[name=sure]").click()
    assert page.url.endswith(f"/claims/{claim}?done={step}"), visitor.text()
    expect(page.get_by_role("status")).to_contain_text("sudah tercatat")


def test_the_same_person_is_refused_at_a_second_desk_and_told_why(
    visit: Visit, seeded: Town, complete: str
) -> None:
    take(visit("verifier"), complete, "start_verification")
    take(visit("calculator"), complete, "calculate")
    stories.take(seeded.person("finance", "approver_1"), complete, "approve", amount=42_000_000)
    finance = visit("finance")  # who signed it at another desk
    answer = finance.open(f"/claims/{complete}/steps/order_payment")
    assert answer.status == 403
    expect(finance.page.get_by_role("alert")).to_contain_text("Diperlukan orang lain")
    expect(finance.page.get_by_role("alert")).to_contain_text("mintalah rekan")
    assert told(finance.axe()) == ""


def test_two_officers_race_on_one_step_and_one_is_told(visit: Visit, seeded: Town, complete: str) -> None:
    one, two = visit("verifier"), visit("verifier")
    step = f"/claims/{complete}/steps/start_verification"
    one.open(step)
    two.open(step)
    press(one.page, "Mulai verifikasi")
    expect(one.page.get_by_role("status")).to_contain_text("sudah tercatat")
    press(two.page, "Mulai verifikasi")
    expect(two.page.get_by_role("alert")).to_contain_text("Berkas ini baru saja berubah")
    two.page.get_by_role("main").get_by_role("link", name="Kembali").click()
    assert two.page.url.endswith(f"/claims/{complete}")
    assert acts(seeded, complete).count("start_verification") == 1


def test_a_double_click_acts_once(visit: Visit, seeded: Town, complete: str) -> None:
    verifier = visit("verifier")
    verifier.open(f"/claims/{complete}/steps/start_verification")
    verifier.page.get_by_role("button", name="Mulai verifikasi").dblclick()
    expect(verifier.page.get_by_role("status")).to_contain_text("sudah tercatat")
    assert acts(seeded, complete).count("start_verification") == 1


def test_the_back_button_and_the_button_again_act_once(visit: Visit, seeded: Town, complete: str) -> None:
    verifier = visit("verifier")
    verifier.open(f"/claims/{complete}/steps/start_verification")
    press(verifier.page, "Mulai verifikasi")
    expect(verifier.page.get_by_role("status")).to_contain_text("sudah tercatat")
    verifier.page.go_back()
    again = verifier.page.get_by_role("button", name="Mulai verifikasi")
    if again.count():  # the browser shows the page as it was
        with verifier.page.expect_navigation():
            again.click()
    assert acts(seeded, complete).count("start_verification") == 1


def test_a_step_by_the_keyboard_alone_with_the_focus_always_seen(visit: Visit, complete: str) -> None:
    verifier = visit("verifier")
    page = verifier.page
    verifier.open(f"/claims/{complete}")
    tab_to(page, "Langsung ke isi")
    page.keyboard.press("Enter")
    tab_to(page, "Mulai verifikasi")
    page.keyboard.press("Enter")
    page.wait_for_url("**/steps/start_verification")
    tab_to(page, "Mulai verifikasi", tag="BUTTON")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("sudah tercatat")


def tab_to(page: Page, name: str, tag: str = "A") -> None:
    """Press Tab until something has the focus. Whatever has it on the way must be seen to have it."""
    for _ in range(60):
        page.keyboard.press("Tab")
        has = page.evaluate(
            """() => {
              const one = document.activeElement, box = one.getBoundingClientRect();
              const style = getComputedStyle(one);
              const ring = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
              const seen = ring || !one.matches(':focus');  // the button inside a date is the browser's own
              return {text: one.innerText ?? '', tag: one.tagName, seen, inside: box.width > 0 && box.right > 0};
            }"""
        )
        assert has["tag"] == "BODY" or (has["seen"] and has["inside"]), has
        if has["tag"] == tag and has["text"].strip() == name:
            return
    raise AssertionError(f"the keyboard does not reach {name}")


def test_without_script_a_step_is_taken_and_nothing_is_missing(visit: Visit, complete: str) -> None:
    verifier = visit("verifier", java_script_enabled=False)
    verifier.open(f"/claims/{complete}")
    verifier.page.get_by_role("link", name="Mulai verifikasi").click()
    press(verifier.page, "Mulai verifikasi")
    expect(verifier.page.get_by_role("status")).to_contain_text("sudah tercatat")


def test_the_language_is_switched_on_the_page_and_kept(visit: Visit, complete: str) -> None:
    verifier = visit("verifier")
    verifier.open(f"/claims/{complete}")
    press(verifier.page, "English")
    assert verifier.page.url.endswith(f"/claims/{complete}")
    assert verifier.page.locator("html").get_attribute("lang") == "en"
    assert "Start verification" in verifier.text()
    verifier.open("/work")
    expect(verifier.page.get_by_role("heading", level=1)).to_have_text("My work")
    press(verifier.page, "Bahasa Indonesia")
    expect(verifier.page.get_by_role("heading", level=1)).to_have_text("Pekerjaan saya")


def acts(town: Town, claim: str) -> list[str]:
    """Return the steps of a claim as the log has them."""
    told_by = town.person("auditor", "auditor")
    return [item["step"] for item in stories.history(told_by, f"claims/{claim}")]
