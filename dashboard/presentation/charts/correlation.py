"""Figures of correlations: lead-lag, hit rates, score scatter, category map, projections."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from dashboard.models.analyses import DoseRow, ProjectionRow
from dashboard.models.messages import translate as _
from dashboard.models.messages import translate_deferred
from dashboard.models.study import SIGNIFICANCE_LEVEL, CorrelationRow, DirectionRow
from dashboard.presentation.charts import theme
from dashboard.presentation.formatting import (
    format_number,
    format_offset,
    format_signed,
    join_first,
)
from dashboard.presentation.palette import Palette, heat_colour_scale, signed_colour

PANEL_COLUMNS: Final = 3
PHONE_PANEL_COLUMNS: Final = 1
PANEL_PIXELS: Final = 150
PANEL_GAP: Final = 46
COLUMN_GAP: Final = 0.06
PANEL_TOP: Final = 30
PANEL_BOTTOM: Final = 42
HIT_ROW_PIXELS: Final = 34
HIT_FOOT_PIXELS: Final = 44
SCATTER_HEIGHT: Final = 360
PHONE_SCATTER_HEIGHT: Final = 300
DENSE_POINT_COUNT: Final = 100
CROSS_ROW_PIXELS: Final = 44
CROSS_HEAD_PIXELS: Final = 44
PROJECTION_HEIGHT: Final = 360
BASE_HORIZON: Final = -1
HORIZON_TICKS: Final = (-5, -1, 1, 5, 10, 15, 20)


@dataclass(frozen=True, slots=True)
class LeadLagPanel:
    """One group: its title and its correlations by lag, in the order of the lags."""

    row_name: str
    rows: tuple[CorrelationRow, ...]


def build_lead_lag_figure(
    panels: Sequence[LeadLagPanel], palette: Palette, *, dark: bool, phone: bool
) -> theme.Figure:
    """The whole figure as Plotly's plain dictionary; every panel has the same axes."""
    columns = PHONE_PANEL_COLUMNS if phone else min(PANEL_COLUMNS, max(len(panels), 1))
    lines = max(math.ceil(len(panels) / columns), 1)
    inner = lines * PANEL_PIXELS + (lines - 1) * PANEL_GAP
    data: list[theme.Figure] = []
    axes: theme.Figure = {}
    shapes: list[theme.Figure] = []
    notes: list[theme.Figure] = []
    sizes = [max(abs(r.r), abs(r.low), abs(r.high)) for panel in panels for r in panel.rows]
    limit = 1.15 * max([0.05, *sizes])
    for k, panel in enumerate(panels):
        line, column = divmod(k, columns)
        x = _compute_panel_domain(column, columns)
        top = 1 - line * (PANEL_PIXELS + PANEL_GAP) / inner
        y = (max(top - PANEL_PIXELS / inner, 0.0), top)
        suffix = "" if k == 0 else str(k + 1)
        data += _build_panel(panel, suffix, palette, dark=dark)
        axes |= _build_panel_axes(suffix, (x, y), limit, palette, first=column == 0)
        shapes.append(_build_pre_event_region(palette, -5.7, suffix))
        font = {"size": theme.FONT_SIZE, "color": palette.text}
        title = theme.build_pane_note(palette, f"<b>{panel.row_name}</b>", top, font=font, yshift=3)
        notes.append(title | {"x": x[0]})
    foot = {"xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "top", "yshift": -22}
    notes.append(
        theme.build_note(palette, _("rates from the event on; shaded: before it"), 0, 0, **foot)
    )
    height, margin = inner + PANEL_TOP + PANEL_BOTTOM, (52, 12, PANEL_TOP, PANEL_BOTTOM, 2)
    layout = theme.build_layout(
        palette, height, margin, bargap=0.3, shapes=shapes, annotations=notes, **axes
    )
    return {"data": data, "layout": layout}


def summarize_lead_lag(panels: Sequence[LeadLagPanel]) -> str:
    """A text alternative of the figure in one sentence."""
    outside = [
        _("{group} at {lag}", group=panel.row_name, lag=format_signed(row.lag, 0))
        for panel in panels
        for row in panel.rows
        if not row.low <= row.r <= row.high
    ]
    return _(
        "Correlations of events with moves at lags −5 to +5 in {panels} panels; outside the band"
        " of shifted dates: {marks}.",
        panels=len(panels),
        marks=join_first(outside, 8) or _("none"),
    )


def _compute_panel_domain(column: int, columns: int) -> tuple[float, float]:
    width = (1 - COLUMN_GAP * (columns - 1)) / columns
    start = column * (width + COLUMN_GAP)
    return start, min(start + width, 1.0)


def _build_panel(
    panel: LeadLagPanel, suffix: str, palette: Palette, *, dark: bool
) -> list[theme.Figure]:
    rows = panel.rows
    axes = {"xaxis": f"x{suffix}", "yaxis": f"y{suffix}"}
    lags = [row.lag for row in rows]
    ends = [lags[0] - 0.6, lags[-1] + 0.6] if rows else []
    low, high = ([getattr(row, end) for row in rows[:1] * 2] for end in ("low", "high"))
    band = theme.build_band(ends, low, high, fillcolor=palette.band, line={"width": 0})
    outline = [2 if row.p_adjusted < SIGNIFICANCE_LEVEL else 0 for row in rows]
    bars = {
        "type": "bar",
        "x": lags,
        "y": [round(row.r, 4) for row in rows],
        "width": 0.5,
        "marker": {
            "color": [
                palette.muted if row.low <= row.r <= row.high else signed_colour(row.r, dark=dark)
                for row in rows
            ],
            "line": {"width": outline, "color": palette.text},
        },
        **theme.build_hover([_format_lag_hover(row) for row in rows]),
    }
    return [band | axes, bars | axes]


def _format_lag_hover(row: CorrelationRow) -> str:
    places = _("before the event"), _("first rate"), _("after")
    return _(
        "lag {lag} ({place})<br>r {r}, band {low} to {high}<br>p {p_value}, corrected"
        " {p_adjusted}<br>N = {count:,} rates",
        lag=format_signed(row.lag, 0),
        place=places[(row.lag >= 0) + (row.lag > 0)],
        r=format_signed(row.r, 3),
        low=format_signed(row.low, 3),
        high=format_signed(row.high, 3),
        p_value=format_number(row.p_value, 4),
        p_adjusted=format_number(row.p_adjusted, 3),
        count=row.n,
    )


def _build_panel_axes(
    suffix: str, domains: tuple[Any, Any], limit: float, palette: Palette, *, first: bool
) -> dict[str, theme.Figure]:
    x, y = domains
    ticks = (-5, -3, -1, 0, 1, 3, 5)
    return {
        f"xaxis{suffix}": theme.build_axis(
            palette,
            domain=list(x),
            anchor=f"y{suffix}",
            range=[-5.7, 5.7],
            tickvals=list(ticks),
            ticktext=[format_signed(tick, 0) for tick in ticks],
            showgrid=False,
        ),
        f"yaxis{suffix}": theme.build_number_axis(
            palette,
            (-limit, limit),
            4,
            domain=list(y),
            anchor=f"x{suffix}",
            showticklabels=first,
        )
        | theme.build_zero_line(palette),
    }


def _build_pre_event_region(palette: Palette, start: float, suffix: str = "") -> theme.Figure:
    """The side of a pane on which no effect of the event can be."""
    axes = {"xref": f"x{suffix}", "yref": f"y{suffix} domain"}
    return theme.build_region(start, -0.5, palette.grid, opacity=0.45, **axes)


# ------------------------------------------------------------------ hit rates


@dataclass(frozen=True, slots=True)
class HitRateRow:
    """A group with an expectation: its title, the caption at the end of its row, its numbers."""

    row_name: str
    caption: str
    row: DirectionRow


def build_hit_figure(lines: Sequence[HitRateRow], palette: Palette, *, phone: bool) -> theme.Figure:
    """The whole figure as Plotly's plain dictionary; the first line on top."""
    rows = list(range(len(lines)))
    x: list[float | None] = []
    y: list[int | None] = []
    for row, line in zip(rows, lines, strict=True):
        x += [round(100 * line.row.low, 2), round(100 * line.row.high, 2), None]
        y += [row, row, None]
    grey = {"color": palette.muted, "width": 2}
    intervals = theme.build_scatter("lines", x, y, hoverinfo="skip", line=grey, connectgaps=False)
    is_small = [line.row.p_adjusted < SIGNIFICANCE_LEVEL for line in lines]
    marker = {
        "color": palette.text,
        "symbol": ["circle" if small else "circle-open" for small in is_small],
        "size": 11,
        "opacity": 1,
        "line": {"width": 2, "color": palette.text},
    }
    dots = theme.build_scatter(
        "markers",
        [round(100 * line.row.share, 2) for line in lines],
        rows,
        marker=marker,
        **theme.build_hover([_format_hit_hover(line) for line in lines]),
    )
    place = {"xref": "paper", "yref": "y", "xanchor": "left", "xshift": 8}
    coin = {"color": palette.muted, "width": 1, "dash": "dash"}
    shares = theme.build_axis(
        palette, range=[0, 100], tickvals=[0, 25, 50, 75, 100], ticksuffix=" %"
    )
    layout = theme.build_layout(
        palette,
        HIT_ROW_PIXELS * max(len(lines), 1) + HIT_FOOT_PIXELS + 8,
        (118 if phone else 150, 14 if phone else 210, 8, HIT_FOOT_PIXELS, 6),
        xaxis=shares
        | theme.build_axis_title(palette, _("moved as expected; the line is a fair coin")),
        yaxis=theme.build_row_axis(palette, [line.row_name for line in lines], showgrid=False),
        shapes=[theme.build_vertical_line(50, coin, layer="below")],
        annotations=[
            theme.build_note(palette, line.caption, 1, row, **place)
            for row, line in zip(rows, lines, strict=True)
            if not phone
        ],
    )
    return {"data": [intervals, dots], "layout": layout}


def summarize_hits(lines: Sequence[HitRateRow]) -> str:
    """A text alternative of the figure in one sentence."""
    shares = "; ".join(
        f"{line.row_name} {format_number(100 * line.row.share, 0)} %" for line in lines
    )
    return _(
        "Share of events that moved as expected, with 95 % Wilson intervals for orientation:"
        " {shares}.",
        shares=shares or _("none"),
    )


def _format_hit_hover(line: HitRateRow) -> str:
    row = line.row
    return _(
        "{group}<br>{hits} of {count} as expected<br>95 % interval {low} to {high} %<br>exact p"
        " {p}, corrected {p_adjusted}<br>left out: {unclear} unclear, {unmoved} unmoved",
        group=line.row_name,
        hits=row.hits,
        count=row.n,
        low=format_number(100 * row.low, 0),
        high=format_number(100 * row.high, 0),
        p=format_number(row.p_value, 4),
        p_adjusted=format_number(row.p_adjusted, 3),
        unclear=row.unclear,
        unmoved=row.unmoved,
    )


# ------------------------------------------------------------------ scores


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
) -> theme.Figure:
    """The whole figure as Plotly's plain dictionary.

    Args:
        points: the events.
        titles: of the x and of the y axis.
        palette: the neutral colours.
        dark: whether the surface is dark.
        phone: whether the screen is narrow.
    """
    marker = {
        "size": 9,
        "opacity": 0.6 if len(points) > DENSE_POINT_COUNT else 0.9,
        "symbol": ["triangle-up" if p.move > 0 else "triangle-down" for p in points],
        "color": [signed_colour(point.move, dark=dark) for point in points],
    }
    dots = theme.build_scatter(
        "markers",
        [point.score for point in points],
        [round(point.move, 3) for point in points],
        marker=marker,
        **theme.build_hover([point.hover for point in points]),
    )
    x_title, y_title = (theme.build_axis_title(palette, title) for title in titles)
    layout = theme.build_layout(
        palette,
        PHONE_SCATTER_HEIGHT if phone else SCATTER_HEIGHT,
        (60, 12, 10, 48, 4),
        xaxis=theme.build_axis(palette, nticks=5 if phone else 10) | x_title,
        yaxis=theme.build_axis(palette, tickformat="+.1f")
        | y_title
        | theme.build_zero_line(palette),
    )
    return {"data": [dots], "layout": layout}


