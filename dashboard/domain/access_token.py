"""A token for programs: whose it is and until when it holds; its secret is never kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A token as it is kept; all moments in UTC.

    Attributes:
        name: what its owner calls it; unique, also among revoked ones.
        person: who writes with it: the author of what it writes.
        sha256: of its secret.
        created: when it was made.
        expires: from when it is refused; None: never.
        last_used: when something was last written with it, to the minute; None: never.
        revoked: since when it is refused; None: it is not.
    """

    name: str
    person: str
    sha256: str
    created: datetime
    expires: datetime | None = None
    last_used: datetime | None = None
    revoked: datetime | None = None

    def holds(self, at: datetime) -> bool:
        """Whether it opens the door at a moment."""
        return self.revoked is None and (self.expires is None or at < self.expires)
