"""What Explore draws with the rate: other series, an average, method changes, an overview."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np

from dashboard.models.messages import plural
from dashboard.models.messages import translate as _
from dashboard.models.publication import KEY_RATE
from dashboard.models.series import Bools, Days, Floats, MethodBreak, RateSeries, SeriesCard
from dashboard.presentation.charts import theme
from dashboard.presentation.charts.timeline import (
    DrawnRateLine,
    ExploreChart,
    Overlay,
    convert_to_moscow,
)
from dashboard.presentation.escaping import escape_plot
from dashboard.presentation.formatting import format_day, format_number
from dashboard.presentation.palette import DARK_PALETTE, OVERLAY_STYLES, GroupStyle, Palette
from dashboard.presentation.quoting import QuotedSeries
from dashboard.services.study import moving_average, rebase

MAX_OVERLAYS: Final = len(OVERLAY_STYLES)
FIRST_AXIS: Final = 5
OVERVIEW_AXES: Final = ("x2", "y4")
PADDING: Final = 0.06
INDEX_DECIMALS: Final = 1
OVERLAY_AXIS_PIXELS: Final = 46
OVERVIEW_POINTS: Final = 500
CLOSE_NAMES: Final = 130
"""Pixels within which two notes would lie on one another."""
NAME_DISTANCES: Final = (34, 56, 80, 110, 140, 180)
"""Pixels of height between a point and the middle of its name, the nearest first."""
NAME_OFFSET: Final = 24
NAME_PIXELS: Final = (104, 36)
NAME_OPACITY: Final = 0.75
REGIME_STYLE: Final = OVERLAY_STYLES[0]
REGIME_OPACITY: Final = 0.08
REGIME_NAME_PIXELS: Final = 84
REGIME_NAME_LENGTH: Final = 40
Box = tuple[float, float, float, float]
"""Left, right, foot and top in pixels."""


@dataclass(frozen=True, slots=True)
class OverlayLine:
    """One overlay as drawn: its place among them, positions and numbers shown, each (n,).

    `is_rebased` says that its numbers are 100 at the first in view, on the axis of the rate.
    """

    overlay: Overlay
    place: int
    x: list[str]
    shown: Floats
    in_view: Bools
    is_rebased: bool

    @property
    def style(self) -> GroupStyle:
        """Its hue and dash."""
        return OVERLAY_STYLES[self.place]

    @property
    def axis(self) -> str:
        """The name of its vertical axis where it has one of its own: `y5`."""
        return f"y{FIRST_AXIS + self.place}"

    @property
    def name(self) -> str:
        """The title of the series."""
        return self.overlay.series.card.label

    @property
    def bounds(self) -> tuple[float, float]:
        """The range of its own axis."""
        finite = self.shown[self.in_view & np.isfinite(self.shown)]
        return theme.compute_bounds(finite.tolist(), with_zero=False, padding=PADDING)


def build_overlay_lines(chart: ExploreChart, line: DrawnRateLine) -> tuple[OverlayLine, ...]:
    """The overlays over the days that are drawn; prices are rebased where the chart is."""
    if not len(line.day):
        return ()
    ends = line.day[0], line.day[-1]
    return tuple(
        _build_overlay_line(chart, overlay, place, ends)
        for place, overlay in enumerate(chart.overlays)
    )


def _build_overlay_line(
    chart: ExploreChart, overlay: Overlay, place: int, ends: tuple[Any, Any]
) -> OverlayLine:
    series = overlay.series
    drawn = np.flatnonzero((series.day >= ends[0]) & (series.day <= ends[1]))
    days, shown = series.day[drawn], show_numbers(series.rate[drawn], overlay.quoting)
    in_view = find_in_view(days, chart.since, chart.until)
    is_rebased = chart.is_rebased and series.card.is_price
    if is_rebased:
        shown = rebase(shown, in_view)
    at = theme.select_points(shown)
    if is_stepped(series.card):
        at = np.union1d(at, np.flatnonzero(shown[1:] != shown[:-1]) + 1)
    places = convert_to_moscow(series.known_at[drawn]) if series.card.bar_minutes else days
    x = places[at].astype(str).tolist()
    return OverlayLine(overlay, place, x, shown[at], in_view[at], is_rebased)


def is_stepped(card: SeriesCard) -> bool:
    """Whether a number is in force until the next one, as a policy rate is: it has no slope."""
    return card.date_rule == KEY_RATE.id


def show_numbers(rate: Floats, quoting: QuotedSeries) -> Floats:
    """The numbers shown for rates in a quoting, (n,)."""
    return 1.0 / rate if quoting.is_inverse else rate


def find_in_view(days: Days, since: date, until: date) -> Bools:
    """Which days lie in the window, (n,)."""
    inside: Bools = (days >= np.datetime64(since)) & (days <= np.datetime64(until))
    return inside


def build_overlay_traces(lines: Sequence[OverlayLine], palette: Palette) -> list[theme.Figure]:
    """One trace an overlay; its axis is that of the rate where it is rebased."""
    dark = palette is DARK_PALETTE
    traces = []
    for line in lines:
        quoting = line.overlay.quoting
        decimals = INDEX_DECIMALS if line.is_rebased else quoting.decimals
        unit = _("first in view = 100") if line.is_rebased else quoting.unit
        look = {"color": line.style.colour(dark=dark), "width": 1.6, "dash": line.style.dash}
        if is_stepped(line.overlay.series.card):
            look |= {"shape": "hv"}
        traces.append(
            theme.build_scatter(
                "lines",
                line.x,
                [round_or_none(value, decimals) for value in line.shown.tolist()],
                yaxis="y" if line.is_rebased else line.axis,
                line=look,
                connectgaps=False,
                meta=[line.name, unit],
                hovertemplate="%{meta[0]}<br>%{y} %{meta[1]}<extra></extra>",
            )
        )
    return traces


def build_overlay_axes(
    lines: Sequence[OverlayLine],
    panes: Sequence[tuple[float, float]],
    palette: Palette,
) -> theme.Figure:
    """The axes of the overlays by their keys in a layout: on the right, or one a pane."""
    dark = palette is DARK_PALETTE
    axes = {}
    for at, line in enumerate(line for line in lines if not line.is_rebased):
        low, high = line.bounds
        bounds = (high, low) if line.overlay.quoting.axis_is_inverted else (low, high)
        axis = theme.build_number_axis(palette, bounds, 2 if panes else 5, format_number)
        if panes:
            place: theme.Figure = {"domain": list(panes[line.place]), "anchor": "x"}
        else:
            place = {
                "overlaying": "y", "side": "right", "showgrid": False, "tickmode": "array",
                "anchor": "free", "position": 1, "shift": OVERLAY_AXIS_PIXELS * at,
            }  # fmt: skip
        colour = {"tickfont": axis["tickfont"] | {"color": line.style.colour(dark=dark)}}
        axes[f"yaxis{line.axis[1:]}"] = axis | place | colour
    return axes


def build_overlay_notes(
    lines: Sequence[OverlayLine],
    panes: Sequence[tuple[float, float]],
    top: float,
    palette: Palette,
) -> list[theme.Figure]:
    """The names of the overlays in their colours: one in each pane, or a line above the rate's.

    Args:
        lines: the overlays.
        panes: bottom and top of each; empty where they share the pane of the rate.
        top: of the pane of the rate, as a share of the plotting area.
        palette: the neutral colours.
    """
    dark = palette is DARK_PALETTE
    names = [
        f'<span style="color:{line.style.colour(dark=dark)}">{line.style.glyph} {line.name}'
        f" ({line.overlay.quoting.unit})</span>"
        for line in lines
    ]
    if panes:
        return [
            theme.build_pane_note(palette, name, pane[1], yanchor="top")
            for name, pane in zip(names, panes, strict=True)
        ]
    place = {"xref": "paper", "yref": "paper", "xanchor": "right", "yanchor": "bottom", "yshift": 3}
    return [theme.build_note(palette, "   ".join(names), 1, top, **place)] if names else []


# ------------------------------------------------------------------ moving average


def build_average_traces(
    chart: ExploreChart, line: DrawnRateLine, palette: Palette
) -> list[theme.Figure]:
    """The moving average of the number shown, and its band below it; none where it is off."""
    if not chart.average or not len(line.day):
        return []
    series = chart.series
    numbers = show_numbers(series.rate, chart.quoting)
    drawn = (series.day >= line.day[0]) & (series.day <= line.day[-1])
    if chart.is_rebased:
        numbers = rebase(numbers, find_in_view(series.day, chart.since, chart.until))
    mean, low, high = (part[drawn] for part in moving_average(numbers, chart.average))
    known = np.flatnonzero(np.isfinite(mean))
    at = known[theme.select_points(mean[known])]
    places = convert_to_moscow(series.known_at[drawn]) if line.is_intraday else series.day[drawn]
    x, decimals = places[at].astype(str).tolist(), chart.quoting.decimals
    name = _("average of {n}", n=chart.average)
    average = theme.build_scatter(
        "lines",
        x,
        np.round(mean[at], decimals).tolist(),
        line={"color": palette.muted, "width": 1.4, "dash": "dash"},
        meta=[name],
        hovertemplate="%{meta[0]} %{y}<extra></extra>",
    )
    if not chart.has_band:
        return [average]
    low, high = (np.round(part[at], decimals).tolist() for part in (low, high))
    return [theme.build_band(x, low, high, fillcolor=palette.band, line={"width": 0}), average]


# ------------------------------------------------------------------ changes of the method


def build_break_trace(chart: ExploreChart, palette: Palette) -> theme.Figure | None:
    """Dotted lines where the publisher changed its method, each with a mark at the foot."""
    inside = _find_breaks(chart)
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


def build_break_notes(
    chart: ExploreChart, pixels_a_day: float, palette: Palette
) -> list[theme.Figure]:
    """What the dotted lines are; one text where several are close."""
    notes = []
    close: list[MethodBreak] = []
    for change in [*_find_breaks(chart), None]:
        is_next = change is None or (
            bool(close) and (change.day - close[-1].day).days * pixels_a_day > CLOSE_NAMES
        )
        if close and is_next:
            text = plural("fixing method changed", "fixing method changed {n} times", len(close))
            notes.append(
                theme.build_note(
                    palette, text, close[-1].day.isoformat(), 0.03, yref="y3", xanchor="left",
                    yanchor="middle", xshift=8,
                    font={"size": theme.FONT_SIZE - 3, "color": palette.muted},
                )
            )  # fmt: skip
            close = []
        if change is not None:
            close.append(change)
    return notes


def build_regime_shapes(
    chart: ExploreChart, palette: Palette, domain: tuple[float, float]
) -> list[theme.Figure]:
    """Every second regime as a band in the pane of the rate, a dashed line where one begins."""
    bottom, top = domain
    colour = REGIME_STYLE.colour(dark=palette is DARK_PALETTE)
    line = {"color": colour, "width": 1.2, "dash": "longdash"}
    shapes = []
    for number, (begin, end, _label) in enumerate(_regimes_in_view(chart)):
        if number % 2:
            shapes.append(
                theme.build_region(begin, end, colour, y0=bottom, y1=top, opacity=REGIME_OPACITY)
            )
        if number:
            shapes.append(theme.build_vertical_line(begin, line, y0=bottom, y1=top))
    return shapes


def build_regime_notes(
    chart: ExploreChart, pixels_a_day: float, palette: Palette
) -> list[theme.Figure]:
    """What each regime is called, where it begins; left out where it is too narrow for it."""
    font = {"size": theme.FONT_SIZE - 3, "color": REGIME_STYLE.colour(dark=palette is DARK_PALETTE)}
    return [
        theme.build_note(
            palette, escape_plot(label, REGIME_NAME_LENGTH), begin, 0.99, yref="y3",
            xanchor="left", yanchor="top", xshift=4, font=font,
        )
        for begin, end, label in _regimes_in_view(chart)
        if (date.fromisoformat(end) - date.fromisoformat(begin)).days * pixels_a_day
        > REGIME_NAME_PIXELS
    ]  # fmt: skip


def _regimes_in_view(chart: ExploreChart) -> list[tuple[str, str, str]]:
    """First and last day in view and the name of each regime in view; the first is in view too."""
    begins = [begin for begin, _name in chart.regimes]
    ends = [*begins[1:], chart.right_end]
    return [
        (max(begin, chart.since).isoformat(), min(end, chart.right_end).isoformat(), name)
        for (begin, name), end in zip(chart.regimes, ends, strict=False)
        if end > chart.since and begin < chart.right_end
    ]


def _find_breaks(chart: ExploreChart) -> list[MethodBreak]:
    """The changes of the publisher's method in view."""
    return [b for b in chart.series.card.breaks if chart.since <= b.day <= chart.until]


