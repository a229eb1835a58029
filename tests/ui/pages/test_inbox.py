"""Inbox: stories, how exactly their time is known, decisions, feeds, search, offline."""

from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard.models.article import Precision
from dashboard.models.errors import StoreError
from dashboard.models.inbox import DatedBy, NewsBatch, NewsItem, Publisher
from dashboard.services.news import refresh_news, store_news
from dashboard.services.notes import list_notes
from dashboard.ui import session
from tests.replica import Replica, failures
from tests.replica.market import Market
from tests.ui.app_in_test import SECONDS, figure_of, open_page, press
from tests.ui.app_in_test import words_of as escaped_words_of

NOW = datetime.now(UTC).replace(microsecond=0)
TASS = Publisher("tass_en", "TASS", "https://tass.com/rss/v2.xml")
SAID = datetime(2026, 11, 23, 13, 5, tzinfo=UTC)
RATE = NewsItem(
    guid="1", link="https://news.example/rate", title="Bank keeps its key rate at 14%",
    excerpt="The board met.", day=SAID.date(), moment=SAID, precision=Precision.MINUTE,
    publisher="TASS",
)  # fmt: skip
DAY = replace(RATE, guid="2", title="Дума <b>приняла</b> бюджет", link="https://news.example/2",
              moment=None, precision=Precision.DAY, doubt="only a date")  # fmt: skip
SEEN = replace(RATE, guid="3", title="Peace talks resume in Geneva", link="https://news.example/3",
               dated_by=DatedBy.SEEN, doubt="when GDELT first saw it")  # fmt: skip
BARE = NewsItem(guid="4", link="", title="Nothing is known of this", doubt="the feed gives no date")


def fill(*reports, origin=("feed", "tass_en")):
    st.cache_resource.clear()
    store_news(NewsBatch(reports), origin, session.get_context().inbox, NOW)


def words_of(app):
    """Everything a page says, without the joiners that keep text from being read as Markdown."""
    return escaped_words_of(app).replace("\u2060", "")


class Fails:
    publisher = TASS

    def news(self, asked):
        msg = "TASS answered a page that keeps programs out instead of a feed"
        raise StoreError(msg)


def labels(app):
    return [button.label for button in app.button]


def test_an_empty_inbox_says_what_to_do_and_offline_says_so():
    app = open_page("inbox")
    words = words_of(app)
    assert "Inbox is empty." in words
    assert "Offline: no feed is fetched." in words
    assert next(b for b in app.button if b.key == "inbox.fetch").disabled


def test_a_story_tells_its_time_as_exactly_as_it_is_known():
    fill(RATE, DAY, SEEN, BARE)
    words = words_of(open_page("inbox"))
    assert "23 Nov 2026, 16:05 Moscow · TASS" in words
    assert "23 Nov 2026, hour unknown" in words
    assert "only a date" in words
    assert "first seen 23 Nov 2026, 16:05 Moscow" in words
    assert "time unknown, here since" in words
    assert "Monetary policy" in words
    assert "**4 stories**" in words


def test_reports_of_one_event_are_one_story_with_their_number_and_sources():
    named = ("TASS", "Interfax", "Reuters", "Kremlin", "The Moscow Times")
    fill(*(replace(RATE, guid=name, publisher=name) for name in named))
    words = words_of(open_page("inbox"))
    assert "**1 story**" in words
    assert "5 reports: " in words
    assert all(name in words for name in named)


def test_marks_in_a_title_are_shown_and_do_nothing():
    fill(DAY)
    assert r"\<b\>приняла\</b\>" in words_of(open_page("inbox"))


def test_accepting_makes_a_note_with_its_source():
    fill(RATE)
    app = press(open_page("inbox"), "Accept")
    assert not app.exception
    assert "Note saved: Bank keeps its key rate" in words_of(app)
    (note,) = list_notes(session.get_context().notes)
    assert (note.moment, note.source_url) == (SAID, "https://news.example/rate")
    assert "Inbox is empty." in words_of(app)
    assert "accepted by Anna, " in words_of(open_page("inbox", state="accepted"))


@pytest.mark.parametrize(
    ("label", "state"), [("Accept", "new"), ("Dismiss", "new"), ("Put back", "dismissed")]
)
def test_in_a_frozen_view_nothing_is_decided(label, state):
    fill(RATE)
    if state == "dismissed":
        press(open_page("inbox"), "Dismiss")
    app = press(open_page("inbox", state=state, asof="2026-11-20T09:00Z"), label)
    assert "this view is frozen, and nothing is changed in it" in words_of(app)
    assert list_notes(session.get_live_context().notes) == ()
    assert label in labels(open_page("inbox", state=state))


def test_a_story_without_a_date_is_not_accepted_and_says_why():
    fill(BARE)
    app = press(open_page("inbox"), "Accept")
    assert "Not accepted: day: the report has no date" in words_of(app)
    assert list_notes(session.get_context().notes) == ()


@pytest.mark.clock
def test_editing_opens_the_note_form_with_what_is_known():
    fill(BARE)
    app = press(open_page("inbox"), "Edit")
    title = next(field for field in app.text_input if field.label == "Title")
    assert title.value == "Nothing is known of this"


# A dialog is a fragment, which AppTest cannot run alone; this is what the dialog of Edit draws.
EDITED = """
import streamlit as st
from dashboard.services.inbox import accepting_note_store, draft_from_cluster, list_inbox
from dashboard.ui import session
from dashboard.ui.components.note_form import NoteFormContext, draw_note_form
inbox = session.get_context().inbox
if "cluster" not in st.session_state:
    st.session_state["cluster"] = list_inbox(inbox)[0]
cluster = st.session_state["cluster"]
draft = draft_from_cluster(cluster, guess_day=True)
store = accepting_note_store(cluster, inbox)
draw_note_form(NoteFormContext(draft, "usd_rub_cbr", store=store))
"""


