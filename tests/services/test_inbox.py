"""The inbox from feeds to notes: fetched items, messages and decisions."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from dashboard.models.article import Precision
from dashboard.models.errors import InputError, SourceError
from dashboard.models.event import MOSCOW
from dashboard.models.inbox import DatedBy, Decision, NewsBatch, NewsItem, Publisher
from dashboard.services.inbox import (
    InboxFilter,
    accept_cluster,
    count_inbox,
    dismiss_news,
    draft_from_cluster,
    find_cluster,
    list_feed_statuses,
    list_inbox,
    undo_dismissal,
)
from dashboard.services.jobs import NewsRefreshJob
from dashboard.services.news import refresh_news, search_news, tone_timeline
from dashboard.sources.events.feed import FEED_LIMITS, Feed, PoliteFetcher
from dashboard.sources.events.gdelt import GDELT_LIMITS, Gdelt
from dashboard.sources.http_transport import new_session
from dashboard.sources.polite_client import PoliteClient
from dashboard.storage.inbox import InboxRepository
from dashboard.storage.notes import NoteRepository
from tests.replica import Replica
from tests.replica.failures import wrong_charset
from tests.replica.services.news import challenge, dated
from tests.sources.made_clock import MadeClock

NOW = datetime(2026, 11, 23, 18, tzinfo=UTC)
TASS = Publisher("tass_en", "TASS", "https://tass.com/rss/v2.xml")
INTERFAX = Publisher("interfax", "Interfax", "https://www.interfax.ru/rss.asp", MOSCOW)
TITLE = "EU adopts new sanctions against Russia"


@pytest.fixture
def notes(tmp_path):
    store = NoteRepository(f"sqlite:///{tmp_path / 'events.db'}")
    yield store
    store.close()


@pytest.fixture
def inbox(notes):
    return InboxRepository(notes, clock=lambda: NOW)


@pytest.fixture
def replica():
    with Replica() as replica:
        yield replica


@pytest.fixture
def clock():
    return MadeClock(NOW)


@pytest.fixture
def refresh(replica, inbox, clock):
    """Ask feeds of the replica; what became of each."""
    session = new_session(replica.url)
    client = PoliteClient(session, clock, FEED_LIMITS)

    def refreshed(*publishers):
        feeds = [Feed(each, PoliteFetcher(client), clock) for each in publishers or (TASS,)]
        return refresh_news(feeds, inbox, clock.now)

    yield refreshed
    session.close()


class MadeFeed:
    """A feed that holds what a test says."""

    def __init__(self, *reports, publisher=TASS, fails=""):
        self.publisher, self._reports, self._fails = publisher, reports, fails

    def news(self, asked):
        if self._fails:
            raise SourceError(self._fails)
        return NewsBatch(tuple(self._reports))


def report(title=TITLE, hour=10, day=23, **more):
    moment = datetime(2026, 11, day, hour, tzinfo=UTC)
    result = {"guid": f"{title}{hour}", "link": "https://news.example/1", "day": moment.date(),
            "moment": moment, "precision": Precision.MINUTE, "publisher": "TASS"}  # fmt: skip
    return NewsItem(title=title, **result | more)


def take(inbox, *reports, now=NOW):
    return refresh_news([MadeFeed(*reports)], inbox, lambda: now)


def only(inbox, **asked):
    (cluster,) = list_inbox(inbox, InboxFilter(**asked))
    return cluster


# ---------------------------------------------------------------- the inbox is right


def test_a_challenge_page_with_the_status_of_success_is_told_and_the_inbox_stays(
    refresh, replica, inbox
):
    refresh()
    before = list_inbox(inbox)
    replica.feeds.answers(challenge)
    (state,) = refresh()
    assert state.problem == "TASS answered a page that keeps programs out instead of a feed"
    assert list_inbox(inbox) == before
    (stored,) = inbox.feed_states()
    assert (stored.problem, stored.items) == (state.problem, 3)


def test_msk_in_a_date_is_the_clock_of_moscow(refresh, replica, inbox):
    replica.feeds.answers(dated("Mon, 23 Nov 2026 18:00:00 MSK"))
    refresh()
    lead = only(inbox).lead
    assert lead.report.moment == datetime(2026, 11, 23, 15, tzinfo=UTC)
    assert lead.is_exact


def test_a_missing_zone_is_the_clock_of_the_publisher_or_no_hour_and_told(refresh, replica, inbox):
    replica.feeds.answers(dated("Mon, 23 Nov 2026 18:00:00"))
    refresh(TASS)
    unknown = only(inbox).lead
    assert (unknown.report.day, unknown.report.moment) == (date(2026, 11, 23), None)
    assert "names no time zone, so the hour is unknown" in unknown.report.doubt
    assert not unknown.is_exact
    refresh(INTERFAX)
    known = only(inbox).lead  # of the two reports of the story the one with its hour
    assert known.report.moment == datetime(2026, 11, 23, 15, tzinfo=UTC)
    assert "read as Europe/Moscow, as the list of feeds says" in known.report.doubt


def test_windows_1251_is_read_with_the_right_and_with_the_wrong_header(refresh, replica, inbox):
    refresh(INTERFAX)
    replica.feeds.answers(wrong_charset)
    (state,) = refresh(INTERFAX)
    assert "the letters are windows-1251" in state.messages[0]
    assert state.new == 0
    titles = {each.report.title for each in inbox.find()}
    assert "Новости рынка" in titles
    assert len(titles) == 3


def test_an_undated_item_is_listed_by_when_it_came_and_needs_a_day_to_be_a_note(
    refresh, replica, inbox
):
    replica.feeds.answers(dated(None))
    refresh()
    cluster = only(inbox)
    assert (cluster.lead.report.day, cluster.lead.sort_moment) == (None, NOW)
    with pytest.raises(InputError, match=r"the report has no date .*gives no date.*edit it"):
        accept_cluster(cluster, inbox)
    assert draft_from_cluster(cluster, guess_day=True).day == date(2026, 11, 23)
    assert list_inbox(inbox) == (cluster,)


def test_one_feed_that_fails_does_not_touch_the_others(inbox):
    feeds = [MadeFeed(report()), MadeFeed(publisher=INTERFAX, fails="Interfax answered nothing")]
    good, bad = refresh_news(feeds, inbox, lambda: NOW)
    assert (good.items, good.new, good.problem) == (1, 1, "")
    assert (bad.problem, bad.answered_at) == ("Interfax answered nothing", None)
    assert [each.state for each in list_feed_statuses([TASS, INTERFAX], inbox.feed_states())] == [
        good,
        bad,
    ]


# ---------------------------------------------------------------- listing


def test_stories_are_listed_newest_first_and_found_by_source_words_day_and_state(inbox):
    take(inbox, report("Rouble firms in Moscow", 9), report("Дума приняла бюджет", 12, day=22),
         report("Peace talks resume in Geneva", 20))  # fmt: skip
    found = [cluster.lead.report.title for cluster in list_inbox(inbox)]
    assert found == [
        "Peace talks resume in Geneva",
        "Rouble firms in Moscow",
        "Дума приняла бюджет",
    ]
    assert only(inbox, text="ДУМА бюджет").lead.report.title == found[2]
    assert only(inbox, until=date(2026, 11, 22)).lead.report.title == found[2]
    assert len(list_inbox(inbox, InboxFilter(since=date(2026, 11, 23)))) == 2
    assert len(list_inbox(inbox, InboxFilter(source="tass_en"))) == 3
    assert list_inbox(inbox, InboxFilter(source="gdelt")) == ()
    assert list_inbox(inbox, InboxFilter(state=Decision.DISMISSED)) == ()
    assert count_inbox(inbox)[Decision.NEW] == 3


def test_the_day_of_a_report_is_that_of_moscow(inbox):
    take(inbox, report(hour=22))
    assert only(inbox, since=date(2026, 11, 24)).lead.report.day == date(2026, 11, 23)


# ---------------------------------------------------------------- deciding


def test_an_accepted_story_is_a_note_with_hour_link_category_and_sources(inbox, notes):
    take(inbox, report(excerpt="The twentieth package."),
         report(f"{TITLE} - Reuters", 11, publisher="Reuters"))  # fmt: skip
    note = accept_cluster(only(inbox), inbox, author="Ann", now=lambda: NOW)
    assert notes.notes() == (note,)
    assert (note.title, note.day, note.author) == (TITLE, date(2026, 11, 23), "Ann")
    assert note.moment == datetime(2026, 11, 23, 10, tzinfo=UTC)
    assert note.category == "sanctions"
    assert note.source_url == "https://news.example/1"
    assert note.text == "The twentieth package.\nReported by TASS, Reuters."
    accepted = only(inbox, state=Decision.ACCEPTED)
    assert {each.note_id for each in accepted.reports} == {note.id}
    assert list_inbox(inbox) == ()


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"dated_by": DatedBy.SEEN}, "First seen 2026-11-23 10:00 UTC, published before."),
        ({"dated_by": DatedBy.UPDATED, "doubt": "the date of the last change"},
         "The time: the date of the last change."),
        ({"precision": Precision.DAY, "moment": None, "doubt": "only a date"},
         "The time: only a date."),
    ],
)  # fmt: skip
def test_a_note_has_no_hour_where_that_of_the_publication_is_not_known(inbox, more, result):
    take(inbox, report(**more))
    note = accept_cluster(only(inbox), inbox, now=lambda: NOW)
    assert (note.moment, note.day) == (None, date(2026, 11, 23))
    assert result in note.text


def test_a_story_is_accepted_as_a_person_changed_it(inbox):
    take(inbox, report())
    cluster = only(inbox)
    draft = replace(
        draft_from_cluster(cluster), title="My own words", day=date(2026, 11, 20), moment=None
    )
    note = accept_cluster(cluster, inbox, draft, now=lambda: NOW)
    assert (note.title, note.day, note.moment) == ("My own words", date(2026, 11, 20), None)


def test_a_draft_that_is_refused_leaves_the_story_undecided(inbox, notes):
    take(inbox, report())
    cluster = only(inbox)
    with pytest.raises(InputError, match="title: is empty"):
        accept_cluster(
            cluster, inbox, replace(draft_from_cluster(cluster), title=" "), now=lambda: NOW
        )
    assert only(inbox) == cluster
    assert notes.notes() == ()


def test_dismissed_stays_dismissed_though_the_feed_brings_it_again_and_again(inbox):
    take(inbox, report())
    cluster = only(inbox)
    dismiss_news([each.id for each in cluster.reports], inbox, author="Ann")
    for hours in (1, 2):
        take(inbox, report(), report(f"{TITLE} - Reuters", 11), now=NOW + timedelta(hours=hours))
        assert list_inbox(inbox) == ()
    gone = only(inbox, state=Decision.DISMISSED)
    assert len(gone.reports) == 2
    undo_dismissal([each.id for each in gone.reports], inbox)
    assert len(only(inbox).reports) == 2


def test_two_people_who_decide_at_once_make_one_note_and_the_second_is_told(inbox, notes):
    take(inbox, report())
    seen_by_both = only(inbox)
    accept_cluster(seen_by_both, inbox, author="Ann", now=lambda: NOW)
    with pytest.raises(InputError, match="was accepted by Ann at 2026-11-23 18:00 UTC"):
        accept_cluster(seen_by_both, inbox, author="Bob", now=lambda: NOW)
    with pytest.raises(InputError, match="was accepted by Ann"):
        dismiss_news([seen_by_both.lead.id], inbox, author="Bob")
    assert len(notes.notes()) == 1


def test_a_report_that_is_not_there_is_told(inbox):
    with pytest.raises(InputError, match="nobody: there is no report with this id"):
        find_cluster("nobody", inbox)


# ---------------------------------------------------------------- search


def test_a_search_lands_in_the_inbox_once_whatever_its_words(replica, inbox, clock):
    with new_session(replica.url) as session:
        gdelt = Gdelt(PoliteClient(session, clock, GDELT_LIMITS))
        first = search_news(gdelt, inbox, "rouble", "3d", clock.now)
        again = search_news(gdelt, inbox, "central bank", "3d", clock.now)
        line = tone_timeline(gdelt, "rouble", "7d", clock.now)
    assert (first.found, first.new) == (3, 3)
    assert (again.found, again.new) == (3, 0)
    assert len(list_inbox(inbox, InboxFilter(source="gdelt"))) == 3
    assert len(line.points) == 3
    assert replica.gdelt.requests[-1].params["startdatetime"].startswith("20261116")


def test_a_period_that_is_none_is_told(inbox):
    with pytest.raises(InputError, match="period: 4y is none; take one of 1d, 3d"):
        search_news(Gdelt(None), inbox, "rouble", "4y", lambda: NOW)


# ---------------------------------------------------------------- in the background


def test_feeds_are_asked_behind_the_page_once_in_a_while_and_never_offline(inbox):
    clock = MadeClock(NOW)
    refresher = NewsRefreshJob(lambda: [MadeFeed(report())], inbox, clock.now)
    assert refresher.submit()
    refresher.wait(30)
    assert (refresher.state().is_running, refresher.state().done) == (False, 1)
    assert len(list_inbox(inbox)) == 1
    assert not refresher.submit()
    assert refresher.submit(force=True)
    refresher.wait(30)
    clock.pass_by(601)
    assert refresher.is_due
    offline = NewsRefreshJob(lambda: [], inbox, clock.now, is_offline=True)
    assert not offline.submit(force=True)


def test_a_round_that_fails_as_a_whole_says_why(inbox, caplog):
    def broken():
        msg = "feeds.toml: is not TOML"
        raise InputError(msg)

    refresher = NewsRefreshJob(broken, inbox, lambda: NOW)
    refresher.submit()
    refresher.wait(30)
    assert refresher.state().problem == "feeds.toml: is not TOML"
