"""Figures of correlations: lead-lag panels, hit rates, score scatter, category map, local projections."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from dashboard.models.analyses import ProjectionRow
from dashboard.models.study import CorrelationRow, DirectionRow
from dashboard.presentation.charts.comparison_paths import (
    compute_bounds,
    fade_colour,
    format_offset,
)
from dashboard.presentation.charts.theme import (
    FONT_SIZE,
    Figure,
    build_axis,
    build_base_layout,
    nice_ticks,
    tick_decimals,
)
from dashboard.presentation.formatting import format_number, format_signed
from dashboard.presentation.palette import TRANSPARENT, Palette, heat_colour_scale, signed_colour

# ------------------------------------------------------------
# The lead-lag figure: one small panel a group, a mark a lag, the band of shifted dates.


PANEL_COLUMNS: Final = 3
PHONE_PANEL_COLUMNS: Final = 1
PANEL_PIXELS: Final = 150
PANEL_GAP: Final = 46
PANEL_TOP: Final = 30
PANEL_BOTTOM: Final = 42
SIGNIFICANCE_LEVEL: Final = 0.05


@dataclass(frozen=True, slots=True)
class LeadLagPanel:
    """One group: its words and its correlations by lag, in the order of the lags."""

    row_name: str
    rows: tuple[CorrelationRow, ...]


def build_lead_lag_figure(
    panels: Sequence[LeadLagPanel], palette: Palette, *, dark: bool, phone: bool
) -> Figure:
    """The whole figure as Plotly's plain dictionary; every panel has the same axes."""
    columns = PHONE_PANEL_COLUMNS if phone else min(PANEL_COLUMNS, max(len(panels), 1))
    lines = max(math.ceil(len(panels) / columns), 1)
    inner = lines * PANEL_PIXELS + (lines - 1) * PANEL_GAP
    layout: Figure = build_base_layout(palette, inner + PANEL_TOP + PANEL_BOTTOM) | {
        "margin": {"l": 52, "r": 12, "t": PANEL_TOP, "b": PANEL_BOTTOM, "pad": 2},
        "hovermode": "closest",
        "dragmode": False,
        "bargap": 0.3,
        "shapes": [],
        "annotations": [],
    }
    data: list[Figure] = []
    limit = _compute_correlation_limit(panels)
    for k, panel in enumerate(panels):
        line, column = divmod(k, columns)
        x = _compute_panel_domain(column, columns, 0.06)
        top = 1 - line * (PANEL_PIXELS + PANEL_GAP) / inner
        y = (max(top - PANEL_PIXELS / inner, 0.0), top)
        name = "" if k == 0 else str(k + 1)
        data += _build_panel(panel, name, palette, dark=dark)
        layout |= _build_panel_axes(name, (x, y), limit, palette, first=column == 0)
        layout["shapes"].append(_build_before_shape(name, palette))
        layout["annotations"].append(_build_panel_title(panel.row_name, (x[0], y[1]), palette))
    layout["annotations"] += _build_foot_note(palette)
    return {"data": data, "layout": layout}


def summarize_lead_lag(panels: Sequence[LeadLagPanel]) -> str:
    """One sentence for those who cannot see the figure."""
    outside = [
        f"{panel.row_name} at {format_signed(row.lag, 0)}"
        for panel in panels
        for row in panel.rows
        if not row.low <= row.r <= row.high
    ]
    listed = ", ".join(outside[:8]) + (f" and {len(outside) - 8} more" if len(outside) > 8 else "")
    return (
        f"Correlations of events with moves at lags −5 to +5 in {len(panels)} panels; outside the"
        f" band of shifted dates: {listed or 'none'}."
    )


def _compute_correlation_limit(panels: Sequence[LeadLagPanel]) -> float:
    sizes = [max(abs(r.r), abs(r.low), abs(r.high)) for panel in panels for r in panel.rows]
    return 1.15 * max([0.05, *sizes])


