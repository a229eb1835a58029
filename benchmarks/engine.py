"""How fast the engine is, in one run: against other ways on the same arrays, and its promises.

Work for every way: market model, 250-row estimation, 21-row window, CAR and its t, for 100,
1,000 and 10,000 events on 5,000 days. Then what the product promises in seconds: the result of
a study, all tests on the shipped events, placebo windows, the default robustness grid.

Ways are compared by processor time, which other work on the machine changes least; promises are
seconds on the clock, the best of some repeats, with the ratio to bare numpy's CARs of 10,000
events in the same run, which says more than seconds on a busy machine. The packages
`eventstudy` and `easy-es` are measured where they are installed; `docs/benchmark.md` says how
to install them next to the product. Run: `python -m benchmarks.engine`.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from dataclasses import fields
from datetime import date, timedelta
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.engine_ways import (
    ESTIMATION,
    WINDOW,
    Answer,
    Way,
    arrays,
    bare_numpy,
    notebook,
    packages,
)
from dashboard.container import build_context
from dashboard.eventstudy import study
from dashboard.eventstudy.abnormal_returns import compute_abnormal_returns, standardise
from dashboard.eventstudy.normal.market import MarketModel
from dashboard.eventstudy.panel import list_tested_windows, run_tests
from dashboard.eventstudy.placebo import (
    PlaceboGrid,
    eve_volatility,
    find_candidates,
    rank_among_placebos,
)
from dashboard.eventstudy.returns import History
from dashboard.eventstudy.samples import PooledSample
from dashboard.models.analyses import SpecificationGrid
from dashboard.models.event import Event
from dashboard.models.series import RateSeries, SeriesCard
from dashboard.models.study import StudyRequest, StudyResult
from dashboard.services.rates import get_series
from dashboard.services.robustness import run_robustness
from dashboard.services.study import run_study

REPEATS, SLOW_EVENTS = 31, 100
COUNTS = (100, 1_000, 10_000)
KERNEL, RESULT, PACKAGE = 1.5, 5.0, 1_000.0
BATTERY, EVERYTHING, PLACEBO, GRID = 0.3, 0.5, 0.2, 10.0
PLACEBO_WINDOWS = 100_000
REQUEST = StudyRequest(model="market", window=WINDOW, cars=(WINDOW,), estimation=ESTIMATION, gap=0)
SHIPPED = "usd_rub_cbr"

Seconds = dict[str, list[tuple[float, float]]]
"""Seconds on the clock and of the processor, a pair for each repeat."""


def engine(returns: np.ndarray, market: np.ndarray, anchor: np.ndarray) -> Answer:
    """The product's own engine, from raw arrays to CAR and t."""
    found = compute_abnormal_returns(
        History(returns, market[:, None]), anchor, REQUEST, MarketModel()
    )
    car, se = found.car(WINDOW)
    return car, standardise(car, se)


def timed(calls: dict[str, Callable[[], object]], repeats: int) -> Seconds:
    """Seconds of each call; they take turns, so that all meet the same load."""
    seconds: Seconds = {name: [] for name in calls}
    for _ in range(repeats):
        for name, call in calls.items():
            clock, processor = time.perf_counter(), time.process_time()
            call()
            used = time.process_time() - processor
            seconds[name].append((time.perf_counter() - clock, used))
    return seconds


def made_series(name: str, returns: np.ndarray) -> RateSeries:
    """A series with these log returns, one observation a day."""
    day = np.datetime64("2000-01-01", "D") + np.arange(len(returns))
    known = day.astype("datetime64[s]") + np.timedelta64(86_400, "s")
    rate = 100 * np.exp(np.cumsum(np.nan_to_num(returns)))
    card = SeriesCard(name, name, "", "", "", "", "", "end-of-day")
    return RateSeries(card, day, day, known, known, rate)


def made_events(rows: np.ndarray) -> tuple[Event, ...]:
    """An event on the day of each row."""
    return tuple(
        Event(f"e{k}", date(2000, 1, 1) + timedelta(days=row), "made")
        for k, row in enumerate(rows.tolist())
    )


