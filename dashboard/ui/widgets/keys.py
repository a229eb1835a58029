"""Keyboard shortcuts: buttons in a row that is folded away, and the list of their keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st


@dataclass(frozen=True, slots=True)
class Key:
    """One shortcut: the key, what it does, and the callback.

    A key without a callback belongs to a button elsewhere on the page, and is only listed.
    """

    key: str
    does: str
    act: Callable[[], None] | None = None


def draw_keys(keys: Sequence[Key]) -> None:
    """Draw the buttons that carry the shortcuts; they work while folded away, H unfolds them."""
    listed = (*keys, Key("H", "This list", lambda: turn_fold("keys")))
    fold = st.expander("Keys", icon=":material/keyboard:", key="keys", on_change="rerun")
    with fold, st.container(horizontal=True):
        for each in listed:
            if each.act is None:
                st.markdown(f"`{each.key}` {each.does}", width="content")
            else:
                st.button(each.does, key=f"key.{each.key}", shortcut=each.key, on_click=each.act)


def turn_fold(key: str) -> None:
    """Open or close an expander that keeps its state under a key; call it in a callback."""
    st.session_state[key] = not st.session_state.get(key, False)
