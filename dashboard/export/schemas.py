"""The tables of files and JSON: the columns of each, what they mean and where they come from.

A column is declared here once. CSV (`dashboard.export.csv_tables`), JSON and the API
(`dashboard.services.serializers`), the Data page and the reference (`tools/write_reference.py`) are
made from it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Any, Final, Literal, NamedTuple, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from dashboard.eventstudy.levels import compute_change
from dashboard.eventstudy.local_projections import project_groups
from dashboard.models.analyses import LIKENESS_PARTS, PRECEDENT_HORIZONS, ProjectionRow
from dashboard.models.article import ClaimAnswer, ClaimKind, ClaimRow
from dashboard.models.baskets import AssetMove
from dashboard.models.currencies import thing_name
from dashboard.models.drivers import DriverAnswer, MatchedDriver
from dashboard.models.event import EVENT_FIELDS, Event, EventField
from dashboard.models.moves import Fixing, Observation
from dashboard.models.series import RateSeries, SeriesCard
from dashboard.models.study import CarResult, StudyAnswer, StudyResult
from dashboard.models.tables import Column, ColumnKind, Getter, Table, Unit

StudyTableName: TypeAlias = Literal[
    "moves", "events", "paths", "averages", "headline", "tests", "skipped", "correlation",
    "regression", "direction", "intervals", "projections",
]  # fmt: skip
"""The tables of a study, in files, pages and the API."""

TAG_SEPARATOR: Final = ";"
_TAG_SPECIALS: Final = re.compile(r"([\\;])")


# ---- columns


def _kind(kind: ColumnKind, unit: Unit = "") -> Callable[..., Column]:
    def column(name: str, description: str, get: Getter = "") -> Column:
        return Column(name, kind, unit, description, get)

    return column


_text, _count, _window = _kind("text"), _kind("int"), _kind("window")
_day, _moment = _kind("date"), _kind("moment")
_number, _signed = _kind("number"), _kind("number", "signed")
_rate, _percentile = _kind("number", "rate"), _kind("number", "percentile")
_return, _error = _kind("number", "log move"), _kind("number", "log move s.e.")
_log_points = _kind("number", "log pts")
_percent, _share, _p = _kind("number", "%"), _kind("number", "share"), _kind("number", "p")

_SHARED: Final = {
    column.name: column
    for column in (
        _text("event_id", "The id of the event"),
        _text("series", "The id of the rate series"),
        _text("group", "all, or a category"),
        _count("offset", "Observations from the first that can contain the event (0)"),
        _window("window", "First and last offset"),
        _day("event_day", "The day of the event where it happened"),
        _day("day", "The market day the rate describes"),
        _day("date", "The date the publisher prints"),
        _rate("rate", "The quoted number as published"),
        _moment("known_at", "The moment up to which information can be inside the rate"),
        _return("car",
            "Abnormal moves of the window added up, 0.01 = 1 log point; positive = the rouble"
            " stronger"),
        _signed("car_t", "car divided by its standard error"),
        _number("df", "Degrees of freedom"),
        _p("p_value", "Two-sided p-value"),
        _p("p_adjusted", "p_value adjusted for the number of tests"),
        _p("placebo_p",
            "Share of the dates compared with, the event included, with a move at least as large"
            " in units of the volatility before it; by default the dates within 250 rows of the"
            " event"),
        _percentile("percentile", "Per cent of the same dates with a smaller move in those units"),
        _percentile("percentile_by_move",
            "Per cent of the same dates with a smaller plain move, in size"),
        _count("pool_size", "How many dates the move is compared with"),
        _day("pool_first_day", "The first of them"),
        _day("pool_last_day", "The last of them"),
        _count("crowd", "How many other events lie in the window"),
        _text("crowd_ids", "Their ids, blanks between"),
        _count("n", "How many events"),
        _return("caar", "Cumulative average abnormal return"),
        _return("supt_low", "Lower end of the 95 % band of the whole path"),
        _return("supt_high", "Upper end of the 95 % band of the whole path"),
        _count("rates", "Distinct first rates of the events"),
        _count("clusters", "Clusters of events with overlapping windows"),
        _share("largest_share",
            "The largest move of a rate as a share of the sum of the sizes of all"),
        _text("method", "How the number is computed"),
        _signed("r", "Correlation"),
        _signed("low", "Lower end of the 95 % band of shifted dates"),
        _signed("high", "Upper end of the 95 % band of shifted dates"),
        _text("reason", "Why a number or an event is missing"),
        _day("base_day", "The market day of the base"),
        _rate("base_rate", "The rate at the base"),
        _day("end_day", "The market day of the last offset"),
        _rate("end_rate", "The rate at the last offset"),
        _moment("base_known_at", "The moment up to which information can be inside the base"),
        _moment("end_known_at", "The moment up to which information can be inside the last rate"),
        _log_points("move_log_pts",
            "100 x the log move from the base; positive = the rouble stronger"),
        _percent("move_pct_rub_per_usd", "Change of the quoted number from the base, in per cent"),
        _percent("move_pct_usd_per_rub", "Change of its inverse from the base, in per cent"),
        _text("direction",
            "stronger, weaker, up, down or unchanged: what the move was for the subject"),
        _count("claim", "Which claim of the check, from 1"),
        _text("quote", "The unit of the quoted number"),
        _day("asked", "The day in question"),
        _text("base", "What the change is counted from"),
    )
}  # fmt: skip


def _shared(name: str, get: Getter) -> Column:
    """A column of several tables, with the place of its value in one of them."""
    return replace(_SHARED[name], get=get)


def _columns(*parts: str | Column) -> tuple[Column, ...]:
    """Columns of a table, those of several tables by name: `event_id=event.id window`.

    A path after `=` says where the value is; by default it is the attribute of the name.
    """
    columns = []
    for part in parts:
        if isinstance(part, Column):
            columns.append(part)
            continue
        for word in part.split():
            name, _, get = word.partition("=")
            columns.append(_shared(name, get))
    return tuple(columns)


class _Part(NamedTuple):
    """A row that is a part of an object: a move of an event, a change of a day's facts."""

    whole: Any
    item: Any
    number: int = 0


def _parts(name: str) -> Callable[[Any], Iterator[_Part]]:
    """Expand an object into the parts in an attribute of it."""
    return lambda whole: (_Part(whole, item) for item in getattr(whole, name))


# ---- studies: every offset


def series_moments(moments: NDArray[Any]) -> list[str]:
    """Moments of a series as they are written: `2025-04-21T12:30:00Z`."""
    return [f"{moment}Z" for moment in np.datetime_as_string(moments, unit="s")]


def _times_of_rows(values: NDArray[Any], rows: NDArray[np.int64]) -> list[str | None]:
    """The days or moments of rows of a series; None outside of it."""
    if not len(values):
        return [None] * rows.size
    picked = values[np.clip(rows, 0, len(values) - 1)]
    text = (
        np.datetime_as_string(picked, unit="D")
        if values.dtype == np.dtype("datetime64[D]")
        else series_moments(picked)
    )
    outside = (rows < 0) | (rows >= len(values))
    return [None if out else str(cell) for cell, out in zip(text, outside.tolist(), strict=True)]


def _path_rows(result: StudyResult) -> NDArray[np.int64]:
    rows: NDArray[np.int64] = (result.anchor[:, None] + result.offsets[None, :]).ravel()
    return rows


def _path_matrix(name: str) -> Callable[[StudyResult], NDArray[np.float64]]:
    return lambda result: getattr(result, name).ravel()


PATHS: Final = Table(
    "paths",
    "Every offset of every event window",
    (
        _shared("event_id", lambda r: [e.id for e in r.events for _ in r.offsets]),
        _shared("series", lambda r: [r.series.card.id] * r.car.size),
        _shared("offset", lambda r: np.tile(r.offsets, len(r.events))),
        _shared("day", lambda r: _times_of_rows(r.series.day, _path_rows(r))),
        _shared("rate", _path_matrix("rate")),
        _return("return",
            "The move from the observation before, 0.01 = 1 log point; positive = the rouble"
            " stronger", _path_matrix("returns")),
        _return("normal", "The move that the model expects", _path_matrix("normal")),
        _return("abnormal", "return less normal", _path_matrix("abnormal")),
        _error("abnormal_se", "Standard error of abnormal", _path_matrix("abnormal_se")),
        _shared("car", _path_matrix("car")),
        _return("ordinary_low",
            "Lower end of the range in which 95 of 100 ordinary moves lie",
            _path_matrix("ordinary_low")),
        _return("ordinary_high",
            "Upper end of the range in which 95 of 100 ordinary moves lie",
            _path_matrix("ordinary_high")),
    ),
    bar_columns=(
        _shared("known_at", lambda r: _times_of_rows(r.series.known_at, _path_rows(r))),
    ),
    bars="series.card.bar_minutes",
    batched=True,
)  # fmt: skip


