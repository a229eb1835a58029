"""Check a claim: is it so, on which source and from which base, with the chart that shows it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.domain.claim_answer import ClaimAnswer
from dashboard.domain.errors import InputError
from dashboard.ui import claim_words as words
from dashboard.ui import session
from dashboard.ui.address import View
from dashboard.ui.charts.claim import (
    ClaimChart,
    build_claim_figure,
    claim_summary,
    drawn,
    marked,
)
from dashboard.ui.claim_table import claim_columns, claim_lines
from dashboard.ui.facts_scene import (
    PARAMS,
    SENTENCE,
    FactsScene,
    claim_chart,
    read_facts_scene,
)
from dashboard.ui.pages.base import Page
from dashboard.ui.palette import ink
from dashboard.ui.text import escape_markdown, plain
from dashboard.ui.widgets.claim_form import draw_claim_form, sentence_now
from dashboard.ui.widgets.copy_link import draw_copy_link
from dashboard.ui.widgets.explore_controls import draw_quote
from dashboard.ui.widgets.facts_ways_out import draw_facts_report
from dashboard.ui.widgets.figure import draw_figure
from dashboard.ui.widgets.links import address_of, link_of, page_link
from dashboard.ui.wording import stamp, weekday_day

LIMIT: Final = 700
PARAGRAPH: Final = 8_000


def draw(view: View) -> None:
    """Draw the question, the verdicts, the chart, the tables and what to copy."""
    head = st.container()
    draw_claim_form(view)
    try:
        scene = read_facts_scene(view, sentence_now())
    except InputError as error:
        _draw_head(head, ())
        st.warning(escape_markdown(str(error), LIMIT), icon=":material/edit:")
        return
    _draw_head(head, scene.answers)
    for notice in scene.notices:
        st.markdown(f":material/info: {escape_markdown(notice, LIMIT)}")
    if not scene.answers:
        _draw_nothing()
        return
    for answer in scene.answers:
        _draw_verdict(view, answer)
    chart = claim_chart(scene)
    if chart is not None:
        _draw_chart(view, scene, chart)
    _draw_paragraph(view, scene)
    for answer in scene.answers:
        _draw_table(scene, answer)
    draw_facts_report(view, scene, chart)
    draw_copy_link("facts", view)


def _draw_head(place: DeltaGenerator, answers: Sequence[ClaimAnswer]) -> None:
    place.header(escape_markdown(words.headline(answers), LIMIT), anchor=False)


def _draw_nothing() -> None:
    st.info(
        "No claim about the rouble's rate was recognised. A level (“about 80 per dollar”), a record"
        " (“strongest since June 2024”) or a change (“up 40 % this year”) can be checked; or pick"
        " the kind of claim above.",
        icon=":material/search_off:",
    )


def _draw_verdict(view: View, answer: ClaimAnswer) -> None:
    """Draw the question, the answer in a sentence, and the bases that would make it so."""
    truth = words.overall(answer)
    with st.container(border=True, gap="xsmall"):
        verdict, _, sentence = words.answer_words(answer).partition(": ")
        verdict, sentence = escape_markdown(verdict), escape_markdown(sentence, LIMIT)
        head = f"{words.ICONS[truth]} {escape_markdown(words.question(answer.claim))}"
        st.markdown(f"##### {head}")
        st.markdown(f"**{verdict}**: {sentence}" if sentence else f"**{verdict}**")
        for needed in words.needed_of(answer):
            st.caption(escape_markdown(f"{needed[:1].upper()}{needed[1:]}.", LIMIT))
        others = words.others_words(answer)
        if others:
            st.caption(escape_markdown(f"Other sources: {others}.", LIMIT))
        settings = link_of(answer.claim)
        if view["kind"] == SENTENCE and settings is not None:
            page_link("facts", "This claim alone, with a link", icon=":material/link:", **settings)


def _draw_chart(view: View, scene: FactsScene, chart: ClaimChart) -> None:
    with st.container(horizontal=True):
        draw_quote(view, chart.series.card)
    if scene.phone:
        st.markdown(f"**{escape_markdown(chart.title)}**")
    draw_figure(
        build_claim_figure(chart, ink(dark=scene.dark)),
        "facts.chart",
        claim_summary(chart),
        f"{chart.series.card.id}_{chart.at.day}_claim",
        phone=scene.phone,
    )
    with st.expander("The table behind the chart", icon=":material/table:"):
        points = marked(chart)
        st.table(
            {
                "Mark": [escape_markdown(name) for name, _ in points],
                "Market day": [weekday_day(fixing.day) for _, fixing in points],
                "Record date": [weekday_day(fixing.record) for _, fixing in points],
                chart.quoting.unit: [chart.quoting.rate(fixing.rate) for _, fixing in points],
            },
            hide_index=True,
            border="horizontal",
        )
        days, rates = drawn(chart)
        st.dataframe(
            {"Market day": days.astype("datetime64[ms]"), chart.quoting.unit: rates},
            height=240,
            hide_index=True,
        )


def _draw_table(scene: FactsScene, answer: ClaimAnswer) -> None:
    st.markdown(f"**{escape_markdown(words.question(answer.claim))}** Every source and base")
    if scene.phone:
        for line in claim_lines(answer):
            st.markdown(f":small[{line}]")
        return
    st.table(claim_columns(answer), hide_index=True, border="horizontal")


def _draw_paragraph(view: View, scene: FactsScene) -> None:
    """Draw the paragraph; the link in it asks one claim where a sentence asks several."""
    st.markdown("**Copy as text**, every number as on this page, with its sources")
    links = [f"{address_of('facts')}?{view.query()}"]
    if view["kind"] == SENTENCE:
        asked = [link_of(answer.claim) for answer in scene.answers]
        links = [address_of("facts", **each) for each in asked if each]
    text = words.paragraph(scene.answers, stamp(session.now()), " ".join(links))
    st.code(plain(text, PARAGRAPH), language=None, wrap_lines=True)


PAGE = Page("facts", "Check a claim", ":material/fact_check:", "facts", draw, PARAMS)
