"""Facts about a rate on a day: changes against named bases, and since when it was last there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

BASES: Final = ("previous", "week", "month", "quarter", "year", "year_end", "year_start")


@dataclass(frozen=True, slots=True)
class Change:
    """The change from a base observation to the day asked.

    `rub_per_usd_pct` is the percentage change of the quoted number, `usd_per_rub_pct` of its
    inverse; `log_points` = 100 x the move of the rouble (positive = stronger), or of the
    quoted number for a series that is not quoted in roubles.
    """

    base: str
    base_day: date
    base_rate: float
    rub_per_usd_pct: float
    usd_per_rub_pct: float
    log_points: float


@dataclass(frozen=True, slots=True)
class Observation:
    """A rate and its market day."""

    day: date
    rate: float


@dataclass(frozen=True, slots=True)
class DayFacts:
    """What one series says about one day; `day` is the last observation on or before it.

    `strongest_since` is the last earlier observation at least as strong, None where there is
    none in the data; `first_day` is where the data begin, so that None can be read rightly.
    """

    series: str
    quote: str
    asked: date
    day: date
    rate: float
    first_day: date
    changes: tuple[Change, ...]
    strongest_since: Observation | None
    weakest_since: Observation | None
    year_low: Observation
    year_high: Observation
