"""The lead-lag figure: one small panel a group, a mark a lag, the band of shifted dates."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from dashboard.domain.study import CorrelationRow
from dashboard.ui.charts.grammar import FONT_SIZE, Figure, axis, base_layout
from dashboard.ui.palette import Ink, signed_colour
from dashboard.ui.wording import number, signed

COLUMNS: Final = 3
PHONE_COLUMNS: Final = 1
PANEL: Final = 150
GAP: Final = 46
TOP: Final = 30
BOTTOM: Final = 42
SMALL: Final = 0.05


@dataclass(frozen=True, slots=True)
class Panel:
    """One group: its words and its correlations by lag, in the order of the lags."""

    row_name: str
    rows: tuple[CorrelationRow, ...]


def build_lead_lag_figure(panels: Sequence[Panel], ink: Ink, *, dark: bool, phone: bool) -> Figure:
    """The whole figure as Plotly's plain dictionary; every panel has the same axes."""
    columns = PHONE_COLUMNS if phone else min(COLUMNS, max(len(panels), 1))
    lines = max(math.ceil(len(panels) / columns), 1)
    inner = lines * PANEL + (lines - 1) * GAP
    layout: Figure = base_layout(ink, inner + TOP + BOTTOM) | {
        "margin": {"l": 52, "r": 12, "t": TOP, "b": BOTTOM, "pad": 2},
        "hovermode": "closest",
        "dragmode": False,
        "bargap": 0.3,
        "shapes": [],
        "annotations": [],
    }
    data: list[Figure] = []
    edge = _edge(panels)
    for k, panel in enumerate(panels):
        line, column = divmod(k, columns)
        x = _domain(column, columns, 0.06)
        top = 1 - line * (PANEL + GAP) / inner
        y = (max(top - PANEL / inner, 0.0), top)
        name = "" if k == 0 else str(k + 1)
        data += _panel(panel, name, ink, dark=dark)
        layout |= _axes(name, (x, y), edge, ink, first=column == 0)
        layout["shapes"].append(_before(name, ink))
        layout["annotations"].append(_title(panel.row_name, (x[0], y[1]), ink))
    layout["annotations"] += _foot(ink)
    return {"data": data, "layout": layout}


def lead_lag_summary(panels: Sequence[Panel]) -> str:
    """One sentence for those who cannot see the figure."""
    outside = [
        f"{panel.row_name} at {signed(row.lag, 0)}"
        for panel in panels
        for row in panel.rows
        if not row.low <= row.r <= row.high
    ]
    told = ", ".join(outside[:8]) + (f" and {len(outside) - 8} more" if len(outside) > 8 else "")
    return (
        f"Correlations of events with moves at lags −5 to +5 in {len(panels)} panels; outside the"
        f" band of shifted dates: {told or 'none'}."
    )


def _edge(panels: Sequence[Panel]) -> float:
    sizes = [max(abs(r.r), abs(r.low), abs(r.high)) for panel in panels for r in panel.rows]
    return 1.15 * max([0.05, *sizes])


def _domain(column: int, columns: int, gap: float) -> tuple[float, float]:
    width = (1 - gap * (columns - 1)) / columns
    start = column * (width + gap)
    return start, min(start + width, 1.0)


def _panel(panel: Panel, name: str, ink: Ink, *, dark: bool) -> list[Figure]:
    rows = panel.rows
    axes = {"xaxis": f"x{name}", "yaxis": f"y{name}"}
    lags = [row.lag for row in rows]
    ends = [lags[0] - 0.6, lags[-1] + 0.6] if rows else []
    low, high = (rows[0].low, rows[0].high) if rows else (0.0, 0.0)
    return [
        axes | {
            "type": "scatter", "mode": "lines", "hoverinfo": "skip", "line": {"width": 0},
            "x": [*ends, *reversed(ends)], "y": [high, high, low, low] if rows else [],
            "fill": "toself", "fillcolor": ink.band,
        },
        axes | {
            "type": "bar",
            "x": lags,
            "y": [round(row.r, 4) for row in rows],
            "width": 0.5,
            "marker": {
                "color": [_colour(row, ink, dark=dark) for row in rows],
                "line": {"width": [2 if row.p_adjusted < SMALL else 0 for row in rows],
                         "color": ink.text},
            },
            "customdata": [_hover(row) for row in rows],
            "hovertemplate": "%{customdata}<extra></extra>",
        },
    ]  # fmt: skip


def _colour(row: CorrelationRow, ink: Ink, *, dark: bool) -> str:
    if row.low <= row.r <= row.high:
        return ink.muted
    return signed_colour(row.r, dark=dark)


def _hover(row: CorrelationRow) -> str:
    place = "before the event" if row.lag < 0 else "first rate" if row.lag == 0 else "after"
    return (
        f"lag {signed(row.lag, 0)} ({place})<br>r {signed(row.r, 3)}, band {signed(row.low, 3)} to"
        f" {signed(row.high, 3)}<br>p {number(row.p_value, 4)}, corrected"
        f" {number(row.p_adjusted, 3)}<br>N = {row.n:,} rates"
    )


def _axes(
    name: str, at: tuple[Any, Any], edge: float, ink: Ink, *, first: bool
) -> dict[str, Figure]:
    x, y = at
    return {
        f"xaxis{name}": axis(ink, domain=list(x), anchor=f"y{name}", range=[-5.7, 5.7],
                             tickvals=[-5, -3, -1, 0, 1, 3, 5],
                             ticktext=["−5", "−3", "−1", "0", "+1", "+3", "+5"], showgrid=False),
        f"yaxis{name}": axis(ink, domain=list(y), anchor=f"x{name}", range=[-edge, edge],
                             nticks=4, tickformat="+.2f", showticklabels=first)
        | {"zeroline": True, "zerolinecolor": ink.muted, "zerolinewidth": 1},
    }  # fmt: skip


def _before(name: str, ink: Ink) -> Figure:
    """The side on which no effect of the event can be."""
    return {
        "type": "rect", "xref": f"x{name}", "yref": f"y{name} domain", "x0": -5.7, "x1": -0.5,
        "y0": 0, "y1": 1, "fillcolor": ink.grid, "opacity": 0.45, "line": {"width": 0},
        "layer": "below",
    }  # fmt: skip


def _title(title: str, at: tuple[float, float], ink: Ink) -> Figure:
    return {
        "text": f"<b>{title}</b>", "showarrow": False, "xref": "paper", "yref": "paper",
        "x": at[0], "y": at[1], "xanchor": "left", "yanchor": "bottom", "yshift": 3,
        "font": {"size": FONT_SIZE, "color": ink.text},
    }  # fmt: skip


def _foot(ink: Ink) -> list[Figure]:
    return [{
        "text": "rates from the event on; shaded: before it", "showarrow": False, "xref": "paper",
        "yref": "paper", "x": 0, "y": 0, "xanchor": "left", "yanchor": "top", "yshift": -22,
        "font": {"size": FONT_SIZE - 1, "color": ink.muted},
    }]  # fmt: skip
