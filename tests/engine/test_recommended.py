"""Which test to read follows from the simulated sizes; the table is that of the document."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dashboard.engine.recommended import (
    OTHER_QUESTIONS,
    SITUATIONS,
    first_to_read,
    holds_everywhere,
    reading_for,
)
from dashboard.engine.significance import SIGNIFICANCE_TESTS
from dashboard.engine.size_table import EVENTS, POWER, SIZE, STUDIES

DOCUMENT = (Path(__file__).parents[2] / "docs" / "size.md").read_text(encoding="utf-8")


def sizes(**of_test):
    """Sizes of one series, by test: scattered, then clustered dates."""
    return {
        test: {("normal", "scattered"): both[0], ("normal", "clustered"): both[1]}
        for test, both in of_test.items()
    }


def rows_of(heading):
    """The rows of the first table below a heading of the document."""
    lines = DOCUMENT.split(f"## {heading}")[1].split("\n## ")[0].splitlines()
    table = [line.strip("| ").split(" | ") for line in lines if line.startswith("|")]
    return table[0][1:], {row[0]: row[1:] for row in table[2:]}


def test_every_test_is_in_the_one_list_where_it_belongs():
    found = sizes(
        sound=(0.05, 0.07), strong=(0.03, 0.05), bold=(0.05, 0.0701), shy=(0.0299, 0.05),
        volatility=(0.05, 0.05),
    )  # fmt: skip
    powers = {test: {"normal": 0.9 if test == "strong" else 0.5} for test in found}
    scattered = reading_for("scattered", found, powers)
    assert scattered.first == ("strong", "sound")
    assert (scattered.also, scattered.too_often, scattered.too_rarely) == (("bold",), (), ("shy",))
    clustered = reading_for("clustered", found, powers)
    assert clustered.first == ("strong", "sound")
    assert (clustered.also, clustered.too_often, clustered.too_rarely) == (("shy",), ("bold",), ())


def test_a_test_that_errs_both_ways_counts_as_too_often():
    found = {"odd": {("a", "dense"): 0.01, ("b", "dense"): 0.2}}
    assert reading_for("dense", found, {"odd": {"a": 0.5}}).too_often == ("odd",)


def test_the_rouble_is_read_with_the_two_that_hold_everywhere():
    assert first_to_read() == ("overlap_t", "calendar_shift")
    # docs/size.md, clustered columns: 5.6, 3.8 and 3.1; everything else is bold there.
    assert reading_for("clustered").also == ("cluster_t",)
    assert all(holds_everywhere(test) for test in OTHER_QUESTIONS)


@pytest.mark.parametrize("dates", SITUATIONS)
def test_no_test_is_forgotten(dates):
    reading = reading_for(dates)
    listed = [*reading.first, *reading.also, *reading.too_often, *reading.too_rarely]
    assert sorted([*listed, *OTHER_QUESTIONS]) == sorted(test.id for test in SIGNIFICANCE_TESTS)


def test_the_numbers_are_those_of_the_document():
    heads, rows = rows_of("Size: nothing happened")
    assert list(rows) == list(SIZE)
    for test, cells in rows.items():
        for head, cell in zip(heads, cells, strict=True):
            series, dates = head.split(", ")
            rate = 100 * SIZE[test][series, dates]
            assert cell.strip("*") == f"{rate:.1f}"
            assert cell.startswith("**") == (not 3 <= rate <= 7)
    heads, rows = rows_of("Power: 0.5 standard deviations added to offset 0")
    for test, cells in rows.items():
        shown = [f"{100 * POWER[test][head.split(', ')[0]]:.1f}" for head in heads]
        assert shown == cells
    assert f"over {STUDIES:,} simulated studies a cell" in DOCUMENT
    assert f"Scattered: {EVENTS['scattered']} events" in DOCUMENT
    assert f"dense: {EVENTS['dense']} events" in DOCUMENT


def test_the_document_recommends_what_the_program_does():
    _, rows = rows_of("Which test to read")
    for dates, words in SITUATIONS.items():
        reading = reading_for(dates)
        lists = (reading.first, reading.also, reading.too_often, reading.too_rarely)
        assert rows[f"{dates}: {words}"] == [", ".join(each) or "–" for each in lists]
    assert re.search(r"3-7 % in every cell: `volatility`.*`direction`", DOCUMENT)
