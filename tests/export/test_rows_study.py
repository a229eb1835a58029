"""The rows of a study: every event and window, nothing counted as zero, days next to offsets."""

import csv
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from dashboard.export.csv_tables import csv_bytes
from dashboard.export.schemas import (
    PROJECTIONS,
    STUDY_TABLE_NAMES,
    STUDY_TABLES,
    TABLES,
    study_objects,
)
from dashboard.models.analyses import PreTrend, Projection, ProjectionRow
from dashboard.models.study import (
    AverageRow,
    CarResult,
    CorrelationRow,
    DirectionRow,
    Headline,
    Interval,
    RegressionRow,
    SkippedEvent,
    StudyAnswer,
    StudyRequest,
    StudyResult,
    TestResult,
)
from tests.made_series import event_at_row, made_series

NAN = float("nan")


def study_rows(answer):
    return {n: list(TABLES[n].rows(study_objects(answer, n))) for n in STUDY_TABLE_NAMES}


DOLLAR = {"unit": "RUB per USD", "move_sign": -1}


def named_rows(name, objects):
    table = TABLES[name]
    return [dict(zip(table.header, row, strict=True)) for row in table.rows(objects)]


def car(window, values, crowd):
    base = np.array(values)
    return CarResult(
        window=window, car=base, se=base + 1, t=base + 2, df=base + 3, p=base + 4, bhar=base + 5,
        placebo_p=base + 6, percentile=base + 7, percentile_by_move=base + 8,
        n_placebo=np.array([9, 0]), n_close=np.array([5, 0]),
        pool_first=np.array(["2023-01-02", "NaT"], dtype="datetime64[D]"),
        pool_last=np.array(["2024-03-04", "NaT"], dtype="datetime64[D]"), crowd=crowd,
    )  # fmt: skip


@pytest.fixture
def answer():
    """Two events on a series of four days, offsets -1..1; the second window leaves the data."""
    request = StudyRequest(window=(-1, 1), cars=((0, 0), (0, 1)))
    series = made_series([1.0, 2.0, 3.0, 4.0])
    matrix = np.array([[0.1, 0.2, 0.3], [0.4, 0.5, NAN]])
    result = StudyResult(
        request=request, series=series, events=(event_at_row(1, "a"), event_at_row(3, "=b")),
        anchor=np.array([1, 3]), shift_days=np.array([0, 2]), offsets=np.array([-1, 0, 1]),
        rate=matrix, returns=matrix + 1, normal=matrix + 2, abnormal=matrix + 3,
        abnormal_se=matrix + 4, car=matrix + 5, ordinary_low=matrix + 6, ordinary_high=matrix + 7,
        from_base=(matrix, matrix, matrix), sigma=np.array([1.0, 1.0]),
        n_estimation=np.array([120, 99]), estimation_events=np.array([3, 0]),
        crowd=((), ()), flags=(("date_only", "window_cut"), ()),
        cars=(car((0, 0), [0.5, 0.25], (("x", "y"), ())), car((0, 1), [1.5, NAN], (("x",), ()))),
        skipped=(SkippedEvent("c", "made", "before the data"),),
    )  # fmt: skip
    return StudyAnswer(
        request=request,
        results=(result,),
        averages=(AverageRow("all", -1, 2, 0.1, NAN, 0.2, 0.3, 0.4, 0.5, 0.6),),
        tests=(
            TestResult("all", (0, 1), "sign", 1.5, NAN, 0.13, 0.2, 2, "no effect", "Conover"),
            TestResult(
                "all",
                (0, 1),
                "made",
                1.5,
                NAN,
                0.13,
                0.2,
                2,
                "no effect",
                "Conover",
                role="headline",
            ),
        ),
        headlines=(
            Headline("all", (0, 1), 9, 8, 7, 0.01, 0.02, 0.03, NAN, NAN, NAN, NAN, NAN, "few"),
            Headline(
                "talks", (0, 1), 9, 8, 8, 0.01, 0.02, 0.03, -0.5, 0.5, 0.25, 0.75, 0.125, "", -1.5
            ),
        ),
        skipped=(*result.skipped, SkippedEvent("=b", "made", "window [0,1] reaches past the data")),
        n_events=3,
        intervals=(Interval("all", (0, 1), "bca", -0.5, 0.5, 4, 1999),),
        directions=(DirectionRow("all", (0, 1), 2, 1, 0.5, 0.1, 0.9, 1.0, 3, 0, 0.9),),
        correlations=(CorrelationRow("all", -1, "spearman", 0.25, -0.5, 0.5, 2, 0.125, 0.75),),
        regression=(RegressionRow("constant", 0.1, 0.2, 0.5, 0.6, 4, 1, 0.7),),
    )


