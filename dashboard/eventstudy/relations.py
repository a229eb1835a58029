"""Relations of events and returns: lead-lag correlation, scores, cross table, regression."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from dashboard.eventstudy.abnormal_returns import two_sided_p
from dashboard.eventstudy.clusters import cluster_rank_p, compute_cluster_scores, largest_share
from dashboard.eventstudy.numerics import CORRECTIONS, RETURN_DECIMALS, adjust_rows, average_ranks
from dashboard.eventstudy.samples import (
    GroupSample,
    PooledSample,
    SeriesSample,
    distinct_groups,
    expand_to_groups,
)
from dashboard.eventstudy.shared_statistics import MIN_SHIFTS, compute_shifted_means
from dashboard.models.analyses import (
    SCORE_TARGETS,
    SCORES,
    CrossCell,
    Score,
    ScoredEvents,
    ScoreRow,
    tagged_score,
)
from dashboard.models.messages import deferred
from dashboard.models.series import Bools, Floats, Ints
from dashboard.models.study import (
    MAX_SHARE_OF_ONE_RATE,
    MIN_CLUSTERS,
    MIN_RATES,
    CorrelationRow,
    RegressionRow,
    StudyRequest,
    Window,
)

LEAD_LAGS: Final = tuple(range(-5, 6))
PLACEBO_BAND: Final = (0.025, 0.975)
SPEARMAN_SHIFTS: Final = 400
MIN_CORRELATED_EVENTS: Final = 5
"""With fewer events a correlation says nothing."""
LEVEL_BITS: Final = 2
LEVEL_MASK: Final = 2**LEVEL_BITS - 1
"""The lowest bits of a place are free for the level of a score, of which there are three."""
MAX_SHORT_RANKS: Final = 2**15 >> LEVEL_BITS
"""Up to so many distinct returns place and level fit into 16 bits, which sort fastest."""
CORRELATION_TIE: Final = 1e-9
"""Correlations closer than this are equal: the same dates shifted once round the series."""
MAX_RANKED_CELLS: Final = 300_000
"""Events times shifts that are ranked; of more shifts evenly spaced ones are taken."""
MIN_EVENTS_FOR_MEAN: Final = 3
"""A mean of fewer events is not shown: one of them would be it."""
CONSTANT_TERM: Final = "constant"
QR_BLOCK_ROWS: Final = 256


# ---- lead-lag correlation


def compute_lead_lag(pooled: PooledSample) -> tuple[CorrelationRow, ...]:
    """Correlation of each group with the return `lag` rows after its events.

    `point_biserial`: the indicator "an event of the group has offset 0 here" against the
    return, over all rows with a return. `spearman`: the events' expectation (-1, 0, +1)
    against their return, over the events. The band holds 95 % of the values that the same
    dates give after circular shifts; it is centred near 0 and is no confidence interval of r.
    p is the share of these values at least as large in size, the correlation itself counted
    among them; it is corrected over all distinct groups and lags of one method.
    """
    return_ranks = _rank_returns(pooled)
    rows: list[CorrelationRow] = []
    for name, member in distinct_groups(pooled.members).items():
        rows.extend(_point_biserial_rows(pooled, name, member))
        rows.extend(_spearman_rows(pooled, name, member, return_ranks))
    adjusted = adjust_rows(rows, pooled.request.correction, lambda row: row.method)
    return expand_to_groups(adjusted, pooled.members)


def _point_biserial_rows(
    pooled: PooledSample, name: str, member: Bools
) -> Iterator[CorrelationRow]:
    """All shifts of a series at once: a circular correlation by FFT."""
    parts: list[tuple[Floats, Floats]] = []
    for k, series_sample in enumerate(pooled.series_samples):
        centred = _centre_series(series_sample, member[pooled.series == k])
        if centred is not None:
            parts.append(centred)
    if not parts:
        return
    length = min(len(returns) for returns, _ in parts)
    cross = np.zeros(length)
    power = np.zeros(2)
    for returns, events in parts:
        spectrum = np.conj(np.fft.rfft(events)) * np.fft.rfft(returns)
        cross += np.fft.irfft(spectrum, n=len(returns))[:length]
        power += (returns @ returns, events @ events)
    if (power <= 0).any():
        return
    r = cross / np.sqrt(power.prod())
    low, high = np.quantile(r, PLACEBO_BAND)
    n = sum(len(returns) for returns, _ in parts)
    for lag in LEAD_LAGS:
        # The cross product of the indicator with the return `lag` rows later, ends left out.
        lead, delay = max(0, lag), max(0, -lag)
        shifted = sum(
            float(events[delay : len(events) - lead] @ returns[lead : len(returns) - delay])
            for returns, events in parts
        )
        value = float(shifted / np.sqrt(power.prod()))
        p = _share_at_least_as_large(value, np.delete(r, lag % length))
        yield CorrelationRow(name, lag, "point_biserial", value, float(low), float(high), n, p)


def _share_at_least_as_large(value: float, others: Floats) -> float:
    """Share of correlations at least as large in size, the value itself among them."""
    hits = int((np.abs(others) >= abs(value) - CORRELATION_TIE).sum())
    return (hits + 1) / (len(others) + 1)


def _centre_series(series_sample: SeriesSample, chosen: Bools) -> tuple[Floats, Floats] | None:
    """Standardised returns and the centred indicator on the rows that have a return."""
    present = np.isfinite(series_sample.history.returns)
    if not chosen.any() or present.sum() < MIN_CORRELATED_EVENTS:
        return None
    indicator = np.zeros(len(present))
    indicator[series_sample.row[chosen]] = 1.0
    returns, indicator = series_sample.history.returns[present], indicator[present]
    spread = returns.std()
    if spread == 0:
        return None
    return (returns - returns.mean()) / spread, indicator - indicator.mean()


def _rank_returns(pooled: PooledSample) -> list[Ints]:
    """The place of every return among all distinct ones of all series; missing ones left out.

    Small integers are sorted many times faster than the returns, and equal ones are equal.
    The lowest `LEVEL_BITS` bits of each are free.
    """
    parts = [series_sample.history.returns for series_sample in pooled.series_samples]
    parts = [returns[np.isfinite(returns)] for returns in parts]
    values, rank = np.unique(np.round(np.concatenate(parts), RETURN_DECIMALS), return_inverse=True)
    compact = (rank << LEVEL_BITS).astype(np.int16 if len(values) <= MAX_SHORT_RANKS else np.int64)
    return np.split(compact, np.cumsum([len(returns) for returns in parts])[:-1])


def _spearman_rows(
    pooled: PooledSample, name: str, member: Bools, return_ranks: list[Ints]
) -> Iterator[CorrelationRow]:
    score = pooled.expected[member].astype(float)
    if len(score) < MIN_CORRELATED_EVENTS or score.std() == 0:
        return
    series, row = pooled.series[member], pooled.row[member]
    for lag in LEAD_LAGS:
        returns = _returns_at(pooled, series, row + lag)
        usable = np.isfinite(returns)
        if usable.sum() < MIN_CORRELATED_EVENTS or score[usable].std() == 0:
            continue
        shifted = _shifted_ranks(pooled, series[usable], row[usable] + lag, return_ranks)
        shifted_r = _rank_correlation(score[usable], shifted)
        r = float(shifted_r[0])
        shifted_r = shifted_r[np.isfinite(shifted_r)]
        if not np.isfinite(r):
            continue
        low, high = np.quantile(shifted_r, PLACEBO_BAND)
        p = _share_at_least_as_large(r, shifted_r[1:])  # the first is the pattern itself
        count = int(usable.sum())
        yield CorrelationRow(name, lag, "spearman", r, float(low), float(high), count, p)


def _returns_at(pooled: PooledSample, series: Ints, row: Ints) -> Floats:
    out = np.full(len(row), np.nan)
    for k, series_sample in enumerate(pooled.series_samples):
        returns = series_sample.history.returns
        mine = (series == k) & (row >= 0) & (row < len(returns))
        out[mine] = returns[row[mine]]
    return out


def _shifted_ranks(pooled: PooledSample, series: Ints, row: Ints, return_ranks: list[Ints]) -> Ints:
    """Places of the same pattern of rows after evenly spaced circular shifts, (S, n).

    Shift 0 is the pattern itself; a shift steps over rows without a return.
    """
    out = np.empty((SPEARMAN_SHIFTS, len(row)), dtype=return_ranks[0].dtype)
    for k, series_sample in enumerate(pooled.series_samples):
        mine = series == k
        number = np.cumsum(np.isfinite(series_sample.history.returns)) - 1
        size = len(return_ranks[k])
        steps = np.linspace(0, size, SPEARMAN_SHIFTS, endpoint=False).astype(np.int64)
        twice = np.concatenate((return_ranks[k], return_ranks[k]))
        out[:, mine] = twice[number[row[mine]][None, :] + steps[:, None]]
    return out


def _rank_correlation(score: Floats, return_ranks: Ints) -> Floats:
    """Spearman's rho of one score with each row of places, average ties; NaN for equal places.

    Place and level of the score are sorted as one number, once with the levels of a tie
    ascending and once descending: the mean of the two positions is the average rank. Every
    sum is of halves and hence exact.
    """
    n = len(score)
    ranks, level = np.unique(average_ranks(score[None, :])[0], return_inverse=True)
    centred = ranks - (n + 1) / 2
    level = level.astype(return_ranks.dtype)
    ordered, other = (
        np.sort(return_ranks + level, axis=1),
        np.sort(return_ranks + (LEVEL_MASK - level), axis=1),
    )
    position = np.arange(1.0, n + 1)
    shared = np.full(len(return_ranks), centred[0] * position.sum())
    for k, value in enumerate((centred[1:] - centred[0]).tolist(), start=1):
        at_level = ((ordered & LEVEL_MASK) == k).astype(float)
        at_level += (other & LEVEL_MASK) == LEVEL_MASK - k
        shared += value / 2 * np.einsum("sn,n->s", at_level, position)
    spread = (centred[level] ** 2).sum() * (n**3 - n - _tie_correction(ordered >> LEVEL_BITS)) / 12
    with np.errstate(divide="ignore", invalid="ignore"):
        rho: Floats = shared / np.sqrt(spread)
    return rho


def _tie_correction(ordered: Ints) -> Ints:
    """Sum of `t^3 - t` over the runs of t equal numbers in each ascending row (Kendall 1948)."""
    tied = np.zeros(ordered.shape, dtype=bool)
    np.equal(ordered[:, 1:], ordered[:, :-1], out=tied[:, 1:])
    at = np.flatnonzero(tied)
    run_ends = np.append(np.flatnonzero(at[1:] != at[:-1] + 1), len(at) - 1)
    size = np.diff(run_ends, prepend=-1) + 1
    row = at[run_ends] // ordered.shape[1] if len(at) else run_ends[:0]
    total = np.bincount(row, weights=(size**3 - size)[: len(row)], minlength=len(ordered))
    return np.rint(total).astype(np.int64)


# ---- scores


def correlate_scores(
    measured: SeriesSample, request: StudyRequest, window: Window
) -> tuple[tuple[ScoreRow, ...], tuple[ScoredEvents, ...]]:
    """Every score that events have, against their CAR and against its size.

    `tone` and `intensity` come from tags, `crowd` counts the studied events that share the
    first observation. The placebo moves all dates together by every circular shift over the
    admissible positions that have a CAR (docs/statistics.md, 12); scores stay with their
    events, so that events on one day stay together.

    Returns:
        A row a score and way of looking, p corrected over all of them, and the points.
    """
    moves, index = _admissible_cars(measured, request, window)
    rows: list[ScoreRow] = []
    points: list[ScoredEvents] = []
    for score in SCORES:
        value = read_event_scores(measured, score)
        if not np.isfinite(value).any():
            continue
        usable = np.isfinite(value) & (index >= 0)
        ids = tuple(measured.events[k].id for k in np.flatnonzero(usable).tolist())
        points.append(ScoredEvents(score, ids, value[usable], moves[index[usable]]))
        score_rows = _score_rows((value[usable], index[usable], moves), (score, window))
        rows.extend(replace(row, without=int((~usable).sum())) for row in score_rows)
    return tuple(adjust_rows(rows, request.correction)), tuple(points)


def read_event_scores(measured: SeriesSample, score: Score) -> Floats:
    """The score of every event, (N,); NaN where it has none."""
    if score == "crowd":
        _, inverse, count = np.unique(measured.row, return_inverse=True, return_counts=True)
        return count[inverse].astype(float)
    return np.array([tagged_score(event, score) for event in measured.events], dtype=float)


def _admissible_cars(
    measured: SeriesSample, request: StudyRequest, window: Window
) -> tuple[Floats, Ints]:
    """The CAR of every admissible position that has one, and the place of each event among them.

    A place of -1 is an event without a CAR, or one whose windows do not lie inside the series.
    """
    positions = measured.positions
    if len(positions) == 0:
        return np.zeros(0), np.full(len(measured.row), -1)
    car = measured.grid.car(window)[0]
    enough = measured.grid.prediction.usable >= request.min_estimation
    usable = positions[np.isfinite(car) & enough]
    index = np.searchsorted(usable, measured.row)
    return car[np.isin(positions, usable)], np.where(np.isin(measured.row, usable), index, -1)


def _score_rows(data: tuple[Floats, Ints, Floats], of: tuple[Score, Window]) -> Iterator[ScoreRow]:
    value, index, moves = data
    nothing = (float("nan"),) * 4
    for against in SCORE_TARGETS:
        target = moves if against == "move" else np.abs(moves)
        can_rank = len(value) >= MIN_CORRELATED_EVENTS and np.ptp(value) > 0
        r, low, high, p = _correlate_with_shifts(value, index, target) if can_rank else nothing
        yield ScoreRow(of[0], against, of[1], r, low, high, len(value), 0, p)


def _correlate_with_shifts(
    value: Floats, index: Ints, moves: Floats
) -> tuple[float, float, float, float]:
    """rho, the band of its shifts, and the share of shifts as large; shift 0 is the data."""
    size = len(moves)
    count = min(size, max(MAX_RANKED_CELLS // len(index), 1))
    steps = np.linspace(0, size, count, endpoint=False).astype(np.int64)
    _, rank = np.unique(np.round(moves, RETURN_DECIMALS), return_inverse=True)
    shifted = rank[(index[None, :] + steps[:, None]) % size]
    left = average_ranks(value[None, :])[0]
    left = left - left.mean()
    right = average_ranks(shifted)
    right = right - right.mean(axis=1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        rho = (right @ left) / np.sqrt((left @ left) * (right**2).sum(axis=1))
    if not np.isfinite(rho[0]):
        return float("nan"), float("nan"), float("nan"), float("nan")
    finite = rho[np.isfinite(rho)]
    low, high = np.quantile(finite, PLACEBO_BAND)
    p = float((np.abs(finite) >= abs(rho[0]) - CORRELATION_TIE).mean())
    return float(rho[0]), float(low), float(high), p


# ---- cross table


@dataclass(frozen=True, eq=False, slots=True)
class SeriesCells:
    """The cells of the distinct groups of one series, and which events each group has."""

    cells: tuple[CrossCell, ...]
    members: dict[str, Bools]


def build_series_cells(
    series_id: str, measured: SeriesSample, request: StudyRequest, window: Window
) -> SeriesCells:
    """A cell for "all" and each category that has an event on this series."""
    pooled = PooledSample([measured], [window], request)
    cells = (
        _fill_cell(CrossCell(group, series_id, window, 0), pooled.sample(member))
        for group, member in distinct_groups(pooled.members).items()
    )
    return SeriesCells(tuple(cells), pooled.members)


def _fill_cell(cell: CrossCell, sample: GroupSample) -> CrossCell:
    """The numbers of a cell; each distinct first rate counts once in them, `n` counts events."""
    clusters = compute_cluster_scores(sample)
    n, first = int(sample.counts[0]), clusters.first
    first = first[np.isfinite(sample.car[first, 0])]
    if n < MIN_EVENTS_FOR_MEAN:
        few = (
            deferred("only 1 event with a move")
            if n == 1
            else deferred("only {n} events with a move", n=n)
        )
        return replace(cell, n=n, n_rates=len(first), reason=few)
    car, scar = sample.car[first, 0], sample.scar[first, 0]
    sums = clusters.window_sums()
    formed = int(np.isfinite(sums[:, 0]).sum())
    share = largest_share(car)
    scar = scar[np.isfinite(scar)]
    reason = no_verdict_reason(len(first), formed, share)
    return replace(
        _place_among_shifts(cell, sample, first),
        n=n,
        caar=float(car.mean()),
        p_value=float("nan") if reason else float(cluster_rank_p(sums)[0]),
        reason=reason,
        n_rates=len(first),
        mean_scar=float(scar.mean()) if len(scar) else float("nan"),
        largest_share=share,
        clusters=formed,
    )


def no_verdict_reason(rates: int, clusters: int, share: float) -> str:
    """Why a mean on a series has no verdict; empty where it has one.

    It needs 8 distinct first rates, none of them with more than a fifth of the sum of the
    sizes of all moves, and 8 clusters of events: a few days of a storm are no class of events.
    """
    if rates < MIN_RATES:
        if rates == 1:
            return deferred("only 1 distinct rate, {least} needed", least=MIN_RATES)
        return deferred("only {n} distinct rates, {least} needed", n=rates, least=MIN_RATES)
    if np.isnan(share):
        return deferred("no move at all")
    if share > MAX_SHARE_OF_ONE_RATE:
        return deferred(
            "one rate is {share:.0f} % of all moves, {most:.0f} % at most",
            share=100 * share,
            most=100 * MAX_SHARE_OF_ONE_RATE,
        )
    if clusters < MIN_CLUSTERS:
        return deferred(
            "only {n} clusters of events, {least} needed", n=clusters, least=MIN_CLUSTERS
        )
    return ""


def _place_among_shifts(cell: CrossCell, sample: GroupSample, first: Ints) -> CrossCell:
    """The cell with its place among the same rates shifted round the series."""
    window = cell.window
    first_of_rate = np.zeros(len(sample.pooled), dtype=bool)
    first_of_rate[np.flatnonzero(sample.member)[first]] = True
    rates = GroupSample(sample.pooled, first_of_rate)
    shifted, _ = compute_shifted_means(
        rates, lambda series_sample: series_sample.grid.car(window)[0][:, None]
    )
    means = shifted[:, 0]
    finite = means[np.isfinite(means)]
    if len(finite) < MIN_SHIFTS or finite.std() == 0 or not np.isfinite(means[0]):
        return cell
    return replace(
        cell,
        spread=float(finite.std()),
        in_spreads=float((means[0] - finite.mean()) / finite.std()),
        percentile=float(100 * (np.abs(finite) < abs(means[0]) * (1 - 1e-9)).mean()),
    )


def adjust_cells(
    series_cells: Iterable[SeriesCells], request: StudyRequest
) -> tuple[CrossCell, ...]:
    """The cells of all series with p corrected over the distinct ones that have a verdict."""
    listed = tuple(series_cells)
    cells = [cell for part in listed for cell in part.cells]
    with_p = iter(adjust_rows(cells, request.correction))
    return tuple(
        cell
        for part in listed
        for cell in expand_to_groups([next(with_p) for _ in part.cells], part.members)
    )


# ---- regression


def regress_returns(
    pooled: PooledSample, factor_names: tuple[str, ...]
) -> tuple[RegressionRow, ...]:
    """Least squares of every return on a constant, one dummy a category, and the factors.

    A dummy is 1 on the rows that are offset 0 of an event of the category. With several
    series each has its own constant, and the error products stay within a series. Standard
    errors: Newey & West 1987 (Econometrica 55) with Bartlett weights and
    `4 (T/100)^(2/9)` lags, rounded down; p from t(n - k), corrected over the categories. Dummies
    that never or always occur, and columns that repeat others, are left out. `factor_names` are
    those of the K factors of every history.
    """
    blocks = _design_blocks(pooled, factor_names)
    if not blocks:
        return ()
    groups = pooled.members
    names = [
        CONSTANT_TERM,
        *(name for name in groups if name != "all"),
        *factor_names,
        *(f"series_{k}" for k in range(1, len(pooled.series_samples))),
    ]
    independent = _independent_columns(np.concatenate([design for design, _ in blocks]))
    blocks = [(design[:, independent], returns) for design, returns in blocks]
    design = np.concatenate([block for block, _ in blocks])
    returns = np.concatenate([block for _, block in blocks])
    n, k = design.shape
    if n <= k:
        return ()
    bread = np.linalg.inv(design.T @ design)
    estimate = bread @ (design.T @ returns)
    lags = int(4 * (max(len(block) for _, block in blocks) / 100) ** (2 / 9))
    meat = sum(_newey_west_sum(x * (y - x @ estimate)[:, None], lags) for x, y in blocks)
    error = np.sqrt(np.diag(bread @ meat @ bread))
    with np.errstate(divide="ignore", invalid="ignore"):
        t = estimate / error
    p = two_sided_p(t, np.full(k, n - k))
    of_category = np.array([names[column] in groups for column in independent])
    adjusted = CORRECTIONS[pooled.request.correction](np.where(of_category, p, np.nan))
    columns = zip(*(x.tolist() for x in (estimate, error, t, p, adjusted)), strict=True)
    return tuple(
        RegressionRow(names[column], value, se, statistic, p_value, n, lags, corrected)
        for column, (value, se, statistic, p_value, corrected) in zip(
            independent, columns, strict=True
        )
    )


def _design_blocks(
    pooled: PooledSample, factor_names: tuple[str, ...]
) -> list[tuple[Floats, Floats]]:
    groups = {name: mask for name, mask in pooled.members.items() if name != "all"}
    blocks = []
    for k, series_sample in enumerate(pooled.series_samples):
        history = series_sample.history
        size = len(history)
        dummies = np.zeros((size, len(groups)))
        for column, member in enumerate(groups.values()):
            dummies[series_sample.row[member[pooled.series == k]], column] = 1.0
        series_dummies = np.zeros((size, len(pooled.series_samples) - 1))
        if k:
            series_dummies[:, k - 1] = 1.0
        factors = history.factors[:, : len(factor_names)]
        design = np.column_stack((np.ones(size), dummies, factors, series_dummies))
        present = np.isfinite(history.returns) & np.isfinite(design).all(axis=1)
        if present.any():
            blocks.append((design[present], history.returns[present]))
    return blocks


def _independent_columns(design: Floats) -> list[int]:
    """Columns that add something to those before them.

    The triangle of a QR decomposition has the rank of the design, column by column, and as few
    rows as the design has columns. It is made from those of blocks of rows, which are too small
    to be spread over threads.
    """
    independent: list[int] = []
    blank = np.zeros((-len(design) % QR_BLOCK_ROWS, design.shape[1]))
    blocks = np.concatenate((design, blank)).reshape(-1, QR_BLOCK_ROWS, design.shape[1])
    parts = np.asarray(np.linalg.qr(blocks, mode="r")).reshape(-1, design.shape[1])
    triangle = np.asarray(np.linalg.qr(parts, mode="r"))
    rounding = len(design) * np.finfo(float).eps
    for column in range(design.shape[1]):
        trial = [*independent, column]
        if np.linalg.matrix_rank(triangle[:, trial], rtol=rounding) == len(trial):
            independent = trial
    return independent


def _newey_west_sum(scores: Floats, lags: int) -> Floats:
    """Newey-West sum of score products over one series, (k, k)."""
    total: Floats = scores.T @ scores
    for lag in range(1, min(lags, len(scores) - 1) + 1):
        product = scores[lag:].T @ scores[:-lag]
        total = total + (1 - lag / (lags + 1)) * (product + product.T)
    return total
