"""django-fsm-2 with django-pghistory: a row with guarded transitions, its history written by triggers.

Each step locks the row, moves it and commits. python -m benchmarks.contenders.fsm_pghistory URL
"""

import sys

from benchmarks.contenders.answering import SIX_STEPS, answer
from benchmarks.contenders.django_ground import set_up
from benchmarks.contenders.threads import in_threads

BODY = "x" * 200


def main(url: str) -> None:
    set_up(url, "pgtrigger", "pghistory", "benchmarks.contenders.fsm_app")
    from django.core.management import call_command
    from django.db import transaction

    from benchmarks.contenders.fsm_app.models import Claim

    call_command("migrate", verbosity=0, run_syncdb=True)
    call_command("pgtrigger", "install", verbosity=0)

    def lifecycle() -> int:
        claim = Claim.objects.create(status=SIX_STEPS[0], actor="budi", body=BODY)
        for step in SIX_STEPS[1:]:
            with transaction.atomic():
                found = Claim.objects.select_for_update().get(pk=claim.pk)
                getattr(found, step)()
                found.actor = "vera"
                found.save()
        return len(SIX_STEPS)

    answer(lambda callers, seconds: in_threads(lifecycle, callers, seconds))


if __name__ == "__main__":
    main(sys.argv[1])
