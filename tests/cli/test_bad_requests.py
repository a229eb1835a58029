"""Requests that cannot be answered: one line and exit 2, or a table that says why not.

Sixty days of made levels: A follows M, B and M are factors, C never moves.
"""

from __future__ import annotations

import math
import random
from datetime import date, timedelta

import pytest

DAYS = [date(2024, 1, 1) + timedelta(days=k) for k in range(60)]


def walk(seed, scale=0.01):
    drawn = random.Random(seed)
    level, result = 100.0, []
    for _ in DAYS:
        result.append(level)
        level *= math.exp(drawn.gauss(0, scale))
    return result


def wide(**columns):
    lines = [",".join(("date", *columns))]
    for k, day in enumerate(DAYS):
        lines.append(",".join((day.isoformat(), *(str(column[k]) for column in columns.values()))))
    return "\n".join(lines) + "\n"


def dated(*rows, columns="id,date,category"):
    return "\n".join((columns, *(",".join(row) for row in rows))) + "\n"


def talks(*rows):
    return dated(*((f"e{row}", DAYS[row].isoformat(), "talks") for row in rows))


A, B, M = walk(1), walk(2), walk(3)
PANEL = wide(A=A, B=B, M=M, C=[7.0] * len(DAYS))
NAN_RUN = range(30, 43)
WINDOWS = {
    "--window": "-2:3", "--car": "0:1", "--estimation": "20", "--gap": "0",
    "--min-estimation": "10", "--series": "A",
}  # fmt: skip


@pytest.fixture
def ask(run_cli, write_file):
    """Asks `study` with a good request in which options are changed or, by None, left out."""

    def study(options, rates=PANEL, events=None):
        files = {
            "--rates": write_file("p.csv", rates),
            "--events": write_file("e.csv", events or talks(30, 35, 38, 45, 50)),
        }
        response = {**WINDOWS, **files, **options}
        typed = []
        for name, value in response.items():
            for item in value if isinstance(value, list) else [value]:
                written = name if item is True else f"{name}={item}"
                typed += [] if item is None else [written]
        return run_cli("study", *typed)

    return study


# ------------------------------------------------------------------ refused in one line

REFUSED = {
    "window reversed": (
        {"--window": "5:-5"},
        "--window 5:-5: the window ends before it starts; give it as -5:10",
    ),
    "no window": (
        {"--window": "a week"},
        "--window a week: is no window; write first and last offset like -5:10, or on bars hours"
        " like -2h:6h",
    ),
    "a CAR window reversed": (
        {"--car": "1:0"},
        "--car 1:0: the window ends before it starts; give it as 0:1",
    ),
    "a CAR outside the window": (
        {"--car": "0:9"},
        "--car 0:9: lies outside the event window -2:3; widen the event window or shorten the CAR"
        " window",
    ),
    "a negative gap": (
        {"--gap": "-1"},
        "--gap -1: must be 0 or more; it counts rows between the two windows",
    ),
    "no number": (
        {"--estimation": "long"},
        "--estimation long: is no number of observations; write it like 120, or on bars 120h",
    ),
    "no estimation": (
        {"--estimation": "0"},
        "--estimation 0: too short to learn from; give 3 or more",
    ),
    "fewer returns than needed": (
        {"--estimation": "9"},
        "--min-estimation 10: must lie between 3 and the estimation window, 9",
    ),
    "estimation shorter than the coefficients": (
        {"--model": "market", "--factor": ["M", "B", "C"], "--estimation": "4",
         "--min-estimation": "3"},
        "--min-estimation 3: the model market fits 4 coefficients; give at least 5",
    ),
    "an unknown model": (
        {"--model": "capm"},
        "--model capm: not known; choose one of none, mean, market-adjusted, market,"
        " scholes-williams, garch",
    ),
    "a model without its factor": (
        {"--model": "market"},
        "--model market: needs a factor; name its column or its series as the factor",
    ),
    "a factor that is not there": (
        {"--model": "market", "--factor": "Q"},
        "--factor Q: is a column of none of the files; name one that is",
    ),
    "a factor that is a series too": (
        {"--model": "market", "--factor": "A"},
        "--factor A: is also named as a series to study; a series cannot explain itself",
    ),
    "two factors for a model of one": (
        {"--model": "scholes-williams", "--factor": ["M", "B"]},
        "--model scholes-williams: takes 1 factor, 2 are given; use the model market",
    ),
    "every series a factor": (
        {"--model": "market", "--series": None, "--factor": ["A", "B", "C", "M"]},
        "--factor: every series is a factor; leave one to study",
    ),
    "a series that is not there": (
        {"--series": "Q"},
        "p.csv: has no column Q; choose one of A, B, M, C",
    ),
    "a category without events": (
        {"--category": "summit"},
        "--category summit: no event has it; choose one of talks",
    ),
    "too few returns for GARCH": (
        {"--model": "garch"},
        "--model garch: needs 250 returns, the series has 59",
    ),
    "a file that is not there": (
        {"--rates": "nowhere.csv"},
        "nowhere.csv: there is no such file; check the path",
    ),
}  # fmt: skip


@pytest.mark.parametrize("wrong", REFUSED)
def test_a_request_that_cannot_be_answered_is_one_line(ask, wrong):
    options, text = REFUSED[wrong]
    answer = ask(options)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err == f"error: {text}\n"


WORDS = {
    "--overlap": ("drop", "'keep', 'first', 'exclude'"),
    "--correction": ("none", "'holm', 'hochberg', 'bonferroni', 'bh', 'by'"),
    "--returns": ("gross", "'log', 'simple'"),
    "--pool": ("some", "'near', 'quiet', 'all', 'similar'"),
    "--seed": ("-1", "greater than or equal to 0"),
}


