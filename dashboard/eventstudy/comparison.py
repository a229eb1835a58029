"""Comparison of groups of events on one series: their difference, attrition, adjusted tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property, partial
from typing import Any, Final

import numpy as np
from scipy import special

from dashboard.eventstudy.abnormal_returns import two_sided_p
from dashboard.eventstudy.alignment import (
    REASON_HOUR_PUBLISHED,
    REASON_HOUR_UNKNOWN,
    DatedEvents,
    locate_known_events,
)
from dashboard.eventstudy.clusters import HEADLINE_TEST, build_headlines, label_clusters
from dashboard.eventstudy.numerics import adjust_rows, count_mean_sd
from dashboard.eventstudy.panel import DECLARED_TESTS, lazy_tables, list_tested_windows, run_tests
from dashboard.eventstudy.placebo import NEAR_ROWS, is_far_from
from dashboard.eventstudy.samples import GroupSample, PooledSample, SeriesSample
from dashboard.eventstudy.shared_statistics import MIN_SHIFTS, compute_shifted_means, shift_p_value
from dashboard.eventstudy.study import measure_series
from dashboard.models.analyses import (
    AttritionStep,
    Comparison,
    Group,
    GroupAnswer,
    LeaveOneOut,
    PlaceboMoves,
    StepName,
)
from dashboard.models.event import Event
from dashboard.models.messages import deferred
from dashboard.models.messages import translate as _
from dashboard.models.series import Bools, Floats, Ints, RateSeries
from dashboard.models.study import (
    CONFIDENCE_LEVEL,
    MIN_CLUSTERS,
    CarResult,
    Headline,
    SkippedEvent,
    StudyRequest,
    StudyResult,
    TestResult,
    Window,
    window_text,
)

# ---- difference

DIFFERENCE_GROUP: Final = "difference"
"""The group that the tests of a difference are listed under."""


@dataclass(frozen=True, eq=False)
class GroupPair:
    """Two groups of events on one series, measured with one request in one CAR window.

    The first and the second group may share dates, clusters and even events. `first_of_rate`
    (N,) are the first event of each first rate of each group: two events on one rate count once.
    """

    pooled: PooledSample
    first_of_rate: Bools

    @classmethod
    def of(cls, first: SeriesSample, second: SeriesSample, request: StudyRequest) -> GroupPair:
        """Pool the groups, in the first CAR window of the request."""
        pooled = PooledSample((first, second), request.cars[:1], request)
        once = np.zeros(len(pooled), dtype=bool)
        once[np.unique((pooled.series, pooled.row), axis=1, return_index=True)[1]] = True
        return cls(pooled, once)

    @cached_property
    def shifted(self) -> Floats:
        """The difference after every common shift of the dates, (S,)."""
        return _shifted_differences(self.pooled, self.first_of_rate)

    def car(self, group: int) -> Floats:
        """The CARs of the rates of group 0 or 1, as far as there are any, (n,)."""
        values = self.pooled.car[self.first_of_rate & (self.pooled.series == group), 0]
        finite: Floats = values[np.isfinite(values)]
        return finite

    @property
    def counts(self) -> tuple[int, int]:
        """How many rates of each group have a CAR."""
        return len(self.car(0)), len(self.car(1))

    @property
    def events(self) -> int:
        """How many events of both groups have a CAR."""
        return int(np.isfinite(self.pooled.car[:, 0]).sum())

    @property
    def difference(self) -> float:
        """Mean CAR of the first group less that of the second."""
        return float(self.car(0).mean() - self.car(1).mean()) if min(self.counts) else float("nan")


@dataclass(frozen=True, slots=True)
class DifferenceOutcome:
    """What one test of the difference found; NaN with a `reason` where it does not apply.

    `error` is the standard error of the difference, NaN for a test that has none; `clusters`
    the joint ones of a test that uses them, else 0.
    """

    statistic: float
    df: float
    p_value: float
    note: str = ""
    reason: str = ""
    error: float = float("nan")
    clusters: int = 0


@dataclass(frozen=True, slots=True)
class DifferenceTest:
    """One test of the difference: its claim, what it assumes, after whom, and how it is made.

    `counterpart` is the test of a single group that it is corrected with; `caution` what
    simulation says against it, if anything (`benchmarks/size_difference.py`: normal and GARCH
    returns, and four designs of returns on the dates of real categories).
    """

    id: str
    counterpart: str
    title: str
    null_hypothesis: str
    assumptions: str
    reference: str
    caution: str
    apply: Callable[[GroupPair], DifferenceOutcome]


def build_difference_headline(two: GroupPair, outcome: DifferenceOutcome) -> Headline:
    """The difference with the interval of its cluster-robust t, return units.

    `low`, `high` = difference -+ t(0.975, df) error; `smallest_visible` = (t(0.975, df) +
    t(0.8, df)) error, the difference that such a t finds in about four studies of five.
    `clusters` are the joint ones. Fewer than `MIN_CLUSTERS` give no verdict.
    """
    clusters, reason = outcome.clusters, outcome.reason
    if not reason and clusters < MIN_CLUSTERS:
        reason = deferred(
            "{n} joint clusters of events; a verdict needs {least}", n=clusters, least=MIN_CLUSTERS
        )
    missing = float("nan")
    error = missing if reason else outcome.error
    upper = float(special.stdtrit(outcome.df, (1 + CONFIDENCE_LEVEL) / 2)) * error
    power = float(special.stdtrit(outcome.df, 0.8)) * error
    return Headline(
        group=DIFFERENCE_GROUP,
        window=two.pooled.windows[0],
        n=two.events,
        rates=len(np.unique(two.pooled.row[np.isfinite(two.pooled.car[:, 0])])),
        clusters=clusters,
        mean=two.difference,
        median=missing,
        mean_without_largest=missing,
        low=two.difference - upper,
        high=two.difference + upper,
        p_value=missing if reason else outcome.p_value,
        p_adjusted=missing,
        smallest_visible=upper + power,
        reason=reason,
    )


def _shifted_differences(pooled: PooledSample, once: Bools) -> Floats:
    """Mean CAR of the first group less that of the second, after every common shift, (S,)."""

    def cars(series_sample: SeriesSample) -> Floats:
        return series_sample.grid.car(pooled.windows[0])[0][:, None]

    means = [
        compute_shifted_means(GroupSample(pooled, once & (pooled.series == group)), cars)[0][:, 0]
        for group in (0, 1)
    ]
    for series_sample in pooled.series_samples:
        series_sample.candidates.release_long()
    length = min(map(len, means))
    difference: Floats = means[0][:length] - means[1][:length]
    return difference


def _calendar_shift_test(two: GroupPair) -> DifferenceOutcome:
    """Two-sided share of shifts of both groups' dates together; shift 0 counts itself."""
    if len(two.shifted) < MIN_SHIFTS or not np.isfinite(two.shifted[0]):
        needs = deferred(
            "needs an event of each group with full history and {least} shifts", least=MIN_SHIFTS
        )
        return DifferenceOutcome(np.nan, np.nan, np.nan, reason=needs)
    p = shift_p_value(two.shifted[:, None], two_sided=True)
    return DifferenceOutcome(
        float(two.shifted[0]), np.nan, float(p[0]), f"{len(two.shifted)} shifts"
    )


