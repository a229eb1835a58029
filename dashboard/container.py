"""Composition root: chooses the implementations that this process uses."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

from dashboard.compute.local import LocalBackend
from dashboard.config import Settings
from dashboard.models.errors import InputError
from dashboard.models.user_files import DEFAULT_RATE_OPTIONS, RateFileContents, RateFileOptions
from dashboard.services.jobs import NewsRefreshJob, NoteVersionWatcher, RateRefreshJob
from dashboard.services.rate_limit import RateLimiter
from dashboard.services.rates import CombinedRates
from dashboard.sources.clock import WallClock
from dashboard.sources.events.catalogue import Catalogue
from dashboard.sources.events.csv_file import EventTable, read_event_file
from dashboard.sources.events.feed import FEED_LIMITS, Feed, GuardedFetcher, PoliteFetcher
from dashboard.sources.events.gdelt import GDELT_LIMITS, Gdelt
from dashboard.sources.feeds.registry import FeedRegistry
from dashboard.sources.files.event_file import outline_event_file, read_event_rows
from dashboard.sources.files.text import display_name
from dashboard.sources.http_client import DEFAULT_LIMITS, LazyClient
from dashboard.sources.rates.bundled import BundledRates
from dashboard.sources.rates.cbr import Cbr
from dashboard.sources.rates.csv_file import read_rate_file
from dashboard.sources.rates.ecb import Ecb
from dashboard.sources.rates.exchange_api import ExchangeApi
from dashboard.sources.rates.fred import Fred
from dashboard.sources.rates.imported import ImportedRates
from dashboard.sources.rates.moex import Moex
from dashboard.sources.rates.yahoo import Yahoo
from dashboard.storage.inbox import InboxRepository
from dashboard.storage.notes import NoteRepository
from dashboard.storage.rate_cache import RateCache

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from dashboard.compute.base import ComputeBackend
    from dashboard.models.article import Article
    from dashboard.models.records import BackupContents
    from dashboard.models.user_files import EventFileOptions, EventFileOutline, EventFileRows
    from dashboard.sources.events.base import EventSource
    from dashboard.sources.http_client import RequestLimits
    from dashboard.sources.polite_client import PoliteClient
    from dashboard.sources.rates.base import LiveSource, RateSource
    from dashboard.sources.safe_fetch import ConnectionPolicy


Interface: TypeAlias = Literal["page", "cli", "api"]


@dataclass(frozen=True)
class AppContext:
    """Everything a door hands to the services."""

    settings: Settings
    rates: tuple[RateSource, ...]
    known: CombinedRates
    own: ImportedRates
    rate_cache: RateCache
    refresher: RateRefreshJob
    catalogue: EventSource
    notes: NoteRepository
    watch: NoteVersionWatcher
    compute: ComputeBackend
    limits: RateLimiter
    inbox: InboxRepository
    feeds: FeedRegistry
    search: Gdelt
    feed_client: LazyClient
    news: NewsRefreshJob


def build_context(settings: Settings | None = None, door: Interface = "page") -> AppContext:
    """The parts for these settings; cheap: nothing is read or opened before its first use.

    Args:
        settings: those of the environment where None.
        door: through which door changes come; the record says it.
    """
    settings = settings or Settings()
    memory = RateCache(settings.cache_folder)
    known = CombinedRates(BundledRates(), live_sources(settings), memory)
    own = ImportedRates(settings.own_folder)
    notes = NoteRepository(settings.store_url, person=settings.dashboard_user.strip(), door=door)
    offline = settings.dashboard_offline
    inbox = InboxRepository(notes)
    feeds = FeedRegistry(settings.dashboard_home.expanduser().resolve())
    feed_client = http_client(settings, FEED_LIMITS)
    return AppContext(
        settings=settings,
        rates=(known, own),
        known=known,
        own=own,
        rate_cache=memory,
        refresher=RateRefreshJob(known, memory, WallClock().now, is_offline=offline),
        catalogue=Catalogue(),
        notes=notes,
        watch=NoteVersionWatcher(notes),
        compute=LocalBackend(),
        limits=RateLimiter(),
        inbox=inbox,
        feeds=feeds,
        search=Gdelt(http_client(settings, GDELT_LIMITS)),
        feed_client=feed_client,
        news=NewsRefreshJob(
            lambda: enabled_feeds(feeds, feed_client, settings),
            inbox,
            WallClock().now,
            is_offline=offline,
        ),
    )


def enabled_feeds(
    feeds: FeedRegistry, client: LazyClient, settings: Settings, named: str = ""
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
    polite, guarded = PoliteFetcher(client), GuardedFetcher()
    wanted = [each for each in feeds.publishers() if named in {"", each.id}]
    if named and not wanted:
        msg = f"{named[:60]}: there is no feed of this id; see `feeds list`"
        raise InputError(msg)
    return tuple(
        Feed(
            each,
            guarded if each.is_imported and settings.dashboard_upstream is None else polite,
            client.clock,
        )
        for each in wanted
        if each.enabled or named
    )


def notes_for_user(parts: AppContext, person: str) -> NoteRepository:
    """The notes as somebody sees and signs them who is not the person of this process."""
    from dashboard.storage.notes import UserNoteRepository

    return UserNoteRepository(parts.notes, person)


def context_as_of(parts: AppContext, moment: datetime) -> AppContext:
    """The same parts as they were known at a moment; nobody is asked and nothing is written."""
    from dashboard.services.rates import AsOfCatalogue, AsOfSource
    from dashboard.storage.notes import AsOfNoteRepository
    from dashboard.storage.rate_cache import AsOfRateCache

    memory = AsOfRateCache(parts.settings.cache_folder, moment)
    known = CombinedRates(AsOfSource(BundledRates(), moment), live_sources(parts.settings), memory)
    own = AsOfSource(parts.own, moment, by_import=True)
    return replace(
        parts,
        rates=(known, own),
        known=known,
        rate_cache=memory,
        refresher=RateRefreshJob(known, memory, WallClock().now, is_offline=True),
        catalogue=AsOfCatalogue(parts.catalogue, moment),
        notes=AsOfNoteRepository(parts.notes, moment),
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
    from dashboard.sources.article_reader import (
        is_web_page,
        read_article,
        read_article_in_subprocess,
    )

    read = read_article_in_subprocess if is_web_page(content) else read_article
    today = WallClock().now().date()
    return replace(read(content, name, today, content_type=content_type), url=url)


def article_from_file(path: Path) -> Article:
    """An article from a file.

    Raises:
        InputError: it cannot be read, or holds no article.
    """
    from dashboard.sources.article_reader import MAX_PAGE_BYTES, read_article_file

    return article_from_bytes(read_article_file(path, MAX_PAGE_BYTES), display_name(path.name))


def article_from_link(
    link: str, settings: Settings, way: ConnectionPolicy | None = None
) -> Article:
    """An article from a link, which may lead to public addresses only.

    Args:
        link: as a person pasted it.
        settings: offline, or with a replica of the network, no link is followed.
        way: how names become connections; the Internet's where None.

    Raises:
        InputError: the link may not be followed, or there is no article behind it.
        SourceError: the host did not answer with a page.
    """
    from dashboard.sources.public_url import parse_public_url
    from dashboard.sources.safe_fetch import DEFAULT_POLICY, LinkFetcher

    asked = parse_public_url(link)
    if way is None and (settings.dashboard_offline or settings.dashboard_upstream):
        variable = "DASHBOARD_OFFLINE" if settings.dashboard_offline else "DASHBOARD_UPSTREAM"
        msg = f"link {asked.host}: is not followed while {variable} is set; give the page as a file"
        raise InputError(msg)
    page = LinkFetcher(way or DEFAULT_POLICY).fetch(link)
    return article_from_bytes(
        page.content, asked.host, url=page.url, content_type=page.content_type
    )


class BackupArchive:
    """A backup as one file on this machine."""

    def write(self, target: Path, members: Mapping[str, Path], contents: BackupContents) -> None:
        """Write a new file, whole or not at all."""
        from dashboard.storage.backups import write_archive

        write_archive(target, members, contents)

    def read(self, file: Path, folder: Path) -> BackupContents:
        """Check a file and take its members out into a folder."""
        from dashboard.storage.backups import read_archive

        return read_archive(file, folder)


def rates_from_file(
    source: Path | bytes, reading: RateFileOptions = DEFAULT_RATE_OPTIONS, name: str = ""
) -> RateFileContents:
    """A person's file of rates, or the bytes of an upload, read strictly.

    Raises:
        InputError: one line with file, row, column, what it holds and what to do.
    """
    return read_rate_file(source, reading, name=name)


def event_rows_from_file(path: Path, reading: EventFileOptions) -> EventFileRows:
    """A person's file of events in CSV, Excel, JSON or iCalendar, read row by row.

    Raises:
        InputError: the file as a whole cannot be read; one line with what to do.
    """
    return read_event_rows(path, reading, WallClock().now().date())


def event_rows_from_upload(data: bytes, name: str, reading: EventFileOptions) -> EventFileRows:
    """The bytes of an upload, read row by row as a file of events.

    Raises:
        InputError: it cannot be read as a whole; one line with what to do.
    """
    return read_event_rows(data, reading, WallClock().now().date(), name=name)


def event_outline_from_upload(
    data: bytes, name: str, reading: EventFileOptions
) -> EventFileOutline:
    """What kind of file an upload is, with its sheets, columns and what they are read as.

    Raises:
        InputError: it is no file of events; one line with what to do.
    """
    return outline_event_file(data, reading, WallClock().now().date(), name=name)


def events_from_file(path: Path) -> EventTable:
    """A person's file of events, read strictly.

    Raises:
        InputError: one line with file, row, column, what it holds and what to do.
    """
    return read_event_file(path)
