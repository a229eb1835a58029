"""Categories across series: the mean move of each, and whether its clusters are one-sided."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from dashboard.domain.relation import CrossCell
from dashboard.domain.series import Bools, Ints
from dashboard.domain.study import (
    FEWEST_CLUSTERS,
    FEWEST_RATES,
    LARGEST_SHARE,
    StudyRequest,
    Window,
)
from dashboard.engine.cluster_scores import cluster_scores, clusters_p
from dashboard.engine.corrections import CORRECTIONS
from dashboard.engine.families import distinct_groups, under_every_name
from dashboard.engine.headline import largest_share
from dashboard.engine.pooled import GroupSample, Measured, Pooled
from dashboard.engine.shifts import FEWEST_SHIFTS, shifted_means

FEWEST: Final = 3
"""A mean of fewer events is not shown: one of them would be it."""


@dataclass(frozen=True, eq=False, slots=True)
class SeriesCells:
    """The cells of the distinct groups of one series, and which events each group has."""

    cells: tuple[CrossCell, ...]
    members: dict[str, Bools]


def cells_of(
    series_id: str, measured: Measured, request: StudyRequest, window: Window
) -> SeriesCells:
    """A cell for "all" and each category that has an event on this series.

    Args:
        series_id: what the cells are called.
        measured: the events on the series.
        request: of the study.
        window: the CAR window.
    """
    pooled = Pooled([measured], [window], request)
    cells = (
        _cell(CrossCell(group, series_id, window, 0), pooled.sample(member))
        for group, member in distinct_groups(pooled.members).items()
    )
    return SeriesCells(tuple(cells), pooled.members)


def _cell(cell: CrossCell, sample: GroupSample) -> CrossCell:
    """The numbers of a cell; each distinct first rate counts once in them, `n` counts events."""
    clusters = cluster_scores(sample)
    n, first = int(sample.counts[0]), clusters.first
    first = first[np.isfinite(sample.car[first, 0])]
    if n < FEWEST:
        few = f"only {n} event{'' if n == 1 else 's'} with a move"
        return replace(cell, n=n, n_rates=len(first), reason=few)
    car, scar = sample.car[first, 0], sample.scar[first, 0]
    sums = clusters.of_windows()
    formed = int(np.isfinite(sums[:, 0]).sum())
    share = largest_share(car)
    scar = scar[np.isfinite(scar)]
    reason = why_no_verdict(len(first), formed, share)
    return replace(
        _against_shifts(cell, sample, first),
        n=n,
        caar=float(car.mean()),
        p_value=float("nan") if reason else float(clusters_p(sums)[0]),
        reason=reason,
        n_rates=len(first),
        mean_scar=float(scar.mean()) if len(scar) else float("nan"),
        largest_share=share,
        clusters=formed,
    )


def why_no_verdict(rates: int, clusters: int, share: float) -> str:
    """Why a mean on a series has no verdict; empty where it has one.

    It needs 8 distinct first rates, none of them with more than a fifth of the sum of the
    sizes of all moves, and 8 clusters of events: a few days of a storm are no class of events.
    """
    if rates < FEWEST_RATES:
        return f"only {rates} distinct rate{'' if rates == 1 else 's'}, {FEWEST_RATES} needed"
    if np.isnan(share):
        return "no move at all"
    if share > LARGEST_SHARE:
        return f"one rate is {100 * share:.0f} % of all moves, {100 * LARGEST_SHARE:.0f} % at most"
    if clusters < FEWEST_CLUSTERS:
        return f"only {clusters} clusters of events, {FEWEST_CLUSTERS} needed"
    return ""


def _against_shifts(cell: CrossCell, sample: GroupSample, first: Ints) -> CrossCell:
    """The cell with its place among the same rates shifted round the series."""
    window = cell.window
    once = np.zeros(len(sample.pooled), dtype=bool)
    once[np.flatnonzero(sample.member)[first]] = True
    rates = GroupSample(sample.pooled, once)
    shifted, _ = shifted_means(rates, lambda each: each.everywhere.car(window)[0][:, None])
    means = shifted[:, 0]
    known = means[np.isfinite(means)]
    if len(known) < FEWEST_SHIFTS or known.std() == 0 or not np.isfinite(means[0]):
        return cell
    return replace(
        cell,
        spread=float(known.std()),
        in_spreads=float((means[0] - known.mean()) / known.std()),
        percentile=float(100 * (np.abs(known) < abs(means[0]) * (1 - 1e-9)).mean()),
    )


def corrected(found: Iterable[SeriesCells], request: StudyRequest) -> tuple[CrossCell, ...]:
    """The cells of all series with p corrected over the distinct ones that have a verdict."""
    listed = tuple(found)
    cells = [cell for each in listed for cell in each.cells]
    adjusted = CORRECTIONS[request.correction](np.array([cell.p_value for cell in cells]))
    pairs = zip(cells, adjusted.tolist(), strict=True)
    with_p = iter([replace(cell, p_adjusted=p) for cell, p in pairs])
    return tuple(
        cell
        for each in listed
        for cell in under_every_name([next(with_p) for _ in each.cells], each.members)
    )
