"""Date mentions in a sentence, clock times and datelines, resolved against the day of publication.

The rules replace a library where it is known to be wrong: dateparser takes "on Sunday" in a
Sunday paper for the Sunday before, "this week" for a day and "last June" for nothing. It counts
back ("three weeks ago", «три дня назад»), which it does well.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

from dashboard.models.article import DateMention, Precision
from dashboard.models.messages import deferred

# ---- names of days, months and numbers


_WEEKDAYS: Final = (
    ("monday|mon", "понедельник(?:а|у|ом|е)?"),
    ("tuesday|tues?", "вторник(?:а|у|ом|е)?"),
    ("wednesday|wed", "сред(?:а|у|ы|е|ой)"),
    ("thursday|thurs?|thu", "четверг(?:а|у|ом|е)?"),
    ("friday|fri", "пятниц(?:а|у|ы|е|ей)"),
    ("saturday|sat", "суббот(?:а|у|ы|е|ой)"),
    ("sunday|sun", "воскресень(?:е|я|ю|ем)"),
)
_MONTHS: Final = (
    ("january|jan", "январ(?:ь|я|е|ю|ем)"),
    ("february|feb", "феврал(?:ь|я|е|ю|ем)"),
    ("march|mar", "март(?:а|е|у|ом)?"),
    ("april|apr", "апрел(?:ь|я|е|ю|ем)"),
    ("may", "ма(?:й|я|е|ю|ем)"),
    ("june|jun", "июн(?:ь|я|е|ю|ем)"),
    ("july|jul", "июл(?:ь|я|е|ю|ем)"),
    ("august|aug", "август(?:а|е|у|ом)?"),
    ("september|sept?", "сентябр(?:ь|я|е|ю|ем)"),
    ("october|oct", "октябр(?:ь|я|е|ю|ем)"),
    ("november|nov", "ноябр(?:ь|я|е|ю|ем)"),
    ("december|dec", "декабр(?:ь|я|е|ю|ем)"),
)

WEEKDAY_PATTERN: Final = "|".join(
    f"{english.split('|')[0]}|{russian}" for english, russian in _WEEKDAYS
)
"""Whole names only: "sun" and "sat" are words of their own."""
MONTH_PATTERN: Final = "|".join(f"{english}|{russian}" for english, russian in _MONTHS)

NUMBER_NAMES: Final = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
    "один": 1, "одну": 1, "два": 2, "две": 2, "три": 3, "четыре": 4, "пять": 5, "шесть": 6,
    "семь": 7, "восемь": 8, "девять": 9, "десять": 10,
}  # fmt: skip
COUNT_PATTERN: Final = "|".join([r"\d{1,3}", *NUMBER_NAMES])


def weekday_number(word: str) -> int:
    """The number of a weekday, Monday = 0."""
    return _index_of_name(word, _WEEKDAYS)


def month_number(word: str) -> int:
    """The number of a month, January = 1."""
    return _index_of_name(word, _MONTHS) + 1


def count_value(word: str) -> int:
    """A small number, written in digits or in words."""
    return int(word) if word.isdigit() else NUMBER_NAMES[word.lower()]


def _index_of_name(word: str, names: tuple[tuple[str, str], ...]) -> int:
    word = word.lower().rstrip(".")
    indices = (n for n, pair in enumerate(names) if re.fullmatch("|".join(pair), word))
    return next(indices)


# ---- date ranges


ONE_DAY: Final = timedelta(days=1)
ONE_WEEK: Final = timedelta(days=7)
MAX_DAYS_AHEAD: Final = timedelta(days=60)
"""A day without a year farther ahead than this is last year's, unless the future is meant."""


def week_of(day: date) -> tuple[date, date]:
    """Monday and Sunday of the week of a day."""
    monday = day - timedelta(days=day.weekday())
    return monday, monday + 6 * ONE_DAY


def weekend_before(day: date) -> tuple[date, date]:
    """The last Saturday and Sunday that have begun."""
    saturday = day - timedelta(days=(day.weekday() - 5) % 7)
    return saturday, saturday + ONE_DAY


