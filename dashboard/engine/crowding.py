"""Crowding: which other events lie in a window, and which windows overlap."""

from __future__ import annotations

import numpy as np

from dashboard.domain.series import Bools, Ints
from dashboard.domain.study import Overlap, Window


def others_in_window(
    anchor: Ints, own: tuple[str, ...], known: tuple[Ints, Ints, tuple[str, ...]], window: Window
) -> tuple[tuple[str, ...], ...]:
    """Ids of the other events whose rows fall into each event's window.

    Args:
        anchor: rows of offset 0, (N,).
        own: ids of the same events, left out of their own crowd.
        known: first row, last row and id of every known event (a range covers more than one
            row), each (K,).
        window: offsets.

    Returns:
        N tuples of ids, each in the order of the known events' first rows.
    """
    first, last, ids = known
    order = np.argsort(first, kind="stable")
    starts, ends = first[order], last[order]
    longest = int((ends - starts).max()) if len(starts) else 0
    low = np.searchsorted(starts, anchor + window[0] - longest, side="left")
    high = np.searchsorted(starts, anchor + window[1], side="right")
    crowds = []
    for event, (begin, end) in enumerate(zip(low.tolist(), high.tolist(), strict=True)):
        bound = anchor[event] + window[0]
        near = order[begin:end][ends[begin:end] >= bound]
        crowds.append(tuple(ids[k] for k in near.tolist() if ids[k] != own[event]))
    return tuple(crowds)


def kept_by_rule(anchor: Ints, window: Window, rule: Overlap) -> Bools:
    """Which events stay under an overlap rule, (N,).

    `keep`: all. `first`: an event goes when its event window overlaps that of an earlier
    event that stayed. `exclude`: every event goes whose event window overlaps another's.

    Args:
        anchor: rows of offset 0 in ascending order, (N,).
        window: the event window.
        rule: the overlap rule.
    """
    length = window[1] - window[0] + 1
    kept = np.ones(len(anchor), dtype=bool)
    if rule == "exclude" and len(anchor) > 1:
        close = np.diff(anchor) < length
        kept[1:] &= ~close
        kept[:-1] &= ~close
    if rule == "first":
        free_from = -(2**62)
        for event, row in enumerate(anchor.tolist()):
            kept[event] = row >= free_from
            free_from = row + length if kept[event] else free_from
    return kept
