"""Light reads of the API while heavy ones are computed: `python -m benchmarks.heavy_reads`.

A server process of its own on the loopback. Four clients ask for a study at once (the model garch,
every event, another seed each time, so that nothing is answered from a cache) until the time is
over; meanwhile another client asks for facts and for events, and counts how long each takes. The
goal is that of issue 13: with four heavy studies at once the 95th percentile of a light read stays
under half a second.
"""

from __future__ import annotations

import argparse
import itertools
import statistics
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Sequence

from benchmarks.load import served

HEAVY = "study.json?model=garch&overlap=keep&seed={}"
LIGHT = (
    "facts.json?date=2025-04-21",
    "events.json?limit=50",
    "events/kellogg-nato-off-table-2025-04-20",
    "rates.json?limit=100",
)
CLIENTS = 4
GOAL_SECONDS = 0.5


def ask(address: str) -> tuple[int, float]:
    """The status of an answer and how long it took, in seconds."""
    started = time.perf_counter()
    try:
        with urllib.request.urlopen(address, timeout=300) as answer:  # noqa: S310 - ours
            answer.read()
            status = answer.status
    except urllib.error.HTTPError as error:
        with error:
            status = error.code
    return status, time.perf_counter() - started


def light_reads(url: str, seconds: float, pause: float) -> list[float]:
    """How long light reads took, one after the other, for some seconds."""
    taken: list[float] = []
    ends = time.monotonic() + seconds
    for path in itertools.cycle(LIGHT):
        if time.monotonic() > ends:
            return taken
        status, elapsed = ask(url + path)
        if status != 200:
            sys.exit(f"{path} was answered with {status}")
        taken.append(elapsed)
        time.sleep(pause)
    return taken


def heavy_reads(url: str, stop: threading.Event, answers: Counter[int]) -> None:
    """Ask for one study after the other; a refused client waits as long as the answer says."""
    for seed in itertools.count(threading.get_ident() % 1_000_000):
        if stop.is_set():
            return
        status, _ = ask(url + HEAVY.format(seed))
        answers[status] += 1
        if status != 200:
            stop.wait(1.0)


def describe(name: str, taken: Sequence[float]) -> str:
    """One line with the median, the 95th percentile and the longest of some times."""
    p95 = statistics.quantiles(taken, n=20)[-1]
    return (
        f"{name:<28} {len(taken):>5} reads, median {1000 * statistics.median(taken):6.0f} ms,"
        f" p95 {1000 * p95:6.0f} ms, longest {1000 * max(taken):6.0f} ms"
    )


def main() -> int:
    """Measure and print; 1 where the goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    options = parser.parse_args()
    with served() as server:
        url = f"{server.address}/api/v1/"
        print(describe("alone", light_reads(url, 10.0, 0.05)))
        stop, answers = threading.Event(), Counter[int]()
        clients = [
            threading.Thread(target=heavy_reads, args=[url, stop, answers], daemon=True)
            for _ in range(CLIENTS)
        ]
        for client in clients:
            client.start()
        time.sleep(1.0)
        taken = light_reads(url, options.seconds, 0.05)
        stop.set()
        print(describe(f"with {CLIENTS} studies at once", taken))
        print(f"studies answered meanwhile: {dict(answers)}")
        for client in clients:
            client.join()
    return int(statistics.quantiles(taken, n=20)[-1] > GOAL_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
