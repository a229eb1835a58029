"""Decide news: make a report a note, dismiss it, or take a dismissal back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, cast

from dashboard.domain.candidate import Candidate, DatedBy, Decision, Story
from dashboard.domain.errors import InputError
from dashboard.domain.event import TEXT_LIMIT
from dashboard.services.clean_draft import Draft, clean_line
from dashboard.services.group_stories import stories_of
from dashboard.services.keep_events import NoteStore, add_note, utc_now
from dashboard.services.list_inbox import category_of, moscow_day

if TYPE_CHECKING:
    from dashboard.domain.event import Event
    from dashboard.store.base import Inbox


@dataclass(frozen=True, slots=True)
class Accepting:
    """Where a note goes that is made of reports: note and decision are stored together."""

    inbox: Inbox
    ids: tuple[str, ...]

    def add(self, note: Event, who: str = "") -> Event:
        """Store the note and that these reports became it.

        Raises:
            InputError: somebody decided about one of them before.
        """
        return self.inbox.accept(self.ids, note, who)


def draft_of(story: Story, *, guess_day: bool = False) -> Draft:
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
        category=category_of(lead),
        text=_text(story),
        source_url=next((each.report.link for each in (lead, *story.reports)
                         if each.report.link), ""),
    )  # fmt: skip


def accepting(story: Story, inbox: Inbox) -> NoteStore:
    """The store for a form that makes a note of a story; only `add` of it is there."""
    return cast("NoteStore", Accepting(inbox, tuple(each.id for each in story.reports)))


def accept_story(
    story: Story,
    inbox: Inbox,
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
    made = draft or draft_of(story)
    return add_note(
        accepting(story, inbox), replace(made, author=made.author or who), now=now
    )  # fmt: skip


def dismiss(ids: Sequence[str], inbox: Inbox, *, who: str = "") -> None:
    """Dismiss reports, all of them or none; they stay dismissed though a feed brings them again.

    Raises:
        InputError: somebody decided about one of them before, or there is none such.
        StoreError: the store cannot be written.
    """
    inbox.decide(ids, Decision.DISMISSED, clean_line(who))


def undo_dismiss(ids: Sequence[str], inbox: Inbox) -> None:
    """Put dismissed reports back among the new ones.

    Raises:
        InputError: one of them is a note by now, or there is none such.
        StoreError: the store cannot be written.
    """
    inbox.reopen(ids)


def story_named(candidate_id: str, inbox: Inbox) -> Story:
    """The story of a report: all its reports of the same state.

    Raises:
        InputError: there is no such report.
    """
    found = inbox.find()
    asked = next((each for each in found if each.id == candidate_id), None)
    if asked is None:
        msg = f"{clean_line(candidate_id)[:60]}: there is no report with this id; see `inbox list`"
        raise InputError(msg)
    (story,) = stories_of(
        each for each in found if (each.cluster, each.state) == (asked.cluster, asked.state)
    )
    return story


def _text(story: Story) -> str:
    """The excerpt, who reported it, and what is uncertain about the time."""
    lead, lines = story.lead, []
    if lead.report.excerpt:
        lines.append(lead.report.excerpt)
    lines.append(f"Reported by {', '.join(story.publishers[:8])}.")
    doubt = _doubt(lead)
    if doubt:
        lines.append(doubt)
    return "\n".join(lines)[:TEXT_LIMIT]


def _doubt(lead: Candidate) -> str:
    if lead.report.dated_by is DatedBy.SEEN and lead.report.moment:
        return f"First seen {lead.report.moment:%Y-%m-%d %H:%M} UTC, published before."
    return f"The time: {lead.report.doubt}." if lead.report.doubt else ""
