"""The sponsor's pages: every figure is the API's, pictures show the same figures, and nobody is named."""

import re
from html import unescape
from typing import Any

import pytest

from tests.acceptance import stories
from tests.acceptance.browser import Page, SignIn
from tests.acceptance.city import City
from tests.acceptance.office_client import Town
from tests.workflows.workbooks import XLSX

LAST = "2024-08"  # month of the agreement; today is long after it


@pytest.fixture(scope="module")
def town(own_town: Town) -> Town:
    """A town of its own: programmes of other stories would fill its lists."""
    return own_town


def said(town: Town, programme: str, month: str) -> dict[str, Any]:
    """Return what the API states, by somebody who sees small numbers too."""
    return town.person("pemeriksa", "auditor").get(f"/v1/programmes/{programme}/statement", month=month)


def diamonds(page: Page) -> dict[str, int]:
    """Return how many diamonds of each kind the cloth has."""
    cloth = re.search(r'<svg class="people".*?</svg>', page.answer.text, re.S)
    if cloth is None:
        return {}
    paths = re.findall(r'<path class="(\w+)" d="([^"]*)"', cloth[0])
    return {kind: path.count("M") for kind, path in paths}


def rows(page: Page, section: str) -> list[tuple[str, int]]:
    """Return names and numbers of the tables with bars of a section."""
    part = re.search(
        rf'<section class="card" aria-labelledby="{section}">.*?</section>', page.answer.text, re.S
    )
    assert part is not None
    found = re.findall(
        r'<th scope="row">([^<]*)</th><td class="drawn">.*?</td><td class="sum">([\d.]+)</td>', part[0], re.S
    )
    return [(unescape(name), int(number.replace(".", ""))) for name, number in found]


def rupiah(amount: int) -> str:
    return f"Rp {amount:,}".replace(",", ".")


def test_the_page_says_what_the_statement_says(town: Town, city: City, sign_in: SignIn) -> None:
    view = said(town, city.place.programme, LAST)
    page = sign_in("sponsor_officer").open(f"/programmes/{city.place.programme}")
    assert page.answer.status_code == 200
    covered = view["cover"]["covered"]
    assert (view["as_of"], covered) == ("2024-08-31", 816)
    assert "816 dari 1.000 pekerja rentan terlindungi pada 31 Agustus 2024" in page.text
    assert "Kurang 184 orang dari target." in page.text
    assert diamonds(page) == {"covered": 816, "left": 184}
    by_occupation = {one["name_id"]: one["covered"] for one in view["occupations"]}
    assert dict(rows(page, "pekerjaan")) == by_occupation and len(by_occupation) == 21
    by_ward = [(one["ward"], one["covered"]) for one in view["wards"]]
    assert sorted(rows(page, "kelurahan")) == sorted(by_ward)
    assert sum(by_occupation.values()) == sum(people for _, people in by_ward) == covered
    budget = view["budget"]
    for amount in (budget["budget"], budget["paid_in"], budget["left"], view["paid_out"]):
        assert rupiah(amount) in page.text.replace("\N{NO-BREAK SPACE}", " ")
    heads = view["heads"]
    for name, value in (
        ("Diputuskan", heads["decreed"]),
        ("Didaftarkan", heads["registered"]),
        ("Ditagih", heads["invoiced"]),
        ("Dibayar", heads["paid"]),
    ):
        assert re.search(rf"{name} {value}\b", page.text), name
    assert "Semua angka mutakhir sampai peristiwa" in page.text


def test_the_cash_of_the_ledger_is_all_that_came_in_and_went_out(
    town: Town, city: City, sign_in: SignIn
) -> None:
    ledger = town.person("pemeriksa", "auditor").get(f"/v1/programmes/{city.place.programme}/ledger")
    assert sum(one["paid_in"] for one in ledger["cash"]) == ledger["paid_in"] == city.paid["invoiced"]
    assert [(one["month"], one["paid_out"]) for one in ledger["cash"] if one["paid_out"]] == [
        ("2024-05", 42_000_000)
    ]
    page = sign_in("finance").open(f"/programmes/{city.place.programme}")
    assert re.search(r"Mei 24 tidak ada Rp 42\.000\.000", page.text.replace("\N{NO-BREAK SPACE}", " "))


def test_who_lapses_soon_and_which_months_are_unpaid(town: Town, sign_in: SignIn) -> None:
    """Three paid for September alone: in grace until the fourth unpaid month begins on 1 January."""
    place = stories.enrolled_workers(town, 3)
    stories.pay(town, place, ["2023-09"])
    page = sign_in("sponsor_officer").open(f"/programmes/{place.programme}?month=2023-12")
    assert diamonds(page) == {"lapsing": 3, "left": 997}
    assert "3 orang kehilangan perlindungan dalam 30 hari" in page.text
    assert re.search(r"1 hari bulan keempat tanpa iuran 1.Januari.2024 3", page.text)
    assert "Dalam 14 hari 3 Dalam 30 hari 3" in page.text
    assert f"/members?programme={place.programme}&status=GRACE" in page.links
    members = sign_in("sponsor_officer").open(f"/members?programme={place.programme}&status=REGISTERED")
    assert "program Batik Berlian" in members.text
    everybody = sign_in("sponsor_officer").open(f"/members?programme={place.programme}")
    listed = {link for link in everybody.links if re.fullmatch(r"/members/[0-9a-f-]{36}", link)}
    assert len(listed) == 3 and "3 kepesertaan" in everybody.text
    owed = 3 * 3 * 16_800
    assert f"3 bulan belum lunas, seluruhnya {rupiah(owed)}" in page.text.replace("\N{NO-BREAK SPACE}", " ")
    november = sign_in("auditor").open(f"/programmes/{place.programme}?month=2023-11")
    assert diamonds(november) == {"covered": 3, "left": 997}
    assert "3 orang berada dalam masa tenggang" in november.text


