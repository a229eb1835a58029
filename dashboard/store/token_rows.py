"""Tokens in the database; every change of one is put on record in the same transaction."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, insert, select, update

from dashboard.domain.access_token import AccessToken
from dashboard.domain.errors import InputError
from dashboard.store.audit_rows import AuditRows
from dashboard.store.schema import TOKENS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

_NAMES: Final = tuple(each.name for each in fields(AccessToken))
_ALL: Final = select(TOKENS).order_by(TOKENS.c.created, TOKENS.c.name)
_BY_NAME: Final = select(TOKENS).where(TOKENS.c.name == bindparam("wanted"))
_BY_HASH: Final = select(TOKENS).where(TOKENS.c.sha256 == bindparam("wanted"))


class TokenRows:
    """The tokens as one transaction sees them.

    Args:
        connection: in a transaction, a writing one for a change.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find_all(self) -> tuple[AccessToken, ...]:
        """Every token, the oldest first, revoked ones too."""
        return tuple(_token_of(row) for row in self._connection.execute(_ALL).mappings())

    def find(self, sha256: str) -> AccessToken | None:
        """The token whose secret has this hash."""
        row = self._connection.execute(_BY_HASH, {"wanted": sha256}).mappings().first()
        return None if row is None else _token_of(row)

    def create(self, token: AccessToken, who: str) -> AccessToken:
        """Keep a new token."""
        if self._named(token.name) is not None:
            msg = f"token {token.name}: there is one of this name already; choose another name"
            raise InputError(msg)
        self._connection.execute(insert(TOKENS), {name: getattr(token, name) for name in _NAMES})
        states = None, _told(token)
        AuditRows(self._connection).add("token-create", token.name, states, token.created, who)
        return token

    def revoke(self, name: str, at: datetime, who: str) -> AccessToken:
        """Refuse a token from now on; one that is revoked stays as it is."""
        token = self._named(name)
        if token is None:
            msg = f"token {name}: there is none of this name; see `tokens list`"
            raise InputError(msg)
        if token.revoked is not None:
            return token
        revoked = replace(token, revoked=at)
        self._connection.execute(
            update(TOKENS).where(TOKENS.c.name == name).values(revoked=revoked.revoked)
        )
        states = _told(token), _told(revoked)
        AuditRows(self._connection).add("token-revoke", name, states, at, who)
        return revoked

    def note_use(self, name: str, at: datetime) -> None:
        """Note when a token was last used."""
        self._connection.execute(update(TOKENS).where(TOKENS.c.name == name).values(last_used=at))

    def _named(self, name: str) -> AccessToken | None:
        row = self._connection.execute(_BY_NAME, {"wanted": name}).mappings().first()
        return None if row is None else _token_of(row)


def _token_of(row: Mapping[Any, Any]) -> AccessToken:
    return AccessToken(**{name: row[name] for name in _NAMES})


def _told(token: AccessToken) -> dict[str, Any]:
    """The token for the record, without its hash."""
    kept = {name: getattr(token, name) for name in ("person", "created", "expires", "revoked")}
    return {k: v.isoformat() if isinstance(v, datetime) else v for k, v in kept.items()}
