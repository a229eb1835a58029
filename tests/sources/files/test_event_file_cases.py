"""Cells and calendars of events as programs write them: expected values by hand, from the file."""

from __future__ import annotations

from datetime import date

import pytest

from dashboard.models.errors import InputError
from dashboard.models.user_files import EventFileOptions
from dashboard.sources.files.event_file import read_event_rows

TODAY = date(2026, 11, 30)


def read(content, name="f.csv", **options):
    data = content if isinstance(content, bytes) else content.encode()
    return read_event_rows(data, EventFileOptions(**options), TODAY, name=name)


def found(file):
    """Day, moment in UTC and last day of every row."""
    assert [row.wrong for row in file.rows] == [""] * len(file.rows)
    return [
        (
            str(row.event.day),
            f"{row.event.moment:%Y-%m-%dT%H:%M}" if row.event.moment else None,
            str(row.event.end_day) if row.event.end_day else None,
        )
        for row in file.rows
    ]


def calendar(*events, head=""):
    blocks = "".join(f"BEGIN:VEVENT\n{event}\nEND:VEVENT\n" for event in events)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\n{head}{blocks}END:VCALENDAR\n"


def days(*each):
    return [(day, None, None) for day in each]


CELLS = {
    "all day and tentative": (
        "Title,Date,Time\nRate,04-25-2025,10:30am\nHoliday,04-21-2025,All Day\nX,04-22-2025,TBD\n",
        [("2025-04-25", "2025-04-25T07:30", None), *days("2025-04-21", "2025-04-22")],
        "1 time 'All Day' was read as a day without an hour",
    ),
    "the whole day in Russian": (
        "Дата;Время;Событие\n25.04.2025;весь день;Ставка\n", days("2025-04-25"), "весь день"),
    "forecasts are no directions": (
        "Date,Event,Expected\n2025-04-25,Key rate,21.00%\n", days("2025-04-25"),
        "was read as expected values"),
    "a range with an arrow": (
        'Name,Date\nTalks,"April 20, 2025 → April 22, 2025"\n', [("2025-04-20", None, "2025-04-22")],  # noqa: E501
        ""),
    "a range of days of a month": (
        "Name,Date\nTalks,20–22 April 2025\n", [("2025-04-20", None, "2025-04-22")], ""),
    "a range in Russian": (
        "Дата;Событие\nс 20 по 22 апреля 2025;Переговоры\n", [("2025-04-20", None, "2025-04-22")],
        ""),
    "a range over two months": (
        "Name,Date\nTalks,28 April – 2 May 2025\n", [("2025-04-28", None, "2025-05-02")], ""),
    "an ISO interval": (
        "Name,Date\nTalks,2025-04-20/2025-04-22\n", [("2025-04-20", None, "2025-04-22")], ""),
    "a clock with (GMT+3)": (
        'Name,Date\nRate,"April 25, 2025 1:30 PM (GMT+3)"\n',
        [("2025-04-25", "2025-04-25T10:30", None)], ""),
    "a clock that ends the same day": (
        'Name,Date\nRate,"April 25, 2025 1:30 PM (GMT+3) → 3:00 PM"\n',
        [("2025-04-25", "2025-04-25T10:30", None)], ""),
    "a weekday that contradicts": (
        'date,title\n"Mon, 25 April 2025",Key rate\n', days("2025-04-25"),
        "2025-04-25 is a Friday, not a Monday"),
    "a weekday that fits, behind": (
        "date,title\n25.04.2025 (пт),Ставка\n", days("2025-04-25"), ""),
    "midnight among hours": (
        "date,title\n2025-04-20 00:00:00,A\n2025-04-25 13:30:00,B\n",
        [("2025-04-20", None, None), ("2025-04-25", "2025-04-25T10:30", None)],
        "1 time 00:00 (midnight)"),
    "a column of midnights": (
        "date,time,title\n2025-04-20,00:00,A\n2025-04-25,0:00,B\n",
        days("2025-04-20", "2025-04-25"), "2 times 00:00 (midnight)"),
    "12:00 AM": ("date,time,title\n2025-04-20,12:00 AM,A\n", days("2025-04-20"), "midnight"),
    "midnight as a spreadsheet writes days": (
        "date,title\n2025-04-20 00:00:00,A\n", days("2025-04-20"), ""),
    "an end at midnight is the day before": (
        "Subject,Start Date,Start Time,End Date,End Time,All day event\n"
        "Rate,25-4-2025,00:00:00,26-4-2025,00:00:00,True\n"
        "Talks,25-4-2025,15:00:00,27-4-2025,16:00:00,False\n",
        [("2025-04-25", None, None), ("2025-04-25", "2025-04-25T12:00", "2025-04-27")], ""),
    "the zone in the name of the column": (
        "Date,Time (ET),Headline\n2025-04-25,08:30,US data\n",
        [("2025-04-25", "2025-04-25T12:30", None)], "America/New_York, as the column Time (ET)"),
    "midnight in Moscow written in UTC": (
        "date,title\n2025-04-19T21:00:00.000Z,A\n2025-04-24T21:00:00.000Z,B\n",
        days("2025-04-20", "2025-04-25"), "every time is midnight in Europe/Moscow"),
    "one hour among them keeps all": (
        "date,title\n2025-04-19T21:00:00Z,A\n2025-04-24T10:30:00Z,B\n",
        [("2025-04-19", "2025-04-19T21:00", None), ("2025-04-24", "2025-04-24T10:30", None)], ""),
    "a title above the table": (
        "Calendar of 2025\n\ndate,title\n2025-04-20,A\n", days("2025-04-20"), "starts on line 3"),
}  # fmt: skip