def _compute_panel_domain(column: int, columns: int, gap: float) -> tuple[float, float]:
    width = (1 - gap * (columns - 1)) / columns
    start = column * (width + gap)
    return start, min(start + width, 1.0)


def _build_panel(panel: LeadLagPanel, name: str, palette: Palette, *, dark: bool) -> list[Figure]:
    rows = panel.rows
    axes = {"xaxis": f"x{name}", "yaxis": f"y{name}"}
    lags = [row.lag for row in rows]
    ends = [lags[0] - 0.6, lags[-1] + 0.6] if rows else []
    low, high = (rows[0].low, rows[0].high) if rows else (0.0, 0.0)
    return [
        axes | {
            "type": "scatter", "mode": "lines", "hoverinfo": "skip", "line": {"width": 0},
            "x": [*ends, *reversed(ends)], "y": [high, high, low, low] if rows else [],
            "fill": "toself", "fillcolor": palette.band,
        },
        axes | {
            "type": "bar",
            "x": lags,
            "y": [round(row.r, 4) for row in rows],
            "width": 0.5,
            "marker": {
                "color": [_bar_colour(row, palette, dark=dark) for row in rows],
                "line": {"width": [2 if row.p_adjusted < SIGNIFICANCE_LEVEL else 0 for row in rows],
                         "color": palette.text},
            },
            "customdata": [_format_lag_hover(row) for row in rows],
            "hovertemplate": "%{customdata}<extra></extra>",
        },
    ]  # fmt: skip


def _bar_colour(row: CorrelationRow, palette: Palette, *, dark: bool) -> str:
    if row.low <= row.r <= row.high:
        return palette.muted
    return signed_colour(row.r, dark=dark)


def _format_lag_hover(row: CorrelationRow) -> str:
    place = "before the event" if row.lag < 0 else "first rate" if row.lag == 0 else "after"
    return (
        f"lag {format_signed(row.lag, 0)} ({place})<br>r {format_signed(row.r, 3)}, band"
        f" {format_signed(row.low, 3)} to"
        f" {format_signed(row.high, 3)}<br>p {format_number(row.p_value, 4)}, corrected"
        f" {format_number(row.p_adjusted, 3)}<br>N = {row.n:,} rates"
    )


def _build_panel_axes(
    name: str, at: tuple[Any, Any], limit: float, palette: Palette, *, first: bool
) -> dict[str, Figure]:
    x, y = at
    return {
        f"xaxis{name}": build_axis(palette, domain=list(x), anchor=f"y{name}", range=[-5.7, 5.7],
                             tickvals=[-5, -3, -1, 0, 1, 3, 5],
                             ticktext=["−5", "−3", "−1", "0", "+1", "+3", "+5"], showgrid=False),
        f"yaxis{name}": build_axis(palette, domain=list(y), anchor=f"x{name}", range=[-limit, limit],
                             nticks=4, tickformat="+.2f", showticklabels=first)
        | {"zeroline": True, "zerolinecolor": palette.muted, "zerolinewidth": 1},
    }  # fmt: skip


def _build_before_shape(name: str, palette: Palette) -> Figure:
    """The side on which no effect of the event can be."""
    return {
        "type": "rect", "xref": f"x{name}", "yref": f"y{name} domain", "x0": -5.7, "x1": -0.5,
        "y0": 0, "y1": 1, "fillcolor": palette.grid, "opacity": 0.45, "line": {"width": 0},
        "layer": "below",
    }  # fmt: skip


def _build_panel_title(title: str, at: tuple[float, float], palette: Palette) -> Figure:
    return {
        "text": f"<b>{title}</b>", "showarrow": False, "xref": "paper", "yref": "paper",
        "x": at[0], "y": at[1], "xanchor": "left", "yanchor": "bottom", "yshift": 3,
        "font": {"size": FONT_SIZE, "color": palette.text},
    }  # fmt: skip


