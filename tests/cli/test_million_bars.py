"""A study on a long series of bars: every number is that of the bars themselves."""

from __future__ import annotations

import csv
import math
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

ROWS = 100_001
"""Long enough that the page would thin it forty-fold and the engine takes its long way."""
START = datetime(2025, 4, 1, 7, tzinfo=UTC)
MOMENTS = {k: START + timedelta(hours=50 * k, minutes=k) for k in range(2, 30)}
EVENTS = "id,date,time_utc,title\n" + "".join(
    f"e{k},{moment:%Y-%m-%d},{moment:%H:%M},Something\n" for k, moment in MOMENTS.items()
)
"""An event every two days and two hours, a minute later each time."""


def test_the_event_table_has_the_numbers_of_every_bar(run_cli, write_file, tmp_path):
    rate = 90 * np.exp(np.cumsum(np.random.default_rng(3).normal(0, 1e-4, ROWS)))
    lines = (f"{START + timedelta(minutes=k):%Y-%m-%dT%H:%MZ},{value!r}"
             for k, value in enumerate(rate.tolist()))  # fmt: skip
    path = write_file("bars.csv", "date,USD\n" + "\n".join(lines) + "\n")
    assert (
        run_cli("rates", "import", path, "--stamps", "begin", "--json").json["status"] == "accept"
    )
    text = run_cli(
        "study",
        "--rates",
        "own_bars",
        "--events",
        write_file("e.csv", EVENTS),
        "--model",
        "none",
        "--window",
        "0:1",
        "--car",
        "0:1",
        "--out",
        tmp_path / "out",
    )
    assert text.code == 0, text.err
    with (tmp_path / "out" / "events.csv").open(encoding="utf-8") as table:
        result = {row["event_id"]: float(row["car"]) for row in csv.DictReader(table)}
    assert len(result) == 28
    for k in MOMENTS:
        # The event falls on the first second of bar m, which is known at its last: offset 0.
        m = 50 * 60 * k + k
        assert result[f"e{k}"] == pytest.approx(math.log(rate[m + 1] / rate[m - 1]), rel=1e-9)