def test_paths_are_a_row_an_event_and_offset_with_the_day_of_the_row(answer):
    lines = csv_bytes(TABLES["paths"], study_rows(answer)["paths"]).decode().splitlines()
    assert len(lines) == 1 + 2 * 3
    assert lines[1] == "a,made,-1,2024-01-01,0.1,1.1,2.1,3.1,4.1,5.1,6.1,7.1"
    assert lines[2].startswith("a,made,0,2024-01-02,0.2,")
    assert lines[6] == "'=b,made,1,,,,,,,,,"


def test_events_are_a_row_an_event_and_window_that_has_a_car(answer):
    assert study_rows(answer)["events"] == [
        ("a", "made", date(2024, 1, 2), "2024-01-02", 0, "[0,0]",
         0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 120, 2, "x y", "date_only window_cut",
         8.5, 9, date(2023, 1, 2), date(2024, 3, 4)),
        ("a", "made", date(2024, 1, 2), "2024-01-02", 0, "[0,1]",
         1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5, 120, 1, "x", "date_only window_cut",
         9.5, 9, date(2023, 1, 2), date(2024, 3, 4)),
        ("=b", "made", date(2024, 1, 4), "2024-01-04", 2, "[0,0]",
         0.25, 1.25, 2.25, 3.25, 4.25, 5.25, 6.25, 7.25, 99, 0, "", "",
         8.25, 0, None, None),
    ]  # fmt: skip


def test_averages_tests_and_skipped_keep_the_order_of_the_contract(answer):
    tables = study_rows(answer)
    text = {t.name: csv_bytes(t, tables[t.name]).decode().splitlines()[1] for t in STUDY_TABLES}
    assert text["averages"] == "all,-1,2,0.1,,0.2,0.3,0.4,0.5,0.6"
    assert text["tests"] == 'all,"[0,1]",sign,1.5,,0.13,0.2,2,no effect,Conover,'
    assert tables["tests"][1][-1] == "headline"
    assert text["headline"] == 'all,"[0,1]",9,8,7,0.01,0.02,0.03,,,,,,few,,'
    assert tables["headline"][1][-8:-1] == (-0.5, 0.5, 0.25, 0.75, 0.125, "", -1.5)
    assert text["skipped"] == "c,made,before the data"
    assert [row[0] for row in tables["skipped"]] == ["c", "=b"]
    assert text["correlation"] == "all,-1,spearman,0.25,-0.5,0.5,2,0.125,0.75"
    assert text["regression"] == "constant,0.1,0.2,0.5,0.6,4,1,0.7"
    assert text["direction"] == 'all,"[0,1]",2,1,0.5,0.1,0.9,1.0,3,0,0.9'
    assert text["intervals"] == 'all,"[0,1]",bca,-0.5,0.5,4,1999'


def test_a_projection_is_a_row_a_horizon_with_the_test_of_its_path():
    row = ProjectionRow(
        "talks", "made", 2, 100, 9, 8, 1, 0.25, 0.5, 0.75, 3, -1.0, 1.5, -2.0, 2.5, 0.125, 0.625,
        (("too near the end", 2), ("a rate is missing", 5)),
    )  # fmt: skip
    base = ProjectionRow("talks", "made", -1, estimate=0.0, reason="the base")
    found = Projection("talks", "made", (base, row), PreTrend(8.5, 4, 5, 0.375))
    lines = csv_bytes(TABLES["projections"], PROJECTIONS.rows([found])).decode().splitlines()
    assert lines[1] == "talks,made,-1,0,0,0,0,0.0,,,0,,,,,,,0,,8.5,4,5,0.375,the base"
    assert lines[2] == (
        "talks,made,2,100,9,8,1,0.25,0.5,0.75,3,-1.0,1.5,-2.0,2.5,0.125,0.625,7,"
        "too near the end 2; a rate is missing 5,8.5,4,5,0.375,"
    )


