"""Sessions that lost their connection: kept for those who come back, but only so many."""

from __future__ import annotations

from typing import Final

import streamlit as st
from streamlit import runtime
from streamlit.runtime.memory_session_storage import MemorySessionStorage
from streamlit.runtime.websocket_session_manager import WebsocketSessionManager

MOST: Final = 100
"""Each holds an event loop, of three descriptors, besides what it has drawn."""


def bound_kept_sessions() -> None:
    """Keep at most `MOST` of the sessions whose reader has gone; call it before the first.

    Streamlit has a setting for how long they are kept, and none for how many: it keeps 128,
    which alone are 384 descriptors of a process that is to live for weeks.
    """
    lifetime = st.get_option("server.disconnectedSessionTTL")
    manager = runtime.get_instance()._session_mgr  # there is no public way
    assert isinstance(manager, WebsocketSessionManager)
    manager._session_storage = MemorySessionStorage(maxsize=MOST, ttl_seconds=lifetime)
