"""A request that is wrong in many ways gets the first refusal of the contract's order; mended, the next one.

401, 404 or outside_area, body, Idempotency-Key, role, If-Match, state, second person, authority, papers,
guards, amount, natural keys. The lifecycle is a test definition whose limit lies under 42 million.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.acceptance import stories
from tests.acceptance.office_client import Person, Town
from tests.acceptance.server import home_of_a_stranger, serving, town_of
from workflows.library import OWN_FOLDER

AMOUNT = 42_000_000


def strict_definition(folder: Path) -> Path:
    """Write version 2 of the death claim: approver_1 signs up to 41 million, and NPWP is always asked."""
    text = (OWN_FOLDER / "jkm-claim.v1.toml").read_text()
    for pattern, instead in (
        (r"(?m)^version = 1$", "version = 2"),
        (r"approver_1 = 100_000_000", "approver_1 = 41_000_000"),
        (r"""\{ code = "NPWP", when = "determination.total > 50_000_000" \}""", '"NPWP"'),
    ):
        text, found = re.subn(pattern, instead, text)
        assert found == 1, pattern
    folder.mkdir(exist_ok=True)
    (folder / "jkm-claim.v2.toml").write_text(text)
    return folder


@pytest.fixture(scope="module")
def strict_town() -> Iterator[Town]:
    """A server whose approvers have a limit under 42 million."""
    with home_of_a_stranger() as folder:
        definitions = strict_definition(folder / "definitions")
        with serving(folder, JAMINAN_DEFINITIONS=str(definitions)) as running, town_of(running) as town:
            yield town


@pytest.fixture(scope="module")
def place(strict_town: Town) -> stories.Enrolled:
    place = stories.enrolled_workers(strict_town, 4)
    stories.pay(strict_town, place, stories.MONTHS)
    return place


@dataclass(frozen=True)
class Try:
    """One request to approve a claim, wrong in as many ways as it says."""

    person: Person | None
    claim: str
    body: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    def refused(self, status: int, code: str) -> dict[str, Any]:
        path, person = f"/v1/claims/{self.claim}/steps/approve", self.person
        assert person is not None
        return person.refused(path, self.body, status=status, code=code, headers=self.headers)

    def but(self, **better: Any) -> "Try":
        return replace(self, **better)


def test_a_blank_reason_is_a_wrong_body_whoever_sends_it(town: Town) -> None:
    """The body is read before the role is looked at, in every step that asks for words."""
    place = stories.enrolled_workers(town)
    claim = str(stories.report(town, place.workers[0].nik)["id"])
    joko = town.person("Joko", "finance")
    for step in ("return_calculation", "withdraw_step", "fail_payment"):
        problem = joko.refused(
            f"/v1/claims/{claim}/steps/{step}", {"reason": "  "}, status=422, code="invalid"
        )
        assert problem["field"] == "reason" and "empty" in problem["detail"]
    body = {"bank_reference": " ", "paid_on": "2024-05-20"}
    path = f"/v1/claims/{claim}/steps/confirm_payment"
    assert joko.refused(path, body, status=422, code="invalid")["field"] == "bank_reference"


def test_from_the_token_to_the_state(strict_town: Town, place: stories.Enrolled) -> None:
    """The claim is only FILED, its version is another, the key was used, and so on."""
    town, nik = strict_town, place.workers[0].nik
    claim = str(stories.report(town, nik)["id"])
    stories.file(town, claim)
    nobody = Person("nobody", town.person("Siti", "participant").http, "no token")
    lukas = town.person("Lukas", "finance", area="9171")  # another area, no role for this step
    wati = town.person("Wati", "finance")  # no role for this step
    dewi = town.person("Dewi", "approver_1")
    used = {"Idempotency-Key": "used"}
    assert _paid(wati, place, "2024-09", headers=used).status_code == 201
    wrong = Try(nobody, str(uuid4()), {"amount": "42"}, {"Idempotency-Key": "used", "If-Match": '"99"'})
    wrong.refused(401, "unauthenticated")
    wrong = wrong.but(person=lukas)
    wrong.refused(404, "not_found")
    wrong = wrong.but(claim=claim)
    wrong.refused(403, "outside_area")
    wrong = wrong.but(person=wati)
    assert wrong.refused(422, "invalid")["field"] == "amount"
    wrong = wrong.but(body={"amount": 7})
    wrong.refused(422, "idempotency_key_reused")
    wrong = wrong.but(headers={"If-Match": '"99"'})
    assert "approver_1" in wrong.refused(403, "not_your_role")["roles"]
    wrong = wrong.but(person=dewi)
    version = dewi.get(f"/v1/claims/{claim}")["version"]
    assert wrong.refused(412, "stale_version")["version"] == version
    wrong = wrong.but(headers={"If-Match": f'"{version}"'})
    problem = wrong.refused(409, "step_not_open")
    assert "FILED" in problem["detail"]


def test_from_the_second_person_to_the_amount(strict_town: Town, place: stories.Enrolled) -> None:
    """Nobody may approve what he verified, above his limit, without papers, or in another amount."""
    town, nik = strict_town, place.workers[2].nik
    claim = str(stories.report(town, nik)["id"])
    stories.file(town, claim)
    rina = town.person("Rina the second", "verifier", "approver_1")
    stories.take(town.person("Budi", "intake"), claim, "confirm_complete")
    stories.take(rina, claim, "start_verification")
    stories.take(town.person("Agus", "calculator"), claim, "calculate")
    version = rina.get(f"/v1/claims/{claim}")["version"]

    wrong = Try(rina, claim, {"amount": 7})
    assert wrong.refused(403, "same_person")["earlier_step"] == "start_verification"
    wrong = wrong.but(person=town.person("Dewi", "approver_1"))
    problem = wrong.refused(403, "authority_exceeded")
    assert problem["roles"] == ["approver_2"] and "approver_2" in problem["detail"], "it names who can"
    assert problem["amount"] == AMOUNT
    head = town.person("Hartono", "approver_2")
    wrong = wrong.but(person=head)
    assert wrong.refused(409, "documents_missing")["missing"] == ["NPWP"]
    assert rina.get(f"/v1/claims/{claim}")["version"] == version, "refused attempts do not move the claim"
    head.upload(f"/v1/claims/{claim}/documents", "NPWP")
    assert wrong.refused(409, "guard_failed")["guard"] == "endorsed"
    stories.take(town.person("Dewi", "approver_1"), claim, "endorse")
    problem = wrong.refused(422, "amount_differs")
    assert (problem["expected"], problem["asked"]) == (AMOUNT, 7)

    told = stories.history(head, f"claims/{claim}")
    attempts = [item for item in told if item["event"] == "attempt.refused"]
    assert [(item["actor"], item["data"]["code"]) for item in attempts] == [
        ("Rina the second", "same_person"),
        ("Dewi", "authority_exceeded"),
        ("Hartono", "amount_differs"),
    ]
    for item in attempts:
        assert (item["step"], item["version"], item["from"]) == ("approve", None, "CALCULATED")
        assert item["data"]["message"] and item["recorded_at"] and item["roles"]
    assert stories.take(head, claim, "approve", amount=AMOUNT)["status"] == "APPROVED"


def test_a_guard_comes_after_the_papers_and_before_the_amount(
    strict_town: Town, place: stories.Enrolled
) -> None:
    town = strict_town
    claim = str(stories.calculated(town, place.workers[3].nik, "2023-08-20")["id"])  # before the start
    wrong = Try(town.person("Dewi", "approver_1"), claim, {"amount": 7})
    wrong.refused(409, "documents_missing")
    town.people["Dewi"].upload(f"/v1/claims/{claim}/documents", "NPWP")
    assert "REJECT_NOT_STARTED" in wrong.refused(409, "guard_failed")["detail"]


def test_natural_keys_come_last(strict_town: Town, place: stories.Enrolled) -> None:
    kas = strict_town.person("kas daerah", "finance")
    assert _paid(kas, place, "2024-10").status_code == 201
    wrong = {"amount": 5, "reference": "SP2D-2024-10"}
    problem = _paid(kas, place, "2024-11", body=wrong).json()
    assert (problem["code"], problem["asked"]) == ("amount_differs", 5)
    assert problem["expected"] % 16_800 == 0 and str(problem["expected"]) in problem["detail"]
    problem = _paid(kas, place, "2024-11", body=wrong | {"amount": problem["expected"]}).json()
    assert (problem["status"], problem["code"], problem["key"]) == (409, "duplicate", "payment-reference")
    problem = _paid(kas, place, "2024-10", body={"reference": "SP2D-new"}).json()
    assert (problem["status"], problem["code"], problem["month"]) == (409, "duplicate", "2024-10")
    assert problem["reference"] == "SP2D-2024-10"
    assert _paid(kas, place, "2024-11").status_code == 201


def test_the_new_version_is_for_new_cases_and_is_shown(strict_town: Town, place: stories.Enrolled) -> None:
    dewi = strict_town.person("Dewi", "approver_1")
    shown = {(item["name"], item["version"]) for item in dewi.get("/v1/workflows")["items"]}
    assert shown == {("enrollment", 1), ("jkm-claim", 1), ("jkm-claim", 2)}
    assert {claim["definition"] for claim in _claims(dewi)} == {"jkm-claim@2"}


def _claims(person: Person) -> list[dict[str, Any]]:
    return [person.get(f"/v1/claims/{item['id']}") for item in person.all("/v1/claims")]


def _paid(person: Person, place: stories.Enrolled, month: str, **more: Any) -> Any:
    """Ask to record the payment of a month, or with `body` of something that differs from its invoice."""
    programme = f"/v1/programmes/{place.programme}"
    invoice = person.get(f"{programme}/invoice", roster_id=place.roster, months=month)
    body = {
        "roster_id": place.roster,
        "months": [month],
        "amount": invoice["total"],
        "paid_on": "2024-09-10",
        "reference": f"SP2D-{month}",
    } | more.pop("body", {})
    return person.call("POST", f"{programme}/contributions", json=body, **more)
