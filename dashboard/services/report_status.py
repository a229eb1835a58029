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
    from dashboard.services.refresh_behind import RefreshState
    from dashboard.services.report_rates import RateReport
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
    """How every part is; `notes` and `last_change` are None where the store does not answer.

    `refresh` is how the refresh behind the pages is going, None where there is none. A
    publisher that fails makes nothing unhealthy: the last good data are served.
    """

    series: tuple[SeriesStatus, ...]
    events: int | None
    notes: int | None
    last_change: datetime | None
    rates: tuple[RateReport, ...] = ()
    refresh: RefreshState | None = None

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
    reports = {report.card.id: report for report in status.rates}
    return {
        "status": "ok" if status.is_healthy else "degraded",
        "series": [_series_json(each, reports.get(each.id)) for each in status.series],
        "sources": _sources_json(status.rates),
        "refresh": _refresh_json(status.refresh),
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


def _series_json(each: SeriesStatus, report: RateReport | None) -> dict[str, Any]:
    told = {
        "id": each.id,
        "status": "fails" if each.fails else "ok",
        "last_day": _iso(each.last_day),
        "rows": each.rows,
        "fetched_at": _iso(each.fetched_at),
    }
    if report is None:
        return told
    return told | {
        "source": report.source or None,
        "last_known_at": _iso(report.last_known_at),
        "age_days": report.age_days,
        "overdue": report.is_overdue,
        "tried_at": _iso(report.tried_at),
        "problem": report.problem or None,
    }


def _sources_json(reports: Sequence[RateReport]) -> list[dict[str, Any]]:
    """Of every live source whether its last answers could be used, and when there was one."""
    told = []
    for source in dict.fromkeys(report.source for report in reports if report.source):
        own = [report for report in reports if report.source == source]
        problem = next((report.problem for report in own if report.problem), "")
        tried = [report.tried_at for report in own if report.tried_at is not None]
        fetched = [report.fetched_at for report in own if report.fetched_at is not None]
        told.append(
            {
                "id": source,
                "status": "fails" if problem else "ok" if tried else "not asked",
                "problem": problem or None,
                "tried_at": _iso(max(tried, default=None)),
                "fetched_at": _iso(max(fetched, default=None)),
            }
        )
    return told


def _refresh_json(refresh: RefreshState | None) -> dict[str, Any] | None:
    if refresh is None:
        return None
    return {
        "running": refresh.is_running,
        "done": refresh.done,
        "total": refresh.total,
        "started_at": _iso(refresh.started_at),
        "finished_at": _iso(refresh.finished_at),
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
