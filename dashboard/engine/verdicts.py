"""Verdicts: every test on every group and window, p-values corrected within their family."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from dashboard.domain.series import Bools, Floats
from dashboard.domain.study import TestResult, Window
from dashboard.engine.corrections import holm
from dashboard.engine.significance import SIGNIFICANCE_TESTS
from dashboard.engine.significance.base import GroupSample

FAMILY = "one test over all groups and windows of one series; Holm"
"""The declared family of the adjusted p-values."""

ALL = "all"


def groups_of(categories: tuple[str, ...]) -> dict[str, Bools]:
    """Members of "all" and of each category that occurs, in alphabetical order."""
    names = np.array(categories, dtype=object)
    members = {name: names == name for name in sorted(set(categories)) if name and name != ALL}
    return {ALL: np.ones(len(names), dtype=bool), **members}


def apply_tests(
    groups: Mapping[str, Bools], windows: Mapping[Window, tuple[Floats, Floats]]
) -> tuple[TestResult, ...]:
    """Apply every test of the shelf.

    Args:
        groups: members of each group, (N,).
        windows: CAR and S_CAR of all events for each window, each (N,).

    Returns:
        One result a group, window and test, with Holm-adjusted p-values in `FAMILY`.
    """
    results = list(_raw(groups, windows))
    for test in SIGNIFICANCE_TESTS:
        family = [k for k, result in enumerate(results) if result.test == test.id]
        adjusted = holm(np.array([results[k].p_value for k in family], dtype=float))
        for k, p in zip(family, adjusted.tolist(), strict=True):
            results[k] = replace(results[k], p_adjusted=p)
    return tuple(results)


def _raw(
    groups: Mapping[str, Bools], windows: Mapping[Window, tuple[Floats, Floats]]
) -> Iterator[TestResult]:
    for group, member in groups.items():
        for window, (car, se) in windows.items():
            usable = member & np.isfinite(car)
            sample = GroupSample(car[usable], se[usable])
            for test in SIGNIFICANCE_TESTS:
                found = test.apply(sample)
                yield TestResult(
                    group,
                    window,
                    test.id,
                    found.statistic,
                    found.df,
                    found.p_value,
                    float("nan"),
                    found.n,
                    test.null_hypothesis,
                    test.reference,
                )
