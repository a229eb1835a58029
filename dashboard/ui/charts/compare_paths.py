"""The paths of Compare: every event thin, the mean with both its bands, the median."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

from dashboard.domain.study import Average
from dashboard.ui.charts.compare_view import (
    FEWEST,
    ChartGroup,
    CompareChart,
    axis_name,
    faded,
    heading_layout,
    legend,
    move_axis,
    offset_text,
)
from dashboard.ui.charts.grammar import Figure, axis, base_layout
from dashboard.ui.text import plot_text

HEIGHT: Final = 460
PHONE_HEIGHT: Final = 400
NAMED_UP_TO: Final = 40
INNER: Final = 0.80
LEGEND_ROW: Final = 20
MOST_TICKS: Final = 18


def build_paths_figure(chart: CompareChart) -> Figure:
    """One trace of all paths a group, then bands, median and mean; offsets run along x."""
    data: list[Figure] = []
    for group in chart.groups:
        data.append(_paths(chart, group))
    for group in chart.groups:
        if group.found.n >= FEWEST:
            data += [*_bands(chart, group), _median(chart, group), _mean(chart, group)]
    rows = _legend_rows(chart)
    top, bottom = (26 if chart.phone else 82), 50 + LEGEND_ROW * rows
    height = (PHONE_HEIGHT if chart.phone else HEIGHT) + LEGEND_ROW * rows
    layout = base_layout(chart.ink, height) | {
        "margin": {"l": 50 if chart.phone else 58, "r": 14, "t": top, "b": bottom, "pad": 4},
        "hovermode": "closest",
        "dragmode": False,
        "xaxis": _offsets(chart),
        "yaxis": move_axis(chart, shown_values(chart)),
        "shapes": [_news(chart)],
        "annotations": [_scale_note(chart)],
    }
    below = -46 / (height - top - bottom)
    return {
        "data": data,
        "layout": layout
        | legend(chart, below)
        | heading_layout(chart, chart.heading, chart.subheading),
    }


def paths_cut(chart: CompareChart) -> int:
    """How many paths leave the figure, which shows means, bands and the middle of the paths."""
    values = shown_values(chart)
    low, high = min(values), max(values)
    count = 0
    for group in chart.groups:
        for path in group.found.result.car.tolist():
            shown = [chart.scale.shown(value) for value in path if math.isfinite(value)]
            count += any(value < low or value > high for value in shown)
    return count


def _legend_rows(chart: CompareChart) -> int:
    """Rows that the legend takes at most: of five lines a group, two beside each other."""
    judged = sum(5 if group.found.n >= FEWEST else 1 for group in chart.groups)
    return -(-judged // (2 if chart.phone else 5))


def paths_summary(chart: CompareChart) -> str:
    """What the figure says, for those who cannot see it."""
    told = []
    for group in chart.groups:
        rows = [row for row in group.found.answer.averages if row.n]
        if not rows:
            told.append(f"{group.called}: no path.")
            continue
        last = rows[-1]
        mean = f"{chart.scale.signed(last.caar)}{chart.scale.unit}"
        judged = (
            f"; 95 % of the mean {chart.scale.span(last.caar_low, last.caar_high)}"
            if group.found.n >= FEWEST
            else "; too few for a mean to be judged"
        )
        told.append(
            f"{group.called}: {group.found.n} paths of cumulative moves by offset; the mean ends at"
            f" {mean} at offset {offset_text(last.offset)}{judged}."
        )
    return " ".join(told)


def shown_values(chart: CompareChart) -> list[float]:
    """What the axis must hold: 0, the bands, and the inner 80 % of the paths at all offsets."""
    values = [0.0]
    for group in chart.groups:
        judged = group.found.n >= FEWEST
        for row in group.found.answer.averages if judged else ():
            ends = (row.supt_low, row.supt_high, row.caar)
            values += [chart.scale.shown(end) for end in ends if math.isfinite(end)]
        paths = sorted(
            chart.scale.shown(value)
            for value in group.found.result.car.ravel().tolist()
            if math.isfinite(value)
        )
        cut = int((1 - INNER) / 2 * len(paths)) if judged else 0
        values += paths[cut : len(paths) - cut]
    return values


def _paths(chart: CompareChart, group: ChartGroup) -> Figure:
    """Every path in one trace, with a gap between two of them."""
    offsets = group.found.result.offsets.tolist()
    few = group.found.n < FEWEST
    named = len(group.events) <= NAMED_UP_TO
    x: list[int | None] = []
    y: list[float | None] = []
    names: list[str] = []
    for event, path in zip(group.events, group.found.result.car.tolist(), strict=True):
        x += [*offsets, None]
        y += [*(chart.shown(value, 2) for value in path), None]
        names += [plot_text(event.title, 60, 1)] * (len(offsets) + 1) if named else []
    colour = chart.colour(group)
    return {
        "type": "scatter",
        "mode": "lines+markers" if few else "lines",
        "name": f"{group.called}: each event" if chart.is_pair else "each event",
        "x": x,
        "y": y,
        "line": {"color": faded(colour, 0.8 if few else 0.28), "width": 1.2 if few else 0.8}
        | {"dash": group.look.dash if few else "solid"},
        "marker": {"symbol": group.look.symbol, "size": 6, "color": colour},
        "connectgaps": False,
        **(
            {"text": names, "hovertemplate": "%{text}<br>offset %{x}: %{y}<extra></extra>"}
            if named
            else {"hoverinfo": "skip"}
        ),
    }


def _bands(chart: CompareChart, group: ChartGroup) -> list[Figure]:
    """The band of the whole path behind, the band of each offset in front of it."""
    colour = chart.colour(group)
    rows = group.found.answer.averages
    name = f"{group.called}: " if chart.is_pair else ""
    return [
        _band(chart, rows, ("supt_low", "supt_high"))
        | {
            "name": f"{name}95 % of the whole path",
            "fillcolor": faded(colour, 0.08),
            "line": {"width": 1, "dash": "dot", "color": faded(colour, 0.55)},
        },
        _band(chart, rows, ("caar_low", "caar_high"))
        | {
            "name": f"{name}95 % at an offset",
            "fillcolor": faded(colour, 0.16),
            "line": {"width": 0},
        },
    ]


def _band(chart: CompareChart, rows: Sequence[Average], ends: tuple[str, str]) -> Figure:
    known = [row for row in rows if all(math.isfinite(getattr(row, end)) for end in ends)]
    there = [(row.offset, getattr(row, ends[1])) for row in known]
    back = [(row.offset, getattr(row, ends[0])) for row in reversed(known)]
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [offset for offset, _ in there + back],
        "y": [chart.shown(value) for _, value in there + back],
        "fill": "toself",
        "hoverinfo": "skip",
    }


def _line(chart: CompareChart, group: ChartGroup, what: str, values: Sequence[float]) -> Figure:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": f"{group.called}: {what}" if chart.is_pair else what,
        "x": group.found.result.offsets.tolist(),
        "y": [chart.shown(value) for value in values],
        "hovertemplate": "offset %{x}: %{y}<extra>%{fullData.name}</extra>",
    }


def _mean(chart: CompareChart, group: ChartGroup) -> Figure:
    values = [row.caar for row in group.found.answer.averages]
    colour = chart.colour(group)
    return _line(chart, group, "mean", values) | {
        "mode": "lines+markers",
        "line": {"color": colour, "width": 2.6, "dash": group.look.dash},
        "marker": {"symbol": group.look.symbol, "size": 6, "color": colour},
    }


def _median(chart: CompareChart, group: ChartGroup) -> Figure:
    line = {"color": chart.colour(group), "width": 1.6, "dash": "dashdot"}
    return _line(chart, group, "median", group.found.medians.tolist()) | {"line": line}


def _offsets(chart: CompareChart) -> Figure:
    offsets = chart.groups[0].found.result.offsets.tolist() if chart.groups else [0]
    room = 8 if chart.phone else MOST_TICKS
    step = next(s for s in (1, 2, 5, 10, 20, 50, 100, 500) if len(offsets) / s <= room)
    ticks = [offset for offset in offsets if offset % step == 0]
    return axis(
        chart.ink,
        range=[offsets[0] - 0.5, offsets[-1] + 0.5],
        tickvals=ticks,
        ticktext=[offset_text(tick) for tick in ticks],
        showgrid=False,
    ) | axis_name(
        chart, "offset" if chart.phone else "offset in observations; 0 = the first after the event"
    )


def _news(chart: CompareChart) -> dict[str, Any]:
    """The moment of the events, between base and offset 0."""
    line = {"color": chart.ink.selected, "width": 1.5, "dash": "dot"}
    return {"type": "line", "xref": "x", "yref": "paper", "x0": -0.5, "x1": -0.5, "y0": 0,
            "y1": 1, "line": line}  # fmt: skip


def _scale_note(chart: CompareChart) -> dict[str, Any]:
    return {
        "text": chart.scale.axis,
        "xref": "paper",
        "yref": "paper",
        "x": 0,
        "y": 1,
        "xanchor": "left",
        "yanchor": "bottom",
        "yshift": 2,
        "showarrow": False,
        "font": {"size": 12, "color": chart.ink.muted},
    }