# ---- studies: events


@dataclass(frozen=True, slots=True)
class _EventCar:
    """Event `k` of a result in one CAR window."""

    result: StudyResult
    car: CarResult
    k: int

    @property
    def event(self) -> Event:
        """The event."""
        return self.result.events[self.k]


def _event_cars(result: StudyResult) -> Iterator[_EventCar]:
    """Every event and window; undefined CARs are in `skipped` instead."""
    for k in range(len(result.events)):
        for car in result.cars:
            if not np.isnan(car.car[k]):
                yield _EventCar(result, car, k)


def _subject_code(card: SeriesCard) -> str:
    return card.subject.code or thing_name(card.title)


def _of_event(path: str) -> Callable[[_EventCar], Any]:
    """The entry of the event in an array of its result or window: `car.se`."""
    read = attrgetter(path)
    return lambda row: read(row)[row.k]


@dataclass(frozen=True, slots=True)
class _EventMove:
    """What the published number did in a window of an event: from `base` to `end`."""

    at: _EventCar
    base: Fixing
    end: Fixing

    @property
    def percent(self) -> float | None:
        """The change of the number in per cent; None of a number that is no price."""
        card = self.at.result.series.card
        if not card.is_price or not math.isfinite(self.end.rate / self.base.rate):
            return None
        base = Observation(self.base.day, self.base.rate)
        return compute_change("", base, self.end.rate, card.move_sign).rub_per_usd_pct

    @property
    def direction(self) -> str:
        """The direction of the subject of the series."""
        card = self.at.result.series.card
        change = self.end.rate - self.base.rate
        if card.is_price:
            change = 100.0 * math.log(self.end.rate / self.base.rate)
        return card.subject.direction(card.move_sign * change)


def _event_moves(result: StudyResult) -> Iterator[_EventMove]:
    """The move of every event and window that has a CAR."""
    for at in _event_cars(result):
        row, (first, last) = int(result.anchor[at.k]), at.car.window
        series = result.series
        yield _EventMove(at, Fixing.at(series, row + first - 1), Fixing.at(series, row + last))


STUDY_MOVES: Final = Table(
    "moves",
    "What the rate did at each event, as the pages show it",
    _columns(
        "event_day=at.event.day",
        _text("title", "Who did what", "at.event.title"),
        _text("category", "The category of the event", "at.event.category"),
        _text("source", "Who reported it", "at.event.source_name"),
        _percent("move_pct",
            "Change of the published number from base_rate to end_rate, in per cent; positive ="
            " number up",
            "percent"),
        "direction",
        _text("subject",
            "What the direction is of: a currency, such as RUB, or what the number counts",
            lambda move: _subject_code(move.at.result.series.card)),
        _shared("quote", "at.result.series.card.unit"),
        "window=at.car.window",
        "base_day=base.day base_rate=base.rate end_day=end.day end_rate=end.rate",
        _shared("percentile", lambda move: move.at.car.percentile[move.at.k]),
        "series=at.result.series.card.id event_id=at.event.id",
        _text("source_url", "Where the report is", "at.event.source_url"),
    ),
    bar_columns=_columns("base_known_at=base.known_at end_known_at=end.known_at"),
    expand=_event_moves,
    bars="series.card.bar_minutes",
)  # fmt: skip
STUDY_EVENTS: Final = Table(
    "events",
    "One row an event and window",
    _columns(
        "event_id=event.id series=result.series.card.id",
        "event_day=event.day",
        _day("anchor_day",
            "The market day of offset 0",
            lambda r: _times_of_rows(r.result.series.day, r.result.anchor[r.k : r.k + 1])[0]),
        _count("shift_days",
            "Calendar days from the event to the market day of offset 0",
            _of_event("result.shift_days")),
        "window=car.window",
        _shared("car", _of_event("car.car")),
        _error("car_se", "Standard error of car", _of_event("car.se")),
        _shared("car_t", _of_event("car.t")),
        _shared("df", _of_event("car.df")),
        _shared("p_value", _of_event("car.p")),
        _return("bhar",
            "Buy-and-hold abnormal return; empty for log returns", _of_event("car.bhar")),
        _shared("placebo_p", _of_event("car.placebo_p")),
        _shared("percentile", _of_event("car.percentile")),
        _count("n_estimation",
            "Returns in the estimation window", _of_event("result.n_estimation")),
        _shared("crowd", lambda r: len(r.car.crowd[r.k])),
        _shared("crowd_ids", lambda r: " ".join(r.car.crowd[r.k])),
        _text("flags",
            "What to know before use: date_only, hour_upper_bound, partly_in_fixing …",
            lambda r: " ".join(r.result.flags[r.k])),
        _shared("percentile_by_move", _of_event("car.percentile_by_move")),
        _shared("pool_size", _of_event("car.n_placebo")),
        _shared("pool_first_day", _of_event("car.pool_first")),
        _shared("pool_last_day", _of_event("car.pool_last")),
    ),
    expand=_event_cars,
)  # fmt: skip
SKIPPED: Final = Table(
    "skipped",
    "Events that are not in the answer, with the reason",
    _columns("event_id series reason"),
)  # fmt: skip


# ---- studies: groups

AVERAGES: Final = Table(
    "averages",
    "Average paths of groups",
    _columns(
        "group offset n",
        _return("aar", "Average abnormal return"),
        _error("aar_se", "Standard error of aar across events"),
        "caar",
        _return("caar_low", "Lower end of the 95 % interval of caar"),
        _return("caar_high", "Upper end of the 95 % interval of caar"),
        "supt_low supt_high",
    ),
)  # fmt: skip
HEADLINE: Final = Table(
    "headline",
    "The declared test of each group and window, with the mean and its interval",
    _columns(
        "group window n rates clusters",
        _return("mean", "Mean CAR, 0.01 = 1 log point; positive = the rouble stronger"),
        _return("median", "Median CAR, 0.01 = 1 log point; positive = the rouble stronger"),
        _return("mean_without_largest",
            "Mean CAR without the three largest moves in size, 0.01 = 1 log point"),
        _return("low", "The lowest mean that the test does not reject at 5 %, 0.01 = 1 log point"),
        _return("high",
            "The highest mean that the test does not reject at 5 %, 0.01 = 1 log point"),
        _p("p_value", "Two-sided p-value of the declared test"),
        _p("p_adjusted", "p_value adjusted over the groups and windows of the study"),
        _error("smallest_visible",
            "The mean CAR that the test would see in four studies of five, 0.01 = 1 log point"),
        _text("reason", "Why there is no verdict; then p_value and the interval are empty"),
        _signed("statistic", "Standardised sum of signed ranks; its sign is that of the verdict"),
        "largest_share",
    ),
)  # fmt: skip
TESTS: Final = Table(
    "tests",
    "Tests of groups and windows",
    _columns(
        "group window",
        _text("test", "The id of the test"),
        _signed("statistic", "The value of the test statistic"),
        "df p_value p_adjusted n",
        _text("null_hypothesis", "What the test supposes"),
        _text("reference", "Where the test is described"),
        _text("role", "headline = the test declared before any data; empty = another test"),
    ),
    json_columns=(
        _text("note", "Why the test does not apply, or what its number rests on"),
        _text("dates",
            "The simulated pattern that the group's dates resemble: scattered, clustered, dense"),
        _text("caution",
            "How the test misleads in simulations with such dates; empty = it does not"),
    ),
)  # fmt: skip
CORRELATION: Final = Table(
    "correlation",
    "Lead-lag correlation of events with returns; the band is that of shifted dates",
    _columns(
        "group",
        _count("lag", "Observations from the event to the return"),
        "method r low high n p_value p_adjusted",
    ),
)  # fmt: skip
REGRESSION: Final = Table(
    "regression",
    "Returns on categories and factors, HAC standard errors",
    _columns(
        _text("term", "constant, a category, a factor or another series"),
        _number("estimate", "Return units for each unit of the term"),
        _number("se", "Standard error, Newey-West"),
        _signed("t", "estimate divided by its standard error"),
        "p_value n",
        _count("lags", "Lags of the Newey-West error"),
        "p_adjusted",
    ),
)  # fmt: skip
DIRECTION: Final = Table(
    "direction",
    "How often the rouble moved as expected",
    _columns(
        "group window n",
        _count("hits", "Events that moved as expected"),
        _share("share", "hits divided by n"),
        _share("low", "Lower end of the 95 % Wilson interval of share, for orientation only"),
        _share("high", "Upper end of the 95 % Wilson interval of share, for orientation only"),
        _p("p_value", "Two-sided p of share = 1/2 by signs of whole clusters of events"),
        _count("unclear", "Events without a clear expectation, left out"),
        _count("unmoved", "Events that did not move at all, left out"),
        "p_adjusted",
    ),
)  # fmt: skip
INTERVALS: Final = Table(
    "intervals",
    "Cluster-bootstrap intervals of the CAAR",
    _columns(
        "group window method",
        _return("low",
            "Lower end of the bootstrap interval; nominal 95 %, in simulations with clustered"
            " dates it holds the mean in 86-92 %; the interval of the verdict is in headline.csv"),
        _return("high",
            "Upper end of the bootstrap interval; nominal 95 %, in simulations with clustered"
            " dates it holds the mean in 86-92 %; the interval of the verdict is in headline.csv"),
        "clusters",
        _count("draws", "Bootstrap draws"),
    ),
)  # fmt: skip


