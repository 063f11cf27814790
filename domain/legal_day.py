"""Legal days: those of Asia/Jakarta, whatever the zone of an instant."""

from datetime import date, datetime, timedelta, timezone
from typing import Final

WIB: Final = timezone(timedelta(hours=7), "WIB")  # Asia/Jakarta has no daylight saving


def legal_day(instant: datetime) -> date:
    """Return the day in Asia/Jakarta on which an instant lies."""
    return instant.astimezone(WIB).date()
