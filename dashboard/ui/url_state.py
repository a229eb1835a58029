"""Page state in the URL and in the session: typed parameters, links, binding to widgets.

A `UrlParam` reads its value from the repeated texts of a link and writes it back, so that a copied
address restores every control; defaults are left out. What cannot be read is ignored with a notice,
never guessed. Streamlit's own `bind="query-params"` writes the label of an option into the link and
drops unknown values in silence; here a link holds short ids.

Streamlit forgets a widget that is not drawn: the value of a persistent widget is stored in the
session under a name of its own and restored when the widget is drawn again.

A fragment that reruns itself sends the values of all controls of the page as the browser has them.
Where the program has just changed a control, its old value would come back as if a person had
chosen it. So the callback of a control outside the fragment waits for the run of the whole page
that a person who used the control has requested, and is dropped where the browser has received the
value of the program by then.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial, wraps
from time import monotonic
from typing import Any, Final, ParamSpec
from urllib.parse import urlencode

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_run_context import ThreadState

from dashboard.models.errors import InputError
from dashboard.models.messages import translate as _
from dashboard.models.series import as_of_text, read_as_of
from dashboard.presentation.formatting import join_first

# ------------------------------------------------------------------ persistent widgets


VALUES_KEY: Final = "kept_choice.values"
POSTPONED_KEY: Final = "kept_choice.postponed"
P = ParamSpec("P")


def postpone_fragment_echo(key: str, callback: Callable[P, None]) -> Callable[P, None]:
    """Wrap the callback of a control whose value the program also changes.

    Args:
        key: the key of the control in the session.
        callback: what takes the value of the control from the session.
    """

    @wraps(callback)
    def call(*args: P.args, **kwargs: P.kwargs) -> None:
        if _is_fragment_echo():
            postponed = st.session_state.setdefault(POSTPONED_KEY, {})
            postponed[key] = (st.session_state.get(key), partial(callback, *args, **kwargs))
        else:
            callback(*args, **kwargs)

    return call


def _call_postponed(*, is_wanted: bool) -> None:
    """Call the callbacks that waited for a run of the whole page, or drop them.

    They are not wanted where the page runs by itself: it then puts the values of the program into
    its controls, and Streamlit itself sees that a value of the browser differs.
    """
    for key, (value, callback) in st.session_state.pop(POSTPONED_KEY, {}).items():
        if is_wanted and key in st.session_state and st.session_state[key] == value:
            callback()


def _is_fragment_echo() -> bool:
    """Whether only a part of the page runs, and the control is not in it."""
    context = get_script_run_ctx()
    is_part = context is not None and bool(context.fragment_ids_this_run)
    return is_part and not ThreadState.get().in_fragment_callback


def persistent_widget(name: str, default: Any = None) -> dict[str, Any]:
    """`key=` and `on_change=` for a widget, which must have no default of its own.

    A half typed text stays: the value is only set where it differs.
    """
    key, value = _persistent_key(name), get_persistent(name, default)
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value
    on_change = postpone_fragment_echo(key, _store_value)
    return {"key": key, "on_change": on_change, "args": (name,)}


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


def _persistent_key(name: str) -> str:
    return f"kept:{name}"


def _store_value(name: str) -> None:
    _stored_values()[name] = st.session_state[_persistent_key(name)]


# ------------------------------------------------------------------ page state in the URL


NAME_PATTERN: Final = re.compile(r"[A-Za-z0-9._:=^@-]{1,120}")
MAX_TEXT_LENGTH: Final = 200
MAX_SHOWN_VALUE: Final = 40
STATE_KEY: Final = "view.state"
LINK_KEY: Final = "view.link"
PREVIOUS_LINK_KEY: Final = "view.link_before"
PAGE_KEY: Final = "view.page"
JUST_SET_KEY: Final = "view.just_set"
PUSHED_AT_KEY: Final = "view.pushed_at"
IGNORED_KEY: Final = "view.ignored"
STALE_SECONDS: Final = 0.25  # less than a person needs to press Back


@dataclass(frozen=True, slots=True)
class UrlParam:
    """One key of a link.

    `read` turns the texts of the link (at least one) into a value and raises ValueError where
    it cannot; `write` turns a value into texts. `example` is a text that is not the default,
    for the tests. A `shared` value is carried along when the reader changes the page.
    """

    key: str
    default: Any
    read: Callable[[Sequence[str]], Any]
    write: Callable[[Any], list[str]]
    example: tuple[str, ...]
    shared: bool = False


class PartialValueError(ValueError):
    """Some texts of a repeated key are valid: `value` holds those, `invalid` the others."""

    def __init__(self, value: Any, invalid: Sequence[str]) -> None:
        """Keep what could be read and what could not."""
        super().__init__(", ".join(invalid))
        self.value = value
        self.invalid = tuple(invalid)


@dataclass(frozen=True, slots=True)
class ParsedLink:
    """The values of a link, and the `key=text` pairs that were ignored."""

    values: dict[str, Any]
    ignored: tuple[str, ...]


def parse_link(params: Sequence[UrlParam], link: Mapping[str, Sequence[str]]) -> ParsedLink:
    """Read a link key by key; a bad or unknown one keeps its default and is reported."""
    known = {param.key: param for param in params}
    values = {param.key: param.default for param in params}
    ignored: list[str] = []
    for key, texts in link.items():
        param = known.get(key)
        try:
            if param is None:
                raise ValueError(key)  # noqa: TRY301 - reported like any other bad setting
            values[key] = param.read(texts)
        except PartialValueError as partly:
            values[key] = partly.value
            ignored.extend(format_setting(key, text) for text in partly.invalid)
        except (ValueError, OverflowError):
            ignored.extend(format_setting(key, text) for text in texts)
    return ParsedLink(values, tuple(ignored))


def format_setting(key: str, text: str) -> str:
    """How a notice names one setting of a link."""
    pair = f"{key}={text}"
    return pair if len(pair) <= MAX_SHOWN_VALUE else f"{pair[: MAX_SHOWN_VALUE - 1]}…"


def build_link(params: Sequence[UrlParam], values: Mapping[str, Any]) -> dict[str, list[str]]:
    """The texts of a link for these values; a default is left out."""
    return {
        param.key: param.write(values[param.key])
        for param in params
        if param.key in values and values[param.key] != param.default
    }


def format_ignored_notice(ignored: Sequence[str]) -> str:
    """One sentence about the settings of a link that were ignored; empty where none was."""
    if not ignored:
        return ""
    count, listed = len(ignored), join_first(ignored, 5)
    if count == 1:
        return _(
            "1 setting in this link is not valid and was ignored: {settings}.", settings=listed
        )
    return _(
        "{count} settings in this link are not valid and were ignored: {settings}.",
        count=count,
        settings=listed,
    )


def choice_param(
    key: str, options: Sequence[str], default: str, *, shared: bool = False
) -> UrlParam:
    """A choice from a closed list."""

    def read(texts: Sequence[str]) -> str:
        if texts[-1] not in options:
            raise ValueError(texts[-1])
        return texts[-1]

    example = next((option for option in options if option != default), default)
    return UrlParam(key, default, read, lambda value: [value], (example,), shared)


def choices_param(key: str, options: Sequence[str]) -> UrlParam:
    """Several from a closed list, in the order of the list; none chosen by default."""

    def read(texts: Sequence[str]) -> tuple[str, ...]:
        chosen = tuple(option for option in options if option in texts)
        invalid = [text for text in texts if text not in options]
        if invalid:
            raise PartialValueError(chosen, invalid)
        return chosen

    return UrlParam(key, (), read, list, tuple(options[:2]))


def nonempty_choices_param(key: str, options: Sequence[str], default: Sequence[str]) -> UrlParam:
    """At least one from a closed list, in the order of the list; some are chosen by default."""

    def read(texts: Sequence[str]) -> tuple[str, ...]:
        chosen = tuple(option for option in options if option in texts)
        invalid = [text for text in texts if text not in options]
        if not chosen:
            raise ValueError(key)
        if invalid:
            raise PartialValueError(chosen, invalid)
        return chosen

    example = tuple(options[:1]) if tuple(default) != tuple(options[:1]) else tuple(options[:2])
    return UrlParam(key, tuple(default), read, list, example)


def names_param(key: str, default: Sequence[str], example: Sequence[str], nothing: str) -> UrlParam:
    """Several ids, in the order given; the word `nothing` stands for none of them.

    The page says whether there are such things.
    """

    def read(texts: Sequence[str]) -> tuple[str, ...]:
        if list(texts) == [nothing]:
            return ()
        good = (_read_name(text) for text in texts if NAME_PATTERN.fullmatch(text))
        names = tuple(dict.fromkeys(good))
        invalid = [text for text in texts if not NAME_PATTERN.fullmatch(text)]
        if not names:
            raise ValueError(key)
        if invalid:
            raise PartialValueError(names, invalid)
        return names

    def write(value: Sequence[str]) -> list[str]:
        return list(value) or [nothing]

    return UrlParam(key, tuple(default), read, write, tuple(example))


_ticker_readers: list[Callable[[str], str]] = []


def add_ticker_reader(read: Callable[[str], str]) -> None:
    """Have links read tickers: `read` gives the id of the series that one names."""
    _ticker_readers[:] = [read]


def _read_name(text: str) -> str:
    """A name as pages know it: of a ticker the id of its series, in any spelling."""
    return _ticker_readers[0](text) if ":" in text and _ticker_readers else text


def tags_param(key: str, options: Sequence[str], max_length: int) -> UrlParam:
    """Several from a list, in its order, then custom ones; the page says which exist."""

    def read(texts: Sequence[str]) -> tuple[str, ...]:
        listed = [option for option in options if option in texts]
        custom = [text for text in dict.fromkeys(texts) if text not in options]
        good = [text for text in custom if text.strip() and text.isprintable()]
        good = [text for text in good if len(text) <= max_length]
        if len(good) < len(custom):
            raise PartialValueError((*listed, *good), [text for text in custom if text not in good])
        return (*listed, *good)

    return UrlParam(key, (), read, list, tuple(options[:2]))


def day_param(key: str, example: str = "2024-03-13") -> UrlParam:
    """A calendar day as 2024-03-13, or None."""
    return UrlParam(
        key,
        None,
        lambda texts: date.fromisoformat(texts[-1]),
        lambda value: [value.isoformat()],
        (example,),
    )


def text_param(key: str, example: str = "swift") -> UrlParam:
    """A short free text, such as the words of a search."""

    def read(texts: Sequence[str]) -> str:
        if len(texts[-1]) > MAX_TEXT_LENGTH:
            raise ValueError(key)
        return " ".join("".join(c for c in texts[-1] if c.isprintable()).split())

    return UrlParam(key, "", read, lambda value: [value], (example,))


def name_param(key: str, default: str, example: str, *, shared: bool = False) -> UrlParam:
    """An id, or a ticker such as `yahoo:UAH=X`; the page says whether there is such a thing."""

    def read(texts: Sequence[str]) -> str:
        if not NAME_PATTERN.fullmatch(texts[-1]):
            raise ValueError(key)
        return _read_name(texts[-1])

    return UrlParam(key, default, read, lambda value: [value], (example,), shared)


def moment_param(key: str, example: str = "2026-11-20", *, shared: bool = False) -> UrlParam:
    """A moment at which knowledge is frozen: a day, or a UTC moment; None by default."""

    def read(texts: Sequence[str]) -> datetime:
        try:
            return read_as_of(key, texts[-1])
        except InputError as error:
            raise ValueError(key) from error

    return UrlParam(key, None, read, lambda value: [as_of_text(value)], (example,), shared)


def count_param(key: str, default: int, minimum: int, maximum: int) -> UrlParam:
    """A whole number between two bounds."""

    def read(texts: Sequence[str]) -> int:
        value = int(texts[-1])
        if not minimum <= value <= maximum:
            raise ValueError(texts[-1])
        return value

    return UrlParam(key, default, read, lambda value: [str(value)], (str(minimum),))


# ------------------------------------------------------------------ the address bar and the widgets


LANGUAGE_PARAM: Final = name_param("lang", "", "en", shared=True)
COMMON_PARAMS: Final[tuple[UrlParam, ...]] = (moment_param("asof", shared=True), LANGUAGE_PARAM)
"""Parameters of the link of every page."""

LinkQuery = dict[str, list[str]]
REMEMBERED_KEY: Final = "view.remembered"
COMMON_KEY: Final = "view.common"
COMMON_NAMES: Final = ("series", "up", "cat", "from", "to", *(p.key for p in COMMON_PARAMS))
"""Parameters that mean the same on every page that has them."""
DAY_NAMES: Final = {"explore": "sel", "facts": "day"}
"""Under which name a page has the day that was chosen."""
INBOX_PAGE: Final = "inbox"
"""Its window is one of the news that came in, not of the rates."""


class UrlState:
    """The values of the current link, for one page and one reader."""

    def __init__(self, params: Sequence[UrlParam]) -> None:
        """Keep the page's parameters; `open_url_state` fills the values."""
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
        return self._widget_arguments(key)

    def typed(self, key: str) -> dict[str, Any]:
        """Like `widget`, for a field one types in: a half typed text stays."""
        name = _widget_key(key)
        if st.session_state.get(name) == self[key]:
            return self._widget_arguments(key)
        return self.widget(key)

    def switch(self, key: str, on: str, off: str) -> dict[str, Any]:
        """`key=` and `on_change=` for a toggle of a parameter that has two values."""
        name = _widget_key(f"{key}?")
        st.session_state[name] = self[key] == on
        turn = lambda: self.set(**{key: on if st.session_state[name] else off})  # noqa: E731
        return {"key": name, "on_change": postpone_fragment_echo(name, turn)}

    def set(self, **values: Any) -> None:
        """Change parameters and the address bar; call it in a callback of a widget."""
        self._values().update({key: values[key] for key in values if self._has(key)})
        st.session_state[JUST_SET_KEY] = True
        st.session_state[IGNORED_KEY] = ()
        self._push()

    def ignore(self, *keys: str) -> None:
        """Reset parameters that exclude one another to their defaults, with a notice."""
        link = build_link(self.params, self._values())
        self._add_ignored(format_setting(key, link[key][0]) for key in keys if key in link)
        defaults = {param.key: param.default for param in self.params}
        self._values().update({key: defaults[key] for key in keys})
        self._push()

    def ignore_part(self, key: str, invalid: Sequence[str]) -> None:
        """Remove values from a parameter that holds several, with a notice."""
        if invalid:
            self._add_ignored(format_setting(key, text) for text in invalid)
            left = tuple(value for value in self[key] if value not in invalid)
            self._values().update({key: left})
            self._push()

    @property
    def ignored(self) -> tuple[str, ...]:
        """The settings of the link that were not valid."""
        return tuple(st.session_state[IGNORED_KEY])

    def query(self, **values: Any) -> str:
        """The query of a link to this page with some values changed."""
        return urlencode(build_link(self.params, self._values() | values), doseq=True)

    def _widget_arguments(self, key: str) -> dict[str, Any]:
        name = _widget_key(key)
        on_change = postpone_fragment_echo(name, self._changed)
        return {"key": name, "on_change": on_change, "args": (key,)}

    def _has(self, key: str) -> bool:
        return any(param.key == key for param in self.params)

    def _values(self) -> dict[str, Any]:
        values: dict[str, Any] = st.session_state[STATE_KEY]
        return values

    def _add_ignored(self, settings: Iterable[str]) -> None:
        st.session_state[IGNORED_KEY] += tuple(settings)

    def _changed(self, key: str) -> None:
        value = st.session_state[_widget_key(key)]
        if value is None:  # a control that can be emptied goes back to its default
            value = next(param.default for param in self.params if param.key == key)
        self.set(**{key: tuple(value) if isinstance(value, list) else value})

    def _push(self) -> None:
        link = build_link(self.params, self._values())
        st.session_state[PREVIOUS_LINK_KEY], st.session_state[LINK_KEY] = (
            st.session_state[LINK_KEY],
            link,
        )
        st.session_state[PUSHED_AT_KEY] = monotonic()
        st.query_params.from_dict(link)


