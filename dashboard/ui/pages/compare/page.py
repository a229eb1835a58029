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
from dashboard.presentation.charts.comparison_moves import (
    build_funnel_figure,
    build_leave_one_out_figure,
    build_moves_figure,
    build_placebo_figure,
    describe_placebo,
    get_picked_event,
)
from dashboard.presentation.charts.comparison_paths import (
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
    format_count,
    format_day,
    format_number,
    format_offset,
)
from dashboard.presentation.palette import get_palette
from dashboard.presentation.reports import ReportContext, describe_private_notes
from dashboard.services.bundles import BundleRequest, build_bundle, source_files
from dashboard.services.compare import (
    GroupTestLine,
    count_corrected_tests,
    declared_test_title,
    group_test_lines,
)
from dashboard.services.exports import (
    Provenance,
    StudyTableName,
    comparison_csv,
    count_comparison_rows,
)
from dashboard.ui import session
from dashboard.ui.components.exports import (
    BUNDLE_LABEL,
    build_manifest_parameters,
    build_report_context,
    draw_csv_buttons,
    draw_report_buttons,
)
from dashboard.ui.components.figures import draw_figure, draw_selectable_figure, draw_text_table
from dashboard.ui.components.interaction import Shortcut, draw_shortcuts, toggle_expander
from dashboard.ui.components.links import build_event_url, draw_copy_link, open_page
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
    format_window,
)
from dashboard.ui.pages.compare.report import (
    build_compare_report,
    build_heat_chart,
    build_leave_one_out_chart,
    build_moves_chart,
    build_paths_chart,
    build_placebo_chart,
    build_placebo_panes,
    list_studied_events,
)
from dashboard.ui.pages.compare.state import (
    DEFAULTS,
    PARAMS,
    PART_TITLES,
    CompareState,
    GroupState,
    read_compare_state,
)
from dashboard.ui.url_state import UrlState

# ------------------------------------------------------------
# The attrition of Compare: how many events are left after each step, and who was lost, and why.


MAX_LOST_EVENTS: Final = 60


def draw_attrition(scene: CompareState, answer: Comparison) -> None:
    """Draw the funnel of each group with the names behind every number."""
    st.subheader("From events listed to events used", anchor=False)
    for group, column in zip(scene.groups, _create_columns(scene), strict=True):
        with column:
            _draw_group_funnel(scene, group, answer)


def _create_columns(scene: CompareState) -> list[st.delta_generator.DeltaGenerator]:
    if scene.phone or len(scene.groups) < 2:
        return [st.container() for _ in scene.groups]
    return list(st.columns(len(scene.groups), gap="medium"))


def _draw_group_funnel(scene: CompareState, group: GroupState, answer: Comparison) -> None:
    steps = group.found.steps
    if len(scene.groups) > 1:
        name = escape_markdown(capitalize_first(format_group(group.asked.filter)))
        st.markdown(f"{group.look.glyph} **{name}**")
    draw_figure(
        build_funnel_figure(
            [(STEP_TITLES[step.name], step.left) for step in steps],
            get_palette(dark=scene.dark),
            phone=scene.phone,
        ),
        f"compare.funnel.{group.look.symbol}",
        "Bars: " + ", ".join(f"{STEP_TITLES[step.name].lower()} {step.left}" for step in steps),
        f"{scene.card.id}_attrition",
    )
    lost = [step for step in steps if step.lost]
    if not lost:
        st.caption(f"None was lost: all {steps[0].left:,} are used.")
    for step in lost:
        _draw_lost_events(scene, group, step)
    _draw_used_events(scene, group, answer)


