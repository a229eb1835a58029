"""Running moments: counts, means and cross products over any span of rows in constant time."""

from __future__ import annotations

from typing import Final

import numpy as np

from dashboard.domain.series import Bools, Floats, Ints

CANCELLATION: Final = 1e5
"""Beyond this ratio of running total to result a difference of prefix sums is recomputed."""
ROUNDING: Final = 1e-14
"""Values that differ by less than this on average differ by their last digits only."""


class RunningMoments:
    """Prefix sums of C columns over the rows in which all of them are present.

    The columns are centred first, and spans whose sum of squares is tiny against the running
    total (a pegged rate after a volatile year) are recomputed from the values themselves, so
    that no digits are lost to cancellation.
    """

    def __init__(self, columns: Floats) -> None:
        """Prepare the sums of `columns`, shape (n, C); a row with a NaN counts as absent."""
        present: Bools = np.asarray(np.isfinite(columns).all(axis=1))
        self._columns = columns
        self._present = present
        width = columns.shape[1]
        self._centre = columns[present].mean(axis=0) if present.any() else np.zeros(width)
        centred = np.where(present[:, None], columns - self._centre, 0.0)
        self._pairs = [(a, b) for a in range(width) for b in range(a, width)]
        products = [centred[:, a] * centred[:, b] for a, b in self._pairs]
        self._count = np.concatenate(([0], np.cumsum(present)))
        self._sums = [_prefix(centred[:, a]) for a in range(width)]
        self._products = [_prefix(product) for product in products]

    def over(self, first: Ints, last: Ints) -> Moments:
        """Moments of N spans of rows, bounds inclusive, cut to the data.

        Args:
            first: first rows, (N,).
            last: last rows, (N,).
        """
        size = len(self._present)
        low = np.minimum(np.maximum(first, 0), size)
        high = np.maximum(np.minimum(last + 1, size), low)
        count = self._count[high] - self._count[low]
        with np.errstate(divide="ignore", invalid="ignore"):
            share = 1.0 / count
            sums = [prefix[high] - prefix[low] for prefix in self._sums]
            means = [total * share for total in sums]
            cross = {}
            fragile = np.zeros(len(count), dtype=bool)
            for (a, b), prefix in zip(self._pairs, self._products, strict=True):
                total = prefix[high]
                cross[a, b] = total - prefix[low] - sums[a] * means[b]
                if a == b:
                    left = np.abs(cross[a, b])
                    flat = (left > 0) & (left <= count * ROUNDING**2)
                    fragile |= (count > 0) & (flat | (total > CANCELLATION * left))
        moments = Moments(count, [m + c for m, c in zip(means, self._centre, strict=True)], cross)
        for span in np.flatnonzero(fragile).tolist():
            self._recompute(moments, span, slice(int(low[span]), int(high[span])))
        return moments

    def _recompute(self, moments: Moments, span: int, rows: slice) -> None:
        values = self._columns[rows][self._present[rows]]
        means = values.mean(axis=0)
        products = (values - means).T @ (values - means)
        for a, mean in enumerate(means):
            moments.means[a][span] = mean
        for pair, cross in moments.cross.items():
            flat = pair[0] == pair[1] and products[pair] <= len(values) * ROUNDING**2
            cross[span] = 0.0 if flat else products[pair]


class Moments:
    """Moments of N spans: `count` (N,), `means[a]` and `cross[a, b]` (a <= b), each (N,).

    `cross` holds sums of products of deviations from the span's own means. An empty span has
    count 0 and NaN elsewhere.
    """

    def __init__(
        self, count: Ints, means: list[Floats], cross: dict[tuple[int, int], Floats]
    ) -> None:
        """Keep the arrays."""
        self.count = count
        self.means = means
        self.cross = cross


def _prefix(values: Floats) -> Floats:
    return np.concatenate(([0.0], np.cumsum(values)))
