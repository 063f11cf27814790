"""Answers that a demonstration fills in, so that a stranger sees a form at work without making up a family."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from starlette.datastructures import FormData

from domain.claim.aggregate import Claim

Answers = Mapping[str, str]
WIDOW: Final = "Siti Contoh"
BANK: Final = "Bank Contoh"


def report_example(today: date) -> FormData:
    """Return the news of a death that happened two days ago, as a widow brings it."""
    return FormData(
        {
            "event_on": (today - timedelta(days=2)).isoformat(),
            "cause": "illness",
            "reported_by.name": WIDOW,
            "reported_by.relation": "spouse",
        }
    )


def step_example(claim: Claim, step: str, today: date) -> FormData | None:
    """Return answers to the form of a step, or None where there is nothing to make up."""
    if step not in STEPS:
        return None
    return FormData({**STEPS[step](claim, today), "version": str(claim.version)})


def _file(claim: Claim, today: date) -> Answers:
    return {
        "claim_date": today.isoformat(),
        "payee.name": WIDOW,
        "payee.relation": "spouse",
        "payee.heir_tier": "SPOUSE_CHILD",
        "payee.bank": BANK,
        "payee.account_number": _account(claim.id),
        "payee.account_name": WIDOW,
        "on_behalf_of.name": WIDOW,
        "on_behalf_of.relation": "spouse",
    }


def _order_field_check(_claim: Claim, _today: date) -> Answers:
    return {"reason": "Tanyakan kepada tetangga apakah almarhum masih bekerja (contoh)."}


def _report_field_check(_claim: Claim, _today: date) -> Answers:
    return {
        "was_working": "yes",
        "findings": "Tetangga melihat almarhum bekerja sampai pekan terakhir (contoh).",
    }


def _return_documents(_claim: Claim, _today: date) -> Answers:
    return {"codes": "BANK_HEIR", "reason": "Halaman depan buku tabungan tidak terbaca (contoh)."}


def _propose_rejection(_claim: Claim, _today: date) -> Answers:
    return {"reason": "Contoh usulan penolakan untuk demonstrasi."}


def _approve(claim: Claim, _today: date) -> Answers:
    return {"amount": str(claim.amount_to_sign)}


def _confirm_payment(claim: Claim, today: date) -> Answers:
    return {"bank_reference": f"TRX-CONTOH-{claim.id.int % 10**6:06d}", "paid_on": today.isoformat()}


def _fail_payment(_claim: Claim, _today: date) -> Answers:
    return {"reason": "Rekening sudah ditutup (contoh)."}


def _correct_payment_details(claim: Claim, _today: date) -> Answers:
    return {"bank": BANK, "account_number": _account(claim.id), "account_name": WIDOW}


def _account(claim: UUID) -> str:
    """Return a number of an account that no other claim of a demonstration names."""
    return f"0099{claim.int % 10**10:010d}"


STEPS: Final[Mapping[str, Callable[[Claim, date], Answers]]] = {
    "file": _file,
    "order_field_check": _order_field_check,
    "report_field_check": _report_field_check,
    "return_documents": _return_documents,
    "propose_rejection": _propose_rejection,
    "approve": _approve,
    "confirm_payment": _confirm_payment,
    "fail_payment": _fail_payment,
    "correct_payment_details": _correct_payment_details,
}
