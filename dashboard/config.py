"""Settings of this machine and the format of its log; the only reader of the environment."""

from __future__ import annotations

import getpass
import ipaddress
import json
import logging
import re
import sys
import threading
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeAlias
from urllib.parse import urlsplit

from platformdirs import user_cache_path, user_data_path
from pydantic import AfterValidator, BeforeValidator, Field, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from dashboard.models.errors import InputError
from dashboard.models.messages import ENGLISH, available_languages, choose_language
from dashboard.models.messages import translate as _
from dashboard.models.people import Role

APP_NAME: Final = "rouble-reaction"
LOOPBACK: Final = "127.0.0.1"
LOOPBACK_HOSTS: Final = (LOOPBACK, "localhost")
IpNetwork: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network
_BASE_PATH: Final = re.compile(r"(/[A-Za-z0-9_-][A-Za-z0-9._-]*){1,5}")
_HOST: Final = re.compile(r"(\*\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)*|[0-9a-f:]*:[0-9a-f:.]*")
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


def _split_members(texts: object) -> object:
    """Names separated by commas: groups and names may hold spaces."""
    if not isinstance(texts, str):
        return texts
    return tuple(name.strip() for name in texts.split(",") if name.strip())


Members: TypeAlias = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split_members)]
MIN_SECRET_LENGTH: Final = 32
_EXAMPLE_SECRETS: Final = ("xxx", "change", "secret", "example", "password")
_NEEDED_SETTINGS: Final = {
    "oidc": (
        "dashboard_public_url",
        "dashboard_oidc_metadata_url",
        "dashboard_oidc_client_id",
        "dashboard_oidc_client_secret",
        "dashboard_cookie_secret",
    ),
    "proxy": ("dashboard_trusted_proxies",),
}
"""The settings without which a way to sign in does not work."""


def _base_path(text: str) -> str:
    path = f"/{text.strip('/')}" if text.strip("/") else ""
    if path and not _BASE_PATH.fullmatch(path):
        raise ValueError(_("is no path; write it like /rouble"))
    return path


def _ip_address(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text.strip("[]")))
    except ValueError:
        raise ValueError(_("is no address; write it like 127.0.0.1, 0.0.0.0 or ::1")) from None


def _address_and_port(text: object) -> object:
    if not isinstance(text, str):
        return text
    address, _separator, port = text.rpartition(":")
    if not port.isdecimal() or not 0 < int(port) <= 65_535:
        raise ValueError(_("is no address with a port; write it like 127.0.0.1:9464"))
    return _ip_address(address), int(port)


def _split_list(texts: object) -> object:
    """The parts of a variable that holds several, separated by commas or spaces."""
    return tuple(re.split(r"[,\s]+", texts.strip(", "))) if isinstance(texts, str) else texts


def _networks(texts: object) -> object:
    if not isinstance(texts, str):
        return texts
    try:
        return tuple(ipaddress.ip_network(text) for text in re.split(r"[,\s]+", texts.strip(", ")))
    except ValueError:
        msg = _("holds what is no address and no network; write them like 127.0.0.1, 10.1.0.0/16")
        raise ValueError(msg) from None


def _host_names(names: tuple[str, ...]) -> tuple[str, ...]:
    names = tuple(name.lower().strip("[]").rstrip(".") for name in names)
    if not all(_HOST.fullmatch(name) for name in names):
        msg = _("holds what is no host name; write them like rouble.example.org, *.example.org")
        raise ValueError(msg)
    return names


