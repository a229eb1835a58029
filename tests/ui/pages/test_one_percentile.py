"""The same percentile of an event on Explore, Event, Events, in the CSV and in the JSON.

What is expected is counted here, one date after the other, from the file of rates that ships:
constant mean of 120 moves that end 10 before the event window -5:10.
"""

import csv
import io
import math
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pytest

from dashboard.models.study import StudyRequest
from dashboard.services.exports import study_csvs
from dashboard.services.serializers import event_view_json
from dashboard.services.study import build_event_view, run_study
from dashboard.ui import session
from tests.ui.app_in_test import open_page, words_of

RATES = Path(__file__).parents[3] / "data/rates/usd_rub_cbr.csv"
CATALOGUE = Path(__file__).parents[3] / "data/events/catalogue.csv"
THIN = "\u202f"
REACH, LEARNT, GAP, BEFORE, AFTER = 250, 120, 10, 5, 10
KELLOGG = "kellogg-nato-off-table-2025-04-20"
EVENTS = (
    KELLOGG,
    "mariupol-shelling-2015-01-24",
    "us-aid-house-2024-04-20",
    "trump-very-angry-2025-03-30",
)
"""Of days without a fixing, so that no hour matters."""
WINDOWS = ((0, 0), (0, 1))


@cache
def records():
    with RATES.open(encoding="utf-8", newline="") as lines:
        rows = [
            (date.fromisoformat(row["date"]), float(row["rate"])) for row in csv.DictReader(lines)
        ]
    # A record is set the day before the one it is printed with.
    return [day - timedelta(days=1) for day, _ in rows], [rate for _, rate in rows]


@cache
def moves():
    """Of the rouble, 100 x log."""
    rates = records()[1]
    pairs = zip(rates[1:], rates, strict=False)
    return [math.nan, *(-100 * math.log(now / before) for now, before in pairs)]


def sizes(row, window):
    """The size of the CAR in its own error, and as it is; None where a window leaves the data."""
    move, first = moves(), row - BEFORE - GAP - LEARNT
    if first < 1 or row + AFTER >= len(move):
        return None
    learnt = move[first : first + LEARNT]
    mean = sum(learnt) / LEARNT
    variance = sum((each - mean) ** 2 for each in learnt) / (LEARNT - 1)
    length = window[1] - window[0] + 1
    car = sum(move[row + window[0] : row + window[1] + 1]) - length * mean
    return abs(car) / math.sqrt(variance * (length + length**2 / LEARNT)), abs(car)


@cache
def expected(event_id, window):
    """Both percentiles, how many dates, the first and the last of them, the row of the event."""
    days = records()[0]
    with CATALOGUE.open(encoding="utf-8", newline="") as lines:
        said = next(row["date"] for row in csv.DictReader(lines) if row["id"] == event_id)
    day = date.fromisoformat(said)
    assert day not in days
    row = next(at for at, each in enumerate(days) if each >= day)
    own, own_move = sizes(row, window)
    pool = []
    for other in range(row - REACH, row + REACH + 1):
        holds_event = other + window[0] <= row <= other + window[1]
        if 0 <= other < len(days) and not holds_event and other != row:
            found = sizes(other, window)
            if found is not None:
                pool.append((days[other], *found))
    assert len(pool) >= 100
    return (
        100 * sum(size < own for _, size, _ in pool) / len(pool),
        100 * sum(move < own_move for _, _, move in pool) / len(pool),
        len(pool), pool[0][0], pool[-1][0], days[row],
    )  # fmt: skip


def share(percentile):
    decimal = percentile < 0.5 or 94.5 <= percentile < 95 or percentile >= 99.5
    assert not decimal, "choose another event: this one is told with a decimal"
    return f"{percentile:.0f}{THIN}%"


def sentence(event_id, window, each):
    percentile, by_move, size, first, last, _ = expected(event_id, window)
    return (
        f"igger than {share(percentile)} of {size} {each}, {first:%B %Y} to {last:%B %Y}, in units"
        f" of volatility ({share(by_move)} by size alone)"
    )


@pytest.mark.parametrize("event_id", EVENTS)
def test_the_event_page_says_it_with_its_dates(event_id):
    app = open_page("event", id=event_id)
    percentile, _, size, *_ = expected(event_id, (0, 0))
    # In Markdown that is escaped every space is a plain one.
    told = words_of(app).replace("\\", "").replace(THIN, " ")
    assert f"Bigger than {share(percentile)} of the {size} nearest days".replace(THIN, " ") in told
    details = next(table.value for table in app.table if "How unusual" in table.value.columns)
    assert sentence(event_id, (0, 0), "days") in details["How unusual"].iloc[0]
    tests = next(table.value for table in app.table if "p of t" in table.value.columns)
    for at, window in enumerate(WINDOWS):
        percentile, by_move, *_ = expected(event_id, window)
        assert tests["Percentile: nearest dates"].iloc[at] == share(percentile)
        assert tests["the same by size alone"].iloc[at] == share(by_move)


@pytest.mark.parametrize("event_id", EVENTS)
def test_the_day_card_of_explore_says_it(event_id):
    percentile, _, size, *_, day = expected(event_id, (0, 0))
    app = open_page("", sel=str(day))
    (line,) = [text for text in app.markdown if text.value.startswith("Bigger than")]
    assert line.value == f"Bigger than {share(percentile)} of {size} days"
    assert sentence(event_id, (0, 0), "days") in line.help
    percentile, _, size, *_ = expected(event_id, (0, 1))
    assert f"[0,1] is bigger than {share(percentile)} of {size} windows." in line.help


def test_the_list_of_events_and_its_card_say_it():
    frame = open_page("events").dataframe[0].value
    titles = {event.id: event.title for event in session.get_known_events().events}
    for event_id in EVENTS:
        row = frame[frame["Title"] == titles[event_id]].iloc[0]
        for window in WINDOWS:
            name = f"Percentile [{window[0]},{window[1]}]"
            assert float(row[name]) == pytest.approx(expected(event_id, window)[0])
    card = open_page("events", sel=KELLOGG)
    assert sentence(KELLOGG, (0, 0), "days") in words_of(card)


def test_the_files_and_the_json_say_it():
    series, known = session.load_series("usd_rub_cbr"), session.get_known_events().events
    chosen = [event for event in known if event.id in EVENTS]
    assert len(chosen) == len(EVENTS)
    answer = run_study([series], chosen, StudyRequest(cars=WINDOWS), known=known)
    written = study_csvs(answer)["events.csv"].decode("utf-8-sig")
    rows = {(row["event_id"], row["window"]): row for row in csv.DictReader(io.StringIO(written))}
    for event in chosen:
        told = {
            row["window"]: row
            for row in event_view_json(build_event_view(series, event, known))["moves"]
        }
        for window in WINDOWS:
            name = f"[{window[0]},{window[1]}]"
            percentile, by_move, size, first, last, _ = expected(event.id, window)
            for row in (rows[event.id, name], told[name]):
                assert float(row["percentile"]) == pytest.approx(percentile)
                assert float(row["percentile_by_move"]) == pytest.approx(by_move)
                assert int(row["pool_size"]) == size
                assert (row["pool_first_day"], row["pool_last_day"]) == (str(first), str(last))
