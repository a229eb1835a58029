"""The figure of the tone of news over time."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from dashboard.models.event import MOSCOW
from dashboard.models.inbox import ToneTimeline
from dashboard.presentation.charts.theme import Figure, build_axis, build_base_layout
from dashboard.presentation.formatting import format_signed, format_timestamp
from dashboard.presentation.palette import Palette

HEIGHT: Final = 260
MAX_MARKED_POINTS: Final = 60


def build_tone_figure(timeline: ToneTimeline, palette: Palette, *, phone: bool = False) -> Figure:
    """A line through the average tone of each stretch of time, by the clock of Moscow."""
    line = {
        "type": "scatter",
        "mode": "lines+markers" if len(timeline.points) <= MAX_MARKED_POINTS else "lines",
        "x": [_format_moscow_time(point.at) for point in timeline.points],
        "y": [point.tone for point in timeline.points],
        "line": {"color": palette.line, "width": 1.6},
        "marker": {"color": palette.line, "size": 5},
        "customdata": [format_timestamp(point.at) for point in timeline.points],
        "hovertemplate": "%{customdata}<br>tone %{y:+.2f}<extra></extra>",
    }
    zero = {
        "type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": 0, "y1": 0,
        "line": {"color": palette.muted, "width": 1, "dash": "dot"},
    }  # fmt: skip
    layout = build_base_layout(palette, HEIGHT) | {
        "margin": {"l": 46, "r": 12, "t": 10, "b": 62, "pad": 4},
        "dragmode": False,
        "hovermode": "closest",
        "shapes": [zero],
        "xaxis": build_axis(palette, type="date", showgrid=False, nticks=4 if phone else 10)
        | {"title": {"text": "Moscow time", "font": {"color": palette.muted, "size": 12}}},
        "yaxis": build_axis(palette, nticks=5)
        | {"title": {"text": "average tone", "font": {"color": palette.muted, "size": 12}}},
    }
    return {"data": [line], "layout": layout}


def summarize_tone(timeline: ToneTimeline) -> str:
    """The figure in words, for those who do not see it."""
    tones = [point.tone for point in timeline.points]
    first, last = timeline.points[0].at, timeline.points[-1].at
    return (
        f"Average tone of articles from {format_timestamp(first)} to {format_timestamp(last)}:"
        f" {len(tones)} points"
        f" between {format_signed(min(tones), 2)} and {format_signed(max(tones), 2)}, the last"
        f" {format_signed(tones[-1], 2)}. Below zero is a negative tone."
    )


def build_tone_columns(timeline: ToneTimeline) -> dict[str, list[str]]:
    """The table behind the figure, the newest first."""
    points = timeline.points[::-1]
    return {
        "From": [format_timestamp(point.at) for point in points],
        "Average tone": [format_signed(point.tone, 2) for point in points],
    }


def _format_moscow_time(moment: datetime) -> str:
    return moment.astimezone(ZoneInfo(MOSCOW)).replace(tzinfo=None).isoformat()
