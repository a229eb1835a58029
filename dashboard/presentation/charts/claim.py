"""The figure of a claim: the rate around its day, the claimed level, the bases of a change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np

from dashboard.models.messages import translate as _
from dashboard.models.moves import Fixing
from dashboard.models.series import Days, Floats, RateSeries
from dashboard.presentation.charts import theme
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

    `at` is the observation of the day; `levels` are the claimed rates; `since` is the first day of
    the period of a claimed record, `since_label` its name; `reached` is the last observation at
    least as strong, or as weak; `bases` are those that a change is counted from, with their names.
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
        """First and last day shown: everything marked, with a margin on both sides."""
        days = [self.at.day, *(fixing.day for _, fixing in self.bases)]
        days += [day for day in (self.since, self.reached and self.reached.day) if day]
        first = min(days)
        padding = timedelta(days=max(MIN_DAYS, int((self.at.day - first).days * 0.12)))
        return first - padding, self.at.day + padding


def build_claim_figure(chart: ClaimChart, palette: Palette) -> theme.Figure:
    """The whole figure as Plotly's plain dictionary."""
    days, rates = select_drawn_rates(chart)
    return {
        "data": [_build_line(days, rates, palette), _build_marks(chart, palette)],
        "layout": _build_layout(chart, rates, palette),
    }


def summarize_claim(chart: ClaimChart) -> str:
    """A text alternative of the figure in one sentence."""
    quoting, (first, last) = chart.quoting, chart.span
    parts = [
        _(
            "Line of {unit} from {first} to {last}; on {day} {rate}",
            unit=quoting.unit,
            first=format_day(first),
            last=format_day(last),
            day=format_day(chart.at.day),
            rate=quoting.rate(chart.at.rate),
        )
    ]
    parts += [_("claimed level {rate}", rate=quoting.rate(level)) for level in chart.levels]
    if chart.since is not None:
        parts.append(_("the span since {period} is shaded", period=chart.since_label))
    if chart.reached is not None:
        fixing = chart.reached
        parts.append(
            _(
                "last there on {day} at {rate}",
                day=format_day(fixing.day),
                rate=quoting.rate(fixing.rate),
            )
        )
    parts += [
        _("{label} {rate} on {day}", label=label, rate=quoting.rate(b.rate), day=format_day(b.day))
        for label, b in chart.bases
    ]
    return "; ".join(parts) + "."


def list_marked_fixings(chart: ClaimChart) -> list[tuple[str, Fixing]]:
    """The observations that carry a mark, oldest first, with their labels."""
    fixings = [(_("the day"), chart.at), *chart.bases]
    if chart.reached is not None:
        fixings.append((_("last there"), chart.reached))
    return sorted(fixings, key=lambda pair: pair[1].day)


def select_drawn_rates(chart: ClaimChart) -> tuple[Days, Floats]:
    """Days and numbers shown of the line, thinned where it is long."""
    first, last = (np.datetime64(day, "D") for day in chart.span)
    inside = (chart.series.day >= first) & (chart.series.day <= last)
    days, rates = chart.series.day[inside], chart.series.rate[inside]
    shown = 1.0 / rates if chart.quoting.is_inverse else rates
    rows = theme.select_points(shown)
    return days[rows], shown[rows]


def _build_line(days: Days, rates: Floats, palette: Palette) -> theme.Figure:
    return theme.build_scatter(
        "lines",
        days.astype(str).tolist(),
        [round(r, 8) if r == r else None for r in rates.tolist()],  # noqa: PLR0124 - NaN
        line={"color": palette.line, "width": 1.5},
        connectgaps=False,
        # Translators: days and months would have English names, so write the date in digits.
        hovertemplate=_("%{x|%a %-d %b %Y}<br>%{y}<extra></extra>"),
    )


def _build_marks(chart: ClaimChart, palette: Palette) -> theme.Figure:
    points, quoting = list_marked_fixings(chart), chart.quoting
    reached = (_("last there"), chart.reached)
    is_claim_day = [fixing.day == chart.at.day for _, fixing in points]
    marker = {
        "size": [12 if is_own else 9 for is_own in is_claim_day],
        "symbol": ["diamond" if point == reached else "circle" for point in points],
        "color": [palette.selected if is_own else palette.surface for is_own in is_claim_day],
        "line": {"color": palette.selected, "width": 2},
        "opacity": 1,
    }
    hover = [
        f"{label}<br>{format_weekday(f.day)}<br>{quoting.unit} {quoting.rate(f.rate)}"
        for label, f in points
    ]
    return theme.build_scatter(
        "markers",
        [fixing.day.isoformat() for _, fixing in points],
        [round(quoting.shown(fixing.rate), 8) for _, fixing in points],
        marker=marker,
        **theme.build_hover(hover),
    )


