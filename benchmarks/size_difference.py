"""How often the tests of a difference reject when neither group of events does anything."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

import numpy as np

from benchmarks.designs import DESIGNS, real_groups, shipped_returns, shipped_series, simulate
from dashboard.eventstudy.comparison import DIFFERENCE_TESTS, GroupPair
from dashboard.eventstudy.study import measure_series
from dashboard.models.analyses import Group
from dashboard.models.event import Event
from dashboard.models.publication import END_OF_DAY
from dashboard.models.series import Floats, Ints, RateSeries, SeriesCard
from dashboard.models.study import StudyRequest

RUNS: Final = 1_000
ROWS: Final = 1_000
FIRST_DAY: Final = date(2015, 1, 1)
SIZES: Final = (15, 40)
REQUEST: Final = StudyRequest()
PATTERNS: Final = ("scattered", "clustered")
KINDS: Final = ("normal", "garch")
PAIRS: Final = (
    ("peace_talks", "escalation"), ("nato_remark", "peace_talks"), ("monetary_policy", "sanctions"),
)  # fmt: skip
SEED: Final = 20261126


def main() -> int:
    """Print the share of studies that reject at the 5 % level, by series, dates and test."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS
    print(f"{runs} studies without effect, N = {SIZES[0]} and {SIZES[1]}, window [0,1]")
    for kind in KINDS:
        for pattern in PATTERNS:
            random = np.random.default_rng(SEED)
            _show(f"{kind}, {pattern}", [_study(random, kind, pattern) for _ in range(runs)])
    print(f"{runs} studies without effect on the catalogue's dates, window [0,1]")
    groups = {group.name: group.events for group in real_groups(REQUEST)}
    for one, other in PAIRS:
        for design in DESIGNS:
            pair = [Group(name, groups[name]) for name in (one, other)]
            _show(f"{design}, {one} and {other}", _on_real_dates(design, pair, runs))
    return 0


def _show(what: str, found: list[list[float]]) -> None:
    shares = np.nanmean(np.array(found) < 0.05, axis=0)
    text = ", ".join(
        f"{test.id} {100 * share:.1f} %"
        for test, share in zip(DIFFERENCE_TESTS, shares, strict=True)
    )
    print(f"{what}: {text}", flush=True)


def _on_real_dates(design: str, pair: Sequence[Group], runs: int) -> list[list[float]]:
    """The p-values of every test on simulated returns at the dates of two real groups."""
    shipped, returns = shipped_series(), shipped_returns()
    random = np.random.default_rng(SEED)
    found = []
    for _ in range(runs):
        made = simulate(design, returns, 1, random)[0]
        path = np.cumsum(np.concatenate(([0.0], made[1:])))
        rate = shipped.rate[0] * np.exp(shipped.card.move_sign * path)
        found.append(_p_values(replace(shipped, rate=rate), pair))
    return found


def _study(random: np.random.Generator, kind: str, pattern: str) -> list[float]:
    groups = [_group(random, pattern, name, n) for name, n in zip("ab", SIZES, strict=True)]
    return _p_values(_series(made_returns(random, kind)), groups)


def _p_values(series: RateSeries, groups: Sequence[Group]) -> list[float]:
    known = [event for group in groups for event in group.events]
    first, second = (measure_series(series, group.events, known, REQUEST)[1] for group in groups)
    two = GroupPair.of(first, second, REQUEST)
    return [test.apply(two).p_value for test in DIFFERENCE_TESTS]


def made_returns(random: np.random.Generator, kind: str) -> Floats:
    """Independent normal returns, or GARCH(1,1) with 0.1 and 0.85, of 1 % a day."""
    shocks = random.standard_normal(ROWS - 1)
    if kind == "normal":
        return 0.01 * shocks
    out, variance = np.empty(ROWS - 1), 1.0
    for k, shock in enumerate(shocks):
        out[k] = np.sqrt(variance) * shock
        variance = 0.05 + 0.1 * out[k] ** 2 + 0.85 * variance
    return 0.01 * out


def _group(random: np.random.Generator, pattern: str, name: str, n: int) -> Group:
    days = [FIRST_DAY + timedelta(days=int(row)) for row in made_rows(random, pattern, n)]
    return Group(name, tuple(Event(f"{name}{k}", day, name) for k, day in enumerate(days)))


def made_rows(random: np.random.Generator, pattern: str, n: int) -> Ints:
    """Rows anywhere, or in bunches of five within ten rows, which both groups may share, (n,)."""
    inside = (140, ROWS - 15)
    if pattern == "scattered":
        return random.integers(*inside, n)
    middles = random.integers(*inside, max(n // 5, 1))
    rows = np.concatenate([middle + random.integers(0, 10, 5) for middle in middles])[:n]
    return np.minimum(rows, inside[1])


def _series(returns: np.ndarray) -> RateSeries:
    rate = 100 * np.exp(np.concatenate(([0.0], np.cumsum(returns))))
    record = np.datetime64(FIRST_DAY, "D") + np.arange(ROWS)
    day, opens, known_at = END_OF_DAY.timestamps(record)
    card = SeriesCard(
        id="made", title="Made", unit="per unit", inverse_unit="units per", publisher="nobody",
        source_url="https://example.org", licence="none", date_rule=END_OF_DAY.id, move_sign=1,
    )  # fmt: skip
    return RateSeries(card, record, day, opens, known_at, rate)


if __name__ == "__main__":
    sys.exit(main())
