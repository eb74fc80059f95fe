"""Until when a unit may object to a score."""

from datetime import datetime, timedelta


def is_over(concluded_at: datetime | None, days: int, now: datetime) -> bool:
    """Whether the time for an objection is over, `days` after what counts became final."""
    return concluded_at is not None and now >= concluded_at + timedelta(days=days)
