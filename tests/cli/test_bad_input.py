"""Files that people really have: each is read right, or refused with file, row and reason."""

from __future__ import annotations

import math

import pytest

GOOD = "date,X\n2024-01-01,100\n2024-01-02,110\n2024-01-03,99\n2024-01-04,99\n2024-01-05,108.9\n" \
    "2024-01-08,130.68\n2024-01-09,65.34\n"  # fmt: skip
SMALL = ("--model", "none", "--window", "0:0", "--car", "0:0", "--estimation", "4", "--gap", "0",
         "--min-estimation", "3")  # fmt: skip
EVENT = "id,date,title\na,2024-01-08,Something\n"
UP_A_FIFTH = math.log(1.2)


def study(run_cli, write_file, rates=GOOD, events=EVENT):
    return run_cli(
        "study", "--rates", write_file("r.csv", rates), "--events", write_file("e.csv", events),
        *SMALL, "--json",
    )  # fmt: skip


# ------------------------------------------------------------------ read right


@pytest.mark.parametrize(
    "rates",
    [
        pytest.param(GOOD, id="plain"),
        pytest.param(b"\xef\xbb\xbf" + GOOD.encode(), id="byte order mark"),
        pytest.param(GOOD.replace(",", ";"), id="semicolons"),
        pytest.param(GOOD.replace(",", ";").replace(".", ","), id="semicolons, decimal comma"),
        pytest.param(GOOD.replace(",", "\t"), id="tabs"),
        pytest.param(GOOD.replace("\n", "\r\n"), id="carriage returns"),
        pytest.param("sep=;\n" + GOOD.replace(",", ";"), id="what Excel writes first"),
        pytest.param(GOOD.encode("utf-16"), id="utf-16"),
        pytest.param(GOOD.replace("X", "курс").encode("cp1251"), id="windows-1251"),
        pytest.param(GOOD.replace("108.9", '"108.9"'), id="quoted"),
        pytest.param(
            "date,X\n" + "\n".join(reversed(GOOD.splitlines()[1:])) + "\n", id="newest first"
        ),
        pytest.param(GOOD + "\n\n", id="blank lines at the end"),
    ],
)
def test_a_file_of_rates_is_read_right(run_cli, write_file, rates):
    answer = study(run_cli, write_file, rates)
    assert answer.code == 0, answer.err
    (row,) = answer.json["events"]
    assert row["car"] == pytest.approx(UP_A_FIFTH)
    assert row["anchor_day"] == "2024-01-08"


@pytest.mark.parametrize(
    ("events", "title"),
    [
        pytest.param("id;date;title\na;2024-01-08;Нечто\n".encode("cp1251"), "Нечто", id="1251"),
        pytest.param(b"\xef\xbb\xbf" + EVENT.encode(), "Something", id="byte order mark"),
        pytest.param('id,date,title\na,2024-01-08,"a, ""b"""\n', 'a, "b"', id="quotes"),
        pytest.param("id,date,title\na,08.01.2024,Dotted\n", "Dotted", id="dotted date"),
    ],
)
def test_a_file_of_events_is_read_right(run_cli, write_file, events, title):
    answer = study(run_cli, write_file, events=events)
    assert answer.code == 0, answer.err
    assert [row["anchor_day"] for row in answer.json["events"]] == ["2024-01-08"]
    planned = run_cli("events", "import", write_file("e.csv", events), "--dry-run", "--json")
    assert [row["title"] for row in planned.json["rows"]] == [title]


def test_an_empty_cell_is_a_missing_rate_and_takes_its_returns_with_it(run_cli, write_file):
    answer = study(run_cli, write_file, GOOD.replace("2024-01-08,130.68", "2024-01-08,"))
    assert answer.json["events"] == []
    assert answer.json["skipped"] == [
        {"event_id": "a", "series": "X",
         "reason": "window [0,0]: the return on 2024-01-08 is missing"}
    ]  # fmt: skip


# ------------------------------------------------------------------ refused

