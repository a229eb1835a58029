"""Messages and tables of a comparison: question, verdicts, tests, what carries the result."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Final, Protocol

from dashboard.models.analyses import Comparison, GroupAnswer, StepName
from dashboard.models.currencies import NEWS_CURRENCY
from dashboard.models.event import Event
from dashboard.models.messages import deferred, join_and, plural, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.models.moves import PlaceboRank
from dashboard.models.series import SeriesCard
from dashboard.models.study import (
    CORRECTIONS,
    Headline,
    StudyRequest,
    TestResult,
    duration_text,
)
from dashboard.presentation.charts.comparison_paths import (
    END_COLUMNS,
    MIN_BAND_EVENTS,
    ComparisonGroup,
)
from dashboard.presentation.escaping import escape_plot
from dashboard.presentation.events import (
    format_group,
    format_group_after,
    format_group_count_after,
    format_period_limits,
    format_years,
)
from dashboard.presentation.formatting import (
    NO_VALUE,
    THIN_SPACE,
    capitalize_first,
    format_day,
    format_number,
    format_offset,
    format_p,
    format_p_equal,
    format_share,
    join_first,
)
from dashboard.presentation.moves import (
    count_observations,
    describe_window,
    format_percentile_cell,
    get_observation_noun,
)
from dashboard.presentation.palette import GROUP_STYLES
from dashboard.presentation.quoting import MoveScale
from dashboard.presentation.tables import TextColumns, View, build_text_columns
from dashboard.services.compare import (
    DIFFERENCE_GROUP,
    MIN_CLUSTERS,
    GroupTestLine,
    count_corrected_tests,
    declared_test_title,
    is_significant,
)
from dashboard.services.events import EventFilter
from dashboard.services.exports import TABLES
from dashboard.services.method import describe_method

LABEL_LIMIT: Final = 48
CORRECTION_NAMES: Final = dict(
    zip(CORRECTIONS, (deferred("Holm"), deferred("Hochberg"), deferred("Bonferroni"),
                      deferred("Benjamini-Hochberg"), deferred("Benjamini-Yekutieli")),
        strict=True)
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


class ComparedGroups(Protocol):
    """What is said about a comparison, by a page or in a notebook.

    `filters` and `listed` have one entry a group; `answer` and `request` are None where the
    comparison was refused.
    """

    @property
    def card(self) -> SeriesCard:
        """The series."""

    @property
    def scale(self) -> MoveScale:
        """How moves are shown."""

    @property
    def filters(self) -> tuple[EventFilter, ...]:
        """The filter of each group."""

    @property
    def listed(self) -> tuple[tuple[Event, ...], ...]:
        """The events of each group."""

    @property
    def request(self) -> StudyRequest | None:
        """The parameters of the study."""

    @property
    def answer(self) -> Comparison | None:
        """The comparison."""

    @property
    def groups(self) -> tuple[ComparisonGroup, ...]:
        """The groups of the answer."""


def name_group(filter_: EventFilter) -> str:
    """The group's name in tables and files: `nato_remark`, `all expected=stronger tag=swift`."""
    parts = [
        "+".join(filter_.categories) or "all",
        *(f"{name}={option}" for name, option in filter_.choices.items() if option),
        *(f"tag={tag}" for tag in filter_.tags),
        *([f"from={filter_.since}"] if filter_.since else []),
        *([f"to={filter_.until}"] if filter_.until else []),
    ]
    return " ".join(parts)


def build_comparison_groups(
    filters: Sequence[EventFilter], studies: Sequence[GroupAnswer], columns: int = END_COLUMNS
) -> tuple[ComparisonGroup, ...]:
    """The groups of an answer with names escaped for figures; none without an answer.

    Args:
        filters: of each group.
        studies: of each group.
        columns: the width of the names at the end of a path.
    """
    return tuple(
        ComparisonGroup(
            escape_plot(capitalize_first(format_group(filter_)), LABEL_LIMIT, 1),
            study,
            style,
            filter_,
            escape_plot(capitalize_first(format_group(filter_)), columns, 3),
        )
        for filter_, study, style in zip(filters, studies, GROUP_STYLES, strict=False)
    )


# ------------------------------------------------------------------ the question


def format_compare_question(state: ComparedGroups) -> str:
    """`What happened to the rouble in the 10 fixings after NATO remarks, 2022–2026?`."""
    groups = [format_group_after(query) for query in state.filters]
    periods = [
        format_period(query.since, query.until) if query.since or query.until else ""
        for query in state.filters
    ]
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


