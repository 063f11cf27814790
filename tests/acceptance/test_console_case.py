"""The page of a case, as people read and use it in a browser without script: next step, money, history, desk."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.acceptance import stories
from tests.acceptance.browser import Browser, SignIn
from tests.acceptance.office_client import CLAIM_PAPERS, Town


@pytest.fixture(scope="module")
def place(town: Town) -> stories.Enrolled:
    """Workers whose contributions are paid for a year."""
    found = stories.enrolled_workers(town, 16)
    stories.pay(town, found, stories.MONTHS)
    return found


_next = iter(range(16))


@pytest.fixture
def nik(place: stories.Enrolled) -> str:
    """An insured worker whom no other test has reported."""
    return place.workers[next(_next)].nik


def lacking(town: Town, nik: str) -> str:
    """A filed claim without the marriage book."""
    claim = str(stories.report(town, nik)["id"])
    heir = town.person("Siti", "participant")
    body = {"claim_date": "2024-05-15", "payee": stories.PAYEE, "effective_on": "2024-05-15"}
    heir.post(f"/v1/claims/{claim}/steps/file", body)
    for code in CLAIM_PAPERS:
        heir.upload(f"/v1/claims/{claim}/documents", code)
    return claim


def test_the_card_names_what_is_missing_why_and_what_starts_then(
    town: Town, sign_in: SignIn, nik: str
) -> None:
    claim = lacking(town, nik)
    page = sign_in("intake").open(f"/claims/{claim}")
    assert "Belum bisa: 1 dari 9 dokumen masih kurang." in page.text
    assert "Buku nikah Diperlukan karena penerima adalah suami atau istri." in page.text
    assert [form.fields["code"] for form in page.forms if form.takes_files] == ["MARRIAGE"]
    assert "Begitu berhasil: Jam “Bayar dalam 3 hari kerja” mulai, batas" in page.text
    assert f"/claims/{claim}/letters/request-for-papers" in page.links
    assert "Perlindungan pada hari itu Aktif iuran lunas s.d. Agustus 2024" in page.text
    assert "Tukang ojek pengkolan" in page.text and "Kel. Kali Baros, Pekalongan Timur" in page.text


def test_who_is_not_next_reads_who_is_and_why_not_himself(town: Town, sign_in: SignIn, nik: str) -> None:
    claim = str(stories.calculated(town, nik)["id"])
    page = sign_in("verifier").open(f"/claims/{claim}")
    assert "Menunggu orang lain Setujui Yang dapat melakukannya: kepala bidang pelayanan" in page.text
    closed = "Ganti penerima Dilakukan oleh petugas layanan"
    assert closed in page.text
    assert not any(link.endswith("/steps/change_payee") for link in page.links)


def test_an_estimate_says_that_nothing_is_saved_and_each_line_leads_to_its_rule(
    town: Town, sign_in: SignIn, nik: str
) -> None:
    claim = str(stories.report(town, nik)["id"])
    intake = sign_in("intake")
    page = intake.open(f"/claims/{claim}")
    assert "Perkiraan santunan Rp 42.000.000 belum ditetapkan" in page.text
    assert "Perkiraan, belum disimpan" in page.text
    rule = intake.open("/rules/JKM-LUMP-V2")
    assert "/rules/JKM-LUMP-V2" in page.links
    assert "Rp 20.000.000" in rule.text and "PP 82/2019 Pasal I angka 3" in rule.text
    assert "sejak 2 Desember 2019" in rule.text and "naskah hukum dibaca langsung" in rule.text
    assert "/rules/JKM-LUMP-V1" in rule.links and "25 November 2026" in rule.text
    assert (
        "Perkiraan" not in intake.open(f"/claims/{stories.calculated(town, nik_of_another(town))['id']}").text
    )


def nik_of_another(town: Town) -> str:
    place = stories.enrolled_workers(town)
    stories.pay(town, place, stories.MONTHS)
    return place.workers[0].nik


def test_rules_of_a_day_are_listed_and_a_day_that_is_none_is_asked_again(sign_in: SignIn) -> None:
    intake = sign_in("intake")
    before, after = (intake.open(f"/rules?on={day}") for day in ("2019-12-01", "2019-12-02"))
    assert "Rp 16.200.000" in before.text and "Rp 16.200.000" not in after.text
    assert "Rp 20.000.000" in after.text
    wrong = intake.open("/rules?on=besok")
    assert wrong.answer.status_code == 422 and "Tulis tanggal dari tahun 1900" in wrong.text
    assert intake.open("/rules/NO-SUCH-RULE").answer.status_code == 404


def test_the_history_is_filtered_by_links_whose_counts_are_what_they_show(
    town: Town, sign_in: SignIn, nik: str
) -> None:
    claim = str(stories.calculated(town, nik)["id"])
    verifier = sign_in("verifier")
    page = verifier.open(f"/claims/{claim}")
    paper = next(link for link in page.links if "/documents/" in link)
    assert verifier.open(paper).answer.status_code == 200
    page = verifier.open(f"/claims/{claim}")
    shown = verifier.open(f"/claims/{claim}?show=looks")
    assert "alasan: Dokumen dibuka di konsol" in shown.text
    assert "Santunan ditetapkan" not in shown.text
    assert "Dilihat 1" in shown.text and "Santunan ditetapkan Verifikasi → Penetapan" in page.text
    assert "berlaku 13 Mei 2024, tercatat" in page.text
    assert (
        "Dilihat" not in sign_in("finance").open(f"/claims/{claim}").text
    )  # looks of others are for auditors


def test_a_case_is_taken_noted_on_and_released_from_its_page(town: Town, sign_in: SignIn, nik: str) -> None:
    claim = str(stories.report(town, nik)["id"])
    stories.file(town, claim)
    stories.verify(town, claim)
    address = f"/claims/{claim}"
    calculator = sign_in("calculator")
    page = calculator.open(address)
    assert "Belum ada yang memegang berkas ini." in page.text
    page = calculator.send(page.form(f"{address}/handling/take"))
    assert "Berkas ini dipegang calculator." in page.text
    page = calculator.send(page.form(f"{address}/handling/notes"), text="Keluarga datang lagi Senin")
    assert "“Keluarga datang lagi Senin”" in page.text and "Catatan 2" in page.text
    assert "Keluarga datang lagi" not in sign_in("participant").open(address).text
    supervisor = sign_in("approver_1")
    page = supervisor.send(supervisor.open(address).form(f"{address}/handling/assign"), to="Agus")
    assert "Berkas ini dipegang Agus." in page.text
    page = supervisor.send(page.form(f"{address}/handling/release"))
    assert "Belum ada yang memegang berkas ini." in page.text


def test_personal_data_are_shown_for_a_reason_that_is_on_record(
    town: Town, sign_in: SignIn, nik: str
) -> None:
    claim = str(stories.report(town, nik)["id"])
    stories.file(town, claim)
    address = f"/claims/{claim}/reveal"
    intake = sign_in("intake")
    form = intake.open(address).form(address)
    page = intake.open(f"/claims/{claim}")
    assert f"************{nik[-4:]}" in page.text and nik not in page.text
    refused = intake.send(form, fields="nik", reason="")
    assert refused.answer.status_code == 422 and "Tulis alasannya" in refused.text and nik not in refused.text
    shown = intake.send(form, fields="nik", reason="mencocokkan kartu keluarga")
    assert nik in shown.text and "Tercatat sebagai akses nomor" in shown.text
    assert shown.answer.headers["cache-control"] == "no-store" and nik not in str(shown.answer.url)
    accounts = intake.send(form, fields="accounts", reason="mencocokkan buku tabungan")
    assert f"Sebagai ahli waris Nama Hj. Siti Aminah Bank {stories.PAYEE['bank']}" in accounts.text
    assert stories.PAYEE["account_number"] in accounts.text
    told = sign_in("auditor").open(f"/claims/{claim}?show=looks").text
    assert "Data pribadi dibuka: nik" in told and "alasan: mencocokkan kartu keluarga" in told
    calculator = sign_in("calculator")
    asked = calculator.open(address)
    refused = calculator.send(asked.form(address), fields="nik", reason="mencocokkan kartu keluarga")
    assert refused.answer.status_code == 403 and nik not in refused.text


def test_who_comes_second_is_told_what_changed_and_by_whom(town: Town, sign_in: SignIn, nik: str) -> None:
    claim = str(stories.report(town, nik)["id"])
    stories.file(town, claim)
    address = f"/claims/{claim}/steps/confirm_complete"
    one, two = sign_in("intake"), sign_in("intake")
    late = two.open(address).form(address)
    sent_back = one.step(
        claim, "return_documents", codes="BANK_HEIR", reason="Rekening atas nama anak, bawa yang sendiri"
    )
    assert "Kembalikan berkas: sudah tercatat." in sent_back.text
    refused = two.send(late)
    assert refused.answer.status_code == 412 and "Berkas ini baru saja berubah" in refused.text
    assert "Yang berubah sementara itu" in refused.text
    assert "Berkas dikembalikan untuk dilengkapi Diajukan → Belum lengkap intake" in refused.text
    assert "“Rekening atas nama anak, bawa yang sendiri”" in refused.text


def test_the_check_page_says_what_follows_and_change_keeps_every_answer(
    town: Town, sign_in: SignIn, nik: str
) -> None:
    claim = str(stories.report(town, nik)["id"])
    intake = sign_in("intake")
    address = f"/claims/{claim}/steps/file"
    answers = {
        "claim_date": "2024-05-13",
        "payee__name": "Nur Aini",
        "payee__relation": "spouse",
        "payee__heir_tier": "SPOUSE_CHILD",
        "payee__bank": "Bank Jateng",
        "payee__account_number": "3018827413",
        "payee__account_name": "NUR AINI",
    }
    check = intake.send(intake.open(address).form(address), **answers)
    assert "******7413" in check.text and "3018827413" not in check.text
    assert "Status berubah dari Dilaporkan menjadi Diajukan." in check.text
    assert "belum mulai; mulai pada langkah “Nyatakan lengkap”" in check.text
    back = check.form(address)
    back.button = None
    form = intake.send(back, change="payee.bank")
    assert form.answer.status_code == 200
    assert form.form(address).fields["payee.account_number"] == "3018827413"
    filed = intake.send(intake.send(form.form(address), payee__bank="Bank BRI").form(address))
    assert "Ajukan klaim: sudah tercatat." in filed.text and "Bank BRI ******7413" in filed.text
    assert f"/claims/{claim}/letters/receipt" in filed.links


def test_a_signer_reads_the_own_limit_and_who_can_where_it_does_not_reach(
    town: Town, sign_in: SignIn, nik: str
) -> None:
    claim = str(stories.calculated(town, nik)["id"])
    form = sign_in("approver_1").open(f"/claims/{claim}/steps/approve")
    assert "Batas Anda Rp 100.000.000. Klaim ini Rp 42.000.000." in form.text.replace("\xa0", " ")
    closed = sign_in("approver_1").open(f"/claims/{claim}/steps/sign_rejection")
    assert closed.answer.status_code == 409
    assert "Penetapannya memberi santunan: setujui, atau kembalikan penetapannya." in closed.text


def test_a_step_that_is_barred_by_an_earlier_act_names_it(town: Town, sign_in: SignIn, nik: str) -> None:
    claim = str(stories.report(town, nik)["id"])
    stories.file(town, claim)
    stories.verify(town, claim)
    stories.take(town.person("calculator", "calculator"), claim, "calculate")
    approver = Browser(town.address, "approver_1")
    approver.step(claim, "approve", amount="42.000.000")
    page = approver.open(f"/claims/{claim}/steps/confirm_account")
    assert page.answer.status_code == 403
    assert "Anda yang melakukan “Setujui” pada" in page.text and "mintalah rekan" in page.text
    approver.close()


def test_who_fills_the_chair_of_somebody_absent_reads_so_and_the_history_says_it(
    town: Town, sign_in: SignIn, nik: str
) -> None:
    claim = str(stories.calculated(town, nik)["id"])
    auditor = sign_in("auditor")
    page = sign_in("field_checker").open(f"/claims/{claim}")
    assert "Langkah berikutnya untuk Anda" not in page.text
    today = datetime.now(UTC) + timedelta(hours=7)
    granted = town.person("Tata Usaha", "admin").post(
        "/v1/delegations",
        {
            "from": "Dewi",
            "to": "field_checker",
            "role": "approver_1",
            "area": "3375",
            "period": {"from": str(today.date()), "to": str(today.date())},
            "decree": "SPT-800/118/2024",
            "kind": "plh",
        },
        status=201,
    )
    checker = sign_in("field_checker")
    page = checker.open(f"/claims/{claim}")
    assert "Anda juga mengisi kursi kepala bidang pelayanan yang berhalangan." in page.text
    form = checker.open(f"/claims/{claim}/steps/approve")
    assert "Anda mengisi kursi rekan yang berhalangan." in form.text
    approved = checker.step(claim, "approve", amount="42.000.000")
    assert "Setujui: sudah tercatat." in approved.text
    told = auditor.open(f"/claims/{claim}").text
    assert "field_checker, kepala bidang pelayanan (mengisi kursi yang berhalangan)" in told
    town.person("Tata Usaha", "admin").post(
        f"/v1/delegations/{granted['id']}/revoke", {"reason": "kembali dari cuti"}
    )


def test_a_claim_that_waits_for_arrears_offers_no_refusal_before_the_period_is_over(
    town: Town, sign_in: SignIn
) -> None:
    place = stories.enrolled_workers(town)
    stories.pay(town, place, stories.MONTHS[:8])
    claim = str(stories.calculated(town, place.workers[0].nik, "2024-05-10")["id"])
    page = sign_in("approver_1").open(f"/claims/{claim}")
    assert "Perlindungan pada hari itu Menunggak, masih terlindungi belum dibayar: Mei 2024" in page.text
    stories.approve(town, claim)
    stories.order_and_confirm(town, claim)
    page = sign_in("approver_1").open(f"/claims/{claim}")
    assert "dibayar Rp 10.000.000, sisanya menunggu iuran" in page.text.replace("\\xa0", " ")
    assert "Langkah berikutnya untuk Anda" not in page.text and "Menunggu pihak lain" in page.text
    assert "Aturan CON-JKK-BPU (Iuran JKK) bersandar pada sumber sekunder." in page.text


def test_a_family_is_promised_nothing_before_it_is_decided(town: Town, sign_in: SignIn, nik: str) -> None:
    participant = town.person("participant", "participant")
    body = {
        "kind": "jkm",
        "nik": nik,
        "event_on": "2024-05-10",
        "cause": "illness",
        "reported_by": {"name": "Siti Aminah", "relation": "spouse"},
    }
    claim = str(participant.post("/v1/claims", body, status=201)["id"])
    page = sign_in("participant").open(f"/claims/{claim}")
    assert page.answer.status_code == 200 and "Ajukan klaim" in page.text
    assert "42.000.000" not in page.text and "Perlindungan pada hari itu" not in page.text
    assert "42.000.000" in sign_in("intake").open(f"/claims/{claim}").text


def test_a_proposed_rejection_waits_for_its_signature(town: Town, sign_in: SignIn, nik: str) -> None:
    claim = str(stories.report(town, nik)["id"])
    stories.file(town, claim)
    stories.verify(town, claim)
    verifier = sign_in("verifier")
    assert "Menunggu orang lain Hitung manfaat" in verifier.open(f"/claims/{claim}").text
    page = verifier.step(claim, "propose_rejection", code="REJECT_LAPSED", reason="Iuran tidak dibayar")
    assert "Menunggu orang lain Tanda tangani penolakan" in page.text
    assert "“Iuran tidak dibayar”" in page.text