def _draw_lost_events(scene: CompareState, group: GroupState, step: AttritionStep) -> None:
    """Draw the events lost at one step, each with its reason, when asked for."""
    fold = st.expander(
        f"{format_count(len(step.lost), 'event')} lost at “{STEP_TITLES[step.name]}”",
        key=f"compare.lost.{group.look.symbol}.{step.name}",
        on_change="rerun",
    )
    if fold.open:
        lines = [
            f"- {_format_event_link(scene, scene.events[row.event_id])}:"
            f" {escape_markdown(capitalize_first(row.reason))}"
            for row in step.lost[:MAX_LOST_EVENTS]
        ]
        left = len(step.lost) - MAX_LOST_EVENTS
        fold.markdown("\n".join([*lines, *([f"- and {left} more"] if left > 0 else [])]))


def _draw_used_events(scene: CompareState, group: GroupState, answer: Comparison) -> None:
    """Draw the events that are used, when asked for."""
    rows = group.found.left_out
    fold = st.expander(
        f"{format_count(len(rows), 'event')} used, with a move over {format_window(answer.window)}",
        key=f"compare.used.{group.look.symbol}",
        on_change="rerun",
    )
    if fold.open:
        by_day = sorted((scene.events[row.event_id] for row in rows), key=lambda e: (e.day, e.id))
        fold.markdown(
            "\n".join(
                f"- {format_day(event.day)} {_format_event_link(scene, event)}" for event in by_day
            )
        )


def _format_event_link(scene: CompareState, event: Event) -> str:
    return format_markdown_link(event.title, build_event_url(event.id, scene.card.id))


# ------------------------------------------------------------
# What stands behind the figures of Compare: tables with links to the events, and the CSV files.


FILE_TABLES: Final[tuple[StudyTableName, ...]] = (
    "headline", "paths", "events", "averages", "tests", "skipped", "intervals",
)  # fmt: skip


def draw_averages_table(scene: CompareState) -> None:
    """Draw the mean, its bands and the median of each group by offset, when asked for."""
    fold = _create_expander("The table behind the chart", "compare.averages")
    if not fold.open:
        return
    for group in scene.groups:
        _draw_group_head(fold, scene, group)
        fold.table(build_averages_columns(scene, group), hide_index=True, border="horizontal")


def draw_moves_table(scene: CompareState, answer: Comparison) -> None:
    """Draw the moves with links to the events: the keyboard's way to the Event page."""
    fold = _create_expander("The moves as a table, each with a link to its event", "compare.moves")
    if not fold.open:
        return
    with fold:
        for group in scene.groups:
            _draw_group_head(st, scene, group)
            draw_text_table(_build_linked_moves(scene, group, answer), "The moves of the events")


def draw_small_group_events(scene: CompareState, group: GroupState, answer: Comparison) -> None:
    """Draw the events of a group that is too small for a verdict, one by one."""
    words = format_group(group.asked.filter)
    with st.expander(f"The {format_count(group.found.n, 'event')}: {escape_markdown(words)}",
                     icon=":material/list:", expanded=True):  # fmt: skip
        draw_text_table(_build_linked_moves(scene, group, answer), "The events one by one")


def _build_linked_moves(
    scene: CompareState, group: GroupState, answer: Comparison
) -> dict[str, list[str]]:
    events, columns = build_moves_columns(scene, group, answer)
    moves = {
        name: [escape_markdown(cell) for cell in cells]
        for name, cells in columns.items()
        if name.startswith(("Move", "95"))
    }
    return {"Event": [_format_table_event_link(scene, event) for event in events]} | columns | moves


def draw_leave_one_out_table(scene: CompareState) -> None:
    """Draw the average without each event, when asked for."""
    fold = _create_expander("The averages without each event, as a table", "compare.left_out")
    if not fold.open:
        return
    with fold:
        for group in scene.groups:
            _draw_group_head(st, scene, group)
            rows = group.found.left_out
            draw_text_table(
                {
                    "Without": [
                        _format_table_event_link(scene, scene.events[row.event_id]) for row in rows
                    ],
                    "Its move": [escape_markdown(scene.scale.move(row.car)) for row in rows],
                    "Average of the others": [
                        escape_markdown(scene.scale.move(row.without)) for row in rows
                    ],
                },
                "The average without each event",
            )


