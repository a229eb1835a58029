"""Axes, title, labels and the moment of the event in the event-window figure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

from dashboard.domain.event_view import EventView
from dashboard.ui.charts.bar_axis import (
    FOOT,
    axis_name,
    bar_axis,
    session_notes,
    session_shapes,
)
from dashboard.ui.charts.grammar import (
    FONT_SIZE,
    Figure,
    axis,
    base_layout,
    nice_ticks,
    tick_decimals,
)
from dashboard.ui.charts.lanes import lane_axis
from dashboard.ui.palette import Ink, Lane, direction_colour, lane_of
from dashboard.ui.quoting import Quoting
from dashboard.ui.wording import MINUS, short_day, signed

HEIGHT: Final = 440
PHONE_HEIGHT: Final = 380
LANE_PIXELS: Final = 20
GAP_PIXELS: Final = 30
BAND_LABEL: Final = "range of ordinary moves before the event, not a forecast"
FEWEST_FOR_BAND: Final = 40
MOST_LABELS: Final = 16
MOST_DAYS: Final = 12
PADDING: Final = 0.08
NEWS_AT: Final = -0.5


@dataclass(frozen=True, slots=True)
class WindowChart:
    """What the figure shows: one event on one series in one quoting, with its title.

    `main_offset` is the observation that the headline speaks of; it is marked.
    """

    view: EventView
    quoting: Quoting
    title: str
    subtitle: str
    main_offset: int = 0
    dark: bool = False
    phone: bool = False


def has_band(view: EventView) -> bool:
    """Whether the ordinary range can be drawn; too few returns give none."""
    return view.n_estimation >= FEWEST_FOR_BAND and any(
        math.isfinite(point.low) and point.high > point.low for point in view.path
    )


def offset_text(offset: int) -> str:
    """An offset with a true minus."""
    return f"{MINUS}{-offset}" if offset < 0 else str(offset)


def move_words(quoting: Quoting, log_points: float) -> str:
    """`▼ 0.47 log pts stronger`."""
    size = signed(quoting.quoted_log_points(log_points))
    return f"{quoting.arrow(log_points)} {size} {quoting.direction(log_points)}"


def window_layout(chart: WindowChart, lanes: tuple[Lane, ...], ink: Ink) -> Figure:
    """The layout: offsets along x, the moves, the lanes of the events above them."""
    bars, path = chart.view.card.bar_minutes > 0, chart.view.path
    height, top, bottom = (PHONE_HEIGHT, 8, 44) if chart.phone else (HEIGHT, 62, 48)
    bottom = FOOT if bars else bottom
    area = height - top - bottom
    foot = 1 - (LANE_PIXELS * len(lanes) + 6) / area
    ceiling = foot - GAP_PIXELS / area
    margin = {
        "l": 78 if chart.phone else 118,
        "r": 36 if bars else 14,
        "t": top,
        "b": bottom,
        "pad": 4,
    }
    low, high = _bounds(chart)
    on_top = has_band(chart.view) and _top_is_free(chart)
    inverted = chart.quoting.axis_is_inverted
    layout = base_layout(ink, height) | {
        "margin": margin,
        "hovermode": "closest",
        "hoverdistance": 40,
        "dragmode": False,
        "xaxis": _offset_axis(chart, ink),
        "yaxis": axis(ink, range=[high, low] if inverted else [low, high], domain=[0, ceiling])
        | _move_ticks(low, high, 4 if chart.phone else 6)
        | {"zeroline": True, "zerolinecolor": ink.muted, "zerolinewidth": 1},
        "yaxis2": axis(ink, domain=[foot, 1], **lane_axis(lanes, short=chart.phone)),
        "annotations": [
            _unit_note(chart, ceiling, ink),
            _event_note(ceiling, ink),
            *_band_note(chart, ceiling, ink),
            *_main_label(chart, ink),
            *([axis_name(ink, phone=chart.phone)] if bars else []),
            *session_notes(path, (0, "bottom") if on_top else (ceiling, "top"), ink),
        ],
        "shapes": [*session_shapes(path, ink), *_news(chart, ink)],
    }
    if chart.phone:
        return layout
    return layout | {
        "title": {
            "text": chart.title,
            "x": 0,
            "xref": "container",
            "xanchor": "left",
            "y": 1,
            "yref": "container",
            "yanchor": "top",
            "pad": {"t": 6, "l": 4},
            "font": {"size": 15, "color": ink.text, "weight": 600},
            "subtitle": {
                "text": chart.subtitle,
                "font": {"size": FONT_SIZE, "color": ink.muted},
            },
        }
    }


def _offset_axis(chart: WindowChart, ink: Ink) -> Figure:
    """Every offset where there is room, else every fifth, with days; of bars their hours.

    Where many offsets have room, every second one has its day.
    """
    if chart.view.card.bar_minutes:
        return bar_axis(chart.view, ink, phone=chart.phone)
    path = chart.view.path
    step = 1 if len(path) <= (6 if chart.phone else MOST_LABELS) else 5
    days = {point.offset: point.day for point in path}
    first, last = chart.view.request.window
    ticks = [offset for offset in range(first, last + 1) if offset % step == 0]
    dated = 2 * step if len(ticks) > MOST_DAYS and step == 1 else step
    texts = [
        f"{offset_text(k)}<br>{short_day(days[k], chart.view.event.day)}"
        if k in days and k % dated == 0
        else offset_text(k)
        for k in ticks
    ]
    return axis(ink, range=[first - 0.6, last + 0.6], tickvals=ticks, ticktext=texts) | {
        "showgrid": False,
        "showline": True,
        "linecolor": ink.grid,
        "anchor": "y",
        "tickangle": 0,
    }


def _bounds(chart: WindowChart) -> tuple[float, float]:
    values = [0.0]
    for point in chart.view.path:
        values.append(point.move)
        if has_band(chart.view):
            values += [point.low, point.high]
    shown = [chart.quoting.quoted_log_points(v) for v in values if math.isfinite(v)]
    low, high = min(shown), max(shown)
    pad = PADDING * (high - low) or 1.0
    return low - pad, high + pad


def _move_ticks(low: float, high: float, about: int) -> Figure:
    ticks = nice_ticks(low, high, about)
    return {"tickvals": ticks, "ticktext": [signed(t, tick_decimals(ticks)) for t in ticks]}


def _unit_note(chart: WindowChart, ceiling: float, ink: Ink) -> Figure:
    """What is measured and what up means, over the pane instead of along the axis."""
    quoting = chart.quoting
    up = f"up = {quoting.up_word} rouble"
    inverted = "axis inverted: " if quoting.axis_is_inverted else ""
    what = "log pts" if chart.phone else f"log pts of {quoting.unit} against the base"
    if quoting.card.is_rouble:
        what = f"{inverted or 'log pts, '}{up}" if chart.phone else f"{what} ({inverted}{up})"
    return {
        "text": what,
        "xref": "paper",
        "yref": "paper",
        "x": 0,
        "y": ceiling,
        "xanchor": "left",
        "yanchor": "bottom",
        "yshift": 3,
        "showarrow": False,
        "bgcolor": ink.surface,
        "font": {"size": FONT_SIZE - 1, "color": ink.muted},
    }


def _event_note(ceiling: float, ink: Ink) -> Figure:
    """What the dotted line is, at the top, where no other note reaches."""
    return {
        "text": "the event",
        "x": NEWS_AT,
        "y": ceiling,
        "yref": "paper",
        "xanchor": "right",
        "yanchor": "top",
        "xshift": -3,
        "showarrow": False,
        "font": {"size": FONT_SIZE - 2, "color": ink.muted},
    }


def _band_note(chart: WindowChart, ceiling: float, ink: Ink) -> list[Figure]:
    """What the shaded band is, in the right-hand corner that the path leaves free."""
    if not has_band(chart.view):
        return []
    on_top = _top_is_free(chart)
    return [
        {
            "text": "shaded: ordinary range" if chart.phone else f"shaded: {BAND_LABEL}",
            "xref": "paper",
            "yref": "paper",
            "x": 1,
            "y": ceiling if on_top else 0,
            "xanchor": "right",
            "yanchor": "top" if on_top else "bottom",
            "showarrow": False,
            "font": {"size": FONT_SIZE - 1, "color": ink.muted},
        }
    ]


def _top_is_free(chart: WindowChart) -> bool:
    """Whether the path leaves the right-hand corner at the top free, rather than the foot."""
    low, high = _bounds(chart)
    late = [p.move for p in chart.view.path[len(chart.view.path) // 2 :] if math.isfinite(p.move)]
    shown = [chart.quoting.quoted_log_points(move) for move in late] or [0.0]
    above = high - max(shown) > min(shown) - low
    return above != chart.quoting.axis_is_inverted


def _main_label(chart: WindowChart, ink: Ink) -> list[Figure]:
    """The move that the headline speaks of, beside its point."""
    main = next((p for p in chart.view.path if p.offset == chart.main_offset), None)
    if main is None or not math.isfinite(main.move):
        return []
    quoting = chart.quoting
    value = quoting.quoted_log_points(main.move)
    high_on_screen = (value > 0) != quoting.axis_is_inverted
    return [
        {
            "text": f"<b>{move_words(quoting, main.move)}</b>",
            "x": main.offset,
            "y": value,
            "xanchor": "left",
            "yanchor": "bottom" if high_on_screen else "top",
            "xshift": 6,
            "yshift": 6 if high_on_screen else -6,
            "showarrow": False,
            "bgcolor": ink.surface,
            "opacity": 0.92,
            "font": {
                "size": FONT_SIZE,
                "color": direction_colour(quoting.direction(main.move), dark=chart.dark),
            },
        }
    ]


def _news(chart: WindowChart, ink: Ink) -> list[Figure]:
    """The moment of the event, which lies between base and offset 0; a range is shaded."""
    across: dict[str, Any] = {"xref": "x", "yref": "paper", "y0": 0, "y1": 1}
    line = {"color": ink.selected, "width": 1.5, "dash": "dot"}
    shapes: list[Figure] = [across | {"type": "line", "x0": NEWS_AT, "x1": NEWS_AT, "line": line}]
    event = chart.view.event
    if event.is_range and event.end_day is not None:
        within = [p.offset for p in chart.view.path if p.offset >= 0 and p.day <= event.end_day]
        end = max(within, default=0) + 0.5
        shapes.append(
            across
            | {"type": "rect", "x0": NEWS_AT, "x1": end, "layer": "below"}
            | {"fillcolor": lane_of(event).colour, "opacity": 0.08, "line": {"width": 0}}
        )
    return shapes
