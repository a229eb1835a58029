"""The report of a comparison: verdicts, tests with N, who was lost, links, bundles of groups."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from dashboard.domain.event import Category, Origin
from dashboard.services.find_events import EventFilter
from dashboard.services.reproduce_study import reproduce
from dashboard.ui.compare_report import compare_report
from dashboard.ui.report_parts import MadeFor
from dashboard.ui.widgets.compare_ways_out import bundles_of
from tests.made_report import HOSTILE
from tests.made_series import event_at_row, series_of_returns
from tests.ui.made_comparison import made_scene

LIVE = "http://127.0.0.1:8501/compare?cat=nato_remark&bcat=energy"
MADE = MadeFor(datetime(2026, 11, 26, 9, tzinfo=UTC), LIVE, f"{LIVE}&asof=2026-11-26T09:00Z")
NATO = EventFilter(categories=(Category.NATO_REMARK,))
ENERGY = EventFilter(categories=(Category.ENERGY,))
NATO_ROWS = (60, 75, 90, 105, 120)
ENERGY_ROWS = (65, 80, 95, 110, 125)


def series():
    """Noise; on the day of a NATO remark -1 %, on that of an energy event +0.5 %, as quoted."""
    returns = np.random.default_rng(7).normal(0, 0.004, 150)
    returns[[row - 1 for row in NATO_ROWS]] = -0.01
    returns[[row - 1 for row in ENERGY_ROWS]] = 0.005
    made = series_of_returns(returns, move_sign=-1)
    return replace(made, card=replace(made.card, licence="Public domain"))


def known(**first):
    events = [
        event_at_row(row, f"{category}-{row}", category=category)
        for category, rows in ((Category.NATO_REMARK, NATO_ROWS), (Category.ENERGY, ENERGY_ROWS))
        for row in rows
    ]
    late = event_at_row(400, "too-late", category=Category.NATO_REMARK)
    return (replace(events[0], **first), *events[1:], late)


def report_of(*filters, events=None, made=MADE):
    scene = made_scene(series(), events or known(), *filters)
    return compare_report(scene, scene.answer, made)


def table_of(report, title):
    return next(table for table in report.tables if table.title == title)


@pytest.fixture(scope="module")
def both():
    return report_of(NATO, ENERGY)


def test_the_title_is_the_verdict_and_the_question_that_of_the_page():
    report = report_of(NATO)
    # Each NATO remark moved by 1.00 log points; a lower quoted number is a stronger rouble.
    assert report.title.startswith("Rouble 1.00 log pts stronger on average")
    assert "after 5 NATO remarks: " in report.title
    assert report.question.startswith("What happened to the rouble")
    assert "after NATO remarks, 2024–2025?" in report.question
    assert [chart.title for chart in report.charts] == [
        "Rouble after 5 NATO remarks",
        "Moves over [0,0] after 5 NATO remarks",
    ]


def test_two_groups_have_a_sentence_each_and_their_difference_is_the_title(both):
    # 1.00 - (-0.50) = 1.50
    assert both.title.startswith(
        "Difference: rouble 1.50 log pts stronger after NATO remarks than after energy events: "
    )
    told = " ".join(both.paragraphs)
    assert "Rouble 1.00 log pts stronger" in told
    assert "Rouble 0.50 log pts weaker" in told
    assert "N = 5 and 5." in told
    summary = table_of(both, "The groups over [0,0]")
    assert [row[:3] for row in summary.rows] == [
        ("NATO remarks", "5", "▼ −1.00 stronger"),
        ("Energy events", "5", "▲ +0.50 weaker"),
    ]


def test_every_test_stands_with_its_n_both_p_and_its_null_hypothesis(both):
    for title in ("The tests to read first", "The other tests"):
        table = table_of(both, title)
        where = [table.columns.index(name) for name in ("N", "p, corrected", "p",
                                                        "Null hypothesis")]  # fmt: skip
        assert all(row[k] for row in table.rows for k in where)
    first = table_of(both, "The tests to read first")
    (shift,) = [row for row in first.rows if "(difference_shift)" in row[0]]
    assert shift[1] == "Difference of the two"
    assert shift[2].endswith("(of 3)")
    assert shift[4] == "5 and 5"
    said = " ".join([both.title, *both.paragraphs, *both.cautions]).lower()
    for word in ("significant", "because", "caused", "due to", "reacted"):
        assert word not in said


def test_who_was_lost_is_named_with_the_reason(both):
    steps = table_of(both, "From events listed to events used")
    assert steps.rows[0] == ("Listed", "6", "5")
    assert steps.rows[-1] == ("Used", "5", "5")
    (lost,) = table_of(both, "Events lost, and why").rows
    assert lost[2] == "Inside the data"
    moves = table_of(both, "Event by event: NATO remarks")
    assert [row[2] for row in moves.rows] == ["▼ −1.00 stronger"] * 5


def test_sources_parameters_day_and_both_links_are_there(both):
    assert [source.what for source in both.sources] == ["Rate", "Events"]
    # 150 returns from 1 January 2024 on end on 30 May.
    assert both.sources[0].as_of == "as of 30 May 2024"
    assert both.sources[1].name == "the catalogue of this program: 11 events"
    told = dict(both.parameters)
    assert (told["First group"], told["Window compared"]) == ("NATO remarks", "[0,0]")
    assert told["As of"] == "26 Nov 2026, 12:00 MSK (live, when this was made)"
    assert [link.url for link in both.links] == [MADE.live, MADE.frozen]
    assert both.cautions[-1] == "A move near an event is no proof of its cause."


def test_a_private_note_that_is_studied_stays_and_the_report_warns():
    mine = {"title": "Zanzibar talks", "visibility": "private", "origin": Origin.NOTE}
    studied = report_of(NATO, events=known(**mine))
    assert "Zanzibar talks" in str(studied)
    assert any("words of 1 private note of yours" in caution for caution in studied.cautions)
    crowding = report_of(ENERGY, events=known(**mine))
    assert "anzibar" not in str(crowding)
    assert not any("private" in caution for caution in crowding.cautions)


def test_few_events_are_told_one_by_one_and_never_judged():
    report = report_of(NATO, events=known()[:3])
    assert report.title.endswith("too few events to judge (3).")
    assert report.cautions[0].startswith("Only 3 of NATO remarks can be measured")


def test_hostile_titles_are_one_line_in_every_cell_and_markup_in_no_figure():
    for text in HOSTILE:
        report = report_of(NATO, events=known(title=text))
        cells = [row[0] for row in table_of(report, "Event by event").rows]
        assert len(cells) == 5
        assert not any("\n" in cell for cell in cells)
        figures = json.dumps([chart.figure for chart in report.charts])
        for tag in ("<script", "<img", "<svg", "<iframe", "<a ", "<meta", "<base"):
            assert tag not in figures


def test_the_bundle_of_each_group_is_computed_again():
    scene = made_scene(series(), known(), NATO, ENERGY)
    bundles = bundles_of(scene, scene.answer, MADE)
    assert list(bundles) == [
        "Bundle to reproduce it (ZIP): ● NATO remarks",
        "Bundle to reproduce it (ZIP): ◆ Energy events",
    ]
    for make in bundles.values():
        verdict = reproduce(make(), "made.zip", {}.__getitem__)
        assert (verdict.status, verdict.notes) == ("equal", ())
    alone = made_scene(series(), known(), NATO)
    assert list(bundles_of(alone, alone.answer, MADE)) == ["Bundle to reproduce it (ZIP)"]
