"""The controls of Compare: two groups of events, the series, the windows, how it is studied."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Final

import streamlit as st

from dashboard.domain.study import FIRST_WINDOWS, StudyRequest
from dashboard.services.choose_factors import factors_for
from dashboard.services.choose_windows import default_window, windows_for
from dashboard.services.describe_method import describe_method, wants_factor
from dashboard.services.find_events import facets
from dashboard.ui import session
from dashboard.ui.address import View
from dashboard.ui.bar_words import window_label
from dashboard.ui.compare_link import ALL, ANY, DEFAULTS, FIELDS, KINDS, MOST_NAMED, PREFERRED
from dashboard.ui.compare_scene import CompareScene, second_is_asked
from dashboard.ui.echoes import heard
from dashboard.ui.group_words import group_words, sentence
from dashboard.ui.move_words import POOL_TITLES
from dashboard.ui.palette import LANE_OF
from dashboard.ui.text import label_text
from dashboard.ui.widgets.explore_controls import draw_quote, draw_series
from dashboard.ui.wording import EXPECTED_TITLES, count

EXPECTED_WORDS: Final = {ANY: "All"} | EXPECTED_TITLES
OVERLAP_WORDS: Final = {
    "keep": "keep all events",
    "first": "keep the first of those that overlap",
    "exclude": "leave out all that overlap",
}
RETURNS_WORDS: Final = {"log": "log moves", "simple": "simple returns"}
SECOND: Final = ("peace_talks", "nato_remark")
"""The second group that is offered: the first of them that the first group is not."""
NAME_LIMIT: Final = 44


def draw_controls(scene: CompareScene) -> None:
    """Draw everything that the page is computed from, in rows that wrap."""
    link = scene.link
    with st.container(horizontal=True, vertical_alignment="bottom"):
        _draw_group(scene, "", "First group")
        _draw_group(scene, "b", "Second group")
        _draw_settings(scene)
        # A phone keeps the choices folded away, so that the paths are not far below the answer.
        folded = st.popover("Series and windows", icon=":material/tune:") if scene.phone else None
    with folded or st.container(horizontal=True, vertical_alignment="bottom"):
        draw_series(link, session.prices())
        _draw_windows(scene)
        draw_quote(link, scene.card)


def _draw_group(scene: CompareScene, prefix: str, name: str) -> None:
    """Draw one group folded into a button that says what is in it."""
    link = scene.link
    chosen = bool(not prefix or second_is_asked(scene))
    at = 1 if prefix else 0
    words = "none"
    if chosen and at < len(scene.asked):
        listed = count(len(scene.listed[at]), "event")
        words = f"{sentence(group_words(scene.asked[at].filter))}, {listed}"
    with st.popover(f"{name}: {label_text(words, NAME_LIMIT)}", icon=":material/filter_alt:"):
        if prefix:
            _draw_switch(link, chosen=chosen)
            if not chosen:
                return
        _draw_kinds(link, f"{prefix}cat")
        st.segmented_control(
            "Expected rouble",
            list(EXPECTED_WORDS),
            format_func=EXPECTED_WORDS.__getitem__,
            required=True,
            **link.widget(f"{prefix}exp"),
        )
        _draw_tags(link, f"{prefix}tag")
        with st.container(horizontal=True):
            _draw_day(link, f"{prefix}from", "From day")
            _draw_day(link, f"{prefix}to", "To day")


def _draw_switch(link: View, *, chosen: bool) -> None:
    if chosen:
        st.button("Remove the second group", icon=":material/close:", key="compare.remove",
                  on_click=clear_second, args=(link,))  # fmt: skip
        return
    st.markdown("Compare with other events on the same series, by the same study.")
    st.button("Add a second group", icon=":material/add:", key="compare.add",
              on_click=add_second, args=(link,))  # fmt: skip


def add_second(link: View) -> None:
    """Put a second group beside the first."""
    link.set(bcat=(next(kind for kind in SECOND if link["cat"] != (kind,)),))


def clear_second(link: View) -> None:
    """Show the first group alone."""
    link.set(**{f"b{field}": DEFAULTS[f"b{field}"] for field in FIELDS})


def swap_groups(link: View) -> None:
    """Let the second group be the first; without one nothing changes."""
    if any(link[f"b{field}"] != DEFAULTS[f"b{field}"] for field in FIELDS):
        kinds = {"cat": link["bcat"] or (ALL,), "bcat": link["cat"]}
        others = {f: link[f"b{f}"] for f in FIELDS[1:]} | {f"b{f}": link[f] for f in FIELDS[1:]}
        link.set(**kinds, **others)


def _draw_kinds(link: View, key: str) -> None:
    """Draw the categories; none chosen = all of them, which the link calls `all`."""
    name = f"compare:{key}"
    st.session_state[name] = [kind for kind in link[key] if kind != ALL]

    def choose() -> None:
        link.set(**{key: tuple(k for k in KINDS if k in st.session_state[name]) or (ALL,)})

    st.pills(
        "Categories (none chosen: all)",
        list(KINDS),
        selection_mode="multi",
        format_func=lambda value: f"{LANE_OF[value].glyph} {LANE_OF[value].title}",
        key=name,
        on_change=heard(choose),
    )


def _draw_tags(link: View, key: str) -> None:
    """Draw the tags that any event has, and those of the link."""
    there = facets(session.known_events().events)["tags"]
    options = list(dict.fromkeys((*there, *link[key])))
    if options:
        st.multiselect(
            "Tags (one of them is enough)",
            options,
            format_func=label_text,
            max_selections=MOST_NAMED,
            placeholder="any",
            **link.widget(key),
        )


def _draw_day(link: View, key: str, label: str) -> None:
    common: dict[str, Any] = {
        "value": None,
        "min_value": date(1900, 1, 1),
        "max_value": date(2100, 12, 31),
        "format": "YYYY-MM-DD",
        "width": 150,
    }
    st.date_input(label, **link.widget(key), **common)


def _draw_windows(scene: CompareScene) -> None:
    """Draw the event window, and the window in which moves are added up and tested."""
    minutes, link = scene.card.bar_minutes, scene.link
    usual = default_window(minutes)
    _choice(link, "window", "Event window", (usual, *windows_for(minutes)), window_label)
    cars = [f"{first}:{last}" for first, last in (PREFERRED, *FIRST_WINDOWS)]
    if scene.request is not None:
        first, last = scene.request.cars[0]
        cars = [f"{first}:{last}" if not link["car"] else link["car"], *cars]
    _choice(link, "car", "Move over offsets", tuple(cars), window_label)


def _choice(
    link: View, key: str, label: str, options: tuple[str, ...], words: Callable[[str], str]
) -> None:
    """Draw a choice whose first option stands for "nothing named"; others can be typed."""
    usual, name = options[0], f"compare:{key}"
    st.session_state[name] = link[key] or usual

    def choose() -> None:
        typed = (st.session_state[name] or "").replace("−", "-").replace(" to ", ":")
        chosen = "" if typed == usual and not link[key] else typed
        link.set(**{key: "" if key == "window" and chosen == usual else chosen})

    st.selectbox(
        label,
        list(dict.fromkeys((link[key] or usual, *options))),
        format_func=words,
        key=name,
        on_change=heard(choose),
        accept_new_options=True,
        help="Choose one, or type first and last offset like −5:10.",
        width=150,
    )


def _draw_settings(scene: CompareScene) -> None:
    """Draw how the study is made, folded away."""
    link = scene.link
    with st.popover("How it is studied", icon=":material/tune:"):
        models = {model.id: model.title for model in describe_method().models}
        st.selectbox("Expected move", list(models), format_func=models.__getitem__,
                     **link.widget("model"))  # fmt: skip
        factors = {each.id: each.title for each in factors_for(scene.card, session.cards())}
        if wants_factor(link["model"]) or link["factor"]:
            kept = tuple(name for name in link["factor"] if name in factors)
            st.multiselect(
                "Explained by",
                list(factors),
                format_func=factors.__getitem__,
                placeholder="choose a series",
                **link.widget("factor", kept),
            )
        for key, label, words in (
            ("overlap", "Where event windows overlap", OVERLAP_WORDS),
            ("pool", "Single moves are compared with", POOL_TITLES),
            ("returns", "Moves are counted as", RETURNS_WORDS),
        ):
            st.selectbox(label, list(words), format_func=words.__getitem__, **link.widget(key))
        with st.container(horizontal=True):
            _length(scene, "estimation", "Estimation window")
            _length(scene, "gap", "Gap")
        st.toggle("Learn without the days of known events", **link.switch("clean", "1", "0"))
        st.button("Usual settings", key="compare.usual", on_click=usual_settings, args=(link,))


def usual_settings(link: View) -> None:
    """Put everything back to the usual but the groups, the series and the quote."""
    kept = {"series", "up", *FIELDS, *(f"b{field}" for field in FIELDS)}
    link.set(**{key: value for key, value in DEFAULTS.items() if key not in kept})


def _length(scene: CompareScene, key: str, label: str) -> None:
    """Draw a number of observations; empty = the usual one, which stands there in grey."""
    usual = getattr(scene.request or StudyRequest(), key)
    st.text_input(f"{label} (observations)", placeholder=str(usual), width=180,
                  **scene.link.typed(key))  # fmt: skip
