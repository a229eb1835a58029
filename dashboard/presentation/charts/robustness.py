"""The specification curve: estimates sorted by size above, their choices as marks below."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from dashboard.models.analyses import SpecificationRow
from dashboard.presentation.charts.theme import (
    FONT_SIZE,
    Figure,
    build_axis,
    build_base_layout,
    nice_ticks,
    tick_decimals,
)
from dashboard.presentation.formatting import format_count, format_number, format_signed
from dashboard.presentation.palette import Palette, signed_colour

CURVE_PIXELS: Final = 300
PHONE_CURVE_PIXELS: Final = 230
CHOICE_ROW_PIXELS: Final = 15
HEAD_PIXELS: Final = 54
MAX_DRAWN: Final = 800
"""Points of a curve; of a longer one evenly spaced ones, the ends and the plain study."""
SIGNIFICANCE_LEVEL: Final = 0.05


@dataclass(frozen=True, slots=True)
class ChoiceRow:
    """A row of the lower pane: its words and the specifications (by place) that make it.

    `row_name` are the words, `heads` names its kind on the first row of the kind, else empty.
    """

    row_name: str
    heads: str
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SpecificationCurve:
    """What the figure shows: rows in the order of their size, each with a mean.

    `words` are the choices of each row in a line, `plain` the place of the plain study (None:
    it is not among them), `median` in return units.
    """

    rows: tuple[SpecificationRow, ...]
    words: tuple[str, ...]
    choices: tuple[ChoiceRow, ...]
    plain: int | None
    median: float
    headline: str
    definition: str
    up_label: str
    down_label: str
    dark: bool
    phone: bool


def build_curve_figure(curve: SpecificationCurve, palette: Palette) -> Figure:
    """The whole figure as Plotly's plain dictionary; places in the order run along x."""
    drawn = select_drawn_places(len(curve.rows), curve.plain)
    data = [
        _build_intervals(curve, drawn, palette),
        _build_choice_marks(curve, drawn, palette),
        _build_points(curve, drawn),
    ]
    if curve.plain is not None:
        data.append(_build_default_marker(curve, palette))
    return {"data": data, "layout": _build_layout(curve, drawn, palette)}


def select_drawn_places(total: int, plain: int | None, most: int = MAX_DRAWN) -> list[int]:
    """Which places are drawn: all, or evenly spaced ones with both ends and the plain study."""
    if total <= most:
        return list(range(total))
    step = (total - 1) / (most - 1)
    places = {round(k * step) for k in range(most)}
    return sorted(places | ({plain} if plain is not None else set()))


def summarize_curve(curve: SpecificationCurve) -> str:
    """One sentence for those who cannot see the figure."""
    if not curve.rows:
        return "No specification has a mean."
    low, high = (100 * curve.rows[k].caar for k in (0, -1))
    return (
        f"{format_count(len(curve.rows), 'specification')} sorted by their mean move, from"
        f" {format_signed(low)}"
        f" to {format_signed(high)} log pts, median {format_signed(100 * curve.median)}; below,"
        " the choices"
        " behind each."
    )


def _build_intervals(curve: SpecificationCurve, drawn: list[int], palette: Palette) -> Figure:
    """All intervals as one line with gaps."""
    x: list[int | None] = []
    y: list[float | None] = []
    for place in drawn:
        row = curve.rows[place]
        if math.isfinite(row.low):
            x += [place + 1, place + 1, None]
            y += [round(100 * row.low, 2), round(100 * row.high, 2), None]
    return {
        "type": "scatter", "mode": "lines", "x": x, "y": y, "hoverinfo": "skip",
        "line": {"color": palette.guide, "width": 1}, "connectgaps": False,
    }  # fmt: skip


