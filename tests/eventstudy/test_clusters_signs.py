"""Signs of whole clusters against a loop over every vector, the binomial, and SciPy."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from dashboard.eventstudy.clusters import (
    SIGN_DRAWS,
    cluster_sign_p,
    iterate_sign_vectors,
    rejects_positive,
)


def p_by_loop(x):
    """The share of all sign vectors whose sum is at least as large in size."""
    sums = [sum(s * v for s, v in zip(signs, x, strict=True))
            for signs in itertools.product((1, -1), repeat=len(x))]  # fmt: skip
    return sum(abs(item) >= abs(sum(x)) - 1e-12 for item in sums) / len(sums)


def p_of(x):
    return cluster_sign_p(np.array(x, dtype=float)[:, None], seed=1)[0]


def test_by_hand():
    # Of the eight sums of +-1 +-2 +-4 only +7 and -7 are as large in size as 7.
    assert p_of([1, 2, 4]) == pytest.approx(2 / 8)
    # +-1 +-1 +-1: 3 and -3 are 2 of 8; a sum of 1 in size is every one of them.
    assert p_of([1, 1, 1]) == pytest.approx(2 / 8)
    assert p_of([1, 1, -1]) == pytest.approx(1.0)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(-5, 5).map(lambda v: round(v, 3)), min_size=1, max_size=9))
def test_up_to_fourteen_clusters_every_vector_is_used(x):
    assert p_of(x) == pytest.approx(p_by_loop(x))


def test_clusters_of_one_event_are_throws_of_a_coin():
    # Eleven hits of fourteen: the exact binomial test.
    assert p_of([0.5] * 11 + [-0.5] * 3) == pytest.approx(stats.binomtest(11, 14).pvalue)


def test_a_bunch_that_hits_together_is_one_throw():
    # Twelve hits in three bunches of four are three throws, not twelve.
    assert p_of([2.0, 2.0, 2.0]) == pytest.approx(stats.binomtest(3, 3).pvalue)


def test_beyond_fourteen_clusters_vectors_are_drawn_and_the_seen_one_counts():
    # Thirty equal clusters, twenty up: the binomial p within four standard errors of 9,999 draws.
    true = stats.binomtest(20, 30).pvalue
    result = p_of([0.5] * 20 + [-0.5] * 10)
    assert result == pytest.approx(true, abs=4 * math.sqrt(true * (1 - true) / SIGN_DRAWS))
    assert (result * (SIGN_DRAWS + 1)) == pytest.approx(round(result * (SIGN_DRAWS + 1)))
    assert p_of([1.0] * 60) == pytest.approx(1 / (SIGN_DRAWS + 1))


def test_the_same_seed_gives_the_same_draws_in_blocks_of_any_size():
    whole = np.concatenate(list(iterate_sign_vectors(20, 7)))
    assert whole.shape == (SIGN_DRAWS, 20)
    assert set(np.unique(whole)) == {-1.0, 1.0}
    many = list(iterate_sign_vectors(2_000, 7))
    assert len(many) > 1
    assert sum(len(block) for block in many) == SIGN_DRAWS


def test_windows_are_tested_side_by_side_and_a_missing_one_has_no_p():
    x = np.array([[1.0, 1.0, np.nan], [2.0, -2.0, np.nan], [4.0, 4.0, np.nan]])
    result = cluster_sign_p(x, seed=1)
    assert result[:2] == pytest.approx([p_by_loop([1, 2, 4]), p_by_loop([1, -2, 4])])
    assert math.isnan(result[2])


def test_sums_that_cancel_in_every_cluster_are_no_evidence():
    assert p_of([0.0, 0.0]) == pytest.approx(1.0)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(-6, 9).map(float), min_size=1, max_size=11),
    st.sampled_from((0.01, 0.05, 0.1)),
)
def test_samples_are_rejected_as_a_loop_over_all_signs_of_their_ranks_rejects_them(x, level):
    ranks = stats.rankdata([abs(v) for v in x if v != 0])
    signs = [math.copysign(1, v) for v in x if v != 0]
    total = float(np.dot(ranks, signs))
    p = p_by_loop(ranks * np.array(signs)) if len(ranks) else 1.0
    assert rejects_positive(np.array([x]), level).tolist() == [total > 0 and p <= level]


def test_many_values_are_rejected_by_the_normal_distribution():
    # Ranks 1 to 60, the u smallest negative: z = (sum of signed ranks) / sqrt(60 61 121 / 6).
    x = np.arange(1.0, 61.0)
    samples = np.array([np.where(x <= u, -x, x) for u in (35, 36, 60)])
    z = samples.sum(axis=1) / math.sqrt(60 * 61 * 121 / 6)
    expected = [v > stats.norm.ppf(0.975) for v in z]
    assert rejects_positive(samples, 0.05).tolist() == expected == [True, False, False]
