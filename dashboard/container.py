"""Composition root: chooses the implementations that this process uses."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache, partial, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, cast

from dashboard.compute.local import LocalBackend
from dashboard.config import Settings
from dashboard.models.errors import InputError
from dashboard.models.messages import set_default_language
from dashboard.models.messages import translate as _
from dashboard.models.people import Action, Forbidden, Reader, Role
from dashboard.models.user_files import DEFAULT_RATE_OPTIONS, RateFileContents, RateFileOptions
from dashboard.services.jobs import (
    NewsRefreshJob,
    NoteVersionWatcher,
    RateRefreshJob,
    ReplicaLock,
)
from dashboard.services.people import (
    AccessControl,
    AccessPolicy,
    members_from_lists,
)
from dashboard.services.rate_limit import HEAVY_READS, HeavyReadQueue, RateLimiter
from dashboard.services.rates import CombinedRates
from dashboard.sources.clock import WallClock
from dashboard.sources.datapackage import read_shipped_baskets
from dashboard.sources.events.catalogue import Catalogue
from dashboard.sources.events.feed import FEED_LIMITS, Feed, GuardedFetcher, PoliteFetcher
from dashboard.sources.events.gdelt import GDELT_LIMITS, Gdelt
from dashboard.sources.events.schedule import Schedule
from dashboard.sources.feeds.registry import USER_FILE_NAME, FeedRegistry
from dashboard.sources.files.event_file import (
    EventTable,
    outline_event_file,
    read_event_rows,
    read_events,
)
from dashboard.sources.files.folder import LocalFolder
from dashboard.sources.files.text import display_name
from dashboard.sources.http_client import DEFAULT_LIMITS, LazyClient
from dashboard.sources.rates import LIVE_SOURCES
from dashboard.sources.rates.bundled import BundledRates
from dashboard.sources.rates.csv_file import read_rate_arrays, read_rate_file
from dashboard.sources.rates.imported import SERIES_FILES, ImportedRates
from dashboard.storage.rate_cache import RateCache

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from contextlib import AbstractContextManager
    from datetime import datetime

    import pandas as pd

    from dashboard.compute.base import ComputeBackend
    from dashboard.models.article import Article
    from dashboard.models.baskets import Basket
    from dashboard.models.event import Event
    from dashboard.models.records import BackupContents
    from dashboard.models.series import Floats
    from dashboard.models.user_files import EventFileOptions, EventFileOutline, EventFileRows
    from dashboard.services.alerts import KnownData
    from dashboard.services.robustness import AnswerTexts
    from dashboard.services.watch import SendMessage
    from dashboard.sources.events.base import EventSource
    from dashboard.sources.files.folder import FileChanges, FileStore, FileVersions
    from dashboard.sources.http_client import RequestLimits
    from dashboard.sources.notifications import ParsedTarget
    from dashboard.sources.polite_client import PoliteClient
    from dashboard.sources.public_url import PublicUrl
    from dashboard.sources.rates.base import LiveSource, RateSource
    from dashboard.sources.safe_fetch import ConnectionPolicy
    from dashboard.storage.alerts import AlertRepository
    from dashboard.storage.baskets import BasketRepository
    from dashboard.storage.inbox import InboxRepository
    from dashboard.storage.notes import NoteRepository
    from dashboard.storage.rate_cache import CacheStore


Interface: TypeAlias = Literal["page", "cli", "api"]


@dataclass(frozen=True)
class AppContext:
    """The implementations that an interface passes to the services."""

    settings: Settings
    rates: tuple[RateSource, ...]
    known: CombinedRates
    own: ImportedRates
    rate_cache: RateCache
    refresher: RateRefreshJob
    fetcher: RateRefreshJob
    shared_answers: AnswerTexts | None
    catalogue: EventSource
    schedule: EventSource
    notes: NoteRepository
    watch: NoteVersionWatcher
    compute: ComputeBackend
    limits: RateLimiter
    heavy_reads: HeavyReadQueue
    inbox: InboxRepository
    feeds: FeedRegistry
    search: Gdelt
    feed_client: LazyClient
    news: NewsRefreshJob
    access: AccessControl
    alerts: AlertRepository
    baskets: BasketRepository


def build_context(settings: Settings | None = None, interface: Interface = "page") -> AppContext:
    """The context for some settings; nothing is read or opened before its first use.

    Args:
        settings: the settings; those of the environment where None.
        interface: the interface that makes changes, for the audit trail.
    """
    settings = settings or Settings()
    set_default_language(settings.dashboard_language)
    notes, inbox = _lazy_repositories(settings, interface)
    places = _shared_places(notes) if settings.is_shared else _local_places(settings)
    rate_cache = RateCache(places.rate_cache)
    rates = CombinedRates(bundled_rates(), live_sources(settings), rate_cache)
    imported = ImportedRates(places.own_rates)
    is_public = is_for_visitors(settings, interface)
    offline = settings.dashboard_offline or is_public

    def rate_job(name: str) -> RateRefreshJob:
        lock = places.lock_of(name)
        return RateRefreshJob(rates, rate_cache, WallClock().now, is_offline=offline, lock=lock)

    feeds = FeedRegistry(places.feeds)
    feed_client = http_client(settings, FEED_LIMITS)
    return AppContext(
        settings=settings,
        rates=(rates, imported),
        known=rates,
        own=imported,
        rate_cache=rate_cache,
        refresher=rate_job("refresh-rates"),
        fetcher=rate_job("fetch-series"),
        shared_answers=places.shared_answers,
        catalogue=Catalogue(),
        schedule=Schedule(),
        notes=notes,
        watch=NoteVersionWatcher(notes),
        compute=LocalBackend(),
        limits=RateLimiter(lambda: notes.recent_actions, is_counting=not is_public),
        heavy_reads=HEAVY_READS,
        inbox=inbox,
        feeds=feeds,
        search=Gdelt(http_client(settings, GDELT_LIMITS)),
        feed_client=feed_client,
        news=NewsRefreshJob(
            lambda: enabled_feeds(feeds, feed_client, settings),
            inbox,
            WallClock().now,
            is_offline=offline,
            lock=places.lock_of("refresh-news"),
        ),
        access=AccessControl(access_policy(settings, interface), lambda: notes.people),
        alerts=_lazy_alerts(notes),
        baskets=_lazy_baskets(notes),
    )


class _NoNotes:
    """The notes of a store that was never made."""

    def notes(self) -> tuple[Event, ...]:
        """None."""
        return ()

    def hidden(self) -> frozenset[str]:
        """None."""
        return frozenset()

    def as_of(self, _moment: datetime) -> _NoNotes:
        """At any moment."""
        return self

    def for_user(self, _person: str) -> _NoNotes:
        """For anybody."""
        return self


def build_reading_context(
    settings: Settings | None = None, interface: Interface = "cli"
) -> AppContext:
    """The context of a program that only reads: a store that is not there is not made."""
    context = build_context(settings, interface)
    scheme, _separator, file = context.settings.store_url.partition(":///")
    if not scheme.startswith("sqlite") or Path(file).exists():
        return context
    return replace(context, notes=cast("NoteRepository", _NoNotes()))


def is_for_visitors(settings: Settings, interface: Interface) -> bool:
    """Whether pages and API are those of a public instance; commands are its owner's."""
    return settings.dashboard_public and interface != "cli"