def _build_points(curve: SpecificationCurve, drawn: list[int]) -> Figure:
    """A point a specification: filled where its own p is below 0.05."""
    rows = [curve.rows[place] for place in drawn]
    colours = [signed_colour(row.caar, dark=curve.dark) for row in rows]
    size = 9 if len(drawn) <= 60 else 6 if len(drawn) <= 200 else 5
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [place + 1 for place in drawn],
        "y": [round(100 * row.caar, 3) for row in rows],
        "marker": {
            "color": colours,
            "size": size,
            "symbol": [
                "circle" if row.p_value < SIGNIFICANCE_LEVEL else "circle-open" for row in rows
            ],
            "opacity": 1,
            "line": {"width": 1.2, "color": colours},
        },
        "selected": {"marker": {"opacity": 1}},
        "unselected": {"marker": {"opacity": 1}},
        "customdata": [[place, _format_hover(curve, place)] for place in drawn],
        "hovertemplate": "%{customdata[1]}<extra></extra>",
    }


def _format_hover(curve: SpecificationCurve, place: int) -> str:
    row = curve.rows[place]
    p = "–" if math.isnan(row.p_value) else format_number(row.p_value, 3)
    ends = (
        ""
        if math.isnan(row.low)
        else f" ({format_signed(100 * row.low)} to {format_signed(100 * row.high)})"
    )
    return (
        f"{place + 1:,} of {len(curve.rows):,}<br>{format_signed(100 * row.caar)} log pts{ends}"
        f"<br>N = {row.n:,}, p {p}<br>{curve.words[place]}"
    )


def _build_default_marker(curve: SpecificationCurve, palette: Palette) -> Figure:
    """A ring round the plain study."""
    place = curve.plain or 0
    return {
        "type": "scatter", "mode": "markers", "hoverinfo": "skip",
        "x": [place + 1], "y": [round(100 * curve.rows[place].caar, 3)],
        "marker": {
            "symbol": "diamond-open", "size": 16, "color": palette.text, "line": {"width": 2},
        },
    }  # fmt: skip


def _build_choice_marks(curve: SpecificationCurve, drawn: list[int], palette: Palette) -> Figure:
    """The lower pane as one trace of small strokes."""
    shown = set(drawn)
    x: list[int] = []
    y: list[int] = []
    for k, choice in enumerate(curve.choices):
        places = [place + 1 for place in choice.places if place in shown]
        x += places
        y += [k] * len(places)
    few = len(drawn) <= 60
    return {
        "type": "scatter", "mode": "markers", "x": x, "y": y, "yaxis": "y2", "hoverinfo": "skip",
        "marker": {
            "symbol": "circle" if few else "line-ns-open", "size": 6 if few else 9,
            "color": palette.muted, "opacity": 1, "line": {"width": 1},
        },
    }  # fmt: skip


def _build_layout(curve: SpecificationCurve, drawn: list[int], palette: Palette) -> Figure:
    rows = len(curve.choices)
    top = PHONE_CURVE_PIXELS if curve.phone else CURVE_PIXELS
    matrix = CHOICE_ROW_PIXELS * max(rows, 1) + 12
    height = HEAD_PIXELS + top + 26 + matrix + 30
    inner = height - HEAD_PIXELS - 30
    low, high = _compute_range(curve, drawn)
    ticks = nice_ticks(low, high)
    margin = 0.6 + 0.01 * len(curve.rows)
    return build_base_layout(palette, height) | {
        "margin": {"l": 128 if curve.phone else 210, "r": 14, "t": HEAD_PIXELS, "b": 30, "pad": 4},
        "hovermode": "closest",
        "hoverdistance": 30,
        "dragmode": False if curve.phone else "pan",
        "xaxis": build_axis(palette, range=[1 - margin, len(curve.rows) + margin], showgrid=False, anchor="y2",
                      tickformat=",d", nticks=4 if curve.phone else 10),
        "yaxis": build_axis(palette, range=[low, high], domain=[(matrix + 26) / inner, 1], tickvals=ticks,
                      ticktext=[format_signed(t, tick_decimals(ticks)) for t in ticks]),
        "yaxis2": build_axis(palette, range=[rows - 0.4, -0.6], domain=[0, matrix / inner],
                       tickvals=list(range(rows)), ticktext=_build_labels(curve), showgrid=False),
        "shapes": [_build_level_line(0.0, palette, "solid"), _build_level_line(100 * curve.median, palette, "dash")],
        "annotations": _build_notes(curve, (low, high), palette),
    }  # fmt: skip


