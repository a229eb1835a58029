"""Live rates: fetch what is new from publishers, and the status of every series."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

import numpy as np

from dashboard.models.errors import InputError, RoubleReactionError, SourceError
from dashboard.models.event import MOSCOW
from dashboard.models.moves import Fixing
from dashboard.models.publication import PUBLICATION_RULES
from dashboard.models.series import CacheUpdate, FetchState, RateSeries, SeriesCard
from dashboard.services.rates import KnownSeries

if TYPE_CHECKING:
    from dashboard.models.series import FetchResult
    from dashboard.services.rates import CombinedRates
    from dashboard.sources.rates.base import LiveSource, RateSource
    from dashboard.storage.base import RateStore


# ------------------------------------------------------------
# Count news: what an answer added to what a person could already see, shipped days included.


def count_new_observations(
    kept: CacheUpdate, before: KnownSeries | None, fetched: FetchResult
) -> CacheUpdate:
    """What an answer changed, where days that ship are known although never fetched.

    Args:
        kept: what the answer changed in the memory.
        before: the series as it was known; None: nothing was.
        fetched: the answer.
    """
    if before is None or fetched.series is None:
        return kept
    known, answer = before.series, fetched.series
    _, ours, theirs = np.intersect1d(known.opens, answer.opens, return_indices=True)
    with np.errstate(invalid="ignore"):
        moved = np.abs(answer.rate[theirs] / known.rate[ours] - 1) > 1e-9
    live = 0 if before.live is None else int(np.isin(before.live.opens, answer.opens).sum())
    return replace(
        kept,
        new=min(kept.new, len(answer) - len(theirs) - live),
        revised=max(kept.revised, int(moved.sum())),
    )


# ------------------------------------------------------------
# Refresh rates: ask publishers for what is new, and remember it; one process at a time.


log: Final = logging.getLogger("dashboard.rates")

MAX_AGE: Final = timedelta(minutes=30)
MAX_AGE_OF_BARS: Final = timedelta(minutes=1)
RETRY_AFTER: Final = timedelta(minutes=1)
LOCK_WAIT_SECONDS: Final = 20.0
"""Seconds to wait for another process that asks the same source."""
MAX_LOG_JUMP: Final = np.log(3.0)
"""No rate here has ever changed threefold from one number to the next."""


NO_CHANGES: Final = CacheUpdate()


class RefreshOutcome(StrEnum):
    """What became of one series."""

    NEW = "new"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class RefreshResult:
    """What became of one series.

    Attributes:
        kept: what changed.
        told: a sentence: what failed and what was kept, or why nothing was asked.
        last_day: the last market day known now.
        answered: whether its publisher's last answer was taken in; None: it was not asked.
    """

    series: str
    source: str
    outcome: RefreshOutcome
    kept: CacheUpdate = NO_CHANGES
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
class RefreshTask:
    """One series to be asked for."""

    source: LiveSource
    card: SeriesCard


RefreshProgress = Callable[[int, int, str], None]
"""Told how many series are done, of how many, and which comes next."""


def refresh_rates(
    known: CombinedRates,
    memory: RateStore,
    request: RefreshRequest,
    now: Callable[[], datetime],
    progress: RefreshProgress = lambda done, total, series_id: None,  # noqa: ARG005
) -> tuple[RefreshResult, ...]:
    """Ask for what is new; every source at once, the series of a source one after another.

    A failure of one series is told and stops no other; what is kept stays.

    Raises:
        InputError: there is no such series or source.
    """
    asked_at = now()
    groups = _group_by_source(refresh_tasks(known, memory, request))
    total = sum(len(group) for group in groups)
    done: list[RefreshResult] = []

    def run(group: Sequence[RefreshTask]) -> list[RefreshResult]:
        found = []
        for task in group:
            progress(len(done), total, task.card.id)
            one = _refresh_series(_RefreshRun(known, memory, request, now, asked_at), task)
            found.append(one)
            done.append(one)
        return found

    with ThreadPoolExecutor(max(len(groups), 1), thread_name_prefix="refresh") as pool:
        answers = [one for group in pool.map(run, groups) for one in group]
    progress(total, total, "")
    return tuple(answers)


def refresh_tasks(
    known: CombinedRates, memory: RateStore, request: RefreshRequest
) -> tuple[RefreshTask, ...]:
    """The series that a request means, in the order of the shelf.

    Raises:
        InputError: there is no such series or source; the message names those there are.
    """
    every = [RefreshTask(source, card) for source in known.live_sources for card in source.cards()]
    if request.source:
        _check_known_names("source", [request.source], {task.source.id for task in every})
    chosen = [t for t in every if not request.source or t.source.id == request.source]
    _check_known_names("series", request.series, {task.card.id for task in chosen})
    if request.series:
        return tuple(task for task in chosen if task.card.id in request.series)
    return tuple(
        t for t in chosen if not t.card.bar_minutes or _has_observations(memory, t.card.id)
    )


def _has_observations(memory: RateStore, series_id: str) -> bool:
    try:
        state = memory.state(series_id)
    except RoubleReactionError:
        return False
    return state is not None and state.rows > 0


def _check_known_names(what: str, wanted: Iterable[str], there: set[str]) -> None:
    for name in wanted:
        if name not in there:
            msg = f"{what} {name}: cannot be refreshed; choose {', '.join(sorted(there))}"
            raise InputError(msg)


def _group_by_source(tasks: Iterable[RefreshTask]) -> list[list[RefreshTask]]:
    groups: dict[str, list[RefreshTask]] = {}
    for task in tasks:
        groups.setdefault(task.source.id, []).append(task)
    return list(groups.values())


# ---------------------------------------------------------------- one series


@dataclass(frozen=True, slots=True)
class _RefreshRun:
    known: CombinedRates
    rate_cache: RateStore
    request: RefreshRequest
    now: Callable[[], datetime]
    asked_at: datetime


def _refresh_series(run: _RefreshRun, task: RefreshTask) -> RefreshResult:
    source, series_id = task.source, task.card.id
    try:
        with run.rate_cache.lock(source.id, LOCK_WAIT_SECONDS) as is_alone:
            if not is_alone:
                return _skipped_result(task, f"{source.publisher_name} is being asked by another process")
            state = run.rate_cache.state(series_id)
            reason = _completed_message(run, task) or _skip_reason(run, task, state)
            return (
                _skipped_result(task, reason, state) if reason else _fetch_series(run, task, state)
            )
    except RoubleReactionError as error:  # of the store; the source's are told by _ask
        log.warning("%s: %s", series_id, error)
        return RefreshResult(
            series_id, source.id, RefreshOutcome.FAILED, told=str(error), answered=False
        )


def _completed_message(run: _RefreshRun, task: RefreshTask) -> str:
    """Says so where the publisher has stopped and everything is there."""
    until = task.card.history_until
    last = _last_day(_last_known_series(run.known, task.card.id)) if until else None
    return f"it ended on {until} and is complete" if until and last and last >= until else ""


def _skip_reason(run: _RefreshRun, task: RefreshTask, state: FetchState | None) -> str:
    """Why a series need not be asked for; empty where it is to be."""
    if state is None or state.tried_at > run.now():  # noted while the clock was ahead
        return ""
    if state.tried_at > run.asked_at:
        return "another process has just asked for it"
    if run.request.force or run.request.since:
        return ""
    age = run.now() - state.tried_at
    fresh = MAX_AGE_OF_BARS if task.card.bar_minutes else MAX_AGE
    if state.problem:
        return f"it failed a moment ago: {state.problem}" if age < RETRY_AFTER else ""
    return "it was asked for a moment ago" if age < fresh else ""


def _fetch_series(run: _RefreshRun, task: RefreshTask, state: FetchState | None) -> RefreshResult:
    source, card = task.source, task.card
    last = _last_known_series(run.known, card.id)
    try:
        fetched = source.fetch(
            card.id, _fetch_start(run, task, last), _stored_validator(run, state)
        )
        _check_scale(last, fetched, source.publisher_name)
    except SourceError as error:
        run.rate_cache.record_failure(card.id, source.id, str(error), run.now())
        log.warning("%s: %s", card.id, error)
        day = _last_day(last)
        told = f"{error}; {retained_data_text(day)}"
        return RefreshResult(
            card.id, source.id, RefreshOutcome.FAILED, NO_CHANGES, told, day, answered=False
        )
    before = run.known.known(card.id)
    kept = count_new_observations(
        run.rate_cache.store(card.id, source.id, fetched, run.now()), before, fetched
    )
    after = _last_known_series(run.known, card.id)
    outcome = RefreshOutcome.NEW if kept.changed else RefreshOutcome.UNCHANGED
    notes, day = "; ".join(fetched.notes), _last_day(after)
    return RefreshResult(card.id, source.id, outcome, kept, notes, day, answered=True)


def _fetch_start(run: _RefreshRun, task: RefreshTask, last: RateSeries | None) -> date:
    """From where to read: the last days again, never so late that a hole is left."""
    overlap = timedelta(days=task.source.overlap_days)
    if last is None:
        return run.request.since or task.source.start(task.card.id)
    usual: date = last.record[-1].astype(object) - overlap
    return min(usual, run.request.since or usual)


def _stored_validator(run: _RefreshRun, state: FetchState | None) -> str:
    """The version that is kept, unless it is to be read again anyway."""
    again = run.request.since is not None
    return "" if state is None or not state.rows or again else state.stamp


def _check_scale(last: RateSeries | None, fetched: FetchResult, who: str) -> None:
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
    far = np.flatnonzero(np.abs(np.diff(np.log(rates))) > MAX_LOG_JUMP)
    if len(far):
        one, other = rates[far[0]], rates[far[0] + 1]
        msg = f"{who} answered {other:g} after {one:g}, which cannot be one series"
        raise SourceError(msg)


def _last_known_series(known: CombinedRates, series_id: str) -> RateSeries | None:
    found = known.known(series_id)
    return None if found is None or len(found.series) == 0 else found.series


def _last_day(series: RateSeries | None) -> date | None:
    return None if series is None else series.day[-1].astype(object)


def _skipped_result(task: RefreshTask, told: str, state: FetchState | None = None) -> RefreshResult:
    skipped = RefreshResult(task.card.id, task.source.id, RefreshOutcome.SKIPPED, told=told)
    if state is None:
        return skipped
    return replace(skipped, last_day=state.last_day, answered=not state.problem)


def retained_data_text(last_day: date | None) -> str:
    """What stays after a failure: "kept the data of 2 Sep 2026"."""
    if last_day is None:
        return "there are no earlier data"
    return f"kept the data of {format_day(last_day)}"


def format_day(day: date) -> str:
    """A day as messages write it: "2 Sep 2026"."""
    return f"{day.day} {day:%b %Y}"


# ------------------------------------------------------------
# Report rates: of every series how far it goes, how old it is, and what went wrong.


NEVER_FETCHED: Final = "nothing fetched yet"


@dataclass(frozen=True, slots=True)
class SeriesStatus:
    """How one series is now.

    Attributes:
        card: what it is.
        source: the live source it is refreshed from; empty where there is none.
        asked_of: the publisher it is asked of, as messages name it; empty where there is none.
        first_day: its first market day; None: nothing is known.
        last_day: its last market day.
        rows: how many observations there are.
        last_known_at: up to when (UTC) information is in the last of them.
        live: a number of today that may still change; it is in no study.
        age_days: calendar days in Moscow since the last market day.
        is_overdue: whether that is more than holidays explain.
        fetched_at: when an answer was last taken in; None: it is as it ships.
        tried_at: when it was last asked for.
        problem: why the last attempt failed, a sentence.
        notes: what a person should know about the last answer.
        revised: how many numbers were replaced by later ones.
        withheld: how many are left out as implausible.
        unchecked: how many could not be checked against official ones.
    """

    card: SeriesCard
    source: str = ""
    source_name: str = ""
    first_day: date | None = None
    last_day: date | None = None
    rows: int = 0
    last_known_at: datetime | None = None
    live: Fixing | None = None
    age_days: int | None = None
    is_overdue: bool = False
    fetched_at: datetime | None = None
    tried_at: datetime | None = None
    problem: str = ""
    notes: tuple[str, ...] = ()
    revised: int = 0
    withheld: int = 0
    unchecked: int = 0

    @property
    def age_label(self) -> str:
        """The age in words: "today", "3 days old", "82 days old, overdue", "ended"."""
        if self.age_days is None:
            return NEVER_FETCHED
        if self.has_ended:
            return f"ended on {self.card.history_until}"
        days = "day" if self.age_days == 1 else "days"
        said = f"{self.age_days} {days} old" if self.age_days > 0 else "today"
        return f"{said}, overdue" if self.is_overdue else said

    @property
    def has_ended(self) -> bool:
        """Whether the publisher has stopped and everything is there."""
        until = self.card.history_until
        return until is not None and self.last_day is not None and self.last_day >= until

    @property
    def remark(self) -> str:
        """What a status line adds, in one sentence; empty where all is well."""
        if self.problem:
            kept = f"; the data of {format_day(self.last_day)} stand" if self.last_day else ""
            return f"{self.problem}{kept}"
        if self.withheld:
            what = "number is" if self.withheld == 1 else "numbers are"
            return f"{self.withheld} {what} far from the official rate and left out"
        return self.notes[0] if self.notes else ""


def series_status(
    known: CombinedRates, memory: RateStore, now: datetime, series: Sequence[str] = ()
) -> tuple[SeriesStatus, ...]:
    """How every series is, also those of which nothing was fetched yet; nothing is raised.

    Args:
        known: what is known.
        memory: what was asked for.
        now: the moment, for ages.
        series: only these, all if empty.
    """
    sources = {card.id: source for source in known.live_sources for card in source.cards()}
    states, problem = _read_fetch_states(memory)
    return tuple(
        _status_of_card(
            known, card, _FetchAttempts(sources.get(card.id), states.get(card.id), problem, now)
        )
        for card in known.all_cards()
        if not series or card.id in series
    )


def imported_series_status(
    source: RateSource, now: datetime, series: Sequence[str] = ()
) -> tuple[SeriesStatus, ...]:
    """How a person's own series are; nothing refreshes them, so none is ever overdue."""
    asked = _FetchAttempts(None, None, "", now)
    told = []
    for card in source.cards():
        if series and card.id not in series:
            continue
        try:
            found = source.get(card.id)
            told.append(
                replace(_status_of_series(KnownSeries(found), asked), fetched_at=found.fetched_at)
            )
        except RoubleReactionError as error:
            told.append(SeriesStatus(card, problem=str(error)))
    return tuple(told)


