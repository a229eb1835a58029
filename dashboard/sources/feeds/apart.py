"""Reading a feed apart: the process of `sources.apart` that runs the reader of feeds."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Any, Final

from dashboard.domain.article import Precision
from dashboard.domain.candidate import DatedBy, News, Report
from dashboard.domain.errors import SourceError
from dashboard.sources.apart import REFUSED, ask_apart, serve_apart
from dashboard.sources.feeds.items import FeedBytes, read_items

SECONDS: Final = 9.0
MEMORY: Final = 1_000_000_000
"""Bytes of address space that the process may take, where the system can limit it."""


def read_items_apart(feed: FeedBytes, now: datetime, seconds: float = SECONDS) -> News:
    """The items of a feed as `read_items` reads them, or a refusal in time.

    Args:
        feed: its bytes and what is known about it.
        now: the moment of reading, UTC.
        seconds: after which it is given up.

    Raises:
        SourceError: it is no feed, or cannot be read within the limits.
    """
    told = {"url": feed.url, "who": feed.who, "content_type": feed.content_type,
            "zone": feed.zone, "now": now.isoformat()}  # fmt: skip
    try:
        answer = ask_apart("dashboard.sources.feeds.apart", told, feed.content, seconds)
    except ChildProcessError:
        msg = f"{feed.who} answered a feed that is too large or too tangled to be read"
        raise SourceError(msg) from None
    if REFUSED in answer:
        raise SourceError(answer[REFUSED])
    return News(tuple(_report(each) for each in answer["reports"]), tuple(answer["told"]))


def _report(told: dict[str, Any]) -> Report:
    day, moment = told["day"], told["moment"]
    read = {
        "day": date.fromisoformat(day) if day else None,
        "moment": datetime.fromisoformat(moment) if moment else None,
        "precision": Precision(told["precision"]),
        "dated_by": DatedBy(told["dated_by"]),
    }
    return Report(**told | read)


def _answer(news: News) -> dict[str, Any]:
    reports = [
        asdict(each)
        | {
            "day": each.day.isoformat() if each.day else None,
            "moment": each.moment.isoformat() if each.moment else None,
        }
        for each in news.reports
    ]
    return {"reports": reports, "told": list(news.told)}


def _read(told: dict[str, Any], content: bytes) -> dict[str, Any]:
    now = datetime.fromisoformat(told.pop("now"))
    return _answer(read_items(FeedBytes(content, **told), now))


if __name__ == "__main__":
    serve_apart(_read, MEMORY)
