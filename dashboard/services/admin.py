"""Administration: backups, API tokens, the audit trail, diagnosis and health."""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
import secrets
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from dashboard.models.errors import InputError, RoubleReactionError, StoreError
from dashboard.models.records import AccessToken, AuditEntry, BackupContents, RestoreResult
from dashboard.models.series import RateSeries
from dashboard.services.inbox import FeedStatus, list_feed_statuses
from dashboard.services.notes import AUTHOR_LIMIT, clean_line
from dashboard.services.rates import get_series, list_cards

if TYPE_CHECKING:
    from dashboard.models.records import StoreStatus
    from dashboard.services.jobs import RateRefreshState
    from dashboard.services.live_rates import SeriesStatus
    from dashboard.services.news import FeedStore
    from dashboard.services.notes import EventCatalogue
    from dashboard.services.rates import CombinedRates
    from dashboard.sources.rates.base import LiveSource, RateSource
    from dashboard.storage.base import InboxStore, RateStore


# ------------------------------------------------------------
# Keep backups: everything a person wrote or brought in one file, made while others write.


log: Final = logging.getLogger("dashboard.backups")
DAILY_PREFIX: Final = "daily-"
MAX_DAILY_BACKUPS: Final = 7


class DatabaseBackup(Protocol):
    """The database of notes, as a backup sees it."""

    @property
    def file(self) -> Path | None:
        """Its file; None where it is a server's."""
        ...

    def is_empty(self) -> bool:
        """Whether nothing was ever written to it."""
        ...

    def dump_to(self, folder: Path) -> tuple[dict[str, Path], BackupContents]:
        """Copy it into a folder, as it stands at one moment."""
        ...

    def restore_from(self, folder: Path, contents: BackupContents, name: str, who: str) -> None:
        """Put the rows of a backup in the place of all that is there, or change nothing."""
        ...

    def quarantine(self) -> Path | None:
        """Move a file that cannot be read out of the way."""
        ...


class ImportedSeriesFiles(Protocol):
    """A person's own series, as a backup sees them."""

    def series_files(self) -> tuple[Path, ...]:
        """The file of every series."""
        ...

    def restore_from(self, files: Sequence[Path]) -> None:
        """Put files in the place of every series."""
        ...


class BackupArchive(Protocol):
    """How a backup becomes one file, and is taken out of it."""

    def write(self, target: Path, members: Mapping[str, Path], contents: BackupContents) -> None:
        """Write a new file, whole or not at all."""
        ...

    def read(self, file: Path, folder: Path) -> BackupContents:
        """Check a file and take its members out into a folder."""
        ...


def make_backup(
    file: Path, notes: DatabaseBackup, own: ImportedSeriesFiles, archive: BackupArchive
) -> BackupContents:
    """Write everything a person wrote or brought to a new file.

    Raises:
        InputError: the file is there already.
        StoreError: the database cannot be read, or there is no room.
    """
    if file.exists():
        msg = f"{file.name}: is there already; a backup never overwrites, name another file"
        raise InputError(msg)
    try:
        with tempfile.TemporaryDirectory(prefix="rouble-reaction-") as place:
            files, contents = notes.dump_to(Path(place))
            series = own.series_files()
            contents = replace(contents, series=tuple(each.stem for each in series))
            members = {**files, **{f"rates/{each.name}": each for each in series}}
            archive.write(file, members, contents)
    except OSError as error:
        msg = f"{file.name}: the backup cannot be made ({error.strerror}); free some room"
        raise StoreError(msg) from error
    return contents


def restore_backup(  # noqa: PLR0913 - what is read, what is filled, and what may be lost
    file: Path,
    notes: DatabaseBackup,
    own: ImportedSeriesFiles,
    archive: BackupArchive,
    *,
    keep_in: Path,
    may_replace: bool = False,
    who: str = "",
) -> RestoreResult:
    """Put a backup back; what is there is written to a backup of its own first.

    Args:
        file: the backup.
        notes: the database to fill.
        own: the series to fill.
        archive: how the file is read.
        keep_in: the folder for the backup of what is there.
        may_replace: whether anything that is there may be replaced.
        who: who does it.

    Raises:
        InputError: the file is no sound backup, or something is there and may not be replaced.
        StoreError: the database cannot be read or written.
    """
    with tempfile.TemporaryDirectory(prefix="rouble-reaction-") as place:
        folder = Path(place)
        contents = archive.read(file, folder)
        is_there, is_readable = _existing_data(notes, own)
        if is_there and not may_replace:
            msg = f"{file.name}: there are notes or series here; allow replacing them, they are kept in a backup"
            raise InputError(msg)
        before, damaged = None, None
        if not is_readable:
            damaged = notes.quarantine()
        elif is_there:
            stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
            before = keep_in / f"before-restore-{stamp}.zip"
            make_backup(before, notes, own, archive)
        notes.restore_from(folder, contents, file.name, who)
        own.restore_from(sorted((folder / "rates").glob("own_*.npz")))
    return RestoreResult(contents, _location_text(before), _location_text(damaged))


