"""The phrases for dates, and the days each means.

Rules are ours where a library is known to be wrong: dateparser takes "on Sunday" in a Sunday
paper for the Sunday before, "this week" for a day and "last June" for nothing. It counts back
("three weeks ago", «три дня назад»), which it does well.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, TypeAlias

from dashboard.domain.article import Precision
from dashboard.reading import spans
from dashboard.reading.calendar_words import MONTH, NUMBER, WEEKDAY, month_of, number_of, weekday_of

_FLAGS: Final = re.IGNORECASE
_LAST: Final = r"last|past|this past|прошл\w+|минувш\w+"
_THIS: Final = r"this|the current|эт\w+|текущ\w+|нынешн\w+"
_NEXT: Final = r"next|the coming|coming|следующ\w+|будущ\w+|ближайш\w+"


@dataclass(frozen=True, slots=True)
class Printed:
    """Against what a date is resolved: the day of printing, the last day said, the tense."""

    day: date | None
    anchor: date | None = None
    is_future: bool = False


@dataclass(frozen=True, slots=True)
class Meant:
    """The days a phrase means."""

    first: date
    last: date
    precision: Precision = Precision.DAY
    doubt: str = ""


Rule: TypeAlias = Callable[[re.Match[str], Printed], Meant | None]


class Unresolved(Exception):
    """The phrase needs the day of printing, which is not known."""


def _day_of(printed: Printed) -> date:
    if printed.day is None:
        raise Unresolved
    return printed.day


def _on(day: date, doubt: str = "") -> Meant:
    return Meant(day, day, Precision.DAY, doubt)


# ---------------------------------------------------------------- whole dates


def _iso(match: re.Match[str], _: Printed) -> Meant:
    return _on(date(int(match[1]), int(match[2]), int(match[3])))


def _dotted(match: re.Match[str], _: Printed) -> Meant:
    return _on(date(int(match[3]), int(match[2]), int(match[1])))


def _slashed(match: re.Match[str], _: Printed) -> Meant:
    one, other, year = int(match[1]), int(match[2]), int(match[3])
    if one > 12 or one == other:
        return _on(date(year, other, one))
    if other > 12:
        return _on(date(year, one, other))
    both = sorted((date(year, other, one), date(year, one, other)))
    doubt = f"reads two ways: {both[0]} or {both[1]}"
    return Meant(both[0], both[1], Precision.NONE, doubt)


def _day_and_month(match: re.Match[str], printed: Printed) -> Meant | None:
    day, month, year = int(match["day"]), month_of(match["name"]), match["year"]
    if year:
        return _on(date(int(year), month, day))
    found = spans.day_of_year(_day_of(printed), month, day, is_future=printed.is_future)
    return _on(found) if found else None


# ---------------------------------------------------------------- months


def _month_and_year(match: re.Match[str], _: Printed) -> Meant:
    return Meant(*spans.month_of_year(int(match["year"]), month_of(match["name"])), Precision.MONTH)


def _month_of_some_year(match: re.Match[str], printed: Printed) -> Meant:
    year = _day_of(printed).year + _steps(match["which"])
    return Meant(*spans.month_of_year(year, month_of(match["name"])), Precision.MONTH)


def _named_month(match: re.Match[str], printed: Printed) -> Meant:
    near, month = _day_of(printed), month_of(match["name"])
    step = _steps(match["which"] or "this")
    if step < 0 and month == near.month:
        return Meant(*spans.month_of_year(near.year - 1, month), Precision.MONTH)
    is_this = re.fullmatch(_THIS, match["which"] or "", _FLAGS)
    if is_this:
        return Meant(*spans.month_of_year(near.year, month), Precision.MONTH)
    future = step > 0 or (printed.is_future and step == 0)
    span = spans.month_near(near, month, is_future=future)
    return Meant(*(span if future else spans.until(span, near)), Precision.MONTH)


def _some_month(match: re.Match[str], printed: Printed) -> Meant:
    near, step = _day_of(printed), _steps(match["which"])
    span = spans.months_from(near, step)
    past = step == 0 and not printed.is_future
    return Meant(*(spans.until(span, near) if past else span), Precision.MONTH)


# ---------------------------------------------------------------- weeks and days


def _weekday(match: re.Match[str], printed: Printed) -> Meant:
    near, weekday = _day_of(printed), weekday_of(match["name"])
    which = match["which"] or ""
    if re.fullmatch(_LAST, which, _FLAGS):
        return _on(spans.weekday_before(near - spans.DAY, weekday))
    if re.fullmatch(_NEXT, which, _FLAGS):
        return _next_weekday(near, weekday)
    if re.fullmatch(_THIS, which, _FLAGS):
        return _on(spans.week_of(near)[0] + timedelta(days=weekday))
    nearest = spans.weekday_after if printed.is_future else spans.weekday_before
    return _on(nearest(near, weekday))


def _next_weekday(near: date, weekday: int) -> Meant:
    """The Sunday of "next Sunday" is that of next week; close by, some mean the one before it."""
    found = spans.week_of(near)[1] + timedelta(days=1 + weekday)
    sooner = spans.weekday_after(near + spans.DAY, weekday)
    doubt = "" if sooner == found else f"some mean {sooner}"
    return _on(found, doubt)


def _some_week(match: re.Match[str], printed: Printed) -> Meant:
    near, step = _day_of(printed), _steps(match["which"])
    span = spans.week_of(near + step * spans.WEEK)
    past = step == 0 and not printed.is_future
    return Meant(*(spans.until(span, near) if past else span), Precision.WEEK)


def _weekend(match: re.Match[str], printed: Printed) -> Meant:
    near = _day_of(printed)
    saturday = spans.weekday_after(near, 5)
    is_next = printed.is_future or re.fullmatch(_NEXT, match["which"] or "", _FLAGS)
    span = (saturday, saturday + spans.DAY) if is_next else spans.weekend_before(near)
    return Meant(*span, Precision.WEEK)


def _near_day(match: re.Match[str], printed: Printed) -> Meant:
    word = " ".join(match[0].lower().split())
    return _on(_day_of(printed) + NEAR_DAYS[word] * spans.DAY)


def _ago(match: re.Match[str], printed: Printed) -> Meant | None:
    near, unit = _day_of(printed), match["unit"].lower()
    found = _counted_back(match[0], near)
    if found is None:
        return None
    if unit.startswith(("week", "недел")):
        return Meant(*spans.week_of(found), Precision.WEEK)
    if unit.startswith(("month", "месяц")):
        return Meant(*spans.months_from(found, 0), Precision.MONTH)
    return _on(found)


def _counted_back(phrase: str, near: date) -> date | None:
    import dateparser

    base = datetime(near.year, near.month, near.day)  # noqa: DTZ001 - a day has no zone
    words = re.sub(rf"^({NUMBER})", lambda found: str(number_of(found[0])), phrase, flags=_FLAGS)
    words = f"1 {words}" if not words[0].isdigit() else words
    settings = {"RELATIVE_BASE": base, "RETURN_AS_TIMEZONE_AWARE": False}
    found = dateparser.parse(words, languages=["en", "ru"], settings=settings)
    return found.date() if found else None


def _from_anchor(match: re.Match[str], printed: Printed) -> Meant:
    anchor = printed.anchor or _day_of(printed)
    count = number_of(match["count"]) if match["count"] else 1
    unit = match["unit"].lower()
    days = count * (7 if unit.startswith(("week", "недел")) else 1)
    sign = -1 if re.search("earlier|before|ранее|до этого", match[0], _FLAGS) else 1
    return _on(anchor + sign * days * spans.DAY)


def _next_day(_: re.Match[str], printed: Printed) -> Meant:
    return _on((printed.anchor or _day_of(printed)) + spans.DAY)


def _steps(which: str) -> int:
    if re.fullmatch(_LAST, which, _FLAGS):
        return -1
    return 1 if re.fullmatch(_NEXT, which, _FLAGS) else 0


NEAR_DAYS: Final = {
    "the day before yesterday": -2, "yesterday": -1, "today": 0, "tonight": 0, "tomorrow": 1,
    "the day after tomorrow": 2, "позавчера": -2, "вчера": -1, "накануне": -1, "сегодня": 0,
    "завтра": 1, "послезавтра": 2,
}  # fmt: skip
_YEAR: Final = r"(?P<year>(?:19|20)\d\d)(?:\s*(?:года?\b|г\.))?"
_NAME: Final = rf"(?P<name>{MONTH})\b\.?"
_UNITS: Final = r"(?P<unit>days?|weeks?|months?|день|дня|дней|недел[юиь]|месяц(?:а|ев)?)"
_UNIT_SPOKEN: Final = r"(?P<unit>days?|weeks?|день|дня|дней|днем|днём|недел[юиь]|неделей)"

RULES: Final[tuple[tuple[re.Pattern[str], Rule], ...]] = tuple(
    (re.compile(pattern, _FLAGS), rule)
    for pattern, rule in (
        (r"(?<![\d-])(\d{4})-(\d\d)-(\d\d)(?![\d-])", _iso),
        (r"(?<![\d.])(\d{1,2})\.(\d{1,2})\.((?:19|20)\d\d)(?![\d])", _dotted),
        (r"(?<![\d/])(\d{1,2})/(\d{1,2})/((?:19|20)\d\d)(?![\d/])", _slashed),
        (
            rf"(?<![\d.,])(?P<day>\d{{1,2}})(?:st|nd|rd|th|-?го)?\s+(?:of\s+)?{_NAME}"
            rf"(?:,?\s+{_YEAR})?",
            _day_and_month,
        ),
        (
            rf"\b{_NAME}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\s*%|[.,:]?\d)(?:,?\s+{_YEAR})?",
            _day_and_month,
        ),
        (rf"\b{_NAME},?\s+(?:of\s+)?{_YEAR}", _month_and_year),
        (rf"\b{_NAME}\s+(?P<which>{_LAST}|{_THIS}|{_NEXT})\s+года\b", _month_of_some_year),
        (rf"\b(?P<which>{_LAST}|{_THIS}|{_NEXT})\s+{_NAME}", _named_month),
        (rf"\b(?:in|early|mid|late|since|until)[ -](?P<which>){_NAME}(?!\s+\d)", _named_month),
        (rf"\b(?:в|во|с|со|до|начал[ае]|конц[ае]|середин[аеы])\s+(?P<which>){_NAME}", _named_month),
        (
            rf"(?:\b(?P<which>{_LAST}|{_THIS}|{_NEXT})\s+)?\b(?P<name>{WEEKDAY})\b",
            _weekday,
        ),
        (rf"\b(?P<which>{_LAST}|{_THIS}|{_NEXT})\s+(?:week\b|недел\w+)", _some_week),
        (rf"\b(?P<which>{_LAST}|{_THIS}|{_NEXT})\s+(?:month\b|месяц\w*)", _some_month),
        (
            rf"\b(?:(?P<which>{_LAST}|{_THIS}|{_NEXT}|the)\s+)?(?:weekend\b|выходны\w+)",
            _weekend,
        ),
        (rf"\b(?:{'|'.join(NEAR_DAYS)})\b", _near_day),
        (rf"\b(?:(?:{NUMBER})\s+)?{_UNITS}\s+(?:ago|назад)\b", _ago),
        (
            rf"\b(?:(?P<count>{NUMBER})\s+)?{_UNIT_SPOKEN}\s+"
            r"(?:earlier|later|before that|ранее|спустя|позже)\b",
            _from_anchor,
        ),
        (r"\b(?:the\s+(?:next|following)\s+day|на\s+следующий\s+день)\b", _next_day),
    )
)