def _dropped_rows(part: _Part) -> int:
    row: ProjectionRow = part.item
    return sum(count for _, count in row.dropped)


def _dropped_by(part: _Part) -> str:
    row: ProjectionRow = part.item
    return "; ".join(f"{reason} {count}" for reason, count in row.dropped)


PROJECTIONS: Final = Table(
    "projections",
    "Local projections: the move from before the events of a group, horizon by horizon",
    _columns(
        "group=item.group series=item.series",
        _count("horizon",
            "Rates from the event on: 0 = the first that can contain it, -1 = the base",
            "item.horizon"),
        _count("n", "Rows of the series that are used", "item.n"),
        _count("events", "How many events lie on these rows", "item.events"),
        "rates=item.rates",
        _count("rates_dropped", "First rates on rows that are not used", "item.rates_dropped"),
        _return("estimate",
            "Log move from the base, 0.01 = 1 log point; positive = the rouble stronger",
            "item.estimate"),
        _error("se_hc1", "Standard error that allows for unequal variance, HC1", "item.se_hc1"),
        _error("se_hac",
            "Standard error that allows for correlation over time too, Newey-West", "item.se_hac"),
        _count("lags", "Lags of se_hac: as many as the move has returns", "item.lags"),
        _return("low", "Lower end of the 95 % interval at this horizon", "item.low"),
        _return("high", "Upper end of the 95 % interval at this horizon", "item.high"),
        "supt_low=item.supt_low supt_high=item.supt_high p_value=item.p_value",
        _p("p_adjusted", "p_value corrected for all horizons from 0 on (sup-t)", "item.p_adjusted"),
        _count("dropped", "Rows that are not used", _dropped_rows),
        _text("dropped_by", "How many of them for which reason, ; between", _dropped_by),
        _number("pretrend_wald",
            "Wald statistic: all moves before the base are 0", "whole.pre_trend.statistic"),
        _count("pretrend_df", "Degrees of freedom: the horizons tested", "whole.pre_trend.df"),
        _count("pretrend_df_error",
            "Degrees of freedom of the error in its F distribution", "whole.pre_trend.df_error"),
        _p("pretrend_p", "p-value of the Wald statistic", "whole.pre_trend.p_value"),
        "reason=item.reason",
    ),
    expand=_parts("rows"),
)  # fmt: skip
SPECIFICATIONS: Final = Table(
    "specifications",
    "One question under every combination of choices",
    _columns(
        "series=specification.series",
        _text("model", "The id of the normal-return model", "specification.model"),
        "window=specification.window",
        _count("estimation",
            "Returns in the estimation window, at most", "specification.estimation"),
        _count("gap", "Rows between estimation and event window", "specification.gap"),
        _text("overlap", "What happens where event windows overlap", "specification.overlap"),
        _text("event_filter", "Which events are taken", "specification.event_filter"),
        _text("returns", "log or simple", "specification.returns"),
        "n caar",
        _return("ci_low", "Lower end of the 95 % interval of caar across events", "low"),
        _return("ci_high", "Upper end of the 95 % interval of caar across events", "high"),
        _p("p_value", "Two-sided p of the signed-rank test on clusters of events"),
        _p("p_overlap", "p-value of overlap_t"),
    ),
)  # fmt: skip
SCORES: Final = Table(
    "scores",
    "Spearman's rho of scores of events with their moves; the band is that of shifted dates",
    _columns(
        _text("score", "tone or intensity from tags, crowd = events at the same first rate"),
        _text("against", "move, or size = the move without its sign"),
        "window r low high n",
        _count("without", "Events without a score or a CAR, left out"),
        "p_value p_adjusted",
    ),
)  # fmt: skip
_per_dose = _kind("number", "log move")
DOSE_RESPONSE: Final = Table(
    "dose_response",
    "Moves per unit of dose: slopes with robust errors, tested by arranging doses over clusters",
    _columns(
        _text("dose", "surprise = released less expected, change = released less previous, or"
            " intensity"),
        "group series window",
        _text("unit", "Of the dose; events with another unit are in other_units"),
        "n rates clusters",
        _count("other_units", "Events whose values have another unit, left out"),
        _per_dose("slope", "Move per unit of dose, 0.01 = 1 log point; positive = stronger"),
        _error("se", "Its standard error: of clusters where windows overlap, else HC3"),
        _per_dose("low", "Lower end of its 95 % interval"),
        _per_dose("high", "Upper end of its 95 % interval"),
        _p("p_value", "Share of arrangements of the doses with a studentised slope as large"),
        "p_adjusted",
        _per_dose("smallest_visible", "The slope that the test would find in four studies of five"),
        _count("arrangements", "How many arrangements were used"),
        _text("exact", "yes where these are all there are",
            lambda row: "yes" if row.is_exact else "no"),
        _error("se_hc1", "Standard error HC1"),
        _error("se_hc3", "Standard error HC3"),
        _error("se_cluster", "Standard error robust to clusters of events"),
        _p("p_hc3", "p of t with HC3 and n - 2 degrees of freedom"),
        _p("p_cluster", "p of t with the error of clusters and clusters - 1 degrees of freedom"),
        _share("r_squared", "Share of the variance of the moves that the dose accounts for"),
        _signed("spearman", "Rank correlation of dose and move"),
        _p("spearman_p", "Its p from the same arrangements"),
        _per_dose("intercept", "Move at a dose of 0"),
        _error("intercept_se", "Its standard error"),
        _p("intercept_p", "Its p from t"),
        _count("n_up", "Events with a dose above 0"),
        _count("n_down", "Events with a dose below 0"),
        _per_dose("slope_up", "Move per unit of a dose above 0"),
        _error("slope_up_se", "Its standard error"),
        _per_dose("slope_down", "Move per unit of a dose below 0"),
        _error("slope_down_se", "Its standard error"),
        _p("asymmetry_wald_p", "p of the Wald test that both slopes are equal"),
        _p("asymmetry_p", "The same by exchanging residuals (Freedman-Lane)"),
        _text("largest_event", "The event with the largest part of the spread of the doses"),
        _share("largest_weight", "Its part"),
        _per_dose("slope_without", "The slope without it"),
        "reason",
    ),
)  # fmt: skip
DOSE_EVENTS: Final = Table(
    "dose_events",
    "Events with a dose, what was released and expected, and the moves after them",
    _columns(
        "event_id=event.id series window",
        _text("dose", "surprise, change or intensity"),
        "event_day=event.day",
        _text("title", "Who did what", "event.title"),
        _text("category", "Of the event", "event.category"),
        _number("value", "The dose"),
        _number("value_actual", "The value that was released", "event.value_actual"),
        _number("value_expected", "The value that was expected", "event.value_expected"),
        _number("value_previous", "The value before", "event.value_previous"),
        _text("value_unit", "The unit of the three values", "event.value_unit"),
        "car",
        _count("cluster", "Number of its cluster of events with overlapping windows, by date"),
        _text("value_source", "Where the expected value was published", "event.value_source"),
        _text("source_url", "Where the event was published", "event.source_url"),
    ),
)  # fmt: skip
SECOND_STAGE: Final = Table(
    "second_stage",
    "CARs regressed on columns of their events",
    _columns(
        "series window",
        _text("term", "constant, a column of numbers, a level as category=energy, or a column whose"
            " levels are tested together"),
        _text("column", "The column of the events"),
        _text("base", "The level that a level is compared with"),
        "n",
        _count("without", "Events without a value in a column or without a CAR, left out"),
        "clusters",
        _per_dose("estimate", "Move per unit of the term, 0.01 = 1 log point"),
        _error("se", "Standard error: of clusters where windows overlap, else HC3"),
        _signed("statistic", "t of a term; F of the levels of a column together"),
        "df",
        _count("levels", "How many levels are tested together; 0 for one term"),
        "p_value p_adjusted",
        _number("vif", "How much the other terms inflate its variance"),
        _per_dose("smallest_visible",
            "The coefficient that a t test would find in four studies of five"),
        _share("r_squared", "Share of the variance of the moves that all terms account for"),
        "reason",
    ),
)  # fmt: skip
ACROSS_SERIES: Final = Table(
    "across_series",
    "Mean move of every category on every series, each first rate once",
    _columns(
        "group series window n",
        _return("caar", "Mean CAR, each distinct first rate once"),
        _error("spread",
            "Standard deviation of the means of all calendar shifts of the same rates"),
        _signed("in_spreads", "caar less the mean of the shifts, divided by spread"),
        _percentile("percentile", "Per cent of shifted dates with a smaller mean, in size"),
        _p("p_value", "p of the signed-rank test on clusters; empty with a reason"),
        "p_adjusted",
        _text("reason", "Why the mean has no verdict"),
        _count("n_rates", "Distinct first rates with a CAR; each counts once in a mean"),
        _signed("mean_scar", "Mean of the CARs of the rates, each divided by its forecast error"),
        "largest_share clusters",
    ),
)  # fmt: skip


