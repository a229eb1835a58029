"""Filters of events: their URL parameters, the count of every choice, the controls."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final, Literal

import streamlit as st

from dashboard.models.event import CATEGORY_LIMIT, EVENT_CHOICES, Event, EventChoice, Expected
from dashboard.models.messages import deferred, join_and, join_or, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.models.series import RateSeries
from dashboard.presentation.escaping import escape_markdown, plain_text
from dashboard.presentation.formatting import (
    date_field_format,
    format_short_day,
)
from dashboard.presentation.palette import CATEGORY_STYLES, category_title
from dashboard.presentation.quoting import QuotedSeries, QuoteMode
from dashboard.services.events import (
    EventFilter,
    custom_categories,
    find_events,
)
from dashboard.services.rates import DEFAULT_SERIES
from dashboard.ui import session
from dashboard.ui.components.view_controls import (
    LabelVisibility,
    draw_quote_switch,
    draw_series_choice,
)
from dashboard.ui.session import EventMoves, KnownEvents, get_event_moves
from dashboard.ui.url_state import (
    UrlParam,
    UrlState,
    choice_param,
    day_param,
    name_param,
    postpone_fragment_echo,
    tags_param,
    text_param,
)

ANY_OPTION: Final = "any"
YEAR_KEY: Final = "events.year"
EARLIEST_DAY: Final = date(1900, 1, 1)
EXPECTED_OPTIONS: Final = (ANY_OPTION, *(item.value for item in Expected))
CATEGORY_IDS: Final = tuple(style.id for style in CATEGORY_STYLES)

FILTER_PARAMS: Final[tuple[UrlParam, ...]] = (
    day_param("from", "2022-01-01"),
    day_param("to", "2022-06-30"),
    tags_param("cat", CATEGORY_IDS, CATEGORY_LIMIT),
    text_param("q"),
    *(
        choice_param(choice.key, (ANY_OPTION, *choice.titles), ANY_OPTION)
        for choice in EVENT_CHOICES
    ),
)
EVENTS_PARAMS: Final[tuple[UrlParam, ...]] = (
    *FILTER_PARAMS,
    choice_param("show", ("kept", "upcoming", "episodes", "deleted", "hidden"), "kept"),
    name_param("sel", "", "kellogg-nato-off-table-2025-04-20"),
    choice_param(
        "up", tuple(quote.value for quote in QuoteMode), QuoteMode.WEAKER.value, shared=True
    ),
    name_param("series", DEFAULT_SERIES, "eur_rub_ecb", shared=True),
)

EventPredicate = Callable[[Event], bool]


@dataclass(frozen=True)
class EventFacets:
    """The filters of a link over some events; a facet counts what its other filters leave."""

    events: tuple[Event, ...]
    chosen: Mapping[str, EventPredicate]

    @cached_property
    def found(self) -> tuple[Event, ...]:
        """The events that fit every filter."""
        return self._fitting("")

    def counts(self, facet: str, value_of: Callable[[Event], str | int]) -> Counter[str | int]:
        """How many events each choice of a facet finds under the other filters."""
        return Counter(value_of(event) for event in self._fitting(facet))

    def _fitting(self, but: str) -> tuple[Event, ...]:
        tests = [fits for name, fits in self.chosen.items() if name != but]
        return tuple(event for event in self.events if all(fits(event) for fits in tests))


@dataclass(frozen=True)
class EventsState:
    """Everything the page is drawn from; `events` are newest first."""

    series: RateSeries
    quoting: QuotedSeries
    known: KnownEvents
    facets: EventFacets
    events: tuple[Event, ...]
    moves: Mapping[str, EventMoves]
    since: date | None
    until: date | None
    dark: bool
    phone: bool

    @property
    def is_filtered(self) -> bool:
        """Whether any event is left out."""
        return len(self.events) < len(self.known.events)

    @property
    def chronological(self) -> tuple[Event, ...]:
        """The events in the order of files."""
        return self.events[::-1]


def read_events_state(view: UrlState) -> EventsState:
    """The page state of a link; settings that exclude one another are ignored with a notice."""
    if view["series"] not in {card.id for card in session.get_price_cards()}:
        view.ignore("series")
    if view["from"] and view["to"] and view["to"] < view["from"]:
        view.ignore("from", "to")
    series, known = session.load_series(view["series"]), session.get_known_events()
    facets = build_facets(view, known.events)
    return EventsState(
        series=series,
        quoting=QuotedSeries(series.card, QuoteMode(view["up"])),
        known=known,
        facets=facets,
        events=facets.found[::-1],
        moves=get_event_moves(series, known),
        since=view["from"],
        until=view["to"],
        dark=session.is_dark(),
        phone=session.is_phone(),
    )


def build_facets(view: UrlState, events: tuple[Event, ...]) -> EventFacets:
    """The filters of a link as facets; the search is no facet and is applied first.

    A category that is neither on the list nor used by an event is ignored with a notice.
    """
    known = {*CATEGORY_IDS, *custom_categories(events)}
    view.ignore_part("cat", [name for name in view["cat"] if name not in known])
    matching = find_events(events, EventFilter(text=view["q"])) if view["q"] else events
    return EventFacets(matching, dict(_build_predicates(view)))


def find_whole_year(since: date | None, until: date | None) -> int | None:
    """The year that a period is exactly, None where it is something else."""
    if since is None or until is None or since.year != until.year:
        return None
    is_whole = (since.month, since.day) == (1, 1) and (until.month, until.day) == (12, 31)
    return since.year if is_whole else None


def _build_predicates(view: UrlState) -> list[tuple[str, EventPredicate]]:
    since, until, categories = view["from"], view["to"], view["cat"]
    chosen: list[tuple[str, EventPredicate]] = []
    if since or until:
        first, last = since or date.min, until or date.max
        chosen.append(("period", lambda e: (e.end_day or e.day) >= first and e.day <= last))
    if categories:
        chosen.append(("cat", lambda e: e.category in categories))
    offered = {param.key for param in view.params}
    for choice in EVENT_CHOICES:
        if choice.key in offered and view[choice.key] != ANY_OPTION:
            chosen.append((choice.key, _build_equality(choice.value_of, view[choice.key])))
    return chosen


def _build_equality(value_of: Callable[[Event], str], wanted: str) -> EventPredicate:
    return lambda event: value_of(event) == wanted


# ------------------------------------------------------------------ controls


def build_choice_titles(choice: EventChoice) -> dict[str, str]:
    """The titles of the options of a control, with that for all of them."""
    titles = {ANY_OPTION: deferred("All"), **choice.titles}
    return {option: translate_deferred(title) for option, title in titles.items()}


def draw_filter_bar(view: UrlState, state: EventsState) -> None:
    """Draw search, categories and year in the row of the page, and the rest behind one button."""
    if state.phone:
        draw_event_search(view, label="collapsed", width="stretch")
    else:
        draw_event_search(view, label="collapsed")
        _draw_categories(view, state, label="collapsed", width=240)
        _draw_year(view, state, label="collapsed")
    with st.popover(_format_more_label(view), icon=":material/tune:"):
        if state.phone:
            _draw_categories(view, state)
            _draw_year(view, state)
        with st.container(horizontal=True):
            _draw_days(view)
        for choice in EVENT_CHOICES:
            _draw_choice(view, state, choice)
        draw_series_choice(view, session.get_price_cards(), width=318)
        draw_quote_switch(view, state.series.card, width=318)


def _format_more_label(view: UrlState) -> str:
    """`More`, with the number of filters that it hides and that are set."""
    count = sum(view[choice.key] != ANY_OPTION for choice in EVENT_CHOICES)
    has_days = bool(view["from"] or view["to"]) and not find_whole_year(view["from"], view["to"])
    count += has_days
    return _("More · {count}", count=count) if count else _("More")


def draw_event_search(
    view: UrlState,
    *,
    label: LabelVisibility = "visible",
    width: int | Literal["stretch"] = 220,
) -> None:
    """Draw the search in titles, texts and sources."""
    st.text_input(
        _("Search"),
        placeholder=_("words of title, text or source"),
        icon=":material/search:",
        label_visibility=label,
        width=width,
        **view.typed("q"),
    )


def draw_plain_filters(view: UrlState) -> None:
    """Draw the same filters without counts, for a page that lists no events."""
    _draw_days(view)
    draw_event_search(view)
    for choice in EVENT_CHOICES:
        if choice.key in {param.key for param in view.params}:
            st.selectbox(
                translate_deferred(choice.label),
                list(titles := build_choice_titles(choice)),
                format_func=titles.__getitem__,
                width=130,
                **view.widget(choice.key),
            )
    custom = custom_categories(session.get_known_events().events)
    st.multiselect(
        _("Categories"),
        list(dict.fromkeys((*(style.id for style in CATEGORY_STYLES), *custom, *view["cat"]))),
        format_func=lambda name: plain_text(category_title(name)),
        placeholder=_("all"),
        width=300,
        **view.widget("cat"),
    )


def draw_no_matches(view: UrlState, state: EventsState) -> None:
    """Say which filters match nothing, with buttons that reset them."""
    with st.container(border=True):
        st.markdown(f":material/filter_alt_off: {describe_no_matches(view)}")
        with st.container(horizontal=True):
            for key, name in (("cat", _("Clear category")), ("q", _("Clear search"))):
                if view[key]:
                    st.button(
                        name, key=f"events.clear.{key}", on_click=_clear_param, args=(view, key)
                    )
            if state.since or state.until:
                st.button(
                    _("All dates"),
                    key="events.clear.days",
                    on_click=_clear_param,
                    args=(view, "from", "to"),
                )
            st.button(
                _("Clear all filters"), key="events.clear", on_click=clear_filters, args=(view,)
            )


def describe_no_matches(view: UrlState) -> str:
    """`No events match *Sanctions* in 1 Mar 2021 – 30 Apr 2021.`; a search is not quoted."""
    names = [f"*{escape_markdown(category_title(category))}*" for category in view["cat"]]
    searched = [_("the search")] if view["q"] else []
    others = any(view[choice.key] != ANY_OPTION for choice in EVENT_CHOICES)
    named = join_and([*([join_or(names)] if names else []), *searched])
    criteria = named or (_("these filters") if others else _("this period"))
    since, until = view["from"], view["to"]
    if since and until:
        return _(
            "No events match {criteria} in {since} – {until}.",
            criteria=criteria,
            since=format_short_day(since),
            until=format_short_day(until),
        )
    if since:
        since = format_short_day(since)
        return _("No events match {criteria} from {day} on.", criteria=criteria, day=since)
    if until:
        until = format_short_day(until)
        return _("No events match {criteria} until {day}.", criteria=criteria, day=until)
    return _("No events match {criteria}.", criteria=criteria)


def clear_filters(view: UrlState) -> None:
    """Put every filter back."""
    view.set(**{param.key: param.default for param in FILTER_PARAMS})


def _clear_param(view: UrlState, *keys: str) -> None:
    defaults = {param.key: param.default for param in FILTER_PARAMS}
    view.set(**{key: defaults[key] for key in keys})


def _draw_year(view: UrlState, state: EventsState, *, label: LabelVisibility = "visible") -> None:
    counts = state.facets.counts("period", lambda event: event.day.year)
    years = sorted({event.day.year for event in state.known.events}, reverse=True)
    chosen = find_whole_year(state.since, state.until)
    total = sum(counts.values())
    st.session_state[YEAR_KEY] = chosen if chosen in years else 0

    def choose() -> None:
        year = st.session_state[YEAR_KEY]
        first, last = (date(year, 1, 1), date(year, 12, 31)) if year else (None, None)
        view.set(**{"from": first, "to": last})

    st.selectbox(
        _("Year"),
        [0, *years],
        format_func=lambda y: (
            f"{y} · {counts[y]:,}" if y else _("All years · {total:,}", total=total)
        ),
        key=YEAR_KEY,
        on_change=postpone_fragment_echo(YEAR_KEY, choose),
        label_visibility=label,
        width=160,
    )


def _draw_days(view: UrlState) -> None:
    common: dict[str, Any] = {
        "value": None,
        "min_value": EARLIEST_DAY,
        "max_value": date(2100, 12, 31),
        "format": date_field_format(),
        "width": 152,
    }
    st.date_input(_("From day"), **view.widget("from"), **common)
    st.date_input(_("To day"), **view.widget("to"), **common)


def _draw_choice(view: UrlState, state: EventsState, choice: EventChoice) -> None:
    counts = state.facets.counts(choice.key, choice.value_of)
    counts[ANY_OPTION] = sum(counts.values())
    titles = build_choice_titles(choice)
    st.segmented_control(
        translate_deferred(choice.label),
        list(titles),
        format_func=lambda option: f"{titles[option]} · {counts[option]:,}",
        required=True,
        **view.widget(choice.key),
    )


def _draw_categories(
    view: UrlState,
    state: EventsState,
    *,
    label: LabelVisibility = "visible",
    width: int | Literal["stretch"] = "stretch",
) -> None:
    counts = state.facets.counts("cat", lambda event: str(event.category))
    labels = {
        style.id: f"{style.glyph} {style.title} · {counts[style.id]:,}" for style in CATEGORY_STYLES
    }
    for category in custom_categories(state.known.events):
        labels[category] = f"{plain_text(category, CATEGORY_LIMIT)} · {counts[category]:,}"
    st.multiselect(
        _("Categories"),
        list(labels),
        format_func=labels.__getitem__,
        placeholder=_("All categories"),
        label_visibility=label,
        width=width,
        **view.widget("cat"),
    )
