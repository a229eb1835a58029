"""CSV bytes: what a number, a day and a text look like in a file."""

import csv
import io
import re
from datetime import UTC, date, datetime, timedelta, timezone

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.export.csv_tables import csv_bytes, csv_chunks, safe_file_name
from dashboard.export.schemas import TABLES
from dashboard.models.tables import Column, Table

ONE_OF_EACH = Table(
    "one_of_each",
    "A column of every kind",
    (
        Column("t", "text"),
        Column("x", "number"),
        Column("n", "int"),
        Column("d", "date"),
        Column("m", "moment"),
        Column("w", "window"),
    ),
)


def cells(**given):
    return tuple(given.get(name) for name in ONE_OF_EACH.header)


TEXT = Table("text", "One column of text", (Column("a", "text"), Column("b", "text")))


def test_a_plain_file_is_utf_8_with_line_feeds_iso_dates_and_every_digit():
    rows = [
        (
            "Рубль, «ставка»",
            0.1 + 0.2,
            7,
            date(2025, 4, 21),
            datetime(2025, 4, 21, 9, tzinfo=UTC),
            "[-5,-1]",
        ),
        (None, float("nan"), None, None, None, None),
    ]
    assert (
        csv_bytes(ONE_OF_EACH, rows)
        == (
            "t,x,n,d,m,w\n"
            '"Рубль, «ставка»",0.30000000000000004,7,2025-04-21,2025-04-21T09:00:00Z,"[-5,-1]"\n'
            ",,,,,\n"
        ).encode()
    )


def test_a_file_for_excel_has_a_byte_order_mark_and_crlf():
    assert csv_bytes(TEXT, [("a", "б")], "excel") == b"\xef\xbb\xbfa,b\r\na,\xd0\xb1\r\n"


def test_numpy_values_are_written_like_python_ones():
    row = {
        "t": np.str_("x"),
        "x": np.float64(1e-05),
        "n": np.int64(3),
        "d": np.datetime64("2025-04-21"),
        "m": np.datetime64("2025-04-21T12:30:00", "s"),
    }
    nothing = {"d": np.datetime64("NaT", "D"), "m": np.datetime64("NaT", "s")}
    lines = csv_bytes(ONE_OF_EACH, [cells(**row), cells(**nothing)]).decode().splitlines()
    assert lines[1:] == ["x,1e-05,3,2025-04-21,2025-04-21T12:30:00Z,", ",,,,,"]


def test_a_moment_is_written_in_utc_with_its_microseconds():
    moscow = timezone(timedelta(hours=3))
    row = {"m": datetime(2025, 4, 21, 12, 0, 0, 5, tzinfo=moscow)}
    assert csv_bytes(ONE_OF_EACH, [cells(**row)]).endswith(b",2025-04-21T09:00:00.000005Z,\n")


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_reads_back_as_the_same_double(value):
    cell = csv_bytes(ONE_OF_EACH, [cells(x=value)]).decode().splitlines()[1].split(",")[1]
    assert float(cell) == value


def test_a_negative_number_is_a_number_and_a_negative_zero_is_zero():
    table = Table("x", "x", (Column("x", "number"), Column("n", "int")))
    assert csv_bytes(table, [(-0.5, -3), (-0.0, 0)]) == b"x,n\n-0.5,-3\n0.0,0\n"


def test_text_that_only_looks_like_a_window_is_guarded():
    rows = [cells(w="[0,1]"), cells(w="=1"), cells(w="[0,=1]")]
    lines = csv_bytes(ONE_OF_EACH, rows).decode().splitlines()
    assert lines[1:] == [',,,,,"[0,1]"', ",,,,,'=1", ',,,,,"[0,\'=1]"']


RUSSIAN_DATE = re.compile(r"\s*\d{1,4}\s*[./:-]\s*\d{1,4}(\s*[./:-]\s*\d{1,4})?\s*")
"""What an Excel with Russian settings reads as a day, a month or an hour."""


def read_russian(data):
    """The cells as an Excel with Russian settings splits the lines."""
    text = data.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True))


