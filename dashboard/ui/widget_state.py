"""Widget values that outlive a page, and callbacks that ignore echoes of fragments.

Streamlit forgets a widget that is not drawn: the value of a persistent widget is stored in the
session under a name of its own and restored when the widget is drawn again.

A fragment that reruns itself sends the values of all controls of the page as the browser has them.
Where the program has just changed a control, its old value would come back as if a person had
chosen it; a person who uses a control outside the fragment makes the whole page run.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Final, ParamSpec

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_run_context import ThreadState

VALUES_KEY: Final = "kept_choice.values"
P = ParamSpec("P")


def ignore_fragment_echo(callback: Callable[P, None]) -> Callable[P, None]:
    """Wrap the callback of a control whose value the program also changes."""

    @wraps(callback)
    def call(*args: P.args, **kwargs: P.kwargs) -> None:
        if not _is_fragment_echo():
            callback(*args, **kwargs)

    return call


def _is_fragment_echo() -> bool:
    """Whether only a part of the page runs, and the control is not in it."""
    context = get_script_run_ctx()
    is_part = context is not None and bool(context.fragment_ids_this_run)
    return is_part and not ThreadState.get().in_fragment_callback


def persistent_widget(name: str, default: Any = None) -> dict[str, Any]:
    """`key=` and `on_change=` for a widget, which must have no default of its own.

    A half typed text stays: the value is only set where it differs.
    """
    key, value = _widget_key(name), get_persistent(name, default)
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value
    return {"key": key, "on_change": ignore_fragment_echo(_store_value), "args": (name,)}


def get_persistent(name: str, default: Any = None) -> Any:
    """The value of a control, drawn or not."""
    return _stored_values().get(name, default)


def set_persistent(name: str, value: Any) -> None:
    """Put a value into a control."""
    _stored_values()[name] = value


def reset_persistent(prefix: str) -> None:
    """Put every control whose name begins so back to its default."""
    for name in [name for name in _stored_values() if name.startswith(prefix)]:
        del _stored_values()[name]


def _stored_values() -> dict[str, Any]:
    values: dict[str, Any] = st.session_state.setdefault(VALUES_KEY, {})
    return values


def _widget_key(name: str) -> str:
    return f"kept:{name}"


def _store_value(name: str) -> None:
    _stored_values()[name] = st.session_state[_widget_key(name)]
