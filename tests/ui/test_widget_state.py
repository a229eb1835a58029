"""A control is changed by a person or the program, never by a part that looks again by itself."""

from types import SimpleNamespace

import pytest
from streamlit.runtime.scriptrunner_utils.script_run_context import RunLocation, ThreadState

from dashboard.ui import url_state


@pytest.fixture
def said():
    return []


@pytest.fixture
def callback(said):
    return url_state.ignore_fragment_echo(lambda key, *, to: said.append((key, to)))


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
