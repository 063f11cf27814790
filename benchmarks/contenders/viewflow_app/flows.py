"""The flow of the viewflow contender: started by a handle, carried on by five, as code outside it would."""

from typing import Any

from viewflow import this
from viewflow.workflow import flow
from viewflow.workflow.models import Process

BODY = "x" * 200


class ClaimFlow(flow.Flow):
    """Six steps in a row, each one transaction. Its default takes no lock, which a flow without joins bears."""

    process_class = Process

    submit = flow.StartHandle(this.do_start).Next(this.verify)
    verify = flow.Handle(this.do_step).Next(this.assess)
    assess = flow.Handle(this.do_step).Next(this.approve)
    approve = flow.Handle(this.do_step).Next(this.pay)
    pay = flow.Handle(this.do_step).Next(this.close)
    close = flow.Handle(this.do_step).Next(this.end)
    end = flow.End()

    def do_start(self, activation: Any) -> Any:
        activation.process.data = {"body": BODY}
        return activation.process

    def do_step(self, activation: Any) -> Any:
        activation.task.data = {"actor": "vera", "body": BODY}
        return activation.process
