"""Multiple testing: p-values adjusted within a declared family of distinct groups."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Final, Protocol, TypeVar

import numpy as np

from dashboard.models.series import Bools, Floats

# ---- corrections


def bonferroni(p: Floats) -> Floats:
    """Bonferroni: p times the number of tests."""
    return _adjust_in_order(p, lambda ordered: np.minimum(1.0, len(ordered) * ordered))


def holm(p: Floats) -> Floats:
    """Holm 1979 (Scand. J. Statistics 6), step-down; as R's `p.adjust`."""

    def adjust(ordered: Floats) -> Floats:
        factor = np.arange(len(ordered), 0, -1)
        return np.minimum(1.0, np.maximum.accumulate(factor * ordered))

    return _adjust_in_order(p, adjust)


def hochberg(p: Floats) -> Floats:
    """Hochberg 1988 (Biometrika 75), step-up; assumes no negative dependence."""
    return _step_up(p, lambda size: np.arange(size, 0, -1.0))


def benjamini_hochberg(p: Floats) -> Floats:
    """Benjamini & Hochberg 1995 (JRSS B 57): false discovery rate."""
    return _step_up(p, lambda size: size / np.arange(1, size + 1))


def benjamini_yekutieli(p: Floats) -> Floats:
    """Benjamini & Yekutieli 2001 (Annals of Statistics 29): under any dependence."""
    return _step_up(
        p, lambda size: (1 / np.arange(1, size + 1)).sum() * size / np.arange(1, size + 1)
    )


CORRECTIONS: Final[dict[str, Callable[[Floats], Floats]]] = {
    "holm": holm,
    "hochberg": hochberg,
    "bonferroni": bonferroni,
    "bh": benjamini_hochberg,
    "by": benjamini_yekutieli,
}


def _step_up(p: Floats, factor: Callable[[int], Floats]) -> Floats:
    def adjust(ordered: Floats) -> Floats:
        scaled = factor(len(ordered)) * ordered
        return np.minimum(1.0, np.minimum.accumulate(scaled[::-1])[::-1])

    return _adjust_in_order(p, adjust)


def _adjust_in_order(p: Floats, adjust: Callable[[Floats], Floats]) -> Floats:
    """Adjust the p-values in ascending order; NaN entries are not counted and stay NaN."""
    out = np.full(len(p), np.nan)
    present = np.flatnonzero(np.isfinite(p))
    if len(present):
        order = present[np.argsort(p[present], kind="stable")]
        out[order] = adjust(p[order])
    return out


# ---- families


class GroupRow(Protocol):
    """A row of a result that names its group."""

    @property
    def group(self) -> str:
        """`all`, or a category."""
        ...


Row = TypeVar("Row", bound=GroupRow)


def map_equal_groups(members: Mapping[str, Bools]) -> dict[str, str]:
    """For each group the first one with the same events: itself, unless it repeats one.

    A study of one category has the same events in "all" and in that category: one question,
    which counts once in the number of comparisons that a p-value is corrected for.

    Args:
        members: which of N events each group holds, (N,).
    """
    first: dict[bytes, str] = {}
    return {name: first.setdefault(member.tobytes(), name) for name, member in members.items()}


def distinct_groups(members: Mapping[str, Bools]) -> dict[str, Bools]:
    """The groups that repeat no other, in their order."""
    same = map_equal_groups(members)
    return {name: member for name, member in members.items() if same[name] == name}


def expand_to_groups(rows: Iterable[Row], members: Mapping[str, Bools]) -> tuple[Row, ...]:
    """Rows of the distinct groups, listed for each group in turn with the same numbers.

    Args:
        rows: dataclass rows of the distinct groups, each group's in its order.
        members: all groups.
    """
    of_group: dict[str, list[Row]] = {}
    for row in rows:
        of_group.setdefault(row.group, []).append(row)
    return tuple(
        row if row.group == name else replace(row, group=name)  # type: ignore[type-var]
        for name, first in map_equal_groups(members).items()
        for row in of_group.get(first, ())
    )
