"""Verdicts: every test on every group and window, p-values corrected within their family."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from dashboard.domain.series import Floats
from dashboard.domain.study import TestResult
from dashboard.engine.cautions import caution, dates_pattern
from dashboard.engine.corrections import CORRECTIONS
from dashboard.engine.families import distinct_groups, under_every_name
from dashboard.engine.headline import HEADLINE
from dashboard.engine.pooled import GroupSample, Pooled
from dashboard.engine.significance import SIGNIFICANCE_TESTS
from dashboard.engine.significance.base import Outcome

FAMILY: Final = (
    "the p-values of one test over the distinct groups and the CAR windows of the study; groups of"
    " the same events count once, another test of the same group is no further question, and the"
    " single days that are no CAR window form a family of their own"
)
"""The declared family of the adjusted p-values: that of the headline, and alike of every test."""


def apply_tests(pooled: Pooled) -> tuple[TestResult, ...]:
    """Apply every test of the battery to "all" and to each category.

    Returns:
        One result a group, window and test, p-values adjusted within `FAMILY` by the
        request's correction; groups of the same events are computed and counted once.
    """
    if len(pooled) == 0:
        return ()
    groups = distinct_groups(pooled.members)
    samples = [pooled.sample(member) for member in groups.values()]
    found = [[test.apply(sample) for test in SIGNIFICANCE_TESTS] for sample in samples]
    adjusted = _adjusted(pooled, np.array([[o.p_value for o in each] for each in found]))
    rows = (
        row
        for group, sample, outcomes, p in zip(groups, samples, found, adjusted, strict=True)
        for row in _rows(group, sample, outcomes, p)
    )
    return under_every_name(rows, pooled.members)


def _adjusted(pooled: Pooled, p_values: Floats) -> Floats:
    """p-values (groups, tests, windows) adjusted over groups and windows of each test."""
    correct = CORRECTIONS[pooled.request.correction]
    asked = np.array([window in pooled.request.cars for window in pooled.windows], dtype=bool)
    adjusted = np.full(p_values.shape, np.nan)
    for test in range(p_values.shape[1]):
        for family in (asked, ~asked):
            p = p_values[:, test, family]
            adjusted[:, test, family] = correct(p.ravel()).reshape(p.shape)
    return adjusted


def _rows(
    group: str, sample: GroupSample, outcomes: Sequence[Outcome], adjusted: Floats
) -> Iterator[TestResult]:
    pattern = dates_pattern(sample)
    warned = {test.id: caution(test.id, pattern) for test in SIGNIFICANCE_TESTS}
    for w, window in enumerate(sample.pooled.windows):
        for test, outcome, p in zip(SIGNIFICANCE_TESTS, outcomes, adjusted[:, w], strict=True):
            yield TestResult(
                group,
                window,
                test.id,
                float(outcome.statistic[w]),
                float(outcome.df[w]),
                float(outcome.p_value[w]),
                float(p),
                int(outcome.n[w]),
                test.null_hypothesis,
                test.reference,
                outcome.reason[w] or outcome.note[w],
                "" if outcome.reason[w] else warned[test.id],
                pattern,
                "headline" if test.id == HEADLINE else "",
            )
