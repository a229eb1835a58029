"""One form for every test of significance: it carries its claim and knows its limits."""

from __future__ import annotations

import functools
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.eventstudy.samples import GroupSample, PooledSample
from dashboard.eventstudy.significance import SIGNIFICANCE_TESTS
from dashboard.eventstudy.study import measure_series
from dashboard.models.study import StudyRequest
from tests.made_series import event_at_row, series_of_returns

EVERY = pytest.mark.parametrize("test", SIGNIFICANCE_TESTS, ids=lambda test: test.id)
REQUEST = StudyRequest(
    returns="simple", model="mean", window=(-1, 2), cars=((0, 1), (-1, 2)), estimation=40, gap=2,
    min_estimation=30,
)  # fmt: skip
WINDOWS = ((0, 0), (0, 1), (-1, 2))
ROWS = 300
ALL = range(60, 290)
WISHED = ("stronger", "weaker", "stronger", "unclear")


def sample(rows, seed=1, shift=0.0, missing=(), moves=None, wished=WISHED, **request):
    """A group of events on rows of a series of log returns `moves`, or of random ones.

    The event days are moved by `shift`; rates in `missing` rows are missing.
    """
    random = np.random.default_rng(seed)
    generated = 0.01 * random.standard_t(5, ROWS - 1) if moves is None else np.array(moves)
    generated[np.array(sorted(set(rows)), dtype=int) - 1] += shift
    series = series_of_returns(generated)
    series.rate[list(missing)] = np.nan
    events = [
        event_at_row(row, f"{k:03d}", expected=wished[row % len(wished)])
        for k, row in enumerate(rows)
    ]
    _, measured = measure_series(series, events, events, replace(REQUEST, **request))
    pooled = PooledSample([measured], WINDOWS, replace(REQUEST, **request))
    return GroupSample(pooled, np.ones(len(pooled), dtype=bool))


def some(seed, n):
    """n different rows."""
    return sorted(np.random.default_rng(seed).choice(list(ALL), n, replace=False).tolist())


def same(one, other):
    assert other.statistic == pytest.approx(one.statistic, rel=1e-7, abs=1e-12, nan_ok=True)
    assert other.p_value == pytest.approx(one.p_value, rel=1e-7, abs=1e-12, nan_ok=True)
    assert other.df == pytest.approx(one.df, nan_ok=True)
    assert other.n.tolist() == one.n.tolist()


# ------------------------------------------------------------------ what it says


@EVERY
def test_a_test_says_what_it_claims_and_who_described_it(test):
    for text in (test.id, test.title, test.null_hypothesis, test.reference, test.assumptions,
                 test.needs):  # fmt: skip
        assert text
        assert text == text.strip()
    assert any(char.isdigit() for char in test.reference), "a reference has a year"
    assert "significant" not in test.null_hypothesis
    assert "assumes" in test.assumptions or "survives" in test.assumptions


@pytest.mark.parametrize("name", ["id", "title"])
def test_no_two_tests_have_one_name(name):
    assert len({getattr(test, name) for test in SIGNIFICANCE_TESTS}) == len(SIGNIFICANCE_TESTS)


# ------------------------------------------------------------------ what it answers


def check_form(result, n):
    for values in (
        result.statistic,
        result.df,
        result.p_value,
        result.n,
        result.reason,
        result.note,
    ):
        assert len(values) == len(WINDOWS)
    for w in range(len(WINDOWS)):
        assert 0 <= result.n[w] <= n
        if math.isnan(result.p_value[w]):
            assert result.reason[w]
            assert math.isnan(result.statistic[w])
            assert math.isnan(result.df[w])
        else:
            assert not result.reason[w]
            assert 0 <= result.p_value[w] <= 1
            assert math.isfinite(result.statistic[w])


@EVERY
@settings(max_examples=25)
@given(seed=st.integers(0, 2**16), n=st.integers(1, 60), clean=st.booleans())
def test_a_p_value_is_a_probability_or_absent_with_a_reason(test, seed, n, clean):
    check_form(test.apply(sample(some(seed, n), seed, clean_estimation=clean)), n)


@EVERY
@pytest.mark.parametrize("n", [0, 1, 2])
def test_too_few_events_are_no_error_and_no_warning(test, n):
    check_form(test.apply(sample(some(1, n))), n)


@EVERY
def test_without_what_it_needs_a_test_says_so(test):
    (reason,) = set(test.apply(sample([])).reason)
    assert f"needs {test.needs}" in reason


