"""Bars on the time axis of Explore: the clock of Moscow, nights left open, weekends marked."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from dashboard.domain.event import MOSCOW, Event
from dashboard.domain.series import Bools, Days, Moments
from dashboard.ui.charts.grammar import FONT_SIZE, Figure
from dashboard.ui.palette import Ink

if TYPE_CHECKING:
    from dashboard.ui.charts.explore_view import ExploreView, RateLine

OPEN_NIGHTS_DAYS: Final = 14
"""In a window of more days the hours without a session are too narrow to leave open."""
WEEKENDS_DAYS: Final = 45
"""In a window of more days weekend sessions are too narrow to shade and name."""


def moscow_ends(known_at: Moments) -> Moments:
    """The ends of bars by the clock of Moscow, without a zone, in whole minutes, (n,)."""
    there = pd.DatetimeIndex(known_at + np.timedelta64(59, "s"), tz="UTC").tz_convert(MOSCOW)
    local: Moments = there.tz_localize(None).to_numpy().astype("datetime64[m]")
    return local.astype("datetime64[s]")


def place_of(event: Event) -> datetime:
    """Where an event lies on the axis: its moment in Moscow, or the start of its day."""
    if event.moment is None:
        return datetime(event.day.year, event.day.month, event.day.day)  # noqa: DTZ001 - an axis
    return event.moment.astimezone(ZoneInfo(MOSCOW)).replace(tzinfo=None)


def opened_at(line: RateLine, *, days: int) -> list[int]:
    """The points of the line, -1 where it is left open because the market was closed."""
    points = np.arange(len(line.day))
    if not line.at_bars or days > OPEN_NIGHTS_DAYS:
        return list(points.tolist())
    fresh = np.flatnonzero(line.fresh)
    opened: list[int] = np.insert(points, fresh[fresh > 0], -1).tolist()
    return opened


def weekend_shapes(view: ExploreView, line: RateLine, ink: Ink, rate_top: float) -> list[Figure]:
    """A band behind each weekend session."""
    return [
        {
            "type": "rect",
            "xref": "x",
            "yref": "paper",
            "x0": first,
            "x1": last,
            "y0": 0,
            "y1": rate_top,
            "layer": "below",
            "fillcolor": ink.muted,
            "opacity": 0.12,
            "line": {"width": 0},
        }
        for first, last in weekends(view, line)
    ]


def weekend_notes(view: ExploreView, line: RateLine, ink: Ink, rate_top: float) -> list[Figure]:
    """The name of each band, short where there is little room."""
    wide = (view.until - view.since).days <= OPEN_NIGHTS_DAYS and not view.phone
    return [
        {
            "text": "weekend session" if wide else "we",
            "xref": "x",
            "yref": "paper",
            "x": first,
            "y": rate_top,
            "xanchor": "left",
            "yanchor": "top",
            "showarrow": False,
            "font": {"size": FONT_SIZE - 3, "color": ink.muted},
        }
        for first, last in weekends(view, line)
    ]


def weekends(view: ExploreView, line: RateLine) -> list[tuple[str, str]]:
    """First and last moment of each weekend with a session, where there is room to mark it."""
    if not line.at_bars or (view.until - view.since).days > WEEKENDS_DAYS:
        return []
    hour = np.timedelta64(view.series.card.bar_minutes, "m")
    groups = groupby(range(len(line.day)), key=lambda k: _weekend_of(line.day, line.weekend, k))
    spans = [(key, list(points)) for key, points in groups]
    return [
        (str(line.at[points[0]] - hour), str(line.at[points[-1]]))
        for key, points in spans
        if key is not None
    ]


def _weekend_of(day: Days, weekend: Bools, k: int) -> str | None:
    """The Saturday of the weekend a point belongs to; None on other days."""
    if not weekend[k]:
        return None
    on = day[k].astype("datetime64[D]").astype(object)
    return str(on - timedelta(days=on.weekday() - 5))
