"""The event-window figure: the move against the base by offset, ordinary range, other events."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import Final

from dashboard.domain.event import Event
from dashboard.domain.event_view import PathPoint
from dashboard.ui.bar_words import mark_words, offset_in_time, point_words, window_in_time
from dashboard.ui.charts.event_window_layout import (
    WindowChart,
    has_band,
    move_words,
    offset_text,
    window_layout,
)
from dashboard.ui.charts.grammar import Figure
from dashboard.ui.charts.lanes import lane_rows, used_lanes
from dashboard.ui.palette import Ink, Lane, direction_colour, lane_of, text_on
from dashboard.ui.quoting import Quoting
from dashboard.ui.text import plot_text
from dashboard.ui.wording import short_day, signed, weekday_day

__all__ = ["WindowChart", "build_window_figure", "window_summary"]

LISTED: Final = 3
MOST_POINTS: Final = 120
TITLE_COLUMNS: Final = 60


def build_window_figure(chart: WindowChart, ink: Ink) -> Figure:
    """The whole figure as Plotly's plain dictionary; offsets run along x."""
    lanes = used_lanes([chart.view.event, *(event for _, event in chart.view.crowd)])
    band = _band(chart, ink)
    data = [*([band] if band else []), _path(chart, ink), _lane_markers(chart, lanes, ink)]
    return {"data": data, "layout": window_layout(chart, lanes, ink)}


def window_summary(chart: WindowChart) -> str:
    """One sentence for those who cannot see the figure."""
    quoting, path = chart.quoting, chart.view.path
    known = [point for point in path if math.isfinite(point.move)]
    if not known:
        return "No rates in the event window."
    first, last = known[0], known[-1]
    outside = sum(not _inside(point) for point in known) if has_band(chart.view) else None
    bars = chart.view.card.bar_minutes
    along = f"by offset from {offset_text(first.offset)} to {offset_text(last.offset)}"
    if bars:
        along = f"in Moscow time from {window_in_time((first.offset, last.offset), bars)}"
    text = (
        f"Move of {quoting.unit} against the rate before the event, {along}; at the end"
        f" {move_words(quoting, last.move)}."
    )
    if outside is not None:
        text += f" {outside} of {len(known)} points lie outside the ordinary range."
    return text


def _shown(quoting: Quoting, log_points: float) -> float | None:
    """A move of the rouble as log points of the number shown; None where missing."""
    value = quoting.quoted_log_points(log_points)
    return round(value, 4) + 0.0 if math.isfinite(value) else None


def _band(chart: WindowChart, ink: Ink) -> Figure | None:
    if not has_band(chart.view):
        return None
    points = [p for p in chart.view.path if math.isfinite(p.low) and math.isfinite(p.high)]
    there_and_back = [(p.offset, p.high) for p in points]
    there_and_back += [(p.offset, p.low) for p in reversed(points)]
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [offset for offset, _ in there_and_back],
        "y": [_shown(chart.quoting, value) for _, value in there_and_back],
        "fill": "toself",
        "fillcolor": ink.band,
        "line": {"width": 0},
        "hoverinfo": "skip",
    }


def _path(chart: WindowChart, ink: Ink) -> Figure:
    points, quoting = chart.view.path, chart.quoting
    main = [point.offset == chart.main_offset for point in points]
    small = 5 if len(points) <= MOST_POINTS else 2
    colours = [
        direction_colour(quoting.direction(point.move), dark=chart.dark) if marked else ink.line
        for point, marked in zip(points, main, strict=True)
    ]
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": [point.offset for point in points],
        "y": [_shown(quoting, point.move) for point in points],
        "line": {"color": ink.line, "width": 1.6},
        "marker": {
            "color": [
                ink.surface if p.offset == -1 else c for p, c in zip(points, colours, strict=True)
            ],
            "line": {
                "color": colours,
                "width": [
                    1.6 if marked or p.offset == -1 or small > 2 else 0
                    for p, marked in zip(points, main, strict=True)
                ],
            },
            "symbol": ["diamond-open" if point.weekend else "circle" for point in points],
            "size": [
                12 if marked else 9 if p.offset == -1 else small
                for p, marked in zip(points, main, strict=True)
            ],
            "opacity": 1,
        },
        "connectgaps": False,
        "customdata": [_hover(chart, point) for point in points],
        "hovertemplate": "%{customdata}<extra></extra>",
    }


