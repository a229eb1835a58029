"""Controls of series, quote, window of days and categories."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, Literal

import numpy as np
import streamlit as st

from dashboard.models.event import Event
from dashboard.models.messages import deferred, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.models.series import RateSeries, SeriesCard
from dashboard.presentation.formatting import (
    date_field_format,
    format_day,
)
from dashboard.presentation.quoting import QuotedSeries, QuoteMode
from dashboard.ui.url_state import UrlState, postpone_fragment_echo

DEFAULT_DAYS: Final = 730
DEFAULT_INTRADAY_DAYS: Final = 91
MIN_DAYS: Final = 3
MIN_DRAWN_DAYS: Final = 7
PRESETS: Final[Mapping[str, int | None]] = {
    "3M": 91,
    "6M": 182,
    "YTD": None,
    "1Y": 365,
    "2Y": DEFAULT_DAYS,
    "5Y": 1_826,
    "All": None,
}
"""The windows by name, with their length in days where that does not depend on the data."""
PRESET_LABELS: Final[Mapping[str, str]] = {
    "3M": deferred("3M"),
    "6M": deferred("6M"),
    "YTD": deferred("YTD"),
    "1Y": deferred("1Y"),
    "2Y": deferred("2Y"),
    "5Y": deferred("5Y"),
    "All": deferred("All"),
}
PRESET_KEY: Final = "preset"
LabelVisibility = Literal["visible", "hidden", "collapsed"]
NEXT_QUOTE: Final = {
    QuoteMode.WEAKER: QuoteMode.INVERTED,
    QuoteMode.INVERTED: QuoteMode.USD,
    QuoteMode.USD: QuoteMode.WEAKER,
}
FIRST_DAY: Final = date(1900, 1, 1)
LAST_DAY: Final = date(2100, 12, 31)


@dataclass(frozen=True, slots=True)
class WindowLimits:
    """The first and last market day with a rate, and the last day that can be shown."""

    first: date
    last: date
    last_allowed: date
    default_days: int = DEFAULT_DAYS

    def default_since(self) -> date:
        """Where a page opens."""
        return max(self.first, self.last - timedelta(days=self.default_days))

    def preset(self, name: str) -> tuple[date | None, date | None]:
        """The `from` and `to` of a preset as a link holds them; None = the default."""
        length = PRESETS[name]
        if length == self.default_days:
            return None, None
        if length is None:
            start = self.last.replace(month=1, day=1) if name == "YTD" else self.first
        else:
            start = self.last - timedelta(days=length)
        return max(self.first, start), None


@dataclass(frozen=True, slots=True)
class DayWindow:
    """The window shown, and a notice where it differs from the requested one."""

    since: date
    until: date
    notice: str = ""
    is_empty: bool = False


def compute_limits(series: RateSeries, events: tuple[Event, ...], today: date) -> WindowLimits:
    """How far a window on a series can reach; events after the last rate can be shown."""
    observed = series.day[np.isfinite(series.rate)]
    first, last = (date.fromisoformat(str(observed[k])) for k in (0, -1))
    furthest = max(last, today, *(event.day for event in events))
    return WindowLimits(first, last, furthest, get_default_days(series.card.bar_minutes))


def get_default_days(bar_minutes: int) -> int:
    """How many days a page opens with: two years, of bars about as many points."""
    if not bar_minutes:
        return DEFAULT_DAYS
    return min(DEFAULT_DAYS, max(MIN_DAYS, DEFAULT_INTRADAY_DAYS * bar_minutes // 60))


def resolve_window(
    requested_since: date | None, requested_until: date | None, bounds: WindowLimits
) -> DayWindow:
    """The window for the days of a link, limited to the data; empty where it would be reversed."""
    until = min(requested_until or bounds.last, bounds.last_allowed)
    since = requested_since or min(
        bounds.default_since(), until - timedelta(days=bounds.default_days)
    )
    if since >= until or until <= bounds.first:
        return DayWindow(bounds.default_since(), bounds.last, is_empty=True)
    notices = []
    if since < bounds.first:
        since = bounds.first
        if requested_since is not None:
            first = format_day(bounds.first)
            notices.append(_("Rates start on {day}; showing from there.", day=first))
    if requested_until is not None and requested_until > bounds.last_allowed:
        last = format_day(bounds.last_allowed)
        notices.append(_("Nothing is known after {day}; showing to there.", day=last))
    return DayWindow(since, until, " ".join(notices))


def find_preset(shown: DayWindow, bounds: WindowLimits) -> str | None:
    """The preset that gives this window, if one does."""
    for name in PRESETS:
        since, until = bounds.preset(name)
        if (since or bounds.default_since(), until or bounds.last) == (shown.since, shown.until):
            return name
    return None


def clamp_window(since: date, until: date, bounds: WindowLimits) -> tuple[date | None, date | None]:
    """The `from` and `to` of a link for a window that somebody drew, at least a week long.

    What lies outside the data is cut; None is the default, so that the link stays short.
    """
    missing = MIN_DRAWN_DAYS - (until - since).days
    if missing > 0:
        since, until = since - timedelta(days=missing // 2), until + timedelta(days=missing // 2)
    until = max(min(until, bounds.last_allowed), bounds.first + timedelta(days=MIN_DRAWN_DAYS))
    since = min(max(since, bounds.first), until - timedelta(days=MIN_DRAWN_DAYS))
    is_default = (since, until) == (bounds.default_since(), bounds.last)
    return (None if is_default else since, None if until == bounds.last else until)


# ------------------------------------------------------------------ controls


def draw_window_presets(view: UrlState, shown: DayWindow, bounds: WindowLimits) -> None:
    """Draw the windows by name; none is chosen where the days are a person's own."""
    st.session_state[PRESET_KEY] = find_preset(shown, bounds)

    def choose() -> None:
        name = st.session_state[PRESET_KEY]
        if name:
            apply_preset(view, bounds, name)

    st.segmented_control(
        _("Window"),
        list(PRESETS),
        format_func=lambda name: translate_deferred(PRESET_LABELS[name]),
        key=PRESET_KEY,
        on_change=postpone_fragment_echo(PRESET_KEY, choose),
        label_visibility="collapsed",
        wrap=False,
    )


