"""Why a letter cannot be written now."""

from domain.refusal import GuardFailed


class LetterNotReady(GuardFailed):
    """What the letter would tell has not happened yet, or happened otherwise."""

    def __init__(self, reason_id: str, reason_en: str) -> None:
        super().__init__(reason_en, guard="letter_is_due", reason_id=reason_id, reason_en=reason_en)
        self.reason_id, self.reason_en = reason_id, reason_en
