"""The figure behind a claim: the rate with its day, the level, the span since, the bases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np

from dashboard.domain.event_view import Fixing
from dashboard.domain.series import Days, Floats, RateSeries
from dashboard.ui.charts.grammar import (
    FONT_SIZE,
    Figure,
    axis,
    base_layout,
    nice_ticks,
    tick_decimals,
)
from dashboard.ui.charts.thinning import points_to_draw
from dashboard.ui.palette import Ink
from dashboard.ui.quoting import Quoting
from dashboard.ui.text import plot_text
from dashboard.ui.wording import day, number, weekday_day

HEIGHT: Final = 400
PHONE_HEIGHT: Final = 320
PADDING: Final = 0.09
LEAST_DAYS: Final = 60


@dataclass(frozen=True, slots=True)
class ClaimChart:
    """What the figure shows, in one quoting.

    `at` is the observation of the day; `levels` are rates claimed; `since` and `since_words`
    the first day of the period that a record reaches back to; `reached` the last observation at
    least as strong, or as weak; `bases` those that a change is counted from, with their words.
    """

    series: RateSeries
    quoting: Quoting
    at: Fixing
    levels: tuple[float, ...] = ()
    since: date | None = None
    since_words: str = ""
    reached: Fixing | None = None
    bases: tuple[tuple[str, Fixing], ...] = ()
    title: str = ""
    subtitle: str = ""
    phone: bool = False

    @property
    def span(self) -> tuple[date, date]:
        """First and last day shown: everything marked, with room on both sides."""
        days = [self.at.day, *(fixing.day for _, fixing in self.bases)]
        days += [each for each in (self.since, self.reached and self.reached.day) if each]
        first = min(days)
        room = timedelta(days=max(LEAST_DAYS, int((self.at.day - first).days * 0.12)))
        return first - room, self.at.day + room


def build_claim_figure(chart: ClaimChart, ink: Ink) -> Figure:
    """The whole figure as Plotly's plain dictionary."""
    days, rates = drawn(chart)
    return {
        "data": [_line(days, rates, ink), _marks(chart, ink)],
        "layout": _layout(chart, rates, ink),
    }


def claim_summary(chart: ClaimChart) -> str:
    """One sentence for those who cannot see the figure."""
    quoting, (first, last) = chart.quoting, chart.span
    parts = [
        f"Line of {quoting.unit} from {day(first)} to {day(last)};"
        f" on {day(chart.at.day)} {quoting.rate(chart.at.rate)}"
    ]
    parts += [f"claimed level {quoting.rate(level)}" for level in chart.levels]
    if chart.since is not None:
        parts.append(f"the span since {chart.since_words} is shaded")
    if chart.reached is not None:
        there = chart.reached
        parts.append(f"last there on {day(there.day)} at {quoting.rate(there.rate)}")
    parts += [f"{words} {quoting.rate(b.rate)} on {day(b.day)}" for words, b in chart.bases]
    return "; ".join(parts) + "."


def marked(chart: ClaimChart) -> list[tuple[str, Fixing]]:
    """The observations that carry a mark, oldest first, with their words."""
    found = [("the day", chart.at), *chart.bases]
    if chart.reached is not None:
        found.append(("last there", chart.reached))
    return sorted(found, key=lambda pair: pair[1].day)


def drawn(chart: ClaimChart) -> tuple[Days, Floats]:
    """Days and numbers shown of the line, thinned where it is long."""
    first, last = (np.datetime64(each, "D") for each in chart.span)
    inside = (chart.series.day >= first) & (chart.series.day <= last)
    days, rates = chart.series.day[inside], chart.series.rate[inside]
    shown = 1.0 / rates if chart.quoting.is_inverse else rates
    rows = points_to_draw(shown)
    return days[rows], shown[rows]


