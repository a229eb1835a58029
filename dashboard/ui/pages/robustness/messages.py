"""Messages, curve and table of a robustness run."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import pandas as pd

from dashboard.models.analyses import (
    EVENT_FILTERS,
    RobustnessAnswer,
    Specification,
    SpecificationRow,
)
from dashboard.models.messages import deferred, join_or, plural, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.models.series import SeriesCard
from dashboard.models.study import SIGNIFICANCE_LEVEL, Headline
from dashboard.presentation.charts.robustness import (
    ChoiceRow,
    SpecificationCurve,
    select_drawn_positions,
)
from dashboard.presentation.escaping import escape_plot, plain_text
from dashboard.presentation.formatting import (
    EXPECTED_LABELS,
    capitalize_first,
    format_day,
    format_number,
    format_p,
    format_p_equal,
    format_share,
    format_whole_share,
)
from dashboard.presentation.moves import count_observations, name_window
from dashboard.presentation.palette import category_title
from dashboard.presentation.quoting import MoveScale
from dashboard.presentation.tables import View, build_text_columns
from dashboard.services.exports import TABLES
from dashboard.ui import session
from dashboard.ui.components.event_filters import ANY_OPTION
from dashboard.ui.pages.robustness.state import (
    PLAIN_SPECIFICATION,
    EventGroup,
    RobustnessState,
)

OVERLAP_LABELS: Final = {
    "keep": deferred("keep all"),
    "first": deferred("first of overlapping ones"),
    "exclude": deferred("leave overlapping out"),
}
MODEL_LABELS: Final = {
    "none": deferred("none, moves as they are"),
    "mean": deferred("mean of earlier moves"),
    "market-adjusted": "market-adjusted",
    "market": deferred("market model"),
    "scholes-williams": deferred("Scholes-Williams"),
    "garch": "GARCH(1,1)",
}
FILTER_LABELS: Final = {
    "all": deferred("all events"),
    "high-confidence": deferred("source verified"),
    "hour-known": deferred("hour known"),
    "alone": deferred("no other event near"),
}
SPECIFICATIONS_VIEW: Final[View] = {
    "N": "n",
    "p": "p_value",
    deferred("overlap_t p"): "p_overlap",
    deferred("Estimation"): "estimation",
    deferred("Gap"): "gap",
    deferred("Model"): lambda row: translate_deferred(
        MODEL_LABELS.get(row.specification.model, row.specification.model)
    ),
    deferred("Overlap"): lambda row: translate_deferred(OVERLAP_LABELS[row.specification.overlap]),
    deferred("Events"): lambda row: translate_deferred(
        FILTER_LABELS[row.specification.event_filter]
    ),
}


def describe_group(group: EventGroup) -> str:
    """`NATO remarks or Peace talks, expected stronger, from 1 Jan 2022 on`; tags stay unnamed."""
    named = join_or([category_title(category) for category in group.categories])
    parts = [named or _("events of every category")]
    if group.expected != ANY_OPTION:
        parts.append(translate_deferred(EXPECTED_LABELS[group.expected]))
    if group.tag:
        parts.append(_("with the tag of the link"))
    if group.since:
        parts.append(_("from {since}", since=format_day(group.since)))
    if group.until:
        parts.append(_("until {until}", until=format_day(group.until)))
    return ", ".join(parts)


def describe_grid(state: RobustnessState) -> str:
    """`6 windows × 3 lengths × 2 gaps × 2 models × 2 overlap rules × 4 choices of events = 576`."""
    grid = state.grid
    kinds = {
        _("{count} series", count=len(grid.series)): grid.series,
        _("{count} windows", count=len(grid.windows)): grid.windows,
        _("{count} lengths", count=len(grid.estimations)): grid.estimations,
        _("{count} gaps", count=len(grid.gaps)): grid.gaps,
        _("{count} models", count=len(grid.models)): grid.models,
        _("{count} overlap rules", count=len(grid.overlaps)): grid.overlaps,
        _("{count} choices of events", count=len(grid.event_filters)): grid.event_filters,
    }
    factors = " × ".join(text for text, options in kinds.items() if len(options) > 1)
    return plural(
        "{choices} = {n:,} specification",
        "{choices} = {n:,} specifications",
        state.total,
        choices=factors or _("one choice of everything"),
    )


def describe_choices(specification: Specification, card: SeriesCard) -> str:
    """`first 2 fixings · mean of earlier moves · 120 rows, gap 10 · keep all · all events`."""
    chosen = specification
    return " · ".join(
        (
            name_window(chosen.window, card),
            translate_deferred(MODEL_LABELS.get(chosen.model, chosen.model)),
            _("{estimation} rows, gap {gap}", estimation=chosen.estimation, gap=chosen.gap),
            translate_deferred(OVERLAP_LABELS[chosen.overlap]),
            translate_deferred(FILTER_LABELS[chosen.event_filter]),
        )
    )


def describe_mean(row: SpecificationRow, scale: MoveScale) -> str:
    """`−0.81 log pts (stronger), 95 % interval −1.82 to +0.20 log pts, N = 17, p 0.23`."""
    if math.isnan(row.caar):
        return _("no mean: N = {count:,}", count=row.n)
    values = {
        "mean": scale.with_unit(scale.signed(row.caar)),
        "direction": scale.direction(row.caar),
        "count": row.n,
        "p": format_p(row.p_value),
    }
    if math.isnan(row.low):
        return _("{mean} ({direction}), N = {count:,}, p {p}", **values)
    return _(
        "{mean} ({direction}), {share} interval {interval}, N = {count:,}, p {p}",
        share=format_share(0.95),
        interval=scale.with_unit(scale.span(row.low, row.high)),
        **values,
    )


def describe_first_answer(state: RobustnessState, declared: Headline | None) -> str:
    """The answer of Compare's study, while the other choices are computed; empty without one."""
    if declared is None or declared.reason:
        return ""
    card = state.scale.quoting.card
    return _(
        "**First answer, by the choices of Compare:** {subject} {move} on average ({p}, {events})."
        " The chart will show whether the other choices agree.",
        subject=card.subject.noun if card.subject.is_currency else card.label,
        move=state.scale.directed_percent(declared.mean),
        p=format_p_equal(declared.p_adjusted),
        events=plural("{n:,} event", "{n:,} events", declared.n),
    )