def access_policy(settings: Settings, interface: Interface = "page") -> AccessPolicy:
    """What the settings say about people."""
    is_required = settings.dashboard_sign_in != "none"
    lists: dict[Role, Iterable[str]] = {
        Role.VIEWER: settings.dashboard_viewers,
        Role.EDITOR: settings.dashboard_editors,
        Role.ADMINISTRATOR: settings.dashboard_administrators,
    }
    return AccessPolicy(
        is_required=is_required,
        owner=settings.dashboard_user.strip(),
        members=members_from_lists(lists),
        default_role=settings.dashboard_default_role,
        idle=timedelta(hours=settings.dashboard_idle_hours),
        absolute=timedelta(hours=settings.dashboard_sign_in_hours),
        is_public=is_for_visitors(settings, interface),
    )


@lru_cache(maxsize=1)
def shipped_baskets() -> tuple[Basket, ...]:
    """The baskets that ship, the file read once."""
    return read_shipped_baskets()


@lru_cache(maxsize=1)
def bundled_rates() -> BundledRates:
    """The rates that ship, each file read once."""
    return BundledRates()


@dataclass(frozen=True)
class _Places:
    """Where what users share is: in files of this machine, or in a database for its replicas."""

    own_rates: Path | FileStore
    feeds: Path | FileStore
    rate_cache: Path | CacheStore
    shared_answers: AnswerTexts | None = None
    lock: Callable[[str, float], AbstractContextManager[bool]] | None = None

    def lock_of(self, name: str) -> ReplicaLock | None:
        """Takes the lock of that name between replicas at once, or not; None on one machine."""
        lock = self.lock
        return None if lock is None else lambda: lock(name, 0.0)


