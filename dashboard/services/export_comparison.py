"""Export a comparison: the tables of one or two groups of events as CSV."""

from __future__ import annotations

from dashboard.domain.comparison import Comparison
from dashboard.export.columns import StudyTable, table_of
from dashboard.export.csv_tables import Flavour, Row, csv_bytes
from dashboard.export.study_rows import headline_rows, is_of_bars, rows_of_tests, study_table


def comparison_csv(answer: Comparison, name: StudyTable, flavour: Flavour = "plain") -> bytes:
    """One table of a comparison: the rows of every group, and of their difference where it has any.

    `headline` and `tests` have some. The group of a row is its name; `paths`, `events` and
    `skipped` name none, so they hold an event of both groups once.
    """
    table = table_of(name, bars=any(is_of_bars(group.answer) for group in answer.groups))
    return csv_bytes(table, _rows(answer, name), flavour)


def count_rows(answer: Comparison, name: StudyTable) -> int:
    """How many rows that table has."""
    return len(_rows(answer, name))


def _rows(answer: Comparison, name: StudyTable) -> list[Row]:
    rows = [row for group in answer.groups for row in study_table(group.answer, name)]
    if name == "tests":
        rows += rows_of_tests(answer.differences)
    if name == "headline" and answer.difference:
        rows += headline_rows([answer.difference])
    return list(dict.fromkeys(rows))
