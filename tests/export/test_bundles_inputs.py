"""The rates and events of a bundle come back exactly as they went in."""

import csv
from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pytest

from dashboard.export.bundles import (
    card_from_json,
    card_to_json,
    read_events,
    read_rates,
    write_events,
    write_rates,
)
from dashboard.models.event import Event, Origin, Visibility
from dashboard.models.publication import BANK_OF_RUSSIA
from dashboard.sources.events.catalogue import Catalogue
from dashboard.sources.rates.bundled import BundledRates
from tests.made_series import event_on, made_series

ARRAYS = ("record", "day", "opens", "known_at", "rate")


def same(one, other):
    return all(np.array_equal(getattr(one, k), getattr(other, k), equal_nan=k == "rate")
               for k in ARRAYS)  # fmt: skip


def test_every_shipped_series_comes_back():
    shipped = BundledRates()
    series = [shipped.get(card.id) for card in shipped.cards()]
    cards = {each.card.id: card_from_json(card_to_json(each.card)) for each in series}
    back = read_rates(write_rates(series), cards)
    assert list(back) == [each.card.id for each in series]
    for each in series:
        assert same(back[each.card.id], each)
        assert back[each.card.id].card == each.card


def test_missing_and_odd_numbers_come_back():
    series = made_series([0.1 + 0.2, float("nan"), 1e-300, 12345678.901234567],
                         rule=BANK_OF_RUSSIA)  # fmt: skip
    back = read_rates(write_rates([series]), {"made": series.card})["made"]
    assert same(back, series)


def test_every_event_of_the_catalogue_comes_back_and_the_studied_ones_in_their_order():
    known = Catalogue().events()
    studied = tuple(reversed(known[10:20]))
    back, back_studied = read_events(write_events(known, studied))
    assert [replace(event, hours=()) for event in back] == [replace(e, hours=()) for e in known]
    assert [event.id for event in back_studied] == [event.id for event in studied]
    assert [bounds(event) for event in back] == [bounds(event) for event in known]


def bounds(event):
    """What a study takes from the hours of an event."""
    return event.hour_kind, event.starts_at, event.latest


def test_a_bundle_made_before_hours_had_a_kind_comes_back():
    known = [event_on("2025-04-20", "day"), event_on("2025-04-21", "said", at="2025-04-21T09:00")]
    lines = write_events(known, known).decode("utf-8").splitlines()
    rows = list(csv.reader(lines))
    stored = [k for k, name in enumerate(rows[0]) if name not in {
        "hour_kind", "reported_utc", "value_actual", "value_expected", "value_previous",
        "value_unit", "value_source", "intensity", "story",
    }]  # fmt: skip
    earlier = "\n".join(",".join(row[k] for k in stored) for row in rows) + "\n"
    back, _ = read_events(earlier.encode())
    assert [bounds(event) for event in back] == [bounds(event) for event in known]
    card = made_series([1.0]).card
    result = card_to_json(card)
    del result["change"]
    assert card_from_json(result) == card


def test_hostile_words_come_back():
    event = Event(
        "=1+1", date(2025, 4, 20), "=cmd|' /C calc'!A0\n+x, «Кремль»", category="my own, word",
        moment=datetime(2025, 4, 20, 12, 30, 1, 5, UTC), tags=("a;b", "c\\d", "=x"),
        text='"quoted"\n@x', series="-x", origin=Origin.FILE, end_day=date(2025, 4, 22),
        value_actual=0.1 + 0.2, value_unit="=%", story="@talks", intensity=-1.0,
    )  # fmt: skip
    assert read_events(write_events([event], [event])) == ((event,), (event,))


def test_notes_that_only_crowd_leave_their_words_at_home():
    note = event_on("2025-04-21", "mine", text="secret", author="me", tags=("private",),
                    source_url="https://inside.example", origin=Origin.NOTE,
                    value_actual=12345.0, story="secret story")  # fmt: skip
    other = event_on("2025-04-20", "other")
    content = write_events([other, note], [other])
    for word in (
        b"secret",
        b"12345",
        b"inside.example",
        b"private",
        b"Something,,other,unclear,secret",
    ):
        assert word not in content
    known, _ = read_events(content)
    assert (known[1].id, known[1].day, known[1].origin) == ("mine", note.day, Origin.NOTE)
    assert b"secret" in write_events([other, note], [note])


def test_other_columns_are_refused():
    with pytest.raises(ValueError, match="other columns"):
        read_events(b"id,title\nx,y\n")


def test_of_private_notes_that_only_crowd_the_kind_stays_at_home_too_and_studied_ones_are_whole():
    words = {"text": "Zanzibar", "category": "zanzibar", "actor": "zanzibar", "owner": "ann",
             "visibility": Visibility.PRIVATE}  # fmt: skip
    note = event_on("2025-04-21", "mine", origin=Origin.NOTE, **words)
    other = event_on("2025-04-20", "other")
    content = write_events([other, note], [other])
    assert b"anzibar" not in content
    known, _ = read_events(content)
    assert (known[1].day, known[1].category, known[1].is_private) == (note.day, "other", True)
    # The owner is a person of this machine, which no file needs to know.
    back, _ = read_events(write_events([other, note], [note]))
    assert back[1] == replace(note, owner="")
