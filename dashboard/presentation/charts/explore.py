"""The Explore figure: category rows above the rate over a window of days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

import numpy as np

from dashboard.models.event import Event
from dashboard.models.messages import translate as _
from dashboard.models.messages import translate_deferred
from dashboard.models.series import Bools, Ints, find_gaps
from dashboard.models.study import duration_text
from dashboard.presentation.charts import theme
from dashboard.presentation.charts.overlays import (
    FIRST_AXIS,
    INDEX_DECIMALS,
    OVERLAY_AXIS_PIXELS,
    OverlayLine,
    PaneScale,
    build_average_traces,
    build_break_notes,
    build_break_trace,
    build_move_names,
    build_overlay_axes,
    build_overlay_lines,
    build_overlay_notes,
    build_overlay_traces,
    build_overview_axes,
    build_overview_shapes,
    build_overview_trace,
    build_regime_notes,
    build_regime_shapes,
    find_in_view,
    find_week_ends,
    place_on_axis,
    round_or_none,
    show_numbers,
)
from dashboard.presentation.charts.timeline import (
    MAX_MARKERS,
    DrawnRateLine,
    ExploreChart,
    build_category_axis,
    build_marker_trace,
    build_range_traces,
    build_scheduled_trace,
    build_story_traces,
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
from dashboard.presentation.palette import CategoryStyle, Palette, get_event_style
from dashboard.services.study import log_changes, rebase

HEIGHT: Final = 700
"""Pixels where the page does not give the figure another height; its panes keep their shares."""
PICTURE_HEIGHT: Final = 500
"""About what is left of a picture between its title and its source."""
PHONE_HEIGHT: Final = 480
PHONE_HEIGHT_OVER_SHEET: Final = 340
"""The sheet with the card of the day chosen covers the foot of the screen."""
CATEGORY_ROW_PIXELS: Final = 19
COUNT_PIXELS: Final = 70
GAP_PIXELS: Final = 24
PICTURE_GAP_PIXELS: Final = 34
DATES_PIXELS: Final = 26
OVERVIEW_PIXELS: Final = 40
PANE_PIXELS: Final = 90
PADDING: Final = 0.06
END_LABEL_OPACITY: Final = 0.75
EDGE_MARGIN: Final = 0.006
"""Of the window, on both sides, so that no mark is cut."""
PAN_MARGIN: Final = 0.25
"""How much of the window the line goes on beyond its ends, so that there is something to pan to."""
MAX_DAYS_WITH_MARGIN: Final = 6 * 365
WEEKLY_BEYOND_DAYS: Final = 6 * 366
PLOT_PIXELS: Final = 850
PHONE_PIXELS: Final = 320
MAX_HOVER_LINES: Final = 3
RATE_TRACE: Final = "rate"
"""The name of the trace of the rate, by which the script of the chart finds it."""


@dataclass(frozen=True, slots=True)
class CategoryPane:
    """The category rows of the upper pane; `counted` = too many events for markers.

    Without `styles` all events stand in one row.
    """

    styles: tuple[CategoryStyle, ...]
    events: tuple[Event, ...]
    counted: bool

    @property
    def pixels(self) -> int:
        """The height of the pane."""
        return COUNT_PIXELS if self.counted else CATEGORY_ROW_PIXELS * max(len(self.styles), 1) + 6


Domain = tuple[float, float]


@dataclass(frozen=True, slots=True)
class PaneDomains:
    """Bottom and top of every pane as shares of the plotting area."""

    categories: Domain
    rate: Domain
    overlays: tuple[Domain, ...]
    overview: Domain | None

    @property
    def foot(self) -> float:
        """The foot of the panes over the axis of dates."""
        return min([self.rate[0], *(domain[0] for domain in self.overlays)])


def build_explore_layout(
    chart: ExploreChart, line: DrawnRateLine, pane: CategoryPane, palette: Palette
) -> theme.Figure:
    """One axis of dates, the rate, the category rows above it, a hidden 0-1 axis for marks."""
    height, margin = (HEIGHT if chart.has_overview else PICTURE_HEIGHT, _build_margin(chart))
    if chart.phone:
        height = PHONE_HEIGHT if chart.selected is None else PHONE_HEIGHT_OVER_SHEET
    domains = _divide_area(chart, pane, height - margin[2] - margin[3])
    overlays = build_overlay_lines(chart, line)
    above = (chart, line, palette, domains.rate)
    rate_axis = _build_rate_axis(chart, line, overlays, palette)
    rate_pixels = (domains.rate[1] - domains.rate[0]) * (height - margin[2] - margin[3])
    pane_scale = PaneScale(pixels_per_day(chart), rate_pixels, tuple(rate_axis["range"]))
    layout = theme.build_layout(
        palette,
        height,
        margin,
        hovermode="x",
        hoverdistance=-1,
        spikedistance=-1,
        dragmode=False if chart.phone else "zoom",
        xaxis=_build_date_axis(chart, line, domains, palette),
        yaxis=rate_axis | {"domain": list(domains.rate)},
        yaxis2=_build_category_axis(chart, pane, palette) | {"domain": list(domains.categories)},
        yaxis3={
            "overlaying": "y",
            "range": [0, 1],
            "visible": False,
            "fixedrange": True,
            "tickmode": "auto",
        },
        annotations=[
            theme.build_axis_note(palette, _describe_axis(chart, line), domains.rate[1], yshift=3),
            *_build_end_label(chart, line, palette),
            *build_weekend_notes(*above),
            *build_overlay_notes(overlays, domains.overlays, domains.rate[1], palette),
            *build_break_notes(chart, pixels_per_day(chart), palette),
            *build_regime_notes(chart, pixels_per_day(chart), palette),
            *build_move_names(chart, line, pane_scale, palette),
            *_build_today_note(chart, palette, domains),
        ],
        shapes=[
            *build_regime_shapes(chart, palette, domains.rate),
            *_build_schedule_shapes(chart, palette, domains),
            *build_weekend_shapes(*above),
            *_build_selection_shapes(chart, line, palette, domains),
        ],
        **build_overlay_axes(overlays, domains.overlays, palette),
    )
    # Upright in the margin, where no mark lies below it; the server has the window to go back to.
    layout["modebar"] |= {"orientation": "v", "remove": ["resetscale"]}
    if domains.overview is not None:
        layout |= build_overview_axes(chart, domains.overview, palette)
        layout["shapes"] += build_overview_shapes(chart, palette)
    return layout


def _build_margin(chart: ExploreChart) -> tuple[int, int, int, int, int]:
    """Left, right, top, bottom and padding in pixels."""
    bars = 16 * int(chart.series.card.bar_minutes > 0)
    if chart.phone:
        return 34, 10, 6, 30 + bars, 2
    right = OVERLAY_AXIS_PIXELS * chart.right_axes + 8 if chart.right_axes else 76
    return 90, right, 6, 8 if chart.has_overview else 30 + bars, 4


def _divide_area(chart: ExploreChart, pane: CategoryPane, area: int) -> PaneDomains:
    """The panes from the top: categories, rate, overlays, dates, overview."""
    rows_foot = 1 - pane.pixels / area
    gap = GAP_PIXELS if chart.has_overview or chart.phone else PICTURE_GAP_PIXELS
    overview, foot = None, 0.0
    if chart.has_overview:
        bars = 16 * int(chart.series.card.bar_minutes > 0)
        overview = (0.0, OVERVIEW_PIXELS / area)
        foot = (OVERVIEW_PIXELS + DATES_PIXELS + bars) / area
    count = len(chart.overlays) if chart.overlay_mode == "pane" else 0
    step = PANE_PIXELS / area
    overlays = tuple(
        (foot + step * place, foot + step * (place + 1) - 10 / area)
        for place in reversed(range(count))
    )
    return PaneDomains(
        (rows_foot, 1.0),
        (foot + step * count, rows_foot - gap / area),
        overlays,
        overview,
    )


def _build_date_axis(
    chart: ExploreChart, line: DrawnRateLine, domains: PaneDomains, palette: Palette
) -> theme.Figure:
    """The axis of dates below the lowest pane, with a line across all panes at the mouse."""
    lowest = f"y{FIRST_AXIS + len(domains.overlays) - 1}" if domains.overlays else "y"
    clock = (
        theme.build_axis_title(palette, translate_deferred(MOSCOW_TIME), standoff=4)
        if line.is_intraday
        else {}
    )
    axis = theme.build_axis(
        palette,
        type="date",
        range=_compute_x_range(chart, line),
        anchor=lowest,
        showgrid=False,
        showline=True,
        linecolor=palette.grid,
        nticks=5 if chart.phone else 12,
        fixedrange=chart.phone,
    )
    return axis | clock | _build_spike(palette, chart)


def _build_spike(palette: Palette, chart: ExploreChart) -> theme.Figure:
    """A hairline at the point under the mouse."""
    return {
        "showspikes": not chart.phone,
        "spikemode": "across",
        "spikesnap": "hovered data",
        "spikethickness": 1,
        "spikedash": "solid",
        "spikecolor": palette.muted,
    }


def _compute_x_range(chart: ExploreChart, line: DrawnRateLine) -> list[str]:
    """The window with a margin, so that no mark is cut at the edges; of bars to the last's end."""
    margin = timedelta(days=(chart.right_end - chart.since).days * EDGE_MARGIN)
    first = datetime.combine(chart.since, time()) - margin
    last = datetime.combine(chart.right_end, time()) + margin
    last += timedelta(days=int(line.is_intraday))
    return [f"{end:%Y-%m-%d %H:%M}" for end in (first, last)]


