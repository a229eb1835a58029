"""The panel: averages, tests, intervals and directions over the events of all series."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
from scipy import special

from dashboard.domain.series import Bools
from dashboard.domain.study import (
    Average,
    DirectionRow,
    Interval,
    StudyAnswer,
    StudyRequest,
    StudyResult,
    Window,
)
from dashboard.engine.averages import average_path
from dashboard.engine.clusters import bootstrap_intervals
from dashboard.engine.corrections import CORRECTIONS
from dashboard.engine.correlation import lead_lag
from dashboard.engine.families import distinct_groups, under_every_name
from dashboard.engine.headline import headlines
from dashboard.engine.pooled import Measured, Pooled, members_of
from dashboard.engine.regression import regress
from dashboard.engine.signs import hits_of, hits_p
from dashboard.engine.verdicts import apply_tests

LEVEL = 0.95


def pooled_answer(
    found: Sequence[tuple[StudyResult, Measured]],
    request: StudyRequest,
    asked: int,
    factor_names: tuple[str, ...] = (),
) -> StudyAnswer:
    """What all series say together; the event on its series is the unit.

    Args:
        found: result and raw measurements of each series.
        request: the parameters.
        asked: how many events were given.
        factor_names: names of the factors of every series.
    """
    results = tuple(result for result, _ in found)
    pooled = Pooled([measured for _, measured in found], tested_windows(request), request)
    tests = apply_tests(pooled)
    return StudyAnswer(
        request=request,
        results=results,
        averages=_averages(results, request),
        tests=tests,
        headlines=tuple(headlines(pooled, tests)),
        intervals=tuple(_intervals(pooled)),
        directions=directions(pooled),
        correlations=lead_lag(pooled),
        regression=regress(pooled, factor_names) if len(pooled) else (),
        skipped=tuple(row for result in results for row in result.skipped),
        asked=asked,
    )


def tested_windows(request: StudyRequest) -> tuple[Window, ...]:
    """`[t,t]` for every day of the event window, then the CAR windows, each once."""
    days = ((offset, offset) for offset in range(request.window[0], request.window[1] + 1))
    return tuple(dict.fromkeys((*days, *request.cars)))


def wilson(hits: int, n: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share (Wilson 1927, JASA 22); NaN for n = 0."""
    if n == 0:
        return float("nan"), float("nan")
    z = float(special.ndtri((1 + LEVEL) / 2))
    share, spread = hits / n, z**2 / n
    centre = (share + spread / 2) / (1 + spread)
    half = z / (1 + spread) * np.sqrt(share * (1 - share) / n + spread / (4 * n))
    return float(centre - half), float(centre + half)


def _averages(results: Sequence[StudyResult], request: StudyRequest) -> tuple[Average, ...]:
    offsets = np.arange(request.window[0], request.window[1] + 1, dtype=np.int64)
    abnormal = np.concatenate([result.abnormal for result in results])
    car = np.concatenate([result.car for result in results])
    events = [event for result in results for event in result.events]
    return tuple(
        row
        for name, member in members_of(events, request.by).items()
        for row in average_path(name, offsets, (abnormal[member], car[member]), request.seed)
    )


def _intervals(pooled: Pooled) -> Iterator[Interval]:
    for name, member in pooled.members.items():
        yield from bootstrap_intervals(name, pooled.sample(member))


def directions(pooled: Pooled) -> tuple[DirectionRow, ...]:
    """Hit rates of every group and CAR window; p corrected over the distinct ones."""
    rows = list(_directions(pooled, distinct_groups(pooled.members)))
    adjusted = CORRECTIONS[pooled.request.correction](np.array([row.p_value for row in rows]))
    corrected = (replace(row, p_adjusted=p) for row, p in zip(rows, adjusted.tolist(), strict=True))
    return under_every_name(corrected, pooled.members)


def _directions(pooled: Pooled, members: Mapping[str, Bools]) -> Iterator[DirectionRow]:
    for name, member in members.items():
        sample = pooled.sample(member)
        hits, n = hits_of(sample)
        p = hits_p(sample)
        expected = pooled.expected[member]
        for window in pooled.request.cars:
            w = pooled.windows.index(window)
            count, hit = int(n[w]), int(hits[w])
            low, high = wilson(hit, count)
            yield DirectionRow(
                group=name,
                window=window,
                n=count,
                hits=hit,
                share=hit / count if count else float("nan"),
                low=low,
                high=high,
                p_value=float(p[w]) if count else float("nan"),
                unclear=int((expected == 0).sum()),
                unmoved=int(((sample.car[:, w] == 0) & (expected != 0)).sum()),
            )
