"""Days of a repeated event: those that another program finds, and never without end."""

from __future__ import annotations

import time
from datetime import date, datetime
from itertools import islice

import pytest
from dateutil.rrule import rrulestr
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dashboard.sources.event_files.recurrence import MOST, days_of, read_rule

LAST = date(2028, 1, 1)
START = date(2024, 3, 5)  # a Tuesday
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@st.composite
def rules(draw):
    """Rules that calendars write; the day of the start is among their days."""
    freq = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = [f"FREQ={freq}", f"INTERVAL={draw(st.integers(1, 4))}"]
    if draw(st.booleans()):
        parts.append(f"COUNT={draw(st.integers(1, 30))}")
    if freq in {"DAILY", "WEEKLY"} and draw(st.booleans()):
        days = draw(st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=4, unique=True))
        parts.append(f"BYDAY={','.join(days)}")
    if freq == "WEEKLY":
        parts.append(f"WKST={draw(st.sampled_from(['MO', 'SU']))}")
    if freq == "MONTHLY":
        parts += draw(
            st.sampled_from(
                [[], ["BYMONTHDAY=-1"], ["BYMONTHDAY=1,15,31"], ["BYDAY=1TU"], ["BYDAY=-1FR,2MO"],
                 ["BYDAY=MO,TU,WE,TH,FR", "BYSETPOS=-1"], ["BYDAY=TU", "BYSETPOS=1,3"],
                 ["BYMONTH=3,6", "BYDAY=TU"]]
            )
        )  # fmt: skip
    if freq == "YEARLY":
        parts += draw(
            st.sampled_from(
                [[], ["BYMONTH=3"], ["BYMONTH=2", "BYMONTHDAY=29"], ["BYDAY=10TU"],
                 ["BYMONTH=3", "BYDAY=1TU"], ["BYMONTH=3,9", "BYMONTHDAY=5"]]
            )
        )  # fmt: skip
    return ";".join(parts)


@given(rules(), st.dates(date(2020, 1, 1), date(2025, 1, 1)))
@settings(max_examples=400)
def test_the_days_are_those_that_dateutil_finds(text, start):
    moment = datetime(start.year, start.month, start.day)  # noqa: DTZ001 - a day
    others = rrulestr(text, dtstart=moment)
    found = [each.date() for each in islice(others, MOST) if each.date() <= LAST]
    assume(found and found[0] == start)
    assert list(days_of(read_rule(text), start, LAST)[0]) == found


def test_the_start_is_always_a_day():
    assert days_of(read_rule("FREQ=WEEKLY;BYDAY=WE;COUNT=2"), START, LAST)[0] == (
        START,
        date(2024, 3, 6),
    )


@pytest.mark.parametrize(
    ("text", "count", "goes_on"),
    [
        ("FREQ=DAILY;COUNT=3", 3, False),
        ("FREQ=DAILY;COUNT=400", 400, False),
        ("FREQ=DAILY;COUNT=401", 400, True),
        ("FREQ=DAILY", 400, True),
        ("FREQ=YEARLY", 4, True),  # 2024 to 2027
        ("FREQ=YEARLY;COUNT=9", 4, True),
    ],
)
def test_a_rule_is_cut_and_says_so(text, count, goes_on):
    days, more = days_of(read_rule(text), START, LAST)
    assert (len(days), more) == (count, goes_on)


@pytest.mark.parametrize(
    "text",
    [
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;BYDAY=5MO;BYMONTHDAY=1",
        "FREQ=YEARLY;INTERVAL=10000",
        "FREQ=DAILY;INTERVAL=10000",
    ],
)
def test_a_rule_that_never_happens_ends_at_once(text):
    began = time.process_time()
    assert days_of(read_rule(text), date(1900, 1, 1), date(2028, 1, 1))[0][0] == date(1900, 1, 1)
    assert time.process_time() - began < 3


@pytest.mark.parametrize(
    "text",
    ["", "FREQ=", "FREQ=SECONDLY", "FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;COUNT=0", "FREQ=DAILY;X=1",
     "FREQ=DAILY;FREQ=DAILY", "FREQ=DAILY;BYDAY=XX", "FREQ=DAILY;BYMONTH=13",
     "FREQ=DAILY;COUNT=1;UNTIL=20240101", "FREQ=DAILY;WKST=XX", "FREQ=DAILY;COUNT=" + "9" * 490],
)  # fmt: skip
def test_a_rule_that_is_none_is_refused(text):
    with pytest.raises(ValueError, match=r"rule|repeats"):
        read_rule(text)