def _build_rate_axis(
    chart: ExploreChart,
    line: DrawnRateLine,
    overlays: Sequence[OverlayLine],
    palette: Palette,
) -> theme.Figure:
    """The axis of the rate, fitted to what is in view; the server owns its range."""
    rebased = (o for o in overlays if o.is_rebased)
    shown = np.concatenate(
        [line.values_in_view, *(o.shown[o.in_view & np.isfinite(o.shown)] for o in rebased)]
    )
    if not len(shown):
        return theme.build_axis(palette, showticklabels=False, range=[0, 1])
    drawn = np.log10(shown) if chart.log_scale else shown
    low, high = float(drawn.min()), float(drawn.max())
    pad = PADDING * (high - low) or abs(high) * PADDING or 1.0
    spare = pad if chart.named_moves else 0.0  # for the names above the line
    bounds = [low - pad, high + pad + spare]
    ends = [10**b for b in bounds] if chart.log_scale else bounds
    ticks = theme.nice_ticks(ends[0], ends[1], 4 if chart.phone else 6)
    decimals = theme.tick_decimals(ticks)
    return theme.build_axis(
        palette,
        type="log" if chart.log_scale else "linear",
        range=bounds[::-1] if chart.quoting.axis_is_inverted else bounds,
        tickvals=ticks,
        ticktext=[format_number(tick, decimals) for tick in ticks],
        hoverformat=f".{INDEX_DECIMALS if chart.is_rebased else chart.quoting.decimals}f",
        **_build_spike(palette, chart),
    )


