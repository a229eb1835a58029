"""Comparison figures by offset: paths with mean and bands, and the heat map of abnormal moves."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from dashboard.models.analyses import GroupAnswer
from dashboard.models.event import Event
from dashboard.models.study import AverageRow, Window
from dashboard.presentation.charts.theme import (
    FONT_SIZE,
    Figure,
    build_axis,
    build_base_layout,
    nice_ticks,
    tick_decimals,
)
from dashboard.presentation.escaping import escape_plot
from dashboard.presentation.formatting import MINUS, format_number, format_short_day, format_signed
from dashboard.presentation.palette import (
    STRONGER_COLOUR,
    TRANSPARENT,
    WEAKER_COLOUR,
    GroupStyle,
    Palette,
    get_palette,
)
from dashboard.presentation.quoting import MoveScale, direction_names
from dashboard.services.events import EventFilter

# ------------------------------------------------------------
# What the figures of Compare show: one or two groups on one scale, and what they share.


PADDING: Final = 0.06
MIN_BAND_EVENTS: Final = 5
LABEL_COLUMNS: Final = 38
PHONE_COLUMNS: Final = 14


@dataclass(frozen=True, slots=True)
class ComparisonGroup:
    """One group: its name escaped for Plotly, its study, its style, the filter of its events."""

    plot_name: str
    study: GroupAnswer
    style: GroupStyle
    filter: EventFilter = field(default_factory=EventFilter)

    @property
    def events(self) -> tuple[Event, ...]:
        """The events that were studied, in the order of the matrices."""
        return self.study.result.events

    @property
    def mean(self) -> float:
        """The mean of the verdict, each first rate counted once; NaN without events."""
        return self.study.headline.mean if self.study.headline else math.nan

    @property
    def is_judged(self) -> bool:
        """Whether the declared test gives a verdict."""
        return self.study.headline is not None and not self.study.headline.reason


@dataclass(frozen=True, slots=True)
class ComparisonChart:
    """All groups with their scale; heading and subheading are cleaned where it is made."""

    groups: tuple[ComparisonGroup, ...]
    scale: MoveScale
    heading: str
    subheading: str
    window: Window
    dark: bool = False
    phone: bool = False

    @property
    def palette(self) -> Palette:
        """The neutral colours."""
        return get_palette(dark=self.dark)

    @property
    def text_colour(self) -> str:
        """The colour of words on the surface."""
        return self.palette.text

    @property
    def is_pair(self) -> bool:
        """Whether there are two groups."""
        return len(self.groups) > 1

    def colour(self, group: ComparisonGroup) -> str:
        """The hue of a group; one group alone needs none."""
        return group.style.colour(dark=self.dark) if self.is_pair else self.palette.line

    def shown(self, move: float, digits: int = 3) -> float | None:
        """A move on the axis, None where missing."""
        return round(self.scale.shown(move), digits) + 0.0 if math.isfinite(move) else None


def format_offset(offset: int) -> str:
    """An offset with a true minus."""
    return f"{MINUS}{-offset}" if offset < 0 else str(offset)


def format_event_label(chart: ComparisonChart, event: Event) -> str:
    """`12 Feb 2025 Hegseth: NATO membership …` on one line."""
    columns = PHONE_COLUMNS if chart.phone else LABEL_COLUMNS
    return f"{format_short_day(event.day)}  {escape_plot(event.title, columns, 1)}"


def build_heading(chart: ComparisonChart, text: str, below: str) -> dict[str, Any]:
    """Title and subtitle in the figure, so that a picture of it explains itself."""
    if chart.phone:
        return {}
    return {
        "title": {
            "text": text,
            "x": 0,
            "xref": "container",
            "xanchor": "left",
            "y": 1,
            "yref": "container",
            "yanchor": "top",
            "pad": {"t": 6, "l": 4},
            "font": {"size": 15, "color": chart.text_colour, "weight": 600},
            "subtitle": {"text": below, "font": {"size": FONT_SIZE, "color": chart.palette.muted}},
        }
    }


def compute_bounds(values: list[float], *, with_zero: bool = True) -> tuple[float, float]:
    """A range that holds the values with a little room; ±1 where nothing is known."""
    known = [value for value in values if math.isfinite(value)] + ([0.0] if with_zero else [])
    if not known:
        return -1.0, 1.0
    low, high = min(known), max(known)
    pad = PADDING * (high - low) or 1.0
    return low - pad, high + pad


def build_move_axis(chart: ComparisonChart, values: list[float], **more: Any) -> Figure:
    """An axis of moves as they are shown, with signed ticks and a line at zero."""
    low, high = compute_bounds(values)
    ticks = nice_ticks(low, high, 4 if chart.phone else 7)
    ends = [high, low] if chart.scale.is_inverted else [low, high]
    return build_axis(
        chart.palette,
        range=ends,
        tickvals=ticks,
        ticktext=[format_signed(tick, tick_decimals(ticks)) for tick in ticks],
        **more,
    ) | {"zeroline": True, "zerolinecolor": chart.palette.muted, "zerolinewidth": 1}


def build_axis_title(chart: ComparisonChart, text: str) -> dict[str, Any]:
    """The name of an axis, in the quiet type of its ticks."""
    font = {"size": FONT_SIZE - 1, "color": chart.palette.muted}
    return {"title": {"text": text, "font": font, "standoff": 6}}


def build_legend(chart: ComparisonChart, y: float) -> dict[str, Any]:
    """The names of the lines below the pane; a click on one does nothing."""
    return {
        "showlegend": True,
        "legend": {
            "orientation": "h",
            "x": 0,
            "xanchor": "left",
            "y": y,
            "yanchor": "top",
            "font": {"size": FONT_SIZE - 1, "color": chart.text_colour},
            "itemclick": False,
            "itemdoubleclick": False,
            "bgcolor": TRANSPARENT,
        },
    }


def fade_colour(colour: str, alpha: float) -> str:
    """`#RRGGBB` with an opacity."""
    red, green, blue = (int(colour[k : k + 2], 16) for k in (1, 3, 5))
    return f"rgba({red},{green},{blue},{alpha})"


# ------------------------------------------------------------
# The paths of Compare: every event thin, the mean with both its bands, the median.


HEIGHT: Final = 460
PHONE_HEIGHT: Final = 400
MAX_NAMED_PATHS: Final = 40
INNER_SHARE: Final = 0.80
LEGEND_ROW: Final = 20
MAX_TICKS: Final = 18


def build_paths_figure(chart: ComparisonChart) -> Figure:
    """One trace of all paths a group, then bands, median and mean; offsets run along x."""
    data: list[Figure] = []
    for group in chart.groups:
        data.append(_build_paths_trace(chart, group))
    for group in chart.groups:
        if group.study.n >= MIN_BAND_EVENTS:
            data += [
                *_build_bands(chart, group),
                _build_median(chart, group),
                _build_mean(chart, group),
            ]
    rows = _count_legend_rows(chart)
    top, bottom = (26 if chart.phone else 82), 50 + LEGEND_ROW * rows
    height = (PHONE_HEIGHT if chart.phone else HEIGHT) + LEGEND_ROW * rows
    layout = build_base_layout(chart.palette, height) | {
        "margin": {"l": 50 if chart.phone else 58, "r": 14, "t": top, "b": bottom, "pad": 4},
        "hovermode": "closest",
        "dragmode": False,
        "xaxis": _build_path_offset_axis(chart),
        "yaxis": build_move_axis(chart, list_axis_values(chart)),
        "shapes": [_build_event_line(chart)],
        "annotations": [_build_scale_note(chart)],
    }
    below = -46 / (height - top - bottom)
    return {
        "data": data,
        "layout": layout
        | build_legend(chart, below)
        | build_heading(chart, chart.heading, chart.subheading),
    }


def count_cut_paths(chart: ComparisonChart) -> int:
    """How many paths leave the figure, which shows means, bands and the middle of the paths."""
    values = list_axis_values(chart)
    low, high = min(values), max(values)
    count = 0
    for group in chart.groups:
        for path in group.study.result.car.tolist():
            shown = [chart.scale.shown(value) for value in path if math.isfinite(value)]
            count += any(value < low or value > high for value in shown)
    return count


def _count_legend_rows(chart: ComparisonChart) -> int:
    """Rows that the legend takes at most: of five lines a group, two beside each other."""
    judged = sum(5 if group.study.n >= MIN_BAND_EVENTS else 1 for group in chart.groups)
    return -(-judged // (2 if chart.phone else 5))


def summarize_paths(chart: ComparisonChart) -> str:
    """What the figure says, for those who cannot see it."""
    told = []
    for group in chart.groups:
        rows = [row for row in group.study.answer.averages if row.n]
        if not rows:
            told.append(f"{group.plot_name}: no path.")
            continue
        last = rows[-1]
        mean = f"{chart.scale.signed(last.caar)}{chart.scale.unit}"
        judged = (
            f"; 95 % of the mean {chart.scale.span(last.caar_low, last.caar_high)}"
            if group.study.n >= MIN_BAND_EVENTS
            else "; too few for a mean to be judged"
        )
        told.append(
            f"{group.plot_name}: {group.study.n} paths of cumulative moves by offset; the mean ends at"
            f" {mean} at offset {format_offset(last.offset)}{judged}."
        )
    return " ".join(told)


def list_axis_values(chart: ComparisonChart) -> list[float]:
    """What the axis must hold: 0, the bands, and the inner 80 % of the paths at all offsets."""
    values = [0.0]
    for group in chart.groups:
        judged = group.study.n >= MIN_BAND_EVENTS
        for row in group.study.answer.averages if judged else ():
            ends = (row.supt_low, row.supt_high, row.caar)
            values += [chart.scale.shown(end) for end in ends if math.isfinite(end)]
        paths = sorted(
            chart.scale.shown(value)
            for value in group.study.result.car.ravel().tolist()
            if math.isfinite(value)
        )
        cut = int((1 - INNER_SHARE) / 2 * len(paths)) if judged else 0
        values += paths[cut : len(paths) - cut]
    return values


def _build_paths_trace(chart: ComparisonChart, group: ComparisonGroup) -> Figure:
    """Every path in one trace, with a gap between two of them."""
    offsets = group.study.result.offsets.tolist()
    few = group.study.n < MIN_BAND_EVENTS
    named = len(group.events) <= MAX_NAMED_PATHS
    x: list[int | None] = []
    y: list[float | None] = []
    names: list[str] = []
    for event, path in zip(group.events, group.study.result.car.tolist(), strict=True):
        x += [*offsets, None]
        y += [*(chart.shown(value, 2) for value in path), None]
        names += [escape_plot(event.title, 60, 1)] * (len(offsets) + 1) if named else []
    colour = chart.colour(group)
    return {
        "type": "scatter",
        "mode": "lines+markers" if few else "lines",
        "name": f"{group.plot_name}: each event" if chart.is_pair else "each event",
        "x": x,
        "y": y,
        "line": {"color": fade_colour(colour, 0.8 if few else 0.28), "width": 1.2 if few else 0.8}
        | {"dash": group.style.dash if few else "solid"},
        "marker": {"symbol": group.style.symbol, "size": 6, "color": colour},
        "connectgaps": False,
        **(
            {"text": names, "hovertemplate": "%{text}<br>offset %{x}: %{y}<extra></extra>"}
            if named
            else {"hoverinfo": "skip"}
        ),
    }


def _build_bands(chart: ComparisonChart, group: ComparisonGroup) -> list[Figure]:
    """The band of the whole path behind, the band of each offset in front of it."""
    colour = chart.colour(group)
    rows = group.study.answer.averages
    name = f"{group.plot_name}: " if chart.is_pair else ""
    return [
        _build_band(chart, rows, ("supt_low", "supt_high"))
        | {
            "name": f"{name}95 % of the whole path",
            "fillcolor": fade_colour(colour, 0.08),
            "line": {"width": 1, "dash": "dot", "color": fade_colour(colour, 0.55)},
        },
        _build_band(chart, rows, ("caar_low", "caar_high"))
        | {
            "name": f"{name}95 % at an offset",
            "fillcolor": fade_colour(colour, 0.16),
            "line": {"width": 0},
        },
    ]


def _build_band(
    chart: ComparisonChart, rows: Sequence[AverageRow], ends: tuple[str, str]
) -> Figure:
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


def _build_line(
    chart: ComparisonChart, group: ComparisonGroup, what: str, values: Sequence[float]
) -> Figure:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": f"{group.plot_name}: {what}" if chart.is_pair else what,
        "x": group.study.result.offsets.tolist(),
        "y": [chart.shown(value) for value in values],
        "hovertemplate": "offset %{x}: %{y}<extra>%{fullData.name}</extra>",
    }


def _build_mean(chart: ComparisonChart, group: ComparisonGroup) -> Figure:
    values = [row.caar for row in group.study.answer.averages]
    colour = chart.colour(group)
    return _build_line(chart, group, "mean", values) | {
        "mode": "lines+markers",
        "line": {"color": colour, "width": 2.6, "dash": group.style.dash},
        "marker": {"symbol": group.style.symbol, "size": 6, "color": colour},
    }


def _build_median(chart: ComparisonChart, group: ComparisonGroup) -> Figure:
    line = {"color": chart.colour(group), "width": 1.6, "dash": "dashdot"}
    return _build_line(chart, group, "median", group.study.medians.tolist()) | {"line": line}


def _build_path_offset_axis(chart: ComparisonChart) -> Figure:
    offsets = chart.groups[0].study.result.offsets.tolist() if chart.groups else [0]
    room = 8 if chart.phone else MAX_TICKS
    step = next(s for s in (1, 2, 5, 10, 20, 50, 100, 500) if len(offsets) / s <= room)
    ticks = [offset for offset in offsets if offset % step == 0]
    return build_axis(
        chart.palette,
        range=[offsets[0] - 0.5, offsets[-1] + 0.5],
        tickvals=ticks,
        ticktext=[format_offset(tick) for tick in ticks],
        showgrid=False,
    ) | build_axis_title(
        chart, "offset" if chart.phone else "offset in observations; 0 = the first after the event"
    )


def _build_event_line(chart: ComparisonChart) -> dict[str, Any]:
    """The moment of the events, between base and offset 0."""
    line = {"color": chart.palette.selected, "width": 1.5, "dash": "dot"}
    return {"type": "line", "xref": "x", "yref": "paper", "x0": -0.5, "x1": -0.5, "y0": 0,
            "y1": 1, "line": line}  # fmt: skip


def _build_scale_note(chart: ComparisonChart) -> dict[str, Any]:
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
        "font": {"size": 12, "color": chart.palette.muted},
    }


# ------------------------------------------------------------
# The heat map of Compare: the abnormal move of every event at every offset.


MAX_HEAT_ROWS: Final = 60
HEAT_ROW_PIXELS: Final = 17
COLOUR_COVERAGE: Final = 0.98
"""Colours reach their full strength at this quantile of the moves, not at the largest one."""

HeatRow = tuple[ComparisonGroup, int, float]


def select_heat_rows(chart: ComparisonChart) -> tuple[list[HeatRow], int]:
    """The rows shown, and how many are not.

    The largest moves in the window are kept, then sorted group by group, the strongest rouble
    (or the highest number of another series) on top.
    """
    rows = [
        (group, k, move)
        for group in chart.groups
        for k, move in enumerate(group.study.car.tolist())
        if math.isfinite(move)
    ]
    kept = sorted(rows, key=lambda row: -abs(row[2]))[:MAX_HEAT_ROWS]
    order = {id(group): at for at, group in enumerate(chart.groups)}
    kept.sort(key=lambda row: (order[id(row[0])], -row[2]))
    return kept, len(rows) - len(kept)


def build_heat_figure(chart: ComparisonChart) -> Figure:
    """Events down, offsets across; blue = stronger rouble, orange-brown = weaker, 0 = paper."""
    rows, _ = select_heat_rows(chart)
    cells = [
        [_to_log_points(value) for value in group.study.result.abnormal[k].tolist()]
        for group, k, _ in rows
    ]
    limit = _compute_colour_limit(cells)
    offsets = chart.groups[0].study.result.offsets.tolist() if chart.groups else [0]
    heat = {
        "type": "heatmap",
        "x": offsets,
        "y": list(range(len(rows))),
        "z": cells,
        "zmin": -limit,
        "zmax": limit,
        "colorscale": [[0.0, WEAKER_COLOUR], [0.5, chart.palette.surface], [1.0, STRONGER_COLOUR]],
        "xgap": 1,
        "ygap": 1,
        "hoverongaps": False,
        "customdata": [[_format_cell(chart, value) for value in line] for line in cells],
        "hovertemplate": "%{customdata}, offset %{x}<extra></extra>",
        "colorbar": _build_colour_bar(chart, limit),
    }
    layout = build_base_layout(chart.palette, HEAT_ROW_PIXELS * len(rows) + (120 if chart.phone else 150)) | {
        "margin": {"l": 150 if chart.phone else 300, "r": 10, "t": 30 if chart.phone else 72,
                   "b": 76, "pad": 4},
        "dragmode": False,
        "xaxis": _build_heat_offset_axis(chart, offsets),
        "yaxis": _build_row_names(chart, rows),
    }  # fmt: skip
    return {
        "data": [heat],
        "layout": layout | build_heading(chart, chart.heading, chart.subheading),
    }


def summarize_heat(chart: ComparisonChart) -> str:
    """What the figure says, for those who cannot see it."""
    rows, left = select_heat_rows(chart)
    more = f" {left} with smaller moves are not drawn." if left else ""
    return f"Abnormal moves of {len(rows)} events by offset, sorted by their move.{more}"


def _to_log_points(value: float) -> float | None:
    return round(100 * value, 2) + 0.0 if math.isfinite(value) else None


def _compute_colour_limit(cells: list[list[float | None]]) -> float:
    sizes = sorted(abs(v) for line in cells for v in line if v is not None)
    if not sizes:
        return 1.0
    return max(sizes[min(int(COLOUR_COVERAGE * len(sizes)), len(sizes) - 1)], 0.01)


def _format_cell(chart: ComparisonChart, value: float | None) -> str:
    return "no rate" if value is None else chart.scale.move(value / 100)


def _build_colour_bar(chart: ComparisonChart, limit: float) -> Figure:
    up, down = direction_names(chart.scale.quoting.card)
    size = f"{format_number(limit, 1)}{chart.scale.unit}"
    return {
        "orientation": "h",
        "x": 0.5,
        "xanchor": "center",
        "y": 0,
        "yref": "paper",
        "yanchor": "top",
        "ypad": 38,
        "len": 0.8,
        "thickness": 10,
        "outlinewidth": 0,
        "tickvals": [-limit, 0, limit],
        "ticktext": [f"{size} {down} or more", "0", f"{size} {up} or more"],
        "tickfont": {"size": FONT_SIZE - 2, "color": chart.palette.muted},
    }


def _build_heat_offset_axis(chart: ComparisonChart, offsets: list[int]) -> Figure:
    room = 8 if chart.phone else 40
    step = next(s for s in (1, 2, 5, 10, 20, 50, 100, 500) if len(offsets) / s <= room)
    ticks = [offset for offset in offsets if offset % step == 0]
    return build_axis(
        chart.palette,
        tickvals=ticks,
        ticktext=[format_offset(tick) for tick in ticks],
        range=[offsets[0] - 0.5, offsets[-1] + 0.5],
        showgrid=False,
    )


def _build_row_names(chart: ComparisonChart, rows: list[HeatRow]) -> Figure:
    return build_axis(
        chart.palette,
        range=[len(rows) - 0.5, -0.5],
        tickvals=list(range(len(rows))),
        ticktext=[
            f"{f'{group.style.glyph} ' if chart.is_pair else ''}"
            f"{format_event_label(chart, group.events[k])}"
            for group, k, _ in rows
        ],
        showgrid=False,
    ) | {"tickfont": {"size": FONT_SIZE - 2, "color": chart.text_colour}}
