"""The Explore figure: category rows above the rate over a window of days."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

import numpy as np

from dashboard.models.event import Event
from dashboard.models.messages import translate as _
from dashboard.models.messages import translate_deferred
from dashboard.models.series import Bools, Days, Ints, find_gaps
from dashboard.models.study import duration_text
from dashboard.presentation.charts import theme
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

HEIGHT: Final = 560
PHONE_HEIGHT: Final = 360
CATEGORY_ROW_PIXELS: Final = 19
COUNT_PIXELS: Final = 70
GAP_PIXELS: Final = 28
PADDING: Final = 0.06
EDGE_MARGIN: Final = 0.006
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


@dataclass(frozen=True, slots=True)
class CategoryPane:
    """The category rows of the upper pane; `counted` = too many events for markers."""

    styles: tuple[CategoryStyle, ...]
    events: tuple[Event, ...]
    counted: bool

    @property
    def pixels(self) -> int:
        """The height of the pane."""
        return COUNT_PIXELS if self.counted else CATEGORY_ROW_PIXELS * max(len(self.styles), 1) + 6


def build_explore_layout(
    chart: ExploreChart, line: DrawnRateLine, pane: CategoryPane, palette: Palette
) -> theme.Figure:
    """One x axis, the rate, the category rows above it, a hidden 0-1 axis for guides."""
    height, top, bottom, left, right = (
        (PHONE_HEIGHT, 8, 40, 84, 52) if chart.phone else (HEIGHT, 66, 42, 118, 96)
    )
    bottom += 16 * int(line.is_intraday)
    area = height - top - bottom
    rows_bottom = 1 - pane.pixels / area
    rate_top = rows_bottom - GAP_PIXELS / area
    above = (chart, line, palette, rate_top)
    dates = theme.build_axis(
        palette,
        type="date",
        range=_compute_x_range(chart, line),
        anchor="y",
        showgrid=False,
        showline=True,
        linecolor=palette.grid,
        nticks=5 if chart.phone else 12,
    )
    clock = (
        theme.build_axis_title(palette, translate_deferred(MOSCOW_TIME), standoff=4)
        if line.is_intraday
        else {}
    )
    layout = theme.build_layout(
        palette,
        height,
        (left, right, top, bottom, 4),
        hovermode="x",
        hoverdistance=-1,
        dragmode=False if chart.phone else "select" if chart.brush else "pan",
        selectdirection="h",
        xaxis=dates | clock,
        yaxis=_build_rate_axis(chart, line, palette) | {"domain": [0, rate_top]},
        yaxis2=_build_category_axis(chart, pane, palette) | {"domain": [rows_bottom, 1]},
        yaxis3={
            "overlaying": "y",
            "range": [0, 1],
            "visible": False,
            "fixedrange": True,
            "tickmode": "auto",
        },
        annotations=[
            theme.build_pane_note(palette, _describe_axis(chart, line), rate_top, yshift=3),
            *_build_end_label(chart, line, palette),
            *build_weekend_notes(*above),
        ],
        shapes=[*build_weekend_shapes(*above), *_build_selection_shapes(*above)],
    )
    if not chart.phone:
        font = {"size": 18, "color": palette.text, "weight": 600}
        place = {"xref": "paper", "pad": {"t": 6, "l": -110}}
        layout["title"] = theme.build_title(
            palette, chart.title, chart.subtitle, font=font, **place
        )
    return layout


def _compute_x_range(chart: ExploreChart, line: DrawnRateLine) -> list[str]:
    """The window with a margin, so that no mark is cut at the edges; of bars to the last's end."""
    margin = timedelta(days=(chart.until - chart.since).days * EDGE_MARGIN)
    first = datetime.combine(chart.since, time()) - margin
    last = datetime.combine(chart.until, time()) + margin + timedelta(days=int(line.is_intraday))
    return [f"{end:%Y-%m-%d %H:%M}" for end in (first, last)]


