"""Calendars: the days of the standard's own examples, zones of the database, bounded work."""

from __future__ import annotations

import time
from datetime import date, datetime
from itertools import islice, takewhile
from zoneinfo import available_timezones

import pytest
from dateutil.rrule import rrulestr
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dashboard.sources.files.icalendar_file import (
    FIELDS,
    MAX_DAYS,
    MAX_DAYS_SEARCHED,
    Rule,
    read_calendar,
    zone_named,
)
from tests.event_collection.form import calendar

TODAY = date(2026, 11, 23)
LAST = date(2028, 1, 1)
START = date(2024, 3, 5)  # a Tuesday
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def midnight(day):
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - a day


def days_of(text, start, last=LAST):
    return Rule.parse(text, start).days(midnight(start), last)


def read(*events, **more):
    result = read_calendar(calendar(*events, **more).encode(), "f.ics", TODAY)
    assert not result.wrong
    return [dict(zip(FIELDS, row, strict=True)) for row in result.rows], result.messages


# ---------------------------------------------------------------- rules

EXAMPLES = [
    ("FREQ=YEARLY;COUNT=10;BYMONTH=6,7", "19970610",
     "0610 0710 1998-0610 0710 1999-0610 0710 2000-0610 0710 2001-0610 0710"),
    ("FREQ=YEARLY;INTERVAL=2;COUNT=10;BYMONTH=1,2,3", "19970310",
     "0310 1999-0110 0210 0310 2001-0110 0210 0310 2003-0110 0210 0310"),
    ("FREQ=YEARLY;INTERVAL=3;COUNT=10;BYYEARDAY=1,100,200", "19970101",
     "0101 0410 0719 2000-0101 0409 0718 2003-0101 0410 0719 2006-0101"),
    ("FREQ=YEARLY;BYDAY=20MO", "19970519", "0519 1998-0518 1999-0517"),
    ("FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", "19970512", "0512 1998-0511 1999-0517"),
    ("FREQ=YEARLY;BYMONTH=3;BYDAY=TH", "19970313",
     "0313 0320 0327 1998-0305 0312 0319 0326 1999-0304 0311 0318 0325"),
    ("FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8", "19961105",
     "1105 2000-1107 2004-1102"),
    ("FREQ=MONTHLY;COUNT=10;BYDAY=1FR", "19970905",
     "0905 1003 1107 1205 1998-0102 0206 0306 0403 0501 0605"),
    ("FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU", "19970907",
     "0907 0928 1102 1130 1998-0104 0125 0301 0329 0503 0531"),
    ("FREQ=MONTHLY;COUNT=6;BYDAY=-2MO", "19970922", "0922 1020 1117 1222 1998-0119 0216"),
    ("FREQ=MONTHLY;BYMONTHDAY=-3", "19970928", "0928 1029 1128 1229 1998-0129 0226"),
    ("FREQ=MONTHLY;COUNT=10;BYMONTHDAY=1,-1", "19970930",
     "0930 1001 1031 1101 1130 1201 1231 1998-0101 0131 0201"),
    ("FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5", "20070115", "0115 0130 0215 0315 0330"),
    ("FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3", "19970904", "0904 1007 1106"),
    ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2", "19970929",
     "0929 1030 1127 1230 1998-0129 0226 0330"),
    ("FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO", "19970805", "0805 0810 0819 0824"),
    ("FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", "19970805", "0805 0817 0819 0831"),
    ("FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH", "19970902",
     "0902 0904 0916 0918 0930 1002 1014 1016"),
    ("FREQ=DAILY;INTERVAL=10;COUNT=5", "19970902", "0902 0912 0922 1002 1012"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "start", "expected"), EXAMPLES, ids=[e[0] for e in EXAMPLES])
def test_the_examples_of_the_standard(text, start, expected):
    """RFC 5545, section 3.8.5.3, and what it says the days are."""
    year, days = start[:4], []
    for word in expected.split():
        year = word[:4] if "-" in word else year
        days.append(date.fromisoformat(f"{year}{word[-4:]}"))
    result = days_of(text, date.fromisoformat(start)).days
    assert list(result[: len(days)]) == days
    assert len(result) == len(days) or "COUNT" not in text


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
        parts += draw(st.sampled_from([[], ["BYMONTHDAY=-1"], ["BYDAY=-1FR,2MO"]]))
    if freq == "YEARLY":
        parts += draw(st.sampled_from([[], ["BYMONTH=2", "BYMONTHDAY=29"], ["BYDAY=10TU"]]))
    return ";".join(parts)


@given(rules(), st.dates(date(1900, 1, 1), date(2025, 1, 1)))
@settings(max_examples=100)
def test_a_search_in_the_last_centuries_finds_the_days_of_these(text, start):
    others = rrulestr(text, dtstart=midnight(start))
    within = takewhile(lambda moment: moment.date() <= LAST, others)
    result = [moment.date() for moment in islice(within, MAX_DAYS)]
    assume(result and result[0] == start)
    assert list(days_of(text, start).days) == result


