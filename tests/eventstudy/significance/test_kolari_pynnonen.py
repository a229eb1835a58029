"""The adjusted BMP against R, NumPy and hand calculation."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.eventstudy.made_studies import AGAINST, HALF, NONE, STEADY, A, after, pair, result_of
from tests.eventstudy.reference.stored import CASES, differences


@pytest.mark.parametrize("case", CASES)
def test_r_finds_the_same(case):
    assert differences("kolari_pynnonen", case) == []


@pytest.mark.parametrize(
    ("past", "factor"),
    [(HALF, math.sqrt(0.5 / 1.5)), (NONE, 1.0), (AGAINST, math.sqrt(1.5 / 0.5))],
)
def test_by_hand(past, factor):
    # SCARs 1 and 2: t_BMP = 1.5 / (sqrt(1/2) / sqrt 2) = 3, times sqrt((1-r) / (1+r)).
    result = result_of("kolari_pynnonen", pair(past))
    assert result.statistic == pytest.approx(3 * factor, rel=1e-9)
    assert (result.n, result.df) == (2, 1)


def test_residuals_that_are_mirror_images_leave_no_variance_of_the_mean():
    result = result_of("kolari_pynnonen", pair([-value for value in A]))  # r = -1: 1 + r = 0
    assert math.isnan(result.p_value)
    assert result.note.startswith("does not apply: r = -1.000")


def test_pairs_with_fewer_than_thirty_common_days_count_as_uncorrelated():
    short = {"a": [(A[:29], [1])], "b": [(A[:29], [2])]}
    result = result_of("kolari_pynnonen", short)
    base = result_of("bmp", short)
    assert result.statistic == pytest.approx(base.statistic, rel=1e-12)
    assert result.note == "r = 0.000; 0 % of the pairs share days"


def test_it_uses_the_mean_correlation_of_numpy():
    random = np.random.default_rng(4)
    pasts = random.normal(0, 1, (5, 40)) + random.normal(0, 1, 40)
    events = random.normal(0.5, 1, (5, 2))
    series = {f"s{k}": [(pasts[k], events[k])] for k in range(5)}
    scar = np.array([
        (e - p.mean()).sum() / np.sqrt(p.var(ddof=1) * (2 + 4 / 40))
        for p, e in zip(pasts, events, strict=True)
    ])  # fmt: skip
    r = (np.corrcoef(pasts).sum() - 5) / 20
    t = scar.mean() / (scar.std(ddof=1) / np.sqrt(5)) * np.sqrt((1 - r) / (1 + 4 * r))
    result = result_of("kolari_pynnonen", series, model="mean")
    assert result.statistic == pytest.approx(t, rel=1e-9)
    assert result.note == f"r = {r:.3f}; 100 % of the pairs share days"


def test_one_event_is_too_few():
    result = result_of("kolari_pynnonen", after(STEADY, [2]))
    assert "2 events whose past varies" in result.note