def _cluster_t_test(two: GroupPair) -> DifferenceOutcome:
    """The t of the difference with the error of its clusters.

    The difference is a sum over rates of `(CAR_i - mean) / n` with the sign of the group;
    `V = G/(G-1) sum over clusters of (sum of those)^2`. Its degrees of freedom depend on the
    dates alone, see `satterthwaite_df`: few clusters that hold most of a group count as few.
    """
    sample = GroupSample(two.pooled, two.first_of_rate & np.isfinite(two.pooled.car[:, 0]))
    label = label_clusters(sample)
    g = int(label.max()) + 1 if len(label) else 0
    group = two.pooled.series[sample.member]
    spread = min(len(np.unique(label[group == k])) for k in (0, 1))
    if spread < 2 or g < 3:
        return _not_applicable(deferred("needs 2 clusters of each group and 3 in all"))
    row = two.pooled.row[sample.member]
    if len(np.setxor1d(row[group == 0], row[group == 1])) == 0:
        return _not_applicable(deferred("needs groups of different rates"))
    share = np.zeros(len(label))
    for k, sign in ((0, 1.0), (1, -1.0)):
        mine = group == k
        values = sample.car[mine, 0]
        share[mine] = sign * (values - values.mean()) / mine.sum()
    summed = np.bincount(label, weights=share)
    error = float(np.sqrt(g / (g - 1) * (summed**2).sum()))
    note = deferred(
        "{events} events on {rates} rates, {clusters} joint clusters",
        events=two.events,
        rates=len(np.unique(row)),
        clusters=g,
    )
    outcome = _t_outcome(two.difference, error, satterthwaite_df(group, row, label), note)
    return replace(outcome, clusters=g)


