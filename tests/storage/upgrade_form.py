"""What every migration of the schema does; a test module adds the fixture `url`.

"The next release" is this one with a revision 9999 that adds a table and rebuilds another.
"""

import shutil
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import Engine, MetaData, create_engine, event, text
from sqlalchemy.exc import DBAPIError

from dashboard.models.errors import StoreError
from dashboard.models.event import Event
from dashboard.storage.database import new_engine, parse_address
from dashboard.storage.notes import NoteRepository
from dashboard.storage.schema import METADATA
from dashboard.storage.upgrade import CURRENT_RELEASE, Release, alembic_config, ensure_schema
from tests.storage import writing_processes
from tests.storage.writing_processes import run_together

NEXT = '''"""Importance."""

import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "HEAD"


def upgrade():
    op.create_table("readers", sa.Column("name", sa.Text, primary_key=True))
    with op.batch_alter_table("notes") as notes:
        notes.add_column(sa.Column("importance", sa.Integer, nullable=True))
        notes.alter_column("author", existing_type=sa.Text, nullable=True)
    op.execute("UPDATE notes SET importance = 3")


def downgrade():
    with op.batch_alter_table("notes") as notes:
        notes.drop_column("importance")
        notes.alter_column("author", existing_type=sa.Text, nullable=False)
    op.drop_table("readers")
'''
NOTE = Event(id="", day=date(2025, 4, 21), title="a note", text="0", tags=("a", "б"))


def write_next_release(folder):
    shutil.copytree(CURRENT_RELEASE.migrations, folder)
    code = NEXT.replace("HEAD", CURRENT_RELEASE.revision)
    (folder / "versions" / "9999_importance.py").write_text(code, encoding="utf-8")
    return Release("9999", folder)


def write_thousand_notes(url):
    """1,002 changes: one note is edited, one deleted."""
    store = NoteRepository(url)
    notes = store.add_all([replace(NOTE, title=f"note {number}") for number in range(1_000)])
    store.edit(replace(notes[0], title="edited"), 1, author="Ann")
    store.delete(notes[1].id, 1)
    store.close()


class Interrupted(Exception):
    pass


class InterruptAfter:
    """Raise before the statement that follows `format_count` statements that change something."""

    def __init__(self, count):
        self.left = count

    def __enter__(self):
        event.listen(Engine, "before_cursor_execute", self.look)

    def __exit__(self, *_):
        event.remove(Engine, "before_cursor_execute", self.look)

    def read(self, connection, cursor, statement, *_):
        verb = statement.split()[0].upper()
        if verb not in {"CREATE", "ALTER", "DROP", "INSERT", "UPDATE", "DELETE"}:
            return
        self.left -= 1
        if self.left < 0:
            raise Interrupted


def snapshot(url):
    """Every table with its columns, indexes and rows."""
    engine, tables = create_engine(url), MetaData()
    with engine.connect() as connection:
        tables.reflect(connection)
        result = {
            name: (
                [(c.name, str(c.type), c.nullable) for c in table.columns],
                sorted(index.name for index in table.indexes),
                [tuple(map(str, row)) for row in connection.execute(table.select())],
            )
            for name, table in sorted(tables.tables.items())
        }
    engine.dispose()
    return {name: (shape, names, sorted(rows)) for name, (shape, names, rows) in result.items()}


def migrate(url, release, revision, direction):
    from alembic import command

    engine = new_engine(parse_address(url), migrating=True)
    with engine.begin() as connection:
        config = alembic_config(release)
        config.attributes["connection"] = connection
        getattr(command, direction)(config, revision)
    engine.dispose()


def told_by_stopped_upgrade(steps, database, release):
    """What the upgrade says when it is stopped after so many steps; nothing if it got through."""
    try:
        with InterruptAfter(steps):
            ensure_schema(database, release)
    except StoreError as error:
        return str(error)
    return ""


class MigrationForm:
    def test_up_and_down_and_up_again_leaves_the_same_schema(self, url, database):
        ensure_schema(database)
        first = snapshot(url)
        migrate(url, CURRENT_RELEASE, "base", "downgrade")
        assert [name for name in snapshot(url) if name != "alembic_version"] == []
        ensure_schema(database)
        assert snapshot(url) == first
        assert set(first) == {"alembic_version", *METADATA.tables}
        assert first["alembic_version"][2] == [(CURRENT_RELEASE.revision,)]

    def test_up_and_down_and_up_again_keeps_a_thousand_rows(
        self, url, database, thousand_notes, next_release
    ):
        before = snapshot(url)
        ensure_schema(database, next_release)
        upgraded = snapshot(url)
        assert len(upgraded["notes"][2]) == 1_000
        assert len(upgraded["note_history"][2]) == 1_002
        migrate(url, next_release, CURRENT_RELEASE.revision, "downgrade")
        assert snapshot(url) == before
        ensure_schema(database, next_release)
        assert snapshot(url) == upgraded

    @pytest.mark.parametrize("table", ["note_history", "audit"])
    @pytest.mark.parametrize("change", ["DELETE FROM {}", "UPDATE {} SET who = 'x'"])
    def test_history_and_record_stay_append_only_through_upgrades(
        self, url, database, thousand_notes, next_release, table, change
    ):
        store = NoteRepository(url)
        store.audit.write("backup", "a.zip", author="Ann")
        store.close()
        ensure_schema(database, next_release)
        engine = create_engine(url)
        with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
            connection.execute(text(change.format(table)))
        engine.dispose()

    def test_a_first_migration_that_stops_anywhere_leaves_nothing(self, url, database):
        steps = 0
        while message := told_by_stopped_upgrade(steps, database, CURRENT_RELEASE):
            assert "nothing was changed" in message
            assert snapshot(url) == {}
            steps += 1
        assert steps >= 11  # 4 tables, 3 indexes, 2 triggers, the version table and its row
        assert "notes" in snapshot(url)

    def test_an_upgrade_that_stops_anywhere_leaves_schema_and_rows_as_they_were(
        self, url, database, thousand_notes, next_release
    ):
        before = snapshot(url)
        steps = 0
        while message := told_by_stopped_upgrade(steps, database, next_release):
            assert "nothing was changed" in message
            assert snapshot(url) == before
            steps += 1
        assert steps >= 4
        assert "readers" in snapshot(url)

    def test_a_database_of_a_newer_release_is_refused_and_left_alone(
        self, url, database, thousand_notes, next_release
    ):
        ensure_schema(database, next_release)
        before = snapshot(url)
        store = NoteRepository(url)
        with pytest.raises(StoreError, match="newer release") as caught:
            store.notes()
        assert "9999" in str(caught.value)
        assert "newer release" in store.probe().problem
        store.close()
        assert snapshot(url) == before

    def test_processes_that_start_together_on_an_empty_database_all_work(self, url):
        assert run_together(writing_processes.open_store, 4, url) == [""] * 4
        assert snapshot(url)["alembic_version"][2] == [(CURRENT_RELEASE.revision,)]

    def test_processes_that_upgrade_together_all_work(
        self, url, database, thousand_notes, next_release
    ):
        answers = run_together(writing_processes.upgrade_store, 4, url, next_release)
        assert answers == [""] * 4
        assert snapshot(url)["alembic_version"][2] == [("9999",)]
