"""The lines of the work accident benefit, in the order of the amount sheet, each with its multiplications.

Sources: PP 44/2015 Annex III and PP 82/2019 Annex III; dossier 4.5.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from fractions import Fraction
from typing import Final

from domain.benefit.accident_facts import AccidentFacts, Aid
from domain.benefit.determination import Line
from domain.benefit.disability import Graded
from domain.benefit.lines import fixed, paid_at_once, worked
from domain.benefit.rules import RuleSet
from domain.dated import Rule, exact_share
from domain.refusal import Invalid
from domain.rupiah import Language, counted, round_half_up, written_percent, written_rupiah

FUNERAL: Final = "JKK_FUNERAL"
MODES: Final = {
    "land": ("darat", "land"),
    "river": ("sungai", "river"),
    "lake": ("danau", "lake"),
    "sea": ("laut", "sea"),
    "air": ("udara", "air"),
}
AIDS: Final = {
    "JKK_PROSTHESIS": "prosthesis",
    "JKK_REHABMED": "rehabmed",
    "JKK_DENTURE": "denture",
    "JKK_HEARING_AID": "hearing_aid",
    "JKK_GLASSES": "glasses",
    "JKK_HOMECARE": "homecare",
}
REST: Final = "rest"


def lines_of(facts: AccidentFacts, disabilities: tuple[Graded, ...], rules: RuleSet) -> tuple[Line, ...]:
    """Return the lines: temporary incapacity, transport, aids as given, then what the accident left."""
    return tuple(_lines(facts, disabilities, rules))


def capped(disabilities: Iterable[Graded], day: date, rules: RuleSet) -> Fraction:
    """Return the sum of the shares, at most the cap in force on a day."""
    cap = rules.in_force("jkk.partial_cap", day).share("share_max")
    return min(sum((one.share for one in disabilities), Fraction(0)), cap)


def _lines(facts: AccidentFacts, disabilities: tuple[Graded, ...], rules: RuleSet) -> Iterator[Line]:
    day = facts.accident_on
    if facts.stmb_days:
        yield _temporary(facts, rules)
    if any(facts.transport.values()):
        yield _transport(facts, rules)
    for aid in facts.aids:
        if rule_to_come(aid.code, day, rules) is None:
            yield _aid(aid, day, rules)
    match facts.result:
        case "PARTIAL":
            yield _partial(facts, disabilities, rules)
        case "TOTAL":
            yield _share_of_wages("JKK_TOTAL", rules.in_force("jkk.total_disability", day), facts.wage_base)
            yield paid_at_once("JKK_BERKALA", rules.in_force("jkk.periodic", day))
            yield from _flat_scholarship(facts, rules)
        case "DEATH":
            yield _death(facts, rules)
            yield paid_at_once("JKK_BERKALA", rules.in_force("jkk.periodic", day))
            yield fixed(FUNERAL, rules.in_force("jkk.funeral", day))
            yield from _flat_scholarship(facts, rules)


def _temporary(facts: AccidentFacts, rules: RuleSet) -> Line:
    """Return the days without work, step by step, at their share of a day's wage."""
    rule = rules.in_force("jkk.temporary_incapacity", facts.accident_on)
    days_per_month, left = rule.integer("days_per_month"), facts.stmb_days
    taken: list[tuple[int, Fraction]] = []
    for step in rule.words("steps"):
        length, share = step.split()
        days = left if length == REST else min(left, int(length))
        if days:
            taken.append((days, exact_share(share)))
        left -= days
    amount = round_half_up(
        sum((days * share for days, share in taken), Fraction(0)) * facts.wage_base / days_per_month
    )

    def working(language: Language) -> str:
        daily = f"{written_rupiah(facts.wage_base, language)} / {days_per_month}"
        terms = [
            f"{counted(days, 'day', language)} × {written_percent(share, language)} × {daily}"
            for days, share in taken
        ]
        return f"{' + '.join(terms)} = {written_rupiah(amount, language)}"

    return worked("JKK_STMB", amount, rule.rule_id, working)


def _transport(facts: AccidentFacts, rules: RuleSet) -> Line:
    """Return what was paid, each mode up to its cap."""
    rule = rules.in_force("jkk.transport", facts.accident_on)
    caps = {mode: int(cap) for mode, cap in (one.split() for one in rule.words("caps"))}
    for mode in facts.transport:
        if mode not in caps:
            raise Invalid(
                f"On {facts.accident_on} there is no transport by {mode}; known are {', '.join(caps)}.",
                field="transport",
                mode=mode,
            )
    amount = sum(min(paid, caps[mode]) for mode, paid in facts.transport.items())

    def working(language: Language) -> str:
        terms = [_at_most(paid, caps[mode], language, mode) for mode, paid in facts.transport.items() if paid]
        return f"{' + '.join(terms)} = {written_rupiah(amount, language)}"

    return worked("JKK_TRANSPORT", amount, rule.rule_id, working)


def rule_to_come(code: str, day: date, rules: RuleSet) -> Rule | None:
    """Return the first rule on an aid if it began after a day: until then the law did not pay for it."""
    versions = rules.versions(f"jkk.aid.{AIDS[code]}") if code in AIDS else ()
    return versions[0] if versions and day < versions[0].effective_from else None


