"""What a file is before its rows are read, and the questions about it."""

from datetime import date

import pytest

from dashboard.models.errors import InputError
from dashboard.models.user_files import EventFileOptions
from dashboard.sources.files.event_file import outline_event_file, read_event_rows
from tests.event_collection.form import workbook

TODAY = date(2026, 11, 23)


def read(data, **text):
    return read_event_rows(data, EventFileOptions(**text), TODAY, name="f")


def outlined(data, **text):
    return outline_event_file(data, EventFileOptions(**text), TODAY, name="f")


def test_an_outline_tells_kind_columns_and_what_they_are_read_as():
    result = outlined("Дата;Событие;X\n2024-03-05;Talks;1\n".encode())
    assert (result.kind, result.header) == ("CSV", ("Дата", "Событие", "X"))
    assert result.fields == {"date": "Дата", "title": "Событие"}
    assert outlined(b'[{"date": "2024-03-05", "title": "x"}]').header == ("date", "title")
    assert outlined(b"BEGIN:VCALENDAR\r\n").header == ()


def test_an_outline_follows_what_a_person_said():
    data = b"Wann,Was\n2024-03-05,Talks\n"
    assert outlined(data).fields == {"date": "Wann", "title": "Was"}  # by what they hold
    assert outlined(data, columns={"date": "", "title": ""}).fields == {}
    assert outlined(data, columns={"date": "Wann", "title": ""}).fields == {"date": "Wann"}
    assert outlined(b"date,title,text\n", columns={"text": ""}).fields == {
        "date": "date", "title": "title",
    }  # fmt: skip


def test_an_outline_of_a_workbook_asks_for_the_sheet_only_where_several_hold_dates():
    table = [["date", "title"], ["2024-03-05", "Talks"]]
    two = workbook(table, table, names=["First", "Second"])
    assert (outlined(two).sheets, outlined(two).sheet) == (("First", "Second"), "")
    assert outlined(two, sheet="second").sheet == "Second"
    other = workbook(table, [["a note"]], names=["Events", "Notes"])
    assert (outlined(other).sheet, outlined(other).header) == ("Events", ("date", "title"))
    with pytest.raises(InputError, match="has no sheet Third"):
        outlined(two, sheet="Third")


def test_what_can_be_two_days_is_a_question_until_it_is_told():
    data = b"date,title\n03/04/2025,Talks\n"
    requests = read(data).dates
    assert (requests.example, requests.read_as) == ("03/04/2025", None)
    assert (str(requests.day_first), str(requests.month_first)) == ("2025-04-03", "2025-03-04")
    assert read(data, dates="mdy").dates.read_as == "mdy"
    assert read(data + b"31/12/2025,Proof\n").dates.read_as == "dmy"
    assert read(b"date,title\n31/12/2025,x\n2025-01-02,y\n05/05/2025,z\n").dates is None


def test_times_without_a_zone_are_counted():
    data = b"date,time,title\n2025-04-21,10:30,a\n2025-04-21,10:30Z,b\n2025-04-21,,c\n"
    assert read(data).zoneless == 1
    assert read(data, zone="UTC").zoneless == 1
