"""Personal data stand in schema `personal` and nowhere else: not in the log, read models, figures or logs."""

import csv
import json
import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.routing import APIRoute

from api.console.app import ROUTERS
from tests.acceptance import stories
from tests.acceptance.city import City
from tests.acceptance.office_client import LIST, Town
from tests.acceptance.reference import operations, reference_of
from tests.acceptance.server import Serving

ALSO_KNOWN_AS = (str.upper, str.lower)
SHORT = 8  # characters
BY_CHANCE = 5  # sealed bytes spell three or four letters by chance: shorter words prove nothing
NOTE = "Tetangga melihat almarhum di Jalan Melati"
LOOK = "Keluarga Bapak Wiryodinoto membawa KTP"
A_NUMBER = re.compile(r"(?<![\da-f-])\d{16}(?![\da-f])")  # a digest may spell sixteen digits by chance
REASON = "periksa lagi hubungan keluarga Bapak Wiryo"


@pytest.fixture(scope="module")
def town(own_town: Town) -> Town:
    """A town of its own: what others tell would be searched too."""
    return own_town


@pytest.fixture(scope="module")
def serving_town(serving_own_town: Serving) -> Serving:
    return serving_own_town


@pytest.fixture(scope="module")
def personal(town: Town, city: City) -> set[str]:
    """Everything personal that the stories told the server, in the words in which it was told."""
    place = stories.enrolled_workers(town, 2)
    stories.pay(town, place, stories.MONTHS)
    dewi = town.person("Dewi", "approver_1")
    claim = str(stories.report(town, place.workers[0].nik, note=NOTE)["id"])
    heir = {
        "name": "Raden Panji Kusumo",
        "relation": "child",
        "nik": "3375021203999901",
        "birth_date": "1999-03-12",
    }
    child = {"name": "Endah Purwaningtyas", "birth_date": "2012-03-01"}
    stories.file(town, claim, heirs=[heir], children=[child], note=NOTE)
    stories.calculate(town, claim)
    stories.take(dewi, claim, "return_calculation", reason=REASON)
    other = str(stories.report(town, place.workers[1].nik)["id"])
    budi = town.person("Budi", "intake")
    behalf = {"name": "Sulastri Widyaningrum", "relation": "spouse"}
    form = {"claim_date": "2024-05-15", "payees": [stories.FUNERAL_ARRANGER], "effective_on": "2024-05-15"}
    budi.post(f"/v1/claims/{other}/steps/file", form | {"on_behalf_of": behalf})
    budi.post("/v1/enrollments/search", {"q": "Sutarjo"})
    for body in ({"name": place.workers[0].name}, {"nik": place.workers[0].nik}):
        assert budi.post("/v1/people/search", body)["items"]
    said_of_people = _corrected(town, place.workers[1])
    shown = ["nik", "address", "phone", "accounts", "heirs", "children", "reporter"]
    budi.post(f"/v1/claims/{claim}/reveal", {"fields": shown, "reason": LOOK})
    assert town.person("pemeriksa", "auditor").get("/v1/access", case=claim)["items"][0]["reason"] == LOOK
    _refused_with_data_in_them(town, place)
    said = said_of_people | {
        NOTE,
        REASON,
        LOOK,
        heir["name"],
        heir["nik"],
        child["name"],
        behalf["name"],
        "085800000001",
    }
    for payee in (stories.PAYEE, stories.FUNERAL_ARRANGER):
        said |= {payee["name"], payee["account_number"], payee["account_name"]}
    for worker in place.workers:
        said |= {worker.nik, worker.name, worker.address, worker.phone}
    with LIST.open(newline="") as rows:
        for row in csv.DictReader(rows):
            said |= {row["nik"], row["nama"], row["alamat"]} | ({row["no_hp"]} if row["no_hp"] else set())
    assert len(said) > 2_500
    return said - set(town.people)  # officers sign by name, and a worker may share it


def _corrected(town: Town, worker: stories.Worker, nik: str = "3375022108809666") -> set[str]:
    """Have a record put right, by one person and by two; return what was said meanwhile."""
    budi, rina = town.person("Budi", "intake"), town.person("Rina", "verifier")
    [one] = budi.post("/v1/people/search", {"nik": worker.nik})["items"]
    path = f"/v1/people/{one['person_id']}/corrections"
    said = {"name": "Wirjodiharjo Soemantri", "nik": nik, "address": "Gang Kenanga Uji No. 77"}
    old = {"name": worker.name, "nik": worker.nik, "address": worker.address}
    why, not_so = "Kartu lama dibawa Bapak Soemarno", "Kartu itu milik Ibu Sumarsih"
    for field, new in said.items():
        body = {"field": field, "old": old[field], "new": new, "reason": why, "evidence": "ab" * 32}
        made = budi.post(path, body | {"note": NOTE}, status=201)
        if made["status"] == "PROPOSED":
            rina.post(f"{path}/{made['id']}/confirm", {"note": NOTE})
        budi.call("POST", path, json=body)  # refused: what stands is another
        budi.call("POST", path, json=body | {"evidence": new})
        budi.call("POST", path, json=body | {"field": new})
    body = {
        "field": "birth_date",
        "old": "1980-08-21",
        "new": "1980-08-23",
        "reason": why,
        "evidence": "ab" * 32,
    }
    rina.post(f"{path}/{budi.post(path, body, status=201)['id']}/reject", {"reason": not_so})
    rina.get(f"/v1/people/{one['person_id']}")
    return {*said.values(), why, not_so}


