"""The figure of a counterfactual: a currency, its synthetic series, and the band of other dates."""

from __future__ import annotations

import math
from typing import Final

from dashboard.models.messages import translate as _
from dashboard.presentation.charts import theme
from dashboard.presentation.counterfactual import get_subject
from dashboard.presentation.escaping import escape_plot
from dashboard.presentation.formatting import capitalize_first, format_day, format_number
from dashboard.presentation.palette import DARK_PALETTE, GROUP_STYLES, Palette
from dashboard.services.counterfactual import Counterfactual, PathPoint

HEIGHT: Final = 430
PHONE_HEIGHT: Final = 330
SHOWN_BEFORE: Final = 120
"""Rows before the date that are drawn; the fit may begin earlier."""


def build_counterfactual_figure(
    answer: Counterfactual, palette: Palette, *, phone: bool = False
) -> theme.Figure:
    """Actual and synthetic value in dollars, 100 at the base; up is a stronger currency."""
    points = [point for point in answer.control.path() if point.offset >= -SHOWN_BEFORE]
    days = [point.day.isoformat() for point in points]
    style = GROUP_STYLES[0]
    synthetic_colour = style.colour(dark=palette is DARK_PALETTE)
    after = [point for point in points if point.offset >= -1 and math.isfinite(_low(point))]
    hover = [_describe_point(point) for point in points]
    traces = [
        theme.build_band(
            [point.day.isoformat() for point in after],
            [_low(point) for point in after],
            [_high(point) for point in after],
            fillcolor=palette.band,
            line={"width": 0},
        ),
        theme.build_scatter(
            "lines",
            days,
            [round(point.synthetic_index, 4) for point in points],
            line={"color": synthetic_colour, "width": 1.8, "dash": "dash"},
            hoverinfo="skip",
        ),
        theme.build_scatter(
            "lines",
            days,
            [round(point.actual_index, 4) for point in points],
            line={"color": palette.line, "width": 1.8},
            **theme.build_hover(hover),
        ),
    ]
    return {
        "data": traces,
        "layout": _build_layout(answer, points, (palette, synthetic_colour), phone=phone),
    }


def _low(point: PathPoint) -> float:
    return _shift(point, point.low)


def _high(point: PathPoint) -> float:
    return _shift(point, point.high)


def _shift(point: PathPoint, gap: float) -> float:
    """The synthetic index with a gap; at the base the band has no width."""
    if point.offset == -1:
        return 100.0
    return round(point.synthetic_index * math.exp(gap / 100), 4)


def _describe_point(point: PathPoint) -> str:
    lines = [
        format_day(point.day),
        _("actual {value}", value=format_number(point.actual_index, 1)),
        _("synthetic {value}", value=format_number(point.synthetic_index, 1)),
    ]
    return "<br>".join(lines)


def _build_layout(
    answer: Counterfactual,
    points: list[PathPoint],
    colours: tuple[Palette, str],
    *,
    phone: bool,
) -> theme.Figure:
    palette, synthetic_colour = colours
    shown = [value for point in points for value in (point.actual_index, point.synthetic_index)]
    shown += [value for point in points for value in (_low(point), _high(point))]
    bounds = theme.compute_bounds(shown, with_zero=False)
    subject = capitalize_first(get_subject(answer).name)
    unit = _("{subject} in dollars, {day} = 100", subject=subject, day=format_day(answer.base_day))
    day = answer.day.isoformat()
    last = points[-1]
    names = (
        (_("actual"), last.actual_index, palette.line, last.actual >= last.synthetic),
        (_("synthetic"), last.synthetic_index, synthetic_colour, last.actual < last.synthetic),
    )
    return theme.build_layout(
        palette,
        PHONE_HEIGHT if phone else HEIGHT,
        (44, 64, 30, 34, 4) if phone else (60, 84, 34, 36, 4),
        hovermode="x",
        xaxis=theme.build_axis(
            palette, type="date", showgrid=False, nticks=4 if phone else 9, fixedrange=False
        ),
        yaxis=theme.build_number_axis(palette, bounds, 4 if phone else 6, format_number),
        shapes=[
            theme.build_horizontal_line(100, {"color": palette.grid, "width": 1}, layer="below"),
            theme.build_vertical_line(day, {"color": palette.selected, "width": 1.2}),
        ],
        annotations=[
            theme.build_axis_note(palette, escape_plot(unit, 90), yshift=6),
            theme.build_note(
                palette, format_day(answer.day), day, 1,
                xref="x", yref="paper", xanchor="right", yanchor="top", xshift=-4,
            ),
            *(
                theme.build_note(
                    palette, f"<b>{name}</b>", last.day.isoformat(), value,
                    xref="x", yref="y", xanchor="left", xshift=6,
                    yanchor="bottom" if is_upper else "top",
                    font={"size": theme.FONT_SIZE - 1, "color": colour},
                )
                for name, value, colour, is_upper in names
            ),
        ],
    )  # fmt: skip