# ---- drivers


def _of_matched(get: Callable[[MatchedDriver], Any]) -> Callable[[DriverAnswer], Any]:
    return lambda answer: get(answer.matched)


def _constant(get: Callable[[MatchedDriver], str]) -> Callable[[DriverAnswer], list[str]]:
    return lambda answer: [get(answer.matched)] * len(answer.matched)


def _per_sd(name: str) -> Callable[[_Part], float]:
    return lambda part: part.item.per_sd(name)


_DRIVER: Final = _text("driver", "The id of the driver")
_OF_ANSWER: Final = (
    replace(_DRIVER, get="whole.matched.driver.id"),
    replace(_SHARED["series"], get="whole.matched.series.card.id"),
)
_FOUND_IN_80: Final = "that would be found in 80 % of cases, after the correction"
DRIVER_VALUES: Final = Table(
    "driver_values",
    "A driver and a rate on the rates that have a number of both, with what enters of each",
    (
        replace(_DRIVER, get=_constant(lambda matched: matched.driver.id)),
        _shared("series", _constant(lambda matched: matched.series.card.id)),
        _shared("day", _of_matched(
            lambda m: np.datetime_as_string(m.series.day, unit="D").tolist())),
        _shared("known_at", _of_matched(lambda m: series_moments(m.series.known_at))),
        _shared("rate", _of_matched(lambda m: m.series.rate)),
        _day("driver_day", "The market day of the driver's number",
            _of_matched(lambda m: np.datetime_as_string(m.value_day, unit="D").tolist())),
        _moment("driver_known_at", "The moment the driver's number was known, never after the rate",
            _of_matched(lambda m: series_moments(m.value_known_at))),
        _number("value", "The driver's number", _of_matched(lambda m: m.value)),
        _return("move", "Log move of the rate since the row before; positive = stronger",
            _of_matched(lambda m: m.move)),
        _number("change", "What enters of the driver since the row before",
            _of_matched(lambda m: m.shock)),
    ),
    batched=True,
)  # fmt: skip
DRIVER_LAGS: Final = Table(
    "driver_lags",
    "Cross-correlation of the changes of a driver with the moves of a rate, lag by lag",
    _columns(
        *_OF_ANSWER,
        _count("lag", "Rates after the driver's change (+), or before it (-)", "item.lag"),
        _count("n", "Pairs of filtered changes", "item.n"),
        _shared("r", "item.r"),
        _signed("r_filtered",
            "Correlation after an autoregression of each was taken out", "item.r_filtered"),
        _signed("low",
            "Lower end of the band that holds 95 % of r_filtered without a relation", "item.low"),
        _signed("high", "Upper end of that band", "item.high"),
        _signed("statistic", "Its t statistic, which allows for unequal variance",
            "item.statistic"),
        _shared("p_value", "item.p_value"),
        _p("p_adjusted", "p_value corrected for all lags (Holm)", "item.p_adjusted"),
        _share("detectable",
            f"Smallest r_filtered {_FOUND_IN_80}", "item.detectable"),
        _shared("reason", "item.reason"),
    ),
    expand=_parts("lags"),
)  # fmt: skip
DRIVER_RESPONSE: Final = Table(
    "driver_response",
    "Local projections: the move of a rate after a driver is higher by one standard deviation",
    _columns(
        *_OF_ANSWER,
        _count("horizon", "Rates from the driver's change on; -1 = the base", "item.row.horizon"),
        _count("n", "Rows that are used", "item.row.n"),
        _count("changes", "Rows among them on which the driver's change is not 0",
            "item.row.rates"),
        _number("sd", "The standard deviation of what enters of the driver", "item.spread"),
        _return("per_sd",
            "Log move of the rate from the base for a driver higher by sd; positive = stronger",
            _per_sd("estimate")),
        _error("se_hc1", "Standard error of per_sd, HC1", _per_sd("se_hc1")),
        _error("se_hac", "Standard error of per_sd, Newey-West", _per_sd("se_hac")),
        _count("lags", "Lags of se_hac", "item.row.lags"),
        _return("low", "Lower end of the 95 % interval at this horizon", _per_sd("low")),
        _return("high", "Upper end of the 95 % interval at this horizon", _per_sd("high")),
        _return("supt_low", "Lower end of the 95 % band of the whole path", _per_sd("supt_low")),
        _return("supt_high", "Upper end of the 95 % band of the whole path", _per_sd("supt_high")),
        _return("per_unit", "per_sd divided by sd", "item.row.estimate"),
        _error("se_unit", "Standard error of per_unit, HC1", "item.row.se_hc1"),
        _shared("p_value", "item.row.p_value"),
        _p("p_adjusted", "p_value corrected for all horizons from 0 on (sup-t)",
            "item.row.p_adjusted"),
        _return("detectable", f"Smallest per_sd {_FOUND_IN_80}", "item.detectable"),
        _count("dropped", "Rows that are not used",
            lambda part: sum(count for _, count in part.item.row.dropped)),
        _text("dropped_by", "How many of them for which reason, ; between",
            lambda part: "; ".join(f"{why} {count}" for why, count in part.item.row.dropped)),
        _number("pretrend_wald",
            "Wald statistic: all moves before the base are 0", "whole.pre_trend.statistic"),
        _count("pretrend_df", "Degrees of freedom: the horizons tested", "whole.pre_trend.df"),
        _count("pretrend_df_error",
            "Degrees of freedom of the error in its F distribution", "whole.pre_trend.df_error"),
        _p("pretrend_p", "p-value of the Wald statistic", "whole.pre_trend.p_value"),
        _shared("reason", "item.row.reason"),
    ),
    expand=_parts("response"),
)  # fmt: skip
DRIVER_ROLLING: Final = Table(
    "driver_rolling",
    "The relation of a driver with a rate in every window of rates",
    _columns(
        *_OF_ANSWER,
        _day("day", "The market day of the last rate of the window", "item.day"),
        _day("since", "That of the first", "item.since"),
        _count("n", "Rates in the window", "item.n"),
        _signed("r", "Correlation of the changes", "item.correlation"),
        _signed("low", "Lower end of the 95 % band of paths of r where the slope never changes",
            "item.low"),
        _signed("high", "Upper end of that band", "item.high"),
        _return("slope", "Log move of the rate per unit of the driver", "item.slope"),
        _error("se", "Its standard error, HC1", "item.se"),
        _return("slope_low",
            "Lower end of the 95 % band of paths of slope where it never changes",
            "item.slope_low"),
        _return("slope_high", "Upper end of that band", "item.slope_high"),
    ),
    expand=_parts("rolling"),
)  # fmt: skip
DRIVER_SAMPLES: Final = Table(
    "driver_samples",
    "The response of a rate to a driver in every sample",
    _columns(
        *_OF_ANSWER,
        _text("sample", "all, or first and last market day", "item.sample"),
        _day("since", "The first market day", "item.since"),
        _day("until", "The last market day", "item.until"),
        _count("horizon", "Rates from the driver's change on", "item.horizon"),
        _count("n", "Rows that are used", "item.n"),
        _number("sd", "Standard deviation of what enters of the driver, in the sample",
            "item.spread"),
        _return("per_unit", "Log move of the rate per unit of the driver", "item.estimate"),
        _error("se_hc1", "Its standard error, HC1", "item.se"),
        _return("low", "Lower end of its 95 % interval", "item.low"),
        _return("high", "Upper end of its 95 % interval", "item.high"),
        _shared("p_value", "item.p_value"),
        _p("p_adjusted",
            "p_value corrected for all samples and horizons; of all for its horizons (Holm)",
            "item.p_adjusted"),
        _return("detectable", f"Smallest per_unit {_FOUND_IN_80}", "item.detectable"),
        _shared("reason", "item.reason"),
    ),
    expand=_parts("samples"),
)  # fmt: skip
DRIVER_TESTS: Final = Table(
    "driver_tests",
    "Tests that the relation of a driver with a rate never changes",
    _columns(
        *_OF_ANSWER,
        _text("test", "The id of the test", "item.test"),
        _text("family", "The tests that are corrected together", "item.family"),
        _count("horizon", "Rates from the driver's change on; empty where it is none",
            "item.horizon"),
        _text("sample", "all samples, or the first day of the later one", "item.sample"),
        _number("statistic", "The statistic; F where it has two degrees of freedom",
            "item.statistic"),
        _count("df", "Degrees of freedom", "item.df"),
        _count("df_error", "Degrees of freedom of the error", "item.df_error"),
        _count("n", "Rows that are used", "item.n"),
        _shared("p_value", "item.p_value"),
        _p("p_adjusted", "p_value corrected for the tests of the family (Holm)",
            "item.p_adjusted"),
        _return("detectable",
            "Smallest difference of per_unit, of samples or of a window, that would be found in"
            " 80 % of cases",
            "item.detectable"),
        _text("null_hypothesis", "What is tested", "item.null_hypothesis"),
        _text("reference", "Source of the test", "item.reference"),
        _shared("reason", "item.reason"),
    ),
    expand=_parts("tests"),
)  # fmt: skip
DRIVER_TABLES: Final = (
    DRIVER_VALUES, DRIVER_LAGS, DRIVER_RESPONSE, DRIVER_ROLLING, DRIVER_SAMPLES, DRIVER_TESTS,
)  # fmt: skip
"""The tables of a driver against a rate; each is made from answers."""