def satterthwaite_df(group: Ints, row: Ints, label: Ints) -> float:
    """Degrees of freedom of the error of `_cluster_t_test`, by Satterthwaite's approximation.

    The sums of the clusters are `K'y` of the CARs of the rates y; were those independent with
    one variance, the squares would have the moments of chi-squared with
    `df = tr(K'K)^2 / tr(K'K K'K)` (Bell & McCaffrey 2002, Survey Methodology 28; Imbens &
    Kolesar 2016, Rev. Economics & Statistics 98). `K'K` (G, G) is a diagonal and a part of rank
    4, so that nothing of the size G x G is made.

    Args:
        group: 0 or 1 for each of n events, no rate twice in a group.
        row: the rates, which both groups may share.
        label: the clusters, 0 ... G - 1.
    """
    _rows, first, at = np.unique(row, return_index=True, return_inverse=True)
    of_rate = label[first]
    # weight (R, 2) of each rate in the mean of a group, with its sign; share (G, 2) of each
    # cluster in that group.
    weight = np.zeros((len(first), 2))
    weight[at, group] = np.where(group == 0, 1.0, -1.0) / np.bincount(group)[group]
    total = weight.sum(axis=1)
    by_cluster = [np.bincount(of_rate, weights=column) for column in (total * weight.T)]
    share = [np.bincount(label[group == k], minlength=len(by_cluster[0])) for k in (0, 1)]
    basis = np.column_stack([*by_cluster, *(counts / counts.sum() for counts in share)])
    between = np.zeros((4, 4))
    between[:2, 2:] = between[2:, :2] = -np.eye(2)
    between[2:, 2:] = weight.T @ weight
    diagonal = np.bincount(of_rate, weights=total**2)
    low_rank = between @ basis.T @ basis
    trace = diagonal.sum() + np.trace(low_rank)
    on_diagonal = ((basis @ between) * basis).sum(axis=1)
    squares = (diagonal**2).sum() + 2 * (diagonal * on_diagonal).sum()
    return float(trace**2 / (squares + np.trace(low_rank @ low_rank)))


def _welch_test(two: GroupPair) -> DifferenceOutcome:
    """Welch's t with Satterthwaite's degrees of freedom."""
    if min(two.counts) < 2:
        return _not_applicable(deferred("needs 2 rates of each group"))
    n, m = two.counts
    variances = []
    for group in (0, 1):
        count, _mean, sd = count_mean_sd(two.car(group)[:, None])
        variances.append(float(sd[0] ** 2 / count[0]))
    if sum(variances) == 0:
        return _not_applicable(deferred("needs CARs that differ within a group"))
    df = sum(variances) ** 2 / (variances[0] ** 2 / (n - 1) + variances[1] ** 2 / (m - 1))
    return _t_outcome(two.difference, float(np.sqrt(sum(variances))), df, "")


def _t_outcome(difference: float, error: float, df: float, note: str) -> DifferenceOutcome:
    if error == 0:
        return _not_applicable(deferred("needs CARs that differ within a group"))
    t = difference / error
    p_value = float(two_sided_p(np.array([t]), np.array([df]))[0])
    return DifferenceOutcome(t, df, p_value, note, error=error)


def _not_applicable(reason: str) -> DifferenceOutcome:
    return DifferenceOutcome(np.nan, np.nan, np.nan, reason=reason)


