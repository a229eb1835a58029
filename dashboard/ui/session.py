"""The context of a reader: services of the process, frozen moment, cached reads and studies.

A rate series is read once from its source, and again when more of it was fetched; reading sends no
request. Cached values have a key that contains everything they depend on, such as the version of
the notes, so that none is ever stale. No value of one reader is cached where another could get it.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial, wraps
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dashboard import container
from dashboard.container import BackupArchive
from dashboard.models.errors import InputError, RoubleReactionError, StoreError
from dashboard.models.event import MOSCOW, Event
from dashboard.models.messages import add_language_source, choose_language, current_language
from dashboard.models.messages import translate as _
from dashboard.models.moves import PlaceboRank, UsualMoves
from dashboard.models.people import (
    REQUIRED_ROLES,
    Action,
    Forbidden,
    Identity,
    Reader,
    Role,
    SignInRequired,
)
from dashboard.models.series import RateSeries, SeriesCard
from dashboard.models.study import StudyAnswer, StudyRequest, StudyResult
from dashboard.services import rates
from dashboard.services.admin import write_daily_backup
from dashboard.services.live_rates import (
    RefreshRequest,
    SeriesStatus,
    failing_sources,
    imported_series_status,
    series_status,
)
from dashboard.services.notes import all_events
from dashboard.services.people import VISITOR
from dashboard.services.rate_limit import HEAVY_MODEL, LimitedAction
from dashboard.services.rates import get_series, list_cards, list_revisions
from dashboard.services.schedule import find_any_event, scheduled_events, upcoming_events
from dashboard.services.study import measure_events, run_study, usual_moves
from dashboard.services.study_inputs import first_moves_request
from dashboard.ui.sign_in import read_identity
from dashboard.ui.url_state import add_ticker_reader

if TYPE_CHECKING:
    from dashboard.container import AppContext
    from dashboard.models.series import RateRevision
    from dashboard.services.jobs import RateRefreshJob


AS_OF_KEY: Final = "session.as_of"
AUTOMATIC_RUN_KEY: Final = "session.automatic_run"
"""Set where a page redraws itself: that is no use by a person."""
PHONE_AGENTS: Final = ("iphone", "android", "mobile", "ipod")
logger = logging.getLogger("dashboard.pages")
NO_RANK: Final = PlaceboRank("near")
_page_reads: Final[ContextVar[dict[object, Any] | None]] = ContextVar("page_reads", default=None)
"""What was read for the page that is being drawn, by the function that read it."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks for a chart without a session of Streamlit: a program, or the page of another site.

    A visitor sees what is shared, and nothing of the person of this process.

    Attributes:
        address: where the visitor reaches the pages, such as `https://rouble.example.org`.
        as_of: the moment at which the view is frozen; None: it is live.
        is_dark: whether the chart is drawn in dark colours.
        is_phone: whether it is drawn for a narrow screen.
    """

    address: str
    as_of: datetime | None = None
    is_dark: bool = False
    is_phone: bool = False


_visitor: Final[ContextVar[Visitor | None]] = ContextVar("visitor", default=None)

T = TypeVar("T")


@contextmanager
def serving_visitor(visitor: Visitor) -> Iterator[None]:
    """Answer for a visitor instead of for the reader of a session."""
    token = _visitor.set(visitor)
    try:
        with reading_once():
            yield
    finally:
        _visitor.reset(token)


@contextmanager
def reading_once() -> Iterator[None]:
    """Read the cards and the events once while a page is drawn.

    Callbacks, which run before the page, and fragments on their own read anew.
    """
    token = _page_reads.set({})
    try:
        yield
    finally:
        _page_reads.reset(token)


def _once_a_page(read: Callable[[], T]) -> Callable[[], T]:
    @wraps(read)
    def get() -> T:
        values = _page_reads.get()
        if values is None:
            return read()
        if read not in values:
            values[read] = read()
        value: T = values[read]
        return value

    return get


@dataclass(frozen=True, slots=True)
class KnownEvents:
    """The events of the moment and the key for caching results about them.

    `notes_unavailable` is set where the database cannot be read: then there is only the catalogue.
    `hidden` are the events of the catalogue that the person does not want among `events`.
    """

    events: tuple[Event, ...]
    version: str
    notes_unavailable: bool = False
    hidden: tuple[Event, ...] = ()


def get_context() -> AppContext:
    """The services as this reader may use them; in a frozen view they answer as of its moment."""
    moment = get_as_of()
    context = get_process_context() if moment is None else _get_context_as_of(moment)
    return _for_reader(context)


def get_live_context() -> AppContext:
    """The services as this reader may use them, live whatever the view is."""
    return _for_reader(get_process_context())


@st.cache_resource(show_spinner=False)
def get_process_context() -> AppContext:
    """The services of this process, for what belongs to no reader: start, health, daily backup."""
    return container.build_context()


@st.cache_resource(show_spinner=False, max_entries=8)
def _get_context_as_of(moment: datetime) -> AppContext:
    return container.context_as_of(get_process_context(), moment)


def _for_reader(context: AppContext) -> AppContext:
    """The context of a reader; outside a session what is shared, where people sign in."""
    if get_script_run_ctx() is not None or _visitor.get() is not None:
        return container.context_for(context, get_reader())
    if context.access.policy.is_required:
        return container.context_for(context, Reader("", Role.VIEWER))
    return context


# ------------------------------------------------------------------ who reads


@_once_a_page
def get_reader() -> Reader:
    """Who uses this session, with the role of this moment.

    Raises:
        SignInRequired: nobody is signed in, or the sign-in has ended.
        Forbidden: the person has no role here.
    """
    if _visitor.get() is not None:
        return VISITOR
    return get_process_context().access.enter(_get_identity())


def is_automatic_run() -> bool:
    """Whether the page that begins to run does so by itself; ask before `enter_page`."""
    return bool(st.session_state.get(AUTOMATIC_RUN_KEY))


def enter_page() -> Reader:
    """The reader at the begin of a run of the page; what a person started counts as use.

    Raises:
        SignInRequired: nobody is signed in, or the sign-in has ended.
        Forbidden: the person has no role here.
    """
    is_use = not st.session_state.pop(AUTOMATIC_RUN_KEY, False)
    return get_process_context().access.enter(_get_identity(), is_use=is_use)


def is_public() -> bool:
    """Whether this is a public instance, whose visitors have no name and change nothing."""
    return get_process_context().access.policy.is_public


def run_in_turn(compute: Callable[[], T], *, is_heavy: bool = False) -> T:
    """What a computation gives: in turn where it is heavy, or strangers ask for it.

    Raises:
        RateLimited: too many wait.
    """
    if is_heavy or is_public() or is_visitor():
        return get_process_context().heavy_reads.run(compute)
    return compute()


def has_ended() -> bool:
    """Whether this session may no longer show anything."""
    try:
        get_process_context().access.enter(_get_identity())
    except (SignInRequired, Forbidden):
        return True
    return False


def sign_out() -> None:
    """End the sign-in of this reader, in every tab of the browser."""
    access = get_process_context().access
    access.sign_out(access.enter(_get_identity()))


def authorize(action: Action) -> None:
    """Refuse what this reader may not do; repositories refuse it by themselves.

    Raises:
        Forbidden: the role does not include it.
        SignInRequired: the sign-in has ended.
    """
    get_process_context().access.authorize(get_reader(), action)


def may(action: Action) -> bool:
    """Whether to offer an action; it is checked again when it is done."""
    return get_reader().role.includes(REQUIRED_ROLES[action])


def _get_identity() -> Identity | None:
    """What the identity provider or the trusted proxy says of this session; None: nothing."""
    settings, context = get_process_context().settings, get_script_run_ctx()
    if settings.dashboard_sign_in == "none" or context is None:
        return None
    return read_identity(context.user_info, settings, context.session_id)


def get_as_of() -> datetime | None:
    """The moment at which this reader's view is frozen; None: it is live."""
    if (visitor := _visitor.get()) is not None:
        return visitor.as_of
    if get_script_run_ctx() is None:  # health check and warm-up belong to no reader
        return None
    moment: datetime | None = st.session_state.get(AS_OF_KEY)
    return moment


