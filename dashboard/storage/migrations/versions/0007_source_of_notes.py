"""Who published what a note says: a newspaper, an agency, an office."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; the notes that are there name nobody."""
    op.add_column("notes", sa.Column("source_name", sa.Text, nullable=False, server_default=""))


def downgrade() -> None:
    """Drop the column."""
    op.drop_column("notes", "source_name")
