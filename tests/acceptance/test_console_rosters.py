"""Lists of workers in the console, in a browser without script: sent, checked, mended, and what goes wrong."""

import csv
import io
import json
import time
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance import stories
from tests.acceptance.browser import Browser, Form, Page, SignIn
from tests.acceptance.office_client import Town

DATA = Path(__file__).parents[1] / "data"
DIRTY = (DATA / "pekalongan_dirty_60.csv").read_bytes()
EXPECTED: dict[str, Any] = json.loads((DATA / "pekalongan_dirty_60.expected.json").read_text())


def send(browser: Browser, programme: str, content: bytes, name: str = "daftar.csv", **filled: str) -> Page:
    page = browser.open("/rosters/new")
    told = {"programme_id": programme, "effective_on": "2023-09-01", "replaces": "", "note": ""} | filled
    return browser.send(page.form("/rosters/new"), files={"file": (name, content, "text/csv")}, **told)


def checked(browser: Browser, page: Page, within: float = 60) -> Page:
    """Follow the check as a page without script does: load it again."""
    until = time.monotonic() + within
    while "sedang diperiksa" in page.text:
        assert time.monotonic() < until, "the check takes too long"
        time.sleep(0.1)
        page = browser.open(page.answer.url.path)
    return page


def rows_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


@pytest.fixture(scope="module")
def programme(town: Town) -> str:
    return stories.open_programme(town)


def test_a_damaged_list_is_sent_and_told_row_by_row(town: Town, sign_in: SignIn) -> None:
    dinas = sign_in("sponsor_officer")
    page = checked(dinas, send(dinas, stories.open_programme(town), DIRTY))
    assert "43 dari 60 baris siap diusulkan" in page.text
    assert "43 siap 17 perlu diperbaiki 2 siap, mohon dilihat" in page.text
    address = page.answer.url.path
    refused = dinas.open(f"{address}?show=refused").text
    for row, issue in EXPECTED["reject"].items():
        assert f" {row} " in refused and issue["code"] in refused
    assert "3,37501E+15" in refused and "Lembar kerja hanya menyimpan 15 angka" in refused
    assert "Salin kembali NIK dari KTP." in refused and "NIK ini sudah ada pada baris 9" in refused
    assert "birth_date_mismatch" not in refused
    warned = dinas.open(f"{address}?show=warned").text
    assert all(issue["code"] in warned for issue in EXPECTED["warn"].values())
    of_nik = dinas.open(f"{address}?show=refused&field=nik").text
    assert "nik_length" in of_nik and "REJECT_OCCUPATION" not in of_nik
    accepted = dinas.open(f"{address}?show=accepted")
    assert "Rokhim Susanto" in accepted.text and "Konsep" in accepted.text
    lists = dinas.open("/rosters")
    assert address in lists.links and "43 diterima, 17 perlu diperbaiki" in lists.text
    assert "Usulkan 43 pekerja" in lists.text and "Mutakhir sampai peristiwa" in lists.text


def test_the_rows_to_mend_are_sent_back_mended(town: Town, sign_in: SignIn) -> None:
    dinas, programme = sign_in("sponsor_officer"), stories.open_programme(town)
    page = checked(dinas, send(dinas, programme, DIRTY))
    sheet = dinas.http.get(f"{page.answer.url.path}/result?format=csv")
    assert sheet.status_code == 200
    titles, *rows = rows_of(sheet.content)
    assert titles[-2:] == ["alasan", "perbaikan"] and len(rows) == 17
    by_nik = {row[titles.index("nik")]: row for row in rows}
    row = by_nik["33750112038090"]
    [worker] = stories.workers(1)
    row[titles.index("nik")] = worker.nik
    row[titles.index("tanggal_lahir")] = worker.columns["tanggal_lahir"]
    row[titles.index("jenis_kelamin")] = worker.columns["jenis_kelamin"]
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows([titles, row])
    mended = checked(dinas, send(dinas, programme, text.getvalue().encode()))
    assert "1 dari 1 baris siap diusulkan" in mended.text
    assert "tidak dibaca" not in mended.text  # our own remarks are passed over


