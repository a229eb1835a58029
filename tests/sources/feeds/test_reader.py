"""Every feed of the collection is read as a careful person would, or refused in words, in time."""

from datetime import datetime

import pytest

from dashboard.models.article import Precision
from dashboard.models.errors import SourceError
from dashboard.sources.feeds.reader import FeedContent, parse_feed_in_subprocess
from tests.feed_collection.feeds import FEEDS
from tests.feed_collection.form import NOW

NOW_HERE = datetime.fromisoformat(NOW)


def date_of(report):
    if report.precision == Precision.MINUTE:
        return f"{report.moment:%Y-%m-%dT%H:%MZ}"
    return "?" if report.day is None else report.day.isoformat()


def read(case):
    feed = FeedContent(case.content, case.url, "News", case.content_type, case.zone)
    return parse_feed_in_subprocess(feed, NOW_HERE)


def test_the_collection_holds_at_least_forty_feeds_and_no_id_twice():
    assert len({case.id for case in FEEDS}) == len(FEEDS) >= 40


@pytest.mark.parametrize("case", FEEDS, ids=lambda case: case.id)
def test_a_feed_is_read_as_expected(case):
    if case.items is None:
        with pytest.raises(SourceError, match=r"^News answered") as caught:
            read(case)
        assert case.says in str(caught.value)
        assert "\n" not in str(caught.value)
        return
    news = read(case)
    assert [(report.title, date_of(report)) for report in news.reports] == list(case.items)
    if case.links is not None:
        assert tuple(report.link for report in news.reports) == case.links
    expected = [*news.messages, *(report.doubt for report in news.reports)]
    assert any(case.says in text for text in expected) or not case.says
    assert all(bool(report.doubt) or report.precision == Precision.MINUTE
               for report in news.reports)  # fmt: skip
