"""The theme of every figure: layout, axes, traces, notes, shapes; thinning of long lines."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

import numpy as np

from dashboard.models.messages import ENGLISH, current_language, number_signs
from dashboard.models.series import Floats, Ints
from dashboard.presentation.formatting import format_signed
from dashboard.presentation.palette import TRANSPARENT, Palette

Figure = dict[str, Any]

FONT: Final = '"Source Sans", "Source Sans Pro", "Segoe UI", sans-serif'
FONT_SIZE: Final = 13
NICE_STEPS: Final = (1.0, 2.0, 2.5, 5.0, 10.0)
OFFSET_STEPS: Final = (1, 2, 5, 10, 20, 50, 100, 500)
PADDING: Final = 0.06
KEEP_OPACITY: Final[Figure] = {
    "selected": {"marker": {"opacity": 1}},
    "unselected": {"marker": {"opacity": 1}},
}
"""A click selects a point; the other points of the trace do not fade."""
AXIS_NOTE: Final = "axis-note"
"""The name of notes that begin where the title and the text of the page do."""
UNUSED_BUTTONS: Final = ("toImage", "zoom2d", "pan2d", "select2d", "lasso2d", "autoScale2d")
"""Buttons of Plotly's mode bar that no figure has."""
MAX_POINTS: Final = 2_200
"""About two a pixel; six years of days are drawn whole."""
MAX_GAPS: Final = 200


# ------------------------------------------------------------------ layout and mode bar


def build_layout(
    palette: Palette, height: int, margin: tuple[int, int, int, int, int], **more: Any
) -> Figure:
    """A layout that leaves no colour, font or margin to Plotly's template.

    Args:
        palette: the neutral colours.
        height: of the whole figure, in pixels.
        margin: left, right, top, bottom and the space between pane and tick labels, in pixels.
        more: axes, shapes and what else a figure sets.
    """
    font = {"family": FONT, "size": FONT_SIZE, "color": palette.text}
    thousands, decimal = number_signs()
    notes = [
        note | {"xshift": -margin[0]} if note.get("name") == AXIS_NOTE else note
        for note in more.pop("annotations", ())
    ]
    return {
        "annotations": notes,
        "height": height,
        "autosize": True,
        "paper_bgcolor": palette.surface,
        "plot_bgcolor": palette.surface,
        "font": font,
        "separators": f"{decimal}{thousands}",
        "showlegend": False,
        "hoverlabel": {
            "bgcolor": palette.pill,
            "bordercolor": palette.muted,
            "font": font,
            "align": "left",
        },
        "modebar": {
            "bgcolor": TRANSPARENT,
            "color": palette.muted,
            "activecolor": palette.text,
            "orientation": "h",
        },
        "margin": dict(zip(("l", "r", "t", "b", "pad"), margin, strict=True)),
        "hovermode": "closest",
        "dragmode": False,
        **more,
    }


def build_title(palette: Palette, text: str, subtitle: str, **more: Any) -> Figure:
    """Title and subtitle in the figure, so that a picture of it explains itself."""
    return {
        "text": text,
        "x": 0,
        "xref": "container",
        "xanchor": "left",
        "y": 1,
        "yref": "container",
        "yanchor": "top",
        "pad": {"t": 6},
        "font": {"size": 15, "color": palette.text, "weight": 600},
        "subtitle": {"text": subtitle, "font": {"size": FONT_SIZE, "color": palette.muted}},
        **more,
    }


def build_legend(palette: Palette, y: float) -> Figure:
    """The names of the lines below the pane; a click on one does nothing."""
    return {
        "showlegend": True,
        "legend": {
            "orientation": "h",
            "x": 0,
            "xanchor": "left",
            "y": y,
            "yanchor": "top",
            "font": {"size": FONT_SIZE - 1, "color": palette.text},
            "itemclick": False,
            "itemdoubleclick": False,
            "bgcolor": TRANSPARENT,
        },
    }


def build_chart_config(figure: Figure, *, interactive: bool = True) -> Figure:
    """The mode bar and the gestures of a figure.

    The bar holds full screen, and zoom and reset where an axis can be zoomed; the wheel and two
    fingers zoom such an axis, a double click resets it. Pictures are made by the download menu.

    Args:
        figure: says by its axes whether it can be zoomed.
        interactive: whether there is a bar at all; not on a phone, where touch scrolls the page.
    """
    zooms = interactive and is_zoomable(figure)
    return {
        "displaylogo": False,
        "displayModeBar": interactive,
        "scrollZoom": zooms,
        "doubleClick": "reset" if zooms else False,
        "modeBarButtonsToRemove": list(UNUSED_BUTTONS),
    }


