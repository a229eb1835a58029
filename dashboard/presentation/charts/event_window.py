"""The event-window figure: the cumulative move by offset, its ordinary range, other events."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from dashboard.models.event import Event
from dashboard.models.messages import translate as _
from dashboard.models.messages import translate_deferred
from dashboard.models.moves import EventView, Fixing, PathPoint
from dashboard.presentation.charts import theme
from dashboard.presentation.charts.timeline import (
    build_category_axis,
    build_count_markers,
    get_row_positions,
    list_used_styles,
)
from dashboard.presentation.escaping import escape_plot
from dashboard.presentation.events import get_main_move
from dashboard.presentation.formatting import (
    format_clock,
    format_day,
    format_offset,
    format_percent,
    format_range,
    format_short_day,
    format_title_and_more,
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
from dashboard.presentation.palette import CategoryStyle, Palette, get_event_style
from dashboard.presentation.quoting import QuotedSeries

TARGET_LABELS: Final = 8
PHONE_TARGET_LABELS: Final = 4
MAX_SESSION_LABELS: Final = 8
BAR_AXIS_HEIGHT: Final = 78
"""Pixels below the pane: the hour, how far from the event, the day where it changes."""
NICE_HOUR_STEPS: Final = (1, 2, 3, 4, 6, 12, 24, 36, 48)
HEIGHT: Final = 420
PAGE_HEIGHT: Final = 640
"""About what the page has for the figure, in pixels; its panes keep their shares."""
PHONE_HEIGHT: Final = 380
CATEGORY_ROW_PIXELS: Final = 20
GAP_PIXELS: Final = 30
MIN_BAND_RETURNS: Final = 40
MAX_OFFSET_LABELS: Final = 16
MAX_DAY_LABELS: Final = 12
EVENT_LINE_X: Final = -0.5
MAX_LISTED_EVENTS: Final = 3
MAX_MARKED_POINTS: Final = 120
TITLE_COLUMNS: Final = 60


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
        return _("first bar")
    minutes = abs(offset) * bar_minutes
    if minutes % 60:
        values = {"count": f"{minutes:,}"}
        return _("{count} min before", **values) if offset < 0 else _("{count} min after", **values)
    values = {"count": f"{minutes // 60:,}"}
    return _("{count} h before", **values) if offset < 0 else _("{count} h after", **values)


def build_bar_axis(view: EventView, palette: Palette, *, phone: bool) -> theme.Figure:
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
    return _build_tick_axis(palette, (first, last), ticks, texts)


def build_session_shapes(path: Sequence[PathPoint], palette: Palette) -> list[theme.Figure]:
    """A dashed line before a new session, a dotted one where bars are missing, weekend bands."""
    dashes = {"session": "dash", "missing": "dot"}
    lines = [
        theme.build_vertical_line(
            point.offset - 0.5,
            {"color": palette.muted, "width": 1, "dash": dashes[point.gap]},
            layer="below",
        )
        for point in path
        if point.gap
    ]
    bands = [
        theme.build_region(first - 0.5, last + 0.5, palette.muted, opacity=0.12)
        for first, last in find_weekend_offsets(path)
    ]
    return [*bands, *lines]


def build_session_notes(
    path: Sequence[PathPoint], height: float, anchor: str, palette: Palette
) -> list[theme.Figure]:
    """The names of the lines and bands; none of the lines where there are too many.

    Args:
        path: the bars of the window.
        height: of the names, in paper units.
        anchor: which end of a name is at that height.
        palette: the neutral colours.
    """
    place = {"yref": "paper", "yanchor": anchor, "font": _small_font(palette)}
    breaks = [point for point in path if point.gap]
    notes = [
        theme.build_note(palette, _describe_gap(point), point.offset - 0.5, height, **place)
        | {"xanchor": "left", "textangle": -90}
        for point in breaks
        if len(breaks) <= MAX_SESSION_LABELS
    ]
    weekends = [
        theme.build_note(
            palette,
            _("weekend session") if last - first > 2 else _("weekend"),
            (first + last) / 2,
            height,
            **place,
        )
        | {"xanchor": "center"}
        for first, last in find_weekend_offsets(path)
    ]
    return [*notes, *weekends]


def find_weekend_offsets(path: Sequence[PathPoint]) -> list[tuple[int, int]]:
    """First and last offset of each weekend with sessions."""
    spans = [(kind, list(points)) for kind, points in groupby(path, lambda point: point.weekend)]
    return [(points[0].offset, points[-1].offset) for weekend, points in spans if weekend]


def _describe_gap(point: PathPoint) -> str:
    if point.gap == "missing":
        return _("bars missing")
    return _("new session, {day}", day=format_weekday(point.day)[:3])


# ------------------------------------------------------------------ layout


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
    height: int = HEIGHT


def has_band(view: EventView) -> bool:
    """Whether the ordinary range can be drawn; too few returns give none."""
    return view.n_estimation >= MIN_BAND_RETURNS and any(
        math.isfinite(point.low) and point.high > point.low for point in view.path
    )


def build_window_layout(
    chart: EventWindowChart, styles: tuple[CategoryStyle, ...], palette: Palette
) -> theme.Figure:
    """The layout: offsets along x, the moves, the category rows of the events above them."""
    has_bars, phone, quoting = chart.view.card.bar_minutes > 0, chart.phone, chart.quoting
    height, top, bottom = (PHONE_HEIGHT, 8, 44) if phone else (chart.height, 8, 48)
    bottom = BAR_AXIS_HEIGHT if has_bars else bottom
    area = height - top - bottom
    rows_bottom = 1 - (CATEGORY_ROW_PIXELS * len(styles) + 6) / area
    ceiling = rows_bottom - GAP_PIXELS / area
    low, high = theme.compute_bounds(list_axis_values(chart), padding=0.08)
    bounds = (high, low) if quoting.axis_is_inverted else (low, high)
    return theme.build_layout(
        palette,
        height,
        (78 if phone else 118, 36 if has_bars else 14, top, bottom, 4),
        hoverdistance=40,
        xaxis=_build_offset_axis(chart, palette),
        yaxis=theme.build_number_axis(palette, bounds, 4 if phone else 6, domain=[0, ceiling])
        | theme.build_zero_line(palette),
        yaxis2=theme.build_axis(
            palette, domain=[rows_bottom, 1], **build_category_axis(styles, short=phone)
        ),
        annotations=_build_notes(chart, ceiling, (low, high), palette),
        shapes=[
            *build_session_shapes(chart.view.path, palette),
            *_build_event_shapes(chart, palette),
        ],
    )


def list_axis_values(chart: EventWindowChart) -> list[float]:
    """What the axis of moves must hold: 0, the path and the ordinary range, as shown."""
    path = chart.view.path
    values = [0.0, *(point.move for point in path)]
    if has_band(chart.view):
        values += [end for point in path for end in (point.low, point.high)]
    return [chart.quoting.quoted_percent(value) for value in values if math.isfinite(value)]


def _build_notes(
    chart: EventWindowChart, ceiling: float, bounds: tuple[float, float], palette: Palette
) -> list[theme.Figure]:
    """Unit, event line, ordinary range, main move, and on bars the clock and the sessions."""
    small = {"font": _small_font(palette)}
    right = {"yref": "paper", "xanchor": "right"}
    on_top = _is_top_free(chart, bounds)
    notes = [
        theme.build_axis_note(
            palette, _describe_unit(chart), ceiling, yshift=3, bgcolor=palette.surface
        ),
        theme.build_note(palette, _("the event"), EVENT_LINE_X, ceiling, **right, **small)
        | {"yanchor": "top", "xshift": -3},
        *_build_band_label(chart, palette),
    ]
    notes += _build_main_label(chart, palette)
    if chart.view.card.bar_minutes:
        clock = {"xref": "paper", "yanchor": "top", "yshift": -4}
        font = {"size": theme.FONT_SIZE - 2, "color": palette.text}
        note = theme.build_note(
            palette, translate_deferred(MOSCOW_TIME), 0, 0, **right, **clock, font=font
        )
        notes.append(note | {"xshift": -16 if chart.phone else -24})
    height, anchor = (0, "bottom") if on_top else (ceiling, "top")
    return [*notes, *build_session_notes(chart.view.path, height, anchor, palette)]


def _build_band_label(chart: EventWindowChart, palette: Palette) -> list[theme.Figure]:
    """The name of the band, inside it at its end, on the side that the path leaves free."""
    view = chart.view
    if not has_band(view):
        return []
    last = [point for point in view.path if math.isfinite(point.high)][-1]
    shown = chart.quoting.quoted_percent
    low, high = sorted((shown(last.low), shown(last.high)))
    end = shown(last.move) if math.isfinite(last.move) else 0.0
    free = high if high - end > end - low else low
    note = theme.build_note(
        palette,
        _("ordinary range"),
        last.offset,
        end + 0.55 * (free - end),
        xanchor="right",
        yanchor="middle",
        font=_small_font(palette),
    )
    return [note]


def _small_font(palette: Palette) -> theme.Figure:
    return {"size": theme.FONT_SIZE - 2, "color": palette.muted}


def _describe_unit(chart: EventWindowChart) -> str:
    """What is measured and which way is up."""
    quoting = chart.quoting
    meaning = quoting.axis_meaning()
    if not chart.phone:
        text = _("{unit} against the base, %", unit=quoting.unit)
        return f"{text} ({meaning})" if meaning else text
    if not meaning or quoting.axis_is_inverted:
        return meaning or "%"
    return f"%, {meaning}"


def _build_main_label(chart: EventWindowChart, palette: Palette) -> list[theme.Figure]:
    """The move of the headline, as the label of its point."""
    main = next((p for p in chart.view.path if p.offset == chart.main_offset), None)
    if main is None or not math.isfinite(main.move):
        return []
    quoting = chart.quoting
    value = quoting.quoted_percent(main.move)
    is_high = (value > 0) != quoting.axis_is_inverted
    colour = quoting.colour(main.move, dark=chart.dark)
    note = theme.build_note(
        palette,
        f"<b>{quoting.move(main.move, 2)}</b>",
        main.offset,
        value,
        xanchor="left",
        yanchor="bottom" if is_high else "top",
        xshift=6,
        yshift=6 if is_high else -6,
        font={"size": theme.FONT_SIZE, "color": colour},
    )
    return [note]


def _build_tick_axis(
    palette: Palette, window: tuple[int, int], ticks: list[int], texts: list[str]
) -> theme.Figure:
    """The axis of offsets with a label at each tick."""
    return theme.build_axis(
        palette,
        range=[window[0] - 0.6, window[1] + 0.6],
        tickvals=ticks,
        ticktext=texts,
        showgrid=False,
        showline=True,
        linecolor=palette.grid,
        anchor="y",
        tickangle=0,
    )


def _build_offset_axis(chart: EventWindowChart, palette: Palette) -> theme.Figure:
    """Every offset of a short window, else every fifth, with days; on bars their hours.

    In a window of many offsets every second one has its day; the offset stands small below.
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
        f"{format_short_day(days[k], chart.view.event.day) if k in days and k % dated == 0 else ''}"
        f"<br><span style='font-size:{theme.FONT_SIZE - 3}px'>{format_offset(k)}</span>"
        for k in ticks
    ]
    return _build_tick_axis(palette, (first, last), ticks, texts)


