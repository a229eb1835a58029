"""Reading a feed in a process of its own, which is ended when it takes too long or too much.

`python -m dashboard.sources.feeds.apart` is that process: a line of JSON and the feed on
standard input, a line of JSON on standard output. It needs no network and asks for none.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import dashboard
from dashboard.domain.article import Precision
from dashboard.domain.candidate import DatedBy, News, Report
from dashboard.domain.errors import SourceError
from dashboard.sources.feeds.items import FeedBytes, read_items

SECONDS: Final = 9.0
MEMORY: Final = 1_000_000_000
"""Bytes of address space that the process may take, where the system can limit it."""

_ROOT: Final = Path(dashboard.__file__).parents[1]


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
    command = [sys.executable, "-m", "dashboard.sources.feeds.apart"]
    try:
        done = subprocess.run(  # noqa: S603 - every word stands above
            command,
            input=json.dumps(told).encode() + b"\n" + feed.content,
            cwd=_ROOT,
            capture_output=True,
            check=True,
            timeout=seconds,
        )
        answer = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError, OSError):
        msg = f"{feed.who} answered a feed that is too large or too tangled to be read"
        raise SourceError(msg) from None
    if "refused" in answer:
        raise SourceError(answer["refused"])
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


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # not on every system
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def main() -> None:
    """Read one feed from standard input."""
    _limit_memory()
    told = json.loads(sys.stdin.buffer.readline())
    now = datetime.fromisoformat(told.pop("now"))
    feed = FeedBytes(sys.stdin.buffer.read(), **told)
    try:
        answer = _answer(read_items(feed, now))
    except SourceError as refused:
        answer = {"refused": str(refused)}
    sys.stdout.buffer.write(json.dumps(answer).encode())


if __name__ == "__main__":
    main()
