"""The axis of bars in the event-window figure: Moscow time, new sessions, weekends."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Final

from dashboard.domain.event_view import EventView, PathPoint
from dashboard.domain.spans import duration_words
from dashboard.ui.bar_words import MOSCOW_TIME
from dashboard.ui.charts.grammar import FONT_SIZE, Figure, axis
from dashboard.ui.palette import Ink
from dashboard.ui.wording import clock, short_day, weekday_day

ABOUT: Final = 8
ABOUT_ON_PHONE: Final = 4
MOST_LABELS: Final = 8
FOOT: Final = 78
"""Pixels below the pane: the hour, how far from the event, the day where it changes."""
NICE: Final = (1, 2, 3, 4, 6, 12, 24, 36, 48)


def tick_offsets(view: EventView, about: int) -> list[int]:
    """Offsets to name, `about` of them: whole hours where bars are minutes, 0 always there."""
    first, last = view.request.window
    minutes = view.card.bar_minutes
    hour = 60 // minutes if minutes < 60 and 60 % minutes == 0 else 1
    units = [1, 2, 5, 10, 15, 30] if hour > 30 else [1, 2, 3]
    steps = [step for step in units if hour == 1 or hour % step == 0]
    steps += [hour * step for step in NICE]
    span = last - first
    step = next((each for each in steps if span / each <= about), steps[-1])
    return [offset for offset in range(first, last + 1) if offset % step == 0]


def offset_short(offset: int, bar_minutes: int) -> str:
    """`2 h before`, `30 min after`, at offset 0 `first bar`."""
    if offset == 0:
        return "first bar"
    words = duration_words(offset, bar_minutes)
    number, unit = words.split(" ")
    short = "h" if unit.startswith("hour") else "min"
    return f"{number} {short} {'before' if offset < 0 else 'after'}"


def bar_axis(view: EventView, ink: Ink, *, phone: bool) -> Figure:
    """The offsets along x, named by the end of their bar in Moscow time."""
    points = {point.offset: point for point in view.path}
    ticks = tick_offsets(view, ABOUT_ON_PHONE if phone else ABOUT)
    texts, shown = [], None
    for offset in ticks:
        point = points.get(offset)
        lines = ["", offset_short(offset, view.card.bar_minutes)]
        if point is not None and point.known_at is not None:
            lines[0] = f"<b>{clock(point.known_at)}</b>"
            if point.day != shown:
                weekday = "" if phone else f"{weekday_day(point.day)[:3]} "
                lines.append(weekday + short_day(point.day, view.event.day))
                shown = point.day
        texts.append("<br>".join(lines))
    first, last = view.request.window
    return axis(ink, range=[first - 0.6, last + 0.6], tickvals=ticks, ticktext=texts) | {
        "showgrid": False,
        "showline": True,
        "linecolor": ink.grid,
        "anchor": "y",
        "tickangle": 0,
    }


def axis_name(ink: Ink, *, phone: bool) -> Figure:
    """What the hours along the axis are."""
    return _note(ink, MOSCOW_TIME, 0, 0) | {
        "xref": "paper",
        "yref": "paper",
        "xanchor": "right",
        "yanchor": "top",
        "xshift": -16 if phone else -24,
        "yshift": -4,
        "font": {"size": FONT_SIZE - 2, "color": ink.text},
    }


def session_shapes(path: Sequence[PathPoint], ink: Ink) -> list[Figure]:
    """A dashed line before a new session, a dotted one where bars are missing, weekend bands."""
    across = {"xref": "x", "yref": "paper", "y0": 0, "y1": 1, "layer": "below"}
    dashes = {"session": "dash", "missing": "dot"}
    lines = [
        across
        | {"type": "line", "x0": point.offset - 0.5, "x1": point.offset - 0.5}
        | {"line": {"color": ink.muted, "width": 1, "dash": dashes[point.gap]}}
        for point in path
        if point.gap
    ]
    bands = [
        across
        | {"type": "rect", "x0": first - 0.5, "x1": last + 0.5}
        | {"fillcolor": ink.muted, "opacity": 0.12, "line": {"width": 0}}
        for first, last in weekend_spans(path)
    ]
    return [*bands, *lines]


def session_notes(path: Sequence[PathPoint], at: tuple[float, str], ink: Ink) -> list[Figure]:
    """The names of the lines and bands, as long as there is room for them.

    Args:
        path: the bars of the window.
        at: the height of the names in the paper, and which end of a name stands there.
        ink: the colours.
    """
    height, anchor = at
    breaks = [point for point in path if point.gap]
    notes = [
        _note(ink, _gap_words(point), point.offset - 0.5, height)
        | {"yref": "paper", "xanchor": "left", "yanchor": anchor, "textangle": -90}
        for point in breaks
        if len(breaks) <= MOST_LABELS
    ]
    weekends = [
        _note(ink, "weekend session" if last - first > 2 else "weekend", (first + last) / 2, height)
        | {"yref": "paper", "xanchor": "center", "yanchor": anchor}
        for first, last in weekend_spans(path)
    ]
    return [*notes, *weekends]


def weekend_spans(path: Sequence[PathPoint]) -> list[tuple[int, int]]:
    """First and last offset of each weekend with sessions."""
    spans = [(kind, list(points)) for kind, points in groupby(path, lambda point: point.weekend)]
    return [(points[0].offset, points[-1].offset) for weekend, points in spans if weekend]


def _gap_words(point: PathPoint) -> str:
    if point.gap == "missing":
        return "bars missing"
    return f"new session, {weekday_day(point.day)[:3]}"


def _note(ink: Ink, text: str, x: float, y: float) -> Figure:
    return {
        "text": text,
        "x": x,
        "y": y,
        "showarrow": False,
        "font": {"size": FONT_SIZE - 2, "color": ink.muted},
    }
