"""The Compare page: verdicts, paths, tests, attrition and files of one or two groups of events."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from types import ModuleType
from typing import Any, Final

import streamlit as st
from streamlit.elements.lib.mutable_expander_container import ExpanderContainer

from dashboard.models.analyses import AttritionStep, Comparison
from dashboard.models.event import Event
from dashboard.models.messages import deferred, plural, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.presentation.charts.comparison_moves import (
    build_funnel_figure,
    build_leave_one_out_figure,
    build_moves_figure,
    build_placebo_figure,
    build_placebo_panes,
    describe_placebo,
    get_picked_event,
)
from dashboard.presentation.charts.comparison_paths import (
    ComparisonGroup,
    build_heat_figure,
    build_paths_figure,
    count_cut_paths,
    select_heat_rows,
    summarize_heat,
    summarize_paths,
)
from dashboard.presentation.charts.theme import Figure
from dashboard.presentation.escaping import escape_label, escape_markdown, format_markdown_link
from dashboard.presentation.events import format_group
from dashboard.presentation.formatting import (
    capitalize_first,
    format_day,
    format_number,
    format_offset,
    format_window,
)
from dashboard.presentation.palette import get_palette
from dashboard.presentation.reports import ReportContext, describe_private_notes
from dashboard.services.bundles import BundleRequest, build_bundle
from dashboard.services.compare import (
    GroupTestLine,
    count_corrected_tests,
    declared_test_title,
    group_test_lines,
)
from dashboard.services.exports import (
    Provenance,
    StudyTableName,
    comparison_file,
    count_comparison_rows,
    source_files,
)
from dashboard.ui import session
from dashboard.ui.components.elements import (
    Shortcut,
    build_event_url,
    draw_copy_link,
    draw_figure,
    draw_selectable_figure,
    draw_shortcuts,
    draw_text_table,
    open_page,
    toggle_expander,
)
from dashboard.ui.components.exports import (
    BUNDLE_LABEL,
    build_manifest_parameters,
    build_report_context,
    draw_report_buttons,
    draw_table_buttons,
)
from dashboard.ui.components.view_controls import flip_quote
from dashboard.ui.pages.base import Page
from dashboard.ui.pages.compare.controls import (
    add_second_group,
    clear_second_group,
    draw_compare_controls,
    reset_settings,
    swap_groups,
)
from dashboard.ui.pages.compare.messages import (
    CORRECTION_NAMES,
    OTHER_TESTS,
    PLACEBO_NOTE,
    STEP_TITLES,
    build_averages_columns,
    build_declared_test_columns,
    build_moves_columns,
    build_other_test_columns,
    build_summary_columns,
    build_verdict_lines,
    describe_averaging,
    describe_influential_events,
    describe_overlap,
    describe_summary,
    format_compare_question,
    format_group_name,
    format_heat_heading,
    format_leave_one_out_heading,
    format_moves_heading,
    format_paths_heading,
    format_placebo_heading,
)
from dashboard.ui.pages.compare.report import build_chart, build_compare_report
from dashboard.ui.pages.compare.state import (
    DEFAULTS,
    PARAMS,
    PART_TITLES,
    CompareState,
    name_group,
    read_compare_state,
)
from dashboard.ui.url_state import UrlState

OPEN_EVENT_KEY: Final = "compare.open"
MOVES_CHART_KEY: Final = "compare.moves.chart"
SENTENCE_LIMIT: Final = 700
VERDICT_LIMIT: Final = 1_200
CELL_LIMIT: Final = 400
GROUP_NAME_LIMIT: Final = 40
MAX_LOST_EVENTS: Final = 60
FILE_TABLES: Final[tuple[StudyTableName, ...]] = (
    "moves", "headline", "paths", "events", "averages", "tests", "skipped", "intervals",
)  # fmt: skip


def draw(link: UrlState) -> None:
    """Draw the page, or go to the event whose dot was clicked."""
    chosen = st.session_state.pop(OPEN_EVENT_KEY, "")
    if chosen:
        open_page("event", id=chosen, **_carry_settings(link))
    state = read_compare_state(link)
    st.header(escape_markdown(format_compare_question(state), SENTENCE_LIMIT), anchor=False)
    answer = state.answer
    if answer is not None:
        _draw_verdicts(state, answer)
    draw_compare_controls(state)
    for notice in state.notices:
        st.markdown(f":material/info: {escape_markdown(notice, SENTENCE_LIMIT)}")
    if answer is None:
        st.warning(escape_markdown(state.refusal, SENTENCE_LIMIT), icon=":material/tune:")
    elif any(group.study.n for group in state.groups):
        _draw_answer(state, answer)
        _draw_report_buttons(state, answer)
    else:
        _draw_no_events(state, answer)
    draw_copy_link("compare", link)
    draw_shortcuts(
        [
            Shortcut("B", _("Add a second group"), partial(add_second_group, link)),
            Shortcut("X", _("Exchange the two groups"), partial(swap_groups, link)),
            Shortcut("D", _("Drop the second group"), partial(clear_second_group, link)),
            Shortcut("I", _("Turn what up means"), partial(flip_quote, link)),
            *(
                Shortcut(str(at), title, partial(link.set, part=part))
                for at, (part, title) in enumerate(PART_TITLES.items(), 1)
            ),
            Shortcut(
                "E", _("The table behind the paths"), partial(toggle_expander, "compare.averages")
            ),
        ]
    )


def _carry_settings(link: UrlState) -> dict[str, str]:
    return {key: link[key] for key in ("series", "up") if link[key] != DEFAULTS[key]}


def _draw_verdicts(state: CompareState, answer: Comparison) -> None:
    """Draw the verdict of each group and of the difference, in small what it rests on."""
    pair = len(state.groups) > 1
    marks = [f"{group.style.glyph} " if pair else "" for group in state.groups]
    for (head, below), mark in zip(build_verdict_lines(state, answer), [*marks, ""], strict=False):
        lines = [f"**{escape_markdown(f'{mark}{head}', VERDICT_LIMIT)}**"]
        if below:
            lines.append(f":small[:gray[{escape_markdown(below, VERDICT_LIMIT)}]]")
        st.markdown("  \n".join(lines))
    if answer.in_both:
        st.caption(describe_overlap(answer))


def _draw_answer(state: CompareState, answer: Comparison) -> None:
    """Draw the paths and the numbers, then the part that the link names."""
    for group in state.groups:
        if group.study.n and not group.is_judged:
            _draw_small_group_events(state, group, answer)
    chart = build_chart(state, format_paths_heading(state, answer))
    _draw_chart(state, build_paths_figure(chart), "paths", summarize_paths(chart))
    cut = count_cut_paths(chart)
    if cut:
        many = plural("{n:,} path reaches", "{n:,} paths reach", cut)
        st.caption(
            _("{many_text} further than the figure; the CSV has all of each.", many_text=many)
        )
    _draw_averages_table(state)
    columns = {
        escape_markdown(name): [escape_markdown(cell, VERDICT_LIMIT) for cell in cells]
        for name, cells in build_summary_columns(state).items()
    }
    draw_text_table(columns, _("The groups in the window that is compared"))
    st.caption(escape_markdown(describe_summary(state, answer), VERDICT_LIMIT))
    st.segmented_control(
        _("Look closer"),
        list(PART_TITLES),
        format_func=lambda value: translate_deferred(PART_TITLES[value]),
        required=True,
        label_visibility="collapsed",
        **state.link.widget("part"),
    )
    PART_RENDERERS[state.link["part"]](state, answer)


def _draw_small_group_events(
    state: CompareState, group: ComparisonGroup, answer: Comparison
) -> None:
    """Draw the events of a group that is too small for a verdict, one by one."""
    name = format_group(group.filter)
    with st.expander(
        plural(
            "The {n:,} event: {name}",
            "The {n:,} events: {name}",
            group.study.n,
            name=escape_markdown(name),
        ),
        icon=":material/list:",
        expanded=True,
    ):
        draw_text_table(_build_linked_moves(state, group, answer), _("The events one by one"))


def _draw_averages_table(state: CompareState) -> None:
    """Draw the mean, its bands and the median of each group by offset, when it is open."""
    table = _create_table_expander(_("The table behind the chart"), "compare.averages")
    if not table.open:
        return
    for group in state.groups:
        _draw_group_head(table, state, group)
        table.table(build_averages_columns(state, group), hide_index=True, border="horizontal")


def _draw_no_events(state: CompareState, answer: Comparison) -> None:
    """Say that no event is left, with buttons that help, and where each was lost."""
    with st.container(border=True):
        if any(state.listed):
            st.markdown(_(":material/event_busy: No event of the group can be measured here."))
        else:
            st.markdown(_(":material/filter_alt_off: No event fits the group that is asked for."))
        with st.container(horizontal=True):
            st.button(
                _("Clear the group"),
                key="compare.clear",
                on_click=_clear_filters,
                args=(state.link,),
            )
            st.button(_("Usual settings"), key="compare.usual.again", on_click=reset_settings,
                      args=(state.link,))  # fmt: skip
    if any(state.listed):
        _draw_attrition(state, answer)


def _clear_filters(link: UrlState) -> None:
    link.set(**{key: DEFAULTS[key] for key in ("cat", "exp", "tag", "from", "to")})
    clear_second_group(link)


# ------------------------------------------------------------------ event by event


def _draw_moves(state: CompareState, answer: Comparison) -> None:
    st.subheader(_("Event by event"), anchor=False)
    figure = build_moves_figure(build_chart(state, format_moves_heading(state, answer)))
    summary = _("Moves of the events, sorted, with intervals.")
    if state.phone:
        _draw_chart(state, figure, "moves", summary)
    else:
        st.caption(_("Click a dot to open the page of its event."))
        draw_selectable_figure(
            figure, MOVES_CHART_KEY, summary, _build_file_name(state, "moves"), _open_picked_event
        )
    table = _create_table_expander(
        _("The moves as a table, each with a link to its event"), "compare.moves"
    )
    if table.open:
        with table:
            for group in state.groups:
                _draw_group_head(st, state, group)
                draw_text_table(
                    _build_linked_moves(state, group, answer), _("The moves of the events")
                )


def _open_picked_event(selection: Any) -> None:
    st.session_state[OPEN_EVENT_KEY] = get_picked_event(selection)


def _build_linked_moves(
    state: CompareState, group: ComparisonGroup, answer: Comparison
) -> dict[str, list[str]]:
    events, columns = build_moves_columns(state, group, answer)
    moves = {
        name: [escape_markdown(cell) for cell in cells]
        for name, cells in columns.items()
        if name.startswith(("Move", "95"))
    }
    return {_("Event"): [_format_event_link(state, event) for event in events]} | columns | moves


# ------------------------------------------------------------------ tests


def _draw_tests(state: CompareState, answer: Comparison) -> None:
    """Draw the declared test, and the others when their expander is open."""
    lines = group_test_lines(answer)
    st.subheader(_("Is it unusual? The tests"), anchor=False)
    if not lines:
        st.markdown(_("No event in the study, so there is nothing to test."))
        return
    st.markdown(_describe_tests(state, answer))
    declared = [line for line in lines if line.declared]
    draw_text_table(
        _build_test_columns(build_declared_test_columns(state, declared), declared),
        _("The declared test"),
    )
    others = [line for line in lines if not line.declared]
    expander = st.expander(
        _(
            "Other tests: {count}, with what each assumes",
            count=len({line.row.test for line in others}),
        ),
        icon=":material/science:",
        key="compare.tests",
        on_change="rerun",
    )
    if expander.open:
        with expander:
            st.markdown(translate_deferred(OTHER_TESTS))
            columns = _build_test_columns(build_other_test_columns(state, others), others)
            draw_text_table(columns | _build_detail_columns(others), _("The other tests"))


def _describe_tests(state: CompareState, answer: Comparison) -> str:
    """Which test answers, and over what its p is corrected."""
    family = count_corrected_tests(answer)
    values = {
        "window": format_window(answer.window),
        "test": escape_markdown(translate_deferred(declared_test_title())),
        "other": escape_markdown(translate_deferred(declared_test_title(difference=True))),
    }
    if len(state.groups) > 1:
        leads = _(
            "Over {window}. **{test}** answers for a group, **{other}** for the difference:"
            " declared before any data were looked at.",
            **values,
        )
    else:
        leads = _(
            "Over {window}. **{test}** answers for a group: declared before any data were looked"
            " at.",
            **values,
        )
    if family > 1:
        corrected = _(
            "The corrected p is {correction}'s over {count} questions, the groups and their"
            " difference.",
            correction=CORRECTION_NAMES[answer.request.correction],
            count=family,
        )
    else:
        corrected = _("The corrected p is the uncorrected one, for one question is asked.")
    return f"{leads} {corrected}"


def _build_test_columns(
    columns: dict[str, list[str]], lines: Sequence[GroupTestLine]
) -> dict[str, list[str]]:
    escaped = {
        escape_markdown(name): [escape_markdown(cell, CELL_LIMIT) for cell in cells]
        for name, cells in columns.items()
    }
    tests = [
        f"**{escape_markdown(translate_deferred(line.title))}** ({line.row.test})" for line in lines
    ]
    return escaped | {_("Test"): tests}


def _build_detail_columns(lines: Sequence[GroupTestLine]) -> dict[str, list[str]]:
    return {
        _("Statistic"): [format_number(line.row.statistic, 3) for line in lines],
        "df": [format_number(line.row.df, 1) for line in lines],
        _("Assumes"): [
            escape_markdown(translate_deferred(line.assumptions), CELL_LIMIT) for line in lines
        ],
        _("Reference"): [escape_markdown(line.row.reference, CELL_LIMIT) for line in lines],
    }


# ------------------------------------------------------------------ placebo


def _draw_placebo(state: CompareState, answer: Comparison) -> None:
    st.subheader(_("What other dates would have given"), anchor=False)
    chart = build_chart(state, format_placebo_heading(state, answer))
    panes = build_placebo_panes(chart, answer)
    if not panes:
        st.markdown(_("There are no dates to compare with."))
        return
    descriptions = describe_placebo(chart, panes)
    _draw_chart(state, build_placebo_figure(chart, panes), "placebo", " ".join(descriptions))
    notes = dict.fromkeys(filter(None, map(describe_averaging, state.groups)))
    messages = (*descriptions, translate_deferred(PLACEBO_NOTE), *notes)
    st.caption("  \n".join(escape_markdown(message, SENTENCE_LIMIT) for message in messages))


# ------------------------------------------------------------------ leave one out


def _draw_leave_one_out(state: CompareState, answer: Comparison) -> None:
    st.subheader(_("Which event carries the result"), anchor=False)
    titles = {name: event.title for name, event in state.events.items()}
    chart = build_chart(state, format_leave_one_out_heading(state, answer))
    for group in state.groups:
        _draw_group_head(st, state, group)
        messages = (
            *describe_influential_events(group, state.scale, titles),
            describe_averaging(group),
        )
        for message in filter(None, messages):
            st.markdown(escape_markdown(message, SENTENCE_LIMIT))
        if group.study.n > 1:
            alt = _("The average of the others without each event; the table below has them.")
            name = f"left_out.{group.style.symbol}"
            _draw_chart(state, build_leave_one_out_figure(chart, group), name, alt)
    table = _create_table_expander(
        _("The averages without each event, as a table"), "compare.left_out"
    )
    if table.open:
        with table:
            for group in state.groups:
                _draw_group_head(st, state, group)
                draw_text_table(
                    _build_leave_one_out_columns(state, group), _("The average without each event")
                )


def _build_leave_one_out_columns(
    state: CompareState, group: ComparisonGroup
) -> dict[str, list[str]]:
    rows, move = group.study.left_out, state.scale.move
    return {
        _("Without"): [_format_event_link(state, state.events[row.event_id]) for row in rows],
        _("Its move"): [escape_markdown(move(row.car)) for row in rows],
        _("Average of the others"): [escape_markdown(move(row.without)) for row in rows],
    }


# ------------------------------------------------------------------ heat map


def _draw_heat_map(state: CompareState, answer: Comparison) -> None:
    st.subheader(_("When it moved"), anchor=False)
    chart = build_chart(state, format_heat_heading(state, answer))
    left = select_heat_rows(chart)[1]
    _draw_chart(state, build_heat_figure(chart), "heat", summarize_heat(chart))
    if left:
        st.caption(
            _(
                "{left:,} events with smaller moves are not drawn; the table has all of them.",
                left=left,
            )
        )
    table = _create_table_expander(_("The numbers of the heat map"), "compare.heat")
    if not table.open:
        return
    for group in state.groups:
        _draw_group_head(table, state, group)
        result = group.study.result
        moves = zip(result.offsets.tolist(), result.abnormal.T.tolist(), strict=True)
        columns = {_("Event"): [escape_markdown(event.title) for event in result.events]} | {
            format_offset(offset): [state.scale.signed(move) for move in column]
            for offset, column in moves
        }
        table.table(columns, hide_index=True, border="horizontal")


# ------------------------------------------------------------------ attrition


def _draw_attrition(state: CompareState, answer: Comparison) -> None:
    """Draw the funnel of each group, and which events each step lost and why."""
    st.subheader(_("From events listed to events used"), anchor=False)
    columns: Sequence[st.delta_generator.DeltaGenerator]
    if state.phone or len(state.groups) < 2:
        columns = [st.container() for _ in state.groups]
    else:
        columns = st.columns(len(state.groups), gap="medium")
    for group, column in zip(state.groups, columns, strict=True):
        with column:
            _draw_group_funnel(state, group, answer)


def _draw_group_funnel(state: CompareState, group: ComparisonGroup, answer: Comparison) -> None:
    steps = group.study.steps
    _draw_group_head(st, state, group)
    draw_figure(
        build_funnel_figure(
            [(translate_deferred(STEP_TITLES[step.name]), step.left) for step in steps],
            get_palette(dark=state.dark),
            phone=state.phone,
        ),
        f"compare.funnel.{group.style.symbol}",
        _(
            "Bars: {steps}",
            steps=", ".join(
                f"{translate_deferred(STEP_TITLES[step.name]).lower()} {step.left}"
                for step in steps
            ),
        ),
        f"{state.card.id}_attrition",
    )
    lost = [step for step in steps if step.lost]
    if not lost:
        st.caption(_("None was lost: all {left:,} are used.", left=steps[0].left))
    for step in lost:
        _draw_lost_events(state, group, step)
    _draw_used_events(state, group, answer)


def _draw_lost_events(state: CompareState, group: ComparisonGroup, step: AttritionStep) -> None:
    """Draw the events lost at one step, each with its reason, when the expander is open."""
    expander = st.expander(
        plural(
            "{n:,} event lost at “{step_titles}”",
            "{n:,} events lost at “{step_titles}”",
            len(step.lost),
            step_titles=translate_deferred(STEP_TITLES[step.name]),
        ),
        key=f"compare.lost.{group.style.symbol}.{step.name}",
        on_change="rerun",
    )
    if expander.open:
        lines = [
            f"- {_format_event_link(state, state.events[row.event_id])}:"
            f" {escape_markdown(capitalize_first(translate_deferred(row.reason)))}"
            for row in step.lost[:MAX_LOST_EVENTS]
        ]
        left = len(step.lost) - MAX_LOST_EVENTS
        expander.markdown(
            "\n".join([*lines, *([_("- and {left} more", left=left)] if left > 0 else [])])
        )


def _draw_used_events(state: CompareState, group: ComparisonGroup, answer: Comparison) -> None:
    """Draw the events that are used, when the expander is open."""
    rows = group.study.left_out
    expander = st.expander(
        plural(
            "{n:,} event used, with a move over {window}",
            "{n:,} events used, with a move over {window}",
            len(rows),
            window=format_window(answer.window),
        ),
        key=f"compare.used.{group.style.symbol}",
        on_change="rerun",
    )
    if expander.open:
        by_day = sorted((state.events[row.event_id] for row in rows), key=lambda e: (e.day, e.id))
        expander.markdown(
            "\n".join(
                f"- {format_day(event.day)} {_format_event_link(state, event)}" for event in by_day
            )
        )


# ------------------------------------------------------------------ files, report and bundles


def _draw_files(state: CompareState, answer: Comparison) -> None:
    """Draw the CSV files of this view."""
    st.subheader(_("Take it along"), anchor=False)
    with st.container(horizontal=True):
        for table in FILE_TABLES:
            rows = count_comparison_rows(answer, table)
            draw_table_buttons(
                plural("{table}, {n:,} row", "{table}, {n:,} rows", rows, table=table),
                (*_build_name_parts(state), table, f"asof-{session.get_view_day()}"),
                partial(comparison_file, answer, table),
                f"compare.csv.{table}",
            )


def _draw_report_buttons(state: CompareState, answer: Comparison) -> None:
    """Draw the report and a bundle for each group, of what the page shows now."""
    context = build_report_context("compare", state.link)
    draw_report_buttons(
        lambda: build_compare_report(state, answer, context),
        build_group_bundles(state, answer, context),
        _build_name_parts(state),
        "compare.report",
        warning=describe_private_notes(tuple(state.events.values())),
    )


def build_group_bundles(
    state: CompareState, answer: Comparison, context: ReportContext
) -> dict[str, Callable[[], bytes]]:
    """A bundle of the study of each group, by its label: a bundle holds one study."""
    ids = [state.card.id, *(factor.card.id for factor in state.factors)]
    files = source_files(session.get_context().rates, ids)
    bundles: dict[str, Callable[[], bytes]] = {}
    for at, group in enumerate(state.groups):
        provenance = Provenance(
            {"group": name_group(group.filter), **build_manifest_parameters(context)},
            files,
            context.made_at,
        )
        name = f": {group.style.glyph} {escape_label(format_group_name(group), GROUP_NAME_LIMIT)}"
        label = f"{translate_deferred(BUNDLE_LABEL)}{name if len(state.groups) > 1 else ''}"
        bundles[label] = partial(_build_group_bundle, state, answer, provenance, at)
    return bundles


def _build_group_bundle(
    state: CompareState, answer: Comparison, provenance: Provenance, at: int
) -> bytes:
    alone = replace(state, filters=state.filters[at : at + 1], listed=state.listed[at : at + 1])
    request = BundleRequest(
        "study",
        (answer.series,),
        answer.groups[at].events,
        state.known,
        answer.request,
        state.factors,
    )
    return build_bundle(request, provenance, format_compare_question(alone))


# ------------------------------------------------------------------ shared


def _draw_chart(state: CompareState, figure: Figure, name: str, alt: str) -> None:
    draw_figure(
        figure, f"compare.{name}.chart", alt, _build_file_name(state, name), phone=state.phone
    )


def _build_file_name(state: CompareState, chart: str) -> str:
    kinds = "_".join(state.filters[0].categories) or "all"
    return f"{state.card.id}_{kinds}_{chart}"


def _build_name_parts(state: CompareState) -> tuple[str, ...]:
    kinds = ("_".join(group.filter.categories) or "all" for group in state.groups)
    return (state.card.id, "compare", *kinds)


def _create_table_expander(label: str, key: str) -> ExpanderContainer:
    return st.expander(label, icon=":material/table:", key=key, on_change="rerun")


def _draw_group_head(
    target: st.delta_generator.DeltaGenerator | ModuleType,
    state: CompareState,
    group: ComparisonGroup,
) -> None:
    """Name a group above its part, where there are two."""
    if len(state.groups) > 1:
        target.markdown(f"{group.style.glyph} **{escape_markdown(format_group_name(group))}**")


def _format_event_link(state: CompareState, event: Event) -> str:
    return format_markdown_link(event.title, build_event_url(event.id, state.card.id))


PART_RENDERERS: Final[dict[str, Callable[[CompareState, Comparison], None]]] = {
    "moves": _draw_moves,
    "tests": _draw_tests,
    "placebo": _draw_placebo,
    "carries": _draw_leave_one_out,
    "when": _draw_heat_map,
    "lost": _draw_attrition,
    "files": _draw_files,
}

PAGE = Page("compare", deferred("Compare"), ":material/compare_arrows:", "compare", draw, PARAMS)