def is_zoomable(figure: Figure) -> bool:
    """Whether a horizontal axis of the figure is not fixed."""
    return any(
        name.startswith("xaxis") and not axis.get("fixedrange")
        for name, axis in figure["layout"].items()
    )


# ------------------------------------------------------------------ axes


def _build_date_ticks() -> Figure:
    """Dates in digits where the names of months, which Plotly has in English, would not fit."""
    if current_language() == ENGLISH:
        return {}
    formats = ((None, "M1", "%d.%m.%y"), ("M1", "M12", "%m.%Y"), ("M12", None, "%Y"))
    stops = [{"dtickrange": [low, high], "value": value} for low, high, value in formats]
    return {"tickformatstops": stops}


def build_axis(palette: Palette, **more: Any) -> Figure:
    """An axis with a hairline grid and a fixed range: the server owns the window."""
    return _build_date_ticks() | {
        "fixedrange": True,
        "zeroline": False,
        "showline": False,
        "gridcolor": palette.grid,
        "gridwidth": 1,
        "tickfont": {"color": palette.muted, "size": FONT_SIZE - 1},
        "title": {"font": {"color": palette.muted, "size": FONT_SIZE - 1}},
        **more,
    }


def build_axis_title(palette: Palette, text: str, **more: Any) -> Figure:
    """The title of an axis, in the type of its ticks."""
    font = {"color": palette.muted, "size": FONT_SIZE - 1}
    return {"title": {"text": text, "font": font, **more}}


def build_zero_line(palette: Palette) -> Figure:
    """A line at zero, as properties of an axis."""
    return {"zeroline": True, "zerolinecolor": palette.muted, "zerolinewidth": 1}


def build_number_axis(
    palette: Palette,
    bounds: tuple[float, float],
    about: int = 6,
    label: Callable[[float, int], str] = format_signed,
    **more: Any,
) -> Figure:
    """An axis of numbers with round ticks.

    Args:
        palette: the neutral colours.
        bounds: the ends of the axis, the larger number first where it runs downwards.
        about: how many ticks.
        label: writes a tick, given its number and the decimals of all ticks.
        more: further properties.
    """
    ticks = nice_ticks(min(bounds), max(bounds), about)
    decimals = tick_decimals(ticks)
    labels = [label(tick, decimals) for tick in ticks]
    return build_axis(palette, range=list(bounds), tickvals=ticks, ticktext=labels, **more)


def build_row_axis(
    palette: Palette, labels: Sequence[str], padding: float = 0.5, **more: Any
) -> Figure:
    """A vertical axis of named rows, the first on top; `padding` in rows, above and below."""
    n = len(labels)
    properties = {"range": [n - (1 - padding), -padding], "tickvals": list(range(n))}
    return build_axis(palette, **properties, ticktext=list(labels), **more)


def build_offset_axis(
    palette: Palette, offsets: Sequence[int], max_ticks: int, label: Callable[[int], str]
) -> Figure:
    """A horizontal axis of offsets: the first step of a few that gives at most `max_ticks`."""
    step = next(s for s in OFFSET_STEPS if len(offsets) / s <= max_ticks)
    ticks = [offset for offset in offsets if offset % step == 0]
    ends = [offsets[0] - 0.5, offsets[-1] + 0.5]
    labels = [label(tick) for tick in ticks]
    return build_axis(palette, range=ends, tickvals=ticks, ticktext=labels, showgrid=False)


def compute_bounds(
    values: Iterable[float], *, with_zero: bool = True, padding: float = PADDING
) -> tuple[float, float]:
    """A range that holds the values with some padding; ±1 where nothing is known.

    Args:
        values: what the axis shows; what is not finite is left out.
        with_zero: whether the range holds zero too.
        padding: added on both sides, as a share of the range; 1 where the range is empty.
    """
    known = [value for value in values if math.isfinite(value)] + ([0.0] if with_zero else [])
    if not known:
        return -1.0, 1.0
    low, high = min(known), max(known)
    added = padding * (high - low) or 1.0
    return low - added, high + added


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


# ------------------------------------------------------------------ traces, notes and shapes


