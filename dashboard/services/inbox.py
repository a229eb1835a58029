"""Inbox: news clusters that wait for a decision, and accepting or dismissing them."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, cast
from zoneinfo import ZoneInfo

from dashboard.models.errors import InputError
from dashboard.models.event import MOSCOW, TEXT_LIMIT
from dashboard.models.inbox import DatedBy, Decision, FeedState, InboxItem, NewsCluster, Publisher
from dashboard.nlp.classify import category_of_text
from dashboard.services.news import group_by_cluster
from dashboard.services.notes import Draft, NoteStore, add_note, clean_line, utc_now

if TYPE_CHECKING:
    from dashboard.models.event import Event
    from dashboard.storage.base import InboxStore


# ------------------------------------------------------------
# List the inbox: stories that wait for a decision, or those that were decided, and the feeds.


@dataclass(frozen=True, slots=True)
class InboxFilter:
    """What to look for; an empty field asks for nothing.

    `source` is the id of a feed, or `gdelt`; every word of `text` must be somewhere in title,
    excerpt, publisher or link of one report; `since` and `until` are days in Moscow, inclusive.
    """

    state: Decision = Decision.NEW
    source: str = ""
    text: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class FeedStatus:
    """A feed of the list and what became of it when last asked; None: it never was."""

    publisher: Publisher
    state: FeedState | None


def list_inbox(inbox: InboxStore, asked: InboxFilter = InboxFilter()) -> tuple[NewsCluster, ...]:
    """The stories that fit, the newest first; a story is listed whole where one report fits.

    Raises:
        StoreError: the inbox cannot be read.
    """
    of_state = [each for each in inbox.find() if each.state is asked.state]
    stories = group_by_cluster(of_state)
    return tuple(
        one for one in stories if any(_matches_filter(each, asked) for each in one.reports)
    )


def count_inbox(inbox: InboxStore) -> dict[Decision, int]:
    """How many stories there are of each state."""
    found = inbox.find()
    return {
        state: len({each.cluster for each in found if each.state is state}) for state in Decision
    }


def list_feed_statuses(
    publishers: Iterable[Publisher], states: Iterable[FeedState]
) -> tuple[FeedStatus, ...]:
    """Every feed of the list with what became of it."""
    known = {state.feed_id: state for state in states}
    return tuple(FeedStatus(each, known.get(each.id)) for each in publishers)


def moscow_day(candidate: InboxItem) -> date:
    """The day a candidate is listed under: its own, by the clock of Moscow where that is known."""
    if candidate.report.moment is not None:
        return candidate.report.moment.astimezone(ZoneInfo(MOSCOW)).date()
    return candidate.report.day or candidate.first_seen.astimezone(ZoneInfo(MOSCOW)).date()


def propose_category(candidate: InboxItem) -> str:
    """The category that the words of a report propose."""
    return category_of_text(f"{candidate.report.title}. {candidate.report.excerpt}").value


def _matches_filter(candidate: InboxItem, asked: InboxFilter) -> bool:
    source = candidate.kind if candidate.kind != "feed" else candidate.source_id
    day = moscow_day(candidate)
    return (
        asked.source in {"", source}
        and (asked.since is None or day >= asked.since)
        and (asked.until is None or day <= asked.until)
        and _contains_terms(candidate, _fold_case(asked.text).split())
    )


def _contains_terms(candidate: InboxItem, words: list[str]) -> bool:
    report = candidate.report
    text = _fold_case("\n".join((report.title, report.excerpt, report.publisher, report.link)))
    return all(word in text for word in words)


def _fold_case(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()


# ---------------------------------------------------------------- JSON


def cluster_json(story: NewsCluster) -> dict[str, Any]:
    """A story as `inbox list --json` prints it; moments in UTC."""
    lead = story.lead
    return {
        "id": lead.id,
        "title": lead.report.title,
        "excerpt": lead.report.excerpt,
        "category": propose_category(lead),
        "state": lead.state.value,
        "note_id": lead.note_id or None,
        "decided_at": _iso_text(lead.decided_at),
        "decided_by": lead.decided_by or None,
        "publishers": list(story.publishers),
        **_dating_json(lead),
        "reports": [_item_json(each) for each in story.reports],
    }


def _item_json(each: InboxItem) -> dict[str, Any]:
    report = each.report
    return {
        "id": each.id,
        "kind": each.kind,
        "source": each.source_id,
        "publisher": report.publisher,
        "title": report.title,
        "link": report.link or None,
        "language": report.language or None,
        "tone": report.tone,
        "first_seen": _iso_text(each.first_seen),
        **_dating_json(each),
    }


def _dating_json(each: InboxItem) -> dict[str, Any]:
    report = each.report
    return {
        "day": moscow_day(each).isoformat() if report.day else None,
        "moment": _iso_text(report.moment),
        "precision": report.precision.value,
        "dated_by": report.dated_by.value,
        "doubt": report.doubt or None,
        "printed": report.printed or None,
    }


def feed_json(feed: FeedStatus) -> dict[str, Any]:
    """A feed as `feeds list --json` prints it."""
    state, of = feed.state, feed.publisher
    return {
        "id": of.id,
        "title": of.title,
        "url": of.url,
        "zone": of.zone or None,
        "language": of.language or None,
        "terms": of.terms or None,
        "enabled": of.enabled,
        "own": of.is_imported,
        "asked_at": _iso_text(state.tried_at if state else None),
        "answered_at": _iso_text(state.answered_at if state else None),
        "items": state.items if state else None,
        "new": state.new if state else None,
        "problem": (state.problem or None) if state else None,
        "told": list(state.messages) if state else [],
    }


def _iso_text(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None


# ------------------------------------------------------------
# Decide news: make a report a note, dismiss it, or take a dismissal back.


@dataclass(frozen=True, slots=True)
class AcceptingNoteStore:
    """Where a note goes that is made of reports: note and decision are stored together."""

    inbox: InboxStore
    ids: tuple[str, ...]

    def add(self, note: Event, who: str = "") -> Event:
        """Store the note and that these reports became it.

        Raises:
            InputError: somebody decided about one of them before.
        """
        return self.inbox.accept(self.ids, note, who)


def draft_from_cluster(story: NewsCluster, *, guess_day: bool = False) -> Draft:
    """A story as the draft of a note: the hour only where it is that of the publication.

    Args:
        story: of the inbox.
        guess_day: for a form that a person will look at: where the story has no date, the day
            on which it was first seen.

    Raises:
        InputError: it has no date; a person has to say the day.
    """
    lead = story.lead
    if lead.report.day is None and not guess_day:
        doubt = lead.report.doubt or "the feed gives none"
        msg = f"day: the report has no date ({doubt}); edit it and say which day it was"
        raise InputError(msg)
    return Draft(
        title=lead.report.title,
        day=moscow_day(lead),
        moment=lead.report.moment if lead.is_exact else None,
        category=propose_category(lead),
        text=_note_text(story),
        source_url=next((each.report.link for each in (lead, *story.reports)
                         if each.report.link), ""),
    )  # fmt: skip


def accepting_note_store(story: NewsCluster, inbox: InboxStore) -> NoteStore:
    """The store for a form that makes a note of a story; only `add` of it is there."""
    return cast("NoteStore", AcceptingNoteStore(inbox, tuple(each.id for each in story.reports)))


def accept_cluster(
    story: NewsCluster,
    inbox: InboxStore,
    draft: Draft | None = None,
    *,
    who: str = "",
    now: Callable[[], datetime] = utc_now,
) -> Event:
    """Make a note of a story; all its reports are accepted with it.

    Args:
        story: of the inbox, not yet decided.
        inbox: where it lies.
        draft: as a person changed it; as the story says where None.
        who: the label of the person, for a draft that has none.
        now: the clock.

    Raises:
        InputError: a field is wrong, the story has no date, or somebody decided before.
        StoreError: the store cannot be written.
    """
    made = draft or draft_from_cluster(story)
    return add_note(
        accepting_note_store(story, inbox), replace(made, author=made.author or who), now=now
    )  # fmt: skip


def dismiss_news(ids: Sequence[str], inbox: InboxStore, *, who: str = "") -> None:
    """Dismiss reports, all of them or none; they stay dismissed though a feed brings them again.

    Raises:
        InputError: somebody decided about one of them before, or there is none such.
        StoreError: the store cannot be written.
    """
    inbox.decide(ids, Decision.DISMISSED, clean_line(who))


def undo_dismissal(ids: Sequence[str], inbox: InboxStore) -> None:
    """Put dismissed reports back among the new ones.

    Raises:
        InputError: one of them is a note by now, or there is none such.
        StoreError: the store cannot be written.
    """
    inbox.reopen(ids)


def find_cluster(candidate_id: str, inbox: InboxStore) -> NewsCluster:
    """The story of a report: all its reports of the same state.

    Raises:
        InputError: there is no such report.
    """
    found = inbox.find()
    asked = next((each for each in found if each.id == candidate_id), None)
    if asked is None:
        msg = f"{clean_line(candidate_id)[:60]}: there is no report with this id; see `inbox list`"
        raise InputError(msg)
    (story,) = group_by_cluster(
        each for each in found if (each.cluster, each.state) == (asked.cluster, asked.state)
    )
    return story


def _note_text(story: NewsCluster) -> str:
    """The excerpt, who reported it, and what is uncertain about the time."""
    lead, lines = story.lead, []
    if lead.report.excerpt:
        lines.append(lead.report.excerpt)
    lines.append(f"Reported by {', '.join(story.publishers[:8])}.")
    doubt = _timing_caveat(lead)
    if doubt:
        lines.append(doubt)
    return "\n".join(lines)[:TEXT_LIMIT]


def _timing_caveat(lead: InboxItem) -> str:
    if lead.report.dated_by is DatedBy.SEEN and lead.report.moment:
        return f"First seen {lead.report.moment:%Y-%m-%d %H:%M} UTC, published before."
    return f"The time: {lead.report.doubt}." if lead.report.doubt else ""
