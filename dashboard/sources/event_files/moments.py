"""A day, a clock and a zone become a moment in UTC, or a reason why they do not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from dashboard.domain.event import MOSCOW
from dashboard.sources.cells import read_day
from dashboard.sources.file_bytes import shown
from dashboard.sources.written_days import clock_24, split_moment

_CLOCK: Final = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:[.,][0-9]{1,9})?)?")
_WITH_ZONE: Final = re.compile(r"(.*?)\s?(Z|UTC|GMT|MSK|МСК|[+-][0-9]{2}:?[0-9]{2})", re.IGNORECASE)
_OFFSET: Final = re.compile(r"([+-])([0-9]{2}):?([0-9]{2})")
_NAMED: Final = {"Z": "UTC", "UTC": "UTC", "GMT": "UTC", "MSK": MOSCOW, "МСК": MOSCOW}
_LONGEST_OFFSET: Final = timedelta(hours=14)


@dataclass(frozen=True, slots=True)
class Clock:
    """What a row says of its moment: an ISO day, a time, its zone mark, the zone of the rest."""

    day: str
    time: str
    mark: str
    zone: str


@dataclass(frozen=True, slots=True)
class ClockRead:
    """A moment as text: UTC, and the day it belongs to.

    `took_zone` says whether the zone of the rest was used, `is_moved` whether the offset made
    the day another than the one that is written.
    """

    utc: str
    day: str
    took_zone: bool
    is_moved: bool = False


def read_clock(clock: Clock) -> ClockRead:
    """The moment of a row.

    A day stays as it is written, unless an offset makes it one that is neither the day in
    Moscow nor in UTC: then it is the day in Moscow.

    Raises:
        ValueError: the day, the time or the zone is none; with what to do.
    """
    day = read_day(clock.day)
    text, mark = clock.time, clock.mark
    own_day, own_time, own_mark = split_moment(text)
    if own_time:  # a column of times that hold the day again
        if read_day(own_day) != day:
            msg = f"'{shown(text)}' is not on {day}; correct the day or the time"
            raise ValueError(msg)
        text, mark = own_time, own_mark
    elif found := _WITH_ZONE.fullmatch(text):
        text, mark = found[1], found[2].upper()
    local = _on_day(datetime(day.year, day.month, day.day), text)  # noqa: DTZ001 - a wall clock
    if mark and mark not in _NAMED:
        return _with_offset(local, mark)
    utc = _in_zone(local, _NAMED.get(mark, clock.zone))
    return ClockRead(_text(utc), day.isoformat(), took_zone=not mark)


def _on_day(midnight: datetime, text: str) -> datetime:
    found = _CLOCK.fullmatch(clock_24(text.strip()))
    if found is None:
        msg = f"'{shown(text)}' is no time; write it like 18:05"
        raise ValueError(msg)
    hour, minute, second = (int(part or 0) for part in found.groups())
    if hour > 23 or minute > 59 or second > 59:
        msg = f"'{shown(text)}' is a time that does not exist; correct it"
        raise ValueError(msg)
    return midnight.replace(hour=hour, minute=minute, second=second)


def _in_zone(local: datetime, name: str) -> datetime:
    try:
        zone = ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        msg = f"'{shown(name)}' is no time zone; write it like {MOSCOW}"
        raise ValueError(msg) from None
    first, second = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first == second:
        return first
    missing = first.astimezone(zone).replace(tzinfo=None) != local
    happens = "does not exist" if missing else "happens twice"
    msg = f"{local:%H:%M} {happens} in {name} on {local:%Y-%m-%d}, clocks changed; give it in UTC"
    raise ValueError(msg)


def _with_offset(local: datetime, mark: str) -> ClockRead:
    found = _OFFSET.fullmatch(mark)
    hours, minutes = (int(found[2]), int(found[3])) if found else (99, 0)
    ahead = timedelta(hours=hours, minutes=minutes)
    if found is None or minutes > 59 or ahead > _LONGEST_OFFSET:
        msg = f"'{shown(mark)}' is no time zone; write it like +03:00"
        raise ValueError(msg)
    utc = (local - ahead if found[1] == "+" else local + ahead).replace(tzinfo=UTC)
    moscow = utc.astimezone(ZoneInfo(MOSCOW)).date()
    day = local.date() if local.date() in {moscow, utc.date()} else moscow
    return ClockRead(_text(utc), day.isoformat(), took_zone=False, is_moved=day != local.date())


def _text(utc: datetime) -> str:
    return f"{utc:%Y-%m-%dT%H:%M:%S}Z"
