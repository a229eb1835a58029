"""News: the list of feeds, fetching and searching them, and clustering of items about one event."""

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
    Decision,
    FeedState,
    InboxItem,
    NewsBatch,
    NewsCluster,
    NewsItem,
    Publisher,
    ToneTimeline,
)
from dashboard.services.events import normalise_link, normalise_title
from dashboard.services.notes import clean_line
from dashboard.sources.events.base import NewsQuery

if TYPE_CHECKING:
    from dashboard.sources.events.base import NewsSource, ToneSource
    from dashboard.storage.base import InboxStore


# ------------------------------------------------------------
# Keep feeds: the list of what is asked for news, which a person may add to and take from.


_INVALID_ID_CHARACTERS = re.compile(r"[^a-z0-9]+")


class FeedStore(Protocol):
    """The list of feeds of this machine."""

    def publishers(self) -> tuple[Publisher, ...]:
        """Every feed; raises InputError where the list cannot be read."""

    def put(self, publisher: Publisher) -> None:
        """Add one, or put it in the place of the one of its id."""

    def remove(self, feed_id: str) -> None:
        """Take one out; one that ships is switched off."""


@dataclass(frozen=True, slots=True)
class NewFeed:
    """What a person says about a feed; without a title it is called by its address."""

    url: str
    title: str = ""
    feed_id: str = ""
    zone: str = ""


def register_feed(feeds: FeedStore, new: NewFeed) -> Publisher:
    """Put a feed on the list; it is asked at the next refresh, over public addresses only.

    Raises:
        InputError: the address may not be asked, the id is taken, or a field is wrong.
        StoreError: the list cannot be written.
    """
    known = {each.id: each for each in feeds.publishers()}
    url = new.url.strip()
    twin = next((each for each in known.values() if each.url == url), None)
    if twin is not None and twin.enabled:
        msg = f"{twin.id}: has this address already; `feeds remove {twin.id}` takes it away"
        raise InputError(msg)
    if twin is not None and not new.feed_id:
        return _store_feed(feeds, replace(twin, enabled=True))
    title = clean_line(new.title) or _host_name(url)
    made = Publisher(
        new.feed_id or _unused_id(title, set(known)), title, url, new.zone, is_imported=True
    )
    if made.id in known:
        msg = f"{made.id[:60]}: there is a feed of this id already; take another"
        raise InputError(msg)
    return _store_feed(feeds, made)


def set_feed_enabled(feeds: FeedStore, feed_id: str, *, enabled: bool) -> Publisher:
    """Switch a feed on or off.

    Raises:
        InputError: there is none of this id.
        StoreError: the list cannot be written.
    """
    found = next((each for each in feeds.publishers() if each.id == feed_id), None)
    if found is None:
        msg = f"{clean_line(feed_id)[:60]}: there is no feed of this id; see `feeds list`"
        raise InputError(msg)
    return _store_feed(feeds, replace(found, enabled=enabled))


def unregister_feed(feeds: FeedStore, feed_id: str) -> None:
    """Take a feed off the list; what it brought stays in the inbox.

    Raises:
        InputError: there is none of this id.
        StoreError: the list cannot be written.
    """
    feeds.remove(feed_id)


def _store_feed(feeds: FeedStore, publisher: Publisher) -> Publisher:
    feeds.put(publisher)
    return next(each for each in feeds.publishers() if each.id == publisher.id)


def _host_name(url: str) -> str:
    return re.sub(r"^[a-z]+://(?:www\.)?", "", url.lower()).partition("/")[0][:80]


def _unused_id(title: str, taken: set[str]) -> str:
    plain = unicodedata.normalize("NFKD", title.lower()).encode("ascii", "ignore").decode()
    name = _INVALID_ID_CHARACTERS.sub("_", plain).strip("_")[:34] or "feed"
    numbered = (f"{name}_{number}" for number in range(2, 1_000))
    return next(each for each in (name, *numbered) if each not in taken)


# ------------------------------------------------------------
# The words of a headline as they count when two are compared: stems, numbers, and which way.


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
"""Words that are left out; «не» and "not" are not among them, for they turn a headline round."""
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
    way: re.compile(rf"\b(?:{words})") for way, words in _DIRECTION_STEMS.items()
}
MIN_SHARED_TOKENS: Final = 4
MIN_SIMILARITY: Final = 0.8
MIN_JACCARD: Final = 0.5