def _local_places(settings: Settings) -> _Places:
    home = settings.dashboard_home.expanduser().resolve()
    return _Places(settings.own_folder, home, settings.cache_folder)


def _shared_places(notes: NoteRepository) -> _Places:
    from dashboard.storage.shared_cache import CacheTables, SharedAnswers
    from dashboard.storage.shared_files import SharedFolder

    database = notes.database
    return _Places(
        own_rates=SharedFolder(database, "rates"),
        feeds=SharedFolder(database, "feeds"),
        rate_cache=CacheTables(database),
        shared_answers=SharedAnswers(database),
        lock=database.lock,
    )


def copy_local_files(context: AppContext) -> tuple[str, ...]:
    """Copy own rates and feeds of this machine into the database that its team shares.

    Names that are there already stay as they are; nothing is copied on one machine.

    Returns:
        The names of the files copied.

    Raises:
        StoreError: the database cannot be written.
    """
    from dashboard.storage.shared_files import SharedFolder

    settings = context.settings
    if not settings.is_shared:
        return ()
    database = context.notes.database
    rates = LocalFolder(settings.own_folder, SERIES_FILES)
    feeds = LocalFolder(settings.dashboard_home.expanduser().resolve(), USER_FILE_NAME)
    return (
        *_copy_missing(rates, SharedFolder(database, "rates")),
        *_copy_missing(feeds, SharedFolder(database, "feeds")),
    )


def _copy_missing(source: FileStore, target: FileStore) -> list[str]:
    missing: list[str] = []

    def decide(existing: FileVersions) -> FileChanges:
        missing[:] = [name for name in source.versions() if name not in existing]
        contents = {}
        for name in missing:
            with source.open(name) as file:
                contents[name] = file.read()
        return contents

    target.change(decide)
    return missing


