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
    `of` is how many points the window has; a move is that from the observation before, drawn
    or not.
    """

    day: Days
    shown: Floats
    move: Floats
    weekly: bool
    at: Moments
    fresh: Bools
    weekend: Bools
    at_bars: bool = False
    of: int = 0

    @property
    def is_thinned(self) -> bool:
        """Whether not every point of the window is drawn."""
        return len(self.day) < self.of

    def x(self, point: int) -> str:
        """Where a point lies, as Plotly reads it."""
        return str(self.at[point])
