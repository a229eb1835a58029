"""Axes, title, labels and the selected window of the Explore figure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

import numpy as np

from dashboard.domain.event import Event
from dashboard.ui.bar_words import MOSCOW_TIME
from dashboard.ui.charts.bar_line import weekend_notes, weekend_shapes
from dashboard.ui.charts.explore_view import ExploreView, RateLine
from dashboard.ui.charts.grammar import (
    FONT_SIZE,
    Figure,
    axis,
    base_layout,
    nice_ticks,
    tick_decimals,
)
from dashboard.ui.charts.lanes import lane_axis
from dashboard.ui.palette import Ink, Lane
from dashboard.ui.wording import day, number

HEIGHT: Final = 560
PHONE_HEIGHT: Final = 360
LANE_PIXELS: Final = 19
COUNT_PIXELS: Final = 70
GAP_PIXELS: Final = 28
PADDING: Final = 0.06
RIM: Final = 0.006


@dataclass(frozen=True, slots=True)
class Pane:
    """The lanes of the upper pane; `counted` = too many events for markers."""

    lanes: tuple[Lane, ...]
    events: tuple[Event, ...]
    counted: bool

    @property
    def pixels(self) -> int:
        """The height the pane asks for."""
        return COUNT_PIXELS if self.counted else LANE_PIXELS * max(len(self.lanes), 1) + 6


@dataclass(frozen=True, slots=True)
class _Room:
    """Heights and margins in pixels, and where the panes part (in paper units)."""

    height: int
    top: int
    bottom: int
    left: int
    right: int
    rate_top: float
    lanes_foot: float


def explore_layout(view: ExploreView, line: RateLine, pane: Pane, ink: Ink) -> Figure:
    """The layout: one x axis, the rate, the lanes above it, a hidden 0-1 axis for guides."""
    room = _room(view, pane, line)
    since, until = _x_range(view, line)
    above = (view, line, ink, room.rate_top)
    layout = base_layout(ink, room.height) | {
        "margin": {"l": room.left, "r": room.right, "t": room.top, "b": room.bottom, "pad": 4},
        "hovermode": "x",
        "hoverdistance": -1,
        "dragmode": False if view.phone else "select" if view.brush else "pan",
        "selectdirection": "h",
        "xaxis": axis(ink, type="date", range=[since, until], anchor="y", showgrid=False)
        | {"showline": True, "linecolor": ink.grid, "nticks": 5 if view.phone else 12}
        | (_clock_title(ink) if line.at_bars else {}),
        "yaxis": _rate_axis(view, line, ink) | {"domain": [0, room.rate_top]},
        "yaxis2": _lane_axis(view, pane, ink) | {"domain": [room.lanes_foot, 1]},
        "yaxis3": {
            "overlaying": "y",
            "range": [0, 1],
            "visible": False,
            "fixedrange": True,
            "tickmode": "auto",
        },
        "annotations": [
            _axis_note(view, line, room, ink),
            *_end_label(view, line, ink),
            *weekend_notes(*above),
        ],
        "shapes": [*weekend_shapes(*above), *_selection_shapes(view, line, room, ink)],
    }
    return layout if view.phone else layout | {"title": _title(view, ink)}


def _clock_title(ink: Ink) -> Figure:
    font = {"color": ink.muted, "size": FONT_SIZE - 1}
    return {"title": {"text": MOSCOW_TIME, "font": font, "standoff": 4}}


def _x_range(view: ExploreView, line: RateLine) -> tuple[str, str]:
    """The window with a rim, so that no mark is cut at the edges; of bars to the last's end."""
    rim = timedelta(days=(view.until - view.since).days * RIM)
    first = datetime.combine(view.since, time()) - rim
    last = datetime.combine(view.until, time()) + rim + timedelta(days=int(line.at_bars))
    return f"{first:%Y-%m-%d %H:%M}", f"{last:%Y-%m-%d %H:%M}"


def _room(view: ExploreView, pane: Pane, line: RateLine) -> _Room:
    height, top, bottom = (PHONE_HEIGHT, 8, 40) if view.phone else (HEIGHT, 66, 42)
    bottom += 16 * int(line.at_bars)
    left, right = (84, 52) if view.phone else (118, 96)
    area = height - top - bottom
    lanes_foot = 1 - pane.pixels / area
    return _Room(height, top, bottom, left, right, lanes_foot - GAP_PIXELS / area, lanes_foot)