def test_the_same_file_is_the_first_list_and_a_button_pressed_twice_sends_once(
    town: Town, sign_in: SignIn
) -> None:
    dinas, programme = sign_in("sponsor_officer"), stories.open_programme(town)
    content = stories.list_with(stories.workers(1))
    form = dinas.open("/rosters/new").form("/rosters/new")
    told = {"programme_id": programme, "effective_on": "2023-09-01", "replaces": "", "note": ""}
    files = {"file": ("daftar.csv", content, "text/csv")}
    first, second = (dinas.send(form, files=files, **told) for _ in range(2))
    assert first.answer.url.path == second.answer.url.path
    again = send(dinas, programme, content)
    assert again.answer.url.path == first.answer.url.path
    assert "Berkas yang persis sama sudah dikirim pada" in again.text


def test_what_is_wrong_with_an_upload_is_said_in_its_form(programme: str, sign_in: SignIn) -> None:
    dinas = sign_in("sponsor_officer")
    page = send(dinas, programme, b"")
    assert page.answer.status_code == 422 and "Berkas belum dipilih, atau kosong" in page.text
    assert page.form("/rosters/new").fields["effective_on"] == "2023-09-01"
    page = send(
        dinas, programme, stories.list_with(stories.workers(1)), effective_on="", note="dari kelurahan"
    )
    assert page.answer.status_code == 422 and "Isi hari mulai berlaku" in page.text
    assert "Pilih berkasnya sekali lagi" in page.text and "dari kelurahan" in page.text
    page = send(dinas, programme, bytes(33 << 20))
    assert page.answer.status_code == 413 and "lebih besar dari 32 MB" in page.text
    form = dinas.open("/rosters/new").form("/rosters/new")
    files = {"file": ("foto.png", b"\x89PNG", "image/png")}
    page = dinas.send(form, files=files, programme_id=programme, effective_on="2023-09-01")
    assert page.answer.status_code == 415 and "Simpan daftar sebagai CSV atau XLSX" in page.text


def test_a_file_that_is_no_list_says_what_to_do(programme: str, sign_in: SignIn) -> None:
    dinas = sign_in("sponsor_officer")
    page = checked(dinas, send(dinas, programme, b"%PDF-1.4 not a list"))
    assert "Berkas ini tidak dapat dibaca sebagai daftar" in page.text
    assert "Kirim daftar aslinya dari lembar kerja" in page.text and "unreadable" in page.text
    page = checked(dinas, send(dinas, programme, b"nik;nama\n1;Budi\n"))
    assert "Kolom wajib tidak ada: tanggal_lahir" in page.text


def test_what_stands_in_a_cell_is_shown_and_never_run(programme: str, sign_in: SignIn) -> None:
    [worker] = stories.workers(1)
    content = stories.list_with((worker,)).replace(
        worker.name.encode(), b"=HYPERLINK(1)<script>alert(1)</script>"
    )
    content = content.replace(b"Tukang ojek pengkolan", b"<img src=x onerror=alert(1)>")
    dinas = sign_in("sponsor_officer")
    page = checked(dinas, send(dinas, programme, content))
    assert "=HYPERLINK(1)<script>alert(1)</script>" in page.text  # as text
    assert "&lt;script&gt;alert(1)" in page.answer.text and "<img src=x" not in page.answer.text
    assert page.inline == []


