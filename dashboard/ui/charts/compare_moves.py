"""The moves of Compare: one dot an event, sorted by size, each with its interval."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

from dashboard.domain.event import Event
from dashboard.ui.charts.compare_view import (
    ChartGroup,
    CompareChart,
    axis_name,
    event_label,
    heading_layout,
    legend,
    move_axis,
)
from dashboard.ui.charts.grammar import FONT_SIZE, Figure, axis, base_layout
from dashboard.ui.palette import direction_colour
from dashboard.ui.text import plot_text
from dashboard.ui.wording import day

NAMED_UP_TO: Final = 60
ROW: Final = 17
SMALL_ROW: Final = 7
LEAST: Final = 220
MOST: Final = 1_000

Dot = tuple[ChartGroup, Event, float, float]


def build_moves_figure(chart: CompareChart) -> Figure:
    """Moves along x, the largest of the number shown on top; a dashed line at each mean."""
    dots = sorted_dots(chart)
    named = len(dots) <= NAMED_UP_TO
    height = max(LEAST, min(MOST, (ROW if named else SMALL_ROW) * len(dots) + 130))
    left = (150 if chart.phone else 300) if named else 30
    layout = base_layout(chart.ink, height) | {
        "margin": {
            "l": left,
            "r": 20,
            "t": 20 if chart.phone else 66,
            "b": 84 if chart.is_pair else 46,
            "pad": 4,
        },
        "hovermode": "closest",
        "hoverdistance": 30,
        "dragmode": False,
        "xaxis": move_axis(chart, _reach(chart, dots))
        | axis_name(chart, chart.scale.axis_towards("right")),
        "yaxis": _names(chart, dots, named=named),
        "shapes": [_mean_line(chart, group) for group in chart.groups if group.found.n > 1],
    }
    data = [
        _trace(chart, group, [(at, dot) for at, dot in enumerate(dots) if dot[0] is group])
        for group in chart.groups
    ]
    above = legend(chart, -46 / (height - 150)) if chart.is_pair else {}
    return {
        "data": data,
        "layout": layout | above | heading_layout(chart, chart.heading, chart.subheading),
    }


def sorted_dots(chart: CompareChart) -> list[Dot]:
    """Group, event, move and half of its interval; the largest number shown first."""
    dots = [
        (group, event, move, half)
        for group in chart.groups
        for event, move, half in zip(
            group.events,
            group.found.car.tolist(),
            group.found.half_width.tolist(),
            strict=True,
        )
        if math.isfinite(move)
    ]
    return sorted(dots, key=lambda dot: -chart.scale.shown(dot[2]))


def picked_event(selection: Mapping[str, Any] | None) -> str:
    """The id of the event whose dot was clicked, "" where none was."""
    points = ((selection or {}).get("selection") or {}).get("points") or []
    for point in points:
        carried = point.get("customdata") or []
        if isinstance(carried, list | tuple) and carried:
            return str(carried[0])
    return ""


def _trace(chart: CompareChart, group: ChartGroup, placed: list[tuple[int, Dot]]) -> Figure:
    dots = [dot for _, dot in placed]
    halves = [half * 100 if math.isfinite(half) else None for *_, half in dots]
    colours = [
        chart.colour(group)
        if chart.is_pair
        else direction_colour(chart.scale.direction(move), dark=chart.dark)
        for _, _, move, _ in dots
    ]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": f"{group.called}, dashed: their mean",
        "x": [chart.shown(move) for _, _, move, _ in dots],
        "y": [at for at, _ in placed],
        "error_x": {
            "type": "data",
            "array": [None if half is None else round(half, 3) for half in halves],
            "color": chart.ink.muted,
            "thickness": 0.8,
            "width": 0,
        },
        "marker": {"symbol": group.look.symbol, "size": 9, "color": colours, "opacity": 1},
        "selected": {"marker": {"opacity": 1}},
        "unselected": {"marker": {"opacity": 1}},
        "customdata": [
            [event.id, _hover(chart, event, move, half)] for _, event, move, half in dots
        ],
        "hovertemplate": "%{customdata[1]}<extra></extra>",
    }


def _hover(chart: CompareChart, event: Event, move: float, half: float) -> str:
    span = chart.scale.span(move - half, move + half)
    return (
        f"{day(event.day)}<br>{plot_text(event.title, 60, 2)}<br>{chart.scale.move(move)}"
        f"<br>95 % interval {span}"
    )


def _reach(chart: CompareChart, dots: list[Dot]) -> list[float]:
    """The ends of the axis: every dot, and intervals as far as three times the widest dot."""
    moves = [chart.scale.shown(move) for _, _, move, _ in dots]
    most = max((abs(move) for move in moves), default=1.0)
    ends = [abs(move) + 100 * half for move, (*_, half) in zip(moves, dots, strict=True)
            if math.isfinite(half)]  # fmt: skip
    reach = min(max(ends, default=most), 3 * most)
    return [-reach, reach]


def _names(chart: CompareChart, dots: list[Dot], *, named: bool) -> Figure:
    return axis(
        chart.ink,
        range=[len(dots) - 0.4, -0.6],
        tickvals=list(range(len(dots))) if named else [],
        ticktext=[_name(chart, dot) for dot in dots] if named else [],
        showgrid=named,
    ) | {"tickfont": {"size": FONT_SIZE - 2, "color": chart.text_colour}}


def _name(chart: CompareChart, dot: Dot) -> str:
    mark = f"{dot[0].look.glyph} " if chart.is_pair else ""
    return f"{mark}{event_label(chart, dot[1])}"


def _mean_line(chart: CompareChart, group: ChartGroup) -> dict[str, Any]:
    at = chart.shown(group.mean)
    return {
        "type": "line", "xref": "x", "yref": "paper", "x0": at, "x1": at, "y0": 0, "y1": 1,
        "line": {"color": chart.colour(group), "width": 1.4, "dash": "dash"},
    }  # fmt: skip
