"""An event study: its request, its windows as they are typed, and its answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, Self, TypeAlias

import numpy as np

from dashboard.models.errors import InputError
from dashboard.models.event import Event
from dashboard.models.messages import translate as _
from dashboard.models.series import Days, Floats, Ints, RateSeries

# ---- request and result


Window: TypeAlias = tuple[int, int]
Returns: TypeAlias = Literal["log", "simple", "difference"]
"""Of two numbers: the log of their ratio, their ratio less 1, or their difference."""
PriceReturns: TypeAlias = Literal["log", "simple"]
"""Those of a price or an index, which pages and specifications offer."""
Overlap: TypeAlias = Literal["keep", "first", "exclude"]
Pool: TypeAlias = Literal["near", "quiet", "all", "similar"]
Grouping: TypeAlias = Literal["category", "expected"]

MIN_ESTIMATION_RETURNS: Final = 3
"""An estimation window needs so many returns, whatever the model."""

MIN_CLUSTERS: Final = 8
"""Below so many clusters of events there is no verdict: they are read one by one."""
MIN_RATES: Final = 8
MAX_SHARE_OF_ONE_RATE: Final = 0.2
"""A mean has a verdict from so many rates on, where none is a larger share of all moves."""

CONFIDENCE_LEVEL: Final = 0.95
"""Of every interval and band."""
SIGNIFICANCE_LEVEL: Final = 0.05
"""A p-value below this is marked on pages and counted in summaries."""

CORRECTIONS: Final = ("holm", "hochberg", "bonferroni", "bh", "by")
DEFAULT_CAR_WINDOWS: Final[tuple[Window, ...]] = ((0, 0), (0, 1), (-1, 1), (0, 5), (-5, -1))


def window_text(window: Window) -> str:
    """`[a,b]`, as every table writes a window."""
    return f"[{window[0]},{window[1]}]"


@dataclass(frozen=True, slots=True)
class StudyRequest:
    """The parameters of a study: event window, CAR windows, estimation window, gap.

    The estimation window is `estimation` rows that end `gap` rows before the event window.
    With `returns` = `difference` moves are in hundreds of the unit of the series, 0.01 = 1 point.
    `pool` says which pseudo-dates the placebo p and the percentile use: `near` = those within
    250 rows of the event, `quiet` = those whose event window touches no event's window, `all` =
    every admissible date, `similar` = those of similar volatility on their eve.
    `clean_estimation` leaves the [0,1] rows of every known event out of all estimation;
    `correction` adjusts the p-values of `tests` (holm, hochberg, bonferroni, bh, by).
    `by` makes the groups next to "all": the events' category, or their expected direction.
    """

    returns: Returns = "log"
    model: str = "mean"
    window: Window = (-5, 10)
    cars: tuple[Window, ...] = ((0, 1),)
    estimation: int = 120
    gap: int = 10
    min_estimation: int = 60
    overlap: Overlap = "keep"
    pool: Pool = "near"
    clean_estimation: bool = False
    correction: str = "holm"
    by: Grouping = "category"
    seed: int = 1

    def __post_init__(self) -> None:
        """Refuse a request that cannot be answered.

        Raises:
            InputError: naming the field and the fix.
        """
        self._refuse_windows()
        if self.gap < 0:
            msg = _("must be 0 or more; it counts rows between the two windows")
            raise InputError(msg, field="gap", value=self.gap)
        if self.correction not in CORRECTIONS:
            msg = _("choose one of {known}", known=", ".join(CORRECTIONS))
            raise InputError(msg, field="correction", value=self.correction)
        if self.estimation < MIN_ESTIMATION_RETURNS:
            msg = _("too short to learn from; give {least} or more", least=MIN_ESTIMATION_RETURNS)
            raise InputError(msg, field="estimation", value=self.estimation)
        if not MIN_ESTIMATION_RETURNS <= self.min_estimation <= self.estimation:
            msg = _(
                "must lie between {least} and the estimation window, {estimation}",
                least=MIN_ESTIMATION_RETURNS,
                estimation=self.estimation,
            )
            raise InputError(msg, field="min_estimation", value=self.min_estimation)

    def _refuse_windows(self) -> None:
        first, last = self.window
        if first > last:
            msg = _("the window ends before it starts; give it as -5:10")
            raise InputError(msg, field="window", value=f"{first}:{last}")
        for car in self.cars:
            if car[0] > car[1]:
                msg = _("the window ends before it starts; give it as 0:1")
                raise InputError(msg, field="car", value=f"{car[0]}:{car[1]}")
            if car[0] < first or car[1] > last:
                msg = _(
                    "lies outside the event window {first}:{last}; widen the event window or"
                    " shorten "
                    "the CAR window",
                    first=first,
                    last=last,
                )
                raise InputError(msg, field="car", value=f"{car[0]}:{car[1]}")


@dataclass(frozen=True, slots=True)
class SkippedEvent:
    """An event that is not in the answer, and why."""

    event_id: str
    series: str
    reason: str


# ---- results


_LAZY: Final = "_lazy"


class LazyFields:
    """A dataclass without slots whose costly fields are computed when they are first read.

    Most pages read few fields of a study. A value is stored once it is computed; two threads
    may both compute it. `dataclasses.replace` and a copy for another process hold all fields. The
    default of a field that can be lazy comes from a factory: one on the class would hide it.
    """

    @classmethod
    def create_lazy(cls, lazy: Mapping[str, Callable[[], Any]], **values: Any) -> Self:
        """An instance with these values, and the other fields computed by the functions."""
        instance = cls(**values, **dict.fromkeys(lazy))
        for name in lazy:
            del instance.__dict__[name]
        instance.__dict__[_LAZY] = dict(lazy)
        return instance

    def evolve(self, **changes: Any) -> Self:
        """A copy with changed fields; nothing is computed for it."""
        copy = object.__new__(type(self))
        lazy = {k: v for k, v in self.__dict__.get(_LAZY, {}).items() if k not in changes}
        copy.__dict__.update({**self.__dict__, **changes, _LAZY: lazy})
        return copy

    def __getstate__(self) -> dict[str, Any]:
        """Every field, computed."""
        for name in tuple(self.__dict__.get(_LAZY, ())):
            getattr(self, name)
        return {name: value for name, value in self.__dict__.items() if name != _LAZY}

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> object:
            """A field that is read for the first time."""
            stored = self.__dict__
            lazy = stored.get(_LAZY, {})
            compute = lazy.get(name)
            if compute is not None:
                stored[name] = compute()
                lazy.pop(name, None)
                if not lazy:
                    stored.pop(_LAZY, None)
            if name in stored:
                return stored[name]
            msg = f"{type(self).__name__} has no {name}"
            raise AttributeError(msg)


@dataclass(frozen=True, eq=False)
class CarResult(LazyFields):
    """One CAR window of every event; every array has shape (N,), NaN where not defined.

    `car`, `se`, `bhar` are in return units (0.01 = 1 log point for log returns), positive =
    stronger rouble for rouble series. `percentile` is 100 x the share of pseudo-dates whose
    |SCAR|, the move in units of the volatility learnt before it, is smaller;
    `percentile_by_move` that of those whose |CAR| is. The pool has `n_placebo` dates from
    `pool_first` to `pool_last` (NaT without any), `n_close` of them within two years. These and
    `crowd`, the ids of other events in the window, are computed when they are read.
    """

    window: Window
    car: Floats
    se: Floats
    t: Floats
    df: Floats
    p: Floats
    bhar: Floats
    placebo_p: Floats
    percentile: Floats
    percentile_by_move: Floats
    n_placebo: Ints
    n_close: Ints
    pool_first: Days
    pool_last: Days
    crowd: Sequence[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class AverageRow:
    """AAR and CAAR of a group at one offset; standard errors across events."""

    group: str
    offset: int
    n: int
    aar: float
    aar_se: float
    caar: float
    caar_low: float
    caar_high: float
    supt_low: float
    supt_high: float


@dataclass(frozen=True, slots=True)
class TestResult:
    """One test of one group in one window, with the claim it tests and its source.

    `note` says why it does not apply or what its number rests on, `dates` which simulated
    pattern the group's dates resemble (scattered, clustered, dense), `caution` that with such
    dates simulations show it to reject too often or too rarely. `role` is `headline` for the
    test declared before any data, else empty.
    """

    __test__ = False

    group: str
    window: Window
    test: str
    statistic: float
    df: float
    p_value: float
    p_adjusted: float
    n: int
    null_hypothesis: str
    reference: str
    note: str = ""
    caution: str = ""
    dates: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True)
class Headline:
    """The declared test of a group in one window, with the estimate and the interval it belongs to.

    `mean`, `median`, `mean_without_largest` (the mean CAR without the three largest moves in
    size), `low`, `high` (the means that the test does not reject at 5 %) and `smallest_visible`
    (the mean that it would reject in four studies of five) are in return units. `n` counts the
    events with a CAR, `rates` their distinct first rates, `clusters` the groups of events whose
    event windows overlap. `reason` says why there is no verdict; then the test's numbers are NaN.
    `statistic` has the sign of the verdict, which may differ from that of the mean, and
    `largest_share` is the part of the sum of the sizes of all moves that one rate carries.
    """

    group: str
    window: Window
    n: int
    rates: int
    clusters: int
    mean: float
    median: float
    mean_without_largest: float
    low: float
    high: float
    p_value: float
    p_adjusted: float
    smallest_visible: float
    reason: str = ""
    statistic: float = float("nan")
    largest_share: float = float("nan")

    @property
    def depends_on_one_rate(self) -> bool:
        """Whether one rate carries so much of all moves that the mean says little of the rest."""
        return self.largest_share > MAX_SHARE_OF_ONE_RATE


@dataclass(frozen=True, slots=True)
class Interval:
    """A 95 % interval of the CAAR of a group, whole clusters of events resampled."""

    group: str
    window: Window
    method: str
    low: float
    high: float
    clusters: int
    draws: int


@dataclass(frozen=True, slots=True)
class DirectionRow:
    """How often a group moved as expected: share, Wilson interval, p by signs of clusters.

    The interval takes events as independent and is for orientation; p is the share of sign
    vectors of whole clusters with a sum of (hit - 1/2) at least as large in size.
    `unclear` events had no expectation and `unmoved` ones a CAR of exactly 0; both are
    left out of `n`.
    """

    group: str
    window: Window
    n: int
    hits: int
    share: float
    low: float
    high: float
    p_value: float
    unclear: int
    unmoved: int
    p_adjusted: float = float("nan")


@dataclass(frozen=True, slots=True)
class CorrelationRow:
    """Correlation of a group's events with the return `lag` rows later, with its placebo band.

    `p_value` is the share of shifted dates with a correlation at least as large in size;
    `p_adjusted` is corrected over all groups and lags of the method.
    """

    group: str
    lag: int
    method: str
    r: float
    low: float
    high: float
    n: int
    p_value: float = float("nan")
    p_adjusted: float = float("nan")


@dataclass(frozen=True, slots=True)
class RegressionRow:
    """One term of the regression of returns on categories and factors; HAC errors.

    `p_adjusted` is corrected over the categories; other terms have none.
    """

    term: str
    estimate: float
    se: float
    t: float
    p_value: float
    n: int
    lags: int
    p_adjusted: float = float("nan")


MATRICES: Final = (
    "rate",
    "returns",
    "normal",
    "abnormal",
    "abnormal_se",
    "car",
    "ordinary_low",
    "ordinary_high",
    "from_base",
)
"""The fields of a result that are computed together when one of them is read."""


@dataclass(frozen=True, eq=False)
class StudyResult(LazyFields):
    """The answer for one series: N events, L = b-a+1 offsets.

    `anchor` (N,) is the row of offset 0; `shift_days` (N,) the calendar days from the event's
    day to the market day of that row; `offsets` (L,). The matrices are (N, L): `rate`,
    `returns`, `normal`, `abnormal`, `abnormal_se`, `car` (cumulated from the first offset),
    `ordinary_low/high` (95 % forecast interval of `car` under the model). `from_base` holds the
    raw move against the base and its ordinary range (low, high), each (N, L). `sigma` (N,) is
    the residual standard deviation of one return in the estimation window and
    `estimation_events` (N,) the known events that lie in it. Matrices, flags and what other
    events are near are computed when they are read.
    """

    request: StudyRequest
    series: RateSeries
    events: tuple[Event, ...]
    anchor: Ints
    shift_days: Ints
    offsets: Ints
    rate: Floats
    returns: Floats
    normal: Floats
    abnormal: Floats
    abnormal_se: Floats
    car: Floats
    ordinary_low: Floats
    ordinary_high: Floats
    from_base: tuple[Floats, Floats, Floats]
    sigma: Floats
    n_estimation: Ints
    estimation_events: Ints
    crowd: Sequence[tuple[str, ...]]
    flags: tuple[tuple[str, ...], ...]
    cars: tuple[CarResult, ...]
    skipped: tuple[SkippedEvent, ...]


@dataclass(frozen=True, eq=False)
class StudyAnswer(LazyFields):
    """A whole study: one result a series; averages and tests over the events of all of them.

    The event on its series is the unit, never the series. `n_events` counts the given
    events; each is in a CAR window of a result or in `skipped` with its reason. `factors` are
    the series that local projections take as controls. The tables of `eventstudy.panel` are lazy.
    """

    request: StudyRequest
    results: tuple[StudyResult, ...]
    averages: tuple[AverageRow, ...]
    tests: tuple[TestResult, ...]
    skipped: tuple[SkippedEvent, ...]
    n_events: int
    intervals: tuple[Interval, ...] = field(default_factory=tuple)
    directions: tuple[DirectionRow, ...] = field(default_factory=tuple)
    correlations: tuple[CorrelationRow, ...] = field(default_factory=tuple)
    regression: tuple[RegressionRow, ...] = field(default_factory=tuple)
    headlines: tuple[Headline, ...] = field(default_factory=tuple)
    factors: tuple[RateSeries, ...] = ()

    @property
    def used_ids(self) -> frozenset[str]:
        """The given events that have a CAR in at least one window and series."""
        return frozenset(
            result.events[k].id
            for result in self.results
            for car in result.cars
            for k in np.flatnonzero(np.isfinite(car.car)).tolist()
        )

    @property
    def used(self) -> int:
        """How many of the given events have a CAR in at least one window and series."""
        return len(self.used_ids)


# ---- windows and lengths as text


MAX_OFFSET: Final = 1_440
"""The furthest offset of a window: a day of minutes."""
MAX_ROWS: Final = 100_000
"""The longest estimation window or gap."""
MINUTES_PER_UNIT: Final = {"m": 1, "h": 60}

_OFFSET_PATTERN: Final = r"([+-]?[0-9]{1,4})([hm]?)"
_WINDOW_PATTERN: Final = re.compile(f"{_OFFSET_PATTERN}:{_OFFSET_PATTERN}")
_LENGTH_PATTERN: Final = re.compile(r"([+-]?[0-9]{1,6})([hm]?)")


def read_window(field: str, text: str, bar_minutes: int = 0) -> Window:
    """A window: offsets as -5:10, or on bars hours and minutes as -2h:6h, -30m:90m.

    A number alone counts observations, whatever their length; so does 0.

    Args:
        field: the name of the parameter.
        text: as it was typed.
        bar_minutes: the length of a bar of the series, 0 where there is one number a day.

    Raises:
        InputError: it is no window, mixes hours with observations, is in hours on a series
            with one number a day or in no whole number of bars, or reaches too far.
    """
    match = _WINDOW_PATTERN.fullmatch(text)
    if match is None:
        msg = _(
            "is no window; write first and last offset like -5:10, or on bars hours like -2h:6h"
        )
        raise InputError(msg, field=field, value=text)
    first, last = (int(match[1]), match[2]), (int(match[3]), match[4])
    if bool(first[1]) != bool(last[1]) and 0 not in {n for n, unit in (first, last) if not unit}:
        msg = _("one end counts time, the other observations; give both alike")
        raise InputError(msg, field=field, value=text)
    ends = tuple(_count_rows((field, text), end, bar_minutes) for end in (first, last))
    if max(abs(end) for end in ends) > MAX_OFFSET:
        msg = _("reaches more than {most:,} observations; shorten it", most=MAX_OFFSET)
        raise InputError(msg, field=field, value=text)
    return ends[0], ends[1]


def read_windows(field: str, texts: Iterable[str], bar_minutes: int = 0) -> tuple[Window, ...]:
    """Windows, each once; see `read_window`."""
    return tuple(dict.fromkeys(read_window(field, text, bar_minutes) for text in texts))


def read_length(field: str, text: str | int, bar_minutes: int = 0) -> int:
    """A number of observations as 120, or on bars a length of time as 120h, 90m.

    Raises:
        InputError: it is neither, time where it cannot be, or too long.
    """
    found = _LENGTH_PATTERN.fullmatch(str(text))
    if found is None:
        msg = _("is no number of observations; write it like 120, or on bars 120h")
        raise InputError(msg, field=field, value=text)
    rows = _count_rows((field, str(text)), (int(found[1]), found[2]), bar_minutes)
    if rows > MAX_ROWS:
        msg = _("is more than {most:,} observations; shorten it", most=MAX_ROWS)
        raise InputError(msg, field=field, value=text)
    return rows


def duration_text(bars: int, bar_minutes: int) -> str:
    """How long a number of bars lasts: `2 hours`, `90 minutes`, `1 hour`."""
    minutes = abs(bars) * bar_minutes
    unit: Literal["hour", "minute"] = "hour" if minutes % 60 == 0 else "minute"
    count = minutes // 60 if unit == "hour" else minutes
    return f"{count:,} {unit}{'' if count == 1 else 's'}"


def _count_rows(given: tuple[str, str], span: tuple[int, str], bar_minutes: int) -> int:
    """Observations of a length of time; `given` is the field and its text, for messages."""
    field, text = given
    number, unit = span
    if not unit:
        return number
    if not bar_minutes:
        msg = _(
            "hours need a series of bars, and this one has one number a day; give offsets "
            "like -5:10, or a series of bars"
        )
        raise InputError(msg, field=field, value=text)
    bars, rest = divmod(number * MINUTES_PER_UNIT[unit], bar_minutes)
    if rest:
        msg = _(
            "is no whole number of bars of {length}; give a multiple of {minutes}m",
            length=duration_text(1, bar_minutes),
            minutes=bar_minutes,
        )
        raise InputError(msg, field=field, value=text)
    return bars