def test_others_see_the_list_but_not_what_was_written_in_its_rows(town: Town, sign_in: SignIn) -> None:
    dinas = sign_in("sponsor_officer")
    page = checked(dinas, send(dinas, stories.open_programme(town), DIRTY))
    address = page.answer.url.path
    auditor = sign_in("auditor").open(address)
    assert "nik_length" in auditor.text and "tidak ditampilkan" in auditor.text
    assert "33750112038090" not in auditor.text and "Wartini" not in auditor.text
    assert sign_in("ward_verifier").open(address).text.count("33750112038090") == 1
    looks = town.person("auditor", "auditor").get("/v1/access")["items"]
    assert [
        (one["actor"], one["fields"]) for one in looks if one["case_id"] == address.rpartition("/")[2]
    ] == [("ward_verifier", ["rows"])]
    refused = sign_in("participant").open("/rosters")
    assert refused.answer.status_code == 403
    refused = sign_in("auditor").open("/rosters/new")
    assert refused.answer.status_code == 403 and "not_your_role" in refused.text


def test_an_address_that_was_made_up_is_told_so(programme: str, sign_in: SignIn) -> None:
    dinas = sign_in("sponsor_officer")
    page = checked(dinas, send(dinas, programme, stories.list_with(stories.workers(1))))
    address = page.answer.url.path
    for path, status in (
        ("/rosters?cursor=xyz", 422),
        (f"{address}?show=refused&cursor=xyz", 422),
        (f"{address}?show=accepted&cursor=xyz", 422),
        (f"{address}/result?format=pdf", 422),
        ("/rosters/7d6c3b84-0000-4000-8000-000000000000", 404),
        ("/rosters/kosong", 404),
        ("/rosters?programme=kosong", 404),
    ):
        assert dinas.open(path).answer.status_code == status, path
    form = page.form(f"{address}/documents")
    form.fields["form_token"] = "0" * 64
    refused = dinas.send(form, files={"file": ("pks.pdf", b"%PDF-1.4 pks", "application/pdf")})
    assert refused.answer.status_code == 403


def test_an_empty_list_to_fill_in_is_one_that_we_can_read(programme: str, sign_in: SignIn) -> None:
    dinas = sign_in("sponsor_officer")
    empty = dinas.http.get("/rosters/template?format=csv").content
    [titles] = rows_of(empty)
    [worker] = stories.workers(1)
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerow([worker.columns[title] for title in titles])
    page = checked(dinas, send(dinas, programme, empty + text.getvalue().encode()))
    assert "1 dari 1 baris siap diusulkan" in page.text
    workbook = dinas.http.get("/rosters/template?format=xlsx")
    assert (
        workbook.content.startswith(b"PK")
        and "daftar-pekerja.xlsx" in workbook.headers["content-disposition"]
    )


def test_the_pages_of_a_list_are_whole_without_script_and_ask_only_us(
    programme: str, sign_in: SignIn
) -> None:
    dinas = sign_in("sponsor_officer")
    running = send(dinas, programme, stories.list_with(stories.workers(3)))
    done = checked(dinas, running)
    for page in (dinas.open("/rosters"), dinas.open("/rosters/new"), running, done):
        policy = page.answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy
        assert page.inline == []
        assert all(address.startswith("/") and not address.startswith("//") for address in page.asks_for)
        assert page.headings.count(1) == 1
    assert "script" not in done.answer.headers["content-security-policy"]
    if "sedang diperiksa" in running.text:  # a check of three rows may be over before the page is made
        assert "script-src 'self'" in running.answer.headers["content-security-policy"]
    part = dinas.http.get(f"{done.answer.url.path}/progress", headers={"HX-Request": "true"})
    assert part.headers["hx-refresh"] == "true" and "<h1" not in part.text
    nobody = Browser(str(dinas.http.base_url))
    away = nobody.http.get(f"{done.answer.url.path}/progress", headers={"HX-Request": "true"})
    nobody.close()
    assert (away.status_code, away.headers["hx-redirect"]) == (204, "/sign-in")
    script = dinas.http.get("/console/vendor/htmx/htmx.min.js")
    assert script.status_code == 200 and "javascript" in script.headers["content-type"]


