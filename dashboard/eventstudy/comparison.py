"""Comparison of groups of events on one series: attrition, leave-one-out means, adjusted tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from typing import Any, Final

import numpy as np
from scipy import special

from dashboard.eventstudy.alignment import (
    REASON_HOUR_PUBLISHED,
    REASON_HOUR_UNKNOWN,
    DatedEvents,
    locate_known_events,
)
from dashboard.eventstudy.calendar_shifts import compute_shifted_means
from dashboard.eventstudy.clusters import build_headlines
from dashboard.eventstudy.difference import (
    DIFFERENCE_GROUP,
    DIFFERENCE_TESTS,
    DifferenceOutcome,
    DifferenceTest,
    GroupPair,
    build_difference_headline,
)
from dashboard.eventstudy.numerics import CORRECTIONS
from dashboard.eventstudy.panel import DECLARED_TESTS, lazy_tables, list_tested_windows, run_tests
from dashboard.eventstudy.placebo import NEAR_ROWS, is_far_from
from dashboard.eventstudy.samples import GroupSample, PooledSample, SeriesSample
from dashboard.eventstudy.study import measure_series
from dashboard.models.analyses import (
    AttritionStep,
    Comparison,
    Group,
    GroupAnswer,
    LeaveOneOut,
    PlaceboMoves,
    StepName,
)
from dashboard.models.event import Event
from dashboard.models.messages import deferred
from dashboard.models.messages import translate as _
from dashboard.models.series import Floats, Ints, RateSeries
from dashboard.models.study import (
    CONFIDENCE_LEVEL,
    CarResult,
    Headline,
    SkippedEvent,
    StudyRequest,
    StudyResult,
    TestResult,
    Window,
    window_text,
)

ATTRITION_STEPS: Final[tuple[StepName, ...]] = (
    "listed",
    "dated",
    "inside",
    "history",
    "apart",
    "used",
)
STEP_BY_REASON: Final[dict[str, StepName]] = {
    "no series ": "dated",
    REASON_HOUR_UNKNOWN: "dated",
    REASON_HOUR_PUBLISHED: "dated",
    "the series has no observations": "inside",
    "after the data": "inside",
    "before the data": "inside",
    "too little history": "history",
    "its event window overlaps": "apart",
    "window ": "used",
}
"""How the reasons of a skipped event begin, and the step that it is lost at."""
COUNTERPARTS: Final = {test.id: test.counterpart for test in DIFFERENCE_TESTS}
NO_VALUES: Final = np.zeros(0)


# ---- attrition


def attrition_step(reason: str) -> StepName:
    """The step at which an event is lost for this reason.

    Raises:
        ValueError: no step has such a reason.
    """
    for beginning, step in STEP_BY_REASON.items():
        if reason.startswith(beginning):
            return step
    msg = _("no step of the attrition has the reason: {reason}", reason=reason)
    raise ValueError(msg)


def count_attrition(
    listed: int, skipped: Sequence[SkippedEvent], window: Window
) -> tuple[AttritionStep, ...]:
    """The events left after each step, and those lost there; the numbers add up.

    Args:
        listed: how many events the group has.
        skipped: the events with their reasons; an event without a CAR in another window than
            `window` is not lost.
        window: the CAR window that an event must have.
    """
    lost: dict[StepName, list[SkippedEvent]] = {name: [] for name in ATTRITION_STEPS}
    tested_window = f"window {window_text(window)}"
    for row in skipped:
        step = attrition_step(row.reason)
        if step != "used" or row.reason.startswith(tested_window):
            lost[step].append(row)
    steps, remaining = [], listed
    for name in ATTRITION_STEPS:
        remaining -= len(lost[name])
        steps.append(AttritionStep(name, remaining, tuple(lost[name])))
    return tuple(steps)


# ---- leave one out


def leave_one_out_means(values: Floats) -> Floats:
    """Mean of all values but each, `(sum - x_i) / (n - 1)`, (n,); NaN for fewer than two."""
    n = len(values)
    if n < 2:
        return np.full(n, np.nan)
    without: Floats = (values.sum() - values) / (n - 1)
    return without


def leave_one_out(ids: Sequence[str], car: Floats) -> tuple[LeaveOneOut, ...]:
    """Every event with the CAAR of the others, the one that moves it most first.

    Args:
        ids: the events, N.
        car: their CARs in one window, (N,); an event with NaN is not in the average.
    """
    present = np.flatnonzero(np.isfinite(car))
    values = car[present]
    without = leave_one_out_means(values)
    change = np.abs(without - values.mean()) if len(values) else without
    order = np.argsort(-change, kind="stable")
    return tuple(
        LeaveOneOut(ids[int(present[k])], float(values[k]), float(without[k]))
        for k in order.tolist()
    )


# ---- comparison


def compare_groups(
    series: RateSeries,
    groups: Sequence[Group],
    known: Sequence[Event],
    request: StudyRequest,
    factors: Sequence[RateSeries] = (),
) -> Comparison:
    """Study one or two groups on one series, each on its own, and their difference.

    The overlap rule looks at each group by itself. The p-values of one test, of its
    counterpart for the difference too, are adjusted together by the request's correction:
    those in the CAR windows, and those of the single days that are none. The declared tests are
    run at once, the others when their table is read.

    Args:
        series: the observations.
        groups: one or two groups.
        known: every known event, for crowding and quiet dates.
        request: the parameters; its first CAR window is the one compared.
        factors: series that explain normal returns.

    Raises:
        InputError: the request does not fit the series or the model.
    """
    measured = [measure_series(series, group.events, known, request, factors) for group in groups]
    samples = [
        PooledSample((sample,), tuple(dict.fromkeys(request.cars)), request, group.name)
        for group, (_, sample) in zip(groups, measured, strict=True)
    ]
    pair = GroupPair.of(measured[0][1], measured[1][1], request) if len(groups) > 1 else None
    declared, gap = _run_declared_tests(samples, pair)

    @cache
    def adjusted_tests() -> list[tuple[TestResult, ...]]:
        every = list_tested_windows(request)
        tables = [
            run_tests(PooledSample(pooled.series_samples, every, request, pooled.group))
            for pooled in samples
        ]
        return adjust_test_tables([*tables, _run_difference_tests(pair)], request)

    def tests_of(at: int) -> tuple[TestResult, ...]:
        return adjusted_tests()[at]

    def occupied() -> Ints:
        return _find_occupied_rows(series, groups, known)

    return Comparison.create_lazy(
        {
            "differences": partial(tests_of, -1),
            "shifted": lambda: pair.shifted if pair else NO_VALUES,
        },
        request=request,
        series=series,
        groups=tuple(
            _build_group_answer(
                group,
                measured[at][0],
                samples[at],
                declared,
                {
                    "tests": partial(tests_of, at),
                    "placebo": partial(_build_placebo, measured[at][1], request, occupied),
                },
            )
            for at, group in enumerate(groups)
        ),
        declared=declared,
        in_both=_events_in_both(groups),
        difference=gap and _adjust_headline(gap, declared[-1].p_adjusted),
    )


def adjust_test_tables(
    tables: Sequence[tuple[TestResult, ...]], request: StudyRequest
) -> list[tuple[TestResult, ...]]:
    """The same tables of tests with p-values adjusted within their families, over all tables."""
    rows = [row for table in tables for row in table]
    p = np.array([row.p_value for row in rows], dtype=float)
    families: dict[tuple[str, bool], list[int]] = {}
    for k, row in enumerate(rows):
        families.setdefault(p_value_family(row, request), []).append(k)
    adjusted = np.full(len(rows), np.nan)
    for members in families.values():
        adjusted[members] = CORRECTIONS[request.correction](p[members])
    adjusted_rows = iter(
        [replace(row, p_adjusted=value) for row, value in zip(rows, adjusted.tolist(), strict=True)]
    )
    return [tuple(next(adjusted_rows) for _ in table) for table in tables]


def p_value_family(row: TestResult, request: StudyRequest) -> tuple[str, bool]:
    """What p-values are adjusted together: those of a test, in CAR windows or on single days."""
    return COUNTERPARTS.get(row.test, row.test), row.window in request.cars


def _run_declared_tests(
    samples: Sequence[PooledSample], pair: GroupPair | None
) -> tuple[tuple[TestResult, ...], Headline | None]:
    """The tests that answer for the groups and their difference, and the difference by its own."""
    tables = [run_tests(pooled, DECLARED_TESTS) for pooled in samples]
    gap = None
    if pair is not None:
        outcome = DIFFERENCE_TESTS[0].apply(pair)
        tables.append((_build_difference_row(pair, DIFFERENCE_TESTS[0], outcome),))
        gap = build_difference_headline(pair, outcome)
    adjusted = adjust_test_tables(tables, samples[0].request)
    return tuple(row for table in adjusted for row in table), gap


def _run_difference_tests(pair: GroupPair | None) -> tuple[TestResult, ...]:
    """Every test of the difference; none for one group."""
    if pair is None:
        return ()
    return tuple(_build_difference_row(pair, test, test.apply(pair)) for test in DIFFERENCE_TESTS)


def _build_difference_row(
    pair: GroupPair, test: DifferenceTest, outcome: DifferenceOutcome
) -> TestResult:
    return TestResult(
        DIFFERENCE_GROUP,
        pair.pooled.windows[0],
        test.id,
        outcome.statistic,
        outcome.df,
        outcome.p_value,
        float("nan"),
        pair.events,
        test.null_hypothesis,
        test.reference,
        outcome.reason or outcome.note,
        "" if outcome.reason else test.caution,
        role="headline" if test is DIFFERENCE_TESTS[0] else "",
    )


def _build_group_answer(
    group: Group,
    result: StudyResult,
    pooled: PooledSample,
    declared: Sequence[TestResult],
    lazy: Mapping[str, Callable[[], Any]],
) -> GroupAnswer:
    """The study of a group with its declared tests; its other tables when they are read."""
    request, series_id = pooled.request, result.series.card.id
    mine = [row for row in declared if row.group == group.name]
    p_adjusted = {row.window: row.p_adjusted for row in mine}
    of_other_series = tuple(
        SkippedEvent(
            event.id,
            event.series,
            deferred("no series {series} in this study", series=event.series),
        )
        for event in group.events
        if event.series not in {None, series_id}
    )
    skipped = of_other_series + result.skipped
    return GroupAnswer.create_lazy(
        {
            **lazy_tables([result], pooled),
            "left_out": lambda: leave_one_out(
                [event.id for event in result.events], result.cars[0].car
            ),
            "medians": lambda: _median_path(result.car),
            "half_width": lambda: _interval_half_width(result.cars[0]),
            **lazy,
        },
        name=group.name,
        events=group.events,
        request=request,
        results=(result,),
        headlines=tuple(
            _adjust_headline(row, p_adjusted[row.window]) for row in build_headlines(pooled, mine)
        ),
        steps=count_attrition(len(group.events), skipped, request.cars[0]),
        skipped=skipped,
        n_events=len(group.events),
    )


def _adjust_headline(row: Headline, p_adjusted: float) -> Headline:
    """The headline with an adjusted p, unless it gives no verdict."""
    return row if row.reason else replace(row, p_adjusted=p_adjusted)


def _build_placebo(
    measured: SeriesSample, request: StudyRequest, occupied: Callable[[], Ints]
) -> PlaceboMoves:
    pooled = PooledSample((measured,), request.cars[:1], request)
    everyone = GroupSample(pooled, np.ones(len(pooled), dtype=bool))
    car = measured.grid.car(request.cars[0])[0]
    means, _counts = compute_shifted_means(everyone, lambda _rows: car[:, None])
    chosen = np.isfinite(car) & (measured.grid.prediction.usable >= request.min_estimation)
    if request.pool == "quiet":
        length = request.window[1] - request.window[0] + 1
        chosen &= is_far_from(measured.positions, occupied(), length)
    elif request.pool == "near":
        chosen &= ~is_far_from(measured.positions, measured.row, NEAR_ROWS + 1)
    measured.candidates.release_long()
    return PlaceboMoves(means[:, 0], car[chosen])


def _interval_half_width(car: CarResult) -> Floats:
    """Half the 95 % interval of each CAR, `t(df) S_CAR`, (N,); NaN without an error."""
    usable = np.isfinite(car.se) & (car.df > 0)
    quantile = special.stdtrit(np.where(usable, car.df, 1.0), (1 + CONFIDENCE_LEVEL) / 2)
    return np.where(usable, quantile * car.se, np.nan)


def _find_occupied_rows(
    series: RateSeries, groups: Sequence[Group], known: Sequence[Event]
) -> Ints:
    """The rows of all known events, which leave no quiet date."""
    events = {event.id: event for group in groups for event in group.events}
    studied = DatedEvents.of(tuple(events.values())).for_series(series.card.id)
    return locate_known_events(series, studied, known).occupied


def _median_path(paths: Floats) -> Floats:
    """Median of the CAR paths at each offset, NaN where there is none, (L,)."""
    columns = [column[np.isfinite(column)] for column in paths.T]
    return np.array([np.median(values) if len(values) else np.nan for values in columns])


def _events_in_both(groups: Sequence[Group]) -> tuple[str, ...]:
    if len(groups) < 2:
        return ()
    second = {event.id for event in groups[1].events}
    return tuple(event.id for event in groups[0].events if event.id in second)