class SessionlessLink(UrlState):
    """The values of a link that no session of Streamlit has opened; it has no widgets.

    Args:
        params: the parameters of the page.
        link: the texts of each key.
    """

    def __init__(self, params: Sequence[UrlParam], link: Mapping[str, Sequence[str]]) -> None:
        super().__init__((*params, *COMMON_PARAMS))
        parsed = parse_link(self.params, link)
        self._values_of_link = parsed.values
        self._ignored = parsed.ignored

    @property
    def ignored(self) -> tuple[str, ...]:
        """The settings of the link that were not valid."""
        return self._ignored

    def _values(self) -> dict[str, Any]:
        return self._values_of_link

    def _add_ignored(self, settings: Iterable[str]) -> None:
        self._ignored += tuple(settings)

    def _push(self) -> None:
        """Nothing is shown in an address bar."""


def get_link_language() -> str:
    """The language that the link asks for, or else the last one did; empty where none was."""
    link = st.query_params.get_all(LANGUAGE_PARAM.key)
    before: dict[str, Any] = st.session_state.get(STATE_KEY, {})
    try:
        return str(LANGUAGE_PARAM.read(link)) if link else before.get(LANGUAGE_PARAM.key, "")
    except ValueError:
        return ""


def build_page_query(page_id: str, params: Sequence[UrlParam]) -> LinkQuery:
    """The settings with which the navigation opens a page: where the reader left it.

    What several pages know (series, quote, window, categories, day, frozen moment) is as it was
    last set on any of them.
    """
    all_params = (*params, *COMMON_PARAMS)
    common: LinkQuery = st.session_state.get(COMMON_KEY, {})
    link: LinkQuery = dict(st.session_state.get(REMEMBERED_KEY, {}).get(page_id, {}))
    for key, name in _common_names(page_id, all_params).items():
        link.pop(key, None)
        if name in common:
            link[key] = common[name]
    return build_link(all_params, parse_link(all_params, link).values)


