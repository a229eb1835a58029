"""State of the Compare page: two groups of events and their study, from the URL."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, get_args

import streamlit as st

from dashboard.models.analyses import Comparison, Group, GroupAnswer
from dashboard.models.errors import InputError
from dashboard.models.event import Category, Event, Expected
from dashboard.models.series import RateSeries, SeriesCard
from dashboard.models.study import (
    Overlap,
    Pool,
    Returns,
    StudyRequest,
    Window,
    read_length,
    window_text,
)
from dashboard.presentation.events import capitalize_first
from dashboard.presentation.palette import GROUP_STYLES, GroupStyle
from dashboard.presentation.quoting import MoveScale, QuotedSeries, QuoteMode
from dashboard.services.compare import compare_groups
from dashboard.services.events import EventFilter, find_events
from dashboard.services.method import check_model, needs_factor
from dashboard.services.rates import DEFAULT_SERIES
from dashboard.services.study_inputs import (
    MAX_WINDOW_LENGTH,
    available_factors,
    default_request,
    default_window,
)
from dashboard.ui import session
from dashboard.ui.session import KnownEvents
from dashboard.ui.url_state import (
    NAME_PATTERN,
    PartialValueError,
    UrlParam,
    UrlState,
    choice_param,
    day_param,
    name_param,
)

# ------------------------------------------------------------
# What a link of Compare carries: two groups of events, and the study that is made of each.


ALL_CATEGORIES: Final = "all"
ANY_EXPECTED: Final = "any"
CATEGORY_VALUES: Final = tuple(category.value for category in Category)
EXPECTED_VALUES: Final = (ANY_EXPECTED, *(each.value for each in Expected))
FIRST_GROUP_CATEGORIES: Final = (Category.NATO_REMARK.value,)
GROUP_PREFIXES: Final = ("", "b")
GROUP_FIELDS: Final = ("cat", "exp", "tag", "from", "to")
MAX_NAMED: Final = 10
TAG_LIMIT: Final = 60
PREFERRED_WINDOW: Final[Window] = (0, 1)
PART_TITLES: Final = {
    "moves": "Event by event",
    "tests": "Tests",
    "placebo": "Placebo",
    "carries": "Leave one out",
    "when": "Heat map",
    "lost": "Listed to used",
    "files": "Files",
}
"""What stands below the paths, one at a time."""

WINDOW_PATTERN: Final = re.compile(r"[+-]?[0-9]{1,4}[hm]?:[+-]?[0-9]{1,4}[hm]?")
LENGTH_PATTERN: Final = re.compile(r"[0-9]{1,6}[hm]?")


def _categories_param(key: str, default: tuple[str, ...]) -> UrlParam:
    """Some categories, or the one word `all`; none is the absence of a second group."""

    def read(texts: Sequence[str]) -> tuple[str, ...]:
        chosen = (
            (ALL_CATEGORIES,)
            if ALL_CATEGORIES in texts
            else tuple(kind for kind in CATEGORY_VALUES if kind in texts)
        )
        strange = [text for text in texts if text not in (*CATEGORY_VALUES, ALL_CATEGORIES)]
        if strange:
            raise PartialValueError(chosen or default, strange)
        return chosen

    return UrlParam(key, default, read, list, ("sanctions", "monetary_policy"))


def _texts_param(
    key: str, example: tuple[str, ...], allowed: re.Pattern[str] | None = None
) -> UrlParam:
    """Several short texts, each once, in their order; ids where a pattern says so."""

    def good(text: str) -> bool:
        fits = allowed.fullmatch(text) if allowed else text.isprintable() and text.strip()
        return bool(fits) and len(text) <= TAG_LIMIT

    def read(texts: Sequence[str]) -> tuple[str, ...]:
        chosen = tuple(dict.fromkeys(text for text in texts if good(text)))[:MAX_NAMED]
        strange = [text for text in texts if text not in chosen]
        if strange:
            raise PartialValueError(chosen, strange)
        return chosen

    return UrlParam(key, (), read, list, example)


def _pattern_param(key: str, pattern: re.Pattern[str], example: str) -> UrlParam:
    """A window or a length as it is typed on the command line; "" = the default of the series."""

    def read(texts: Sequence[str]) -> str:
        if not pattern.fullmatch(texts[-1]):
            raise ValueError(key)
        return texts[-1]

    return UrlParam(key, "", read, lambda value: [value], (example,))


def _group_params(prefix: str, kinds: tuple[str, ...]) -> tuple[UrlParam, ...]:
    return (
        _categories_param(f"{prefix}cat", kinds),
        choice_param(f"{prefix}exp", EXPECTED_VALUES, ANY_EXPECTED),
        _texts_param(f"{prefix}tag", ("my own", "swift")),
        day_param(f"{prefix}from", "2022-03-01"),
        day_param(f"{prefix}to", "2025-12-31"),
    )


PARAMS: Final[tuple[UrlParam, ...]] = (
    *_group_params("", FIRST_GROUP_CATEGORIES),
    *_group_params("b", ()),
    name_param("series", DEFAULT_SERIES, "eur_rub_ecb", shared=True),
    _pattern_param("window", WINDOW_PATTERN, "-10:20"),
    _pattern_param("car", WINDOW_PATTERN, "0:5"),
    name_param("model", "mean", "none"),
    _texts_param("factor", ("brent_eia",), NAME_PATTERN),
    choice_param("overlap", get_args(Overlap), "keep"),
    _pattern_param("estimation", LENGTH_PATTERN, "250"),
    _pattern_param("gap", LENGTH_PATTERN, "5"),
    choice_param("returns", get_args(Returns), "log"),
    choice_param("clean", ("0", "1"), "0"),
    choice_param("pool", get_args(Pool), "near"),
    choice_param(
        "up", tuple(quote.value for quote in QuoteMode), QuoteMode.WEAKER.value, shared=True
    ),
    choice_param("part", tuple(PART_TITLES), "moves"),
)
DEFAULTS: Final = {param.key: param.default for param in PARAMS}


@dataclass(frozen=True, slots=True)
class GroupQuery:
    """The events that one group of a link asks for."""

    filter: EventFilter

    @property
    def name(self) -> str:
        """What the tables call the group: `nato_remark`, `all expected=stronger tag=swift`."""
        asked = self.filter
        words = [
            "+".join(asked.categories) or ALL_CATEGORIES,
            *([f"expected={asked.expected}"] if asked.expected else []),
            *(f"tag={tag}" for tag in asked.tags),
            *([f"from={asked.since}"] if asked.since else []),
            *([f"to={asked.until}"] if asked.until else []),
        ]
        return " ".join(words)

    def events(self, known: Sequence[Event]) -> tuple[Event, ...]:
        """Those that fit."""
        return find_events(known, self.filter)


def read_group_queries(link: UrlState) -> tuple[GroupQuery, ...]:
    """The first group, and the second where the link says anything about one.

    A period that ends before it starts is ignored and told.
    """
    groups = []
    for prefix in GROUP_PREFIXES:
        since, until = f"{prefix}from", f"{prefix}to"
        if link[since] and link[until] and link[until] < link[since]:
            link.ignore(since, until)
        if not prefix or has_second_group(link):
            groups.append(_read_group_query(link, prefix))
    return tuple(groups)


def has_second_group(link: UrlState) -> bool:
    """Whether a link asks for a second group."""
    return any(link[f"b{field}"] != DEFAULTS[f"b{field}"] for field in GROUP_FIELDS)


def _read_group_query(link: UrlState, prefix: str) -> GroupQuery:
    kinds, expected = link[f"{prefix}cat"], link[f"{prefix}exp"]
    return GroupQuery(
        EventFilter(
            categories=tuple(kind for kind in kinds if kind != ALL_CATEGORIES),
            since=link[f"{prefix}from"],
            until=link[f"{prefix}to"],
            expected=None if expected == ANY_EXPECTED else expected,
            tags=link[f"{prefix}tag"],
        )
    )


def read_request(link: UrlState, card: SeriesCard) -> StudyRequest:
    """The study that a link asks for, on a series with its bars or its one number a day.

    The CAR window is the one named, else [0,1], else the first usual one that lies inside.

    Raises:
        InputError: a window or length does not fit the series, or one another.
    """
    minutes = card.bar_minutes
    named = [link["car"]] if link["car"] else []
    base = default_request(minutes, link["window"] or default_window(minutes), named)
    if base.window[1] - base.window[0] >= MAX_WINDOW_LENGTH:
        msg = f"window {window_text(base.window)}: is longer than {MAX_WINDOW_LENGTH} observations; shorten it"
        raise InputError(msg)
    estimation, gap = base.estimation, base.gap
    if link["estimation"]:
        estimation = read_length("estimation", link["estimation"], minutes)
    if link["gap"]:
        gap = read_length("gap", link["gap"], minutes)
    return replace(
        base,
        cars=(PREFERRED_WINDOW,) if not named and PREFERRED_WINDOW in base.cars else base.cars[:1],
        model=link["model"],
        overlap=link["overlap"],
        estimation=estimation,
        min_estimation=min(base.min_estimation, estimation),
        gap=gap,
        returns=link["returns"],
        clean_estimation=link["clean"] == "1",
        pool=link["pool"],
    )


# ------------------------------------------------------------
# What Compare shows for one link: the comparison, its scale, its groups and what cannot be had.


MIN_VERDICT_EVENTS: Final = 5
"""Of fewer events the figure draws each by itself and no mean."""


@dataclass(frozen=True, slots=True)
class GroupState:
    """One group as the page shows it: what was asked for, what was found, how it looks."""

    asked: GroupQuery
    found: GroupAnswer
    look: GroupStyle

    @property
    def is_judged(self) -> bool:
        """Whether the declared test gives a verdict."""
        return self.found.headline is not None and not self.found.headline.reason


@dataclass(frozen=True, slots=True)
class CompareState:
    """Everything the page is drawn from; `answer` is None where `refusal` says why.

    `known` are all events that are shown, `factors` the series that explain normal moves.
    """

    link: UrlState
    card: SeriesCard
    scale: MoveScale
    asked: tuple[GroupQuery, ...]
    listed: tuple[tuple[Event, ...], ...]
    request: StudyRequest | None
    answer: Comparison | None
    refusal: str
    notices: tuple[str, ...]
    dark: bool
    phone: bool
    known: tuple[Event, ...] = ()
    factors: tuple[RateSeries, ...] = ()

    @property
    def groups(self) -> tuple[GroupState, ...]:
        """The groups of the answer; none where there is no answer."""
        found = self.answer.groups if self.answer else ()
        return tuple(
            GroupState(asked, each, look)
            for asked, each, look in zip(self.asked, found, GROUP_STYLES, strict=False)
        )

    @property
    def events(self) -> dict[str, Event]:
        """The events of the groups by their ids."""
        return {event.id: event for listed in self.listed for event in listed}


def read_compare_state(link: UrlState) -> CompareState:
    """The scene of a link; what cannot be is ignored and told, or refused with one sentence."""
    if link["series"] not in {card.id for card in session.get_price_cards()}:
        link.ignore("series")
    series, known = session.load_series(link["series"]), session.get_known_events()
    asked, notices = _read_listed_groups(link)
    factors, told = _read_factors(link, series.card)
    groups = [Group(each.name, each.events(known.events)) for each in asked]
    request, answer, refusal = None, None, ""
    try:
        request = read_request(link, series.card)
        answer = _compare_groups(series, groups, known, request, factors)
    except InputError as error:
        refusal = capitalize_first(str(error))
    return CompareState(
        link=link,
        card=series.card,
        scale=MoveScale(
            QuotedSeries(series.card, QuoteMode(link["up"])), link["returns"] == "simple"
        ),
        asked=asked,
        listed=tuple(group.events for group in groups),
        request=request,
        answer=answer,
        refusal=refusal,
        notices=(*notices, *told),
        dark=session.is_dark(),
        phone=session.is_phone(),
        known=known.events,
        factors=factors,
    )


def _read_listed_groups(link: UrlState) -> tuple[tuple[GroupQuery, ...], tuple[str, ...]]:
    asked = read_group_queries(link)
    if len({each.name for each in asked}) == len(asked):
        return asked, ()
    return asked[:1], ("Both groups ask for the same events, so only one is shown.",)


def _read_factors(
    link: UrlState, card: SeriesCard
) -> tuple[tuple[RateSeries, ...], tuple[str, ...]]:
    """The factors of the model, and a sentence on each that cannot be one."""
    try:
        check_model(link["model"])
    except InputError:
        link.ignore("model")
    if not needs_factor(link["model"]):
        unused = f"The model {link['model']} looks at no other series; the factor is not used."
        return (), ((unused,) if link["factor"] else ())
    choices = {each.id for each in available_factors(card, session.get_cards())}
    strange = [name for name in link["factor"] if name not in choices]
    told = tuple(f"{name} cannot explain {card.title}, so it was left out." for name in strange)
    return tuple(session.load_series(name) for name in link["factor"] if name in choices), told


def _compare_groups(
    series: RateSeries,
    groups: Sequence[Group],
    known: KnownEvents,
    request: StudyRequest,
    factors: Sequence[RateSeries],
) -> Comparison:
    versions = [session.build_series_version(each) for each in (series, *factors)]
    version = f"{versions}/{known.version}/{request}"
    names = tuple(group.name for group in groups)
    return _cached_comparison(
        (series, tuple(groups), known.events, request, tuple(factors)), version, names
    )


CompareArguments = tuple[
    RateSeries, tuple[Group, ...], tuple[Event, ...], StudyRequest, tuple[RateSeries, ...]
]


@st.cache_resource(show_spinner=False, max_entries=16)
def _cached_comparison(
    _asked: CompareArguments,
    version: str,
    names: tuple[str, ...],  # noqa: ARG001
) -> Comparison:
    series, groups, known, request, factors = _asked
    return compare_groups(series, groups, known, request, factors)


def wants_second_group(scene: CompareState) -> bool:
    """Whether the link asks for a second group, shown or not."""
    return has_second_group(scene.link)
