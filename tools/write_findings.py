"""Write `docs/findings.md` from what the command line answers on the shipped data.

One study runs the declared test of every category at once and corrects its p for all of them; the
sentence of a category follows from its numbers by rule. Run after data or engine change:
`python -m tools.write_findings`; `tests/test_findings.py` compares the page with the program.
"""

from __future__ import annotations

import csv
import json
import os
import tempfile
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any, Final

from scipy.stats import binomtest

from dashboard.models.study import MAX_SHARE_OF_ONE_RATE, SIGNIFICANCE_LEVEL

ROOT: Final = Path(__file__).resolve().parents[1]
CONSENSUS: Final = ROOT / "data" / "events" / "consensus.csv"
PAGE: Final = ROOT / "docs" / "findings.md"
WINDOW: Final = "[0,1]"
OLD_TEST: Final = "calendar_shift"
INTRODUCTION: Final = """# Findings

What the shipped catalogue and the Bank of Russia's rate say about each kind of news, and what
they cannot say. The figures are those of `python -m dashboard study --origin catalogue`: the mean
move over the first rate that can contain an event and the one after it, window [0,1], against a
constant mean of 120 rates before, each first rate once; positive = stronger rouble. p is that of
the declared test, signed ranks of clusters of events (`docs/headline_choice.md`, `size.md`), and
in brackets adjusted (Holm) over all groups of the table, each of which is a question here. The
interval holds the means that the test does not reject at 5 %. *Visible* is the mean that it would
find in four studies of five.

True of every line:

- The official rate is an average over hours, and its method changed in March and April 2022 and
  in June 2024; a move of a day is smeared over two, and what came and went within the hours is
  not in it.
- Where the hour is not known, offset 0 is the first rate that can contain any hour of that day,
  so that news of the evening stands one rate too early.
- A window that holds other listed events measures all of them together, and unlisted news too.
- The events were chosen with hindsight: what is remembered, and found in a list, is what seemed
  to matter. After is not because: a rate decision or a sanction often answers a move that had
  begun before.
"""

Row = dict[str, str]


@dataclass(frozen=True)
class Answers:
    """What the command line answered: tables by name, and the robustness summary by category."""

    tables: dict[str, list[Row]]
    expected: dict[str, list[Row]]
    robustness: dict[str, dict[str, Any]]


