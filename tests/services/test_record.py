"""Recording of live quotes: appended at the moment of the fetch, and never changed."""

import json
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from dashboard.models.errors import InputError, SourceError
from dashboard.services.record import (
    Recording,
    find_recorded,
    read_json_number,
    record_once,
    scale_odds,
    with_odds,
)
from dashboard.sources.rates.imported import ImportedRates

START = datetime(2026, 11, 3, 9, 0, 5, tzinfo=UTC)


def clock(*hours):
    moments = iter([START + timedelta(hours=hour) for hour in hours])
    return lambda: next(moments)


def recording(values, **fields):
    numbers = iter(values)

    def fetch():
        value = next(numbers)
        if isinstance(value, Exception):
            raise value
        return value

    made = {"id": "truce", "title": "Truce by May", "source": "https://example.org/x p"} | fields
    return Recording(made.pop("id"), made.pop("title"), made.pop("source"), fetch, **made)


@pytest.mark.parametrize(
    ("path", "number"),
    [("price", 0.4), ("history.-1.p", 0.52), ("markets[0].yes", 41), ("markets.0.text", 0.7)],
)
def test_a_number_is_read_at_its_path(path, number):
    document = {
        "price": 0.4,
        "history": [{"p": 0.1}, {"p": 0.52}],
        "markets": [{"yes": 41, "text": "0.7"}],
    }
    assert read_json_number(json.dumps(document).encode(), path) == number


@pytest.mark.parametrize(
    ("content", "path", "said"),
    [
        (b"<html>", "p", "is no JSON"),
        (b'{"a": [1]}', "a.7", "nothing at 7 of a.7"),
        (b'{"a": 1}', "b", "nothing at b"),
        (b'{"a": true}', "a", "no number at a"),
        (b'{"a": "NaN"}', "a", "no number at a"),
        (b'{"a": {}}', "a", "no number at a"),
        (b'{"a": 1}', "a.b", "nothing at b"),
    ],
)
def test_what_has_no_number_is_refused(content, path, said):
    with pytest.raises(SourceError, match=said):
        read_json_number(content, path)


def test_odds_are_per_cent_and_nothing_else_is_odds():
    assert (scale_odds(0.41), scale_odds(41.0), scale_odds(0.0)) == (41.0, 41.0, 0.0)
    with pytest.raises(SourceError, match="is no probability"):
        scale_odds(101.0)


def test_quotes_are_appended_at_the_moment_of_the_fetch(tmp_path):
    store, item = ImportedRates(tmp_path), with_odds(recording([0.4, 0.5, 0.45], kind="odds"))
    now = clock(0, 1, 5)
    first, second, third = (record_once(store, item, now) for _ in range(3))
    series = find_recorded(store, item)
    assert series.rate.tolist() == pytest.approx([40, 50, 45])
    assert [str(moment) for moment in series.known_at] == [
        "2026-11-03T09:00:05", "2026-11-03T10:00:05", "2026-11-03T14:00:05",
    ]  # fmt: skip
    assert (first.gap, second.gap) == (timedelta(0), timedelta(0))
    assert third.gap == timedelta(hours=4)  # told, and nothing is filled in
    assert (series.card.id, series.card.kind, series.card.unit) == ("own_truce", "odds", "per cent")


def test_a_failure_is_tried_again_a_few_times_then_given_up(tmp_path):
    store, waits = ImportedRates(tmp_path), []
    away = SourceError("no answer")
    item = recording([away, 0.5, away, away, away])
    done = record_once(store, item, clock(0), waits.append)
    assert done.value == 0.5
    done = record_once(store, item, clock(1), waits.append)
    assert done.problem == "no answer"
    assert waits == [5.0, 5.0, 30.0]
    assert len(find_recorded(store, item)) == 1


def test_a_series_of_another_source_is_never_touched(tmp_path):
    store = ImportedRates(tmp_path)
    record_once(store, recording([1.0]), clock(0))
    with pytest.raises(InputError, match="another series of yours"):
        record_once(store, recording([2.0], source="https://example.org/other p"), clock(1))
    assert store.get("own_truce").rate.tolist() == [1.0]


def test_a_clock_that_went_back_changes_nothing(tmp_path):
    store, item = ImportedRates(tmp_path), recording([1.0, 2.0])
    record_once(store, item, clock(3))
    with pytest.raises(SourceError, match="the clock stands before"):
        record_once(store, item, clock(1))
    assert store.get("own_truce").rate.tolist() == [1.0]


@pytest.mark.parametrize(
    ("fields", "said"), [({"id": "a b"}, "letters a-z"), ({"minutes": 0}, "minutes from 1 to")]
)
def test_what_cannot_be_recorded_is_refused(fields, said):
    with pytest.raises(InputError, match=said):
        recording([], **fields)


PROGRAM = """
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from dashboard.services.record import Recording, record_once
from dashboard.sources.rates.imported import ImportedRates

store, start, count = ImportedRates(Path(sys.argv[1])), datetime(2026, 11, 3, tzinfo=UTC), 0
if store.cards():
    count = len(store.get("own_truce"))
item = Recording("truce", "Truce", "made", lambda: float(count))
while True:
    record_once(store, item, lambda: start + timedelta(minutes=count))
    count += 1
    print(count, flush=True)
"""


def test_a_killed_recorder_leaves_every_number_to_that_moment(tmp_path):
    seen = 0
    for _kill in range(3):
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(tmp_path)], stdout=subprocess.PIPE, text=True
        )
        for _line in range(20):
            seen = int(process.stdout.readline())
        process.send_signal(signal.SIGKILL)
        process.communicate()
        series = ImportedRates(tmp_path).get("own_truce")
        assert len(series) >= seen
        assert np.array_equal(series.rate, np.arange(len(series)))
