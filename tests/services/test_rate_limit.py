"""Rate limits: the message says when to try again, and users do not affect one another."""

import threading

import pytest

from dashboard.models.errors import RateLimited, StoreError
from dashboard.services.rate_limit import (
    MAX_NOTES,
    RATE_LIMITS,
    HeavyReadQueue,
    RateLimiter,
    check_note_quota,
)
from dashboard.storage.notes import NoteRepository

# The promise: 60 writes, 10 links and 60 studies a minute, 10 imports and 20 exports an hour; of
# refused tokens 60 a minute are put on record.
PROMISED = {
    "write": (60, 60),
    "fetch": (10, 60),
    "import": (10, 3_600),
    "export": (20, 3_600),
    "study": (60, 60),
    "refusal": (60, 60),
}


class Clock:
    def __init__(self):
        self.now = 1_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'events.sqlite3'}"


@pytest.fixture
def limits(url, clock):
    notes = NoteRepository(url)
    yield RateLimiter(lambda: notes.recent_actions, clock)
    notes.close()


def test_limits_are_those_that_are_promised():
    assert {kind: (one.most, one.seconds) for kind, one in RATE_LIMITS.items()} == PROMISED


@pytest.mark.parametrize("kind", PROMISED)
def test_limits_one_more_is_refused_until_the_first_is_long_ago(limits, clock, kind):
    most, seconds = PROMISED[kind]
    for _ in range(most):
        limits.take("Ann", kind)
    clock.now += seconds - 0.5
    with pytest.raises(RateLimited, match=f"at most {most} .*; try again in 1 second$") as refused:
        limits.take("Ann", kind)
    assert refused.value.seconds == 1
    clock.now += 0.5
    limits.take("Ann", kind)


def test_limits_what_is_refused_is_not_counted(limits, clock):
    for _ in range(60):
        limits.take("Ann", "write")
    for _ in range(500):
        with pytest.raises(RateLimited):
            limits.take("Ann", "write")
    clock.now += 60
    limits.take("Ann", "write")


def test_limits_can_be_asked_without_being_used(limits, clock):
    for _ in range(20):
        assert limits.refusal_reason("Ann", "export") == ""
        limits.take("Ann", "export")
    clock.now += 1_800
    assert (
        limits.refusal_reason("Ann", "export")
        == "at most 20 exports in an hour; try again in 30 minutes"
    )
    assert limits.refusal_reason("Bob", "export") == ""
    clock.now += 1_800
    assert limits.refusal_reason("Ann", "export") == ""


def test_limits_of_one_are_not_those_of_another(limits):
    for _ in range(60):
        limits.take("Ann", "write")
    limits.take("Bob", "write")
    limits.take("Ann", "fetch")


def test_limits_hold_for_every_process_on_one_database(limits, url, clock):
    for _ in range(59):
        limits.take("Ann", "write")
    notes = NoteRepository(url)
    other = RateLimiter(lambda: notes.recent_actions, clock)
    other.take("Ann", "write")
    with pytest.raises(RateLimited):
        limits.take("Ann", "write")
    with pytest.raises(RateLimited):
        other.take("Ann", "write")
    notes.close()


def test_limits_store_no_more_than_the_last_period(limits, url, clock):
    for _ in range(200):
        limits.take("Ann", "write")
        clock.now += 10
    notes = NoteRepository(url)
    assert len(notes.recent_actions.times("Ann", "write")) == 6
    notes.close()


def test_limits_forget_actions_of_a_future_that_a_wrong_clock_stored(limits, clock):
    clock.now += 1_000_000
    for _ in range(60):
        limits.take("Ann", "write")
    clock.now -= 1_000_000
    limits.take("Ann", "write")


def test_limits_let_pass_what_needs_no_store_while_the_store_fails(clock):
    class Broken:
        def times(self, person, action):
            raise StoreError("gone")

        def update(self, person, action, change):
            raise StoreError("gone")

    limits = RateLimiter(Broken, clock)
    for _ in range(30):
        limits.take("Ann", "export")
    assert limits.refusal_reason("Ann", "export") == ""


# ------------------------------------------------------------------ heavy reads


def run_in_threads(queue, works):
    """Start each work in a thread of its own; the results and errors, in their order."""
    results = [None] * len(works)

    def run(number):
        try:
            results[number] = queue.run(works[number])
        except RateLimited as refused:
            results[number] = refused

    threads = [threading.Thread(target=run, args=[number]) for number in range(len(works))]
    for thread in threads:
        thread.start()
    return threads, results


def test_heavy_reads_compute_one_at_a_time():
    running, most, lock = [], [], threading.Lock()

    def work():
        with lock:
            running.append(1)
            most.append(len(running))
        for _ in range(1_000):
            sum(range(100))
        with lock:
            running.pop()
        return "done"

    threads, results = run_in_threads(HeavyReadQueue(), [work] * 8)
    for thread in threads:
        thread.join()
    assert results == ["done"] * 8
    assert max(most) == 1


def test_heavy_reads_beyond_the_queue_are_refused_at_once():
    queue, started, go_on = HeavyReadQueue(waiting=1), threading.Event(), threading.Event()

    def work():
        started.set()
        go_on.wait()
        return "done"

    threads, results = run_in_threads(queue, [work])
    started.wait()
    waiting, waited = run_in_threads(queue, [lambda: "done too"])
    while queue._places.acquire(blocking=False):  # until the second has its place
        queue._places.release()
    with pytest.raises(RateLimited, match="try again in 10 seconds") as refused:
        queue.run(work)
    assert refused.value.seconds == 10
    go_on.set()
    for thread in (*threads, *waiting):
        thread.join()
    assert (results, waited) == (["done"], ["done too"])


def test_heavy_reads_that_wait_too_long_are_refused_and_those_that_fail_make_room():
    queue, started, go_on = HeavyReadQueue(seconds=0.01), threading.Event(), threading.Event()
    threads, _ = run_in_threads(queue, [lambda: (started.set(), go_on.wait())])
    started.wait()
    with pytest.raises(RateLimited):
        queue.run(list)
    go_on.set()
    threads[0].join()
    with pytest.raises(ZeroDivisionError):
        queue.run(lambda: 1 / 0)
    assert queue.run(lambda: 2) == 2


def test_limits_of_notes_are_a_hundred_thousand():
    class Store:
        def count_by_author(self, author):
            return MAX_NOTES - (author == "Bob")

    assert MAX_NOTES == 100_000
    check_note_quota(Store(), "Bob")
    with pytest.raises(RateLimited, match="Ann has 100,000 notes"):
        check_note_quota(Store(), "Ann")
