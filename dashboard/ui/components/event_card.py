"""Events as one line or as a card with the actions on it; hiding catalogue events."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import timedelta
from typing import Final

import pandas as pd
import streamlit as st

from dashboard.models.errors import RoubleReactionError
from dashboard.models.event import TEXT_LIMIT, Category, Event, Origin
from dashboard.models.messages import deferred, plural, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.models.people import Action
from dashboard.models.series import RateSeries
from dashboard.presentation.escaping import (
    escape_markdown,
    format_markdown_link,
    plain_text,
    plain_text_block,
    truncate,
)
from dashboard.presentation.events import (
    describe_usual,
    describe_usual_sample,
    format_schedule,
)
from dashboard.presentation.formatting import (
    capitalize_first,
    describe_expected,
    describe_values,
    format_age,
    format_event_time,
    format_timestamp,
)
from dashboard.presentation.moves import describe_both_ranks, describe_window
from dashboard.presentation.palette import category_title, get_event_style
from dashboard.services.events import hide_events, unhide_events
from dashboard.services.notes import delete_note, restore_note
from dashboard.services.schedule import days_until, is_upcoming
from dashboard.ui import session
from dashboard.ui.components.elements import button_type, draw_page_link, open_page, set_flash
from dashboard.ui.components.event_filters import EventsState
from dashboard.ui.components.note_form import open_note_copy, open_note_editor, open_note_history
from dashboard.ui.session import EventMoves

# A link does not wrap: what does not fit in its line would be cut without a sign.
TITLE_LIMIT: Final = 66
PHONE_TITLE_LIMIT: Final = 40
CONFIDENCE_LABELS: Final = {
    "high": deferred("source verified"),
    "medium": deferred("date not verified: check it before you cite it"),
}
HIDDEN_TABLE_KEY: Final = "hidden.table"
ROW_PIXELS: Final = 35
MAX_HEIGHT: Final = 480
HIDDEN_HELP: Final = deferred(
    "Hidden events are in no list, chart, crowding or study of yours. They stay in the"
    " catalogue, and nobody else misses them."
)
MAX_LISTED_EVENTS: Final = 5


def draw_event_line(event: Event, **params: str) -> None:
    """Draw the event; `params` (quote mode, series) become settings of the link to its page."""
    with st.container(gap=None):
        title = truncate(event.title, PHONE_TITLE_LIMIT if session.is_phone() else TITLE_LIMIT)
        draw_page_link(
            "event", f"{get_event_style(event).glyph} {title}", icon="", id=event.id, **params
        )
        st.caption(format_event_caption(event))


def draw_countdown(event: Event, series: RateSeries, *, heading: str = "") -> None:
    """Draw in how many days a scheduled event is, and what is usual after its kind.

    `heading` is the Markdown before the text, as `### ` of a heading.
    """
    days = days_until(event, session.get_view_time())
    when = format_age(session.get_view_day() + timedelta(days=days), session.get_view_day())
    text = _("Not yet: {when}, {moment}", when=when, moment=format_schedule(event))
    st.markdown(f"{heading or '**'}{escape_markdown(text)}{'' if heading else '**'}")
    draw_usual_moves(series, str(event.category))


def draw_usual_moves(series: RateSeries, category: str) -> None:
    """Draw what is usual after events of a category, what that rests on, and a link to them."""
    usual = session.get_usual_moves(series, session.get_known_events(), category)
    lines = (describe_usual(usual, series.card), describe_usual_sample(usual))
    st.caption("  \n".join(escape_markdown(line, 400) for line in lines if line))
    if usual.median is not None and category in set(Category):
        label = _("Compare these events")
        icon = ":material/compare_arrows:"
        draw_page_link("compare", label, icon=icon, cat=category, series=series.card.id)


def format_event_caption(event: Event) -> str:
    """Category, time and author or source of an event, safe as Markdown."""
    parts = [category_title(event.category), format_event_time(event)]
    if event.author:
        parts.append(_("by {author}", author=event.author))
    elif event.source_name:
        parts.append(event.source_name)
    return escape_markdown(" · ".join(parts))


def build_event_facts(event: Event) -> list[str]:
    """When, who, source, confidence, expectation, as safe Markdown."""
    facts = [f"**{escape_markdown(capitalize_first(format_event_time(event)))}**"]
    if event.actor:
        facts.append(escape_markdown(event.actor))
    facts.append(format_source(event))
    if event.confidence:
        label = translate_deferred(CONFIDENCE_LABELS.get(event.confidence, event.confidence))
        facts.append(escape_markdown(label))
    facts.append(describe_expected(event.expected))
    facts += map(escape_markdown, describe_values(event))
    if event.value_source:
        label = _("source of the expected value")
        facts.append(format_markdown_link(label, event.value_source))
    if event.tags:
        facts.append(escape_markdown(_("tags: {tags}", tags=", ".join(event.tags))))
    if event.origin == Origin.NOTE and event.updated is not None:
        values = {"author": event.author, "time": format_timestamp(event.updated)}
        by_somebody = _("last changed by {author} {time}", **values)
        facts.append(
            escape_markdown(by_somebody if event.author else _("last changed {time}", **values))
        )
    return facts


def format_source(event: Event) -> str:
    """`source: Jerusalem Post`, linked, as safe Markdown."""
    if event.source_url:
        name = event.source_name or event.source_url
        return _("source: {name}", name=format_markdown_link(name, event.source_url))
    if event.source_name:
        return _("source: {source_name}", source_name=escape_markdown(event.source_name))
    return _("no source named")


# ------------------------------------------------------------------ hidden events


def draw_hidden_events() -> None:
    """Draw the list of hidden events and the buttons that show them again."""
    events = session.get_known_events().hidden
    if not events:
        st.markdown(_(":material/visibility: No hidden events. *Hide* on an event puts it here."))
        return
    st.caption(translate_deferred(HIDDEN_HELP))
    state = st.dataframe(
        pd.DataFrame(
            {
                _("Day"): [event.day.isoformat() for event in events],
                _("Category"): [plain_text(category_title(event.category)) for event in events],
                _("Title"): [plain_text(event.title) for event in events],
            }
        ),
        key=HIDDEN_TABLE_KEY,
        hide_index=True,
        height=min(MAX_HEIGHT, ROW_PIXELS * (len(events) + 1) + 3),
        row_height=ROW_PIXELS,
        on_select="rerun",
        selection_mode="multi-row",
        column_config={_("Title"): st.column_config.TextColumn(width="large")},
        alt=_("Hidden events"),
    )
    chosen = [events[row] for row in state["selection"]["rows"] if row < len(events)]
    with st.container(horizontal=True):
        if chosen:
            _draw_unhide_button(
                plural("Show {n:,} event again", "Show {n:,} events again", len(chosen)),
                "hidden.show",
                chosen,
            )
        _draw_unhide_button(_("Show all again"), "hidden.show_all", list(events))


def _draw_unhide_button(label: str, key: str, events: list[Event]) -> None:
    icon = ":material/visibility:"
    st.button(label, icon=icon, key=key, on_click=unhide_with_undo, args=(events,))


def draw_hide_button(event: Event, key: str) -> None:
    """Draw the button that hides an event of the catalogue, or shows it again."""
    if event.id in {hidden.id for hidden in session.get_known_events().hidden}:
        icon = ":material/visibility:"
        st.button(_("Show again"), icon=icon, key=key, on_click=unhide_with_undo, args=([event],))
        return
    help_text = _("Takes it out of your lists, charts and studies; it can be shown again.")
    icon = ":material/visibility_off:"
    st.button(_("Hide"), icon=icon, key=key, help=help_text, on_click=hide_with_undo, args=(event,))


def hide_with_undo(event: Event) -> None:
    """Hide an event and offer to undo it."""
    context = session.get_context()
    try:
        session.count_against_limit("write")
        hide_events(context.catalogue, context.notes, [event.id])
    except RoubleReactionError as error:
        set_flash(_("Not hidden: {error}", error=error))
        return
    set_flash(_("Hidden from you: {title}", title=event.title), event, "unhide")


def unhide_with_undo(events: list[Event]) -> None:
    """Show hidden events again."""
    context = session.get_context()
    try:
        session.count_against_limit("write")
        shown = unhide_events(context.catalogue, context.notes, [event.id for event in events])
    except RoubleReactionError as error:
        set_flash(_("Not shown: {error}", error=error))
        return
    set_flash(
        _(
            "Shown again: {title}",
            title=shown[0].title
            if len(shown) == 1
            else plural("{n:,} event", "{n:,} events", len(shown)),
        )
    )


# ------------------------------------------------------------------ card of an event


def draw_event_card(state: EventsState, event: Event, close: Callable[[], None]) -> None:
    """Draw the card of an event; `close` is the callback of its close button."""
    with st.container(border=True):
        _draw_card_head(event, close)
        _draw_event_text(event)
        _draw_event_moves(state, event)
        _draw_card_buttons(state, event)


def _draw_card_head(event: Event, close: Callable[[], None]) -> None:
    style = get_event_style(event)
    glyph = f':color[{style.glyph}]{{foreground="{style.colour}"}}'
    note = f" · {describe_note_visibility(event)}" if event.origin == Origin.NOTE else ""
    kind = f"{glyph} **{escape_markdown(category_title(event.category))}**{note}"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(kind, width="stretch")
        st.button(
            "", icon=":material/close:", key="card.close", help=_("Close"), type="tertiary",
            on_click=close,
        )  # fmt: skip


def describe_note_visibility(note: Event) -> str:
    """Whose note it is and who sees it."""
    mine = note.owner in {"", session.get_context().notes.person}
    owner_text = (
        _("your note") if mine else _("a note of {owner}", owner=escape_markdown(note.owner, 80))
    )
    return (
        _(":material/lock: {owner_text}, only you see it", owner_text=owner_text)
        if note.is_private
        else owner_text
    )


def _draw_event_text(event: Event) -> None:
    st.markdown(f"#### {escape_markdown(event.title)}")
    if event.text:
        st.text(plain_text_block(event.text, TEXT_LIMIT))
    st.markdown("  \n".join(build_event_facts(event)))


def _draw_event_moves(state: EventsState, event: Event) -> None:
    moves = state.moves.get(event.id, EventMoves())
    if is_upcoming(event, session.get_view_time()) and math.isnan(moves.first):
        draw_countdown(event, state.series)
        return
    if math.isnan(moves.first):
        if moves.reason:
            where = _(
                "No move on {title}: {reason}.",
                title=state.series.card.label,
                reason=translate_deferred(moves.reason),
            )
            st.caption(escape_markdown(where))
        return
    for window, move in (((0, 0), moves.first), ((0, 1), moves.both)):
        where = capitalize_first(describe_window(window, state.series.card))
        st.markdown(f":small[{where}] {_format_coloured_move(state, move)}")
    ranks = describe_both_ranks((moves.rank_first, moves.rank_both), state.series.card)
    if ranks:
        st.caption(ranks)
    _draw_crowding(state, moves)


def _format_coloured_move(state: EventsState, log_points: float) -> str:
    quoting = state.quoting
    if math.isnan(log_points):
        return _("not yet: the data end before it")
    colour = quoting.colour(log_points, dark=state.dark)
    return f'**:color[{quoting.move(log_points, 2)}]{{foreground="{colour}"}}** {quoting.unit}'


def _draw_crowding(state: EventsState, moves: EventMoves) -> None:
    by_id = {event.id: event for event in state.known.events}
    others = [by_id[name] for name in moves.crowd if name in by_id]
    if not others:
        return
    with st.expander(
        plural(
            "{n:,} other event {window}",
            "{n:,} other events {window}",
            len(others),
            window=describe_window((0, 1), state.series.card),
        )
    ):
        for other in others[:MAX_LISTED_EVENTS]:
            draw_event_line(other, up=state.quoting.mode.value, series=state.series.card.id)
        if len(others) > MAX_LISTED_EVENTS:
            st.caption(_("and {others} more on its page", others=len(others) - MAX_LISTED_EVENTS))


def _draw_card_buttons(state: EventsState, event: Event) -> None:
    series = state.series.card.id
    with st.container(horizontal=True):
        if st.button(_("Open"), icon=":material/open_in_new:", type=button_type(), key="card.open"):
            open_page("event", id=event.id, series=series, up=state.quoting.mode.value)
        is_changeable = event.origin == Origin.NOTE and session.may(Action.NOTE)
        if is_changeable and st.button(_("Edit"), icon=":material/edit:", key="card.edit"):
            open_note_editor(event, series)
        draw_other_actions(event, series, "card", _("Delete"))


def draw_other_actions(event: Event, series_id: str, key: str, delete_label: str) -> None:
    """Draw what is done with an event besides opening and editing: copy and hide, or delete.

    Args:
        event: of the catalogue, or a note.
        series_id: the series that a copy of it belongs to.
        key: the beginning of the keys of the buttons.
        delete_label: of the button that deletes a note.
    """
    if not session.may(Action.NOTE):
        return
    if event.origin != Origin.NOTE:
        if st.button(_("Copy into a note"), icon=":material/content_copy:", key=f"{key}.copy"):
            open_note_copy(event, series_id)
        known = session.get_known_events()
        if event.id in {other.id for other in (*known.events, *known.hidden)}:
            draw_hide_button(event, f"{key}.hide")
        return
    st.button(
        delete_label,
        icon=":material/delete:",
        key=f"{key}.delete",
        on_click=delete_with_undo,
        args=(event,),
    )
    if st.button(_("History"), icon=":material/history:", key=f"{key}.history"):
        open_note_history(event)


def delete_with_undo(note: Event) -> None:
    """Delete a note and offer to undo it; a note changed in the meantime is not deleted."""
    try:
        session.count_against_limit("write")
        deleted = delete_note(session.get_context().notes, note.id, note.revision)
    except RoubleReactionError as error:
        set_flash(_("Not deleted: {error}", error=error))
        return
    set_flash(_("Deleted: {title}", title=note.title), deleted, "restore")


def restore_with_undo(note: Event) -> None:
    """Take the deletion of a note back."""
    try:
        session.count_against_limit("write")
        restore_note(session.get_context().notes, note.id)
    except RoubleReactionError as error:
        set_flash(_("Not restored: {error}", error=error))
        return
    set_flash(_("Restored: {title}", title=note.title))
