"""How events and rates go together: scores against moves, categories against series."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from dashboard.domain.event import Event
from dashboard.domain.series import Floats
from dashboard.domain.study import Window

Score: TypeAlias = Literal["tone", "intensity", "crowd"]
Against: TypeAlias = Literal["move", "size"]

TAGGED: Final[tuple[Score, ...]] = ("tone", "intensity")
"""Scores that a tag of an event can give, as `tone:-3.2` or `intensity:2`."""
SCORES: Final[tuple[Score, ...]] = (*TAGGED, "crowd")
AGAINST: Final[tuple[Against, ...]] = ("move", "size")
_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]{1,6}(?:\.[0-9]{0,9})?|\.[0-9]{1,9})")
_MINUS: Final = "\u2212"


def tagged_score(event: Event, name: str) -> float:
    """The number that the tag `name:number` of an event gives; NaN where none does.

    The name is read whatever its case, the number with a point and either minus. Of several
    tags with one name the first that is a number counts.
    """
    for tag in event.tags:
        word, colon, number = tag.partition(":")
        if colon and word.strip().casefold() == name:
            text = number.strip().replace(_MINUS, "-")
            if _NUMBER.fullmatch(text):
                return float(text)
    return math.nan


def unread_scores(events: Iterable[Event]) -> tuple[tuple[str, str], ...]:
    """Id and tag of events whose score has no number that can be read."""
    return tuple(
        (event.id, tag)
        for event in events
        for name in TAGGED
        for tag in event.tags
        if tag.partition(":")[0].strip().casefold() == name
        and ":" in tag
        and math.isnan(tagged_score(event, name))
    )


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """Spearman's rho of a score with the CAR of a window, or with the CAR's size.

    `low`, `high`: the band that holds 95 % of the values of the same dates shifted round the
    series; `p_value` the share of shifts at least as large in size, corrected (`p_adjusted`)
    over all rows of one answer. `without` events have no score or no CAR.
    """

    score: Score
    against: Against
    window: Window
    r: float
    low: float
    high: float
    n: int
    without: int
    p_value: float
    p_adjusted: float = math.nan


@dataclass(frozen=True, eq=False, slots=True)
class ScoredEvents:
    """The events with a score and a CAR, and both numbers in return units, each (n,)."""

    score: Score
    event_ids: tuple[str, ...]
    value: Floats
    car: Floats


@dataclass(frozen=True, slots=True)
class CrossCell:
    """The mean CAR of a category on a series against the same dates shifted round it.

    `caar` is in return units, `spread` the standard deviation of the means of all shifts,
    `in_spreads` = (caar - mean of the shifts) / spread, `percentile` the share (x 100) of
    shifts whose mean is smaller in size. `p_adjusted` is corrected over all cells. `reason`
    says why there is no number.
    """

    group: str
    series: str
    window: Window
    n: int
    caar: float = math.nan
    spread: float = math.nan
    in_spreads: float = math.nan
    percentile: float = math.nan
    p_value: float = math.nan
    p_adjusted: float = math.nan
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ProjectionRow:
    """The response of a series to the events of a group at one horizon, by local projection.

    `estimate`, `se_hc1`, `se_hac` (with `lags` Bartlett lags), the 95 % interval `low` to `high`
    and the 95 % band `supt_low` to `supt_high` of the whole path from horizon 0 on are in log
    returns (0.01 = 1 log point). `p_value` tests this horizon alone; `p_adjusted` is corrected
    over all horizons from 0 on. `n` rows are used, on `rates` of which lie `events`;
    `rates_dropped` first rates lie on rows that are not used, and `dropped` counts these rows by
    reason. `reason` says why a number is missing.
    """

    group: str
    series: str
    horizon: int
    n: int = 0
    events: int = 0
    rates: int = 0
    rates_dropped: int = 0
    estimate: float = math.nan
    se_hc1: float = math.nan
    se_hac: float = math.nan
    lags: int = 0
    low: float = math.nan
    high: float = math.nan
    supt_low: float = math.nan
    supt_high: float = math.nan
    p_value: float = math.nan
    p_adjusted: float = math.nan
    dropped: tuple[tuple[str, int], ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PreTrend:
    """The Wald test that a series did not move before the events of a group.

    `statistic` is the Wald statistic of `df` responses before the base, all 0 under the null
    hypothesis; `p_value` from F(df, df_error). `reason` says why there is none.
    """

    statistic: float = math.nan
    df: int = 0
    df_error: int = 0
    p_value: float = math.nan
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Projection:
    """The local projections of one series on the events of one group, a row a horizon."""

    group: str
    series: str
    rows: tuple[ProjectionRow, ...]
    pre_trend: PreTrend

    def at(self, horizon: int) -> ProjectionRow:
        """The row of a horizon."""
        return self.rows[horizon - self.rows[0].horizon]
