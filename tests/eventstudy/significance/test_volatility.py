"""The volatility reaction against R, a loop over the shifts and hand calculation."""

from __future__ import annotations

import numpy as np
import pytest

from dashboard.models.study import StudyRequest
from dashboard.services.study import run_study
from tests.eventstudy.reference.stored import CASES, differences
from tests.made_series import event_at_row, series_of_returns


@pytest.mark.parametrize("case", CASES)
def test_r_finds_the_same(case):
    assert differences("volatility", case) == []


RETURNS = 0.01 * np.random.default_rng(22).standard_t(4, 60)
REQUEST = StudyRequest(model="none", window=(0, 1), cars=((0, 1),), estimation=5, gap=0,
                       min_estimation=3)  # fmt: skip
FIRST, LAST = 6, 59


def of(rows, returns=RETURNS):
    answer = run_study([series_of_returns(returns)], [event_at_row(row) for row in rows], REQUEST)
    return next(row for row in answer.tests
                if (row.test, row.group, row.window) == ("volatility", "all", (0, 1)))  # fmt: skip


def squares(returns):
    """Mean squared SAR over two days at every date, by the formula."""
    result = []
    for row in range(FIRST, LAST + 1):
        variance = np.mean(returns[row - 6 : row - 1] ** 2)
        result.append(np.mean(returns[row - 1 : row + 1] ** 2) / variance)
    return np.array(result)


def test_one_event_by_hand():
    agitation = squares(RETURNS)
    row = FIRST + int(np.argsort(agitation)[-2])  # the second most agitated of 54 dates
    result = of([row])
    assert result.p_value == pytest.approx(2 / 54, rel=1e-12)
    assert result.statistic == pytest.approx(agitation[row - FIRST] / agitation.mean(), rel=1e-9)
    assert result.note == "54 shifts"


def test_the_dates_move_together():
    rows, agitation = [10, 11, 30], squares(RETURNS)
    means = np.array([
        np.mean([agitation[(row - FIRST + shift) % 54] for row in rows]) for shift in range(54)
    ])  # fmt: skip
    result = of(rows)
    assert result.statistic == pytest.approx(means[0] / means.mean(), rel=1e-9)
    assert result.p_value == pytest.approx((means >= means[0] - 1e-12).mean())


def test_calm_event_days_are_no_reaction():
    quiet = RETURNS.copy()
    quiet[29:31] = 1e-5  # offsets 0 and 1 of row 30
    assert of([30], quiet).p_value == 1.0
