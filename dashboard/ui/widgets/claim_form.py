"""The controls of "Check a claim": a sentence, or a day with a kind of claim."""

from __future__ import annotations

from typing import Final

import streamlit as st

from dashboard.domain.article import ClaimKind
from dashboard.domain.errors import InputError
from dashboard.services.answer_claim import CHANGES, period_of
from dashboard.ui import facts_scene as scene
from dashboard.ui.address import View
from dashboard.ui.echoes import heard
from dashboard.ui.text import escape_markdown
from dashboard.ui.widgets.emphasis import emphasis

TEXT: Final = "facts.sentence"
FIELD: Final = "facts.sentence.field"
SINCE: Final = "facts.since.field"
PROBLEM: Final = "facts.since.problem"
LONGEST: Final = 4_000


def sentence_now() -> str:
    """The sentence of this reader, the example before anything was pasted."""
    return str(st.session_state.get(TEXT, scene.EXAMPLE))


def draw_claim_form(view: View) -> None:
    """Draw the two ways to ask."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            "What to check",
            [str(kind) for kind in scene.KINDS],
            format_func=lambda kind: scene.KINDS[kind],
            width=230,
            **view.widget("kind"),
        )
        st.date_input(
            "Printed on" if view["kind"] == scene.SENTENCE else "Day",
            format="YYYY-MM-DD",
            min_value=scene.EARLIEST,
            max_value=scene.LATEST,
            width=140,
            **view.widget("day", scene.day_asked(view)),
        )
        if view["kind"] != scene.SENTENCE:
            _draw_claim(view)
        st.button(
            "The example", key="facts.example", icon=":material/lightbulb:", on_click=_example,
            args=(view,),
        )  # fmt: skip
    if view["kind"] == scene.SENTENCE:
        _draw_sentence()


def _draw_sentence() -> None:
    st.session_state.setdefault(TEXT, scene.EXAMPLE)
    st.session_state[FIELD] = st.session_state[TEXT]
    st.text_area(
        "Sentence to check, English or Russian",
        key=FIELD,
        on_change=heard(_typed),
        height=90,
        max_chars=LONGEST,
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Check", key="facts.check", type=emphasis(), icon=":material/fact_check:")
        if sentence_now() != scene.EXAMPLE:
            st.caption(
                "Your sentence stays with you: it is not in the link of this page. Each claim that"
                " was recognised has a link of its own below."
            )


def _draw_claim(view: View) -> None:
    kind = view["kind"]
    if kind == ClaimKind.LEVEL or kind in CHANGES:
        st.selectbox(
            "How", [str(how) for how in scene.HOWS], format_func=lambda how: scene.HOWS[how],
            width=120, **view.widget("how"),
        )  # fmt: skip
        st.number_input(
            "Level" if kind == ClaimKind.LEVEL else "Per cent",
            min_value=0.0001,
            max_value=999.0,
            step=1.0,
            format="%.10g",
            width=130,
            **view.widget("value", scene.value_asked(view)),
        )
    st.selectbox("RUB per", scene.CURRENCIES, width=100, **view.widget("cur"))
    if kind in CHANGES:
        st.selectbox(
            "Counted from",
            list(scene.BASE_NAMES),
            format_func=scene.BASE_NAMES.__getitem__,
            width=290,
            **view.widget("base"),
        )
    if scene.wants_since(view):
        _draw_since(view)


def _draw_since(view: View) -> None:
    if not st.session_state.get(PROBLEM):
        st.session_state[SINCE] = view["since"] or scene.PERIOD
    st.text_input(
        "Since",
        key=SINCE,
        on_change=heard(_since_typed),
        args=(view,),
        width=130,
        max_chars=10,
        help="A year, a month or a day: 2024, 2024-06, 2024-06-12",
    )
    if problem := st.session_state.get(PROBLEM):
        st.markdown(f":orange[:material/warning: {escape_markdown(problem)}]")


def _since_typed(view: View) -> None:
    """Take what was typed if it is a period; else keep it in the field and say what to write."""
    text = str(st.session_state[SINCE]).strip()
    try:
        period_of(text)
    except InputError as error:
        st.session_state[PROBLEM] = str(error)
        return
    st.session_state[PROBLEM] = ""
    view.set(since=text)


def _typed() -> None:
    st.session_state[TEXT] = st.session_state[FIELD]


def _example(view: View) -> None:
    st.session_state[TEXT] = scene.EXAMPLE
    st.session_state[PROBLEM] = ""
    defaults = {param.key: param.default for param in scene.PARAMS if param.key != "up"}
    view.set(**defaults)
