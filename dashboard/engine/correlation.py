"""Lead-lag correlation of events with returns, with bands from calendar shifts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

import numpy as np

from dashboard.domain.series import Bools, Floats, Ints
from dashboard.domain.study import CorrelationRow
from dashboard.engine.corrections import CORRECTIONS
from dashboard.engine.families import distinct_groups, under_every_name
from dashboard.engine.pooled import Measured, Pooled
from dashboard.engine.ranks import DECIMALS, average_ranks

LAGS: Final = tuple(range(-5, 6))
BAND: Final = (0.025, 0.975)
SPEARMAN_SHIFTS: Final = 400
FEWEST: Final = 5
BITS: Final = 2
MASK: Final = 2**BITS - 1
"""The lowest bits of a place are free for the level of a score, of which there are three."""
SMALL: Final = 2**15 >> BITS
"""Up to so many distinct returns place and level fit into 16 bits, which sort fastest."""
TIE: Final = 1e-9
"""Correlations closer than this are equal: the same dates shifted once round the series."""


def lead_lag(pooled: Pooled) -> tuple[CorrelationRow, ...]:
    """Correlation of each group with the return `lag` rows after its events.

    `point_biserial`: the indicator "an event of the group has offset 0 here" against the
    return, over all rows with a return. `spearman`: the events' expectation (-1, 0, +1)
    against their return, over the events. The band holds 95 % of the values that the same
    dates give after circular shifts; it is centred near 0 and is no confidence interval of r.
    p is the share of these values at least as large in size, the correlation itself counted
    among them; it is corrected over all distinct groups and lags of one method.
    """
    members = pooled.members
    rows = list(_raw(pooled, distinct_groups(members)))
    correct = CORRECTIONS[pooled.request.correction]
    adjusted = np.full(len(rows), np.nan)
    for method in sorted({row.method for row in rows}):
        of_method = np.array([row.method == method for row in rows])
        adjusted[of_method] = correct(np.array([r.p_value for r in rows if r.method == method]))
    corrected = (replace(row, p_adjusted=p) for row, p in zip(rows, adjusted.tolist(), strict=True))
    return under_every_name(corrected, members)


def _raw(pooled: Pooled, members: Mapping[str, Bools]) -> Iterator[CorrelationRow]:
    places = _places(pooled)
    for name, member in members.items():
        yield from _point_biserial(pooled, name, member)
        yield from _spearman(pooled, name, member, places)


def _point_biserial(pooled: Pooled, name: str, member: Bools) -> Iterator[CorrelationRow]:
    """All shifts of a series at once: a circular correlation by FFT."""
    parts: list[tuple[Floats, Floats]] = []
    for k, each in enumerate(pooled.measured):
        part = _centred(each, member[pooled.series == k])
        if part is not None:
            parts.append(part)
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
    low, high = np.quantile(r, BAND)
    n = sum(len(returns) for returns, _ in parts)
    for lag in LAGS:
        shifted = sum(_at_lag(returns, events, lag) for returns, events in parts)
        value = float(shifted / np.sqrt(power.prod()))
        p = _share_as_large(value, np.delete(r, lag % length))
        yield CorrelationRow(name, lag, "point_biserial", value, float(low), float(high), n, p)


def _share_as_large(value: float, others: Floats) -> float:
    """Share of correlations at least as large in size, the value itself among them."""
    hits = int((np.abs(others) >= abs(value) - TIE).sum())
    return (hits + 1) / (len(others) + 1)


def _centred(each: Measured, chosen: Bools) -> tuple[Floats, Floats] | None:
    """Standardised returns and the centred indicator on the rows that have a return."""
    present = np.isfinite(each.history.returns)
    if not chosen.any() or present.sum() < FEWEST:
        return None
    indicator = np.zeros(len(present))
    indicator[each.row[chosen]] = 1.0
    returns, indicator = each.history.returns[present], indicator[present]
    spread = returns.std()
    if spread == 0:
        return None
    return (returns - returns.mean()) / spread, indicator - indicator.mean()


def _at_lag(returns: Floats, events: Floats, lag: int) -> float:
    """Cross product of the indicator with the return `lag` rows later, ends left out."""
    size = len(returns)
    now = slice(max(0, -lag), size - max(0, lag))
    then = slice(max(0, lag), size - max(0, -lag))
    return float(events[now] @ returns[then])


def _places(pooled: Pooled) -> list[Ints]:
    """The place of every return among all distinct ones of all series; missing ones left out.

    Small integers are sorted many times faster than the returns, and equal ones are equal.
    The lowest `BITS` bits of each are free.
    """
    parts = [each.history.returns for each in pooled.measured]
    parts = [returns[np.isfinite(returns)] for returns in parts]
    values, place = np.unique(np.round(np.concatenate(parts), DECIMALS), return_inverse=True)
    small = (place << BITS).astype(np.int16 if len(values) <= SMALL else np.int64)
    return np.split(small, np.cumsum([len(returns) for returns in parts])[:-1])


def _spearman(
    pooled: Pooled, name: str, member: Bools, places: list[Ints]
) -> Iterator[CorrelationRow]:
    score = pooled.expected[member].astype(float)
    if len(score) < FEWEST or score.std() == 0:
        return
    series, row = pooled.series[member], pooled.row[member]
    for lag in LAGS:
        returns = _returns_at(pooled, series, row + lag)
        usable = np.isfinite(returns)
        if usable.sum() < FEWEST or score[usable].std() == 0:
            continue
        shifted = _shifted_places(pooled, series[usable], row[usable] + lag, places)
        known = _rank_correlation(score[usable], shifted)
        r = float(known[0])
        known = known[np.isfinite(known)]
        if not np.isfinite(r):
            continue
        low, high = np.quantile(known, BAND)
        p = _share_as_large(r, known[1:])  # the first is the pattern itself
        count = int(usable.sum())
        yield CorrelationRow(name, lag, "spearman", r, float(low), float(high), count, p)


def _returns_at(pooled: Pooled, series: Ints, row: Ints) -> Floats:
    out = np.full(len(row), np.nan)
    for k, each in enumerate(pooled.measured):
        returns = each.history.returns
        mine = (series == k) & (row >= 0) & (row < len(returns))
        out[mine] = returns[row[mine]]
    return out


def _shifted_places(pooled: Pooled, series: Ints, row: Ints, places: list[Ints]) -> Ints:
    """Places of the same pattern of rows after evenly spaced circular shifts, (S, n).

    Shift 0 is the pattern itself; a shift steps over rows without a return.
    """
    out = np.empty((SPEARMAN_SHIFTS, len(row)), dtype=places[0].dtype)
    for k, each in enumerate(pooled.measured):
        mine = series == k
        number = np.cumsum(np.isfinite(each.history.returns)) - 1
        size = len(places[k])
        steps = np.linspace(0, size, SPEARMAN_SHIFTS, endpoint=False).astype(np.int64)
        twice = np.concatenate((places[k], places[k]))
        out[:, mine] = twice[number[row[mine]][None, :] + steps[:, None]]
    return out


def _rank_correlation(score: Floats, places: Ints) -> Floats:
    """Spearman's rho of one score with each row of places, average ties; NaN for equal places.

    Place and level of the score are sorted as one number, once with the levels of a tie
    ascending and once descending: the mean of the two positions is the average rank. Every
    sum is of halves and hence exact.
    """
    n = len(score)
    ranks, level = np.unique(average_ranks(score[None, :])[0], return_inverse=True)
    left = ranks - (n + 1) / 2
    level = level.astype(places.dtype)
    ordered, other = np.sort(places + level, axis=1), np.sort(places + (MASK - level), axis=1)
    position = np.arange(1.0, n + 1)
    shared = np.full(len(places), left[0] * position.sum())
    for k, value in enumerate((left[1:] - left[0]).tolist(), start=1):
        here = ((ordered & MASK) == k).astype(float)
        here += (other & MASK) == MASK - k
        shared += value / 2 * np.einsum("sn,n->s", here, position)
    spread = (left[level] ** 2).sum() * (n**3 - n - _ties(ordered >> BITS)) / 12
    with np.errstate(divide="ignore", invalid="ignore"):
        rho: Floats = shared / np.sqrt(spread)
    return rho


def _ties(ordered: Ints) -> Ints:
    """Sum of `t^3 - t` over the runs of t equal numbers in each ascending row (Kendall 1948)."""
    tied = np.zeros(ordered.shape, dtype=bool)
    np.equal(ordered[:, 1:], ordered[:, :-1], out=tied[:, 1:])
    at = np.flatnonzero(tied)
    ends = np.append(np.flatnonzero(at[1:] != at[:-1] + 1), len(at) - 1)
    size = np.diff(ends, prepend=-1) + 1
    row = at[ends] // ordered.shape[1] if len(at) else ends[:0]
    found = np.bincount(row, weights=(size**3 - size)[: len(row)], minlength=len(ordered))
    return np.rint(found).astype(np.int64)
