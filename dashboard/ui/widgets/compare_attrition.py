"""The attrition of Compare: how many events are left after each step, and who was lost, and why."""

from __future__ import annotations

from typing import Final

import streamlit as st

from dashboard.domain.comparison import Comparison, Step
from dashboard.domain.event import Event
from dashboard.ui.charts.funnel import build_funnel_figure
from dashboard.ui.compare_scene import CompareScene, ShownGroup
from dashboard.ui.compare_tables import STEPS
from dashboard.ui.compare_words import window_label_text
from dashboard.ui.event_words import sentence_case
from dashboard.ui.group_words import group_words, sentence
from dashboard.ui.palette import ink
from dashboard.ui.text import escape_markdown, markdown_link
from dashboard.ui.widgets.figure import draw_figure
from dashboard.ui.widgets.links import event_address
from dashboard.ui.wording import count, day

MOST: Final = 60


def draw_attrition(scene: CompareScene, answer: Comparison) -> None:
    """Draw the funnel of each group with the names behind every number."""
    st.subheader("From events listed to events used", anchor=False)
    for group, column in zip(scene.groups, _columns(scene), strict=True):
        with column:
            _draw_group(scene, group, answer)


def _columns(scene: CompareScene) -> list[st.delta_generator.DeltaGenerator]:
    if scene.phone or len(scene.groups) < 2:
        return [st.container() for _ in scene.groups]
    return list(st.columns(len(scene.groups), gap="medium"))


def _draw_group(scene: CompareScene, group: ShownGroup, answer: Comparison) -> None:
    steps = group.found.steps
    if len(scene.groups) > 1:
        name = escape_markdown(sentence(group_words(group.asked.filter)))
        st.markdown(f"{group.look.glyph} **{name}**")
    draw_figure(
        build_funnel_figure(
            [(STEPS[step.name], step.left) for step in steps],
            ink(dark=scene.dark),
            phone=scene.phone,
        ),
        f"compare.funnel.{group.look.symbol}",
        "Bars: " + ", ".join(f"{STEPS[step.name].lower()} {step.left}" for step in steps),
        f"{scene.card.id}_attrition",
    )
    lost = [step for step in steps if step.lost]
    if not lost:
        st.caption(f"None was lost: all {steps[0].left:,} are used.")
    for step in lost:
        _draw_lost(scene, group, step)
    _draw_used(scene, group, answer)


def _draw_lost(scene: CompareScene, group: ShownGroup, step: Step) -> None:
    """Draw the events lost at one step, each with its reason, when asked for."""
    fold = st.expander(
        f"{count(len(step.lost), 'event')} lost at “{STEPS[step.name]}”",
        key=f"compare.lost.{group.look.symbol}.{step.name}",
        on_change="rerun",
    )
    if fold.open:
        lines = [
            f"- {_link(scene, scene.events[row.event_id])}:"
            f" {escape_markdown(sentence_case(row.reason))}"
            for row in step.lost[:MOST]
        ]
        left = len(step.lost) - MOST
        fold.markdown("\n".join([*lines, *([f"- and {left} more"] if left > 0 else [])]))


def _draw_used(scene: CompareScene, group: ShownGroup, answer: Comparison) -> None:
    """Draw the events that are used, when asked for."""
    rows = group.found.left_out
    fold = st.expander(
        f"{count(len(rows), 'event')} used, with a move over {window_label_text(answer.window)}",
        key=f"compare.used.{group.look.symbol}",
        on_change="rerun",
    )
    if fold.open:
        by_day = sorted((scene.events[row.event_id] for row in rows), key=lambda e: (e.day, e.id))
        fold.markdown("\n".join(f"- {day(event.day)} {_link(scene, event)}" for event in by_day))


def _link(scene: CompareScene, event: Event) -> str:
    return markdown_link(event.title, event_address(event.id, scene.card.id))
