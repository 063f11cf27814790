"""How a line of an amount sheet is written: its amount, its rules, and its working in both languages."""

from collections.abc import Callable
from functools import lru_cache

from domain.benefit.determination import Line
from domain.dated import Rule
from domain.rupiah import Language, Rupiah, counted, written_rupiah


def worked(code: str, amount: Rupiah, basis: str, working: Callable[[Language], str]) -> Line:
    """Return a line whose working is the same sentence in each language."""
    return Line(code=code, amount=amount, basis=basis, working_id=working("id"), working_en=working("en"))


@lru_cache(maxsize=256)  # the line of every case under the same rule, word for word
def fixed(code: str, rule: Rule, limited_by: Rule | None = None) -> Line:
    """Return a line of an amount that the law names; `limited_by` is the rule that leaves only this line."""
    amount = rule.integer("rupiah")
    basis = f"{limited_by.rule_id}; {rule.rule_id}" if limited_by else rule.rule_id
    return worked(
        code, amount, basis, lambda language: f"{_name(rule, language)}: {written_rupiah(amount, language)}"
    )


@lru_cache(maxsize=256)
def paid_at_once(code: str, rule: Rule) -> Line:
    """Return a line of so many equal months that are paid in one sum."""
    months, each = rule.integer("months"), rule.integer("rupiah_per_month")
    amount = months * each

    def working(language: Language) -> str:
        product = f"{counted(months, 'month', language)} × {written_rupiah(each, language)}"
        in_one = "dibayar sekaligus" if language == "id" else "paid in one sum"
        return f"{_name(rule, language)}: {product} = {written_rupiah(amount, language)}, {in_one}"

    return worked(code, amount, rule.rule_id, working)


def _name(rule: Rule, language: Language) -> str:
    return rule.name_id if language == "id" else rule.name_en
