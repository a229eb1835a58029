"""Category lanes: one row a category, one marker an event, close ones under one count."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Final

from dashboard.domain.event import Event
from dashboard.ui.charts.bar_line import place_of
from dashboard.ui.charts.grammar import Figure
from dashboard.ui.palette import LANES, Ink, Lane, lane_of, text_on
from dashboard.ui.text import plot_text
from dashboard.ui.wording import count, day, weekday_day

MARKER: Final = 9
CLUSTER_MARKER: Final = 14
LISTED: Final = 3
TITLE_COLUMNS: Final = 60
MOST_MARKERS: Final = 2_000


@dataclass(frozen=True, slots=True)
class Marker:
    """One mark in a lane: one event, or several too close to tell apart.

    `x` is where it lies on the axis: the day, or the moment by the clock of Moscow.
    """

    lane: Lane
    day: date
    events: tuple[Event, ...]
    x: str


def used_lanes(events: Sequence[Event]) -> tuple[Lane, ...]:
    """The lanes that have an event, in the order of the palette."""
    used = {lane_of(event).id for event in events}
    return tuple(lane for lane in LANES if lane.id in used)


def cluster(
    events: Sequence[Event], pixels_a_day: float, *, exact: bool = False
) -> tuple[Marker, ...]:
    """Markers in order of lane and day; events whose marks would overlap share one.

    Args:
        events: those to draw.
        pixels_a_day: how wide a day is.
        exact: put an event at its moment where that is known, and not on its day.
    """
    by_lane: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        by_lane[lane_of(event).id].append(event)
    return tuple(
        _marker(lane, group, exact=exact)
        for lane in used_lanes(events)
        for group in _groups(by_lane[lane.id], pixels_a_day, exact=exact)
    )


def _marker(lane: Lane, group: Sequence[Event], *, exact: bool) -> Marker:
    event = _middle(group)
    there = place_of(event) if exact else None
    day, x = (there.date(), there.isoformat()) if there else (event.day, event.day.isoformat())
    return Marker(lane, day, tuple(group), x)


def _groups(events: Sequence[Event], pixels_a_day: float, *, exact: bool) -> list[list[Event]]:
    """Events of one lane in groups whose marks do not touch."""
    groups: list[list[Event]] = []
    for event in sorted(events, key=lambda e: (place_of(e) if exact else e.day, e.id)):
        groups.append([event])
        while len(groups) > 1 and _touch(groups[-2], groups[-1], pixels_a_day, exact=exact):
            last = groups.pop()
            groups[-1] += last
    return groups


def _touch(left: list[Event], right: list[Event], pixels_a_day: float, *, exact: bool) -> bool:
    one, other = _middle(left), _middle(right)
    gap = place_of(other) - place_of(one) if exact else other.day - one.day
    apart = gap / timedelta(days=1) * pixels_a_day
    return apart < sum(MARKER if len(g) == 1 else CLUSTER_MARKER for g in (left, right)) / 2


def _middle(group: Sequence[Event]) -> Event:
    """The event on whose day a group is drawn, so that a click finds one."""
    return group[len(group) // 2]


@lru_cache(maxsize=4_096)
def title_lines(title: str, lines: int = 1) -> str:
    """A title as a tooltip shows it; wrapping takes time, and titles come again and again."""
    return plot_text(title, TITLE_COLUMNS, lines)


def lane_rows(lanes: Sequence[Lane]) -> dict[str, int]:
    """The height of each lane: the first one is on top."""
    return {lane.id: len(lanes) - 1 - k for k, lane in enumerate(lanes)}


def marker_trace(markers: Sequence[Marker], lanes: Sequence[Lane]) -> Figure:
    """All markers of all lanes as one trace; a click anywhere in the pane picks the nearest."""
    rows = lane_rows(lanes)
    many = [len(marker.events) > 1 for marker in markers]
    return {
        "type": "scatter",
        "mode": "markers+text",
        "yaxis": "y2",
        "x": [marker.x for marker in markers],
        "y": [rows[marker.lane.id] for marker in markers],
        "text": [str(len(m.events)) if len(m.events) > 1 else "" for m in markers],
        "textfont": {
            "size": 10,
            "color": [text_on(marker.lane) for marker in markers],
            "weight": 600,
        },
        "textposition": "middle center",
        "marker": {
            "symbol": [
                "circle" if is_many else marker.lane.symbol
                for marker, is_many in zip(markers, many, strict=True)
            ],
            "color": [marker.lane.colour for marker in markers],
            "size": [CLUSTER_MARKER if is_many else MARKER for is_many in many],
            "opacity": 1,
            "line": {"width": 0},
        },
        "selected": {"marker": {"opacity": 1}},
        "unselected": {"marker": {"opacity": 1}},
        "customdata": [_hover(marker, markers) for marker in markers],
        "hovertemplate": "%{customdata}<extra></extra>",
    }


def range_traces(events: Sequence[Event], lanes: Sequence[Lane], last: date) -> list[Figure]:
    """Events that last more than a day as bars in their lanes, one trace a lane."""
    rows = lane_rows(lanes)
    bars: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        if event.end_day is not None and event.is_range:
            bars[lane_of(event).id].append(event)
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "yaxis": "y2",
            "x": [x for e in bars[lane.id] for x in (_iso(e.day), _iso(_end(e, last)), None)],
            "y": [y for _ in bars[lane.id] for y in (rows[lane.id], rows[lane.id], None)],
            "line": {"color": lane.colour, "width": 6},
            "opacity": 0.45,
            "hoverinfo": "skip",
        }
        for lane in lanes
        if bars[lane.id]
    ]


def weekly_counts(events: Sequence[Event], ink: Ink) -> Figure:
    """More events than can be told apart: how many there were each week."""
    weeks = Counter(event.day - timedelta(days=event.day.weekday()) for event in events)
    ordered = sorted(weeks)
    return {
        "type": "bar",
        "yaxis": "y2",
        "x": [week.isoformat() for week in ordered],
        "y": [weeks[week] for week in ordered],
        "width": 6 * 86_400_000,
        "marker": {"color": ink.muted},
        "selected": {"marker": {"opacity": 1}},
        "unselected": {"marker": {"opacity": 1}},
        "customdata": [f"Week of {day(week)}<br>{count(weeks[week], 'event')}" for week in ordered],
        "hovertemplate": "%{customdata}<extra></extra>",
    }


def lane_axis(lanes: Sequence[Lane], *, short: bool) -> dict[str, Any]:
    """The row labels, which stand in for a legend."""
    rows = lane_rows(lanes)
    return {
        "tickvals": [rows[lane.id] for lane in lanes],
        "ticktext": [lane.short if short else lane.title for lane in lanes],
        "range": [-0.6, max(len(lanes), 1) - 0.4],
    }


def _hover(marker: Marker, markers: Sequence[Marker]) -> str:
    """At most five lines: the day, three titles, how many more."""
    same_day = [m for m in markers if m.day == marker.day and m.lane is not marker.lane]
    events = [*marker.events, *(event for m in same_day for event in m.events)]
    first, last = marker.events[0].day, max(event.day for event in marker.events)
    head = weekday_day(first) if first == last else f"{day(first)} – {day(last)}"
    if len(events) == 1:
        lane = marker.lane
        return f"{head}<br>{lane.glyph} {lane.title}<br>{title_lines(events[0].title, 2)}"
    lines = [f"{lane_of(e).glyph} {title_lines(e.title)}" for e in events[:LISTED]]
    if len(events) > LISTED:
        lines.append(f"+{len(events) - LISTED} more")
    return "<br>".join([head, *lines])


def _end(event: Event, last: date) -> date:
    return min(event.end_day or event.day, last)


def _iso(value: date) -> str:
    return value.isoformat()
