"""The Event page: timing, event window, other events in it, actions and exports."""

from __future__ import annotations

from functools import partial
from html import unescape
from itertools import groupby
from typing import Final

import streamlit as st

from dashboard.models.currencies import NEWS_CURRENCY
from dashboard.models.errors import InputError
from dashboard.models.event import TEXT_LIMIT, Event, Origin
from dashboard.models.messages import deferred, plural, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.models.moves import EventView
from dashboard.models.people import Action
from dashboard.models.tables import LinkedChart
from dashboard.presentation.charts.event_window import (
    EventWindowChart,
    build_window_chart,
    build_window_figure,
    summarize_window,
)
from dashboard.presentation.escaping import (
    escape_label,
    escape_markdown,
    plain_text,
    plain_text_block,
)
from dashboard.presentation.events import format_citation
from dashboard.presentation.formatting import format_day, format_offset, format_timestamp
from dashboard.presentation.moves import format_point_time
from dashboard.presentation.palette import get_event_style, get_palette
from dashboard.presentation.reports import (
    build_event_report,
    build_table,
    build_window_columns,
    describe_private_notes,
)
from dashboard.services.bundles import BundleRequest, build_event_bundle
from dashboard.services.exports import Provenance, source_files, table_file
from dashboard.services.rates import DEFAULT_SERIES
from dashboard.ui import session
from dashboard.ui.components.baskets import draw_event_basket
from dashboard.ui.components.elements import (
    Shortcut,
    build_level_query,
    build_page_url,
    button_type,
    draw_figure,
    draw_flash,
    draw_heading,
    draw_links,
    draw_page_link,
    draw_shortcuts,
    draw_text_table,
)
from dashboard.ui.components.event_card import (
    build_event_facts,
    draw_event_line,
    draw_other_actions,
    restore_with_undo,
)
from dashboard.ui.components.exports import (
    BUNDLE_LABEL,
    ChartPicture,
    Downloads,
    TableFactory,
    build_linked_chart,
    build_manifest_parameters,
    build_report_context,
    draw_download_menu,
)
from dashboard.ui.components.note_form import (
    open_new_note,
    open_note_editor,
)
from dashboard.ui.components.timing import build_hour_lines, draw_notices, draw_timing
from dashboard.ui.pages.base import Page
from dashboard.ui.pages.event.controls import draw_event_controls
from dashboard.ui.pages.event.precedents import draw_precedents
from dashboard.ui.pages.event.results import (
    draw_basis,
    draw_move_details,
    draw_moves,
    draw_source_moves,
    draw_tests,
    draw_verdict,
    format_event_line,
    get_source_moves,
    get_source_window,
    has_source_moves,
)
from dashboard.ui.pages.event.state import (
    PARAMS,
    EventState,
    build_state_chart,
    carry_settings,
    describe_factor_reach,
    list_series_with_rates,
    read_event_state,
)
from dashboard.ui.url_state import UrlState