@pytest.mark.parametrize("name", CELLS)
def test_cells_are_read_as_a_careful_person_would(name):
    content, expected, said = CELLS[name]
    file = read(content)
    assert found(file) == expected
    assert any(said in message for message in file.messages) or not said


@pytest.mark.parametrize(
    ("content", "tags"),
    [
        ('Name,Date,Tags\nA,2025-04-20,"peace talks,oil"\n', ("peace talks", "oil")),
        ('Name,Date,Tags\nA,2025-04-20,"talks, Istanbul;oil"\n', ("talks, Istanbul", "oil")),
        ('[{"date":"2025-04-20","title":"A","tags":["talks, Istanbul"]}]', ("talks, Istanbul",)),
        (calendar("DTSTART:20250420\nSUMMARY:A\nCATEGORIES:a\\, b,c"), ("a, b", "c")),
    ],
)
def test_tags_are_split_at_commas_unless_the_file_has_another_way(content, tags):
    assert read(content).rows[0].event.tags == tags


def test_a_field_can_be_left_out():
    file = read("date,title,expected\n2025-04-20,A,up\n", columns={"expected": ""})
    assert found(file) == days("2025-04-20")


NY = "DTSTART;TZID=America/New_York:20250401T200000\nUID:a\nSUMMARY:x\n"
CALENDARS = {
    "an override named in UTC": (
        calendar(NY + "RRULE:FREQ=WEEKLY;COUNT=4",
                 "UID:a\nSUMMARY:y\nRECURRENCE-ID:20250409T000000Z\n"
                 "DTSTART;TZID=America/New_York:20250410T200000"),
        ["2025-04-01", "2025-04-15", "2025-04-22", "2025-04-10"]),
    "an exclusion in UTC": (
        calendar(NY + "RRULE:FREQ=WEEKLY;COUNT=4\nEXDATE:20250409T000000Z"),
        ["2025-04-01", "2025-04-15", "2025-04-22"]),
    "an exclusion of another hour": (
        calendar(NY + "RRULE:FREQ=WEEKLY;COUNT=2\nEXDATE:20250409T010000Z"),
        ["2025-04-01", "2025-04-08"]),
    "an exclusion of a day": (
        calendar(NY + "RRULE:FREQ=WEEKLY;COUNT=3\nEXDATE;VALUE=DATE:20250408"),
        ["2025-04-01", "2025-04-15"]),
    "a rule that ends before the hour": (
        calendar("DTSTART:20250401T133000Z\nSUMMARY:x\nRRULE:FREQ=DAILY;UNTIL=20250404T000000Z"),
        ["2025-04-01", "2025-04-02", "2025-04-03"]),
    "two versions": (
        calendar("UID:a\nSEQUENCE:0\nSUMMARY:x\nDTSTART:20250514",
                 "UID:a\nSEQUENCE:2\nSUMMARY:x\nDTSTART:20250516"), ["2025-05-16"]),
    "the newer version first": (
        calendar("UID:a\nSEQUENCE:2\nSUMMARY:x\nDTSTART:20250516",
                 "UID:a\nSUMMARY:x\nDTSTART:20250514"), ["2025-05-16"]),
    "versions by the time of change": (
        calendar("UID:a\nLAST-MODIFIED:20250401T000000Z\nSUMMARY:x\nDTSTART:20250514",
                 "UID:a\nLAST-MODIFIED:20250402T000000Z\nSUMMARY:x\nDTSTART:20250516"),
        ["2025-05-16"]),
    "one UID for all": (
        calendar("UID:a\nSUMMARY:x\nDTSTART:20250514", "UID:a\nSUMMARY:y\nDTSTART:20250516"),
        ["2025-05-14", "2025-05-16"]),
    "a later cancelled version": (
        calendar("UID:a\nSUMMARY:x\nDTSTART:20250514",
                 "UID:a\nSEQUENCE:1\nSTATUS:CANCELLED\nDTSTART:20250514",
                 "UID:b\nSUMMARY:y\nDTSTART:20250515"), ["2025-05-15"]),
    "a calendar that cancels, behind": (
        calendar("UID:a\nSUMMARY:x\nDTSTART:20250514", "UID:b\nSUMMARY:y\nDTSTART:20250515")
        + calendar("UID:a\nSEQUENCE:1\nDTSTART:20250514", head="METHOD:CANCEL\n"), ["2025-05-15"]),
    "one occurrence cancelled": (
        calendar(NY + "RRULE:FREQ=WEEKLY;COUNT=3",
                 "UID:a\nSTATUS:CANCELLED\nRECURRENCE-ID:20250409T000000Z\n"
                 "DTSTART;TZID=America/New_York:20250408T200000"), ["2025-04-01", "2025-04-15"]),
    "all later ones cancelled": (
        calendar(NY + "RRULE:FREQ=WEEKLY;COUNT=4",
                 "UID:a\nSTATUS:CANCELLED\nRECURRENCE-ID;RANGE=THISANDFUTURE:20250416T000000Z\n"
                 "DTSTART;TZID=America/New_York:20250415T200000"), ["2025-04-01", "2025-04-08"]),
}  # fmt: skip


