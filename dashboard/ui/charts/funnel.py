"""The attrition funnel: how many events are left after each step, as bars."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from dashboard.ui.charts.grammar import FONT_SIZE, Figure, axis, base_layout
from dashboard.ui.palette import Ink

BAR_PIXELS: Final = 38


def build_funnel_figure(
    steps: Sequence[tuple[str, int]], ink: Ink, *, phone: bool = False
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
    layout = base_layout(ink, BAR_PIXELS * len(steps) + 20) | {
        "margin": {"l": 150 if phone else 190, "r": 44, "t": 6, "b": 6, "pad": 6},
        "dragmode": False,
        "xaxis": axis(ink, range=[0, max([*sizes, 1])], visible=False),
        "yaxis": axis(
            ink,
            range=[len(steps) - 0.5, -0.5],
            tickvals=list(range(len(steps))),
            ticktext=labels,
            showgrid=False,
        ),
    }
    return {"data": [bar], "layout": layout}
