"""What the pages of this process share: the parts, and reads cached by keys that never change.

A rate series is read once by its source, and anew when more of it was fetched; reading never
asks the network, so that no cache ever waits for it. Events are kept under the version of the
notes, so that a change to any note is a new key and nothing is ever stale. No value of one
reader is kept where another could meet it.
"""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dashboard import assembly
from dashboard.domain.errors import InputError, StoreError
from dashboard.domain.event import MOSCOW, Event
from dashboard.domain.series import RateSeries, SeriesCard
from dashboard.services import get_rates
from dashboard.services.get_rates import get_series, list_cards
from dashboard.services.keep_events import all_events, get_event, notes_version
from dashboard.services.limit_use import Kind
from dashboard.services.list_revisions import list_revisions
from dashboard.services.report_rates import RateReport, failing_sources, report_own, report_rates

if TYPE_CHECKING:
    from dashboard.assembly import Parts
    from dashboard.domain.remembered import Revision
    from dashboard.services.refresh_behind import Refresher

AS_OF: Final = "session.as_of"
PHONES: Final = ("iphone", "android", "mobile", "ipod")
READER: Final = "session.reader"
log = logging.getLogger("dashboard.pages")


@dataclass(frozen=True, slots=True)
class KnownEvents:
    """The events of the moment and the key under which work on them may be kept.

    `notes_fail` is set where the store cannot be read: then only the catalogue is there.
    `hidden` are the events of the catalogue that the person does not want among `events`.
    """

    events: tuple[Event, ...]
    version: str
    notes_fail: bool = False
    hidden: tuple[Event, ...] = ()


def parts() -> Parts:
    """The real parts of this process, or as they were known where the reader's view is frozen."""
    moment = as_of()
    return live_parts() if moment is None else _parts_then(moment)


@st.cache_resource(show_spinner=False)
def live_parts() -> Parts:
    """The real parts of this process; the store opens at its first use."""
    return assembly.assemble()


@st.cache_resource(show_spinner=False, max_entries=8)
def _parts_then(moment: datetime) -> Parts:
    return assembly.freeze(live_parts(), moment)


def as_of() -> datetime | None:
    """The moment at which this reader's view is frozen; None: it is live."""
    if get_script_run_ctx() is None:  # the health line and the warming up belong to no reader
        return None
    moment: datetime | None = st.session_state.get(AS_OF)
    return moment


def freeze(moment: datetime | None) -> None:
    """Freeze the view of this reader at a moment, or let it be live."""
    st.session_state[AS_OF] = moment


def cards() -> tuple[SeriesCard, ...]:
    """The cards of every series, the default first."""
    return list_cards(parts().rates)


def prices() -> tuple[SeriesCard, ...]:
    """The cards of the series whose log changes are returns: those a page can measure."""
    return tuple(card for card in cards() if card.is_price)


def series(series_id: str) -> RateSeries:
    """One rate series; its arrays are shared, so never write to them."""
    return get_series(parts().rates, series_id)


def daily_series() -> list[RateSeries]:
    """Every series with one number a day."""
    return get_rates.daily_series(parts().rates)


def series_version(one: RateSeries) -> str:
    """A key that differs whenever the observations of a series differ."""
    last = one.rate[-1] if len(one) else 0
    return f"{one.card.id}/{len(one)}/{one.known_at[-1:]}/{last}/{one.fetched_at}/{as_of()}"


def refresher() -> Refresher:
    """What refreshes the rates behind the pages, one for all sessions of this process."""
    return parts().refresher


def rate_marks() -> dict[str, int]:
    """Of every series that was fetched a number that grows when anything of it changed."""
    return dict(parts().known.marks())


def rate_reports(*series_ids: str) -> tuple[RateReport, ...]:
    """How old series are and what went wrong with them; all of them where none is named."""
    told = _reports(_kept(), today(), series_ids)
    return (*told, *report_own(parts().rates[-1], now(), series_ids))


def failing_publishers() -> tuple[str, ...]:
    """The publishers that did not answer as they should when last asked."""
    return _failing(_kept())


