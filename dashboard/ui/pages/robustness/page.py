"""The Robustness page: the specification curve, its table, and one chosen specification."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

import streamlit as st

from dashboard.models.analyses import RobustnessAnswer, Specification, SpecificationRow
from dashboard.models.messages import deferred, join_and, plural, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.models.study import StudyRequest
from dashboard.presentation.charts.robustness import (
    SpecificationCurve,
    build_curve_figure,
    select_drawn_positions,
    summarize_curve,
)
from dashboard.presentation.escaping import escape_markdown
from dashboard.presentation.formatting import capitalize_first
from dashboard.presentation.palette import get_palette
from dashboard.services.exports import table_file
from dashboard.services.study import needs_factor
from dashboard.ui.components.elements import (
    TARGETS_KEY,
    Shortcut,
    button_type,
    draw_copy_link,
    draw_figure,
    draw_selectable_figure,
    draw_shortcuts,
    toggle_expander,
)
from dashboard.ui.components.exports import draw_table_buttons
from dashboard.ui.components.robustness_run import (
    draw_progress,
    end_run,
    get_cached_answers,
    get_run,
)
from dashboard.ui.pages.base import Page
from dashboard.ui.pages.robustness.controls import draw_grid_choices, draw_group_controls
from dashboard.ui.pages.robustness.messages import (
    COMPARE_NOTE,
    build_curve,
    build_specification_frame,
    describe_choices,
    describe_duplicates,
    describe_filter,
    describe_group,
    describe_joint_test,
    describe_mean,
    describe_missing,
    describe_single_tests,
    format_curve_headline,
    format_pick,
    sort_rows,
)
from dashboard.ui.pages.robustness.state import (
    COMPARE_PAGE_ID,
    PARAMS,
    RobustnessState,
    build_compare_query,
    get_progress,
    read_robustness_state,
    request_run,
)
from dashboard.ui.url_state import UrlState

PICKED_KEY: Final = "robustness.picked"
FOLLOW_KEY: Final = "robustness.go"
DEFAULT_MIN_ESTIMATION: Final = StudyRequest().min_estimation
CHART_KEY: Final = "robustness.curve"
TABLE_HEIGHT: Final = 320
TABLE_EXPANDER_KEY: Final = "robustness.table"


def draw(view: UrlState) -> None:
    """Draw the question, the choices, and the curve or the progress of its run."""
    state = read_robustness_state(view)
    _follow_click(state)
    st.header(_("Does the answer depend on the choices?"), anchor=False)
    st.markdown(
        plural(
            "**{group}** on {series}, {n:,} event: the mean move under every combination of"
            " choices that could be defended.",
            "**{group}** on {series}, {n:,} events: the mean move under every combination of"
            " choices that could be defended.",
            len(state.events),
            group=escape_markdown(capitalize_first(describe_group(state.group)), 300),
            series=escape_markdown(join_and([series.card.label for series in state.series]), 300),
        )
    )
    draw_group_controls(view)
    draw_grid_choices(view, state)
    if state.notice:
        st.markdown(f":material/info: {escape_markdown(state.notice, 300)}")
    if state.refused:
        end_run()
        st.warning(escape_markdown(state.refused, 300), icon=":material/block:")
    else:
        _draw_run(state)
    draw_shortcuts(
        (
            Shortcut("T", _("Table"), partial(toggle_expander, TABLE_EXPANDER_KEY)),
            Shortcut("U", _("The usual choices"), partial(_reset_choices, view)),
        )
    )
    draw_copy_link("robustness", view)


def _reset_choices(view: UrlState) -> None:
    view.set(**{param.key: param.default for param in view.params if param.key != "series"})


def _draw_run(state: RobustnessState) -> None:
    progress = get_progress(state)
    if progress is None:
        st.markdown(
            plural(
                "{n:,} specification take a while; you can go on reading.",
                "{n:,} specifications take a while; you can go on reading.",
                state.total,
            )
        )
        _draw_start(
            state, plural("Run {n:,} specification", "Run {n:,} specifications", state.total)
        )
    elif progress.answer is not None:
        _draw_answer(state, progress.answer)
    elif progress.is_cancelled:
        st.markdown(
            _(
                "Cancelled after {done:,} of {total:,} specifications; nothing is shown of a"
                " part, for it would depend on where it stopped.",
                done=progress.done,
                total=progress.total,
            )
        )
        _draw_start(state, _("Run again"))
    elif progress.error:
        st.warning(
            escape_markdown(_("Not run: {error}", error=progress.error), 400),
            icon=":material/error:",
        )
    else:
        run = get_run(state.key)
        if run is not None:
            draw_progress(run)


def _draw_start(state: RobustnessState, label: str) -> None:
    st.button(
        label,
        key="robustness.start",
        icon=":material/play_arrow:",
        type=button_type(),
        on_click=request_run,
        args=(state,),
    )


def _draw_answer(state: RobustnessState, answer: RobustnessAnswer) -> None:
    curve = build_curve(state, answer)
    st.subheader(escape_markdown(format_curve_headline(answer, state.scale), 300), anchor=False)
    if not curve.rows:
        st.markdown(_("Take another group of events, or a series that reaches them."))
        return
    of_rows = (describe_duplicates(answer), describe_missing(answer))
    for sentence in (
        describe_joint_test(answer),
        translate_deferred(COMPARE_NOTE),
        describe_single_tests(answer),
        " ".join(filter(None, of_rows)),
    ):
        if sentence:
            st.markdown(sentence)
    _draw_curve(state, curve)
    place = get_picked_place(state, curve.rows)
    if place is not None:
        _draw_specification(state, curve.rows, place)
    _draw_table(state, curve.rows)
    _draw_files(state, answer)


def _draw_curve(state: RobustnessState, curve: SpecificationCurve) -> None:
    figure = build_curve_figure(curve, get_palette(dark=state.dark))
    alt, name = summarize_curve(curve), f"{state.series[0].card.id}_specification-curve"
    if state.phone:
        draw_figure(figure, CHART_KEY, alt, name, phone=True)
    else:
        draw_selectable_figure(figure, CHART_KEY, alt, name, partial(_pick_clicked, state))
    shown = len(select_drawn_positions(len(curve.rows), curve.plain))
    sentences = [
        _(
            "Each point is the mean move under one set of choices, the smallest first; the line"
            " through it is its 95 % interval across events. Filled: its own p is below 0.05."
            " The diamond is the plain study: [0,1], constant mean, 120 rows, gap 10."
        )
    ]
    if curve.plain is None:
        sentences.append(_("The plain study is not among these choices."))
    if shown < len(curve.rows):
        sentences.append(
            _(
                "{shown:,} of {count:,} points are drawn; the table and the file have all.",
                shown=shown,
                count=len(curve.rows),
            )
        )
    if not state.phone:
        sentences.append(_("A click opens a specification in Compare."))
    st.caption(" ".join(sentences))


def _pick_clicked(state: RobustnessState, selection: Any) -> None:
    points = ((selection or {}).get("selection") or {}).get("points") or []
    places = [point["customdata"][0] for point in points if point.get("customdata")]
    if places:
        _open_specification(state, int(places[0]))


def _draw_table(state: RobustnessState, rows: tuple[SpecificationRow, ...]) -> None:
    fold = st.expander(
        _(
            "The table behind the chart ({rows:,} rows): choose a row to open it in Compare",
            rows=len(rows),
        ),
        icon=":material/table:",
        key=TABLE_EXPANDER_KEY,
        on_change="rerun",
        expanded=state.phone,
    )
    if not fold.open:
        return
    key = f"robustness.rows:{hash(state.key)}"

    def picked() -> None:
        chosen = st.session_state[key]["selection"]["rows"]
        _pick_specification(state, chosen[0] if chosen else None)

    fold.dataframe(
        build_specification_frame(state, rows),
        key=key,
        hide_index=True,
        height=TABLE_HEIGHT,
        on_select=picked,
        selection_mode="single-row",
        alt=_("Every specification with its mean, interval, N, p-values and choices"),
    )


def _draw_files(state: RobustnessState, answer: RobustnessAnswer) -> None:
    with st.container(horizontal=True):
        draw_table_buttons(
            plural("specifications, {n:,} row", "specifications, {n:,} rows", len(answer.rows)),
            (state.series[0].card.id, "specifications"),
            lambda flavour: table_file("specifications", answer.rows, flavour),
            "robustness.csv",
        )


# ------------------------------------------------------------------ one specification


def _pick_specification(state: RobustnessState, place: int | None) -> None:
    """Choose a specification by its place; call it in a callback."""
    st.session_state[PICKED_KEY] = None if place is None else (state.key, place)


def _open_specification(state: RobustnessState, place: int) -> None:
    """Choose a specification and go to it at the next run; call it in a callback."""
    _pick_specification(state, place)
    st.session_state[FOLLOW_KEY] = (state.key, place)


def get_picked_place(state: RobustnessState, rows: tuple[SpecificationRow, ...]) -> int | None:
    """The place of the chosen specification."""
    key, place = st.session_state.get(PICKED_KEY) or (None, -1)
    return place if key == state.key and 0 <= place < len(rows) else None


def _follow_click(state: RobustnessState) -> None:
    """Open Compare for a clicked point that Compare can show unchanged."""
    key, place = st.session_state.pop(FOLLOW_KEY, None) or (None, -1)
    answer = get_cached_answers().get(state.key)
    if key != state.key or answer is None:
        return
    rows = sort_rows(answer, state.scale)
    target = st.session_state.get(TARGETS_KEY, {}).get(COMPARE_PAGE_ID)
    if target is None or not 0 <= place < len(rows):
        return
    chosen = rows[place].specification
    if chosen.event_filter == "all":
        st.switch_page(target, query_params=_build_compare_query(state, chosen))


def _draw_specification(
    state: RobustnessState, rows: tuple[SpecificationRow, ...], place: int
) -> None:
    """Draw the chosen specification with its link to Compare."""
    row = rows[place]
    chosen = row.specification
    with st.container(border=True):
        st.markdown(f"**{format_pick(row, place, len(rows))}**: {describe_choices(chosen)}")
        st.markdown(escape_markdown(describe_mean(row, state.scale), 300))
        target = st.session_state.get(TARGETS_KEY, {}).get(COMPARE_PAGE_ID)
        if target is None:
            st.caption(_("The page Compare is not part of this dashboard."))
            return
        whole = chosen.event_filter == "all"
        st.page_link(
            target,
            label=_(":primary[Open in Compare]")
            if whole
            else _(":primary[Compare, with all events]"),
            icon=":material/compare_arrows:",
            query_params=_build_compare_query(state, chosen),
        )
        for sentence in _list_compare_differences(chosen):
            st.caption(sentence)


def _list_compare_differences(chosen: Specification) -> tuple[str, ...]:
    """Where Compare counts other events than the specification."""
    differences = []
    if chosen.event_filter != "all":
        differences.append(
            _(
                "This specification takes {filter} only; Compare shows the same choices with"
                " every event of the group, so its numbers differ.",
                filter=describe_filter(chosen.event_filter),
            )
        )
    least = chosen.request(1).min_estimation
    if least != min(DEFAULT_MIN_ESTIMATION, chosen.estimation):
        differences.append(
            _(
                "Here an event needs {least} rows of history, in Compare"
                " {default_min_estimation}: events near the start of the series can make a"
                " difference.",
                least=least,
                default_min_estimation=min(DEFAULT_MIN_ESTIMATION, chosen.estimation),
            )
        )
    return tuple(differences)


def _build_compare_query(
    state: RobustnessState, chosen: Specification
) -> dict[str, str | list[str]]:
    wanted = needs_factor(chosen.model) and state.factors
    return build_compare_query(chosen, state.group, state.factors[0].card.id if wanted else "")


PAGE = Page("robustness", deferred("Robustness"), ":material/rule:", "robustness", draw, PARAMS)