def _refused_with_data_in_them(town: Town, place: stories.Enrolled) -> None:
    """Send personal data where they do not belong: refusals and logs must not repeat them."""
    siti, nik = town.person("Siti", "participant"), place.workers[0].nik
    for path in (f"/v1/claims/{nik}", f"/v1/claims?status={nik}", f"/v1/{nik}", f"/v1/claims?cursor={nik}"):
        siti.call("GET", path)
    siti.call("POST", "/v1/claims", json={"nik": nik, "cause": place.workers[0].name})
    siti.call("POST", "/v1/claims", content=f"{{{nik}".encode(), headers={"Content-Type": "application/json"})
    budi, claim = town.person("Budi", "intake"), stories.member(town, nik)
    for body in (
        {"nik": place.workers[0].name},
        {"nik": nik, "name": place.workers[0].name},
        {"name": nik},
        {"number": nik, "ward": place.workers[0].address},
        {place.workers[0].name: nik},
    ):
        assert budi.call("POST", "/v1/people/search", json=body).status_code == 422
        assert budi.call("POST", f"/v1/enrollments/{claim}/reveal", json=body).status_code == 422
    budi.call(
        "POST", f"/v1/enrollments/{claim}/reveal", json={"fields": [nik], "reason": place.workers[0].name}
    )
    budi.call("GET", f"/v1/access?actor={nik}&from={nik}&person={nik}")
    siti.call("GET", f"/v1/claims/{nik}/steps", headers={"Idempotency-Key": nik, "If-Match": nik})


def _forms(value: str) -> Iterator[bytes]:
    """Yield a text as it could stand somewhere: as it is, in other case, in JSON, hexadecimal, base64.

    A short name such as Sri stands in ciphertext by chance: of that only a whole value counts.
    """
    if len(value) < SHORT:
        yield from (f"{before}{value}{after}".encode() for before in '",(' for after in '",)')
        return
    for text in {value, *(change(value) for change in ALSO_KNOWN_AS)}:
        clear = text.encode()
        yield clear
        yield json.dumps(text)[1:-1].encode()
        yield clear.hex().encode()
        for shift in range(3):  # base64 looks different at each of three places in a text
            for encode in (b64encode, urlsafe_b64encode):
                inner = encode(b"\0" * shift + clear)[4 if shift else 0 : -4]
                if len(inner) >= SHORT:
                    yield inner


def _found(personal: set[str], haystack: bytes) -> list[str]:
    """Return which of these texts stand in the haystack in some form; one pass, however many there are."""
    forms: dict[bytes, list[tuple[bytes, str]]] = {}
    found = set()
    for value in personal:
        for form in _forms(value):
            if len(form) < BY_CHANCE:
                continue
            if len(form) < SHORT:
                found |= {value} if form in haystack else set()
            else:
                forms.setdefault(form[:SHORT], []).append((form, value))
    for place in range(len(haystack) - SHORT + 1):
        for form, value in forms.get(haystack[place : place + SHORT], ()):
            if haystack.startswith(form, place):
                found.add(value)
    return sorted(found)


def _dump(serving: Serving, schemas: str) -> dict[str, bytes]:
    """Return every table of the chosen schemas: all values as text, or as the bytes they are."""
    tables = serving.query(
        "select table_schema as schema, table_name as name from information_schema.tables"
        f" where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')"
        f" and {schemas}"
    )
    dumped = {}
    for table in tables:
        rows = serving.query(f'select * from "{table["schema"]}"."{table["name"]}"')
        dumped[f"{table['schema']}.{table['name']}"] = b"\n".join(
            b",".join(_clear(value) for value in row.values()) for row in rows
        )
    return dumped


def _clear(value: Any) -> bytes:
    return value if isinstance(value, bytes) else f'"{value}"'.encode()


@pytest.fixture(scope="module")
def outside(serving_town: Serving, personal: set[str]) -> dict[str, bytes]:
    """Every table outside schema `personal`, after the stories."""
    assert personal
    return _dump(serving_town, "table_schema <> 'personal'")


def test_the_search_would_find_them(
    town: Town, serving_town: Serving, personal: set[str], outside: dict[str, bytes]
) -> None:
    """Schema `personal` holds the members, so a search that finds nothing elsewhere means something."""
    inside = b"\n".join(_dump(serving_town, "table_schema = 'personal'").values())
    found = set(_found(personal, inside))
    with LIST.open(newline="") as rows:
        people = list(csv.DictReader(rows))
    assert {row["nik"] for row in people} <= found
    assert {row["nama"] for row in people} - set(town.people) <= found
    assert {
        "log.event",
        "log.command",
        "log.document",
        "log.natural_key",
        "log.data_key",
        "log.access",
    } <= set(outside)
    assert any(name.startswith("read.") for name in outside)
    assert len(outside["log.event"]) > 1_000_000
    some = people[7]["nama"]
    for form in (*_forms(some), b'"Sri"'):
        assert _found({some, "Sri"}, b"something " + form + b" else")


