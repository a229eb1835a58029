"""Spans: windows and lengths as they are typed, in observations or in hours, as observations."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, Literal

from dashboard.domain.errors import InputError
from dashboard.domain.study import Window

MOST_OFFSET: Final = 1_440
"""The furthest offset of a window: a day of minutes."""
MOST_ROWS: Final = 100_000
"""The longest estimation window or gap."""
MINUTES: Final = {"m": 1, "h": 60}

_END: Final = r"([+-]?[0-9]{1,4})([hm]?)"
_WINDOW: Final = re.compile(f"{_END}:{_END}")
_LENGTH: Final = re.compile(r"([+-]?[0-9]{1,6})([hm]?)")


def read_window(option: str, text: str, bar_minutes: int = 0) -> Window:
    """A window: offsets as -5:10, or on bars hours and minutes as -2h:6h, -30m:90m.

    A number alone counts observations, whatever their length; so does 0.

    Args:
        option: what the message calls it.
        text: as it was typed.
        bar_minutes: the length of a bar of the series, 0 where there is one number a day.

    Raises:
        InputError: it is no window, mixes hours with observations, is in hours on a series
            with one number a day or in no whole number of bars, or reaches too far.
    """
    found = _WINDOW.fullmatch(text)
    if found is None:
        msg = (
            f"{option} {text}: is no window; write first and last offset like -5:10,"
            " or on bars hours like -2h:6h"
        )
        raise InputError(msg)
    first, last = (int(found[1]), found[2]), (int(found[3]), found[4])
    if bool(first[1]) != bool(last[1]) and 0 not in {n for n, unit in (first, last) if not unit}:
        msg = f"{option} {text}: one end counts time, the other observations; give both alike"
        raise InputError(msg)
    ends = tuple(_rows(f"{option} {text}", end, bar_minutes) for end in (first, last))
    if max(abs(end) for end in ends) > MOST_OFFSET:
        msg = f"{option} {text}: reaches more than {MOST_OFFSET:,} observations; shorten it"
        raise InputError(msg)
    return ends[0], ends[1]


def read_windows(option: str, texts: Iterable[str], bar_minutes: int = 0) -> tuple[Window, ...]:
    """Windows, each once; see `read_window`."""
    return tuple(dict.fromkeys(read_window(option, text, bar_minutes) for text in texts))


def read_length(option: str, text: str | int, bar_minutes: int = 0) -> int:
    """A number of observations as 120, or on bars a length of time as 120h, 90m.

    Raises:
        InputError: it is neither, time where it cannot be, or too long.
    """
    found = _LENGTH.fullmatch(str(text))
    if found is None:
        msg = f"{option} {text}: is no number of observations; write it like 120, or on bars 120h"
        raise InputError(msg)
    rows = _rows(f"{option} {text}", (int(found[1]), found[2]), bar_minutes)
    if rows > MOST_ROWS:
        msg = f"{option} {text}: is more than {MOST_ROWS:,} observations; shorten it"
        raise InputError(msg)
    return rows


def duration_words(bars: int, bar_minutes: int) -> str:
    """How long a number of bars lasts: `2 hours`, `90 minutes`, `1 hour`."""
    minutes = abs(bars) * bar_minutes
    unit: Literal["hour", "minute"] = "hour" if minutes % 60 == 0 else "minute"
    count = minutes // 60 if unit == "hour" else minutes
    return f"{count:,} {unit}{'' if count == 1 else 's'}"


def _rows(told: str, span: tuple[int, str], bar_minutes: int) -> int:
    number, unit = span
    if not unit:
        return number
    if not bar_minutes:
        msg = (
            f"{told}: hours need a series of bars, and this one has one number a day;"
            " give offsets like -5:10, or --rates with bars"
        )
        raise InputError(msg)
    bars, rest = divmod(number * MINUTES[unit], bar_minutes)
    if rest:
        msg = (
            f"{told}: is no whole number of bars of {duration_words(1, bar_minutes)};"
            f" give a multiple of {bar_minutes}m"
        )
        raise InputError(msg)
    return bars
