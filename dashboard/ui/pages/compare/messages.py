"""Messages and tables of a comparison: question, verdicts, tests, what carries the result."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from dashboard.models.analyses import Comparison, StepName
from dashboard.models.event import Event
from dashboard.models.messages import deferred, join_and, plural, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.models.moves import PlaceboRank
from dashboard.models.series import SeriesCard
from dashboard.models.study import CORRECTIONS, Headline, StudyRequest, duration_text
from dashboard.presentation.charts.comparison_paths import ComparisonGroup
from dashboard.presentation.events import (
    format_group,
    format_group_count,
    format_period_limits,
    format_years,
)
from dashboard.presentation.formatting import (
    MINUS,
    NO_VALUE,
    capitalize_first,
    format_day,
    format_offset,
    format_p,
    format_share,
    format_window,
    join_first,
)
from dashboard.presentation.moves import (
    count_observations,
    describe_window,
    format_percentile_cell,
    observation_name,
)
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
    "listed": deferred("Listed"),
    "dated": deferred("Dated for the series"),
    "inside": deferred("Inside the data"),
    "history": deferred("Enough history"),
    "apart": deferred("Not overlapping"),
    "used": deferred("Used"),
}
OTHER_TESTS: Final = deferred(
    "The other tests are no further questions: their p is not corrected and changes no verdict."
    " Beside each stands where it misleads."
)
PLACEBO_NOTE: Final = deferred(
    "Orientation, no verdict: shifts of the dates assume that volatility is the same at all"
    " times. The bar is the 95 % interval by the declared test."
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
    events = groups[0]
    if len(groups) > 1:
        events = _("{events}, compared with {others}", events=events, others=groups[1])
    if when:
        events = _("{events}, {period}", events=events, period=when)
    return _ask_what_happened(state, events)


def _ask_what_happened(state: CompareState, events: str) -> str:
    card, last = state.card, state.request.window[1] if state.request else 0
    values = {"subject": _name_whom(card), "events": events}
    if last <= 0:
        return _("What happened to {subject} around {events}?", **values)
    if card.bar_minutes:
        span = duration_text(last, card.bar_minutes)
        return _("What happened to {subject} in the {span} after {events}?", span=span, **values)
    if last == 1:
        noun = observation_name(card)
        return _("What happened to {subject} at the {noun} after {events}?", noun=noun, **values)
    span = count_observations(last, card)
    return _("What happened to {subject} in the {span} after {events}?", span=span, **values)


def _name_whom(card: SeriesCard) -> str:
    subject = card.subject
    if not subject.is_currency or "USD" in {card.base, card.quote} - {subject.code}:
        return subject.name
    return f"{subject.name} ({card.label.partition(',')[0]})"


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
        return _("No move to show for {name}", name=name), ""
    moved = _describe_group_move(group, state, answer)
    if headline is None:
        return _("Not judged: {moved}", moved=moved), ""
    size = _describe_sample_size(headline)
    spread = _describe_spread(headline, state.scale)
    if headline.reason:
        verdict = _describe_no_verdict(headline)
        if len(state.groups) > 1:
            verdict = f"{name}: {verdict}"
        return capitalize_first(verdict), f"{capitalize_first(moved)}. {size}. {spread}"
    moved = _add_rank_tension(moved, headline, state.scale)
    p = _describe_p(headline, answer)
    if is_significant(headline):
        head = _("Unusual: {move} ({p})", move=moved, p=p)
    else:
        head = plural(
            "Not unusual: {move} ({p}). Moves under about {least} on average would not be seen"
            " with {n:,} event",
            "Not unusual: {move} ({p}). Moves under about {least} on average would not be seen"
            " with {n:,} events",
            group.study.n,
            move=moved,
            p=p,
            least=_format_detectable_effect(headline, state.scale),
        )
    below = _(
        "95 % interval of the mean {interval}; “{test}”, the test declared in advance: {p}."
        " {size}. {spread}",
        interval=state.scale.directed_span(headline.low, headline.high),
        test=translate_deferred(declared_test_title()),
        p=_format_corrected_p(headline, answer),
        size=size,
        spread=spread,
    )
    return head, below


def _describe_difference_verdict(state: CompareState, answer: Comparison) -> tuple[str, str]:
    """`Difference not unusual: rouble 0.47 log pts stronger after … than after …`."""
    one, other = state.groups
    headline = answer.difference
    if headline is None or math.isnan(headline.mean):
        return _("Difference: one of the groups has no event with a move"), ""
    moved = _(
        "{subject} {move} after {group} than after {other}",
        subject=state.card.subject.noun,
        move=state.scale.directed(headline.mean),
        group=format_group(one.filter),
        other=format_group(other.filter),
    )
    size = _(
        "N = {first:,} and {second:,} events on {rates}, {clusters}",
        first=one.study.n,
        second=other.study.n,
        rates=plural("{n:,} rate", "{n:,} rates", headline.rates),
        clusters=plural("{n:,} joint cluster", "{n:,} joint clusters", headline.clusters),
    )
    if headline.reason or not (one.is_judged and other.is_judged):
        no_verdict = _("Difference: too few separate episodes for a verdict")
        return no_verdict, f"{capitalize_first(moved)}. {size}."
    values = {"move": moved, "p": _describe_p(headline, answer)}
    if is_significant(headline):
        head = _("Difference unusual: {move} ({p})", **values)
    else:
        head = _(
            "Difference not unusual: {move} ({p}). Differences under about {least} would not be"
            " seen",
            least=_format_detectable_effect(headline, state.scale),
            **values,
        )
    below = _(
        "95 % interval of the difference {interval}; “{test}”: {p}. {size}.",
        interval=state.scale.directed_span(headline.low, headline.high),
        test=translate_deferred(declared_test_title(difference=True)),
        p=_format_corrected_p(headline, answer),
        size=size,
    )
    caution = translate_deferred(answer.declared[-1].caution)
    if caution:
        doubt = _("This test {caution}: doubt a p close to 0.05.", caution=caution)
        below = f"{below} {doubt}"
    return head, below


def _format_detectable_effect(headline: Headline, scale: MoveScale) -> str:
    """`1.3 log pts`: the smallest mean that the test would find in four studies of five."""
    return scale.size(headline.smallest_visible, 1 if headline.smallest_visible >= 0.01 else 2)


def _format_corrected_p(headline: Headline, answer: Comparison) -> str:
    """`p = 0.63 (Holm over 3 questions: …; uncorrected 0.21)`."""
    family = count_corrected_tests(answer)
    if family <= 1:
        return _("p = {p} (one question here, nothing to correct)", p=format_p(headline.p_value))
    return _(
        "p = {p_adjusted} ({correction} over {family} questions: the groups and their"
        " difference; uncorrected {p})",
        p_adjusted=format_p(headline.p_adjusted),
        correction=CORRECTION_NAMES[answer.request.correction],
        family=family,
        p=format_p(headline.p_value),
    )


def _describe_p(headline: Headline, answer: Comparison) -> str:
    family = count_corrected_tests(answer)
    return plural(
        "p = {p_adjusted}, corrected for {n:,} question",
        "p = {p_adjusted}, corrected for {n:,} questions",
        family,
        p_adjusted=format_p(headline.p_adjusted),
    )


def _describe_group_move(group: ComparisonGroup, state: CompareState, answer: Comparison) -> str:
    """`rouble 0.59 log pts stronger on average over the first two fixings after 17 …`."""
    headline = group.study.headline
    values = {
        "subject": state.card.subject.noun,
        "move": state.scale.directed(headline.mean if headline else group.study.mean),
        "window": describe_window(answer.window, state.card),
        "events": format_group_count(group.study.n, group.filter),
    }
    if group.study.n > 1:
        return _("{subject} {move} on average {window} after {events}", **values)
    return _("{subject} {move} {window} after {events}", **values)


def _describe_no_verdict(headline: Headline) -> str:
    if headline.clusters >= MIN_CLUSTERS:
        return _("no verdict: {reason}", reason=translate_deferred(headline.reason))
    return plural(
        "too few separate episodes for a verdict ({n:,} cluster; {minimum} are needed): read the"
        " events one by one",
        "too few separate episodes for a verdict ({n:,} clusters; {minimum} are needed): read"
        " the events one by one",
        headline.clusters,
        minimum=MIN_CLUSTERS,
    )


def _describe_sample_size(headline: Headline) -> str:
    """`N = 17 events on 16 rates, 13 clusters`."""
    return _(
        "N = {events} on {rates}, {clusters}",
        events=plural("{n:,} event", "{n:,} events", headline.n),
        rates=plural("{n:,} rate", "{n:,} rates", headline.rates),
        clusters=plural("{n:,} cluster", "{n:,} clusters", headline.clusters),
    )


def _describe_spread(headline: Headline, scale: MoveScale) -> str:
    """The median, and the mean without the three moves that are largest in size."""
    median = scale.directed(headline.median)
    if math.isnan(headline.mean_without_largest):
        spread = _("Median {median}.", median=median)
    else:
        spread = _(
            "Median {median}; mean without the three largest moves {mean}.",
            median=median,
            mean=scale.directed(headline.mean_without_largest),
        )
    if not headline.depends_on_one_rate:
        return spread
    caution = _(
        "One rate carries {share} of all moves: read the median, not the mean.",
        share=format_share(headline.largest_share),
    )
    return f"{spread} {caution}"


def _add_rank_tension(moved: str, headline: Headline, scale: MoveScale) -> str:
    """A move with that the ranks lean against the mean, or that the interval leaves it out."""
    if headline.statistic * headline.mean < 0:
        lean = scale.direction(headline.statistic)
        return _("{move}, while by ranks it leans {direction}", move=moved, direction=lean)
    if not headline.low <= headline.mean <= headline.high:
        return _(
            "{move}, a mean that few large moves carry: by ranks it lies outside the interval",
            move=moved,
        )
    return moved


def describe_overlap(answer: Comparison) -> str:
    """That some events belong to both groups; empty where none does."""
    if not answer.in_both:
        return ""
    return plural(
        "{n} event belongs to both groups, and counts in both averages.",
        "{n} events belong to both groups, and counts in both averages.",
        len(answer.in_both),
    )


# ------------------------------------------------------------------ influence of single events


def describe_influential_events(
    group: ComparisonGroup, scale: MoveScale, titles: dict[str, str]
) -> tuple[str, ...]:
    """Which event moves the average most, and whether any turns its direction."""
    rows, mean = group.study.left_out, group.study.mean
    if len(rows) < 2:
        return (_("Leaving one event out needs at least two."),)
    most = rows[0]
    strongest = _(
        "“{event}” carries the most: without it the average of the other {count} is {without}"
        " instead of {mean}.",
        event=titles[most.event_id],
        count=len(rows) - 1,
        without=f"{scale.size(most.without)} {scale.direction(most.without)}",
        mean=f"{scale.size(mean)} {scale.direction(mean)}",
    )
    turned = [row for row in rows if row.without * mean < 0]
    if not turned:
        return (
            strongest,
            _("The direction of the average stays the same without any one of them."),
        )
    names = join_first([f"“{titles[row.event_id]}”" for row in turned], 3)
    turns = _("The direction of the average turns without {events}.", events=names)
    return strongest, turns


def describe_averaging(group: ComparisonGroup) -> str:
    """That averages of events differ from the mean of the verdict; empty where they do not."""
    headline = group.study.headline
    if headline is None or headline.rates == headline.n:
        return ""
    return _(
        "These averages count each of the {count:,} events; the verdict counts each of the"
        " {rates:,} first rates once.",
        count=headline.n,
        rates=headline.rates,
    )


def describe_model_settings(request: StudyRequest, card: SeriesCard) -> str:
    """`abnormal moves, model mean over 120 fixings, gap 10`."""
    settings = [
        _(
            "model {model} over {observations} that end {gap} before the event window",
            model=request.model,
            observations=count_observations(request.estimation, card),
            gap=request.gap,
        )
    ]
    if request.clean_estimation:
        settings.append(_("without the days of known events"))
    if request.overlap != "keep":
        settings.append(_("overlap rule {rule}", rule=request.overlap))
    return ", ".join(settings)


def _format_hit_share(hits: int, n: int) -> str:
    """`9 of 17 (53 %)`."""
    if not n:
        return NO_VALUE
    return _("{hits} of {count} ({share})", hits=hits, count=n, share=format_share(hits / n))


# ------------------------------------------------------------------ headings of charts


def _describe_after(state: CompareState) -> str:
    """`after 17 NATO remarks and 58 peace talks`."""
    groups = [format_group_count(group.study.n, group.filter) for group in state.groups]
    return _("after {groups}", groups=join_and(groups))


def _describe_chart_source(state: CompareState) -> str:
    """`USD/RUB, Bank of Russia, to 1 Sep 2026`: the series and its last day."""
    series = state.answer.series if state.answer else None
    last = series.day[-1].astype(object) if series is not None and len(series) else None
    if not last:
        return state.card.label
    return _("{series}, to {day}", series=state.card.label, day=format_day(last))


def format_paths_heading(state: CompareState, answer: Comparison) -> tuple[str, str]:
    """The heading and subheading of the paths."""
    heading = f"{state.card.subject.title} {_describe_after(state)}"
    if any(group.study.n < MIN_VERDICT_EVENTS for group in state.groups):
        heading = _(
            "{heading} (fewer than {minimum}: each alone, no mean)",
            heading=heading,
            minimum=MIN_VERDICT_EVENTS,
        )
    return heading, _(
        "abnormal moves added up from offset {offset}; {model}; {source}",
        offset=answer.request.window[0],
        model=describe_model_settings(answer.request, state.card),
        source=_describe_chart_source(state),
    ).replace("-", MINUS)


def format_moves_heading(state: CompareState, answer: Comparison) -> tuple[str, str]:
    """The heading of the moves and its subheading."""
    return (
        _(
            "Moves over {window} {events}",
            window=format_window(answer.window),
            events=_describe_after(state),
        ),
        _(
            "whiskers: 95 % interval of each; dashed: the mean; {source}",
            source=_describe_chart_source(state),
        ),
    )


def format_heat_heading(state: CompareState, answer: Comparison) -> tuple[str, str]:
    """The heading of the heat map and its subheading."""
    return (
        _("Abnormal move at each offset {events}", events=_describe_after(state)),
        _(
            "sorted by the move over {window}; {source}",
            window=format_window(answer.window),
            source=_describe_chart_source(state),
        ),
    )


def format_leave_one_out_heading(_state: CompareState, answer: Comparison) -> tuple[str, str]:
    """The heading of the averages without each event and its subheading."""
    return (
        _("The average without each event"),
        _("over {window}; dashed: with all of them", window=format_window(answer.window)),
    )


def format_placebo_heading(state: CompareState, answer: Comparison) -> tuple[str, str]:
    """The heading of the placebo distributions and its subheading."""
    return (
        _(
            "{subject} {events}, beside other dates",
            subject=state.card.subject.title,
            events=_describe_after(state),
        ),
        _(
            "over {window}, {axis}; {source}",
            window=format_window(answer.window),
            axis=state.scale.axis_towards("right"),
            source=_describe_chart_source(state),
        ),
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
        _("Events after"): [format_group_name(group) for group in groups],
        "N": [f"{group.study.n:,}" for group in groups],
        _("Rates, clusters"): [
            f"{row.rates:,}, {row.clusters:,}" if row else NO_VALUE for row in rows
        ],
        _("Mean"): [scale.move(row.mean) if row else NO_VALUE for row in rows],
        _("95 % interval"): [scale.span(row.low, row.high) if row else NO_VALUE for row in rows],
        _("Seen from"): [
            _format_detectable_effect(row, scale) if row else NO_VALUE for row in rows
        ],
        _("Median"): [scale.move(row.median) if row else NO_VALUE for row in rows],
        _("Without its 3 largest"): [
            scale.move(row.mean_without_largest) if row else NO_VALUE for row in rows
        ],
        _("As expected"): [_format_expected_share(group) for group in groups],
    }


def describe_summary(state: CompareState, answer: Comparison) -> str:
    """What the numbers of the groups are."""
    return _(
        "Over {window}, {axis}. Rates: how many first rates the events have; clusters: events"
        " whose windows overlap count together. Interval: the means that the declared test does"
        " not reject; none below {min_clusters} clusters. Seen from: the smallest mean that it"
        " would find in four studies of five. As expected: of the events whose nature says a"
        " direction.",
        window=format_window(answer.window),
        axis=state.scale.axis,
        min_clusters=MIN_CLUSTERS,
    )


def build_declared_test_columns(
    state: CompareState, lines: Sequence[GroupTestLine]
) -> dict[str, list[str]]:
    """The declared test with both its p, its N, its null hypothesis, and its limits."""
    columns = build_other_test_columns(state, lines)
    shown = [
        format_p(line.row.p_adjusted)
        if line.family < 2
        else _("{p} (of {count})", p=format_p(line.row.p_adjusted), count=line.family)
        for line in lines
    ]
    before = {name: columns.pop(name) for name in (_("Test"), _("Events after"))}
    return before | {_("p, corrected"): shown} | columns


def build_other_test_columns(
    state: CompareState, lines: Sequence[GroupTestLine]
) -> dict[str, list[str]]:
    """Each test with its uncorrected p, its N, its null hypothesis, and its limits."""
    names = {group.study.name: format_group_name(group) for group in state.groups}
    names[DIFFERENCE_GROUP] = _("Difference of the two")
    rows = [line.row for line in lines]
    return {
        _("Test"): [f"{translate_deferred(line.title)} ({line.row.test})" for line in lines],
        _("Events after"): [names[row.group] for row in rows],
        "p": [format_p(row.p_value) for row in rows],
        "N": [_format_sample_size(state, line) for line in lines],
        _("Null hypothesis"): [translate_deferred(row.null_hypothesis) for row in rows],
        _("What to know"): [describe_test_limits(line) or NO_VALUE for line in lines],
    }


def describe_test_limits(line: GroupTestLine) -> str:
    """Why a test does not apply or what it rests on, and how it misleads with such dates."""
    return "; ".join(filter(None, map(translate_deferred, (line.row.note, line.row.caution))))


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
        _("Day"): [format_day(event.day) for event in events],
        _("Move over {window}", window=format_window(answer.window)): [
            scale.move(move[k]) for k in order
        ],
        _("95 % interval"): [scale.span(move[k] - half[k], move[k] + half[k]) for k in order],
        _("Larger than"): [
            format_percentile_cell(PlaceboRank.of_car(cars, k, answer.request.pool)) for k in order
        ],
        _("Others in it"): [f"{len(cars.crowd[k]):,}" for k in order],
    }


def build_averages_columns(state: CompareState, group: ComparisonGroup) -> dict[str, list[str]]:
    """The mean, its bands and the median of a group by offset."""
    rows, span = group.study.averages, state.scale.span
    return {
        _("Offset"): [format_offset(row.offset) for row in rows],
        "N": [f"{row.n:,}" for row in rows],
        _("Mean move of the day"): [state.scale.signed(row.aar) for row in rows],
        _("Mean, added up"): [state.scale.signed(row.caar) for row in rows],
        _("95 % at the offset"): [span(row.caar_low, row.caar_high) for row in rows],
        _("95 % of the whole path"): [span(row.supt_low, row.supt_high) for row in rows],
        _("Median, added up"): [
            state.scale.signed(value) for value in group.study.medians.tolist()
        ],
    }


def build_attrition_columns(state: CompareState) -> dict[str, list[str]]:
    """How many events of each group are left after each step."""
    steps = state.groups[0].study.steps
    return {
        _("Step"): [translate_deferred(STEP_TITLES[step.name]) for step in steps],
        **{
            format_group_name(group): [f"{step.left:,}" for step in group.study.steps]
            for group in state.groups
        },
    }


def _format_sample_size(state: CompareState, line: GroupTestLine) -> str:
    if line.row.group != DIFFERENCE_GROUP:
        return f"{line.row.n:,}"
    return join_and(f"{group.study.n:,}" for group in state.groups)


def _format_expected_share(group: ComparisonGroup) -> str:
    window = group.study.request.cars[0]
    rows = [row for row in group.study.directions if row.window == window]
    return _format_hit_share(rows[0].hits, rows[0].n) if rows else NO_VALUE
