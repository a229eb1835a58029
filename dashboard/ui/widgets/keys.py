"""Keyboard shortcuts: buttons in a row that is folded away, and the list of their keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st


@dataclass(frozen=True, slots=True)
class Key:
    """One shortcut: the key, what it does, and the callback."""

    key: str
    does: str
    act: Callable[[], None]


def draw_keys(keys: Sequence[Key]) -> None:
    """Draw the buttons that carry the shortcuts."""
    with st.expander("Keys", icon=":material/keyboard:"), st.container(horizontal=True):
        for each in keys:
            st.button(each.does, key=f"key.{each.key}", shortcut=each.key, on_click=each.act)