def _aid(aid: Aid, day: date, rules: RuleSet) -> Line:
    """Return what was paid for a device or for care, up to its cap."""
    if aid.code not in AIDS:
        raise Invalid(
            f"There is no aid {aid.code}; known are {', '.join(AIDS)}.", field="aids", code=aid.code
        )
    rule = rules.in_force(f"jkk.aid.{AIDS[aid.code]}", day)
    if "share_of_hospital_price" in rule.values:
        if aid.hospital_price is None or aid.hospital_price < 0:
            raise Invalid(
                f"{aid.code}: give the price of the government's rehabilitation hospital.",
                field="hospital_price",
            )
        share, price = rule.share("share_of_hospital_price"), aid.hospital_price
        cap = share * price
    else:
        share, price = Fraction(1), 0
        cap = Fraction(rule.integer("rupiah_max"))
    amount = round_half_up(min(Fraction(aid.actual), cap))

    def working(language: Language) -> str:
        name = rule.name_id if language == "id" else rule.name_en
        limit = round_half_up(cap)
        shown = _at_most(aid.actual, limit, language)
        if price:
            of = f"{written_percent(share, language)} × {written_rupiah(price, language)}"
            shown += f" ({of} = {written_rupiah(limit, language)})"
        return f"{name}: {shown} = {written_rupiah(amount, language)}"

    return worked(aid.code, amount, rule.rule_id, working)


def _partial(facts: AccidentFacts, disabilities: tuple[Graded, ...], rules: RuleSet) -> Line:
    """Return the sum of the percentages of so many months of wage; what lies inside a lost whole adds nothing."""
    day, disabilities = facts.accident_on, tuple(one for one in disabilities if one.count)
    lost = [one for one in disabilities if one.disability.function_loss is None]
    kinds = [
        rules.in_force(kind, day)
        for kind, used in (
            ("jkk.partial_anatomical", bool(lost)),
            ("jkk.partial_functional", len(lost) < len(disabilities)),
        )
        if used
    ]
    summed, share = sum((one.share for one in disabilities), Fraction(0)), capped(disabilities, day, rules)
    ids = [rule.rule_id for rule in kinds]
    if share < summed:
        ids.append(rules.in_force("jkk.partial_cap", day).rule_id)
    months = kinds[0].integer("months_of_wage")
    amount = round_half_up(share * months * facts.wage_base)

    def working(language: Language) -> str:
        sum_of = " + ".join(_graded_text(one, language) for one in disabilities)
        limited = {"id": "paling banyak", "en": "at most"}[language]
        cut = f", {limited} {written_percent(share, language)}" if share < summed else ""
        product = " × ".join(
            [written_percent(share, language), str(months), written_rupiah(facts.wage_base, language)]
        )
        swapped = any(one.injury.right is not None for one in disabilities) and facts.left_handed
        side = {"id": " (kidal: sisi tabel ditukar)", "en": " (left-handed: the table's sides are swapped)"}
        total = f"{sum_of} = {written_percent(summed, language)}{side[language] if swapped else ''}{cut}"
        return f"{total}; {product} = {written_rupiah(amount, language)}"

    return worked("JKK_PARTIAL", amount, "; ".join(ids), working)


def _death(facts: AccidentFacts, rules: RuleSet) -> Line:
    """Return 48 wages, or the lump sum of the death benefit where that is more."""
    line = _share_of_wages("JKK_DEATH", rules.in_force("jkk.death", facts.accident_on), facts.wage_base)
    least = rules.in_force("jkm.lump_sum", facts.accident_on)
    minimum = least.integer("rupiah")
    if line.amount >= minimum:
        return line
    return Line(
        code=line.code,
        amount=minimum,
        basis=f"{line.basis}; {least.rule_id}",
        working_id=f"{line.working_id}; paling sedikit santunan JKM {written_rupiah(minimum, 'id')}",
        working_en=(
            f"{line.working_en}; at least the lump sum of the death benefit {written_rupiah(minimum, 'en')}"
        ),
    )


def _share_of_wages(code: str, rule: Rule, wage_base: int) -> Line:
    share, months = rule.share("share"), rule.integer("months_of_wage")
    amount = round_half_up(share * months * wage_base)

    def working(language: Language) -> str:
        factors = (written_percent(share, language), str(months), written_rupiah(wage_base, language))
        return f"{' × '.join(factors)} = {written_rupiah(amount, language)}"

    return worked(code, amount, rule.rule_id, working)


def _flat_scholarship(facts: AccidentFacts, rules: RuleSet) -> Iterator[Line]:
    rule = rules.in_force_or_none("jkk.scholarship_flat", facts.accident_on)
    if rule is not None and facts.children >= rule.integer("children_min"):
        yield fixed("JKK_SCHOLARSHIP_FLAT", rule)


def _at_most(paid: int, cap: int, language: Language, mode: str | None = None) -> str:
    """Return what was paid, and the cap where it cuts."""
    by = f"{MODES[mode][0 if language == 'id' else 1]} " if mode else ""
    if paid <= cap:
        return f"{by}{written_rupiah(paid, language)}"
    limit = {"id": "paling banyak", "en": "at most"}[language]
    return f"{by}{limit} {written_rupiah(cap, language)} ({written_rupiah(paid, language)})"


def _graded_text(one: Graded, language: Language) -> str:
    loss = one.disability.function_loss
    factors = [f"{one.count}"] if one.count > 1 else []
    if loss is not None:
        factors.append(written_percent(loss, language))
    factors.append(written_percent(one.each, language))
    return f"{one.name(language)} {' × '.join(factors)}"
