"""Which rows belong to an event, and running sums against exact addition."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.engine.windows import RunningSums, estimation_rows, event_rows, take, whole

NAN = float("nan")


def exact(values, first, last):
    """Count, mean and squared deviations of the usable values in a span, exactly."""
    first, last = max(first, 0), min(last, len(values) - 1)
    usable = [Fraction(values[k]) for k in range(first, last + 1) if math.isfinite(values[k])]
    if not usable:
        return 0, NAN, NAN
    mean = sum(usable) / len(usable)
    return len(usable), float(mean), float(sum((v - mean) ** 2 for v in usable))


def test_the_event_window_counts_rows_from_the_anchor():
    assert event_rows(np.array([7, 2]), (-1, 2)).tolist() == [[6, 7, 8, 9], [1, 2, 3, 4]]


def test_rows_outside_the_series_have_no_value():
    found = take(np.array([10.0, 11.0, 12.0]), np.array([[-1, 0, 2, 3]]))
    assert np.isnan(found[0, [0, 3]]).all()
    assert found[0, 1:3].tolist() == [10.0, 12.0]


def test_the_estimation_window_ends_a_gap_before_the_event_window():
    # Anchor 200, event window from 195, ten rows 185..194 left free, 120 rows 65..184.
    first, last = estimation_rows(np.array([200]), (-5, 10), 120, 10)
    assert (first.tolist(), last.tolist()) == ([65], [184])


@pytest.mark.parametrize(
    ("anchor", "length", "inside"),
    [
        (135, 300, False),  # the estimation window would start at row 0, which has no return
        (136, 300, True),
        (289, 300, True),  # the event window ends with the last row
        (290, 300, False),
    ],
)
def test_a_date_is_admissible_when_both_windows_lie_inside(anchor, length, inside):
    assert whole(np.array([anchor]), (-5, 10), (120, 10), length).tolist() == [inside]


def test_an_empty_span_has_no_mean():
    sums = RunningSums(np.array([1.0, NAN, 3.0]))
    count, mean, sse = sums.over(np.array([1, 9, 2]), np.array([1, 12, 1]))
    assert count.tolist() == [0, 0, 0]
    assert np.isnan(mean).all()
    assert np.isnan(sse).all()


numbers = st.one_of(
    st.floats(-1, 1, allow_subnormal=False), st.just(NAN), st.sampled_from([0.0, 1e-9, 1e3, -1e3])
)


@given(
    values=st.lists(numbers, min_size=1, max_size=60),
    spans=st.lists(st.tuples(st.integers(-3, 60), st.integers(-1, 25)), min_size=1, max_size=10),
)
def test_running_sums_agree_with_exact_addition(values, spans):
    first = np.array([low for low, _ in spans])
    last = first + np.array([length for _, length in spans]) - 1
    count, mean, sse = RunningSums(np.array(values)).over(first, last)
    for k in range(len(spans)):
        n, exact_mean, exact_sse = exact(values, int(first[k]), int(last[k]))
        assert count[k] == n
        assert mean[k] == pytest.approx(exact_mean, rel=1e-9, abs=1e-11, nan_ok=True)
        assert sse[k] == pytest.approx(exact_sse, rel=1e-8, abs=1e-18, nan_ok=True)


def test_a_pegged_stretch_after_a_volatile_one_has_no_variance_at_all():
    volatile = 10 * np.sin(np.arange(500.0))
    sums = RunningSums(np.concatenate((volatile, np.zeros(50))))
    count, mean, sse = sums.over(np.array([500]), np.array([549]))
    assert (count.tolist(), mean.tolist(), sse.tolist()) == ([50], [0.0], [0.0])


def test_a_calm_stretch_after_a_volatile_one_keeps_its_digits():
    calm = 1e-8 * np.cos(np.arange(50.0))
    values = np.concatenate((10 * np.sin(np.arange(500.0)), calm))
    count, mean, sse = RunningSums(values).over(np.array([500]), np.array([549]))
    n, exact_mean, exact_sse = exact(values.tolist(), 500, 549)
    assert count[0] == n
    assert mean[0] == pytest.approx(exact_mean, rel=1e-6)
    assert sse[0] == pytest.approx(exact_sse, rel=1e-6)


def test_a_steady_drift_has_no_variance_beyond_the_last_digit():
    # 1 % a day: the returns differ by rounding only, which is not a spread to test against.
    rate = 100 * 1.01 ** np.arange(80.0)
    returns = np.concatenate(([NAN], np.diff(np.log(rate))))
    _, mean, sse = RunningSums(returns).over(np.array([1]), np.array([60]))
    assert mean[0] == pytest.approx(0.009950330853168083)
    assert sse.tolist() == [0.0]
