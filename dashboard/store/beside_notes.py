"""Tokens and the record, kept in the database of the notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboard.store.audit_rows import AuditRows
from dashboard.store.token_rows import TokenRows

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from dashboard.domain.access_token import AccessToken
    from dashboard.domain.on_record import OnRecord
    from dashboard.store.audit_rows import State
    from dashboard.store.database import Database


class BesideNotes:
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

    def note_use(self, name: str) -> None:
        """Note that a token was used now."""
        at = self._clock()
        self._current().write(lambda connection: TokenRows(connection).note_use(name, at))

    def put_on_record(
        self, action: str, subject: str, states: tuple[State, State] = (None, None), who: str = ""
    ) -> None:
        """Put an action on record that is none on a note."""
        at, signed = self._clock(), who or self._person
        self._current().write(lambda c: AuditRows(c).add(action, subject, states, at, signed))

    def on_record(self, most: int) -> tuple[OnRecord, ...]:
        """The last actions on notes and on everything else, the newest first."""
        return self._current().read(lambda link: AuditRows(link, self._person).newest(most))
