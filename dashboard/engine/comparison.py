"""Comparison: groups of events on one series side by side, each p-value corrected among them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from scipy import special

from dashboard.domain.comparison import Comparison, Group, GroupAnswer, Placebo
from dashboard.domain.event import Event
from dashboard.domain.series import Floats, Ints, RateSeries
from dashboard.domain.study import (
    CarResult,
    Headline,
    Skipped,
    StudyAnswer,
    StudyRequest,
    StudyResult,
    TestResult,
)
from dashboard.engine.attrition import attrition
from dashboard.engine.corrections import CORRECTIONS
from dashboard.engine.dated_events import Dated, known_rows
from dashboard.engine.difference import (
    DIFFERENCE,
    DIFFERENCE_TESTS,
    TwoGroups,
    difference_headline,
)
from dashboard.engine.headline import HEADLINE
from dashboard.engine.leave_one_out import leave_one_out
from dashboard.engine.near_pool import REACH
from dashboard.engine.panel import LEVEL, pooled_answer
from dashboard.engine.placebo import far_from
from dashboard.engine.pooled import ALL, GroupSample, Measured, Pooled
from dashboard.engine.shifts import shifted_means
from dashboard.engine.study import measure

BESIDE: Final = {test.id: test.beside for test in DIFFERENCE_TESTS}
NOTHING: Final = np.zeros(0)


def compare_groups(
    series: RateSeries,
    groups: Sequence[Group],
    known: Sequence[Event],
    request: StudyRequest,
    factors: Sequence[RateSeries] = (),
) -> Comparison:
    """Study one or two groups on one series, each as if it were alone, and their difference.

    The overlap rule looks at each group by itself. The p-values of one test, of its
    counterpart for the difference too, are adjusted together by the request's correction:
    those in the CAR windows, and those of the single days that are none.

    Args:
        series: the observations.
        groups: one or two groups.
        known: every known event, for crowding and quiet dates.
        request: the parameters; its first CAR window is the one compared.
        factors: series that explain normal returns.

    Raises:
        InputError: the request does not fit the series or the model.
    """
    measured = [measure(series, group.events, known, request, factors) for group in groups]
    names = tuple(factor.card.id for factor in factors)
    answers = [
        _alone(group, found, request, names) for group, found in zip(groups, measured, strict=True)
    ]
    two = TwoGroups.of(measured[0][1], measured[1][1], request) if len(groups) > 1 else None
    differences, gap = _differences(two, request) if two else ((), None)
    *tests, differences = adjust([*(each.tests for each in answers), differences], request)
    occupied = _occupied(series, groups, known)
    return Comparison(
        request=request,
        series=series,
        groups=tuple(
            _group(group, _corrected(answer, rows), found[1], occupied)
            for group, answer, rows, found in zip(groups, answers, tests, measured, strict=True)
        ),
        differences=differences,
        shifted=two.shifted if two else NOTHING,
        in_both=_in_both(groups),
        difference=gap and _adjusted(gap, differences[0].p_adjusted),
    )


def adjust(
    tables: Sequence[tuple[TestResult, ...]], request: StudyRequest
) -> list[tuple[TestResult, ...]]:
    """The same tables of tests with p-values adjusted within their families, over all tables."""
    rows = [row for table in tables for row in table]
    p = np.array([row.p_value for row in rows], dtype=float)
    families: dict[tuple[str, bool], list[int]] = {}
    for k, row in enumerate(rows):
        families.setdefault(family_of(row, request), []).append(k)
    adjusted = np.full(len(rows), np.nan)
    for members in families.values():
        adjusted[members] = CORRECTIONS[request.correction](p[members])
    left = iter(
        [replace(row, p_adjusted=value) for row, value in zip(rows, adjusted.tolist(), strict=True)]
    )
    return [tuple(next(left) for _ in table) for table in tables]


def family_of(row: TestResult, request: StudyRequest) -> tuple[str, bool]:
    """What p-values are adjusted together: those of a test, in CAR windows or on single days."""
    return BESIDE.get(row.test, row.test), row.window in request.cars


def _alone(
    group: Group,
    found: tuple[StudyResult, Measured],
    request: StudyRequest,
    factors: tuple[str, ...],
) -> StudyAnswer:
    """The study of one group, its rows under the name of the group.

    For the study all its events are of one category, so that nothing is tested twice.
    """
    result, measured = found
    events = tuple(replace(event, category=ALL) for event in result.events)
    alike = (replace(result, events=events), replace(measured, events=events))
    answer = pooled_answer([alike], request, len(group.events), factors, relations=False)
    bound = result.series.card.id
    homeless = tuple(
        Skipped(event.id, event.series, f"no series {event.series} in this study")
        for event in group.events
        if event.series not in {None, bound}
    )
    return replace(
        answer,
        results=(result,),
        averages=tuple(replace(row, group=group.name) for row in answer.averages),
        tests=tuple(replace(row, group=group.name) for row in answer.tests),
        headlines=tuple(replace(row, group=group.name) for row in answer.headlines),
        intervals=tuple(replace(row, group=group.name) for row in answer.intervals),
        directions=tuple(replace(row, group=group.name) for row in answer.directions),
        skipped=homeless + answer.skipped,
    )


def _corrected(answer: StudyAnswer, tests: tuple[TestResult, ...]) -> StudyAnswer:
    """The answer with adjusted tests, and the same adjusted p-values in its headlines."""
    adjusted = {row.window: row.p_adjusted for row in tests if row.test == HEADLINE}
    headlines = tuple(
        _adjusted(row, adjusted.get(row.window, row.p_adjusted)) for row in answer.headlines
    )
    return replace(answer, tests=tests, headlines=headlines)


def _adjusted(row: Headline, p_adjusted: float) -> Headline:
    """The headline with an adjusted p, unless it gives no verdict."""
    return row if row.reason else replace(row, p_adjusted=p_adjusted)


def _differences(two: TwoGroups, request: StudyRequest) -> tuple[tuple[TestResult, ...], Headline]:
    """The tests of the difference, and what the first of them says."""
    results = [test.apply(two) for test in DIFFERENCE_TESTS]
    rows = tuple(
        TestResult(
            DIFFERENCE,
            request.cars[0],
            test.id,
            found.statistic,
            found.df,
            found.p_value,
            float("nan"),
            two.events,
            test.null_hypothesis,
            test.reference,
            found.reason or found.note,
            "" if found.reason else test.caution,
            role="headline" if test is DIFFERENCE_TESTS[0] else "",
        )
        for test, found in zip(DIFFERENCE_TESTS, results, strict=True)
    )
    return rows, difference_headline(two, results[0])


def _group(group: Group, answer: StudyAnswer, measured: Measured, occupied: Ints) -> GroupAnswer:
    result, window = answer.results[0], answer.request.cars[0]
    return GroupAnswer(
        name=group.name,
        events=group.events,
        answer=answer,
        steps=attrition(len(group.events), answer.skipped, window),
        left_out=leave_one_out([event.id for event in result.events], result.cars[0].car),
        placebo=_placebo(measured, answer.request, occupied),
        medians=_medians(result.car),
        half_width=_half_width(result.cars[0]),
    )


def _placebo(measured: Measured, request: StudyRequest, occupied: Ints) -> Placebo:
    pooled = Pooled((measured,), request.cars[:1], request)
    everyone = GroupSample(pooled, np.ones(len(pooled), dtype=bool))
    car = measured.everywhere.car(request.cars[0])[0]
    means, _ = shifted_means(everyone, lambda _: car[:, None])
    chosen = np.isfinite(car) & (measured.everywhere.prediction.usable >= request.min_estimation)
    if request.pool == "quiet":
        length = request.window[1] - request.window[0] + 1
        chosen &= far_from(measured.positions, occupied, length)
    elif request.pool == "near":
        chosen &= ~far_from(measured.positions, measured.row, REACH + 1)
    return Placebo(means[:, 0], car[chosen])


def _half_width(car: CarResult) -> Floats:
    """Half the 95 % interval of each CAR, `t(df) S_CAR`, (N,); NaN without an error."""
    usable = np.isfinite(car.se) & (car.df > 0)
    quantile = special.stdtrit(np.where(usable, car.df, 1.0), (1 + LEVEL) / 2)
    return np.where(usable, quantile * car.se, np.nan)


def _occupied(series: RateSeries, groups: Sequence[Group], known: Sequence[Event]) -> Ints:
    """The rows of all known events, which leave no quiet date."""
    events = {event.id: event for group in groups for event in group.events}
    studied = Dated.of(tuple(events.values())).bound_to(series.card.id)
    return known_rows(series, studied, known).occupied


def _medians(paths: Floats) -> Floats:
    """Median of the CAR paths at each offset, NaN where there is none, (L,)."""
    columns = [column[np.isfinite(column)] for column in paths.T]
    return np.array([np.median(each) if len(each) else np.nan for each in columns])


def _in_both(groups: Sequence[Group]) -> tuple[str, ...]:
    if len(groups) < 2:
        return ()
    second = {event.id for event in groups[1].events}
    return tuple(event.id for event in groups[0].events if event.id in second)