# ------------------------------------------------------------------ dose response


DOSE_GRID: Final = 41
LABEL_PIXELS: Final = (6.4, 15.0)
"""Width of a letter and height of a line of a label."""
DOSE_FRAME: Final = {False: (860.0, 290.0), True: (290.0, 230.0)}
"""Width and height of the plot by whether the screen is narrow; labels are placed by them."""
POINT_PIXELS: Final = 8.0


def build_dose_figure(  # noqa: PLR0913 - as the scatter, and the fit
    row: DoseRow,
    points: Sequence[tuple[str, ScorePoint]],
    titles: tuple[str, str],
    palette: Palette,
    *,
    dark: bool,
    phone: bool,
) -> theme.Figure:
    """Events by dose and move, named where there is room, with the fitted line and its band.

    Args:
        row: the fit, with the sign of the number shown.
        points: the events, each with its label.
        titles: of the x and of the y axis.
        palette: the neutral colours.
        dark: whether the surface is dark.
        phone: whether the screen is narrow.
    """
    marks = [point for _label, point in points]
    figure = build_scatter_figure(marks, titles, palette, dark=dark, phone=phone)
    figure["data"] = [*_build_dose_line(row, marks, palette), *figure["data"]]
    figure["layout"]["annotations"] = [
        theme.build_note(
            palette, label, point.score, point.move, xref="x", yref="y",
            xanchor="left" if dx > 0 else "right", xshift=dx, yshift=dy,
        )
        for label, point, (dx, dy) in place_labels(points, DOSE_FRAME[phone])
    ]  # fmt: skip
    return figure


