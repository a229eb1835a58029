"""What GDELT answers: articles and tone from its JSON, sentences of refusal, bad escapes."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from dashboard.domain.article import Precision
from dashboard.domain.candidate import DatedBy, Report, TonePoint
from dashboard.domain.errors import InputError, SourceError
from dashboard.domain.event import TITLE_LIMIT
from dashboard.sources.content_sniff import KIND_NAMES, excerpt, sniff_kind
from dashboard.sources.feeds.plain_text import plain, web_link

WHO: Final = "GDELT"
_STAMP: Final = "%Y%m%dT%H%M%SZ"
_STRAY: Final = re.compile(r'\\(?!["\\/bfnrt]|u[0-9a-fA-F]{4})')
_BEFORE: Final = re.compile(r"\s+([,.;:!?%)\]»”’])")
_AFTER: Final = re.compile(r"([(\[«“$€£])\s+")
_OWNER: Final = re.compile(r"\s*(['’])\s*(s|t|re|ve|ll|d|m)\b")
SEEN: Final = "when GDELT first saw it, minutes to days after it was published"


class BadBatch(ValueError):
    """An answer that cannot be read even after its escapes are mended."""


def read_json(content: bytes) -> dict[str, Any]:
    """The JSON of an answer; its stray backslashes are mended.

    Raises:
        InputError: it is a sentence that refuses the question.
        SourceError: it is a page or nothing.
        BadBatch: it begins as JSON but cannot be read.
    """
    kind = sniff_kind(content)
    if kind in {"text", "csv"}:
        said = excerpt(content, 140)
        msg = f"search: {WHO} answered “{said}”; change the words or the period"
        raise InputError(msg)
    if kind != "json":
        msg = f"{WHO} answered {KIND_NAMES[kind]} instead of JSON"
        raise SourceError(msg)
    text = content.decode("utf-8-sig", "replace")
    for attempt in (text, _STRAY.sub(r"\\\\", text)):
        try:
            found = json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
        return found if isinstance(found, dict) else {}
    raise BadBatch


def reports_of(answer: Mapping[str, Any], now: datetime) -> list[Report]:
    """The articles of an answer; `{}` means that there are none."""
    articles = answer.get("articles")
    found = (_report(each, now) for each in articles if isinstance(each, dict)) if (
        isinstance(articles, list)
    ) else ()  # fmt: skip
    return [report for report in found if report is not None]


def _report(article: Mapping[str, Any], now: datetime) -> Report | None:
    title = tidy(plain(_text(article, "title"), TITLE_LIMIT))
    link = web_link(_text(article, "url"))
    if not title or not link:
        return None
    seen = stamp_of(_text(article, "seendate"))
    if seen is not None and seen > now + timedelta(hours=1):
        seen = None
    return Report(
        guid=link[:500],
        link=link,
        title=title,
        day=seen.date() if seen else None,
        moment=seen,
        zone="UTC",
        precision=Precision.MINUTE if seen else Precision.NONE,
        dated_by=DatedBy.SEEN,
        printed=_text(article, "seendate")[:80],
        doubt=SEEN if seen else f"{WHO} gives no date that can be read",
        language=_text(article, "language")[:40],
        publisher=_text(article, "domain")[:120],
    )


def tidy(title: str) -> str:
    """A title without the blanks that GDELT puts around marks: `rouble ' s` is `rouble's`."""
    text = _OWNER.sub(r"\1\2", title)
    return _AFTER.sub(r"\1", _BEFORE.sub(r"\1", text))


def tone_points(answer: Mapping[str, Any]) -> tuple[str, tuple[TonePoint, ...]]:
    """Resolution and points of a timeline; its JSON has series, and points inside them."""
    details = answer.get("query_details")
    resolution = _text(details, "date_resolution") if isinstance(details, dict) else ""
    found = {point.at: point for point in _points(answer.get("timeline"))}
    return resolution[:20], tuple(found[at] for at in sorted(found))


def _points(timeline: object) -> Iterable[TonePoint]:
    series = timeline[0] if isinstance(timeline, list) and timeline else None
    data = series.get("data") if isinstance(series, dict) else None
    for each in data if isinstance(data, list) else ():
        at = stamp_of(_text(each, "date")) if isinstance(each, dict) else None
        value = each.get("value") if isinstance(each, dict) else None
        if at is not None and isinstance(value, int | float) and math.isfinite(value):
            yield TonePoint(at, float(value))


def stamp_of(text: str) -> datetime | None:
    """A moment as GDELT writes it, `20260905T131500Z`; None for anything else."""
    try:
        return datetime.strptime(text, _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None


def _text(found: Mapping[str, Any], name: str) -> str:
    value = found.get(name)
    return value.strip() if isinstance(value, str) else ""
