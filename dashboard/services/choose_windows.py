"""Choose windows: those that pages and API look through where nobody names any."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from dashboard.domain.errors import InputError
from dashboard.domain.spans import read_window, read_windows
from dashboard.domain.study import FIRST_WINDOWS, StudyRequest, Window

PAGE_REQUEST: Final = StudyRequest(cars=FIRST_WINDOWS)
"""What the pages ask: the defaults of the command line, for the five first windows."""

DAY_WINDOWS: Final = ("-5:5", "-5:10", "-10:20", "-20:40")
HOUR_WINDOWS: Final = ("-30m:90m", "-2h:6h", "-6h:12h", "-12h:24h")
DEFAULT_DAYS: Final = "-5:10"
DEFAULT_HOURS: Final = "-2h:6h"
LONGEST: Final = 500
"""Offsets that a page still draws."""
PAST: Final = 5
"""On bars at least this many event windows go into the estimation."""


def windows_for(bar_minutes: int) -> tuple[str, ...]:
    """The event windows a page offers, as a link writes them.

    Those in hours that are a whole number of bars and no more than a page can draw; in
    observations where the default is none, or there is one number a day.
    """
    if not bar_minutes or not _fits(DEFAULT_HOURS, bar_minutes):
        return DAY_WINDOWS
    return tuple(text for text in HOUR_WINDOWS if _fits(text, bar_minutes))


def default_window(bar_minutes: int) -> str:
    """The event window where a link names none."""
    return DEFAULT_HOURS if DEFAULT_HOURS in windows_for(bar_minutes) else DEFAULT_DAYS


def page_request(
    bar_minutes: int = 0, window: str | None = None, cars: Sequence[str] = ()
) -> StudyRequest:
    """What a page asks of a series with bars of so many minutes; 0 for one number a day.

    Args:
        bar_minutes: the length of a bar.
        window: the event window as it was typed; else the default.
        cars: CAR windows as they were typed; else the first windows that lie inside.

    Raises:
        InputError: a window cannot be read, does not fit the bars, or lies outside the event
            window.
    """
    if not bar_minutes and window is None and not cars:
        return PAGE_REQUEST
    first, last = read_window("window", window or default_window(bar_minutes), bar_minutes)
    named = read_windows("car", cars, bar_minutes)
    inside = tuple(w for w in _first_windows(bar_minutes) if first <= w[0] and w[1] <= last)
    estimation = PAGE_REQUEST.estimation
    if bar_minutes:
        estimation = max(estimation, PAST * (last - first + 1))
    return StudyRequest(
        window=(first, last), cars=named or inside or ((first, last),), estimation=estimation
    )


def first_moves_request(bar_minutes: int = 0) -> StudyRequest:
    """What a page asks of the windows [0,0] and [0,1] alone, where it lists many events."""
    return replace(page_request(bar_minutes), cars=((0, 0), (0, 1)))


def _first_windows(bar_minutes: int) -> tuple[Window, ...]:
    """On bars: the first, the first two, an hour, six hours, and the two hours before."""
    if not bar_minutes:
        return FIRST_WINDOWS
    hour = 60 // bar_minutes if bar_minutes < 60 and 60 % bar_minutes == 0 else 1
    wanted = ((0, 0), (0, 1), (0, hour - 1), (0, 6 * hour - 1), (-2 * hour, -1))
    return tuple(dict.fromkeys(wanted))


def _fits(text: str, bar_minutes: int) -> bool:
    try:
        first, last = read_window("window", text, bar_minutes)
    except InputError:
        return False
    return last - first < LONGEST
