"""What the heat map of Correlation says: cells with a verdict only, an ended series last."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from dashboard.models.analyses import CrossCell, ProjectionRow, ScoreRow
from dashboard.models.study import CorrelationRow
from dashboard.presentation.correlation import (
    describe_answer,
    describe_cross_series,
    shorten_reason,
    turn_row,
)
from dashboard.presentation.quoting import QuotedSeries, QuoteMode
from tests.made_series import made_card

GOES_ON = replace(made_card("live", move_sign=-1), title="Live")
ENDED = replace(made_card("old", move_sign=-1), title="Old", history_until=date(2022, 3, 1))
CARDS = (ENDED, GOES_ON)


def cell(group="escalation", series="live", **more):
    values = {"n": 50, "caar": -0.0107, "p_value": 0.001, "p_adjusted": 0.04, "n_rates": 49,
              "mean_scar": -0.99, "largest_share": 0.13, "clusters": 45}  # fmt: skip
    return CrossCell(group, series, (0, 1), **(values | more))


GREY = cell("energy", "old", p_value=float("nan"), p_adjusted=float("nan"), largest_share=0.43,
            reason="one rate is 43 % of all moves, 20 % at most")  # fmt: skip


def test_the_answer_stands_first_with_what_it_rests_on():
    assert describe_cross_series(
        (cell(), GREY, cell("energy", p_adjusted=1.0)), CARDS, QuoteMode.WEAKER
    ) == (
        # 100 (exp(0.0107) - 1) = 1.0757
        "Escalation on Live: 1.1\u202f% weaker on average (+0.99 standard deviations, 50 events"
        " on 49 rates, 45 clusters, corrected p 0.040): after the Holm correction a p below 0.05"
        " is left for 1 of 2 means with a verdict."
        " Without a verdict: 1 grey cell, the reason in each."
    )


def test_a_series_that_has_ended_is_never_first_and_says_so():
    text = describe_cross_series(
        (cell(series="old", p_adjusted=0.001), cell()), CARDS, QuoteMode.WEAKER
    )
    assert text.startswith("Escalation on Live")
    assert "Escalation on Old, which ended on 1 Mar 2022" in text


def test_a_cell_without_a_verdict_is_not_named():
    assert "Energy" not in describe_cross_series((cell(), GREY), CARDS, QuoteMode.WEAKER)
    assert describe_cross_series((GREY,), CARDS, QuoteMode.WEAKER) == (
        "No cell has a verdict. Without a verdict: 1 grey cell, the reason in each."
    )


def test_nothing_small_is_said_with_the_number_of_means():
    assert describe_cross_series(
        (cell(p_adjusted=0.5), cell("energy", p_adjusted=1.0)), CARDS, QuoteMode.WEAKER
    ) == ("None of 2 means with a verdict has a p below 0.05 after the Holm correction.")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"n": 2, "n_rates": 2}, "2 events"),
        ({"n": 9, "n_rates": 1}, "1 rate"),
        ({"largest_share": 0.43}, "one: 43\u202f%"),
        ({"clusters": 7}, "7 clusters"),
    ],
)
def test_a_grey_cell_says_why_in_a_word(more, said):
    assert shorten_reason(cell(reason="why", **more)) == said
    assert shorten_reason(cell(**more)) == ""


def test_the_answer_names_what_is_left_after_the_corrections_and_n():
    lags = tuple(
        CorrelationRow(group, lag, "point_biserial", 0.05, -0.03, 0.03, 3_369, p, p)
        for group, lag, p in (("all", 0, 0.4), ("escalation", 1, 0.03))
    )
    assert describe_answer(lags[:1], (), 477) == (
        "Nothing beyond chance: none of 1 correlation has a Holm-corrected p below 0.05"
        " (477 events)"
    )
    assert describe_answer(lags, (), 477) == (
        "Beyond chance: Escalation at lag +1. Of 2 correlations only these have a"
        " Holm-corrected p below 0.05 (477 events)"
    )


def test_a_row_has_the_sign_of_the_number_shown_and_its_interval_in_order():
    nan = float("nan")
    row = ProjectionRow(
        "escalation", "live", 1, n=9, events=2, rates=2, rates_dropped=0, estimate=-0.0107,
        low=-0.02, high=0.01, supt_low=nan, supt_high=nan, p_value=0.2,
    )  # fmt: skip
    per_usd, per_rouble = (
        turn_row(row, QuotedSeries(GOES_ON, mode)) for mode in (QuoteMode.WEAKER, QuoteMode.USD)
    )
    # A weaker rouble, -1.07 log points, is RUB per USD up.
    assert (per_usd.estimate, per_usd.low, per_usd.high, per_usd.p_value) == (
        0.0107, -0.01, 0.02, 0.2
    )  # fmt: skip
    assert per_rouble == row


def test_the_size_of_moves_has_no_sign_to_turn():
    size = ScoreRow("tone", "size", (0, 1), 0.3, 0.1, 0.5, 40, 0, 0.01)
    per_usd = QuotedSeries(GOES_ON, QuoteMode.WEAKER)
    assert turn_row(size, per_usd) == size
    turned = turn_row(replace(size, against="move"), per_usd)
    assert (turned.r, turned.low, turned.high) == (-0.3, -0.5, -0.1)
