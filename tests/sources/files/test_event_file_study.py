"""A person's own events: read rightly, or refused with file, row, column and reason."""

from datetime import UTC, date, datetime

import pytest

from dashboard.models.errors import InputError
from dashboard.models.event import Event, Expected, Origin
from dashboard.models.user_files import EventFileOptions
from dashboard.services.exports import table_file
from dashboard.sources.events.catalogue import Catalogue
from dashboard.sources.files.event_file import read_events


def read(text, **options):
    data = text if isinstance(text, bytes) else text.encode()
    return read_events(data, EventFileOptions(**options), date(2026, 11, 30), name="f.csv")


def refused(text):
    with pytest.raises(InputError) as caught:
        read(text)
    message = str(caught.value)
    assert "\n" not in message
    return message


def title_of(cell):
    return read(f"id,date,title\na,2024-01-05,{cell}\n").events[0].title


def test_every_known_column_is_read():
    table = read(
        "id,date,time_utc,zone,end_date,title,actor,category,expected,text,source_name,source_url,"
        "tags,series,author,confidence\n"
        "k1,2025-04-20,2025-04-20T18:30:00Z,America/New_York,2025-04-22,Kellogg speaks,K. Kellogg,"
        'nato_remark,Stronger,"one\ntwo",Fox,https://example.org/a?b=1,nato;talks,USDRUB,me,high\n'
    )
    assert table.messages == ()
    assert table.events == (
        Event(
            id="k1",
            day=date(2025, 4, 20),
            moment=datetime(2025, 4, 20, 18, 30, tzinfo=UTC),
            zone="America/New_York",
            end_day=date(2025, 4, 22),
            title="Kellogg speaks",
            actor="K. Kellogg",
            category="nato_remark",
            expected=Expected.STRONGER,
            text="one\ntwo",
            source_name="Fox",
            source_url="https://example.org/a?b=1",
            tags=("nato", "talks"),
            series="USDRUB",
            author="me",
            confidence="high",
            origin=Origin.FILE,
        ),
    )


def test_a_date_alone_is_enough():
    table = read("date\n2024-01-05\n")
    event = table.events[0]
    assert (event.day, event.category, event.expected) == (date(2024, 1, 5), "other", "unclear")
    assert event.moment is None
    assert event.id == event.title == "event-2024-01-05"


def test_ids_made_from_title_and_date_are_the_same_each_time_and_never_twice():
    text = "date,title\n2024-01-05,Rate cut!\n2024-01-05,Rate cut\n2024-01-06,Курс\n"
    table = read(text)
    ids = [event.id for event in table.events]
    assert ids[:2] == ["rate-cut-2024-01-05", "rate-cut-2024-01-05-2"]
    assert len(set(ids)) == 3
    assert table.messages == ("f.csv: 3 events had no id; made from title and date",)
    assert read(text).events == table.events


def test_a_row_given_twice_is_one_event_and_said_so():
    table = read("date,title\n2024-01-05,Rate cut\n2024-01-06,Talks\n05.01.2024,Rate cut\n")
    assert [event.title for event in table.events] == ["Rate cut", "Talks"]
    assert table.messages[0] == (
        "f.csv, row 3 (line 4): is the event of f.csv, row 1 (line 2) again and was left out"
    )
    assert len(read("id,date\na,2024-01-05\na,2024-01-05\n").events) == 1


def test_the_names_and_times_of_an_import_are_read():
    table = read("event_date,headline,time\n2025-04-21,Key rate,13:30\n2025-04-23,Remark,All Day\n")
    assert [event.title for event in table.events] == ["Key rate", "Remark"]
    assert table.events[0].moment == datetime(2025, 4, 21, 10, 30, tzinfo=UTC)
    assert table.events[1].moment is None
    assert read("Wann,Was\n2025-04-21,x\n", columns={"date": "Wann", "title": "Was"}).events


def test_an_ambiguous_date_is_read_as_stated():
    assert "can be 2025-04-03 or 2025-03-04" in refused("date,title\n03/04/2025,X\n")
    assert read("date,title\n03/04/2025,X\n", dates="dmy").events[0].day == date(2025, 4, 3)


def test_a_made_id_gives_way_to_one_in_the_file():
    text = "id,date,title\n,2024-01-05,x\nx-2024-01-05,2024-01-05,y\n"
    assert [event.id for event in read(text).events] == ["x-2024-01-05-2", "x-2024-01-05"]


