"""Attrition: every event that was listed is used or lost at one step, with its reason."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.eventstudy.comparison import (
    ATTRITION_STEPS,
    attrition_step,
    compare_groups,
    count_attrition,
)
from dashboard.models.analyses import Group
from dashboard.models.study import SkippedEvent, StudyRequest
from tests.made_series import event_at_row, series_of_returns

REQUEST = StudyRequest(window=(-2, 3), cars=((0, 1), (-2, 3)), estimation=30, gap=2,
                       min_estimation=20)  # fmt: skip


def skipped(event_id, reason):
    return SkippedEvent(event_id, "made", reason)


def test_each_reason_is_counted_at_its_step():
    rows = [
        skipped("a", "no series elsewhere in this study"),
        skipped("b", "after the data: the last observation describes 2024-01-01"),
        skipped("c", "too little history: 3 returns in the estimation window, 20 needed"),
        skipped("d", "its event window overlaps another event's (--overlap first)"),
        skipped("e", "window [0,1]: the return on 2024-01-01 is missing"),
    ]
    steps = count_attrition(9, rows, (0, 1))
    assert [(step.name, step.left) for step in steps] == [
        ("listed", 9), ("dated", 8), ("inside", 7), ("history", 6), ("apart", 5), ("used", 4),
    ]  # fmt: skip
    assert [[row.event_id for row in step.lost] for step in steps] == [
        [], ["a"], ["b"], ["c"], ["d"], ["e"],
    ]  # fmt: skip


def test_an_event_without_a_car_in_another_window_is_not_lost():
    rows = [skipped("a", "window [-2,3] reaches past the last observation")]
    assert count_attrition(1, rows, (0, 1))[-1].left == 1


def test_a_reason_that_nobody_gives_is_refused():
    with pytest.raises(ValueError, match="no step"):
        attrition_step("the dog ate it")


@settings(max_examples=40)
@given(
    rows=st.lists(st.integers(-3, 135), max_size=14),
    elsewhere=st.integers(0, 2),
    missing=st.lists(st.integers(5, 125), max_size=4),
    overlap=st.sampled_from(["keep", "first", "exclude"]),
    seed=st.integers(0, 2**32 - 1),
)
def test_the_numbers_add_up_whatever_the_events(rows, elsewhere, missing, overlap, seed):
    returns = 0.01 * np.random.default_rng(seed).standard_normal(129)
    series = series_of_returns(returns)
    series.rate[missing] = np.nan
    events = [event_at_row(row, f"{k:02d}") for k, row in enumerate(rows)]
    events += [event_at_row(60, f"x{k}", series="elsewhere") for k in range(elsewhere)]
    request = StudyRequest(**{
        "window": (-2, 3), "cars": ((0, 1), (-2, 3)), "estimation": 30, "gap": 2,
        "min_estimation": 20, "overlap": overlap,
    })  # fmt: skip
    (group,) = compare_groups(series, [Group("g", tuple(events))], events, request).groups
    assert [step.name for step in group.steps] == list(ATTRITION_STEPS)
    left = [step.left for step in group.steps]
    assert left[0] == len(events)
    for before, step in zip(left, group.steps[1:], strict=False):
        assert step.left == before - len(step.lost)
    lost = [row.event_id for step in group.steps for row in step.lost]
    cars = group.result.cars[0].car
    used = [e.id for e, car in zip(group.result.events, cars, strict=True) if np.isfinite(car)]
    assert sorted(lost + used) == sorted(event.id for event in events)
    assert left[-1] == len(used) == len(group.left_out)
