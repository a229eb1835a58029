"""Hours on the command line: bars that were fetched, timed events, windows in hours."""

from __future__ import annotations

import json
import math
from datetime import date, timedelta

import pytest

from tests.cli.conftest import table
from tests.replica.market import near
from tests.services.bar_cache import HOURS, fill_cache

# In the replica Moscow trades from 10:00 to 19:00 every day, on weekends too.
WEDNESDAY = date(2026, 11, 18)
EVENTS = """id,date,time_utc,category,title
inside,2026-11-18,2026-11-18T09:20:00Z,other,Said at 12:20 in Moscow
night,2026-11-17,2026-11-17T22:40:00Z,other,Said at 01:40 in Moscow
dated,2026-11-18,,other,Nobody knows when
"""


@pytest.fixture
def bars(dashboard_home, monkeypatch):
    """A store with hours of the yuan, offline."""
    results, _ = fill_cache(dashboard_home)
    assert results[HOURS].message == ""
    monkeypatch.setenv("DASHBOARD_OFFLINE", "1")


def close(day, hour):
    """What the replica tells of the hour that begins at `hour`, worked out from its market."""
    last_second = timedelta(hours=hour + 1, seconds=-1)
    return round(near("CNY", day, last_second / timedelta(days=1)), 4)


def test_a_timed_event_is_measured_in_hours(run_cli, write_file, bars, tmp_path):
    out = tmp_path / "out"
    answer = run_cli("study", "--rates", HOURS, "--events", write_file("events.csv", EVENTS),
                   "--model", "none", "--window", "-2h:6h", "--car", "0:1h", "--estimation", "90h",
                   "--out", out)  # fmt: skip
    assert (answer.code, answer.err) == (0, "")
    assert "3 events: 2 in events.csv + 1 in skipped.csv = 3" in answer.out

    header, rows = table(out / "paths.csv")
    assert header[-1] == "known_at"
    path = {int(row["offset"]): row for row in rows if row["event_id"] == "inside"}
    assert list(path) == list(range(-2, 7))
    # 12:20 in Moscow lies in the bar 12:00-13:00, known at 09:59:59 UTC.
    assert path[0]["known_at"] == "2026-11-18T09:59:59Z"
    assert path[6]["known_at"] == "2026-11-18T15:59:59Z"
    assert float(path[0]["rate"]) == close(WEDNESDAY, 12)
    _, events = table(out / "events.csv")
    by_id = {row["event_id"]: row for row in events}
    assert by_id["inside"]["window"] == "[0,1]"
    expected = -math.log(close(WEDNESDAY, 13) / close(WEDNESDAY, 11))
    assert float(by_id["inside"]["car"]) == pytest.approx(expected, abs=1e-12)
    # Offset -2 is the day's first bar, so that its return is that of the night.
    assert set(by_id["inside"]["flags"].split()) == {"partly_in_fixing", "session_break"}

    # 01:40 on Wednesday: the first bar is Wednesday's 10:00, the base Tuesday's last.
    expected = -math.log(close(WEDNESDAY, 11) / close(WEDNESDAY - timedelta(days=1), 18))
    assert float(by_id["night"]["car"]) == pytest.approx(expected, abs=1e-12)
    assert by_id["night"]["anchor_day"] == "2026-11-18"
    assert {"no_bar_then", "session_break"} <= set(by_id["night"]["flags"].split())

    _, (skipped,) = table(out / "skipped.csv")
    assert skipped["event_id"] == "dated"
    assert skipped["reason"].startswith("hour unknown")
    parameters = json.loads((out / "manifest.json").read_text(encoding="utf-8"))["parameters"]
    assert (parameters["window"], parameters["estimation"]) == ("[-2,6]", 90)
    assert parameters["bar_minutes"] == 60


def test_hours_and_the_same_numbers_of_bars_are_one_question(run_cli, write_file, bars):
    events = write_file("events.csv", EVENTS)
    typed = [["--window", "-2h:6h", "--gap", "5h"], ["--window", "-2:6", "--gap", "5"],
             ["--window", "-120m:360m", "--gap", "300m"]]  # fmt: skip
    message = [
        run_cli("study", "--rates", HOURS, "--events", events, "--json", *item) for item in typed
    ]
    assert message[0].code == 0
    assert message[0].out == message[1].out == message[2].out


def test_a_day_without_an_hour_leaves_nothing_but_its_reason(run_cli, write_file, bars):
    events = write_file("events.csv", "id,date\nonly,2026-11-18\n")
    answer = run_cli("study", "--rates", HOURS, "--events", events, "--json")
    assert answer.code == 0
    (skipped,) = answer.json["skipped"]
    assert skipped["reason"].startswith("hour unknown")
    assert answer.json["events"] == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--window", "-2h:6h"], "--window -2h:6h: "),
        (["--estimation", "120h"], "--estimation 120h: "),
        (["--rates", HOURS, "--window", "-30m:2h"], "whole number of bars"),
        (["--rates", HOURS, "--window", "-2h:6"], "one end counts time, the other observations"),
        (["--rates", HOURS, "--car", "0:12h"], "--car 0:12: lies outside the event window -5:10"),
        (["--rates", HOURS, "--rates", "usd_rub_cbr"],
         "--rates usd_rub_cbr: has one number a day, and cny_rub_moex_60m has bars of 60 minutes"),
        (["--rates", HOURS, "--model", "market", "--factor", "brent_eia"],
         "--factor brent_eia: has one number a day"),
    ],
)  # fmt: skip
def test_what_does_not_fit_the_bars_is_reported_in_one_line(run_cli, bars, arguments, message):
    answer = run_cli("study", *arguments)
    assert answer.code == 2
    assert answer.out == ""
    assert message in answer.err
    assert answer.err.count("\n") == 1


def test_robustness_counts_in_hours_too(run_cli, write_file, bars):
    answer = run_cli("robustness", "--rates", HOURS, "--events", write_file("events.csv", EVENTS),
                     "--car", "0:2h", "--estimation", "60h", "--gap", "0", "--model", "none",
                     "--overlap", "keep", "--filter", "all", "--json")  # fmt: skip
    assert answer.code == 0, answer.err
    (row,) = answer.json["specifications"]
    assert (row["window"], row["estimation"], row["n"]) == ("[0,2]", 60, 2)
