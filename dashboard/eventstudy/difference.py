"""Tests of the difference between the mean CARs of two groups of events on one series."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np
from scipy import special

from dashboard.eventstudy.abnormal_returns import two_sided_p
from dashboard.eventstudy.calendar_shifts import MIN_SHIFTS, compute_shifted_means, shift_p_value
from dashboard.eventstudy.clusters import HEADLINE_TEST, label_clusters
from dashboard.eventstudy.numerics import count_mean_sd
from dashboard.eventstudy.samples import GroupSample, PooledSample, SeriesSample
from dashboard.models.messages import deferred
from dashboard.models.series import Bools, Floats, Ints
from dashboard.models.study import CONFIDENCE_LEVEL, MIN_CLUSTERS, Headline, StudyRequest

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
    _, first, at = np.unique(row, return_index=True, return_inverse=True)
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
        count, _, sd = count_mean_sd(two.car(group)[:, None])
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