def test_events_come_in_the_order_of_their_days():
    table = read("id,date\nb,2024-01-06\na,2024-01-05\nc,2024-01-06\n")
    assert [event.id for event in table.events] == ["a", "b", "c"]
    assert table.places == (
        "f.csv, row 2 (line 3)",
        "f.csv, row 1 (line 2)",
        "f.csv, row 3 (line 4)",
    )


@pytest.mark.parametrize(
    ("row", "start"),
    [
        ("a,2024-02-30,,", "f.csv, row 2 (line 3), column date: '2024-02-30' is a date that"),
        ("a,03/04/2024,,", "f.csv, row 2 (line 3), column date: '03/04/2024' can be"),
        ("a,,,", "f.csv, row 2 (line 3), column date: is empty"),
        ("a,2024-01-05,noon,", "f.csv, row 2 (line 3), column time_utc: 'noon' is no UTC time"),
        ("a,2024-01-05,25:00,", "f.csv, row 2 (line 3), column time_utc: '25:00' is a time that"),
        (
            "a,2024-01-05,2024-01-07T10:00Z,",
            "f.csv, row 2 (line 3), column time_utc: 2024-01-07 10:00 UTC is 2024-01-07 in Moscow",
        ),
        ("a,2024-01-05,,up", "f.csv, row 2 (line 3), column expected: 'up' is unknown"),
        (
            "first,2024-01-05,,",
            "f.csv, row 2 (line 3), column id: 'first' is already in row 1 (line 2)",
        ),
        ("a,2024-01-05", "f.csv, row 2 (line 3): 2 fields, fewer than the 4 of the header"),
    ],
)
def test_a_wrong_row_is_refused_with_its_place_and_the_reason(row, start):
    text = f"id,date,time_utc,expected\nfirst,2024-01-04,,\n{row}\n"
    assert refused(text).startswith(start)


def test_an_end_before_the_start_and_a_zone_that_is_none_are_refused():
    assert "column end_date: 2024-01-04 is before" in refused(
        "date,end_date\n2024-01-05,2024-01-04\n"
    )
    for zone in ("Mars/Olympus", "../../etc/passwd", "/etc/passwd"):
        assert "no time zone" in refused(f"date,zone\n2024-01-05,{zone}\n")


@pytest.mark.parametrize(
    ("time_utc", "expected"),
    [
        ("2024-01-05T10:30:00Z", datetime(2024, 1, 5, 10, 30, tzinfo=UTC)),
        ("2024-01-05T13:30:00+03:00", datetime(2024, 1, 5, 10, 30, tzinfo=UTC)),
        ("10:30", datetime(2024, 1, 5, 10, 30, tzinfo=UTC)),
        ("2024-01-04T22:00:00Z", datetime(2024, 1, 4, 22, 0, tzinfo=UTC)),
        ("2024-01-05T22:00:00Z", datetime(2024, 1, 5, 22, 0, tzinfo=UTC)),
        ("", None),
    ],
)
def test_a_time_is_read_in_utc_and_may_fall_on_the_neighbouring_day_in_moscow(time_utc, expected):
    assert read(f"date,time_utc\n2024-01-05,{time_utc}\n").events[0].moment == expected


@pytest.mark.parametrize("cell", ["NA", "null", "None", "nan", "007", "1e400", "=1+1", "'=1+1"])
def test_a_title_stays_what_it_is(cell):
    assert title_of(cell) == cell


def test_a_title_of_ten_thousand_characters_is_cut_and_said_so():
    table = read("id,date,title\na,2024-01-05," + "x" * 10_000 + "\n")
    assert table.events[0].title == "x" * 499 + "…"
    assert table.messages == (
        "f.csv, row 1 (line 2), column title: 10,000 characters were cut to 500; shorten it",
    )


def test_control_characters_go_and_letters_are_composed():
    assert title_of('"e\u0301 a\nb\u0007c"') == "\u00e9 a bc"


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "data:text/html;x",
        "file:///etc/passwd",
        "//example.org",
        "https://",
        "https://bank.ru@evil.example",
        "http://[::1",
        "https://example.org/<b>",
    ],
)
def test_a_link_that_is_no_web_address_is_left_out_and_said_so(link):
    table = read(f"date,source_url\n2024-01-05,{link}\n")
    assert table.events[0].source_url == ""
    assert "is no web address and was left out" in table.messages[-2]


def test_columns_that_are_not_used_are_named():
    assert read("id,date,mood\na,2024-01-05,good\n").messages == ("f.csv: not used: mood",)


