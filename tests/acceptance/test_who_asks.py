"""Who asks, and what they may see: tokens, participants, mandates for one area."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import OKPKey

from tests.acceptance import stories
from tests.acceptance.office_client import Person, Town
from tests.acceptance.server import Serving

OPEN_TO_ALL = {"/healthz", "/readyz"}


@pytest.fixture
def stranger(serving_town: Serving) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=serving_town.address, timeout=30) as http:
        yield http


@pytest.fixture(scope="module")
def place(town: Town) -> stories.Enrolled:
    place = stories.enrolled_workers(town, 4)
    stories.pay(town, place, stories.MONTHS)
    return place


@pytest.fixture(scope="module")
def claim(town: Town, place: stories.Enrolled) -> str:
    claim = str(stories.report(town, place.workers[0].nik)["id"])
    stories.file(town, claim)
    return claim


@pytest.fixture(scope="module")
def neighbour(town: Town) -> Person:
    return town.person("Tono", "participant")


@pytest.fixture(scope="module")
def elsewhere(town: Town) -> Person:
    return town.person("Lukas", "approver_1", "finance", "intake", "sponsor_officer", area="9171")


class Forger:
    """Somebody who knows the demonstration's key, to make tokens that are wrong in one thing."""

    def __init__(self, serving: Serving) -> None:
        self.key = OKPKey.import_key(json.loads((serving.home / "demo-issuer.json").read_text()))

    def token(self, key: OKPKey | None = None, **changed: Any) -> str:
        now = datetime.now(UTC)
        claims = {
            "iss": "jaminan-demo",
            "aud": "jaminan",
            "sub": "Dewi",
            "roles": ["approver_1"],
            "exp": int((now + timedelta(hours=1)).timestamp()),
        } | changed
        header = {"alg": "Ed25519", "kid": self.key.kid}
        kept = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(header, kept, key or self.key, algorithms=["Ed25519"])


def test_every_call_but_the_signs_of_life_asks_who_you_are(stranger: httpx2.Client, claim: str) -> None:
    paths = stranger.get("/openapi.json").json()["paths"]
    assert len(paths) > 20
    for path, methods in paths.items():
        address = path.replace("{claim_id}", claim).replace("{name}", "jkm-claim").replace("{version}", "1")
        address = address.replace("{step}", "approve")
        address = "/".join(str(uuid4()) if part.startswith("{") else part for part in address.split("/"))
        for method in methods:
            answer = stranger.request(method.upper(), address)
            if path in OPEN_TO_ALL:
                assert answer.status_code == 200, path
                continue
            problem = answer.json()
            assert (answer.status_code, problem["code"]) == (401, "unauthenticated"), (method, path)
            assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "wrong",
    [
        {"exp": 1_600_000_000},
        {"exp": None},
        {"aud": "another application"},
        {"aud": None},
        {"iss": "another issuer"},
        {"iss": None},
        {"sub": None},
        {"sub": ""},
        {"sub": "SYSTEM"},
        {"roles": None},
        {"roles": "approver_1"},
        {"area": 9171},
        {"area": ""},
        {"area": "/"},
        {"area": " /Medono"},
    ],
)
def test_a_token_that_is_wrong_in_one_thing_is_no_token(
    serving_town: Serving, stranger: httpx2.Client, claim: str, wrong: dict[str, Any]
) -> None:
    _unauthenticated(stranger, claim, f"Bearer {Forger(serving_town).token(**wrong)}")


def test_a_token_must_be_signed_by_the_issuer(
    serving_town: Serving, stranger: httpx2.Client, claim: str
) -> None:
    forger = Forger(serving_town)
    good = forger.token()
    head, body, signature = good.split(".")
    stolen = Forger(serving_town)
    other_key = OKPKey.generate_key("Ed25519", {"kid": str(forger.key.kid)})
    for authorization in (
        "",
        "Bearer",
        "Bearer nothing",
        f"Basic {good}",
        good,
        f"Bearer {head}.{body}.{signature[:-4]}AAAA",
        f"Bearer {head}.{body}.",
        f"Bearer {stolen.token(other_key)}",
        "Bearer eyJhbGciOiJub25lIn0." + body + ".",
    ):
        _unauthenticated(stranger, claim, authorization)
    answer = stranger.get(f"/v1/claims/{claim}", headers={"Authorization": f"Bearer {good}"})
    assert answer.status_code == 200


