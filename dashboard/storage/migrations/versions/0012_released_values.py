"""What was released and expected, how strong an event is, and the story it belongs to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_NUMBERS = ("value_actual", "value_expected", "value_previous", "intensity")
_TEXTS = ("value_unit", "value_source", "story")


def upgrade() -> None:
    """Add the columns; the notes that are there have no values and belong to no story."""
    for name in _NUMBERS:
        op.add_column("notes", sa.Column(name, sa.Double, nullable=True))
    for name in _TEXTS:
        op.add_column("notes", sa.Column(name, sa.Text, nullable=False, server_default=""))


def downgrade() -> None:
    """Drop the columns."""
    for name in (*_NUMBERS, *_TEXTS):
        op.drop_column("notes", name)
