"""An iCalendar file (RFC 5545) as rows of text, a repeated event once a day it falls on.

`icalendar` reads the properties, `dateutil` counts the days of the rules. What bounds both is
here: events, lines, depth, days looked at, days taken. Time zones come from the time zone
database alone; what a file itself says about its zones (VTIMEZONE) is not read.
"""

from __future__ import annotations

import quopri
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import MAXYEAR, date, datetime, time, timedelta
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from dashboard.models.errors import InputError
from dashboard.models.event import MOSCOW
from dashboard.models.messages import at_place, deferred, plural, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.sources.files.event_grid import EventGrid, check_row_count
from dashboard.sources.files.text import (
    decode_text,
    display_text,
    line_place,
)

if TYPE_CHECKING:
    from icalendar import Component, vRecur

KIND: Final = "iCalendar"
FIELDS: Final = {
    "date": "DTSTART", "time": "time of DTSTART", "time_utc": "UTC of DTSTART", "zone": "TZID",
    "end_date": "DTEND", "title": "SUMMARY", "text": "DESCRIPTION", "source_url": "URL",
    "tags": "CATEGORIES",
}  # fmt: skip

MAX_EVENTS: Final = 5_000
MAX_LINES: Final = 500_000
MAX_DEPTH: Final = 10
MAX_DAYS: Final = 400
"""How many days of one rule are taken."""
MAX_DAYS_SEARCHED: Final = 2_000_000
"""How many days all rules of a file may look at together."""
MAX_RULE_LENGTH: Final = 500
MAX_VALUES: Final = 200_000
"""How many days and words all lists of a file may have together."""
YEARS_AHEAD: Final = 2

_LINE: Final = re.compile(
    r'(?P<name>[A-Za-z0-9-]+)(?P<params>(?:;[A-Za-z0-9-]+=(?:"[^"]*"|[^";:,]*)'
    r'(?:,(?:"[^"]*"|[^";:,]*))*)*):(?P<value>.*)',
    re.DOTALL,
)
_PARAM: Final = re.compile(';(TZID|RANGE|VALUE|ENCODING|CHARSET)=("[^"]*"|[^";:]*)', re.IGNORECASE)
"""What is read of the parameters; `icalendar` gets them as X-TZID…, which it only carries: the
type of a value could be any, and zones that one file defines would be remembered for the next."""
_DATES: Final = frozenset({"DTSTART", "DTEND", "RECURRENCE-ID", "RDATE", "EXDATE"})
_TEXTS: Final = frozenset(
    {"UID", "STATUS", "SUMMARY", "DESCRIPTION", "URL", "CATEGORIES", "DURATION"}
)
_LISTS: Final = frozenset({"RDATE", "EXDATE", "CATEGORIES"})
_QUOTE: Final = '"'
_RANGE: Final = "THISANDFUTURE"
_NOT_READ: Final = {
    "": deferred("line {line} is not NAME:VALUE, correct it ({text})"),
    "EXRULE": deferred("line {line} is not read, write the days one by one ({text})"),
    "RANGE": deferred(
        "line {line} is a range that is not read, make its days an event of their own ({text})"
    ),
}
_VERSION: Final = ("SEQUENCE", "LAST-MODIFIED", "DTSTAMP")
"""What tells two versions of an event apart, the first before the next."""
_ALL_DAY: Final = re.compile(r"X-[A-Z-]*ALL-?DAY(?:EVENT)?")
_QUOTED_PRINTABLE: Final = re.compile(rb"[^:]*;ENCODING=QUOTED-PRINTABLE[;:]", re.IGNORECASE)
_STAMP: Final = re.compile(r"[0-9]{8}(?:T[0-9]{6}Z?)?")
_RULE_LIMITS: Final = {
    "INTERVAL": (1, 10_000), "COUNT": (1, 1_000_000), "BYMONTH": (1, 12), "BYMONTHDAY": (-31, 31),
    "BYYEARDAY": (-366, 366), "BYWEEKNO": (-53, 53), "BYSETPOS": (-366, 366),
}  # fmt: skip
_RULE_PARTS: Final = frozenset({"FREQ", "UNTIL", "BYDAY", "WKST", *_RULE_LIMITS})
_TOO_OFTEN: Final = frozenset({"SECONDLY", "MINUTELY", "HOURLY"})
_ONE_DAY: Final = timedelta(days=1)
_DAYS_OF_400_YEARS: Final = 146_097


