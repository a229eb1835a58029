"""The Explore figure: category rows above the rate over a window of days."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

import numpy as np

from dashboard.models.event import Event
from dashboard.models.series import Bools, Days, Ints, find_gaps
from dashboard.models.study import duration_text
from dashboard.presentation.charts.theme import (
    FONT_SIZE,
    Figure,
    build_axis,
    build_base_layout,
    nice_ticks,
    select_points,
    tick_decimals,
)
from dashboard.presentation.charts.timeline import (
    MAX_MARKERS,
    DrawnRateLine,
    ExploreChart,
    Marker,
    build_category_axis,
    build_marker_trace,
    build_range_traces,
    build_weekend_notes,
    build_weekend_shapes,
    build_weekly_counts,
    cluster_events,
    convert_to_moscow,
    get_axis_position,
    insert_session_gaps,
    list_used_styles,
    wrap_title,
)
from dashboard.presentation.formatting import format_day, format_number
from dashboard.presentation.moves import MOSCOW_TIME
from dashboard.presentation.palette import NOTES_STYLE, CategoryStyle, Palette, get_event_style
from dashboard.services.study import log_changes

# ------------------------------------------------------------
# Axes, title, labels and the selected window of the Explore figure.


HEIGHT: Final = 560
PHONE_HEIGHT: Final = 360
CATEGORY_ROW_PIXELS: Final = 19
COUNT_PIXELS: Final = 70
GAP_PIXELS: Final = 28
PADDING: Final = 0.06
EDGE_MARGIN: Final = 0.006


@dataclass(frozen=True, slots=True)
class CategoryPane:
    """The lanes of the upper pane; `counted` = too many events for markers."""

    lanes: tuple[CategoryStyle, ...]
    events: tuple[Event, ...]
    counted: bool

    @property
    def pixels(self) -> int:
        """The height the pane asks for."""
        return COUNT_PIXELS if self.counted else CATEGORY_ROW_PIXELS * max(len(self.lanes), 1) + 6


@dataclass(frozen=True, slots=True)
class _Geometry:
    """Heights and margins in pixels, and where the panes part (in paper units)."""

    height: int
    top: int
    bottom: int
    left: int
    right: int
    rate_top: float
    rows_bottom: float


def build_explore_layout(
    view: ExploreChart, line: DrawnRateLine, pane: CategoryPane, ink: Palette
) -> Figure:
    """The layout: one x axis, the rate, the lanes above it, a hidden 0-1 axis for guides."""
    room = _compute_geometry(view, pane, line)
    since, until = _compute_x_range(view, line)
    above = (view, line, ink, room.rate_top)
    layout = build_base_layout(ink, room.height) | {
        "margin": {"l": room.left, "r": room.right, "t": room.top, "b": room.bottom, "pad": 4},
        "hovermode": "x",
        "hoverdistance": -1,
        "dragmode": False if view.phone else "select" if view.brush else "pan",
        "selectdirection": "h",
        "xaxis": build_axis(ink, type="date", range=[since, until], anchor="y", showgrid=False)
        | {"showline": True, "linecolor": ink.grid, "nticks": 5 if view.phone else 12}
        | (_build_clock_title(ink) if line.is_intraday else {}),
        "yaxis": _build_rate_axis(view, line, ink) | {"domain": [0, room.rate_top]},
        "yaxis2": _build_category_axis(view, pane, ink) | {"domain": [room.rows_bottom, 1]},
        "yaxis3": {
            "overlaying": "y",
            "range": [0, 1],
            "visible": False,
            "fixedrange": True,
            "tickmode": "auto",
        },
        "annotations": [
            _build_axis_note(view, line, room, ink),
            *_build_end_label(view, line, ink),
            *build_weekend_notes(*above),
        ],
        "shapes": [*build_weekend_shapes(*above), *_build_selection_shapes(view, line, room, ink)],
    }
    return layout if view.phone else layout | {"title": _build_title(view, ink)}


def _build_clock_title(ink: Palette) -> Figure:
    font = {"color": ink.muted, "size": FONT_SIZE - 1}
    return {"title": {"text": MOSCOW_TIME, "font": font, "standoff": 4}}


def _compute_x_range(view: ExploreChart, line: DrawnRateLine) -> tuple[str, str]:
    """The window with a rim, so that no mark is cut at the edges; of bars to the last's end."""
    rim = timedelta(days=(view.until - view.since).days * EDGE_MARGIN)
    first = datetime.combine(view.since, time()) - rim
    last = datetime.combine(view.until, time()) + rim + timedelta(days=int(line.is_intraday))
    return f"{first:%Y-%m-%d %H:%M}", f"{last:%Y-%m-%d %H:%M}"


