"""What is wrong with a definition is said in words: which file, which step, what, and the remedy."""

from typing import Final

import pytest

from tests.workflows.small_lifecycle import FILE, findings
from workflows.definition_file import Finding

STEP_AWAY = """
[[step]]
name = "withdraw"
label_id = "Cabut"
label_en = "Withdraw"
from = ["APPROVED"]
to = "CLOSED"
event = "claim.withdrawn"
roles = ["intake"]
"""
LIMBO = """
[[status]]
name = "LIMBO"
label_id = "Terkatung"
label_en = "In limbo"
waiting_on = "us"
"""
VISIT = """
[[step]]
name = "home_visit"
label_id = "Kunjungan"
label_en = "Home visit"
from = ["REPORTED"]
event = "case.step_taken"
roles = ["intake"]
"""
FLAG = """
[[flag]]
name = "INSIDER"
label_id = "Orang dalam"
label_en = "Insider"
demands = "second_approver"
"""
FROM_REPORTED = 'from = ["REPORTED"]'
FROM_APPROVED = 'from = ["APPROVED"]'


def only(*changes: tuple[str, str], and_then: str = "") -> Finding:
    found = list(findings(*changes, and_then=and_then))
    assert len(found) == 1, [str(finding) for finding in found]
    return found[0]


def test_the_small_lifecycle_is_sound() -> None:
    assert not findings()


def test_a_finding_reads_as_a_sentence() -> None:
    assert str(only(('roles = ["calculator"]', 'roles = ["calculater"]'))) == (
        f'{FILE}, step calculate: There is no role "calculater". Did you mean "calculator"?'
    )


