"""The reasons of missing values in a study, each listed once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dashboard.models.study import SkippedEvent, StudyAnswer, StudyRequest, TestResult
from dashboard.services.exports import not_applicable_reasons, skipped_reasons

NAN = float("nan")


def row_of(test, group="all", window=(0, 1), note="too few"):
    return TestResult(group, window, test, NAN, NAN, NAN, NAN, 1, "", "", note)


@pytest.fixture
def answer():
    return StudyAnswer(StudyRequest(), (), (), (), (), 0)


def test_tests_with_one_reason_in_one_place_share_a_sentence(answer):
    valued = replace(row_of("patell"), p_value=0.5)
    day = row_of("sign", window=(3, 3))
    found = replace(answer, tests=(row_of("bmp"), row_of("sign"), valued, day))
    assert not_applicable_reasons(found) == ["bmp, sign (all): too few"]


def test_more_places_than_three_are_counted(answer):
    groups = tuple(row_of("bmp", group=name) for name in "abcde")
    assert not_applicable_reasons(replace(answer, tests=groups)) == [
        "bmp (a, b, c and 2 more): too few"
    ]


def test_the_window_stands_beside_the_group_where_there_are_several(answer):
    request = StudyRequest(cars=((0, 1), (0, 5)))
    found = replace(answer, request=request, tests=(row_of("bmp", window=(0, 5)),))
    assert not_applicable_reasons(found) == ["bmp (all [0,5]): too few"]


def test_the_most_frequent_reason_comes_first_and_the_rest_are_counted(answer):
    rows = tuple(SkippedEvent(f"e{k}", "s", f"why {k}") for k in range(6))
    rows = (*rows, SkippedEvent("x", "s", "why 5"))
    lines = skipped_reasons(replace(answer, skipped=rows))
    assert lines[0] == "2 x why 5 (e5, x)"
    assert lines[1] == "1 x why 0 (e0)"
    assert lines[5:] == ["1 more reason, all of them in the files and in JSON"]
