"""News: the list of feeds, fetching and searching items, and clustering those about one event."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

from dashboard.models.errors import InputError, RoubleReactionError
from dashboard.models.inbox import (
    CALENDAR_KIND,
    Decision,
    FeedState,
    InboxItem,
    NewsBatch,
    NewsCluster,
    NewsItem,
    Publisher,
    ToneTimeline,
)
from dashboard.models.messages import keep_language
from dashboard.models.messages import translate as _
from dashboard.services.events import normalise_link, normalise_title
from dashboard.services.notes import clean_line
from dashboard.sources.events.base import NewsQuery

if TYPE_CHECKING:
    from dashboard.sources.events.base import NewsSource, ToneSource
    from dashboard.storage.base import InboxStore


MAX_CONCURRENT_FEEDS: Final = 3
CLUSTER_LOOKBACK: Final = timedelta(days=40)
"""New items are compared with those fetched within this time; feeds hold no older news."""
SEARCH_PERIODS: Final = {
    "1d": timedelta(days=1),
    "3d": timedelta(days=3),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
    "90d": timedelta(days=90),
}
"""The length of a search period, by its name in links and commands."""
SAME_PAGE_OVERLAP: Final = 0.5
MIN_SHARED_TOKENS: Final = 4
MIN_SIMILARITY: Final = 0.8
MIN_JACCARD: Final = 0.5
_INVALID_ID_CHARACTERS: Final = re.compile(r"[^a-z0-9]+")
_REPEATED_SLASHES: Final = re.compile(r"/{2,}")
_WORD_PATTERN: Final = re.compile(r"\d+|[^\W\d_]+")
_PUBLISHER_SUFFIX: Final = re.compile(r"\s+[-–—|]\s+(?P<last>[^-–—|]+)$")
_STOPWORDS: Final = frozenset(
    {
        "a", "an", "the", "of", "to", "in", "on", "at", "by", "for", "from", "with", "and",
        "or", "as", "is", "are", "was", "be", "its", "it", "s", "says", "said", "say",
        "after", "over", "new", "will", "has", "have", "had", "that", "this", "than",
        "amid", "и", "в", "во", "на", "с", "со", "к", "ко", "по", "от", "до", "за", "из",
        "о", "об", "у", "для", "что", "как", "это", "его", "ее", "их", "при", "или", "а",
        "но", "сообщил", "сообщила", "сообщили", "заявил", "заявила", "заявили",
    }
)  # fmt: skip
"""Ignored words; «не» and "not" are not among them, because they invert a headline."""
_LATIN_SUFFIXES: Final = ("ings", "ing", "ies", "ied", "ed", "es", "s")
_DIRECTION_STEMS: Final = {
    "up": r"rais|hik|rise|rose|gain|strengthen|firm(?:s|ed)?\b|climb|jump|surg|повыс|вырос|раст"
    r"|укреп|подня",
    "down": r"cut|lower|fall|fell|weak|drop|slid|plung|slump|сниз|упал|пада|ослаб|опуст",
    "hold": r"keep|kept|hold|held|unchanged|сохран|остав|без изменен",
    "no": r"den(?:y|ies|ied)|refus|reject|not\b|no\b|never|rule[sd]? out|не\b|нет\b|опроверг"
    r"|отрица|отказ|отверг",
}
_DIRECTION_PATTERNS: Final = {
    direction: re.compile(rf"\b(?:{stems})") for direction, stems in _DIRECTION_STEMS.items()
}

NewsProgress: TypeAlias = Callable[[int, int, str], None]


# ---- the list of feeds


class FeedStore(Protocol):
    """Stores the list of feeds."""

    def publishers(self) -> tuple[Publisher, ...]:
        """Every feed; raises InputError where the list cannot be read."""

    def put(self, publisher: Publisher) -> None:
        """Add a feed, or replace the one with its id."""

    def remove(self, feed_id: str) -> None:
        """Remove a feed; a bundled one is disabled."""


@dataclass(frozen=True, slots=True)
class NewFeed:
    """A feed as entered by a user; without a title it is named after its host."""

    url: str
    title: str = ""
    feed_id: str = ""
    zone: str = ""


def register_feed(feeds: FeedStore, new: NewFeed) -> Publisher:
    """Add a feed to the list; the next refresh fetches it, from public addresses only.

    Raises:
        InputError: the address is not allowed, the id is taken, or a field is wrong.
        StoreError: the list cannot be written.
    """
    known = {publisher.id: publisher for publisher in feeds.publishers()}
    url = re.sub(r"^webcals?:", "https:", new.url.strip(), flags=re.IGNORECASE)
    existing = next((publisher for publisher in known.values() if publisher.url == url), None)
    if existing is not None and existing.enabled:
        msg = _("{id}: has this address already; `feeds remove {id}` takes it away", id=existing.id)
        raise InputError(msg)
    if existing is not None and not new.feed_id:
        return _store_feed(feeds, replace(existing, enabled=True))
    host = re.sub(r"^[a-z]+://(?:www\.)?", "", url.lower()).partition("/")[0][:80]
    title = clean_line(new.title) or host
    added = Publisher(
        new.feed_id or _unused_id(title, set(known)), title, url, new.zone, is_imported=True
    )
    if added.id in known:
        msg = _("{id}: there is a feed of this id already; take another", id=added.id[:60])
        raise InputError(msg)
    return _store_feed(feeds, added)


def set_feed_enabled(feeds: FeedStore, feed_id: str, *, enabled: bool) -> Publisher:
    """Enable or disable a feed.

    Raises:
        InputError: there is none of this id.
        StoreError: the list cannot be written.
    """
    existing = next(
        (publisher for publisher in feeds.publishers() if publisher.id == feed_id), None
    )
    if existing is None:
        msg = _("{id}: there is no feed of this id; see `feeds list`", id=clean_line(feed_id)[:60])
        raise InputError(msg)
    return _store_feed(feeds, replace(existing, enabled=enabled))


def unregister_feed(feeds: FeedStore, feed_id: str) -> None:
    """Remove a feed from the list; its items stay in the inbox.

    Raises:
        InputError: there is none of this id.
        StoreError: the list cannot be written.
    """
    feeds.remove(feed_id)


def _store_feed(feeds: FeedStore, publisher: Publisher) -> Publisher:
    feeds.put(publisher)
    return next(stored for stored in feeds.publishers() if stored.id == publisher.id)


def _unused_id(title: str, taken: set[str]) -> str:
    plain = unicodedata.normalize("NFKD", title.lower()).encode("ascii", "ignore").decode()
    name = _INVALID_ID_CHARACTERS.sub("_", plain).strip("_")[:34] or "feed"
    numbered = (f"{name}_{number}" for number in range(2, 1_000))
    return next(candidate for candidate in (name, *numbered) if candidate not in taken)


# ---- headlines


@dataclass(frozen=True, slots=True)
class HeadlineTokens:
    """The stems, numbers and directions (up, down, hold, no) of a headline."""

    stems: frozenset[str]
    numbers: frozenset[str]
    directions: frozenset[str]

    @classmethod
    def of(cls, title: str, publisher: str = "") -> HeadlineTokens:
        """The tokens of a headline without the name of a publisher at its end."""
        text = unicodedata.normalize("NFKC", title).casefold().replace("ё", "е")
        text = _without_publisher(title, text, publisher)
        tokens = [token for token in _WORD_PATTERN.findall(text) if token not in _STOPWORDS]
        directions = (
            direction for direction, pattern in _DIRECTION_PATTERNS.items() if pattern.search(text)
        )
        return cls(
            frozenset(_stem(token) for token in tokens if not token.isdigit()),
            frozenset(token.lstrip("0") or "0" for token in tokens if token.isdigit()),
            frozenset(directions),
        )

    def similarity(self, other: HeadlineTokens) -> float:
        """The similarity of two headlines: 1 where equal, 0 where they must not be clustered.

        The share of the tokens of the shorter one that the other contains, but 0 for different
        numbers ("by 25", "by 50") or directions ("raises", "keeps", "denies"): to show one event
        twice is better than to hide a second one.
        """
        if self._contradicts(other):
            return 0.0
        tokens, other_tokens = self.stems | self.numbers, other.stems | other.numbers
        shared = len(tokens & other_tokens)
        if tokens == other_tokens:
            return 1.0
        if min(len(tokens), len(other_tokens)) < MIN_SHARED_TOKENS or shared < MIN_JACCARD * len(
            tokens | other_tokens
        ):
            return 0.0
        return shared / min(len(tokens), len(other_tokens))

    def overlap(self, other: HeadlineTokens) -> float:
        """The share of the stems of the shorter headline that the other contains."""
        shorter = min(len(self.stems), len(other.stems))
        return len(self.stems & other.stems) / shorter if shorter else 0.0

    def _contradicts(self, other: HeadlineTokens) -> bool:
        one_in_other = self.numbers <= other.numbers or other.numbers <= self.numbers
        if self.numbers and other.numbers and not one_in_other:
            return True
        return self.directions != other.directions


def _without_publisher(title: str, text: str, publisher: str) -> str:
    """The text without ` - Publisher` at its end: the known one, or a short capitalised name."""
    suffix = _PUBLISHER_SUFFIX.search(title)
    if suffix is None:
        return text
    last = suffix["last"].strip()
    rest = title[: suffix.start()]
    known = bool(publisher) and last.casefold() in publisher.casefold()
    is_name = last[:1].isupper() and len(last.split()) <= 4 <= len(rest.split())
    if not (known or is_name):
        return text
    return unicodedata.normalize("NFKC", rest).casefold().replace("ё", "е")


def _stem(word: str) -> str:
    """A word without its inflectional ending."""
    if not word.isascii():
        return word[:-2] if len(word) >= 5 else word
    end = next((ending for ending in _LATIN_SUFFIXES if word.endswith(ending)), "")
    return word.removesuffix(end) if len(word) - len(end) >= 3 else word


# ---- clusters


def inbox_item_from_news(
    report: NewsItem, kind: str, source_id: str, fetched_at: datetime
) -> InboxItem:
    """A news item as an inbox item of its own; its id depends on the item and its feed only.

    Args:
        report: the news item.
        kind: the id of the source.
        source_id: the id of the feed, or the query of the search.
        fetched_at: when it was fetched, UTC.
    """
    # Searches find the same article by other queries; a feed may use one guid for everything.
    origin = "" if kind == "gdelt" else source_id
    key = "\0".join((kind, origin, report.guid or report.link, normalise_title(report.title)))
    name = f"report-{hashlib.sha256(key.encode()).hexdigest()[:20]}"
    return InboxItem(name, kind, source_id[:300], report, name, fetched_at, fetched_at)


def page_key(link: str) -> str:
    """A link without scheme, repeated slashes and tracking parameters; empty for a home page."""
    page = _REPEATED_SLASHES.sub("/", normalise_link(link))
    return page if "/" in page or "?" in page else ""


def cluster_news(new: Iterable[InboxItem], known: Iterable[InboxItem]) -> tuple[InboxItem, ...]:
    """Assign new items to clusters, and copy the decisions about those.

    An item joins the cluster with the most similar headline of the day before, the same or the
    next day, or of the same page; else it starts one. Decisions about a cluster apply to its new
    items. The order of the new items does not matter.
    """
    index = _ClusterIndex()
    for item in sorted(known, key=lambda candidate: candidate.id):
        index.add(item)
    joined = []
    for item in sorted(new, key=lambda candidate: (candidate.sort_moment, candidate.id)):
        is_new = item.id not in index.ids
        joined.append(index.assign(item) if is_new else item)
        if is_new:
            index.add(joined[-1])
    return tuple(joined)


def group_by_cluster(items: Iterable[InboxItem]) -> tuple[NewsCluster, ...]:
    """Items by cluster, the newest cluster first."""
    by_cluster: dict[str, list[InboxItem]] = {}
    for item in sorted(items, key=lambda candidate: (candidate.sort_moment, candidate.id)):
        by_cluster.setdefault(item.cluster, []).append(item)
    clusters = []
    for reports in by_cluster.values():  # it leads with the most exact date, the earliest of them
        lead = min(
            reports, key=lambda i: (not i.is_exact, i.report.day is None, i.sort_moment, i.id)
        )
        clusters.append(NewsCluster(lead, tuple(reports)))
    return tuple(sorted(clusters, key=lambda c: (c.lead.sort_moment, c.lead.id), reverse=True))


@dataclass
class _ClusterIndex:
    """The items by day with their tokens, and by cluster."""

    ids: set[str] = field(default_factory=set)
    by_day: dict[date, list[tuple[InboxItem, HeadlineTokens]]] = field(default_factory=dict)
    by_cluster: dict[str, list[InboxItem]] = field(default_factory=dict)

    def add(self, item: InboxItem) -> None:
        headline = HeadlineTokens.of(item.report.title, item.report.publisher)
        self.ids.add(item.id)
        self.by_day.setdefault(_item_day(item), []).append((item, headline))
        self.by_cluster.setdefault(item.cluster, []).append(item)

    def assign(self, item: InboxItem) -> InboxItem:
        best = max(self._scores(item), default=None)
        return item if best is None else self._copy_decision(replace(item, cluster=best[1]))

    def _scores(self, item: InboxItem) -> Iterator[tuple[float, str]]:
        tokens = HeadlineTokens.of(item.report.title, item.report.publisher)
        page = page_key(item.report.link)
        for days in (-1, 0, 1):
            day = _item_day(item) + timedelta(days=days)
            for other, other_tokens in self.by_day.get(day, ()):
                score = tokens.similarity(other_tokens)
                is_page = bool(page) and page == page_key(other.report.link)
                if is_page and tokens.overlap(other_tokens) >= SAME_PAGE_OVERLAP:
                    score = max(score, MIN_SIMILARITY)
                if score >= MIN_SIMILARITY:
                    yield score, other.cluster

    def _copy_decision(self, item: InboxItem) -> InboxItem:
        """The item with the decision about its cluster."""
        others = self.by_cluster[item.cluster]
        accepted = next((other for other in others if other.state is Decision.ACCEPTED), None)
        all_dismissed = all(other.state is Decision.DISMISSED for other in others)
        decided = accepted or (others[0] if all_dismissed else None)
        if decided is None:
            return item
        return replace(
            item, state=decided.state, note_id=decided.note_id, decided_at=decided.decided_at,
            decided_by=decided.decided_by,
        )  # fmt: skip


def _item_day(item: InboxItem) -> date:
    return item.report.day or item.first_seen.date()


# ---- fetching and searching


class FeedSource(Protocol):
    """A feed that can be fetched."""

    publisher: Publisher

    def news(self, query: NewsQuery) -> NewsBatch:
        """The current items; raises InputError or SourceError where they cannot be fetched."""


def refresh_news(
    feeds: Sequence[FeedSource],
    inbox: InboxStore,
    now: Callable[[], datetime],
    progress: NewsProgress | None = None,
) -> tuple[FeedState, ...]:
    """Fetch feeds concurrently and store their items; a failure is recorded in its state.

    Args:
        feeds: the feeds.
        inbox: stores the items.
        now: the clock.
        progress: called with the number of finished feeds, of all feeds, and the last title.

    Returns:
        The state of each feed, in the order of `feeds`.

    Raises:
        StoreError: the inbox cannot be written.
    """
    states = []
    with ThreadPoolExecutor(MAX_CONCURRENT_FEEDS, thread_name_prefix="feeds") as pool:
        for done, (feed, answer) in enumerate(
            zip(feeds, pool.map(keep_language(_fetch_feed), feeds), strict=True), 1
        ):
            states.append(_store_feed_news(feed, answer, inbox, now()))
            if progress is not None:
                progress(done, len(feeds), feed.publisher.title)
    return tuple(states)


def _fetch_feed(feed: FeedSource) -> NewsBatch | RoubleReactionError:
    try:
        return feed.news(NewsQuery())
    except RoubleReactionError as error:
        return error


def _store_feed_news(
    feed: FeedSource, answer: NewsBatch | RoubleReactionError, inbox: InboxStore, at: datetime
) -> FeedState:
    state = FeedState(feed.publisher.id, at)
    if isinstance(answer, RoubleReactionError):
        state = replace(state, problem=str(answer))
    else:
        new = store_news(answer, (answer.kind, feed.publisher.id), inbox, at)
        state = replace(
            state, answered_at=at, items=len(answer.reports), new=new, messages=answer.messages
        )  # fmt: skip
    inbox.record_feed_state(state)
    return state


def store_news(news: NewsBatch, origin: tuple[str, str], inbox: InboxStore, at: datetime) -> int:
    """Store items in the inbox, clustered; entries of a calendar each on its own.

    Args:
        news: the items of a source.
        origin: the id of the source, and the id of the feed or the query of the search.
        inbox: stores the items.
        at: when they were fetched, UTC.

    Returns:
        The number of new items.

    Raises:
        StoreError: the inbox cannot be written.
    """
    if not news.reports:
        return 0
    items = {
        item.id: item
        for item in (inbox_item_from_news(report, *origin, at) for report in news.reports)
    }
    if news.kind == CALENDAR_KIND:
        return inbox.ingest(tuple(items.values()))
    known = inbox.find(at - CLUSTER_LOOKBACK)
    return inbox.ingest(cluster_news(items.values(), known))


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The result of a search: the number of items, of new ones, and messages."""

    found: int
    new: int
    messages: tuple[str, ...]


