"""The Explore figure: category lanes above the rate, the window owned by the server."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Final

import numpy as np

from dashboard.domain.bars import gaps_of
from dashboard.domain.event import Event
from dashboard.domain.series import Bools, Days, Ints
from dashboard.domain.spans import duration_words
from dashboard.services.scan_moves import log_points_of
from dashboard.ui.charts.bar_line import moscow_ends, opened_at, place_of
from dashboard.ui.charts.explore_layout import Pane, explore_layout
from dashboard.ui.charts.explore_view import ExploreView, RateLine
from dashboard.ui.charts.grammar import Figure
from dashboard.ui.charts.lanes import (
    MOST_MARKERS,
    Marker,
    cluster,
    marker_trace,
    range_traces,
    title_lines,
    used_lanes,
    weekly_counts,
)
from dashboard.ui.charts.thinning import points_to_draw
from dashboard.ui.palette import NOTES_LANE, Ink, lane_of

WEEKLY_BEYOND_DAYS: Final = 6 * 366
PLOT_PIXELS: Final = 1_150
PHONE_PIXELS: Final = 250
PHONE_LANES: Final = 3
MANY_GUIDES: Final = 120
MOST_LINES: Final = 3
BAR_HOVER: Final = (
    "%{x|%a %-d %b %Y, to %H:%M} MSK<br>%{meta[0]} %{y}<br>%{customdata}<extra></extra>"
)
HOVER: Final = "%{x|%a %-d %b %Y}<br>%{meta[0]} %{y}<br>%{customdata}<extra></extra>"


def rate_line(view: ExploreView) -> RateLine:
    """The observations of the window, thinned where there are more than a screen shows.

    Beyond six years it is the last one of each week.
    """
    series = view.series
    weekly = (view.until - view.since).days > WEEKLY_BEYOND_DAYS
    kept = _week_ends(series.day) if weekly else np.ones(len(series), dtype=bool)
    rows = np.flatnonzero(kept)
    rate = series.rate[rows]
    move = log_points_of(rate, series.card)
    days = series.day[rows]
    inside = (days >= np.datetime64(view.since)) & (days <= np.datetime64(view.until))
    shown = 1.0 / rate if view.quoting.is_inverse else rate
    at_bars, gaps = series.card.bar_minutes > 0 and not weekly, gaps_of(series)
    there = np.flatnonzero(inside)
    kept_points = points_to_draw(shown[there])
    at = there[kept_points]
    drawn = rows[at]
    return RateLine(
        days[at],
        shown[at],
        move[at],
        weekly,
        moscow_ends(series.known_at[drawn]) if at_bars else days[at],
        _fresh(gaps.session[rows[there]], kept_points),
        gaps.weekend[drawn],
        at_bars,
        len(there),
    )


def _fresh(session: Bools, points: Ints) -> Bools:
    """Whether a session began since the point drawn before, (k,)."""
    begun = np.cumsum(session)[points]
    return np.diff(begun, prepend=begun[:1] - session[points[:1]]) > 0


def build_figure(view: ExploreView, ink: Ink) -> Figure:
    """The whole figure as Plotly's plain dictionary."""
    line = rate_line(view)
    pane = lane_pane(view)
    data = [_rate_trace(view, line, ink)]
    if pane.counted:
        data.append(weekly_counts(pane.events, ink))
    elif pane.events:
        markers = cluster(pane.events, pixels_a_day(view), exact=line.at_bars)
        data.append(_guide_trace(markers, ink))
        data.extend(range_traces(pane.events, pane.lanes, view.until))
        data.append(marker_trace(markers, pane.lanes))
    data.extend(trace for trace in (_break_trace(view, ink), _dot(view, line, ink)) if trace)
    return {"data": data, "layout": explore_layout(view, line, pane, ink)}


def lane_pane(view: ExploreView) -> Pane:
    """The lanes to draw and the events in them; a phone has room for the three fullest."""
    lanes, events = used_lanes(view.events), view.events
    if view.phone and len(lanes) > PHONE_LANES:
        sizes = Counter(lane_of(event).id for event in events)
        ranked = sorted(lanes, key=lambda lane: (lane.id != NOTES_LANE, -sizes[lane.id]))
        lanes = tuple(lane for lane in lanes if lane in ranked[:PHONE_LANES])
        events = tuple(event for event in events if lane_of(event) in lanes)
    return Pane(lanes, events, counted=len(events) > MOST_MARKERS)


def pixels_a_day(view: ExploreView) -> float:
    """About how wide a day is on the screen."""
    width = PHONE_PIXELS if view.phone else PLOT_PIXELS
    return width / max((view.until - view.since).days, 1)


def _week_ends(days: Days) -> np.ndarray:
    """The last observation of each Monday-to-Sunday week."""
    week = (days.astype("datetime64[D]").astype(np.int64) + 3) // 7
    return np.append(week[1:] != week[:-1], True) if len(days) else np.zeros(0, dtype=bool)


