"""Baskets of a person: named lists of series."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "baskets",
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("members", sa.JSON, nullable=False),
        sa.Column("changed", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person", "name", name="pk_baskets"),
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("baskets")
