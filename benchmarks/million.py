"""A million bars of one's own: reading, time to chart, bytes sent, memory, next to what ships.

`python -m benchmarks.million [ROWS]` makes a file, imports it and opens Explore on it and on a
shipped series in turn, in the same run: on a shared machine the ratios say more than seconds.
"""

from __future__ import annotations

import logging
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import numpy as np

from tools.running_product import chromium, served_product

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROWS = 1_000_000
RUNS = 3
CHART = ".js-plotly-plot .scatterlayer .trace"
SERIES = "own_bars"
FIGURE_KB = 300.0
ROOT = Path(__file__).resolve().parents[1]


def main(rows: int = ROWS) -> int:
    """Print what was measured; 1 where the figure is larger than promised."""
    with tempfile.TemporaryDirectory() as folder:
        home, file = Path(folder) / "home", Path(folder) / "bars.csv"
        write_bars(file, rows)
        print(f"file          {rows:,} rows, {file.stat().st_size / 1e6:.1f} MB")
        _import(home, file)
        stored = home / "rates" / f"{SERIES}.npz"
        print(f"stored        {stored.stat().st_size / 1e6:.1f} MB")
        with chromium() as browser, served_product(home) as address:
            for line in _pages(browser, address):
                print(line)
        small = _figure_kb(home)
        print(f"figure        {small:.0f} kB with all {rows:,} bars; goal {FIGURE_KB:.0f} kB")
    return 0 if small < FIGURE_KB else 1


def write_bars(file: Path, rows: int) -> None:
    """Bars of a minute from 2024 on, around 90 roubles for a dollar."""
    walk = np.cumsum(np.random.default_rng(1).normal(0, 2e-5, rows))
    stamps = np.datetime64("2024-01-01T00:00") + np.arange(rows).astype("timedelta64[m]")
    texts = np.char.replace(np.datetime_as_string(stamps), "T", " ").tolist()
    with file.open("w", encoding="utf-8") as out:
        out.write("date,USD\n")
        out.writelines(
            f"{text},{rate:.4f}\n"
            for text, rate in zip(texts, (90 * np.exp(walk)).tolist(), strict=True)
        )


def _import(home: Path, file: Path) -> None:
    command = [
        sys.executable, "-m", "dashboard", "rates", "import", str(file), "--name", "bars",
        "--zone", "Europe/Moscow", "--stamps", "begin", "--quote", "rub-per-usd",
    ]  # fmt: skip
    begun = time.perf_counter()
    environment = os.environ | {"DASHBOARD_HOME": str(home)}
    subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e3
    print(f"import        {time.perf_counter() - begun:.1f} s, peak memory {peak:.0f} MB")


def _pages(browser: Browser, address: str) -> Iterator[str]:
    """Each page a visit of its own, shipped and own in turn."""
    seen: dict[str, list[tuple[float, int]]] = {"shipped": [], "own": [], "own, all": []}
    links = {
        "shipped": "/",
        "own": f"/?series={SERIES}",
        "own, all": f"/?series={SERIES}&from=2024-01-01",
    }
    memory = {}
    for _ in range(RUNS):
        for name, link in links.items():
            seen[name].append(_visit(browser, address + link))
            memory.setdefault(name, _server_mb())
    base = median(seconds for seconds, _ in seen["shipped"])
    for name, visits in seen.items():
        seconds, sent = (median(values) for values in zip(*visits, strict=True))
        first = visits[0][0]
        yield (
            f"{name:<13} chart after {seconds:.2f} s ({seconds / base:.2f}x shipped; first visit"
            f" {first:.2f} s), {sent / 1e3:.0f} kB sent, server {memory[name]:.0f} MB"
        )


def _visit(browser: Browser, address: str) -> tuple[float, int]:
    """Seconds to the first line drawn, and the bytes of the WebSocket until a second later."""
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    page = context.new_page()
    sent: list[int] = []
    page.on("websocket", lambda ws: ws.on("framereceived", lambda data: sent.append(len(data))))
    begun = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.wait_for_selector(CHART, state="attached", timeout=120_000)
    seconds = time.perf_counter() - begun
    page.wait_for_timeout(1_500)
    context.close()
    return seconds, sum(sent)


def _server_mb() -> float:
    """Resident memory of the server: the largest of our children."""
    found = [0.0]
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            text = status.read_text()
            command = (status.parent / "cmdline").read_bytes()
        except OSError:
            continue
        if b"dashboard\x00open" in command and f"PPid:\t{os.getpid()}" in text:
            found.append(int(text.split("VmRSS:")[1].split()[0]) / 1e3)
    return max(found)


def _figure_kb(home: Path) -> float:
    os.environ["DASHBOARD_HOME"] = str(home)
    from streamlit.testing.v1 import AppTest

    from dashboard.app import APP_SCRIPT

    logging.disable(logging.WARNING)
    app = AppTest.from_file(APP_SCRIPT, default_timeout=120)
    app.query_params["series"] = SERIES
    app.query_params["from"] = "2024-01-01"
    return len(app.run().get("plotly_chart")[0].proto.spec.encode()) / 1e3


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
