"""The revision history of a note, field by field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pandas as pd
import streamlit as st

from dashboard.models.errors import RoubleReactionError
from dashboard.models.event import (
    NOTE_FIELDS,
    TEXT_LIMIT,
    Event,
    EventField,
    FieldKind,
    Visibility,
    draft_defaults,
)
from dashboard.models.messages import deferred, plural, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.models.records import NoteAction, NoteRevision
from dashboard.presentation.escaping import escape_markdown, plain_text, plain_text_block
from dashboard.presentation.formatting import NO_VALUE, format_day, format_moment, format_timestamp
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
    done = translate_deferred(ACTION_LABELS.get(NoteAction(change.action), change.action))
    time = format_timestamp(change.at)
    if change.author:
        time = _("{time} by {author}", time=time, author=change.author)
    with st.container(border=True):
        revision = _("revision {number}", number=change.revision)
        st.markdown(f"**{done}** {escape_markdown(time)} :small[{revision}]")
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
        session.count_against_limit("write")
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
        (
            translate_deferred(field.label),
            _format_note_field(change.before, field),
            _format_note_field(change.after, field),
        )
        for field in NOTE_FIELDS
        if _get_field_value(change.before, field.name) != _get_field_value(change.after, field.name)
        and not (change.before is None and _is_default_value(change.after, field.name))
    ]


def _is_default_value(note: Event | None, name: str) -> bool:
    """Whether a field of a new note has its default value."""
    default = draft_defaults().get(name)
    is_usual = name in {"zone", "expected"} or _get_field_value(note, name) == default
    return is_usual or not _get_field_value(note, name)


def _get_field_value(note: Event | None, name: str) -> Any:
    value = getattr(note, name) if note is not None else None
    return value if value is not None else ""


def _format_note_field(note: Event | None, field: EventField) -> str:
    return format_field_value(field, _get_field_value(note, field.name))


def format_field_value(field: EventField, value: Any) -> str:
    """The value of a field of a note as plain text on one line."""
    if value in (None, "", ()):
        return NO_VALUE
    formatted = _FORMATTERS.get(field.kind, str)(value)
    if field.name == "visibility":
        formatted = translate_deferred(
            VISIBILITY_LABELS.get(value, VISIBILITY_LABELS[Visibility.PRIVATE.value])
        )
    return formatted if field.kind in {"date", "moment"} else plain_text(formatted)


_FORMATTERS: Final[dict[FieldKind, Callable[[Any], str]]] = {
    "category": category_title,
    "date": format_day,
    "moment": format_moment,
    "tags": ", ".join,
}
