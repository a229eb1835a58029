"""The memory of live rates: whole or not at all, never wrong silently."""

import os
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from dashboard.models.errors import StoreError
from dashboard.models.publication import BANK_OF_RUSSIA, MOEX_BAR
from dashboard.models.series import CacheUpdate, FetchResult, RateSeries, SeriesCard, SeriesVersion
from dashboard.storage.rate_cache import LOCK_TIMEOUT_SECONDS, RateCache
from dashboard.storage.sqlite_files import file_lock
from tests.made_series import made_card, made_series

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)
CARD = made_card("made", rule=BANK_OF_RUSSIA)
ROOT = Path(__file__).parents[2]


@pytest.fixture
def cache(tmp_path):
    return RateCache(tmp_path / "cache")


def answer(rates, provisional=0, **more):
    """An answer with rates by printed date (ISO)."""
    series = made_series(list(rates.values()), list(rates), rule=BANK_OF_RUSSIA, series_id="made")
    whole = RateSeries(
        series.card, series.record, series.day, series.opens, series.known_at, series.rate,
        NOON, provisional,
    )  # fmt: skip
    return FetchResult(whole, **more)


def keep(cache, rates, at=NOON, **more):
    return cache.store("made", "source", answer(rates, **more), at)


def rates_of(cache):
    series = cache.read(CARD)
    return dict(zip(series.record.astype(str).tolist(), series.rate.tolist(), strict=True))


# ---------------------------------------------------------------- what is stored


def test_before_anything_is_kept_there_is_nothing_and_no_file(cache, tmp_path):
    assert cache.read(CARD) is None
    assert cache.state("made") is None
    assert cache.revisions("made") == ()
    assert (cache.versions(), cache.states()) == ({}, {})
    assert cache.fingerprint() is None
    assert list(tmp_path.iterdir()) == []


def test_a_series_is_read_as_it_was_kept(cache):
    fetched = answer({"2026-11-20": 84.1, "2026-11-21": np.nan, "2026-11-24": 84.3})
    assert cache.store("made", "source", fetched, NOON) == CacheUpdate(new=3)
    read = cache.read(CARD)
    for name in ("record", "day", "opens", "known_at"):
        assert np.array_equal(getattr(read, name), getattr(fetched.series, name))
        assert getattr(read, name).dtype == getattr(fetched.series, name).dtype
    assert np.array_equal(read.rate, fetched.series.rate, equal_nan=True)
    assert read.card is CARD
    assert read.fetched_at == NOON


def test_later_rows_are_added_and_the_same_rows_change_nothing(cache):
    keep(cache, {"2026-11-20": 84.1})
    before = cache.fingerprint()
    assert keep(cache, {"2026-11-20": 84.1, "2026-11-21": 84.2}, LATER) == CacheUpdate(new=1)
    assert cache.fingerprint() != before
    assert rates_of(cache) == {"2026-11-20": 84.1, "2026-11-21": 84.2}
    assert not keep(cache, {"2026-11-20": 84.1, "2026-11-21": 84.2}, LATER).changed
    assert cache.read(CARD).fetched_at == LATER


def test_a_version_has_a_mark_that_grows_when_anything_changes(cache):
    keep(cache, {"2026-11-20": 84.1})
    first = cache.versions()["made"]
    assert (first.ok_at, first.has_rows) == (NOON, True)
    keep(cache, {"2026-11-20": 84.1}, LATER)
    assert cache.versions()["made"] == replace(first, ok_at=LATER)
    keep(cache, {"2026-11-20": 84.5}, LATER)
    assert cache.versions()["made"].mark > first.mark


def test_a_series_that_was_only_asked_for_has_no_rows(cache):
    cache.record_failure("made", "source", "It did not answer", NOON)
    assert cache.versions()["made"] == SeriesVersion(0, None, has_rows=False)
    keep(cache, {"2026-11-20": 84.1}, LATER, provisional=1)
    assert not cache.versions()["made"].has_rows


def test_the_states_of_all_series_are_those_of_each(cache):
    keep(cache, {"2026-11-20": 84.1, "2026-11-21": 84.2})
    keep(cache, {"2026-11-20": 84.5}, LATER)
    cache.record_failure("other", "source", "It did not answer", NOON)
    assert cache.states() == {name: cache.state(name) for name in ("made", "other")}
    assert cache.states()["made"].last_day == date(2026, 11, 20)
    assert (cache.states()["made"].rows, cache.states()["made"].revised) == (2, 1)


