"""Write the small data sets of the reference: seeded, and rounded so that the files are the data.

Run it in this folder: `python make_data.py`. Nothing of the product is used.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

DATA = Path(__file__).parent / "data"


def business_days(count: int) -> list[str]:
    """Days from Monday 2 January 2023 on, without Saturdays and Sundays."""
    days = np.busday_offset("2023-01-02", np.arange(count), roll="forward")
    return [str(day) for day in days]


def write(name: str, header: list[str], rows: list[list[object]]) -> None:
    """One CSV file with `\\n` line ends."""
    with (DATA / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def levels(start: float, returns: np.ndarray, decimals: int = 4) -> np.ndarray:
    """Prices of log returns, as printed."""
    return np.round(start * np.exp(np.concatenate(([0.0], np.cumsum(returns)))), decimals)


def one_series() -> None:
    """240 days of fat-tailed returns of low and high volatility; events that crowd and overlap."""
    random = np.random.default_rng(20230102)
    scale = np.where((np.arange(239) // 60) % 2 == 0, 0.006, 0.012)
    returns = scale * random.standard_t(4, 239)
    talks = [55, 72, 75, 78, 90, 111, 125, 142, 160, 196, 228, 238]
    remarks = [75, 84, 110, 140, 150, 161, 163, 195, 200]
    others = {"lone": [180], "pair": [103, 215]}
    for row in talks:
        returns[row - 1] += 0.008
    days = business_days(240)
    write("one_series.csv", ["date", "rate"],
          [list(row) for row in zip(days, levels(80.0, returns), strict=True)])  # fmt: skip
    directions = ["stronger", "weaker", "unclear", "stronger", "stronger"]
    events: list[list[object]] = []
    for category, rows in {"talks": talks, "remark": remarks, **others}.items():
        for row in rows:
            expected = directions[len(events) % len(directions)]
            events.append([f"{category}-{row}", days[row], "", category, expected])
    events.append(["talks-early", days[30], "", "talks", "stronger"])
    events.append(["remark-late", "2023-12-29", "", "remark", "weaker"])
    # A Saturday: the first row after it is that of Monday.
    events.append(["remark-saturday", "2023-06-10", "", "remark", "weaker"])
    write("one_series_events.csv", ["id", "date", "series", "category", "expected"], events)


def panel() -> None:
    """Three series, two factors, 200 days; events bound to a series or to all, many on one day.

    `missing.csv` is the same with empty cells in estimation windows, in event windows and in
    the factors.
    """
    random = np.random.default_rng(7)
    market = 0.008 * random.standard_t(5, 199)
    oil = 0.4 * market + 0.015 * random.standard_normal(199)
    shared = 0.006 * random.standard_normal(199)
    late_market = np.concatenate(([0.0], market[:-1]))
    own = 0.007 * random.standard_t(4, (3, 199))
    series = {
        "a": 0.9 * market + 0.2 * oil + shared + own[0],
        "b": 0.5 * market + 0.4 * late_market + 0.7 * shared + own[1],
        "c": 1.3 * market - 0.3 * oil - 0.4 * shared + own[2],
    }
    days = business_days(200)
    columns = [levels(60.0 + 20 * k, returns) for k, returns in enumerate(series.values())]
    columns += [levels(1000.0, market, 2), levels(75.0, oil, 2)]
    header = ["date", *series, "market", "oil"]
    rows = [[day, *values] for day, *values in zip(days, *columns, strict=True)]
    write("panel.csv", header, rows)
    bound = [("a", 70), ("b", 85), ("c", 130), ("a", 135), ("a", 137),
             ("a", 120), ("b", 120), ("c", 120)]  # fmt: skip
    events: list[list[object]] = [
        ["all-100", days[100], "", "news", "weaker"],
        ["all-150", days[150], "", "news", "stronger"],
    ]
    for name, row in bound:
        category = "cluster" if row == 120 else "news"
        events.append([f"{name}-{row}", days[row], name, category, "stronger"])
    write("panel_events.csv", ["id", "date", "series", "category", "expected"], events)
    empty = [
        (1, 60), (1, 90), (1, 101), (2, 44), (2, 45), (2, 46), (2, 47), (3, 95), (3, 140),
        (4, 88), (4, 132), (5, 58), (5, 59), (5, 112), (3, 153),
    ]  # fmt: skip
    for column, row in empty:
        rows[row][column] = ""
    write("missing.csv", header, rows)


def ties() -> None:
    """A rate on a grid of 0.5 with many unmoved days, pegged from row 100 to row 174."""
    random = np.random.default_rng(3)
    steps = random.choice([-0.5, 0.0, 0.0, 0.5, 1.0, -1.0], 219)
    steps[100:175] = 0.0
    steps[175] = 2.5
    rate = 80.0 + np.concatenate(([0.0], np.cumsum(steps)))
    days = business_days(220)
    write("ties.csv", ["date", "rate"],
          [[day, value] for day, value in zip(days, rate, strict=True)])  # fmt: skip
    rows = [62, 70, 71, 80, 90, 98, 160, 165, 176, 187, 200, 210]
    events: list[list[object]] = [
        [f"row-{row}", days[row], "", "grid" if k % 2 else "peg", "stronger" if k % 3 else "weaker"]
        for k, row in enumerate(rows)
    ]
    write("ties_events.csv", ["id", "date", "series", "category", "expected"], events)


def p_values() -> None:
    """p-values with ties for the corrections."""
    random = np.random.default_rng(5)
    p = np.round(np.concatenate((random.uniform(0, 1, 12), random.uniform(0, 0.02, 12))), 4)
    p[3] = p[17]
    write("p_values.csv", ["p"], [[value] for value in p])


def main() -> None:
    """Write all files."""
    DATA.mkdir(exist_ok=True)
    one_series()
    panel()
    ties()
    p_values()


if __name__ == "__main__":
    main()
