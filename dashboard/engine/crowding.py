"""Crowding: which other events lie in a window, and which windows overlap."""

from __future__ import annotations

from collections.abc import Sequence
from typing import overload

import numpy as np

from dashboard.domain.series import Bools, Ints
from dashboard.domain.study import Overlap, Window


class Crowds(Sequence[tuple[str, ...]]):
    """The other events near each of N events, kept as spans of one list of names.

    Ten thousand events with forty others each are twenty thousand numbers, not four hundred
    thousand; the names of one crowd are read when it is asked for.
    """

    def __init__(self, names: tuple[str, ...], own: tuple[str, ...], low: Ints, high: Ints) -> None:
        """The crowd of event k is `names[low[k]:high[k]]` without its own name."""
        self.names = names
        self._own, self._low, self._high = own, low, high

    def __len__(self) -> int:
        """The number of events."""
        return len(self._own)

    @overload
    def __getitem__(self, place: int) -> tuple[str, ...]: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[tuple[str, ...], ...]: ...
    def __getitem__(self, place: int | slice) -> tuple[str, ...] | tuple[tuple[str, ...], ...]:
        """The names around one event, or around some."""
        if isinstance(place, slice):
            return tuple(self[k] for k in range(len(self))[place])
        own = self._own[place]
        return tuple(
            name for name in self.names[self._low[place] : self._high[place]] if name != own
        )

    def __eq__(self, other: object) -> bool:
        """Whether the same names stand around the same events."""
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    __hash__ = None  # type: ignore[assignment]


def others_in_window(
    anchor: Ints, own: tuple[str, ...], known: tuple[Ints, Ints, tuple[str, ...]], window: Window
) -> Sequence[tuple[str, ...]]:
    """Ids of the other events whose rows fall into each event's window.

    Args:
        anchor: rows of offset 0, (N,).
        own: ids of the same events, left out of their own crowd.
        known: first row, last row and id of every known event (a range covers more than one
            row), each (K,).
        window: offsets.

    Returns:
        N crowds, each a tuple of ids in the order of the known events' first rows.
    """
    first, last, ids = known
    starts, ends, names = first, last, ids
    if (first[1:] < first[:-1]).any():
        order = np.argsort(first, kind="stable")
        starts, ends, names = first[order], last[order], tuple(map(ids.__getitem__, order.tolist()))
    longest = int((ends - starts).max()) if len(starts) else 0
    low = np.searchsorted(starts, anchor + window[0] - longest, side="left")
    high = np.searchsorted(starts, anchor + window[1], side="right")
    crowds = Crowds(names, own, low, high)
    if longest == 0:
        return crowds
    bounds = anchor + window[0]
    return tuple(
        tuple(
            crowds.names[k]
            for k in (begin + np.flatnonzero(ends[begin:end] >= bounds[event])).tolist()
            if crowds.names[k] != own[event]
        )
        for event, (begin, end) in enumerate(zip(low.tolist(), high.tolist(), strict=True))
    )


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
