"""GDELT: what it answers, refuses and gets wrong, and how slowly it is requested."""

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from dashboard.models.article import Precision
from dashboard.models.errors import CircuitOpen, InputError, SourceError
from dashboard.models.inbox import DatedBy
from dashboard.sources.events.base import NewsQuery
from dashboard.sources.events.gdelt import GDELT_LIMITS, MAX_RECORDS, MAX_REQUESTS, Gdelt
from dashboard.sources.http_transport import new_session
from dashboard.sources.polite_client import INTERVALS, PoliteClient
from tests.replica.failures import html_with_200, instead, nothing_at_all
from tests.replica.market import NOW
from tests.replica.services.news import no_articles, sentence

ROUBLE = NewsQuery("rouble", NOW - timedelta(days=3), NOW)


@pytest.fixture
def gdelt(replica, clock):
    with new_session(replica.url) as session:
        yield Gdelt(PoliteClient(session, clock, GDELT_LIMITS))


def fill(replica, count, minutes=1):
    """So many articles, the newest now, one every so many minutes."""
    replica.gdelt.made = [
        (NOW - timedelta(minutes=minutes * n), f"Article {n}", f"https://news.example/a/{n}")
        for n in range(count)
    ]


def test_an_article_has_the_moment_it_was_first_seen_which_is_not_its_publication(gdelt):
    first = gdelt.news(ROUBLE).reports[0]
    assert (first.title, first.link) == ("Rouble firms before talks", "https://news.example/0")
    assert first.moment == datetime(2026, 11, 23, 18, tzinfo=UTC)
    assert (first.precision, first.dated_by) == (Precision.MINUTE, DatedBy.SEEN)
    assert "first saw" in first.doubt
    assert (first.publisher, first.language, first.tone) == ("news.example", "English", None)


def test_the_question_is_the_documented_one(gdelt, replica):
    gdelt.news(ROUBLE)
    (requests,) = replica.gdelt.requests
    assert requests.host == "api.gdeltproject.org"
    assert requests.path == "/api/v2/doc/doc"
    assert parse_qs(urlsplit(requests.target).query) == {
        "query": ["rouble"], "mode": ["ArtList"], "format": ["json"], "maxrecords": ["250"],
        "sort": ["DateDesc"], "startdatetime": ["20261120180000"],
        "enddatetime": ["20261123180000"],
    }  # fmt: skip
    assert "rouble-reaction" in requests.headers["User-Agent"]


def test_the_tone_is_read_from_inside_the_series(gdelt, replica):
    line = gdelt.tone(ROUBLE)
    assert line.resolution == "day"
    assert [(point.at.day, point.tone) for point in line.points] == [(21, -2), (22, -1), (23, 0)]
    assert replica.gdelt.requests[0].params["mode"] == "TimelineTone"