def answers() -> Answers:
    """Run the studies of the page in an empty home."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DASHBOARD_HOME"] = str(Path(folder) / "home")  # noqa: TID251 - no own notes
        tables = _study(Path(folder) / "all")
        categories = [row["group"] for row in tables["headline"] if row["group"] != "all"]
        expected = {
            name: _study(Path(folder) / name, "--category", name, "--by", "expected")["headline"]
            for name in categories
        }
        robustness = {
            name: json.loads(_run("robustness", "--category", name, "--json"))["summary"]
            for name in categories
        }
    return Answers(tables, expected, robustness)


def _study(folder: Path, *options: str) -> dict[str, list[Row]]:
    _run("study", "--origin", "catalogue", *options, "--out", str(folder))
    found = {}
    for path in folder.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as lines:
            found[path.stem] = list(csv.DictReader(lines))
    return found


def _run(command: str, *options: str) -> str:
    from dashboard.cli import run

    with redirect_stdout(StringIO()) as printed:
        code = run([command, *options])
    if code != 0:
        raise RuntimeError(command, options, code)
    return printed.getvalue()


def points(text: str) -> str:
    """Return units as log points with a sign, a true minus."""
    return f"{100 * float(text):+.2f}".replace("-", "−")


def format_p_values(row: Row) -> str:
    """P and, in brackets, the adjusted one; a dash where there is no verdict."""
    if not row["p_value"]:
        return "no verdict"
    return f"{float(row['p_value']):.3f} ({float(row['p_adjusted']):.3f})"


def table(rows: list[Row]) -> list[str]:
    """A markdown table of headlines."""
    lines = [
        "| group | events, rates, clusters | mean, log pts | 95 % interval | p (adjusted) | visible"
        " | median | mean without its 3 largest |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        span = f"{points(row['low'])} to {points(row['high'])}" if row["low"] else "–"
        visible = f"{100 * float(row['smallest_visible']):.2f}" if row["smallest_visible"] else "–"
        rest = row["mean_without_largest"]
        cells = (
            row["group"], f"{row['n']}, {row['rates']}, {row['clusters']}", points(row["mean"]),
            span, format_p_values(row), visible, points(row["median"]),
            points(rest) if rest else "–",
        )  # fmt: skip
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def survives(row: Row) -> bool:
    """Whether the declared test rejects at 5 % after the adjustment."""
    return bool(row["p_adjusted"]) and float(row["p_adjusted"]) <= SIGNIFICANCE_LEVEL


def verdict(row: Row, questions: int) -> str:
    """The answer of one group in words."""
    if not row["p_value"]:
        return f"No verdict: {row['reason']}."
    numbers = (
        f"mean {points(row['mean'])} log points (95 % {points(row['low'])} to"
        f" {points(row['high'])}; p {float(row['p_value']):.3f}, {float(row['p_adjusted']):.3f}"
        f" adjusted for {questions} questions; {row['n']} events on {row['rates']} rates,"
        f" {row['clusters']} clusters)"
    )
    if survives(row):
        word = "stronger" if float(row["statistic"]) > 0 else "weaker"
        return f"**Unusual**: after these events the rouble was {word}; {numbers}."
    return (
        f"**Not unusual**: {numbers}. A mean under about"
        f" {100 * float(row['smallest_visible']):.1f} log points would not be seen with"
        f" {row['n']} events."
    )


def doubts(row: Row, found: Answers) -> str:
    """What the mean hangs on, the choices, and what the former headline test said."""
    name, sentences = row["group"], []
    mean, median = float(row["mean"]), float(row["median"])
    rest = float(row["mean_without_largest"])
    if mean * rest < 0 or abs(rest) < abs(mean) / 2:
        sentences.append(
            f"The mean hangs on few moves: without the three largest it is {points(str(rest))},"
            f" the median {points(str(median))}."
        )
    if row["largest_share"] and float(row["largest_share"]) > MAX_SHARE_OF_ONE_RATE:
        share = f"{100 * float(row['largest_share']):.0f} %"
        sentences.append(f"One rate carries {share} of all moves: read the median, not the mean.")
    summary = found.robustness[name]
    sentences.append(
        f"Under {summary['distinct']} distinct choices of windows, models and events"
        f" {100 * summary['same_sign']:.0f} % have the sign of their median"
        f" ({points(str(summary['median']))}); their joint p is {summary['joint_placebo_p']:.3f},"
        f" {summary['joint_p_adjusted']:.3f} for the {summary['categories']} categories."
    )
    old = next(
        test for test in found.tables["tests"]
        if (test["group"], test["window"], test["test"]) == (name, WINDOW, OLD_TEST)
    )  # fmt: skip
    if old["p_adjusted"] and (float(old["p_adjusted"]) <= SIGNIFICANCE_LEVEL) != survives(row):
        sentences.append(
            f"`{OLD_TEST}`, which treats quiet and volatile days as exchangeable, has"
            f" p {float(old['p_value']):.3f} ({float(old['p_adjusted']):.3f}): with such dates it"
            " rejects a true null too often (`size.md`)."
        )
    return " ".join(sentences)


def surprises(found: Answers) -> list[str]:
    """Decisions on the key rate that were not what was expected, with what the rouble did."""
    with CONSENSUS.open(encoding="utf-8", newline="") as lines:
        decisions = list(csv.DictReader(lines))
    moves = {r["event_id"]: r for r in found.tables["events"] if r["window"] == WINDOW}
    rows = [
        (row, float(row["value_actual"]) - float(row["value_expected"]), moves[row["event_id"]])
        for row in decisions
        if row["value_actual"] != row["value_expected"] and row["event_id"] in moves
    ]
    agree = sum(surprise * float(move["car"]) > 0 for _row, surprise, move in rows)
    count = len(rows)
    p = binomtest(agree, count).pvalue
    needed = next(k for k in range(count) if binomtest(k, count).pvalue > SIGNIFICANCE_LEVEL)
    return [
        "## What was expected of the key rate",
        "",
        f"Of {len(decisions)} decisions whose expected rate a document gives"
        f" (`data/events/consensus.csv`), {count} were a surprise. A rate above the expected one"
        " should make the rouble stronger, one below it weaker: so it went after"
        f" {agree} of {count} (sign test against one half: p {p:.3f}, one question;"
        f" {count - needed + 1} of {count} would have been needed for p below 0.05)."
        " These are decisions that made news; most moves lie within what is ordinary for their"
        " time (share of the 499 windows around that are smaller).",
        "",
        "| decision | before, expected, decided, % | surprise | move, log pts | smaller windows, %"
        " | expected by |",
        "|---|---|---|---|---|---|",
        *(
            f"| {row['day']} | {row['value_previous']}, {row['value_expected']},"
            f" {row['value_actual']} | {points(str(surprise / 100))} | {points(move['car'])} |"
            f" {float(move['percentile']):.0f} | [{row['source_name']}]({row['source_url']}) |"
            for row, surprise, move in rows
        ),
    ]


def page(found: Answers) -> str:
    """The whole page."""
    rows = [row for row in found.tables["headline"] if row["window"] == WINDOW]
    categories = [row for row in rows if row["group"] != "all"]
    surviving = [row["group"] for row in categories if survives(row)]
    others = [row["group"] for row in categories if row["p_value"] and not survives(row)]
    none = [row["group"] for row in categories if not row["p_value"]]
    lines = [
        INTRODUCTION,
        f"Of {len(rows)} questions (every category and all events together):",
        "",
        f"- what survives the correction: {', '.join(surviving) or 'nothing'};",
        f"- what does not: {', '.join(others) or 'nothing'}" + (";" if none else "."),
        *([f"- too few clusters for a verdict: {', '.join(none)}."] if none else []),
        "",
        *table(rows),
        "",
        verdict(rows[0], len(rows)).replace("these events", "listed events of any kind"),
    ]
    for row in sorted(categories, key=lambda row: float(row["p_value"] or 1)):
        name = row["group"]
        expected = [each for each in found.expected[name] if each["window"] == WINDOW]
        lines += ["", f"## {name}", "", verdict(row, len(rows)), "", doubts(row, found), "",
                  f"By what was expected from the nature of an event (`study --category {name} --by"
                  " expected`, adjusted within this table):", "",
                  *table(expected)]  # fmt: skip
    lines += ["", *surprises(found)]
    skipped = len({row["event_id"] for row in found.tables["skipped"]})
    lines += ["", f"Skipped, with a reason each: {skipped} events.", ""]
    return "\n".join(lines)


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(answers()), encoding="utf-8")


if __name__ == "__main__":
    main()
