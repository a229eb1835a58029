"""A request that cannot be answered is refused with the option and the fix."""

from __future__ import annotations

import pickle

import pytest

from dashboard.models.errors import InputError
from dashboard.models.study import StudyAnswer, StudyRequest, window_text


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"window": (5, -5)}, "window 5:-5: the window ends before it starts"),
        ({"cars": ((1, 0),)}, "car 1:0"),
        ({"cars": ((0, 11),)}, "car 0:11: lies outside the event window -5:10"),
        ({"cars": ((-6, 0),)}, "car -6:0: lies outside"),
        ({"gap": -1}, "gap -1: must be 0 or more"),
        ({"min_estimation": 2}, "min_estimation 2: must lie between 3 and"),
        ({"estimation": 50}, "min_estimation 60: must lie between 3 and the estimation window, 50"),
    ],
)
def test_an_impossible_request_names_its_option(options, message):
    with pytest.raises(InputError, match="(?s)^" + message.replace("(", r"\(")):
        StudyRequest(**options)


def test_the_defaults_are_those_of_the_contract():
    request = StudyRequest()
    assert (request.returns, request.model, request.window) == ("log", "mean", (-5, 10))
    assert (request.estimation, request.gap, request.min_estimation) == (120, 10, 60)
    assert (request.overlap, request.cars) == ("keep", ((0, 1),))


def test_a_window_is_written_in_brackets():
    assert window_text((-1, 1)) == "[-1,1]"


def lazy_answer(read):
    """An answer without events whose tables are lazy; `read` lists those that were computed."""

    def compute(name):
        return lambda: read.append(name) or (name,)

    names = ("averages", "tests", "headlines")
    lazy = {name: compute(name) for name in names}
    return StudyAnswer.create_lazy(lazy, request=StudyRequest(), results=(), skipped=(), n_events=2)


def test_a_lazy_field_is_computed_once_when_it_is_read():
    read = []
    answer = lazy_answer(read)
    assert (answer.n_events, answer.intervals, read) == (2, (), [])
    assert (answer.headlines, answer.headlines, read) == (("headlines",),) * 2 + (["headlines"],)
    with pytest.raises(AttributeError, match="StudyAnswer has no verdicts"):
        _ = answer.verdicts


def test_a_changed_copy_computes_nothing_and_keeps_what_was_computed():
    read = []
    answer = lazy_answer(read)
    assert answer.tests == ("tests",)
    copy = answer.evolve(n_events=3, headlines=())
    assert (copy.n_events, copy.headlines, copy.tests, read) == (3, (), ("tests",), ["tests"])
    assert (copy.averages, answer.n_events) == (("averages",), 2)


def test_a_pickled_answer_holds_every_field():
    read = []
    again = pickle.loads(pickle.dumps(lazy_answer(read)))
    assert sorted(read) == ["averages", "headlines", "tests"]
    assert (again.averages, again.tests, again.headlines) == tuple((name,) for name in read)
