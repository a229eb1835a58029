"""Regimes: periods between the breaks of a series, and any answer split by periods."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Any, Final, Literal, TypeAlias, get_args

import numpy as np

from dashboard.eventstudy.alignment import align_events, match_rates
from dashboard.eventstudy.clusters import build_headlines
from dashboard.eventstudy.numerics import CORRECTIONS
from dashboard.eventstudy.panel import DECLARED_TESTS, run_tests
from dashboard.eventstudy.relations import no_verdict_reason
from dashboard.eventstudy.returns import compute_changes
from dashboard.eventstudy.samples import PooledSample, group_members
from dashboard.eventstudy.structural_breaks import (
    BreakSearch,
    find_variance_breaks,
    search_breaks,
)
from dashboard.eventstudy.study import measure_series
from dashboard.models.analyses import Group
from dashboard.models.errors import InputError
from dashboard.models.event import Event
from dashboard.models.messages import deferred
from dashboard.models.messages import translate as _
from dashboard.models.series import Floats, Ints, MethodBreak, RateSeries, SeriesCard, require_price
from dashboard.models.study import CONFIDENCE_LEVEL, Grouping, Headline, StudyRequest, Window
from dashboard.services.serializers import json_value, table_json
from dashboard.services.study import check_study_size, common_bar_minutes, move_sizes

BreakKind: TypeAlias = Literal["volatility", "mean", "relation"]
"""What changes at a break: the size of the moves, their mean, or their relation to a factor."""
BREAK_KINDS: Final[tuple[BreakKind, ...]] = get_args(BreakKind)
TRIMS: Final = (5, 10, 15)
"""The least share of the rows that a regime has, in per cent."""
MIN_REGIME_ROWS: Final = 30
MAX_SEARCHED_ROWS: Final = 10_000
"""A longer series would take minutes: the search grows with the square of its rows."""
NEAR_DAYS: Final = 5
MAX_NEAR_EVENTS: Final = 3
MAX_PERIODS: Final = 12
NORMAL_ABSOLUTE: Final = math.sqrt(math.pi / 2)
"""Times the mean absolute move: the standard deviation, for a normal distribution."""
DAYS_PER_YEAR: Final = 365.25
_CUT_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class RegimeRequest:
    """What is searched for: a kind of break, and the least share of rows of a regime (per cent)."""

    kind: BreakKind = "volatility"
    trim: int = 5
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of market days, both ends included."""

    number: int
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Regime:
    """A period between two breaks, and what the series was like in it.

    `mean` is the mean move a year with its 95 % interval (Newey-West), `volatility` the standard
    deviation a year, both in log points; `slope` the move per log point of the factor.
    `from_low` and `from_high` bound its first day at 95 %, None where that is the first of the
    data or not bounded. `method_breaks` and `events` lie within `NEAR_DAYS` of its first day,
    the events before it or on it.
    """

    period: Period
    n: int
    mean: float
    mean_low: float
    mean_high: float
    volatility: float
    slope: float = math.nan
    from_low: date | None = None
    from_high: date | None = None
    method_breaks: tuple[MethodBreak, ...] = ()
    events: tuple[Event, ...] = ()


@dataclass(frozen=True, slots=True)
class BreakCount:
    """What speaks for so many breaks: BIC and LWZ of the best dates, and the test of one more."""

    breaks: int
    ssr: float
    bic: float
    lwz: float
    statistic: float
    p_value: float
    chosen: bool