@dataclass(slots=True)
class _EventLines:
    """A VEVENT.

    Attributes:
        place: where it stands.
        lines: those that are read.
        rules: its RRULEs.
        version: the values of `_VERSION` that it has.
        is_cancelled: whether its calendar cancels its events.
        is_all_day: whether a calendar program marked it as lasting the whole day.
        wrong: what is wrong with it.
    """

    place: str
    lines: list[str] = field(default_factory=list)
    rules: list[str] = field(default_factory=list)
    version: dict[str, str] = field(default_factory=dict)
    is_cancelled: bool = False
    is_all_day: bool = False
    wrong: str = ""

    @property
    def age(self) -> tuple[int, str, str]:
        """Ascending with the version."""
        sequence, *stamps = (self.version.get(name, "") for name in _VERSION)
        return int(sequence) if sequence.isdecimal() else 0, stamps[0], stamps[1]


def read_calendar(data: bytes, name: str, today: date) -> EventGrid:
    """The events of a calendar; its columns are the values of `FIELDS`.

    Args:
        data: the bytes of the file.
        name: what messages call it.
        today: repeated events end two years after it.

    Raises:
        InputError: it is no calendar, is cut off, or holds too many events.
    """
    lines, messages = _content_lines(data, name)
    parser = _EventParser(name)
    for number, line in lines:
        if line.strip():
            parser.take(number, line)
    parser.close()
    grid = EventGrid(name, KIND, tuple(FIELDS.values()), [], [], {}, messages)
    calendar = _Calendar(grid, today, parser)
    for block, event in calendar.events:
        calendar.take(block, event)
        check_row_count(name, len(grid.rows))
    if not grid.rows:
        msg = _("{name}: holds no event (VEVENT); give a calendar with at least one", name=name)
        if calendar.events:
            msg = _("{name}: every event of it is cancelled; there is none to read", name=name)
        raise InputError(msg)
    messages.extend(at_place(name, message) for message in calendar.messages())
    return grid


@lru_cache(maxsize=1_000)
def zone_named(name: str) -> str:
    """The zone of a TZID in the time zone database; empty where it is not known."""
    wanted = name.strip().strip("/")
    windows = _windows_zones().get(wanted.casefold())
    if windows:
        return windows
    parts = wanted[-100:].split("/")[-3:]  # America/Argentina/Salta has three
    for first in range(len(parts)):  # /freeassociation.sourceforge.net/Europe/Moscow
        try:
            return ZoneInfo("/".join(parts[first:])).key
        except (KeyError, ValueError, OSError):
            continue
    return ""


@cache
def _windows_zones() -> dict[str, str]:
    """Names that Outlook writes (CLDR, windowsZones)."""
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

    return {name.casefold(): zone for name, zone in WINDOWS_TO_OLSON.items()}


# ---------------------------------------------------------------- lines of events


