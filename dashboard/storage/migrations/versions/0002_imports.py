"""Imports of files, and the notes that came with each."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create both tables."""
    op.create_table(
        "imports",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("file_name", sa.Text, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("added", sa.Integer, nullable=False),
        sa.Column("duplicates", sa.Integer, nullable=False),
        sa.Column("wrong", sa.Integer, nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True)),
        sa.Column("undone_by", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_imports"),
    )
    op.create_table(
        "import_notes",
        sa.Column("note_id", sa.String(40), nullable=False),
        sa.Column("import_id", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("note_id", name="pk_import_notes"),
        sa.ForeignKeyConstraint(["note_id"], ["notes.id"], name="fk_import_notes_note_id"),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name="fk_import_notes_import_id"),
    )
    op.create_index("ix_import_notes_import_id", "import_notes", ["import_id"])


def downgrade() -> None:
    """Drop both tables; the notes stay."""
    op.drop_table("import_notes")
    op.drop_table("imports")