def test_pictures_are_described_drawn_without_styles_and_beside_their_numbers(
    city: City, sign_in: SignIn
) -> None:
    page = sign_in("sponsor_officer").open(f"/programmes/{city.place.programme}")
    pictures = re.findall(r'<svg [^>]*role="img" aria-label="([^"]+)"', page.answer.text)
    assert len(pictures) == 4  # cloth, contributions, budget, money by month
    assert any("816 orang terlindungi" in one for one in pictures)
    assert "Iuran per bulan: 12 dari 12 bulan lunas" in page.answer.text
    assert page.inline == [] and page.headings.count(1) == 1
    svgs = re.findall(r"<svg ([^>]*)>", page.answer.text)
    assert all('role="img"' in one or 'aria-hidden="true"' in one for one in svgs)
    assert page.answer.text.count("<table") >= 8
    assert all(link.startswith(("/", "#")) for link in page.links)


def test_a_month_has_an_address_of_its_own(town: Town, city: City, sign_in: SignIn) -> None:
    browser, home = sign_in("sponsor_officer"), f"/programmes/{city.place.programme}"
    assert f"{home}?month=2024-07" in browser.open(home).links
    page = browser.open(f"{home}?month=2024-02")
    view = said(town, city.place.programme, "2024-02")
    assert f"{view['cover']['covered']} dari 1.000 pekerja rentan terlindungi pada 29" in page.text
    for wrong in ("2999-01", "1999-01", "Mei"):
        refused = browser.open(f"{home}?month={wrong}")
        assert refused.answer.status_code == 422 and "belum benar" in refused.text


def test_the_statement_can_be_taken_along(town: Town, city: City, sign_in: SignIn) -> None:
    browser, home = sign_in("sponsor_officer"), f"/programmes/{city.place.programme}"
    page = browser.open(home)
    assert f"{home}/statement?month={LAST}" in page.links
    book = browser.http.get(f"{home}/statement?month={LAST}")
    assert book.headers["content-type"] == XLSX
    assert book.headers["content-disposition"] == f'attachment; filename="laporan-3375-{LAST}.xlsx"'
    told = browser.http.get(f"{home}/statement?month={LAST}&format=json").json()
    assert told | {"position": 0} == said(town, city.place.programme, LAST) | {"position": 0}


def test_the_list_shows_programmes_of_the_area_and_families_none(
    town: Town, city: City, sign_in: SignIn
) -> None:
    stories.open_programme(town, name="Program kedua")  # who has one only goes to it
    auditor = sign_in("auditor")
    page = auditor.open("/programmes")
    assert f"/programmes/{city.place.programme}" in page.links
    assert "Batik Berlian" in page.text and "Kota Pekalongan" in page.text
    family = sign_in("participant")
    assert family.open(f"/programmes/{city.place.programme}").answer.status_code == 403
    assert family.open("/programmes").answer.status_code == 403
    assert "/programmes" not in family.open("/work").links
    ours = town.person("pemeriksa", "auditor").all("/v1/programmes", limit=3)
    assert city.place.programme in [one["id"] for one in ours]
    assert len({one["id"] for one in ours}) == len(ours)
    [one] = [one for one in ours if one["id"] == city.place.programme]
    assert (one["target"], one["paid_in"]) == (1000, city.paid["invoiced"])
    elsewhere = town.person("dinas Batang", "sponsor_officer", area="3325").all("/v1/programmes")
    assert elsewhere == []


def test_nobody_is_named(city: City, sign_in: SignIn) -> None:
    page = sign_in("auditor").open(f"/programmes/{city.place.programme}")
    niks = [stories.nik_of(row) for row in range(1, 50)]
    assert not any(nik in page.answer.text for nik in niks)
    assert "Siti" not in page.text and "JKM-" not in page.text


def test_figures_that_lag_behind_ones_own_act_say_so(city: City, sign_in: SignIn) -> None:
    browser = sign_in("sponsor_officer")
    browser.http.cookies.set("jaminan_act", "99999999")
    page = browser.open(f"/programmes/{city.place.programme}")
    assert page.answer.status_code == 200 and "tertinggal sebentar" in page.text


def test_it_is_said_in_english_too(city: City, sign_in: SignIn) -> None:
    browser = sign_in("auditor")
    page = browser.post("/language", {"language": "en", "back": f"/programmes/{city.place.programme}"})
    assert page.language == "en"
    assert "816 of 1,000 vulnerable workers were covered on 31 August 2024" in page.text
    assert "All figures are current up to event" in page.text
    assert "Terlindungi" not in page.text
