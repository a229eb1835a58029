"""What is said of regimes, and of an answer split by periods."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from typing import Final

from dashboard.models.messages import deferred, join_and, plural, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.models.series import SeriesCard
from dashboard.models.study import SIGNIFICANCE_LEVEL
from dashboard.presentation.formatting import (
    NO_VALUE,
    format_day,
    format_number,
    format_p_equal,
    format_range,
    format_signed,
)
from dashboard.presentation.palette import category_title
from dashboard.presentation.quoting import name_direction
from dashboard.presentation.tables import View
from dashboard.services.compare import is_significant
from dashboard.services.regimes import BreakKind, Regime, RegimeAnswer, SplitRow

KIND_TITLES: Final[dict[BreakKind, str]] = {
    "volatility": deferred("Volatility"),
    "mean": deferred("Mean move"),
    "relation": deferred("Relation to a factor"),
}


def describe_regimes(answer: RegimeAnswer) -> str:
    """The answer in one sentence: how many regimes, with p and N."""
    values = {
        "what": _name_subject(answer),
        "series": answer.card.label,
        "p": format_p_equal(answer.p_value),
        "n": format_number(answer.n, 0),
    }
    if len(answer.regimes) > 1:
        return _(
            "{series}: {count} regimes of {what} ({p}, N = {n} moves).",
            count=len(answer.regimes),
            **values,
        )
    if answer.count_by_lwz == 0 and answer.p_value <= SIGNIFICANCE_LEVEL:
        return _(
            "{series}: {what} is not the same throughout ({p}, N = {n} moves), but no date stands"
            " out.",
            **values,
        )
    return _("{series}: no break of {what} was found ({p}, N = {n} moves).", **values)


def _name_subject(answer: RegimeAnswer) -> str:
    names = {
        "volatility": _("the volatility"),
        "mean": _("the mean move"),
        "relation": _("the relation to {factor}", factor=answer.factor.label)
        if answer.factor
        else "",
    }
    return names[answer.request.kind]


def describe_search(answer: RegimeAnswer) -> tuple[str, ...]:
    """What the answer rests on: the tests, what they would see, and what they cannot say."""
    sentences = [
        _(
            "Double maximum test of Bai and Perron against 1 to 5 breaks, p by wild bootstrap;"
            " their number by the criterion LWZ ({lwz}; BIC: {bic}), at least {least} moves in a"
            " regime.",
            lwz=answer.count_by_lwz,
            bic=answer.count_by_bic,
            least=answer.least,
        )
    ]
    if len(answer.regimes) == 1 and math.isfinite(answer.visible):
        sentences.append(_describe_visible(answer))
    if answer.request.kind == "volatility":
        sentences.append(_describe_variance_breaks(answer))
        sentences.append(
            _(
                "A description, no proof: volatility comes in clusters, and of simulated series"
                " that only cluster up to six in ten show a break here."
            )
        )
    return tuple(sentences)


def _describe_visible(answer: RegimeAnswer) -> str:
    if answer.request.kind == "relation":
        return _(
            "A change of the slope by {visible} in the middle of the data would be seen in at least"
            " four of five such series.",
            visible=format_number(answer.visible, 2),
        )
    return _(
        "A change by {visible} log points a year in the middle of the data would be seen in at"
        " least four of five such series.",
        visible=format_number(answer.visible, 0),
    )


def _describe_variance_breaks(answer: RegimeAnswer) -> str:
    days = [format_day(day) for day in answer.variance_breaks]
    if not days:
        return _("Cumulative sums of squares (Sanso, Arago and Carrion) find no break.")
    return _(
        "Cumulative sums of squares (Sanso, Arago and Carrion) find breaks on {days}.",
        days=join_and(days),
    )


def describe_begin(regime: Regime) -> str:
    """What came near the first day of a regime: a change of method, or events before it."""
    texts = [
        _("the publisher changed its method on {day}", day=format_day(item.day))
        for item in regime.method_breaks
    ]
    texts += [
        _("after “{title}” ({day})", title=event.title, day=format_day(event.day))
        for event in regime.events
    ]
    return "; ".join(texts)


def format_begin(regime: Regime) -> str:
    """The 95 % interval of the first day of a regime."""
    if regime.period.number == 1:
        return _("begin of the data")
    low, high = regime.from_low, regime.from_high
    if low is None or high is None:
        return _("not bounded")
    return format_range(format_day(low), format_day(high))


def regimes_view(answer: RegimeAnswer) -> View:
    """The columns of the table of regimes."""
    view: View = {
        deferred("Regime"): "regime",
        deferred("From"): "from",
        deferred("To"): "to",
        deferred("First day, 95 %"): lambda part: format_begin(part.item),
        deferred("Moves"): "n",
        deferred("Mean a year, log pts"): "mean_per_year:1",
        deferred("Its 95 % interval"): "mean_low..mean_high:1",
        deferred("Volatility a year, log pts"): "volatility_per_year:1",
    }
    if answer.request.kind == "relation":
        view = {**view, deferred("Per log pt of the factor"): "slope:3"}
    return {
        **view,
        deferred("Near its first day"): lambda part: describe_begin(part.item) or NO_VALUE,
    }


def name_regimes(answer: RegimeAnswer) -> tuple[tuple[date, str], ...]:
    """The first day of each regime with its short name; none where there is no break."""
    if len(answer.regimes) == 1:
        return ()
    names = []
    for regime in answer.regimes:
        number = regime.period.number
        if answer.request.kind == "mean":
            mean = format_signed(regime.mean, 0)
            name = _("{number}: mean {mean} a year", number=number, mean=mean)
        else:
            size = format_number(regime.volatility, 0)
            name = _("{number}: volatility {size} a year", number=number, size=size)
        names.append((regime.period.first, name))
    return tuple(names)


COUNTS_VIEW: Final[View] = {
    deferred("Breaks"): "breaks",
    deferred("BIC"): "bic:1",
    deferred("LWZ"): "lwz:1",
    deferred("One more: Wald"): "statistic:1",
    deferred("One more: p"): "p_value",
    deferred("Taken"): "chosen",
}


# ---- an answer by period


def split_view(card: SeriesCard) -> View:
    """The columns of an answer split by periods."""
    return {
        deferred("Period"): lambda row: format_range(
            format_day(row.period.first), format_day(row.period.last)
        ),
        deferred("Group"): lambda row: category_title(row.headline.group),
        deferred("Window"): "window",
        deferred("Events"): "n",
        deferred("Rates"): "rates",
        deferred("Clusters"): "clusters",
        deferred("Mean, log pts"): "mean",
        deferred("95 % interval"): "low..high",
        deferred("Answer"): lambda row: describe_split_row(row, card),
    }


def describe_split_row(row: SplitRow, card: SeriesCard) -> str:
    """The verdict of one cell with its corrected p, or why there is none."""
    headline = row.headline
    if headline.reason:
        return _("no verdict: {reason}", reason=translate_deferred(headline.reason))
    p = format_p_equal(headline.p_adjusted)
    if is_significant(headline):
        direction = name_direction(card, 100 * headline.mean)
        return _("unusual, {direction} ({p} corrected)", direction=direction, p=p)
    return _(
        "not unusual ({p} corrected); a mean of {visible} would be seen",
        p=p,
        visible=format_number(100 * headline.smallest_visible),
    )


def describe_split(rows: Sequence[SplitRow]) -> str:
    """How many cells of a split have a verdict, and in how many of them a move is unusual."""
    judged = [row for row in rows if row.has_verdict]
    moved = sum(is_significant(row.headline) for row in judged)
    if not judged:
        return plural(
            "{n} cell, too few events for a verdict.",
            "{n} cells, and in none enough events for a verdict.",
            len(rows),
        )
    return plural(
        "{judged} of {n} cell has enough events for a verdict; unusual after correction: {moved}.",
        "{judged} of {n} cells have enough events for a verdict; unusual after correction:"
        " {moved}.",
        len(rows),
        judged=len(judged),
        moved=moved,
    )
