"""The axes of a figure: from a day, a category or a number to a place along the paper."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from dashboard.export.paper.known import check, refuse

Floats = NDArray[np.float64]

KINDS: Final = ("linear", "log", "date", "category")
PAD: Final = 0.05
DAY_MS: Final = 86_400_000
EPOCH: Final = np.datetime64("1970-01-01", "ms")


@dataclass(slots=True)
class Scale:
    """One axis: what its values are, where they lie, and which stretch of it is shown.

    `place` gives days since 1970 for dates, log10 for logarithmic axes and the position for
    categories, so that every axis is a straight one for the drawing. `domain` is its part of
    the plotting area (0 to 1).
    """

    id: str
    spec: Mapping[str, Any]
    kind: str
    categories: dict[str, int] = field(default_factory=dict)
    low: float = 0.0
    high: float = 1.0
    domain: tuple[float, float] = (0.0, 1.0)

    def place(self, value: Any) -> float:
        """Where one value lies; NaN for a missing one."""
        if value is None:
            return math.nan
        if self.kind == "date":
            return _days(value)
        if self.kind == "category":
            if isinstance(value, str):
                return float(self.categories[value])
            return float(value)
        number = float(value)
        if self.kind == "log":
            return math.log10(number) if number > 0 else math.nan
        return number

    def places(self, values: Iterable[Any]) -> Floats:
        """Where values lie, (n,)."""
        return np.array([self.place(value) for value in values], dtype=np.float64)

    def on_paper(self, value: Any) -> float:
        """Where a value of a note or shape lies in the plotting area; log axes take log10."""
        at = float(value) if self.kind == "log" else self.place(value)
        first, last = self.domain
        return first + (at - self.low) / (self.high - self.low) * (last - first)


def scales_of(figure: Mapping[str, Any]) -> dict[str, Scale]:
    """The axes of a figure by id (`x`, `y2`), each with its kind, stretch and domain.

    Raises:
        CannotDraw: an axis holds something that is not known.
    """
    layout, traces = figure["layout"], figure["data"]
    ids = {"x", "y"} | {trace.get(f"{way}axis", way) for trace in traces for way in "xy"}
    ids |= {f"{key[0]}{key[5:]}" for key in layout if key[:5] in {"xaxis", "yaxis"}}
    scales = {id_: _scale(id_, layout, traces) for id_ in sorted(ids)}
    for scale in scales.values():
        over = scale.spec.get("overlaying")
        owner = scales[over] if over and "domain" not in scale.spec else scale
        scale.domain = tuple(owner.spec.get("domain", (0.0, 1.0)))
    return scales


def _scale(id_: str, layout: Mapping[str, Any], traces: Sequence[Mapping[str, Any]]) -> Scale:
    way, spec = id_[0], layout.get(f"{id_[0]}axis{id_[1:]}", {})
    check("axis", spec)
    own = [trace for trace in traces if trace.get(f"{way}axis", way) == id_]
    values = [value for trace in own for value in _values(trace, way)]
    kind = spec.get("type", "-")
    if kind == "-":
        kind = _guessed(values)
    if kind not in KINDS:
        raise refuse("axis type", kind)
    scale = Scale(id_, spec, kind)
    if kind == "category":
        listed = [*spec.get("categoryarray", ()), *values]
        texts = dict.fromkeys(value for value in listed if isinstance(value, str))
        scale.categories = {text: k for k, text in enumerate(texts)}
    scale.low, scale.high = _stretch(scale, own, values)
    return scale


def _values(trace: Mapping[str, Any], way: str) -> list[Any]:
    """The values of a trace along an axis; the places of rows and columns where it has none."""
    values = trace.get(way)
    if values is None:
        z = trace.get("z")
        if z is not None:
            return list(range(len(z[0]) if way == "x" and z else len(z)))
        other = trace.get("y" if way == "x" else "x") or ()
        return list(range(len(other)))
    return list(values)


def _guessed(values: Sequence[Any]) -> str:
    """Dates where the first text looks like one, categories for other texts, else numbers."""
    text = next((value for value in values if value is not None), 0.0)
    if not isinstance(text, str):
        return "linear"
    try:
        _days(text)
    except ValueError:
        return "category"
    return "date"


def _stretch(
    scale: Scale, traces: Sequence[Mapping[str, Any]], values: Sequence[Any]
) -> tuple[float, float]:
    asked = scale.spec.get("range")
    if asked is not None:
        if scale.kind == "log":
            return float(asked[0]), float(asked[1])
        return scale.place(asked[0]), scale.place(asked[1])
    places = scale.places(values)
    if any(_counts_from_zero(trace, scale.id[0]) for trace in traces):
        places = np.append(places, 0.0)
    places = places[np.isfinite(places)]
    low, high = (float(places.min()), float(places.max())) if len(places) else (0.0, 1.0)
    if scale.kind == "category" or any(trace["type"] == "heatmap" for trace in traces):
        low, high = low - 0.5, high + 0.5
    else:
        pad = PAD * (high - low) or 1.0
        bars = any(trace["type"] == "bar" for trace in traces)
        low, high = (low if bars and low == 0 else low - pad), high + pad
    if scale.spec.get("rangemode") == "tozero":
        low, high = min(low, 0.0) if low < 0 else 0.0, max(high, 0.0)
    return (high, low) if scale.spec.get("autorange") == "reversed" else (low, high)


def _counts_from_zero(trace: Mapping[str, Any], way: str) -> bool:
    sideways = trace.get("orientation") == "h"
    return trace["type"] == "bar" and (way == "x") == sideways


def _days(value: Any) -> float:
    """Days since 1970 of an ISO date or moment, or of Plotly's milliseconds."""
    if isinstance(value, int | float):
        return float(value) / DAY_MS
    text = str(value).removesuffix("Z").replace(" ", "T")
    return float((np.datetime64(text, "ms") - EPOCH) / np.timedelta64(DAY_MS, "ms"))
