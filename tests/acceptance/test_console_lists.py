"""The lists of the console: what they count they show, page by page, as a file, and never behind the reader's act."""

import asyncio
import csv
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg
import httpx2
import pytest

from projections.page import cursor_of
from tests.acceptance import stories
from tests.acceptance.browser import Browser, Page, SignIn
from tests.acceptance.office_client import Town
from tests.acceptance.server import Serving
from tests.acceptance.test_console import reported

PER_PAGE = 50
CLAIMED = 8


@pytest.fixture(scope="module")
def town(own_town: Town) -> Town:
    """A town of its own: what others tell would make lists longer than they are counted, and add namesakes."""
    return own_town


@pytest.fixture(scope="module")
def serving_town(serving_own_town: Serving) -> Serving:
    return serving_own_town


@pytest.fixture(scope="module")
def place(town: Town) -> stories.Enrolled:
    """More members than one page holds, some of them dead: reported, filed, declared complete, calculated."""
    place = stories.enrolled_workers(town, PER_PAGE + 5)
    stories.pay(town, place, stories.MONTHS)
    stories.send_list(town, stories.open_programme(town), stories.list_with(stories.workers(2)))
    for n, worker in enumerate(place.workers[:CLAIMED]):
        claim = stories.report(town, worker.nik)["id"]
        if n >= 2:
            stories.file(town, claim)
        if n >= 4:
            stories.take(town.person("Budi", "intake"), claim, "confirm_complete")
        if n >= 6:
            stories.take(town.person("Rina", "verifier"), claim, "start_verification")
            stories.take(town.person("Agus", "calculator"), claim, "calculate")
    return place


def links_to(page: Page, what: str) -> list[str]:
    """Return the links to cases of a page, once each."""
    found = [link for link in page.links if re.fullmatch(rf"/{what}/[0-9a-f-]{{36}}", link)]
    return list(dict.fromkeys(found))


def choices(page: Page, name: str) -> dict[str | None, int]:
    """Return the choices of a filter with their counts; None is the one that takes it back."""
    found: dict[str | None, int] = {}
    lists = re.findall(rf'<ul aria-labelledby="f-{name}">(.*?)</ul>', page.answer.text, re.DOTALL)
    for address, count in re.findall(r'<a href="([^"]+)"[^>]*>[^<]*<span>([\d.]+)</span>', lists[0]):
        value = httpx2.URL(address.replace("&amp;", "&")).params.get(name)
        found[value] = int(count.replace(".", ""))
    return found


def all_rows(browser: Browser, path: str, what: str) -> list[str]:
    """Return the links of every page of a list, as somebody who reads on to the end finds them."""
    page, rows, pages = browser.open(path), list[str](), 0
    while True:
        pages += 1
        assert pages < 100
        rows += links_to(page, what)
        more = [link for link in page.links if "cursor=" in link]
        if not more:
            return rows
        page = browser.open(more[0])
        assert path in page.links, "from every later page one link leads back to the first"


def file_rows(browser: Browser, path: str) -> list[dict[str, str]]:
    answer = browser.http.get(path)
    assert answer.status_code == 200 and answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.content.startswith(b"\xef\xbb\xbf") and answer.headers["cache-control"] == "no-store"
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize(("path", "what"), [("/claims", "claims"), ("/members", "members")])
def test_each_choice_of_a_filter_has_as_many_rows_as_it_says(
    sign_in: SignIn, place: stories.Enrolled, path: str, what: str
) -> None:
    auditor = sign_in("auditor")
    page = auditor.open(path)
    counts = choices(page, "status")
    assert len(counts) > 2 and counts[None] == sum(n for value, n in counts.items() if value)
    for status, count in counts.items():
        rows = all_rows(auditor, path if status is None else f"{path}?status={status}", what)
        assert (status, len(rows), len(set(rows))) == (status, count, count)
    side = re.search(rf'<a href="{path}"[^>]*>.*?<span class="n">([\d.]+)</span>', page.answer.text)
    assert side and int(side[1].replace(".", "")) == counts[None]


def test_the_file_holds_exactly_the_filtered_list(sign_in: SignIn, place: stories.Enrolled) -> None:
    auditor = sign_in("auditor")
    for path, what in (("/members?status=ACTIVE", "members"), ("/claims?status=COMPLETE", "claims")):
        page = auditor.open(path)
        [file] = [link for link in page.links if ".csv" in link]
        rows = file_rows(auditor, file)
        assert [f"/{what}/{row['id']}" for row in rows] == all_rows(auditor, path, what)
        assert len(rows) > 1


