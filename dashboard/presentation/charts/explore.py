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
    chart: ExploreChart, line: DrawnRateLine, pane: CategoryPane, palette: Palette
) -> Figure:
    """The layout: one x axis, the rate, the lanes above it, a hidden 0-1 axis for guides."""
    geometry = _compute_geometry(chart, pane, line)
    since, until = _compute_x_range(chart, line)
    above = (chart, line, palette, geometry.rate_top)
    layout = build_base_layout(palette, geometry.height) | {
        "margin": {
            "l": geometry.left,
            "r": geometry.right,
            "t": geometry.top,
            "b": geometry.bottom,
            "pad": 4,
        },
        "hovermode": "x",
        "hoverdistance": -1,
        "dragmode": False if chart.phone else "select" if chart.brush else "pan",
        "selectdirection": "h",
        "xaxis": build_axis(palette, type="date", range=[since, until], anchor="y", showgrid=False)
        | {"showline": True, "linecolor": palette.grid, "nticks": 5 if chart.phone else 12}
        | (_build_clock_title(palette) if line.is_intraday else {}),
        "yaxis": _build_rate_axis(chart, line, palette) | {"domain": [0, geometry.rate_top]},
        "yaxis2": _build_category_axis(chart, pane, palette)
        | {"domain": [geometry.rows_bottom, 1]},
        "yaxis3": {
            "overlaying": "y",
            "range": [0, 1],
            "visible": False,
            "fixedrange": True,
            "tickmode": "auto",
        },
        "annotations": [
            _build_axis_note(chart, line, geometry, palette),
            *_build_end_label(chart, line, palette),
            *build_weekend_notes(*above),
        ],
        "shapes": [
            *build_weekend_shapes(*above),
            *_build_selection_shapes(chart, line, geometry, palette),
        ],
    }
    return layout if chart.phone else layout | {"title": _build_title(chart, palette)}


def _build_clock_title(palette: Palette) -> Figure:
    font = {"color": palette.muted, "size": FONT_SIZE - 1}
    return {"title": {"text": MOSCOW_TIME, "font": font, "standoff": 4}}


def _compute_x_range(chart: ExploreChart, line: DrawnRateLine) -> tuple[str, str]:
    """The window with a rim, so that no mark is cut at the edges; of bars to the last's end."""
    rim = timedelta(days=(chart.until - chart.since).days * EDGE_MARGIN)
    first = datetime.combine(chart.since, time()) - rim
    last = datetime.combine(chart.until, time()) + rim + timedelta(days=int(line.is_intraday))
    return f"{first:%Y-%m-%d %H:%M}", f"{last:%Y-%m-%d %H:%M}"


def _compute_geometry(chart: ExploreChart, pane: CategoryPane, line: DrawnRateLine) -> _Geometry:
    height, top, bottom = (PHONE_HEIGHT, 8, 40) if chart.phone else (HEIGHT, 66, 42)
    bottom += 16 * int(line.is_intraday)
    left, right = (84, 52) if chart.phone else (118, 96)
    area = height - top - bottom
    lanes_foot = 1 - pane.pixels / area
    return _Geometry(height, top, bottom, left, right, lanes_foot - GAP_PIXELS / area, lanes_foot)


def _build_title(chart: ExploreChart, palette: Palette) -> Figure:
    return {
        "text": chart.title,
        "x": 0,
        "xref": "paper",
        "xanchor": "left",
        "y": 1,
        "yref": "container",
        "yanchor": "top",
        "pad": {"t": 6, "l": -110},
        "font": {"size": 18, "color": palette.text, "weight": 600},
        "subtitle": {"text": chart.subtitle, "font": {"size": FONT_SIZE, "color": palette.muted}},
    }


def _build_rate_axis(chart: ExploreChart, line: DrawnRateLine, palette: Palette) -> Figure:
    shown = line.shown[np.isfinite(line.shown)]
    if not len(shown):
        return build_axis(palette, showticklabels=False, range=[0, 1])
    drawn = np.log10(shown) if chart.log_scale else shown
    low, high = float(drawn.min()), float(drawn.max())
    pad = PADDING * (high - low) or abs(high) * PADDING or 1.0
    bounds = [low - pad, high + pad]
    ends = [10**b for b in bounds] if chart.log_scale else bounds
    ticks = nice_ticks(ends[0], ends[1], 4 if chart.phone else 6)
    decimals = tick_decimals(ticks)
    return build_axis(
        palette,
        type="log" if chart.log_scale else "linear",
        range=bounds[::-1] if chart.quoting.axis_is_inverted else bounds,
        tickvals=ticks,
        ticktext=[format_number(tick, decimals) for tick in ticks],
        hoverformat=f".{chart.quoting.decimals}f",
    )


