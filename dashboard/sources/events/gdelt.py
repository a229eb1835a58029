"""GDELT's search of world news (DOC 2.0): articles, and the tone of a query over time.

It returns at most 250 articles, the newest, and has no paging: where a response is that long, the
period before its oldest article is requested next, until a slice is shorter. It asks for five
seconds between two requests; the client leaves six.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from dashboard.models.article import Precision
from dashboard.models.errors import InputError, SourceError
from dashboard.models.event import TITLE_LIMIT
from dashboard.models.inbox import DatedBy, NewsBatch, NewsItem, TonePoint, ToneTimeline
from dashboard.sources.content_sniff import KIND_NAMES, excerpt, sniff_kind
from dashboard.sources.events.base import NewsQuery
from dashboard.sources.feeds.reader import html_to_text, validated_link
from dashboard.sources.http_client import Request, RequestLimits

if TYPE_CHECKING:
    from dashboard.sources.http_client import HttpClient


# ------------------------------------------------------------
# What GDELT answers: articles and tone from its JSON, sentences of refusal, bad escapes.


PUBLISHER: Final = "GDELT"
_SEEN_FORMAT: Final = "%Y%m%dT%H%M%SZ"
_STRAY_BACKSLASH: Final = re.compile(r'\\(?!["\\/bfnrt]|u[0-9a-fA-F]{4})')
_SPACE_BEFORE_MARK: Final = re.compile(r"\s+([,.;:!?%)\]»”’])")
_SPACE_AFTER_MARK: Final = re.compile(r"([(\[«“$€£])\s+")
_SPACED_APOSTROPHE: Final = re.compile(r"\s*(['’])\s*(s|t|re|ve|ll|d|m)\b")
SEEN_DATE_DOUBT: Final = "when GDELT first saw it, minutes to days after it was published"


class MalformedResponse(ValueError):
    """An answer that cannot be read even after its escapes are mended."""


def parse_response(content: bytes) -> dict[str, Any]:
    """The JSON of an answer; its stray backslashes are mended.

    Raises:
        InputError: it is a sentence that refuses the question.
        SourceError: it is a page or nothing.
        BadBatch: it begins as JSON but cannot be read.
    """
    kind = sniff_kind(content)
    if kind in {"text", "csv"}:
        said = excerpt(content, 140)
        msg = f"search: {PUBLISHER} answered “{said}”; change the words or the period"
        raise InputError(msg)
    if kind != "json":
        msg = f"{PUBLISHER} answered {KIND_NAMES[kind]} instead of JSON"
        raise SourceError(msg)
    text = content.decode("utf-8-sig", "replace")
    for attempt in (text, _STRAY_BACKSLASH.sub(r"\\\\", text)):
        try:
            found = json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
        return found if isinstance(found, dict) else {}
    raise MalformedResponse


def parse_articles(answer: Mapping[str, Any], now: datetime) -> list[NewsItem]:
    """The articles of an answer; `{}` means that there are none."""
    articles = answer.get("articles")
    found = (_parse_article(each, now) for each in articles if isinstance(each, dict)) if (
        isinstance(articles, list)
    ) else ()  # fmt: skip
    return [report for report in found if report is not None]


def _parse_article(article: Mapping[str, Any], now: datetime) -> NewsItem | None:
    title = tidy_title(html_to_text(_text_field(article, "title"), TITLE_LIMIT))
    link = validated_link(_text_field(article, "url"))
    if not title or not link:
        return None
    seen = parse_seen_date(_text_field(article, "seendate"))
    if seen is not None and seen > now + timedelta(hours=1):
        seen = None
    return NewsItem(
        guid=link[:500],
        link=link,
        title=title,
        day=seen.date() if seen else None,
        moment=seen,
        zone="UTC",
        precision=Precision.MINUTE if seen else Precision.NONE,
        dated_by=DatedBy.SEEN,
        printed=_text_field(article, "seendate")[:80],
        doubt=SEEN_DATE_DOUBT if seen else f"{PUBLISHER} gives no date that can be read",
        language=_text_field(article, "language")[:40],
        publisher=_text_field(article, "domain")[:120],
    )


def tidy_title(title: str) -> str:
    """A title without the blanks that GDELT puts around marks: `rouble ' s` is `rouble's`."""
    text = _SPACED_APOSTROPHE.sub(r"\1\2", title)
    return _SPACE_AFTER_MARK.sub(r"\1", _SPACE_BEFORE_MARK.sub(r"\1", text))


def parse_timeline(answer: Mapping[str, Any]) -> tuple[str, tuple[TonePoint, ...]]:
    """Resolution and points of a timeline; its JSON has series, and points inside them."""
    details = answer.get("query_details")
    resolution = _text_field(details, "date_resolution") if isinstance(details, dict) else ""
    found = {point.at: point for point in _timeline_points(answer.get("timeline"))}
    return resolution[:20], tuple(found[at] for at in sorted(found))


def _timeline_points(timeline: object) -> Iterable[TonePoint]:
    series = timeline[0] if isinstance(timeline, list) and timeline else None
    data = series.get("data") if isinstance(series, dict) else None
    for each in data if isinstance(data, list) else ():
        at = parse_seen_date(_text_field(each, "date")) if isinstance(each, dict) else None
        value = each.get("value") if isinstance(each, dict) else None
        if at is not None and isinstance(value, int | float) and math.isfinite(value):
            yield TonePoint(at, float(value))


def parse_seen_date(text: str) -> datetime | None:
    """A moment as GDELT writes it, `20260905T131500Z`; None for anything else."""
    try:
        return datetime.strptime(text, _SEEN_FORMAT).replace(tzinfo=UTC)
    except ValueError:
        return None


def _text_field(found: Mapping[str, Any], name: str) -> str:
    value = found.get(name)
    return value.strip() if isinstance(value, str) else ""


# ------------------------------------------------------------
# GDELT's search of the news of the world (DOC 2.0): articles, and the tone of a query.
#
# It gives at most 250 articles, the newest, and no way to ask for the next: where an answer is that
# long, the period before its oldest article is asked for, until a slice is shorter. It wants five
# seconds between two questions; `polite_client.INTERVALS` has six.


BASE_URL: Final = "https://api.gdeltproject.org/api/v2/doc/doc"
GDELT_LIMITS: Final = RequestLimits(
    connect=10.0, read=30.0, total=30.0, max_bytes=5_000_000, attempts=1
)
MAX_RECORDS: Final = 250
MAX_REQUESTS: Final = 12
MAX_QUERY_CHARS: Final = 250
DEFAULT_PERIOD: Final = timedelta(days=3)
_PARAM_TIME_FORMAT: Final = "%Y%m%d%H%M%S"


@dataclass
class _SearchState:
    """What was found so far, each article once by its address."""

    reports: dict[str, NewsItem] = field(default_factory=dict)
    asks: int = 0
    read: int = 0
    bad: int = 0
    cut: int = 0


class Gdelt:
    """The search.

    Args:
        client: what sends its requests; its limits should be `GDELT_LIMITS`.
        base: the address of the service.
    """

    id = "gdelt"
    who = PUBLISHER

    def __init__(self, client: HttpClient, base: str = BASE_URL) -> None:
        self._client = client
        self._base = base

    def news(self, asked: NewsQuery) -> NewsBatch:
        """The articles on a query, each once, the newest first.

        Raises:
            InputError: GDELT does not take the query; its sentence is told.
            SourceError: it did not answer, or nothing it answered could be read.
        """
        query, since, until = self._checked(asked)
        found = _SearchState()
        self._slices(query, since, until, found)
        if found.bad and not found.read:
            msg = f"{PUBLISHER} answered JSON that cannot be read; try again or change the period"
            raise SourceError(msg)
        newest = sorted(
            found.reports.values(), key=lambda each: str(each.moment or ""), reverse=True
        )
        return NewsBatch(tuple(newest), tuple(_search_messages(found)))

    def tone(self, asked: NewsQuery) -> ToneTimeline:
        """The average tone of the articles on a query, by the service's own steps of time.

        Raises:
            InputError: GDELT does not take the query.
            SourceError: it did not answer so that it can be read.
        """
        query, since, until = self._checked(asked)
        try:
            answer = self._request(query, since, until, {"mode": "TimelineTone"})
        except MalformedResponse:
            msg = f"{PUBLISHER} answered JSON that cannot be read; try again or change the period"
            raise SourceError(msg) from None
        resolution, points = parse_timeline(answer)
        told = () if points else (f"{PUBLISHER} knows no article on this in the period",)
        return ToneTimeline(query, resolution, points, told)

    def _slices(self, query: str, since: datetime, until: datetime, found: _SearchState) -> None:
        """Ask for a period, and for what is left of it while an answer is as long as it can be."""
        while since < until:
            if found.asks >= MAX_REQUESTS:
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
        self, query: str, since: datetime, until: datetime, found: _SearchState
    ) -> tuple[list[NewsItem], bool]:
        """The reports of one answer, the newest of its period, and whether there may be more."""
        found.asks += 1
        more = {"mode": "ArtList", "maxrecords": str(MAX_RECORDS), "sort": "DateDesc"}
        try:
            answer = self._request(query, since, until, more)
        except MalformedResponse:
            found.bad += 1
            return [], False
        found.read += 1
        articles = answer.get("articles")
        is_full = isinstance(articles, list) and len(articles) >= MAX_RECORDS
        return parse_articles(answer, self._client.clock.now()), is_full

    def _request(
        self, query: str, since: datetime, until: datetime, more: dict[str, str]
    ) -> dict[str, object]:
        params = {
            "query": query,
            "format": "json",
            "startdatetime": since.astimezone(UTC).strftime(_PARAM_TIME_FORMAT),
            "enddatetime": until.astimezone(UTC).strftime(_PARAM_TIME_FORMAT),
            **more,
        }
        return parse_response(
            self._client.send(Request(self._base, PUBLISHER, "any", params=params)).content
        )

    def _checked(self, asked: NewsQuery) -> tuple[str, datetime, datetime]:
        query = " ".join(asked.query.split())
        if not 3 <= len(query) <= MAX_QUERY_CHARS:
            msg = f"search: {len(query)} letters; GDELT takes 3 to {MAX_QUERY_CHARS}"
            raise InputError(msg)
        until = asked.until or self._client.clock.now()
        since = asked.since or until - DEFAULT_PERIOD
        if since >= until:
            msg = "search: the period ends before it begins; swap its days"
            raise InputError(msg)
        return query, since, until


def _search_messages(found: _SearchState) -> list[str]:
    told = []
    if found.bad:
        told.append(f"{PUBLISHER}: {found.bad} of {found.asks} answers could not be read, left out")
    if found.cut:
        told.append(
            f"{PUBLISHER}: there is more than it gives at once ({MAX_RECORDS} a question, {MAX_REQUESTS}"
            " questions); take a shorter period or more words"
        )
    return told
