"""Groups, windows and the family of corrected p-values."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from dashboard.engine.significance import SIGNIFICANCE_TESTS
from dashboard.engine.verdicts import apply_tests, groups_of

NAN = float("nan")
CAR = np.array([1.0, 2.0, 4.0, -1.0, 3.0, NAN])
SE = np.ones(6)


def test_groups_are_all_and_every_category_that_occurs():
    groups = groups_of(("b", "a", "b", ""))
    assert list(groups) == ["all", "a", "b"]
    assert groups["all"].tolist() == [True] * 4
    assert groups["b"].tolist() == [True, False, True, False]


def test_a_category_called_all_does_not_replace_the_group_of_all():
    assert groups_of(("all", "x"))["all"].tolist() == [True, True]


def test_every_group_and_window_meets_every_test_once():
    groups = groups_of(("x", "x", "x", "y", "y", "y"))
    found = apply_tests(groups, {(0, 0): (CAR, SE), (0, 1): (CAR + 1, SE)})
    keys = [(row.group, row.window, row.test) for row in found]
    assert len(set(keys)) == len(keys) == 3 * 2 * len(SIGNIFICANCE_TESTS)
    counts = {row.group: row.n for row in found if row.test == "cross_section_t"}
    assert counts == {"all": 5, "x": 3, "y": 2}  # the event without a value is left out


def test_p_values_are_corrected_within_one_test():
    rng = np.random.default_rng(4)
    windows = {(t, t): (rng.normal(0.5, 1, 20), np.ones(20)) for t in range(4)}
    found = [row for row in apply_tests(groups_of(("x",) * 20), windows)
             if row.test == "cross_section_t"]  # fmt: skip
    raw = [stats.ttest_1samp(car, 0).pvalue for car, _ in windows.values()] * 2  # all and x
    assert [row.p_value for row in found] == pytest.approx(raw)
    # Holm by the book: sort, multiply by what is left, never fall.
    expected, highest = {}, 0.0
    for rank, k in enumerate(sorted(range(8), key=lambda k: raw[k])):
        highest = max(highest, min(1.0, (8 - rank) * raw[k]))
        expected[k] = highest
    assert [row.p_adjusted for row in found] == pytest.approx([expected[k] for k in range(8)])
