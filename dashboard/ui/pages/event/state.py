"""State of the Event page: the event, its view on a series and the normal model, from the URL."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, get_args

import numpy as np

from dashboard.models.analyses import MAX_PRECEDENTS, PrecedentRequest
from dashboard.models.errors import InputError
from dashboard.models.event import Event
from dashboard.models.messages import translate as _
from dashboard.models.moves import EventView
from dashboard.models.series import RateSeries, SeriesCard
from dashboard.models.study import Pool, StudyRequest
from dashboard.presentation.charts.event_window import (
    PAGE_HEIGHT,
    EventWindowChart,
    build_window_chart,
)
from dashboard.presentation.formatting import capitalize_first, format_day_range
from dashboard.presentation.quoting import QuotedSeries, QuoteMode
from dashboard.services.rates import DEFAULT_SERIES
from dashboard.services.study import build_event_view, check_model, needs_factor
from dashboard.services.study_inputs import (
    DAY_WINDOWS,
    DEFAULT_REQUEST,
    HOUR_WINDOWS,
    available_factors,
    codes_without_factors,
    default_request,
    default_window,
    event_windows,
)
from dashboard.ui import session
from dashboard.ui.components.baskets import BASKET_PARAMS
from dashboard.ui.url_state import (
    UrlParam,
    UrlState,
    choice_param,
    count_param,
    name_param,
    text_param,
)

POOL_OPTIONS: Final = get_args(Pool)
PARAMS: Final[tuple[UrlParam, ...]] = (
    *BASKET_PARAMS,
    text_param("id", "kellogg-nato-off-table-2025-04-20"),
    choice_param("w", DAY_WINDOWS, default_window(0)),
    choice_param("wh", HOUR_WINDOWS, default_window(60)),
    name_param("model", DEFAULT_REQUEST.model, "none"),
    name_param("factor", "", "brent_eia"),
    choice_param("pool", POOL_OPTIONS, DEFAULT_REQUEST.pool),
    choice_param(
        "up", tuple(quote.value for quote in QuoteMode), QuoteMode.WEAKER.value, shared=True
    ),
    name_param("series", DEFAULT_SERIES, "eur_usd_ecb", shared=True),
    count_param("pn", PrecedentRequest().number, 1, MAX_PRECEDENTS),
    choice_param("pt", ("then", "later"), "then"),
    choice_param("pc", ("all", "alone"), "all"),
)


# ------------------------------------------------------------------ the normal model


@dataclass(frozen=True, slots=True)
class NormalModelChoice:
    """The normal model and its factors; `notice` says which setting was refused."""

    model: str = DEFAULT_REQUEST.model
    factors: tuple[RateSeries, ...] = ()
    notice: str = ""


def _read_normal_model(link: UrlState, card: SeriesCard) -> NormalModelChoice:
    """The model and the factor of a link; settings that do not fit one another are ignored."""
    try:
        check_model(link["model"])
    except InputError:
        link.ignore("model")
    model = link["model"]
    if not needs_factor(model):
        notice = _describe_unused_factor(link, model) if link["factor"] else ""
        return NormalModelChoice(model, notice=notice)
    choices = {item.id: item for item in available_factors(card, session.get_cards(), model)}
    if not choices:
        link.ignore("model", "factor")
        return NormalModelChoice(
            notice=_(
                "No series here can explain {title}, so the model {model} cannot be used.",
                title=card.label,
                model=model,
            )
        )
    notice = ""
    if link["factor"] and link["factor"] not in choices:
        notice = _(
            "{factor} cannot explain {series}: {reason}.",
            factor=session.get_series_title(link["factor"]),
            series=card.label,
            reason=_explain_refusal(link["factor"], card),
        )
        link.ignore("factor")
    chosen = link["factor"] or next(iter(choices))
    return NormalModelChoice(model, (session.load_series(chosen),), notice)


def _build_refused_model(link: UrlState, error: InputError) -> NormalModelChoice:
    """The model used instead of one that does not fit the series, with the reason."""
    link.ignore("model", "factor")
    message = str(error).partition("; use ")[0]
    return NormalModelChoice(
        notice=_(
            "{reason}. Shown with the constant mean instead.", reason=capitalize_first(message)
        )
    )


def describe_factor_reach(card: SeriesCard) -> str:
    """The range of the factor, where an event could not be studied with it."""
    first, last = (day.astype(object) for day in session.load_series(card.id).day[[0, -1]])
    return _(
        "The model looks at {title} too: {day_range}.",
        title=card.label,
        day_range=format_day_range(first, last),
    )


def _describe_unused_factor(link: UrlState, model: str) -> str:
    title = session.get_series_title(link["factor"])
    link.ignore("factor")
    return _(
        "The model {model} looks at no other series, so {title} was left out.",
        model=model,
        title=title,
    )


def _explain_refusal(series_id: str, studied: SeriesCard) -> str:
    card = next((card for card in session.get_cards() if card.id == series_id), None)
    if card is None:
        return _("there is no such series")
    if card.id != studied.id and card.subject.code in codes_without_factors(studied):
        return _(
            "it moves with {subject} itself, so it would take the answer away",
            subject=card.subject.name,
        )
    return _("it is the series itself, or counts in other steps")


# ------------------------------------------------------------------ the state


@dataclass(frozen=True, slots=True)
class EventState:
    """Everything the page is drawn from."""

    view: EventView
    quoting: QuotedSeries
    pool: Pool
    known: tuple[Event, ...]
    dark: bool
    phone: bool
    notice: str = ""
    factors: tuple[RateSeries, ...] = ()

    @property
    def event(self) -> Event:
        """The event of the page."""
        return self.view.event


def read_event_state(link: UrlState, event: Event) -> EventState:
    """The state for a link; an unknown series or model is ignored and listed in the notice."""
    if link["series"] not in {card.id for card in session.get_price_cards()}:
        link.ignore("series")
    known = session.get_known_events().events
    series = session.load_series(link["series"])
    ordinary = _read_normal_model(link, series.card)
    request = _build_request(link, ordinary, series.card)
    try:
        view = build_event_view(series, event, known, request, ordinary.factors)
    except InputError as error:
        ordinary = _build_refused_model(link, error)
        view = build_event_view(series, event, known, replace(request, model=ordinary.model))
    return EventState(
        view,
        QuotedSeries(series.card, QuoteMode(link["up"])),
        link["pool"],
        known,
        session.is_dark(),
        session.is_phone(),
        ordinary.notice,
        ordinary.factors,
    )


def carry_settings(link: UrlState) -> dict[str, str]:
    """The settings that a link to another event carries."""
    keys = ("w", "wh", "model", "factor", "pool", "up", "series", "basket", "bw")
    return {key: link[key] for key in keys if link[key]}


def get_window_key(card: SeriesCard) -> str:
    """The key of a link that holds the event window: `wh` in hours, `w` in observations."""
    return "wh" if event_windows(card.bar_minutes)[0] in HOUR_WINDOWS else "w"


def build_state_chart(state: EventState) -> EventWindowChart:
    """The data of the figure."""
    chart = build_window_chart(state.view, state.quoting, dark=state.dark, phone=state.phone)
    return replace(chart, height=PAGE_HEIGHT)


def list_series_with_rates(event: Event) -> tuple[str, ...]:
    """The series that begin before an event's day, end on or after it, and can measure it."""
    cards = [c for c in session.get_price_cards() if event.moment is not None or not c.bar_minutes]
    held = [(card.label, session.load_series(card.id).day) for card in cards]
    day = np.datetime64(event.day, "D")
    return tuple(title for title, days in held if len(days) and days[0] < day <= days[-1])


def _build_request(link: UrlState, ordinary: NormalModelChoice, card: SeriesCard) -> StudyRequest:
    key = get_window_key(card)
    if link[key] not in event_windows(card.bar_minutes):  # minutes that are no whole bar of hours
        link.ignore(key)
    return replace(default_request(card.bar_minutes, link[key]), model=ordinary.model)
