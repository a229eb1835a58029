"""The role of the speaker of a note."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; existing notes have none."""
    column = sa.Column("speaker_role", sa.Text, nullable=False, server_default="")
    op.add_column("notes", column)


def downgrade() -> None:
    """Drop the column."""
    op.drop_column("notes", "speaker_role")
