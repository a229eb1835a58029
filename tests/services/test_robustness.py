"""A background run: its progress, its cancellation, and its end when it is not polled."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest

from dashboard.models.analyses import SpecificationGrid
from dashboard.services import robustness
from dashboard.services.robustness import (
    RUN_LOCK,
    AnswerCache,
    RobustnessRequest,
    RobustnessRun,
    run_robustness,
)
from tests.made_series import event_at_row, series_of_returns

SERIES = series_of_returns(0.01 * np.random.default_rng(4).standard_t(5, 300))
EVENTS = tuple(event_at_row(row) for row in (150, 190, 230))
SMALL = SpecificationGrid(("made",), windows=((0, 0), (0, 1)), estimations=(60,), gaps=(0,),
             models=("none",), overlaps=("keep",), event_filters=("all",))  # fmt: skip
SECONDS = 60


def run(grid=SMALL, cache=None, idle_seconds=SECONDS, key="key"):
    return RobustnessRun(
        key, RobustnessRequest(grid, (SERIES,), EVENTS), cache or AnswerCache(), idle_seconds
    )


def test_the_answer_is_that_of_the_same_grid_in_the_foreground():
    cache = AnswerCache()
    state = run(cache=cache).start().wait(SECONDS)
    assert repr(state.answer) == repr(run_robustness(SMALL, [SERIES], EVENTS))
    assert cache.get("key") is state.answer
    assert (state.done, state.total, state.is_running) == (2, 2, False)


def test_a_cancelled_run_has_no_answer_and_keeps_none(monkeypatch):
    begun, going_on = threading.Event(), threading.Event()
    real = robustness.run_robustness

    def held(*args, progress, **options):
        def slow_progress(done, total):
            begun.set()
            going_on.wait(SECONDS)
            progress(done, total)

        return real(*args, progress=slow_progress, **options)

    monkeypatch.setattr(robustness, "run_robustness", held)
    cache = AnswerCache()
    one = run(SpecificationGrid(("made",)), cache).start()
    assert begun.wait(SECONDS)
    assert one.poll().is_running
    one.cancel()
    going_on.set()
    state = one.wait(SECONDS)
    assert (state.is_cancelled, state.answer, cache.get("key")) == (True, None, None)
    assert state.done == 1 < state.total == 576
    assert not RUN_LOCK.locked()


def test_a_run_that_nobody_looks_at_ends_itself():
    one = run(SpecificationGrid(("made",)), idle_seconds=-1.0).start()
    while one.poll().is_running:
        time.sleep(0.01)
    assert one.poll().is_cancelled


def test_a_second_run_waits_for_the_first_and_can_be_ended_while_it_waits():
    with RUN_LOCK:
        one = run().start()
        assert one.poll().is_waiting
        one.cancel()
        assert one.wait(SECONDS).is_cancelled


def test_a_model_without_its_factor_is_one_line():
    state = run(SpecificationGrid(("made",), models=("market",))).start().wait(SECONDS)
    assert state.answer is None
    assert "model market: needs a factor" in state.error
    assert not state.is_running


def test_an_error_that_nobody_foresaw_is_logged_and_told_calmly(monkeypatch, caplog):
    def fails(*_args, **_options):
        raise ZeroDivisionError

    monkeypatch.setattr(robustness, "run_robustness", fails)
    assert "the log of the program says more" in run().start().wait(SECONDS).error
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize("asked_again", [True, False])
def test_of_many_answers_those_asked_for_last_stay(asked_again):
    cache, answer = AnswerCache(max_size=2), run().start().wait(SECONDS).answer
    cache.store("a", answer)
    cache.store("b", answer)
    if asked_again:
        cache.get("a")
    cache.store("c", answer)
    assert (cache.get("a") is answer) is asked_again
    assert cache.get("c") is answer
