"""What all figures share: fonts, axes, margins, mode bar, thinning of long lines, reading a selection."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

import numpy as np

from dashboard.models.series import Floats, Ints
from dashboard.presentation.palette import TRANSPARENT, Palette

# ------------------------------------------------------------
# What every figure shares: fonts, axes, margins, mode bar, and the reading of a click.


Figure = dict[str, Any]

FONT: Final = '"Source Sans", "Source Sans Pro", "Segoe UI", sans-serif'
FONT_SIZE: Final = 13
NICE_STEPS: Final = (1.0, 2.0, 2.5, 5.0, 10.0)


def build_base_layout(palette: Palette, height: int) -> Figure:
    """Layout that does not leave colour, font or margin to any theme."""
    return {
        "height": height,
        "autosize": True,
        "paper_bgcolor": palette.surface,
        "plot_bgcolor": palette.surface,
        "font": {"family": FONT, "size": FONT_SIZE, "color": palette.text},
        "showlegend": False,
        "hoverlabel": {
            "bgcolor": palette.pill,
            "bordercolor": palette.muted,
            "font": {"family": FONT, "size": FONT_SIZE, "color": palette.text},
            "align": "left",
        },
        "modebar": {
            "bgcolor": TRANSPARENT,
            "color": palette.muted,
            "activecolor": palette.text,
            "orientation": "h",
        },
    }


def build_axis(palette: Palette, **more: Any) -> Figure:
    """A quiet axis: hairline grid, no zero line, fixed range (the server owns the window)."""
    return {
        "fixedrange": True,
        "zeroline": False,
        "showline": False,
        "gridcolor": palette.grid,
        "gridwidth": 1,
        "tickfont": {"color": palette.muted, "size": FONT_SIZE - 1},
        "title": {"font": {"color": palette.muted, "size": FONT_SIZE - 1}},
        **more,
    }


def build_chart_config(file_name: str, *, interactive: bool = True) -> Figure:
    """The mode bar: a PNG at double size, full screen by Streamlit, nothing that zooms."""
    return {
        "displaylogo": False,
        "displayModeBar": "hover" if interactive else False,
        "scrollZoom": False,
        "doubleClick": False,
        "modeBarButtons": [["toImage"]],
        "toImageButtonOptions": {"format": "png", "scale": 2, "filename": file_name},
    }


def nice_ticks(low: float, high: float, about: int = 6) -> list[float]:
    """Round values inside a range, `about` of them."""
    if not high > low:
        return [low]
    rough = (high - low) / about
    power = 10.0 ** math.floor(math.log10(rough))
    step = min((n * power for n in NICE_STEPS), key=lambda s: abs(s - rough))
    first = math.ceil(low / step - 1e-9)
    return [round(k * step, 10) for k in range(first, math.floor(high / step + 1e-9) + 1)]


def tick_decimals(ticks: Sequence[float]) -> int:
    """The fewest decimals that print every tick as it is: 2.5 needs one, 0.25 two."""
    if len(ticks) < 2:
        return 2
    exact = (d for d in range(6) if all(abs(t - round(t, d)) < 1e-9 for t in ticks))
    return next(exact, 6)


def get_picked_day(selection: Mapping[str, Any] | None) -> date | None:
    """The day of the first point of a selection, as Streamlit hands it over."""
    for point in _selected_points(selection):
        day = _parse_day(point.get("x"))
        if day is not None:
            return day
    return None


def get_picked_window(selection: Mapping[str, Any] | None) -> tuple[date, date] | None:
    """First and last day of a box drawn on the figure; None where none was drawn."""
    boxes = ((selection or {}).get("selection") or {}).get("box") or []
    days = sorted(day for x in (boxes[0].get("x") or [] if boxes else []) if (day := _parse_day(x)))
    return (days[0], days[-1]) if len(days) >= 2 and days[0] < days[-1] else None


def _selected_points(selection: Mapping[str, Any] | None) -> list[Mapping[str, Any]]:
    return list(((selection or {}).get("selection") or {}).get("points") or [])


def _parse_day(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None


# ------------------------------------------------------------
# Which points of a long line are drawn. The only place that leaves any out, and only here.
#
# The line keeps its shape: MinMaxLTTB picks real points, among them the highs and lows. Numbers,
# tables and files never pass through here.


MAX_POINTS: Final = 2_200
"""About two a pixel; six years of days pass whole."""
MAX_GAPS: Final = 200


def select_points(values: Floats, max_points: int = MAX_POINTS) -> Ints:
    """The rows of a line to draw, ascending, (k,), k <= most; all where there are not more.

    Args:
        values: the line, (n,); NaN is a gap, and the longest gaps stay gaps.
        most: how many points at most.
    """
    n = len(values)
    if n <= max_points:
        return np.arange(n)
    finite = np.flatnonzero(np.isfinite(values))
    gaps = _find_gaps(values)
    limit = max_points - len(gaps)
    if len(finite) > limit:
        finite = finite[_pick_extremes(values[finite], limit)]
    return np.union1d(finite, gaps)


def _pick_extremes(values: Floats, count: int) -> Ints:
    from tsdownsample import MinMaxLTTBDownsampler

    downsampler: Any = MinMaxLTTBDownsampler
    picked = downsampler().downsample(np.ascontiguousarray(values), n_out=count)
    return np.asarray(picked, dtype=np.int64)


def _find_gaps(values: Floats) -> Ints:
    """The first row of each of the longest runs of NaN."""
    missing = np.isnan(values)
    edges = np.flatnonzero(np.diff(np.concatenate(([False], missing, [False])).astype(np.int8)))
    starts, ends = edges[::2], edges[1::2]
    longest = np.argsort(starts - ends, kind="stable")[:MAX_GAPS]
    return np.sort(starts[longest])
