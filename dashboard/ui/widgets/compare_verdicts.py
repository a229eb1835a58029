"""The answer of Compare on top of the page: a line for each group, and for their difference."""

from __future__ import annotations

import math

import streamlit as st

from dashboard.domain.comparison import Comparison
from dashboard.services.compare_groups import headline_test
from dashboard.ui.compare_scene import FEWEST, CompareScene, ShownGroup
from dashboard.ui.compare_words import (
    difference_head,
    share_text,
    verdict_head,
    verdict_sentence,
    window_label_text,
)
from dashboard.ui.group_words import group_words, sentence
from dashboard.ui.text import escape_markdown
from dashboard.ui.widgets.reading_table import draw_reading_table
from dashboard.ui.wording import NOTHING

LIMIT = 500


def draw_verdicts(scene: CompareScene, answer: Comparison) -> None:
    """Draw what happened and whether it is unusual, in plain words, the p-value below it."""
    correction = answer.request.correction
    for group in scene.groups:
        mark = f"{group.look.glyph} " if len(scene.groups) > 1 else _arrow(scene, group)
        below = ""
        if group.found.n >= FEWEST:
            line = headline_test(answer, group.found)
            below = verdict_sentence(line, "move", correction, f"{group.found.n:,}")
        _draw_line(f"{mark}{verdict_head(group, scene, answer)}", below)
    if len(scene.groups) > 1:
        _draw_difference(scene, answer)


def _draw_line(head: str, below: str) -> None:
    """Draw a sentence to read and, small below it, what it rests on."""
    lines = [f"**{escape_markdown(head, LIMIT)}**"]
    if below:
        lines.append(f":small[:gray[{escape_markdown(below, LIMIT)}]]")
    st.markdown("  \n".join(lines))


def _draw_difference(scene: CompareScene, answer: Comparison) -> None:
    counts = [group.found.n for group in scene.groups]
    below = ""
    if min(counts) >= FEWEST:
        n = " and ".join(f"{each:,}" for each in counts)
        below = verdict_sentence(headline_test(answer), "difference", answer.request.correction, n)
    _draw_line(difference_head(scene, answer), below)
    if answer.in_both:
        many = len(answer.in_both)
        said = "1 event belongs" if many == 1 else f"{many} events belong"
        st.caption(f"{said} to both groups, and counts in both averages.")


def _arrow(scene: CompareScene, group: ShownGroup) -> str:
    mean = group.found.mean
    return "" if math.isnan(mean) else f"{scene.scale.move(mean)[:1]} "


def draw_summary(scene: CompareScene, answer: Comparison) -> None:
    """Draw the numbers of each group in the window: mean with interval, median, directions."""
    columns: dict[str, list[str]] = {
        name: [] for name in ("Events after", "N", "Mean", "95 % interval", "Median", "As expected")
    }
    for group in scene.groups:
        found = group.found
        row = (
            escape_markdown(sentence(group_words(group.asked.filter)), LIMIT),
            f"{found.n:,}",
            escape_markdown(scene.scale.move(found.mean)),
            _interval(scene, group),
            escape_markdown(scene.scale.move(found.middle)),
            _expected(group),
        )
        for name, cell in zip(columns, row, strict=True):
            columns[name].append(cell)
    draw_reading_table(columns, "The groups in the window that is compared")
    st.caption(
        f"Over {window_label_text(answer.window)}, {escape_markdown(scene.scale.axis)}. Interval"
        " of the mean: BCa, whole clusters of events resampled; shown from"
        f" {FEWEST} events on. As expected: of the events whose nature says a direction."
    )


def _interval(scene: CompareScene, group: ShownGroup) -> str:
    rows = [row for row in group.found.answer.intervals if row.method == "bca"]
    if not rows or group.found.n < FEWEST:
        return NOTHING
    return escape_markdown(scene.scale.span(rows[0].low, rows[0].high))


def _expected(group: ShownGroup) -> str:
    window = group.found.answer.request.cars[0]
    rows = [row for row in group.found.answer.directions if row.window == window]
    return share_text(rows[0].hits, rows[0].n) if rows else NOTHING