def verdict(value: float, goal: float, *, least: bool = False) -> str:
    """Whether a goal is reached."""
    return "OK" if (value >= goal if least else value <= goal) else "MISSED"


def promise(what: str, seconds: list[tuple[float, float]], goal: float) -> None:
    """Print one promise: seconds on the clock, whose best counts, and of the processor."""
    clock, used = (1000 * np.array(column) for column in zip(*seconds, strict=True))
    print(
        f"{what}: best {clock.min():,.0f} ms, median {np.median(clock):,.0f} ms; processor, best"
        f" {used.min():,.0f} ms, median {np.median(used):,.0f} ms"
        f" (goal < {1000 * goal:,.0f} ms: {verdict(clock.min(), 1000 * goal)})"
    )


def used_by(seconds: list[tuple[float, float]]) -> list[float]:
    """Processor time alone, which the load of the machine changes least."""
    return [used for _, used in seconds]


def against(what: str, seconds: Seconds, names: tuple[str, str], goal: float | None) -> None:
    """Print how many times longer the first of two names takes, by medians and by bests."""
    first, second = (used_by(seconds[name]) for name in names)
    ratio, best = float(np.median(first) / np.median(second)), min(first) / min(second)
    word = f"goal <= {goal}x: {verdict(ratio, goal)}" if goal else "no goal"
    print(f"{what}: {ratio:,.2f}x, by the best of each {best:,.2f}x ({word})")


def compare_ways() -> None:
    """Events per second of every way, and the ratios that are promised."""
    small = arrays(COUNTS[0])
    ours, bare = engine(*small), bare_numpy(*small)
    np.testing.assert_allclose(ours[0], bare[0], rtol=1e-9)
    np.testing.assert_allclose(ours[1], bare[1], rtol=1e-9)
    found, missing = packages(*small[:2])
    slow: dict[str, Way] = {"pandas + statsmodels loop": notebook, **found}
    print(f"{'events':>8} {'way':<28} {'events/cpu s':>14} {'time against the engine':>24}")
    for count in COUNTS:
        data = arrays(count)
        few = (*data[:2], np.unique(data[2])[:SLOW_EVENTS])
        seconds = timed(
            {
                "this engine": lambda data=data: engine(*data),
                "bare numpy prefix sums": lambda data=data: bare_numpy(*data),
            },
            REPEATS,
        )
        slowly = timed({name: lambda way=way, few=few: way(*few) for name, way in slow.items()}, 3)
        share = count / len(few[2])
        seconds |= {
            name: [(share * clock, share * used) for clock, used in values]
            for name, values in slowly.items()
        }
        base = float(np.median(used_by(seconds["this engine"])))
        for name, values in seconds.items():
            middle = float(np.median(used_by(values)))
            print(f"{count:>8} {name:<28} {count / middle:>14,.0f} {middle / base:>23.2f}x")
    for line in missing:
        print(line)
    against("kernel / bare numpy", seconds, ("this engine", "bare numpy prefix sums"), KERNEL)
    for name in slow:
        times = float(np.median(used_by(seconds[name]))) / base
        word = verdict(times, PACKAGE, least=True)
        print(f"{name} / kernel: {times:,.0f}x (goal >= {PACKAGE:,.0f}x: {word})")


def every_field(item: object) -> list[object]:
    """Read every field of an answer or a result, which computes those that are lazy."""
    return [getattr(item, field.name) for field in fields(item)]


def every_column(result: StudyResult) -> list[object]:
    """Read every field of a result and of its CAR windows, as a file of it does."""
    return [every_field(item) for item in (result, *result.cars)]


def page_columns(result: StudyResult) -> list[object]:
    """Read what a page of many events shows: moves, their p, ranks and flags."""
    moves = [(car.car, car.se, car.p, car.percentile, car.n_placebo) for car in result.cars]
    return [*moves, result.flags]