@dataclass(frozen=True, eq=False, slots=True)
class RegimeAnswer:
    """The regimes of a series, and what their number rests on.

    `variance_breaks` are the first days after the breaks that the iterated cumulative sums of
    squares find; `n` counts moves, `least` those that a regime has at least. `statistic` and
    `p_value` are those of the double maximum test of no break at all. `visible` is the change in
    the middle of the data that the test of one break would see in at least four of five such
    series: of the volatility or the mean in log points a year, of a relation of the slope.
    """

    card: SeriesCard
    request: RegimeRequest
    regimes: tuple[Regime, ...]
    counts: tuple[BreakCount, ...]
    variance_breaks: tuple[date, ...]
    n: int
    least: int
    statistic: float
    p_value: float
    visible: float
    factor: SeriesCard | None = None

    @property
    def periods(self) -> tuple[Period, ...]:
        """The period of each regime."""
        return tuple(regime.period for regime in self.regimes)

    @property
    def count_by_bic(self) -> int:
        """How many breaks BIC chooses."""
        return min(self.counts, key=lambda row: row.bic).breaks

    @property
    def count_by_lwz(self) -> int:
        """How many breaks LWZ chooses, whether or not the test finds any."""
        return min(self.counts, key=lambda row: row.lwz).breaks


# ---- the breaks of a series


def find_regimes(
    series: RateSeries,
    events: Sequence[Event] = (),
    request: RegimeRequest = RegimeRequest(),
    factor: RateSeries | None = None,
) -> RegimeAnswer:
    """The regimes of a series.

    Args:
        series: the observations; rows without a move are left out.
        events: every known event, to name those shortly before a regime begins.
        request: what is searched for.
        factor: the series to which the relation is searched for; needed by `relation` only.

    Raises:
        InputError: the series is no price, too short or too long, or the factor is missing.
    """
    require_price(series.card)
    if (request.kind == "relation") != (factor is not None):
        msg = _("breaks of a relation need a factor, other breaks have none")
        raise InputError(msg, field="factor")
    move = 100 * compute_changes(series.card, series.rate, "log")
    other = None
    if factor is not None:
        other = 100 * compute_changes(factor.card, match_rates(factor, series), "log")
    rows = np.flatnonzero(np.isfinite(move if other is None else move + other))
    least = max(int(request.trim * len(rows) / 100), MIN_REGIME_ROWS)
    _check_length(series.card, len(rows), least)
    x = (
        np.ones((len(rows), 1))
        if other is None
        else np.column_stack((np.ones(len(rows)), other[rows]))
    )
    search = _search(move[rows], x, least, request)
    variance = find_variance_breaks(move[rows] - move[rows].mean())
    regimes = _describe_regimes(series, (rows, move[rows], x), search)
    return RegimeAnswer(
        series.card, request, _add_neighbours(series, regimes, events), _count_breaks(search),
        tuple(series.day[rows[row]].item() for row in variance), len(rows), least,
        search.any_break.statistic, search.any_break.p_value,
        search.tests[0].visible * _yearly_scale(request.kind, regimes),
        factor.card if factor is not None else None,
    )  # fmt: skip


def _check_length(card: SeriesCard, n: int, least: int) -> None:
    if n < 2 * least:
        msg = _(
            "series {id}: has {n} moves, and two regimes need {least}; give a longer one",
            id=card.id, n=n, least=2 * least,
        )  # fmt: skip
        raise InputError(msg)
    if n > MAX_SEARCHED_ROWS:
        msg = _(
            "series {id}: has {n:,} moves, {most:,} at most are searched; give a shorter period",
            id=card.id, n=n, most=MAX_SEARCHED_ROWS,
        )  # fmt: skip
        raise InputError(msg)


