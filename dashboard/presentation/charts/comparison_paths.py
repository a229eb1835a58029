"""Comparison figures by offset: paths with mean and bands, and the heat map of abnormal moves."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from dashboard.models.analyses import GroupAnswer
from dashboard.models.event import Event
from dashboard.models.messages import translate as _
from dashboard.models.messages import (
    translate_deferred,
    translate_in_context,
)
from dashboard.models.series import SeriesCard
from dashboard.models.study import AverageRow, Window
from dashboard.presentation.charts import theme
from dashboard.presentation.escaping import escape_plot
from dashboard.presentation.formatting import format_number, format_offset, format_short_day
from dashboard.presentation.moves import count_observations, get_observation_noun
from dashboard.presentation.palette import (
    STRONGER_COLOUR,
    TRANSPARENT,
    WEAKER_COLOUR,
    GroupStyle,
    Palette,
    get_palette,
)
from dashboard.presentation.quoting import MoveScale, name_direction
from dashboard.services.events import EventFilter

MIN_BAND_EVENTS: Final = 5
"""Of fewer events the figure draws each by itself and no mean."""
LABEL_COLUMNS: Final = 38
PHONE_COLUMNS: Final = 14
END_COLUMNS: Final = 20
HEIGHT: Final = 460
PHONE_HEIGHT: Final = 400
PATHS_BOTTOM: Final = 50
HEADING_PIXELS: Final = 82
LABEL_PIXELS: Final = 146
PHONE_LABEL_PIXELS: Final = 92
LABEL_LINE_PIXELS: Final = 18
"""The height of a line of a label at the right end of a path."""
MAX_NAMED_PATHS: Final = 40
MAX_TICKS: Final = 18
MAX_HEAT_ROWS: Final = 60
HEAT_ROW_PIXELS: Final = 17
COLOUR_COVERAGE: Final = 0.98
"""Colours reach their full strength at this quantile of the moves, not at the largest one."""


@dataclass(frozen=True, slots=True)
class ComparisonGroup:
    """One group: its name escaped for Plotly, its study, its style, the filter of its events.

    `label` is the name in short lines, escaped too; the name itself where it is empty.
    """

    plot_name: str
    study: GroupAnswer
    style: GroupStyle
    filter: EventFilter = field(default_factory=EventFilter)
    label: str = ""

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
    """All groups with their scale; heading and subheading are escaped by the caller.

    `each` draws the path of every event, `names_all` names every dot. Moves are drawn in per cent.
    """

    groups: tuple[ComparisonGroup, ...]
    scale: MoveScale
    heading: str
    subheading: str
    window: Window
    dark: bool = False
    phone: bool = False
    each: bool = False
    names_all: bool = False
    height: int = HEIGHT

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
        return round(self.scale.shown_percent(move), digits) + 0.0 if math.isfinite(move) else None


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
    """The mean path of each group with its bands and its name at the right end.

    The path of each event is drawn where the chart asks for it, and in a group too small for a
    mean; the axis holds everything that is drawn.
    """
    judged = [group for group in chart.groups if group.study.n >= MIN_BAND_EVENTS]
    single = [group for group in chart.groups if chart.each or group not in judged]
    data = [_build_paths_trace(chart, group) for group in single]
    for group in judged:
        data += [*_build_bands(chart, group), _build_mean(chart, group)]
    axis = build_move_axis(chart, _list_drawn_values(chart, single))
    height = PHONE_HEIGHT if chart.phone else chart.height
    right = PHONE_LABEL_PIXELS if chart.phone else LABEL_PIXELS
    top = 26 if chart.phone else HEADING_PIXELS + LABEL_LINE_PIXELS * chart.subheading.count("<br>")
    event = {"color": chart.palette.selected, "width": 1.5, "dash": "dot"}
    first, last = chart.window
    axis_text = chart.scale.axis_towards("up", in_percent=True)
    layout = theme.build_layout(
        chart.palette,
        height,
        (50 if chart.phone else 58, right, top, PATHS_BOTTOM, 4),
        xaxis=_build_path_offset_axis(chart),
        yaxis=axis,
        shapes=[
            theme.build_vertical_line(-0.5, event),
            theme.build_region(first - 0.5, last + 0.5, chart.palette.pill),
        ],
        annotations=[
            theme.build_axis_note(chart.palette, axis_text, yshift=2),
            *_build_window_note(chart),
            *_build_end_labels(chart, axis["range"], height - top - PATHS_BOTTOM),
        ],
    )
    return {"data": data, "layout": layout | build_heading(chart)}


def _build_window_note(chart: ComparisonChart) -> list[theme.Figure]:
    """That the shaded offsets are the window of the answer; not on a phone."""
    if chart.phone:
        return []
    middle = sum(chart.window) / 2
    place = {"xref": "x", "yref": "paper", "xanchor": "center", "yanchor": "top"}
    return [theme.build_note(chart.palette, _("compared"), middle, 1, **place)]


def summarize_paths(chart: ComparisonChart) -> str:
    """A text alternative of the figure."""
    sentences = []
    for group in chart.groups:
        rows = [row for row in group.study.averages if row.n]
        if not rows:
            sentences.append(_("{group}: no path.", group=group.plot_name))
            continue
        last = rows[-1]
        values = {
            "group": group.plot_name,
            "count": group.study.n,
            "mean": chart.scale.percent_move(last.caar),
            "offset": describe_offset(last.offset, chart.scale.quoting.card),
        }
        if group.study.n >= MIN_BAND_EVENTS:
            sentence = _(
                "{group}: the mean path of {count} events ends at {mean}, {offset}; 95 % of the"
                " mean {span}.",
                span=chart.scale.percent_span(last.caar_low, last.caar_high),
                **values,
            )
        else:
            sentence = _(
                "{group}: the paths of {count} events, too few for a mean.",
                **values,
            )
        sentences.append(sentence)
    return " ".join(sentences)


def _list_drawn_values(chart: ComparisonChart, single: Sequence[ComparisonGroup]) -> list[float]:
    """What the axis must hold: 0, the bands and means, and the paths that are drawn."""
    values = [0.0]
    for group in chart.groups:
        if group.study.n >= MIN_BAND_EVENTS:
            for row in group.study.averages:
                ends = (row.supt_low, row.supt_high, row.caar)
                values += [chart.scale.shown_percent(end) for end in ends if math.isfinite(end)]
    for group in single:
        moves = group.study.result.car
        extremes = (float(np.nanmin(moves, initial=0)), float(np.nanmax(moves, initial=0)))
        values += map(chart.scale.shown_percent, extremes)
    return values


def _build_paths_trace(chart: ComparisonChart, group: ComparisonGroup) -> theme.Figure:
    """Every path in one trace, with a gap between two of them."""
    offsets = group.study.result.offsets.tolist()
    few = group.study.n < MIN_BAND_EVENTS
    x: list[int | None] = []
    y: list[float | None] = []
    titles: list[str] = []
    for event, path in zip(group.events, group.study.result.car.tolist(), strict=True):
        x += [*offsets, None]
        y += [*(chart.shown(move, 2) for move in path), None]
        titles += [escape_plot(event.title, 60, 1)] * (len(offsets) + 1)
    hover: theme.Figure = {"text": titles, "hovertemplate": "%{text}<br>%{y} %<extra></extra>"}
    colour = chart.colour(group)
    line = {"color": theme.fade_colour(colour, 0.8 if few else 0.28), "width": 1.2 if few else 0.8}
    return theme.build_scatter(
        "lines+markers" if few else "lines",
        x,
        y,
        name=_("{group}: each event", group=group.plot_name),
        line=line | {"dash": group.style.dash if few else "solid"},
        marker={"symbol": group.style.symbol, "size": 6, "color": colour},
        connectgaps=False,
        **(hover if len(group.events) <= MAX_NAMED_PATHS else {"hoverinfo": "skip"}),
    )


def _build_bands(chart: ComparisonChart, group: ComparisonGroup) -> list[theme.Figure]:
    """The outline of the band of the whole path, and the band of each offset."""
    colour = chart.colour(group)
    outline = {"width": 1, "dash": "dot", "color": theme.fade_colour(colour, 0.55)}
    return [
        _build_band(chart, group, ("supt_low", "supt_high"))
        | {"name": _("95 % of the whole path"), "fillcolor": TRANSPARENT, "line": outline},
        _build_band(chart, group, ("caar_low", "caar_high"))
        | {
            "name": _("95 % at each offset"),
            "fillcolor": theme.fade_colour(colour, 0.16),
            "line": {"width": 0},
        },
    ]


def _build_band(
    chart: ComparisonChart, group: ComparisonGroup, ends: tuple[str, str]
) -> theme.Figure:
    rows = group.study.averages
    known = [row for row in rows if all(math.isfinite(getattr(row, end)) for end in ends)]
    low, high = ([chart.shown(getattr(row, end)) for row in known] for end in ends)
    return theme.build_band([row.offset for row in known], low, high)


def _build_mean(chart: ComparisonChart, group: ComparisonGroup) -> theme.Figure:
    colour, rows = chart.colour(group), group.study.averages
    return theme.build_scatter(
        "lines+markers",
        [row.offset for row in rows],
        [chart.shown(row.caar) for row in rows],
        name=group.plot_name,
        line={"color": colour, "width": 2.6, "dash": group.style.dash},
        marker={"symbol": group.style.symbol, "size": 6, "color": colour},
        **theme.build_hover([_format_mean_hover(chart, group, row) for row in rows]),
    )


def _format_mean_hover(chart: ComparisonChart, group: ComparisonGroup, row: AverageRow) -> str:
    scale = chart.scale
    return _(
        "{group}, {offset}<br>mean {move} ({log_points})<br>95 % of the mean {span}, N = {count}",
        group=group.plot_name,
        offset=describe_offset(row.offset, scale.quoting.card),
        move=scale.percent_move(row.caar, 2),
        log_points=scale.with_unit(scale.signed(row.caar)),
        span=scale.percent_span(row.caar_low, row.caar_high, 2),
        count=row.n,
    )


def describe_offset(offset: int, card: SeriesCard) -> str:
    """`3 fixings before`, `at the first fixing`, `3 fixings later`."""
    if offset == 0:
        noun = translate_deferred(get_observation_noun(card).at)
        return _("at the first {observation}", observation=noun)
    count = count_observations(abs(offset), card)
    return _("{count} before", count=count) if offset < 0 else _("{count} later", count=count)


def _build_end_labels(
    chart: ComparisonChart, bounds: Sequence[float], pixels: int
) -> list[theme.Figure]:
    """The name of every mean, or of every path of a small group, at the right end of its line."""
    ends = sorted(_list_line_ends(chart), key=lambda end: end[0])
    low, high = min(bounds), max(bounds)
    gap = LABEL_LINE_PIXELS * (high - low) / pixels
    places = spread_evenly([end for end, _, _ in ends], [gap * lines for _, lines, _ in ends])
    return [
        label
        | {"x": chart.offsets[-1], "y": place, "xref": "x", "yref": "y"}
        | {"showarrow": False, "xanchor": "left", "yanchor": "middle", "xshift": 8, "align": "left"}
        for place, (_, _, label) in zip(places, ends, strict=True)
    ]


def _list_line_ends(chart: ComparisonChart) -> Iterator[tuple[float, int, theme.Figure]]:
    """The last number of every line, and its label with how many lines it has."""
    for group in chart.groups:
        font = {"size": theme.FONT_SIZE, "color": chart.colour(group)}
        if group.study.n >= MIN_BAND_EVENTS:
            last = group.study.averages[-1].caar
            lines = [f"<b>{group.label or group.plot_name}</b>", chart.scale.percent(last)]
            named = [(last, lines)]
        else:
            paths = group.study.result.car.tolist()
            named = [(path[-1], [_label_event(chart, event)])
                     for event, path in zip(group.events, paths, strict=True)]  # fmt: skip
        for end, lines in named:
            if math.isfinite(end):
                text = "<br>".join(lines)
                label = {"text": text, "font": font}
                yield chart.scale.shown_percent(end), 1 + text.count("<br>"), label


def _label_event(chart: ComparisonChart, event: Event) -> str:
    day = format_short_day(event.day)
    return day if chart.phone else f"{day}<br>{escape_plot(event.title, END_COLUMNS, 1)}"


def spread_evenly(places: Sequence[float], sizes: Sequence[float]) -> list[float]:
    """Ascending places, moved so that labels of these sizes do not overlap.

    Labels that would overlap become one block, whose centre is the mean of their places.
    """
    blocks: list[tuple[float, list[float]]] = []
    for place, size in zip(places, sizes, strict=True):
        centre, members = place, [size]
        while blocks and blocks[-1][0] + sum(blocks[-1][1]) / 2 > centre - sum(members) / 2:
            before, others = blocks.pop()
            count = len(others)
            centre = (before * count + centre * len(members)) / (count + len(members))
            members = [*others, *members]
        blocks.append((centre, members))
    spread = []
    for centre, members in blocks:
        edge = centre - sum(members) / 2
        for size in members:
            spread.append(edge + size / 2)
            edge += size
    return spread


def _build_path_offset_axis(chart: ComparisonChart) -> theme.Figure:
    card = chart.scale.quoting.card
    axis = theme.build_offset_axis(
        chart.palette,
        chart.offsets,
        8 if chart.phone else MAX_TICKS,
        lambda offset: format_offset(offset) if offset else translate_in_context("tick", "event"),
    )
    title = _(
        "{observations} before and after the event",
        observations=translate_deferred(get_observation_noun(card).many),
    )
    return axis | theme.build_axis_title(chart.palette, title, standoff=6)


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
