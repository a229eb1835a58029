"""The form of a note: add one on a day, edit one, with a live preview of its timing and move."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

import streamlit as st

from dashboard.domain.errors import EditConflict, InputError, RoubleReactionError
from dashboard.domain.event import (
    MOSCOW,
    TEXT_LIMIT,
    TITLE_LIMIT,
    Category,
    Event,
    Expected,
    Visibility,
)
from dashboard.services.find_events import own_categories
from dashboard.services.hide_events import hide_events
from dashboard.services.keep_events import Draft, NoteStore, add_note, draft_of, edit_note
from dashboard.services.limit_use import check_room
from dashboard.ui import session
from dashboard.ui.palette import LANE_OF, category_title
from dashboard.ui.text import escape_markdown, plain
from dashboard.ui.widgets.dialog import open_dialog
from dashboard.ui.widgets.emphasis import emphasis
from dashboard.ui.widgets.flash import say
from dashboard.ui.widgets.note_conflict import conflict_met, draw_conflict, remember_conflict
from dashboard.ui.widgets.note_history import SEEN_BY
from dashboard.ui.widgets.note_preview import draw_preview
from dashboard.ui.wording import day as day_words

ZONES: Final = (MOSCOW, "UTC", "Europe/Kyiv", "Europe/London", "Europe/Berlin", "America/New_York")
EARLIEST: Final = date(1900, 1, 1)
YEARS_AHEAD: Final = 2
KEY: Final = "note_form"
HIDE_COPIED: Final = "note_form:hide_copied"
AUTHOR: Final = "note_form.author_of_this_session"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form is about: a new note or the note to change, and the series to preview on.

    `copied` is the event of the catalogue that a new note starts from; `store` is where a new
    note goes instead of to the other notes.
    """

    draft: Draft
    series_id: str
    note: Event | None = None
    after: Callable[[Event], None] | None = None
    copied: Event | None = None
    store: NoteStore | None = None

    @property
    def title(self) -> str:
        """The heading of the dialog."""
        return "Edit note" if self.note is not None else "Add note"


def open_new_note(day: date, series_id: str, after: Callable[[Event], None] | None = None) -> None:
    """Open the dialog for a new note on a day; call it where a button says it was pressed."""
    author = st.session_state.get(AUTHOR, "")
    _open(Asked(Draft("", day, author=author), series_id, after=after))


def open_copy(event: Event, series_id: str) -> None:
    """Open the dialog for a new note that starts as a copy of an event of the catalogue."""
    _open(Asked(draft_of(event), series_id, copied=event))


def open_edit(note: Event, series_id: str, after: Callable[[Event], None] | None = None) -> None:
    """Open the dialog that changes a note, unless somebody else changes it first."""
    _open(Asked(draft_of(note), series_id, note, after))


def open_draft(
    draft: Draft,
    series_id: str,
    store: NoteStore | None = None,
    after: Callable[[Event], None] | None = None,
) -> None:
    """Open the dialog for a new note that begins as a draft made elsewhere.

    Args:
        draft: what the form says at first.
        series_id: the series to preview on.
        store: where a save puts it; with the other notes where None.
        after: what to do with the note that was saved.
    """
    author = draft.author or st.session_state.get(AUTHOR, "")
    _open(Asked(replace(draft, author=author), series_id, after=after, store=store))


def _open(asked: Asked) -> None:
    for name in [k for k in st.session_state if str(k).startswith(f"{KEY}:")]:
        del st.session_state[name]
    open_dialog(asked.title, ":material/edit_note:", draw_note_form, asked)


def draw_note_form(asked: Asked) -> None:
    """Draw fields, preview and *Save note*; a save says so, calls `after` and draws anew."""
    above = st.container()
    form, preview = st.columns([7, 5], gap="large")
    with form:
        try:
            draft = _draw_fields(asked)
        except InputError as error:
            draft = None
            st.warning(escape_markdown(str(error)))
    with preview:
        if draft is not None:
            draw_preview(draft, asked.series_id, asked.note)
    met = conflict_met()
    label = "Save what this form says" if met else "Save note"
    with st.container(horizontal=True, vertical_alignment="center"):
        kind = emphasis(strong=met is None)
        pressed = st.button(label, type=kind, key=f"{KEY}:save", disabled=draft is None)
        st.caption(_seen_words(draft))
    if pressed and draft is not None:
        _save(asked, draft)
    met = conflict_met()
    if met is not None:
        with above:
            draw_conflict(asked.draft, draft, met)


def _seen_words(draft: Draft | None) -> str:
    """Who will see what is saved."""
    if draft is None or draft.visibility == Visibility.SHARED:
        return "Everybody who uses this store of notes sees it."
    person = escape_markdown(session.parts().notes.person, 80)
    return (
        f"Only {person} sees it: in lists, charts, studies and files. It is not encrypted:"
        " who can read the database can read it."
    )


