"""Keep feeds: the list of what is asked for news, which a person may add to and take from."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from typing import Protocol

from dashboard.domain.candidate import Publisher
from dashboard.domain.errors import InputError
from dashboard.services.clean_draft import clean_line

_NOT_IN_IDS = re.compile(r"[^a-z0-9]+")


class Feeds(Protocol):
    """The list of feeds of this machine."""

    def publishers(self) -> tuple[Publisher, ...]:
        """Every feed; raises InputError where the list cannot be read."""

    def put(self, publisher: Publisher) -> None:
        """Add one, or put it in the place of the one of its id."""

    def remove(self, feed_id: str) -> None:
        """Take one out; one that ships is switched off."""


@dataclass(frozen=True, slots=True)
class NewFeed:
    """What a person says about a feed; without a title it is called by its address."""

    url: str
    title: str = ""
    feed_id: str = ""
    zone: str = ""


def add_feed(feeds: Feeds, new: NewFeed) -> Publisher:
    """Put a feed on the list; it is asked at the next refresh, over public addresses only.

    Raises:
        InputError: the address may not be asked, the id is taken, or a field is wrong.
        StoreError: the list cannot be written.
    """
    known = {each.id: each for each in feeds.publishers()}
    url = new.url.strip()
    twin = next((each for each in known.values() if each.url == url), None)
    if twin is not None and twin.enabled:
        msg = f"{twin.id}: has this address already; `feeds remove {twin.id}` takes it away"
        raise InputError(msg)
    if twin is not None and not new.feed_id:
        return _put(feeds, replace(twin, enabled=True))
    title = clean_line(new.title) or _host(url)
    made = Publisher(new.feed_id or _free_id(title, set(known)), title, url, new.zone, is_own=True)
    if made.id in known:
        msg = f"{made.id[:60]}: there is a feed of this id already; take another"
        raise InputError(msg)
    return _put(feeds, made)


def switch_feed(feeds: Feeds, feed_id: str, *, enabled: bool) -> Publisher:
    """Switch a feed on or off.

    Raises:
        InputError: there is none of this id.
        StoreError: the list cannot be written.
    """
    found = next((each for each in feeds.publishers() if each.id == feed_id), None)
    if found is None:
        msg = f"{clean_line(feed_id)[:60]}: there is no feed of this id; see `feeds list`"
        raise InputError(msg)
    return _put(feeds, replace(found, enabled=enabled))


def remove_feed(feeds: Feeds, feed_id: str) -> None:
    """Take a feed off the list; what it brought stays in the inbox.

    Raises:
        InputError: there is none of this id.
        StoreError: the list cannot be written.
    """
    feeds.remove(feed_id)


def _put(feeds: Feeds, publisher: Publisher) -> Publisher:
    feeds.put(publisher)
    return next(each for each in feeds.publishers() if each.id == publisher.id)


def _host(url: str) -> str:
    return re.sub(r"^[a-z]+://(?:www\.)?", "", url.lower()).partition("/")[0][:80]


def _free_id(title: str, taken: set[str]) -> str:
    plain = unicodedata.normalize("NFKD", title.lower()).encode("ascii", "ignore").decode()
    name = _NOT_IN_IDS.sub("_", plain).strip("_")[:34] or "feed"
    numbered = (f"{name}_{number}" for number in range(2, 1_000))
    return next(each for each in (name, *numbered) if each not in taken)
