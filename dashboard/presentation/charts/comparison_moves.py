"""Comparison figures of one number per event: moves, leave-one-out, placebo, attrition."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from dashboard.models.analyses import Comparison
from dashboard.models.event import Event
from dashboard.models.messages import translate as _
from dashboard.models.messages import translate_in_context
from dashboard.models.series import Floats
from dashboard.models.study import Headline
from dashboard.presentation.charts import theme
from dashboard.presentation.charts.comparison_paths import (
    ComparisonChart,
    ComparisonGroup,
    build_event_layout,
    build_event_rows,
    build_heading,
    build_move_axis,
    format_event_label,
)
from dashboard.presentation.escaping import escape_plot
from dashboard.presentation.formatting import capitalize_first, format_day
from dashboard.presentation.palette import Palette

MAX_NAMED_DOTS: Final = 10
"""How many events have their names beside their dots, those with the largest moves."""
DOT_ROW_PIXELS: Final = 18
SMALL_DOT_ROW_PIXELS: Final = 5
MAX_SMALL_ROWS_PIXELS: Final = 400
MAX_LEFT_OUT_ROWS: Final = 15
LEFT_OUT_ROW_PIXELS: Final = 19
PLACEBO_BINS: Final = 60
PANE_PIXELS: Final = 150
COVERED_SHARE: Final = 0.999
FUNNEL_BAR_PIXELS: Final = 38

MoveDot = tuple[Event, float, float]


def build_moves_figure(chart: ComparisonChart, group: ComparisonGroup) -> theme.Figure:
    """The moves of a group along x, the largest number shown on top, with the events' names.

    Where not all are named, the rows between are narrow. The axis is that of all groups of the
    chart, so that figures can stand side by side; a dashed line is the mean of the group.
    """
    dots = sort_dots(chart, group)
    named = _select_named(chart, dots)
    rows = _place_rows(len(dots), named)
    font = {"size": theme.FONT_SIZE - 2, "color": chart.palette.text}
    foot = (rows[-1] if rows else 0) + DOT_ROW_PIXELS
    names = {
        "range": [foot, -DOT_ROW_PIXELS],
        "tickvals": [rows[k] for k in named],
        "ticktext": [format_event_label(chart, dots[k][0]) for k in named],
    }
    margin = (20, 20 if chart.phone else 66, 46)
    layout = build_event_layout(
        chart,
        round(foot + DOT_ROW_PIXELS + sum(margin[1:])),
        margin,
        hoverdistance=30,
        xaxis=build_move_axis(chart, _compute_reach(chart)) | _build_move_title(chart),
        yaxis=theme.build_axis(chart.palette, showgrid=False, **names) | {"tickfont": font},
        shapes=[_build_mean_line(chart, group.mean, chart.colour(group))]
        if group.study.n > 1
        else [],
    )
    return {"data": [_build_dot_trace(chart, group, dots, rows)], "layout": layout}


def sort_dots(chart: ComparisonChart, group: ComparisonGroup) -> list[MoveDot]:
    """Event, move and half of its interval; the largest number shown first."""
    dots = [
        (event, move, half)
        for event, move, half in zip(
            group.events, group.study.car.tolist(), group.study.half_width.tolist(), strict=True
        )
        if math.isfinite(move)
    ]
    return sorted(dots, key=lambda dot: -chart.scale.shown(dot[1]))


def _select_named(chart: ComparisonChart, dots: list[MoveDot]) -> list[int]:
    """The positions of the dots that are named."""
    if chart.names_all:
        return list(range(len(dots)))
    by_size = sorted(range(len(dots)), key=lambda k: -abs(dots[k][1]))
    return sorted(by_size[:MAX_NAMED_DOTS])


def _place_rows(count: int, named: list[int]) -> list[float]:
    """The height of every row in pixels from the top; rows without a name are narrow."""
    others = max(count - len(named), 1)
    small = min(SMALL_DOT_ROW_PIXELS, MAX_SMALL_ROWS_PIXELS / others)
    with_name = set(named)
    rows: list[float] = []
    for k in range(count):
        wide = k in with_name or k - 1 in with_name
        step = DOT_ROW_PIXELS if wide else small
        rows.append(round(rows[-1] + step, 2) if rows else 0.0)
    return rows


def get_picked_event(selection: Mapping[str, Any] | None) -> str:
    """The id of the event whose dot was clicked, "" where none was."""
    for point in theme.get_selected_points(selection):
        carried = point.get("customdata") or []
        if isinstance(carried, list | tuple) and carried:
            return str(carried[0])
    return ""


def _build_dot_trace(
    chart: ComparisonChart, group: ComparisonGroup, dots: list[MoveDot], rows: list[float]
) -> theme.Figure:
    places = [chart.shown(move) for _, move, _ in dots]
    ends = [_get_interval_ends(chart, move, half) for _, move, half in dots]
    reach = [
        (None, None) if place is None or end is None
        else (round(end[1] - place, 3), round(place - end[0], 3))
        for place, end in zip(places, ends, strict=True)
    ]  # fmt: skip
    colours = [
        chart.colour(group) if chart.is_pair else chart.scale.colour(move, dark=chart.dark)
        for _, move, _ in dots
    ]
    interval = {"color": chart.palette.muted, "thickness": 0.8, "width": 0}
    hover = [[event.id, _format_dot_hover(chart, event, move, half)] for event, move, half in dots]
    return theme.build_scatter(
        "markers",
        places,
        rows,
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [more for more, _ in reach],
            "arrayminus": [less for _, less in reach],
            **interval,
        },
        marker={"symbol": group.style.symbol, "size": 9, "color": colours, "opacity": 1},
        **theme.KEEP_OPACITY,
        **theme.build_hover(hover, with_id=True),
    )


def _get_interval_ends(
    chart: ComparisonChart, move: float, half: float
) -> tuple[float, float] | None:
    """The ends of the interval of a move on the axis, the smaller first; None without one."""
    if not math.isfinite(half):
        return None
    low, high = sorted(chart.scale.shown_percent(move + side * half) for side in (-1, 1))
    return low, high


def _format_dot_hover(chart: ComparisonChart, event: Event, move: float, half: float) -> str:
    return _(
        "{day}<br>{title}<br>{move} ({log_points})<br>95 % interval {span}",
        day=format_day(event.day),
        title=escape_plot(event.title, 60, 2),
        move=chart.scale.percent_move(move, 2),
        log_points=chart.scale.with_unit(chart.scale.signed(move)),
        span=chart.scale.percent_span(move - half, move + half, 2),
    )


def _compute_reach(chart: ComparisonChart) -> list[float]:
    """The ends of the axis: every dot, and intervals as far as three times the widest dot."""
    dots = [dot for group in chart.groups for dot in sort_dots(chart, group)]
    most = max((abs(chart.scale.shown_percent(move)) for _, move, _ in dots), default=1.0)
    ends = [abs(end) for _, move, half in dots
            for end in _get_interval_ends(chart, move, half) or ()]  # fmt: skip
    reach = min(max(ends, default=most), 3 * most)
    return [-reach, reach]


def _build_mean_line(chart: ComparisonChart, mean: float, colour: str) -> theme.Figure:
    return theme.build_vertical_line(
        chart.shown(mean), {"color": colour, "width": 1.4, "dash": "dash"}
    )


def _build_move_title(chart: ComparisonChart) -> theme.Figure:
    return theme.build_axis_title(
        chart.palette, chart.scale.axis_towards("right", in_percent=True), standoff=6
    )


# ------------------------------------------------------------------ leave one out


def build_leave_one_out_figure(chart: ComparisonChart, group: ComparisonGroup) -> theme.Figure:
    """The events that move the average most, each with the average of the others."""
    events = {event.id: event for event in group.events}
    rows = [row for row in group.study.left_out if math.isfinite(row.without)]
    rows = rows[:MAX_LEFT_OUT_ROWS]
    mean = group.study.mean
    colours = [chart.scale.colour(row.without, dark=chart.dark) for row in rows]
    hover = [
        _(
            "without it {others}<br>its own move {own}",
            others=chart.scale.percent_move(row.without, 2),
            own=chart.scale.percent_move(row.car, 2),
        )
        for row in rows
    ]
    dots = theme.build_scatter(
        "markers",
        [chart.shown(row.without) for row in rows],
        list(range(len(rows))),
        marker={"symbol": group.style.symbol, "size": 9, "color": colours},
        **theme.build_hover(hover),
    )
    values = [chart.scale.shown_percent(value) for value in (mean, *(row.without for row in rows))]
    labels = [
        _("without {event_label}", event_label=format_event_label(chart, events[row.event_id]))
        for row in rows
    ]
    layout = build_event_layout(
        chart,
        LEFT_OUT_ROW_PIXELS * len(rows) + (90 if chart.phone else 120),
        (16, 20 if chart.phone else 62, 44),
        xaxis=build_move_axis(chart, values) | _build_move_title(chart),
        yaxis=build_event_rows(chart, labels, padding=0.6),
        shapes=[_build_mean_line(chart, mean, chart.palette.line)],
    )
    return {"data": [dots], "layout": layout}


# ------------------------------------------------------------------ placebo


@dataclass(frozen=True, slots=True)
class PlaceboPane:
    """One distribution: name escaped for Plotly, values, observed values, colour and symbol.

    `interval` is the 95 % interval of the mean by the declared test, drawn as a bar.
    """

    plot_name: str
    values: Floats
    observed: tuple[float, ...]
    colour: str
    symbol: str
    interval: tuple[float, float] | None = None


def build_placebo_panes(chart: ComparisonChart, answer: Comparison) -> tuple[PlaceboPane, ...]:
    """The average of each group, their difference, and the single moves."""
    panes = []
    for group in chart.groups:
        means = group.study.placebo.means
        if len(means) and np.isfinite(means[0]):
            name = _(
                "average of the same dates moved round the calendar, each event counted,"
                " {means:,} shifts",
                means=len(means),
            )
            named = _name_pane(chart, group, name)
            panes.append(PlaceboPane(named, means, (float(means[0]),), chart.colour(group),
                              group.style.symbol, _get_interval(group.study.headline)))  # fmt: skip
    if len(answer.shifted) and np.isfinite(answer.shifted[0]):
        name = _("Difference, both groups' dates moved together")
        panes.append(
            PlaceboPane(
                name,
                answer.shifted,
                (float(answer.shifted[0]),),
                chart.palette.text,
                "square",
                _get_interval(answer.difference),
            )
        )
    pools = {
        "near": translate_in_context("of", "dates near the events"),
        "quiet": translate_in_context("of", "quiet dates"),
        "similar": translate_in_context("of", "dates alike"),
    }
    pool = pools.get(answer.request.pool, translate_in_context("of", "all dates"))
    for group in chart.groups:
        values, cars = group.study.placebo.cars, group.study.car
        if len(values) and np.isfinite(cars).any():
            name = _(
                "single moves on {values:,} {pool}; marks: the events",
                values=len(values),
                pool=pool,
            )
            named = _name_pane(chart, group, name)
            panes.append(PlaceboPane(named, values, tuple(cars.tolist()), chart.colour(group),
                              group.style.symbol))  # fmt: skip
    return tuple(panes)


def _get_interval(headline: Headline | None) -> tuple[float, float] | None:
    """The interval of the declared test; None where it gives no verdict."""
    return (headline.low, headline.high) if headline is not None and not headline.reason else None


def _name_pane(chart: ComparisonChart, group: ComparisonGroup, name: str) -> str:
    if not chart.is_pair:
        return capitalize_first(name)
    return f"{group.style.glyph} {group.plot_name}: {name}"


def build_placebo_figure(chart: ComparisonChart, panes: tuple[PlaceboPane, ...]) -> theme.Figure:
    """One histogram below the other, each on its own scale, the observed value marked."""
    data: list[theme.Figure] = []
    axes: theme.Figure = {}
    notes: list[theme.Figure] = []
    shapes: list[theme.Figure] = []
    slot = 1 / max(len(panes), 1)
    for k, pane in enumerate(panes):
        suffix = "" if k == 0 else str(k + 1)
        ceiling = 1 - k * slot - 0.2 * slot
        ends = _compute_pane_range(chart, pane)
        heights, edges = _count_bins(chart, pane, ends)
        tallest = max(heights.max(initial=1), 1)
        data += _build_pane_traces(chart, pane, (heights, edges), suffix)
        axes[f"xaxis{suffix}"] = theme.build_number_axis(
            chart.palette,
            ends[::-1] if chart.scale.is_inverted else ends,
            4 if chart.phone else 6,
            anchor=f"y{suffix}",
        )
        axes[f"yaxis{suffix}"] = theme.build_axis(
            chart.palette,
            domain=[1 - (k + 1) * slot + 0.16 * slot, ceiling],
            visible=False,
            range=[-0.18 * tallest, 1.15 * tallest],
            anchor=f"x{suffix}",
        )
        font = {"size": theme.FONT_SIZE - 1, "color": chart.palette.text}
        notes.append(theme.build_pane_note(chart.palette, pane.plot_name, ceiling, font=font))
        shapes += _build_pane_marks(chart, pane, suffix)
    layout = theme.build_layout(
        chart.palette,
        PANE_PIXELS * len(panes) + (40 if chart.phone else 100),
        (16, 16, 10 if chart.phone else 60, 30, 0),
        bargap=0,
        annotations=notes,
        shapes=shapes,
        **axes,
    )
    return {"data": data, "layout": layout | build_heading(chart)}


def describe_placebo(chart: ComparisonChart, panes: tuple[PlaceboPane, ...]) -> tuple[str, ...]:
    """A text alternative of the figure, one sentence for each pane."""
    sentences = []
    for pane in panes:
        values = pane.values[np.isfinite(pane.values)]
        if not len(values):
            continue
        low, high = np.quantile(values, [0.025, 0.975])
        parts = [
            _(
                "{dates}: 95 % from {span}",
                dates=pane.plot_name,
                span=chart.scale.percent_span(low, high, 2),
            )
        ]
        if len(pane.observed) == 1:
            parts.append(_("observed {move}", move=chart.scale.percent(pane.observed[0], 2)))
        if pane.interval:
            interval = chart.scale.percent_span(*pane.interval, 2)
            parts.append(_("95 % interval of the mean {span}", span=interval))
        sentences.append(f"{'; '.join(parts)}.")
    return tuple(sentences)


def _compute_pane_range(chart: ComparisonChart, pane: PlaceboPane) -> tuple[float, float]:
    """From side to side what holds nearly all values and everything observed."""
    values = pane.values[np.isfinite(pane.values)]
    marked = (*pane.observed, *(pane.interval or ()))
    ends = [chart.scale.shown_percent(v) for v in marked if math.isfinite(v)]
    if len(values):
        ends += [
            chart.scale.shown_percent(float(v))
            for v in np.quantile(values, [1 - COVERED_SHARE, COVERED_SHARE])
        ]
    most = max((abs(end) for end in ends), default=1.0)
    return theme.compute_bounds([-most, most])


def _count_bins(
    chart: ComparisonChart, pane: PlaceboPane, ends: tuple[float, float]
) -> tuple[Floats, Floats]:
    values = pane.values[np.isfinite(pane.values)]
    shown = np.array([chart.scale.shown_percent(v) for v in values.tolist()])
    heights, edges = np.histogram(np.clip(shown, *ends), bins=PLACEBO_BINS, range=ends)
    return heights.astype(float), edges


def _build_pane_traces(
    chart: ComparisonChart, pane: PlaceboPane, counted: tuple[Floats, Floats], suffix: str
) -> list[theme.Figure]:
    """The histogram, the observed values below it, and the interval of the mean where given."""
    heights, edges = counted
    axes = {"xaxis": f"x{suffix}", "yaxis": f"y{suffix}"}
    bars = {
        "type": "bar",
        "x": np.round((edges[:-1] + edges[1:]) / 2, 4).tolist(),
        "y": heights.tolist(),
        "width": round(float(edges[1] - edges[0]), 4),
        "marker": {"color": chart.palette.muted, "opacity": 0.7, "line": {"width": 0}},
        "hovertemplate": _("%{y:,} of these dates around %{x:.2f} %<extra></extra>"),
    }
    seen = [chart.shown(value) for value in pane.observed if math.isfinite(value)]
    level = -0.09 * max(heights.max(initial=1), 1)
    size = 10 if len(seen) == 1 else 6
    traces = [
        bars,
        theme.build_scatter(
            "markers",
            seen,
            [level] * len(seen),
            marker={"symbol": pane.symbol, "size": size, "opacity": 0.9, "color": pane.colour},
            hovertemplate=_("observed %{x:.2f} %<extra></extra>"),
        ),
    ]
    if pane.interval is not None and all(map(math.isfinite, pane.interval)):
        interval = theme.build_scatter(
            "lines",
            [chart.shown(end) for end in pane.interval],
            [level, level],
            line={"color": pane.colour, "width": 3},
            hovertemplate=_("95 % interval of the mean: %{x:.2f} %<extra></extra>"),
        )
        traces.append(interval)
    return [trace | axes for trace in traces]


def _build_pane_marks(chart: ComparisonChart, pane: PlaceboPane, suffix: str) -> list[theme.Figure]:
    """A line through the pane where one value was observed."""
    if len(pane.observed) != 1 or not math.isfinite(pane.observed[0]):
        return []
    dash = "dash" if pane.symbol == "diamond" else "solid"
    line = {"color": pane.colour, "width": 2, "dash": dash}
    axes = {"xref": f"x{suffix}", "yref": f"y{suffix} domain"}
    return [theme.build_vertical_line(chart.shown(pane.observed[0]), line, **axes)]


# ------------------------------------------------------------------ attrition


def build_funnel_figure(
    steps: Sequence[tuple[str, int]], palette: Palette, *, phone: bool = False
) -> theme.Figure:
    """Bars from the first step on top to the last, each with its number at its end."""
    sizes = [size for _, size in steps]
    bar = {
        "type": "bar",
        "orientation": "h",
        "x": sizes,
        "y": list(range(len(steps))),
        "text": [f"{size:,}" for size in sizes],
        "textposition": "outside",
        "textfont": {"color": palette.text, "size": theme.FONT_SIZE},
        "marker": {"color": palette.muted, "line": {"width": 0}},
        "width": 0.6,
        "hoverinfo": "skip",
        "cliponaxis": False,
    }
    layout = theme.build_layout(
        palette,
        FUNNEL_BAR_PIXELS * len(steps) + 20,
        (150 if phone else 190, 44, 6, 6, 6),
        xaxis=theme.build_axis(palette, range=[0, max([*sizes, 1])], visible=False),
        yaxis=theme.build_row_axis(palette, [label for label, _ in steps], showgrid=False),
    )
    return {"data": [bar], "layout": layout}
