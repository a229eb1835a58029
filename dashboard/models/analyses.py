"""Analyses over studies: comparisons, correlations, projections, specifications, precedents."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, TypeAlias

from dashboard.models.errors import InputError
from dashboard.models.event import Event
from dashboard.models.messages import deferred
from dashboard.models.messages import translate as _
from dashboard.models.series import Floats, RateSeries, SeriesCard
from dashboard.models.study import (
    MIN_CLUSTERS,
    Headline,
    LazyFields,
    Overlap,
    Returns,
    SkippedEvent,
    StudyAnswer,
    StudyRequest,
    StudyResult,
    TestResult,
    Window,
)

LIKENESS_PARTS: Final = (
    "category", "kind", "actor", "words", "direction", "step", "volatility",
)  # fmt: skip
"""What two events are compared by."""
PRECEDENT_HORIZONS: Final = (1, 5, 20)
"""Observations after the first rate up to which a move is followed."""
MAX_PRECEDENTS: Final = 40
"""The most precedents that can be asked for."""

# ---- comparison


StepName: TypeAlias = Literal["listed", "dated", "inside", "history", "apart", "used"]


@dataclass(frozen=True, slots=True)
class Group:
    """Some events under a name, which the tables of the comparison carry as their group."""

    name: str
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class AttritionStep:
    """One step of the attrition of a group: how many events are left, and those it lost."""

    name: StepName
    left: int
    lost: tuple[SkippedEvent, ...]


@dataclass(frozen=True, slots=True)
class LeaveOneOut:
    """One event of a group: its CAR, and the CAAR of the others without it (return units)."""

    event_id: str
    car: float
    without: float


@dataclass(frozen=True, eq=False, slots=True)
class PlaceboMoves:
    """What the average and the single CAR are like elsewhere on the series, in return units.

    `means` (S,) are the CAARs of the group's dates moved round the calendar, the first one
    where they are; `cars` (K,) the CARs of the pseudo-dates of the requested pool.
    """

    means: Floats
    cars: Floats


@dataclass(frozen=True, eq=False, kw_only=True)
class GroupAnswer(StudyAnswer):
    """The study of one group on one series, with its attrition, each event left out, its placebo.

    Its rows are those of one group, under the `name` of the group; p-values are adjusted over all
    groups of the comparison. `medians` (L,) are those of the paths and `half_width` (N,) half the
    95 % interval of each event's CAR in the requested window. What is not in `steps`, `skipped`
    and `headlines` is computed when it is read.
    """

    name: str
    events: tuple[Event, ...]
    steps: tuple[AttritionStep, ...]
    left_out: tuple[LeaveOneOut, ...]
    placebo: PlaceboMoves
    medians: Floats
    half_width: Floats

    @property
    def result(self) -> StudyResult:
        """The study of its series."""
        return self.results[0]

    @property
    def car(self) -> Floats:
        """The CAR of every event of `result` in the requested window, (N,)."""
        return self.result.cars[0].car

    @property
    def mean(self) -> float:
        """The CAAR in the requested window, NaN without events."""
        values = [row.car for row in self.left_out]
        return math.fsum(values) / len(values) if values else math.nan

    @property
    def n(self) -> int:
        """Events with a CAR in the requested window."""
        return self.steps[-1].left

    @property
    def headline(self) -> Headline | None:
        """The declared test in that window; None where no event is left."""
        window = self.request.cars[0]
        return next((row for row in self.headlines if row.window == window), None)


@dataclass(frozen=True, eq=False)
class Comparison(LazyFields):
    """One or two groups; for two the tests of the difference of their CAARs (first - second).

    `declared` are the tests that answer, of each group in the CAR windows and of the difference,
    p-values adjusted over all of them. `shifted` (S,) are the differences after every shift of
    both groups' dates together, the first one where they are. `in_both` are the events that
    belong to either group. `difference` is the difference with the interval of the test that
    answers for it; None for one group. `differences` and `shifted` are computed when read.
    """

    request: StudyRequest
    series: RateSeries
    groups: tuple[GroupAnswer, ...]
    declared: tuple[TestResult, ...]
    differences: tuple[TestResult, ...]
    shifted: Floats
    in_both: tuple[str, ...]
    difference: Headline | None = None

    @property
    def window(self) -> Window:
        """The requested CAR window."""
        return self.request.cars[0]


# ---- relations


Score: TypeAlias = Literal["tone", "intensity", "crowd"]
ScoreTarget: TypeAlias = Literal["move", "size"]

TAGGED_SCORES: Final[tuple[Score, ...]] = ("tone", "intensity")
"""Scores that a tag of an event can give, as `tone:-3.2` or `intensity:2`."""
SCORES: Final[tuple[Score, ...]] = (*TAGGED_SCORES, "crowd")
SCORE_TARGETS: Final[tuple[ScoreTarget, ...]] = ("move", "size")
_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]{1,6}(?:\.[0-9]{0,9})?|\.[0-9]{1,9})")
_MINUS: Final = "\u2212"


def tagged_score(event: Event, name: str) -> float:
    """The number that the tag `name:number` of an event gives; NaN where none does.

    The name is read whatever its case, the number with a point and either minus. Of several
    tags with one name the first that is a number counts. An intensity may have a field instead.
    """
    if name == "intensity" and event.intensity is not None:
        return event.intensity
    for tag in event.tags:
        word, colon, number = tag.partition(":")
        if colon and word.strip().casefold() == name:
            text = number.strip().replace(_MINUS, "-")
            if _NUMBER.fullmatch(text):
                return float(text)
    return math.nan


def unreadable_scores(events: Iterable[Event]) -> tuple[tuple[str, str], ...]:
    """Id and tag of events whose score has no number that can be read."""
    return tuple(
        (event.id, tag)
        for event in events
        for name in TAGGED_SCORES
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
    against: ScoreTarget
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


# ---- dose response

Dose: TypeAlias = Literal["surprise", "change", "intensity"]

DOSES: Final[tuple[Dose, ...]] = ("surprise", "change", "intensity")
"""Released less expected value, released less previous value, a number somebody gave the event."""


def event_dose(event: Event, dose: Dose) -> float:
    """The dose of an event in the unit of its values; NaN where it has none.

    An intensity is that of its field, else of a tag such as `intensity:2`.
    """
    if dose == "intensity":
        return tagged_score(event, dose)
    value = event.surprise if dose == "surprise" else event.value_change
    return math.nan if value is None else value


@dataclass(frozen=True, slots=True)
class DoseRow:
    """The move of a series per unit of dose of a group's events, in one window.

    Slopes, standard errors and the intercept are in log returns (0.01 = 1 log point), slopes per
    unit of dose. `n` events with dose and CAR lie on `rates` distinct first rates in `clusters`
    groups with overlapping event windows. `slope` by least squares, with the errors HC1 and HC3 and
    the error robust to clusters; `se` is that of the interval `low` to `high`: of clusters where
    windows overlap, else HC3. `p_value` is the share of `arrangements` of the doses over whole
    clusters with a studentised slope at least as large in size (all of them where `is_exact`),
    `p_adjusted` corrected over all rows of an answer. `spearman` has its p from the same
    arrangements. `intercept` is the move at a dose of 0, `covariance` that of
    intercept and slope, with `df` degrees of freedom. `slope_up` and `slope_down` are those of
    doses above and below 0, of `n_up` and `n_down` events; `asymmetry_wald_p` and
    `asymmetry_p` (by permutation) test that they are equal. `smallest_visible` is the slope the
    test would find in four studies of five. `largest_event` has the part `largest_weight` of the
    spread of the doses, and `slope_without` is the slope without it. `reason` says why there is
    no verdict; then no p is given.
    """

    dose: Dose
    group: str
    series: str
    window: Window
    unit: str = ""
    n: int = 0
    rates: int = 0
    clusters: int = 0
    slope: float = math.nan
    se: float = math.nan
    low: float = math.nan
    high: float = math.nan
    p_value: float = math.nan
    p_adjusted: float = math.nan
    smallest_visible: float = math.nan
    arrangements: int = 0
    is_exact: bool = False
    se_hc1: float = math.nan
    se_hc3: float = math.nan
    se_cluster: float = math.nan
    p_hc3: float = math.nan
    p_cluster: float = math.nan
    r_squared: float = math.nan
    spearman: float = math.nan
    spearman_p: float = math.nan
    intercept: float = math.nan
    intercept_se: float = math.nan
    intercept_p: float = math.nan
    covariance: float = math.nan
    df: float = math.nan
    n_up: int = 0
    n_down: int = 0
    slope_up: float = math.nan
    slope_up_se: float = math.nan
    slope_down: float = math.nan
    slope_down_se: float = math.nan
    asymmetry_wald_p: float = math.nan
    asymmetry_p: float = math.nan
    largest_event: str = ""
    largest_weight: float = math.nan
    slope_without: float = math.nan
    other_units: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DosePoint:
    """One event with a dose on one series: its CAR in return units, and its cluster by date."""

    dose: Dose
    series: str
    window: Window
    event: Event
    value: float
    car: float
    cluster: int


@dataclass(frozen=True, slots=True)
class DoseResponse:
    """The answers of one dose, a row a group, series and window, and the points of all events."""

    dose: Dose
    rows: tuple[DoseRow, ...]
    points: tuple[DosePoint, ...]


@dataclass(frozen=True, slots=True)
class SecondStageRow:
    """One term of the regression of the CARs of a study on columns of its events.

    `estimate` and `se` are in log returns per unit of a number, or against the `base` level of
    the column. `se` is robust to clusters where windows overlap, else HC3. `df` are those of t.
    A row with `levels` above 0 is the joint test of all levels of a column: `statistic` is F.
    `p_adjusted` is corrected over terms, and joint tests, of one answer. `vif` is the factor by
    which the other columns inflate the variance; `smallest_visible` the coefficient found in
    four studies of five. `reason` says why a number is missing.
    """

    series: str
    window: Window
    term: str
    column: str = ""
    base: str = ""
    n: int = 0
    without: int = 0
    clusters: int = 0
    estimate: float = math.nan
    se: float = math.nan
    statistic: float = math.nan
    df: float = math.nan
    levels: int = 0
    p_value: float = math.nan
    p_adjusted: float = math.nan
    vif: float = math.nan
    smallest_visible: float = math.nan
    r_squared: float = math.nan
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CrossCell:
    """The mean move of a category on a series; each distinct first rate counts once in it.

    `n` counts events, `n_rates` their distinct first rates with a CAR, `clusters` the groups of
    events whose windows overlap. `caar` is in return units, `mean_scar` in forecast errors, the
    unit in which series can be compared; `largest_share` is the largest |CAR| of a rate over
    the sum of all. `p_value` is that of the declared test of a group, `p_adjusted` corrected
    over all cells with one. `spread`, `in_spreads` and `percentile` set `caar` against the same
    rates shifted round the series. `reason` says why there is no verdict; then p is NaN.
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
    n_rates: int = 0
    mean_scar: float = math.nan
    largest_share: float = math.nan
    clusters: int = 0

    @property
    def has_verdict(self) -> bool:
        """Whether the cell may be read as an answer."""
        return not self.reason and not math.isnan(self.p_value)


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


