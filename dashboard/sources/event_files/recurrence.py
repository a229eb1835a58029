"""Days of a repeated event, counted day by day up to a horizon, so that no rule runs for ever."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import Final

from dashboard.sources.files.text import display_text

MOST: Final = 400
"""How many days of one rule are taken."""

_KNOWN: Final = frozenset(
    {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "WKST"}
)
_WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_BY_DAY: Final = re.compile(r"([+-]?[0-9]{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_TOO_OFTEN: Final = frozenset({"SECONDLY", "MINUTELY", "HOURLY"})
_LONGEST: Final = 500
_ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of repetition, daily or rarer.

    `by_day` are pairs of an ordinal (0: every) and a weekday (Monday is 0).
    """

    freq: str
    interval: int = 1
    count: int | None = None
    until: str = ""
    by_day: tuple[tuple[int, int], ...] = ()
    by_month_day: tuple[int, ...] = ()
    by_month: tuple[int, ...] = ()
    positions: tuple[int, ...] = ()
    week_start: int = 0


def read_rule(text: str) -> Rule:
    """The rule that an RRULE writes.

    Raises:
        ValueError: it is none, repeats more often than daily, or has a part that is not read.
    """
    if len(text) > _LONGEST:
        raise ValueError("the rule of repetition is too long; write the days one by one")
    parts = [part.partition("=") for part in text.strip().upper().split(";") if part]
    given = {name: value for name, _, value in parts}
    if len(given) < len(parts) or not given.keys() <= _KNOWN:
        raise ValueError(f"the rule '{display_text(text)}' is not read; write the days one by one")
    freq = given.get("FREQ", "")
    if freq in _TOO_OFTEN:
        raise ValueError(f"repeats {freq.lower()}; at most daily is read")
    if freq not in {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"} or {"COUNT", "UNTIL"} <= given.keys():
        raise ValueError(f"the rule '{display_text(text)}' is none; correct it")
    try:
        return Rule(
            freq=freq,
            interval=_between(given.get("INTERVAL", "1"), 1, 10_000),
            count=_between(given["COUNT"], 1, 1_000_000) if "COUNT" in given else None,
            until=given.get("UNTIL", ""),
            by_day=tuple(map(_by_day, _list(given, "BYDAY"))),
            by_month_day=tuple(_between(d, -31, 31) for d in _list(given, "BYMONTHDAY")),
            by_month=tuple(_between(m, 1, 12) for m in _list(given, "BYMONTH")),
            positions=tuple(_between(p, -366, 366) for p in _list(given, "BYSETPOS")),
            week_start=_WEEKDAYS.index(given.get("WKST", "MO")),
        )
    except ValueError:
        raise ValueError(f"the rule '{display_text(text)}' is none; correct it") from None


def days_of(rule: Rule, start: date, last: date) -> tuple[tuple[date, ...], bool]:
    """The days of a rule from its start, which is always one, to `last`.

    Returns:
        At most `MOST` days, and whether the rule goes on after them.
    """
    found = tuple(islice(_with_start(rule, start, last), MOST + 1))
    if rule.count is None:
        return found[:MOST], len(found) > MOST or not rule.until
    days = found[: min(rule.count, MOST)]
    return days, rule.count > len(days)


def _with_start(rule: Rule, start: date, last: date) -> Iterator[date]:
    yield start
    for day in _all_days(rule, start, last):
        if day > start:
            yield day


def _all_days(rule: Rule, start: date, last: date) -> Iterator[date]:
    for first, end in _periods(rule, start, last):
        days = [day for day in _each(first, end) if _fits(rule, day, start)]
        if rule.positions:
            days = _positions(rule.positions, days)
        yield from (day for day in days if start <= day <= last)


def _periods(rule: Rule, start: date, last: date) -> Iterator[tuple[date, date]]:
    """First and last day of every day, week, month or year that the interval does not skip."""
    first = _start_of_period(rule, start)
    while first <= last:
        following = first
        for _ in range(rule.interval):
            following = _next_period(rule, following)
            if following > last:
                break
        yield first, _next_period(rule, first) - _ONE_DAY
        first = following


def _start_of_period(rule: Rule, day: date) -> date:
    if rule.freq == "WEEKLY":
        return day - timedelta(days=(day.weekday() - rule.week_start) % 7)
    if rule.freq == "MONTHLY":
        return day.replace(day=1)
    return day.replace(month=1, day=1) if rule.freq == "YEARLY" else day


def _next_period(rule: Rule, first: date) -> date:
    if rule.freq == "YEARLY":
        return first.replace(year=first.year + 1)
    if rule.freq == "MONTHLY":
        return (first + timedelta(days=31)).replace(day=1)
    return first + timedelta(days=7 if rule.freq == "WEEKLY" else 1)


def _each(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += _ONE_DAY


def _fits(rule: Rule, day: date, start: date) -> bool:
    if rule.by_month and day.month not in rule.by_month:
        return False
    if rule.by_month_day and not _is_day_of_month(rule.by_month_day, day):
        return False
    if rule.by_day:
        return any(_is_weekday(rule, each, day) for each in rule.by_day)
    return bool(rule.by_month_day) or _fits_start(rule, day, start)


def _fits_start(rule: Rule, day: date, start: date) -> bool:
    """What a rule leaves open is taken from the start."""
    if rule.freq == "WEEKLY":
        return day.weekday() == start.weekday()
    if rule.freq == "DAILY":
        return True
    same_month = rule.freq == "MONTHLY" or bool(rule.by_month) or day.month == start.month
    return same_month and day.day == start.day


def _is_day_of_month(wanted: tuple[int, ...], day: date) -> bool:
    from_end = day.day - monthrange(day.year, day.month)[1] - 1
    return day.day in wanted or from_end in wanted


def _is_weekday(rule: Rule, wanted: tuple[int, int], day: date) -> bool:
    ordinal, weekday = wanted
    if day.weekday() != weekday or not ordinal or rule.freq in {"DAILY", "WEEKLY"}:
        return day.weekday() == weekday
    if rule.freq == "MONTHLY" or rule.by_month:
        number, days = day.day, monthrange(day.year, day.month)[1]
    else:
        number, days = day.timetuple().tm_yday, date(day.year, 12, 31).timetuple().tm_yday
    return ordinal in {(number - 1) // 7 + 1, -((days - number) // 7 + 1)}


def _positions(wanted: tuple[int, ...], days: list[date]) -> list[date]:
    chosen = {days[p - 1 if p > 0 else p] for p in wanted if p and -len(days) <= p <= len(days)}
    return sorted(chosen)


def _by_day(text: str) -> tuple[int, int]:
    found = _BY_DAY.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return _between(found[1] or "0", -53, 53), _WEEKDAYS.index(found[2])


def _list(given: dict[str, str], name: str) -> list[str]:
    return given[name].split(",") if name in given else []


def _between(text: str, low: int, high: int) -> int:
    number = int(text)
    if not low <= number <= high:
        raise ValueError(text)
    return number