def month_of_year(year: int, month: int) -> tuple[date, date]:
    """The first and last day of a month."""
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])


def month_after(day: date, months: int) -> tuple[date, date]:
    """The month so many months after that of a day; before it where negative."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return month_of_year(year, month + 1)


def clip_range(span: tuple[date, date], day: date) -> tuple[date, date]:
    """A span cut at a day, unless all of it lies later: nothing was said after it was printed."""
    first, last = span
    return (first, min(last, day)) if first <= day else span


def weekday_before(day: date, weekday: int) -> date:
    """The last such weekday, the day itself where it is one."""
    return day - timedelta(days=(day.weekday() - weekday) % 7)


def weekday_after(day: date, weekday: int) -> date:
    """The next such weekday, the day itself where it is one."""
    return day + timedelta(days=(weekday - day.weekday()) % 7)


def day_of_year(near: date, month: int, day: int, *, is_future: bool) -> date | None:
    """A day without a year: the one that fits the day of printing; None where it never exists."""
    for year in sorted((near.year - 1, near.year, near.year + 1), reverse=not is_future):
        try:
            candidate = date(year, month, day)
        except ValueError:
            continue
        if (candidate >= near) if is_future else (candidate <= near + MAX_DAYS_AHEAD):
            return candidate
    return None


def month_near(near: date, month: int, *, is_future: bool) -> tuple[date, date]:
    """A month without a year: the last that has begun, or the next where the future is meant."""
    if is_future:
        return month_of_year(near.year + (month < near.month), month)
    return month_of_year(near.year - (month > near.month), month)


# ---- phrases


_FLAGS: Final = re.IGNORECASE
_LAST_PATTERN: Final = r"last|past|this past|прошл\w+|минувш\w+"
_THIS_PATTERN: Final = r"this|the current|эт\w+|текущ\w+|нынешн\w+"
_NEXT_PATTERN: Final = r"next|the coming|coming|следующ\w+|будущ\w+|ближайш\w+"


@dataclass(frozen=True, slots=True)
class DateContext:
    """What a date is resolved against: the day of printing, the last day mentioned, the tense."""

    day: date | None
    anchor: date | None = None
    is_future: bool = False


@dataclass(frozen=True, slots=True)
class DateRange:
    """The days a phrase means."""

    first: date
    last: date
    precision: Precision = Precision.DAY
    doubt: str = ""


PhraseRule: TypeAlias = Callable[[re.Match[str], DateContext], DateRange | None]


class UnresolvedDate(Exception):
    """The phrase needs the day of printing, which is not known."""


def _publication_day(printed: DateContext) -> date:
    if printed.day is None:
        raise UnresolvedDate
    return printed.day


def _single_day(day: date, doubt: str = "") -> DateRange:
    return DateRange(day, day, Precision.DAY, doubt)


def _iso(match: re.Match[str], _: DateContext) -> DateRange:
    return _single_day(date(int(match[1]), int(match[2]), int(match[3])))


def _dotted(match: re.Match[str], _: DateContext) -> DateRange:
    return _single_day(date(int(match[3]), int(match[2]), int(match[1])))


def _slashed(match: re.Match[str], _: DateContext) -> DateRange:
    first, second, year = int(match[1]), int(match[2]), int(match[3])
    if first > 12 or first == second:
        return _single_day(date(year, second, first))
    if second > 12:
        return _single_day(date(year, first, second))
    both = sorted((date(year, second, first), date(year, first, second)))
    doubt = deferred("reads two ways: {earlier} or {later}", earlier=both[0], later=both[1])
    return DateRange(both[0], both[1], Precision.NONE, doubt)


def _day_and_month(match: re.Match[str], printed: DateContext) -> DateRange | None:
    day, month, year = int(match["day"]), month_number(match["name"]), match["year"]
    if year:
        return _single_day(date(int(year), month, day))
    resolved = day_of_year(_publication_day(printed), month, day, is_future=printed.is_future)
    return _single_day(resolved) if resolved else None


def _month_and_year(match: re.Match[str], _: DateContext) -> DateRange:
    return DateRange(
        *month_of_year(int(match["year"]), month_number(match["name"])), Precision.MONTH
    )


def _year(match: re.Match[str], _: DateContext) -> DateRange:
    year = int(match["year"])
    return DateRange(date(year, 1, 1), date(year, 12, 31), Precision.YEAR)


def _range_of_days(match: re.Match[str], printed: DateContext) -> DateRange | None:
    """A range of days; a month that stands once is that of both ends."""
    last_name = match["last_name"] or match["name"]
    last_month, first_month = month_number(last_name), month_number(match["name"] or last_name)
    year = int(match["year"]) if match["year"] else None
    years = (year,) if year else _years_near(_publication_day(printed), printed)
    for year in years:
        last = date(year, last_month, int(match["last"]))
        first = date(year - (first_month > last_month), first_month, int(match["first"]))
        if match["year"] or _is_range_near(first, last, printed):
            return DateRange(first, last) if first < last else None
    return None


def _years_near(near: date, printed: DateContext) -> tuple[int, ...]:
    years = (near.year - 1, near.year, near.year + 1)
    return years if printed.is_future else years[::-1]


def _is_range_near(first: date, last: date, printed: DateContext) -> bool:
    """Whether a range without a year fits the day of printing; one just over may be "to come"."""
    near = _publication_day(printed)
    if printed.is_future:
        return last >= near - 2 * ONE_WEEK
    return first <= near + MAX_DAYS_AHEAD


def _recently(_: re.Match[str], printed: DateContext) -> DateRange:
    near = _publication_day(printed)
    return DateRange(near - 6 * ONE_DAY, near, Precision.WEEK, RECENT)


def _month_of_relative_year(match: re.Match[str], printed: DateContext) -> DateRange:
    year = _publication_day(printed).year + _step_of(match["which"])
    return DateRange(*month_of_year(year, month_number(match["name"])), Precision.MONTH)


def _named_month(match: re.Match[str], printed: DateContext) -> DateRange:
    near, month = _publication_day(printed), month_number(match["name"])
    step = _step_of(match["which"] or "this")
    if step < 0 and month == near.month:
        return DateRange(*month_of_year(near.year - 1, month), Precision.MONTH)
    is_this = re.fullmatch(_THIS_PATTERN, match["which"] or "", _FLAGS)
    if is_this:
        return DateRange(*month_of_year(near.year, month), Precision.MONTH)
    future = step > 0 or (printed.is_future and step == 0)
    span = month_near(near, month, is_future=future)
    return DateRange(*(span if future else clip_range(span, near)), Precision.MONTH)


def _relative_month(match: re.Match[str], printed: DateContext) -> DateRange:
    near, step = _publication_day(printed), _step_of(match["which"])
    span = month_after(near, step)
    past = step == 0 and not printed.is_future
    return DateRange(*(clip_range(span, near) if past else span), Precision.MONTH)


def _weekday(match: re.Match[str], printed: DateContext) -> DateRange:
    near, weekday = _publication_day(printed), weekday_number(match["name"])
    which = match["which"] or ""
    if re.fullmatch(_LAST_PATTERN, which, _FLAGS):
        return _single_day(weekday_before(near - ONE_DAY, weekday))
    if re.fullmatch(_NEXT_PATTERN, which, _FLAGS):
        return _next_weekday(near, weekday)
    if re.fullmatch(_THIS_PATTERN, which, _FLAGS):
        return _single_day(week_of(near)[0] + timedelta(days=weekday))
    nearest = weekday_after if printed.is_future else weekday_before
    return _single_day(nearest(near, weekday))


def _next_weekday(near: date, weekday: int) -> DateRange:
    """The Sunday of "next Sunday" is that of next week; close by, some mean the one before it."""
    resolved = week_of(near)[1] + timedelta(days=1 + weekday)
    sooner = weekday_after(near + ONE_DAY, weekday)
    doubt = "" if sooner == resolved else deferred("some mean {sooner}", sooner=sooner)
    return _single_day(resolved, doubt)


def _relative_week(match: re.Match[str], printed: DateContext) -> DateRange:
    near, step = _publication_day(printed), _step_of(match["which"])
    span = week_of(near + step * ONE_WEEK)
    past = step == 0 and not printed.is_future
    return DateRange(*(clip_range(span, near) if past else span), Precision.WEEK)


def _weekend(match: re.Match[str], printed: DateContext) -> DateRange:
    near = _publication_day(printed)
    saturday = weekday_after(near, 5)
    is_next = printed.is_future or re.fullmatch(_NEXT_PATTERN, match["which"] or "", _FLAGS)
    span = (saturday, saturday + ONE_DAY) if is_next else weekend_before(near)
    return DateRange(*span, Precision.WEEK)


def _named_day(match: re.Match[str], printed: DateContext) -> DateRange:
    word = " ".join(match[0].lower().split())
    return _single_day(_publication_day(printed) + NAMED_DAYS[word] * ONE_DAY)


def _counted_ago(match: re.Match[str], printed: DateContext) -> DateRange | None:
    near, unit = _publication_day(printed), match["unit"].lower()
    resolved = _counted_back(match[0], near)
    if resolved is None:
        return None
    if unit.startswith(("week", "недел")):
        return DateRange(*week_of(resolved), Precision.WEEK)
    if unit.startswith(("month", "месяц")):
        return DateRange(*month_after(resolved, 0), Precision.MONTH)
    return _single_day(resolved)


def _counted_back(phrase: str, near: date) -> date | None:
    import dateparser

    base = datetime(near.year, near.month, near.day)  # noqa: DTZ001 - a day has no zone
    text = re.sub(
        rf"^({COUNT_PATTERN})", lambda count: str(count_value(count[0])), phrase, flags=_FLAGS
    )
    text = f"1 {text}" if not text[0].isdigit() else text
    settings = {"RELATIVE_BASE": base, "RETURN_AS_TIMEZONE_AWARE": False}
    parsed = dateparser.parse(text, languages=["en", "ru"], settings=settings)
    return parsed.date() if parsed else None


def _from_anchor(match: re.Match[str], printed: DateContext) -> DateRange:
    anchor = printed.anchor or _publication_day(printed)
    count = count_value(match["count"]) if match["count"] else 1
    unit = match["unit"].lower()
    days = count * (7 if unit.startswith(("week", "недел")) else 1)
    sign = -1 if re.search("earlier|before|ранее|до этого", match[0], _FLAGS) else 1
    return _single_day(anchor + sign * days * ONE_DAY)


def _next_day(_: re.Match[str], printed: DateContext) -> DateRange:
    return _single_day((printed.anchor or _publication_day(printed)) + ONE_DAY)


def _step_of(which: str) -> int:
    if re.fullmatch(_LAST_PATTERN, which, _FLAGS):
        return -1
    return 1 if re.fullmatch(_NEXT_PATTERN, which, _FLAGS) else 0


RECENT: Final = deferred("no day is named; the week up to the publication is taken")
NAMED_DAYS: Final = {
    "the day before yesterday": -2, "yesterday": -1, "today": 0, "tonight": 0, "tomorrow": 1,
    "the day after tomorrow": 2, "позавчера": -2, "вчера": -1, "накануне": -1, "сегодня": 0,
    "завтра": 1, "послезавтра": 2,
}  # fmt: skip
_YEAR: Final = r"(?P<year>(?:19|20)\d\d)(?:\s*(?:год[ау]?\b|г\.))?"
_NAME: Final = rf"(?P<name>{MONTH_PATTERN})\b\.?"
_LAST_NAME: Final = rf"(?P<last_name>{MONTH_PATTERN})\b\.?"
_DAY_SUFFIX: Final = r"(?:st|nd|rd|th|-?го)?"
_TO: Final = r"\s*(?:[-–—]|\bto\b|\band\b|\buntil\b|\bthrough\b|\bпо\b|\bдо\b)\s*"
_UNITS: Final = r"(?P<unit>days?|weeks?|months?|день|дня|дней|недел[юиь]|месяц(?:а|ев)?)"
_UNITS_INFLECTED: Final = r"(?P<unit>days?|weeks?|день|дня|дней|днем|днём|недел[юиь]|неделей)"

PHRASE_RULES: Final[tuple[tuple[re.Pattern[str], PhraseRule], ...]] = tuple(
    (re.compile(pattern, _FLAGS), rule)
    for pattern, rule in (
        (r"(?<![\d-])(\d{4})-(\d\d)-(\d\d)(?![\d-])", _iso),
        (r"(?<![\d.])(\d{1,2})\.(\d{1,2})\.((?:19|20)\d\d)(?![\d])", _dotted),
        (r"(?<![\d/])(\d{1,2})/(\d{1,2})/((?:19|20)\d\d)(?![\d/])", _slashed),
        (
            rf"(?:\b(?:from|between|с|со)\s+)?(?<![\d.,])(?P<first>\d{{1,2}}){_DAY_SUFFIX}"
            rf"(?:\s+{_NAME})?{_TO}(?P<last>\d{{1,2}}){_DAY_SUFFIX}\s+(?:of\s+)?{_LAST_NAME}"
            rf"(?:,?\s+{_YEAR})?",
            _range_of_days,
        ),
        (
            rf"(?:\b(?:from|between)\s+)?\b{_NAME}\s+(?P<first>\d{{1,2}}){_DAY_SUFFIX}{_TO}"
            rf"(?:{_LAST_NAME}\s+)?(?P<last>\d{{1,2}}){_DAY_SUFFIX}(?!\s*%|[.,:]?\d)"
            rf"(?:,?\s+{_YEAR})?",
            _range_of_days,
        ),
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
        (rf"\b(?:in|at\s+(?:a|the)|во?)\s+{_YEAR}(?!\d|\s*[-–]\s*\d)", _year),
        (r"\bin\s+an?\s+recent\b|\brecently\b|\bнедавно\b", _recently),
        (
            rf"\b{_NAME}\s+(?P<which>{_LAST_PATTERN}|{_THIS_PATTERN}|{_NEXT_PATTERN})\s+года\b",
            _month_of_relative_year,
        ),
        (rf"\b(?P<which>{_LAST_PATTERN}|{_THIS_PATTERN}|{_NEXT_PATTERN})\s+{_NAME}", _named_month),
        (rf"\b(?:in|early|mid|late|since|until)[ -](?P<which>){_NAME}(?!\s+\d)", _named_month),
        (
            r"\b(?:в|во|с|со|до|начал[ае]|конц[ае]|середин[аеы])\s+(?P<which>)"
            rf"{_NAME}(?!\s+(?:\d{{4}}|{_LAST_PATTERN}|{_THIS_PATTERN}|{_NEXT_PATTERN}))",
            _named_month,
        ),
        (
            rf"(?:\b(?P<which>{_LAST_PATTERN}|{_THIS_PATTERN}|{_NEXT_PATTERN})\s+)?\b(?P<name>{WEEKDAY_PATTERN})\b",
            _weekday,
        ),
        (
            rf"\b(?P<which>{_LAST_PATTERN}|{_THIS_PATTERN}|{_NEXT_PATTERN})\s+(?:week\b|недел\w+)",
            _relative_week,
        ),
        (
            rf"\b(?P<which>{_LAST_PATTERN}|{_THIS_PATTERN}|{_NEXT_PATTERN})\s+(?:month\b|месяц\w*)",
            _relative_month,
        ),
        (
            rf"\b(?:(?P<which>{_LAST_PATTERN}|{_THIS_PATTERN}|{_NEXT_PATTERN}|the)\s+)?(?:weekend\b|выходны\w+)",
            _weekend,
        ),
        (rf"\b(?:{'|'.join(NAMED_DAYS)})\b", _named_day),
        (rf"\b(?:(?:{COUNT_PATTERN})\s+)?{_UNITS}\s+(?:ago|назад)\b", _counted_ago),
        (
            rf"\b(?:(?P<count>{COUNT_PATTERN})\s+)?{_UNITS_INFLECTED}\s+"
            r"(?:earlier|later|before that|ранее|спустя|позже)\b",
            _from_anchor,
        ),
        (r"\b(?:the\s+(?:next|following)\s+day|на\s+следующий\s+день)\b", _next_day),
    )
)


# ---- clock times


ZONE_PATTERNS: Final = {
    r"gmt|utc": "UTC",
    r"msk|moscow\s+time|мск|по\s+московскому\s+времени|по\s+москве": "Europe/Moscow",
    r"kyiv\s+time|kiev\s+time|по\s+киеву|по\s+киевскому\s+времени": "Europe/Kyiv",
    r"cet|cest|brussels\s+time|berlin\s+time": "Europe/Berlin",
    r"bst|london\s+time": "Europe/London",
    r"et|est|edt|eastern\s+time|washington\s+time": "America/New_York",
}
"""Zones by the words for them; their database decides about summer time."""

_CLOCK_PATTERN: Final = re.compile(
    r"(?:\b(?:at|by|в)\s+)?\b(?P<hour>\d{1,2})(?:[:.]|(?<=\d\d)(?=\d\d\s*(?:GMT|UTC)))(?P<minute>[0-5]\d)\s*(?P<half>[ap]\.?m\.?)?\s*\(?"
    rf"(?P<zone>{'|'.join(ZONE_PATTERNS)})\b",
    re.IGNORECASE,
)
DAY_FROM_PREVIOUS_SENTENCE: Final = deferred("the day is that of the sentence before")


def attach_clock_time(
    sentence: str, dates: tuple[DateMention, ...], before: date | None
) -> tuple[DateMention, ...]:
    """The dates of a sentence with its clock time: on the nearest, or on the previous day."""
    match = _CLOCK_PATTERN.search(sentence)
    if match is None:
        return dates
    days = [mention for mention in dates if mention.precision is Precision.DAY and mention.day
            and mention.end_day == mention.day]  # fmt: skip
    if not days and before is not None and not dates:
        alone = DateMention(match[0].strip(), match.start(), Precision.DAY, before, before)
        moment = _clock_moment(match, before)
        return (replace(_with_moment(alone, moment), doubt=DAY_FROM_PREVIOUS_SENTENCE),)
    if not days:
        return dates
    nearest = min(days, key=lambda mention: abs(mention.start - match.start()))
    assert nearest.day is not None
    timed = _with_moment(nearest, _clock_moment(match, nearest.day))
    return tuple(timed if mention is nearest else mention for mention in dates)


def _with_moment(mention: DateMention, moment: datetime | None) -> DateMention:
    if moment is None:
        return mention
    return replace(mention, moment=moment, precision=Precision.MINUTE)


def _clock_moment(match: re.Match[str], day: date) -> datetime | None:
    half = (match["half"] or "").lower()[:1]
    hour = int(match["hour"])
    if hour > (12 if half else 23):
        return None
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    zone = next(
        z for pattern, z in ZONE_PATTERNS.items() if re.fullmatch(pattern, match["zone"], re.I)
    )
    return datetime.combine(day, time(hour, int(match["minute"])), ZoneInfo(zone)).astimezone(UTC)


# ---- mentions in a sentence


MAX_MENTIONS: Final = 10
"""Phrases for dates that are looked at in one sentence; more are a table, no sentence."""

UNDATED: Final = deferred("the text's own date is not known")


def date_mentions(
    sentence: str, printed: DateContext, is_future: Callable[[int, int], bool]
) -> tuple[DateMention, ...]:
    """The dates of a sentence in its order, none inside another.

    Args:
        sentence: one sentence.
        printed: what relative dates count from.
        is_future: whether the words between two positions belong to the future.
    """
    matches = sorted(_matches(sentence), key=lambda pair: (pair[0].start(), -pair[0].end()))[
        :MAX_MENTIONS
    ]
    dates: list[DateMention] = []
    done = 0
    for match, rule in matches:
        if match.start() < done:
            continue
        done = match.end()  # a date that does not exist leaves no other inside it
        future = is_future(match.start(), match.end())
        mention = _resolve(match, rule, replace(printed, is_future=future))
        if mention is not None:
            dates.append(mention)
            is_day = mention.precision is Precision.DAY and mention.day is not None
            printed = replace(printed, anchor=mention.day) if is_day else printed
    return attach_clock_time(sentence, tuple(dates), printed.anchor)


def _matches(sentence: str) -> Iterator[tuple[re.Match[str], PhraseRule]]:
    for pattern, rule in PHRASE_RULES:
        for match in pattern.finditer(sentence):
            if _has_capital(match):
                yield match, rule


def _has_capital(match: re.Match[str]) -> bool:
    """English days and months have a capital; "may" and "march" are words else."""
    names = (match.groupdict().get(group) or "" for group in ("name", "last_name"))
    return all(not name.isascii() or name[:1].isupper() or not name for name in names)


def _resolve(match: re.Match[str], rule: PhraseRule, printed: DateContext) -> DateMention | None:
    try:
        meant = rule(match, printed)
    except UnresolvedDate:
        return DateMention(match[0], match.start(), Precision.NONE, doubt=UNDATED)
    except (ValueError, OverflowError):
        return None
    if meant is None:
        return None
    is_known = meant.precision is not Precision.NONE
    return DateMention(
        match[0], match.start(), meant.precision, meant.first if is_known else None,
        meant.last if is_known else None, doubt=meant.doubt,
    )  # fmt: skip


# ---- datelines


_DAY_PATTERN: Final = (
    rf"(?:\d{{1,2}}\.?\s+(?:{MONTH_PATTERN})\.?(?:,?\s+(?:19|20)\d\d)?|(?:{MONTH_PATTERN})\.?\s+\d{{1,2}}"
    r"(?:,?\s+(?:19|20)\d\d)?)"
)
_DATELINE_PATTERN: Final = re.compile(
    rf"^(?P<place>[A-ZА-ЯЁ][\w .'’/-]{{1,40}}?)(?:[,.]\s*(?P<day>(?i:{_DAY_PATTERN}))\.?)?"
    r"\s*(?:[A-ZА-ЯЁ]{3,15}(?:\.RU)?\s*|\([\w ./]{2,30}\)\s*){0,2}[-–—]{1,2}\s+",
)
_PUBLISHED_PATTERN: Final = re.compile(
    r"^\W*(?:(?:first\s+)?published|posted|(?P<changed>updated|обновлено|изменено)|опубликовано"
    r"|дата)?:?\s*(?:on\s+)?"
    rf"(?P<day>{_DAY_PATTERN}|\d{{4}}-\d\d-\d\d|\d{{1,2}}\.\d{{1,2}}\.\d{{4}})"
    r"(?:\s*(?:г\.|года))?(?:[,\s|·-]*\d{1,2}[:.]\d\d.{0,25})?\W*$",
    re.IGNORECASE,
)
_HEADER_LINES: Final = 12
MAX_DATELINE_LENGTH: Final = 120
"""A dateline is short; what is looked for in it is not looked for beyond."""


def strip_dateline(line: str) -> str:
    """A line without the place, day and agency it may begin with."""
    match = _DATELINE_PATTERN.match(line[:MAX_DATELINE_LENGTH])
    is_one = match is not None and (match["day"] or "(" in match[0] or match["place"].isupper())
    return line[match.end() :] if match and is_one else line


def is_publication_line(line: str) -> bool:
    """Whether a line holds nothing but the day it was published."""
    return len(line) <= MAX_DATELINE_LENGTH and _PUBLISHED_PATTERN.match(line) is not None


def publication_day(text: str) -> date | None:
    """The day that a text itself says it was published on, year and all; None where it does not."""
    for line in text.split("\n")[:_HEADER_LINES]:
        for match in (
            _PUBLISHED_PATTERN.match(line[:MAX_DATELINE_LENGTH]),
            _DATELINE_PATTERN.match(line[:MAX_DATELINE_LENGTH]),
        ):
            if match is None or not match["day"] or match.groupdict().get("changed"):
                continue
            if re.search(r"(?:19|20)\d\d", match["day"]):
                mentions = date_mentions(
                    match["day"].replace(". ", " "), DateContext(None), lambda *_: False
                )
                if mentions and mentions[0].day:
                    return mentions[0].day
    return None
