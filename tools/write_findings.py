"""Write the figures of `docs/findings.md` anew from what the command line answers.

Each finding stands between two marks; the sentences around it are written by hand, and every
number in them must be one of the figures (`tests/test_findings.py`). Run after the data change:
`python -m tools.write_findings`.
"""

from __future__ import annotations

import csv
import math
import os
import re
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "findings.md"
CATEGORIES = ("nato_remark", "peace_talks", "monetary_policy")
WINDOW = "[0,1]"
TESTS = ("overlap_t", "calendar_shift")
SMALL = 0.05
HEADER = (
    "| group | N | mean CAR, log pts | 95 % interval | RUB per USD, % | overlap_t: p (adjusted) |"
    " calendar_shift: p (adjusted) |\n|---|---|---|---|---|---|---|"
)

Row = dict[str, str]


def answer_of(category: str, folder: Path) -> dict[str, list[Row]]:
    """The tables that `study --category … --by expected --origin catalogue` writes."""
    os.environ["DASHBOARD_HOME"] = str(folder / "home")  # noqa: TID251 - no notes of this machine
    from dashboard.cli import run

    out = folder / category
    asked = ["--category", category, "--by", "expected", "--origin", "catalogue"]
    code = run(["study", *asked, "--out", str(out)])
    if code != 0:
        raise RuntimeError(code)
    found = {}
    code = run(["robustness", *asked[:2], *asked[4:], "--out", str(out)])
    if code != 0:
        raise RuntimeError(code)
    for path in out.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as lines:
            found[path.stem] = list(csv.DictReader(lines))
    return found


def expectations() -> dict[str, str]:
    """What the catalogue expects of each event."""
    with (ROOT / "data" / "events" / "catalogue.csv").open(encoding="utf-8", newline="") as lines:
        return {row["id"]: row["expected"] for row in csv.DictReader(lines)}


def signed(value: float, digits: int) -> str:
    """A number with its sign, a true minus."""
    return f"{value:+.{digits}f}".replace("-", "−")


def figures(tables: dict[str, list[Row]], expected: dict[str, str]) -> str:
    """One table and one sentence of figures."""
    events = [row for row in tables["events"] if row["car"]]
    lines = [HEADER]
    for group in ("all", "stronger", "unclear", "weaker"):
        cars = [
            float(row["car"])
            for row in events
            if group == "all" or expected[row["event_id"]] == group
        ]
        if not cars:
            continue
        mean = math.fsum(cars) / len(cars)
        percent = 100 * math.expm1(-mean)
        p_values = [_p_values(tables, group, test) for test in TESTS]
        cells = (group, str(len(cars)), signed(100 * mean, 2), _interval(tables, group),
                 signed(percent, 2), *p_values)  # fmt: skip
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join((*lines, "", _sentence(tables, events)))


def _interval(tables: dict[str, list[Row]], group: str) -> str:
    for row in tables["intervals"]:
        if (row["group"], row["window"], row["method"]) == (group, WINDOW, "percentile"):
            low, high = (100 * float(row[end]) for end in ("low", "high"))
            return f"{signed(low, 2)} to {signed(high, 2)}"
    return "too few clusters"


def _p_values(tables: dict[str, list[Row]], group: str, test: str) -> str:
    for row in tables["tests"]:
        if (row["group"], row["window"], row["test"]) == (group, WINDOW, test):
            if not row["p_value"]:
                return "does not apply"
            return f"{float(row['p_value']):.3f} ({float(row['p_adjusted']):.3f})"
    raise KeyError(group, test)


def _sentence(tables: dict[str, list[Row]], events: list[Row]) -> str:
    crowded = sum(int(row["crowd"]) > 0 for row in events)
    dateless = sum("date_only" in row["flags"].split() for row in events)
    clusters = [row["clusters"] for row in tables["intervals"] if row["group"] == "all"]
    skipped = {row["event_id"] for row in tables["skipped"]}
    return (
        f"Of {len(events)} events {crowded} share their two days with another listed event and"
        f" {dateless} have no known hour; their event windows form {clusters[0]} clusters."
        f" Skipped with a reason: {len(skipped)}. {_over_choices(tables['specifications'])}"
    )


def _over_choices(rows: list[Row]) -> str:
    """What the specifications of `robustness` say; equal ones count once, empty ones not at all.

    As `engine.specification.distinct`: of equal ones the finest, which the file lists among them.
    """
    finest: dict[tuple[str, ...], Row] = {}
    for row in rows:
        key = (row["series"], row["window"], row["n"], row["caar"])
        if row["caar"] and (key not in finest or _fineness(row) > _fineness(finest[key])):
            finest[key] = row
    caars = [float(row["caar"]) for row in finest.values()]
    p_values = [float(row["p_value"]) for row in finest.values() if row["p_value"]]
    middle = statistics.median(caars)
    same = sum(math.copysign(1, caar) == math.copysign(1, middle) for caar in caars)
    small = sum(p < SMALL for p in p_values)
    return (
        f"Under {len(rows)} choices of windows, models and events (`robustness`), {len(caars)} of"
        " them distinct, the median mean is"
        f" {signed(100 * middle, 2)} log pts, {100 * same / len(caars):.0f} % have its sign and"
        f" {100 * small / len(p_values):.0f} % a p below {SMALL}."
    )


def _fineness(row: Row) -> tuple[int, int]:
    return int(row["estimation"]), -int(row["gap"])


def findings() -> Iterator[tuple[str, str]]:
    """Each category with its figures."""
    expected = expectations()
    with tempfile.TemporaryDirectory() as folder:
        for category in CATEGORIES:
            yield category, figures(answer_of(category, Path(folder)), expected)


def main() -> None:
    """Put the figures between their marks."""
    page = PAGE.read_text(encoding="utf-8")
    for category, text in findings():
        begin, end = f"<!-- figures: {category} -->\n", "<!-- end -->"
        pattern = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
        page = pattern.sub(lambda _, b=begin, t=text, e=end: f"{b}{t}\n{e}", page)
    PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
