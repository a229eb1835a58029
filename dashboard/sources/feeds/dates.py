"""The date of an item: read from its own letters, never guessed, and with what is doubtful said.

No parser of feeds is trusted with dates: those in use read `MSK` as UTC, `2026/9/3` as November,
seconds since 1970 as the year 1788, and give nothing for Russian months or a missing zone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from dashboard.domain.article import Precision
from dashboard.domain.candidate import PRINTED_LIMIT
from dashboard.sources.feeds.zone_names import at_place, zone_of

OLDEST: Final = timedelta(days=30)
AHEAD: Final = timedelta(hours=1)
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
_CLOCK: Final = (
    r"(?:[,\s]+|T|\s+в\s+|\s+at\s+)(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})"
    r"(?:[.,]\d+)?)?\s*(?P<half>[AaPp]\.?[Mm]\.?)?\s*(?P<zone>[+-]\d{2}:?\d{2}|[A-Za-zА-я]{1,5})?"
    r"(?:\s*\([^)]{0,40}\))?"
)
_WEEKDAY: Final = r"(?:(?P<weekday>[A-Za-zА-яё]{2,12})[,.]{0,2}\s+)?"
_FORMS: Final = tuple(
    re.compile(rf"{day}(?:{_CLOCK})?\s*", re.IGNORECASE)
    for day in (
        rf"{_WEEKDAY}(?P<day>\d{{1,2}})[\s-]+(?P<month>[A-Za-zА-яё]{{3,9}})\.?[\s-]+"
        r"(?P<year>\d{4}|\d{2})(?:\s*г(?:\.|ода)?)?",
        rf"{_WEEKDAY}(?P<month>[A-Za-z]{{3,9}})\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+"
        r"(?P<year>\d{4})",
        r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})",
        r"(?P<year>\d{4})/(?P<month>\d{1,2})/(?P<day>\d{1,2})",
        r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})(?:\s*г\.?)?",
    )
)
_COUNTED: Final = re.compile(r"\d{9,10}|\d{13}")
_SLASHES: Final = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})\b")


@dataclass(frozen=True, slots=True)
class ReadDate:
    """A date as it was read: local day, UTC moment, how exact, what is doubtful."""

    day: date | None = None
    moment: datetime | None = None
    precision: Precision = Precision.NONE
    doubt: str = ""


def read_date(printed: str, zone: str, now: datetime) -> ReadDate:
    """Read the date of an item.

    Args:
        printed: as it stands in the feed.
        zone: the clock of times without a zone, by its name in the tz database; may be empty.
        now: the moment of reading, UTC.

    Returns:
        The date, of precision NONE with a doubt that says why where it is none.
    """
    text = " ".join(printed.split())[: PRINTED_LIMIT * 2]
    if not text:
        return ReadDate(doubt="the feed gives no date")
    if _COUNTED.fullmatch(text):
        return _in_reach(_from_count(int(text)), text, now)
    found = next((match for form in _FORMS if (match := form.fullmatch(text))), None)
    if found is None:
        return ReadDate(doubt=_why_not(text))
    parts = found.groupdict()
    day = _day_of(parts)
    if day is None:
        return ReadDate(doubt=f"“{text[:PRINTED_LIMIT]}” is no date")
    read = _with_clock(day, parts, zone)
    wrong_weekday = _WEEKDAYS.get((parts.get("weekday") or "").lower()[:3].rstrip(".,"))
    if wrong_weekday is not None and wrong_weekday != day.weekday():
        read = replace(read, doubt=_joined(read.doubt, "the day of the week does not fit"))
    return _in_reach(read, text, now)


def _why_not(text: str) -> str:
    if _SLASHES.match(text):
        return f"“{text[:PRINTED_LIMIT]}” can be two dates"
    return f"“{text[:PRINTED_LIMIT]}” cannot be read as a date"


def _from_count(count: int) -> ReadDate:
    seconds = count / 1000 if count > 10**11 else count
    moment = datetime.fromtimestamp(seconds, UTC).replace(microsecond=0)
    doubt = "the feed counts seconds since 1970"
    return ReadDate(moment.date(), moment, Precision.MINUTE, doubt)


def _day_of(parts: dict[str, str | None]) -> date | None:
    month, year = parts["month"] or "", int(parts["year"] or 0)
    number = int(month) if month.isdigit() else _MONTHS.get(month.lower()[:3], 0)
    try:
        return date(year + 2000 if year < 100 else year, number, int(parts["day"] or 0))
    except ValueError:
        return None


def _with_clock(day: date, parts: dict[str, str | None], zone: str) -> ReadDate:
    """The date with its hour, where hour and zone can be told."""
    if parts["hour"] is None:
        return ReadDate(day, None, Precision.DAY, "only a date, the hour is unknown")
    local = _local(day, parts)
    if local is None:
        return ReadDate(day, None, Precision.DAY, "the hour cannot be read")
    if (local.hour, local.minute, local.second) == (0, 0, 0):
        doubt = "midnight exactly, so that the hour is taken to be unknown"
        return ReadDate(day, None, Precision.DAY, doubt)
    return _in_zone(local, parts["zone"] or "", zone)


def _local(day: date, parts: dict[str, str | None]) -> datetime | None:
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


def _in_zone(local: datetime, said: str, zone: str) -> ReadDate:
    day = local.date()
    if said[:1] in {"+", "-"}:
        # Read by the standard library, which keeps offsets below a day and refuses others.
        try:
            moment = datetime.fromisoformat(f"{local.isoformat()}{said[:3]}:{said[-2:]}")
        except ValueError:
            return ReadDate(day, None, Precision.DAY, f"{said} is no offset, the hour is unknown")
        return ReadDate(day, moment.astimezone(UTC), Precision.MINUTE)
    if said:
        known = at_place(local, said)
        if known is None:
            doubt = f"the zone {said} is not known, so the hour is unknown"
            return ReadDate(day, None, Precision.DAY, doubt)
        return ReadDate(day, known[0], Precision.MINUTE, known[1])
    clock = zone_of(zone)
    if clock is None:
        doubt = "the feed names no time zone, so the hour is unknown"
        return ReadDate(day, None, Precision.DAY, doubt)
    doubt = f"the feed names no time zone; read as {zone}, as the list of feeds says"
    return ReadDate(day, local.replace(tzinfo=clock).astimezone(UTC), Precision.MINUTE, doubt)


def _in_reach(read: ReadDate, text: str, now: datetime) -> ReadDate:
    """A date that is news, else an unknown one with the reason."""
    first, last = now - OLDEST, now + AHEAD
    if read.moment is not None:
        fits = first <= read.moment <= last
    else:
        # Somewhere on Earth it is tomorrow already.
        fits = read.day is not None and first.date() <= read.day <= last.date() + timedelta(days=1)
    if fits:
        return read
    away = "more than 30 days ago" if _is_past(read, now) else "in the future"
    return ReadDate(doubt=f"“{text[:PRINTED_LIMIT]}” is {away}; the time counts as unknown")


def _is_past(read: ReadDate, now: datetime) -> bool:
    return read.moment < now if read.moment else bool(read.day and read.day < now.date())


def midnight_there(read: ReadDate, place: str) -> ReadDate:
    """A date alone where the moment is midnight of a place, as Google News stamps days.

    Its feeds say 07:00 or 08:00 GMT, by the season, when they know the day only.
    """
    if read.moment is None:
        return read
    there = read.moment.astimezone(ZoneInfo(place))
    if (there.hour, there.minute, there.second) != (0, 0, 0):
        return read
    doubt = "only a date, the hour is unknown (the stamp is midnight in California)"
    return ReadDate(there.date(), None, Precision.DAY, doubt)


def _joined(first: str, second: str) -> str:
    return f"{first}; {second}" if first else second
