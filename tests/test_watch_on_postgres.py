"""The command `watch` on PostgreSQL."""

import pytest

from tests.cli.conftest import run_cli
from tests.watch_form import WatchForm

__all__ = ["run_cli"]


@pytest.fixture
def database(postgres_url, dashboard_home, monkeypatch):
    del dashboard_home  # which takes the address of the database away
    monkeypatch.setenv("DATABASE_URL", postgres_url)
    monkeypatch.setenv("DASHBOARD_ALERT_HOSTS", "127.0.0.1")


class TestWatchOnPostgres(WatchForm):
    pass
