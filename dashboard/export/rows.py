"""Rows of every exported table, made from rates, events, moves, facts and study results."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import astuple
from datetime import date, datetime
from operator import attrgetter
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from dashboard.eventstudy.local_projections import project_groups
from dashboard.models.analyses import Projection, RobustnessAnswer
from dashboard.models.event import EVENT_FIELDS, Event
from dashboard.models.moves import (
    DayFacts,
    DayMove,
    EventView,
    Fixing,
    Move,
    Observation,
    PlaceboRank,
    RateChange,
)
from dashboard.models.series import RateRevision, RateSeries
from dashboard.models.study import (
    CarResult,
    DirectionRow,
    Headline,
    Interval,
    StudyAnswer,
    StudyResult,
    TestResult,
    window_text,
)

Rows: TypeAlias = list[tuple[Any, ...]]

TAG_SEPARATOR: Final = ";"
_TAG_SPECIALS: Final = re.compile(r"([\\;])")
_CAR_COLUMNS: Final = ("car", "se", "t", "df", "p", "bhar", "placebo_p", "percentile")


# ---- rates, events, moves and facts


def rate_rows(
    series: Iterable[RateSeries], since: date | None = None, until: date | None = None
) -> Iterator[tuple[Any, ...]]:
    """Published date, market day, moment known, rate and series id, of market days in a range."""
    for one in series:
        first = 0 if since is None else int(np.searchsorted(one.day, np.datetime64(since, "D")))
        last = len(one) if until is None else one.row_on_or_before(until) + 1
        rows = slice(first, max(first, last))
        yield from zip(
            np.datetime_as_string(one.record[rows], unit="D").tolist(),
            np.datetime_as_string(one.day[rows], unit="D").tolist(),
            [f"{moment}Z" for moment in np.datetime_as_string(one.known_at[rows], unit="s")],
            one.rate[rows].tolist(),
            [one.card.id] * (rows.stop - rows.start),
            strict=True,
        )


def revision_rows(revisions: Iterable[RateRevision]) -> Rows:
    """Series, printed date, beginning of the hours, both numbers, and when each was fetched."""
    return [
        (
            revision.series,
            revision.record,
            revision.opens,
            revision.was,
            revision.became,
            revision.was_fetched_at,
            revision.seen_at,
        )
        for revision in revisions
    ]


def event_list_rows(events: Iterable[Event]) -> Iterator[tuple[Any, ...]]:
    """Events and notes with every field of `EVENT_FIELDS`."""
    names = [field.name for field in EVENT_FIELDS]
    tags = names.index("tags")
    values, before, after = attrgetter(*names), slice(tags), slice(tags + 1, None)
    for event in events:
        row = values(event)
        yield (*row[before], join_tags(event.tags), *row[after])


def join_tags(tags: Iterable[str]) -> str:
    r"""Tags with `;` between; a `;` or `\` inside a tag is written `\;`, `\\`."""
    return TAG_SEPARATOR.join(_TAG_SPECIALS.sub(r"\\\1", tag) for tag in tags)


def largest_move_rows(series_id: str, moves: Sequence[DayMove]) -> Rows:
    """The largest moves of a period."""
    return [
        (
            series_id, move.day, move.base_day, move.rate, move.base_rate, move.log_points,
            move.pct_quoted, move.pct_inverse, move.rank.percentile,
            " ".join(event.id for event in move.events), *_rank_cells(move.rank),
            *([] if move.known_at is None else [move.known_at]),
        )
        for move in moves
    ]  # fmt: skip


def event_move_rows(view: EventView) -> Rows:
    """The moves around one event, one row a window; on bars with the ends of both bars."""
    bars = bool(view.card.bar_minutes)
    return [
        (
            view.event.id, view.card.id, window_text(move.window), *_fixing_cells(move.base),
            *_fixing_cells(move.end), *_move_cells(move), move.rank("quiet").size,
            move.rank("all").size, len(move.crowd), " ".join(event.id for event in move.crowd),
            move.reason, *_rank_cells(move.rank("near")), move.rank("quiet").p,
            move.rank("quiet").percentile,
            *([_available_at(move.base), _available_at(move.end)] if bars else []),
        )
        for move in view.moves
    ]  # fmt: skip


def event_window_rows(view: EventView) -> Rows:
    """The path around one event, one row an offset; on bars with the end of each."""
    bars = bool(view.card.bar_minutes)
    return [
        (
            view.event.id, view.card.id, p.offset, p.day, p.rate, p.move, p.low, p.high,
            *([p.known_at] if bars else []),
        )
        for p in view.path
    ]  # fmt: skip


def facts_rows(facts: Iterable[DayFacts]) -> Rows:
    """Facts of a day, one row a series and base; records and ranges repeat on every row."""
    return [
        (
            fact.series, fact.quote, fact.requested, fact.day, fact.rate, *_change_cells(change),
            *_observation_cells(fact.strongest_since), *_observation_cells(fact.weakest_since),
            *_observation_cells(fact.year_low), *_observation_cells(fact.year_high),
        )
        for fact in facts
        for change in fact.changes or (None,)
    ]  # fmt: skip


def _move_cells(move: Move) -> tuple[float | None, ...]:
    return (
        move.log_points, move.pct_quoted, move.pct_inverse, move.car, move.car_se, move.car_t,
        move.p_value, move.rank("near").p, move.rank("all").p, move.rank("near").percentile,
        move.rank("all").percentile, move.rank("similar").percentile,
    )  # fmt: skip


def _rank_cells(rank: PlaceboRank) -> tuple[float | int | date | None, ...]:
    return rank.by_move, rank.size, rank.first, rank.last


def _fixing_cells(fixing: Fixing | None) -> tuple[date | None, float | None]:
    return (None, None) if fixing is None else (fixing.day, fixing.rate)


def _available_at(fixing: Fixing | None) -> datetime | None:
    return None if fixing is None else fixing.known_at


def _change_cells(change: RateChange | None) -> tuple[Any, ...]:
    if change is None:
        return (None,) * 6
    return (
        change.base, change.base_day, change.base_rate, change.rub_per_usd_pct,
        change.usd_per_rub_pct, change.log_points,
    )  # fmt: skip


def _observation_cells(observation: Observation | None) -> tuple[date | None, float | None]:
    return (None, None) if observation is None else (observation.day, observation.rate)


# ---- studies


def study_rows(answer: StudyAnswer) -> dict[str, Rows]:
    """The rows of every table of a study.

    Returns:
        Rows by table name, in the order of the columns of `dashboard.export.schemas`.
    """
    return {name: make(answer) for name, make in _ROW_BUILDERS.items()}


def study_table_rows(answer: StudyAnswer, name: str) -> Rows:
    """The rows of one table of a study; the others are not computed."""
    return _ROW_BUILDERS[name](answer)


_ROW_BUILDERS: Final[dict[str, Callable[[StudyAnswer], Rows]]] = {
    "paths": lambda answer: [row for result in answer.results for row in path_rows(result)],
    "events": lambda answer: [row for result in answer.results for row in event_rows(result)],
    "averages": lambda answer: [astuple(average) for average in answer.averages],
    "headline": lambda answer: headline_rows(answer.headlines),
    "tests": lambda answer: test_rows(answer.tests),
    "skipped": lambda answer: [(row.event_id, row.series, row.reason) for row in answer.skipped],
    "correlation": lambda answer: [astuple(row) for row in answer.correlations],
    "regression": lambda answer: [astuple(row) for row in answer.regression],
    "direction": lambda answer: [_window_row(row) for row in answer.directions],
    "intervals": lambda answer: [_window_row(row) for row in answer.intervals],
    "projections": lambda answer: projection_rows(
        found for result in answer.results for found in project_groups(result, answer.factors)
    ),
}


def has_bars(answer: StudyAnswer) -> bool:
    """Whether the series of a study are bars; all are, or none."""
    return any(result.series.card.bar_minutes for result in answer.results)


def path_rows(result: StudyResult) -> Iterable[tuple[Any, ...]]:
    """One row an event and offset; the day is empty where the window exceeds the data.

    On bars the last cell is the end of the bar.
    """
    n_events, n_offsets = result.car.shape
    rows = result.anchor[:, None] + result.offsets[None, :]
    columns = [
        np.repeat(np.array([event.id for event in result.events], dtype=object), n_offsets),
        np.full(n_events * n_offsets, result.series.card.id, dtype=object),
        np.tile(result.offsets, n_events),
        _market_days(result, rows.ravel()),
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
        *([_availability_times(result, rows.ravel())] if result.series.card.bar_minutes else []),
    ]
    return zip(*(column.tolist() for column in columns), strict=True)


def event_rows(result: StudyResult) -> Iterable[tuple[Any, ...]]:
    """One row an event and CAR window; undefined CARs are in `skipped` instead."""
    n, cars = len(result.events), result.cars
    if not cars or not n:
        return []
    event = np.repeat(np.arange(n), len(cars))
    columns: list[list[Any]] = [
        _pick([e.id for e in result.events], event),
        [result.series.card.id] * len(event),
        _pick([e.day for e in result.events], event),
        _pick(_market_days(result, result.anchor).tolist(), event),
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


def test_rows(tests: Sequence[TestResult]) -> Rows:
    """One row a test of a group and window."""
    return [_test_row(test) for test in tests]


def headline_rows(headlines: Sequence[Headline]) -> Rows:
    """One row a group and window: the declared test with its estimate and interval."""
    return [_window_row(row) for row in headlines]


def _test_row(row: TestResult) -> tuple[Any, ...]:
    return (
        row.group, window_text(row.window), row.test, row.statistic, row.df, row.p_value,
        row.p_adjusted, row.n, row.null_hypothesis, row.reference, row.role,
    )  # fmt: skip


def projection_rows(projections: Iterable[Projection]) -> Rows:
    """One row a group, series and horizon, each with the pre-trend test of its path."""
    rows: Rows = []
    for projection in projections:
        before = projection.pre_trend
        test = (before.statistic, before.df, before.df_error, before.p_value)
        for row in projection.rows:
            *cells, dropped, reason = astuple(row)
            dropped_by = "; ".join(f"{why} {count}" for why, count in dropped)
            rows.append((*cells, sum(count for _, count in dropped), dropped_by, *test, reason))
    return rows


def _window_row(row: DirectionRow | Headline | Interval) -> tuple[Any, ...]:
    group, window, *others = astuple(row)
    return (group, window_text(window), *others)


def specification_rows(answer: RobustnessAnswer) -> Rows:
    """One row a specification: its choices, then its result."""
    return [
        (
            chosen.series, chosen.model, window_text(chosen.window), chosen.estimation,
            chosen.gap, chosen.overlap, chosen.event_filter, chosen.returns, row.n, row.caar,
            row.low, row.high, row.p_value, row.p_overlap,
        )
        for row in answer.rows
        for chosen in [row.specification]
    ]  # fmt: skip


def _market_days(result: StudyResult, rows: NDArray[np.int64]) -> NDArray[np.object_]:
    days = result.series.day
    if not len(days):
        return np.full(len(rows), None, dtype=object)
    text = np.datetime_as_string(days, unit="D").astype(object)
    picked: NDArray[np.object_] = text[np.clip(rows, 0, len(days) - 1)]
    picked[(rows < 0) | (rows >= len(days))] = None
    return picked


def _availability_times(result: StudyResult, rows: NDArray[np.int64]) -> NDArray[np.object_]:
    known = result.series.known_at
    text = np.char.add(np.datetime_as_string(known, unit="s"), "Z").astype(object)
    picked: NDArray[np.object_] = text[np.clip(rows, 0, len(known) - 1)]
    picked[(rows < 0) | (rows >= len(known))] = None
    return picked


def _by_event(cars: tuple[CarResult, ...], name: str) -> list[Any]:
    stacked = np.stack([getattr(car, name) for car in cars], axis=1)
    return list(_missing_as_none(stacked.ravel()).tolist())


def _missing_as_none(values: NDArray[np.float64]) -> NDArray[np.object_]:
    out = values.astype(object)
    out[np.isnan(values)] = None
    return out


def _pick(values: Sequence[Any], index: NDArray[np.int64]) -> list[Any]:
    return [values[k] for k in index.tolist()]
