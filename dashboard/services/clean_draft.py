r"""Check and clean what a person typed into a note, before anything is stored.

Cleaning, which never asks: text is brought to NFC; line ends become `\n` in the text and
spaces in one-line fields; control characters, lone surrogates and noncharacters go. Whatever
changes the meaning is refused instead, with a line that names the field and the fix.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from dashboard.domain.errors import InputError
from dashboard.domain.event import (
    CATEGORY_LIMIT,
    MOSCOW,
    TEXT_LIMIT,
    TITLE_LIMIT,
    Category,
    Expected,
    Visibility,
)

if TYPE_CHECKING:
    from enum import StrEnum

FIRST_DAY: Final = date(1900, 1, 1)
YEARS_AHEAD: Final = 2
URL_LIMIT: Final = 2_000
AUTHOR_LIMIT: Final = 80
ZONE_LIMIT: Final = 64
TAG_LIMIT: Final = 40
TAGS_LIMIT: Final = 20

_LINE_ENDS: Final = re.compile("\r\n|[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]")
_NOT_IN_LINKS: Final = re.compile(r"[\s<>\"`\\^{|}]")


@dataclass(frozen=True, slots=True)
class Draft:
    """What a person wrote: a note before it is checked; the fields are those of `Event`."""

    title: str
    day: date
    moment: datetime | None = None
    zone: str = MOSCOW
    end_day: date | None = None
    category: str = Category.OTHER
    expected: str = Expected.UNCLEAR
    text: str = ""
    source_url: str = ""
    tags: tuple[str, ...] = ()
    author: str = ""
    visibility: str = Visibility.SHARED


def clean_draft(draft: Draft, today: date) -> Draft:
    """The draft as it will be stored.

    Args:
        draft: what was typed.
        today: the day from which "at most two years ahead" counts.

    Raises:
        InputError: one line with the field, what is wrong with it and what to do.
    """
    return replace(
        _clean_dates(draft, today),
        title=_clean_title(draft.title),
        category=clean_category(draft.category),
        expected=_one_of("expected", draft.expected, Expected),
        text=_bounded("text", clean_text(draft.text), TEXT_LIMIT),
        source_url=_clean_link(draft.source_url),
        tags=_clean_tags(draft.tags),
        author=_bounded("author", clean_line(draft.author), AUTHOR_LIMIT),
        visibility=_one_of("visibility", draft.visibility, Visibility),
    )


def clean_category(category: str) -> str:
    """A word of the closed list, however it is written, or a word of one's own on one line.

    Raises:
        InputError: it is too long, or holds no letter, digit or sign.
    """
    if any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in category):
        msg = f"category: {_shown(category)} holds control characters; type it anew"
        raise InputError(msg)
    own = clean_line(category)
    listed = re.sub(r"[\s-]+", "_", own).casefold()
    if listed in set(Category):
        return Category(listed)
    if not any(unicodedata.category(letter)[0] not in "CZM" for letter in own):
        msg = f"category: is empty; take one of {', '.join(Category)}, or a word of your own"
        raise InputError(msg)
    return _bounded("category", own, CATEGORY_LIMIT)


def clean_line(text: str) -> str:
    """One line in NFC: line ends and tabs become spaces, runs of spaces one space."""
    return " ".join(_without_controls(_LINE_ENDS.sub(" ", text.replace("\t", " "))).split())


def clean_text(text: str) -> str:
    r"""Several lines in NFC: every line end becomes `\n`, tabs spaces; no space at the edges."""
    return _without_controls(_LINE_ENDS.sub("\n", text.replace("\t", " "))).strip()


def _without_controls(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text  # most text of an import, in a tenth of the time
    kept = (letter for letter in text if letter == "\n" or _is_text(letter))
    return unicodedata.normalize("NFC", "".join(kept))


def _is_text(letter: str) -> bool:
    nonchar = (ord(letter) & 0xFFFE) == 0xFFFE or 0xFDD0 <= ord(letter) <= 0xFDEF
    return not nonchar and unicodedata.category(letter) not in {"Cc", "Cs"}


def _clean_title(title: str) -> str:
    cleaned = clean_line(title)
    if not any(unicodedata.category(letter)[0] not in "CZM" for letter in cleaned):
        msg = "title: is empty; say in a few words who did what"
        raise InputError(msg)
    return _bounded("title", cleaned, TITLE_LIMIT)


def _bounded(name: str, text: str, limit: int) -> str:
    if len(text) > limit:
        msg = f"{name}: {len(text):,} characters, at most {limit:,} are kept; shorten it"
        raise InputError(msg)
    return text


def _one_of(name: str, value: str, choices: type[StrEnum]) -> str:
    try:
        return choices(value)
    except ValueError:
        msg = f"{name}: {_shown(value)} is unknown; take one of {', '.join(choices)}"
        raise InputError(msg) from None


def _clean_dates(draft: Draft, today: date) -> Draft:
    zone = _known_zone(draft.zone)
    moment = draft.moment
    _check_day("day", draft.day, today)
    if draft.end_day is not None:
        _check_day("end", draft.end_day, today)
        if draft.end_day < draft.day:
            msg = f"end: {draft.end_day} is before the start {draft.day}; swap them or leave it out"
            raise InputError(msg)
    if moment is not None:
        moment = _clean_moment(moment, draft.day, zone)
    return replace(draft, moment=moment)


def _check_day(name: str, day: date, today: date) -> None:
    leap_day = (today.month, today.day) == (2, 29)
    last = today.replace(year=today.year + YEARS_AHEAD, day=28 if leap_day else today.day)
    if not FIRST_DAY <= day <= last:
        msg = f"{name}: {day} is not between {FIRST_DAY} and {last}; check the year"
        raise InputError(msg)


def _clean_moment(moment: datetime, day: date, zone: ZoneInfo) -> datetime:
    if moment.tzinfo is None:
        msg = f"time: {moment:%H:%M} has no time zone; give it in UTC or name the zone"
        raise InputError(msg)
    try:
        utc, local = moment.astimezone(UTC), moment.astimezone(zone)
    except OverflowError:
        utc = local = moment
    if day not in {local.date(), utc.date()}:
        msg = f"time: {local:%Y-%m-%d %H:%M} in {zone.key} is not on {day}; change the day or time"
        raise InputError(msg)
    return utc


def _known_zone(name: str) -> ZoneInfo:
    try:
        if len(name) <= ZONE_LIMIT:
            return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        pass
    msg = f"zone: {_shown(name)} is no time zone; write it like Europe/Moscow"
    raise InputError(msg)


def _clean_link(link: str) -> str:
    link = _bounded("link", clean_text(link), URL_LIMIT)
    if not link:
        return ""
    try:
        parts = urlsplit(link)
        host, port_is_right = parts.hostname, parts.port is None or parts.port > 0
    except ValueError:
        host, port_is_right = None, False
    right = parts.scheme in {"http", "https"} if host else False
    if not (right and port_is_right) or "@" in parts.netloc or _NOT_IN_LINKS.search(link):
        msg = f"link: {_shown(link)} is no web address; write it like https://example.org/page"
        raise InputError(msg)
    return link


def _clean_tags(tags: tuple[str, ...]) -> tuple[str, ...]:
    kept: dict[str, str] = {}
    for tag in filter(None, map(clean_line, tags)):
        kept.setdefault(tag.casefold(), _bounded("tags", tag, TAG_LIMIT))
    if len(kept) > TAGS_LIMIT:
        msg = f"tags: {len(kept)} tags, at most {TAGS_LIMIT} are kept; drop some"
        raise InputError(msg)
    return tuple(kept.values())


def _shown(text: str) -> str:
    clipped = clean_line(text[:200])
    return f'"{clipped[:60]}…"' if len(clipped) > 60 else f'"{clipped}"'
