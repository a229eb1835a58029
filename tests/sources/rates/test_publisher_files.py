"""Exports of publishers as downloaded, and hostile relatives of each: expected values by hand."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import openpyxl
import pytest

from dashboard.models.errors import InputError
from dashboard.models.user_files import RateFileOptions
from dashboard.sources.rates.csv_file import read_rate_file

A, B, C = "2025-04-17", "2025-04-18", "2025-04-21"
CLOSES = [(A, 82.15), (B, 81.9), (C, 80.76)]
TWO = [(A, 82.15), (C, 80.76)]


def read(content, name="f.csv", **options):
    data = content if isinstance(content, bytes) else content.encode()
    return read_rate_file(data, RateFileOptions(**options), name=name)


def rows_of(series):
    return [
        (str(day), None if np.isnan(rate) else float(rate))
        for day, rate in zip(series.record, series.rate, strict=True)
    ]


def ohlc(header, dates, mark=",", tail="", decimal="."):
    """A file of bars: Open, High, Low, Close after the dates."""
    bars = ("82.3", "82.65", "81.21", "82.15"), ("81.1", "81.35", "80.2", "80.76")
    lines = [header]
    for day, bar in zip(dates, bars, strict=True):
        cells = [cell.replace(".", decimal) for cell in bar]
        lines.append(mark.join([day, *cells]) + tail)
    return "\n".join(lines) + "\n"


def book(rows, title="Sheet1", more=()):
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    for other, other_rows in more:
        added = workbook.create_sheet(other)
        for row in other_rows:
            added.append(row)
    out = BytesIO()
    workbook.save(out)
    return out.getvalue()


DAYS = (A, C)
PUBLISHERS = {
    "Yahoo": (
        ohlc("Date,Open,High,Low,Close,Adj Close,Volume", DAYS, tail=",1,0"), TWO, "Volume"),
    "Yahoo with null rows": (
        "Date,Open,High,Low,Close,Volume\n2025-04-17,82.3,82.6,81.2,82.15,0\n"
        "2025-04-18,null,null,null,null,null\n2025-04-21,81.1,81.3,80.2,80.76,0\n",
        [(A, 82.15), (B, None), (C, 80.76)], "null"),
    "yfinance, three header lines": (
        "Price,Close,High,Low,Open,Volume\nTicker,RUB=X,RUB=X,RUB=X,RUB=X,RUB=X\nDate,,,,,\n"
        "2025-04-17,82.15,82.65,81.21,82.3,0\n2025-04-21,80.76,81.35,80.2,81.1,0\n",
        TWO, "not High, Low, Open, Volume"),
    "yfinance history": (
        ohlc("Date,Open,High,Low,Close,Volume,Dividends,Stock Splits",
             ("2025-04-17 00:00:00+01:00", "2025-04-21 00:00:00+01:00"), tail=",0,0.0,0.0"),
        TWO, "every time is midnight"),
    "Alpha Vantage": (
        "timestamp,open,high,low,close\n2025-04-21,81.1,81.35,80.2,80.76\n"
        "2025-04-17,82.3,82.65,81.21,82.15\n", TWO, "sorted"),
    "Investing, English": (
        '"Date","Price","Open","High","Low","Vol.","Change %"\n'
        '"04/21/2025","80.7600","81.1","81.35","80.2","","-1.39%"\n'
        '"04/17/2025","82.1500","82.3","82.65","81.21","1.2K","-0.18%"\n', TWO, "Change %"),
    "Investing, names of months": (
        '"Date","Price","Open","High","Low","Change %"\n'
        '"Apr 21, 2025","80.76","81.1","81.35","80.2","-1.39%"\n'
        '"Apr 17, 2025","82.15","82.3","82.65","81.21","-0.18%"\n', TWO, "Price was read"),
    "Investing, Russian": (
        '"Дата","Цена","Откр.","Макс.","Мин.","Объём","Изм. %"\n'
        '"21.04.2025","80,7600","81,1000","81,3500","80,2000","","-1,39%"\n'
        '"17.04.2025","82,1500","82,3000","82,6500","81,2100","","-0,18%"\n', TWO, "Изм. %"),
    "Stooq": (ohlc("Date,Open,High,Low,Close", DAYS), TWO, "not Open, High, Low"),
    "Stooq, Polish": (
        ohlc("Data,Otwarcie,Najwyzszy,Najnizszy,Zamkniecie,Wolumen", DAYS, tail=",0"), TWO,
        "Otwarcie"),
    "Stooq, text": (
        "<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>,<OPENINT>\n"
        "USDRUB,D,20250417,000000,82.3,82.65,81.21,82.15,0,0\n"
        "USDRUB,D,20250421,000000,81.1,81.35,80.2,80.76,0,0\n", TWO, "<OPENINT>"),
    "Finam": (
        "<TICKER>;<PER>;<DATE>;<TIME>;<OPEN>;<HIGH>;<LOW>;<CLOSE>;<VOL>\n"
        "USDRUB;D;20250417;000000;82.3;82.65;81.21;82.15;51\n"
        "USDRUB;D;20250421;0;81.1;81.35;80.2;80.76;48\n", TWO, "<VOL>"),
    "MetaTrader 4, without a header": (
        "2025.04.17,00:00,82.30,82.65,81.21,82.15,5123\n"
        "2025.04.21,00:00,81.10,81.35,80.20,80.76,4876\n", TWO, "Volume"),
    "MetaTrader 5": (
        "<DATE>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>\n"
        "2025.04.17\t82.3\t82.65\t81.21\t82.15\t5123\t0\t5\n"
        "2025.04.21\t81.1\t81.35\t80.2\t80.76\t4876\t0\t5\n", TWO, "<SPREAD>"),
    "HistData": (
        "20250417 000000;82.300;82.650;81.210;82.150;0\n"
        "20250421 000000;81.100;81.350;80.200;80.760;0\n", TWO, "not Open, High, Low, Volume"),
    "Dukascopy": (
        ohlc("Gmt time,Open,High,Low,Close,Volume",
             ("17.04.2025 00:00:00.000", "21.04.2025 00:00:00.000"), tail=",1234.5"), TWO,
        "Volume"),
    "Dukascopy, local time": (
        ohlc("Local time,Open,High,Low,Close,Volume",
             ("17.04.2025 00:00:00.000 GMT+0300", "21.04.2025 00:00:00.000 GMT+0300"),
             tail=",1"), TWO, "midnight"),
    "Google Finance, English": (
        "Date,Close\n4/17/2025 23:58:00,82.15\n4/21/2025 23:58:00,80.76\n", TWO,
        "taken to be known"),
    "Bloomberg": (
        "Security,USDRUB Curncy\nStart Date,01/04/2025\n\nDate,PX_LAST\n17/04/2025,82.15\n"
        "18/04/2025,#N/A N/A\n21/04/2025,80.76\n",
        [(A, 82.15), (B, None), (C, 80.76)], "starts on line 4"),
    "FRED": ("observation_date,DEXRUUS\n2025-04-17,82.15\n2025-04-18,.\n2025-04-21,80.76\n",
             [(A, 82.15), (B, None), (C, 80.76)], "missing"),
    "FRED, old": ("DATE,VALUE\n2025-04-17,82.15\n2025-04-21,80.76\n", TWO, ""),
    "Federal Reserve": (
        '"Series Description","Rate"\n"Unit:","Currency"\n"Multiplier:","1"\n"Time Period","RXI"\n'
        "2025-04-17,82.15\n2025-04-18,ND\n2025-04-21,80.76\n",
        [(A, 82.15), (B, None), (C, 80.76)], "starts on line 4"),
    "ECB, all currencies": (
        "Date,RUB,CYP,\n2025-04-21,80.76,N/A,\n2025-04-17,82.15,N/A,\n", TWO, "column CYP"),
    "ECB, data portal": (
        '"DATE","TIME PERIOD","Rouble (EXR.D.RUB.EUR.SP00.A)"\n"2025-04-17","2025-04-17","82.15"\n'
        '"2025-04-21","2025-04-21","80.76"\n', TWO, "TIME PERIOD"),
    "ECB, SDMX": (
        "KEY,FREQ,CURRENCY,CURRENCY_DENOM,TIME_PERIOD,OBS_VALUE,OBS_STATUS,DECIMALS,UNIT_MULT\n"
        "EXR.D.RUB,D,RUB,EUR,2025-04-17,82.15,A,4,0\nEXR.D.RUB,D,RUB,EUR,2025-04-21,80.76,A,4,0\n",
        TWO, "OBS_VALUE was read"),
    "MOEX ISS": (
        "history\n\nBOARDID;TRADEDATE;SECID;OPEN;LOW;HIGH;CLOSE;NUMTRADES;VOLRUR;WAPRICE\n"
        "CETS;2025-04-17;X;82.3;81.21;82.65;82.15;5;9;82\n"
        "CETS;2025-04-21;X;81.1;80.2;81.35;80.76;4;8;81\n\n\nhistory.cursor\n\nINDEX;TOTAL\n0;2\n",
        TWO, "the table ends here"),
    "Bank of Russia": (
        "nominal;data;curs;cdx\n1;21.04.2025;80,76;Доллар США\n1;17.04.2025;82,15;Доллар США\n",
        TWO, "the day before"),
    "Bank of Russia, per hundred": (
        "nominal;data;curs;cdx\n10;21.04.2025;807,6;Иена\n100;17.04.2025;8215;Иена\n",
        TWO, "divided by it"),
    "Bank of Russia, the page copied": (
        "Дата\tЕдиниц\tКурс\n17.04.2025\t1\t82,15\n21.04.2025\t1\t80,76\n", TWO, "decimal commas"),
}  # fmt: skip


@pytest.mark.parametrize("name", PUBLISHERS)
def test_an_export_is_read_as_downloaded(name):
    content, expected, said = PUBLISHERS[name]
    table = read(content, zone="UTC") if "Google" in name else read(content)
    (series,) = table.series
    assert rows_of(series) == expected
    assert any(said in message for message in table.messages) or not said


def test_the_workbook_of_the_bank_of_russia_is_read():
    rows = [["nominal", "data", "curs", "cdx"], [1, "21.04.2025", 80.76, "Доллар США"],
            [1, "17.04.2025", 82.15, "Доллар США"]]  # fmt: skip
    (series,) = read(book(rows), "rc.xlsx").series
    assert rows_of(series) == TWO


HOSTILE = {
    "a title above": "My rates\n\ndate,USD\n2025-04-17,82.15\n2025-04-21,80.76\n",
    "a source below": "date,USD\n2025-04-17,82.15\n2025-04-21,80.76\nSource: the exchange itself,\n",  # noqa: E501
    "a source below, alone": "date,USD\n2025-04-17,82.15\n2025-04-21,80.76\n\nSource: the exchange\n",  # noqa: E501
    "a semicolon and a comma": "date;USD\n2025-04-17;82,15\n2025-04-21;80,76\n",
    "an unnamed index": ",date,USD\n0,2025-04-17,82.15\n1,2025-04-21,80.76\n",
    "an unnamed date": ",USD\n2025-04-17,82.15\n2025-04-21,80.76\n",
    "a date of another name": "Wann,USD\n2025-04-17,82.15\n2025-04-21,80.76\n",
    "a column of notes": "date,USD,note\n2025-04-17,82.15,calm\n2025-04-21,80.76,\n",
    "a column of volumes": "date,USD,Volume\n2025-04-17,82.15,0\n2025-04-21,80.76,0\n",
    "a change in per cent": "date,USD,Chg %\n2025-04-17,82.15,-1%\n2025-04-21,80.76,-2%\n",
    "an empty last column": "date,USD,\n2025-04-17,82.15,\n2025-04-21,80.76,\n",
    "a comma too many in rows": "date,USD\n2025-04-17,82.15,\n2025-04-21,80.76,\n",
    "milliseconds": "time,close\n1744848000000,82.15\n1745193600000,80.76\n",
    "nanoseconds": "time,close\n1744848000000000000,82.15\n1745193600000000000,80.76\n",
    "seconds with a point": "time,close\n1744848000.0,82.15\n1745193600.0,80.76\n",
    "capitals": "TRADEDATE;CLOSE\n2025-04-17;82.15\n2025-04-21;80.76\n",
    "Reuters": "Exchange Date,Close,Net,%Chg,Open,Low,High\n17-Apr-2025,82.15,,-0.2,82.3,81,83\n"
    "21-Apr-2025,80.76,,-1,81.1,80,82\n",
    "Nasdaq": "Date,Close/Last,Open,High,Low\n04/21/2025,80.76,81.1,82,80\n"
    "04/17/2025,82.15,82.3,83,81\n",
    "MOEX after June 2024": "TRADEDATE;OPEN;LOW;HIGH;WAPRICE\n2025-04-17;;;;82.15\n2025-04-21;;;;80.76\n",  # noqa: E501
    "a row of the word null": "date,A,B\n2025-04-17,82.15,1\n2025-04-18,null,2\n2025-04-21,80.76,3\n",  # noqa: E501
    "BOM and CRLF": "\ufeffdate;USD\r\n2025-04-17;82.15\r\n2025-04-21;80.76\r\n",
    "sep=": "sep=;\r\ndate;USD\r\n2025-04-17;82,15\r\n2025-04-21;80,76\r\n",
    "weekdays of the year": "День;Курс\n17 апр. 2025 г.;82,15\n21 апр. 2025 г.;80,76\n",
    "a value from the ECB": "TIME_PERIOD,OBS_VALUE\n2025-04-17,82.15\n2025-04-21,80.76\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_relative_of_an_export_is_read_too(name):
    assert rows_of(read(HOSTILE[name]).series[0]) == TWO


REFUSED = {
    "no date": ("a,b\nx,1\ny,2\n", "has no column date"),
    "no header": ("2025-04-17,82.15\n2025-04-21,80.76\n", "has no column date"),
    "a close twice": ("Date,Close,Close\n2025-04-17,1,2\n", "is there twice"),
    "rows behind a note": (
        "date,USD\n2025-04-17,1\nA new method begins\n2025-04-21,2\n", "rows follow it"),
    "two tables": (
        "date,USD\n2025-04-17,82\n\nTable of the second kind,\n2025-04-21,1\n", "rows follow it"),
    "a word in a rate": ("date,USD\n2025-04-17,82\n2025-04-21,eighty\n", "'eighty' is not a number"),  # noqa: E501
    "zero": ("Date,Open,High,Low,Close\n2025-04-17,1,1,1,0\n", "'0' is not above zero"),
    "two boards, no board": (
        "TRADEDATE;CLOSE\n2025-04-17;82.15\n2025-04-17;81\n", "already on line 2"),
    "a nominal of zero": ("nominal;data;curs\n0;17.04.2025;82\n", "'0' is not above zero"),
    "a number that became a date": (
        "date;usdrub\n17.04.2025;82,15\n18.04.2025;81.фев\n", "'81.фев' is not a number"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_refused_with_its_place(name):
    content, reason = REFUSED[name]
    with pytest.raises(InputError) as caught:
        read(content)
    assert reason in str(caught.value)
    assert str(caught.value).startswith("f.csv")


def test_columns_and_dates_are_read_as_the_user_says():
    text = ohlc("Made,Open,High,Low,Close,Taken", DAYS, tail=",2025-04-22")
    (high,) = read(text, date="Made", columns=("High",)).series
    assert rows_of(high) == [(A, 82.65), (C, 81.35)]
    with pytest.raises(InputError, match="has no column Mid; choose one of"):
        read(text, date="Made", columns=("Mid",))
    with pytest.raises(InputError, match="has no column date"):
        read(text, date="Given")


def test_of_several_tickers_each_close_is_a_series():
    text = (
        "Price,Close,Close,High,High\nTicker,EUR=X,RUB=X,EUR=X,RUB=X\nDate,,,,\n"
        "2025-04-17,0.88,82.15,0.89,82.65\n2025-04-21,0.87,80.76,0.88,81.35\n"
    )
    series = {one.card.id: rows_of(one) for one in read(text).series}
    assert series == {"EUR=X": [(A, 0.88), (C, 0.87)], "RUB=X": TWO}


def test_a_table_of_two_tickers_in_rows_is_two_series():
    text = "TRADEDATE;SECID;CLOSE\n" + "".join(
        f"{day};{name};{close}\n"
        for day, usd, cny in ((A, 82.15, 11.2), (C, 80.76, 11.1))
        for name, close in (("USD", usd), ("CNY", cny))
    )
    series = {one.card.id: rows_of(one) for one in read(text).series}
    assert series == {"USD": TWO, "CNY": [(A, 11.2), (C, 11.1)]}


def test_the_sheet_of_a_workbook_is_chosen():
    rows = [["date", "USD"], [A, 82.15], [C, 80.76]]
    data = book(rows, "First", [("Second", [["date", "EUR"], [A, 93.0]]), ("Notes", [["x"]])])
    with pytest.raises(InputError, match="several sheets hold dates"):
        read(data, "f.xlsx")
    assert rows_of(read(data, "f.xlsx", sheet="second").series[0]) == [(A, 93.0)]
    titled = book([["My rates"], [], ["Дата", "Курс"], ["17.04.2025", 82.15]])
    table = read(titled, "f.xlsx")
    assert rows_of(table.series[0]) == [(A, 82.15)]
    assert "the table starts on row 3 of the sheet" in table.messages[0]


# ------------------------------------------------------------------ when a number was known

LIVE = "".join(f"2025-04-{day} 00:00:00+01:00,{80 + day}\n" for day in (16, 17, 18, 21))


def known(table):
    return [str(moment)[:16] for moment in table.series[0].known_at]


@pytest.mark.parametrize("live", ["2025-04-22 13:05:33+01:00", "2025-04-21 13:05:33+01:00"])
def test_a_live_row_is_left_out_and_closes_stay_closes(live):
    table = read(f"Date,Close\n{LIVE}{live},99\n")
    assert known(table) == [f"2025-04-{day}T20:59" for day in (16, 17, 18, 21)]
    assert "under way is no close" in table.messages[0]


def test_a_live_row_below_plain_dates_or_first_is_left_out():
    plain = "date,USD\n2025-04-16,1\n2025-04-17,2\n2025-04-18,3\n"
    assert len(read(plain + "2025-04-21 10:30,4\n").series[0]) == 3
    newest = f"Date,Close\n2025-04-22 13:05:33+01:00,99\n{LIVE}"
    assert len(read(newest).series[0]) == 4


def test_a_daily_bar_is_known_when_it_ends():
    text = "date,close\n" + "".join(f"2025-01-{day}T22:00:00Z,{day}\n" for day in (15, 16, 19))
    table = read(text)
    assert known(table)[0] == "2025-01-15T22:00"
    assert "taken to be known at its stamp (2025-01-15 22:00 UTC)" in table.messages[0]
    begun = read(text, stamps="begin")
    assert known(begun) == ["2025-01-16T21:59", "2025-01-17T21:59", "2025-01-20T21:59"]
    assert [str(day) for day in begun.series[0].day] == ["2025-01-16", "2025-01-17", "2025-01-20"]
    assert begun.messages == ()
    assert known(read(text, stamps="end")) == known(table)


def test_a_year_of_daily_bars_with_two_clocks_is_no_file_of_dates():
    hours = [(f"2025-10-{day}", 21) for day in (27, 28, 29, 30, 31)] + [("2025-11-03", 22)]
    text = "date,close\n" + "".join(f"{day}T{hour}:00:00Z,80\n" for day, hour in hours)
    assert len(read(text).series[0]) == 6


def test_midnights_of_london_in_utc_are_dates_where_both_clocks_prove_it():
    text = "date,close\n2025-03-27T00:00:00Z,1\n2025-03-28T00:00:00Z,2\n2025-03-30T23:00:00Z,3\n"
    assert [str(day) for day in read(text).series[0].record] == [
        "2025-03-27", "2025-03-28", "2025-03-31"
    ]  # fmt: skip


def test_the_end_of_a_moex_candle_is_its_moment():
    text = (
        "open;close;high;low;value;volume;begin;end\n"
        "82;82.15;83;81;1;1;2025-04-17 10:00:00;2025-04-17 10:59:59\n"
        "82;82.05;83;81;1;1;2025-04-17 11:00:00;2025-04-17 11:59:59\n"
    )
    assert known(read(text)) == ["2025-04-17T07:59", "2025-04-17T08:59"]


# ------------------------------------------------------------------ spacing and pairs


def daily(days, rate=lambda k: 80 + k % 7 / 10):
    return "date,X\n" + "".join(f"{day},{rate(k)}\n" for k, day in enumerate(days))


def dates(first, count, step=1):
    start = np.datetime64(first)
    return [start + k * step for k in range(count)]


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (dates("2025-03-03", 7, 7), "the rows lie a week apart"),
        (["2025-01-01", "2025-02-01", "2025-03-01", "2025-04-01"], "the rows lie a month apart"),
        (["2024-01-01", "2024-04-01", "2024-07-01", "2024-10-01"], "the rows lie a quarter apart"),
        ([day for day in dates("2025-04-06", 20) if day.astype(object).weekday() != 5],
         "rows are Sundays"),
    ],
)  # fmt: skip
def test_unusual_spacing_is_reported(days, said):
    assert any(said in message for message in read(daily(days)).messages)


def test_weekends_filled_forward_are_reported_and_real_weekends_are_not():
    days = dates("2025-04-07", 21)
    working = [min(k, 7 * (k // 7) + 4) for k in range(21)]
    filled = read(daily(days, lambda k: 80 + working[k]))
    assert any("Saturdays and Sundays repeat the day before" in text for text in filled.messages)
    assert read(daily(days, lambda k: 80 + k)).messages == ()


@pytest.mark.parametrize("name", ["USD/RUB", "usdrub", "USDRUB=X", "RUB=X", "USD000UTSTOM"])
def test_a_column_that_names_a_pair_says_how_it_is_counted(name):
    table = read(f"date,{name}\n2025-04-17,82.15\n2025-04-21,80.76\n")
    (series,) = table.series
    assert (series.card.unit, series.card.subject.code) == ("RUB per USD", "RUB")
    assert "read as RUB per USD by its name: a rise is the rouble weaker" in table.messages[-1]


def test_a_pair_in_the_name_of_the_file_counts_for_its_close():
    table = read(ohlc("Date,Open,High,Low,Close", DAYS), "USD_RUB Historical Data.csv")
    assert table.series[0].card.unit == "RUB per USD"


def test_numbers_of_the_other_quote_are_reported():
    table = read("date,USD/RUB\n2025-04-17,0.0122\n2025-04-21,0.0124\n")
    assert "are those of USD per RUB; say on import" in table.messages[-1]