def draw_heat_table(scene: CompareState) -> None:
    """Draw the abnormal moves by event and offset, when asked for."""
    fold = _create_expander("The numbers of the heat map", "compare.heat")
    if not fold.open:
        return
    for group in scene.groups:
        _draw_group_head(fold, scene, group)
        result = group.found.result
        columns = {
            "Event": [escape_markdown(event.title) for event in result.events],
            **{
                format_offset(offset): [scene.scale.signed(v) for v in column]
                for offset, column in zip(
                    result.offsets.tolist(), result.abnormal.T.tolist(), strict=True
                )
            },
        }
        fold.table(columns, hide_index=True, border="horizontal")


def draw_comparison_files(scene: CompareState, answer: Comparison) -> None:
    """Draw the CSV files of this view."""
    st.subheader("Take it along", anchor=False)
    name = (*("_".join(each.asked.filter.categories) or "all" for each in scene.groups),)
    with st.container(horizontal=True):
        for table in FILE_TABLES:
            rows = count_comparison_rows(answer, table)
            draw_csv_buttons(
                f"{table}, {format_count(rows, 'row')}",
                (scene.card.id, "compare", *name, table, f"asof-{session.get_view_day()}"),
                partial(comparison_csv, answer, table),
                f"compare.csv.{table}",
            )


def _create_expander(label: str, key: str) -> ExpanderContainer:
    return st.expander(label, icon=":material/table:", key=key, on_change="rerun")


def _draw_group_head(
    place: st.delta_generator.DeltaGenerator | ModuleType, scene: CompareState, group: GroupState
) -> None:
    if len(scene.groups) > 1:
        name = escape_markdown(capitalize_first(format_group(group.asked.filter)))
        place.markdown(f"{group.look.glyph} **{name}**")


def _format_table_event_link(scene: CompareState, event: Event) -> str:
    return format_markdown_link(event.title, build_event_url(event.id, scene.card.id))


# ------------------------------------------------------------
# The tests of Compare: the declared one, the others behind it in a table.


CELL_LIMIT: Final = 400


def draw_test_tables(scene: CompareState, answer: Comparison) -> None:
    """Draw the test that answers, the others when asked for."""
    lines = group_test_lines(answer)
    st.subheader("Is it unusual? The tests", anchor=False)
    if not lines:
        st.markdown("No event in the study, so there is nothing to test.")
        return
    st.markdown(_describe_tests(scene, answer))
    declared = [line for line in lines if line.declared]
    draw_text_table(
        _build_test_columns(build_declared_test_columns(scene, declared), declared),
        "The declared test",
    )
    others = [line for line in lines if not line.declared]
    fold = st.expander(
        f"Other tests: {len({line.row.test for line in others})}, with what each assumes",
        icon=":material/science:",
        key="compare.tests",
        on_change="rerun",
    )
    if fold.open:
        with fold:
            st.markdown(OTHER_TESTS)
            columns = _build_test_columns(build_other_test_columns(scene, others), others)
            draw_text_table(columns | _build_detail_columns(others), "The other tests")


def _describe_tests(scene: CompareState, answer: Comparison) -> str:
    """Which test answers, and over what its p is corrected."""
    family = count_corrected_tests(answer)
    over = (
        f"{CORRECTION_NAMES[answer.request.correction]}'s over {family} questions, the groups and"
        " their difference"
        if family > 1
        else "the uncorrected one, for one question is asked"
    )
    leads = f"**{escape_markdown(declared_test_title())}** answers for a group"
    if len(scene.groups) > 1:
        title = escape_markdown(declared_test_title(difference=True))
        leads += f", **{title}** for the difference"
    return (
        f"Over {format_window(answer.window)}. {leads}: declared before any data were looked"
        f" at. The corrected p is {over}."
    )


def _build_test_columns(
    columns: dict[str, list[str]], lines: Sequence[GroupTestLine]
) -> dict[str, list[str]]:
    escaped = {
        escape_markdown(name): [escape_markdown(cell, CELL_LIMIT) for cell in cells]
        for name, cells in columns.items()
    }
    tests = [f"**{escape_markdown(line.title)}** ({line.row.test})" for line in lines]
    return escaped | {"Test": tests}


