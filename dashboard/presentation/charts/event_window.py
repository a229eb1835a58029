"""The event-window figure: the cumulative move by offset, its ordinary range, other events."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from dashboard.models.event import Event
from dashboard.models.moves import EventView, Fixing, PathPoint
from dashboard.models.study import duration_text
from dashboard.presentation.charts.theme import (
    FONT_SIZE,
    Figure,
    build_axis,
    build_base_layout,
    nice_ticks,
    tick_decimals,
)
from dashboard.presentation.charts.timeline import (
    build_category_axis,
    get_row_positions,
    list_used_styles,
)
from dashboard.presentation.escaping import escape_plot
from dashboard.presentation.events import get_main_move
from dashboard.presentation.formatting import (
    MINUS,
    format_clock,
    format_day,
    format_short_day,
    format_signed,
    format_weekday,
)
from dashboard.presentation.moves import (
    MOSCOW_TIME,
    describe_bar_mark,
    describe_move,
    format_offset_time,
    format_point_time,
    format_window_time,
    name_subject,
)
from dashboard.presentation.palette import (
    CategoryStyle,
    Palette,
    direction_colour,
    get_event_style,
    marker_text_colour,
)
from dashboard.presentation.quoting import QuotedSeries

__all__ = ["EventWindowChart", "build_window_figure", "summarize_window"]


# ------------------------------------------------------------
# The axis of bars in the event-window figure: Moscow time, new sessions, weekends.


TARGET_LABELS: Final = 8
PHONE_TARGET_LABELS: Final = 4
MAX_SESSION_LABELS: Final = 8
BAR_AXIS_HEIGHT: Final = 78
"""Pixels below the pane: the hour, how far from the event, the day where it changes."""
NICE_HOUR_STEPS: Final = (1, 2, 3, 4, 6, 12, 24, 36, 48)


def select_tick_offsets(view: EventView, count: int) -> list[int]:
    """Offsets to name, `about` of them: whole hours where bars are minutes, 0 always there."""
    first, last = view.request.window
    minutes = view.card.bar_minutes
    hour = 60 // minutes if minutes < 60 and 60 % minutes == 0 else 1
    units = [1, 2, 5, 10, 15, 30] if hour > 30 else [1, 2, 3]
    steps = [step for step in units if hour == 1 or hour % step == 0]
    steps += [hour * step for step in NICE_HOUR_STEPS]
    span = last - first
    step = next((candidate for candidate in steps if span / candidate <= count), steps[-1])
    return [offset for offset in range(first, last + 1) if offset % step == 0]


def format_short_offset(offset: int, bar_minutes: int) -> str:
    """`2 h before`, `30 min after`, at offset 0 `first bar`."""
    if offset == 0:
        return "first bar"
    duration = duration_text(offset, bar_minutes)
    number, unit = duration.split(" ")
    short = "h" if unit.startswith("hour") else "min"
    return f"{number} {short} {'before' if offset < 0 else 'after'}"


def build_bar_axis(view: EventView, palette: Palette, *, phone: bool) -> Figure:
    """The offsets along x, named by the end of their bar in Moscow time."""
    points = {point.offset: point for point in view.path}
    ticks = select_tick_offsets(view, PHONE_TARGET_LABELS if phone else TARGET_LABELS)
    texts, shown = [], None
    for offset in ticks:
        point = points.get(offset)
        lines = ["", format_short_offset(offset, view.card.bar_minutes)]
        if point is not None and point.known_at is not None:
            lines[0] = f"<b>{format_clock(point.known_at)}</b>"
            if point.day != shown:
                weekday = "" if phone else f"{format_weekday(point.day)[:3]} "
                lines.append(weekday + format_short_day(point.day, view.event.day))
                shown = point.day
        texts.append("<br>".join(lines))
    first, last = view.request.window
    return build_axis(palette, range=[first - 0.6, last + 0.6], tickvals=ticks, ticktext=texts) | {
        "showgrid": False,
        "showline": True,
        "linecolor": palette.grid,
        "anchor": "y",
        "tickangle": 0,
    }


def build_bar_axis_title(palette: Palette, *, phone: bool) -> Figure:
    """What the hours along the axis are."""
    return _build_note(palette, MOSCOW_TIME, 0, 0) | {
        "xref": "paper",
        "yref": "paper",
        "xanchor": "right",
        "yanchor": "top",
        "xshift": -16 if phone else -24,
        "yshift": -4,
        "font": {"size": FONT_SIZE - 2, "color": palette.text},
    }


def build_session_shapes(path: Sequence[PathPoint], palette: Palette) -> list[Figure]:
    """A dashed line before a new session, a dotted one where bars are missing, weekend bands."""
    across = {"xref": "x", "yref": "paper", "y0": 0, "y1": 1, "layer": "below"}
    dashes = {"session": "dash", "missing": "dot"}
    lines = [
        across
        | {"type": "line", "x0": point.offset - 0.5, "x1": point.offset - 0.5}
        | {"line": {"color": palette.muted, "width": 1, "dash": dashes[point.gap]}}
        for point in path
        if point.gap
    ]
    bands = [
        across
        | {"type": "rect", "x0": first - 0.5, "x1": last + 0.5}
        | {"fillcolor": palette.muted, "opacity": 0.12, "line": {"width": 0}}
        for first, last in find_weekend_offsets(path)
    ]
    return [*bands, *lines]


def build_session_notes(
    path: Sequence[PathPoint], at: tuple[float, str], palette: Palette
) -> list[Figure]:
    """The names of the lines and bands, as long as there is room for them.

    Args:
        path: the bars of the window.
        at: the height of the names in the paper, and which end of a name stands there.
        palette: the colours.
    """
    height, anchor = at
    breaks = [point for point in path if point.gap]
    notes = [
        _build_note(palette, _describe_gap(point), point.offset - 0.5, height)
        | {"yref": "paper", "xanchor": "left", "yanchor": anchor, "textangle": -90}
        for point in breaks
        if len(breaks) <= MAX_SESSION_LABELS
    ]
    weekends = [
        _build_note(
            palette,
            "weekend session" if last - first > 2 else "weekend",
            (first + last) / 2,
            height,
        )
        | {"yref": "paper", "xanchor": "center", "yanchor": anchor}
        for first, last in find_weekend_offsets(path)
    ]
    return [*notes, *weekends]


def find_weekend_offsets(path: Sequence[PathPoint]) -> list[tuple[int, int]]:
    """First and last offset of each weekend with sessions."""
    spans = [(kind, list(points)) for kind, points in groupby(path, lambda point: point.weekend)]
    return [(points[0].offset, points[-1].offset) for weekend, points in spans if weekend]


def _describe_gap(point: PathPoint) -> str:
    if point.gap == "missing":
        return "bars missing"
    return f"new session, {format_weekday(point.day)[:3]}"


def _build_note(palette: Palette, text: str, x: float, y: float) -> Figure:
    return {
        "text": text,
        "x": x,
        "y": y,
        "showarrow": False,
        "font": {"size": FONT_SIZE - 2, "color": palette.muted},
    }


# ------------------------------------------------------------
# Axes, title, labels and the moment of the event in the event-window figure.


HEIGHT: Final = 440
PHONE_HEIGHT: Final = 380
CATEGORY_ROW_PIXELS: Final = 20
GAP_PIXELS: Final = 30
BAND_LABEL: Final = "range of ordinary moves before the event, not a forecast"
MIN_BAND_RETURNS: Final = 40
MAX_OFFSET_LABELS: Final = 16
MAX_DAY_LABELS: Final = 12
PADDING: Final = 0.08
EVENT_LINE_X: Final = -0.5


@dataclass(frozen=True, slots=True)
class EventWindowChart:
    """What the figure shows: one event on one series in one quoting, with its title.

    `main_offset` is the observation that the headline speaks of; it is marked.
    """

    view: EventView
    quoting: QuotedSeries
    title: str
    subtitle: str
    main_offset: int = 0
    dark: bool = False
    phone: bool = False


def has_band(view: EventView) -> bool:
    """Whether the ordinary range can be drawn; too few returns give none."""
    return view.n_estimation >= MIN_BAND_RETURNS and any(
        math.isfinite(point.low) and point.high > point.low for point in view.path
    )


def format_offset(offset: int) -> str:
    """An offset with a true minus."""
    return f"{MINUS}{-offset}" if offset < 0 else str(offset)


def format_move(quoting: QuotedSeries, log_points: float) -> str:
    """`▼ 0.47 log pts stronger`."""
    size = format_signed(quoting.quoted_log_points(log_points))
    return f"{quoting.arrow(log_points)} {size} {quoting.direction(log_points)}"


def build_window_layout(
    chart: EventWindowChart, styles: tuple[CategoryStyle, ...], palette: Palette
) -> Figure:
    """The layout: offsets along x, the moves, the lanes of the events above them."""
    bars, path = chart.view.card.bar_minutes > 0, chart.view.path
    height, top, bottom = (PHONE_HEIGHT, 8, 44) if chart.phone else (HEIGHT, 62, 48)
    bottom = BAR_AXIS_HEIGHT if bars else bottom
    area = height - top - bottom
    foot = 1 - (CATEGORY_ROW_PIXELS * len(styles) + 6) / area
    ceiling = foot - GAP_PIXELS / area
    margin = {
        "l": 78 if chart.phone else 118,
        "r": 36 if bars else 14,
        "t": top,
        "b": bottom,
        "pad": 4,
    }
    low, high = _compute_bounds(chart)
    on_top = has_band(chart.view) and _is_top_free(chart)
    inverted = chart.quoting.axis_is_inverted
    layout = build_base_layout(palette, height) | {
        "margin": margin,
        "hovermode": "closest",
        "hoverdistance": 40,
        "dragmode": False,
        "xaxis": _build_offset_axis(chart, palette),
        "yaxis": build_axis(
            palette, range=[high, low] if inverted else [low, high], domain=[0, ceiling]
        )
        | _build_move_ticks(low, high, 4 if chart.phone else 6)
        | {"zeroline": True, "zerolinecolor": palette.muted, "zerolinewidth": 1},
        "yaxis2": build_axis(
            palette, domain=[foot, 1], **build_category_axis(styles, short=chart.phone)
        ),
        "annotations": [
            _build_unit_note(chart, ceiling, palette),
            _build_event_note(ceiling, palette),
            *_build_band_note(chart, ceiling, palette),
            *_build_main_label(chart, palette),
            *([build_bar_axis_title(palette, phone=chart.phone)] if bars else []),
            *build_session_notes(path, (0, "bottom") if on_top else (ceiling, "top"), palette),
        ],
        "shapes": [*build_session_shapes(path, palette), *_build_event_line(chart, palette)],
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
            "font": {"size": 15, "color": palette.text, "weight": 600},
            "subtitle": {
                "text": chart.subtitle,
                "font": {"size": FONT_SIZE, "color": palette.muted},
            },
        }
    }


def _build_offset_axis(chart: EventWindowChart, palette: Palette) -> Figure:
    """Every offset where there is room, else every fifth, with days; of bars their hours.

    Where many offsets have room, every second one has its day.
    """
    if chart.view.card.bar_minutes:
        return build_bar_axis(chart.view, palette, phone=chart.phone)
    path = chart.view.path
    step = 1 if len(path) <= (6 if chart.phone else MAX_OFFSET_LABELS) else 5
    days = {point.offset: point.day for point in path}
    first, last = chart.view.request.window
    ticks = [offset for offset in range(first, last + 1) if offset % step == 0]
    dated = 2 * step if len(ticks) > MAX_DAY_LABELS and step == 1 else step
    texts = [
        f"{format_offset(k)}<br>{format_short_day(days[k], chart.view.event.day)}"
        if k in days and k % dated == 0
        else format_offset(k)
        for k in ticks
    ]
    return build_axis(palette, range=[first - 0.6, last + 0.6], tickvals=ticks, ticktext=texts) | {
        "showgrid": False,
        "showline": True,
        "linecolor": palette.grid,
        "anchor": "y",
        "tickangle": 0,
    }


def _compute_bounds(chart: EventWindowChart) -> tuple[float, float]:
    values = [0.0]
    for point in chart.view.path:
        values.append(point.move)
        if has_band(chart.view):
            values += [point.low, point.high]
    shown = [chart.quoting.quoted_log_points(v) for v in values if math.isfinite(v)]
    low, high = min(shown), max(shown)
    pad = PADDING * (high - low) or 1.0
    return low - pad, high + pad


def _build_move_ticks(low: float, high: float, about: int) -> Figure:
    ticks = nice_ticks(low, high, about)
    return {"tickvals": ticks, "ticktext": [format_signed(t, tick_decimals(ticks)) for t in ticks]}


def _build_unit_note(chart: EventWindowChart, ceiling: float, palette: Palette) -> Figure:
    """What is measured and what up means, over the pane instead of along the axis."""
    quoting = chart.quoting
    up = f"up = {quoting.up_label} rouble"
    inverted = "axis inverted: " if quoting.axis_is_inverted else ""
    text = "log pts" if chart.phone else f"log pts of {quoting.unit} against the base"
    if quoting.card.is_rouble:
        text = f"{inverted or 'log pts, '}{up}" if chart.phone else f"{text} ({inverted}{up})"
    return {
        "text": text,
        "xref": "paper",
        "yref": "paper",
        "x": 0,
        "y": ceiling,
        "xanchor": "left",
        "yanchor": "bottom",
        "yshift": 3,
        "showarrow": False,
        "bgcolor": palette.surface,
        "font": {"size": FONT_SIZE - 1, "color": palette.muted},
    }


def _build_event_note(ceiling: float, palette: Palette) -> Figure:
    """What the dotted line is, at the top, where no other note reaches."""
    return {
        "text": "the event",
        "x": EVENT_LINE_X,
        "y": ceiling,
        "yref": "paper",
        "xanchor": "right",
        "yanchor": "top",
        "xshift": -3,
        "showarrow": False,
        "font": {"size": FONT_SIZE - 2, "color": palette.muted},
    }


def _build_band_note(chart: EventWindowChart, ceiling: float, palette: Palette) -> list[Figure]:
    """What the shaded band is, in the right-hand corner that the path leaves free."""
    if not has_band(chart.view):
        return []
    on_top = _is_top_free(chart)
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
            "font": {"size": FONT_SIZE - 1, "color": palette.muted},
        }
    ]


def _is_top_free(chart: EventWindowChart) -> bool:
    """Whether the path leaves the right-hand corner at the top free, rather than the foot."""
    low, high = _compute_bounds(chart)
    late = [p.move for p in chart.view.path[len(chart.view.path) // 2 :] if math.isfinite(p.move)]
    shown = [chart.quoting.quoted_log_points(move) for move in late] or [0.0]
    above = high - max(shown) > min(shown) - low
    return above != chart.quoting.axis_is_inverted


def _build_main_label(chart: EventWindowChart, palette: Palette) -> list[Figure]:
    """The move that the headline speaks of, beside its point."""
    main = next((p for p in chart.view.path if p.offset == chart.main_offset), None)
    if main is None or not math.isfinite(main.move):
        return []
    quoting = chart.quoting
    value = quoting.quoted_log_points(main.move)
    high_on_screen = (value > 0) != quoting.axis_is_inverted
    return [
        {
            "text": f"<b>{format_move(quoting, main.move)}</b>",
            "x": main.offset,
            "y": value,
            "xanchor": "left",
            "yanchor": "bottom" if high_on_screen else "top",
            "xshift": 6,
            "yshift": 6 if high_on_screen else -6,
            "showarrow": False,
            "bgcolor": palette.surface,
            "opacity": 0.92,
            "font": {
                "size": FONT_SIZE,
                "color": direction_colour(quoting.direction(main.move), dark=chart.dark),
            },
        }
    ]


def _build_event_line(chart: EventWindowChart, palette: Palette) -> list[Figure]:
    """The moment of the event, which lies between base and offset 0; a range is shaded."""
    across: dict[str, Any] = {"xref": "x", "yref": "paper", "y0": 0, "y1": 1}
    line = {"color": palette.selected, "width": 1.5, "dash": "dot"}
    shapes: list[Figure] = [
        across | {"type": "line", "x0": EVENT_LINE_X, "x1": EVENT_LINE_X, "line": line}
    ]
    event = chart.view.event
    if event.is_range and event.end_day is not None:
        within = [p.offset for p in chart.view.path if p.offset >= 0 and p.day <= event.end_day]
        end = max(within, default=0) + 0.5
        shapes.append(
            across
            | {"type": "rect", "x0": EVENT_LINE_X, "x1": end, "layer": "below"}
            | {"fillcolor": get_event_style(event).colour, "opacity": 0.08, "line": {"width": 0}}
        )
    return shapes


# ------------------------------------------------------------
# The event-window figure: the move against the base by offset, ordinary range, other events.


MAX_LISTED_EVENTS: Final = 3
MAX_MARKED_POINTS: Final = 120
TITLE_COLUMNS: Final = 60


def build_window_figure(chart: EventWindowChart, palette: Palette) -> Figure:
    """The whole figure as Plotly's plain dictionary; offsets run along x."""
    styles = list_used_styles([chart.view.event, *(event for _, event in chart.view.crowd)])
    band = _build_band_trace(chart, palette)
    data = [
        *([band] if band else []),
        _build_path_trace(chart, palette),
        _build_event_markers(chart, styles, palette),
    ]
    return {"data": data, "layout": build_window_layout(chart, styles, palette)}


