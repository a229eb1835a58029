"""Comparison figures of one number per event: moves, leave-one-out, placebo distributions, attrition."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from dashboard.models.event import Event
from dashboard.models.series import Floats
from dashboard.presentation.charts.comparison_paths import (
    ComparisonChart,
    ComparisonGroup,
    build_axis_title,
    build_heading,
    build_legend,
    build_move_axis,
    compute_bounds,
    format_event_label,
)
from dashboard.presentation.charts.theme import (
    FONT_SIZE,
    Figure,
    build_axis,
    build_base_layout,
    nice_ticks,
    tick_decimals,
)
from dashboard.presentation.escaping import escape_plot
from dashboard.presentation.formatting import format_day, format_signed
from dashboard.presentation.palette import Palette, direction_colour

# ------------------------------------------------------------
# The moves of Compare: one dot an event, sorted by size, each with its interval.


MAX_NAMED_DOTS: Final = 60
DOT_ROW_PIXELS: Final = 17
SMALL_DOT_ROW_PIXELS: Final = 7
MIN_HEIGHT: Final = 220
MAX_HEIGHT: Final = 1_000

MoveDot = tuple[ComparisonGroup, Event, float, float]


def build_moves_figure(chart: ComparisonChart) -> Figure:
    """Moves along x, the largest of the number shown on top; a dashed line at each mean."""
    dots = sort_dots(chart)
    named = len(dots) <= MAX_NAMED_DOTS
    height = max(
        MIN_HEIGHT,
        min(MAX_HEIGHT, (DOT_ROW_PIXELS if named else SMALL_DOT_ROW_PIXELS) * len(dots) + 130),
    )
    left = (150 if chart.phone else 300) if named else 30
    layout = build_base_layout(chart.palette, height) | {
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
        "xaxis": build_move_axis(chart, _compute_reach(chart, dots))
        | build_axis_title(chart, chart.scale.axis_towards("right")),
        "yaxis": _build_dot_names(chart, dots, named=named),
        "shapes": [
            _build_group_mean_line(chart, group) for group in chart.groups if group.study.n > 1
        ],
    }
    data = [
        _build_dot_trace(
            chart, group, [(at, dot) for at, dot in enumerate(dots) if dot[0] is group]
        )
        for group in chart.groups
    ]
    above = build_legend(chart, -46 / (height - 150)) if chart.is_pair else {}
    return {
        "data": data,
        "layout": layout | above | build_heading(chart, chart.heading, chart.subheading),
    }


def sort_dots(chart: ComparisonChart) -> list[MoveDot]:
    """Group, event, move and half of its interval; the largest number shown first."""
    dots = [
        (group, event, move, half)
        for group in chart.groups
        for event, move, half in zip(
            group.events,
            group.study.car.tolist(),
            group.study.half_width.tolist(),
            strict=True,
        )
        if math.isfinite(move)
    ]
    return sorted(dots, key=lambda dot: -chart.scale.shown(dot[2]))


def get_picked_event(selection: Mapping[str, Any] | None) -> str:
    """The id of the event whose dot was clicked, "" where none was."""
    points = ((selection or {}).get("selection") or {}).get("points") or []
    for point in points:
        carried = point.get("customdata") or []
        if isinstance(carried, list | tuple) and carried:
            return str(carried[0])
    return ""


def _build_dot_trace(
    chart: ComparisonChart, group: ComparisonGroup, placed: list[tuple[int, MoveDot]]
) -> Figure:
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
        "name": f"{group.plot_name}, dashed: their mean",
        "x": [chart.shown(move) for _, _, move, _ in dots],
        "y": [at for at, _ in placed],
        "error_x": {
            "type": "data",
            "array": [None if half is None else round(half, 3) for half in halves],
            "color": chart.palette.muted,
            "thickness": 0.8,
            "width": 0,
        },
        "marker": {"symbol": group.style.symbol, "size": 9, "color": colours, "opacity": 1},
        "selected": {"marker": {"opacity": 1}},
        "unselected": {"marker": {"opacity": 1}},
        "customdata": [
            [event.id, _format_dot_hover(chart, event, move, half)] for _, event, move, half in dots
        ],
        "hovertemplate": "%{customdata[1]}<extra></extra>",
    }


def _format_dot_hover(chart: ComparisonChart, event: Event, move: float, half: float) -> str:
    span = chart.scale.span(move - half, move + half)
    return (
        f"{format_day(event.day)}<br>{escape_plot(event.title, 60, 2)}<br>{chart.scale.move(move)}"
        f"<br>95 % interval {span}"
    )


def _compute_reach(chart: ComparisonChart, dots: list[MoveDot]) -> list[float]:
    """The ends of the axis: every dot, and intervals as far as three times the widest dot."""
    moves = [chart.scale.shown(move) for _, _, move, _ in dots]
    most = max((abs(move) for move in moves), default=1.0)
    ends = [abs(move) + 100 * half for move, (*_, half) in zip(moves, dots, strict=True)
            if math.isfinite(half)]  # fmt: skip
    reach = min(max(ends, default=most), 3 * most)
    return [-reach, reach]


def _build_dot_names(chart: ComparisonChart, dots: list[MoveDot], *, named: bool) -> Figure:
    return build_axis(
        chart.palette,
        range=[len(dots) - 0.4, -0.6],
        tickvals=list(range(len(dots))) if named else [],
        ticktext=[_format_dot_name(chart, dot) for dot in dots] if named else [],
        showgrid=named,
    ) | {"tickfont": {"size": FONT_SIZE - 2, "color": chart.text_colour}}


def _format_dot_name(chart: ComparisonChart, dot: MoveDot) -> str:
    mark = f"{dot[0].style.glyph} " if chart.is_pair else ""
    return f"{mark}{format_event_label(chart, dot[1])}"


def _build_group_mean_line(chart: ComparisonChart, group: ComparisonGroup) -> dict[str, Any]:
    at = chart.shown(group.mean)
    return {
        "type": "line", "xref": "x", "yref": "paper", "x0": at, "x1": at, "y0": 0, "y1": 1,
        "line": {"color": chart.colour(group), "width": 1.4, "dash": "dash"},
    }  # fmt: skip


# ------------------------------------------------------------
# Leave one out as a figure: the average of a group without each of its events.


MAX_LEFT_OUT_ROWS: Final = 15
LEFT_OUT_ROW_PIXELS: Final = 19


def build_leave_one_out_figure(chart: ComparisonChart, group: ComparisonGroup) -> Figure:
    """The events that move the average most, each with the average of the others."""
    events = {event.id: event for event in group.events}
    rows = [row for row in group.study.left_out if math.isfinite(row.without)][:MAX_LEFT_OUT_ROWS]
    mean = group.study.mean
    dots = {
        "type": "scatter",
        "mode": "markers",
        "x": [chart.shown(row.without) for row in rows],
        "y": list(range(len(rows))),
        "marker": {
            "symbol": group.style.symbol,
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
    layout = build_base_layout(chart.palette, LEFT_OUT_ROW_PIXELS * len(rows) + (90 if chart.phone else 120)) | {
        "margin": {"l": 150 if chart.phone else 300, "r": 16, "t": 20 if chart.phone else 62,
                   "b": 44, "pad": 4},
        "dragmode": False,
        "xaxis": build_move_axis(chart, values) | build_axis_title(chart, chart.scale.axis_towards("right")),
        "yaxis": build_axis(
            chart.palette,
            range=[len(rows) - 0.4, -0.6],
            tickvals=list(range(len(rows))),
            ticktext=[f"without {format_event_label(chart, events[row.event_id])}" for row in rows],
        )
        | {"tickfont": {"size": FONT_SIZE - 2, "color": chart.text_colour}},
        "shapes": [_build_overall_mean_line(chart, mean)],
    }  # fmt: skip
    return {
        "data": [dots],
        "layout": layout | build_heading(chart, chart.heading, chart.subheading),
    }


def _build_overall_mean_line(chart: ComparisonChart, mean: float) -> dict[str, Any]:
    """The average of all, dashed."""
    at = chart.shown(mean)
    line = {"color": chart.palette.line, "width": 1.4, "dash": "dash"}
    return {"type": "line", "xref": "x", "yref": "paper", "x0": at, "x1": at, "y0": 0, "y1": 1,
            "line": line}  # fmt: skip


# ------------------------------------------------------------
# The placebo of Compare: the average and the single moves among those at other dates.


PLACEBO_BINS: Final = 60
PANE_PIXELS: Final = 150
COVERED_SHARE: Final = 0.999


@dataclass(frozen=True, slots=True)
class PlaceboPane:
    """One distribution: what it shows, its values, what was observed, and how it looks.

    `interval` is the 95 % interval of the mean by the declared test, drawn as a bar.
    """

    plot_name: str
    values: Floats
    observed: tuple[float, ...]
    colour: str
    symbol: str
    interval: tuple[float, float] | None = None


def build_placebo_figure(chart: ComparisonChart, panes: tuple[PlaceboPane, ...]) -> Figure:
    """One histogram below the other, each on its own scale, the observed value marked."""
    data: list[Figure] = []
    layout: dict[str, Any] = {"annotations": [], "shapes": []}
    slot = 1 / max(len(panes), 1)
    for k, pane in enumerate(panes):
        suffix = "" if k == 0 else str(k + 1)
        ceiling = 1 - k * slot - 0.2 * slot
        low, high = _compute_pane_range(chart, pane)
        heights, edges = _count_bins(chart, pane, (low, high))
        data += _build_pane_traces(chart, pane, (heights, edges), suffix)
        layout[f"xaxis{suffix}"] = _build_move_axis(chart, (low, high)) | {"anchor": f"y{suffix}"}
        layout[f"yaxis{suffix}"] = build_axis(
            chart.palette, domain=[1 - (k + 1) * slot + 0.16 * slot, ceiling], visible=False,
            range=[-0.18 * max(heights.max(initial=1), 1), 1.15 * max(heights.max(initial=1), 1)],
        ) | {"anchor": f"x{suffix}"}  # fmt: skip
        layout["annotations"].append(_build_pane_note(chart, pane.plot_name, ceiling))
        layout["shapes"] += _build_pane_marks(chart, pane, suffix)
    base = build_base_layout(
        chart.palette, PANE_PIXELS * len(panes) + (40 if chart.phone else 100)
    ) | {
        "margin": {"l": 16, "r": 16, "t": 10 if chart.phone else 60, "b": 30, "pad": 0},
        "dragmode": False,
        "bargap": 0,
    }
    return {
        "data": data,
        "layout": base | layout | build_heading(chart, chart.heading, chart.subheading),
    }


def describe_placebo(chart: ComparisonChart, panes: tuple[PlaceboPane, ...]) -> tuple[str, ...]:
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
        told.append(f"{pane.plot_name}: 95 % from {chart.scale.span(low, high)}{seen}{bar}.")
    return tuple(told)


def _compute_pane_range(chart: ComparisonChart, pane: PlaceboPane) -> tuple[float, float]:
    """From side to side what holds nearly all values and everything observed."""
    values = pane.values[np.isfinite(pane.values)]
    marked = (*pane.observed, *(pane.interval or ()))
    ends = [chart.scale.shown(v) for v in marked if math.isfinite(v)]
    if len(values):
        ends += [
            chart.scale.shown(float(v))
            for v in np.quantile(values, [1 - COVERED_SHARE, COVERED_SHARE])
        ]
    most = max((abs(end) for end in ends), default=1.0)
    return compute_bounds([-most, most])


def _count_bins(
    chart: ComparisonChart, pane: PlaceboPane, ends: tuple[float, float]
) -> tuple[Floats, Floats]:
    values = pane.values[np.isfinite(pane.values)]
    shown = np.array([chart.scale.shown(v) for v in values.tolist()])
    heights, edges = np.histogram(np.clip(shown, *ends), bins=PLACEBO_BINS, range=ends)
    return heights.astype(float), edges


def _build_pane_traces(
    chart: ComparisonChart, pane: PlaceboPane, counted: tuple[Floats, Floats], suffix: str
) -> list[Figure]:
    heights, edges = counted
    bars = {
        "type": "bar",
        "x": np.round((edges[:-1] + edges[1:]) / 2, 4).tolist(),
        "y": heights.tolist(),
        "width": round(float(edges[1] - edges[0]), 4),
        "marker": {"color": chart.palette.muted, "opacity": 0.7, "line": {"width": 0}},
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
    return [bars, marks, *_build_interval_trace(chart, pane, suffix, marks["y"])]


def _build_interval_trace(
    chart: ComparisonChart, pane: PlaceboPane, suffix: str, height: Any
) -> list[Figure]:
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


def _build_move_axis(chart: ComparisonChart, ends: tuple[float, float]) -> Figure:
    ticks = nice_ticks(*ends, 4 if chart.phone else 6)
    names = [format_signed(tick, tick_decimals(ticks)) for tick in ticks]
    turned = list(ends[::-1]) if chart.scale.is_inverted else list(ends)
    return build_axis(chart.palette, range=turned, tickvals=ticks, ticktext=names)


def _build_pane_note(chart: ComparisonChart, name: str, ceiling: float) -> dict[str, Any]:
    return {
        "text": name, "xref": "paper", "yref": "paper", "x": 0, "y": ceiling, "xanchor": "left",
        "yanchor": "bottom", "showarrow": False,
        "font": {"size": FONT_SIZE - 1, "color": chart.text_colour},
    }  # fmt: skip


def _build_pane_marks(
    chart: ComparisonChart, pane: PlaceboPane, suffix: str
) -> list[dict[str, Any]]:
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


# ------------------------------------------------------------
# The attrition funnel: how many events are left after each step, as bars.


FUNNEL_BAR_PIXELS: Final = 38


def build_funnel_figure(
    steps: Sequence[tuple[str, int]], ink: Palette, *, phone: bool = False
) -> Figure:
    """Bars from the first step on top to the last, each with its number at its end."""
    labels = [label for label, _ in steps]
    sizes = [size for _, size in steps]
    bar = {
        "type": "bar",
        "orientation": "h",
        "x": sizes,
        "y": list(range(len(steps))),
        "text": [f"{size:,}" for size in sizes],
        "textposition": "outside",
        "textfont": {"color": ink.text, "size": FONT_SIZE},
        "marker": {"color": ink.muted, "line": {"width": 0}},
        "width": 0.6,
        "hoverinfo": "skip",
        "cliponaxis": False,
    }
    layout = build_base_layout(ink, FUNNEL_BAR_PIXELS * len(steps) + 20) | {
        "margin": {"l": 150 if phone else 190, "r": 44, "t": 6, "b": 6, "pad": 6},
        "dragmode": False,
        "xaxis": build_axis(ink, range=[0, max([*sizes, 1])], visible=False),
        "yaxis": build_axis(
            ink,
            range=[len(steps) - 0.5, -0.5],
            tickvals=list(range(len(steps))),
            ticktext=labels,
            showgrid=False,
        ),
    }
    return {"data": [bar], "layout": layout}
