"""The rows of the tables about rates, events, moves and facts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, Final, TypeAlias

import numpy as np

from dashboard.domain.day_facts import Change, DayFacts, Observation
from dashboard.domain.event import Event
from dashboard.domain.event_view import DayMove, EventView, Fixing, Move
from dashboard.domain.rank import Rank
from dashboard.domain.remembered import Revision
from dashboard.domain.series import RateSeries
from dashboard.domain.study import window_text

Rows: TypeAlias = list[tuple[Any, ...]]

TAG_SEPARATOR: Final = ";"
_IN_TAG: Final = re.compile(r"([\\;])")


def rate_rows(
    series: Iterable[RateSeries], since: date | None = None, until: date | None = None
) -> Iterator[tuple[Any, ...]]:
    """Published date, market day, moment known, rate and series id, of market days in a range."""
    for each in series:
        first = 0 if since is None else int(np.searchsorted(each.day, np.datetime64(since, "D")))
        last = len(each) if until is None else each.row_on_or_before(until) + 1
        rows = slice(first, max(first, last))
        yield from zip(
            np.datetime_as_string(each.record[rows], unit="D").tolist(),
            np.datetime_as_string(each.day[rows], unit="D").tolist(),
            [f"{moment}Z" for moment in np.datetime_as_string(each.known_at[rows], unit="s")],
            each.rate[rows].tolist(),
            [each.card.id] * (rows.stop - rows.start),
            strict=True,
        )


def revision_rows(revisions: Iterable[Revision]) -> Rows:
    """Series, printed date, beginning of the hours, both numbers, and when each was fetched."""
    return [
        (one.series, one.record, one.opens, one.was, one.became, one.was_fetched_at, one.seen_at)
        for one in revisions
    ]


def event_list_rows(events: Iterable[Event]) -> Iterator[tuple[Any, ...]]:
    """Events and notes with every field that can be read back."""
    return (
        (
            event.id, event.day, event.moment, event.zone, event.end_day, event.title,
            event.actor, event.category, event.expected, event.text, event.source_name,
            event.source_url, join_tags(event.tags), event.series, event.author, event.origin,
            event.confidence, event.created, event.updated, event.revision, event.visibility,
            event.hour_kind, event.reported,
        )
        for event in events
    )  # fmt: skip


def join_tags(tags: Iterable[str]) -> str:
    r"""Tags with `;` between; a `;` or `\` inside a tag is written `\;`, `\\`."""
    return TAG_SEPARATOR.join(_IN_TAG.sub(r"\\\1", tag) for tag in tags)


def largest_move_rows(series_id: str, moves: Sequence[DayMove]) -> Rows:
    """The largest moves of a period, as the page shows them."""
    return [
        (
            series_id, move.day, move.base_day, move.rate, move.base_rate, move.log_points,
            move.pct_quoted, move.pct_inverse, move.rank.percentile,
            " ".join(event.id for event in move.events), *_pool(move.rank),
            *([] if move.known_at is None else [move.known_at]),
        )
        for move in moves
    ]  # fmt: skip


def event_move_rows(view: EventView) -> Rows:
    """The moves around one event, a row a window; on bars with the ends of both bars."""
    bars = bool(view.card.bar_minutes)
    return [
        (
            view.event.id, view.card.id, window_text(move.window), *_fixing(move.base),
            *_fixing(move.end), *_numbers(move), move.rank("quiet").size, move.rank("all").size,
            len(move.crowd), " ".join(event.id for event in move.crowd), move.reason,
            *_pool(move.rank("near")), move.rank("quiet").p, move.rank("quiet").percentile,
            *([_known_at(move.base), _known_at(move.end)] if bars else []),
        )
        for move in view.moves
    ]  # fmt: skip


def event_window_rows(view: EventView) -> Rows:
    """The path around one event, a row an offset; on bars with the end of each."""
    bars = bool(view.card.bar_minutes)
    return [
        (
            view.event.id, view.card.id, p.offset, p.day, p.rate, p.move, p.low, p.high,
            *([p.known_at] if bars else []),
        )
        for p in view.path
    ]  # fmt: skip


def facts_rows(facts: Iterable[DayFacts]) -> Rows:
    """Facts of a day, a row a series and base; the records repeat on every row."""
    return [
        (
            fact.series, fact.quote, fact.asked, fact.day, fact.rate, *_change(change),
            *_observation(fact.strongest_since), *_observation(fact.weakest_since),
            *_observation(fact.year_low), *_observation(fact.year_high),
        )
        for fact in facts
        for change in fact.changes or (None,)
    ]  # fmt: skip


def _numbers(move: Move) -> tuple[float | None, ...]:
    return (
        move.log_points, move.pct_quoted, move.pct_inverse, move.car, move.car_se, move.car_t,
        move.p_value, move.rank("near").p, move.rank("all").p, move.rank("near").percentile,
        move.rank("all").percentile, move.rank("similar").percentile,
    )  # fmt: skip


def _pool(rank: Rank) -> tuple[float | int | date | None, ...]:
    return rank.by_move, rank.size, rank.first, rank.last


def _fixing(fixing: Fixing | None) -> tuple[date | None, float | None]:
    return (None, None) if fixing is None else (fixing.day, fixing.rate)


def _known_at(fixing: Fixing | None) -> datetime | None:
    return None if fixing is None else fixing.known_at


def _change(change: Change | None) -> tuple[Any, ...]:
    if change is None:
        return (None,) * 6
    return (
        change.base, change.base_day, change.base_rate, change.rub_per_usd_pct,
        change.usd_per_rub_pct, change.log_points,
    )  # fmt: skip


def _observation(observation: Observation | None) -> tuple[date | None, float | None]:
    return (None, None) if observation is None else (observation.day, observation.rate)
