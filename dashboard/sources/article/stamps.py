"""A stamp of a page ("2025-04-22T10:15:00+03:00") as a day, and a moment where it has a zone."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from typing import Final

from dashboard.domain.article import Published

_DAY: Final = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)")
_EARLIEST: Final = date(1995, 1, 1)


def read_stamp(text: object, origin: str) -> Published | None:
    """What a stamp says; None where it says nothing that can be right.

    Without a zone only the day is taken: some publishers mean UTC, some their own clock. A
    midnight is a day without an hour, which several publishers write so.
    """
    if not isinstance(text, str):
        return None
    text = text.strip()
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return _only_day(text, origin)
    if found.tzinfo is None or found.time() == time():
        return _plausible(Published(found.date(), origin))
    try:
        return _plausible(Published(found.date(), origin, found.astimezone(UTC)))
    except OverflowError:
        return None


def _only_day(text: str, origin: str) -> Published | None:
    found = _DAY.match(text)
    try:
        day = date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        day = None
    return _plausible(Published(day, origin)) if day else None


def _plausible(published: Published) -> Published | None:
    return published if published.day >= _EARLIEST else None
