"""List the inbox: stories that wait for a decision, or those that were decided, and the feeds."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from dashboard.domain.candidate import Candidate, Decision, FeedState, Publisher, Story
from dashboard.domain.event import MOSCOW
from dashboard.reading.kinds import kind_of_news
from dashboard.services.group_stories import stories_of

if TYPE_CHECKING:
    from dashboard.store.base import Inbox


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
class FeedReport:
    """A feed of the list and what became of it when last asked; None: it never was."""

    publisher: Publisher
    state: FeedState | None


def list_inbox(inbox: Inbox, asked: InboxFilter = InboxFilter()) -> tuple[Story, ...]:
    """The stories that fit, the newest first; a story is listed whole where one report fits.

    Raises:
        StoreError: the inbox cannot be read.
    """
    of_state = [each for each in inbox.find() if each.state is asked.state]
    stories = stories_of(of_state)
    return tuple(one for one in stories if any(_fits(each, asked) for each in one.reports))


def count_inbox(inbox: Inbox) -> dict[Decision, int]:
    """How many stories there are of each state."""
    found = inbox.find()
    return {
        state: len({each.cluster for each in found if each.state is state}) for state in Decision
    }


def report_feeds(
    publishers: Iterable[Publisher], states: Iterable[FeedState]
) -> tuple[FeedReport, ...]:
    """Every feed of the list with what became of it."""
    known = {state.feed_id: state for state in states}
    return tuple(FeedReport(each, known.get(each.id)) for each in publishers)


def moscow_day(candidate: Candidate) -> date:
    """The day a candidate is listed under: its own, by the clock of Moscow where that is known."""
    if candidate.report.moment is not None:
        return candidate.report.moment.astimezone(ZoneInfo(MOSCOW)).date()
    return candidate.report.day or candidate.first_seen.astimezone(ZoneInfo(MOSCOW)).date()


def category_of(candidate: Candidate) -> str:
    """The category that the words of a report propose."""
    return kind_of_news(f"{candidate.report.title}. {candidate.report.excerpt}").value


def _fits(candidate: Candidate, asked: InboxFilter) -> bool:
    source = candidate.kind if candidate.kind != "feed" else candidate.source_id
    day = moscow_day(candidate)
    return (
        asked.source in {"", source}
        and (asked.since is None or day >= asked.since)
        and (asked.until is None or day <= asked.until)
        and _has_words(candidate, _folded(asked.text).split())
    )


def _has_words(candidate: Candidate, words: list[str]) -> bool:
    report = candidate.report
    text = _folded("\n".join((report.title, report.excerpt, report.publisher, report.link)))
    return all(word in text for word in words)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()


# ---------------------------------------------------------------- JSON


def story_json(story: Story) -> dict[str, Any]:
    """A story as `inbox list --json` prints it; moments in UTC."""
    lead = story.lead
    return {
        "id": lead.id,
        "title": lead.report.title,
        "excerpt": lead.report.excerpt,
        "category": category_of(lead),
        "state": lead.state.value,
        "note_id": lead.note_id or None,
        "decided_at": _iso(lead.decided_at),
        "decided_by": lead.decided_by or None,
        "publishers": list(story.publishers),
        **_dated(lead),
        "reports": [_report_json(each) for each in story.reports],
    }


def _report_json(each: Candidate) -> dict[str, Any]:
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
        "first_seen": _iso(each.first_seen),
        **_dated(each),
    }


def _dated(each: Candidate) -> dict[str, Any]:
    report = each.report
    return {
        "day": moscow_day(each).isoformat() if report.day else None,
        "moment": _iso(report.moment),
        "precision": report.precision.value,
        "dated_by": report.dated_by.value,
        "doubt": report.doubt or None,
        "printed": report.printed or None,
    }


def feed_json(feed: FeedReport) -> dict[str, Any]:
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
        "own": of.is_own,
        "asked_at": _iso(state.asked_at if state else None),
        "answered_at": _iso(state.answered_at if state else None),
        "items": state.items if state else None,
        "new": state.new if state else None,
        "problem": (state.problem or None) if state else None,
        "told": list(state.told) if state else [],
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None
