"""The card of a day: its rate and move, how that compares, its events, and what to do with it."""

from __future__ import annotations

from datetime import date
from typing import Final

import numpy as np
import streamlit as st

from dashboard.models.event import Event, HourKind
from dashboard.models.messages import deferred, plural, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.models.moves import DayMove
from dashboard.models.people import Action
from dashboard.models.series import RateSeries
from dashboard.presentation.claims import describe_last_reached
from dashboard.presentation.escaping import escape_markdown
from dashboard.presentation.events import describe_countdown, format_schedule
from dashboard.presentation.formatting import (
    format_age,
    format_clock,
    format_day,
    format_day_range,
    format_short_day,
    format_weekday,
)
from dashboard.presentation.moves import describe_both_ranks, spans_break, summarize_rank
from dashboard.presentation.palette import format_coloured, get_event_style
from dashboard.services.claims import check_facts
from dashboard.services.schedule import days_until
from dashboard.services.study import first_rate_days
from dashboard.ui import session
from dashboard.ui.components.elements import button_type, draw_page_link, open_page
from dashboard.ui.components.event_card import draw_usual_moves
from dashboard.ui.components.note_form import open_new_note
from dashboard.ui.pages.explore.state import ExploreState, find_day_move
from dashboard.ui.url_state import UrlState

MAX_LISTED_EVENTS: Final = 6
MAX_LISTED_IN_SHEET: Final = 2
BASE_LABELS: Final = {
    "week": deferred("1 week"),
    "month": deferred("1 month"),
    "year": deferred("1 year"),
    "year_end": deferred("this year"),
}


def draw_day_card(view: UrlState, state: ExploreState) -> None:
    """Draw the rate and the events of the day, links to its neighbours, and the note button."""
    _draw_head(view, state)
    day_of_rate = find_rate_day(state.series, state.day)
    scheduled = [event for event in state.upcoming if _is_on_day(event, state.day)]
    is_ahead = state.day > max(state.today, day_of_rate)
    if is_ahead:
        distance = format_age(state.day, state.today)
        st.caption(_("This day lies ahead, {distance}: there is no rate yet.", distance=distance))
    else:
        _draw_past(state, day_of_rate)
    if scheduled:
        _list_events(state, _("**Scheduled for this day**"), scheduled)
        draw_usual_moves(state.series, str(scheduled[0].category))
    with st.container(horizontal=True):
        if session.may(Action.NOTE) and st.button(
            _("Add note"), icon=":material/add:", type=button_type(), shortcut="A"
        ):
            open_new_note(state.day, state.series.card.id)
        if st.button(_("Check a claim"), icon=":material/fact_check:", key="day_card.check"):
            open_page("facts", day=day_of_rate.isoformat(), series=state.series.card.id)
    if not (is_sheet(state) or is_ahead):
        _draw_changes(state, day_of_rate)
    if state.upcoming and not scheduled:
        _draw_next_event(state, state.upcoming[0])


def _draw_past(state: ExploreState, day_of_rate: date) -> None:
    """Draw the rate of the day with its move, and the events that it can contain."""
    move = find_day_move(state, day_of_rate)
    if move is not None:
        _draw_rate(state, move)
    _draw_events(state, move)


def _is_on_day(event: Event, day: date) -> bool:
    return event.day <= day <= (event.end_day or event.day)


def _draw_next_event(state: ExploreState, event: Event) -> None:
    """Draw the countdown to the next scheduled event, and what is usual after its kind."""
    days = days_until(event, session.get_view_time())
    with st.container(gap="xsmall", key="day_card.next"):
        text = escape_markdown(describe_countdown(event, days))
        st.markdown(_(":material/event_upcoming: **{countdown}**", countdown=text))
        st.caption(escape_markdown(format_schedule(event)))
        if is_sheet(state):
            return
        draw_usual_moves(state.series, str(event.category))
        label = _("All scheduled events")
        draw_page_link("events", label, icon=":material/event:", show="upcoming")


def find_rate_day(series: RateSeries, day: date) -> date:
    """The first market day with a rate on or after a day; the last one where there is none."""
    observed = series.day[np.isfinite(series.rate)]
    at = int(np.searchsorted(observed, np.datetime64(day, "D")))
    return date.fromisoformat(str(observed[min(at, len(observed) - 1)]))


def _find_neighbour_days(series: RateSeries, day: date) -> tuple[date | None, date | None]:
    """The market days with a rate before and after a day."""
    observed = series.day[np.isfinite(series.rate)]
    here = np.datetime64(day, "D")
    before = int(np.searchsorted(observed, here)) - 1
    after = int(np.searchsorted(observed, here, side="right"))
    return (
        date.fromisoformat(str(observed[before])) if before >= 0 else None,
        date.fromisoformat(str(observed[after])) if after < len(observed) else None,
    )