def _ask_what_happened(state: ComparedGroups, events: str) -> str:
    card, last = state.card, state.request.window[1] if state.request else 0
    values = {"subject": _name_whom(card), "events": events}
    if last <= 0:
        return _("What happened to {subject} around {events}?", **values)
    if card.bar_minutes:
        span = duration_text(last, card.bar_minutes)
        return _("What happened to {subject} in the {span} after {events}?", span=span, **values)
    if last == 1:
        noun = translate_deferred(get_observation_noun(card).at)
        return _("What happened to {subject} at the {noun} after {events}?", noun=noun, **values)
    span = count_observations(last, card)
    return _("What happened to {subject} in the {span} after {events}?", span=span, **values)


def _name_whom(card: SeriesCard) -> str:
    subject = card.subject
    if not subject.is_currency or "USD" in {card.base, card.quote} - {subject.code}:
        return subject.name
    return f"{subject.name} ({card.label.partition(',')[0]})"


def format_period(since: date | None, until: date | None) -> str:
    """`2025`, `all years`, `from 1 Mar 2022`."""
    if since and until == date(since.year, 12, 31) and since == date(since.year, 1, 1):
        return str(since.year)
    return format_period_limits(since, until) or _("all years")


# ------------------------------------------------------------------ verdicts


def build_verdict_lines(state: ComparedGroups, answer: Comparison) -> tuple[tuple[str, str], ...]:
    """A sentence to read and what it rests on, of each group and of their difference."""
    lines = [_describe_group_verdict(group, state, answer) for group in state.groups]
    if len(state.groups) > 1:
        lines.append(_describe_difference_verdict(state, answer))
    return tuple(lines)


def _describe_group_verdict(
    group: ComparisonGroup, state: ComparedGroups, answer: Comparison
) -> tuple[str, str]:
    """`Not unusual: rouble 0.6 % stronger on average …`, and what that rests on."""
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
    values = {
        "move": _add_rank_tension(moved, headline, state.scale),
        "p": format_p_equal(headline.p_adjusted),
        "events": plural("{n:,} event", "{n:,} events", group.study.n),
    }
    if is_significant(headline):
        head = _("Unusual: {move} ({p}, {events})", **values)
        unseen = ""
    else:
        head = _("Not unusual: {move} ({p}, {events})", **values)
        unseen = _(
            "Moves under about {least} on average would not be seen with {events}.",
            least=_format_detectable_effect(headline, state.scale),
            **values,
        )
    below = _(
        "Declared test “{test}”: {p}. 95 % interval of the mean {interval}. {size}. {spread}",
        interval=state.scale.directed_span(headline.low, headline.high),
        test=translate_deferred(declared_test_title()),
        p=_format_corrected_p(headline, answer),
        size=size,
        spread=spread,
    )
    return head, f"{below} {unseen}".strip()


def _describe_difference_verdict(state: ComparedGroups, answer: Comparison) -> tuple[str, str]:
    """`No difference beyond chance: rouble 0.5 % stronger after … than after …`."""
    one, other = state.groups
    headline = answer.difference
    if headline is None or math.isnan(headline.mean):
        name = format_group(one.filter if not one.study.n else other.filter)
        return _("No verdict on the difference: no move to show for {name}", name=name), ""
    moved = _(
        "{move} after {group} than after {other}",
        move=state.scale.directed_percent(headline.mean),
        group=format_group_after(one.filter),
        other=format_group_after(other.filter),
    )
    size = _(
        "N = {first:,} and {second:,} events on {rates}, {clusters}",
        first=one.study.n,
        second=other.study.n,
        rates=plural("{n:,} rate", "{n:,} rates", headline.rates),
        clusters=plural("{n:,} joint cluster", "{n:,} joint clusters", headline.clusters),
    )
    if headline.reason or not (one.is_judged and other.is_judged):
        no_verdict = _(
            "No verdict on the difference: too few separate episodes ({first:,} and {second:,}"
            " events)",
            first=one.study.n,
            second=other.study.n,
        )
        return no_verdict, f"{capitalize_first(moved)}. {size}."
    values = {
        "move": moved,
        "p": format_p_equal(headline.p_adjusted),
        "first": one.study.n,
        "second": other.study.n,
    }
    if is_significant(headline):
        head = _("Different beyond chance: {move} ({p}, {first:,} and {second:,} events)", **values)
        unseen = ""
    else:
        head = _(
            "No difference beyond chance: {move} ({p}, {first:,} and {second:,} events)", **values
        )
        unseen = _(
            "Differences under about {least} would not be seen.",
            least=_format_detectable_effect(headline, state.scale),
        )
    below = _(
        "Declared test “{test}”: {p}. 95 % interval of the difference {interval}. {size}.",
        interval=state.scale.directed_span(headline.low, headline.high),
        test=translate_deferred(declared_test_title(difference=True)),
        p=_format_corrected_p(headline, answer),
        size=size,
    )
    caution = translate_deferred(answer.declared[-1].caution)
    doubt = _("This test {caution}: doubt a p close to 0.05.", caution=caution) if caution else ""
    return head, " ".join(filter(None, (below, unseen, doubt)))


