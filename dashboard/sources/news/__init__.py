"""The shelf of event sources: one file a source, one line here."""

from __future__ import annotations

from typing import Final

from dashboard.sources.news.base import EventSource
from dashboard.sources.news.catalogue import Catalogue
from dashboard.sources.news.csv_file import CsvEvents

EVENT_SOURCES: Final[tuple[type[EventSource], ...]] = (Catalogue, CsvEvents)
