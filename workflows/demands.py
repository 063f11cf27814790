"""What the risk flags of a case demand before it is decided: somebody on the spot, or a second approver."""

from typing import Final

from domain.case import Case
from domain.refusal import GuardFailed
from workflows.lifecycle import Definition
from workflows.step_rules import StepRule, Way

FIELD_CHECK: Final = "field_check"
ORDERS_FIELD_CHECK: Final = "field_check_ordered"
DECIDES: Final = frozenset({"benefit_calculated", "endorsed", "approved"})


def field_checks_due(definition: Definition, case: Case) -> list[str]:
    """Return the flags that demand a field check, and since which none was reported, in the file's order."""
    due = case.unchecked_flags
    return [
        flag.name for flag in definition.flags.values() if flag.demands == FIELD_CHECK and flag.name in due
    ]


def refuse_unchecked(definition: Definition, way: Way, case: Case) -> None:
    """Refuse to determine or approve while a flag waits for a field check. Says the way from here."""
    if not case.flags or _act(definition, definition.steps[way.step]) not in DECIDES:
        return
    flags = field_checks_due(definition, case)
    if not flags:
        return
    [order] = [rule for rule in definition.steps.values() if _act(definition, rule) == ORDERS_FIELD_CHECK]
    first = ""
    if case.status not in order.sources:
        first = f"have the case returned to {' or '.join(order.sources)}, then "
    raise GuardFailed(
        f"{' and '.join(flags)} asks for a field check: {first}have {' or '.join(order.roles)} take {order.name} "
        "and wait for its report",
        guard="field_check_reported",
        flags=flags,
        step=order.name,
    )


def _act(definition: Definition, rule: StepRule) -> str:
    return rule.event.removeprefix(f"{definition.aggregate}.")
