"""Server time of reruns and size of figures, page by page, by Streamlit's own test runner."""

from __future__ import annotations

import logging
import os
import tempfile
import time
from collections.abc import Iterator
from statistics import median
from typing import TYPE_CHECKING, Any

from benchmarks.promise import Line
from dashboard.ui.pages import PAGES

if TYPE_CHECKING:
    from streamlit.testing.v1 import AppTest

    from dashboard.ui.pages.base import Page

RERUNS = 20
RERUN_MS = 150.0
FIGURE_KB = 200.0
LARGEST_KB = 300.0
COMPARE_PARTS = ("moves", "tests", "placebo", "carries", "when", "lost", "files")
NEEDED: dict[str, dict[str, Any]] = {"event": {"id": "kellogg-nato-off-table-2025-04-20"}}
"""Without which a page has nothing to show."""
SEPARATE = {"explore", "compare", "robustness"}
"""Two have lines of their own; the third is excused: it is a long run with a progress bar."""


def in_process() -> Iterator[Line]:
    """Reruns and figures of every page, Explore and Compare in full."""
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
        default, whole = (
            _figures_kb(each)[0] for each in (_opened(), _opened(**{"from": "2013-01-09"}))
        )
        yield Line(
            "figure",
            f"{default:.0f} kB as it opens; {whole:.0f} kB with all years and events",
            f"{FIGURE_KB:.0f} kB",
            max(default, whole) < FIGURE_KB,
        )
        yield from compare()
        for page in PAGES:
            if page.id not in SEPARATE:
                yield of_page(page)
    logging.disable(logging.NOTSET)


def compare() -> Iterator[Line]:
    """Reruns of Compare with two groups, each part in turn, and its largest figure."""
    app = _opened("compare", bcat="peace_talks")
    times, sizes = [], []
    for turn in range(RERUNS + len(COMPARE_PARTS)):
        app.query_params["part"] = COMPARE_PARTS[turn % len(COMPARE_PARTS)]
        took = _rerun(app)
        if turn >= len(COMPARE_PARTS):
            times.append(took)
        sizes += _figures_kb(app)
    yield Line(
        "compare",
        f"{median(times):.0f} ms of server time (median of {RERUNS}; longest {max(times):.0f} ms)",
        f"{RERUN_MS:.0f} ms",
        median(times) < RERUN_MS,
    )
    yield Line(
        "its figures",
        f"{max(sizes):.0f} kB the largest",
        f"{LARGEST_KB:.0f} kB",
        max(sizes) < LARGEST_KB,
    )


def of_page(page: Page) -> Line:
    """Reruns of a page as its links change: each setting in turn, after all were seen once."""
    app = _opened(page.url_path, **NEEDED.get(page.id, {}))
    links = [{param.key: list(param.example)} for param in page.params] or [{}]
    times, sizes = [], [0.0]
    for turn, link in enumerate(2 * [*links, {}]):
        app.query_params.clear()
        for key, value in (NEEDED.get(page.id, {}) | link).items():
            app.query_params[key] = value
        took = _rerun(app)
        if turn > len(links):
            times.append(took)
        sizes += _figures_kb(app)
    return Line(
        page.id,
        f"{median(times):.0f} ms (median of {len(times)}; longest {max(times):.0f} ms),"
        f" {max(sizes):.0f} kB the largest figure",
        f"{RERUN_MS:.0f} ms, {LARGEST_KB:.0f} kB",
        median(times) < RERUN_MS and max(sizes) < LARGEST_KB,
    )


def _opened(url_path: str = "", **link: str) -> AppTest:
    from streamlit.testing.v1 import AppTest
    from streamlit.util import calc_hash

    from dashboard.app import APP_SCRIPT

    app = AppTest.from_file(APP_SCRIPT, default_timeout=60)
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
    return _rerun(app)


def _rerun(app: AppTest) -> float:
    """Milliseconds of a run; an error of the page is raised."""
    begun = time.perf_counter()
    app.run()
    seconds = time.perf_counter() - begun
    if app.exception:
        raise RuntimeError(app.exception[0].value)
    return 1000.0 * seconds


def _figures_kb(app: AppTest) -> list[float]:
    return [len(chart.proto.spec.encode()) / 1000.0 for chart in app.get("plotly_chart")]
