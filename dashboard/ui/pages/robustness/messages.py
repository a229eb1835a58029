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
from dashboard.models.series import SeriesCard
from dashboard.models.study import MIN_CLUSTERS, SIGNIFICANCE_LEVEL, window_text
from dashboard.presentation.charts.robustness import ChoiceRow, SpecificationCurve
from dashboard.presentation.escaping import escape_plot, plain_text
from dashboard.presentation.formatting import (
    MINUS,
    NO_VALUE,
    THIN_SPACE,
    capitalize_first,
    format_count,
    format_day,
    format_log_points,
    format_number,
    format_p,
    format_signed,
)
from dashboard.presentation.palette import category_title
from dashboard.presentation.quoting import QuotedSeries, QuoteMode, name_direction
from dashboard.ui import session
from dashboard.ui.components.event_filters import ANY_OPTION
from dashboard.ui.pages.robustness.state import (
    EventGroup,
    RobustnessState,
    is_default_specification,
)

OVERLAP_LABELS: Final = {
    "keep": "keep all",
    "first": "first of a bunch",
    "exclude": "leave overlapping out",
}
MODEL_LABELS: Final = {
    "none": "no change",
    "mean": "constant mean",
    "market-adjusted": "market-adjusted",
    "market": "market model",
    "scholes-williams": "Scholes-Williams",
    "garch": "GARCH(1,1)",
}
FILTER_LABELS: Final = {
    "all": "all events",
    "high-confidence": "high confidence",
    "hour-known": "hour known",
    "alone": "alone in [0,1]",
}
COMPARE_NOTE: Final = (
    "Compare asks one specification, declared beforehand: read its p for the verdict. This page"
    " asks all of them at once: where its joint p is large and that of Compare small, the verdict"
    " hangs on the choices."
)


def format_window(text: str) -> str:
    """A window with a true minus: `[−1,1]`."""
    return text.replace("-", MINUS)


def describe_group(group: EventGroup) -> str:
    """`NATO remarks or Peace talks, expected stronger, from 1 Jan 2022 on`; tags stay unnamed."""
    named = " or ".join(category_title(category) for category in group.categories)
    parts = [named or "events of every category"]
    if group.expected != ANY_OPTION:
        parts.append(f"expected {group.expected}")
    if group.tag:
        parts.append("with the tag of the link")
    if group.since:
        parts.append(f"from {format_day(group.since)}")
    if group.until:
        parts.append(f"until {format_day(group.until)}")
    return ", ".join(parts)


def describe_grid(state: RobustnessState) -> str:
    """`6 windows × 3 lengths × 2 gaps × 2 models × 2 overlap rules × 4 choices of events = 576`."""
    grid = state.grid
    kinds = (
        (len(grid.series), "series", "series"),
        (len(grid.windows), "window", "windows"),
        (len(grid.estimations), "length", "lengths"),
        (len(grid.gaps), "gap", "gaps"),
        (len(grid.models), "model", "models"),
        (len(grid.overlaps), "overlap rule", "overlap rules"),
        (len(grid.event_filters), "choice of events", "choices of events"),
    )
    factors = " × ".join(format_count(n, one, many) for n, one, many in kinds if n > 1)
    return f"{factors or 'one choice of everything'} = {format_count(state.total, 'specification')}"


def describe_choices(specification: Specification) -> str:
    """`[0,1] · constant mean · 120 rows, gap 10 · keep all · all events`."""
    chosen = specification
    return " · ".join(
        (
            format_window(window_text(chosen.window)),
            MODEL_LABELS.get(chosen.model, chosen.model),
            f"{chosen.estimation} rows, gap {chosen.gap}",
            OVERLAP_LABELS[chosen.overlap],
            FILTER_LABELS[chosen.event_filter],
        )
    )


def describe_mean(row: SpecificationRow, card: SeriesCard) -> str:
    """`+0.81 log pts (stronger), 95 % interval −0.20 to +1.82, N = 17, p 0.23`."""
    if math.isnan(row.caar):
        return f"no mean: N = {row.n:,}"
    word = name_direction(card, 100 * row.caar)
    interval = ""
    if not math.isnan(row.low):
        ends = f"{format_log_points(100 * row.low, 2).removesuffix(' log pts')} to"
        interval = f", 95{THIN_SPACE}% interval {ends} {format_log_points(100 * row.high, 2)}"
    return (
        f"{format_log_points(100 * row.caar, 2)} ({word}){interval}, N = {row.n:,},"
        f" p {format_p(row.p_value)}"
    )


