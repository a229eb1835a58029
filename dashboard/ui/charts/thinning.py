"""Which points of a long line are drawn. The only place that leaves any out, and only here.

The line keeps its shape: MinMaxLTTB picks real points, among them the highs and lows. Numbers,
tables and files never pass through here.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from dashboard.domain.series import Floats, Ints

MOST_POINTS: Final = 2_200
"""About two a pixel; six years of days pass whole."""
MOST_GAPS: Final = 200


def points_to_draw(values: Floats, most: int = MOST_POINTS) -> Ints:
    """The rows of a line to draw, ascending, (k,), k <= most; all where there are not more.

    Args:
        values: the line, (n,); NaN is a gap, and the longest gaps stay gaps.
        most: how many points at most.
    """
    n = len(values)
    if n <= most:
        return np.arange(n)
    there = np.flatnonzero(np.isfinite(values))
    gaps = _gaps(values)
    room = most - len(gaps)
    if len(there) > room:
        there = there[_picked(values[there], room)]
    return np.union1d(there, gaps)


def _picked(values: Floats, room: int) -> Ints:
    from tsdownsample import MinMaxLTTBDownsampler

    thin: Any = MinMaxLTTBDownsampler
    picked = thin().downsample(np.ascontiguousarray(values), n_out=room)
    return np.asarray(picked, dtype=np.int64)


def _gaps(values: Floats) -> Ints:
    """The first row of each of the longest runs of NaN."""
    missing = np.isnan(values)
    edges = np.flatnonzero(np.diff(np.concatenate(([False], missing, [False])).astype(np.int8)))
    starts, ends = edges[::2], edges[1::2]
    longest = np.argsort(starts - ends, kind="stable")[:MOST_GAPS]
    return np.sort(starts[longest])
