"""The Event page: timing, event window, other events in it, actions and exports."""

from __future__ import annotations

from functools import partial
from itertools import groupby
from typing import Final

import streamlit as st

from dashboard.models.currencies import NEWS_CURRENCY
from dashboard.models.event import Event, Origin
from dashboard.models.messages import deferred, plural, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.models.moves import EventView
from dashboard.presentation.charts.event_window import build_window_figure, summarize_window
from dashboard.presentation.escaping import escape_label, escape_markdown, plain_text, truncate
from dashboard.presentation.events import format_citation
from dashboard.presentation.formatting import format_day, format_offset, format_timestamp
from dashboard.presentation.moves import format_point_time
from dashboard.presentation.palette import get_event_style, get_palette
from dashboard.presentation.reports import (
    build_event_report,
    build_window_columns,
    describe_private_notes,
)
from dashboard.services.bundles import BundleRequest, build_event_bundle
from dashboard.services.exports import Provenance, source_files, table_file
from dashboard.ui import session
from dashboard.ui.components.elements import (
    Shortcut,
    build_level_query,
    build_page_url,
    button_type,
    draw_figure,
    draw_flash,
    draw_links,
    draw_page_link,
    draw_shortcuts,
)
from dashboard.ui.components.event_card import delete_with_undo, draw_hide_button, restore_with_undo
from dashboard.ui.components.exports import (
    BUNDLE_LABEL,
    build_manifest_parameters,
    build_report_context,
    draw_report_buttons,
    draw_table_buttons,
)
from dashboard.ui.components.note_form import (
    open_new_note,
    open_note_copy,
    open_note_editor,
    open_note_history,
)
from dashboard.ui.components.timing import draw_hour_sources, draw_notices, draw_timing
from dashboard.ui.pages.base import Page
from dashboard.ui.pages.event.controls import draw_event_controls, draw_pool_choice
from dashboard.ui.pages.event.results import (
    draw_event_head,
    draw_headline,
    draw_move_list,
    draw_move_tables,
    draw_source_moves,
)
from dashboard.ui.pages.event.state import (
    PARAMS,
    EventState,
    build_chart_file_name,
    build_state_chart,
    carry_settings,
    describe_factor_reach,
    list_series_with_rates,
    read_event_state,
)
from dashboard.ui.url_state import UrlState

MAX_SHOWN_EVENTS: Final = 8
TITLE_LIMIT: Final = 46
SENTENCE_LIMIT = 2_000
CLAIM_CHECK_ICON = ":material/fact_check:"
NEIGHBOUR_LIMIT: Final = 48
SHORTCUT_HELP: Final = (
    Shortcut("Left", deferred("The event before")),
    Shortcut("Right", deferred("The event after")),
    Shortcut("A", deferred("Add a note")),
)


def draw(link: UrlState) -> None:
    """Draw the event of the link, or say why there is none."""
    draw_flash()
    if not link["id"]:
        _draw_no_event(_("No event was asked for."), "")
        return
    event = session.find_event(link["id"])
    if event is None:
        _draw_no_event(_("There is no event with this id:"), link["id"])
    elif event.deleted is not None:
        _draw_deleted_note(event)
    else:
        _draw_event(link, read_event_state(link, event))


def _draw_event(link: UrlState, state: EventState) -> None:
    view = state.view
    _draw_neighbours(link, state)
    draw_event_head(state.event)
    _draw_event_buttons(state.event, link["series"])
    draw_headline(state)
    if view.timing is not None:
        draw_timing(state.event, view.timing, view.card, state.quoting.mode)
        draw_notices(view)
    draw_hour_sources(state.event)
    draw_event_controls(link, view.card)
    if state.notice:
        st.markdown(f":material/info: {escape_markdown(state.notice, 300)}")
    if view.path:
        _draw_window(link, state)
        _draw_moves(link, state)
    else:
        _draw_other_series(state)
    draw_source_moves(state)
    _draw_citation(link, state)
    draw_shortcuts(SHORTCUT_HELP)


def _draw_other_series(state: EventState) -> None:
    """Draw links to series that have rates of the day, and the range of the factor."""
    for factor in state.view.factors:
        st.markdown(escape_markdown(describe_factor_reach(factor), 300))
    titles = list_series_with_rates(state.event)
    if titles:
        st.markdown(
            escape_markdown(
                _("Series with rates on this day: {titles}.", titles="; ".join(titles)), 500
            )
        )


