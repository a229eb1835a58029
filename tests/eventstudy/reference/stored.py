"""The stored answers of R, and the same studies by the program."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np

from dashboard.models.event import Event
from dashboard.models.study import StudyRequest, window_text
from dashboard.services.study import run_study
from tests.made_series import made_series

FOLDER = Path(__file__).parent
NAN = float("nan")


def rows_of(name):
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


CASES = {row["case"]: row for row in rows_of("cases.csv")}


def number(text):
    return float(text) if text else NAN


def window_of(text):
    first, last = text.split(":")
    return int(first), int(last)


def request_of(case):
    row = CASES[case]
    return StudyRequest(
        returns=row["returns"],
        model=row["model"],
        window=window_of(row["window"]),
        cars=tuple(window_of(text) for text in row["cars"].split()),
        estimation=int(row["estimation"]),
        gap=int(row["gap"]),
        min_estimation=int(row["min_estimation"]),
        pool=row["pool"],
        clean_estimation=row["clean"] == "yes",
    )


def series_of(case):
    """The series of a case and its factors."""
    row = CASES[case]
    table = rows_of(f"data/{row['data']}.csv")
    days = [line["date"] for line in table]

    def column(name):
        return made_series([number(line[name]) for line in table], days, series_id=name)

    return [column(name) for name in row["series"].split()], [
        column(name) for name in row["factors"].split()
    ]


def events_of(case):
    return [
        Event(
            id=line["id"],
            day=date.fromisoformat(line["date"]),
            title="Something",
            category=line["category"],
            expected=line["expected"],
            series=line["series"] or None,
        )
        for line in rows_of(f"data/{CASES[case]['events']}_events.csv")
    ]


@cache
def answer_of(case, pool=None):
    """The study of a case, among the dates it names or those of another pool."""
    series, factors = series_of(case)
    request = request_of(case)
    request = replace(request, pool=pool or request.pool)
    return run_study(series, events_of(case), request, factors=factors)


@cache
def tests_by_r(case):
    """R's test results, by (test, group, window)."""
    return {
        (row["test"], row["group"], row["window"]): row
        for row in rows_of(f"numbers/{case}_tests.csv")
    }


@cache
def computed_tests(case):
    return {(row.test, row.group, window_text(row.window)): row for row in answer_of(case).tests}


@cache
def events_by_r(case):
    """R's numbers of each event on its series, by (event, series, quantity)."""
    return {
        (row["event"], row["series"], row["quantity"]): number(row["value"])
        for row in rows_of(f"numbers/{case}_events.csv")
    }


@cache
def computed_events(case):
    """The same quantities from the engine's result."""
    found = {}
    for result in answer_of(case).results:
        for k, event in enumerate(result.events):
            key = (event.id, result.series.card.id)
            found[*key, "sigma"] = result.sigma[k]
            found[*key, "m"] = result.n_estimation[k]
            found[*key, "df"] = result.cars[0].df[k]
            for column, offset in enumerate(result.offsets.tolist()):
                found[*key, f"ar[{offset}]"] = result.abnormal[k, column]
                found[*key, f"ar_se[{offset}]"] = result.abnormal_se[k, column]
            for car in result.cars:
                values = {
                    "car": car.car, "se": car.se, "t": car.t, "p": car.p, "bhar": car.bhar,
                    "placebo_p": car.placebo_p, "percentile": car.percentile_by_move,
                }  # fmt: skip
                for name, array in values.items():
                    found[*key, f"{name} {window_text(car.window)}"] = array[k]
    if CASES[case]["pool"] == "all":
        found |= _matched_events(case)
    return found


def _matched_events(case):
    """The percentile of the plain move among all dates of similar volatility."""
    return {
        (event.id, result.series.card.id, f"matched {window_text(car.window)}"): value
        for result in answer_of(case, "similar").results
        for car in result.cars
        for event, value in zip(result.events, car.percentile_by_move, strict=True)
    }


def same(actual, expected, rel=1e-9):
    """Equal to nine digits, or both without a value; 0 is 0 up to the last digit of a return."""
    if np.isnan(expected):
        return bool(np.isnan(actual))
    return abs(actual - expected) <= max(rel * abs(expected), 1e-15)


def differences(test_id, case):
    """Where a test's answer is not R's to nine digits, in words; the statistics of a case."""
    result, actual = [], computed_tests(case)
    for key, row in tests_by_r(case).items():
        if key[0] == test_id:
            result += [f"{key}: {what}" for what in _unlike(actual[key], row)]
    return result


def _unlike(mine, row):
    """The columns of one result that differ from R's."""
    pairs = {"statistic": (mine.statistic, row["statistic"])}
    if row["p_value"] != "not computed":
        pairs |= {"df": (mine.df, row["df"]), "p_value": (mine.p_value, row["p_value"])}
        if row["p_adjusted"]:
            pairs["p_adjusted"] = (mine.p_adjusted, row["p_adjusted"])
    for name, (actual, expected) in pairs.items():
        if not same(actual, number(expected)):
            yield f"{name} {actual} is {expected or 'none'} in R"
    if row["n"] and mine.n != int(row["n"]):
        yield f"n {mine.n} is {row['n']} in R"
    if not row["statistic"] and not mine.note:
        yield "no reason is given"


@cache
def groups_by_r(case):
    """R's averages and shares, by (group, quantity)."""
    return {
        (row["group"], row["quantity"]): number(row["value"])
        for row in rows_of(f"numbers/{case}_groups.csv")
    }


@cache
def computed_groups(case):
    """The same from the engine's answer."""
    answer = answer_of(case)
    result = {
        (row.group, f"{name}[{row.offset}]"): getattr(row, name)
        for row in answer.averages
        for name in ("aar", "aar_se", "caar", "caar_low", "caar_high")
    }
    for row in answer.directions:
        window = window_text(row.window)
        result[row.group, f"share {window}"] = row.share
        result[row.group, f"share_low {window}"] = row.low
        result[row.group, f"share_high {window}"] = row.high
    return result
