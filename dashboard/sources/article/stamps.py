"""A stamp of a page ("2025-04-22T10:15:00+03:00") as a day, and a moment where it has a zone."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from email.utils import parsedate_to_datetime
from typing import Final

from dashboard.domain.article import Published

_DAY: Final = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(?!\d)|(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
_DOTTED: Final = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?!\d)")
_EARLIEST: Final = date(1995, 1, 1)


def read_stamp(text: object, origin: str) -> Published | None:
    """What a stamp says; None where it says nothing that can be right.

    Without a zone only the day is taken: some publishers mean UTC, some their own clock. A
    midnight is a day without an hour, which several publishers write so.
    """
    text = _one_text(text)
    if text is None:
        return None
    found = _stamped(text)
    if found is None:
        return _only_day(text, origin)
    if found.tzinfo is None or found.time() == time():
        return _plausible(Published(found.date(), origin))
    try:
        return _plausible(Published(found.date(), origin, found.astimezone(UTC)))
    except OverflowError:
        return None


def _one_text(value: object) -> str | None:
    """The text of a stamp; JSON-LD may wrap it in a list or give it a type."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("@value")
    return value.strip() if isinstance(value, str) else None


def _stamped(text: str) -> datetime | None:
    """A moment in ISO 8601, or as mails write it (`Tue, 22 Apr 2025 10:15:00 GMT`)."""
    try:
        if text[:1].isalpha():
            return parsedate_to_datetime(text)
        return datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        return None


def _only_day(text: str, origin: str) -> Published | None:
    found, dotted = _DAY.match(text), _DOTTED.match(text)
    numbers = [part for part in found.groups() if part] if found else []
    if dotted:
        numbers = list(reversed(dotted.groups()))
    try:
        day = date(*map(int, numbers)) if numbers else None
    except ValueError:
        day = None
    return _plausible(Published(day, origin)) if day else None


def _plausible(published: Published) -> Published | None:
    return published if published.day >= _EARLIEST else None
