"""The traces of a figure: lines, marks, fills, bars and heat maps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from dashboard.export.paper.bars import draw_bar, draw_errors
from dashboard.export.paper.colours import INK, LINES_ONLY, POINT, STEPS, colour, dash, each, symbol
from dashboard.export.paper.heat import draw_heat
from dashboard.export.paper.known import check, refuse
from dashboard.export.paper.scale import Floats, Scale
from dashboard.export.paper.words import plain_lines, weight_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MODES: Final = frozenset({"lines", "markers", "text", "none"})


def draw_traces(
    panes: Mapping[tuple[str, str], Axes], scales: Mapping[str, Scale], figure: Mapping[str, Any]
) -> None:
    """Draw every trace in its pane, in the order of the figure.

    Raises:
        CannotDraw: a trace is of another kind, or holds what is not known.
    """
    before: dict[tuple[str, str], tuple[Floats, Floats]] = {}
    for order, trace in enumerate(figure["data"]):
        kind = trace.get("type", "scatter")
        if kind not in {"scatter", "bar", "heatmap"}:
            raise refuse("trace", kind)
        check(kind, trace, like="trace")
        if trace.get("visible", True) is not True:
            continue
        key = (trace.get("xaxis", "x"), trace.get("yaxis", "y"))
        ways = (scales[key[0]], scales[key[1]])
        zorder = 2 + order / 100
        if kind == "bar":
            draw_bar(panes[key], ways, trace, figure, zorder)
        elif kind == "heatmap":
            draw_heat(panes[key], ways, trace, zorder)
        else:
            before[key] = _draw_scatter(panes[key], ways, trace, before.get(key), zorder)


def line_of(trace: Mapping[str, Any]) -> dict[str, Any]:
    """The line of a trace: colour, width in points, dashes, steps."""
    line = trace.get("line", {})
    check("line", line)
    shape = line.get("shape", "linear")
    if shape not in STEPS:
        raise refuse("line shape", shape)
    return {
        "color": colour(line.get("color", INK), float(trace.get("opacity", 1.0))),
        "linewidth": float(line.get("width", 2.0)) * POINT,
        "linestyle": dash(line.get("dash", "solid")),
        "drawstyle": STEPS[shape],
    }


def _draw_scatter(
    pane: Axes,
    ways: tuple[Scale, Scale],
    trace: Mapping[str, Any],
    before: tuple[Floats, Floats] | None,
    zorder: float,
) -> tuple[Floats, Floats]:
    """Draw fill, line, errors, marks and words of a trace; its points, for a fill to them."""
    xs, ys = _points(ways, trace)
    modes = set(trace.get("mode", "lines").split("+"))
    if modes - MODES:
        raise refuse("mode", trace["mode"])
    _draw_fill(pane, trace, (xs, ys), before, zorder)
    if "lines" in modes and float(trace.get("line", {}).get("width", 2.0)) > 0:
        drawn = (xs, ys)
        if trace.get("connectgaps", False):
            there = np.isfinite(xs) & np.isfinite(ys)
            drawn = (xs[there], ys[there])
        pane.plot(*drawn, zorder=zorder, solid_joinstyle="round", **line_of(trace))
    draw_errors(pane, (xs, ys), trace, zorder)
    if "markers" in modes:
        _draw_markers(pane, xs, ys, trace, zorder + 0.004)
    if "text" in modes:
        _draw_texts(pane, xs, ys, trace, zorder + 0.006)
    return xs, ys


def _points(ways: tuple[Scale, Scale], trace: Mapping[str, Any]) -> tuple[Floats, Floats]:
    x, y = trace.get("x"), trace.get("y")
    size = len(x if x is not None else y if y is not None else ())
    return (
        ways[0].places(x if x is not None else range(size)),
        ways[1].places(y if y is not None else range(size)),
    )


def _draw_fill(
    pane: Axes,
    trace: Mapping[str, Any],
    points: tuple[Floats, Floats],
    before: tuple[Floats, Floats] | None,
    zorder: float,
) -> None:
    fill = trace.get("fill", "none")
    if fill == "none":
        return
    own = trace.get("line", {}).get("color", INK)
    tint = colour(trace["fillcolor"]) if "fillcolor" in trace else colour(own, 0.5)
    look: dict[str, Any] = {
        "facecolor": tint,
        "edgecolor": "none",
        "linewidth": 0,
        "zorder": zorder - 0.005,
    }
    xs, ys = points
    if fill == "toself":
        for part in _parts(xs, ys):
            pane.fill(xs[part], ys[part], **look)
    elif fill == "tozeroy":
        pane.fill_between(xs, 0.0, ys, **look)
    elif fill == "tonexty" and before is not None:
        last = before
        ring = (np.concatenate([xs, last[0][::-1]]), np.concatenate([ys, last[1][::-1]]))
        there = np.isfinite(ring[0]) & np.isfinite(ring[1])
        if len(xs) == len(last[0]) and np.array_equal(xs, last[0], equal_nan=True):
            pane.fill_between(xs, last[1], ys, **look)
        else:
            pane.fill(ring[0][there], ring[1][there], **look)
    else:
        raise refuse("fill", fill)


def _parts(xs: Floats, ys: Floats) -> list[slice]:
    """The stretches between missing points."""
    there = np.isfinite(xs) & np.isfinite(ys)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], there.astype(int), [0]])))
    return [slice(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _draw_markers(
    pane: Axes, xs: Floats, ys: Floats, trace: Mapping[str, Any], zorder: float
) -> None:
    marker, size = trace.get("marker", {}), len(xs)
    check("marker", marker)
    edge = marker.get("line", {})
    check("line", edge)
    own = trace.get("line", {}).get("color", INK)
    looks: dict[tuple[Any, ...], list[int]] = {}
    columns = [
        each(source.get(name, default), size)
        for source, name, default in (
            (marker, "symbol", "circle"), (marker, "color", own), (marker, "size", 6),
            (marker, "opacity", 1.0), (edge, "width", 0), (edge, "color", INK),
        )
    ]  # fmt: skip
    for k, look in enumerate(zip(*columns, strict=True)):
        if np.isfinite(xs[k]) and np.isfinite(ys[k]):
            looks.setdefault(look, []).append(k)
    for look, points in looks.items():
        _draw_alike(pane, (xs[points], ys[points]), look, trace, zorder)


def _draw_alike(
    pane: Axes,
    points: tuple[Floats, Floats],
    look: tuple[Any, ...],
    trace: Mapping[str, Any],
    zorder: float,
) -> None:
    """Draw the marks that look alike at once; those that nobody sees are left out."""
    name, tint, pixels, opacity, width, edge = look
    if not pixels or not opacity:
        return
    shape, scale, is_open = symbol(name)
    face = colour(tint, float(opacity) * float(trace.get("opacity", 1.0)))
    lines_only = is_open or shape in LINES_ONLY
    pane.plot(
        *points,
        linestyle="none",
        marker=shape,
        markersize=float(pixels) * scale * POINT,
        markerfacecolor="none" if is_open else face,
        markeredgecolor=face if lines_only else colour(edge) if width else "none",
        markeredgewidth=(float(width) or (1.5 if lines_only else 0.0)) * POINT,
        zorder=zorder,
        clip_on=trace.get("cliponaxis", True),
    )


def _draw_texts(
    pane: Axes, xs: Floats, ys: Floats, trace: Mapping[str, Any], zorder: float
) -> None:
    size = len(xs)
    texts, where = (
        each(trace.get("text", ""), size),
        each(trace.get("textposition", "middle center"), size),
    )
    font = trace.get("textfont", {})
    for k, text in enumerate(texts):
        if not text or not (np.isfinite(xs[k]) and np.isfinite(ys[k])):
            continue
        vertical, across = where[k].split(" ")
        shift = ({"left": -5, "right": 5}.get(across, 0), {"top": 5, "bottom": -5}.get(vertical, 0))
        pane.annotate(
            "\n".join(plain_lines(str(text))),
            (xs[k], ys[k]),
            xytext=shift,
            textcoords="offset points",
            ha={"left": "right", "right": "left"}.get(across, "center"),
            va={"top": "bottom", "bottom": "top"}.get(vertical, "center"),
            fontsize=float(font.get("size", 12)) * POINT,
            color=colour(each(font.get("color", INK), size)[k]),
            fontweight=weight_of(str(text), font),
            zorder=zorder,
            annotation_clip=False,
        )