def _build_foot_note(palette: Palette) -> list[Figure]:
    return [{
        "text": "rates from the event on; shaded: before it", "showarrow": False, "xref": "paper",
        "yref": "paper", "x": 0, "y": 0, "xanchor": "left", "yanchor": "top", "yshift": -22,
        "font": {"size": FONT_SIZE - 1, "color": palette.muted},
    }]  # fmt: skip


# ------------------------------------------------------------
# Hit rates as dots with their intervals, against the line of a fair coin.


HIT_ROW_PIXELS: Final = 34
HIT_FOOT_PIXELS: Final = 44
HIT_SIGNIFICANCE_LEVEL: Final = 0.05


@dataclass(frozen=True, slots=True)
class HitRateRow:
    """A group with an expectation: what is shown of it, the words at its end, its row."""

    row_name: str
    words: str
    row: DirectionRow


def build_hit_figure(lines: Sequence[HitRateRow], palette: Palette, *, phone: bool) -> Figure:
    """The whole figure as Plotly's plain dictionary; the first line on top."""
    rows = list(range(len(lines)))
    x: list[float | None] = []
    y: list[int | None] = []
    for row, line in zip(rows, lines, strict=True):
        x += [round(100 * line.row.low, 2), round(100 * line.row.high, 2), None]
        y += [row, row, None]
    intervals = {
        "type": "scatter", "mode": "lines", "x": x, "y": y, "hoverinfo": "skip",
        "line": {"color": palette.muted, "width": 2}, "connectgaps": False,
    }  # fmt: skip
    small = [line.row.p_adjusted < HIT_SIGNIFICANCE_LEVEL for line in lines]
    dots = {
        "type": "scatter",
        "mode": "markers",
        "x": [round(100 * line.row.share, 2) for line in lines],
        "y": rows,
        "marker": {
            "color": palette.text,
            "symbol": ["circle" if is_small else "circle-open" for is_small in small],
            "size": 11,
            "opacity": 1,
            "line": {"width": 2, "color": palette.text},
        },
        "customdata": [_format_hit_hover(line) for line in lines],
        "hovertemplate": "%{customdata}<extra></extra>",
    }
    layout = build_base_layout(palette, HIT_ROW_PIXELS * max(len(lines), 1) + HIT_FOOT_PIXELS + 8) | {
        "margin": {"l": 118 if phone else 150, "r": 14 if phone else 210, "t": 8, "b": HIT_FOOT_PIXELS,
                   "pad": 6},
        "hovermode": "closest",
        "dragmode": False,
        "xaxis": build_axis(palette, range=[0, 100], tickvals=[0, 25, 50, 75, 100], ticksuffix=" %",
                      title={"text": "moved as expected; the line is a fair coin",
                             "font": {"color": palette.muted, "size": FONT_SIZE - 1}}),
        "yaxis": build_axis(palette, range=[len(lines) - 0.5, -0.5], tickvals=rows, showgrid=False,
                      ticktext=[line.row_name for line in lines]),
        "shapes": [{
            "type": "line", "xref": "x", "yref": "paper", "x0": 50, "x1": 50, "y0": 0, "y1": 1,
            "line": {"color": palette.muted, "width": 1, "dash": "dash"}, "layer": "below",
        }],
        "annotations": [] if phone else [_build_row_label(row, line, palette)
                                         for row, line in zip(rows, lines, strict=True)],
    }  # fmt: skip
    return {"data": [intervals, dots], "layout": layout}


def summarize_hits(lines: Sequence[HitRateRow]) -> str:
    """One sentence for those who cannot see the figure."""
    shares = "; ".join(
        f"{line.row_name} {format_number(100 * line.row.share, 0)} %" for line in lines
    )
    definition = (
        "Share of events that moved as expected, with 95 % Wilson intervals for orientation"
    )
    return f"{definition}: {shares or 'none'}."


