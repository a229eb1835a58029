"""Notes and their append-only history."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_REFUSAL = "note_history is append-only"


def upgrade() -> None:
    """Create both tables, and refuse changes to the history by trigger."""
    _create_notes()
    _create_history()
    if op.get_bind().dialect.name == "sqlite":
        _refuse_changes_on_sqlite()
    else:
        _refuse_changes_on_postgresql()


def downgrade() -> None:
    """Drop both tables; the triggers go with theirs."""
    op.drop_table("note_history")
    op.drop_table("notes")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION refuse_change_of_note_history()")


def _create_notes() -> None:
    op.create_table(
        "notes",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("moment", sa.DateTime(timezone=True)),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("end_day", sa.Date),
        sa.Column("category", sa.String(40), nullable=False),
        sa.Column("expected", sa.String(20), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("source_url", sa.Text, nullable=False),
        sa.Column("tags", sa.JSON, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("deleted", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_notes"),
        sa.CheckConstraint("end_day >= day", name="ck_notes_end_not_before_start"),
    )
    op.create_index("ix_notes_day", "notes", ["day"])
    op.create_index("ix_notes_deleted", "notes", ["deleted"])


def _create_history() -> None:
    op.create_table(
        "note_history",
        sa.Column("id", sa.Integer, nullable=False, autoincrement=True),
        sa.Column("note_id", sa.String(40), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("action", sa.String(20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("before", sa.JSON),
        sa.Column("after", sa.JSON),
        sa.PrimaryKeyConstraint("id", name="pk_note_history"),
        sa.ForeignKeyConstraint(["note_id"], ["notes.id"], name="fk_note_history_note_id"),
        sa.UniqueConstraint("note_id", "revision", name="uq_note_history_note_id"),
        sqlite_autoincrement=True,
    )


def _refuse_changes_on_sqlite() -> None:
    for statement in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER note_history_no_{statement.lower()} BEFORE {statement} ON note_history"
            f" BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
        )


def _refuse_changes_on_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION refuse_change_of_note_history() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER note_history_append_only"
        " BEFORE UPDATE OR DELETE OR TRUNCATE ON note_history"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_note_history()"
    )
