"""Dialogs, the message after an action with Undo, primary buttons and keyboard shortcuts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import streamlit as st

from dashboard.models.errors import RoubleReactionError
from dashboard.models.event import Event
from dashboard.models.messages import translate as _
from dashboard.models.messages import translate_deferred
from dashboard.presentation.escaping import escape_markdown
from dashboard.services.events import unhide_events
from dashboard.services.notes import delete_note, restore_note
from dashboard.ui import session

DIALOG_OPEN_KEY: Final = "dialog.open"
FLASH_KEY: Final = "flash"
FLASH_SHOWN_KEY: Final = "flash.told"
UndoAction = Literal["delete", "restore", "unhide"]


def open_dialog(title: str, icon: str, draw: Callable[..., None], *args: Any) -> None:
    """Open a wide dialog; when it is dismissed, the page is brought up to date."""
    st.session_state[DIALOG_OPEN_KEY] = True
    st.dialog(title, width="large", icon=icon, on_dismiss="rerun")(draw)(*args)


def mark_dialogs_closed() -> None:
    """Record that a page is drawn from its beginning, which closes every dialog."""
    st.session_state[DIALOG_OPEN_KEY] = False


def is_dialog_open() -> bool:
    """Whether a dialog is open, in which a person may be writing."""
    return bool(st.session_state.get(DIALOG_OPEN_KEY))


def rerun_page() -> None:
    """Rerun the whole page from a fragment; not while a dialog is open, which a rerun closes."""
    if not is_dialog_open():
        st.rerun()


# ------------------------------------------------------------------ messages with Undo


def set_flash(text: str, note: Event | None = None, undo: UndoAction | None = None) -> None:
    """Set the message of the next run; `undo` is the action that reverts the change to `note`."""
    st.session_state[FLASH_KEY] = (text, note, undo)
    st.session_state[FLASH_SHOWN_KEY] = False


def draw_flash() -> None:
    """Draw the last message; it stays until it is closed or undone."""
    if FLASH_KEY not in st.session_state:
        return
    text, note, undo = st.session_state[FLASH_KEY]
    if not st.session_state[FLASH_SHOWN_KEY]:
        st.session_state[FLASH_SHOWN_KEY] = True
        st.toast(escape_markdown(text))
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/check: {escape_markdown(text)}", width="stretch")
        if undo is not None:
            st.button(_("Undo"), key="flash.undo", on_click=_undo_change, args=(note, undo))
        st.button(_("Close"), key="flash.close", type="tertiary", on_click=_close_flash)


def _close_flash() -> None:
    st.session_state.pop(FLASH_KEY, None)


def _undo_change(note: Event, undo: UndoAction) -> None:
    notes = session.get_context().notes
    try:
        session.count_against_limit("write")
        if undo == "delete":
            delete_note(notes, note.id, note.revision)
            done = _("Taken back")
        elif undo == "unhide":
            unhide_events(session.get_context().catalogue, notes, [note.id])
            done = _("Shown again")
        else:
            restore_note(notes, note.id)
            done = _("Restored")
    except RoubleReactionError as error:
        set_flash(_("Not undone: {error}", error=error))
        return
    set_flash(f"{done}: {note.title}")


# ------------------------------------------------------------------ buttons


def button_type(*, strong: bool = True) -> Literal["primary", "secondary"]:
    """The Streamlit type of a prominent button.

    Streamlit writes white on the primary colour, in dark themes too, where that colour must be
    bright to be read as text; white on it has a contrast of 2.2 to 1. So there no button is
    filled.
    """
    return "primary" if strong and not session.is_dark() else "secondary"


# ------------------------------------------------------------------ keyboard shortcuts


@dataclass(frozen=True, slots=True)
class Shortcut:
    """One shortcut: the key, what it does, and the callback.

    A key without a callback belongs to a button elsewhere on the page, and is only listed.
    """

    key: str
    description: str
    action: Callable[[], None] | None = None


def draw_shortcuts(keys: Sequence[Shortcut]) -> None:
    """Draw the buttons that carry the shortcuts; they work while folded away, H opens the list."""
    listed = (*keys, Shortcut("H", _("This list"), lambda: toggle_expander("keys")))
    expander = st.expander(_("Keys"), icon=":material/keyboard:", key="keys", on_change="rerun")
    with expander, st.container(horizontal=True):
        for shortcut in listed:
            if shortcut.action is None:
                description = translate_deferred(shortcut.description)
                st.markdown(f"`{shortcut.key}` {description}", width="content")
            else:
                st.button(
                    translate_deferred(shortcut.description),
                    key=f"key.{shortcut.key}",
                    shortcut=shortcut.key,
                    on_click=shortcut.action,
                )


def toggle_expander(key: str) -> None:
    """Open or close an expander that keeps its state under a key; call it in a callback."""
    st.session_state[key] = not st.session_state.get(key, False)
