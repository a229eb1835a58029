"""One form for every event source: what an event promises, wherever it comes from."""

import pytest

from dashboard.models.event import TITLE_LIMIT, Event, Expected, Origin
from dashboard.sources.events import EVENT_SOURCES
from dashboard.sources.events.base import EventSource


def bundled(source, folder):
    return source()


# How a test makes each source; a new source adds its line.
MAKERS = {"catalogue": bundled, "schedule": bundled}


@pytest.fixture(params=EVENT_SOURCES, ids=lambda source: source.id)
def source(request, tmp_path):
    return MAKERS[request.param.id](request.param, tmp_path)


def test_a_source_fits_the_form(source):
    assert isinstance(source, EventSource)


def test_a_source_gives_events_and_no_id_twice(source):
    events = source.events()
    assert events
    assert all(type(event) is Event for event in events)
    assert len({event.id for event in events}) == len(events)


def test_events_are_ordered_by_day(source):
    days = [event.day for event in source.events()]
    assert days == sorted(days)


def test_an_event_has_a_title_a_category_and_a_known_expectation(source):
    for event in source.events():
        assert 0 < len(event.title) <= TITLE_LIMIT
        assert event.category
        assert event.expected in set(Expected)


def test_a_moment_is_in_utc(source):
    moments = [event.moment for event in source.events() if event.moment]
    assert moments
    assert {moment.utcoffset().total_seconds() for moment in moments} == {0}


def test_a_link_is_a_web_address(source):
    links = {event.source_url for event in source.events()} - {""}
    assert all(link.startswith(("https://", "http://")) for link in links)


def test_events_of_a_source_cannot_be_edited_as_notes(source):
    assert all(event.origin is not Origin.NOTE for event in source.events())
    assert {event.revision for event in source.events()} == {0}


def test_asking_twice_gives_the_same_events(source):
    assert source.events() == source.events()


def test_a_file_of_the_source_has_its_hash(source):
    assert all(len(sha256) == 64 for sha256 in source.files().values())
