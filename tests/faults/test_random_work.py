"""Random commands by random people, with crashes between, against a plain model of the office.

Every example has a programme, a list and people of its own in one log. What the tables of the dossier do not
open must be refused and leave nothing behind; what nothing bars must be done; and whatever happened, at the
end of each example money, cover, clocks and signatures must be what a clerk with a pencil would expect.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any, Final
from uuid import UUID, uuid4

import hypothesis
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from domain.enrollment.aggregate import Enrollment
from domain.programme.aggregate import Programme
from tests.acceptance import stories
from tests.faults.plain_model import (
    BARS,
    BASE_PAPERS,
    FULL,
    FUNERAL,
    LIST_DAY,
    MONTHLY,
    Claim,
    Member,
    Office,
    Payment,
    first_day,
    last_day,
    month_of,
    written,
)
from tests.faults.random_office import PEOPLE, RandomOffice, random_office
from tests.workflows.dossier_ways import HANDS, WAYS

pytestmark = pytest.mark.gate

SEEDS: Final = st.integers(0, 2**32 - 1)
LATE_ENOUGH: Final = "2024-12-20"  # the day on which everything is recorded that has no day of its own
BEGUN, ENDED = month_of(LIST_DAY), month_of(date(2024, 12, 1))
STEPS_OF_A_LIST: Final = (
    ("propose", "dinas", "PROPOSED"),
    ("start_verification", "kelurahan", "VERIFYING"),
    ("verify", "kelurahan", "VERIFIED"),
    ("issue_decree", "dinas", "DECREED"),
    ("register", "Ina", "REGISTERED"),
)
GONE: Final = frozenset({"WITHDRAWN", "REJECTED", "CLOSED"})
OPEN: Final = "open"


class RandomWork(RuleBasedStateMachine):
    """One example: a programme with a list of a few workers."""

    office: RandomOffice  # set by the test
    kills: bool = False  # whether a crash is a kill -9 of the server, and not only a cut line

    @initialize(seed=SEEDS, rows=st.integers(1, 4), stage=st.sampled_from([7, 6, 7, 6, 5, 7, 4, 6, 3, 2]))
    def a_list_is_sent(self, seed: int, rows: int, stage: int) -> None:
        """Send a list and carry it to some desk; often all the way, sometimes with money."""
        rnd = self._dice(seed)
        town = self.office.town
        self.programme = stories.open_programme(town)
        self.workers = stories.workers(rows)
        self.content = stories.list_with(self.workers)
        self.roster = str(stories.send_list(town, self.programme, self.content)["id"])
        for code, name in (("ENR_PKS", "dinas"), ("ENR_VERVAL", "kelurahan"), ("ENR_SK", "dinas")):
            self.office.person(name).upload(f"/v1/rosters/{self.roster}/documents", code)
        ids = [stories.member(town, worker.nik) for worker in self.workers]
        decreed_on = rnd.choice([LIST_DAY, LIST_DAY, date(2023, 11, 20)])
        self.model = Office({n: Member(n, id_) for n, id_ in enumerate(ids, start=1)}, decreed_on)
        for step, name, _ in STEPS_OF_A_LIST[: stage if stage < 5 else 5]:
            self._list_step(step, name, {})
        if stage > 5:
            months = frozenset(range(BEGUN, BEGUN + rnd.randint(1, 14)))
            self._pay_list(months, first_day(min(months)) + timedelta(days=10), 0, {})

    def _dice(self, seed: int) -> Random:
        """Return dice of this step: a seed that comes again throws other numbers."""
        self.thrown = getattr(self, "thrown", 0) + 1
        return Random(f"{seed}/{self.thrown}")

    # -- the list

    @rule(seed=SEEDS)
    def a_step_is_taken_with_the_list(self, seed: int) -> None:
        rnd = self._dice(seed)
        step, usual, _ = rnd.choice(STEPS_OF_A_LIST)
        name = usual if rnd.random() < 0.8 else rnd.choice(list(PEOPLE))
        rows = sorted(self.model.members)
        some = sorted(rnd.sample(rows, rnd.randint(1, len(rows))))
        meant = rnd.choice([{}, {"rows": some}, {"except_rows": some}])
        self._list_step(step, name, meant, crash=self._crash_of(rnd))

    def _list_step(self, step: str, name: str, meant: dict[str, Any], crash: Any = None) -> None:
        body: dict[str, Any] = {**meant, "effective_on": str(self.model.decreed_on)}
        if step == "issue_decree":
            body |= {"number": "460/112/2023", "issued_on": str(self.model.decreed_on)}
        status, answer = self._send(name, f"/v1/rosters/{self.roster}/steps/{step}", body, crash)
        if not set(PEOPLE[name]) & HANDS["enrollment"][step]:
            code = "not_found" if PEOPLE[name] == ("participant",) else "not_your_role"
            assert answer["code"] == code, (step, name, answer)
            return
        rows = set(meant.get("rows", self.model.members)) - set(meant.get("except_rows", ()))
        if not rows:
            return
        assert status in (200, 202), answer
        view = self.office.get(f"/v1/rosters/{self.roster}")
        [done] = [one for one in view["steps"] if one["request_id"] == answer["request_id"]] or [answer]
        if done["state"] != "done":
            stories.wait_for_check(self.office.person("dinas"), self.roster)
        refused = {one["row"]: one["code"] for one in answer["refused"]}
        for row in rows:
            member = self.model.members[row]
            source, target = next(
                (a, b) for (a, one), [w] in WAYS["enrollment"].items() if one == step for b in [w.target]
            )
            if (
                member.status == source
                and any(one.row == row for one in self.model.claims)
                and row in refused
            ):
                assert refused[row] == "guard_failed", "who is reported dead becomes no member"
            elif member.status == source:
                assert row not in refused, (step, row, refused)
                member.status = target
                if step == "register":
                    member.registered_at = self.model.tick()
            else:
                assert refused.get(row) == "step_not_open", (step, row, member.status, refused)

    @rule()
    def the_same_list_comes_again(self) -> None:
        again = stories.upload_list(self.office.person("dinas"), self.programme, self.content)
        assert (again.status_code, again.json()["id"]) == (200, self.roster)

    @rule(seed=SEEDS)
    def something_happens_to_a_member(self, seed: int) -> None:
        rnd = self._dice(seed)
        member = self.model.members[rnd.choice(sorted(self.model.members))]
        step = rnd.choice(
            ["return_proposal", "reject", "complete_proposal", "suspend", "lift_suspension", "terminate"]
        )
        forms: dict[str, dict[str, Any]] = {
            "return_proposal": {"items": ["alamat"]},
            "reject": {"code": "REJECT_OCCUPATION"},
            "suspend": {"flag": "NIK_DUPLICATE"},
            "terminate": {"reason": "REMOVED"},
        }
        name = self._somebody(rnd, HANDS["enrollment"][step])
        path = f"/v1/enrollments/{member.id}"
        if step == "terminate" and rnd.random() < 0.8:
            self.office.person("Budi").call(
                "POST",
                f"{path}/documents",
                files={"file": ("a.pdf", uuid4().bytes, "application/pdf")},
                data={"code": "ENR_TERM"},
            )
        on = first_day(rnd.randint(BEGUN + 1, ENDED))
        body = forms.get(step, {}) | {"effective_on": str(on)}
        status, answer = self._send(name, f"{path}/steps/{step}", body, self._crash_of(rnd))
        if self._refused_by_table("enrollment", member.status, step, name, status, answer):
            return
        if status != 200:
            assert answer["code"] in {"same_person", "documents_missing"}, answer
            return
        [way] = WAYS["enrollment"][member.status, step]
        before, member.status = member.status, way.target if way.target != "previous" else member.came_from
        assert answer["status"] == member.status
        member.came_from = before
        if step == "terminate":
            member.ended_on, member.ended_at = last_day(month_of(on)), self.model.tick()

    # -- money in

    @rule(seed=SEEDS)
    def the_sponsor_pays_for_the_list(self, seed: int) -> None:
        rnd = self._dice(seed)
        begins = rnd.randint(BEGUN - 1, ENDED) if rnd.random() < 0.3 else self._next_month()
        months = frozenset(range(begins, begins + rnd.randint(1, 3)))
        usual = first_day(min(months)) + timedelta(days=10)
        paid_on = rnd.choice([usual, usual, usual + timedelta(days=rnd.randint(0, 200))])
        self._pay_list(
            months,
            min(paid_on, date(2024, 12, 20)),
            rnd.choice([0, 0, 0, -200, 200]),
            rnd.choice([{}, {"rest": "credit"}, {"use_credit": 200}]),
            self._crash_of(rnd),
        )

    def _next_month(self) -> int:
        return max((month for one in self.model.payments for month in one.months), default=BEGUN - 1) + 1

    def _pay_list(
        self, months: frozenset[int], paid_on: date, more: int, money: dict[str, Any], crash: Any = None
    ) -> None:
        """Pay what the pencil says, or a little more or less; it must be what the office's invoice says."""
        names = ",".join(map(written, sorted(months)))
        owed = self.model.invoice(months, paid_on)
        told = self.office.get(
            f"/v1/programmes/{self.programme}/invoice",
            roster_id=self.roster,
            months=names,
            paid_on=str(paid_on),
        )
        assert told["total"] == owed, "heads of the invoice"
        assert told["credit_available"] == self.model.credit
        used = money.get("use_credit") or 0
        amount = max(0, owed - used + more)
        body: dict[str, Any] = {
            "roster_id": self.roster,
            "months": names.split(","),
            "amount": amount,
            "paid_on": str(paid_on),
            "reference": f"SP2D-{uuid4()}",
            "effective_on": str(paid_on),
        } | {name: value for name, value in money.items() if value}
        status, answer = self._send("Fitri", f"/v1/programmes/{self.programme}/contributions", body, crash)
        reasons = self.model.reasons_against(months, paid_on, owed)
        above = amount + used - owed
        if used > min(self.model.credit, owed):
            reasons.add("guard_failed")
        if above < 0 or (above > 0 and money.get("rest") != "credit"):
            reasons.add("amount_differs")
        if used and above > 0:
            reasons |= {"amount_differs", "guard_failed"}
        if status != 201:
            assert answer["code"] in reasons, (answer, reasons)
            return
        assert not reasons - {"guard_failed", "amount_differs"} and (not reasons or not owed or used), reasons
        heads = self.model.heads(months, paid_on)
        self.model.payments.append(Payment(months, heads, amount, used, max(0, above)))
        self.model.credit += max(0, above) - used
        assert answer["credit"] == self.model.credit
        self._money_reaches()

    def _money_reaches(self) -> None:
        """What follows from money: members become active, arrears are settled, claims go on."""
        for row, member in self.model.members.items():
            if member.status == "REGISTERED" and self.model.paid_months(row):
                member.status = "ACTIVE"
            now = self.office.get(f"/v1/enrollments/{member.id}")["status"]
            if member.status in ("GRACE", "LAPSED") and now == "ACTIVE":
                member.status, member.lapsed_on = "ACTIVE", None
            assert now == member.status
        for claim in self.model.claims:
            if claim.status == "HELD_ARREARS" and not self.model.cover(claim.row, claim.event_on)[1]:
                claim.status = "APPROVED"
                assert self.office.get(f"/v1/claims/{claim.id}")["status"] == "APPROVED"

    # -- claims

    @rule(seed=SEEDS)
    def a_death_is_reported(self, seed: int) -> None:
        rnd = self._dice(seed)
        rows = sorted(self.model.members)
        covered = [row for row in rows if self.model.paid_months(row)]
        row = rnd.choice(covered if covered and rnd.random() < 0.8 else rows)
        member, name = self.model.members[row], self._somebody(rnd, HANDS["jkm-claim"]["report"])
        event_on = LIST_DAY + timedelta(days=rnd.randint(-20, 460))
        if (paid := sorted(self.model.paid_months(row))) and rnd.random() < 0.7:
            event_on = first_day(rnd.choice(paid) + rnd.choice([0, 0, 0, 1, 3])) + timedelta(days=9)
        body = {
            "kind": "jkm",
            "enrollment_id": member.id,
            "event_on": str(event_on),
            "cause": "illness",
            "reported_by": {"name": "Siti Aminah", "relation": "spouse"},
            "effective_on": LATE_ENOUGH,
        }
        status, answer = self._send(name, "/v1/claims", body, self._crash_of(rnd))
        if not set(PEOPLE[name]) & HANDS["jkm-claim"]["report"]:
            assert answer["code"] == "not_your_role"
            return
        standing = [one for one in self.model.claims if one.row == row and one.holds_the_death]
        if status != 201:
            assert answer["code"] in ({"duplicate"} if standing else set()) | {"guard_failed"}, answer
            return
        assert not standing, "one death, one claim"
        claim = Claim(answer["id"], row, event_on, taken=[("report", name)])
        member.died_on = event_on
        self.model.claims.append(claim)

    @precondition(lambda self: self._going())
    @rule(seed=SEEDS)
    def a_paper_is_brought(self, seed: int) -> None:
        rnd = self._dice(seed)
        self._bring_papers(rnd, rnd.choice(self._going()))

    def _bring_papers(self, rnd: Random, claim: Claim) -> None:
        needed = sorted(claim.missing) or sorted(BASE_PAPERS | {"CASE_CHECK"})
        codes = needed if rnd.random() < 0.6 else [rnd.choice(needed)]
        name = "Budi" if rnd.random() < 0.5 else next(who for _, who in claim.taken)
        for code in codes:
            files = {"file": (f"{code}.pdf", f"%PDF-1.4 {uuid4()}".encode(), "application/pdf")}
            answer = self.office.person(name).call(
                "POST", f"/v1/claims/{claim.id}/documents", files=files, data={"code": code}
            )
            if answer.status_code == 201:
                claim.papers[code] = answer.json()["sha256"]

    @precondition(lambda self: self._going())
    @rule(seed=SEEDS)
    def a_claim_is_worked_on(self, seed: int) -> None:
        rnd = self._dice(seed)
        self._work_on(rnd, 0.9)

    @precondition(lambda self: self._going())
    @rule(seed=SEEDS)
    def a_claim_goes_on(self, seed: int) -> None:
        rnd = self._dice(seed)
        for _ in range(5):
            if self._going():
                self._work_on(rnd, 1.0)

    @rule(seed=SEEDS)
    def a_family_comes(self, seed: int) -> None:
        """A death that is reported, filed and, if all goes well, decided: so that money is really paid."""
        self.a_death_is_reported(seed)
        self.a_claim_goes_on(seed + 1)
        self.a_claim_goes_on(seed + 2)

    @precondition(lambda self: self.model.claims)
    @rule(seed=SEEDS)
    def somebody_tries_anything(self, seed: int) -> None:
        rnd = self._dice(seed)
        self._work_on(rnd, 0.0)

    def _going(self) -> list[Claim]:
        return [one for one in self.model.claims if one.status not in GONE]

    def _work_on(self, rnd: Random, sense: float) -> None:
        """Take a step of a claim: with sense one that is open here and forward, by somebody who may."""
        claims = self._going() if sense else self.model.claims
        claim = rnd.choice(claims)
        steps = sorted(HANDS["jkm-claim"].keys() - {"report"})
        forward = self._forward(claim)
        if rnd.random() < sense and forward:
            here = sorted(step for at, step in WAYS["jkm-claim"] if at == claim.status)
            if rnd.random() < 0.9:  # most families do not take their claim back
                here = [step for step in here if step != "withdraw"]
            step = forward if rnd.random() < 0.75 else rnd.choice(here)
        else:
            step = rnd.choice(steps)
        if step == "confirm_complete" and claim.missing and sense and rnd.random() < 0.8:
            self._bring_papers(rnd, claim)
        name = self._somebody(rnd, HANDS["jkm-claim"][step], claim if rnd.random() < sense else None, step)
        body, invalid = self._form(rnd, claim, step)
        status, answer = self._send(name, f"/v1/claims/{claim.id}/steps/{step}", body, self._crash_of(rnd))
        self._judge(claim, step, name, body, status, answer, invalid)

    def _forward(self, claim: Claim) -> str | None:
        """Return the step that brings a claim nearer to its end."""
        if claim.status == "CALCULATED" and not claim.total:
            return "sign_rejection"
        if claim.status == "CALCULATED" and self.model.needs_two(claim) and claim.taken[-1][0] != "endorse":
            return "endorse"
        return FORWARD.get(claim.status)

    def _form(self, rnd: Random, claim: Claim, step: str) -> tuple[dict[str, Any], str | None]:
        """Return the form of a step, and the code with which what is wrong in it must be refused."""
        wrong = rnd.random() < 0.15
        forms: dict[str, dict[str, Any]] = {
            "file": {
                "claim_date": LATE_ENOUGH,
                "payee": stories.PAYEE,
                "heirs": [{"name": "Siti Aminah", "relation": "spouse"}],
                "children": [],
            },
            "return_documents": {"codes": rnd.sample(sorted(BASE_PAPERS), 2), "reason": "tidak terbaca"},
            "report_field_check": {"was_working": True, "findings": "bekerja"},
            "propose_rejection": {"code": "REJECT_RESIDENCE", "reason": "pindah"},
            "return_calculation": {"reason": "keliru"},
            "approve": {"amount": (claim.total or 0) + (1 if wrong else 0)},
            "endorse": {"amount": claim.total or 0},
            "confirm_payment": {"bank_reference": f"TRX-{uuid4()}", "paid_on": LATE_ENOUGH},
            "fail_payment": {"reason": "rekening tutup"},
            "refuse_rest": {"reason": "tunggakan tidak dilunasi"},
            "confirm_account": {"reason": "buku tabungan milik kakak"},
            "settle_arrears": {"payment_position": 1},
            "withdraw_step": {"reason": "salah berkas"},
            "change_payee": {"payee": stories.PAYEE, "heirs": []},
            "correct_payment_details": {
                "bank": "Bank Jateng",
                "account_number": "55",
                "account_name": "SITI AMINAH",
            },
        }
        code = {"approve": "amount_differs"}.get(step) if wrong else None
        return forms.get(step, {}) | {"effective_on": LATE_ENOUGH}, code

    def _judge(
        self,
        claim: Claim,
        step: str,
        name: str,
        body: dict[str, Any],
        status: int,
        answer: dict[str, Any],
        invalid: str | None,
    ) -> None:
        if PEOPLE[name] == ("participant",) and not claim.knows(name):
            assert answer["code"] in ("not_found", "not_your_role"), answer
            return
        if self._refused_by_table("jkm-claim", claim.status, step, name, status, answer):
            return
        if claim.bars(step, name):
            assert answer.get("code") in ("same_person", "not_your_role"), (step, claim.taken, answer)
            return
        if status != 200:
            assert not self._nothing_bars(claim, step, name, invalid), (step, name, claim, answer)
            return
        assert invalid is None, (step, body, answer)
        self._happened(claim, step, name, answer)

    def _nothing_bars(self, claim: Claim, step: str, name: str, invalid: str | None) -> bool:
        """Whether the step had to be done: somebody with clean hands, everything there, nothing wrong."""
        clean = invalid is None and not claim.knows(name)
        match step:
            case (
                "file"
                | "start_verification"
                | "calculate"
                | "order_field_check"
                | "order_payment"
                | "confirm_payment"
            ):
                return clean
            case "return_documents" | "withdraw":
                return invalid is None and not claim.paid and claim.status in ("FILED", "REPORTED")
            case "confirm_complete":
                return invalid is None and not claim.missing
            case "approve":
                payable = self.model.outcome(claim)[1] == claim.total != 0
                return clean and payable and not self.model.needs_two(claim)
        return False

    def _happened(self, claim: Claim, step: str, name: str, answer: dict[str, Any]) -> None:
        """Follow an accepted step in the model, and check what follows from it."""
        before = claim.status
        targets = {way.target for way in WAYS["jkm-claim"][before, step]}
        if "previous" in targets:
            targets = {claim.came_from.get(before, "")}
        after = answer["status"]
        assert after in targets | ({"PAID"} if step == "return_calculation" else set()), (before, step, after)
        if after != before and step != "withdraw_step":
            claim.came_from[after] = before
        claim.status = after
        claim.taken.append((step, name))
        match step:
            case "return_documents":
                codes = set(self._last_fact(claim, "return_documents")["data"]["codes"])
                claim.asked |= codes
                claim.papers = {code: kept for code, kept in claim.papers.items() if code not in codes}
            case "confirm_complete":
                assert not claim.missing, "complete with papers missing"
            case "calculate":
                outcome, total = self.model.outcome(claim)
                found = answer["determination"]
                assert (found["outcome"], found["total"]) == (outcome, total), (claim, found)
                owed = self.model.cover(claim.row, claim.event_on)[1] if outcome == "HOLD_ARREARS" else []
                assert found["arrears_months"] == [written(month) for month in owed]
                claim.total = total
            case "confirm_payment":
                order = self._last_fact(claim, "order_payment")["data"]
                claim.paid += order["amount"]
                rest = self.model.cover(claim.row, claim.event_on)[1]
                assert after == "HELD_ARREARS" or not rest or claim.paid != FUNERAL
            case "withdraw":  # a report that is taken back makes the member owe again
                self.model.members[claim.row].died_on = None
            case "return_calculation" | "change_payee":
                claim.total = claim.total if after == "PAID" else None

    def _last_fact(self, claim: Claim, step: str) -> dict[str, Any]:
        facts = self.office.history(f"/v1/claims/{claim.id}")
        return next(one for one in reversed(facts) if one["step"] == step)

    # -- days and crashes

    @rule(day=st.dates(date(2023, 10, 1), date(2025, 1, 31)))
    def a_day_begins(self, day: date) -> None:
        self.model.today = day = max(day, self.model.today)  # days come in order
        self.office.begin_day(day)
        self.model.begin_day(day)
        for member in self.model.members.values():
            assert self.office.get(f"/v1/enrollments/{member.id}")["status"] == member.status, day

    @rule(seed=SEEDS)
    def everything_crashes(self, seed: int) -> None:
        rnd = self._dice(seed)
        if rnd.random() < 0.3:
            self._crash()

    def _crash(self) -> None:
        if self.kills:
            self.office.kill()
        else:
            self.office.cut()

    def _crash_of(self, rnd: Random) -> Any:
        """Return a crash that happens while a request is on its way; seldom."""
        return self._crash if rnd.random() < 0.04 else None

    # -- what always holds

    def _send(
        self, name: str, path: str, body: dict[str, Any], crash: Any = None
    ) -> tuple[int, dict[str, Any]]:
        """Send; where it is refused, check that it left nothing behind."""
        before = self.office.count()
        status, answer = self.office.send(name, path, body, crash)
        if status >= 400:
            assert status < 500, answer
            assert answer["code"] and answer["detail"]
            assert self.office.count() == before, (path, answer)
        return status, answer

    def _refused_by_table(
        self, lifecycle: str, state: str, step: str, name: str, status: int, answer: dict[str, Any]
    ) -> bool:
        """Check a refusal that the tables of the dossier ask for; return whether they do."""
        roles = frozenset(PEOPLE[name])
        here = WAYS[lifecycle].get((state, step))
        if not roles & HANDS[lifecycle][step]:
            assert answer["code"] in ("not_your_role", "not_found"), (state, step, name, answer)
        elif here is None:
            assert answer["code"] == "step_not_open", (state, step, name, answer)
        elif not roles & here[0].roles.union(*here[0].instead.values()):
            codes = {"not_your_role"} | ({"step_not_open"} if here[0].target == "previous" else set())
            assert answer["code"] in codes, (state, step, name, answer)
        else:
            return False
        assert status in (403, 404, 409)
        return True

    def _somebody(
        self, rnd: Random, hands: frozenset[str], claim: Claim | None = None, step: str = ""
    ) -> str:
        able = [name for name, roles in PEOPLE.items() if set(roles) & hands]
        clean = [name for name in able if claim and not claim.bars(step, name) and name != "Serba"]
        if PEOPLE and claim and clean:
            return rnd.choice(clean)
        return rnd.choice(able) if able and rnd.random() < 0.7 else rnd.choice(list(PEOPLE))

    def teardown(self) -> None:
        if not hasattr(self, "model"):
            return
        self._members_are_covered()
        for claim in self.model.claims:
            self._claim_is_clean(claim)
        self._money_adds_up()

    def _members_are_covered(self) -> None:
        """The log, folded anew, the server and the register say what the pencil says, on any day."""
        folded = self.office.fold(
            UUID(self.programme), *(UUID(one.id) for one in self.model.members.values())
        )
        programme = folded[UUID(self.programme)]
        assert isinstance(programme, Programme)
        for row, member in self.model.members.items():
            enrollment = folded[UUID(member.id)]
            assert isinstance(enrollment, Enrollment)
            view = self.office.get(f"/v1/enrollments/{member.id}")
            assert (enrollment.status, enrollment.version) == (view["status"], view["version"])
            assert view["status"] == member.status
            membership = enrollment.membership(programme.contributions)
            for month in range(BEGUN - 1, ENDED + 2):
                found = membership.coverage(last_day(month))
                status, unpaid = self.model.cover(row, last_day(month))
                assert found.status == status, (row, written(month), found)
                if status == "GRACE":
                    assert [str(one) for one in found.unpaid_months] == [written(one) for one in unpaid]
        for day in (date(2023, 10, 5), date(2024, 6, 30)):
            for listed in self.office.registered(UUID(self.programme), day):
                [row] = [
                    row for row, one in self.model.members.items() if one.id == str(listed.enrollment_id)
                ]
                died_on = self.model.members[row].died_on
                if died_on is None or died_on >= day:
                    assert listed.coverage.status == self.model.cover(row, day)[0], (row, day)

    def _claim_is_clean(self, claim: Claim) -> None:
        """Every step of the history is one of the dossier's; money left only after all that it takes."""
        view, facts = self.office.get(f"/v1/claims/{claim.id}"), self.office.history(f"/v1/claims/{claim.id}")
        steps = [one for one in facts if one["event"].startswith("claim.") and one["to"] is not None]
        assert view["status"] == claim.status == steps[-1]["to"]
        stands = None
        done: list[str] = []
        ordered: dict[str, int] = {}
        for one in steps:
            step, source, target = one["step"], one["from"], one["to"]
            assert (source or None) == stands, (one, stands)
            ways = WAYS["jkm-claim"].get((source or "-", step), [])
            assert any(way.target in (target, "previous") for way in ways) or (
                step == "return_calculation" and target == "PAID"
            ), one
            stands = target
            if step == "order_payment":
                assert {"file", "confirm_complete", "calculate", "approve"} <= set(done), done
                ordered[one["data"]["payment_id"]] = one["data"]["amount"]
            if step in BARS:
                before = [other for other in steps[: steps.index(one)] if other["actor"] == one["actor"]]
                assert not {other["step"] for other in before} & BARS[step], (one, before)
            for clock in one.get("clocks") or one["data"].get("clocks") or ():
                assert clock["due_on"] is None or clock["due_on"] >= clock["on"], one
            if step == "confirm_payment":
                assert (one["data"]["days_late"] or 0) >= 0 and one["data"]["penalty_due"] >= 0
            done.append(step)
        lines = [
            line["code"] for one in steps if one["step"] == "order_payment" for line in one["data"]["lines"]
        ]
        failed = [one["data"]["payment_id"] for one in steps if one["step"] == "fail_payment"]
        paid = [one["data"]["payment_id"] for one in steps if one["step"] == "confirm_payment"]
        assert len(set(paid)) == len(paid) and not set(paid) & set(failed)
        if not failed:
            assert len(set(lines)) == len(lines), "a line was ordered twice"
        received = sum(
            one["data"]["amount"]
            for one in steps
            if one["step"] == "confirm_payment" and not one["data"].get("of_penalty")
        )
        assert received <= FULL, "more was paid than the law gives"

    def _money_adds_up(self) -> None:
        ledger = self.office.get(f"/v1/programmes/{self.programme}/ledger", min_position=self._position())
        arrived = sum(one.amount for one in self.model.payments)
        invoiced = sum(one.amount + one.credit_used - one.credit_kept for one in self.model.payments)
        assert (ledger["paid_in"], ledger["credit"]) == (arrived, self.model.credit)
        assert ledger["invoiced"] == invoiced
        assert arrived == invoiced + self.model.credit, "money in is what was invoiced and the credit"
        assert len(ledger["payments"]) == len(self.model.payments), "each payment once"
        assert invoiced % MONTHLY == 0

    def _position(self) -> int:
        return int(self.office.get(f"/v1/programmes/{self.programme}")["position"])