WRONG_RATES = {
    "no date column": ("name,X\nalpha,1\n", "r.csv, line 1: has no column date"),
    "no rates": ("date\n2024-01-01\n", "r.csv, line 1: has no column of rates"),
    "no header": ("2024-01-01,100\n2024-01-02,101\n", "r.csv, line 1: has no column date"),
    "a header only": ("date,X\n", "r.csv: has a header but no rows"),
    "empty": ("", "r.csv: is empty"),
    "blank": ("\n \n", "r.csv: is empty"),
    "decimal comma": ("date,X\n2024-01-01,100,5\n", "r.csv, line 2: 3 fields, more than the 2"),
    "impossible date": (
        "date,X\n2024-02-30,1\n",
        "r.csv, row 1 (line 2), column date: '2024-02-30'",
    ),
    "no date": ("date,X\nsoon,1\n", "r.csv, row 1 (line 2), column date: 'soon'"),
    "American date": ("date,X\n02/03/2024,1\n", "r.csv, row 1 (line 2), column date: '02/03/2024'"),
    "the same date twice": (
        "date,X\n2024-01-01,1\n2024-01-02,2\n2024-01-01,3\n",
        "r.csv, row 3 (line 4), column date: 2024-01-01",
    ),
    "text": ("date,X\n2024-01-01,1\n2024-01-02,abc\n", "r.csv, row 2 (line 3), column X: 'abc'"),
    "n/a": ("date,X\n2024-01-01,n/a\n", "r.csv, column X: holds no number"),
    "infinite": ("date,X\n2024-01-01,inf\n", "r.csv, row 1 (line 2), column X: 'inf'"),
    "zero": ("date,X\n2024-01-01,1\n2024-01-02,0\n", "r.csv, row 2 (line 3), column X: '0'"),
    "negative": ("date,X\n2024-01-01,-37.63\n", "r.csv, row 1 (line 2), column X: '-37.63'"),
    "thousands": ('date,X\n2024-01-01,"1,234"\n', "r.csv, row 1 (line 2), column X: '1,234'"),
    "too few fields": ("date,X,Y\n2024-01-01,1\n", "r.csv, line 2: 2 fields, fewer than the 3"),
    "an open quote": ('date,X\n2024-01-01,"1\n', "r.csv, line 2: a quote is opened"),
    "the same column twice": ("date,X,X\n2024-01-01,1,2\n", "r.csv, line 1: the column X is there"),
    "a workbook": (b"PK\x03\x04rest", "r.csv: is a damaged Excel workbook or zip archive"),
    "a page": ("<!doctype html><p>date,X", "r.csv"),
    "NUL": ("date,X\n2024-01-01,1\0\n", "r.csv, line 2: holds a NUL"),
}


@pytest.mark.parametrize("wrong", WRONG_RATES)
def test_a_wrong_file_of_rates_is_refused_in_one_line(run_cli, write_file, wrong):
    content, text = WRONG_RATES[wrong]
    answer = study(run_cli, write_file, content)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith(f"error: {text}"), answer.err
    assert answer.err.count("\n") == 1


WRONG_EVENTS = {
    "no date column": ("id,place\na,Moscow\n", "e.csv, line 1: has no column date"),
    "empty": ("", "e.csv: is empty"),
    "impossible date": ("id,date\na,2023-02-29\n", "e.csv, row 1 (line 2), column date"),
    "an empty date": ("id,date\na,\n", "e.csv, row 1 (line 2), column date"),
    "the same id twice": (
        "id,date\na,2024-01-08\nb,2024-01-08\na,2024-01-09\n",
        "e.csv, row 3 (line 4), column id: 'a' is already in row 1 (line 2)",
    ),
    "an impossible time": (
        "id,date,time_utc\na,2024-01-08,25:00\n", "e.csv, row 1 (line 2), column time_utc: '25:00'",
    ),
    "a time of another day": (
        "id,date,time_utc\na,2024-01-08,2024-02-08T10:00Z\n",
        "e.csv, row 1 (line 2), column time_utc: ",
    ),
    "an unknown direction": (
        "id,date,expected\na,2024-01-08,sideways\n",
        "e.csv, row 1 (line 2), column expected: 'sideways' is unknown",
    ),
    "an end before the start": (
        "id,date,end_date\na,2024-01-08,2024-01-07\n", "e.csv, row 1 (line 2), column end_date",
    ),
}  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG_EVENTS)
def test_a_wrong_file_of_events_is_refused_in_one_line(run_cli, write_file, wrong):
    content, text = WRONG_EVENTS[wrong]
    answer = study(run_cli, write_file, events=content)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith(f"error: {text}"), answer.err
    assert answer.err.count("\n") == 1


def test_a_folder_is_no_file(run_cli, tmp_path):
    answer = run_cli("study", "--rates", tmp_path)
    assert answer.code == 2
    assert answer.err == f"error: {tmp_path.name}: is a folder; give a CSV file\n"


def test_a_constant_rate_has_moves_but_nothing_is_made_up_about_them(run_cli, write_file):
    rates = "date,X\n" + "".join(f"2024-01-{day:02d},100\n" for day in range(1, 20))
    answer = study(run_cli, write_file, rates)
    (row,) = answer.json["events"]
    assert row["car"] == 0
    assert (row["car_t"], row["p_value"], row["placebo_p"]) == (None, None, None)
    assert "no_variance" in row["flags"].split()


def test_one_observation_is_too_little_for_any_event(run_cli, write_file):
    answer = study(run_cli, write_file, "date,X\n2024-01-08,100\n")
    assert answer.json["events"] == []
    assert len(answer.json["skipped"]) == 1


@pytest.mark.parametrize(
    ("rates", "option"),
    [
        ("date,usd\n03/04/2025,80\n05/06/2025,81\n", "--dates"),
        ("date,usd\n2025-04-03 10:00,80\n2025-04-03 11:00,81\n", "--zone"),
    ],
)
def test_an_error_of_a_file_names_the_option_that_resolves_it(run_cli, write_file, rates, option):
    answer = run_cli("rates", "import", write_file("made.csv", rates), "--name", "made")
    assert answer.code == 2
    assert answer.err.endswith(f" ({option})\n")


def test_a_file_of_events_without_dates_names_the_option_for_columns(run_cli, write_file):
    answer = run_cli("events", "import", write_file("made.csv", "when it was,title\nx,y\n"))
    assert answer.code == 2
    assert answer.err.endswith(" (--map)\n")
