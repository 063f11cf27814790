"""The model of the django-fsm-2 contender."""

import pghistory
from django.db import models
from django_fsm import FSMField, transition

from benchmarks.contenders.answering import SIX_STEPS


@pghistory.track()
class Claim(models.Model):
    """A row that moves from step to step; every insert and update leaves a row of history."""

    status = FSMField(default=SIX_STEPS[0], protected=False)
    actor = models.TextField()
    body = models.TextField()

    @transition(field=status, source="submit", target="verify")
    def verify(self) -> None: ...

    @transition(field=status, source="verify", target="assess")
    def assess(self) -> None: ...

    @transition(field=status, source="assess", target="approve")
    def approve(self) -> None: ...

    @transition(field=status, source="approve", target="pay")
    def pay(self) -> None: ...

    @transition(field=status, source="pay", target="close")
    def close(self) -> None: ...
