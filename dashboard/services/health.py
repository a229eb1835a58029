"""Health: what works now, for the command `doctor` and for /healthz."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Protocol

from dashboard.models.errors import RoubleReactionError
from dashboard.models.messages import deferred, join_clauses, keep_language, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.services.inbox import FeedStatus, list_feed_statuses
from dashboard.services.rates import get_series, list_cards

if TYPE_CHECKING:
    from dashboard.models.records import StoreStatus
    from dashboard.services.jobs import RateRefreshState
    from dashboard.services.live_rates import SeriesStatus
    from dashboard.services.news import FeedStore
    from dashboard.services.notes import EventCatalogue
    from dashboard.services.rates import CombinedRates
    from dashboard.sources.rates.base import LiveSource, RateSource
    from dashboard.storage.base import InboxStore, RateStore

RECENT_PERIOD: Final = timedelta(days=20)
"""Requested from a live source: long enough that holidays are no failure."""


class ProbedStore(Protocol):
    """A store that reports its state without raising."""

    def probe(self) -> StoreStatus:
        """Whether it answers, and how much it holds."""


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check.

    Attributes:
        part: the name of the part, as users know it.
        works: whether the check passed.
        message: one sentence: the answer, or the problem and its remedy.
        seconds: the time it took.
    """

    part: str
    works: bool
    message: str
    seconds: float


def diagnose(
    rates: CombinedRates,
    rate_cache: RateStore,
    notes: ProbedStore,
    now: Callable[[], datetime],
    *,
    is_offline: bool = False,
) -> tuple[Finding, ...]:
    """Check every part once; nothing is raised and no stored data change.

    Args:
        rates: the series and their live sources.
        rate_cache: the cache of fetched rates.
        notes: the store of notes.
        now: the clock.
        is_offline: do not use the network.
    """
    findings = [
        _timed_check(deferred("Rates"), lambda: _check_rates(rates), now),
        _timed_check(deferred("Notes"), lambda: _check_notes(notes), now),
        _timed_check(deferred("Rate cache"), lambda: _check_cache(rate_cache), now),
    ]
    if is_offline:
        return (*findings, Finding(deferred("Network"), True, _("is not asked: offline"), 0.0))
    sources = rates.live_sources
    with ThreadPoolExecutor(max(len(sources), 1), thread_name_prefix="doctor") as pool:
        check = keep_language(
            lambda source: _timed_check(
                source.publisher_name, lambda: _check_live_source(source), now
            )
        )
        findings += pool.map(check, sources)
    return tuple(findings)


def diagnosis_json(findings: Sequence[Finding]) -> dict[str, Any]:
    """Findings as `doctor --json` prints them."""
    return {
        "status": "ok" if all(finding.works for finding in findings) else "degraded",
        "parts": [
            {"part": f.part, "works": f.works, "told": f.message, "seconds": f.seconds}
            for f in findings
        ],
    }


def _timed_check(part: str, work: Callable[[], str], now: Callable[[], datetime]) -> Finding:
    started = now()
    try:
        message, works = work(), True
    except RoubleReactionError as error:
        message, works = str(error), False
    return Finding(part, works, message, round((now() - started).total_seconds(), 2))


def _check_rates(rates: CombinedRates) -> str:
    cards = rates.cards()
    last = max(str(rates.get(card.id).day[-1]) for card in cards)
    return _(
        "{count} series can be read, the latest market day is {last}", count=len(cards), last=last
    )


def _check_notes(notes: ProbedStore) -> str:
    status = notes.probe()
    if status.problem:
        raise RoubleReactionError(status.problem)
    return _("{engine} answers, with {notes} notes", engine=status.engine, notes=status.notes)


def _check_cache(rate_cache: RateStore) -> str:
    states = list(rate_cache.states().values())
    with rate_cache.lock("doctor", 1.0):
        pass
    if not states:
        return _("is empty; rates refresh fills it")
    failed = sum(bool(state.problem) for state in states)
    message = deferred("holds {numbers:,} numbers of {series} series")
    if failed:
        message = deferred(
            "holds {numbers:,} numbers of {series} series, the last attempt failed for {failed}"
        )
    numbers = sum(state.rows for state in states)
    return translate_deferred(message, numbers=numbers, series=len(states), failed=failed)


def _check_live_source(source: LiveSource) -> str:
    """The latest number of the first series of a source that has not ended."""
    card = next(card for card in source.cards() if card.history_until is None)
    since: date = max(source.start(card.id), source.today() - RECENT_PERIOD)
    series = source.fetch(card.id, since).series
    if series is None or len(series) == 0:
        return _("answers, without a number of {id}", id=card.id)
    return _(
        "answers {id}: {rate:g} for {day}", id=card.id, rate=series.rate[-1], day=series.day[-1]
    )


def diagnose_feeds(feeds: FeedStore, inbox: InboxStore) -> Finding:
    """The state of the news feeds after their last requests; fails where none answered.

    Args:
        feeds: the list of feeds.
        inbox: holds the state of each feed.
    """
    try:
        statuses = list_feed_statuses(feeds.publishers(), inbox.feed_states())
    except RoubleReactionError as error:
        return Finding(deferred("Feeds"), works=False, message=str(error), seconds=0.0)
    enabled = [status for status in statuses if status.publisher.enabled]
    fetched = [status for status in enabled if status.state is not None]
    failed = [status for status in fetched if status.state is not None and status.state.problem]
    works = not fetched or len(failed) < len(fetched)
    return Finding(deferred("Feeds"), works, _feed_summary(enabled, fetched, failed), seconds=0.0)


