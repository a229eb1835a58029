"""Clock times that name their zone ("13:30 Moscow time"), put on the day that is said with them."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from dashboard.domain.article import Precision, SaidDate

ZONES: Final = {
    r"gmt|utc": "UTC",
    r"msk|moscow\s+time|мск|по\s+московскому\s+времени|по\s+москве": "Europe/Moscow",
    r"kyiv\s+time|kiev\s+time|по\s+киеву|по\s+киевскому\s+времени": "Europe/Kyiv",
    r"cet|cest|brussels\s+time|berlin\s+time": "Europe/Berlin",
    r"bst|london\s+time": "Europe/London",
    r"et|est|edt|eastern\s+time|washington\s+time": "America/New_York",
}
"""Zones by the words for them; their database decides about summer time."""

_CLOCK: Final = re.compile(
    r"(?:\b(?:at|в)\s+)?\b(?P<hour>\d{1,2})[:.](?P<minute>[0-5]\d)\s*(?P<half>[ap]\.?m\.?)?\s*\(?"
    rf"(?P<zone>{'|'.join(ZONES)})\b",
    re.IGNORECASE,
)
OF_THE_SENTENCE_BEFORE: Final = "the day is that of the sentence before"


def clock_in(
    sentence: str, dates: tuple[SaidDate, ...], before: date | None
) -> tuple[SaidDate, ...]:
    """The dates of a sentence with its clock time: on the nearest, or on the day said before."""
    found = _CLOCK.search(sentence)
    if found is None:
        return dates
    days = [said for said in dates if said.precision is Precision.DAY and said.day]
    if not days and before is not None and not dates:
        alone = SaidDate(found[0].strip(), found.start(), Precision.DAY, before, before)
        moment = _moment(found, before)
        return (replace(_timed(alone, moment), doubt=OF_THE_SENTENCE_BEFORE),)
    if not days:
        return dates
    near = min(days, key=lambda said: abs(said.start - found.start()))
    assert near.day is not None
    timed = _timed(near, _moment(found, near.day))
    return tuple(timed if said is near else said for said in dates)


def _timed(said: SaidDate, moment: datetime | None) -> SaidDate:
    if moment is None:
        return said
    return replace(said, moment=moment, precision=Precision.MINUTE)


def _moment(found: re.Match[str], day: date) -> datetime | None:
    half = (found["half"] or "").lower()[:1]
    hour = int(found["hour"])
    if hour > (12 if half else 23):
        return None
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    zone = next(z for words, z in ZONES.items() if re.fullmatch(words, found["zone"], re.I))
    return datetime.combine(day, time(hour, int(found["minute"])), ZoneInfo(zone)).astimezone(UTC)
