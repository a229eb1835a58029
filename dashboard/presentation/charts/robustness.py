"""The specification curve: estimates sorted by size above, their choices as marks below."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from dashboard.models.analyses import SpecificationRow
from dashboard.models.messages import plural
from dashboard.models.messages import translate as _
from dashboard.models.study import SIGNIFICANCE_LEVEL
from dashboard.presentation.charts import theme
from dashboard.presentation.formatting import format_number
from dashboard.presentation.palette import Palette, signed_colour
from dashboard.presentation.quoting import MoveScale, name_move

CURVE_PIXELS: Final = 360
PHONE_CURVE_PIXELS: Final = 230
CHOICE_ROW_PIXELS: Final = 15
HEAD_PIXELS: Final = 54
LABEL_PIXELS: Final = 210
PHONE_LABEL_PIXELS: Final = 128
"""The margin at the left, for the names of the choices."""
MAX_DRAWN: Final = 800
"""Points of a curve; of a longer one evenly spaced ones, the ends and the plain study."""


@dataclass(frozen=True, slots=True)
class ChoiceRow:
    """A row of the lower pane: one option, and the positions of the specifications that use it.

    `choice` names what is chosen on the first row of its options and is empty on the others.
    """

    row_name: str
    choice: str
    positions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SpecificationCurve:
    """What the figure shows: rows in the order of their size, each with a mean.

    `descriptions` are the choices of each row as text, `plain` is the position of the plain study
    (None: it is not among them), `median` is in return units, which `scale` shows in a quote.
    """

    rows: tuple[SpecificationRow, ...]
    descriptions: tuple[str, ...]
    choices: tuple[ChoiceRow, ...]
    plain: int | None
    median: float
    headline: str
    definition: str
    scale: MoveScale
    dark: bool
    phone: bool


def build_curve_figure(curve: SpecificationCurve, palette: Palette) -> theme.Figure:
    """The whole figure as Plotly's plain dictionary; positions in the order run along x."""
    drawn = select_drawn_positions(len(curve.rows), curve.plain)
    data = [
        _build_intervals(curve, drawn, palette),
        _build_choice_marks(curve, drawn, palette),
        _build_points(curve, drawn),
    ]
    if curve.plain is not None:
        data.append(_build_default_marker(curve, palette))
    return {"data": data, "layout": _build_layout(curve, drawn, palette)}


def select_drawn_positions(total: int, plain: int | None, most: int = MAX_DRAWN) -> list[int]:
    """Which positions are drawn: all, or evenly spaced ones with both ends and the plain study."""
    if total <= most:
        return list(range(total))
    step = (total - 1) / (most - 1)
    positions = {round(k * step) for k in range(most)}
    return sorted(positions | ({plain} if plain is not None else set()))


def summarize_curve(curve: SpecificationCurve) -> str:
    """A text alternative of the figure in one sentence."""
    if not curve.rows:
        return _("No specification has a mean.")
    low, high = (curve.scale.percent(curve.rows[k].caar, 2) for k in (0, -1))
    return plural(
        "{n:,} specification sorted by their mean move, from {low} to {high}, median {median};"
        " below, the choices behind each.",
        "{n:,} specifications sorted by their mean move, from {low} to {high}, median {median};"
        " below, the choices behind each.",
        len(curve.rows),
        low=low,
        high=high,
        median=curve.scale.percent(curve.median, 2),
    )


def _build_intervals(curve: SpecificationCurve, drawn: list[int], palette: Palette) -> theme.Figure:
    """All intervals as one line with gaps."""
    x: list[int | None] = []
    y: list[float | None] = []
    for position in drawn:
        row = curve.rows[position]
        if math.isfinite(row.low):
            x += [position + 1, position + 1, None]
            y += [*(round(curve.scale.shown_percent(end), 2) for end in (row.low, row.high)), None]
    line = {"color": palette.guide, "width": 1}
    return theme.build_scatter("lines", x, y, hoverinfo="skip", line=line, connectgaps=False)


