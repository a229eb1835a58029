"""Every series there is: how far it goes, how old it is, what it measures and cannot say."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard.domain.date_rules import RULES
from dashboard.services.report_rates import RateReport
from dashboard.ui import session
from dashboard.ui.rate_words import (
    age_words,
    fetched_words,
    known_words,
    live_words,
    problem_words,
    state_words,
)
from dashboard.ui.text import escape_markdown, markdown_link
from dashboard.ui.wording import count, day, short_day

LIMIT = 500


def draw_every_series() -> None:
    """Draw a card: the table of what is there, what is not, and what each series is."""
    reports = session.rate_reports()
    there = [report for report in reports if report.rows]
    with st.container(border=True):
        st.markdown("#### Every series: how far, how old, what to know")
        if session.is_phone():
            for report in there:
                st.markdown(_line(report))
        else:
            st.table(series_columns(there), hide_index=True, border="horizontal")
        _draw_missing([report for report in reports if not report.rows])
        with st.expander("What each series is: the cards", icon=":material/library_books:"):
            for report in reports:
                st.markdown(card_words(report))
        _draw_rules(reports)


def series_columns(reports: Sequence[RateReport]) -> dict[str, list[str]]:
    """The table: a row a series; what is overdue or went wrong is amber."""
    return {
        "Series": [escape_markdown(report.card.title) for report in reports],
        "Number": [escape_markdown(report.card.unit) for report in reports],
        "Source": [markdown_link(r.card.publisher, r.card.source_url) for r in reports],
        "Rows": [f"{report.rows:,}" for report in reports],
        "Market days": [ends_words(report) for report in reports],
        "Last rate": [_amber(age_words(report), is_wrong=report.is_overdue) for report in reports],
        "Updated": [fetched_words(report) for report in reports],
        "To know": [_to_know(report) for report in reports],
    }


def ends_words(report: RateReport) -> str:
    """The first and last market day of a series."""
    if report.first_day is None or report.last_day is None:
        return ""
    return f"{short_day(report.first_day)} – {short_day(report.last_day)}"


def card_words(report: RateReport) -> str:
    """The card of a series as Markdown: a heading and its lines."""
    card = report.card
    live = live_words(report.live, card) if report.live is not None else ""
    told = (
        _told("measures", f"{card.quantity or card.description}; {card.unit}"),
        _told("known", RULES[card.date_rule].description),
        _told("cannot say", card.limits),
        _told("licence", card.licence),
        _told("history", _history(report)),
        _told("last rate", _last(report)),
        _told("live", live),
        _told("to know", state_words(report)),
    )
    source = f":gray[source:] {markdown_link(card.publisher, card.source_url)}"
    head = f"**{escape_markdown(card.title)}** `{card.id}`"
    return "  \n".join([head, source, *(line for line in told if line)])


def _told(name: str, text: str) -> str:
    return f":gray[{name}:] {escape_markdown(text, LIMIT)}" if text else ""


def _history(report: RateReport) -> str:
    card = report.card
    first = card.history_from or report.first_day
    since = f"since {day(first)}" if first else ""
    until = f"until {day(card.history_until)}" if card.history_until else ""
    here = f"{count(report.rows, 'row')} here, {ends_words(report)}" if report.rows else "none here"
    return "; ".join(part for part in (f"{since} {until}".strip(), here) if part)


def _last(report: RateReport) -> str:
    parts = (age_words(report), f"known at {known_words(report)}", fetched_words(report))
    return "; ".join(parts) if report.rows else ""


def _to_know(report: RateReport) -> str:
    words = escape_markdown(state_words(report), LIMIT)
    live = live_words(report.live, report.card) if report.live is not None else ""
    return " · ".join(part for part in (_amber(words, is_wrong=bool(report.problem)), live) if part)


def _line(report: RateReport) -> str:
    row = series_columns([report])
    row["Rows"] = [count(report.rows, "row")]
    told = [cells[0] for name, cells in row.items() if name != "Series" and cells[0]]
    return f"**{row['Series'][0]}**  \n{' · '.join(told)}"


def _draw_missing(missing: Sequence[RateReport]) -> None:
    if not missing:
        return
    names = "; ".join(escape_markdown(report.card.title) for report in missing)
    st.markdown(f":small[Not fetched yet: {names}.]")
    for told in dict.fromkeys(problem_words(report) for report in missing if report.problem):
        st.markdown(_amber(escape_markdown(told, LIMIT), is_wrong=True))


def _draw_rules(reports: Sequence[RateReport]) -> None:
    cards = [report.card for report in reports if report.rows]
    with st.expander("When each rate was known: the date rules", icon=":material/schedule:"):
        for rule in {card.date_rule: RULES[card.date_rule] for card in cards}.values():
            named = ", ".join(card.title for card in cards if card.date_rule == rule.id)
            st.markdown(f"**{escape_markdown(named)}.** {escape_markdown(rule.description, 500)}")


def _amber(text: str, *, is_wrong: bool) -> str:
    return f":orange[{text}]" if is_wrong and text else text
