"""A small, sound lifecycle to change in tests, one thing at a time."""

import tomllib
from collections.abc import Collection

from workflows.definition_file import DefinitionRefused, Finding
from workflows.lifecycle import Definition, compiled
from workflows.proofs import Known, prove

FILE = "small.v1.toml"
SMALL = """
name = "small"
version = 1
aggregate = "claim"
label_id = "Kecil"
label_en = "Small"
in_force_from = 2015-07-01
backdating_days = 30

[status_lists]
open_desks = ["REPORTED", "CALCULATED"]

[step_lists]
desks = ["report", "calculate"]

[[status]]
name = "REPORTED"
label_id = "Dilaporkan"
label_en = "Reported"
waiting_on = "us"

[[status]]
name = "CALCULATED"
label_id = "Dihitung"
label_en = "Calculated"
waiting_on = "us"

[[status]]
name = "APPROVED"
label_id = "Disetujui"
label_en = "Approved"
waiting_on = "us"

[[status]]
name = "CLOSED"
label_id = "Selesai"
label_en = "Closed"
waiting_on = "nobody"
final = true

[[step]]
name = "report"
label_id = "Laporkan"
label_en = "Report"
from = []
to = "REPORTED"
event = "claim.death_reported"
roles = ["intake"]
clocks = { start = ["pay"] }

[[step]]
name = "calculate"
label_id = "Hitung"
label_en = "Calculate"
from = ["REPORTED"]
to = "CALCULATED"
event = "claim.benefit_calculated"
roles = ["calculator"]
separate_from = ["report"]
documents = ["KK", { code = "MARRIAGE", when = "payee.relation == 'spouse'" }]

[[step]]
name = "approve"
label_id = "Setujui"
label_en = "Approve"
from = ["CALCULATED"]
to = "APPROVED"
event = "claim.approved"
roles = ["approver_1", "approver_2"]
separate_from = ["desks"]
authority = { approver_1 = 100_000_000, approver_2 = "unlimited" }
guards = ["determination_is_payable"]

[[step]]
name = "pay"
label_id = "Bayar"
label_en = "Pay"
from = ["APPROVED"]
to = "CLOSED"
event = "claim.payment_succeeded"
roles = ["finance"]
separate_from = ["desks", "approve"]
clocks = { stop = ["pay"] }

[[step.form]]
field = "paid_on"
label_id = "Tanggal bayar"
label_en = "Day of payment"

[[document]]
code = "KK"
name_id = "Kartu keluarga"
name_en = "Family card"

[[document]]
code = "MARRIAGE"
name_id = "Buku nikah"
name_en = "Marriage book"

[[clock]]
name = "pay"
label_id = "Bayar"
label_en = "Pay"
article = "PP 44/2015 Art. 40(3)"
length = 3
unit = "working_days"
"""
EVENTS = (
    "claim.death_reported",
    "claim.benefit_calculated",
    "claim.approved",
    "claim.payment_succeeded",
    "claim.closed",
    "claim.clock_missed",
    "claim.withdrawn",
)
ROLES = ("intake", "calculator", "approver_1", "approver_2", "finance", "system")
KNOWN = Known(events=EVENTS, guards=["determination_is_payable"], roles=ROLES, documents=["KTP_HEIR"])


def changed(*changes: tuple[str, str], and_then: str = "") -> str:
    """Return the text with each first passage replaced by the second, and more written at its end."""
    text = SMALL
    for passage, instead in changes:
        assert passage in text, f"the small lifecycle does not say {passage!r}"
        text = text.replace(passage, instead)
    return text + and_then


def small(*changes: tuple[str, str], and_then: str = "") -> Definition:
    return compiled(tomllib.loads(changed(*changes, and_then=and_then)), FILE)


def findings(*changes: tuple[str, str], and_then: str = "") -> Collection[Finding]:
    """Return what reading or proving the changed text finds."""
    try:
        return prove(small(*changes, and_then=and_then), KNOWN)
    except DefinitionRefused as refused:
        return refused.findings
