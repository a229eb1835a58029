"""A figure of the pages drawn for paper: Plotly's dictionary in, SVG or PNG out, no browser.

The one place where a figure leaves the screen. The title, what is measured, the source, the
day of the data and the link stand in the picture itself, so that it stays true when it is
copied away from its page. The same figure gives the same bytes.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from dashboard.export.paper.colours import INK, POINT, colour
from dashboard.export.paper.known import check
from dashboard.export.paper.legend import draw_legend
from dashboard.export.paper.marks import draw_notes, draw_shapes
from dashboard.export.paper.panes import make_panes
from dashboard.export.paper.scale import scales_of
from dashboard.export.paper.traces import draw_traces
from dashboard.export.paper.words import plain_lines, wrapped

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH: Final = 1_000
DPI: Final = 100
SHARP: Final = 200
"""Dots to the inch of a PNG: twice as many as pixels were asked for."""
MARGIN: Final = 24
TICK: Final = 12
"""Pixels between the names of an axis and the axis, and to the edge of the paper."""
LINE: Final = 1.35
"""Height of a line of words in sizes of its letters."""
MUTED: Final = "#5C636D"
SALT: Final = "rouble-reaction"
"""Makes the ids inside an SVG the same each time."""
Format = Literal["svg", "png"]


@dataclass(frozen=True, slots=True)
class Caption:
    """The words around a chart: title and subtitle above it, a line each below it."""

    title: str
    subtitle: str
    foot: Sequence[str]


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    pixels: float
    tint: str
    bold: bool = False


def draw(figure: Mapping[str, Any], caption: Caption, form: Format, width: int = WIDTH) -> bytes:
    """The picture of a figure with its words.

    Args:
        figure: Plotly's dictionary with `data` and `layout`.
        caption: what is baked into the picture.
        form: `svg`, letters as outlines, or `png` at twice the pixels.
        width: pixels.

    Raises:
        CannotDraw: the figure holds a trace, an option or a value that is not known here.
    """
    with _quiet_letters():
        drawn = _drawn(figure, caption, width)
        out = io.BytesIO()
        metadata: dict[str, Any] = {"Title": caption.title[:500]}
        if form == "svg":
            metadata |= {"Date": None, "Creator": "Rouble Reaction"}
        else:
            metadata |= {"Software": "Rouble Reaction"}
        drawn.savefig(out, format=form, dpi=SHARP if form == "png" else DPI, metadata=metadata)
    return out.getvalue()


@contextmanager
def _quiet_letters() -> Iterator[None]:
    """Settings of the drawing: the font that ships with it, no maths in words, fixed ids."""
    import matplotlib as mpl

    settings: Any = {
        "font.family": ["DejaVu Sans"],
        "text.parse_math": False,
        "svg.hashsalt": SALT,
        "svg.fonttype": "path",
        "path.simplify": True,
        "axes.unicode_minus": True,
    }
    with mpl.rc_context(settings), warnings.catch_warnings():
        # A letter that the font lacks is drawn as a box; the words stand in the tables too.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        yield


def _drawn(figure: Mapping[str, Any], caption: Caption, width: int) -> Figure:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure as Sheet

    layout = figure["layout"]
    check("layout", _without_axes(layout))
    sheet = Sheet(dpi=DPI)
    canvas = FigureCanvasAgg(sheet)
    head, foot = _words(canvas, caption, width)
    margin = {"l": 80, "r": 80, "t": 100, "b": 80, **layout.get("margin", {})}
    margin["l"] = max(margin["l"], _room_for_names(canvas, layout))
    area = (
        width - margin["l"] - margin["r"],
        layout.get("height", 450) - margin["t"] - margin["b"],
    )
    top, bottom = _height(head) + MARGIN, margin["b"] + _height(foot) + MARGIN
    height = top + area[1] + bottom
    sheet.set_size_inches(width / DPI, height / DPI)
    paper = layout.get("paper_bgcolor", "#FFFFFF")
    sheet.set_facecolor(colour(paper))
    box = (margin["l"] / width, bottom / height, area[0] / width, area[1] / height)
    scales = scales_of(figure)
    under, over = _sheet(sheet, box, 0), _sheet(sheet, box, 90)
    draw_shapes((under, over), scales, layout)
    panes = make_panes(sheet, box, scales, figure)
    draw_traces(panes, scales, figure)
    draw_notes(over, scales, layout, area)
    draw_legend(over, figure, area[0])
    _write(sheet, head, height - MARGIN / 2, (width, height))
    _write(sheet, foot, _height(foot) + MARGIN / 2, (width, height))
    return sheet


def _without_axes(layout: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in layout.items() if key[:5] not in {"xaxis", "yaxis"}}


def _sheet(figure: Figure, box: tuple[float, float, float, float], zorder: int) -> Axes:
    """The whole plotting area, 0 to 1 both ways, for what belongs to no pane."""
    sheet = figure.add_axes(box, zorder=zorder)
    sheet.set(xlim=(0, 1), ylim=(0, 1))
    sheet.set_axis_off()
    return sheet


def _words(canvas: Any, caption: Caption, width: int) -> tuple[list[_Line], list[_Line]]:
    """The lines above and below the chart, as wide as the paper allows."""
    from matplotlib.font_manager import FontProperties

    renderer = canvas.get_renderer()

    def lines(text: str, pixels: float, tint: str, *, bold: bool = False) -> list[_Line]:
        font = FontProperties(
            family="DejaVu Sans", size=pixels * POINT, weight="bold" if bold else "normal"
        )

        def measure(part: str) -> float:
            return float(renderer.get_text_width_height_descent(part, font, ismath=False)[0])

        found = wrapped(text, width - 2 * MARGIN, measure)
        return [_Line(line, pixels, tint, bold) for line in found if line]

    head = lines(caption.title, 17, INK, bold=True) + lines(caption.subtitle, 13, MUTED)
    foot = [line for text in caption.foot for line in lines(text, 11, MUTED)]
    return head, foot


def _room_for_names(canvas: Any, layout: Mapping[str, Any]) -> float:
    """Pixels that the names along the y axis take: letters on paper are wider than on screen."""
    from matplotlib.font_manager import FontProperties

    spec = layout.get("yaxis", {})
    pixels = spec.get("tickfont", {}).get("size", layout.get("font", {}).get("size", 12))
    font = FontProperties(family="DejaVu Sans", size=pixels * POINT)
    names = [" ".join(plain_lines(str(text))) for text in spec.get("ticktext") or ()]
    measure = canvas.get_renderer().get_text_width_height_descent
    return max((float(measure(n, font, ismath=False)[0]) for n in names), default=0.0) + TICK


def _height(lines: Sequence[_Line]) -> float:
    return sum(line.pixels * LINE for line in lines)


def _write(figure: Figure, lines: Sequence[_Line], top: float, size: tuple[float, float]) -> None:
    for line in lines:
        figure.text(
            MARGIN / size[0],
            top / size[1],
            line.text,
            va="top",
            fontsize=line.pixels * POINT,
            color=line.tint,
            fontweight="bold" if line.bold else "normal",
        )
        top -= line.pixels * LINE
