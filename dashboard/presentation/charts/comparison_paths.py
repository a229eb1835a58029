"""Comparison figures by offset: paths with mean and bands, and the heat map of abnormal moves."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from dashboard.models.analyses import GroupAnswer
from dashboard.models.event import Event
from dashboard.models.messages import translate as _
from dashboard.models.series import Floats
from dashboard.models.study import AverageRow, Window
from dashboard.presentation.charts import theme
from dashboard.presentation.escaping import escape_plot
from dashboard.presentation.formatting import format_number, format_offset, format_short_day
from dashboard.presentation.palette import (
    STRONGER_COLOUR,
    WEAKER_COLOUR,
    GroupStyle,
    Palette,
    get_palette,
)
from dashboard.presentation.quoting import MoveScale, name_direction
from dashboard.services.events import EventFilter

MIN_BAND_EVENTS: Final = 5
LABEL_COLUMNS: Final = 38
PHONE_COLUMNS: Final = 14
HEIGHT: Final = 460
PHONE_HEIGHT: Final = 400
MAX_NAMED_PATHS: Final = 40
INNER_SHARE: Final = 0.80
LEGEND_ROW: Final = 20
MAX_TICKS: Final = 18
MAX_HEAT_ROWS: Final = 60
HEAT_ROW_PIXELS: Final = 17
COLOUR_COVERAGE: Final = 0.98
"""Colours reach their full strength at this quantile of the moves, not at the largest one."""


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
    def is_judged(self) -> bool:
        """Whether the declared test gives a verdict."""
        return self.study.headline is not None and not self.study.headline.reason

    @property
    def mean(self) -> float:
        """The mean of the verdict, each first rate counted once; NaN without events."""
        return self.study.headline.mean if self.study.headline else math.nan


@dataclass(frozen=True, slots=True)
class ComparisonChart:
    """All groups with their scale; heading and subheading are escaped by the caller."""

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
    def offsets(self) -> list[int]:
        """The offsets along x."""
        return self.groups[0].study.result.offsets.tolist() if self.groups else [0]

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


def format_event_label(
    chart: ComparisonChart, event: Event, group: ComparisonGroup | None = None
) -> str:
    """`12 Feb 2025 Hegseth: NATO membership …` on one line, of two groups with the group's mark."""
    columns = PHONE_COLUMNS if chart.phone else LABEL_COLUMNS
    mark = f"{group.style.glyph} " if group is not None and chart.is_pair else ""
    return f"{mark}{format_short_day(event.day)}  {escape_plot(event.title, columns, 1)}"


def build_heading(chart: ComparisonChart) -> theme.Figure:
    """Title and subtitle, as properties of a layout; none on a phone."""
    if chart.phone:
        return {}
    return {"title": theme.build_title(chart.palette, chart.heading, chart.subheading)}


def build_move_axis(chart: ComparisonChart, values: Sequence[float]) -> theme.Figure:
    """An axis of moves as they are shown, with signed ticks and a line at zero."""
    low, high = theme.compute_bounds(values)
    bounds = (high, low) if chart.scale.is_inverted else (low, high)
    axis = theme.build_number_axis(chart.palette, bounds, 4 if chart.phone else 7)
    return axis | theme.build_zero_line(chart.palette)


def build_event_rows(chart: ComparisonChart, labels: Sequence[str], **more: Any) -> theme.Figure:
    """A vertical axis of events by name."""
    font = {"size": theme.FONT_SIZE - 2, "color": chart.palette.text}
    return theme.build_row_axis(chart.palette, labels, **more) | {"tickfont": font}


def build_event_layout(
    chart: ComparisonChart, height: int, margin: tuple[int, int, int], **more: Any
) -> theme.Figure:
    """The layout of a figure with a row an event.

    Args:
        chart: what is compared.
        height: of the whole figure, in pixels.
        margin: right, top and bottom, in pixels; the names of the events stand on the left.
        more: axes, shapes and what else a figure sets.
    """
    left = 150 if chart.phone else 300
    return theme.build_layout(chart.palette, height, (left, *margin, 4), **more) | build_heading(
        chart
    )


