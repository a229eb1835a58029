"""What Correlation says of local projections."""

from __future__ import annotations

from dataclasses import replace

from dashboard.models.analyses import PreTrend, Projection, ProjectionRow
from dashboard.models.messages import deferred
from dashboard.presentation.correlation import (
    describe_dropped,
    describe_pre_trend,
    describe_projection,
)
from dashboard.presentation.quoting import QuotedSeries, QuoteMode
from tests.made_series import made_card

PER_ROUBLE = QuotedSeries(made_card(move_sign=-1), QuoteMode.USD)


NO_RETURN = deferred("no return of {factor}", factor="brent_eia")
BEFORE = PreTrend(3.25, 4, 20, 0.6)


def made(pre_trend=BEFORE, **changed):
    rows = [
        ProjectionRow(
            "escalation", "made", h, n=900, events=30, rates=29, rates_dropped=2,
            estimate=-0.001 * (h + 1), se_hc1=0.01, low=-0.02, high=0.01, supt_low=-0.03,
            supt_high=0.02, p_value=0.2, p_adjusted=0.6,
            dropped=(("too near the start", 5), (NO_RETURN, 40)),
        )
        for h in range(-5, 21)
    ]  # fmt: skip
    rows = [replace(row, **changed) if row.horizon >= 0 else row for row in rows]
    rows[:4] = [replace(r, supt_low=float("nan"), supt_high=float("nan")) for r in rows[:4]]
    return Projection("escalation", "made", tuple(rows), pre_trend)


def test_the_answer_comes_first_with_bands_and_n():
    assert describe_projection(made(), PER_ROUBLE) == (
        # 100 (1 - exp(-0.002)) = 0.200, 100 (1 - exp(-0.006)) = 0.598
        "Escalation: 0.2\u202f% weaker 1 rate after the first (95 % band −3.00 to +2.00 log pts)"
        " and 0.6\u202f% weaker 5 rates after the first (95 % band −3.00 to +2.00 log pts); log pts"
        " of USD per RUB, up = stronger rouble. The band of the whole path holds 0 at every horizon"
        " from 0 to 20. N = 30 events on 29 first rates."
    )


def test_a_band_that_leaves_zero_out_names_horizons_and_the_corrected_p():
    result = made()
    rows = list(result.rows)
    rows[8] = replace(rows[8], supt_high=-0.001, p_adjusted=0.012)
    text = describe_projection(replace(result, rows=tuple(rows)), PER_ROUBLE)
    assert (
        "leaves 0 out at +3 (smallest p, corrected for 21 horizons, 0.012). N = 30 events" in text
    )


def test_few_first_rates_have_an_estimate_without_a_band():
    nan = float("nan")
    few = made(supt_low=nan, supt_high=nan, se_hc1=nan, reason="fewer than 8 first rates")
    text = describe_projection(few, PER_ROUBLE)
    assert text.startswith(
        "Escalation: 0.2\u202f% weaker 1 rate after the first and 0.6\u202f% weaker"
    )
    assert text.endswith("No band: fewer than 8 first rates; N = 30 events on 29 first rates.")


def test_nothing_found_says_why():
    none = made(estimate=float("nan"), reason="no row tells the events from the other terms")
    assert describe_projection(none, PER_ROUBLE) == (
        "Escalation: no number, no row tells the events from the other terms."
    )


def test_the_test_of_what_came_before_is_told_both_ways():
    assert describe_pre_trend(made()) == (
        "Before the event (−5 to −2) no movement is seen (Wald 3.2, 4 horizons, p 0.60); a small"
        " one could be missed."
    )
    moved = describe_pre_trend(made(PreTrend(21.5, 4, 20, 0.002)))
    assert "the rate moved already (Wald 21.5, 4 horizons, p 0.002): read what follows" in moved
    assert describe_pre_trend(made(PreTrend(reason="fewer than 8 first rates"))) == (
        "Before the event (−5 to −2): no test, fewer than 8 first rates."
    )


def test_what_is_left_out_is_counted_by_reason_and_title():
    assert describe_dropped(made(), {"brent_eia": "Brent"}) == (
        "900 rates are used at +1; 2 first rates with an event left out. Not used: 5 too near the"
        " start; 40 no return of Brent."
    )