def test_the_start_is_always_a_day():
    result = days_of("FREQ=WEEKLY;BYDAY=WE;COUNT=2", START)
    assert result.days == (START, date(2024, 3, 6))


@pytest.mark.parametrize(
    ("text", "count", "goes_on"),
    [
        ("FREQ=DAILY;COUNT=3", 3, False),
        ("FREQ=DAILY;COUNT=400", 400, False),
        ("FREQ=DAILY;COUNT=401", 400, True),
        ("FREQ=DAILY;UNTIL=20240307", 3, False),
        ("FREQ=DAILY;UNTIL=20240301", 1, False),
        ("FREQ=DAILY;UNTIL=20280102", 400, True),
        ("FREQ=DAILY", 400, True),
        ("FREQ=YEARLY", 4, True),  # 2024 to 2027
        ("FREQ=YEARLY;COUNT=9", 4, True),
    ],
)
def test_a_rule_is_cut_and_says_so(text, count, goes_on):
    result = days_of(text, START)
    assert (len(result.days), result.goes_on) == (count, goes_on)


@pytest.mark.parametrize("start", [date(1, 1, 1), date(1900, 1, 1), START, date(9999, 12, 31)])
@pytest.mark.parametrize(
    "text",
    [
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=5",
        "FREQ=MONTHLY;BYDAY=5MO;BYMONTHDAY=1",
        "FREQ=WEEKLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6",
        "FREQ=YEARLY;INTERVAL=10000",
        "FREQ=DAILY;INTERVAL=10000",
    ],
)
def test_a_rule_that_never_happens_ends_soon_and_counts_as_work(text, start):
    began = time.process_time()
    result = days_of(text, start)
    assert result.days[0] == start
    assert time.process_time() - began < 6
    assert result.searched >= 0


def test_rules_that_never_happen_are_given_up_once_the_file_has_searched_its_days(monkeypatch):
    searched = []

    def counted(rule, first, last):
        result = days(rule, first, last)
        searched.append(result.searched)
        return result

    days = Rule.days
    monkeypatch.setattr(Rule, "days", counted)
    rule = "DTSTART:20240305\nSUMMARY:x\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=2"
    data = calendar(*[rule] * 5_000).encode()
    result = read_calendar(data, "f.ics", TODAY)
    assert sum(searched[:-1]) < MAX_DAYS_SEARCHED <= sum(searched)
    assert len(result.rows) == 5_000
    assert set(result.wrong.values()) == {
        "the rules of the file repeat too many days; split the file"
    }
    assert 4_900 < len(result.wrong) < 5_000


@pytest.mark.parametrize(
    "text",
    ["", "FREQ=", "FREQ=SECONDLY", "FREQ=MINUTELY;COUNT=9", "FREQ=DAILY;BYSECOND=1,2,3",
     "FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;INTERVAL=1,2", "FREQ=DAILY;INTERVAL=-1",
     "FREQ=DAILY;COUNT=0", "FREQ=DAILY;COUNT=1,2", "FREQ=DAILY;X=1", "FREQ=DAILY;FREQ=DAILY",
     "FREQ=DAILY,WEEKLY", "FREQ=DAILY;BYDAY=XX", "FREQ=DAILY;BYMONTH=13",
     "FREQ=DAILY;BYMONTHDAY=0", "FREQ=DAILY;BYMONTHDAY=1=2", "FREQ=DAILY;BYSETPOS=400",
     "FREQ=DAILY;UNTIL=tomorrow", "FREQ=DAILY;UNTIL=P1D", "FREQ=DAILY;COUNT=1;UNTIL=20240101",
     "FREQ=DAILY;WKST=XX", "FREQ=DAILY;COUNT=" + "9" * 480],
)  # fmt: skip
def test_a_rule_that_is_none_is_refused(text):
    with pytest.raises(ValueError, match=r"rule|repeats"):
        Rule.parse(text, START)  # before a single day is searched


def test_a_leap_month_is_refused():
    with pytest.raises(ValueError, match=r"rule|repeats"):
        days_of("FREQ=DAILY;BYMONTH=5L", START)


# ---------------------------------------------------------------- zones


