"""Spans of days: the week, weekend or month of a day, and the day nearest to another."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from typing import Final

DAY: Final = timedelta(days=1)
WEEK: Final = timedelta(days=7)
AHEAD: Final = timedelta(days=60)
"""A day without a year farther ahead than this is last year's, unless the future is meant."""


def week_of(day: date) -> tuple[date, date]:
    """Monday and Sunday of the week of a day."""
    monday = day - timedelta(days=day.weekday())
    return monday, monday + 6 * DAY


def weekend_before(day: date) -> tuple[date, date]:
    """The last Saturday and Sunday that have begun."""
    saturday = day - timedelta(days=(day.weekday() - 5) % 7)
    return saturday, saturday + DAY


def month_of_year(year: int, month: int) -> tuple[date, date]:
    """The first and last day of a month."""
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])


def months_from(day: date, months: int) -> tuple[date, date]:
    """The month so many months after that of a day; before it where negative."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return month_of_year(year, month + 1)


def until(span: tuple[date, date], day: date) -> tuple[date, date]:
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
            found = date(year, month, day)
        except ValueError:
            continue
        if (found >= near) if is_future else (found <= near + AHEAD):
            return found
    return None


def month_near(near: date, month: int, *, is_future: bool) -> tuple[date, date]:
    """A month without a year: the last that has begun, or the next where the future is meant."""
    if is_future:
        return month_of_year(near.year + (month < near.month), month)
    return month_of_year(near.year - (month > near.month), month)
