"""OpenAPI 3.1 that holds together, with an example of every body and every refusal, and a page to read it."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from tests.acceptance import stories
from tests.acceptance.office_client import Town
from tests.acceptance.reference import PROBLEM, operations, reference_of

SIGNS_OF_LIFE = {"/healthz", "/readyz"}


@pytest.fixture(scope="module")
def reference(town: Town) -> dict[str, Any]:
    return reference_of(town)


def _each(value: Any, name: str) -> Iterator[Any]:
    """Yield every value of this name, however deep."""
    if isinstance(value, dict):
        for key, part in value.items():
            if key == name:
                yield part
            yield from _each(part, name)
    elif isinstance(value, list):
        for part in value:
            yield from _each(part, name)


def test_it_is_openapi_31_with_a_name_and_a_version(reference: dict[str, Any]) -> None:
    assert reference["openapi"] == "3.1.0"
    assert reference["info"]["title"] == "Jaminan" and reference["info"]["version"]
    assert len(list(operations(reference))) >= 30


def test_every_part_it_refers_to_is_there(reference: dict[str, Any]) -> None:
    for place in set(_each(reference, "$ref")):
        found: Any = reference
        for name in place.removeprefix("#/").split("/"):
            assert name in found, place
            found = found[name]


def test_every_operation_has_a_name_of_its_own_a_description_and_its_parameters(
    reference: dict[str, Any],
) -> None:
    names = [operation["operationId"] for _, _, operation in operations(reference)]
    assert len(set(names)) == len(names)
    for _, path, operation in operations(reference):
        assert operation["summary"] and operation["description"], path
        parameters = [(one["in"], one["name"]) for one in operation.get("parameters", ())]
        assert len(set(parameters)) == len(parameters), path
        declared = {name for place, name in parameters if place == "path"}
        assert declared == set(re.findall(r"\{([a-z_]+)\}", path)), path
        assert all("schema" in one for one in operation.get("parameters", ()))


def test_every_operation_but_the_signs_of_life_wants_a_bearer_token(reference: dict[str, Any]) -> None:
    assert reference["security"] == [{"bearer": []}]
    assert reference["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    for _, path, operation in operations(reference):
        assert (operation.get("security") == []) == (path in SIGNS_OF_LIFE), path
        assert ("401" in operation["responses"]) == (path not in SIGNS_OF_LIFE), path


def test_every_body_and_every_refusal_has_an_example(reference: dict[str, Any]) -> None:
    for method, path, operation in operations(reference):
        for kind, content in operation.get("requestBody", {"content": {}})["content"].items():
            assert content["example"] and content["schema"], (method, path, kind)
        for status, answer in operation["responses"].items():
            if int(status) < 400:
                assert "schema" in next(iter(answer.get("content", {"": {"schema": {}}}).values())), path
                continue
            assert set(answer["content"]) == {PROBLEM}, (method, path, status)
            examples = answer["content"][PROBLEM]["examples"]
            assert examples
            for code, example in examples.items():
                value = example["value"]
                assert (value["code"], str(value["status"])) == (code, status)
                assert {"type", "title", "detail", "instance"} <= set(value)


def test_no_example_of_a_body_is_refused_as_unreadable(town: Town, reference: dict[str, Any]) -> None:
    """Each is sent by somebody of the right role; it may meet a case where it does not fit, but it reads."""
    place = stories.enrolled_workers(town)
    stories.pay(town, place, stories.MONTHS)
    claim = str(stories.calculated(town, place.workers[0].nik)["id"])
    desk = town.person("pendaftaran", "intake")
    [person] = desk.post("/v1/people/search", {"nik": place.workers[0].nik})["items"]
    ids = {
        "programme_id": place.programme,
        "roster_id": place.roster,
        "enrollment_id": stories.member(town, place.workers[0].nik),
        "claim_id": claim,
        "step": "approve",
        "digest": "ab" * 32,
        "delegation_id": str(uuid4()),
        "person_id": person["person_id"],
        "correction_id": str(uuid4()),
    }
    people = {
        "/v1/programmes": ("dinas", "sponsor_officer"),
        "/v1/rosters/{roster_id}/steps/{step}": ("dinas", "sponsor_officer"),
        "/v1/enrollments": ("dinas", "sponsor_officer"),
        "/v1/enrollments/search": ("Budi", "intake"),
        "/v1/people/search": ("Budi", "intake"),
        "/v1/people/{person_id}/reveal": ("Budi", "intake"),
        "/v1/people/{person_id}/corrections": ("Budi", "intake"),
        "/v1/people/{person_id}/corrections/{correction_id}/confirm": ("Rina", "verifier"),
        "/v1/people/{person_id}/corrections/{correction_id}/reject": ("Rina", "verifier"),
        "/v1/claims/{claim_id}/reveal": ("Budi", "intake"),
        "/v1/enrollments/{enrollment_id}/reveal": ("Budi", "intake"),
        "/v1/enrollments/{enrollment_id}/steps/{step}": ("dinas", "sponsor_officer"),
        "/v1/claims": ("Siti", "participant"),
        "/v1/claims/{claim_id}/steps/{step}": ("Dewi", "approver_1"),
        "/v1/claims/{claim_id}/documents/{digest}/reject": ("Budi", "intake"),
        "/v1/programmes/{programme_id}/contributions": ("kas daerah", "finance"),
        "/v1/enrollments/{enrollment_id}/notes": ("Budi", "intake"),
        "/v1/claims/steps/{step}": ("Dewi", "approver_1"),
        "/v1/claims/{claim_id}/take": ("Wati", "finance"),
        "/v1/claims/{claim_id}/assign": ("Dewi", "approver_1"),
        "/v1/claims/{claim_id}/release": ("Dewi", "approver_1"),
        "/v1/claims/{claim_id}/notes": ("Dewi", "approver_1"),
        "/v1/delegations": ("Tata Usaha", "admin"),
        "/v1/delegations/{delegation_id}/revoke": ("Tata Usaha", "admin"),
        "/v1/programmes/{programme_id}/refunds": ("Wati", "finance"),
        "/v1/benefits/quote": ("Agus", "calculator"),
    }
    sent = set()
    for method, path, operation in operations(reference):
        content = operation.get("requestBody", {"content": {}})["content"].get("application/json")
        if content is None:
            continue
        step = (
            {"step": "issue_decree"} if "roster" in path else {"step": "propose"} if "enroll" in path else {}
        )
        name, role = people[path]
        answer = town.person(name, role).call(method, path.format(**ids | step), json=content["example"])
        assert answer.status_code not in (401, 403, 415, 500), (path, answer.text)
        if answer.status_code == 422:
            assert answer.json()["code"] == "amount_differs", (path, answer.text)
        sent.add(path)
    assert sent == set(people)


def test_the_page_is_served_from_our_own_files_only(town: Town) -> None:
    auditor = town.person("pemeriksa", "auditor")
    page = auditor.call("GET", "/docs")
    assert page.status_code == 200 and page.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", page.text)
    addresses = re.findall(r'(?:src|href)="(docs/[^"]+)"', page.text)
    assert addresses
    for address in addresses:
        assert auditor.call("GET", f"/{address}").status_code == 200, address