def summarize_window(chart: EventWindowChart) -> str:
    """One sentence for those who cannot see the figure."""
    quoting, path = chart.quoting, chart.view.path
    known = [point for point in path if math.isfinite(point.move)]
    if not known:
        return "No rates in the event window."
    first, last = known[0], known[-1]
    outside = sum(not _is_inside_range(point) for point in known) if has_band(chart.view) else None
    bars = chart.view.card.bar_minutes
    along = f"by offset from {format_offset(first.offset)} to {format_offset(last.offset)}"
    if bars:
        along = f"in Moscow time from {format_window_time((first.offset, last.offset), bars)}"
    text = (
        f"Move of {quoting.unit} against the rate before the event, {along}; at the end"
        f" {format_move(quoting, last.move)}."
    )
    if outside is not None:
        text += f" {outside} of {len(known)} points lie outside the ordinary range."
    return text


def _to_shown_log_points(quoting: QuotedSeries, log_points: float) -> float | None:
    """A move of the rouble as log points of the number shown; None where missing."""
    value = quoting.quoted_log_points(log_points)
    return round(value, 4) + 0.0 if math.isfinite(value) else None


def _build_band_trace(chart: EventWindowChart, palette: Palette) -> Figure | None:
    if not has_band(chart.view):
        return None
    points = [p for p in chart.view.path if math.isfinite(p.low) and math.isfinite(p.high)]
    outline = [(p.offset, p.high) for p in points]
    outline += [(p.offset, p.low) for p in reversed(points)]
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [offset for offset, _ in outline],
        "y": [_to_shown_log_points(chart.quoting, value) for _, value in outline],
        "fill": "toself",
        "fillcolor": palette.band,
        "line": {"width": 0},
        "hoverinfo": "skip",
    }


