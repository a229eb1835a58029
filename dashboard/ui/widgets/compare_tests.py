"""The tests of Compare: the declared one, the others behind it in a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from dashboard.domain.comparison import Comparison
from dashboard.services.compare_groups import (
    TestLine,
    lines_of_tests,
    questions_asked,
    title_of_declared,
)
from dashboard.ui.compare_scene import CompareScene
from dashboard.ui.compare_tables import others_columns, tests_columns
from dashboard.ui.compare_words import CORRECTION_NAMES, OTHER_TESTS, window_label_text
from dashboard.ui.text import escape_markdown
from dashboard.ui.widgets.reading_table import draw_reading_table
from dashboard.ui.wording import number

CELL: Final = 400


def draw_tests(scene: CompareScene, answer: Comparison) -> None:
    """Draw the test that answers, the others when asked for."""
    lines = lines_of_tests(answer)
    st.subheader("Is it unusual? The tests", anchor=False)
    if not lines:
        st.markdown("No event in the study, so there is nothing to test.")
        return
    st.markdown(_intro(scene, answer))
    declared = [line for line in lines if line.declared]
    draw_reading_table(_columns(tests_columns(scene, declared), declared), "The declared test")
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
            columns = _columns(others_columns(scene, others), others)
            draw_reading_table(columns | _more(others), "The other tests")


def _intro(scene: CompareScene, answer: Comparison) -> str:
    """Which test answers, and over what its p is corrected."""
    family = questions_asked(answer)
    over = (
        f"{CORRECTION_NAMES[answer.request.correction]}'s over {family} questions, the groups and"
        " their difference"
        if family > 1
        else "the uncorrected one, for one question is asked"
    )
    leads = f"**{escape_markdown(title_of_declared())}** answers for a group"
    if len(scene.groups) > 1:
        title = escape_markdown(title_of_declared(difference=True))
        leads += f", **{title}** for the difference"
    return (
        f"Over {window_label_text(answer.window)}. {leads}: declared before any data were looked"
        f" at. The corrected p is {over}."
    )


def _columns(columns: dict[str, list[str]], lines: Sequence[TestLine]) -> dict[str, list[str]]:
    escaped = {
        escape_markdown(name): [escape_markdown(cell, CELL) for cell in cells]
        for name, cells in columns.items()
    }
    tests = [f"**{escape_markdown(line.title)}** ({line.row.test})" for line in lines]
    return escaped | {"Test": tests}


def _more(lines: Sequence[TestLine]) -> dict[str, list[str]]:
    return {
        "Statistic": [number(line.row.statistic, 3) for line in lines],
        "df": [number(line.row.df, 1) for line in lines],
        "Assumes": [escape_markdown(line.assumptions, CELL) for line in lines],
        "Reference": [escape_markdown(line.row.reference, CELL) for line in lines],
    }