def _build_dose_line(
    row: DoseRow, points: Sequence[ScorePoint], palette: Palette
) -> list[theme.Figure]:
    """The line and the 95 % band of the expected move at each dose; none without a fit."""
    if not (points and math.isfinite(row.slope) and row.se > 0):
        return []
    doses = np.linspace(min(p.score for p in points), max(p.score for p in points), DOSE_GRID)
    moves = 100 * (row.intercept + row.slope * doses)
    quantile = (row.high - row.low) / (2 * row.se)
    variance = row.intercept_se**2 + 2 * doses * row.covariance + (doses * row.se) ** 2
    half = 100 * quantile * np.sqrt(np.maximum(variance, 0.0))
    x, y, low, high = (
        np.round(values, 4).tolist() for values in (doses, moves, moves - half, moves + half)
    )
    band = theme.build_band(x, low, high, fillcolor=palette.band, line={"width": 0})
    line = theme.build_scatter(
        "lines", x, y, hoverinfo="skip", line={"color": palette.text, "width": 1.5}
    )
    return [band, line]


def place_labels(
    points: Sequence[tuple[str, ScorePoint]], frame: tuple[float, float]
) -> list[tuple[str, ScorePoint, tuple[int, int]]]:
    """Labels beside their points so that none covers another or a point; the rest is left out.

    Args:
        points: each with its label; those furthest from the middle are placed first.
        frame: width and height of the plot in pixels, roughly.

    Returns:
        The labels that have room, with their shift in pixels.
    """
    if not points:
        return []
    at = np.array([(point.score, point.move) for _label, point in points], dtype=float)
    spread = np.maximum(np.ptp(at, axis=0), 1e-9) * 1.12
    pixels = (at - at.min(axis=0)) / spread * np.array(frame)
    taken = [
        (x - POINT_PIXELS, y - POINT_PIXELS, x + POINT_PIXELS, y + POINT_PIXELS)
        for x, y in pixels.tolist()
    ]
    distance = np.abs((pixels - np.median(pixels, axis=0)) / np.array(frame)).sum(axis=1)
    placed = []
    for k in np.argsort(-distance, kind="stable").tolist():
        label, point = points[k]
        width, height = LABEL_PIXELS[0] * len(label), LABEL_PIXELS[1]
        for dx, dy in ((9, 0), (-9, 0), (6, 13), (-6, 13), (6, -13), (-6, -13)):
            x, y = pixels[k, 0] + dx, pixels[k, 1] + dy
            left = x if dx > 0 else x - width
            box = (left, y - height / 2, left + width, y + height / 2)
            is_inside = box[0] >= -EDGE_PIXELS and box[2] <= frame[0] + EDGE_PIXELS
            others = (other for j, other in enumerate(taken) if j != k)
            if is_inside and not any(_overlap(box, other) for other in others):
                taken.append(box)
                placed.append((label, point, (dx, dy)))
                break
    return placed


