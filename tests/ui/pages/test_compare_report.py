"""The report of a comparison: verdicts, tests with N, who was lost, links, bundles of groups."""

import json
import math
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from dashboard.eventstudy.significance import SIGNIFICANCE_TESTS
from dashboard.models.event import Category, Origin
from dashboard.presentation.reports import ReportContext
from dashboard.services.events import EventFilter
from dashboard.services.reproduction import reproduce_bundle
from dashboard.ui.pages.compare.page import build_group_bundles
from dashboard.ui.pages.compare.report import build_compare_report
from tests.made_report import HOSTILE, table_of
from tests.made_series import event_at_row, series_of_returns
from tests.ui.pages.made_comparison import build_compare_state

LIVE = "http://127.0.0.1:8501/compare?cat=nato_remark&bcat=energy"
MADE = ReportContext(datetime(2026, 11, 26, 9, tzinfo=UTC), LIVE, f"{LIVE}&asof=2026-11-26T09:00Z")
NATO = EventFilter(categories=(Category.NATO_REMARK,))
ENERGY = EventFilter(categories=(Category.ENERGY,))
NATO_ROWS = tuple(range(50, 140, 10))
ENERGY_ROWS = tuple(range(55, 145, 10))
NINE = np.arange(-4, 5) / 1000


def series():
    """Noise; as quoted nine NATO remarks moved -1.4 … -0.6 %, nine energy events 0.1 … 0.9 %."""
    returns = np.random.default_rng(7).normal(0, 0.004, 150)
    returns[[row - 1 for row in NATO_ROWS]] = -0.01 + NINE
    returns[[row - 1 for row in ENERGY_ROWS]] = 0.005 + NINE
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
    state = build_compare_state(series(), events or known(), *filters)
    return build_compare_report(state, state.answer, made)


@pytest.fixture(scope="module")
def both():
    return report_of(NATO, ENERGY)


def test_the_title_is_the_verdict_and_the_question_that_of_the_page():
    report = report_of(NATO)
    # The mean of 0.60 … 1.40 is 1.00; a lower quoted number is a stronger rouble. Nine clusters
    # of one sign: 2 of 2^9 sign patterns are as extreme, p = 0.0039.
    assert report.title == (
        "Unusual: rouble 1.0\u202f% stronger on average at the first rate after NATO remarks"
        " (p = 0.004, 9 events)."
    )
    assert report.question.startswith("What happened to the rouble")
    assert "after NATO remarks, 2024–2025?" in report.question
    assert [chart.title for chart in report.charts] == [
        "Rouble after 9 NATO remarks",
        "Moves at the first rate after 9 NATO remarks",
    ]


def test_a_verdict_stands_on_interval_p_n_median_and_the_mean_without_the_largest():
    told = report_of(NATO).paragraphs[0]
    assert "N = 9 events on 9 rates, 9 clusters." in told
    assert "Declared test “Signed ranks of clusters”: p = 0.004 (one question" in told
    assert "95 % interval of the mean " in told
    # Without 1.40, 1.30 and 1.20 the mean of 0.60 … 1.10 is 0.85 log points, or 0.846 %.
    assert "Median 1.0 % stronger; mean without the three largest moves 0.8 % str" in told


def test_two_groups_have_a_sentence_each_and_their_difference_is_the_title(both):
    # 1.00 - (-0.50) = 1.50 log points, or 1.489 %
    assert both.title.startswith(
        "Different beyond chance: 1.5\u202f% stronger after NATO remarks than after energy"
        " events (p "
    )
    assert both.title.endswith(", 9 and 9 events).")
    told = " ".join(both.paragraphs)
    # Holm over two p of 0.0039 and a smaller one: twice 0.0039.
    assert "Unusual: rouble 1.0 % stronger on average" in told
    assert "Unusual: rouble 0.5 % weaker on average" in told
    assert "(p = 0.008, 9 events)" in told
    assert "N = 9 and 9 events on 18 rates, 18 joint clusters." in told
    summary = table_of(both, "The groups over [0,0]")
    assert [tuple(map(str, row[:5])) for row in summary.rows] == [
        ("NATO remarks", "9", "9", "9", "▼ −1.00 stronger"),
        ("Energy events", "9", "9", "9", "▲ +0.50 weaker"),
    ]


def test_a_caution_of_the_test_of_the_difference_stands_below_its_p(both):
    assert "doubt a p" not in " ".join(both.paragraphs)
    state = build_compare_state(series(), known(), NATO, ENERGY)
    *groups, difference = state.answer.declared
    declared = (*groups, replace(difference, caution="rejects 9 %"))
    answer = state.answer.evolve(declared=declared)
    told = " ".join(build_compare_report(replace(state, answer=answer), answer, MADE).paragraphs)
    assert "18 joint clusters. This test rejects 9 %: doubt a p close to 0.05." in told