def search_news(
    source: NewsSource, inbox: InboxStore, query: str, period: str, now: Callable[[], datetime]
) -> SearchResult:
    """Search news and store the items in the inbox.

    Args:
        source: the search.
        inbox: stores the items.
        query: the search terms.
        period: a key of `SEARCH_PERIODS`.
        now: the clock.

    Raises:
        InputError: the query or the period is not valid.
        SourceError: the search did not answer.
        StoreError: the inbox cannot be written.
    """
    news = source.news(_news_query(query, period, now()))
    new = store_news(news, (source.id, " ".join(query.split())), inbox, now())
    return SearchResult(len(news.reports), new, news.messages)


def tone_timeline(
    source: ToneSource, query: str, period: str, now: Callable[[], datetime]
) -> ToneTimeline:
    """The daily tone of the articles on a query.

    Raises:
        InputError: the query or the period is not valid.
        SourceError: the search did not answer.
    """
    return source.tone(_news_query(query, period, now()))


def _news_query(query: str, period: str, now: datetime) -> NewsQuery:
    if period not in SEARCH_PERIODS:
        msg = _(
            "period: {period} is none; take one of {known}",
            period=period[:20],
            known=", ".join(SEARCH_PERIODS),
        )
        raise InputError(msg)
    return NewsQuery(query, now - SEARCH_PERIODS[period], now)