def _content_lines(data: bytes, name: str) -> tuple[Iterator[tuple[int, str]], list[str]]:
    """Numbered lines, joined before the bytes become text: a fold may cut a letter in two."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        data = decode_text(data, name)[0].encode()
    physical = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    if len(physical) > MAX_LINES:
        msg = _(
            "{name}: {count:,} lines, at most {max_lines:,} are read; split it",
            name=name,
            count=len(physical),
            max_lines=MAX_LINES,
        )
        raise InputError(msg)
    lines: list[list[bytes]] = []
    numbers: list[int] = []
    for number, line in enumerate(physical, 1):
        if lines and line[:1] in {b" ", b"\t"}:
            lines[-1].append(line[1:])
        elif lines and lines[-1][-1][-1:] == b"=" and _QUOTED_PRINTABLE.match(lines[-1][0]):
            lines[-1][-1] = lines[-1][-1][:-1]
            lines[-1].append(line)
        else:
            lines.append([line])
            numbers.append(number)
    text, messages = decode_text(b"\n".join(b"".join(parts) for parts in lines), name)
    return zip(numbers, text.split("\n"), strict=True), messages


class _EventParser:
    """Cuts a file into the lines of its events, each with its place."""

    def __init__(self, name: str) -> None:
        self.events: list[_EventLines] = []
        self.zone = ""
        self.others = 0
        self._name = name
        self._open: list[tuple[str, int]] = []
        self._event_depth = 0
        self._is_cancelling = False
        self._values_left = MAX_VALUES

    def take(self, number: int, line: str) -> None:
        """Sort a line in.

        Raises:
            InputError: the file is no calendar, or its parts do not close.
        """
        match = _LINE.fullmatch(line)
        name = match["name"].upper() if match else ""
        value = match["value"].strip() if match else ""
        if name == "BEGIN":
            self._begin(value.upper(), number)
        elif not self._open:
            msg = "is no iCalendar file; the first line is BEGIN:VCALENDAR"
            raise self._error(number, msg)
        elif name == "END":
            self._end(value, number)
        elif self._event_depth == len(self._open):
            params = dict(_PARAM.findall(match["params"])) if match else {}
            wrong = self._add(name, {key.upper(): params[key] for key in params}, value)
            if wrong and not self.events[-1].wrong:
                text = display_text(line)
                self.events[-1].wrong = translate_deferred(wrong, line=number, text=text)
        elif name == "X-WR-TIMEZONE":
            self.zone = self.zone or zone_named(value)
        elif name == "METHOD":
            self._is_cancelling = value.upper() == "CANCEL"

    def close(self) -> None:
        """The file has ended.

        Raises:
            InputError: before its parts did, or it has too many events.
        """
        if self._open:
            part, line = self._open[-1]
            raise self._error(
                line, _("{part} has no end; the file was cut off", part=display_text(part))
            )
        count = len(self.events)
        if count > MAX_EVENTS:
            msg = _(
                "{name}: holds {count:,} events, at most {max_events:,} are read; split it",
                name=self._name,
                count=count,
                max_events=MAX_EVENTS,
            )
            raise InputError(msg)

    def _begin(self, part: str, number: int) -> None:
        self._open.append((part, number))
        if len(self._open) > MAX_DEPTH:
            raise self._error(number, _("is nested too deeply; correct the file"))
        if part == "VEVENT" and not self._event_depth:
            self._event_depth = len(self._open)
            place = _("event {count} (line {number})", count=len(self.events) + 1, number=number)
            self.events.append(_EventLines(place, is_cancelled=self._is_cancelling))
        elif part == "VCALENDAR":
            self._is_cancelling = False
        self.others += part in {"VTODO", "VJOURNAL", "VFREEBUSY"}

    def _end(self, part: str, number: int) -> None:
        opened, line = self._open.pop()
        if part.upper() != opened:
            raise self._error(
                number,
                _(
                    "{opened} of line {line} ends as {ended}; correct the file",
                    opened=display_text(opened),
                    line=line,
                    ended=display_text(part),
                ),
            )
        if len(self._open) < self._event_depth:
            self._event_depth = 0

    def _add(self, name: str, params: dict[str, str], value: str) -> str:
        """Add a line to the event; the message about what is wrong with it, not translated."""
        event = self.events[-1]
        if name in _LISTS:
            self._values_left -= value.count(",") + 1
        if self._values_left < 0:
            return deferred("line {line} is one value too many for a file, split it ({text})")
        if name == "RRULE":
            event.rules.append(value)
        elif name in _DATES:
            carried = (f';X-{key}="{text.strip(_QUOTE)}"' for key, text in params.items())
            event.lines.append(f"{name}{''.join(carried)}:{value}")
        elif name in _TEXTS:
            event.lines.append(f"{name}:{_decoded(value, params)}")
        elif name in _VERSION:
            event.version[name] = value
        elif _ALL_DAY.fullmatch(name):
            event.is_all_day = value.upper() in {"TRUE", "1", "YES"}
        is_unread = name in _DATES and params.get("RANGE", "THISANDFUTURE").upper() != _RANGE
        return _NOT_READ.get("RANGE" if is_unread else name, "")

    def _error(self, number: int, message: str) -> InputError:
        return InputError(at_place(line_place(self._name, number), message))


# ---------------------------------------------------------------- events and rows


@dataclass(frozen=True, slots=True)
class _Override:
    """Another version of one occurrence of an event, or of it and all later ones."""

    moment: date
    event: Component
    is_range: bool
    is_cancelled: bool


class _Calendar:
    """The rows of events, and what was left out."""

    def __init__(self, grid: EventGrid, today: date, parser: _EventParser) -> None:
        self._grid = grid
        self._last = (today.replace(day=1) + timedelta(days=366 * YEARS_AHEAD)).replace(day=1)
        self._zone = parser.zone
        self._others = parser.others
        self._cancelled = 0
        self._replaced = 0
        self._all_day = 0
        self._cut = 0
        self._unknown_zones: Counter[str] = Counter()
        self._days_left = MAX_DAYS_SEARCHED
        self._overrides: dict[str, list[_Override]] = defaultdict(list)
        self.events = self._latest_versions(parser.events)
        masters = {
            _read_text(event, "UID")
            for _, event in self.events
            if not _values(event, "RECURRENCE-ID")
        }
        self._ranged: set[int] = set()
        for block, event in self.events:
            if any(name is None for name, _ in event.errors):
                block.wrong = block.wrong or _("holds a line that is not NAME:VALUE; correct it")
            with suppress(ValueError):  # said when the event itself is read
                for override in self._overrides_of(block, event):
                    self._overrides[_read_text(event, "UID")].append(override)
                    if override.is_range and _read_text(event, "UID") in masters:
                        self._ranged.add(id(event))

    def take(self, block: _EventLines, event: Component) -> None:
        """Add the rows of an event."""
        if _is_cancelled(block, event):
            self._cancelled += 1
            return
        if id(event) in self._ranged and not block.wrong:  # the event it changes makes its rows
            return
        cells = dict.fromkeys(FIELDS, "")
        try:
            rows = self._read(block, event, cells)
        except (ValueError, OverflowError) as error:
            self._grid.wrong[len(self._grid.rows)] = str(error)
            rows = [cells]
        self._grid.rows.extend([row[name] for name in FIELDS] for row in rows)
        self._grid.places.extend([block.place] * len(rows))

    def _latest_versions(self, blocks: list[_EventLines]) -> list[tuple[_EventLines, Component]]:
        """The events, of several versions of one occurrence the last.

        Two of one UID without a difference of version stay: some programs give one UID to all.
        """
        from icalendar import Event

        latest: dict[tuple[str, str], list[tuple[_EventLines, Component]]] = {}
        places = {id(block): place for place, block in enumerate(blocks)}
        for block in blocks:
            event = Event.from_ical("\n".join(["BEGIN:VEVENT", *block.lines, "END:VEVENT"]))
            occurrence = ",".join(sorted(map(str, self._recurrence_moments(event))))
            key = (_read_text(event, "UID") or block.place, occurrence)
            versions = [*latest.get(key, ()), (block, event)]
            newest = max(version.age for version, _ in versions)
            current = [pair for pair in versions if pair[0].age == newest]
            self._replaced += len(versions) - len(current)
            latest[key] = [pair for pair in current if _is_cancelled(*pair)] or current
        pairs = [pair for versions in latest.values() for pair in versions]
        return sorted(pairs, key=lambda pair: places[id(pair[0])])

    def _recurrence_moments(self, event: Component) -> list[date]:
        try:
            return self._moments(event, "RECURRENCE-ID")
        except ValueError:  # said when the event itself is read
            return []

    def _overrides_of(self, block: _EventLines, event: Component) -> Iterator[_Override]:
        for prop in _values(event, "RECURRENCE-ID"):
            is_range = prop.params.get("X-RANGE", "").upper() == _RANGE
            for moment in self._moments(event, "RECURRENCE-ID"):
                yield _Override(moment, event, is_range, _is_cancelled(block, event))

    def messages(self) -> list[str]:
        """What was left out."""
        messages = [
            plural(
                "the time zone '{zone}' is unknown; of {n} event only the day was taken",
                "the time zone '{zone}' is unknown; of {n} events only the day was taken",
                count,
                zone=display_text(zone),
            )
            for zone, count in self._unknown_zones.items()
        ]
        if self._cut:
            messages.append(
                _(
                    "{cut} repeated events go on; at most {max_days} days each and {years_ahead} "
                    "years ahead were taken",
                    cut=self._cut,
                    max_days=MAX_DAYS,
                    years_ahead=YEARS_AHEAD,
                )
            )
        if self._cancelled:
            messages.append(
                plural(
                    "{n} cancelled event was left out",
                    "{n} cancelled events were left out",
                    self._cancelled,
                )
            )
        if self._replaced:
            messages.append(
                plural(
                    "{n} event is an older version of another (of one UID) and was left out",
                    "{n} events are older versions of others (of one UID) and were left out",
                    self._replaced,
                )
            )
        if self._all_day:
            messages.append(
                plural(
                    "{n} event from midnight to midnight was read as a day without an hour",
                    "{n} events from midnight to midnight were read as days without an hour",
                    self._all_day,
                )
            )
        if self._others:
            messages.append(
                plural(
                    "{n} task or journal is no event and was left out",
                    "{n} tasks or journals are no events and were left out",
                    self._others,
                )
            )
        return messages

    def _read(
        self, block: _EventLines, event: Component, cells: dict[str, str]
    ) -> list[dict[str, str]]:
        """The rows of an event; `cells` takes what they have in common.

        Raises:
            ValueError: the event cannot be read; with what to do.
        """
        if block.wrong:
            raise ValueError(block.wrong)
        start = self._start(block, event)
        cells |= _cells(event, start)
        overrides = self._overrides[_read_text(event, "UID")]
        if self._moments(event, "RECURRENCE-ID"):
            overrides = []
        single = [_wall(item.moment, start) for item in overrides if not item.is_range]
        ranges = sorted(
            ((_wall(item.moment, start), item) for item in overrides if item.is_range),
            key=lambda pair: pair[0],
        )
        rows = []
        for wall in sorted(self._occurrences(block, event, start) - set(single)):
            override = next((pair for pair in reversed(ranges) if pair[0] <= wall), None)
            if override is None:
                rows.append(self._row(event, start, cells, wall))
            elif not override[1].is_cancelled:
                rows.append(self._moved_row(override[1], wall - override[0]))
        return rows

    def _row(
        self, event: Component, start: date, cells: dict[str, str], wall: datetime
    ) -> dict[str, str]:
        """The row of an occurrence, given as the clock in the zone of the start shows it."""
        row = cells | {"date": wall.date().isoformat()}
        length = self._last_day(event, start) - _wall(start, start).date()
        if length:
            row["end_date"] = (wall.date() + length).isoformat()
        if row["time_utc"]:
            row["time_utc"] = f"{wall:%Y-%m-%dT%H:%M:%S}Z"
        if row["time"]:
            row["time"] = f"{wall:%H:%M:%S}"
        return row

    def _moved_row(self, override: _Override, later: timedelta) -> dict[str, str]:
        """The row of an occurrence some time after the one from which an override counts."""
        start = self._start(_EventLines(""), override.event)
        cells = dict.fromkeys(FIELDS, "") | _cells(override.event, start)
        return self._row(override.event, start, cells, _wall(start, start) + later)

    def _start(self, block: _EventLines, event: Component) -> date:
        """A day, a wall clock without zone, or a moment in a zone of the database."""
        starts = self._moments(event, "DTSTART")
        if not starts:
            raise ValueError(_("has no DTSTART; give it a date"))
        written = _values(event, "DTSTART")[0].params.get("X-TZID", "")
        start = starts[0]
        if not isinstance(start, datetime):
            return start
        if not start.tzinfo and written:
            self._unknown_zones[written] += 1
            return start.date()
        return self._whole_day(block, event, start) or start

    def _whole_day(self, block: _EventLines, event: Component, start: datetime) -> date | None:
        """The day of an event from midnight to midnight; None for other events.

        A program that writes UTC writes the midnight of its own zone, which the calendar may name.
        """
        zone = self._zone or MOSCOW
        local = start.astimezone(ZoneInfo(zone)) if str(start.tzinfo) == "UTC" else start
        ends = self._moments(event, "DTEND")
        is_midnight = local.time() == time()
        lasts_days = bool(
            ends
            and isinstance(ends[0], datetime)
            and (_wall(ends[0], start) - _wall(start, start)) % _ONE_DAY == timedelta()
            and _wall(ends[0], start) > _wall(start, start)
        )
        if block.is_all_day:
            return local.date() if is_midnight else start.date()
        if is_midnight and lasts_days:
            self._all_day += 1
            return local.date()
        return None

    def _moments(self, event: Component, name: str) -> list[date]:
        """The values of a property; without zone where it is floating or of an unknown zone."""
        return [
            self._in_zone(value.dt, prop.params, name)
            for prop in _values(event, name)
            for value in _dates(prop, name)
        ]

    def _in_zone(self, value: object, params: Mapping[str, str], name: str) -> date:
        if isinstance(value, tuple) and name == "RDATE":  # a period
            value = value[0]
        if isinstance(value, datetime) and params.get("X-VALUE", "").upper() != "DATE":
            written = params.get("X-TZID", "")
            zone = zone_named(written) if written else self._zone
            return value.replace(tzinfo=ZoneInfo(zone)) if zone and not value.tzinfo else value
        if isinstance(value, date):
            return date(value.year, value.month, value.day)
        raise ValueError(_("{name}: is no date; write 20241231 or 20241231T103000Z", name=name))

    def _last_day(self, event: Component, start: date) -> date:
        """The last day of an event; the end of a whole day is the day after it."""
        begins = _wall(start, start)
        ends = self._moments(event, "DTEND")
        end = _wall(ends[0], start) if ends else begins + _duration(event)
        if end.date() < begins.date():
            raise ValueError(
                _(
                    "DTEND: {end} is before {start}; swap them",
                    end=end.date(),
                    start=begins.date(),
                )
            )
        is_midnight = end.time() == time()
        return max(begins.date(), end.date() - _ONE_DAY if is_midnight else end.date())

    def _occurrences(self, block: _EventLines, event: Component, start: date) -> set[datetime]:
        """When an event happens, as the clock in the zone of its start shows it."""
        first = _wall(start, start)
        moments = {first, *(_wall(moment, start) for moment in self._moments(event, "RDATE"))}
        for text in block.rules:
            days = self._repeated(Rule.parse(text, start), first)
            moments.update(datetime.combine(day, first.time()) for day in days)
        for removed in self._moments(event, "EXDATE"):
            wall = _wall(removed, start)
            if wall in moments or wall.time() != time():
                moments.discard(wall)
            else:  # a day alone, or the midnight that stands for it
                moments -= {moment for moment in moments if moment.date() == wall.date()}
        return moments

    def _repeated(self, rule: Rule, first: datetime) -> tuple[date, ...]:
        if self._days_left < 0:
            raise ValueError(_("the rules of the file repeat too many days; split the file"))
        result = rule.days(first, self._last)
        self._days_left -= result.searched
        self._cut += result.goes_on
        return result.days


def _is_cancelled(block: _EventLines, event: Component) -> bool:
    return block.is_cancelled or _read_text(event, "STATUS").upper() == "CANCELLED"


def _decoded(value: str, params: Mapping[str, str]) -> str:
    """The text of a property, out of quoted-printable where it says so."""
    if params.get("ENCODING", "").upper() != "QUOTED-PRINTABLE":
        return value
    raw = quopri.decodestring(value.encode())
    try:
        text = raw.decode(params.get("CHARSET", "").strip(_QUOTE) or "utf-8", "replace")
    except LookupError:
        text = raw.decode("utf-8", "replace")
    return text.replace("\r\n", "\n").replace("\n", "\\n")


def _values(event: Component, name: str) -> list[Any]:
    """Every property of a name."""
    values = event.get(name, [])
    return values if isinstance(values, list) else [values]


def _read_text(event: Component, name: str) -> str:
    """The first value of a name; empty if it is missing."""
    return next((str(value).strip() for value in _values(event, name)), "")


def _dates(prop: Any, name: str) -> list[Any]:
    """The dates of a property, or why they are none."""
    from icalendar import vBroken

    if not isinstance(prop, vBroken):
        dates: list[Any] = prop.dts
        return dates
    cell = display_text(str(prop))
    if all(map(_STAMP.fullmatch, str(prop).split(","))):
        reason = _("'{cell}' is a date that does not exist; correct it", cell=cell)
    else:
        reason = _("'{cell}' is no date; write 20241231 or 20241231T103000Z", cell=cell)
    raise ValueError(at_place(name, reason))


def _duration(event: Component) -> timedelta:
    for prop in _values(event, "DURATION"):
        length = getattr(prop, "dt", None)
        if not isinstance(length, timedelta) or length < timedelta():
            raise ValueError(
                _("DURATION: '{prop}' is none; write it like P1D", prop=display_text(str(prop)))
            )
        return length
    return timedelta()


def _wall(moment: date, start: date) -> datetime:
    """A moment as the clock in the zone of an event's start shows it; midnight for a day."""
    if not isinstance(moment, datetime):
        return datetime.combine(moment, time())
    if moment.tzinfo and isinstance(start, datetime) and start.tzinfo:
        moment = moment.astimezone(start.tzinfo)
    return moment.replace(tzinfo=None)