def test_saving_the_form_accepts_the_story_and_a_second_save_is_told():
    fill(BARE)
    first = AppTest.from_string(EDITED, default_timeout=SECONDS).run()
    second = AppTest.from_string(EDITED, default_timeout=SECONDS).run()
    next(field for field in first.text_input if field.label == "Title").set_value("Mine")
    assert not press(first, "Save note").exception
    (note,) = list_notes(session.get_context().notes)
    assert note.title == "Mine"
    assert "was accepted by Anna" in str([e.value for e in press(second, "Save note").error])
    assert list_notes(session.get_context().notes) == (note,)


def test_dismissing_can_be_undone_and_what_is_dismissed_is_listed():
    fill(RATE)
    app = press(open_page("inbox"), "Dismiss")
    assert "Dismissed 1 story: Bank keeps its key rate" in words_of(app)
    assert "**1 story**" in words_of(open_page("inbox", state="dismissed"))
    app = press(app, "Undo")
    assert "**1 story**" in words_of(app)
    assert "Dismissed 1 story" not in words_of(app)


def test_what_is_chosen_and_what_is_shown_can_be_dismissed_at_once():
    fill(RATE, SEEN, BARE)
    app = open_page("inbox")
    app.checkbox[0].check().run()
    app = press(app, "Dismiss 1 chosen")
    assert "**2 stories**" in words_of(app)
    app = press(app, "Dismiss all 2 shown")
    assert "Inbox is empty." in words_of(app)


def test_the_second_of_two_people_is_told():
    fill(RATE)
    one, two = open_page("inbox"), open_page("inbox")
    press(one, "Dismiss")
    assert "Not accepted: “Bank keeps" in words_of(press(two, "Accept"))


@pytest.mark.parametrize(
    ("link", "shown"),
    [({"q": "geneva"}, 1), ({"src": "gdelt"}, 0), ({"from": "2026-11-24"}, 0), ({"n": "2"}, 2)],
)
def test_the_link_filters(link, shown):
    fill(RATE, SEEN)
    words = words_of(open_page("inbox", **link))
    if shown == 0:
        assert "No story fits these filters." in words
    else:
        assert words.count("16:05 Moscow") == shown


def test_a_long_inbox_is_shown_piece_by_piece():
    fill(*(replace(RATE, guid=str(n), link="", title=f"Event of kind {'x' * n}")
           for n in range(1, 31)))  # fmt: skip
    app = open_page("inbox")
    assert labels(app).count("Accept") == 20
    app = press(app, "Show 10 more")
    assert labels(app).count("Accept") == 30
    assert app.query_params["n"] == "2"


def test_a_feed_that_failed_is_told_in_words():
    fill(RATE)
    refresh_news([Fails()], session.get_context().inbox, lambda: NOW - timedelta(minutes=5))
    app = open_page("inbox")
    words = words_of(app)
    assert "keeps programs out instead of a feed" in words
    assert "1 of them failing" in str([e.label for e in app.expander])


def test_a_feed_is_added_switched_off_and_removed_on_the_page():
    app = open_page("inbox")
    fields = {field.label: field for field in app.text_input}
    fields["Address of RSS, Atom or iCalendar"].set_value("http://10.0.0.1/rss")
    app = press(app, "Add feed")
    assert "not public" in words_of(app)
    fields = {field.label: field for field in app.text_input}
    fields["Address of RSS, Atom or iCalendar"].set_value("https://feed.example/rss")
    fields["Whose it is"].set_value("Mine")
    app = press(app, "Add feed")
    assert "Feed added: Mine" in words_of(app)
    app = press(app, "Remove")
    assert [f.id for f in session.get_context().feeds.publishers() if f.is_imported] == []
    app = press(app, "Switch off")
    assert not session.get_context().feeds.publishers()[0].enabled


def test_a_list_of_feeds_that_cannot_be_read_leaves_the_inbox_usable(dashboard_home):
    fill(RATE)
    (dashboard_home / "feeds.toml").write_text("[[feed")
    app = open_page("inbox")
    assert "is not TOML" in str([e.value for e in app.error])
    assert "**1 story**" in words_of(app)


@contextmanager
def replica_of_news():
    """Only what brings news is well, so that the rates are over at once."""
    with Replica(market=Market(NOW)) as replica:
        for name, service in replica.services.items():
            if name not in {"feeds", "gdelt"}:
                service.answers(failures.html_with_200)
        yield replica


def test_a_search_lands_in_the_inbox_and_its_tone_is_a_chart_with_a_table(monkeypatch):
    with replica_of_news() as replica:
        monkeypatch.setenv("DASHBOARD_OFFLINE", "0")
        monkeypatch.setenv("DASHBOARD_UPSTREAM", replica.url)
        app = press(open_page("inbox", find="rouble", period="7d"), "Search")
        assert "GDELT: 3 articles, 3 new in the inbox." in words_of(app)
        assert "**3 stories**" in words_of(app)
        app = press(app, "Tone")
        figure = figure_of(app)
        assert figure["data"][0]["y"] == [-2, -1, 0]
        assert "Tone of the articles on rouble" in words_of(app)
        session.get_context().news.wait(60)
        session.get_context().refresher.wait(60)


def test_nothing_is_asked_by_other_pages(monkeypatch):
    with replica_of_news() as replica:
        monkeypatch.setenv("DASHBOARD_OFFLINE", "0")
        monkeypatch.setenv("DASHBOARD_UPSTREAM", replica.url)
        open_page("events").run()
        session.get_context().refresher.wait(60)
        assert replica.feeds.requests == replica.gdelt.requests == []