EDGE_PIXELS: Final = 20.0
"""So far a label may reach beyond the outermost points."""


def _overlap(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


# ------------------------------------------------------------------ categories on series


@dataclass(frozen=True, slots=True)
class CrossCellMark:
    """A cell: its number in the unit of the map (NaN: grey, the text says why), text and hover."""

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
) -> theme.Figure:
    """The whole figure as Plotly's plain dictionary.

    Args:
        rows: title and cells of each row, the first on top.
        columns: titles of the columns.
        limit: the size at which a colour is full.
        palette: the neutral colours.
        phone: whether the screen is narrow.
    """
    cells = [row for _, row in rows]
    common = {
        "type": "heatmap",
        "x": list(range(len(columns))),
        "y": list(range(len(rows))),
        "texttemplate": "%{text}",
        **theme.build_hover([[cell.hover for cell in row] for row in cells]),
        "showscale": False,
        "hoverongaps": False,
        "xgap": 2,
        "ygap": 2,
    }
    size = theme.FONT_SIZE - (2 if phone else 0)
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
    columns_axis = theme.build_axis(
        palette,
        side="top",
        tickvals=list(range(len(columns))),
        ticktext=list(columns),
        showgrid=False,
        range=[-0.5, len(columns) - 0.5],
        tickangle=0,
    )
    layout = theme.build_layout(
        palette,
        CROSS_ROW_PIXELS * max(len(rows), 1) + CROSS_HEAD_PIXELS + 10,
        (112 if phone else 150, 8, CROSS_HEAD_PIXELS, 8, 4),
        xaxis=columns_axis,
        yaxis=theme.build_row_axis(palette, [title for title, _ in rows], showgrid=False),
    )
    return {"data": [heat, grey], "layout": layout}


