"""State and controls of the Drivers page."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import streamlit as st

from dashboard.models.drivers import (
    DRIVER_MEASURES,
    MAX_SPLITS,
    ROLLING_WINDOWS,
    DriverAnswer,
    DriverRequest,
)
from dashboard.models.errors import InputError
from dashboard.models.messages import deferred, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.models.series import RateSeries, SeriesCard
from dashboard.presentation.charts.drivers import EventMark
from dashboard.presentation.escaping import escape_label, escape_plot
from dashboard.presentation.formatting import date_field_format, format_day
from dashboard.presentation.palette import get_event_style
from dashboard.presentation.quoting import QuotedSeries, QuoteMode
from dashboard.services.drivers import possible_drivers, run_driver
from dashboard.services.rates import DEFAULT_SERIES
from dashboard.ui import session
from dashboard.ui.components.view_controls import FIRST_DAY, LAST_DAY, draw_series_choice
from dashboard.ui.url_state import (
    UrlParam,
    UrlState,
    choice_param,
    day_param,
    name_param,
    names_param,
)

DEFAULT_DRIVER: Final = "brent_eia"
AUTOMATIC: Final = "auto"
LAG_CHOICES: Final = ("5", "10", "20")
PART_TITLES: Final[dict[str, str]] = {
    "response": deferred("What followed"),
    "levels": deferred("Levels"),
    "lags": deferred("Before and after"),
    "rolling": deferred("Over time"),
    "samples": deferred("By method"),
}
PARAMS: Final[tuple[UrlParam, ...]] = (
    choice_param("part", tuple(PART_TITLES), "response"),
    name_param("driver", DEFAULT_DRIVER, "key_rate_cbr"),
    choice_param("change", (AUTOMATIC, *DRIVER_MEASURES), AUTOMATIC),
    choice_param("lags", LAG_CHOICES, LAG_CHOICES[0]),
    choice_param("window", tuple(map(str, ROLLING_WINDOWS)), "120"),
    names_param("split", (), ("2025-06-02",), "none"),
    choice_param("breaks", ("on", "off"), "on"),
    day_param("from", "2023-01-09"),
    day_param("to", "2026-06-30"),
    choice_param(
        "up", tuple(quote.value for quote in QuoteMode), QuoteMode.WEAKER.value, shared=True
    ),
    name_param("series", DEFAULT_SERIES, "cny_rub_cbr", shared=True),
)


@dataclass(frozen=True, slots=True)
class DriversState:
    """Everything the page is drawn from; `relation` is None where `refused` says why."""

    series: RateSeries
    driver: SeriesCard
    possible: tuple[SeriesCard, ...]
    relation: DriverAnswer | None
    mode: QuoteMode
    dark: bool
    phone: bool
    refused: str = ""

    @property
    def quoting(self) -> QuotedSeries:
        """The series in the quote that was chosen."""
        return QuotedSeries(self.series.card, self.mode)


def read_drivers_state(view: UrlState) -> DriversState:
    """The state for a link; settings that do not fit one another are ignored."""
    if view["series"] not in {card.id for card in session.get_price_cards()}:
        view.ignore("series")
    if view["from"] and view["to"] and view["to"] < view["from"]:
        view.ignore("from", "to")
    series = session.load_series(view["series"])
    possible = possible_drivers(series.card, session.get_cards())
    driver = _read_driver(view, possible)
    request = DriverRequest(
        measure="" if view["change"] == AUTOMATIC else view["change"],
        lags=int(view["lags"]),
        window=int(view["window"]),
        splits=_read_splits(view),
        at_breaks=view["breaks"] == "on",
        since=view["from"],
        until=view["to"],
    )
    state = DriversState(
        series=series,
        driver=driver,
        possible=possible,
        relation=None,
        mode=QuoteMode(view["up"]),
        dark=session.is_dark(),
        phone=session.is_phone(),
    )
    other = session.load_series(driver.id)
    version = "/".join(map(session.build_series_version, (series, other)))
    try:
        answer = _cached_answer(series, other, f"{version}/{request}", request)
    except InputError as error:
        return replace(state, refused=str(error))
    return replace(state, relation=answer)


def _read_driver(view: UrlState, possible: tuple[SeriesCard, ...]) -> SeriesCard:
    """The driver of the link; another one where it is the rate itself or there is none."""
    by_id = {card.id: card for card in possible}
    if view["driver"] not in by_id and view["driver"] != DEFAULT_DRIVER:
        view.ignore("driver")
    return by_id.get(view["driver"]) or by_id.get(DEFAULT_DRIVER) or possible[0]


def _read_splits(view: UrlState) -> tuple[date, ...]:
    days: list[date] = []
    invalid = list(view["split"][MAX_SPLITS:])
    for text in view["split"][:MAX_SPLITS]:
        try:
            days.append(date.fromisoformat(text))
        except ValueError:
            invalid.append(text)
    view.ignore_part("split", invalid)
    return tuple(days)


@st.cache_resource(show_spinner=False, max_entries=32)
def _cached_answer(
    _series: RateSeries,
    _driver: RateSeries,
    version: str,  # noqa: ARG001 - the key of the cache
    _request: DriverRequest,
) -> DriverAnswer:
    return run_driver(_series, _driver, _request)


def build_event_marks(answer: DriverAnswer) -> tuple[EventMark, ...]:
    """The known events in the time of the rolling windows."""
    if not answer.rolling:
        return ()
    first, last = answer.rolling[0].day, answer.rolling[-1].day
    marks = []
    for event in session.get_known_events().events:
        if first <= event.day <= last:
            style = get_event_style(event)
            text = f"{format_day(event.day)}<br>{escape_plot(event.title, 56, 2)}"
            marks.append(EventMark(event.day, style.symbol, style.colour, text))
    return tuple(marks)


# ------------------------------------------------------------------ controls


def draw_driver_controls(view: UrlState, state: DriversState) -> None:
    """Draw the choice of rate and driver in one row, the rest behind a button."""
    titles = {card.id: card.label for card in state.possible}
    with st.container(horizontal=True, vertical_alignment="center"):
        draw_series_choice(view, session.get_price_cards(), label="collapsed")
        st.selectbox(
            _("Driver"),
            list(titles),
            format_func=lambda name: escape_label(titles[name]),
            label_visibility="collapsed",
            width=300,
            **view.widget("driver", state.driver.id),
        )
        with st.popover(_("Period and method"), icon=":material/tune:"):
            _draw_method_controls(view)


def _draw_method_controls(view: UrlState) -> None:
    with st.container(horizontal=True):
        for key, label in (("from", _("From")), ("to", _("To"))):
            st.date_input(
                label, value=None, min_value=FIRST_DAY, max_value=LAST_DAY,
                format=date_field_format(), width=140, **view.widget(key),
            )  # fmt: skip
    st.selectbox(
        _("What enters of the driver"),
        [AUTOMATIC, *DRIVER_MEASURES],
        format_func=_format_measure,
        **view.widget("change"),
    )
    st.segmented_control(
        _("Lags, in rates"),
        list(LAG_CHOICES),
        required=True,
        format_func=lambda text: _("±{count}", count=text),
        **view.widget("lags"),
    )
    st.segmented_control(
        _("Rolling window, in rates"),
        [str(window) for window in ROLLING_WINDOWS],
        required=True,
        **view.widget("window"),
    )
    st.toggle(_("Split at the method breaks of the rate"), **view.switch("breaks", "on", "off"))
    st.multiselect(
        _("Split on days of yours too"),
        list(view["split"]),
        placeholder=_("type a day like 2025-01-20"),
        accept_new_options=True,
        max_selections=MAX_SPLITS,
        **view.widget("split"),
    )


def _format_measure(name: str) -> str:
    if name == AUTOMATIC:
        return _("what its card says")
    text = ""
    with suppress(KeyError):
        text = translate_deferred(DRIVER_MEASURES[name])  # type: ignore[index]
    return text


def draw_part_choice(view: UrlState) -> None:
    """Draw the choice of the part that is shown."""
    st.segmented_control(
        _("Part"),
        list(PART_TITLES),
        required=True,
        format_func=lambda part: translate_deferred(PART_TITLES[part]),
        label_visibility="collapsed",
        **view.widget("part"),
    )