def test_a_token_without_a_role_of_ours_sees_no_case_and_takes_no_step(
    serving_town: Serving, town: Town, claim: str
) -> None:
    for roles in ([], ["director"], ["system"], ["SYSTEM", "participant"]):
        token = Forger(serving_town).token(roles=roles, sub="Anton")
        nobody = Person("nobody", town.person("Siti", "participant").http, token)
        assert nobody.call("GET", f"/v1/claims/{claim}").status_code == 404
        assert nobody.get("/v1/claims")["items"] == nobody.get("/v1/worklist")["items"] == []
        nobody.refused("/v1/programmes", stories.PROGRAMME, status=403, code="not_your_role")


class TestParticipants:
    """A family sees and acts on its own claims only."""

    def test_another_familys_claim_is_not_there(self, neighbour: Person, claim: str) -> None:
        for what in ("", "/steps", "/documents", "/benefit", "/history", "?as_of=2030-01-01T00:00:00Z"):
            answer = neighbour.call("GET", f"/v1/claims/{claim}{what}")
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), what
        for step in ("file", "confirm_complete", "approve", "no_such_step"):
            neighbour.refused(f"/v1/claims/{claim}/steps/{step}", status=404, code="not_found")
        upload = neighbour.call(
            "POST", f"/v1/claims/{claim}/documents", files={"file": ("a.pdf", b"x")}, data={"code": "KK"}
        )
        assert upload.status_code == 404

    def test_the_list_shows_only_ones_own(self, town: Town, neighbour: Person, claim: str) -> None:
        siti = town.person("Siti", "participant")
        position = siti.get(f"/v1/claims/{claim}")["position"]
        assert neighbour.get("/v1/claims", min_position=position)["items"] == []
        assert claim in {item["id"] for item in siti.all("/v1/claims", min_position=position)}

    def test_a_second_report_tells_a_stranger_nothing_of_the_first(
        self, town: Town, neighbour: Person, place: stories.Enrolled, claim: str
    ) -> None:
        body = {
            "nik": place.workers[0].nik,
            "event_on": "2024-05-10",
            "cause": "illness",
            "reported_by": {"name": "Tono", "relation": "sibling"},
        }
        strange = neighbour.refused("/v1/claims", body, status=409, code="duplicate")
        assert "existing_id" not in strange and claim not in json.dumps(strange)
        own = town.person("Siti", "participant").refused("/v1/claims", body, status=409, code="duplicate")
        assert own["existing_id"] == claim
        desk = town.person("Budi", "intake").refused("/v1/claims", body, status=409, code="duplicate")
        assert desk["existing_id"] == claim
        told = stories.history(town.person("pemeriksa", "auditor"), f"claims/{claim}")
        assert [(i["actor"], i["data"]["code"]) for i in told if i["event"] == "attempt.refused"] == [
            ("Tono", "duplicate"),
            ("Siti", "duplicate"),
            ("Budi", "duplicate"),
        ]

    def test_the_office_is_not_theirs(self, neighbour: Person, place: stories.Enrolled) -> None:
        for path in (
            "/v1/enrollments",
            f"/v1/programmes/{place.programme}",
            f"/v1/programmes/{place.programme}/ledger",
            f"/v1/programmes/{place.programme}/history",
            f"/v1/programmes/{place.programme}/invoice?roster_id={place.roster}&months=2023-09",
            f"/v1/rosters/{place.roster}",
            f"/v1/rosters/{place.roster}/history",
        ):
            answer = neighbour.call("GET", path)
            assert (answer.status_code, answer.json()["code"]) == (403, "not_your_role"), path
        search = {"nik": place.workers[0].nik}
        neighbour.refused("/v1/enrollments/search", search, status=403, code="not_your_role")