def _build_layout(chart: ClaimChart, rates: Floats, palette: Palette) -> theme.Figure:
    low, high = _compute_bounds(chart, rates)
    first, last = (day.isoformat() for day in chart.span)
    note = chart.quoting.unit if chart.phone else chart.quoting.axis_title
    layout = theme.build_layout(
        palette,
        PHONE_HEIGHT if chart.phone else HEIGHT,
        (56, 48, 26, 40, 4) if chart.phone else (70, 14, 84, 40, 4),
        xaxis=theme.build_axis(
            palette,
            type="date",
            range=[first, last],
            showgrid=False,
            nticks=4 if chart.phone else 9,
            fixedrange=False,
        ),
        yaxis=theme.build_number_axis(
            palette,
            (high, low) if chart.quoting.axis_is_inverted else (low, high),
            4 if chart.phone else 6,
            format_number,
            hoverformat=f".{chart.quoting.decimals}f",
        ),
        shapes=_build_shapes(chart, palette),
        annotations=[
            theme.build_axis_note(palette, note, yshift=4),
            *_build_labels(chart, (low, high), palette),
        ],
    )
    if not chart.phone:
        layout["title"] = theme.build_title(palette, chart.title, chart.subtitle)
    return layout


def _compute_bounds(chart: ClaimChart, rates: Floats) -> tuple[float, float]:
    shown = [float(rate) for rate in rates[np.isfinite(rates)]]
    shown += [chart.quoting.shown(level) for level in chart.levels]
    shown.append(chart.quoting.shown(chart.at.rate))
    low, high = min(shown), max(shown)
    pad = PADDING * (high - low) or abs(high) * PADDING
    return low - pad, high + pad


def _build_shapes(chart: ClaimChart, palette: Palette) -> list[theme.Figure]:
    """The span since a record as a band, the rate of the day and the claimed levels as lines."""
    shapes: list[theme.Figure] = []
    day = chart.at.day.isoformat()
    if chart.since is not None:
        shapes.append(theme.build_region(chart.since.isoformat(), day, palette.band))
    dotted = {"color": palette.muted, "width": 1, "dash": "dot"}
    dashed = {"color": palette.text, "width": 1.4, "dash": "dash"}
    lines = [(chart.at.rate, dotted), *((level, dashed) for level in chart.levels)]
    shapes += [
        theme.build_horizontal_line(chart.quoting.shown(rate), line, layer="below")
        for rate, line in lines
    ]
    line = {"color": palette.selected, "width": 1.2}
    return [*shapes, theme.build_vertical_line(day, line, layer="below")]


def _build_labels(
    chart: ClaimChart, bounds: tuple[float, float], palette: Palette
) -> list[theme.Figure]:
    """The labels of the marks; neighbours lean to different sides."""
    middle = sum(bounds) / 2
    points = list_marked_fixings(chart)
    first = min(range(len(points)), key=lambda k: points[k][1].day)
    labels = []
    for k, (label, fixing) in enumerate(points):
        # The oldest stands near the left edge, the day itself near the right one.
        side = "left" if k == first or fixing == chart.at or k % 2 == 0 else "right"
        labels.append(_build_label(chart, (label, fixing), (side, middle), palette))
    if chart.since is not None and not chart.phone:
        text = escape_plot(_("since {period}", period=chart.since_label), 40, 1)
        corner = {"xref": "x", "yref": "paper", "xanchor": "left", "yanchor": "top", "xshift": 4}
        labels.append(_build_boxed_note(palette, text, chart.since.isoformat(), 1, **corner))
    labels += [_build_level_label(chart, level, middle, palette) for level in chart.levels]
    return labels


def _build_label(
    chart: ClaimChart, mark: tuple[str, Fixing], position: tuple[str, float], palette: Palette
) -> theme.Figure:
    (label, fixing), (side, middle) = mark, position
    text = f"<b>{chart.quoting.rate(fixing.rate)}</b>"
    if not chart.phone:
        name = "" if fixing == chart.at else f"{label},<br>"
        text += f"<br>{name}{format_day(fixing.day)}"
    return _build_boxed_note(
        palette,
        text,
        fixing.day.isoformat(),
        chart.quoting.shown(fixing.rate),
        xref="x",
        yref="y",
        align=side,
        xanchor=side,
        xshift=9 if side == "left" else -9,
        yanchor="top" if _is_lower_half(chart, fixing.rate, middle) else "bottom",
    )


def _build_level_label(
    chart: ClaimChart, level: float, middle: float, palette: Palette
) -> theme.Figure:
    """The claimed level in the middle of its line, away from the mark of the day."""
    return _build_boxed_note(
        palette,
        _("claimed: {rate}", rate=chart.quoting.rate(level)),
        0.5,
        chart.quoting.shown(level),
        xref="paper",
        yref="y",
        xanchor="center",
        yanchor="top" if _is_lower_half(chart, level, middle) else "bottom",
    )


def _is_lower_half(chart: ClaimChart, rate: float, middle: float) -> bool:
    """Whether a rate lies in the lower half of the screen."""
    return (chart.quoting.shown(rate) < middle) != chart.quoting.axis_is_inverted


def _build_boxed_note(palette: Palette, text: str, x: Any, y: float, **more: Any) -> theme.Figure:
    font = {"size": theme.FONT_SIZE - 1, "color": palette.text}
    return theme.build_note(
        palette, text, x, y, font=font, bgcolor=palette.pill, opacity=0.85, **more
    )