# ---- rates and events


def _iso_days(name: str) -> Callable[[RateSeries], list[str]]:
    return lambda series: np.datetime_as_string(getattr(series, name), unit="D").tolist()


RATES: Final = Table(
    "rates",
    "Published rates with the market day and the moment each was known",
    (
        _shared("date", _iso_days("record")),
        _shared("day", _iso_days("day")),
        _shared("known_at", lambda series: series_moments(series.known_at)),
        _SHARED["rate"],
        _shared("series", lambda series: [series.card.id] * len(series)),
    ),
    batched=True,
)  # fmt: skip
REVISIONS: Final = Table(
    "revisions",
    "Numbers that their publishers replaced",
    _columns(
        "series date=record",
        _moment("opens", "The beginning of the bar, or of the hours that make the rate"),
        _rate("was", "The number as it was first fetched"),
        _rate("became", "The number that replaced it"),
        _moment("was_fetched_at", "When the first number was fetched"),
        _moment("seen_at", "When the replacement was fetched"),
    ),
)  # fmt: skip


def join_tags(tags: Iterable[str]) -> str:
    r"""Tags with `;` between; a `;` or `\` inside a tag is written `\;`, `\\`."""
    return TAG_SEPARATOR.join(_TAG_SPECIALS.sub(r"\\\1", tag) for tag in tags)


def _event_column(field: EventField) -> Column:
    kinds: dict[str, ColumnKind] = {"date": "date", "moment": "moment", "int": "int"}
    kind = "number" if field.kind == "number" else kinds.get(field.kind, "text")
    get: Getter = (lambda event: join_tags(event.tags)) if field.kind == "tags" else field.name
    return Column(field.column, kind, "", field.description, get)


EVENT_LIST: Final = Table("event_list", "Events and notes", tuple(map(_event_column, EVENT_FIELDS)))
EVENT_TEMPLATE: Final = Table(
    "event_template",
    "A template of a file of events, with two rows as an example",
    _columns(
        _text("date", "As 2025-04-20, 20.04.2025 or 20 April 2025", "date"),
        _text("time", "The clock of the zone, as 13:30; empty where the hour is not known", "time"),
        _text("zone", "The time zone of the clock", "zone"),
        _text("title", "Who did what", "title"),
        _text("category", "One of the closed list of categories, or a word of your own",
              "category"),
        _text("source_name", "Who published it", "source_name"),
        _text("source_url", "Where it was published", "source_url"),
        _text("text", "More words", "text"),
    ),
)  # fmt: skip
WRONG_ROWS: Final = Table(
    "wrong_rows",
    "Rows of a file of events that cannot be taken",
    _columns(
        _text("row", "Where the row stands in the file", "place"),
        _text("column",
            "The column of the file that is wrong; empty where it is the row as a whole",
            "wrong_column"),
        "reason=problem",
    ),
)  # fmt: skip


# ---- moves around events


def _direction(card: SeriesCard, log_points: float | None) -> str | None:
    """What a move was for the subject of a series; None where there is no move."""
    if log_points is None or math.isnan(log_points):
        return None
    return card.subject.direction(log_points)


def _direction_of_asset(move: AssetMove) -> str | None:
    return None if move.card is None else _direction(move.card, move.move)


def _percent_of_asset(move: AssetMove) -> float | None:
    """The change of the published number in per cent; None of a number that is no price."""
    if move.card is None or move.move is None or not move.card.is_price:
        return None
    return _number_percent(move.card, move.move)


def _number_percent(card: SeriesCard, log_points: float) -> float:
    """A move in log points as the change of the published number in per cent."""
    return 100.0 * math.expm1(card.move_sign * log_points / 100.0) + 0.0  # no minus zero


def _rank(pool: str, name: str) -> Callable[[_Part], Any]:
    """A number of the rank of a move among the dates of a pool."""
    return lambda part: getattr(part.item.rank(pool), name)


EVENT_MOVES: Final = Table(
    "event_moves",
    "The moves around one event",
    _columns(
        "event_id=whole.event.id series=whole.card.id window=item.window",
        "base_day=item.base.day base_rate=item.base.rate",
        "end_day=item.end.day end_rate=item.end.rate move_log_pts=item.log_points",
        "move_pct_rub_per_usd=item.pct_quoted move_pct_usd_per_rub=item.pct_inverse",
        _log_points("car",
            "Abnormal moves of the window added up, in log points; positive = the rouble stronger",
            "item.car"),
        _log_points("car_se", "Standard error of car, in log points", "item.car_se"),
        "car_t=item.car_t p_value=item.p_value",
        _shared("placebo_p", _rank("near", "p")),
        _p("placebo_p_all", "placebo_p among all admissible dates", _rank("all", "p")),
        _shared("percentile", _rank("near", "percentile")),
        _percentile("percentile_all",
            "percentile among all admissible dates", _rank("all", "percentile")),
        _percentile("percentile_matched",
            "percentile among all dates of similar volatility on their eve",
            _rank("similar", "percentile")),
        _count("n_quiet", "Quiet pseudo-dates compared with", _rank("quiet", "size")),
        _count("n_all", "All pseudo-dates compared with", _rank("all", "size")),
        _shared("crowd", lambda part: len(part.item.crowd)),
        _shared("crowd_ids", lambda part: " ".join(e.id for e in part.item.crowd)),
        "reason=item.reason",
        _shared("percentile_by_move", _rank("near", "by_move")),
        _shared("pool_size", _rank("near", "size")),
        _shared("pool_first_day", _rank("near", "first")),
        _shared("pool_last_day", _rank("near", "last")),
        _p("placebo_p_quiet",
            "placebo_p among quiet dates, those near no listed event", _rank("quiet", "p")),
        _percentile("percentile_quiet",
            "percentile among quiet dates", _rank("quiet", "percentile")),
        _shared("direction",
            lambda part: _direction(part.whole.card, part.item.log_points)),
    ),
    bar_columns=_columns("base_known_at=item.base.known_at end_known_at=item.end.known_at"),
    expand=_parts("moves"),
    bars="card.bar_minutes",
)  # fmt: skip