def _common_names(page_id: str, params: Sequence[UrlParam]) -> dict[str, str]:
    """The parameters of a page that other pages know too, with their name in the session."""
    names = {p.key: p.key for p in params if p.key in COMMON_NAMES}
    if page_id == INBOX_PAGE:
        names = {key: name for key, name in names.items() if key not in {"from", "to"}}
    return names | ({DAY_NAMES[page_id]: "day"} if page_id in DAY_NAMES else {})


def _remember(page_id: str, view: UrlState) -> None:
    """Store the settings of a page, and those that other pages know too."""
    state = st.session_state
    link = build_link(view.params, state[STATE_KEY])
    state.setdefault(REMEMBERED_KEY, {})[page_id] = link
    common = state.setdefault(COMMON_KEY, {})
    for key, name in _common_names(page_id, view.params).items():
        common.pop(name, None)
        if key in link:
            common[name] = link[key]


def open_url_state(
    page_id: str, params: Sequence[UrlParam], *, is_automatic: bool = False
) -> UrlState:
    """Read the address bar where it has changed, and return the state of the page.

    A control that was just used takes precedence over the address that came with it: the browser
    may have sent that before it received the last one.

    Args:
        page_id: the page that runs.
        params: its parameters.
        is_automatic: whether it runs by itself.
    """
    _call_postponed(is_wanted=not is_automatic and st.session_state.get(PAGE_KEY) == page_id)
    view = UrlState((*params, *COMMON_PARAMS))
    _read_address(view, page_id)
    _remember(page_id, view)
    return view