def _format_detectable_effect(headline: Headline, scale: MoveScale) -> str:
    """`1.3 %`: the smallest mean that the test would find in four studies of five."""
    least = abs(scale.shown_percent(headline.smallest_visible))
    return f"{format_number(least, 1 if least >= 1 else 2)}{THIN_SPACE}%"


def _format_corrected_p(headline: Headline, answer: Comparison) -> str:
    """`p = 0.63 (Holm over 3 questions: …; uncorrected 0.21)`."""
    family = count_corrected_tests(answer)
    if family <= 1:
        p = format_p_equal(headline.p_value)
        return _("{p} (one question here, nothing to correct)", p=p)
    return _(
        "{p_adjusted} ({correction} over {family} questions: the groups and their difference;"
        " uncorrected {p})",
        p_adjusted=format_p_equal(headline.p_adjusted),
        correction=translate_deferred(CORRECTION_NAMES[answer.request.correction]),
        family=family,
        p=format_p(headline.p_value),
    )


def _describe_group_move(group: ComparisonGroup, state: ComparedGroups, answer: Comparison) -> str:
    """`rouble 0.6 % stronger on average over the first two fixings after NATO remarks`."""
    headline = group.study.headline
    values = {
        "subject": state.card.subject.noun,
        "move": state.scale.directed_percent(headline.mean if headline else group.study.mean),
        "window": describe_window(answer.window, state.card),
        "events": format_group_after(group.filter),
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
    median = scale.directed_percent(headline.median)
    if math.isnan(headline.mean_without_largest):
        spread = _("Median {median}.", median=median)
    else:
        spread = _(
            "Median {median}; mean without the three largest moves {mean}.",
            median=median,
            mean=scale.directed_percent(headline.mean_without_largest),
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
        "{n} events belong to both groups, and count in both averages.",
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
        without=scale.directed_percent(most.without),
        mean=scale.directed_percent(mean),
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


def describe_usual_move(request: StudyRequest, card: SeriesCard) -> str:
    """`mean of 120 earlier fixings, without event days`: what is taken off every move."""
    earlier = _(
        "{count} earlier {observations}",
        count=request.estimation,
        observations=translate_deferred(get_observation_noun(card).of_five),
    )
    title = next((m.title for m in describe_method().models if m.id == request.model), "")
    usual = (
        _("mean of {earlier}", earlier=earlier)
        if request.model == "mean"
        else _("{model} over {earlier}", model=translate_deferred(title), earlier=earlier)
    )
    settings = [usual] if request.model != "none" else [_("nothing, moves as they are")]
    if request.clean_estimation:
        settings.append(_("without event days"))
    return ", ".join(settings)


def describe_model_settings(request: StudyRequest, card: SeriesCard) -> str:
    """`usual = mean of 120 earlier fixings, ending 10 before the window; overlap rule first`."""
    settings = [
        _("usual move: {usual}", usual=describe_usual_move(request, card)),
        _(
            "they end {observations} before the event window",
            observations=count_observations(request.gap, card),
        ),
    ]
    if request.overlap != "keep":
        settings.append(_("overlap rule {rule}", rule=request.overlap))
    return "; ".join(settings)


def _format_expected_share(group: ComparisonGroup, card: SeriesCard) -> str:
    """`9 of 17`: how many of the events that say a direction moved so; of the rouble only."""
    if card.subject.code != NEWS_CURRENCY:
        return NO_VALUE
    window = group.study.request.cars[0]
    row = next((row for row in group.study.directions if row.window == window), None)
    return _("{hits} of {count}", hits=row.hits, count=row.n) if row and row.n else NO_VALUE


# ------------------------------------------------------------------ headings of charts


def _describe_after(groups: Sequence[ComparisonGroup]) -> str:
    """`after 17 NATO remarks and 58 peace talks`."""
    names = [format_group_count_after(group.study.n, group.filter) for group in groups]
    return _("after {groups}", groups=join_and(names))


def _describe_chart_source(state: ComparedGroups) -> str:
    """`USD/RUB, Bank of Russia, to 1 Sep 2026`: the series and its last day."""
    series = state.answer.series if state.answer else None
    last = series.day[-1].astype(object) if series is not None and len(series) else None
    if not last:
        return state.card.label
    return _("{series}, to {day}", series=state.card.label, day=format_day(last))


def format_paths_heading(state: ComparedGroups, answer: Comparison) -> tuple[str, str]:
    """The heading and subheading of the paths."""
    heading = f"{state.card.subject.title} {_describe_after(state.groups)}"
    if any(group.study.n < MIN_BAND_EVENTS for group in state.groups):
        heading = _(
            "{heading} (fewer than {minimum}: each alone, no mean)",
            heading=heading,
            minimum=MIN_BAND_EVENTS,
        )
    first = count_observations(abs(answer.request.window[0]), state.card)
    values = {
        "start": first,
        "usual": describe_usual_move(answer.request, state.card),
        "source": _describe_chart_source(state),
    }
    if answer.request.model == "none":
        return heading, _("Cumulative move from {start} before the event; {source}", **values)
    return heading, _(
        "Cumulative move beyond the usual, from {start} before the event (usual = {usual});"
        " {source}",
        **values,
    )


def format_moves_heading(
    state: ComparedGroups, answer: Comparison, group: ComparisonGroup
) -> tuple[str, str]:
    """The heading of the moves of a group and its subheading."""
    return (
        _(
            "Moves {window} {events}",
            window=describe_window(answer.window, state.card),
            events=_describe_after([group]),
        ),
        _("line: 95 % interval of each; dashed: the mean; {source}",
          source=_describe_chart_source(state)),
    )  # fmt: skip


def format_heat_heading(state: ComparedGroups, answer: Comparison) -> tuple[str, str]:
    """The heading of the heat map and its subheading."""
    return (
        _(
            "Move beyond the usual at each {observation} {events}",
            observation=translate_deferred(get_observation_noun(state.card).at),
            events=_describe_after(state.groups),
        ),
        _(
            "sorted by the move {window}; {source}",
            window=describe_window(answer.window, state.card),
            source=_describe_chart_source(state),
        ),
    )


def format_leave_one_out_heading(state: ComparedGroups, answer: Comparison) -> tuple[str, str]:
    """The heading of the averages without each event and its subheading."""
    window = describe_window(answer.window, state.card)
    return (
        _("The average without each event"),
        _("{window}; dashed: with all of them", window=capitalize_first(window)),
    )


def format_placebo_heading(state: ComparedGroups, answer: Comparison) -> tuple[str, str]:
    """The heading of the placebo distributions and its subheading."""
    return (
        _(
            "{subject} {events}, beside other dates",
            subject=state.card.subject.title,
            events=_describe_after(state.groups),
        ),
        _(
            "{window}, {axis}; {source}",
            window=capitalize_first(describe_window(answer.window, state.card)),
            axis=state.scale.axis_towards("right", in_percent=True),
            source=_describe_chart_source(state),
        ),
    )


# ------------------------------------------------------------------ tables


def format_group_name(group: ComparisonGroup) -> str:
    """`NATO remarks`, as the first words of a cell or a heading."""
    return capitalize_first(format_group(group.filter))


def build_short_columns(state: ComparedGroups, answer: Comparison) -> dict[str, list[str]]:
    """A column a group: the mean in per cent, its 95 % interval, how many moved as expected."""
    scale = state.scale
    window = capitalize_first(describe_window(answer.window, state.card))
    columns = {window: [_("Mean"), _("95 % interval"), _("As expected")]}
    for group in state.groups:
        row = group.study.headline
        columns[f"{group.style.glyph} {format_group_name(group)}"] = [
            scale.percent_move(row.mean) if row else NO_VALUE,
            scale.percent_span(row.low, row.high) if row else NO_VALUE,
            _format_expected_share(group, state.card),
        ]
    return columns


def build_summary_columns(state: ComparedGroups) -> TextColumns:
    """The numbers of each group in the window: mean with interval, median, in log points."""
    scale = state.scale
    groups = {group.study.name: group for group in state.groups}
    view: View = {
        deferred("Events after"): lambda row: format_group_name(groups[row.group]),
        "N": "n",
        deferred("Rates"): "rates",
        deferred("Clusters"): "clusters",
        deferred("Mean, log pts"): lambda row: scale.move(row.mean),
        deferred("95 % interval"): lambda row: scale.span(row.low, row.high),
        deferred("Seen from"): "smallest_visible",
        deferred("Median"): lambda row: scale.move(row.median),
        deferred("Without its 3 largest"): lambda row: scale.move(row.mean_without_largest),
        deferred("As expected"): lambda row: _format_expected_share(groups[row.group], state.card),
    }
    rows = [group.study.headline for group in state.groups if group.study.headline]
    return build_text_columns(TABLES["headline"], rows, view)


def describe_summary(state: ComparedGroups, answer: Comparison) -> str:
    """What the numbers of the groups are."""
    return _(
        "{window}, {axis}. Rates: how many first rates the events have; clusters: events whose"
        " windows overlap count together. Interval: the means that the declared test does not"
        " reject; none below {min_clusters} clusters. Seen from: the smallest mean that it would"
        " find in four studies of five. As expected: of the events whose nature says a direction.",
        window=capitalize_first(describe_window(answer.window, state.card)),
        axis=state.scale.axis,
        min_clusters=MIN_CLUSTERS,
    )


def build_declared_test_columns(
    state: ComparedGroups, lines: Sequence[GroupTestLine]
) -> TextColumns:
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


def build_other_test_columns(state: ComparedGroups, lines: Sequence[GroupTestLine]) -> TextColumns:
    """Each test with its uncorrected p, its N, its null hypothesis, and its limits."""
    names = {group.study.name: format_group_name(group) for group in state.groups}
    names[DIFFERENCE_GROUP] = _("Difference of the two")
    titles = {line.row.test: translate_deferred(line.title) for line in lines}
    both = join_and(f"{group.study.n:,}" for group in state.groups)
    view: View = {
        deferred("Test"): lambda row: f"{titles[row.test]} ({row.test})",
        deferred("Events after"): lambda row: names[row.group],
        "p": "p_value",
        "N": lambda row: both if row.group == DIFFERENCE_GROUP else f"{row.n:,}",
        deferred("Null hypothesis"): lambda row: translate_deferred(row.null_hypothesis),
        deferred("What to know"): lambda row: describe_test_limits(row) or NO_VALUE,
    }
    return build_text_columns(TABLES["tests"], [line.row for line in lines], view)


def describe_test_limits(row: TestResult) -> str:
    """Why a test does not apply or what it rests on, and how it misleads with such dates."""
    return "; ".join(filter(None, map(translate_deferred, (row.note, row.caution))))


def build_moves_columns(
    state: ComparedGroups, group: ComparisonGroup, answer: Comparison
) -> tuple[list[Event], TextColumns]:
    """The events that moved, the strongest move first, and what is known of each."""
    study, scale, pool = group.study, state.scale, answer.request.pool
    table = TABLES["events"]
    rows = sorted(table.items([study.result]), key=lambda row: -row.car.car[row.k])
    half = study.half_width.tolist()
    view: View = {
        deferred("Day"): lambda row: format_day(row.event.day),
        _("Move {window}", window=describe_window(answer.window, state.card)): lambda row: (
            scale.percent_move(row.car.car[row.k], 2)
        ),
        deferred("log pts"): lambda row: scale.signed(row.car.car[row.k]),
        deferred("95 % interval"): lambda row: scale.span(
            row.car.car[row.k] - half[row.k], row.car.car[row.k] + half[row.k]
        ),
        deferred("Bigger than"): lambda row: format_percentile_cell(
            PlaceboRank.of_car(row.car, row.k, pool)
        ),
        deferred("Others in it"): lambda row: f"{len(row.car.crowd[row.k]):,}",
    }
    columns = build_text_columns(replace(table, expand=None), rows, view)
    return [row.event for row in rows], columns


def build_averages_columns(state: ComparedGroups, group: ComparisonGroup) -> TextColumns:
    """The mean, its bands and the median of a group by offset, in log points."""
    signed, span = state.scale.signed, state.scale.span
    first = group.study.averages[0].offset if group.study.averages else 0
    medians = group.study.medians.tolist()
    view: View = {
        deferred("Offset"): lambda row: format_offset(row.offset),
        "N": "n",
        deferred("Mean move of the day"): lambda row: signed(row.aar),
        deferred("Mean, added up"): lambda row: signed(row.caar),
        deferred("95 % at the offset"): lambda row: span(row.caar_low, row.caar_high),
        deferred("95 % of the whole path"): lambda row: span(row.supt_low, row.supt_high),
        deferred("Median, added up"): lambda row: signed(medians[row.offset - first]),
    }
    return build_text_columns(TABLES["averages"], group.study.averages, view)


def build_attrition_columns(state: ComparedGroups) -> dict[str, list[str]]:
    """How many events of each group are left after each step."""
    steps = state.groups[0].study.steps
    return {
        _("Step"): [translate_deferred(STEP_TITLES[step.name]) for step in steps],
        **{
            format_group_name(group): [f"{step.left:,}" for step in group.study.steps]
            for group in state.groups
        },
    }