DIFFERENCE_TESTS: Final[tuple[DifferenceTest, ...]] = (
    DifferenceTest(
        "difference_cluster_t",
        HEADLINE_TEST,
        deferred("Cluster-robust t of the difference"),
        deferred("the mean CARs of both groups are equal"),
        deferred(
            "survives events near each other, of one group or of both, and few or uneven "
            "clusters, which count as fewer degrees of freedom; assumes independent clusters"
        ),
        "Liang & Zeger 1986, Biometrika 73; Bell & McCaffrey 2002, Survey Methodology 28",
        "",
        _cluster_t_test,
    ),
    DifferenceTest(
        "difference_shift",
        "calendar_shift",
        deferred("Calendar-shift placebo of the difference"),
        deferred(
            "the mean CARs of both groups differ as those of the same two patterns of dates "
            "anywhere in the series"
        ),
        deferred(
            "survives clustered dates, dependence, and groups near one another; assumes that "
            "volatility is the same at all times"
        ),
        "Lotwick & Silverman 1982, J. Royal Statistical Society B 44 (toroidal shifts)",
        deferred(
            "rejects up to 32 % at the 5 % level in simulated studies without effect where "
            "event days are volatile"
        ),
        _calendar_shift_test,
    ),
    DifferenceTest(
        "difference_welch",
        "cross_section_t",
        deferred("Welch t of the difference"),
        deferred("the mean CARs of both groups are equal"),
        deferred("lets the groups vary unequally; assumes that all events are independent"),
        "Welch 1947, Biometrika 34",
        deferred(
            "rejects 8-10 % at the 5 % level in simulated studies without effect where dates "
            "cluster"
        ),
        _welch_test,
    ),
)
"""The tests of a difference; the first answers for it (`benchmarks/difference_choice.py`)."""


ATTRITION_STEPS: Final[tuple[StepName, ...]] = (
    "listed",
    "dated",
    "inside",
    "history",
    "apart",
    "used",
)
STEP_BY_REASON: Final[dict[str, StepName]] = {
    "no series ": "dated",
    REASON_HOUR_UNKNOWN: "dated",
    REASON_HOUR_PUBLISHED: "dated",
    "the series has no observations": "inside",
    "after the data": "inside",
    "before the data": "inside",
    "too little history": "history",
    "its event window overlaps": "apart",
    "window ": "used",
}
"""How the reasons of a skipped event begin, and the step that it is lost at."""
COUNTERPARTS: Final = {test.id: test.counterpart for test in DIFFERENCE_TESTS}
NO_VALUES: Final = np.zeros(0)


# ---- attrition


def attrition_step(reason: str) -> StepName:
    """The step at which an event is lost for this reason.

    Raises:
        ValueError: no step has such a reason.
    """
    for beginning, step in STEP_BY_REASON.items():
        if reason.startswith(beginning):
            return step
    msg = _("no step of the attrition has the reason: {reason}", reason=reason)
    raise ValueError(msg)


def count_attrition(
    listed: int, skipped: Sequence[SkippedEvent], window: Window
) -> tuple[AttritionStep, ...]:
    """The events left after each step, and those lost there; the numbers add up.

    Args:
        listed: how many events the group has.
        skipped: the events with their reasons; an event without a CAR in another window than
            `window` is not lost.
        window: the CAR window that an event must have.
    """
    lost: dict[StepName, list[SkippedEvent]] = {name: [] for name in ATTRITION_STEPS}
    tested_window = f"window {window_text(window)}"
    for row in skipped:
        step = attrition_step(row.reason)
        if step != "used" or row.reason.startswith(tested_window):
            lost[step].append(row)
    steps, remaining = [], listed
    for name in ATTRITION_STEPS:
        remaining -= len(lost[name])
        steps.append(AttritionStep(name, remaining, tuple(lost[name])))
    return tuple(steps)


# ---- leave one out


def leave_one_out_means(values: Floats) -> Floats:
    """Mean of all values but each, `(sum - x_i) / (n - 1)`, (n,); NaN for fewer than two."""
    n = len(values)
    if n < 2:
        return np.full(n, np.nan)
    without: Floats = (values.sum() - values) / (n - 1)
    return without