def write_daily_backup(
    folder: Path,
    notes: DatabaseBackup,
    own: ImportedSeriesFiles,
    archive: BackupArchive,
    today: date,
) -> Path | None:
    """Make the backup of a day, unless it was made; the newest seven are kept. Never raises.

    Returns:
        The backup made; None where there is one, there is nothing to keep, the database is a
        server's, or it failed, which is logged.
    """
    target = folder / f"{DAILY_PREFIX}{today}.zip"
    try:
        if target.exists() or notes.file is None or not notes.file.exists() or notes.is_empty():
            return None
        make_backup(target, notes, own, archive)
        for old in sorted(folder.glob(f"{DAILY_PREFIX}????-??-??.zip"))[:-MAX_DAILY_BACKUPS]:
            old.unlink(missing_ok=True)
    except (RoubleReactionError, OSError) as error:
        log.warning("no backup was made today: %s", error)
        return None
    return target


def backup_json(contents: BackupContents) -> dict[str, Any]:
    """What `backup --json` prints of a backup."""
    return {**asdict(contents), "series": list(contents.series)}


def _location_text(place: Path | None) -> str | None:
    return None if place is None else str(place)


def _existing_data(notes: DatabaseBackup, own: ImportedSeriesFiles) -> tuple[bool, bool]:
    """Whether anything is there, and whether the database can be read."""
    try:
        return not notes.is_empty() or bool(own.series_files()), True
    except StoreError:
        if notes.file is None:
            raise
        return True, False


# ------------------------------------------------------------
# Keep tokens: what lets a program write over the network; only the hash of each is kept.
#
# A token is `rr_` and 43 characters, 256 bits from the system's own source of randomness, so
# that its SHA-256 can neither be guessed nor turned back; a slow hash would protect no better.


TOKEN_PREFIX: Final = "rr_"
MAX_LIFETIME_DAYS: Final = 3_650
_NAME_PATTERN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")
_SECRET_PATTERN: Final = re.compile(r"rr_[A-Za-z0-9_-]{43}")
_USE_RECORD_INTERVAL: Final = timedelta(minutes=1)


class TokenStore(Protocol):
    """Where tokens are kept; every method raises StoreError where the store fails."""

    def create_token(self, token: AccessToken, who: str = "") -> AccessToken:
        """Keep a new token; InputError where there is one of its name."""
        ...

    def find_token(self, sha256: str) -> AccessToken | None:
        """The token whose secret has this hash, as it stands now."""
        ...

    def tokens(self) -> tuple[AccessToken, ...]:
        """Every token, the oldest first."""
        ...

    def revoke_token(self, name: str, who: str = "") -> AccessToken:
        """Refuse a token from now on; InputError where there is none of this name."""
        ...

    def record_use(self, name: str) -> None:
        """Note that a token was used now."""
        ...


def utc_now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)


def create_token(
    store: TokenStore,
    name: str,
    person: str = "",
    days: int | None = None,
    *,
    now: Callable[[], datetime] = utc_now,
) -> tuple[str, AccessToken]:
    """Make a token.

    Args:
        store: where its hash is kept.
        name: what its owner calls it.
        person: who writes with it; its name where empty.
        days: how long it holds; None: until it is revoked.
        now: the clock.

    Returns:
        The secret, which cannot be had again, and what is kept of it.

    Raises:
        InputError: the name cannot be used, or the number of days.
    """
    if not _NAME_PATTERN.fullmatch(name):
        msg = f'token "{clean_line(name)[:60]}": name it with letters, digits, ".", "_" and "-"'
        raise InputError(msg)
    writer = clean_line(person) or name
    if len(writer) > AUTHOR_LIMIT:
        msg = f"person: {len(writer)} characters, at most {AUTHOR_LIMIT} are kept; shorten it"
        raise InputError(msg)
    if days is not None and not 1 <= days <= MAX_LIFETIME_DAYS:
        msg = f"days: {days} is not between 1 and {MAX_LIFETIME_DAYS}; leave it out for no end"
        raise InputError(msg)
    secret, at = TOKEN_PREFIX + secrets.token_urlsafe(32), now()
    expires = None if days is None else at + timedelta(days=days)
    token = AccessToken(name, writer, hash_secret(secret), at, expires)
    return secret, store.create_token(token, who=writer)


