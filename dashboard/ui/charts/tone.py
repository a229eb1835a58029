"""The tone of the articles on a query over time: one quiet line, zero marked, nothing filled."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from dashboard.domain.candidate import ToneTimeline
from dashboard.domain.event import MOSCOW
from dashboard.ui.charts.grammar import Figure, axis, base_layout
from dashboard.ui.palette import Ink
from dashboard.ui.wording import signed, stamp

HEIGHT: Final = 260
FEW: Final = 60


def build_tone_figure(timeline: ToneTimeline, ink: Ink, *, phone: bool = False) -> Figure:
    """A line through the average tone of each stretch of time, by the clock of Moscow."""
    line = {
        "type": "scatter",
        "mode": "lines+markers" if len(timeline.points) <= FEW else "lines",
        "x": [_in_moscow(point.at) for point in timeline.points],
        "y": [point.tone for point in timeline.points],
        "line": {"color": ink.line, "width": 1.6},
        "marker": {"color": ink.line, "size": 5},
        "customdata": [stamp(point.at) for point in timeline.points],
        "hovertemplate": "%{customdata}<br>tone %{y:+.2f}<extra></extra>",
    }
    zero = {
        "type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": 0, "y1": 0,
        "line": {"color": ink.muted, "width": 1, "dash": "dot"},
    }  # fmt: skip
    layout = base_layout(ink, HEIGHT) | {
        "margin": {"l": 46, "r": 12, "t": 10, "b": 62, "pad": 4},
        "dragmode": False,
        "hovermode": "closest",
        "shapes": [zero],
        "xaxis": axis(ink, type="date", showgrid=False, nticks=4 if phone else 10)
        | {"title": {"text": "Moscow time", "font": {"color": ink.muted, "size": 12}}},
        "yaxis": axis(ink, nticks=5)
        | {"title": {"text": "average tone", "font": {"color": ink.muted, "size": 12}}},
    }
    return {"data": [line], "layout": layout}


def tone_summary(timeline: ToneTimeline) -> str:
    """The figure in words, for those who do not see it."""
    tones = [point.tone for point in timeline.points]
    first, last = timeline.points[0].at, timeline.points[-1].at
    return (
        f"Average tone of articles from {stamp(first)} to {stamp(last)}: {len(tones)} points"
        f" between {signed(min(tones), 2)} and {signed(max(tones), 2)}, the last"
        f" {signed(tones[-1], 2)}. Below zero is a negative tone."
    )


def tone_columns(timeline: ToneTimeline) -> dict[str, list[str]]:
    """The table behind the figure, the newest first."""
    points = timeline.points[::-1]
    return {
        "From": [stamp(point.at) for point in points],
        "Average tone": [signed(point.tone, 2) for point in points],
    }


def _in_moscow(moment: datetime) -> str:
    return moment.astimezone(ZoneInfo(MOSCOW)).replace(tzinfo=None).isoformat()
