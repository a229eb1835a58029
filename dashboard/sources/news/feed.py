"""The feed of one publisher: fetched by our own client, read in a process of its own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from dashboard.domain.candidate import News, Publisher
from dashboard.sources.feeds.apart import read_items_apart
from dashboard.sources.news.base import NewsQuestion

if TYPE_CHECKING:
    from dashboard.sources.clock import Clock
    from dashboard.sources.feeds.fetching import Fetching


class Feed:
    """A feed of the list.

    Args:
        publisher: whose it is, where it lies and by which clock it goes.
        fetching: how its bytes come; see `sources.feeds.fetching`.
        clock: the present moment.
    """

    id = "feed"

    def __init__(self, publisher: Publisher, fetching: Fetching, clock: Clock) -> None:
        self.publisher = publisher
        self._fetching = fetching
        self._clock = clock

    @property
    def who(self) -> str:
        """The publisher."""
        return self.publisher.title

    def news(self, asked: NewsQuestion = NewsQuestion()) -> News:  # noqa: ARG002, B008 - a feed has no search
        """What the feed holds now.

        Raises:
            InputError: its address may not be asked.
            SourceError: it did not answer with a feed.
        """
        found = self._fetching.fetch(self.publisher)
        news = read_items_apart(found, self._clock.now())
        of, language = self.publisher.title, self.publisher.language
        reports = (
            replace(
                each, publisher=each.publisher or of, language=each.language or language
            )
            for each in news.reports
        )  # fmt: skip
        return News(tuple(reports), news.told)
