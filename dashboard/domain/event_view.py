"""What one event did on one series, ready to be put into words: timing, moves, neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from dashboard.domain.bars import Gap
from dashboard.domain.event import Event
from dashboard.domain.rank import Rank
from dashboard.domain.series import MethodBreak, RateSeries, SeriesCard
from dashboard.domain.study import Pool, StudyRequest, Window


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
    """Said when -> first observation that can contain it -> base.

    `alternative` is the first observation that contains the event at the latest hour it can have
    been, where that is another one. `partial` = said inside the averaging window; `far` = more
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
    ranks: tuple[Rank, ...]
    crowd: tuple[Event, ...]
    reason: str = ""

    def rank(self, pool: Pool) -> Rank:
        """Where the move stands among the dates of a pool."""
        return next((rank for rank in self.ranks if rank.pool == pool), Rank(pool))


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
    gap: Gap = ""
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
    rank: Rank
    rank_both: Rank
    events: tuple[Event, ...]
    known_at: datetime | None = None
    base_known_at: datetime | None = None