# ------------------------------------------------------------------ names of the largest moves


@dataclass(frozen=True, slots=True)
class PaneScale:
    """The size of the pane of the rate in pixels and the ends of its axis, foot first."""

    pixels_per_day: float
    height: float
    bounds: tuple[float, float]


def place_on_axis(chart: ExploreChart, value: float) -> float:
    """Where an annotation lies on the axis of the rate: Plotly wants the logarithm."""
    return float(np.log10(value)) if chart.log_scale else value


def build_move_names(
    chart: ExploreChart, line: DrawnRateLine, scale: PaneScale, palette: Palette
) -> list[theme.Figure]:
    """The largest moves in view by name, where neither the line nor another name lies.

    The name of a rise stands above the line if there is a place, that of a fall below it.
    """
    notes: list[theme.Figure] = []
    taken: list[Box] = []
    pixels = _convert_to_pixels(chart, line, scale)
    for move in sorted(chart.named_moves, key=lambda move: move.day):
        at = int(np.searchsorted(line.day, np.datetime64(move.day, "D")))
        if at >= len(line.day) or not np.isfinite(line.shown[at]):
            continue
        rose = chart.quoting.quoted_log_points(move.log_points) > 0
        sign = 1 if rose != chart.quoting.axis_is_inverted else -1
        across, up = _find_free_place(pixels, at, sign, taken)
        text = f"<b>{chart.quoting.move(move.log_points)}</b><br>{format_day(move.day)}"
        notes.append(
            theme.build_note(palette, text, line.x(at), place_on_axis(chart, line.shown[at]))
            | {
                "showarrow": True,
                "arrowhead": 0,
                "arrowwidth": 1,
                "arrowcolor": palette.muted,
                "standoff": 3,
                "ax": across,
                "ay": -up,
                "xanchor": "right" if across < 0 else "left",
                "align": "left",
                "bgcolor": theme.fade_colour(palette.surface, NAME_OPACITY),
                "font": {"size": theme.FONT_SIZE - 2, "color": palette.text},
            }
        )
    return notes


