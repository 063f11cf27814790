"""The stock `eventsourcing` Application on PostgreSQL, by its documented defaults: an aggregate, six saves.

Only its pool is larger than the default of five, so that no caller waits for a connection.

python -m benchmarks.contenders.stock_eventsourcing URL
"""

import sys
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event

from benchmarks.contenders.answering import SIX_STEPS, answer
from benchmarks.contenders.threads import in_threads

BODY = "x" * 200


class Claim(Aggregate):
    @event("Submitted")
    def __init__(self, body: str) -> None:
        self.status = SIX_STEPS[0]
        self.body = body

    @event("Moved")
    def move(self, step: str, actor: str, body: str) -> None:
        self.status = step
        self.body = body


class Claims(Application[Any]):
    def lifecycle(self) -> int:
        claim = Claim(BODY)
        self.save(claim)
        for before, step in pairwise(SIX_STEPS):
            found: Claim = self.repository.get(claim.id)
            assert found.status == before
            found.move(step, "vera", BODY)
            self.save(found)
        return len(SIX_STEPS)


def main(url: str) -> None:
    place = urlsplit(url)
    claims = Claims(
        env={
            "PERSISTENCE_MODULE": "eventsourcing.postgres",
            "POSTGRES_DBNAME": place.path[1:],
            "POSTGRES_HOST": place.hostname or "",
            "POSTGRES_PORT": str(place.port),
            "POSTGRES_USER": place.username or "",
            "POSTGRES_PASSWORD": place.password or "",
            "POSTGRES_POOL_SIZE": "16",
        }
    )
    answer(lambda callers, seconds: in_threads(claims.lifecycle, callers, seconds))
    claims.close()


if __name__ == "__main__":
    main(sys.argv[1])
