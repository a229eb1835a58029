"""Simulated returns without any event effect, and the real dates of the shipped catalogue.

Four designs, each a series of the length of the shipped one: `block` (blocks of its returns in
another order: no effect, volatility in spells elsewhere), `garch` (GARCH(1,1) with Student t
shocks), `local` (each return replaced by one from within 40 rows with a random sign: volatility
drifts as it did), `flip` (the real moves on their days with random signs: no mean effect, event
days as volatile as they were).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from dashboard.eventstudy.alignment import align_events
from dashboard.eventstudy.returns import compute_returns, has_full_windows
from dashboard.models.event import Event
from dashboard.models.series import Floats, Ints, RateSeries
from dashboard.models.study import StudyRequest
from dashboard.sources.events.catalogue import Catalogue
from dashboard.sources.rates.bundled import BundledRates

DESIGNS: Final = ("block", "garch", "local", "flip")
SERIES: Final = "usd_rub_cbr"
BLOCK: Final = 20
"""Mean length of a block in rows (stationary bootstrap, Politis & Romano 1994, JASA 89)."""
NEAR: Final = 40
GARCH: Final = (0.10, 0.88, 5)
"""Alpha, beta and the degrees of freedom of the shocks."""
BURN_IN: Final = 300
FEWEST_CLUSTERS: Final = 8
ALL: Final = "all"


@dataclass(frozen=True, eq=False, slots=True)
class RealGroup:
    """The events of one category that the shipped series can measure.

    `row` (n,) are their rows of offset 0, ascending; `cluster` (n,) numbers the groups of events
    whose event windows overlap.
    """

    name: str
    events: tuple[Event, ...]
    row: Ints
    cluster: Ints

    @property
    def clusters(self) -> int:
        """How many clusters there are."""
        return int(self.cluster[-1]) + 1


def shipped_series() -> RateSeries:
    """The default series, Bank of Russia USD/RUB."""
    return BundledRates().get(SERIES)


def shipped_returns() -> Floats:
    """Its log returns as the rouble's value, NaN in row 0, (T,)."""
    series = shipped_series()
    return compute_returns(series.rate, series.card.move_sign, "log")


def real_groups(request: StudyRequest) -> tuple[RealGroup, ...]:
    """The whole catalogue and every category with at least 8 clusters, by name."""
    series, events = shipped_series(), Catalogue().events()
    rows = align_events(series, events).row
    reach = (request.estimation, request.gap)
    inside = (rows >= 1) & has_full_windows(rows, request.window, reach, len(series))
    found = []
    for name in (ALL, *sorted({event.category for event in events})):
        chosen = [
            k for k, event in enumerate(events) if inside[k] and name in {ALL, event.category}
        ]
        chosen.sort(key=lambda k: int(rows[k]))
        if not chosen:
            continue
        row = rows[chosen]
        length = request.window[1] - request.window[0] + 1
        cluster = np.concatenate(([0], np.cumsum(np.diff(row) >= length)))
        group = RealGroup(name, tuple(events[k] for k in chosen), row, cluster)
        if group.clusters >= FEWEST_CLUSTERS:
            found.append(group)
    return tuple(found)


def simulate(design: str, returns: Floats, count: int, random: np.random.Generator) -> Floats:
    """Returns of `count` series without an effect, (count, T), NaN in row 0."""
    real = returns[1:]
    shape = (count, len(real))
    if design == "block":
        made = (real - real.mean())[_blocks(shape, random)]
    elif design == "garch":
        made = _garch(shape, float(real.std()), random)
    elif design == "local":
        at = np.arange(len(real)) + random.integers(-NEAR, NEAR + 1, shape)
        at = np.clip(at, 0, len(real) - 1)
        made = real[at] * _signs(shape, random)
    elif design == "flip":
        made = real * _signs(shape, random)
    else:
        raise ValueError(design)
    return np.column_stack((np.full(count, np.nan), made))


def _signs(shape: tuple[int, int], random: np.random.Generator) -> Floats:
    return random.integers(0, 2, shape) * 2.0 - 1.0


def _blocks(shape: tuple[int, int], random: np.random.Generator) -> Ints:
    """Rows of blocks of geometric length that begin anywhere and go on round the series."""
    starts = random.random(shape) < 1 / BLOCK
    starts[:, 0] = True
    begin = random.integers(0, shape[1], shape)
    column = np.arange(shape[1])
    last = np.maximum.accumulate(np.where(starts, column, 0), axis=1)
    return (np.take_along_axis(begin, last, axis=1) + column - last) % shape[1]


def _garch(shape: tuple[int, int], sd: float, random: np.random.Generator) -> Floats:
    alpha, beta, df = GARCH
    shocks = random.standard_t(df, (shape[1] + BURN_IN, shape[0])) * np.sqrt((df - 2) / df)
    made = np.empty_like(shocks)
    variance = np.full(shape[0], sd**2)
    for t, shock in enumerate(shocks):
        made[t] = np.sqrt(variance) * shock
        variance = (1 - alpha - beta) * sd**2 + alpha * made[t] ** 2 + beta * variance
    return made[BURN_IN:].T
