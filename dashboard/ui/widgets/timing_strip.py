"""The timing rule of an event as a strip: said when, first rate that can contain it, base."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

import streamlit as st

from dashboard.domain.event import MOSCOW, Event
from dashboard.domain.event_view import Fixing, Timing
from dashboard.domain.series import SeriesCard
from dashboard.ui.wording import MINUS, count, moment, number, short_day, weekday_day


@dataclass(frozen=True, slots=True)
class Step:
    """One box of the strip."""

    head: str
    text: str
    foot: str = ""


def timing_steps(event: Event, timing: Timing, card: SeriesCard) -> tuple[Step, ...]:
    """Said, base, first rate; and the other candidate where the hour is not known."""
    first, base = timing.first, timing.base
    steps = [
        Step("Said", _said(event), _beside_the_fixing(timing)),
        Step(f"Base (h = {MINUS}1)", fixing_words(base, card), _rate(base, card)),
        Step(
            "First rate that can contain it (h = 0)", fixing_words(first, card), _rate(first, card)
        ),
    ]
    if timing.alternative is not None:
        other = timing.alternative
        steps.append(Step("If said late that day", fixing_words(other, card), _rate(other, card)))
    return tuple(steps)


def timing_flags(timing: Timing) -> tuple[str, ...]:
    """What a reader must know before using the move, one sentence each."""
    flags = []
    if timing.moment is None:
        flags.append("Time of day not known: the first rate of that day is used, the next shown.")
    if timing.partial:
        flags.append("Said while the rate was being fixed, so h = 0 contains only part of it.")
    if timing.far:
        flags.append(
            f"The first rate came {count(timing.shift_days, 'day')} later: much else happened."
        )
    return tuple(flags)


def fixing_words(fixing: Fixing, card: SeriesCard) -> str:
    """Which rate is meant: its market day, and the date it is printed with where that differs."""
    text = weekday_day(fixing.day)
    if fixing.record == fixing.day:
        return text
    return f"{text} (in force {short_day(fixing.record, fixing.day)})"


def draw_timing(event: Event, timing: Timing, card: SeriesCard) -> None:
    """Draw the strip and its warnings."""
    steps = timing_steps(event, timing, card)
    for column, step in zip(st.columns(len(steps), border=True), steps, strict=True):
        column.caption(step.head)
        column.markdown(f"**{step.text}**")
        if step.foot:
            column.caption(step.foot)
    for flag in timing_flags(timing):
        st.caption(f":material/info: {flag}")


def _said(event: Event) -> str:
    return moment(event.moment) if event.moment is not None else weekday_day(event.day)


def _beside_the_fixing(timing: Timing) -> str:
    """Before, inside or after the hours in which the rate was made."""
    if timing.moment is None:
        return "time not known"
    zone = ZoneInfo(MOSCOW)
    opens, closes = timing.first.opens.astimezone(zone), timing.first.known_at.astimezone(zone)
    hours = f"{opens:%H:%M}–{closes:%H:%M}" if opens != closes else f"{closes:%H:%M}"
    place = "inside" if timing.partial else "before"
    return f"{place} the fixing of {short_day(timing.first.day)} ({hours} MSK)"


def _rate(fixing: Fixing, card: SeriesCard) -> str:
    return f"{number(fixing.rate, card.decimals)} {card.unit}"
