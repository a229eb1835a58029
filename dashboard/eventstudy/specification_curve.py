"""Specification curve: the mean CAR under many specifications, and their joint p-value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy import special

from dashboard.eventstudy.alignment import align_events, matching_calendar
from dashboard.eventstudy.clusters import (
    MAX_EXACT_CLUSTERS,
    cluster_rank_p,
    cluster_sums,
    compute_cluster_scores,
    iterate_sign_vectors,
    label_linked_spans,
    sign_share_p,
)
from dashboard.eventstudy.numerics import RETURN_DECIMALS, count_mean_sd
from dashboard.eventstudy.samples import GroupSample, PooledSample
from dashboard.eventstudy.significance.overlap_t import OverlapT
from dashboard.eventstudy.study import measure_series
from dashboard.models.analyses import RobustnessAnswer, Specification, SpecificationRow
from dashboard.models.event import Event
from dashboard.models.series import Days, Floats, Ints, RateSeries
from dashboard.models.study import CONFIDENCE_LEVEL, MIN_CLUSTERS, SIGNIFICANCE_LEVEL

ALONE_OFFSETS: Final = (0, 1)
SIGN_BLOCK: Final = 500
"""Sign vectors whose sums under all specifications are held at once."""
MEDIAN_TIE: Final = 1e-9
"""Medians of standardised sums closer than this are equal."""


@dataclass(frozen=True, eq=False, slots=True)
class SpecificationResult:
    """What one specification found: its row, and the rank score of each distinct first rate.

    `rows` (R,) are the rows of the rates on the series, `scores` (R,) their scores in the
    window (NaN without a CAR), `fingerprint` its events and CARs, equal for equal answers.
    """

    row: SpecificationRow
    rows: Ints
    scores: Floats
    fingerprint: bytes


def filter_events(name: str, events: Sequence[Event], series: RateSeries) -> tuple[Event, ...]:
    """The events that an event filter keeps (`models.analyses.EVENT_FILTERS`)."""
    if name == "high-confidence":
        return tuple(event for event in events if event.confidence == "high")
    if name == "hour-known":
        settled = align_events(series, events).settled.tolist()
        return tuple(
            event
            for event, same in zip(events, settled, strict=True)
            if event.moment is not None or (event.reported is not None and same)
        )
    if name == "alone":
        rows = align_events(series, events).row
        ordered = np.sort(rows[rows >= 0])
        neighbours = np.searchsorted(ordered, rows + ALONE_OFFSETS[1], "right")
        neighbours = neighbours - np.searchsorted(ordered, rows + ALONE_OFFSETS[0], "left")
        return tuple(e for e, count in zip(events, neighbours.tolist(), strict=True) if count <= 1)
    return tuple(events)


def run_specification(
    specification: Specification,
    series: RateSeries,
    events: Sequence[Event],
    factors: Sequence[RateSeries],
    seed: int,
) -> SpecificationResult:
    """One specification: its mean, its interval, the p of the declared test and of `overlap_t`.

    Args:
        specification: the choices.
        series: the series it names.
        events: all events; the specification's filter chooses among them.
        factors: the factors its model may need.
        seed: of the study.
    """
    request = specification.request(seed)
    chosen = filter_events(specification.event_filter, events, series)
    _, measured = measure_series(series, chosen, events, request, factors)
    pooled = PooledSample([measured], [specification.window], request)
    sample = GroupSample(pooled, np.ones(len(pooled), dtype=bool))
    n, mean, sd = count_mean_sd(sample.car)
    count = int(n[0])
    caar, half = float(mean[0]) if count else float("nan"), float("nan")
    if count > 1:
        half = float(
            special.stdtrit(count - 1, (1 + CONFIDENCE_LEVEL) / 2) * sd[0] / np.sqrt(count)
        )
    clusters = compute_cluster_scores(sample)
    first, scores = clusters.first, clusters.score_rates()
    p = float(cluster_rank_p(cluster_sums(scores, clusters.label))[0])
    overlap = float(OverlapT().apply(sample).p_value[0]) if count else float("nan")
    row = SpecificationRow(specification, count, caar, caar - half, caar + half, p, overlap)
    return SpecificationResult(
        row, pooled.row[first], scores[:, 0], _fingerprint(pooled.row, sample.car[:, 0])
    )


def _fingerprint(rows: Ints, car: Floats) -> bytes:
    """The measured events and their CARs, by which equal answers are found."""
    present = np.isfinite(car)
    return rows[present].tobytes() + (np.round(car[present], RETURN_DECIMALS) + 0.0).tobytes()


def distinct_specifications(
    results: Sequence[SpecificationResult],
) -> tuple[SpecificationResult, ...]:
    """The specifications with a mean that answer differently, in their order.

    Choices that do not matter (a history that the no-change model does not use, a rule for
    overlaps where nothing overlaps) give one answer, which counts once. Of equal ones the
    longest estimation window, then the shortest gap, stands for all: the ranks of the declared
    test are finest there.
    """
    best: dict[tuple[str, object, bytes], int] = {}
    for k, result in enumerate(results):
        chosen = result.row.specification
        if not np.isfinite(result.row.caar):
            continue
        key = (chosen.series, chosen.window, result.fingerprint)
        if key not in best or _rank_precision(result) > _rank_precision(results[best[key]]):
            best[key] = k
    return tuple(results[k] for k in sorted(best.values()))


def _rank_precision(result: SpecificationResult) -> tuple[int, int]:
    return result.row.specification.estimation, -result.row.specification.gap


def sum_joint_clusters(
    results: Sequence[SpecificationResult], calendars: Mapping[str, Days]
) -> Floats:
    """Scores of K specifications added up within common clusters of rates, (G, K).

    Two rates belong together when windows that hold every window of the grid share a market
    day, on whichever series; a rate that a specification does not use adds 0 to it.
    """
    windows = [result.row.specification.window for result in results]
    first, last = min(a for a, _ in windows), max(b for _, b in windows)
    names = list(calendars)
    series = np.concatenate(
        [np.full(len(e.rows), names.index(e.row.specification.series)) for e in results]
    )
    rows = np.concatenate([result.rows for result in results])
    starts, ends = np.empty(len(rows), "datetime64[D]"), np.empty(len(rows), "datetime64[D]")
    for k, name in enumerate(names):
        day, mine = calendars[name], series == k
        starts[mine] = day[np.clip(rows[mine] + first, 0, len(day) - 1)]
        ends[mine] = day[np.clip(rows[mine] + last, 0, len(day) - 1)]
    label = label_linked_spans(starts, ends)
    column = np.repeat(np.arange(len(results)), [len(result.rows) for result in results])
    sums = np.zeros((int(label.max()) + 1, len(results)))
    scores = np.nan_to_num(np.concatenate([result.scores for result in results]))
    np.add.at(sums, (label, column), scores)
    return sums


def joint_p(sums: Floats, seed: int) -> tuple[float, int]:
    """P of the median over K specifications, and how many sign vectors it rests on.

    The statistic is the median of `sum_g x_gk / sqrt(sum_g x_gk^2)`; one vector of signs turns
    whole clusters round in all specifications together (Simonsohn, Simmons & Nelson 2020,
    Nature Human Behaviour 4, with signs of clusters in place of shuffled data). NaN below 8
    clusters.

    Args:
        sums: x, the scores of the clusters, (G, K).
        seed: of the draws where there are more than 14 clusters.
    """
    length = np.sqrt((sums**2).sum(axis=0))
    x = sums[:, length > 0] / length[length > 0]
    x = x[np.any(x != 0, axis=1)]
    if len(x) < MIN_CLUSTERS:
        return float("nan"), 0
    observed = abs(float(np.median(x.sum(axis=0)))) - MEDIAN_TIE
    hits, drawn = 0, 0
    for signs in iterate_sign_vectors(len(x), seed):
        for start in range(0, len(signs), SIGN_BLOCK):
            sums_of = signs[start : start + SIGN_BLOCK] @ x
            hits += int((np.abs(np.median(sums_of, axis=1)) >= observed).sum())
        drawn += len(signs)
    p = float(sign_share_p(np.array(hits), drawn, len(x)))
    return p, 2 ** len(x) if len(x) <= MAX_EXACT_CLUSTERS else drawn


def summarise_specifications(
    results: Sequence[SpecificationResult],
    series: Sequence[RateSeries],
    seed: int,
    categories: int = 1,
) -> RobustnessAnswer:
    """Median and agreement of the distinct specifications, and their joint p.

    Args:
        results: the result of every specification.
        series: the series they name.
        seed: of the sign draws.
        categories: how many categories could be chosen; the joint p is corrected for
            them by Bonferroni.
    """
    rows, missing = tuple(result.row for result in results), float("nan")
    distinct = distinct_specifications(results)
    if not distinct:
        return RobustnessAnswer(rows, missing, missing, missing, missing, missing, categories)
    caar = np.array([result.row.caar for result in distinct])
    p = np.array([result.row.p_value for result in distinct])
    tested, median = np.isfinite(p), float(np.median(caar))
    sums = sum_joint_clusters(
        distinct, {result.card.id: matching_calendar(result) for result in series}
    )
    joint, draws = joint_p(sums, seed)
    return RobustnessAnswer(
        rows=rows,
        median=median,
        same_sign=float((np.sign(caar) == np.sign(median)).mean()),
        share_below=float((p[tested] < SIGNIFICANCE_LEVEL).mean()) if tested.any() else missing,
        joint_p=joint,
        joint_p_adjusted=min(1.0, categories * joint) if draws else missing,
        categories=categories,
        distinct=len(distinct),
        tested=int(tested.sum()),
        clusters=len(sums),
        draws=draws,
    )
