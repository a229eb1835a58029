"""Which real parts this process is made of; the only place that chooses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dashboard.compute.here import Here
from dashboard.config import Settings
from dashboard.sources.news.catalogue import Catalogue
from dashboard.sources.rates.shipped import ShippedRates
from dashboard.store.events import EventStore

if TYPE_CHECKING:
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
