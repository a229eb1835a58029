"""What is said of a counterfactual: the answer, what it rests on, and its tables."""

from __future__ import annotations

import math
from typing import Final

from dashboard.models.currencies import Subject, currency_subject
from dashboard.models.messages import deferred, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.models.series import SeriesCard
from dashboard.presentation.formatting import (
    NO_VALUE,
    capitalize_first,
    format_day,
    format_number,
    format_p,
    format_p_equal,
)
from dashboard.presentation.quoting import DIRECTION_LABELS
from dashboard.presentation.tables import View
from dashboard.services.counterfactual import Counterfactual, Donor

NOTEWORTHY_WEIGHT: Final = 0.005


def get_subject(answer: Counterfactual) -> Subject:
    """What is explained: a currency, or the thing that a series counts."""
    subject = answer.card.subject
    return subject if subject.code in {"", answer.unit} else currency_subject(answer.unit)


def describe_counterfactual(answer: Counterfactual) -> str:
    """The answer in one sentence: the gap after the span, and whether it is unusual."""
    control = answer.control
    values = {"unit": capitalize_first(get_subject(answer).name), "day": format_day(answer.day)}
    if control.reason:
        return _(
            "{unit} after {day}: no verdict, {reason}.",
            reason=translate_deferred(control.reason),
            **values,
        )
    gap = float(control.fit.gap[control.request.span])
    subject = get_subject(answer)
    values |= {
        "gap": format_number(abs(gap), 1),
        "direction": translate_deferred(DIRECTION_LABELS[subject.direction(gap)]),
        "n": format_number(control.request.span, 0),
        "p": format_p_equal(control.p_dates),
        "dates": format_number(control.n_dates, 0),
    }
    if control.rejects:
        return _(
            "{unit} after {day}: {gap} log points {direction} than its synthetic series after {n}"
            " days; such a path is unusual ({p}, against {dates} other dates).",
            **values,
        )
    return _(
        "{unit} after {day}: {gap} log points {direction} than its synthetic series after {n} days;"
        " such a path is not unusual ({p}, against {dates} other dates).",
        **values,
    )


def describe_fit(answer: Counterfactual) -> tuple[str, ...]:
    """What the answer rests on, a sentence each."""
    control, request = answer.control, answer.control.request
    sentences = [
        _(
            "Weights fitted on {length} daily changes that end {gap} days before the base"
            " ({base}); none of them sees the event.",
            length=request.length, gap=request.gap, base=format_day(answer.base_day),
        ),
        _(
            "Before it the synthetic series misses by {before} log points (root mean square of"
            " paths of {n} days), {share} % of what no donor at all would miss by; after it by"
            " {after}, {ratio} times as much.",
            before=format_number(control.fit.before), n=request.span + 1,
            share=format_number(100 * control.fit.index, 0), after=_number(control.fit.after),
            ratio=_number(control.fit.ratio, 1),
        ),
    ]  # fmt: skip
    if control.first_date is not None and control.last_date is not None:
        sentences.append(
            _(
                "Other dates: {n} from {first} to {last}, none of whose rows is one after the"
                " event; {p}. A lasting gap of {visible} log points would be seen at four of five"
                " of them.",
                n=format_number(control.n_dates, 0),
                first=format_day(control.first_date),
                last=format_day(control.last_date),
                p=format_p_equal(control.p_dates),
                visible=_number(control.smallest_visible, 1),
            )
        )
    if control.n_donors:
        sentences.append(
            _(
                "Each donor in place of {unit}: {p}, {n} donors; so few cannot give less than"
                " {least}.",
                unit=get_subject(answer).name,
                p=format_p_equal(control.p_donors),
                n=control.n_donors,
                least=format_p(control.smallest_p_donors),
            )
        )
    if not control.fit.unique:
        sentences.append(
            _("The weights are not unique: other weights of the same donors fit as well.")
        )
    return tuple(sentences)


def describe_left_out(answer: Counterfactual) -> str:
    """The series that are no donors, with the reason; empty where there are none."""
    return "; ".join(
        _("{id} {reason}", id=one.id, reason=translate_deferred(one.reason))
        for one in answer.left_out
    )


def describe_limits() -> str:
    """What a counterfactual cannot say."""
    return _(
        "A donor that the event moved too makes the gap smaller; donors are matched by market day,"
        " and their clocks differ by some hours. What came after the date need not come from it."
    )


def gaps_view() -> View:
    """The columns of the table of gaps."""
    return {
        deferred("After"): lambda part: f"+{part.item.offset}",
        deferred("Day"): "day",
        deferred("Actual, log pts"): "actual",
        deferred("Synthetic, log pts"): "synthetic",
        deferred("Gap, log pts"): "gap",
        deferred("95 % of other dates"): "low..high",
        deferred("p"): "p_value",
        deferred("p, Holm"): "p_adjusted",
        deferred("Dates"): "n_dates",
    }


def donors_view(answer: Counterfactual) -> View:
    """The columns of the table of donors."""
    titles: dict[str, SeriesCard] = {card.id: card for card in answer.cards}
    return {
        deferred("Donor"): lambda part: titles[part.item.name].label,
        deferred("Weight, %"): "weight:1",
        deferred("Ratio as if it were treated"): lambda part: _placebo(part.item),
        deferred("Fit without it, %"): "fit_index_without:0",
        deferred("Gap without it, log pts"): "gap_without",
    }


def _placebo(donor: Donor) -> str:
    return format_number(donor.ratio, 1) if math.isfinite(donor.ratio) else NO_VALUE


def _number(value: float, decimals: int = 2) -> str:
    return format_number(value, decimals) if math.isfinite(value) else NO_VALUE


def summarize_weights(answer: Counterfactual) -> str:
    """`62 % EUR/USD, ECB; 38 % Brent`: the donors in use, the heaviest first."""
    titles = {card.id: card.label for card in answer.cards}
    used = sorted(answer.control.donors, key=lambda donor: -donor.weight)
    return "; ".join(
        _("{share} % {title}", share=format_number(100 * donor.weight, 0), title=titles[donor.name])
        for donor in used
        if donor.weight >= NOTEWORTHY_WEIGHT
    )
