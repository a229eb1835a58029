"""The tests of a study on a page: each with its p-value and, beside it, how to read it."""

from __future__ import annotations

from typing import Final

import pandas as pd
import streamlit as st

from dashboard.domain.study import StudyAnswer, window_text
from dashboard.services.read_tests import read_tests, reading_sentences
from dashboard.ui.text import escape_markdown, plain
from dashboard.ui.wording import MINUS, number

HEIGHT: Final = 320
SENTENCE: Final = 600


def draw_verdicts(answer: StudyAnswer) -> None:
    """Draw the tests of the CAR windows, the declared one first, and how to read them."""
    lines = read_tests(answer)
    if not lines:
        st.markdown("No event in the study, so there is nothing to test.")
        return
    st.dataframe(
        verdict_frame(answer), hide_index=True, height=HEIGHT, alt="Tests and how to read them"
    )
    for sentence in reading_sentences(answer):
        st.caption(escape_markdown(sentence, SENTENCE))


def verdict_frame(answer: StudyAnswer) -> pd.DataFrame:
    """One row a group, window and test of the CAR windows, in words; categories as plain text."""
    return pd.DataFrame(
        [
            {
                "Test": line.result.test,
                "p": number(line.result.p_value, 4),
                "How to read it": line.words,
                "Group": plain(line.result.group),
                f"p ({answer.request.correction})": number(line.result.p_adjusted, 4),
                "n": line.result.n,
                "Window": window_text(line.result.window).replace("-", MINUS),
            }
            for line in read_tests(answer)
        ]
    )
