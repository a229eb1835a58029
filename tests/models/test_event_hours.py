"""The hours of an event: which one is its moment, and between which moments it lies."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from dashboard.models.event import Event, Hour, moment_from_hours

NINE, NOON, TEN_AT_NIGHT = (datetime(2025, 4, 21, hour, tzinfo=UTC) for hour in (9, 12, 22))
MIDNIGHT = datetime(2025, 4, 20, 21, tzinfo=UTC)
"""00:00 of 21 April in Moscow, which is three hours ahead."""


def dated(*hours):
    return Event("e", date(2025, 4, 21), "x", moment=moment_from_hours(hours), hours=tuple(hours))


def timing(event):
    return event.moment, event.hour_kind, event.starts_at, event.latest


def test_a_statement_is_the_moment_whatever_else_is_known():
    text = Hour(NOON, "statement")
    others = Hour(NINE, "scheduled"), Hour(TEN_AT_NIGHT, "published")
    assert timing(dated(*others, text)) == (NOON, "statement", NOON, NOON)


def test_of_two_statements_the_first_counts():
    assert dated(Hour(NOON), Hour(NINE)).moment == NINE


def test_a_scheduled_hour_is_a_lower_bound_up_to_the_first_report():
    planned, late, early = Hour(NINE, "scheduled"), Hour(TEN_AT_NIGHT, "published"), Hour(
        NOON, "published"
    )  # fmt: skip
    assert timing(dated(planned)) == (NINE, "scheduled", NINE, NINE)
    assert timing(dated(planned, late, early)) == (NINE, "scheduled", NINE, NOON)


def test_a_first_report_is_an_upper_bound_from_the_midnight_of_moscow_on():
    event = dated(Hour(TEN_AT_NIGHT, "published"), Hour(NOON, "published"))
    assert timing(event) == (None, "published", MIDNIGHT, NOON)
    assert event.hour == Hour(NOON, "published")


def test_a_report_before_the_scheduled_hour_is_of_what_was_announced():
    event = dated(Hour(NINE, "published"), Hour(NOON, "scheduled"))
    assert timing(event) == (None, "published", MIDNIGHT, NINE)


def test_a_report_before_the_events_day_shows_that_it_was_earlier():
    evening = datetime(2025, 4, 20, 20, tzinfo=UTC)  # 23:00 in Moscow, the day before
    event = dated(Hour(evening, "published"))
    assert (event.starts_at, event.latest) == (evening, evening)


def test_a_persons_own_hour_is_a_statement_and_a_day_has_none():
    assert timing(Event("e", date(2025, 4, 21), "x", moment=NOON)) == (
        NOON,
        "statement",
        NOON,
        NOON,
    )
    assert timing(Event("e", date(2025, 4, 21), "x")) == (None, "", MIDNIGHT, None)
    assert Event("e", date(2025, 4, 21), "x").hour is None


@pytest.mark.parametrize(
    ("at", "kind", "reason"),
    [(NOON, "guessed", "guessed"), (datetime(2025, 4, 21), "statement", "no zone")],  # noqa: DTZ001
)
def test_an_hour_without_a_zone_or_of_an_unknown_kind_is_refused(at, kind, reason):
    with pytest.raises(ValueError, match=reason):
        Hour(at, kind)
