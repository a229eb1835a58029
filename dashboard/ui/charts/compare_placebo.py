"""The placebo of Compare: the average and the single moves among those at other dates."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from dashboard.domain.series import Floats
from dashboard.ui.charts.compare_view import CompareChart, bounds, heading_layout
from dashboard.ui.charts.grammar import (
    FONT_SIZE,
    Figure,
    axis,
    base_layout,
    nice_ticks,
    tick_decimals,
)
from dashboard.ui.wording import signed

BINS: Final = 60
PANE: Final = 150
EDGE: Final = 0.999


@dataclass(frozen=True, slots=True)
class Pane:
    """One distribution: what it shows, its values, what was observed, and how it looks.

    `interval` is the 95 % interval of the mean by the declared test, drawn as a bar.
    """

    name: str
    values: Floats
    observed: tuple[float, ...]
    colour: str
    symbol: str
    interval: tuple[float, float] | None = None


def build_placebo_figure(chart: CompareChart, panes: tuple[Pane, ...]) -> Figure:
    """One histogram below the other, each on its own scale, the observed value marked."""
    data: list[Figure] = []
    layout: dict[str, Any] = {"annotations": [], "shapes": []}
    slot = 1 / max(len(panes), 1)
    for k, pane in enumerate(panes):
        suffix = "" if k == 0 else str(k + 1)
        ceiling = 1 - k * slot - 0.2 * slot
        low, high = _range(chart, pane)
        heights, edges = _counted(chart, pane, (low, high))
        data += _traces(chart, pane, (heights, edges), suffix)
        layout[f"xaxis{suffix}"] = _moves(chart, (low, high)) | {"anchor": f"y{suffix}"}
        layout[f"yaxis{suffix}"] = axis(
            chart.ink, domain=[1 - (k + 1) * slot + 0.16 * slot, ceiling], visible=False,
            range=[-0.18 * max(heights.max(initial=1), 1), 1.15 * max(heights.max(initial=1), 1)],
        ) | {"anchor": f"x{suffix}"}  # fmt: skip
        layout["annotations"].append(_note(chart, pane.name, ceiling))
        layout["shapes"] += _marks(chart, pane, suffix)
    base = base_layout(chart.ink, PANE * len(panes) + (40 if chart.phone else 100)) | {
        "margin": {"l": 16, "r": 16, "t": 10 if chart.phone else 60, "b": 30, "pad": 0},
        "dragmode": False,
        "bargap": 0,
    }
    return {
        "data": data,
        "layout": base | layout | heading_layout(chart, chart.heading, chart.subheading),
    }


def placebo_sentences(chart: CompareChart, panes: tuple[Pane, ...]) -> tuple[str, ...]:
    """What the figure says, a sentence a pane, for those who cannot see it."""
    told = []
    for pane in panes:
        values = pane.values[np.isfinite(pane.values)]
        if not len(values):
            continue
        low, high = np.quantile(values, [0.025, 0.975])
        seen = (
            f"; observed {chart.scale.signed(pane.observed[0])}" if len(pane.observed) == 1 else ""
        )
        bar = (
            f"; 95 % interval of the mean {chart.scale.span(*pane.interval)}"
            if pane.interval
            else ""
        )
        told.append(f"{pane.name}: 95 % from {chart.scale.span(low, high)}{seen}{bar}.")
    return tuple(told)


def _range(chart: CompareChart, pane: Pane) -> tuple[float, float]:
    """From side to side what holds nearly all values and everything observed."""
    values = pane.values[np.isfinite(pane.values)]
    marked = (*pane.observed, *(pane.interval or ()))
    ends = [chart.scale.shown(v) for v in marked if math.isfinite(v)]
    if len(values):
        ends += [chart.scale.shown(float(v)) for v in np.quantile(values, [1 - EDGE, EDGE])]
    most = max((abs(end) for end in ends), default=1.0)
    return bounds([-most, most])


def _counted(chart: CompareChart, pane: Pane, ends: tuple[float, float]) -> tuple[Floats, Floats]:
    values = pane.values[np.isfinite(pane.values)]
    shown = np.array([chart.scale.shown(v) for v in values.tolist()])
    heights, edges = np.histogram(np.clip(shown, *ends), bins=BINS, range=ends)
    return heights.astype(float), edges


def _traces(
    chart: CompareChart, pane: Pane, counted: tuple[Floats, Floats], suffix: str
) -> list[Figure]:
    heights, edges = counted
    bars = {
        "type": "bar",
        "x": np.round((edges[:-1] + edges[1:]) / 2, 4).tolist(),
        "y": heights.tolist(),
        "width": round(float(edges[1] - edges[0]), 4),
        "marker": {"color": chart.ink.muted, "opacity": 0.7, "line": {"width": 0}},
        "xaxis": f"x{suffix}",
        "yaxis": f"y{suffix}",
        "hovertemplate": "%{y:,} of these dates around %{x:.2f}<extra></extra>",
    }
    seen = [chart.shown(value) for value in pane.observed if math.isfinite(value)]
    marks = {
        "type": "scatter",
        "mode": "markers",
        "x": seen,
        "y": [-0.09 * max(heights.max(initial=1), 1)] * len(seen),
        "marker": {"symbol": pane.symbol, "size": 10 if len(seen) == 1 else 6, "opacity": 0.9}
        | {"color": pane.colour},
        "xaxis": f"x{suffix}",
        "yaxis": f"y{suffix}",
        "hovertemplate": "observed %{x:.2f}<extra></extra>",
    }
    return [bars, marks, *_interval(chart, pane, suffix, marks["y"])]


def _interval(chart: CompareChart, pane: Pane, suffix: str, height: Any) -> list[Figure]:
    """The interval as a bar at the height of the mark; none where there is none."""
    if pane.interval is None or not all(map(math.isfinite, pane.interval)):
        return []
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "x": [chart.shown(end) for end in pane.interval],
            "y": list(height[:1]) * 2,
            "line": {"color": pane.colour, "width": 3},
            "xaxis": f"x{suffix}",
            "yaxis": f"y{suffix}",
            "hovertemplate": "95 % interval of the mean: %{x:.2f}<extra></extra>",
        }
    ]


def _moves(chart: CompareChart, ends: tuple[float, float]) -> Figure:
    ticks = nice_ticks(*ends, 4 if chart.phone else 6)
    names = [signed(tick, tick_decimals(ticks)) for tick in ticks]
    turned = list(ends[::-1]) if chart.scale.is_inverted else list(ends)
    return axis(chart.ink, range=turned, tickvals=ticks, ticktext=names)


def _note(chart: CompareChart, name: str, ceiling: float) -> dict[str, Any]:
    return {
        "text": name, "xref": "paper", "yref": "paper", "x": 0, "y": ceiling, "xanchor": "left",
        "yanchor": "bottom", "showarrow": False,
        "font": {"size": FONT_SIZE - 1, "color": chart.text_colour},
    }  # fmt: skip


def _marks(chart: CompareChart, pane: Pane, suffix: str) -> list[dict[str, Any]]:
    """A line through the pane where one value was observed."""
    if len(pane.observed) != 1 or not math.isfinite(pane.observed[0]):
        return []
    at = chart.shown(pane.observed[0])
    line = {
        "color": pane.colour,
        "width": 2,
        "dash": "dash" if pane.symbol == "diamond" else "solid",
    }
    return [{"type": "line", "xref": f"x{suffix}", "yref": f"y{suffix} domain", "x0": at,
             "x1": at, "y0": 0, "y1": 1, "line": line}]  # fmt: skip
