"""API tokens in the database of the notes; every change is audited in the same transaction."""

from __future__ import annotations

from dataclasses import asdict, fields, replace
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Column, insert, select, update

from dashboard.models.errors import InputError
from dashboard.models.messages import translate as _
from dashboard.models.people import Scope
from dashboard.models.records import AccessToken
from dashboard.storage.audit import add_audit_entry, json_state
from dashboard.storage.schema import TOKENS

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import Connection

    from dashboard.storage.upgrade import CurrentDatabase

_TOKEN_COLUMNS: Final = [TOKENS.c[field.name] for field in fields(AccessToken)]
_AUDITED_FIELDS: Final = ("person", "created", "expires", "revoked", "scope")
"""All but the hash."""


class TokenRepository:
    """API tokens; each method raises StoreError where the database fails.

    Args:
        database: holds them.
        clock: the present moment in UTC.
        person: the author of changes without one.
    """

    def __init__(
        self, database: CurrentDatabase, clock: Callable[[], datetime], person: str = ""
    ) -> None:
        self._database = database
        self._clock = clock
        self._person = person

    def tokens(self) -> tuple[AccessToken, ...]:
        """Every token, the oldest first, revoked ones too."""
        query = select(*_TOKEN_COLUMNS).order_by(TOKENS.c.created, TOKENS.c.name)
        rows = self._database.read(lambda c: c.execute(query).all())
        return tuple(map(_token_from_row, rows))

    def find_token(self, sha256: str) -> AccessToken | None:
        """The token whose secret has this hash, as it stands now."""
        return self._database.read(lambda c: _find(c, TOKENS.c.sha256, sha256))

    def create_token(self, token: AccessToken, author: str = "") -> AccessToken:
        """Store a new token.

        Raises:
            InputError: there is one of this name.
        """

        def create(connection: Connection) -> AccessToken:
            if _find(connection, TOKENS.c.name, token.name) is not None:
                msg = _(
                    "token {name}: there is one of this name already; choose another name",
                    name=token.name,
                )
                raise InputError(msg)
            connection.execute(insert(TOKENS), asdict(token))
            states, signed = (None, _audited(token)), author or self._person
            add_audit_entry(connection, "token-create", token.name, (token.created, signed), states)
            return token

        return self._database.write(create)

    def revoke_token(self, name: str, author: str = "") -> AccessToken:
        """Refuse a token from now on; one that is revoked stays as it is.

        Raises:
            InputError: there is none of this name.
        """
        at = self._clock()

        def revoke(connection: Connection) -> AccessToken:
            token = _find(connection, TOKENS.c.name, name)
            if token is None:
                msg = _("token {name}: there is none of this name; see `tokens list`", name=name)
                raise InputError(msg)
            if token.revoked is not None:
                return token
            revoked = replace(token, revoked=at)
            connection.execute(update(TOKENS).where(TOKENS.c.name == name).values(revoked=at))
            states, signed = (_audited(token), _audited(revoked)), author or self._person
            add_audit_entry(connection, "token-revoke", name, (at, signed), states)
            return revoked

        return self._database.write(revoke)

    def record_use(self, name: str) -> None:
        """Note that a token was used now."""
        query = update(TOKENS).where(TOKENS.c.name == name).values(last_used=self._clock())
        self._database.write(lambda c: c.execute(query))


def _find(connection: Connection, column: Column[Any], value: str) -> AccessToken | None:
    row = connection.execute(select(*_TOKEN_COLUMNS).where(column == value)).first()
    return None if row is None else _token_from_row(row)


def _token_from_row(row: Any) -> AccessToken:
    token = AccessToken(*row)
    return replace(token, scope=Scope(token.scope))


def _audited(token: AccessToken) -> dict[str, Any]:
    return json_state({name: getattr(token, name) for name in _AUDITED_FIELDS})
