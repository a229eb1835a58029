"""The terminal on the inbox: stories, feeds and the tone of a search."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from dashboard.domain.candidate import Story, ToneTimeline
from dashboard.services.list_inbox import FeedReport, category_of
from dashboard.ui.inbox_words import feed_words, reports_words, time_words
from dashboard.ui.terminal import mention, say, show_table
from dashboard.ui.wording import count, signed, stamp


def show_stories(stories: Sequence[Story]) -> None:
    """Print stories: id, when, headline, who reported it, the category that is proposed."""
    rows = [
        (
            each.lead.id,
            time_words(each.lead),
            each.lead.report.title,
            reports_words(each),
            category_of(each.lead),
            each.lead.report.doubt,
        )
        for each in stories
    ]
    show_table(("id", "when", "headline", "reported by", "category", "remark"), rows)
    say(count(len(stories), "story", "stories"))


def show_feeds(feeds: Iterable[FeedReport]) -> None:
    """Print feeds: id, whose, how each is, where it lies."""
    now = datetime.now(UTC)
    rows = [
        (each.publisher.id, each.publisher.title, feed_words(each, now), each.publisher.url)
        for each in feeds
    ]
    show_table(("id", "publisher", "how it is", "address"), rows)


def show_tone(timeline: ToneTimeline) -> None:
    """Print how the tone of the articles on a query went."""
    mention(timeline.told)
    rows = [(stamp(point.at), signed(point.tone, 2)) for point in timeline.points]
    show_table(("from", "tone"), rows, ("tone",))


def tone_json(timeline: ToneTimeline) -> dict[str, Any]:
    """The tone as `inbox search --tone --json` prints it; moments in UTC."""
    return {
        "query": timeline.query,
        "resolution": timeline.resolution,
        "told": list(timeline.told),
        "points": [
            {"at": point.at.isoformat().replace("+00:00", "Z"), "tone": point.tone}
            for point in timeline.points
        ],
    }