def _format_hit_hover(line: HitRateRow) -> str:
    row = line.row
    return (
        f"{line.row_name}<br>{row.hits} of {row.n} as expected<br>95 % interval"
        f" {format_number(100 * row.low, 0)} to {format_number(100 * row.high, 0)} %<br>exact p"
        f" {format_number(row.p_value, 4)}, corrected {format_number(row.p_adjusted, 3)}<br>"
        f"left out: {row.unclear} unclear, {row.unmoved} unmoved"
    )


def _build_row_label(row: int, line: HitRateRow, palette: Palette) -> Figure:
    return {
        "text": line.words, "showarrow": False, "xref": "paper", "yref": "y", "x": 1, "y": row,
        "xanchor": "left", "xshift": 8, "font": {"size": FONT_SIZE - 1, "color": palette.muted},
    }  # fmt: skip


# ------------------------------------------------------------
# A score of events against their moves, a point an event.


SCATTER_HEIGHT: Final = 360
PHONE_SCATTER_HEIGHT: Final = 300
DENSE_POINT_COUNT: Final = 100


@dataclass(frozen=True, slots=True)
class ScorePoint:
    """An event: its score, its move in log points, and the lines of its hover."""

    score: float
    move: float
    hover: str


def build_scatter_figure(
    points: Sequence[ScorePoint],
    titles: tuple[str, str],
    palette: Palette,
    *,
    dark: bool,
    phone: bool,
) -> Figure:
    """The whole figure as Plotly's plain dictionary.

    Args:
        points: the events.
        titles: of the x and of the y axis.
        palette: the neutral colours.
        dark: whether the surface is dark.
        phone: whether the screen is narrow.
    """
    dots = {
        "type": "scatter",
        "mode": "markers",
        "x": [point.score for point in points],
        "y": [round(point.move, 3) for point in points],
        "marker": {
            "size": 9,
            "opacity": 0.6 if len(points) > DENSE_POINT_COUNT else 0.9,
            "symbol": ["triangle-up" if p.move > 0 else "triangle-down" for p in points],
            "color": [signed_colour(point.move, dark=dark) for point in points],
        },
        "customdata": [point.hover for point in points],
        "hovertemplate": "%{customdata}<extra></extra>",
    }
    title_font = {"color": palette.muted, "size": FONT_SIZE - 1}
    layout = build_base_layout(palette, PHONE_SCATTER_HEIGHT if phone else SCATTER_HEIGHT) | {
        "margin": {"l": 60, "r": 12, "t": 10, "b": 48, "pad": 4},
        "hovermode": "closest",
        "dragmode": False,
        "xaxis": build_axis(
            palette, title={"text": titles[0], "font": title_font}, nticks=5 if phone else 10
        ),
        "yaxis": build_axis(
            palette, title={"text": titles[1], "font": title_font}, tickformat="+.1f"
        )
        | {"zeroline": True, "zerolinecolor": palette.muted, "zerolinewidth": 1},
    }
    return {"data": [dots], "layout": layout}


# ------------------------------------------------------------
# The heat map of categories on series: blue is up or stronger, orange-brown down or weaker.
#
# A cell without a number has no colour: it is grey, and its text says why.


CROSS_ROW_PIXELS: Final = 44
CROSS_HEAD_PIXELS: Final = 44


@dataclass(frozen=True, slots=True)
class CrossCellMark:
    """A cell: its number in the unit of the map (NaN: no colour), its text, its hover."""

    value: float
    mark: str
    hover: str


