"""Diagnose: try every source and store, and say in words what works."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Protocol

from dashboard.domain.errors import RoubleReactionError
from dashboard.domain.series import RateSeries

if TYPE_CHECKING:
    from dashboard.domain.note import StoreStatus
    from dashboard.services.known_rates import KnownRates
    from dashboard.sources.rates.base import LiveSource
    from dashboard.store.base import RateMemory

LATELY: Final = timedelta(days=20)
"""How far back a source is asked, so that holidays do not look like a failure."""


class ProbedStore(Protocol):
    """A store that says how it is without raising."""

    def probe(self) -> StoreStatus:
        """Whether it answers, and what is in it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one part did when it was tried.

    Attributes:
        part: its name, as a person knows it.
        works: whether it did what it is for.
        told: one sentence: what came, or what went wrong and what to do.
        seconds: how long it took.
    """

    part: str
    works: bool
    told: str
    seconds: float


def diagnose(
    known: KnownRates,
    memory: RateMemory,
    notes: ProbedStore,
    now: Callable[[], datetime],
    *,
    is_offline: bool = False,
) -> tuple[Finding, ...]:
    """Try everything once; nothing is raised and nothing that is kept changes.

    Args:
        known: the series and their live sources.
        memory: the rate cache.
        notes: the store of notes.
        now: the clock.
        is_offline: say so instead of asking the network.
    """
    found = [_timed("Rates", lambda: _rates(known), now)]
    found.append(_timed("Notes", lambda: _notes(notes), now))
    found.append(_timed("Rate cache", lambda: _cache(known, memory), now))
    if is_offline:
        return (*found, Finding("Network", works=True, told="is not asked: offline", seconds=0.0))
    sources = known.live_sources
    with ThreadPoolExecutor(max(len(sources), 1), thread_name_prefix="doctor") as pool:
        found += pool.map(lambda source: _timed(source.who, lambda: _live(source), now), sources)
    return tuple(found)


def diagnosis_json(findings: Sequence[Finding]) -> dict[str, Any]:
    """What `doctor --json` prints."""
    return {
        "status": "ok" if all(one.works for one in findings) else "degraded",
        "parts": [
            {"part": one.part, "works": one.works, "told": one.told, "seconds": one.seconds}
            for one in findings
        ],
    }


def _timed(part: str, work: Callable[[], str], now: Callable[[], datetime]) -> Finding:
    started = now()
    try:
        told, works = work(), True
    except RoubleReactionError as error:
        told, works = str(error), False
    return Finding(part, works, told, round((now() - started).total_seconds(), 2))


def _rates(known: KnownRates) -> str:
    cards = known.cards()
    last = max(str(known.get(card.id).day[-1]) for card in cards)
    return f"{len(cards)} series can be read, the latest market day is {last}"


def _notes(notes: ProbedStore) -> str:
    found = notes.probe()
    if found.problem:
        raise RoubleReactionError(found.problem)
    return f"{found.engine} answers, with {found.notes} notes"


def _cache(known: KnownRates, memory: RateMemory) -> str:
    states = [state for card in _live_cards(known) if (state := memory.state(card)) is not None]
    with memory.alone("doctor", 1.0):
        pass
    if not states:
        return "is empty; rates refresh fills it"
    failed = sum(bool(state.problem) for state in states)
    words = f", the last attempt failed for {failed}" if failed else ""
    return f"holds {sum(state.rows for state in states):,} numbers of {len(states)} series{words}"


def _live_cards(known: KnownRates) -> Iterator[str]:
    return (card.id for source in known.live_sources for card in source.cards())


def _live(source: LiveSource) -> str:
    """What the first series of a source that goes on says of the last weeks."""
    card = next(card for card in source.cards() if card.history_until is None)
    series = _lately(source, card.id)
    if series is None or len(series) == 0:
        return f"answers, without a number of {card.id}"
    return f"answers {card.id}: {series.rate[-1]:g} for {series.day[-1]}"


def _lately(source: LiveSource, series_id: str) -> RateSeries | None:
    since: date = max(source.start(series_id), source.today() - LATELY)
    return source.fetch(series_id, since).series
