"""Families: groups of the same events are one question, listed under each of their names."""

from __future__ import annotations

import numpy as np
import pytest

from dashboard.eventstudy.samples import distinct_groups, map_equal_groups
from dashboard.models.study import StudyRequest
from dashboard.services.study import run_study
from tests.made_series import event_at_row, series_of_returns

REQUEST = StudyRequest(window=(-1, 2), cars=((0, 1),), estimation=20, gap=0, min_estimation=10)
SERIES = series_of_returns(0.01 * np.random.default_rng(4).standard_t(5, 300))
ROWS = (40, 52, 71, 90, 107, 120, 133, 155, 180, 200, 222, 241)


def answer(categories, request=REQUEST):
    events = [event_at_row(row, category=categories[k % len(categories)], expected="stronger")
              for k, row in enumerate(ROWS)]  # fmt: skip
    return run_study([SERIES], events, request)


def test_a_group_is_the_first_one_with_its_events():
    members = {"all": np.array([1, 1, 1], bool), "a": np.array([1, 1, 1], bool),
               "b": np.array([1, 0, 0], bool)}  # fmt: skip
    assert map_equal_groups(members) == {"all": "all", "a": "all", "b": "b"}
    assert list(distinct_groups(members)) == ["all", "b"]


@pytest.mark.parametrize("correction", ["holm", "bonferroni", "bh", "by"])
def test_in_a_study_of_one_category_nothing_is_corrected(correction):
    request = StudyRequest(**{f: getattr(REQUEST, f) for f in REQUEST.__slots__}
                           | {"correction": correction})  # fmt: skip
    result = answer(["x"], request)
    tested = [row for row in result.tests if row.window == (0, 1) and not np.isnan(row.p_value)]
    assert {row.group for row in tested} == {"all", "x"}
    assert len(tested) > 30
    for row in (*tested, *result.directions):
        assert row.p_adjusted == pytest.approx(row.p_value, rel=1e-12)


def test_both_names_are_listed_with_the_same_numbers():
    result = answer(["x"])
    for rows in (result.tests, result.directions, result.correlations):
        of_all = [row for row in rows if row.group == "all"]
        assert of_all
        assert [repr(row).replace("'x'", "'all'") for row in rows if row.group == "x"] == [
            repr(row) for row in of_all
        ]


def test_two_categories_and_all_of_them_are_three_questions():
    tested = [row for row in answer(["x", "y"]).tests
              if row.test == "cross_section_t" and row.window == (0, 1)]  # fmt: skip
    smallest = min(tested, key=lambda row: row.p_value)
    assert len(tested) == 3
    assert smallest.p_adjusted == pytest.approx(min(1.0, 3 * smallest.p_value))


def test_one_category_counts_eleven_lags_of_the_correlation():
    rows = [row for row in answer(["x"]).correlations if row.method == "point_biserial"]
    smallest = min(rows, key=lambda row: row.p_value)
    assert len(rows) == 2 * 11
    assert smallest.p_adjusted == pytest.approx(min(1.0, 11 * smallest.p_value))
