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
from dashboard.models.messages import deferred
from dashboard.models.messages import translate as _
from dashboard.sources.content_sniff import excerpt, kind_name, sniff_kind
from dashboard.sources.events.base import NewsQuery
from dashboard.sources.feeds.reader import html_to_text, validated_link
from dashboard.sources.http_client import Request, RequestLimits

if TYPE_CHECKING:
    from dashboard.sources.http_client import HttpClient

BASE_URL: Final = "https://api.gdeltproject.org/api/v2/doc/doc"
GDELT_LIMITS: Final = RequestLimits(
    connect=10.0, read=30.0, total=30.0, max_bytes=5_000_000, attempts=1
)
MAX_RECORDS: Final = 250
MAX_REQUESTS: Final = 12
MAX_QUERY_CHARS: Final = 250
DEFAULT_PERIOD: Final = timedelta(days=3)
_PARAM_TIME_FORMAT: Final = "%Y%m%d%H%M%S"
PUBLISHER: Final = "GDELT"
_SEEN_FORMAT: Final = "%Y%m%dT%H%M%SZ"
_STRAY_BACKSLASH: Final = re.compile(r'\\(?!["\\/bfnrt]|u[0-9a-fA-F]{4})')
_SPACE_BEFORE_MARK: Final = re.compile(r"\s+([,.;:!?%)\]»”’])")
_SPACE_AFTER_MARK: Final = re.compile(r"([(\[«“$€£])\s+")
_SPACED_APOSTROPHE: Final = re.compile(r"\s*(['’])\s*(s|t|re|ve|ll|d|m)\b")
SEEN_DATE_DOUBT: Final = deferred("when GDELT first saw it, minutes to days after it was published")


@dataclass
class _SearchState:
    """The state of a search; `reports` has each article once, by its address."""

    reports: dict[str, NewsItem] = field(default_factory=dict)
    requests: int = 0
    parsed: int = 0
    malformed: int = 0
    truncated: int = 0


class Gdelt:
    """The search of GDELT.

    Args:
        client: sends its requests; its limits should be `GDELT_LIMITS`.
        base: the address of the service.
    """

    id = "gdelt"
    publisher_name = PUBLISHER

    def __init__(self, client: HttpClient, base: str = BASE_URL) -> None:
        self._client = client
        self._base = base

    def news(self, query: NewsQuery) -> NewsBatch:
        """The articles on a query, each once, the newest first.

        Raises:
            InputError: GDELT refuses the query; the message has its sentence.
            SourceError: it did not answer, or none of its responses could be read.
        """
        text, since, until = self._checked(query)
        state = _SearchState()
        self._search(text, since, until, state)
        if state.malformed and not state.parsed:
            msg = _(
                "{publisher} answered JSON that cannot be read; try again or change the period",
                publisher=PUBLISHER,
            )
            raise SourceError(msg)
        newest = sorted(
            state.reports.values(), key=lambda item: str(item.moment or ""), reverse=True
        )
        return NewsBatch(tuple(newest), tuple(_search_messages(state)))

    def tone(self, query: NewsQuery) -> ToneTimeline:
        """The average tone of the articles on a query, in the time steps of the service.

        Raises:
            InputError: GDELT refuses the query.
            SourceError: it did not answer, or its response cannot be read.
        """
        text, since, until = self._checked(query)
        try:
            document = self._request(text, since, until, {"mode": "TimelineTone"})
        except MalformedResponse:
            msg = _(
                "{publisher} answered JSON that cannot be read; try again or change the period",
                publisher=PUBLISHER,
            )
            raise SourceError(msg) from None
        resolution, points = parse_timeline(document)
        messages = (
            ()
            if points
            else (_("{publisher} knows no article on this in the period", publisher=PUBLISHER),)
        )
        return ToneTimeline(text, resolution, points, messages)

    def _search(self, text: str, since: datetime, until: datetime, state: _SearchState) -> None:
        """Request a period, and the rest of it while a response has the maximum length."""
        while since < until:
            if state.requests >= MAX_REQUESTS:
                state.truncated += 1
                return
            reports, is_full = self._request_slice(text, since, until, state)
            moments = [report.moment for report in reports if report.moment is not None]
            for report in reports:
                state.reports.setdefault(report.link, report)
            if not is_full or not moments:
                return
            oldest = min(moments)
            if oldest >= until:  # more in one moment than a response holds: the rest is lost
                state.truncated += 1
                oldest -= timedelta(seconds=1)
            until = oldest

    def _request_slice(
        self, text: str, since: datetime, until: datetime, state: _SearchState
    ) -> tuple[list[NewsItem], bool]:
        """The newest articles of a period, and whether there may be more."""
        state.requests += 1
        extra = {"mode": "ArtList", "maxrecords": str(MAX_RECORDS), "sort": "DateDesc"}
        try:
            document = self._request(text, since, until, extra)
        except MalformedResponse:
            state.malformed += 1
            return [], False
        state.parsed += 1
        articles = document.get("articles")
        is_full = isinstance(articles, list) and len(articles) >= MAX_RECORDS
        return parse_articles(document, self._client.clock.now()), is_full

    def _request(
        self, text: str, since: datetime, until: datetime, extra: dict[str, str]
    ) -> dict[str, object]:
        params = {
            "query": text,
            "format": "json",
            "startdatetime": since.astimezone(UTC).strftime(_PARAM_TIME_FORMAT),
            "enddatetime": until.astimezone(UTC).strftime(_PARAM_TIME_FORMAT),
            **extra,
        }
        return parse_response(
            self._client.send(Request(self._base, PUBLISHER, "any", params=params)).content
        )

    def _checked(self, query: NewsQuery) -> tuple[str, datetime, datetime]:
        text = " ".join(query.query.split())
        if not 3 <= len(text) <= MAX_QUERY_CHARS:
            msg = _(
                "search: {count} letters; GDELT takes 3 to {max_query_chars}",
                count=len(text),
                max_query_chars=MAX_QUERY_CHARS,
            )
            raise InputError(msg)
        until = query.until or self._client.clock.now()
        since = query.since or until - DEFAULT_PERIOD
        if since >= until:
            msg = _("search: the period ends before it begins; swap its days")
            raise InputError(msg)
        return text, since, until


