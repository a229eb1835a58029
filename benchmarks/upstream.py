"""`python -m benchmarks.upstream [RUNS]`: the seconds to the chart that sick publishers cost.

A fresh server asks a replica on this machine that misbehaves for every publisher. The first
visit comes before any request; the second while the background refresh runs into
the failure. Each is compared with the same visit to a server that is offline.
"""

from __future__ import annotations

import json
import sys
import time
import urllib.request
from datetime import UTC, datetime
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.pages import CHART, seconds_to_chart
from tests.replica import Replica, failures
from tests.replica.market import Market
from tools.running_product import chromium, served_product

if TYPE_CHECKING:
    from playwright.sync_api import Browser

RUNS = 3
LATER_S = 1.0
"""No chart may come so much later because of a publisher."""
GONE = "gone"
WAYS = {
    "well": None,
    "gone": GONE,
    "hangs 30 s": failures.hang(30),
    "429": failures.too_many(),
    "HTML with 200": failures.html_with_200,
    "truncated": failures.cut_off(),
    "wrong charset": failures.wrong_charset,
}


def main(runs: int = RUNS) -> int:
    """Print a line for each way to misbehave; 1 where a chart comes too late."""
    later: dict[str, list[list[float]]] = {way: [[], []] for way in WAYS}
    with chromium() as browser:
        for _ in range(runs):
            for way, gathered in later.items():
                with served_product() as address:
                    offline = _visits(browser, address, is_asking=False)
                visits = _two_visits(browser, way)
                for kind, one, other in zip(gathered, visits, offline, strict=True):
                    kind.append(one - other)
                seconds = ", ".join(
                    f"{a:.2f} s ({b:.2f} offline)" for a, b in zip(visits, offline, strict=True)
                )
                print(f"  {way}: {seconds}", flush=True)
    print(f"seconds later than a server that is offline, asked just before; medians of {runs}")
    print(f"{'publishers':<16}{'first visit':<14}while they are asked")
    medians = {way: [median(kind) for kind in gathered] for way, gathered in later.items()}
    for way, found in medians.items():
        print(f"{way:<16}" + "".join(f"{seconds:+.2f}".ljust(14) for seconds in found))
    latest = max(max(found) for found in medians.values())
    holds = latest <= LATER_S
    print(
        f"at most {latest:+.2f} s; goal {LATER_S:+.1f} s: {'holds' if holds else 'DOES NOT HOLD'}"
    )
    return 0 if holds else 1


def _two_visits(browser: Browser, way: str) -> tuple[float, float]:
    with Replica(market=Market(datetime.now(UTC))) as replica:
        for service in replica.services.values():
            service.answers(None if WAYS[way] is GONE else WAYS[way])
        if WAYS[way] is GONE:
            replica.stop()
        with served_product(upstream=replica.url) as address:
            return _visits(browser, address, is_asking=True)


def _visits(browser: Browser, address: str, *, is_asking: bool) -> tuple[float, float]:
    first = seconds_to_chart(browser, address)
    page = browser.new_page()
    page.goto(address)  # a reader who stays has the page ask for new rates
    page.wait_for_selector(CHART, state="attached", timeout=60_000)
    if is_asking:
        _wait_for_refresh(address)
    second = seconds_to_chart(browser, address)
    page.close()
    return first, second


def _wait_for_refresh(address: str) -> None:
    for _ in range(200):
        with urllib.request.urlopen(f"{address}/healthz", timeout=10) as answer:  # noqa: S310 - this machine
            if json.load(answer)["refresh"]["started_at"]:
                return
        time.sleep(0.1)
    sys.exit("The pages did not ask for new rates")


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:2])))