def _build_path_trace(chart: EventWindowChart, palette: Palette) -> Figure:
    points, quoting = chart.view.path, chart.quoting
    main = [point.offset == chart.main_offset for point in points]
    small = 5 if len(points) <= MAX_MARKED_POINTS else 2
    colours = [
        direction_colour(quoting.direction(point.move), dark=chart.dark) if marked else palette.line
        for point, marked in zip(points, main, strict=True)
    ]
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": [point.offset for point in points],
        "y": [_to_shown_log_points(quoting, point.move) for point in points],
        "line": {"color": palette.line, "width": 1.6},
        "marker": {
            "color": [
                palette.surface if p.offset == -1 else c
                for p, c in zip(points, colours, strict=True)
            ],
            "line": {
                "color": colours,
                "width": [
                    1.6 if marked or p.offset == -1 or small > 2 else 0
                    for p, marked in zip(points, main, strict=True)
                ],
            },
            "symbol": ["diamond-open" if point.weekend else "circle" for point in points],
            "size": [
                12 if marked else 9 if p.offset == -1 else small
                for p, marked in zip(points, main, strict=True)
            ],
            "opacity": 1,
        },
        "connectgaps": False,
        "customdata": [_format_point_hover(chart, point) for point in points],
        "hovertemplate": "%{customdata}<extra></extra>",
    }


