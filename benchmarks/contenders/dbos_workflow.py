"""DBOS Transact, by its documented defaults: a workflow of six steps, each of whose outputs is durable.

python -m benchmarks.contenders.dbos_workflow URL
"""

import logging
import sys

from dbos import DBOS, DBOSConfig

from benchmarks.contenders.answering import SIX_STEPS, answer
from benchmarks.contenders.threads import in_threads

BODY = "x" * 200


@DBOS.step()
def take(step: str, actor: str, body: str) -> dict[str, str]:
    return {"step": step, "actor": actor, "body": body}


@DBOS.workflow()
def claim() -> int:
    for step in SIX_STEPS:
        take(step, "vera", BODY)
    return len(SIX_STEPS)


def main(url: str) -> None:
    config: DBOSConfig = {"name": "claims", "system_database_url": url, "run_admin_server": False}
    DBOS(config=config)
    logging.getLogger("dbos").setLevel(logging.ERROR)
    DBOS.launch()
    answer(lambda callers, seconds: in_threads(claim, callers, seconds))
    DBOS.destroy()


if __name__ == "__main__":
    main(sys.argv[1])
