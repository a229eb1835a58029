"""Repository of people: given roles, sign-ins, and the deletion of a person's data."""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, delete, exists, func, insert, or_, select, text, update

from dashboard.models.event import Visibility
from dashboard.models.people import Person, PersonRemoval, Role, SignIn
from dashboard.storage.audit import add_audit_entry
from dashboard.storage.schema import (
    ALERT_RULES,
    ALERT_TARGETS,
    ALERTS,
    BASKETS,
    CANDIDATES,
    HIDDEN_EVENTS,
    HISTORY,
    IMPORT_NOTES,
    IMPORTS,
    NOTES,
    PEOPLE,
    RECENT_ACTIONS,
    SIGN_INS,
    TOKENS,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

    from dashboard.storage.upgrade import CurrentDatabase

_PERSON_COLUMNS: Final = [PEOPLE.c[field.name] for field in fields(Person)]
_SIGN_IN_COLUMNS: Final = [SIGN_INS.c[field.name] for field in fields(SignIn)]
PSEUDONYM_PREFIX: Final = "removed-"


class PeopleRepository:
    """People and their sign-ins; each method raises StoreError where the database fails.

    Args:
        database: holds them.
        clock: the present moment in UTC.
        author: signs the changes.
    """

    def __init__(
        self, database: CurrentDatabase, clock: Callable[[], datetime], author: str = ""
    ) -> None:
        self._database = database
        self._clock = clock
        self._author = author

    def people(self) -> tuple[Person, ...]:
        """Every person who has signed in or has a given role, by name."""
        query = select(*_PERSON_COLUMNS).order_by(PEOPLE.c.person)
        return tuple(
            _person_from_row(row) for row in self._database.read(lambda c: c.execute(query).all())
        )

    def find(self, person: str) -> Person | None:
        """The person of a name; None where nobody of this name has signed in or has a role."""
        return self._database.read(lambda c: _find_person(c, person))

    def find_sign_in(self, key: str) -> tuple[SignIn | None, Person | None]:
        """A sign-in and its person; None for what is unknown."""

        def find(connection: Connection) -> tuple[SignIn | None, Person | None]:
            sign_in = _find_sign_in(connection, key)
            person = None if sign_in is None else _find_person(connection, sign_in.person)
            return sign_in, person

        return self._database.read(find)

    def sign_ins(self) -> tuple[SignIn, ...]:
        """Every sign-in that was not ended, the latest first."""
        query = (
            select(*_SIGN_IN_COLUMNS)
            .where(SIGN_INS.c.ended.is_(None))
            .order_by(SIGN_INS.c.last_active.desc(), SIGN_INS.c.key)
        )
        return tuple(SignIn(*row) for row in self._database.read(lambda c: c.execute(query).all()))

    def start_sign_in(self, sign_in: SignIn, role: Role) -> None:
        """Store a sign-in with the role that its person has by it; one that is known stays."""

        def start(connection: Connection) -> None:
            if _find_sign_in(connection, sign_in.key) is not None:
                return
            at = sign_in.started
            connection.execute(
                insert(SIGN_INS),
                {field.name: getattr(sign_in, field.name) for field in fields(SignIn)},
            )
            first_seen = _ensure_person(connection, sign_in.person).first_seen or at
            values = {"claimed_role": role.value, "first_seen": first_seen, "last_active": at}
            connection.execute(_update_person(sign_in.person, **values))
            state = {"role": role.value}
            add_audit_entry(connection, "sign-in", "", (at, sign_in.person), (None, state))

        self._database.write(start)

    def record_use(self, sign_in: SignIn) -> None:
        """Note that a person uses a page now."""
        at = self._clock()

        def record(connection: Connection) -> None:
            connection.execute(
                update(SIGN_INS).where(SIGN_INS.c.key == sign_in.key).values(last_active=at)
            )
            connection.execute(_update_person(sign_in.person, last_active=at))

        self._database.write(record)

    def end_sign_in(self, key: str) -> None:
        """End one sign-in; its open pages are refused from their next action on."""
        at = self._clock()

        def end(connection: Connection) -> None:
            sign_in = _find_sign_in(connection, key)
            if sign_in is not None and sign_in.ended is None:
                connection.execute(update(SIGN_INS).where(SIGN_INS.c.key == key).values(ended=at))
                add_audit_entry(connection, "sign-out", "", (at, sign_in.person))

        self._database.write(end)

    def end_all(self, person: str) -> int:
        """End every sign-in of a person; returns how many had not ended."""
        at = self._clock()

        def end(connection: Connection) -> int:
            is_open = and_(SIGN_INS.c.person == person, SIGN_INS.c.ended.is_(None))
            count = connection.execute(update(SIGN_INS).where(is_open).values(ended=at)).rowcount
            _ensure_person(connection, person)
            connection.execute(_update_person(person, signed_out_at=at))
            add_audit_entry(connection, "sign-out-everywhere", person, (at, self._author))
            return int(count)

        return self._database.write(end)

    def give_role(self, person: str, role: Role | None) -> Person:
        """Give a person a role that outweighs groups and lists; None takes it back."""
        at = self._clock()

        def give(connection: Connection) -> Person:
            before = _ensure_person(connection, person)
            after = replace(before, given_role=role)
            connection.execute(_update_person(person, given_role=role and role.value))
            states = ({"role": before.given_role}, {"role": role})
            add_audit_entry(connection, "role", person, (at, self._author), states)
            return after

        return self._database.write(give)

    def remove_person(self, person: str) -> PersonRemoval:
        """Delete the private data of a person; what is shared stays under a pseudonym.

        Private notes go with their history, and with them the names of private files, the list of
        hidden events, tokens, sign-ins, the role, baskets, and alerts with their rules and targets.
        Shared notes, their history and decisions of the inbox stay, the name replaced. The audit
        trail is not changed: it says who did what.
        """
        at, pseudonym = self._clock(), PSEUDONYM_PREFIX + secrets.token_hex(4)

        def remove(connection: Connection) -> PersonRemoval:
            with _history_changeable(connection):
                private = _delete_private_notes(connection, person)
                _rename_in_history(connection, person, pseudonym)
            done = PersonRemoval(
                person=person,
                pseudonym=pseudonym,
                private_notes=private,
                hidden_events=_delete_of(connection, HIDDEN_EVENTS.c.person, person),
                tokens=_delete_of(connection, TOKENS.c.person, person),
                shared_notes=_rename_in_notes(connection, person, pseudonym),
            )
            for table in (
                RECENT_ACTIONS, SIGN_INS, PEOPLE, ALERTS, ALERT_RULES, ALERT_TARGETS, BASKETS,
            ):  # fmt: skip
                _delete_of(connection, table.c.person, person)
            state = {f.name: getattr(done, f.name) for f in fields(done) if f.name != "person"}
            add_audit_entry(connection, "person-remove", person, (at, self._author), (None, state))
            return done

        return self._database.write(remove, person=None)


def _person_from_row(row: Any) -> Person:
    values = dict(zip((field.name for field in fields(Person)), row, strict=True))
    for name in ("given_role", "claimed_role"):
        values[name] = None if values[name] is None else Role(values[name])
    return Person(**values)


def _find_person(connection: Connection, person: str) -> Person | None:
    row = connection.execute(select(*_PERSON_COLUMNS).where(PEOPLE.c.person == person)).first()
    return None if row is None else _person_from_row(row)


def _ensure_person(connection: Connection, person: str) -> Person:
    found = _find_person(connection, person)
    if found is None:
        connection.execute(insert(PEOPLE), {"person": person})
        found = Person(person)
    return found


def _find_sign_in(connection: Connection, key: str) -> SignIn | None:
    row = connection.execute(select(*_SIGN_IN_COLUMNS).where(SIGN_INS.c.key == key)).first()
    return None if row is None else SignIn(*row)


def _update_person(person: str, **values: Any) -> Any:
    return update(PEOPLE).where(PEOPLE.c.person == person).values(**values)


def _delete_of(connection: Connection, column: Any, person: str) -> int:
    return int(connection.execute(delete(column.table).where(column == person)).rowcount)


def _is_private_of(table: Any, person: str) -> ColumnElement[bool]:
    return and_(table.c.owner == person, table.c.visibility == Visibility.PRIVATE.value)


def _delete_private_notes(connection: Connection, person: str) -> int:
    """Delete private notes with all that refers to them; a candidate loses its link.

    The rows of private imports stay without a file name: they hide their entries of the audit.
    """
    notes = select(NOTES.c.id).where(_is_private_of(NOTES, person))
    connection.execute(delete(IMPORT_NOTES).where(IMPORT_NOTES.c.note_id.in_(notes)))
    of_them = CANDIDATES.c.note_id.in_(notes)
    connection.execute(update(CANDIDATES).where(of_them).values(note_id=None))
    connection.execute(delete(HISTORY).where(HISTORY.c.note_id.in_(notes)))
    is_private = _is_private_of(IMPORTS, person)
    connection.execute(update(IMPORTS).where(is_private).values(file_name=""))
    return int(connection.execute(delete(NOTES).where(_is_private_of(NOTES, person))).rowcount)


def _rename_in_history(connection: Connection, person: str, pseudonym: str) -> None:
    """Replace the name in the history of notes that are shared now.

    A state from when such a note was private is deleted: nobody else was ever to see it.
    """
    of_person = exists().where(NOTES.c.id == HISTORY.c.note_id, NOTES.c.owner == person)
    query = select(HISTORY).where(or_(HISTORY.c.author == person, of_person))
    for row in connection.execute(query).mappings().all():
        states = {
            name: _renamed_state(row[HISTORY.c[name]], person, pseudonym)
            for name in ("before", "after")
        }
        author = pseudonym if row[HISTORY.c.author] == person else row[HISTORY.c.author]
        connection.execute(
            update(HISTORY).where(HISTORY.c.id == row[HISTORY.c.id]).values(author=author, **states)
        )


def _renamed_state(state: Any, person: str, pseudonym: str) -> Any:
    if state is None:
        return None
    is_private = state.get("visibility", Visibility.SHARED) != Visibility.SHARED
    if is_private and state.get("owner") == person:
        return None
    return {
        name: pseudonym if name in {"author", "owner"} and value == person else value
        for name, value in state.items()
    }


def _rename_in_notes(connection: Connection, person: str, pseudonym: str) -> int:
    """Replace the name in what is shared; returns how many notes it stood on."""
    stands_on = or_(NOTES.c.author == person, NOTES.c.owner == person)
    count = connection.scalar(select(func.count()).select_from(NOTES).where(stands_on)) or 0
    for column in (
        NOTES.c.author, NOTES.c.owner, IMPORTS.c.author, IMPORTS.c.owner, IMPORTS.c.undone_by,
        CANDIDATES.c.decided_by,
    ):  # fmt: skip
        query = update(column.table).where(column == person).values({column.key: pseudonym})
        connection.execute(query)
    return int(count)


@contextmanager
def _history_changeable(connection: Connection) -> Iterator[None]:
    """Let this transaction change the history, which its triggers refuse to everybody else."""
    if connection.dialect.name != "sqlite":
        connection.execute(text("ALTER TABLE note_history DISABLE TRIGGER USER"))
        yield
        connection.execute(text("ALTER TABLE note_history ENABLE TRIGGER USER"))
        return
    query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table"
    triggers = connection.execute(text(query), {"table": HISTORY.name}).all()
    for trigger in triggers:
        connection.exec_driver_sql(f'DROP TRIGGER "{trigger.name}"')
    yield
    for trigger in triggers:
        connection.exec_driver_sql(trigger.sql)