def _format_point_hover(chart: EventWindowChart, point: PathPoint) -> str:
    """At most five lines: day and offset, rate, move, ordinary range, events."""
    quoting = chart.quoting
    lines = [
        _format_hover_head(chart, point),
        f"{quoting.unit} {quoting.rate(point.rate)}",
    ]
    if point.offset == -1:
        return "<br>".join([*lines, "base of the moves"])
    lines.append(f"against the base {quoting.move(point.move, 2)}")
    if has_band(chart.view):
        ends = sorted(quoting.quoted_log_points(value) for value in (point.low, point.high))
        lines.append(f"ordinary range {format_signed(ends[0])} to {format_signed(ends[1])} log pts")
    events = [event for offset, event in chart.view.crowd if offset == point.offset]
    if events:
        more = f" +{len(events) - 1} more" if len(events) > 1 else ""
        lines.append(
            f"{get_event_style(events[0]).glyph} {escape_plot(events[0].title, 48, 1)}{more}"
        )
    return "<br>".join(lines)


def _format_hover_head(chart: EventWindowChart, point: PathPoint) -> str:
    """The day and the offset; of a bar its hours, the time to the event and what marks it."""
    minutes = chart.view.card.bar_minutes
    if not minutes:
        return f"{format_weekday(point.day)}, offset {format_offset(point.offset)}"
    marks = f" ({describe_bar_mark(point)})" if describe_bar_mark(point) else ""
    return (
        f"{format_point_time(point, minutes)}, {format_offset_time(point.offset, minutes)}{marks}"
    )


