"""Families: the distinct questions of one view; groups of the same events are one question."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Protocol, TypeVar

from dashboard.domain.series import Bools


class OfGroup(Protocol):
    """A row of a result that names its group."""

    @property
    def group(self) -> str:
        """`all`, or a category."""
        ...


Row = TypeVar("Row", bound=OfGroup)


def same_groups(members: Mapping[str, Bools]) -> dict[str, str]:
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
    same = same_groups(members)
    return {name: member for name, member in members.items() if same[name] == name}


def under_every_name(rows: Iterable[Row], members: Mapping[str, Bools]) -> tuple[Row, ...]:
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
        for name, first in same_groups(members).items()
        for row in of_group.get(first, ())
    )
