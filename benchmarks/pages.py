"""Time to the first chart, time of a rerun, size of the Explore figure."""

from __future__ import annotations

import logging
import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

from tests.replica import Replica
from tools.running_product import chromium, free_port, served, served_product

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from streamlit.testing.v1 import AppTest

RUNS = 5
RERUNS = 20
CHART = ".js-plotly-plot .scatterlayer .trace"
"""There as soon as Plotly has drawn a line."""

FIRST_CHART_RATIO = 1.3
RERUN_MS = 150.0
FIGURE_KB = 200.0
COMPARE_KB = 300.0
COMPARE_PARTS = ("moves", "tests", "placebo", "carries", "when", "lost", "files")


@dataclass(frozen=True)
class Line:
    """One promise: what was measured, as text, and whether it holds."""

    what: str
    measured: str
    goal: str
    holds: bool

    def __str__(self) -> str:
        """The line as it is printed."""
        verdict = "holds" if self.holds else "DOES NOT HOLD"
        return f"{self.what:<13}{self.measured:<64}goal {self.goal:<9}{verdict}"


def main() -> int:
    """Print a line for each promise; 1 where one does not hold."""
    with chromium() as browser:
        lines = [first_chart(browser)]
    lines += [*in_process()]
    for line in lines:
        print(line)
    kept = sum(line.holds for line in lines)
    print(f"{kept} of {len(lines)} promises hold")
    return 0 if kept == len(lines) else 1


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


def in_process() -> Iterator[Line]:
    """Reruns and figures of the Explore page, run by Streamlit's own test runner."""
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"DASHBOARD_HOME": home, "DASHBOARD_OFFLINE": "1"}
        app = _opened()
        times = [_timed(app, turn) for turn in range(RERUNS)]
        yield Line(
            "rerun",
            f"{median(times):.0f} ms of server time (median of {RERUNS}; longest"
            f" {max(times):.0f} ms)",
            f"{RERUN_MS:.0f} ms",
            median(times) < RERUN_MS,
        )
        default, whole = _figure_kb(_opened()), _figure_kb(_opened(**{"from": "2013-01-09"}))
        yield Line(
            "figure",
            f"{default:.0f} kB as it opens; {whole:.0f} kB with all years and events",
            f"{FIGURE_KB:.0f} kB",
            max(default, whole) < FIGURE_KB,
        )
        yield from compare()
    logging.disable(logging.NOTSET)


def compare() -> Iterator[Line]:
    """Reruns of Compare with two groups, each part in turn, and its largest figure."""
    app = _opened("compare", bcat="peace_talks")
    times, sizes = [], []
    for turn in range(RERUNS + len(COMPARE_PARTS)):
        app.segmented_control(key="view:part").set_value(COMPARE_PARTS[turn % len(COMPARE_PARTS)])
        begun = time.perf_counter()
        app.run()
        if turn >= len(COMPARE_PARTS):
            times.append(1000.0 * (time.perf_counter() - begun))
        if app.exception:
            raise RuntimeError(app.exception[0].value)
        sizes += [len(chart.proto.spec.encode()) / 1000.0 for chart in app.get("plotly_chart")]
    yield Line(
        "compare",
        f"{median(times):.0f} ms of server time (median of {RERUNS}; longest {max(times):.0f} ms)",
        f"{RERUN_MS:.0f} ms",
        median(times) < RERUN_MS,
    )
    yield Line(
        "its figures",
        f"{max(sizes):.0f} kB the largest",
        f"{COMPARE_KB:.0f} kB",
        max(sizes) < COMPARE_KB,
    )


def _opened(url_path: str = "", **link: str) -> AppTest:
    from streamlit.testing.v1 import AppTest
    from streamlit.util import calc_hash

    from dashboard.app import SCRIPT

    app = AppTest.from_file(SCRIPT, default_timeout=60)
    # AppTest.switch_page knows pages that are files; ours are functions, found by their path.
    app._page_hash = calc_hash(url_path) if url_path else ""
    for key, value in link.items():
        app.query_params[key] = value
    return app.run()


def _timed(app: AppTest, turn: int) -> float:
    """Milliseconds of one rerun after a control was changed; four controls in turn."""
    controls: list[Any] = [
        lambda: app.selectbox(key="view:up").select_index((turn // 4) % 2 + 1),
        lambda: app.toggle(key="view:scale?").set_value(turn % 8 < 4),
        lambda: app.text_input(key="view:q").set_value("nato" if turn % 8 < 4 else ""),
        lambda: app.toggle(key="view:notes?").set_value(turn % 8 >= 4),
    ]
    controls[turn % 4]()
    begun = time.perf_counter()
    app.run()
    seconds = time.perf_counter() - begun
    if app.exception:
        raise RuntimeError(app.exception[0].value)
    return 1000.0 * seconds


def _figure_kb(app: AppTest) -> float:
    return len(app.get("plotly_chart")[0].proto.spec.encode()) / 1000.0
