"""One move as one source measures it, beside what the source is and when it knew."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.domain.event_view import Fixing
from dashboard.domain.series import SeriesCard
from dashboard.domain.study import Window


@dataclass(frozen=True, slots=True)
class SourceMove:
    """The move of one series over one window.

    Attributes:
        card: the series.
        rule: its date rule in words.
        base: the observation before the window; None where there is none.
        end: the last observation of the window; None where there is none.
        log_points: 100 x the rouble's log move; positive = stronger.
        pct_quoted: change of the quoted number in per cent.
        pct_inverse: change of its inverse in per cent.
        partial: whether the event lies inside the averaging window of its observation.
        reason: why there are no numbers; empty where there are.
        event_id: the event that is measured; empty where it is a pair of days.
        window: first and last offset of the event's window; None for a pair of days.
    """

    card: SeriesCard
    rule: str
    base: Fixing | None = None
    end: Fixing | None = None
    log_points: float | None = None
    pct_quoted: float | None = None
    pct_inverse: float | None = None
    partial: bool = False
    reason: str = ""
    event_id: str = ""
    window: Window | None = None
