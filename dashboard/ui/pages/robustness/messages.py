"""Messages, curve and table of a robustness run."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
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
from dashboard.models.study import MIN_CLUSTERS, SIGNIFICANCE_LEVEL, window_text
from dashboard.presentation.charts.robustness import ChoiceRow, SpecificationCurve
from dashboard.presentation.escaping import escape_plot, plain_text
from dashboard.presentation.formatting import (
    EXPECTED_LABELS,
    MINUS,
    capitalize_first,
    format_day,
    format_number,
    format_p,
    format_share,
    format_whole_share,
)
from dashboard.presentation.palette import category_title
from dashboard.presentation.quoting import MoveScale
from dashboard.presentation.tables import View, build_text_columns
from dashboard.services.exports import TABLES
from dashboard.ui import session
from dashboard.ui.components.event_filters import ANY_OPTION
from dashboard.ui.pages.robustness.state import (
    EventGroup,
    RobustnessState,
    is_default_specification,
)

OVERLAP_LABELS: Final = {
    "keep": deferred("keep all"),
    "first": deferred("first of a bunch"),
    "exclude": deferred("leave overlapping out"),
}
MODEL_LABELS: Final = {
    "none": deferred("no change"),
    "mean": deferred("constant mean"),
    "market-adjusted": "market-adjusted",
    "market": deferred("market model"),
    "scholes-williams": deferred("Scholes-Williams"),
    "garch": "GARCH(1,1)",
}
FILTER_LABELS: Final = {
    "all": deferred("all events"),
    "high-confidence": deferred("high confidence"),
    "hour-known": deferred("hour known"),
    "alone": deferred("alone in [0,1]"),
}
SPECIFICATIONS_VIEW: Final[View] = {
    "N": "n",
    "p": "p_value",
    deferred("overlap_t p"): "p_overlap",
    deferred("Window"): "window",
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
COMPARE_NOTE: Final = deferred(
    "Compare asks one specification, declared beforehand: read its p for the verdict. This page"
    " asks all of them at once: where its joint p is large and that of Compare small, the"
    " verdict hangs on the choices."
)


def format_window(text: str) -> str:
    """A window with a true minus: `[−1,1]`."""
    return text.replace("-", MINUS)


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


def describe_choices(specification: Specification) -> str:
    """`[0,1] · constant mean · 120 rows, gap 10 · keep all · all events`."""
    chosen = specification
    return " · ".join(
        (
            format_window(window_text(chosen.window)),
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


def format_curve_headline(answer: RobustnessAnswer, scale: MoveScale) -> str:
    """The median in words, with how many choices agree."""
    if not answer.distinct:
        return _("No specification has an event with a move")
    card = scale.quoting.card
    return plural(
        "Median of {n:,} distinct specification: {subject} {move}; {share} have its sign",
        "Median of {n:,} distinct specifications: {subject} {move}; {share} have its sign",
        answer.distinct,
        subject=card.subject.noun if card.subject.is_currency else card.label,
        move=scale.directed_percent(answer.median),
        share=format_whole_share(answer.same_sign),
    )


def describe_joint_test(answer: RobustnessAnswer) -> str:
    """The joint p, its basis, and what remains of it after the categories."""
    if not answer.draws:
        return plural(
            "Taken together: no joint p, for the events form {n:,} cluster; below {min_clusters}"
            " there is no verdict.",
            "Taken together: no joint p, for the events form {n:,} clusters; below"
            " {min_clusters} there is no verdict.",
            answer.clusters,
            min_clusters=MIN_CLUSTERS,
        )
    every = _("all") if answer.draws == 2**answer.clusters else _("drawn")
    joint = _(
        "Taken together: joint p {joint_p}. With the signs of whole clusters of events"
        " ({clusters:,} of them) thrown by a coin, the same throw for every specification, the"
        " median rank score is at least as large in {share} of {draws:,} throws ({every}).",
        joint_p=format_p(answer.joint_p),
        clusters=answer.clusters,
        share=format_whole_share(answer.joint_p),
        draws=answer.draws,
        every=every,
    )
    if answer.categories <= 1:
        return joint
    corrected = _(
        "Times the {count} categories that could be asked (Bonferroni): p {p}.",
        count=answer.categories,
        p=format_p(answer.joint_p_adjusted),
    )
    return f"{joint} {corrected}"


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
        "{n:,} specification had no event with a move and stand in the file only.",
        "{n:,} specifications had no event with a move and stand in the file only.",
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


CHOICE_KINDS: Final = (
    ChoiceKind("window", lambda s: s.window, lambda s: format_window(window_text(s.window))),
    ChoiceKind(
        "estimation",
        lambda s: s.estimation,
        lambda s: _("{estimation} rows", estimation=s.estimation),
    ),
    ChoiceKind("gap", lambda s: s.gap, lambda s: _("{gap} rows", gap=s.gap)),
    ChoiceKind(
        "model", lambda s: s.model, lambda s: translate_deferred(MODEL_LABELS.get(s.model, s.model))
    ),
    ChoiceKind(
        "overlap", lambda s: s.overlap, lambda s: translate_deferred(OVERLAP_LABELS[s.overlap])
    ),
    ChoiceKind(
        "events",
        lambda s: s.event_filter,
        lambda s: translate_deferred(FILTER_LABELS[s.event_filter]),
    ),
)


def sort_rows(answer: RobustnessAnswer, scale: MoveScale) -> tuple[SpecificationRow, ...]:
    """The rows with a mean, the smallest number first; equal ones keep the order of the grid."""
    known = [row for row in answer.rows if not math.isnan(row.caar)]
    return tuple(sorted(known, key=lambda row: scale.shown(row.caar)))


def build_curve(state: RobustnessState, answer: RobustnessAnswer) -> SpecificationCurve:
    """The data of the figure; user text is escaped here."""
    rows, card = sort_rows(answer, state.scale), state.series[0].card
    at = next(
        (k for k, row in enumerate(rows) if is_default_specification(row.specification)
         and row.specification.series == card.id), None,
    )  # fmt: skip
    return SpecificationCurve(
        rows=rows,
        descriptions=tuple(escape_plot(_format_hover_lines(state, row), 64, 3) for row in rows),
        choices=_build_choice_rows(state, rows),
        plain=at,
        median=answer.median,
        headline="" if state.phone else escape_plot(_format_curve_title(state, answer), 110, 1),
        definition=escape_plot(_format_subtitle(state), 44 if state.phone else 130, 1),
        scale=state.scale,
        dark=state.dark,
        phone=state.phone,
    )


def _format_curve_title(state: RobustnessState, answer: RobustnessAnswer) -> str:
    """`NATO remarks: median of 154 specifications −0.86 log pts (stronger)`."""
    scale = state.scale
    median = f"{scale.with_unit(scale.signed(answer.median))} ({scale.direction(answer.median)})"
    return plural(
        "{group}: median of {n:,} specification {median}",
        "{group}: median of {n:,} specifications {median}",
        answer.distinct,
        group=capitalize_first(describe_group(state.group)),
        median=median,
    )


def _build_choice_rows(
    state: RobustnessState, rows: tuple[SpecificationRow, ...]
) -> tuple[ChoiceRow, ...]:
    """The lower pane: one row an option, for every kind with more than one option."""
    series = ChoiceKind("series", lambda s: s.series, lambda s: session.get_series_title(s.series))
    choice_rows: list[ChoiceRow] = []
    for kind in (*CHOICE_KINDS, series):
        values = dict.fromkeys(kind.value_of(row.specification) for row in rows)
        if len(values) < 2:
            continue
        for k, value in enumerate(_order_values(state, kind, values)):
            places = tuple(
                place for place, row in enumerate(rows)
                if kind.value_of(row.specification) == value
            )  # fmt: skip
            label = kind.label_of(rows[places[0]].specification)
            if state.phone and kind.name == "gap":
                label = _("gap {rows}", rows=value)
            choice_rows.append(ChoiceRow(escape_plot(label, 30, 1), "" if k else kind.name, places))
    return tuple(choice_rows)


def build_specification_frame(
    state: RobustnessState, rows: tuple[SpecificationRow, ...]
) -> pd.DataFrame:
    """One row a specification in the order of the curve, as labels."""
    scale = state.scale
    sizes: View = {
        _("Mean, {unit}", unit=scale.with_unit("").strip()): lambda row: scale.signed(row.caar),
        deferred("95 % interval"): lambda row: scale.span(row.low, row.high),
    }
    columns = build_text_columns(TABLES["specifications"], rows, {**sizes, **SPECIFICATIONS_VIEW})
    if len(state.series) > 1:
        columns[_("Series")] = [
            plain_text(session.get_series_title(r.specification.series)) for r in rows
        ]
    return pd.DataFrame({_("Place"): range(1, len(rows) + 1)} | columns)


def _format_hover_lines(state: RobustnessState, row: SpecificationRow) -> str:
    line = describe_choices(row.specification)
    several = (
        f" · {session.get_series_title(row.specification.series)}" if len(state.series) > 1 else ""
    )
    return line + several


def _format_subtitle(state: RobustnessState) -> str:
    names = "; ".join(series.card.label for series in state.series)
    return _(
        "{group} · {names} · mean CAR, {axis}",
        group=describe_group(state.group),
        names=names,
        axis=state.scale.axis,
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
