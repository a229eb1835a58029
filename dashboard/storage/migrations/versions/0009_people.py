"""People with their roles and sign-ins, and the scope of a token."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create both tables; the tokens that are there may go on writing."""
    op.create_table(
        "people",
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("given_role", sa.String(20)),
        sa.Column("claimed_role", sa.String(20)),
        sa.Column("first_seen", sa.DateTime(timezone=True)),
        sa.Column("last_active", sa.DateTime(timezone=True)),
        sa.Column("signed_out_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("person", name="pk_people"),
    )
    op.create_table(
        "sign_ins",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("started", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_active", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("key", name="pk_sign_ins"),
    )
    op.create_index("ix_sign_ins_person", "sign_ins", ["person"])
    op.add_column(
        "tokens", sa.Column("scope", sa.String(10), nullable=False, server_default="write")
    )


def downgrade() -> None:
    """Drop the tables and the column, unless a token that may only read would then write."""
    reading = sa.text("SELECT count(*) FROM tokens WHERE scope <> 'write' AND revoked IS NULL")
    if op.get_bind().execute(reading).scalar():
        msg = "tokens that may only read would be able to write; revoke them first"
        raise RuntimeError(msg)
    op.drop_column("tokens", "scope")
    op.drop_index("ix_sign_ins_person", "sign_ins")
    op.drop_table("sign_ins")
    op.drop_table("people")
