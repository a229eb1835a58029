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
    Window,
    duration_text,
    window_text,
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
    format_percent,
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
from dashboard.ui.pages.compare.state import CompareState, GroupState

# ------------------------------------------------------------
# Compare in words: the question, the verdicts in a sentence each, what carries the result.


CORRECTION_NAMES: Final = dict(
    zip(CORRECTIONS, ("Holm", "Hochberg", "Bonferroni", "Benjamini-Hochberg",
                      "Benjamini-Yekutieli"), strict=True)
)  # fmt: skip

OTHER_TESTS: Final = (
    "The other tests are no further questions: their p is not corrected and changes no verdict."
    " Beside each stands where it misleads."
)
PLACEBO_NOTE: Final = (
    "Orientation, no verdict: shifts of the dates assume that volatility is the same at all times."
    " The bar is the 95 % interval by the declared test."
)


# ------------------------------------------------------------------ the question


def format_compare_question(scene: CompareState) -> str:
    """`What happened to the rouble in the 10 fixings after NATO remarks, 2022–2026?`."""
    groups = [format_group(asked.filter) for asked in scene.asked]
    periods = [format_period_limits(each.filter.since, each.filter.until) for each in scene.asked]
    when = ""
    if any(periods) and len(set(periods)) > 1:
        groups = [
            f"{name} ({period or format_years(listed)})" if period or listed else name
            for name, period, listed in zip(groups, periods, scene.listed, strict=True)
        ]
    else:
        together = [event for listed in scene.listed for event in listed]
        when = periods[0] or format_years(together)
    span = _describe_span(scene.request, scene.card) if scene.request else "around"
    compared = f", compared with {groups[1]}" if len(groups) > 1 else ""
    ended = f", {when}?" if when else "?"
    return f"What happened to {_name_whom(scene.card)} {span} {groups[0]}{compared}{ended}"


def _name_whom(card: SeriesCard) -> str:
    name = card.title.partition(",")[0]
    if not card.is_rouble:
        return name
    return "the rouble" if card.unit == "RUB per USD" else f"the rouble ({name})"


def _describe_span(request: StudyRequest, card: SeriesCard) -> str:
    last = request.window[1]
    if last <= 0:
        return "around"
    if card.bar_minutes:
        return f"in the {duration_text(last, card.bar_minutes)} after"
    each = observation_name(card)
    return f"in the {last} {each}s after" if last > 1 else f"at the {each} after"


# ------------------------------------------------------------------ verdicts


def name_series_subject(card: SeriesCard) -> str:
    """Who moves: `Rouble`, `Brent crude`."""
    return "Rouble" if card.is_rouble else card.title.partition(",")[0]


def build_verdict_lines(scene: CompareState, answer: Comparison) -> tuple[tuple[str, str], ...]:
    """A sentence to read and what it rests on, of each group and of their difference."""
    lines = [describe_group_verdict(group, scene, answer) for group in scene.groups]
    if len(scene.groups) > 1:
        lines.append(describe_difference_verdict(scene, answer))
    return tuple(lines)


def describe_group_verdict(
    group: GroupState, scene: CompareState, answer: Comparison
) -> tuple[str, str]:
    """`Not unusual: rouble 0.59 log pts stronger on average …`, and what that rests on."""
    found, name = group.found.headline, format_group(group.asked.filter)
    if not group.found.n:
        return f"No move to show for {name}", ""
    moved = _describe_group_move(group, scene, answer)
    if found is None:
        return f"Not judged: {moved}", ""
    if found.reason:
        named = f"{capitalize_first(name)}: t" if len(scene.groups) > 1 else "T"
        return _describe_no_verdict(
            found, named
        ), f"{capitalize_first(moved)}. {_describe_sample_size(found)}. " + (
            _describe_spread(found, scene.scale)
        )
    n = group.found.n
    unseen = f"Moves under about {format_detectable_effect(found, scene.scale)} on average would not be seen"
    head = f"{format_unusualness(found)}: {moved}{_describe_rank_tension(found, scene.scale)} ({_describe_p(found, answer)})"
    if not is_significant(found):
        head += f". {unseen} with {format_count(n, 'event')}"
    below = (
        f"95 % interval of the mean {scene.scale.directed_span(found.low, found.high)};"
        f" {_lowercase_first(declared_test_title())}, the test declared in advance:"
        f" {format_corrected_p(found, answer)}. {_describe_sample_size(found)}. {_describe_spread(found, scene.scale)}"
    )
    return head, below