def set_as_of(moment: datetime | None) -> None:
    """Freeze the view of this reader at a moment, or let it be live."""
    st.session_state[AS_OF_KEY] = moment


def find_language(wanted: str) -> str:
    """The language of a page for the one that its link names, else that of the process."""
    get_process_context()  # it sets the language of the process by the settings
    return choose_language([wanted]) or current_language()


def describe_missing_language(wanted: str) -> str:
    """That there are no messages in the language of the link; empty where there are."""
    if not wanted or choose_language([wanted]):
        return ""
    # Translators: name your own language in place of English.
    return _(
        "There are no texts in the language “{language}” of this link: they are in English.",
        language=wanted,
    )


def _read_language() -> str | None:
    """The language of the link for callbacks and fragments, which run without their page."""
    context = get_script_run_ctx()
    if context is None or "lang=" not in context.query_string:
        return None
    return choose_language(parse_qs(context.query_string).get("lang", []))


add_language_source(_read_language)


def _shared_context() -> AppContext:
    """The services for what everybody sees alike: rates and their state."""
    moment = get_as_of()
    return get_process_context() if moment is None else _get_context_as_of(moment)


def _read_ticker(text: str) -> str:
    """The id of the series that a ticker of a link names; another text stays as it is."""
    try:
        return get_process_context().known.series_id(text)
    except InputError:
        return text


