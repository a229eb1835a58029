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
from dashboard.sources.clock import WallClock
from dashboard.sources.event_files.reading import read_events
from dashboard.sources.file_bytes import shown_name
from dashboard.sources.news.catalogue import Catalogue
from dashboard.sources.news.csv_file import EventTable, read_event_file
from dashboard.sources.rates.cbr import Cbr
from dashboard.sources.rates.csv_file import read_rate_table
from dashboard.sources.rates.ecb import Ecb
from dashboard.sources.rates.exchange_api import ExchangeApi
from dashboard.sources.rates.fred import Fred
from dashboard.sources.rates.moex import Moex
from dashboard.sources.rates.own import OwnRates
from dashboard.sources.rates.shipped import ShippedRates
from dashboard.sources.rates.yahoo import Yahoo
from dashboard.sources.web_later import WebLater
from dashboard.store.events import EventStore
from dashboard.store.rate_cache import RateCache

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from dashboard.compute.base import Compute
    from dashboard.domain.article import Article
    from dashboard.domain.backup import BackupContents
    from dashboard.domain.imports import EventRows, Reading
    from dashboard.sources.news.base import EventSource
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
    compute: Compute
    limits: Limits


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
    offline = settings.dashboard_offline
    return Parts(
        settings=settings,
        rates=(known, own),
        known=known,
        own=own,
        memory=memory,
        refresher=Refresher(known, memory, WallClock().now, is_offline=offline),
        catalogue=Catalogue(),
        notes=EventStore(settings.store_url, door=door),
        compute=Here(),
        limits=Limits(),
    )


def live_sources(settings: Settings) -> tuple[LiveSource, ...]:
    """The sources that ask the network, the official one first; making them asks nothing."""
    web = WebLater(settings.dashboard_upstream)
    return (
        Cbr(web),
        Moex(web),
        Ecb(web),
        Fred(web),
        Yahoo(web, settings.cache_folder / "yfinance"),
        ExchangeApi(web),
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


def events_from_file(path: Path) -> EventTable:
    """A person's file of events, read strictly.

    Raises:
        InputError: one line with file, row, column, what it holds and what to do.
    """
    return read_event_file(path)
