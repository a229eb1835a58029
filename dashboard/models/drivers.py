"""A driver against a rate: how its change is measured, and what an analysis of the two answers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, TypeAlias

import numpy as np

from dashboard.models.analyses import PreTrend, ProjectionRow
from dashboard.models.errors import InputError
from dashboard.models.messages import deferred
from dashboard.models.messages import translate as _
from dashboard.models.series import Days, Floats, Moments, RateSeries, SeriesCard

DriverMeasure: TypeAlias = Literal["log", "difference", "logit", "level"]
"""What enters of a driver: 100 times the log change, the change of the number, the change of the
log odds, or the number itself."""
DRIVER_MEASURES: Final[dict[DriverMeasure, str]] = {
    "log": deferred("100 x log change of the number"),
    "difference": deferred("change of the number in its unit"),
    "logit": deferred("change of the log odds, ln(p / (1 - p))"),
    "level": deferred("the number itself, where it is stationary"),
}
MAX_LAGS: Final = 20
ROLLING_WINDOWS: Final = (60, 120, 250)
MIN_WINDOW: Final = 20
MAX_SPLITS: Final = 12
SPLIT_HORIZONS: Final = (0, 1, 5)
"""The horizons whose responses are compared between samples."""
WHOLE_SAMPLE: Final = "all"


@dataclass(frozen=True, slots=True)
class DriverRequest:
    """How a driver is set against a rate.

    Attributes:
        measure: what enters of the driver; empty: what its card says.
        lags: the cross-correlation goes from -lags to +lags.
        window: matched rates in a window of the rolling relation.
        splits: further days at which the sample is split.
        at_breaks: whether it is split at the method breaks of the rate.
        since: the first market day; None: from the start.
        until: the last market day; None: to the end.
        seed: of the simulations.
    """

    measure: DriverMeasure | Literal[""] = ""
    lags: int = 5
    window: int = 120
    splits: tuple[date, ...] = ()
    at_breaks: bool = True
    since: date | None = None
    until: date | None = None
    seed: int = 1

    def __post_init__(self) -> None:
        """Refuse what cannot be computed.

        Raises:
            InputError: naming what can.
        """
        if self.measure and self.measure not in DRIVER_MEASURES:
            msg = _("not known; choose one of {known}", known=", ".join(DRIVER_MEASURES))
            raise InputError(msg, field="change", value=self.measure)
        if not 1 <= self.lags <= MAX_LAGS:
            msg = _("give a number from 1 to {most}", most=MAX_LAGS)
            raise InputError(msg, field="lags", value=str(self.lags))
        if self.window < MIN_WINDOW:
            msg = _("give at least {least} rates", least=MIN_WINDOW)
            raise InputError(msg, field="window", value=str(self.window))
        if len(self.splits) > MAX_SPLITS:
            msg = _("give at most {most} days", most=MAX_SPLITS)
            raise InputError(msg, field="split", value=str(len(self.splits)))
        if self.since and self.until and self.until < self.since:
            msg = _("lies before the first day")
            raise InputError(msg, field="until", value=self.until.isoformat())


@dataclass(frozen=True, eq=False, slots=True)
class MatchedDriver:
    """A rate on the T rows on which the driver has a number too, and what enters of both.

    `series` are these rates; `value` (T,) the last number of the driver that was known when the
    rate was, but not when the rate before was; `value_day` and `value_known_at` (T,) its market day
    and moment. `move` (T,) is the move of the rate since the row before in returns, `shock` (T,)
    what enters of the driver in the unit of `measure`; both NaN where there is none. `gaps` are the
    rows that follow a gap. `unmatched` counts rates without a number of the driver, `undefined`
    rows whose number gives no change (a log of 0), `near_bounds` odds below 5 or above 95 %.
    `unit_root_p` is that of the augmented Dickey-Fuller test of the number.
    """

    driver: SeriesCard
    series: RateSeries
    value: Floats
    value_day: Days
    value_known_at: Moments
    measure: DriverMeasure
    move: Floats
    shock: Floats
    gaps: tuple[int, ...] = ()
    unmatched: int = 0
    undefined: int = 0
    near_bounds: int = 0
    unit_root_p: float = math.nan

    def __len__(self) -> int:
        """The number of rows."""
        return len(self.value)

    @property
    def spread(self) -> float:
        """The standard deviation of what enters of the driver."""
        finite = self.shock[np.isfinite(self.shock)]
        return float(finite.std(ddof=1)) if len(finite) > 1 else math.nan


@dataclass(frozen=True, slots=True)
class DriverLag:
    """The cross-correlation at a lag: the rate so many rows after (+) or before (-) the driver.

    `r` is that of the moves as they are, `r_filtered` that of both after an autoregression of
    each; `low` to `high` holds 95 % of `r_filtered` where there is no relation, whatever the
    volatility. `detectable` is the size that would be found in 80 % of cases after the correction.
    """

    lag: int
    n: int
    r: float = math.nan
    r_filtered: float = math.nan
    low: float = math.nan
    high: float = math.nan
    statistic: float = math.nan
    p_value: float = math.nan
    p_adjusted: float = math.nan
    detectable: float = math.nan
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DriverResponse:
    """The response at a horizon to a driver higher by one standard deviation, and by one unit.

    `row` is in returns per unit of the driver; `spread` the standard deviation in that unit;
    `detectable` the response to a standard deviation that the band of the path would tell from 0
    in 80 % of cases.
    """

    row: ProjectionRow
    spread: float
    detectable: float = math.nan

    def per_sd(self, name: str) -> float:
        """A number of `row` for a driver higher by one standard deviation."""
        return float(getattr(self.row, name)) * self.spread


@dataclass(frozen=True, slots=True)
class RollingRow:
    """The relation in the window of rates that ends on a day.

    `slope` in returns per unit, `se` robust to heteroskedasticity; `slope_low` to `slope_high` and
    `low` to `high` hold 95 % of whole paths of the slope and of the correlation where the relation
    never changes.
    """

    day: date
    since: date
    n: int
    correlation: float
    low: float
    high: float
    slope: float
    se: float
    slope_low: float
    slope_high: float


@dataclass(frozen=True, slots=True)
class DriverSampleRow:
    """The response of one sample at one horizon, in returns per unit of the driver."""

    sample: str
    since: date
    until: date
    horizon: int
    n: int
    estimate: float = math.nan
    se: float = math.nan
    low: float = math.nan
    high: float = math.nan
    p_value: float = math.nan
    p_adjusted: float = math.nan
    detectable: float = math.nan
    spread: float = math.nan
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DriverTest:
    """A test of the relation; `p_adjusted` is corrected within its `family`.

    `statistic` is F with (`df`, `df_error`) or, for stability, the statistic of Nyblom and Hansen.
    `detectable` is the difference between two samples, or of a window of median error from all
    rates, in returns per unit, that would be found in 80 % of cases.
    """

    test: str
    null_hypothesis: str
    reference: str
    family: str = ""
    horizon: int | None = None
    sample: str = ""
    statistic: float = math.nan
    df: int = 0
    df_error: int = 0
    n: int = 0
    p_value: float = math.nan
    p_adjusted: float = math.nan
    detectable: float = math.nan
    reason: str = ""


@dataclass(frozen=True, eq=False, slots=True)
class DriverAnswer:
    """A driver against a rate: cross-correlation, response, rolling relation, samples, tests."""

    request: DriverRequest
    matched: MatchedDriver
    lags: tuple[DriverLag, ...]
    filter_orders: tuple[int, int]
    response: tuple[DriverResponse, ...]
    pre_trend: PreTrend
    rolling: tuple[RollingRow, ...]
    samples: tuple[DriverSampleRow, ...]
    tests: tuple[DriverTest, ...]

    def lag(self, lag: int) -> DriverLag:
        """The correlation at a lag."""
        return self.lags[lag + self.request.lags]

    def at(self, horizon: int) -> DriverResponse:
        """The response at a horizon."""
        return self.response[horizon - self.response[0].row.horizon]