def describe_relation(answer: RobustnessAnswer, declared: Headline | None) -> str:
    """How the joint p relates to that of Compare, by whether each is below 0.05."""
    if declared is None or declared.reason or not answer.draws:
        return _(
            "The verdict is that of Compare: one study, declared before any data were looked at."
            " This page says whether other defensible choices agree with it."
        )
    values = {
        "p": format_p_equal(declared.p_adjusted),
        "joint": format_p_equal(answer.joint_p),
        "events": plural("{n:,} event", "{n:,} events", declared.n),
    }
    steady, unusual = (p <= SIGNIFICANCE_LEVEL for p in (answer.joint_p, declared.p_adjusted))
    if steady and not unusual:
        return _(
            "Compare has the verdict: its declared test asks whether the mean of one study is"
            " beyond chance ({p}, {events}); the joint {joint} says only that the choices lean one"
            " way more than chance would.",
            **values,
        )
    if unusual and not steady:
        return _(
            "Compare’s declared test finds the mean beyond chance ({p}, {events}), but the joint"
            " {joint} over all choices does not: the verdict hangs on the choices.",
            **values,
        )
    return _(
        "Compare’s declared test of one study ({p}, {events}) and the joint {joint} over all"
        " choices agree.",
        **values,
    )


def describe_reading(state: RobustnessState, curve: SpecificationCurve) -> str:
    """What points, lines and the diamond of the curve are, and how many are drawn."""
    card = state.series[0].card
    sentences = [
        _(
            "Each point is the mean move under one set of choices, the smallest first; the line"
            " through it is its 95 % interval across events. Filled: its own p is below 0.05. The"
            " diamond is the plain study: {choices}.",
            choices=describe_choices(PLAIN_SPECIFICATION, card),
        )
    ]
    if curve.plain is None:
        sentences.append(_("The plain study is not among these choices."))
    shown = len(select_drawn_positions(len(curve.rows), curve.plain))
    if shown < len(curve.rows):
        sentences.append(
            _(
                "{shown:,} of {count:,} points are drawn; the table and the file have all.",
                shown=shown,
                count=len(curve.rows),
            )
        )
    return " ".join(sentences)