def build_scatter(mode: str, x: Sequence[Any], y: Sequence[Any], **more: Any) -> Figure:
    """A scatter trace."""
    return {"type": "scatter", "mode": mode, "x": x, "y": y, **more}


def build_hover(texts: Sequence[Any], *, with_id: bool = False) -> Figure:
    """One hover text for each point, or a pair of the point's id and its text."""
    return {
        "customdata": texts,
        "hovertemplate": (
            "%{customdata[1]}<extra></extra>" if with_id else "%{customdata}<extra></extra>"
        ),
    }


def build_band(
    x: Sequence[Any], low: Sequence[float | None], high: Sequence[float | None], **more: Any
) -> Figure:
    """A filled area between two lines over the same places."""
    outline = [*x, *reversed(x)], [*high, *reversed(low)]
    return build_scatter("lines", *outline, fill="toself", hoverinfo="skip", **more)


def build_note(palette: Palette, text: str, x: Any, y: Any, **more: Any) -> Figure:
    """A short text in the figure, without an arrow."""
    font = {"size": FONT_SIZE - 1, "color": palette.muted}
    return {"text": text, "x": x, "y": y, "showarrow": False, "font": font, **more}


def build_pane_note(palette: Palette, text: str, y: float = 1, **more: Any) -> Figure:
    """A note above the upper left corner of a pane; `y` is the top of the pane, in paper units."""
    place = {"xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom"}
    return build_note(palette, text, 0, y, **(place | more))


def build_axis_note(palette: Palette, text: str, y: float = 1, **more: Any) -> Figure:
    """The unit of a vertical axis above it, from the left edge of the figure.

    Args:
        palette: the neutral colours.
        text: the unit.
        y: the top of the pane, in paper units.
        more: further properties.
    """
    return build_pane_note(palette, text, y, name=AXIS_NOTE, **more)


def build_vertical_line(x: Any, line: Figure, **more: Any) -> Figure:
    """A line from the foot to the top of the figure."""
    ends = {"x0": x, "x1": x, "y0": 0, "y1": 1}
    return {"type": "line", "xref": "x", "yref": "paper", **ends, "line": line, **more}


def build_horizontal_line(y: float, line: Figure, **more: Any) -> Figure:
    """A line across the figure."""
    ends = {"x0": 0, "x1": 1, "y0": y, "y1": y}
    return {"type": "line", "xref": "paper", "yref": "y", **ends, "line": line, **more}


def build_region(x0: Any, x1: Any, colour: str, **more: Any) -> Figure:
    """A filled rectangle below the traces, from the foot to the top of the figure."""
    ends = {"x0": x0, "x1": x1, "y0": 0, "y1": 1}
    look = {"fillcolor": colour, "line": {"width": 0}, "layer": "below"}
    return {"type": "rect", "xref": "x", "yref": "paper", **ends, **look, **more}


def fade_colour(colour: str, alpha: float) -> str:
    """`#RRGGBB` with an opacity."""
    red, green, blue = (int(colour[k : k + 2], 16) for k in (1, 3, 5))
    return f"rgba({red},{green},{blue},{alpha})"


# ------------------------------------------------------------------ reading a selection


def get_picked_day(selection: Mapping[str, Any] | None) -> date | None:
    """The day of the first point of a selection, as Streamlit hands it over."""
    for point in get_selected_points(selection):
        day = _parse_day(point.get("x"))
        if day is not None:
            return day
    return None


def get_picked_window(selection: Mapping[str, Any] | None) -> tuple[date, date] | None:
    """First and last day of a box drawn on the figure; None where none was drawn."""
    boxes = ((selection or {}).get("selection") or {}).get("box") or []
    days = sorted(day for x in (boxes[0].get("x") or [] if boxes else []) if (day := _parse_day(x)))
    return (days[0], days[-1]) if len(days) >= 2 and days[0] < days[-1] else None


def get_selected_points(selection: Mapping[str, Any] | None) -> list[Mapping[str, Any]]:
    """The points of a selection, as Streamlit hands it over."""
    return list(((selection or {}).get("selection") or {}).get("points") or [])


def _parse_day(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None


# ------------------------------------------------------------------ thinning of long lines


def select_points(values: Floats, max_points: int = MAX_POINTS) -> Ints:
    """The rows of a line to draw, ascending, (k,), k <= `max_points`; all where there are not more.

    Args:
        values: the line, (n,); NaN is a gap, and the longest gaps stay gaps.
        max_points: how many at most.
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
