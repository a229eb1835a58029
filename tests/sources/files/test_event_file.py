"""Files of events: damaged at random, written by another program, and our own read back."""

from __future__ import annotations

import io
import json
import random
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from time import process_time

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard.export.csv_tables import csv_bytes
from dashboard.export.schemas import EVENT_LIST
from dashboard.models.errors import InputError
from dashboard.models.event import Category, Event, Expected, Origin
from dashboard.models.user_files import EventFileOptions
from dashboard.services.event_import import plan_event_import
from dashboard.services.notes import clean_line, clean_text
from dashboard.services.serializers import json_bytes, table_json
from dashboard.sources.files.event_file import read_event_rows
from tests.event_collection import calendar_files, csv_files, excel_files, json_files
from tests.event_collection.form import calendar, workbook

TODAY = date(2026, 11, 23)
SEEDS = {
    "csv": csv_files.PLAIN.encode(),
    "russian": csv_files.RUSSIAN.encode("cp1251"),
    "json": json_files.PLAIN.encode(),
    "excel": excel_files.PLAIN,
    "calendar": calendar_files.PLAIN.encode(),
    "repeated": calendar_files.repeated("FREQ=WEEKLY;COUNT=3").encode(),
}


def read(data, name="f", **sentence):
    return read_event_rows(data, EventFileOptions(**sentence), TODAY, name=name)


def damaged(data, dice):
    """The bytes with some changed, cut out, doubled or put elsewhere."""
    data = bytearray(data)
    for _ in range(dice.randint(1, 6)):
        place, other = (dice.randrange(len(data) + 1) for _ in range(2))
        act = dice.randrange(4)
        if act == 0 and place < len(data):
            data[place] = dice.choice(b'\x00\xff\n\r,;:"{}[]\\ 09-/AZ=\xd0')
        elif act == 1:
            del data[min(place, other) : min(place, other) + dice.randint(1, 20)]
        elif act == 2:
            data[place:place] = data[other : other + dice.randint(1, 40)]
        else:
            data[place:place] = bytes(dice.randrange(256) for _ in range(dice.randint(1, 4)))
    return bytes(data)


def told_of(data):
    """What is said about a file, whether it is read or refused."""
    try:
        plan = plan_event_import(read(data), (), today=TODAY)
    except InputError as error:
        return [str(error)]
    assert len(plan.rows) >= 1
    return list(plan.messages)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_damaged_file_is_read_or_refused_in_one_line_and_never_fails(seed):
    dice = random.Random(seed)
    for _ in range(400):
        assert all("\n" not in line for line in told_of(damaged(SEEDS[seed], dice)))


ENDLESS = ["a", "0", " ", "1:1", "2024-01-01 ", "мар ", "+1,", "a;", "&=", "<!-- -->", "\\n", "P1D"]


@pytest.mark.parametrize("piece", ENDLESS)
def test_a_cell_without_end_takes_no_time(piece):
    cell = (piece * 30_000)[:30_000]
    names = ("date", "time", "end_date", "title", "url", "zone", "time_utc", "tags", "text")
    began = process_time()
    for name in names:
        row = {"date": "2024-03-05", "title": "x"} | {name: cell}
        told_of(json.dumps([row]).encode())
    lines = ("DTSTART", "SUMMARY", "DURATION", "RRULE", "CATEGORIES", "X;A", "EXDATE", "URL")
    for name in lines:
        told_of(calendar(f"DTSTART:20240305\nSUMMARY:x\n{name}:{cell.strip()}").encode())
    assert process_time() - began < 3


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"<!-- -->" * 200_000, id="remarks"),
        pytest.param(b"<?xml " * 200_000, id="declarations"),
        pytest.param(b"BEGIN:VCALENDAR\n" * 200_000, id="calendars in calendars"),
        pytest.param(b"BEGIN:VCALENDAR\n" + b"A:\n" * 2_500_000, id="lines"),
        pytest.param(b"BEGIN:VCALENDAR\n" + b" x\n" * 2_000_000, id="folds"),
        pytest.param(workbook("<row " * 1_000_000), id="rows that never close"),
        pytest.param(workbook("<mergeCell " * 1_000_000), id="merges that never close"),
        pytest.param(b"date,title\n" + b'"' * 1_000_000, id="quotes"),
        pytest.param(b"[" + b'{"a":' * 500_000, id="objects in objects"),
    ],
)
def test_a_file_made_to_take_long_is_refused_at_once(data):
    began = process_time()
    with pytest.raises(InputError):
        read(data)
    assert process_time() - began < 5