def test_moves_are_those_of_the_published_number_with_the_direction_of_its_subject(answer):
    lines = csv_bytes(TABLES["moves"], study_rows(answer)["moves"]).decode().splitlines()
    rows = [
        dict(zip(lines[0].split(","), next(csv.reader([line])), strict=True)) for line in lines[1:]
    ]
    assert [(row["event_id"], row["window"]) for row in rows] == [
        ("a", "[0,0]"), ("a", "[0,1]"), ("'=b", "[0,0]"),
    ]  # fmt: skip
    assert [(row["base_rate"], row["end_rate"], float(row["move_pct"])) for row in rows] == [
        ("1.0", "2.0", 100.0), ("1.0", "3.0", 200.0), ("3.0", "4.0", pytest.approx(100 / 3)),
    ]  # fmt: skip
    assert {row["direction"] for row in rows} == {"up"}
    assert {(row["subject"], row["quote"]) for row in rows} == {("Made by hand", "per unit")}
    assert (rows[1]["base_day"], rows[1]["end_day"]) == ("2024-01-01", "2024-01-03")


@pytest.mark.parametrize(
    ("rates", "card", "expected"),
    [
        ([80.0, 78.0], DOLLAR, (-2.5, "stronger", "RUB")),
        ([80.0, 82.0], DOLLAR, (2.5, "weaker", "RUB")),
        ([80.0, 80.0], DOLLAR, (0.0, "unchanged", "RUB")),
        ([1.25, 1.0], {"unit": "USD per EUR", "move_sign": 1}, (-20.0, "weaker", "EUR")),
        (
            [50.0, 60.0],
            {"unit": "USD per barrel", "move_sign": 1, "title": "Brent, EIA"},
            (20.0, "up", "Brent"),
        ),
        (
            [16.0, 18.0],
            {"unit": "%", "move_sign": 1, "title": "Key rate, X", "change": "difference"},
            (None, "up", "Key rate"),
        ),
        ([80.0, float("nan")], DOLLAR, (None, "", "RUB")),
    ],
)
def test_the_sign_of_a_move_is_that_of_the_number_and_the_direction_that_of_the_subject(
    answer, rates, card, expected
):
    (result,) = answer.results
    series = made_series([*rates, 1.0, 1.0])
    other = result.evolve(series=replace(series, card=replace(series.card, **card)))
    move = named_rows("moves", [other])[0]
    shown = None if move["move_pct"] is None else round(move["move_pct"], 10)
    assert (shown, move["direction"], move["subject"]) == expected


def test_columns_are_those_of_the_contract():
    assert {table.file_name: ",".join(table.header) for table in STUDY_TABLES} == {
        "moves.csv": (
            "event_day,title,category,source,move_pct,direction,subject,quote,window,base_day,"
            "base_rate,end_day,end_rate,percentile,series,event_id,source_url"
        ),
        "paths.csv": (
            "event_id,series,offset,day,rate,return,normal,abnormal,abnormal_se,car,ordinary_low,"
            "ordinary_high"
        ),
        "events.csv": (
            "event_id,series,event_day,anchor_day,shift_days,window,car,car_se,car_t,df,p_value,"
            "bhar,placebo_p,percentile,n_estimation,crowd,crowd_ids,flags,percentile_by_move,"
            "pool_size,pool_first_day,pool_last_day"
        ),
        "averages.csv": "group,offset,n,aar,aar_se,caar,caar_low,caar_high,supt_low,supt_high",
        "headline.csv": (
            "group,window,n,rates,clusters,mean,median,mean_without_largest,low,high,p_value,"
            "p_adjusted,smallest_visible,reason,statistic,largest_share"
        ),
        "tests.csv": (
            "group,window,test,statistic,df,p_value,p_adjusted,n,null_hypothesis,reference,role"
        ),
        "skipped.csv": "event_id,series,reason",
        "correlation.csv": "group,lag,method,r,low,high,n,p_value,p_adjusted",
        "regression.csv": "term,estimate,se,t,p_value,n,lags,p_adjusted",
        "direction.csv": ("group,window,n,hits,share,low,high,p_value,unclear,unmoved,p_adjusted"),
        "intervals.csv": "group,window,method,low,high,clusters,draws",
        "projections.csv": (
            "group,series,horizon,n,events,rates,rates_dropped,estimate,se_hc1,se_hac,lags,low,high,"
            "supt_low,supt_high,p_value,p_adjusted,dropped,dropped_by,pretrend_wald,pretrend_df,"
            "pretrend_df_error,pretrend_p,reason"
        ),
    }


def test_a_study_without_events_gives_headers_only():
    request = StudyRequest()
    none = study_rows(StudyAnswer(request, (), (), (), (), 0))
    assert set(none) == {table.name for table in STUDY_TABLES}
    assert not any(none.values())