def _build_category_axis(chart: ExploreChart, pane: CategoryPane, palette: Palette) -> Figure:
    if pane.counted:
        return build_axis(palette, rangemode="tozero", nticks=3) | {
            "title": {"text": "events a week"}
        }
    return build_axis(palette, **build_category_axis(pane.lanes, short=chart.phone))


def _build_axis_note(
    chart: ExploreChart, line: DrawnRateLine, geometry: _Geometry, palette: Palette
) -> Figure:
    """The unit, what up means and how much is drawn, over the rate pane."""
    text = chart.quoting.unit if chart.phone else chart.quoting.axis_title
    if line.is_thinned:
        text += f" · {len(line.day):,} of {line.of:,} points drawn"
    return {
        "text": text,
        "xref": "paper",
        "yref": "paper",
        "x": 0,
        "y": geometry.rate_top,
        "xanchor": "left",
        "yanchor": "bottom",
        "yshift": 3,
        "showarrow": False,
        "font": {"size": FONT_SIZE - 1, "color": palette.muted},
    }


def _build_end_label(chart: ExploreChart, line: DrawnRateLine, palette: Palette) -> list[Figure]:
    finite = np.flatnonzero(np.isfinite(line.shown))
    if not len(finite):
        return []
    at = int(finite[-1])
    value = float(line.shown[at])
    text = f"<b>{format_number(value, chart.quoting.decimals)}</b>"
    if not chart.phone:
        text += f"<br>{format_day(date.fromisoformat(str(line.day[at])))}"
    return [
        {
            "text": text,
            "x": line.x(at),
            "y": float(np.log10(value)) if chart.log_scale else value,
            "xanchor": "left",
            "yanchor": "middle",
            "align": "left",
            "xshift": 12,
            "showarrow": False,
            "font": {"size": FONT_SIZE - (2 if chart.phone else 1), "color": palette.text},
        }
    ]


