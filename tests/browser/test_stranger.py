"""A stranger who has read nothing: from the first page to a closed claim, pressing only what is offered."""

from playwright.sync_api import Page, expect

from tests.acceptance import stories
from tests.acceptance.office_client import Town
from tests.browser.conftest import Visit

PRESSES_MAX = 40  # from the report to the end; fewer is kinder


def test_a_stranger_takes_a_death_to_its_end_by_what_the_pages_offer(visit: Visit, seeded: Town) -> None:
    place = stories.enrolled_workers(seeded)
    stories.pay(seeded, place, stories.MONTHS)
    page = visit().page
    page.goto("/")
    page.get_by_role("button", name="petugas layanan").click()
    page.get_by_role("link", name="Laporan baru").first.click()
    page.get_by_label("Cari peserta").fill(place.workers[0].name)
    page.get_by_role("main").get_by_role("button", name="Cari").click()
    page.get_by_role("link", name="Laporkan kematian orang ini").click()
    page.get_by_role("link", name="Isi dengan contoh").click()
    page.get_by_label("Tanggal meninggal").fill("2024-05-10")
    page.get_by_role("button", name="Laporkan kematian").click()
    expect(page.get_by_role("status")).to_contain_text("sudah tercatat")
    came_by = []
    for _ in range(PRESSES_MAX):
        if page.get_by_text("Berkas ini selesai.").count():
            break
        came_by.append(pressed(page))
    else:
        raise AssertionError(f"no end after {came_by}")
    assert [one for one in came_by if one.startswith("Masuk sebagai")] == [
        "Masuk sebagai verifikator",
        "Masuk sebagai petugas penetapan",
        "Masuk sebagai kepala bidang pelayanan",
        "Masuk sebagai petugas keuangan",
        "Masuk sebagai petugas keuangan 2",
    ]


def pressed(page: Page) -> str:
    """Press what catches the eye: an offer of the demonstration, the example of a form, else the big button."""
    offers = page.locator(".relay button, .fill a")
    unused = [offer for offer in offers.all() if "example=1" not in page.url]
    button = unused[0] if unused else page.locator("main .button.primary").first
    name = button.inner_text().strip()
    with page.expect_navigation():
        button.click()
    return name


def test_papers_of_a_sample_are_brought_once_however_often_it_is_pressed(visit: Visit, seeded: Town) -> None:
    place = stories.enrolled_workers(seeded)
    stories.pay(seeded, place, stories.MONTHS)
    claim = stories.report(seeded, place.workers[0].nik)["id"]
    family = seeded.person("Siti", "participant")
    family.post(f"/v1/claims/{claim}/steps/file", {"claim_date": "2024-05-15", "payee": stories.PAYEE})
    intake = visit("intake")
    intake.open(f"/claims/{claim}")
    intake.page.get_by_role("button", name="Lampirkan dokumen contoh").dblclick()
    expect(intake.page.get_by_role("link", name="Nyatakan lengkap").first).to_be_visible()
    brought = [
        item["step"] for item in stories.history(seeded.person("auditor", "auditor"), f"claims/{claim}")
    ]
    assert brought.count("add_document") == 9
    verifier = visit("verifier")
    verifier.open(f"/claims/{claim}")
    assert verifier.page.get_by_role("button", name="Lampirkan dokumen contoh").count() == 0
