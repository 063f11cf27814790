"""The damaged list in a real browser: sent, followed while it is read, and every bad row told with its remedy."""

import re
from pathlib import Path

from playwright.sync_api import expect

from tests.acceptance import stories
from tests.acceptance.office_client import Town
from tests.browser.conftest import Visit
from tests.browser.visitor import PHONE, told

DIRTY = Path(__file__).parents[1] / "data" / "pekalongan_dirty_60.csv"


def test_the_damaged_list_is_sent_and_its_bad_rows_come_back_with_remedies(
    visit: Visit, seeded: Town
) -> None:
    stories.open_programme(seeded, name="Program Uji Peramban")
    sponsor = visit("sponsor_officer")
    page = sponsor.page
    sponsor.open("/rosters/new")
    page.get_by_label("Program", exact=False).first.select_option(
        label="Program Uji Peramban (Pemerintah Kota Pekalongan)"
    )
    page.locator("#effective_on").fill("2023-09-01")
    page.locator("#file").set_input_files(DIRTY)
    page.locator("main form .button.primary").click()
    tally = page.locator(".tally")
    expect(tally).to_be_visible(timeout=60_000)  # the page follows the check by itself
    heading = page.get_by_role("heading", level=1).inner_text()
    assert re.fullmatch(r"\d+ dari 60 baris siap diusulkan", heading), heading
    assert "Periksa kembali NIK pada KTP." in sponsor.text()
    with page.expect_download() as sheet:
        page.get_by_role("link", name="sebagai CSV").click()
    text = sheet.value.path().read_text(encoding="utf-8-sig")
    refused = int(tally.locator(".bad b").inner_text())
    assert "perbaikan" in text.splitlines()[0] and len(text.splitlines()) == refused + 1
    assert told(sponsor.axe() + sponsor.sideways()) == ""
    sponsor.size(PHONE)
    assert told(sponsor.axe() + sponsor.sideways()) == ""
