"""Which test to read: the declared one, and what the simulated sizes say of the others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from dashboard.engine.cautions import verdict
from dashboard.engine.headline import HEADLINE
from dashboard.engine.size_table import SizeCell, powers_of, size_table, sizes_of

Cells: TypeAlias = Mapping[str, Sequence[SizeCell]]

SITUATIONS: Final[dict[str, str]] = {
    "scattered": "windows hardly overlap: fewer than a quarter touch another event's",
    "clustered": "windows overlap in bunches",
    "dense": "windows overlap, and more than one day in twenty has an event",
}
"""What the dates of a group can look like; `cautions.dates_pattern` tells which it is."""

OTHER_QUESTIONS: Final[dict[str, str]] = {
    "volatility": "are the moves larger than elsewhere?",
    "direction": "do the moves go the expected way?",
}
"""Tests that ask something else than whether the moves are 0 on average."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The tests of one situation, each in one list, the most powerful first.

    `first` is the declared test, which answers whatever the dates are like; `also` keep their
    size (3-7 %) in every cell with such dates; `too_often` do not on some returns and cry wolf,
    `too_rarely` do not and may miss an effect.
    """

    dates: str
    first: tuple[str, ...]
    also: tuple[str, ...]
    too_often: tuple[str, ...]
    too_rarely: tuple[str, ...]


def reading_for(dates: str, sizes: Cells | None = None, powers: Cells | None = None) -> Reading:
    """What to read where the dates of a group are `scattered`, `clustered` or `dense`.

    Args:
        dates: one of `SITUATIONS`.
        sizes: cells without effect, by test; the shipped ones if None.
        powers: cells with one, by test.
    """
    if sizes is None:
        sizes = {test: sizes_of(test) for test in size_table() if sizes_of(test)}
    powers = {test: powers_of(test) for test in sizes} if powers is None else powers
    others = [test for test in sizes if test not in {*OTHER_QUESTIONS, HEADLINE}]
    failing = {test: _failing(sizes[test], dates) for test in others}

    def strongest(tests: Iterable[str]) -> tuple[str, ...]:
        return tuple(sorted(tests, key=lambda test: -mean_power(powers[test])))

    return Reading(
        dates,
        first_to_read(),
        strongest(test for test in others if not failing[test]),
        strongest(test for test in others if failing[test] == "too often"),
        strongest(test for test in others if failing[test] == "too rarely"),
    )


def first_to_read() -> tuple[str, ...]:
    """The test that was declared to answer for a group, whatever the dates are like."""
    return (HEADLINE,)


def mean_power(cells: Sequence[SizeCell]) -> float:
    """Mean share of effects found on made dates; 0 where none was simulated."""
    made = [cell.rejected for cell in cells if not cell.is_real]
    return sum(made) / len(made) if made else 0.0


def holds_everywhere(test_id: str) -> bool:
    """Whether a test keeps its size in every cell."""
    return not any(verdict(cell.rejected) for cell in sizes_of(test_id))


def _failing(cells: Sequence[SizeCell], dates: str) -> str:
    found = {verdict(cell.rejected) for cell in cells if cell.pattern == dates}
    return next((word for word in ("too often", "too rarely") if word in found), "")