def _draw_window(link: UrlState, state: EventState) -> None:
    left, right = st.columns([8, 4], gap="medium")
    with left:
        chart = build_state_chart(state)
        draw_figure(
            build_window_figure(chart, get_palette(dark=state.dark)),
            "event.window.chart",
            summarize_window(chart),
            build_chart_file_name(state),
        )
        with st.expander(_("The table behind the chart"), icon=":material/table:"):
            st.table(
                build_window_columns(state.view, state.quoting),
                hide_index=True,
                border="horizontal",
            )
    with right:
        _draw_crowding(state.view, carry_settings(link))


def _draw_moves(link: UrlState, state: EventState) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.subheader(_("Moves around the event"), anchor=False, width="stretch")
        draw_pool_choice(link, state.view)
    draw_table = draw_move_list if state.phone else draw_move_tables
    draw_table(state.view, state.quoting, state.pool, dark=state.dark)
    _draw_event_files(state)


def _draw_neighbours(link: UrlState, state: EventState) -> None:
    """Draw links to the events before and after; the arrow keys do the same."""
    by_id = {event.id: event for event in state.known}
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        for key, target, icon in (
            ("Left", state.view.previous_id, ":material/arrow_back:"),
            ("Right", state.view.next_id, ":material/arrow_forward:"),
        ):
            event = by_id.get(target or "")
            name = escape_label(event.title, NEIGHBOUR_LIMIT) if event else _("no other event")
            if state.phone and event:
                name = _("Event before") if key == "Left" else _("Event after")
            st.button(
                name,
                key=f"event.{key}",
                icon=icon,
                icon_position="left" if key == "Left" else "right",
                type="tertiary",
                shortcut=key,
                disabled=event is None,
                on_click=partial(link.set, id=target),
            )


def _draw_deleted_note(note: Event) -> None:
    st.header(escape_markdown(note.title), anchor=False)
    when = format_timestamp(note.deleted) if note.deleted is not None else ""
    st.markdown(
        _("This note was deleted on {when}. It can be taken back.", when=escape_markdown(when))
    )
    st.button(
        _("Restore this note"),
        icon=":material/restore_from_trash:",
        key="event.restore",
        type=button_type(),
        on_click=restore_with_undo,
        args=(note,),
    )
    draw_page_link("events", _("All events and notes"), icon=":material/list:")


def _draw_no_event(message: str, event_id: str) -> None:
    st.header(_("No event to show"), anchor=False)
    st.markdown(message)
    if event_id:
        st.text(plain_text(event_id))
        text = " ".join(word for word in event_id.replace("-", " ").split() if word.isalpha())
        draw_page_link(
            "events", _("Search the events for its words"), icon=":material/search:", q=text
        )
    draw_page_link("explore", _("Explore the rate with its events"), icon=":material/show_chart:")
    draw_page_link("events", _("All events and notes"), icon=":material/list:")


# ------------------------------------------------------------------ buttons


def _draw_event_buttons(event: Event, series_id: str) -> None:
    """Draw the buttons of an event or a note; `A` adds a note on its day."""
    with st.container(horizontal=True):
        if event.origin == Origin.NOTE:
            _draw_note_buttons(event, series_id)
        else:
            if st.button(_("Copy into a note"), icon=":material/content_copy:", key="event.copy"):
                open_note_copy(event, series_id)
            draw_hide_button(event, "event.hide")
        hint = _("On the day of this event. Key A does the same.")
        add = st.button(
            _("Add note"), icon=":material/add:", key="event.add", shortcut="A", help=hint
        )
        if add:
            open_new_note(event.day, series_id)


def _draw_note_buttons(note: Event, series_id: str) -> None:
    if st.button(_("Edit note"), icon=":material/edit:", key="event.edit"):
        open_note_editor(note, series_id)
    st.button(
        _("Delete note"),
        icon=":material/delete:",
        key="event.delete",
        on_click=delete_with_undo,
        args=(note,),
    )
    if st.button(_("History"), icon=":material/history:", key="event.history"):
        open_note_history(note)


# ------------------------------------------------------------------ other events in the window


def _draw_crowding(view: EventView, settings: dict[str, str]) -> None:
    """Draw the other events in the window: the nearest in sight, the rest folded."""
    if not view.crowd:
        st.markdown(_("**No other event in the event window**"))
        st.caption(_("As far as the catalogue and the notes know."))
        return
    first, last = (format_offset(offset) for offset in view.request.window)
    total = plural("{n:,} other event", "{n:,} other events", len(view.crowd))
    st.markdown(
        _(
            "**{total} in the event window** (offsets {first} to {last})",
            total=total,
            first=first,
            last=last,
        )
    )
    near, far = _split_nearest(view.crowd)
    _draw_crowd_list(view, near, settings)
    if far:
        with st.expander(_("{far} more, further away", far=len(far))):
            _draw_crowd_list(view, far, settings)


