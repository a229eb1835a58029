"""The revision history of a note, field by field."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd
import streamlit as st

from dashboard.models.errors import RoubleReactionError
from dashboard.models.event import TEXT_LIMIT, Event, Visibility
from dashboard.models.messages import deferred, plural, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.models.records import NoteAction, NoteRevision
from dashboard.presentation.escaping import escape_markdown, plain_text, plain_text_block
from dashboard.presentation.formatting import (
    NO_VALUE,
    format_day,
    format_moment,
    format_timestamp,
)
from dashboard.presentation.palette import category_title
from dashboard.services.notes import note_history, restore_revision
from dashboard.ui import session
from dashboard.ui.components.interaction import open_dialog, set_flash

VISIBILITY_LABELS: Final = {
    Visibility.SHARED.value: deferred("Everyone here"),
    Visibility.PRIVATE.value: deferred("Only me"),
}
"""The visibility of a note, from the point of view of its author."""

ACTION_LABELS: Final = {
    NoteAction.CREATE: deferred("Written"),
    NoteAction.EDIT: deferred("Changed"),
    NoteAction.DELETE: deferred("Deleted"),
    NoteAction.RESTORE: deferred("Restored"),
}
NOTE_FIELD_LABELS: Final = {
    "title": deferred("Title"),
    "day": deferred("Day"),
    "end_day": deferred("Last day"),
    "moment": deferred("Time"),
    "zone": deferred("Time zone"),
    "category": deferred("Category"),
    "expected": deferred("Expected rouble"),
    "text": deferred("Text"),
    "source_url": deferred("Link"),
    "tags": deferred("Tags"),
    "author": deferred("Author"),
    "visibility": deferred("Who sees it"),
}
ROW_PIXELS: Final = 35


def open_note_history(note: Event) -> None:
    """Open the dialog; call it after the click of a button."""
    open_dialog(_("History of this note"), ":material/history:", _draw_history, note)


def _draw_history(note: Event) -> None:
    try:
        changes = note_history(session.get_context().notes, note.id)
    except RoubleReactionError as error:
        st.error(escape_markdown(str(error)))
        return
    st.text(plain_text(note.title))
    st.caption(
        plural(
            "{n:,} change, the latest first. Nothing is ever thrown away.",
            "{n:,} changes, the latest first. Nothing is ever thrown away.",
            len(changes),
        )
    )
    newest = changes[-1].revision if changes else 0
    for change in reversed(changes):
        _draw_change(change, is_newest=change.revision == newest)


def _draw_change(change: NoteRevision, *, is_newest: bool) -> None:
    by = _(" by {author}", author=change.author) if change.author else ""
    done = translate_deferred(ACTION_LABELS.get(NoteAction(change.action), change.action))
    with st.container(border=True):
        subtitle = escape_markdown(format_timestamp(change.at) + by)
        st.markdown(
            _(
                "**{done}** {subtitle} :small[revision {revision}]",
                done=done,
                subtitle=subtitle,
                revision=change.revision,
            )
        )
        rows = list_changed_fields(change)
        if rows:
            st.dataframe(
                pd.DataFrame(rows, columns=["Field", "Before", "After"]),
                hide_index=True,
                height=ROW_PIXELS * (len(rows) + 1) + 3,
                row_height=ROW_PIXELS,
                column_config={
                    _("Field"): st.column_config.TextColumn(width=120),
                    _("Before"): st.column_config.TextColumn(width=380),
                    _("After"): st.column_config.TextColumn(width=380),
                },
                alt=_("What this change did, field by field"),
            )
            _draw_long_texts(change)
        if not is_newest:
            _draw_restore(change)


def _draw_restore(change: NoteRevision) -> None:
    key = f"history.restore.{change.revision}"
    label = _("Restore revision {revision}", revision=change.revision)
    if not st.button(label, icon=":material/restore:", key=key, type="tertiary"):
        return
    try:
        note = restore_revision(session.get_context().notes, change.note_id, change.revision)
    except RoubleReactionError as error:
        st.error(escape_markdown(str(error)))
        return
    set_flash(
        _(
            "Restored as it was at revision {revision}: {title}",
            revision=change.revision,
            title=note.title,
        )
    )
    st.rerun()


def _draw_long_texts(change: NoteRevision) -> None:
    """Draw the text in full where it changed, for a cell shows its beginning only."""
    before, after = _get_field_value(change.before, "text"), _get_field_value(change.after, "text")
    if before == after or max(len(before), len(after)) <= 60:
        return
    for head, text in ((_("Text before"), before), (_("Text after"), after)):
        if text:
            st.caption(head)
            st.text(plain_text_block(text, TEXT_LIMIT))


def list_changed_fields(change: NoteRevision) -> list[tuple[str, str, str]]:
    """Field, value before and after, of every field the change touched, as plain text."""
    return [
        (label, _format_note_field(change.before, field), _format_note_field(change.after, field))
        for field, label in NOTE_FIELD_LABELS.items()
        if _get_field_value(change.before, field) != _get_field_value(change.after, field)
        and not (change.before is None and _is_default_value(change.after, field))
    ]


def _is_default_value(note: Event | None, field: str) -> bool:
    """Whether a field of a new note has its default value."""
    is_usual = field == "visibility" and note is not None and not note.is_private
    return is_usual or field in {"zone", "expected"} or not _get_field_value(note, field)


def _get_field_value(note: Event | None, field: str) -> Any:
    value = getattr(note, field) if note is not None else None
    return value if value is not None else ""


def _format_note_field(note: Event | None, field: str) -> str:
    return format_field_value(field, _get_field_value(note, field))


def format_field_value(field: str, value: Any) -> str:
    """The value of a field of a note as plain text on one line."""
    if value in (None, "", ()):
        return NO_VALUE
    if field == "category":
        return plain_text(category_title(value))
    if field == "visibility":
        return translate_deferred(
            VISIBILITY_LABELS.get(
                value, translate_deferred(VISIBILITY_LABELS[Visibility.PRIVATE.value])
            )
        )
    if field in {"day", "end_day"}:
        return format_day(value)
    if field == "moment":
        return format_moment(value)
    return plain_text(", ".join(value) if field == "tags" else str(value))
