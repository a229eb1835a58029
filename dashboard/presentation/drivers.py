"""Messages about a driver and a rate: the answer, each part, and the views of their tables."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from dashboard.models.analyses import ProjectionRow
from dashboard.models.drivers import (
    DRIVER_MEASURES,
    WHOLE_SAMPLE,
    DriverAnswer,
    DriverLag,
    DriverSampleRow,
    DriverTest,
    MatchedDriver,
)
from dashboard.models.messages import deferred, join_and, plural, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.models.study import SIGNIFICANCE_LEVEL
from dashboard.presentation.correlation import PRE_TREND_HORIZONS, turn_row
from dashboard.presentation.formatting import (
    format_day,
    format_day_range,
    format_number,
    format_offset,
    format_p,
    format_range,
    format_share,
    format_signed,
)
from dashboard.presentation.quoting import MoveScale, QuotedSeries
from dashboard.presentation.tables import View

REPORTED_HORIZONS: Final = (1, 5)
"""The horizons in the sentence: the rate after the first, and a week of rates."""
_SCALED_FIELDS: Final = ("estimate", "se_hc1", "se_hac", "low", "high", "supt_low", "supt_high")
TEST_TITLES: Final = {
    "nyblom_hansen": deferred("Slope the same on every rate"),
    "largest_deviation": deferred("No window differs"),
    "equal_samples": deferred("The same in every sample"),
    "chow": deferred("The same before and after a day"),
}
SHORT_TITLES: Final = {
    "nyblom_hansen": deferred("Nyblom and Hansen"),
    "largest_deviation": deferred("largest deviation of a window, in its errors,"),
}
LAGS_HELP: Final = deferred(
    "**Lag 0** is the first rate that was known no earlier than the driver's number, **+1** the one"
    " after it. A mark at a lag **below 0** is a move of the rate *before* the driver's change."
    " Both changes are first freed from what their own past explains; the grey band holds 95 % of"
    " the correlations where there is no relation, however volatile both are."
)
RESPONSE_HELP: Final = deferred(
    "The move of the rate from the rate before the driver's change, for a change larger by one"
    " standard deviation, given the last four moves of the rate and changes of the driver. It says"
    " what followed, not why."
)
ROLLING_HELP: Final = deferred(
    "The correlation of the changes in every window. The shaded band holds 95 % of whole paths"
    " where the relation never changes, with the volatility of each window: a path inside it says"
    " nothing about a change of the relation."
)
SAMPLES_HELP: Final = deferred(
    "The same move, estimated on each part alone: the publisher's method changed at the days"
    " between them, or you chose them."
)
VALUES_HELP: Final = deferred(
    "Two panes with one axis of time and an axis each of their own. That two levels look alike says"
    " little: two numbers that drift often do. Changes are compared below."
)
LAGS_VIEW: Final[View] = {
    deferred("Lag"): lambda part: format_signed(part.item.lag, 0),
    "r": "r:3",
    deferred("r, filtered"): "r_filtered:3",
    deferred("Band"): "low..high:3",
    "p": "p_value",
    deferred("p (Holm)"): "p_adjusted",
    deferred("Found from |r|"): lambda part: format_number(part.item.detectable, 3),
    "N": "n",
    deferred("Note"): "reason",
}
RESPONSE_VIEW: Final[View] = {
    deferred("Horizon"): lambda part: format_offset(part.item.row.horizon),
    deferred("Per standard deviation, log pts"): "per_sd",
    deferred("95 % at this horizon"): "low..high",
    deferred("95 % of the path"): "supt_low..supt_high",
    deferred("Per unit, log pts"): "per_unit:4",
    "p": "p_value",
    deferred("p (all horizons)"): "p_adjusted",
    deferred("Error, HC1"): "se_hc1:3",
    deferred("Error, Newey-West"): "se_hac:3",
    deferred("Found from"): "detectable",
    "N": "n",
    deferred("Note"): "reason",
}
ROLLING_VIEW: Final[View] = {
    deferred("Last rate"): "day",
    deferred("First rate"): "since",
    "N": "n",
    "r": "r:3",
    deferred("Band of a constant relation"): "low..high:3",
    deferred("Slope, log pts per unit"): "slope:4",
    deferred("Error, HC1"): "se:4",
}
SAMPLES_VIEW: Final[View] = {
    deferred("Sample"): lambda part: format_sample(part.item),
    deferred("Horizon"): lambda part: format_offset(part.item.horizon),
    deferred("Per unit, log pts"): "per_unit:4",
    deferred("95 %"): "low..high:4",
    "p": "p_value",
    deferred("p (Holm)"): "p_adjusted",
    deferred("Found from"): "detectable:4",
    "N": "n",
    deferred("Note"): "reason",
}
TESTS_VIEW: Final[View] = {
    deferred("Null hypothesis"): lambda part: translate_deferred(TEST_TITLES[part.item.test]),
    deferred("Horizon"): lambda part: (
        "" if part.item.horizon is None else format_offset(part.item.horizon)
    ),
    deferred("From"): lambda part: "" if part.item.sample == WHOLE_SAMPLE else part.item.sample,
    deferred("Statistic"): "statistic",
    "p": "p_value",
    deferred("p (Holm)"): "p_adjusted",
    deferred("Found from"): "detectable:4",
    "N": "n",
    deferred("Note"): "reason",
}


def turn_answer(answer: DriverAnswer, quoting: QuotedSeries) -> DriverAnswer:
    """The answer about moves of the number shown; files are about moves of the subject."""
    if quoting.quoted_log_points(1.0) > 0:
        return answer
    turned = {
        "lags": (("r", "r_filtered", "statistic"), (("low", "high"),)),
        "rolling": (("correlation", "slope"), (("low", "high"), ("slope_low", "slope_high"))),
        "samples": (("estimate",), (("low", "high"),)),
    }
    parts: dict[str, Any] = {
        name: tuple(_turn(row, *fields) for row in getattr(answer, name))
        for name, fields in turned.items()
    }
    response = tuple(replace(each, row=turn_row(each.row, quoting)) for each in answer.response)
    return replace(answer, response=response, **parts)


def _turn(row: Any, signed: tuple[str, ...], spans: tuple[tuple[str, str], ...]) -> Any:
    values = {name: -getattr(row, name) for name in signed}
    for low, high in spans:
        values |= {low: -getattr(row, high), high: -getattr(row, low)}
    return replace(row, **values)


def scaled_rows(answer: DriverAnswer) -> tuple[ProjectionRow, ...]:
    """The response to one standard deviation, a row a horizon."""
    rows = []
    for response in answer.response:
        scaled: dict[str, Any] = {name: response.per_sd(name) for name in _SCALED_FIELDS}
        rows.append(replace(response.row, **scaled))
    return tuple(rows)


def format_driver_unit(matched: MatchedDriver) -> str:
    """What a unit of what enters of the driver is: `log pts`, `percentage points`."""
    if matched.measure == "log":
        return _("log pts")
    if matched.measure == "logit":
        return _("units of log odds")
    if matched.driver.kind == "odds":
        return _("percentage points")
    if matched.driver.kind == "tone":
        return _("points of tone")
    return _("units of {unit}", unit=matched.driver.unit_label)


def format_one_unit(matched: MatchedDriver) -> str:
    """One unit of what enters of the driver, after `per`."""
    if matched.measure == "log":
        return _("log point of the driver")
    if matched.measure == "logit":
        return _("unit of its log odds")
    if matched.driver.kind == "odds":
        return _("percentage point of the driver")
    return _("unit of the driver")


def describe_driver_answer(answer: DriverAnswer, quoting: QuotedSeries) -> str:
    """What followed a change of the driver, or the smallest response that would be found."""
    matched = answer.matched
    names = {"driver": matched.driver.label, "subject": quoting.card.subject.name}
    first = answer.at(0).row
    outside = [each for each in answer.response if each.row.supt_low > 0 or each.row.supt_high < 0]
    if math.isnan(first.supt_low):
        return _(
            "No answer about {subject} after changes of {driver}: {reason}.",
            reason=translate_deferred(first.reason),
            **names,
        )
    if not outside:
        found = answer.at(REPORTED_HORIZONS[0]).detectable
        return _(
            "No move of {subject} beyond chance is seen after changes of {driver}. A move of"
            " {size} log pts per standard deviation ({spread} {unit}) would be found at +1 in"
            " 80 % of cases; N = {count:,} rates.",
            size=format_number(100 * found),
            spread=format_number(matched.spread),
            unit=format_driver_unit(matched),
            count=first.n,
            **names,
        )
    return _(
        "After {driver} rises by one standard deviation ({spread} {unit}), {subject} is {moves};"
        " the band of the whole path leaves 0 out at {horizons}; N = {count:,} rates.",
        spread=format_number(matched.spread),
        unit=format_driver_unit(matched),
        moves=join_and(list(_format_horizons(answer, quoting))),
        horizons=join_and([format_offset(each.row.horizon) for each in outside]),
        count=first.n,
        **names,
    )


def _format_horizons(answer: DriverAnswer, quoting: QuotedSeries) -> Iterator[str]:
    scale = MoveScale(quoting)
    for horizon in (0, *REPORTED_HORIZONS):
        response = answer.at(horizon)
        if math.isfinite(response.row.estimate):
            yield _(
                "{move} at {horizon} (95 % {span})",
                move=scale.directed_percent(response.per_sd("estimate")),
                horizon=format_offset(horizon),
                span=scale.directed_span(response.per_sd("low"), response.per_sd("high")),
            )


def describe_matching(matched: MatchedDriver) -> str:
    """How the two were matched, what enters, and what is left out."""
    days = matched.series.day
    text = _(
        "{count:,} rates have a number of the driver, {span}; {unmatched:,} have none. What enters"
        " of the driver: {measure}. A number known after a rate counts at the next; nothing is"
        " filled.",
        count=len(matched),
        span=format_day_range(days[0].item(), days[-1].item()),
        unmatched=matched.unmatched,
        measure=translate_deferred(DRIVER_MEASURES[matched.measure]),
    )
    return " ".join([text, *_matching_notes(matched)])


def _matching_notes(matched: MatchedDriver) -> Iterator[str]:
    if matched.gaps:
        yield plural(
            "{n:,} change over a gap is left out.",
            "{n:,} changes over gaps are left out.",
            len(matched.gaps),
        )
    if matched.undefined:
        yield plural(
            "{n:,} change is left out: a number has no logarithm.",
            "{n:,} changes are left out: a number has no logarithm.",
            matched.undefined,
        )
    if matched.near_bounds:
        yield _(
            "{share} of the odds lie within 5 points of 0 or 100 %: a change there is not the same"
            " news as one in the middle; log odds (logit) tell them apart.",
            share=format_share(matched.near_bounds / len(matched)),
        )
    if math.isfinite(matched.unit_root_p):
        yield _(
            "Augmented Dickey-Fuller test of its level: p {p}.", p=format_p(matched.unit_root_p)
        )


def describe_lags(answer: DriverAnswer) -> str:
    """Which lags keep a p below 0.05 after the correction, or what would be found."""
    tested = [row for row in answer.lags if math.isfinite(row.p_value)]
    if not tested:
        return _("No correlation: {reason}.", reason=translate_deferred(answer.lags[0].reason))
    small = [row for row in tested if row.p_adjusted < SIGNIFICANCE_LEVEL]
    values = {"tested": len(tested), "count": answer.lag(0).n}
    if not small:
        return _(
            "None of {tested} lags has a p below 0.05 after the Holm correction; a correlation of"
            " {size} at lag 0 would be found in 80 % of cases (N = {count:,}).",
            size=format_number(answer.lag(0).detectable),
            **values,
        )
    text = _(
        "After the Holm correction over {tested} lags a p below 0.05 is left at {lags}"
        " (N = {count:,}).",
        lags="; ".join(map(_format_lag, small)),
        **values,
    )
    leads = any(row.lag < 0 for row in small)
    return f"{text} " + _("A lag below 0 is a move before the driver's change.") if leads else text


def _format_lag(row: DriverLag) -> str:
    return _(
        "lag {lag} (r {r}, corrected p {p})",
        lag=format_signed(row.lag, 0),
        r=format_signed(row.r_filtered),
        p=format_p(row.p_adjusted),
    )


def describe_pre_trend(answer: DriverAnswer) -> str:
    """Whether the rate had moved before the driver changed."""
    test, span = answer.pre_trend, format_range(*map(format_offset, PRE_TREND_HORIZONS))
    if math.isnan(test.p_value):
        return _(
            "Before the driver's change ({span}): no test, {reason}.",
            span=span,
            reason=translate_deferred(test.reason),
        )
    values = {
        "span": span,
        "size": format_number(100 * answer.at(PRE_TREND_HORIZONS[1]).detectable),
        "statistic": format_number(test.statistic, 1),
        "df": test.df,
        "p": format_p(test.p_value),
    }
    if test.p_value < SIGNIFICANCE_LEVEL:
        return _(
            "Before the driver's change ({span}) the rate had moved already (Wald {statistic}, {df}"
            " horizons, p {p}): it may be the driver that follows.",
            **values,
        )
    return _(
        "Before the driver's change ({span}) no movement is seen (Wald {statistic}, {df} horizons,"
        " p {p}); one of {size} log pts at −2 would be found in 80 % of cases.",
        **values,
    )


def describe_stability(answer: DriverAnswer) -> str:
    """Whether the relation changes over time, by both tests."""
    tests = [test for test in answer.tests if test.family == "stability"]
    made = [test for test in tests if math.isfinite(test.p_value)]
    if not made:
        return _("No test: {reason}.", reason=translate_deferred(tests[0].reason))
    numbers = "; ".join(map(_format_test, tests))
    values = {"tests": numbers, "count": made[0].n}
    if any(test.p_adjusted < SIGNIFICANCE_LEVEL for test in made):
        return _("The relation changes over time beyond chance ({tests}; N = {count:,}).", **values)
    none = _(
        "No change of the relation over time is beyond chance ({tests}; N = {count:,}).", **values
    )
    found = [test.detectable for test in made if math.isfinite(test.detectable)]
    if not found:
        return none
    least = _(
        "A window whose slope differs by {size} log pts per unit would be found in 80 % of cases.",
        size=format_number(100 * found[0], 3),
    )
    return f"{none} {least}"


def describe_samples(answer: DriverAnswer) -> str:
    """Whether the response is the same in every sample."""
    joint = [test for test in answer.tests if test.test == "equal_samples"]
    if not joint:
        return _("The sample is not split: no method break and no day of yours lies inside it.")
    family = sum(
        math.isfinite(test.p_value) for test in answer.tests if test.family == joint[0].family
    )
    small = [
        test
        for test in answer.tests
        if test.family == joint[0].family and test.p_adjusted < SIGNIFICANCE_LEVEL
    ]
    if not family:
        return _("No test: {reason}.", reason=translate_deferred(joint[0].reason))
    if small:
        return _(
            "The move differs between samples: after the Holm correction over {tested} tests a p"
            " below 0.05 is left for {tests}.",
            tested=family,
            tests="; ".join(map(_format_small_test, small)),
        )
    found = [test.detectable for test in answer.tests if math.isfinite(test.detectable)]
    none = _(
        "No difference between samples is beyond chance: none of {tested} tests has a p below 0.05"
        " after the Holm correction.",
        tested=family,
    )
    if not found:
        return none
    least = _(
        "The smallest difference that would be found in 80 % of cases is {size} log pts per unit.",
        size=format_number(100 * min(found), 3),
    )
    return f"{none} {least}"


def _format_test(test: DriverTest) -> str:
    """`Nyblom and Hansen 0.16, corrected p 0.36`."""
    title = translate_deferred(SHORT_TITLES[test.test])
    if math.isnan(test.p_value):
        return _("{title}: no test, {reason}", title=title, reason=translate_deferred(test.reason))
    return _(
        "{title} {statistic}, corrected p {p}",
        title=title,
        statistic=format_number(test.statistic),
        p=format_p(test.p_adjusted),
    )


def _format_small_test(test: DriverTest) -> str:
    if test.sample == WHOLE_SAMPLE:
        return _(
            "all samples at {horizon} (corrected p {p})",
            horizon=format_offset(test.horizon or 0),
            p=format_p(test.p_adjusted),
        )
    return _(
        "before and after {day} at {horizon} (corrected p {p})",
        day=test.sample,
        horizon=format_offset(test.horizon or 0),
        p=format_p(test.p_adjusted),
    )


def format_sample(row: DriverSampleRow) -> str:
    """`All`, or the days of the sample."""
    if row.sample == WHOLE_SAMPLE:
        return _("All")
    return f"{format_day(row.since)} – {format_day(row.until)}"
