"""Compare results: a CSV file of a bundle with the same file computed again."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

Status: TypeAlias = Literal["equal", "close", "different"]

TOLERANCE: Final = 1e-12
"""Of a number, relative to its size where that is above 1; last digits of another processor."""


@dataclass(frozen=True, slots=True)
class Difference:
    """The first cell in which a file differs: row 1 is the first below the header, 0 the header."""

    file: str
    row: int
    column: str
    in_bundle: str
    computed: str


@dataclass(frozen=True, slots=True)
class Compared:
    """One file: how it compares, its first cell that differs, what the bundle does not have."""

    name: str
    status: Status
    difference: Difference | None = None
    added: str = ""


def compare_files(name: str, kept: bytes, computed: bytes) -> Compared:
    """Compare a file of a bundle with the same file computed again.

    Columns at the end and tests that only the second has are left out and named in `added`.
    """
    if kept == computed:
        return Compared(name, "equal")
    ours = _rows(kept)
    theirs, added = _as_before(ours, _rows(computed))
    if added and ours == theirs:
        return Compared(name, "equal", None, added)
    first = None
    for difference in _differences(name, ours, theirs):
        if not _is_close(difference.in_bundle, difference.computed):
            return Compared(name, "different", difference, added)
        first = first or difference
    if first:
        return Compared(name, "close", first, added)
    return Compared(name, "different", Difference(name, 0, "", "", ""), added)


def _rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8", "replace"), newline="")))


def _as_before(ours: list[list[str]], theirs: list[list[str]]) -> tuple[list[list[str]], str]:
    """The computed rows without columns at the end and tests that the bundle does not have.

    Returns:
        The rows, and a few words on what was left out; empty where nothing was.
    """
    old, new = (rows[0] if rows else [] for rows in (ours, theirs))
    if not old or new[: len(old)] != old:
        return theirs, ""
    added = [f"column {name}" for name in new[len(old) :]]
    rows = [row[: len(old)] for row in theirs]
    if "test" in old:
        at = old.index("test")
        known = {row[at] for row in ours[1:] if len(row) > at}
        fresh = list(dict.fromkeys(row[at] for row in rows[1:] if row[at] not in known))
        if known and fresh:
            rows = [rows[0], *(row for row in rows[1:] if row[at] in known)]
            added += [f"test {name}" for name in fresh]
    return rows, ", ".join(added)


def _differences(name: str, one: list[list[str]], other: list[list[str]]) -> Iterator[Difference]:
    header = other[0] if other else []
    for row in range(max(len(one), len(other))):
        ours = one[row] if row < len(one) else []
        theirs = other[row] if row < len(other) else []
        for k in range(max(len(ours), len(theirs))):
            pair = (ours[k] if k < len(ours) else "", theirs[k] if k < len(theirs) else "")
            if pair[0] != pair[1] or k >= min(len(ours), len(theirs)):
                column = header[k] if k < len(header) else f"column {k + 1}"
                yield Difference(name, row, column, *pair)


def _is_close(one: str, other: str) -> bool:
    try:
        a, b = float(one), float(other)
    except ValueError:
        return False
    return math.isfinite(a) and abs(a - b) <= TOLERANCE * max(1.0, abs(a), abs(b))
