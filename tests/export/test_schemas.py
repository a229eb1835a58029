"""The declared tables: every column is described, once, in the unit of its numbers."""

from dashboard.export.schemas import TABLES


def test_every_column_has_one_line():
    for table in TABLES.values():
        for column in (*table.columns, *table.bar_columns, *table.json_columns):
            assert column.description, (table.name, column.name)
            assert "\n" not in column.description


def test_a_table_that_counts_in_log_points_says_so():
    def column(table, name):
        return next(each for each in TABLES[table].columns if each.name == name)

    assert "log points" in column("event_moves", "car").description
    assert column("event_moves", "car").unit == "log pts"
    assert "0.01 = 1 log point" in column("events", "car").description
    assert column("events", "car").unit == "log move"