def describe_single_tests(answer: RobustnessAnswer) -> str:
    """How many single p are small, and what chance would give."""
    if not answer.tested:
        return _("None of the specifications has a p.")
    return _(
        "Taken one by one: {share} of {tested:,} have a p below 0.05, uncorrected; about"
        " {expected} would by chance alone. They are answers to one question on the same days,"
        " so that no single one of them is evidence.",
        share=format_whole_share(answer.share_below),
        tested=answer.tested,
        expected=format_whole_share(SIGNIFICANCE_LEVEL),
    )


def describe_duplicates(answer: RobustnessAnswer) -> str:
    """How many specifications repeat another one; empty where none does."""
    repeated = sum(not math.isnan(row.caar) for row in answer.rows) - answer.distinct
    if not repeated:
        return ""
    return plural(
        "{n:,} specification gave the events and moves of another one and counts with it.",
        "{n:,} specifications gave the events and moves of another one and count with it.",
        repeated,
    )


def describe_missing(answer: RobustnessAnswer) -> str:
    """How many specifications have no event; empty where all have."""
    missing = sum(math.isnan(row.caar) for row in answer.rows)
    if not missing:
        return ""
    return plural(
        "{n:,} had too few events; it is in the CSV.",
        "{n:,} had too few events; they are in the CSV.",
        missing,
    )


def describe_filter(name: str) -> str:
    """The description of a filter of events."""
    return translate_deferred(EVENT_FILTERS[name])


# ------------------------------------------------------------------ data of the chart and the table


@dataclass(frozen=True, slots=True)
class ChoiceKind:
    """A kind of choice: its name, its value in a specification, and the label of the value."""

    name: str
    value_of: Callable[[Specification], object]
    label_of: Callable[[Specification], str]


def list_choice_kinds(card: SeriesCard) -> tuple[ChoiceKind, ...]:
    """The kinds of choices, their options in words."""
    return (
        ChoiceKind(_("Window"), lambda s: s.window, lambda s: name_window(s.window, card)),
        ChoiceKind(
            _("Estimate from"),
            lambda s: s.estimation,
            lambda s: count_observations(s.estimation, card),
        ),
        ChoiceKind(
            _("Gap before"),
            lambda s: s.gap,
            lambda s: _("gap of {rows}", rows=count_observations(s.gap, card)),
        ),
        ChoiceKind(
            _("Usual move"),
            lambda s: s.model,
            lambda s: translate_deferred(MODEL_LABELS.get(s.model, s.model)),
        ),
        ChoiceKind(
            _("Overlaps"),
            lambda s: s.overlap,
            lambda s: translate_deferred(OVERLAP_LABELS[s.overlap]),
        ),
        ChoiceKind(
            _("Events"),
            lambda s: s.event_filter,
            lambda s: translate_deferred(FILTER_LABELS[s.event_filter]),
        ),
        ChoiceKind(_("Series"), lambda s: s.series, lambda s: session.get_series_title(s.series)),
    )


def sort_rows(answer: RobustnessAnswer, scale: MoveScale) -> tuple[SpecificationRow, ...]:
    """The rows with a mean, the smallest number first; equal ones keep the order of the grid."""
    known = [row for row in answer.rows if not math.isnan(row.caar)]
    return tuple(sorted(known, key=lambda row: scale.shown(row.caar)))


def find_plain_row(state: RobustnessState, rows: Sequence[SpecificationRow]) -> int | None:
    """The position of the study that Compare makes where nobody changes its settings."""
    first = state.series[0].card.id
    return next(
        (k for k, row in enumerate(rows)
         if row.specification == replace(PLAIN_SPECIFICATION, series=first)), None,
    )  # fmt: skip