def test_the_declared_test_stands_alone_and_the_others_with_their_uncorrected_p(both):
    declared, others = table_of(both, "The declared test"), table_of(both, "Other tests")
    assert [row[0].partition(" (")[2] for row in declared.rows] == [
        "difference_cluster_t)", "cluster_rank)", "cluster_rank)",
    ]  # fmt: skip
    assert all(row[2].endswith("(of 3)") for row in declared.rows)
    assert (declared.rows[0][1], declared.rows[0][4]) == ("Difference of the two", "9 and 9")
    assert "p, corrected" not in others.columns
    where = [others.columns.index(name) for name in ("N", "p", "Null hypothesis")]
    assert all(row[k] for row in others.rows for k in where)
    names = [row[0].rpartition("(")[2] for row in others.rows if row[1] == "NATO remarks"]
    registry = [f"{test.id})" for test in SIGNIFICANCE_TESTS if test.id != "cluster_rank"]
    assert names == registry
    assert any("no further questions" in caution for caution in both.cautions)
    said = " ".join([both.title, *both.paragraphs, *both.cautions]).lower()
    for word in ("significant", "because", "caused", "due to", "reacted"):
        assert word not in said


def test_who_was_lost_is_named_with_the_reason(both):
    steps = table_of(both, "From events listed to events used")
    assert steps.rows[0] == ("Listed", "10", "9")
    assert steps.rows[-1] == ("Used", "9", "9")
    (lost,) = table_of(both, "Events lost, and why").rows
    assert lost[2] == "Inside the data"
    moves = table_of(both, "Event by event: NATO remarks")
    assert [row[3] for row in moves.rows] == [f"−{k / 10:.2f}" for k in range(14, 5, -1)]
    shown = [100 * -math.expm1(-k / 1000) for k in range(14, 5, -1)]
    assert [row[2] for row in moves.rows] == [f"▼ −{x:.2f}\u202f% stronger" for x in shown]


def test_sources_parameters_day_and_both_links_are_there(both):
    assert [source.what for source in both.sources] == ["Rate", "Events"]
    # 150 returns from 1 January 2024 on end on 30 May.
    assert both.sources[0].as_of == "data to 30 May 2024"
    assert both.sources[1].name == "the catalogue of this program: 19 events"
    told = dict(both.parameters)
    assert (told["First group"], told["Window compared"]) == ("NATO remarks", "[0,0]")
    assert told["As of"] == "26 Nov 2026, 12:00 MSK (live, when this was made)"
    assert [link.url for link in both.links] == [
        "compare?cat=nato_remark&bcat=energy",
        "compare?cat=nato_remark&bcat=energy&asof=2026-11-26T09:00Z",
    ]
    assert "no proof of its cause" in both.cautions[-1]


def test_a_private_note_that_is_studied_stays_and_the_report_warns():
    mine = {"title": "Zanzibar talks", "visibility": "private", "origin": Origin.NOTE}
    studied = report_of(NATO, events=known(**mine))
    assert "Zanzibar talks" in str(studied)
    assert any("words of 1 private note of yours" in caution for caution in studied.cautions)
    crowding = report_of(ENERGY, events=known(**mine))
    assert "anzibar" not in str(crowding)
    assert not any("private" in caution for caution in crowding.cautions)


def test_too_few_clusters_give_no_verdict_and_list_the_events():
    report = report_of(NATO, events=known()[:7])
    assert report.title == (
        "Too few separate episodes for a verdict (7 clusters; 8 are needed): read the events one by"
        " one."
    )
    said = " ".join([report.title, *report.paragraphs])
    assert "usual" not in said
    assert "N = 7 events on 7 rates, 7 clusters" in said
    assert len(table_of(report, "Event by event").rows) == 7


def test_hostile_titles_are_one_line_in_every_cell_and_markup_in_no_figure():
    for text in HOSTILE:
        report = report_of(NATO, events=known(title=text))
        cells = [row[0] for row in table_of(report, "Event by event").rows]
        assert len(cells) == 9
        assert not any("\n" in cell for cell in cells)
        figures = json.dumps([chart.figure for chart in report.charts])
        for tag in ("<script", "<img", "<svg", "<iframe", "<a ", "<meta", "<base"):
            assert tag not in figures


def test_the_bundle_of_each_group_is_computed_again():
    state = build_compare_state(series(), known(), NATO, ENERGY)
    bundles = build_group_bundles(state, state.answer, MADE)
    assert list(bundles) == [
        "Bundle to reproduce it (ZIP): ● NATO remarks",
        "Bundle to reproduce it (ZIP): ◆ Energy events",
    ]
    for make in bundles.values():
        verdict = reproduce_bundle(make(), "made.zip", {}.__getitem__)
        assert (verdict.status, verdict.notes) == ("equal", ())
    alone = build_compare_state(series(), known(), NATO)
    assert list(build_group_bundles(alone, alone.answer, MADE)) == ["Bundle to reproduce it (ZIP)"]
