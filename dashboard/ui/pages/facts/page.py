"""The claim-check page: question, verdict on every source and base, chart, report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.models.article import ClaimAnswer
from dashboard.models.errors import InputError
from dashboard.models.messages import deferred, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.models.series import as_of_text
from dashboard.presentation import claims as claims_module
from dashboard.presentation.charts.claim import (
    ClaimChart,
    build_claim_figure,
    list_marked_fixings,
    select_drawn_rates,
    summarize_claim,
)
from dashboard.presentation.claims import build_claim_columns, build_claim_lines
from dashboard.presentation.escaping import escape_markdown, plain_text
from dashboard.presentation.formatting import format_timestamp, format_weekday
from dashboard.presentation.palette import get_palette
from dashboard.presentation.reports import ReportContext, build_claim_report
from dashboard.services.bundles import (
    ClaimBundleRequest,
    build_claim_bundle,
    claim_series,
)
from dashboard.services.exports import Provenance, source_files
from dashboard.services.rates import DEFAULT_SERIES
from dashboard.ui import session
from dashboard.ui.components.elements import (
    build_claim_query,
    build_page_url,
    draw_copy_link,
    draw_figure,
    draw_page_link,
)
from dashboard.ui.components.exports import (
    BUNDLE_LABEL,
    build_manifest_parameters,
    build_report_context,
    draw_report_buttons,
)
from dashboard.ui.components.view_controls import draw_quote_switch
from dashboard.ui.pages.base import Page
from dashboard.ui.pages.facts.state import (
    PARAMS,
    SENTENCE_KIND,
    FactsState,
    build_claim_chart,
    draw_claim_form,
    get_sentence,
    read_facts_state,
)
from dashboard.ui.url_state import UrlState

SENTENCE_LIMIT: Final = 700
PARAGRAPH_LIMIT: Final = 8_000


def draw(view: UrlState) -> None:
    """Draw the question, the verdicts, the chart, the tables and what to copy."""
    head = st.container()
    draw_claim_form(view)
    try:
        state = read_facts_state(view, get_sentence())
    except InputError as error:
        _draw_head(head, ())
        st.warning(escape_markdown(str(error), SENTENCE_LIMIT), icon=":material/edit:")
        return
    _draw_head(head, state.answers)
    for notice in state.notices:
        st.markdown(f":material/info: {escape_markdown(notice, SENTENCE_LIMIT)}")
    if not state.answers:
        _draw_no_claim()
        return
    for answer in state.answers:
        _draw_verdict(view, answer)
    chart = build_claim_chart(state)
    if chart is not None:
        _draw_chart(view, state, chart)
    _draw_paragraph(view, state)
    for answer in state.answers:
        _draw_table(state, answer)
    _draw_claim_report(view, state, chart)
    draw_copy_link("facts", view)


def _draw_head(place: DeltaGenerator, answers: Sequence[ClaimAnswer]) -> None:
    place.header(
        escape_markdown(claims_module.format_claims_headline(answers), SENTENCE_LIMIT), anchor=False
    )


def _draw_no_claim() -> None:
    st.info(
        _(
            "No claim about the rouble's rate was recognised. A level (“about 80 per dollar”), a"
            " record (“strongest since June 2024”) or a change (“up 40 % this year”) can be"
            " checked; or pick the kind of claim above."
        ),
        icon=":material/search_off:",
    )


def _draw_verdict(view: UrlState, answer: ClaimAnswer) -> None:
    """Draw the question, the answer in a sentence, and the bases that would make the claim true."""
    truth = claims_module.get_overall_truth(answer)
    with st.container(border=True, gap="xsmall"):
        parts = claims_module.describe_answer(answer).partition(": ")
        verdict, sentence = escape_markdown(parts[0]), escape_markdown(parts[2], SENTENCE_LIMIT)
        head = (
            f"{claims_module.TRUTH_ICONS[truth]}"
            f" {escape_markdown(claims_module.format_question(answer.claim))}"
        )
        st.markdown(f"##### {head}")
        st.markdown(f"**{verdict}**: {sentence}" if sentence else f"**{verdict}**")
        for needed in claims_module.list_needed_bases(answer):
            st.caption(escape_markdown(f"{needed[:1].upper()}{needed[1:]}.", SENTENCE_LIMIT))
        others = claims_module.describe_other_sources(answer)
        if others:
            st.caption(
                escape_markdown(_("Other sources: {others}.", others=others), SENTENCE_LIMIT)
            )
        settings = build_claim_query(answer.claim)
        if view["kind"] == SENTENCE_KIND and settings is not None:
            draw_page_link(
                "facts", _("This claim alone, with a link"), icon=":material/link:", **settings
            )


def _draw_chart(view: UrlState, state: FactsState, chart: ClaimChart) -> None:
    with st.container(horizontal=True):
        draw_quote_switch(view, chart.series.card)
    if state.phone:
        st.markdown(f"**{escape_markdown(chart.title)}**")
    draw_figure(
        build_claim_figure(chart, get_palette(dark=state.dark)),
        "facts.chart",
        summarize_claim(chart),
        f"{chart.series.card.id}_{chart.at.day}_claim",
        phone=state.phone,
    )
    with st.expander(_("The table behind the chart"), icon=":material/table:"):
        points = list_marked_fixings(chart)
        st.table(
            {
                _("Mark"): [escape_markdown(name) for name, _ in points],
                _("Market day"): [format_weekday(fixing.day) for _, fixing in points],
                _("Record date"): [format_weekday(fixing.record) for _, fixing in points],
                chart.quoting.unit: [chart.quoting.rate(fixing.rate) for _, fixing in points],
            },
            hide_index=True,
            border="horizontal",
        )
        days, rates = select_drawn_rates(chart)
        st.dataframe(
            {_("Market day"): days.astype("datetime64[ms]"), chart.quoting.unit: rates},
            height=240,
            hide_index=True,
        )


def _draw_table(state: FactsState, answer: ClaimAnswer) -> None:
    st.markdown(
        _(
            "**{question}** Every source and base",
            question=escape_markdown(claims_module.format_question(answer.claim)),
        )
    )
    if state.phone:
        for line in build_claim_lines(answer):
            st.markdown(f":small[{line}]")
        return
    st.table(build_claim_columns(answer), hide_index=True, border="horizontal")


def _draw_paragraph(view: UrlState, state: FactsState) -> None:
    """Draw the paragraph to quote, with a link for each claim."""
    st.markdown(_("**Copy as text**, every number as on this page, with its sources"))
    links = [f"{build_page_url('facts')}?{view.query()}"]
    if view["kind"] == SENTENCE_KIND:
        queries = [build_claim_query(answer.claim) for answer in state.answers]
        links = [build_page_url("facts", **query) for query in queries if query]
    text = claims_module.write_paragraph(
        state.answers, format_timestamp(session.get_view_time()), " ".join(links)
    )
    st.code(plain_text(text, PARAGRAPH_LIMIT), language=None, wrap_lines=True)


# ------------------------------------------------------------------ the report


def _draw_claim_report(view: UrlState, state: FactsState, chart: ClaimChart | None) -> None:
    """Draw the report of what the page shows now."""
    series, contexts = session.load_daily_series(), _build_report_contexts(view, state)
    main = next((answer.main for answer in state.answers if answer.main), "claim")
    days = [answer.claim.day for answer in state.answers if answer.claim.day]
    claims = tuple(answer.claim for answer in state.answers)
    request = ClaimBundleRequest(claims, tuple(series), main)
    ids = [item.card.id for item in claim_series(request)]
    files = source_files(session.get_context().rates, ids)
    bundle = Provenance(build_manifest_parameters(contexts[0]), files, contexts[0].made_at)
    draw_report_buttons(
        lambda: build_claim_report(state.answers, chart, series, contexts, state.notices),
        {translate_deferred(BUNDLE_LABEL): lambda: build_claim_bundle(request, bundle)}
        if all(c.day for c in claims)
        else {},
        (main, "claim", *days[:1]),
        "facts.report",
        has_chart=chart is not None,
    )


def _build_report_contexts(view: UrlState, state: FactsState) -> list[ReportContext]:
    """The contexts of the report: a sentence is in no link, so each of its claims has its own."""
    now = build_report_context("facts", view)
    if view["kind"] != SENTENCE_KIND:
        return [now]
    links = [_build_claim_link(view, answer) for answer in state.answers]
    if not all(links):
        return [now]
    frozen = {"asof": as_of_text(now.as_of or now.made_at.replace(microsecond=0))}
    return [
        replace(
            now,
            live=build_page_url("facts", **link),
            frozen=build_page_url("facts", **link, **frozen),
        )
        for link in links
    ]


def _build_claim_link(view: UrlState, answer: ClaimAnswer) -> dict[str, str]:
    """The settings that ask a claim on the series of the view; empty where they cannot."""
    settings = build_claim_query(answer.claim) or {}
    if settings and view["series"] != DEFAULT_SERIES:
        settings |= {"series": view["series"]}
    return settings


PAGE = Page("facts", deferred("Check"), ":material/fact_check:", "facts", draw, PARAMS)