def _save(asked: Asked, draft: Draft) -> None:
    notes = session.parts().notes
    try:
        session.limit("write")
        if asked.note is None:
            check_room(notes, draft.author)
            saved = add_note(asked.store or notes, draft)
            _hide_copied(asked)
            say(f"Note saved on {day_words(saved.day)}: {saved.title}", saved, "delete")
        else:
            met = conflict_met()
            revision = asked.note.revision if met is None else met.theirs.revision
            saved = edit_note(notes, asked.note.id, draft, revision)
            say(f"Note changed: {saved.title}")
    except EditConflict as conflict:
        remember_conflict(conflict)
        return
    except RoubleReactionError as error:
        st.error(escape_markdown(str(error)))
        if not isinstance(error, InputError):
            st.caption("Your text is kept in this form. Copy it, or try again in a moment.")
        return
    st.session_state[AUTHOR] = draft.author
    if asked.after is not None:
        asked.after(saved)
    st.rerun()


def _hide_copied(asked: Asked) -> None:
    """Put the event a note was copied from out of sight, where that is wanted."""
    if asked.copied is not None and st.session_state.get(HIDE_COPIED):
        hide_events(session.parts().catalogue, session.parts().notes, [asked.copied.id])


def _draw_fields(asked: Asked) -> Draft:
    """Draw every field and give what stands in them, unchecked but for the clock."""
    start = asked.draft
    title = _text("Title", start.title, max_chars=TITLE_LIMIT, placeholder="Who did what")
    days = _draw_days(start)
    clock = _draw_clock(start, days["day"])
    kind = _draw_kind(start)
    text = st.text_area("Text", start.text, key=f"{KEY}:Text", max_chars=TEXT_LIMIT, height=96)
    link = _text("Link", start.source_url, placeholder="https://")
    left, right = st.columns(2)
    with left:
        tags = _text("Tags, with commas", ", ".join(start.tags))
    with right:
        author = _text("Your name on the note", start.author, max_chars=80)
    visibility = _draw_visibility(asked)
    if asked.copied is not None:
        st.checkbox("Hide the event it is copied from, so that it counts once", True, HIDE_COPIED)
    return Draft(
        title=title,
        text=text or "",
        source_url=link,
        tags=tuple(tag.strip() for tag in tags.split(",") if tag.strip()),
        author=author,
        visibility=visibility,
        **days,
        **clock,
        **kind,
    )


def _text(label: str, value: str, **more: Any) -> str:
    return st.text_input(label, value, key=f"{KEY}:{label}", **more) or ""


def _draw_days(start: Draft) -> dict[str, Any]:
    first, second = st.columns(2)
    latest = session.today().replace(month=12, day=31)
    bounds: dict[str, Any] = {
        "min_value": EARLIEST,
        "max_value": max(latest.replace(year=latest.year + YEARS_AHEAD), start.day),
        "format": "YYYY-MM-DD",
    }
    day = first.date_input("Day", start.day, key=f"{KEY}:day", required=True, **bounds)
    end = second.date_input("Last day, if it lasts", start.end_day, key=f"{KEY}:end", **bounds)
    return {"day": day, "end_day": end}


def _draw_clock(start: Draft, day: date) -> dict[str, Any]:
    """The hour, where it is known, in the zone where it was said."""
    first, second = st.columns(2)
    local = start.moment.astimezone(ZoneInfo(start.zone)).time() if start.moment else None
    at: time | None = first.time_input("Time, if it is known", local, key=f"{KEY}:time", step=60)
    zones = ZONES if start.zone in ZONES else (*ZONES, start.zone)
    zone = second.selectbox("Time zone", zones, zones.index(start.zone), key=f"{KEY}:zone")
    if at is None:
        return {"moment": None, "zone": zone}
    return {"moment": datetime.combine(day, at, ZoneInfo(zone)), "zone": zone}


def _draw_kind(start: Draft) -> dict[str, Any]:
    first, second = st.columns(2)
    own = own_categories(session.known_events().events)
    categories = list(dict.fromkeys([*(each.value for each in Category), *own, start.category]))
    category = first.selectbox(
        "Category",
        categories,
        categories.index(start.category),
        format_func=_category_words,
        accept_new_options=True,
        help="One of the list, or type a word of your own.",
        key=f"{KEY}:category",
    )
    expected = second.segmented_control(
        "Expected for the rouble",
        [each.value for each in Expected],
        default=start.expected,
        required=True,
        key=f"{KEY}:expected",
    )
    return {
        "category": category or Category.OTHER.value,
        "expected": expected or Expected.UNCLEAR.value,
    }


def _category_words(category: str) -> str:
    lane = LANE_OF[category] if category in set(Category) else None
    return f"{lane.glyph} {lane.title}" if lane else plain(category_title(category))


def _draw_visibility(asked: Asked) -> str:
    """Who sees the note; only its owner may change that."""
    person = session.parts().notes.person
    mine = bool(person) and (asked.note is None or asked.note.owner == person)
    whose = asked.note.owner if asked.note is not None else ""
    told = (
        "A private note needs to know whose it is: set DASHBOARD_USER."
        if not person
        else (
            f"You are {plain(person, 80)}."
            if mine
            else f"Only {plain(whose, 80) or 'its owner'} can."
        )
    )
    chosen: str | None = st.segmented_control(
        "Who sees it",
        list(SEEN_BY),
        default=asked.draft.visibility,
        format_func=SEEN_BY.__getitem__,
        required=True,
        disabled=not mine,
        help=told,
        key=f"{KEY}:visibility",
    )
    return chosen or asked.draft.visibility
