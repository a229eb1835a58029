"""Moves of a series around an event or on a day, and their rank among pseudo-dates."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from dashboard.models.event import Event
from dashboard.models.series import Days, Floats, GapKind, Ints, MethodBreak, RateSeries, SeriesCard
from dashboard.models.study import CarResult, Pool, StudyRequest, Window

# ---- facts about a day


CHANGE_BASES: Final = ("previous", "week", "month", "quarter", "year", "year_end", "year_start")


@dataclass(frozen=True, slots=True)
class RateChange:
    """The change from a base observation to the requested day.

    `rub_per_usd_pct` is the percentage change of the quoted number, `usd_per_rub_pct` of its
    inverse; `log_points` = 100 x the move of the rouble (positive = stronger), or of the
    quoted number for a series that is not quoted in roubles.
    """

    base: str
    base_day: date
    base_rate: float
    rub_per_usd_pct: float
    usd_per_rub_pct: float
    log_points: float


@dataclass(frozen=True, slots=True)
class Observation:
    """A rate and its market day."""

    day: date
    rate: float


@dataclass(frozen=True, slots=True)
class DayFacts:
    """What one series says about one day; `day` is the last observation on or before it.

    `strongest_since` is the last earlier observation at least as strong, None where there is
    none in the data; `first_day` is where the data begin, so that None can be read rightly.
    """

    series: str
    quote: str
    requested: date
    day: date
    rate: float
    first_day: date
    changes: tuple[RateChange, ...]
    strongest_since: Observation | None
    weakest_since: Observation | None
    year_low: Observation
    year_high: Observation


# ---- placebo rank


@dataclass(frozen=True, slots=True)
class PlaceboRank:
    """A move among the dates of one pool.

    `percentile` = 100 x the share of the `size` dates with a smaller |SCAR|, the move in units of
    the volatility estimated before it; `by_move` with a smaller |CAR|; `p` = the share of dates
    and event with a |SCAR| at least as large. None where the move has no SCAR or the pool no
    date. The dates lie between `first` and `last`, `close` of them within two years of the event.
    """

    pool: Pool
    size: int = 0
    p: float | None = None
    percentile: float | None = None
    by_move: float | None = None
    first: date | None = None
    last: date | None = None
    close: int = 0

    @classmethod
    def of(
        cls,
        pool: Pool,
        values: tuple[Floats, Floats, Floats, Ints, Ints, Days, Days],
        k: int,
    ) -> PlaceboRank:
        """That of event `k` of N: p, both percentiles, size, close, first and last day."""
        *shares, size, close, first, last = (array[k].item() for array in values)
        p, percentile, by_move = (x if math.isfinite(x) else None for x in shares)
        return cls(pool, size, p, percentile, by_move, first, last, close)

    @classmethod
    def of_car(cls, car: CarResult, k: int, pool: Pool) -> PlaceboRank:
        """That of event `k` of a study among the dates of the study's pool."""
        return cls.of(
            pool,
            (
                car.placebo_p,
                car.percentile,
                car.percentile_by_move,
                car.n_placebo,
                car.n_close,
                car.pool_first,
                car.pool_last,
            ),
            k,
        )


# ---- what is usual after events of a kind


@dataclass(frozen=True, slots=True)
class UsualMoves:
    """How much a series moved in a window at past events of one category, whatever the direction.

    `median`, `low` and `high` are the median and the quartiles of the absolute moves in log
    points; events with the same first rate count once, so that there are `rates` moves of `events`
    events, whose days lie between `first` and `last`. `ordinary` is the median of all windows of
    the same length between them, events or not. With fewer than `MIN_CLUSTERS` rates the numbers
    are None, because so few say nothing of what is usual.
    """

    category: str
    series: str
    window: Window
    events: int
    rates: int
    first: date | None = None
    last: date | None = None
    median: float | None = None
    low: float | None = None
    high: float | None = None
    ordinary: float | None = None


# ---- one event on one series


@dataclass(frozen=True, slots=True)
class Fixing:
    """One observation: market day, printed date, the moments it covers (UTC) and the rate.

    `bar_minutes` is the length of a bar, 0 where there is one number a day.
    """

    day: date
    record: date
    opens: datetime
    known_at: datetime
    rate: float
    bar_minutes: int = 0

    @classmethod
    def at(cls, series: RateSeries, row: int) -> Fixing:
        """The observation in a row of a series."""
        return cls(
            date.fromisoformat(str(series.day[row])),
            date.fromisoformat(str(series.record[row])),
            datetime.fromisoformat(str(series.opens[row])).replace(tzinfo=UTC),
            datetime.fromisoformat(str(series.known_at[row])).replace(tzinfo=UTC),
            float(series.rate[row]),
            series.card.bar_minutes,
        )


