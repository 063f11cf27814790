"""Letters over HTTP: which can be written where a claim stands, and what stands in them."""

import base64
import hashlib
import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any, Final

import httpx2
import pytest

from tests.acceptance import stories
from tests.acceptance.office_client import Person, Town

KINDS: Final = ("receipt", "request-for-papers", "amount-sheet", "rejection", "payment-notice")
ACCOUNT: Final = str(stories.PAYEE["account_number"])
VOID: Final = frozenset({"meta", "hr", "br", "path", "circle", "rect", "link", "img", "input"})
HOSTILE: Final = "<script>alert(1)</script>\"><img src=x onerror=y> {{ 7*7 }} &amp; O'Neil"


class Page(HTMLParser):
    """A letter, taken apart: its words, headings, tags, and whether every tag that opens closes."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.html = html
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.headings: list[tuple[int, str]] = []
        self.styles: list[str] = []
        self._open: list[str] = []
        self._words: list[str] = []
        self.feed(html)
        self.close()
        assert not self._open, f"left open: {self._open}"

    @property
    def text(self) -> str:
        return " ".join(" ".join(self._words).replace("\N{NO-BREAK SPACE}", " ").split())

    @property
    def lang(self) -> str | None:
        return next(found["lang"] for tag, found in self.tags if tag == "html")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if re.fullmatch("h[1-6]", tag):
            self.headings.append((int(tag[1]), ""))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open and self._open.pop() == tag, f"</{tag}> closes nothing"

    def handle_data(self, data: str) -> None:
        if "style" in self._open:
            self.styles.append(data)
            return
        self._words.append(data)
        if self.headings and any(re.fullmatch("h[1-6]", tag) for tag in self._open):
            level, said = self.headings[-1]
            self.headings[-1] = (level, said + data)


def asked(person: Person, claim: str, kind: str, **query: str) -> httpx2.Response:
    return person.call("GET", f"/v1/claims/{claim}/letters/{kind}", params=query)


def letter(person: Person, claim: str, kind: str, **query: str) -> Page:
    answer = asked(person, claim, kind, **query)
    assert answer.status_code == 200, answer.text
    return sound(answer)


def sound(answer: httpx2.Response) -> Page:
    """Return the page, which must be whole, quiet, kept by nobody, and in order."""
    page = Page(answer.text)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy
    assert len(page.styles) == 2
    for style in page.styles:
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy, "a browser would leave the style out"
    assert {"script", "iframe", "form", "object", "img", "link", "base"}.isdisjoint(
        tag for tag, _ in page.tags
    )
    for tag, found in page.tags:
        assert not any(name == "style" or name.startswith("on") for name in found), (tag, found)
        assert not {"src", "href", "action"} & found.keys(), (tag, found)
    assert not re.search(r"https?://|url\((?!#)|@import", page.html)
    levels = [level for level, _ in page.headings]
    assert levels.count(1) == 1 and levels[0] == 1, page.headings
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert all(said.strip() for _, said in page.headings)
    assert "None" not in page.text and "Undefined" not in page.text
    return page


def available(person: Person, claim: str) -> list[str]:
    """Return the letters that can be written; the others give a reason, and asking for them says the same."""
    listed = person.get(f"/v1/claims/{claim}/letters")
    assert [item["kind"] for item in listed["items"]] == list(KINDS)
    found = []
    for item in listed["items"]:
        assert item["address"] == f"/v1/claims/{claim}/letters/{item['kind']}"
        assert item["title_id"] and item["title_en"]
        answer = person.call("GET", item["address"])
        if item["available"]:
            assert item["reason_id"] is None and item["reason_en"] is None
            page = sound(answer)
            assert answer.headers["jaminan-position"] == str(listed["position"])
            assert page.lang == "id"
            assert ACCOUNT not in page.html and "REJECT_" not in page.text
            found.append(item["kind"])
        else:
            problem = answer.json()
            assert (answer.status_code, problem["code"]) == (409, "guard_failed"), answer.text
            assert problem["guard"] == "letter_is_due"
            assert (problem["reason_id"], problem["detail"]) == (item["reason_id"], item["reason_en"])
            assert item["reason_id"] and item["reason_en"]
    return found


@pytest.fixture(scope="module")
def place(town: Town) -> stories.Enrolled:
    """Members whose months are all paid."""
    place = stories.enrolled_workers(town, 24)
    stories.pay(town, place, stories.MONTHS)
    return place


@pytest.fixture(scope="module")
def niks(place: stories.Enrolled) -> Any:
    return (worker.nik for worker in place.workers)


@pytest.fixture
def nik(niks: Any) -> str:
    """A member of whom no other test has heard."""
    return str(next(niks))


@pytest.fixture(scope="module")
def auditor(town: Town) -> Person:
    return town.person("pemeriksa", "auditor")


def in_arrears(town: Town) -> str:
    """Return a claim whose rest waits for three unpaid months."""
    place = stories.enrolled_workers(town)
    stories.pay(town, place, stories.MONTHS[:6])
    claim = str(stories.calculated(town, place.workers[0].nik)["id"])
    stories.approve(town, claim)
    assert stories.order_and_confirm(town, claim)["status"] == "HELD_ARREARS"
    return claim


def returned(town: Town, nik: str, *, codes: list[str], reason: str = "Buku nikah belum dibawa.") -> str:
    claim = str(stories.report(town, nik)["id"])
    stories.file(town, claim)
    stories.take(town.person("Budi", "intake"), claim, "return_documents", codes=codes, reason=reason)
    return claim


class TestWhichLettersThereAre:
    """In every status: what can be written, and of the rest a reason."""

    def test_on_the_way_to_the_closed_case(self, town: Town, auditor: Person, nik: str) -> None:
        claim = str(stories.report(town, nik)["id"])
        assert available(auditor, claim) == ["receipt", "request-for-papers"]
        stories.file(town, claim)
        assert available(auditor, claim) == ["receipt"]
        stories.verify(town, claim)
        assert available(auditor, claim) == ["receipt"]
        stories.take(town.person("Agus", "calculator"), claim, "calculate")
        assert available(auditor, claim) == ["receipt", "amount-sheet"]
        stories.approve(town, claim)
        stories.order(town, claim)
        assert available(auditor, claim) == ["receipt", "amount-sheet"]
        stories.confirm(town, claim)
        paid = ["receipt", "amount-sheet", "payment-notice"]
        assert available(auditor, claim) == paid
        stories.close(town, claim)
        assert available(auditor, claim) == paid

    def test_of_a_file_sent_back(self, town: Town, auditor: Person, nik: str) -> None:
        claim = returned(town, nik, codes=["MARRIAGE"])
        assert available(auditor, claim) == ["receipt", "request-for-papers"]

    def test_of_a_rejection_only_when_it_is_signed(self, town: Town, auditor: Person, nik: str) -> None:
        claim = str(stories.report(town, nik)["id"])
        stories.file(town, claim)
        stories.verify(town, claim)
        rina = town.person("Rina", "verifier")
        stories.take(rina, claim, "propose_rejection", code="REJECT_RESIDENCE", reason="KTP wilayah lain.")
        assert available(auditor, claim) == ["receipt"]
        answer = asked(auditor, claim, "rejection").json()
        assert "belum ditandatangani" in answer["reason_id"] and "sign_rejection" in answer["detail"]
        stories.take(town.person("Dewi", "approver_1"), claim, "sign_rejection")
        assert available(auditor, claim) == ["receipt", "rejection"]

    def test_of_a_determination_that_rejects(self, town: Town, auditor: Person) -> None:
        place = stories.enrolled_workers(town)
        stories.pay(town, place, stories.MONTHS[:2])
        claim = str(stories.calculated(town, place.workers[0].nik)["id"])
        assert available(auditor, claim) == ["receipt"]
        stories.take(town.person("Dewi", "approver_1"), claim, "sign_rejection")
        assert available(auditor, claim) == ["receipt", "rejection"]

    def test_of_a_claim_handed_over(self, town: Town, auditor: Person, nik: str) -> None:
        claim = str(stories.report(town, nik, cause="work_accident")["id"])
        stories.file(town, claim)
        stories.verify(town, claim)
        stories.take(
            town.person("Rina", "verifier"), claim, "hand_over_to_jkk", reason="Jatuh di tempat kerja."
        )
        assert available(auditor, claim) == ["receipt", "rejection"]
        assert "diteruskan ke Jaminan Kecelakaan Kerja" in letter(auditor, claim, "rejection").text

    def test_of_a_claim_withdrawn(self, town: Town, auditor: Person, nik: str) -> None:
        claim = str(stories.report(town, nik)["id"])
        stories.take(town.person("Siti", "participant"), claim, "withdraw")
        assert available(auditor, claim) == ["receipt"]
        assert "boleh diajukan lagi" in letter(auditor, claim, "receipt").text

    def test_of_a_bank_return(self, town: Town, auditor: Person, nik: str) -> None:
        claim = str(stories.calculated(town, nik)["id"])
        stories.approve(town, claim)
        stories.order(town, claim)
        joko = town.person("Joko", "finance")
        stories.take(joko, claim, "fail_payment", "2024-05-22", reason="Rekening ditutup")
        assert available(auditor, claim) == ["receipt", "request-for-papers", "amount-sheet"]
        assert "Bank mengembalikan" in asked(auditor, claim, "payment-notice").json()["reason_id"]
        text = letter(auditor, claim, "request-for-papers").text
        assert "Buku tabungan atas nama ahli waris" in text and "Jumlah santunan tidak berubah" in text

    def test_of_arrears(self, town: Town, auditor: Person) -> None:
        assert available(auditor, in_arrears(town)) == ["receipt", "amount-sheet", "payment-notice"]

    def test_there_are_no_others(self, auditor: Person, town: Town, nik: str) -> None:
        claim = str(stories.report(town, nik)["id"])
        answer = asked(auditor, claim, "invitation")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
        answer = asked(auditor, claim, "receipt", lang="fr")
        assert (answer.status_code, answer.json()["field"]) == (422, "lang")


class TestWhatStandsInThem:
    """What a family, a court and a treasury look for."""

    def test_the_receipt_says_what_is_here_and_what_is_wanted(
        self, town: Town, auditor: Person, nik: str
    ) -> None:
        claim = str(stories.report(town, nik)["id"])
        siti, budi = town.person("Siti", "participant"), town.person("Budi", "intake")
        page = letter(auditor, claim, "receipt")
        assert "Masih perlu dibawa: 8 dokumen" in page.text and "belum ada dokumen" in page.text
        stories.file(town, claim)
        page = letter(auditor, claim, "receipt")
        assert "Sudah kami terima: 9 dokumen" in page.text and "Masih perlu dibawa" not in page.text
        bank = siti.upload(f"/v1/claims/{claim}/documents", "BANK_HEIR")
        reason = "Rekening atas nama anak."
        budi.post(f"/v1/claims/{claim}/documents/{bank['sha256']}/reject", {"reason": reason})
        page = letter(siti, claim, "receipt")
        assert "Masih perlu dibawa: 1 dokumen" in page.text and "Sudah kami terima: 8 dokumen" in page.text
        assert f"Yang sudah dibawa belum dapat dipakai: {reason}" in page.text
        view = auditor.get(f"/v1/claims/{claim}")
        assert view["number"] in page.text
        assert "Laporan kematian kami terima pada 13 Mei 2024 dari Siti Aminah, istri almarhum" in page.text
        assert "3 hari kerja setelah berkas dinyatakan lengkap" in page.text and "tambahan 1%" in page.text
        assert "Tidak ada biaya apa pun" in page.text

    def test_the_request_says_until_when(self, town: Town, auditor: Person, nik: str) -> None:
        claim = returned(town, nik, codes=["MARRIAGE", "WORK_REF"], reason="Halaman kedua tidak terbaca.")
        page = letter(town.person("Siti", "participant"), claim, "request-for-papers")
        assert "Mohon dibawa: 2 dokumen" in page.text
        assert "Halaman kedua tidak terbaca." in page.text
        [clock] = [
            one for one in auditor.get(f"/v1/claims/{claim}")["clocks"] if one["clock"] == "incomplete_90d"
        ]
        due = datetime.fromisoformat(clock["due_on"])
        assert re.search(rf"paling lambat \w+, {due.day} \w+ {due.year}", page.text)
        assert "Hak Ibu tidak hilang" in page.text

    def test_the_clock_of_the_law_stands_in_the_receipt(self, town: Town, auditor: Person, nik: str) -> None:
        claim = str(stories.report(town, nik)["id"])
        stories.file(town, claim)
        stories.verify(town, claim)
        assert "paling lambat Senin, 27 Mei 2024" in letter(auditor, claim, "receipt").text

    def test_the_amount_sheet_gives_working_article_and_words(
        self, town: Town, auditor: Person, nik: str
    ) -> None:
        claim = str(stories.calculated(town, nik)["id"])
        draft = letter(auditor, claim, "amount-sheet")
        assert "Rancangan: belum disetujui" in draft.text
        assert "keberatan" not in draft.text, "nobody objects to what is not decided"
        stories.approve(town, claim)
        page = letter(auditor, claim, "amount-sheet")
        assert "Rancangan" not in page.text and "keberatan" in page.text
        assert "Santunan berkala 24 bulan × Rp500.000 = Rp12.000.000, dibayar sekaligus" in page.text
        assert "PP 82/2019 (Pasal 34 ayat (1) huruf b yang baru)" in page.text
        assert "Terbilang: empat puluh dua juta rupiah" in page.text
        assert "Jumlah Rp 42.000.000" in page.text
        assert "Hj. Siti Aminah, istri" in page.text and "*********9012" in page.text
        assert "Agus petugas penetapan, menghitung 20 Mei 2024" in page.text
        assert "Dewi kepala bidang pelayanan, menyetujui 21 Mei 2024" in page.text

    def test_a_line_on_an_unverified_rule_says_so(self, town: Town, auditor: Person) -> None:
        place = stories.enrolled_workers(town, effective_on="2025-03-01")
        stories.pay(town, place, ["2025-03", "2025-04"], paid_on="2025-03-05")
        story = {"effective_on": "2025-04-14"}
        claim = str(stories.report(town, place.workers[0].nik, "2025-04-10", **story)["id"])
        stories.file(town, claim, claim_date="2025-04-15", effective_on="2025-04-15")
        stories.calculate(town, claim, "2025-04-16")
        page = letter(auditor, claim, "amount-sheet")
        assert "Jumlah Rp 10.000.000" in page.text and "sepuluh juta rupiah" in page.text
        assert "* Catatan tentang dasar hukum" in page.text and "JKM-MIN3" in page.text
        assert "hanya biaya pemakaman yang dibayar" in page.text

    def test_arrears_split_the_amount_and_the_notice_says_what_remains(
        self, town: Town, auditor: Person
    ) -> None:
        claim = in_arrears(town)
        sheet = letter(auditor, claim, "amount-sheet").text
        assert "Rp10.000.000 dibayar segera. Sisanya, Rp32.000.000" in sheet
        assert "tunggakan iuran Rp50.400 untuk Maret 2024, April 2024, Mei 2024" in sheet
        notice = letter(auditor, claim, "payment-notice").text
        assert "Terbilang: sepuluh juta rupiah" in notice
        assert "Santunan sekaligus, Rp20.000.000: menunggu pelunasan tunggakan iuran" in notice
        assert "Biaya pemakaman, Rp" not in notice, "what is paid does not wait"
        assert "Tidak ada. Dengan pembayaran ini" not in notice

    def test_the_notice_of_a_late_payment_tells_days_and_compensation(
        self, town: Town, auditor: Person, nik: str
    ) -> None:
        claim = str(stories.calculated(town, nik)["id"])
        stories.approve(town, claim)
        stories.order_and_confirm(town, claim, paid_on="2024-05-31")
        notice = letter(town.person("Siti", "participant"), claim, "payment-notice").text
        assert "Rp42.000.000 Terbilang: empat puluh dua juta rupiah" in notice
        assert "Masuk rekening Jumat, 31 Mei 2024" in notice and "Bank Jateng *********9012" in notice
        assert "terlambat 4 hari" in notice and "Denda keterlambatan Rp1.680.000" in notice

    def test_where_nobody_inherits_the_arranger_reads_of_his_own_money(
        self, town: Town, auditor: Person, nik: str
    ) -> None:
        claim = str(stories.report(town, nik)["id"])
        stories.file(town, claim, payee=stories.FUNERAL_ARRANGER, heirs=[], children=[])
        town.person("Siti", "participant").upload(f"/v1/claims/{claim}/documents", "FUNERAL_PROOF")
        stories.calculate(town, claim)
        stories.approve(town, claim)
        stories.order_and_confirm(town, claim)
        notice = letter(auditor, claim, "payment-notice").text
        assert "Rp10.000.000 Terbilang: sepuluh juta rupiah" in notice
        assert "Rp32.000.000 disetorkan kepada Dana Jaminan Sosial, karena tidak ada ahli waris" in notice

    def test_a_rejection_gives_ground_article_reason_and_the_way_to_object(
        self, town: Town, auditor: Person
    ) -> None:
        place = stories.enrolled_workers(town)
        stories.pay(town, place, stories.MONTHS[:2])
        claim = str(stories.calculated(town, place.workers[0].nik)["id"])
        stories.take(
            town.person("Dewi", "approver_1"), claim, "sign_rejection", reason="Iuran berhenti November 2023."
        )
        page = letter(town.person("Siti", "participant"), claim, "rejection")
        assert "Kepesertaan non-aktif sejak 1 Februari 2024" in page.text
        assert "Pasal 42 ayat (2) (JKM)" in page.text and "Iuran berhenti November 2023." in page.text
        signed = stories.history(auditor, f"claims/{claim}")[-1]
        assert signed["event"] == "claim.rejected"
        recorded = datetime.fromisoformat(signed["recorded_at"]) + timedelta(hours=7, days=60)
        assert re.search(
            rf"keberatan di kantor ini paling lambat \w+, {recorded.day} \w+ {recorded.year}", page.text
        )
        for place_to_turn in ("unit pengaduan", "dinas tenaga kerja", "DJSN", "mediasi", "pengadilan negeri"):
            assert place_to_turn in page.text
        for article in ("UU 24/2011 Pasal 48", "PP 44/2015 Pasal 57", "UU 24/2011 Pasal 50"):
            assert article in page.text
        assert "Dewi kepala bidang pelayanan" in page.text

    def test_the_office_names_itself_by_its_settings(self, town: Town, auditor: Person, nik: str) -> None:
        claim = str(stories.report(town, nik)["id"])
        page = letter(auditor, claim, "receipt")
        assert "Kantor Layanan Jaminan" in page.text
        assert "Program Batik Berlian · Pemerintah Kota Pekalongan" in page.text
        assert "Kota Pekalongan, " in page.text


class TestTheyComeFromTheEvents:
    """The same request gives the same bytes, now and for any moment."""

    def test_the_same_twice_and_as_of_a_moment(self, town: Town, auditor: Person, nik: str) -> None:
        claim = str(stories.report(town, nik)["id"])
        first = asked(auditor, claim, "receipt")
        view = auditor.get(f"/v1/claims/{claim}")
        moment = datetime.now(UTC).isoformat()
        assert asked(auditor, claim, "receipt").content == first.content
        assert asked(town.person("Siti", "participant"), claim, "receipt").content == first.content
        stories.file(town, claim)
        assert asked(auditor, claim, "receipt").content != first.content
        assert asked(auditor, claim, "receipt", as_of=moment).content == first.content
        assert f"{view['number']}/TT/{view['position']}" in Page(first.text).text
        listed = auditor.get(f"/v1/claims/{claim}/letters", as_of=moment)
        assert listed["position"] == view["position"]
        assert [one["kind"] for one in listed["items"] if one["available"]] == [
            "receipt",
            "request-for-papers",
        ]

    def test_a_name_that_was_put_right_stands_in_the_next_letter(
        self, town: Town, auditor: Person, nik: str
    ) -> None:
        claim = str(stories.report(town, nik)["id"])
        first, moment = asked(auditor, claim, "receipt"), datetime.now(UTC).isoformat()
        desk = town.person("Budi", "intake")
        [found] = desk.post("/v1/people/search", {"nik": nik})["items"]
        new = "Soegijapranoto"
        correction = {"field": "name", "new": new, "reason": "Salah ketik", "evidence": "ab" * 32}
        old = re.search(r"<dt>Almarhum</dt><dd>([^<]+)<", first.text)
        assert old is not None
        desk.post(f"/v1/people/{found['person_id']}/corrections", correction | {"old": old[1]}, status=201)
        second = asked(auditor, claim, "receipt")
        assert new in second.text and old[1] not in second.text
        assert int(second.headers["jaminan-position"]) > int(first.headers["jaminan-position"])
        assert asked(auditor, claim, "receipt", as_of=moment).content == first.content

    def test_before_there_was_a_claim_there_is_no_letter(self, town: Town, auditor: Person, nik: str) -> None:
        moment = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
        claim = str(stories.report(town, nik)["id"])
        assert asked(auditor, claim, "receipt", as_of=moment).status_code == 404
        assert asked(auditor, claim, "receipt", as_of="yesterday").json()["field"] == "as_of"


class TestWhoReadsThem:
    """Whoever may see the case, and what nobody sees."""

    def test_families_read_their_own_and_nobody_elses(self, town: Town, nik: str) -> None:
        claim = str(stories.report(town, nik)["id"])
        assert letter(town.person("Siti", "participant"), claim, "receipt")
        for path in (f"/v1/claims/{claim}/letters", f"/v1/claims/{claim}/letters/receipt"):
            stranger = town.person("Tetangga", "participant").call("GET", path)
            assert (stranger.status_code, stranger.json()["code"]) == (404, "not_found")
            elsewhere = town.person("Semarang", "intake", area="3374").call("GET", path)
            assert (elsewhere.status_code, elsewhere.json()["code"]) == (403, "outside_area")
            nobody = httpx2.get(f"{town.address}{path}")
            assert nobody.status_code == 401

    def test_what_people_write_stays_text(self, town: Town, auditor: Person, nik: str) -> None:
        claim = str(stories.report(town, nik)["id"])
        payee = stories.PAYEE | {"name": HOSTILE, "account_name": HOSTILE, "bank": HOSTILE}
        stories.file(town, claim, payee=payee)
        stories.take(
            town.person("Budi", "intake"), claim, "return_documents", codes=["MARRIAGE"], reason=HOSTILE
        )
        for kind in ("receipt", "request-for-papers"):
            page = letter(auditor, claim, kind)
            assert " ".join(HOSTILE.split()) in page.text
            assert "<script>" not in page.html and "49" not in re.findall(r"\b49\b", page.text)

    def test_nik_and_account_are_masked_in_every_letter_and_language(
        self, town: Town, auditor: Person, nik: str
    ) -> None:
        claim = str(stories.calculated(town, nik)["id"])
        stories.approve(town, claim)
        stories.order_and_confirm(town, claim)
        for kind in ("receipt", "amount-sheet", "payment-notice"):
            for lang in ("id", "en"):
                page = letter(auditor, claim, kind, lang=lang)
                assert nik not in page.html and ACCOUNT not in page.html
                assert f"NIK ************{nik[-4:]}" in page.text


class TestTheCourtesyTranslation:
    """English beside the letter that counts: the same figures, said otherwise."""

    @pytest.mark.parametrize("kind", ["receipt", "request-for-papers"])
    def test_of_papers(self, town: Town, auditor: Person, nik: str, kind: str) -> None:
        claim = returned(town, nik, codes=["MARRIAGE", "BANK_HEIR"])
        self._agree(auditor, claim, kind)

    @pytest.mark.parametrize("kind", ["amount-sheet", "payment-notice"])
    def test_of_money(self, town: Town, auditor: Person, kind: str) -> None:
        self._agree(auditor, in_arrears(town), kind)

    def test_of_a_rejection(self, town: Town, auditor: Person) -> None:
        place = stories.enrolled_workers(town)
        stories.pay(town, place, stories.MONTHS[:2])
        claim = str(stories.calculated(town, place.workers[0].nik)["id"])
        stories.take(town.person("Dewi", "approver_1"), claim, "sign_rejection")
        self._agree(auditor, claim, "rejection")

    @staticmethod
    def _agree(auditor: Person, claim: str, kind: str) -> None:
        own, other = letter(auditor, claim, kind), letter(auditor, claim, kind, lang="en")
        assert (own.lang, other.lang) == ("id", "en")
        assert "Courtesy translation" in other.text and "Courtesy translation" not in own.text
        assert [level for level, _ in own.headings] == [level for level, _ in other.headings]
        assert _figures(own.text) == _figures(other.text)
        assert not re.search(r"\b(yang|dan|untuk|paling lambat)\b", _without_quotes(other)), other.text


def _figures(text: str) -> set[str]:
    """Return the longer numbers of a text, without what groups their digits."""
    return {found.replace(".", "").replace(",", "") for found in re.findall(r"\d[\d.,]{5,}\d", text)}


def _without_quotes(page: Page) -> str:
    """Return the words of a page without those that are marked as Indonesian."""
    plain = re.sub(r'<(p|span|strong) [^>]*lang="id"[^>]*>.*?</\1>', "", page.html, flags=re.DOTALL)
    return Page(plain).text
