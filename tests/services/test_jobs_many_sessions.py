"""Twenty-five sessions of one process before publishers that are dead, slow or well."""

import threading

import pytest

from dashboard.services.jobs import RateRefreshJob
from dashboard.sources.http_transport import new_session
from dashboard.sources.rates.cbr import Cbr
from tests.replica import failures
from tests.services.live_setup import LiveSetup

SESSIONS = 25
TICK = 2.0
"""Seconds between two looks of a page while a refresh is expected."""
USD = "usd_rub_cbr"


@pytest.fixture
def live(replica, clock, tmp_path):
    with new_session(replica.url) as session:
        yield LiveSetup(tmp_path, session, clock, makes=(Cbr,))


@pytest.fixture
def job(live):
    return RateRefreshJob(live.known, live.rate_cache, live.clock.now)


def together(work):
    """Do the same in as many threads as there are sessions, at once; what each gave."""
    start, given = threading.Barrier(SESSIONS), []

    def session():
        start.wait(20)
        given.append(work())

    threads = [threading.Thread(target=session) for _ in range(SESSIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(given) == SESSIONS, "a session is still waiting"
    return given


def run_for(seconds, job, clock):
    """All sessions request a refresh at every tick of the clock."""
    until = clock.monotonic() + seconds
    while clock.monotonic() < until:
        together(job.submit)
        job.wait(20)
        clock.pass_by(TICK)


@pytest.mark.parametrize(
    "failure",
    [failures.server_error, failures.html_with_200, failures.reset, failures.cut_off()],
    ids=["500", "HTML", "reset", "truncated"],
)
def test_a_sick_publisher_is_asked_at_most_five_times_a_minute(job, replica, clock, failure):
    replica.cbr.answers(failure)
    run_for(60, job, clock)
    assert 1 <= len(replica.cbr.requests) <= 5
    run_for(60, job, clock)
    assert len(replica.cbr.requests) <= 10


def test_a_host_that_is_gone_is_left_alone_after_five_attempts(job, live, replica, clock):
    replica.stop()
    run_for(60, job, clock)
    host = live.client.limiter("https://www.cbr.ru")
    assert 1 <= host.failures <= 6  # five, and one probe after a minute


def test_when_it_is_well_again_its_series_come_within_two_minutes(job, live, replica, clock):
    replica.cbr.answers(failures.server_error)
    run_for(60, job, clock)
    replica.cbr.answers_well()
    run_for(130, job, clock)
    assert "2026-11-24" in live.rates(USD)
    assert {state.problem for state in live.rate_cache.states().values()} == {""}


def test_a_publisher_that_is_well_is_asked_once_a_series_by_all_sessions(job, replica, clock):
    run_for(60, job, clock)
    requests = [str(one.params or one.body) for one in replica.cbr.requests]
    assert len(requests) == len(set(requests)) > 0


def test_no_session_waits_while_a_publisher_says_nothing(job, live, replica):
    silence = threading.Event()

    def held(question, reply):
        silence.wait(20)
        return reply

    replica.cbr.answers(held)
    started = together(job.submit)
    assert started.count(True) == 1
    assert job.state().is_running
    shown = together(lambda: str(live.known.get(USD).record[-1]))  # what pages read meanwhile
    assert set(shown) == {"2026-09-02"}
    assert job.state().is_running
    silence.set()
    job.wait(20)
    assert str(live.known.get(USD).record[-1]) == "2026-11-24"