def test_lists_and_their_issues_come_page_by_page_over_http(town: Town) -> None:
    programme = stories.open_programme(town)
    view = stories.send_list(town, programme, DIRTY)
    stories.send_list(town, programme, b"no list")
    dinas = town.people["dinas"]
    newest, first = dinas.all("/v1/rosters", programme=programme, limit=1)
    assert (newest["status"], newest["code"]) == ("failed", "columns_missing")
    assert (first["id"], first["accepted"], first["rejected"], first["warnings"]) == (view["id"], 43, 17, 2)
    assert first["workers"] == {"DRAFT": 43}
    assert [one["id"] for one in dinas.all("/v1/rosters", programme=programme, status="checked")] == [
        view["id"]
    ]
    path = f"/v1/rosters/{view['id']}/issues"
    assert dinas.all(path, limit=5) == view["issues"]
    assert {one["code"] for one in dinas.all(path, severity="warn")} == {
        "birth_date_mismatch",
        "sex_mismatch",
    }
    assert len(dinas.all(path, severity="reject", field="nik", limit=2)) == 6
    elsewhere = town.person("dinas Bandung", "sponsor_officer", area="3273")
    assert elsewhere.get("/v1/rosters", programme=programme)["items"] == []
    for query in ("severity=all", "cursor=xyz", "limit=0"):
        answer = dinas.call("GET", f"{path}?{query}")
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    answer = dinas.call("GET", "/v1/rosters?status=lost")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


# -- steps with the workers of a list


def brought(browser: Browser, roster: str, code: str) -> Page:
    """Upload a paper of the list, where its page offers to."""
    page = browser.open(f"/rosters/{roster}")
    form = next(one for one in page.forms if one.takes_files and one.fields["code"] == code)
    return browser.send(
        form, files={"file": (f"{code}.pdf", f"%PDF {roster} {code}".encode(), "application/pdf")}
    )


def taken(browser: Browser, roster: str, step: str, who: str = "all", among: str = "", **filled: str) -> Page:
    """Take a step with a list: fill its form, look at the check page, press the button, follow it to its end."""
    address = f"/rosters/{roster}/steps/{step}"
    page = browser.open(address)
    assert page.answer.status_code == 200, page.text
    page = browser.send(page.form(address), who=who, among=among, effective_on="2023-09-01", **filled)
    if page.answer.status_code == 200:
        page = browser.send(page.form(address))
    until = time.monotonic() + 60
    while "Sedang berjalan" in page.text:
        assert time.monotonic() < until
        time.sleep(0.1)
        page = browser.open(page.answer.url.path)
    return page


@pytest.fixture
def roster(town: Town) -> str:
    """A checked list of five workers."""
    programme = stories.open_programme(town)
    return str(stories.send_list(town, programme, stories.list_with(stories.workers(5)))["id"])


def test_a_list_goes_from_proposal_to_membership_by_people_at_browsers(
    town: Town, sign_in: SignIn, roster: str
) -> None:
    dinas, ward, intake = sign_in("sponsor_officer"), sign_in("ward_verifier"), sign_in("intake")
    page = dinas.open(f"/rosters/{roster}")
    assert "5 dari 5 baris siap diusulkan" in page.text and "Sebelum itu, unggah: Perjanjian" in page.text
    early = dinas.open(f"/rosters/{roster}/steps/propose")
    assert early.answer.status_code == 409 and "Yang masih kurang: Perjanjian kerja sama" in early.text
    page = brought(dinas, roster, "ENR_PKS")
    assert f"/rosters/{roster}/steps/propose" in page.links
    page = taken(dinas, roster, "propose")
    assert "5 pekerja diusulkan" in page.text and "Semua berhasil" in page.text
    assert "Menunggu petugas kelurahan: Mulai verifikasi 5 pekerja" in page.text
    assert f"/rosters/{roster}" in ward.open("/rosters?status=waiting").links
    assert f"/rosters/{roster}" not in dinas.open("/rosters?status=waiting").links
    assert "Verifikasi 5 pekerja dimulai" in taken(ward, roster, "start_verification").text
    brought(ward, roster, "ENR_VERVAL")
    assert "5 pekerja lolos verifikasi" in taken(ward, roster, "verify").text
    brought(dinas, roster, "ENR_SK")
    page = taken(dinas, roster, "issue_decree", number="460/123/2023", issued_on="2023-09-01")
    assert "5 penerima ditetapkan" in page.text
    assert "5 pekerja terdaftar" in taken(intake, roster, "register").text
    page = dinas.open(f"/rosters/{roster}")
    assert "5 dari 5 pekerja terdaftar, menunggu iuran" in page.text
    minutes = dinas.open(f"/rosters/{roster}/letters/minutes")
    assert minutes.answer.status_code == 200 and "460/123/2023" in minutes.text
    view = town.person("dinas", "sponsor_officer").get(f"/v1/rosters/{roster}")
    assert [(one["step"], one["done"]) for one in view["steps"]] == [
        (step, 5) for step in ("propose", "start_verification", "verify", "issue_decree", "register")
    ]