def _build_detail_columns(lines: Sequence[GroupTestLine]) -> dict[str, list[str]]:
    return {
        "Statistic": [format_number(line.row.statistic, 3) for line in lines],
        "df": [format_number(line.row.df, 1) for line in lines],
        "Assumes": [escape_markdown(line.assumptions, CELL_LIMIT) for line in lines],
        "Reference": [escape_markdown(line.row.reference, CELL_LIMIT) for line in lines],
    }


# ------------------------------------------------------------
# The answer of Compare on top of the page: a line for each group, and for their difference.


VERDICT_LIMIT = 1_200


def draw_group_verdicts(scene: CompareState, answer: Comparison) -> None:
    """Draw what happened and whether it is unusual, in plain words, the p-value below it."""
    pair = len(scene.groups) > 1
    marks = [f"{group.look.glyph} " if pair else "" for group in scene.groups]
    for (head, below), mark in zip(build_verdict_lines(scene, answer), [*marks, ""], strict=False):
        _draw_verdict(f"{mark}{head}", below)
    if answer.in_both:
        st.caption(describe_overlap(answer))


def _draw_verdict(head: str, below: str) -> None:
    """Draw a sentence to read and, small below it, what it rests on."""
    lines = [f"**{escape_markdown(head, VERDICT_LIMIT)}**"]
    if below:
        lines.append(f":small[:gray[{escape_markdown(below, VERDICT_LIMIT)}]]")
    st.markdown("  \n".join(lines))


def draw_summary(scene: CompareState, answer: Comparison) -> None:
    """Draw the numbers of each group in the window: mean with interval, median, directions."""
    columns = {
        escape_markdown(name): [escape_markdown(cell, VERDICT_LIMIT) for cell in cells]
        for name, cells in build_summary_columns(scene).items()
    }
    draw_text_table(columns, "The groups in the window that is compared")
    st.caption(escape_markdown(describe_summary(scene, answer), VERDICT_LIMIT))


# ------------------------------------------------------------
# What a reader takes along from Compare: the report, and a bundle that reproduces each group.


GROUP_NAME_LIMIT: Final = 40


def draw_compare_report(link: UrlState, scene: CompareState, answer: Comparison) -> None:
    """Draw the report and the bundles; all hold on to what the page shows now."""
    made = build_report_context("compare", link)
    kinds = ("_".join(each.asked.filter.categories) or "all" for each in scene.groups)
    draw_report_buttons(
        lambda: build_compare_report(scene, answer, made),
        build_group_bundles(scene, answer, made),
        (scene.card.id, "compare", *kinds),
        "compare.report",
        warning=describe_private_notes(list_studied_events(scene)),
    )


def build_group_bundles(
    scene: CompareState, answer: Comparison, made: ReportContext
) -> dict[str, Callable[[], bytes]]:
    """A bundle of the study of each group, by its label: a bundle holds one study."""
    ids = [scene.card.id, *(factor.card.id for factor in scene.factors)]
    files = source_files(session.get_context().rates, ids)
    bundles: dict[str, Callable[[], bytes]] = {}
    for at, group in enumerate(scene.groups):
        alone = replace(scene, asked=scene.asked[at : at + 1], listed=scene.listed[at : at + 1])
        asked = BundleRequest(
            "study",
            (answer.series,),
            group.found.events,
            scene.known,
            answer.request,
            scene.factors,
        )
        told = Provenance(
            {"group": group.asked.name, **build_manifest_parameters(made)}, files, made.made_at
        )
        name = f": {group.look.glyph} {escape_label(format_group_name(group), GROUP_NAME_LIMIT)}"
        label = f"{BUNDLE_LABEL}{name if len(scene.groups) > 1 else ''}"
        bundles[label] = partial(build_bundle, asked, told, format_compare_question(alone))
    return bundles


