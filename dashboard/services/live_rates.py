"""Live rates: fetch what is new from publishers, and the status of every series."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from zoneinfo import ZoneInfo

import numpy as np

from dashboard.models.errors import InputError, RoubleReactionError, SourceError
from dashboard.models.event import MOSCOW, iso_text
from dashboard.models.messages import (
    deferred,
    join_clauses,
    keep_language,
    plural,
    translate_deferred,
)
from dashboard.models.messages import translate as _
from dashboard.models.moves import Fixing
from dashboard.models.publication import PUBLICATION_RULES
from dashboard.models.series import CacheUpdate, FetchState, RateSeries, SeriesCard
from dashboard.models.tickers import TickerFacts, is_ticker, refuse_other_publisher
from dashboard.services.rates import KnownSeries

if TYPE_CHECKING:
    from dashboard.models.series import FetchResult
    from dashboard.services.rates import CombinedRates
    from dashboard.sources.rates.base import LiveSource, RateSource
    from dashboard.storage.base import RateStore


log: Final = logging.getLogger("dashboard.rates")

MAX_AGE: Final = timedelta(minutes=30)
MAX_AGE_OF_BARS: Final = timedelta(minutes=1)
RETRY_AFTER: Final = timedelta(minutes=1)
LOCK_WAIT_SECONDS: Final = 20.0
"""Seconds to wait for another process that fetches from the same source."""
TICKER_WAIT_SECONDS: Final = 120.0
"""The same for a series that a person waits for: a long history of another takes half a minute."""
MAX_LOG_JUMP: Final = np.log(3.0)
"""No rate here has ever changed threefold from one number to the next."""
NO_CHANGES: Final = CacheUpdate()
NEVER_FETCHED: Final = deferred("nothing fetched yet")


# ---- refreshing


def count_new_observations(
    update: CacheUpdate, before: KnownSeries | None, fetched: FetchResult
) -> CacheUpdate:
    """The changes by an answer, where bundled observations count as known.

    Args:
        update: the changes of the cache.
        before: the series as known before; None: it was not.
        fetched: the answer.
    """
    if before is None or fetched.series is None:
        return update
    known, answer = before.series, fetched.series
    _common, known_rows, answer_rows = np.intersect1d(
        known.opens, answer.opens, return_indices=True
    )
    with np.errstate(invalid="ignore"):
        changed = np.abs(answer.rate[answer_rows] / known.rate[known_rows] - 1) > 1e-9
    live = 0 if before.live is None else int(np.isin(before.live.opens, answer.opens).sum())
    return replace(
        update,
        new=min(update.new, len(answer) - len(answer_rows) - live),
        revised=max(update.revised, int(changed.sum())),
    )


class RefreshOutcome(StrEnum):
    """The outcome of refreshing one series."""

    NEW = "new"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class RefreshResult:
    """The result of refreshing one series.

    Attributes:
        changes: the changes of the cache.
        message: a sentence: what failed and which data remain, or why it was skipped.
        last_day: the last market day known now.
        answered: whether the last answer of its publisher was stored; None: no request was made.
        is_refused: whether the name is wrong, and not the publisher at fault.
    """

    series: str
    source: str
    outcome: RefreshOutcome
    changes: CacheUpdate = NO_CHANGES
    message: str = ""
    last_day: date | None = None
    answered: bool | None = None
    is_refused: bool = False


@dataclass(frozen=True, slots=True)
class RefreshRequest:
    """Which series to refresh.

    Attributes:
        series: their ids, also tickers that were never fetched; all if empty, except bars of
            which nothing is stored.
        source: only those of this source.
        since: fetch again from this day on.
        force: fetch even what was fetched a moment ago.
    """

    series: tuple[str, ...] = ()
    source: str = ""
    since: date | None = None
    force: bool = False


@dataclass(frozen=True, slots=True)
class RefreshTask:
    """One series to fetch.

    Attributes:
        source: where it comes from.
        series: its id.
        card: None of a ticker that was never fetched.
        facts: of a ticker that was.
    """

    source: LiveSource
    series: str
    card: SeriesCard | None = None
    facts: TickerFacts | None = None

    def fetch(self, since: date, stamp: str) -> FetchResult:
        """Fetch the observations dated `since` or later."""
        if self.facts is None:
            return self.source.fetch(self.series, since, stamp)
        return self.source.fetch_ticker(self.facts, since, stamp)

    def start(self) -> date:
        """The first day of a first fetch."""
        if self.facts is None or self.facts.first_day is None:
            return self.source.start(self.series)
        return self.facts.first_day

    def resolve(self) -> RefreshTask:
        """The same task with what the publisher says of its ticker now.

        Raises:
            InputError: the publisher has no such series.
            SourceError: it did not answer.
        """
        facts = self.source.resolve(self.series.partition(":")[2])
        return replace(self, series=facts.id, card=self.source.ticker_card(facts), facts=facts)


RefreshProgress: TypeAlias = Callable[[int, int, str], None]
"""Called with the number of finished series, of all series, and the id of the next one."""


def refresh_rates(
    rates: CombinedRates,
    rate_cache: RateStore,
    request: RefreshRequest,
    now: Callable[[], datetime],
    progress: RefreshProgress = lambda done, total, series_id: None,  # noqa: ARG005
) -> tuple[RefreshResult, ...]:
    """Fetch new observations: sources in parallel, the series of a source one after another.

    A failure is reported in the result of its series; the others go on, stored data remain.

    Raises:
        InputError: there is no such series or source.
    """
    requested_at = now()
    by_source: dict[str, list[RefreshTask]] = {}
    for task in refresh_tasks(rates, rate_cache, request):
        by_source.setdefault(task.source.id, []).append(task)
    groups = list(by_source.values())
    total = sum(map(len, groups))
    done: list[RefreshResult] = []

    def run(group: Sequence[RefreshTask]) -> list[RefreshResult]:
        results = []
        for task in group:
            progress(len(done), total, task.series)
            result = _refresh_series(
                _RefreshRun(rates, rate_cache, request, now, requested_at), task
            )
            results.append(result)
            done.append(result)
        return results

    with ThreadPoolExecutor(max(len(groups), 1), thread_name_prefix="refresh") as pool:
        answers = [result for group in pool.map(keep_language(run), groups) for result in group]
    progress(total, total, "")
    return tuple(answers)


def fetch_quote(
    rates: CombinedRates, rate_cache: RateStore, series_id: str, now: Callable[[], datetime]
) -> float:
    """The last number of a live series, fetched now; also one that may still change.

    Raises:
        InputError: there is no such series.
        SourceError: its publisher did not answer, or it has no number.
    """
    request = RefreshRequest(series=(series_id,), force=True)
    results = refresh_rates(rates, rate_cache, request, now)
    if not results or results[0].outcome is RefreshOutcome.FAILED:
        raise SourceError(results[0].message if results else _("{id}: no answer", id=series_id))
    known = rates.known(results[0].series)
    last = None if known is None else known.live or known.series
    if last is None or not len(last) or not np.isfinite(last.rate[-1]):
        raise SourceError(_("{id}: no number was published yet", id=series_id))
    return float(last.rate[-1])


def refresh_tasks(
    rates: CombinedRates, rate_cache: RateStore, request: RefreshRequest
) -> tuple[RefreshTask, ...]:
    """The series of a request, in the order of the sources.

    Raises:
        InputError: there is no such series or source.
    """
    tasks = [
        RefreshTask(source, card.id, card)
        for source in rates.live_sources
        for card in source.cards()
    ]
    tasks += [
        RefreshTask(source, card.id, card, rates.ticker_facts(card.id))
        for card in rates.all_cards()
        for source in rates.live_sources
        if is_ticker(card.id) and source.id == card.id.partition(":")[0]
    ]
    if request.source:
        _check_known_names("source", [request.source], {task.source.id for task in tasks})
    chosen = {t.series: t for t in tasks if not request.source or t.source.id == request.source}
    if not request.series:
        return tuple(
            task
            for task in chosen.values()
            if task.card is None
            or not task.card.bar_minutes
            or _has_observations(rate_cache, task.series)
        )
    wanted = {rates.series_id(name): name for name in request.series}
    fresh = {name: task for name in wanted if (task := _new_ticker(rates, request, name))}
    chosen |= {name: task for name, task in fresh.items() if name not in chosen}
    for name in wanted.values():
        refuse_other_publisher(name)
    _check_known_names("series", wanted, set(chosen))
    return tuple(task for task in chosen.values() if task.series in wanted)


def _new_ticker(
    rates: CombinedRates, request: RefreshRequest, series_id: str
) -> RefreshTask | None:
    found = rates.ticker_source(series_id)
    if found is None or request.source not in {"", found[0].id}:
        return None
    return RefreshTask(found[0], series_id)


def _has_observations(rate_cache: RateStore, series_id: str) -> bool:
    try:
        state = rate_cache.state(series_id)
    except RoubleReactionError:
        return False
    return state is not None and state.rows > 0


def _check_known_names(field: str, wanted: Iterable[str], available: set[str]) -> None:
    for name in wanted:
        if name not in available:
            msg = _(
                "{field} {name}: cannot be refreshed; choose {available}",
                field=field,
                name=name,
                available=", ".join(sorted(available)),
            )
            raise InputError(msg)


@dataclass(frozen=True, slots=True)
class _RefreshRun:
    known: CombinedRates
    rate_cache: RateStore
    request: RefreshRequest
    now: Callable[[], datetime]
    requested_at: datetime


def _refresh_series(run: _RefreshRun, task: RefreshTask) -> RefreshResult:
    source, series_id = task.source, task.series
    seconds = TICKER_WAIT_SECONDS if task.card is None else LOCK_WAIT_SECONDS
    try:
        with run.rate_cache.lock(source.id, seconds) as is_alone:
            if not is_alone:
                return _skipped_result(
                    task,
                    _(
                        "{publisher} is being asked by another process",
                        publisher=source.publisher_name,
                    ),
                )
            if task.card is None:
                task = task.resolve()
            state = run.rate_cache.state(task.series)
            reason = _skip_reason(run, task, state)
            return (
                _skipped_result(task, reason, state) if reason else _fetch_series(run, task, state)
            )
    except RoubleReactionError as error:  # of the cache, or of a ticker that is not there
        log.warning("%s: %s", series_id, error)
        return RefreshResult(
            series_id, source.id, RefreshOutcome.FAILED, message=str(error), answered=False,
            is_refused=isinstance(error, InputError),
        )  # fmt: skip


def _skip_reason(run: _RefreshRun, task: RefreshTask, state: FetchState | None) -> str:
    """Why a series is not fetched; empty where it is."""
    card = task.card
    until = card.history_until if card else None
    last = _last_day(_last_known_series(run.known, task.series)) if until else None
    if until and last and last >= until:
        return _("it ended on {until} and is complete", until=until)
    if state is None or state.tried_at > run.now():  # recorded while the clock was ahead
        return ""
    if state.tried_at > run.requested_at:
        return _("another process has just asked for it")
    if run.request.force or run.request.since:
        return ""
    age = run.now() - state.tried_at
    fresh = MAX_AGE_OF_BARS if card and card.bar_minutes else MAX_AGE
    if state.problem:
        return (
            _("it failed a moment ago: {problem}", problem=state.problem)
            if age < RETRY_AFTER
            else ""
        )
    return _("it was asked for a moment ago") if age < fresh else ""


def _fetch_series(run: _RefreshRun, task: RefreshTask, state: FetchState | None) -> RefreshResult:
    source, series_id = task.source, task.series
    last = _last_known_series(run.known, series_id)
    try:
        again = state is None or not state.rows or run.request.since is not None
        validator = "" if again or state is None else state.stamp
        fetched = task.fetch(_fetch_start(run, task, last), validator)
        _check_answer(task, last, fetched)
    except SourceError as error:
        return _record_failure(run, task, last, error)
    if task.facts is not None:
        run.rate_cache.store_ticker(task.facts)
    before = run.known.known(series_id)
    changes = count_new_observations(
        run.rate_cache.store(series_id, source.id, fetched, run.now()), before, fetched
    )
    after = _last_known_series(run.known, series_id)
    outcome = RefreshOutcome.NEW if changes.changed else RefreshOutcome.UNCHANGED
    known = run.known.known(series_id)
    notes = (*fetched.notes, *(known.notes if known else ()))
    return RefreshResult(
        series_id, source.id, outcome, changes, "; ".join(notes), _last_day(after), answered=True
    )


def _record_failure(
    run: _RefreshRun, task: RefreshTask, last: RateSeries | None, error: SourceError
) -> RefreshResult:
    """The result of a failure, which is recorded unless it is of a ticker that has no number."""
    if task.facts is None or last is not None:
        run.rate_cache.record_failure(task.series, task.source.id, str(error), run.now())
    log.warning("%s: %s", task.series, error)
    day = _last_day(last)
    data = _("kept the data of {day}", day=format_day(day)) if day else ""
    message = join_clauses(str(error), data or _("there are no earlier data"))
    return RefreshResult(
        task.series, task.source.id, RefreshOutcome.FAILED, NO_CHANGES, message, day, answered=False
    )


def _fetch_start(run: _RefreshRun, task: RefreshTask, last: RateSeries | None) -> date:
    """The first day to fetch: with an overlap, and never so late that a gap is left."""
    overlap = timedelta(days=task.source.overlap_days)
    if last is None:
        return run.request.since or task.start()
    usual: date = last.record[-1].astype(object) - overlap
    return min(usual, run.request.since or usual)


def _check_answer(task: RefreshTask, last: RateSeries | None, fetched: FetchResult) -> None:
    """Refuse an implausible answer.

    Raises:
        SourceError: a ticker has no number at all, or another series changed its scale.
    """
    if task.facts is None:
        _check_scale(last, fetched, task.source.publisher_name)
    elif last is None and (fetched.series is None or len(fetched.series) == 0):
        msg = _(
            "{publisher} has no number of {series}",
            publisher=task.source.publisher_name,
            series=task.series,
        )
        raise SourceError(msg)


def _check_scale(last: RateSeries | None, fetched: FetchResult, publisher: str) -> None:
    """Refuse an answer of another scale than the known rates: other units, another symbol.

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
    jumps = np.flatnonzero(np.abs(np.diff(np.log(rates))) > MAX_LOG_JUMP)
    if len(jumps):
        earlier, later = rates[jumps[0]], rates[jumps[0] + 1]
        msg = _(
            "{publisher} answered {later:g} after {earlier:g}, which cannot be one series",
            publisher=publisher,
            later=later,
            earlier=earlier,
        )
        raise SourceError(msg)


