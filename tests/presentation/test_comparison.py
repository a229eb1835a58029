"""The sentences of a verdict: what leads, what follows it, where mean and ranks part."""

from dataclasses import replace

import numpy as np
import pytest

from dashboard.models.event import Category
from dashboard.models.study import Headline
from dashboard.presentation.comparison import build_verdict_lines
from dashboard.presentation.quoting import MoveScale, QuotedSeries, QuoteMode
from dashboard.services.events import EventFilter
from tests.made_series import event_at_row, series_of_returns
from tests.ui.pages.made_comparison import build_compare_state

THIN = "\u202f"
ROWS = tuple(range(50, 140, 10))
NATO = EventFilter(categories=(Category.NATO_REMARK,))
FOUND = Headline("nato_remark", (0, 0), 9, 9, 9, 0.01, 0.008, 0.004, -0.002, 0.014, 0.21, 0.21,
                 0.013, "", 1.2)  # fmt: skip


@pytest.fixture(scope="module")
def state():
    series = series_of_returns(np.random.default_rng(7).normal(0, 0.004, 150), move_sign=-1)
    events = [event_at_row(row, f"e{row}", category=Category.NATO_REMARK) for row in ROWS]
    return build_compare_state(series, events, NATO)


def lines_of(state, **changes):
    """The verdict where the declared test says something else than it does."""
    headline = replace(FOUND, **changes)
    group = state.answer.groups[0]
    comparison = state.answer.evolve(groups=(group.evolve(headlines=(headline,)),))
    return build_verdict_lines(replace(state, answer=comparison), comparison)[0]


def test_not_unusual_is_never_said_without_the_smallest_move_that_would_be_seen(state):
    head, below = lines_of(state)
    assert head == (
        f"Not unusual: rouble 1.0{THIN}% stronger on average at the first rate after NATO remarks"
        " (p = 0.21, 9 events)"
    )
    # exp(-0.0100) - 1 = -0.995 %, of -0.002 +0.200 %, of 0.014 -1.390 %, of 0.008 -0.797 %, of
    # 0.004 -0.399 %, of 0.013 -1.292 %.
    assert below == (
        "Declared test “Signed ranks of clusters”: p = 0.21 (one question here, nothing to"
        f" correct). 95 % interval of the mean 0.2{THIN}% weaker to 1.4{THIN}% stronger. N = 9"
        f" events on 9 rates, 9 clusters. Median 0.8{THIN}% stronger; mean without the three"
        f" largest moves 0.4{THIN}% stronger. Moves under about 1.3{THIN}% on average would not be"
        " seen with 9 events."
    )


def test_unusual_follows_the_corrected_p_alone(state):
    assert lines_of(state, p_value=0.01, p_adjusted=0.05)[0].startswith(
        f"Unusual: rouble 1.0{THIN}%"
    )
    assert lines_of(state, p_value=0.01, p_adjusted=0.051)[0].startswith("Not unusual: ")


def test_a_mean_against_the_ranks_is_told(state):
    head, _ = lines_of(state, statistic=-2.0, low=-0.02, high=-0.001, p_adjusted=0.01)
    assert f"1.0{THIN}% stronger" in head
    assert "remarks, while by ranks it leans weaker (p" in head
    outside, _ = lines_of(state, high=0.005)
    assert "a mean that few large moves carry: by ranks it lies outside the interval" in outside


def test_few_clusters_lead_to_the_events(state):
    nan = float("nan")
    head, below = lines_of(state, clusters=5, reason="needs 8", p_value=nan, p_adjusted=nan,
                           low=nan, high=nan, smallest_visible=nan)  # fmt: skip
    assert head == (
        "Too few separate episodes for a verdict (5 clusters; 8 are needed): read the events one"
        " by one"
    )
    assert "usual" not in below
    assert "N = 9 events on 9 rates, 5 clusters." in below


def test_an_interval_is_told_in_directions_whatever_the_quote(state):
    for quote in QuoteMode:
        scale = MoveScale(QuotedSeries(state.card, quote))
        assert scale.directed_span(-0.005, 0.016) == f"0.5{THIN}% weaker to 1.6{THIN}% stronger"
        assert scale.directed_span(-0.0123, -0.002) == f"0.2 to 1.2{THIN}% weaker"
        assert scale.directed_span(float("nan"), 0.1) == "–"