# ------------------------------------------------------------
# Compare: what happened after groups of events, whether it is unusual, which event carries it.


OPEN_EVENT_KEY: Final = "compare.open"
MOVES_CHART_KEY: Final = "compare.moves.chart"
SENTENCE_LIMIT: Final = 700


def draw(link: UrlState) -> None:
    """Draw the page, or go to the event whose dot was clicked."""
    chosen = st.session_state.pop(OPEN_EVENT_KEY, "")
    if chosen:
        open_page("event", id=chosen, **_carry_settings(link))
    scene = read_compare_state(link)
    st.header(escape_markdown(format_compare_question(scene), SENTENCE_LIMIT), anchor=False)
    answer = scene.answer
    if answer is not None:
        draw_group_verdicts(scene, answer)
    draw_compare_controls(scene)
    for notice in scene.notices:
        st.markdown(f":material/info: {escape_markdown(notice, SENTENCE_LIMIT)}")
    if answer is None:
        st.warning(escape_markdown(scene.refusal, SENTENCE_LIMIT), icon=":material/tune:")
    elif any(group.found.n for group in scene.groups):
        _draw_answer(scene, answer)
        draw_compare_report(link, scene, answer)
    else:
        _draw_no_events(scene, answer)
    draw_copy_link("compare", link)
    _draw_page_shortcuts(link)


def _draw_answer(scene: CompareState, answer: Comparison) -> None:
    """Draw the paths and the numbers, then the part that was asked for."""
    _draw_small_group(scene, answer)
    chart = build_paths_chart(scene, answer)
    _draw_chart(scene, build_paths_figure(chart), "paths", summarize_paths(chart))
    cut = count_cut_paths(chart)
    if cut:
        many = format_count(cut, "path reaches", "paths reach")
        st.caption(f"{many} further than the figure; the CSV has all of each.")
    draw_averages_table(scene)
    draw_summary(scene, answer)
    st.segmented_control(
        "Look closer",
        list(PART_TITLES),
        format_func=PART_TITLES.__getitem__,
        required=True,
        label_visibility="collapsed",
        **scene.link.widget("part"),
    )
    PART_RENDERERS[scene.link["part"]](scene, answer)


def _draw_small_group(scene: CompareState, answer: Comparison) -> None:
    """List the events of a group that is too small for a verdict."""
    for group in scene.groups:
        if group.found.n and not group.is_judged:
            draw_small_group_events(scene, group, answer)


def _draw_no_events(scene: CompareState, answer: Comparison) -> None:
    """Say that no event is left, with the ways out, and where each was lost."""
    with st.container(border=True):
        if any(scene.listed):
            st.markdown(":material/event_busy: No event of the group can be measured here.")
        else:
            st.markdown(":material/filter_alt_off: No event fits the group that is asked for.")
        with st.container(horizontal=True):
            st.button(
                "Clear the group", key="compare.clear", on_click=_clear_filters, args=(scene.link,)
            )
            st.button("Usual settings", key="compare.usual.again", on_click=reset_settings,
                      args=(scene.link,))  # fmt: skip
    if any(scene.listed):
        draw_attrition(scene, answer)


def _clear_filters(link: UrlState) -> None:
    link.set(**{key: DEFAULTS[key] for key in ("cat", "exp", "tag", "from", "to")})
    clear_second_group(link)


def _draw_moves(scene: CompareState, answer: Comparison) -> None:
    st.subheader("Event by event", anchor=False)
    chart = build_moves_chart(scene, answer)
    figure, summary = build_moves_figure(chart), "Moves of the events, sorted, with intervals."
    if scene.phone:
        _draw_chart(scene, figure, "moves", summary)
    else:
        st.caption("Click a dot to open the page of its event.")
        draw_selectable_figure(
            figure, MOVES_CHART_KEY, summary, _build_file_name(scene, "moves"), _open_picked_event
        )
    draw_moves_table(scene, answer)


