"""Groups, windows and the family of corrected p-values."""

from __future__ import annotations

import math

import numpy as np
import pytest

from dashboard.eventstudy.samples import group_members
from dashboard.eventstudy.significance import SIGNIFICANCE_TESTS
from dashboard.models.study import StudyRequest
from dashboard.services.study import run_study
from tests.made_series import event_at_row, series_of_returns

REQUEST = StudyRequest(window=(-1, 2), cars=((0, 1), (0, 0)), estimation=20, gap=0,
                       min_estimation=10)  # fmt: skip
SERIES = series_of_returns(0.01 * np.random.default_rng(4).standard_normal(200))
ROWS = {"x": (40, 71, 90), "y": (55, 120, 180)}


def answer(**options):
    events = [event_at_row(row, category=name) for name, rows in ROWS.items() for row in rows]
    request = StudyRequest(**{f: getattr(REQUEST, f) for f in REQUEST.__slots__} | options)
    return run_study([SERIES], events, request)


def test_groups_are_all_and_every_category_that_occurs():
    events = [event_at_row(5, f"{k}", category=name) for k, name in enumerate(("b", "a", "b", ""))]
    groups = group_members(events)
    assert list(groups) == ["all", "a", "b"]
    assert groups["all"].tolist() == [True] * 4
    assert groups["b"].tolist() == [True, False, True, False]


def test_a_category_called_all_does_not_replace_the_group_of_all():
    events = [event_at_row(5, "1", category="all"), event_at_row(6, "2", category="x")]
    assert group_members(events)["all"].tolist() == [True, True]


def test_every_group_and_window_meets_every_test_once():
    result = answer().tests
    keys = [(row.group, row.window, row.test) for row in result]
    windows = {(-1, -1), (0, 0), (1, 1), (2, 2), (0, 1)}
    assert len(set(keys)) == len(keys) == 3 * len(windows) * len(SIGNIFICANCE_TESTS)
    assert {row.window for row in result} == windows
    counts = {row.group: row.n for row in result if row.test == "cross_section_t"}
    assert counts == {"all": 6, "x": 3, "y": 3}


def test_a_row_carries_the_claim_and_the_source_of_its_test():
    for row in answer().tests:
        test = next(test for test in SIGNIFICANCE_TESTS if test.id == row.test)
        assert (row.null_hypothesis, row.reference) == (test.null_hypothesis, test.reference)
        assert math.isnan(row.p_value) <= bool(row.note)  # without a value there is a reason


def holm_by_the_book(p):
    """Sort, multiply by what is left, never fall."""
    adjusted, highest = {}, 0.0
    for rank, k in enumerate(sorted(range(len(p)), key=lambda k: p[k])):
        highest = max(highest, min(1.0, (len(p) - rank) * p[k]))
        adjusted[k] = highest
    return [adjusted[k] for k in range(len(p))]


@pytest.mark.parametrize("requested", [True, False])
def test_p_values_are_corrected_within_one_test_and_its_windows(requested):
    # The requested CAR windows are one family, the other days another.
    family = [
        row for row in answer().tests
        if row.test == "cross_section_t" and (row.window in REQUEST.cars) == requested
    ]  # fmt: skip
    assert len(family) == 3 * (2 if requested else 3)
    expected = holm_by_the_book([row.p_value for row in family])
    assert [row.p_adjusted for row in family] == pytest.approx(expected, rel=1e-12)


def test_another_correction_can_be_asked_for():
    family = [row for row in answer(correction="bonferroni").tests
              if row.test == "patell" and row.window in REQUEST.cars]  # fmt: skip
    assert [row.p_adjusted for row in family] == pytest.approx(
        [min(1.0, 6 * row.p_value) for row in family]
    )


def test_a_test_that_does_not_apply_counts_in_no_family():
    result = [row for row in answer().tests if row.test == "bhar_t"]  # log returns
    assert all(math.isnan(row.p_adjusted) for row in result)