add_ticker_reader(_read_ticker)


@_once_a_page
def get_cards() -> tuple[SeriesCard, ...]:
    """The cards of every series, the default first."""
    return list_cards(_shared_context().rates)


def get_series_title(series_id: str) -> str:
    """The title of a series in the language in use; its id where there is no such series."""
    return next((card.label for card in get_cards() if card.id == series_id), series_id)


def get_price_cards() -> tuple[SeriesCard, ...]:
    """The cards of the series whose log changes are returns: those a page can measure."""
    return tuple(card for card in get_cards() if card.is_price)


def load_series(series_id: str) -> RateSeries:
    """One rate series; its arrays are shared, so never write to them."""
    return get_series(_shared_context().rates, series_id)


def load_daily_series() -> list[RateSeries]:
    """Every series with one number a day."""
    return rates.daily_series(_shared_context().rates)


def build_series_version(series: RateSeries) -> str:
    """A key that differs whenever the observations of a series differ."""
    last = series.rate[-1] if len(series) else 0
    content = f"{series.card.id}/{len(series)}/{series.known_at[-1:]}/{last}"
    return f"{content}/{series.fetched_at}/{get_as_of()}"


def get_refresher() -> RateRefreshJob:
    """The background refresh of the rates, one for all sessions of this process."""
    return _shared_context().refresher


def get_fetcher() -> RateRefreshJob:
    """The background fetch of the series that a person asks for, besides the refresh."""
    return _shared_context().fetcher


def may_fetch() -> bool:
    """Whether this reader may have series fetched now: by role, and where the network is used."""
    return may(Action.FETCH) and not get_fetcher().is_offline


def request_series(series_id: str) -> bool:
    """Start to fetch a series in the background; returns whether it started.

    Raises:
        Forbidden: the role of the reader does not include it.
        RateLimited: there were too many requests.
        InputError: the view is frozen.
    """
    require_live_view()
    count_against_limit("fetch")
    return get_fetcher().submit(RefreshRequest(series=(series_id,), force=True))


def get_series_versions() -> dict[str, int]:
    """The version of every fetched series, a number that grows with every change."""
    return dict(_shared_context().known.series_versions())


def get_series_status(*series_ids: str) -> tuple[SeriesStatus, ...]:
    """The status of series: age and problems; of all series where none is named."""
    statuses = _cached_series_status(_fetch_version(), get_view_day(), series_ids)
    if series_ids and len(statuses) == len(series_ids):
        return statuses
    return (
        *statuses,
        *imported_series_status(_shared_context().rates[-1], get_view_time(), series_ids),
    )


def get_failing_publishers() -> tuple[str, ...]:
    """The publishers whose last answer was not usable."""
    return _cached_failing_publishers(_fetch_version())


def get_revisions() -> tuple[RateRevision, ...]:
    """The numbers that their publishers replaced, the latest replacement first."""
    return _cached_revisions(_fetch_version())


def _fetch_version() -> str:
    """A key that changes with every fetch, successful or not."""
    return f"{_shared_context().rate_cache.fingerprint()}/{get_as_of()}"


@st.cache_resource(show_spinner=False, max_entries=32)
def _cached_series_status(
    version: str,  # noqa: ARG001
    day: date,  # noqa: ARG001
    series_ids: tuple[str, ...],
) -> tuple[SeriesStatus, ...]:
    return series_status(
        _shared_context().known, _shared_context().rate_cache, get_view_time(), series_ids
    )


@st.cache_resource(show_spinner=False, max_entries=4)
def _cached_failing_publishers(version: str) -> tuple[str, ...]:  # noqa: ARG001
    return failing_sources(_shared_context().known, _shared_context().rate_cache)


@st.cache_resource(show_spinner=False, max_entries=4)
def _cached_revisions(version: str) -> tuple[RateRevision, ...]:  # noqa: ARG001
    return list_revisions(_shared_context().known, _shared_context().rate_cache)


