"""The feed registry: the bundled feeds, as changed by the feeds.toml of the user."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import fields, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from dashboard.models.errors import InputError, StoreError
from dashboard.models.inbox import Publisher
from dashboard.models.messages import at_place
from dashboard.models.messages import translate as _
from dashboard.sources.feeds.dates import find_zone
from dashboard.sources.files.folder import FileChanges, FileStore, FileVersions, LocalFolder

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
    """The feeds of a user or of a team.

    Args:
        files: where `feeds.toml` is: the home of the user, or files in a database.
    """

    def __init__(self, files: Path | FileStore) -> None:
        self._files = LocalFolder(files, USER_FILE_NAME) if isinstance(files, Path) else files

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

        def add(user_feeds: dict[str, Publisher]) -> None:
            user_feeds[checked.id] = checked
            if len(user_feeds) > MAX_FEEDS:
                msg = _(
                    "{name}: holds {limit} feeds, no more are kept; remove one",
                    name=USER_FILE_NAME,
                    limit=MAX_FEEDS,
                )
                raise InputError(msg)

        self._change(add)

    def remove(self, feed_id: str) -> None:
        """Remove a feed from the list; a bundled one is disabled instead.

        Raises:
            InputError: there is none of this id.
            StoreError: the file cannot be written.
        """
        known = {feed.id: feed for feed in self.publishers()}
        if feed_id not in known:
            msg = _(
                "{feed_id}: there is no feed of this id; see `feeds list`", feed_id=feed_id[:60]
            )
            raise InputError(msg)
        bundled = next((feed for feed in self.bundled if feed.id == feed_id), None)

        def remove(user_feeds: dict[str, Publisher]) -> None:
            user_feeds.pop(feed_id, None)
            if bundled is not None:
                user_feeds[feed_id] = replace(bundled, enabled=False)

        self._change(remove)

    def _user_feeds(self) -> list[Publisher]:
        try:
            with self._files.open(USER_FILE_NAME) as file:
                text = file.read().decode("utf-8-sig")
        except FileNotFoundError:
            return []
        except (OSError, UnicodeDecodeError):
            msg = _(
                "{user_file_name}: cannot be read; check its permissions, and that it is UTF-8",
                user_file_name=USER_FILE_NAME,
            )
            raise InputError(msg) from None
        return list(_parse_feeds(text, USER_FILE_NAME, is_imported=True))

    def _as_bundled(self, publisher: Publisher) -> Publisher:
        """A feed with the address of a bundled one is fetched like that one."""
        urls = {feed.url for feed in self.bundled}
        return replace(publisher, is_imported=False) if publisher.url in urls else publisher

    def _change(self, edit: Callable[[dict[str, Publisher]], None]) -> None:
        """Write what `edit` makes of the feeds of the user by their ids, nobody else meanwhile."""

        def decide(_versions: FileVersions) -> FileChanges:
            feeds = {feed.id: feed for feed in self._user_feeds()}
            edit(feeds)
            text = _FILE_HEADER + "".join(_to_toml(feed) for feed in feeds.values())
            return {USER_FILE_NAME: text.encode()}

        try:
            self._files.change(decide)
        except OSError:
            msg = _(
                "{user_file_name}: cannot be written; check that its folder may be written to",
                user_file_name=USER_FILE_NAME,
            )
            raise StoreError(msg) from None


def _parse_feeds(text: str, name: str, *, is_imported: bool) -> Iterable[Publisher]:
    try:
        tables = tomllib.loads(text).get("feed", [])
    except tomllib.TOMLDecodeError as error:
        msg = _(
            "{name}: is not TOML ({reason}); mend or remove it",
            name=name,
            reason=" ".join(str(error).split())[:120],
        )
        raise InputError(msg) from None
    if not isinstance(tables, list) or not all(isinstance(entry, dict) for entry in tables):
        msg = _("{name}: each feed begins with [[feed]]", name=name)
        raise InputError(msg)
    for number, table in enumerate(tables, 1):
        place = _("{name}, feed {number}", name=name, number=number)
        yield _parse_publisher(table, place, is_imported=is_imported)


def _parse_publisher(table: dict[str, Any], place: str, *, is_imported: bool) -> Publisher:
    unknown = sorted(set(table) - set(_FILE_FIELDS))
    if unknown:
        msg = _(
            "{place}: {unknown} is no field; there are {file_fields}",
            place=place,
            unknown=unknown[0][:40],
            file_fields=", ".join(_FILE_FIELDS),
        )
        raise InputError(msg)
    for key, value in table.items():
        if not isinstance(value, bool if key == "enabled" else str):
            reason = _("is no true or false") if key == "enabled" else _("is no text")
            raise InputError(at_place(f"{place}, {key}", reason))
    missing = [key for key in ("id", "title", "url") if not table.get(key)]
    if missing:
        msg = _("{place}: {missing} is missing", place=place, missing=missing[0])
        raise InputError(msg)
    return _validated(Publisher(**table, is_imported=is_imported), place)


def _validated(publisher: Publisher, place: str) -> Publisher:
    """A feed with valid fields; its address is checked again when it is fetched.

    Raises:
        InputError: one line with place, field and what to do.
    """
    from dashboard.sources.public_url import parse_public_url

    if not _FEED_ID.fullmatch(publisher.id):
        msg = _("{place}, id: is no id; up to 40 small letters, digits and _", place=place)
        raise InputError(msg)
    if publisher.zone and find_zone(publisher.zone) is None:
        msg = _(
            "{place}, zone: {zone} is no time zone; write it like Europe/Moscow",
            place=place,
            zone=publisher.zone[:40],
        )
        raise InputError(msg)
    parse_public_url(publisher.url)
    lines = {key: " ".join(getattr(publisher, key).split()) for key in ("title", "terms")}
    if not lines["title"] or max(map(len, lines.values())) > 200:
        msg = _("{place}, title: 1 to 200 letters, and as many for terms", place=place)
        raise InputError(msg)
    return replace(publisher, title=lines["title"], terms=lines["terms"])


def _to_toml(publisher: Publisher) -> str:
    # Every JSON string of printable letters is a TOML string too.
    lines = (f"{key} = {json.dumps(getattr(publisher, key), ensure_ascii=False)}"
             for key in _FILE_FIELDS)  # fmt: skip
    return "\n[[feed]]\n" + "\n".join(lines) + "\n"
