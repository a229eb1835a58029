"""The rows of a file that cannot be taken, as a table."""

import pytest

from dashboard.services.event_import import RowVerdict
from dashboard.services.exports import table_file


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("a.csv, row 1 (line 2), column day: 'x' is no date; z", ("day", "'x' is no date; z")),
        ("a.csv, row 1 (line 2): 3 fields, fewer than 4; add", ("", "3 fields, fewer than 4; add")),
        ("a.csv, row 1 (line 2), title: is empty; say who", ("", "title: is empty; say who")),
    ],
)  # fmt: skip
def test_a_row_is_told_by_place_column_and_reason(reason, expected):
    row = RowVerdict("a.csv, row 1 (line 2)", "wrong", reason=reason)
    assert (row.wrong_column, row.problem) == expected


def test_what_a_spreadsheet_would_run_is_guarded():
    row = RowVerdict("=cmd.csv, row 1", "wrong", reason="=cmd.csv, row 1, column =1+1: @SUM(A1); x")
    assert table_file("wrong_rows", [row]).decode() == (
        "row,column,reason\n\"'=cmd.csv, row 1\",'=1+1,'@SUM(A1); x\n"
    )
