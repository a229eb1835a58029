"""Files of odds, tone and volume in the forms that their services write."""

import json

import numpy as np
import pytest

from dashboard.models.errors import InputError
from dashboard.models.user_files import RateFileOptions
from dashboard.sources.rates.csv_file import read_rate_file

HOUR = 1_735_689_600  # 2025-01-01 00:00 UTC
ODDS = RateFileOptions(kind="odds")


def read(content, options=None, name="f.csv"):
    data = content if isinstance(content, bytes) else content.encode()
    return read_rate_file(data, options or RateFileOptions(), name=name)


def known(series):
    return [str(moment) for moment in series.known_at]


def test_the_history_of_polymarket_is_known_at_its_stamps_in_per_cent():
    stamps = [HOUR, HOUR + 3_603, HOUR + 7_200, HOUR + 8_000]  # the last one is that of the click
    points = [{"t": t, "p": p} for t, p in zip(stamps, (0.41, 0.4, 0, 0.03), strict=True)]
    table = read(json.dumps({"history": points}), name="odds.json")
    (series,) = table.series
    assert series.rate.tolist() == pytest.approx([41, 40, 0, 3])
    assert known(series)[1:] == [
        "2025-01-01T01:00:03",
        "2025-01-01T02:00:00",
        "2025-01-01T02:13:20",
    ]
    assert (series.card.kind, series.card.change, series.card.unit) == (
        "odds", "difference", "per cent",
    )  # fmt: skip
    assert any("0.41 is 41 %" in message for message in table.messages)
    assert any("each known at its stamp" in message for message in table.messages)


def test_the_download_of_polymarket_has_a_column_an_outcome():
    rows = [
        f'"01-{day:02d}-2025 00:00",{HOUR + 86_400 * (day - 1)},0.{day:02d},0.5'
        for day in range(1, 31)
    ]
    table = read("\n".join(['"Date (UTC)","Timestamp (UTC)","Yes","Later"', *rows]))
    assert [series.card.id for series in table.series] == ["Yes", "Later"]
    assert table.series[0].rate[11] == pytest.approx(12)
    assert known(table.series[0])[0] == "2025-01-01T00:00:00"


def test_candlesticks_of_kalshi_are_in_cents_and_known_at_their_end():
    points = [
        {"end_period_ts": HOUR + 86_400 * k, "price": {"open": 1, "close": 40 + k}, "volume": 7}
        for k in range(3)
    ]
    (series,) = read(json.dumps({"candlesticks": points})).series
    assert series.rate.tolist() == [40, 41, 42]
    assert series.card.kind == "odds"


def test_the_aggregate_of_metaculus():
    head = (
        "Question ID,Forecaster ID,Forecaster Username,Start Time,End Time,Forecaster Count,"
        "Probability Yes,Probability No"
    )
    rows = [
        f"1,,recency_weighted,2025-01-0{day} 10:00:00.5+00:00,2025-01-0{day + 1} 10:00:00.5+00:00,"
        f"9,0.{day},0.{10 - day}"
        for day in range(1, 6)
    ]
    (series,) = read("\n".join([head, *rows])).series
    assert series.rate.tolist() == pytest.approx([10, 20, 30, 40, 50])
    assert known(series)[0] == "2025-01-01T10:00:00"


def test_tone_of_gdelt_may_be_negative_and_a_bucket_is_known_at_its_end():
    points = [{"date": f"20260901T{hour:02d}0000Z", "value": -1.5 + hour} for hour in range(3)]
    document = {
        "query_details": {"title": "ruble", "date_resolution": "hour"},
        "timeline": [{"series": "Average Tone", "data": points}],
    }
    (series,) = read(json.dumps(document)).series
    assert series.rate.tolist() == [-1.5, -0.5, 0.5]
    assert known(series)[0] == "2026-09-01T00:59:59"
    assert (series.card.id, series.card.kind) == ("Average Tone", "tone")


def test_the_csv_of_gdelt_is_recognised_by_its_series():
    text = "\ufeffDate,Series,Value\n2026-09-01,Volume Intensity,0.2\n2026-09-02,Volume Intensity,0"
    (series,) = read(text).series
    assert (series.card.id, series.card.kind) == ("Volume Intensity", "volume")
    assert series.card.change == "difference"  # 0 has no logarithm
    assert known(series)[0] == "2026-09-01T20:59:00"  # the end of the day in Moscow


def test_a_user_says_what_numbers_count():
    text = "date,Yes\n2025-01-01,41%\n2025-01-02,0%\n2025-01-03,100%"
    (series,) = read(text, ODDS).series
    assert series.rate.tolist() == [41, 0, 100]
    values = read("date,x\n2025-01-01,-2\n2025-01-02,0.5", RateFileOptions(kind="index")).series[0]
    assert np.array_equal(values.rate, [-2, 0.5])
    assert values.card.change == "difference"


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        ("date,Yes\n2025-01-01,0.5\n2025-01-02,150", ODDS, "150 is no probability"),
        ("date,Yes\n2025-01-01,-0.5\n2025-01-02,0.5", ODDS, "-0.5 is no probability"),
        ("date,x\n2025-01-01,1e999\n2025-01-02,1", RateFileOptions(kind="tone"), "too large"),
        ("date,x\n2025-01-01,0\n2025-01-02,1", None, "say on import that the numbers are odds"),
        ("{}", None, "holds no list of points with a time and a number"),
        ('{"history": [{"t": 1, ', None, "is no JSON that can be read"),
        ('{"articles": [{"title": "x"}]}', None, "holds no list of points"),
        ("[[[[[[]]]]]]", None, "holds no list of points"),
        ('{"history": [{"t": true, "p": 1}, {"t": 5, "p": "x"}, 7]}', None, "no list of points"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_line(text, options, said):
    with pytest.raises(InputError, match=said.replace("(", r"\(")):
        read(text, options)
