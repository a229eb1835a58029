"""API tokens and the audit trail in the database of the notes.

Every change of a token is audited in the same transaction.
"""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, insert, select, update

from dashboard.models.errors import InputError
from dashboard.models.messages import translate as _
from dashboard.models.records import AccessToken
from dashboard.storage.audit import AuditRows
from dashboard.storage.schema import TOKENS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy import Connection

    from dashboard.models.records import AuditEntry
    from dashboard.storage.audit import State
    from dashboard.storage.database import Database

_TOKEN_COLUMNS: Final = tuple(field.name for field in fields(AccessToken))
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
        rows = self._connection.execute(_ALL_TOKENS).mappings()
        return tuple(map(_token_from_row, rows))

    def find(self, sha256: str) -> AccessToken | None:
        """The token whose secret has this hash."""
        row = self._connection.execute(_TOKEN_BY_HASH, {"wanted": sha256}).mappings().first()
        return None if row is None else _token_from_row(row)

    def create(self, token: AccessToken, author: str) -> AccessToken:
        """Store a new token."""
        if self._find_by_name(token.name) is not None:
            msg = _(
                "token {name}: there is one of this name already; choose another name",
                name=token.name,
            )
            raise InputError(msg)
        self._connection.execute(
            insert(TOKENS), {name: getattr(token, name) for name in _TOKEN_COLUMNS}
        )
        states = None, _audit_state_of_token(token)
        AuditRows(self._connection).add("token-create", token.name, states, token.created, author)
        return token

    def revoke(self, name: str, at: datetime, author: str) -> AccessToken:
        """Refuse a token from now on; one that is revoked stays as it is."""
        token = self._find_by_name(name)
        if token is None:
            msg = _("token {name}: there is none of this name; see `tokens list`", name=name)
            raise InputError(msg)
        if token.revoked is not None:
            return token
        revoked = replace(token, revoked=at)
        self._connection.execute(
            update(TOKENS).where(TOKENS.c.name == name).values(revoked=revoked.revoked)
        )
        states = _audit_state_of_token(token), _audit_state_of_token(revoked)
        AuditRows(self._connection).add("token-revoke", name, states, at, author)
        return revoked

    def record_use(self, name: str, at: datetime) -> None:
        """Note when a token was last used."""
        self._connection.execute(update(TOKENS).where(TOKENS.c.name == name).values(last_used=at))

    def _find_by_name(self, name: str) -> AccessToken | None:
        row = self._connection.execute(_TOKEN_BY_NAME, {"wanted": name}).mappings().first()
        return None if row is None else _token_from_row(row)


def _token_from_row(row: Mapping[Any, Any]) -> AccessToken:
    return AccessToken(**{name: row[name] for name in _TOKEN_COLUMNS})


def _audit_state_of_token(token: AccessToken) -> dict[str, Any]:
    """The token for the audit trail, without its hash."""
    values = {name: getattr(token, name) for name in ("person", "created", "expires", "revoked")}
    return {k: v.isoformat() if isinstance(v, datetime) else v for k, v in values.items()}


class TokenStore:
    """API tokens; each method raises StoreError where the database fails.

    Args:
        current: returns the opened database with the schema of this release.
        clock: the present moment in UTC.
        person: the author of changes without one.
    """

    def __init__(
        self, current: Callable[[], Database], clock: Callable[[], datetime], person: str = ""
    ) -> None:
        self._current = current
        self._clock = clock
        self._person = person

    def create_token(self, token: AccessToken, author: str = "") -> AccessToken:
        """Store a new token.

        Raises:
            InputError: there is one of this name.
        """
        signed = author or self._person
        return self._current().write(lambda c: TokenRows(c).create(token, signed))

    def find_token(self, sha256: str) -> AccessToken | None:
        """The token whose secret has this hash, as it stands now."""
        return self._current().read(lambda connection: TokenRows(connection).find(sha256))

    def tokens(self) -> tuple[AccessToken, ...]:
        """Every token, the oldest first, revoked ones too."""
        return self._current().read(lambda connection: TokenRows(connection).find_all())

    def revoke_token(self, name: str, author: str = "") -> AccessToken:
        """Refuse a token from now on.

        Raises:
            InputError: there is none of this name.
        """
        at, signed = self._clock(), author or self._person
        return self._current().write(lambda c: TokenRows(c).revoke(name, at, signed))

    def record_use(self, name: str) -> None:
        """Note that a token was used now."""
        at = self._clock()
        self._current().write(lambda connection: TokenRows(connection).record_use(name, at))


class AuditStore:
    """The audit trail; each method raises StoreError where the database fails.

    Args:
        current: returns the opened database with the schema of this release.
        clock: the present moment in UTC.
        person: the reader, and the author of actions without one.
    """

    def __init__(
        self, current: Callable[[], Database], clock: Callable[[], datetime], person: str = ""
    ) -> None:
        self._current = current
        self._clock = clock
        self._person = person

    def write(
        self, action: str, subject: str, states: tuple[State, State] = (None, None),
        author: str = "",
    ) -> None:  # fmt: skip
        """Add an action on anything but a note (notes have their own history)."""
        at, signed = self._clock(), author or self._person
        self._current().write(lambda c: AuditRows(c).add(action, subject, states, at, signed))

    def entries(self, limit: int) -> tuple[AuditEntry, ...]:
        """The last actions on notes and on everything else, the newest first."""
        return self._current().read(lambda c: AuditRows(c, self._person).newest(limit))
