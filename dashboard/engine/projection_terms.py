"""The variables of local projections: outcome, events, controls, lags and method breaks by row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from dashboard.domain.series import Bools, Floats, Ints, RateSeries
from dashboard.engine.bars import matched_rate
from dashboard.engine.returns import changes_of

LAGS: Final = 4
OWN: Final = (*range(1, LAGS + 1), 0)
"""The columns of the events of a group: their lags, and last the row itself."""
ENDS: Final = ("too near the start", "too near the end", "a rate is missing")


@dataclass(frozen=True, eq=False, slots=True)
class Sample:
    """The variables of one series: T rows, G groups, K controls.

    `log_rate` (T,) with the sign of the rouble, `counts` (T, G) events on their first rate,
    `events` (T, G x 5) by group these counts 1, 2, 3, 4 rows before and on the row itself,
    `controls` (T, K) log returns, `breaks` the rows whose return crosses a method break.
    """

    log_rate: Floats
    counts: Floats
    events: Floats
    controls: Floats
    names: tuple[str, ...]
    breaks: tuple[int, ...]

    def __len__(self) -> int:
        """The number of rows."""
        return len(self.log_rate)


def sample_of(series: RateSeries, rows: Sequence[Ints], controls: Sequence[RateSeries]) -> Sample:
    """The variables of a series; `rows` are those of the events of each of G groups."""
    counts = np.zeros((len(series), len(rows)))
    for g, at in enumerate(rows):
        np.add.at(counts[:, g], at, 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):  # no log of 0 or less: missing
        log_rate = series.card.move_sign * np.log(series.rate)
        returns = [changes_of(each.card, matched_rate(each, series), "log") for each in controls]
    days = np.array([each.day for each in series.card.breaks], dtype="datetime64[D]")
    first = np.searchsorted(series.day, days)
    return Sample(
        log_rate,
        counts,
        np.stack([ahead(counts, -lag) for lag in OWN], axis=-1).reshape(len(series), -1),
        np.column_stack(returns) if returns else np.empty((len(series), 0)),
        tuple(each.card.id for each in controls),
        tuple(sorted({row for row in first.tolist() if 0 < row < len(series)})),
    )


def shared_terms(
    sample: Sample, outcome: Floats, horizon: int
) -> tuple[Floats, Bools, tuple[tuple[str, int], ...]]:
    """Constant, controls, lagged returns and breaks (T, P); rows used; others by reason."""
    size = len(sample)
    first = max(1, -horizon)  # the last return before the difference begins
    own = np.concatenate(([np.nan], np.diff(sample.log_rate)))
    returns = np.column_stack([ahead(own, -lag) for lag in range(first, first + LAGS)])
    controls = [ahead(sample.controls, -lag) for lag in range(LAGS + 1)]
    row = np.arange(size)
    missing = ~np.isfinite(outcome + returns.sum(axis=1))
    ends = (row < first + LAGS, row + max(horizon, 0) >= size, missing)
    reasons = dict(zip(ENDS, ends, strict=True))
    for k, name in enumerate(sample.names):
        reasons[f"no return of {name}"] = ~np.isfinite(sum(each[:, k] for each in controls))
    used, dropped = np.ones(size, dtype=bool), []
    for reason, unusable in reasons.items():
        if count := int((used & unusable).sum()):
            dropped.append((reason, count))
        used &= ~unusable
    terms = np.column_stack((np.ones(size), *controls, returns, *_crossing(sample, horizon)))
    return terms, used, tuple(dropped)


def _crossing(sample: Sample, horizon: int) -> Iterator[Floats]:
    """An indicator a method break, (T,): the difference of the row crosses it."""
    first, last = (0, horizon) if horizon >= 0 else (horizon + 1, -1)
    row = np.arange(len(sample))
    for at in sample.breaks:
        yield ((row + first <= at) & (at <= row + last)).astype(float)


def ahead(values: Floats, rows: int) -> Floats:
    """`values` of so many rows later (earlier where negative), NaN outside the series."""
    out = np.full(values.shape, np.nan)
    size = len(values)
    if abs(rows) >= size:
        return out
    if rows >= 0:
        out[: size - rows] = values[rows:]
    else:
        out[-rows:] = values[:rows]
    return out
