"""Events are found by words, choices and period, and counted by choice."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard.models.event import Event, Origin
from dashboard.services.events import EventFilter, count_facets, find_events

EVENTS = (
    Event(
        id="kellogg",
        day=date(2025, 4, 20),
        title="NATO membership is off the table",
        actor="Keith Kellogg",
        category="nato_remark",
        expected="stronger",
        source_name="ABC News",
        source_url="https://example.org/kellogg",
    ),
    Event(
        id="talks",
        day=date(2025, 5, 10),
        end_day=date(2025, 5, 16),
        title="Talks in Istanbul",
        category="peace_talks",
        expected="stronger",
        text="Переговоры о мире",
        tags=("Turkey", "Talks"),
    ),
    Event(
        id="mine",
        day=date(2025, 6, 1),
        title="Straße closed (50 %)",
        category="peace_talks",
        expected="unclear",
        origin=Origin.NOTE,
        tags=("turkey",),
    ),
)


def found(**fields):
    return [event.id for event in find_events(EVENTS, EventFilter(**fields))]


def test_an_empty_filter_finds_everything_in_the_order_given():
    assert found() == ["kellogg", "talks", "mine"]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("nato", ["kellogg"]),
        ("TABLE kellogg", ["kellogg"]),  # one word from the title, one from the actor
        ("kellogg istanbul", []),  # every word must be there
        ("abc", ["kellogg"]),
        ("example.org/kell", ["kellogg"]),
        ("ПЕРЕГОВОРЫ", ["talks"]),
        ("turkey", ["talks", "mine"]),
        ("STRASSE", ["mine"]),  # the sharp s folds to ss
        ("(50 %)", ["mine"]),  # no pattern, only text
        (".*", []),
        ("  ", ["kellogg", "talks", "mine"]),
    ],
)
def test_every_word_must_be_somewhere_whatever_its_case(text, ids):
    assert found(text=text) == ids


def test_choices_are_alternatives_within_a_field_and_add_up_across_fields():
    assert found(categories=["peace_talks"]) == ["talks", "mine"]
    assert found(categories=("peace_talks", "nato_remark")) == ["kellogg", "talks", "mine"]
    assert found(categories=("peace_talks",), choices={"expected": "stronger"}) == ["talks"]
    assert found(choices={"origin": "note"}) == ["mine"]
    assert found(choices={"origin": Origin.CATALOGUE}, tags=("TURKEY",)) == ["talks"]
    assert found(tags=["talks", "none"]) == ["talks"]
    assert found(categories=["nonsense"]) == []


@pytest.mark.parametrize(
    ("since", "until", "ids"),
    [
        (date(2025, 4, 20), date(2025, 4, 20), ["kellogg"]),
        (date(2025, 4, 21), None, ["talks", "mine"]),
        (date(2025, 5, 12), date(2025, 5, 13), ["talks"]),  # inside the range
        (date(2025, 5, 16), None, ["talks", "mine"]),  # its last day
        (date(2025, 5, 17), None, ["mine"]),
        (None, date(2025, 5, 10), ["kellogg", "talks"]),  # its first day
        (None, date(2025, 5, 9), ["kellogg"]),
        (date(2025, 6, 2), date(2025, 4, 1), []),
    ],
)
def test_a_range_fits_a_period_that_it_overlaps(since, until, ids):
    assert found(since=since, until=until) == ids


def test_facets_count_what_each_choice_would_find():
    assert count_facets(EVENTS) == {
        "categories": {"peace_talks": 2, "nato_remark": 1},
        "origin": {"catalogue": 2, "note": 1},
        "expected": {"stronger": 2, "unclear": 1},
        "hour": {"unknown": 3},
        "tags": {"Turkey": 2, "Talks": 1},
    }
    assert list(count_facets(EVENTS)["categories"]) == ["peace_talks", "nato_remark"]
    assert count_facets(()) == {
        "categories": {},
        "origin": {},
        "expected": {},
        "hour": {},
        "tags": {},
    }


@settings(max_examples=1_000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(exclude_categories=[])))
def test_sql_of_any_text_is_only_text_in_every_filter(typed):
    titled = Event(id="typed", day=date(2025, 1, 1), title=typed, tags=(typed,))
    for query in (
        EventFilter(text=typed),
        EventFilter(tags=[typed]),
        EventFilter(categories=[typed]),
        EventFilter(choices={"origin": typed}),
        EventFilter(choices={"expected": typed}),
    ):
        find_events((*EVENTS, titled), query)
    assert titled in find_events((*EVENTS, titled), EventFilter(text=typed))
    assert titled in find_events((*EVENTS, titled), EventFilter(tags=[typed]))
