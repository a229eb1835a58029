"""The panel: averages and tests over the events of all series of a study."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dashboard.domain.series import Floats
from dashboard.domain.study import Average, StudyRequest, StudyResult, TestResult, Window
from dashboard.engine.averages import average_path
from dashboard.engine.verdicts import apply_tests, groups_of


def averages_over(results: Sequence[StudyResult], request: StudyRequest) -> tuple[Average, ...]:
    """AAR and CAAR paths of all events and of each category."""
    offsets = np.arange(request.window[0], request.window[1] + 1, dtype=np.int64)
    abnormal = np.concatenate([result.abnormal for result in results])
    car = np.concatenate([result.car for result in results])
    return tuple(
        row
        for name, member in groups_of(_categories(results)).items()
        for row in average_path(name, offsets, (abnormal[member], car[member]), request.seed)
    )


def tests_over(results: Sequence[StudyResult], request: StudyRequest) -> tuple[TestResult, ...]:
    """Every test of the shelf on every group, for each day `[t,t]` and each CAR window."""
    abnormal = np.concatenate([result.abnormal for result in results])
    abnormal_se = np.concatenate([result.abnormal_se for result in results])
    windows: dict[Window, tuple[Floats, Floats]] = {
        (offset, offset): (abnormal[:, column], abnormal_se[:, column])
        for column, offset in enumerate(range(request.window[0], request.window[1] + 1))
    }
    for k, window in enumerate(request.cars):
        car = np.concatenate([result.cars[k].car for result in results])
        windows[window] = (car, np.concatenate([result.cars[k].se for result in results]))
    return apply_tests(groups_of(_categories(results)), windows)


def _categories(results: Sequence[StudyResult]) -> tuple[str, ...]:
    return tuple(event.category for result in results for event in result.events)