@_once_a_page
def get_known_events() -> KnownEvents:
    """The visible events of catalogue and notes; without a database the catalogue alone."""
    context = get_context()
    try:
        version = _get_events_version(context)
        shown, hidden = _cached_events(version, context)
        return KnownEvents(shown, version, hidden=hidden)
    except StoreError:
        logger.exception("the notes cannot be read; the catalogue is shown alone")
        return KnownEvents(
            context.catalogue.events(), f"catalogue/{get_as_of()}", notes_unavailable=True
        )


def _get_events_version(context: AppContext) -> str:
    """The version of the events as this reader sees them: a key that no other reader has."""
    version, person = context.notes.version(), context.notes.person
    if get_as_of() is None:
        context.watch.set_version(version, person)
    return f"{version}/{person}"


def poll_events_version(person: str) -> str:
    """The version of the events for a person, without a query; empty where it is not known."""
    version = get_process_context().watch.read(person)
    return f"{version}/{person}" if version else ""


def get_live_events() -> tuple[Event, ...]:
    """The current events, for a frozen view that says how they differ."""
    try:
        return all_events(get_live_context().catalogue, get_live_context().notes)
    except StoreError:
        return get_live_context().catalogue.events()


@st.cache_resource(show_spinner=False, max_entries=64)
def _cached_events(
    version: str,  # noqa: ARG001 - it names the reader too
    _context: AppContext,
) -> tuple[tuple[Event, ...], tuple[Event, ...]]:
    """The events that a reader sees, and those of the catalogue that the reader hides."""
    shown = all_events(_context.catalogue, _context.notes)
    shown_ids = {event.id for event in shown}
    return shown, tuple(e for e in _context.catalogue.events() if e.id not in shown_ids)


@_once_a_page
def get_upcoming_events() -> tuple[Event, ...]:
    """The scheduled events after the moment of the view; without a database those that ship.

    A frozen view has only the notes that it knows: calendars do not say what they were then.
    """
    known = get_known_events()
    return upcoming_events(known.events, _list_scheduled(), get_view_time())


def _list_scheduled() -> tuple[Event, ...]:
    context = get_context()
    if get_as_of() is not None:
        return context.schedule.events()
    try:
        return scheduled_events(context.schedule, context.inbox, context.feeds.publishers())
    except RoubleReactionError:
        logger.exception("the calendars cannot be read; the one that ships is shown alone")
        return context.schedule.events()


def get_usual_moves(series: RateSeries, known: KnownEvents, category: str) -> UsualMoves:
    """How much a series moved at past events of a category."""
    version = f"{build_series_version(series)}/{known.version}"
    return _cached_usual_moves(series, known, version, category)


@st.cache_resource(show_spinner=False, max_entries=64)
def _cached_usual_moves(
    _series: RateSeries,
    _known: KnownEvents,
    version: str,  # noqa: ARG001
    category: str,
) -> UsualMoves:
    return usual_moves(_series, _known.events, category)


def find_event(event_id: str) -> Event | None:
    """An event of the catalogue, a note or a scheduled event; None where there is none.

    Deleted notes are found too.

    Raises:
        StoreError: the notes cannot be read.
    """
    event = next((e for e in get_known_events().events if e.id == event_id), None)
    if event is not None:
        return event
    context = get_context()
    try:
        return find_any_event(context.catalogue, context.notes, _list_scheduled, event_id)
    except InputError:
        return None


def get_wall_time() -> datetime:
    """The present moment in UTC, in a frozen view too; the only clock of the pages."""
    return datetime.now(UTC)


def get_view_time() -> datetime:
    """The present moment in UTC, in a frozen view its moment."""
    moment = get_as_of()
    return get_wall_time() if moment is None else min(moment, get_wall_time())


def count_against_limit(kind: LimitedAction) -> None:
    """Count one more write, link, import or export of this reader.

    Raises:
        RateLimited: there were too many; the message says when the next one is allowed.
        Forbidden: it is a link or a search, and the role does not include them.
    """
    if kind == "fetch":
        authorize(Action.FETCH)
    get_process_context().limits.take(get_reader_id(), kind)


def require_live_view() -> None:
    """Refuse a change in a frozen view.

    Raises:
        InputError: the reader's view is frozen.
    """
    if get_as_of() is not None:
        msg = _("this view is frozen, and nothing is changed in it; go back to the live view")
        raise InputError(msg)


def get_reader_id() -> str:
    """The name under which uses are counted: that of the person, in every tab."""
    return get_reader().person


def get_address() -> str:
    """The address of the page as the reader's browser has it, or the pages' one of a visitor."""
    if (visitor := _visitor.get()) is not None:
        return f"{visitor.address}/"
    return st.context.url or "http://127.0.0.1"


