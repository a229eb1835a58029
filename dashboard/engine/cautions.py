"""Cautions: where simulation says that a test rejects too often or too rarely."""

from __future__ import annotations

from typing import Final

import numpy as np

from dashboard.engine.pooled import GroupSample
from dashboard.engine.size_table import SERIES, SizeCell, sizes_of

TRUSTED: Final = (0.03, 0.07)
"""A test that rejects a true null at 5 % in 3-7 % of studies needs no caution."""
SCATTERED_BELOW: Final = 0.25
DENSE_ABOVE: Final = 0.05


def dates_pattern(sample: GroupSample) -> str:
    """The simulated pattern that the dates of a group resemble most.

    `scattered`: fewer than a quarter of the event windows overlap another's. `dense`: more
    than one event in twenty rows over the span of the group. Otherwise `clustered`.
    """
    if sample.size < 2:
        return "scattered"
    starts, ends = (days[sample.member] for days in sample.pooled.window_days())
    order = np.argsort(starts, kind="stable")
    touching = starts[order][1:] <= np.maximum.accumulate(ends[order])[:-1]
    overlapping = np.concatenate((touching, [False])) | np.concatenate(([False], touching))
    if overlapping.mean() < SCATTERED_BELOW:
        return "scattered"
    rows = sample.pooled.row[sample.member]
    span = int(rows.max() - rows.min()) + 1
    return "dense" if sample.size / span > DENSE_ABOVE else "clustered"


def verdict(rate: float) -> str:
    """`too often` above the trusted rates, `too rarely` below them, else empty."""
    if rate > TRUSTED[1]:
        return "too often"
    return "too rarely" if rate < TRUSTED[0] else ""


def worst_cell(test_id: str, pattern: str) -> SizeCell | None:
    """The simulated cell with such dates whose size lies farthest from the trusted ones."""
    cells = [cell for cell in sizes_of(test_id) if cell.pattern == pattern]
    return max(cells, key=lambda cell: abs(cell.rejected - sum(TRUSTED) / 2), default=None)


def brief_caution(test_id: str, pattern: str) -> str:
    """`rejects too often (20 %)` where the test's simulated size lies outside 3-7 %, else empty."""
    cell = worst_cell(test_id, pattern)
    word = "" if cell is None else verdict(cell.rejected)
    return f"rejects {word} ({_per_cent(cell.rejected)} %)" if cell and word else ""


def caution(test_id: str, pattern: str) -> str:
    """A sentence where the test's simulated size lies outside 3-7 % for this pattern, else empty.

    The worst cell counts, whatever its returns: made ones or the real ones, with made dates or
    those of a category.
    """
    cell = worst_cell(test_id, pattern)
    if cell is None or not verdict(cell.rejected):
        return ""
    dates = f"the dates of {cell.dates}" if cell.is_real else f"{cell.dates} dates"
    return (
        f"rejects {_per_cent(cell.rejected)} % at the 5 % level in {cell.studies:,} simulated"
        f" studies without effect and with {dates} ({SERIES[cell.series]})"
    )


def _per_cent(rate: float) -> str:
    """A whole number, with a decimal where rounding would hide on which side of a bound it is."""
    near = any(abs(rate - bound) < 0.005 for bound in TRUSTED)
    return f"{100 * rate:.{1 if near else 0}f}"
