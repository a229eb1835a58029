"""Settings of this machine and the format of its log; the only reader of the environment."""

from __future__ import annotations

import getpass
import json
import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from platformdirs import user_cache_path, user_data_path
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

# ------------------------------------------------------------
# What differs between machines; the only reader of the environment.


APP_NAME: Final = "rouble-reaction"


def default_home() -> Path:
    """The user's data directory; it is made when something is first written to it."""
    return user_data_path(APP_NAME, appauthor=False)


def login_name() -> str:
    """The name under which the person is logged in; empty where the system knows none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""


class Settings(BaseSettings):
    """The settings of this machine.

    `DASHBOARD_HOME` is where what a person writes is kept; `DATABASE_URL` puts the event
    store elsewhere, for example `postgresql+psycopg://user@host/name`. `SOURCE_DATE_EPOCH`
    (seconds since 1970) stands in for the time of an export, so that the same export twice is
    the same bytes. `DASHBOARD_CACHE` is where fetched rates are kept. `DASHBOARD_OFFLINE=1`
    never asks the network; `DASHBOARD_UPSTREAM` asks a replica of the data services on this
    machine instead, for example `http://127.0.0.1:8600`. `DASHBOARD_USER` is who uses this
    process, the name of the login where it is not set: private notes are those of this person.
    An empty variable counts as not set.
    """

    model_config = SettingsConfigDict(env_ignore_empty=True, frozen=True, extra="ignore")

    dashboard_home: Path = Field(default_factory=default_home)
    dashboard_cache: Path | None = None
    dashboard_offline: bool = False
    dashboard_upstream: str | None = None
    dashboard_user: str = Field(default_factory=login_name, max_length=80)
    database_url: str | None = Field(default=None, repr=False)
    source_date_epoch: int | None = Field(default=None, ge=0, le=253_402_300_799)

    @property
    def cache_folder(self) -> Path:
        """Where fetched rates are kept: beside a home that was named, else in the user's cache."""
        if self.dashboard_cache is not None:
            return self.dashboard_cache.expanduser().resolve()
        if "dashboard_home" in self.model_fields_set:
            return self.dashboard_home.expanduser().resolve() / "cache"
        return user_cache_path(APP_NAME, appauthor=False)

    @property
    def own_folder(self) -> Path:
        """Where the series are kept that a person imported."""
        return self.dashboard_home.expanduser().resolve() / "rates"

    @property
    def backup_folder(self) -> Path:
        """Where the backups are kept that are made by themselves."""
        return self.dashboard_home.expanduser().resolve() / "backups"

    @property
    def store_url(self) -> str:
        """The SQLAlchemy URL of the event store; it may hold a password, so never show it."""
        if self.database_url:
            return self.database_url
        return f"sqlite:///{self.dashboard_home.expanduser().resolve() / 'events.sqlite3'}"


# ------------------------------------------------------------
# Log lines: what the server writes about itself, one JSON object a line and never two.
#
# A title with line ends, or the text of an error, cannot forge a line: JSON escapes them.


class JsonLogFormatter(logging.Formatter):
    """A record as one line: when, how bad, where from, what; a fault with its traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """The line; what an action says of itself is put into it as it is."""
        told: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        message = record.getMessage()
        told |= (
            _message_fields(message) if record.name == "dashboard.actions" else {"message": message}
        )
        if record.exc_info:
            told["fault"] = self.formatException(record.exc_info)
        return json.dumps(told)


def configure_json_logging() -> None:
    """Write what the program says of itself to standard error, from now on, in such lines."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLogFormatter())
    ours = logging.getLogger("dashboard")
    ours.setLevel(logging.INFO)
    ours.handlers = [handler]
    ours.propagate = False


def _message_fields(message: str) -> dict[str, Any]:
    try:
        found = json.loads(message)
    except ValueError:
        found = None
    return found if isinstance(found, dict) else {"message": message}
