"""Two events are one, or two."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime

import pytest

from dashboard.models.event import Event
from dashboard.services.events import DuplicateIndex

DAY = date(2024, 3, 5)
TEN, ELEVEN = (datetime(2024, 3, 5, hour, tzinfo=UTC) for hour in (10, 11))


def same(one, other):
    return DuplicateIndex.of([Event(id="known", day=DAY, **one)]).find_duplicate(
        Event(id="", **{"day": DAY, **other})
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Kellogg: NATO is off the table", "KELLOGG – NATO is off the table."),
        ("Ёлка  и\u00a0курс", "елка и курс"),
        ("Rate cut", "R\u0430te \u0441ut"),  # Cyrillic a and c
        ("Zero\u200bwidth", "Zerowidth"),
        ("ﬁnal", "final"),
        ("!!!", "!!!"),
    ],
)
def test_a_title_is_the_same_whatever_its_marks_and_capitals(one, other):
    assert same({"title": one}, {"title": other}) == "known"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Rate +1%", "Rate -1%"),
        ("Rate 1.0", "Rate 10"),
        ("Rate 1 0", "Rate 10"),
        ("Talks in Riyadh", "Talks in Istanbul"),
        ("!!!", "???"),
        ("Round 2", "Round 3"),
    ],
)
def test_other_words_or_numbers_are_another_event(one, other):
    assert same({"title": one}, {"title": other}) is None


def test_another_day_is_another_event():
    assert same({"title": "x"}, {"title": "x", "day": date(2024, 3, 6)}) is None


def test_two_hours_that_differ_are_two_events_and_a_missing_one_is_not():
    assert same({"title": "x", "moment": TEN}, {"title": "x", "moment": ELEVEN}) is None
    assert same({"title": "x", "moment": TEN}, {"title": "x"}) == "known"
    assert same({"title": "x"}, {"title": "x", "moment": ELEVEN}) == "known"


@pytest.mark.parametrize(
    ("link", "is_same"),
    [
        ("https://example.org/a", True),
        ("http://www.EXAMPLE.org/a/?utm_source=x#top", True),
        ("", True),
        ("https://example.org/b", False),
        ("https://example.org/a?page=2", False),
    ],
)
def test_two_links_that_differ_are_two_events_and_a_missing_one_is_not(link, is_same):
    known = {"title": "x", "source_url": "https://example.org/a"}
    assert bool(same(known, {"title": "x", "source_url": link})) is is_same


def test_fifty_thousand_events_under_one_title_are_told_apart_at_once():
    known = DuplicateIndex()
    began = time.process_time()
    for number in range(50_000):
        event = Event(id="", day=DAY, title="x", source_url=f"https://example.org/{number}")
        assert known.find_duplicate(event) is None
        known.add(event, str(number))
    assert time.process_time() - began < 20
