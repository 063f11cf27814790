"""viewflow: a flow of six tasks, each durable in process and task rows.

python -m benchmarks.contenders.viewflow_flow URL
"""

import sys

from benchmarks.contenders.answering import SIX_STEPS, answer
from benchmarks.contenders.django_ground import set_up
from benchmarks.contenders.threads import in_threads


def main(url: str) -> None:
    set_up(url, "viewflow", "viewflow.workflow", "benchmarks.contenders.viewflow_app")
    from django.core.management import call_command
    from django.db import transaction

    from benchmarks.contenders.viewflow_app.flows import ClaimFlow

    call_command("migrate", verbosity=0)

    def lifecycle() -> int:
        with transaction.atomic():
            process = ClaimFlow.submit.run()
        for step in SIX_STEPS[1:]:
            task = process.task_set.get(flow_task=getattr(ClaimFlow, step), status="NEW")
            getattr(ClaimFlow, step).run(task)
        return len(SIX_STEPS)

    answer(lambda callers, seconds: in_threads(lifecycle, callers, seconds))


if __name__ == "__main__":
    main(sys.argv[1])
