"""What publishers say of the series that people named: of the rate cache on PostgreSQL."""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table; SQLite has it in the file of the cache."""
    if op.get_bind().dialect.name != "sqlite":
        op.execute(
            "CREATE TABLE IF NOT EXISTS rates.tickers (name text PRIMARY KEY, facts text NOT NULL)"
        )


def downgrade() -> None:
    """Keep it, as the rest of the rate cache."""