def _build_event_markers(
    chart: EventWindowChart, styles: tuple[CategoryStyle, ...], palette: Palette
) -> Figure:
    """The event itself, ringed, and the others at their offsets; several in one place count."""
    view, rows = chart.view, get_row_positions(styles)
    first = view.path[0].offset if view.path else 0
    by_position: dict[tuple[str, int], list[Event]] = defaultdict(list)
    for offset, event in view.crowd:
        by_position[get_event_style(event).id, max(offset, first)].append(event)
    own = (get_event_style(view.event).id, 0)
    by_position[own].insert(0, view.event)
    marks = [
        (get_event_style(events[0]), offset, events) for (_, offset), events in by_position.items()
    ]
    many = [len(events) > 1 for _, _, events in marks]
    return {
        "type": "scatter",
        "mode": "markers+text",
        "yaxis": "y2",
        "x": [offset for _, offset, _ in marks],
        "y": [rows[style.id] for style, _, _ in marks],
        "text": [str(len(events)) if len(events) > 1 else "" for _, _, events in marks],
        "textfont": {
            "size": 10,
            "color": [marker_text_colour(style) for style, _, _ in marks],
            "weight": 600,
        },
        "textposition": "middle center",
        "marker": {
            "symbol": [
                "circle" if m else style.symbol
                for m, (style, _, _) in zip(many, marks, strict=True)
            ],
            "color": [style.colour for style, _, _ in marks],
            "size": [16 if m else 10 for m in many],
            "opacity": 1,
            "line": {
                "width": [2 if (style.id, offset) == own else 0 for style, offset, _ in marks],
                "color": palette.selected,
            },
        },
        "customdata": [_format_events_hover(events, view.event) for _, _, events in marks],
        "hovertemplate": "%{customdata}<extra></extra>",
    }


