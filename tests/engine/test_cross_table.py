"""Categories across series: means, spreads and p against a loop over every shift."""

from __future__ import annotations

import numpy as np
import pytest

from dashboard.domain.study import StudyRequest
from dashboard.services.relate_events import relate_across
from tests.made_series import event_at_row, series_of_returns

REQUEST = StudyRequest(model="none", window=(-1, 2), cars=((0, 0),), estimation=3, gap=0,
                       min_estimation=3)  # fmt: skip
ROWS = [10, 11, 25, 40, 60]
ONE = 0.01 * np.random.default_rng(2).standard_t(5, 79)
TWO = 0.01 * np.random.default_rng(3).standard_t(5, 59)


def cells():
    series = [series_of_returns(ONE, series_id="one"), series_of_returns(TWO, series_id="two")]
    kinds = ["energy", "energy", "energy", "sanctions", "energy"]
    events = [event_at_row(row, f"e{row}", category=kind)
              for row, kind in zip(ROWS, kinds, strict=True)]  # fmt: skip
    return {(c.group, c.series): c for c in relate_across(series, events, events, REQUEST)}


def test_a_cell_is_the_mean_of_its_events_against_every_shift():
    found = cells()["energy", "one"]
    values, at = ONE[3:], np.array([10, 11, 25, 60]) - 4
    means = np.array([values[(at + k) % len(values)].mean() for k in range(len(values))])
    assert found.n == 4
    assert found.caar == pytest.approx(ONE[np.array([10, 11, 25, 60]) - 1].mean())
    assert found.spread == pytest.approx(means.std())
    assert found.in_spreads == pytest.approx((means[0] - means.mean()) / means.std())
    assert found.p_value == pytest.approx(np.mean(np.abs(means) >= abs(means[0]) - 1e-12))
    assert found.percentile == pytest.approx(100 * np.mean(np.abs(means) < abs(means[0]) - 1e-12))


def test_each_series_counts_the_events_it_reaches():
    found = cells()
    assert found["energy", "two"].n == 3  # row 60 lies after the 60 rates of the second series
    assert found["all", "one"].n == 5


def test_a_cell_of_fewer_than_three_events_has_its_reason_and_no_number():
    found = cells()["sanctions", "one"]
    assert found.reason == "only 1 event with a move"
    assert np.isnan(found.caar)
    assert np.isnan(found.p_adjusted)


def test_p_is_corrected_over_all_cells_with_a_p():
    tested = [cell for cell in cells().values() if not np.isnan(cell.p_value)]
    assert len(tested) == 4  # all and energy on two series
    smallest = min(tested, key=lambda cell: cell.p_value)
    assert smallest.p_adjusted == pytest.approx(min(1.0, 4 * smallest.p_value))
