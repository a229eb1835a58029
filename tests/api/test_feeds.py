"""Feeds of the API: events and alerts as RSS, events as iCalendar, read by other programs."""

from datetime import UTC, date, datetime
from xml.etree import ElementTree

import feedparser
import icalendar

from dashboard.models.alerts import Alert, AlertMessage, AlertRule, AlertState, RuleKind
from dashboard.models.event import Draft
from dashboard.services.admin import create_token
from dashboard.services.notes import add_note
from dashboard.sources.files.icalendar_file import read_calendar
from dashboard.storage.alerts import AlertRepository

AT = datetime(2026, 3, 13, 12, 30, tzinfo=UTC)


def token_of(context, person):
    secret, _token = create_token(context.notes.tokens, f"of-{person}", person, None)
    return {"authorization": f"Bearer {secret}"}


def test_events_come_as_rss_the_newest_first(ask):
    answer = ask("/v1/events.rss?category=monetary_policy&from=2026-06-01&to=2026-07-31")
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("application/rss+xml")
    feed = feedparser.parse(answer.body)
    assert not feed.bozo
    assert [(e.id, e.title, e.published) for e in feed.entries] == [
        ("cbr-2026-07-24", "Bank of Russia cuts the key rate to 14.0%",
         "Fri, 24 Jul 2026 10:30:00 GMT"),
        ("cbr-2026-06-19", "Bank of Russia cuts the key rate to 14.25%",
         "Fri, 19 Jun 2026 10:30:00 GMT"),
    ]  # fmt: skip
    assert feed.entries[0].link.endswith("/event?id=cbr-2026-07-24")
    again = ask("/v1/events.rss?category=monetary_policy&from=2026-06-01&to=2026-07-31",
                if_none_match=answer.headers["etag"])  # fmt: skip
    assert again.status == 304


def test_a_description_is_text_that_readers_show_as_it_is(own_client):
    ask, context = own_client
    draft = Draft("A <b> & c", date(2026, 3, 1), text='<img src="http://x/y">\n& so on')
    add_note(context.notes, draft)
    root = ElementTree.fromstring(ask("/v1/events.rss?from=2026-03-01&to=2026-03-01").body)
    (item,) = (i for i in root.iter("item") if i.findtext("title") == "A <b> & c")
    # RSS 2.0: what the XML holds is HTML, in which the text is escaped once more
    assert "<br>&lt;img src=&quot;http://x/y&quot;&gt;<br>&amp; so on" in item.findtext(
        "description"
    )


def test_events_come_as_a_calendar_that_other_readers_and_we_ourselves_read(own_client):
    ask, context = own_client
    title = "Скидки; «50 %», \\ and <b>, " + "long words " * 12
    add_note(context.notes, Draft(title.strip(), date(2026, 3, 1), date(2026, 3, 3), text="a\nb"))
    body = ask("/v1/events.ics?from=2026-03-01&to=2026-03-20").body
    assert max(map(len, body.split(b"\r\n"))) <= 75
    calendar = icalendar.Calendar.from_ical(body)
    events = {str(each["SUMMARY"]): each for each in calendar.walk("VEVENT")}
    note = events[title.strip()]
    assert (note["DTSTART"].dt, note["DTEND"].dt) == (date(2026, 3, 1), date(2026, 3, 4))
    assert str(note["DESCRIPTION"]) == "a\nb"
    meeting = events["Bank of Russia cuts the key rate to 15.0%"]
    assert meeting["DTSTART"].dt == datetime(2026, 3, 20, 10, 30, tzinfo=UTC)
    rows = read_calendar(body, "events.ics", date(2026, 12, 1)).rows
    assert len(rows) == len(events)


def test_alerts_are_those_of_the_person_of_the_token(own_client):
    ask, context = own_client
    for person in ("anna", "boris"):
        alerts = AlertRepository(context.notes.for_user(person))
        rule = AlertRule(f"rule-{person}", person, "", RuleKind.EVENT, created=AT, known_until=AT)
        alerts.add_rule(rule)
        message = AlertMessage(f"For {person} <&>", "two\nlines", "event?id=cbr-2026-03-20")
        alerts.raise_alert(
            Alert(0, rule.id, "", person, "event x", AT, AT, message, "", AlertState.RECORDED, AT)
        )
    refused = ask("/v1/alerts.rss")
    assert (refused.status, refused.headers["www-authenticate"][:6]) == (401, "Bearer")
    feed = feedparser.parse(ask("/v1/alerts.rss", **token_of(context, "anna")).body)
    assert [(e.title, e.published) for e in feed.entries] == [
        ("For anna <&>", "Fri, 13 Mar 2026 12:30:00 GMT")
    ]
    assert feed.entries[0].link.endswith("/event?id=cbr-2026-03-20")
