"""Refresh rates: ask publishers for what is new, and remember it; one process at a time."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import numpy as np

from dashboard.domain.errors import InputError, RoubleReactionError, SourceError
from dashboard.domain.remembered import FetchState, Kept
from dashboard.domain.series import RateSeries, SeriesCard
from dashboard.services.count_news import count_news

if TYPE_CHECKING:
    from dashboard.domain.fetched import Fetched
    from dashboard.services.known_rates import KnownRates
    from dashboard.sources.rates.base import LiveSource
    from dashboard.store.base import RateMemory

log: Final = logging.getLogger("dashboard.rates")

FRESH: Final = timedelta(minutes=30)
FRESH_BARS: Final = timedelta(minutes=1)
AFTER_FAILURE: Final = timedelta(minutes=1)
PATIENCE: Final = 20.0
"""Seconds to wait for another process that asks the same source."""
JUMP: Final = np.log(3.0)
"""No rate here has ever changed threefold from one number to the next."""


NOTHING: Final = Kept()


class Outcome(StrEnum):
    """What became of one series."""

    NEW = "new"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What became of one series.

    Attributes:
        kept: what changed.
        told: a sentence: what failed and what was kept, or why nothing was asked.
        last_day: the last market day known now.
        answered: whether its publisher's last answer was taken in; None: it was not asked.
    """

    series: str
    source: str
    outcome: Outcome
    kept: Kept = NOTHING
    told: str = ""
    last_day: date | None = None
    answered: bool | None = None


@dataclass(frozen=True, slots=True)
class RefreshRequest:
    """What is to be refreshed.

    Attributes:
        series: these series; all if empty, bars only where something of them is kept.
        source: only those of this source.
        since: read again from this day on.
        force: ask even what was asked a moment ago.
    """

    series: tuple[str, ...] = ()
    source: str = ""
    since: date | None = None
    force: bool = False


@dataclass(frozen=True, slots=True)
class Task:
    """One series to be asked for."""

    source: LiveSource
    card: SeriesCard


Progress = Callable[[int, int, str], None]
"""Told how many series are done, of how many, and which comes next."""


def refresh_rates(
    known: KnownRates,
    memory: RateMemory,
    request: RefreshRequest,
    now: Callable[[], datetime],
    progress: Progress = lambda done, total, series_id: None,  # noqa: ARG005
) -> tuple[Refreshed, ...]:
    """Ask for what is new; every source at once, the series of a source one after another.

    A failure of one series is told and stops no other; what is kept stays.

    Raises:
        InputError: there is no such series or source.
    """
    asked_at = now()
    groups = _by_source(tasks_of(known, memory, request))
    total = sum(len(group) for group in groups)
    done: list[Refreshed] = []

    def run(group: Sequence[Task]) -> list[Refreshed]:
        found = []
        for task in group:
            progress(len(done), total, task.card.id)
            one = _refresh(_Refresh(known, memory, request, now, asked_at), task)
            found.append(one)
            done.append(one)
        return found

    with ThreadPoolExecutor(max(len(groups), 1), thread_name_prefix="refresh") as pool:
        answers = [one for group in pool.map(run, groups) for one in group]
    progress(total, total, "")
    return tuple(answers)


def tasks_of(known: KnownRates, memory: RateMemory, request: RefreshRequest) -> tuple[Task, ...]:
    """The series that a request means, in the order of the shelf.

    Raises:
        InputError: there is no such series or source; the message names those there are.
    """
    every = [Task(source, card) for source in known.live_sources for card in source.cards()]
    if request.source:
        _refuse_unknown("source", [request.source], {task.source.id for task in every})
    chosen = [t for t in every if not request.source or t.source.id == request.source]
    _refuse_unknown("series", request.series, {task.card.id for task in chosen})
    if request.series:
        return tuple(task for task in chosen if task.card.id in request.series)
    return tuple(t for t in chosen if not t.card.bar_minutes or _has_rows(memory, t.card.id))


def _has_rows(memory: RateMemory, series_id: str) -> bool:
    try:
        state = memory.state(series_id)
    except RoubleReactionError:
        return False
    return state is not None and state.rows > 0


def _refuse_unknown(what: str, wanted: Iterable[str], there: set[str]) -> None:
    for name in wanted:
        if name not in there:
            msg = f"{what} {name}: cannot be refreshed; choose {', '.join(sorted(there))}"
            raise InputError(msg)


def _by_source(tasks: Iterable[Task]) -> list[list[Task]]:
    groups: dict[str, list[Task]] = {}
    for task in tasks:
        groups.setdefault(task.source.id, []).append(task)
    return list(groups.values())


# ---------------------------------------------------------------- one series


@dataclass(frozen=True, slots=True)
class _Refresh:
    known: KnownRates
    memory: RateMemory
    request: RefreshRequest
    now: Callable[[], datetime]
    asked_at: datetime


