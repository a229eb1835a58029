"""Shapes and notes of a figure, placed on the whole plotting area."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from dashboard.export.paper.colours import INK, POINT, colour, dash
from dashboard.export.paper.known import check, refuse
from dashboard.export.paper.scale import Scale
from dashboard.export.paper.words import plain_lines, weight_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

EDGE: Final = 1e-9
VERTICAL: Final = {"top": "top", "middle": "center", "bottom": "bottom"}


def draw_shapes(
    sheets: tuple[Axes, Axes], scales: Mapping[str, Scale], layout: Mapping[str, Any]
) -> None:
    """Draw lines and rectangles, on the sheet below the traces or on the one above them.

    Raises:
        CannotDraw: a shape is of another kind, or holds what is not known.
    """
    for shape in layout.get("shapes", ()):
        check("shape", shape)
        check("line", shape.get("line", {}))
        if shape.get("visible", True) is not True:
            continue
        x = [_along(scales, shape.get("xref", "x"), shape[key], "x") for key in ("x0", "x1")]
        y = [_along(scales, shape.get("yref", "y"), shape[key], "y") for key in ("y0", "y1")]
        sheet = sheets[0] if shape.get("layer", "above") == "below" else sheets[1]
        if shape.get("type") == "line":
            _draw_line(sheet, x, y, shape)
        elif shape.get("type") == "rect":
            _draw_box(sheet, x, y, shape)
        else:
            raise refuse("shape", shape.get("type"))


def _look(shape: Mapping[str, Any]) -> tuple[Any, dict[str, Any]]:
    """The colour of a shape's line, and its width and dashes."""
    line = shape.get("line", {})
    edge = colour(line.get("color", INK), float(shape.get("opacity", 1.0)))
    return edge, {
        "linewidth": float(line.get("width", 2)) * POINT,
        "linestyle": dash(line.get("dash", "solid")),
    }


def _draw_line(sheet: Axes, x: list[float], y: list[float], shape: Mapping[str, Any]) -> None:
    from matplotlib.lines import Line2D

    if _outside(x) or _outside(y):
        return
    edge, look = _look(shape)
    sheet.add_line(Line2D(_inside(x), _inside(y), color=edge, **look))


def _draw_box(sheet: Axes, x: list[float], y: list[float], shape: Mapping[str, Any]) -> None:
    from matplotlib.patches import Rectangle

    (left, right), (foot, top) = sorted(_inside(x)), sorted(_inside(y))
    edge, look = _look(shape)
    box = Rectangle((left, foot), right - left, top - foot, **look)
    fill = shape.get("fillcolor")
    box.set_facecolor(colour(fill, float(shape.get("opacity", 1.0))) if fill else "none")
    box.set_edgecolor(edge if look["linewidth"] else "none")
    sheet.add_patch(box)


def draw_notes(
    sheet: Axes, scales: Mapping[str, Scale], layout: Mapping[str, Any], size: tuple[float, float]
) -> None:
    """Draw the notes over everything.

    Args:
        sheet: the whole plotting area, 0 to 1 both ways.
        scales: the axes by id.
        layout: that of the figure.
        size: width and height of the plotting area in pixels.

    Raises:
        CannotDraw: a note holds what is not known.
    """
    for note in layout.get("annotations", ()):
        check("annotation", note)
        if note.get("visible", True) is not True or not note.get("text"):
            continue
        across, up = note.get("xref", "x"), note.get("yref", "y")
        x = _along(scales, across, note["x"], "x")
        y = _along(scales, up, note["y"], "y")
        arrow = note.get("showarrow", True)
        away = (float(note.get("ax", -10)), -float(note.get("ay", -30))) if arrow else (0.0, 0.0)
        at = (
            x + (float(note.get("xshift", 0)) + away[0]) / size[0],
            y + (float(note.get("yshift", 0)) + away[1]) / size[1],
        )
        font = {**layout.get("font", {}), **note.get("font", {})}
        opacity = float(note.get("opacity", 1.0))
        sheet.annotate(
            "\n".join(plain_lines(note["text"])),
            xy=(x, y),
            xytext=at,
            ha=_anchor(note.get("xanchor", "auto"), across, x, arrow=arrow),
            va=VERTICAL[_up_anchor(note.get("yanchor", "auto"), up, y, arrow=arrow)],
            ma=note.get("align", "center"),
            rotation=-float(note.get("textangle", 0)),
            fontsize=float(font.get("size", 12)) * POINT,
            fontweight=weight_of(note["text"], font),
            color=colour(font.get("color", INK), opacity),
            bbox=_plate(note, opacity),
            arrowprops=_arrow(note, font) if arrow else None,
            annotation_clip=False,
        )


def _plate(note: Mapping[str, Any], opacity: float) -> dict[str, Any] | None:
    """What a note stands on, where it has a ground or a border."""
    if not note.get("bgcolor") and not note.get("bordercolor"):
        return None
    border = note.get("bordercolor")
    return {
        "boxstyle": "square,pad=0.15",
        "facecolor": colour(note.get("bgcolor", "transparent"), opacity),
        "edgecolor": colour(border) if border else "none",
    }


def _arrow(note: Mapping[str, Any], font: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "arrowstyle": "-" if note.get("arrowhead", 1) == 0 else "->",
        "color": colour(note.get("arrowcolor", font.get("color", INK))),
        "linewidth": float(note.get("arrowwidth", 1)) * POINT,
    }


def _along(scales: Mapping[str, Scale], reference: str, value: Any, way: str) -> float:
    """The place of a value in the plotting area, 0 to 1."""
    if reference == "paper":
        return float(value)
    axis, _, whole = reference.partition(" ")
    if axis not in scales or axis[0] != way or whole not in {"", "domain"}:
        raise refuse(f"{way}ref", reference)
    if whole:
        first, last = scales[axis].domain
        return first + float(value) * (last - first)
    return scales[axis].on_paper(value)


def _anchor(anchor: str, reference: str, x: float, *, arrow: bool) -> str:
    if anchor != "auto":
        return anchor
    if reference != "paper" or arrow:
        return "center"
    return "left" if x <= 1 / 3 else "right" if x >= 2 / 3 else "center"


def _up_anchor(anchor: str, reference: str, y: float, *, arrow: bool) -> str:
    if anchor != "auto":
        return anchor
    if reference != "paper" or arrow:
        return "middle"
    return "bottom" if y <= 1 / 3 else "top" if y >= 2 / 3 else "middle"


def _outside(ends: list[float]) -> bool:
    return max(ends) < -EDGE or min(ends) > 1 + EDGE


def _inside(ends: list[float]) -> list[float]:
    return [min(max(end, 0.0), 1.0) for end in ends]
