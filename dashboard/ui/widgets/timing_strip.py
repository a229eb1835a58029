"""The timing rule of an event as a strip: when it was, first rate that can contain it, base."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import streamlit as st

from dashboard.domain.event import MOSCOW, Event
from dashboard.domain.event_hour import HourKind
from dashboard.domain.event_view import EventView, Fixing, Timing
from dashboard.domain.series import SeriesCard
from dashboard.ui.bar_words import wait_words
from dashboard.ui.event_words import event_clock, event_day, notices
from dashboard.ui.move_words import noun
from dashboard.ui.quoting import Quote, Quoting
from dashboard.ui.text import escape_markdown, markdown_link
from dashboard.ui.wording import MINUS, bar, count, days, short_day, stamp, weekday_day

NARROWEST: int = 215
KIND_PHRASES: Final = {
    HourKind.STATEMENT: "",
    HourKind.SCHEDULED: "scheduled for ",
    HourKind.PUBLISHED: "time not known; first report ",
}
KIND_TITLES: Final = {
    HourKind.STATEMENT: "The moment itself",
    HourKind.SCHEDULED: "Scheduled: in general not earlier",
    HourKind.PUBLISHED: "First report: not later",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One box of the strip; the lines of `foot` are parted by line breaks."""

    head: str
    text: str
    foot: str = ""


def timing_steps(
    event: Event, timing: Timing, card: SeriesCard, mode: Quote = Quote.WEAKER
) -> tuple[Step, ...]:
    """When it was, first rate, base; and the other candidate where the hour would change it."""
    quoting, each = Quoting(card, mode), noun(card)
    first, base = timing.first, timing.base
    steps = [
        Step("When it happened", weekday_day(_own_day(event)), _when_foot(event, timing, each)),
        Step(
            f"First {each} that can contain it (offset 0)",
            _which(first),
            _fixing_foot(first, quoting),
        ),
        Step(
            f"Base: the {each} before (offset {MINUS}1)",
            _which(base),
            _fixing_foot(base, quoting),
        ),
    ]
    other = timing.alternative
    if other is not None:
        head = f"If it was after {_msk(first)} MSK: offset 0"
        foot = f"{_fixing_foot(other, quoting)}\nbase {short_day(first.day)}"
        steps.append(Step(head, weekday_day(other.day), foot))
    return tuple(steps)


def draw_timing(event: Event, timing: Timing, card: SeriesCard, mode: Quote = Quote.WEAKER) -> None:
    """Draw the strip; on a phone the boxes stand one under the other."""
    steps = timing_steps(event, timing, card, mode)
    strip = st.grid(len(steps), min_column_width=NARROWEST, border=True, gap="xsmall")
    for number, step in enumerate(steps):
        arrow = ":material/arrow_forward: " if number else ""
        lines = [f":small[:gray[{arrow}{escape_markdown(step.head)}]]"]
        lines.append(f"**{escape_markdown(step.text)}**")
        lines += [f":small[:gray[{escape_markdown(line)}]]" for line in step.foot.split("\n")]
        strip.markdown("  \n".join(lines))


def draw_hours(event: Event) -> None:
    """Draw where the hours of an event were read, folded away; nothing where none is known."""
    if not event.hours:
        return
    with st.expander("Where the hour was read", icon=":material/schedule:"):
        st.markdown("\n".join(f"- {line}" for line in hour_lines(event)))


def hour_lines(event: Event) -> list[str]:
    """One line a clock time as safe Markdown: kind, time, source, evidence, confidence."""
    return [
        f"**{KIND_TITLES[HourKind(hour.kind)]}:** {escape_markdown(stamp(hour.at))}"
        f" ({hour.at.astimezone(UTC):%H:%M} UTC),"
        f" {markdown_link(hour.source_name or hour.source_url, hour.source_url)}."
        f" {escape_markdown(hour.evidence, 500)} (confidence {escape_markdown(hour.confidence)})"
        for hour in event.hours
    ]


