"""The history of a note: who did what and when, field by field."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd
import streamlit as st

from dashboard.domain.errors import RoubleReactionError
from dashboard.domain.event import TEXT_LIMIT, Event, Visibility
from dashboard.domain.note import Action, Change
from dashboard.services.keep_events import note_history, restore_revision
from dashboard.ui import session
from dashboard.ui.palette import category_title
from dashboard.ui.text import escape_markdown, plain, plain_block
from dashboard.ui.widgets.dialog import open_dialog
from dashboard.ui.widgets.flash import say
from dashboard.ui.wording import NOTHING, count, day, moment, stamp

SEEN_BY: Final = {Visibility.SHARED.value: "Everyone here", Visibility.PRIVATE.value: "Only me"}
"""Who sees a note, in the words of its writer."""

DONE: Final = {
    Action.CREATE: "Written",
    Action.EDIT: "Changed",
    Action.DELETE: "Deleted",
    Action.RESTORE: "Restored",
}
FIELDS: Final = {
    "title": "Title",
    "day": "Day",
    "end_day": "Last day",
    "moment": "Time",
    "zone": "Time zone",
    "category": "Category",
    "expected": "Expected rouble",
    "text": "Text",
    "source_url": "Link",
    "tags": "Tags",
    "author": "Author",
    "visibility": "Who sees it",
}
ROW: Final = 35


def open_history(note: Event) -> None:
    """Open the dialog; call it where a button says it was pressed."""
    open_dialog("History of this note", ":material/history:", _draw, note)


def _draw(note: Event) -> None:
    try:
        changes = note_history(session.parts().notes, note.id)
    except RoubleReactionError as error:
        st.error(escape_markdown(str(error)))
        return
    st.text(plain(note.title))
    st.caption(f"{count(len(changes), 'change')}, the latest first. Nothing is ever thrown away.")
    newest = changes[-1].revision if changes else 0
    for change in reversed(changes):
        _draw_change(change, is_newest=change.revision == newest)


def _draw_change(change: Change, *, is_newest: bool) -> None:
    by = f" by {change.who}" if change.who else ""
    done = DONE.get(Action(change.action), change.action)
    with st.container(border=True):
        when = escape_markdown(stamp(change.at) + by)
        st.markdown(f"**{done}** {when} :small[revision {change.revision}]")
        rows = changed_fields(change)
        if rows:
            st.dataframe(
                pd.DataFrame(rows, columns=["Field", "Before", "After"]),
                hide_index=True,
                height=ROW * (len(rows) + 1) + 3,
                row_height=ROW,
                column_config={
                    "Field": st.column_config.TextColumn(width=120),
                    "Before": st.column_config.TextColumn(width=380),
                    "After": st.column_config.TextColumn(width=380),
                },
                alt="What this change did, field by field",
            )
            _draw_long_texts(change)
        if not is_newest:
            _draw_restore(change)


def _draw_restore(change: Change) -> None:
    key = f"history.restore.{change.revision}"
    label = f"Restore revision {change.revision}"
    if not st.button(label, icon=":material/restore:", key=key, type="tertiary"):
        return
    try:
        note = restore_revision(session.parts().notes, change.note_id, change.revision)
    except RoubleReactionError as error:
        st.error(escape_markdown(str(error)))
        return
    say(f"Restored as it was at revision {change.revision}: {note.title}")
    st.rerun()


def _draw_long_texts(change: Change) -> None:
    """Draw the text in full where it changed, for a cell shows its beginning only."""
    before, after = _value(change.before, "text"), _value(change.after, "text")
    if before == after or max(len(before), len(after)) <= 60:
        return
    for head, text in (("Text before", before), ("Text after", after)):
        if text:
            st.caption(head)
            st.text(plain_block(text, TEXT_LIMIT))


def changed_fields(change: Change) -> list[tuple[str, str, str]]:
    """Field, value before and after, of every field the change touched, as plain text."""
    return [
        (label, _shown(change.before, field), _shown(change.after, field))
        for field, label in FIELDS.items()
        if _value(change.before, field) != _value(change.after, field)
        and not (change.before is None and _is_default(change.after, field))
    ]


def _is_default(note: Event | None, field: str) -> bool:
    """Whether a new note says nothing in a field."""
    is_usual = field == "visibility" and note is not None and not note.is_private
    return is_usual or field in {"zone", "expected"} or not _value(note, field)


def _value(note: Event | None, field: str) -> Any:
    value = getattr(note, field) if note is not None else None
    return value if value is not None else ""


def _shown(note: Event | None, field: str) -> str:
    return shown_value(field, _value(note, field))


def shown_value(field: str, value: Any) -> str:
    """What a field of a note says, as plain text on one line."""
    if value in (None, "", ()):
        return NOTHING
    if field == "category":
        return plain(category_title(value))
    if field == "visibility":
        return SEEN_BY.get(value, SEEN_BY[Visibility.PRIVATE.value])
    if field in {"day", "end_day"}:
        return day(value)
    if field == "moment":
        return moment(value)
    return plain(", ".join(value) if field == "tags" else str(value))