@dataclass(frozen=True, slots=True)
class LinePixels:
    """The line in pixels from the foot of its pane at the left, each (n,), and the pane."""

    x: Floats
    y: Floats
    width: float
    height: float


def _convert_to_pixels(chart: ExploreChart, line: DrawnRateLine, scale: PaneScale) -> LinePixels:
    days = (line.day - np.datetime64(chart.since, "D")).astype(float)
    shown = np.log10(line.shown) if chart.log_scale else line.shown
    foot, top = scale.bounds
    width = (chart.until - chart.since).days * scale.pixels_per_day
    y = (shown - foot) / (top - foot) * scale.height
    return LinePixels(days * scale.pixels_per_day, y, width, scale.height)


def _find_free_place(pixels: LinePixels, at: int, sign: int, taken: list[Box]) -> tuple[int, int]:
    """How far right and up of a point its name stands, in pixels; its box is added to `taken`."""
    places = [
        (across, side * distance)
        for distance in NAME_DISTANCES
        for side in (sign, -sign)
        for across in (NAME_OFFSET, -NAME_OFFSET)
    ]
    boxes = [_build_name_box(pixels, at, place) for place in places]
    free = (k for k, box in enumerate(boxes) if _is_free(pixels, box, taken))
    chosen = next(free, 0)
    taken.append(boxes[chosen])
    return places[chosen]


