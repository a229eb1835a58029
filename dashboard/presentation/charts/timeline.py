"""The time axis of events: category rows, clustered markers, sessions of bars; tone of the news."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import groupby
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from dashboard.models.event import MOSCOW, Category, Event
from dashboard.models.inbox import ToneTimeline
from dashboard.models.messages import (
    plural,
    translate_in_context,
)
from dashboard.models.messages import translate as _
from dashboard.models.moves import DayMove
from dashboard.models.series import Bools, Days, Floats, Moments, RateSeries
from dashboard.presentation.charts import theme
from dashboard.presentation.escaping import escape_plot
from dashboard.presentation.formatting import (
    format_day,
    format_day_range,
    format_signed,
    format_timestamp,
    format_weekday,
)
from dashboard.presentation.palette import (
    ALL_STYLES,
    STYLE_BY_ID,
    CategoryStyle,
    Palette,
    get_event_style,
    marker_text_colour,
)
from dashboard.presentation.quoting import QuotedSeries
from dashboard.services.episodes import group_stories

NIGHT_GAPS_MAX_DAYS: Final = 14
"""In a window of more days the hours without a session are too narrow to leave open."""
WEEKEND_BANDS_MAX_DAYS: Final = 45
"""In a window of more days weekend sessions are too narrow to shade and name."""
MARKER_SIZE: Final = 9
CLUSTER_MARKER_SIZE: Final = 14
MAX_LISTED_EVENTS: Final = 5
TITLE_COLUMNS: Final = 60
SOURCE_COLUMNS: Final = 40
EVENTS_TRACE: Final = "events"
"""The name of the trace of marks, by which the script of the chart finds them."""
SCHEDULED_TRACE: Final = "scheduled"
"""The name of the trace of marks of scheduled events."""
MAX_MARKERS: Final = 2_000
TONE_HEIGHT: Final = 260
MAX_TONE_MARKS: Final = 60


STORY_DROP: Final = 0.32
"""How far below the middle of its row, in rows, the bar of an episode lies."""


@dataclass(frozen=True, slots=True)
class Overlay:
    """Another series on the chart, in its own quoting."""

    series: RateSeries
    quoting: QuotedSeries


OverlayMode = Literal["axis", "index", "pane"]
"""An axis of its own, both rebased to 100, or a pane of its own."""


@dataclass(frozen=True, slots=True)
class ExploreChart:
    """What the figure shows: a series in one quoting, the events of a window, the day chosen.

    Attributes:
        series: the main series.
        quoting: how it is quoted.
        events: those of the window that the filters leave.
        since: the first day in view.
        until: the last day in view.
        selected: the chosen day.
        log_scale: whether the axis of the rate is logarithmic.
        phone: whether it is drawn for a narrow screen that is touched.
        overlays: other series, at most three.
        overlay_mode: how they are drawn.
        average: observations of the moving average; 0 draws none.
        has_band: whether the average has its band of two standard deviations.
        named_moves: the moves that are named on the line.
        event_moves: the line about its move in the hover text of an event, by its id.
        has_overview: whether the whole series is drawn small below the chart.
        today: the present day in Moscow, marked where it is in view; None marks none.
        horizon: the last day on the axis, where it goes on beyond `until` for scheduled events.
        upcoming: the scheduled events that the filters leave, to the right of today.
        countdowns: the line about the days to a scheduled event in its hover text, by its id.
        regimes: the first day of each regime of the series and what stands at it, in order.
    """

    series: RateSeries
    quoting: QuotedSeries
    events: tuple[Event, ...]
    since: date
    until: date
    selected: date | None = None
    log_scale: bool = False
    phone: bool = False
    overlays: tuple[Overlay, ...] = ()
    overlay_mode: OverlayMode = "axis"
    average: int = 0
    has_band: bool = False
    named_moves: tuple[DayMove, ...] = ()
    event_moves: Mapping[str, str] = field(default_factory=dict)
    has_overview: bool = False
    today: date | None = None
    horizon: date | None = None
    upcoming: tuple[Event, ...] = ()
    countdowns: Mapping[str, str] = field(default_factory=dict)
    regimes: tuple[tuple[date, str], ...] = ()

    @property
    def right_end(self) -> date:
        """The last day on the axis."""
        return self.horizon or self.until

    @property
    def scheduled(self) -> tuple[Event, ...]:
        """The scheduled events on the axis."""
        return tuple(event for event in self.upcoming if event.day <= self.right_end)

    @property
    def is_rebased(self) -> bool:
        """Whether the rate and every other price are divided by their first number in view."""
        return bool(self.overlays) and self.overlay_mode == "index"

    @property
    def right_axes(self) -> int:
        """How many overlays have an axis of their own at the right.

        Points (an interest rate, an index that can be 0) are not rebased: per cent of per cent
        would say nothing.
        """
        if self.overlay_mode == "pane":
            return 0
        return sum(not (self.is_rebased and o.series.card.is_price) for o in self.overlays)


@dataclass(frozen=True, slots=True)
class DrawnRateLine:
    """The points drawn: market days, numbers shown and rouble moves (log points), each (n,).

    `at` is the position of each on the axis: its market day, or on intraday bars (`is_intraday`)
    the end of its bar in Moscow time. `starts_session` marks the first bar of a session, `weekend`
    the bars of a weekend. `of` is how many points there are to draw; a move is that from the
    observation before, drawn or not. `in_view` marks the points of the window: the line goes on
    a little on both sides of it, so that there is something to pan to.
    """

    day: Days
    shown: Floats
    move: Floats
    weekly: bool
    at: Moments
    starts_session: Bools
    weekend: Bools
    in_view: Bools
    is_intraday: bool = False
    of: int = 0

    @property
    def values_in_view(self) -> Floats:
        """The finite numbers shown in the window, (k,)."""
        return self.shown[self.in_view & np.isfinite(self.shown)]

    @property
    def is_thinned(self) -> bool:
        """Whether not every point of the window is drawn."""
        return len(self.day) < self.of

    def x(self, point: int) -> str:
        """Where a point lies, as Plotly reads it."""
        return str(self.at[point])


# ------------------------------------------------------------------ intraday bars


def convert_to_moscow(known_at: Moments) -> Moments:
    """The ends of bars in Moscow time, without a zone, in whole minutes, (n,)."""
    index = pd.DatetimeIndex(known_at + np.timedelta64(59, "s"), tz="UTC").tz_convert(MOSCOW)
    local: Moments = index.tz_localize(None).to_numpy().astype("datetime64[m]")
    return local.astype("datetime64[s]")


def get_axis_position(event: Event) -> datetime:
    """Where an event lies on the axis: its moment in Moscow, or the start of its day."""
    if event.moment is None:
        return datetime(event.day.year, event.day.month, event.day.day)  # noqa: DTZ001 - an axis
    return event.moment.astimezone(ZoneInfo(MOSCOW)).replace(tzinfo=None)


def insert_session_gaps(line: DrawnRateLine, *, days: int) -> list[int]:
    """The points of the line, -1 where it is left open because the market was closed."""
    points = np.arange(len(line.day))
    if not line.is_intraday or days > NIGHT_GAPS_MAX_DAYS:
        return list(points.tolist())
    fresh = np.flatnonzero(line.starts_session)
    opened: list[int] = np.insert(points, fresh[fresh > 0], -1).tolist()
    return opened


def build_weekend_shapes(
    chart: ExploreChart, line: DrawnRateLine, palette: Palette, domain: tuple[float, float]
) -> list[theme.Figure]:
    """A band for each weekend session over the pane of the rate."""
    return [
        theme.build_region(first, last, palette.muted, y0=domain[0], y1=domain[1], opacity=0.12)
        for first, last in find_weekends(chart, line)
    ]


def build_weekend_notes(
    chart: ExploreChart, line: DrawnRateLine, palette: Palette, domain: tuple[float, float]
) -> list[theme.Figure]:
    """The name of each band, short where the bands are narrow."""
    wide = (chart.until - chart.since).days <= NIGHT_GAPS_MAX_DAYS and not chart.phone
    text = _("weekend session") if wide else translate_in_context("weekend session", "we")
    place = {"xref": "x", "yref": "paper", "xanchor": "left", "yanchor": "top"}
    font = {"size": theme.FONT_SIZE - 3, "color": palette.muted}
    return [
        theme.build_note(palette, text, first, domain[1], **place, font=font)
        for first, _ in find_weekends(chart, line)
    ]


def find_weekends(chart: ExploreChart, line: DrawnRateLine) -> list[tuple[str, str]]:
    """First and last moment of each weekend with a session, where bands are wide enough."""
    if not line.is_intraday or (chart.until - chart.since).days > WEEKEND_BANDS_MAX_DAYS:
        return []
    hour = np.timedelta64(chart.series.card.bar_minutes, "m")
    groups = groupby(
        range(len(line.day)), key=lambda k: _find_weekend_start(line.day, line.weekend, k)
    )
    spans = [(key, list(points)) for key, points in groups]
    return [
        (str(line.at[points[0]] - hour), str(line.at[points[-1]]))
        for key, points in spans
        if key is not None
    ]


def _find_weekend_start(day: Days, weekend: Bools, k: int) -> str | None:
    """The Saturday of the weekend a point belongs to; None on other days."""
    if not weekend[k]:
        return None
    on = day[k].astype("datetime64[D]").astype(object)
    return str(on - timedelta(days=on.weekday() - 5))


# ------------------------------------------------------------------ category rows and markers


@dataclass(frozen=True, slots=True)
class Marker:
    """One mark in a category row: one event, or several whose marks would overlap.

    `x` is its position on the axis: the day, or the moment in Moscow time.
    """

    style: CategoryStyle
    day: date
    events: tuple[Event, ...]
    x: str


def list_used_styles(events: Sequence[Event]) -> tuple[CategoryStyle, ...]:
    """The styles of the categories that have an event, in the order of the palette."""
    used = {get_event_style(event).id for event in events}
    return tuple(style for style in ALL_STYLES if style.id in used)


def cluster_events(
    events: Sequence[Event], pixels_a_day: float, *, exact: bool = False, together: bool = False
) -> tuple[Marker, ...]:
    """Markers in order of category and day; events whose marks would overlap share one.

    Args:
        events: those to draw.
        pixels_a_day: how wide a day is.
        exact: put an event at its moment where that is known, and not on its day.
        together: all categories share one row; a mark of several events has no category.
    """
    if together:
        return tuple(
            _build_marker(
                get_event_style(group[0]) if len(group) == 1 else STYLE_BY_ID[Category.OTHER],
                group,
                exact=exact,
            )
            for group in _group_close_events(events, pixels_a_day, exact=exact)
        )
    by_style: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        by_style[get_event_style(event).id].append(event)
    return tuple(
        _build_marker(style, group, exact=exact)
        for style in list_used_styles(events)
        for group in _group_close_events(by_style[style.id], pixels_a_day, exact=exact)
    )


def _build_marker(style: CategoryStyle, group: Sequence[Event], *, exact: bool) -> Marker:
    event = _middle_event(group)
    position = get_axis_position(event) if exact else None
    day, x = (
        (position.date(), position.isoformat()) if position else (event.day, event.day.isoformat())
    )
    return Marker(style, day, tuple(group), x)


def _group_close_events(
    events: Sequence[Event], pixels_a_day: float, *, exact: bool
) -> list[list[Event]]:
    """Events of one category in groups whose marks do not touch."""
    groups: list[list[Event]] = []
    for event in sorted(events, key=lambda e: (get_axis_position(e) if exact else e.day, e.id)):
        groups.append([event])
        while len(groups) > 1 and _markers_touch(groups[-2], groups[-1], pixels_a_day, exact=exact):
            last = groups.pop()
            groups[-1] += last
    return groups


def _markers_touch(
    left: list[Event], right: list[Event], pixels_a_day: float, *, exact: bool
) -> bool:
    first, second = _middle_event(left), _middle_event(right)
    gap = get_axis_position(second) - get_axis_position(first) if exact else second.day - first.day
    distance = gap / timedelta(days=1) * pixels_a_day
    return (
        distance
        < sum(MARKER_SIZE if len(g) == 1 else CLUSTER_MARKER_SIZE for g in (left, right)) / 2
    )


def _middle_event(group: Sequence[Event]) -> Event:
    """The event on whose day a group is drawn, so that a click finds one."""
    return group[len(group) // 2]


@lru_cache(maxsize=4_096)
def wrap_title(title: str, lines: int = 1) -> str:
    """A title as a tooltip shows it; cached, since wrapping is slow and titles recur."""
    return escape_plot(title, TITLE_COLUMNS, lines)


def get_row_positions(styles: Sequence[CategoryStyle]) -> dict[str, int]:
    """The height of each category row: the first one is on top."""
    return {style.id: len(styles) - 1 - k for k, style in enumerate(styles)}


def build_marker_trace(
    markers: Sequence[Marker],
    styles: Sequence[CategoryStyle],
    event_moves: Mapping[str, str] | None = None,
) -> theme.Figure:
    """All markers of all rows as one trace; without `styles` they stand in one row.

    `event_moves` has the line about its move in the hover text of an event, by its id.
    """
    rows = get_row_positions(styles)
    trace = build_count_markers(
        [marker.x for marker in markers],
        [rows.get(marker.style.id, 0) for marker in markers],
        [(marker.style, len(marker.events)) for marker in markers],
        (MARKER_SIZE, CLUSTER_MARKER_SIZE),
    )
    hovers = [_format_marker_hover(marker, markers, event_moves or {}) for marker in markers]
    return trace | {"name": EVENTS_TRACE} | theme.build_hover(hovers)


def build_scheduled_trace(
    markers: Sequence[Marker],
    styles: Sequence[CategoryStyle],
    countdowns: Mapping[str, str],
    palette: Palette,
) -> theme.Figure:
    """The marks of scheduled events: hollow with a dot, which no past one is.

    `countdowns` has the line about the days to an event in its hover text, by its id.
    """
    trace = build_marker_trace(markers, styles, countdowns)
    look = trace["marker"]
    look["symbol"] = [f"{symbol.removesuffix('-open')}-open-dot" for symbol in look["symbol"]]
    look["size"] = [size + 1 for size in look["size"]]
    look["line"] = {"width": 2}
    trace["textfont"] = trace["textfont"] | {"color": palette.text}
    return trace | {"name": SCHEDULED_TRACE}


def build_count_markers(
    x: Sequence[Any],
    y: Sequence[int],
    marks: Sequence[tuple[CategoryStyle, int]],
    sizes: tuple[int, int],
) -> theme.Figure:
    """A trace of events in their category rows; a mark of several events shows their number.

    Args:
        x: positions on the axis, (n,).
        y: category rows, (n,).
        marks: style and number of events of each mark, (n,).
        sizes: of the mark of one event and of several, in pixels.
    """
    return theme.build_scatter(
        "markers+text",
        x,
        y,
        yaxis="y2",
        text=[str(count) if count > 1 else "" for _, count in marks],
        textfont={
            "size": 10,
            "color": [marker_text_colour(style) for style, _ in marks],
            "weight": 600,
        },
        textposition="middle center",
        marker={
            "symbol": ["circle" if count > 1 else style.symbol for style, count in marks],
            "color": [style.colour for style, _ in marks],
            "size": [sizes[count > 1] for _, count in marks],
            "opacity": 1,
            "line": {"width": 0},
        },
    )


def build_range_traces(
    events: Sequence[Event], styles: Sequence[CategoryStyle], last: date
) -> list[theme.Figure]:
    """Events that last more than a day as bars in their rows, one trace a category."""
    rows = get_row_positions(styles)
    ranges: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for event in events:
        if event.end_day is not None and event.is_range:
            ends = event.day.isoformat(), min(event.end_day, last).isoformat()
            ranges[get_event_style(event).id].append(ends)
    return [
        theme.build_scatter(
            "lines",
            [x for first, end in ranges[style.id] for x in (first, end, None)],
            [rows[style.id], rows[style.id], None] * len(ranges[style.id]),
            yaxis="y2",
            line={"color": style.colour, "width": 6},
            opacity=0.45,
            hoverinfo="skip",
        )
        for style in styles
        if ranges[style.id]
    ]


def build_story_traces(
    events: Sequence[Event], styles: Sequence[CategoryStyle]
) -> list[theme.Figure]:
    """Stories with more than one event in view as bars in the row of their first event.

    One trace a category; the ends and the middle of a bar say what it is.
    """
    rows = get_row_positions(styles)
    bars: dict[str, list[tuple[Event, ...]]] = defaultdict(list)
    for members in group_stories(events).values():
        if members[0].day < members[-1].day:
            bars[get_event_style(members[0]).id].append(members)
    return [
        theme.build_scatter(
            "lines",
            [x for members in bars[style.id] for x in (*_story_days(members), None)],
            [y for _bar in bars[style.id] for y in (*[rows[style.id] - STORY_DROP] * 3, None)],
            name=_("Episodes"),
            yaxis="y2",
            line={"color": style.colour, "width": 3},
            opacity=0.75,
            **theme.build_hover(
                [text for members in bars[style.id] for text in [_describe_story(members)] * 4]
            ),
        )
        for style in styles
        if bars[style.id]
    ]


def _story_days(members: Sequence[Event]) -> tuple[str, str, str]:
    first, last = members[0].day, members[-1].day
    return first.isoformat(), (first + (last - first) / 2).isoformat(), last.isoformat()


def _describe_story(members: Sequence[Event]) -> str:
    return plural(
        "{story}<br>{n} event of this episode, {days}",
        "{story}<br>{n} events of this episode, {days}",
        len(members),
        story=escape_plot(members[0].story),
        days=format_day_range(members[0].day, members[-1].day),
    )


def build_weekly_counts(events: Sequence[Event], palette: Palette) -> theme.Figure:
    """The number of events a week, for more events than there is space for markers."""
    weeks = Counter(event.day - timedelta(days=event.day.weekday()) for event in events)
    ordered = sorted(weeks)
    hover = [
        plural(
            "Week of {week}<br>{n:,} event",
            "Week of {week}<br>{n:,} events",
            weeks[week],
            week=format_day(week),
        )
        for week in ordered
    ]
    return {
        "type": "bar",
        "yaxis": "y2",
        "x": [week.isoformat() for week in ordered],
        "y": [weeks[week] for week in ordered],
        "width": 6 * 86_400_000,
        "marker": {"color": palette.muted},
        **theme.build_hover(hover),
    }


def build_category_axis(styles: Sequence[CategoryStyle], *, short: bool) -> dict[str, Any]:
    """The row labels, which stand in for a legend."""
    rows = get_row_positions(styles)
    return {
        "tickvals": [rows[style.id] for style in styles],
        "ticktext": [style.short if short else style.title for style in styles],
        "range": [-0.6, max(len(styles), 1) - 0.4],
    }


def _format_marker_hover(
    marker: Marker, markers: Sequence[Marker], event_moves: Mapping[str, str]
) -> str:
    """The day, then each event with its move; of one event its category and source too."""
    same_day = [m for m in markers if m.day == marker.day and m.style is not marker.style]
    events = [*marker.events, *(event for m in same_day for event in m.events)]
    first, last = marker.events[0].day, max(event.day for event in marker.events)
    head = format_weekday(first) if first == last else f"{format_day(first)} – {format_day(last)}"
    if len(events) == 1:
        return "<br>".join([f"<b>{head}</b>", *_describe_event(events[0], event_moves)])
    lines = [_format_event_in_cluster(event, event_moves) for event in events[:MAX_LISTED_EVENTS]]
    if len(events) > MAX_LISTED_EVENTS:
        lines.append(_("+{count} more", count=len(events) - MAX_LISTED_EVENTS))
    return "<br>".join([f"<b>{head}</b>", *lines])


def _describe_event(event: Event, event_moves: Mapping[str, str]) -> list[str]:
    style = get_event_style(event)
    source = event.source_name or event.author
    shown = escape_plot(source, SOURCE_COLUMNS, 1) if source else ""
    name = " · ".join(filter(None, (style.title, shown)))
    lines = [f"{style.glyph} {wrap_title(event.title, 2)}", event_moves.get(event.id, ""), name]
    return [line for line in lines if line]


def _format_event_in_cluster(event: Event, event_moves: Mapping[str, str]) -> str:
    line, move = (
        f"{get_event_style(event).glyph} {wrap_title(event.title)}",
        event_moves.get(event.id),
    )
    return f"{line}<br>   {move}" if move else line


# ------------------------------------------------------------------ tone of the news


def build_tone_figure(
    timeline: ToneTimeline, palette: Palette, *, phone: bool = False
) -> theme.Figure:
    """A line through the average tone of each stretch of time, in Moscow time."""
    points = timeline.points
    trace = theme.build_scatter(
        "lines+markers" if len(points) <= MAX_TONE_MARKS else "lines",
        [
            point.at.astimezone(ZoneInfo(MOSCOW)).replace(tzinfo=None).isoformat()
            for point in points
        ],
        [point.tone for point in points],
        line={"color": palette.line, "width": 1.6},
        marker={"color": palette.line, "size": 5},
        customdata=[format_timestamp(point.at) for point in points],
        hovertemplate=_("%{customdata}<br>tone %{y:+.2f}") + "<extra></extra>",
    )
    zero = theme.build_horizontal_line(0, {"color": palette.muted, "width": 1, "dash": "dot"})
    dates = theme.build_axis(palette, type="date", showgrid=False, nticks=4 if phone else 10)
    layout = theme.build_layout(
        palette,
        TONE_HEIGHT,
        (46, 12, 10, 62, 4),
        shapes=[zero],
        xaxis=dates | theme.build_axis_title(palette, _("Moscow time")),
        yaxis=theme.build_axis(palette, nticks=5)
        | theme.build_axis_title(palette, _("average tone")),
    )
    return {"data": [trace], "layout": layout}


def summarize_tone(timeline: ToneTimeline) -> str:
    """A text alternative of the figure."""
    tones = [point.tone for point in timeline.points]
    first, last = timeline.points[0].at, timeline.points[-1].at
    return _(
        "Average tone of articles from {first} to {last}: {count} points between {lowest} and"
        " {highest}, the last {tone}. Below zero is a negative tone.",
        first=format_timestamp(first),
        last=format_timestamp(last),
        count=len(tones),
        lowest=format_signed(min(tones), 2),
        highest=format_signed(max(tones), 2),
        tone=format_signed(tones[-1], 2),
    )


def build_tone_columns(timeline: ToneTimeline) -> dict[str, list[str]]:
    """The figure as a table, the newest first."""
    points = timeline.points[::-1]
    return {
        _("From"): [format_timestamp(point.at) for point in points],
        _("Average tone"): [format_signed(point.tone, 2) for point in points],
    }