def _is_top_free(chart: EventWindowChart, bounds: tuple[float, float]) -> bool:
    """Whether the path leaves the right-hand corner at the top free, rather than the foot."""
    path = chart.view.path
    late = [point.move for point in path[len(path) // 2 :] if math.isfinite(point.move)]
    shown = [chart.quoting.quoted_percent(move) for move in late] or [0.0]
    above = bounds[1] - max(shown) > min(shown) - bounds[0]
    return above != chart.quoting.axis_is_inverted


def _build_event_shapes(chart: EventWindowChart, palette: Palette) -> list[theme.Figure]:
    """The moment of the event, between base and offset 0; the days of a range are shaded."""
    line = {"color": palette.selected, "width": 1.5, "dash": "dot"}
    shapes = [theme.build_vertical_line(EVENT_LINE_X, line)]
    event = chart.view.event
    if event.is_range and event.end_day is not None:
        within = [p.offset for p in chart.view.path if p.offset >= 0 and p.day <= event.end_day]
        end = max(within, default=0) + 0.5
        shapes.append(
            theme.build_region(EVENT_LINE_X, end, get_event_style(event).colour, opacity=0.08)
        )
    return shapes


# ------------------------------------------------------------------ figure


def build_window_figure(chart: EventWindowChart, palette: Palette) -> theme.Figure:
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
    """A text alternative of the figure in one sentence."""
    quoting, path = chart.quoting, chart.view.path
    known = [point for point in path if math.isfinite(point.move)]
    if not known:
        return _("No rates in the event window.")
    first, last = known[0], known[-1]
    outside = sum(not p.low <= p.move <= p.high for p in known) if has_band(chart.view) else None
    bars = chart.view.card.bar_minutes
    values = {"unit": quoting.unit, "move": quoting.move(last.move, 2)}
    if bars:
        move = _(
            "Move of {unit} against the rate before the event, in Moscow time from {span}; at"
            " the end {move}.",
            span=format_window_time((first.offset, last.offset), bars),
            **values,
        )
    else:
        move = _(
            "Move of {unit} against the rate before the event, by offset from {first} to {last};"
            " at the end {move}.",
            first=format_offset(first.offset),
            last=format_offset(last.offset),
            **values,
        )
    if outside is None:
        return move
    count = _(
        "{outside} of {known} points lie outside the ordinary range.",
        outside=outside,
        known=len(known),
    )
    return f"{move} {count}"


def _to_shown_percent(quoting: QuotedSeries, log_points: float) -> float | None:
    """A move of the subject as the change of the number shown, in %; None where missing."""
    value = quoting.quoted_percent(log_points)
    return round(value, 4) + 0.0 if math.isfinite(value) else None


def _build_band_trace(chart: EventWindowChart, palette: Palette) -> theme.Figure | None:
    if not has_band(chart.view):
        return None
    points = [p for p in chart.view.path if math.isfinite(p.low) and math.isfinite(p.high)]
    low = [_to_shown_percent(chart.quoting, point.low) for point in points]
    high = [_to_shown_percent(chart.quoting, point.high) for point in points]
    offsets = [point.offset for point in points]
    return theme.build_band(offsets, low, high, fillcolor=palette.band, line={"width": 0})


def _build_path_trace(chart: EventWindowChart, palette: Palette) -> theme.Figure:
    points, quoting = chart.view.path, chart.quoting
    is_main = [point.offset == chart.main_offset for point in points]
    small = 5 if len(points) <= MAX_MARKED_POINTS else 2
    colours = [
        quoting.colour(point.move, dark=chart.dark) if marked else palette.line
        for point, marked in zip(points, is_main, strict=True)
    ]
    fills = [palette.surface if p.offset == -1 else c for p, c in zip(points, colours, strict=True)]
    widths = [
        1.6 if marked or p.offset == -1 or small > 2 else 0
        for p, marked in zip(points, is_main, strict=True)
    ]
    marker = {
        "color": fills,
        "line": {"color": colours, "width": widths},
        "symbol": ["diamond-open" if point.weekend else "circle" for point in points],
        "size": [
            12 if marked else 9 if p.offset == -1 else small
            for p, marked in zip(points, is_main, strict=True)
        ],
        "opacity": 1,
    }
    return theme.build_scatter(
        "lines+markers",
        [point.offset for point in points],
        [_to_shown_percent(quoting, point.move) for point in points],
        line={"color": palette.line, "width": 1.6},
        marker=marker,
        connectgaps=False,
        **theme.build_hover([_format_point_hover(chart, point) for point in points]),
    )


def _format_point_hover(chart: EventWindowChart, point: PathPoint) -> str:
    """At most six lines: day and offset, rate, move, ordinary range, events."""
    quoting = chart.quoting
    lines = [_format_hover_head(chart, point), f"{quoting.unit} {quoting.rate(point.rate)}"]
    if point.offset == -1:
        return "<br>".join([*lines, _("base of the moves")])
    lines.append(_("against the base {move}", move=quoting.move(point.move, 2)))
    lines.append(_("{value} log pts", value=quoting.signed(point.move)))
    if has_band(chart.view):
        ends = sorted(quoting.quoted_percent(value) for value in (point.low, point.high))
        span = format_range(*(format_percent(end, 2) for end in ends))
        lines.append(_("ordinary range {span}", span=span))
    events = [event for offset, event in chart.view.crowd if offset == point.offset]
    if events:
        title = f"{get_event_style(events[0]).glyph} {escape_plot(events[0].title, 48, 1)}"
        lines.append(title if len(events) == 1 else format_title_and_more(title, len(events) - 1))
    return "<br>".join(lines)


def _format_hover_head(chart: EventWindowChart, point: PathPoint) -> str:
    """The day and the offset; of a bar its hours, the time to the event and what marks it."""
    minutes = chart.view.card.bar_minutes
    if not minutes:
        return _(
            "{day}, offset {offset}",
            day=format_weekday(point.day),
            offset=format_offset(point.offset),
        )
    marks = f" ({describe_bar_mark(point)})" if describe_bar_mark(point) else ""
    return (
        f"{format_point_time(point, minutes)}, {format_offset_time(point.offset, minutes)}{marks}"
    )


def _build_event_markers(
    chart: EventWindowChart, styles: tuple[CategoryStyle, ...], palette: Palette
) -> theme.Figure:
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
    ring = [2 if (style.id, offset) == own else 0 for style, offset, _ in marks]
    trace = build_count_markers(
        [offset for _, offset, _ in marks],
        [rows[style.id] for style, _, _ in marks],
        [(style, len(events)) for style, _, events in marks],
        (10, 16),
    )
    trace["marker"]["line"] = {"width": ring, "color": palette.selected}
    return trace | theme.build_hover(
        [_format_events_hover(events, view.event) for *_, events in marks]
    )


def _format_events_hover(events: list[Event], own: Event) -> str:
    lines = []
    for event in events[:MAX_LISTED_EVENTS]:
        title = f"{get_event_style(event).glyph} {escape_plot(event.title, TITLE_COLUMNS, 1)}"
        if event.id == own.id:
            lines.append(_("{event} (this event)", event=title))
        else:
            lines.append(f"{title}, {format_short_day(event.day, own.day)}")
    if len(events) > MAX_LISTED_EVENTS:
        lines.append(_("+{count} more", count=len(events) - MAX_LISTED_EVENTS))
    return "<br>".join(lines)


# ------------------------------------------------------------------ chart of a view


def build_window_chart(
    view: EventView, quoting: QuotedSeries, *, dark: bool = False, phone: bool = False
) -> EventWindowChart:
    """What the event-window figure shows of a view."""
    move = get_main_move(view)
    return EventWindowChart(
        view=view,
        quoting=quoting,
        title=escape_plot(
            _(
                "{move} after: {event}",
                move=format_chart_title(view, quoting),
                event=view.event.title,
            ),
            112,
            1,
        ),
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
    parts = [format_day(view.event.day), f"{view.card.label}, {quoting.unit}"]
    return " · ".join([*parts, *([_describe_base(base, quoting)] if base else [])])


def _describe_base(base: Fixing, quoting: QuotedSeries) -> str:
    values = {"rate": quoting.rate(base.rate), "day": format_day(base.day)}
    if not base.bar_minutes:
        return _("base {rate} on {day}", **values)
    clock = format_clock(base.known_at)
    return _("base {rate} on {day} at {clock} MSK", clock=clock, **values)
