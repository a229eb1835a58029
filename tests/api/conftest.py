"""The network door on the shipped data and an empty store, and one with notes of its own."""

from __future__ import annotations

from functools import partial

import pytest

from dashboard.api.app import build_app
from dashboard.api.dependencies import get_live_context
from dashboard.config import Settings
from dashboard.container import build_context
from tests.asgi_client import get


def door_to(home):
    parts = build_context(Settings(dashboard_home=home, database_url=None), interface="api")
    app = build_app()
    app.dependency_overrides[get_live_context] = lambda: parts
    return app, parts


@pytest.fixture(scope="session")
def ask(tmp_path_factory):
    """Ask the door of an untouched house."""
    app, parts = door_to(tmp_path_factory.mktemp("house"))
    yield partial(get, app)
    parts.notes.close()


@pytest.fixture
def own_house(tmp_path):
    """A door and the parts behind it, for a test that writes."""
    app, parts = door_to(tmp_path)
    yield partial(get, app), parts
    parts.notes.close()