def _refresh(run: _Refresh, task: Task) -> Refreshed:
    source, series_id = task.source, task.card.id
    try:
        with run.memory.alone(source.id, PATIENCE) as is_alone:
            if not is_alone:
                return _skipped(task, f"{source.who} is being asked by another process")
            state = run.memory.state(series_id)
            reason = _is_complete(run, task) or _why_not(run, task, state)
            return _skipped(task, reason, state) if reason else _ask(run, task, state)
    except RoubleReactionError as error:  # of the store; the source's are told by _ask
        log.warning("%s: %s", series_id, error)
        return Refreshed(series_id, source.id, Outcome.FAILED, told=str(error), answered=False)


def _is_complete(run: _Refresh, task: Task) -> str:
    """Says so where the publisher has stopped and everything is there."""
    until = task.card.history_until
    last = _last_day(_last_known(run.known, task.card.id)) if until else None
    return f"it ended on {until} and is complete" if until and last and last >= until else ""


def _why_not(run: _Refresh, task: Task, state: FetchState | None) -> str:
    """Why a series need not be asked for; empty where it is to be."""
    if state is None or state.tried_at > run.now():  # noted while the clock was ahead
        return ""
    if state.tried_at > run.asked_at:
        return "another process has just asked for it"
    if run.request.force or run.request.since:
        return ""
    age = run.now() - state.tried_at
    fresh = FRESH_BARS if task.card.bar_minutes else FRESH
    if state.problem:
        return f"it failed a moment ago: {state.problem}" if age < AFTER_FAILURE else ""
    return "it was asked for a moment ago" if age < fresh else ""


def _ask(run: _Refresh, task: Task, state: FetchState | None) -> Refreshed:
    source, card = task.source, task.card
    last = _last_known(run.known, card.id)
    try:
        fetched = source.fetch(card.id, _since(run, task, last), _stamp(run, state))
        _refuse_jump(last, fetched, source.who)
    except SourceError as error:
        run.memory.note_failure(card.id, source.id, str(error), run.now())
        log.warning("%s: %s", card.id, error)
        day = _last_day(last)
        told = f"{error}; {kept_words(day)}"
        return Refreshed(card.id, source.id, Outcome.FAILED, NOTHING, told, day, answered=False)
    before = run.known.known(card.id)
    kept = count_news(run.memory.keep(card.id, source.id, fetched, run.now()), before, fetched)
    after = _last_known(run.known, card.id)
    outcome = Outcome.NEW if kept.changed else Outcome.UNCHANGED
    notes, day = "; ".join(fetched.notes), _last_day(after)
    return Refreshed(card.id, source.id, outcome, kept, notes, day, answered=True)


def _since(run: _Refresh, task: Task, last: RateSeries | None) -> date:
    """From where to read: the last days again, never so late that a hole is left."""
    overlap = timedelta(days=task.source.overlap_days)
    if last is None:
        return run.request.since or task.source.start(task.card.id)
    usual: date = last.record[-1].astype(object) - overlap
    return min(usual, run.request.since or usual)


def _stamp(run: _Refresh, state: FetchState | None) -> str:
    """The version that is kept, unless it is to be read again anyway."""
    again = run.request.since is not None
    return "" if state is None or not state.rows or again else state.stamp


def _refuse_jump(last: RateSeries | None, fetched: Fetched, who: str) -> None:
    """Refuse an answer of another scale than what is known: a factor of units, another symbol.

    Raises:
        SourceError: a number is more than three times its neighbour.
    """
    if fetched.series is None or len(fetched.series) == 0:
        return
    rates = fetched.series.rate
    if last is not None:
        before = last.rate[last.record < fetched.series.record[0]]
        rates = np.concatenate((before[np.isfinite(before)][-1:], rates))
    rates = rates[np.isfinite(rates)]
    far = np.flatnonzero(np.abs(np.diff(np.log(rates))) > JUMP)
    if len(far):
        one, other = rates[far[0]], rates[far[0] + 1]
        msg = f"{who} answered {other:g} after {one:g}, which cannot be one series"
        raise SourceError(msg)


def _last_known(known: KnownRates, series_id: str) -> RateSeries | None:
    found = known.known(series_id)
    return None if found is None or len(found.series) == 0 else found.series


def _last_day(series: RateSeries | None) -> date | None:
    return None if series is None else series.day[-1].astype(object)


def _skipped(task: Task, told: str, state: FetchState | None = None) -> Refreshed:
    skipped = Refreshed(task.card.id, task.source.id, Outcome.SKIPPED, told=told)
    if state is None:
        return skipped
    return replace(skipped, last_day=state.last_day, answered=not state.problem)


def kept_words(last_day: date | None) -> str:
    """What stays after a failure: "kept the data of 2 Sep 2026"."""
    if last_day is None:
        return "there are no earlier data"
    return f"kept the data of {day_words(last_day)}"


def day_words(day: date) -> str:
    """A day as messages write it: "2 Sep 2026"."""
    return f"{day.day} {day:%b %Y}"