def test_a_revised_number_is_kept_beside_the_one_that_replaced_it(cache):
    keep(cache, {"2026-11-20": 84.1, "2026-11-21": 84.2})
    assert keep(cache, {"2026-11-20": 84.5, "2026-11-21": 84.2}, LATER) == CacheUpdate(revised=1)
    assert rates_of(cache)["2026-11-20"] == 84.5
    (revision,) = cache.revisions("made")
    assert (revision.record, revision.was, revision.became) == (date(2026, 11, 20), 84.1, 84.5)
    assert (revision.was_fetched_at, revision.seen_at) == (NOON, LATER)
    assert cache.state("made").revised == 1


def test_a_number_revised_twice_has_two_revisions_the_latest_first(cache):
    for at, rate in enumerate([84.1, 84.5, 84.9]):
        keep(cache, {"2026-11-20": rate}, NOON + timedelta(hours=at))
    assert [(one.was, one.became) for one in cache.revisions("made")] == [
        (84.5, 84.9),
        (84.1, 84.5),
    ]


def test_a_missing_number_replaces_nothing_and_is_filled_without_a_revision(cache):
    keep(cache, {"2026-11-20": 84.1, "2026-11-21": np.nan})
    keep(cache, {"2026-11-20": np.nan, "2026-11-21": 84.2}, LATER)
    assert rates_of(cache) == {"2026-11-20": 84.1, "2026-11-21": 84.2}
    assert cache.revisions("made") == ()


def test_an_answer_with_fewer_rows_makes_nothing_shorter(cache):
    keep(cache, {"2026-11-20": 84.1, "2026-11-21": 84.2, "2026-11-24": 84.3})
    keep(cache, {"2026-11-20": 84.1}, LATER)
    assert len(rates_of(cache)) == 3
    keep(cache, {}, LATER)
    cache.store("made", "source", FetchResult(None, stamp="same"), LATER)
    assert len(rates_of(cache)) == 3


def test_a_provisional_number_becomes_final_without_a_revision(cache):
    keep(cache, {"2026-11-20": 84.1, "2026-11-21": 84.15}, provisional=1)
    assert cache.read(CARD).provisional == 1
    assert keep(cache, {"2026-11-21": 84.2}, LATER) == CacheUpdate(settled=1)
    assert cache.read(CARD).provisional == 0
    assert rates_of(cache)["2026-11-21"] == 84.2
    assert cache.revisions("made") == ()


def test_a_provisional_number_never_replaces_a_final_one(cache):
    keep(cache, {"2026-11-20": 84.1})
    assert not keep(cache, {"2026-11-20": 84.9}, LATER, provisional=1).changed
    assert rates_of(cache) == {"2026-11-20": 84.1}


def test_a_provisional_number_that_does_not_come_again_goes(cache):
    keep(cache, {"2026-11-20": 84.1, "2026-11-21": 84.15}, provisional=1)
    keep(cache, {"2026-11-20": 84.1}, LATER)
    assert rates_of(cache) == {"2026-11-20": 84.1}


def test_bars_of_one_day_are_told_apart_by_their_beginning(cache):
    opens = np.array(["2026-11-20T07:00", "2026-11-20T08:00"], dtype="datetime64[s]")
    day = opens.astype("datetime64[D]")
    card = SeriesCard("bars", "Bars", "a", "b", "nobody", "", "none", MOEX_BAR.id, bar_minutes=60)
    bars = RateSeries(card, day, day, opens, opens + 3599, np.array([84.1, 84.2]), NOON, 1)
    cache.store("bars", "moex", FetchResult(bars), NOON)
    read = cache.read(card)
    assert np.array_equal(read.opens, opens)
    assert read.provisional == 1


def test_a_series_never_takes_rows_from_another_source(cache):
    keep(cache, {"2026-11-20": 84.1})
    with pytest.raises(StoreError, match="is kept from source and takes nothing from other"):
        cache.store("made", "other", answer({"2026-11-21": 84.2}), LATER)
    assert rates_of(cache) == {"2026-11-20": 84.1}


# ---------------------------------------------------------------- attempts