def test_a_file_for_russian_excel_has_semicolons_commas_and_crlf():
    row = ("a;b", 11.6, 7, date(2025, 4, 21), datetime(2025, 4, 21, 9, tzinfo=UTC), "[0,1]")
    assert (
        csv_bytes(ONE_OF_EACH, [row, (None,) * 6], "excel-ru")
        == (
            '\ufefft;x;n;d;m;w\r\n"a;b";11,6;7;2025-04-21;2025-04-21T09:00:00Z;[0,1]\r\n;;;;;\r\n'
        ).encode()
    )


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_no_number_is_a_date_for_russian_excel_and_none_loses_a_digit(number):
    cell = read_russian(csv_bytes(ONE_OF_EACH, [cells(x=number)], "excel-ru"))[1][1]
    assert "." not in cell
    assert not RUSSIAN_DATE.fullmatch(cell)
    assert float(cell.replace(",", ".")) == number


@pytest.mark.parametrize("text", ["11.6", "3/4", "2024.12", "12-5", "1.2.25", "10:30", " 5.6 "])
def test_text_that_russian_excel_takes_for_a_date_has_a_quote_in_front(text):
    ((_a, cell),) = read_russian(csv_bytes(TEXT, [("x", text)], "excel-ru"))[1:]
    assert cell == f"'{text}"
    assert csv_bytes(TEXT, [("x", text)]).decode() == f"a,b\nx,{text}\n"


@pytest.mark.parametrize("text", ["2025-04-21", "[0,1]", "usd_rub_cbr", "7", "Rate 11.6", "v1.2a"])
def test_other_text_is_as_it_was_for_russian_excel(text):
    assert read_russian(csv_bytes(TEXT, [("x", text)], "excel-ru"))[1] == ["x", text]


def test_quotes_separators_and_line_breaks_follow_rfc_4180():
    assert csv_bytes(TEXT, [('say "no"', "a\nb")]) == b'a,b\n"say ""no""","a\nb"\n'


def test_control_characters_leave_and_line_ends_become_one_kind():
    rows = [("a\x00\x07b\x85", "one\r\ntwo\rthree\tfour\ud800")]
    assert csv_bytes(TEXT, rows).decode() == 'a,b\nab,"one\ntwo\nthree four\ufffd"\n'


@given(
    st.lists(st.tuples(st.text(), st.text()), max_size=5),
    st.sampled_from(["plain", "excel", "excel-ru"]),
)
def test_no_text_cell_starts_dangerously_and_every_row_arrives(rows, flavour):
    data = csv_bytes(TEXT, rows, flavour)
    text = data.decode("utf-8" if flavour == "plain" else "utf-8-sig")
    separator = ";" if flavour == "excel-ru" else ","
    read = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    assert len(read) == len(rows) + 1
    for cell in (cell for row in read for cell in row):
        for part in cell.replace(";", ",").replace("|", ",").replace("\n", ",").split(","):
            assert part.lstrip()[:1] not in set("=+-@\t\r\0＝＋－＠")


def test_long_tables_come_in_pieces_that_make_the_same_file():
    rows = [(str(i), "x") for i in range(12_001)]
    pieces = list(csv_chunks(TEXT, iter(rows)))
    assert len(pieces) == 4
    assert b"".join(pieces) == csv_bytes(TEXT, rows)
    assert b"".join(pieces).count(b"\n") == 12_002


def test_a_row_of_another_width_is_an_error():
    with pytest.raises(ValueError, match="zip"):
        csv_bytes(TEXT, [("a", "b", "c")])
    with pytest.raises(ValueError, match="zip"):
        csv_bytes(TEXT, [("a", "b"), ("a",)])


def test_names_of_tables_and_columns_are_safe_as_they_are():
    for name, table in TABLES.items():
        assert name == table.name
        assert safe_file_name(table.file_name) == table.file_name
        assert all(column.isidentifier() for column in table.header)
        assert len(set(table.header)) == len(table.header)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("usd_rub_cbr_2022-01-01.csv", "usd_rub_cbr_2022-01-01.csv"),
        ("../../../../tmp/pwn.csv", "tmp-pwn.csv"),
        ("..\\..\\x.csv", "x.csv"),
        ("<img src=x onerror=alert(1)>.csv", "img-src-x-onerror-alert-1-.csv"),
        ("=cmd|' /C calc'!A0.csv", "cmd-C-calc-A0.csv"),
        (".htaccess", "htaccess"),
        ("a\x00b\r\nc.csv", "a-b-c.csv"),
        ("курс", "export"),
        ("Türkçe é.csv", "Turkce-e.csv"),
        ("", "export"),
        ("a" * 300 + ".csv", "a" * 116 + ".csv"),
    ],
)
def test_a_file_name_keeps_letters_digits_and_its_extension(text, name):
    assert safe_file_name(text) == name
