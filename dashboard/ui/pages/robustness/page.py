"""The Robustness page: the specification curve, its table, and one chosen specification."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, Final

import streamlit as st

from dashboard.models.analyses import (
    EVENT_FILTERS,
    OVERLAPS,
    RobustnessAnswer,
    Specification,
    SpecificationRow,
)
from dashboard.models.event import EXPECTED_TITLES
from dashboard.models.messages import deferred, join_and, plural, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.models.study import StudyRequest, read_window
from dashboard.presentation.charts.robustness import (
    SpecificationCurve,
    build_curve_figure,
    summarize_curve,
)
from dashboard.presentation.escaping import escape_label, escape_markdown, plain_text
from dashboard.presentation.formatting import capitalize_first
from dashboard.presentation.moves import name_window
from dashboard.presentation.palette import CATEGORY_STYLES, STYLE_BY_ID, get_palette
from dashboard.presentation.studies import describe_joint_test, format_curve_headline
from dashboard.services.exports import table_file
from dashboard.services.robustness import RunProgress
from dashboard.services.study import needs_factor
from dashboard.services.study_inputs import available_factors, is_comparable
from dashboard.ui import session
from dashboard.ui.components.elements import (
    TARGETS_KEY,
    Shortcut,
    button_type,
    draw_copy_link,
    draw_figure,
    draw_heading,
    draw_selectable_figure,
    draw_shortcuts,
    toggle_expander,
)
from dashboard.ui.components.event_filters import ANY_OPTION
from dashboard.ui.components.exports import ChartPicture, Downloads, draw_download_menu
from dashboard.ui.components.robustness_run import (
    draw_progress,
    end_run,
    get_cached_answers,
    get_declared_test,
    get_run,
)
from dashboard.ui.components.view_controls import (
    draw_period_fields,
    draw_quote_switch,
    draw_series_choice,
)
from dashboard.ui.pages.base import Page
from dashboard.ui.pages.robustness.messages import (
    FILTER_LABELS,
    MODEL_LABELS,
    OVERLAP_LABELS,
    build_curve,
    build_specification_frame,
    describe_choices,
    describe_duplicates,
    describe_filter,
    describe_first_answer,
    describe_grid,
    describe_group,
    describe_mean,
    describe_missing,
    describe_reading,
    describe_relation,
    describe_single_tests,
    format_pick,
    sort_rows,
)
from dashboard.ui.pages.robustness.state import (
    COMPARE_PAGE_ID,
    ESTIMATION_OPTIONS,
    GAP_OPTIONS,
    GRID_KEYS,
    MODEL_OPTIONS,
    PARAMS,
    WINDOW_OPTIONS,
    RobustnessState,
    build_compare_query,
    get_progress,
    read_robustness_state,
    request_run,
)
from dashboard.ui.url_state import UrlState, postpone_fragment_echo

EXPECTED_LABELS: Final = {ANY_OPTION: deferred("All")} | EXPECTED_TITLES
CHIP_LIMIT: Final = 60
PICKED_KEY: Final = "robustness.picked"
FOLLOW_KEY: Final = "robustness.go"
DEFAULT_MIN_ESTIMATION: Final = StudyRequest().min_estimation
CHART_KEY: Final = "robustness.curve"
TABLE_HEIGHT: Final = 320
CURVE_PIXELS: Final = 460
"""The height of the place of the curve while it is computed."""
TABLE_EXPANDER_KEY: Final = "robustness.table"


def draw(view: UrlState) -> None:
    """Draw the choices in one row, the answer, and the curve or the progress of its run."""
    state = read_robustness_state(view)
    _follow_click(state)
    _draw_chips(view, state)
    progress = None if state.refused else get_progress(state)
    answer = progress.answer if progress else None
    question = _("Does the answer depend on the choices?")
    heading = (
        format_curve_headline(answer, state.scale, state.group.categories) if answer else question
    )
    draw_heading(escape_markdown(heading, 300), f":small[{_describe_question(state)}]")
    if state.notice:
        st.markdown(f":material/info: {escape_markdown(state.notice, 300)}")
    if state.refused:
        end_run()
        st.warning(escape_markdown(state.refused, 300), icon=":material/block:")
    else:
        _draw_run(view, state, progress)
    draw_shortcuts(
        (
            Shortcut("T", _("Table"), partial(toggle_expander, TABLE_EXPANDER_KEY)),
            Shortcut("U", _("Reset"), partial(_reset_choices, view)),
        )
    )
    draw_copy_link("robustness", view)


def _describe_question(state: RobustnessState) -> str:
    return plural(
        "{group} on {series}, {n:,} event: the mean move under every defensible combination of"
        " choices",
        "{group} on {series}, {n:,} events: the mean move under every defensible combination of"
        " choices",
        len(state.events),
        group=escape_markdown(capitalize_first(describe_group(state.group)), 300),
        series=escape_markdown(join_and([series.card.label for series in state.series]), 300),
    )


# ------------------------------------------------------------------ the choices


def _draw_chips(view: UrlState, state: RobustnessState) -> None:
    """Draw the group of events, the series and the grid of choices, a button for each."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        group = capitalize_first(describe_group(state.group))
        with st.popover(escape_label(group, CHIP_LIMIT), key="robustness.group"):
            _draw_group_controls(view)
        with st.popover(escape_label(state.series[0].card.label), key="robustness.series"):
            draw_series_choice(view, session.get_price_cards())
            draw_quote_switch(view, state.series[0].card)
            _draw_series_choices(view, state)
        choices = plural("{n:,} choice", "{n:,} choices", state.total)
        with st.popover(choices, icon=":material/tune:", key="robustness.grid"):
            _draw_grid_choices(view, state)


