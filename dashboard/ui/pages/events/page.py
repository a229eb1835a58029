"""The Events & notes page: the table of events with their moves, deleted notes, new notes."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from dashboard.models.errors import RoubleReactionError
from dashboard.models.event import MOSCOW, TEXT_LIMIT, Event, Origin
from dashboard.models.messages import (
    deferred,
    deferred_in_context,
    plural,
    translate_deferred,
)
from dashboard.models.messages import translate as _
from dashboard.models.moves import PlaceboRank
from dashboard.models.people import Action
from dashboard.models.study import Window
from dashboard.presentation.escaping import (
    escape_markdown,
    plain_text,
    plain_text_block,
    truncate,
)
from dashboard.presentation.events import (
    describe_countdown,
    describe_usual,
    describe_usual_sample,
    format_schedule,
    format_usual_size,
)
from dashboard.presentation.formatting import (
    NO_VALUE,
    format_age,
    format_day,
    format_short_day,
    format_timestamp,
)
from dashboard.presentation.moves import (
    describe_window,
    format_percentile,
    judged_percentile,
    title_window,
)
from dashboard.presentation.palette import category_title, format_coloured, get_event_style
from dashboard.presentation.quoting import QuotedSeries, log_to_percent
from dashboard.services.events import hidden_count_text
from dashboard.services.exports import table_file
from dashboard.services.notes import list_notes
from dashboard.services.schedule import UpcomingEvent, add_usual_moves, days_until
from dashboard.ui import session
from dashboard.ui.components.elements import (
    Shortcut,
    button_type,
    draw_flash,
    draw_page_link,
    draw_shortcuts,
    term_help,
)
from dashboard.ui.components.event_card import (
    build_event_facts,
    draw_event_card,
    draw_event_line,
    draw_hidden_events,
    restore_with_undo,
)
from dashboard.ui.components.event_filters import (
    EVENTS_PARAMS,
    FILTER_PARAMS,
    EventsState,
    clear_filters,
    draw_filter_bar,
    draw_no_matches,
    read_events_state,
)
from dashboard.ui.components.exports import (
    Downloads,
    TableFactory,
    draw_download_menu,
)
from dashboard.ui.components.note_form import open_new_note, open_note_history
from dashboard.ui.pages.base import Page
from dashboard.ui.pages.events.episodes import draw_episodes
from dashboard.ui.session import EventMoves
from dashboard.ui.url_state import UrlState, build_link

if TYPE_CHECKING:
    from pandas.io.formats.style import Styler

EVENTS_PER_PAGE: Final = 15
LIST_PAGE_KEY: Final = "events.list_page"
EVENT_TABLE_KEY: Final = "events.table"
EVENT_ROW_PIXELS: Final = 35
EVENT_TABLE_HEIGHT: Final = 700
MAX_STYLED_ROWS: Final = 2_000
PERCENT_FORMAT: Final = "%+.2f %%"
MOVE_COLUMNS: Final[dict[str, Window]] = {"[0,0]": (0, 0), "[0,1]": (0, 1)}
RANK_COLUMNS: Final = ("Percentile [0,0]", "Percentile [0,1]")
SHOWN_COLUMNS: Final = (
    "Day", "Category", "Title", "[0,0]", "Percentile [0,0]", "[0,1]", "Others", "Hour", "Author",
)  # fmt: skip
CARD_COLUMNS: Final = ("Day", "Category", "Title", "[0,0]", "Percentile [0,0]")
"""The columns next to an open card; the others stay in the menu of the table."""
TITLE_CHARACTERS: Final = 62
CARD_TITLE_CHARACTERS: Final = 47
"""What fits into the column of titles: the table would cut a longer one without a sign."""
NO_MOVES: Final = EventMoves()
UPCOMING_TABLE_KEY: Final = "upcoming.table"
DELETED_TABLE_KEY: Final = "deleted.table"
DELETED_ROW_PIXELS: Final = 35
DELETED_TABLE_HEIGHT: Final = 480
VIEW_TITLES: Final = {
    "kept": deferred_in_context("notes", "Listed"),
    "upcoming": deferred("Upcoming"),
    "episodes": deferred("Episodes"),
    "deleted": deferred_in_context("notes", "Deleted"),
    "hidden": deferred("Hidden"),
}
CARD_WIDTH: Final = 370
CARD_TITLE_WIDTH: Final = 330
TITLE_WIDTH: Final = 430


def draw(view: UrlState) -> None:
    """Draw the page."""
    state = read_events_state(view)
    draw_flash()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if view["show"] == "kept":
            draw_filter_bar(view, state)
        _draw_toolbar(view, state)
    _draw_events_view(view, state)
    draw_shortcuts((Shortcut("A", _("Add a note")),))


def _draw_events_view(view: UrlState, state: EventsState) -> None:
    if view["show"] == "deleted":
        _draw_deleted_notes()
        return
    if view["show"] == "hidden":
        draw_hidden_events()
        return
    if view["show"] == "upcoming":
        _draw_upcoming(view, state)
        return
    if view["show"] == "episodes":
        draw_episodes(view, state)
        return
    if state.known.notes_unavailable:
        st.warning(_("The notes cannot be read now; the catalogue is shown alone. Try again soon."))
    if not state.events:
        draw_no_matches(view, state)
        return
    _draw_list(view, state)


def _draw_toolbar(view: UrlState, state: EventsState) -> None:
    """Draw what is listed, and the way to a new note."""
    if not state.phone:
        st.space("stretch")
    st.segmented_control(
        _("List"),
        list(VIEW_TITLES),
        format_func=lambda value: translate_deferred(VIEW_TITLES[value]),
        required=True,
        label_visibility="collapsed",
        **view.widget("show"),
    )
    if session.may(Action.NOTE) and st.button(
        _("Add note"), icon=":material/add:", type=button_type(), shortcut="A"
    ):
        open_new_note(session.get_view_day(), state.series.card.id, after=_choose_callback(view))


def _draw_list(view: UrlState, state: EventsState) -> None:
    chosen = _get_chosen_event(view)
    close = partial(view.set, sel="")
    with st.container(horizontal=True, vertical_alignment="center"):
        help_text = _(
            "Click a heading to sort, a row to read it, a heading's mark for its meaning."
        )
        st.markdown(
            _format_heading(state), width="stretch", help=None if state.phone else help_text
        )
        if state.is_filtered:
            st.button(
                _("Clear all filters"), key="events.clear", type="tertiary",
                on_click=clear_filters, args=(view,),
            )  # fmt: skip
        with st.container(width="content"):
            _draw_files(view, state)
    if state.phone:
        if chosen is not None:
            draw_event_card(state, chosen, close)
        _draw_event_list(state)
        return
    with st.container(horizontal=True, gap="medium"):
        with st.container():
            _draw_event_table(state, view["sel"], choose=lambda name: view.set(sel=name))
        if chosen is not None:
            with st.container(width=CARD_WIDTH):
                draw_event_card(state, chosen, close)
                _draw_unlisted_event(view, state, chosen)
    same: dict[str, Any] = build_link(
        [param for param in FILTER_PARAMS if param.key != "origin"],
        {param.key: view[param.key] for param in FILTER_PARAMS},
    )
    draw_page_link("data", _("This view on Data"), icon=":material/database:", **same)


def _draw_unlisted_event(view: UrlState, state: EventsState, chosen: Event) -> None:
    listed = (*state.events, *session.get_upcoming_events())
    if chosen.id not in {event.id for event in listed}:
        st.caption(_("The filters leave this event out of the list."))
        st.button(_("Clear all filters"), key="card.clear", on_click=clear_filters, args=(view,))


def _get_chosen_event(view: UrlState) -> Event | None:
    """The event of the link, unless it is deleted; an unknown id is ignored."""
    if not view["sel"]:
        return None
    event = session.find_event(view["sel"])
    if event is None:
        view.ignore("sel")
    return event if event is not None and event.deleted is None else None


def _format_heading(state: EventsState) -> str:
    """`**68 of 365** events, 1 Mar 2014 – 9 Oct 2026, newest first`, and what is not listed."""
    shown, total = len(state.events), len(state.known.events)
    count = (
        plural("**{n:,} event**", "**{n:,} events**", total)
        if shown == total
        else _("**{shown:,} of {total:,}** events", shown=shown, total=total)
    )
    first, last = state.events[-1].day, state.events[0].day
    period = f"{format_short_day(first)} – {format_short_day(last)}"
    sentences = [_("{events}, {period}, newest first.", events=count, period=period)]
    notes = sum(event.origin == Origin.NOTE for event in state.known.events)
    sentences.append(
        plural("{n:,} note.", "{n:,} notes.", notes)
        if notes
        else _("No notes yet: press A to add one.")
    )
    hidden = hidden_count_text(len(state.known.hidden))
    if hidden:
        sentences.append(_("{hidden}: see *Hidden*.", hidden=hidden))
    for event in session.get_upcoming_events()[:1]:
        days = days_until(event, session.get_view_time())
        countdown = escape_markdown(describe_countdown(event, days))
        sentences.append(_("{countdown}: see *Upcoming*.", countdown=countdown))
    return " ".join(sentences)


def _draw_files(view: UrlState, state: EventsState) -> None:
    shown, everything = state.chronological, state.known.events
    days = [day for day in (state.since, state.until) if day is not None]
    as_of = f"asof-{session.get_view_day()}"
    tables: dict[str, tuple[str, TableFactory]] = {
        "_".join((*map(str, days), as_of)): (
            plural("This view, {n:,} row", "This view, {n:,} rows", len(shown)),
            lambda dialect: table_file("event_list", shown, dialect),
        )
    }
    if state.is_filtered:
        tables[f"all_{as_of}"] = (
            plural("All, {n:,} row", "All, {n:,} rows", len(everything)),
            lambda dialect: table_file("event_list", everything, dialect),
        )
    draw_download_menu(
        Downloads(("usdrub", "events"), "events", view, tables=tables), "events.download"
    )


def _choose_callback(view: UrlState) -> Callable[[Event], None]:
    def chosen(note: Event) -> None:
        view.set(sel=note.id)

    return chosen


# ------------------------------------------------------------------ the list on a phone


def _draw_event_list(state: EventsState) -> None:
    """Draw the events of one page and the way to the others."""
    pages = max(1, math.ceil(len(state.events) / EVENTS_PER_PAGE))
    at = min(int(st.session_state.get(LIST_PAGE_KEY, 1)), pages)
    for event in state.events[EVENTS_PER_PAGE * (at - 1) : EVENTS_PER_PAGE * at]:
        with st.container(gap=None, border=True):
            draw_event_line(event, up=state.quoting.mode.value, series=state.series.card.id)
            # not a caption: those are paled, and the colour of a direction with them
            st.markdown(_format_list_move(state, state.moves.get(event.id, EventMoves())))
    if pages > 1:
        st.pagination(pages, key=LIST_PAGE_KEY, max_visible_pages=5)


def _format_list_move(state: EventsState, studied: EventMoves) -> str:
    """`▼ −0.47 % stronger, bigger than 62 % of days`, or why there is no move."""
    if math.isnan(studied.first):
        reason = translate_deferred(studied.reason).partition(":")[0] or _("not measured")
        return _("No move: {reason}", reason=reason)
    colour = state.quoting.colour(studied.first, dark=state.dark)
    share = judged_percentile(studied.rank_first)
    move = format_coloured(state.quoting.move(studied.first, 2), colour)
    if share is None:
        return move
    rank = format_percentile(share)
    if state.series.card.bar_minutes:
        return _("{move}, bigger than {percentile} of bars", move=move, percentile=rank)
    return _("{move}, bigger than {percentile} of days", move=move, percentile=rank)


# ------------------------------------------------------------------ the table


def _draw_event_table(state: EventsState, chosen: str, choose: Callable[[str], None]) -> None:
    """Draw the table; a click on a row calls `choose` with the id of its event, "" for none."""
    ids = [event.id for event in state.events]
    rows = [ids.index(chosen)] if chosen in ids else []
    st.session_state[EVENT_TABLE_KEY] = {"selection": {"rows": rows, "columns": [], "cells": []}}

    def picked() -> None:
        at = _get_picked_row(st.session_state[EVENT_TABLE_KEY]["selection"])
        choose(ids[at] if at is not None and at < len(ids) else "")

    limit = CARD_TITLE_CHARACTERS if rows else TITLE_CHARACTERS
    frame = _build_event_frame(state)
    shown = CARD_COLUMNS if rows else SHOWN_COLUMNS
    st.dataframe(
        _style_frame(frame, state, limit),
        key=EVENT_TABLE_KEY,
        hide_index=True,
        height=min(EVENT_TABLE_HEIGHT, EVENT_ROW_PIXELS * (len(ids) + 1) + 3),
        row_height=EVENT_ROW_PIXELS,
        lazy=False,
        on_select=picked,
        selection_mode=("single-row", "single-cell"),
        column_config=_build_column_config(state, CARD_TITLE_WIDTH if rows else TITLE_WIDTH),
        column_order=[name for name in shown if _has_content(frame[name])],
        placeholder=NO_VALUE,
        alt=_("Events and notes with the rouble's move at and after each"),
    )


def _get_picked_row(selection: Mapping[str, Any]) -> int | None:
    """The row that was clicked: its box, or any cell of it; None where it was let go."""
    cells = selection.get("cells") or []
    if cells:
        return int(cells[0][0])
    rows = selection.get("rows") or []
    return int(rows[0]) if rows else None


def _build_event_frame(state: EventsState) -> pd.DataFrame:
    """A row an event: text as plain text, moves as percentages of the number shown."""
    events = state.events
    moves = [state.moves.get(event.id, NO_MOVES) for event in events]
    shown = partial(_to_shown_percent, state.quoting)
    return pd.DataFrame(
        {
            "Day": pd.array([pd.Timestamp(event.day) for event in events], dtype="datetime64[s]"),
            "Hour": [_format_hour(event) for event in events],
            "Category": [
                f"{get_event_style(e).glyph} {plain_text(category_title(e.category))}"
                for e in events
            ],
            "Title": [plain_text(event.title) for event in events],
            "[0,0]": [shown(move.first) for move in moves],
            "Percentile [0,0]": [_get_percentile(move.rank_first) for move in moves],
            "[0,1]": [shown(move.both) for move in moves],
            "Percentile [0,1]": [_get_percentile(move.rank_both) for move in moves],
            "Others": pd.array([_count_others(move) for move in moves], dtype="Int64"),
            "Source": [plain_text(event.source_name, 80) for event in events],
            "Author": [plain_text(event.author, 80) for event in events],
            "Reason": [translate_deferred(move.reason).partition(":")[0] for move in moves],
        }
    )


def _has_content(column: pd.Series[Any]) -> bool:
    """Whether a column has content: any number, or a text that is not empty."""
    return (column.dtype.kind != "O" and str(column.dtype) != "str") or bool((column != "").any())


def _to_shown_percent(quoting: QuotedSeries, log_points: float) -> float:
    return log_to_percent(quoting.quoted_log_points(log_points))


def _count_others(studied: EventMoves) -> int | None:
    return None if math.isnan(studied.both) else len(studied.crowd)


def _format_hour(event: Event) -> str:
    if event.moment is not None:
        return f"{event.moment.astimezone(ZoneInfo(MOSCOW)):%H:%M}"
    if event.is_range and event.end_day:
        return _("to {end_day}", end_day=format_day(event.end_day))
    if event.reported is None:
        return ""
    local = event.reported.astimezone(ZoneInfo(MOSCOW))
    return (
        _("by {local:%H:%M}", local=local)
        if local.date() == event.day
        else _("by {local:%H:%M} next day", local=local)
    )


def _style_frame(
    frame: pd.DataFrame, state: EventsState, title_limit: int
) -> Styler | pd.DataFrame:
    """The frame with words and colours; the numbers below stay, so that columns sort.

    A very long table goes without: signed percentages, which the browser formats.
    """
    if len(frame) > MAX_STYLED_ROWS:
        return frame
    quoting = state.quoting
    style = frame.style.format(_format_cell_day, subset=["Day"])
    style = style.format(partial(truncate, limit=title_limit), subset=["Title"])
    style = style.format(_format_cell_percentile, subset=list(RANK_COLUMNS))
    for column in MOVE_COLUMNS:
        style = style.format(partial(_format_cell_move, quoting), subset=[column])
        style = style.map(partial(_move_colour, quoting, dark=state.dark), subset=[column])
    return style


def _format_cell_day(value: Any) -> str:
    return format_day(value.date())


def _format_cell_move(quoting: QuotedSeries, shown: Any) -> str:
    if math.isnan(shown):
        return NO_VALUE
    return quoting.move(_to_log_points(quoting, shown), 2)


def _to_log_points(quoting: QuotedSeries, shown: float) -> float:
    """The rouble's move in log points for a percentage of the number shown."""
    return quoting.quoted_log_points(100.0 * math.log1p(shown / 100.0))


