"""Diagnose feeds: say in words how the last attempts at them went; nothing is asked."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from dashboard.domain.errors import RoubleReactionError
from dashboard.services.diagnose import Finding
from dashboard.services.list_inbox import FeedReport, report_feeds

if TYPE_CHECKING:
    from dashboard.services.keep_feeds import Feeds
    from dashboard.store.base import Inbox


def diagnose_feeds(feeds: Feeds, inbox: Inbox) -> Finding:
    """How the list of feeds and the last attempts at them are; fails where none answered.

    Args:
        feeds: the list.
        inbox: where the attempts are on record.
    """
    try:
        reports = report_feeds(feeds.publishers(), inbox.feed_states())
    except RoubleReactionError as error:
        return Finding("Feeds", works=False, told=str(error), seconds=0.0)
    on = [each for each in reports if each.publisher.enabled]
    asked = [each for each in on if each.state is not None]
    failed = [each for each in asked if each.state is not None and each.state.problem]
    works = not asked or len(failed) < len(asked)
    return Finding("Feeds", works=works, told=_told(on, asked, failed), seconds=0.0)


def _told(on: list[FeedReport], asked: list[FeedReport], failed: list[FeedReport]) -> str:
    if not asked:
        return f"{len(on)} are on the list, none was asked yet; inbox refresh asks them"
    last = max(each.state.asked_at for each in asked if each.state is not None)
    told = f"{len(on)} are on the list, {len(asked) - len(failed)} answered, last asked {_at(last)}"
    problems = (each.state.problem for each in failed if each.state is not None)
    return f"{told}; failed: {'; '.join(problems)}" if failed else told


def _at(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
