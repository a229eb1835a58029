"""Compare: what happened after groups of events, whether it is unusual, which event carries it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

import streamlit as st

from dashboard.domain.comparison import Comparison
from dashboard.ui.address import View
from dashboard.ui.charts.compare_heat import build_heat_figure, heat_rows, heat_summary
from dashboard.ui.charts.compare_left_out import build_left_out_figure
from dashboard.ui.charts.compare_moves import build_moves_figure, picked_event
from dashboard.ui.charts.compare_paths import build_paths_figure, paths_cut, paths_summary
from dashboard.ui.charts.compare_placebo import build_placebo_figure, placebo_sentences
from dashboard.ui.charts.grammar import Figure
from dashboard.ui.compare_charts import (
    heat_chart,
    left_out_chart,
    moves_chart,
    paths_chart,
    placebo_chart,
    placebo_panes,
)
from dashboard.ui.compare_link import DEFAULTS, PARAMS, PARTS
from dashboard.ui.compare_scene import CompareScene, read_scene
from dashboard.ui.compare_words import SHIFTS_NOTE, carried_sentences, counted_words, question
from dashboard.ui.group_words import group_words, sentence
from dashboard.ui.pages.base import Page
from dashboard.ui.text import escape_markdown
from dashboard.ui.widgets.compare_attrition import draw_attrition
from dashboard.ui.widgets.compare_behind import (
    draw_averages_table,
    draw_events_of,
    draw_files,
    draw_heat_table,
    draw_left_out_table,
    draw_moves_table,
)
from dashboard.ui.widgets.compare_controls import (
    add_second,
    clear_second,
    draw_controls,
    swap_groups,
    usual_settings,
)
from dashboard.ui.widgets.compare_tests import draw_tests
from dashboard.ui.widgets.compare_verdicts import draw_summary, draw_verdicts
from dashboard.ui.widgets.compare_ways_out import draw_compare_report
from dashboard.ui.widgets.copy_link import draw_copy_link
from dashboard.ui.widgets.explore_controls import flip_quote
from dashboard.ui.widgets.figure import draw_figure, draw_selectable
from dashboard.ui.widgets.keys import Key, draw_keys, turn_fold
from dashboard.ui.widgets.links import open_page
from dashboard.ui.wording import count

OPEN: Final = "compare.open"
MOVES: Final = "compare.moves.chart"
LIMIT: Final = 700


def draw(link: View) -> None:
    """Draw the page, or go to the event whose dot was clicked."""
    chosen = st.session_state.pop(OPEN, "")
    if chosen:
        open_page("event", id=chosen, **_carried(link))
    scene = read_scene(link)
    st.header(escape_markdown(question(scene), LIMIT), anchor=False)
    answer = scene.answer
    if answer is not None:
        draw_verdicts(scene, answer)
    draw_controls(scene)
    for notice in scene.notices:
        st.markdown(f":material/info: {escape_markdown(notice, LIMIT)}")
    if answer is None:
        st.warning(escape_markdown(scene.refusal, LIMIT), icon=":material/tune:")
    elif any(group.found.n for group in scene.groups):
        _draw_answer(scene, answer)
        draw_compare_report(link, scene, answer)
    else:
        _draw_nothing(scene, answer)
    draw_copy_link("compare", link)
    _draw_keys(link)


def _draw_answer(scene: CompareScene, answer: Comparison) -> None:
    """Draw the paths and the numbers, then the part that was asked for."""
    _draw_few(scene, answer)
    chart = paths_chart(scene, answer)
    _draw(scene, build_paths_figure(chart), "paths", paths_summary(chart))
    cut = paths_cut(chart)
    if cut:
        many = count(cut, "path reaches", "paths reach")
        st.caption(f"{many} further than the figure; the CSV has all of each.")
    draw_averages_table(scene)
    draw_summary(scene, answer)
    st.segmented_control(
        "Look closer",
        list(PARTS),
        format_func=PARTS.__getitem__,
        required=True,
        label_visibility="collapsed",
        **scene.link.widget("part"),
    )
    DRAWN[scene.link["part"]](scene, answer)


def _draw_few(scene: CompareScene, answer: Comparison) -> None:
    """List the events of a group that is too small for a verdict."""
    for group in scene.groups:
        if group.found.n and not group.is_judged:
            draw_events_of(scene, group, answer)


def _draw_nothing(scene: CompareScene, answer: Comparison) -> None:
    """Say that no event is left, with the ways out, and where each was lost."""
    with st.container(border=True):
        if any(scene.listed):
            st.markdown(":material/event_busy: No event of the group can be measured here.")
        else:
            st.markdown(":material/filter_alt_off: No event fits the group that is asked for.")
        with st.container(horizontal=True):
            st.button("Clear the group", key="compare.clear", on_click=_clear, args=(scene.link,))
            st.button("Usual settings", key="compare.usual.again", on_click=usual_settings,
                      args=(scene.link,))  # fmt: skip
    if any(scene.listed):
        draw_attrition(scene, answer)


def _clear(link: View) -> None:
    link.set(**{key: DEFAULTS[key] for key in ("cat", "exp", "tag", "from", "to")})
    clear_second(link)


def _draw_moves(scene: CompareScene, answer: Comparison) -> None:
    st.subheader("Event by event", anchor=False)
    chart = moves_chart(scene, answer)
    figure, summary = build_moves_figure(chart), "Moves of the events, sorted, with intervals."
    if scene.phone:
        _draw(scene, figure, "moves", summary)
    else:
        st.caption("Click a dot to open the page of its event.")
        draw_selectable(figure, MOVES, summary, _file_name(scene, "moves"), _open)
    draw_moves_table(scene, answer)


def _open(selection: Any) -> None:
    st.session_state[OPEN] = picked_event(selection)


def _draw_left_out(scene: CompareScene, answer: Comparison) -> None:
    st.subheader("Which event carries the result", anchor=False)
    titles = {name: event.title for name, event in scene.events.items()}
    chart = left_out_chart(scene, answer)
    for shown, group in zip(scene.groups, chart.groups, strict=True):
        if len(scene.groups) > 1:
            name = escape_markdown(sentence(group_words(shown.asked.filter)))
            st.markdown(f"{shown.look.glyph} **{name}**")
        said = (*carried_sentences(shown, scene.scale, titles), counted_words(shown))
        for words in filter(None, said):
            st.markdown(escape_markdown(words, LIMIT))
        if shown.found.n > 1:
            alt = "The average of the others without each event; the table below has them."
            name = f"left_out.{shown.look.symbol}"
            _draw(scene, build_left_out_figure(chart, group), name, alt)
    draw_left_out_table(scene)


def _draw_placebo(scene: CompareScene, answer: Comparison) -> None:
    st.subheader("What other dates would have given", anchor=False)
    chart = placebo_chart(scene, answer)
    panes = placebo_panes(chart, answer)
    if not panes:
        st.markdown("There are no dates to compare with.")
        return
    told = placebo_sentences(chart, panes)
    _draw(scene, build_placebo_figure(chart, panes), "placebo", " ".join(told))
    notes = dict.fromkeys(filter(None, map(counted_words, scene.groups)))
    said = (*told, SHIFTS_NOTE, *notes)
    st.caption("  \n".join(escape_markdown(each, LIMIT) for each in said))


def _draw_heat(scene: CompareScene, answer: Comparison) -> None:
    st.subheader("When it moved", anchor=False)
    chart = heat_chart(scene, answer)
    _, left = heat_rows(chart)
    _draw(scene, build_heat_figure(chart), "heat", heat_summary(chart))
    if left:
        st.caption(f"{left:,} events with smaller moves are not drawn; the table has all of them.")
    draw_heat_table(scene)


def _draw(scene: CompareScene, figure: Figure, name: str, alt: str) -> None:
    draw_figure(figure, f"compare.{name}.chart", alt, _file_name(scene, name), phone=scene.phone)


def _draw_keys(link: View) -> None:
    draw_keys(
        [
            Key("B", "Add a second group", partial(add_second, link)),
            Key("X", "Exchange the two groups", partial(swap_groups, link)),
            Key("D", "Drop the second group", partial(clear_second, link)),
            Key("I", "Turn what up means", partial(flip_quote, link)),
            *(
                Key(str(at), words, partial(link.set, part=part))
                for at, (part, words) in enumerate(PARTS.items(), 1)
            ),
            Key("E", "The table behind the paths", partial(turn_fold, "compare.averages")),
        ]
    )


def _carried(link: View) -> dict[str, str]:
    return {key: link[key] for key in ("series", "up") if link[key] != DEFAULTS[key]}


def _file_name(scene: CompareScene, what: str) -> str:
    kinds = "_".join(scene.asked[0].filter.categories) or "all"
    return f"{scene.card.id}_{kinds}_{what}"


DRAWN: Final[dict[str, Callable[[CompareScene, Comparison], None]]] = {
    "moves": _draw_moves,
    "tests": draw_tests,
    "placebo": _draw_placebo,
    "carries": _draw_left_out,
    "when": _draw_heat,
    "lost": draw_attrition,
    "files": draw_files,
}

PAGE = Page("compare", "Compare", ":material/compare_arrows:", "compare", draw, PARAMS)
