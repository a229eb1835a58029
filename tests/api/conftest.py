"""API clients: one on the shipped data with an empty store, one for tests that write."""

from __future__ import annotations

import csv
import io
from functools import partial

import pytest

from dashboard.api.app import build_app
from dashboard.api.dependencies import get_live_context
from dashboard.config import Settings
from dashboard.container import build_context
from dashboard.services.pictures import PictureCache
from tests.asgi_client import get
from tests.cli.conftest import run_cli  # noqa: F401 - a fixture
from tests.made_report import made_chart


def build_client(home):
    context = build_context(Settings(dashboard_home=home, database_url=None), interface="api")
    app = build_app()
    app.state.build_chart = made_chart
    app.state.pictures = PictureCache(lambda *_chart: b"<svg/>")
    app.dependency_overrides[get_live_context] = lambda: context
    return app, context


@pytest.fixture(scope="session")
def ask(tmp_path_factory):
    """Request an address of the API on the shipped data alone."""
    app, context = build_client(tmp_path_factory.mktemp("shipped"))
    yield partial(get, app)
    context.notes.close()


@pytest.fixture
def own_client(tmp_path):
    """A client and its application context, for a test that writes."""
    app, context = build_client(tmp_path)
    yield partial(get, app), context
    context.notes.close()


def rows_of(answer):
    """The rows of a CSV answer."""
    return list(csv.DictReader(io.StringIO(answer.body.decode("utf-8"))))