def _compute_geometry(view: ExploreChart, pane: CategoryPane, line: DrawnRateLine) -> _Geometry:
    height, top, bottom = (PHONE_HEIGHT, 8, 40) if view.phone else (HEIGHT, 66, 42)
    bottom += 16 * int(line.is_intraday)
    left, right = (84, 52) if view.phone else (118, 96)
    area = height - top - bottom
    lanes_foot = 1 - pane.pixels / area
    return _Geometry(height, top, bottom, left, right, lanes_foot - GAP_PIXELS / area, lanes_foot)


def _build_title(view: ExploreChart, ink: Palette) -> Figure:
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


def _build_rate_axis(view: ExploreChart, line: DrawnRateLine, ink: Palette) -> Figure:
    shown = line.shown[np.isfinite(line.shown)]
    if not len(shown):
        return build_axis(ink, showticklabels=False, range=[0, 1])
    drawn = np.log10(shown) if view.log_scale else shown
    low, high = float(drawn.min()), float(drawn.max())
    pad = PADDING * (high - low) or abs(high) * PADDING or 1.0
    bounds = [low - pad, high + pad]
    ends = [10**b for b in bounds] if view.log_scale else bounds
    ticks = nice_ticks(ends[0], ends[1], 4 if view.phone else 6)
    decimals = tick_decimals(ticks)
    return build_axis(
        ink,
        type="log" if view.log_scale else "linear",
        range=bounds[::-1] if view.quoting.axis_is_inverted else bounds,
        tickvals=ticks,
        ticktext=[format_number(tick, decimals) for tick in ticks],
        hoverformat=f".{view.quoting.decimals}f",
    )


def _build_category_axis(view: ExploreChart, pane: CategoryPane, ink: Palette) -> Figure:
    if pane.counted:
        return build_axis(ink, rangemode="tozero", nticks=3) | {"title": {"text": "events a week"}}
    return build_axis(ink, **build_category_axis(pane.lanes, short=view.phone))


def _build_axis_note(
    view: ExploreChart, line: DrawnRateLine, room: _Geometry, ink: Palette
) -> Figure:
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


def _build_end_label(view: ExploreChart, line: DrawnRateLine, ink: Palette) -> list[Figure]:
    finite = np.flatnonzero(np.isfinite(line.shown))
    if not len(finite):
        return []
    at = int(finite[-1])
    value = float(line.shown[at])
    text = f"<b>{format_number(value, view.quoting.decimals)}</b>"
    if not view.phone:
        text += f"<br>{format_day(date.fromisoformat(str(line.day[at])))}"
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


def _build_selection_shapes(
    view: ExploreChart, line: DrawnRateLine, room: _Geometry, ink: Palette
) -> list[Figure]:
    """The day chosen as a line, and the days from its base to the fixing after it as a band."""
    chosen = view.selected
    if chosen is None or not view.since <= chosen <= view.until:
        return []
    across = {"xref": "x", "yref": "paper"}
    at = chosen.isoformat()
    if line.is_intraday:  # the day is as wide as its bars
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


# ------------------------------------------------------------
# The Explore figure: category lanes above the rate, the window owned by the server.


WEEKLY_BEYOND_DAYS: Final = 6 * 366
PLOT_PIXELS: Final = 1_150
PHONE_PIXELS: Final = 250
PHONE_CATEGORY_ROWS: Final = 3
MAX_STRONG_GUIDES: Final = 120
MAX_HOVER_LINES: Final = 3
BAR_HOVER: Final = (
    "%{x|%a %-d %b %Y, to %H:%M} MSK<br>%{meta[0]} %{y}<br>%{customdata}<extra></extra>"
)
HOVER: Final = "%{x|%a %-d %b %Y}<br>%{meta[0]} %{y}<br>%{customdata}<extra></extra>"


