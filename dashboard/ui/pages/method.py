"""Method: how a move is computed, on live numbers; rules, models, tests, terms, limits, sources."""

from __future__ import annotations

from typing import Final

import streamlit as st

from dashboard.domain.event import Event
from dashboard.domain.series import RateSeries
from dashboard.services.describe_method import (
    Method,
    count_attrition,
    date_rule_of,
    describe_method,
    software_versions,
)
from dashboard.services.explain_event import PAGE_REQUEST, explain_event
from dashboard.services.get_rates import DEFAULT_SERIES
from dashboard.ui import session
from dashboard.ui.address import View
from dashboard.ui.charts.funnel import build_funnel_figure
from dashboard.ui.method_words import (
    LIMITS,
    TERMS,
    constants_words,
    example_steps,
    funnel_rows,
    rule_hours,
    rule_words,
    timing_gaps,
)
from dashboard.ui.pages.base import Page
from dashboard.ui.palette import ink
from dashboard.ui.quoting import Quote, Quoting
from dashboard.ui.text import escape_markdown, markdown_link
from dashboard.ui.view import a_name, a_text, one_of
from dashboard.ui.widgets.figure import draw_figure
from dashboard.ui.widgets.links import page_link
from dashboard.ui.widgets.reading_table import draw_reading_table
from dashboard.ui.widgets.size_section import draw_readings, draw_size
from dashboard.ui.wording import day

EXAMPLE: Final = "kellogg-nato-off-table-2025-04-20"
CELL_LIMIT: Final = 400

PARAMS: Final = (
    a_text("id", "cbr-2022-02-28"),
    one_of("up", tuple(quote.value for quote in Quote), Quote.WEAKER.value, shared=True),
    a_name("series", DEFAULT_SERIES, "eur_rub_ecb", shared=True),
)


def draw(link: View) -> None:
    """Draw the whole method on one page."""
    if link["series"] not in {card.id for card in session.prices()}:
        link.ignore("series")
    series, known = session.series(link["series"]), session.known_events().events
    st.header("Method", anchor=False)
    st.markdown(
        "Every number on every page is made in the same way. Here is one of them, step by step;"
        " below it are the rules, the models, the tests, the words and the limits."
    )
    _draw_example(link, series, known)
    _draw_rules()
    method = describe_method()
    _draw_models(method)
    _draw_tests(method)
    draw_size()
    draw_readings()
    _draw_funnel(series, known)
    _draw_limits(known)
    _draw_terms()
    _draw_sources()


def _draw_example(link: View, series: RateSeries, known: tuple[Event, ...]) -> None:
    st.subheader("How a move is computed: a worked example")
    by_id = {event.id: event for event in known}
    if link["id"] and link["id"] not in by_id:
        link.ignore("id")
    event = by_id.get(link["id"] or EXAMPLE)
    if event is None:
        st.markdown("The event of the example is not in the catalogue.")
        return
    quoting = Quoting(series.card, Quote(link["up"]))
    view = explain_event(series, event, known, PAGE_REQUEST)
    page_link("event", event.title, icon=":material/event:", id=event.id, series=series.card.id)
    steps = example_steps(view, quoting)
    if not steps:
        st.markdown(escape_markdown(f"No example on this series: {view.reason}."))
        return
    draw_reading_table(
        {
            "Step": [
                f"**{number}. {escape_markdown(s.title)}**" for number, s in enumerate(steps, 1)
            ],
            "Rule": [escape_markdown(step.rule, CELL_LIMIT) for step in steps],
            "Here": [escape_markdown(step.here, CELL_LIMIT) for step in steps],
        },
        "The steps from an event to its move and how unusual it was",
    )
    st.caption("Every number of the last column is taken from the data as they are now.")


