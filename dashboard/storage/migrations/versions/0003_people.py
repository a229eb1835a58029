"""Visibility and owner of notes, and the catalogue events that a user hides."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_TABLES = ("notes", "imports")


def upgrade() -> None:
    """Add the columns and the table; what is there becomes shared, and nobody's own."""
    for table in _TABLES:
        op.add_column(
            table,
            sa.Column("visibility", sa.String(20), nullable=False, server_default="shared"),
        )
        op.add_column(table, sa.Column("owner", sa.Text, nullable=False, server_default=""))
    op.create_table(
        "hidden_events",
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person", "event_id", name="pk_hidden_events"),
    )


def downgrade() -> None:
    """Take them away again, unless that would show private notes to everybody."""
    _refuse_to_publish()
    op.drop_table("hidden_events")
    for table in _TABLES:
        op.drop_column(table, "owner")
        op.drop_column(table, "visibility")


def _refuse_to_publish() -> None:
    private = sa.text("SELECT count(*) FROM notes WHERE visibility <> 'shared'")
    if op.get_bind().execute(private).scalar():
        msg = "private notes would be seen by everybody; share them first"
        raise RuntimeError(msg)
