"""Local projections: the response of a rate to events or to a driver, horizon by horizon.

Jorda 2005 (American Economic Review 95), lag-augmented as in Montiel Olea & Plagborg-Moller 2021
(Econometrica 89), with the long difference against the rate before the event:

`y_{t+h} - y_{t-1} = a + b D_t + c' X_t + sum_{l=1..4} d_l' (Dy_{t-l}, D_{t-l}, X_{t-l}) + g' B + e`

for h = -5..20; y is the log of a price, a hundredth of a number that is none (positive moves = a
stronger rouble), D_t the number of events whose first rate is row t, X_t the changes of the
controls (log returns of a price), B one intercept a method break for the rows whose difference
crosses it. `b` is the response at horizon
h; it holds what followed the events, later events of the same kind included.

Before the event (h < -1) the difference is minus the sum of the returns of rows t+h+1..t-1.
Were the last four returns among the regressors they would explain it exactly, so there the four
lagged returns are those before the difference begins, rows t+h-3..t+h; D and X keep their lags.
At h = -1 the response is 0 by construction: that rate is the base.

Errors: HC1, which lag augmentation makes sufficient (Montiel Olea & Plagborg-Moller 2021), and
next to it Newey & West 1987 with Bartlett weights and as many lags as the difference has returns
(h + 1), both times n / (n - k). The used rows count as neighbours where rows between them are
not used (equal spacing: Datta & Du 2012, Econometric Reviews 31). t, the band and the Wald test
count one degree of freedom less than there are first rates: with a rare indicator the error rests
on the rows where it is not 0 (Imbens & Kolesar 2016, Review of Economics and Statistics 98).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from scipy import special

from dashboard.eventstudy.abnormal_returns import two_sided_p
from dashboard.eventstudy.alignment import match_rates
from dashboard.eventstudy.returns import compute_changes
from dashboard.eventstudy.samples import distinct_groups, group_members, map_equal_groups
from dashboard.models.analyses import PreTrend, Projection, ProjectionRow
from dashboard.models.messages import deferred
from dashboard.models.series import Bools, Floats, Ints, RateSeries
from dashboard.models.study import CONFIDENCE_LEVEL, StudyResult

LAG_COUNT: Final = 4
EVENT_LAGS: Final = (*range(1, LAG_COUNT + 1), 0)
"""The columns of the events of a group: their lags, and last the row itself."""
DROP_REASONS: Final = (
    deferred("too near the start"),
    deferred("too near the end"),
    deferred("a rate is missing"),
)
REASON_NO_SHOCK: Final = deferred("no change of the driver")
BAND_DRAWS: Final = 5_000
COLLINEARITY_TOLERANCE: Final = 1e-9
"""Responses whose correlation matrix has an eigenvalue below this are collinear."""
REASON_NOT_IDENTIFIED: Final = deferred("no row tells the events from the other terms")
HORIZONS: Final = range(-5, 21)
BASE_HORIZON: Final = -1
MIN_FIRST_RATES: Final = 8
"""With fewer first rates there is an estimate and no error."""
MAX_SERIES_ROWS: Final = 100_000
"""A longer series (bars of several years) is not projected: it would take minutes."""
GROUPS_PER_BLOCK: Final = 16
"""Groups that are projected at once; the influences of more need much memory."""
DEPENDENCE_TOLERANCE: Final = 1e-9
"""What is left of a column below this share of it is rounding: the others explain it."""
REASON_AT_BASE: Final = deferred("0 by construction: the rate before the event is the base")
REASON_FEW_RATES: Final = deferred("fewer than {least} first rates", least=MIN_FIRST_RATES)
REASON_FEW_CHANGES: Final = deferred(
    "the driver changed on fewer than {least} rates", least=MIN_FIRST_RATES
)
REASON_LONG_SERIES: Final = deferred(
    "a series of more than {most:,} rows is not projected", most=MAX_SERIES_ROWS
)


# ---- variables


@dataclass(frozen=True, eq=False, slots=True)
class ProjectionSample:
    """The variables of one series: T rows, G groups, K controls.

    `log_rate` (T,) with the sign of the rouble, `counts` (T, G) events on their first rate,
    `events` (T, G x 5) by group these counts 1, 2, 3, 4 rows before and on the row itself,
    `controls` (T, K) log returns, `breaks` the rows whose return crosses a method break.
    """

    log_rate: Floats
    counts: Floats
    events: Floats
    controls: Floats
    names: tuple[str, ...]
    breaks: tuple[int, ...]

    def __len__(self) -> int:
        """The number of rows."""
        return len(self.log_rate)


def build_projection_sample(
    series: RateSeries, rows: Sequence[Ints], controls: Sequence[RateSeries]
) -> ProjectionSample:
    """The variables of a series; `rows` are those of the events of each of G groups."""
    counts = np.zeros((len(series), len(rows)))
    for g, at in enumerate(rows):
        np.add.at(counts[:, g], at, 1.0)
    return _build_sample(series, counts, controls)


def _build_sample(
    series: RateSeries,
    counts: Floats,
    controls: Sequence[RateSeries] = (),
    gaps: Ints | None = None,
) -> ProjectionSample:
    """The variables of a series with counts or shocks (T, G); `gaps` count as method breaks."""
    with np.errstate(divide="ignore", invalid="ignore"):  # no log of 0 or less: missing
        # A number that is no price moves by differences, in hundreds of its unit.
        level = np.log(series.rate) if series.card.is_price else series.rate / 100.0
        log_rate = series.card.move_sign * level
        returns = [
            compute_changes(control.card, match_rates(control, series), "log")
            for control in controls
        ]
    days = np.array([method.day for method in series.card.breaks], dtype="datetime64[D]")
    first = np.searchsorted(series.day, days)
    if gaps is not None:
        first = np.concatenate((first, gaps))
    return ProjectionSample(
        log_rate,
        counts,
        np.stack([shift_rows(counts, -lag) for lag in EVENT_LAGS], axis=-1).reshape(
            len(series), -1
        ),
        np.column_stack(returns) if returns else np.empty((len(series), 0)),
        tuple(control.card.id for control in controls),
        tuple(sorted({row for row in first.tolist() if 0 < row < len(series)})),
    )


def build_shared_terms(
    sample: ProjectionSample, outcome: Floats, horizon: int
) -> tuple[Floats, Bools, tuple[tuple[str, int], ...]]:
    """Constant, controls, lagged returns and breaks (T, P); rows used; others by reason."""
    size = len(sample)
    first = max(1, -horizon)  # the last return before the difference begins
    own_returns = np.concatenate(([np.nan], np.diff(sample.log_rate)))
    returns = np.column_stack(
        [shift_rows(own_returns, -lag) for lag in range(first, first + LAG_COUNT)]
    )
    controls = [shift_rows(sample.controls, -lag) for lag in range(LAG_COUNT + 1)]
    row = np.arange(size)
    missing = ~np.isfinite(outcome + returns.sum(axis=1))
    ends = (row < first + LAG_COUNT, row + max(horizon, 0) >= size, missing)
    reasons = dict(zip(DROP_REASONS, ends, strict=True))
    for k, name in enumerate(sample.names):
        reason = deferred("no return of {factor}", factor=name)
        reasons[reason] = ~np.isfinite(sum(lagged[:, k] for lagged in controls))
    reasons[REASON_NO_SHOCK] = ~np.isfinite(sample.events).all(axis=1)
    used, dropped = np.ones(size, dtype=bool), []
    for reason, unusable in reasons.items():
        if count := int((used & unusable).sum()):
            dropped.append((reason, count))
        used &= ~unusable
    terms = np.column_stack(
        (np.ones(size), *controls, returns, *_break_indicators(sample, horizon))
    )
    return terms, used, tuple(dropped)


def _break_indicators(sample: ProjectionSample, horizon: int) -> Iterator[Floats]:
    """An indicator a method break, (T,): the difference of the row crosses it."""
    first, last = (0, horizon) if horizon >= 0 else (horizon + 1, -1)
    row = np.arange(len(sample))
    for at in sample.breaks:
        yield ((row + first <= at) & (at <= row + last)).astype(float)


def shift_rows(values: Floats, rows: int) -> Floats:
    """`values` of so many rows later (earlier where negative), NaN outside the series."""
    out = np.full(values.shape, np.nan)
    size = len(values)
    if abs(rows) >= size:
        return out
    if rows >= 0:
        out[: size - rows] = values[rows:]
    else:
        out[-rows:] = values[:rows]
    return out


# ---- band and pre-trend test


def draw_normals(seed: int, width: int) -> Floats:
    """Standard normal draws for the bands of all groups, (DRAWS, width)."""
    return np.random.default_rng(seed).standard_normal((BAND_DRAWS, width))


def add_sup_t_band(
    rows: Sequence[ProjectionRow], influence: Mapping[int, Floats], normal: Floats
) -> list[ProjectionRow]:
    """The rows with the sup-t band of Montiel Olea & Plagborg-Moller 2019 and its p-values.

    J. Applied Econometrics 34. The joint covariance is that of the influences of all horizons
    on the rows of the series, whose diagonal is HC1; the band is the 95 % quantile of the
    largest |t| of draws from the t distribution with that correlation, whose degrees of freedom
    are the first rates less one.

    Args:
        rows: the responses, with their error where there is one.
        influence: by horizon, what each of the T rows adds to the error, (T,).
        normal: standard normal draws, at least as wide as there are rows.
    """
    estimated = [k for k, row in enumerate(rows) if row.se_hc1 > 0]
    out = list(rows)
    if not estimated:
        return out
    stacked = np.column_stack([influence[rows[k].horizon] for k in estimated])
    error = np.array([rows[k].se_hc1 for k in estimated])
    value, vector = np.linalg.eigh(stacked.T @ stacked / np.outer(error, error))
    # The symmetric root is the same on every machine; eigenvectors alone are not.
    root = vector @ (np.sqrt(np.maximum(value, 0.0))[:, None] * vector.T)
    df = min(rows[k].rates for k in estimated) - 1
    spread = np.sqrt(np.random.default_rng(df).chisquare(df, len(normal)) / df)
    drawn = normal[:, : len(estimated)] @ root
    largest = np.sort(np.maximum(drawn.max(axis=1), -drawn.min(axis=1)) / spread)
    edge = max(
        float(np.quantile(largest, CONFIDENCE_LEVEL)),
        float(special.stdtrit(df, (1 + CONFIDENCE_LEVEL) / 2)),
    )
    for k in estimated:
        row = rows[k]
        beyond = len(largest) - int(np.searchsorted(largest, abs(row.estimate) / row.se_hc1))
        out[k] = replace(
            row,
            supt_low=row.estimate - edge * row.se_hc1,
            supt_high=row.estimate + edge * row.se_hc1,
            p_adjusted=max((beyond + 1) / (len(largest) + 1), row.p_value),
        )
    return out


def compute_pre_trend(rows: Sequence[ProjectionRow], influence: Mapping[int, Floats]) -> PreTrend:
    """Wald test that all responses are 0, with Hotelling's F for its distribution.

    W = b' V^-1 b with V from the influences; (v - q + 1) / (v q) W ~ F(q, v - q + 1), v = first
    rates less one (Hotelling 1931, Annals of Mathematical Statistics 2).

    Args:
        rows: the q responses before the base.
        influence: by horizon, what each of the T rows adds to the error, (T,).
    """
    if not rows:
        return PreTrend()
    missing = [row.reason or REASON_NOT_IDENTIFIED for row in rows if not row.se_hc1 > 0]
    if missing:
        return PreTrend(reason=missing[0])
    estimate = np.array([row.estimate for row in rows])
    stacked = np.column_stack([influence[row.horizon] for row in rows])
    covariance = stacked.T @ stacked
    error = np.sqrt(np.diag(covariance))
    if (
        float(np.linalg.eigvalsh(covariance / np.outer(error, error)).min())
        < COLLINEARITY_TOLERANCE
    ):
        return PreTrend(reason=REASON_NOT_IDENTIFIED)
    wald = float(estimate @ np.linalg.solve(covariance, estimate))
    q, freedom = len(rows), min(row.rates for row in rows) - 1
    df_error = freedom - q + 1
    p = float(special.fdtrc(q, df_error, wald * df_error / (freedom * q)))
    return PreTrend(wald, q, df_error, p)


# ---- projections


@dataclass(frozen=True, eq=False, slots=True)
class _HorizonFit:
    """One horizon of all groups: rows used (T,), parameters, responses and influences.

    `influence` (T, G) is what each row adds to the error of the response, 0 on rows that are
    not used; the square root of n / (n - k) is in it.
    """

    used: Bools
    dropped: tuple[tuple[str, int], ...]
    estimate: Floats
    influence: Floats


def project_groups(
    result: StudyResult, controls: Sequence[RateSeries] = (), groups: Sequence[str] | None = None
) -> tuple[Projection, ...]:
    """Local projections of the groups of a study on its series.

    Args:
        result: the studied events on their first rates.
        controls: series whose returns on the same market days are controls.
        groups: the groups to project; every group of the study if None.
    """
    members = group_members(result.events, result.request.by) if result.events else {}
    chosen = {k: member for k, member in members.items() if groups is None or k in groups}
    same = map_equal_groups(chosen)
    rows = {name: result.anchor[chosen[name]] for name in distinct_groups(chosen)}
    projections = project_rows(result.series, rows, controls, result.request.seed)
    by_name = {projection.group: projection for projection in projections}
    return tuple(_rename_projection(by_name[same[name]], name) for name in chosen)


def _rename_projection(projection: Projection, name: str) -> Projection:
    """The same projection under another name, where two groups have the same events."""
    if projection.group == name:
        return projection
    rows = tuple(replace(row, group=name) for row in projection.rows)
    return replace(projection, group=name, rows=rows)


def project_rows(
    series: RateSeries, rows: Mapping[str, Ints], controls: Sequence[RateSeries] = (), seed: int = 1
) -> tuple[Projection, ...]:
    """Local projections of a series on groups of events.

    Args:
        series: the observations.
        rows: by group, the row of the first rate of each of its events, (N,).
        controls: series whose returns on the same market days are controls.
        seed: of the simulation of the sup-t band.

    Returns:
        One `Projection` a group, with a row for each of `HORIZONS`.
    """
    if len(series) > MAX_SERIES_ROWS:
        return tuple(
            _projection_without_estimate(name, series.card.id, REASON_LONG_SERIES) for name in rows
        )
    normal = draw_normals(seed, len(HORIZONS))
    names, projections = list(rows), []
    for first in range(0, len(names), GROUPS_PER_BLOCK):
        block = names[first : first + GROUPS_PER_BLOCK]
        sample = build_projection_sample(series, [rows[name] for name in block], controls)
        fitted = {h: _fit_horizon(sample, h) for h in HORIZONS if h != BASE_HORIZON}
        for g, name in enumerate(block):
            projections.append(
                _build_projection((name, series.card.id), (sample, fitted, g), normal)
            )
    return tuple(projections)


def project_shock(
    series: RateSeries,
    shock: Floats,
    name: str,
    *,
    gaps: Ints | None = None,
    horizons: Sequence[int] = HORIZONS,
) -> Projection:
    """Local projections of a series on a continuous shock, per unit of it.

    Lags, intercepts of method breaks, errors, band and pre-trend test are those of events; the
    degrees of freedom count the used rows on which the shock is not 0, less one.

    Args:
        series: the observations, T rows.
        shock: what enters of the driver, (T,); rows with NaN, also among its lags, are not used.
        name: of the driver, the group of the rows.
        gaps: rows that follow a gap; differences across one have an intercept of their own.
        horizons: the horizons to estimate; the base is among the rows of the full range only.
    """
    if len(series) > MAX_SERIES_ROWS:
        return _projection_without_estimate(name, series.card.id, REASON_LONG_SERIES)
    sample = _build_sample(series, shock[:, None], gaps=gaps)
    at = (sample, {h: _fit_horizon(sample, h) for h in horizons if h != BASE_HORIZON}, 0)
    projection = _build_projection((name, series.card.id), at, draw_normals(1, len(HORIZONS)))
    rows = tuple(
        replace(
            row,
            events=row.rates,
            reason=REASON_FEW_CHANGES if row.reason == REASON_FEW_RATES else row.reason,
        )
        for row in projection.rows
        if row.horizon in horizons
    )
    pre_trend = projection.pre_trend
    if pre_trend.reason == REASON_FEW_RATES:
        pre_trend = replace(pre_trend, reason=REASON_FEW_CHANGES)
    return replace(projection, rows=rows, pre_trend=pre_trend)


def _fit_horizon(sample: ProjectionSample, horizon: int) -> _HorizonFit:
    """Least squares of one horizon; the terms that all groups share are taken out once."""
    outcome = shift_rows(sample.log_rate, horizon) - shift_rows(sample.log_rate, BASE_HORIZON)
    shared, used, dropped = build_shared_terms(sample, outcome, horizon)
    groups = sample.counts.shape[1]
    estimate, influence = np.full(groups, np.nan), np.zeros((len(sample), groups))
    if used.any():
        events = sample.events[used]
        size = (events**2).sum(axis=0)
        basis = _orthonormal_basis(shared[used])
        remainder = outcome[used] - basis @ (basis.T @ outcome[used])
        events -= basis @ (basis.T @ events)
        gram, right = events.T @ events, events.T @ remainder
        for g in range(groups):
            independent = _independent_event_columns(
                gram, size, range(g * (LAG_COUNT + 1), (g + 1) * (LAG_COUNT + 1))
            )
            free = len(remainder) - basis.shape[1] - len(independent)
            if not independent or free < 1:
                continue
            inverse = np.linalg.inv(gram[np.ix_(independent, independent)])
            slopes = inverse @ right[independent]
            event_columns = events[:, independent]
            estimate[g] = slopes[-1]
            scale = np.sqrt(len(remainder) / free)
            influence[used, g] = (
                scale * (event_columns @ inverse[:, -1]) * (remainder - event_columns @ slopes)
            )
    return _HorizonFit(used, dropped, estimate, influence)


def _independent_event_columns(gram: Floats, size: Floats, columns: range) -> list[int]:
    """Columns that add something to those before them; none where the last one does not.

    Args:
        gram: cross products of all columns without the shared terms.
        size: squares of each column before the shared terms were taken out.
        columns: the lags of the events of a group and, last, the events.
    """
    block = slice(columns[0], columns[-1] + 1)
    with suppress(np.linalg.LinAlgError):  # nearly always all columns add something
        pivots = np.diagonal(np.linalg.cholesky(gram[block, block])) ** 2
        if (pivots > DEPENDENCE_TOLERANCE * size[block]).all():
            return list(columns)
    independent: list[int] = []
    for column in columns:
        pivot = _pivot_of_last(gram[np.ix_([*independent, column], [*independent, column])])
        if pivot > DEPENDENCE_TOLERANCE * size[column]:
            independent.append(column)
    return independent if independent and independent[-1] == columns[-1] else []


def _pivot_of_last(gram: Floats) -> float:
    """What the other columns leave of the square of the last one; the others are independent."""
    across = gram[:-1, -1]
    return float(gram[-1, -1]) - float(across @ np.linalg.solve(gram[:-1, :-1], across))


def _orthonormal_basis(columns: Floats) -> Floats:
    """An orthonormal basis of columns, those left out that repeat the ones before them."""
    size = np.sqrt((columns**2).sum(axis=0))
    columns, size = columns[:, size > 0], size[size > 0]
    basis, triangle = np.linalg.qr(columns)
    good = np.abs(np.diagonal(triangle)) > np.sqrt(DEPENDENCE_TOLERANCE) * size[: len(triangle)]
    if not good.all():
        basis = np.linalg.qr(columns[:, np.flatnonzero(good)])[0]
    orthonormal: Floats = basis
    return orthonormal


def _build_projection(
    of: tuple[str, str], at: tuple[ProjectionSample, dict[int, _HorizonFit], int], normal: Floats
) -> Projection:
    """The rows of one group from the fits of all horizons, with band and pre-trend test."""
    sample, fitted, g = at
    rows = [_horizon_row(ProjectionRow(*of, h), sample, fit, g) for h, fit in fitted.items()]
    before = [row for row in rows if row.horizon < BASE_HORIZON]
    after = [row for row in rows if row.horizon > BASE_HORIZON]
    influence = {horizon: fit.influence[:, g] for horizon, fit in fitted.items()}
    after = add_sup_t_band(after, influence, normal)
    base = ProjectionRow(*of, BASE_HORIZON, estimate=0.0, reason=REASON_AT_BASE)
    path = (*before, base, *after)
    return Projection(*of, path, compute_pre_trend(before, influence))


def _horizon_row(
    row: ProjectionRow, sample: ProjectionSample, fitted: _HorizonFit, g: int
) -> ProjectionRow:
    """One horizon of one group: estimate, both errors, interval and p."""
    counts, used = sample.counts[:, g], fitted.used
    rates = int((np.abs(counts[used]) > 0).sum())
    row = replace(
        row,
        n=int(used.sum()),
        events=int(counts[used].sum()),
        rates=rates,
        rates_dropped=int((np.abs(counts[~used]) > 0).sum()),
        dropped=fitted.dropped,
        lags=row.horizon + 1 if row.horizon >= 0 else -row.horizon - 1,
        estimate=float(fitted.estimate[g]),
    )
    if not np.isfinite(row.estimate):
        return replace(row, reason=REASON_NOT_IDENTIFIED)
    if rates < MIN_FIRST_RATES:
        return replace(row, reason=REASON_FEW_RATES)
    influence = fitted.influence[used, g]
    error = float(np.sqrt(influence @ influence))
    half = float(special.stdtrit(rates - 1, (1 + CONFIDENCE_LEVEL) / 2)) * error
    t = np.array([row.estimate / error if error > 0 else np.nan])
    return replace(
        row,
        se_hc1=error,
        se_hac=_newey_west_error(influence, row.lags),
        low=row.estimate - half,
        high=row.estimate + half,
        p_value=float(two_sided_p(t, np.array([rates - 1]))[0]),
    )


def _newey_west_error(influence: Floats, lags: int) -> float:
    """Newey-West error from the influences of the used rows."""
    total = float(influence @ influence)
    for lag in range(1, min(lags, len(influence) - 1) + 1):
        total += 2 * (1 - lag / (lags + 1)) * float(influence[lag:] @ influence[:-lag])
    return float(np.sqrt(max(total, 0.0)))


def _projection_without_estimate(group: str, series: str, reason: str) -> Projection:
    rows = tuple(ProjectionRow(group, series, horizon, reason=reason) for horizon in HORIZONS)
    return Projection(group, series, rows, PreTrend(reason=reason))