def is_visitor() -> bool:
    """Whether a program or the page of another site asks, not a session."""
    return _visitor.get() is not None


def get_view_day() -> date:
    """The calendar day in Moscow, in a frozen view that of its moment."""
    return get_view_time().astimezone(ZoneInfo(MOSCOW)).date()


def get_export_time() -> datetime:
    """The moment of an export: now, or SOURCE_DATE_EPOCH where it is set."""
    epoch = get_context().settings.source_date_epoch
    return get_wall_time() if epoch is None else datetime.fromtimestamp(epoch, UTC)


def is_dark() -> bool:
    """Whether the reader's theme is dark."""
    if (visitor := _visitor.get()) is not None:
        return visitor.is_dark
    return st.context.theme.type == "dark"


def is_phone() -> bool:
    """Whether the browser says that it is a phone."""
    if (visitor := _visitor.get()) is not None:
        return visitor.is_phone
    agent = (st.context.headers.get("User-Agent") or "").lower()
    return any(word in agent for word in PHONE_AGENTS)


# ------------------------------------------------------------------ studies of the known events


@dataclass(frozen=True, slots=True)
class EventMoves:
    """One event on one series; moves of the rouble in log points, NaN where not known.

    `first` is the move in [0,0], `both` that in [0,1]; `rank_first` and `rank_both` say where
    each stands among the dates near the event. `crowd` (ids of the other events) is that of
    [0,1]. `reason` says why a number is missing.
    """

    first: float = math.nan
    both: float = math.nan
    rank_first: PlaceboRank = NO_RANK
    rank_both: PlaceboRank = NO_RANK
    crowd: tuple[str, ...] = ()
    reason: str = ""


def get_study(
    series: RateSeries, known: KnownEvents, events: tuple[Event, ...], request: StudyRequest
) -> StudyAnswer:
    """The study of some of the known events, cached until anything in it changes."""
    is_all = len(events) == len(known.events)
    selection = "every event" if is_all else " ".join(["only", *(event.id for event in events)])
    version = f"{build_series_version(series)}/{known.version}/{request}"
    return _cached_study(series, (events, known.events, request), version, selection)


def get_event_moves(series: RateSeries, known: KnownEvents) -> Mapping[str, EventMoves]:
    """The moves of every event from the study of all, by event id."""
    return _cached_event_moves(series, known, f"{build_series_version(series)}/{known.version}")


@st.cache_resource(show_spinner=False, max_entries=8)
def _cached_event_moves(
    _series: RateSeries,
    _known: KnownEvents,
    version: str,  # noqa: ARG001
) -> dict[str, EventMoves]:
    request = first_moves_request(_series.card.bar_minutes)
    result = measure_events(_series, _known.events, request, _known.events)
    reasons = {row.event_id: row.reason for row in result.skipped}
    moves = {name: EventMoves(reason=reason) for name, reason in reasons.items()}
    for k, event in enumerate(result.events):
        moves[event.id] = _build_event_moves(result, k, reasons.get(event.id, ""))
    return moves


StudyArguments = tuple[tuple[Event, ...], tuple[Event, ...], StudyRequest]


@st.cache_resource(show_spinner=False, max_entries=8)
def _cached_study(
    _series: RateSeries,
    _arguments: StudyArguments,
    version: str,  # noqa: ARG001
    selection: str,  # noqa: ARG001
) -> StudyAnswer:
    events, known, request = _arguments
    context = get_process_context()
    run = partial(run_study, [_series], events, request, known=known, compute=context.compute)
    return run_in_turn(run, is_heavy=request.model == HEAVY_MODEL)


def _build_event_moves(result: StudyResult, k: int, reason: str) -> EventMoves:
    at = int(result.offsets.searchsorted(0))
    first, both = (100.0 * float(value) for value in result.from_base[0][k, at : at + 2])
    pool = result.request.pool
    rank_first, rank_both = (PlaceboRank.of_car(car, k, pool) for car in result.cars)
    return EventMoves(first, both, rank_first, rank_both, result.cars[1].crowd[k], reason)


# ------------------------------------------------------------------ backup


def make_daily_backup() -> None:
    """Make the backup of this day in Moscow, unless it was made; a failure is only logged."""
    context = get_process_context()
    folder = context.settings.backup_folder
    write_daily_backup(
        folder,
        context.notes.backups,
        context.own,
        BackupArchive(),
        get_view_day(),
        pg_dump=context.settings.dashboard_pg_dump,
    )