@pytest.mark.parametrize("name", CALENDARS)
def test_a_calendar_gives_the_days_that_its_program_showed(name):
    content, expected = CALENDARS[name]
    assert [str(row.event.day) for row in read(content, "f.ics").rows] == expected


def test_all_later_days_are_moved_with_their_hour_and_title():
    file = read(
        calendar(
            "UID:a\nSUMMARY:Board\nDTSTART;TZID=Europe/Moscow:20250404T133000\n"
            "RRULE:FREQ=WEEKLY;COUNT=4",
            "UID:a\nSUMMARY:Board, moved\nDTSTART;TZID=Europe/Moscow:20250419T150000\n"
            "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Moscow:20250418T133000",
        )
    )
    assert [moment for _, moment, _ in found(file)] == [
        "2025-04-04T10:30", "2025-04-11T10:30", "2025-04-19T12:00", "2025-04-26T12:00"
    ]  # fmt: skip
    assert [row.event.title for row in file.rows][1:3] == ["Board", "Board, moved"]


def test_an_added_date_has_its_own_hour():
    file = read(
        calendar(
            "SUMMARY:Rate\nDTSTART;TZID=Europe/Moscow:20220218T133000\n"
            "RDATE;TZID=Europe/Moscow:20220228T100000,20220318T133000"
        )
    )
    assert [moment for _, moment, _ in found(file)] == [
        "2022-02-18T10:30", "2022-02-28T07:00", "2022-03-18T10:30"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("DTSTART;TZID=Russian Standard Time:20250425T000000\n"
         "DTEND;TZID=Russian Standard Time:20250426T000000\nX-MICROSOFT-CDO-ALLDAYEVENT:TRUE",
         days("2025-04-25")),
        ("DTSTART:20250424T210000Z\nDTEND:20250425T210000Z", days("2025-04-25")),
        ("DTSTART:20250424T210000Z\nDTEND:20250424T220000Z",
         [("2025-04-24", "2025-04-24T21:00", None)]),
        ("DTSTART;TZID=Europe/Moscow:20250425T000000\nDTEND;TZID=Europe/Moscow:20250428T000000",
         [("2025-04-25", None, "2025-04-27")]),
    ],
)  # fmt: skip
def test_a_whole_day_of_a_calendar_has_no_hour(lines, expected):
    assert found(read(calendar(f"SUMMARY:x\n{lines}"))) == expected


def test_quoted_printable_is_decoded_over_its_soft_line_ends():
    file = read(
        calendar(
            "SUMMARY;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=D0=A1=D1=82=D0=B0=\n=D0=B2=D0=BA=D0=B0"
            "\nDTSTART:20250425"
        )
    )
    assert file.rows[0].event.title == "Ставка"


def test_a_calendar_that_cancels_everything_is_refused():
    with pytest.raises(InputError, match="every event of it is cancelled"):
        read(calendar("UID:a\nSUMMARY:x\nDTSTART:20250514", head="METHOD:CANCEL\n"))


def test_fifty_thousand_rows_are_read():
    rows = "".join(f"{k % 28 + 1}.{k % 12 + 1}.2025,13:30,Event {k}\n" for k in range(50_000))
    file = read("date,time,title\n" + rows)
    assert len(file.rows) == 50_000
