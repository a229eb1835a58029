"""Running moments of spans against exact addition."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.eventstudy.numerics import RunningMoments

NAN = float("nan")


def of(values, first, last):
    """Count, means and cross products of spans of columns, the last two as (C, N), (C, C, N)."""
    columns = np.array(values, dtype=float).reshape(len(values), -1)
    result = RunningMoments(columns).over(np.array(first), np.array(last))
    width = columns.shape[1]
    cross = [[result.cross[min(a, b), max(a, b)] for b in range(width)] for a in range(width)]
    return result.count, np.array(result.means), np.array(cross)


def exact(values, first, last):
    """The same of one span, exactly: only rows in which every column has a value count."""
    first, last = max(first, 0), min(last, len(values) - 1)
    whole = [
        [Fraction(cell) for cell in row]
        for row in values[first : max(last + 1, first)]
        if all(math.isfinite(cell) for cell in row)
    ]
    width, count = len(values[0]), len(whole)
    if not count:
        return 0, [NAN] * width, [[NAN] * width] * width
    means = [sum(row[c] for row in whole) / count for c in range(width)]
    cross = [
        [sum((row[a] - means[a]) * (row[b] - means[b]) for row in whole) for b in range(width)]
        for a in range(width)
    ]
    return count, [float(m) for m in means], [[float(x) for x in row] for row in cross]


def test_an_empty_span_has_no_mean():
    count, means, cross = of([1.0, NAN, 3.0], [1, 9, 2], [1, 12, 1])
    assert count.tolist() == [0, 0, 0]
    assert np.isnan(means).all()
    assert np.isnan(cross).all()


numbers = st.one_of(
    st.floats(-1, 1, allow_subnormal=False), st.just(NAN), st.sampled_from([0.0, 1e-9, 1e3, -1e3])
)


@given(
    values=st.lists(st.tuples(numbers, numbers), min_size=1, max_size=60),
    spans=st.lists(st.tuples(st.integers(-3, 60), st.integers(-1, 25)), min_size=1, max_size=10),
)
def test_running_moments_agree_with_exact_addition(values, spans):
    first = [low for low, _ in spans]
    last = [low + length - 1 for low, length in spans]
    count, means, cross = of(values, first, last)
    for k in range(len(spans)):
        n, exact_means, exact_cross = exact(values, first[k], last[k])
        assert count[k] == n
        assert means[:, k] == pytest.approx(exact_means, rel=1e-9, abs=1e-11, nan_ok=True)
        for column in range(2):
            variation = exact_cross[column][column]
            result = cross[column, column, k]
            assert result == pytest.approx(variation, rel=1e-8, abs=1e-18, nan_ok=True)
        # A product of two columns is exact to the digits of their sums of squares.
        size = math.sqrt(exact_cross[0][0] * exact_cross[1][1]) if n else 0.0
        result = cross[0, 1, k]
        assert result == pytest.approx(
            exact_cross[0][1], rel=1e-8, abs=1e-6 * size + 1e-15, nan_ok=True
        )


def test_a_pegged_stretch_after_a_volatile_one_has_no_variance_at_all():
    volatile = 10 * np.sin(np.arange(500.0))
    count, means, cross = of(np.concatenate((volatile, np.zeros(50))), [500], [549])
    assert (count.tolist(), means.tolist(), cross.tolist()) == ([50], [[0.0]], [[[0.0]]])


def test_a_calm_stretch_after_a_volatile_one_keeps_its_digits():
    quiet = 1e-8 * np.cos(np.arange(50.0))
    values = np.concatenate((10 * np.sin(np.arange(500.0)), quiet))
    count, means, cross = of(values, [500], [549])
    n, exact_means, exact_cross = exact(values[:, None].tolist(), 500, 549)
    assert count[0] == n
    assert means[0] == pytest.approx(exact_means, rel=1e-9)
    assert cross[0, 0] == pytest.approx(exact_cross[0], rel=1e-9)


def test_a_steady_drift_has_no_variance_beyond_the_last_digit():
    # 1 % a day: the returns differ by rounding only, which is not a spread to test against.
    rate = 100 * 1.01 ** np.arange(80.0)
    returns = np.concatenate(([NAN], np.diff(np.log(rate))))
    _, means, cross = of(returns, [1], [60])
    assert means[0] == pytest.approx([0.009950330853168083])
    assert cross[0, 0].tolist() == [0.0]


def test_many_spans_after_a_jump_are_recomputed_in_blocks(monkeypatch):
    values = 1e-9 * np.cos(np.arange(200_000.0))
    values[0] = 1.0
    values[[150_000, 150_003]] = NAN
    blocks = []
    recompute = RunningMoments._recompute

    def counted(self, moments, spans, low, high):
        blocks.append(len(spans))
        recompute(self, moments, spans, low, high)

    monkeypatch.setattr(RunningMoments, "_recompute", counted)
    first = np.arange(1, 199_000)
    count, means, cross = of(values, first, first + 249)
    assert sum(blocks) > 190_000
    # 2^17 values of 250 at once: 524 spans, where there was a call for each.
    assert len(blocks) <= math.ceil(len(first) / 524)
    for k in (0, 149_800, 149_950, 198_998):
        n, exact_means, exact_cross = exact(values[:, None].tolist(), first[k], first[k] + 249)
        assert count[k] == n
        assert means[0, k] == pytest.approx(exact_means[0], rel=1e-9, abs=1e-24)
        assert cross[0, 0, k] == pytest.approx(exact_cross[0][0], rel=1e-12)


def test_spans_of_zeros_after_a_jump_need_no_recomputation(monkeypatch):
    recomputed = []
    monkeypatch.setattr(RunningMoments, "_recompute", lambda *given: recomputed.append(given))
    values = np.zeros(5_000)
    values[:2] = 1.0, -0.5
    first = np.arange(2, 4_900)
    count, means, cross = of(values, first, first + 99)
    assert (recomputed, set(count.tolist())) == ([], {100})
    assert not means.any()
    assert not cross.any()
