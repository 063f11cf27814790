"""Why a person's record is not changed."""

from uuid import UUID

from domain.refusal import Duplicate, GuardFailed, StepNotOpen


class OldValueDiffers(GuardFailed):
    """What is said to be wrong is not what stands; the refusal shows neither."""

    def __init__(self, field: str) -> None:
        super().__init__(
            f"old is not what stands as {field}: look at the record, and give the value that is to be replaced",
            guard="old_value_stands",
            field="old",
        )


class CorrectionWaits(StepNotOpen):
    """A correction of the same value waits for its second person."""

    def __init__(self, field: str, correction_id: UUID) -> None:
        super().__init__(
            f"a correction of {field} waits for a second person: have that one confirmed or rejected first",
            correction_id=str(correction_id),
        )


class CorrectionDecided(StepNotOpen):
    """A correction was decided before."""

    def __init__(self, status: str) -> None:
        super().__init__(f"this correction is {status}: it is decided once", status=status)


class NikOfAnother(Duplicate):
    """The new NIK belongs to somebody else who is known."""

    def __init__(self, holder: UUID) -> None:
        super().__init__(
            "somebody else is known under this NIK: compare both cards; if the two are one person, end one membership "
            "for DUPLICATE",
            key="person",
            existing_id=str(holder),
        )