def format_curve_headline(answer: RobustnessAnswer, card: SeriesCard) -> str:
    """The median in words, with how many choices agree."""
    if not answer.distinct:
        return "No specification has an event with a move"
    word = name_direction(card, 100 * answer.median)
    subject = card.subject.noun if card.subject.is_currency else card.title
    size = f"{format_number(abs(100 * answer.median), 2)} log pts {word}"
    share = _format_share(answer.same_sign)
    those = f"{format_count(answer.distinct, 'distinct specification')}"
    return f"Median of {those}: {subject} {size}; {share} have its sign"


def _format_share(share: float) -> str:
    """`100 %`, `79 %`; a share that is not quite everything is not rounded to it."""
    if math.isnan(share):
        return NO_VALUE
    percent = 100 * share
    whole = percent in {0.0, 100.0} or 0.5 <= percent < 99.5
    return f"{format_number(percent, 0 if whole else 1)}{THIN_SPACE}%"


def describe_joint_test(answer: RobustnessAnswer) -> str:
    """The joint p, its basis, and what remains of it after the categories."""
    if not answer.draws:
        return (
            "Taken together: no joint p, for the events form"
            f" {format_count(answer.clusters, 'cluster')};"
            f" below {MIN_CLUSTERS} there is no verdict."
        )
    every = "all" if answer.draws == 2**answer.clusters else "drawn"
    left = ""
    if answer.categories > 1:
        left = (
            f" Times the {answer.categories} categories that could be asked (Bonferroni):"
            f" p {format_p(answer.joint_p_adjusted)}."
        )
    return (
        f"Taken together: joint p {format_p(answer.joint_p)}. With the signs of whole clusters of"
        f" events ({answer.clusters:,} of them) thrown by a coin, the same throw for every"
        f" specification, the median rank score is at least as large in"
        f" {_format_share(answer.joint_p)} of {answer.draws:,} throws ({every}).{left}"
    )


def describe_single_tests(answer: RobustnessAnswer) -> str:
    """How many single p are small, and what chance would give."""
    if not answer.tested:
        return "None of the specifications has a p."
    return (
        f"Taken one by one: {_format_share(answer.share_below)} of {answer.tested:,} have a p"
        f" below 0.05, uncorrected; about {_format_share(SIGNIFICANCE_LEVEL)} would by chance"
        " alone. They are"
        " answers to one question on the same days, so that no single one of them is evidence."
    )


def describe_duplicates(answer: RobustnessAnswer) -> str:
    """How many specifications repeat another one; empty where none does."""
    repeated = sum(not math.isnan(row.caar) for row in answer.rows) - answer.distinct
    if not repeated:
        return ""
    return (
        f"{format_count(repeated, 'specification')} gave the events and moves of another one and"
        f" {'counts' if repeated == 1 else 'count'} with it."
    )


def describe_missing(answer: RobustnessAnswer) -> str:
    """How many specifications have no event; empty where all have."""
    missing = sum(math.isnan(row.caar) for row in answer.rows)
    if not missing:
        return ""
    return (
        f"{format_count(missing, 'specification')} had no event with a move and stand in the file"
        " only."
    )


def describe_filter(name: str) -> str:
    """The description of a filter of events."""
    return EVENT_FILTERS[name]


# ------------------------------------------------------------------ data of the chart and the table


@dataclass(frozen=True, slots=True)
class ChoiceKind:
    """A kind of choice: its name, its value in a specification, and the label of the value."""

    name: str
    value_of: Callable[[Specification], object]
    label_of: Callable[[Specification], str]


CHOICE_KINDS: Final = (
    ChoiceKind("window", lambda s: s.window, lambda s: format_window(window_text(s.window))),
    ChoiceKind("estimation", lambda s: s.estimation, lambda s: f"{s.estimation} rows"),
    ChoiceKind("gap", lambda s: s.gap, lambda s: f"{s.gap} rows"),
    ChoiceKind("model", lambda s: s.model, lambda s: MODEL_LABELS.get(s.model, s.model)),
    ChoiceKind("overlap", lambda s: s.overlap, lambda s: OVERLAP_LABELS[s.overlap]),
    ChoiceKind("events", lambda s: s.event_filter, lambda s: FILTER_LABELS[s.event_filter]),
)


def sort_rows(answer: RobustnessAnswer) -> tuple[SpecificationRow, ...]:
    """The rows with a mean, the smallest first; equal ones keep the order of the grid."""
    known = [row for row in answer.rows if not math.isnan(row.caar)]
    return tuple(sorted(known, key=lambda row: row.caar))


