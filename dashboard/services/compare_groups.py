"""Compare groups: one or two groups of events on one series, with every reason and every doubt."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from dashboard.domain.comparison import Comparison, Group
from dashboard.domain.errors import InputError
from dashboard.domain.event import Event
from dashboard.domain.series import RateSeries
from dashboard.domain.study import StudyRequest, TestResult
from dashboard.engine import comparison
from dashboard.engine.difference import DIFFERENCE, DIFFERENCE_TESTS
from dashboard.engine.significance import SIGNIFICANCE_TESTS
from dashboard.services.check_bars import common_bar, refuse_too_large
from dashboard.services.describe_method import check_model, wants_factor
from dashboard.services.read_tests import FEWEST_CLUSTERS, HEADLINE, ROLE

__all__ = [
    "DIFFERENCE",
    "FEWEST_CLUSTERS",
    "TestLine",
    "compare_groups",
    "lines_of_tests",
    "questions_asked",
    "title_of_declared",
]

MOST_GROUPS: Final = 2


def compare_groups(
    series: RateSeries,
    groups: Sequence[Group],
    known: Sequence[Event],
    request: StudyRequest,
    factors: Sequence[RateSeries] = (),
) -> Comparison:
    """Study one or two groups of events and their difference; see `engine.comparison`.

    Raises:
        InputError: for no group or more than two, two groups of one name, a model that is not
            there or lacks its factor, and series of different lengths of bars.
    """
    if not 1 <= len(groups) <= MOST_GROUPS:
        msg = f"a comparison takes one or two groups of events, not {len(groups)}"
        raise InputError(msg)
    if len({group.name for group in groups}) < len(groups):
        msg = f"two groups are called {groups[0].name}; give each a name of its own"
        raise InputError(msg)
    check_model(request.model)
    if wants_factor(request.model) and not factors:
        msg = (
            f"model {request.model}: explains the move by that of another series, and none was"
            " chosen; choose a factor, or the model mean"
        )
        raise InputError(msg)
    common_bar([series], factors)
    refuse_too_large([series], request)
    return comparison.compare_groups(series, groups, known, request, factors)


@dataclass(frozen=True, slots=True)
class TestLine:
    """One test in the window that is compared, with what it assumes.

    `declared` marks the one that answers, for a group or for the difference; `family` counts the
    p-values corrected together.
    """

    __test__ = False

    row: TestResult
    title: str
    assumptions: str
    family: int
    declared: bool


def lines_of_tests(answer: Comparison) -> tuple[TestLine, ...]:
    """Every test in the window that is compared: of the groups and of their difference."""
    rows = _rows_of_tests(answer)
    titles = {test.id: (test.title, test.assumptions) for test in SIGNIFICANCE_TESTS}
    titles |= {test.id: (test.title, test.assumptions) for test in DIFFERENCE_TESTS}
    return tuple(
        TestLine(row, *titles[row.test], _family(rows, row, answer.request), row.role == ROLE)
        for row in rows
    )


def questions_asked(answer: Comparison) -> int:
    """How many p-values of the declared tests were corrected together."""
    rows = [row for row in _rows_of_tests(answer) if row.role == ROLE]
    return max((_family(rows, row, answer.request) for row in rows), default=0)


def title_of_declared(*, difference: bool = False) -> str:
    """The title of the test that answers for a group, or for the difference of two."""
    if difference:
        return DIFFERENCE_TESTS[0].title
    return next(test.title for test in SIGNIFICANCE_TESTS if test.id == HEADLINE)


def _rows_of_tests(answer: Comparison) -> list[TestResult]:
    rows = [*answer.differences, *(row for group in answer.groups for row in group.answer.tests)]
    return [row for row in rows if row.window == answer.window]


def _family(rows: Sequence[TestResult], row: TestResult, request: StudyRequest) -> int:
    """How many p-values were adjusted together with that of a row."""
    mine = comparison.family_of(row, request)
    return sum(
        comparison.family_of(each, request) == mine and not math.isnan(each.p_value)
        for each in rows
    )
