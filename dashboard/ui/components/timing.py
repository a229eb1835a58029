"""The timing of an event: when it was, the first rate that can contain it, the base rate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import streamlit as st

from dashboard.models.event import MOSCOW, Event, HourKind
from dashboard.models.messages import deferred, plural, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.models.moves import EventView, Fixing, Timing
from dashboard.models.series import SeriesCard
from dashboard.presentation.escaping import escape_markdown, format_markdown_link
from dashboard.presentation.events import build_notices, format_event_clock, format_other_day
from dashboard.presentation.formatting import (
    format_bar,
    format_day_range,
    format_short_day,
    format_timestamp,
    format_weekday,
)
from dashboard.presentation.moves import format_wait, get_observation_noun, observation_name
from dashboard.presentation.quoting import QuotedSeries, QuoteMode

HOUR_KIND_PHRASES: Final = {
    HourKind.STATEMENT: "{clock}",
    HourKind.SCHEDULED: deferred("scheduled for {clock}"),
    HourKind.PUBLISHED: deferred("time not known; first report {clock}"),
}
HOUR_KIND_TITLES: Final = {
    HourKind.STATEMENT: deferred("The moment itself"),
    HourKind.SCHEDULED: deferred("Scheduled: in general not earlier"),
    HourKind.PUBLISHED: deferred("First report: not later"),
}


@dataclass(frozen=True, slots=True)
class TimingStep:
    """One step of the strip; `foot` may have several lines."""

    head: str
    text: str
    foot: str = ""


def build_timing_steps(
    event: Event, timing: Timing, card: SeriesCard, mode: QuoteMode = QuoteMode.WEAKER
) -> tuple[TimingStep, ...]:
    """Event, first rate, base; and the other candidate where the hour would change it."""
    quoting, noun = QuotedSeries(card, mode), observation_name(card)
    first, base = timing.first, timing.base
    steps = [
        TimingStep(
            _("Happened"),
            format_weekday(_event_moscow_day(event)),
            _format_time_foot(event, timing, card),
        ),
        TimingStep(
            _("First {noun} that can contain it", noun=noun),
            _format_fixing_day(first),
            _format_fixing_foot(first, quoting),
        ),
        TimingStep(
            _("Base: the {noun} before", noun=noun),
            _format_fixing_day(base),
            _format_fixing_foot(base, quoting),
        ),
    ]
    other = timing.alternative
    if other is not None:
        head = _("If it was after {moscow_clock} MSK", moscow_clock=_format_moscow_clock(first))
        foot = _(
            "{fixing_foot}\nbase {short_day}",
            fixing_foot=_format_fixing_foot(other, quoting),
            short_day=format_short_day(first.day),
        )
        steps.append(TimingStep(head, format_weekday(other.day), foot))
    return tuple(steps)


def draw_timing(
    event: Event, timing: Timing, card: SeriesCard, mode: QuoteMode = QuoteMode.WEAKER
) -> None:
    """Draw the steps one under the other, each with its day in bold."""
    for step in build_timing_steps(event, timing, card, mode):
        foot = escape_markdown(step.foot.replace("\n", " · "))
        st.markdown(
            f":small[:gray[{escape_markdown(step.head)}]]  \n"
            f"**{escape_markdown(step.text)}** :small[:gray[{foot}]]"
        )


def build_hour_lines(event: Event) -> list[str]:
    """One line a clock time as safe Markdown: kind, time, source, evidence, confidence."""
    return [
        _(
            "**{kind}:** {time} ({utc:%H:%M} UTC), {source}. {evidence} (confidence {confidence})",
            kind=translate_deferred(HOUR_KIND_TITLES[HourKind(hour.kind)]),
            time=escape_markdown(format_timestamp(hour.at)),
            utc=hour.at.astimezone(UTC),
            source=format_markdown_link(hour.source_name or hour.source_url, hour.source_url),
            evidence=escape_markdown(hour.evidence, 500),
            confidence=escape_markdown(hour.confidence),
        )
        for hour in event.hours
    ]


def draw_notices(view: EventView) -> None:
    """Draw what a reader must know before using the numbers."""
    for notice in build_notices(view):
        st.markdown(f":material/info: {escape_markdown(notice, 500)}")


def _event_moscow_day(event: Event) -> date:
    """The Moscow day of the event."""
    if event.moment is None:
        return event.day
    return event.moment.astimezone(ZoneInfo(MOSCOW)).date()


def _format_time_foot(event: Event, timing: Timing, card: SeriesCard) -> str:
    lines = [_format_event_clock(event)]
    if event.is_range:
        lines.append(
            _("the first day of {day_range}", day_range=format_day_range(event.day, event.end_day))
        )
    return "\n".join([*lines, *_describe_position(event, timing, card)])


def _format_event_clock(event: Event) -> str:
    """The time of day with its kind and source, as far as it is known."""
    hour = event.hour
    if hour is None:
        return _("time not known")
    clock = f"{format_other_day(hour.at, _event_moscow_day(event))}{format_event_clock(hour.at)}"
    text = translate_deferred(HOUR_KIND_PHRASES[HourKind(hour.kind)], clock=clock)
    return f"{text}, {hour.source_name}" if hour.source_name else text


def _describe_position(event: Event, timing: Timing, card: SeriesCard) -> list[str]:
    """The position of the event relative to the hours in which the rates were made."""
    if timing.first.bar_minutes:
        return [_describe_bar_position(timing)]
    noun = observation_name(card)
    if timing.partial:
        return [_("while the {noun} of that day was being made", noun=noun)]
    if event.moment is None:
        return _describe_day_position(event, timing, card)
    if timing.base.day == _event_moscow_day(event):
        return [
            _(
                "after that day's {noun} was made ({moscow_clock} MSK)",
                noun=noun,
                moscow_clock=_format_moscow_clock(timing.base),
            )
        ]
    if timing.first.day == _event_moscow_day(event):
        return [_("before that day's {noun} was made", noun=noun)]
    missing = translate_deferred(get_observation_noun(card).of)
    return [_("no {noun} on that day", noun=missing), *_describe_distance(timing)]


def _describe_bar_position(timing: Timing) -> str:
    """Inside a bar, between two that follow one another, or while nothing was traded."""
    if timing.partial:
        return _("inside this bar: partly contained")
    if timing.moment is None or timing.first.opens - timing.moment < timedelta(minutes=1):
        return _("as the bar began")
    return _("no bar then: {wait} before the next one", wait=format_wait(timing))


def _describe_day_position(event: Event, timing: Timing, card: SeriesCard) -> list[str]:
    if not timing.settled:
        return []
    if timing.shift_days > 0:
        missing = translate_deferred(get_observation_noun(card).of)
        return [
            _("no {noun} on that day, so the hour does not matter", noun=missing),
            *_describe_distance(timing),
        ]
    if event.reported is not None:
        noun = observation_name(card)
        return [_("any hour up to then lies before that day's {noun}", noun=noun)]
    return [_("any hour of that day lies before the rate")]


def _describe_distance(timing: Timing) -> list[str]:
    if timing.shift_days <= 1:
        return []
    return [
        plural("{n:,} day before the next one", "{n:,} days before the next one", timing.shift_days)
    ]


def _format_fixing_foot(fixing: Fixing, quoting: QuotedSeries) -> str:
    """The rate, the hours in which it was made, and the date it is printed with."""
    lines = [f"{quoting.rate(fixing.rate)} {quoting.unit}"]
    if fixing.bar_minutes:
        return _("{lines}\nat its end", lines=lines[0])
    if fixing.opens == fixing.known_at:
        lines.append(_("as of {moscow_clock} MSK", moscow_clock=_format_moscow_clock(fixing)))
    elif fixing.known_at - fixing.opens > timedelta(hours=12):
        lines.append(_("known at the end of the day"))
    else:
        opens = fixing.opens.replace(tzinfo=UTC).astimezone(ZoneInfo(MOSCOW))
        lines.append(
            _(
                "deals {opens:%H:%M}–{moscow_clock} MSK",
                opens=opens,
                moscow_clock=_format_moscow_clock(fixing),
            )
        )
    if fixing.record != fixing.day:
        lines.append(_("in force from {short_day}", short_day=format_short_day(fixing.record)))
    return "\n".join(lines)


def _format_fixing_day(fixing: Fixing) -> str:
    """The market day; of a bar also its begin and end."""
    day = format_weekday(fixing.day)
    return f"{day}, {format_bar(fixing.opens, fixing.known_at)}" if fixing.bar_minutes else day


def _format_moscow_clock(fixing: Fixing) -> str:
    return f"{fixing.known_at.astimezone(ZoneInfo(MOSCOW)):%H:%M}"
