"""State of the Event page: the event, its view on a series and the normal model, from the URL."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, get_args

import numpy as np

from dashboard.models.errors import InputError
from dashboard.models.event import Event, Origin
from dashboard.models.moves import EventView
from dashboard.models.series import RateSeries, SeriesCard
from dashboard.models.study import Pool, StudyRequest
from dashboard.presentation.charts.event_window import EventWindowChart, build_window_chart
from dashboard.presentation.events import capitalize_first
from dashboard.presentation.formatting import format_day_range
from dashboard.presentation.moves import observation_name
from dashboard.presentation.quoting import QuotedSeries, QuoteMode
from dashboard.services.method import check_model, needs_factor
from dashboard.services.rates import DEFAULT_SERIES
from dashboard.services.study import build_event_view
from dashboard.services.study_inputs import (
    DAY_WINDOWS,
    DEFAULT_REQUEST,
    HOUR_WINDOWS,
    available_factors,
    default_request,
    default_window,
    event_windows,
)
from dashboard.ui import session
from dashboard.ui.url_state import UrlParam, UrlState, choice_param, name_param, text_param

# ------------------------------------------------------------
# What a link of the Event page takes for ordinary: the model and its factor, or why not.


@dataclass(frozen=True, slots=True)
class NormalModelChoice:
    """The model of an ordinary move and its factors; `notice` says what cannot be had."""

    model: str = DEFAULT_REQUEST.model
    factors: tuple[RateSeries, ...] = ()
    notice: str = ""


def read_normal_model(link: UrlState, card: SeriesCard) -> NormalModelChoice:
    """The model and the factor of a link; those that cannot be together are ignored and told."""
    try:
        check_model(link["model"])
    except InputError:
        link.ignore("model")
    model = link["model"]
    if not needs_factor(model):
        notice = _describe_unused_factor(link, model) if link["factor"] else ""
        return NormalModelChoice(model, notice=notice)
    choices = {each.id: each for each in available_factors(card, session.get_cards(), model)}
    if not choices:
        link.ignore("model", "factor")
        return NormalModelChoice(
            notice=f"No series here can explain {card.title}, so the model {model} cannot be used."
        )
    notice = ""
    if link["factor"] and link["factor"] not in choices:
        notice = f"{_get_series_title(link['factor'])} cannot explain {card.title}: {_explain_refusal(link['factor'])}."
        link.ignore("factor")
    chosen = link["factor"] or next(iter(choices))
    return NormalModelChoice(model, (session.load_series(chosen),), notice)


def build_refused_model(link: UrlState, error: InputError) -> NormalModelChoice:
    """What is shown instead of a model that does not fit the series, and why."""
    link.ignore("model", "factor")
    said = str(error).partition("; use ")[0]
    return NormalModelChoice(
        notice=f"{capitalize_first(said)}. Shown with the constant mean instead."
    )


def describe_factor_reach(card: SeriesCard) -> str:
    """How far the factor of a model goes, where an event could not be studied with it."""
    first, last = (day.astype(object) for day in session.load_series(card.id).day[[0, -1]])
    return f"The model looks at {card.title} too: {format_day_range(first, last)}."


def _describe_unused_factor(link: UrlState, model: str) -> str:
    title = _get_series_title(link["factor"])
    link.ignore("factor")
    return f"The model {model} looks at no other series, so {title} was left out."


def _get_series_title(series_id: str) -> str:
    return next((card.title for card in session.get_cards() if card.id == series_id), series_id)


def _explain_refusal(series_id: str) -> str:
    card = next((card for card in session.get_cards() if card.id == series_id), None)
    if card is None:
        return "there is no such series"
    if card.is_rouble:
        return "it moves with the rouble itself, so it would take the answer away"
    return "it is the series itself, or counts in other steps"


# ------------------------------------------------------------
# What the Event page shows for one link: the event, its view on a series, the way to look.


POOL_OPTIONS: Final = get_args(Pool)

PARAMS: Final[tuple[UrlParam, ...]] = (
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
)


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
    """The scene of a link; a series or model that there is not is ignored and told."""
    if link["series"] not in {card.id for card in session.get_price_cards()}:
        link.ignore("series")
    known = session.get_known_events().events
    series = session.load_series(link["series"])
    ordinary = read_normal_model(link, series.card)
    asked = _build_request(link, ordinary, series.card)
    try:
        view = build_event_view(series, event, known, asked, ordinary.factors)
    except InputError as error:
        ordinary = build_refused_model(link, error)
        view = build_event_view(series, event, known, replace(asked, model=ordinary.model))
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
    """The settings that go along to another event's page."""
    keys = ("w", "wh", "model", "factor", "pool", "up", "series")
    return {key: link[key] for key in keys if link[key]}


def get_window_key(card: SeriesCard) -> str:
    """The key of a link that holds the event window: `wh` in hours, `w` in observations."""
    return "wh" if event_windows(card.bar_minutes)[0] in HOUR_WINDOWS else "w"


def build_state_chart(scene: EventState) -> EventWindowChart:
    """The scene as the figure wants it."""
    return build_window_chart(scene.view, scene.quoting, dark=scene.dark, phone=scene.phone)


def build_chart_file_name(scene: EventState) -> str:
    """The stem of a picture of the figure."""
    return f"{scene.event.id}_{scene.view.card.id}_{observation_name(scene.view.card)}s".replace(
        " ", "-"
    )


def list_series_with_rates(event: Event) -> tuple[str, ...]:
    """The series that begin before an event's day, end on or after it, and can measure it."""
    cards = [c for c in session.get_price_cards() if event.moment is not None or not c.bar_minutes]
    held = [(card.title, session.load_series(card.id).day) for card in cards]
    asked = np.datetime64(event.day, "D")
    return tuple(title for title, days in held if len(days) and days[0] < asked <= days[-1])


def is_note(event: Event) -> bool:
    """Whether the event can be edited."""
    return event.origin == Origin.NOTE


def _build_request(link: UrlState, ordinary: NormalModelChoice, card: SeriesCard) -> StudyRequest:
    key = get_window_key(card)
    if link[key] not in event_windows(card.bar_minutes):  # minutes that are no whole bar of hours
        link.ignore(key)
    return replace(default_request(card.bar_minutes, link[key]), model=ordinary.model)
