"""State of the Compare page: two groups of events and their study, from the URL."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, get_args

import streamlit as st

from dashboard.models.analyses import Comparison, Group
from dashboard.models.errors import InputError
from dashboard.models.event import Category, Event, Expected
from dashboard.models.messages import deferred
from dashboard.models.messages import translate as _
from dashboard.models.series import RateSeries, SeriesCard
from dashboard.models.study import (
    Overlap,
    Pool,
    PriceReturns,
    StudyRequest,
    read_length,
    window_text,
)
from dashboard.presentation.charts.comparison_paths import END_COLUMNS, ComparisonGroup
from dashboard.presentation.comparison import build_comparison_groups, name_group
from dashboard.presentation.formatting import capitalize_first
from dashboard.presentation.quoting import MoveScale, QuotedSeries, QuoteMode
from dashboard.services.compare import compare_groups
from dashboard.services.events import EventFilter, find_events
from dashboard.services.rates import DEFAULT_SERIES
from dashboard.services.study import check_model, needs_factor
from dashboard.services.study_inputs import (
    MAX_WINDOW_LENGTH,
    available_factors,
    default_request,
    default_window,
)
from dashboard.ui import session
from dashboard.ui.components.baskets import BASKET_PARAM
from dashboard.ui.components.robustness_run import PREFERRED_WINDOW
from dashboard.ui.url_state import (
    NAME_PATTERN,
    PartialValueError,
    UrlParam,
    UrlState,
    choice_param,
    day_param,
    name_param,
)

ALL_CATEGORIES: Final = "all"
ANY_EXPECTED: Final = "any"
CATEGORY_VALUES: Final = tuple(category.value for category in Category)
EXPECTED_VALUES: Final = (ANY_EXPECTED, *(each.value for each in Expected))
FIRST_GROUP_CATEGORIES: Final = (Category.NATO_REMARK.value,)
GROUP_PREFIXES: Final = ("", "b")
GROUP_FIELDS: Final = ("cat", "exp", "tag", "from", "to")
MAX_NAMED: Final = 10
TAG_LIMIT: Final = 60
PART_TITLES: Final = {
    "moves": deferred("Each event"),
    "tests": deferred("Tests"),
    "placebo": deferred("Placebo"),
    "carries": deferred("Without each event"),
    "when": deferred("Heat map"),
    "assets": deferred("Every category on a basket of series"),
    "lost": deferred("Sample"),
    "files": deferred("Download"),
    "method": deferred("Method"),
    "periods": deferred("By period"),
}
"""What stands below the paths; the first is always drawn, the others are folded."""

WINDOW_PATTERN: Final = re.compile(r"[+-]?[0-9]{1,4}[hm]?:[+-]?[0-9]{1,4}[hm]?")
LENGTH_PATTERN: Final = re.compile(r"[0-9]{1,6}[hm]?")
SPLIT_PATTERN: Final = re.compile(
    r"regimes|method-breaks|[0-9]{4}-[0-9]{2}-[0-9]{2}(,[0-9-]{10}){0,10}"
)
PHONE_LABEL_COLUMNS: Final = 12

# ------------------------------------------------------------------ parameters of the URL


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
        _texts_param(f"{prefix}tag", (_("my own"), "swift")),
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
    choice_param("returns", get_args(PriceReturns), "log"),
    choice_param("clean", ("0", "1"), "0"),
    choice_param("pool", get_args(Pool), "near"),
    choice_param(
        "up", tuple(quote.value for quote in QuoteMode), QuoteMode.WEAKER.value, shared=True
    ),
    choice_param("part", tuple(PART_TITLES), "moves"),
    _pattern_param("split", SPLIT_PATTERN, "regimes"),
    BASKET_PARAM,
    choice_param("paths", ("mean", "each"), "mean"),
    choice_param("names", ("largest", "all"), "largest"),
)
DEFAULTS: Final = {param.key: param.default for param in PARAMS}


# ------------------------------------------------------------------ groups and request


def _read_group_filters(link: UrlState) -> tuple[EventFilter, ...]:
    """The filter of the first group, and of the second where the link names any part of one.

    A period that ends before it starts is ignored and listed in the notice of the link.
    """
    filters = []
    for prefix in GROUP_PREFIXES:
        since, until = f"{prefix}from", f"{prefix}to"
        if link[since] and link[until] and link[until] < link[since]:
            link.ignore(since, until)
        if not prefix or has_second_group(link):
            kinds, expected = link[f"{prefix}cat"], link[f"{prefix}exp"]
            filters.append(
                EventFilter(
                    categories=tuple(kind for kind in kinds if kind != ALL_CATEGORIES),
                    since=link[since],
                    until=link[until],
                    choices={"expected": None if expected == ANY_EXPECTED else expected},
                    tags=link[f"{prefix}tag"],
                )
            )
    return tuple(filters)


def has_second_group(link: UrlState) -> bool:
    """Whether a link asks for a second group."""
    return any(link[f"b{field}"] != DEFAULTS[f"b{field}"] for field in GROUP_FIELDS)


def build_robustness_query(link: UrlState, prefix: str) -> dict[str, str | list[str]] | None:
    """The link to the Robustness page of a group; None where it has several tags."""
    tags = link[f"{prefix}tag"]
    if len(tags) > 1:
        return None
    days = {field: link[f"{prefix}{field}"] for field in ("from", "to")}
    named = {
        "exp": link[f"{prefix}exp"] if link[f"{prefix}exp"] != ANY_EXPECTED else "",
        "tag": next(iter(tags), ""),
        "series": link["series"],
        "returns": link["returns"],
        **{field: day.isoformat() if day else "" for field, day in days.items()},
    }
    query: dict[str, str | list[str]] = {"cat": list(link[f"{prefix}cat"]) or [ALL_CATEGORIES]}
    return query | {key: value for key, value in named.items() if value != DEFAULTS.get(key, "")}


def _read_request(link: UrlState, card: SeriesCard) -> StudyRequest:
    """The study that a link asks for, on a series with its bars or its one number a day.

    The CAR window is the one named, else [0,1], else the first usual one that lies inside.

    Raises:
        InputError: a window or length does not fit the series, or one another.
    """
    minutes = card.bar_minutes
    named = [link["car"]] if link["car"] else []
    base = default_request(minutes, link["window"] or default_window(minutes), named)
    if base.window[1] - base.window[0] >= MAX_WINDOW_LENGTH:
        msg = _(
            "window {window_text}: is longer than {max_window_length} observations; shorten it",
            window_text=window_text(base.window),
            max_window_length=MAX_WINDOW_LENGTH,
        )
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


# ------------------------------------------------------------------ the state


@dataclass(frozen=True, slots=True)
class CompareState:
    """Everything the page is drawn from; `answer` is None where `refusal` says why.

    `filters` and `listed` have one entry a group. `known` are all events that are shown, `factors`
    the series that explain normal moves. `each_path` draws the path of every event, `all_names`
    names every dot.
    """

    link: UrlState
    card: SeriesCard
    scale: MoveScale
    filters: tuple[EventFilter, ...]
    listed: tuple[tuple[Event, ...], ...]
    request: StudyRequest | None
    answer: Comparison | None
    refusal: str
    notices: tuple[str, ...]
    dark: bool
    phone: bool
    known: tuple[Event, ...] = ()
    known_version: str = ""
    factors: tuple[RateSeries, ...] = ()
    each_path: bool = False
    all_names: bool = False

    @property
    def groups(self) -> tuple[ComparisonGroup, ...]:
        """The groups of the answer with names escaped for figures; none without an answer."""
        columns = PHONE_LABEL_COLUMNS if self.phone else END_COLUMNS
        studies = self.answer.groups if self.answer else ()
        return build_comparison_groups(self.filters, studies, columns)

    @property
    def events(self) -> dict[str, Event]:
        """The events of the groups by their ids."""
        return {event.id: event for listed in self.listed for event in listed}


def read_compare_state(link: UrlState) -> CompareState:
    """The state for a link; unusable settings are ignored, or refused in one sentence."""
    if link["series"] not in {card.id for card in session.get_price_cards()}:
        link.ignore("series")
    series, known = session.load_series(link["series"]), session.get_known_events()
    filters, notices = _read_group_filters(link), []
    names = tuple(map(name_group, filters))
    if len(set(names)) < len(names):
        filters, names = filters[:1], names[:1]
        notices.append(_("Both groups ask for the same events, so only one is shown."))
    factors, factor_notices = _read_factors(link, series.card)
    listed = tuple(find_events(known.events, filter_) for filter_ in filters)
    request, answer, refusal = None, None, ""
    try:
        request = _read_request(link, series.card)
        version = [session.build_series_version(item) for item in (series, *factors)]
        answer = _compare_groups(
            (series, tuple(map(Group, names, listed)), known.events, request, factors),
            f"{version}/{known.version}/{request}",
            names,
        )
    except InputError as error:
        if session.is_visitor():
            raise
        refusal = capitalize_first(str(error))
    return CompareState(
        link=link,
        card=series.card,
        scale=MoveScale(
            QuotedSeries(series.card, QuoteMode(link["up"])), link["returns"] == "simple"
        ),
        filters=filters,
        listed=listed,
        request=request,
        answer=answer,
        refusal=refusal,
        notices=(*notices, *factor_notices),
        dark=session.is_dark(),
        phone=session.is_phone(),
        known=known.events,
        known_version=known.version,
        factors=factors,
        each_path=link["paths"] == "each",
        all_names=link["names"] == "all",
    )


def _read_factors(
    link: UrlState, card: SeriesCard
) -> tuple[tuple[RateSeries, ...], tuple[str, ...]]:
    """The factors of the model, and a sentence on each that cannot be one."""
    try:
        check_model(link["model"])
    except InputError:
        link.ignore("model")
    if not needs_factor(link["model"]):
        unused = _(
            "The model {model} looks at no other series; the factor is not used.",
            model=link["model"],
        )
        return (), ((unused,) if link["factor"] else ())
    choices = {candidate.id for candidate in available_factors(card, session.get_cards())}
    notices = tuple(
        _("{name} cannot explain {title}, so it was left out.", name=name, title=card.label)
        for name in link["factor"]
        if name not in choices
    )
    return tuple(session.load_series(name) for name in link["factor"] if name in choices), notices


CompareArguments = tuple[
    RateSeries, tuple[Group, ...], tuple[Event, ...], StudyRequest, tuple[RateSeries, ...]
]


@st.cache_resource(show_spinner=False, max_entries=16)
def _compare_groups(
    _arguments: CompareArguments,
    version: str,  # noqa: ARG001 - a part of the key
    names: tuple[str, ...],  # noqa: ARG001 - a part of the key
) -> Comparison:
    """The comparison, cached by the version of its data and the names of its groups."""
    return session.run_in_turn(lambda: compare_groups(*_arguments))