def _draw_rules() -> None:
    st.subheader("When a rate was made: the date rule of every series")
    cards = session.cards()
    rules = [date_rule_of(card) for card in cards]
    draw_reading_table(
        {
            "Series": [f"**{escape_markdown(card.title)}**" for card in cards],
            "Unit": [escape_markdown(card.unit) for card in cards],
            "Market day": [rule_words(rule) for rule in rules],
            "Hours in the rate": [escape_markdown(rule_hours(rule), CELL_LIMIT) for rule in rules],
            "In words": [escape_markdown(rule.description, CELL_LIMIT) for rule in rules],
        },
        "The date rule of every series",
    )
    st.subheader("Changes of method")
    broken = {card.breaks: card.publisher for card in cards if card.breaks}
    st.markdown(
        "The same name, another number: from these days on the publisher makes the rate in"
        " another way. A window that crosses one says so."
    )
    draw_reading_table(
        {
            "From": [day(each.day) for breaks in broken for each in breaks],
            "Publisher": [escape_markdown(broken[b]) for b in broken for _ in b],
            "What changed": [escape_markdown(each.text) for breaks in broken for each in breaks],
        },
        "Changes in the way official rates are made",
    )


def _draw_models(method: Method) -> None:
    st.subheader("What would have been ordinary: models")
    draw_reading_table(
        {
            "Model": [f"**{escape_markdown(m.title)}** ({m.id})" for m in method.models],
            "The expected move": [escape_markdown(m.says, CELL_LIMIT) for m in method.models],
            "Needs": [escape_markdown(m.needs) for m in method.models],
            "Reference": [escape_markdown(m.reference, CELL_LIMIT) for m in method.models],
        },
        "The models of an ordinary move",
    )


def _draw_tests(method: Method) -> None:
    st.subheader("Tests of a group of events")
    draw_reading_table(
        {
            "Test": [f"**{escape_markdown(t.title)}** ({t.id})" for t in method.tests],
            "Null hypothesis": [escape_markdown(t.null_hypothesis) for t in method.tests],
            "Assumptions": [escape_markdown(t.assumptions, CELL_LIMIT) for t in method.tests],
            "Does not apply without": [escape_markdown(t.needs) for t in method.tests],
            "Reference": [escape_markdown(t.reference, CELL_LIMIT) for t in method.tests],
        },
        "The tests with their null hypotheses",
    )
    for sentence in constants_words(method.constants):
        st.caption(escape_markdown(sentence, CELL_LIMIT))


def _draw_funnel(series: RateSeries, known: tuple[Event, ...]) -> None:
    st.subheader("From events listed to events used")
    st.markdown(
        f"On {escape_markdown(series.card.title)}, with the settings of the Event page. No event"
        " disappears: each one that is not used is told with its reason."
    )
    rows = funnel_rows(count_attrition(series, known, PAGE_REQUEST), PAGE_REQUEST.min_estimation)
    left, right = st.columns([5, 7], gap="medium")
    with left:
        draw_figure(
            build_funnel_figure(
                [(label, size) for label, size, _ in rows],
                ink(dark=session.is_dark()),
                phone=session.is_phone(),
            ),
            "method.funnel",
            "Bars: " + ", ".join(f"{label.lower()} {size}" for label, size, _ in rows),
            f"{series.card.id}_attrition",
        )
    with right:
        draw_reading_table(
            {
                "Step": [label for label, _, _ in rows],
                "Events": [f"{size:,}" for _, size, _ in rows],
                "The others": [note for _, _, note in rows],
            },
            "How many events are left after each step",
        )


def _draw_limits(known: tuple[Event, ...]) -> None:
    st.subheader("What cannot be known")
    st.markdown("\n".join(f"- {sentence}" for sentence in (*LIMITS, timing_gaps(known))))


def _draw_terms() -> None:
    st.subheader("Terminology")
    half = (len(TERMS) + 1) // 2
    for column, terms in zip(st.columns(2), (TERMS[:half], TERMS[half:]), strict=True):
        column.markdown(
            "\n".join(
                f"- **{escape_markdown(word)}**: {escape_markdown(meaning)}"
                for word, meaning in terms
            )
        )


def _draw_sources() -> None:
    st.subheader("Sources, licences, versions")
    cards = session.cards()
    draw_reading_table(
        {
            "Series": [f"**{escape_markdown(card.title)}**" for card in cards],
            "Publisher": [markdown_link(card.publisher, card.source_url) for card in cards],
            "Licence": [escape_markdown(card.licence, CELL_LIMIT) for card in cards],
        },
        "Where the rates come from",
    )
    st.markdown("The events are compiled by hand; each one names its own source on its page.")
    st.caption(escape_markdown(" · ".join(software_versions()), CELL_LIMIT))


PAGE = Page("method", "Method", ":material/function:", "method", draw, PARAMS)