def describe_difference_verdict(scene: CompareState, answer: Comparison) -> tuple[str, str]:
    """`Difference not unusual: rouble 0.47 log pts stronger after … than after …`."""
    one, other = scene.groups
    found = answer.difference
    if found is None or math.isnan(found.mean):
        return "Difference: one of the groups has no event with a move", ""
    moved = (
        f"{_name_subject(scene.card)} {scene.scale.directed(found.mean)} after"
        f" {format_group(one.asked.filter)} than after {format_group(other.asked.filter)}"
    )
    size = _describe_sample_size(
        found, f"{one.found.n:,} and {other.found.n:,} events", "joint clusters"
    )
    if found.reason or not (one.is_judged and other.is_judged):
        said = "Difference: too few separate episodes for a verdict"
        return said, f"{capitalize_first(moved)}. {size}."
    head = f"Difference {_lowercase_first(format_unusualness(found))}: {moved} ({_describe_p(found, answer)})"
    if not is_significant(found):
        head += f". Differences under about {format_detectable_effect(found, scene.scale)} would not be seen"
    caution = answer.differences[0].caution
    below = (
        f"95 % interval of the difference {scene.scale.directed_span(found.low, found.high)};"
        f" {_lowercase_first(declared_test_title(difference=True))}: {format_corrected_p(found, answer)}. {size}."
    )
    return head, f"{below} This test {caution}: doubt a p close to 0.05." if caution else below


def format_unusualness(found: Headline) -> str:
    """`Unusual` or `Not unusual`, by the corrected p of the declared test alone."""
    return "Unusual" if is_significant(found) else "Not unusual"


def format_detectable_effect(found: Headline, scale: MoveScale) -> str:
    """`1.3 log pts`: the smallest mean that the test would find in four studies of five."""
    return scale.size(found.smallest_visible, 1 if found.smallest_visible >= 0.01 else 2)


def format_corrected_p(found: Headline, answer: Comparison) -> str:
    """`p = 0.63 (Holm over 3 questions: …; uncorrected 0.21)`."""
    family = count_corrected_tests(answer)
    if family <= 1:
        return f"p = {format_p(found.p_value)} (one question here, nothing to correct)"
    return (
        f"p = {format_p(found.p_adjusted)} ({CORRECTION_NAMES[answer.request.correction]} over"
        f" {family} questions: the groups and their difference; uncorrected"
        f" {format_p(found.p_value)})"
    )


def _describe_p(found: Headline, answer: Comparison) -> str:
    family = count_corrected_tests(answer)
    return f"p = {format_p(found.p_adjusted)}, corrected for {format_count(family, 'question')}"


def format_p(p: float) -> str:
    """`0.18`, `0.031`, `< 0.001`."""
    if math.isnan(p):
        return NO_VALUE
    return f"<{THIN_SPACE}0.001" if p < 0.001 else format_number(p, 3 if p < 0.1 else 2)


def _describe_group_move(group: GroupState, scene: CompareState, answer: Comparison) -> str:
    """`rouble 0.59 log pts stronger on average over the first two fixings after 17 …`."""
    how = " on average" if group.found.n > 1 else ""
    found = group.found.headline
    mean = found.mean if found else group.found.mean
    return (
        f"{_name_subject(scene.card)} {scene.scale.directed(mean)}{how}"
        f" {describe_window(answer.window, scene.card)} after"
        f" {format_group_count(group.found.n, group.asked.filter)}"
    )


def _describe_no_verdict(found: Headline, start: str) -> str:
    if found.clusters >= MIN_CLUSTERS:
        return f"{start[:-1]}{'n' if start[-1] == 't' else 'N'}o verdict: {found.reason}"
    return (
        f"{start}oo few separate episodes for a verdict ({format_count(found.clusters, 'cluster')};"
        f" {MIN_CLUSTERS} are needed): read the events one by one"
    )


def _describe_sample_size(found: Headline, events: str = "", clusters: str = "clusters") -> str:
    """`N = 17 events on 16 rates, 13 clusters`."""
    many = format_count(found.clusters, clusters.removesuffix("s"), clusters)
    return f"N = {events or format_count(found.n, 'event')} on {format_count(found.rates, 'rate')}, {many}"


def _describe_spread(found: Headline, scale: MoveScale) -> str:
    """The median, and the mean without the three moves that are largest in size."""
    words = f"Median {scale.directed(found.median)}"
    if not math.isnan(found.mean_without_largest):
        rest = scale.directed(found.mean_without_largest)
        words += f"; mean without the three largest moves {rest}"
    if found.depends_on_one_rate:
        share = format_number(100 * found.largest_share, 0)
        words += (
            f". One rate carries {share}{THIN_SPACE}% of all moves: read the median, not the mean"
        )
    return f"{words}."