@dataclass(frozen=True, slots=True)
class HeadlineTokens:
    """A headline taken apart: its stems, its numbers, and the ways it says something went."""

    stems: frozenset[str]
    numbers: frozenset[str]
    directions: frozenset[str]

    @classmethod
    def of(cls, title: str, publisher: str = "") -> HeadlineTokens:
        """Take a headline apart; a publisher at its end does not count."""
        text = unicodedata.normalize("NFKC", title).casefold().replace("ё", "е")
        text = _without_publisher(title, text, publisher)
        words = [word for word in _WORD_PATTERN.findall(text) if word not in _STOPWORDS]
        ways = (way for way, pattern in _DIRECTION_PATTERNS.items() if pattern.search(text))
        return cls(
            frozenset(_stem(word) for word in words if not word.isdigit()),
            frozenset(word.lstrip("0") or "0" for word in words if word.isdigit()),
            frozenset(ways),
        )

    def similarity(self, other: HeadlineTokens) -> float:
        """How much two headlines say the same: 1 where equal, 0 where they must not be one story.

        The share of the shorter one's words that stand in the other, but never across different
        numbers ("by 25", "by 50") or where only one says which way ("raises", "keeps", "denies"):
        to show one event twice is better than to hide a second one.
        """
        if self._contradicts(other):
            return 0.0
        mine, theirs = self.stems | self.numbers, other.stems | other.numbers
        shared = len(mine & theirs)
        if mine == theirs:
            return 1.0
        if min(len(mine), len(theirs)) < MIN_SHARED_TOKENS or shared < MIN_JACCARD * len(
            mine | theirs
        ):
            return 0.0
        return shared / min(len(mine), len(theirs))

    def overlap(self, other: HeadlineTokens) -> float:
        """The share of the shorter one's words that stand in the other, whatever they say."""
        shorter = min(len(self.stems), len(other.stems))
        return len(self.stems & other.stems) / shorter if shorter else 0.0

    def _contradicts(self, other: HeadlineTokens) -> bool:
        one_in_other = self.numbers <= other.numbers or other.numbers <= self.numbers
        if self.numbers and other.numbers and not one_in_other:
            return True
        return self.directions != other.directions


def _without_publisher(title: str, text: str, publisher: str) -> str:
    """The text without ` - Publisher` at its end: one that is known, or a short capital one."""
    found = _PUBLISHER_SUFFIX.search(title)
    if found is None:
        return text
    last = found["last"].strip()
    rest = title[: found.start()]
    known = bool(publisher) and last.casefold() in publisher.casefold()
    is_name = last[:1].isupper() and len(last.split()) <= 4 <= len(rest.split())
    if not (known or is_name):
        return text
    return unicodedata.normalize("NFKC", rest).casefold().replace("ё", "е")


def _stem(word: str) -> str:
    """A word without the end that changes with its case or number."""
    if not word.isascii():
        return word[:-2] if len(word) >= 5 else word
    end = next((each for each in _LATIN_SUFFIXES if word.endswith(each)), "")
    return word.removesuffix(end) if len(word) - len(end) >= 3 else word


# ------------------------------------------------------------
# Group stories: which new report tells of an event that another one told of already.


_REPEATED_SLASHES = re.compile(r"/{2,}")
SAME_PAGE_OVERLAP = 0.5


def inbox_item_from_news(report: NewsItem, kind: str, source_id: str, at: datetime) -> InboxItem:
    """A report as a candidate of its own; the same report gives the same id each time.

    Args:
        report: as the source gave it.
        kind: the id of the source.
        source_id: the feed, or the words of the search.
        at: when it was fetched, UTC.
    """
    # A search finds the same article with other words; a feed may use one guid for everything.
    of = "" if kind == "gdelt" else source_id
    told = "\0".join((kind, of, report.guid or report.link, normalise_title(report.title)))
    name = f"report-{hashlib.sha256(told.encode()).hexdigest()[:20]}"
    return InboxItem(name, kind, source_id[:300], report, name, at, at)


