"""Controls whose value outlives the page: what a person chose is there when they come back.

Streamlit forgets a widget that is not drawn. The value of a control of this module is kept in
the session under a name of its own, and put back whenever the control is drawn again.
"""

from __future__ import annotations

from typing import Any, Final

import streamlit as st

from dashboard.ui.echoes import heard

VALUES: Final = "kept_choice.values"


def kept(name: str, default: Any = None) -> dict[str, Any]:
    """`key=` and `on_change=` for a widget; give it no default of its own.

    What is half typed in a field stays: its value is only put in place where it differs.
    """
    key, value = _key(name), chosen(name, default)
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value
    return {"key": key, "on_change": heard(_keep), "args": (name,)}


def chosen(name: str, default: Any = None) -> Any:
    """The value of a control, drawn or not."""
    return _values().get(name, default)


def choose(name: str, value: Any) -> None:
    """Put a value into a control."""
    _values()[name] = value


def forget(prefix: str) -> None:
    """Put every control whose name begins so back to its default."""
    for name in [name for name in _values() if name.startswith(prefix)]:
        del _values()[name]


def _values() -> dict[str, Any]:
    values: dict[str, Any] = st.session_state.setdefault(VALUES, {})
    return values


def _key(name: str) -> str:
    return f"kept:{name}"


def _keep(name: str) -> None:
    _values()[name] = st.session_state[_key(name)]
