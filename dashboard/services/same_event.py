"""Whether two events are the same: on one day, under one title, with no other link or hour."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from dashboard.domain.event import Event

_WORDS: Final = re.compile(r"[+−-]?\d+(?:[.,:]\d+)*\s?%?|\w+")
_LOOKALIKES: Final = str.maketrans("авекмнорстухіјѕ", "abekmhopctyxijs")
_COUNTS_VISITS: Final = re.compile(r"(?:utm_\w+|fbclid|gclid|yclid)=[^&]*&?")


@dataclass(slots=True)
class KnownEvents:
    """Events by day and title, to ask whether another is among them."""

    _by_key: dict[tuple[date, str], list[_Known]] = field(default_factory=dict)

    @classmethod
    def of(cls, events: Iterable[Event]) -> KnownEvents:
        """Those of the catalogue and the notes, called by their ids."""
        known = cls()
        for event in events:
            known.add(event, event.id)
        return known

    def add(self, event: Event, called: str) -> None:
        """Remember an event under what messages call it."""
        seen = _Known(called, event.moment, bare_link(event.source_url))
        self._by_key.setdefault((event.day, bare_title(event.title)), []).append(seen)

    def same_as(self, event: Event) -> str | None:
        """What the same event is called; None where there is none."""
        asked = _Known("", event.moment, bare_link(event.source_url))
        candidates = self._by_key.get((event.day, bare_title(event.title)), ())
        return next((known.called for known in candidates if known.fits(asked)), None)


@dataclass(frozen=True, slots=True)
class _Known:
    called: str
    moment: datetime | None
    link: str

    def fits(self, other: _Known) -> bool:
        """Two hours or two links that differ tell two events; one that is missing does not."""
        one_hour = self.moment == other.moment or None in (self.moment, other.moment)
        return one_hour and (self.link == other.link or "" in (self.link, other.link))


def bare_title(title: str) -> str:
    """A title without capitals, marks and letters that only look different; numbers stay."""
    folded = unicodedata.normalize("NFKC", title).casefold().replace("ё", "е")
    visible = "".join(c for c in folded if unicodedata.category(c) != "Cf")
    words = _WORDS.findall(visible.translate(_LOOKALIKES))
    return " ".join(words) or visible.strip()


def bare_link(link: str) -> str:
    """A link without scheme, `www.`, fragment, visitor counts and last slash."""
    try:
        parts = urlsplit(link)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return link
    query = _COUNTS_VISITS.sub("", parts.query).rstrip("&")
    return f"{host}{parts.path.rstrip('/')}?{query}".rstrip("?")
