"""The figure of a claim: the rate around its day, the claimed level, the bases of a change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np

from dashboard.models.moves import Fixing
from dashboard.models.series import Days, Floats, RateSeries
from dashboard.presentation.charts.theme import (
    FONT_SIZE,
    Figure,
    build_axis,
    build_base_layout,
    nice_ticks,
    select_points,
    tick_decimals,
)
from dashboard.presentation.escaping import escape_plot
from dashboard.presentation.formatting import format_day, format_number, format_weekday
from dashboard.presentation.palette import Palette
from dashboard.presentation.quoting import QuotedSeries

HEIGHT: Final = 400
PHONE_HEIGHT: Final = 320
PADDING: Final = 0.09
MIN_DAYS: Final = 60


@dataclass(frozen=True, slots=True)
class ClaimChart:
    """What the figure shows, in one quoting.

    `at` is the observation of the day; `levels` are rates claimed; `since` and `describe_last_reached`
    the first day of the period that a record reaches back to; `reached` the last observation at
    least as strong, or as weak; `bases` those that a change is counted from, with their words.
    """

    series: RateSeries
    quoting: QuotedSeries
    at: Fixing
    levels: tuple[float, ...] = ()
    since: date | None = None
    since_label: str = ""
    reached: Fixing | None = None
    bases: tuple[tuple[str, Fixing], ...] = ()
    title: str = ""
    subtitle: str = ""
    phone: bool = False

    @property
    def span(self) -> tuple[date, date]:
        """First and last day shown: everything marked, with room on both sides."""
        days = [self.at.day, *(fixing.day for _, fixing in self.bases)]
        days += [day for day in (self.since, self.reached and self.reached.day) if day]
        first = min(days)
        padding = timedelta(days=max(MIN_DAYS, int((self.at.day - first).days * 0.12)))
        return first - padding, self.at.day + padding


def build_claim_figure(chart: ClaimChart, palette: Palette) -> Figure:
    """The whole figure as Plotly's plain dictionary."""
    days, rates = select_drawn_rates(chart)
    return {
        "data": [_build_line(days, rates, palette), _build_marks(chart, palette)],
        "layout": _build_layout(chart, rates, palette),
    }


def summarize_claim(chart: ClaimChart) -> str:
    """One sentence for those who cannot see the figure."""
    quoting, (first, last) = chart.quoting, chart.span
    parts = [
        f"Line of {quoting.unit} from {format_day(first)} to {format_day(last)};"
        f" on {format_day(chart.at.day)} {quoting.rate(chart.at.rate)}"
    ]
    parts += [f"claimed level {quoting.rate(level)}" for level in chart.levels]
    if chart.since is not None:
        parts.append(f"the span since {chart.since_label} is shaded")
    if chart.reached is not None:
        fixing = chart.reached
        parts.append(f"last there on {format_day(fixing.day)} at {quoting.rate(fixing.rate)}")
    parts += [f"{label} {quoting.rate(b.rate)} on {format_day(b.day)}" for label, b in chart.bases]
    return "; ".join(parts) + "."


def list_marked_fixings(chart: ClaimChart) -> list[tuple[str, Fixing]]:
    """The observations that carry a mark, oldest first, with their words."""
    fixings = [("the day", chart.at), *chart.bases]
    if chart.reached is not None:
        fixings.append(("last there", chart.reached))
    return sorted(fixings, key=lambda pair: pair[1].day)


def select_drawn_rates(chart: ClaimChart) -> tuple[Days, Floats]:
    """Days and numbers shown of the line, thinned where it is long."""
    first, last = (np.datetime64(day, "D") for day in chart.span)
    inside = (chart.series.day >= first) & (chart.series.day <= last)
    days, rates = chart.series.day[inside], chart.series.rate[inside]
    shown = 1.0 / rates if chart.quoting.is_inverse else rates
    rows = select_points(shown)
    return days[rows], shown[rows]