FORWARD: Final = {
    "REPORTED": "file",
    "FILED": "confirm_complete",
    "INCOMPLETE": "complete_documents",
    "COMPLETE": "start_verification",
    "VERIFYING": "calculate",
    "FIELD_CHECK": "report_field_check",
    "CALCULATED": "approve",
    "APPROVED": "order_payment",
    "PAYMENT_ORDERED": "confirm_payment",
    "PAYMENT_FAILED": "correct_payment_details",
    "PAID": "close",
}


@pytest.fixture(scope="module")
def served() -> Iterator[RandomOffice]:
    with random_office() as office:
        yield office


def work(office: RandomOffice, *, examples: int, steps: int, kills: bool) -> None:
    machine = type("Work", (RandomWork,), {"office": office, "kills": kills})
    settings = hypothesis.settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        derandomize=True,
        phases=[hypothesis.Phase.generate],  # each run of an example is real work: it is told as it was found
        database=None,
        suppress_health_check=list(hypothesis.HealthCheck),
        print_blob=True,
    )
    run_state_machine_as_test(machine, settings=settings)


@pytest.mark.timeout(3_600)
def test_random_work_with_lines_cut(served: RandomOffice, long_gates: bool) -> None:
    work(served, examples=400 if long_gates else 6, steps=60 if long_gates else 30, kills=False)


@pytest.mark.timeout(3_600)
def test_random_work_with_the_server_killed(served: RandomOffice, long_gates: bool) -> None:
    work(served, examples=60 if long_gates else 2, steps=30 if long_gates else 12, kills=True)


def test_after_all_that_every_read_model_is_equal_to_the_log(served: RandomOffice) -> None:
    served.verify()
