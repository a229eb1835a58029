"""Where one move stands among the pseudo-dates that it is compared with."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

from dashboard.domain.series import Days, Floats, Ints
from dashboard.domain.study import CarResult, Pool


@dataclass(frozen=True, slots=True)
class Rank:
    """A move among the dates of one pool.

    `percentile` = 100 x the share of the `size` dates with a smaller |SCAR|, the move in units
    of the volatility learnt before it; `by_move` with a smaller |CAR|; `p` = the share of dates
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
        shares: tuple[Floats, Floats, Floats],
        counts: tuple[Ints, Ints],
        days: tuple[Days, Days],
        k: int,
    ) -> Rank:
        """That of event `k` of N: p and both percentiles, size and close, first and last day."""
        p, percentile, by_move = (_number(float(values[k])) for values in shares)
        size, close = (int(values[k]) for values in counts)
        first, last = (values[k].item() for values in days)
        return cls(pool, size, p, percentile, by_move, first, last, close)

    @classmethod
    def of_car(cls, car: CarResult, k: int, pool: Pool) -> Rank:
        """That of event `k` of a study among the dates it was asked to compare with."""
        return cls.of(
            pool,
            (car.placebo_p, car.percentile, car.percentile_by_move),
            (car.n_placebo, car.n_close),
            (car.pool_first, car.pool_last),
            k,
        )


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None