def _cells(event: Component, start: date) -> dict[str, str]:
    clock = f"{start:%H:%M:%S}" if isinstance(start, datetime) else ""
    zone = str(start.tzinfo or "") if isinstance(start, datetime) else ""
    day = _wall(start, start).date()
    tags = [str(tag) for prop in _values(event, "CATEGORIES") for tag in prop.cats]
    return {
        "date": day.isoformat(),
        "time": "" if zone == "UTC" else clock,
        "time_utc": f"{day}T{clock}Z" if zone == "UTC" else "",
        "zone": zone,
        "title": _read_text(event, "SUMMARY"),
        "text": _read_text(event, "DESCRIPTION"),
        "source_url": _read_text(event, "URL"),
        "tags": "".join(f"{tag.strip().replace(';', ',')};" for tag in tags),
    }


# ---------------------------------------------------------------- rules of repetition


@dataclass(frozen=True, slots=True)
class RuleDays:
    """Days of a rule, at most `MAX_DAYS`, whether it goes on, and how many days were searched."""

    days: tuple[date, ...]
    goes_on: bool
    searched: int


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of repetition, daily or rarer.

    Attributes:
        text: the rule as `dateutil` takes it, without its end.
        count: how many days it has, the start among them.
        until: its end on the clock of the start.
    """

    text: str
    count: int | None = None
    until: datetime | None = None

    @classmethod
    def parse(cls, text: str, start: date) -> Rule:
        """The rule that an RRULE writes.

        Raises:
            ValueError: it is none, repeats more often than daily, or has a part that is not read.
        """
        from icalendar import vRecur

        if len(text) > MAX_RULE_LENGTH:
            raise ValueError(_("the rule of repetition is too long; write the days one by one"))
        parts = [part.upper().split("=") for part in text.split(";") if part]
        names = {part[0] for part in parts if len(part) == 2}
        if len(names) < len(parts) or not names <= _RULE_PARTS:
            raise ValueError(
                _(
                    "the rule '{text}' is not read; write the days one by one",
                    text=display_text(text),
                )
            )
        try:
            rule = vRecur.from_ical(text)
            _check_rule(rule)
            count, until = (rule.pop(name, [None])[0] for name in ("COUNT", "UNTIL"))
            return cls(rule.to_ical().decode(), count, _until(until, start) if until else None)
        except _TooOftenError:
            raise
        except (ValueError, OverflowError):
            raise ValueError(
                _("the rule '{text}' is none; correct it", text=display_text(text))
            ) from None

    def days(self, first: datetime, last: date) -> RuleDays:
        """The days of the rule from its start, which is always one, to `last`.

        `dateutil` looks for a day of a rule that never happens until the year 9999. The calendar
        repeats every 400 years, so the search is done in the last years there are.

        Raises:
            ValueError: `dateutil` does not take the rule.
        """
        from dateutil.rrule import rrulestr

        horizon = datetime.combine(last, time.max)
        end = max(first, min(self.until or horizon, horizon))
        years = (MAXYEAR - end.year) // 400 * 400
        days = [first.date()]
        searched_to = date.max
        try:
            for moment in rrulestr(self.text, dtstart=first.replace(year=first.year + years)):
                unshifted = moment.replace(year=moment.year - years)
                if unshifted > end or len(days) > MAX_DAYS:
                    searched_to = moment.date()
                    break
                if unshifted > first:
                    days.append(unshifted.date())
        except (ValueError, OverflowError):
            raise ValueError(
                _("the rule '{text}' is none; correct it", text=display_text(self.text))
            ) from None
        taken = min(MAX_DAYS, len(days), self.count or MAX_DAYS)
        goes_on = len(days) > taken or self.until is None or self.until > horizon
        return RuleDays(
            days=tuple(days[:taken]),
            goes_on=self.count > taken if self.count else goes_on,
            searched=(searched_to - first.date()).days - years // 400 * _DAYS_OF_400_YEARS,
        )


class _TooOftenError(ValueError):
    """A rule of hours, minutes or seconds."""


def _check_rule(rule: vRecur) -> None:
    """Refuse what `dateutil` would take hours over, or take for something else."""
    freq = rule.get("FREQ", [""])
    if freq[0] in _TOO_OFTEN:
        raise _TooOftenError(_("repeats {freq}; at most daily is read", freq=str(freq[0]).lower()))
    if len(freq) != 1 or not freq[0] or ("COUNT" in rule and "UNTIL" in rule):
        raise ValueError(freq)
    if any(len(rule.get(name, [0])) != 1 for name in ("INTERVAL", "COUNT", "UNTIL")):
        raise ValueError(rule)
    for name, (low, high) in _RULE_LIMITS.items():
        if not all(number and low <= number <= high for number in rule.get(name, ())):
            raise ValueError(name)


def _until(written: object, start: date) -> datetime:
    """The end of a rule; of a day without a clock, its end."""
    if isinstance(written, datetime) and isinstance(start, datetime):
        return _wall(written, start)
    if isinstance(written, date):
        return datetime.combine(date(written.year, written.month, written.day), time.max)
    raise ValueError(written)