def _draw_group_controls(view: UrlState) -> None:
    """Draw the choice of events."""
    st.multiselect(
        _("Categories"),
        [style.id for style in CATEGORY_STYLES],
        format_func=lambda name: STYLE_BY_ID[name].title,
        placeholder=_("all"),
        **view.widget("cat"),
    )
    st.selectbox(
        _("Expected rouble"),
        list(EXPECTED_LABELS),
        format_func=lambda value: translate_deferred(EXPECTED_LABELS[value]),
        **view.widget("exp"),
    )
    with st.container(horizontal=True):
        draw_period_fields(view)
    st.text_input(_("Tag"), placeholder=_("of your notes"), **view.typed("tag"))


def _draw_grid_choices(view: UrlState, state: RobustnessState) -> None:
    """Draw the choices of the grid, their product above them."""
    st.caption(describe_grid(state))
    card = state.series[0].card
    labels: tuple[tuple[str, str, tuple[str, ...], Callable[[str], str]], ...] = (
        ("car", _("Windows"), WINDOW_OPTIONS,
         lambda text: name_window(read_window("car", text), card)),
        ("estimation", _("Rows of the estimation window"), ESTIMATION_OPTIONS, str),
        ("gap", _("Rows between estimation and event"), GAP_OPTIONS, str),
        ("model", _("Models of an ordinary move"), MODEL_OPTIONS,
         lambda value: translate_deferred(MODEL_LABELS[value])),
        ("overlap", _("Overlapping windows"), OVERLAPS,
         lambda value: translate_deferred(OVERLAP_LABELS[value])),
        ("events", _("Events"), tuple(EVENT_FILTERS),
         lambda value: translate_deferred(FILTER_LABELS[value])),
    )  # fmt: skip
    for key, label, options, format_option in labels:
        _draw_option_pills(view, (key, label), options, format_option)
    _draw_factor_choice(view, state)
    st.segmented_control(_("Returns"), ["log", "simple"], required=True, **view.widget("returns"))
    st.button(_("Reset"), key="robustness.usual", on_click=_reset_grid, args=(view,))


def _draw_option_pills(
    view: UrlState,
    name: tuple[str, str],
    options: tuple[str, ...],
    format_option: Callable[[str], str],
) -> None:
    """Draw the options of a parameter, given its key and its label."""
    key, label = name
    widget = view.widget(key)

    def changed() -> None:
        chosen = st.session_state[widget["key"]]
        usual = next(param.default for param in view.params if param.key == key)
        view.set(**{key: tuple(option for option in options if option in chosen) or usual})

    st.pills(
        label,
        list(options),
        selection_mode="multi",
        format_func=format_option,
        help=_("Several; none chosen brings the usual ones back."),
        key=widget["key"],
        on_change=postpone_fragment_echo(widget["key"], changed),
    )


def _draw_factor_choice(view: UrlState, state: RobustnessState) -> None:
    """Draw the choice of the factor, where a model has one."""
    if not any(needs_factor(model) for model in state.grid.models) or not state.factors:
        return
    titles = {
        card.id: card.label for card in available_factors(state.series[0].card, session.get_cards())
    }
    st.selectbox(
        _("Factor"),
        list(titles),
        format_func=lambda name: escape_label(titles[name]),
        width=200,
        **view.widget("factor", state.factors[0].card.id),
    )