def build_cross_series_figure(
    rows: Sequence[tuple[str, Sequence[CrossCellMark]]],
    columns: Sequence[str],
    limit: float,
    palette: Palette,
    *,
    phone: bool,
) -> Figure:
    """The whole figure as Plotly's plain dictionary.

    Args:
        rows: title and cells of each row, the first on top.
        columns: titles of the columns.
        edge: the size at which a colour is full.
        palette: the neutral colours.
        phone: whether the screen is narrow.
    """
    cells = [row for _, row in rows]
    common = {
        "type": "heatmap",
        "x": list(range(len(columns))),
        "y": list(range(len(rows))),
        "texttemplate": "%{text}",
        "customdata": [[cell.hover for cell in row] for row in cells],
        "hovertemplate": "%{customdata}<extra></extra>",
        "showscale": False,
        "hoverongaps": False,
        "xgap": 2,
        "ygap": 2,
    }
    size = FONT_SIZE - (2 if phone else 0)
    heat = common | {
        "z": [[_clip_value(cell.value, limit) for cell in row] for row in cells],
        "text": [["" if math.isnan(cell.value) else cell.mark for cell in row] for row in cells],
        "zmin": -limit,
        "zmax": limit,
        "colorscale": heat_colour_scale(palette),
        "textfont": {"size": size, "color": palette.text},
    }
    grey = common | {
        "z": [[0 if math.isnan(cell.value) else None for cell in row] for row in cells],
        "text": [[cell.mark if math.isnan(cell.value) else "" for cell in row] for row in cells],
        "colorscale": [[0.0, palette.grid], [1.0, palette.grid]],
        "textfont": {"size": size - 1, "color": palette.muted},
    }
    layout = build_base_layout(palette, CROSS_ROW_PIXELS * max(len(rows), 1) + CROSS_HEAD_PIXELS + 10) | {
        "margin": {"l": 112 if phone else 150, "r": 8, "t": CROSS_HEAD_PIXELS, "b": 8, "pad": 4},
        "hovermode": "closest",
        "dragmode": False,
        "xaxis": build_axis(palette, side="top", tickvals=list(range(len(columns))), ticktext=list(columns),
                      showgrid=False, range=[-0.5, len(columns) - 0.5], tickangle=0),
        "yaxis": build_axis(palette, tickvals=list(range(len(rows))), ticktext=[title for title, _ in rows],
                      showgrid=False, range=[len(rows) - 0.5, -0.5]),
    }  # fmt: skip
    return {"data": [heat, grey], "layout": layout}


def _clip_value(value: float, limit: float) -> float | None:
    """The number that gives the colour; none where there is none."""
    if math.isnan(value):
        return None
    return round(max(-limit, min(limit, value)), 3)


# ------------------------------------------------------------
# The path of local projections: the move at each horizon, its interval and the band of all.


PROJECTION_HEIGHT: Final = 360
BASE_HORIZON: Final = -1
HORIZON_TICKS: Final = (-5, -1, 1, 5, 10, 15, 20)


def build_projection_figure(rows: Sequence[ProjectionRow], palette: Palette, unit: str) -> Figure:
    """The figure as Plotly's plain dictionary; values in log points, the base at 0.

    Args:
        rows: one a horizon, in their order.
        palette: the neutral colours.
        unit: what the vertical axis counts and which way is up.
    """
    shown = [row for row in rows if math.isfinite(row.estimate)]
    ends = [
        100 * end
        for row in shown
        for end in (row.estimate, row.low, row.high, row.supt_low, row.supt_high)
    ]
    low, high = compute_bounds(ends)
    ticks = nice_ticks(low, high)
    bands = [
        *_build_projection_band(shown, "supt", "95 % of the whole path", palette),
        *_build_projection_band(
            [row for row in shown if row.horizon > BASE_HORIZON], "", "95 % at one horizon", palette
        ),
        *_build_projection_band(
            [row for row in shown if row.horizon < BASE_HORIZON], "", "", palette
        ),
    ]
    layout = build_base_layout(palette, PROJECTION_HEIGHT) | {
        "margin": {"l": 52, "r": 12, "t": 26, "b": 78, "pad": 2},
        "hovermode": "closest",
        "dragmode": False,
        "shapes": [_build_pre_event_shape(palette)],
        "annotations": [_build_unit_note(unit, palette)],
        "xaxis": build_axis(palette, range=[-5.5, 20.5], tickvals=list(HORIZON_TICKS), showgrid=False,
                      ticktext=[format_offset(tick) for tick in HORIZON_TICKS])
        | {"title": {"text": "rates from the event on, 0 = its first; shaded: before it",
                     "font": {"size": FONT_SIZE - 1, "color": palette.muted}, "standoff": 6}},
        "yaxis": build_axis(palette, range=[low, high], tickvals=ticks,
                      ticktext=[format_signed(tick, tick_decimals(ticks)) for tick in ticks])
        | {"zeroline": True, "zerolinecolor": palette.muted, "zerolinewidth": 1},
        "showlegend": True,
        "legend": {"orientation": "h", "x": 0, "xanchor": "left", "y": -0.2, "yanchor": "top",
                   "font": {"size": FONT_SIZE - 1, "color": palette.text}, "itemclick": False,
                   "itemdoubleclick": False, "bgcolor": TRANSPARENT},
    }  # fmt: skip
    return {"data": [*bands, _build_projection_line(shown, palette)], "layout": layout}


