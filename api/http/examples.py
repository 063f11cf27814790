"""Examples of the API reference; synthetic persons."""

PROGRAMME = {
    "name": "Batik Berlian 2023",
    "area_code": "3375",
    "sponsor": "Pemerintah Kota Pekalongan",
    "segment": "BPU_APBD",
    "target": 1000,
    "budget": 201600000,
    "period": {"from": "2023-09-01", "to": "2024-08-31"},
}
REPORT = {
    "kind": "jkm",
    "nik": "3375022108809999",
    "event_on": "2024-05-10",
    "cause": "illness",
    "reported_by": {"name": "Siti Contoh", "relation": "spouse", "phone": "+6285800000000"},
}
APPROVE = {"amount": 42000000, "effective_on": "2024-05-21"}
STEP_ANSWER = {
    "id": "6f1e6f3e-6c0e-5d7a-8a53-6c6f6d1d2b11",
    "number": "JKM-3375-2024-012345",
    "status": "APPROVED",
    "version": 21,
    "position": 7431,
    "open_steps": [],
}
CONTRIBUTION = {
    "roster_id": "2d0f6a8e-3a0f-4a44-9a61-1f3cf8a2f0a1",
    "months": ["2023-09"],
    "amount": 13725600,
    "paid_on": "2023-09-11",
    "reference": "SP2D-2023-09-0001",
}
REFUND = {
    "members": [{"enrollment_id": "5c0f6a8e-3a0f-4a44-9a61-1f3cf8a2f0a1", "months": ["2024-06", "2024-07"]}],
    "amount": 33600,
    "agreement": "Berita acara 460/15/2024",
    "reference": "TRX-2024-08-0007",
    "refunded_on": "2024-08-12",
}
DETERMINATION = {
    "outcome": "PAY",
    "lines": [
        {"code": "JKM_LUMP", "amount": 20000000, "basis": "JKM-LUMP-V2"},
        {"code": "JKM_BERKALA", "amount": 12000000, "basis": "JKM-BERKALA-V2"},
        {"code": "JKM_FUNERAL", "amount": 10000000, "basis": "JKM-FUNERAL-V2"},
    ],
    "total": 42000000,
}
PEOPLE = {"name": "Moch. Soeparman", "ward": "Kali Baros", "birth_year": 1980}
REVEAL = {"fields": ["nik", "birth_date"], "reason": "Mencocokkan KTP yang dibawa keluarga"}
CORRECTION = {
    "field": "name",
    "old": "Suparman Contoh",
    "new": "Soeparman Contoh",
    "reason": "Nama di KTP ditulis dengan ejaan lama",
    "evidence": "KTP_DECEASED",
}
CONFIRM_CORRECTION = {"note": "KTP asli diperiksa"}
REJECT_CORRECTION = {"reason": "Kartu yang dibawa milik orang lain"}
SEARCH = {"nik": "3375022108809999"}
ENROLLMENT = {
    "programme_id": "0c1f6a8e-3a0f-4a44-9a61-1f3cf8a2f0a1",
    "effective_on": "2023-09-01",
    "person": {
        "nik": "3375022108809999",
        "nama": "Suparman Contoh",
        "tanggal_lahir": "1980-08-21",
        "jenis_kelamin": "L",
        "kelurahan": "Kali Baros",
        "kecamatan": "Pekalongan Timur",
        "pekerjaan": "Tukang becak",
    },
}
ROSTER_STEP = {"number": "SK-460/112/2023", "issued_on": "2023-08-28", "effective_on": "2023-08-28"}
STEP = {"effective_on": "2023-08-28", "note": "Sesuai berita acara verifikasi"}
PAPER = {"file": "akta-kematian.pdf", "code": "DEATH_CERT"}
REJECT_PAPER = {"reason": "Fotokopi tidak terbaca; bawa yang asli"}
LIST_PAPER = {"file": "perjanjian.pdf", "code": "ENR_PKS"}
LIST = {
    "file": "daftar.csv",
    "programme_id": "0c1f6a8e-3a0f-4a44-9a61-1f3cf8a2f0a1",
    "effective_on": "2023-09-01",
}
DELEGATION = {
    "from": "Kepala Cabang",
    "to": "Dewi",
    "role": "approver_2",
    "area": "3375",
    "period": {"from": "2024-06-03", "to": "2024-06-07"},
    "decree": "SPT-800/117/2024, 31 Mei 2024",
    "kind": "plh",
}
REVOKE = {"reason": "Kembali lebih awal"}
TAKE = {"note": "Berkas di meja saya"}
ASSIGN = {"to": "Rina", "reason": "Ujang cuti sampai Jumat"}
RELEASE = {"reason": "Cuti sampai Jumat"}
NOTE = {"text": "Keluarga menelepon: akta kematian menyusul hari Senin"}
BULK = {
    "items": [
        {"id": "6f1e6f3e-6c0e-5d7a-8a53-6c6f6d1d2b11", "amount": 42000000, "expected_version": 20},
        {"id": "0b54b0f6-9b0e-5a55-9b2c-6a0d7d8f3c21", "amount": 42000000},
    ],
    "note": "Daftar persetujuan 21 Mei 2024",
}