@pytest.mark.parametrize("option", WORDS)
def test_a_word_that_an_option_does_not_know_is_one_line_with_those_it_does(ask, option):
    typed, text = WORDS[option]
    answer = ask({option: typed})
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("error: ")
    assert f"'{option}'" in answer.err
    assert text in answer.err
    assert answer.err.count("\n") == 1


FILES = {
    "the same date twice": (
        {"rates": PANEL + "2024-01-04,1,2,3,4\n"},
        "p.csv, row 61 (line 62), column date: 2024-01-04 is already on line 5"
        " with another rate; keep one of the two rows",
    ),
    "the same event twice": (
        {"events": talks(30) + "e30,2024-02-03,talks\n"},
        "e.csv, row 2 (line 3), column id: 'e30' is already in row 1 (line 2)",
    ),
    "no event at all": (
        {"events": "id,date\n"},
        "e.csv: has a header but no rows; add at least one",
    ),
    "a series without a number": (
        {"rates": wide(A=[""] * len(DAYS), M=M)},
        "p.csv, column A: holds no number; fill it, or choose another column on import",
    ),
}


@pytest.mark.parametrize("wrong", FILES)
def test_a_file_that_says_a_thing_twice_or_nothing_is_one_line(ask, wrong):
    files, text = FILES[wrong]
    answer = ask({}, **files)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith(f"error: {text}")
    assert answer.err.count("\n") == 1


# ------------------------------------------------------------------ answered: not applicable

FACTOR = {"--model": "market", "--factor": "C"}
TWO = "needs at least 2 events that differ"
NONE_LEFT = "no test applies: no event is left to study"
UNANSWERED = {
    "a constant factor": (
        {"options": FACTOR},
        ["5 x window [0,1]: the factors do not vary in its estimation window, or repeat one"
         " another (e30, e35, e38 and 2 more)",
         "sign_flip … needs an event"],
    ),
    "one event": (
        {"events": talks(40)},
        [f"cross_section_t … {TWO}", f"bmp … {TWO}", f"grank_t … {TWO}",
         "overlap_t … needs at least 2 events whose windows are not the same",
         "skewness_adjusted_t … needs at least 3 events that differ"],
    ),
    "no event left after overlap": (
        {"options": {"--overlap": "exclude"}, "events": talks(40, 41)},
        [NONE_LEFT,
         "2 x its event window overlaps another event's (--overlap exclude) (e40, e41)",
         "2 events: 0 studied + 2 skipped = 2"],
    ),
    "all returns zero": (
        {"rates": wide(A=[100.0] * len(DAYS), M=M)},
        [f"cross_section_t … {TWO}",
         "time_series_t … needs an event whose past varies",
         "sign … needs an event that moved"],
    ),
    "a run of missing rates": (
        {"rates": wide(**{name: ["" if k in NAN_RUN else value for k, value in enumerate(values)]
                          for name, values in (("A", A), ("M", M))})},
        ["1 x window [0,1]: the return on 2024-01-31 is missing (e30)",
         "1 x window [0,1]: the return on 2024-02-05 is missing (e35)",
         "1 x too little history: 7 returns in the estimation window, 10 needed (e45)",
         "1 x too little history: 6 returns in the estimation window, 10 needed (e50)"],
    ),
    "a run of missing factors": (
        {"options": {"--model": "market", "--factor": "M"},
         "rates": wide(A=A, M=["" if k in NAN_RUN else m for k, m in enumerate(M)])},
        ["1 x window [0,1]: the return of a factor on 2024-01-31 is missing (e30)"],
    ),
    "an event on a series that is not there": (
        {"events": dated(("a", "2024-02-10", "Z"), columns="id,date,series")},
        [NONE_LEFT,
         "1 x no series Z in this study (a)"],
    ),
    "an event after the data": (
        {"events": dated(("a", "2030-01-01", "talks"))},
        ["1 x after the data: the last observation describes 2024-02-29 (a)"],
    ),
    "an event before the data": (
        {"events": dated(("a", "2020-01-01", "talks"))},
        ["1 x before the data: the first observation describes 2024-01-01 (a)"],
    ),
    "an event with too little history": (
        {"events": talks(5)},
        ["1 x too little history: 2 returns in the estimation window, 10 needed (e5)"],
    ),
    "log returns held": (
        {},
        ["bhar_t … needs simple returns (--returns simple)"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("odd", UNANSWERED)
def test_what_has_no_answer_says_not_applicable_and_why(ask, odd):
    files, text = UNANSWERED[odd]
    given = {name: value for name, value in files.items() if name != "options"}
    answer = ask(files.get("options", {}), **given)
    assert (answer.code, answer.err) == (0, "")
    whole = ask({**files.get("options", {}), "--json": True}, **given).json
    tests = [f"{row['test']}: {row['note']}" for row in whole["tests"] if row["p_value"] is None]
    lines = [*answer.out.splitlines(), *tests]
    for arguments in text:
        test, _, reason = arguments.rpartition(" … ")
        assert any(test in line and reason in line for line in lines), arguments


def test_every_test_without_a_value_says_why(ask):
    rows = ask({"--json": True}, events=talks(40)).json["tests"]
    empty = [row for row in rows if row["group"] == "all" and row["p_value"] is None]
    assert len(empty) > 5
    assert all(row["note"].startswith(("needs ", "does not apply")) for row in empty)


def test_the_manifest_says_which_tests_do_not_apply(ask, tmp_path, run_cli):
    ask({"--out": tmp_path / "out"}, events=talks(40))
    manifest = (tmp_path / "out" / "manifest.json").read_text(encoding="utf-8")
    assert "needs at least 3 events that differ" in manifest
