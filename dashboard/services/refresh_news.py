"""Refresh news: ask feeds for what they hold now, and keep what is new in the inbox."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

from dashboard.domain.candidate import FeedState, News, Publisher
from dashboard.domain.errors import RoubleReactionError
from dashboard.services.group_stories import candidate_of, grouped

if TYPE_CHECKING:
    from dashboard.sources.news.base import NewsQuestion
    from dashboard.store.base import Inbox

AT_ONCE: Final = 3
REMEMBERED: Final = timedelta(days=40)
"""Reports that came within this time are compared with new ones; feeds hold no older news."""

Progress: TypeAlias = Callable[[int, int, str], None]


class FeedSource(Protocol):
    """A feed of the list that can be asked."""

    publisher: Publisher

    def news(self, asked: NewsQuestion) -> News:
        """What the feed holds now; raises InputError or SourceError where it gives nothing."""


def refresh_news(
    feeds: Sequence[FeedSource],
    inbox: Inbox,
    now: Callable[[], datetime],
    progress: Progress | None = None,
) -> tuple[FeedState, ...]:
    """Ask feeds, some at once; one that fails is told and loses nothing.

    Args:
        feeds: which to ask.
        inbox: where reports are kept.
        now: the clock.
        progress: called with how many are done, of how many, and which was the last.

    Returns:
        What became of each, in the order of `feeds`.

    Raises:
        StoreError: the inbox cannot be written.
    """
    states = []
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="feeds") as pool:
        for done, (feed, found) in enumerate(zip(feeds, pool.map(_asked, feeds), strict=True), 1):
            states.append(_kept(feed, found, inbox, now()))
            if progress is not None:
                progress(done, len(feeds), feed.publisher.title)
    return tuple(states)


def _asked(feed: FeedSource) -> News | RoubleReactionError:
    from dashboard.sources.news.base import NewsQuestion

    try:
        return feed.news(NewsQuestion())
    except RoubleReactionError as error:
        return error


def _kept(
    feed: FeedSource, found: News | RoubleReactionError, inbox: Inbox, at: datetime
) -> FeedState:
    state = FeedState(feed.publisher.id, at)
    if isinstance(found, RoubleReactionError):
        state = replace(state, problem=str(found))
    else:
        new = keep_news(found, ("feed", feed.publisher.id), inbox, at)
        state = replace(
            state, answered_at=at, items=len(found.reports), new=new, told=found.told
        )  # fmt: skip
    inbox.note_feed(state)
    return state


def keep_news(news: News, origin: tuple[str, str], inbox: Inbox, at: datetime) -> int:
    """Keep reports in the inbox, each in its story; how many of them are new.

    Args:
        news: what a source answered.
        origin: the id of the source, and the feed or the words of the search.
        inbox: where they are kept.
        at: when they came, UTC.

    Raises:
        StoreError: the inbox cannot be written.
    """
    if not news.reports:
        return 0
    made = {one.id: one for one in (candidate_of(each, *origin, at) for each in news.reports)}
    known = inbox.find(at - REMEMBERED)
    return inbox.take_in(grouped(made.values(), known))
