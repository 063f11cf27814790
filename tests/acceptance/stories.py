"""Whole stories told through HTTP, for several tests to start from."""

import csv
import io
import time
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2

from tests.acceptance.office_client import CLAIM_PAPERS, LIST, Person, Town
from tests.workflows.workbooks import XLSX

PROGRAMME = {
    "name": "Batik Berlian",
    "area_code": "3375",
    "target": 1000,
    "budget": 201_600_000,
    "period": {"from": "2023-09-01", "to": "2024-08-31"},
    "segment": "BPU_APBD",
    "sponsor": "Pemerintah Kota Pekalongan",
}
MONTHS = [f"2023-{month:02d}" for month in range(9, 13)] + [f"2024-{month:02d}" for month in range(1, 9)]


@dataclass(frozen=True)
class Worker:
    """A synthetic worker whom no other story knows."""

    nik: str
    name: str
    address: str
    phone: str

    @property
    def columns(self) -> dict[str, str]:
        """The columns of a list."""
        return {
            "nik": self.nik,
            "nama": self.name,
            "tanggal_lahir": "1980-08-21",
            "jenis_kelamin": "L",
            "alamat": self.address,
            "rt": "001",
            "rw": "009",
            "kelurahan": "Kali Baros",
            "kecamatan": "Pekalongan Timur",
            "pekerjaan": "Tukang ojek pengkolan",
            "penghasilan_bulanan": "900000",
            "no_hp": self.phone,
        }


@dataclass
class Enrolled:
    """A programme whose list is registered, and for which nothing is paid yet."""

    programme: str
    roster: str
    rows: int
    workers: tuple[Worker, ...] = ()


_numbers = count(1)


def workers(how_many: int) -> tuple[Worker, ...]:
    """Return people who are on no list yet; their serial numbers lie below those of the demo data."""
    return tuple(
        Worker(
            f"337502210880{n:04d}",
            f"Sutarjo Percobaan {n:04d}",
            f"Gang Cempaka Uji No. {n}",
            f"0858991{n:05d}",
        )
        for n in (next(_numbers) for _ in range(how_many))
    )


def list_with(people: tuple[Worker, ...]) -> bytes:
    """Return a sponsor's list in CSV."""
    text = io.StringIO()
    lines = csv.DictWriter(text, people[0].columns)
    lines.writeheader()
    lines.writerows(worker.columns for worker in people)
    return text.getvalue().encode()


def enrolled_workers(
    town: Town, how_many: int = 1, effective_on: str = "2023-09-01", issued_on: str | None = None
) -> Enrolled:
    """Open a programme of its own and register a short list of new people."""
    people = workers(how_many)
    programme = open_programme(town)
    view = send_list(town, programme, list_with(people), effective_on)
    assert (view["accepted"], view["rejected"]) == (how_many, 0), view["issues"]
    register(town, view["id"], effective_on, issued_on)
    return Enrolled(programme, view["id"], how_many, people)


def open_programme(town: Town, **more: Any) -> str:
    made = town.person("dinas", "sponsor_officer").post("/v1/programmes", PROGRAMME | more, status=201)
    return str(made["id"])


def send_list(
    town: Town, programme: str, content: bytes, effective_on: str = "2023-09-01", **fields: str
) -> dict[str, Any]:
    """Upload a list and wait until every row is checked."""
    dinas = town.person("dinas", "sponsor_officer")
    answer = upload_list(dinas, programme, content, effective_on, **fields)
    assert answer.status_code == 202, answer.text
    return wait_for_check(dinas, answer.json()["id"])


def upload_list(
    person: Person, programme: str, content: bytes, effective_on: str = "2023-09-01", **fields: str
) -> httpx2.Response:
    """Upload a list in CSV, or a workbook."""
    is_workbook = content.startswith(b"PK")
    return person.call(
        "POST",
        "/v1/rosters",
        files={
            "file": ("daftar.xlsx", content, XLSX) if is_workbook else ("daftar.csv", content, "text/csv")
        },
        data={"programme_id": programme, "effective_on": effective_on, **fields},
    )


def wait_for_check(person: Person, roster: str, within: float = 60) -> dict[str, Any]:
    """Return a list once every row is checked, and the registers show what came of it."""
    until = time.monotonic() + within
    while (view := person.get(f"/v1/rosters/{roster}"))["status"] == "checking":
        assert time.monotonic() < until, "the check takes too long"
        time.sleep(0.05)
    for register in ("/v1/rosters", "/v1/enrollments"):
        asked = {"limit": 1, "min_position": view["position"]}
        while person.call("GET", register, params=asked).status_code == 503:  # its follower starts anew
            assert time.monotonic() < until, "the registers do not show the list"
        person.get(register, **asked)
    return view


