"""A feed from the wire to reports: politely from the list, guarded from anywhere else."""

from datetime import UTC, datetime

import pytest

from dashboard.models.article import Precision
from dashboard.models.errors import CircuitOpen, InputError, SourceError
from dashboard.models.inbox import Publisher
from dashboard.sources.events.base import NewsQuery
from dashboard.sources.events.feed import FEED_LIMITS, Feed, GuardedFetcher, PoliteFetcher
from dashboard.sources.http_transport import new_session
from dashboard.sources.polite_client import PoliteClient
from dashboard.sources.safe_fetch import ConnectionPolicy
from tests.replica.failures import (
    bomb,
    cut_off,
    elsewhere,
    forbidden_html,
    not_found,
    nothing_at_all,
    reset,
    too_many,
    unavailable,
    wrong_charset,
)
from tests.replica.market import NOW
from tests.replica.services.news import challenge, dated, zero_items
from tests.sources.made_clock import MadeClock

TASS = Publisher("tass_en", "TASS", "https://tass.com/rss/v2.xml", "Europe/Moscow", "en")


@pytest.fixture
def ask(replica, clock):
    session = new_session(replica.url)
    client = PoliteClient(session, clock, FEED_LIMITS)

    def requests(publisher=TASS):
        return Feed(publisher, PoliteFetcher(client), clock).news(NewsQuery())

    yield requests
    session.close()


def test_rss_in_utf8_is_read_with_its_publisher_and_language(ask):
    first, second, third = ask().reports
    assert [first.title, second.title] == [
        "Rouble firms before talks",
        "Central bank keeps its rate",
    ]
    assert third.title == "Новости рынка"
    assert (first.moment, first.precision) == (NOW, Precision.MINUTE)
    assert (first.publisher, first.language) == ("TASS", "en")
    assert first.link == "https://news.example/0"


def test_windows_1251_is_read_whatever_the_header_says(ask, replica):
    interfax = Publisher("interfax", "Interfax", "https://www.interfax.ru/rss.asp")
    assert ask(interfax).reports[2].title == "Новости рынка"
    replica.feeds.answers(wrong_charset)
    news = ask(interfax)
    assert news.reports[2].title == "Новости рынка"
    assert news.messages == (
        "the header says utf-8, but the letters are windows-1251; read so",
    )  # fmt: skip


def test_atom_with_its_last_change_only_says_so(ask):
    kremlin = Publisher("kremlin", "Kremlin", "http://en.kremlin.ru/events/all/feed")
    first = ask(kremlin).reports[0]
    assert first.moment == NOW
    assert "the date of the last change" in first.doubt


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (challenge, "TASS answered a page that keeps programs out instead of a feed"),
        (forbidden_html, "TASS answered 403 Forbidden"),
        (unavailable, "TASS answered 503 Service Unavailable"),
        (not_found, "TASS answered 404 Not Found"),
        (nothing_at_all, "TASS answered nothing"),
        (cut_off(), "TASS broke off its answer"),
        (reset, "TASS broke the connection"),
        (bomb(), "TASS answered more than 5 MB"),
        (elsewhere("http://169.254.169.254/latest"), "TASS sent us to another host"),
    ],
)
def test_what_is_no_feed_is_told_in_a_sentence(ask, replica, broken, message):
    replica.feeds.answers(broken)
    with pytest.raises(SourceError) as caught:
        ask()
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_a_host_that_asks_for_a_pause_gets_it(ask, replica):
    replica.feeds.answers(too_many(120))
    for _ in range(2):
        with pytest.raises(CircuitOpen, match=r"we ask too often|asked for a pause"):
            ask()
    assert len(replica.feeds.requests) == 1


def test_no_items_are_no_error(ask, replica):
    replica.feeds.answers(zero_items)
    assert ask().reports == ()


def test_a_date_of_moscow_is_three_hours_earlier_than_a_parser_says(ask, replica):
    replica.feeds.answers(dated("Mon, 23 Nov 2026 18:00:00 MSK"))
    (report,) = ask().reports
    assert report.moment == datetime(2026, 11, 23, 15, tzinfo=UTC)


def test_the_address_asked_is_that_of_the_list(ask, replica):
    ask()
    (requests,) = replica.feeds.requests
    assert (requests.host, requests.path) == ("tass.com", "/rss/v2.xml")
    assert "rss" in requests.headers["Accept"]


# ---------------------------------------------------------------- feeds that a person added

OWN = Publisher("own", "Mine", "https://feed.example/rss", is_imported=True)


def guarded(address, publisher=OWN):
    dialled = []

    def dial(where, port, timeout):
        dialled.append(where)
        raise OSError

    policy = ConnectionPolicy(resolve=lambda host, port: (address,), dial=dial)
    feed = Feed(publisher, GuardedFetcher(policy), MadeClock(NOW))
    return feed, dialled


@pytest.mark.parametrize("address", ["10.0.0.1", "127.0.0.1", "169.254.169.254", "::1"])
def test_a_public_name_that_leads_inside_is_refused_before_anything_is_sent(address):
    feed, dialled = guarded(address)
    with pytest.raises(InputError, match="not public"):
        feed.news(NewsQuery())
    assert dialled == []


@pytest.mark.parametrize("url", ["http://127.0.0.1/", "file:///etc/passwd", "http://[::1]/feed"])
def test_an_address_inside_is_refused_as_it_stands(url):
    feed, dialled = guarded("93.184.215.14", Publisher("own", "Mine", url, is_imported=True))
    with pytest.raises(InputError, match="link"):
        feed.news(NewsQuery())
    assert dialled == []


def test_a_public_address_is_dialled_and_its_failure_told_without_talk_of_pages():
    feed, dialled = guarded("93.184.215.14")
    with pytest.raises(SourceError, match=r"^feed\.example refused or broke the connection$"):
        feed.news(NewsQuery())
    assert dialled == ["93.184.215.14"]
