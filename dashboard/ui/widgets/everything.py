"""Everything there is as one file, made at the click, and the command that writes its folder."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import streamlit as st

from dashboard.domain.as_of import as_of_text
from dashboard.domain.series import RateSeries
from dashboard.domain.study import FIRST_WINDOWS, StudyRequest
from dashboard.services.bundle_study import files_behind
from dashboard.services.choose_input import known_to_house
from dashboard.services.export_everything import everything_zip
from dashboard.services.export_tables import MadeOf, download_name
from dashboard.services.get_rates import DEFAULT_SERIES, get_series
from dashboard.services.run_study import run_study
from dashboard.ui import session
from dashboard.ui.exports import counted
from dashboard.ui.report_parts import private_words
from dashboard.ui.widgets.report_row import draw_why_none
from dashboard.ui.wording import count

MOST_ROWS: Final = 500_000
"""Rates that a page packs for a reader who waits; the command line writes any number."""


def draw_everything() -> None:
    """Draw the card with the file and the command."""
    rows = sum(report.rows for report in session.rate_reports())
    with st.container(border=True):
        st.markdown("#### Everything in one folder")
        st.markdown(
            "Rates, events, notes and the whole study of the official rate, with a manifest of"
            " parameters and hashes. The CSV files of these pages, the command line and the API"
            " are the same bytes."
        )
        if rows > MOST_ROWS:
            st.markdown(f"{count(rows, 'rate')} are too many for a page; the command writes them.")
        else:
            _draw_button()
        st.code("python -m dashboard export FOLDER", language=None)


def _draw_button() -> None:
    draw_why_none()
    file_name = download_name("everything", session.today(), extension="zip")
    st.download_button(
        "Everything (ZIP), made at the click",
        data=counted(_everything(), file_name),
        file_name=file_name,
        mime="application/zip",
        on_click="ignore",
        icon=":material/folder_zip:",
        key="data.everything",
    )
    warning = private_words(session.known_events().events)
    if warning:
        st.warning(warning, icon=":material/lock_open:")


def _everything() -> Callable[[], bytes]:
    """What makes the file, from what is known while the page is drawn."""
    parts, made_at, as_of = session.parts(), session.export_moment(), session.as_of()
    cards = session.cards()
    house = known_to_house(parts.catalogue, session.known_events().events)
    asked: dict[str, Any] = {
        "events": house.name,
        "category": [],
        "origin": None,
        "quote": None,
        "factors": [],
    }
    frozen = {} if as_of is None else {"asof": as_of_text(as_of)}

    def series_of(name: str) -> RateSeries:
        return get_series(parts.rates, name)

    def make() -> bytes:
        files = (*files_behind(parts.rates, [DEFAULT_SERIES]), *house.files)
        answer = run_study(
            [series_of(DEFAULT_SERIES)],
            house.events,
            StudyRequest(cars=FIRST_WINDOWS),
            known=house.events,
            compute=parts.compute,
        )
        every = [series_of(card.id) for card in cards]
        made = MadeOf(asked | frozen, files, made_at)
        return everything_zip(answer, made, series=every, events=house.events)

    return make