def failing_sources(known: CombinedRates, memory: RateStore) -> tuple[str, ...]:
    """The publishers, as messages name them, that answered nothing usable when last asked."""
    states, _ = _read_fetch_states(memory)
    return tuple(
        source.publisher_name
        for source in known.live_sources
        if any(card.id in states and states[card.id].problem for card in source.cards())
    )


def series_status_json(reports: Sequence[SeriesStatus]) -> list[dict[str, Any]]:
    """What `rates list --json` prints of every series beyond its card."""
    return [
        {
            "id": each.card.id,
            "title": each.card.title,
            "publisher": each.card.publisher,
            "quantity": each.card.quantity,
            "limits": each.card.limits,
            "licence": each.card.licence,
            "date_rule": PUBLICATION_RULES[each.card.date_rule].description,
            "source": each.source or None,
            "first_day": _iso_text(each.first_day),
            "last_day": _iso_text(each.last_day),
            "rows": each.rows,
            "last_known_at": _iso_text(each.last_known_at),
            "age_days": each.age_days,
            "age": each.age_label,
            "overdue": each.is_overdue,
            "fetched_at": _iso_text(each.fetched_at),
            "tried_at": _iso_text(each.tried_at),
            "problem": each.problem or None,
            "notes": list(each.notes),
            "revised": each.revised,
            "withheld": each.withheld,
            "unchecked": each.unchecked,
            "live": None if each.live is None else {"day": _iso_text(each.live.day),
                                                    "known_at": _iso_text(each.live.known_at),
                                                    "rate": each.live.rate},
        }
        for each in reports
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class _FetchAttempts:
    """What is known of the attempts at a series, and why that cannot be read."""

    source: LiveSource | None
    state: FetchState | None
    unreadable: str
    now: datetime

    @property
    def problem(self) -> str:
        """Why the last attempt failed, or why that is not known; empty where all is well."""
        return (self.state.problem if self.state else "") or (
            self.unreadable if self.source else ""
        )

    @property
    def ids(self) -> tuple[str, str]:
        """The id of the source, and how messages name it."""
        return (self.source.id, self.source.publisher_name) if self.source else ("", "")


def _read_fetch_states(memory: RateStore) -> tuple[Mapping[str, FetchState], str]:
    try:
        return memory.states(), ""
    except RoubleReactionError as error:
        return {}, str(error)


def _status_of_card(known: CombinedRates, card: SeriesCard, asked: _FetchAttempts) -> SeriesStatus:
    source, asked_of = asked.ids
    try:
        found = known.known(card.id)
    except RoubleReactionError as error:
        return SeriesStatus(card, source, asked_of, problem=str(error))
    if found is None or len(found.series) == 0:
        tried = asked.state.tried_at if asked.state else None
        return SeriesStatus(card, source, asked_of, problem=asked.problem, tried_at=tried)
    return _status_of_series(found, asked)


def _status_of_series(found: KnownSeries, asked: _FetchAttempts) -> SeriesStatus:
    state, now, (source, asked_of) = asked.state, asked.now, asked.ids
    series, card = found.series, found.series.card
    last = Fixing.at(series, len(series) - 1)
    age = (now.astimezone(ZoneInfo(MOSCOW)).date() - last.day).days
    return SeriesStatus(
        card=card,
        source=source,
        source_name=asked_of,
        first_day=series.day[0].astype(object),
        last_day=last.day,
        rows=len(series),
        last_known_at=last.known_at,
        live=Fixing.at(found.live, 0) if found.live is not None else None,
        age_days=max(age, 0),
        is_overdue=card.history_until is None and age > card.stale_after,
        fetched_at=state.ok_at if state else None,
        tried_at=state.tried_at if state else None,
        problem=found.problem or asked.problem,
        notes=state.notes if state else (),
        revised=state.revised if state else 0,
        withheld=found.withheld,
        unchecked=found.unchecked,
    )


def _iso_text(value: date | datetime | None) -> str | None:
    return None if value is None else value.isoformat().replace("+00:00", "Z")