def _build_projection_band(
    rows: Sequence[ProjectionRow], prefix: str, name: str, palette: Palette
) -> list[dict[str, Any]]:
    """A filled area between the ends of each horizon; none where no row has them."""
    low, high = (f"{prefix}_low", f"{prefix}_high") if prefix else ("low", "high")
    known = [row for row in rows if math.isfinite(getattr(row, low))]
    if not known:
        return []
    upper = [(row.horizon, getattr(row, high)) for row in known]
    lower = [(row.horizon, getattr(row, low)) for row in reversed(known)]
    whole = prefix == "supt"
    return [{
        "type": "scatter", "mode": "lines", "hoverinfo": "skip", "fill": "toself",
        "x": [horizon for horizon, _ in upper + lower],
        "y": [round(100 * value, 3) for _, value in upper + lower],
        "name": name, "showlegend": bool(name),
        "fillcolor": fade_colour(palette.line, 0.07 if whole else 0.16),
        "line": {"width": 1, "dash": "dot", "color": fade_colour(palette.line, 0.55)} if whole
        else {"width": 0},
    }]  # fmt: skip


def _build_projection_line(rows: Sequence[ProjectionRow], palette: Palette) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": "move from the base",
        "x": [row.horizon for row in rows],
        "y": [round(100 * row.estimate, 3) + 0.0 for row in rows],
        "line": {"color": palette.line, "width": 2.2},
        "marker": {"symbol": "circle", "size": 5, "color": palette.line},
        "customdata": [_format_horizon_hover(row) for row in rows],
        "hovertemplate": "%{customdata}<extra></extra>",
    }


def _format_horizon_hover(row: ProjectionRow) -> str:
    place = f"horizon {format_offset(row.horizon)}"
    if row.horizon == BASE_HORIZON:
        return f"{place}: the base"
    text = f"{place}: {format_signed(100 * row.estimate)} log pts"
    if math.isnan(row.low):
        return f"{text}<br>{row.reason}"
    text += f"<br>95 % {format_signed(100 * row.low)} to {format_signed(100 * row.high)}"
    if math.isfinite(row.supt_low):
        text += (
            f"<br>band {format_signed(100 * row.supt_low)} to {format_signed(100 * row.supt_high)}"
        )
    return f"{text}<br>{row.events:,} events on {row.rates:,} rates"


def _build_pre_event_shape(palette: Palette) -> dict[str, Any]:
    """The side on which no effect of the event can be."""
    return {
        "type": "rect", "xref": "x", "yref": "y domain", "x0": -5.5, "x1": -0.5, "y0": 0, "y1": 1,
        "fillcolor": palette.grid, "opacity": 0.45, "line": {"width": 0}, "layer": "below",
    }  # fmt: skip


def _build_unit_note(unit: str, palette: Palette) -> dict[str, Any]:
    return {
        "text": unit, "xref": "paper", "yref": "paper", "x": 0,
        "y": 1, "xanchor": "left", "yanchor": "bottom", "yshift": 2, "showarrow": False,
        "font": {"size": FONT_SIZE - 1, "color": palette.muted},
    }  # fmt: skip
