"""Episodes: events linked to a story, studied by the first event or as one span.

A span runs from the base of the first event to some observations after the last one; its move is
compared with every other span of the same length. See "Episodes" in docs/statistics.md.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from dashboard.eventstudy.alignment import AFTER_DATA, align_events
from dashboard.eventstudy.clusters import cluster_sign_p
from dashboard.eventstudy.numerics import holm
from dashboard.eventstudy.placebo import SIZE_TIE
from dashboard.eventstudy.returns import compute_returns
from dashboard.models.analyses import Episode, EpisodeStudy
from dashboard.models.event import Event
from dashboard.models.messages import deferred
from dashboard.models.series import Floats, Ints, RateSeries
from dashboard.models.study import MIN_CLUSTERS, StudyRequest
from dashboard.services.events import fold_case

DEFAULT_AFTER: Final = 1
"""Observations after the first rate of the last event, as in the window [0,1]."""
MAX_AFTER: Final = 60
ORDINARY_LEVELS: Final = (0.025, 0.975)
POWER_FACTOR: Final = 2.8
"""A mean of so many standard errors is found in four studies of five (docs/statistics.md, 18)."""
REQUEST: Final = StudyRequest(model="none")
"""The estimation window, its gap and the fewest returns of it."""


# ---- stories


def story_key(story: str) -> str:
    """The name of a story for comparisons: case and outer blanks do not count."""
    return fold_case(" ".join(story.split()))


def group_stories(events: Iterable[Event]) -> dict[str, tuple[Event, ...]]:
    """The events of each story in the order of time, by its first spelling; stories by first day.

    Events without a story are left out; a story of one event is one.
    """
    groups: dict[str, list[Event]] = {}
    for event in sorted(events, key=lambda event: (event.starts_at, event.id)):
        if story_key(event.story):
            groups.setdefault(story_key(event.story), []).append(event)
    return {members[0].story.strip(): tuple(members) for members in groups.values()}


def first_events(events: Iterable[Event]) -> tuple[Event, ...]:
    """The first event of each story, for a study by episode."""
    return tuple(members[0] for members in group_stories(events).values())


# ---- spans


def measure_episodes(
    series: RateSeries, events: Sequence[Event], after: int = DEFAULT_AFTER
) -> EpisodeStudy:
    """Each story of some events as one span on one series, and all of them together.

    Args:
        series: the observations.
        events: the events; those without a story are left out.
        after: observations after the first rate of the last event that belong to a span.
    """
    moves = _SpanMoves.of(series)
    episodes, spans = [], []
    for story, members in group_stories(events).items():
        episode, span = _measure_story(series, moves, (story, members), after)
        episodes.append(episode)
        spans.append(span)
    return _summarise(series, after, _adjust(episodes), spans)


@dataclass(frozen=True, eq=False, slots=True)
class _SpanMoves:
    """Sums of returns and of their squares, so that every span is two look-ups.

    `total`, `square` and `count` (n + 1,) are of the returns before each row; a row without a
    return adds nothing to them.
    """

    total: Floats
    square: Floats
    count: Ints

    @classmethod
    def of(cls, series: RateSeries) -> _SpanMoves:
        returns = compute_returns(series.rate, series.card.move_sign, REQUEST.returns)
        known = np.where(np.isfinite(returns), returns, 0.0)
        total, square = (np.append(0.0, np.cumsum(values)) for values in (known, known**2))
        return cls(total, square, np.append(0, np.cumsum(np.isfinite(returns))))

    def measure(self, start: Ints, length: int) -> tuple[Floats, Floats]:
        """Moves and SCARs of spans of one length whose first rates are `start`, each (N,).

        SCAR = move / (sigma sqrt(length)), sigma the root mean square of the 120 returns that
        end 10 rows before the span; NaN where fewer than 60 are known, or a return is missing.
        """
        last = np.maximum(start - REQUEST.gap, 0)
        first = np.maximum(last - REQUEST.estimation, 0)
        usable = self.count[last] - self.count[first]
        whole = self.count[start + length] - self.count[start] == length
        with np.errstate(divide="ignore", invalid="ignore"):
            sigma = np.sqrt((self.square[last] - self.square[first]) / usable)
            move = np.where(whole, self.total[start + length] - self.total[start], np.nan)
            scar = move / (sigma * math.sqrt(length))
        enough = (usable >= REQUEST.min_estimation) & (sigma > 0)
        return move, np.where(enough, scar, np.nan)


def _measure_story(
    series: RateSeries, moves: _SpanMoves, story: tuple[str, tuple[Event, ...]], after: int
) -> tuple[Episode, tuple[int, int]]:
    """An episode, and the first and last row of its span; (0, -1) where it has none."""
    name, members = story
    episode = Episode(name, members, series.card.id)
    bound = [event for event in members if event.series in {None, series.card.id}]
    rows = align_events(series, bound).row if bound else np.array([], dtype=np.int64)
    n = len(series)
    if not len(rows) or (rows == AFTER_DATA).any() or (rows < 1).any() or rows.max() + after >= n:
        reason = deferred("not all of its events have a rate, and {n} more after the last", n=after)
        return replace(episode, reason=reason), (0, -1)
    start, end = int(rows.min()), int(rows.max()) + after
    length = end - start + 1
    days = series.day[[start, end]].tolist()
    placed = replace(episode, first=days[0], last=days[1], length=length)
    return _compare_spans(moves, placed, start, n), (start, end)


def _compare_spans(moves: _SpanMoves, episode: Episode, start: int, n: int) -> Episode:
    """The move of a span against those of every other span of its length."""
    length = episode.length
    own, scar = moves.measure(np.array([start]), length)
    if not math.isfinite(own[0]):
        return replace(episode, reason=deferred("a rate is missing"))
    moved = replace(episode, move=100 * float(own[0]))
    if not math.isfinite(scar[0]):
        return replace(moved, reason=deferred("too little history before it"))
    starts = np.arange(1, n - length + 1)
    starts = starts[np.abs(starts - start) >= length]
    others = moves.measure(starts, length)[1]
    others = others[np.isfinite(others)]
    separate = len(others) // length
    size = abs(float(scar[0]))
    measured = replace(moved, scar=float(scar[0]), n_spans=len(others), n_separate=separate)
    if separate < MIN_CLUSTERS:
        reason = deferred("fewer than {n} separate spans of its length", n=MIN_CLUSTERS)
        return replace(measured, reason=reason)
    scale = moved.move / measured.scar if moved.move and measured.scar else 0.0
    low, high = (np.quantile(others, ORDINARY_LEVELS) * scale).tolist()
    larger = int((np.abs(others) >= SIZE_TIE * size).sum())
    return replace(
        measured,
        low=low,
        high=high,
        percentile=100 * (1 - larger / len(others)),
        p=(1 + larger) / (1 + len(others)),
    )


# ---- all episodes together


def _adjust(episodes: Sequence[Episode]) -> tuple[Episode, ...]:
    """The episodes with the p of each adjusted for the number of them."""
    tested = [k for k, episode in enumerate(episodes) if episode.p is not None]
    adjusted = holm(np.array([episodes[k].p for k in tested], dtype=float)).tolist()
    by_place = dict(zip(tested, adjusted, strict=True))
    return tuple(replace(episode, p_adjusted=by_place.get(k)) for k, episode in enumerate(episodes))


def _summarise(
    series: RateSeries,
    after: int,
    episodes: tuple[Episode, ...],
    spans: Sequence[tuple[int, int]],
) -> EpisodeStudy:
    used = [k for k, episode in enumerate(episodes) if episode.scar is not None]
    scar = np.array([episodes[k].scar for k in used], dtype=float)
    moves = [episodes[k].move for k in used]
    label = label_overlaps([spans[k] for k in used])
    clusters = int(label.max()) + 1 if len(label) else 0
    sums: Floats = np.zeros(clusters)
    np.add.at(sums, label, scar)
    judged = clusters >= MIN_CLUSTERS
    return EpisodeStudy(
        series.card,
        after,
        episodes,
        len(used),
        clusters,
        mean=float(scar.mean()) if used else None,
        median=float(np.median(np.array(moves, dtype=float))) if used else None,
        p=float(cluster_sign_p(sums[:, None], REQUEST.seed)[0]) if judged else None,
        visible=POWER_FACTOR * float(np.sqrt((sums**2).sum())) / len(used) if judged else None,
    )


def label_overlaps(spans: Sequence[tuple[int, int]]) -> Ints:
    """The cluster of each span, from 0: spans that share a row, also through others, are one."""
    label = np.zeros(len(spans), dtype=np.int64)
    number, reach = -1, -1
    for k in sorted(range(len(spans)), key=lambda k: spans[k]):
        first, last = spans[k]
        number += first > reach
        reach = max(reach, last)
        label[k] = number
    return label
