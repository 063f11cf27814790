"""The library's `ProjectionRunner` by its documentation: one row and one position for each event, from the first.

python -m benchmarks.contenders.library_runner URL
"""

import json
import sys
import time
from typing import Any
from urllib.parse import urlsplit

from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from psycopg.sql import SQL

from benchmarks.contenders.answering import SIX_STEPS
from benchmarks.contenders.stock_eventsourcing import BODY, Claim, Claims

EVENTS = 6_000
LOOK_AGAIN = 0.01  # seconds


class Register(PostgresTrackingRecorder):
    """A table of claims with their status, and the position up to which it is true."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.sql_create_statements.append(
            SQL("CREATE TABLE IF NOT EXISTS register (id uuid PRIMARY KEY, status text, body text)")
        )

    def put(self, id_: Any, status: str, tracking: Tracking) -> None:
        with self.datastore.transaction(commit=True) as cursor:
            cursor.execute(
                "INSERT INTO register VALUES (%s, %s, %s)"
                " ON CONFLICT (id) DO UPDATE SET status = excluded.status",
                (id_, status, BODY),
            )
            self._insert_tracking(cursor, tracking)

    def forget(self) -> None:
        """Leave nothing for the next runner, which makes its tables anew."""
        with self.datastore.transaction(commit=True) as cursor:
            for table in ("register", self.tracking_table_name, f"bkup1_{self.tracking_table_name}"):
                cursor.execute(f"DROP TABLE IF EXISTS {table}")


class ClaimRegister(Projection[Register]):
    name = "register"

    def process_event(self, event: Any, tracking: Tracking) -> None:
        self.view.put(event.originator_id, getattr(event, "step", SIX_STEPS[0]), tracking)


def main(url: str) -> None:
    place = urlsplit(url)
    env = {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": place.path[1:],
        "POSTGRES_HOST": place.hostname or "",
        "POSTGRES_PORT": str(place.port),
        "POSTGRES_USER": place.username or "",
        "POSTGRES_PASSWORD": place.password or "",
    }
    claims = Claims(env=env)
    for _ in range(EVENTS // len(SIX_STEPS)):
        claim = Claim(BODY)
        for step in SIX_STEPS[1:]:
            claim.move(step, "vera", BODY)
        claims.save(claim)
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        print(json.dumps({"events_per_second": _run(env, json.loads(line)["seconds"])}), flush=True)


def _run(env: dict[str, str], seconds: float) -> float:
    """Return how many events a second it projects, from the first on; making its tables is not counted."""
    with ProjectionRunner(
        application_class=Claims, projection_class=ClaimRegister, view_class=Register, env=env
    ) as runner:
        view = runner.projection.view
        assert isinstance(view, Register)
        while not (first := view.max_tracking_id("Claims")):
            time.sleep(LOOK_AGAIN)
        began, last = time.perf_counter(), first
        while (taken := time.perf_counter() - began) < seconds and last < EVENTS - len(SIX_STEPS):
            time.sleep(LOOK_AGAIN)
            last = view.max_tracking_id("Claims") or first
        rate: float = (last - first) / taken
    view.forget()
    return rate


if __name__ == "__main__":
    main(sys.argv[1])
