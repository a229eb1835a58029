"""Which real parts this process is made of; the only place that chooses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dashboard.compute.here import Here
from dashboard.config import Settings
from dashboard.sources.news.catalogue import Catalogue
from dashboard.sources.news.csv_file import EventTable, read_event_file
from dashboard.sources.rates.csv_file import Quote, RateTable, read_rate_table
from dashboard.sources.rates.shipped import ShippedRates
from dashboard.store.events import EventStore

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from dashboard.compute.base import Compute
    from dashboard.sources.news.base import EventSource
    from dashboard.sources.rates.base import RateSource


@dataclass(frozen=True)
class Parts:
    """Everything a door hands to the services."""

    settings: Settings
    rates: tuple[RateSource, ...]
    catalogue: EventSource
    notes: EventStore
    compute: Compute


def assemble(settings: Settings | None = None) -> Parts:
    """The parts for these settings; cheap: nothing is read or opened before its first use.

    Args:
        settings: those of the environment where None.
    """
    settings = settings or Settings()
    return Parts(
        settings=settings,
        rates=(ShippedRates(),),
        catalogue=Catalogue(),
        notes=EventStore(settings.store_url),
        compute=Here(),
    )


def rates_from_file(
    path: Path, quote: Quote = "as-quoted", columns: Sequence[str] | None = None
) -> RateTable:
    """A person's file of rates, read strictly; `columns` limits what is read.

    Raises:
        InputError: one line with file, row, column, what it holds and what to do.
    """
    return read_rate_table(path, quote=quote, columns=columns)


def events_from_file(path: Path) -> EventTable:
    """A person's file of events, read strictly.

    Raises:
        InputError: one line with file, row, column, what it holds and what to do.
    """
    return read_event_file(path)