def volatility_block(n: int) -> int:
    """How many rows share a sign where neighbours depend on one another: a thirtieth of all."""
    return max(n // 30, 10)


def newey_west_lags(n: int) -> int:
    """The lags of a long-run variance of n rows, `4 (n/100)^(2/9)` rounded down."""
    return int(4 * (n / 100) ** (2 / 9))


def _search(move: Floats, x: Floats, least: int, request: RegimeRequest) -> BreakSearch:
    if request.kind == "volatility":
        size = NORMAL_ABSOLUTE * np.abs(move - move.mean())
        lags = newey_west_lags(len(move))
        block = volatility_block(len(move))
        return search_breaks((size, x), least, block=block, lags=lags, seed=request.seed)
    return search_breaks((move, x), least, seed=request.seed)


def _count_breaks(search: BreakSearch) -> tuple[BreakCount, ...]:
    tests = {test.count: test for test in search.tests}
    return tuple(
        BreakCount(
            count, part.ssr, part.bic, part.lwz,
            tests[count].statistic if count in tests else math.nan,
            tests[count].p_value if count in tests else math.nan,
            count == len(search.breaks),
        )
        for count, part in enumerate(search.partitions)
    )  # fmt: skip


def _describe_regimes(
    series: RateSeries, data: tuple[Ints, Floats, Floats], search: BreakSearch
) -> tuple[Regime, ...]:
    rows, move, x = data
    day = series.day[rows]
    edges = (0, *(found.row for found in search.breaks), len(rows))
    regimes = []
    for number, (first, end) in enumerate(pairwise(edges), start=1):
        part = move[first:end]
        begins = day[first] if first else series.day[max(int(rows[0]) - 1, 0)]
        years = (day[end - 1] - begins).astype(int) / DAYS_PER_YEAR
        per_year = len(part) / years
        mean, error = float(part.mean()), _mean_error(part)
        slope = math.nan
        if x.shape[1] > 1:
            slope = float(np.linalg.lstsq(x[first:end], part, rcond=None)[0][1])
        ends = search.breaks[number - 2] if number > 1 else None
        regimes.append(
            Regime(
                Period(number, day[first].item(), day[end - 1].item()), len(part),
                mean * per_year, (mean - error) * per_year, (mean + error) * per_year,
                float(part.std(ddof=1)) * math.sqrt(per_year), slope,
                *((_day_at(day, ends.low), _day_at(day, ends.high)) if ends else (None, None)),
            )
        )  # fmt: skip
    return tuple(regimes)


def _yearly_scale(kind: BreakKind, regimes: Sequence[Regime]) -> float:
    """What turns a change a move into one a year; a slope has no time in it."""
    days = (regimes[-1].period.last - regimes[0].period.first).days
    per_year = sum(regime.n for regime in regimes) / (days / DAYS_PER_YEAR)
    return {"mean": per_year, "volatility": math.sqrt(per_year), "relation": 1.0}[kind]


def _mean_error(values: Floats) -> float:
    """Half the 95 % interval of a mean, its long-run variance by Newey & West 1987."""
    from scipy.special import stdtrit

    centred, size = values - values.mean(), len(values)
    lags = newey_west_lags(size)
    variance = float(centred @ centred)
    for lag in range(1, lags + 1):
        variance += 2 * (1 - lag / (lags + 1)) * float(centred[lag:] @ centred[:-lag])
    return float(stdtrit(size - 1, (1 + CONFIDENCE_LEVEL) / 2)) * math.sqrt(max(variance, 0)) / size


def _day_at(day: np.ndarray, row: int | None) -> date | None:
    return None if row is None else day[min(row, len(day) - 1)].item()


def _add_neighbours(
    series: RateSeries, regimes: Sequence[Regime], events: Sequence[Event]
) -> tuple[Regime, ...]:
    """The regimes with the breaks of method and the largest events near their first days."""
    sizes = move_sizes(series)
    described = [regimes[0]]
    for regime in regimes[1:]:
        begins = regime.period.first
        near = [e for e in events if 0 <= (begins - e.day).days <= NEAR_DAYS]
        rows = align_events(series, near).row if near else np.array([], dtype=np.int64)
        moved = {e.id: sizes[row] if row >= 1 else 0 for e, row in zip(near, rows, strict=True)}
        near.sort(key=lambda event: -np.nan_to_num(moved[event.id]))
        described.append(
            replace(
                regime,
                method_breaks=tuple(
                    b for b in series.card.breaks if abs((begins - b.day).days) <= NEAR_DAYS
                ),
                events=tuple(near[:MAX_NEAR_EVENTS]),
            )
        )
    return tuple(described)


# ---- periods to split by


def read_split(text: str, series: RateSeries, events: Sequence[Event] = ()) -> tuple[Period, ...]:
    """The periods that a split names.

    Args:
        text: `regimes` (of the volatility), `method-breaks`, or days at which a period begins,
            as 2022-02-24,2024-06-13.
        series: the series whose breaks are meant.
        events: every known event.

    Raises:
        InputError: the text is none of these, or there is nothing to split at.
    """
    if text == "regimes":
        periods = find_regimes(series, events).periods
        if len(periods) == 1:
            msg = _("no break of the volatility of {id} was found; name days", id=series.card.id)
            raise InputError(msg, field="split", value=text)
        return periods
    if text == "method-breaks":
        days = [item.day for item in series.card.breaks]
    else:
        days = _read_cut_days(text)
    periods = split_days(series, days)
    if len(periods) == 1:
        msg = _("splits {id} nowhere: no such day lies inside its data", id=series.card.id)
        raise InputError(msg, field="split", value=text)
    return periods


def _read_cut_days(text: str) -> list[date]:
    parts = text.split(",")
    shown = "".join(c for c in text if c.isprintable())[:80]
    msg = _("is no split; write regimes, method-breaks, or days such as 2022-02-24,2024-06-13")
    if len(parts) >= MAX_PERIODS or not all(_CUT_DAY.fullmatch(part.strip()) for part in parts):
        raise InputError(msg, field="split", value=shown)
    try:
        return [date.fromisoformat(part.strip()) for part in parts]
    except ValueError:
        raise InputError(msg, field="split", value=shown) from None


def split_days(series: RateSeries, days: Sequence[date]) -> tuple[Period, ...]:
    """The periods of a series between days, each of which begins a new one."""
    first, last = series.day[0].item(), series.day[-1].item()
    cuts = np.searchsorted(series.day, np.array(sorted(set(days)), dtype="datetime64[D]"))
    inside = sorted({int(cut) for cut in cuts if 0 < cut < len(series)})
    starts = [first, *(series.day[row].item() for row in inside)]
    ends = [*(series.day[row - 1].item() for row in inside), last]
    return tuple(
        Period(number, begin, end)
        for number, (begin, end) in enumerate(zip(starts, ends, strict=True), start=1)
    )


# ---- an answer by period


@dataclass(frozen=True, slots=True)
class SplitRow:
    """The declared test of one group, in one window, of the events of one period.

    Its `p_adjusted` is corrected over the distinct questions of all periods, groups and windows
    together; `headline.reason` says why there is no verdict.
    """

    period: Period
    headline: Headline

    @property
    def has_verdict(self) -> bool:
        """Whether the period has enough events for one."""
        return not self.headline.reason


def split_study(  # noqa: PLR0913 - as `run_study`
    series: Sequence[RateSeries],
    groups: Sequence[Group],
    periods: Sequence[Period],
    request: StudyRequest,
    *,
    known: Sequence[Event] = (),
    factors: Sequence[RateSeries] = (),
) -> tuple[SplitRow, ...]:
    """The declared test of every group in every period.

    An event belongs to the period of its first rate on the first series. Groups of the same
    events count once among the questions.

    Args:
        series: the series of the panel.
        groups: the events, by the name of their group.
        periods: as `read_split` gives them.
        request: the parameters.
        known: every known event, for crowding and quiet dates.
        factors: series that explain normal returns.

    Raises:
        InputError: series of different lengths of bars, or a study that is too large.
    """
    common_bar_minutes(series, factors)
    check_study_size(series, request)
    rows: list[SplitRow] = []
    of_first: list[int] = []
    for period in periods:
        seen: dict[tuple[str, ...], int] = {}
        for group in groups:
            events = _events_in(series[0], group.events, period)
            key = tuple(sorted(event.id for event in events))
            first = seen.setdefault(key, len(rows))
            inputs = (events, known or group.events, request, factors)
            for at, headline in enumerate(_headlines(series, group.name, inputs)):
                of_first.append(first + at)
                rows.append(SplitRow(period, headline))
    return _adjust_split(rows, of_first, request.correction)


def group_events(events: Sequence[Event], by: Grouping) -> tuple[Group, ...]:
    """All events, and those of each category or expected direction, as a study groups them."""
    members = group_members(events, by)
    return tuple(
        Group(name, tuple(event for event, inside in zip(events, member, strict=True) if inside))
        for name, member in members.items()
    )


def _events_in(series: RateSeries, events: Sequence[Event], period: Period) -> tuple[Event, ...]:
    if not events:
        return ()
    inside = align_events(series, events).row
    return tuple(
        event
        for event, row in zip(events, inside.tolist(), strict=True)
        if row >= 1 and period.first <= series.day[row].item() <= period.last
    )


def _headlines(
    series: Sequence[RateSeries],
    name: str,
    inputs: tuple[Sequence[Event], Sequence[Event], StudyRequest, Sequence[RateSeries]],
) -> tuple[Headline, ...]:
    events, known, request, factors = inputs
    measured = []
    for one in series:
        result, sample = measure_series(one, events, known, request, factors)
        if result.events:
            measured.append(sample)
    if not measured:
        return tuple(_empty_headline(name, window) for window in request.cars)
    pooled = PooledSample(measured, request.cars, request, name)
    mine = [row for row in run_tests(pooled, DECLARED_TESTS) if row.group == name]
    return tuple(_withhold_verdict(row) for row in build_headlines(pooled, mine))


def _empty_headline(name: str, window: Window) -> Headline:
    nan = math.nan
    reason = deferred("no event with a move")
    return Headline(name, window, 0, 0, 0, nan, nan, nan, nan, nan, nan, nan, nan, reason)


def _withhold_verdict(row: Headline) -> Headline:
    """The headline without its verdict where one rate or few carry it (rule 20)."""
    if row.reason:
        return row
    reason = no_verdict_reason(row.rates, row.clusters, row.largest_share)
    if not reason:
        return row
    nan = math.nan
    return replace(
        row, reason=reason, low=nan, high=nan, p_value=nan, p_adjusted=nan,
        smallest_visible=nan, statistic=nan,
    )  # fmt: skip


def _adjust_split(
    rows: Sequence[SplitRow], of_first: Sequence[int], correction: str
) -> tuple[SplitRow, ...]:
    """The rows with p corrected over the distinct questions; repeated ones take the same."""
    p = np.array(
        [
            math.nan if row.headline.reason or of_first[k] != k else row.headline.p_value
            for k, row in enumerate(rows)
        ],
        dtype=float,
    )
    adjusted = CORRECTIONS[correction](p)
    return tuple(
        row
        if row.headline.reason
        else replace(row, headline=replace(row.headline, p_adjusted=float(adjusted[first])))
        for row, first in zip(rows, of_first, strict=True)
    )


# ---- JSON


def regimes_json(answer: RegimeAnswer) -> dict[str, Any]:
    """The regimes, what their number rests on, and the tests, as JSON values."""
    summary = {
        "series": answer.card.id,
        "kind": answer.request.kind,
        "factor": answer.factor.id if answer.factor else None,
        "moves": answer.n,
        "least_moves": answer.least,
        "double_maximum": answer.statistic,
        "p_value": answer.p_value,
        "smallest_visible": answer.visible,
        "breaks": len(answer.regimes) - 1,
        "breaks_by_bic": answer.count_by_bic,
        "breaks_by_lwz": answer.count_by_lwz,
        "variance_breaks": [day.isoformat() for day in answer.variance_breaks],
    }
    return {
        "summary": {name: json_value(value) for name, value in summary.items()},
        "regimes": table_json("regimes", [answer]),
        "break_counts": table_json("break_counts", [answer]),
    }
