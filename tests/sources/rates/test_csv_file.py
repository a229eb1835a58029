"""A person's own rates: every bad file of the list is read rightly or refused with its place."""

import numpy as np
import pytest

from dashboard.export.csv_tables import csv_bytes
from dashboard.export.schemas import RATES
from dashboard.models.errors import InputError
from dashboard.models.publication import ECB, END_OF_DAY, IMPORTED_BAR
from dashboard.models.series import RateSeries, SeriesCard
from dashboard.models.user_files import RateFileOptions
from dashboard.sources.rates.csv_file import CsvRates, read_rate_file

GOOD = "date,USD,BRENT\n2024-01-05,92.5,\n2024-01-08,93,78.25\n"


def read(text, **options):
    data = text if isinstance(text, bytes) else text.encode()
    return read_rate_file(data, RateFileOptions(**options), name="f.csv")


def refused(text, **options):
    with pytest.raises(InputError) as caught:
        read(text, **options)
    message = str(caught.value)
    assert "\n" not in message
    assert caught.value.exit_code == 2
    return message


def one(rate, day="2024-01-05"):
    return f"date,USD\n2024-01-04,90\n{day},{rate}\n"


def test_every_column_is_a_series_and_an_empty_cell_beside_a_number_no_observation():
    table = read(GOOD)
    assert table.messages == ()
    assert [series.card.id for series in table.series] == ["USD", "BRENT"]
    usd, brent = table.series
    assert usd.rate.tolist() == [92.5, 93.0]
    assert usd.record.astype(str).tolist() == ["2024-01-05", "2024-01-08"]
    assert brent.record.astype(str).tolist() == ["2024-01-08"]
    assert brent.rate.tolist() == [78.25]


def test_a_row_without_any_number_stays_a_missing_observation():
    table = read("date,USD,BRENT\n2024-01-05,92.5,78\n2024-01-08,,\n2024-01-09,93,79\n")
    assert all(np.isnan(series.rate[1]) and len(series) == 3 for series in table.series)


def test_one_column_of_a_panel_is_read_as_it_is_with_the_others():
    (brent,) = read(GOOD, columns=("BRENT",)).series
    assert brent.record.astype(str).tolist() == ["2024-01-08"]


def test_a_rate_is_known_at_the_end_of_its_own_day_in_moscow():
    series = read(GOOD).series[0]
    assert series.card.date_rule == END_OF_DAY.id
    assert series.day.tolist() == series.record.tolist()
    assert str(series.known_at[0]) == "2024-01-05T20:59:00"


def test_moves_are_those_of_the_number_unless_it_counts_roubles():
    assert {series.card.move_sign for series in read(GOOD).series} == {1}
    cards = [series.card for series in read(GOOD, quote="rub-per-usd").series]
    assert {card.move_sign for card in cards} == {-1}
    assert {card.unit for card in cards} == {"RUB per USD"}
    cards = [series.card for series in read(GOOD, quote="usd-per-rub").series]
    assert {(card.unit, card.move_sign) for card in cards} == {("USD per RUB", 1)}


def test_the_class_reads_its_file_once_and_names_the_columns_it_has(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text(GOOD)
    rates = CsvRates(path, RateFileOptions(quote="rub-per-usd"))
    assert [card.id for card in rates.cards()] == ["USD", "BRENT"]
    path.unlink()
    assert rates.get("USD").card.subject.code == "RUB"
    with pytest.raises(InputError, match=r"mine\.csv: has no column EUR; choose one of USD, BRENT"):
        rates.get("EUR")


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("", "f.csv: is empty"),
        ("date,USD\n", "f.csv: has a header but no rows"),
        ("who,USD\nyesterday,92\n", "f.csv, line 1: has no column date"),
        ("date\n2024-01-05\n", "f.csv, line 1: has no column of rates"),
        (one("92,5"), "f.csv, line 3: 3 fields"),
        (one("abc"), "f.csv, row 2 (line 3), column USD: 'abc' is not a number"),
        (one("0"), "f.csv, row 2 (line 3), column USD: '0' is not above zero"),
        (one("-92.5"), "f.csv, row 2 (line 3), column USD: '-92.5' is not above zero"),
        (one("1e-400"), "f.csv, row 2 (line 3), column USD: '1e-400' is not above zero"),
        (one("inf"), "f.csv, row 2 (line 3), column USD: 'inf' is not finite"),
        (one("1e400"), "f.csv, row 2 (line 3), column USD: '1e400' is too large"),
        (one(93, "2024-02-30"), "f.csv, row 2 (line 3), column date: '2024-02-30' is a date that"),
        (one(93, "03/04/2024"), "f.csv, row 2 (line 3), column date: '03/04/2024' can be 2024-04"),
        (one(93, "45296"), "f.csv, row 2 (line 3), column date: '45296' looks like Excel's"),
        (one(93, ""), "f.csv, row 2 (line 3), column date: is empty"),
        ("date,A,B\n2024-01-05,,\n2024-01-08,,\n", "f.csv, column A: holds no number"),
        ('date,A\n2024-01-05,"1,234"\n', "f.csv, row 1 (line 2), column A: '1,234' can be 1234"),
    ],
)
def test_a_wrong_file_is_refused_with_file_row_column_and_reason(text, start):
    assert refused(text).startswith(start)