def _build_points(curve: SpecificationCurve, drawn: list[int]) -> theme.Figure:
    """One point for each specification: filled where its own p is below 0.05."""
    rows = [curve.rows[position] for position in drawn]
    colours = [signed_colour(row.caar, dark=curve.dark) for row in rows]
    marker = {
        "color": colours,
        "size": 9 if len(drawn) <= 60 else 6 if len(drawn) <= 200 else 5,
        "symbol": ["circle" if r.p_value < SIGNIFICANCE_LEVEL else "circle-open" for r in rows],
        "opacity": 1,
        "line": {"width": 1.2, "color": colours},
    }
    hover = [[position, _format_hover(curve, position)] for position in drawn]
    return theme.build_scatter(
        "markers",
        [position + 1 for position in drawn],
        [round(curve.scale.shown_percent(row.caar), 3) for row in rows],
        marker=marker,
        **theme.KEEP_OPACITY,
        **theme.build_hover(hover, with_id=True),
    )


def _format_hover(curve: SpecificationCurve, position: int) -> str:
    row = curve.rows[position]
    scale = curve.scale
    scale = curve.scale
    move = f"{scale.percent_move(row.caar, 2)} ({scale.with_unit(scale.signed(row.caar))})"
    if math.isfinite(row.low):
        interval = _("95 % interval {span}", span=scale.percent_span(row.low, row.high, 2))
        move = f"{move}<br>{interval}"
    return _(
        "{position:,} of {rows:,}<br>{move}<br>N = {count:,}, p {p}<br>{descriptions}",
        position=position + 1,
        rows=len(curve.rows),
        move=move,
        count=row.n,
        p="–" if math.isnan(row.p_value) else format_number(row.p_value, 3),
        descriptions=curve.descriptions[position],
    )


def _build_default_marker(curve: SpecificationCurve, palette: Palette) -> theme.Figure:
    """A ring round the plain study."""
    position = curve.plain or 0
    marker = {
        "symbol": "diamond-open", "size": 16, "color": palette.text, "line": {"width": 2},
    }  # fmt: skip
    y = round(curve.scale.shown_percent(curve.rows[position].caar), 3)
    return theme.build_scatter("markers", [position + 1], [y], hoverinfo="skip", marker=marker)


def _build_choice_marks(
    curve: SpecificationCurve, drawn: list[int], palette: Palette
) -> theme.Figure:
    """The lower pane as one trace of small strokes."""
    shown = set(drawn)
    marks = [
        (position + 1, k)
        for k, choice in enumerate(curve.choices)
        for position in choice.positions
        if position in shown
    ]
    few = len(drawn) <= 60
    marker = {
        "symbol": "circle" if few else "line-ns-open", "size": 6 if few else 9,
        "color": palette.muted, "opacity": 1, "line": {"width": 1},
    }  # fmt: skip
    x, y = [x for x, _ in marks], [y for _, y in marks]
    return theme.build_scatter("markers", x, y, yaxis="y2", hoverinfo="skip", marker=marker)


def _build_layout(curve: SpecificationCurve, drawn: list[int], palette: Palette) -> theme.Figure:
    top = PHONE_CURVE_PIXELS if curve.phone else CURVE_PIXELS
    matrix = CHOICE_ROW_PIXELS * max(len(curve.choices), 1) + 12
    inner = top + 26 + matrix
    ends = _compute_range(curve, drawn)
    bounds = ends[::-1] if curve.scale.is_inverted else ends
    margin = 0.6 + 0.01 * len(curve.rows)
    level = {"color": palette.muted, "width": 1}
    labels = [
        f"<b>{row.choice}</b>  {row.row_name}" if row.choice and not curve.phone else row.row_name
        for row in curve.choices
    ]
    return theme.build_layout(
        palette,
        HEAD_PIXELS + inner + 30,
        (PHONE_LABEL_PIXELS if curve.phone else LABEL_PIXELS, 14, HEAD_PIXELS, 30, 4),
        hoverdistance=30,
        dragmode=False if curve.phone else "pan",
        xaxis=theme.build_axis(
            palette,
            range=[1 - margin, len(curve.rows) + margin],
            showgrid=False,
            anchor="y2",
            tickformat=",d",
            nticks=4 if curve.phone else 10,
        ),
        yaxis=theme.build_number_axis(palette, bounds, domain=[(matrix + 26) / inner, 1]),
        yaxis2=theme.build_row_axis(
            palette, labels, 0.6, domain=[0, matrix / inner], showgrid=False
        ),
        shapes=[
            theme.build_horizontal_line(value, level | {"dash": dash}, layer="below")
            for value, dash in ((0.0, "solid"), (curve.scale.shown_percent(curve.median), "dash"))
        ],
        annotations=_build_notes(curve, bounds, palette),
    )