@pytest.mark.parametrize("count", [249, 600])
def test_more_than_it_gives_at_once_is_asked_in_slices(gdelt, replica, count):
    fill(replica, count)
    news = gdelt.news(ROUBLE)
    assert [report.title for report in news.reports] == [f"Article {n}" for n in range(count)]
    assert news.messages == ()
    assert len(replica.gdelt.requests) == -(-count // MAX_RECORDS)


def test_between_two_questions_it_waits_six_seconds(gdelt, replica, clock):
    fill(replica, 600)
    gdelt.news(ROUBLE)
    assert INTERVALS["api.gdeltproject.org"] == 6.0
    assert clock.slept == [6.0] * (len(replica.gdelt.requests) - 1)


def test_what_cannot_be_had_even_in_slices_is_told(gdelt, replica):
    fill(replica, 9_000, minutes=0)
    news = gdelt.news(ROUBLE)
    assert len(replica.gdelt.requests) <= MAX_REQUESTS
    assert "there is more than it gives at once" in news.messages[0]


def test_nothing_is_not_an_error(gdelt, replica):
    replica.gdelt.answers(no_articles)
    assert gdelt.news(ROUBLE).reports == ()
    assert gdelt.tone(ROUBLE).points == ()
    assert "knows no article" in gdelt.tone(ROUBLE).messages[0]


def test_a_sentence_in_place_of_an_answer_is_told_as_it_stands(gdelt, replica):
    replica.gdelt.answers(sentence("Your query was too short or too long."))
    with pytest.raises(InputError, match=r"“Your query was too short or too long\.”; change"):
        gdelt.news(ROUBLE)


def test_after_the_first_429_it_is_left_alone(gdelt, replica):
    phrase = "Please limit requests to one every 5 seconds or contact us."
    replica.gdelt.answers(sentence(phrase, 429))
    with pytest.raises(CircuitOpen, match="GDELT answered that we ask too often"):
        gdelt.news(ROUBLE)
    with pytest.raises(CircuitOpen):
        gdelt.tone(ROUBLE)
    assert len(replica.gdelt.requests) == 1


BAD = (
    '{"articles":[{"url":"https://example.ru/a","title":"Rate \\% and path C:\\work\\x",'
    '"seendate":"20261123T131500Z","domain":"example.ru","language":"Russian"}]}'
)


def test_bad_escapes_are_mended(gdelt, replica):
    replica.gdelt.answers(instead(BAD, "application/json"))
    (report,) = gdelt.news(ROUBLE).reports
    assert report.title == "Rate \\% and path C:\\work\\x"


def test_a_line_end_inside_a_text_is_read(gdelt, replica):
    replica.gdelt.answers(instead(BAD.replace(" and ", "\n"), "application/json"))
    assert gdelt.news(ROUBLE).reports[0].title == "Rate \\% path C:\\work\\x"


def test_a_batch_that_cannot_be_mended_is_left_out_and_told(gdelt, replica):
    fill(replica, 400)
    replica.gdelt.answers(
        instead('{"articles":[{"url":"https:', "application/json"),
        when=lambda requests: requests.params["enddatetime"] < "20261123180000",
    )
    news = gdelt.news(ROUBLE)
    assert "could not be read, left out" in news.messages[0]
    assert news.reports


@pytest.mark.parametrize("broken", [instead('{"articles":[{', "application/json"), html_with_200,
                                    nothing_at_all])  # fmt: skip
def test_what_is_no_answer_is_told_in_a_sentence(gdelt, replica, broken):
    replica.gdelt.answers(broken)
    with pytest.raises(SourceError, match=r"^GDELT answered") as caught:
        gdelt.news(ROUBLE)
    assert "\n" not in str(caught.value)


ODD = [
    {}, {"articles": None}, {"articles": [None, 3, {}]}, {"articles": [{"title": "T", "url": 7}]},
    {"articles": [{"title": "T", "url": "javascript:alert(1)"}]}, [], {"articles": {"a": 1}},
]  # fmt: skip


@pytest.mark.parametrize("odd", ODD, ids=str)
def test_odd_articles_are_no_reports(gdelt, replica, odd):
    replica.gdelt.answers(instead(json.dumps(odd), "application/json"))
    assert gdelt.news(ROUBLE).reports == ()


def test_a_date_that_cannot_be_or_is_not_there_is_unknown(gdelt, replica):
    replica.gdelt.answers(
        instead(
            '{"articles":[{"url":"https://a.example/1","title":"One","seendate":"20991123T131500Z"},'
            '{"url":"https://a.example/2","title":"Two"}]}',
            "application/json",
        )
    )
    assert [(r.title, r.precision) for r in gdelt.news(ROUBLE).reports] == [
        ("One", Precision.NONE),
        ("Two", Precision.NONE),
    ]


def test_blanks_around_marks_are_taken_out(gdelt, replica):
    replica.gdelt.answers(
        instead(
            '{"articles":[{"url":"https://a.example/1","seendate":"20261123T131500Z",'
            '"title":"Russia \' s rouble , at $ 80 , firms ( again ) : bank"}]}',
            "application/json",
        )
    )
    assert gdelt.news(ROUBLE).reports[0].title == "Russia's rouble, at $80, firms (again): bank"


@pytest.mark.parametrize(
    ("requests", "message"),
    [
        (NewsQuery("ab", NOW - timedelta(days=1), NOW), "2 letters; GDELT takes 3 to 250"),
        (NewsQuery("word " * 60, NOW - timedelta(days=1), NOW), "299 letters"),
        (NewsQuery("rouble", NOW, NOW - timedelta(days=1)), "ends before it begins"),
    ],
)
def test_what_gdelt_would_refuse_is_not_sent(gdelt, replica, requests, message):
    with pytest.raises(InputError, match=message):
        gdelt.news(requests)
    assert replica.gdelt.requests == []