def _build_category_axis(chart: ExploreChart, pane: CategoryPane, palette: Palette) -> theme.Figure:
    if pane.counted:
        return theme.build_axis(palette, rangemode="tozero", nticks=3) | {
            "title": {"text": _("events a week")}
        }
    axis = theme.build_axis(palette, **build_category_axis(pane.styles, short=chart.phone))
    return axis if pane.styles else axis | {"showgrid": False, "showticklabels": False}


def _describe_axis(chart: ExploreChart, line: DrawnRateLine) -> str:
    """The unit, what up means and how much is drawn."""
    text = chart.quoting.unit if chart.phone else chart.quoting.axis_title
    if chart.is_rebased:
        text = _("{unit}, first in view = 100", unit=chart.quoting.unit)
    if not line.is_thinned:
        return text
    drawn = _("{drawn:,} of {count:,} points drawn", drawn=len(line.day), count=line.of)
    return f"{text} · {drawn}"


def _build_end_label(
    chart: ExploreChart, line: DrawnRateLine, palette: Palette
) -> list[theme.Figure]:
    """The last number in view: right of its end, or over it where there is no space."""
    finite = np.flatnonzero(line.in_view & np.isfinite(line.shown))
    if not len(finite):
        return []
    at = int(finite[-1])
    value = float(line.shown[at])
    decimals = INDEX_DECIMALS if chart.is_rebased else chart.quoting.decimals
    text = f"<b>{format_number(value, decimals)}</b>"
    is_inside = chart.phone or chart.right_axes > 0
    if not is_inside:
        text += f"<br>{format_day(date.fromisoformat(str(line.day[at])))}"
    place = (
        {
            "xanchor": "right",
            "yanchor": "bottom",
            "align": "right",
            "yshift": 8,
            "bgcolor": theme.fade_colour(palette.surface, END_LABEL_OPACITY),
        }
        if is_inside
        else {"xanchor": "left", "yanchor": "middle", "align": "left", "xshift": 8}
    )
    note = theme.build_note(
        palette,
        text,
        line.x(at),
        place_on_axis(chart, value),
        **place,
        font={"size": theme.FONT_SIZE - (2 if chart.phone else 1), "color": palette.text},
    )
    return [note]


