"""A column of numbers: one way of writing them for the whole column, else refused."""

import numpy as np
import pytest

from dashboard.sources.files.text import CellError
from dashboard.sources.files.typed_columns import find_ambiguous_thousands, read_number_column


def test_numbers_keep_every_digit_and_an_empty_cell_is_missing():
    result = read_number_column(["80.7597", "", "1e2", "+92.5", ".5", "1.7976931348623157e308"])
    numbers = result.values
    assert result.decimal == "."
    assert np.isnan(numbers[1])
    assert numbers[[0, 2, 3, 4, 5]].tolist() == [80.7597, 100.0, 92.5, 0.5, 1.7976931348623157e308]


def test_a_decimal_comma_is_read_and_said_so():
    result = read_number_column(["92,5", "93", "92,125", "0,125"])
    assert result.decimal == ","
    assert result.values.tolist() == [92.5, 93.0, 92.125, 0.125]


@pytest.mark.parametrize(
    ("cells", "index", "reason"),
    [
        (["1,234"], 0, "can be 1234 or 1.234; write which"),
        (["1,234", "56,789"], 0, "can be 1234 or 1.234"),
        (["92,5", "92.6"], 1, "write decimals in two ways"),
        (["92.6", "92,5"], 1, "write decimals in two ways"),
        (["1", "abc"], 1, "is not a number; write it like 92.5"),
        (["-inf"], 0, "is not finite"),
        (["∞"], 0, "is not finite"),
        (["1_000"], 0, "is not a number"),
        (["0x1F"], 0, "is not a number"),
        (["92.5%"], 0, "is not a number"),
        (["٩٢"], 0, "is not a number"),
        (["=1+1"], 0, "is not a number"),
        (["'92.5"], 0, "is not a number"),
    ],
)
def test_a_cell_that_is_no_number_or_two_is_refused(cells, index, reason):
    with pytest.raises(CellError, match=reason) as caught:
        read_number_column(cells)
    assert caught.value.index == index


@pytest.mark.parametrize(
    "cell", ["1.234,5", "1,234.5", "1 234,5", "1\u00a0234.5", "1\u202f234,5", "1'234.5", "1’234,5"]
)
def test_thousands_that_can_be_nothing_else_are_read_and_told(cell):
    result = read_number_column([cell, "0"])
    assert result.values.tolist() == [1234.5, 0.0]
    assert result.grouped == cell


@pytest.mark.parametrize("cell", ["NA", "n/a", "#N/A", "null", "None", "-", "–", ".", "NaN"])
def test_a_word_for_nothing_is_missing_and_counted(cell):
    result = read_number_column(["1.5", cell, ""])
    assert np.isnan(result.values[1:]).all()
    assert (result.missing_mark, result.n_missing) == (cell, 1)


def test_three_places_behind_every_point_could_be_thousands():
    assert find_ambiguous_thousands(["1.234", "", "56.789"]) == "1.234"
    assert find_ambiguous_thousands(["1.234", "1.2"]) == ""
    assert find_ambiguous_thousands(["0.234"]) == ""
