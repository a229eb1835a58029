"""Messages and tables of a comparison: question, verdicts, tests, what carries the result."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from dashboard.models.analyses import Comparison, StepName
from dashboard.models.event import Event
from dashboard.models.moves import PlaceboRank
from dashboard.models.series import SeriesCard
from dashboard.models.study import (
    CORRECTIONS,
    Headline,
    StudyRequest,
    duration_text,
)
from dashboard.presentation.charts.comparison_paths import (
    ComparisonGroup,
)
from dashboard.presentation.events import (
    format_group,
    format_group_count,
    format_period_limits,
    format_years,
)
from dashboard.presentation.formatting import (
    MINUS,
    NO_VALUE,
    THIN_SPACE,
    capitalize_first,
    format_count,
    format_day,
    format_number,
    format_offset,
    format_p,
    format_percent,
    format_window,
)
from dashboard.presentation.moves import describe_window, format_percentile_cell, observation_name
from dashboard.presentation.quoting import MoveScale
from dashboard.services.compare import (
    DIFFERENCE_GROUP,
    MIN_CLUSTERS,
    GroupTestLine,
    count_corrected_tests,
    declared_test_title,
    is_significant,
)
from dashboard.ui.pages.compare.state import MIN_VERDICT_EVENTS, CompareState

CORRECTION_NAMES: Final = dict(
    zip(CORRECTIONS, ("Holm", "Hochberg", "Bonferroni", "Benjamini-Hochberg",
                      "Benjamini-Yekutieli"), strict=True)
)  # fmt: skip

STEP_TITLES: Final[dict[StepName, str]] = {
    "listed": "Listed",
    "dated": "Dated for the series",
    "inside": "Inside the data",
    "history": "Enough history",
    "apart": "Not overlapping",
    "used": "Used",
}
OTHER_TESTS: Final = (
    "The other tests are no further questions: their p is not corrected and changes no verdict."
    " Beside each stands where it misleads."
)
PLACEBO_NOTE: Final = (
    "Orientation, no verdict: shifts of the dates assume that volatility is the same at all times."
    " The bar is the 95 % interval by the declared test."
)


# ------------------------------------------------------------------ the question


def format_compare_question(state: CompareState) -> str:
    """`What happened to the rouble in the 10 fixings after NATO remarks, 2022–2026?`."""
    groups = [format_group(query) for query in state.filters]
    periods = [format_period_limits(query.since, query.until) for query in state.filters]
    when = ""
    if any(periods) and len(set(periods)) > 1:
        groups = [
            f"{name} ({period or format_years(listed)})" if period or listed else name
            for name, period, listed in zip(groups, periods, state.listed, strict=True)
        ]
    else:
        together = [event for listed in state.listed for event in listed]
        when = periods[0] or format_years(together)
    span = _describe_span(state.request, state.card) if state.request else "around"
    compared = f", compared with {groups[1]}" if len(groups) > 1 else ""
    ended = f", {when}?" if when else "?"
    return f"What happened to {_name_whom(state.card)} {span} {groups[0]}{compared}{ended}"


def _name_whom(card: SeriesCard) -> str:
    subject = card.subject
    if not subject.is_currency or "USD" in {card.base, card.quote} - {subject.code}:
        return subject.name
    return f"{subject.name} ({card.title.partition(',')[0]})"


def _describe_span(request: StudyRequest, card: SeriesCard) -> str:
    last = request.window[1]
    if last <= 0:
        return "around"
    if card.bar_minutes:
        return f"in the {duration_text(last, card.bar_minutes)} after"
    observation = observation_name(card)
    return f"in the {last} {observation}s after" if last > 1 else f"at the {observation} after"


# ------------------------------------------------------------------ verdicts


def build_verdict_lines(state: CompareState, answer: Comparison) -> tuple[tuple[str, str], ...]:
    """A sentence to read and what it rests on, of each group and of their difference."""
    lines = [_describe_group_verdict(group, state, answer) for group in state.groups]
    if len(state.groups) > 1:
        lines.append(_describe_difference_verdict(state, answer))
    return tuple(lines)


def _describe_group_verdict(
    group: ComparisonGroup, state: CompareState, answer: Comparison
) -> tuple[str, str]:
    """`Not unusual: rouble 0.59 log pts stronger on average …`, and what that rests on."""
    headline, name = group.study.headline, format_group(group.filter)
    if not group.study.n:
        return f"No move to show for {name}", ""
    moved = _describe_group_move(group, state, answer)
    if headline is None:
        return f"Not judged: {moved}", ""
    if headline.reason:
        named = f"{capitalize_first(name)}: t" if len(state.groups) > 1 else "T"
        return (
            _describe_no_verdict(headline, named),
            f"{capitalize_first(moved)}. {_describe_sample_size(headline)}."
            f" {_describe_spread(headline, state.scale)}",
        )
    n = group.study.n
    least = _format_detectable_effect(headline, state.scale)
    unseen = f"Moves under about {least} on average would not be seen"
    head = (
        f"{_format_unusualness(headline)}: {moved}{_describe_rank_tension(headline, state.scale)}"
        f" ({_describe_p(headline, answer)})"
    )
    if not is_significant(headline):
        head += f". {unseen} with {format_count(n, 'event')}"
    below = (
        f"95 % interval of the mean {state.scale.directed_span(headline.low, headline.high)};"
        f" {_lowercase_first(declared_test_title())}, the test declared in advance:"
        f" {_format_corrected_p(headline, answer)}. {_describe_sample_size(headline)}."
        f" {_describe_spread(headline, state.scale)}"
    )
    return head, below


def _describe_difference_verdict(state: CompareState, answer: Comparison) -> tuple[str, str]:
    """`Difference not unusual: rouble 0.47 log pts stronger after … than after …`."""
    one, other = state.groups
    headline = answer.difference
    if headline is None or math.isnan(headline.mean):
        return "Difference: one of the groups has no event with a move", ""
    moved = (
        f"{state.card.subject.noun} {state.scale.directed(headline.mean)} after"
        f" {format_group(one.filter)} than after {format_group(other.filter)}"
    )
    size = _describe_sample_size(
        headline, f"{one.study.n:,} and {other.study.n:,} events", "joint clusters"
    )
    if headline.reason or not (one.is_judged and other.is_judged):
        no_verdict = "Difference: too few separate episodes for a verdict"
        return no_verdict, f"{capitalize_first(moved)}. {size}."
    head = (
        f"Difference {_lowercase_first(_format_unusualness(headline))}: {moved}"
        f" ({_describe_p(headline, answer)})"
    )
    if not is_significant(headline):
        least = _format_detectable_effect(headline, state.scale)
        head += f". Differences under about {least} would not be seen"
    caution = answer.differences[0].caution
    below = (
        f"95 % interval of the difference {state.scale.directed_span(headline.low, headline.high)};"
        f" {_lowercase_first(declared_test_title(difference=True))}:"
        f" {_format_corrected_p(headline, answer)}. {size}."
    )
    return head, f"{below} This test {caution}: doubt a p close to 0.05." if caution else below


def _format_unusualness(headline: Headline) -> str:
    """`Unusual` or `Not unusual`, by the corrected p of the declared test alone."""
    return "Unusual" if is_significant(headline) else "Not unusual"


def _format_detectable_effect(headline: Headline, scale: MoveScale) -> str:
    """`1.3 log pts`: the smallest mean that the test would find in four studies of five."""
    return scale.size(headline.smallest_visible, 1 if headline.smallest_visible >= 0.01 else 2)


def _format_corrected_p(headline: Headline, answer: Comparison) -> str:
    """`p = 0.63 (Holm over 3 questions: …; uncorrected 0.21)`."""
    family = count_corrected_tests(answer)
    if family <= 1:
        return f"p = {format_p(headline.p_value)} (one question here, nothing to correct)"
    return (
        f"p = {format_p(headline.p_adjusted)} ({CORRECTION_NAMES[answer.request.correction]} over"
        f" {family} questions: the groups and their difference; uncorrected"
        f" {format_p(headline.p_value)})"
    )


def _describe_p(headline: Headline, answer: Comparison) -> str:
    family = count_corrected_tests(answer)
    return f"p = {format_p(headline.p_adjusted)}, corrected for {format_count(family, 'question')}"


def _describe_group_move(group: ComparisonGroup, state: CompareState, answer: Comparison) -> str:
    """`rouble 0.59 log pts stronger on average over the first two fixings after 17 …`."""
    how = " on average" if group.study.n > 1 else ""
    headline = group.study.headline
    mean = headline.mean if headline else group.study.mean
    return (
        f"{state.card.subject.noun} {state.scale.directed(mean)}{how}"
        f" {describe_window(answer.window, state.card)} after"
        f" {format_group_count(group.study.n, group.filter)}"
    )


def _describe_no_verdict(headline: Headline, start: str) -> str:
    if headline.clusters >= MIN_CLUSTERS:
        return f"{start[:-1]}{'n' if start[-1] == 't' else 'N'}o verdict: {headline.reason}"
    return (
        f"{start}oo few separate episodes for a verdict"
        f" ({format_count(headline.clusters, 'cluster')};"
        f" {MIN_CLUSTERS} are needed): read the events one by one"
    )


def _describe_sample_size(headline: Headline, events: str = "", clusters: str = "clusters") -> str:
    """`N = 17 events on 16 rates, 13 clusters`."""
    many = format_count(headline.clusters, clusters.removesuffix("s"), clusters)
    counted = events or format_count(headline.n, "event")
    return f"N = {counted} on {format_count(headline.rates, 'rate')}, {many}"


def _describe_spread(headline: Headline, scale: MoveScale) -> str:
    """The median, and the mean without the three moves that are largest in size."""
    text = f"Median {scale.directed(headline.median)}"
    if not math.isnan(headline.mean_without_largest):
        rest = scale.directed(headline.mean_without_largest)
        text += f"; mean without the three largest moves {rest}"
    if headline.depends_on_one_rate:
        share = format_number(100 * headline.largest_share, 0)
        text += (
            f". One rate carries {share}{THIN_SPACE}% of all moves: read the median, not the mean"
        )
    return f"{text}."


def _describe_rank_tension(headline: Headline, scale: MoveScale) -> str:
    """That the ranks lean against the mean, or that the interval leaves it out; else empty."""
    if headline.statistic * headline.mean < 0:
        lean = scale.direction(headline.statistic)
        return f", while by ranks it leans {lean}"
    if not headline.low <= headline.mean <= headline.high:
        return ", a mean that few large moves carry: by ranks it lies outside the interval"
    return ""


def _lowercase_first(text: str) -> str:
    return text[:1].lower() + text[1:]


def describe_overlap(answer: Comparison) -> str:
    """That some events belong to both groups; empty where none does."""
    if not answer.in_both:
        return ""
    many = len(answer.in_both)
    subject = "1 event belongs" if many == 1 else f"{many} events belong"
    return f"{subject} to both groups, and counts in both averages."


# ------------------------------------------------------------------ influence of single events


def describe_influential_events(
    group: ComparisonGroup, scale: MoveScale, titles: dict[str, str]
) -> tuple[str, ...]:
    """Which event moves the average most, and whether any turns its direction."""
    rows, mean = group.study.left_out, group.study.mean
    if len(rows) < 2:
        return ("Leaving one event out needs at least two.",)
    most = rows[0]
    without = f"{scale.size(most.without)} {scale.direction(most.without)}"
    strongest = (
        f"“{titles[most.event_id]}” carries the most: without it the average of the other"
        f" {len(rows) - 1} is {without} instead of {scale.size(mean)} {scale.direction(mean)}."
    )
    turned = [row for row in rows if row.without * mean < 0]
    if not turned:
        return (strongest, "The direction of the average stays the same without any one of them.")
    names = ", ".join(f"“{titles[row.event_id]}”" for row in turned[:3])
    more = f" and {len(turned) - 3} more" if len(turned) > 3 else ""
    return (strongest, f"The direction of the average turns without {names}{more}.")


def describe_averaging(group: ComparisonGroup) -> str:
    """That averages of events differ from the mean of the verdict; empty where they do not."""
    headline = group.study.headline
    if headline is None or headline.rates == headline.n:
        return ""
    return (
        f"These averages count each of the {headline.n:,} events; the verdict counts each of the"
        f" {headline.rates:,} first rates once."
    )


def describe_model_settings(request: StudyRequest, card: SeriesCard) -> str:
    """`abnormal moves, model mean over 120 fixings, gap 10`."""
    many = (
        f"{request.estimation} {observation_name(card)}s that end {request.gap} before the event"
        " window"
    )
    rule = "" if request.overlap == "keep" else f", overlap rule {request.overlap}"
    clean = ", without the days of known events" if request.clean_estimation else ""
    return f"model {request.model} over {many}{clean}{rule}"


def _format_hit_share(hits: int, n: int) -> str:
    """`9 of 17 (53 %)`."""
    return f"{hits} of {n} ({format_percent(100 * hits / n, 0).lstrip('+')})" if n else NO_VALUE


# ------------------------------------------------------------------ headings of charts


def _describe_after(state: CompareState) -> str:
    """`after 17 NATO remarks and 58 peace talks`."""
    return "after " + " and ".join(
        format_group_count(group.study.n, group.filter) for group in state.groups
    )


def _describe_chart_source(state: CompareState) -> str:
    """`USD/RUB, Bank of Russia, to 1 Sep 2026`: the series and its last day."""
    series = state.answer.series if state.answer else None
    last = series.day[-1].astype(object) if series is not None and len(series) else None
    return f"{state.card.title}{f', to {format_day(last)}' if last else ''}"


def format_paths_heading(state: CompareState, answer: Comparison) -> tuple[str, str]:
    """The heading and subheading of the paths."""
    few = "" if all(group.study.n >= MIN_VERDICT_EVENTS for group in state.groups) else (
        f" (fewer than {MIN_VERDICT_EVENTS}: each alone, no mean)"
    )  # fmt: skip
    first = answer.request.window[0]
    return (
        f"{state.card.subject.title} {_describe_after(state)}{few}",
        (
            f"abnormal moves added up from offset {first};"
            f" {describe_model_settings(answer.request, state.card)};"
            f" {_describe_chart_source(state)}"
        ).replace("-", MINUS),
    )


def format_moves_heading(state: CompareState, answer: Comparison) -> tuple[str, str]:
    """The heading of the moves and its subheading."""
    return (
        f"Moves over {format_window(answer.window)} {_describe_after(state)}",
        f"whiskers: 95 % interval of each; dashed: the mean; {_describe_chart_source(state)}",
    )


def format_heat_heading(state: CompareState, answer: Comparison) -> tuple[str, str]:
    """The heading of the heat map and its subheading."""
    return (
        f"Abnormal move at each offset {_describe_after(state)}",
        f"sorted by the move over {format_window(answer.window)}; {_describe_chart_source(state)}",
    )


def format_leave_one_out_heading(_state: CompareState, answer: Comparison) -> tuple[str, str]:
    """The heading of the averages without each event and its subheading."""
    return (
        "The average without each event",
        f"over {format_window(answer.window)}; dashed: with all of them",
    )


def format_placebo_heading(state: CompareState, answer: Comparison) -> tuple[str, str]:
    """The heading of the placebo distributions and its subheading."""
    return (
        f"{state.card.subject.title} {_describe_after(state)}, beside other dates",
        f"over {format_window(answer.window)}, {state.scale.axis_towards('right')};"
        f" {_describe_chart_source(state)}",
    )


# ------------------------------------------------------------------ tables


def format_group_name(group: ComparisonGroup) -> str:
    """`NATO remarks`, as the first words of a cell or a heading."""
    return capitalize_first(format_group(group.filter))


def build_summary_columns(state: CompareState) -> dict[str, list[str]]:
    """The numbers of each group in the window: mean with interval, median, directions."""
    groups, scale = state.groups, state.scale
    rows = [group.study.headline for group in groups]
    return {
        "Events after": [format_group_name(group) for group in groups],
        "N": [f"{group.study.n:,}" for group in groups],
        "Rates, clusters": [
            f"{row.rates:,}, {row.clusters:,}" if row else NO_VALUE for row in rows
        ],
        "Mean": [scale.move(row.mean) if row else NO_VALUE for row in rows],
        "95 % interval": [scale.span(row.low, row.high) if row else NO_VALUE for row in rows],
        "Seen from": [_format_detectable_effect(row, scale) if row else NO_VALUE for row in rows],
        "Median": [scale.move(row.median) if row else NO_VALUE for row in rows],
        "Without its 3 largest": [
            scale.move(row.mean_without_largest) if row else NO_VALUE for row in rows
        ],
        "As expected": [_format_expected_share(group) for group in groups],
    }


def describe_summary(state: CompareState, answer: Comparison) -> str:
    """What the numbers of the groups are."""
    return (
        f"Over {format_window(answer.window)}, {state.scale.axis}. Rates: how many first rates"
        " the events have; clusters: events whose windows overlap count together. Interval: the"
        f" means that the declared test does not reject; none below {MIN_CLUSTERS} clusters."
        " Seen from: the smallest mean that it would find in four studies of five. As expected: of"
        " the events whose nature says a direction."
    )


def build_declared_test_columns(
    state: CompareState, lines: Sequence[GroupTestLine]
) -> dict[str, list[str]]:
    """The declared test with both its p, its N, its null hypothesis, and its limits."""
    columns = build_other_test_columns(state, lines)
    shown = [
        f"{format_p(line.row.p_adjusted)}{'' if line.family < 2 else f' (of {line.family})'}"
        for line in lines
    ]
    before = {name: columns.pop(name) for name in ("Test", "Events after")}
    return before | {"p, corrected": shown} | columns


def build_other_test_columns(
    state: CompareState, lines: Sequence[GroupTestLine]
) -> dict[str, list[str]]:
    """Each test with its uncorrected p, its N, its null hypothesis, and its limits."""
    names = {group.study.name: format_group_name(group) for group in state.groups}
    names[DIFFERENCE_GROUP] = "Difference of the two"
    rows = [line.row for line in lines]
    return {
        "Test": [f"{line.title} ({line.row.test})" for line in lines],
        "Events after": [names[row.group] for row in rows],
        "p": [format_p(row.p_value) for row in rows],
        "N": [_format_sample_size(state, line) for line in lines],
        "Null hypothesis": [row.null_hypothesis for row in rows],
        "What to know": [describe_test_limits(line) or NO_VALUE for line in lines],
    }


def describe_test_limits(line: GroupTestLine) -> str:
    """Why a test does not apply or what it rests on, and how it misleads with such dates."""
    return "; ".join(text for text in (line.row.note, line.row.caution) if text)


def build_moves_columns(
    state: CompareState, group: ComparisonGroup, answer: Comparison
) -> tuple[list[Event], dict[str, list[str]]]:
    """The events that moved, the strongest move first, and what is known of each."""
    study, scale = group.study, state.scale
    cars = study.result.cars[0]
    order = [k for k in (-study.car).argsort(kind="stable").tolist() if math.isfinite(study.car[k])]
    events = [study.result.events[k] for k in order]
    move, half = study.car.tolist(), study.half_width.tolist()
    return events, {
        "Day": [format_day(event.day) for event in events],
        f"Move over {format_window(answer.window)}": [scale.move(move[k]) for k in order],
        "95 % interval": [scale.span(move[k] - half[k], move[k] + half[k]) for k in order],
        "Larger than": [
            format_percentile_cell(PlaceboRank.of_car(cars, k, answer.request.pool)) for k in order
        ],
        "Others in it": [f"{len(cars.crowd[k]):,}" for k in order],
    }


def build_averages_columns(state: CompareState, group: ComparisonGroup) -> dict[str, list[str]]:
    """The mean, its bands and the median of a group by offset."""
    rows, span = group.study.answer.averages, state.scale.span
    return {
        "Offset": [format_offset(row.offset) for row in rows],
        "N": [f"{row.n:,}" for row in rows],
        "Mean move of the day": [state.scale.signed(row.aar) for row in rows],
        "Mean, added up": [state.scale.signed(row.caar) for row in rows],
        "95 % at the offset": [span(row.caar_low, row.caar_high) for row in rows],
        "95 % of the whole path": [span(row.supt_low, row.supt_high) for row in rows],
        "Median, added up": [state.scale.signed(value) for value in group.study.medians.tolist()],
    }


def build_attrition_columns(state: CompareState) -> dict[str, list[str]]:
    """How many events of each group are left after each step."""
    steps = state.groups[0].study.steps
    return {
        "Step": [STEP_TITLES[step.name] for step in steps],
        **{
            format_group_name(group): [f"{step.left:,}" for step in group.study.steps]
            for group in state.groups
        },
    }


def _format_sample_size(state: CompareState, line: GroupTestLine) -> str:
    if line.row.group != DIFFERENCE_GROUP:
        return f"{line.row.n:,}"
    return " and ".join(f"{group.study.n:,}" for group in state.groups)


def _format_expected_share(group: ComparisonGroup) -> str:
    window = group.study.answer.request.cars[0]
    rows = [row for row in group.study.answer.directions if row.window == window]
    return _format_hit_share(rows[0].hits, rows[0].n) if rows else NO_VALUE