def test_a_file_names_nobody_and_runs_nothing(town: Town, sign_in: SignIn, place: stories.Enrolled) -> None:
    rows = file_rows(sign_in("intake"), "/members.csv")
    text = str(rows)
    assert not any(worker.nik in text or worker.name in text for worker in place.workers)
    assert all(not cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())
    mine = next(row for row in rows if row["kelurahan"] == "Kali Baros" and row["keadaan"] == "ACTIVE")
    assert mine["lunas_sampai"] == "2024-08" and mine["pekerjaan"] == "Tukang ojek pengkolan"


def test_filters_join_and_are_taken_back(sign_in: SignIn, place: stories.Enrolled) -> None:
    intake = sign_in("intake")
    joined = intake.open("/members?status=ACTIVE&ward=Kali+Baros")
    assert choices(joined, "status")["ACTIVE"] == choices(joined, "ward")["Kali Baros"] > PER_PAGE
    assert "/members?ward=Kali+Baros" in joined.answer.text.replace("%20", "+")
    nothing = intake.open("/members?status=SUSPENDED")
    assert nothing.answer.status_code == 200 and "Tidak ada yang cocok dengan saringan ini" in nothing.text
    assert "Ditangguhkan 0" in nothing.text and "/members" in nothing.links


@pytest.mark.parametrize(
    "path",
    [
        "/claims?status=NOPE", "/claims?kind=jkk", "/claims?cursor=x", "/members?status=%00", "/members?ward=%00",
        "/members?occupation=", "/members?cursor=%FF", "/work?waiting=us", "/work?benefit=x", "/work?cursor=%E2%80%8B",
        f"/claims?cursor={cursor_of('enrollments', 7)}", f"/members?cursor={cursor_of('claims', 7)}",
        f"/members?cursor={cursor_of('enrollments', 2**70)}", f"/work?cursor={cursor_of('desk', [1, 2])}",
        f"/members?ward={'x' * 4000}", f"/claims?cursor={'A' * 4000}",
    ],
)  # fmt: skip
def test_an_address_that_no_link_of_ours_has_is_refused_in_words(sign_in: SignIn, path: str) -> None:
    page = sign_in("intake").open(path)
    assert page.answer.status_code == 422 and "Ada isian yang belum benar" in page.text
    assert page.answer.headers["content-type"].startswith("text/html")


def test_the_end_of_a_list_is_a_page_too(sign_in: SignIn) -> None:
    page = sign_in("intake").open(f"/members?cursor={cursor_of('enrollments', 2**62)}")
    assert page.answer.status_code == 200 and links_to(page, "members") == []
    assert "/members" in page.links


def test_my_work_says_for_whom_a_case_waits_and_counts_what_it_shows(
    town: Town, sign_in: SignIn, place: stories.Enrolled
) -> None:
    intake = sign_in("intake")
    counts = choices(intake.open("/work"), "waiting")
    assert set(counts) >= {None, "you", "claimant"}
    for waiting, count in counts.items():
        path = "/work" if waiting is None else f"/work?waiting={waiting}"
        rows = all_rows(intake, path, "claims")
        lists = [link for link in intake.open(path).links if link.startswith("/rosters/")]
        assert len(rows) + len(set(lists)) == count
    family = intake.open("/work?waiting=claimant")
    assert "Tunggu keluarga: ajukan klaim" in family.text and "Menunggu pihak lain" in family.text
    assert "Tidak ada yang perlu Anda lakukan sekarang." in family.text
    verifier = sign_in("verifier")
    work = verifier.open("/work")
    assert "Mulai verifikasi" in work.text and "Lewat batas" in work.text
    assert '<span class="n burning">' in work.answer.text, "something burns, so the count does"


def test_lists_of_workers_are_work_of_the_desk_they_wait_for(town: Town, sign_in: SignIn) -> None:
    programme = stories.open_programme(town)
    roster = stories.send_list(town, programme, stories.list_with(stories.workers(3)))["id"]
    dinas, ward = sign_in("sponsor_officer"), sign_in("ward_verifier")
    page = dinas.open("/work?benefit=lists")
    assert f"/rosters/{roster}" in page.links and "Usulkan: 3 pekerja" in page.text
    side = re.search(r'<a href="/rosters"[^>]*>.*?<span class="n">([\d.]+)</span>', page.answer.text)
    assert side and int(side[1]) == len(all_rows(dinas, "/rosters", "rosters"))
    assert f"/rosters/{roster}" not in ward.open("/work").links
    stories.decree(town, roster)
    assert f"/rosters/{roster}" not in dinas.open("/work").links
    desk = sign_in("intake").open("/work?benefit=lists")
    assert f"/rosters/{roster}" in desk.links and "Daftarkan: 3 pekerja" in desk.text