MAX_SHOWN_EVENTS: Final = 4
SENTENCE_LIMIT = 2_000
SHOWN_ID_LIMIT: Final = 80
CLAIM_CHECK_ICON = ":material/fact_check:"
MAX_OFFERED_EVENTS: Final = 5
BASKET_FOLD_KEY: Final = "event.basket"


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
    with st.container(gap="xsmall", key="event.head"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small", wrap=False):
            st.markdown(format_event_line(state.event, short=state.phone), width="stretch")
            if not state.phone:
                _draw_event_buttons(link, state)
            _draw_neighbours(link, state)
        draw_heading(escape_markdown(state.event.title))
        draw_verdict(state)
        if not (state.phone and view.path):
            draw_basis(state)
        if state.notice:
            st.markdown(f":material/info: {escape_markdown(state.notice, 300)}")
    if view.path:
        _draw_window(link, state)
        _draw_folds(link, state)
    else:
        _draw_other_series(link, state)
        draw_event_controls(link, view)
        _draw_about(state.event, state.view.card.id)
    if state.phone:
        with st.container(horizontal=True):
            _draw_event_buttons(link, state)
    draw_shortcuts(_list_shortcuts(link, view))


def _draw_other_series(link: UrlState, state: EventState) -> None:
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
    _draw_basket(link, state)
    draw_precedents(link, state)


def _draw_window(link: UrlState, state: EventState) -> None:
    """Draw the chart with its controls; to its right the moves, the timing, the other events."""
    if state.phone:
        _draw_chart(state)
        draw_basis(state)
        draw_moves(state.view, state.quoting, state.pool, dark=state.dark)
        with st.expander(_("Series, quote and window"), icon=":material/tune:"):
            draw_event_controls(link, state.view)
        with st.expander(_("Timing and other events"), icon=":material/schedule:"):
            _draw_rail(link, state)
        return
    left, right = st.columns([17, 5], gap="small")
    with left:
        _draw_chart(state)
        draw_event_controls(link, state.view)
    with right, st.container(key="event.rail", gap="small"):
        draw_moves(state.view, state.quoting, state.pool, dark=state.dark)
        _draw_rail(link, state)


def _draw_chart(state: EventState) -> None:
    chart = build_state_chart(state)
    with st.container(key="event.chart"):
        draw_figure(
            build_window_figure(chart, get_palette(dark=state.dark)),
            "event.window.chart",
            summarize_window(chart),
            phone=state.phone,
            height="content" if state.phone else "stretch",
        )


def _draw_rail(link: UrlState, state: EventState) -> None:
    view = state.view
    if view.timing is not None:
        draw_timing(state.event, view.timing, view.card, state.quoting.mode)
        draw_notices(view)
    _draw_crowding(view, carry_settings(link))


def _draw_basket(link: UrlState, state: EventState) -> None:
    """Draw the event on every series of a basket, folded; a link that names one opens it."""
    st.session_state.setdefault(BASKET_FOLD_KEY, bool(link["basket"]))
    fold = st.expander(
        _("On everything you watch"), icon=":material/dataset:", key=BASKET_FOLD_KEY,
        on_change="rerun",
    )  # fmt: skip
    if fold.open:
        with fold:
            draw_event_basket(link, state.event)


def _draw_folds(link: UrlState, state: EventState) -> None:
    """Draw other series, precedents and what the answer rests on, each part folded."""
    _draw_basket(link, state)
    draw_precedents(link, state)
    with st.expander(_("Details: days, rates and both quotes"), icon=":material/table:"):
        draw_move_details(state)
    with st.expander(_("Tests: abnormal move, t, placebo p"), icon=":material/science:"):
        draw_tests(state)
    if has_source_moves(state.view):
        with st.expander(_("The same move on every source"), icon=":material/compare_arrows:"):
            draw_source_moves(state)
    with st.expander(_("The table behind the chart"), icon=":material/table_chart:"):
        draw_text_table(
            build_window_columns(state.view, state.quoting), _("The window, offset by offset")
        )
    _draw_about(state.event, state.view.card.id)


def _draw_about(event: Event, series_id: str) -> None:
    """Draw text, details, sources of the hour and actions; the text of a note is not folded."""
    if event.text and event.origin == Origin.NOTE:
        st.text(plain_text_block(event.text, TEXT_LIMIT))
    with st.expander(
        _("About this event") if event.origin != Origin.NOTE else _("About this note"),
        icon=":material/info:",
    ):
        if event.text and event.origin != Origin.NOTE:
            st.text(plain_text_block(event.text, TEXT_LIMIT))
        st.markdown(" · ".join(build_event_facts(event)))
        if event.hours:
            st.markdown("\n".join(f"- {line}" for line in build_hour_lines(event)))
        _draw_more_buttons(event, series_id)


def _draw_neighbours(link: UrlState, state: EventState) -> None:
    """Draw the steps to the events before and after; the arrow keys do the same."""
    by_id = {event.id: event for event in state.known}
    with st.container(horizontal=True, gap="xsmall", width="content", wrap=False):
        for key, target, icon, text in (
            ("before", state.view.previous_id, ":material/chevron_left:", _("Event before")),
            ("after", state.view.next_id, ":material/chevron_right:", _("Event after")),
        ):
            event = by_id.get(target or "")
            named = f"{text}: {escape_label(event.title)}" if event else _("no other event")
            st.button(
                named,  # read out; shell.css shows the icon alone
                key=f"event.{key}",
                icon=icon,
                type="tertiary",
                disabled=event is None,
                help=named,
                on_click=partial(link.set, id=target),
            )


def _list_shortcuts(link: UrlState, view: EventView) -> tuple[Shortcut, ...]:
    keys = (
        ("Left", deferred("The event before"), view.previous_id),
        ("Right", deferred("The event after"), view.next_id),
    )
    moves = (
        Shortcut(key, text, partial(link.set, id=target)) for key, text, target in keys if target
    )
    return (*moves, Shortcut("A", deferred("Add a note")))


def _draw_deleted_note(note: Event) -> None:
    draw_heading(escape_markdown(note.title))
    when = format_timestamp(note.deleted) if note.deleted is not None else ""
    st.markdown(
        _("This note was deleted on {when}. It can be taken back.", when=escape_markdown(when))
    )
    if session.may(Action.NOTE):
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
    """Say why there is no event, and offer the latest ones that have a rate."""
    draw_heading(_("Choose an event"))
    st.markdown(message)
    if event_id:
        st.text(plain_text(event_id))
        text = " ".join(word for word in event_id.replace("-", " ").split() if word.isalpha())
        draw_page_link(
            "events", _("Search the events for its words"), icon=":material/search:", q=text
        )
    last = session.load_series(DEFAULT_SERIES).day[-1].astype(object)
    known = [event for event in session.get_known_events().events if event.day <= last]
    st.markdown(_("**The latest events**"))
    for event in sorted(known, key=lambda event: event.day)[: -MAX_OFFERED_EVENTS - 1 : -1]:
        draw_event_line(event)
    draw_page_link("events", _("All events and notes"), icon=":material/list:")
    draw_page_link("explore", _("Explore the rate with its events"), icon=":material/show_chart:")


# ------------------------------------------------------------------ buttons


def _draw_event_buttons(link: UrlState, state: EventState) -> None:
    """Draw what can be done with an event or a note; `A` adds a note on its day."""
    event, series_id = state.event, link["series"]
    with st.popover(_("Share"), icon=":material/share:"):
        _draw_citation(link, state)
    with st.container(width="content"):
        draw_download_menu(_list_downloads(link, state), "event.download")
    hint = _("On the day of this event. Key A does the same.")
    shortcut = None if state.phone else "A"
    add = partial(st.button, key="event.add", shortcut=shortcut, help=hint)
    if not session.may(Action.NOTE):
        return
    if add(_("Add note"), icon=":material/add:"):
        open_new_note(event.day, series_id)
    if event.origin == Origin.NOTE and st.button(
        _("Edit note"), icon=":material/edit:", key="event.edit"
    ):
        open_note_editor(event, series_id)


def _draw_more_buttons(event: Event, series_id: str) -> None:
    """Draw what is done more seldom."""
    with st.container(horizontal=True):
        draw_other_actions(event, series_id, "event", _("Delete note"))


# ------------------------------------------------------------------ other events in the window


def _draw_crowding(view: EventView, settings: dict[str, str]) -> None:
    """Draw the other events in the window: the nearest in sight, the rest folded."""
    if not view.crowd:
        st.caption(_("No other event in the window, as far as the catalogue and the notes know."))
        return
    st.markdown(
        plural("**{n:,} other event in the window**", "**{n:,} other events in the window**",
               len(view.crowd))
    )  # fmt: skip
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
        place = format_offset(offset)
        st.caption(f"{days[offset]} ({place})" if offset in days else place)
        for event in (item[1] for item in group):
            title = event.title
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
    st.markdown(_("**Copy link** to this view"))
    draw_links("event", link)
    _draw_claim_link(state)


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


def _list_downloads(link: UrlState, state: EventState) -> Downloads:
    """The chart, the tables, the report and the bundle, all of what the page shows now."""
    view, parts = state.view, session.get_context()
    series = session.load_series(view.card.id)
    context = build_report_context("event", link)
    request = BundleRequest(
        "event", (series,), (view.event,), state.known, view.request, state.factors
    )
    ids = [series.card.id, *(factor.card.id for factor in state.factors)]
    provenance = Provenance(
        build_manifest_parameters(context), source_files(parts.rates, ids), context.made_at
    )
    return Downloads(
        (view.event.id, view.card.id),
        "event",
        link,
        picture=_build_picture(state, build_window_chart(view, state.quoting))
        if view.path
        else None,
        tables=_list_tables(state),
        report=lambda: build_event_report(view, series, state.quoting, state.pool, context),
        bundles={translate_deferred(BUNDLE_LABEL): lambda: build_event_bundle(request, provenance)},
        warning=describe_private_notes([view.event]),
    )


def _build_picture(state: EventState, chart: EventWindowChart) -> ChartPicture:
    palette = get_palette(dark=chart.dark)
    return ChartPicture(
        lambda: build_window_figure(chart, palette),
        plain_text(unescape(chart.title)),
        chart.subtitle,
        summarize_window(chart),
        (session.load_series(state.view.card.id), *state.factors),
    )


def build_chart(link: UrlState) -> LinkedChart:
    """The chart of a link for programs and other sites.

    Raises:
        InputError: there is no such event, or no rate around it.
    """
    event = session.find_event(link["id"])
    if event is None or event.deleted is not None:
        msg = _("there is no event with this id")
        raise InputError(msg, field="id", value=plain_text(link["id"], SHOWN_ID_LIMIT))
    state = read_event_state(link, event)
    if not state.view.path:
        msg = _("there is no rate around this event on {series}", series=state.view.card.label)
        raise InputError(msg, field="id", value=event.id)
    return build_linked_chart(
        "event",
        link,
        _build_picture(state, build_state_chart(state)),
        ("event_window", (state.view,)),
        [
            build_table(
                _("The window, offset by offset"), build_window_columns(state.view, state.quoting)
            )
        ],
    )


def _list_tables(state: EventState) -> dict[str, tuple[str, TableFactory]]:
    """Label and bytes of each table, by its name."""
    view = state.view
    tables: dict[str, tuple[str, TableFactory]] = {
        "moves": (
            plural("Moves, {n:,} row", "Moves, {n:,} rows", len(view.moves)),
            lambda flavour: table_file("event_moves", [view], flavour),
        ),
        "window": (
            plural("This window, {n:,} row", "This window, {n:,} rows", len(view.path)),
            lambda flavour: table_file("event_window", [view], flavour),
        ),
    }
    if has_source_moves(view):
        moves = get_source_moves(view.event, get_source_window(view))
        tables["sources"] = (
            plural("Every source, {n:,} row", "Every source, {n:,} rows", len(moves)),
            lambda flavour: table_file("source_moves", moves, flavour),
        )
    return tables


PAGE = Page(
    "event", deferred("Event"), ":material/event:", "event", draw, PARAMS, visible=False,
    chart=build_chart,
)  # fmt: skip