def _draw_series_choices(view: UrlState, state: RobustnessState) -> None:
    """Draw the choice of further series with the subject of the first."""
    first = state.series[0].card
    titles = {
        card.id: card.label
        for card in session.get_price_cards()
        if card.id != first.id and is_comparable(card, first)
    }
    if titles:
        st.multiselect(
            _("Also on"),
            list(titles),
            format_func=lambda name: escape_label(titles[name]),
            placeholder=_("no other series"),
            width=320,
            **view.widget("also"),
        )


def _reset_grid(view: UrlState) -> None:
    defaults = {param.key: param.default for param in view.params}
    keys = (*GRID_KEYS, "factor", "returns", "also")
    view.set(**{key: defaults[key] for key in keys})


# ------------------------------------------------------------------ the run and its answer


def _reset_choices(view: UrlState) -> None:
    view.set(**{param.key: param.default for param in view.params if param.key != "series"})


def _draw_run(view: UrlState, state: RobustnessState, progress: RunProgress | None) -> None:
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
        _draw_answer(view, state, progress.answer)
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
            _draw_first_answer(state)
            draw_progress(run)
            st.skeleton(CURVE_PIXELS)


def _draw_first_answer(state: RobustnessState) -> None:
    """Draw what one study says while the others are computed."""
    declared = get_declared_test(state.request, session.get_known_events())
    sentence = describe_first_answer(state, declared)
    if sentence:
        st.markdown(sentence)


def _draw_start(state: RobustnessState, label: str) -> None:
    st.button(
        label,
        key="robustness.start",
        icon=":material/play_arrow:",
        type=button_type(),
        on_click=request_run,
        args=(state,),
    )


def _draw_answer(view: UrlState, state: RobustnessState, answer: RobustnessAnswer) -> None:
    curve = build_curve(state, answer)
    if not curve.rows:
        st.markdown(_("Take another group of events, or a series that reaches them."))
        return
    declared = get_declared_test(state.request, session.get_known_events())
    st.markdown(describe_relation(answer, declared))
    _draw_curve(state, curve)
    place = get_picked_place(state, curve.rows)
    if place is not None:
        _draw_specification(state, curve.rows, place)
    _draw_downloads(view, state, answer)
    with st.expander(_("How to read it, and the joint test"), icon=":material/science:"):
        of_rows = (describe_duplicates(answer), describe_missing(answer))
        reading = describe_reading(state, curve)
        for sentence in (
            reading,
            describe_joint_test(answer),
            describe_single_tests(answer),
            " ".join(filter(None, of_rows)),
        ):
            if sentence:
                st.markdown(sentence)
    _draw_table(state, curve.rows)


def _draw_curve(state: RobustnessState, curve: SpecificationCurve) -> None:
    figure = build_curve_figure(curve, get_palette(dark=state.dark))
    alt = summarize_curve(curve)
    if state.phone:
        draw_figure(figure, CHART_KEY, alt, phone=True)
    else:
        draw_selectable_figure(figure, CHART_KEY, alt, partial(_pick_clicked, state))
    if not state.phone:
        st.caption(_("A click on a point opens its study in Compare."))


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


def _draw_downloads(view: UrlState, state: RobustnessState, answer: RobustnessAnswer) -> None:
    """Draw the menu of the curve: picture, table and links."""
    printed = build_curve(replace(state, dark=False, phone=False), answer)
    label = plural("specifications, {n:,} row", "specifications, {n:,} rows", len(answer.rows))
    picture = ChartPicture(
        lambda: build_curve_figure(printed, get_palette(dark=False)),
        title=format_curve_headline(answer, state.scale, state.group.categories),
        subtitle=plain_text(printed.definition, 200),
        alt=summarize_curve(printed),
        series=state.series,
    )
    downloads = Downloads(
        name=(state.series[0].card.id, "specifications"),
        page_id="robustness",
        link=view,
        picture=picture,
        tables={"rows": (label, partial(table_file, "specifications", answer.rows))},
    )
    draw_download_menu(downloads, "robustness.download")


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
        choices = describe_choices(chosen, state.series[0].card)
        st.markdown(f"**{format_pick(row, place, len(rows))}**: {choices}")
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
