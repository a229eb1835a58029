"""Report status: how far each series reaches, how many events there are, what does not answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Protocol

from dashboard.domain.errors import RoubleReactionError
from dashboard.services.get_rates import get_series, list_cards

if TYPE_CHECKING:
    from dashboard.domain.note import StoreStatus
    from dashboard.services.keep_events import Catalogue
    from dashboard.sources.rates.base import RateSource


class ProbedStore(Protocol):
    """A store that says how it is without raising."""

    def probe(self) -> StoreStatus:
        """Whether it answers, and what is in it."""


@dataclass(frozen=True, slots=True)
class SeriesStatus:
    """One series: its last market day, its rows and when it was fetched; or that it fails."""

    id: str
    last_day: date | None
    rows: int
    fetched_at: datetime | None
    fails: bool = False


@dataclass(frozen=True, slots=True)
class Status:
    """How every part is; `notes` and `last_change` are None where the store does not answer."""

    series: tuple[SeriesStatus, ...]
    events: int | None
    notes: int | None
    last_change: datetime | None

    @property
    def is_healthy(self) -> bool:
        """Whether every part answers."""
        answers = self.events is not None and self.notes is not None
        return answers and not any(each.fails for each in self.series)


def report_status(
    sources: Sequence[RateSource], catalogue: Catalogue, store: ProbedStore
) -> Status:
    """How every part is now; a part that fails is reported, never raised."""
    found = store.probe()
    return Status(
        series=_series_status(sources),
        events=_count_events(catalogue),
        notes=None if found.problem else found.notes,
        last_change=found.last_change,
    )


def status_json(status: Status) -> dict[str, Any]:
    """The answer of /healthz: no path, no address, no message of a library."""
    return {
        "status": "ok" if status.is_healthy else "degraded",
        "series": [
            {
                "id": each.id,
                "status": "fails" if each.fails else "ok",
                "last_day": _iso(each.last_day),
                "rows": each.rows,
                "fetched_at": _iso(each.fetched_at),
            }
            for each in status.series
        ],
        "catalogue": {
            "status": "fails" if status.events is None else "ok",
            "events": status.events,
        },
        "store": {
            "status": "fails" if status.notes is None else "ok",
            "notes": status.notes,
            "last_change": _iso(status.last_change),
        },
    }


def _series_status(sources: Sequence[RateSource]) -> tuple[SeriesStatus, ...]:
    told = []
    for card in list_cards(sources):
        try:
            series = get_series(sources, card.id)
            last = date.fromisoformat(str(series.day[-1]))
            told.append(SeriesStatus(card.id, last, len(series), series.fetched_at))
        except (RoubleReactionError, IndexError):
            told.append(SeriesStatus(card.id, None, 0, None, fails=True))
    return tuple(told)


def _count_events(catalogue: Catalogue) -> int | None:
    try:
        return len(catalogue.events())
    except RoubleReactionError:
        return None


def _iso(value: date | datetime | None) -> str | None:
    return None if value is None else value.isoformat()
