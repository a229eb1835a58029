"""The settings of a machine."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from dashboard.config import Settings, check_reach, read_settings
from dashboard.models.errors import InputError


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


# ------------------------------------------------------------------ a server for others


def test_without_settings_the_loopback_alone_is_served():
    settings = Settings()
    assert (settings.dashboard_listen, settings.dashboard_port) == ("127.0.0.1", 8501)
    assert settings.served_hosts == ("127.0.0.1", "localhost")
    assert settings.dashboard_trusted_proxies == ()
    assert settings.dashboard_metrics is None
    check_reach(settings)


def test_lists_are_separated_by_commas_or_spaces(monkeypatch):
    monkeypatch.setenv("DASHBOARD_TRUSTED_PROXIES", "127.0.0.1, 10.1.0.0/16 ::1")
    monkeypatch.setenv("DASHBOARD_ALLOWED_HOSTS", "Rates.example.org,*.example.com")
    monkeypatch.setenv("DASHBOARD_PUBLIC_URL", "https://rouble.example.org/rates")
    settings = Settings()
    networks = [str(network) for network in settings.dashboard_trusted_proxies]
    assert networks == ["127.0.0.1/32", "10.1.0.0/16", "::1/128"]
    assert settings.served_hosts == (
        "127.0.0.1", "localhost", "rates.example.org", "*.example.com", "rouble.example.org",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("BASE_PATH", "rates/", "/rates"),
        ("BASE_PATH", "/", ""),
        ("METRICS", "[::1]:9464", ("::1", 9464)),
        ("LISTEN", "0.0.0.0", "0.0.0.0"),
    ],
)
def test_a_setting_is_read_as_people_write_it(monkeypatch, name, value, read):
    monkeypatch.setenv(f"DASHBOARD_{name}", value)
    assert getattr(Settings(), f"dashboard_{name.lower()}") == read


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LISTEN", "everywhere"),
        ("PORT", "70000"),
        ("BASE_PATH", "/a/../b"),
        ("BASE_PATH", '/"><script>'),
        ("TRUSTED_PROXIES", "10.1.0.0/16, proxy"),
        ("ALLOWED_HOSTS", "https://rouble.example.org"),
        ("ALLOWED_HOSTS", "*"),
        ("METRICS", "9464"),
        ("METRICS", "127.0.0.1:0"),
    ],
)
def test_a_setting_that_is_wrong_is_one_line_that_names_it(monkeypatch, name, value):
    monkeypatch.setenv(f"DASHBOARD_{name}", value)
    with pytest.raises(InputError, match=f"^the environment variable DASHBOARD_{name}: [^\n]+$"):
        read_settings()


def test_a_base_path_and_a_public_address_that_differ_are_refused(monkeypatch):
    monkeypatch.setenv("DASHBOARD_PUBLIC_URL", "https://rouble.example.org/other")
    monkeypatch.setenv("DASHBOARD_BASE_PATH", "/rates")
    with pytest.raises(InputError, match=r"\(/other\) is not DASHBOARD_BASE_PATH \(/rates\)"):
        read_settings()
    monkeypatch.setenv("DASHBOARD_PUBLIC_URL", "https://rouble.example.org/rates/")
    assert read_settings().dashboard_base_path == "/rates"


@pytest.mark.parametrize(
    ("listen", "allowed", "refused"),
    [("0.0.0.0", False, True), ("192.0.2.7", False, True), ("::", False, True),
     ("0.0.0.0", True, False), ("::1", False, False), ("127.0.0.9", False, False)],
)  # fmt: skip
def test_others_reach_a_product_without_sign_in_only_where_that_is_said(listen, allowed, refused):
    settings = Settings(dashboard_listen=listen, dashboard_no_sign_in=allowed)
    if refused:
        with pytest.raises(InputError, match=f"^DASHBOARD_LISTEN {listen}: .*DASHBOARD_NO_SIGN_IN"):
            check_reach(settings)
    else:
        check_reach(settings)