def _rate_trace(view: ExploreView, line: RateLine, ink: Ink) -> Figure:
    invisible = {"marker": {"opacity": 0}}
    hovers, places = _hover_lines(view, line), line.at.astype(str).tolist()
    values = [_rounded(value, view.quoting.decimals) for value in line.shown.tolist()]
    points = opened_at(line, days=(view.until - view.since).days)
    return {
        "type": "scatter",
        "mode": "lines+markers",  # markers nobody sees: a line alone cannot be clicked
        "x": [places[k] if k >= 0 else None for k in points],
        "y": [values[k] if k >= 0 else None for k in points],
        "line": {"color": ink.line, "width": 1.6},
        "marker": {"opacity": 0, "size": 6, "color": ink.line},
        "selected": invisible,
        "unselected": invisible,
        "connectgaps": False,
        "meta": [view.quoting.unit],
        "customdata": [hovers[k] if k >= 0 else "" for k in points],
        "hovertemplate": BAR_HOVER if line.at_bars else HOVER,
    }


def _hover_lines(view: ExploreView, line: RateLine) -> list[str]:
    bars = view.series.card.bar_minutes
    step = duration_words(1, bars) if line.at_bars else "1 week" if line.weekly else "1 day"
    quoting = view.quoting
    texts = [
        f"{step} {quoting.move(move, 2)}" if move == move else ""  # noqa: PLR0124 - not NaN
        for move in line.move.tolist()
    ]
    if line.weekly:
        return texts
    if line.at_bars:
        return bar_hovers(view, line, texts)
    notes = _notes_by_day(view)
    if not notes:
        return texts
    return [
        "<br>".join([text, *notes[day]]) if day in notes else text
        for text, day in zip(texts, line.day.astype(str).tolist(), strict=True)
    ]


def bar_hovers(view: ExploreView, line: RateLine, texts: list[str]) -> list[str]:
    """What a tooltip adds on a bar: whether it is special, and the timed events it contains."""
    lines = [[text] for text in texts]
    for k in np.flatnonzero(line.fresh).tolist():
        lines[k][0] += " (over a break)"
    for k in np.flatnonzero(line.weekend).tolist():
        lines[k].append("weekend session")
    for event in view.events:
        if event.moment is not None:
            k = int(np.searchsorted(line.at, np.datetime64(place_of(event), "s"), side="right"))
            if k < len(lines) and len(lines[k]) < MOST_LINES:
                lines[k].append(f"{lane_of(event).glyph} {title_lines(event.title)}")
    return ["<br>".join(each) for each in lines]


def _notes_by_day(view: ExploreView) -> dict[str, list[str]]:
    """What a tooltip adds on a day: one event, how many more, a new way of fixing."""
    by_day: dict[str, list[Event]] = defaultdict(list)
    for event in view.events:
        by_day[event.day.isoformat()].append(event)
    lines = {
        day: [f"{lane_of(events[0]).glyph} {title_lines(events[0].title)}"]
        + ([f"+{len(events) - 1} more that day"] if len(events) > 1 else [])
        for day, events in by_day.items()
    }
    for one in view.series.card.breaks:
        lines.setdefault(one.day.isoformat(), []).append("fixing method changed")
    return lines


def _guide_trace(markers: Sequence[Marker], ink: Ink) -> Figure:
    """Hairlines under the markers as one broken line; fainter where there are many."""
    days = sorted({marker.x for marker in markers})
    return {
        "type": "scatter",
        "mode": "lines",
        "yaxis": "y3",
        "x": [x for day in days for x in (day, day, None)],
        "y": [0, 1, None] * len(days),
        "line": {"color": ink.guide, "width": 1},
        "opacity": 1 if len(days) <= MANY_GUIDES else 0.5,
        "hoverinfo": "skip",
    }


def _break_trace(view: ExploreView, ink: Ink) -> Figure | None:
    """Dotted lines where the publisher changed its method, each with a mark at the foot."""
    inside = [b for b in view.series.card.breaks if view.since <= b.day <= view.until]
    if not inside:
        return None
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "yaxis": "y3",
        "x": [x for b in inside for x in (b.day.isoformat(), b.day.isoformat(), None)],
        "y": [0.03, 1, None] * len(inside),
        "line": {"color": ink.muted, "width": 1, "dash": "dot"},
        "marker": {
            "symbol": "diamond-open",
            "color": ink.muted,
            "size": [9, 0, 0] * len(inside),
            "opacity": 1,
        },
        "hoverinfo": "skip",
    }


def _dot(view: ExploreView, line: RateLine, ink: Ink) -> Figure | None:
    """The rate of the day chosen, or the first one after it, as a dot on the line."""
    if view.selected is None or not len(line.day):
        return None
    chosen = np.datetime64(view.selected, "D")
    at = int(np.searchsorted(line.day, chosen))
    if line.at_bars:  # the last of its day, which the card tells
        at = max(at, int(np.searchsorted(line.day, chosen, side="right")) - 1)
    if at == len(line.day) or not np.isfinite(line.shown[at]):
        return None
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [line.x(at)],
        "y": [_rounded(float(line.shown[at]), view.quoting.decimals)],
        "marker": {
            "size": 9,
            "color": ink.selected,
            "line": {"color": ink.surface, "width": 2},
        },
        "hoverinfo": "skip",
    }


def _rounded(value: float, decimals: int) -> float | None:
    return round(value, decimals) if value == value else None  # noqa: PLR0124 - NaN is a gap