def page_key(link: str) -> str:
    """A link as one page, whatever scheme, doubled slashes or counts of visits; no home page."""
    page = _REPEATED_SLASHES.sub("/", normalise_link(link))
    return page if "/" in page or "?" in page else ""


def cluster_news(new: Iterable[InboxItem], known: Iterable[InboxItem]) -> tuple[InboxItem, ...]:
    """New candidates with the story that each belongs to, and what was decided about that.

    A report joins the story with the likest headline of the day before, the same or the next
    day, or of the same page; else it begins one. What people dismissed or accepted counts for
    further reports of it too. The order of the new ones does not matter.
    """
    shelf = _ClusterIndex()
    for each in sorted(known, key=lambda one: one.id):
        shelf.add(each)
    joined = []
    for each in sorted(new, key=lambda one: (one.sort_moment, one.id)):
        if each.id not in shelf.ids:
            found = shelf.assign(each)
            shelf.add(found)
            joined.append(found)
        else:
            joined.append(each)
    return tuple(joined)


def group_by_cluster(candidates: Iterable[InboxItem]) -> tuple[NewsCluster, ...]:
    """Candidates by story, the newest story first."""
    by_cluster: dict[str, list[InboxItem]] = {}
    for each in sorted(candidates, key=lambda one: (one.sort_moment, one.id)):
        by_cluster.setdefault(each.cluster, []).append(each)
    stories = (NewsCluster(_lead_item(reports), tuple(reports)) for reports in by_cluster.values())
    return tuple(sorted(stories, key=lambda one: (one.lead.sort_moment, one.lead.id), reverse=True))


def _lead_item(reports: Sequence[InboxItem]) -> InboxItem:
    """The report with the most exact date, the earliest of them."""
    return min(
        reports,
        key=lambda one: (not one.is_exact, one.report.day is None, one.sort_moment, one.id),
    )


@dataclass
class _ClusterIndex:
    """The candidates so far by day, with their headlines taken apart."""

    ids: set[str] = field(default_factory=set)
    by_day: dict[date, list[tuple[InboxItem, HeadlineTokens]]] = field(default_factory=dict)
    by_cluster: dict[str, list[InboxItem]] = field(default_factory=dict)

    def add(self, candidate: InboxItem) -> None:
        headline = HeadlineTokens.of(candidate.report.title, candidate.report.publisher)
        self.ids.add(candidate.id)
        self.by_day.setdefault(_item_day(candidate), []).append((candidate, headline))
        self.by_cluster.setdefault(candidate.cluster, []).append(candidate)

    def assign(self, candidate: InboxItem) -> InboxItem:
        best = max(self._scores(candidate), default=None)
        if best is None:
            return candidate
        return self._copy_decision(replace(candidate, cluster=best[1]))

    def _scores(self, candidate: InboxItem) -> Iterator[tuple[float, str]]:
        mine = HeadlineTokens.of(candidate.report.title, candidate.report.publisher)
        page = page_key(candidate.report.link)
        for days in (-1, 0, 1):
            day = _item_day(candidate) + timedelta(days=days)
            for other, theirs in self.by_day.get(day, ()):
                score = mine.similarity(theirs)
                is_page = bool(page) and page == page_key(other.report.link)
                if is_page and mine.overlap(theirs) >= SAME_PAGE_OVERLAP:
                    score = max(score, MIN_SIMILARITY)
                if score >= MIN_SIMILARITY:
                    yield score, other.cluster

    def _copy_decision(self, candidate: InboxItem) -> InboxItem:
        """A further report of a story that people decided about is decided with it."""
        others = self.by_cluster[candidate.cluster]
        accepted = next((one for one in others if one.state is Decision.ACCEPTED), None)
        all_dismissed = all(one.state is Decision.DISMISSED for one in others)
        like = accepted or (others[0] if all_dismissed else None)
        if like is None:
            return candidate
        return replace(
            candidate, state=like.state, note_id=like.note_id, decided_at=like.decided_at,
            decided_by=like.decided_by,
        )  # fmt: skip


def _item_day(candidate: InboxItem) -> date:
    return candidate.report.day or candidate.first_seen.date()