def apply_preset(view: UrlState, bounds: WindowLimits, name: str) -> None:
    """Show a window by its name."""
    since, until = bounds.preset(name)
    view.set(**{"from": since, "to": until})


def draw_day_fields(view: UrlState, shown: DayWindow, bounds: WindowLimits) -> None:
    """Draw the two date fields."""
    common: dict[str, Any] = {
        "min_value": bounds.first,
        "max_value": bounds.last_allowed,
        "format": date_field_format(),
        "width": 128,
    }
    st.date_input(_("From"), **view.widget("from", shown.since), **common)
    st.date_input(_("To"), **view.widget("to", shown.until), **common)


def draw_period_fields(view: UrlState) -> None:
    """Draw the first and the last day of the events."""
    common: dict[str, Any] = {
        "value": None, "min_value": FIRST_DAY, "max_value": LAST_DAY,
        "format": date_field_format(), "width": 140,
    }  # fmt: skip
    st.date_input(_("Events from"), **view.widget("from"), **common)
    st.date_input(_("Events to"), **view.widget("to"), **common)


def draw_series_choice(
    view: UrlState,
    cards: tuple[SeriesCard, ...],
    *,
    label: LabelVisibility = "visible",
    width: int = 270,
) -> None:
    """Draw the choice of series."""
    titles = {card.id: card.label for card in cards}
    st.selectbox(
        _("Series"),
        list(titles),
        format_func=titles.__getitem__,
        label_visibility=label,
        width=width,
        **view.widget("series"),
    )


def draw_quote_switch(
    view: UrlState,
    card: SeriesCard,
    *,
    label: LabelVisibility = "visible",
    width: int = 250,
) -> None:
    """Draw the choice of the quote mode of series, text, arrows and axis."""
    st.selectbox(
        _("Quote"),
        [quote.value for quote in QuoteMode],
        format_func=lambda value: format_quote_label(card, QuoteMode(value)),
        label_visibility=label,
        width=width,
        **view.widget("up"),
    )


def format_quote_label(card: SeriesCard, quote: QuoteMode) -> str:
    """The title of a quote mode: the unit of the number, and whether the axis is inverted."""
    quoting = QuotedSeries(card, quote)
    return (
        _("{unit}, axis inverted", unit=quoting.unit) if quoting.axis_is_inverted else quoting.unit
    )


def flip_quote(view: UrlState) -> None:
    """Switch to the next quote mode."""
    view.set(up=NEXT_QUOTE[QuoteMode(view["up"])].value)


def flip_notes(view: UrlState) -> None:
    """Show or hide the notes."""
    view.set(notes="hidden" if view["notes"] == "shown" else "shown")