def _ordinary_percents(part: _Part) -> tuple[float, float]:
    low, high = (_number_percent(part.whole.card, end) for end in (part.item.low, part.item.high))
    return low, high


EVENT_WINDOW: Final = Table(
    "event_window",
    "The path around one event against its base",
    _columns(
        "event_id=whole.event.id series=whole.card.id offset=item.offset day=item.day",
        "rate=item.rate move_log_pts=item.move",
        _log_points("ordinary_low", "Lower end of the ordinary range, in log points", "item.low"),
        _log_points("ordinary_high", "Upper end of the ordinary range, in log points", "item.high"),
        _percent("move_pct",
            "Change of the published number from the base, in per cent; positive = number up",
            lambda part: _number_percent(part.whole.card, part.item.move)),
        _shared("direction", lambda part: _direction(part.whole.card, part.item.move)),
        _percent("ordinary_low_pct",
            "Lower end of the ordinary range as a change of the published number, in per cent",
            lambda part: min(_ordinary_percents(part))),
        _percent("ordinary_high_pct",
            "Upper end of the ordinary range as a change of the published number, in per cent",
            lambda part: max(_ordinary_percents(part))),
    ),
    bar_columns=_columns("known_at=item.known_at"),
    expand=_parts("path"),
    bars="card.bar_minutes",
)  # fmt: skip
SOURCE_MOVES: Final = Table(
    "source_moves",
    "The same move measured on every source",
    _columns(
        "event_id window series=card.id",
        _text("publisher", "Who publishes the rate", "card.publisher"),
        _text("quantity", "What the rate measures", "card.quantity"),
        _text("date_rule", "When the rate of a date is known", "rule"),
        "base_day=base.day base_known_at=base.known_at base_rate=base.rate",
        "end_day=end.day end_known_at=end.known_at end_rate=end.rate",
        "move_log_pts=log_points move_pct_rub_per_usd=pct_quoted move_pct_usd_per_rub=pct_inverse",
        _count("partly_in_rate",
            "1 = the event lies inside the hours that make its first rate", "partial"),
        "reason",
        _shared("direction", lambda move: _direction(move.card, move.log_points)),
    ),
)  # fmt: skip


def _ranked(name: str) -> Callable[[AssetMove], Any]:
    """A number of the rank of a move among the dates near its event; None without a rank."""
    return lambda move: None if move.rank is None else getattr(move.rank, name)


BASKET: Final = Table(
    "basket",
    "One event on every series of a basket, the least ordinary move first",
    _columns(
        "event_id=event.id",
        _shared("series", "series"),
        _text("title", "What the series is", "card.title"),
        _text("quote", "The unit of the number", "card.unit"),
        _text("unit", "The unit of move, car, car_se and the range: log pts or points"),
        "window",
        _day("first_day", "The market day of the first number that can contain the event",
             "first.day"),
        _moment("first_known_at", "The moment up to which information can be inside that number",
                "first.known_at"),
        _count("shift_days", "Calendar days from the event to first_day"),
        "base_day=base.day base_known_at=base.known_at base_rate=base.rate",
        "end_day=end.day end_known_at=end.known_at end_rate=end.rate",
        _signed("move",
            "From base to end: 100 x the log of a price, the difference of a number that is none;"
            " `direction` says which way"),
        _shared("direction", _direction_of_asset),
        _percent("move_pct", "Change of a price from base to end in per cent; positive = number up",
                 _percent_of_asset),
        _signed("ordinary_low", "Lower end of the range in which 95 of 100 ordinary moves lie",
                "low"),
        _signed("ordinary_high", "Upper end of that range", "high"),
        _signed("car", "The move less the ordinary one"),
        _signed("car_se", "Forecast error of car", "se"),
        _signed("scar", "car divided by car_se, the unit in which series can be compared"),
        _shared("percentile", _ranked("percentile")),
        _shared("percentile_by_move", _ranked("by_move")),
        _text("pool", "The dates compared with: near = within 250 numbers of the event",
              _ranked("pool")),
        _shared("pool_size", _ranked("size")),
        _shared("pool_first_day", _ranked("first")),
        _shared("pool_last_day", _ranked("last")),
        _shared("placebo_p", _ranked("p")),
        _p("p_adjusted", "placebo_p corrected by Holm over the series of the basket"),
        _count("family", "How many series were tested"),
        _signed("smallest_visible",
            "The smallest car, whatever its sign, whose p_adjusted would be below 0.05; empty where"
            " none would", "visible"),
        _shared("crowd", lambda move: len(move.crowd)),
        _shared("crowd_ids", lambda move: " ".join(move.crowd)),
        _text("flags", "What to know of the event on this series, blanks between",
              lambda move: " ".join(move.flags)),
        "reason",
    ),
)  # fmt: skip


# ---- precedents


def _likeness(name: str, attribute: str = "value") -> Getter:
    """A part of the likeness of a precedent."""

    def read(part: _Part) -> Any:
        parts = (one for one in part.item.parts if one.name == name)
        value = next((getattr(one, attribute) for one in parts), None)
        return TAG_SEPARATOR.join(value) if isinstance(value, tuple) else value

    return read


def _followed(horizon: int, attribute: str) -> Getter:
    """What followed a precedent up to a horizon."""

    def read(part: _Part) -> Any:
        moves = (one for one in part.item.moves if one.horizon == horizon)
        return next((getattr(one, attribute) for one in moves), None)

    return read


def _precedent_moves() -> Iterator[Column]:
    for horizon in PRECEDENT_HORIZONS:
        last = f"from the base to offset {horizon}"
        yield _log_points(
            f"move_{horizon}",
            f"100 x the log move {last}; positive = the rouble stronger",
            _followed(horizon, "move"),
        )
        yield _signed(
            f"scar_{horizon}",
            f"The move {last} in units of the volatility learnt before",
            _followed(horizon, "scar"),
        )
        if horizon != PRECEDENT_HORIZONS[0]:
            yield _percent(
                f"came_back_{horizon}",
                f"Per cent of the move to offset {PRECEDENT_HORIZONS[0]} that is gone again at"
                f" offset {horizon}",
                _followed(horizon, "came_back"),
            )


