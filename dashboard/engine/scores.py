"""Scores against moves: Spearman's rho with its placebo from calendar shifts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import numpy as np

from dashboard.domain.relation import AGAINST, SCORES, Score, ScoredEvents, ScoreRow, tagged_score
from dashboard.domain.series import Floats, Ints
from dashboard.domain.study import StudyRequest, Window
from dashboard.engine.corrections import CORRECTIONS
from dashboard.engine.pooled import Measured
from dashboard.engine.ranks import DECIMALS, average_ranks

FEWEST: Final = 5
"""With fewer events a rank correlation says nothing."""
MOST_CELLS: Final = 300_000
"""Events times shifts that are ranked; of more shifts evenly spaced ones are taken."""
BAND: Final = (0.025, 0.975)
TIE: Final = 1e-9


def score_moves(
    measured: Measured, request: StudyRequest, window: Window
) -> tuple[tuple[ScoreRow, ...], tuple[ScoredEvents, ...]]:
    """Every score that events have, against their CAR and against its size.

    `tone` and `intensity` come from tags, `crowd` counts the studied events that share the
    first observation. The placebo moves all dates together by every circular shift over the
    admissible positions that have a CAR (docs/statistics.md, 12); scores stay with their
    events, so that events on one day stay together.

    Args:
        measured: the events on one series.
        request: of the study.
        window: the CAR window.

    Returns:
        A row a score and way of looking, p corrected over all of them, and the points.
    """
    moves, place = _admissible(measured, request, window)
    rows: list[ScoreRow] = []
    points: list[ScoredEvents] = []
    for score in SCORES:
        value = score_of_events(measured, score)
        if not np.isfinite(value).any():
            continue
        there = np.isfinite(value) & (place >= 0)
        ids = tuple(measured.events[k].id for k in np.flatnonzero(there).tolist())
        points.append(ScoredEvents(score, ids, value[there], moves[place[there]]))
        found = _rows((value[there], place[there], moves), (score, window))
        rows.extend(replace(row, without=int((~there).sum())) for row in found)
    adjusted = CORRECTIONS[request.correction](np.array([row.p_value for row in rows]))
    told = (replace(row, p_adjusted=p) for row, p in zip(rows, adjusted.tolist(), strict=True))
    return tuple(told), tuple(points)


def score_of_events(measured: Measured, score: Score) -> Floats:
    """The score of every event, (N,); NaN where it has none."""
    if score == "crowd":
        _, place, count = np.unique(measured.row, return_inverse=True, return_counts=True)
        return count[place].astype(float)
    return np.array([tagged_score(event, score) for event in measured.events], dtype=float)


def _admissible(measured: Measured, request: StudyRequest, window: Window) -> tuple[Floats, Ints]:
    """The CAR of every admissible position that has one, and the place of each event among them.

    A place of -1 is an event without a CAR, or one whose windows do not lie inside the series.
    """
    positions = measured.positions
    if len(positions) == 0:
        return np.zeros(0), np.full(len(measured.row), -1)
    car = measured.everywhere.car(window)[0]
    enough = measured.everywhere.prediction.usable >= request.min_estimation
    usable = positions[np.isfinite(car) & enough]
    place = np.searchsorted(usable, measured.row)
    return car[np.isin(positions, usable)], np.where(np.isin(measured.row, usable), place, -1)


def _rows(found: tuple[Floats, Ints, Floats], of: tuple[Score, Window]) -> Iterator[ScoreRow]:
    value, place, moves = found
    nothing = (float("nan"),) * 4
    for against in AGAINST:
        looked_at = moves if against == "move" else np.abs(moves)
        can_rank = len(value) >= FEWEST and np.ptp(value) > 0
        r, low, high, p = _against_shifts(value, place, looked_at) if can_rank else nothing
        yield ScoreRow(of[0], against, of[1], r, low, high, len(value), 0, p)


def _against_shifts(value: Floats, place: Ints, moves: Floats) -> tuple[float, float, float, float]:
    """rho, the band of its shifts, and the share of shifts as large; shift 0 is the data."""
    size = len(moves)
    count = min(size, max(MOST_CELLS // len(place), 1))
    steps = np.linspace(0, size, count, endpoint=False).astype(np.int64)
    _, rank = np.unique(np.round(moves, DECIMALS), return_inverse=True)
    shifted = rank[(place[None, :] + steps[:, None]) % size]
    left = average_ranks(value[None, :])[0]
    left = left - left.mean()
    right = average_ranks(shifted)
    right = right - right.mean(axis=1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        rho = (right @ left) / np.sqrt((left @ left) * (right**2).sum(axis=1))
    if not np.isfinite(rho[0]):
        return float("nan"), float("nan"), float("nan"), float("nan")
    known = rho[np.isfinite(rho)]
    low, high = np.quantile(known, BAND)
    p = float((np.abs(known) >= abs(rho[0]) - TIE).mean())
    return float(rho[0]), float(low), float(high), p