@pytest.mark.parametrize(
    ("passage", "instead", "step", "problem", "remedy"),
    [
        # what the format does not know
        ('roles = ["finance"]', 'rolls = ["finance"]', "pay", 'key "rolls" is unknown', '"roles"'),
        ("length = 3", "lenght = 3", "", 'clock[0]: The key "lenght" is unknown', '"length"'),
        ('roles = ["finance"]', 'roles = "finance"', "pay", "roles: 'finance' does not belong", "a list"),
        ('unit = "working_days"', 'unit = "days"', "", "clock[0].unit: 'days'", '"working_days"'),
        ("length = 3", "length = 0", "", "clock[0].length: 0 is too small", "1 or more"),
        ("100_000_000", "1e8", "approve", "authority.approver_1: 100000000.0", 'number or "unlimited"'),
        ("100_000_000", "-1", "approve", "authority.approver_1: -1 is too small", "0 or more"),
        ("version = 1", "version = true", "", "version: True does not belong", "a whole number"),
        ("2015-07-01", '"July"', "", "in_force_from: 'July'", "2024-05-20"),
        ('name = "calculate"', 'name = "Calculate"', "Calculate", "name: 'Calculate' is not a name", "small"),
        ('name = "CLOSED"', 'name = "Closed"', "", "status[3].name: 'Closed'", "capitals"),
        ('event = "claim.approved"', 'event = "approved"', "approve", "event: 'approved'", "stored name"),
        ('event = "claim.approved"\n', "", "approve", 'key "event" is missing', "Add event"),
        ('field = "paid_on"', 'feild = "paid_on"', "pay", 'form[0]: The key "feild" is unknown', '"field"'),
        ('code = "MARRIAGE", when', 'code = "MARRIAGE", if', "calculate", '"if" is unknown', "code, "),
        # names that do not exist
        ('to = "APPROVED"', 'to = "APROVED"', "approve", 'no status "APROVED"', '"APPROVED"'),
        (FROM_APPROVED, 'from = ["PAID"]', "pay", 'no status "PAID"', "There are"),
        ('open_desks = ["REPORTED"', 'open_desks = ["REPORT"', "", 'names status "REPORT"', '"REPORTED"'),
        ('desks = ["report"', 'desks = ["reprot"', "", 'names step "reprot"', '"report"'),
        ('separate_from = ["report"]', 'separate_from = ["repot"]', "calculate", '"repot"', '"report"'),
        ('event = "claim.approved"', 'event = "claim.aproved"', "approve", "claim.aproved", "claim.approved"),
        ('["determination_is_payable"]', '["is_payable"]', "approve", 'no guard "is_payable"', "payable"),
        ('documents = ["KK"', 'documents = ["KKK"', "calculate", 'no document "KKK"', '"KK"'),
        ('documents = ["KK"', 'documents = ["KTP_HEIR"', "calculate", "KTP_HEIR", "Add [[document]]"),
        ('{ stop = ["pay"] }', '{ stop = ["pay", "pya"] }', "pay", 'no clock "pya"', '"pay"'),
        ("'spouse'", "'spose'", "calculate", "never 'spose'", "'spouse'"),
        # what is said together must fit together
        ('name = "approve"', 'name = "report"', "report", "stands here twice", "Rename"),
        (FROM_APPROVED, 'from = []', "", "here: report, pay", "Give one step from = []"),
        ("from = []\n", 'from = ["CLOSED"]\n', "", "here: none", "Give one step from = []"),
        ('to = "APPROVED"', 'to = "previous"', "approve", "goes back says both", "Name the statuses"),
        ('event = "claim.payment_succeeded"', 'event = "roster.closed"', "pay", "aggregate", '"claim."'),
        ('roles = ["finance"]', "roles = []", "pay", "Nobody may", "Add roles"),
        ('["desks", "approve"]', '["desks", "approve", "pay"]', "pay", "separate from itself", "Remove"),
        ("approver_1 = 100_000_000, ", "", "approve", '"approver_1" has no limit', "unlimited"),
        ('approver_2 = "unlimited"', "approver_2 = 1, finance = 1", "approve", '"finance" has a', "roles"),
        ('label_en = "Closed"', 'label_en = ""', "", '"CLOSED" has no label_en', "both languages"),
        ('label_id = "Setujui"\n', "", "approve", "no label_id", "both languages"),
        ('name_id = "Kartu keluarga"\n', "", "", 'document "KK" has no name_id', "both languages"),
        ('label_id = "Tanggal bayar"\n', "", "pay", '"paid_on" has no label_id', "both languages"),
        ('field = "paid_on"', 'field = "paid_on"\ntype = "date"', "pay", "has a type", "Remove type"),
    ],
)  # fmt: skip
def test_one_mistake_is_one_finding(passage: str, instead: str, step: str, problem: str, remedy: str) -> None:
    found = [finding for finding in findings((passage, instead)) if problem in finding.problem]
    assert [finding.file for finding in found] == [FILE]
    assert found[0].step == step
    assert remedy in found[0].remedy


def test_every_mistake_of_a_file_is_found_at_once() -> None:
    found = findings(('roles = ["finance"]', 'rolls = ["finance"]'), ("length = 3", "length = 0"))
    assert len(found) == 2


def test_a_status_that_no_path_reaches_is_found() -> None:
    found = {finding.problem for finding in findings(and_then=LIMBO)}
    assert 'No path leads from the opening step to the status "LIMBO".' in found


def test_a_status_without_exit_is_found() -> None:
    finding = only(('waiting_on = "nobody"\nfinal = true', 'waiting_on = "us"'))
    assert finding.problem == 'No step leads out of the status "CLOSED", which is not final.'


def test_a_status_that_waits_on_nobody_may_be_left_without_exit() -> None:
    assert not findings(('waiting_on = "nobody"\nfinal = true', 'waiting_on = "nobody"'))


