"""State of the Explore page: series, window and filtered events, from the URL."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import streamlit as st

from dashboard.models.event import Event, Origin
from dashboard.models.messages import plural
from dashboard.models.messages import translate as _
from dashboard.models.moves import DayMove
from dashboard.models.series import RateSeries
from dashboard.presentation.charts.timeline import ExploreChart
from dashboard.presentation.formatting import NO_VALUE, format_day
from dashboard.presentation.quoting import QuotedSeries, QuoteMode
from dashboard.services.events import EventFilter, find_events
from dashboard.services.study import largest_moves, move_between, move_on_day
from dashboard.ui import session
from dashboard.ui.components.view_controls import (
    DayWindow,
    WindowLimits,
    compute_limits,
    resolve_window,
)
from dashboard.ui.url_state import UrlState


@dataclass(frozen=True, slots=True)
class ExploreState:
    """Everything the page is drawn from."""

    series: RateSeries
    quoting: QuotedSeries
    known: tuple[Event, ...]
    events: tuple[Event, ...]
    bounds: WindowLimits
    shown: DayWindow
    chosen: date | None
    phone: bool
    dark: bool

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
    bounds = compute_limits(series, known, session.get_view_day())
    shown = resolve_window(view["from"], view["to"], bounds)
    if shown.is_empty:
        view.ignore("from", "to")
    if view["sel"] is not None and not bounds.first <= view["sel"] <= bounds.last_allowed:
        view.ignore("sel")
    compact = session.is_phone() if view["view"] == "auto" else view["view"] == "compact"
    return ExploreState(
        series=series,
        quoting=QuotedSeries(series.card, QuoteMode(view["up"])),
        known=known,
        events=_filter_events(view, known, shown),
        bounds=bounds,
        shown=shown,
        chosen=view["sel"],
        phone=compact,
        dark=session.is_dark(),
    )


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


def build_explore_chart(state: ExploreState, *, log_scale: bool, brush: bool) -> ExploreChart:
    """The data of the figure."""
    return ExploreChart(
        series=state.series,
        quoting=state.quoting,
        events=state.events,
        since=state.shown.since,
        until=state.shown.until,
        title=format_title(state),
        subtitle=_format_subtitle(state),
        selected=state.chosen,
        log_scale=log_scale,
        brush=brush,
        phone=state.phone,
    )


def format_title(state: ExploreState) -> str:
    """The figure's heading as a sentence: what the rate did between the ends of the window."""
    ends = _get_window_ends(state)
    if ends is None:
        return _("{title}: no rate in this window", title=state.series.card.label)
    (first, first_rate), (last, last_rate) = ends
    move = move_between(state.series.card, first_rate, last_rate)
    return _(
        "{headline}, {first} to {last}",
        headline=state.quoting.headline(move),
        first=format_day(first),
        last=format_day(last),
    )


def _format_subtitle(state: ExploreState) -> str:
    """Definition, source and how many events."""
    card, ends = state.series.card, _get_window_ends(state)
    values = NO_VALUE
    if ends is not None:
        values = f"{state.quoting.rate(ends[0][1])} → {state.quoting.rate(ends[1][1])}"
    parts = (
        card.label,
        values,
        _("source: {publisher}", publisher=card.publisher),
        plural("{n:,} event", "{n:,} events", len(state.events)),
    )
    return " · ".join(parts)


def format_alt_text(state: ExploreState) -> str:
    """One sentence for a reader who cannot see the figure."""
    return plural(
        "Line chart, {axis_title}, with {n:,} event in lanes by category. {title}. The tables"
        " below hold the same data.",
        "Line chart, {axis_title}, with {n:,} events in lanes by category. {title}. The tables"
        " below hold the same data.",
        len(state.events),
        axis_title=state.quoting.axis_title,
        title=format_title(state),
    )


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


def _filter_events(view: UrlState, known: tuple[Event, ...], shown: DayWindow) -> tuple[Event, ...]:
    """Categories filter the catalogue; notes have a switch of their own; the search both."""
    text = view["q"]
    notes = [e for e in known if e.origin == Origin.NOTE] if view["notes"] == "shown" else []
    others = [e for e in known if e.origin != Origin.NOTE]
    note_filter = EventFilter(text=text, since=shown.since, until=shown.until)
    catalogue_filter = EventFilter(view["cat"], text=text, since=shown.since, until=shown.until)
    event_ids = {
        e.id for e in (*find_events(notes, note_filter), *find_events(others, catalogue_filter))
    }
    return tuple(event for event in known if event.id in event_ids)
