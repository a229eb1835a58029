"""The path of local projections: the move at each horizon, its interval and the band of all."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

from dashboard.domain.relation import ProjectionRow
from dashboard.ui.charts.compare_view import bounds, faded, offset_text
from dashboard.ui.charts.grammar import (
    FONT_SIZE,
    Figure,
    axis,
    base_layout,
    nice_ticks,
    tick_decimals,
)
from dashboard.ui.palette import CLEAR, Ink
from dashboard.ui.wording import signed

HEIGHT: Final = 360
BASE: Final = -1
TICKS: Final = (-5, -1, 1, 5, 10, 15, 20)


def build_projection_figure(rows: Sequence[ProjectionRow], ink: Ink, unit: str) -> Figure:
    """The figure as Plotly's plain dictionary; values in log points, the base at 0.

    Args:
        rows: one a horizon, in their order.
        ink: the neutral colours.
        unit: what the vertical axis counts and which way is up.
    """
    shown = [row for row in rows if math.isfinite(row.estimate)]
    ends = [
        100 * end
        for row in shown
        for end in (row.estimate, row.low, row.high, row.supt_low, row.supt_high)
    ]
    low, high = bounds(ends)
    ticks = nice_ticks(low, high)
    bands = [
        *_band(shown, "supt", "95 % of the whole path", ink),
        *_band([row for row in shown if row.horizon > BASE], "", "95 % at one horizon", ink),
        *_band([row for row in shown if row.horizon < BASE], "", "", ink),
    ]
    layout = base_layout(ink, HEIGHT) | {
        "margin": {"l": 52, "r": 12, "t": 26, "b": 78, "pad": 2},
        "hovermode": "closest",
        "dragmode": False,
        "shapes": [_before(ink)],
        "annotations": [_note(unit, ink)],
        "xaxis": axis(ink, range=[-5.5, 20.5], tickvals=list(TICKS), showgrid=False,
                      ticktext=[offset_text(tick) for tick in TICKS])
        | {"title": {"text": "rates from the event on, 0 = its first; shaded: before it",
                     "font": {"size": FONT_SIZE - 1, "color": ink.muted}, "standoff": 6}},
        "yaxis": axis(ink, range=[low, high], tickvals=ticks,
                      ticktext=[signed(tick, tick_decimals(ticks)) for tick in ticks])
        | {"zeroline": True, "zerolinecolor": ink.muted, "zerolinewidth": 1},
        "showlegend": True,
        "legend": {"orientation": "h", "x": 0, "xanchor": "left", "y": -0.2, "yanchor": "top",
                   "font": {"size": FONT_SIZE - 1, "color": ink.text}, "itemclick": False,
                   "itemdoubleclick": False, "bgcolor": CLEAR},
    }  # fmt: skip
    return {"data": [*bands, _line(shown, ink)], "layout": layout}


def _band(rows: Sequence[ProjectionRow], prefix: str, name: str, ink: Ink) -> list[dict[str, Any]]:
    """A filled area between the ends of each horizon; none where no row has them."""
    low, high = (f"{prefix}_low", f"{prefix}_high") if prefix else ("low", "high")
    known = [row for row in rows if math.isfinite(getattr(row, low))]
    if not known:
        return []
    there = [(row.horizon, getattr(row, high)) for row in known]
    back = [(row.horizon, getattr(row, low)) for row in reversed(known)]
    whole = prefix == "supt"
    return [{
        "type": "scatter", "mode": "lines", "hoverinfo": "skip", "fill": "toself",
        "x": [horizon for horizon, _ in there + back],
        "y": [round(100 * value, 3) for _, value in there + back],
        "name": name, "showlegend": bool(name),
        "fillcolor": faded(ink.line, 0.07 if whole else 0.16),
        "line": {"width": 1, "dash": "dot", "color": faded(ink.line, 0.55)} if whole
        else {"width": 0},
    }]  # fmt: skip


def _line(rows: Sequence[ProjectionRow], ink: Ink) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": "move from the base",
        "x": [row.horizon for row in rows],
        "y": [round(100 * row.estimate, 3) + 0.0 for row in rows],
        "line": {"color": ink.line, "width": 2.2},
        "marker": {"symbol": "circle", "size": 5, "color": ink.line},
        "customdata": [_hover(row) for row in rows],
        "hovertemplate": "%{customdata}<extra></extra>",
    }


def _hover(row: ProjectionRow) -> str:
    place = f"horizon {offset_text(row.horizon)}"
    if row.horizon == BASE:
        return f"{place}: the base"
    said = f"{place}: {signed(100 * row.estimate)} log pts"
    if math.isnan(row.low):
        return f"{said}<br>{row.reason}"
    said += f"<br>95 % {signed(100 * row.low)} to {signed(100 * row.high)}"
    if math.isfinite(row.supt_low):
        said += f"<br>band {signed(100 * row.supt_low)} to {signed(100 * row.supt_high)}"
    return f"{said}<br>{row.events:,} events on {row.rates:,} rates"


def _before(ink: Ink) -> dict[str, Any]:
    """The side on which no effect of the event can be."""
    return {
        "type": "rect", "xref": "x", "yref": "y domain", "x0": -5.5, "x1": -0.5, "y0": 0, "y1": 1,
        "fillcolor": ink.grid, "opacity": 0.45, "line": {"width": 0}, "layer": "below",
    }  # fmt: skip


def _note(unit: str, ink: Ink) -> dict[str, Any]:
    return {
        "text": unit, "xref": "paper", "yref": "paper", "x": 0,
        "y": 1, "xanchor": "left", "yanchor": "bottom", "yshift": 2, "showarrow": False,
        "font": {"size": FONT_SIZE - 1, "color": ink.muted},
    }  # fmt: skip
