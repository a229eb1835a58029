"""The tests of Compare: the one to read first in words, the others behind it in a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from dashboard.domain.comparison import Comparison
from dashboard.services.compare_groups import TestLine, lines_of_tests
from dashboard.ui.compare_scene import CompareScene
from dashboard.ui.compare_tables import tests_columns
from dashboard.ui.compare_words import CORRECTION_NAMES, window_label_text
from dashboard.ui.text import escape_markdown
from dashboard.ui.widgets.reading_table import draw_reading_table
from dashboard.ui.wording import number

CELL: Final = 400


def draw_tests(scene: CompareScene, answer: Comparison) -> None:
    """Draw the tests that may be read whatever the dates are like, the others when asked for."""
    lines = lines_of_tests(answer)
    st.subheader("Is it unusual? The tests", anchor=False)
    if not lines:
        st.markdown("No event in the study, so there is nothing to test.")
        return
    name = CORRECTION_NAMES[answer.request.correction]
    st.markdown(
        f"Over {window_label_text(answer.window)}. Each p stands with its N; the corrected one is"
        f" {name}'s over the groups and the difference. Read these first: in simulations without"
        " any effect they are right whatever the dates are like."
    )
    first = [line for line in lines if line.first]
    draw_reading_table(_columns(scene, first), "The tests to read first")
    fold = st.expander(
        f"All {len(lines)} tests with what each assumes, and where it misleads",
        icon=":material/science:",
        key="compare.tests",
        on_change="rerun",
    )
    if fold.open:
        with fold:
            draw_reading_table(_columns(scene, lines) | _more(lines), "Every test")


def _columns(scene: CompareScene, lines: Sequence[TestLine]) -> dict[str, list[str]]:
    columns = {
        escape_markdown(name): [escape_markdown(cell, CELL) for cell in cells]
        for name, cells in tests_columns(scene, lines).items()
    }
    tests = [f"**{escape_markdown(line.title)}** ({line.row.test})" for line in lines]
    return columns | {"Test": tests}


def _more(lines: Sequence[TestLine]) -> dict[str, list[str]]:
    return {
        "Statistic": [number(line.row.statistic, 3) for line in lines],
        "df": [number(line.row.df, 1) for line in lines],
        "Assumes": [escape_markdown(line.assumptions, CELL) for line in lines],
        "Reference": [escape_markdown(line.row.reference, CELL) for line in lines],
    }