@pytest.mark.parametrize(
    ("written", "zone"),
    [
        ("Europe/Moscow", "Europe/Moscow"),
        ("Russian Standard Time", "Europe/Moscow"),
        ("russian standard time", "Europe/Moscow"),
        ("W. Europe Standard Time", "Europe/Berlin"),
        ("Eastern Standard Time", "America/New_York"),
        ("Tokyo Standard Time", "Asia/Tokyo"),
        ("/freeassociation.sourceforge.net/Europe/Moscow", "Europe/Moscow"),
        ("/e.example/20240101/America/Argentina/Salta", "America/Argentina/Salta"),
        ("Own zone", ""),
        ("", ""),
        ("Europe", ""),
        ("../../etc/passwd", ""),
        ("a/" * 30_000, ""),
    ],
)
def test_a_zone_is_one_of_the_database(written, zone):
    assert zone_named(written) == zone
    assert not zone or zone in available_timezones()


def test_what_a_file_says_of_a_zone_is_neither_read_nor_remembered():
    def own(name):
        return (
            f"BEGIN:VTIMEZONE\nTZID:{name}\nBEGIN:STANDARD\nDTSTART:19700101T000000\n"
            "TZOFFSETFROM:+0900\nTZOFFSETTO:+0900\nEND:STANDARD\nEND:VTIMEZONE"
        )

    for name, zone in (("Europe/Moscow", "Europe/Moscow"), ("Own zone", "")):
        event = f"DTSTART;TZID={name}:20240305T103000\nSUMMARY:x"
        for before in (own(name), ""):
            rows, _ = read(event, before=before)
            assert (rows[0]["time"], rows[0]["zone"]) == ("10:30:00" if zone else "", zone)


def test_an_end_in_a_zone_that_is_unknown_is_on_its_own_day():
    rows, messages = read(
        "DTSTART;TZID=Own zone:20240305T230000\nDTEND;TZID=Own zone:20240306T003000\nSUMMARY:x"
    )
    assert (rows[0]["date"], rows[0]["end_date"]) == ("2024-03-05", "2024-03-06")
    assert messages == [
        "f.ics: the time zone 'Own zone' is unknown; of 1 event only the day was taken"
    ]


# ---------------------------------------------------------------- events


def test_a_day_of_a_series_is_moved_whatever_zone_it_is_named_in():
    rows, _ = read(
        "DTSTART;TZID=Europe/Moscow:20240305T010000\nSUMMARY:x\nRRULE:FREQ=DAILY;COUNT=3",
        "RECURRENCE-ID:20240305T220000Z\nDTSTART;TZID=Europe/Moscow:20240320T010000\nSUMMARY:y",
        before="X-A:b",
    )
    assert [row["date"] for row in rows] == [
        "2024-03-05", "2024-03-06", "2024-03-07", "2024-03-20"
    ]  # fmt: skip
    same = calendar(
        "DTSTART;TZID=Europe/Moscow:20240305T010000\nSUMMARY:x\nRRULE:FREQ=DAILY;COUNT=3",
        "RECURRENCE-ID:20240305T220000Z\nDTSTART;TZID=Europe/Moscow:20240320T010000\nSUMMARY:y",
    ).replace("UID:1@", "UID:0@")
    result = read_calendar(same.encode(), "f.ics", TODAY)
    assert [row[0] for row in result.rows] == ["2024-03-05", "2024-03-07", "2024-03-20"]


@pytest.mark.parametrize(
    "line",
    ["DTSTART:P1D", "DTSTART:103000", "DTSTART:2024", "DTSTART:20240305T10300",
     "DTSTART:20240305T103000X", "DTSTART:20240305T103000Z/P1D", "RECURRENCE-ID:soon",
     "EXDATE:soon", "EXDATE;TZID=\x01:20240305", "DTEND:99991232", "DURATION:-P1D",
     "DURATION:P99999999999D", "DURATION:P9999999W"],
)  # fmt: skip
def test_an_event_with_a_date_that_is_none_is_an_error_of_its_row(line):
    before = "" if line.startswith("DTSTART") else "DTSTART:20240305\nRRULE:FREQ=DAILY;COUNT=2\n"
    data = calendar(f"{before}{line}\nSUMMARY:x").encode()
    result = read_calendar(data, "f.ics", TODAY)
    assert result.places == ["event 1 (line 4)"]
    assert result.wrong[0]


@pytest.mark.parametrize("name", ["CATEGORIES", "EXDATE", "RDATE"])
def test_a_list_without_end_is_refused_soon(name):
    data = calendar(f"DTSTART:20240305\nSUMMARY:x\n{name}:{',' * 9_000_000}").encode()
    began = time.process_time()
    result = read_calendar(data, "f.ics", TODAY)
    assert "line 8 is one value too many for a file, split it" in result.wrong[0]
    assert time.process_time() - began < 10


def test_an_event_inside_an_event_does_not_change_it():
    rows, _ = read(
        "DTSTART:20240305\nBEGIN:VEVENT\nSUMMARY:inside\nDTSTART:20240401\nEND:VEVENT\nSUMMARY:x"
    )
    assert [(row["date"], row["title"]) for row in rows] == [("2024-03-05", "x")]
