"""Date and time formats as people write them: month names, day or month first, time zones."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final, Literal, TypeAlias
from zoneinfo import ZoneInfo

from dashboard.models.event import MOSCOW
from dashboard.models.messages import deferred, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.sources.files.text import display_text, parse_day

_ENGLISH_MONTHS: Final = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
_RUSSIAN_MONTHS: Final = (
    ("январь", "января"), ("февраль", "февраля"), ("март", "марта"), ("апрель", "апреля"),
    ("май", "мая"), ("июнь", "июня"), ("июль", "июля"), ("август", "августа"),
    ("сентябрь", "сентября"), ("октябрь", "октября"), ("ноябрь", "ноября"),
    ("декабрь", "декабря"),
)  # fmt: skip
_SHORT_MONTHS: Final = {"sept": 9, "нояб": 11, "сент": 9, "февр": 2, "авг": 8, "окт": 10}
MONTH_NUMBERS: Final[dict[str, int]] = {
    **{name: number for number, name in enumerate(_ENGLISH_MONTHS, 1)},
    **{name[:3]: number for number, name in enumerate(_ENGLISH_MONTHS, 1)},
    **{name: number for number, names in enumerate(_RUSSIAN_MONTHS, 1) for name in names},
    **{names[1][:3]: number for number, names in enumerate(_RUSSIAN_MONTHS, 1)},
    **_SHORT_MONTHS,
}

_WEEKDAY_NAMES: Final = (
    "monday mon понедельник пн", "tuesday tue tues вторник вт", "wednesday wed weds среда ср",
    "thursday thu thur thurs четверг чт", "friday fri пятница пт", "saturday sat суббота сб",
    "sunday sun воскресенье вс",
)  # fmt: skip
WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_WEEKDAY_NUMBERS: Final = {
    name: number for number, names in enumerate(_WEEKDAY_NAMES) for name in names.split()
}
_WEEKDAY: Final = "|".join(sorted(_WEEKDAY_NUMBERS, key=len, reverse=True))
_LEADING_WEEKDAY: Final = re.compile(rf"({_WEEKDAY})\.?(?:,\s*|\s+)(?=\S)", re.IGNORECASE)
_LAST_WEEKDAY: Final = re.compile(rf",?\s*[(,]\s*({_WEEKDAY})\.?\)?", re.IGNORECASE)
_DAY_FIRST: Final = re.compile(
    r"([0-9]{1,2})(?:st|nd|rd|th)?[\s-]{1,2}([^\W\d_]{3,9})\.?[\s,-]{1,2}([0-9]{4})"
    r"(?:\s?(?:г\.?|года))?",
    re.IGNORECASE,
)
_MONTH_FIRST: Final = re.compile(
    r"([^\W\d_]{3,9})\.?\s([0-9]{1,2})(?:st|nd|rd|th)?,?\s([0-9]{4})", re.IGNORECASE
)
_RANGE_MARK: Final = re.compile(
    r"\s*(?:→|⟶|->|–|—|\.{2,3}|…)\s*|\s+(?:-|to|until|till|through|по|до)\s+"
    r"|(?<=[0-9]{4}-[0-9]{2}-[0-9]{2})/(?=[0-9]{4}-)|(?<=^[0-9])-(?=[0-9]{1,2}\s[^\W\d_])"
    r"|(?<=^[0-9]{2})-(?=[0-9]{1,2}\s[^\W\d_])"
    r"|(?<=^[^\W\d_]{3}\s[0-9]{2})-(?=[0-9]{1,2},?\s[0-9]{4})",
    re.IGNORECASE,
)
_RANGE_START: Final = re.compile(r"(?:from|between|с|со)\s+", re.IGNORECASE)
_DAY_ALONE: Final = re.compile(r"[0-9]{1,2}")
_DAY_AND_YEAR: Final = re.compile(r"[0-9]{1,2},?\s[0-9]{4}")
_DAY_AND_MONTH: Final = re.compile(r"[0-9]{1,2}\.[0-9]{1,2}\.?")
_NAMED_DAY: Final = re.compile(r"(?:[0-9]{1,2}\s[^\W\d_]{3,9}|[^\W\d_]{3,9}\.?\s[0-9]{1,2})\.?")
_YEAR_LAST: Final = re.compile(r"([0-9]{4})(?:\s?(?:г\.?|года))?$")
_ZONE_MARK: Final = r"Z|(?:UTC|GMT)?[+-][0-9]{1,2}(?::?[0-9]{2})?|UTC|GMT|MSK|МСК|ET|CEST|CET"
_TWELVE_HOUR_TIME: Final = re.compile(
    r"([0-9]{1,2})(?::([0-9]{2}))?(?::([0-9]{2})(?:\.[0-9]{1,9})?)?\s?([AaPp])\.?[Mm]\.?"
)
_DATE_AND_TIME: Final = re.compile(
    r"(?P<day>\S.{4,40}?)(?:T|,?\s+|\s*(?:at|в)\s+)"
    r"(?P<time>[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)?(?:\s?[AaPp]\.?[Mm]\.?)?)"
    rf"\s?\(?(?P<zone>{_ZONE_MARK})?\)?",
    re.IGNORECASE,
)
TIME_OF_DAY: Final = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:[.,][0-9]{1,9})?)?")
_TIME_WITH_ZONE: Final = re.compile(rf"(.*?)\s?\(?({_ZONE_MARK})\)?", re.IGNORECASE)
_UTC_OFFSET: Final = re.compile(r"(?:UTC|GMT)?([+-])([0-9]{1,2}):?([0-9]{2})?")
_ZONE_NAMES: Final = {
    "Z": "UTC", "UTC": "UTC", "GMT": "UTC", "MSK": MOSCOW, "МСК": MOSCOW, "ET": "America/New_York",
    "CET": "Europe/Berlin", "CEST": "Europe/Berlin",
}  # fmt: skip
_MAX_OFFSET: Final = timedelta(hours=14)
DayOrder: TypeAlias = Literal["dmy", "mdy"]
DAY_ORDER_NAMES: Final[dict[DayOrder, str]] = {
    "dmy": deferred("day/month/year"),
    "mdy": deferred("month/day/year"),
}
_NUMERIC_DATE: Final = re.compile(r"([0-9]{1,2})([/.-])([0-9]{1,2})\2([0-9]{4})")
_ANY_DATE: Final = re.compile(rf"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}|{_NUMERIC_DATE.pattern}")
_TWO_DIGIT_YEAR: Final = re.compile(r"[0-9]{1,2}([/.-])[0-9]{1,2}\1[0-9]{2}")


@lru_cache(maxsize=4_096)
def to_iso_date(cell: str) -> str:
    """A date with a month name as 2024-03-05; any other cell unchanged."""
    for pattern, order in ((_DAY_FIRST, (1, 2, 3)), (_MONTH_FIRST, (2, 1, 3))):
        match = pattern.fullmatch(cell)
        month = MONTH_NUMBERS.get(match[order[1]].casefold()) if match else None
        if match and month:
            return f"{match[order[2]]}-{month:02d}-{int(match[order[0]]):02d}"
    return cell


@lru_cache(maxsize=4_096)
def is_date_text(cell: str) -> bool:
    """Whether a cell is a date in one of the forms that are read, with or without an hour."""
    day = split_date_time(split_weekday(split_range(cell)[0])[0])[0]
    return _ANY_DATE.fullmatch(to_iso_date(day)) is not None


@lru_cache(maxsize=4_096)
def split_weekday(cell: str) -> tuple[str, int | None]:
    """A date without its day of the week, and that day (Monday is 0); None where it has none."""
    match = _LEADING_WEEKDAY.match(cell)
    if match:
        return cell[match.end() :], _WEEKDAY_NUMBERS[match[1].casefold()]
    last = re.search(f"(?:{_LAST_WEEKDAY.pattern})$", cell, re.IGNORECASE)
    return (cell[: last.start()], _WEEKDAY_NUMBERS[last[1].casefold()]) if last else (cell, None)


@lru_cache(maxsize=4_096)
def split_range(cell: str) -> tuple[str, str]:
    """First and last day of `20–22 April 2025` or `2025-04-20 → 2025-04-22`; else the cell alone.

    What the first day leaves out is taken from the last one, and its month the other way round.
    """
    parts = _RANGE_MARK.split(cell)
    if len(parts) != 2 or not all(any(map(str.isdigit, part)) for part in parts):
        return cell, ""
    first, last = _RANGE_START.sub("", parts[0], count=1).strip(), parts[1].strip()
    year = _YEAR_LAST.search(last)
    if _DAY_ALONE.fullmatch(first):
        return re.sub(r"^[0-9]{1,2}", first, last), last
    if year and _DAY_AND_MONTH.fullmatch(first):
        return f"{first.rstrip('.')}.{year[1]}", last
    if year and _NAMED_DAY.fullmatch(first):
        month = first.rpartition(" ")[0]
        completed = f"{month} {last}" if _DAY_AND_YEAR.fullmatch(last) else last
        return f"{first} {year[1]}", completed
    return first, last


@lru_cache(maxsize=4_096)
def split_date_time(cell: str) -> tuple[str, str, str]:
    """Day, time and zone of a cell with a date and a time of day; else the cell alone."""
    match = _DATE_AND_TIME.fullmatch(cell) if ":" in cell else None
    if match is None:
        return cell, "", ""
    return match["day"].strip().rstrip(","), match["time"], (match["zone"] or "").upper()


def to_24_hour_time(cell: str) -> str:
    """A time with AM or PM as 18:05:00; any other cell unchanged."""
    cell = cell.removeprefix("'")  # so spreadsheets mark a clock that is text
    match = _TWELVE_HOUR_TIME.fullmatch(cell)
    if match is None or not 1 <= int(match[1]) <= 12:
        return cell
    hour = int(match[1]) % 12 + (12 if match[4].casefold() == "p" else 0)
    return f"{hour:02d}:{match[2] or '00'}:{match[3] or '00'}"


# ---- order of day and month


@dataclass(frozen=True, slots=True)
class OrderedDates:
    """Cells with their dates as 2024-12-31 where the order of day and month is certain.

    Attributes:
        cells: the input; dates with slashes, hyphens or points rewritten.
        wrong: the reason why a cell could not be rewritten, by its index.
        message: for the user; empty where no order was needed.
        ambiguous_cell: the first cell that can be two days; empty where there is none.
        order: the order of such cells; None where nothing proves it.
    """

    cells: list[str]
    wrong: dict[int, str] = field(default_factory=dict)
    message: str = ""
    ambiguous_cell: str = ""
    order: DayOrder | None = None


def resolve_day_order(cells: Sequence[str], stated: DayOrder | None = None) -> OrderedDates:
    """Write dates of two parts and a year as ISO; every other cell stays as it is.

    The order is the stated one; else the one that some cell proves (31/12/2024), if no other
    cell proves the opposite. Dotted dates are day first unless month first is stated.

    Args:
        cells: a column, or several of one file.
        stated: the order that the user states.
    """
    parsed = {
        index: parts
        for index, cell in enumerate(cells)
        if (parts := _parse_numeric_date(cell)) and (parts.mark != "." or stated == "mdy")
    }
    proofs: dict[DayOrder, int] = {}
    for index, parts in parsed.items():
        if parts.proven_order:
            proofs.setdefault(parts.proven_order, index)
    ordered = OrderedDates(list(cells), _two_digit_year_errors(cells))
    if not stated and len(proofs) > 1:
        reason = _contradiction_reason(cells, proofs)
        ordered.wrong.update(
            {k: reason for k, parts in parsed.items() if parts.first != parts.second}
        )
    order: DayOrder | None = stated or next(iter(proofs), None)
    for index, parts in parsed.items():
        if index not in ordered.wrong:
            _rewrite_as_iso(ordered, index, parts, stated or parts.own_order or order)
    needed = [k for k, parts in parsed.items() if not parts.own_order and k not in ordered.wrong]
    if needed and not stated and order:
        message = _(
            "dates like {cell} were read as {order}, as {proof} proves; say on import if they"
            " are not",
            cell=display_text(cells[needed[0]]),
            order=translate_deferred(DAY_ORDER_NAMES[order]),
            proof=display_text(cells[proofs[order]]),
        )
    else:
        message = ""
    ambiguous = next((cells[k] for k, parts in parsed.items() if parts.is_ambiguous), "")
    is_certain = len(proofs) < 2 or bool(stated)
    return OrderedDates(
        ordered.cells,
        ordered.wrong,
        message,
        ambiguous if is_certain else "",
        order if is_certain else None,
    )


def ambiguous_days(cell: str) -> tuple[date, date]:
    """The dates of a cell like 03/04/2025 with the day first, and with the month first.

    Raises:
        ValueError: it is not ambiguous.
    """
    parts = _parse_numeric_date(cell)
    if parts is None or not parts.is_ambiguous:
        msg = _("{cell} cannot be two days", cell=display_text(cell))
        raise ValueError(msg)
    return date.fromisoformat(parts.iso("dmy")), date.fromisoformat(parts.iso("mdy"))


@dataclass(frozen=True, slots=True)
class _NumericDate:
    first: int
    second: int
    year: int
    mark: str

    @property
    def proven_order(self) -> DayOrder | None:
        """The only order in which this can be a date."""
        if self.first > 12 >= self.second:
            return "dmy"
        return "mdy" if self.second > 12 >= self.first else None

    @property
    def own_order(self) -> DayOrder | None:
        """The order that needs no other cell: the proven one, or any where both are equal."""
        return "dmy" if self.first == self.second else self.proven_order

    @property
    def is_ambiguous(self) -> bool:
        """Whether it is one day in one order and another in the other."""
        return not self.own_order and bool(self.iso("dmy") and self.iso("mdy"))

    def iso(self, order: DayOrder) -> str:
        month, day = (self.second, self.first) if order == "dmy" else (self.first, self.second)
        try:
            return date(self.year, month, day).isoformat()
        except ValueError:
            return ""


def _parse_numeric_date(cell: str) -> _NumericDate | None:
    match = _NUMERIC_DATE.fullmatch(cell)
    return _NumericDate(int(match[1]), int(match[3]), int(match[4]), match[2]) if match else None


def _rewrite_as_iso(
    ordered: OrderedDates, index: int, parts: _NumericDate, order: DayOrder | None
) -> None:
    cell = display_text(ordered.cells[index])
    if order is None:
        ordered.wrong[index] = _ambiguity_reason(parts, cell)
    elif iso := parts.iso(order):
        ordered.cells[index] = iso
    elif parts.proven_order and parts.proven_order != order:
        ordered.wrong[index] = _(
            "'{cell}' is no date in {order}; write it as 2024-12-31",
            cell=cell,
            order=translate_deferred(DAY_ORDER_NAMES[order]),
        )
    else:
        ordered.wrong[index] = _("'{cell}' is a date that does not exist; correct it", cell=cell)


def _ambiguity_reason(parts: _NumericDate, cell: str) -> str:
    day_first, month_first = parts.iso("dmy"), parts.iso("mdy")
    if not (day_first and month_first):
        return _("'{cell}' is a date that does not exist; correct it", cell=cell)
    return _(
        "'{cell}' can be {day_first} or {month_first}; say on import which order the "
        "dates have, dmy or mdy",
        cell=cell,
        day_first=day_first,
        month_first=month_first,
    )


def _contradiction_reason(cells: Sequence[str], proofs: dict[DayOrder, int]) -> str:
    day_first, month_first = (display_text(cells[proofs[order]]) for order in ("dmy", "mdy"))
    return _(
        "'{day_first}' has the day first and '{month_first}' the month; write every date "
        "as 2024-12-31",
        day_first=day_first,
        month_first=month_first,
    )


def _two_digit_year_errors(cells: Sequence[str]) -> dict[int, str]:
    return {
        index: _(
            "'{cell}' has a year of two digits; write it as 2024-12-31", cell=display_text(cell)
        )
        for index, cell in enumerate(cells)
        if _TWO_DIGIT_YEAR.fullmatch(cell)
    }


# ---- moments


@dataclass(frozen=True, slots=True)
class LocalTime:
    """A local time as written: ISO day, time, zone mark, and the default zone."""

    day: str
    time: str
    mark: str
    zone: str


@dataclass(frozen=True, slots=True)
class ResolvedTime:
    """A moment as text: UTC, and the day it belongs to.

    `used_default_zone` is whether the default zone was used, `is_day_shifted` whether the offset
    moves the moment to another day than the written one.
    """

    utc: str
    day: str
    used_default_zone: bool
    is_day_shifted: bool = False


def resolve_time(local_time: LocalTime) -> ResolvedTime:
    """The moment of a row.

    The written day stays, unless it is the day neither in Moscow nor in UTC because of an
    offset: then the day in Moscow is taken.

    Raises:
        ValueError: the day, the time or the zone is invalid; with what to do.
    """
    day = parse_day(local_time.day)
    text, mark = local_time.time, local_time.mark
    own_day, own_time, own_mark = split_date_time(text)
    if own_time:  # a column of times that repeat the day
        if parse_day(own_day) != day:
            msg = _(
                "'{text}' is not on {day}; correct the day or the time",
                text=display_text(text),
                day=day,
            )
            raise ValueError(msg)
        text, mark = own_time, own_mark
    elif match := _TIME_WITH_ZONE.fullmatch(text):
        text, mark = match[1], match[2].upper()
    local = _time_on_day(datetime(day.year, day.month, day.day), text)  # noqa: DTZ001
    if mark and mark not in _ZONE_NAMES:
        return _with_offset(local, mark)
    utc = _local_to_utc(local, _ZONE_NAMES.get(mark, local_time.zone))
    return ResolvedTime(_format_utc(utc), day.isoformat(), used_default_zone=not mark)


def _time_on_day(midnight: datetime, text: str) -> datetime:
    match = TIME_OF_DAY.fullmatch(to_24_hour_time(text.strip()))
    if match is None:
        msg = _("'{text}' is no time; write it like 18:05", text=display_text(text))
        raise ValueError(msg)
    hour, minute, second = (int(part or 0) for part in match.groups())
    if hour > 23 or minute > 59 or second > 59:
        msg = _("'{text}' is a time that does not exist; correct it", text=display_text(text))
        raise ValueError(msg)
    return midnight.replace(hour=hour, minute=minute, second=second)


def _local_to_utc(local: datetime, name: str) -> datetime:
    try:
        zone = ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        msg = _(
            "'{name}' is no time zone; write it like {moscow}",
            name=display_text(name),
            moscow=MOSCOW,
        )
        raise ValueError(msg) from None
    first, second = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first == second:
        return first
    missing = first.astimezone(zone).replace(tzinfo=None) != local
    if missing:
        message = deferred(
            "{local:%H:%M} does not exist in {zone} on {local:%Y-%m-%d}, clocks changed; give it"
            " in UTC"
        )
    else:
        message = deferred(
            "{local:%H:%M} happens twice in {zone} on {local:%Y-%m-%d}, clocks changed; give it"
            " in UTC"
        )
    raise ValueError(translate_deferred(message, local=local, zone=name))


def _with_offset(local: datetime, mark: str) -> ResolvedTime:
    match = _UTC_OFFSET.fullmatch(mark)
    hours, minutes = (int(match[2]), int(match[3] or 0)) if match else (99, 0)
    ahead = timedelta(hours=hours, minutes=minutes)
    if match is None or minutes > 59 or ahead > _MAX_OFFSET:
        msg = _("'{mark}' is no time zone; write it like +03:00", mark=display_text(mark))
        raise ValueError(msg)
    utc = (local - ahead if match[1] == "+" else local + ahead).replace(tzinfo=UTC)
    moscow = utc.astimezone(ZoneInfo(MOSCOW)).date()
    day = local.date() if local.date() in {moscow, utc.date()} else moscow
    return ResolvedTime(
        _format_utc(utc),
        day.isoformat(),
        used_default_zone=False,
        is_day_shifted=day != local.date(),
    )


def _format_utc(utc: datetime) -> str:
    return f"{utc:%Y-%m-%dT%H:%M:%S}Z"