def _format_events_hover(events: list[Event], own: Event) -> str:
    lines = [
        f"{get_event_style(event).glyph} {escape_plot(event.title, TITLE_COLUMNS, 1)}"
        + (" (this event)" if event.id == own.id else f", {format_short_day(event.day, own.day)}")
        for event in events[:MAX_LISTED_EVENTS]
    ]
    if len(events) > MAX_LISTED_EVENTS:
        lines.append(f"+{len(events) - MAX_LISTED_EVENTS} more")
    return "<br>".join(lines)


def _is_inside_range(point: PathPoint) -> bool:
    return point.low <= point.move <= point.high


# ------------------------------------------------------------
# An event's view as its figure wants it: the title is a sentence, user text is made harmless.


def build_window_chart(
    view: EventView, quoting: QuotedSeries, *, dark: bool = False, phone: bool = False
) -> EventWindowChart:
    """What the event-window figure shows of a view."""
    move = get_main_move(view)
    return EventWindowChart(
        view=view,
        quoting=quoting,
        title=escape_plot(f"{format_chart_title(view, quoting)} after: {view.event.title}", 112, 1),
        subtitle=format_chart_subtitle(view, quoting),
        main_offset=move.window[1] if move is not None else 0,
        dark=dark,
        phone=phone,
    )


def format_chart_title(view: EventView, quoting: QuotedSeries) -> str:
    """`Rouble 0.47 log pts stronger`, or who would have moved where no number is known."""
    move = get_main_move(view)
    return describe_move(move, quoting) if move is not None else name_subject(quoting)


def format_chart_subtitle(view: EventView, quoting: QuotedSeries) -> str:
    """The day, the series with its unit, and the base."""
    base = view.timing.base if view.timing else None
    against = (
        f" · base {quoting.rate(base.rate)} {_describe_base(base)}" if base is not None else ""
    )
    return f"{format_day(view.event.day)} · {view.card.title}, {quoting.unit}{against}"


def _describe_base(base: Fixing) -> str:
    on = f"on {format_day(base.day)}"
    return f"{on} at {format_clock(base.known_at)} MSK" if base.bar_minutes else on
