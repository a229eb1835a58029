"""Strict reading of a delimited file: the separator, the header, every row in its place."""

import hashlib

import pytest

from dashboard.models.errors import InputError
from dashboard.sources.files.delimited_file import read_table
from dashboard.sources.files.rate_columns import find_header


def read(text, **options):
    return read_table(text.encode(), "f.csv", find_header, **options)


def refused(text, **options):
    with pytest.raises(InputError) as caught:
        read(text, **options)
    message = str(caught.value)
    assert "\n" not in message
    return message


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_the_separator_is_the_one_under_which_the_column_appears(mark):
    table = read(f"Date{mark}usd\n2024-01-05{mark}92\n")
    assert table.delimiter == mark
    assert table.header == ("Date", "usd")
    assert table.rows == [["2024-01-05", "92"]]


def test_a_separator_inside_another_name_does_not_confuse():
    assert read('date;"a,b"\n2024-01-05;1\n').header == ("date", "a,b")


def test_two_possible_separators_are_refused():
    assert "separator may be" in refused("date,x;date\n1,2;3\n".replace("x;date", "x;date;y"))


@pytest.mark.parametrize("mark", [";", ",", "\t", "|"])
def test_the_line_by_which_excel_names_the_separator_is_skipped(mark):
    table = read(f"sep={mark}\r\ndate{mark}usd\r\n2024-01-05{mark}92\r\n")
    assert table.header == ("date", "usd")
    assert table.place(0) == "f.csv, row 1 (line 3)"


def test_a_file_without_the_column_says_what_it_found():
    message = refused("2024-01-05,92\n")
    assert message.startswith("f.csv, line 1: has no column date (found: 2024-01-05, 92)")


@pytest.mark.parametrize("text", ["", "\ufeff", " \n\r\n\t"])
def test_an_empty_file_is_refused(text):
    assert "f.csv: is empty" in refused(text)


@pytest.mark.parametrize("text", ["date,usd\n", "date,usd", "date,usd\n\n,\n"])
def test_a_header_alone_is_refused(text):
    assert "has a header but no rows" in refused(text)


def test_a_byte_order_mark_is_no_part_of_the_first_name():
    assert read("\ufeffdate,usd\n2024-01-05,92\n").header == ("date", "usd")


def test_a_name_is_trimmed_of_blanks_and_invisible_characters():
    assert read('" Date\u200b ",\u00a0usd \n2024-01-05,92\n').header == ("Date", "usd")


def test_a_column_named_twice_is_refused_whatever_its_capitals():
    assert "column usd is there twice" in refused("date,usd,USD\n2024-01-05,1,2\n")


def test_a_column_without_a_name_is_called_by_its_place():
    assert read("date,,usd\n2024-01-05,1,2\n").header == ("date", "column 2", "usd")
    assert read("date,usd,\n2024-01-05,1,2\n").header == ("date", "usd", "column 3")


def test_lines_above_and_below_the_table_are_left_out_and_said_so():
    table = read("history\n\ndate;usd;eur\n2024-01-05;92;99\n\nINDEX;TOTAL\n0;1\n")
    assert table.rows == [["2024-01-05", "92", "99"]]
    assert table.messages == (
        "f.csv: the table starts on line 3; what stands above it was left out",
        "f.csv, line 6: the table ends here; 'INDEX TOTAL' and what follows was left out",
    )
    table = read("date,usd\n2024-01-05,92\nSource: a bank of issue,\n")
    assert len(table.rows) == 1


def test_a_sentence_with_rows_below_it_is_refused():
    text = "date,usd\n2024-01-05,92\nA new series begins,\n2024-01-08,93\n"
    assert "'A new series begins' is no row of the table, and rows follow it" in refused(text)


def test_a_separator_at_the_end_of_every_line_is_harmless():
    table = read("date,usd,\n2024-01-05,92,\n")
    assert table.header == ("date", "usd")
    assert table.rows == [["2024-01-05", "92"]]


def test_a_field_too_many_is_refused_and_never_shifts_columns():
    message = refused("date,usd\n2024-01-05,92,5\n")
    assert message.startswith("f.csv, line 2: 3 fields, more than the 2 of the header")
    assert "decimal comma" in message


def test_a_field_too_few_is_refused():
    message = refused("date,usd\n2024-01-05,92\n\n2024-01-08\n")
    assert message.startswith("f.csv, line 4: 1 fields, fewer than the 2 of the header")


def test_quoted_line_breaks_keep_the_line_numbers_right():
    table = read('date,title\n2024-01-05,"one\ntwo"\n2024-01-08,three\n')
    assert table.rows[0][1] == "one\ntwo"
    assert table.lines == [2, 4]
    assert table.place(1, "title") == "f.csv, row 2 (line 4), column title"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_is_read(end):
    table = read(end.join(["date,usd", "2024-01-05,92", "2024-01-08,93", ""]))
    assert table.lines == [2, 3]


def test_a_quote_that_is_never_closed_is_refused_with_the_line_where_it_opens():
    message = refused('date,usd\n2024-01-05,1\n2024-01-06,"92\n2024-01-07,93\n')
    assert message == "f.csv, line 3: a quote is opened and never closed; close it"


def test_text_after_a_closing_quote_is_refused():
    assert "line 2: text follows a closing quote" in refused('date,usd\n2024-01-05,"92"x\n')


def test_empty_rows_between_others_are_left_out_and_counted():
    table = read("date,usd\n\n2024-01-05,92\n,\n2024-01-08,93\n\n\n")
    assert [row[1] for row in table.rows] == ["92", "93"]
    assert table.lines == [3, 5]
    assert table.messages == ("f.csv: 2 empty rows were left out",)


@pytest.mark.parametrize("word", ["NA", "null", "None", "nan", "007", "1e400", "TRUE"])
def test_every_cell_stays_the_text_it_is(word):
    assert read(f"date,title\n2024-01-05,{word}\n").column("title") == [word]


def test_a_column_that_is_not_there_is_empty():
    assert read("date,usd\n2024-01-05,92\n").column("title") == [""]


def test_a_cell_of_a_megabyte_is_refused():
    assert "longer than 131,072" in refused("date,usd\n2024-01-05," + "9" * 200_000)


def test_too_many_rows_or_columns_are_refused():
    assert "more than 3 rows" in refused("date\n" + "2024-01-05\n" * 4, max_rows=3)
    assert "more than 3 rows" in refused("date\n" + "\n" * 5 + "2024-01-05\n", max_rows=3)
    assert "501 columns" in refused("date" + ",x" * 500 + "\n1\n")
    assert read("date\n" + "2024-01-05\n" * 3, max_rows=3).lines == [2, 3, 4]


def test_the_hash_of_the_bytes_is_kept(tmp_path):
    path = tmp_path / "rates.csv"
    path.write_bytes(b"date,usd\n2024-01-05,92\n")
    table = read_table(path.read_bytes(), path.name, find_header)
    assert table.name == "rates.csv"
    assert table.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
