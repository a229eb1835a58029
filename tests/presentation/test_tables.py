"""Tables as text: one look for each kind and unit, ranges, dashes for what is missing."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest

from dashboard.models.tables import Column, Table
from dashboard.presentation.formatting import MINUS, THIN_SPACE
from dashboard.presentation.tables import build_text_columns, format_cell

NAN = float("nan")


@dataclass
class Row:
    name: str
    n: int
    low: float
    high: float


TABLE = Table(
    "made",
    "A table",
    (
        Column("name", "text"),
        Column("n", "int"),
        Column("low", "number", "log move"),
        Column("high", "number", "log move"),
    ),
)
ROWS = [Row("a", 1200, -0.0123, 0.5), Row("b", 3, NAN, NAN)]


def test_a_view_chooses_columns_under_its_own_titles():
    view = {"Interval": "low..high:1", "N": "n", "Low": "low", "Both": lambda row: row.name * 2}
    assert build_text_columns(TABLE, ROWS, view) == {
        "Interval": [f"{MINUS}1.2 to +50.0", "–"],
        "N": [1200, 3],
        "Low": [f"{MINUS}1.23", "–"],
        "Both": ["aa", "bb"],
    }


def test_a_column_that_the_table_lacks_is_an_error():
    with pytest.raises(KeyError, match="median"):
        build_text_columns(TABLE, ROWS, {"Median": "median"})


@pytest.mark.parametrize(
    ("kind", "unit", "value", "text"),
    [
        ("number", "", 1234.5, "1,234.50"),
        ("number", "signed", 1.5, "+1.50"),
        ("number", "log move", 0.0101, "+1.01"),
        ("number", "log move s.e.", 0.0101, "1.01"),
        ("number", "log pts", -0.25, f"{MINUS}0.25"),
        ("number", "%", 5.25, f"+5.25{THIN_SPACE}%"),
        ("number", "percentile", 44.0, "44.00"),
        ("number", "share", 0.625, "62.50"),
        ("number", "p", 0.0004, f"<{THIN_SPACE}0.001"),
        ("number", "rate", 80.7597, "80.76"),
        ("date", "", date(2025, 4, 21), "21 Apr 2025"),
        ("moment", "", datetime(2025, 4, 21, 12, 30, tzinfo=UTC), "21 Apr 2025, 15:30 MSK"),
        ("window", "", "[-1,1]", f"[{MINUS}1,1]"),
        ("int", "", None, "–"),
    ],
)
def test_a_cell_looks_as_its_kind_and_unit_say(kind, unit, value, text):
    assert format_cell(Column("x", kind, unit), value) == text
