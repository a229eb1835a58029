"""What the Explore figure shows: the view that was asked for and the line that is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from dashboard.domain.event import Event
from dashboard.domain.series import Bools, Days, Floats, Moments, RateSeries
from dashboard.ui.quoting import Quoting


@dataclass(frozen=True, slots=True)
class ExploreView:
    """What the figure shows: a series in one quoting, the events of a window, the day chosen."""

    series: RateSeries
    quoting: Quoting
    events: tuple[Event, ...]
    since: date
    until: date
    title: str = ""
    subtitle: str = ""
    selected: date | None = None
    log_scale: bool = False
    brush: bool = False
    phone: bool = False


@dataclass(frozen=True, slots=True)
class RateLine:
    """The points drawn: market days, numbers shown and rouble moves (log points), each (n,).

    `at` is where each lies on the axis: its market day, or the end of its bar by the clock of
    Moscow (`at_bars`). `fresh` marks the first bar of a session, `weekend` those of a weekend.
    """

    day: Days
    shown: Floats
    move: Floats
    weekly: bool
    at: Moments
    fresh: Bools
    weekend: Bools
    at_bars: bool = False

    def x(self, point: int) -> str:
        """Where a point lies, as Plotly reads it."""
        return str(self.at[point])