def _describe_rank_tension(found: Headline, scale: MoveScale) -> str:
    """That the ranks lean against the mean, or that the interval leaves it out; else empty."""
    if found.statistic * found.mean < 0:
        lean = scale.direction(found.statistic)
        return f", while by ranks it leans {lean}"
    if not found.low <= found.mean <= found.high:
        return ", a mean that few large moves carry: by ranks it lies outside the interval"
    return ""


def _name_subject(card: SeriesCard) -> str:
    return "rouble" if card.is_rouble else name_series_subject(card)


def _lowercase_first(words: str) -> str:
    return words[:1].lower() + words[1:]


def describe_overlap(answer: Comparison) -> str:
    """That some events belong to both groups; empty where none does."""
    if not answer.in_both:
        return ""
    many = len(answer.in_both)
    said = "1 event belongs" if many == 1 else f"{many} events belong"
    return f"{said} to both groups, and counts in both averages."


# ------------------------------------------------------------------ who carries it


def describe_influential_events(
    group: GroupState, scale: MoveScale, titles: dict[str, str]
) -> tuple[str, ...]:
    """Which event moves the average most, and whether any turns its direction."""
    rows, mean = group.found.left_out, group.found.mean
    if len(rows) < 2:
        return ("Leaving one event out needs at least two.",)
    most = rows[0]
    without = f"{scale.size(most.without)} {scale.direction(most.without)}"
    told = (
        f"“{titles[most.event_id]}” carries the most: without it the average of the other"
        f" {len(rows) - 1} is {without} instead of {scale.size(mean)} {scale.direction(mean)}."
    )
    turned = [row for row in rows if row.without * mean < 0]
    if not turned:
        return (told, "The direction of the average stays the same without any one of them.")
    names = ", ".join(f"“{titles[row.event_id]}”" for row in turned[:3])
    more = f" and {len(turned) - 3} more" if len(turned) > 3 else ""
    return (told, f"The direction of the average turns without {names}{more}.")


def describe_averaging(group: GroupState) -> str:
    """That averages of events differ from the mean of the verdict; empty where they do not."""
    found = group.found.headline
    if found is None or found.rates == found.n:
        return ""
    return (
        f"These averages count each of the {found.n:,} events; the verdict counts each of the"
        f" {found.rates:,} first rates once."
    )


def describe_model_settings(request: StudyRequest, card: SeriesCard) -> str:
    """`abnormal moves, model mean over 120 fixings, gap 10`."""
    many = f"{request.estimation} {observation_name(card)}s that end {request.gap} before the event window"
    rule = "" if request.overlap == "keep" else f", overlap rule {request.overlap}"
    clean = ", without the days of known events" if request.clean_estimation else ""
    return f"model {request.model} over {many}{clean}{rule}"


def format_window(window: Window) -> str:
    """`[−1,1]`."""
    return window_text(window).replace("-", MINUS)


def format_hit_share(hits: int, n: int) -> str:
    """`9 of 17 (53 %)`."""
    return f"{hits} of {n} ({format_percent(100 * hits / n, 0).lstrip('+')})" if n else NO_VALUE


# ------------------------------------------------------------
# What Compare says as plain tables: groups, tests, moves, and from events listed to used.


STEP_TITLES: Final[dict[StepName, str]] = {
    "listed": "Listed",
    "dated": "Dated for the series",
    "inside": "Inside the data",
    "history": "Enough history",
    "apart": "Not overlapping",
    "used": "Used",
}


def format_group_name(group: GroupState) -> str:
    """`NATO remarks`, as the first words of a cell or a heading."""
    return capitalize_first(format_group(group.asked.filter))


def build_summary_columns(scene: CompareState) -> dict[str, list[str]]:
    """The numbers of each group in the window: mean with interval, median, directions."""
    groups, scale = scene.groups, scene.scale
    rows = [group.found.headline for group in groups]
    return {
        "Events after": [format_group_name(group) for group in groups],
        "N": [f"{group.found.n:,}" for group in groups],
        "Rates, clusters": [
            f"{row.rates:,}, {row.clusters:,}" if row else NO_VALUE for row in rows
        ],
        "Mean": [scale.move(row.mean) if row else NO_VALUE for row in rows],
        "95 % interval": [scale.span(row.low, row.high) if row else NO_VALUE for row in rows],
        "Seen from": [format_detectable_effect(row, scale) if row else NO_VALUE for row in rows],
        "Median": [scale.move(row.median) if row else NO_VALUE for row in rows],
        "Without its 3 largest": [
            scale.move(row.mean_without_largest) if row else NO_VALUE for row in rows
        ],
        "As expected": [_format_expected_share(group) for group in groups],
    }


