"""Heat maps, with the bar that says which colour is which number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from dashboard.export.paper.colours import INK, POINT, colour
from dashboard.export.paper.known import check, refuse
from dashboard.export.paper.scale import Floats, Scale
from dashboard.export.paper.words import plain_lines

if TYPE_CHECKING:
    from matplotlib.axes import Axes

STEPS: Final = 256


def draw_heat(
    pane: Axes, ways: tuple[Scale, Scale], trace: Mapping[str, Any], zorder: float
) -> None:
    """Draw the cells of a heat map, their words and its colour bar; a missing cell stays empty."""
    from matplotlib.colors import LinearSegmentedColormap, Normalize

    z = np.array([[np.nan if v is None else v for v in row] for row in trace["z"]], dtype=float)
    stops = trace.get("colorscale")
    if stops is None or isinstance(stops, str):
        raise refuse("colorscale", stops)
    pairs = [(float(at), colour(tint)) for at, tint in stops]
    if trace.get("reversescale"):
        pairs = [(1 - at, tint) for at, tint in reversed(pairs)]
    colours = LinearSegmentedColormap.from_list("figure", pairs, N=STEPS)
    low, high = _ends(z, trace)
    edges = [
        _edges(way, trace.get(key), z.shape[k])
        for way, key, k in ((ways[0], "x", 1), (ways[1], "y", 0))
    ]
    gap = max(float(trace.get("xgap", 0)), float(trace.get("ygap", 0)))
    mesh = pane.pcolormesh(
        *edges,
        np.ma.masked_invalid(z),
        cmap=colours,
        norm=Normalize(low, high),
        edgecolors=pane.get_facecolor() if gap else "none",
        linewidth=gap * POINT,
        alpha=float(trace.get("opacity", 1.0)),
        zorder=zorder,
    )
    _draw_words(pane, edges, z, trace, zorder)
    if trace.get("showscale", True):
        _draw_colour_bar(pane, mesh, trace.get("colorbar", {}))


def _ends(z: Floats, trace: Mapping[str, Any]) -> tuple[float, float]:
    there = z[np.isfinite(z)]
    low = trace.get("zmin", float(there.min()) if len(there) else 0.0)
    high = trace.get("zmax", float(there.max()) if len(there) else 1.0)
    middle = trace.get("zmid")
    if middle is not None:
        reach = max(abs(high - middle), abs(middle - low))
        low, high = middle - reach, middle + reach
    return (float(low), float(high)) if high > low else (float(low) - 0.5, float(low) + 0.5)


def _edges(way: Scale, values: Any, size: int) -> Floats:
    """The borders of cells around their middles, (size + 1,)."""
    middles = way.places(values if values is not None else range(size))
    if len(middles) == 1:
        return np.array([middles[0] - 0.5, middles[0] + 0.5])
    inner = (middles[1:] + middles[:-1]) / 2
    first, last = middles[0] - (inner[0] - middles[0]), middles[-1] + (middles[-1] - inner[-1])
    return np.concatenate([[first], inner, [last]])


def _draw_words(
    pane: Axes, edges: list[Floats], z: Floats, trace: Mapping[str, Any], zorder: float
) -> None:
    template = trace.get("texttemplate", "%{text}" if "text" in trace else "")
    if not template:
        return
    if template not in {"%{text}", "%{z}"}:
        raise refuse("texttemplate", template)
    font = trace.get("textfont", {})
    across, up = ((ends[1:] + ends[:-1]) / 2 for ends in edges)
    for row, column in np.ndindex(z.shape):
        text = trace["text"][row][column] if template == "%{text}" else f"{z[row, column]:g}"
        if text and (template == "%{text}" or np.isfinite(z[row, column])):
            pane.text(
                float(across[column]),
                float(up[row]),
                "\n".join(plain_lines(str(text))),
                ha="center",
                va="center",
                fontsize=float(font.get("size", 11)) * POINT,
                color=colour(font.get("color", INK)),
                zorder=zorder + 1,
            )


def _draw_colour_bar(pane: Axes, mesh: Any, spec: Mapping[str, Any]) -> None:
    check("colorbar", spec)
    beside = pane.inset_axes((1.012, 0.0, 0.014, 1.0))
    bar = pane.figure.colorbar(mesh, cax=beside)
    bar.outline.set_visible(False)
    font = spec.get("tickfont", {})
    if spec.get("tickvals") is not None:
        texts = spec.get("ticktext", [f"{value:g}" for value in spec["tickvals"]])
        bar.set_ticks(list(spec["tickvals"]), labels=["\n".join(plain_lines(t)) for t in texts])
    tint = colour(font.get("color", INK))
    beside.tick_params(length=0, labelsize=float(font.get("size", 11)) * POINT, labelcolor=tint)
    title = spec.get("title", "")
    words = title.get("text", "") if isinstance(title, Mapping) else title
    if words:
        beside.set_title("\n".join(plain_lines(words)), fontsize=11 * POINT, loc="left", color=tint)
