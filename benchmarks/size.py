"""Size and power of every test by simulation: how often each rejects at 5 % when nothing happened.

Cells: iid normal, GARCH(1,1) and real rouble returns (shipped, re-dated at random), each with
scattered, clustered and dense dates. Size: no effect. Power: half a standard deviation added to
offset 0. Run: `python benchmarks/size.py --studies 2000 --write` (about ten minutes); `--write`
renews `docs/size.md` and `dashboard/engine/size_table.py`.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import time
import warnings
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from dashboard.domain.event import Event
from dashboard.domain.study import StudyRequest
from dashboard.engine.abnormal import abnormal_returns
from dashboard.engine.history import History
from dashboard.engine.normal.mean import ConstantMean
from dashboard.engine.pooled import GroupSample, Measured, Pooled
from dashboard.engine.recommended import (
    OTHER_QUESTIONS,
    SITUATIONS,
    holds_everywhere,
    reading_for,
)
from dashboard.engine.significance import SIGNIFICANCE_TESTS
from dashboard.engine.windows import whole

DAYS, SEED, LEVEL, EFFECT = 1_500, 20_260_902, 0.05, 0.5
REQUEST = StudyRequest(window=(-5, 10), cars=((0, 1),), returns="simple")
SERIES = ("iid normal", "GARCH", "real rouble")
DATES = {"scattered": 40, "clustered": 40, "dense": 150}
FIRST = REQUEST.estimation + REQUEST.gap - REQUEST.window[0] + 1


def simulated(kind: str, random: np.random.Generator, rouble: np.ndarray) -> np.ndarray:
    """One series of DAYS returns with row 0 missing."""
    if kind == "real rouble":
        start = random.integers(1, len(rouble) - DAYS)
        returns = rouble[start : start + DAYS].copy()
    elif kind == "GARCH":
        shocks = random.standard_normal(DAYS + 200)
        returns, variance = np.empty(len(shocks)), 1e-4
        for t, shock in enumerate(shocks):
            returns[t] = np.sqrt(variance) * shock
            variance = 5e-6 + 0.10 * returns[t] ** 2 + 0.85 * variance
        returns = returns[200:]
    else:
        returns = random.standard_normal(DAYS) * 0.01
    returns[0] = np.nan
    return returns


def dated(kind: str, random: np.random.Generator) -> np.ndarray:
    """Rows of offset 0: far apart, eight bunches of five within a week, or a third of all days."""
    last, count = DAYS - REQUEST.window[1] - 1, DATES[kind]
    if kind == "scattered":
        length = REQUEST.window[1] - REQUEST.window[0] + 1
        slots = np.arange(FIRST, last - length, length)
        rows = random.choice(slots, count, replace=False)
    elif kind == "clustered":
        centres = random.choice(np.arange(FIRST, last - 6), count // 5, replace=False)
        rows = (centres[:, None] + random.integers(0, 6, (count // 5, 5))).ravel()
    else:
        rows = random.integers(FIRST, last, count)
    return np.sort(rows).astype(np.int64)


def study(returns: np.ndarray, rows: np.ndarray, random: np.random.Generator) -> dict[str, float]:
    """p-value of every test for the window [0,1]."""
    history, model = History(returns), ConstantMean()
    everywhere = np.arange(1, DAYS, dtype=np.int64)
    reach = (REQUEST.estimation, REQUEST.gap)
    everywhere = everywhere[whole(everywhere, REQUEST.window, reach, DAYS)]
    signs = random.choice(["stronger", "weaker"], len(rows)).tolist()
    events = tuple(
        Event(f"e{k}", date(2020, 1, 1), "simulated", expected=sign) for k, sign in enumerate(signs)
    )
    measured = Measured(
        np.arange(DAYS).astype("datetime64[D]"),
        history,
        events,
        rows,
        abnormal_returns(history, rows, REQUEST, model),
        everywhere,
        abnormal_returns(history, everywhere, REQUEST, model),
    )
    sample = GroupSample(Pooled([measured], REQUEST.cars, REQUEST), np.ones(len(rows), dtype=bool))
    return {test.id: float(test.apply(sample).p_value[0]) for test in SIGNIFICANCE_TESTS}


def rejection_rates(
    cell: tuple[str, str, float], studies: int, rouble: np.ndarray
) -> dict[str, tuple[float, int]]:
    """Share of studies with p < 5 % and the number in which the test applied, for each test."""
    kind, dates, effect = cell
    number = SERIES.index(kind) * 10 + list(DATES).index(dates) + (100 if effect else 0)
    random = np.random.default_rng([SEED, number])
    rejected = {test.id: 0 for test in SIGNIFICANCE_TESTS}
    applied = dict(rejected)
    for _ in range(studies):
        returns, rows = simulated(kind, random, rouble), dated(dates, random)
        if effect:
            returns[np.unique(rows)] += effect * np.nanstd(returns)
        for name, p in study(returns, rows, random).items():
            applied[name] += np.isfinite(p)
            rejected[name] += p < LEVEL
    return {
        name: (rejected[name] / applied[name] if applied[name] else float("nan"), applied[name])
        for name in rejected
    }


def rouble_returns() -> np.ndarray:
    """Simple returns of the shipped Bank of Russia series, as the rouble's value."""
    with (ROOT / "data" / "rates" / "usd_rub_cbr.csv").open(encoding="utf-8") as file:
        rates = np.array([float(row["rate"]) for row in csv.DictReader(file)])
    return np.concatenate(([np.nan], rates[:-1] / rates[1:] - 1))


