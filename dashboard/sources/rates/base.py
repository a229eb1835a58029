"""The forms of rate sources, and the recipe for a new one.

1. `sources/rates/<id>.py`: a class with `id = "<id>"` that fits `RateSource`.
2. One import and one entry in `RATE_SOURCES` (`sources/rates/__init__.py`).
3. A fixture for it in `tests/contracts/test_rate_sources.py`; the tests there hold for all.
4. `assembly.py` takes it into the house.

A source that asks the network fits `LiveSource` as well and starts from
`sources/live_rates.py`: it fetches what is new, and never splices what two publishers say.
"""

from __future__ import annotations

from datetime import date
from typing import Protocol, runtime_checkable

from dashboard.domain.fetched import Fetched
from dashboard.domain.series import RateSeries, SeriesCard


@runtime_checkable
class RateSource(Protocol):
    """Somewhere rates come from. Reading the same series twice gives the same numbers."""

    @property
    def id(self) -> str:
        """The id of the source: the name of its module."""

    def cards(self) -> tuple[SeriesCard, ...]:
        """What the source offers, the most important series first.

        Raises:
            SourceError: the source cannot be read.
        """

    def get(self, series_id: str) -> RateSeries:
        """All observations of one series, in ascending order.

        Raises:
            InputError: the source has no such series; the message names those it has.
            SourceError: the source cannot be read.
        """

    def files(self) -> dict[str, str]:
        """The sha256 of the file behind each series, by its id; a live source has none."""


@runtime_checkable
class LiveSource(RateSource, Protocol):
    """A source that asks the network; `get` asks for all there is."""

    @property
    def who(self) -> str:
        """The publisher, as messages name it."""

    @property
    def overlap_days(self) -> int:
        """How many of the last days are read again, because they may have been revised."""

    def today(self) -> date:
        """The calendar day in Moscow, by the clock it asks with."""

    def start(self, series_id: str) -> date:
        """The first day that a first fetch asks for."""

    def fetch(self, series_id: str, since: date, stamp: str = "") -> Fetched:
        """The observations whose printed date is `since` or later.

        Raises:
            InputError: the source has no such series.
            SourceError: the publisher did not answer, or answered what cannot be right.
        """
