"""The words of the inbox: when something was reported, how exactly that is known, how feeds are."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from dashboard.domain.article import Precision
from dashboard.domain.candidate import Candidate, DatedBy, Decision, Story
from dashboard.domain.event import MOSCOW
from dashboard.services.list_inbox import FeedReport, moscow_day
from dashboard.services.refresh_news_behind import NewsState
from dashboard.ui.wording import count, day, signed, stamp

STATES: Final = {
    Decision.NEW: "New",
    Decision.ACCEPTED: "Accepted",
    Decision.DISMISSED: "Dismissed",
}


def time_words(candidate: Candidate) -> str:
    """`26 Nov 2026, 16:05 Moscow`, or the day and why there is no hour."""
    report = candidate.report
    if report.day is None:
        return f"time unknown, here since {stamp(candidate.first_seen)}"
    on = day(moscow_day(candidate))
    if report.precision is not Precision.MINUTE or report.moment is None:
        return f"{on}, hour unknown"
    at = f"{on}, {report.moment.astimezone(ZoneInfo(MOSCOW)):%H:%M} Moscow"
    before = {DatedBy.SEEN: "first seen ", DatedBy.UPDATED: "changed "}.get(report.dated_by, "")
    return f"{before}{at}"


def reports_words(story: Story) -> str:
    """`5 reports: TASS, Interfax, …`, or the one who reported it."""
    names = story.publishers
    listed = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
    many = len(story.reports)
    return listed if many == 1 else f"{count(many, 'report')}: {listed}"


def tone_words(story: Story) -> str:
    """The mean tone of the reports of which one is known; empty where none is."""
    known = [each.report.tone for each in story.reports if each.report.tone is not None]
    return f"tone {signed(sum(known) / len(known), 1)}" if known else ""


def decided_words(story: Story) -> str:
    """Who decided and when; empty while nobody has."""
    lead = story.lead
    if lead.decided_at is None:
        return ""
    by = f" by {lead.decided_by}" if lead.decided_by else ""
    return f"{lead.state.value}{by}, {stamp(lead.decided_at)}"


def feed_words(feed: FeedReport, now: datetime) -> str:
    """How a feed is: when it was asked, what it brought, what went wrong."""
    state = feed.state
    if not feed.publisher.enabled:
        return "switched off"
    if state is None:
        return "not asked yet"
    asked = f"asked {ago(state.asked_at, now)}"
    if state.problem:
        last = f"; last answer {ago(state.answered_at, now)}" if state.answered_at else ""
        return f"{asked}: {state.problem}{last}"
    told = f"; {'; '.join(state.told)}" if state.told else ""
    return f"{asked}: {count(state.items, 'item')}, {state.new:,} new{told}"


def ago(moment: datetime, now: datetime) -> str:
    """`just now`, `12 minutes ago`, `3 hours ago`, `2 days ago`."""
    past = now - moment
    if past < timedelta(minutes=1):
        return "just now"
    if past < timedelta(hours=1):
        return f"{count(int(past / timedelta(minutes=1)), 'minute')} ago"
    if past < timedelta(days=1):
        return f"{count(int(past / timedelta(hours=1)), 'hour')} ago"
    return f"{count(past.days, 'day')} ago"


def progress_words(state: NewsState) -> str:
    """How a round of asking goes; empty where there is nothing to tell."""
    if state.is_running:
        of = f"{state.done} of {state.total} feeds" if state.total else "the feeds"
        return f"asking {of} …"
    return f"The feeds could not be asked: {state.problem}" if state.problem else ""
