"""Protocol of a significance test, its outcome, and the reference distributions tests share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np
from scipy import special

from dashboard.eventstudy.numerics import count_mean_sd
from dashboard.eventstudy.samples import GroupSample
from dashboard.models.series import Bools, Floats, Ints

Applicability: TypeAlias = tuple[Bools, str | Sequence[str]]


@dataclass(frozen=True, eq=False, slots=True)
class Outcome:
    """What a test found in each of W windows; NaN `p_value` with a `reason` where it cannot.

    `statistic`, `df`, `p_value` are (W,) floats, `n` (W,) counts, `note` what a reader of each
    number must know ("31 % of the pairs overlap"), W sentences.
    """

    statistic: Floats
    df: Floats
    p_value: Floats
    n: Ints
    reason: tuple[str, ...]
    note: tuple[str, ...]


class SignificanceTest(Protocol):
    """One test of the abnormal moves of a group of events; without what it `needs`, no number."""

    id: str
    title: str
    null_hypothesis: str
    reference: str
    assumptions: str
    needs: str

    def apply(self, sample: GroupSample) -> Outcome:
        """Test one group in every window."""
        ...


def build_outcome(  # noqa: PLR0913
    statistic: Floats,
    p_value: Floats,
    n: Ints,
    applies: Applicability,
    *,
    df: Floats | float = np.nan,
    note: str | Sequence[str] = "",
) -> Outcome:
    """An outcome with NaN and the reason wherever the test does not apply.

    `applies` is the mask of windows (W,) and the sentence for the others; a sentence or a note
    may be one for all windows or one for each.
    """
    good = applies[0] & np.isfinite(statistic)
    missing = np.full(len(good), np.nan)
    return Outcome(
        np.where(good, statistic, missing),
        np.where(good, np.broadcast_to(df, good.shape), missing),
        np.where(good, p_value, missing),
        np.asarray(n, dtype=np.int64),
        tuple(
            "" if is_valid else reason
            for is_valid, reason in zip(
                good.tolist(), _one_per_window(applies[1], len(good)), strict=True
            )
        ),
        _one_per_window(note, len(good)),
    )


def _one_per_window(text: str | Sequence[str], count: int) -> tuple[str, ...]:
    return (text,) * count if isinstance(text, str) else tuple(text)


def t_outcome(
    statistic: Floats,
    df: Floats | Ints,
    n: Ints,
    applies: Applicability,
    note: str | Sequence[str] = "",
) -> Outcome:
    """Two-sided p from Student's t."""
    df = np.asarray(df, dtype=np.float64)
    with np.errstate(invalid="ignore"):
        p = 2 * special.stdtr(np.maximum(df, 1.0), -np.abs(statistic))
    return build_outcome(statistic, p, n, (applies[0] & (df > 0), applies[1]), df=df, note=note)


def normal_outcome(
    statistic: Floats, n: Ints, applies: Applicability, note: str | Sequence[str] = ""
) -> Outcome:
    """Two-sided p from the standard normal."""
    return build_outcome(statistic, 2 * special.ndtr(-np.abs(statistic)), n, applies, note=note)


def mean_t_statistic(values: Floats) -> tuple[Floats, Ints]:
    """`mean / (sd / sqrt n)` down the columns and the counts; NaN where nothing varies."""
    n, mean, sd = count_mean_sd(values)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(sd > 0, mean / (sd / np.sqrt(n)), np.nan), n