def revisions() -> tuple[Revision, ...]:
    """The numbers that their publishers replaced, the latest replacement first."""
    return _revisions(_kept())


def _kept() -> str:
    """A key that differs whenever anything differs that was fetched or tried."""
    return f"{parts().memory.fingerprint()}/{as_of()}"


@st.cache_resource(show_spinner=False, max_entries=32)
def _reports(kept: str, day: date, series_ids: tuple[str, ...]) -> tuple[RateReport, ...]:  # noqa: ARG001 - keys of the cache
    return report_rates(parts().known, parts().memory, now(), series_ids)


@st.cache_resource(show_spinner=False, max_entries=4)
def _failing(kept: str) -> tuple[str, ...]:  # noqa: ARG001 - the key of the cache
    return failing_sources(parts().known, parts().memory)


@st.cache_resource(show_spinner=False, max_entries=4)
def _revisions(kept: str) -> tuple[Revision, ...]:  # noqa: ARG001 - the key of the cache
    return list_revisions(parts().known, parts().memory)


def known_events() -> KnownEvents:
    """What the person sees of catalogue and notes; without a store the catalogue alone."""
    try:
        version = notes_version(parts().notes)
        parts().watch.tell(version)
        shown, hidden = _events(version)
        return KnownEvents(shown, version, hidden=hidden)
    except StoreError:
        log.exception("the notes cannot be read; the catalogue is shown alone")
        return KnownEvents(parts().catalogue.events(), f"catalogue/{as_of()}", notes_fail=True)


def live_events() -> tuple[Event, ...]:
    """The events of now, for a frozen view that says how they differ."""
    try:
        return all_events(live_parts().catalogue, live_parts().notes)
    except StoreError:
        return live_parts().catalogue.events()


@st.cache_resource(show_spinner=False, max_entries=4)
def _events(version: str) -> tuple[tuple[Event, ...], tuple[Event, ...]]:  # noqa: ARG001 - the key of the cache
    """The events that are shown and those that are hidden; one process is one person's."""
    shown = all_events(parts().catalogue, parts().notes)
    there = {event.id for event in shown}
    return shown, tuple(e for e in parts().catalogue.events() if e.id not in there)


def find_event(event_id: str) -> Event | None:
    """An event of the catalogue or a note, deleted ones too; None where there is none.

    Raises:
        StoreError: the notes cannot be read.
    """
    found = next((e for e in known_events().events if e.id == event_id), None)
    if found is not None:
        return found
    context = parts()
    try:
        return get_event(context.catalogue, context.notes, event_id)
    except InputError:
        return None


def present() -> datetime:
    """The present moment in UTC, in a frozen view too: the one clock of every page."""
    return datetime.now(UTC)


def now() -> datetime:
    """The present moment in UTC, in a frozen view its moment."""
    moment = as_of()
    return present() if moment is None else min(moment, present())


def limit(kind: Kind) -> None:
    """Count one more write, link, import or export of this reader.

    Raises:
        TooOften: there were too many lately; the line says when there is room again.
    """
    parts().limits.take(reader(), kind)


def check_live() -> None:
    """Refuse a change in a frozen view.

    Raises:
        InputError: the reader's view is frozen.
    """
    if as_of() is not None:
        msg = "this view is frozen, and nothing is changed in it; go back to the live view"
        raise InputError(msg)


def reader() -> str:
    """Whose use is counted: one tab of a browser."""
    return f"page {st.session_state.setdefault(READER, secrets.token_hex(8))}"


def today() -> date:
    """The calendar day in Moscow, in a frozen view that of its moment."""
    return now().astimezone(ZoneInfo(MOSCOW)).date()


def export_moment() -> datetime:
    """When an export is made; SOURCE_DATE_EPOCH stands in for now."""
    epoch = parts().settings.source_date_epoch
    return present() if epoch is None else datetime.fromtimestamp(epoch, UTC)


def is_dark() -> bool:
    """Whether the reader's theme is dark."""
    return st.context.theme.type == "dark"


def is_phone() -> bool:
    """Whether the browser says that it is a phone."""
    agent = (st.context.headers.get("User-Agent") or "").lower()
    return any(word in agent for word in PHONES)
