"""Figures of a driver and a rate: levels, cross-correlation, rolling relation, samples."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from dashboard.models.drivers import (
    WHOLE_SAMPLE,
    DriverLag,
    DriverSampleRow,
    MatchedDriver,
    RollingRow,
)
from dashboard.models.messages import translate as _
from dashboard.models.series import Floats
from dashboard.models.study import SIGNIFICANCE_LEVEL
from dashboard.presentation.charts import theme
from dashboard.presentation.escaping import escape_plot
from dashboard.presentation.formatting import (
    format_day,
    format_number,
    format_offset,
    format_p,
    format_signed,
)
from dashboard.presentation.palette import Palette
from dashboard.presentation.quoting import QuotedSeries

LEVELS_HEIGHT: Final = 430
LAGS_HEIGHT: Final = 300
ROLLING_HEIGHT: Final = 360
PANE_GAP: Final = 0.12
SAMPLE_ROW_PIXELS: Final = 30
SAMPLE_FOOT_PIXELS: Final = 52
MAX_MARKS: Final = 500


@dataclass(frozen=True, slots=True)
class EventMark:
    """An event below a line of time: its day, symbol, colour and the lines of its hover."""

    day: date
    symbol: str
    colour: str
    hover: str


def build_levels_figure(
    matched: MatchedDriver, quoting: QuotedSeries, palette: Palette, *, phone: bool
) -> theme.Figure:
    """Rate and driver on two panes with one axis of time, as Plotly's plain dictionary."""
    rate = matched.series.rate
    shown = 1.0 / rate if quoting.is_inverse else rate
    middle = (1 - PANE_GAP) / 2
    panes = ((1 - middle, 1.0), (0.0, middle))
    titles = (
        escape_plot(f"{matched.series.card.label}, {quoting.unit}", 60 if phone else 120, 1),
        escape_plot(
            f"{matched.driver.label}, {matched.driver.unit_label}", 60 if phone else 120, 1
        ),
    )
    decimals = (quoting.decimals, matched.driver.decimals)
    data, axes, notes = [], {}, []
    for k, values in enumerate((shown, matched.value)):
        suffix = "" if k == 0 else "2"
        data.append(_build_level_line(matched, values, f"y{suffix}", decimals[k], palette))
        bounds = theme.compute_bounds(values.tolist(), with_zero=False)
        if k == 0 and quoting.axis_is_inverted:
            bounds = (bounds[1], bounds[0])
        axes[f"yaxis{suffix}"] = theme.build_number_axis(
            palette, bounds, 4, format_number, domain=list(panes[k]), anchor="x"
        )
        notes.append(theme.build_axis_note(palette, titles[k], panes[k][1]))
    layout = theme.build_layout(
        palette,
        LEVELS_HEIGHT,
        (58, 12, 26, 34, 2),
        annotations=notes,
        shapes=_build_break_lines(matched, palette),
        xaxis=theme.build_axis(palette, type="date", showgrid=False, anchor="y2", fixedrange=False),
        hovermode="x",
        **axes,
    )
    return {"data": data, "layout": layout}


def _build_level_line(
    matched: MatchedDriver, values: Floats, axis: str, decimals: int, palette: Palette
) -> theme.Figure:
    days, numbers = matched.series.day.astype(str).tolist(), values.tolist()
    for gap in reversed(matched.gaps):  # a line does not go over a gap
        days.insert(gap, days[gap - 1])
        numbers.insert(gap, math.nan)
    at = theme.select_points(np.array(numbers))
    return theme.build_scatter(
        "lines",
        [days[k] for k in at],
        [None if math.isnan(numbers[k]) else round(numbers[k], decimals) for k in at],
        yaxis=axis,
        connectgaps=False,
        line={"color": palette.line, "width": 1.6, "dash": "solid" if axis == "y" else "dot"},
        hovertemplate="%{x}<br>%{y}<extra></extra>",
    )


def _build_break_lines(matched: MatchedDriver, palette: Palette) -> list[theme.Figure]:
    """The days on which the publisher of the rate changed its method."""
    first, last = matched.series.day[0].item(), matched.series.day[-1].item()
    look = {"color": palette.muted, "width": 1, "dash": "dash"}
    return [
        theme.build_vertical_line(method.day.isoformat(), look, layer="below")
        for method in matched.series.card.breaks
        if first < method.day <= last
    ]


