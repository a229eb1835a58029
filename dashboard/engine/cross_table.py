"""Categories across series: mean CAR of each against the same dates shifted round the series."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from dashboard.domain.relation import CrossCell
from dashboard.domain.series import Floats
from dashboard.domain.study import StudyRequest, Window
from dashboard.engine.corrections import CORRECTIONS
from dashboard.engine.pooled import GroupSample, Measured, Pooled, members_of
from dashboard.engine.shifts import FEWEST_SHIFTS, share_at_least, shifted_means

FEWEST: Final = 3
"""A mean of fewer events is not shown: one of them would be it."""


def cells_of(
    series_id: str, measured: Measured, request: StudyRequest, window: Window
) -> Iterator[CrossCell]:
    """A cell for "all" and each category that has an event on this series.

    Args:
        series_id: what the cells are called.
        measured: the events on the series.
        request: of the study.
        window: the CAR window.
    """
    pooled = Pooled([measured], [window], request)

    def cars(each: Measured) -> Floats:
        return each.everywhere.car(window)[0][:, None]

    for group, member in members_of(pooled.events, request.by).items():
        sample = GroupSample(pooled, member)
        shifted, inside = shifted_means(sample, cars)
        n, means = int(inside[0]), shifted[:, 0]
        cell = CrossCell(group, series_id, window, n)
        if n < FEWEST:
            yield replace(cell, reason=f"only {n} event{'' if n == 1 else 's'} with a move")
            continue
        known = means[np.isfinite(means)]
        if len(known) < FEWEST_SHIFTS or known.std() == 0 or not np.isfinite(means[0]):
            yield replace(cell, reason=f"only {len(known)} shifts to compare with")
            continue
        caar = float(means[0])
        yield replace(
            cell,
            caar=caar,
            spread=float(known.std()),
            in_spreads=float((caar - known.mean()) / known.std()),
            percentile=float(100 * (np.abs(known) < abs(means[0]) * (1 - 1e-9)).mean()),
            p_value=float(share_at_least(means[:, None], two_sided=True)[0]),
        )


def corrected(cells: Iterable[CrossCell], request: StudyRequest) -> tuple[CrossCell, ...]:
    """The cells with p corrected over all of them."""
    listed: Sequence[CrossCell] = tuple(cells)
    adjusted = CORRECTIONS[request.correction](np.array([cell.p_value for cell in listed]))
    return tuple(
        replace(cell, p_adjusted=p) for cell, p in zip(listed, adjusted.tolist(), strict=True)
    )
