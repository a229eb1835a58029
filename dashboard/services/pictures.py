"""Pictures of charts for programs and other sites: drawn once a content, bounded, in turn.

A browser engine draws a picture in seconds. So one is drawn at a time, few may wait, and what was
drawn is held in memory by what it shows, up to a number of bytes.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from anyio import CapacityLimiter

from dashboard.export.report.chart_svg import CANVASES
from dashboard.export.report.page import caption_of
from dashboard.models.messages import deferred
from dashboard.models.tables import PictureSize, ReportDocument, ReportFormat
from dashboard.services.exports import write_report
from dashboard.services.rate_limit import MAX_WAITING, HeavyReadQueue

MAX_BYTES: Final = 32_000_000
"""Of pictures in memory; about 500 charts of an ordinary size."""
CACHING: Final = "public, max-age={0}, stale-while-revalidate={0}"
LIVE_SECONDS: Final = 300
FROZEN_SECONDS: Final = 30 * 86_400
BUSY: Final = deferred("other charts are drawn at present; try again in {n} seconds")
PAGE_THREADS: Final = CapacityLimiter(4)
"""Threads of embeds alone, so that many of them hold up no page."""
PICTURE_THREADS: Final = CapacityLimiter(MAX_WAITING + 2)
"""Threads of pictures alone: those that wait for their turn, and one to refuse another."""


class PictureCache:
    """The pictures that were drawn, the one that is unused longest dropped first.

    Args:
        draw: makes a picture.
        queue: lets one be drawn at a time.
        max_bytes: of all that are held.
    """

    def __init__(
        self,
        draw: Callable[[ReportDocument, ReportFormat, PictureSize], bytes] = write_report,
        queue: HeavyReadQueue | None = None,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        self._draw = draw
        self._queue = queue or HeavyReadQueue(busy=BUSY)
        self._max_bytes = max_bytes
        self._held: OrderedDict[str, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, report: ReportDocument, kind: ReportFormat, size: PictureSize) -> bytes:
        """The first chart of a report as a picture.

        Raises:
            RateLimited: too many wait.
            RoubleReactionError: it cannot be drawn, or not in time.
        """
        key = picture_key(report, kind, size)
        return self._find(key) or self._queue.run(lambda: self._make(key, report, kind, size))

    def _make(
        self, key: str, report: ReportDocument, kind: ReportFormat, size: PictureSize
    ) -> bytes:
        if held := self._find(key):  # drawn while this one waited
            return held
        picture = self._draw(report, kind, size)
        with self._lock:
            self._held[key] = picture
            while sum(map(len, self._held.values())) > self._max_bytes:
                self._held.popitem(last=False)
        return picture

    def _find(self, key: str) -> bytes | None:
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
            return self._held.get(key)


PICTURES: Final = PictureCache()
"""Those of this process."""


def picture_key(report: ReportDocument, kind: ReportFormat, size: PictureSize) -> str:
    """The SHA-256 of everything that a picture shows; not when it was requested."""
    chart = report.charts[0]
    caption = caption_of(replace(report, made_on=""), chart)
    texts = [caption.title, caption.subtitle, *caption.footer]
    shown: list[Any] = [report.software, kind, size, chart.figure, caption.description]
    content = json.dumps([*shown, texts if CANVASES[size].has_caption else []], sort_keys=True)
    return hashlib.sha256(content.encode("ascii")).hexdigest()


def caching_headers(tag: str, *, is_frozen: bool) -> dict[str, str]:
    """ETag and how long a copy may be used: minutes of what follows the data, weeks else."""
    seconds = FROZEN_SECONDS if is_frozen else LIVE_SECONDS
    return {
        "ETag": f'"{tag}"',
        "Cache-Control": CACHING.format(seconds),
        "Vary": "Accept-Language",
    }


def has_etag(tags: str, tag: str) -> bool:
    """Whether an If-None-Match header names a tag; weak comparison, as RFC 9110 wants it."""
    names = [name.strip().removeprefix("W/") for name in tags.split(",")]
    return tag in names or names == ["*"]


def embed_headers(origins: str) -> dict[str, str]:
    """What lets pages that may frame a chart show its picture too; empty where none may."""
    return {"Cross-Origin-Resource-Policy": "cross-origin"} if origins else {}