def _build_selection_shapes(
    chart: ExploreChart, line: DrawnRateLine, palette: Palette, domains: PaneDomains
) -> list[theme.Figure]:
    """The selected day as a line, and the days from its base to the next rate as a band."""
    selected, foot = chart.selected, domains.foot
    if selected is None or not chart.since <= selected <= chart.right_end:
        return []
    bottom, top = domains.rate
    day = selected.isoformat()
    if line.is_intraday:  # the day is as wide as its bars
        next_day = (selected + timedelta(days=1)).isoformat()
        return [theme.build_region(day, next_day, palette.band, y0=bottom, y1=top)]
    stroke = {"color": palette.selected, "width": 2}
    shapes = [theme.build_vertical_line(day, stroke, y0=foot, opacity=0.75, layer="below")]
    if not line.weekly and len(line.day) and np.datetime64(selected) <= line.day[-1]:
        row = int(np.searchsorted(line.day, np.datetime64(selected, "D")))
        first = line.day[max(row - 1, 0)]
        last = line.day[min(row + 1, len(line.day) - 1)]
        band = theme.build_region(str(first), str(last), palette.band, y0=bottom, y1=top)
        shapes.append(band)
    return shapes


def _is_today_in_view(chart: ExploreChart) -> bool:
    return chart.today is not None and chart.since <= chart.today < chart.right_end


