"""Sources of events and news: one file a source, one line here."""

from __future__ import annotations

from typing import Final

from dashboard.sources.events.base import EventSource, NewsSource
from dashboard.sources.events.catalogue import Catalogue
from dashboard.sources.events.feed import Feed
from dashboard.sources.events.gdelt import Gdelt
from dashboard.sources.events.schedule import Schedule

EVENT_SOURCES: Final[tuple[type[EventSource], ...]] = (Catalogue, Schedule)
CANDIDATE_SOURCES: Final[tuple[type[NewsSource], ...]] = (Feed, Gdelt)
NEWS_SOURCES: Final[tuple[type[EventSource | NewsSource], ...]] = (
    *EVENT_SOURCES,
    *CANDIDATE_SOURCES,
)
