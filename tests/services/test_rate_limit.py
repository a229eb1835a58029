"""Rate limits: the message says when to try again, and users do not affect one another."""

import pytest

from dashboard.models.errors import RateLimited
from dashboard.services.rate_limit import MAX_NOTES, RATE_LIMITS, RateLimiter, check_note_quota

# The promise: 60 writes and 10 links a minute, 10 imports and 20 exports an hour.
PROMISED = {"write": (60, 60), "fetch": (10, 60), "import": (10, 3_600), "export": (20, 3_600)}


class Clock:
    def __init__(self):
        self.now = 1_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def limits(clock):
    return RateLimiter(clock)


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


def test_limits_of_people_who_are_gone_take_no_room(limits, clock):
    for number in range(10_000):
        limits.take(f"reader {number}", "write")
    clock.now += 61
    for number in range(3):
        limits.take(f"late {number}", "write")
    assert len(limits._done) == 3


def test_limits_of_notes_are_a_hundred_thousand():
    class Store:
        def count_by_author(self, author):
            return MAX_NOTES - (author == "Bob")

    assert MAX_NOTES == 100_000
    check_note_quota(Store(), "Bob")
    with pytest.raises(RateLimited, match="Ann has 100,000 notes"):
        check_note_quota(Store(), "Ann")
