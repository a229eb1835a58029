"""The claim-check page: question, verdict on every source and base, chart, report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from html import unescape
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.models.article import ClaimAnswer
from dashboard.models.errors import InputError
from dashboard.models.messages import deferred, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.models.series import as_of_text
from dashboard.models.tables import LinkedChart
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
from dashboard.presentation.formatting import (
    capitalize_first,
    format_day,
    format_timestamp,
    format_weekday,
)
from dashboard.presentation.palette import LIGHT_PALETTE, Palette, get_palette
from dashboard.presentation.reports import ReportContext, build_claim_report, build_table
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
    draw_heading,
    draw_page_link,
)
from dashboard.ui.components.exports import (
    BUNDLE_LABEL,
    ChartPicture,
    Downloads,
    build_linked_chart,
    build_manifest_parameters,
    build_report_context,
    draw_download_menu,
)
from dashboard.ui.components.view_controls import draw_quote_switch
from dashboard.ui.pages.base import Page
from dashboard.ui.pages.facts.state import (
    PARAMS,
    SENTENCE_KIND,
    FactsState,
    build_claim_chart,
    draw_claim_form,
    get_claim_day,
    get_example,
    get_sentence,
    read_facts_state,
)
from dashboard.ui.url_state import UrlState

SENTENCE_LIMIT: Final = 700
PARAGRAPH_LIMIT: Final = 8_000


def draw(view: UrlState) -> None:
    """Draw the question, the verdicts beside the chart, and folded what proves them."""
    head = st.container()
    if view["series"] not in {card.id for card in session.get_price_cards()}:
        view.ignore("series")
    draw_claim_form(view)
    if view["kind"] == SENTENCE_KIND and not get_sentence(view).strip():
        _draw_head(head, ())
        return
    try:
        state = read_facts_state(view, get_sentence(view))
    except InputError as error:
        _draw_head(head, ())
        st.warning(escape_markdown(str(error), SENTENCE_LIMIT), icon=":material/edit:")
        return
    _draw_head(head, state.answers)
    if not state.answers:
        _draw_no_claim()
        return
    chart = build_claim_chart(state)
    _draw_answers(view, state, chart)
    _draw_details(view, state, chart)
    _draw_claim_report(view, state, chart)
    draw_copy_link("facts", view)


def _draw_head(place: DeltaGenerator, answers: Sequence[ClaimAnswer]) -> None:
    with place:
        draw_heading(escape_markdown(claims_module.format_claims_headline(answers), SENTENCE_LIMIT))


def _draw_no_claim() -> None:
    st.info(
        _(
            "No claim about the rouble's rate was recognised. A level (“about 80 per dollar”), a"
            " record (“strongest since June 2024”) or a change (“up 40 % this year”) can be"
            " checked; or pick the kind of claim above."
        ),
        icon=":material/search_off:",
    )


def _draw_answers(view: UrlState, state: FactsState, chart: ClaimChart | None) -> None:
    """Draw the verdicts, with the chart beside them where there is one."""
    if chart is None:
        for answer in state.answers:
            _draw_verdict(answer)
        _draw_last_day(view, state)
        return
    left, right = st.columns([2, 3], gap="medium")
    with left:
        for answer in state.answers:
            _draw_verdict(answer)
        for notice in state.notices:
            st.caption(escape_markdown(notice, SENTENCE_LIMIT))
    with right:
        _draw_chart(view, state, chart)


def _draw_verdict(answer: ClaimAnswer) -> None:
    """Draw the verdict as a badge, the question, and the numbers of the answer."""
    with st.container(border=True, gap="xsmall"):
        question = escape_markdown(claims_module.format_question(answer.claim))
        st.markdown(f"{claims_module.format_badge(answer)} **{question}**")
        for line in claims_module.list_answer_lines(answer):
            st.markdown(escape_markdown(line, SENTENCE_LIMIT))
        for needed in claims_module.list_needed_bases(answer):
            st.caption(escape_markdown(f"{capitalize_first(needed)}.", SENTENCE_LIMIT))


def _draw_last_day(view: UrlState, state: FactsState) -> None:
    """Offer the last day that has a rate, where the claim speaks of a later one."""
    for notice in state.notices:
        st.caption(escape_markdown(notice, SENTENCE_LIMIT))
    last = session.load_series(view["series"]).day[-1].astype(object)
    if get_claim_day(view) > last:
        st.button(
            _("Check it for {day}, the last rate", day=format_day(last)),
            key="facts.last_day",
            icon=":material/event:",
            on_click=lambda: view.set(day=last),
        )


def _draw_chart(view: UrlState, state: FactsState, chart: ClaimChart) -> None:
    if state.phone:
        st.markdown(f"**{escape_markdown(chart.title)}**")
    draw_figure(
        build_claim_figure(chart, get_palette(dark=state.dark)),
        "facts.chart",
        summarize_claim(chart),
        phone=state.phone,
    )
    draw_quote_switch(view, chart.series.card)


def _draw_details(view: UrlState, state: FactsState, chart: ClaimChart | None) -> None:
    """Draw what is behind the verdicts, each part folded."""
    for answer in state.answers:
        question = escape_markdown(claims_module.format_question(answer.claim))
        title = _("{question} Every source and base", question=question)
        with st.expander(title, icon=":material/table:"):
            _draw_table(view, state, answer)
    if chart is not None:
        with st.expander(_("The table behind the chart"), icon=":material/table:"):
            _draw_chart_table(chart)
    with st.expander(_("Text to quote, with its sources"), icon=":material/format_quote:"):
        _draw_paragraph(view, state)


def _draw_chart_table(chart: ClaimChart) -> None:
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


def _draw_table(view: UrlState, state: FactsState, answer: ClaimAnswer) -> None:
    if state.phone:
        for line in build_claim_lines(answer):
            st.markdown(f":small[{line}]")
    else:
        st.table(build_claim_columns(answer), hide_index=True, border="horizontal")
    settings = build_claim_query(answer.claim)
    if view["kind"] == SENTENCE_KIND and settings is not None:
        draw_page_link(
            "facts", _("This claim alone, with a link"), icon=":material/link:", **settings
        )


def _draw_paragraph(view: UrlState, state: FactsState) -> None:
    """Draw the paragraph to quote, with a link for each claim."""
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
    bundles = {translate_deferred(BUNDLE_LABEL): lambda: build_claim_bundle(request, bundle)}
    downloads = Downloads(
        (main, "claim", *days[:1]),
        "facts",
        view,
        picture=_build_picture(state, replace(chart, phone=False), LIGHT_PALETTE)
        if chart
        else None,
        report=lambda: build_claim_report(state.answers, chart, series, contexts, state.notices),
        bundles=bundles if all(claim.day for claim in claims) else {},
        has_embed=view["kind"] != SENTENCE_KIND or get_example(view) is not None,
    )
    draw_download_menu(downloads, "facts.download")


def _build_picture(state: FactsState, chart: ClaimChart, palette: Palette) -> ChartPicture:
    return ChartPicture(
        lambda: build_claim_figure(chart, palette),
        plain_text(claims_module.format_claims_headline(state.answers)),
        plain_text(unescape(f"{chart.title} · {chart.subtitle}")),
        summarize_claim(chart),
        (chart.series,),
    )


def build_chart(view: UrlState) -> LinkedChart:
    """The chart of a claim for programs and other sites; a sentence is in no link.

    Raises:
        InputError: the link has no claim, or no rate is known on its day.
    """
    example = get_example(view)
    if view["kind"] == SENTENCE_KIND and example is None:
        msg = _("a link holds a claim by its parts, not a sentence; give its kind, as level")
        raise InputError(msg, field="kind")
    state = read_facts_state(view, example.sentence if example else "")
    chart = build_claim_chart(state)
    if chart is None:
        raise InputError(_("no rate is known on the day of this claim"), field="day")
    points = list_marked_fixings(chart)
    inside = chart.series.between(*chart.span)
    tables = [
        build_table(
            _(
                "{question} Every source and base",
                question=claims_module.format_question(one.claim),
            ),
            claims_module.build_plain_claim_columns(one),
        )
        for one in state.answers
    ]
    marks = {
        _("Mark"): [name for name, _ in points],
        _("Market day"): [format_weekday(fixing.day) for _, fixing in points],
        chart.quoting.unit: [chart.quoting.rate(fixing.rate) for _, fixing in points],
    }
    return build_linked_chart(
        "facts",
        view,
        _build_picture(state, chart, get_palette(dark=state.dark)),
        ("rates", (inside,)),
        [*tables, build_table(_("The marks of the chart"), marks)],
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


PAGE = Page(
    "facts", deferred("Check"), ":material/fact_check:", "facts", draw, PARAMS, chart=build_chart
)