def authenticate_token(
    store: TokenStore, secret: str, *, now: Callable[[], datetime] = utc_now
) -> AccessToken | None:
    """The token behind a secret, read anew each time; None where it opens no door.

    Raises:
        StoreError: the store cannot be read.
    """
    if not _SECRET_PATTERN.fullmatch(secret):
        return None
    sha256, at = hash_secret(secret), now()
    token = store.find_token(sha256)
    if token is None or not hmac.compare_digest(token.sha256, sha256) or not token.holds(at):
        return None
    if token.last_used is None or at - token.last_used >= _USE_RECORD_INTERVAL:
        store.record_use(token.name)
    return token


def list_tokens(store: TokenStore) -> tuple[AccessToken, ...]:
    """Every token, the oldest first, revoked ones too."""
    return store.tokens()


def revoke_token(store: TokenStore, name: str, who: str = "") -> AccessToken:
    """Refuse a token from the next request on.

    Raises:
        InputError: there is none of this name.
    """
    return store.revoke_token(clean_line(name)[:60], who)


def token_state(token: AccessToken, at: datetime) -> str:
    """`holds`, `expired` or `revoked`."""
    if token.revoked is not None:
        return "revoked"
    return "holds" if token.holds(at) else "expired"


def token_json(token: AccessToken, at: datetime) -> dict[str, Any]:
    """What `tokens list --json` prints of one; neither the secret nor its hash."""
    moments = ("created", "expires", "last_used", "revoked")
    told = {name: _iso_text(getattr(token, name)) for name in moments}
    return {"name": token.name, "person": token.person, "state": token_state(token, at), **told}


