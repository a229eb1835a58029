"""Alert rules, their targets and the alerts on record, in the database of the notes.

An alert is a row before it is sent, unique by its rule and its occasion, and it is marked as being
sent in a transaction of its own before anything leaves: whatever ends the process, it is never sent
a second time. The address of a target is read for sending only.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_on_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_on_sqlite

from dashboard.models.alerts import (
    Alert,
    AlertMessage,
    AlertRule,
    AlertState,
    AlertTarget,
    LevelSide,
    QuietHours,
    RuleKind,
)
from dashboard.models.errors import InputError
from dashboard.models.event import Visibility
from dashboard.models.messages import translate as _
from dashboard.storage.audit import add_audit_entry
from dashboard.storage.database import utc_now
from dashboard.storage.schema import ALERT_RULES, ALERT_TARGETS, ALERTS
from dashboard.storage.sqlite_files import file_lock

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager
    from datetime import datetime

    from sqlalchemy import Connection, Select

    from dashboard.storage.audit import State
    from dashboard.storage.notes import NoteRepository

LIST_LIMIT: Final = 200
_SETTINGS: Final = ("series", "category", "text", "window", "percentile", "level", "side", "claim")
_RULES: Final = select(ALERT_RULES).order_by(ALERT_RULES.c.created, ALERT_RULES.c.id)
_RULES_IN_USE: Final = _RULES.where(ALERT_RULES.c.removed.is_(None))
_TARGET_COLUMNS: Final = tuple(
    ALERT_TARGETS.c[name] for name in ("person", "name", "label", "created")
)


class AlertRepository:
    """Rules, targets and alerts; a person reads and changes only what is of this person.

    Every method raises StoreError where the database cannot be used.

    Args:
        notes: the repository of notes, whose database and person it shares.
        clock: the present moment in UTC.
    """

    def __init__(self, notes: NoteRepository, *, clock: Callable[[], datetime] = utc_now) -> None:
        self._notes = notes
        self._clock = clock

    # ---- rules

    def rules(self) -> tuple[AlertRule, ...]:
        """The rules in use of the person, the oldest first."""
        return self._rules(_RULES_IN_USE.where(ALERT_RULES.c.person == self._notes.person))

    def rules_of_everyone(self) -> tuple[AlertRule, ...]:
        """The rules in use of every person, for the watch."""
        return self._rules(_RULES_IN_USE)

    def _rules(self, query: Select[Any]) -> tuple[AlertRule, ...]:
        rows = self._notes.database.read(lambda c: c.execute(query).mappings().all())
        return tuple(map(_rule_from_row, rows))

    def add_rule(self, rule: AlertRule) -> AlertRule:
        """Store a new rule.

        Raises:
            InputError: there is no target of its name.
        """

        def add(connection: Connection) -> AlertRule:
            if rule.target:
                self._target(connection, rule.target)
            row = _row_from_rule(rule)
            connection.execute(insert(ALERT_RULES), row)
            self._audit(connection, "alert-rule-add", rule.id, (None, _audited_rule(row)))
            return rule

        return self._notes.database.write(add)

    def remove_rule(self, rule_id: str) -> AlertRule:
        """Take a rule of the person out of use; what it has raised stays on record.

        Raises:
            InputError: there is no such rule.
        """

        def remove(connection: Connection) -> AlertRule:
            query = _RULES_IN_USE.where(
                ALERT_RULES.c.person == self._notes.person, ALERT_RULES.c.id == rule_id
            )
            row = connection.execute(query).mappings().first()
            if row is None:
                msg = _("there is no rule of this id; see `alerts list`")
                raise InputError(msg, field="ID", value=rule_id[:60])
            at = self._clock()
            connection.execute(
                update(ALERT_RULES).where(ALERT_RULES.c.id == rule_id).values(removed=at)
            )
            self._audit(connection, "alert-rule-remove", rule_id, (_audited_rule(row), None))
            return replace(_rule_from_row(row), removed=at)

        return self._notes.database.write(remove)

    # ---- targets

    def targets(self) -> tuple[AlertTarget, ...]:
        """The targets of the person, by name, without their addresses."""
        query = (
            select(*_TARGET_COLUMNS)
            .where(ALERT_TARGETS.c.person == self._notes.person)
            .order_by(ALERT_TARGETS.c.name)
        )
        rows = self._notes.database.read(lambda c: c.execute(query).all())
        return tuple(AlertTarget(*row) for row in rows)

    def add_target(self, target: AlertTarget, address: str) -> AlertTarget:
        """Store where alerts are sent; the audit trail has its label only.

        Raises:
            InputError: the person has one of this name.
        """

        def add(connection: Connection) -> AlertTarget:
            if self._find_target(connection, target.name) is not None:
                msg = _("there is one of this name already; choose another name")
                raise InputError(msg, field="name", value=target.name)
            row = {name: getattr(target, name) for name in ("person", "name", "label", "created")}
            connection.execute(insert(ALERT_TARGETS), row | {"address": address})
            self._audit(
                connection, "alert-target-add", target.name, (None, _audited_target(target))
            )
            return target

        return self._notes.database.write(add)

    def remove_target(self, name: str) -> AlertTarget:
        """Delete a target with its address; rules that name it only record from then on.

        Raises:
            InputError: there is none of this name.
        """

        def remove(connection: Connection) -> AlertTarget:
            target = self._target(connection, name)
            condition = (
                ALERT_TARGETS.c.person == self._notes.person,
                ALERT_TARGETS.c.name == name,
            )
            connection.execute(delete(ALERT_TARGETS).where(*condition))
            self._audit(connection, "alert-target-remove", name, (_audited_target(target), None))
            return target

        return self._notes.database.write(remove)

    def address(self, person: str, name: str) -> str | None:
        """The address of a target, a secret; None where there is none of this name."""
        query = select(ALERT_TARGETS.c.address).where(
            ALERT_TARGETS.c.person == person, ALERT_TARGETS.c.name == name
        )
        return self._notes.database.read(lambda c: c.scalar(query))

    def own_address(self, name: str) -> str | None:
        """The address of a target of the person, a secret; None where there is none."""
        return self.address(self._notes.person, name)

    def _find_target(self, connection: Connection, name: str) -> AlertTarget | None:
        query = select(*_TARGET_COLUMNS).where(
            ALERT_TARGETS.c.person == self._notes.person, ALERT_TARGETS.c.name == name
        )
        row = connection.execute(query).first()
        return None if row is None else AlertTarget(*row)

    def _target(self, connection: Connection, name: str) -> AlertTarget:
        target = self._find_target(connection, name)
        if target is None:
            msg = _("there is no target of this name; see `alerts targets`")
            raise InputError(msg, field="target", value=name[:60])
        return target

    # ---- alerts

    def alerts(self, limit: int = LIST_LIMIT) -> tuple[Alert, ...]:
        """The alerts of the person, the newest first."""
        query = (
            select(ALERTS)
            .where(ALERTS.c.person == self._notes.person)
            .order_by(ALERTS.c.at.desc(), ALERTS.c.id.desc())
            .limit(limit)
        )
        return self._alerts(query)

    def due(self, now: datetime) -> tuple[Alert, ...]:
        """The alerts of every person that are to be sent by a moment, the oldest first."""
        query = (
            select(ALERTS)
            .where(ALERTS.c.state == AlertState.PENDING.value, ALERTS.c.due <= now)
            .order_by(ALERTS.c.due, ALERTS.c.id)
        )
        return self._alerts(query)

    def _alerts(self, query: Select[Any]) -> tuple[Alert, ...]:
        rows = self._notes.database.read(lambda c: c.execute(query).mappings().all())
        return tuple(map(_alert_from_row, rows))

    def occasions(self, rule_id: str) -> frozenset[str]:
        """The keys of the occasions for which a rule has raised an alert."""
        query = select(ALERTS.c.occasion).where(ALERTS.c.rule_id == rule_id)
        return frozenset(self._notes.database.read(lambda c: c.scalars(query).all()))

    def raise_alert(self, alert: Alert) -> bool:
        """Put an alert on record; returns whether it is new: an occasion of a rule counts once."""

        def add(connection: Connection) -> bool:
            is_sqlite = connection.dialect.name == "sqlite"
            statement: Any = insert_on_sqlite(ALERTS) if is_sqlite else insert_on_postgresql(ALERTS)
            statement = (
                statement.values(_row_from_alert(alert))
                .on_conflict_do_nothing(index_elements=["rule_id", "occasion"])
                .returning(ALERTS.c.id)
            )
            is_new = connection.scalar(statement) is not None
            if is_new:
                state = _audited(alert.person, occasion=alert.occasion, target=alert.target)
                self._audit(connection, "alert", alert.rule_id, (None, state))
            return is_new

        return self._notes.database.write(add)

    def claim(self, alert_id: int) -> bool:
        """Mark a waiting alert as being sent; returns False where another process has."""
        query = (
            update(ALERTS)
            .where(ALERTS.c.id == alert_id, ALERTS.c.state == AlertState.PENDING.value)
            .values(state=AlertState.SENDING.value, attempts=ALERTS.c.attempts + 1)
        )
        return self._notes.database.write(lambda c: c.execute(query).rowcount == 1)

    def settle(self, alert: Alert) -> None:
        """Store state, due moment and problem of an alert after an attempt."""
        values = {
            "state": alert.state.value,
            "due": alert.due,
            "settled_at": alert.settled_at,
            "problem": alert.problem,
        }

        def store(connection: Connection) -> None:
            connection.execute(update(ALERTS).where(ALERTS.c.id == alert.id).values(**values))
            state = _audited(
                alert.person, alert=alert.id, state=alert.state.value, problem=alert.problem
            )
            self._audit(connection, "alert-send", alert.rule_id, (None, state))

        self._notes.database.write(store)

    def recover(self, problem: str) -> int:
        """Mark alerts whose sending was cut off; nobody knows whether they arrived.

        Args:
            problem: a sentence for them.

        Returns:
            How many there were.
        """
        query = (
            update(ALERTS)
            .where(ALERTS.c.state == AlertState.SENDING.value)
            .values(state=AlertState.UNCERTAIN.value, problem=problem, settled_at=self._clock())
        )
        return self._notes.database.write(lambda c: int(c.execute(query).rowcount))

    def send_again(self, alert_id: int) -> None:
        """Let an alert of the person that failed or is uncertain be sent once more.

        Raises:
            InputError: there is no such alert.
        """
        again = (AlertState.FAILED.value, AlertState.UNCERTAIN.value)
        query = (
            update(ALERTS)
            .where(
                ALERTS.c.id == alert_id,
                ALERTS.c.person == self._notes.person,
                ALERTS.c.state.in_(again),
            )
            .values(state=AlertState.PENDING.value, due=self._clock(), attempts=0, settled_at=None)
        )

        def store(connection: Connection) -> None:
            if connection.execute(query).rowcount != 1:
                msg = _("there is no alert of this number that failed; see `alerts log`")
                raise InputError(msg, field="NUMBER", value=alert_id)
            self._audit(connection, "alert-send-again", str(alert_id))

        self._notes.database.write(store)

    def _audit(
        self,
        connection: Connection,
        action: str,
        subject: str,
        states: tuple[State, State] = (None, None),
    ) -> None:
        """Add an action to the audit trail, by the owner of what it is about."""
        owner = str((states[1] or {}).get("owner", self._notes.person))
        add_audit_entry(connection, action, subject, (self._clock(), owner), states)

    # ---- one watch for a database

    def watch_lock(self, name: str = "watch") -> AbstractContextManager[bool]:
        """Be the only watch or recorder of the database; yields whether no other process is.

        It is released however the process ends: a locked file next to that of SQLite, an
        advisory lock of one connection on PostgreSQL.
        """
        database = self._notes.database
        file = database.address.file
        if file is None:
            return database.lock(name, 0.0)
        return file_lock(file.with_name(f"{file.name}.{name}.lock"), 0.0)


# ---- rows


def _row_from_rule(rule: AlertRule) -> dict[str, Any]:
    settings = {name: getattr(rule, name) for name in _SETTINGS}
    if rule.quiet is not None:
        quiet = rule.quiet
        settings["quiet"] = [quiet.since.isoformat(), quiet.until.isoformat(), quiet.zone]
    columns = ("id", "person", "title", "target", "created", "known_until", "removed")
    return {name: getattr(rule, name) for name in columns} | {
        "kind": rule.kind.value,
        "settings": settings | {"side": rule.side.value},
    }


def _rule_from_row(row: Mapping[Any, Any]) -> AlertRule:
    settings = dict(row["settings"])
    quiet = settings.pop("quiet", None)
    hours = quiet and QuietHours(
        time.fromisoformat(quiet[0]), time.fromisoformat(quiet[1]), quiet[2]
    )
    columns = ("id", "person", "title", "target", "created", "known_until", "removed")
    return AlertRule(
        **{name: row[name] for name in columns},
        **settings | {"side": LevelSide(settings["side"])},
        kind=RuleKind(row["kind"]),
        quiet=hours,
    )


def _audited(person: str, **values: Any) -> dict[str, Any]:
    """What the audit trail has: seen by its person only."""
    return values | {"visibility": Visibility.PRIVATE.value, "owner": person}


def _audited_rule(row: Mapping[Any, Any]) -> dict[str, Any]:
    shown = {name: row[name] for name in ("title", "kind", "settings", "target")}
    return _audited(row["person"], **shown)


def _audited_target(target: AlertTarget) -> dict[str, Any]:
    return _audited(target.person, label=target.label)


_ALERT_COLUMNS: Final = (
    "rule_id", "rule_title", "person", "occasion", "at", "raised_at", "target", "due", "attempts",
    "settled_at", "problem",
)  # fmt: skip


def _row_from_alert(alert: Alert) -> dict[str, Any]:
    message = alert.message
    return {name: getattr(alert, name) for name in _ALERT_COLUMNS} | {
        "state": alert.state.value,
        "title": message.title,
        "text": message.text,
        "path": message.path,
    }


def _alert_from_row(row: Mapping[Any, Any]) -> Alert:
    return Alert(
        id=row["id"],
        **{name: row[name] for name in _ALERT_COLUMNS},
        state=AlertState(row["state"]),
        message=AlertMessage(row["title"], row["text"], row["path"]),
    )
