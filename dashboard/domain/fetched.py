"""What one question to a publisher brought."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.domain.series import RateSeries


@dataclass(frozen=True, slots=True)
class Fetched:
    """What one fetch brought.

    Attributes:
        series: the observations since the day asked, ascending; None where the publisher says
            that nothing has changed.
        notes: what a person should know about them, a sentence each.
        stamp: how the publisher marked this version, to be handed in next time.
    """

    series: RateSeries | None
    notes: tuple[str, ...] = ()
    stamp: str = ""
