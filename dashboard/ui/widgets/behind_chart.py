"""The table behind the chart: the rates and events in view, and the way out as CSV."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.domain.event import Event
from dashboard.domain.series import Bools, RateSeries
from dashboard.services.export_tables import event_list_csv, rates_csv
from dashboard.ui.bar_words import MOSCOW_TIME
from dashboard.ui.charts.bar_line import moscow_ends
from dashboard.ui.palette import category_title
from dashboard.ui.quoting import Quoting
from dashboard.ui.text import plain
from dashboard.ui.widgets.downloads import draw_csv_buttons
from dashboard.ui.window import Shown
from dashboard.ui.wording import count, when

HEIGHT: Final = 320
MOST: Final = 5_000
"""Rows of the table in the browser; the file has all."""


def draw_behind_chart(
    series: RateSeries, quoting: Quoting, events: tuple[Event, ...], shown: Shown
) -> None:
    """Draw two tabs, each with its table and its CSV."""
    rates, listed = st.tabs(["Rates", f"Events ({len(events)})"])
    with rates:
        rows = rows_in(series, shown)
        total = rows.stop - rows.start
        newest = series.part(slice(max(rows.start, rows.stop - MOST), rows.stop))
        with st.container(horizontal=True):
            draw_csv_buttons(
                f"this view, {count(total, 'row')}",
                (series.card.id, "rates", shown.since, shown.until),
                lambda flavour: rates_csv([series], shown.since, shown.until, flavour),
                "behind.rates",
            )
        if total > MOST:
            st.caption(f"The newest {MOST:,} of {total:,} rows; the CSV has all of them")
        frame = rates_frame(newest, quoting, shown)
        st.dataframe(frame, hide_index=True, height=HEIGHT, alt="The rates in view")
    with listed:
        with st.container(horizontal=True):
            draw_csv_buttons(
                f"this view, {count(len(events), 'row')}",
                ("events", shown.since, shown.until),
                lambda flavour: event_list_csv(events, flavour),
                "behind.events",
            )
        st.dataframe(events_frame(events), hide_index=True, height=HEIGHT, alt="The events in view")


def rows_in(series: RateSeries, shown: Shown) -> slice:
    """The rows whose market day lies in a window."""
    first = int(np.searchsorted(series.day, np.datetime64(shown.since, "D")))
    return slice(first, max(first, series.row_on_or_before(shown.until) + 1))


def rates_frame(series: RateSeries, quoting: Quoting, shown: Shown) -> pd.DataFrame:
    """The observations of a window, in the quote of the page, newest first."""
    days = pd.DatetimeIndex(series.day.astype("datetime64[s]"))
    inside = (days >= pd.Timestamp(shown.since)) & (days <= pd.Timestamp(shown.until))
    frame = pd.DataFrame(
        {
            "Market day": days[inside].strftime("%Y-%m-%d"),
            **_second_column(series, inside),
            quoting.unit: [quoting.rate(rate) for rate in series.rate[inside].tolist()],
        }
    )
    return frame.iloc[::-1]


def _second_column(series: RateSeries, inside: Bools) -> dict[str, list[str]]:
    """The printed date, or the end of each bar by the clock of Moscow."""
    if not series.card.bar_minutes:
        return {"Printed date": series.record[inside].astype(str).tolist()}
    ends = np.datetime_as_string(moscow_ends(series.known_at[inside]), unit="m")
    return {f"To ({MOSCOW_TIME})": [text[11:] for text in ends.tolist()]}


def events_frame(events: tuple[Event, ...]) -> pd.DataFrame:
    """The events of a window as plain text, newest first."""
    newest = events[::-1]
    return pd.DataFrame(
        {
            "Day": [event.day.isoformat() for event in newest],
            "When": [when(event) for event in newest],
            "Category": [category_title(event.category) for event in newest],
            "Title": [plain(event.title) for event in newest],
            "Source": [plain(event.source_name or event.author) for event in newest],
        }
    )