class TestAreas:
    """A mandate for one area ends at its border, and trying is on record."""

    def test_reading_ends_at_the_border(
        self, town: Town, elsewhere: Person, place: stories.Enrolled, claim: str
    ) -> None:
        member = stories.member(town, place.workers[0].nik)
        for path in (
            f"/v1/claims/{claim}",
            f"/v1/claims/{claim}/steps",
            f"/v1/claims/{claim}/history",
            f"/v1/claims/{claim}/documents",
            f"/v1/claims/{claim}/benefit",
            f"/v1/enrollments/{member}",
            f"/v1/enrollments/{member}/history",
            f"/v1/programmes/{place.programme}",
            f"/v1/programmes/{place.programme}/ledger",
            f"/v1/rosters/{place.roster}",
        ):
            answer = elsewhere.call("GET", path)
            problem = answer.json()
            assert (answer.status_code, problem["code"]) == (403, "outside_area"), path
            assert problem["area_code"] == "3375" and "9171" in problem["detail"]
        position = town.people["Siti"].get(f"/v1/claims/{claim}")["position"]
        for path in ("/v1/claims", "/v1/enrollments", "/v1/worklist", "/v1/deadlines"):
            assert elsewhere.get(path, min_position=position)["items"] == [], path
        found = elsewhere.post("/v1/enrollments/search", {"nik": place.workers[0].nik})
        assert found["items"] == []

    def test_acting_ends_there_too_and_is_on_record(
        self, town: Town, elsewhere: Person, place: stories.Enrolled, claim: str
    ) -> None:
        auditor = town.person("pemeriksa", "auditor")
        version = auditor.get(f"/v1/claims/{claim}")["version"]
        for path, case in (
            (f"/v1/claims/{claim}/steps/confirm_complete", f"claims/{claim}"),
            (f"/v1/claims/{claim}/steps/approve", f"claims/{claim}"),
            (f"/v1/rosters/{place.roster}/steps/propose", f"rosters/{place.roster}"),
            (f"/v1/programmes/{place.programme}/contributions", f"programmes/{place.programme}"),
        ):
            elsewhere.refused(path, status=403, code="outside_area")
            last = stories.history(auditor, case)[-1]
            assert (last["event"], last["actor"]) == ("attempt.refused", "Lukas"), path
            assert last["data"]["code"] == "outside_area"
        assert auditor.get(f"/v1/claims/{claim}")["version"] == version

    def test_a_report_from_elsewhere_shows_beside_the_membership(
        self, town: Town, place: stories.Enrolled
    ) -> None:
        """The claim it would have begun does not exist, so nobody could look it up there."""
        stranger = town.person("Yosef", "intake", area="9171")
        member = stories.member(town, place.workers[0].nik)
        body = {
            "enrollment_id": member,
            "event_on": "2024-05-10",
            "cause": "illness",
            "reported_by": {"name": "Siapa", "relation": "other"},
        }
        stranger.refused("/v1/claims", body, status=403, code="outside_area")
        last = stories.history(town.person("pemeriksa", "auditor"), f"enrollments/{member}")[-1]
        assert (last["event"], last["step"], last["actor"]) == ("attempt.refused", "report", "Yosef")

    def test_the_own_area_and_what_lies_in_it_is_open(self, town: Town, claim: str) -> None:
        province = town.person("Wahyu", "approver_1", area="33")
        assert province.get(f"/v1/claims/{claim}")["id"] == claim
        city = town.person("Ratih", "approver_1", area="3375")
        assert city.get(f"/v1/claims/{claim}")["id"] == claim


def test_auditor_and_administrator_take_no_step(town: Town, place: stories.Enrolled, claim: str) -> None:
    for name, role in (("pemeriksa", "auditor"), ("pengelola", "admin")):
        person = town.person(name, role)
        version = person.get(f"/v1/claims/{claim}")["version"]
        for step in ("file", "confirm_complete", "calculate", "approve", "order_payment", "close"):
            body = _BODIES.get(step, {})
            person.refused(f"/v1/claims/{claim}/steps/{step}", body, status=403, code="not_your_role")
        person.refused(f"/v1/rosters/{place.roster}/steps/propose", status=403, code="not_your_role")
        person.refused("/v1/programmes", stories.PROGRAMME, status=403, code="not_your_role")
        upload = person.call(
            "POST", f"/v1/claims/{claim}/documents", files={"file": ("a.pdf", b"x")}, data={"code": "KK"}
        )
        assert (upload.status_code, upload.json()["code"]) == (403, "not_your_role")
        assert person.get(f"/v1/claims/{claim}")["version"] == version


_BODIES: dict[str, Any] = {
    "file": {"claim_date": "2024-05-15", "payee": stories.PAYEE},
    "approve": {"amount": 42_000_000},
}


def _unauthenticated(stranger: httpx2.Client, claim: str, authorization: str) -> None:
    answer = stranger.get(f"/v1/claims/{claim}", headers={"Authorization": authorization})
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated"), authorization[:40]
    assert answer.json()["detail"]
