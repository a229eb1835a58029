"""Numbers, dates, counts and lists as text.

Every number and date that a page, a report or the terminal prints is formatted here.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from dashboard.models.event import MOSCOW, Event, HourKind
from dashboard.models.messages import (
    deferred,
    localize_number,
    plural,
    translate_deferred,
    translate_in_context,
)
from dashboard.models.messages import translate as _
from dashboard.models.study import Window, window_text

MINUS: Final = "\u2212"
THIN_SPACE: Final = "\u202f"
NO_VALUE: Final = "–"
ORDINARY_PERCENTILE: Final = 95.0
ISO_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
RECORD_KINDS: Final = (deferred("strongest"), deferred("weakest"))
"""The two records of a rate, from the rouble's point of view."""
EXPECTED_LABELS: Final = {
    "stronger": deferred("expected stronger"),
    "weaker": deferred("expected weaker"),
    "unclear": deferred("expected unclear"),
}

_MONTHS: Final = (
    deferred("Jan"), deferred("Feb"), deferred("Mar"), deferred("Apr"), deferred("May"),
    deferred("Jun"), deferred("Jul"), deferred("Aug"), deferred("Sep"), deferred("Oct"),
    deferred("Nov"), deferred("Dec"),
)  # fmt: skip
# One message, since a short and a long name can be the same word in English and not elsewhere.
_MONTH_NAMES: Final = deferred(
    "January, February, March, April, May, June, July, August, September, October, November,"
    " December"
)
_WEEKDAYS: Final = (
    deferred("Mon"), deferred("Tue"), deferred("Wed"), deferred("Thu"), deferred("Fri"),
    deferred("Sat"), deferred("Sun"),
)  # fmt: skip


# ------------------------------------------------------------------ numbers


def format_number(value: float, decimals: int = 2) -> str:
    """A number with a true minus; a missing one is a dash."""
    if math.isnan(value):
        return NO_VALUE
    text = localize_number(f"{abs(value):,.{decimals}f}")
    negative = value < 0 and any(digit in text for digit in "123456789")
    return f"{MINUS}{text}" if negative else text


def format_digits(value: float, *, signed: bool = False) -> str:
    """A number with the digits it has, up to ten: `21`, `0.25`; with a sign where `signed`."""
    text = localize_number(f"{abs(value):,.10g}")
    sign = MINUS if value < 0 else "+" if signed and value > 0 else ""
    return f"{sign}{text}"


def format_signed(value: float, decimals: int = 2) -> str:
    """A number that always carries its sign; zero has none."""
    text = format_number(value, decimals)
    return f"+{text}" if value > 0 and any(digit in text for digit in "123456789") else text


def format_percent(value: float, decimals: int = 1) -> str:
    """`+5.3 %`, with a narrow space that does not break."""
    return NO_VALUE if math.isnan(value) else f"{format_signed(value, decimals)}{THIN_SPACE}%"


def format_share(share: float, decimals: int = 0) -> str:
    """`63 %`: a share of one, without a sign."""
    return f"{format_number(100 * share, decimals)}{THIN_SPACE}%"


def format_log_points(value: float, decimals: int = 1) -> str:
    """`+0.5 log pts`: 100 x the log change, positive = stronger rouble."""
    return (
        NO_VALUE
        if math.isnan(value)
        else _("{value} log pts", value=format_signed(value, decimals))
    )


def join_first(names: Sequence[str], limit: int, separator: str = ", ") -> str:
    """`a, b and 3 more`: the first names of a list and the number of the others."""
    listed = separator.join(names[:limit])
    if len(names) <= limit:
        return listed
    return _("{names} and {count:,} more", names=listed, count=len(names) - limit)


def format_title_and_more(title: str, others: int) -> str:
    """`a title +2 more`."""
    return _("{title} +{count} more", title=title, count=others)


def format_range(low: str, high: str) -> str:
    """`−0.20 to +1.82`: two numbers or names as a range."""
    return _("{low} to {high}", low=low, high=high)


def capitalize_first(text: str) -> str:
    """The text with a capital first letter, the rest unchanged."""
    return text[:1].upper() + text[1:]


def format_offset(offset: int) -> str:
    """An offset or horizon with a true minus: `−5`, `0`, `3`."""
    return f"{MINUS}{-offset}" if offset < 0 else str(offset)


def format_p(p: float) -> str:
    """A p-value as tables print it; a dash where there is none."""
    if math.isnan(p):
        return NO_VALUE
    if p < 0.001:
        return f"<{THIN_SPACE}{format_number(0.001, 3)}"
    return format_number(p, 3 if p < 0.1 else 2)


def format_p_equal(p: float) -> str:
    """`p = 0.18`, `p < 0.001`."""
    text = format_p(p)
    return f"p {text}" if text.startswith("<") else f"p = {text}"


def format_whole_share(share: float) -> str:
    """`100 %`, `79 %`; a share that is not quite everything is not rounded to it."""
    if math.isnan(share):
        return NO_VALUE
    percent = 100 * share
    return format_share(share, 0 if percent in {0.0, 100.0} or 0.5 <= percent < 99.5 else 1)


def format_window(window: Window) -> str:
    """`[−5,1]` with a true minus."""
    return window_text(window).replace("-", MINUS)


# ------------------------------------------------------------------ days and moments


def format_iso_days(text: str) -> str:
    """A text with its ISO dates as people write them: `after 1 Mar 2022`."""
    shown = translate_deferred(text)
    return ISO_DAY.sub(lambda match: format_day(date.fromisoformat(match[0])), shown)


def format_day(value: date) -> str:
    """`24 Feb 2022`."""
    return f"{value.day} {translate_deferred(_MONTHS[value.month - 1])} {value.year}"


