"""GDELT's search of the news of the world (DOC 2.0): articles, and the tone of a query.

It gives at most 250 articles, the newest, and no way to ask for the next: where an answer is that
long, the period before its oldest article is asked for, until a slice is shorter. It wants five
seconds between two questions; `polite_client.INTERVALS` has six.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from dashboard.domain.candidate import News, Report, ToneTimeline
from dashboard.domain.errors import InputError, SourceError
from dashboard.sources.gdelt_answers import WHO, BadBatch, read_json, reports_of, tone_points
from dashboard.sources.http_client import Request, RequestLimits
from dashboard.sources.news.base import NewsQuestion

if TYPE_CHECKING:
    from dashboard.sources.http_client import HttpClient

BASE: Final = "https://api.gdeltproject.org/api/v2/doc/doc"
OF_GDELT: Final = RequestLimits(
    connect=10.0, read=30.0, total=30.0, max_bytes=5_000_000, attempts=1
)
MOST: Final = 250
MOST_ASKS: Final = 12
QUERY_LIMIT: Final = 250
USUAL_PERIOD: Final = timedelta(days=3)
_MINUTES: Final = "%Y%m%d%H%M%S"


@dataclass
class _Found:
    """What was found so far, each article once by its address."""

    reports: dict[str, Report] = field(default_factory=dict)
    asks: int = 0
    read: int = 0
    bad: int = 0
    cut: int = 0


class Gdelt:
    """The search.

    Args:
        client: what sends its requests; its limits should be `OF_GDELT`.
        base: the address of the service.
    """

    id = "gdelt"
    who = WHO

    def __init__(self, client: HttpClient, base: str = BASE) -> None:
        self._client = client
        self._base = base

    def news(self, asked: NewsQuestion) -> News:
        """The articles on a query, each once, the newest first.

        Raises:
            InputError: GDELT does not take the query; its sentence is told.
            SourceError: it did not answer, or nothing it answered could be read.
        """
        query, since, until = self._checked(asked)
        found = _Found()
        self._slices(query, since, until, found)
        if found.bad and not found.read:
            msg = f"{WHO} answered JSON that cannot be read; try again or change the period"
            raise SourceError(msg)
        newest = sorted(
            found.reports.values(), key=lambda each: str(each.moment or ""), reverse=True
        )
        return News(tuple(newest), tuple(_told(found)))

    def tone(self, asked: NewsQuestion) -> ToneTimeline:
        """The average tone of the articles on a query, by the service's own steps of time.

        Raises:
            InputError: GDELT does not take the query.
            SourceError: it did not answer so that it can be read.
        """
        query, since, until = self._checked(asked)
        try:
            answer = self._request(query, since, until, {"mode": "TimelineTone"})
        except BadBatch:
            msg = f"{WHO} answered JSON that cannot be read; try again or change the period"
            raise SourceError(msg) from None
        resolution, points = tone_points(answer)
        told = () if points else (f"{WHO} knows no article on this in the period",)
        return ToneTimeline(query, resolution, points, told)

    def _slices(self, query: str, since: datetime, until: datetime, found: _Found) -> None:
        """Ask for a period, and for what is left of it while an answer is as long as it can be."""
        while since < until:
            if found.asks >= MOST_ASKS:
                found.cut += 1
                return
            reports, is_full = self._slice(query, since, until, found)
            moments = [report.moment for report in reports if report.moment is not None]
            for report in reports:
                found.reports.setdefault(report.link, report)
            if not is_full or not moments:
                return
            oldest = min(moments)
            if oldest >= until:  # more in one moment than it gives: the rest of that is lost
                found.cut += 1
                oldest -= timedelta(seconds=1)
            until = oldest

    def _slice(
        self, query: str, since: datetime, until: datetime, found: _Found
    ) -> tuple[list[Report], bool]:
        """The reports of one answer, the newest of its period, and whether there may be more."""
        found.asks += 1
        more = {"mode": "ArtList", "maxrecords": str(MOST), "sort": "DateDesc"}
        try:
            answer = self._request(query, since, until, more)
        except BadBatch:
            found.bad += 1
            return [], False
        found.read += 1
        articles = answer.get("articles")
        is_full = isinstance(articles, list) and len(articles) >= MOST
        return reports_of(answer, self._client.clock.now()), is_full

    def _request(
        self, query: str, since: datetime, until: datetime, more: dict[str, str]
    ) -> dict[str, object]:
        params = {
            "query": query,
            "format": "json",
            "startdatetime": since.astimezone(UTC).strftime(_MINUTES),
            "enddatetime": until.astimezone(UTC).strftime(_MINUTES),
            **more,
        }
        return read_json(self._client.send(Request(self._base, WHO, "any", params=params)).content)

    def _checked(self, asked: NewsQuestion) -> tuple[str, datetime, datetime]:
        query = " ".join(asked.query.split())
        if not 3 <= len(query) <= QUERY_LIMIT:
            msg = f"search: {len(query)} letters; GDELT takes 3 to {QUERY_LIMIT}"
            raise InputError(msg)
        until = asked.until or self._client.clock.now()
        since = asked.since or until - USUAL_PERIOD
        if since >= until:
            msg = "search: the period ends before it begins; swap its days"
            raise InputError(msg)
        return query, since, until


def _told(found: _Found) -> list[str]:
    told = []
    if found.bad:
        told.append(f"{WHO}: {found.bad} of {found.asks} answers could not be read, left out")
    if found.cut:
        told.append(
            f"{WHO}: there is more than it gives at once ({MOST} a question, {MOST_ASKS}"
            " questions); take a shorter period or more words"
        )
    return told
