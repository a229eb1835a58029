"""Regression of returns on category dummies and factors, with HAC standard errors."""

from __future__ import annotations

from typing import Final

import numpy as np

from dashboard.domain.series import Floats
from dashboard.domain.study import RegressionRow
from dashboard.engine.abnormal import two_sided_p
from dashboard.engine.corrections import CORRECTIONS
from dashboard.engine.pooled import Pooled

CONSTANT: Final = "constant"
BLOCK: Final = 256


def regress(pooled: Pooled, factor_names: tuple[str, ...]) -> tuple[RegressionRow, ...]:
    """Least squares of every return on a constant, one dummy a category, and the factors.

    A dummy is 1 on the rows that are offset 0 of an event of the category. With several
    series each has its own constant, and the error products stay within a series. Standard
    errors: Newey & West 1987 (Econometrica 55) with Bartlett weights and
    `floor(4 (T/100)^(2/9))` lags; p from t(n - k), corrected over the categories. Dummies that
    never or always occur, and columns that repeat others, are left out.

    Args:
        pooled: the events and histories of all series.
        factor_names: names of the K factors of every history.
    """
    blocks = _blocks(pooled, factor_names)
    if not blocks:
        return ()
    groups = pooled.members
    names = [CONSTANT, *(name for name in groups if name != "all"),
             *factor_names, *(f"series_{k}" for k in range(1, len(pooled.measured)))]  # fmt: skip
    kept = _independent(np.concatenate([design for design, _ in blocks]))
    blocks = [(design[:, kept], returns) for design, returns in blocks]
    design = np.concatenate([block for block, _ in blocks])
    returns = np.concatenate([block for _, block in blocks])
    n, k = design.shape
    if n <= k:
        return ()
    bread = np.linalg.inv(design.T @ design)
    estimate = bread @ (design.T @ returns)
    lags = int(4 * (max(len(block) for _, block in blocks) / 100) ** (2 / 9))
    meat = sum(_long_run(x * (y - x @ estimate)[:, None], lags) for x, y in blocks)
    error = np.sqrt(np.diag(bread @ meat @ bread))
    with np.errstate(divide="ignore", invalid="ignore"):
        t = estimate / error
    p = two_sided_p(t, np.full(k, n - k))
    of_category = np.array([names[column] in groups for column in kept])
    adjusted = CORRECTIONS[pooled.request.correction](np.where(of_category, p, np.nan))
    columns = zip(*(x.tolist() for x in (estimate, error, t, p, adjusted)), strict=True)
    return tuple(
        RegressionRow(names[column], value, se, statistic, p_value, n, lags, corrected)
        for column, (value, se, statistic, p_value, corrected) in zip(kept, columns, strict=True)
    )


def _blocks(pooled: Pooled, factor_names: tuple[str, ...]) -> list[tuple[Floats, Floats]]:
    groups = {name: who for name, who in pooled.members.items() if name != "all"}
    blocks = []
    for k, each in enumerate(pooled.measured):
        history = each.history
        size = len(history)
        dummies = np.zeros((size, len(groups)))
        for column, member in enumerate(groups.values()):
            dummies[each.row[member[pooled.series == k]], column] = 1.0
        own = np.zeros((size, len(pooled.measured) - 1))
        if k:
            own[:, k - 1] = 1.0
        factors = history.factors[:, : len(factor_names)]
        design = np.column_stack((np.ones(size), dummies, factors, own))
        present = np.isfinite(history.returns) & np.isfinite(design).all(axis=1)
        if present.any():
            blocks.append((design[present], history.returns[present]))
    return blocks


def _independent(design: Floats) -> list[int]:
    """Columns that add something to those before them.

    The triangle of a QR decomposition has the rank of the design, column by column, and as few
    rows as the design has columns. It is made from those of blocks of rows, which are too small
    to be spread over threads.
    """
    kept: list[int] = []
    blank = np.zeros((-len(design) % BLOCK, design.shape[1]))
    blocks = np.concatenate((design, blank)).reshape(-1, BLOCK, design.shape[1])
    parts = np.asarray(np.linalg.qr(blocks, mode="r")).reshape(-1, design.shape[1])
    triangle = np.asarray(np.linalg.qr(parts, mode="r"))
    rounding = len(design) * np.finfo(float).eps
    for column in range(design.shape[1]):
        trial = [*kept, column]
        if np.linalg.matrix_rank(triangle[:, trial], rtol=rounding) == len(trial):
            kept = trial
    return kept


def _long_run(scores: Floats, lags: int) -> Floats:
    """Newey-West sum of score products over one series, (k, k)."""
    total: Floats = scores.T @ scores
    for lag in range(1, min(lags, len(scores) - 1) + 1):
        product = scores[lag:].T @ scores[:-lag]
        total = total + (1 - lag / (lags + 1)) * (product + product.T)
    return total
