"""The rows of the study tables, made from study results column by column."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import astuple
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.relation import Projection
from dashboard.domain.robustness import RobustnessAnswer
from dashboard.domain.study import (
    CarResult,
    DirectionRow,
    Headline,
    Interval,
    StudyAnswer,
    StudyResult,
    TestResult,
    window_text,
)
from dashboard.engine.local_projections import project

Rows: TypeAlias = list[tuple[Any, ...]]


def study_tables(answer: StudyAnswer) -> dict[str, Rows]:
    """The rows of every table of a study.

    Returns:
        Rows by table name, in the order of the columns of `dashboard.export.columns`.
    """
    return {name: make(answer) for name, make in _TABLES.items()}


def study_table(answer: StudyAnswer, name: str) -> Rows:
    """The rows of one table of a study; the others are not made."""
    return _TABLES[name](answer)


_TABLES: Final[dict[str, Callable[[StudyAnswer], Rows]]] = {
    "paths": lambda answer: [row for result in answer.results for row in path_rows(result)],
    "events": lambda answer: [row for result in answer.results for row in event_rows(result)],
    "averages": lambda answer: [astuple(average) for average in answer.averages],
    "headline": lambda answer: headline_rows(answer.headlines),
    "tests": lambda answer: rows_of_tests(answer.tests),
    "skipped": lambda answer: [(row.event_id, row.series, row.reason) for row in answer.skipped],
    "correlation": lambda answer: [astuple(row) for row in answer.correlations],
    "regression": lambda answer: [astuple(row) for row in answer.regression],
    "direction": lambda answer: [_windowed(row) for row in answer.directions],
    "intervals": lambda answer: [_windowed(row) for row in answer.intervals],
    "projections": lambda answer: projection_rows(
        found for result in answer.results for found in project(result, answer.factors)
    ),
}


def is_of_bars(answer: StudyAnswer) -> bool:
    """Whether a study is one of bars; all its series are, or none."""
    return any(result.series.card.bar_minutes for result in answer.results)


def path_rows(result: StudyResult) -> Iterable[tuple[Any, ...]]:
    """One row an event and offset; the day is empty where the window leaves the data.

    On bars a last cell says until when the bar goes.
    """
    n_events, n_offsets = result.car.shape
    rows = result.anchor[:, None] + result.offsets[None, :]
    columns = [
        np.repeat(np.array([event.id for event in result.events], dtype=object), n_offsets),
        np.full(n_events * n_offsets, result.series.card.id, dtype=object),
        np.tile(result.offsets, n_events),
        _days(result, rows.ravel()),
        *(
            _missing_as_none(matrix.ravel())
            for matrix in (
                result.rate,
                result.returns,
                result.normal,
                result.abnormal,
                result.abnormal_se,
                result.car,
                result.ordinary_low,
                result.ordinary_high,
            )
        ),
        *([_moments(result, rows.ravel())] if result.series.card.bar_minutes else []),
    ]
    return zip(*(column.tolist() for column in columns), strict=True)


def event_rows(result: StudyResult) -> Iterable[tuple[Any, ...]]:
    """One row an event and CAR window; a CAR that is not defined is in `skipped` instead."""
    n, cars = len(result.events), result.cars
    if not cars or not n:
        return []
    event = np.repeat(np.arange(n), len(cars))
    columns: list[list[Any]] = [
        _pick([e.id for e in result.events], event),
        [result.series.card.id] * len(event),
        _pick([e.day for e in result.events], event),
        _pick(_days(result, result.anchor).tolist(), event),
        result.shift_days[event].tolist(),
        [window_text(car.window) for car in cars] * n,
        *(_by_event(cars, name) for name in _CAR_COLUMNS),
        result.n_estimation[event].tolist(),
        [len(car.crowd[k]) for k in range(n) for car in cars],
        [" ".join(car.crowd[k]) for k in range(n) for car in cars],
        _pick([" ".join(flags) for flags in result.flags], event),
        _by_event(cars, "percentile_by_move"),
        np.stack([car.n_placebo for car in cars], axis=1).ravel().tolist(),
        *(
            np.stack([getattr(car, name) for car in cars], axis=1).ravel().tolist()
            for name in ("pool_first", "pool_last")
        ),
    ]
    car_column = 6
    rows = zip(*columns, strict=True)
    return (row for row in rows if row[car_column] is not None)


_CAR_COLUMNS = ("car", "se", "t", "df", "p", "bhar", "placebo_p", "percentile")


def rows_of_tests(tests: Sequence[TestResult]) -> Rows:
    """One row a test of a group and window."""
    return [_test(test) for test in tests]


def headline_rows(headlines: Sequence[Headline]) -> Rows:
    """One row a group and window: the declared test with its estimate and interval."""
    return [_windowed(row) for row in headlines]


def _test(row: TestResult) -> tuple[Any, ...]:
    return (
        row.group, window_text(row.window), row.test, row.statistic, row.df, row.p_value,
        row.p_adjusted, row.n, row.null_hypothesis, row.reference, row.role,
    )  # fmt: skip


def projection_rows(projections: Iterable[Projection]) -> Rows:
    """One row a group, series and horizon, each with the pre-trend test of its path."""
    rows: Rows = []
    for found in projections:
        before = found.pre_trend
        test = (before.statistic, before.df, before.df_error, before.p_value)
        for row in found.rows:
            *cells, dropped, reason = astuple(row)
            by = "; ".join(f"{why} {count}" for why, count in dropped)
            rows.append((*cells, sum(count for _, count in dropped), by, *test, reason))
    return rows


def _windowed(row: DirectionRow | Headline | Interval) -> tuple[Any, ...]:
    group, window, *others = astuple(row)
    return (group, window_text(window), *others)


def specification_rows(answer: RobustnessAnswer) -> Rows:
    """One row a specification: its choices, then what it found."""
    return [
        (
            chosen.series, chosen.model, window_text(chosen.window), chosen.estimation,
            chosen.gap, chosen.overlap, chosen.event_filter, chosen.returns, row.n, row.caar,
            row.low, row.high, row.p_value, row.p_overlap,
        )
        for row in answer.rows
        for chosen in [row.specification]
    ]  # fmt: skip


def _days(result: StudyResult, rows: NDArray[np.int64]) -> NDArray[np.object_]:
    days = result.series.day
    if not len(days):
        return np.full(len(rows), None, dtype=object)
    text = np.datetime_as_string(days, unit="D").astype(object)
    found: NDArray[np.object_] = text[np.clip(rows, 0, len(days) - 1)]
    found[(rows < 0) | (rows >= len(days))] = None
    return found


def _moments(result: StudyResult, rows: NDArray[np.int64]) -> NDArray[np.object_]:
    known = result.series.known_at
    text = np.char.add(np.datetime_as_string(known, unit="s"), "Z").astype(object)
    found: NDArray[np.object_] = text[np.clip(rows, 0, len(known) - 1)]
    found[(rows < 0) | (rows >= len(known))] = None
    return found


def _by_event(cars: tuple[CarResult, ...], name: str) -> list[Any]:
    stacked = np.stack([getattr(car, name) for car in cars], axis=1)
    return list(_missing_as_none(stacked.ravel()).tolist())


def _missing_as_none(values: NDArray[np.float64]) -> NDArray[np.object_]:
    out = values.astype(object)
    out[np.isnan(values)] = None
    return out


def _pick(values: Sequence[Any], index: NDArray[np.int64]) -> list[Any]:
    return [values[k] for k in index.tolist()]