def _move_colour(quoting: QuotedSeries, shown: Any, *, dark: bool) -> str:
    if math.isnan(shown):
        return ""
    return f"color: {quoting.colour(_to_log_points(quoting, shown), dark=dark)}"


def _get_percentile(rank: PlaceboRank) -> float:
    share = judged_percentile(rank)
    return math.nan if share is None else share


def _format_cell_percentile(value: Any) -> str:
    return NO_VALUE if math.isnan(value) else format_percentile(value)


def _build_column_config(state: EventsState, title_width: int) -> dict[str, Any]:
    text, numeric = st.column_config.TextColumn, st.column_config.NumberColumn
    quoting, is_styled = state.quoting, len(state.events) <= MAX_STYLED_ROWS
    moves = {
        name: numeric(
            title_window(window, quoting.card),
            width=130,
            format=None if is_styled else PERCENT_FORMAT,
            help=term_help("window", text=_("Change of {unit}.", unit=quoting.unit)),
        )
        for name, window in MOVE_COLUMNS.items()
    }
    ranks = {
        name: numeric(
            _("Bigger than") if window == (0, 0) else _("Bigger than, two"),
            width=100,
            format=None if is_styled else "%.0f %%",
            help=term_help("percentile", "nearest_dates"),
        )
        for name, window in zip(RANK_COLUMNS, MOVE_COLUMNS.values(), strict=True)
    }
    return {
        "Day": st.column_config.DateColumn(_("Day"), width=95),
        "Hour": text(_("MSK"), width=105, help=_("Moscow time, where the hour is known")),
        "Category": text(_("Category"), width=135),
        "Title": text(_("Title"), width=title_width),
        **moves,
        **ranks,
        "Others": numeric(_("Others"), width=70, help=term_help("crowding")),
        "Source": text(_("Source"), width=170),
        "Author": text(_("Author"), width=90, help=_("Who wrote the note")),
        "Reason": text(_("Why no move"), width=150),
    }