def _build_labels(curve: SpecificationCurve) -> list[str]:
    return [
        f"<b>{choice.heads}</b>  {choice.row_name}"
        if choice.heads and not curve.phone
        else choice.row_name
        for choice in curve.choices
    ]


def _build_level_line(value: float, palette: Palette, dash: str) -> Figure:
    return {
        "type": "line", "xref": "paper", "x0": 0, "x1": 1, "yref": "y", "y0": value, "y1": value,
        "line": {"color": palette.muted, "width": 1, "dash": dash}, "layer": "below",
    }  # fmt: skip


def _compute_range(curve: SpecificationCurve, drawn: Sequence[int]) -> tuple[float, float]:
    """From the smallest to the largest point or, within reason, the end of an interval."""
    rows = [curve.rows[place] for place in drawn]
    points = [100 * row.caar for row in rows] or [0.0]
    ends = sorted(100 * e for row in rows for e in (row.low, row.high) if math.isfinite(e))
    cut = len(ends) // 50
    inside = ends[cut : len(ends) - cut] or [0.0]
    low, high = min(0.0, *points, inside[0]), max(0.0, *points, inside[-1])
    padding = 0.06 * (high - low) or 1.0
    return low - padding, high + padding


def _build_notes(
    curve: SpecificationCurve, ends: tuple[float, float], palette: Palette
) -> list[Figure]:
    size = FONT_SIZE - 1
    common: dict[str, Any] = {"showarrow": False, "xref": "paper", "x": 0, "xanchor": "left"}
    note = [
        common | {"text": f"<b>{curve.headline}</b>", "yref": "paper", "y": 1, "yanchor": "bottom",
                  "yshift": 22, "font": {"size": FONT_SIZE + (0 if curve.phone else 2)},
                  "xshift": -120 if curve.phone else -200, "align": "left"},
        common | {"text": curve.definition, "yref": "paper", "y": 1, "yanchor": "bottom",
                  "yshift": 4, "font": {"size": size, "color": palette.muted},
                  "xshift": -120 if curve.phone else -200, "align": "left"},
        common | {"text": f"median {format_signed(100 * curve.median)}", "x": 1, "xanchor": "right",
                  "yref": "y", "y": 100 * curve.median, "yanchor": "bottom",
                  "font": {"size": size, "color": palette.muted}},
    ]  # fmt: skip
    for word, level, anchor in ((curve.up_label, ends[1], "top"), (curve.down_label, ends[0],
                                                                   "bottom")):  # fmt: skip
        arrow = "▲" if anchor == "top" else "▼"
        note.append(common | {"text": f"{arrow} {word}", "x": 0.01, "yref": "y", "y": level,
                              "yanchor": anchor,
                              "font": {"size": size, "color": palette.muted}})  # fmt: skip
    if curve.plain is not None:
        note.append(_build_default_note(curve, palette))
    return note


def _build_default_note(curve: SpecificationCurve, palette: Palette) -> Figure:
    place = curve.plain or 0
    left = place > len(curve.rows) / 2
    return {
        "text": "plain study", "showarrow": True, "arrowhead": 0, "arrowcolor": palette.muted,
        "arrowwidth": 1, "x": place + 1, "y": round(100 * curve.rows[place].caar, 3),
        "xref": "x", "yref": "y", "ax": -46 if left else 46, "ay": -34, "standoff": 8,
        "font": {"size": FONT_SIZE - 1, "color": palette.text}, "bgcolor": palette.pill,
    }  # fmt: skip
