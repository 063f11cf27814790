"""A person: one for each NIK, its id random, found by a keyed look-up that is never released."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID, uuid5

from domain.case import Case, Key
from domain.command import Command, header, said
from domain.fact import Fact
from domain.mandate import Mandate
from domain.nik import Nik
from domain.person.commands import ConfirmCorrection, CorrectPerson, PersonCommand, RejectCorrection
from domain.person.correction import (
    BY_TWO,
    Correction,
    CorrectionStatus,
    is_same,
    read_evidence,
    read_value,
)
from domain.person.events import (
    CorrectionProposed,
    CorrectionRejected,
    Details,
    PersonCorrected,
    PersonRegistered,
)
from domain.person.refusals import CorrectionDecided, CorrectionWaits, NikOfAnother, OldValueDiffers
from domain.person.worker import Worker
from domain.refusal import Invalid, NotFound, OutsideArea, SecondPersonRequired, SubjectErased
from domain.sealed import Erased, Sealed
from domain.step import Step
from domain.stored_as import stored_as
from domain.world import World

PERSON_KEY: Final = "person"
_REGISTER: Final = Step(name="register")


def details_of(worker: Worker, subject_id: UUID) -> Details:
    """Return a worker's declaration with every personal value sealed under the worker's key."""

    def sealed(value: str | None) -> Sealed[str] | None:
        return Sealed.of(subject_id, value) if value else None

    return Details(
        name=Sealed.of(subject_id, worker.name),
        birth_date=Sealed.of(subject_id, worker.birth_date),
        sex=Sealed.of(subject_id, worker.sex),
        address=sealed(worker.address),
        rt=sealed(worker.rt),
        rw=sealed(worker.rw),
        phone=sealed(worker.phone),
        income=sealed(None if worker.income is None else str(worker.income)),
    )


@stored_as("person")
class Person(Case):
    """Somebody whom the engine knows by NIK; `nik` and `details` are what stands, as corrected."""

    def __init__(self) -> None:
        super().__init__()
        self.nik: Sealed[str] | None = None
        self.details: Details | None = None
        self.ward: Sealed[str] | None = None  # and district, where the list had them wrong
        self.corrections: dict[UUID, Correction] = {}
        self.last_correction: UUID | None = None

    @property
    def subject_id(self) -> UUID:
        return self.id

    def is_within(self, mandate: Mandate) -> bool:
        """A person belongs to no area; the mandate is held against the membership through which one comes."""
        return True

    def compared_subjects(self, step: str) -> tuple[UUID, ...]:
        return (self.id,)

    def was_corrected(self, field: str) -> bool:
        """Whether a value was put right; what lists say of it afterwards does not count."""
        return any(one.field == field and one.status == "EFFECTIVE" for one in self.corrections.values())

    def earlier_niks(self) -> Iterator[Sealed[str]]:
        """Yield what stood before each time the NIK was put right; the person is found by these as well."""
        for one in self.corrections.values():
            if one.field == "nik" and one.status == "EFFECTIVE" and one.old is not None:
                yield one.old

    def answer(self, step: str) -> dict[str, Any]:
        if self.last_correction is None:
            return {}
        last = self.corrections[self.last_correction]
        return {
            "correction_id": str(last.id),
            "status": last.status,
            "field": last.field,
            "warnings": list(last.warnings),
        }

    @classmethod
    def register(cls, command: Command, person_id: UUID, worker: Worker, nik_digest: bytes) -> "Person":
        """Make a person known. `nik_digest` is the keyed look-up of the NIK, never part of an event."""
        person = cls._create(
            PersonRegistered,
            id=person_id,
            nik=Sealed.of(person_id, worker.nik),
            details=details_of(worker, person_id),
            **header(command, _REGISTER, person_id),
        )
        person.keys.take.append(Key(PERSON_KEY, nik_digest))
        return person

    def correct(self, command: CorrectPerson, step: Step, world: World) -> None:
        """Put a value right, or propose to, where a second person is needed.

        Refused (`guard_failed`) where `old` is not what stands, (`invalid`) where nothing would change, and
        (`duplicate`) where a new NIK is somebody else's.
        """
        through = self._refuse_outside(command, world)
        field, area = command.field, through.area_code

        def read(text: str, name: str) -> str:
            return read_value(field, text, on=command.effective_on, area_code=area, name=name)

        new = read(command.new, "new")
        stands = self._stands(field, through, world)
        self._refuse_other_old(command, stands, read)
        if new == stands:
            raise Invalid("new is what stands already: there is nothing to correct", field="new")
        for one in self.corrections.values():
            if one.field == field and one.status == "PROPOSED":
                raise CorrectionWaits(field, one.id)
        if command.nik_owner not in (None, self.id):
            raise NikOfAnother(command.nik_owner)
        self.trigger_event(
            CorrectionProposed if field in BY_TWO else PersonCorrected,
            correction_id=uuid5(command.command_id, "correction"),
            field=field,
            old=None if stands is None else Sealed.of(self.id, stands),
            new=Sealed.of(self.id, new),
            reason=Sealed.of(self.id, said(command.reason, "reason")),
            evidence=read_evidence(command.evidence),
            warnings=self._warnings(field, new, world),
            **header(command, step, self.id),
        )

    def confirm_correction(self, command: ConfirmCorrection, step: Step, world: World) -> None:
        """Let a proposed correction take effect. A new NIK finds the person from now on; the old one does as well."""
        self._refuse_outside(command, world)
        proposed = self._proposed(command.correction_id)
        if proposed.asked_by == command.issued_by:
            raise SecondPersonRequired(
                "you proposed this correction: another person confirms it", step=command.step
            )
        if command.nik_owner not in (None, self.id):
            raise NikOfAnother(command.nik_owner)
        self.trigger_event(
            PersonCorrected,
            correction_id=proposed.id,
            field=proposed.field,
            old=proposed.old,
            new=proposed.new,
            reason=proposed.reason,
            evidence=proposed.evidence,
            warnings=proposed.warnings,
            proposed_by=proposed.asked_by,
            **header(command, step, self.id),
        )
        if command.nik_digest is not None and command.nik_owner is None:
            self.keys.take.append(Key(PERSON_KEY, command.nik_digest))

    def reject_correction(self, command: RejectCorrection, step: Step, world: World) -> None:
        """Leave what stands, with the reason why."""
        self._refuse_outside(command, world)
        proposed = self._proposed(command.correction_id)
        self.trigger_event(
            CorrectionRejected,
            correction_id=proposed.id,
            field=proposed.field,
            reason=Sealed.of(self.id, said(command.reason, "reason")),
            **header(command, step, self.id),
        )

    def _refuse_outside(self, command: PersonCommand, world: World) -> Case:
        """Return the membership through which the sender comes. Refused where the mandate does not reach it."""
        through = world.cases["enrollment"]
        if through.subject_id != self.id:
            raise NotFound("there is no such membership of this person")
        if command.area is not None and not through.is_within(Mandate.read(command.area)):
            raise OutsideArea(
                f"this person's membership belongs to area {through.area_code}, your mandate is {command.area}: "
                "ask an officer of that area",
                area_code=through.area_code,
            )
        return through

    def _refuse_other_old(
        self, command: CorrectPerson, stands: str | None, read: Callable[[str, str], str]
    ) -> None:
        said_old = (command.old or "").strip()
        if is_same(said_old, stands):
            return
        if not said_old or stands is None:
            raise OldValueDiffers(command.field)
        try:  # the same, written in another way
            if read(said_old, "old") == read(stands, "old"):
                return
        except Invalid:
            pass
        raise OldValueDiffers(command.field)

    def _proposed(self, correction_id: UUID) -> Correction:
        found = self.corrections.get(correction_id)
        if found is None:
            raise NotFound("there is no such correction of this person", id=str(correction_id))
        if found.status != "PROPOSED":
            raise CorrectionDecided(found.status)
        return found

    def _stands(self, field: str, through: Case, world: World) -> str | None:
        """Return what stands now, opened. Refused (`erased`) where nobody can know."""
        sealed = self.standing(field)
        if sealed is None:
            district, ward = through.residence or ("", "")
            return f"{ward}, {district}" if field == "ward" and ward else None
        found = sealed.open(world.opener)
        if isinstance(found, Erased):
            raise SubjectErased("the personal data of this person have been erased: nothing can be corrected")
        return found.isoformat() if isinstance(found, date) else str(found)

    def standing(self, field: str) -> Sealed[Any] | None:
        """Return what stands, sealed; nothing where nothing does, or where only the membership says it."""
        if field == "nik":
            return self.nik
        if field == "ward":
            return self.ward
        found: Sealed[Any] | None = getattr(self.details, field)
        return found

    def _warnings(self, field: str, new: str, world: World) -> tuple[str, ...]:
        """Return where NIK, birth date and sex contradict each other once this value stands."""
        if field not in ("nik", "birth_date", "sex"):
            return ()
        told = {"nik": self.nik, "birth_date": self.standing("birth_date"), "sex": self.standing("sex")}
        known: dict[str, Any] = {name: one.open(world.opener) if one else None for name, one in told.items()}
        known[field] = date.fromisoformat(new) if field == "birth_date" else new
        if any(one is None or isinstance(one, Erased) for one in known.values()):
            return ()
        return Nik.parse(str(known["nik"])).warnings(birth_date=known["birth_date"], sex=str(known["sex"]))

    def recorded(self, event: Fact, position: int, recorded_at: datetime) -> None:
        super().recorded(event, position, recorded_at)
        if isinstance(event, PersonCorrected):
            one = self.corrections[event.correction_id]
            self.corrections[one.id] = replace(one, position=position)

    def when(self, event: Fact) -> None:
        super().when(event)
        match event:
            case PersonRegistered():
                self.nik, self.details = event.nik, event.details
            case CorrectionProposed():
                self._note(event, "PROPOSED")
            case PersonCorrected():
                self._note(event, "EFFECTIVE")
                self._take_over(event.field, event.new)
            case CorrectionRejected():
                self.last_correction = event.correction_id
                if event.correction_id in self.corrections:
                    self.corrections[event.correction_id] = replace(
                        self.corrections[event.correction_id],
                        status="REJECTED",
                        decided_by=event.actor,
                        decided_at=event.decided_at,
                        rejected=event.reason,
                    )

    def _note(self, event: CorrectionProposed | PersonCorrected, status: CorrectionStatus) -> None:
        proposed = self.corrections.get(event.correction_id)
        self.last_correction = event.correction_id
        self.corrections[event.correction_id] = Correction(
            id=event.correction_id,
            field=event.field,
            old=event.old,
            new=event.new,
            reason=event.reason,
            evidence=event.evidence,
            warnings=event.warnings,
            status=status,
            asked_by=proposed.asked_by if proposed else event.actor,
            asked_at=proposed.asked_at if proposed else event.decided_at,
            decided_by=event.actor if status == "EFFECTIVE" else None,
            decided_at=event.decided_at if status == "EFFECTIVE" else None,
        )

    def _take_over(self, field: str, new: Sealed[str]) -> None:
        if field == "nik":
            self.nik = new
        elif field == "ward":
            self.ward = new
        elif self.details is not None and hasattr(self.details, field):
            value: Any = new.as_day() if field == "birth_date" else new
            self.details = replace(self.details, **{field: value})