def _hover(chart: WindowChart, point: PathPoint) -> str:
    """At most five lines: day and offset, rate, move, ordinary range, events."""
    quoting = chart.quoting
    lines = [
        _hover_head(chart, point),
        f"{quoting.unit} {quoting.rate(point.rate)}",
    ]
    if point.offset == -1:
        return "<br>".join([*lines, "base of the moves"])
    lines.append(f"against the base {quoting.move(point.move, 2)}")
    if has_band(chart.view):
        ends = sorted(quoting.quoted_log_points(value) for value in (point.low, point.high))
        lines.append(f"ordinary range {signed(ends[0])} to {signed(ends[1])} log pts")
    there = [event for offset, event in chart.view.crowd if offset == point.offset]
    if there:
        more = f" +{len(there) - 1} more" if len(there) > 1 else ""
        lines.append(f"{lane_of(there[0]).glyph} {plot_text(there[0].title, 48, 1)}{more}")
    return "<br>".join(lines)


def _hover_head(chart: WindowChart, point: PathPoint) -> str:
    """The day and the offset; of a bar its hours, the time to the event and what marks it."""
    minutes = chart.view.card.bar_minutes
    if not minutes:
        return f"{weekday_day(point.day)}, offset {offset_text(point.offset)}"
    marks = f" ({mark_words(point)})" if mark_words(point) else ""
    return f"{point_words(point, minutes)}, {offset_in_time(point.offset, minutes)}{marks}"


def _lane_markers(chart: WindowChart, lanes: tuple[Lane, ...], ink: Ink) -> Figure:
    """The event itself, ringed, and the others at their offsets; several in one place count."""
    view, rows = chart.view, lane_rows(lanes)
    first = view.path[0].offset if view.path else 0
    places: dict[tuple[str, int], list[Event]] = defaultdict(list)
    for offset, event in view.crowd:
        places[lane_of(event).id, max(offset, first)].append(event)
    own = (lane_of(view.event).id, 0)
    places[own].insert(0, view.event)
    marks = [(lane_of(events[0]), offset, events) for (_, offset), events in places.items()]
    many = [len(events) > 1 for _, _, events in marks]
    return {
        "type": "scatter",
        "mode": "markers+text",
        "yaxis": "y2",
        "x": [offset for _, offset, _ in marks],
        "y": [rows[lane.id] for lane, _, _ in marks],
        "text": [str(len(events)) if len(events) > 1 else "" for _, _, events in marks],
        "textfont": {"size": 10, "color": [text_on(lane) for lane, _, _ in marks], "weight": 600},
        "textposition": "middle center",
        "marker": {
            "symbol": [
                "circle" if m else lane.symbol for m, (lane, _, _) in zip(many, marks, strict=True)
            ],
            "color": [lane.colour for lane, _, _ in marks],
            "size": [16 if m else 10 for m in many],
            "opacity": 1,
            "line": {
                "width": [2 if (lane.id, offset) == own else 0 for lane, offset, _ in marks],
                "color": ink.selected,
            },
        },
        "customdata": [_lane_hover(events, view.event) for _, _, events in marks],
        "hovertemplate": "%{customdata}<extra></extra>",
    }


def _lane_hover(events: list[Event], own: Event) -> str:
    lines = [
        f"{lane_of(event).glyph} {plot_text(event.title, TITLE_COLUMNS, 1)}"
        + (" (this event)" if event.id == own.id else f", {short_day(event.day, own.day)}")
        for event in events[:LISTED]
    ]
    if len(events) > LISTED:
        lines.append(f"+{len(events) - LISTED} more")
    return "<br>".join(lines)


def _inside(point: PathPoint) -> bool:
    return point.low <= point.move <= point.high