def _line(days: Days, rates: Floats, ink: Ink) -> Figure:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": days.astype(str).tolist(),
        "y": [round(r, 8) if r == r else None for r in rates.tolist()],  # noqa: PLR0124 - NaN
        "line": {"color": ink.line, "width": 1.5},
        "connectgaps": False,
        "hovertemplate": "%{x|%a %d %b %Y}<br>%{y}<extra></extra>",
    }


def _marks(chart: ClaimChart, ink: Ink) -> Figure:
    points = marked(chart)
    own = [fixing.day == chart.at.day for _, fixing in points]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [fixing.day.isoformat() for _, fixing in points],
        "y": [round(chart.quoting.shown(fixing.rate), 8) for _, fixing in points],
        "marker": {
            "size": [12 if here else 9 for here in own],
            "symbol": ["diamond" if words == "last there" else "circle" for words, _ in points],
            "color": [ink.selected if here else ink.surface for here in own],
            "line": {"color": ink.selected, "width": 2},
            "opacity": 1,
        },
        "customdata": [
            f"{words}<br>{weekday_day(f.day)}<br>{chart.quoting.unit} {chart.quoting.rate(f.rate)}"
            for words, f in points
        ],
        "hovertemplate": "%{customdata}<extra></extra>",
    }


def _layout(chart: ClaimChart, rates: Floats, ink: Ink) -> Figure:
    low, high = _bounds(chart, rates)
    ticks = nice_ticks(low, high, 4 if chart.phone else 6)
    decimals = tick_decimals(ticks)
    first, last = chart.span
    inverted = chart.quoting.axis_is_inverted
    layout = base_layout(ink, PHONE_HEIGHT if chart.phone else HEIGHT) | {
        "margin": dict(zip("lrtb", (56, 48, 26, 40) if chart.phone else (70, 14, 84, 40),
                           strict=True)) | {"pad": 4},
        "hovermode": "closest",
        "dragmode": False,
        "xaxis": axis(ink, type="date", range=[first.isoformat(), last.isoformat()], showgrid=False)
        | {"nticks": 4 if chart.phone else 9},
        "yaxis": axis(
            ink, range=[high, low] if inverted else [low, high], tickvals=ticks,
            ticktext=[number(tick, decimals) for tick in ticks],
            hoverformat=f".{chart.quoting.decimals}f",
        ),
        "shapes": _shapes(chart, ink),
        "annotations": [_unit(chart, ink), *_labels(chart, (low, high), ink)],
    }  # fmt: skip
    return layout if chart.phone else layout | {"title": _title(chart, ink)}


def _bounds(chart: ClaimChart, rates: Floats) -> tuple[float, float]:
    shown = [float(rate) for rate in rates[np.isfinite(rates)]]
    shown += [chart.quoting.shown(level) for level in chart.levels]
    shown.append(chart.quoting.shown(chart.at.rate))
    low, high = min(shown), max(shown)
    pad = PADDING * (high - low) or abs(high) * PADDING
    return low - pad, high + pad


def _shapes(chart: ClaimChart, ink: Ink) -> list[Figure]:
    """The span since a record as a band, the rate of the day and the claimed levels as lines."""
    across = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "yref": "y", "layer": "below"}
    shapes: list[Figure] = []
    if chart.since is not None:
        shapes.append(
            {"type": "rect", "xref": "x", "yref": "paper", "y0": 0, "y1": 1, "layer": "below"}
            | {"x0": chart.since.isoformat(), "x1": chart.at.day.isoformat()}
            | {"fillcolor": ink.band, "line": {"width": 0}}
        )
    here = chart.quoting.shown(chart.at.rate)
    dotted = {"line": {"color": ink.muted, "width": 1, "dash": "dot"}}
    shapes.append(across | {"y0": here, "y1": here} | dotted)
    for level in chart.levels:
        at = chart.quoting.shown(level)
        dashed = {"line": {"color": ink.text, "width": 1.4, "dash": "dash"}}
        shapes.append(across | {"y0": at, "y1": at} | dashed)
    day_of = chart.at.day.isoformat()
    shapes.append(
        {"type": "line", "xref": "x", "yref": "paper", "x0": day_of, "x1": day_of}
        | {"y0": 0, "y1": 1, "layer": "below", "line": {"color": ink.selected, "width": 1.2}}
    )
    return shapes


