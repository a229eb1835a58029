"""Precedents: the events most alike to one, what followed them, and how unusual this one is.

They are chosen by `dashboard.services.likeness`, which does not know what followed. See
"Precedents" in docs/statistics.md.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from dashboard.eventstudy.alignment import AFTER_DATA, align_events
from dashboard.eventstudy.numerics import holm
from dashboard.eventstudy.panel import (
    binomial_share_p,
    smallest_visible_count,
    wilson_interval,
)
from dashboard.eventstudy.placebo import (
    SIZE_TIE,
    TERCILE_LEVELS,
    eve_volatility,
)
from dashboard.eventstudy.returns import compute_returns
from dashboard.eventstudy.study import list_candidates
from dashboard.models.analyses import (
    PRECEDENT_HORIZONS,
    Precedent,
    PrecedentMove,
    PrecedentPoint,
    PrecedentRequest,
    Precedents,
    PrecedentSummary,
)
from dashboard.models.event import Event, Expected
from dashboard.models.messages import deferred
from dashboard.models.series import Bools, Floats, Ints, RateSeries, SeriesCard
from dashboard.models.study import MIN_CLUSTERS, StudyRequest, StudyResult, Window
from dashboard.services.likeness import (
    MIN_LIKENESS,
    Likeness,
    is_opposite,
    weighted_likeness,
)
from dashboard.services.study import measure_events

LAST_HORIZON: Final = PRECEDENT_HORIZONS[-1]
RUN_UP: Final = 5
"""Observations before the event that a path shows."""
REQUEST: Final = StudyRequest(
    model="none", window=(-RUN_UP, LAST_HORIZON), cars=tuple((0, h) for h in PRECEDENT_HORIZONS)
)
"""Plain moves from the base, with the volatility of the 120 moves before."""
MIN_FIRST_SCAR: Final = 0.25
"""A first move smaller than this, in units of volatility, is too small to come back."""

_SIGNS: Final = {Expected.STRONGER: 1, Expected.WEAKER: -1}


def find_precedents(
    series: RateSeries,
    event: Event,
    known: Sequence[Event],
    request: PrecedentRequest | None = None,
) -> Precedents:
    """The known events most alike to an event, and what followed them on one series.

    Args:
        series: the observations.
        event: the event, stored or a draft; it may lie in the future.
        known: every known event; those that have not happened are no precedents.
        request: how many are taken, and from which.

    Raises:
        InputError: the series is no price.
    """
    request = request or PrecedentRequest()
    others = [other for other in known if other.id != event.id]
    measured, likeness = _Measured.of(series, event, others), Likeness(event, known)
    target = measured.add_moves(measured.describe(event, likeness, None))
    compared = [measured.describe(other, likeness, target) for other in others]
    alike = [one for one in compared if one.likeness >= MIN_LIKENESS]
    taken, left_out = _choose(measured, target, alike, request)
    # Of the events left out those are listed that would have been taken.
    least = taken[-1].likeness if len(taken) == request.number else MIN_LIKENESS
    return Precedents(
        target,
        series.card,
        request,
        tuple(taken),
        tuple(one for one in left_out if one.likeness >= least),
        len(compared),
        len(compared) - len(alike),
        _summarise(measured, target, taken, request),
    )


# ---- measuring


@dataclass(frozen=True, slots=True)
class _Measured:
    """The event and the others on the series: rows of their first rates, moves, volatilities.

    `row` is the length of the series where the first rate is still to come, 0 before the data.
    """

    series: RateSeries
    at: int
    row: Mapping[str, int]
    result: StudyResult
    index: Mapping[str, int]
    skipped: Mapping[str, str]
    tercile: Mapping[str, int | None]

    @classmethod
    def of(cls, series: RateSeries, event: Event, others: Sequence[Event]) -> _Measured:
        """Measure them; terciles are those of the volatilities known before the event."""
        events = (event, *others)
        result = measure_events(series, events, REQUEST)
        rows = align_events(series, events).row
        rows = np.where(rows == AFTER_DATA, len(series), np.maximum(rows, 0))
        returns = compute_returns(series.rate, series.card.move_sign, REQUEST.returns)
        volatility = eve_volatility(np.append(returns, np.nan))
        ids = [one.id for one in events]
        return cls(
            series,
            int(rows[0]),
            dict(zip(ids, rows.tolist(), strict=True)),
            result,
            {one.id: k for k, one in enumerate(result.events)},
            {row.event_id: row.reason for row in result.skipped},
            dict(zip(ids, find_terciles(volatility, rows), strict=True)),
        )

    def describe(self, one: Event, likeness: Likeness, target: Precedent | None) -> Precedent:
        """An event, still without moves; with its likeness to the target, if that is given."""
        tercile, step = self.tercile[one.id], likeness.step(one)
        parts = likeness.parts(one, (target.tercile, tercile)) if target else []
        like = weighted_likeness(parts) if target else 1.0
        return Precedent(one, like, tuple(parts), tercile=tercile, step=step)

    def add_moves(self, one: Precedent) -> Precedent:
        """The event with what followed it, where it is measured."""
        k, row = self.index.get(one.event.id), self.row[one.event.id]
        day = self.series.day[row].item() if 0 < row < len(self.series) else None
        if k is None:
            return replace(one, day=day)
        path = tuple(
            PrecedentPoint(
                one.event.id,
                int(offset),
                self.series.day[row + offset].item(),
                100 * float(move),
            )
            for offset, move in zip(self.result.offsets, self.result.from_base[0][k], strict=True)
            if math.isfinite(move)
        )
        near = sum(0 <= at - row <= 1 for name, at in self.row.items() if name != one.event.id)
        return replace(one, day=day, moves=self._moves(k), path=path, others=near)

    def _moves(self, k: int) -> tuple[PrecedentMove, ...]:
        moves: list[PrecedentMove] = []
        for horizon, car in zip(PRECEDENT_HORIZONS, self.result.cars, strict=True):
            move, scar = 100 * float(car.car[k]), float(car.t[k])
            if not math.isfinite(move):
                moves.append(PrecedentMove(horizon))
                continue
            first = moves[0] if moves else None
            back = None if first is None else share_that_came_back(first, move)
            scale = scar if math.isfinite(scar) else None
            moves.append(PrecedentMove(horizon, move, scale, back))
        return tuple(moves)


def find_terciles(volatility: Floats, rows: Ints) -> list[int | None]:
    """Where the volatility on the eve of N rows stands among those known before the first of them.

    Args:
        volatility: on the eve of each row of a series and of the next one, (n + 1,).
        rows: of N events, the one that the others are compared with first, (N,).
    """
    before = volatility[: rows[0]]
    before = before[np.isfinite(before)]
    if not len(before):
        return [None] * len(rows)
    cuts, eve = np.quantile(before, TERCILE_LEVELS), volatility[rows]
    places = np.searchsorted(cuts, eve).tolist()
    return [place if math.isfinite(x) else None for place, x in zip(places, eve, strict=True)]


def share_that_came_back(first: PrecedentMove, move: float) -> float | None:
    """100 x (first move - later move) / first move; None where the first is too small."""
    if first.move is None or first.scar is None or abs(first.scar) < MIN_FIRST_SCAR:
        return None
    return 100 * (first.move - move) / first.move


# ---- choice


def _choose(
    measured: _Measured,
    target: Precedent,
    alike: Iterable[Precedent],
    request: PrecedentRequest,
) -> tuple[list[Precedent], list[Precedent]]:
    """The precedents, the most alike first, and the others with their reason."""
    row = measured.row
    nearest = sorted(
        alike,
        key=lambda one: (-one.likeness, abs(row[one.event.id] - measured.at), one.event.id),
    )
    taken: list[Precedent] = []
    left_out: list[Precedent] = []
    for one in map(measured.add_moves, nearest):
        reason = _reason_against(measured, target, one, request)
        if not reason:
            crowd = (other for other in taken if _overlap(row, one.event.id, other.event.id))
            first = next(crowd, None)
            if first is not None:
                reason = deferred(
                    "crowded: its {n} observations overlap those of {title}, which is more alike",
                    n=LAST_HORIZON,
                    title=first.event.title,
                )
        if reason:
            left_out.append(replace(one, reason=reason))
        elif len(taken) < request.number:
            taken.append(one)
    return taken, left_out


def _overlap(row: Mapping[str, int], first: str, second: str) -> bool:
    return abs(row[first] - row[second]) <= LAST_HORIZON


def _reason_against(
    measured: _Measured, target: Precedent, one: Precedent, request: PrecedentRequest
) -> str:
    """Why an event is no precedent whatever the others are; empty where nothing is against it."""
    name = one.event.id
    series = measured.series.card.id
    reasons = (
        (measured.row[name] > measured.at and request.earlier_only, deferred("it came later")),
        (
            _overlap(measured.row, name, target.event.id),
            deferred("too near: its {n} observations overlap the event's own", n=LAST_HORIZON),
        ),
        (
            is_opposite(target.event, one.event),
            deferred("it was expected to move the rouble the other way"),
        ),
        (one.event.series not in {None, series}, deferred("it belongs to another series")),
        (not one.moves, measured.skipped.get(name, "")),
        (
            one.moves and one.moves[-1].move is None,
            deferred("not all of its {n} observations are known", n=LAST_HORIZON),
        ),
        (
            request.alone and one.others,
            deferred("crowded: other events have the same or the next first rate"),
        ),
    )
    return next((reason for applies, reason in reasons if applies), "")


# ---- what followed


@dataclass(frozen=True, eq=False, slots=True)
class _OrdinaryDays:
    """The days that the event is compared with: their moves up to each horizon."""

    card: SeriesCard
    move: dict[Window, Floats]
    scar: dict[Window, Floats]

    @classmethod
    def of(cls, measured: _Measured, request: PrecedentRequest) -> _OrdinaryDays:
        """All admissible dates that do not overlap the event; only earlier ones if requested."""
        days = list_candidates(measured.series, REQUEST)
        far = np.abs(days.row - measured.at) > LAST_HORIZON
        if request.earlier_only:
            far &= days.row < measured.at
        moves = ({w: of[w][far] for w in REQUEST.cars} for of in (days.car, days.scar))
        return cls(measured.series.card, *moves)

    def shares(
        self, window: Window, sign: int, least: float | None
    ) -> tuple[int, float | None, float | None]:
        """How many, and the shares that went one way, and at least as far in SCAR."""
        move, scar = self.move[window], self.scar[window]
        present = np.isfinite(move)
        n = int(present.sum())
        if not n:
            return 0, None, None
        same = present & (np.sign(move) == sign)
        further = None if least is None else float((same & is_as_far(scar, least)).sum()) / n
        return n, float(same.sum()) / n, further


def is_as_far(scar: Floats, least: float) -> Bools:
    """Which moves are at least as large as one in size, in units of volatility."""
    far: Bools = np.abs(scar) >= SIZE_TIE * abs(least)
    return far


def _summarise(
    measured: _Measured,
    target: Precedent,
    taken: Sequence[Precedent],
    request: PrecedentRequest,
) -> tuple[PrecedentSummary, ...]:
    """One row a horizon; p-values are adjusted over all of them."""
    days = _OrdinaryDays.of(measured, request)
    rows = [_summarise_horizon(at, target, taken, days) for at in range(len(PRECEDENT_HORIZONS))]
    questions = np.array([p for row in rows for p in (row.p_same_way, row.p_rank)], dtype=float)
    present = np.isfinite(questions)
    questions[present] = holm(questions[present])
    adjusted = [None if math.isnan(p) else p for p in questions.tolist()]
    return tuple(
        replace(row, p_same_way_adjusted=adjusted[2 * at], p_rank_adjusted=adjusted[2 * at + 1])
        for at, row in enumerate(rows)
    )


def _summarise_horizon(
    at: int, target: Precedent, taken: Sequence[Precedent], days: _OrdinaryDays
) -> PrecedentSummary:
    horizon = PRECEDENT_HORIZONS[at]
    own = target.moves[at] if target.moves else PrecedentMove(horizon)
    sign, basis = _counted_direction(own, target.event)
    followed = [one.moves[at] for one in taken]
    moves = np.array([one.move for one in followed], dtype=float)
    scars = np.array([one.scar for one in followed], dtype=float)
    back = [one.came_back for one in followed if one.came_back is not None]
    same = np.sign(moves) == sign
    n, same_way, is_judged = len(moves), int(same.sum()), len(moves) >= MIN_CLUSTERS
    n_ordinary, share, further_share = days.shares((0, horizon), sign, own.scar)
    low, high = wilson_interval(same_way, n) if is_judged else (None, None)
    rank = None
    if own.scar is not None and n:
        rank = 1 + int(is_as_far(scars, own.scar).sum())
    return PrecedentSummary(
        horizon,
        n,
        median=float(np.median(moves)) if n else None,
        low=float(moves.min()) if n else None,
        high=float(moves.max()) if n else None,
        came_back=float(np.median(back)) if back else None,
        n_came_back=len(back),
        direction=days.card.subject.direction(float(sign)),
        basis=basis,
        same_way=same_way,
        further=None if own.scar is None else int((same & is_as_far(scars, own.scar)).sum()),
        share_low=low,
        share_high=high,
        ordinary_share=share,
        ordinary_further=further_share,
        n_ordinary=n_ordinary,
        p_same_way=binomial_share_p(same_way, n, share) if is_judged and share else None,
        p_same_way_adjusted=None,
        visible=smallest_visible_count(n, share) if is_judged and share else None,
        rank=rank,
        p_rank=rank / (n + 1) if is_judged and rank else None,
        p_rank_adjusted=None,
        move=own.move,
    )


def _counted_direction(own: PrecedentMove, event: Event) -> tuple[int, str]:
    """The way that is counted, +1 = stronger, and why."""
    if own.move:
        return (1 if own.move > 0 else -1), "moved"
    sign = _SIGNS.get(Expected(event.expected))
    return (1, "neither") if sign is None else (sign, "expected")