def build_rate_line(view: ExploreChart) -> DrawnRateLine:
    """The observations of the window, thinned where there are more than a screen shows.

    Beyond six years it is the last one of each week.
    """
    series = view.series
    weekly = (view.until - view.since).days > WEEKLY_BEYOND_DAYS
    kept = _find_week_ends(series.day) if weekly else np.ones(len(series), dtype=bool)
    rows = np.flatnonzero(kept)
    rate = series.rate[rows]
    move = log_changes(rate, series.card)
    days = series.day[rows]
    inside = (days >= np.datetime64(view.since)) & (days <= np.datetime64(view.until))
    shown = 1.0 / rate if view.quoting.is_inverse else rate
    at_bars, gaps = series.card.bar_minutes > 0 and not weekly, find_gaps(series)
    there = np.flatnonzero(inside)
    kept_points = select_points(shown[there])
    at = there[kept_points]
    drawn = rows[at]
    return DrawnRateLine(
        days[at],
        shown[at],
        move[at],
        weekly,
        convert_to_moscow(series.known_at[drawn]) if at_bars else days[at],
        _find_session_starts(gaps.session[rows[there]], kept_points),
        gaps.weekend[drawn],
        at_bars,
        len(there),
    )


def _find_session_starts(session: Bools, points: Ints) -> Bools:
    """Whether a session began since the point drawn before, (k,)."""
    begun = np.cumsum(session)[points]
    return np.diff(begun, prepend=begun[:1] - session[points[:1]]) > 0


def build_explore_figure(view: ExploreChart, ink: Palette) -> Figure:
    """The whole figure as Plotly's plain dictionary."""
    line = build_rate_line(view)
    pane = build_category_pane(view)
    data = [_build_rate_trace(view, line, ink)]
    if pane.counted:
        data.append(build_weekly_counts(pane.events, ink))
    elif pane.events:
        markers = cluster_events(pane.events, pixels_per_day(view), exact=line.is_intraday)
        data.append(_build_guide_trace(markers, ink))
        data.extend(build_range_traces(pane.events, pane.lanes, view.until))
        data.append(build_marker_trace(markers, pane.lanes))
    data.extend(
        trace
        for trace in (_build_break_trace(view, ink), _build_selected_dot(view, line, ink))
        if trace
    )
    return {"data": data, "layout": build_explore_layout(view, line, pane, ink)}


def build_category_pane(view: ExploreChart) -> CategoryPane:
    """The lanes to draw and the events in them; a phone has room for the three fullest."""
    lanes, events = list_used_styles(view.events), view.events
    if view.phone and len(lanes) > PHONE_CATEGORY_ROWS:
        sizes = Counter(get_event_style(event).id for event in events)
        ranked = sorted(lanes, key=lambda lane: (lane.id != NOTES_STYLE, -sizes[lane.id]))
        lanes = tuple(lane for lane in lanes if lane in ranked[:PHONE_CATEGORY_ROWS])
        events = tuple(event for event in events if get_event_style(event) in lanes)
    return CategoryPane(lanes, events, counted=len(events) > MAX_MARKERS)


def pixels_per_day(view: ExploreChart) -> float:
    """About how wide a day is on the screen."""
    width = PHONE_PIXELS if view.phone else PLOT_PIXELS
    return width / max((view.until - view.since).days, 1)


def _find_week_ends(days: Days) -> np.ndarray:
    """The last observation of each Monday-to-Sunday week."""
    week = (days.astype("datetime64[D]").astype(np.int64) + 3) // 7
    return np.append(week[1:] != week[:-1], True) if len(days) else np.zeros(0, dtype=bool)


def _build_rate_trace(view: ExploreChart, line: DrawnRateLine, ink: Palette) -> Figure:
    invisible = {"marker": {"opacity": 0}}
    hovers, places = _build_hover_texts(view, line), line.at.astype(str).tolist()
    values = [_round_or_none(value, view.quoting.decimals) for value in line.shown.tolist()]
    points = insert_session_gaps(line, days=(view.until - view.since).days)
    return {
        "type": "scatter",
        "mode": "lines+markers",  # markers nobody sees: a line alone cannot be clicked
        "x": [places[k] if k >= 0 else None for k in points],
        "y": [values[k] if k >= 0 else None for k in points],
        "line": {"color": ink.line, "width": 1.6},
        "marker": {"opacity": 0, "size": 6, "color": ink.line},
        "selected": invisible,
        "unselected": invisible,
        "connectgaps": False,
        "meta": [view.quoting.unit],
        "customdata": [hovers[k] if k >= 0 else "" for k in points],
        "hovertemplate": BAR_HOVER if line.is_intraday else HOVER,
    }


