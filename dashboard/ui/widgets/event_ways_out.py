"""What a reader takes along from an event: a sentence with its source, the link, the CSV files."""

from __future__ import annotations

import streamlit as st

from dashboard.services.bundle_study import Asked, event_bundle, files_behind
from dashboard.services.export_tables import MadeOf, event_moves_csv, event_window_csv
from dashboard.ui import session
from dashboard.ui.address import View
from dashboard.ui.event_report import event_report
from dashboard.ui.event_scene import EventScene
from dashboard.ui.event_tables import window_columns
from dashboard.ui.event_words import copy_text
from dashboard.ui.report_parts import private_words
from dashboard.ui.text import plain
from dashboard.ui.widgets.copy_link import draw_links
from dashboard.ui.widgets.downloads import draw_csv_buttons
from dashboard.ui.widgets.links import address_of, link_of_level, page_link
from dashboard.ui.widgets.report_row import BUNDLE, draw_report, made_now, parameters_of
from dashboard.ui.wording import count, day

SENTENCE_LIMIT = 2_000
FACTS_ICON = ":material/fact_check:"


def draw_copy(link: View, scene: EventScene) -> None:
    """Draw the sentence and the link, each with its own copy button."""
    address = f"{address_of('event')}?{link.query()}"
    st.markdown("**Copy as text**, every number as on this page, with its source")
    sentence = copy_text(scene.view, scene.quoting, scene.pool, address)
    st.code(plain(sentence, SENTENCE_LIMIT), language=None, wrap_lines=True)
    _draw_check(scene)
    st.markdown("**Copy link** to this view")
    draw_links("event", link)
    _draw_report(link, scene)


def _draw_check(scene: EventScene) -> None:
    """Draw the way to the claims about the day on which the event can first be seen."""
    view = scene.view
    if view.timing is None or not view.card.is_rouble or view.card.bar_minutes:
        return
    first = view.timing.first
    settings = link_of_level(first.day, first.rate, view.card.id)
    page_link("facts", f"Check a claim about {day(first.day)}", icon=FACTS_ICON, **settings)


def _draw_report(link: View, scene: EventScene) -> None:
    """Draw the report and the bundle; both hold on to what the page shows now."""
    view, parts = scene.view, session.parts()
    series = session.series(view.card.id)
    made = made_now("event", link)
    asked = Asked("event", (series,), (view.event,), scene.known, view.request, scene.factors)
    ids = [series.card.id, *(factor.card.id for factor in scene.factors)]
    draw_report(
        lambda: event_report(view, series, scene.quoting, scene.pool, made),
        {
            BUNDLE: lambda: event_bundle(
                asked, MadeOf(parameters_of(made), files_behind(parts.rates, ids), made.made_at)
            )
        },
        (view.event.id, view.card.id),
        "event.report",
        has_chart=bool(view.path),
        warning=private_words([view.event]),
    )


def draw_files(scene: EventScene) -> None:
    """Draw the CSV buttons of the window and of the moves."""
    view = scene.view
    with st.container(horizontal=True):
        draw_csv_buttons(
            f"moves, {count(len(view.moves), 'row')}",
            (view.event.id, view.card.id, "moves"),
            lambda flavour: event_moves_csv(view, flavour),
            "event.moves",
        )
        draw_csv_buttons(
            f"this window, {count(len(view.path), 'row')}",
            (view.event.id, view.card.id, "window"),
            lambda flavour: event_window_csv(view, flavour),
            "event.window",
        )


def path_columns(scene: EventScene) -> dict[str, list[str]]:
    """The figure as a table."""
    return window_columns(scene.view, scene.quoting)
