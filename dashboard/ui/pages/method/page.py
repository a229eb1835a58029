"""The Method page: formulas on live numbers, rules, models, tests, terms, limits, sources."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from dashboard.models.event import Event
from dashboard.models.messages import deferred, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.models.series import RateSeries, SeriesCard
from dashboard.presentation.charts.comparison_moves import build_funnel_figure
from dashboard.presentation.escaping import escape_markdown, format_markdown_link
from dashboard.presentation.formatting import capitalize_first, format_day
from dashboard.presentation.method import (
    LIMITATIONS,
    build_brief_size_columns,
    build_example_steps,
    build_funnel_rows,
    build_recommendation_columns,
    build_recommendation_notes,
    build_size_columns,
    describe_constants,
    describe_projection_coverage,
    describe_rule,
    describe_simulation,
    describe_simulation_error,
    describe_timing_gaps,
    format_rule_hours,
)
from dashboard.presentation.palette import get_palette
from dashboard.presentation.quoting import QuotedSeries, QuoteMode
from dashboard.presentation.terms import TERM_GROUPS, Term, define_terms
from dashboard.services.method import (
    MethodDescription,
    count_attrition,
    describe_method,
    describe_projections,
    describe_size,
    publication_rule_of,
    software_versions,
)
from dashboard.services.rates import DEFAULT_SERIES
from dashboard.services.study import DEFAULT_REQUEST, build_event_view
from dashboard.ui import session
from dashboard.ui.components.elements import draw_figure, draw_page_link, draw_text_table
from dashboard.ui.pages.base import Page
from dashboard.ui.url_state import UrlState, choice_param, name_param, text_param

EXAMPLE_EVENT_ID: Final = "kellogg-nato-off-table-2025-04-20"
CELL_LIMIT: Final = 400
PARAMS: Final = (
    text_param("id", "cbr-2022-02-28"),
    choice_param(
        "up", tuple(quote.value for quote in QuoteMode), QuoteMode.WEAKER.value, shared=True
    ),
    name_param("series", DEFAULT_SERIES, "eur_rub_ecb", shared=True),
)


def draw(link: UrlState) -> None:
    """Draw the whole method on one page."""
    if link["series"] not in {card.id for card in session.get_price_cards()}:
        link.ignore("series")
    series, known = session.load_series(link["series"]), session.get_known_events().events
    st.header(_("Method"), anchor=False)
    st.markdown(
        _(
            "Every number on every page is made in the same way. Here is one of them, step by"
            " step; below it are the rules, the models, the tests, the words and the limits."
        )
    )
    _draw_terms(series.card)
    _draw_example(link, series, known)
    _draw_rules()
    method = describe_method()
    _draw_models(method)
    _draw_tests(method)
    _draw_test_sizes()
    _draw_test_recommendations()
    _draw_funnel(series, known)
    _draw_limits(known)
    _draw_sources()


def _draw_example(link: UrlState, series: RateSeries, known: tuple[Event, ...]) -> None:
    st.subheader(_("How a move is computed: a worked example"))
    by_id = {event.id: event for event in known}
    if link["id"] and link["id"] not in by_id:
        link.ignore("id")
    event = by_id.get(link["id"] or EXAMPLE_EVENT_ID)
    if event is None:
        st.markdown(_("The event of the example is not in the catalogue."))
        return
    quoting = QuotedSeries(series.card, QuoteMode(link["up"]))
    view = build_event_view(series, event, known, DEFAULT_REQUEST)
    draw_page_link(
        "event", event.title, icon=":material/event:", id=event.id, series=series.card.id
    )
    steps = build_example_steps(view, quoting)
    if not steps:
        st.markdown(
            escape_markdown(
                _("No example on this series: {reason}.", reason=translate_deferred(view.reason))
            )
        )
        return
    draw_text_table(
        {
            _("Step"): [
                f"**{number}. {escape_markdown(s.title)}**" for number, s in enumerate(steps, 1)
            ],
            _("Rule"): [escape_markdown(step.rule, CELL_LIMIT) for step in steps],
            _("Here"): [escape_markdown(step.here, CELL_LIMIT) for step in steps],
        },
        _("The steps from an event to its move and how unusual it was"),
    )
    st.caption(_("Every number of the last column is taken from the data as they are now."))


def _draw_rules() -> None:
    st.subheader(_("When a rate was made: the date rule of every series"))
    cards = session.get_cards()
    rules = [publication_rule_of(card) for card in cards]
    draw_text_table(
        {
            _("Series"): [f"**{escape_markdown(card.label)}**" for card in cards],
            _("Unit"): [escape_markdown(card.unit) for card in cards],
            _("Market day"): [describe_rule(rule) for rule in rules],
            _("Hours in the rate"): [
                escape_markdown(format_rule_hours(rule), CELL_LIMIT) for rule in rules
            ],
            _("In words"): [
                escape_markdown(translate_deferred(rule.description), CELL_LIMIT) for rule in rules
            ],
        },
        _("The date rule of every series"),
    )
    st.subheader(_("Changes of method"))
    broken = {card.breaks: card.publisher for card in cards if card.breaks}
    st.markdown(
        _(
            "The same name, another number: from these days on the publisher makes the rate in"
            " another way. A window that crosses one says so."
        )
    )
    draw_text_table(
        {
            _("From"): [format_day(item.day) for breaks in broken for item in breaks],
            _("Publisher"): [escape_markdown(broken[b]) for b in broken for _ in b],
            _("What changed"): [
                escape_markdown(translate_deferred(item.text))
                for breaks in broken
                for item in breaks
            ],
        },
        _("Changes in the way official rates are made"),
    )


def _draw_models(method: MethodDescription) -> None:
    st.subheader(_("What would have been ordinary: models"))
    draw_text_table(
        {
            _("Model"): [
                f"**{escape_markdown(translate_deferred(m.title))}** ({m.id})"
                for m in method.models
            ],
            _("The expected move"): [
                escape_markdown(translate_deferred(m.says), CELL_LIMIT) for m in method.models
            ],
            _("Needs"): [escape_markdown(translate_deferred(m.needs)) for m in method.models],
            _("Reference"): [escape_markdown(m.reference, CELL_LIMIT) for m in method.models],
        },
        _("The models of an ordinary move"),
    )


def _draw_tests(method: MethodDescription) -> None:
    st.subheader(_("Tests of a group of events"))
    draw_text_table(
        {
            _("Test"): [
                f"**{escape_markdown(translate_deferred(t.title))}** ({t.id})" for t in method.tests
            ],
            _("Null hypothesis"): [
                escape_markdown(translate_deferred(t.null_hypothesis)) for t in method.tests
            ],
            _("Assumptions"): [
                escape_markdown(translate_deferred(t.assumptions), CELL_LIMIT) for t in method.tests
            ],
            _("Does not apply without"): [
                escape_markdown(translate_deferred(t.needs)) for t in method.tests
            ],
            _("Reference"): [escape_markdown(t.reference, CELL_LIMIT) for t in method.tests],
        },
        _("The tests with their null hypotheses"),
    )
    for sentence in describe_constants(method.constants):
        st.caption(escape_markdown(sentence, CELL_LIMIT))


def _draw_funnel(series: RateSeries, known: tuple[Event, ...]) -> None:
    st.subheader(_("From events listed to events used"))
    st.markdown(
        _(
            "On {title}, with the settings of the Event page. No event disappears: each one that"
            " is not used is told with its reason.",
            title=escape_markdown(series.card.label),
        )
    )
    rows = build_funnel_rows(
        count_attrition(series, known, DEFAULT_REQUEST), DEFAULT_REQUEST.min_estimation
    )
    left, right = st.columns([5, 7], gap="medium")
    with left:
        draw_figure(
            build_funnel_figure(
                [(label, size) for label, size, _ in rows],
                get_palette(dark=session.is_dark()),
                phone=session.is_phone(),
            ),
            "method.funnel",
            _("Bars: {steps}", steps=", ".join(f"{row[0].lower()} {row[1]}" for row in rows)),
            f"{series.card.id}_attrition",
        )
    with right:
        draw_text_table(
            {
                _("Step"): [label for label, _, _ in rows],
                _("Events"): [f"{size:,}" for _, size, _ in rows],
                _("The others"): [note for _, _, note in rows],
            },
            _("How many events are left after each step"),
        )


def _draw_limits(known: tuple[Event, ...]) -> None:
    st.subheader(_("What cannot be known"))
    st.markdown(
        "\n".join(
            f"- {sentence}"
            for sentence in (*map(translate_deferred, LIMITATIONS), describe_timing_gaps(known))
        )
    )


def _draw_terms(card: SeriesCard) -> None:
    st.subheader(_("Glossary"), anchor="glossary")
    terms = define_terms(card)
    for group, title in TERM_GROUPS.items():
        st.markdown(f"**{translate_deferred(title)}**")
        _draw_term_group([term for term in terms if term.group == group])


def _draw_term_group(terms: Sequence[Term]) -> None:
    """Draw terms in two columns, each with the anchor that the help of the pages links to."""
    half = (len(terms) + 1) // 2
    columns = [st.container()] if session.is_phone() else st.columns(2, gap="medium")
    for k, term in enumerate(terms):
        with columns[0 if k < half else -1]:
            name = escape_markdown(capitalize_first(term.name))
            st.subheader(f":small[{name}]", anchor=term.anchor)
            st.markdown(escape_markdown(term.meaning, CELL_LIMIT))


def _draw_sources() -> None:
    st.subheader(_("Sources, licences, versions"))
    cards = session.get_cards()
    draw_text_table(
        {
            _("Series"): [f"**{escape_markdown(card.label)}**" for card in cards],
            _("Publisher"): [
                format_markdown_link(card.publisher, card.source_url) for card in cards
            ],
            _("Licence"): [
                escape_markdown(translate_deferred(card.licence), CELL_LIMIT) for card in cards
            ],
        },
        _("Where the rates come from"),
    )
    st.markdown(_("The events are compiled by hand; each one names its own source on its page."))
    st.caption(escape_markdown(" · ".join(software_versions()), CELL_LIMIT))


# ------------------------------------------------------------------ size of the tests


def _draw_test_sizes() -> None:
    """Draw how often each test rejects when nothing happened."""
    table = describe_size()
    st.subheader(_("How often each test rejects when nothing happened"))
    st.markdown(describe_simulation(table))
    columns = build_brief_size_columns(table) if session.is_phone() else build_size_columns(table)
    draw_text_table(columns, _("Rejection rates of every test in every simulated cell"))
    st.caption(describe_simulation_error(table))
    st.caption(describe_projection_coverage(describe_projections()))


def _draw_test_recommendations() -> None:
    """Draw which test to read in which situation."""
    table = describe_size()
    st.subheader(_("Which test to read"))
    draw_text_table(build_recommendation_columns(table), _("Which test to read in which situation"))
    st.markdown("\n".join(f"- {sentence}" for sentence in build_recommendation_notes(table)))


PAGE = Page("method", deferred("Method"), ":material/function:", "method", draw, PARAMS)
