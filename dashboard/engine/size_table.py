"""Simulated size and power of every test, as `benchmarks/size.py` wrote them."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

FILE: Final = "test_sizes.csv"
SERIES: Final[dict[str, str]] = {
    "iid normal": "independent normal returns",
    "GARCH": "GARCH returns with normal shocks",
    "real rouble": "real returns, dates drawn at random",
    "block": "blocks of the real returns in another order",
    "garch": "GARCH returns with Student t shocks",
    "local": "each real return replaced by a near one with a random sign: volatility drifts",
    "flip": "the real moves with random signs: event days as volatile as they were",
}
"""What each kind of simulated returns is."""
MADE_EVENTS: Final = {"scattered": 40, "clustered": 40, "dense": 150}
"""The made patterns of dates with their numbers of events.

All other dates are real ones, of a category of the catalogue.
"""


@dataclass(frozen=True, slots=True)
class SizeCell:
    """How often one test rejects at 5 % on one kind of returns with one set of dates.

    `dates` is a made pattern or a category, `pattern` the made pattern it resembles; `effect`
    is 0 for a size, else what was added to the first rates: standard deviations on made dates,
    log points on those of a category. `rejected` is a share of `studies`.
    """

    series: str
    dates: str
    pattern: str
    effect: float
    studies: int
    rejected: float

    @property
    def is_real(self) -> bool:
        """Whether the dates are those of a category."""
        return self.dates not in MADE_EVENTS


@cache
def size_table() -> dict[str, tuple[SizeCell, ...]]:
    """All cells of every test, read once."""
    table: dict[str, list[SizeCell]] = {}
    lines = files("dashboard.engine").joinpath(FILE).read_text(encoding="utf-8").splitlines()
    for test, series, dates, pattern, effect, studies, rejected in csv.reader(lines[1:]):
        cell = SizeCell(series, dates, pattern, float(effect), int(studies), float(rejected))
        table.setdefault(test, []).append(cell)
    return {test: tuple(cells) for test, cells in table.items()}


def sizes_of(test: str) -> tuple[SizeCell, ...]:
    """The cells of a test without any effect; empty for one that was not simulated."""
    return tuple(cell for cell in size_table().get(test, ()) if cell.effect == 0)


def powers_of(test: str) -> tuple[SizeCell, ...]:
    """The cells of a test with an effect."""
    return tuple(cell for cell in size_table().get(test, ()) if cell.effect != 0)
