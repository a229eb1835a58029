"""Controls of the claim-check page: a sentence, or a day with a kind of claim."""

from __future__ import annotations

from typing import Final

import streamlit as st

from dashboard.models.article import ClaimKind
from dashboard.models.errors import InputError
from dashboard.models.messages import translate as _
from dashboard.models.messages import translate_deferred
from dashboard.presentation.escaping import escape_markdown
from dashboard.services.claims import CHANGE_KINDS, parse_period
from dashboard.ui.components.interaction import button_type
from dashboard.ui.pages.facts import state as facts_state
from dashboard.ui.url_state import UrlState
from dashboard.ui.widget_state import ignore_fragment_echo

SENTENCE_KEY: Final = "facts.sentence"
SENTENCE_FIELD_KEY: Final = "facts.sentence.field"
SINCE_FIELD_KEY: Final = "facts.since.field"
SINCE_PROBLEM_KEY: Final = "facts.since.problem"
MAX_SENTENCE_LENGTH: Final = 4_000


def get_sentence() -> str:
    """The sentence of this reader, or the example before one was pasted."""
    return str(st.session_state.get(SENTENCE_KEY, facts_state.EXAMPLE_SENTENCE))


def draw_claim_form(view: UrlState) -> None:
    """Draw the form for a sentence and the form for a day."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            _("What to check"),
            [str(kind) for kind in facts_state.KIND_TITLES],
            format_func=lambda kind: translate_deferred(facts_state.KIND_TITLES[kind]),
            width=230,
            **view.widget("kind"),
        )
        st.date_input(
            _("Printed on") if view["kind"] == facts_state.SENTENCE_KIND else _("Day"),
            format="YYYY-MM-DD",
            min_value=facts_state.EARLIEST_DAY,
            max_value=facts_state.LATEST_DAY,
            width=140,
            **view.widget("day", facts_state.get_claim_day(view)),
        )
        if view["kind"] != facts_state.SENTENCE_KIND:
            _draw_claim(view)
        st.button(
            _("The example"),
            key="facts.example",
            icon=":material/lightbulb:",
            on_click=_fill_example,
            args=(view,),
        )
    if view["kind"] == facts_state.SENTENCE_KIND:
        _draw_sentence()


def _draw_sentence() -> None:
    st.session_state.setdefault(SENTENCE_KEY, facts_state.EXAMPLE_SENTENCE)
    st.session_state[SENTENCE_FIELD_KEY] = st.session_state[SENTENCE_KEY]
    st.text_area(
        _("Sentence to check, English or Russian"),
        key=SENTENCE_FIELD_KEY,
        on_change=ignore_fragment_echo(_take_sentence),
        height=90,
        max_chars=MAX_SENTENCE_LENGTH,
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(_("Check"), key="facts.check", type=button_type(), icon=":material/fact_check:")
        if get_sentence() != facts_state.EXAMPLE_SENTENCE:
            st.caption(
                _(
                    "Your sentence stays with you: it is not in the link of this page. Each"
                    " claim that was recognised has a link of its own below."
                )
            )


def _draw_claim(view: UrlState) -> None:
    kind = view["kind"]
    if kind == ClaimKind.LEVEL or kind in CHANGE_KINDS:
        st.selectbox(
            _("How"),
            [str(how) for how in facts_state.EXACTNESS_TITLES],
            format_func=lambda how: translate_deferred(facts_state.EXACTNESS_TITLES[how]),
            width=120,
            **view.widget("how"),
        )
        st.number_input(
            _("Level") if kind == ClaimKind.LEVEL else _("Per cent"),
            min_value=0.0001,
            max_value=999.0,
            step=1.0,
            format="%.10g",
            width=130,
            **view.widget("value", facts_state.get_claim_value(view)),
        )
    st.selectbox(_("RUB per"), facts_state.CURRENCY_OPTIONS, width=100, **view.widget("cur"))
    if kind in CHANGE_KINDS:
        st.selectbox(
            _("Counted from"),
            list(facts_state.BASE_TITLES),
            format_func=lambda value: translate_deferred(facts_state.BASE_TITLES[value]),
            width=290,
            **view.widget("base"),
        )
    if facts_state.needs_period(view):
        _draw_since(view)


def _draw_since(view: UrlState) -> None:
    if not st.session_state.get(SINCE_PROBLEM_KEY):
        st.session_state[SINCE_FIELD_KEY] = view["since"] or facts_state.EXAMPLE_PERIOD
    st.text_input(
        _("Since"),
        key=SINCE_FIELD_KEY,
        on_change=ignore_fragment_echo(_take_since),
        args=(view,),
        width=130,
        max_chars=10,
        help=_("A year, a month or a day: 2024, 2024-06, 2024-06-12"),
    )
    if problem := st.session_state.get(SINCE_PROBLEM_KEY):
        st.markdown(f":orange[:material/warning: {escape_markdown(problem)}]")


def _take_since(view: UrlState) -> None:
    """Set the typed period; one that cannot be read stays in the field with a hint."""
    text = str(st.session_state[SINCE_FIELD_KEY]).strip()
    try:
        parse_period(text)
    except InputError as error:
        st.session_state[SINCE_PROBLEM_KEY] = str(error)
        return
    st.session_state[SINCE_PROBLEM_KEY] = ""
    view.set(since=text)


def _take_sentence() -> None:
    st.session_state[SENTENCE_KEY] = st.session_state[SENTENCE_FIELD_KEY]


def _fill_example(view: UrlState) -> None:
    st.session_state[SENTENCE_KEY] = facts_state.EXAMPLE_SENTENCE
    st.session_state[SINCE_PROBLEM_KEY] = ""
    defaults = {param.key: param.default for param in facts_state.PARAMS if param.key != "up"}
    view.set(**defaults)
