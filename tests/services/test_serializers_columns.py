"""Every column of every table is described, and nothing else is."""

from dashboard.services.exports import TABLES
from dashboard.services.serializers import COLUMN_MEANINGS, describe_columns


def test_every_column_has_one_line():
    for name, table in TABLES.items():
        result = describe_columns(name)
        assert tuple(column.name for column in result) == table.header
        assert all(column.meaning and "\n" not in column.meaning for column in result)


def test_no_column_is_described_that_is_not_there():
    assert set(COLUMN_MEANINGS) == {name for table in TABLES.values() for name in table.header}


def test_a_table_that_counts_in_log_points_says_so():
    def meaning(table, column):
        return next(c.meaning for c in describe_columns(table) if c.name == column)

    assert "log points" in meaning("event_moves", "car")
    assert "0.01 = 1 log point" in meaning("events", "car")
