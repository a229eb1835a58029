"""Freeze: rates and events as they were known at a moment, and how live ones differ.

What was known is what had been fetched by then with the values held then, and of what ships the
observations that the rule of their publisher lets be known by then: revisions before the data
package was made are not recorded, so its values stand for what was known before it.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from dashboard.domain.as_of import LiveRow
from dashboard.domain.errors import InputError
from dashboard.domain.event import Event
from dashboard.domain.series import RateSeries, SeriesCard
from dashboard.engine.as_of import as_of, live_rows

if TYPE_CHECKING:
    from dashboard.sources.news.base import EventSource
    from dashboard.sources.rates.base import RateSource

CAVEAT: Final = (
    "Known then means fetched here by then, with the value held then. Rates that ship with the"
    " program count from the moment their publisher's rule says they were known; revisions before"
    " the shipped data were made are not recorded. Notes are those of then and read-only. The"
    " catalogue was compiled later: its events until then are shown."
)


class SourceThen:
    """A source of rates that are never revised, as far as it was known at a moment.

    Args:
        source: what ships, or what a person imported.
        moment: until when an observation counts.
        by_import: whether a series counts only from the moment it was brought.
    """

    def __init__(self, source: RateSource, moment: datetime, *, by_import: bool = False) -> None:
        self._source = source
        self._moment = moment
        self._by_import = by_import
        self.id = source.id

    def cards(self) -> tuple[SeriesCard, ...]:
        """The series of which something was known."""
        return tuple(card for card in self._source.cards() if self._find(card.id) is not None)

    def get(self, series_id: str) -> RateSeries:
        """What was known of a series.

        Raises:
            InputError: there is no such series, or nothing of it was known yet.
            SourceError: its file is damaged.
        """
        found = self._find(series_id)
        if found is None:
            msg = (
                f"series {series_id}: nothing of it was known at {self._moment:%Y-%m-%d %H:%M} UTC"
            )
            raise InputError(msg)
        return found

    def files(self) -> dict[str, str]:
        """The sha256 of the files that were known whole."""
        return {
            name: sha256
            for name, sha256 in self._source.files().items()
            if (found := self._find(name)) is not None and len(found) == len(self._source.get(name))
        }

    def _find(self, series_id: str) -> RateSeries | None:
        whole = self._source.get(series_id)
        if self._by_import and whole.fetched_at is not None and whole.fetched_at > self._moment:
            return None
        found = as_of(whole, self._moment)
        return found if len(found) else None


class CatalogueThen:
    """The catalogue without the events after a moment.

    Args:
        source: the catalogue.
        moment: an event of unknown hour counts from 00:00 Moscow of its day.
    """

    def __init__(self, source: EventSource, moment: datetime) -> None:
        self._source = source
        self._moment = moment
        self.id = source.id

    def events(self) -> tuple[Event, ...]:
        """The events that had happened by then."""
        return tuple(each for each in self._source.events() if each.starts_at <= self._moment)

    def files(self) -> dict[str, str]:
        """The sha256 of each file of the catalogue."""
        return self._source.files()


def live_differences(frozen: RateSeries, live: RateSeries) -> tuple[LiveRow, ...]:
    """The rows of a series that were added or revised since, by day."""
    return live_rows(frozen, live)
