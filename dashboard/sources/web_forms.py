"""What is asked of a publisher and what it answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Final

from dashboard.sources.web_sniff import Kind

UNCHANGED: Final = HTTPStatus.NOT_MODIFIED


@dataclass(frozen=True, slots=True)
class Limits:
    """What one question may take, all its tries together: seconds, bytes unpacked, tries."""

    connect: float = 3.0
    read: float = 5.0
    total: float = 10.0
    max_bytes: int = 10_000_000
    tries: int = 3


USUAL: Final = Limits()


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a host said about the version of a resource, to be asked only for a newer one."""

    url: str = ""
    etag: str = ""
    last_modified: str = ""

    def to_text(self) -> str:
        """One line, to be kept with what was fetched; empty where the host said nothing."""
        if not (self.etag or self.last_modified):
            return ""
        return json.dumps([self.url, self.etag, self.last_modified])

    @classmethod
    def from_text(cls, text: str) -> Stamp:
        """Read it back; anything else is no stamp."""
        try:
            url, etag, last_modified = json.loads(text)
        except (ValueError, TypeError):
            return cls()
        return cls(str(url), str(etag), str(last_modified))


@dataclass(frozen=True, slots=True)
class Ask:
    """One question to one publisher.

    `who` is its name in messages; `expect` what the body must be; a `body` makes it a POST;
    the statuses in `nothing_on` are answers that mean "there is none". Redirects are followed
    within the host, and to hosts below `family` where that is given. `may_be_empty` takes
    an empty body for "there is none"; `any_status` returns whatever came, for a client that
    judges itself.
    """

    url: str
    who: str
    expect: Kind
    params: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    stamp: Stamp = Stamp()
    nothing_on: frozenset[int] = frozenset()
    family: str = ""
    may_be_empty: bool = False
    any_status: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What a publisher answered: whole, within the limits and of the kind that was asked for."""

    url: str
    status: int
    headers: Mapping[str, str]
    content: bytes
    stamp: Stamp
    fetched_at: datetime

    @property
    def is_unchanged(self) -> bool:
        """Whether the resource is still that of the stamp; there is no content then."""
        return self.status == UNCHANGED