def build_lags_figure(rows: Sequence[DriverLag], palette: Palette) -> theme.Figure:
    """The cross-correlation by lag with the band of no relation, as Plotly's plain dictionary."""
    known = [row for row in rows if math.isfinite(row.r_filtered)]
    lags = [row.lag for row in known]
    ends = [0.05, *(max(abs(row.r_filtered), row.high) for row in known)]
    limit = 1.15 * max(ends)
    band = theme.build_band(
        lags,
        [round(row.low, 4) for row in known],
        [round(row.high, 4) for row in known],
        fillcolor=palette.band,
        line={"width": 0},
    )
    small = [row.p_adjusted < SIGNIFICANCE_LEVEL for row in known]
    marker = {
        "symbol": ["circle" if each else "circle-open" for each in small],
        "size": 10,
        "opacity": 1,
        "color": palette.text,
        "line": {"width": 2, "color": palette.text},
    }
    marks = theme.build_scatter(
        "markers",
        lags,
        [round(row.r_filtered, 4) for row in known],
        marker=marker,
        **theme.build_hover([_format_lag_hover(row) for row in known]),
    )
    most = max((abs(row.lag) for row in rows), default=1)
    span = range(-most, most + 1)
    axis = theme.build_offset_axis(palette, span, 15, lambda lag: format_signed(lag, 0))
    layout = theme.build_layout(
        palette,
        LAGS_HEIGHT,
        (52, 12, 26, 46, 2),
        shapes=[theme.build_region(-most - 0.5, -0.5, palette.grid, opacity=0.45, yref="y domain")],
        annotations=[theme.build_axis_note(palette, _("correlation of filtered changes"))],
        xaxis=axis
        | theme.build_axis_title(
            palette, _("rates after the driver's change; shaded: before it"), standoff=6
        ),
        yaxis=theme.build_number_axis(palette, (-limit, limit), 5) | theme.build_zero_line(palette),
    )
    return {"data": [band, marks], "layout": layout}


def _format_lag_hover(row: DriverLag) -> str:
    return _(
        "lag {lag}<br>r {r}, band {low} to {high}<br>p {p_value}, corrected {p_adjusted}<br>N ="
        " {count:,}",
        lag=format_signed(row.lag, 0),
        r=format_signed(row.r_filtered, 3),
        low=format_signed(row.low, 3),
        high=format_signed(row.high, 3),
        p_value=format_p(row.p_value),
        p_adjusted=format_p(row.p_adjusted),
        count=row.n,
    )


def build_rolling_figure(
    rows: Sequence[RollingRow], marks: Sequence[EventMark], palette: Palette
) -> theme.Figure:
    """The rolling correlation, the band of a relation that never changes, and events below.

    Args:
        rows: the windows; at least one.
        marks: the events in their time.
        palette: the neutral colours.
    """
    days = np.array([row.day for row in rows], dtype="datetime64[D]")
    line, low, high = (
        np.array([getattr(row, name) for row in rows]) for name in ("correlation", "low", "high")
    )
    at = theme.select_points(line)
    x = days[at].astype(str).tolist()
    band = theme.build_band(
        x,
        np.round(low[at], 3).tolist(),
        np.round(high[at], 3).tolist(),
        name=_("95 % of paths where the relation never changes"),
        fillcolor=theme.fade_colour(palette.line, 0.12),
        line={"width": 1, "dash": "dot", "color": theme.fade_colour(palette.line, 0.55)},
    )
    path = theme.build_scatter(
        "lines",
        x,
        np.round(line[at], 3).tolist(),
        name=_("correlation in the window that ends on the day"),
        line={"color": palette.line, "width": 2},
        **theme.build_hover([_format_rolling_hover(rows[k]) for k in at]),
    )
    shown = marks[:MAX_MARKS]
    events = theme.build_scatter(
        "markers",
        [mark.day.isoformat() for mark in shown],
        [-1.08] * len(shown),
        name=_("events"),
        showlegend=False,
        marker={
            "symbol": [mark.symbol for mark in shown],
            "color": [mark.colour for mark in shown],
            "size": 7,
            "opacity": 0.8,
        },
        **theme.build_hover([mark.hover for mark in shown]),
    )
    layout = theme.build_layout(
        palette,
        ROLLING_HEIGHT,
        (52, 12, 26, 64, 2),
        annotations=[theme.build_axis_note(palette, _("correlation of changes; marks: events"))],
        xaxis=theme.build_axis(palette, type="date", showgrid=False, fixedrange=False),
        yaxis=theme.build_number_axis(palette, (-1.18, 1.04), 5) | theme.build_zero_line(palette),
    )
    layout |= theme.build_legend(palette, -0.14)
    return {"data": [band, path, events], "layout": layout}


