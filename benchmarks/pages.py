"""Time to the first chart in a browser; then time of a rerun and size of figures on every page."""

from __future__ import annotations

import time
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.promise import Line
from benchmarks.reruns import in_process
from tests.replica import Replica
from tools.running_product import chromium, free_port, served, served_product

if TYPE_CHECKING:
    from playwright.sync_api import Browser

RUNS = 5
CHART = ".js-plotly-plot .scatterlayer .trace"
"""There as soon as Plotly has drawn a line."""

FIRST_CHART_RATIO = 1.15
"""With compiled bytecode, as `make run` leaves it."""


def main() -> int:
    """Print a line for each promise; 1 where one does not hold."""
    with chromium() as browser:
        lines = [first_chart(browser)]
    lines += [*in_process()]
    for line in lines:
        print(line)
    held = sum(line.holds for line in lines)
    print(f"{held} of {len(lines)} promises hold")
    return 0 if held == len(lines) else 1


def first_chart(browser: Browser) -> Line:
    """A fresh server, a first visit: the product against the empty page, in turn.

    The product has a replica to ask for new rates, as it has publishers where it is used.
    """
    product, empty = [], []
    for _ in range(RUNS):
        port = str(free_port())
        with served(["-m", "benchmarks.serve_empty", port]) as address:
            empty.append(seconds_to_chart(browser, address))
        with Replica() as replica, served_product(upstream=replica.url) as address:
            product.append(seconds_to_chart(browser, address))
    ratio = median(product) / median(empty)
    return Line(
        "first chart",
        f"{ratio:.2f}x an empty page ({median(product):.2f} s / {median(empty):.2f} s,"
        f" medians of {RUNS})",
        f"{FIRST_CHART_RATIO}x",
        ratio <= FIRST_CHART_RATIO,
    )


def seconds_to_chart(browser: Browser, address: str) -> float:
    """From asking for a page, as somebody who was never here, to the line of its chart."""
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    page = context.new_page()
    begun = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.wait_for_selector(CHART, state="attached", timeout=60_000)
    seconds = time.perf_counter() - begun
    context.close()
    return seconds