PRECEDENTS: Final = Table(
    "precedents",
    "The events most alike to one, what followed each, and those left out",
    _columns(
        "event_id=whole.target.event.id series=whole.card.id",
        _text("precedent_id", "The id of the event compared with it", "item.event.id"),
        _shared("event_day", "item.event.day"),
        _text("title", "Who did what", "item.event.title"),
        _text("category", "The category of the event", "item.event.category"),
        _text("actor", "Who said or did it", "item.event.actor"),
        _text("expected", "Direction expected from its nature", "item.event.expected"),
        _count("taken", "1 = a precedent, 0 = left out", "item.is_taken"),
        "reason=item.reason",
        _number("likeness", "Weighted mean of the parts, from 0 to 1", "item.likeness"),
        *(_number(f"like_{name}", f"Likeness of the {name}, from 0 to 1; empty = not compared",
                  _likeness(name)) for name in LIKENESS_PARTS),
        _text("shared_kind", "The kinds of step both titles name", _likeness("kind", "shared")),
        _text("shared_actor", "The actors or sides both have", _likeness("actor", "shared")),
        _text("shared_words", "The words both titles have", _likeness("words", "shared")),
        _number("step", "The announced step, such as the change of the key rate", "item.step"),
        _count("volatility_third",
            "0, 1 or 2: volatility on the eve in the low, middle or high third of what was known"
            " before the event", "item.tercile"),
        _day("first_rate_day", "The market day of the first rate", "item.day"),
        _count("others", "Other events with the same or the next first rate", "item.others"),
        *_precedent_moves(),
    ),
    expand=_parts("rows"),
)  # fmt: skip
PRECEDENT_SUMMARY: Final = Table(
    "precedent_summary",
    "What followed the precedents up to each horizon, against ordinary days and the event itself",
    _columns(
        "event_id=whole.target.event.id series=whole.card.id",
        _count("horizon", "The last offset", "item.horizon"),
        _count("n", "How many precedents", "item.n"),
        _log_points("median", "Median of their moves, positive = the rouble stronger",
            "item.median"),
        _log_points("low", "The smallest of them, with its sign", "item.low"),
        _log_points("high", "The largest of them", "item.high"),
        _percent("came_back", "Median per cent of the first move that was gone again",
            "item.came_back"),
        _count("n_came_back", "Of how many precedents", "item.n_came_back"),
        _text("direction", "stronger or weaker: the way that is counted", "item.direction"),
        _text("basis", "moved, expected or neither: why that way", "item.basis"),
        _count("same_way", "How many precedents went that way", "item.same_way"),
        _count("further", "How many of those went at least as far as the event", "item.further"),
        _share("share_low", "Lower end of Wilson's 95 % interval of same_way / n",
            "item.share_low"),
        _share("share_high", "Upper end of it", "item.share_high"),
        _share("ordinary_share", "Share of ordinary days that went that way",
            "item.ordinary_share"),
        _share("ordinary_further", "Share of ordinary days that went at least as far",
            "item.ordinary_further"),
        _count("n_ordinary", "How many ordinary days", "item.n_ordinary"),
        _p("p_same_way", "Exact binomial p of same_way against ordinary_share",
            "item.p_same_way"),
        _p("p_same_way_adjusted", "The same, adjusted by Holm over the questions of the table",
            "item.p_same_way_adjusted"),
        _count("visible", "The smallest same_way above the ordinary share with p of 5 % or less",
            "item.visible"),
        _count("rank", "Of the event's move by size among precedents and itself, 1 = largest",
            "item.rank"),
        _p("p_rank", "Exact p of a rank as high", "item.p_rank"),
        _p("p_rank_adjusted", "The same, adjusted by Holm over the questions of the table",
            "item.p_rank_adjusted"),
        _log_points("move", "The move of the event itself", "item.move"),
    ),
    expand=_parts("summary"),
)  # fmt: skip
PRECEDENT_PATHS: Final = Table(
    "precedent_paths",
    "The path of the rate around the event and each precedent",
    _columns(
        "event_id=whole.target.event.id series=whole.card.id",
        _text("precedent_id", "The id of the event the path belongs to", "item.name"),
        "offset=item.offset day=item.day",
        _log_points("move", "100 x the log move against the base; positive = the rouble stronger",
            "item.move"),
    ),
    expand=_parts("points"),
)  # fmt: skip


# ---- episodes

EPISODES: Final = Table(
    "episodes",
    "Events of one story as one span, against other spans of the same length",
    _columns(
        _text("story", "The name of the story"),
        "series",
        _count("n_events", "How many events it has", lambda one: len(one.events)),
        _text("event_ids", "Their ids in the order of time, blanks between", "ids"),
        _day("first_event_day", "The day of the first event", lambda one: one.events[0].day),
        _day("last_event_day", "The day of the last event", lambda one: one.events[-1].day),
        _day("first_rate_day", "The market day of the first rate", "first"),
        _day("last_rate_day", "The market day at the end of the span", "last"),
        _count("length", "Observations of the span, first and last included"),
        _log_points("move", "100 x the log move of the span; positive = the rouble stronger"),
        _signed("scar", "The move in units of the volatility learnt before the span"),
        _log_points("low", "Lower end of the range of 95 of 100 spans of the same length"),
        _log_points("high", "Upper end of that range"),
        _percentile("percentile", "Per cent of those spans with a smaller move in those units"),
        _p("p", "Share of those spans, this one included, with a move at least as large"),
        _p("p_adjusted", "p adjusted by Holm over the episodes"),
        _count("n_spans", "How many spans it is compared with, overlapping ones counted"),
        _count("n_separate", "How many of them fit next to one another"),
        "reason",
    ),
)  # fmt: skip


# ---- facts and claims

FACTS: Final = Table(
    "facts",
    "Changes of a rate against named bases, and since when it was last there",
    _columns(
        "series=whole.series quote=whole.quote asked=whole.requested day=whole.day",
        "rate=whole.rate base=item.base base_day=item.base_day base_rate=item.base_rate",
        _percent("rub_per_usd_pct",
            "Change of the quoted number, in per cent", "item.rub_per_usd_pct"),
        _percent("usd_per_rub_pct", "Change of its inverse, in per cent", "item.usd_per_rub_pct"),
        _log_points("log_points",
            "100 x the log move; positive = the rouble stronger", "item.log_points"),
        _day("strongest_since_day",
            "The last earlier day at least as strong; empty = never in the data",
            "whole.strongest_since.day"),
        _rate("strongest_since_rate", "The rate of that day", "whole.strongest_since.rate"),
        _day("weakest_since_day",
            "The last earlier day at least as weak; empty = never in the data",
            "whole.weakest_since.day"),
        _rate("weakest_since_rate", "The rate of that day", "whole.weakest_since.rate"),
        _day("low_52_weeks_day",
            "The day of the lowest rate of the 52 weeks before", "whole.year_low.day"),
        _rate("low_52_weeks_rate", "The lowest rate of the 52 weeks before", "whole.year_low.rate"),
        _day("high_52_weeks_day",
            "The day of the highest rate of the 52 weeks before", "whole.year_high.day"),
        _rate("high_52_weeks_rate",
            "The highest rate of the 52 weeks before", "whole.year_high.rate"),
    ),
    expand=lambda facts: (_Part(facts, change) for change in facts.changes or (None,)),
)  # fmt: skip


class NumberedAnswer(NamedTuple):
    """The answer to one claim of a check, and its number from 1."""

    number: int
    answer: ClaimAnswer


def _claim_change(part: _Part) -> float | None:
    answer: ClaimAnswer = part.whole
    row: ClaimRow = part.item
    return row.verdict.found if answer.claim.kind in {ClaimKind.UP, ClaimKind.DOWN} else None


CLAIMS: Final = Table(
    "claims",
    "Claims about a rate, held against every source, base and quote",
    _columns(
        "claim=number",
        _text("kind", "level, strongest, weakest, up or down", "whole.claim.kind"),
        _text("currency",
            "The currency that the claim holds the rouble against", "whole.claim.currency"),
        "asked=whole.claim.day",
        _number("value",
            "The number claimed: a level, or a change in per cent", "whole.claim.value"),
        _text("exactness",
            "How the number is meant: exact, about, more or less", "whole.claim.exactness"),
        _day("since_day",
            "The first day of the period that a record or a change is claimed since",
            "whole.claim.since.day"),
        _day("since_end", "The last day of that period", "whole.claim.since.end_day"),
        "series=item.verdict.card.id",
        _text("verdict",
            "true, about, false or cannot be known; of a record about = it goes back further",
            "item.verdict.truth"),
        _count("is_claimed",
            "1 where the claim itself names the base, else 0", "item.verdict.is_claimed"),
        "base=item.verdict.base_name quote=item.verdict.quote day=item.at.day rate=item.at.rate",
        "base_day=item.base.day base_rate=item.base.rate",
        _percent("change_pct",
            "The change in per cent, positive = in the direction of the claim", _claim_change),
        "reason=item.verdict.reason",
    ),
    expand=lambda one: (_Part(one.answer, row, one.number) for row in one.answer.rows),
)  # fmt: skip
NEEDED_BASES: Final = Table(
    "needed_bases",
    "What a base would have to be for a claimed change, and when the rate last was there",
    _columns(
        "claim=number series=item.card.id quote=item.quote rate=item.rate",
        _day("reached_day",
            "The last day before the claim at which the rate was at the needed base",
            "item.reached.day"),
        _rate("reached_rate", "The rate of that day", "item.reached.rate"),
        _day("data_from", "The first day of the series", "item.data_from.day"),
    ),
    expand=lambda one: (_Part(one.answer, base, one.number) for base in one.answer.needed),
)  # fmt: skip

TONE: Final = Table(
    "tone",
    "Average tone of the articles that match a search of the news, by stretch of time",
    _columns(
        _moment("at", "When the stretch begins"),
        _number("tone", "Average tone of its articles by GDELT; below 0 is negative"),
    ),
)