TextList: TypeAlias = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split_list)]
NetworkList: TypeAlias = Annotated[tuple[IpNetwork, ...], NoDecode, BeforeValidator(_networks)]


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
    Of a PostgreSQL: `DATABASE_POOL_SIZE` is how many connections a process opens at most,
    `DATABASE_CONNECT_SECONDS` how long it waits for one, `DATABASE_STATEMENT_SECONDS` how long a
    statement may take, and `DASHBOARD_PG_DUMP` the program that backs it up, `pg_dump` of the
    search path where it is not set.
    An empty variable counts as not set.

    `DASHBOARD_SIGN_IN` says how people sign in (docs/guide/team.md): `none`, so that whoever opens
    the pages is the owner of the machine; `oidc`, at the identity provider of
    `DASHBOARD_OIDC_METADATA_URL` with `DASHBOARD_OIDC_CLIENT_ID`, `DASHBOARD_OIDC_CLIENT_SECRET`
    and `DASHBOARD_COOKIE_SECRET`, which signs the cookies; `proxy`, by the headers of a trusted
    proxy. `DASHBOARD_PERSON_CLAIM` and `DASHBOARD_GROUPS_CLAIM` are the claims that hold the name
    and the groups. `DASHBOARD_ADMINISTRATORS`, `DASHBOARD_EDITORS` and `DASHBOARD_VIEWERS` are
    names, or groups as `group:NAME`, separated by commas; everybody else has the role
    `DASHBOARD_DEFAULT_ROLE`. A sign-in ends after `DASHBOARD_IDLE_HOURS` without use and after
    `DASHBOARD_SIGN_IN_HOURS` in any case. `DASHBOARD_SIGN_OUT_URL` is where a proxy signs out.
    The following are of a server for others (docs/guide/team.md). `DASHBOARD_LISTEN` and
    `DASHBOARD_PORT` say where it listens, `DASHBOARD_BASE_PATH` below which path its addresses
    lie. The forwarded headers of `DASHBOARD_TRUSTED_PROXIES` alone are believed. Besides the
    loopback and the host of the public URL, `DASHBOARD_ALLOWED_HOSTS` are served.
    `DASHBOARD_PUBLIC=1` makes it a public, read-only instance: whoever opens it reads what is
    shared, and nothing is changed or fetched by visitors. `DASHBOARD_EMBED_ORIGINS` names the
    sites whose pages may show charts of this one in a frame, such as `https://news.example.org
    https://*.example.com`, or `*`; where it is not set none may.
    `DASHBOARD_NO_SIGN_IN=1` allows others to reach a product where nobody signs in.
    `DASHBOARD_REQUEST_LOG=1` logs each request, `DASHBOARD_METRICS` is where the metrics are
    served. After SIGTERM it is not ready for `DASHBOARD_DRAIN_SECONDS`, stops to listen, and
    gives what runs `DASHBOARD_STOP_SECONDS` to end.
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
    database_pool_size: int = Field(default=15, ge=2, le=200)
    database_connect_seconds: int = Field(default=3, ge=2, le=60)
    database_statement_seconds: float = Field(default=7.0, ge=1.0, le=600.0)
    dashboard_pg_dump: str = "pg_dump"
    source_date_epoch: int | None = Field(default=None, ge=0, le=253_402_300_799)
    dashboard_public: bool = False
    dashboard_sign_in: Literal["none", "oidc", "proxy"] = "none"
    dashboard_oidc_metadata_url: Annotated[str | None, AfterValidator(_web_address)] = None
    dashboard_oidc_client_id: str | None = None
    dashboard_oidc_client_secret: str | None = Field(default=None, repr=False)
    dashboard_cookie_secret: str | None = Field(default=None, repr=False)
    dashboard_person_claim: str = "email"
    dashboard_groups_claim: str = "groups"
    dashboard_administrators: Members = ()
    dashboard_editors: Members = ()
    dashboard_viewers: Members = ()
    dashboard_default_role: Role = Role.VIEWER
    dashboard_idle_hours: float = Field(default=8, gt=0, le=720)
    dashboard_sign_in_hours: float = Field(default=12, gt=0, le=720)
    dashboard_sign_out_url: str | None = None
    dashboard_listen: Annotated[str, AfterValidator(_ip_address)] = LOOPBACK
    dashboard_port: int = Field(default=8501, ge=0, le=65_535)
    dashboard_base_path: Annotated[str, AfterValidator(_base_path)] = ""
    dashboard_trusted_proxies: NetworkList = ()
    dashboard_allowed_hosts: Annotated[TextList, AfterValidator(_host_names)] = ()
    dashboard_no_sign_in: bool = False
    dashboard_request_log: bool = False
    dashboard_metrics: Annotated[
        tuple[str, int] | None, NoDecode, BeforeValidator(_address_and_port)
    ] = None
    dashboard_drain_seconds: float = Field(default=0, ge=0, le=300)
    dashboard_stop_seconds: int = Field(default=10, ge=1, le=600)

    @property
    def served_hosts(self) -> tuple[str, ...]:
        """The host names of requests that are answered; another is refused (DNS rebinding)."""
        public = urlsplit(self.dashboard_public_url or "").hostname
        listen = self.dashboard_listen
        own = () if ipaddress.ip_address(listen).is_unspecified else (listen,)
        names = (*LOOPBACK_HOSTS, *own, *self.dashboard_allowed_hosts, *((public,) * bool(public)))
        return tuple(dict.fromkeys(names))

    def pages_address(self, origin: str) -> str:
        """Where the pages are, without a last slash: as it was set, else as a request reached it.

        Args:
            origin: scheme, host and port of the request.
        """
        return (self.dashboard_public_url or f"{origin}{self.dashboard_base_path}").rstrip("/")

    @property
    def is_https(self) -> bool:
        """Whether others reach the pages by HTTPS alone."""
        return (self.dashboard_public_url or "").startswith("https://")

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
    def is_shared(self) -> bool:
        """Whether the store is a PostgreSQL, which replicas share."""
        return (self.database_url or "").startswith("postgres")

    @property
    def store_url(self) -> str:
        """The SQLAlchemy URL of the event store; it may hold a password, so never show it."""
        if self.database_url:
            return self.database_url
        return f"sqlite:///{self.dashboard_home.expanduser().resolve() / 'events.sqlite3'}"


