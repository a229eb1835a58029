"""The shipped catalogue of events."""

import shutil
from datetime import UTC, date, datetime

import pytest

from dashboard.domain.errors import SourceError
from dashboard.domain.event import Origin
from dashboard.sources.datapackage import DATA
from dashboard.sources.news.catalogue import Catalogue

EVENTS = {event.id: event for event in Catalogue().events()}


def test_every_event_ships():
    assert len(Catalogue().events()) == 365
    assert len(EVENTS) == 365


def test_the_sunday_of_the_strategist_is_told_in_full():
    event = EVENTS["kellogg-nato-off-table-2025-04-20"]
    assert event.title == "Kellogg says NATO membership is off the table for Ukraine"
    assert (event.day, event.moment) == (date(2025, 4, 20), None)
    assert (event.actor, event.category, event.expected) == (
        "Keith Kellogg",
        "nato_remark",
        "stronger",
    )
    assert event.source_name == "Jerusalem Post (Reuters)"
    assert event.source_url == "https://www.jpost.com/breaking-news/article-850908"
    assert (event.confidence, event.origin) == ("high", Origin.CATALOGUE)


def test_a_rate_decision_has_its_moment_in_utc():
    timed = [event for event in EVENTS.values() if event.moment is not None]
    assert len(timed) == 83
    decision = EVENTS["cbr-2014-04-25"]
    assert decision.moment == datetime(2014, 4, 25, 9, 30, tzinfo=UTC)


def test_events_that_fall_on_a_weekend_stay_on_it():
    assert sum(event.day.isoweekday() > 5 for event in EVENTS.values()) == 42


def test_the_manifest_gets_the_hash_of_the_file():
    assert [(name, len(sha)) for name, sha in Catalogue().files().items()] == [("catalogue", 64)]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("2014-03-01,,", "2014-02-30,,"),
        ("2014-04-25T09:30:00Z", "half past nine"),
        ("2014-04-25T09:30:00Z", "2014-04-25T09:30:00"),
        ("id,date", "key,date"),
    ],
)
def test_a_damaged_file_is_a_source_error_that_names_it(tmp_path, old, new):
    folder = shutil.copytree(DATA, tmp_path / "data")
    path = folder / "events" / "catalogue.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SourceError, match=r"^data/events/catalogue\.csv: "):
        Catalogue(folder).events()