def leave_one_out(ids: Sequence[str], car: Floats) -> tuple[LeaveOneOut, ...]:
    """Every event with the CAAR of the others, the one that moves it most first.

    Args:
        ids: the events, N.
        car: their CARs in one window, (N,); an event with NaN is not in the average.
    """
    present = np.flatnonzero(np.isfinite(car))
    values = car[present]
    without = leave_one_out_means(values)
    change = np.abs(without - values.mean()) if len(values) else without
    order = np.argsort(-change, kind="stable")
    return tuple(
        LeaveOneOut(ids[int(present[k])], float(values[k]), float(without[k]))
        for k in order.tolist()
    )


# ---- comparison


def compare_groups(
    series: RateSeries,
    groups: Sequence[Group],
    known: Sequence[Event],
    request: StudyRequest,
    factors: Sequence[RateSeries] = (),
) -> Comparison:
    """Study one or two groups on one series, each on its own, and their difference.

    The overlap rule looks at each group by itself. The p-values of one test, of its
    counterpart for the difference too, are adjusted together by the request's correction:
    those in the CAR windows, and those of the single days that are none. The declared tests are
    run at once, the others when their table is read.

    Args:
        series: the observations.
        groups: one or two groups.
        known: every known event, for crowding and quiet dates.
        request: the parameters; its first CAR window is the one compared.
        factors: series that explain normal returns.

    Raises:
        InputError: the request does not fit the series or the model.
    """
    measured = [measure_series(series, group.events, known, request, factors) for group in groups]
    samples = [
        PooledSample((sample,), tuple(dict.fromkeys(request.cars)), request, group.name)
        for group, (_request, sample) in zip(groups, measured, strict=True)
    ]
    pair = GroupPair.of(measured[0][1], measured[1][1], request) if len(groups) > 1 else None
    declared, gap = _run_declared_tests(samples, pair)
    second = {event.id for group in groups[1:] for event in group.events}

    @cache
    def adjusted_tests() -> list[tuple[TestResult, ...]]:
        every = list_tested_windows(request)
        tables = [
            run_tests(PooledSample(pooled.series_samples, every, request, pooled.group))
            for pooled in samples
        ]
        differences = (
            tuple(_build_difference_row(pair, test, test.apply(pair)) for test in DIFFERENCE_TESTS)
            if pair
            else ()
        )
        return adjust_test_tables([*tables, differences], request)

    def tests_of(at: int) -> tuple[TestResult, ...]:
        return adjusted_tests()[at]

    occupied = partial(_find_occupied_rows, series, groups, known)
    return Comparison.create_lazy(
        {
            "differences": partial(tests_of, -1),
            "shifted": lambda: pair.shifted if pair else NO_VALUES,
        },
        request=request,
        series=series,
        groups=tuple(
            _build_group_answer(
                group,
                measured[at][0],
                samples[at],
                declared,
                {
                    "tests": partial(tests_of, at),
                    "placebo": partial(_build_placebo, measured[at][1], request, occupied),
                },
            )
            for at, group in enumerate(groups)
        ),
        declared=declared,
        in_both=tuple(event.id for event in groups[0].events if event.id in second),
        difference=gap and _adjust_headline(gap, declared[-1].p_adjusted),
    )


def adjust_test_tables(
    tables: Sequence[tuple[TestResult, ...]], request: StudyRequest
) -> list[tuple[TestResult, ...]]:
    """The same tables of tests with p-values adjusted within their families, over all tables."""
    rows = (row for table in tables for row in table)
    family = partial(p_value_family, request=request)
    adjusted = iter(adjust_rows(rows, request.correction, family))
    return [tuple(next(adjusted) for _row in table) for table in tables]


def p_value_family(row: TestResult, request: StudyRequest) -> tuple[str, bool]:
    """What p-values are adjusted together: those of a test, in CAR windows or on single days."""
    return COUNTERPARTS.get(row.test, row.test), row.window in request.cars


def _run_declared_tests(
    samples: Sequence[PooledSample], pair: GroupPair | None
) -> tuple[tuple[TestResult, ...], Headline | None]:
    """The tests that answer for the groups and their difference, and the difference by its own."""
    tables = [run_tests(pooled, DECLARED_TESTS) for pooled in samples]
    gap = None
    if pair is not None:
        outcome = DIFFERENCE_TESTS[0].apply(pair)
        tables.append((_build_difference_row(pair, DIFFERENCE_TESTS[0], outcome),))
        gap = build_difference_headline(pair, outcome)
    adjusted = adjust_test_tables(tables, samples[0].request)
    return tuple(row for table in adjusted for row in table), gap


