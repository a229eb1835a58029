"""The address bar and the controls kept equal: the link is read first, widgets write it back.

Streamlit's own `bind="query-params"` writes the label of an option into the link and drops
what it does not know in silence; here a link holds short ids, and a reader is told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from time import monotonic
from typing import Any, Final
from urllib.parse import urlencode

import streamlit as st

from dashboard.ui.echoes import heard
from dashboard.ui.view import Param, a_moment, read_link, told, write_link

STATE: Final = "view.state"
LINK: Final = "view.link"
BEFORE: Final = "view.link_before"
PAGE: Final = "view.page"
JUST_SET: Final = "view.just_set"
PUSHED_AT: Final = "view.pushed_at"
IGNORED: Final = "view.ignored"

OF_EVERY_PAGE: Final[tuple[Param, ...]] = (a_moment("asof", shared=True),)
"""What the link of every page may carry beside its own settings."""
STALE_SECONDS: Final = 0.25  # less than a hand needs to press Back

Link = dict[str, list[str]]


class View:
    """The values of the current link, for one page and one reader."""

    def __init__(self, params: Sequence[Param]) -> None:
        """Keep the page's parameters; `open_view` fills the values."""
        self.params = tuple(params)

    def __getitem__(self, key: str) -> Any:
        """The value of a parameter of this page."""
        return self._values()[key]

    def widget(self, key: str, shown: Any = None) -> dict[str, Any]:
        """`key=` and `on_change=` for the widget of a parameter, its value put in place.

        Args:
            key: the parameter.
            shown: what the widget shows instead of the value, where that depends on the data
                (the first day of a window that nobody chose, say).
        """
        value = self[key] if shown is None else shown
        st.session_state[_widget_key(key)] = list(value) if isinstance(value, tuple) else value
        return {"key": _widget_key(key), "on_change": heard(self._changed), "args": (key,)}

    def typed(self, key: str) -> dict[str, Any]:
        """Like `widget`, for a field one types in: what is half typed there stays."""
        name = _widget_key(key)
        if st.session_state.get(name) == self[key]:
            return {"key": name, "on_change": heard(self._changed), "args": (key,)}
        return self.widget(key)

    def switch(self, key: str, on: str, off: str) -> dict[str, Any]:
        """`key=` and `on_change=` for a toggle of a parameter that has two words."""
        name = _widget_key(f"{key}?")
        st.session_state[name] = self[key] == on
        turn = lambda: self.set(**{key: on if st.session_state[name] else off})  # noqa: E731
        return {"key": name, "on_change": heard(turn)}

    def set(self, **values: Any) -> None:
        """Change parameters and the address bar; call it in a callback of a widget."""
        self._values().update({key: values[key] for key in values if self._has(key)})
        st.session_state[JUST_SET] = True
        st.session_state[IGNORED] = ()
        self._push()

    def ignore(self, *keys: str) -> None:
        """Put parameters that cannot be together back to their defaults, and tell so."""
        link = write_link(self.params, self._values())
        st.session_state[IGNORED] += tuple(told(key, link[key][0]) for key in keys if key in link)
        defaults = {param.key: param.default for param in self.params}
        self._values().update({key: defaults[key] for key in keys})
        self._push()

    def ignore_part(self, key: str, strange: Sequence[str]) -> None:
        """Take values out of a parameter that holds several, and tell so."""
        if strange:
            st.session_state[IGNORED] += tuple(told(key, text) for text in strange)
            left = tuple(value for value in self[key] if value not in strange)
            self._values().update({key: left})
            self._push()

    @property
    def ignored(self) -> tuple[str, ...]:
        """The settings of the link that were not valid."""
        return tuple(st.session_state[IGNORED])

    def query(self, **values: Any) -> str:
        """The query of a link to this page with some values changed."""
        return urlencode(write_link(self.params, self._values() | values), doseq=True)

    def _has(self, key: str) -> bool:
        return any(param.key == key for param in self.params)

    def _values(self) -> dict[str, Any]:
        values: dict[str, Any] = st.session_state[STATE]
        return values

    def _changed(self, key: str) -> None:
        value = st.session_state[_widget_key(key)]
        if value is None:  # a control that can be emptied goes back to its default
            value = next(param.default for param in self.params if param.key == key)
        self.set(**{key: tuple(value) if isinstance(value, list) else value})

    def _push(self) -> None:
        link = write_link(self.params, self._values())
        st.session_state[BEFORE], st.session_state[LINK] = st.session_state[LINK], link
        st.session_state[PUSHED_AT] = monotonic()
        st.query_params.from_dict(link)


def open_view(page_id: str, params: Sequence[Param]) -> View:
    """Read the address bar where it says something new, and give the values it means.

    A control that was just used counts more than the address that came with it: the browser
    may have sent that before it got the last one from here.
    """
    view, state = View((*params, *OF_EVERY_PAGE)), st.session_state
    link = {key: st.query_params.get_all(key) for key in st.query_params}
    just_set = state.pop(JUST_SET, False)
    if state.get(PAGE) == page_id and (just_set or link == state[LINK] or _is_stale(link)):
        return view
    _take(view, page_id, link)
    return view


def _is_stale(link: Link) -> bool:
    state = st.session_state
    return bool(link == state[BEFORE] and monotonic() - state[PUSHED_AT] < STALE_SECONDS)


def _take(view: View, page_id: str, link: Link) -> None:
    state = st.session_state
    reading = read_link(view.params, link)
    carried = _carried(view.params, link) if state.get(PAGE) != page_id else {}
    state[STATE] = reading.values | carried
    state[IGNORED] = reading.ignored
    state[PAGE], state[LINK], state[BEFORE] = page_id, link, None
    clean = write_link(view.params, state[STATE])
    if clean != link:
        state[LINK] = clean
        st.query_params.from_dict(clean)


def _carried(params: Sequence[Param], link: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Shared values that the reader set on another page and this link does not mention."""
    before: dict[str, Any] = st.session_state.get(STATE, {})
    kept = [p.key for p in params if p.shared and p.key in before and p.key not in link]
    return {key: before[key] for key in kept}


def _widget_key(key: str) -> str:
    return f"view:{key}"
