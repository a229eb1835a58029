"""What the figures of Compare show: one or two groups on one scale, and what they share."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

from dashboard.domain.comparison import GroupAnswer
from dashboard.domain.event import Event
from dashboard.domain.study import Window
from dashboard.ui.charts.grammar import FONT_SIZE, Figure, axis, nice_ticks, tick_decimals
from dashboard.ui.compare_scale import Scale
from dashboard.ui.palette import CLEAR, GroupLook, Ink, ink
from dashboard.ui.text import plot_text
from dashboard.ui.wording import MINUS, short_day, signed

PADDING: Final = 0.06
FEWEST: Final = 5
LABEL_COLUMNS: Final = 38
PHONE_COLUMNS: Final = 14


@dataclass(frozen=True, slots=True)
class ChartGroup:
    """One group: its short name made harmless for Plotly, what was found, how it looks."""

    called: str
    found: GroupAnswer
    look: GroupLook

    @property
    def events(self) -> tuple[Event, ...]:
        """The events that were studied, in the order of the matrices."""
        return self.found.result.events

    @property
    def mean(self) -> float:
        """The mean of the verdict, each first rate counted once; NaN without events."""
        return self.found.headline.mean if self.found.headline else math.nan


@dataclass(frozen=True, slots=True)
class CompareChart:
    """All groups with their scale; heading and subheading are cleaned where it is made."""

    groups: tuple[ChartGroup, ...]
    scale: Scale
    heading: str
    subheading: str
    window: Window
    dark: bool = False
    phone: bool = False

    @property
    def ink(self) -> Ink:
        """The neutral colours."""
        return ink(dark=self.dark)

    @property
    def text_colour(self) -> str:
        """The colour of words on the surface."""
        return self.ink.text

    @property
    def is_pair(self) -> bool:
        """Whether there are two groups."""
        return len(self.groups) > 1

    def colour(self, group: ChartGroup) -> str:
        """The hue of a group; one group alone needs none."""
        return group.look.colour(dark=self.dark) if self.is_pair else self.ink.line

    def shown(self, move: float, digits: int = 3) -> float | None:
        """A move on the axis, None where missing."""
        return round(self.scale.shown(move), digits) + 0.0 if math.isfinite(move) else None


def offset_text(offset: int) -> str:
    """An offset with a true minus."""
    return f"{MINUS}{-offset}" if offset < 0 else str(offset)


def event_label(chart: CompareChart, event: Event) -> str:
    """`12 Feb 2025 Hegseth: NATO membership …` on one line."""
    columns = PHONE_COLUMNS if chart.phone else LABEL_COLUMNS
    return f"{short_day(event.day)}  {plot_text(event.title, columns, 1)}"


def heading_layout(chart: CompareChart, text: str, below: str) -> dict[str, Any]:
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
            "subtitle": {"text": below, "font": {"size": FONT_SIZE, "color": chart.ink.muted}},
        }
    }


def bounds(values: list[float], *, with_zero: bool = True) -> tuple[float, float]:
    """A range that holds the values with a little room; ±1 where nothing is known."""
    known = [value for value in values if math.isfinite(value)] + ([0.0] if with_zero else [])
    if not known:
        return -1.0, 1.0
    low, high = min(known), max(known)
    pad = PADDING * (high - low) or 1.0
    return low - pad, high + pad


def move_axis(chart: CompareChart, values: list[float], **more: Any) -> Figure:
    """An axis of moves as they are shown, with signed ticks and a line at zero."""
    low, high = bounds(values)
    ticks = nice_ticks(low, high, 4 if chart.phone else 7)
    ends = [high, low] if chart.scale.is_inverted else [low, high]
    return axis(
        chart.ink,
        range=ends,
        tickvals=ticks,
        ticktext=[signed(tick, tick_decimals(ticks)) for tick in ticks],
        **more,
    ) | {"zeroline": True, "zerolinecolor": chart.ink.muted, "zerolinewidth": 1}


def axis_name(chart: CompareChart, text: str) -> dict[str, Any]:
    """The name of an axis, in the quiet type of its ticks."""
    font = {"size": FONT_SIZE - 1, "color": chart.ink.muted}
    return {"title": {"text": text, "font": font, "standoff": 6}}


def legend(chart: CompareChart, y: float) -> dict[str, Any]:
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
            "bgcolor": CLEAR,
        },
    }


def faded(colour: str, alpha: float) -> str:
    """`#RRGGBB` with an opacity."""
    red, green, blue = (int(colour[k : k + 2], 16) for k in (1, 3, 5))
    return f"rgba({red},{green},{blue},{alpha})"
