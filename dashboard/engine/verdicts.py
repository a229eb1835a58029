"""Verdicts: every test on every group and window, p-values corrected within their family."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

import numpy as np

from dashboard.domain.series import Bools
from dashboard.domain.study import TestResult
from dashboard.engine.cautions import caution, dates_pattern
from dashboard.engine.corrections import CORRECTIONS
from dashboard.engine.families import distinct_groups, under_every_name
from dashboard.engine.headline import HEADLINE
from dashboard.engine.pooled import GroupSample, Pooled, members_of
from dashboard.engine.significance import SIGNIFICANCE_TESTS

FAMILY: Final = (
    "the p-values of one test over the distinct groups and the CAR windows of the study; groups of"
    " the same events count once, another test of the same group is no further question, and the"
    " single days that are no CAR window form a family of their own"
)
"""The declared family of the adjusted p-values: that of the headline, and alike of every test."""


def apply_tests(pooled: Pooled) -> tuple[TestResult, ...]:
    """Apply every test of the shelf to "all" and to each category.

    Returns:
        One result a group, window and test, p-values adjusted within `FAMILY` by the
        request's correction; groups of the same events are computed and counted once.
    """
    if len(pooled) == 0:
        return ()
    members = members_of(pooled.events, pooled.request.by)
    results = list(_raw(pooled, distinct_groups(members)))
    correct = CORRECTIONS[pooled.request.correction]
    adjusted = np.full(len(results), np.nan)
    names = np.array([result.test for result in results], dtype=object)
    p_values = np.array([result.p_value for result in results], dtype=float)
    asked = np.array([result.window in pooled.request.cars for result in results], dtype=bool)
    for test in SIGNIFICANCE_TESTS:
        for family in ((names == test.id) & asked, (names == test.id) & ~asked):
            adjusted[family] = correct(p_values[family])
    corrected = (
        replace(result, p_adjusted=p) for result, p in zip(results, adjusted.tolist(), strict=True)
    )
    return under_every_name(corrected, members)


def _raw(pooled: Pooled, members: Mapping[str, Bools]) -> Iterator[TestResult]:
    for group, member in members.items():
        sample = GroupSample(pooled, member)
        found = [test.apply(sample) for test in SIGNIFICANCE_TESTS]
        pattern = dates_pattern(sample)
        warned = {test.id: caution(test.id, pattern) for test in SIGNIFICANCE_TESTS}
        for w, window in enumerate(pooled.windows):
            for test, outcome in zip(SIGNIFICANCE_TESTS, found, strict=True):
                yield TestResult(
                    group,
                    window,
                    test.id,
                    float(outcome.statistic[w]),
                    float(outcome.df[w]),
                    float(outcome.p_value[w]),
                    float("nan"),
                    int(outcome.n[w]),
                    test.null_hypothesis,
                    test.reference,
                    outcome.reason[w] or outcome.note[w],
                    "" if outcome.reason[w] else warned[test.id],
                    pattern,
                    "headline" if test.id == HEADLINE else "",
                )
