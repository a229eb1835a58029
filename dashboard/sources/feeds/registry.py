"""The feed registry: the bundled feeds, as changed by the feeds.toml of the user."""

from __future__ import annotations

import json
import os
import re
import tempfile
import tomllib
from collections.abc import Iterable
from dataclasses import fields, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from dashboard.models.errors import InputError, StoreError
from dashboard.models.inbox import Publisher
from dashboard.sources.feeds.dates import find_zone

BUNDLED_FILE: Final = Path(__file__).with_name("shipped.toml")
USER_FILE_NAME: Final = "feeds.toml"
MAX_FEEDS: Final = 100
_FEED_ID: Final = re.compile(r"[a-z0-9_]{1,40}")
_FILE_FIELDS: Final = tuple(f.name for f in fields(Publisher) if f.name != "is_imported")
_FILE_HEADER: Final = """\
# Your feeds. One with the id of a feed that ships takes its place; enabled =
# false keeps it from being asked. The commands feeds add and feeds remove write this file.
"""


class FeedRegistry:
    """The feeds of this machine.

    Args:
        folder: the home of the user, with `feeds.toml`.
    """

    def __init__(self, folder: Path) -> None:
        self._file = folder / USER_FILE_NAME

    @cached_property
    def bundled(self) -> tuple[Publisher, ...]:
        """The bundled feeds."""
        return tuple(
            _parse_feeds(
                BUNDLED_FILE.read_text(encoding="utf-8"), BUNDLED_FILE.name, is_imported=False
            )
        )

    def publishers(self) -> tuple[Publisher, ...]:
        """Every feed, the bundled ones first.

        Raises:
            InputError: the file of the user cannot be read; one line with what to do.
        """
        user_feeds = {feed.id: feed for feed in self._user_feeds()}
        bundled = [user_feeds.pop(feed.id, feed) for feed in self.bundled]
        return (*(self._as_bundled(feed) for feed in bundled), *user_feeds.values())

    def put(self, publisher: Publisher) -> None:
        """Add a feed, or replace the one with its id.

        Raises:
            InputError: a field is wrong, or there are too many.
            StoreError: the file cannot be written.
        """
        checked = _validated(publisher, USER_FILE_NAME)
        user_feeds = {feed.id: feed for feed in self._user_feeds()} | {checked.id: checked}
        if len(user_feeds) > MAX_FEEDS:
            msg = f"{USER_FILE_NAME}: holds {MAX_FEEDS} feeds, no more are kept; remove one"
            raise InputError(msg)
        self._write(user_feeds.values())

    def remove(self, feed_id: str) -> None:
        """Remove a feed from the list; a bundled one is disabled instead.

        Raises:
            InputError: there is none of this id.
            StoreError: the file cannot be written.
        """
        known = {feed.id: feed for feed in self.publishers()}
        if feed_id not in known:
            msg = f"{feed_id[:60]}: there is no feed of this id; see `feeds list`"
            raise InputError(msg)
        user_feeds = {feed.id: feed for feed in self._user_feeds()}
        user_feeds.pop(feed_id, None)
        bundled = next((feed for feed in self.bundled if feed.id == feed_id), None)
        if bundled is not None:
            user_feeds[feed_id] = replace(bundled, enabled=False)
        self._write(user_feeds.values())

    def _user_feeds(self) -> list[Publisher]:
        try:
            text = self._file.read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            return []
        except (OSError, UnicodeDecodeError):
            msg = f"{USER_FILE_NAME}: cannot be read; check its permissions, and that it is UTF-8"
            raise InputError(msg) from None
        return list(_parse_feeds(text, USER_FILE_NAME, is_imported=True))

    def _as_bundled(self, publisher: Publisher) -> Publisher:
        """A feed with the address of a bundled one is fetched like that one."""
        urls = {feed.url for feed in self.bundled}
        return replace(publisher, is_imported=False) if publisher.url in urls else publisher

    def _write(self, publishers: Iterable[Publisher]) -> None:
        """Write a temporary file and rename it."""
        text = _FILE_HEADER + "".join(_to_toml(feed) for feed in publishers)
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle, name = tempfile.mkstemp(dir=self._file.parent, prefix=f".{USER_FILE_NAME}-")
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
            Path(name).replace(self._file)
        except OSError:
            msg = f"{USER_FILE_NAME}: cannot be written; check that its folder may be written to"
            raise StoreError(msg) from None


def _parse_feeds(text: str, name: str, *, is_imported: bool) -> Iterable[Publisher]:
    try:
        tables = tomllib.loads(text).get("feed", [])
    except tomllib.TOMLDecodeError as error:
        msg = f"{name}: is not TOML ({' '.join(str(error).split())[:120]}); mend or remove it"
        raise InputError(msg) from None
    if not isinstance(tables, list) or not all(isinstance(entry, dict) for entry in tables):
        msg = f"{name}: each feed begins with [[feed]]"
        raise InputError(msg)
    for number, table in enumerate(tables, 1):
        yield _parse_publisher(table, f"{name}, feed {number}", is_imported=is_imported)


def _parse_publisher(table: dict[str, Any], place: str, *, is_imported: bool) -> Publisher:
    unknown = sorted(set(table) - set(_FILE_FIELDS))
    if unknown:
        msg = f"{place}: {unknown[0][:40]} is no field; there are {', '.join(_FILE_FIELDS)}"
        raise InputError(msg)
    for key, value in table.items():
        if not isinstance(value, bool if key == "enabled" else str):
            msg = f"{place}, {key}: is no {'true or false' if key == 'enabled' else 'text'}"
            raise InputError(msg)
    missing = [key for key in ("id", "title", "url") if not table.get(key)]
    if missing:
        msg = f"{place}: {missing[0]} is missing"
        raise InputError(msg)
    return _validated(Publisher(**table, is_imported=is_imported), place)


def _validated(publisher: Publisher, place: str) -> Publisher:
    """A feed with valid fields; its address is checked again when it is fetched.

    Raises:
        InputError: one line with place, field and what to do.
    """
    from dashboard.sources.public_url import parse_public_url

    if not _FEED_ID.fullmatch(publisher.id):
        msg = f"{place}, id: is no id; up to 40 small letters, digits and _"
        raise InputError(msg)
    if publisher.zone and find_zone(publisher.zone) is None:
        msg = f"{place}, zone: {publisher.zone[:40]} is no time zone; write it like Europe/Moscow"
        raise InputError(msg)
    parse_public_url(publisher.url)
    lines = {key: " ".join(getattr(publisher, key).split()) for key in ("title", "terms")}
    if not lines["title"] or max(map(len, lines.values())) > 200:
        msg = f"{place}, title: 1 to 200 letters, and as many for terms"
        raise InputError(msg)
    return replace(publisher, title=lines["title"], terms=lines["terms"])


def _to_toml(publisher: Publisher) -> str:
    # Every JSON string of printable letters is a TOML string too.
    lines = (f"{key} = {json.dumps(getattr(publisher, key), ensure_ascii=False)}"
             for key in _FILE_FIELDS)  # fmt: skip
    return "\n[[feed]]\n" + "\n".join(lines) + "\n"
