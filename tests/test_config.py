"""The settings of a machine."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from dashboard.config import Settings


def test_without_settings_notes_are_stored_in_the_users_data_directory(monkeypatch, tmp_path):
    monkeypatch.delenv("DASHBOARD_HOME")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    settings = Settings()
    assert settings.dashboard_home.name == "rouble-reaction"
    assert tmp_path in settings.dashboard_home.parents
    assert settings.database_url is None
    assert settings.store_url == f"sqlite:///{settings.dashboard_home / 'events.sqlite3'}"


def test_the_home_can_be_put_elsewhere(dashboard_home):
    assert Settings().dashboard_home == dashboard_home


def test_the_store_can_be_put_elsewhere(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql+psycopg://somebody@host/name")
    assert Settings().store_url == "postgresql+psycopg://somebody@host/name"


def test_an_empty_variable_counts_as_not_set(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "")
    assert Settings().database_url is None


def test_asking_for_the_settings_makes_no_folder(dashboard_home):
    Settings()
    assert not Path(dashboard_home).exists()


def test_a_password_is_not_in_the_text_of_the_settings(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql+psycopg://somebody:canary-word@host/name")
    assert "canary-word" not in repr(Settings())
    assert "canary-word" not in str(Settings())


def test_settings_cannot_be_changed_while_the_program_runs():
    with pytest.raises(ValidationError):
        Settings().database_url = "sqlite://"


def test_fetched_rates_are_stored_in_the_users_cache_directory(monkeypatch, tmp_path):
    monkeypatch.delenv("DASHBOARD_HOME")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert Settings().cache_folder == tmp_path / "rouble-reaction"


def test_a_home_that_was_named_holds_the_cache_too(dashboard_home):
    assert Settings().cache_folder == dashboard_home / "cache"


def test_the_cache_can_be_put_elsewhere(monkeypatch, tmp_path):
    monkeypatch.setenv("DASHBOARD_CACHE", str(tmp_path / "cache"))
    assert Settings().cache_folder == tmp_path / "cache"


def test_the_network_is_requested_unless_the_settings_say_otherwise(monkeypatch):
    monkeypatch.delenv("DASHBOARD_OFFLINE")
    assert not Settings().dashboard_offline
    assert Settings().dashboard_upstream is None
    monkeypatch.setenv("DASHBOARD_OFFLINE", "1")
    assert Settings().dashboard_offline
