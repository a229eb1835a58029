"""The names of the traces on paper, each with a sample of its line, fill or mark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from dashboard.export.paper.colours import INK, POINT, colour, symbol
from dashboard.export.paper.traces import line_of

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

PIXELS: Final = 11
LETTER: Final = 0.58
"""Width of a letter in sizes of its font, roomy."""
SAMPLE: Final = 50
"""Pixels of a sample with the room around it."""


def draw_legend(sheet: Axes, figure: Mapping[str, Any], pixels: float) -> None:
    """Name the traces where the figure does: below the panes where it says so, else inside.

    Args:
        sheet: the whole plotting area.
        figure: Plotly's dictionary.
        pixels: the width of the area.
    """
    layout = figure["layout"]
    if not layout.get("showlegend", False):
        return
    named = [t for t in figure["data"] if t.get("name") and t.get("showlegend", True)]
    if not named:
        return
    labels = [str(trace["name"]) for trace in named]
    below = layout.get("legend", {}).get("y", 1) < 0
    widest = SAMPLE + LETTER * PIXELS * max(map(len, labels))
    sheet.legend(
        [sample(trace) for trace in named],
        labels,
        loc="upper left",
        bbox_to_anchor=(0, layout["legend"]["y"]) if below else None,
        ncols=min(len(labels), max(1, int(pixels / widest))) if below else 1,
        frameon=False,
        fontsize=PIXELS * POINT,
        labelcolor=INK,
        borderpad=0,
        labelspacing=0.15,
        borderaxespad=0 if below else 0.5,
    )


def sample(trace: Mapping[str, Any]) -> Artist:
    """A patch for a bar or a fill without a line, else a line with the mark of the trace."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    modes = set(trace.get("mode", "lines").split("+"))
    lined = "lines" in modes and float(trace.get("line", {}).get("width", 2.0)) > 0
    if trace.get("type") == "bar" or (trace.get("fill", "none") != "none" and not lined):
        return Patch(facecolor=colour(_fill(trace)), edgecolor="none")
    look = line_of(trace) if lined else {"linestyle": "none"}
    look.pop("drawstyle", None)
    if "markers" not in modes:
        return Line2D([], [], **look)
    marker = trace.get("marker", {})
    shape, scale, is_open = symbol(_first(marker.get("symbol", "circle")))
    own = trace.get("line", {}).get("color", INK)
    tint = colour(_first(marker.get("color", own)))
    size = min(float(_first(marker.get("size", 6))), 9.0)
    return Line2D(
        [], [], **look, marker=shape, markersize=size * scale * POINT,
        markerfacecolor="none" if is_open else tint, markeredgecolor=tint,
    )  # fmt: skip


def _fill(trace: Mapping[str, Any]) -> str:
    """The colour of a bar or fill."""
    return str(_first(trace.get("fillcolor") or trace.get("marker", {}).get("color", INK)))


def _first(value: Any) -> Any:
    """The value, of a list the first one."""
    is_list = isinstance(value, Sequence) and not isinstance(value, str)
    return next(iter(value), INK) if is_list else value