def test_a_failure_is_noted_and_what_is_kept_stays(cache):
    keep(cache, {"2026-11-20": 84.1}, stamp="first", notes=("a word",))
    cache.record_failure("made", "source", "it failed", LATER)
    state = cache.state("made")
    assert (state.tried_at, state.ok_at, state.problem) == (LATER, NOON, "it failed")
    assert (state.stamp, state.notes, state.rows) == ("first", ("a word",), 1)
    assert state.last_day == date(2026, 11, 19)
    assert rates_of(cache) == {"2026-11-20": 84.1}
    keep(cache, {"2026-11-20": 84.1}, LATER)
    assert cache.state("made").problem == ""


def test_a_first_attempt_may_fail(cache):
    cache.record_failure("made", "source", "it failed", NOON)
    assert cache.state("made").ok_at is None
    assert cache.state("made").last_day is None
    assert cache.read(CARD) is None


def test_moments_are_kept_to_the_microsecond(cache):
    at = NOON + timedelta(microseconds=123_457)
    keep(cache, {"2026-11-20": 84.1}, at)
    assert cache.state("made").tried_at == at


# ---------------------------------------------------------------- the file


def test_only_the_owner_may_read_it(cache, tmp_path):
    keep(cache, {"2026-11-20": 84.1})
    assert stat.S_IMODE((tmp_path / "cache").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "cache" / "rates.sqlite3").stat().st_mode) == 0o600


@pytest.mark.parametrize("damage", [b"no database at all" * 100, b""], ids=["text", "empty"])
def test_a_damaged_file_is_put_aside_and_filled_anew(cache, tmp_path, damage):
    keep(cache, {"2026-11-20": 84.1})
    file = tmp_path / "cache" / "rates.sqlite3"
    for path in file.parent.iterdir():
        path.unlink()
    file.write_bytes(damage)
    if damage:
        with pytest.raises(StoreError, match="rates stay as they ship"):
            cache.read(CARD)
    else:
        assert cache.read(CARD) is None
    keep(cache, {"2026-11-21": 84.2})
    assert rates_of(cache) == {"2026-11-21": 84.2}


def test_a_page_that_was_overwritten_is_noticed_and_the_next_answer_starts_anew(cache, tmp_path):
    rates = {str(np.datetime64("2020-01-01") + day): 80.0 + day / 100 for day in range(2_000)}
    keep(cache, rates)
    file = tmp_path / "cache" / "rates.sqlite3"
    with sqlite3.connect(file) as connection:
        connection.execute("pragma wal_checkpoint(truncate)")
    connection.close()
    content = bytearray(file.read_bytes())
    content[20_480:] = bytes(len(content) - 20_480)
    file.write_bytes(content)
    with pytest.raises(StoreError):
        keep(cache, {"2020-01-02": 1.0, "2025-01-02": 2.0}, LATER)
    keep(cache, {"2026-11-21": 84.2}, LATER)
    assert rates_of(cache) == {"2026-11-21": 84.2}


def test_many_that_keep_something_at_once_make_one_file(cache, tmp_path):
    """Each may find that there are no tables yet; none may put away what another made."""
    names = [f"series{number}" for number in range(8)]
    for attempt in range(10):
        folder = tmp_path / str(attempt)
        with ThreadPoolExecutor(8) as pool:
            list(
                pool.map(
                    lambda name, folder=folder: RateCache(folder).store(
                        name, "source", answer({"2026-11-20": 84.1}), NOON
                    ),
                    names,
                )
            )
        assert all(RateCache(folder).state(name) for name in names)
        assert not [path for path in folder.iterdir() if "damaged" in path.name]


def test_a_file_of_another_version_is_put_aside(cache, tmp_path):
    keep(cache, {"2026-11-20": 84.1})
    with sqlite3.connect(tmp_path / "cache" / "rates.sqlite3") as connection:
        connection.execute("pragma user_version = 99")
    connection.close()
    assert cache.read(CARD) is None
    keep(cache, {"2026-11-21": 84.2})
    assert rates_of(cache) == {"2026-11-21": 84.2}


def test_an_error_names_no_path(cache, tmp_path):
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "rates.sqlite3").write_bytes(b"no database" * 1_000)
    with pytest.raises(StoreError) as caught:
        cache.read(CARD)
    assert str(tmp_path) not in str(caught.value)