def read_settings() -> Settings:
    """The settings of the environment.

    Raises:
        InputError: a variable has an invalid value, or two contradict one another.
    """
    try:
        settings = Settings()
    except ValidationError as error:
        errors = [
            f"{str(item['loc'][0]).upper()}: {item['msg'].removeprefix('Value error, ')}"
            for item in error.errors()
        ]
        msg = _("the environment variable {errors}", errors="; ".join(errors))
        raise InputError(msg) from None
    path = urlsplit(settings.dashboard_public_url or "").path.rstrip("/")
    base = settings.dashboard_base_path
    if settings.dashboard_public_url and base and path != base:
        msg = _(
            "the path of DASHBOARD_PUBLIC_URL ({path}) is not DASHBOARD_BASE_PATH ({base}): a proxy"
            " passes the path on unchanged, so write both alike",
            path=path or "/",
            base=base,
        )
        raise InputError(msg)
    _check_sign_in(settings)
    return settings


def _check_sign_in(settings: Settings) -> None:
    """Refuse a sign-in that cannot work, or that anybody could forge."""
    if settings.dashboard_public and settings.dashboard_sign_in != "none":
        msg = _(
            "DASHBOARD_PUBLIC=1 and DASHBOARD_SIGN_IN={way} contradict one another: a public"
            " instance signs nobody in; start a second one on the same database for those who"
            " write",
            way=settings.dashboard_sign_in,
        )
        raise InputError(msg)
    needed = _NEEDED_SETTINGS.get(settings.dashboard_sign_in, ())
    missing = [name.upper() for name in needed if not getattr(settings, name)]
    if missing:
        msg = _(
            "DASHBOARD_SIGN_IN={way} needs {missing} too",
            way=settings.dashboard_sign_in,
            missing=", ".join(missing),
        )
        raise InputError(msg)
    secret = settings.dashboard_cookie_secret or ""
    is_weak = len(secret) < MIN_SECRET_LENGTH or secret.lower().startswith(_EXAMPLE_SECRETS)
    if settings.dashboard_sign_in == "oidc" and is_weak:
        msg = _(
            "DASHBOARD_COOKIE_SECRET: is too short or an example; take {n} random characters or"
            " more, as of `openssl rand -hex 32`",
            n=MIN_SECRET_LENGTH,
        )
        raise InputError(msg)


def check_reach(settings: Settings) -> None:
    """Check that a product which others can reach knows who they are.

    Raises:
        InputError: it listens beyond the loopback, and everybody could read and change everything.
    """
    is_local = ipaddress.ip_address(settings.dashboard_listen).is_loopback
    is_safe = settings.dashboard_no_sign_in or settings.dashboard_public
    is_open = settings.dashboard_sign_in == "none" and not is_safe
    if not is_local and is_open:
        msg = _(
            "DASHBOARD_LISTEN {address}: whoever reaches this address could read and change"
            " everything, for nobody signs in; listen on 127.0.0.1 behind a proxy, set"
            " DASHBOARD_SIGN_IN, or set DASHBOARD_NO_SIGN_IN=1 where a proxy or a firewall decides"
            " who may reach it",
            address=settings.dashboard_listen,
        )
        raise InputError(msg)


# ------------------------------------------------------------------ log


request_id: Final[ContextVar[str]] = ContextVar("request_id", default="")
"""The id of the request that is answered, for the lines that are logged meanwhile."""


class JsonLogFormatter(logging.Formatter):
    """A record as one JSON object: time, level, logger, message, and the traceback of a fault.

    JSON escapes line ends, so that a title or the text of an error cannot forge a line.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The line; the fields of an audited action or a request are merged into it."""
        fields: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        message = record.getMessage()
        if request_id.get():
            fields["request_id"] = request_id.get()
        is_structured = record.name in {"dashboard.actions", "dashboard.requests"}
        fields |= _message_fields(message) if is_structured else {"message": message}
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