def _build_schedule_shapes(
    chart: ExploreChart, palette: Palette, domains: PaneDomains
) -> list[theme.Figure]:
    """Today as a dotted line, the time after it as a band, scheduled events as dashed lines."""
    if chart.today is None or not _is_today_in_view(chart):
        return []
    foot = domains.foot
    end = chart.right_end + timedelta(days=max((chart.right_end - chart.since).days // 50, 1))
    ahead = theme.build_region(
        chart.today.isoformat(), end.isoformat(), palette.muted, y0=foot, y1=1, opacity=0.07
    )
    dotted = {"color": palette.text, "width": 1, "dash": "dot"}
    dashed = {"color": palette.muted, "width": 1, "dash": "dash"}
    lines = [
        theme.build_vertical_line(day.isoformat(), dashed, y0=foot, layer="below")
        for day in sorted({event.day for event in chart.scheduled})
    ]
    return [ahead, *lines, theme.build_vertical_line(chart.today.isoformat(), dotted, y0=foot)]


def _build_today_note(
    chart: ExploreChart, palette: Palette, domains: PaneDomains
) -> list[theme.Figure]:
    if chart.today is None or not _is_today_in_view(chart):
        return []
    place = {"xref": "x", "yref": "paper", "xanchor": "right", "yanchor": "bottom", "xshift": -2}
    font = {"size": theme.FONT_SIZE - 2, "color": palette.muted}
    day = chart.today.isoformat()
    text = _("today")
    return [theme.build_note(palette, text, day, domains.rate[0], **place, font=font)]


# ------------------------------------------------------------------ data and traces


def build_rate_line(chart: ExploreChart) -> DrawnRateLine:
    """The observations of the window and a little more, thinned where there are too many.

    Beyond six years it is the last one of each week.
    """
    series = chart.series
    length = (chart.until - chart.since).days
    weekly = length > WEEKLY_BEYOND_DAYS
    is_candidate = find_week_ends(series.day) if weekly else np.ones(len(series), dtype=bool)
    rows = np.flatnonzero(is_candidate)
    rate = series.rate[rows]
    move = log_changes(rate, series.card)
    days = series.day[rows]
    spare = max(MAX_DAYS_WITH_MARGIN - length, 0) // 2
    margin = timedelta(days=min(int(PAN_MARGIN * length), spare))
    inside = find_in_view(days, chart.since - margin, chart.until + margin)
    in_view = find_in_view(days, chart.since, chart.until)
    shown = show_numbers(rate, chart.quoting)
    if chart.is_rebased:
        shown = rebase(shown, in_view)
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
        in_view[at],
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
    overlays = build_overlay_lines(chart, line)
    data = [
        _build_rate_trace(chart, line, palette),
        *build_average_traces(chart, line, palette),
        *build_overlay_traces(overlays, palette),
    ]
    if pane.counted:
        data.append(build_weekly_counts(pane.events, palette))
    elif pane.events:
        markers = cluster_events(
            pane.events, pixels_per_day(chart), exact=line.is_intraday, together=not pane.styles
        )
        data.extend(build_range_traces(pane.events, pane.styles, chart.until))
        data.extend(build_story_traces(pane.events, pane.styles))
        data.append(build_marker_trace(markers, pane.styles, chart.event_moves))
    if chart.scheduled and not pane.counted:
        ahead = cluster_events(
            chart.scheduled, pixels_per_day(chart), exact=line.is_intraday, together=not pane.styles
        )
        data.append(build_scheduled_trace(ahead, pane.styles, chart.countdowns, palette))
    marks = build_break_trace(chart, palette), _build_selected_dot(chart, line, palette)
    data += [mark for mark in marks if mark]
    if chart.has_overview:
        data.append(build_overview_trace(chart, palette))
    return {"data": data, "layout": build_explore_layout(chart, line, pane, palette)}


def build_category_pane(chart: ExploreChart) -> CategoryPane:
    """The category rows and the events in them; a phone has one row for all."""
    styles = () if chart.phone else list_used_styles((*chart.events, *chart.scheduled))
    return CategoryPane(styles, chart.events, counted=len(chart.events) > MAX_MARKERS)


def pixels_per_day(chart: ExploreChart) -> float:
    """About how wide a day is on the screen."""
    width = PHONE_PIXELS if chart.phone else PLOT_PIXELS
    return width / max((chart.right_end - chart.since).days, 1)


def _build_rate_trace(chart: ExploreChart, line: DrawnRateLine, palette: Palette) -> theme.Figure:
    hovers, positions = _build_hover_texts(chart, line), line.at.astype(str).tolist()
    decimals = INDEX_DECIMALS + 2 if chart.is_rebased else chart.quoting.decimals
    values = [round_or_none(value, decimals) for value in line.shown.tolist()]
    points = insert_session_gaps(line, days=(chart.until - chart.since).days)
    unit = _("first in view = 100") if chart.is_rebased else chart.quoting.unit
    return theme.build_scatter(
        "lines",
        [positions[k] if k >= 0 else None for k in points],
        [values[k] if k >= 0 else None for k in points],
        name=RATE_TRACE,
        line={"color": palette.line, "width": 1.6},
        connectgaps=False,
        meta=[unit],
        customdata=[hovers[k] if k >= 0 else "" for k in points],
        # Translators: days and months would have English names, so write the date in digits.
        hovertemplate=_(
            "%{x|%a %-d %b %Y, to %H:%M} MSK<br>%{meta[0]} %{y}<br>%{customdata}<extra></extra>"
        )
        if line.is_intraday
        else _("%{x|%a %-d %b %Y}<br>%{meta[0]} %{y}<br>%{customdata}<extra></extra>"),
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
        [round_or_none(float(line.shown[at]), chart.quoting.decimals)],
        marker={"size": 9, "color": palette.selected, "line": ring},
        hoverinfo="skip",
    )
