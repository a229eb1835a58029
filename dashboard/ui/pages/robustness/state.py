"""State of the Robustness page: the grid from the URL, the running job, links to Compare."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import streamlit as st

from dashboard.models.analyses import EVENT_FILTERS, OVERLAPS, Specification, SpecificationGrid
from dashboard.models.event import Event
from dashboard.models.messages import translate as _
from dashboard.models.series import RateSeries
from dashboard.models.study import StudyRequest, Window, read_window
from dashboard.presentation.quoting import MoveScale, QuotedSeries, QuoteMode
from dashboard.services.events import EventFilter, find_events
from dashboard.services.rates import DEFAULT_SERIES
from dashboard.services.robustness import (
    MAX_SPECIFICATIONS,
    RobustnessRequest,
    RunProgress,
    count_categories,
)
from dashboard.services.study import needs_factor
from dashboard.services.study_inputs import available_factors, is_comparable
from dashboard.ui import session
from dashboard.ui.components.event_filters import ANY_OPTION, CATEGORY_IDS, EXPECTED_OPTIONS
from dashboard.ui.components.robustness_run import (
    build_run_key,
    end_run,
    get_cached_answers,
    get_run,
    start_run,
)
from dashboard.ui.url_state import (
    PartialValueError,
    UrlParam,
    UrlState,
    choice_param,
    day_param,
    name_param,
    names_param,
    nonempty_choices_param,
    text_param,
)

WINDOW_OPTIONS: Final = ("0:0", "0:1", "-1:1", "0:2", "0:5", "-1:5", "0:10", "-5:-1")
ESTIMATION_OPTIONS: Final = ("60", "120", "250", "500")
GAP_OPTIONS: Final = ("0", "5", "10", "20")
MODEL_OPTIONS: Final = ("none", "mean", "market-adjusted", "market", "scholes-williams", "garch")
DEFAULT_GRID: Final = SpecificationGrid(series=(DEFAULT_SERIES,))
DEFAULT_REQUEST: Final = StudyRequest()
"""The study that the command line makes where nobody chooses anything."""
PLAIN_SPECIFICATION: Final = Specification(
    DEFAULT_SERIES,
    DEFAULT_REQUEST.model,
    DEFAULT_REQUEST.cars[0],
    DEFAULT_REQUEST.estimation,
    DEFAULT_REQUEST.gap,
    DEFAULT_REQUEST.overlap,
    "all",
    DEFAULT_REQUEST.returns,
)
"""The same as one of the choices, on all events."""
MAX_IMMEDIATE_RUNS: Final = 1_000
"""Up to so many specifications run without being asked for."""
MAX_OBSERVATIONS: Final = 100_000
"""Rows of a series on which one specification is a matter of milliseconds."""
ALL_CATEGORIES: Final = "all"
DEFAULT_CATEGORIES: Final = ("nato_remark",)
GRID_KEYS: Final = ("car", "estimation", "gap", "model", "overlap", "events")
"""The choices whose combinations are run, by their key in the link."""
WANTED_KEY: Final = "robustness.wanted"
COMPARE_PAGE_ID: Final = "compare"
LinkParams = dict[str, str | list[str]]


def _categories_param() -> UrlParam:
    """Some categories; none of them chosen is every category, which a link calls `all`."""

    def read(texts: Sequence[str]) -> tuple[str, ...]:
        chosen = tuple(kind for kind in CATEGORY_IDS if kind in texts)
        strange = [text for text in texts if text not in (*CATEGORY_IDS, ALL_CATEGORIES)]
        if strange and not chosen:
            raise ValueError(strange[0])
        if strange:
            raise PartialValueError(chosen, strange)
        return () if ALL_CATEGORIES in texts else chosen

    def write(value: Sequence[str]) -> list[str]:
        return list(value) or [ALL_CATEGORIES]

    return UrlParam("cat", DEFAULT_CATEGORIES, read, write, ("sanctions", "monetary_policy"))


PARAMS: Final[tuple[UrlParam, ...]] = (
    _categories_param(),
    choice_param("exp", EXPECTED_OPTIONS, ANY_OPTION),
    day_param("from", "2022-01-01"),
    day_param("to", "2022-06-30"),
    text_param("tag", "geneva"),
    nonempty_choices_param("car", WINDOW_OPTIONS, [f"{a}:{b}" for a, b in DEFAULT_GRID.windows]),
    nonempty_choices_param(
        "estimation", ESTIMATION_OPTIONS, [str(n) for n in DEFAULT_GRID.estimations]
    ),
    nonempty_choices_param("gap", GAP_OPTIONS, [str(n) for n in DEFAULT_GRID.gaps]),
    nonempty_choices_param("model", MODEL_OPTIONS, DEFAULT_GRID.models),
    name_param("factor", "", "eur_usd_ecb"),
    nonempty_choices_param("overlap", OVERLAPS, DEFAULT_GRID.overlaps),
    nonempty_choices_param("events", tuple(EVENT_FILTERS), DEFAULT_GRID.event_filters),
    choice_param("returns", ("log", "simple"), "log"),
    names_param("also", (), ("cny_rub_cbr",), "none"),
    choice_param(
        "up", tuple(quote.value for quote in QuoteMode), QuoteMode.WEAKER.value, shared=True
    ),
    name_param("series", DEFAULT_SERIES, "cny_rub_cbr", shared=True),
)


@dataclass(frozen=True, slots=True)
class EventGroup:
    """The group of events, with the values of the link."""

    categories: tuple[str, ...] = ()
    expected: str = ANY_OPTION
    since: date | None = None
    until: date | None = None
    tag: str = ""


@dataclass(frozen=True, slots=True)
class RobustnessState:
    """Everything the page is drawn from; `refused` says why nothing can run."""

    group: EventGroup
    request: RobustnessRequest
    key: Hashable
    dark: bool
    phone: bool
    notice: str = ""
    refused: str = ""
    mode: QuoteMode = QuoteMode.WEAKER

    @property
    def scale(self) -> MoveScale:
        """How a mean is shown: as a move of the number in the quote that was chosen."""
        quoting = QuotedSeries(self.series[0].card, self.mode)
        return MoveScale(quoting, is_simple=self.grid.returns == "simple")

    @property
    def events(self) -> tuple[Event, ...]:
        """The events of the group."""
        return self.request.events

    @property
    def series(self) -> tuple[RateSeries, ...]:
        """The series, the one of the link first."""
        return self.request.series

    @property
    def factors(self) -> tuple[RateSeries, ...]:
        """What explains the moves in the models that need it."""
        return self.request.factors

    @property
    def grid(self) -> SpecificationGrid:
        """The choices whose combinations are run."""
        return self.request.grid

    @property
    def total(self) -> int:
        """How many specifications there are."""
        grid = self.grid
        choices = (grid.series, grid.windows, grid.estimations, grid.gaps, grid.models,
                   grid.overlaps, grid.event_filters)  # fmt: skip
        return math.prod(len(choice) for choice in choices)


def read_robustness_state(view: UrlState) -> RobustnessState:
    """The state for a link; settings that do not fit one another are ignored."""
    known = session.get_known_events()
    group = _read_group(view)
    events = _select_group_events(group, known.events)
    series = _read_series(view)
    factors, notice = _read_factors(view, series[0])
    grid = SpecificationGrid(
        series=tuple(item.card.id for item in series),
        windows=tuple(read_window("car", text) for text in view["car"]),
        estimations=tuple(int(text) for text in view["estimation"]),
        gaps=tuple(int(text) for text in view["gap"]),
        models=view["model"],
        overlaps=view["overlap"],
        event_filters=view["events"],
        returns=view["returns"],
    )
    categories = count_categories(known.events)
    request = RobustnessRequest(grid, series, events, factors, categories=categories)
    state = RobustnessState(
        group, request, build_run_key(request, known.version), session.is_dark(),
        session.is_phone(), notice, mode=QuoteMode(view["up"]),
    )  # fmt: skip
    return _check_grid(state)


def _read_group(view: UrlState) -> EventGroup:
    """The group of events of a link; a period that ends before it starts is ignored."""
    if view["from"] and view["to"] and view["to"] < view["from"]:
        view.ignore("from", "to")
    kinds = tuple(kind for kind in CATEGORY_IDS if kind in view["cat"])
    return EventGroup(kinds, view["exp"], view["from"], view["to"], view["tag"])


def _select_group_events(group: EventGroup, known: tuple[Event, ...]) -> tuple[Event, ...]:
    """The events of a group."""
    event_filter = EventFilter(
        categories=group.categories,
        since=group.since,
        until=group.until,
        choices={"expected": None if group.expected == ANY_OPTION else group.expected},
        tags=(group.tag,) if group.tag else (),
    )
    return find_events(known, event_filter)


def _read_series(view: UrlState) -> tuple[RateSeries, ...]:
    """The series of the link, and further ones that have the unit of the first."""
    cards = {card.id: card for card in session.get_price_cards()}
    if view["series"] not in cards:
        view.ignore("series")
    first = cards[view["series"]]
    others = [
        name
        for name in view["also"]
        if name in cards and name != first.id and is_comparable(cards[name], first)
    ]  # fmt: skip
    if len(others) < len(view["also"]):
        view.ignore("also")
        others = []
    return tuple(session.load_series(name) for name in (first.id, *others))


def _read_factors(view: UrlState, series: RateSeries) -> tuple[tuple[RateSeries, ...], str]:
    """The factor for the models that need one; without one those models are left out."""
    if not any(needs_factor(model) for model in view["model"]):
        return (), ""
    choices = [card.id for card in available_factors(series.card, session.get_cards())]
    if view["factor"] and view["factor"] not in choices:
        view.ignore("factor")
    if not choices:
        view.ignore("model")
        return (), _(
            "No series here can explain {title}: models without a factor only.",
            title=series.card.label,
        )
    chosen = view["factor"] or ("eur_usd_ecb" if "eur_usd_ecb" in choices else choices[0])
    return (session.load_series(chosen),), ""


def _check_grid(state: RobustnessState) -> RobustnessState:
    """The same state, with the reason where it cannot run."""
    longest = max(len(series) for series in state.series)
    if not state.events:
        return replace(
            state, refused=_("No event fits this choice. Take another category or period.")
        )
    if state.total > MAX_SPECIFICATIONS:
        return replace(
            state,
            refused=_(
                "{count:,} specifications are more than {most:,}, the most that this page runs."
                " Take fewer choices.",
                count=state.total,
                most=MAX_SPECIFICATIONS,
            ),
        )
    if longest > MAX_OBSERVATIONS:
        return replace(
            state,
            refused=_(
                "A series of {count:,} rows is too long for this page; the command `robustness`"
                " takes it.",
                count=longest,
            ),
        )
    return state


# ------------------------------------------------------------------ the run


def get_progress(state: RobustnessState) -> RunProgress | None:
    """The progress of the run, started where it is small or requested; None before a start.

    A run of other choices is ended.
    """
    answer = get_cached_answers().get(state.key)
    if answer is not None:
        end_run()
        return RunProgress(state.total, state.total, answer=answer)
    run = get_run(state.key)
    if run is not None:
        return run.poll()
    end_run()
    if state.total > MAX_IMMEDIATE_RUNS and st.session_state.get(WANTED_KEY) != state.key:
        return None
    return start_run(state.key, state.request).poll()


def request_run(state: RobustnessState) -> None:
    """Ask for a run, also after it was cancelled; call it in a callback."""
    end_run()
    st.session_state[WANTED_KEY] = state.key


# ------------------------------------------------------------------ the link to Compare


def build_compare_query(
    specification: Specification, group: EventGroup, factor: str = ""
) -> LinkParams:
    """The query of the link: the group of events first, then what differs from the defaults.

    A specification looks at its CAR window alone, so that the event window is the same one.

    Args:
        specification: the choices.
        group: the group of events.
        factor: the id of the factor, for the models that take one.
    """
    named: dict[str, tuple[str, str]] = {
        "exp": (group.expected, ANY_OPTION),
        "from": (group.since.isoformat() if group.since else "", ""),
        "to": (group.until.isoformat() if group.until else "", ""),
        "tag": (group.tag, ""),
        "series": (specification.series, DEFAULT_SERIES),
        "window": (
            _format_window_ends(specification.window),
            _format_window_ends(DEFAULT_REQUEST.window),
        ),
        "car": (
            _format_window_ends(specification.window),
            _format_window_ends(DEFAULT_REQUEST.cars[0]),
        ),
        "model": (specification.model, DEFAULT_REQUEST.model),
        "factor": (factor, ""),
        "overlap": (specification.overlap, DEFAULT_REQUEST.overlap),
        "estimation": (str(specification.estimation), str(DEFAULT_REQUEST.estimation)),
        "gap": (str(specification.gap), str(DEFAULT_REQUEST.gap)),
        "returns": (specification.returns, DEFAULT_REQUEST.returns),
    }
    query: LinkParams = {"cat": list(group.categories) or [ALL_CATEGORIES]}
    return query | {key: value for key, (value, usual) in named.items() if value != usual}


def _format_window_ends(window: Window) -> str:
    return f"{window[0]}:{window[1]}"
