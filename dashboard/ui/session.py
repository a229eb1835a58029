"""What the pages of this process share: the parts, and reads cached by keys that never change.

Rates are kept under (series id, data version), events under (notes version): a new version
is a new key, so nothing is ever stale and nothing of one reader reaches another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from dashboard import assembly
from dashboard.domain.event import Event
from dashboard.domain.series import RateSeries, SeriesCard
from dashboard.services.find_events import all_events
from dashboard.services.get_rates import get_series, list_cards

if TYPE_CHECKING:
    from dashboard.assembly import Parts

PHONES = ("iphone", "android", "mobile")


@st.cache_resource(show_spinner=False)
def parts() -> Parts:
    """The real parts of this process; the store opens at its first use."""
    return assembly.assemble()


def cards() -> tuple[SeriesCard, ...]:
    """The cards of every series, the default first."""
    return list_cards(parts().rates)


def series(series_id: str) -> RateSeries:
    """One rate series."""
    return get_series(parts().rates, series_id)


def events() -> tuple[Event, ...]:
    """The catalogue and the notes that are not deleted, by day."""
    return all_events(parts().catalogue, parts().notes)


def is_dark() -> bool:
    """Whether the reader's theme is dark."""
    return st.context.theme.type == "dark"


def is_phone() -> bool:
    """Whether the browser says it is a phone."""
    agent = (st.context.headers.get("User-Agent") or "").lower()
    return any(word in agent for word in PHONES)
