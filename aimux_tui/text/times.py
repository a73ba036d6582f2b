"""Times as people write them: "3d" ago, "yesterday", a date."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

HINT = "write 90m, 12h, 3d, 2w, today, yesterday or a date such as 2026-11-01"
_AGE = re.compile(r"(\d{1,6})\s*([mhdw])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def parse_when(text: str, now: datetime) -> datetime:
    """The time that a text means, aware; dates and days begin at local midnight.

    Raises ValueError, which says what may be written.
    """
    word = text.strip().lower()
    if age := _AGE.fullmatch(word):
        try:
            return now - timedelta(**{_UNITS[age[2]]: int(age[1])})
        except OverflowError:
            raise ValueError(f"{text!r} is too long ago") from None
    if word in {"today", "yesterday"}:
        midnight = now.astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
        return midnight if word == "today" else (midnight - timedelta(hours=12)).replace(hour=0)
    try:
        at = datetime.fromisoformat(text.strip())
        return at if at.tzinfo else at.astimezone()
    except (ValueError, OverflowError):
        raise ValueError(f"{text!r} is no time: {HINT}") from None