def _build_line(days: Days, rates: Floats, palette: Palette) -> Figure:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": days.astype(str).tolist(),
        "y": [round(r, 8) if r == r else None for r in rates.tolist()],  # noqa: PLR0124 - NaN
        "line": {"color": palette.line, "width": 1.5},
        "connectgaps": False,
        "hovertemplate": "%{x|%a %d %b %Y}<br>%{y}<extra></extra>",
    }


def _build_marks(chart: ClaimChart, palette: Palette) -> Figure:
    points = list_marked_fixings(chart)
    is_claim_day = [fixing.day == chart.at.day for _, fixing in points]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [fixing.day.isoformat() for _, fixing in points],
        "y": [round(chart.quoting.shown(fixing.rate), 8) for _, fixing in points],
        "marker": {
            "size": [12 if is_own else 9 for is_own in is_claim_day],
            "symbol": ["diamond" if label == "last there" else "circle" for label, _ in points],
            "color": [palette.selected if is_own else palette.surface for is_own in is_claim_day],
            "line": {"color": palette.selected, "width": 2},
            "opacity": 1,
        },
        "customdata": [
            f"{label}<br>{format_weekday(f.day)}<br>{chart.quoting.unit}"
            f" {chart.quoting.rate(f.rate)}"
            for label, f in points
        ],
        "hovertemplate": "%{customdata}<extra></extra>",
    }


def _build_layout(chart: ClaimChart, rates: Floats, palette: Palette) -> Figure:
    low, high = _compute_bounds(chart, rates)
    ticks = nice_ticks(low, high, 4 if chart.phone else 6)
    decimals = tick_decimals(ticks)
    first, last = chart.span
    inverted = chart.quoting.axis_is_inverted
    layout = build_base_layout(palette, PHONE_HEIGHT if chart.phone else HEIGHT) | {
        "margin": dict(zip("lrtb", (56, 48, 26, 40) if chart.phone else (70, 14, 84, 40),
                           strict=True)) | {"pad": 4},
        "hovermode": "closest",
        "dragmode": False,
        "xaxis": build_axis(palette, type="date", range=[first.isoformat(), last.isoformat()], showgrid=False)
        | {"nticks": 4 if chart.phone else 9},
        "yaxis": build_axis(
            palette, range=[high, low] if inverted else [low, high], tickvals=ticks,
            ticktext=[format_number(tick, decimals) for tick in ticks],
            hoverformat=f".{chart.quoting.decimals}f",
        ),
        "shapes": _build_shapes(chart, palette),
        "annotations": [_build_unit_note(chart, palette), *_build_labels(chart, (low, high), palette)],
    }  # fmt: skip
    return layout if chart.phone else layout | {"title": _build_title(chart, palette)}


def _compute_bounds(chart: ClaimChart, rates: Floats) -> tuple[float, float]:
    shown = [float(rate) for rate in rates[np.isfinite(rates)]]
    shown += [chart.quoting.shown(level) for level in chart.levels]
    shown.append(chart.quoting.shown(chart.at.rate))
    low, high = min(shown), max(shown)
    pad = PADDING * (high - low) or abs(high) * PADDING
    return low - pad, high + pad


def _build_shapes(chart: ClaimChart, palette: Palette) -> list[Figure]:
    """The span since a record as a band, the rate of the day and the claimed levels as lines."""
    across = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "yref": "y", "layer": "below"}
    shapes: list[Figure] = []
    if chart.since is not None:
        shapes.append(
            {"type": "rect", "xref": "x", "yref": "paper", "y0": 0, "y1": 1, "layer": "below"}
            | {"x0": chart.since.isoformat(), "x1": chart.at.day.isoformat()}
            | {"fillcolor": palette.band, "line": {"width": 0}}
        )
    rate = chart.quoting.shown(chart.at.rate)
    dotted = {"line": {"color": palette.muted, "width": 1, "dash": "dot"}}
    shapes.append(across | {"y0": rate, "y1": rate} | dotted)
    for level in chart.levels:
        at = chart.quoting.shown(level)
        dashed = {"line": {"color": palette.text, "width": 1.4, "dash": "dash"}}
        shapes.append(across | {"y0": at, "y1": at} | dashed)
    day_of = chart.at.day.isoformat()
    shapes.append(
        {"type": "line", "xref": "x", "yref": "paper", "x0": day_of, "x1": day_of}
        | {"y0": 0, "y1": 1, "layer": "below", "line": {"color": palette.selected, "width": 1.2}}
    )
    return shapes


