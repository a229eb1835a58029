"""Controls of the Compare page: a chip for each group with its dates, series, windows, method."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any, Final

import streamlit as st

from dashboard.models.event import EXPECTED_TITLES, Event
from dashboard.models.messages import deferred, plural, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.models.study import DEFAULT_CAR_WINDOWS, StudyRequest
from dashboard.presentation.comparison import format_period
from dashboard.presentation.escaping import escape_label
from dashboard.presentation.events import format_group
from dashboard.presentation.formatting import capitalize_first, date_field_format
from dashboard.presentation.moves import POOL_TITLES, format_window_label
from dashboard.presentation.palette import (
    GROUP_STYLES,
    STYLE_BY_ID,
    category_title,
    format_coloured,
)
from dashboard.services.events import count_facets
from dashboard.services.method import describe_method
from dashboard.services.study import needs_factor
from dashboard.services.study_inputs import available_factors, default_window, event_windows
from dashboard.ui import session
from dashboard.ui.components.robustness_run import PREFERRED_WINDOW
from dashboard.ui.components.view_controls import draw_quote_switch, draw_series_choice
from dashboard.ui.pages.compare.state import (
    ALL_CATEGORIES,
    ANY_EXPECTED,
    CATEGORY_VALUES,
    DEFAULTS,
    GROUP_FIELDS,
    GROUP_PREFIXES,
    MAX_NAMED,
    CompareState,
    has_second_group,
)
from dashboard.ui.url_state import UrlState, postpone_fragment_echo

EXPECTED_LABELS: Final = {ANY_EXPECTED: deferred("All")} | EXPECTED_TITLES
OVERLAP_LABELS: Final = {
    "keep": deferred("keep all events"),
    "first": deferred("keep the first of those that overlap"),
    "exclude": deferred("leave out all that overlap"),
}
RETURNS_LABELS: Final = {"log": deferred("log moves"), "simple": deferred("simple returns")}
DATE_FIELDS: Final = ("from", "to")
FIRST_DAY: Final = date(1900, 1, 1)
LAST_DAY: Final = date(2100, 12, 31)
CHIP_LIMIT: Final = 60


def draw_compare_controls(state: CompareState) -> None:
    """Draw one row: the groups with their dates, the series, the method."""
    link = state.link
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if not state.phone:
            st.markdown(_("After"), width="content")
        _draw_group_chip(state, 0)
        if not state.phone:
            st.markdown(_("vs"), width="content")
        _draw_group_chip(state, 1)
        if has_second_group(link):
            st.button("", key="compare.remove", icon=":material/close:", type="tertiary",
                      help=_("Remove the second group"), on_click=clear_second_group,
                      args=(link,))  # fmt: skip
        if not state.phone:
            with st.popover(escape_label(state.card.label, CHIP_LIMIT), key="compare.series"):
                _draw_series_controls(state)
        with st.popover(_("Method"), icon=":material/tune:", key="compare.method"):
            if state.phone:
                _draw_series_controls(state)
            _draw_study_settings(state)


def _draw_series_controls(state: CompareState) -> None:
    draw_series_choice(state.link, session.get_price_cards())
    draw_quote_switch(state.link, state.card)


# ------------------------------------------------------------------ a group and its dates


def _format_chip(state: CompareState, at: int) -> str:
    """`NATO remarks, 2025: 17 events`: a group, its dates and how many of its events are used.

    Without an answer the events listed are counted; a phone shows no number.
    """
    query = state.filters[at]
    narrowed = query.tags or query.choices.get("expected")
    titles = [category_title(kind) for kind in query.categories]
    group = format_group(query) if narrowed or not titles else ", ".join(titles)
    chip = f"{capitalize_first(group)}, {format_period(query.since, query.until)}"
    if state.phone:
        return chip
    count = state.answer.groups[at].n if state.answer else len(state.listed[at])
    return _("{group}: {events}", group=chip, events=plural("{n:,} event", "{n:,} events", count))


def _draw_group_chip(state: CompareState, at: int) -> None:
    """Draw one group in a popover whose button names it; a click on a category replaces it."""
    link, prefix = state.link, GROUP_PREFIXES[at]
    chosen = at < len(state.filters)
    glyph = format_coloured(GROUP_STYLES[at].glyph, GROUP_STYLES[at].colour(dark=state.dark))
    label = escape_label(_format_chip(state, at), CHIP_LIMIT) if chosen else _("another group")
    # With a key the popover keeps its place, so that it stays open when its label changes.
    with st.popover(f"{glyph} {label}" if chosen else f":material/add: {label}",
                    key=f"compare.group.{at}"):  # fmt: skip
        _draw_category(link, prefix)
        if chosen:
            _draw_dates(state, prefix)
            _draw_narrowing(link, prefix)


def _draw_category(link: UrlState, prefix: str) -> None:
    """Draw the categories; one that is clicked becomes the group."""
    chosen = link[f"{prefix}cat"]
    titles = {ALL_CATEGORIES: _("All")} | {
        value: f"{STYLE_BY_ID[value].glyph} {STYLE_BY_ID[value].title}" for value in CATEGORY_VALUES
    }
    _draw_choice(
        _("Events"), titles, chosen[0] if len(chosen) == 1 else None, f"compare:{prefix}cat",
        partial(choose_category, link, prefix),
    )  # fmt: skip


def choose_category(link: UrlState, prefix: str, category: str) -> None:
    """Make a category the group; a new second group takes the dates of the first."""
    dates = {}
    if prefix and not has_second_group(link):
        dates = {f"{prefix}{field}": link[field] for field in DATE_FIELDS}
    link.set(**{f"{prefix}cat": (category,), **dates})


def _draw_dates(state: CompareState, prefix: str) -> None:
    """Draw the years, one click each, and the first and the last day."""
    link = state.link
    years = sorted({event.day.year for event in state.known})
    titles = {"": _("All years")} | {str(year): str(year) for year in years}
    since, until = (link[f"{prefix}{field}"] for field in DATE_FIELDS)
    whole = since and until == date(since.year, 12, 31) and since == date(since.year, 1, 1)
    current = str(since.year) if whole else None if since or until else ""
    _draw_choice(
        _("Dates"), titles, current, f"compare:{prefix}year", partial(_choose_year, link, prefix)
    )
    with st.container(horizontal=True):
        for field, label in zip(DATE_FIELDS, (_("From"), _("To")), strict=True):
            key = f"compare:{prefix}{field}"
            st.session_state[key] = link[f"{prefix}{field}"]
            st.date_input(
                label, value=None, min_value=FIRST_DAY, max_value=LAST_DAY,
                format=date_field_format(), width=150, key=key,
                on_change=postpone_fragment_echo(key, _choose_day),
                args=(link, prefix, field),
            )  # fmt: skip


def _choose_year(link: UrlState, prefix: str, year: str) -> None:
    whole = (date(int(year), 1, 1), date(int(year), 12, 31)) if year else (None, None)
    set_dates(link, prefix, dict(zip(DATE_FIELDS, whole, strict=True)))


def _choose_day(link: UrlState, prefix: str, field: str) -> None:
    set_dates(link, prefix, {field: st.session_state[f"compare:{prefix}{field}"]})


def set_dates(link: UrlState, prefix: str, dates: Mapping[str, date | None]) -> None:
    """Change the dates of a group; a second group with the same dates follows the first."""
    same = all(link[field] == link[f"b{field}"] for field in DATE_FIELDS)
    prefixes = GROUP_PREFIXES if not prefix and same and has_second_group(link) else (prefix,)
    link.set(**{f"{each}{field}": day for each in prefixes for field, day in dates.items()})


def _draw_narrowing(link: UrlState, prefix: str) -> None:
    """Draw further categories, the expected direction and the tags of a group."""
    _draw_further_categories(link, f"{prefix}cat")
    st.segmented_control(
        _("Expected rouble"),
        list(EXPECTED_LABELS),
        format_func=lambda value: translate_deferred(EXPECTED_LABELS[value]),
        required=True,
        **link.widget(f"{prefix}exp"),
    )
    known = session.get_known_events()
    tags = list(dict.fromkeys((*_count_tags(known.events, known.version), *link[f"{prefix}tag"])))
    if tags:
        st.multiselect(
            _("Tags (one of them is enough)"),
            tags,
            format_func=escape_label,
            max_selections=MAX_NAMED,
            placeholder=_("any"),
            **link.widget(f"{prefix}tag"),
        )


def _draw_further_categories(link: UrlState, key: str) -> None:
    """Draw the categories of a group of several, to add to it or to take away."""
    name = f"compare:{key}.all"
    st.session_state[name] = [kind for kind in link[key] if kind != ALL_CATEGORIES]

    def choose() -> None:
        kinds = st.session_state[name]
        chosen = tuple(kind for kind in CATEGORY_VALUES if kind in kinds)
        link.set(**{key: chosen or (ALL_CATEGORIES,)})

    st.multiselect(
        _("Several categories together"),
        list(CATEGORY_VALUES),
        format_func=lambda value: STYLE_BY_ID[value].title,
        placeholder=_("all"),
        key=name,
        on_change=postpone_fragment_echo(name, choose),
    )


@st.cache_resource(show_spinner=False, max_entries=4)
def _count_tags(_events: tuple[Event, ...], version: str) -> dict[str, int]:  # noqa: ARG001
    """The tags of the events by how many have them, cached by the version of the events."""
    return count_facets(_events)["tags"]


def add_second_group(link: UrlState) -> None:
    """Compare with sanctions, or with peace talks where these are the first group."""
    category = "sanctions" if link["cat"] != ("sanctions",) else "peace_talks"
    choose_category(link, "b", category)


def clear_second_group(link: UrlState) -> None:
    """Show the first group alone."""
    link.set(**{f"b{field}": DEFAULTS[f"b{field}"] for field in GROUP_FIELDS})


def swap_groups(link: UrlState) -> None:
    """Exchange the groups; without a second one nothing changes."""
    if has_second_group(link):
        kinds = {"cat": link["bcat"] or (ALL_CATEGORIES,), "bcat": link["cat"]}
        others = {f: link[f"b{f}"] for f in GROUP_FIELDS[1:]} | {
            f"b{f}": link[f] for f in GROUP_FIELDS[1:]
        }
        link.set(**kinds, **others)


# ------------------------------------------------------------------ the study


def _draw_study_settings(state: CompareState) -> None:
    """Draw the windows and the settings of the study."""
    link = state.link
    _draw_window_controls(state)
    models = {model.id: translate_deferred(model.title) for model in describe_method().models}
    st.selectbox(_("Expected move"), list(models), format_func=models.__getitem__,
                 **link.widget("model"))  # fmt: skip
    factors = {card.id: card.label for card in available_factors(state.card, session.get_cards())}
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
        shown = {option: translate_deferred(title) for option, title in titles.items()}
        st.selectbox(label, list(shown), format_func=shown.__getitem__, **link.widget(key))
    with st.container(horizontal=True):
        for key, label in (("estimation", _("Estimation window")), ("gap", _("Gap"))):
            # Empty = the default, which is the placeholder.
            usual = getattr(state.request or StudyRequest(), key)
            st.text_input(_("{label} (observations)", label=label), placeholder=str(usual),
                          width=180, **link.typed(key))  # fmt: skip
    st.toggle(_("Exclude event days from the estimate"), **link.switch("clean", "1", "0"))
    st.button(_("Reset"), key="compare.usual", on_click=reset_settings, args=(link,))


def reset_settings(link: UrlState) -> None:
    """Reset all settings except the groups, the series and the quote."""
    unchanged = {"series", "up", *GROUP_FIELDS, *(f"b{field}" for field in GROUP_FIELDS)}
    link.set(**{key: value for key, value in DEFAULTS.items() if key not in unchanged})


def _draw_window_controls(state: CompareState) -> None:
    """Draw the event window, and the window of the CAR."""
    minutes, link = state.card.bar_minutes, state.link
    usual = default_window(minutes)
    cars = [f"{first}:{last}" for first, last in (PREFERRED_WINDOW, *DEFAULT_CAR_WINDOWS)]
    if state.request is not None:
        first, last = state.request.cars[0]
        cars = [f"{first}:{last}" if not link["car"] else link["car"], *cars]
    with st.container(horizontal=True):
        _draw_editable_choice(link, "window", _("Event window"), (usual, *event_windows(minutes)))
        _draw_editable_choice(link, "car", _("Move over offsets"), cars)


def _draw_editable_choice(link: UrlState, key: str, label: str, options: Sequence[str]) -> None:
    """Draw a choice of a window whose first option is the default; others can be typed."""
    usual, name = options[0], f"compare:{key}"
    st.session_state[name] = link[key] or usual

    def choose() -> None:
        typed = (st.session_state[name] or "").replace("−", "-").replace(" to ", ":")
        chosen = "" if typed == usual and not link[key] else typed
        link.set(**{key: "" if key == "window" and chosen == usual else chosen})

    st.selectbox(
        label,
        list(dict.fromkeys((link[key] or usual, *options))),
        format_func=format_window_label,
        key=name,
        on_change=postpone_fragment_echo(name, choose),
        accept_new_options=True,
        help=_("Choose one, or type first and last offset like −5:10."),
        width=180,
    )


def _draw_choice(
    label: str,
    titles: Mapping[str, str],
    current: str | None,
    key: str,
    choose: Callable[[str], None],
) -> None:
    """Draw options one of which is chosen with a click; a second click leaves it chosen."""
    st.session_state[key] = current

    def changed() -> None:
        option = st.session_state[key]
        if option is not None:
            choose(option)

    st.pills(
        label,
        list(titles),
        format_func=titles.__getitem__,
        key=key,
        on_change=postpone_fragment_echo(key, changed),
    )