def _build_rate_axis(chart: ExploreChart, line: DrawnRateLine, palette: Palette) -> theme.Figure:
    shown = line.shown[np.isfinite(line.shown)]
    if not len(shown):
        return theme.build_axis(palette, showticklabels=False, range=[0, 1])
    drawn = np.log10(shown) if chart.log_scale else shown
    low, high = float(drawn.min()), float(drawn.max())
    pad = PADDING * (high - low) or abs(high) * PADDING or 1.0
    bounds = [low - pad, high + pad]
    ends = [10**b for b in bounds] if chart.log_scale else bounds
    ticks = theme.nice_ticks(ends[0], ends[1], 4 if chart.phone else 6)
    decimals = theme.tick_decimals(ticks)
    return theme.build_axis(
        palette,
        type="log" if chart.log_scale else "linear",
        range=bounds[::-1] if chart.quoting.axis_is_inverted else bounds,
        tickvals=ticks,
        ticktext=[format_number(tick, decimals) for tick in ticks],
        hoverformat=f".{chart.quoting.decimals}f",
    )


def _build_category_axis(chart: ExploreChart, pane: CategoryPane, palette: Palette) -> theme.Figure:
    if pane.counted:
        return theme.build_axis(palette, rangemode="tozero", nticks=3) | {
            "title": {"text": _("events a week")}
        }
    return theme.build_axis(palette, **build_category_axis(pane.styles, short=chart.phone))


def _describe_axis(chart: ExploreChart, line: DrawnRateLine) -> str:
    """The unit, what up means and how much is drawn."""
    text = chart.quoting.unit if chart.phone else chart.quoting.axis_title
    if not line.is_thinned:
        return text
    drawn = _("{drawn:,} of {count:,} points drawn", drawn=len(line.day), count=line.of)
    return f"{text} · {drawn}"


def _build_end_label(
    chart: ExploreChart, line: DrawnRateLine, palette: Palette
) -> list[theme.Figure]:
    finite = np.flatnonzero(np.isfinite(line.shown))
    if not len(finite):
        return []
    at = int(finite[-1])
    value = float(line.shown[at])
    text = f"<b>{format_number(value, chart.quoting.decimals)}</b>"
    if not chart.phone:
        text += f"<br>{format_day(date.fromisoformat(str(line.day[at])))}"
    note = theme.build_note(
        palette,
        text,
        line.x(at),
        float(np.log10(value)) if chart.log_scale else value,
        xanchor="left",
        yanchor="middle",
        align="left",
        xshift=12,
        font={"size": theme.FONT_SIZE - (2 if chart.phone else 1), "color": palette.text},
    )
    return [note]


def _build_selection_shapes(
    chart: ExploreChart, line: DrawnRateLine, palette: Palette, rate_top: float
) -> list[theme.Figure]:
    """The selected day as a line, and the days from its base to the next rate as a band."""
    selected = chart.selected
    if selected is None or not chart.since <= selected <= chart.until:
        return []
    day = selected.isoformat()
    if line.is_intraday:  # the day is as wide as its bars
        next_day = (selected + timedelta(days=1)).isoformat()
        return [theme.build_region(day, next_day, palette.band, y1=rate_top)]
    stroke = {"color": palette.selected, "width": 2}
    shapes = [theme.build_vertical_line(day, stroke, opacity=0.75, layer="below")]
    if not line.weekly and len(line.day):
        row = int(np.searchsorted(line.day, np.datetime64(selected, "D")))
        first = line.day[max(row - 1, 0)]
        last = line.day[min(row + 1, len(line.day) - 1)]
        shapes.append(theme.build_region(str(first), str(last), palette.band, y1=rate_top))
    return shapes


# ------------------------------------------------------------------ data and traces


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
    selected = theme.select_points(shown[inside_rows])
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


def build_explore_figure(chart: ExploreChart, palette: Palette) -> theme.Figure:
    """The whole figure as Plotly's plain dictionary."""
    line = build_rate_line(chart)
    pane = build_category_pane(chart)
    data = [_build_rate_trace(chart, line, palette)]
    if pane.counted:
        data.append(build_weekly_counts(pane.events, palette))
    elif pane.events:
        markers = cluster_events(pane.events, pixels_per_day(chart), exact=line.is_intraday)
        data.append(_build_guide_trace(markers, palette))
        data.extend(build_range_traces(pane.events, pane.styles, chart.until))
        data.append(build_marker_trace(markers, pane.styles))
    marks = _build_break_trace(chart, palette), _build_selected_dot(chart, line, palette)
    data += [mark for mark in marks if mark]
    return {"data": data, "layout": build_explore_layout(chart, line, pane, palette)}


