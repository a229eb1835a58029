"""Controls of the Compare page: groups, series, windows and study settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Any, Final

import streamlit as st

from dashboard.models.event import EXPECTED_TITLES, Event
from dashboard.models.messages import deferred, plural, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.models.study import DEFAULT_CAR_WINDOWS, StudyRequest
from dashboard.presentation.escaping import escape_label
from dashboard.presentation.events import format_group
from dashboard.presentation.formatting import capitalize_first
from dashboard.presentation.moves import POOL_TITLES, format_window_label
from dashboard.presentation.palette import STYLE_BY_ID
from dashboard.services.events import count_facets
from dashboard.services.method import describe_method
from dashboard.services.study import needs_factor
from dashboard.services.study_inputs import available_factors, default_window, event_windows
from dashboard.ui import session
from dashboard.ui.components.view_controls import draw_quote_switch, draw_series_choice
from dashboard.ui.pages.compare.state import (
    ALL_CATEGORIES,
    ANY_EXPECTED,
    CATEGORY_VALUES,
    DEFAULTS,
    GROUP_FIELDS,
    MAX_NAMED,
    PREFERRED_WINDOW,
    CompareState,
    has_second_group,
)
from dashboard.ui.url_state import UrlState, ignore_fragment_echo

EXPECTED_LABELS: Final = {ANY_EXPECTED: deferred("All")} | EXPECTED_TITLES
OVERLAP_LABELS: Final = {
    "keep": deferred("keep all events"),
    "first": deferred("keep the first of those that overlap"),
    "exclude": deferred("leave out all that overlap"),
}
RETURNS_LABELS: Final = {"log": deferred("log moves"), "simple": deferred("simple returns")}
SECOND_GROUP_DEFAULTS: Final = ("peace_talks", "nato_remark")
"""The second group that is offered: the first of them that the first group is not."""
NAME_LIMIT: Final = 44


def draw_compare_controls(state: CompareState) -> None:
    """Draw the settings of the page in rows that wrap."""
    link = state.link
    with st.container(horizontal=True, vertical_alignment="bottom"):
        _draw_group_controls(state, "", _("First group"))
        _draw_group_controls(state, "b", _("Second group"))
        _draw_study_settings(state)
        # A phone keeps the choices folded away, so that the paths are not far below the answer.
        folded = (
            st.popover(_("Series and windows"), icon=":material/tune:") if state.phone else None
        )
    with folded or st.container(horizontal=True, vertical_alignment="bottom"):
        draw_series_choice(link, session.get_price_cards())
        _draw_window_controls(state)
        draw_quote_switch(link, state.card)


def _draw_group_controls(state: CompareState, prefix: str, name: str) -> None:
    """Draw one group in a popover whose button names it."""
    link = state.link
    chosen = bool(not prefix or has_second_group(link))
    at = 1 if prefix else 0
    label = "none"
    if chosen and at < len(state.filters):
        listed = plural("{n:,} event", "{n:,} events", len(state.listed[at]))
        label = f"{capitalize_first(format_group(state.filters[at]))}, {listed}"
    with st.popover(f"{name}: {escape_label(label, NAME_LIMIT)}", icon=":material/filter_alt:"):
        if prefix:
            _draw_second_group_switch(link, chosen=chosen)
            if not chosen:
                return
        _draw_category_choice(link, f"{prefix}cat")
        st.segmented_control(
            _("Expected rouble"),
            list(EXPECTED_LABELS),
            format_func=lambda value: translate_deferred(EXPECTED_LABELS[value]),
            required=True,
            **link.widget(f"{prefix}exp"),
        )
        _draw_tags(link, f"{prefix}tag")
        with st.container(horizontal=True):
            _draw_day_field(link, f"{prefix}from", _("From day"))
            _draw_day_field(link, f"{prefix}to", _("To day"))


def _draw_second_group_switch(link: UrlState, *, chosen: bool) -> None:
    if chosen:
        st.button(_("Remove the second group"), icon=":material/close:", key="compare.remove",
                  on_click=clear_second_group, args=(link,))  # fmt: skip
        return
    st.markdown(_("Compare with other events on the same series, by the same study."))
    st.button(_("Add a second group"), icon=":material/add:", key="compare.add",
              on_click=add_second_group, args=(link,))  # fmt: skip


def add_second_group(link: UrlState) -> None:
    """Add a second group."""
    link.set(bcat=(next(kind for kind in SECOND_GROUP_DEFAULTS if link["cat"] != (kind,)),))


def clear_second_group(link: UrlState) -> None:
    """Show the first group alone."""
    link.set(**{f"b{field}": DEFAULTS[f"b{field}"] for field in GROUP_FIELDS})


def swap_groups(link: UrlState) -> None:
    """Exchange the groups; without a second one nothing changes."""
    if any(link[f"b{field}"] != DEFAULTS[f"b{field}"] for field in GROUP_FIELDS):
        kinds = {"cat": link["bcat"] or (ALL_CATEGORIES,), "bcat": link["cat"]}
        others = {f: link[f"b{f}"] for f in GROUP_FIELDS[1:]} | {
            f"b{f}": link[f] for f in GROUP_FIELDS[1:]
        }
        link.set(**kinds, **others)


def _draw_category_choice(link: UrlState, key: str) -> None:
    """Draw the categories; none chosen = all of them, which the link calls `all`."""
    name = f"compare:{key}"
    st.session_state[name] = [kind for kind in link[key] if kind != ALL_CATEGORIES]

    def choose() -> None:
        link.set(
            **{
                key: tuple(k for k in CATEGORY_VALUES if k in st.session_state[name])
                or (ALL_CATEGORIES,)
            }
        )

    st.pills(
        _("Categories (none chosen: all)"),
        list(CATEGORY_VALUES),
        selection_mode="multi",
        format_func=lambda value: f"{STYLE_BY_ID[value].glyph} {STYLE_BY_ID[value].title}",
        key=name,
        on_change=ignore_fragment_echo(choose),
    )


def _draw_tags(link: UrlState, key: str) -> None:
    """Draw the tags that any event has, and those of the link."""
    known = session.get_known_events()
    tags = _count_tags(known.events, known.version)
    options = list(dict.fromkeys((*tags, *link[key])))
    if options:
        st.multiselect(
            _("Tags (one of them is enough)"),
            options,
            format_func=escape_label,
            max_selections=MAX_NAMED,
            placeholder=_("any"),
            **link.widget(key),
        )


@st.cache_resource(show_spinner=False, max_entries=4)
def _count_tags(_events: tuple[Event, ...], version: str) -> dict[str, int]:  # noqa: ARG001
    """The tags of the events by how many have them, cached by the version of the events."""
    return count_facets(_events)["tags"]


def _draw_day_field(link: UrlState, key: str, label: str) -> None:
    common: dict[str, Any] = {
        "value": None,
        "min_value": date(1900, 1, 1),
        "max_value": date(2100, 12, 31),
        "format": "YYYY-MM-DD",
        "width": 150,
    }
    st.date_input(label, **link.widget(key), **common)


def _draw_window_controls(state: CompareState) -> None:
    """Draw the event window, and the window of the CAR."""
    minutes, link = state.card.bar_minutes, state.link
    usual = default_window(minutes)
    _draw_editable_choice(
        link, "window", _("Event window"), (usual, *event_windows(minutes)), format_window_label
    )
    cars = [f"{first}:{last}" for first, last in (PREFERRED_WINDOW, *DEFAULT_CAR_WINDOWS)]
    if state.request is not None:
        first, last = state.request.cars[0]
        cars = [f"{first}:{last}" if not link["car"] else link["car"], *cars]
    _draw_editable_choice(link, "car", _("Move over offsets"), tuple(cars), format_window_label)


def _draw_editable_choice(
    link: UrlState,
    key: str,
    label: str,
    options: tuple[str, ...],
    format_option: Callable[[str], str],
) -> None:
    """Draw a choice whose first option is the default; other values can be typed."""
    usual, name = options[0], f"compare:{key}"
    st.session_state[name] = link[key] or usual

    def choose() -> None:
        typed = (st.session_state[name] or "").replace("−", "-").replace(" to ", ":")
        chosen = "" if typed == usual and not link[key] else typed
        link.set(**{key: "" if key == "window" and chosen == usual else chosen})

    st.selectbox(
        label,
        list(dict.fromkeys((link[key] or usual, *options))),
        format_func=format_option,
        key=name,
        on_change=ignore_fragment_echo(choose),
        accept_new_options=True,
        help=_("Choose one, or type first and last offset like −5:10."),
        width=150,
    )


def _draw_study_settings(state: CompareState) -> None:
    """Draw the settings of the study in a popover."""
    link = state.link
    with st.popover(_("How it is studied"), icon=":material/tune:"):
        models = {model.id: translate_deferred(model.title) for model in describe_method().models}
        st.selectbox(_("Expected move"), list(models), format_func=models.__getitem__,
                     **link.widget("model"))  # fmt: skip
        factors = {
            card.id: card.label for card in available_factors(state.card, session.get_cards())
        }
        if needs_factor(link["model"]) or link["factor"]:
            chosen = tuple(name for name in link["factor"] if name in factors)
            st.multiselect(
                _("Explained by"),
                list(factors),
                format_func=factors.__getitem__,
                placeholder=_("choose a series"),
                **link.widget("factor", chosen),
            )
        titles: Mapping[Any, str]
        for key, label, titles in (
            ("overlap", _("Where event windows overlap"), OVERLAP_LABELS),
            ("pool", _("Single moves are compared with"), POOL_TITLES),
            ("returns", _("Moves are counted as"), RETURNS_LABELS),
        ):
            format_option = partial(_format_option, titles)
            st.selectbox(label, list(titles), format_func=format_option, **link.widget(key))
        with st.container(horizontal=True):
            _draw_length_field(state, "estimation", _("Estimation window"))
            _draw_length_field(state, "gap", _("Gap"))
        st.toggle(_("Learn without the days of known events"), **link.switch("clean", "1", "0"))
        st.button(_("Usual settings"), key="compare.usual", on_click=reset_settings, args=(link,))


def _format_option(titles: Mapping[Any, str], option: str) -> str:
    return translate_deferred(titles[option])


def reset_settings(link: UrlState) -> None:
    """Reset all settings except the groups, the series and the quote."""
    unchanged = {"series", "up", *GROUP_FIELDS, *(f"b{field}" for field in GROUP_FIELDS)}
    link.set(**{key: value for key, value in DEFAULTS.items() if key not in unchanged})


def _draw_length_field(state: CompareState, key: str, label: str) -> None:
    """Draw a number of observations; empty = the default, which is the placeholder."""
    usual = getattr(state.request or StudyRequest(), key)
    st.text_input(_("{label} (observations)", label=label), placeholder=str(usual), width=180,
                  **state.link.typed(key))  # fmt: skip
