"""Settings of this machine and the format of its log; the only reader of the environment."""

from __future__ import annotations

import getpass
import json
import logging
import re
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final

from platformdirs import user_cache_path, user_data_path
from pydantic import AfterValidator, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from dashboard.models.messages import ENGLISH, available_languages, choose_language
from dashboard.models.messages import translate as _

APP_NAME: Final = "rouble-reaction"
_ORIGIN: Final = re.compile(r"\*|https?://(\*\.)?[A-Za-z0-9.\-]+(:(\d{1,5}|\*))?|'self'")


def default_home() -> Path:
    """The user's data directory; it is made when something is first written to it."""
    return user_data_path(APP_NAME, appauthor=False)


def login_name() -> str:
    """The name under which the person is logged in; empty where the system knows none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""


def _known_language(language: str) -> str:
    chosen = choose_language([language])
    if chosen is None:
        known = ", ".join(available_languages())
        raise ValueError(_("is unknown; take one of {known}", known=known))
    return chosen


def _web_address(url: str | None) -> str | None:
    if url is not None and not url.startswith(("http://", "https://")):
        raise ValueError(_("is no address; write it like https://rouble.example.org"))
    return url


def _origins(text: str) -> str:
    """Origins as a content security policy takes them, one space between two."""
    origins = text.replace(",", " ").split()
    for origin in origins:
        if not _ORIGIN.fullmatch(origin):
            msg = _("{origin} is no origin; write it like https://news.example.org", origin=origin)
            raise ValueError(msg)
    return " ".join(origins)


class Settings(BaseSettings):
    """The settings of this machine.

    `DASHBOARD_HOME` is the folder of what users write; `DATABASE_URL` puts the event
    store elsewhere, for example `postgresql+psycopg://user@host/name`. `SOURCE_DATE_EPOCH`
    (seconds since 1970) stands in for the time of an export, so that the same export twice is
    the same bytes. `DASHBOARD_CACHE` is the folder of fetched rates. `DASHBOARD_OFFLINE=1`
    never asks the network; `DASHBOARD_UPSTREAM` asks a replica of the data services on this
    machine instead, for example `http://127.0.0.1:8600`. `DASHBOARD_USER` is who uses this
    process, the name of the login where it is not set: private notes are those of this person.
    `DASHBOARD_LANGUAGE` is the language of its messages, `en` where it is not set.
    `DASHBOARD_PUBLIC_URL` is where others reach the pages, for the links in pictures and reports.
    `DASHBOARD_EMBED_ORIGINS` names the sites whose pages may show charts of this one in a frame,
    such as `https://news.example.org https://*.example.com`, or `*`; where it is not set none may.
    An empty variable counts as not set.
    """

    model_config = SettingsConfigDict(env_ignore_empty=True, frozen=True, extra="ignore")

    dashboard_home: Path = Field(default_factory=default_home)
    dashboard_cache: Path | None = None
    dashboard_offline: bool = False
    dashboard_upstream: str | None = None
    dashboard_language: Annotated[str, AfterValidator(_known_language)] = ENGLISH
    dashboard_public_url: Annotated[str | None, AfterValidator(_web_address)] = None
    dashboard_embed_origins: Annotated[str, AfterValidator(_origins)] = ""
    dashboard_user: str = Field(default_factory=login_name, max_length=80)
    database_url: str | None = Field(default=None, repr=False)
    source_date_epoch: int | None = Field(default=None, ge=0, le=253_402_300_799)

    @property
    def cache_folder(self) -> Path:
        """The folder of fetched rates: in a home that was set, else in the user's cache."""
        if self.dashboard_cache is not None:
            return self.dashboard_cache.expanduser().resolve()
        if "dashboard_home" in self.model_fields_set:
            return self.dashboard_home.expanduser().resolve() / "cache"
        return user_cache_path(APP_NAME, appauthor=False)

    @property
    def own_folder(self) -> Path:
        """The folder of imported series."""
        return self.dashboard_home.expanduser().resolve() / "rates"

    @property
    def backup_folder(self) -> Path:
        """The folder of automatic backups."""
        return self.dashboard_home.expanduser().resolve() / "backups"

    @property
    def store_url(self) -> str:
        """The SQLAlchemy URL of the event store; it may hold a password, so never show it."""
        if self.database_url:
            return self.database_url
        return f"sqlite:///{self.dashboard_home.expanduser().resolve() / 'events.sqlite3'}"


# ------------------------------------------------------------------ log


class JsonLogFormatter(logging.Formatter):
    """A record as one JSON object: time, level, logger, message, and the traceback of a fault.

    JSON escapes line ends, so that a title or the text of an error cannot forge a line.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The line; the fields of an audited action are merged into it."""
        fields: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        message = record.getMessage()
        fields |= (
            _message_fields(message) if record.name == "dashboard.actions" else {"message": message}
        )
        if record.exc_info:
            fields["fault"] = self.formatException(record.exc_info)
        return json.dumps(fields)


def configure_json_logging() -> None:
    """Write every log, warning and fault of a thread to standard error as JSON lines from now on.

    A library that writes by handlers of its own is turned off by `log_through_root`.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLogFormatter())
    handler.addFilter(lambda record: record.levelno >= logging.WARNING or _is_own(record))
    logging.getLogger().handlers = [handler]
    log_through_root(logging.getLogger("dashboard"))
    logging.getLogger("dashboard").setLevel(logging.INFO)
    logging.captureWarnings(True)
    threading.excepthook = _log_thread_fault
    sys.unraisablehook = _log_unraisable_fault


def _is_own(record: logging.LogRecord) -> bool:
    return record.name.partition(".")[0] == "dashboard"


def log_through_root(logger: logging.Logger) -> None:
    """Take the handlers of a logger away, so that its lines are those of the root logger."""
    logger.handlers = []
    logger.propagate = True


def _log_thread_fault(fault: threading.ExceptHookArgs) -> None:
    if fault.exc_value is not None and fault.exc_type is not SystemExit:
        details = (fault.exc_type, fault.exc_value, fault.exc_traceback)
        logging.getLogger("dashboard").error("a thread failed", exc_info=details)


def _log_unraisable_fault(fault: Any) -> None:
    details = (fault.exc_type, fault.exc_value, fault.exc_traceback)
    logging.getLogger("dashboard").error("a fault could not be raised", exc_info=details)


def _message_fields(message: str) -> dict[str, Any]:
    try:
        fields = json.loads(message)
    except ValueError:
        fields = None
    return fields if isinstance(fields, dict) else {"message": message}