def _read_address(view: UrlState, page_id: str) -> None:
    state = st.session_state
    link = {key: st.query_params.get_all(key) for key in st.query_params}
    just_set = state.pop(JUST_SET_KEY, False)
    if state.get(PAGE_KEY) == page_id and (just_set or link == state[LINK_KEY] or _is_stale(link)):
        return
    _adopt_link(view, page_id, link)


def _is_stale(link: LinkQuery) -> bool:
    state = st.session_state
    return bool(
        link == state[PREVIOUS_LINK_KEY] and monotonic() - state[PUSHED_AT_KEY] < STALE_SECONDS
    )


def _adopt_link(view: UrlState, page_id: str, link: LinkQuery) -> None:
    state = st.session_state
    reading = parse_link(view.params, link)
    carried = _carry_shared_values(view.params, link) if state.get(PAGE_KEY) != page_id else {}
    state[STATE_KEY] = reading.values | carried
    state[IGNORED_KEY] = reading.ignored
    state[PAGE_KEY], state[LINK_KEY], state[PREVIOUS_LINK_KEY] = page_id, link, None
    clean = build_link(view.params, state[STATE_KEY])
    if clean != link:
        state[LINK_KEY] = clean
        st.query_params.from_dict(clean)


def _carry_shared_values(
    params: Sequence[UrlParam], link: Mapping[str, Sequence[str]]
) -> dict[str, Any]:
    """Shared values that the reader set on another page and this link does not mention."""
    common: LinkQuery = st.session_state.get(COMMON_KEY, {})
    texts = {p.key: common[p.key] for p in params if p.shared and p.key in common}
    reading = parse_link(params, {key: texts[key] for key in texts if key not in link})
    return {key: reading.values[key] for key in texts if key not in link}


def _widget_key(key: str) -> str:
    return f"view:{key}"
