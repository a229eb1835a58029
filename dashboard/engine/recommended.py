"""Which test to read in which situation: a consequence of the simulated sizes, not an opinion."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from dashboard.engine.cautions import verdict
from dashboard.engine.size_table import POWER, SIZE

Sizes: TypeAlias = Mapping[str, Mapping[tuple[str, str], float]]
Powers: TypeAlias = Mapping[str, Mapping[str, float]]

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
    """The tests of one situation, each in one of four lists, the most powerful first.

    `first` keep their size (3-7 %) in every cell of the table, whatever the series and the
    dates; `also` keep it on every series with these dates; `too_often` do not on some series
    and cry wolf, `too_rarely` do not and may miss an effect.
    """

    dates: str
    first: tuple[str, ...]
    also: tuple[str, ...]
    too_often: tuple[str, ...]
    too_rarely: tuple[str, ...]


def reading_for(dates: str, sizes: Sizes = SIZE, powers: Powers = POWER) -> Reading:
    """What to read where the dates of a group are `scattered`, `clustered` or `dense`.

    Args:
        dates: one of `SITUATIONS`.
        sizes: share of studies without effect that reject, by test, then (series, dates).
        powers: share of studies with one, by test, then series.
    """
    average = [test for test in sizes if test not in OTHER_QUESTIONS]
    first = [test for test in average if holds_everywhere(test, sizes)]
    found = {test: _failing(sizes[test], dates) for test in average}

    def strongest(tests: Iterable[str]) -> tuple[str, ...]:
        return tuple(sorted(tests, key=lambda test: -sum(powers[test].values())))

    return Reading(
        dates,
        strongest(first),
        strongest(test for test in average if not found[test] and test not in first),
        strongest(test for test in average if found[test] == "too often"),
        strongest(test for test in average if found[test] == "too rarely"),
    )


def first_to_read() -> tuple[str, ...]:
    """The tests of the average move that may be read whatever the dates are like."""
    return reading_for("clustered").first


def holds_everywhere(test_id: str, sizes: Sizes = SIZE) -> bool:
    """Whether a test keeps its size in every cell."""
    return not any(verdict(rate) for rate in sizes[test_id].values())


def _failing(rates: Mapping[tuple[str, str], float], dates: str) -> str:
    found = {verdict(rate) for (_, each), rate in rates.items() if each == dates}
    return next((word for word in ("too often", "too rarely") if word in found), "")
