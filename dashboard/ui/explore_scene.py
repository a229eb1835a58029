"""What Explore shows for one link: the series, the window, the events that pass the filters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from dashboard.domain.event import Event, Origin
from dashboard.domain.series import RateSeries
from dashboard.services.find_events import EventFilter, find_events
from dashboard.services.scan_moves import move_between
from dashboard.ui import session
from dashboard.ui.address import View
from dashboard.ui.charts.explore_view import ExploreView
from dashboard.ui.quoting import Quote, Quoting
from dashboard.ui.window import Limits, Shown, limits, shown_window
from dashboard.ui.wording import NOTHING, count, day


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything the page is drawn from."""

    series: RateSeries
    quoting: Quoting
    known: tuple[Event, ...]
    events: tuple[Event, ...]
    bounds: Limits
    shown: Shown
    chosen: date | None
    phone: bool
    dark: bool


def read_scene(view: View) -> Scene:
    """The scene of a link; settings that cannot be together are ignored and told."""
    if view["series"] not in {card.id for card in session.prices()}:
        view.ignore("series")
    series = session.series(view["series"])
    known = session.known_events().events
    bounds = limits(series, known, session.today())
    shown = shown_window(view["from"], view["to"], bounds)
    if shown.impossible:
        view.ignore("from", "to")
    if view["sel"] is not None and not bounds.first <= view["sel"] <= bounds.furthest:
        view.ignore("sel")
    compact = session.is_phone() if view["view"] == "auto" else view["view"] == "compact"
    return Scene(
        series=series,
        quoting=Quoting(series.card, Quote(view["up"])),
        known=known,
        events=_filtered(view, known, shown),
        bounds=bounds,
        shown=shown,
        chosen=view["sel"],
        phone=compact,
        dark=session.is_dark(),
    )


def figure_view(scene: Scene, *, log_scale: bool, brush: bool) -> ExploreView:
    """The scene as the figure wants it."""
    return ExploreView(
        series=scene.series,
        quoting=scene.quoting,
        events=scene.events,
        since=scene.shown.since,
        until=scene.shown.until,
        title=title_of(scene),
        subtitle=subtitle_of(scene),
        selected=scene.chosen,
        log_scale=log_scale,
        brush=brush,
        phone=scene.phone,
    )


def title_of(scene: Scene) -> str:
    """The figure's heading as a sentence: what the rate did between the ends of the window."""
    ends = _ends(scene)
    if ends is None:
        return f"{scene.series.card.title}: no rate in this window"
    (first, first_rate), (last, last_rate) = ends
    move = move_between(scene.series.card, first_rate, last_rate)
    subject = "Rouble" if scene.series.card.is_rouble else scene.quoting.unit
    return f"{scene.quoting.headline(move, subject)}, {day(first)} to {day(last)}"


def subtitle_of(scene: Scene) -> str:
    """Definition, source and how many events."""
    card, ends = scene.series.card, _ends(scene)
    values = NOTHING
    if ends is not None:
        values = f"{scene.quoting.rate(ends[0][1])} → {scene.quoting.rate(ends[1][1])}"
    parts = (card.title, values, f"source: {card.publisher}", count(len(scene.events), "event"))
    return " · ".join(parts)


def alt_text(scene: Scene) -> str:
    """One sentence for a reader who cannot see the figure."""
    return (
        f"Line chart, {scene.quoting.axis_title}, with {count(len(scene.events), 'event')} in"
        f" lanes by category. {title_of(scene)}. The tables below hold the same data."
    )


def _ends(scene: Scene) -> tuple[tuple[date, float], tuple[date, float]] | None:
    series, shown = scene.series, scene.shown
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


def _filtered(view: View, known: tuple[Event, ...], shown: Shown) -> tuple[Event, ...]:
    """Categories filter the catalogue; notes have a switch of their own; the search both."""
    text = view["q"]
    notes = [e for e in known if e.origin == Origin.NOTE] if view["notes"] == "shown" else []
    others = [e for e in known if e.origin != Origin.NOTE]
    asked = EventFilter(text=text, since=shown.since, until=shown.until)
    asked_here = EventFilter(view["cat"], text=text, since=shown.since, until=shown.until)
    found = {e.id for e in (*find_events(notes, asked), *find_events(others, asked_here))}
    return tuple(event for event in known if event.id in found)
