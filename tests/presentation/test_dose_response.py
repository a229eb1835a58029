"""The sentences of a dose response name directions; a sign would depend on the quote shown."""

from dashboard.models.analyses import DoseRow
from dashboard.presentation.correlation import describe_dose, describe_dose_details
from dashboard.sources.rates.bundled import BundledRates

CARD = BundledRates().get("usd_rub_cbr").card
# Slope -0.0097 a point with the standard error 0.0068 and 35 degrees of freedom: t = 2.0301.
ROW = DoseRow(
    "surprise", "monetary_policy", "usd_rub_cbr", (0, 1), "%", n=37, rates=37, clusters=37,
    slope=-0.0097, low=-0.0235, high=0.0041, p_value=0.16, p_adjusted=0.47,
    smallest_visible=0.0178, intercept=-0.0018, intercept_se=0.0044, spearman=-0.12,
    spearman_p=0.48, largest_weight=0.1, n_up=9, n_down=2,
)  # fmt: skip


def test_slope_and_interval_are_told_by_direction():
    assert describe_dose(ROW, CARD) == (
        "No relation of the move with the surprise can be told from chance: 0.97 log pts weaker per"
        " percentage point, 95 % 2.35 weaker to 0.41 stronger; p 0.16, Holm-corrected 0.47;"
        " 37 events on 37 rates, 37 clusters. A slope of 1.78 log pts per percentage point or more"
        " would be found in four studies of five."
    )


def test_the_move_without_a_dose_and_the_ranks_are_told_by_direction():
    assert describe_dose_details(ROW, CARD, {}) == [
        "At a dose of 0 the move is 0.18 log pts weaker (0.44 standard error).",
        "Doses above 0: 9, below 0: 2; too few on a side for two slopes.",
        "Spearman's rho −0.12 (positive: stronger the higher the dose), p 0.48.",
    ]
