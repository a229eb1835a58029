"""The window of days a page shows: from the link, within the data, told where it was cut."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np

from dashboard.domain.event import Event
from dashboard.domain.series import RateSeries
from dashboard.ui.wording import day

DEFAULT_DAYS: Final = 730
DAYS_OF_HOURS: Final = 91
FEWEST_DAYS: Final = 3
SHORTEST_BRUSH: Final = 7
PRESETS: Final[Mapping[str, int | None]] = {
    "3M": 91,
    "1Y": 365,
    "2Y": DEFAULT_DAYS,
    "5Y": 1_826,
    "All": None,
}


@dataclass(frozen=True, slots=True)
class Limits:
    """The first and last market day with a rate, and the last day one may look at."""

    first: date
    last: date
    furthest: date
    default_days: int = DEFAULT_DAYS

    def default_since(self) -> date:
        """Where a page opens."""
        return max(self.first, self.last - timedelta(days=self.default_days))

    def preset(self, name: str) -> tuple[date | None, date | None]:
        """The `from` and `to` of a preset as a link holds them; None = the default."""
        length = PRESETS[name]
        if length == self.default_days:
            return None, None
        if length is None:
            return self.first, None
        return max(self.first, self.last - timedelta(days=length)), None


@dataclass(frozen=True, slots=True)
class Shown:
    """The window shown, and a sentence where it is not the one asked for."""

    since: date
    until: date
    told: str = ""
    impossible: bool = False


def limits(series: RateSeries, events: tuple[Event, ...], today: date) -> Limits:
    """How far a window on a series can reach; events after the last rate can be shown."""
    observed = series.day[np.isfinite(series.rate)]
    first, last = (date.fromisoformat(str(observed[k])) for k in (0, -1))
    furthest = max(last, today, *(event.day for event in events))
    return Limits(first, last, furthest, default_days(series.card.bar_minutes))


def default_days(bar_minutes: int) -> int:
    """How many days a page opens with: two years, of bars about as many points."""
    if not bar_minutes:
        return DEFAULT_DAYS
    return min(DEFAULT_DAYS, max(FEWEST_DAYS, DAYS_OF_HOURS * bar_minutes // 60))


def shown_window(asked_since: date | None, asked_until: date | None, bounds: Limits) -> Shown:
    """The window for what a link asks; nothing is shown that ends before it starts."""
    until = min(asked_until or bounds.last, bounds.furthest)
    since = asked_since or min(bounds.default_since(), until - timedelta(days=bounds.default_days))
    if since >= until or until <= bounds.first:
        return Shown(bounds.default_since(), bounds.last, impossible=True)
    told = ""
    if since < bounds.first:
        since = bounds.first
        if asked_since is not None:
            told = f"Rates start on {day(bounds.first)}; showing from there."
    if asked_until is not None and asked_until > bounds.furthest:
        told = f"{told} Nothing is known after {day(bounds.furthest)}; showing to there.".strip()
    return Shown(since, until, told)


def preset_of(shown: Shown, bounds: Limits) -> str | None:
    """The preset that gives this window, if one does."""
    for name in PRESETS:
        since, until = bounds.preset(name)
        if (since or bounds.default_since(), until or bounds.last) == (shown.since, shown.until):
            return name
    return None


def widened(first: date, last: date) -> tuple[date, date]:
    """A brushed window of at least a week."""
    missing = SHORTEST_BRUSH - (last - first).days
    return (first, last) if missing <= 0 else (first - timedelta(days=missing), last)