def test_a_circle_without_end_is_found() -> None:
    into = STEP_AWAY.replace('"CLOSED"', '"LIMBO"')
    within = VISIT.replace('"REPORTED"', '"LIMBO"')
    elsewhere = LIMBO.replace("LIMBO", "LIMBO_TOO")
    there = VISIT.replace("home_visit", "there").replace(
        'from = ["REPORTED"]', 'from = ["LIMBO"]\nto = "LIMBO_TOO"'
    )
    back = (
        there.replace("there", "back")
        .replace('["LIMBO"]', '["LIMBO_TOO"]')
        .replace('to = "LIMBO_TOO"', 'to = "LIMBO"')
    )
    problems = [f.problem for f in findings(and_then=LIMBO + elsewhere + into + within + there + back)]
    assert problems == [f'From the status "{name}" no end can be reached.' for name in ("LIMBO", "LIMBO_TOO")]


def test_a_final_status_has_no_exit() -> None:
    finding = only(and_then=STEP_AWAY.replace('"CLOSED"', '"REPORTED"').replace('"APPROVED"', '"CLOSED"'))
    assert finding.problem == 'The status "CLOSED" is final, but steps lead on to REPORTED.'


def test_a_clock_that_runs_past_the_end_is_found_with_the_path() -> None:
    finding = only(and_then=STEP_AWAY)
    assert finding.step == "withdraw"
    assert "report > calculate > approve > withdraw" in finding.problem
    assert finding.remedy == 'Stop "pay" in this step or before it.'


def test_a_clock_that_nothing_starts_is_found() -> None:
    assert only(('clocks = { start = ["pay"] }\n', "")).problem == 'No step starts the clock "pay".'


def test_money_before_a_determination_is_found_with_the_path() -> None:
    found = findings(('from = ["CALCULATED"]', 'from = ["open_desks"]'))
    assert [str(finding) for finding in found] == [
        f"{FILE}, step pay: Money moves without a determination: report > approve > pay. "
        "Lead every path to it through both."
    ]


def test_money_without_an_approval_is_found() -> None:
    finding = only((FROM_APPROVED, 'from = ["APPROVED", "CALCULATED"]'))
    assert "without an approval of the last determination: report > calculate > pay" in finding.problem


def test_an_approval_does_not_outlive_its_determination() -> None:
    """Calculated again after the approval, and paid from there: the old signature is worth nothing."""
    problems = [
        finding.problem
        for finding in findings(
            (FROM_REPORTED, 'from = ["REPORTED", "APPROVED"]'), (FROM_APPROVED, 'from = ["CALCULATED"]')
        )
    ]
    assert any("Money moves without an approval of the last determination" in problem for problem in problems)


def test_who_calculates_may_not_approve() -> None:
    finding = only(('separate_from = ["desks"]', 'separate_from = ["report"]'))
    assert (finding.step, finding.remedy) == ("approve", 'Add "calculate" to separate_from.')


def test_a_person_approves() -> None:
    roles, limits = 'roles = ["approver_1", "approver_2"]', 'approver_2 = "unlimited"'
    finding = only((roles, 'roles = ["approver_1", "system"]'), (limits, 'system = "unlimited"'))
    assert (finding.step, finding.problem) == ("approve", "SYSTEM may not approve.")


def test_who_approves_may_not_pay() -> None:
    finding = only(('["desks", "approve"]', '["desks"]'))
    assert (finding.step, finding.remedy) == ("pay", 'Add "approve" to separate_from.')


def test_a_step_goes_back_only_to_where_the_case_can_come_from() -> None:
    back = STEP_AWAY.replace('to = "CLOSED"', 'to = "previous"\nprevious = ["CALCULATED", "REPORTED"]')
    assert only(and_then=back).problem == "It may go back to REPORTED, but no step leads here from there."


def test_a_way_behind_one_that_is_always_taken_is_found() -> None:
    always, sometimes = '[[step.way]]\nto = "CLOSED"\n', '[[step.way]]\nwhen = "arrears.open"\n'
    found = findings(("[[step.form]]", f"{always}{sometimes}[[step.form]]"))
    assert "Put the way without `when` last." in {finding.remedy for finding in found}


def test_a_condition_belongs_on_the_ways() -> None:
    ways = 'when = "arrears.open"\n\n[[step.way]]\nto = "CLOSED"\n\n[[step.form]]'
    assert only(("\n[[step.form]]", ways)).problem == "`when` stands on a step that has ways."


