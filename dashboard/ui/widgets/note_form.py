"""The form of a note: add one on a day, edit one, with a live preview of its timing and move."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

import streamlit as st

from dashboard.domain.errors import EditConflict, InputError, RoubleReactionError
from dashboard.domain.event import MOSCOW, TEXT_LIMIT, TITLE_LIMIT, Category, Event, Expected
from dashboard.services.keep_events import Draft, add_note, draft_of, edit_note
from dashboard.services.limit_use import check_room
from dashboard.ui import session
from dashboard.ui.palette import LANE_OF
from dashboard.ui.text import escape_markdown, plain, plain_block
from dashboard.ui.widgets.dialog import open_dialog
from dashboard.ui.widgets.flash import say
from dashboard.ui.widgets.note_preview import draw_preview
from dashboard.ui.wording import day as day_words
from dashboard.ui.wording import stamp

ZONES: Final = (MOSCOW, "UTC", "Europe/Kyiv", "Europe/London", "Europe/Berlin", "America/New_York")
EARLIEST: Final = date(1900, 1, 1)
YEARS_AHEAD: Final = 2
KEY: Final = "note_form"
AUTHOR: Final = "note_form.author_of_this_session"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form is about: a new note or the note to change, and the series to preview on."""

    draft: Draft
    series_id: str
    note: Event | None = None
    after: Callable[[Event], None] | None = None

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
    _open(Asked(draft_of(event), series_id))


def open_edit(note: Event, series_id: str, after: Callable[[Event], None] | None = None) -> None:
    """Open the dialog that changes a note, unless somebody else changes it first."""
    _open(Asked(draft_of(note), series_id, note, after))


def _open(asked: Asked) -> None:
    for name in [k for k in st.session_state if str(k).startswith(f"{KEY}:")]:
        del st.session_state[name]
    open_dialog(asked.title, ":material/edit_note:", draw_note_form, asked)


def draw_note_form(asked: Asked) -> None:
    """Draw fields, preview and *Save note*; a save says so, calls `after` and draws anew."""
    form, preview = st.columns([7, 5], gap="large")
    with form:
        try:
            draft = _draw_fields(asked.draft)
        except InputError as error:
            draft = None
            st.warning(escape_markdown(str(error)))
    with preview:
        if draft is not None:
            draw_preview(draft, asked.series_id, asked.note)
    with st.container(horizontal=True, vertical_alignment="center"):
        pressed = st.button("Save note", type="primary", key=f"{KEY}:save", disabled=draft is None)
        st.caption("Everybody who opens this dashboard sees the notes kept in it.")
    if pressed and draft is not None:
        _save(asked, draft)


def _save(asked: Asked, draft: Draft) -> None:
    notes = session.parts().notes
    try:
        session.limit("write")
        if asked.note is None:
            check_room(notes, draft.author)
            saved = add_note(notes, draft)
            say(f"Note saved on {day_words(saved.day)}: {saved.title}", saved, "delete")
        else:
            saved = edit_note(notes, asked.note.id, draft, asked.note.revision)
            say(f"Note changed: {saved.title}")
    except EditConflict as conflict:
        _draw_conflict(conflict)
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


def _draw_conflict(conflict: EditConflict) -> None:
    st.error(escape_markdown(str(conflict)))
    if conflict.current is None:
        return
    st.caption("The note as it stands now; your text is still in the form.")
    with st.container(border=True):
        st.text(plain(conflict.current.title))
        st.text(plain_block(conflict.current.text, TEXT_LIMIT))
        if conflict.current.updated is not None:
            st.caption(stamp(conflict.current.updated))


def _draw_fields(start: Draft) -> Draft:
    """Draw every field and give what stands in them, unchecked but for the clock."""
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
    return Draft(
        title=title,
        text=text or "",
        source_url=link,
        tags=tuple(tag.strip() for tag in tags.split(",") if tag.strip()),
        author=author,
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
    categories = [category.value for category in Category]
    category = first.selectbox(
        "Category",
        categories,
        categories.index(start.category) if start.category in categories else len(categories) - 1,
        format_func=lambda value: f"{LANE_OF[value].glyph} {LANE_OF[value].title}",
        key=f"{KEY}:category",
    )
    expected = second.segmented_control(
        "Expected for the rouble",
        [each.value for each in Expected],
        default=start.expected,
        required=True,
        key=f"{KEY}:expected",
    )
    return {"category": category, "expected": expected or Expected.UNCLEAR.value}