def _format_rolling_hover(row: RollingRow) -> str:
    return _(
        "{since} to {day}<br>r {r}, band {low} to {high}<br>N = {count:,}",
        since=format_day(row.since),
        day=format_day(row.day),
        r=format_signed(row.correlation),
        low=format_signed(row.low),
        high=format_signed(row.high),
        count=row.n,
    )


def build_samples_figure(
    rows: Sequence[DriverSampleRow], unit: str, palette: Palette, *, phone: bool
) -> theme.Figure:
    """The response of every sample at every horizon with its 95 % interval; values in log points.

    Args:
        rows: those with an estimate.
        unit: what the horizontal axis counts and which way is right.
        palette: the neutral colours.
        phone: whether the screen is narrow.
    """
    places = list(range(len(rows)))
    x: list[float | None] = []
    y: list[int | None] = []
    for place, row in zip(places, rows, strict=True):
        x += [round(100 * row.low, 4), round(100 * row.high, 4), None]
        y += [place, place, None]
    grey = {"color": palette.muted, "width": 2}
    intervals = theme.build_scatter("lines", x, y, hoverinfo="skip", line=grey, connectgaps=False)
    small = [row.p_adjusted < SIGNIFICANCE_LEVEL for row in rows]
    marker = {
        "color": palette.text,
        "symbol": ["circle" if each else "circle-open" for each in small],
        "size": 10,
        "opacity": 1,
        "line": {"width": 2, "color": palette.text},
    }
    dots = theme.build_scatter(
        "markers",
        [round(100 * row.estimate, 4) for row in rows],
        places,
        marker=marker,
        **theme.build_hover([_format_sample_hover(row) for row in rows]),
    )
    ends = [100 * end for row in rows for end in (row.low, row.high)]
    layout = theme.build_layout(
        palette,
        SAMPLE_ROW_PIXELS * max(len(rows), 1) + SAMPLE_FOOT_PIXELS + 8,
        (132 if phone else 190, 14, 8, SAMPLE_FOOT_PIXELS, 6),
        xaxis=theme.build_number_axis(palette, theme.compute_bounds(ends), 5)
        | theme.build_zero_line(palette)
        | theme.build_axis_title(palette, unit, standoff=6),
        yaxis=theme.build_row_axis(
            palette, [_format_row_name(row, phone=phone) for row in rows], showgrid=False
        ),
    )
    return {"data": [intervals, dots], "layout": layout}


def _format_row_name(row: DriverSampleRow, *, phone: bool) -> str:
    if row.sample == WHOLE_SAMPLE:
        days = _("All")
    else:
        days = f"{row.since:%m.%y}-{row.until:%m.%y}" if phone else f"{row.since} – {row.until}"
    return f"{days} · {format_signed(row.horizon, 0) if row.horizon else '0'}"


def _format_sample_hover(row: DriverSampleRow) -> str:
    return _(
        "{since} to {until}, horizon {horizon}<br>{move} log pts per unit, 95 % {low} to"
        " {high}<br>p {p_value}, corrected {p_adjusted}<br>N = {count:,}",
        since=format_day(row.since),
        until=format_day(row.until),
        horizon=format_offset(row.horizon),
        move=format_signed(100 * row.estimate, 3),
        low=format_signed(100 * row.low, 3),
        high=format_signed(100 * row.high, 3),
        p_value=format_p(row.p_value),
        p_adjusted=format_p(row.p_adjusted),
        count=row.n,
    )