# ------------------------------------------------------------------ scheduled events


def _draw_upcoming(view: UrlState, state: EventsState) -> None:
    """Draw the scheduled events, the next first, with what is usual after their kind."""
    now, known = session.get_view_time(), session.get_known_events().events
    upcoming = add_usual_moves(session.get_upcoming_events(), state.series, known, now)
    if not upcoming:
        st.markdown(
            _(
                ":material/event: Nothing is scheduled. A note with a future day and the entries of"
                " an iCalendar address, added in the Inbox, are listed here."
            )
        )
        return
    chosen, close = _get_chosen_event(view), partial(view.set, sel="")
    with st.container(horizontal=True, vertical_alignment="center"):
        text = plural(
            "**{n:,} scheduled event**, the next first. Times are those of Moscow.",
            "**{n:,} scheduled events**, the next first. Times are those of Moscow.",
            len(upcoming),
        )
        st.markdown(text, width="stretch")
        with st.container(width="content"):
            _draw_upcoming_files(view, [item.event for item in upcoming])
    if state.phone:
        if chosen is not None:
            draw_event_card(state, chosen, close)
        for item in upcoming:
            with st.container(gap=None, border=True):
                draw_event_line(
                    item.event, up=state.quoting.mode.value, series=state.series.card.id
                )
                st.markdown(f"**{_format_days(item)}**  \n:small[{_format_usual(item, state)}]")
        return
    with st.container(horizontal=True, gap="medium"):
        with st.container():
            _draw_upcoming_table(view, state, upcoming)
        if chosen is not None:
            with st.container(width=CARD_WIDTH):
                draw_event_card(state, chosen, close)