def test_two_steps_do_not_share_an_event() -> None:
    problems = [f.problem for f in findings(and_then=STEP_AWAY.replace("claim.withdrawn", "claim.approved"))]
    assert 'The event "claim.approved" belongs to step approve; its command would fit both.' in problems


MISSED: Final = (
    'unit = "working_days"\n',
    'unit = "working_days"\nmissed = { label_id = "Ditutup", label_en = "It is closed", step = "pay" }\n',
)
BY_SYSTEM: Final = ('roles = ["finance"]', 'roles = ["finance", "system"]')
NO_FORM: Final = (
    """
[[step.form]]
field = "paid_on"
label_id = "Tanggal bayar"
label_en = "Day of payment"
""",
    "",
)
RUNS_THERE: Final = (
    ('clocks = { start = ["pay"] }', ""),
    ('guards = ["determination_is_payable"]', 'clocks = { start = ["pay"] }'),
)


def test_what_follows_a_missed_clock_is_a_step_that_system_can_take_by_itself() -> None:
    assert not findings(MISSED, BY_SYSTEM, NO_FORM, *RUNS_THERE)
    found = only(MISSED, NO_FORM, *RUNS_THERE)
    assert (found.step, found.remedy) == ("pay", 'Add "system" to its roles.')
    found = only(MISSED, BY_SYSTEM, *RUNS_THERE)
    assert (found.step, found.remedy) == ("pay", "Name a step that needs no answer.")
    found = only((MISSED[0], MISSED[1].replace('step = "pay"', 'step = "payed"')), *RUNS_THERE)
    assert found.remedy == 'Did you mean "pay"?'
    found = only(
        (MISSED[0], MISSED[1].replace('label_en = "It is closed", ', "")), *RUNS_THERE, BY_SYSTEM, NO_FORM
    )
    assert found.problem == 'What follows when the clock "pay" is missed has no label_en.'


def test_what_follows_a_missed_clock_is_open_wherever_the_clock_runs() -> None:
    problems = {found.problem for found in findings(MISSED, BY_SYSTEM, NO_FORM)}
    assert problems == {
        f'The clock "pay" runs in {status}, reached by {path}; pay, which follows when it is missed, '
        "is not open there."
        for status, path in (("REPORTED", "report"), ("CALCULATED", "report > calculate"))
    }


def test_what_follows_a_missed_clock_ends_it() -> None:
    found = findings(MISSED, BY_SYSTEM, NO_FORM, *RUNS_THERE, ('clocks = { stop = ["pay"] }', ""))
    assert 'Stop "pay" in this step.' in {one.remedy for one in found}


def test_a_step_by_file_alone_needs_the_types_of_its_fields() -> None:
    line = '\n[[step.form]]\nfield = "met"\nlabel_id = "Bertemu"\nlabel_en = "Met"\n'
    assert only(and_then=VISIT + line).remedy == 'Say type = "text" or another.'
    assert only(and_then=VISIT + line + 'type = "choice"\n').problem.endswith("offers no choice.")
    assert not findings(and_then=VISIT + line + 'type = "text"\n')


def test_what_a_flag_demands_can_be_done() -> None:
    assert only(and_then=FLAG).remedy == "Add an escalation to the approval."
    check = only(and_then=FLAG.replace("second_approver", "field_check"))
    assert check.remedy == "Add a step with the event claim.field_check_ordered."


def test_a_second_signature_comes_from_another_person() -> None:
    escalation = 'escalation = { first = "calculate", then = ["approver_2"] }\nguards'
    assert not findings(("guards", escalation), and_then=FLAG)
    found = only(("guards", escalation.replace("calculate", "pay")))
    assert (found.step, found.remedy) == ("approve", 'Add "pay" to separate_from.')
    found = only(("guards", escalation.replace("approver_2", "finance")))
    assert found.problem == 'There is no role of this step "finance".'