# ------------------------------------------------------------
# Refresh news: ask feeds for what they hold now, and keep what is new in the inbox.


MAX_CONCURRENT_FEEDS: Final = 3
CLUSTER_LOOKBACK: Final = timedelta(days=40)
"""Reports that came within this time are compared with new ones; feeds hold no older news."""

NewsProgress: TypeAlias = Callable[[int, int, str], None]


class FeedSource(Protocol):
    """A feed of the list that can be asked."""

    publisher: Publisher

    def news(self, asked: NewsQuery) -> NewsBatch:
        """What the feed holds now; raises InputError or SourceError where it gives nothing."""


def refresh_news(
    feeds: Sequence[FeedSource],
    inbox: InboxStore,
    now: Callable[[], datetime],
    progress: NewsProgress | None = None,
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
    with ThreadPoolExecutor(MAX_CONCURRENT_FEEDS, thread_name_prefix="feeds") as pool:
        for done, (feed, found) in enumerate(
            zip(feeds, pool.map(_fetch_feed, feeds), strict=True), 1
        ):
            states.append(_store_feed_news(feed, found, inbox, now()))
            if progress is not None:
                progress(done, len(feeds), feed.publisher.title)
    return tuple(states)


def _fetch_feed(feed: FeedSource) -> NewsBatch | RoubleReactionError:
    from dashboard.sources.events.base import NewsQuery

    try:
        return feed.news(NewsQuery())
    except RoubleReactionError as error:
        return error


def _store_feed_news(
    feed: FeedSource, found: NewsBatch | RoubleReactionError, inbox: InboxStore, at: datetime
) -> FeedState:
    state = FeedState(feed.publisher.id, at)
    if isinstance(found, RoubleReactionError):
        state = replace(state, problem=str(found))
    else:
        new = store_news(found, ("feed", feed.publisher.id), inbox, at)
        state = replace(
            state, answered_at=at, items=len(found.reports), new=new, messages=found.messages
        )  # fmt: skip
    inbox.record_feed_state(state)
    return state


def store_news(news: NewsBatch, origin: tuple[str, str], inbox: InboxStore, at: datetime) -> int:
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
    made = {
        one.id: one for one in (inbox_item_from_news(each, *origin, at) for each in news.reports)
    }
    known = inbox.find(at - CLUSTER_LOOKBACK)
    return inbox.ingest(cluster_news(made.values(), known))


# ------------------------------------------------------------
# Search news: ask a search of the world's news, keep what it finds, and measure its tone.


SEARCH_PERIODS: Final = {
    "1d": timedelta(days=1),
    "3d": timedelta(days=3),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
    "90d": timedelta(days=90),
}
"""How far back a search may go, by the word of a link or a command."""


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What a search brought: how many reports, how many of them new, what one should know."""

    found: int
    new: int
    told: tuple[str, ...]


def search_news(
    source: NewsSource, inbox: InboxStore, query: str, period: str, now: Callable[[], datetime]
) -> SearchResult:
    """Ask a search and keep its reports in the inbox.

    Args:
        source: the search.
        inbox: where reports are kept.
        query: the words.
        period: a key of `SEARCH_PERIODS`.
        now: the clock.

    Raises:
        InputError: the words or the period cannot be asked.
        SourceError: the search did not answer.
        StoreError: the inbox cannot be written.
    """
    news = source.news(_news_query(query, period, now()))
    new = store_news(news, (source.id, " ".join(query.split())), inbox, now())
    return SearchResult(len(news.reports), new, news.messages)


def tone_timeline(
    source: ToneSource, query: str, period: str, now: Callable[[], datetime]
) -> ToneTimeline:
    """How the tone of the articles on a query went.

    Raises:
        InputError: the words or the period cannot be asked.
        SourceError: the search did not answer.
    """
    return source.tone(_news_query(query, period, now()))


def _news_query(query: str, period: str, now: datetime) -> NewsQuery:
    if period not in SEARCH_PERIODS:
        msg = f"period: {period[:20]} is none; take one of {', '.join(SEARCH_PERIODS)}"
        raise InputError(msg)
    return NewsQuery(query, now - SEARCH_PERIODS[period], now)