def compare_results() -> None:
    """The result object of a study of 10,000 events, and the answer with all tests."""
    data = arrays(COUNTS[-1])
    own, factor = made_series("own", data[0]), made_series("market", data[1])
    events = made_events(data[2])
    seconds = timed(
        {
            "bare": lambda: bare_numpy(*data),
            "result": lambda: every_column(
                study.study_series(own, events, events, REQUEST, (factor,))
            ),
            "page": lambda: page_columns(
                study.study_series(own, events, events, REQUEST, (factor,))
            ),
            "moves": lambda: study.study_series(own, events, events, REQUEST, (factor,)).cars,
        },
        REPEATS,
    )
    against("result of `study` (every column) / bare numpy", seconds, ("result", "bare"), RESULT)
    against("result as a page reads it (CARs, p, ranks) / bare numpy", seconds, ("page", "bare"),
            RESULT)  # fmt: skip
    against("its CARs, errors and p alone / bare numpy", seconds, ("moves", "bare"), RESULT)
    answer = timed(
        {"answer": lambda: every_field(run_study([own], events, REQUEST, factors=[factor]))}, 1
    )
    against(
        "the same with all 23 tests in 21 windows", {**seconds, **answer}, ("answer", "bare"), None
    )


def keep_promises() -> None:
    """What the product promises in seconds, on the data that ship."""
    data = arrays(COUNTS[-1])
    parts = build_context()
    rouble, events = get_series(parts.rates, SHIPPED), parts.catalogue.events()
    request = StudyRequest()

    def battery() -> None:
        _, measured = study.measure_series(rouble, events, events, request)
        run_tests(PooledSample([measured], list_tested_windows(request), request))

    seconds = timed(
        {
            "bare": lambda: bare_numpy(*data),
            "battery": battery,
            "answer": lambda: run_study([rouble], events, request),
        },
        REPEATS,
    )
    promise(f"whole battery on the {len(events)} shipped events", seconds["battery"], BATTERY)
    against("the same / bare numpy, 10,000 events", seconds, ("battery", "bare"), None)
    promise("the same with averages, intervals, correlations", seconds["answer"], EVERYTHING)
    against("the same / bare numpy, 10,000 events", seconds, ("answer", "bare"), None)
    promise(f"{PLACEBO_WINDOWS:,} placebo windows", placebo_seconds(), PLACEBO)
    grid = SpecificationGrid(series=(SHIPPED,))
    count = len(grid.specifications())
    robust = timed({"": lambda: run_robustness(grid, [rouble], events, compute=parts.compute)}, 2)
    cores = os.cpu_count()
    promise(f"default robustness grid, {count} specifications, {cores} cores", robust[""], GRID)


def placebo_seconds() -> list[tuple[float, float]]:
    """Seconds to measure 100,000 pseudo-dates and to rank 365 events near them and among all."""
    random = np.random.default_rng(20_260_902)
    need = PLACEBO_WINDOWS + ESTIMATION + WINDOW[1] - WINDOW[0] + 1
    market = random.standard_t(4, need) * 0.008
    returns = 0.4 * market + random.standard_t(4, need) * 0.006
    returns[0] = market[0] = np.nan
    rows = np.sort(random.integers(ESTIMATION + 20, need - 20, 365))

    def rank() -> None:
        history = History(returns, market[:, None])
        grid = PlaceboGrid.admissible(history, REQUEST, MarketModel())
        pool = find_candidates(grid, rows)
        if len(pool.row) < PLACEBO_WINDOWS:
            raise RuntimeError(len(pool.row))
        found = compute_abnormal_returns(history, rows, REQUEST, MarketModel())
        car, se = found.car(WINDOW)
        volatility = eve_volatility(history.returns)[rows]
        for dates in ("near", "all"):
            rank_among_placebos(pool, WINDOW, dates, (rows, car, standardise(car, se), volatility))

    return timed({"": rank}, 7)[""]


def main() -> None:
    """Print one table, then each promise with its goal."""
    compare_ways()
    compare_results()
    keep_promises()


if __name__ == "__main__":
    main()
