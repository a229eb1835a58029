"""Averages: AAR and CAAR of a group, with pointwise and simultaneous bands."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy import special

from dashboard.domain.series import Floats, Ints
from dashboard.domain.study import Average
from dashboard.engine.spread import count_mean_sd

LEVEL: Final = 0.95
DRAWS: Final = 2_000
FEWEST_FOR_BAND: Final = 3
AT_ONCE: Final = 50
"""Draws that are held at once: few enough for the processor's cache."""
SMALL: Final = 40
"""Up to so many events the band simulates whole samples."""


def average_path(
    group: str, offsets: Ints, paths: tuple[Floats, Floats], seed: int
) -> tuple[Average, ...]:
    """AAR_t and CAAR_t with standard errors across events (the event is the unit).

    Args:
        group: "all" or a category.
        offsets: (L,).
        paths: AR and CAR (cumulated from the first offset), each (N, L); NaN where missing.
        seed: of the simulation behind the sup-t band.
    """
    ar, car = paths
    n, aar, aar_se = _mean_and_error(ar)
    count, caar, caar_se = _mean_and_error(car)
    with np.errstate(invalid="ignore"):
        pointwise = special.stdtrit(np.maximum(count - 1, 1), (1 + LEVEL) / 2) * caar_se
    simultaneous = sup_t_quantile(car, seed) * caar_se
    columns = (n, aar, aar_se, caar, caar - pointwise, caar + pointwise,
               caar - simultaneous, caar + simultaneous)  # fmt: skip
    rows = zip(offsets.tolist(), *(column.tolist() for column in columns), strict=True)
    return tuple(Average(group, *row) for row in rows)


def sup_t_quantile(car: Floats, seed: int) -> float:
    """Critical value of the simultaneous (sup-t) band of a CAAR path.

    The 95 % quantile of the maximum over the path of the absolute t statistics of correlated
    means (Montiel Olea & Plagborg-Moller 2019, J. Applied Econometrics 34), simulated with the
    correlation of the events' own paths.

    Returns:
        A number at least as large as the pointwise t quantile; NaN for fewer than three
        complete paths.
    """
    whole = car[np.isfinite(car).all(axis=1)]
    n = len(whole)
    if n < FEWEST_FOR_BAND:
        return float("nan")
    _, mean, spread = count_mean_sd(whole)
    moving = spread > 0
    if not moving.any():
        return float("nan")
    scores = (whole[:, moving] - mean[moving]) / (spread[moving] * np.sqrt(n - 1))
    random = np.random.default_rng(seed)
    largest = _whole_samples(scores, random) if n <= SMALL else _means_only(scores, random)
    return max(float(np.quantile(largest, LEVEL)), float(special.stdtrit(n - 1, (1 + LEVEL) / 2)))


def _whole_samples(scores: Floats, random: np.random.Generator) -> Floats:
    """Largest |t| of simulated samples of n paths, each offset with its own sample's spread.

    Few events need this: their standard deviations vary from offset to offset.
    """
    n, width = scores.shape
    _, size, direction = np.linalg.svd(scores, full_matrices=False)
    shape, largest = size[:, None] * direction, np.empty(DRAWS)
    for start in range(0, DRAWS, AT_ONCE):
        part = largest[start : start + AT_ONCE]
        paths = random.standard_normal((len(part), n, min(n, width))) @ shape
        mean = paths.mean(axis=1)
        square = np.einsum("dnl,dnl->dl", paths, paths) - n * mean**2
        np.max(np.abs(mean) / np.sqrt(square / (n * (n - 1))), axis=1, out=part)
    return largest


def _means_only(scores: Floats, random: np.random.Generator) -> Floats:
    """Largest |t| of simulated means over one common spread; the same for many events."""
    df, largest = len(scores) - 1, np.empty(DRAWS)
    for start in range(0, DRAWS, AT_ONCE):
        part = largest[start : start + AT_ONCE]
        draws = random.standard_normal((len(part), len(scores))) @ scores
        np.max(np.abs(draws, out=draws), axis=1, out=part)
    spread: Floats = np.sqrt(random.chisquare(df, DRAWS) / df)
    return largest / spread


def _mean_and_error(values: Floats) -> tuple[Ints, Floats, Floats]:
    n, mean, sd = count_mean_sd(values)
    return n, mean, sd / np.sqrt(np.maximum(n, 1))
