"""The answer of Compare on top of the page: a line for each group, and for their difference."""

from __future__ import annotations

import streamlit as st

from dashboard.domain.comparison import Comparison
from dashboard.ui.compare_scene import CompareScene
from dashboard.ui.compare_tables import summary_columns, summary_words
from dashboard.ui.compare_words import in_both_words, verdict_lines
from dashboard.ui.text import escape_markdown
from dashboard.ui.widgets.reading_table import draw_reading_table

LIMIT = 1_200


def draw_verdicts(scene: CompareScene, answer: Comparison) -> None:
    """Draw what happened and whether it is unusual, in plain words, the p-value below it."""
    pair = len(scene.groups) > 1
    marks = [f"{group.look.glyph} " if pair else "" for group in scene.groups]
    for (head, below), mark in zip(verdict_lines(scene, answer), [*marks, ""], strict=False):
        _draw_line(f"{mark}{head}", below)
    if answer.in_both:
        st.caption(in_both_words(answer))


def _draw_line(head: str, below: str) -> None:
    """Draw a sentence to read and, small below it, what it rests on."""
    lines = [f"**{escape_markdown(head, LIMIT)}**"]
    if below:
        lines.append(f":small[:gray[{escape_markdown(below, LIMIT)}]]")
    st.markdown("  \n".join(lines))


def draw_summary(scene: CompareScene, answer: Comparison) -> None:
    """Draw the numbers of each group in the window: mean with interval, median, directions."""
    columns = {
        escape_markdown(name): [escape_markdown(cell, LIMIT) for cell in cells]
        for name, cells in summary_columns(scene).items()
    }
    draw_reading_table(columns, "The groups in the window that is compared")
    st.caption(escape_markdown(summary_words(scene, answer), LIMIT))
