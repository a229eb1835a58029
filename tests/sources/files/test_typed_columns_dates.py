"""A column of dates or moments: one order of day and month, proved or stated, else refused."""

from datetime import date

import numpy as np
import pytest

from dashboard.sources.files.text import CellError
from dashboard.sources.files.typed_columns import read_date_column, with_times


def test_a_column_of_days_names_the_first_wrong_cell():
    with pytest.raises(CellError) as caught:
        read_date_column(["2024-01-05", "2024-01-32", "x"])
    assert caught.value.index == 1


def test_a_column_cannot_put_the_day_first_here_and_the_month_first_there():
    with pytest.raises(CellError, match="has the day first and '12/30/2024' the month"):
        read_date_column(["31/12/2024", "12/30/2024"])


def test_a_column_of_days_is_an_array():
    days = read_date_column(["2024-12-31", "01.01.2025"]).days
    assert days.dtype == np.dtype("datetime64[D]")
    assert days.tolist() == [date(2024, 12, 31), date(2025, 1, 1)]


def test_an_order_that_the_column_proves_is_told():
    result = read_date_column(["03/04/2025", "14/04/2025"])
    assert result.days.tolist() == [date(2025, 4, 3), date(2025, 4, 14)]
    assert result.notes == (
        "dates like 03/04/2025 were read as day/month/year, as 14/04/2025 proves;"
        " say on import if they are not",
    )


def test_an_order_that_nothing_proves_is_asked_for():
    with pytest.raises(CellError, match="say on import which order the dates have, dmy or mdy"):
        read_date_column(["03/04/2025", "05/06/2025"])
    assert read_date_column(["03/04/2025"], "mdy").days.tolist() == [date(2025, 3, 4)]


def test_times_are_seconds_of_the_day_and_offsets_are_east_of_utc():
    result = read_date_column(["2026-09-01 10:05", "01.09.2026 10:05:30"])
    assert result.seconds.tolist() == [36_300, 36_330]
    assert result.offsets is None
    result = read_date_column(["2026-09-01T10:05+03:00", "2026-09-01T10:05Z"])
    assert result.offsets.tolist() == [10_800, 0]


def test_the_times_of_another_column_are_added():
    result = with_times(read_date_column(["2026-09-01"]), ["23:59:59"])
    assert result.seconds.tolist() == [86_399]
    with pytest.raises(CellError, match="'24:00' is no time of day"):
        with_times(read_date_column(["2026-09-01"]), ["24:00"])


@pytest.mark.parametrize("cell", ["45296", "1704412800", "1704412800000"])
def test_a_number_that_is_a_date_is_never_1970(cell):
    assert read_date_column([cell]).days.tolist() == [date(2024, 1, 5)]
