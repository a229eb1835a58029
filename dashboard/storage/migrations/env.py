"""Alembic environment: run the revisions on the connection that is handed over."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection, Engine

from dashboard.storage.schema import METADATA


def run(connection: Connection) -> None:
    """Run the requested revisions; SQLite tables are rebuilt where they cannot be altered."""
    context.configure(connection=connection, target_metadata=METADATA, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


place = context.config.attributes["connection"]
if isinstance(place, Engine):
    with place.begin() as opened:
        run(opened)
else:
    run(place)
