"""Alerts on PostgreSQL."""

import pytest

from tests.storage.alerts_form import AlertsForm, alerts, raised

__all__ = ["alerts", "raised"]


@pytest.fixture
def url(postgres_url):
    return postgres_url


class TestAlerts(AlertsForm):
    pass
