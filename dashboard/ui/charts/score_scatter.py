"""A score of events against their moves, a point an event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from dashboard.ui.charts.grammar import FONT_SIZE, Figure, axis, base_layout
from dashboard.ui.palette import Ink, signed_colour

HEIGHT: Final = 360
PHONE_HEIGHT: Final = 300
DENSE: Final = 100


@dataclass(frozen=True, slots=True)
class ScorePoint:
    """An event: its score, its move in log points, and the lines of its hover."""

    score: float
    move: float
    hover: str


def build_scatter_figure(
    points: Sequence[ScorePoint], titles: tuple[str, str], ink: Ink, *, dark: bool, phone: bool
) -> Figure:
    """The whole figure as Plotly's plain dictionary.

    Args:
        points: the events.
        titles: of the x and of the y axis.
        ink: the neutral colours.
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
            "opacity": 0.6 if len(points) > DENSE else 0.9,
            "symbol": ["triangle-up" if p.move > 0 else "triangle-down" for p in points],
            "color": [signed_colour(point.move, dark=dark) for point in points],
        },
        "customdata": [point.hover for point in points],
        "hovertemplate": "%{customdata}<extra></extra>",
    }
    named = {"color": ink.muted, "size": FONT_SIZE - 1}
    layout = base_layout(ink, PHONE_HEIGHT if phone else HEIGHT) | {
        "margin": {"l": 60, "r": 12, "t": 10, "b": 48, "pad": 4},
        "hovermode": "closest",
        "dragmode": False,
        "xaxis": axis(ink, title={"text": titles[0], "font": named}, nticks=5 if phone else 10),
        "yaxis": axis(ink, title={"text": titles[1], "font": named}, tickformat="+.1f")
        | {"zeroline": True, "zerolinecolor": ink.muted, "zerolinewidth": 1},
    }
    return {"data": [dots], "layout": layout}