def test_the_last_note_stands_beside_the_case_for_the_office_alone(
    town: Town, sign_in: SignIn, place: stories.Enrolled
) -> None:
    worker = stories.enrolled_workers(town).workers[0]
    claim = stories.report(town, worker.nik)["id"]
    budi = town.person("Budi", "intake")
    for text in ("Bu Nur Aini datang kembali Kamis.", "Surat kematian menyusul dari kelurahan."):
        budi.post(f"/v1/claims/{claim}/notes", {"text": text}, status=201)
    work = sign_in("intake").open("/work?waiting=claimant")
    while f"/claims/{claim}" not in work.links:
        work = sign_in("intake").open(next(link for link in work.links if "cursor=" in link))
    row = work.answer.text[work.answer.text.index(f'href="/claims/{claim}"') :].partition("</li>")[0]
    assert "Surat kematian menyusul dari kelurahan." in row and "Bu Nur Aini" not in row


def test_a_search_is_posted_and_says_why_it_found_somebody(
    town: Town, sign_in: SignIn, place: stories.Enrolled
) -> None:
    intake = sign_in("intake")
    worker, token = place.workers[0], intake.open("/work").form("/search").fields
    member = stories.member(town, worker.nik)
    number = town.person("pemeriksa", "auditor").get(f"/v1/enrollments/{member}")["number"]
    claim = all_rows(intake, "/claims?status=REPORTED", "claims")[-1]
    claim_number = town.person("pemeriksa", "auditor").get(f"/v1{claim}")["number"]
    for asked, why in (
        (worker.nik, "cocok: NIK"),
        (number, "cocok: nomor kepesertaan"),
        (claim_number.lower(), "cocok: nomor klaim"),
        (worker.name.upper(), "cocok: nama"),
        (worker.name.replace("Sutarjo", "Soetardjo"), "mirip bunyi namanya"),
    ):
        found = intake.send(intake.open("/search").form("/search"), q=asked)
        assert found.answer.status_code == 200 and why in found.text, asked
        assert found.answer.url.path == "/search" and not found.answer.url.query
        assert worker.nik not in found.text
        if "klaim" not in why:
            assert f"/members/{member}" in found.links
    short = intake.post("/search", token | {"q": "ab"})
    assert short.answer.status_code == 422 and "sedikitnya tiga huruf" in short.text
    nobody = intake.post("/search", token | {"q": "3375020101010001"})
    assert nobody.answer.status_code == 200 and "Tidak ada orang dengan NIK ini" in nobody.text
    assert sign_in("verifier").post("/search", token | {"q": worker.nik}).answer.status_code == 403


def test_a_member_has_a_page_with_the_cover_of_a_day(
    town: Town, sign_in: SignIn, place: stories.Enrolled
) -> None:
    intake = sign_in("intake")
    member = stories.member(town, place.workers[-1].nik)
    page = intake.open(f"/members/{member}?on=2024-05-10")
    assert (
        "Perlindungan pada 10 Mei 2024" in page.text
        and "Aktif. Terlindungi mulai 1 September 2023." in page.text
    )
    assert "Iuran lunas sampai 31 Agustus 2024." in page.text and place.workers[-1].nik not in page.text
    assert "Tidak terlindungi sejak" in intake.open(f"/members/{member}?on=2025-06-01").text
    assert f"/report/{member}" in page.links and f"/rosters/{place.roster}" in page.links
    assert "Terdaftar" in page.text and "Iuran diterima" in page.text
    for day in ("2024-02-30", "x", "0001-01-01", "9999-01-01"):
        assert intake.open(f"/members/{member}?on={day}").answer.status_code == 422
    assert intake.open("/members/not-an-id").answer.status_code == 404
    dead = intake.open(f"/members/{stories.member(town, place.workers[0].nik)}")
    assert links_to(dead, "claims") and not any(link.startswith("/report/") for link in dead.links)


def test_a_family_sees_its_own_claims_and_no_register_of_others(
    town: Town, sign_in: SignIn, place: stories.Enrolled
) -> None:
    family = sign_in("participant")
    page = family.open("/claims")
    assert page.answer.status_code == 200 and links_to(page, "claims") == []
    assert "Belum ada klaim" in page.text and "/members" not in page.links
    for path in (
        "/members",
        "/members.csv",
        "/search",
        f"/members/{stories.member(town, place.workers[0].nik)}",
    ):
        assert family.open(path).answer.status_code == 403, path
    assert file_rows(family, "/claims.csv") == []