def _split_nearest(
    crowd: tuple[tuple[int, Event], ...], shown: int = MAX_SHOWN_EVENTS
) -> tuple[tuple[tuple[int, Event], ...], tuple[tuple[int, Event], ...]]:
    """The events nearest to offset 0, and the others; both in the order of the offsets."""
    ranked = sorted(range(len(crowd)), key=lambda k: (abs(crowd[k][0]), k))
    nearest = set(ranked[:shown])
    return (
        tuple(item for k, item in enumerate(crowd) if k in nearest),
        tuple(item for k, item in enumerate(crowd) if k not in nearest),
    )


def _draw_crowd_list(
    view: EventView, crowd: tuple[tuple[int, Event], ...], settings: dict[str, str]
) -> None:
    minutes = view.card.bar_minutes
    days = {point.offset: format_point_time(point, minutes) for point in view.path}
    for offset, group in groupby(crowd, key=lambda item: item[0]):
        place = _("offset {offset}", offset=format_offset(offset))
        st.caption(f"{place}, {days[offset]}" if offset in days else place)
        for event in (item[1] for item in group):
            title = truncate(event.title, TITLE_LIMIT)
            if minutes and event.moment is None:
                title = _("{event} (hour unknown)", event=title)
            draw_page_link(
                "event", f"{get_event_style(event).glyph} {title}", icon="", id=event.id, **settings
            )


# ------------------------------------------------------------------ citation and files


def _draw_citation(link: UrlState, state: EventState) -> None:
    """Draw the sentence and the link, each with its own copy button."""
    address = f"{build_page_url('event')}?{link.query()}"
    st.markdown(_("**Copy as text**, every number as on this page, with its source"))
    sentence = format_citation(state.view, state.quoting, state.pool, address)
    st.code(plain_text(sentence, SENTENCE_LIMIT), language=None, wrap_lines=True)
    _draw_claim_link(state)
    st.markdown(_("**Copy link** to this view"))
    draw_links("event", link)
    _draw_report(link, state)


def _draw_claim_link(state: EventState) -> None:
    """Draw the link to the claims about the day of the first rate that can contain the event."""
    view = state.view
    is_checkable = view.card.subject.code == NEWS_CURRENCY and not view.card.bar_minutes
    if view.timing is None or not is_checkable:
        return
    first = view.timing.first
    settings = build_level_query(first.day, first.rate, view.card.id)
    draw_page_link(
        "facts",
        _("Check a claim about {day}", day=format_day(first.day)),
        icon=CLAIM_CHECK_ICON,
        **settings,
    )


def _draw_report(link: UrlState, state: EventState) -> None:
    """Draw the report and the bundle, both of what the page shows now."""
    view, parts = state.view, session.get_context()
    series = session.load_series(view.card.id)
    context = build_report_context("event", link)
    request = BundleRequest(
        "event", (series,), (view.event,), state.known, view.request, state.factors
    )
    ids = [series.card.id, *(factor.card.id for factor in state.factors)]
    draw_report_buttons(
        lambda: build_event_report(view, series, state.quoting, state.pool, context),
        {
            translate_deferred(BUNDLE_LABEL): lambda: build_event_bundle(
                request,
                Provenance(
                    build_manifest_parameters(context),
                    source_files(parts.rates, ids),
                    context.made_at,
                ),
            )
        },
        (view.event.id, view.card.id),
        "event.report",
        has_chart=bool(view.path),
        warning=describe_private_notes([view.event]),
    )


def _draw_event_files(state: EventState) -> None:
    """Draw the CSV buttons of the window and of the moves."""
    view = state.view
    with st.container(horizontal=True):
        draw_table_buttons(
            plural("moves, {n:,} row", "moves, {n:,} rows", len(view.moves)),
            (view.event.id, view.card.id, "moves"),
            lambda flavour: table_file("event_moves", [view], flavour),
            "event.moves",
        )
        draw_table_buttons(
            plural("this window, {n:,} row", "this window, {n:,} rows", len(view.path)),
            (view.event.id, view.card.id, "window"),
            lambda flavour: table_file("event_window", [view], flavour),
            "event.window",
        )


PAGE = Page("event", deferred("Event"), ":material/event:", "event", draw, PARAMS, visible=False)