def test_a_paper_of_a_list_is_opened_from_its_page_and_the_look_is_on_record(
    town: Town, sign_in: SignIn, roster: str
) -> None:
    page = brought(sign_in("sponsor_officer"), roster, "ENR_PKS")
    [paper] = [link for link in page.links if "/documents/" in link]
    ward = sign_in("ward_verifier")
    shown = ward.http.get(paper)
    assert shown.content == f"%PDF {roster} ENR_PKS".encode()
    assert "sandbox" in shown.headers["content-security-policy"]
    assert ward.http.get(f"{paper[:-1]}x").status_code == 404
    assert sign_in("calculator").http.get(paper).status_code == 403
    assert ward.http.get(f"/rosters/{roster}/result").status_code == 200
    looks = town.person("auditor", "auditor").get("/v1/access")["items"]
    told = [(one["actor"], one["fields"]) for one in looks if one["case_id"] == roster]
    assert sorted(told) == [("ward_verifier", ["document ENR_PKS"]), ("ward_verifier", ["rows"])]


def test_a_step_is_taken_for_chosen_rows_and_for_all_but_some(sign_in: SignIn, roster: str) -> None:
    dinas = sign_in("sponsor_officer")
    brought(dinas, roster, "ENR_PKS")
    address = f"/rosters/{roster}/steps/propose"
    form = dinas.open(address).form(address)
    check = dinas.send(form, who="rows", row="1", among="2-3")  # one ticked, two written
    assert "Baris 1-3" in check.text and "3 pekerja menjadi: Diusulkan." in check.text
    page = dinas.send(check.form(address))
    assert "3 pekerja diusulkan" in page.text and "baris 1-3" in page.text
    check = dinas.send(dinas.open(address).form(address), who="except", among="5")
    assert "Semua, kecuali baris 5" in check.text and "1 pekerja menjadi: Diusulkan." in check.text
    assert "3 pekerja lain yang dimaksud tidak pada tahap ini" in check.text
    page = dinas.send(check.form(address))
    assert "1 pekerja diusulkan" in page.text and "3 baris ditolak dan tidak berubah" in page.text
    assert page.text.count("step_not_open") == 3 and "Sutarjo Percobaan" in page.text


def test_rows_are_sent_back_and_rejected_with_their_reason(town: Town, sign_in: SignIn, roster: str) -> None:
    dinas, ward = sign_in("sponsor_officer"), sign_in("ward_verifier")
    brought(dinas, roster, "ENR_PKS")
    taken(dinas, roster, "propose")
    taken(ward, roster, "start_verification")
    page = ward.open(f"/rosters/{roster}/steps/return_proposal")
    assert page.form(f"/rosters/{roster}/steps/return_proposal").fields["who"] == "rows"  # seldom for all
    assert "1 usulan dikembalikan" in taken(ward, roster, "return_proposal", "rows", "2", items="alamat").text
    page = taken(ward, roster, "reject", "rows", "3", code="REJECT_NOT_WORKING")
    assert "1 pekerja ditolak" in page.text
    page = dinas.open(f"/rosters/{roster}")
    assert "Lengkapi 1 usulan yang dikembalikan" in page.text
    assert "1 usulan dilengkapi" in taken(dinas, roster, "complete_proposal").text
    reader = town.person("dinas", "sponsor_officer")
    position = reader.get(f"/v1/rosters/{roster}")["position"]
    members = reader.all("/v1/enrollments", roster=roster, min_position=position)
    assert {one["row"]: one["status"] for one in members} == {3: "REJECTED"} | dict.fromkeys(
        (1, 2, 4, 5), "VERIFYING"
    )


