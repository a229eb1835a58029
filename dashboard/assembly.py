"""Which real parts this process is made of; the only place that chooses."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

from dashboard.compute.here import Here
from dashboard.config import Settings
from dashboard.domain.errors import InputError
from dashboard.domain.rate_file import AS_IT_IS, RateReading, RateTable
from dashboard.services.known_rates import KnownRates
from dashboard.services.limit_use import Limits
from dashboard.services.refresh_behind import Refresher
from dashboard.services.refresh_news_behind import NewsRefresher
from dashboard.services.watch_notes import NoteWatch
from dashboard.sources.clock import WallClock
from dashboard.sources.event_files.reading import outline_events, read_events
from dashboard.sources.feeds.fetching import OF_A_FEED, GuardedFetching, PoliteFetching
from dashboard.sources.feeds.listed import FeedList
from dashboard.sources.file_bytes import shown_name
from dashboard.sources.http_client import DEFAULT_LIMITS, LazyClient
from dashboard.sources.news.catalogue import Catalogue
from dashboard.sources.news.csv_file import EventTable, read_event_file
from dashboard.sources.news.feed import Feed
from dashboard.sources.news.gdelt import OF_GDELT, Gdelt
from dashboard.sources.rates.cbr import Cbr
from dashboard.sources.rates.csv_file import read_rate_table
from dashboard.sources.rates.ecb import Ecb
from dashboard.sources.rates.exchange_api import ExchangeApi
from dashboard.sources.rates.fred import Fred
from dashboard.sources.rates.moex import Moex
from dashboard.sources.rates.own import OwnRates
from dashboard.sources.rates.shipped import ShippedRates
from dashboard.sources.rates.yahoo import Yahoo
from dashboard.store.candidates import CandidateStore
from dashboard.store.events import EventStore
from dashboard.store.rate_cache import RateCache

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from dashboard.compute.base import Compute
    from dashboard.domain.article import Article
    from dashboard.domain.backup import BackupContents
    from dashboard.domain.imports import EventRows, Outline, Reading
    from dashboard.sources.http_client import RequestLimits
    from dashboard.sources.news.base import EventSource
    from dashboard.sources.polite_client import PoliteClient
    from dashboard.sources.public_route import Way
    from dashboard.sources.rates.base import LiveSource, RateSource


Door: TypeAlias = Literal["page", "cli", "api"]


@dataclass(frozen=True)
class Parts:
    """Everything a door hands to the services."""

    settings: Settings
    rates: tuple[RateSource, ...]
    known: KnownRates
    own: OwnRates
    memory: RateCache
    refresher: Refresher
    catalogue: EventSource
    notes: EventStore
    watch: NoteWatch
    compute: Compute
    limits: Limits
    inbox: CandidateStore
    feeds: FeedList
    search: Gdelt
    feed_client: LazyClient
    news: NewsRefresher


def assemble(settings: Settings | None = None, door: Door = "page") -> Parts:
    """The parts for these settings; cheap: nothing is read or opened before its first use.

    Args:
        settings: those of the environment where None.
        door: through which door changes come; the record says it.
    """
    settings = settings or Settings()
    memory = RateCache(settings.cache_folder)
    known = KnownRates(ShippedRates(), live_sources(settings), memory)
    own = OwnRates(settings.own_folder)
    notes = EventStore(settings.store_url, person=settings.dashboard_user.strip(), door=door)
    offline = settings.dashboard_offline
    inbox = CandidateStore(notes)
    feeds = FeedList(settings.dashboard_home.expanduser().resolve())
    feed_client = http_client(settings, OF_A_FEED)
    return Parts(
        settings=settings,
        rates=(known, own),
        known=known,
        own=own,
        memory=memory,
        refresher=Refresher(known, memory, WallClock().now, is_offline=offline),
        catalogue=Catalogue(),
        notes=notes,
        watch=NoteWatch(notes),
        compute=Here(),
        limits=Limits(),
        inbox=inbox,
        feeds=feeds,
        search=Gdelt(http_client(settings, OF_GDELT)),
        feed_client=feed_client,
        news=NewsRefresher(
            lambda: feeds_to_ask(feeds, feed_client, settings),
            inbox,
            WallClock().now,
            is_offline=offline,
        ),
    )


def feeds_to_ask(
    feeds: FeedList, client: LazyClient, settings: Settings, named: str = ""
) -> tuple[Feed, ...]:
    """The feeds that are switched on, or the one that is named, ready to be asked.

    A feed that a person added is asked over public addresses only; with a replica of the
    network every feed goes to that.

    Args:
        feeds: the list.
        client: for the feeds that ship.
        settings: whether there is a replica.
        named: the id of the only one to ask.

    Raises:
        InputError: there is none of this id, or the list cannot be read.
    """
    polite, guarded = PoliteFetching(client), GuardedFetching()
    wanted = [each for each in feeds.publishers() if named in {"", each.id}]
    if named and not wanted:
        msg = f"{named[:60]}: there is no feed of this id; see `feeds list`"
        raise InputError(msg)
    return tuple(
        Feed(
            each,
            guarded if each.is_own and settings.dashboard_upstream is None else polite,
            client.clock,
        )
        for each in wanted
        if each.enabled or named
    )


def notes_as(parts: Parts, person: str) -> EventStore:
    """The notes as somebody sees and signs them who is not the person of this process."""
    from dashboard.store.notes_as import NotesAs

    return NotesAs(parts.notes, person)


def freeze(parts: Parts, moment: datetime) -> Parts:
    """The same parts as they were known at a moment; nobody is asked and nothing is written."""
    from dashboard.services.freeze import CatalogueThen, SourceThen
    from dashboard.store.cache_history import CacheThen
    from dashboard.store.notes_then import NotesThen

    memory = CacheThen(parts.settings.cache_folder, moment)
    known = KnownRates(SourceThen(ShippedRates(), moment), live_sources(parts.settings), memory)
    own = SourceThen(parts.own, moment, by_import=True)
    return replace(
        parts,
        rates=(known, own),
        known=known,
        memory=memory,
        refresher=Refresher(known, memory, WallClock().now, is_offline=True),
        catalogue=CatalogueThen(parts.catalogue, moment),
        notes=NotesThen(parts.notes, moment),
    )


def http_client(settings: Settings, limits: RequestLimits = DEFAULT_LIMITS) -> LazyClient:
    """The client of the services, or of their replica; making it imports no network library.

    Args:
        settings: whether there is a replica.
        limits: of one request.
    """

    def make() -> PoliteClient:
        from dashboard.sources.http_transport import new_session
        from dashboard.sources.polite_client import PoliteClient

        return PoliteClient(new_session(settings.dashboard_upstream), limits=limits)

    return LazyClient(make)


def live_sources(settings: Settings) -> tuple[LiveSource, ...]:
    """The sources that ask the network, the official one first; making them asks nothing."""
    client = http_client(settings)
    return (
        Cbr(client),
        Moex(client),
        Ecb(client),
        Fred(client),
        Yahoo(client, settings.cache_folder / "yfinance"),
        ExchangeApi(client),
    )


def article_from_bytes(
    content: bytes, name: str, *, url: str = "", content_type: str = ""
) -> Article:
    """An article from the bytes of a page or a text.

    Args:
        content: as they were given.
        name: what messages call it.
        url: where it came from.
        content_type: what its server said about it.

    Raises:
        InputError: it is neither, or stands in place of an article.
    """
    from dashboard.sources.article.apart import read_apart
    from dashboard.sources.article.given import is_page
    from dashboard.sources.article.page import read_article

    read = read_apart if is_page(content) else read_article
    today = WallClock().now().date()
    return replace(read(content, name, today, content_type=content_type), url=url)


def article_from_file(path: Path) -> Article:
    """An article from a file.

    Raises:
        InputError: it cannot be read, or holds no article.
    """
    from dashboard.sources.article.given import read_file
    from dashboard.sources.article.page import MOST_BYTES

    return article_from_bytes(read_file(path, MOST_BYTES), shown_name(path.name))


def article_from_link(link: str, settings: Settings, way: Way | None = None) -> Article:
    """An article from a link, which may lead to public addresses only.

    Args:
        link: as a person pasted it.
        settings: offline, or with a replica of the network, no link is followed.
        way: how names become connections; the Internet's where None.

    Raises:
        InputError: the link may not be followed, or there is no article behind it.
        SourceError: the host did not answer with a page.
    """
    from dashboard.sources.public_address import read_link
    from dashboard.sources.public_link import Links
    from dashboard.sources.public_route import THE_INTERNET

    asked = read_link(link)
    if way is None and (settings.dashboard_offline or settings.dashboard_upstream):
        variable = "DASHBOARD_OFFLINE" if settings.dashboard_offline else "DASHBOARD_UPSTREAM"
        msg = f"link {asked.host}: is not followed while {variable} is set; give the page as a file"
        raise InputError(msg)
    page = Links(way or THE_INTERNET).fetch(link)
    return article_from_bytes(
        page.content, asked.host, url=page.url, content_type=page.content_type
    )


class ArchiveFile:
    """A backup as one file on this machine."""

    def write(self, target: Path, members: Mapping[str, Path], contents: BackupContents) -> None:
        """Write a new file, whole or not at all."""
        from dashboard.store.archive import write_archive

        write_archive(target, members, contents)

    def read(self, file: Path, folder: Path) -> BackupContents:
        """Check a file and take its members out into a folder."""
        from dashboard.store.archive import read_archive

        return read_archive(file, folder)


def rates_from_file(
    source: Path | bytes, reading: RateReading = AS_IT_IS, name: str = ""
) -> RateTable:
    """A person's file of rates, or the bytes of an upload, read strictly.

    Raises:
        InputError: one line with file, row, column, what it holds and what to do.
    """
    return read_rate_table(source, reading, name=name)


def events_to_import(path: Path, reading: Reading) -> EventRows:
    """A person's file of events in CSV, Excel, JSON or iCalendar, read row by row.

    Raises:
        InputError: the file as a whole cannot be read; one line with what to do.
    """
    return read_events(path, reading, WallClock().now().date())


def events_in_upload(data: bytes, name: str, reading: Reading) -> EventRows:
    """The bytes of an upload, read row by row as a file of events.

    Raises:
        InputError: it cannot be read as a whole; one line with what to do.
    """
    return read_events(data, reading, WallClock().now().date(), name=name)


def outline_of_upload(data: bytes, name: str, reading: Reading) -> Outline:
    """What kind of file an upload is, with its sheets, columns and what they are read as.

    Raises:
        InputError: it is no file of events; one line with what to do.
    """
    return outline_events(data, reading, WallClock().now().date(), name=name)


def events_from_file(path: Path) -> EventTable:
    """A person's file of events, read strictly.

    Raises:
        InputError: one line with file, row, column, what it holds and what to do.
    """
    return read_event_file(path)
