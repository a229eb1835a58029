"""Dates of feed items, with what is doubtful about them; nothing is guessed.

No feed parser is trusted with dates: those in use read `MSK` as UTC, `2026/9/3` as November,
seconds since 1970 as the year 1788, and give nothing for Russian months or a missing zone.
The offset of a zone on a day comes from the tz database: Moscow's differed between 2011 and 2014.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from dashboard.models.article import Precision
from dashboard.models.inbox import PRINTED_DATE_LIMIT
from dashboard.models.messages import join_clauses
from dashboard.models.messages import translate as _
from dashboard.sources.files.date_formats import MONTH_NUMBERS

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
"""Abbreviations with one meaning in news feeds; IST, AST and others have several."""
MAX_AGE: Final = timedelta(days=30)
MAX_LEAD: Final = timedelta(hours=1)
"""A date outside [now - 30 days, now + 1 hour] is not that of news: it counts as unknown."""
_WEEKDAYS: Final = {
    name: number
    for number, names in enumerate(
        (("mon", "пн", "пон"), ("tue", "вт", "вто"), ("wed", "ср", "сре"), ("thu", "чт", "чет"),
         ("fri", "пт", "пят"), ("sat", "сб", "суб"), ("sun", "вс", "вос"))
    )
    for name in names
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
    """A parsed date: local day, UTC moment, precision, and a doubt about it."""

    day: date | None = None
    moment: datetime | None = None
    precision: Precision = Precision.NONE
    doubt: str = ""


def parse_item_date(printed: str, zone: str, now: datetime) -> ItemDate:
    """Parse the date of an item.

    Args:
        printed: as written in the feed.
        zone: of times without a zone, a name of the tz database; may be empty.
        now: the present moment in UTC.

    Returns:
        The date; with precision NONE and the reason as doubt where it is none.
    """
    text = " ".join(printed.split())[: PRINTED_DATE_LIMIT * 2]
    if not text:
        return ItemDate(doubt=_("the feed gives no date"))
    if _UNIX_TIME.fullmatch(text):
        return _check_age(_from_unix_time(int(text)), text, now)
    match = next(
        (candidate for form in _DATE_PATTERNS if (candidate := form.fullmatch(text))), None
    )
    if match is None:
        return ItemDate(doubt=_unreadable_reason(text))
    parts = match.groupdict()
    day = _parse_day(parts)
    if day is None:
        return ItemDate(doubt=_("“{text}” is no date", text=text[:PRINTED_DATE_LIMIT]))
    item_date = _with_time(day, parts, zone)
    wrong_weekday = _WEEKDAYS.get((parts.get("weekday") or "").lower()[:3].rstrip(".,"))
    if wrong_weekday is not None and wrong_weekday != day.weekday():
        item_date = replace(
            item_date, doubt=join_clauses(item_date.doubt, _("the day of the week does not fit"))
        )
    return _check_age(item_date, text, now)


def _unreadable_reason(text: str) -> str:
    if _SLASHED_DATE.match(text):
        return _("“{text}” can be two dates", text=text[:PRINTED_DATE_LIMIT])
    return _("“{text}” cannot be read as a date", text=text[:PRINTED_DATE_LIMIT])


def _from_unix_time(count: int) -> ItemDate:
    seconds = count / 1000 if count > 10**11 else count
    moment = datetime.fromtimestamp(seconds, UTC).replace(microsecond=0)
    doubt = _("the feed counts seconds since 1970")
    return ItemDate(moment.date(), moment, Precision.MINUTE, doubt)


def _parse_day(parts: dict[str, str | None]) -> date | None:
    month, year = parts["month"] or "", int(parts["year"] or 0)
    number = int(month) if month.isdigit() else MONTH_NUMBERS.get(month.lower()[:3], 0)
    try:
        return date(year + 2000 if year < 100 else year, number, int(parts["day"] or 0))
    except ValueError:
        return None


def _with_time(day: date, parts: dict[str, str | None], zone: str) -> ItemDate:
    """The date with its time, where time and zone are known."""
    if parts["hour"] is None:
        return ItemDate(day, None, Precision.DAY, _("only a date, the hour is unknown"))
    local = _local_time(day, parts)
    if local is None:
        return ItemDate(day, None, Precision.DAY, _("the hour cannot be read"))
    if (local.hour, local.minute, local.second) == (0, 0, 0):
        doubt = _("midnight exactly, so that the hour is taken to be unknown")
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


def _resolve_zone(local: datetime, abbreviation: str, zone: str) -> ItemDate:
    day = local.date()
    if abbreviation[:1] in {"+", "-"}:
        # The standard library accepts offsets below a day and refuses others.
        try:
            moment = datetime.fromisoformat(
                f"{local.isoformat()}{abbreviation[:3]}:{abbreviation[-2:]}"
            )
        except ValueError:
            return ItemDate(
                day,
                None,
                Precision.DAY,
                _("{abbreviation} is no offset, the hour is unknown", abbreviation=abbreviation),
            )
        return ItemDate(day, moment.astimezone(UTC), Precision.MINUTE)
    if abbreviation:
        resolved = resolve_abbreviation(local, abbreviation)
        if resolved is None:
            doubt = _(
                "the zone {abbreviation} is not known, so the hour is unknown",
                abbreviation=abbreviation,
            )
            return ItemDate(day, None, Precision.DAY, doubt)
        return ItemDate(day, resolved[0], Precision.MINUTE, resolved[1])
    clock = find_zone(zone)
    if clock is None:
        doubt = _("the feed names no time zone, so the hour is unknown")
        return ItemDate(day, None, Precision.DAY, doubt)
    doubt = _("the feed names no time zone; read as {zone}, as the list of feeds says", zone=zone)
    return ItemDate(day, local.replace(tzinfo=clock).astimezone(UTC), Precision.MINUTE, doubt)


def _check_age(item_date: ItemDate, text: str, now: datetime) -> ItemDate:
    """A date of plausible age, else an unknown one with the reason."""
    first, last = now - MAX_AGE, now + MAX_LEAD
    if item_date.moment is not None:
        fits = first <= item_date.moment <= last
    else:
        # Somewhere on Earth it is tomorrow already.
        fits = (
            item_date.day is not None
            and first.date() <= item_date.day <= last.date() + timedelta(days=1)
        )
    if fits:
        return item_date
    printed = text[:PRINTED_DATE_LIMIT]
    if _is_before(item_date, now):
        doubt = _("“{text}” is more than 30 days ago; the time counts as unknown", text=printed)
    else:
        doubt = _("“{text}” is in the future; the time counts as unknown", text=printed)
    return ItemDate(doubt=doubt)


def _is_before(item_date: ItemDate, now: datetime) -> bool:
    return (
        item_date.moment < now
        if item_date.moment
        else bool(item_date.day and item_date.day < now.date())
    )


def as_date_if_midnight(item_date: ItemDate, place: str) -> ItemDate:
    """A date alone where the moment is midnight in a zone, as Google News stamps days.

    Its feeds say 07:00 or 08:00 GMT, by the season, where only the day is known.
    """
    if item_date.moment is None:
        return item_date
    local = item_date.moment.astimezone(ZoneInfo(place))
    if (local.hour, local.minute, local.second) != (0, 0, 0):
        return item_date
    doubt = _("only a date, the hour is unknown (the stamp is midnight in California)")
    return ItemDate(local.date(), None, Precision.DAY, doubt)


# ---- time zones


def resolve_abbreviation(local: datetime, letters: str) -> tuple[datetime, str] | None:
    """The UTC moment of a local time with the abbreviation of its zone, and a doubt about it.

    Args:
        local: the local time, naive.
        letters: `MSK`, `GMT` …

    Returns:
        The moment and a doubt, empty where there is none; None for an unknown abbreviation.
    """
    name = letters.upper().rstrip(".")
    if name in UTC_ABBREVIATIONS:
        return local.replace(tzinfo=UTC), ""
    place = ZONE_ABBREVIATIONS.get(name)
    if place is None:
        return None
    zone = ZoneInfo(place)
    moment = local.replace(tzinfo=zone)
    doubt = ""
    if moment.tzname() != name and name.isascii() and not name.startswith("ME"):
        doubt = _(
            "{name} is not what clocks in {place} showed that day; read as their time",
            name=name,
            place=place,
        )
    return moment.astimezone(UTC), doubt


def find_zone(name: str) -> tzinfo | None:
    """A zone of the tz database; None for an unknown name."""
    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError, OSError):
        return None