def test_a_date_with_two_rates_is_refused_with_both_lines():
    message = refused("date,USD\n2024-01-05,92.5\n2024-01-04,92\n2024-01-05,93\n")
    assert message == (
        "f.csv, row 3 (line 4), column date: 2024-01-05 is already on line 2 with another rate;"
        " keep one of the two rows"
    )


def test_a_row_that_is_there_twice_is_kept_once_and_said_so():
    table = read("date,USD\n2024-01-05,92.5\n2024-01-08,92\n2024-01-08,92.0\n")
    assert table.series[0].rate.tolist() == [92.5, 92.0]
    assert table.messages == (
        "f.csv, row 3 (line 4), column date: 2024-01-08 is there twice with the same rate"
        " (line 3); 1 row like this left out",
    )


def test_the_same_day_in_two_forms_is_the_same_date():
    assert "already on line 2" in refused("date,USD\n2024-01-05,92\n05.01.2024,93\n")


def test_unsorted_rows_are_sorted_and_said_so():
    table = read("date,USD\n2024-01-09,3\n2024-01-05,1\n2024-01-08,2\n")
    assert table.series[0].rate.tolist() == [1.0, 2.0, 3.0]
    assert table.messages == ("f.csv: the dates were not in ascending order and were sorted",)


@pytest.mark.parametrize("text", ["date;USD\n05.01.2024;92,5\n", 'date,USD\n2024-01-05,"92,5"\n'])
def test_a_decimal_comma_is_read_and_said_so(text):
    table = read(text)
    assert table.series[0].rate.tolist() == [92.5]
    assert table.messages == ("f.csv, column USD: decimal commas were read (92,5 as 92.5)",)


def test_a_point_in_one_column_beside_a_decimal_comma_in_another_is_refused():
    message = refused("date;USD;GOLD\n2024-01-05;92,5;1.234\n")
    assert message.startswith("f.csv, row 1 (line 2), column GOLD: '1.234' has a decimal point")


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbfdate,USD\n2024-01-05,92.5\n",
        b"date;USD\r\n2024-01-05;92.5\r\n",
        b"date\tUSD\n20240105\t92.5\n",
        "date,USD\n2024-01-05,92.5\n".encode("utf-16"),
    ],
)
def test_marks_separators_and_line_ends_are_read_without_a_word(data):
    table = read(data)
    assert table.series[0].rate.tolist() == [92.5]
    assert table.messages == ()


def test_windows_1251_is_read_and_said_so():
    table = read("date;курс\n2024-01-05;92.5\n".encode("windows-1251"))
    assert table.series[0].card.id == "курс"
    assert "windows-1251" in table.messages[0]


def test_a_number_a_thousand_times_its_neighbour_is_pointed_out():
    table = read("date,USD\n2024-01-05,92.5\n2024-01-08,92500.1\n2024-01-09,92.6\n")
    assert len(table.messages) == 1
    assert table.messages[0].startswith(
        "f.csv, row 2 (line 3), column USD: 92500.1 is 1,000 times 92.5 on line 2 (and 1 more"
    )
    assert read("date,USD\n2024-01-05,92.5\n2024-01-08,700\n").messages == ()


