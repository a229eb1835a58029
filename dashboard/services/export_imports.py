"""Export imports: the rows of a file that cannot be taken, as a table to mend them by."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from dashboard.export.columns import WRONG_ROWS
from dashboard.export.csv_tables import Flavour, csv_bytes
from dashboard.services.import_events import RowVerdict

_COLUMN: Final = re.compile(r"column (?P<column>[^:]*): (?P<reason>.*)", re.DOTALL)


def wrong_rows_csv(rows: Iterable[RowVerdict], flavour: Flavour = "plain") -> bytes:
    """`wrong_rows.csv`: where each row stands, the column and what is wrong with it."""
    return csv_bytes(WRONG_ROWS, (wrong_row(row) for row in rows), flavour)


def wrong_row(row: RowVerdict) -> tuple[str, str, str]:
    """Row, column and reason of one row; the column is empty where it is the whole row."""
    told = row.reason.removeprefix(row.place).lstrip(",: ")
    found = _COLUMN.fullmatch(told)
    return (row.place, found["column"], found["reason"]) if found else (row.place, "", told)