def _last_known_series(rates: CombinedRates, series_id: str) -> RateSeries | None:
    series = rates.known(series_id)
    return None if series is None or len(series.series) == 0 else series.series


def _last_day(series: RateSeries | None) -> date | None:
    return None if series is None else series.day[-1].astype(object)


def _skipped_result(
    task: RefreshTask, message: str, state: FetchState | None = None
) -> RefreshResult:
    skipped = RefreshResult(task.series, task.source.id, RefreshOutcome.SKIPPED, message=message)
    if state is None:
        return skipped
    return replace(skipped, last_day=state.last_day, answered=not state.problem)


def format_day(day: date) -> str:
    """A day in messages: "2 Sep 2026"."""
    return f"{day.day} {day:%b %Y}"


# ---- status


@dataclass(frozen=True, slots=True)
class SeriesStatus:
    """The present state of one series.

    Attributes:
        card: its description.
        source: the id of the live source it is refreshed from; empty where there is none.
        source_name: the name of that source in messages; empty where there is none.
        first_day: its first market day; None: nothing is known.
        last_day: its last market day.
        rows: the number of observations.
        last_known_at: until when (UTC) information is in the last of them.
        live: a number of today that may still change; it is in no study.
        age_days: calendar days in Moscow since the last market day.
        is_overdue: whether that is longer than holidays explain.
        fetched_at: when an answer was last stored; None: the series is as bundled.
        tried_at: when it was last requested.
        problem: why the last request failed, a sentence.
        notes: remarks on the last answer.
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
        """The age as text: "today", "3 days old", "82 days old, overdue", "ended"."""
        if self.age_days is None:
            return translate_deferred(NEVER_FETCHED)
        if self.has_ended:
            return _("ended on {day}", day=self.card.history_until)
        if self.age_days <= 0:
            return _("today")
        if self.is_overdue:
            return plural("{n} day old, overdue", "{n} days old, overdue", self.age_days)
        return plural("{n} day old", "{n} days old", self.age_days)

    @property
    def has_ended(self) -> bool:
        """Whether the publisher has stopped and the series is complete."""
        until = self.card.history_until
        return until is not None and self.last_day is not None and self.last_day >= until

    @property
    def remark(self) -> str:
        """The remark of a status line, one sentence; empty where there is none."""
        if self.problem:
            day = format_day(self.last_day) if self.last_day else ""
            return join_clauses(self.problem, _("the data of {day} stand", day=day) if day else "")
        if self.withheld:
            return plural(
                "{n} number is far from the official rate and left out",
                "{n} numbers are far from the official rate and left out",
                self.withheld,
            )
        return self.notes[0] if self.notes else ""


def series_status(
    rates: CombinedRates, rate_cache: RateStore, now: datetime, series: Sequence[str] = ()
) -> tuple[SeriesStatus, ...]:
    """The state of every series, also of those never fetched; nothing is raised.

    Args:
        rates: the series and their sources.
        rate_cache: holds the state of the last requests.
        now: the moment, for ages.
        series: only these ids; all if empty.
    """
    sources = {
        card.id: source
        for card in rates.all_cards()
        if (source := source_of_card(rates, card)) is not None
    }
    states, problem = _read_fetch_states(rate_cache)
    return tuple(
        _status_of_card(
            rates, card, _FetchAttempts(sources.get(card.id), states.get(card.id), problem, now)
        )
        for card in rates.all_cards()
        if not series or card.id in series
    )


def source_of_card(rates: CombinedRates, card: SeriesCard) -> LiveSource | None:
    """The live source of a series; None where it has none."""
    ticker = rates.ticker_source(card.id)
    if ticker is not None:
        return ticker[0]
    return next((s for s in rates.live_sources if any(c.id == card.id for c in s.cards())), None)


def imported_series_status(
    source: RateSource, now: datetime, series: Sequence[str] = ()
) -> tuple[SeriesStatus, ...]:
    """The state of the imported series; they are not refreshed and never overdue."""
    attempts = _FetchAttempts(None, None, "", now)
    statuses = []
    for card in source.cards():
        if series and card.id not in series:
            continue
        try:
            imported = source.get(card.id)
            statuses.append(
                replace(
                    _status_of_series(KnownSeries(imported), attempts),
                    fetched_at=imported.fetched_at,
                )
            )
        except RoubleReactionError as error:
            statuses.append(SeriesStatus(card, problem=str(error)))
    return tuple(statuses)


def first_overdue_day(card: SeriesCard, last_day: date) -> date | None:
    """The first day (Moscow) on which a series is overdue after a last market day; None: never."""
    if card.history_until is not None:
        return None
    return last_day + timedelta(days=card.stale_after + 1)


def failing_sources(rates: CombinedRates, rate_cache: RateStore) -> tuple[str, ...]:
    """The names of the sources whose last request failed for a series."""
    states, _problem = _read_fetch_states(rate_cache)
    return tuple(
        source.publisher_name
        for source in rates.live_sources
        if any(state.source == source.id and state.problem for state in states.values())
    )


def series_status_json(statuses: Sequence[SeriesStatus]) -> list[dict[str, Any]]:
    """The state of every series as `rates list --json` prints it."""
    return [
        {
            "id": status.card.id,
            "title": status.card.title,
            "publisher": status.card.publisher,
            "quantity": status.card.quantity,
            "limits": status.card.limits,
            "licence": status.card.licence,
            "date_rule": PUBLICATION_RULES[status.card.date_rule].description,
            "source": status.source or None,
            "first_day": iso_text(status.first_day),
            "last_day": iso_text(status.last_day),
            "rows": status.rows,
            "last_known_at": iso_text(status.last_known_at),
            "age_days": status.age_days,
            "age": status.age_label,
            "overdue": status.is_overdue,
            "fetched_at": iso_text(status.fetched_at),
            "tried_at": iso_text(status.tried_at),
            "problem": status.problem or None,
            "notes": list(status.notes),
            "revised": status.revised,
            "withheld": status.withheld,
            "unchecked": status.unchecked,
            "live": None if status.live is None else {"day": iso_text(status.live.day),
                                                    "known_at": iso_text(status.live.known_at),
                                                    "rate": status.live.rate},
        }
        for status in statuses
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class _FetchAttempts:
    """The last requests for a series, and why their state cannot be read."""

    source: LiveSource | None
    state: FetchState | None
    unreadable: str
    now: datetime

    @property
    def problem(self) -> str:
        """Why the last request failed, or why that is not known; else empty."""
        return (self.state.problem if self.state else "") or (
            self.unreadable if self.source else ""
        )

    @property
    def source_names(self) -> tuple[str, str]:
        """The id of the source, and its name in messages."""
        return (self.source.id, self.source.publisher_name) if self.source else ("", "")


def _read_fetch_states(rate_cache: RateStore) -> tuple[Mapping[str, FetchState], str]:
    try:
        return rate_cache.states(), ""
    except RoubleReactionError as error:
        return {}, str(error)


def _status_of_card(
    rates: CombinedRates, card: SeriesCard, attempts: _FetchAttempts
) -> SeriesStatus:
    source, source_name = attempts.source_names
    try:
        known = rates.known(card.id)
    except RoubleReactionError as error:
        return SeriesStatus(card, source, source_name, problem=str(error))
    if known is None or len(known.series) == 0:
        tried = attempts.state.tried_at if attempts.state else None
        return SeriesStatus(card, source, source_name, problem=attempts.problem, tried_at=tried)
    return _status_of_series(known, attempts)


def _status_of_series(known: KnownSeries, attempts: _FetchAttempts) -> SeriesStatus:
    state, now, (source, source_name) = attempts.state, attempts.now, attempts.source_names
    series, card = known.series, known.series.card
    last, today = Fixing.at(series, len(series) - 1), now.astimezone(ZoneInfo(MOSCOW)).date()
    overdue = first_overdue_day(card, last.day)
    return SeriesStatus(
        card=card,
        source=source,
        source_name=source_name,
        first_day=series.day[0].astype(object),
        last_day=last.day,
        rows=len(series),
        last_known_at=last.known_at,
        live=Fixing.at(known.live, 0) if known.live is not None else None,
        age_days=max((today - last.day).days, 0),
        is_overdue=overdue is not None and today >= overdue,
        fetched_at=state.ok_at if state else None,
        tried_at=state.tried_at if state else None,
        problem=known.problem or attempts.problem,
        notes=(*known.notes, *(state.notes if state else ())),
        revised=state.revised if state else 0,
        withheld=known.withheld,
        unchecked=known.unchecked,
    )
