"""What a person reads in a shell."""

from __future__ import annotations

from operator import itemgetter

import pytest

from dashboard.cli import output
from dashboard.models.study import StudyRequest
from dashboard.services.study import run_study
from tests.made_series import event_at_row, event_on, series_of_returns

REQUEST = StudyRequest(model="none", window=(0, 1), cars=((0, 1),), estimation=4, gap=0,
                       min_estimation=4)  # fmt: skip


@pytest.fixture
def answer():
    series = series_of_returns([0.01, -0.01, 0.01, -0.01, 0.05, 0.02, 0.01])
    events = [event_at_row(5, "in"), event_on("2030-01-01", "after"), event_at_row(2, "early")]
    return run_study([series], events, REQUEST)


def test_the_sum_of_events_is_always_said(answer):
    assert list(output.event_count_lines(answer, in_files=True)) == [
        "3 events: 1 in events.csv + 2 in skipped.csv = 3"
    ]
    assert list(output.event_count_lines(answer, in_files=False)) == [
        "3 events: 1 studied + 2 skipped = 3"
    ]


def test_a_table_keeps_text_in_its_cell(capsys):
    view = {"a": itemgetter(0), "n": itemgetter(1)}
    output.show_table(view, [("[bold]x[/bold]\x1b[31m\ny", "1")], numbers=("n",))
    text = capsys.readouterr().out
    assert "\x1b" not in text
    assert "[bold]x[/bold]" in text
    assert len(text.splitlines()) == 3


def test_nothing_is_cut_in_a_file(capsys):
    view = {"a": itemgetter(0), "b": itemgetter(1)}
    output.show_table(view, [("word " * 30, "x" * 60)])
    assert "x" * 60 in capsys.readouterr().out


def test_what_a_person_should_know_goes_beside_the_answer(capsys):
    output.print_notices(["one\ntwo"])
    text = capsys.readouterr()
    assert (text.out, text.err) == ("", "note: one two\n")


def test_json_holds_no_nan(capsys):
    with pytest.raises(ValueError, match="Out of range"):
        output.print_json({"x": float("nan")})
    assert capsys.readouterr().out == ""
