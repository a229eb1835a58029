"""One form for every source of news: what a report promises, wherever it comes from."""

from datetime import UTC, datetime, timedelta

import pytest

from dashboard.models.article import Precision
from dashboard.models.event import TITLE_LIMIT
from dashboard.models.inbox import Publisher
from dashboard.sources.events import CANDIDATE_SOURCES, EVENT_SOURCES, NEWS_SOURCES
from dashboard.sources.events.base import NewsQuery, NewsSource
from dashboard.sources.events.feed import FEED_LIMITS, PoliteFetcher
from dashboard.sources.events.gdelt import BASE_URL, GDELT_LIMITS, Gdelt
from dashboard.sources.http_transport import new_session
from dashboard.sources.polite_client import PoliteClient
from tests.replica import Replica
from tests.sources.made_clock import MadeClock

NOW = datetime(2026, 11, 23, 18, tzinfo=UTC)
ASKED = NewsQuery("rouble", NOW - timedelta(days=3), NOW)
TASS = Publisher("tass_en", "TASS", "https://tass.com/rss/v2.xml", "Europe/Moscow", "en")


def feed(source, session, clock):
    return source(TASS, PoliteFetcher(PoliteClient(session, clock, FEED_LIMITS)), clock)


def gdelt(source, session, clock):
    return source(PoliteClient(session, clock, GDELT_LIMITS))


# How a test makes each source; a new source adds its line.
MAKERS = {"feed": feed, "gdelt": gdelt}


@pytest.fixture(params=CANDIDATE_SOURCES, ids=lambda source: source.id)
def source(request):
    with Replica() as replica, new_session(replica.url) as session:
        yield MAKERS[request.param.id](request.param, session, MadeClock(NOW))


def test_the_shelf_holds_sources_of_events_and_of_news():
    assert (*EVENT_SOURCES, *CANDIDATE_SOURCES) == NEWS_SOURCES


def test_a_source_fits_the_form(source):
    assert isinstance(source, NewsSource)
    assert source.publisher_name


def test_a_report_has_a_title_a_publisher_and_a_web_address(source):
    reports = source.news(ASKED).reports
    assert len(reports) == 3
    for report in reports:
        assert 0 < len(report.title) <= TITLE_LIMIT
        assert report.publisher
        assert report.link.startswith(("https://", "http://"))


def test_a_moment_is_in_utc_and_there_only_where_the_minute_is_known(source):
    for report in source.news(ASKED).reports:
        assert (report.moment is not None) == (report.precision == Precision.MINUTE)
        assert report.moment.utcoffset() == timedelta(0)
        assert report.moment <= NOW


def test_asking_twice_gives_the_same_reports(source):
    assert source.news(ASKED) == source.news(ASKED)


def test_the_address_of_gdelt_is_the_documented_one():
    # https://blog.gdeltproject.org/gdelt-doc-2-0-api-debuts/
    assert BASE_URL == "https://api.gdeltproject.org/api/v2/doc/doc"


@pytest.mark.network
def test_the_real_gdelt_answers_articles_and_tone():
    now = datetime.now(UTC)
    with new_session() as session:
        real = Gdelt(PoliteClient(session, limits=GDELT_LIMITS))
        news = real.news(NewsQuery("(ruble OR rouble)", now - timedelta(hours=6), now))
        line = real.tone(NewsQuery("(ruble OR rouble)", now - timedelta(days=7), now))
    assert all(now - timedelta(hours=7) <= report.moment <= now for report in news.reports)
    assert line.points
