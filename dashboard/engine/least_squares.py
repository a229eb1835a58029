"""Least squares on factors from the running moments of many spans at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from dashboard.domain.series import Bools, Floats
from dashboard.engine.moments import Moments

COLLINEAR: Final = 1e-10
"""Factors whose correlation matrix has an eigenvalue below this say the same."""
EXPLAINED: Final = 1e-12
"""What is left of a return below this share is rounding: the factors explain it wholly."""


def slopes_of(found: Moments, width: int) -> tuple[list[Floats], Floats]:
    """Slopes of the return (column 0) on `width` factors, and the sum of squares they leave.

    Returns:
        `width` arrays (N,), NaN where the factors do not vary or repeat one another, and (N,).
    """
    right = [found.cross[0, k + 1] for k in range(width)]
    slopes = solve(found, right)
    explained = sum(slope * cross for slope, cross in zip(slopes, right, strict=True))
    return slopes, without_rounding(found.cross[0, 0] - explained, found.cross[0, 0])


def without_rounding(left: Floats, whole: Floats) -> Floats:
    """`left`, 0 where it is nothing but rounding against `whole`."""
    return np.where(left < EXPLAINED * whole, 0.0, left)


def design_factor(found: Moments, factors: list[Floats]) -> Callable[[int, int], Floats]:
    """`1'V1 = L + L^2/M + d' Sxx^-1 d`, d = sum of factors - L x their estimation mean."""
    summed = _column_sums(factors)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = 1 / found.count
        single = np.where(found.cross[1, 1] > 0, 1 / found.cross[1, 1], np.nan)
    even = float(share[0]) if len(share) and (share == share[0]).all() else share

    def factor(first: int, last: int) -> Floats:
        length = last - first + 1
        gaps = [total - length * found.means[k + 1] for k, total in enumerate(summed(first, last))]
        if len(gaps) == 1:
            explained = np.square(gaps[0], out=gaps[0])
            explained *= single
        else:
            explained = np.zeros(len(found.count))
            for gap, weight in zip(gaps, solve(found, gaps), strict=True):
                explained += gap * weight
        explained += length + length**2 * even
        return explained

    return factor


def _column_sums(factors: list[Floats]) -> Callable[[int, int], list[Floats]]:
    """Sums of each factor over columns first..last.

    Those that were asked for last are kept: a path asks for one column more each time, at its
    end or at its beginning.
    """
    newest: tuple[int, int, list[Floats]] = (0, -1, [])

    def summed(first: int, last: int) -> list[Floats]:
        nonlocal newest
        begin, end, totals = newest
        if first == last:
            totals = [values[:, first] for values in factors]
        elif begin == first and end == last - 1:
            totals = [t + values[:, last] for t, values in zip(totals, factors, strict=True)]
        elif end == last and begin == first + 1:
            totals = [t + values[:, first] for t, values in zip(totals, factors, strict=True)]
        else:
            totals = [values[:, first : last + 1].sum(axis=1) for values in factors]
        newest = (first, last, totals)
        return totals

    return summed


def solve(found: Moments, right: list[Floats]) -> list[Floats]:
    """Solve Sxx w = right for every position; NaN where the factors do not vary."""
    width = len(right)
    if width == 1:
        with np.errstate(divide="ignore", invalid="ignore"):
            return [np.where(found.cross[1, 1] > 0, right[0] / found.cross[1, 1], np.nan)]
    matrix = np.empty((len(right[0]), width, width))
    for a in range(width):
        for b in range(width):
            matrix[:, a, b] = found.cross[min(a, b) + 1, max(a, b) + 1]
    good = _independent(matrix)
    out = np.full((len(matrix), width), np.nan)
    out[good] = np.linalg.solve(matrix[good], np.stack(right, axis=-1)[good][..., None])[..., 0]
    return [out[:, k] for k in range(width)]


def _independent(matrix: Floats) -> Bools:
    """Whether no factor of a position is a linear function of the others, whatever its unit."""
    scale = np.sqrt(np.maximum(np.diagonal(matrix, axis1=1, axis2=2), 0.0))
    good: Bools = np.asarray(np.isfinite(matrix).all(axis=(1, 2)) & (scale > 0).all(axis=1))
    unit = matrix[good] / (scale[good][:, :, None] * scale[good][:, None, :])
    good[good] = np.linalg.eigvalsh(unit)[:, 0] > COLLINEAR
    return good