def table(found: dict[tuple[str, str, float], dict[str, tuple[float, int]]], studies: int) -> str:
    """The markdown document."""
    cells = list(found)
    size = [cell for cell in cells if not cell[2]]
    power = [cell for cell in cells if cell[2]]
    error = 100 * np.sqrt(LEVEL * (1 - LEVEL) / studies)
    lines = [
        "# Size and power of the tests",
        "",
        f"Rejection rates in % at the 5 % level over {studies:,} simulated studies a cell; window"
        " [0,1], event window [-5,10], 120-row estimation with a gap of 10, constant mean,"
        f" {DAYS:,} days. Scattered: 40 events with windows that do not overlap; clustered: 8"
        " bunches of 5 within six days; dense: 150 events on random days. GARCH: alpha 0.10,"
        " beta 0.85. Real: shipped Bank of Russia returns, dates drawn at random."
        f" Monte Carlo standard error at 5 %: {error:.1f}. Seed {SEED}."
        " **Bold**: outside 3-7 %. Made by `benchmarks/size.py`.",
        "",
        "## Size: nothing happened",
        "",
        *_rows(found, size, bold=True),
        "",
        f"## Power: {EFFECT} standard deviations added to offset 0",
        "",
        *_rows(found, power, bold=False),
        "",
        "`direction` is simulated with random expectations, hence it has no power here;"
        " `volatility` looks for larger moves, not for a mean.",
        "",
        "## Which test to read",
        "",
        "The consequence of both tables, as `dashboard/engine/recommended.py` draws it; the most"
        " powerful test of a list comes first. Read first: 3-7 % in every cell. Also: 3-7 % on"
        " every series with such dates.",
        "",
        *_advice(found),
        "",
    ]
    return "\n".join(lines)


def _advice(found: dict) -> list[str]:
    sizes = {
        test.id: {cell[:2]: found[cell][test.id][0] for cell in found if not cell[2]}
        for test in SIGNIFICANCE_TESTS
    }
    powers = {
        test.id: {cell[0]: found[cell][test.id][0] for cell in found if cell[2]}
        for test in SIGNIFICANCE_TESTS
    }
    lines = [
        "| dates | read first | also | rejects too often | rejects too rarely |",
        "|---|---|---|---|---|",
    ]
    for dates, words in SITUATIONS.items():
        advice = reading_for(dates, sizes, powers)
        lists = (advice.first, advice.also, advice.too_often, advice.too_rarely)
        lines.append(
            f"| {dates}: {words} | " + " | ".join(", ".join(each) or "–" for each in lists) + " |"
        )
    others = [test for test in OTHER_QUESTIONS if holds_everywhere(test, sizes)]
    asked = "; ".join(f"`{test}`: {OTHER_QUESTIONS[test]}" for test in others)
    return [*lines, "", f"Other questions, 3-7 % in every cell: {asked}"]


def _rows(found: dict, cells: list, *, bold: bool) -> list[str]:
    lines = [
        "| test | " + " | ".join(f"{kind}, {dates}" for kind, dates, _ in cells) + " |",
        "|---|" + "---|" * len(cells),
    ]
    for test in SIGNIFICANCE_TESTS:
        texts = []
        for cell in cells:
            rate = 100 * found[cell][test.id][0]
            text = "–" if np.isnan(rate) else f"{rate:.1f}"
            texts.append(
                f"**{text}**" if bold and not np.isnan(rate) and not 3 <= rate <= 7 else text
            )
        lines.append(f"| {test.id} | " + " | ".join(texts) + " |")
    return lines


def module(found: dict, studies: int) -> str:
    """The generated tables that warn and recommend on the screen."""
    lines = [
        '"""Size and power of every test by simulation; generated by benchmarks/size.py."""',
        "",
        "from __future__ import annotations",
        "",
        "from typing import Final",
        "",
        f"STUDIES: Final = {studies}",
        f"SEED: Final = {SEED}",
        f"EVENTS: Final = {json.dumps(DATES)}",
        f"EFFECT: Final = {EFFECT}",
        "",
        "# Share of studies without any effect in which the test rejects at 5 %,",
        "# by test, then (series, dates).",
        "SIZE: Final[dict[str, dict[tuple[str, str], float]]] = {",
        *_values({cell: found[cell] for cell in found if not cell[2]}),
        "}",
        "",
        "# The same where EFFECT standard deviations are added to offset 0, dates scattered.",
        "POWER: Final[dict[str, dict[str, float]]] = {",
        *_values({cell[0]: found[cell] for cell in found if cell[2]}),
        "}",
    ]
    return "\n".join([*lines, ""])


def _values(found: dict) -> Iterator[str]:
    for test in SIGNIFICANCE_TESTS:
        yield f'    "{test.id}": {{'
        for cell, rates in found.items():
            if np.isfinite(rates[test.id][0]):
                key = f'"{cell}"' if isinstance(cell, str) else f'("{cell[0]}", "{cell[1]}")'
                yield f"        {key}: {rates[test.id][0]:.4f},"
        yield "    },"


def main() -> None:
    """Run every cell, print the table, and write it where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=2_000)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    warnings.simplefilter("error")
    rouble, found = rouble_returns(), {}
    cells = [(kind, dates, 0.0) for kind in SERIES for dates in DATES]
    cells += [(kind, "scattered", EFFECT) for kind in SERIES]
    for cell in cells:
        start = time.perf_counter()
        found[cell] = rejection_rates(cell, given.studies, rouble)
        print(f"{cell}: {time.perf_counter() - start:.0f} s", file=sys.stderr, flush=True)
    text = table(found, given.studies)
    print(text)
    if given.write:
        (ROOT / "docs").mkdir(exist_ok=True)
        (ROOT / "docs" / "size.md").write_text(text, encoding="utf-8")
        target = ROOT / "dashboard" / "engine" / "size_table.py"
        target.write_text(module(found, given.studies), encoding="utf-8")


if __name__ == "__main__":
    main()