# ---------------------------------------------------------------- another program's files


def test_a_workbook_that_another_program_wrote_is_read():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Date", "Event", "Time", "Link"])
    sheet.append([date(2024, 3, 5), "Talks", time(18, 5), "https://e.example"])
    sheet.append([date(2024, 3, 6), "Rate", None, None])
    sheet.append(["=DATE(2024,3,7)", "By formula", None, None])
    buffer = io.BytesIO()
    book.save(buffer)
    rows = read(buffer.getvalue(), zone="Europe/Moscow").rows
    assert [row.event and (row.event.day, row.event.title) for row in rows] == [
        (date(2024, 3, 5), "Talks"),
        (date(2024, 3, 6), "Rate"),
        None,
    ]
    assert rows[0].event.moment == datetime(2024, 3, 5, 15, 5, tzinfo=UTC)
    assert "formula without a saved value" in rows[2].wrong


def test_a_calendar_is_read_as_long_as_it_is_bounded():
    rows = read(calendar(*["DTSTART:20240305\nSUMMARY:x"] * 5_000).encode()).rows
    assert len(rows) == 5_000
    with pytest.raises(InputError, match="more than 50,000 rows"):
        read(calendar(*["DTSTART:20240305\nSUMMARY:x\nRRULE:FREQ=DAILY"] * 200).encode())


def test_repeated_events_end_two_years_ahead():
    rows = read(calendar("DTSTART:20240305\nSUMMARY:x\nRRULE:FREQ=MONTHLY").encode())
    last = max(row.event.day for row in rows.rows)
    assert date(2028, 10, 1) < last <= date(2028, 11, 23)
    assert {row.verdict for row in plan_event_import(rows, (), today=TODAY).rows} == {"new"}


# ---------------------------------------------------------------- our own, read back (R8)

letters = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffd")
phrase = st.text(st.one_of(letters, st.sampled_from("=+-@'\",;|\\&#")), max_size=40).map(clean_line)
seen = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=3)
moments = st.datetimes(datetime(1990, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
links = st.sampled_from(["", "https://example.org/a?b=1&c=%20#d", "http://example.org/=1;+2"])


tags = st.lists(phrase.filter(bool), max_size=3, unique_by=str.casefold)


@st.composite
def notes(draw):
    """A note as the store holds it."""
    moment = draw(st.none() | moments.map(lambda m: m.replace(microsecond=0)))
    day = moment.date() if moment else draw(st.dates(date(1990, 1, 1), date(2028, 1, 1)))
    return Event(
        id="",
        day=day,
        moment=moment,
        zone=draw(st.sampled_from(["Europe/Moscow", "America/New_York", "UTC"])),
        end_day=draw(st.none() | st.integers(0, 30).map(lambda n: day + timedelta(days=n))),
        title=clean_line(draw(seen) + draw(phrase)),
        category=draw(st.sampled_from(list(Category))),
        expected=draw(st.sampled_from(list(Expected))),
        text=clean_text(draw(st.text(st.one_of(letters, st.sampled_from("\n=-;'")), max_size=80))),
        source_url=draw(links),
        tags=tuple(draw(tags)),
        author=draw(phrase),
        origin=Origin.NOTE,
    )  # fmt: skip


def stored(result):
    """With the ids, titles and revisions that a store would have given."""
    return [
        replace(note, id=f"note-{k}", title=f"{k} {note.title}", revision=1,
                created=datetime(2026, 1, 1, tzinfo=UTC), updated=datetime(2026, 1, 1, tzinfo=UTC))
        for k, note in enumerate(result)
    ]  # fmt: skip


def bare(note):
    return replace(note, id="", revision=0, created=None, updated=None)


@given(st.lists(notes(), min_size=1, max_size=4), st.sampled_from(["plain", "excel", "json"]))
@settings(max_examples=1_000, suppress_health_check=[HealthCheck.too_slow])
def test_roundtrip_of_an_import_gives_back_what_was_exported(result, form):
    result = stored(result)
    if form == "json":
        data = json_bytes(table_json("event_list", result))
        assert json.loads(data)
    else:
        data = csv_bytes(EVENT_LIST, EVENT_LIST.rows(result), form)
    plan = plan_event_import(read(data, "f.json" if form == "json" else "f.csv"), (), today=TODAY)
    assert plan.messages == ()
    assert list(plan.notes) == [bare(note) for note in result]