@dataclass(frozen=True, slots=True)
class Timing:
    """Moment of the event -> first observation that can contain it -> base.

    `alternative` is the first observation that contains the event at the latest hour it can have
    been, where that is another one. `partial` = inside the averaging window; `far` = more
    than five days before the observation; `settled` = every hour it can have been gives the same
    first observation.
    """

    moment: datetime | None
    first: Fixing
    base: Fixing
    alternative: Fixing | None
    shift_days: int
    partial: bool
    far: bool
    settled: bool = True


@dataclass(frozen=True, slots=True)
class Move:
    """The move in one window, from the base (last observation before it) to its end.

    `log_points` = 100 x the rouble's log move; `car`, `car_se` in log points too. `ranks` says
    of each pool where the move stands in it. Numbers are None where they cannot be known, with
    `reason`.
    """

    window: Window
    base: Fixing | None
    end: Fixing | None
    log_points: float | None
    pct_quoted: float | None
    pct_inverse: float | None
    car: float | None
    car_se: float | None
    car_t: float | None
    p_value: float | None
    ranks: tuple[PlaceboRank, ...]
    crowd: tuple[Event, ...]
    reason: str = ""

    def rank(self, pool: Pool) -> PlaceboRank:
        """Where the move stands among the dates of a pool."""
        return next((rank for rank in self.ranks if rank.pool == pool), PlaceboRank(pool))


@dataclass(frozen=True, slots=True)
class PathPoint:
    """One offset of the event window; the move against the base in log points.

    Information enters its rate from `opens` to `known_at` (UTC). On bars `gap` says what
    precedes it: bars of the same day are `missing`, or a `session` ended; `weekend` that it is
    of a Saturday or Sunday.
    """

    offset: int
    day: date
    rate: float
    move: float
    low: float
    high: float
    opens: datetime | None = None
    known_at: datetime | None = None
    gap: GapKind = ""
    weekend: bool = False


@dataclass(frozen=True, slots=True)
class EventView:
    """Everything the Event page, the card and the API say about one event.

    `reason` is set, and `timing`, `moves` and `path` are empty, where the event lies outside
    the data or has too little history. `crowd` are the other events in the event window with
    their offsets, `breaks` the changes of the publisher's method that the window crosses.
    `sigma` is the standard deviation of one ordinary move in log points; `factors` are the
    series that the model of an ordinary move looks at.
    """

    event: Event
    card: SeriesCard
    request: StudyRequest
    timing: Timing | None
    moves: tuple[Move, ...]
    path: tuple[PathPoint, ...]
    crowd: tuple[tuple[int, Event], ...]
    flags: tuple[str, ...]
    n_estimation: int
    sigma: float | None
    previous_id: str | None
    next_id: str | None
    reason: str = ""
    breaks: tuple[MethodBreak, ...] = ()
    factors: tuple[SeriesCard, ...] = ()


@dataclass(frozen=True, slots=True)
class DayMove:
    """A move from one observation to the next and the events it can contain.

    `rank` says where it stands among the dates near it, `rank_both` where the move to the
    observation after it does: the windows [0,0] and [0,1] of an event it is the first rate of.
    On bars `known_at` is the end of the bar (UTC); None where there is one number a day.
    """

    day: date
    base_day: date
    rate: float
    base_rate: float
    log_points: float
    pct_quoted: float
    pct_inverse: float
    rank: PlaceboRank
    rank_both: PlaceboRank
    events: tuple[Event, ...]
    known_at: datetime | None = None
    base_known_at: datetime | None = None


# ---- one move by source


@dataclass(frozen=True, slots=True)
class SourceMove:
    """The move of one series over one window.

    Attributes:
        card: the series.
        rule: a description of its date rule.
        base: the observation before the window; None where there is none.
        end: the last observation of the window; None where there is none.
        log_points: 100 x the rouble's log move; positive = stronger.
        pct_quoted: change of the quoted number in per cent.
        pct_inverse: change of its inverse in per cent.
        partial: whether the event lies inside the averaging window of its observation.
        reason: why there are no numbers; empty where there are.
        event_id: the event that is measured; empty where it is a pair of days.
        window: first and last offset of the event's window; None for a pair of days.
    """

    card: SeriesCard
    rule: str
    base: Fixing | None = None
    end: Fixing | None = None
    log_points: float | None = None
    pct_quoted: float | None = None
    pct_inverse: float | None = None
    partial: bool = False
    reason: str = ""
    event_id: str = ""
    window: Window | None = None
