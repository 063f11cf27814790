"""Whole stories told through HTTP, for several tests to start from."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.acceptance.office_client import CLAIM_PAPERS, LIST, Person, Town

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


@dataclass
class Enrolled:
    """A programme whose list is registered, and for which nothing is paid yet."""

    programme: str
    roster: str
    rows: int


def open_programme(town: Town, **more: Any) -> str:
    made = town.person("dinas", "sponsor_officer").post("/v1/programmes", PROGRAMME | more, status=201)
    return str(made["id"])


def send_list(town: Town, programme: str, content: bytes, effective_on: str = "2023-09-01") -> dict[str, Any]:
    """Upload a list and wait until every row is checked."""
    dinas = town.person("dinas", "sponsor_officer")
    answer = dinas.call(
        "POST",
        "/v1/rosters",
        files={"file": ("daftar.csv", content, "text/csv")},
        data={"programme_id": programme, "effective_on": effective_on},
    )
    assert answer.status_code == 202, answer.text
    return wait_for_check(dinas, answer.json()["id"])


def wait_for_check(person: Person, roster: str, within: float = 60) -> dict[str, Any]:
    until = time.monotonic() + within
    while (view := person.get(f"/v1/rosters/{roster}"))["status"] == "checking":
        assert time.monotonic() < until, "the check takes too long"
        time.sleep(0.05)
    return view


def register(town: Town, roster: str, effective_on: str = "2023-09-01") -> None:
    """Carry a checked list to REGISTERED, by the desks of Appendix A."""
    dinas, ward = town.person("dinas", "sponsor_officer"), town.person("kelurahan", "ward_verifier")
    desk = town.person("pendaftaran", "intake")
    steps = f"/v1/rosters/{roster}/steps"
    dinas.upload(f"/v1/rosters/{roster}/documents", "ENR_PKS")
    _all_done(dinas.post(f"{steps}/propose", {"effective_on": effective_on}))
    _all_done(ward.post(f"{steps}/start_verification", {"effective_on": effective_on}))
    ward.upload(f"/v1/rosters/{roster}/documents", "ENR_VERVAL")
    _all_done(ward.post(f"{steps}/verify", {"effective_on": effective_on}))
    dinas.upload(f"/v1/rosters/{roster}/documents", "ENR_SK")
    decree = {"number": "460/112/2023", "issued_on": effective_on, "effective_on": effective_on}
    _all_done(dinas.post(f"{steps}/issue_decree", decree))
    _all_done(desk.post(f"{steps}/register", {"effective_on": effective_on}))


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


def pay(town: Town, place: Enrolled, months: list[str], *, paid_on: str = "2023-09-11", **more: Any) -> dict[str, Any]:
    """Pay the invoice of some months for the list, or for named members."""
    kas = town.person("kas daerah", "finance")
    who = {"enrollment_ids": more["enrollment_ids"]} if "enrollment_ids" in more else {"roster_id": place.roster}
    query = {"enrollment_ids": ",".join(who["enrollment_ids"])} if "enrollment_ids" in who else who
    invoice = kas.get(f"/v1/programmes/{place.programme}/invoice", months=",".join(months), **query)
    body = {**who, "months": months, "amount": invoice["total"], "paid_on": paid_on}
    body |= {"reference": f"SP2D-{uuid4()}", "effective_on": more.get("effective_on", paid_on)}
    return kas.post(f"/v1/programmes/{place.programme}/contributions", body, status=201)


def nik_of(row: int) -> str:
    return LIST.read_text().splitlines()[row].split(",")[1]


def member(town: Town, row: int) -> str:
    """Return the enrollment of a row, found as a clerk finds it: by NIK in the body."""
    desk = town.person("pendaftaran", "intake")
    found = desk.post("/v1/enrollments/search", {"nik": nik_of(row)})
    return str(found["items"][0]["id"])


PAYEE = {
    "name": "Hj. Siti Aminah",
    "relation": "spouse",
    "heir_tier": "SPOUSE_CHILD",
    "bank": "Bank Jateng",
    "account_number": "1023456789012",
    "account_name": "SITI AMINAH",
}


def report(town: Town, row: int, event_on: str = "2024-05-10", **more: Any) -> dict[str, Any]:
    heir = town.person("Siti", "participant")
    body = {
        "kind": "jkm",
        "nik": nik_of(row),
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


def calculate(town: Town, claim: str) -> dict[str, Any]:
    """Carry a filed claim to its determination."""
    steps = f"/v1/claims/{claim}/steps"
    town.person("Budi", "intake").post(f"{steps}/confirm_complete", {"effective_on": "2024-05-20"})
    town.person("Rina", "verifier").post(f"{steps}/start_verification", {"effective_on": "2024-05-20"})
    return town.person("Agus", "calculator").post(f"{steps}/calculate", {"effective_on": "2024-05-21"})


def order_and_confirm(town: Town, claim: str, paid_on: str = "2024-05-22") -> dict[str, Any]:
    steps = f"/v1/claims/{claim}/steps"
    town.person("Wati", "finance").post(f"{steps}/order_payment", {"effective_on": "2024-05-21"})
    body = {"bank_reference": f"TRX-{uuid4()}", "paid_on": paid_on, "effective_on": paid_on}
    return town.person("Joko", "finance").post(f"{steps}/confirm_payment", body)


def _all_done(outcome: dict[str, Any]) -> None:
    assert outcome["state"] == "done" and not outcome["refused"], outcome