# ------------------------------------------------------------------ paths


def build_paths_figure(chart: ComparisonChart) -> theme.Figure:
    """One trace of all paths a group, then bands, median and mean; offsets run along x."""
    data = [_build_paths_trace(chart, group) for group in chart.groups]
    for group in chart.groups:
        if group.study.n >= MIN_BAND_EVENTS:
            data += [*_build_bands(chart, group), *_build_lines(chart, group)]
    # Five names a group; two in a row on a phone.
    names = sum(5 if group.study.n >= MIN_BAND_EVENTS else 1 for group in chart.groups)
    rows = -(-names // (2 if chart.phone else 5))
    top, bottom = (26 if chart.phone else 82), 50 + LEGEND_ROW * rows
    height = (PHONE_HEIGHT if chart.phone else HEIGHT) + LEGEND_ROW * rows
    event = {"color": chart.palette.selected, "width": 1.5, "dash": "dot"}
    layout = theme.build_layout(
        chart.palette,
        height,
        (50 if chart.phone else 58, 14, top, bottom, 4),
        xaxis=_build_path_offset_axis(chart),
        yaxis=build_move_axis(chart, list_axis_values(chart)),
        shapes=[theme.build_vertical_line(-0.5, event)],
        annotations=[theme.build_pane_note(chart.palette, chart.scale.axis, yshift=2)],
    )
    legend = theme.build_legend(chart.palette, -46 / (height - top - bottom))
    return {"data": data, "layout": layout | legend | build_heading(chart)}


def count_cut_paths(chart: ComparisonChart) -> int:
    """How many paths leave the figure, which shows means, bands and the middle of the paths."""
    values = list_axis_values(chart)
    low, high = min(values), max(values)
    moves = [_shown_paths(chart, group) for group in chart.groups]
    return sum(int(((paths < low) | (paths > high)).any(axis=1).sum()) for paths in moves)


def _shown_paths(chart: ComparisonChart, group: ComparisonGroup) -> Floats:
    """The CAR paths of a group as they are on the axis, (N, L)."""
    shown: Floats = chart.scale.shown(1.0) * group.study.result.car
    return shown


def summarize_paths(chart: ComparisonChart) -> str:
    """A text alternative of the figure."""
    sentences = []
    for group in chart.groups:
        rows = [row for row in group.study.averages if row.n]
        if not rows:
            sentences.append(_("{group}: no path.", group=group.plot_name))
            continue
        last = rows[-1]
        mean = chart.scale.with_unit(chart.scale.signed(last.caar))
        values = {
            "group": group.plot_name,
            "count": group.study.n,
            "mean": mean,
            "offset": format_offset(last.offset),
        }
        if group.study.n >= MIN_BAND_EVENTS:
            sentence = _(
                "{group}: {count} paths of cumulative moves by offset; the mean ends at {mean}"
                " at offset {offset}; 95 % of the mean {span}.",
                span=chart.scale.span(last.caar_low, last.caar_high),
                **values,
            )
        else:
            sentence = _(
                "{group}: {count} paths of cumulative moves by offset; the mean ends at {mean}"
                " at offset {offset}; too few for a mean to be judged.",
                **values,
            )
        sentences.append(sentence)
    return " ".join(sentences)


def list_axis_values(chart: ComparisonChart) -> list[float]:
    """What the axis must hold: 0, the bands, and the inner 80 % of the paths at all offsets."""
    values = [0.0]
    for group in chart.groups:
        judged = group.study.n >= MIN_BAND_EVENTS
        for row in group.study.averages if judged else ():
            ends = (row.supt_low, row.supt_high, row.caar)
            values += [chart.scale.shown(end) for end in ends if math.isfinite(end)]
        moves = _shown_paths(chart, group)
        paths = np.sort(moves[np.isfinite(moves)]).tolist()
        cut = int((1 - INNER_SHARE) / 2 * len(paths)) if judged else 0
        values += paths[cut : len(paths) - cut]
    return values


def _build_paths_trace(chart: ComparisonChart, group: ComparisonGroup) -> theme.Figure:
    """Every path in one trace, with a gap between two of them."""
    offsets = group.study.result.offsets.tolist()
    few = group.study.n < MIN_BAND_EVENTS
    x: list[int | None] = []
    y: list[float | None] = []
    titles: list[str] = []
    for event, path in zip(group.events, _shown_paths(chart, group).tolist(), strict=True):
        x += [*offsets, None]
        y += [*(round(value, 2) + 0.0 if math.isfinite(value) else None for value in path), None]
        titles += [escape_plot(event.title, 60, 1)] * (len(offsets) + 1)
    hover: theme.Figure = {
        "text": titles, "hovertemplate": _("%{text}<br>offset %{x}: %{y}<extra></extra>"),
    }  # fmt: skip
    colour = chart.colour(group)
    line = {"color": theme.fade_colour(colour, 0.8 if few else 0.28), "width": 1.2 if few else 0.8}
    return theme.build_scatter(
        "lines+markers" if few else "lines",
        x,
        y,
        name=_prefix_name(chart, group, _("each event")),
        line=line | {"dash": group.style.dash if few else "solid"},
        marker={"symbol": group.style.symbol, "size": 6, "color": colour},
        connectgaps=False,
        **(hover if len(group.events) <= MAX_NAMED_PATHS else {"hoverinfo": "skip"}),
    )


def _prefix_name(chart: ComparisonChart, group: ComparisonGroup, name: str) -> str:
    """The name of a line after that of its group, where there are two."""
    return f"{group.plot_name}: {name}" if chart.is_pair else name


def _build_bands(chart: ComparisonChart, group: ComparisonGroup) -> list[theme.Figure]:
    """The band of the whole path, then the narrower band of each offset over it."""
    colour = chart.colour(group)
    rows = group.study.averages
    outline = {"width": 1, "dash": "dot", "color": theme.fade_colour(colour, 0.55)}
    return [
        _build_band(chart, rows, ("supt_low", "supt_high"))
        | {
            "name": _prefix_name(chart, group, _("95 % of the whole path")),
            "fillcolor": theme.fade_colour(colour, 0.08),
            "line": outline,
        },
        _build_band(chart, rows, ("caar_low", "caar_high"))
        | {
            "name": _prefix_name(chart, group, _("95 % at an offset")),
            "fillcolor": theme.fade_colour(colour, 0.16),
            "line": {"width": 0},
        },
    ]


def _build_band(
    chart: ComparisonChart, rows: Sequence[AverageRow], ends: tuple[str, str]
) -> theme.Figure:
    known = [row for row in rows if all(math.isfinite(getattr(row, end)) for end in ends)]
    low, high = ([chart.shown(getattr(row, end)) for row in known] for end in ends)
    return theme.build_band([row.offset for row in known], low, high)


def _build_lines(chart: ComparisonChart, group: ComparisonGroup) -> list[theme.Figure]:
    """The median and the mean."""
    colour, offsets = chart.colour(group), group.study.result.offsets.tolist()
    median, mean = (
        theme.build_scatter(
            mode,
            offsets,
            [chart.shown(value) for value in values],
            name=_prefix_name(chart, group, name),
            hovertemplate="offset %{x}: %{y}<extra>%{fullData.name}</extra>",
        )
        for mode, name, values in (
            ("lines", _("median"), group.study.medians.tolist()),
            ("lines+markers", _("mean"), [row.caar for row in group.study.averages]),
        )
    )
    median["line"] = {"color": colour, "width": 1.6, "dash": "dashdot"}
    mean["line"] = {"color": colour, "width": 2.6, "dash": group.style.dash}
    mean["marker"] = {"symbol": group.style.symbol, "size": 6, "color": colour}
    return [median, mean]


def _build_path_offset_axis(chart: ComparisonChart) -> theme.Figure:
    max_ticks = 8 if chart.phone else MAX_TICKS
    text = "offset" if chart.phone else _("offset in observations; 0 = the first after the event")
    axis = theme.build_offset_axis(chart.palette, chart.offsets, max_ticks, format_offset)
    return axis | theme.build_axis_title(chart.palette, text, standoff=6)


# ------------------------------------------------------------------ heat map


HeatRow = tuple[ComparisonGroup, int, float]


def select_heat_rows(chart: ComparisonChart) -> tuple[list[HeatRow], int]:
    """The rows shown, and how many are not.

    The largest moves in the window are selected, then sorted group by group, the most positive
    on top.
    """
    rows = [
        (group, k, move)
        for group in chart.groups
        for k, move in enumerate(group.study.car.tolist())
        if math.isfinite(move)
    ]
    shown = sorted(rows, key=lambda row: -abs(row[2]))[:MAX_HEAT_ROWS]
    order = {id(group): at for at, group in enumerate(chart.groups)}
    shown.sort(key=lambda row: (order[id(row[0])], -row[2]))
    return shown, len(rows) - len(shown)


def build_heat_figure(chart: ComparisonChart) -> theme.Figure:
    """Events down, offsets across; blue = stronger, orange-brown = weaker, 0 = surface."""
    rows = select_heat_rows(chart)[0]
    cells = [
        [round(100 * value, 2) + 0.0 if math.isfinite(value) else None
         for value in group.study.result.abnormal[k].tolist()]
        for group, k, _ in rows
    ]  # fmt: skip
    sizes = sorted(abs(value) for line in cells for value in line if value is not None) or [1.0]
    limit = max(sizes[min(int(COLOUR_COVERAGE * len(sizes)), len(sizes) - 1)], 0.01)
    heat = {
        "type": "heatmap",
        "x": chart.offsets,
        "y": list(range(len(rows))),
        "z": cells,
        "zmin": -limit,
        "zmax": limit,
        "colorscale": [[0.0, WEAKER_COLOUR], [0.5, chart.palette.surface], [1.0, STRONGER_COLOUR]],
        "xgap": 1,
        "ygap": 1,
        "hoverongaps": False,
        "customdata": [
            [_("no rate") if value is None else chart.scale.move(value / 100) for value in line]
            for line in cells
        ],
        "hovertemplate": _("%{customdata}, offset %{x}<extra></extra>"),
        "colorbar": _build_colour_bar(chart, limit),
    }
    labels = [format_event_label(chart, group.events[k], group) for group, k, _ in rows]
    layout = build_event_layout(
        chart,
        HEAT_ROW_PIXELS * len(rows) + (120 if chart.phone else 150),
        (10, 30 if chart.phone else 72, 76),
        xaxis=theme.build_offset_axis(
            chart.palette, chart.offsets, 8 if chart.phone else 40, format_offset
        ),
        yaxis=build_event_rows(chart, labels, showgrid=False),
    )
    return {"data": [heat], "layout": layout}


def summarize_heat(chart: ComparisonChart) -> str:
    """A text alternative of the figure."""
    rows, left = select_heat_rows(chart)
    sentences = [
        _("Abnormal moves of {count} events by offset, sorted by their move.", count=len(rows))
    ]
    if left:
        sentences.append(_("{count} with smaller moves are not drawn.", count=left))
    return " ".join(sentences)


def _build_colour_bar(chart: ComparisonChart, limit: float) -> theme.Figure:
    card = chart.scale.quoting.card
    size = chart.scale.with_unit(format_number(limit, 1))
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
        "ticktext": [
            _("{move} or more", move=f"{size} {name_direction(card, -1.0)}"),
            "0",
            _("{move} or more", move=f"{size} {name_direction(card, 1.0)}"),
        ],
        "tickfont": {"size": theme.FONT_SIZE - 2, "color": chart.palette.muted},
    }