def draw_notices(view: EventView) -> None:
    """Draw what a reader must know before using the numbers."""
    for notice in notices(view):
        st.markdown(f":material/info: {escape_markdown(notice, 500)}")


def _own_day(event: Event) -> date:
    """The event's day by the clock of Moscow."""
    if event.moment is None:
        return event.day
    return event.moment.astimezone(ZoneInfo(MOSCOW)).date()


def _when_foot(event: Event, timing: Timing, each: str) -> str:
    lines = [_clock_words(event)]
    if event.is_range:
        lines.append(f"the first day of {days(event.day, event.end_day)}")
    return "\n".join([*lines, *_place(event, timing, each)])


def _clock_words(event: Event) -> str:
    """The clock time with its kind and who gives it, as far as it is known."""
    hour = event.hour
    if hour is None:
        return "time not known"
    clock = f"{event_day(hour.at, _own_day(event))}{event_clock(hour.at)}"
    by = f", {hour.source_name}" if hour.source_name else ""
    return f"{KIND_PHRASES[HourKind(hour.kind)]}{clock}{by}"


def _place(event: Event, timing: Timing, each: str) -> list[str]:
    """Where the event lies beside the hours in which the rates were made."""
    if timing.first.bar_minutes:
        return [_place_of_a_bar(timing)]
    if timing.partial:
        return [f"while the {each} of that day was being made"]
    if event.moment is None:
        return _place_of_a_day(event, timing, each)
    if timing.base.day == _own_day(event):
        return [f"after that day's {each} was made ({_msk(timing.base)} MSK)"]
    if timing.first.day == _own_day(event):
        return [f"before that day's {each} was made"]
    return [f"no {each} on that day", *_distance(timing)]


def _place_of_a_bar(timing: Timing) -> str:
    """Inside a bar, between two that follow one another, or while nothing was traded."""
    if timing.partial:
        return "inside this bar: partly contained"
    if timing.moment is None or timing.first.opens - timing.moment < timedelta(minutes=1):
        return "as the bar began"
    return f"no bar then: {wait_words(timing)} before the next one"


def _place_of_a_day(event: Event, timing: Timing, each: str) -> list[str]:
    if not timing.settled:
        return []
    if timing.shift_days > 0:
        return [f"no {each} on that day, so the hour does not matter", *_distance(timing)]
    if event.reported is not None:
        return [f"any hour up to then lies before that day's {each}"]
    return ["any hour of that day lies before the rate"]


def _distance(timing: Timing) -> list[str]:
    if timing.shift_days <= 1:
        return []
    return [f"{count(timing.shift_days, 'day')} before the next one"]


def _fixing_foot(fixing: Fixing, quoting: Quoting) -> str:
    """The rate, the hours in which it was made, and the date it is printed with."""
    lines = [f"{quoting.rate(fixing.rate)} {quoting.unit}"]
    if fixing.bar_minutes:
        return f"{lines[0]}\nat its end"
    if fixing.opens == fixing.known_at:
        lines.append(f"as of {_msk(fixing)} MSK")
    elif fixing.known_at - fixing.opens > timedelta(hours=12):
        lines.append("known at the end of the day")
    else:
        opens = fixing.opens.replace(tzinfo=UTC).astimezone(ZoneInfo(MOSCOW))
        lines.append(f"deals {opens:%H:%M}–{_msk(fixing)} MSK")
    if fixing.record != fixing.day:
        lines.append(f"in force from {short_day(fixing.record)}")
    return "\n".join(lines)


def _which(fixing: Fixing) -> str:
    """The market day; of a bar also from when to when it goes."""
    which = weekday_day(fixing.day)
    return f"{which}, {bar(fixing.opens, fixing.known_at)}" if fixing.bar_minutes else which


def _msk(fixing: Fixing) -> str:
    return f"{fixing.known_at.astimezone(ZoneInfo(MOSCOW)):%H:%M}"
