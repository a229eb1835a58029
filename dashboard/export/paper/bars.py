"""Bars, and the error bars of every trace."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from dashboard.export.paper.colours import INK, POINT, colour, each
from dashboard.export.paper.known import check, refuse
from dashboard.export.paper.scale import DAY_MS, Floats, Scale
from dashboard.export.paper.words import plain_lines

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MODES: Final = frozenset({"group", "overlay", "stack", "relative"})


def draw_bar(
    pane: Axes,
    ways: tuple[Scale, Scale],
    trace: Mapping[str, Any],
    figure: Mapping[str, Any],
    zorder: float,
) -> None:
    """Draw the bars of a trace, upright or lying, with their words."""
    lying = trace.get("orientation", "v") == "h"
    along, upward = (ways[1], ways[0]) if lying else ways
    at, size = (
        along.places(trace["y" if lying else "x"]),
        upward.places(trace["x" if lying else "y"]),
    )
    wide, shift = _width(at, trace, figure, along)
    base = upward.places(each(trace.get("base", 0.0), len(at)))
    if trace.get("base") is None:
        base = _stacked(at, size, trace, figure)
    marker = trace.get("marker", {})
    check("marker", marker)
    edge = marker.get("line", {})
    check("line", edge)
    opacity = float(trace.get("opacity", 1.0)) * float(marker.get("opacity", 1.0))
    edges = [
        (tint, wide if tint else 0)
        for tint, wide in zip(
            each(edge.get("color"), len(at)), each(edge.get("width", 0), len(at)), strict=True
        )
    ]
    draw = pane.barh if lying else pane.bar
    draw(
        at + shift,
        size,
        wide,
        base,
        color=[colour(tint, opacity) for tint in each(marker.get("color", INK), len(at))],
        edgecolor=[colour(tint) if wide else "none" for tint, wide in edges],
        linewidth=[float(wide or 0) * POINT for _, wide in edges],
        zorder=zorder,
    )
    ends = base + size
    draw_errors(pane, (ends, at + shift) if lying else (at + shift, ends), trace, zorder + 0.002)
    _draw_words(pane, (at + shift, base, ends), trace, zorder, lying=lying)


def draw_errors(
    pane: Axes, points: tuple[Floats, Floats], trace: Mapping[str, Any], zorder: float
) -> None:
    """Draw the error bars of a trace, if it has any."""
    for way in ("x", "y"):
        error = trace.get(f"error_{way}")
        if error is None or error.get("visible") is False:
            continue
        check("error", error)
        if error.get("type", "data") != "data":
            raise refuse("error type", error["type"])
        more = np.array([np.nan if v is None else v for v in error["array"]], dtype=float)
        less = error.get("arrayminus")
        low = more if less is None else np.array([np.nan if v is None else v for v in less], float)
        tint = colour(error.get("color", trace.get("line", {}).get("color", INK)))
        pane.errorbar(
            *points,
            **{f"{way}err": np.abs(np.vstack([low, more]))},
            fmt="none",
            ecolor=tint,
            elinewidth=float(error.get("thickness", 2)) * POINT,
            capsize=float(error.get("width", 4)) * POINT,
            zorder=zorder,
        )


def _siblings(trace: Mapping[str, Any], figure: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    key = (trace.get("xaxis", "x"), trace.get("yaxis", "y"))
    return [
        other
        for other in figure["data"]
        if other.get("type") == "bar" and (other.get("xaxis", "x"), other.get("yaxis", "y")) == key
    ]


def _mode(figure: Mapping[str, Any]) -> str:
    mode = str(figure["layout"].get("barmode", "group"))
    if mode not in MODES:
        raise refuse("barmode", mode)
    return mode


def _width(
    at: Floats, trace: Mapping[str, Any], figure: Mapping[str, Any], along: Scale
) -> tuple[Any, float]:
    """How wide the bars are, and how far they stand from their places beside their siblings."""
    unit = DAY_MS if along.kind == "date" else 1
    if trace.get("width") is not None:
        wide = np.array(each(trace["width"], len(at)), dtype=float) / unit
        offset = trace.get("offset")
        return wide, 0.0 if offset is None else float(offset) / unit + float(wide.max()) / 2
    apart = np.diff(np.unique(at[np.isfinite(at)]))
    wide = (float(apart.min()) if len(apart) else 1.0) * (1 - figure["layout"].get("bargap", 0.2))
    siblings = _siblings(trace, figure)
    if _mode(figure) != "group" or len(siblings) < 2:
        return wide, 0.0
    place = next(k for k, other in enumerate(siblings) if other is trace)
    part = wide / len(siblings)
    return part, (place - (len(siblings) - 1) / 2) * part


def _stacked(
    at: Floats, size: Floats, trace: Mapping[str, Any], figure: Mapping[str, Any]
) -> Floats:
    """Where the bars begin: at zero, or on the bars of the traces before them."""
    base = np.zeros(len(at))
    if _mode(figure) not in {"stack", "relative"}:
        return base
    lying = trace.get("orientation", "v") == "h"
    for other in _siblings(trace, figure):
        if other is trace:
            break
        values = np.array([0.0 if v is None else v for v in other["x" if lying else "y"]], float)
        if len(values) != len(base):
            raise refuse("stacked bars of different lengths", len(values))
        base += np.where(np.sign(values) == np.sign(size), values, 0.0)
    return base


def _draw_words(
    pane: Axes,
    bars: tuple[Floats, Floats, Floats],
    trace: Mapping[str, Any],
    zorder: float,
    *,
    lying: bool,
) -> None:
    position = trace.get("textposition", "auto")
    if not trace.get("text") or position == "none":
        return
    if position not in {"outside", "inside", "auto"}:
        raise refuse("textposition", position)
    at, base, ends = bars
    font = trace.get("textfont", {})
    outside = position == "outside"
    for k, text in enumerate(each(trace["text"], len(at))):
        if not text or not np.isfinite(ends[k]):
            continue
        away = (1 if ends[k] >= base[k] else -1) * (1 if outside else -1)
        point = (ends[k], at[k]) if lying else (at[k], ends[k])
        ahead, behind = ("left", "right") if lying else ("bottom", "top")
        across: dict[str, Any] = {"ha": "center", "va": "center"}
        across |= {"ha" if lying else "va": ahead if away > 0 else behind}
        pane.annotate(
            "\n".join(plain_lines(str(text))),
            point,
            xytext=(4 * away, 0) if lying else (0, 4 * away),
            textcoords="offset points",
            fontsize=float(font.get("size", 12)) * POINT,
            color=colour(font.get("color", INK)),
            zorder=zorder + 1,
            annotation_clip=False,
            **across,
        )