def _build_difference_row(
    pair: GroupPair, test: DifferenceTest, outcome: DifferenceOutcome
) -> TestResult:
    return TestResult(
        DIFFERENCE_GROUP,
        pair.pooled.windows[0],
        test.id,
        outcome.statistic,
        outcome.df,
        outcome.p_value,
        float("nan"),
        pair.events,
        test.null_hypothesis,
        test.reference,
        outcome.reason or outcome.note,
        "" if outcome.reason else test.caution,
        role="headline" if test is DIFFERENCE_TESTS[0] else "",
    )


def _build_group_answer(
    group: Group,
    result: StudyResult,
    pooled: PooledSample,
    declared: Sequence[TestResult],
    lazy: Mapping[str, Callable[[], Any]],
) -> GroupAnswer:
    """The study of a group with its declared tests; its other tables when they are read."""
    request, series_id = pooled.request, result.series.card.id
    mine = [row for row in declared if row.group == group.name]
    p_adjusted = {row.window: row.p_adjusted for row in mine}
    of_other_series = tuple(
        SkippedEvent(
            event.id,
            event.series,
            deferred("no series {series} in this study", series=event.series),
        )
        for event in group.events
        if event.series not in {None, series_id}
    )
    skipped = of_other_series + result.skipped
    return GroupAnswer.create_lazy(
        {
            **lazy_tables([result], pooled),
            "left_out": lambda: leave_one_out(
                [event.id for event in result.events], result.cars[0].car
            ),
            "medians": lambda: _median_path(result.car),
            "half_width": lambda: _interval_half_width(result.cars[0]),
            **lazy,
        },
        name=group.name,
        events=group.events,
        request=request,
        results=(result,),
        headlines=tuple(
            _adjust_headline(row, p_adjusted[row.window]) for row in build_headlines(pooled, mine)
        ),
        steps=count_attrition(len(group.events), skipped, request.cars[0]),
        skipped=skipped,
        n_events=len(group.events),
    )


def _adjust_headline(row: Headline, p_adjusted: float) -> Headline:
    """The headline with an adjusted p, unless it gives no verdict."""
    return row if row.reason else replace(row, p_adjusted=p_adjusted)


def _build_placebo(
    measured: SeriesSample, request: StudyRequest, occupied: Callable[[], Ints]
) -> PlaceboMoves:
    pooled = PooledSample((measured,), request.cars[:1], request)
    everyone = GroupSample(pooled, np.ones(len(pooled), dtype=bool))
    car = measured.grid.car(request.cars[0])[0]
    means, _counts = compute_shifted_means(everyone, lambda _rows: car[:, None])
    chosen = np.isfinite(car) & (measured.grid.prediction.usable >= request.min_estimation)
    if request.pool == "quiet":
        length = request.window[1] - request.window[0] + 1
        chosen &= is_far_from(measured.positions, occupied(), length)
    elif request.pool == "near":
        chosen &= ~is_far_from(measured.positions, measured.row, NEAR_ROWS + 1)
    measured.candidates.release_long()
    return PlaceboMoves(means[:, 0], car[chosen])


def _interval_half_width(car: CarResult) -> Floats:
    """Half the 95 % interval of each CAR, `t(df) S_CAR`, (N,); NaN without an error."""
    usable = np.isfinite(car.se) & (car.df > 0)
    quantile = special.stdtrit(np.where(usable, car.df, 1.0), (1 + CONFIDENCE_LEVEL) / 2)
    return np.where(usable, quantile * car.se, np.nan)


def _find_occupied_rows(
    series: RateSeries, groups: Sequence[Group], known: Sequence[Event]
) -> Ints:
    """The rows of all known events, which leave no quiet date."""
    events = {event.id: event for group in groups for event in group.events}
    studied = DatedEvents.of(tuple(events.values())).for_series(series.card.id)
    return locate_known_events(series, studied, known).occupied


def _median_path(paths: Floats) -> Floats:
    """Median of the CAR paths at each offset, NaN where there is none, (L,)."""
    columns = [column[np.isfinite(column)] for column in paths.T]
    return np.array([np.median(values) if len(values) else np.nan for values in columns])