def test_a_category_of_the_list_takes_its_spelling_and_another_stays():
    table = read("id,date,category\na,2024-01-05,Sanctions\nb,2024-01-06,Own Word\nc,2024-01-07,\n")
    assert [event.category for event in table.events] == ["sanctions", "Own Word", "other"]


def test_an_event_of_a_file_is_never_a_note_whatever_the_file_says():
    assert read("id,date,origin\na,2024-01-05,note\n").events[0].origin is Origin.FILE


def test_ten_thousand_rows_are_read():
    rows = "".join(f"e{i},2024-01-{i % 28 + 1:02d},10:00,Title {i}\n" for i in range(10_000))
    table = read("id,date,time_utc,title\n" + rows)
    assert len(table.events) == 10_000


def test_every_event_keeps_its_place_in_the_file():
    table = read("id,date\nlate,2024-02-01\nearly,2024-01-05\n")
    assert [event.id for event in table.events] == ["early", "late"]
    assert table.places == ("f.csv, row 2 (line 3)", "f.csv, row 1 (line 2)")


def hours_of(time_utc, kind, reported):
    header = "id,date,time_utc,title,hour_kind,reported_utc\n"
    return read(f"{header}a,2024-03-13,{time_utc},x,{kind},{reported}\n").events[0]


@pytest.mark.parametrize(
    ("cells", "kind", "moment", "reported"),
    [
        (("", "", ""), "", None, None),
        (("2024-03-13T09:00:00Z", "", ""), "statement", 9, None),
        (("2024-03-13T09:00:00Z", "Scheduled", ""), "scheduled", 9, None),
        (("2024-03-13T09:00:00Z", "scheduled", "2024-03-13T18:00:00Z"), "scheduled", 9, 18),
        (("2024-03-13T09:00:00Z", "statement", "2024-03-13T18:00:00Z"), "statement", 9, 18),
        (("", "published", "2024-03-13T18:00:00Z"), "published", None, 18),
        (("", "", "2024-03-13T18:00:00Z"), "published", None, 18),
    ],
)
def test_an_hour_is_read_with_its_kind(cells, kind, moment, reported):
    event = hours_of(*cells)
    assert event.hour_kind == kind
    assert event.moment == (moment and datetime(2024, 3, 13, moment, tzinfo=UTC))
    assert event.reported == (reported and datetime(2024, 3, 13, reported, tzinfo=UTC))


@pytest.mark.parametrize(
    ("kind", "reason"),
    [("guessed", "'guessed' is unknown; write statement, published, scheduled or nothing"),
     ("published", "goes with reported_utc; move the clock time there, or write statement")],
)  # fmt: skip
def test_a_kind_of_hour_that_cannot_be_is_refused_with_its_place(kind, reason):
    shown = refused(
        f"id,date,time_utc,title,hour_kind\na,2024-03-13,2024-03-13T09:00:00Z,x,{kind}\n"
    )
    assert shown == f"f.csv, row 1 (line 2), column hour_kind: {reason}"


def test_the_catalogue_comes_back_from_its_export_with_its_bounds():
    events = Catalogue().events()
    back = {event.id: event for event in read(table_file("event_list", events)).events}
    for event in events:
        result = back[event.id]
        assert (result.hour_kind, result.starts_at, result.latest) == (
            event.hour_kind, event.starts_at, event.latest,
        )  # fmt: skip


def test_released_and_expected_values_are_read_as_calendars_write_them():
    table = read(
        "Дата;Событие;Факт;Прогноз;Пред.\n25.04.2025;Ставка;21,00%;20,5 %;n/a\n"
        "26.04.2025;Рабочие места;250K;-1,2M;\n"
    )
    assert [(e.value_actual, e.value_expected, e.value_previous, e.value_unit)
            for e in table.events] == [
        (21.0, 20.5, None, "%"), (250_000.0, -1_200_000.0, None, ""),
    ]  # fmt: skip
    assert [event.surprise for event in table.events] == [0.5, 1_450_000.0]


def test_a_column_that_is_only_called_so_is_left_out_and_our_own_is_refused():
    table = read("date,title,actual\n2025-04-25,Key rate,hold\n")
    assert table.events[0].value_actual is None
    assert "'hold' is not a number, and the column is not used" in table.messages[0]
    assert "'1e999' is not a number" in refused("date,intensity\n2025-04-25,1e999\n")
