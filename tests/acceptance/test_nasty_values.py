"""Every value of every example is replaced by one sent by mistake or malice: never a fault of ours."""

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any, Final

import pytest

from tests.acceptance import stories
from tests.acceptance.office_client import Town
from tests.acceptance.reference import operations, reference_of

NASTY: Final[list[Any]] = [
    None, True, 0, -1, 2**31, 2**53 + 1, 2**63, 10**40, 1.5, "", " ", "\0", "x" * 5_000, "'; drop table log.event; --",
    "\u202egnitirw", "👩‍👩‍👧" * 20, "2024-02-30", "9999-12-31", "0001-01-01", "00000000-0000-0000-0000-000000000000",
    [], {}, ["x"] * 100,
]  # fmt: skip


@pytest.fixture(scope="module")
def town(own_town: Town) -> Town:
    """A town of its own: values beyond belief shall stand in no other list."""
    return own_town


def _variants(value: Any) -> Iterator[Any]:
    """Yield the example with each of its parts replaced, left out, or joined by an unknown one."""
    if isinstance(value, dict):
        for name, part in value.items():
            for other in _variants(part):
                yield {**value, name: other}
            yield {key: kept for key, kept in value.items() if key != name}
        yield {**value, "unknown": 1}
    elif isinstance(value, list):
        for n, part in enumerate(value):
            for other in _variants(part):
                yield [*value[:n], other, *value[n + 1 :]]
    yield from deepcopy(NASTY)


@pytest.mark.parametrize(
    ("path", "name", "role", "step"),
    [
        ("/v1/programmes", "dinas", "sponsor_officer", ""),
        ("/v1/programmes/{programme_id}/contributions", "kas daerah", "finance", ""),
        ("/v1/rosters/{roster_id}/steps/{step}", "dinas", "sponsor_officer", "issue_decree"),
        ("/v1/enrollments", "dinas", "sponsor_officer", ""),
        ("/v1/enrollments/search", "pendaftaran", "intake", ""),
        ("/v1/enrollments/{enrollment_id}/steps/{step}", "dinas", "sponsor_officer", "propose"),
        ("/v1/claims", "Siti", "participant", ""),
        ("/v1/claims/{claim_id}/steps/{step}", "Dewi", "approver_1", "approve"),
        ("/v1/claims/{claim_id}/steps/{step}", "Siti", "participant", "file"),
    ],
)
def test_nothing_that_is_sent_is_a_fault_of_ours(
    town: Town, path: str, name: str, role: str, step: str
) -> None:
    place = stories.enrolled_workers(town, 2)
    person = town.person(name, role)
    claim = stories.report(town, place.workers[0].nik)["id"]
    ids = {
        "programme_id": place.programme,
        "roster_id": place.roster,
        "enrollment_id": stories.member(town, place.workers[1].nik),
        "claim_id": claim,
        "step": step,
    }
    [operation] = [
        op for method, known, op in operations(reference_of(town)) if (method, known) == ("POST", path)
    ]
    example = operation["requestBody"]["content"]["application/json"]["example"]
    if step == "file":
        example = {
            "claim_date": "2024-05-15",
            "payee": stories.PAYEE,
            "heirs": [{"name": "Siti Aminah", "relation": "spouse", "nik": "3375022108808888"}],
            "children": [{"name": "Dewi", "birth_date": "2012-03-01"}],
        }
    for variant in _variants(example):
        content = json.dumps(variant).encode()
        headers = {"Content-Type": "application/json"}
        answer = person.call("POST", path.format(**ids), content=content, headers=headers)
        assert answer.status_code < 500, (content[:300], answer.text)
    ready = person.call("GET", "/readyz")
    assert ready.status_code == 200, ready.text
    position = ready.json()["position"]
    auditor = town.person("pemeriksa", "auditor")
    for read_model in (
        "/v1/claims",
        "/v1/enrollments",
        "/v1/worklist",
        f"/v1/programmes/{place.programme}/ledger",
    ):
        auditor.get(read_model, min_position=position)  # none has stopped at what was accepted
