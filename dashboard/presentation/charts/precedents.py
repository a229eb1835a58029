"""The paths of an event and its precedents in one figure, each named at the end of its line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from dashboard.models.analyses import Precedent, Precedents
from dashboard.models.messages import plural, translate_deferred, translate_in_context
from dashboard.models.messages import translate as _
from dashboard.presentation.charts import theme
from dashboard.presentation.charts.comparison_paths import describe_offset, spread_evenly
from dashboard.presentation.escaping import escape_plot
from dashboard.presentation.formatting import format_day, format_offset, format_percent
from dashboard.presentation.moves import get_observation_noun
from dashboard.presentation.palette import Palette
from dashboard.presentation.quoting import QuotedSeries

HEIGHT: Final = 420
PHONE_HEIGHT: Final = 380
TOP: Final = 30
BOTTOM: Final = 50
LABEL_PIXELS: Final = 128
PHONE_LABEL_PIXELS: Final = 84
LINE_PIXELS: Final = 16
"""The height of a label at the right end of a path."""
MAX_TICKS: Final = 14
PHONE_TICKS: Final = 7
TITLE_COLUMNS: Final = 60
MIN_MEDIAN_PATHS: Final = 3
"""Of fewer precedents no median is drawn."""


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of the figure: its offsets and values in per cent, its label and its hover."""

    label: str
    hover: str
    offsets: tuple[int, ...]
    values: tuple[float, ...]
    is_own: bool = False
    is_median: bool = False


def build_precedents_figure(
    answer: Precedents, quoting: QuotedSeries, palette: Palette, *, phone: bool = False
) -> theme.Figure:
    """The path of the event in bold, those of the precedents thin, their median dashed.

    Args:
        answer: the precedents; the figure is empty without a path.
        quoting: the quote of the moves, which are in per cent of the number shown.
        palette: the neutral colours.
        phone: whether it is drawn for a narrow screen.
    """
    lines = list(_list_lines(answer, quoting))
    height = PHONE_HEIGHT if phone else HEIGHT
    low, high = theme.compute_bounds([value for line in lines for value in line.values])
    bounds = (high, low) if quoting.axis_is_inverted else (low, high)
    axis = theme.build_number_axis(palette, bounds, 5) | theme.build_zero_line(palette)
    right = PHONE_LABEL_PIXELS if phone else LABEL_PIXELS
    event = {"color": palette.selected, "width": 1.5, "dash": "dot"}
    layout = theme.build_layout(
        palette,
        height,
        (50 if phone else 58, right, TOP, BOTTOM, 4),
        xaxis=_build_offset_axis(answer, lines, palette, phone=phone),
        yaxis=axis,
        shapes=[theme.build_vertical_line(-0.5, event)],
        annotations=[
            theme.build_axis_note(palette, _("{axis}, %", axis=quoting.axis_title), yshift=2),
            *_build_labels(lines, (low, high), height - TOP - BOTTOM, palette),
        ],
    )
    return {"data": [_build_trace(line, palette) for line in lines], "layout": layout}


def _list_lines(answer: Precedents, quoting: QuotedSeries) -> Iterator[_Line]:
    for one in answer.taken:
        yield _line(one, quoting, format_day(one.event.day))
    if len(answer.taken) >= MIN_MEDIAN_PATHS:
        moves: dict[int, list[float]] = {}
        for one in answer.taken:
            for point in one.path:
                moves.setdefault(point.offset, []).append(point.move)
        shown = {at: median(of) for at, of in moves.items() if len(of) == len(answer.taken)}
        values = tuple(round(quoting.quoted_percent(move), 3) for move in shown.values())
        name = _("Median")
        yield _Line(name, _("Median of the precedents"), tuple(shown), values, is_median=True)
    if answer.target.path:
        yield _line(answer.target, quoting, _("This event"), is_own=True)


def _line(one: Precedent, quoting: QuotedSeries, label: str, *, is_own: bool = False) -> _Line:
    day = format_day(one.event.day)
    return _Line(
        label,
        f"{day}  {escape_plot(one.event.title, TITLE_COLUMNS, 1)}",
        tuple(point.offset for point in one.path),
        tuple(round(quoting.quoted_percent(point.move), 3) for point in one.path),
        is_own=is_own,
    )


def _build_trace(line: _Line, palette: Palette) -> theme.Figure:
    style = {"color": theme.fade_colour(palette.line, 0.45), "width": 1.0}
    if line.is_own:
        style = {"color": palette.line, "width": 3.0}
    elif line.is_median:
        style = {"color": palette.line, "width": 1.8, "dash": "dash"}
    texts = [
        _(
            "{title}<br>offset {offset}: {move}",
            title=line.hover,
            offset=format_offset(offset),
            move=format_percent(value),
        )
        for offset, value in zip(line.offsets, line.values, strict=True)
    ]
    return theme.build_scatter(
        "lines",
        list(line.offsets),
        list(line.values),
        name=line.hover,
        line=style,
        **theme.build_hover(texts),
    )


def _build_offset_axis(
    answer: Precedents, lines: Sequence[_Line], palette: Palette, *, phone: bool
) -> theme.Figure:
    offsets = sorted({offset for line in lines for offset in line.offsets}) or [0]
    axis = theme.build_offset_axis(
        palette,
        offsets,
        PHONE_TICKS if phone else MAX_TICKS,
        lambda offset: format_offset(offset) if offset else translate_in_context("tick", "event"),
    )
    title = _(
        "{observations} before and after the event",
        observations=translate_deferred(get_observation_noun(answer.card).many),
    )
    return axis | theme.build_axis_title(palette, title, standoff=6)


def _build_labels(
    lines: Sequence[_Line], bounds: tuple[float, float], pixels: int, palette: Palette
) -> list[theme.Figure]:
    """The name of every line right of its last point, spread where they would overlap."""
    drawn = sorted((line for line in lines if line.values), key=lambda line: line.values[-1])
    gap = LINE_PIXELS * (bounds[1] - bounds[0]) / pixels
    places = spread_evenly([line.values[-1] for line in drawn], [gap] * len(drawn))
    last = max((line.offsets[-1] for line in drawn), default=0)
    place = {"xref": "x", "yref": "y", "xanchor": "left", "yanchor": "middle", "xshift": 8}
    labels = []
    for line, y in zip(drawn, places, strict=True):
        is_bold = line.is_own or line.is_median
        text = f"<b>{line.label}</b>" if is_bold else line.label
        font = {"size": theme.FONT_SIZE - 1, "color": palette.text if is_bold else palette.muted}
        labels.append(theme.build_note(palette, text, last, y, **place) | {"font": font})
    return labels


def summarize_precedents(answer: Precedents, quoting: QuotedSeries) -> str:
    """A text alternative of the figure."""
    row = answer.summary[-1]
    text = plural(
        "The path of the event and of {n} precedent.",
        "The paths of the event and of {n} precedents.",
        len(answer.taken),
    )
    if row.median is None:
        return text
    ends = _(
        "The median of the precedents ends at {move}, {offset}.",
        move=quoting.percent(row.median),
        offset=describe_offset(row.horizon, answer.card),
    )
    return f"{text} {ends}"
