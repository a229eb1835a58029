"""Columns that only their content shows: dates, titles and links under any name."""

from datetime import date

import pytest

from dashboard.sources.files.event_grid import infer_columns
from tests.sources.files.test_event_file_outline import read

ROWS = [
    ["1", "20.04.2025", "Kellogg says NATO is off the table", "Reuters", "https://a.example/1"],
    ["2", "21.04.2025", "The Kremlin welcomes the position", "Reuters", "https://a.example/2"],
    ["3", "23 April 2025", "Trump sees a deal with Russia", "Tass", "https://a.example/3"],
]


def test_a_german_table_is_read_with_its_source():
    data = (
        "Datum;Ereignis;Quelle\n"
        "20.04.2025;Kellogg schließt den Beitritt aus;Reuters\n"
        "23.04.2025;Trump sieht eine Einigung;Tagesschau\n"
    ).encode()
    events = [row.event for row in read(data).rows]
    assert [(e.day, e.title, e.source_name) for e in events] == [
        (date(2025, 4, 20), "Kellogg schließt den Beitritt aus", "Reuters"),
        (date(2025, 4, 23), "Trump sieht eine Einigung", "Tagesschau"),
    ]


@pytest.mark.parametrize("header", [["α", "β", "γ", "δ", "ε"], ["n", "x", "y", "z", "w"]])
def test_unknown_names_are_told_apart_by_what_they_hold(header):
    assert infer_columns(header, ROWS, {}) == {
        "date": header[1], "source_url": header[4], "title": header[2],
    }  # fmt: skip


def test_what_a_person_said_and_a_known_name_are_left_alone():
    header = ["n", "when", "x", "z", "w"]
    assert infer_columns(header, ROWS, {"title": "z"}) == {"title": "z", "source_url": "w"}
    assert infer_columns(header, ROWS, {"title": ""}) == {"title": "", "source_url": "w"}


@pytest.mark.parametrize(
    "cells", [["20.04.2025", "soon"], ["1.5", "2.5"], ["2025", "2024"], ["", ""]]
)
def test_a_column_that_holds_something_else_is_no_date(cells):
    rows = [[cell, f"a title {cell}"] for cell in cells]
    assert infer_columns(["a", "b"], rows, {}) == {}


def test_a_message_names_the_columns_that_were_found_by_content():
    data = b"p;q\n2025-04-20;Kellogg says it\n2025-04-21;The Kremlin welcomes it\n"
    rows = read(data)
    assert [row.event.title for row in rows.rows] == ["Kellogg says it", "The Kremlin welcomes it"]
    assert any("by their content, not their names: date = p, title = q" in m for m in rows.messages)