def _build_selection_shapes(
    chart: ExploreChart, line: DrawnRateLine, geometry: _Geometry, palette: Palette
) -> list[Figure]:
    """The day chosen as a line, and the days from its base to the fixing after it as a band."""
    chosen = chart.selected
    if chosen is None or not chart.since <= chosen <= chart.until:
        return []
    across = {"xref": "x", "yref": "paper"}
    at = chosen.isoformat()
    if line.is_intraday:  # the day is as wide as its bars
        ends = {"x0": at, "x1": (chosen + timedelta(days=1)).isoformat()}
        band = {"y0": 0, "y1": geometry.rate_top, "line": {"width": 0}, "layer": "below"}
        return [across | ends | band | {"type": "rect", "fillcolor": palette.band}]
    shapes: list[Figure] = [
        across
        | {"type": "line", "x0": at, "x1": at, "y0": 0, "y1": 1}
        | {"line": {"color": palette.selected, "width": 2}, "opacity": 0.75, "layer": "below"}
    ]
    if not line.weekly and len(line.day):
        row = int(np.searchsorted(line.day, np.datetime64(chosen, "D")))
        first = line.day[max(row - 1, 0)]
        last = line.day[min(row + 1, len(line.day) - 1)]
        shapes.append(
            across
            | {"type": "rect", "x0": str(first), "x1": str(last), "y0": 0, "y1": geometry.rate_top}
            | {"fillcolor": palette.band, "line": {"width": 0}, "layer": "below"}
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


def build_rate_line(chart: ExploreChart) -> DrawnRateLine:
    """The observations of the window, thinned where there are more than a screen shows.

    Beyond six years it is the last one of each week.
    """
    series = chart.series
    weekly = (chart.until - chart.since).days > WEEKLY_BEYOND_DAYS
    is_candidate = _find_week_ends(series.day) if weekly else np.ones(len(series), dtype=bool)
    rows = np.flatnonzero(is_candidate)
    rate = series.rate[rows]
    move = log_changes(rate, series.card)
    days = series.day[rows]
    inside = (days >= np.datetime64(chart.since)) & (days <= np.datetime64(chart.until))
    shown = 1.0 / rate if chart.quoting.is_inverse else rate
    at_bars, gaps = series.card.bar_minutes > 0 and not weekly, find_gaps(series)
    inside_rows = np.flatnonzero(inside)
    selected = select_points(shown[inside_rows])
    at = inside_rows[selected]
    drawn = rows[at]
    return DrawnRateLine(
        days[at],
        shown[at],
        move[at],
        weekly,
        convert_to_moscow(series.known_at[drawn]) if at_bars else days[at],
        _find_session_starts(gaps.session[rows[inside_rows]], selected),
        gaps.weekend[drawn],
        at_bars,
        len(inside_rows),
    )


def _find_session_starts(session: Bools, points: Ints) -> Bools:
    """Whether a session began since the point drawn before, (k,)."""
    begun = np.cumsum(session)[points]
    return np.diff(begun, prepend=begun[:1] - session[points[:1]]) > 0


def build_explore_figure(chart: ExploreChart, palette: Palette) -> Figure:
    """The whole figure as Plotly's plain dictionary."""
    line = build_rate_line(chart)
    pane = build_category_pane(chart)
    data = [_build_rate_trace(chart, line, palette)]
    if pane.counted:
        data.append(build_weekly_counts(pane.events, palette))
    elif pane.events:
        markers = cluster_events(pane.events, pixels_per_day(chart), exact=line.is_intraday)
        data.append(_build_guide_trace(markers, palette))
        data.extend(build_range_traces(pane.events, pane.lanes, chart.until))
        data.append(build_marker_trace(markers, pane.lanes))
    data.extend(
        trace
        for trace in (_build_break_trace(chart, palette), _build_selected_dot(chart, line, palette))
        if trace
    )
    return {"data": data, "layout": build_explore_layout(chart, line, pane, palette)}


def build_category_pane(chart: ExploreChart) -> CategoryPane:
    """The lanes to draw and the events in them; a phone has room for the three fullest."""
    styles, events = list_used_styles(chart.events), chart.events
    if chart.phone and len(styles) > PHONE_CATEGORY_ROWS:
        sizes = Counter(get_event_style(event).id for event in events)
        ranked = sorted(styles, key=lambda style: (style.id != NOTES_STYLE, -sizes[style.id]))
        styles = tuple(style for style in styles if style in ranked[:PHONE_CATEGORY_ROWS])
        events = tuple(event for event in events if get_event_style(event) in styles)
    return CategoryPane(styles, events, counted=len(events) > MAX_MARKERS)


def pixels_per_day(chart: ExploreChart) -> float:
    """About how wide a day is on the screen."""
    width = PHONE_PIXELS if chart.phone else PLOT_PIXELS
    return width / max((chart.until - chart.since).days, 1)


def _find_week_ends(days: Days) -> np.ndarray:
    """The last observation of each Monday-to-Sunday week."""
    week = (days.astype("datetime64[D]").astype(np.int64) + 3) // 7
    return np.append(week[1:] != week[:-1], True) if len(days) else np.zeros(0, dtype=bool)


def _build_rate_trace(chart: ExploreChart, line: DrawnRateLine, palette: Palette) -> Figure:
    invisible = {"marker": {"opacity": 0}}
    hovers, positions = _build_hover_texts(chart, line), line.at.astype(str).tolist()
    values = [_round_or_none(value, chart.quoting.decimals) for value in line.shown.tolist()]
    indices = insert_session_gaps(line, days=(chart.until - chart.since).days)
    return {
        "type": "scatter",
        "mode": "lines+markers",  # markers nobody sees: a line alone cannot be clicked
        "x": [positions[k] if k >= 0 else None for k in indices],
        "y": [values[k] if k >= 0 else None for k in indices],
        "line": {"color": palette.line, "width": 1.6},
        "marker": {"opacity": 0, "size": 6, "color": palette.line},
        "selected": invisible,
        "unselected": invisible,
        "connectgaps": False,
        "meta": [chart.quoting.unit],
        "customdata": [hovers[k] if k >= 0 else "" for k in indices],
        "hovertemplate": BAR_HOVER if line.is_intraday else HOVER,
    }


def _build_hover_texts(chart: ExploreChart, line: DrawnRateLine) -> list[str]:
    bars = chart.series.card.bar_minutes
    step = duration_text(1, bars) if line.is_intraday else "1 week" if line.weekly else "1 day"
    quoting = chart.quoting
    texts = [
        f"{step} {quoting.move(move, 2)}" if move == move else ""  # noqa: PLR0124 - not NaN
        for move in line.move.tolist()
    ]
    if line.weekly:
        return texts
    if line.is_intraday:
        return build_bar_hovers(chart, line, texts)
    notes = _group_hover_notes(chart)
    if not notes:
        return texts
    return [
        "<br>".join([text, *notes[day]]) if day in notes else text
        for text, day in zip(texts, line.day.astype(str).tolist(), strict=True)
    ]


def build_bar_hovers(chart: ExploreChart, line: DrawnRateLine, texts: list[str]) -> list[str]:
    """What a tooltip adds on a bar: whether it is special, and the timed events it contains."""
    lines = [[text] for text in texts]
    for k in np.flatnonzero(line.starts_session).tolist():
        lines[k][0] += " (over a break)"
    for k in np.flatnonzero(line.weekend).tolist():
        lines[k].append("weekend session")
    for event in chart.events:
        if event.moment is not None:
            k = int(
                np.searchsorted(line.at, np.datetime64(get_axis_position(event), "s"), side="right")
            )
            if k < len(lines) and len(lines[k]) < MAX_HOVER_LINES:
                lines[k].append(f"{get_event_style(event).glyph} {wrap_title(event.title)}")
    return ["<br>".join(parts) for parts in lines]


def _group_hover_notes(chart: ExploreChart) -> dict[str, list[str]]:
    """What a tooltip adds on a day: one event, how many more, a new way of fixing."""
    by_day: dict[str, list[Event]] = defaultdict(list)
    for event in chart.events:
        by_day[event.day.isoformat()].append(event)
    lines = {
        day: [f"{get_event_style(events[0]).glyph} {wrap_title(events[0].title)}"]
        + ([f"+{len(events) - 1} more that day"] if len(events) > 1 else [])
        for day, events in by_day.items()
    }
    for change in chart.series.card.breaks:
        lines.setdefault(change.day.isoformat(), []).append("fixing method changed")
    return lines


def _build_guide_trace(markers: Sequence[Marker], palette: Palette) -> Figure:
    """Hairlines under the markers as one broken line; fainter where there are many."""
    days = sorted({marker.x for marker in markers})
    return {
        "type": "scatter",
        "mode": "lines",
        "yaxis": "y3",
        "x": [x for day in days for x in (day, day, None)],
        "y": [0, 1, None] * len(days),
        "line": {"color": palette.guide, "width": 1},
        "opacity": 1 if len(days) <= MAX_STRONG_GUIDES else 0.5,
        "hoverinfo": "skip",
    }


def _build_break_trace(chart: ExploreChart, palette: Palette) -> Figure | None:
    """Dotted lines where the publisher changed its method, each with a mark at the foot."""
    inside = [b for b in chart.series.card.breaks if chart.since <= b.day <= chart.until]
    if not inside:
        return None
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "yaxis": "y3",
        "x": [x for b in inside for x in (b.day.isoformat(), b.day.isoformat(), None)],
        "y": [0.03, 1, None] * len(inside),
        "line": {"color": palette.muted, "width": 1, "dash": "dot"},
        "marker": {
            "symbol": "diamond-open",
            "color": palette.muted,
            "size": [9, 0, 0] * len(inside),
            "opacity": 1,
        },
        "hoverinfo": "skip",
    }


def _build_selected_dot(
    chart: ExploreChart, line: DrawnRateLine, palette: Palette
) -> Figure | None:
    """The rate of the day chosen, or the first one after it, as a dot on the line."""
    if chart.selected is None or not len(line.day):
        return None
    chosen = np.datetime64(chart.selected, "D")
    at = int(np.searchsorted(line.day, chosen))
    if line.is_intraday:  # the last of its day, which the card tells
        at = max(at, int(np.searchsorted(line.day, chosen, side="right")) - 1)
    if at == len(line.day) or not np.isfinite(line.shown[at]):
        return None
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [line.x(at)],
        "y": [_round_or_none(float(line.shown[at]), chart.quoting.decimals)],
        "marker": {
            "size": 9,
            "color": palette.selected,
            "line": {"color": palette.surface, "width": 2},
        },
        "hoverinfo": "skip",
    }


def _round_or_none(value: float, decimals: int) -> float | None:
    return round(value, decimals) if value == value else None  # noqa: PLR0124 - NaN is a gap
