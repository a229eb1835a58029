"""The sentences of a verdict: what leads, what follows it, where mean and ranks part."""

from dataclasses import replace

import numpy as np
import pytest

from dashboard.models.event import Category
from dashboard.models.study import Headline
from dashboard.presentation.quoting import MoveScale, QuotedSeries, QuoteMode
from dashboard.services.events import EventFilter
from dashboard.ui.pages.compare.messages import build_verdict_lines
from tests.made_series import event_at_row, series_of_returns
from tests.ui.pages.made_comparison import build_compare_state

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
        "Not unusual: rouble 1.00 log pts stronger on average at the first rate after 9 NATO"
        " remarks (p = 0.21, corrected for 1 question). Moves under about 1.3 log pts on average"
        " would not be seen with 9 events"
    )
    assert below == (
        "95 % interval of the mean 0.20 weaker to 1.40 log pts stronger; “Signed ranks of"
        " clusters”, the test declared in advance: p = 0.21 (one question here, nothing to"
        " correct). N = 9 events on 9 rates, 9 clusters. Median 0.80 log pts stronger; mean"
        " without the three largest moves 0.40 log pts stronger."
    )


def test_unusual_follows_the_corrected_p_alone(state):
    assert lines_of(state, p_value=0.01, p_adjusted=0.05)[0].startswith("Unusual: rouble 1.00")
    assert lines_of(state, p_value=0.01, p_adjusted=0.051)[0].startswith("Not unusual: ")


def test_a_mean_against_the_ranks_is_told(state):
    head, _ = lines_of(state, statistic=-2.0, low=-0.02, high=-0.001, p_adjusted=0.01)
    assert "1.00 log pts stronger" in head
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
        assert scale.directed_span(-0.005, 0.016) == "0.50 weaker to 1.60 log pts stronger"
        assert scale.directed_span(-0.0123, -0.002) == "0.20 to 1.23 log pts weaker"
        assert scale.directed_span(float("nan"), 0.1) == "–"