def _open_picked_event(selection: Any) -> None:
    st.session_state[OPEN_EVENT_KEY] = get_picked_event(selection)


def _draw_leave_one_out(scene: CompareState, answer: Comparison) -> None:
    st.subheader("Which event carries the result", anchor=False)
    titles = {name: event.title for name, event in scene.events.items()}
    chart = build_leave_one_out_chart(scene, answer)
    for shown, group in zip(scene.groups, chart.groups, strict=True):
        if len(scene.groups) > 1:
            name = escape_markdown(capitalize_first(format_group(shown.asked.filter)))
            st.markdown(f"{shown.look.glyph} **{name}**")
        said = (*describe_influential_events(shown, scene.scale, titles), describe_averaging(shown))
        for words in filter(None, said):
            st.markdown(escape_markdown(words, SENTENCE_LIMIT))
        if shown.found.n > 1:
            alt = "The average of the others without each event; the table below has them."
            name = f"left_out.{shown.look.symbol}"
            _draw_chart(scene, build_leave_one_out_figure(chart, group), name, alt)
    draw_leave_one_out_table(scene)


def _draw_placebo(scene: CompareState, answer: Comparison) -> None:
    st.subheader("What other dates would have given", anchor=False)
    chart = build_placebo_chart(scene, answer)
    panes = build_placebo_panes(chart, answer)
    if not panes:
        st.markdown("There are no dates to compare with.")
        return
    told = describe_placebo(chart, panes)
    _draw_chart(scene, build_placebo_figure(chart, panes), "placebo", " ".join(told))
    notes = dict.fromkeys(filter(None, map(describe_averaging, scene.groups)))
    said = (*told, PLACEBO_NOTE, *notes)
    st.caption("  \n".join(escape_markdown(each, SENTENCE_LIMIT) for each in said))


def _draw_heat_map(scene: CompareState, answer: Comparison) -> None:
    st.subheader("When it moved", anchor=False)
    chart = build_heat_chart(scene, answer)
    _, left = select_heat_rows(chart)
    _draw_chart(scene, build_heat_figure(chart), "heat", summarize_heat(chart))
    if left:
        st.caption(f"{left:,} events with smaller moves are not drawn; the table has all of them.")
    draw_heat_table(scene)


def _draw_chart(scene: CompareState, figure: Figure, name: str, alt: str) -> None:
    draw_figure(
        figure, f"compare.{name}.chart", alt, _build_file_name(scene, name), phone=scene.phone
    )


def _draw_page_shortcuts(link: UrlState) -> None:
    draw_shortcuts(
        [
            Shortcut("B", "Add a second group", partial(add_second_group, link)),
            Shortcut("X", "Exchange the two groups", partial(swap_groups, link)),
            Shortcut("D", "Drop the second group", partial(clear_second_group, link)),
            Shortcut("I", "Turn what up means", partial(flip_quote, link)),
            *(
                Shortcut(str(at), words, partial(link.set, part=part))
                for at, (part, words) in enumerate(PART_TITLES.items(), 1)
            ),
            Shortcut(
                "E", "The table behind the paths", partial(toggle_expander, "compare.averages")
            ),
        ]
    )


def _carry_settings(link: UrlState) -> dict[str, str]:
    return {key: link[key] for key in ("series", "up") if link[key] != DEFAULTS[key]}


def _build_file_name(scene: CompareState, what: str) -> str:
    kinds = "_".join(scene.asked[0].filter.categories) or "all"
    return f"{scene.card.id}_{kinds}_{what}"


PART_RENDERERS: Final[dict[str, Callable[[CompareState, Comparison], None]]] = {
    "moves": _draw_moves,
    "tests": draw_test_tables,
    "placebo": _draw_placebo,
    "carries": _draw_leave_one_out,
    "when": _draw_heat_map,
    "lost": draw_attrition,
    "files": draw_comparison_files,
}

PAGE = Page("compare", "Compare", ":material/compare_arrows:", "compare", draw, PARAMS)