def describe_summary(scene: CompareState, answer: Comparison) -> str:
    """What the numbers of the groups are."""
    return (
        f"Over {format_window(answer.window)}, {scene.scale.axis}. Rates: how many first rates"
        " the events have; clusters: events whose windows overlap count together. Interval: the"
        f" means that the declared test does not reject; none below {MIN_CLUSTERS} clusters."
        " Seen from: the smallest mean that it would find in four studies of five. As expected: of"
        " the events whose nature says a direction."
    )


def build_declared_test_columns(
    scene: CompareState, lines: Sequence[GroupTestLine]
) -> dict[str, list[str]]:
    """The declared test with both its p, its N, its null hypothesis, and what to know beside it."""
    columns = build_other_test_columns(scene, lines)
    shown = [
        f"{format_p(line.row.p_adjusted)}{'' if line.family < 2 else f' (of {line.family})'}"
        for line in lines
    ]
    before = {name: columns.pop(name) for name in ("Test", "Events after")}
    return before | {"p, corrected": shown} | columns


def build_other_test_columns(
    scene: CompareState, lines: Sequence[GroupTestLine]
) -> dict[str, list[str]]:
    """Each test with its uncorrected p, its N, its null hypothesis, and what to know beside it."""
    names = {each.found.name: format_group_name(each) for each in scene.groups}
    names[DIFFERENCE_GROUP] = "Difference of the two"
    rows = [line.row for line in lines]
    return {
        "Test": [f"{line.title} ({line.row.test})" for line in lines],
        "Events after": [names[row.group] for row in rows],
        "p": [format_p(row.p_value) for row in rows],
        "N": [_format_sample_size(scene, line) for line in lines],
        "Null hypothesis": [row.null_hypothesis for row in rows],
        "What to know": [describe_test_limits(line) or NO_VALUE for line in lines],
    }


def describe_test_limits(line: GroupTestLine) -> str:
    """Why a test does not apply or what it rests on, and how it misleads with such dates."""
    return "; ".join(text for text in (line.row.note, line.row.caution) if text)


def build_moves_columns(
    scene: CompareState, group: GroupState, answer: Comparison
) -> tuple[list[Event], dict[str, list[str]]]:
    """The events that moved, the strongest move first, and what is known of each."""
    found, scale = group.found, scene.scale
    cars = found.result.cars[0]
    order = [k for k in (-found.car).argsort(kind="stable").tolist() if math.isfinite(found.car[k])]
    events = [found.result.events[k] for k in order]
    move, half = found.car.tolist(), found.half_width.tolist()
    return events, {
        "Day": [format_day(event.day) for event in events],
        f"Move over {format_window(answer.window)}": [scale.move(move[k]) for k in order],
        "95 % interval": [scale.span(move[k] - half[k], move[k] + half[k]) for k in order],
        "Larger than": [
            format_percentile_cell(PlaceboRank.of_car(cars, k, answer.request.pool)) for k in order
        ],
        "Others in it": [f"{len(cars.crowd[k]):,}" for k in order],
    }


def build_averages_columns(scene: CompareState, group: GroupState) -> dict[str, list[str]]:
    """The mean, its bands and the median of a group by offset."""
    rows, span = group.found.answer.averages, scene.scale.span
    return {
        "Offset": [format_offset(row.offset) for row in rows],
        "N": [f"{row.n:,}" for row in rows],
        "Mean move of the day": [scene.scale.signed(row.aar) for row in rows],
        "Mean, added up": [scene.scale.signed(row.caar) for row in rows],
        "95 % at the offset": [span(row.caar_low, row.caar_high) for row in rows],
        "95 % of the whole path": [span(row.supt_low, row.supt_high) for row in rows],
        "Median, added up": [scene.scale.signed(each) for each in group.found.medians.tolist()],
    }


def build_attrition_columns(scene: CompareState) -> dict[str, list[str]]:
    """How many events of each group are left after each step."""
    steps = scene.groups[0].found.steps
    return {
        "Step": [STEP_TITLES[step.name] for step in steps],
        **{
            format_group_name(group): [f"{step.left:,}" for step in group.found.steps]
            for group in scene.groups
        },
    }


def _format_sample_size(scene: CompareState, line: GroupTestLine) -> str:
    if line.row.group != DIFFERENCE_GROUP:
        return f"{line.row.n:,}"
    return " and ".join(f"{each.found.n:,}" for each in scene.groups)


def _format_expected_share(group: GroupState) -> str:
    window = group.found.answer.request.cars[0]
    rows = [row for row in group.found.answer.directions if row.window == window]
    return format_hit_share(rows[0].hits, rows[0].n) if rows else NO_VALUE
