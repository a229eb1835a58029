"""Leave one out as a figure: the average of a group without each of its events."""

from __future__ import annotations

import math
from typing import Any, Final

from dashboard.ui.charts.compare_view import (
    ChartGroup,
    CompareChart,
    axis_name,
    event_label,
    heading_layout,
    move_axis,
)
from dashboard.ui.charts.grammar import FONT_SIZE, Figure, axis, base_layout
from dashboard.ui.palette import direction_colour

MOST: Final = 15
ROW: Final = 19


def build_left_out_figure(chart: CompareChart, group: ChartGroup) -> Figure:
    """The events that move the average most, each with the average of the others."""
    events = {event.id: event for event in group.events}
    rows = [row for row in group.found.left_out if math.isfinite(row.without)][:MOST]
    mean = group.found.mean
    dots = {
        "type": "scatter",
        "mode": "markers",
        "x": [chart.shown(row.without) for row in rows],
        "y": list(range(len(rows))),
        "marker": {
            "symbol": group.look.symbol,
            "size": 9,
            "color": [
                direction_colour(chart.scale.direction(row.without), dark=chart.dark)
                for row in rows
            ],
        },
        "customdata": [
            f"without it {without}<br>its own move {own}"
            for without, own in [
                (chart.scale.move(row.without), chart.scale.move(row.car)) for row in rows
            ]
        ],
        "hovertemplate": "%{customdata}<extra></extra>",
    }
    values = [chart.scale.shown(value) for value in (mean, *(row.without for row in rows))]
    layout = base_layout(chart.ink, ROW * len(rows) + (90 if chart.phone else 120)) | {
        "margin": {"l": 150 if chart.phone else 300, "r": 16, "t": 20 if chart.phone else 62,
                   "b": 44, "pad": 4},
        "dragmode": False,
        "xaxis": move_axis(chart, values) | axis_name(chart, chart.scale.axis_towards("right")),
        "yaxis": axis(
            chart.ink,
            range=[len(rows) - 0.4, -0.6],
            tickvals=list(range(len(rows))),
            ticktext=[f"without {event_label(chart, events[row.event_id])}" for row in rows],
        )
        | {"tickfont": {"size": FONT_SIZE - 2, "color": chart.text_colour}},
        "shapes": [_mean_line(chart, mean)],
    }  # fmt: skip
    return {
        "data": [dots],
        "layout": layout | heading_layout(chart, chart.heading, chart.subheading),
    }


def _mean_line(chart: CompareChart, mean: float) -> dict[str, Any]:
    """The average of all, dashed."""
    at = chart.shown(mean)
    line = {"color": chart.ink.line, "width": 1.4, "dash": "dash"}
    return {"type": "line", "xref": "x", "yref": "paper", "x0": at, "x1": at, "y0": 0, "y1": 1,
            "line": line}  # fmt: skip