def _build_name_box(pixels: LinePixels, at: int, place: tuple[int, int]) -> Box:
    """Left, right, foot and top of a name whose leader ends at a place near a point."""
    across, up = place
    width, height = NAME_PIXELS
    x, y = float(pixels.x[at]) + across, float(pixels.y[at]) + up
    left = x if across > 0 else x - width
    return left, left + width, y - height / 2, y + height / 2


def _is_free(pixels: LinePixels, box: Box, taken: list[Box]) -> bool:
    """Whether a box lies in the pane, on no other one and not on the line."""
    left, right, foot, top = box
    if left < 0 or right > pixels.width or foot < 0 or top > pixels.height:
        return False
    if any(left < r and le < right and foot < t and f < top for le, r, f, t in taken):
        return False
    x, y = pixels.x, pixels.y
    near = (x[1:] > left) & (x[:-1] < right)
    highest, lowest = np.fmax(y[1:], y[:-1])[near], np.fmin(y[1:], y[:-1])[near]
    return not bool(np.any((highest > foot) & (lowest < top)))


# ------------------------------------------------------------------ overview of the whole series


def build_overview_trace(chart: ExploreChart, palette: Palette) -> theme.Figure:
    """The last number of each week of the whole series, on axes of its own."""
    days, shown = _find_weekly_numbers(chart.series, chart.quoting)
    at = theme.select_points(shown, OVERVIEW_POINTS)
    x_axis, y_axis = OVERVIEW_AXES
    return theme.build_scatter(
        "lines",
        days[at].astype(str).tolist(),
        [round_or_none(value, chart.quoting.decimals - 2) for value in shown[at].tolist()],
        xaxis=x_axis,
        yaxis=y_axis,
        line={"color": palette.muted, "width": 1},
        fill="tozeroy",
        fillcolor=palette.band,
        hoverinfo="skip",
    )