def build_curve(state: RobustnessState, answer: RobustnessAnswer) -> SpecificationCurve:
    """The data of the figure; user text is escaped here."""
    rows, card = sort_rows(answer), state.series[0].card
    at = next(
        (k for k, row in enumerate(rows) if is_default_specification(row.specification)
         and row.specification.series == card.id), None,
    )  # fmt: skip
    quoting = QuotedSeries(card, QuoteMode.WEAKER)
    up, down = (quoting.direction(value) for value in (1.0, -1.0))
    subject = f" {card.subject.noun}" if card.subject.is_currency else ""
    return SpecificationCurve(
        rows=rows,
        descriptions=tuple(escape_plot(_format_hover_lines(state, row), 64, 3) for row in rows),
        choices=_build_choice_rows(state, rows),
        plain=at,
        median=answer.median,
        headline="" if state.phone else escape_plot(_format_curve_title(state, answer), 110, 1),
        definition=escape_plot(_format_subtitle(state), 44 if state.phone else 130, 1),
        up_label=f"{up}{subject}",
        down_label=f"{down}{subject}",
        dark=state.dark,
        phone=state.phone,
    )


def _format_curve_title(state: RobustnessState, answer: RobustnessAnswer) -> str:
    """`NATO remarks: median of 154 specifications +0.86 log pts`."""
    median = format_log_points(100 * answer.median, 2)
    of = format_count(answer.distinct, "specification")
    return f"{capitalize_first(describe_group(state.group))}: median of {of} {median}"


def _build_choice_rows(
    state: RobustnessState, rows: tuple[SpecificationRow, ...]
) -> tuple[ChoiceRow, ...]:
    """The lower pane: one row an option, for every kind with more than one option."""
    series = ChoiceKind("series", lambda s: s.series, lambda s: _get_series_title(s.series))
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
                label = f"gap {value}"
            choice_rows.append(ChoiceRow(escape_plot(label, 30, 1), "" if k else kind.name, places))
    return tuple(choice_rows)


def build_specification_frame(
    state: RobustnessState, rows: tuple[SpecificationRow, ...]
) -> pd.DataFrame:
    """One row a specification in the order of the curve, as labels."""
    listed = [row.specification for row in rows]
    frame = {
        "Place": list(range(1, len(rows) + 1)),
        "Mean, log pts": [format_signed(100 * row.caar) for row in rows],
        "95 % low": [format_signed(100 * row.low) for row in rows],
        "95 % high": [format_signed(100 * row.high) for row in rows],
        "N": [row.n for row in rows],
        "p": [format_p(row.p_value) for row in rows],
        "overlap_t p": [format_p(row.p_overlap) for row in rows],
        "Window": [format_window(window_text(specification.window)) for specification in listed],
        "Estimation": [specification.estimation for specification in listed],
        "Gap": [specification.gap for specification in listed],
        "Model": [
            MODEL_LABELS.get(specification.model, specification.model) for specification in listed
        ],
        "Overlap": [OVERLAP_LABELS[specification.overlap] for specification in listed],
        "Events": [FILTER_LABELS[specification.event_filter] for specification in listed],
    }
    if len(state.series) > 1:
        frame["Series"] = [
            plain_text(_get_series_title(specification.series)) for specification in listed
        ]
    return pd.DataFrame(frame)


def _format_hover_lines(state: RobustnessState, row: SpecificationRow) -> str:
    line = describe_choices(row.specification)
    several = f" · {_get_series_title(row.specification.series)}" if len(state.series) > 1 else ""
    return line + several


def _get_series_title(series_id: str) -> str:
    return next((card.title for card in session.get_cards() if card.id == series_id), series_id)


def _format_subtitle(state: RobustnessState) -> str:
    names = "; ".join(series.card.title for series in state.series)
    return f"{describe_group(state.group)} · {names} · mean CAR in log points"


def _order_values(
    state: RobustnessState, kind: ChoiceKind, values: Iterable[object]
) -> list[object]:
    """The values in the order in which they are offered."""
    order = dict.fromkeys(
        kind.value_of(specification) for specification in state.grid.specifications()
    )
    return [value for value in order if value in set(values)]


def get_card(state: RobustnessState, specification: Specification) -> SeriesCard:
    """The card of the series of a specification."""
    return next(e.card for e in state.series if e.card.id == specification.series)


def format_pick(row: SpecificationRow, place: int, total: int) -> str:
    """`Specification 12 of 576`."""
    return (
        f"Specification {format_number(place + 1, 0)} of {format_number(total, 0)}, N = {row.n:,}"
    )
