"""Workbooks, read back with openpyxl: typed cells, a header that stays, no formula anywhere."""

import io
from datetime import date, datetime, timedelta, timezone

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from dashboard.export import workbooks
from dashboard.export.schemas import EVENT_LIST, RATES
from dashboard.export.workbooks import workbook_bytes
from dashboard.models.errors import InputError
from dashboard.models.tables import Column, Table
from dashboard.models.user_files import EventFileOptions
from dashboard.sources.files.event_file import read_events
from tests.made_series import event_at_row, made_series

KINDS = Table(
    "kinds",
    "A column of every kind",
    (
        Column("t", "text"),
        Column("x", "number", "%", "Change in per cent"),
        Column("n", "int"),
        Column("d", "date"),
        Column("m", "moment", description="When it was known"),
        Column("w", "window"),
    ),
)
TEXT = Table("text", "A column of text", (Column("t", "text"),))


def sheet_of(data, name):
    return load_workbook(io.BytesIO(data))[name]


def cells_of(table, *rows):
    sheet = sheet_of(workbook_bytes([(table, rows)]), table.name)
    return [list(row) for row in sheet.iter_rows(min_row=2)]


def test_a_number_a_day_and_a_moment_have_their_types():
    moscow = timezone(timedelta(hours=3))
    row = (
        "11.6",
        11.6,
        7,
        date(2025, 6, 11),
        datetime(2025, 6, 11, 15, 30, tzinfo=moscow),
        "[0,1]",
    )
    (cells,) = cells_of(KINDS, row)
    assert [cell.value for cell in cells[:3]] == ["11.6", 11.6, 7]
    assert [str(cell.value) for cell in cells[3:]] == [
        "2025-06-11 00:00:00", "2025-06-11 12:30:00", "[0,1]",
    ]  # fmt: skip
    assert [cell.data_type for cell in cells] == ["s", "n", "n", "d", "d", "s"]
    assert [cell.number_format for cell in cells[:3]] == ["General"] * 3
    assert [cell.is_date for cell in cells] == [False, False, False, True, True, False]


def test_text_of_batches_is_read_as_days_and_moments():
    sheet = sheet_of(workbook_bytes([(RATES, RATES.rows([made_series([11.6, 12.0])]))]), "rates")
    row = dict(zip(RATES.header, (cell for cell in sheet[2]), strict=True))
    assert str(row["day"].value) == "2024-01-01 00:00:00"
    assert row["day"].is_date
    assert row["known_at"].is_date
    assert (row["rate"].value, row["rate"].data_type) == (11.6, "n")


def test_missing_values_are_empty_cells():
    rows = [
        (None,) * 6,
        ("", float("nan"), None, None, None, None),
        ("x", np.inf, 1, "NaT", "NaT", ""),
    ]
    for cells in cells_of(KINDS, *rows)[:2]:
        assert [cell.value for cell in cells] == [None] * 6
    assert [cell.value for cell in cells_of(KINDS, rows[2])[0]] == ["x", None, 1] + [None] * 3


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(1)", "#N/A", '=HYPERLINK("http://x")', "=", "{=1}", "\t=1"]
)
def test_no_text_becomes_a_formula_or_an_error(text):
    ((cell,),) = cells_of(TEXT, (text,))
    assert cell.data_type == "s"
    assert cell.value == text.replace("\t", " ")
    assert cell.quotePrefix == (text[0] in "=+-@#")


@given(st.lists(st.text(), min_size=1, max_size=5))
@settings(max_examples=50, deadline=None)
def test_any_text_gives_a_workbook_without_formulas(texts):
    data = workbook_bytes([(TEXT, [(text,) for text in texts])])
    for (cell,) in sheet_of(data, "text").iter_rows(min_row=2):
        assert cell.data_type in {"s", "n"}
        assert cell.data_type == "s" or cell.value is None


def test_the_header_stays_has_a_filter_and_says_what_a_column_means():
    sheet = sheet_of(workbook_bytes([(KINDS, [("a", 1.0, 1, None, None, None)])]), "kinds")
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:F2"
    assert [cell.value for cell in sheet[1]] == list(KINDS.header)
    assert all(cell.font.bold for cell in sheet[1])
    assert sheet["B1"].comment.text == "Change in per cent"
    assert sheet["E1"].comment.text == "When it was known (UTC)"
    assert sheet["A1"].comment is None


def test_equal_tables_give_equal_bytes():
    first, second = (workbook_bytes([(TEXT, [("a",)]), (KINDS, [])]) for _ in range(2))
    assert first == second
    assert load_workbook(io.BytesIO(first)).sheetnames == ["text", "kinds"]


def test_a_table_that_is_too_long_is_refused(monkeypatch):
    monkeypatch.setattr(workbooks, "MAX_SHEET_ROWS", 2)
    assert len(cells_of(TEXT, ("a",), ("b",))) == 2
    with pytest.raises(InputError, match="more than 2 rows"):
        workbook_bytes([(TEXT, [("a",), ("b",), ("c",)])])


def test_a_workbook_of_events_is_read_back():
    events = [event_at_row(3, "=one"), event_at_row(9, "two")]
    data = workbook_bytes([(EVENT_LIST, EVENT_LIST.rows(events))])
    read = read_events(data, EventFileOptions(), date(2026, 11, 30), name="events.xlsx")
    assert [(event.id, event.day) for event in read.events] == [
        ("=one", date(2024, 1, 4)), ("two", date(2024, 1, 10)),
    ]  # fmt: skip