def build_category_pane(chart: ExploreChart) -> CategoryPane:
    """The category rows and the events in them; a phone shows the three fullest."""
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


def _build_rate_trace(chart: ExploreChart, line: DrawnRateLine, palette: Palette) -> theme.Figure:
    invisible = {"marker": {"opacity": 0}}
    hovers, positions = _build_hover_texts(chart, line), line.at.astype(str).tolist()
    values = [_round_or_none(value, chart.quoting.decimals) for value in line.shown.tolist()]
    points = insert_session_gaps(line, days=(chart.until - chart.since).days)
    return theme.build_scatter(
        "lines+markers",  # markers are invisible: a line alone cannot be clicked
        [positions[k] if k >= 0 else None for k in points],
        [values[k] if k >= 0 else None for k in points],
        line={"color": palette.line, "width": 1.6},
        marker={"opacity": 0, "size": 6, "color": palette.line},
        selected=invisible,
        unselected=invisible,
        connectgaps=False,
        meta=[chart.quoting.unit],
        customdata=[hovers[k] if k >= 0 else "" for k in points],
        hovertemplate=BAR_HOVER if line.is_intraday else HOVER,
    )


def _build_hover_texts(chart: ExploreChart, line: DrawnRateLine) -> list[str]:
    bars = chart.series.card.bar_minutes
    step = (
        duration_text(1, bars) if line.is_intraday else _("1 week") if line.weekly else _("1 day")
    )
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
        lines[k][0] = _("{move} (over a break)", move=lines[k][0])
    for k in np.flatnonzero(line.weekend).tolist():
        lines[k].append(_("weekend session"))
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
        + ([_("+{count} more that day", count=len(events) - 1)] if len(events) > 1 else [])
        for day, events in by_day.items()
    }
    for change in chart.series.card.breaks:
        lines.setdefault(change.day.isoformat(), []).append(_("fixing method changed"))
    return lines


def _build_guide_trace(markers: Sequence[Marker], palette: Palette) -> theme.Figure:
    """Hairlines under the markers as one broken line; fainter where there are many."""
    days = sorted({marker.x for marker in markers})
    return theme.build_scatter(
        "lines",
        [x for day in days for x in (day, day, None)],
        [0, 1, None] * len(days),
        yaxis="y3",
        line={"color": palette.guide, "width": 1},
        opacity=1 if len(days) <= MAX_STRONG_GUIDES else 0.5,
        hoverinfo="skip",
    )


def _build_break_trace(chart: ExploreChart, palette: Palette) -> theme.Figure | None:
    """Dotted lines where the publisher changed its method, each with a mark at the foot."""
    inside = [b for b in chart.series.card.breaks if chart.since <= b.day <= chart.until]
    if not inside:
        return None
    return theme.build_scatter(
        "lines+markers",
        [x for b in inside for x in (b.day.isoformat(), b.day.isoformat(), None)],
        [0.03, 1, None] * len(inside),
        yaxis="y3",
        line={"color": palette.muted, "width": 1, "dash": "dot"},
        marker={
            "symbol": "diamond-open",
            "color": palette.muted,
            "size": [9, 0, 0] * len(inside),
            "opacity": 1,
        },
        hoverinfo="skip",
    )


def _build_selected_dot(
    chart: ExploreChart, line: DrawnRateLine, palette: Palette
) -> theme.Figure | None:
    """The rate of the day chosen, or the first one after it, as a dot on the line."""
    if chart.selected is None or not len(line.day):
        return None
    chosen = np.datetime64(chart.selected, "D")
    at = int(np.searchsorted(line.day, chosen))
    if line.is_intraday:  # the last one of its day, as on the card
        at = max(at, int(np.searchsorted(line.day, chosen, side="right")) - 1)
    if at == len(line.day) or not np.isfinite(line.shown[at]):
        return None
    ring = {"color": palette.surface, "width": 2}
    return theme.build_scatter(
        "markers",
        [line.x(at)],
        [_round_or_none(float(line.shown[at]), chart.quoting.decimals)],
        marker={"size": 9, "color": palette.selected, "line": ring},
        hoverinfo="skip",
    )


def _round_or_none(value: float, decimals: int) -> float | None:
    return round(value, decimals) if value == value else None  # noqa: PLR0124 - NaN is a gap
