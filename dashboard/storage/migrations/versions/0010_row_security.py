"""Row security on PostgreSQL: private notes are shown to the person of the transaction alone.

`dashboard.person` names the person of a transaction; `dashboard.everyone=on` is for migrations and
backups. The policies hold for the owner of the tables too, but not for a superuser. A note that is
shared now may have been private: what it said then is left out by the program, not here.
"""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_IS_VISIBLE = """
    current_setting('dashboard.everyone', true) = 'on' OR visibility = 'shared'
    OR (owner <> '' AND owner = current_setting('dashboard.person', true))
"""
_NOTE_IS_VISIBLE = """
    current_setting('dashboard.everyone', true) = 'on'
    OR EXISTS (SELECT FROM notes WHERE notes.id = note_id)
"""
_POLICIES = {"notes": _IS_VISIBLE, "imports": _IS_VISIBLE, "note_history": _NOTE_IS_VISIBLE}


def upgrade() -> None:
    """Create the policies; SQLite has none, its file is its owner's alone."""
    if op.get_bind().dialect.name == "sqlite":
        return
    for table, condition in _POLICIES.items():
        op.execute(f"CREATE POLICY visible_to_person ON {table} USING ({condition})")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def downgrade() -> None:
    """Drop the policies."""
    if op.get_bind().dialect.name == "sqlite":
        return
    for table in _POLICIES:
        op.execute(f"DROP POLICY visible_to_person ON {table}")
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
