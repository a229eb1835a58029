"""The Patell Z for overlapping windows against R and hand calculation."""

from __future__ import annotations

import math

import numpy as np
import pytest

from dashboard.models.study import StudyRequest
from dashboard.services.study import run_study
from tests.eventstudy.reference.stored import CASES, differences
from tests.made_series import event_at_row, series_of_returns


@pytest.mark.parametrize("case", CASES)
def test_r_finds_the_same(case):
    assert differences("overlap_patell", case) == []


RETURNS = 0.01 * np.random.default_rng(12).standard_t(5, 90)


@pytest.mark.parametrize(
    ("model", "rows", "r"),
    [
        ("mean", [40, 42], -2 / 20),  # one day, M = 4, k = 2: -k / (M (M+1))
        ("none", [40, 41], 0),  # windows of one day that share none
        ("mean", [20, 60], 0),
    ],
)
def test_by_hand(model, rows, r):
    request = StudyRequest(model=model, window=(0, 0), cars=((0, 0),), estimation=4, gap=0,
                           min_estimation=3)  # fmt: skip
    answer = run_study([series_of_returns(RETURNS)], [event_at_row(k) for k in rows], request)
    result = {row.test: row for row in answer.tests if row.group == "all"}
    df = 3 if model == "mean" else 4
    t = answer.results[0].cars[0].t
    z = t.sum() / math.sqrt(2 * df / (df - 2)) / math.sqrt(1 + r)
    assert result["overlap_patell"].statistic == pytest.approx(z, rel=1e-9)
    assert result["overlap_patell"].p_value == pytest.approx(
        math.erfc(abs(z) / math.sqrt(2)), rel=1e-9
    )


def test_one_event_is_too_few():
    request = StudyRequest(window=(0, 0), cars=((0, 0),), estimation=4, gap=0, min_estimation=3)
    answer = run_study([series_of_returns(RETURNS)], [event_at_row(40)], request)
    result = next(row for row in answer.tests if row.test == "overlap_patell")
    assert (result.n, result.note) == (1, "needs at least 2 events")