def test_what_is_unclear_in_a_step_is_asked_again(sign_in: SignIn, roster: str) -> None:
    dinas = sign_in("sponsor_officer")
    brought(dinas, roster, "ENR_PKS")
    address = f"/rosters/{roster}/steps/propose"
    form = dinas.open(address).form(address)
    for filled, said in (
        ({"who": "rows"}, "Belum ada baris yang dipilih"),
        ({"who": "all", "row": "2"}, "Pilih salah satu"),
        ({"who": "rows", "among": "2, 9"}, "Tidak diterima pada daftar ini: baris 9."),
        ({"who": "rows", "among": "9-2"}, "misalnya 1-20, 35"),
        ({"who": "rows", "among": "1-999999999"}, "misalnya 1-20, 35"),
        ({"who": "rows", "among": "<b>2</b>"}, "misalnya 1-20, 35"),
        ({"who": "none"}, "Pilih untuk siapa"),
        ({"who": "all", "effective_on": "2999-01-01"}, "Periksa"),
    ):
        page = dinas.send(form, **filled)
        assert page.answer.status_code == 422, filled
        if "effective_on" not in filled:
            assert said in page.text, filled
    assert page.form(address).fields["effective_on"] == "2999-01-01"


def test_a_step_pressed_twice_is_asked_once_and_who_comes_second_is_told(
    town: Town, sign_in: SignIn, roster: str
) -> None:
    one, two = sign_in("sponsor_officer"), sign_in("sponsor_officer")
    brought(one, roster, "ENR_PKS")
    address = f"/rosters/{roster}/steps/propose"
    mine = one.send(one.open(address).form(address), who="all").form(address)
    other = two.send(two.open(address).form(address), who="all").form(address)
    first, again = one.send(mine), one.send(mine)
    assert first.answer.url.path == again.answer.url.path and "5 pekerja diusulkan" in again.text
    late = two.send(other)
    assert late.answer.status_code == 412 and "Berkas ini baru saja berubah" in late.text
    view = town.person("dinas", "sponsor_officer").get(f"/v1/rosters/{roster}")
    assert [one["step"] for one in view["steps"]] == ["propose"]


def test_another_desk_and_who_sent_the_list_are_refused(town: Town, sign_in: SignIn, roster: str) -> None:
    ward, dinas = sign_in("ward_verifier"), sign_in("sponsor_officer")
    brought(dinas, roster, "ENR_PKS")
    refused = ward.open(f"/rosters/{roster}/steps/propose")
    assert refused.answer.status_code == 403 and "hanya dapat dilakukan oleh: petugas dinas" in refused.text
    address = f"/rosters/{roster}/steps/propose"
    form = dinas.send(dinas.open(address).form(address), who="all").form(address)
    form.fields["form_token"] = ward.open("/rosters").forms[-1].fields["form_token"]
    refused = ward.send(form)
    assert refused.answer.status_code == 403
    history = stories.history(town.person("auditor", "auditor"), f"rosters/{roster}")
    assert [one["actor"] for one in history if one["event"] == "attempt.refused"] == ["ward_verifier"]
    for path in (f"/rosters/{roster}/steps/abandon_proposal", f"/rosters/{roster}/steps/fly"):
        assert dinas.open(path).answer.status_code == 404
    assert dinas.open(f"/rosters/{roster}/outcomes/nothing").answer.status_code == 404
    assert dinas.open(f"/rosters/{roster}/steps/propose?cursor=xyz").answer.status_code == 422