def _compute_range(curve: SpecificationCurve, drawn: Sequence[int]) -> tuple[float, float]:
    """From the smallest to the largest point or, within reason, the end of an interval."""
    rows = [curve.rows[position] for position in drawn]
    shown = curve.scale.shown_percent
    points = [shown(row.caar) for row in rows] or [0.0]
    ends = sorted(shown(e) for row in rows for e in (row.low, row.high) if math.isfinite(e))
    cut = len(ends) // 50
    inside = ends[cut : len(ends) - cut] or [0.0]
    low, high = min(0.0, *points, inside[0]), max(0.0, *points, inside[-1])
    padding = 0.06 * (high - low) or 1.0
    return low - padding, high + padding


def _build_notes(
    curve: SpecificationCurve, bounds: tuple[float, float], palette: Palette
) -> list[theme.Figure]:
    """Title, median and, at the top and the bottom of the axis, the direction of such a move."""
    above: theme.Figure = {
        "xref": "paper",
        "yref": "paper",
        "xanchor": "left",
        "yanchor": "bottom",
        "xshift": 2 - (PHONE_LABEL_PIXELS if curve.phone else LABEL_PIXELS),
        "align": "left",
    }
    inside = {"xref": "paper", "yref": "y"}
    headline = {"size": theme.FONT_SIZE + (0 if curve.phone else 2)}
    median = curve.scale.shown_percent(curve.median)
    level = _("median {median}", median=curve.scale.percent(curve.median, 2))
    at_median = inside | {"xanchor": "right", "yanchor": "bottom"}
    up, down = (inside | {"xanchor": "left", "yanchor": side} for side in ("top", "bottom"))
    notes = [
        theme.build_note(
            palette, f"<b>{curve.headline}</b>", 0, 1, font=headline, yshift=22, **above
        ),
        theme.build_note(palette, curve.definition, 0, 1, yshift=4, **above),
        theme.build_note(palette, level, 1, median, **at_median),
        theme.build_note(palette, _name_end(curve, bounds[1]), 0.01, bounds[1], **up),
        theme.build_note(palette, _name_end(curve, bounds[0]), 0.01, bounds[0], **down),
    ]
    if curve.plain is not None:
        notes.append(_build_default_note(curve, palette))
    return notes


def _name_end(curve: SpecificationCurve, end: float) -> str:
    """`▲ weaker rouble`: which direction of the subject an end of the axis is."""
    scale = curve.scale
    arrow = "▲" if end > 0 else "▼"
    subject = scale.quoting.card.subject
    move = end if scale.shown(1.0) > 0 else -end
    direction = scale.direction(move)
    meaning = name_move(direction, subject.noun) if subject.is_currency else direction
    return f"{arrow} {meaning}"


def _build_default_note(curve: SpecificationCurve, palette: Palette) -> theme.Figure:
    position = curve.plain or 0
    left = position > len(curve.rows) / 2
    move = round(curve.scale.shown_percent(curve.rows[position].caar), 3)
    return {
        "text": _("plain study"), "showarrow": True, "arrowhead": 0, "arrowcolor": palette.muted,
        "arrowwidth": 1, "x": position + 1, "y": move,
        "xref": "x", "yref": "y", "ax": -46 if left else 46, "ay": -34, "standoff": 8,
        "font": {"size": theme.FONT_SIZE - 1, "color": palette.text}, "bgcolor": palette.pill,
    }  # fmt: skip
