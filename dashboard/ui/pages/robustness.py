"""Robustness: one question under every combination of choices, and what they say together."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

import streamlit as st

from dashboard.domain.robustness import RobustnessAnswer, SpecificationRow
from dashboard.services.export_relations import specifications_csv
from dashboard.services.run_robustness_behind import Progress, RobustnessRun
from dashboard.ui.address import View
from dashboard.ui.charts.spec_curve import (
    SpecCurve,
    build_curve_figure,
    curve_summary,
    drawn_places,
)
from dashboard.ui.event_words import sentence_case
from dashboard.ui.pages.base import Page
from dashboard.ui.palette import ink
from dashboard.ui.robustness_curve import curve_of, table_of
from dashboard.ui.robustness_runs import end_run, progress_of, want, watched
from dashboard.ui.robustness_scene import PARAMS, RobustnessScene, read_robustness_scene
from dashboard.ui.robustness_words import (
    COMPARE_ASKS,
    group_words,
    headline,
    joint_sentence,
    missing_sentence,
    same_sentence,
    single_sentence,
)
from dashboard.ui.text import escape_markdown
from dashboard.ui.widgets.copy_link import draw_copy_link
from dashboard.ui.widgets.downloads import draw_csv_buttons
from dashboard.ui.widgets.emphasis import emphasis
from dashboard.ui.widgets.figure import draw_figure, draw_selectable
from dashboard.ui.widgets.keys import Key, draw_keys, turn_fold
from dashboard.ui.widgets.robustness_controls import draw_choices, draw_group
from dashboard.ui.widgets.specification_card import (
    draw_specification,
    follow_click,
    open_specification,
    pick,
    picked_place,
)
from dashboard.ui.wording import count

LOOK_EVERY: Final = 0.7
CHART: Final = "robustness.curve"
TABLE_HEIGHT: Final = 320
TABLE_FOLD: Final = "robustness.table"


def draw(view: View) -> None:
    """Draw the question, the choices, and the curve or how far its run is."""
    scene = read_robustness_scene(view)
    follow_click(scene)
    st.header("Does the answer depend on the choices?", anchor=False)
    st.markdown(
        f"**{escape_markdown(sentence_case(group_words(scene.group)), 300)}** on"
        f" {escape_markdown(' and '.join(each.card.title for each in scene.series), 300)},"
        f" {count(len(scene.events), 'event')}: the mean move under every combination of choices"
        " that could be defended."
    )
    draw_group(view)
    draw_choices(view, scene)
    if scene.notice:
        st.markdown(f":material/info: {escape_markdown(scene.notice, 300)}")
    if scene.refused:
        end_run()
        st.warning(escape_markdown(scene.refused, 300), icon=":material/block:")
    else:
        _draw_run(scene)
    draw_keys((Key("T", "Table", partial(turn_fold, TABLE_FOLD)),
               Key("U", "The usual choices", partial(_usual, view))))  # fmt: skip
    draw_copy_link("robustness", view)


def _usual(view: View) -> None:
    view.set(**{param.key: param.default for param in view.params if param.key != "series"})


def _draw_run(scene: RobustnessScene) -> None:
    progress = progress_of(scene)
    if progress is None:
        st.markdown(f"{count(scene.total, 'specification')} take a while; you can go on reading.")
        _draw_start(scene, f"Run {count(scene.total, 'specification')}")
    elif progress.answer is not None:
        _draw_answer(scene, progress.answer)
    elif progress.is_cancelled:
        st.markdown(
            f"Cancelled after {progress.done:,} of {progress.total:,} specifications; nothing is"
            " shown of a part, for it would depend on where it stopped."
        )
        _draw_start(scene, "Run again")
    elif progress.error:
        st.warning(escape_markdown(f"Not run: {progress.error}", 400), icon=":material/error:")
    else:
        run = watched()
        if run is not None:
            _watch(run)


def _draw_start(scene: RobustnessScene, label: str) -> None:
    st.button(
        label,
        key="robustness.start",
        icon=":material/play_arrow:",
        type=emphasis(),
        on_click=want,
        args=(scene,),
    )


@st.fragment(run_every=LOOK_EVERY)
def _watch(run: RobustnessRun) -> None:
    """Draw how far the run is; the rest of the page stays as it is until it has ended."""
    progress = run.look()
    if not progress.is_running:
        st.rerun()
    st.progress(progress.done / max(progress.total, 1), text=_progress_words(progress))
    st.button("Cancel", key="robustness.cancel", icon=":material/close:", on_click=run.cancel)


def _progress_words(progress: Progress) -> str:
    if progress.is_waiting:
        return "Waiting for another reader's run to end"
    return f"{progress.done:,} of {progress.total:,} specifications"


def _draw_answer(scene: RobustnessScene, answer: RobustnessAnswer) -> None:
    card, curve = scene.series[0].card, curve_of(scene, answer)
    st.subheader(escape_markdown(headline(answer, card), 300), anchor=False)
    if not curve.rows:
        st.markdown("Take another group of events, or a series that reaches them.")
        return
    of_rows = (same_sentence(answer), missing_sentence(answer))
    for sentence in (joint_sentence(answer), COMPARE_ASKS, single_sentence(answer),
                     " ".join(filter(None, of_rows))):  # fmt: skip
        if sentence:
            st.markdown(sentence)
    _draw_curve(scene, curve)
    place = picked_place(scene, curve.rows)
    if place is not None:
        draw_specification(scene, curve.rows, place)
    _draw_table(scene, curve.rows)
    _draw_files(scene, answer)


def _draw_curve(scene: RobustnessScene, curve: SpecCurve) -> None:
    figure = build_curve_figure(curve, ink(dark=scene.dark))
    alt, name = curve_summary(curve), f"{scene.series[0].card.id}_specification-curve"
    if scene.phone:
        draw_figure(figure, CHART, alt, name, phone=True)
    else:
        draw_selectable(figure, CHART, alt, name, partial(_clicked, scene))
    shown = len(drawn_places(len(curve.rows), curve.plain))
    thinned = (
        f" {shown:,} of {len(curve.rows):,} points are drawn; the table and the file have all."
        if shown < len(curve.rows)
        else ""
    )
    plain = "" if curve.plain is not None else " The plain study is not among these choices."
    st.caption(
        "Each point is the mean move under one set of choices, the smallest first; the line"
        " through it is its 95 % interval across events. Filled: its own p is below 0.05."
        f" The diamond is the plain study: [0,1], constant mean, 120 rows, gap 10.{plain}{thinned}"
        + ("" if scene.phone else " A click opens a specification in Compare.")
    )


def _clicked(scene: RobustnessScene, selection: Any) -> None:
    points = ((selection or {}).get("selection") or {}).get("points") or []
    places = [point["customdata"][0] for point in points if point.get("customdata")]
    if places:
        open_specification(scene, int(places[0]))


def _draw_table(scene: RobustnessScene, rows: tuple[SpecificationRow, ...]) -> None:
    fold = st.expander(
        f"The table behind the chart ({len(rows):,} rows): choose a row to open it in Compare",
        icon=":material/table:",
        key=TABLE_FOLD,
        on_change="rerun",
        expanded=scene.phone,
    )
    if not fold.open:
        return
    key = f"robustness.rows:{hash(scene.key)}"

    def picked() -> None:
        chosen = st.session_state[key]["selection"]["rows"]
        pick(scene, chosen[0] if chosen else None)

    fold.dataframe(
        table_of(scene, rows),
        key=key,
        hide_index=True,
        height=TABLE_HEIGHT,
        on_select=picked,
        selection_mode="single-row",
        alt="Every specification with its mean, interval, N, p-values and choices",
    )


def _draw_files(scene: RobustnessScene, answer: RobustnessAnswer) -> None:
    with st.container(horizontal=True):
        draw_csv_buttons(
            f"specifications, {count(len(answer.rows), 'row')}",
            (scene.series[0].card.id, "specifications"),
            lambda flavour: specifications_csv(answer, flavour),
            "robustness.csv",
        )


PAGE = Page("robustness", "Robustness", ":material/rule:", "robustness", draw, PARAMS)
