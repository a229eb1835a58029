"""Joint inference on a path of responses: a simultaneous band and one Wald test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from scipy import special

from dashboard.domain.relation import PreTrend, ProjectionRow
from dashboard.domain.series import Floats

DRAWS: Final = 5_000
LEVEL: Final = 0.95
ALIKE: Final = 1e-9
"""Responses whose correlation matrix has an eigenvalue below this say the same."""
NOT_IDENTIFIED: Final = "no row tells the events from the other terms"


def draws_of(seed: int, width: int) -> Floats:
    """Standard normal draws for the bands of all groups, (DRAWS, width)."""
    return np.random.default_rng(seed).standard_normal((DRAWS, width))


def with_band(
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
    known = [k for k, row in enumerate(rows) if row.se_hc1 > 0]
    out = list(rows)
    if not known:
        return out
    stacked = np.column_stack([influence[rows[k].horizon] for k in known])
    error = np.array([rows[k].se_hc1 for k in known])
    value, vector = np.linalg.eigh(stacked.T @ stacked / np.outer(error, error))
    # The symmetric root is the same on every machine; eigenvectors alone are not.
    root = vector @ (np.sqrt(np.maximum(value, 0.0))[:, None] * vector.T)
    df = min(rows[k].rates for k in known) - 1
    spread = np.sqrt(np.random.default_rng(df).chisquare(df, len(normal)) / df)
    drawn = normal[:, : len(known)] @ root
    largest = np.sort(np.maximum(drawn.max(axis=1), -drawn.min(axis=1)) / spread)
    edge = max(float(np.quantile(largest, LEVEL)), float(special.stdtrit(df, (1 + LEVEL) / 2)))
    for k in known:
        row = rows[k]
        beyond = len(largest) - int(np.searchsorted(largest, abs(row.estimate) / row.se_hc1))
        out[k] = replace(
            row,
            supt_low=row.estimate - edge * row.se_hc1,
            supt_high=row.estimate + edge * row.se_hc1,
            p_adjusted=max((beyond + 1) / (len(largest) + 1), row.p_value),
        )
    return out


def pre_trend(rows: Sequence[ProjectionRow], influence: Mapping[int, Floats]) -> PreTrend:
    """Wald test that all responses are 0, with Hotelling's F for its distribution.

    W = b' V^-1 b with V from the influences; (v - q + 1) / (v q) W ~ F(q, v - q + 1), v = first
    rates less one (Hotelling 1931, Annals of Mathematical Statistics 2).

    Args:
        rows: the q responses before the base.
        influence: by horizon, what each of the T rows adds to the error, (T,).
    """
    missing = [row.reason or NOT_IDENTIFIED for row in rows if not row.se_hc1 > 0]
    if missing:
        return PreTrend(reason=missing[0])
    estimate = np.array([row.estimate for row in rows])
    stacked = np.column_stack([influence[row.horizon] for row in rows])
    covariance = stacked.T @ stacked
    error = np.sqrt(np.diag(covariance))
    if float(np.linalg.eigvalsh(covariance / np.outer(error, error)).min()) < ALIKE:
        return PreTrend(reason=NOT_IDENTIFIED)
    wald = float(estimate @ np.linalg.solve(covariance, estimate))
    q, freedom = len(rows), min(row.rates for row in rows) - 1
    df_error = freedom - q + 1
    p = float(special.fdtrc(q, df_error, wald * df_error / (freedom * q)))
    return PreTrend(wald, q, df_error, p)
