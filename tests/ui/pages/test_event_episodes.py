"""Episodes on the Notes page: the stories as spans, with a link to the first event of each."""

from tests.ui.app_in_test import as_read, page_to_read, tables_of


def test_episodes_are_a_table_with_the_move_over_each_span():
    app = page_to_read("events", show="episodes")
    assert not app.exception
    assert "30 episodes" in as_read(app)
    assert "by signs of whole groups" in as_read(app)
    (table,) = tables_of(app)
    rows = {cell.split("]")[0].lstrip("["): k for k, cell in enumerate(table["Story"])}
    row = rows["Istanbul talks of 2025"]
    assert "putin-offers-istanbul-2025-05-11" in table["Story"][row]
    assert (table["Events"][row], table["Rates"][row]) == ("4", "52")
    assert table["Last"][row] == "23 Jul 2025"