# -- the contribution of a list


def payment(page: Page) -> Form:
    """Return the form of the payment; beside it stands one that asks for other months."""
    return next(
        form for form in page.forms if form.action.endswith("/contribution") and "form_token" in form.fields
    )


def test_finance_pays_the_invoice_of_a_list_and_the_members_are_active(town: Town, sign_in: SignIn) -> None:
    place = stories.enrolled_workers(town, 2)
    address = f"/rosters/{place.roster}/contribution"
    finance = sign_in("finance")
    assert "Catat iuran pertama 2 peserta" in finance.open(f"/rosters/{place.roster}").text
    page = finance.open(f"{address}?first=2023-09&last=2024-08")
    assert "Tagihan September 2023 – Agustus 2024: Rp 403.200" in page.text.replace("\xa0", " ")
    told = {"paid_on": "2023-09-10", "reference": f"SP2D/{place.roster}"}
    wrong = finance.send(payment(page), amount="400.000", **told)
    said = wrong.text.replace("\xa0", " ")
    assert wrong.answer.status_code == 422
    assert "Tagihan Rp403.200, yang diisi Rp400.000: kurang Rp3.200" in said.replace("Rp ", "Rp")
    assert payment(wrong).fields["reference"] == told["reference"]
    check = finance.send(payment(wrong), amount="Rp 403.200", **told)
    assert "Iuran 2 peserta tercatat" in check.text
    paid = finance.send(payment(check))
    again = finance.send(payment(check))  # the button pressed twice
    assert "Iuran tercatat" in paid.text and "Iuran tercatat" in again.text
    assert told["reference"] in paid.text
    ledger = town.person("auditor", "auditor").get(f"/v1/programmes/{place.programme}/ledger")
    assert [one["amount"] for one in ledger["payments"]] == [403_200]
    assert "Aktif" in finance.open(f"/rosters/{place.roster}?show=accepted").text
    second = payment(finance.open(f"{address}?first=2023-09&last=2023-09"))
    twice = finance.send(second, amount="33.600", paid_on="2023-09-11", reference=f"LAIN/{place.roster}")
    assert twice.answer.status_code == 409


def test_others_read_the_invoice_and_months_that_cannot_be_are_said(town: Town, sign_in: SignIn) -> None:
    place = stories.enrolled_workers(town, 1)
    address = f"/rosters/{place.roster}/contribution"
    dinas = sign_in("sponsor_officer")
    page = dinas.open(f"{address}?first=2023-09&last=2023-09")
    assert "Rp 16.800" in page.text.replace("\xa0", " ") and "Iuran dicatat oleh bagian keuangan" in page.text
    assert not any(form.action == address and "amount" in form.fields for form in page.forms)
    for query in ("first=2024-01&last=2023-09", "first=lusa", "first=2023-09&last=2099-09"):
        page = dinas.open(f"{address}?{query}")
        assert page.answer.status_code == 422 and "Pilih 1 sampai 24 bulan" in page.text
    finance = sign_in("finance")
    form = payment(finance.open(f"{address}?first=2023-09&last=2023-09"))
    for filled, said in (
        ({"amount": "banyak", "paid_on": "2023-09-10", "reference": "X1"}, "Isi jumlah yang masuk"),
        ({"amount": "16800", "paid_on": "", "reference": "X1"}, "Isi tanggal uang masuk"),
        ({"amount": "16800", "first": "", "last": ""}, "Pilih 1 sampai 24 bulan"),
        ({"amount": "16800", "paid_on": "2023-09-10", "reference": ""}, "Isi nomor referensi"),
    ):
        page = finance.send(form, **filled)
        assert page.answer.status_code == 422 and said in page.text
    form = payment(finance.send(form, amount="16800", paid_on="2023-09-10", reference="X1"))
    form.fields["form_token"] = dinas.open("/rosters").forms[-1].fields["form_token"]
    refused = dinas.send(form)
    assert refused.answer.status_code == 403 and "not_your_role" in refused.text