def _draw_upcoming_files(view: UrlState, events: Sequence[Event]) -> None:
    label = plural("{n:,} scheduled event", "{n:,} scheduled events", len(events))
    tables: dict[str, tuple[str, TableFactory]] = {
        f"upcoming_{session.get_view_day()}": (
            label, lambda dialect: table_file("event_list", events, dialect)
        )
    }  # fmt: skip
    files = Downloads(("usdrub", "events"), "events", view, tables=tables)
    draw_download_menu(files, "upcoming.download")


def _format_days(item: UpcomingEvent) -> str:
    today = session.get_view_day()
    return format_age(today + timedelta(days=item.days), today)


def _format_usual(item: UpcomingEvent, state: EventsState) -> str:
    return escape_markdown(describe_usual(item.usual, state.series.card), 400)


def _draw_upcoming_table(
    view: UrlState, state: EventsState, upcoming: Sequence[UpcomingEvent]
) -> None:
    ids = [item.event.id for item in upcoming]
    rows = [ids.index(view["sel"])] if view["sel"] in ids else []
    st.session_state[UPCOMING_TABLE_KEY] = {"selection": {"rows": rows, "columns": [], "cells": []}}

    def picked() -> None:
        at = _get_picked_row(st.session_state[UPCOMING_TABLE_KEY]["selection"])
        view.set(sel=ids[at] if at is not None and at < len(ids) else "")

    text, card = st.column_config.TextColumn, state.series.card
    window = upcoming[0].usual.window
    frame = pd.DataFrame(
        {
            _("When, MSK"): [format_schedule(item.event).removesuffix(" MSK") for item in upcoming],
            _("Days"): [_format_days(item) for item in upcoming],
            _("Category"): [
                f"{get_event_style(item.event).glyph} "
                f"{plain_text(category_title(item.event.category))}"
                for item in upcoming
            ],
            _("Title"): [plain_text(item.event.title) for item in upcoming],
            _("Usual move"): [format_usual_size(item.usual) for item in upcoming],
            _("Rests on"): [describe_usual_sample(item.usual) for item in upcoming],
            _("Source"): [
                plain_text(item.event.source_name or item.event.author, 80) for item in upcoming
            ],
        }
    )
    st.dataframe(
        frame,
        key=UPCOMING_TABLE_KEY,
        hide_index=True,
        row_height=EVENT_ROW_PIXELS,
        height=min(EVENT_TABLE_HEIGHT, EVENT_ROW_PIXELS * (len(ids) + 1) + 3),
        on_select=picked,
        selection_mode=("single-row", "single-cell"),
        column_config={
            _("Title"): text(width=TITLE_WIDTH),
            _("Usual move"): text(
                help=_(
                    "The median move {window} after past events of the category, up or down, and"
                    " the range of the middle half.",
                    window=describe_window(window, card),
                )
            ),
        },
        alt=_("Scheduled events, with the days to each and the usual move after its kind"),
    )


