"""An iCalendar file as a grid: a row an event, repeated ones once a day they fall on."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from dashboard.models.errors import InputError
from dashboard.sources.event_files.calendar_lines import (
    Component,
    Property,
    read_components,
    split_words,
    walk,
)
from dashboard.sources.event_files.calendar_zones import zone_named
from dashboard.sources.event_files.recurrence import MOST, days_of, read_rule
from dashboard.sources.files.event_grid import EventGrid, check_row_count
from dashboard.sources.files.text import display_text

KIND: Final = "iCalendar"
MAX_EVENTS: Final = 5_000
YEARS_AHEAD: Final = 2
FIELDS: Final = {
    "date": "DTSTART", "time": "time of DTSTART", "time_utc": "UTC of DTSTART", "zone": "TZID",
    "end_date": "DTEND", "title": "SUMMARY", "text": "DESCRIPTION", "source_url": "URL",
    "tags": "CATEGORIES",
}  # fmt: skip

_BEGIN: Final = re.compile(rb"^BEGIN:VEVENT", re.IGNORECASE | re.MULTILINE)
_STAMP: Final = re.compile(
    r"([0-9]{4})([0-9]{2})([0-9]{2})(?:T([0-9]{2})([0-9]{2})([0-9]{2})(Z?))?"
)
_DURATION: Final = re.compile(
    r"([+-]?)P(?:([0-9]{1,4})W)?(?:([0-9]{1,5})D)?"
    r"(?:T(?:([0-9]{1,6})H)?(?:([0-9]{1,7})M)?(?:([0-9]{1,8})S)?)?"
)
_ONE_DAY: Final = timedelta(days=1)
_DAYS_COUNTED: Final = 2_000_000
"""How many days all rules of a file may look at together."""


@dataclass(frozen=True, slots=True)
class _When:
    """A date or a date with a clock, as it is written; `zone` is empty for a floating clock."""

    day: date
    clock: str = ""
    is_utc: bool = False
    zone: str = ""


@dataclass(slots=True)
class _Told:
    """What happened in a file, counted, and what is left of the days to look at."""

    cancelled: int = 0
    cut: int = 0
    unknown_zones: dict[str, int] = field(default_factory=dict)
    days_left: int = _DAYS_COUNTED


def read_calendar(data: bytes, name: str, today: date) -> EventGrid:
    """The events of a calendar; its columns are the values of `FIELDS`.

    Args:
        data: the bytes of the file.
        name: what messages call it.
        today: repeated events end two years after it.

    Raises:
        InputError: it is no calendar, is cut off, or holds too many events.
    """
    count = len(_BEGIN.findall(data.replace(b"\r", b"\n")))
    if count > MAX_EVENTS:
        msg = f"{name}: holds {count:,} events, at most {MAX_EVENTS:,} are read; split it"
        raise InputError(msg)
    calendars, messages = read_components(data, name)
    grid = EventGrid(name, KIND, tuple(FIELDS.values()), [], [], {}, messages)
    reader = _Calendar(grid, today, calendars)
    others = [part for part in walk(calendars) if part.name in {"VTODO", "VJOURNAL", "VFREEBUSY"}]
    for number, event in enumerate(reader.events, 1):
        reader.take(number, event)
    if not grid.rows:
        msg = f"{name}: holds no event (VEVENT); give a calendar with at least one"
        raise InputError(msg)
    grid.told.extend(reader.messages())
    if others:
        grid.told.append(f"{name}: {len(others)} tasks or journals are no events and were left out")
    return grid


class _Calendar:
    def __init__(self, grid: EventGrid, today: date, calendars: list[Component]) -> None:
        self._grid = grid
        self._last = (today.replace(day=1) + timedelta(days=366 * YEARS_AHEAD)).replace(day=1)
        self._told = _Told()
        self._zone = next(
            (zone for c in calendars if (zone := zone_named(c.text("X-WR-TIMEZONE") or "?"))), ""
        )
        self.events = [part for part in walk(calendars) if part.name == "VEVENT"]
        self._moved = {
            (event.text("UID"), stamp.day)
            for event in self.events
            if (moved := event.first("RECURRENCE-ID")) and (stamp := _stamp_if(moved))
        }

    def take(self, number: int, event: Component) -> None:
        """Add the rows of an event."""
        if event.text("STATUS").upper() == "CANCELLED":
            self._told.cancelled += 1
            return
        where = f"event {number} (line {event.line})"
        cells = dict.fromkeys(FIELDS, "")
        try:
            start = self._when(event)
            cells |= self._cells(event, start)
            days = self._days(event, start)
        except ValueError as error:
            self._add(where, cells, str(error))
            return
        end = cells["end_date"]
        length = date.fromisoformat(end) - start.day if end else timedelta()
        for day in days:
            cells["date"] = day.isoformat()
            cells["end_date"] = (day + length).isoformat() if end else ""
            if start.is_utc:
                cells["time_utc"] = f"{day}T{start.clock}Z"
            self._add(where, cells)

    def messages(self) -> list[str]:
        """What was left out."""
        name, told, made = self._grid.name, self._told, []
        for zone, count in told.unknown_zones.items():
            made.append(
                f"{name}: the time zone '{display_text(zone)}' is unknown; of {count} events only the day"
                " was taken"
            )
        if told.cut:
            made.append(
                f"{name}: {told.cut} repeated events go on; at most {MOST} days each and"
                f" {YEARS_AHEAD} years ahead were taken"
            )
        if told.cancelled:
            made.append(f"{name}: {told.cancelled} cancelled events were left out")
        return made

    def _add(self, where: str, cells: dict[str, str], wrong: str = "") -> None:
        check_row_count(self._grid.name, len(self._grid.rows) + 1)
        if wrong:
            self._grid.wrong[len(self._grid.rows)] = wrong
        self._grid.rows.append([cells[name] for name in FIELDS])
        self._grid.where.append(where)

    def _when(self, event: Component) -> _When:
        start = event.first("DTSTART")
        if start is None or event.broken:
            raise ValueError(event.broken or "has no DTSTART; give it a date")
        when = _stamp(start)
        tzid = start.params.get("TZID", "")
        if not when.clock or when.is_utc:
            return when
        zone = zone_named(tzid) if tzid else self._zone
        if tzid and not zone:
            self._told.unknown_zones[tzid] = self._told.unknown_zones.get(tzid, 0) + 1
            return _When(when.day)
        return _When(when.day, when.clock, zone=zone)

    def _cells(self, event: Component, start: _When) -> dict[str, str]:
        words = [word for line in event.properties.get("CATEGORIES", ()) for word in
                 split_words(line.value)]  # fmt: skip
        end = _last_day(event, start)
        return {
            "date": start.day.isoformat(),
            "time": "" if start.is_utc else start.clock,
            "time_utc": f"{start.day}T{start.clock}Z" if start.is_utc else "",
            "zone": "UTC" if start.is_utc else start.zone,
            "end_date": end.isoformat() if end > start.day else "",
            "title": event.text("SUMMARY"),
            "text": event.text("DESCRIPTION"),
            "source_url": event.text("URL"),
            "tags": ";".join(word.replace(";", ",") for word in words),
        }

    def _days(self, event: Component, start: _When) -> list[date]:
        rule = event.first("RRULE")
        more = [day for line in event.properties.get("RDATE", ()) for day in _days_listed(line)]
        if rule is None and not more:
            return [start.day]
        days = {start.day, *more, *(self._repeated(rule, start.day) if rule else ())}
        without = {d for line in event.properties.get("EXDATE", ()) for d in _days_listed(line)}
        if "RECURRENCE-ID" not in event.properties:
            uid = event.text("UID")
            without |= {day for day in days if (uid, day) in self._moved}
        return sorted(days - without)

    def _repeated(self, line: Property, start: date) -> tuple[date, ...]:
        rule = read_rule(line.value)
        until = _stamp(Property("UNTIL", {}, rule.until, line.line)).day if rule.until else None
        last = min(until or self._last, self._last)
        self._told.days_left -= max(0, (last - start).days)
        if self._told.days_left < 0:
            raise ValueError("the rules of the file repeat too many days; split the file")
        days, goes_on = days_of(rule, start, last)
        self._told.cut += goes_on or (until is not None and until > last)
        return days


def _stamp(line: Property) -> _When:
    value = line.value.strip()
    found = _STAMP.fullmatch(value)
    if found is None:
        msg = f"{line.name}: '{display_text(value)}' is no date; write 20241231 or 20241231T103000Z"
        raise ValueError(msg)
    try:
        day = date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        msg = f"{line.name}: '{display_text(value)}' is a date that does not exist; correct it"
        raise ValueError(msg) from None
    if found[4] is None or line.params.get("VALUE", "").upper() == "DATE":
        return _When(day)
    return _When(day, f"{found[4]}:{found[5]}:{found[6]}", is_utc=found[7] == "Z")


def _stamp_if(line: Property) -> _When | None:
    try:
        return _stamp(line)
    except ValueError:
        return None


def _days_listed(line: Property) -> list[date]:
    return [
        _stamp(Property(line.name, line.params, value.partition("/")[0], line.line)).day
        for value in line.value.split(",")
        if value.strip()
    ]


def _last_day(event: Component, start: _When) -> date:
    """The last day of an event; the end of a whole day is the day after it."""
    line = event.first("DTEND")
    if line is None:
        return _after(event, start)
    end = _stamp(line)
    if end.day < start.day:
        raise ValueError(f"DTEND: {end.day} is before {start.day}; swap them")
    ends_before = not end.clock or end.clock == "00:00:00"
    return max(start.day, end.day - _ONE_DAY) if ends_before else end.day


def _after(event: Component, start: _When) -> date:
    text = event.text("DURATION").upper()
    found = _DURATION.fullmatch(text) if text else None
    if not text:
        return start.day
    if found is None or found[1] == "-":
        raise ValueError(f"DURATION: '{display_text(text)}' is none; write it like P1D")
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups()[1:])
    length = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    clock = [int(part) for part in (start.clock or "00:00:00").split(":")]
    end = timedelta(hours=clock[0], minutes=clock[1], seconds=clock[2]) + length
    whole = end // _ONE_DAY - (1 if end % _ONE_DAY == timedelta() and end else 0)
    return start.day + _ONE_DAY * whole if whole < 40_000 else start.day