def register(town: Town, roster: str, effective_on: str = "2023-09-01", issued_on: str | None = None) -> None:
    """Carry a checked list to REGISTERED, by the desks of Appendix A; its decree may come late."""
    decree(town, roster, effective_on, issued_on)
    desk = town.person("pendaftaran", "intake")
    _all_done(desk.post(f"/v1/rosters/{roster}/steps/register", {"effective_on": effective_on}))


def decree(town: Town, roster: str, effective_on: str = "2023-09-01", issued_on: str | None = None) -> None:
    """Carry a checked list to DECREED."""
    issued_on = issued_on or effective_on
    dinas, ward = town.person("dinas", "sponsor_officer"), town.person("kelurahan", "ward_verifier")
    steps = f"/v1/rosters/{roster}/steps"
    dinas.upload(f"/v1/rosters/{roster}/documents", "ENR_PKS")
    _all_done(dinas.post(f"{steps}/propose", {"effective_on": effective_on}))
    _all_done(ward.post(f"{steps}/start_verification", {"effective_on": effective_on}))
    ward.upload(f"/v1/rosters/{roster}/documents", "ENR_VERVAL")
    _all_done(ward.post(f"{steps}/verify", {"effective_on": effective_on}))
    dinas.upload(f"/v1/rosters/{roster}/documents", "ENR_SK")
    numbered = {"number": "460/112/2023", "issued_on": issued_on, "effective_on": issued_on}
    _all_done(dinas.post(f"{steps}/issue_decree", numbered))


def enrolled(town: Town, rows: int | None = None) -> Enrolled:
    """Open a programme and register a list: the whole one, or its first rows."""
    content = list_of(rows)
    programme = open_programme(town)
    view = send_list(town, programme, content)
    assert view["rejected"] == 0, view["issues"]
    register(town, view["id"])
    return Enrolled(programme, view["id"], view["accepted"])


def list_of(rows: int | None, *, skip: int = 0, path: Path = LIST) -> bytes:
    lines = path.read_bytes().splitlines(keepends=True)
    return b"".join([lines[0], *lines[1 + skip : None if rows is None else 1 + skip + rows]])


def pay(
    town: Town, place: Enrolled, months: list[str], *, paid_on: str = "2023-09-11", **more: Any
) -> dict[str, Any]:
    """Pay the invoice of some months for the list, or for named members."""
    kas = town.person("kas daerah", "finance")
    who = (
        {"enrollment_ids": more["enrollment_ids"]}
        if "enrollment_ids" in more
        else {"roster_id": place.roster}
    )
    query = {"enrollment_ids": ",".join(who["enrollment_ids"])} if "enrollment_ids" in who else who
    invoice = kas.get(
        f"/v1/programmes/{place.programme}/invoice", months=",".join(months), paid_on=paid_on, **query
    )
    body = {**who, "months": months, "amount": invoice["total"], "paid_on": paid_on}
    body |= {"reference": f"SP2D-{uuid4()}", "effective_on": more.get("effective_on", paid_on)}
    return kas.post(f"/v1/programmes/{place.programme}/contributions", body, status=201)


def nik_of(row: int) -> str:
    return LIST.read_text().splitlines()[row].split(",")[1]


def member(town: Town, who: int | str) -> str:
    """Return the enrollment of a row or NIK, found as a clerk finds it: by NIK in the body."""
    desk = town.person("pendaftaran", "intake")
    found = desk.post("/v1/enrollments/search", {"nik": _nik(who)})
    return str(found["items"][0]["id"])


PAYEE = {
    "name": "Hj. Siti Aminah",
    "relation": "spouse",
    "heir_tier": "SPOUSE_CHILD",
    "bank": "Bank Jateng",
    "account_number": "1023456789012",
    "account_name": "SITI AMINAH",
}


FUNERAL_ARRANGER = PAYEE | {
    "name": "Rukun Kematian Sokaraja",
    "account_name": "RUKUN KEMATIAN SOKARAJA",
    "account_number": "3098765432101",
    "relation": "funeral_arranger",
    "heir_tier": "NONE",
    "code": "FUNERAL_ARRANGER",
}


