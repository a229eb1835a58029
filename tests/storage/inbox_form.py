"""What every store does with the inbox; a test module adds the fixtures `url` and `store`."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from dashboard.models.article import Precision
from dashboard.models.errors import InputError
from dashboard.models.event import Event, Origin
from dashboard.models.inbox import DatedBy, Decision, FeedState, InboxItem, NewsItem
from dashboard.storage.inbox import InboxRepository
from tests.storage import writing_processes
from tests.storage.writing_processes import run_together

AT = datetime(2026, 11, 26, 12, tzinfo=UTC)
REPORT = NewsItem(
    guid="2000001", link="https://news.example/1", title="Ставка сохранена — 14,00 %",
    excerpt="The Bank kept its rate.", day=date(2026, 11, 26),
    moment=datetime(2026, 11, 26, 10, 30, tzinfo=UTC), zone="Europe/Moscow",
    precision=Precision.MINUTE, dated_by=DatedBy.UPDATED, printed="Thu, 26 Nov 2026 13:30 MSK",
    doubt="the date of the last change", language="ru", publisher="Bank of Russia", tone=-1.25,
)  # fmt: skip
ONE = InboxItem("report-1", "feed", "cbr_press", REPORT, "report-1", AT, AT)
NOTE = Event(id="", day=date(2026, 11, 26), title="The Bank kept its rate", origin=Origin.NOTE)


def candidates(count):
    return [replace(ONE, id=f"report-{n}", cluster=f"report-{n}") for n in range(count)]


@pytest.fixture
def inbox(store):
    return InboxRepository(store)


class InboxForm:
    def test_a_report_comes_back_as_it_was(self, inbox):
        bare = replace(
            ONE, id="report-2", report=NewsItem(guid="", link="", title="Nothing but a title")
        )
        assert inbox.ingest([ONE, bare]) == 2
        assert inbox.find() == (ONE, bare)

    def test_the_same_report_again_only_notes_that_it_was_seen(self, inbox):
        inbox.ingest([ONE])
        later = AT + timedelta(hours=1)
        again = replace(ONE, fetched_at=later, first_seen=later, report=replace(REPORT, title="x"))
        assert inbox.ingest([again]) == 0
        assert inbox.find() == (replace(ONE, fetched_at=later),)

    def test_dismissed_stays_dismissed_though_the_feed_brings_it_again(self, inbox):
        inbox.ingest([ONE])
        inbox.decide(["report-1"], Decision.DISMISSED, "Ann")
        inbox.ingest([replace(ONE, fetched_at=AT + timedelta(hours=1))])
        (stored,) = inbox.find()
        assert (stored.state, stored.decided_by) == (Decision.DISMISSED, "Ann")
        assert stored.decided_at is not None

    def test_a_dismissal_can_be_taken_back(self, inbox):
        inbox.ingest([ONE])
        inbox.decide(["report-1"], Decision.DISMISSED, "Ann")
        inbox.reopen(["report-1"])
        assert inbox.find() == (ONE,)

    def test_an_accepted_report_names_its_note(self, inbox, store):
        inbox.ingest(candidates(3))
        note = inbox.accept(["report-0", "report-2"], NOTE, "Ann")
        assert store.get(note.id) == note
        assert store.history(note.id)[0].author == "Ann"
        assert [(c.state, c.note_id) for c in inbox.find()] == [
            (Decision.ACCEPTED, note.id),
            (Decision.NEW, ""),
            (Decision.ACCEPTED, note.id),
        ]

    def test_the_second_of_two_people_is_told_and_no_second_note_is_made(self, inbox, store):
        inbox.ingest([ONE])
        note = inbox.accept(["report-1"], NOTE, "Ann")
        with pytest.raises(InputError, match=f"accepted by Ann at .*note {note.id}.*nothing was"):
            inbox.accept(["report-1"], NOTE, "Bob")
        with pytest.raises(InputError, match="accepted by Ann"):
            inbox.decide(["report-1"], Decision.DISMISSED, "Bob")
        with pytest.raises(InputError, match="accepted by Ann"):
            inbox.reopen(["report-1"])
        assert store.notes() == (note,)

    def test_of_processes_that_accept_at_once_one_makes_a_note(self, url, inbox, store):
        inbox.ingest([ONE])
        expected = run_together(writing_processes.accept_report, 4, url)
        assert sorted(bool(text) for text in expected) == [False, True, True, True]
        assert all("was accepted by" in text for text in expected if text)
        assert len(store.notes()) == 1

    def test_processes_that_take_the_same_reports_in_keep_each_once(self, url, inbox):
        assert run_together(writing_processes.take_reports_in, 4, url) == [""] * 4
        assert len(inbox.find()) == 50

    def test_a_decision_about_several_is_for_all_or_none(self, inbox):
        inbox.ingest(candidates(3))
        inbox.decide(["report-1"], Decision.DISMISSED)
        with pytest.raises(InputError, match="was dismissed by somebody"):
            inbox.decide(["report-0", "report-1", "report-2"], Decision.DISMISSED)
        assert [c.state for c in inbox.find()].count(Decision.NEW) == 2
        with pytest.raises(InputError, match="there is no report with this id"):
            inbox.decide(["report-0", "nobody"], Decision.DISMISSED)
        assert [c.state for c in inbox.find()].count(Decision.NEW) == 2

    def test_only_what_was_seen_lately_is_found_where_that_is_asked(self, inbox):
        old = replace(ONE, id="report-0", fetched_at=AT - timedelta(days=50))
        inbox.ingest([ONE, old])
        assert inbox.find(AT - timedelta(days=40)) == (ONE,)

    def test_a_feed_that_fails_keeps_its_last_good_answer_and_its_words(self, inbox):
        good = FeedState("tass", AT, AT, items=30, new=4, messages=("the feed was cut off",))
        inbox.record_feed_state(good)
        later = AT + timedelta(hours=1)
        inbox.record_feed_state(FeedState("tass", later, problem="TASS answered a web page"))
        (state,) = inbox.feed_states()
        assert state == replace(good, tried_at=later, problem="TASS answered a web page")
        inbox.record_feed_state(FeedState("tass", later, later, items=31, new=1))
        assert inbox.feed_states() == (FeedState("tass", later, later, items=31, new=1),)