def test_a_reader_does_not_wait_for_a_writer(cache, tmp_path):
    keep(cache, {"2026-11-20": 84.1})
    with sqlite3.connect(tmp_path / "cache" / "rates.sqlite3", isolation_level=None) as writer:
        writer.execute("begin immediate")
        writer.execute("delete from observations")
        started = time.monotonic()
        assert rates_of(cache) == {"2026-11-20": 84.1}
        assert time.monotonic() - started < LOCK_TIMEOUT_SECONDS
        writer.execute("rollback")
    writer.close()


def test_a_hundred_thousand_bars_are_kept_and_read_in_a_few_seconds(cache):
    opens = np.datetime64("2026-01-01T00:00:00", "s") + 60 * np.arange(100_000)
    day = opens.astype("datetime64[D]")
    card = SeriesCard("bars", "Bars", "a", "b", "nobody", "", "none", MOEX_BAR.id, bar_minutes=1)
    bars = RateSeries(card, day, day, opens, opens + 59, np.full(100_000, 84.0), NOON)
    started = time.process_time()
    cache.store("bars", "moex", FetchResult(bars), NOON)
    assert len(cache.read(card)) == 100_000
    assert time.process_time() - started < 5


# ---------------------------------------------------------------- the lock


def test_a_lock_is_held_by_one_at_a_time(tmp_path):
    file = tmp_path / "cache" / "one.lock"
    with file_lock(file, 0) as first:
        assert first
        with file_lock(file, 0) as second:
            assert not second
        with file_lock(tmp_path / "cache" / "two.lock", 0) as other:
            assert other
    with file_lock(file, 0) as third:
        assert third


def test_a_lock_is_given_back_when_its_holder_fails(tmp_path):
    with pytest.raises(ZeroDivisionError), file_lock(tmp_path / "one.lock", 0):
        raise ZeroDivisionError
    with file_lock(tmp_path / "one.lock", 0) as got:
        assert got


# ---------------------------------------------------------------- kill -9


FORKING = """
import os, sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
import numpy as np
from dashboard.storage.rate_cache import RateCache
from tests.storage.test_rate_cache import answer

cache, first = RateCache(Path(sys.argv[1])), 1
days = (np.datetime64("2025-09-01") + np.arange(400)).astype(str).tolist()
made = answer(dict.fromkeys(days, 1.0))
for _ in range(50):
    reading, writing = os.pipe()
    writer = os.fork()
    if writer == 0:
        with cache.lock("cbr", 5) as got:  # the one before was killed while it held it
            assert got
            for number in range(first, first + 100_000):
                series = replace(made.series, rate=np.full(400, float(number)))
                cache.store("made", "source", replace(made, series=series), datetime.now(UTC))
                os.write(writing, b"%d\\n" % number)
    os.close(writing)
    lines = os.fdopen(reading)
    print(writer, flush=True)
    print(int(lines.readline()), flush=True)
    sys.stdin.readline()
    os.waitpid(writer, 0)
    stored = [int(line) for line in lines if line.endswith("\\n")]
    lines.close()
    first = max([first, *stored]) + 1
    print(first - 1, flush=True)
"""


def test_kill_9_in_the_middle_of_a_refresh_leaves_a_readable_cache_50_times(tmp_path):
    """Every answer is 400 equal numbers: a torn one would show as two different ones."""
    cache = RateCache(tmp_path)
    seeded = np.random.default_rng(9)
    parent = subprocess.Popen(
        [sys.executable, "-c", FORKING, str(tmp_path)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
    )  # fmt: skip
    with parent:
        for _ in range(50):
            writer, _ = int(parent.stdout.readline()), parent.stdout.readline()
            time.sleep(float(seeded.uniform(0, 0.03)))  # it has written; now it writes again
            os.kill(writer, signal.SIGKILL)
            print("killed", file=parent.stdin, flush=True)
            acknowledged = int(parent.stdout.readline())
            result = set(rates_of(cache).values())
            assert len(result) == 1, "half an answer was taken in"
            assert result.pop() >= acknowledged, "an acknowledged answer was lost"
    assert parent.returncode == 0
    with sqlite3.connect(tmp_path / "rates.sqlite3") as connection:
        assert connection.execute("pragma integrity_check").fetchone() == ("ok",)
    connection.close()