class _LazyObject:
    """Stands for an object that is made on the first use of one of its attributes."""

    def __init__(self, make: Callable[[], object]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._made: object = None

    def __getattr__(self, name: str) -> object:
        with self._lock:
            self._made = self._made or self._make()
        return getattr(self._made, name)


def _lazy_repositories(
    settings: Settings, interface: Interface
) -> tuple[NoteRepository, InboxRepository]:
    """The repositories of notes and of the inbox, without the database library until they work."""

    def make_notes() -> NoteRepository:
        from dashboard.storage.database import ServerLimits
        from dashboard.storage.notes import NoteRepository

        # Where people sign in, the process of pages and API is nobody: what it reads is shared.
        is_open = settings.dashboard_sign_in == "none" and not settings.dashboard_public
        is_owner = is_open or interface == "cli"
        limits = ServerLimits(
            settings.database_pool_size,
            settings.database_connect_seconds,
            settings.database_statement_seconds,
        )
        return NoteRepository(
            settings.store_url,
            person=settings.dashboard_user.strip() if is_owner else "",
            interface=interface,
            limits=limits,
        )

    notes = cast("NoteRepository", _LazyObject(make_notes))
    return notes, _lazy_inbox(notes)


def _lazy_inbox(notes: NoteRepository) -> InboxRepository:
    def make_inbox() -> InboxRepository:
        from dashboard.storage.inbox import InboxRepository

        return InboxRepository(notes)

    return cast("InboxRepository", _LazyObject(make_inbox))


def _lazy_alerts(notes: NoteRepository) -> AlertRepository:
    def make_alerts() -> AlertRepository:
        from dashboard.storage.alerts import AlertRepository

        return AlertRepository(notes)

    return cast("AlertRepository", _LazyObject(make_alerts))


def _lazy_baskets(notes: NoteRepository) -> BasketRepository:
    def make_baskets() -> BasketRepository:
        from dashboard.storage.baskets import BasketRepository

        return BasketRepository(notes)

    return cast("BasketRepository", _LazyObject(make_baskets))


# ---- what a reader may do
#
# A reader never gets a repository itself but a view of it, which looks the role up before each
# method that changes something. A method that is not named here is refused, to everybody.

_Rules: TypeAlias = "Mapping[str, Action | _Rules]"


def _allow(action: Action, *names: str) -> dict[str, Action]:
    return dict.fromkeys(names, action)


NOTE_RULES: Final[_Rules] = {
    **_allow(
        Action.READ, "person", "get", "notes", "history", "count_by_author", "version", "probe",
        "imports", "hidden", "signature",
    ),
    **_allow(
        Action.NOTE, "add", "add_all", "edit", "change", "delete", "restore", "restore_revision"
    ),
    **_allow(Action.IMPORT, "import_notes", "undo_import"),
    **_allow(Action.HIDE, "hide", "unhide"),
    "audit": {"write": Action.READ, "entries": Action.ADMINISTER},
    "tokens": _allow(Action.ADMINISTER, "tokens", "create_token", "revoke_token"),
    "backups": _allow(
        Action.ADMINISTER, "file", "is_empty", "dump_to", "restore_from", "quarantine",
        "dump_server", "lock",
    ),
    "people": _allow(
        Action.ADMINISTER, "people", "find", "sign_ins", "end_all", "give_role", "remove_person"
    ),
}  # fmt: skip
INBOX_RULES: Final[_Rules] = {
    **_allow(Action.READ, "find", "by_ids", "feed_states"),
    **_allow(Action.DECIDE, "accept", "decide", "reopen"),
    **_allow(Action.FETCH, "ingest", "record_feed_state"),
}
FEED_RULES: Final[_Rules] = {
    **_allow(Action.READ, "publishers", "bundled"),
    **_allow(Action.FEED, "put", "remove"),
}
OWN_RATES_RULES: Final[_Rules] = {
    **_allow(Action.READ, "id", "cards", "get", "files", "series_ids", "series_files"),
    **_allow(Action.RATES, "store", "remove"),
    "restore_from": Action.ADMINISTER,
}


ALERT_RULES: Final[_Rules] = {
    **_allow(Action.READ, "rules", "targets", "alerts"),
    **_allow(
        Action.ALERT, "add_rule", "remove_rule", "add_target", "remove_target", "own_address",
        "send_again",
    ),
}  # fmt: skip


BASKET_RULES: Final[_Rules] = {
    "baskets": Action.READ,
    **_allow(Action.BASKET, "put", "remove"),
}


class _GuardedView:
    """An object as one reader may use it.

    Args:
        target: the object.
        rules: what each of its attributes takes; those that are not named are refused.
        authorize: refuses an action that the reader may not do at this moment.
    """

    def __init__(self, target: object, rules: _Rules, authorize: Callable[[Action], None]) -> None:
        self._target = target
        self._rules = rules
        self._authorize = authorize

    def __getattr__(self, name: str) -> Any:
        rule = self._rules.get(name)
        if rule is None:
            msg = f"{name} is not among what a reader may use"
            raise AttributeError(msg)
        if not isinstance(rule, Action):
            return _GuardedView(getattr(self._target, name), rule, self._authorize)
        if rule is Action.READ:
            return getattr(self._target, name)
        value = getattr(self._target, name)
        if not callable(value):
            self._authorize(rule)
            return value

        @wraps(value)
        def guarded(*args: Any, **named: Any) -> Any:
            self._authorize(rule)
            return value(*args, **named)

        return guarded


def context_for(context: AppContext, reader: Reader) -> AppContext:
    """The context as a reader may use it: with the own notes, and no more than the role allows."""
    authorize = partial(context.access.authorize, reader)
    notes = cast("NoteRepository", _LazyObject(lambda: context.notes.for_user(reader.person)))

    def guard(target: object, rules: _Rules) -> Any:
        return _GuardedView(target, rules, authorize)

    return replace(
        context,
        own=guard(context.own, OWN_RATES_RULES),
        notes=guard(notes, NOTE_RULES),
        inbox=guard(_lazy_inbox(notes), INBOX_RULES),
        feeds=guard(context.feeds, FEED_RULES),
        alerts=guard(_lazy_alerts(notes), ALERT_RULES),
        baskets=guard(_lazy_baskets(notes), BASKET_RULES),
    )


def enabled_feeds(
    feeds: FeedRegistry, client: LazyClient, settings: Settings, feed_id: str = ""
) -> tuple[Feed, ...]:
    """The enabled feeds, or the one of an id, with their clients.

    A feed added by a user is fetched from public addresses only; with a replica of the network
    every feed is fetched from that.

    Args:
        feeds: the list of feeds.
        client: fetches the bundled feeds.
        settings: whether there is a replica.
        feed_id: the only feed to fetch; all enabled ones where empty.

    Raises:
        InputError: there is no feed of this id, or the list cannot be read.
    """
    polite, guarded = PoliteFetcher(client), GuardedFetcher()
    wanted = [publisher for publisher in feeds.publishers() if feed_id in {"", publisher.id}]
    if feed_id and not wanted:
        msg = _("{feed_id}: there is no feed of this id; see `feeds list`", feed_id=feed_id[:60])
        raise InputError(msg)
    return tuple(
        Feed(
            publisher,
            guarded if publisher.is_imported and settings.dashboard_upstream is None else polite,
            client.clock,
        )
        for publisher in wanted
        if publisher.enabled or feed_id
    )


def context_as_of(context: AppContext, moment: datetime) -> AppContext:
    """The context as of a moment; the network is not used and nothing is written."""
    from dashboard.services.rates import AsOfCatalogue, AsOfSource

    rate_cache = context.rate_cache.as_of(moment)
    rates = CombinedRates(
        AsOfSource(bundled_rates(), moment), live_sources(context.settings), rate_cache
    )
    imported = AsOfSource(context.own, moment, by_import=True)
    return replace(
        context,
        rates=(rates, imported),
        known=rates,
        rate_cache=rate_cache,
        refresher=RateRefreshJob(rates, rate_cache, WallClock().now, is_offline=True),
        fetcher=RateRefreshJob(rates, rate_cache, WallClock().now, is_offline=True),
        catalogue=AsOfCatalogue(context.catalogue, moment),
        schedule=AsOfCatalogue(context.schedule, moment),
        notes=context.notes.as_of(moment),
    )


def known_data(context: AppContext, moment: datetime | None = None) -> KnownData:
    """What alert rules look at: now, or as known at a moment."""
    from dashboard.services.alerts import KnownData
    from dashboard.services.news import group_by_cluster
    from dashboard.services.notes import all_events
    from dashboard.services.rates import get_series

    then = context if moment is None else context_as_of(context, moment)
    now = moment or WallClock().now()
    return KnownData(
        now,
        lambda series_id: get_series(then.rates, series_id),
        lambda person: all_events(then.catalogue, then.notes.for_user(person)),
        lambda: group_by_cluster(item for item in context.inbox.find() if item.first_seen <= now),
    )


def parse_alert_target(text: str) -> ParsedTarget:
    """Check where alerts are to be sent; nothing is sent.

    Raises:
        InputError: it is no address of a service that is taken; the address is not repeated.
    """
    from dashboard.sources.notifications import parse_target

    return parse_target(text)


def alert_sender(settings: Settings) -> SendMessage:
    """Sends alerts, to public addresses and the hosts that the settings allow."""
    from dashboard.sources.notifications import send_message

    hosts = settings.alert_hosts
    return lambda address, message: send_message(address, message, hosts)


def may_receive(context: AppContext, person: str) -> bool:
    """Whether a person may see what alerts say: where people sign in, who has a role here.

    Raises:
        StoreError: people cannot be looked up.
    """
    try:
        context.access.authorize(Reader(person, Role.NONE), Action.READ)
    except Forbidden:
        return not context.access.policy.is_required
    return True


def http_client(settings: Settings, limits: RequestLimits = DEFAULT_LIMITS) -> LazyClient:
    """The HTTP client, or that of a replica; creating it imports no network library.

    Args:
        settings: whether there is a replica.
        limits: the limits of one request.
    """

    def make() -> PoliteClient:
        from dashboard.sources.http_transport import new_session
        from dashboard.sources.polite_client import PoliteClient

        return PoliteClient(new_session(settings.dashboard_upstream), limits=limits)

    return LazyClient(make)


def live_sources(settings: Settings) -> tuple[LiveSource, ...]:
    """The live sources, the official one first; creating them does not use the network."""
    client = http_client(settings)
    return tuple(source.create(client, settings.cache_folder) for source in LIVE_SOURCES)


def article_from_bytes(
    content: bytes, name: str, *, url: str = "", content_type: str = ""
) -> Article:
    """An article from the bytes of a page or a text.

    Args:
        content: the bytes.
        name: the name in messages.
        url: the address of the page.
        content_type: the media type given by its server.

    Raises:
        InputError: it is neither, or holds no article.
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
    link: str, settings: Settings, policy: ConnectionPolicy | None = None
) -> Article:
    """An article from a link, which may lead to public addresses only.

    Args:
        link: the link as entered.
        settings: no link is followed offline, or with a replica of the network.
        policy: resolves names and opens connections; that of the Internet where None.

    Raises:
        InputError: the link may not be followed, or the page holds no article.
        SourceError: the host did not answer with a page.
    """
    from dashboard.sources.safe_fetch import LinkFetcher

    target, followed = _check_link(link, settings, policy)
    page = LinkFetcher(followed).fetch(link)
    return article_from_bytes(
        page.content, target.host, url=page.url, content_type=page.content_type
    )


def fetch_json(link: str, settings: Settings, policy: ConnectionPolicy | None = None) -> bytes:
    """The JSON document at a public address.

    Raises:
        InputError: the link may not be followed.
        SourceError: the host did not answer with JSON.
    """
    from dashboard.sources.safe_fetch import JSON_CONTENT_TYPES, JSON_KINDS, LinkFetcher

    _target, followed = _check_link(link, settings, policy)
    fetcher = LinkFetcher(followed, types=JSON_CONTENT_TYPES, kinds=JSON_KINDS, is_feed=True)
    return fetcher.fetch(link).content


def _check_link(
    link: str, settings: Settings, policy: ConnectionPolicy | None
) -> tuple[PublicUrl, ConnectionPolicy]:
    """The parsed link, and how connections are opened.

    Raises:
        InputError: it is no public link, or links are not followed by this process.
    """
    from dashboard.sources.public_url import parse_public_url
    from dashboard.sources.safe_fetch import DEFAULT_POLICY

    target = parse_public_url(link)
    if policy is None and (settings.dashboard_offline or settings.dashboard_upstream):
        variable = "DASHBOARD_OFFLINE" if settings.dashboard_offline else "DASHBOARD_UPSTREAM"
        msg = _(
            "link {host}: is not followed while {variable} is set; give the page as a file",
            host=target.host,
            variable=variable,
        )
        raise InputError(msg)
    return target, policy or DEFAULT_POLICY


class BackupArchive:
    """A backup as one file."""

    def write(self, target: Path, members: Mapping[str, Path], contents: BackupContents) -> None:
        """Write a new file atomically."""
        from dashboard.storage.backups import write_archive

        write_archive(target, members, contents)

    def read(self, file: Path, folder: Path) -> BackupContents:
        """Check a file and unpack its members into a folder."""
        from dashboard.storage.backups import read_archive

        return read_archive(file, folder)


def rates_from_file(
    source: Path | bytes, options: RateFileOptions = DEFAULT_RATE_OPTIONS, name: str = ""
) -> RateFileContents:
    """A user's file of rates, or the bytes of an upload, parsed strictly.

    Raises:
        InputError: one line with file, row, column, what it holds and what to do.
    """
    return read_rate_file(source, options, name=name)


def event_rows_from_file(
    source: Path | bytes, options: EventFileOptions, name: str = ""
) -> EventFileRows:
    """A user's file of events in CSV, Excel, JSON or iCalendar, parsed row by row.

    Args:
        source: the file, or the bytes of an upload.
        options: how it is read.
        name: the name of an upload.

    Raises:
        InputError: the file as a whole cannot be read; one line with what to do.
    """
    return read_event_rows(source, options, WallClock().now().date(), name=name)


def event_outline_from_upload(
    data: bytes, name: str, options: EventFileOptions
) -> EventFileOutline:
    """The format of an uploaded file of events, with its sheets, columns and their fields.

    Raises:
        InputError: it is no file of events; one line with what to do.
    """
    return outline_event_file(data, options, WallClock().now().date(), name=name)


def events_from_file(source: Path | bytes, options: EventFileOptions, name: str = "") -> EventTable:
    """A user's file of events in CSV, Excel, JSON or iCalendar, of which every row is one.

    Args:
        source: the file, or the bytes of one.
        options: how it is read.
        name: what messages call the bytes.

    Raises:
        InputError: one line with file, row, column, what it holds and what to do.
    """
    return read_events(source, options, WallClock().now().date(), name=name)


def rates_from_arrays(
    index: pd.DatetimeIndex, rates: Mapping[str, Floats], options: RateFileOptions, name: str
) -> RateFileContents:
    """The columns of a data frame as series, by the rules of a file of rates.

    Raises:
        InputError: one line with row, column, what it holds and what to do.
    """
    from dashboard.sources.files.typed_columns import read_date_index

    return read_rate_arrays(read_date_index(index), rates, options, name)
