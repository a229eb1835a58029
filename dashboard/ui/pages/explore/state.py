"""State of the Explore page: series, window and filtered events, from the URL."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

import numpy as np
import streamlit as st

from dashboard.models.errors import InputError
from dashboard.models.event import Event, Origin
from dashboard.models.messages import plural
from dashboard.models.messages import translate as _
from dashboard.models.moves import DayMove
from dashboard.models.series import RateSeries, SeriesCard
from dashboard.presentation.charts.explore import EDGE_MARGIN
from dashboard.presentation.charts.overlays import MAX_OVERLAYS
from dashboard.presentation.charts.timeline import ExploreChart, Overlay
from dashboard.presentation.escaping import escape_plot
from dashboard.presentation.events import format_schedule
from dashboard.presentation.formatting import NO_VALUE, format_age, format_day
from dashboard.presentation.moves import format_percentile_cell
from dashboard.presentation.palette import get_event_style
from dashboard.presentation.quoting import QuotedSeries, QuoteMode
from dashboard.presentation.regimes import name_regimes
from dashboard.services.events import EventFilter, find_events
from dashboard.services.regimes import BreakKind, RegimeAnswer, RegimeRequest, find_regimes
from dashboard.services.schedule import days_until
from dashboard.services.study import largest_moves, move_between, move_on_day
from dashboard.ui import session
from dashboard.ui.components.view_controls import (
    DayWindow,
    WindowLimits,
    clamp_window,
    compute_limits,
    resolve_window,
)
from dashboard.ui.url_state import UrlState

NAMED_MOVES: Final = 3
AHEAD_SHARE: Final = 0.12
"""How much of the window the axis goes on to the right of today."""
NEXT_EVENT_MARGIN: Final = 0.02
MAX_AHEAD_SHARE: Final = 0.4


@dataclass(frozen=True, slots=True)
class ExploreState:
    """Everything the page is drawn from.

    `counts` says of each category how many events of the window the search leaves. `upcoming` are
    the scheduled events that the filters leave, `horizon` the last day on the axis. `regimes` are
    those of the whole series where they are chosen, `regimes_refused` why there are none.
    """

    series: RateSeries
    quoting: QuotedSeries
    known: tuple[Event, ...]
    events: tuple[Event, ...]
    bounds: WindowLimits
    shown: DayWindow
    chosen: date | None
    phone: bool
    dark: bool
    counts: Mapping[str, int]
    overlays: tuple[Overlay, ...]
    today: date
    upcoming: tuple[Event, ...]
    horizon: date
    regimes: RegimeAnswer | None = None
    regimes_refused: str = ""

    @property
    def day(self) -> date:
        """The day of the card: the chosen one, else that of the latest rate."""
        return self.chosen or self.bounds.last


def read_explore_state(view: UrlState) -> ExploreState:
    """The state for a link; settings that do not fit one another are ignored."""
    if view["series"] not in {card.id for card in session.get_price_cards()}:
        view.ignore("series")
    series = session.load_series(view["series"])
    known = session.get_known_events().events
    today = session.get_view_day()
    scheduled = session.get_upcoming_events()
    bounds = compute_limits(series, (*known, *scheduled), today)
    shown = resolve_window(view["from"], view["to"], bounds)
    if shown.is_empty:
        view.ignore("from", "to")
    if view["sel"] is not None and not bounds.first <= view["sel"] <= bounds.last_allowed:
        view.ignore("sel")
    compact = session.is_phone() if view["view"] == "auto" else view["view"] == "compact"
    ahead = {event.id for event in scheduled}
    upcoming, _counts = _filter_events(view, scheduled, DayWindow(shown.since, date.max))
    horizon = shown.until if view["to"] else find_horizon(shown, upcoming, today)
    # An axis that goes on to the right of today shows what came after the last rate, too.
    on_axis = DayWindow(shown.since, horizon)
    events, counts = _filter_events(view, [e for e in known if e.id not in ahead], on_axis)
    quoting = QuotedSeries(series.card, QuoteMode(view["up"]))
    return ExploreState(
        series=series,
        quoting=quoting,
        known=known,
        events=events,
        bounds=bounds,
        shown=shown,
        chosen=view["sel"],
        phone=compact,
        dark=session.is_dark(),
        counts=counts,
        overlays=_load_overlays(view, quoting),
        today=today,
        upcoming=upcoming,
        horizon=horizon,
        **_read_regimes(view, series, known),
    )


def _read_regimes(view: UrlState, series: RateSeries, known: tuple[Event, ...]) -> dict[str, Any]:
    """The regimes of the series, or why there are none; nothing where they are not chosen."""
    if view["regimes"] == "none":
        return {}
    version = f"{session.build_series_version(series)}/{session.get_known_events().version}"
    try:
        return {"regimes": _cached_regimes(series, known, version, view["regimes"])}
    except InputError as error:
        return {"regimes_refused": str(error)}


@st.cache_resource(show_spinner=False, max_entries=16)
def _cached_regimes(
    _series: RateSeries,
    _known: tuple[Event, ...],
    version: str,  # noqa: ARG001
    kind: BreakKind,
) -> RegimeAnswer:
    return find_regimes(_series, _known, RegimeRequest(kind))


def find_horizon(shown: DayWindow, upcoming: Sequence[Event], today: date) -> date:
    """The last day on the axis: that of the window, or after it where scheduled events follow.

    The axis goes on beyond today by a share of the window, to the next event at least; not where
    the rates end so long ago, or the event is so far off, that the line would become too narrow.
    """
    if not upcoming:
        return shown.until
    length = (shown.until - shown.since).days
    next_day = (upcoming[0].day - today).days + NEXT_EVENT_MARGIN * length
    horizon = today + timedelta(days=math.ceil(max(AHEAD_SHARE * length, next_day)))
    return horizon if (horizon - shown.until).days <= MAX_AHEAD_SHARE * length else shown.until


def list_overlay_cards(card: SeriesCard) -> list[SeriesCard]:
    """The series that can be drawn over one: every other with a number a day, or bars like it."""
    lengths = {0, card.bar_minutes}
    return [c for c in session.get_cards() if c.id != card.id and c.bar_minutes in lengths]


def _load_overlays(view: UrlState, quoting: QuotedSeries) -> tuple[Overlay, ...]:
    """The overlays of a link; those that there are not, or too many, are ignored with a notice."""
    offered = {card.id: card for card in list_overlay_cards(quoting.card)}
    chosen = [name for name in view["over"] if name in offered][:MAX_OVERLAYS]
    view.ignore_part("over", [name for name in view["over"] if name not in chosen])
    overlays = []
    for name in chosen:
        series = session.load_series(name)
        is_alike = series.card.subject == quoting.card.subject
        mode = quoting.mode if is_alike else QuoteMode.WEAKER
        overlays.append(Overlay(series, QuotedSeries(series.card, mode)))
    return tuple(overlays)


def find_day_move(state: ExploreState, day: date) -> DayMove | None:
    """The move of the last rate on or before a day, cached until anything in it changes."""
    return _cached_day_move(state.series, state.known, _build_version(state), day)


def find_largest_moves(state: ExploreState) -> tuple[DayMove, ...]:
    """The largest moves in view, cached until anything in them changes."""
    shown = state.shown.since, state.shown.until
    return _cached_largest_moves(state.series, state.known, _build_version(state), shown)


def _build_version(state: ExploreState) -> str:
    return f"{session.build_series_version(state.series)}/{session.get_known_events().version}"


@st.cache_resource(show_spinner=False, max_entries=64)
def _cached_day_move(
    _series: RateSeries,
    _known: tuple[Event, ...],
    version: str,  # noqa: ARG001
    day: date,
) -> DayMove | None:
    return move_on_day(_series, _known, day)


@st.cache_resource(show_spinner=False, max_entries=64)
def _cached_largest_moves(
    _series: RateSeries,
    _known: tuple[Event, ...],
    version: str,  # noqa: ARG001
    shown: tuple[date, date],
) -> tuple[DayMove, ...]:
    return largest_moves(_series, _known, *shown)


def build_explore_chart(view: UrlState, state: ExploreState) -> ExploreChart:
    """The data of the figure."""
    quoting = state.quoting
    return ExploreChart(
        series=state.series,
        quoting=quoting,
        events=state.events,
        since=state.shown.since,
        until=state.shown.until,
        selected=state.chosen,
        log_scale=view["scale"] == "log",
        phone=state.phone,
        overlays=state.overlays,
        overlay_mode=view["as"],
        average=int(view["ma"]),
        has_band=view["band"] == "shown" and view["ma"] != "0",
        named_moves=() if state.phone else find_largest_moves(state)[:NAMED_MOVES],
        event_moves=describe_event_moves(state),
        has_overview=not state.phone,
        today=state.today,
        horizon=state.horizon,
        upcoming=state.upcoming,
        countdowns={
            event.id: escape_plot(format_countdown(event, state)) for event in state.upcoming
        },
        regimes=name_regimes(state.regimes) if state.regimes else (),
    )


def describe_event_moves(state: ExploreState) -> dict[str, str]:
    """The line about its move in the hover text of each event in view, by its id."""
    measured = session.get_event_moves(state.series, session.get_known_events())
    texts = {}
    for event in state.events:
        moves = measured.get(event.id)
        if moves is None or math.isnan(moves.first):
            continue
        rank = format_percentile_cell(moves.rank_first)
        move = state.quoting.move(moves.first, 2)
        texts[event.id] = (
            _("{move}, bigger than {share} of days", move=move, share=rank)
            if rank != NO_VALUE
            else move
        )
    return texts


def format_countdown(event: Event, state: ExploreState) -> str:
    """`in 18 days · Fri 18 Dec 2026, 13:30 MSK`."""
    days = days_until(event, session.get_view_time())
    return (
        f"{format_age(state.today + timedelta(days=days), state.today)} · {format_schedule(event)}"
    )


def format_title(state: ExploreState) -> str:
    """The finding as a sentence: what the rate did between the ends of the window."""
    ends = _get_window_ends(state)
    if ends is None:
        return _("{title}: no rate in this window", title=state.series.card.label)
    (first, first_rate), (last, last_rate) = ends
    move = move_between(state.series.card, first_rate, last_rate)
    card, values = state.series.card, {"change": state.quoting.directed(move)}
    values["subject"] = card.subject.title if card.subject.is_currency else card.label
    if last >= state.bounds.last:
        return _("{subject} {change} since {first}", first=format_day(first), **values)
    return _(
        "{subject} {change}, {first} to {last}",
        first=format_day(first),
        last=format_day(last),
        **values,
    )


def format_subtitle(state: ExploreState) -> str:
    """From what to what, and whose numbers."""
    ends, publisher = _get_window_ends(state), state.series.card.publisher_label
    if ends is None:
        return publisher
    first, last = (state.quoting.price(rate) for _day, rate in ends)
    return f"{first} → {last}, {publisher}"


def format_alt_text(state: ExploreState) -> str:
    """What a reader hears who cannot see the figure."""
    sentences = [
        plural(
            "Line chart, {axis_title}, with {n:,} event in lanes by category. {title}. The tables"
            " below hold the same data.",
            "Line chart, {axis_title}, with {n:,} events in lanes by category. {title}. The tables"
            " below hold the same data.",
            len(state.events),
            axis_title=state.quoting.axis_title,
            title=format_title(state),
        )
    ]
    ahead = sum(event.day <= state.horizon for event in state.upcoming)
    if ahead:
        sentences.append(
            plural(
                "To the right of today: {n:,} scheduled event.",
                "To the right of today: {n:,} scheduled events.",
                ahead,
            )
        )
    return " ".join(sentences)


def _get_window_ends(state: ExploreState) -> tuple[tuple[date, float], tuple[date, float]] | None:
    series, shown = state.series, state.shown
    inside = (
        (series.day >= np.datetime64(shown.since))
        & (series.day <= np.datetime64(shown.until))
        & np.isfinite(series.rate)
    )
    rows = np.flatnonzero(inside)
    if len(rows) < 2:
        return None
    first, last = (
        (date.fromisoformat(str(series.day[row])), float(series.rate[row])) for row in rows[[0, -1]]
    )
    return first, last


def _filter_events(
    view: UrlState, known: Sequence[Event], shown: DayWindow
) -> tuple[tuple[Event, ...], Counter[str]]:
    """The events to draw, and how many of each category the search and the window leave.

    Categories filter the catalogue; notes have a switch of their own; the search both.
    """
    matching = find_events(known, EventFilter(text=view["q"], since=shown.since, until=shown.until))
    counts = Counter(get_event_style(event).id for event in matching)
    chosen, has_notes = set(view["cat"]), view["notes"] == "shown"
    events = [
        event
        for event in matching
        if (has_notes if event.origin == Origin.NOTE else not chosen or event.category in chosen)
    ]
    return tuple(events), counts


def step_event(state: ExploreState, *, forward: bool) -> Event | None:
    """The event in view of the nearest day after the chosen one, or before it."""
    drawn = (*state.events, *(event for event in state.upcoming if event.day <= state.horizon))
    days = [event for event in drawn if (event.day > state.day) == forward]
    days = [event for event in days if event.day != state.day]
    return min(days, key=lambda event: abs(event.day - state.day), default=None)


def count_matches_of_all_years(view: UrlState, known: tuple[Event, ...]) -> int:
    """How many events of any day the filters of a link find."""
    whole = DayWindow(date.min, date.max)
    return len(_filter_events(view, known, whole)[0])


def read_zoom(zoom: Mapping[str, Any], bounds: WindowLimits) -> tuple[date | None, date | None]:
    """The `from` and `to` of a link for the ends of the axis as a person left them.

    Args:
        zoom: `from` and `to` as Plotly writes moments; `overview` says which axis they are of, and
            that of the chart is a little wider than its window (`EDGE_MARGIN`).
        bounds: how far a window can reach.
    """
    first, last = sorted(_parse_moment(zoom[key]) for key in ("from", "to"))
    share = 0.0 if zoom.get("overview") else EDGE_MARGIN / (1 + 2 * EDGE_MARGIN)
    margin = (last - first) * share
    return clamp_window(_nearest_day(first + margin), _nearest_day(last - margin), bounds)


def _parse_moment(text: str) -> datetime:
    return datetime.fromisoformat(text.strip().replace(" ", "T")[:19])


def _nearest_day(moment: datetime) -> date:
    return (moment + timedelta(hours=12)).date()
