"""What a team shares is in its database: one replica writes, another reads; none half, none twice.

A replica is a process with a home of its own, here its context or a process of its own.
"""

import contextlib
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from dashboard.config import Settings
from dashboard.container import build_context
from dashboard.models.analyses import RobustnessAnswer
from dashboard.models.errors import InputError, StoreError
from dashboard.models.inbox import FeedState, Publisher
from dashboard.services.jobs import NewsRefreshJob
from dashboard.services.notes import utc_now
from dashboard.services.robustness import AnswerCache
from tests.made_series import made_series
from tests.own_postgres import own_postgres

ROOT = Path(__file__).parents[2]
FEED = Publisher("made", "A feed", "https://feeds.example.org/rss")
SECONDS = 2.0


@pytest.fixture
def replicas(postgres_url, tmp_path):
    """Two replicas on one database."""
    contexts = [
        build_context(Settings(database_url=postgres_url, dashboard_home=tmp_path / name))
        for name in "ab"
    ]
    yield contexts
    for context in contexts:
        context.notes.close()


def made(series_id, first=90.5):
    series = made_series([first, 91.25], series_id=series_id)
    return replace(series, fetched_at=utc_now())


def seen_within(condition, seconds=SECONDS):
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def test_own_rates_of_one_replica_are_those_of_the_other(replicas, tmp_path):
    a, b = (context.own for context in replicas)
    assert b.cards() == ()
    a.store([made("own_desk"), made("own_oil", 70.0)], "0" * 64)
    assert seen_within(lambda: [card.id for card in b.cards()] == ["own_desk", "own_oil"])
    assert b.get("own_oil").rate.tolist() == [70.0, 91.25]
    assert b.files() == {"own_desk": "0" * 64, "own_oil": "0" * 64}
    a.store([made("own_desk", 95.0)], "1" * 64, replace=True)
    assert seen_within(lambda: b.get("own_desk").rate[0] == 95.0)
    b.remove("own_oil")
    assert seen_within(lambda: a.series_ids() == ("own_desk",))
    with pytest.raises(InputError, match="own_oil: is none of your own"):
        a.get("own_oil")
    assert not list(tmp_path.rglob("*.npz"))


def test_of_two_imports_of_one_name_at_once_one_is_refused(replicas):
    def store(numbered):
        number, context = numbered
        try:
            context.own.store([made("own_desk", 90.0 + number)], str(number) * 64)
        except InputError as error:
            return str(error)
        return ""

    with ThreadPoolExecutor(2) as pool:
        refusals = sorted(pool.map(store, enumerate(replicas)))
    assert refusals[0] == ""
    assert "is already kept" in refusals[1]


def test_feeds_added_by_both_at_once_are_all_there(replicas):
    def add(number):
        replicas[number % 2].feeds.put(replace(FEED, id=f"feed_{number}"))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add, range(20)))
    for context in replicas:
        ids = {publisher.id for publisher in context.feeds.publishers()}
        assert ids >= {f"feed_{number}" for number in range(20)}
    replicas[0].feeds.remove("feed_7")
    assert "feed_7" not in {publisher.id for publisher in replicas[1].feeds.publishers()}


def test_an_answer_of_one_replica_is_not_computed_by_the_other(replicas):
    a, b = (AnswerCache(shared=context.shared_answers) for context in replicas)
    answer = RobustnessAnswer((), 0.1, 1.0, float("nan"), 0.01, 0.02, 3, draws=999)
    key = ("grid", ("series/1",), "version")
    assert b.get(key) is None
    a.store(key, answer)
    shared = b.get(key)
    assert repr(shared) == repr(answer)  # NaN is equal to nothing
    assert b.get((*key, "other")) is None


# ---------------------------------------------------------------- one refreshes

HOLD = """
import sys, time
from dashboard.config import Settings
from dashboard.container import build_context

context = build_context(Settings())
with context.rate_cache.lock("refresh-news", 5.0) as is_held:
    print(is_held, flush=True)
    time.sleep(600)
"""


