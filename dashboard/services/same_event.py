"""Whether two events are the same: on one day, under one title, with no other link or hour."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from dashboard.domain.event import Event

_WORDS: Final = re.compile(r"[+−-]?\d+(?:[.,:]\d+)*\s?%?|\w+")
_LOOKALIKES: Final = str.maketrans("авекмнорстухіјѕ", "abekmhopctyxijs")
_ANY: Final = object()
_COUNTS_VISITS: Final = re.compile(r"(?:utm_\w+|fbclid|gclid|yclid)=[^&]*&?")


@dataclass(slots=True)
class KnownEvents:
    """Events by day, title, hour and link, to ask whether another is among them.

    Two hours or two links that differ tell two events; one that is missing does not. So each
    event is filed under its hour and link, and under any of them, and a question is a few
    look-ups however many events share a title.
    """

    _filed: dict[tuple[object, ...], str] = field(default_factory=dict)

    @classmethod
    def of(cls, events: Iterable[Event]) -> KnownEvents:
        """Those of the catalogue and the notes, called by their ids."""
        known = cls()
        for event in events:
            known.add(event, event.id)
        return known

    def add(self, event: Event, called: str) -> None:
        """Remember an event under what messages call it."""
        day, title, link = event.day, bare_title(event.title), bare_link(event.source_url)
        for key in product((day,), (title,), (event.moment, _ANY), (link, _ANY)):
            self._filed.setdefault(key, called)

    def same_as(self, event: Event) -> str | None:
        """What the same event is called; None where there is none."""
        hours = (_ANY,) if event.moment is None else (event.moment, None)
        link = bare_link(event.source_url)
        keys = product(
            (event.day,), (bare_title(event.title),), hours, (link, "") if link else (_ANY,)
        )
        return next((self._filed[key] for key in keys if key in self._filed), None)


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
