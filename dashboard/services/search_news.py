"""Search news: ask a search of the world's news, keep what it finds, and measure its tone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from dashboard.domain.candidate import ToneTimeline
from dashboard.domain.errors import InputError
from dashboard.services.refresh_news import keep_news
from dashboard.sources.news.base import NewsQuestion

if TYPE_CHECKING:
    from dashboard.sources.news.base import NewsSource, ToneSource
    from dashboard.store.base import Inbox

PERIODS: Final = {
    "1d": timedelta(days=1),
    "3d": timedelta(days=3),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
    "90d": timedelta(days=90),
}
"""How far back a search may go, by the word of a link or a command."""


@dataclass(frozen=True, slots=True)
class Searched:
    """What a search brought: how many reports, how many of them new, what one should know."""

    found: int
    new: int
    told: tuple[str, ...]


def search_news(
    source: NewsSource, inbox: Inbox, query: str, period: str, now: Callable[[], datetime]
) -> Searched:
    """Ask a search and keep its reports in the inbox.

    Args:
        source: the search.
        inbox: where reports are kept.
        query: the words.
        period: a key of `PERIODS`.
        now: the clock.

    Raises:
        InputError: the words or the period cannot be asked.
        SourceError: the search did not answer.
        StoreError: the inbox cannot be written.
    """
    news = source.news(_question(query, period, now()))
    new = keep_news(news, (source.id, " ".join(query.split())), inbox, now())
    return Searched(len(news.reports), new, news.told)


def tone_timeline(
    source: ToneSource, query: str, period: str, now: Callable[[], datetime]
) -> ToneTimeline:
    """How the tone of the articles on a query went.

    Raises:
        InputError: the words or the period cannot be asked.
        SourceError: the search did not answer.
    """
    return source.tone(_question(query, period, now()))


def _question(query: str, period: str, now: datetime) -> NewsQuestion:
    if period not in PERIODS:
        msg = f"period: {period[:20]} is none; take one of {', '.join(PERIODS)}"
        raise InputError(msg)
    return NewsQuestion(query, now - PERIODS[period], now)
