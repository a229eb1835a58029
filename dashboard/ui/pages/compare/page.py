"""The Compare page: verdicts, paths, tests, attrition and files of one or two groups of events."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from types import ModuleType
from typing import Any, Final

import streamlit as st
from streamlit.elements.lib.mutable_expander_container import ExpanderContainer

from dashboard.models.analyses import AttritionStep, Comparison, Group, StepName
from dashboard.models.errors import InputError
from dashboard.models.event import Event
from dashboard.models.messages import deferred, plural, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.models.tables import LinkedChart
from dashboard.presentation.charts.comparison_moves import (
    MAX_NAMED_DOTS,
    build_funnel_figure,
    build_leave_one_out_figure,
    build_moves_figure,
    build_placebo_figure,
    build_placebo_panes,
    describe_placebo,
    get_picked_event,
)
from dashboard.presentation.charts.comparison_paths import (
    MIN_BAND_EVENTS,
    ComparisonGroup,
    build_heat_figure,
    build_paths_figure,
    select_heat_rows,
    summarize_heat,
    summarize_paths,
)
from dashboard.presentation.charts.theme import Figure
from dashboard.presentation.comparison import (
    CORRECTION_NAMES,
    OTHER_TESTS,
    PLACEBO_NOTE,
    STEP_TITLES,
    build_averages_columns,
    build_declared_test_columns,
    build_moves_columns,
    build_other_test_columns,
    build_short_columns,
    build_summary_columns,
    build_verdict_lines,
    describe_averaging,
    describe_influential_events,
    describe_model_settings,
    describe_overlap,
    describe_summary,
    format_compare_question,
    format_group_name,
    format_heat_heading,
    format_leave_one_out_heading,
    format_moves_heading,
    format_paths_heading,
    format_placebo_heading,
    name_group,
)
from dashboard.presentation.escaping import (
    escape_label,
    escape_markdown,
    format_markdown_link,
    plain_text,
)
from dashboard.presentation.formatting import (
    capitalize_first,
    format_day,
    format_number,
    format_offset,
    format_window,
)
from dashboard.presentation.palette import get_palette
from dashboard.presentation.regimes import describe_split, split_view
from dashboard.presentation.reports import ReportContext, build_table, describe_private_notes
from dashboard.presentation.tables import build_text_columns
from dashboard.services.bundles import BundleRequest, build_bundle
from dashboard.services.compare import (
    GroupTestLine,
    count_corrected_tests,
    count_kinds_of_tests,
    declared_test_title,
    group_test_lines,
)
from dashboard.services.events import find_events
from dashboard.services.exports import (
    TABLES,
    Provenance,
    StudyTableName,
    comparison_file,
    count_comparison_rows,
    source_files,
    table_file,
)
from dashboard.services.regimes import SplitRow, read_split, split_study
from dashboard.ui import session
from dashboard.ui.components.baskets import draw_category_basket
from dashboard.ui.components.elements import (
    Shortcut,
    build_event_url,
    draw_copy_link,
    draw_figure,
    draw_heading,
    draw_selectable_figure,
    draw_shortcuts,
    draw_text_table,
    open_page,
    toggle_expander,
)
from dashboard.ui.components.exports import (
    BUNDLE_LABEL,
    ChartPicture,
    Downloads,
    build_linked_chart,
    build_manifest_parameters,
    build_report_context,
    draw_download_menu,
    draw_table_buttons,
)
from dashboard.ui.components.robustness_run import build_usual_request, draw_robustness_line
from dashboard.ui.components.view_controls import flip_quote
from dashboard.ui.pages.base import Page
from dashboard.ui.pages.compare.controls import (
    add_second_group,
    clear_second_group,
    draw_compare_controls,
    reset_settings,
    swap_groups,
)
from dashboard.ui.pages.compare.report import build_chart, build_compare_report
from dashboard.ui.pages.compare.state import (
    DEFAULTS,
    GROUP_PREFIXES,
    PARAMS,
    PART_TITLES,
    CompareState,
    build_robustness_query,
    read_compare_state,
)
from dashboard.ui.url_state import UrlState

OPEN_EVENT_KEY: Final = "compare.open"
CHART_SHARE: Final = 0.8
"""Of the width of the page."""
CHART_HEIGHT: Final = 710
SENTENCE_LIMIT: Final = 700
VERDICT_LIMIT: Final = 1_200
CELL_LIMIT: Final = 400
GROUP_NAME_LIMIT: Final = 40
MAX_LOST_EVENTS: Final = 60
FILE_TABLES: Final[tuple[StudyTableName, ...]] = (
    "moves", "headline", "paths", "events", "averages", "tests", "skipped", "intervals",
)  # fmt: skip
MAX_DIGIT: Final = 9
"""The parts after it have no key of their own: a key is one digit."""
SPLITS: Final = ("method-breaks", "regimes")
SPLIT_TITLES: Final = {
    "method-breaks": deferred("between changes of the method"),
    "regimes": deferred("between breaks of the volatility"),
}
LOST_TITLES: Final[dict[StepName, str]] = {
    "listed": deferred("not listed"),
    "dated": deferred("not dated for the series"),
    "inside": deferred("outside the data"),
    "history": deferred("with too short a history"),
    "apart": deferred("overlapping"),
    "used": deferred("without a move"),
}
MENU_TABLES: Final[dict[StudyTableName, str]] = {
    "moves": deferred("Moves of the events"),
    "averages": deferred("Average paths"),
}


def draw(link: UrlState) -> None:
    """Draw the page, or go to the event whose dot was clicked."""
    chosen = st.session_state.pop(OPEN_EVENT_KEY, "")
    if chosen:
        open_page("event", id=chosen, **_carry_settings(link))
    state = read_compare_state(link)
    answer = state.answer
    draw_compare_controls(state)
    question = escape_markdown(format_compare_question(state), SENTENCE_LIMIT)
    if answer is None:
        draw_heading(question)
        st.warning(escape_markdown(state.refusal, SENTENCE_LIMIT), icon=":material/tune:")
    else:
        head = build_verdict_lines(state, answer)[-1][0]
        draw_heading(escape_markdown(head, SENTENCE_LIMIT), f":small[{question}]")
    for notice in state.notices:
        st.markdown(f":material/info: {escape_markdown(notice, SENTENCE_LIMIT)}")
    if answer is not None and any(group.study.n for group in state.groups):
        _draw_answer(state, answer)
    elif answer is not None:
        _draw_no_events(state, answer)
    draw_copy_link("compare", link)
    draw_shortcuts(
        [
            Shortcut("B", _("Add a second group"), partial(add_second_group, link)),
            Shortcut("X", _("Exchange the two groups"), partial(swap_groups, link)),
            Shortcut("D", _("Drop the second group"), partial(clear_second_group, link)),
            Shortcut("I", _("Invert axis"), partial(flip_quote, link)),
            *(
                Shortcut(str(at), title, partial(_open_part, link, part))
                for at, (part, title) in enumerate(list(PART_TITLES.items())[:MAX_DIGIT], 1)
            ),
            Shortcut(
                "E", _("The table behind the paths"), partial(toggle_expander, "compare.averages")
            ),
        ]
    )


def _carry_settings(link: UrlState) -> dict[str, str]:
    return {key: link[key] for key in ("series", "up") if link[key] != DEFAULTS[key]}


# ------------------------------------------------------------------ the answer


def _draw_answer(state: CompareState, answer: Comparison) -> None:
    """Draw the paths, the numbers, each event, and the folded parts."""
    # On a phone the columns stand one below the other.
    left, right = st.columns([CHART_SHARE, 1 - CHART_SHARE], gap="small")
    with left:
        heading = format_paths_heading(state, answer)
        chart = build_chart(state, heading, CHART_HEIGHT)
        _draw_chart(state, build_paths_figure(chart), "paths", summarize_paths(chart))
    with right:
        _draw_numbers(state, answer)
    _draw_moves(state, answer)
    for part in FOLDED_PARTS:
        _draw_part(state, answer, part)


def _draw_numbers(state: CompareState, answer: Comparison) -> None:
    """Draw the short table, what the answer rests on, and the answer under all choices."""
    # Its cells are numbers and directions, whose thin spaces an escaped text would lose.
    columns = build_short_columns(state, answer)
    draw_text_table(
        {escape_markdown(name): cells for name, cells in columns.items()},
        _("The groups in the window that is compared"),
    )
    basis = build_verdict_lines(state, answer)[-1][1]
    overlap = describe_overlap(answer)
    for text in filter(None, (basis, overlap)):
        st.caption(escape_markdown(text, VERDICT_LIMIT))
    if not all(group.is_judged or group.study.n >= MIN_BAND_EVENTS for group in state.groups):
        st.caption(_("Too few events for a mean: each is drawn by itself."))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.toggle(_("Show each event"), **state.link.switch("paths", "each", "mean"))
        _draw_downloads(state, answer)
    for at, group in enumerate(state.groups):
        request = build_usual_request(
            answer.series, state.listed[at], state.known, answer.request.returns
        )
        mark = group.style.glyph if len(state.groups) > 1 else ""
        query = build_robustness_query(state.link, GROUP_PREFIXES[at])
        draw_robustness_line(request, state.known_version, mark, query)


def _format_part_label(state: CompareState, answer: Comparison, part: str) -> str:
    """The label of a folded part, with its number where it has one."""
    title = translate_deferred(PART_TITLES[part])
    if part == "tests":
        declared = len(state.groups)
        return plural(
            "Is it unusual? {n:,} declared test and {others} others",
            "Is it unusual? {n:,} declared tests and {others} others",
            declared,
            others=count_kinds_of_tests(answer) - declared,
        )
    if part == "lost":
        return f"{title}: {'; '.join(map(_describe_sample, state.groups))}"
    return title


def _describe_sample(group: ComparisonGroup) -> str:
    """`28 listed → 27 used (1 outside the data)`, with where the others were lost."""
    steps = group.study.steps
    lost = [
        f"{len(step.lost):,} {translate_deferred(LOST_TITLES[step.name])}"
        for step in steps if step.lost
    ]  # fmt: skip
    text = _("{listed:,} listed → {used:,} used", listed=steps[0].left, used=steps[-1].left)
    return f"{text} ({', '.join(lost)})" if lost else text


def _draw_part(state: CompareState, answer: Comparison, part: str) -> None:
    """Draw a folded part; the one that the link names is open at first."""
    key = _part_key(part)
    st.session_state.setdefault(key, state.link["part"] == part)
    fold = st.expander(
        _format_part_label(state, answer, part),
        key=key,
        on_change=_remember_part,
        args=(state.link, part),
    )
    if fold.open:
        with fold:
            PART_RENDERERS[part](state, answer)


def _part_key(part: str) -> str:
    return f"compare.part.{part}"


def _remember_part(link: UrlState, part: str) -> None:
    link.set(part=part if st.session_state[_part_key(part)] else DEFAULTS["part"])


def _open_part(link: UrlState, part: str) -> None:
    """Open a part or close it; call it in a callback."""
    toggle_expander(_part_key(part))
    _remember_part(link, part)


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
            st.button(_("Reset"), key="compare.usual.again", on_click=reset_settings,
                      args=(state.link,))  # fmt: skip
    if any(state.listed):
        _draw_attrition(state, answer)


def _clear_filters(link: UrlState) -> None:
    link.set(**{key: DEFAULTS[key] for key in ("cat", "exp", "tag", "from", "to")})
    clear_second_group(link)


# ------------------------------------------------------------------ each event


def _draw_moves(state: CompareState, answer: Comparison) -> None:
    """Draw the dots of each group, those of two side by side, and their table."""
    st.subheader(_("Each event"), anchor=False)
    columns = st.columns(len(state.groups), gap="medium")
    for group, column in zip(state.groups, columns, strict=True):
        if group.study.n:
            with column:
                _draw_group_dots(state, answer, group)
    if max(group.study.n for group in state.groups) > MAX_NAMED_DOTS:
        st.toggle(_("Name all"), **state.link.switch("names", "all", "largest"))
    few = any(0 < group.study.n < MIN_BAND_EVENTS for group in state.groups)
    st.session_state.setdefault("compare.moves", few)
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


def _draw_group_dots(state: CompareState, answer: Comparison, group: ComparisonGroup) -> None:
    """Draw the dots of a group; a click opens the event, except on a phone."""
    heading = format_moves_heading(state, answer, group)
    figure = build_moves_figure(build_chart(state, heading), group)
    alt, name = _("Moves of the events, sorted, with intervals."), f"moves.{group.style.symbol}"
    if state.phone:
        _draw_chart(state, figure, name, alt)
    else:
        draw_selectable_figure(figure, f"compare.{name}.chart", alt, _open_picked_event)


def _open_picked_event(selection: Any) -> None:
    st.session_state[OPEN_EVENT_KEY] = get_picked_event(selection)


def _build_linked_moves(
    state: CompareState, group: ComparisonGroup, answer: Comparison
) -> dict[str, list[str]]:
    events, columns = build_moves_columns(state, group, answer)
    links = {_("Event"): [_format_event_link(state, event) for event in events]}
    return links | {
        name: [escape_markdown(str(cell)) for cell in cells] for name, cells in columns.items()
    }


# ------------------------------------------------------------------ tests


def _draw_tests(state: CompareState, answer: Comparison) -> None:
    """Draw the declared test, and the others when their expander is open."""
    lines = group_test_lines(answer)
    if not lines:
        st.markdown(_("No event in the study, so there is nothing to test."))
        return
    if len(state.groups) > 1:
        for group, (head, below) in zip(
            state.groups, build_verdict_lines(state, answer), strict=False
        ):
            text = escape_markdown(f"{group.style.glyph} {head}", VERDICT_LIMIT)
            st.markdown(f"**{text}**  \n:small[:gray[{escape_markdown(below, VERDICT_LIMIT)}]]")
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
            correction=translate_deferred(CORRECTION_NAMES[answer.request.correction]),
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
    rows, move = group.study.left_out, state.scale.percent_move
    return {
        _("Without"): [_format_event_link(state, state.events[row.event_id]) for row in rows],
        _("Its move"): [escape_markdown(move(row.car, 2)) for row in rows],
        _("Average of the others"): [escape_markdown(move(row.without, 2)) for row in rows],
    }


# ------------------------------------------------------------------ heat map


def _draw_heat_map(state: CompareState, answer: Comparison) -> None:
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


# ------------------------------------------------------------------ periods


def _draw_periods(state: CompareState, answer: Comparison) -> None:
    """Draw the choice of periods, and the declared test of each group in each of them."""
    chosen = state.link["split"] or SPLITS[0]
    st.selectbox(
        _("Periods"),
        list(dict.fromkeys((*SPLITS, chosen))),
        format_func=_name_split,
        accept_new_options=True,
        help=_("Or days at which a period begins, as 2022-02-24,2024-06-13."),
        width=330,
        **state.link.widget("split", chosen),
    )
    try:
        rows = _cached_split(_split_key(state, chosen), state, answer, chosen)
    except InputError as error:
        st.warning(escape_markdown(str(error), SENTENCE_LIMIT), icon=":material/tune:")
        return
    st.markdown(f"**{escape_markdown(describe_split(rows), SENTENCE_LIMIT)}**")
    columns = build_text_columns(TABLES["split"], rows, split_view(state.card))
    draw_text_table(
        {
            escape_markdown(name): [escape_markdown(str(cell), VERDICT_LIMIT) for cell in cells]
            for name, cells in columns.items()
        },
        _("The declared test of each group in each period"),
    )
    st.caption(
        _(
            "An event belongs to the period of its first rate; p is corrected over all cells"
            " together. Less than 8 rates or clusters, or one rate with a fifth of all moves: no"
            " verdict. Moves in log points; positive = stronger."
        )
    )
    with st.container(horizontal=True):
        draw_table_buttons(
            plural("{n} row", "{n} rows", len(rows)),
            (state.card.id, "split"),
            lambda flavour: table_file("split", rows, flavour),
            "compare.split",
        )


def _name_split(text: str) -> str:
    return translate_deferred(SPLIT_TITLES[text]) if text in SPLIT_TITLES else text


def _split_key(state: CompareState, split: str) -> tuple[Any, ...]:
    versions = tuple(session.build_series_version(one) for one in state.factors)
    events = tuple(tuple(event.id for event in listed) for listed in state.listed)
    series = state.answer and session.build_series_version(state.answer.series)
    return (split, series, versions, state.known_version, events, state.request, state.filters)


@st.cache_resource(show_spinner=False, max_entries=16)
def _cached_split(
    key: tuple[Any, ...],  # noqa: ARG001 - it names the versions of all data
    _state: CompareState,
    _answer: Comparison,
    split: str,
) -> tuple[SplitRow, ...]:
    groups = [
        Group(study.name, listed)
        for study, listed in zip(_answer.groups, _state.listed, strict=True)
    ]
    return split_study(
        [_answer.series],
        groups,
        read_split(split, _answer.series, _state.known),
        replace(_answer.request, cars=(_answer.window,)),
        known=_state.known,
        factors=_state.factors,
    )


# ------------------------------------------------------------------ attrition


def _draw_attrition(state: CompareState, answer: Comparison) -> None:
    """Draw the funnel of each group, and which events each step lost and why."""
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


# ------------------------------------------------------------------ every category on a basket


def _draw_basket(state: CompareState, answer: Comparison) -> None:
    """Draw every category of the events that fit the first group but for its categories."""
    events = find_events(state.known, replace(state.filters[0], categories=()))
    request = replace(answer.request, returns="log", model="mean")
    draw_category_basket(state.link, events, request)


# ------------------------------------------------------------------ files, report and bundles


def _draw_files(state: CompareState, answer: Comparison) -> None:
    """Draw the CSV files of this view."""
    for table in FILE_TABLES:
        with st.container(horizontal=True):
            rows = count_comparison_rows(answer, table)
            draw_table_buttons(
                plural("{table}, {n:,} row", "{table}, {n:,} rows", rows, table=table),
                (*_build_name_parts(state), table, f"asof-{session.get_view_day()}"),
                partial(comparison_file, answer, table),
                f"compare.csv.{table}",
            )


def _draw_downloads(state: CompareState, answer: Comparison) -> None:
    """Draw the menu of the chart: picture, tables, report, bundles and links of this view."""
    context = build_report_context("compare", state.link)
    downloads = Downloads(
        name=_build_name_parts(state),
        page_id="compare",
        link=state.link,
        picture=_build_picture(replace(state, dark=False, phone=False), answer),
        tables={
            table: (translate_deferred(title), partial(comparison_file, answer, table))
            for table, title in MENU_TABLES.items()
        },
        report=lambda: build_compare_report(state, answer, context),
        bundles=build_group_bundles(state, answer, context),
        warning=describe_private_notes(tuple(state.events.values())),
    )
    draw_download_menu(downloads, "compare.download")


def _build_picture(state: CompareState, answer: Comparison) -> ChartPicture:
    heading = format_paths_heading(state, answer)
    chart = build_chart(state, heading)
    return ChartPicture(
        lambda: build_paths_figure(chart),
        title=build_verdict_lines(state, answer)[-1][0],
        subtitle=heading[1],
        alt=summarize_paths(chart),
        series=(answer.series, *state.factors),
    )


def build_group_chart(link: UrlState) -> LinkedChart:
    """The average paths of a link for programs and other sites.

    Raises:
        InputError: the settings do not fit one another, or no event of the groups has a move.
    """
    state = read_compare_state(link)
    answer = state.answer
    if answer is None or not any(group.study.n for group in state.groups):
        raise InputError(_("No event of this link has a move; choose others."))
    return build_linked_chart(
        "compare",
        link,
        _build_picture(state, answer),
        ("averages", tuple(row for group in state.groups for row in group.study.averages)),
        [
            build_table(
                plain_text(format_group_name(group)),
                {
                    translate_deferred(name): cells
                    for name, cells in build_averages_columns(state, group).items()
                },
            )
            for group in state.groups
        ],
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
    draw_figure(figure, f"compare.{name}.chart", alt, phone=state.phone)


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


# ------------------------------------------------------------------ method


def _draw_method(state: CompareState, answer: Comparison) -> None:
    """Draw what is measured, and the numbers of the chart."""
    settings = capitalize_first(describe_model_settings(answer.request, state.card))
    st.markdown(escape_markdown(f"{settings}.", VERDICT_LIMIT))
    draw_text_table(
        {
            escape_markdown(name): [escape_markdown(str(cell), VERDICT_LIMIT) for cell in cells]
            for name, cells in build_summary_columns(state).items()
        },
        _("The numbers of the groups"),
    )
    st.caption(escape_markdown(describe_summary(state, answer), VERDICT_LIMIT))
    table = _create_table_expander(_("The table behind the chart"), "compare.averages")
    if table.open:
        for group in state.groups:
            _draw_group_head(table, state, group)
            table.table(build_averages_columns(state, group), hide_index=True, border="horizontal")


PART_RENDERERS: Final[dict[str, Callable[[CompareState, Comparison], None]]] = {
    "tests": _draw_tests,
    "placebo": _draw_placebo,
    "carries": _draw_leave_one_out,
    "when": _draw_heat_map,
    "periods": _draw_periods,
    "assets": _draw_basket,
    "lost": _draw_attrition,
    "files": _draw_files,
    "method": _draw_method,
}
FOLDED_PARTS: Final = tuple(PART_RENDERERS)

PAGE = Page(
    "compare", deferred("Compare"), ":material/compare_arrows:", "compare", draw, PARAMS,
    chart=build_group_chart,
)  # fmt: skip
