"""API tokens and access to the audit trail, in the database of the notes."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, insert, select, update

from dashboard.models.errors import InputError
from dashboard.models.records import AccessToken
from dashboard.storage.audit import AuditRows
from dashboard.storage.schema import TOKENS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy import Connection

    from dashboard.models.records import AuditEntry
    from dashboard.storage.audit import State
    from dashboard.storage.database import Database


# ------------------------------------------------------------
# Tokens in the database; every change of one is put on record in the same transaction.


_TOKEN_COLUMNS: Final = tuple(each.name for each in fields(AccessToken))
_ALL_TOKENS: Final = select(TOKENS).order_by(TOKENS.c.created, TOKENS.c.name)
_TOKEN_BY_NAME: Final = select(TOKENS).where(TOKENS.c.name == bindparam("wanted"))
_TOKEN_BY_HASH: Final = select(TOKENS).where(TOKENS.c.sha256 == bindparam("wanted"))


class TokenRows:
    """The tokens as one transaction sees them.

    Args:
        connection: in a transaction, a writing one for a change.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find_all(self) -> tuple[AccessToken, ...]:
        """Every token, the oldest first, revoked ones too."""
        return tuple(
            _token_from_row(row) for row in self._connection.execute(_ALL_TOKENS).mappings()
        )

    def find(self, sha256: str) -> AccessToken | None:
        """The token whose secret has this hash."""
        row = self._connection.execute(_TOKEN_BY_HASH, {"wanted": sha256}).mappings().first()
        return None if row is None else _token_from_row(row)

    def create(self, token: AccessToken, who: str) -> AccessToken:
        """Keep a new token."""
        if self._named(token.name) is not None:
            msg = f"token {token.name}: there is one of this name already; choose another name"
            raise InputError(msg)
        self._connection.execute(
            insert(TOKENS), {name: getattr(token, name) for name in _TOKEN_COLUMNS}
        )
        states = None, _audit_state_of_token(token)
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
        states = _audit_state_of_token(token), _audit_state_of_token(revoked)
        AuditRows(self._connection).add("token-revoke", name, states, at, who)
        return revoked

    def record_use(self, name: str, at: datetime) -> None:
        """Note when a token was last used."""
        self._connection.execute(update(TOKENS).where(TOKENS.c.name == name).values(last_used=at))

    def _named(self, name: str) -> AccessToken | None:
        row = self._connection.execute(_TOKEN_BY_NAME, {"wanted": name}).mappings().first()
        return None if row is None else _token_from_row(row)


def _token_from_row(row: Mapping[Any, Any]) -> AccessToken:
    return AccessToken(**{name: row[name] for name in _TOKEN_COLUMNS})


def _audit_state_of_token(token: AccessToken) -> dict[str, Any]:
    """The token for the record, without its hash."""
    kept = {name: getattr(token, name) for name in ("person", "created", "expires", "revoked")}
    return {k: v.isoformat() if isinstance(v, datetime) else v for k, v in kept.items()}


# ------------------------------------------------------------
# Tokens and the record, kept in the database of the notes.


class TokenAuditStore:
    """Tokens and the record; each method raises StoreError where the database fails.

    Args:
        current: gives the database of the notes, opened and brought up to date.
        clock: the present moment in UTC.
        person: who reads the record, and signs what nobody else is named for.
    """

    def __init__(
        self, current: Callable[[], Database], clock: Callable[[], datetime], person: str = ""
    ) -> None:
        self._current = current
        self._clock = clock
        self._person = person

    def create_token(self, token: AccessToken, who: str = "") -> AccessToken:
        """Keep a new token.

        Raises:
            InputError: there is one of this name.
        """
        signed = who or self._person
        return self._current().write(lambda c: TokenRows(c).create(token, signed))

    def find_token(self, sha256: str) -> AccessToken | None:
        """The token whose secret has this hash, as it stands now."""
        return self._current().read(lambda connection: TokenRows(connection).find(sha256))

    def tokens(self) -> tuple[AccessToken, ...]:
        """Every token, the oldest first, revoked ones too."""
        return self._current().read(lambda connection: TokenRows(connection).find_all())

    def revoke_token(self, name: str, who: str = "") -> AccessToken:
        """Refuse a token from now on.

        Raises:
            InputError: there is none of this name.
        """
        at, signed = self._clock(), who or self._person
        return self._current().write(lambda c: TokenRows(c).revoke(name, at, signed))

    def record_use(self, name: str) -> None:
        """Note that a token was used now."""
        at = self._clock()
        self._current().write(lambda connection: TokenRows(connection).record_use(name, at))

    def write_audit(
        self, action: str, subject: str, states: tuple[State, State] = (None, None), who: str = ""
    ) -> None:
        """Put an action on record that is none on a note."""
        at, signed = self._clock(), who or self._person
        self._current().write(lambda c: AuditRows(c).add(action, subject, states, at, signed))

    def audit_entries(self, most: int) -> tuple[AuditEntry, ...]:
        """The last actions on notes and on everything else, the newest first."""
        return self._current().read(lambda link: AuditRows(link, self._person).newest(most))
