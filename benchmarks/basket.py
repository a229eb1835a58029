"""One event on every series of a basket of 50: time, memory, and a plain loop in the same run.

`python -m benchmarks.basket` prints the warm time of `measure_basket` (promise: 0.5 s), that of 50
studies made one after the other by `run_study` (the baseline), and the peak of memory. The series
are the shipped daily ones and invented walks of the same length.
"""

from __future__ import annotations

import statistics
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from dashboard.models.baskets import Basket, BasketMember
from dashboard.models.series import RateSeries
from dashboard.models.study import StudyRequest
from dashboard.services.baskets import measure_basket
from dashboard.services.compare import request_for
from dashboard.services.study import run_study
from dashboard.sources.events.catalogue import Catalogue
from dashboard.sources.rates.bundled import BundledRates

SERIES = 50
ROUNDS = 7
PROMISE = 0.5
EVENT = "hegseth-nato-2025-02-12"


def build_series() -> list[RateSeries]:
    """Fifty daily series: those that ship and reach the event, and invented walks."""
    rates = BundledRates()
    cards = [card for card in rates.cards() if card.history_until is None]
    shipped = [rates.get(card.id) for card in cards if not card.bar_minutes]
    base = rates.get("usd_rub_cbr")
    random = np.random.default_rng(1)
    series = list(shipped)
    while len(series) < SERIES:
        walk = 100 * np.exp(np.cumsum(random.normal(0, 0.01, len(base))))
        card = replace(base.card, id=f"invented-{len(series)}", title="Invented")
        series.append(replace(base, card=card, rate=walk))
    return series


def measure(work: Callable[[], object]) -> tuple[float, float, float]:
    """Warm seconds: the median of the clock and of the processor; the peak of memory in MB.

    On a machine that others use too the clock counts their work, the processor does not.
    """
    work()
    clock, processor = [], []
    for _round in range(ROUNDS):
        start, used = time.perf_counter(), time.process_time()
        work()
        clock.append(time.perf_counter() - start)
        processor.append(time.process_time() - used)
    tracemalloc.start()
    work()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return statistics.median(clock), statistics.median(processor), peak / 1e6


def main() -> None:
    """Print both times and memories, and whether the promise is met."""
    series, known = build_series(), Catalogue().events()
    event = next(e for e in known if e.id == EVENT)
    basket = Basket("fifty", tuple(one.card.id for one in series))
    members = tuple(BasketMember(one.card.id, one) for one in series)
    request = StudyRequest()

    def one_by_one() -> list[float]:
        values = []
        for one in series:
            answer = run_study([one], [event], request_for(one.card, request), known=known)
            values.extend(car.placebo_p[0] for r in answer.results for car in r.cars if r.events)
        return values

    rows = sum(map(len, series))
    print(f"{len(series)} series, {rows:,} numbers, {len(known)} known events")
    results = {
        "measure_basket": measure(lambda: measure_basket(basket, members, event, known, request)),
        "run_study one by one": measure(one_by_one),
    }
    for name, (clock, processor, peak) in results.items():
        seconds = f"{1000 * clock:6.0f} ms by the clock, {1000 * processor:6.0f} ms of a processor"
        print(f"{name:22}{seconds}, peak {peak:5.1f} MB")
    used = results["measure_basket"][1]
    print(f"promise {PROMISE} s of a processor: {'met' if used < PROMISE else 'MISSED'}")


if __name__ == "__main__":
    main()