def report(town: Town, who: int | str, event_on: str = "2024-05-10", **more: Any) -> dict[str, Any]:
    """Report the death of a row of the demo list, or of the bearer of a NIK."""
    heir = town.person("Siti", "participant")
    body = {
        "kind": "jkm",
        "nik": _nik(who),
        "event_on": event_on,
        "cause": "illness",
        "reported_by": {"name": "Siti Aminah", "relation": "spouse", "phone": "085800000001"},
        "effective_on": more.pop("effective_on", "2024-05-13"),
    }
    return heir.post("/v1/claims", body | more, status=201)


def file(town: Town, claim: str, **more: Any) -> dict[str, Any]:
    heir = town.person("Siti", "participant")
    body = {
        "claim_date": "2024-05-15",
        "payee": PAYEE,
        "heirs": [{"name": "Siti Aminah", "relation": "spouse"}],
        "children": [{"name": "Dewi", "birth_date": "2012-03-01"}],
        "effective_on": "2024-05-15",
    }
    answer = heir.post(f"/v1/claims/{claim}/steps/file", body | more)
    for code in (*CLAIM_PAPERS, "MARRIAGE"):
        heir.upload(f"/v1/claims/{claim}/documents", code)
    return answer


def take(person: Person, claim: str, step: str, on: str = "2024-05-20", **fields: Any) -> dict[str, Any]:
    """Take a step of a claim on a legal day."""
    return person.post(f"/v1/claims/{claim}/steps/{step}", {"effective_on": on, **fields})


def verify(town: Town, claim: str, on: str = "2024-05-20") -> dict[str, Any]:
    """Carry a filed claim to the calculator's desk."""
    take(town.person("Budi", "intake"), claim, "confirm_complete", on)
    return take(town.person("Rina", "verifier"), claim, "start_verification", on)


def calculate(town: Town, claim: str, on: str = "2024-05-20") -> dict[str, Any]:
    """Carry a filed claim to its determination."""
    verify(town, claim, on)
    return take(town.person("Agus", "calculator"), claim, "calculate", on)


def look_on_the_spot(town: Town, claim: str, on: str = "2024-05-20") -> dict[str, Any]:
    """Order a field check and report that the insured was working."""
    take(town.person("Rina", "verifier"), claim, "order_field_check", on, reason="Apakah masih bekerja?")
    checker = town.person("Ujang", "field_checker")
    checker.upload(f"/v1/claims/{claim}/documents", "CASE_CHECK")
    return take(checker, claim, "report_field_check", on, was_working=True)


def calculated(town: Town, who: int | str, event_on: str = "2024-05-10", **more: Any) -> dict[str, Any]:
    """Report, file and calculate; return the answer of the calculator."""
    claim = report(town, who, event_on, **more)["id"]
    file(town, claim)
    return calculate(town, claim)


def approve(town: Town, claim: str, amount: int = 42_000_000, on: str = "2024-05-21") -> dict[str, Any]:
    return take(town.person("Dewi", "approver_1"), claim, "approve", on, amount=amount)


def order(town: Town, claim: str, on: str = "2024-05-21") -> dict[str, Any]:
    return take(town.person("Wati", "finance"), claim, "order_payment", on)


def confirm(town: Town, claim: str, paid_on: str = "2024-05-22") -> dict[str, Any]:
    joko = town.person("Joko", "finance")
    return take(joko, claim, "confirm_payment", paid_on, paid_on=paid_on, bank_reference=f"TRX-{uuid4()}")


def order_and_confirm(town: Town, claim: str, paid_on: str = "2024-05-22") -> dict[str, Any]:
    order(town, claim)
    return confirm(town, claim, paid_on)


def close(town: Town, claim: str, on: str = "2024-05-22") -> dict[str, Any]:
    return take(town.person("Joko", "finance"), claim, "close", on)


def history(person: Person, case: str) -> list[dict[str, Any]]:
    """Return every event of a case such as `claims/{id}`, page by page."""
    return person.all(f"/v1/{case}/history", limit=7)


def wait_for_status(person: Person, claim: str, status: str, within: float = 10) -> dict[str, Any]:
    """Look at a claim until SYSTEM has moved it."""
    until = time.monotonic() + within
    while (view := person.get(f"/v1/claims/{claim}"))["status"] != status:
        assert time.monotonic() < until, f"the claim stays {view['status']}"
        time.sleep(0.02)
    return view


def _nik(who: int | str) -> str:
    return nik_of(who) if isinstance(who, int) else who


def _all_done(outcome: dict[str, Any]) -> None:
    assert outcome["state"] == "done" and not outcome["refused"], outcome