def _draw_head(view: UrlState, state: ExploreState) -> None:
    before, after = _find_neighbour_days(state.series, state.day)
    steps = (
        ("earlier", ":material/chevron_left:", before, _("The rate before"), "Left"),
        ("later", ":material/chevron_right:", after, _("The rate after"), "Right"),
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", wrap=False):
        title, latest = format_weekday(state.day), _("latest")
        if not state.chosen:
            title = f"{title} :small[:gray[{latest}]]"
        st.markdown(f"#### {title}", width="stretch")
        for name, icon, target, text, key in steps:
            st.button(
                text,  # read out; shell.css shows the icon alone
                icon=icon,
                key=f"day_card.{name}",
                help=f"{text}: {format_day(target)}" if target else text,
                disabled=target is None,
                on_click=view.set,
                kwargs={"sel": target},
                type="tertiary",
                shortcut=key,
            )
        if is_sheet(state):
            st.button(
                _("Close"),
                icon=":material/close:",
                key="day_card.close",
                on_click=view.set,
                kwargs={"sel": None},
                type="tertiary",
            )


def _draw_rate(state: ExploreState, move: DayMove) -> None:
    quoting, card = state.quoting, state.series.card
    colour = quoting.colour(move.log_points, dark=state.dark)
    change = format_coloured(quoting.move(move.log_points, 2), colour)
    st.markdown(f"### {quoting.price(move.rate)} :small[{change}]")
    rank = summarize_rank(move.rank, card)
    ranks = describe_both_ranks((move.rank, move.rank_both), card)
    too_few = _("Too few moves before it to learn its volatility from.")
    st.markdown(rank or too_few, help=ranks or None)
    if is_sheet(state):
        return
    lines = [
        _(
            "{rate} {unit} {step}, from {base} on {day}",
            rate=quoting.rate(move.rate),
            unit=quoting.unit,
            step=_describe_step(move, card.bar_minutes),
            base=quoting.rate(move.base_rate),
            day=_format_base_day(move),
        ),
        _("Other quote: {change}", change=quoting.other_percent(move.log_points, 2)),
    ]
    if move.day != state.day:
        day, later = format_weekday(move.day), move.day > state.day
        lines.insert(
            0,
            _("No rate on this day. The first rate after it: {day}.", day=day)
            if later
            else _("No rate on this day. The last rate before it: {day}.", day=day),
        )
    st.caption("  \n".join(lines))


def _describe_step(move: DayMove, bar_minutes: int) -> str:
    """`in a day`, `in the last bar of the day, to 19:00 MSK`, `over a break, to 11:00 MSK`."""
    if move.known_at is None:
        return _("in a day")
    clock = format_clock(move.known_at)
    if spans_break(move, bar_minutes):
        return _("over a break, to {clock} MSK", clock=clock)
    return _("in the last bar of the day, to {clock} MSK", clock=clock)


def _format_base_day(move: DayMove) -> str:
    """The day of the base; of a bar its end too."""
    day = format_short_day(move.base_day, move.day)
    if move.base_known_at is None:
        return day
    return _("{day} at {clock}", day=day, clock=format_clock(move.base_known_at))


def _draw_changes(state: ExploreState, day_of_rate: date) -> None:
    """The changes since some days before, in one line, and since when it was last there."""
    facts = check_facts([state.series], day_of_rate)[0]
    parts = []
    for change in facts.changes:
        if change.base in BASE_LABELS:
            label = translate_deferred(BASE_LABELS[change.base])
            percent = state.quoting.percent(change.log_points)
            parts.append(f":gray[{label}] {state.quoting.arrow(change.log_points)} {percent}")
    st.markdown(f":small[{' · '.join(parts)}]")
    since = describe_last_reached(state.quoting, facts)
    if since:
        st.caption(since)


def _draw_events(state: ExploreState, move: DayMove | None) -> None:
    """The events that the rate can contain, and those of the day that only a later one can."""
    shown = {event.id for event in state.events}
    contained = [] if move is None else [e for e in move.events if e.id in shown]
    ids = {event.id for event in contained}
    on_day = [event for event in state.events if _is_on_day(event, state.day)]
    others = [event for event in on_day if event.id not in ids]
    if not contained and not others:
        st.caption(_("No event on this day among those shown."))
        return
    if contained:
        heading = plural(
            "**{n:,} event in this rate**", "**{n:,} events in this rate**", len(contained)
        )
        _list_events(state, heading, contained)
    first_days = first_rate_days(state.series, others)
    for day in sorted({first_days.get(event.id) for event in others}, key=lambda d: d or date.max):
        group = [event for event in others if first_days.get(event.id) == day]
        if day is None:
            heading = _("**On this day, in no rate yet**")
        else:
            heading = _("**On this day, first in the rate of {day}**", day=format_weekday(day))
        _list_events(state, heading, group)


def _list_events(state: ExploreState, heading: str, events: list[Event]) -> None:
    st.markdown(heading)
    limit = MAX_LISTED_IN_SHEET if is_sheet(state) else MAX_LISTED_EVENTS
    for event in events[:limit]:
        with st.container(gap=None):
            draw_page_link(
                "event",
                f"{get_event_style(event).glyph} {event.title}",
                icon="",
                id=event.id,
                up=state.quoting.mode.value,
                series=state.series.card.id,
            )
            st.caption(escape_markdown(_format_event_line(event)))
    if len(events) > limit:
        st.caption(escape_markdown(_("+ {count} more", count=len(events) - limit)))


def _format_event_line(event: Event) -> str:
    """`20 Apr 2025, 15:09 MSK · Jerusalem Post`: when, and who reported or wrote it."""
    when = format_day_range(event.day, event.end_day)
    if event.hour_kind == HourKind.SCHEDULED:
        when = format_schedule(event)
    elif event.moment is not None:
        when = _("{day}, {clock} MSK", day=when, clock=format_clock(event.moment))
    return " · ".join(filter(None, (when, event.author or event.source_name)))


def is_sheet(state: ExploreState) -> bool:
    """Whether the card is drawn as a sheet over the foot of a phone."""
    return state.phone and state.chosen is not None
