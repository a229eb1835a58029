"""Inbox: clusters of news items to decide about; accepting them as notes and dismissing them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, cast
from zoneinfo import ZoneInfo

from dashboard.models.errors import InputError
from dashboard.models.event import MOSCOW, TEXT_LIMIT, Draft, iso_text
from dashboard.models.inbox import DatedBy, Decision, FeedState, InboxItem, NewsCluster, Publisher
from dashboard.models.messages import translate as _
from dashboard.nlp.classify import category_of_text
from dashboard.services.events import fold_case
from dashboard.services.news import group_by_cluster
from dashboard.services.notes import NoteStore, add_note, clean_line, utc_now

if TYPE_CHECKING:
    from dashboard.models.event import Event
    from dashboard.storage.base import InboxStore


@dataclass(frozen=True, slots=True)
class InboxFilter:
    """A filter of the inbox; empty fields do not restrict.

    `source` is the id of a feed, or `gdelt`; every word of `text` must be in title, excerpt,
    publisher or link of one item; `since` and `until` are days in Moscow, inclusive.
    """

    state: Decision = Decision.NEW
    source: str = ""
    text: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class FeedStatus:
    """A feed with the state after its last request; None: it was never requested."""

    publisher: Publisher
    state: FeedState | None


def list_inbox(inbox: InboxStore, query: InboxFilter = InboxFilter()) -> tuple[NewsCluster, ...]:
    """The matching clusters, the newest first; a cluster matches where one of its items does.

    Raises:
        StoreError: the inbox cannot be read.
    """
    clusters = group_by_cluster(item for item in inbox.find() if item.state is query.state)
    return tuple(c for c in clusters if any(_matches_filter(item, query) for item in c.reports))


def count_inbox(inbox: InboxStore) -> dict[Decision, int]:
    """The number of clusters of each state."""
    items = inbox.find()
    return {
        state: len({item.cluster for item in items if item.state is state}) for state in Decision
    }


def list_feed_statuses(
    publishers: Iterable[Publisher], states: Iterable[FeedState]
) -> tuple[FeedStatus, ...]:
    """Every feed of the list with its state."""
    known = {state.feed_id: state for state in states}
    return tuple(FeedStatus(publisher, known.get(publisher.id)) for publisher in publishers)


def moscow_day(item: InboxItem) -> date:
    """The day of an item: that of its moment in Moscow, else its day, else when it was fetched."""
    if item.report.moment is not None:
        return item.report.moment.astimezone(ZoneInfo(MOSCOW)).date()
    return item.report.day or item.first_seen.astimezone(ZoneInfo(MOSCOW)).date()


def propose_category(item: InboxItem) -> str:
    """The category proposed by the text of an item."""
    return category_of_text(f"{item.report.title}. {item.report.excerpt}").value


def _matches_filter(item: InboxItem, query: InboxFilter) -> bool:
    source = item.kind if item.kind != "feed" else item.source_id
    day, report = moscow_day(item), item.report
    text = fold_case("\n".join((report.title, report.excerpt, report.publisher, report.link)))
    return (
        query.source in {"", source}
        and (query.since is None or day >= query.since)
        and (query.until is None or day <= query.until)
        and all(term in text for term in fold_case(query.text).split())
    )


# ---- JSON


def cluster_json(cluster: NewsCluster) -> dict[str, Any]:
    """A cluster as `inbox list --json` prints it; moments in UTC."""
    lead = cluster.lead
    return {
        "id": lead.id,
        "title": lead.report.title,
        "excerpt": lead.report.excerpt,
        "category": propose_category(lead),
        "state": lead.state.value,
        "note_id": lead.note_id or None,
        "decided_at": iso_text(lead.decided_at),
        "decided_by": lead.decided_by or None,
        "publishers": list(cluster.publishers),
        **_dating_json(lead),
        "reports": [
            {
                "id": item.id,
                "kind": item.kind,
                "source": item.source_id,
                "publisher": item.report.publisher,
                "title": item.report.title,
                "link": item.report.link or None,
                "language": item.report.language or None,
                "tone": item.report.tone,
                "first_seen": iso_text(item.first_seen),
                **_dating_json(item),
            }
            for item in cluster.reports
        ],
    }


def _dating_json(item: InboxItem) -> dict[str, Any]:
    report = item.report
    return {
        "day": moscow_day(item).isoformat() if report.day else None,
        "moment": iso_text(report.moment),
        "precision": report.precision.value,
        "dated_by": report.dated_by.value,
        "doubt": report.doubt or None,
        "printed": report.printed or None,
    }


def feed_json(feed: FeedStatus) -> dict[str, Any]:
    """A feed as `feeds list --json` prints it."""
    state, publisher = feed.state, feed.publisher
    return {
        "id": publisher.id,
        "title": publisher.title,
        "url": publisher.url,
        "zone": publisher.zone or None,
        "language": publisher.language or None,
        "terms": publisher.terms or None,
        "enabled": publisher.enabled,
        "own": publisher.is_imported,
        "asked_at": iso_text(state.tried_at if state else None),
        "answered_at": iso_text(state.answered_at if state else None),
        "items": state.items if state else None,
        "new": state.new if state else None,
        "problem": (state.problem or None) if state else None,
        "told": list(state.messages) if state else [],
    }


# ---- decisions


@dataclass(frozen=True, slots=True)
class AcceptingNoteStore:
    """Stores a note made from news items together with the decision about them."""

    inbox: InboxStore
    ids: tuple[str, ...]

    def add(self, note: Event, author: str = "") -> Event:
        """Store the note and accept the items.

        Raises:
            InputError: one of the items was decided before.
        """
        return self.inbox.accept(self.ids, note, author)


def draft_from_cluster(cluster: NewsCluster, *, guess_day: bool = False) -> Draft:
    """A cluster as the draft of a note; with an hour only where it is that of the publication.

    Args:
        cluster: a cluster of the inbox.
        guess_day: use the day on which an undated cluster was first seen, for a form that a
            user checks.

    Raises:
        InputError: the cluster has no date.
    """
    lead = cluster.lead
    if lead.report.day is None and not guess_day:
        doubt = lead.report.doubt or _("the feed gives none")
        msg = _(
            "day: the report has no date ({doubt}); edit it and say which day it was", doubt=doubt
        )
        raise InputError(msg)
    return Draft(
        title=lead.report.title,
        day=moscow_day(lead),
        moment=lead.report.moment if lead.is_exact else None,
        category=propose_category(lead),
        text=_note_text(cluster),
        source_name=lead.report.publisher,
        source_url=next((item.report.link for item in (lead, *cluster.reports)
                         if item.report.link), ""),
    )  # fmt: skip


def accepting_note_store(cluster: NewsCluster, inbox: InboxStore) -> NoteStore:
    """The note store for a form that accepts a cluster; it has only the method `add`."""
    return cast("NoteStore", AcceptingNoteStore(inbox, tuple(item.id for item in cluster.reports)))


def accept_cluster(
    cluster: NewsCluster,
    inbox: InboxStore,
    draft: Draft | None = None,
    *,
    author: str = "",
    now: Callable[[], datetime] = utc_now,
) -> Event:
    """Make a note of a cluster and accept all its items.

    Args:
        cluster: an undecided cluster of the inbox.
        inbox: the inbox.
        draft: the draft as edited by the user; that of the cluster where None.
        author: the author of a draft without one.
        now: the clock.

    Raises:
        InputError: a field is wrong, the cluster has no date, or an item was decided before.
        StoreError: the store cannot be written.
    """
    draft = draft or draft_from_cluster(cluster)
    store = accepting_note_store(cluster, inbox)
    return add_note(store, replace(draft, author=draft.author or author), now=now)


def dismiss_news(ids: Sequence[str], inbox: InboxStore, *, author: str = "") -> None:
    """Dismiss items, all or none; they stay dismissed when a feed repeats them.

    Raises:
        InputError: one of the items was decided before, or does not exist.
        StoreError: the store cannot be written.
    """
    inbox.decide(ids, Decision.DISMISSED, clean_line(author))


def undo_dismissal(ids: Sequence[str], inbox: InboxStore) -> None:
    """Return dismissed items to the state `new`.

    Raises:
        InputError: one of the items became a note, or does not exist.
        StoreError: the store cannot be written.
    """
    inbox.reopen(ids)


def find_cluster(item_id: str, inbox: InboxStore) -> NewsCluster:
    """The cluster of an item: all its items of the same state.

    Raises:
        InputError: there is no such item.
    """
    items = inbox.find()
    wanted = next((item for item in items if item.id == item_id), None)
    if wanted is None:
        msg = _(
            "{id}: there is no report with this id; see `inbox list`", id=clean_line(item_id)[:60]
        )
        raise InputError(msg)
    (cluster,) = group_by_cluster(
        item for item in items if (item.cluster, item.state) == (wanted.cluster, wanted.state)
    )
    return cluster


def _note_text(cluster: NewsCluster) -> str:
    """The excerpt, the publishers, and what is uncertain about the time."""
    report = cluster.lead.report
    publishers = _("Reported by {publishers}.", publishers=", ".join(cluster.publishers[:8]))
    caveat = _("The time: {doubt}.", doubt=report.doubt) if report.doubt else ""
    if report.dated_by is DatedBy.SEEN and report.moment:
        caveat = _(
            "First seen {moment:%Y-%m-%d %H:%M} UTC, published before.", moment=report.moment
        )
    return "\n".join(filter(None, (report.excerpt, publishers, caveat)))[:TEXT_LIMIT]