def _search_messages(state: _SearchState) -> list[str]:
    messages = []
    if state.malformed:
        messages.append(
            _(
                "{publisher}: {malformed} of {requests} answers could not be read, left out",
                publisher=PUBLISHER,
                malformed=state.malformed,
                requests=state.requests,
            )
        )
    if state.truncated:
        messages.append(
            _(
                "{publisher}: there is more than it gives at once ({max_records} a question, "
                "{max_requests} questions); take a shorter period or more words",
                publisher=PUBLISHER,
                max_records=MAX_RECORDS,
                max_requests=MAX_REQUESTS,
            )
        )
    return messages


# ---- responses


class MalformedResponse(ValueError):
    """A response that is no JSON even after its escapes are repaired."""


def parse_response(content: bytes) -> dict[str, Any]:
    """The JSON of a response; its stray backslashes are repaired.

    Raises:
        InputError: it is a sentence that refuses the query.
        SourceError: it is a page or empty.
        MalformedResponse: it begins as JSON but cannot be read.
    """
    kind = sniff_kind(content)
    if kind in {"text", "csv"}:
        sentence = excerpt(content, 140)
        msg = _(
            "search: {publisher} answered “{sentence}”; change the words or the period",
            publisher=PUBLISHER,
            sentence=sentence,
        )
        raise InputError(msg)
    if kind != "json":
        msg = _(
            "{publisher} answered {kind} instead of JSON",
            publisher=PUBLISHER,
            kind=kind_name(kind),
        )
        raise SourceError(msg)
    text = content.decode("utf-8-sig", "replace")
    for attempt in (text, _STRAY_BACKSLASH.sub(r"\\\\", text)):
        try:
            document = json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
        return document if isinstance(document, dict) else {}
    raise MalformedResponse


def parse_articles(document: Mapping[str, Any], now: datetime) -> list[NewsItem]:
    """The articles of a response; `{}` means that there are none."""
    articles = document.get("articles")
    items = (_parse_article(article, now) for article in articles if isinstance(article, dict)) if (
        isinstance(articles, list)
    ) else ()  # fmt: skip
    return [report for report in items if report is not None]


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
        doubt=SEEN_DATE_DOUBT
        if seen
        else _("{publisher} gives no date that can be read", publisher=PUBLISHER),
        language=_text_field(article, "language")[:40],
        publisher=_text_field(article, "domain")[:120],
    )


def tidy_title(title: str) -> str:
    """A title without the blanks that GDELT puts around marks: `rouble ' s` is `rouble's`."""
    text = _SPACED_APOSTROPHE.sub(r"\1\2", title)
    return _SPACE_AFTER_MARK.sub(r"\1", _SPACE_BEFORE_MARK.sub(r"\1", text))


def parse_timeline(document: Mapping[str, Any]) -> tuple[str, tuple[TonePoint, ...]]:
    """Resolution and points of a timeline; its JSON has series, and points inside them."""
    details = document.get("query_details")
    resolution = _text_field(details, "date_resolution") if isinstance(details, dict) else ""
    points = {point.at: point for point in _timeline_points(document.get("timeline"))}
    return resolution[:20], tuple(points[at] for at in sorted(points))


def _timeline_points(timeline: object) -> Iterable[TonePoint]:
    series = timeline[0] if isinstance(timeline, list) and timeline else None
    data = series.get("data") if isinstance(series, dict) else None
    for entry in data if isinstance(data, list) else ():
        at = parse_seen_date(_text_field(entry, "date")) if isinstance(entry, dict) else None
        value = entry.get("value") if isinstance(entry, dict) else None
        if at is not None and isinstance(value, int | float) and math.isfinite(value):
            yield TonePoint(at, float(value))


def parse_seen_date(text: str) -> datetime | None:
    """A moment as GDELT writes it, `20260905T131500Z`; None for anything else."""
    try:
        return datetime.strptime(text, _SEEN_FORMAT).replace(tzinfo=UTC)
    except ValueError:
        return None


def _text_field(entry: Mapping[str, Any], name: str) -> str:
    value = entry.get(name)
    return value.strip() if isinstance(value, str) else ""