def build_overview_axes(
    chart: ExploreChart, domain: tuple[float, float], palette: Palette
) -> theme.Figure:
    """Its axes by their keys in a layout; a drag over it zooms."""
    days, shown = _find_weekly_numbers(chart.series, chart.quoting)
    finite = np.isfinite(shown)
    low, high = theme.compute_bounds(shown[finite].tolist(), with_zero=False, padding=0.1)
    bounds = [high, low] if chart.quoting.axis_is_inverted else [low, high]
    ends = [str(days[0]), str(max(days[-1], np.datetime64(chart.until)))] if len(days) else None
    x_axis = theme.build_axis(
        palette, type="date", range=ends, anchor="y4", showgrid=False, nticks=10, fixedrange=False,
        tickfont={"color": palette.muted, "size": theme.FONT_SIZE - 3}, ticklabelposition="inside",
    )  # fmt: skip
    y_axis = theme.build_axis(
        palette, range=bounds, domain=list(domain), anchor="x2", visible=False
    )
    return {"xaxis2": x_axis, "yaxis4": y_axis}


def build_overview_shapes(chart: ExploreChart, palette: Palette) -> list[theme.Figure]:
    """The window on the overview as a frame."""
    window = theme.build_region(
        chart.since.isoformat(), (chart.until + timedelta(days=1)).isoformat(), palette.band
    )
    place = {"xref": "x2", "yref": "y4 domain", "line": {"width": 1.5, "color": palette.selected}}
    return [window | place]


def _find_weekly_numbers(series: RateSeries, quoting: QuotedSeries) -> tuple[Days, Floats]:
    present = np.flatnonzero(np.isfinite(series.rate))
    rows = present[find_week_ends(series.day[present])]
    return series.day[rows], show_numbers(series.rate[rows], quoting)


def find_week_ends(days: Days) -> Bools:
    """Which observation is the last one of its Monday-to-Sunday week, (n,)."""
    week = (days.astype("datetime64[D]").astype(np.int64) + 3) // 7
    return np.append(week[1:] != week[:-1], True) if len(days) else np.zeros(0, dtype=bool)


def round_or_none(value: float, decimals: int) -> float | None:
    """A number of a trace; None is a gap."""
    return round(value, decimals) if value == value else None  # noqa: PLR0124 - NaN is a gap