def start(code, url, home):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", url)
        patch.setenv("DASHBOARD_HOME", str(home))
        return subprocess.Popen(
            [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )


def test_another_replica_takes_over_where_the_one_that_refreshes_is_killed(
    replicas, postgres_url, tmp_path
):
    refreshed = []

    def feeds():
        refreshed.append(utc_now())
        return []

    context = replicas[0]
    job = NewsRefreshJob(
        feeds,
        context.inbox,
        utc_now,
        lock=lambda: context.rate_cache.lock("refresh-news", 0.0),
    )
    context.notes.version()  # the tables are there
    holder = start(HOLD, postgres_url, tmp_path / "c")
    try:
        assert holder.stdout.readline() == "True\n"
        job.submit(force=True)
        job.wait(20)
        assert refreshed == []
    finally:
        holder.send_signal(signal.SIGKILL)
        holder.communicate()

    def takes_over():
        job.submit(force=True)
        job.wait(20)
        return bool(refreshed)

    assert seen_within(takes_over, 5.0)


def test_feeds_that_another_replica_has_just_asked_are_left_alone(replicas):
    asked = []
    context = replicas[0]

    def feeds():
        asked.append(True)
        return []

    def job():
        return NewsRefreshJob(
            feeds, context.inbox, utc_now, lock=lambda: contextlib.nullcontext(enter_result=True)
        )

    replicas[1].inbox.record_feed_state(FeedState("made", utc_now()))
    for force in (False, True):
        fresh = job()
        assert fresh.submit(force=force)
        fresh.wait(20)
        assert bool(asked) is force


# ---------------------------------------------------------------- what dies in the middle

IMPORT = """
import numpy as np
from dataclasses import replace
from dashboard.config import Settings
from dashboard.container import build_context
from dashboard.models.event import Event
from dashboard.models.user_files import ImportRecord
from dashboard.services.notes import utc_now
from datetime import date
from tests.made_series import made_series

context = build_context(Settings())
note = Event(id="", day=date(2025, 4, 21), title="half", text="t" * 2_000)
record = ImportRecord("", utc_now(), "", "half.csv", "csv", "0" * 64, 5_000, 5_000, 0, 0)
series = [
    replace(made_series(list(np.full(200_000, 90.5 + k)), series_id=f"own_{k}"),
            fetched_at=utc_now())
    for k in range(4)
]
context.notes.version()
print("ready", flush=True)
while True:
    context.own.store(series, "0" * 64, replace=True)
    context.notes.import_notes(record, [note] * 5_000)
    print("done", flush=True)
"""


def test_a_replica_killed_in_the_middle_of_an_upload_leaves_nothing_half_written(
    replicas, postgres_url, tmp_path
):
    context = replicas[0]
    context.notes.version()
    for delay in (0.15, 0.4, 0.9, 1.6):
        process = start(IMPORT, postgres_url, tmp_path / "c")
        assert process.stdout.readline() == "ready\n"
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
        acknowledged = process.communicate()[0].count("done")
        time.sleep(0.6)  # the age of what is remembered about files
        imports = context.notes.imports()
        assert len(imports) >= acknowledged
        assert len(context.notes.notes()) == sum(record.added for record in imports)
        series = context.own.series_ids()
        assert series in {(), tuple(f"own_{k}" for k in range(4))}
        for series_id in series:
            assert len(context.own.get(series_id)) == 200_000
        context.notes.audit.write("still-writable", "after a kill")


def test_a_database_that_goes_away_is_told_in_one_line_and_comes_back(tmp_path):
    with own_postgres() as server:
        context = build_context(Settings(database_url=server.url, dashboard_home=tmp_path))
        context.own.store([made("own_desk")], "0" * 64)
        assert len(context.own.get("own_desk")) == 2
        server.stop()
        time.sleep(0.6)
        for act in (
            lambda: context.own.store([made("own_oil")], "0" * 64),
            context.feeds.publishers,
            lambda: context.feeds.put(FEED),
            context.rate_cache.states,
            lambda: context.rate_cache.lock("source", 0.0).__enter__(),
        ):
            with pytest.raises(StoreError) as caught:
                act()
            assert "\n" not in str(caught.value)
            assert "does not answer" in str(caught.value) or "restarted" in str(caught.value)
        assert context.own.cards() == ()  # nothing of it was read before
        assert len(context.own.get("own_desk")) == 2  # as last read
        assert len(context.known.get("usd_rub_cbr")) > 3_000  # as it ships
        answers = AnswerCache(shared=context.shared_answers)
        assert answers.get("key") is None  # computed here, then
        server.start()
        assert [card.id for card in context.own.cards()] == ["own_desk"]
        context.own.store([made("own_oil")], "0" * 64)
        context.notes.close()
