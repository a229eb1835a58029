"""What the Event page shows for one link: the event, its view on a series, the way to look."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, get_args

import numpy as np

from dashboard.domain.errors import InputError
from dashboard.domain.event import Event, Origin
from dashboard.domain.event_view import EventView
from dashboard.domain.series import RateSeries, SeriesCard
from dashboard.domain.study import Pool, StudyRequest
from dashboard.services.choose_windows import (
    DAY_WINDOWS,
    HOUR_WINDOWS,
    PAGE_REQUEST,
    default_window,
    page_request,
    windows_for,
)
from dashboard.services.explain_event import explain_event
from dashboard.services.get_rates import DEFAULT_SERIES
from dashboard.ui import session
from dashboard.ui.address import View
from dashboard.ui.charts.event_window import WindowChart
from dashboard.ui.event_chart import chart_of_view
from dashboard.ui.event_model import Ordinary, read_ordinary, refused
from dashboard.ui.move_words import noun
from dashboard.ui.quoting import Quote, Quoting
from dashboard.ui.view import Param, a_name, a_text, one_of

POOLS: Final = get_args(Pool)

PARAMS: Final[tuple[Param, ...]] = (
    a_text("id", "kellogg-nato-off-table-2025-04-20"),
    one_of("w", DAY_WINDOWS, default_window(0)),
    one_of("wh", HOUR_WINDOWS, default_window(60)),
    a_name("model", PAGE_REQUEST.model, "none"),
    a_name("factor", "", "brent_eia"),
    one_of("pool", POOLS, PAGE_REQUEST.pool),
    one_of("up", tuple(quote.value for quote in Quote), Quote.WEAKER.value, shared=True),
    a_name("series", DEFAULT_SERIES, "eur_usd_ecb", shared=True),
)


@dataclass(frozen=True, slots=True)
class EventScene:
    """Everything the page is drawn from."""

    view: EventView
    quoting: Quoting
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


def read_event_scene(link: View, event: Event) -> EventScene:
    """The scene of a link; a series or model that there is not is ignored and told."""
    if link["series"] not in {card.id for card in session.prices()}:
        link.ignore("series")
    known = session.known_events().events
    series = session.series(link["series"])
    ordinary = read_ordinary(link, series.card)
    asked = _request(link, ordinary, series.card)
    try:
        view = explain_event(series, event, known, asked, ordinary.factors)
    except InputError as error:
        ordinary = refused(link, error)
        view = explain_event(series, event, known, replace(asked, model=ordinary.model))
    return EventScene(
        view,
        Quoting(series.card, Quote(link["up"])),
        link["pool"],
        known,
        session.is_dark(),
        session.is_phone(),
        ordinary.notice,
        ordinary.factors,
    )


def carried(link: View) -> dict[str, str]:
    """The settings that go along to another event's page."""
    keys = ("w", "wh", "model", "factor", "pool", "up", "series")
    return {key: link[key] for key in keys if link[key]}


def window_key(card: SeriesCard) -> str:
    """The key of a link that holds the event window: `wh` in hours, `w` in observations."""
    return "wh" if windows_for(card.bar_minutes)[0] in HOUR_WINDOWS else "w"


def window_chart(scene: EventScene) -> WindowChart:
    """The scene as the figure wants it."""
    return chart_of_view(scene.view, scene.quoting, dark=scene.dark, phone=scene.phone)


def chart_file_name(scene: EventScene) -> str:
    """The stem of a picture of the figure."""
    return f"{scene.event.id}_{scene.view.card.id}_{noun(scene.view.card)}s".replace(" ", "-")


def titles_with_rates(event: Event) -> tuple[str, ...]:
    """The series that begin before an event's day, end on or after it, and can measure it."""
    cards = [c for c in session.prices() if event.moment is not None or not c.bar_minutes]
    held = [(card.title, session.series(card.id).day) for card in cards]
    asked = np.datetime64(event.day, "D")
    return tuple(title for title, days in held if len(days) and days[0] < asked <= days[-1])


def is_note(event: Event) -> bool:
    """Whether the event can be edited."""
    return event.origin == Origin.NOTE


def _request(link: View, ordinary: Ordinary, card: SeriesCard) -> StudyRequest:
    key = window_key(card)
    if link[key] not in windows_for(card.bar_minutes):  # minutes that are no whole bar of hours
        link.ignore(key)
    return replace(page_request(card.bar_minutes, link[key]), model=ordinary.model)