# ---- regimes and counterfactuals

REGIMES: Final = Table(
    "regimes",
    "Periods between the breaks of a series, and what it was like in them",
    _columns(
        "series=whole.card.id",
        _text("kind", "What breaks: volatility, mean or relation", "whole.request.kind"),
        _count("regime", "Its number, from 1", "item.period.number"),
        _day("from", "Its first market day", "item.period.first"),
        _day("to", "Its last market day", "item.period.last"),
        _count("n", "How many moves", "item.n"),
        _log_points("mean_per_year", "Mean move a year; positive = the rouble stronger",
            "item.mean"),
        _log_points("mean_low", "Lower end of its 95 % interval (Newey-West)", "item.mean_low"),
        _log_points("mean_high", "Upper end of its 95 % interval", "item.mean_high"),
        _number("volatility_per_year",
            "Standard deviation of the moves a year, in log points", "item.volatility"),
        _signed("slope", "Move per log point of the factor; of a relation only", "item.slope"),
        _day("from_low", "Lower end of the 95 % interval of its first day", "item.from_low"),
        _day("from_high", "Upper end of the 95 % interval of its first day", "item.from_high"),
        _text("method_breaks", "Days within 5 of its first at which the publisher changed its"
            " method, blanks between",
            lambda part: " ".join(str(b.day) for b in part.item.method_breaks)),
        _text("event_ids", "The largest events on its first day or the 5 days before it; they came"
            " before it, which is all that this says",
            lambda part: " ".join(event.id for event in part.item.events)),
    ),
    expand=_parts("regimes"),
)  # fmt: skip
BREAK_COUNTS: Final = Table(
    "break_counts",
    "What speaks for each number of breaks of a series",
    _columns(
        "series=whole.card.id",
        _text("kind", "What breaks: volatility, mean or relation", "whole.request.kind"),
        _count("breaks", "How many breaks", "item.breaks"),
        _number("ssr", "Sum of squared residuals at the best dates", "item.ssr"),
        _number("bic", "Criterion of Schwarz, as Yao 1988; the least is the best", "item.bic"),
        _number("lwz", "Criterion of Liu, Wu and Zidek 1997; the least is the best", "item.lwz"),
        _number("statistic", "Largest Wald statistic of one more break", "item.statistic"),
        _p("p_value", "p of one more break, by wild bootstrap; empty where not tested",
            "item.p_value"),
        _text("chosen", "yes = the number of breaks of the regimes",
            lambda part: "yes" if part.item.chosen else ""),
    ),
    expand=_parts("counts"),
)  # fmt: skip
SPLIT: Final = Table(
    "split",
    "The declared test of each group and window in each period",
    _columns(
        _count("period", "The number of the period, from 1", "period.number"),
        _day("from", "Its first market day", "period.first"),
        _day("to", "Its last market day", "period.last"),
        *(
            replace(column, get=f"headline.{column.name}")
            for column in HEADLINE.columns
            if column.name not in {"p_adjusted", "statistic"}
        ),
        _p("p_adjusted", "p_value adjusted over the distinct questions of all periods",
            "headline.p_adjusted"),
    ),
)  # fmt: skip
_OFFSET_AFTER: Final = _count("offset", "Observations from the first after the date (0)",
    "item.offset")  # fmt: skip
COUNTERFACTUAL: Final = Table(
    "counterfactual",
    "Gap between a currency and its synthetic series after a date",
    _columns(
        "series=whole.card.id event_id=whole.event.id event_day=whole.requested",
        "base_day=whole.base_day",
        _OFFSET_AFTER,
        "day=item.day",
        _log_points("actual", "Move against the dollar from the base; positive = stronger",
            "item.actual"),
        _log_points("synthetic", "The same of the synthetic series", "item.synthetic"),
        _log_points("gap", "actual less synthetic", "item.gap"),
        _log_points("low", "Lower end of 95 % of the gaps of other dates, scaled to this fit",
            "item.low"),
        _log_points("high", "Upper end of 95 % of the gaps of other dates", "item.high"),
        _p("p_value", "Share of the other dates, this one included, with a gap as large",
            "item.p_value"),
        _p("p_adjusted", "p_value adjusted over the offsets (Holm)", "item.p_adjusted"),
        _count("n_dates", "How many other dates", "item.n_dates"),
    ),
    expand=lambda one: (_Part(one, row) for row in one.control.horizons),
)  # fmt: skip
COUNTERFACTUAL_DONORS: Final = Table(
    "counterfactual_donors",
    "Donors of a synthetic series: weight, placebo, and the answer without each",
    _columns(
        "series=whole.card.id",
        _text("donor", "The id of the donor", "item.name"),
        _share("weight", "Its weight; all have sum one", "item.weight"),
        _share("fit_index", "Error before the date as a share of that without donors, of the donor"
            " as if it were the series", "item.index"),
        _number("ratio", "Error after the date in units of that before it, of the donor as if it"
            " were the series", "item.ratio"),
        _share("fit_index_without", "The fit index of the series without this donor",
            "item.index_without"),
        _log_points("gap_without", "Gap at the end of the span without this donor",
            "item.gap_without"),
    ),
    expand=lambda one: (_Part(one, row) for row in one.control.donors),
)  # fmt: skip
COUNTERFACTUAL_PATH: Final = Table(
    "counterfactual_path",
    "A currency and its synthetic series day by day, 100 at the base",
    _columns(
        "series=whole.card.id",
        _OFFSET_AFTER,
        "day=item.day",
        _number("actual_index", "Value in dollars, 100 at the base", "item.actual_index"),
        _number("synthetic_index", "The same of the synthetic series", "item.synthetic_index"),
        _log_points("gap", "Actual less synthetic move from the base", "item.gap"),
        _log_points("low", "Lower end of 95 % of the gaps of other dates", "item.low"),
        _log_points("high", "Upper end of 95 % of the gaps of other dates", "item.high"),
    ),
    expand=lambda one: (_Part(one, row) for row in one.control.path()),
)  # fmt: skip


# ---- audit trail

AUDIT: Final = Table(
    "audit",
    "Audit trail: who did what, when and through which interface",
    _columns(
        _moment("at", "When, in UTC"),
        _text("who", "The person or program; empty where none was named", "author"),
        _text("origin", "page, cli or api"),
        _text("action", "What was done"),
        _text("subject", "The id of the note, import, token or file it was done to"),
    ),
)


# ---- all

TABLES: Final = {
    table.name: table
    for table in (
        STUDY_MOVES, PATHS, STUDY_EVENTS, AVERAGES, HEADLINE, TESTS, SKIPPED, CORRELATION,
        REGRESSION, DIRECTION, INTERVALS, PROJECTIONS, SPECIFICATIONS, SCORES, DOSE_RESPONSE,
        DOSE_EVENTS, SECOND_STAGE, ACROSS_SERIES,
        RATES, REVISIONS, EVENT_LIST, EVENT_TEMPLATE, EVENT_MOVES, EVENT_WINDOW, SOURCE_MOVES,
        BASKET, PRECEDENTS, PRECEDENT_SUMMARY, PRECEDENT_PATHS, EPISODES,
        FACTS, CLAIMS, NEEDED_BASES, TONE, WRONG_ROWS, AUDIT, *DRIVER_TABLES,
        REGIMES, BREAK_COUNTS, SPLIT, COUNTERFACTUAL, COUNTERFACTUAL_DONORS, COUNTERFACTUAL_PATH,
    )
}  # fmt: skip
STUDY_TABLE_NAMES: Final[tuple[StudyTableName, ...]] = get_args(StudyTableName)
STUDY_TABLES: Final = tuple(TABLES[name] for name in STUDY_TABLE_NAMES)
_STUDY_PARTS: Final = {
    "moves": "results", "paths": "results", "events": "results", "averages": "averages",
    "headline": "headlines",
    "tests": "tests", "skipped": "skipped", "correlation": "correlations",
    "regression": "regression", "direction": "directions", "intervals": "intervals",
}  # fmt: skip


def study_objects(answer: StudyAnswer, name: StudyTableName) -> tuple[Any, ...]:
    """The objects of one table of a study; the others are not computed."""
    if name == "projections":
        return tuple(
            projection
            for result in answer.results
            for projection in project_groups(result, answer.factors)
        )
    return tuple(getattr(answer, _STUDY_PARTS[name]))
