"""The rows of tables about rates, events, moves and facts, in the order of their columns."""

from datetime import UTC, date, datetime

import numpy as np
import pytest

from dashboard.export.csv_tables import csv_bytes
from dashboard.export.schemas import EVENT_LIST, EVENT_MOVES, EVENT_WINDOW, FACTS, RATES, join_tags
from dashboard.models.event import Event
from dashboard.models.moves import (
    DayFacts,
    EventView,
    Fixing,
    Move,
    Observation,
    PathPoint,
    PlaceboRank,
    RateChange,
)
from dashboard.models.publication import BANK_OF_RUSSIA
from dashboard.models.series import RateSeries, SeriesCard
from dashboard.models.study import StudyRequest

CARD = SeriesCard(
    "usd", "t", "RUB per USD", "USD per RUB", "p", "", "l", BANK_OF_RUSSIA.id, move_sign=-1
)
FRIDAY = Fixing(
    date(2025, 4, 18),
    date(2025, 4, 19),
    datetime(2025, 4, 18, 7, tzinfo=UTC),
    datetime(2025, 4, 18, 12, 30, tzinfo=UTC),
    81.1,
)
EVENT = Event(id="a", day=date(2025, 4, 20), title="T", tags=("x", "y;z"))
OTHER = Event(id="b", day=date(2025, 4, 21), title="U")


def series():
    record = np.array(["2025-04-18", "2025-04-19", "2025-04-22"], dtype="datetime64[D]")
    day, opens, known_at = BANK_OF_RUSSIA.timestamps(record)
    return RateSeries(CARD, record, day, opens, known_at, np.array([82.0, np.nan, 80.7597]))


def test_rates_carry_the_printed_date_the_market_day_and_the_moment():
    assert list(RATES.rows([series()]))[2] == (
        "2025-04-22", "2025-04-21", "2025-04-21T12:30:00Z", 80.7597, "usd",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("since", "until", "days"),
    [
        (None, None, ["2025-04-17", "2025-04-18", "2025-04-21"]),
        (date(2025, 4, 18), None, ["2025-04-18", "2025-04-21"]),
        (None, date(2025, 4, 20), ["2025-04-17", "2025-04-18"]),
        (date(2025, 4, 19), date(2025, 4, 20), []),
        (date(2026, 1, 1), date(2020, 1, 1), []),
    ],
)
def test_rates_of_a_range_of_market_days(since, until, days):
    assert [row[1] for row in RATES.rows([series().between(since, until)])] == days


def test_events_fill_every_column():
    row = next(EVENT_LIST.rows([EVENT]))
    assert len(row) == len(EVENT_LIST.columns)
    assert row[:6] == ("a", date(2025, 4, 20), None, "Europe/Moscow", None, "T")


def test_a_separator_inside_a_tag_is_told_from_one_between_tags():
    assert join_tags(("a", "b;c", "d\\")) == "a;b\\;c;d\\\\"


def test_the_moves_of_an_event_name_both_ends_and_the_crowd():
    move = Move(
        (0, 1),
        FRIDAY,
        None,
        0.466,
        -0.465,
        0.467,
        None,
        None,
        None,
        None,
        (
            PlaceboRank("near", 499, 0.4, 61.0, 58.0, date(2024, 4, 18), date(2026, 4, 29), 499),
            PlaceboRank("quiet", 500, 0.41, 62.0, 59.0),
            PlaceboRank("all", 900, 0.45, 60.0, 57.0),
            PlaceboRank("similar", 300),
        ),
        (OTHER,),
        "too new",
    )
    view = EventView(EVENT, CARD, StudyRequest(), None, (move,), (), (), (), 120, 0.01, None, None)
    lines = csv_bytes(EVENT_MOVES, EVENT_MOVES.rows([view])).decode().splitlines()
    assert lines[1] == (
        'a,usd,"[0,1]",2025-04-18,81.1,,,0.466,-0.465,0.467,,,,,0.4,0.45,61.0,60.0,,500,900,1,b,'
        "too new,58.0,499,2024-04-18,2026-04-29,0.41,62.0,stronger"
    )


def test_the_path_of_an_event_is_a_row_an_offset():
    point = PathPoint(-1, date(2025, 4, 18), 81.1, 0.0, -1.5, 1.5)
    view = EventView(EVENT, CARD, StudyRequest(), None, (), (point,), (), (), 120, 0.01, None, None)
    lines = csv_bytes(EVENT_WINDOW, EVENT_WINDOW.rows([view])).decode().splitlines()
    assert lines[1].startswith("a,usd,-1,2025-04-18,81.1,0.0,-1.5,1.5,0.0,unchanged,")
    # exp(-0.015) - 1 and exp(0.015) - 1, in per cent
    ends = [float(cell) for cell in lines[1].split(",")[-2:]]
    assert ends == pytest.approx([-1.4888060, 1.5113065])


def test_facts_are_a_row_a_base_with_the_records_beside():
    day, low = date(2025, 4, 21), Observation(date(2025, 4, 21), 80.7597)
    change = RateChange("year_end", date(2024, 12, 27), 101.6797, -20.574, 25.904, 23.035)
    facts = DayFacts(
        "usd",
        "RUB per USD",
        day,
        day,
        80.7597,
        date(2013, 1, 9),
        (change,),
        None,
        Observation(date(2025, 4, 18), 81.1),
        low,
        low,
    )
    lines = csv_bytes(FACTS, FACTS.rows([facts])).decode().splitlines()
    assert lines[1] == (
        "usd,RUB per USD,2025-04-21,2025-04-21,80.7597,year_end,2024-12-27,101.6797,-20.574,25.904,"
        "23.035,,,2025-04-18,81.1,2025-04-21,80.7597,2025-04-21,80.7597"
    )