def test_a_long_gap_is_pointed_out():
    days = "2024-01-05,1\n2024-01-08,1\n2024-01-09,1\n2024-03-01,1\n2024-03-04,1\n"
    assert read("date,USD\n" + days).messages == (
        "f.csv: a gap from 2024-01-09 to 2024-03-01; no move is made up for it",
    )


def test_only_the_columns_asked_for_have_to_be_rates():
    text = "date,USD,comment\n2024-01-05,92,steady\n"
    assert read(text).messages == ("f.csv, column comment: holds no number and was left out",)
    assert "'a bit' is not a number" in refused(
        "date,USD,EUR\n2024-01-05,92,99\n2024-01-08,1,a bit\n"
    )
    assert [series.card.id for series in read(text, columns=("usd",)).series] == ["USD"]
    message = refused(text, columns=("EUR",))
    assert message == "f.csv: has no column EUR; choose one of USD, comment"


def test_the_order_of_rows_changes_nothing():
    forward = read("date,USD\n2024-01-05,1\n2024-01-08,2\n2024-01-09,\n2024-01-10,4\n")
    backward = read("date,USD\n2024-01-10,4\n2024-01-09,\n2024-01-08,2\n2024-01-05,1\n")
    assert np.array_equal(forward.series[0].rate, backward.series[0].rate, equal_nan=True)
    assert forward.series[0].known_at.tolist() == backward.series[0].known_at.tolist()


def made_series(name, rate):
    card = SeriesCard(name, name, "u", "i", "p", "", "l", ECB.id)
    record = np.array(["2024-01-05", "2024-01-08"], dtype="datetime64[D]")
    day, opens, known_at = ECB.timestamps(record)
    return RateSeries(card, record, day, opens, known_at, np.array(rate))


@pytest.mark.parametrize("dialect", ["plain", "excel", "excel-ru"])
def test_our_own_export_of_rates_is_read_back_with_its_clock(dialect):
    ours = [made_series("a", [1.1, np.nan]), made_series("b", [0.1 + 0.2, 3.0])]
    table = read(csv_bytes(RATES, RATES.rows(ours), dialect))
    assert [series.card.id for series in table.series] == ["a", "b"]
    for back, series in zip(table.series, ours, strict=True):
        assert np.array_equal(back.rate, series.rate, equal_nan=True)
        assert back.day.tolist() == series.day.tolist()
        assert back.known_at.tolist() == series.known_at.tolist()
    assert str(table.series[0].known_at[0]) == "2024-01-05T13:15:00"


def test_a_row_twice_in_our_own_export_is_refused():
    text = csv_bytes(RATES, RATES.rows([made_series("a", [1.0, 2.0])])).decode()
    last = text.splitlines()[-1]
    assert "column known_at: is there twice for this series" in refused(text + last + "\n")


def hours(n):
    """Hourly levels from ten in Moscow on 1 September 2026."""
    rows = (f"2026-09-01 {10 + k}:00,{80 + k}" for k in range(n))
    return "date,USD\n" + "\n".join(rows) + "\n"


def test_bars_carry_their_length_and_are_known_when_they_end():
    (series,) = read(hours(3), zone="Europe/Moscow", stamps="begin").series
    assert (series.card.bar_minutes, series.card.date_rule) == (60, IMPORTED_BAR.id)
    assert series.opens.astype(str).tolist()[0] == "2026-09-01T07:00:00"
    assert series.known_at.astype(str).tolist()[0] == "2026-09-01T07:59:59"
    (series,) = read(hours(3), zone="Europe/Moscow", stamps="end").series
    assert series.opens.astype(str).tolist()[0] == "2026-09-01T06:00:00"
    assert series.known_at.astype(str).tolist()[0] == "2026-09-01T07:00:00"


def test_when_a_bar_is_stamped_is_said_where_it_was_assumed():
    (note,) = read(hours(3), zone="Europe/Moscow").messages
    assert note.startswith(
        "f.csv, column date: bars of 1 hour, taken to be stamped when they begin"
    )


def test_our_own_export_of_bars_is_read_back_as_bars():
    (bars,) = read(hours(5), zone="Europe/Moscow", stamps="begin").series
    (back,) = read(csv_bytes(RATES, RATES.rows([bars]))).series
    assert back.card.bar_minutes == 60
    assert back.known_at.tolist() == bars.known_at.tolist()
    assert back.opens.tolist() == bars.opens.tolist()
