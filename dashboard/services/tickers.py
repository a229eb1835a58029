"""Tickers: series that a person names; found by a search of names, fetched when they are needed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from dashboard.models.errors import InputError, SourceError
from dashboard.models.messages import keep_language
from dashboard.models.messages import translate as _
from dashboard.models.tickers import TickerMatch, find_matches, is_ticker
from dashboard.services.live_rates import (
    RefreshProgress,
    RefreshRequest,
    RefreshResult,
    refresh_rates,
)

if TYPE_CHECKING:
    from dashboard.services.rates import CombinedRates
    from dashboard.sources.rates.base import LiveSource
    from dashboard.storage.base import RateStore

MAX_MATCHES: Final = 30
MAX_TEXT_LENGTH: Final = 60


# ---- fetching


def missing_tickers(rates: CombinedRates, names: Iterable[str]) -> tuple[str, ...]:
    """The ids of the tickers among some names of which nothing is stored.

    Raises:
        InputError: a publisher writes no symbol so.
    """
    ids = dict.fromkeys(rates.series_id(name) for name in names)
    return tuple(one for one in ids if is_ticker(one) and rates.known(one) is None)


def fetch_missing(
    rates: CombinedRates,
    rate_cache: RateStore,
    names: Iterable[str],
    now: Callable[[], datetime],
    progress: RefreshProgress = lambda done, total, series_id: None,  # noqa: ARG005
) -> tuple[RefreshResult, ...]:
    """Fetch the tickers among some names of which nothing is stored; others are left as they are.

    Raises:
        InputError: a publisher has no such series.
        SourceError: a publisher did not answer.
    """
    missing = missing_tickers(rates, names)
    if not missing:
        return ()
    results = refresh_rates(rates, rate_cache, RefreshRequest(series=missing), now, progress)
    for result in results:
        if rates.known(result.series) is None:
            raise InputError(result.message) if result.is_refused else SourceError(result.message)
    return results


# ---- search of names


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What a search found.

    Attributes:
        matches: the series, those whose symbol is the text first.
        problems: why a publisher was not searched, a sentence each.
    """

    matches: tuple[TickerMatch, ...]
    problems: tuple[str, ...] = ()


def search_tickers(rates: CombinedRates, text: str, *, online: bool = False) -> SearchResult:
    """Series by a part of their names, in English or Russian, or of their symbols.

    Found are the series that have numbers here, and the well-known ones of every publisher; online
    also what the publishers themselves find.

    Args:
        rates: the series and their sources.
        text: every word must be in the name; a ticker itself is found although no list has it.
        online: whether to ask the publishers.

    Raises:
        InputError: the text is empty or too long.
    """
    text = " ".join(text.split())
    if not 0 < len(text) <= MAX_TEXT_LENGTH:
        msg = _("give one to {most} letters of a name or a symbol", most=MAX_TEXT_LENGTH)
        raise InputError(msg, field="text", value=text[:20])
    listed = [match for source in rates.live_sources for match in source.directory()]
    own = [
        TickerMatch(card.id, card.title, card.publisher, card.quantity, also=card.label)
        for card in rates.cards()
    ]
    found, problems = _search_publishers(rates.live_sources, text) if online else ([], ())
    matches: dict[str, TickerMatch] = {}
    for match in (*_match_of_ticker(rates, text), *find_matches((*own, *listed), text), *found):
        matches.setdefault(match.id, match)
    stored = {match.id for match in own}
    marked = (replace(match, is_stored=match.id in stored) for match in matches.values())
    return SearchResult(tuple(marked)[:MAX_MATCHES], problems)


def search_json(result: SearchResult) -> dict[str, Any]:
    """A search as `rates search --json` and the API answer it."""
    return {
        "series": [
            {
                "id": match.id,
                "title": match.title,
                "publisher": match.publisher,
                "kind": match.kind or None,
                "note": match.note or None,
                "stored": match.is_stored,
            }
            for match in result.matches
        ],
        "problems": list(result.problems),
    }


def _match_of_ticker(rates: CombinedRates, text: str) -> tuple[TickerMatch, ...]:
    """A text that is itself a ticker on no list; nothing where it is another text."""
    found = rates.ticker_source(text)
    if found is None:
        return ()
    source, symbol = found
    try:
        series_id = source.ticker_id(symbol)
    except InputError:
        return ()
    is_listed = any(match.id == series_id for match in source.directory())
    is_known = is_listed or rates.find_card(series_id) is not None
    return () if is_known else (TickerMatch(series_id, symbol, source.publisher_name),)


def _search_publishers(
    sources: Sequence[LiveSource], text: str
) -> tuple[list[TickerMatch], tuple[str, ...]]:
    """What the publishers find, all at once, and the failures of those that did not answer."""

    def search(source: LiveSource) -> tuple[Sequence[TickerMatch], str]:
        try:
            return source.search_publisher(text), ""
        except SourceError as error:
            return (), str(error)

    with ThreadPoolExecutor(len(sources), thread_name_prefix="search") as pool:
        answers = list(pool.map(keep_language(search), sources))
    found = [match for matches, _problem in answers for match in matches]
    return found, tuple(problem for _matches, problem in answers if problem)
