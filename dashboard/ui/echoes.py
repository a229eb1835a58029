"""Callbacks that hear people, not echoes.

A part of a page that looks again by itself sends the values of all controls with every look,
as the browser has them. Where the program has just changed a control, the browser may not know
yet, and its old value would come back as if a person had chosen it. Who really uses a control
outside such a part makes the whole page run.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_run_context import ThreadState

P = ParamSpec("P")


def heard(callback: Callable[P, None]) -> Callable[P, None]:
    """The callback of a control whose value the program also changes, deaf to echoes."""

    @wraps(callback)
    def hear(*args: P.args, **kwargs: P.kwargs) -> None:
        if not _is_echo():
            callback(*args, **kwargs)

    return hear


def _is_echo() -> bool:
    """Whether only a part of the page runs, and the control is not in it."""
    context = get_script_run_ctx()
    is_part = context is not None and bool(context.fragment_ids_this_run)
    return is_part and not ThreadState.get().in_fragment_callback
