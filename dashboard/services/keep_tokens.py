"""Keep tokens: what lets a program write over the network; only the hash of each is kept.

A token is `rr_` and 43 characters, 256 bits from the system's own source of randomness, so
that its SHA-256 can neither be guessed nor turned back; a slow hash would protect no better.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Protocol

from dashboard.domain.access_token import AccessToken
from dashboard.domain.errors import InputError
from dashboard.services.clean_draft import AUTHOR_LIMIT, clean_line

PREFIX: Final = "rr_"
LONGEST_DAYS: Final = 3_650
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")
_SECRET: Final = re.compile(r"rr_[A-Za-z0-9_-]{43}")
_USE_IS_NOTED_EVERY: Final = timedelta(minutes=1)


class TokenStore(Protocol):
    """Where tokens are kept; every method raises StoreError where the store fails."""

    def create_token(self, token: AccessToken, who: str = "") -> AccessToken:
        """Keep a new token; InputError where there is one of its name."""
        ...

    def find_token(self, sha256: str) -> AccessToken | None:
        """The token whose secret has this hash, as it stands now."""
        ...

    def tokens(self) -> tuple[AccessToken, ...]:
        """Every token, the oldest first."""
        ...

    def revoke_token(self, name: str, who: str = "") -> AccessToken:
        """Refuse a token from now on; InputError where there is none of this name."""
        ...

    def note_use(self, name: str) -> None:
        """Note that a token was used now."""
        ...


def utc_now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)


def create_token(
    store: TokenStore,
    name: str,
    person: str = "",
    days: int | None = None,
    *,
    now: Callable[[], datetime] = utc_now,
) -> tuple[str, AccessToken]:
    """Make a token.

    Args:
        store: where its hash is kept.
        name: what its owner calls it.
        person: who writes with it; its name where empty.
        days: how long it holds; None: until it is revoked.
        now: the clock.

    Returns:
        The secret, which cannot be had again, and what is kept of it.

    Raises:
        InputError: the name cannot be used, or the number of days.
    """
    if not _NAME.fullmatch(name):
        msg = f'token "{clean_line(name)[:60]}": name it with letters, digits, ".", "_" and "-"'
        raise InputError(msg)
    writer = clean_line(person) or name
    if len(writer) > AUTHOR_LIMIT:
        msg = f"person: {len(writer)} characters, at most {AUTHOR_LIMIT} are kept; shorten it"
        raise InputError(msg)
    if days is not None and not 1 <= days <= LONGEST_DAYS:
        msg = f"days: {days} is not between 1 and {LONGEST_DAYS}; leave it out for no end"
        raise InputError(msg)
    secret, at = PREFIX + secrets.token_urlsafe(32), now()
    expires = None if days is None else at + timedelta(days=days)
    token = AccessToken(name, writer, hash_of(secret), at, expires)
    return secret, store.create_token(token, who=writer)


def find_writer(
    store: TokenStore, secret: str, *, now: Callable[[], datetime] = utc_now
) -> AccessToken | None:
    """The token behind a secret, read anew each time; None where it opens no door.

    Raises:
        StoreError: the store cannot be read.
    """
    if not _SECRET.fullmatch(secret):
        return None
    sha256, at = hash_of(secret), now()
    token = store.find_token(sha256)
    if token is None or not hmac.compare_digest(token.sha256, sha256) or not token.holds(at):
        return None
    if token.last_used is None or at - token.last_used >= _USE_IS_NOTED_EVERY:
        store.note_use(token.name)
    return token


def list_tokens(store: TokenStore) -> tuple[AccessToken, ...]:
    """Every token, the oldest first, revoked ones too."""
    return store.tokens()


def revoke_token(store: TokenStore, name: str, who: str = "") -> AccessToken:
    """Refuse a token from the next request on.

    Raises:
        InputError: there is none of this name.
    """
    return store.revoke_token(clean_line(name)[:60], who)


def token_state(token: AccessToken, at: datetime) -> str:
    """`holds`, `expired` or `revoked`."""
    if token.revoked is not None:
        return "revoked"
    return "holds" if token.holds(at) else "expired"


def token_json(token: AccessToken, at: datetime) -> dict[str, Any]:
    """What `tokens list --json` prints of one; neither the secret nor its hash."""
    moments = ("created", "expires", "last_used", "revoked")
    told = {name: _iso(getattr(token, name)) for name in moments}
    return {"name": token.name, "person": token.person, "state": token_state(token, at), **told}


def hash_of(secret: str) -> str:
    """The hash under which a secret is kept."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
