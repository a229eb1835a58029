"""Local projections: the response of a rate to the events of a category, horizon by horizon.

Jorda 2005 (American Economic Review 95), lag-augmented as in Montiel Olea & Plagborg-Moller 2021
(Econometrica 89), with the long difference against the rate before the event:

`y_{t+h} - y_{t-1} = a + b D_t + c' X_t + sum_{l=1..4} d_l' (Dy_{t-l}, D_{t-l}, X_{t-l}) + g' B + e`

for h = -5..20; y is the log of the rate (positive moves = a stronger rouble), D_t the number of
events whose first rate is row t, X_t the changes of the controls (log returns of a price), B one
intercept a method break for the rows whose difference crosses it. `b` is the response at horizon
h; it holds what followed the events, later events of the same kind included.

Before the event (h < -1) the difference is minus the sum of the returns of rows t+h+1..t-1.
Were the last four returns among the regressors they would explain it exactly, so there the four
lagged returns are those before the difference begins, rows t+h-3..t+h; D and X keep their lags.
At h = -1 the response is 0 by construction: that rate is the base.

Errors: HC1, which lag augmentation makes sufficient (Montiel Olea & Plagborg-Moller 2021), and
beside it Newey & West 1987 with Bartlett weights and as many lags as the difference has returns
(h + 1), both times n / (n - k). The used rows count as neighbours where rows between them are
not used (equal spacing: Datta & Du 2012, Econometric Reviews 31). t, the band and the Wald test
count one degree of freedom less than there are first rates: with a rare indicator the error rests
on the rows where it is not 0 (Imbens & Kolesar 2016, Review of Economics and Statistics 98).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from scipy import special

from dashboard.domain.relation import PreTrend, Projection, ProjectionRow
from dashboard.domain.series import Bools, Floats, Ints, RateSeries
from dashboard.domain.study import StudyResult
from dashboard.engine.abnormal import two_sided_p
from dashboard.engine.families import distinct_groups, same_groups
from dashboard.engine.joint_inference import NOT_IDENTIFIED, draws_of, pre_trend, with_band
from dashboard.engine.pooled import members_of
from dashboard.engine.projection_terms import LAGS, Sample, ahead, sample_of, shared_terms

HORIZONS: Final = range(-5, 21)
BASE: Final = -1
FEWEST_RATES: Final = 8
"""With fewer first rates there is an estimate and no error."""
LONGEST: Final = 100_000
"""A longer series (bars of several years) is not projected: it would take minutes."""
TOGETHER: Final = 16
"""Groups that are projected at once; the influences of more need much memory."""
LEVEL: Final = 0.95
DEPENDENT: Final = 1e-9
"""What is left of a column below this share of it is rounding: the others explain it."""
AT_BASE: Final = "0 by construction: the rate before the event is the base"
TOO_FEW: Final = f"fewer than {FEWEST_RATES} first rates"
TOO_LONG: Final = f"a series of more than {LONGEST:,} rows is not projected"


@dataclass(frozen=True, eq=False, slots=True)
class _Fitted:
    """One horizon of all groups: rows used (T,), parameters, responses and influences.

    `influence` (T, G) is what each row adds to the error of the response, 0 on rows that are
    not used; the square root of n / (n - k) is in it.
    """

    used: Bools
    dropped: tuple[tuple[str, int], ...]
    estimate: Floats
    influence: Floats


def project(
    result: StudyResult, controls: Sequence[RateSeries] = (), groups: Sequence[str] | None = None
) -> tuple[Projection, ...]:
    """Local projections of the groups of a study on its series.

    Args:
        result: the studied events on their first rates.
        controls: series whose returns on the same market days stand beside the events.
        groups: those asked about; every group of the study if None.
    """
    members = members_of(result.events, result.request.by) if result.events else {}
    asked = {k: member for k, member in members.items() if groups is None or k in groups}
    same = same_groups(asked)
    rows = {name: result.anchor[asked[name]] for name in distinct_groups(asked)}
    found = project_rows(result.series, rows, controls, result.request.seed)
    by_name = {projection.group: projection for projection in found}
    return tuple(_called(by_name[same[name]], name) for name in asked)


def _called(projection: Projection, name: str) -> Projection:
    """The same projection under another name, where two groups have the same events."""
    if projection.group == name:
        return projection
    rows = tuple(replace(row, group=name) for row in projection.rows)
    return replace(projection, group=name, rows=rows)


def project_rows(
    series: RateSeries,
    rows: Mapping[str, Ints],
    controls: Sequence[RateSeries] = (),
    seed: int = 1,
) -> tuple[Projection, ...]:
    """Local projections of a series on groups of events.

    Args:
        series: the observations.
        rows: by group, the row of the first rate of each of its events, (N,).
        controls: series whose returns on the same market days stand beside the events.
        seed: of the simulation behind the sup-t band.

    Returns:
        One `Projection` a group, with a row for each of `HORIZONS`.
    """
    if len(series) > LONGEST:
        return tuple(_unknown(name, series.card.id, TOO_LONG) for name in rows)
    normal = draws_of(seed, len(HORIZONS))
    names, found = list(rows), []
    for first in range(0, len(names), TOGETHER):
        part = names[first : first + TOGETHER]
        sample = sample_of(series, [rows[name] for name in part], controls)
        fitted = {h: _fit(sample, h) for h in HORIZONS if h != BASE}
        for g, name in enumerate(part):
            found.append(_projection((name, series.card.id), (sample, fitted, g), normal))
    return tuple(found)


def _fit(sample: Sample, horizon: int) -> _Fitted:
    """Least squares of one horizon; the terms that all groups share are taken out once."""
    outcome = ahead(sample.log_rate, horizon) - ahead(sample.log_rate, BASE)
    shared, used, dropped = shared_terms(sample, outcome, horizon)
    groups = sample.counts.shape[1]
    estimate, influence = np.full(groups, np.nan), np.zeros((len(sample), groups))
    if used.any():
        events = sample.events[used]
        size = (events**2).sum(axis=0)
        basis = _basis(shared[used])
        left = outcome[used] - basis @ (basis.T @ outcome[used])
        events -= basis @ (basis.T @ events)
        gram, right = events.T @ events, events.T @ left
        for g in range(groups):
            kept = _kept(gram, size, range(g * (LAGS + 1), (g + 1) * (LAGS + 1)))
            free = len(left) - basis.shape[1] - len(kept)
            if not kept or free < 1:
                continue
            inverse = np.linalg.inv(gram[np.ix_(kept, kept)])
            slopes = inverse @ right[kept]
            own = events[:, kept]
            estimate[g] = slopes[-1]
            scale = np.sqrt(len(left) / free)
            influence[used, g] = scale * (own @ inverse[:, -1]) * (left - own @ slopes)
    return _Fitted(used, dropped, estimate, influence)


def _kept(gram: Floats, size: Floats, columns: range) -> list[int]:
    """Columns that add something to those before them; none where the last one does not.

    Args:
        gram: cross products of all columns without the shared terms.
        size: squares of each column before the shared terms were taken out.
        columns: the lags of the events of a group and, last, the events.
    """
    block = slice(columns[0], columns[-1] + 1)
    with suppress(np.linalg.LinAlgError):  # nearly always all columns add something
        pivots = np.diagonal(np.linalg.cholesky(gram[block, block])) ** 2
        if (pivots > DEPENDENT * size[block]).all():
            return list(columns)
    kept: list[int] = []
    for column in columns:
        pivot = _pivot(gram[np.ix_([*kept, column], [*kept, column])])
        if pivot > DEPENDENT * size[column]:
            kept.append(column)
    return kept if kept and kept[-1] == columns[-1] else []


def _pivot(gram: Floats) -> float:
    """What the other columns leave of the square of the last one; the others are independent."""
    across = gram[:-1, -1]
    return float(gram[-1, -1]) - float(across @ np.linalg.solve(gram[:-1, :-1], across))


def _basis(columns: Floats) -> Floats:
    """An orthonormal basis of columns, those left out that repeat the ones before them."""
    size = np.sqrt((columns**2).sum(axis=0))
    columns, size = columns[:, size > 0], size[size > 0]
    basis, triangle = np.linalg.qr(columns)
    good = np.abs(np.diagonal(triangle)) > np.sqrt(DEPENDENT) * size[: len(triangle)]
    if not good.all():
        basis = np.linalg.qr(columns[:, np.flatnonzero(good)])[0]
    found: Floats = basis
    return found


def _projection(
    of: tuple[str, str], at: tuple[Sample, dict[int, _Fitted], int], normal: Floats
) -> Projection:
    """The rows of one group from the fits of all horizons, with band and pre-trend test."""
    sample, fitted, g = at
    rows = []
    for horizon, found in fitted.items():
        rows.append(_row(ProjectionRow(*of, horizon), sample, found, g))
    before = [row for row in rows if row.horizon < BASE]
    after = [row for row in rows if row.horizon > BASE]
    influence = {horizon: found.influence[:, g] for horizon, found in fitted.items()}
    after = with_band(after, influence, normal)
    path = (*before, _base(ProjectionRow(*of, BASE)), *after)
    return Projection(*of, path, pre_trend(before, influence))


def _base(row: ProjectionRow) -> ProjectionRow:
    return replace(row, estimate=0.0, reason=AT_BASE)


def _row(row: ProjectionRow, sample: Sample, fitted: _Fitted, g: int) -> ProjectionRow:
    """One horizon of one group: estimate, both errors, interval and p."""
    counts, used = sample.counts[:, g], fitted.used
    rates = int((counts[used] > 0).sum())
    row = replace(
        row,
        n=int(used.sum()),
        events=int(counts[used].sum()),
        rates=rates,
        rates_dropped=int((counts[~used] > 0).sum()),
        dropped=fitted.dropped,
        lags=row.horizon + 1 if row.horizon >= 0 else -row.horizon - 1,
        estimate=float(fitted.estimate[g]),
    )
    if not np.isfinite(row.estimate):
        return replace(row, reason=NOT_IDENTIFIED)
    if rates < FEWEST_RATES:
        return replace(row, reason=TOO_FEW)
    influence = fitted.influence[used, g]
    error = float(np.sqrt(influence @ influence))
    half = float(special.stdtrit(rates - 1, (1 + LEVEL) / 2)) * error
    t = np.array([row.estimate / error if error > 0 else np.nan])
    return replace(
        row,
        se_hc1=error,
        se_hac=_bartlett(influence, row.lags),
        low=row.estimate - half,
        high=row.estimate + half,
        p_value=float(two_sided_p(t, np.array([rates - 1]))[0]),
    )


def _bartlett(influence: Floats, lags: int) -> float:
    """Newey-West error from the influences of the used rows."""
    total = float(influence @ influence)
    for lag in range(1, min(lags, len(influence) - 1) + 1):
        total += 2 * (1 - lag / (lags + 1)) * float(influence[lag:] @ influence[:-lag])
    return float(np.sqrt(max(total, 0.0)))


def _unknown(group: str, series: str, reason: str) -> Projection:
    rows = tuple(ProjectionRow(group, series, horizon, reason=reason) for horizon in HORIZONS)
    return Projection(group, series, rows, PreTrend(reason=reason))
