"""The figure of the tone of news over time."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from dashboard.models.event import MOSCOW
from dashboard.models.inbox import ToneTimeline
from dashboard.models.messages import translate as _
from dashboard.presentation.charts.theme import (
    Figure,
    build_axis,
    build_axis_title,
    build_horizontal_line,
    build_layout,
    build_scatter,
)
from dashboard.presentation.formatting import format_signed, format_timestamp
from dashboard.presentation.palette import Palette

HEIGHT: Final = 260
MAX_MARKED_POINTS: Final = 60


def build_tone_figure(timeline: ToneTimeline, palette: Palette, *, phone: bool = False) -> Figure:
    """A line through the average tone of each stretch of time, in Moscow time."""
    points = timeline.points
    trace = build_scatter(
        "lines+markers" if len(points) <= MAX_MARKED_POINTS else "lines",
        [_format_moscow_time(point.at) for point in points],
        [point.tone for point in points],
        line={"color": palette.line, "width": 1.6},
        marker={"color": palette.line, "size": 5},
        customdata=[format_timestamp(point.at) for point in points],
        hovertemplate="%{customdata}<br>tone %{y:+.2f}<extra></extra>",
    )
    zero = build_horizontal_line(0, {"color": palette.muted, "width": 1, "dash": "dot"})
    dates = build_axis(palette, type="date", showgrid=False, nticks=4 if phone else 10)
    layout = build_layout(
        palette,
        HEIGHT,
        (46, 12, 10, 62, 4),
        shapes=[zero],
        xaxis=dates | build_axis_title(palette, _("Moscow time")),
        yaxis=build_axis(palette, nticks=5) | build_axis_title(palette, _("average tone")),
    )
    return {"data": [trace], "layout": layout}


def summarize_tone(timeline: ToneTimeline) -> str:
    """A text alternative of the figure."""
    tones = [point.tone for point in timeline.points]
    first, last = timeline.points[0].at, timeline.points[-1].at
    return _(
        "Average tone of articles from {first} to {last}: {count} points between {lowest} and"
        " {highest}, the last {tone}. Below zero is a negative tone.",
        first=format_timestamp(first),
        last=format_timestamp(last),
        count=len(tones),
        lowest=format_signed(min(tones), 2),
        highest=format_signed(max(tones), 2),
        tone=format_signed(tones[-1], 2),
    )


def build_tone_columns(timeline: ToneTimeline) -> dict[str, list[str]]:
    """The figure as a table, the newest first."""
    points = timeline.points[::-1]
    return {
        _("From"): [format_timestamp(point.at) for point in points],
        _("Average tone"): [format_signed(point.tone, 2) for point in points],
    }


def _format_moscow_time(moment: datetime) -> str:
    return moment.astimezone(ZoneInfo(MOSCOW)).replace(tzinfo=None).isoformat()