def _labels(chart: ClaimChart, bounds: tuple[float, float], ink: Ink) -> list[Figure]:
    """Words beside the marks; neighbours lean to different sides."""
    middle = sum(bounds) / 2
    points = marked(chart)
    first = min(range(len(points)), key=lambda k: points[k][1].day)
    labels = []
    for k, (words, fixing) in enumerate(points):
        # The oldest stands near the left edge, the day itself near the right one.
        side = "left" if k == first or fixing == chart.at or k % 2 == 0 else "right"
        labels.append(_label(chart, (words, fixing), (side, middle), ink))
    if chart.since is not None and not chart.phone:
        labels.append(
            _note(ink)
            | {
                "text": plot_text(f"since {chart.since_words}", 40, 1),
                "x": chart.since.isoformat(),
                "xref": "x",
            }
            | {"y": 1, "yref": "paper", "xanchor": "left", "yanchor": "top", "xshift": 4}
        )
    labels += [_level_label(chart, level, middle, ink) for level in chart.levels]
    return labels


def _label(chart: ClaimChart, of: tuple[str, Fixing], where: tuple[str, float], ink: Ink) -> Figure:
    (words, fixing), (side, middle) = of, where
    said = f"<b>{chart.quoting.rate(fixing.rate)}</b>"
    if not chart.phone:
        told = day(fixing.day) if fixing == chart.at else f"{words},<br>{day(fixing.day)}"
        said += f"<br>{told}"
    return _note(ink) | {
        "text": said,
        "x": fixing.day.isoformat(),
        "y": chart.quoting.shown(fixing.rate),
        "xref": "x",
        "yref": "y",
        "align": side,
        "xanchor": side,
        "xshift": 9 if side == "left" else -9,
        "yanchor": "top" if _is_low(chart, fixing.rate, middle) else "bottom",
    }


def _level_label(chart: ClaimChart, level: float, middle: float, ink: Ink) -> Figure:
    """The claimed level in the middle of its line, away from the mark of the day."""
    return _note(ink) | {
        "text": f"claimed: {chart.quoting.rate(level)}",
        "x": 0.5,
        "xref": "paper",
        "y": chart.quoting.shown(level),
        "yref": "y",
        "xanchor": "center",
        "yanchor": "top" if _is_low(chart, level, middle) else "bottom",
    }


def _is_low(chart: ClaimChart, rate: float, middle: float) -> bool:
    """Whether a rate lies in the lower half of the screen."""
    return (chart.quoting.shown(rate) < middle) != chart.quoting.axis_is_inverted


def _note(ink: Ink) -> Figure:
    font = {"size": FONT_SIZE - 1, "color": ink.text}
    return {"showarrow": False, "font": font, "bgcolor": ink.pill, "opacity": 0.85}


def _unit(chart: ClaimChart, ink: Ink) -> Figure:
    text = chart.quoting.unit if chart.phone else chart.quoting.axis_title
    return {
        "text": text, "xref": "paper", "yref": "paper", "x": 0, "y": 1, "xanchor": "left",
        "yanchor": "bottom", "yshift": 4, "showarrow": False,
        "font": {"size": FONT_SIZE - 1, "color": ink.muted},
    }  # fmt: skip


def _title(chart: ClaimChart, ink: Ink) -> Figure:
    return {
        "text": chart.title, "x": 0, "xref": "container", "xanchor": "left", "y": 1,
        "yref": "container", "yanchor": "top", "pad": {"t": 6, "l": 4},
        "font": {"size": 15, "color": ink.text, "weight": 600},
        "subtitle": {"text": chart.subtitle, "font": {"size": FONT_SIZE, "color": ink.muted}},
    }  # fmt: skip