def _clip_value(value: float, limit: float) -> float | None:
    """The number that gives the colour; none where there is none."""
    if math.isnan(value):
        return None
    return round(max(-limit, min(limit, value)), 3)


# ------------------------------------------------------------------ local projections


def build_projection_figure(
    rows: Sequence[ProjectionRow], palette: Palette, unit: str, *, of_driver: bool = False
) -> theme.Figure:
    """The figure as Plotly's plain dictionary; values in log points, the base at 0.

    Args:
        rows: one a horizon, in their order.
        palette: the neutral colours.
        unit: what the vertical axis counts and which way is up.
        of_driver: whether it is the response to a driver and not to events.
    """
    shown = [row for row in rows if math.isfinite(row.estimate)]
    ends = [
        100 * end
        for row in shown
        for end in (row.estimate, row.low, row.high, row.supt_low, row.supt_high)
    ]
    bands = [
        *_build_projection_band(shown, "supt", _("95 % of the whole path"), palette),
        *_build_projection_band(
            [row for row in shown if row.horizon > BASE_HORIZON],
            "",
            _("95 % at one horizon"),
            palette,
        ),
        *_build_projection_band(
            [row for row in shown if row.horizon < BASE_HORIZON], "", "", palette
        ),
    ]
    offsets = theme.build_axis(
        palette,
        range=[-5.5, 20.5],
        tickvals=list(HORIZON_TICKS),
        showgrid=False,
        ticktext=[format_offset(tick) for tick in HORIZON_TICKS],
    )
    title = _("rates from the event on, 0 = its first; shaded: before it")
    if of_driver:
        title = _("rates from the driver's change on; shaded: before it")
    layout = theme.build_layout(
        palette,
        PROJECTION_HEIGHT,
        (52, 12, 26, 78, 2),
        shapes=[_build_pre_event_region(palette, -5.5)],
        annotations=[theme.build_axis_note(palette, unit, yshift=2)],
        xaxis=offsets | theme.build_axis_title(palette, title, standoff=6),
        yaxis=theme.build_number_axis(palette, theme.compute_bounds(ends))
        | theme.build_zero_line(palette),
    )
    layout |= theme.build_legend(palette, -0.2)
    return {
        "data": [*bands, _build_projection_line(shown, palette, of_driver=of_driver)],
        "layout": layout,
    }


