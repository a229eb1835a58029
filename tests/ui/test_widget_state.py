"""A control is changed by a person or the program, never by a part that looks again by itself.

A part that looks again sends what the browser has. That is the old value of a control that the
program has just changed, or the new one of a control that a person has just used.
"""

from types import SimpleNamespace

import pytest
from streamlit.runtime.scriptrunner_utils.script_run_context import RunLocation, ThreadState

from dashboard.ui import url_state


@pytest.fixture
def said():
    return []


@pytest.fixture
def callback(said):
    return url_state.postpone_fragment_echo("key", lambda key, *, to: said.append((key, to)))


def in_a_run(monkeypatch, parts):
    context = SimpleNamespace(fragment_ids_this_run=parts)
    monkeypatch.setattr(url_state, "get_script_run_ctx", lambda: context)


@pytest.mark.parametrize("parts", [None, []])
def test_a_control_is_heard_where_the_whole_page_runs(monkeypatch, callback, said, parts):
    in_a_run(monkeypatch, parts)
    callback("from", to=1)
    assert said == [("from", 1)]


@pytest.mark.parametrize(("inside", "heard"), [("a dialog", 1), (None, 0)])
def test_where_a_part_runs_only_controls_inside_a_part_are_heard(
    monkeypatch, callback, said, inside, heard
):
    in_a_run(monkeypatch, ["a part"])
    ThreadState.initialize(fragment_id=inside, run_location=RunLocation.CALLBACK)
    callback("from", to=1)
    assert len(said) == heard


def echo(monkeypatch, callback, value):
    """The state of the session after a part ran with this value of the control `key`."""
    state = {"key": value, url_state.PAGE_KEY: "facts"}
    monkeypatch.setattr(url_state.st, "session_state", state)
    in_a_run(monkeypatch, ["a part"])
    ThreadState.initialize(fragment_id=None, run_location=RunLocation.CALLBACK)
    callback("day", to=1)
    return state


def begin_page(monkeypatch, page="facts", *, is_automatic=False):
    monkeypatch.setattr(url_state, "_read_address", lambda *_: None)
    monkeypatch.setattr(url_state, "_remember", lambda *_: None)
    url_state.open_url_state(page, (), is_automatic=is_automatic)


def test_a_used_control_that_a_part_sent_first_is_taken_once_by_the_page(
    monkeypatch, callback, said
):
    echo(monkeypatch, callback, "2025-12-31")
    assert said == []
    begin_page(monkeypatch)
    begin_page(monkeypatch)
    assert said == [("day", 1)]


def test_a_value_that_the_browser_no_longer_has_is_dropped(monkeypatch, callback, said):
    echo(monkeypatch, callback, "2026-12-01")["key"] = "2025-12-31"
    begin_page(monkeypatch)
    assert said == []


@pytest.mark.parametrize(("page", "is_automatic"), [("facts", True), ("explore", False)])
def test_a_page_that_runs_by_itself_and_another_page_take_nothing(
    monkeypatch, callback, said, page, is_automatic
):
    state = echo(monkeypatch, callback, "2025-12-31")
    begin_page(monkeypatch, page, is_automatic=is_automatic)
    assert said == []
    assert url_state.POSTPONED_KEY not in state
