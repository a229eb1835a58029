"""One form for every place where work runs."""

import pytest

from dashboard.compute import COMPUTE_BACKENDS
from dashboard.compute.base import ComputeBackend


@pytest.fixture(params=COMPUTE_BACKENDS, ids=lambda place: place.id)
def place(request):
    return request.param()


def double(number):
    return 2 * number


def refuse_three(number):
    if number == 3:
        msg = "not three"
        raise ValueError(msg)
    return number


def test_a_place_fits_the_form(place):
    assert isinstance(place, ComputeBackend)


def test_answers_come_in_the_order_of_the_tasks(place):
    assert place.map(double, [3, 1, 2]) == [6, 2, 4]


def test_tasks_may_be_any_iterable(place):
    assert place.map(double, iter(range(3))) == [0, 2, 4]


def test_no_task_gives_no_answer(place):
    assert place.map(double, []) == []


def test_an_error_of_a_task_arrives_as_it_is(place):
    with pytest.raises(ValueError, match=r"^not three$"):
        place.map(refuse_three, [1, 2, 3, 4])
