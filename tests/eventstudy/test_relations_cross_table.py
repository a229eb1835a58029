"""Categories across series: means over rates, reasons, and p against SciPy and loops."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from dashboard.eventstudy.relations import no_verdict_reason
from dashboard.models.study import StudyRequest
from dashboard.services.compare import relate_across_series
from dashboard.services.study import run_study
from tests.eventstudy.made_studies import p_of_signed_ranks
from tests.made_series import event_at_row, series_of_returns

REQUEST = StudyRequest(model="none", window=(0, 0), cars=((0, 0),), estimation=30, gap=0,
                       min_estimation=30)  # fmt: skip
ENERGY = (40, 40, 52, 61, 73, 85, 97, 110, 124, 139, 151)
TALKS = (45, 46, 120)
ONE = 0.01 * np.random.default_rng(2).standard_normal(159)
TWO = 0.01 * np.random.default_rng(3).standard_normal(99)


def cells(one=ONE, energy=ENERGY, talks=TALKS):
    series = [series_of_returns(one, series_id="one"), series_of_returns(TWO, series_id="two")]
    events = [event_at_row(row, f"{kind}{k}", category=kind)
              for kind, rows in (("energy", energy), ("talks", talks))
              for k, row in enumerate(rows)]  # fmt: skip
    return {(c.group, c.series): c for c in relate_across_series(series, events, events, REQUEST)}


def moves(rows, returns=ONE):
    """Return of row r: `returns[r - 1]`; each row once."""
    return returns[np.array(sorted(set(rows))) - 1]


def test_a_cell_counts_each_rate_once_and_its_events_too():
    result, moved = cells()["energy", "one"], moves(ENERGY)
    assert (result.n, result.n_rates, result.clusters) == (11, 10, 10)
    assert result.caar == pytest.approx(moved.mean())
    assert result.largest_share == pytest.approx(np.abs(moved).max() / np.abs(moved).sum())
    # No change: the forecast error is the root mean square of the 30 returns before the event.
    past = [ONE[row - 31 : row - 1] for row in sorted(set(ENERGY))]
    errors = np.array([np.sqrt((item**2).mean()) for item in past])
    assert result.mean_scar == pytest.approx((moved / errors).mean())


def test_p_is_the_signed_rank_test_of_the_scores_of_its_clusters():
    scores = [stats.rankdata([*ONE[row - 31 : row - 1], ONE[row - 1]])[-1] / 32 - 0.5
              for row in sorted(set(ENERGY))]  # fmt: skip
    assert cells()["energy", "one"].p_value == pytest.approx(p_of_signed_ranks(scores))


def test_its_place_among_shifted_dates_is_that_of_a_loop():
    result, at = cells()["energy", "one"], np.array(sorted(set(ENERGY))) - 31
    values = ONE[30:]
    means = np.array([values[(at + k) % len(values)].mean() for k in range(len(values))])
    assert result.spread == pytest.approx(means.std())
    assert result.in_spreads == pytest.approx((means[0] - means.mean()) / means.std())
    assert result.percentile == pytest.approx(100 * np.mean(np.abs(means) < abs(means[0]) - 1e-12))


def test_each_series_counts_the_events_it_reaches_and_says_why_it_has_no_verdict():
    result = cells()["energy", "two"]
    assert (result.n, result.n_rates) == (7, 6)  # 100 rates
    assert result.reason == "only 6 distinct rates, 8 needed"
    assert not result.has_verdict
    assert np.isnan(result.p_adjusted)
    assert result.caar == pytest.approx(moves((40, 52, 61, 73, 85, 97), TWO).mean())


def test_a_rate_with_more_than_a_fifth_of_all_moves_takes_the_verdict():
    stormy = ONE.copy()
    stormy[151 - 1] = -0.3  # the last one, as where a series ends in a storm
    result = cells(one=stormy)["energy", "one"]
    others = np.abs(moves(ENERGY[:-1])).sum()
    assert result.largest_share == pytest.approx(0.3 / (0.3 + others))
    percent = round(100 * 0.3 / (0.3 + others))
    assert result.reason == f"one rate is {percent} % of all moves, 20 % at most"
    assert np.isnan(result.p_value)


@pytest.mark.parametrize(
    ("rates", "clusters", "share", "reason"),
    [
        (8, 8, 0.2, ""),
        (8, 8, 0.21, "one rate is 21 % of all moves, 20 % at most"),
        (7, 7, 0.15, "only 7 distinct rates, 8 needed"),
        (9, 7, 0.15, "only 7 clusters of events, 8 needed"),
        (9, 9, np.nan, "no move at all"),
    ],
)
def test_the_rule(rates, clusters, share, reason):
    assert no_verdict_reason(rates, clusters, share) == reason


def test_a_cell_of_fewer_than_three_events_has_no_number():
    result = cells(talks=(45,))["talks", "one"]
    assert result.reason == "only 1 event with a move"
    assert np.isnan(result.caar)


def test_p_is_corrected_over_all_cells_with_a_verdict():
    tested = [cell for cell in cells().values() if cell.has_verdict]
    assert {(cell.group, cell.series) for cell in tested} == {("all", "one"), ("energy", "one")}
    smallest = min(tested, key=lambda cell: cell.p_value)
    assert smallest.p_adjusted == pytest.approx(min(1.0, 2 * smallest.p_value))


def test_a_single_category_is_one_question_with_all():
    result = cells(talks=())
    one = result["energy", "one"]
    assert one.p_adjusted == one.p_value == result["all", "one"].p_value


def test_a_cell_is_what_a_study_of_its_series_says():
    long = 0.01 * np.random.default_rng(9).standard_normal(400)
    series = [series_of_returns(long, series_id="one"), series_of_returns(TWO, series_id="two")]
    events = [event_at_row(row, f"energy{row}", category="energy") for row in range(40, 380, 11)]
    request = StudyRequest(window=(-2, 3), cars=((0, 1),), estimation=20, gap=1, min_estimation=20)
    cell = next(
        c for c in relate_across_series(series, events, events, request) if c.series == "one"
    )
    (row, *_) = run_study(series[:1], events, request).headlines
    assert (cell.n_rates, cell.clusters) == (row.rates, row.clusters)
    assert (cell.caar, cell.p_value) == pytest.approx((row.mean, row.p_value))
