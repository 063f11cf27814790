"""Sentences that go with a decision, in both languages: why it is so, and how sure its rules are."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from domain.benefit.determination import Line, Notice
from domain.benefit.disability import Graded, Injury
from domain.benefit.rules import RuleSet
from domain.citation import Confidence
from domain.coverage import Coverage
from domain.dated import Rule
from domain.period import Month, written_day
from domain.rupiah import Language, written_rupiah

_MARKS = {
    Confidence.SECONDARY: ("sumber sekunder", "secondary sources"),
    Confidence.MEMORY: ("ingatan, tanpa sumber", "memory, no source seen"),
    Confidence.CONVENTION: ("kesepakatan mesin", "a convention of the engine"),
}


def use_jkk() -> Notice:
    return Notice(
        code="REJECT_USE_JKK",
        basis="EXCL-JKM-JKK",
        text_id="Meninggal karena kecelakaan kerja dibayar oleh JKK, bukan JKM.",
        text_en="A death by a work accident is paid by the work accident benefit, not by the death benefit.",
    )


def expired(last_day: date, limit: Rule) -> Notice:
    return Notice(
        code="REJECT_EXPIRED",
        basis=limit.rule_id,
        text_id=f"Hak menagih sudah gugur: klaim paling lambat diajukan {written_day(last_day, 'id')}.",
        text_en=f"The right to claim has ended: the last day to file was {written_day(last_day, 'en')}.",
    )


def not_started(coverage: Coverage, day: date, *, basis: str = "JKM-ACTIVE") -> Notice:
    if coverage.starts_on is None:
        why_id, why_en = "belum ada iuran yang dibayar", "no contribution was ever paid"
    else:
        why_id = f"kepesertaan baru mulai {written_day(coverage.starts_on, 'id')}"
        why_en = f"the membership starts only on {written_day(coverage.starts_on, 'en')}"
    return Notice(
        code="REJECT_NOT_STARTED",
        basis=basis,
        text_id=f"Pada {written_day(day, 'id')} peserta belum terlindungi: {why_id}.",
        text_en=f"On {written_day(day, 'en')} the member was not yet covered: {why_en}.",
    )


def lapsed(coverage: Coverage) -> Notice:
    assert coverage.lapse_day is not None, "a lapsed membership has a day of lapse"
    if coverage.ended_on is not None:
        return Notice(
            code="REJECT_LAPSED",
            basis="CON-LAPSE",
            text_id=f"Kepesertaan sudah berakhir: hari terakhirnya {written_day(coverage.ended_on, 'id')}.",
            text_en=f"The membership had ended: its last day was {written_day(coverage.ended_on, 'en')}.",
        )
    return Notice(
        code="REJECT_LAPSED",
        basis="CON-LAPSE",
        text_id=(
            f"Kepesertaan non-aktif sejak {written_day(coverage.lapse_day, 'id')}; "
            f"iuran belum dibayar untuk {_listed(coverage.unpaid_months, 'id')}."
        ),
        text_en=(
            f"The membership lapsed on {written_day(coverage.lapse_day, 'en')}; "
            f"unpaid: {_listed(coverage.unpaid_months, 'en')}."
        ),
    )


def hold_arrears(unpaid_months: Iterable[Month], arrears: int, *, some_wait: bool) -> Notice:
    """Say what waits for the arrears; within the minimum period nothing does, yet they are owed."""
    months = tuple(unpaid_months)
    id_owed = f"tunggakan {written_rupiah(arrears, 'id')} untuk {_listed(months, 'id')}"
    en_owed = f"arrears of {written_rupiah(arrears, 'en')} for {_listed(months, 'en')}"
    return Notice(
        code="HOLD_ARREARS",
        basis="CON-GRACE-3M",
        text_id="Biaya pemakaman dibayar segera; "
        + (f"sisanya setelah {id_owed} dilunasi." if some_wait else f"{id_owed} masih terutang."),
        text_en="The funeral benefit is paid at once; "
        + (f"the rest after {en_owed} are settled." if some_wait else f"{en_owed} are still owed."),
    )


def hold_cash(unpaid_months: Iterable[Month], arrears: int) -> Notice:
    """Say that care goes on and cash waits for the arrears (PP 44/2015 Art. 39(1))."""
    months = tuple(unpaid_months)
    id_owed = f"tunggakan {written_rupiah(arrears, 'id')} untuk {_listed(months, 'id')}"
    en_owed = f"arrears of {written_rupiah(arrears, 'en')} for {_listed(months, 'en')}"
    return Notice(
        code="HOLD_ARREARS",
        basis="CON-GRACE-3M",
        text_id=f"Perawatan diberikan segera; santunan uang dibayar setelah {id_owed} dilunasi.",
        text_en=f"Care is given at once; cash is paid after {en_owed} are settled.",
    )


def within_minimum_period(full_from: date, day: date) -> Notice:
    return Notice(
        code="MINIMUM_PERIOD",
        basis="JKM-MIN3",
        text_id=(
            f"Meninggal {written_day(day, 'id')}, sebelum {written_day(full_from, 'id')}: "
            "hanya biaya pemakaman yang dibayar."
        ),
        text_en=(
            f"The death on {written_day(day, 'en')} lies before {written_day(full_from, 'en')}: "
            "only the funeral benefit is due."
        ),
    )


def on_confidence(lines: Iterable[Line], rules: RuleSet) -> tuple[Notice, ...]:
    """Return one notice for each rule behind the lines that rests on less than the wording of the law."""
    ids = dict.fromkeys(rule_id for line in lines for rule_id in line.rule_ids)
    return tuple(_not_verified(rule) for rule in map(rules.find, ids) if not rule.citation.is_verified)


@lru_cache(maxsize=256)
def _not_verified(rule: Rule) -> Notice:
    mark_id, mark_en = _MARKS[rule.citation.confidence]
    return Notice(
        code="RULE_NOT_VERIFIED",
        basis=rule.rule_id,
        text_id=f"Aturan {rule.rule_id} ({rule.name_id}) bersandar pada {mark_id}.",
        text_en=f"Rule {rule.rule_id} ({rule.name_en}) rests on {mark_en}.",
    )


def on_table(injuries: Iterable[Injury]) -> tuple[Notice, ...]:
    """Return one notice for each row of the table of disabilities that rests on less than the text."""
    return tuple(
        Notice(
            code="RULE_NOT_VERIFIED",
            basis=injury.code,
            text_id=f"Baris {injury.code} ({injury.name_id}) bersandar pada {_MARKS[injury.confidence][0]}.",
            text_en=f"Row {injury.code} ({injury.name_en}) rests on {_MARKS[injury.confidence][1]}.",
        )
        for injury in dict.fromkeys(injuries)
        if injury.confidence in _MARKS
    )


def inside_of_a_whole(disabilities: Iterable[Graded]) -> tuple[Notice, ...]:
    """Say of each part that it, or some of it, does not count beside the whole that was lost."""
    return tuple(
        Notice(
            code="INSIDE_A_LOST_WHOLE",
            basis=one.injury.code,
            text_id=(
                f"{one.name('id')}: {one.disability.count - one.count} tidak dihitung, karena bagian dari yang sudah "
                "hilang seluruhnya."
            ),
            text_en=(
                f"{one.name('en')}: {one.disability.count - one.count} not counted, being part of a whole that is lost."
            ),
        )
        for one in disabilities
        if one.count < one.disability.count
    )


def not_yet_paid_for(day: date, rules: Iterable[Rule]) -> tuple[Notice, ...]:
    """Say of each aid whose first rule began after the day of the accident that it is not paid."""
    return tuple(
        Notice(
            code="NOT_YET_PAID_FOR",
            basis=rule.rule_id,
            text_id=(
                f"{rule.name_id} tidak dibayar: baru berlaku sejak {written_day(rule.effective_from, 'id')}, "
                f"kecelakaan terjadi {written_day(day, 'id')}."
            ),
            text_en=(
                f"{rule.name_en} not paid: the rule began on {written_day(rule.effective_from, 'en')}, the accident "
                f"was on {written_day(day, 'en')}."
            ),
        )
        for rule in rules
    )


def _listed(months: Iterable[Month], language: Language) -> str:
    """Return the months as a reader wants them; of a long list the first and the last."""
    names = [month.written(language) for month in months]
    if len(names) > 4:
        return f"{names[0]} – {names[-1]} ({len(names)} {'bulan' if language == 'id' else 'months'})"
    return ", ".join(names)
