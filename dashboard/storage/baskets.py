"""Baskets of a person's own, in the database of the notes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select

from dashboard.models.baskets import Basket
from dashboard.models.errors import InputError
from dashboard.models.event import Visibility
from dashboard.models.messages import translate as _
from dashboard.storage.audit import add_audit_entry
from dashboard.storage.database import utc_now
from dashboard.storage.schema import BASKETS

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import Connection

    from dashboard.storage.notes import NoteRepository


class BasketRepository:
    """The baskets of one person, who alone reads and changes them.

    Every method raises StoreError where the database cannot be used.

    Args:
        notes: the repository of notes, whose database and person it shares.
        clock: the present moment in UTC.
    """

    def __init__(self, notes: NoteRepository, *, clock: Callable[[], datetime] = utc_now) -> None:
        self._notes = notes
        self._clock = clock

    def baskets(self) -> tuple[Basket, ...]:
        """The baskets of the person, by name."""
        query = (
            select(BASKETS.c.name, BASKETS.c.members)
            .where(BASKETS.c.person == self._notes.person)
            .order_by(BASKETS.c.name)
        )
        rows = self._notes.database.read(lambda c: c.execute(query).all())
        return tuple(Basket(name, tuple(members)) for name, members in rows)

    def put(self, basket: Basket) -> Basket:
        """Store a basket; one of its name is replaced."""

        def put(connection: Connection) -> Basket:
            before = _members(connection, self._notes.person, basket.name)
            _delete(connection, self._notes.person, basket.name)
            members = list(basket.members)
            row = {"person": self._notes.person, "name": basket.name, "members": members}
            connection.execute(insert(BASKETS), row | {"changed": self._clock()})
            self._audit(connection, "basket-put", basket.name, (before, members))
            return basket

        return self._notes.database.write(put)

    def remove(self, name: str) -> Basket:
        """Delete a basket; the series in it stay.

        Raises:
            InputError: the person has none of this name.
        """

        def remove(connection: Connection) -> Basket:
            members = _members(connection, self._notes.person, name)
            if members is None:
                msg = _("you have no basket of this name; see `rates basket list`")
                raise InputError(msg, field="NAME", value=name[:40])
            _delete(connection, self._notes.person, name)
            self._audit(connection, "basket-remove", name, (members, None))
            return Basket(name, tuple(members))

        return self._notes.database.write(remove)

    def _audit(
        self,
        connection: Connection,
        action: str,
        name: str,
        members: tuple[list[str] | None, list[str] | None],
    ) -> None:
        """Add a change to the audit trail, seen by its person only."""
        owner = self._notes.person
        states = [
            None
            if listed is None
            else {"members": listed, "visibility": Visibility.PRIVATE.value, "owner": owner}
            for listed in members
        ]
        add_audit_entry(connection, action, name, (self._clock(), owner), (states[0], states[1]))


def _is_named(person: str, name: str) -> tuple[Any, Any]:
    return BASKETS.c.person == person, BASKETS.c.name == name


def _members(connection: Connection, person: str, name: str) -> list[str] | None:
    members: list[str] | None = connection.scalar(
        select(BASKETS.c.members).where(*_is_named(person, name))
    )
    return members


def _delete(connection: Connection, person: str, name: str) -> None:
    connection.execute(delete(BASKETS).where(*_is_named(person, name)))
