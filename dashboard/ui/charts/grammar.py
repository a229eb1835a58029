"""What every figure shares: fonts, axes, margins, mode bar, and the reading of a click."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from dashboard.ui.palette import CLEAR, Ink

Figure = dict[str, Any]

FONT: Final = '"Source Sans", "Source Sans Pro", "Segoe UI", sans-serif'
FONT_SIZE: Final = 13
NICE_STEPS: Final = (1.0, 2.0, 2.5, 5.0, 10.0)


def base_layout(ink: Ink, height: int) -> Figure:
    """Layout that does not leave colour, font or margin to any theme."""
    return {
        "height": height,
        "autosize": True,
        "paper_bgcolor": ink.surface,
        "plot_bgcolor": ink.surface,
        "font": {"family": FONT, "size": FONT_SIZE, "color": ink.text},
        "showlegend": False,
        "hoverlabel": {
            "bgcolor": ink.pill,
            "bordercolor": ink.muted,
            "font": {"family": FONT, "size": FONT_SIZE, "color": ink.text},
            "align": "left",
        },
        "modebar": {
            "bgcolor": CLEAR,
            "color": ink.muted,
            "activecolor": ink.text,
            "orientation": "h",
        },
    }


def axis(ink: Ink, **more: Any) -> Figure:
    """A quiet axis: hairline grid, no zero line, fixed range (the server owns the window)."""
    return {
        "fixedrange": True,
        "zeroline": False,
        "showline": False,
        "gridcolor": ink.grid,
        "gridwidth": 1,
        "tickfont": {"color": ink.muted, "size": FONT_SIZE - 1},
        "title": {"font": {"color": ink.muted, "size": FONT_SIZE - 1}},
        **more,
    }


def chart_config(file_name: str, *, interactive: bool = True) -> Figure:
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


def picked_day(selection: Mapping[str, Any] | None) -> date | None:
    """The day of the first point of a selection, as Streamlit hands it over."""
    for point in _points(selection):
        day = _day(point.get("x"))
        if day is not None:
            return day
    return None


def picked_window(selection: Mapping[str, Any] | None) -> tuple[date, date] | None:
    """First and last day of a box drawn on the figure; None where none was drawn."""
    boxes = ((selection or {}).get("selection") or {}).get("box") or []
    days = sorted(day for x in (boxes[0].get("x") or [] if boxes else []) if (day := _day(x)))
    return (days[0], days[-1]) if len(days) >= 2 and days[0] < days[-1] else None


def _points(selection: Mapping[str, Any] | None) -> list[Mapping[str, Any]]:
    return list(((selection or {}).get("selection") or {}).get("points") or [])


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None
