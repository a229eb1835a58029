"""The command `watch` on SQLite."""

import pytest

from tests.cli.conftest import run_cli
from tests.watch_form import WatchForm

__all__ = ["run_cli"]


@pytest.fixture
def database(monkeypatch):
    monkeypatch.setenv("DASHBOARD_ALERT_HOSTS", "127.0.0.1")


class TestWatch(WatchForm):
    pass
