"""Hit rates as dots with their intervals, against the line of a fair coin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from dashboard.domain.study import DirectionRow
from dashboard.ui.charts.grammar import FONT_SIZE, Figure, axis, base_layout
from dashboard.ui.palette import Ink
from dashboard.ui.wording import number

ROW: Final = 34
FOOT: Final = 44
SMALL: Final = 0.05


@dataclass(frozen=True, slots=True)
class HitLine:
    """A group with an expectation: what is shown of it, the words at its end, its row."""

    row_name: str
    words: str
    row: DirectionRow


def build_hit_figure(lines: Sequence[HitLine], ink: Ink, *, phone: bool) -> Figure:
    """The whole figure as Plotly's plain dictionary; the first line on top."""
    places = list(range(len(lines)))
    x: list[float | None] = []
    y: list[int | None] = []
    for place, line in zip(places, lines, strict=True):
        x += [round(100 * line.row.low, 2), round(100 * line.row.high, 2), None]
        y += [place, place, None]
    intervals = {
        "type": "scatter", "mode": "lines", "x": x, "y": y, "hoverinfo": "skip",
        "line": {"color": ink.muted, "width": 2}, "connectgaps": False,
    }  # fmt: skip
    small = [line.row.p_adjusted < SMALL for line in lines]
    dots = {
        "type": "scatter",
        "mode": "markers",
        "x": [round(100 * line.row.share, 2) for line in lines],
        "y": places,
        "marker": {
            "color": ink.text,
            "symbol": ["circle" if each else "circle-open" for each in small],
            "size": 11,
            "opacity": 1,
            "line": {"width": 2, "color": ink.text},
        },
        "customdata": [_hover(line) for line in lines],
        "hovertemplate": "%{customdata}<extra></extra>",
    }
    layout = base_layout(ink, ROW * max(len(lines), 1) + FOOT + 8) | {
        "margin": {"l": 118 if phone else 150, "r": 14 if phone else 210, "t": 8, "b": FOOT,
                   "pad": 6},
        "hovermode": "closest",
        "dragmode": False,
        "xaxis": axis(ink, range=[0, 100], tickvals=[0, 25, 50, 75, 100], ticksuffix=" %",
                      title={"text": "moved as expected; the line is a fair coin",
                             "font": {"color": ink.muted, "size": FONT_SIZE - 1}}),
        "yaxis": axis(ink, range=[len(lines) - 0.5, -0.5], tickvals=places, showgrid=False,
                      ticktext=[line.row_name for line in lines]),
        "shapes": [{
            "type": "line", "xref": "x", "yref": "paper", "x0": 50, "x1": 50, "y0": 0, "y1": 1,
            "line": {"color": ink.muted, "width": 1, "dash": "dash"}, "layer": "below",
        }],
        "annotations": [] if phone else [_words(place, line, ink)
                                         for place, line in zip(places, lines, strict=True)],
    }  # fmt: skip
    return {"data": [intervals, dots], "layout": layout}


def hit_summary(lines: Sequence[HitLine]) -> str:
    """One sentence for those who cannot see the figure."""
    told = "; ".join(f"{line.row_name} {number(100 * line.row.share, 0)} %" for line in lines)
    what = "Share of events that moved as expected, with 95 % Wilson intervals for orientation"
    return f"{what}: {told or 'none'}."


def _hover(line: HitLine) -> str:
    row = line.row
    return (
        f"{line.row_name}<br>{row.hits} of {row.n} as expected<br>95 % interval"
        f" {number(100 * row.low, 0)} to {number(100 * row.high, 0)} %<br>exact p"
        f" {number(row.p_value, 4)}, corrected {number(row.p_adjusted, 3)}<br>"
        f"left out: {row.unclear} unclear, {row.unmoved} unmoved"
    )


def _words(place: int, line: HitLine, ink: Ink) -> Figure:
    return {
        "text": line.words, "showarrow": False, "xref": "paper", "yref": "y", "x": 1, "y": place,
        "xanchor": "left", "xshift": 8, "font": {"size": FONT_SIZE - 1, "color": ink.muted},
    }  # fmt: skip