def hash_secret(secret: str) -> str:
    """The hash under which a secret is kept."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _iso_text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


# ------------------------------------------------------------
# List actions: what is on record, for the shell: the newest first.


MAX_AUDIT_ENTRIES: Final = 100_000


class AuditStore(Protocol):
    """Where actions are on record; raises StoreError where it cannot be read."""

    def audit_entries(self, most: int) -> tuple[AuditEntry, ...]:
        """The last actions on notes and on everything else, the newest first."""
        ...


def list_audit_entries(record: AuditStore, most: int) -> tuple[AuditEntry, ...]:
    """The last actions, the newest first; at most 100,000 of them."""
    return record.audit_entries(min(max(most, 1), MAX_AUDIT_ENTRIES))


def audit_json(actions: Iterable[AuditEntry]) -> list[dict[str, Any]]:
    """What `list_audit_log --json` prints; moments in UTC."""
    return [
        asdict(each) | {"at": each.at.astimezone(UTC).isoformat().replace("+00:00", "Z")}
        for each in actions
    ]


# ------------------------------------------------------------
# Diagnose: try every source and store, and say in words what works.


RECENT_PERIOD: Final = timedelta(days=20)
"""How far back a source is asked, so that holidays do not look like a failure."""


class ProbedDatabase(Protocol):
    """A store that says how it is without raising."""

    def probe(self) -> StoreStatus:
        """Whether it answers, and what is in it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one part did when it was tried.

    Attributes:
        part: its name, as a person knows it.
        works: whether it did what it is for.
        told: one sentence: what came, or what went wrong and what to do.
        seconds: how long it took.
    """

    part: str
    works: bool
    told: str
    seconds: float


def diagnose(
    known: CombinedRates,
    memory: RateStore,
    notes: ProbedDatabase,
    now: Callable[[], datetime],
    *,
    is_offline: bool = False,
) -> tuple[Finding, ...]:
    """Try everything once; nothing is raised and nothing that is kept changes.

    Args:
        known: the series and their live sources.
        memory: the rate cache.
        notes: the store of notes.
        now: the clock.
        is_offline: say so instead of asking the network.
    """
    found = [_timed_check("Rates", lambda: _check_rates(known), now)]
    found.append(_timed_check("Notes", lambda: _check_notes(notes), now))
    found.append(_timed_check("Rate cache", lambda: _check_cache(known, memory), now))
    if is_offline:
        return (*found, Finding("Network", works=True, told="is not asked: offline", seconds=0.0))
    sources = known.live_sources
    with ThreadPoolExecutor(max(len(sources), 1), thread_name_prefix="doctor") as pool:
        found += pool.map(
            lambda source: _timed_check(source.who, lambda: _check_live_source(source), now),
            sources,
        )
    return tuple(found)


def diagnosis_json(findings: Sequence[Finding]) -> dict[str, Any]:
    """What `doctor --json` prints."""
    return {
        "status": "ok" if all(one.works for one in findings) else "degraded",
        "parts": [
            {"part": one.part, "works": one.works, "told": one.told, "seconds": one.seconds}
            for one in findings
        ],
    }


def _timed_check(part: str, work: Callable[[], str], now: Callable[[], datetime]) -> Finding:
    started = now()
    try:
        told, works = work(), True
    except RoubleReactionError as error:
        told, works = str(error), False
    return Finding(part, works, told, round((now() - started).total_seconds(), 2))


def _check_rates(known: CombinedRates) -> str:
    cards = known.cards()
    last = max(str(known.get(card.id).day[-1]) for card in cards)
    return f"{len(cards)} series can be read, the latest market day is {last}"


def _check_notes(notes: ProbedDatabase) -> str:
    found = notes.probe()
    if found.problem:
        raise RoubleReactionError(found.problem)
    return f"{found.engine} answers, with {found.notes} notes"


def _check_cache(known: CombinedRates, memory: RateStore) -> str:
    states = [state for card in _live_cards(known) if (state := memory.state(card)) is not None]
    with memory.alone("doctor", 1.0):
        pass
    if not states:
        return "is empty; rates refresh fills it"
    failed = sum(bool(state.problem) for state in states)
    words = f", the last attempt failed for {failed}" if failed else ""
    return f"holds {sum(state.rows for state in states):,} numbers of {len(states)} series{words}"


def _live_cards(known: CombinedRates) -> Iterator[str]:
    return (card.id for source in known.live_sources for card in source.cards())


def _check_live_source(source: LiveSource) -> str:
    """What the first series of a source that goes on says of the last weeks."""
    card = next(card for card in source.cards() if card.history_until is None)
    series = _recent_rates(source, card.id)
    if series is None or len(series) == 0:
        return f"answers, without a number of {card.id}"
    return f"answers {card.id}: {series.rate[-1]:g} for {series.day[-1]}"


def _recent_rates(source: LiveSource, series_id: str) -> RateSeries | None:
    since: date = max(source.start(series_id), source.today() - RECENT_PERIOD)
    return source.fetch(series_id, since).series


# ------------------------------------------------------------
# Diagnose feeds: say in words how the last attempts at them went; nothing is asked.


def diagnose_feeds(feeds: FeedStore, inbox: InboxStore) -> Finding:
    """How the list of feeds and the last attempts at them are; fails where none answered.

    Args:
        feeds: the list.
        inbox: where the attempts are on record.
    """
    try:
        reports = list_feed_statuses(feeds.publishers(), inbox.feed_states())
    except RoubleReactionError as error:
        return Finding("Feeds", works=False, told=str(error), seconds=0.0)
    on = [each for each in reports if each.publisher.enabled]
    asked = [each for each in on if each.state is not None]
    failed = [each for each in asked if each.state is not None and each.state.problem]
    works = not asked or len(failed) < len(asked)
    return Finding("Feeds", works=works, told=_feed_summary(on, asked, failed), seconds=0.0)


def _feed_summary(on: list[FeedStatus], asked: list[FeedStatus], failed: list[FeedStatus]) -> str:
    if not asked:
        return f"{len(on)} are on the list, none was asked yet; inbox refresh asks them"
    last = max(each.state.asked_at for each in asked if each.state is not None)
    told = f"{len(on)} are on the list, {len(asked) - len(failed)} answered, last asked {_format_time(last)}"
    problems = (each.state.problem for each in failed if each.state is not None)
    return f"{told}; failed: {'; '.join(problems)}" if failed else told


def _format_time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


# ------------------------------------------------------------
# Report status: how far each series reaches, how many events there are, what does not answer.


class ProbedStore(Protocol):
    """A store that says how it is without raising."""

    def probe(self) -> StoreStatus:
        """Whether it answers, and what is in it."""


@dataclass(frozen=True, slots=True)
class SeriesHealth:
    """One series: its last market day, its rows and when it was fetched; or that it fails."""

    id: str
    last_day: date | None
    rows: int
    fetched_at: datetime | None
    fails: bool = False


@dataclass(frozen=True, slots=True)
class HealthStatus:
    """How every part is; `notes` and `last_change` are None where the store does not answer.

    `refresh` is how the refresh behind the pages is going, None where there is none. A
    publisher that fails makes nothing unhealthy: the last good data are served.
    """

    series: tuple[SeriesHealth, ...]
    events: int | None
    notes: int | None
    last_change: datetime | None
    rates: tuple[SeriesStatus, ...] = ()
    refresh: RateRefreshState | None = None

    @property
    def is_healthy(self) -> bool:
        """Whether every part answers."""
        answers = self.events is not None and self.notes is not None
        return answers and not any(each.fails for each in self.series)


def check_health(
    sources: Sequence[RateSource], catalogue: EventCatalogue, store: ProbedStore
) -> HealthStatus:
    """How every part is now; a part that fails is reported, never raised."""
    found = store.probe()
    return HealthStatus(
        series=_series_health(sources),
        events=_count_events(catalogue),
        notes=None if found.problem else found.notes,
        last_change=found.last_change,
    )


def health_json(status: HealthStatus) -> dict[str, Any]:
    """The answer of /healthz: no path, no address, no message of a library."""
    reports = {report.card.id: report for report in status.rates}
    return {
        "status": "ok" if status.is_healthy else "degraded",
        "series": [_series_health_json(each, reports.get(each.id)) for each in status.series],
        "sources": _sources_json(status.rates),
        "refresh": _refresh_json(status.refresh),
        "catalogue": {
            "status": "fails" if status.events is None else "ok",
            "events": status.events,
        },
        "store": {
            "status": "fails" if status.notes is None else "ok",
            "notes": status.notes,
            "last_change": _iso_timestamp(status.last_change),
        },
    }


def _series_health_json(each: SeriesHealth, report: SeriesStatus | None) -> dict[str, Any]:
    told = {
        "id": each.id,
        "status": "fails" if each.fails else "ok",
        "last_day": _iso_timestamp(each.last_day),
        "rows": each.rows,
        "fetched_at": _iso_timestamp(each.fetched_at),
    }
    if report is None:
        return told
    return told | {
        "source": report.source or None,
        "last_known_at": _iso_timestamp(report.last_known_at),
        "age_days": report.age_days,
        "overdue": report.is_overdue,
        "tried_at": _iso_timestamp(report.tried_at),
        "problem": report.problem or None,
    }


def _sources_json(reports: Sequence[SeriesStatus]) -> list[dict[str, Any]]:
    """Of every live source whether its last answers could be used, and when there was one."""
    told = []
    for source in dict.fromkeys(report.source for report in reports if report.source):
        own = [report for report in reports if report.source == source]
        problem = next((report.problem for report in own if report.problem), "")
        tried = [report.tried_at for report in own if report.tried_at is not None]
        fetched = [report.fetched_at for report in own if report.fetched_at is not None]
        told.append(
            {
                "id": source,
                "status": "fails" if problem else "ok" if tried else "not asked",
                "problem": problem or None,
                "tried_at": _iso_timestamp(max(tried, default=None)),
                "fetched_at": _iso_timestamp(max(fetched, default=None)),
            }
        )
    return told


def _refresh_json(refresh: RateRefreshState | None) -> dict[str, Any] | None:
    if refresh is None:
        return None
    return {
        "running": refresh.is_running,
        "done": refresh.done,
        "total": refresh.total,
        "started_at": _iso_timestamp(refresh.started_at),
        "finished_at": _iso_timestamp(refresh.finished_at),
    }


def _series_health(sources: Sequence[RateSource]) -> tuple[SeriesHealth, ...]:
    told = []
    for card in list_cards(sources):
        try:
            series = get_series(sources, card.id)
            last = date.fromisoformat(str(series.day[-1]))
            told.append(SeriesHealth(card.id, last, len(series), series.fetched_at))
        except (RoubleReactionError, IndexError):
            told.append(SeriesHealth(card.id, None, 0, None, fails=True))
    return tuple(told)


def _count_events(catalogue: EventCatalogue) -> int | None:
    try:
        return len(catalogue.events())
    except RoubleReactionError:
        return None


def _iso_timestamp(value: date | datetime | None) -> str | None:
    return None if value is None else value.isoformat()
