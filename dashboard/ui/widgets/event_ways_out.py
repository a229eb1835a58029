"""What a reader takes along from an event: a sentence with its source, the link, the CSV files."""

from __future__ import annotations

import streamlit as st

from dashboard.services.export_tables import event_moves_csv, event_window_csv
from dashboard.ui.address import View
from dashboard.ui.bar_words import MOSCOW_TIME, mark_words, offset_in_time, point_words
from dashboard.ui.charts.event_window_layout import has_band, offset_text
from dashboard.ui.event_scene import EventScene
from dashboard.ui.event_words import copy_text
from dashboard.ui.facts_scene import link_of_level
from dashboard.ui.text import plain
from dashboard.ui.widgets.copy_link import draw_links
from dashboard.ui.widgets.downloads import draw_csv_buttons
from dashboard.ui.widgets.links import address_of, page_link
from dashboard.ui.wording import NOTHING, count, day, signed, weekday_day

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


def _draw_check(scene: EventScene) -> None:
    """Draw the way to the claims about the day on which the event can first be seen."""
    view = scene.view
    if view.timing is None or not view.card.is_rouble or view.card.bar_minutes:
        return
    first = view.timing.first
    settings = link_of_level(first.day, first.rate, view.card.id)
    page_link("facts", f"Check a claim about {day(first.day)}", icon=FACTS_ICON, **settings)


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


def _when_columns(scene: EventScene) -> dict[str, list[str]]:
    """The market day; on bars their hours in Moscow, how far from the event, what is special."""
    path, minutes = scene.view.path, scene.view.card.bar_minutes
    if not minutes:
        return {"Market day": [weekday_day(point.day) for point in path]}
    return {
        f"Bar ({MOSCOW_TIME})": [point_words(point, minutes) for point in path],
        "From the event": [offset_in_time(point.offset, minutes) for point in path],
        "Mark": [mark_words(point) or NOTHING for point in path],
    }


def path_columns(scene: EventScene) -> dict[str, list[str]]:
    """The figure as a table: offset, day, rate, move, ordinary range, whether inside it."""
    quoting, path = scene.quoting, scene.view.path
    banded = has_band(scene.view)
    ranges = [
        sorted(quoting.quoted_log_points(value) for value in (point.low, point.high))
        for point in path
    ]
    return {
        "Offset": [offset_text(point.offset) for point in path],
        **_when_columns(scene),
        quoting.unit: [quoting.rate(point.rate) for point in path],
        f"Log pts of {quoting.unit} against the base": [
            signed(quoting.quoted_log_points(point.move)) for point in path
        ],
        "Rouble" if quoting.card.is_rouble else "Direction": [
            quoting.direction(point.move) or NOTHING for point in path
        ],
        "Ordinary range": [
            f"{signed(low)} to {signed(high)}" if banded and point.offset != -1 else NOTHING
            for point, (low, high) in zip(path, ranges, strict=True)
        ],
        "Inside it": [
            NOTHING
            if not banded or point.offset == -1
            else "yes"
            if point.low <= point.move <= point.high
            else "no"
            for point in path
        ],
    }
