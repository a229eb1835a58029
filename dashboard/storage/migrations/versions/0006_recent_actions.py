"""When each person did what is limited, so that limits hold across processes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "recent_actions",
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("action", sa.String(20), nullable=False),
        sa.Column("times", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("person", "action", name="pk_recent_actions"),
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("recent_actions")
