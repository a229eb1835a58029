"""Alerts on SQLite."""

from tests.storage.alerts_form import AlertsForm, alerts, raised
from tests.storage.sqlite_file import file, soundness, url

__all__ = ["alerts", "file", "raised", "soundness", "url"]


class TestAlerts(AlertsForm):
    pass