# ---- robustness


OVERLAPS: Final = ("keep", "first", "exclude")
EVENT_FILTERS: Final = {
    "all": "every event",
    "high-confidence": deferred("events whose date and content a document states"),
    "hour-known": deferred(
        "events whose hour is known, or whose first report leaves one first rate"
    ),
    "alone": deferred("events with no other event in [0,1]"),
}
"""Ways of choosing events, each with its sentence."""


@dataclass(frozen=True, slots=True)
class Specification:
    """One set of choices; the event window is the CAR window itself."""

    series: str
    model: str
    window: Window
    estimation: int
    gap: int
    overlap: Overlap
    event_filter: str
    returns: Returns = "log"

    def request(self, seed: int) -> StudyRequest:
        """The study this specification asks for; at least half of the estimation rows needed."""
        return StudyRequest(
            returns=self.returns,
            model=self.model,
            window=self.window,
            cars=(self.window,),
            estimation=self.estimation,
            gap=self.gap,
            min_estimation=max(3, self.estimation // 2),
            overlap=self.overlap,
            seed=seed,
        )


@dataclass(frozen=True, slots=True)
class SpecificationGrid:
    """The choices whose combinations are run; the defaults give 576 specifications a series."""

    series: tuple[str, ...]
    windows: tuple[Window, ...] = ((0, 0), (0, 1), (-1, 1), (0, 2), (0, 5), (-1, 5))
    estimations: tuple[int, ...] = (60, 120, 250)
    gaps: tuple[int, ...] = (0, 10)
    models: tuple[str, ...] = ("none", "mean")
    overlaps: tuple[Overlap, ...] = ("keep", "first")
    event_filters: tuple[str, ...] = tuple(EVENT_FILTERS)
    returns: Returns = "log"

    def __post_init__(self) -> None:
        """Refuse an unknown way of choosing events or of treating overlaps.

        Raises:
            InputError: naming the ways there are.
        """
        for rule in self.overlaps:
            if rule not in OVERLAPS:
                msg = _("not known; choose one of {known}", known=", ".join(OVERLAPS))
                raise InputError(msg, field="overlap", value=rule)
        for name in self.event_filters:
            if name not in EVENT_FILTERS:
                msg = _("not known; choose one of {known}", known=", ".join(EVENT_FILTERS))
                raise InputError(msg, field="filter", value=name)

    def specifications(self) -> tuple[Specification, ...]:
        """Every combination, in the order of the fields."""
        return tuple(
            Specification(series, model, window, estimation, gap, overlap, name, self.returns)
            for series in self.series
            for model in self.models
            for window in self.windows
            for estimation in self.estimations
            for gap in self.gaps
            for overlap in self.overlaps
            for name in self.event_filters
        )


@dataclass(frozen=True, slots=True)
class SpecificationRow:
    """The answer under one specification, in return units.

    `low`, `high`: 95 % interval across events (cross-sectional t); `p_value`: the declared test
    of a group, on the clusters of this specification; `p_overlap`: BMP for overlapping windows.
    NaN where they do not apply.
    """

    specification: Specification
    n: int
    caar: float
    low: float
    high: float
    p_value: float
    p_overlap: float


@dataclass(frozen=True, slots=True)
class RobustnessAnswer:
    """All specifications and what they say together.

    Specifications that give the same events and the same CARs are one: `distinct` counts
    them. Over these, `median` is the median mean CAR, `same_sign` the share with its sign,
    `share_below` the share of the `tested` ones with p < 0.05, and `joint_p` the share of
    `draws` sign vectors of whole clusters under which the median standardised score over all
    specifications is at least as large in size (after Simonsohn, Simmons & Nelson 2020, Nature
    Human Behaviour 4); `joint_p_adjusted` is corrected for the `categories` that could be chosen.
    """

    rows: tuple[SpecificationRow, ...]
    median: float
    same_sign: float
    share_below: float
    joint_p: float
    joint_p_adjusted: float
    categories: int
    distinct: int = 0
    tested: int = 0
    clusters: int = 0
    draws: int = 0


# ---- precedents


@dataclass(frozen=True, slots=True)
class LikenessPart:
    """One part of the likeness of two events.

    Attributes:
        name: one of `LIKENESS_PARTS`.
        weight: of the part where both events have what it compares.
        value: from 0 to 1; None where one of them lacks it, and the part does not count.
        shared: what both have in common: a category, kinds, actors or sides, words, a direction.
    """

    name: str
    weight: float
    value: float | None
    shared: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PrecedentMove:
    """What followed an event up to one horizon.

    Attributes:
        horizon: observations after the first that can contain the event.
        move: from the base to it in log points; None where it is not known.
        scar: the same in units of the volatility learnt before the event.
        came_back: the share of the move over the first horizon that is gone again, in per cent;
            above 100 where it went beyond the base, below 0 where it went on. None at the first
            horizon and where the first move is too small to come back.
    """

    horizon: int
    move: float | None = None
    scar: float | None = None
    came_back: float | None = None


@dataclass(frozen=True, slots=True)
class Precedent:
    """An event that is compared with another one, taken as a precedent or left out.

    Attributes:
        event: the event.
        likeness: weighted mean of the parts, from 0 to 1.
        parts: what it is the mean of.
        day: the market day of its first rate; None where it has none.
        reason: why it is left out; empty where it is taken.
        moves: what followed, one for each horizon; empty where it is not measured.
        path: the move against the base, offset by offset.
        others: how many other known events have their first rate at offset 0 or 1.
        tercile: 0, 1, 2 for a low, middle or high volatility on its eve; None where unknown.
        step: the announced step, such as the change of a key rate; None where there is none.
    """

    event: Event
    likeness: float
    parts: tuple[LikenessPart, ...]
    day: date | None = None
    reason: str = ""
    moves: tuple[PrecedentMove, ...] = ()
    path: tuple[PrecedentPoint, ...] = ()
    others: int = 0
    tercile: int | None = None
    step: float | None = None

    @property
    def is_taken(self) -> bool:
        """Whether it is one of the precedents."""
        return not self.reason


@dataclass(frozen=True, slots=True)
class PrecedentPoint:
    """One offset of the path around an event: its id, market day and move in log points."""

    name: str
    offset: int
    day: date
    move: float


@dataclass(frozen=True, slots=True)
class PrecedentSummary:
    """What followed the precedents up to one horizon, against ordinary days and the event itself.

    Shares and p are None where there are fewer than `MIN_CLUSTERS` precedents, which give no
    verdict. Moves are in log points.

    Attributes:
        horizon: observations after the first that can contain the event.
        n: precedents whose move is known.
        median: of their moves; None without any.
        low: the smallest of them, with its sign.
        high: the largest of them.
        came_back: median share of the first move that was gone again, in per cent.
        n_came_back: of how many.
        direction: `stronger` or `weaker`: the way that is counted.
        basis: why: the event `moved` that way, it was `expected` to, or `neither` is known.
        same_way: how many went that way.
        further: how many of those went at least as far as the event, in units of volatility;
            None where its own move is not known.
        share_low: lower end of Wilson's 95 % interval of `same_way` / `n`.
        share_high: upper end.
        ordinary_share: the share of ordinary days that went that way.
        ordinary_further: the share that went at least as far.
        n_ordinary: how many ordinary days.
        p_same_way: exact binomial p, two-sided, of `same_way` against the ordinary share.
        p_same_way_adjusted: by Holm over the questions of all horizons.
        visible: the smallest number of the same way above the ordinary share with p <= 5 %.
        rank: of the event's move among the precedents and itself by size in units of volatility,
            1 = the largest.
        p_rank: exact p of a rank as high, rank / (n + 1).
        p_rank_adjusted: by Holm over the same questions.
        move: of the event itself.
    """

    horizon: int
    n: int
    median: float | None
    low: float | None
    high: float | None
    came_back: float | None
    n_came_back: int
    direction: str
    basis: str
    same_way: int
    further: int | None
    share_low: float | None
    share_high: float | None
    ordinary_share: float | None
    ordinary_further: float | None
    n_ordinary: int
    p_same_way: float | None
    p_same_way_adjusted: float | None
    visible: int | None
    rank: int | None
    p_rank: float | None
    p_rank_adjusted: float | None
    move: float | None


@dataclass(frozen=True, slots=True)
class PrecedentRequest:
    """How precedents are chosen.

    Attributes:
        number: the most that are taken.
        earlier_only: whether only what had happened and was over before the event counts.
        alone: whether events with another one at offset 0 or 1 are left out.
    """

    number: int = 12
    earlier_only: bool = True
    alone: bool = False

    def __post_init__(self) -> None:
        """Refuse a number that is no list of precedents."""
        if not 1 <= self.number <= MAX_PRECEDENTS:
            msg = _("must lie between 1 and {most}", most=MAX_PRECEDENTS)
            raise InputError(msg, field="number", value=self.number)


@dataclass(frozen=True, slots=True)
class Precedents:
    """The precedents of one event on one series.

    Attributes:
        target: the event itself, measured like the others.
        card: the series.
        request: how they were chosen.
        taken: the precedents, the most alike first.
        left_out: events at least as alike as the last one taken, each with its reason.
        n_compared: how many known events were compared.
        n_unlike: how many of them are less alike than the least likeness.
        summary: what followed, one for each horizon.
    """

    target: Precedent
    card: SeriesCard
    request: PrecedentRequest
    taken: tuple[Precedent, ...]
    left_out: tuple[Precedent, ...]
    n_compared: int
    n_unlike: int
    summary: tuple[PrecedentSummary, ...]

    @property
    def has_verdict(self) -> bool:
        """Whether there are enough of them to judge by; else they are read one by one."""
        return len(self.taken) >= MIN_CLUSTERS

    @property
    def rows(self) -> tuple[Precedent, ...]:
        """The precedents, then those left out."""
        return (*self.taken, *self.left_out)

    @property
    def points(self) -> tuple[PrecedentPoint, ...]:
        """The path of the event, then those of the precedents."""
        return tuple(point for one in (self.target, *self.taken) for point in one.path)


# ---- episodes


@dataclass(frozen=True, slots=True)
class Episode:
    """The events of one story, measured as one span on one series.

    The span runs from the base of the first event to `after` observations after the first rate
    of the last one. Numbers are None where they cannot be known, with `reason`.

    Attributes:
        story: its name.
        events: its events in the order of time, those without a rate among them.
        series: the id of the series.
        first: market day of the first rate.
        last: market day at the end of the span.
        length: observations from the first rate to the end, both included.
        move: from the base to the end in log points; positive = the subject stronger.
        scar: the same in units of the volatility learnt before the span.
        low: lower end of the range in which 95 of 100 spans of the same length lie, in log points.
        high: upper end of it.
        percentile: 100 x the share of those spans with a smaller size in units of volatility.
        p: the share of spans, this one included, at least as large.
        p_adjusted: by Holm over the episodes of the same answer.
        n_spans: how many spans it is compared with, overlapping ones counted.
        n_separate: how many of them fit next to one another.
        reason: why there are no numbers, or no verdict; empty where there is one.
    """

    story: str
    events: tuple[Event, ...]
    series: str
    first: date | None = None
    last: date | None = None
    length: int = 0
    move: float | None = None
    scar: float | None = None
    low: float | None = None
    high: float | None = None
    percentile: float | None = None
    p: float | None = None
    p_adjusted: float | None = None
    n_spans: int = 0
    n_separate: int = 0
    reason: str = ""

    @property
    def ids(self) -> str:
        """The ids of its events, blanks between."""
        return " ".join(event.id for event in self.events)


@dataclass(frozen=True, slots=True)
class EpisodeStudy:
    """The episodes of a series, and what all of them say together.

    Attributes:
        card: the series.
        after: observations after the first rate of the last event that belong to a span.
        episodes: by the day of the first event.
        n: episodes with a move.
        n_clusters: groups of those whose spans overlap.
        mean: mean SCAR; None without any.
        median: median move in log points.
        p: two-sided p of the mean by signs of whole clusters; None below `MIN_CLUSTERS` of them.
        visible: the smallest mean SCAR that would be found in four studies of five.
    """

    card: SeriesCard
    after: int
    episodes: tuple[Episode, ...]
    n: int
    n_clusters: int
    mean: float | None
    median: float | None
    p: float | None
    visible: float | None