@contextmanager
def held_back(serving: Serving, model: str) -> Iterator[None]:
    """Keep a read model from moving on, as a slow disk would: somebody else holds the row of its position."""
    with asyncio.Runner() as runner:
        connection = runner.run(asyncpg.connect(serving.admin_url))
        runner.run(connection.execute("begin"))
        held = runner.run(connection.fetch("select from work.projection where name = $1 for update", model))
        assert len(held) == 1
        try:
            yield
        finally:
            runner.run(connection.execute("rollback"))
            runner.run(connection.close())


@pytest.mark.parametrize(
    ("model", "path"), [("worklist", "/work?waiting=claimant"), ("claim_register", "/claims")]
)
def test_a_list_that_lags_behind_my_act_says_so_and_shows_it_soon(
    town: Town, serving_town: Serving, sign_in: SignIn, model: str, path: str
) -> None:
    place = stories.enrolled_workers(town)
    stories.pay(town, place, stories.MONTHS)
    intake = sign_in("intake")
    assert "tertinggal" not in intake.open(path).text
    intake.is_patient = False
    with held_back(serving_town, model):
        claim = f"/claims/{reported(intake, place.workers[0].nik)}"
        case = intake.open(claim)
        assert case.answer.status_code == 200 and "Kematian dilaporkan" in case.text, (
            "a case is read from the log"
        )
        assert 'class="n"' not in case.answer.text, "no count is better than one without the reader's own act"
        behind = intake.open(path)
        assert behind.answer.status_code == 200 and claim not in behind.links
        assert "Daftar ini tertinggal sebentar" in behind.text and "Muat ulang" in behind.text
        if path == "/claims":
            assert intake.open("/claims.csv").answer.status_code == 503, "a file cannot say that it lags"
    assert "tertinggal" not in intake.open(path).text
    assert claim in all_rows(intake, path, "claims")


def test_every_list_is_whole_without_script(sign_in: SignIn, place: stories.Enrolled) -> None:
    intake = sign_in("intake")
    member = links_to(intake.open("/members"), "members")[0]
    for path in ("/work", "/claims", "/members", "/search", member):
        page = intake.open(path)
        assert page.answer.status_code == 200 and page.inline == [] and page.headings.count(1) == 1
        assert all(address.startswith("/") and not address.startswith("//") for address in page.asks_for)
        assert "mutakhir sampai peristiwa" in page.text or path in ("/search", member)
        english = intake.post("/language", {"language": "en", "back": path})
        assert english.language == "en" and english.answer.url.path == path
        intake.post("/language", {"language": "id", "back": "/work"})


def test_my_work_offers_the_signature_that_is_the_readers_to_give(town: Town, sign_in: SignIn) -> None:
    """A decree that came after the death asks for two: the first approver endorses, the second approves."""
    place = stories.enrolled_workers(town, issued_on="2024-05-15")
    stories.pay(town, place, stories.MONTHS)
    claim = str(stories.calculated(town, place.workers[0].nik)["id"])

    def offered(persona: str) -> str | None:
        page = sign_in(persona).open("/work")
        rows = re.findall(rf'<a [^>]*href="/claims/{claim}"[^>]*>([^<]*)</a>', page.answer.text)
        return rows[-1] if rows else None  # the first may be the button that leads to the first row

    assert offered("approver_1") == "Dukung"
    stories.take(town.person("Dewi", "approver_1"), claim, "endorse")
    assert (offered("approver_1"), offered("approver_2")) == ("Tunggu meja lain: setujui", "Setujui")


def test_a_rejection_that_only_the_head_signs_is_no_work_of_the_first_approver(
    town: Town, sign_in: SignIn
) -> None:
    place = stories.enrolled_workers(town)
    stories.pay(town, place, stories.MONTHS)
    claim = str(stories.report(town, place.workers[0].nik)["id"])
    stories.file(town, claim)
    stories.verify(town, claim)
    rina, ujang = town.person("Rina", "verifier"), town.person("Ujang", "field_checker")
    stories.take(rina, claim, "order_field_check")
    ujang.upload(f"/v1/claims/{claim}/documents", "CASE_CHECK")
    stories.take(ujang, claim, "report_field_check", was_working=False, findings="Tidak berdagang lagi")
    stories.take(rina, claim, "propose_rejection", code="NOT_WORKING", reason="Berhenti berdagang")

    def offered(persona: str) -> str:
        page = sign_in(persona).open("/work")
        rows = re.findall(rf'<a [^>]*href="/claims/{claim}"[^>]*>([^<]*)</a>', page.answer.text)
        return str(rows[-1])

    assert offered("approver_1") == "Tunggu meja lain: tanda tangani penolakan"
    assert offered("approver_2") == "Tanda tangani penolakan"