def _build_hover_texts(view: ExploreChart, line: DrawnRateLine) -> list[str]:
    bars = view.series.card.bar_minutes
    step = duration_text(1, bars) if line.is_intraday else "1 week" if line.weekly else "1 day"
    quoting = view.quoting
    texts = [
        f"{step} {quoting.move(move, 2)}" if move == move else ""  # noqa: PLR0124 - not NaN
        for move in line.move.tolist()
    ]
    if line.weekly:
        return texts
    if line.is_intraday:
        return build_bar_hovers(view, line, texts)
    notes = _group_hover_notes(view)
    if not notes:
        return texts
    return [
        "<br>".join([text, *notes[day]]) if day in notes else text
        for text, day in zip(texts, line.day.astype(str).tolist(), strict=True)
    ]


def build_bar_hovers(view: ExploreChart, line: DrawnRateLine, texts: list[str]) -> list[str]:
    """What a tooltip adds on a bar: whether it is special, and the timed events it contains."""
    lines = [[text] for text in texts]
    for k in np.flatnonzero(line.starts_session).tolist():
        lines[k][0] += " (over a break)"
    for k in np.flatnonzero(line.weekend).tolist():
        lines[k].append("weekend session")
    for event in view.events:
        if event.moment is not None:
            k = int(
                np.searchsorted(line.at, np.datetime64(get_axis_position(event), "s"), side="right")
            )
            if k < len(lines) and len(lines[k]) < MAX_HOVER_LINES:
                lines[k].append(f"{get_event_style(event).glyph} {wrap_title(event.title)}")
    return ["<br>".join(each) for each in lines]


def _group_hover_notes(view: ExploreChart) -> dict[str, list[str]]:
    """What a tooltip adds on a day: one event, how many more, a new way of fixing."""
    by_day: dict[str, list[Event]] = defaultdict(list)
    for event in view.events:
        by_day[event.day.isoformat()].append(event)
    lines = {
        day: [f"{get_event_style(events[0]).glyph} {wrap_title(events[0].title)}"]
        + ([f"+{len(events) - 1} more that day"] if len(events) > 1 else [])
        for day, events in by_day.items()
    }
    for one in view.series.card.breaks:
        lines.setdefault(one.day.isoformat(), []).append("fixing method changed")
    return lines


def _build_guide_trace(markers: Sequence[Marker], ink: Palette) -> Figure:
    """Hairlines under the markers as one broken line; fainter where there are many."""
    days = sorted({marker.x for marker in markers})
    return {
        "type": "scatter",
        "mode": "lines",
        "yaxis": "y3",
        "x": [x for day in days for x in (day, day, None)],
        "y": [0, 1, None] * len(days),
        "line": {"color": ink.guide, "width": 1},
        "opacity": 1 if len(days) <= MAX_STRONG_GUIDES else 0.5,
        "hoverinfo": "skip",
    }


def _build_break_trace(view: ExploreChart, ink: Palette) -> Figure | None:
    """Dotted lines where the publisher changed its method, each with a mark at the foot."""
    inside = [b for b in view.series.card.breaks if view.since <= b.day <= view.until]
    if not inside:
        return None
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "yaxis": "y3",
        "x": [x for b in inside for x in (b.day.isoformat(), b.day.isoformat(), None)],
        "y": [0.03, 1, None] * len(inside),
        "line": {"color": ink.muted, "width": 1, "dash": "dot"},
        "marker": {
            "symbol": "diamond-open",
            "color": ink.muted,
            "size": [9, 0, 0] * len(inside),
            "opacity": 1,
        },
        "hoverinfo": "skip",
    }


def _build_selected_dot(view: ExploreChart, line: DrawnRateLine, ink: Palette) -> Figure | None:
    """The rate of the day chosen, or the first one after it, as a dot on the line."""
    if view.selected is None or not len(line.day):
        return None
    chosen = np.datetime64(view.selected, "D")
    at = int(np.searchsorted(line.day, chosen))
    if line.is_intraday:  # the last of its day, which the card tells
        at = max(at, int(np.searchsorted(line.day, chosen, side="right")) - 1)
    if at == len(line.day) or not np.isfinite(line.shown[at]):
        return None
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [line.x(at)],
        "y": [_round_or_none(float(line.shown[at]), view.quoting.decimals)],
        "marker": {
            "size": 9,
            "color": ink.selected,
            "line": {"color": ink.surface, "width": 2},
        },
        "hoverinfo": "skip",
    }


def _round_or_none(value: float, decimals: int) -> float | None:
    return round(value, decimals) if value == value else None  # noqa: PLR0124 - NaN is a gap