def _build_labels(chart: ClaimChart, bounds: tuple[float, float], palette: Palette) -> list[Figure]:
    """Words beside the marks; neighbours lean to different sides."""
    middle = sum(bounds) / 2
    points = list_marked_fixings(chart)
    first = min(range(len(points)), key=lambda k: points[k][1].day)
    labels = []
    for k, (label, fixing) in enumerate(points):
        # The oldest stands near the left edge, the day itself near the right one.
        side = "left" if k == first or fixing == chart.at or k % 2 == 0 else "right"
        labels.append(_build_label(chart, (label, fixing), (side, middle), palette))
    if chart.since is not None and not chart.phone:
        labels.append(
            _build_note(palette)
            | {
                "text": escape_plot(f"since {chart.since_label}", 40, 1),
                "x": chart.since.isoformat(),
                "xref": "x",
            }
            | {"y": 1, "yref": "paper", "xanchor": "left", "yanchor": "top", "xshift": 4}
        )
    labels += [_build_level_label(chart, level, middle, palette) for level in chart.levels]
    return labels


def _build_label(
    chart: ClaimChart, mark: tuple[str, Fixing], position: tuple[str, float], palette: Palette
) -> Figure:
    (label, fixing), (side, middle) = mark, position
    text = f"<b>{chart.quoting.rate(fixing.rate)}</b>"
    if not chart.phone:
        detail = (
            format_day(fixing.day)
            if fixing == chart.at
            else f"{label},<br>{format_day(fixing.day)}"
        )
        text += f"<br>{detail}"
    return _build_note(palette) | {
        "text": text,
        "x": fixing.day.isoformat(),
        "y": chart.quoting.shown(fixing.rate),
        "xref": "x",
        "yref": "y",
        "align": side,
        "xanchor": side,
        "xshift": 9 if side == "left" else -9,
        "yanchor": "top" if _is_lower_half(chart, fixing.rate, middle) else "bottom",
    }


def _build_level_label(chart: ClaimChart, level: float, middle: float, palette: Palette) -> Figure:
    """The claimed level in the middle of its line, away from the mark of the day."""
    return _build_note(palette) | {
        "text": f"claimed: {chart.quoting.rate(level)}",
        "x": 0.5,
        "xref": "paper",
        "y": chart.quoting.shown(level),
        "yref": "y",
        "xanchor": "center",
        "yanchor": "top" if _is_lower_half(chart, level, middle) else "bottom",
    }


def _is_lower_half(chart: ClaimChart, rate: float, middle: float) -> bool:
    """Whether a rate lies in the lower half of the screen."""
    return (chart.quoting.shown(rate) < middle) != chart.quoting.axis_is_inverted


def _build_note(palette: Palette) -> Figure:
    font = {"size": FONT_SIZE - 1, "color": palette.text}
    return {"showarrow": False, "font": font, "bgcolor": palette.pill, "opacity": 0.85}


def _build_unit_note(chart: ClaimChart, palette: Palette) -> Figure:
    text = chart.quoting.unit if chart.phone else chart.quoting.axis_title
    return {
        "text": text, "xref": "paper", "yref": "paper", "x": 0, "y": 1, "xanchor": "left",
        "yanchor": "bottom", "yshift": 4, "showarrow": False,
        "font": {"size": FONT_SIZE - 1, "color": palette.muted},
    }  # fmt: skip


def _build_title(chart: ClaimChart, palette: Palette) -> Figure:
    return {
        "text": chart.title, "x": 0, "xref": "container", "xanchor": "left", "y": 1,
        "yref": "container", "yanchor": "top", "pad": {"t": 6, "l": 4},
        "font": {"size": 15, "color": palette.text, "weight": 600},
        "subtitle": {"text": chart.subtitle, "font": {"size": FONT_SIZE, "color": palette.muted}},
    }  # fmt: skip