def build_curve(state: RobustnessState, answer: RobustnessAnswer) -> SpecificationCurve:
    """The data of the figure; user text is escaped here."""
    rows = sort_rows(answer, state.scale)
    return SpecificationCurve(
        rows=rows,
        descriptions=tuple(escape_plot(_format_hover_lines(state, row), 64, 3) for row in rows),
        choices=_build_choice_rows(state, rows),
        plain=find_plain_row(state, rows),
        median=answer.median,
        headline="" if state.phone else escape_plot(_format_curve_title(state, answer), 110, 1),
        definition=escape_plot(_format_subtitle(state), 44 if state.phone else 130, 1),
        scale=state.scale,
        dark=state.dark,
        phone=state.phone,
    )


def _format_curve_title(state: RobustnessState, answer: RobustnessAnswer) -> str:
    """`NATO remarks: median of 154 choices ▼ −0.9 % stronger`."""
    return plural(
        "{group}: median of {n:,} choice {median}",
        "{group}: median of {n:,} choices {median}",
        answer.distinct,
        group=capitalize_first(describe_group(state.group)),
        median=state.scale.percent_move(answer.median),
    )


def _build_choice_rows(
    state: RobustnessState, rows: tuple[SpecificationRow, ...]
) -> tuple[ChoiceRow, ...]:
    """The lower pane: one row an option, for every kind with more than one option."""
    choice_rows: list[ChoiceRow] = []
    for kind in list_choice_kinds(state.series[0].card):
        values = dict.fromkeys(kind.value_of(row.specification) for row in rows)
        if len(values) < 2:
            continue
        for k, value in enumerate(_order_values(state, kind, values)):
            places = tuple(
                place for place, row in enumerate(rows)
                if kind.value_of(row.specification) == value
            )  # fmt: skip
            label = kind.label_of(rows[places[0]].specification)
            choice_rows.append(ChoiceRow(escape_plot(label, 30, 1), "" if k else kind.name, places))
    return tuple(choice_rows)


def build_specification_frame(
    state: RobustnessState, rows: tuple[SpecificationRow, ...]
) -> pd.DataFrame:
    """One row a specification in the order of the curve, as labels."""
    scale, card = state.scale, state.series[0].card
    sizes: View = {
        _("Mean, {unit}", unit=scale.with_unit("").strip()): lambda row: scale.signed(row.caar),
        deferred("95 % interval"): lambda row: scale.span(row.low, row.high),
        deferred("Window"): lambda row: name_window(row.specification.window, card),
    }
    columns = build_text_columns(TABLES["specifications"], rows, {**sizes, **SPECIFICATIONS_VIEW})
    if len(state.series) > 1:
        columns[_("Series")] = [
            plain_text(session.get_series_title(r.specification.series)) for r in rows
        ]
    return pd.DataFrame({_("Place"): range(1, len(rows) + 1)} | columns)


def _format_hover_lines(state: RobustnessState, row: SpecificationRow) -> str:
    line = describe_choices(row.specification, state.series[0].card)
    several = (
        f" · {session.get_series_title(row.specification.series)}" if len(state.series) > 1 else ""
    )
    return line + several


def _format_subtitle(state: RobustnessState) -> str:
    names = "; ".join(series.card.label for series in state.series)
    return _(
        "{group} · {names} · mean move beyond the usual, {axis}",
        group=describe_group(state.group),
        names=names,
        axis=state.scale.axis_towards("up", in_percent=True),
    )


def _order_values(
    state: RobustnessState, kind: ChoiceKind, values: Iterable[object]
) -> list[object]:
    """The values in the order in which they are offered."""
    order = dict.fromkeys(
        kind.value_of(specification) for specification in state.grid.specifications()
    )
    return [value for value in order if value in set(values)]


def format_pick(row: SpecificationRow, place: int, total: int) -> str:
    """`Specification 12 of 576`."""
    return _(
        "Specification {place} of {total}, N = {count:,}",
        place=format_number(place + 1, 0),
        total=format_number(total, 0),
        count=row.n,
    )