def date_field_format() -> str:
    """How a field for a date writes it, in the letters of Streamlit."""
    return translate_in_context("field for a date", "YYYY-MM-DD")


def format_month(value: date) -> str:
    """`February 2022`."""
    return f"{translate_deferred(_MONTH_NAMES).split(', ')[value.month - 1]} {value.year}"


def format_weekday(value: date) -> str:
    """`Thu 24 Feb 2022`."""
    return f"{translate_deferred(_WEEKDAYS[value.weekday()])} {format_day(value)}"


def format_short_day(value: date, reference: date | None = None) -> str:
    """`24 Feb`, with the year where it differs from the year of `reference`."""
    text = f"{value.day} {translate_deferred(_MONTHS[value.month - 1])}"
    return (
        text if reference is not None and reference.year == value.year else f"{text} {value.year}"
    )


def format_day_range(first: date, last: date | None) -> str:
    """A day, or a range: `13–20 Mar 2024`, `30 Mar – 2 Apr 2024`."""
    if last is None or last == first:
        return format_day(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{format_day(last)}"
    return f"{format_short_day(first, last)} – {format_day(last)}"


def format_moment(value: datetime, zone: str = MOSCOW, *, in_brackets: bool = False) -> str:
    """`24 Feb 2022 05:45 MSK (02:45 UTC)`; another zone is added by name.

    Text that stands in brackets itself has a comma: `24 Feb 2022 05:45 MSK, 02:45 UTC`.
    """
    utc, msk = value.astimezone(UTC), value.astimezone(ZoneInfo(MOSCOW))
    times = {
        "msk": _format_day_time(msk),
        "utc": f"{utc:%H:%M}" if utc.date() == msk.date() else _format_day_time(utc),
    }
    if zone in {MOSCOW, "UTC"}:
        if in_brackets:
            return _("{msk} MSK, {utc} UTC", **times)
        return _("{msk} MSK ({utc} UTC)", **times)
    times |= {"clock": f"{value.astimezone(ZoneInfo(zone)):%H:%M}", "zone": zone}
    if in_brackets:
        return _("{msk} MSK, {utc} UTC; {clock} {zone}", **times)
    return _("{msk} MSK ({utc} UTC; {clock} {zone})", **times)


def format_timestamp(value: datetime) -> str:
    """`22 Nov 2026, 06:10 MSK`, for updates and history."""
    msk = value.astimezone(ZoneInfo(MOSCOW))
    return _("{day}, {clock:%H:%M} MSK", day=format_day(msk.date()), clock=msk)


def format_clock(value: datetime) -> str:
    """`18:00`: Moscow time; the last second of a bar is written as its end."""
    msk = (value + timedelta(seconds=59)).astimezone(ZoneInfo(MOSCOW))
    return f"{msk:%H:%M}"


def format_bar(opens: datetime, ends: datetime) -> str:
    """`17:00–18:00 MSK`: the begin and the end of a bar."""
    begin = opens.astimezone(ZoneInfo(MOSCOW))
    return _("{begin:%H:%M}–{clock} MSK", begin=begin, clock=format_clock(ends))


def format_event_time(event: Event, *, in_brackets: bool = False) -> str:
    """When an event happened, as far as it is known; the hour is never invented."""
    if event.moment is not None:
        moment = format_moment(event.moment, event.zone, in_brackets=in_brackets)
        is_scheduled = event.hour_kind == HourKind.SCHEDULED
        return _("scheduled for {moment}", moment=moment) if is_scheduled else moment
    if event.is_range:
        return format_day_range(event.day, event.end_day)
    if event.reported is not None:
        first = format_moment(event.reported, in_brackets=in_brackets)
        first = first.removeprefix(f"{format_day(event.day)} ")
        return _("{day}, first reported {first}", day=format_weekday(event.day), first=first)
    return _("{day}, time not known", day=format_weekday(event.day))


def format_age(value: date, today: date) -> str:
    """`today`, `yesterday`, `12 days ago`, `in 3 days`."""
    distance = (today - value).days
    names = {0: _("today"), 1: _("yesterday"), -1: _("tomorrow")}
    if distance in names:
        return names[distance]
    if distance > 0:
        return plural("{n:,} day ago", "{n:,} days ago", distance)
    return plural("in {n:,} day", "in {n:,} days", -distance)


def _format_day_time(value: datetime) -> str:
    return f"{format_day(value.date())} {value:%H:%M}"


# ------------------------------------------------------------------ directions and crowding


def describe_crowding(others: int) -> str:
    """How many other events share the window."""
    return (
        _("no other event in this window")
        if others == 0
        else plural("{n:,} other event in this window", "{n:,} other events in this window", others)
    )


def describe_expected(expected: str) -> str:
    """The direction expected from the nature of an event, before looking at the market."""
    if expected == "stronger":
        return _("expected: stronger rouble")
    if expected == "weaker":
        return _("expected: weaker rouble")
    return _("no direction expected")


def describe_values(event: Event) -> list[str]:
    """What was released, expected and before, the surprise, the intensity and the story.

    Only what is known; each one text such as `released: 21 %`.
    """
    unit = event.value_unit
    point_unit = _("percentage points") if unit == "%" else unit
    given = (
        (deferred("released: {value}"), event.value_actual, unit, False),
        (deferred("expected value: {value}"), event.value_expected, unit, False),
        (deferred("previous value: {value}"), event.value_previous, unit, False),
        (deferred("surprise: {value}"), event.surprise, point_unit, True),
        (deferred("intensity: {value}"), event.intensity, "", False),
    )
    texts = [
        translate_deferred(
            message, value=f"{format_digits(value, signed=signed)} {value_unit}".rstrip()
        )
        for message, value, value_unit, signed in given
        if value is not None
    ]
    return [*texts, _("story: {story}", story=event.story)] if event.story else texts
