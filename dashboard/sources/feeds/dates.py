"""Dates of feed items, with what is doubtful about them; nothing is guessed.

No feed parser is trusted with dates: those in use read `MSK` as UTC, `2026/9/3` as November,
seconds since 1970 as the year 1788, and give nothing for Russian months or a missing zone.
The offset of a zone on a day comes from the tz database: Moscow's was another between 2011 and 2014.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from dashboard.models.article import Precision
from dashboard.models.inbox import PRINTED_DATE_LIMIT

# ------------------------------------------------------------
# Letters for time zones, resolved by the clock of a place and never by a fixed offset.
#
# Parsers of feeds read `MSK` as UTC without a word, three hours off. Which offset a clock has on a
# day is the business of the tz database: Moscow's was another between 2011 and 2014.


UTC_ABBREVIATIONS: Final = frozenset({"Z", "UT", "UTC", "GMT"})
ZONE_ABBREVIATIONS: Final = {
    "MSK": "Europe/Moscow",
    "MSD": "Europe/Moscow",
    "МСК": "Europe/Moscow",
    "CET": "Europe/Berlin",
    "CEST": "Europe/Berlin",
    "MEZ": "Europe/Berlin",
    "MESZ": "Europe/Berlin",
    "EET": "Europe/Kyiv",
    "EEST": "Europe/Kyiv",
    "WET": "Europe/Lisbon",
    "WEST": "Europe/Lisbon",
    "BST": "Europe/London",
    "EST": "America/New_York",
    "EDT": "America/New_York",
    "CST": "America/Chicago",
    "CDT": "America/Chicago",
    "MST": "America/Denver",
    "MDT": "America/Denver",
    "PST": "America/Los_Angeles",
    "PDT": "America/Los_Angeles",
    "JST": "Asia/Tokyo",
    "HKT": "Asia/Hong_Kong",
}
"""Letters that mean one place in the feeds of this trade; IST, AST and others mean several."""


def resolve_abbreviation(local: datetime, letters: str) -> tuple[datetime, str] | None:
    """The UTC moment of a local time with letters for its zone, and what is doubtful about it.

    Args:
        local: the clock, without a zone.
        letters: `MSK`, `GMT` …

    Returns:
        The moment and a doubt, empty where there is none; None where the letters say nothing.
    """
    name = letters.upper().rstrip(".")
    if name in UTC_ABBREVIATIONS:
        return local.replace(tzinfo=UTC), ""
    place = ZONE_ABBREVIATIONS.get(name)
    if place is None:
        return None
    zone = ZoneInfo(place)
    there = local.replace(tzinfo=zone)
    doubt = ""
    if there.tzname() != name and name.isascii() and not name.startswith("ME"):
        doubt = f"{name} is not what clocks in {place} showed that day; read as their time"
    return there.astimezone(UTC), doubt


def find_zone(name: str) -> tzinfo | None:
    """A zone of the tz database; None where there is none of this name."""
    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError, OSError):
        return None


# ------------------------------------------------------------
# The date of an item: read from its own letters, never guessed, and with what is doubtful said.
#
# No parser of feeds is trusted with dates: those in use read `MSK` as UTC, `2026/9/3` as November,
# seconds since 1970 as the year 1788, and give nothing for Russian months or a missing zone.


MAX_AGE: Final = timedelta(days=30)
MAX_LEAD: Final = timedelta(hours=1)
"""A date outside [now - 30 days, now + 1 hour] is no news: its time counts as unknown."""

_MONTHS: Final = {
    **dict.fromkeys(("jan", "янв"), 1), **dict.fromkeys(("feb", "фев"), 2),
    **dict.fromkeys(("mar", "мар"), 3), **dict.fromkeys(("apr", "апр"), 4),
    **dict.fromkeys(("may", "май", "мая"), 5), **dict.fromkeys(("jun", "июн"), 6),
    **dict.fromkeys(("jul", "июл"), 7), **dict.fromkeys(("aug", "авг"), 8),
    **dict.fromkeys(("sep", "сен"), 9), **dict.fromkeys(("oct", "окт"), 10),
    **dict.fromkeys(("nov", "ноя"), 11), **dict.fromkeys(("dec", "дек"), 12),
}  # fmt: skip
_WEEKDAYS: Final = {
    word: number
    for number, words in enumerate(
        (("mon", "пн", "пон"), ("tue", "вт", "вто"), ("wed", "ср", "сре"), ("thu", "чт", "чет"),
         ("fri", "пт", "пят"), ("sat", "сб", "суб"), ("sun", "вс", "вос"))
    )
    for word in words
}  # fmt: skip
_TIME_PATTERN: Final = (
    r"(?:[,\s]+|T|\s+в\s+|\s+at\s+)(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})"
    r"(?:[.,]\d+)?)?\s*(?P<half>[AaPp]\.?[Mm]\.?)?\s*(?P<zone>[+-]\d{2}:?\d{2}|[A-Za-zА-я]{1,5})?"
    r"(?:\s*\([^)]{0,40}\))?"
)
_WEEKDAY_PATTERN: Final = r"(?:(?P<weekday>[A-Za-zА-яё]{2,12})[,.]{0,2}\s+)?"
_DATE_PATTERNS: Final = tuple(
    re.compile(rf"{day}(?:{_TIME_PATTERN})?\s*", re.IGNORECASE)
    for day in (
        rf"{_WEEKDAY_PATTERN}(?P<day>\d{{1,2}})[\s-]+(?P<month>[A-Za-zА-яё]{{3,9}})\.?[\s-]+"
        r"(?P<year>\d{4}|\d{2})(?:\s*г(?:\.|ода)?)?",
        rf"{_WEEKDAY_PATTERN}(?P<month>[A-Za-z]{{3,9}})\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+"
        r"(?P<year>\d{4})",
        r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})",
        r"(?P<year>\d{4})/(?P<month>\d{1,2})/(?P<day>\d{1,2})",
        r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})(?:\s*г\.?)?",
    )
)
_UNIX_TIME: Final = re.compile(r"\d{9,10}|\d{13}")
_SLASHED_DATE: Final = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})\b")


@dataclass(frozen=True, slots=True)
class ItemDate:
    """A date as it was read: local day, UTC moment, how exact, what is doubtful."""

    day: date | None = None
    moment: datetime | None = None
    precision: Precision = Precision.NONE
    doubt: str = ""


def parse_item_date(printed: str, zone: str, now: datetime) -> ItemDate:
    """Read the date of an item.

    Args:
        printed: as it stands in the feed.
        zone: the clock of times without a zone, by its name in the tz database; may be empty.
        now: the moment of reading, UTC.

    Returns:
        The date, of precision NONE with a doubt that says why where it is none.
    """
    text = " ".join(printed.split())[: PRINTED_DATE_LIMIT * 2]
    if not text:
        return ItemDate(doubt="the feed gives no date")
    if _UNIX_TIME.fullmatch(text):
        return _check_age(_from_unix_time(int(text)), text, now)
    found = next((match for form in _DATE_PATTERNS if (match := form.fullmatch(text))), None)
    if found is None:
        return ItemDate(doubt=_unreadable_reason(text))
    parts = found.groupdict()
    day = _parse_day(parts)
    if day is None:
        return ItemDate(doubt=f"“{text[:PRINTED_DATE_LIMIT]}” is no date")
    read = _with_time(day, parts, zone)
    wrong_weekday = _WEEKDAYS.get((parts.get("weekday") or "").lower()[:3].rstrip(".,"))
    if wrong_weekday is not None and wrong_weekday != day.weekday():
        read = replace(read, doubt=_join_doubts(read.doubt, "the day of the week does not fit"))
    return _check_age(read, text, now)


def _unreadable_reason(text: str) -> str:
    if _SLASHED_DATE.match(text):
        return f"“{text[:PRINTED_DATE_LIMIT]}” can be two dates"
    return f"“{text[:PRINTED_DATE_LIMIT]}” cannot be read as a date"


def _from_unix_time(count: int) -> ItemDate:
    seconds = count / 1000 if count > 10**11 else count
    moment = datetime.fromtimestamp(seconds, UTC).replace(microsecond=0)
    doubt = "the feed counts seconds since 1970"
    return ItemDate(moment.date(), moment, Precision.MINUTE, doubt)


def _parse_day(parts: dict[str, str | None]) -> date | None:
    month, year = parts["month"] or "", int(parts["year"] or 0)
    number = int(month) if month.isdigit() else _MONTHS.get(month.lower()[:3], 0)
    try:
        return date(year + 2000 if year < 100 else year, number, int(parts["day"] or 0))
    except ValueError:
        return None


def _with_time(day: date, parts: dict[str, str | None], zone: str) -> ItemDate:
    """The date with its hour, where hour and zone can be told."""
    if parts["hour"] is None:
        return ItemDate(day, None, Precision.DAY, "only a date, the hour is unknown")
    local = _local_time(day, parts)
    if local is None:
        return ItemDate(day, None, Precision.DAY, "the hour cannot be read")
    if (local.hour, local.minute, local.second) == (0, 0, 0):
        doubt = "midnight exactly, so that the hour is taken to be unknown"
        return ItemDate(day, None, Precision.DAY, doubt)
    return _resolve_zone(local, parts["zone"] or "", zone)


def _local_time(day: date, parts: dict[str, str | None]) -> datetime | None:
    hour = int(parts["hour"] or 0)
    half = (parts["half"] or "").lower()[:1]
    if half and not 1 <= hour <= 12:
        return None
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    try:
        clock = (hour, int(parts["minute"] or 0), min(int(parts["second"] or 0), 59))
        return datetime(day.year, day.month, day.day, *clock)  # noqa: DTZ001 - its zone follows
    except ValueError:
        return None


def _resolve_zone(local: datetime, said: str, zone: str) -> ItemDate:
    day = local.date()
    if said[:1] in {"+", "-"}:
        # Read by the standard library, which keeps offsets below a day and refuses others.
        try:
            moment = datetime.fromisoformat(f"{local.isoformat()}{said[:3]}:{said[-2:]}")
        except ValueError:
            return ItemDate(day, None, Precision.DAY, f"{said} is no offset, the hour is unknown")
        return ItemDate(day, moment.astimezone(UTC), Precision.MINUTE)
    if said:
        known = resolve_abbreviation(local, said)
        if known is None:
            doubt = f"the zone {said} is not known, so the hour is unknown"
            return ItemDate(day, None, Precision.DAY, doubt)
        return ItemDate(day, known[0], Precision.MINUTE, known[1])
    clock = find_zone(zone)
    if clock is None:
        doubt = "the feed names no time zone, so the hour is unknown"
        return ItemDate(day, None, Precision.DAY, doubt)
    doubt = f"the feed names no time zone; read as {zone}, as the list of feeds says"
    return ItemDate(day, local.replace(tzinfo=clock).astimezone(UTC), Precision.MINUTE, doubt)


def _check_age(read: ItemDate, text: str, now: datetime) -> ItemDate:
    """A date that is news, else an unknown one with the reason."""
    first, last = now - MAX_AGE, now + MAX_LEAD
    if read.moment is not None:
        fits = first <= read.moment <= last
    else:
        # Somewhere on Earth it is tomorrow already.
        fits = read.day is not None and first.date() <= read.day <= last.date() + timedelta(days=1)
    if fits:
        return read
    away = "more than 30 days ago" if _is_before(read, now) else "in the future"
    return ItemDate(doubt=f"“{text[:PRINTED_DATE_LIMIT]}” is {away}; the time counts as unknown")


def _is_before(read: ItemDate, now: datetime) -> bool:
    return read.moment < now if read.moment else bool(read.day and read.day < now.date())


def as_date_if_midnight(read: ItemDate, place: str) -> ItemDate:
    """A date alone where the moment is midnight of a place, as Google News stamps days.

    Its feeds say 07:00 or 08:00 GMT, by the season, when they know the day only.
    """
    if read.moment is None:
        return read
    there = read.moment.astimezone(ZoneInfo(place))
    if (there.hour, there.minute, there.second) != (0, 0, 0):
        return read
    doubt = "only a date, the hour is unknown (the stamp is midnight in California)"
    return ItemDate(there.date(), None, Precision.DAY, doubt)


def _join_doubts(first: str, second: str) -> str:
    return f"{first}; {second}" if first else second
