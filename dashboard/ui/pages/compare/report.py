"""Figures and report of a comparison."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from dashboard.models.analyses import Comparison
from dashboard.models.event import Origin
from dashboard.models.messages import plural, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.models.study import window_text
from dashboard.models.tables import ReportChart, ReportDocument, ReportSource, ReportTable
from dashboard.presentation.charts.comparison_moves import build_moves_figure
from dashboard.presentation.charts.comparison_paths import (
    HEIGHT,
    MIN_BAND_EVENTS,
    ComparisonChart,
    ComparisonGroup,
    build_paths_figure,
    summarize_paths,
)
from dashboard.presentation.comparison import (
    CORRECTION_NAMES,
    OTHER_TESTS,
    STEP_TITLES,
    build_attrition_columns,
    build_averages_columns,
    build_declared_test_columns,
    build_moves_columns,
    build_other_test_columns,
    build_summary_columns,
    build_verdict_lines,
    describe_averaging,
    describe_influential_events,
    describe_model_settings,
    describe_overlap,
    describe_summary,
    format_compare_question,
    format_group_name,
    format_moves_heading,
    format_paths_heading,
)
from dashboard.presentation.escaping import escape_plot, plain_text
from dashboard.presentation.events import format_period_limits
from dashboard.presentation.formatting import (
    capitalize_first,
    format_day,
    format_number,
    format_percent,
    format_window,
)
from dashboard.presentation.moves import POOL_TITLES, describe_window, get_observation_noun
from dashboard.presentation.reports import (
    CAUSALITY_CAUTION,
    SOFTWARE_VERSION,
    TITLE_LIMIT,
    ReportContext,
    build_as_of_parameter,
    build_factor_source,
    build_rate_source,
    build_report_links,
    build_table,
    describe_private_notes,
)
from dashboard.services.compare import group_test_lines
from dashboard.ui.pages.compare.state import CompareState

HEADING_COLUMNS: Final = 110
SENTENCE_LIMIT: Final = 2_000
MAX_MOVE_ROWS: Final = 120
"""Events in a table of the report; the CSV files and the bundle have all of them."""


def build_chart(
    state: CompareState, heading: tuple[str, str], height: int = HEIGHT
) -> ComparisonChart:
    """The groups on their scale, under a heading and subheading that are escaped here."""
    title, below = heading
    return ComparisonChart(
        groups=state.groups,
        scale=state.scale,
        heading=escape_plot(title, HEADING_COLUMNS, 1),
        subheading=escape_plot(below, HEADING_COLUMNS, 2),
        window=state.answer.window if state.answer else (0, 0),
        dark=state.dark,
        phone=state.phone,
        each=state.each_path,
        names_all=state.all_names,
        height=height,
    )


# ------------------------------------------------------------------ the report


def build_compare_report(
    state: CompareState, answer: Comparison, context: ReportContext
) -> ReportDocument:
    """The report of one or two groups, in light colours and at the width of a desktop.

    Args:
        state: what the page shows.
        answer: its comparison, with at least one event that moved.
        context: when the report is made, and the links back.
    """
    printed = replace(state, dark=False, phone=False)
    return ReportDocument(
        title=f"{build_verdict_lines(state, answer)[-1][0]}.",
        question=_clean_paragraph(format_compare_question(state)),
        parameters=(*_build_parameters(state, answer), build_as_of_parameter(context)),
        paragraphs=tuple(map(_clean_paragraph, _build_paragraphs(state, answer))),
        charts=tuple(_build_charts(printed, answer)),
        tables=tuple(table for table in _build_tables(printed, answer) if table.rows),
        cautions=tuple(map(_clean_paragraph, filter(None, _build_cautions(printed, answer)))),
        sources=tuple(_build_sources(state, answer)),
        links=build_report_links(context),
        software=SOFTWARE_VERSION,
        made_at=context.moment,
        made_on=context.made_on,
    )


def _clean_paragraph(text: str) -> str:
    return plain_text(text, SENTENCE_LIMIT)


def _build_paragraphs(state: CompareState, answer: Comparison) -> Iterator[str]:
    for head, below in build_verdict_lines(state, answer):
        yield f"{head}. {below}".strip()
    titles = {name: event.title for name, event in state.events.items()}
    for group in state.groups:
        if group.study.n >= MIN_BAND_EVENTS:
            named = f"{format_group_name(group)}: " if len(state.groups) > 1 else ""
            messages = (
                *describe_influential_events(group, state.scale, titles),
                describe_averaging(group),
            )
            yield named + " ".join(filter(None, messages))


def _build_charts(state: CompareState, answer: Comparison) -> Iterator[ReportChart]:
    axis = state.scale.axis_towards("up", in_percent=True)
    chart = build_chart(state, format_paths_heading(state, answer))
    title, below = map(_clean_paragraph, format_paths_heading(state, answer))
    yield ReportChart(
        build_paths_figure(chart),
        title,
        below,
        _(
            "Moves less the usual ones, added up, in {axis}. The filled band holds the mean with"
            " 95 % at each {observation}, the dotted one its whole path with 95 %.",
            axis=axis,
            observation=translate_deferred(get_observation_noun(state.card).at),
        ),
        summarize_paths(chart),
    )
    for group in state.groups:
        heading = format_moves_heading(state, answer, group)
        title, below = map(_clean_paragraph, heading)
        yield ReportChart(
            build_moves_figure(build_chart(state, heading), group),
            title,
            capitalize_first(below),
            _(
                "One mark an event: its move beyond the usual {window}, in {axis}.",
                window=describe_window(answer.window, state.card),
                axis=axis,
            ),
            _("Moves of the events, sorted, with intervals; the table has each."),
        )


def _build_tables(state: CompareState, answer: Comparison) -> Iterator[ReportTable]:
    yield build_table(
        _("The groups over {window}", window=format_window(answer.window)),
        build_summary_columns(state),
    )
    lines = group_test_lines(answer)
    declared = [line for line in lines if line.declared]
    others = [line for line in lines if not line.declared]
    yield build_table(_("The declared test"), build_declared_test_columns(state, declared))
    yield build_table(_("Other tests"), build_other_test_columns(state, others))
    yield build_table(_("From events listed to events used"), build_attrition_columns(state))
    yield _build_lost_table(state)
    for group in state.groups:
        yield _build_moves_table(state, group, answer)
    for group in state.groups:
        yield build_table(_format_table_title(_("The average, offset by offset"), state, group),
                       build_averages_columns(state, group))  # fmt: skip


def _format_table_title(title: str, state: CompareState, group: ComparisonGroup) -> str:
    return (
        f"{title}: {_clean_paragraph(format_group_name(group))}" if len(state.groups) > 1 else title
    )


def _build_moves_table(
    state: CompareState, group: ComparisonGroup, answer: Comparison
) -> ReportTable:
    """The moves of a group, of a large one those that are largest either way."""
    events, columns = build_moves_columns(state, group, answer)
    half = MAX_MOVE_ROWS // 2
    cut = len(events) > MAX_MOVE_ROWS
    title = _format_table_title(_("Event by event"), state, group)
    titles = [plain_text(event.title, TITLE_LIMIT) for event in events]
    table = build_table(title, {_("Event"): titles} | columns)
    if not cut:
        return table
    cut_title = _(
        "{title}, the {half} strongest and {half} weakest of {events:,}",
        title=title,
        half=half,
        events=len(events),
    )
    return replace(table, title=cut_title, rows=(*table.rows[:half], *table.rows[-half:]))


def _build_lost_table(state: CompareState) -> ReportTable:
    """The events lost at each step, and why."""
    lost = [
        (state.events[row.event_id], translate_deferred(STEP_TITLES[step.name]), row.reason)
        for group in state.groups
        for step in group.study.steps
        for row in step.lost
    ]
    cut_title = _(
        "Events lost, the first {max_move_rows} of {lost:,}",
        max_move_rows=MAX_MOVE_ROWS,
        lost=len(lost),
    )
    return build_table(
        cut_title if len(lost) > MAX_MOVE_ROWS else _("Events lost, and why"),
        {
            _("Event"): [
                plain_text(event.title, TITLE_LIMIT) for event, _, _ in lost[:MAX_MOVE_ROWS]
            ],
            _("Day"): [format_day(event.day) for event, _, _ in lost[:MAX_MOVE_ROWS]],
            _("Lost at"): [step for _, step, _ in lost[:MAX_MOVE_ROWS]],
            _("Why"): [
                capitalize_first(_clean_paragraph(reason)) for _, _, reason in lost[:MAX_MOVE_ROWS]
            ],
        },
    )


def _build_cautions(state: CompareState, answer: Comparison) -> Iterator[str]:
    yield describe_overlap(answer)
    yield from state.notices
    yield describe_summary(state, answer)
    yield translate_deferred(OTHER_TESTS)
    if len(state.groups) > 1:
        name = translate_deferred(CORRECTION_NAMES[answer.request.correction])
        yield _(
            "The corrected p is {name}'s over both groups and their difference; a bundle holds"
            " one group, so p is corrected there within that group alone.",
            name=name,
        )
    yield describe_private_notes(tuple(state.events.values()))
    yield translate_deferred(CAUSALITY_CAUTION)


def _build_parameters(state: CompareState, answer: Comparison) -> Iterator[tuple[str, str]]:
    request = answer.request
    for at, group in enumerate(state.groups):
        period = format_period_limits(group.filter.since, group.filter.until)
        name = _("Group") if len(state.groups) < 2 else (_("First group"), _("Second group"))[at]
        yield name, _clean_paragraph(", ".join(filter(None, [format_group_name(group), period])))
    yield _("Series"), f"{state.card.id}: {state.card.label}"
    yield _("Shown as"), state.scale.axis_towards("up", in_percent=True)
    yield _("Event window"), window_text(request.window)
    yield _("Window compared"), window_text(answer.window)
    yield _("Ordinary move"), describe_model_settings(request, state.card)
    yield _("Returns"), request.returns
    yield _("Compared with"), translate_deferred(POOL_TITLES[request.pool])
    yield _("Seed"), str(request.seed)


def _build_sources(state: CompareState, answer: Comparison) -> Iterator[ReportSource]:
    yield build_rate_source(answer.series)
    for factor in state.factors:
        yield build_factor_source(factor.card)
    events = tuple(state.events.values())
    notes = sum(event.origin == Origin.NOTE for event in events)
    held = [
        plural(
            "the catalogue of this program: {n:,} event",
            "the catalogue of this program: {n:,} events",
            len(events) - notes,
        )
    ]
    if notes:
        held.append(plural("{n:,} note", "{n:,} notes", notes))
    with_source = sum(bool(event.source_url) for event in events)
    share = (
        format_percent(100 * with_source / len(events), 0).lstrip("+")
        if events
        else format_number(0)
    )
    yield ReportSource(
        _("Events"),
        "; ".join(held),
        _("{share} of them name their source with a link, on the page of each event.", share=share),
    )