def _feed_summary(
    enabled: list[FeedStatus], fetched: list[FeedStatus], failed: list[FeedStatus]
) -> str:
    if not fetched:
        return _(
            "{count} are on the list, none was asked yet; inbox refresh asks them",
            count=len(enabled),
        )
    last = max(status.state.tried_at for status in fetched if status.state is not None)
    summary = _(
        "{count} are on the list, {answered} answered, last asked {last:%Y-%m-%d %H:%M} UTC",
        count=len(enabled),
        answered=len(fetched) - len(failed),
        last=last,
    )
    problems = (status.state.problem for status in failed if status.state is not None)
    failures = _("failed: {problems}", problems=join_clauses(*problems)) if failed else ""
    return join_clauses(summary, failures)


# ---- status for /healthz


@dataclass(frozen=True, slots=True)
class SeriesHealth:
    """One series: its last market day, its rows and when it was fetched, or that it fails."""

    id: str
    last_day: date | None
    rows: int
    fetched_at: datetime | None
    fails: bool = False


@dataclass(frozen=True, slots=True)
class HealthStatus:
    """The state of every part; `notes` and `last_change` are None where the store fails.

    `refresh` is the state of the background refresh, None where there is none. A failing
    publisher makes nothing unhealthy: the last good data are served.
    """

    series: tuple[SeriesHealth, ...]
    events: int | None
    notes: int | None
    last_change: datetime | None
    rates: tuple[SeriesStatus, ...] = ()
    refresh: RateRefreshState | None = None

    @property
    def is_healthy(self) -> bool:
        """Whether every part answers."""
        answers = self.events is not None and self.notes is not None
        return answers and not any(series.fails for series in self.series)


def check_health(
    sources: Sequence[RateSource], catalogue: EventCatalogue, store: ProbedStore
) -> HealthStatus:
    """The state of every part now; a failure is reported, never raised."""
    rows = []
    for card in list_cards(sources):
        try:
            series = get_series(sources, card.id)
            last = date.fromisoformat(str(series.day[-1]))
            rows.append(SeriesHealth(card.id, last, len(series), series.fetched_at))
        except (RoubleReactionError, IndexError):
            rows.append(SeriesHealth(card.id, None, 0, None, fails=True))
    events = None
    with suppress(RoubleReactionError):
        events = len(catalogue.events())
    status = store.probe()
    notes = None if status.problem else status.notes
    return HealthStatus(tuple(rows), events, notes, status.last_change)


def health_json(status: HealthStatus) -> dict[str, Any]:
    """The answer of /healthz, without paths, addresses and messages of libraries."""
    statuses = {series_status.card.id: series_status for series_status in status.rates}
    refresh = status.refresh
    return {
        "status": "ok" if status.is_healthy else "degraded",
        "series": [
            _series_health_json(series, statuses.get(series.id)) for series in status.series
        ],
        "sources": _sources_json(status.rates),
        "refresh": None if refresh is None else {
            "running": refresh.is_running,
            "done": refresh.done,
            "total": refresh.total,
            "started_at": _iso_timestamp(refresh.started_at),
            "finished_at": _iso_timestamp(refresh.finished_at),
        },
        "catalogue": {
            "status": "fails" if status.events is None else "ok", "events": status.events,
        },
        "store": {
            "status": "fails" if status.notes is None else "ok",
            "notes": status.notes,
            "last_change": _iso_timestamp(status.last_change),
        },
    }  # fmt: skip


def _series_health_json(health: SeriesHealth, status: SeriesStatus | None) -> dict[str, Any]:
    row = {
        "id": health.id,
        "status": "fails" if health.fails else "ok",
        "last_day": _iso_timestamp(health.last_day),
        "rows": health.rows,
        "fetched_at": _iso_timestamp(health.fetched_at),
    }
    if status is None:
        return row
    return row | {
        "source": status.source or None,
        "last_known_at": _iso_timestamp(status.last_known_at),
        "age_days": status.age_days,
        "overdue": status.is_overdue,
        "tried_at": _iso_timestamp(status.tried_at),
        "problem": status.problem or None,
    }


def _sources_json(statuses: Sequence[SeriesStatus]) -> list[dict[str, Any]]:
    """The state of every live source, with the times of its last request and answer."""
    rows = []
    for source in dict.fromkeys(status.source for status in statuses if status.source):
        of_source = [status for status in statuses if status.source == source]
        problem = next((status.problem for status in of_source if status.problem), "")
        tried = [status.tried_at for status in of_source if status.tried_at is not None]
        fetched = [status.fetched_at for status in of_source if status.fetched_at is not None]
        rows.append(
            {
                "id": source,
                "status": "fails" if problem else "ok" if tried else "not asked",
                "problem": problem or None,
                "tried_at": _iso_timestamp(max(tried, default=None)),
                "fetched_at": _iso_timestamp(max(fetched, default=None)),
            }
        )
    return rows


def _iso_timestamp(value: date | datetime | None) -> str | None:
    return None if value is None else value.isoformat()