@EVERY
@pytest.mark.parametrize("model", ["none", "mean"])
@pytest.mark.parametrize("n", [1, 3, 30])
def test_a_rate_that_never_moved_is_no_error_and_no_warning(test, model, n):
    result = test.apply(sample(some(1, n), moves=np.zeros(ROWS - 1), model=model))
    check_form(result, n)
    undecided = np.isnan(result.p_value) | (result.p_value == 1.0)
    assert undecided.all()


@EVERY
def test_events_that_moved_alike_are_never_certain(test):
    # The same block of days again and again: every CAR is the same but for rounding.
    block = np.concatenate((np.tile([0.011, -0.009], 25), [0.02, 0.01, -0.003, 0.004, 0, 0]))
    rows = [50 + 56 * k for k in range(5)]
    result = test.apply(sample(rows, moves=np.tile(block, 6)[: ROWS - 1]))
    check_form(result, 5)
    spread = {"cross_section_t", "bmp", "kolari_pynnonen", "overlap_t", "skewness_adjusted_t",
              "cluster_t", "bhar_t", "grank_t", "grank_z"}  # fmt: skip
    if test.id in spread:
        assert np.isnan(result.p_value).all()


@EVERY
def test_events_on_one_row_are_no_error(test):
    check_form(test.apply(sample([100, 100, 100])), 3)


@EVERY
def test_events_at_the_end_of_the_data_leave_their_cut_windows(test):
    rows = [*some(2, 12), ROWS - 1, ROWS - 2]
    result = test.apply(sample(rows))
    check_form(result, len(rows))


# ------------------------------------------------------------------ what changes nothing


@EVERY
@settings(max_examples=15)
@given(seed=st.integers(0, 2**16))
def test_an_event_without_a_value_in_a_window_is_not_there_at_all(test, seed):
    rows = some(seed, 16)
    gone = rows[5]
    hole = gone + 1  # returns at offsets 1 and 2 are missing
    near = [row for row in rows if row - 3 <= hole <= row + 46 and row != gone]
    rows = [row for row in rows if row not in near]
    with_it = test.apply(sample(rows, seed, missing=[hole]))
    without = test.apply(sample([row for row in rows if row != gone], seed, missing=[hole]))
    for w in (1, 2):  # [0,1] and [-1,2] hold the hole, [0,0] does not
        same(
            *(replace(o, statistic=o.statistic[w : w + 1], df=o.df[w : w + 1], n=o.n[w : w + 1],
                      p_value=o.p_value[w : w + 1]) for o in (without, with_it))
        )  # fmt: skip


@EVERY
@settings(max_examples=15)
@given(seed=st.integers(0, 2**16), random=st.randoms())
def test_the_order_of_events_changes_nothing(test, seed, random):
    rows = some(seed, 20)
    shuffled = rows.copy()
    random.shuffle(shuffled)
    same(test.apply(sample(rows, seed)), test.apply(sample(shuffled, seed)))


@EVERY
@settings(max_examples=15)
@given(seed=st.integers(0, 2**16))
def test_the_other_direction_has_the_same_p_value(test, seed):
    moves, rows = 0.01 * np.random.default_rng(seed).standard_t(5, ROWS - 1), some(seed, 20)
    one, other = (test.apply(sample(rows, moves=m, returns="log")) for m in (moves, -moves))
    assert other.p_value == pytest.approx(one.p_value, rel=1e-7, nan_ok=True)
    if test.id == "volatility":  # squares do not turn
        same(one, other)
    elif test.id == "direction":  # hits become misses
        assert other.statistic == pytest.approx(1 - one.statistic)
    else:
        mirrored = pytest.approx(-one.statistic, rel=1e-7, abs=1e-12, nan_ok=True)
        assert other.statistic == mirrored


# ------------------------------------------------------------------ what it finds


@EVERY
def test_a_large_move_of_many_events_is_found(test):
    generated = sample(some(3, 25), shift=0.05, wished=["stronger"], clean_estimation=True,
                  min_estimation=20)  # fmt: skip
    # Many events on one series: r is 1 for every overlapping pair, so that two say nothing.
    blind = test.id in {"kolari_pynnonen", "adjusted_patell"}
    p = test.apply(generated).p_value[0]
    assert p < (0.5 if blind else 0.005)


@functools.cache
def nothing_happened(seed):
    """Scattered dates on a series without any effect; all tests look at the same 300."""
    return sample(range(60, 290, 10), seed)


@EVERY
def test_without_any_effect_about_one_in_twenty_is_rejected(test):
    # Five standard errors of a share of 5 % over 300 studies are 6.3 points. The size of each
    # test in nine situations is measured by benchmarks/size.py.
    p = np.array([test.apply(nothing_happened(seed)).p_value[0] for seed in range(300)])
    assert np.isfinite(p).all()
    assert np.mean(p < 0.05) < 0.113
