"""The heat map of Compare: the abnormal move of every event at every offset."""

from __future__ import annotations

import math
from typing import Final

from dashboard.ui.charts.compare_view import (
    ChartGroup,
    CompareChart,
    event_label,
    heading_layout,
    offset_text,
)
from dashboard.ui.charts.grammar import FONT_SIZE, Figure, axis, base_layout
from dashboard.ui.palette import STRONGER, WEAKER
from dashboard.ui.quoting import direction_words
from dashboard.ui.wording import number

MOST_ROWS: Final = 60
ROW: Final = 17
COVERED: Final = 0.98
"""Colours reach their full strength at this quantile of the moves, not at the largest one."""

Row = tuple[ChartGroup, int, float]


def heat_rows(chart: CompareChart) -> tuple[list[Row], int]:
    """The rows shown, and how many are not.

    The largest moves in the window are kept, then sorted group by group, the strongest rouble
    (or the highest number of another series) on top.
    """
    rows = [
        (group, k, move)
        for group in chart.groups
        for k, move in enumerate(group.found.car.tolist())
        if math.isfinite(move)
    ]
    kept = sorted(rows, key=lambda row: -abs(row[2]))[:MOST_ROWS]
    order = {id(group): at for at, group in enumerate(chart.groups)}
    kept.sort(key=lambda row: (order[id(row[0])], -row[2]))
    return kept, len(rows) - len(kept)


def build_heat_figure(chart: CompareChart) -> Figure:
    """Events down, offsets across; blue = stronger rouble, orange-brown = weaker, 0 = paper."""
    rows, _ = heat_rows(chart)
    cells = [
        [_points(value) for value in group.found.result.abnormal[k].tolist()]
        for group, k, _ in rows
    ]
    limit = _limit(cells)
    offsets = chart.groups[0].found.result.offsets.tolist() if chart.groups else [0]
    heat = {
        "type": "heatmap",
        "x": offsets,
        "y": list(range(len(rows))),
        "z": cells,
        "zmin": -limit,
        "zmax": limit,
        "colorscale": [[0.0, WEAKER], [0.5, chart.ink.surface], [1.0, STRONGER]],
        "xgap": 1,
        "ygap": 1,
        "hoverongaps": False,
        "customdata": [[_words(chart, value) for value in line] for line in cells],
        "hovertemplate": "%{customdata}, offset %{x}<extra></extra>",
        "colorbar": _bar(chart, limit),
    }
    layout = base_layout(chart.ink, ROW * len(rows) + (120 if chart.phone else 150)) | {
        "margin": {"l": 150 if chart.phone else 300, "r": 10, "t": 30 if chart.phone else 72,
                   "b": 76, "pad": 4},
        "dragmode": False,
        "xaxis": _offsets(chart, offsets),
        "yaxis": _names(chart, rows),
    }  # fmt: skip
    return {
        "data": [heat],
        "layout": layout | heading_layout(chart, chart.heading, chart.subheading),
    }


def heat_summary(chart: CompareChart) -> str:
    """What the figure says, for those who cannot see it."""
    rows, left = heat_rows(chart)
    more = f" {left} with smaller moves are not drawn." if left else ""
    return f"Abnormal moves of {len(rows)} events by offset, sorted by their move.{more}"


def _points(value: float) -> float | None:
    return round(100 * value, 2) + 0.0 if math.isfinite(value) else None


def _limit(cells: list[list[float | None]]) -> float:
    sizes = sorted(abs(v) for line in cells for v in line if v is not None)
    if not sizes:
        return 1.0
    return max(sizes[min(int(COVERED * len(sizes)), len(sizes) - 1)], 0.01)


def _words(chart: CompareChart, value: float | None) -> str:
    return "no rate" if value is None else chart.scale.move(value / 100)


def _bar(chart: CompareChart, limit: float) -> Figure:
    up, down = direction_words(chart.scale.quoting.card)
    size = f"{number(limit, 1)}{chart.scale.unit}"
    return {
        "orientation": "h",
        "x": 0.5,
        "xanchor": "center",
        "y": 0,
        "yref": "paper",
        "yanchor": "top",
        "ypad": 38,
        "len": 0.8,
        "thickness": 10,
        "outlinewidth": 0,
        "tickvals": [-limit, 0, limit],
        "ticktext": [f"{size} {down} or more", "0", f"{size} {up} or more"],
        "tickfont": {"size": FONT_SIZE - 2, "color": chart.ink.muted},
    }


def _offsets(chart: CompareChart, offsets: list[int]) -> Figure:
    room = 8 if chart.phone else 40
    step = next(s for s in (1, 2, 5, 10, 20, 50, 100, 500) if len(offsets) / s <= room)
    ticks = [offset for offset in offsets if offset % step == 0]
    return axis(
        chart.ink,
        tickvals=ticks,
        ticktext=[offset_text(tick) for tick in ticks],
        range=[offsets[0] - 0.5, offsets[-1] + 0.5],
        showgrid=False,
    )


def _names(chart: CompareChart, rows: list[Row]) -> Figure:
    return axis(
        chart.ink,
        range=[len(rows) - 0.5, -0.5],
        tickvals=list(range(len(rows))),
        ticktext=[
            f"{f'{group.look.glyph} ' if chart.is_pair else ''}"
            f"{event_label(chart, group.events[k])}"
            for group, k, _ in rows
        ],
        showgrid=False,
    ) | {"tickfont": {"size": FONT_SIZE - 2, "color": chart.text_colour}}
