"""Which events a specification takes."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from dashboard.domain.date_rules import BANK_OF_RUSSIA
from dashboard.domain.event_hour import Hour
from dashboard.engine.specification import choose_events
from tests.made_series import event_on, made_series

RECORDS = ["2024-03-12", "2024-03-13", "2024-03-14", "2024-03-15", "2024-03-16", "2024-03-19"]


def reported(event_id, hour):
    hours = (Hour(datetime(2024, 3, 13, hour, tzinfo=UTC), "published"),)
    return replace(event_on("2024-03-13", event_id), hours=hours)


def test_an_hour_is_known_where_a_first_report_leaves_one_first_rate():
    # The fixing of 13 March is known at 15:30 in Moscow, which is 12:30 UTC.
    series = made_series(90 + np.arange(6), RECORDS, rule=BANK_OF_RUSSIA)
    said = event_on("2024-03-13", "said", at="2024-03-13T15:00")
    unknown = event_on("2024-03-13", "day"), event_on("2024-03-16", "saturday")
    events = [reported("morning", 9), reported("evening", 18), *unknown, said]
    chosen = choose_events("hour-known", events, series)
    assert [event.id for event in chosen] == ["morning", "said"]