# ------------------------------------------------------------------ deleted notes


def _list_deleted_notes() -> tuple[Event, ...]:
    """The deleted notes, the last deleted first.

    Raises:
        StoreError: the notes cannot be read.
    """
    notes = list_notes(session.get_context().notes, with_deleted=True)
    gone = [(note.deleted, note) for note in notes if note.deleted is not None]
    return tuple(note for _, note in sorted(gone, key=lambda pair: pair[0], reverse=True))


def _draw_deleted_notes() -> None:
    """Draw the list and the card of the chosen note."""
    try:
        notes = _list_deleted_notes()
    except RoubleReactionError as error:
        st.error(escape_markdown(str(error)))
        return
    if not notes:
        st.markdown(_(":material/delete: No deleted notes. What you delete waits here."))
        return
    left, right = st.columns([7, 4], gap="medium")
    with left:
        chosen = _draw_deleted_table(notes)
    with right:
        _draw_deleted_card(notes[chosen])


def _draw_deleted_table(notes: Sequence[Event]) -> int:
    frame = pd.DataFrame(
        {
            _("Deleted"): [
                format_timestamp(note.deleted) if note.deleted else "" for note in notes
            ],
            _("Day"): [note.day.isoformat() for note in notes],
            _("Category"): [plain_text(category_title(note.category)) for note in notes],
            _("Title"): [plain_text(note.title) for note in notes],
            _("Author"): [plain_text(note.author, 80) for note in notes],
        }
    )
    state = st.dataframe(
        frame,
        key=DELETED_TABLE_KEY,
        hide_index=True,
        height=min(DELETED_TABLE_HEIGHT, DELETED_ROW_PIXELS * (len(notes) + 1) + 3),
        row_height=DELETED_ROW_PIXELS,
        on_select="rerun",
        selection_mode="single-row",
        selection_default={"selection": {"rows": [0]}},
        column_config={_("Title"): st.column_config.TextColumn(width="large")},
        alt=_("Deleted notes"),
    )
    rows = state["selection"]["rows"]
    return rows[0] if rows and rows[0] < len(notes) else 0


def _draw_deleted_card(note: Event) -> None:
    with st.container(border=True):
        st.markdown(f"#### {escape_markdown(note.title)}")
        if note.text:
            st.text(plain_text_block(note.text, TEXT_LIMIT))
        st.markdown("  \n".join(build_event_facts(note)))
        with st.container(horizontal=True):
            st.button(
                _("Restore"),
                icon=":material/restore_from_trash:",
                type=button_type(),
                key="deleted.restore",
                on_click=restore_with_undo,
                args=(note,),
            )
            if st.button(_("History"), icon=":material/history:", key="deleted.history"):
                open_note_history(note)


PAGE = Page(
    "events", deferred("Notes"), ":material/list:", "events", draw, EVENTS_PARAMS,
    heading=deferred("Events and notes"),
)  # fmt: skip
