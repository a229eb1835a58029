"""The form of a rate source, and the recipe for a new one.

1. `sources/rates/<id>.py`: a class with `id = "<id>"` that fits `RateSource`.
2. One import and one entry in `RATE_SOURCES` (`sources/rates/__init__.py`).
3. A fixture for it in `tests/contracts/test_rate_sources.py`; the tests there hold for all.
4. `assembly.py` takes it into the house.
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable

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
