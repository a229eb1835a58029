"""The command `watch` on PostgreSQL."""

import pytest

from dashboard import container
from tests.cli.conftest import run_cli
from tests.watch_form import WatchForm

__all__ = ["run_cli"]


@pytest.fixture
def database(postgres_url, dashboard_home, monkeypatch):
    del dashboard_home  # which takes the address of the database away
    monkeypatch.setenv("DATABASE_URL", postgres_url)
    monkeypatch.setenv("DASHBOARD_ALERT_HOSTS", "127.0.0.1")
    contexts, build = [], container.build_context

    def build_and_remember(*arguments, **options):
        contexts.append(build(*arguments, **options))
        return contexts[-1]

    # A command ends with its process, and here its connections would stay open.
    monkeypatch.setattr(container, "build_context", build_and_remember)
    yield
    for context in contexts:
        context.notes.close()


class TestWatchOnPostgres(WatchForm):
    pass
