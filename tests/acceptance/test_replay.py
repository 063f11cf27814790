"""The log explains itself: it is folded without the lifecycle machine, without definition files, without a key."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tests.acceptance import stories
from tests.acceptance.office_client import Town
from tests.acceptance.server import Serving

# Folds every stream of a log, in a Python that cannot import the machine.
REPLAY = """
import asyncio, json, sys
from importlib.abc import MetaPathFinder


class Blocked(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "transitions":
            raise ImportError("the machine is blocked")
        return None


sys.meta_path.insert(0, Blocked())
try:
    import transitions
except ImportError:
    pass
else:
    raise AssertionError("the block does not hold")

from store.mapper import SealingMapper
from store.sealing import Keyring
from store.store import Store
from workflows.cases import Cases
from workflows.catalogue import EVENTS


async def replay(url):
    assert EVENTS, "every event is known by its stored name"
    async with await Store.open(url) as store:
        cases = Cases(store, SealingMapper(Keyring(bytes(32))))
        rows = await store.pool.fetch("select distinct stream from log.event")
        streams = await store.read_streams([row["stream"] for row in rows])
        found = {}
        for stream, records in streams.items():
            if records[0].topic in ("definition.published", "rules.published", "attempt.refused"):
                continue
            case = cases.fold(records)
            found[str(stream)] = [type(case).__name__, case.status, case.version, case.position]
        return found

print(json.dumps(asyncio.run(replay(sys.argv[1]))))
assert "transitions" not in sys.modules
"""


@pytest.fixture(scope="module")
def replayed(town: Town, serving_town: Serving) -> dict[str, Any]:
    """What every stream adds up to after two claims, one closed and one that waits for arrears."""
    for months, closes in ((stories.MONTHS, True), (stories.MONTHS[:6], False)):
        place = stories.enrolled_workers(town)
        stories.pay(town, place, months)
        claim = str(stories.calculated(town, place.workers[0].nik)["id"])
        stories.approve(town, claim)
        assert stories.order_and_confirm(town, claim)["status"] == ("PAID" if closes else "HELD_ARREARS")
        if closes:
            stories.close(town, claim)
    url = json.loads((serving_town.home / "run" / "server.json").read_text())["app_url"]
    done = subprocess.run(
        [sys.executable, "-c", REPLAY, url], capture_output=True, text=True, check=False, env={**os.environ}
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_every_case_replayed_without_the_machine_stands_where_the_server_says(
    town: Town, replayed: dict[str, Any]
) -> None:
    auditor = town.person("pemeriksa", "auditor")
    cases = {
        "Claim": ("claims", "status", "version", "position"),
        "Enrollment": ("enrollments", "status", "version", "position"),
    }
    looked_at = dict.fromkeys(cases, 0)
    for stream, (kind, *stands) in replayed.items():
        if kind in cases and looked_at[kind] < 60:
            path, *fields = cases[kind]
            view = auditor.get(f"/v1/{path}/{stream}")
            assert [view[field] for field in fields] == stands
            looked_at[kind] += 1
    assert min(looked_at.values()) >= 2
    assert {"Programme", "Roster", "Person", "Payment"} <= {kind for kind, *_ in replayed.values()}


def test_every_claim_of_the_list_is_among_them(town: Town, replayed: dict[str, Any]) -> None:
    listed = town.person("pemeriksa", "auditor").all("/v1/claims")
    claims = {stream: stands for stream, (kind, *stands) in replayed.items() if kind == "Claim"}
    assert {item["id"] for item in listed} == set(claims)
    assert {item["id"]: item["status"] for item in listed} == {
        id_: stands[0] for id_, stands in claims.items()
    }
