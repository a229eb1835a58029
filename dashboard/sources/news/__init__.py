"""The shelf of sources of events and news: one file a source, one line here."""

from __future__ import annotations

from typing import Final

from dashboard.sources.news.base import EventSource, NewsSource
from dashboard.sources.news.catalogue import Catalogue
from dashboard.sources.news.csv_file import CsvEvents
from dashboard.sources.news.feed import Feed
from dashboard.sources.news.gdelt import Gdelt

EVENT_SOURCES: Final[tuple[type[EventSource], ...]] = (Catalogue, CsvEvents)
CANDIDATE_SOURCES: Final[tuple[type[NewsSource], ...]] = (Feed, Gdelt)
NEWS_SOURCES: Final[tuple[type[EventSource | NewsSource], ...]] = (
    *EVENT_SOURCES,
    *CANDIDATE_SOURCES,
)
