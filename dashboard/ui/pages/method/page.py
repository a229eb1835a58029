"""The Method page: a glossary first, then one part at a time, and a search over all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import groupby
from typing import Any, Final

import streamlit as st

from dashboard.models.event import Event
from dashboard.models.messages import deferred, plural, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.models.series import RateSeries, SeriesCard
from dashboard.presentation.charts.comparison_moves import build_funnel_figure
from dashboard.presentation.escaping import escape_markdown, format_markdown_link
from dashboard.presentation.formatting import capitalize_first, format_day
from dashboard.presentation.method import (
    SearchEntry,
    build_brief_size_columns,
    build_example_steps,
    build_funnel_rows,
    build_limit_entries,
    build_method_entries,
    build_recommendation_columns,
    build_recommendation_notes,
    build_rule_entries,
    build_size_columns,
    build_term_entries,
    describe_constants,
    describe_projection_coverage,
    describe_rule,
    describe_simulation,
    describe_simulation_error,
    format_rule_hours,
    search_entries,
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
from dashboard.ui.url_state import (
    UrlState,
    choice_param,
    name_param,
    postpone_fragment_echo,
    text_param,
)

EXAMPLE_EVENT_ID: Final = "kellogg-nato-off-table-2025-04-20"
CELL_LIMIT: Final = 400
PART_KEY: Final = "method.part"
PARTS: Final[dict[str, str]] = {
    "glossary": deferred("Glossary"),
    "example": deferred("A worked example"),
    "dates": deferred("When a rate is made"),
    "models": deferred("What is ordinary: models"),
    "tests": deferred("Tests of a group"),
    "size": deferred("Which test to trust"),
    "sample": deferred("From events listed to used"),
    "limits": deferred("What cannot be known"),
    "sources": deferred("Sources and versions"),
}
PARAMS: Final = (
    choice_param("part", tuple(PARTS), ""),
    name_param("term", "", "placebo-p"),
    text_param("q", "placebo"),
    text_param("id", "cbr-2022-02-28"),
    choice_param(
        "up", tuple(quote.value for quote in QuoteMode), QuoteMode.WEAKER.value, shared=True
    ),
    name_param("series", DEFAULT_SERIES, "eur_rub_ecb", shared=True),
)


def draw(link: UrlState) -> None:
    """Draw the contents, and the chosen part or what was searched for."""
    if link["series"] not in {card.id for card in session.get_price_cards()}:
        link.ignore("series")
    series, known = session.load_series(link["series"]), session.get_known_events().events
    part = link["part"] or ("example" if link["id"] else "glossary")
    if session.is_phone():
        _draw_search(link)
        _draw_contents(link, part)
        content = st.container()
    else:
        left, content = st.columns([3, 10], gap="large")
        with left:
            _draw_search(link)
            _draw_contents(link, part)
    with content:
        if link["q"]:
            _draw_results(link, series.card, known)
        else:
            _draw_part(part, link, series, known)


def _draw_search(link: UrlState) -> None:
    st.text_input(
        _("Search the method"),
        placeholder=_("placebo, Holm, base …"),
        icon=":material/search:",
        **link.typed("q"),
    )


def _draw_contents(link: UrlState, part: str) -> None:
    """Draw the list of parts; a choice also ends a search."""
    st.session_state[PART_KEY] = part
    choose = lambda: link.set(part=st.session_state[PART_KEY], q="", term="")  # noqa: E731
    widget: Any = st.selectbox if session.is_phone() else st.radio
    widget(
        _("Contents"),
        list(PARTS),
        format_func=lambda name: translate_deferred(PARTS[name]),
        key=PART_KEY,
        on_change=postpone_fragment_echo(PART_KEY, choose),
    )


def _draw_results(link: UrlState, card: SeriesCard, known: tuple[Event, ...]) -> None:
    entries = search_entries(_build_entries(card, known), link["q"])
    st.header(
        plural("{n} result", "{n} results", len(entries)) if entries else _("Nothing found"),
        anchor=False,
    )
    if not entries:
        st.markdown(_("Try one word, such as *percentile*, *base* or *correction*."))
    for part, group in groupby(entries, key=lambda entry: entry.part):
        st.button(
            translate_deferred(PARTS[part]),
            key=f"method.open.{part}",
            icon=":material/arrow_forward:",
            type="tertiary",
            on_click=link.set,
            kwargs={"part": part, "q": ""},
        )
        st.markdown("\n".join(f"- {entry.text}" for entry in group))


def _build_entries(card: SeriesCard, known: tuple[Event, ...]) -> tuple[SearchEntry, ...]:
    """What can be searched for, in the order of the parts."""
    rules = [(each.label, publication_rule_of(each)) for each in session.get_cards()]
    return (
        *build_term_entries(define_terms(card)),
        *build_rule_entries(rules),
        *build_method_entries(describe_method()),
        *build_limit_entries(known),
    )


def _draw_part(part: str, link: UrlState, series: RateSeries, known: tuple[Event, ...]) -> None:
    st.header(translate_deferred(PARTS[part]), anchor=part)
    method = describe_method()
    draw_part: dict[str, Callable[[], None]] = {
        "glossary": partial(_draw_terms, link, series.card),
        "example": partial(_draw_example, link, series, known),
        "dates": _draw_rules,
        "models": partial(_draw_models, method),
        "tests": partial(_draw_tests, method),
        "size": _draw_test_sizes,
        "sample": partial(_draw_funnel, series, known),
        "limits": partial(_draw_limits, known),
        "sources": _draw_sources,
    }
    draw_part[part]()


def _draw_example(link: UrlState, series: RateSeries, known: tuple[Event, ...]) -> None:
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
    cards = session.get_cards()
    rules = [publication_rule_of(card) for card in cards]
    draw_text_table(
        {
            _("Series"): [f"**{escape_markdown(card.label)}**" for card in cards],
            _("Unit"): [escape_markdown(card.unit_label) for card in cards],
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
    broken = {card.breaks: card.publisher_label for card in cards if card.breaks}
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
    st.markdown("\n".join(f"- {entry.text}" for entry in build_limit_entries(known)))


def _draw_terms(link: UrlState, card: SeriesCard) -> None:
    terms = define_terms(card)
    if link["term"] not in {"", *(term.anchor for term in terms)}:
        link.ignore("term")
    groups = " · ".join(
        f"[{translate_deferred(t)}](#terms-{key})" for key, t in TERM_GROUPS.items()
    )
    st.markdown(groups)
    for group, title in TERM_GROUPS.items():
        st.subheader(translate_deferred(title), anchor=f"terms-{group}")
        _draw_term_group([term for term in terms if term.group == group], link["term"])


def _draw_term_group(terms: Sequence[Term], marked: str) -> None:
    """Draw terms in two columns, each with the anchor that the help of the pages links to."""
    half = len(terms) if session.is_phone() else (len(terms) + 1) // 2
    columns = [st.container()] if session.is_phone() else st.columns(2, gap="medium")
    for column, part in zip(columns, (terms[:half], terms[half:]), strict=False):
        with column.container(gap=None):
            for term in part:
                name = escape_markdown(capitalize_first(term.name))
                shown = f":blue-background[{name}]" if term.anchor == marked else name
                st.subheader(f":small[{shown}]", anchor=term.anchor)
                st.markdown(escape_markdown(term.meaning, CELL_LIMIT))


def _draw_sources() -> None:
    cards = session.get_cards()
    draw_text_table(
        {
            _("Series"): [f"**{escape_markdown(card.label)}**" for card in cards],
            _("Publisher"): [
                format_markdown_link(card.publisher_label, card.source_url) for card in cards
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
    """Draw which test to read, and how often each rejects when nothing happened."""
    table = describe_size()
    draw_text_table(build_recommendation_columns(table), _("Which test to read in which situation"))
    st.markdown("\n".join(f"- {sentence}" for sentence in build_recommendation_notes(table)))
    st.subheader(_("How often each test rejects when nothing happened"))
    st.markdown(describe_simulation(table))
    columns = build_brief_size_columns(table) if session.is_phone() else build_size_columns(table)
    draw_text_table(columns, _("Rejection rates of every test in every simulated cell"))
    st.caption(describe_simulation_error(table))
    st.caption(describe_projection_coverage(describe_projections()))


PAGE = Page(
    "method", deferred("Method"), ":material/function:", "method", draw, PARAMS,
    heading=deferred("Method"),
    purpose=deferred("How every number is made, and what each word means."),
)  # fmt: skip