def _build_projection_band(
    rows: Sequence[ProjectionRow], prefix: str, name: str, palette: Palette
) -> list[theme.Figure]:
    """A filled area between the ends of each horizon; none where no row has them."""
    ends = (f"{prefix}_low", f"{prefix}_high") if prefix else ("low", "high")
    known = [row for row in rows if math.isfinite(getattr(row, ends[0]))]
    if not known:
        return []
    low, high = ([round(100 * getattr(row, end), 3) for row in known] for end in ends)
    whole = prefix == "supt"
    outline = {"width": 1, "dash": "dot", "color": theme.fade_colour(palette.line, 0.55)}
    band = theme.build_band(
        [row.horizon for row in known],
        low,
        high,
        name=name,
        showlegend=bool(name),
        fillcolor=theme.fade_colour(palette.line, 0.07 if whole else 0.16),
        line=outline if whole else {"width": 0},
    )
    return [band]


def _build_projection_line(
    rows: Sequence[ProjectionRow], palette: Palette, *, of_driver: bool
) -> theme.Figure:
    return theme.build_scatter(
        "lines+markers",
        [row.horizon for row in rows],
        [round(100 * row.estimate, 3) + 0.0 for row in rows],
        name=_("move from the base"),
        line={"color": palette.line, "width": 2.2},
        marker={"symbol": "circle", "size": 5, "color": palette.line},
        **theme.build_hover([_format_horizon_hover(row, of_driver=of_driver) for row in rows]),
    )


def _format_horizon_hover(row: ProjectionRow, *, of_driver: bool) -> str:
    place = _("horizon {horizon}", horizon=format_offset(row.horizon))
    if row.horizon == BASE_HORIZON:
        return _("{place}: the base", place=place)
    lines = [_("{place}: {move} log pts", place=place, move=format_signed(100 * row.estimate))]
    if math.isnan(row.low):
        return "<br>".join([*lines, translate_deferred(row.reason)])
    low, high = format_signed(100 * row.low), format_signed(100 * row.high)
    lines.append(_("95 % {low} to {high}", low=low, high=high))
    if math.isfinite(row.supt_low):
        low, high = format_signed(100 * row.supt_low), format_signed(100 * row.supt_high)
        lines.append(_("band {low} to {high}", low=low, high=high))
    if of_driver:
        counts = _("N = {count:,} rates", count=row.n)
    else:
        counts = _("{events:,} events on {rates:,} rates", events=row.events, rates=row.rates)
    return "<br>".join([*lines, counts])