def _title(view: ExploreView, ink: Ink) -> Figure:
    return {
        "text": view.title,
        "x": 0,
        "xref": "paper",
        "xanchor": "left",
        "y": 1,
        "yref": "container",
        "yanchor": "top",
        "pad": {"t": 6, "l": -110},
        "font": {"size": 18, "color": ink.text, "weight": 600},
        "subtitle": {"text": view.subtitle, "font": {"size": FONT_SIZE, "color": ink.muted}},
    }


def _rate_axis(view: ExploreView, line: RateLine, ink: Ink) -> Figure:
    shown = line.shown[np.isfinite(line.shown)]
    if not len(shown):
        return axis(ink, showticklabels=False, range=[0, 1])
    drawn = np.log10(shown) if view.log_scale else shown
    low, high = float(drawn.min()), float(drawn.max())
    pad = PADDING * (high - low) or abs(high) * PADDING or 1.0
    bounds = [low - pad, high + pad]
    ends = [10**b for b in bounds] if view.log_scale else bounds
    ticks = nice_ticks(ends[0], ends[1], 4 if view.phone else 6)
    decimals = tick_decimals(ticks)
    return axis(
        ink,
        type="log" if view.log_scale else "linear",
        range=bounds[::-1] if view.quoting.axis_is_inverted else bounds,
        tickvals=ticks,
        ticktext=[number(tick, decimals) for tick in ticks],
        hoverformat=f".{view.quoting.decimals}f",
    )


def _lane_axis(view: ExploreView, pane: Pane, ink: Ink) -> Figure:
    if pane.counted:
        return axis(ink, rangemode="tozero", nticks=3) | {"title": {"text": "events a week"}}
    return axis(ink, **lane_axis(pane.lanes, short=view.phone))


def _axis_note(view: ExploreView, line: RateLine, room: _Room, ink: Ink) -> Figure:
    """The unit, what up means and how much is drawn, over the rate pane."""
    text = view.quoting.unit if view.phone else view.quoting.axis_title
    if line.is_thinned:
        text += f" · {len(line.day):,} of {line.of:,} points drawn"
    return {
        "text": text,
        "xref": "paper",
        "yref": "paper",
        "x": 0,
        "y": room.rate_top,
        "xanchor": "left",
        "yanchor": "bottom",
        "yshift": 3,
        "showarrow": False,
        "font": {"size": FONT_SIZE - 1, "color": ink.muted},
    }


def _end_label(view: ExploreView, line: RateLine, ink: Ink) -> list[Figure]:
    finite = np.flatnonzero(np.isfinite(line.shown))
    if not len(finite):
        return []
    at = int(finite[-1])
    value = float(line.shown[at])
    text = f"<b>{number(value, view.quoting.decimals)}</b>"
    if not view.phone:
        text += f"<br>{day(date.fromisoformat(str(line.day[at])))}"
    return [
        {
            "text": text,
            "x": line.x(at),
            "y": float(np.log10(value)) if view.log_scale else value,
            "xanchor": "left",
            "yanchor": "middle",
            "align": "left",
            "xshift": 12,
            "showarrow": False,
            "font": {"size": FONT_SIZE - (2 if view.phone else 1), "color": ink.text},
        }
    ]


def _selection_shapes(view: ExploreView, line: RateLine, room: _Room, ink: Ink) -> list[Figure]:
    """The day chosen as a line, and the days from its base to the fixing after it as a band."""
    chosen = view.selected
    if chosen is None or not view.since <= chosen <= view.until:
        return []
    across = {"xref": "x", "yref": "paper"}
    at = chosen.isoformat()
    if line.at_bars:  # the day is as wide as its bars
        ends = {"x0": at, "x1": (chosen + timedelta(days=1)).isoformat()}
        band = {"y0": 0, "y1": room.rate_top, "line": {"width": 0}, "layer": "below"}
        return [across | ends | band | {"type": "rect", "fillcolor": ink.band}]
    shapes: list[Figure] = [
        across
        | {"type": "line", "x0": at, "x1": at, "y0": 0, "y1": 1}
        | {"line": {"color": ink.selected, "width": 2}, "opacity": 0.75, "layer": "below"}
    ]
    if not line.weekly and len(line.day):
        row = int(np.searchsorted(line.day, np.datetime64(chosen, "D")))
        first = line.day[max(row - 1, 0)]
        last = line.day[min(row + 1, len(line.day) - 1)]
        shapes.append(
            across
            | {"type": "rect", "x0": str(first), "x1": str(last), "y0": 0, "y1": room.rate_top}
            | {"fillcolor": ink.band, "line": {"width": 0}, "layer": "below"}
        )
    return shapes