def test_nothing_personal_stands_in_the_log_the_read_models_or_the_working_tables(
    personal: set[str], outside: dict[str, bytes]
) -> None:
    for table, content in outside.items():
        assert _found(personal, content) == [], table


def test_the_papers_are_sealed(outside: dict[str, bytes]) -> None:
    assert b"%PDF" not in outside["log.document"]
    assert b"tanggal_lahir" not in outside["log.document"]


def test_nothing_personal_stands_in_logs_and_figures(
    town: Town, serving_town: Serving, personal: set[str]
) -> None:
    said = serving_town.log.read_bytes()
    assert said.count(b"\n") > 50, "the server writes a log"
    assert _found(personal, said) == []
    assert not re.search(rb"(?<!\d)\d{16}(?!\d)", said), "no other NIK either"
    figures = town.person("pemeriksa", "auditor").call("GET", "/metrics").content
    assert b"jaminan_requests_total" in figures
    assert _found(personal, figures) == []
    for path in (serving_town.home / "log").glob("*"):
        assert _found(personal, path.read_bytes()) == [], path.name


def test_logs_and_figures_name_routes_and_no_addresses(town: Town, serving_town: Serving) -> None:
    """An address may hold an id, and somebody may put personal data there: only templates are written."""
    answered = [
        json.loads(line) for line in serving_town.log.read_text().splitlines() if '"answered"' in line
    ]
    assert answered
    paths = town.person("pemeriksa", "auditor").call("GET", "/openapi.json").json()["paths"]
    others = {"none", "/docs", "/console", "/metrics", "/openapi.json", "/.well-known/jwks.json"}
    others |= {route.path for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)}
    assert {line["route"] for line in answered} <= set(paths) | others
    figures = town.people["pemeriksa"].call("GET", "/metrics").text
    assert set(re.findall(r'route="([^"]*)"', figures)) <= set(paths) | others


def test_nik_and_account_are_shown_masked(town: Town, city: City) -> None:
    found = town.person("Budi", "intake").post("/v1/enrollments/search", {"nik": stories.nik_of(3)})
    [member] = found["items"]
    assert member["nik"] == "*" * 12 + stories.nik_of(3)[-4:]
    [payee] = city.seen["file"]["payees"]
    assert payee["account_number"] == "*" * 9 + "9012"


def test_no_address_that_is_only_read_shows_what_has_to_be_revealed(town: Town) -> None:
    """Every GET of the reference, asked by an auditor for a case with all that can be known of people."""
    place = stories.enrolled_workers(town, 1)
    stories.pay(town, place, stories.MONTHS)
    [worker] = place.workers
    nik = "3375022108809667"
    _corrected(town, worker, nik)
    heir = {"name": "Endah P", "relation": "child", "nik": "3375021203999902", "birth_date": "1999-03-12"}
    claim = str(stories.report(town, nik)["id"])
    stories.file(town, claim, heirs=[heir])
    stories.calculate(town, claim)
    stories.approve(town, claim)
    stories.order_and_confirm(town, claim)
    [one] = town.person("Budi", "intake").post("/v1/people/search", {"nik": nik})["items"]
    ids = {
        "claim_id": claim,
        "enrollment_id": one["enrollments"][0]["id"],
        "person_id": one["person_id"],
        "programme_id": place.programme,
        "roster_id": place.roster,
        "name": "jkm-claim",
        "version": "1",
        "kind": "receipt",
    }
    auditor = town.person("pemeriksa", "auditor")
    hidden = {worker.nik, nik, worker.phone[1:], worker.address, heir["nik"], "1999-03-12", "1980-08-21"}
    hidden |= {stories.PAYEE["account_number"], "085800000001", "Gang Kenanga Uji No. 77"}
    read = set()
    for method, path, _ in operations(reference_of(town)):
        if method != "GET":
            continue
        answer = auditor.call("GET", path.format_map(_Ids(ids)))
        if answer.status_code == 200:
            read.add(path)
            assert [value for value in hidden if value in answer.text] == [], path
            assert not A_NUMBER.search(answer.text), path
    assert {
        "/v1/claims/{claim_id}",
        "/v1/people/{person_id}",
        "/v1/enrollments/{enrollment_id}/history",
    } <= read
    assert len(read) > 25, read


class _Ids(dict[str, str]):
    """Ids by the name of the parameter; of what the story has none of, one that nobody has."""

    def __missing__(self, name: str) -> str:
        return "00000000-0000-4000-8000-000000000000"


def test_the_home_keeps_its_keys_to_itself(serving_town: Serving) -> None:
    for name in ("passwords.json", "demo-issuer.json", "run/server.json"):
        assert (serving_town.home / name).stat().st_mode & 0o077 == 0, name
