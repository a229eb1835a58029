"""Sending a message to mail, chats and webhooks through Apprise, guarded and bounded.

The guard is where a socket is connected: in the thread that sends, an address that is not public is
refused, whatever name, redirect or option led to it. The settings may allow hosts. Addresses of
targets hold passwords and tokens: nothing of them, and nothing that Apprise logs, goes into a log,
a message or an error.
"""

from __future__ import annotations

import ipaddress
import logging
import re
import socket
import sys
import threading
import warnings
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, wait
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import SplitResult, parse_qsl, urlsplit

from dashboard.models.alerts import AlertMessage, Delivery
from dashboard.models.errors import InputError
from dashboard.models.messages import deferred, keep_language, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.sources.public_url import is_public_address

SEND_SECONDS: Final = 20.0
"""No attempt takes longer."""
CONNECT_SECONDS: Final = 5.0
READ_SECONDS: Final = 10.0
MAX_ADDRESS_CHARS: Final = 1_000
WEB_SCHEMES: Final = {"https": "jsons", "http": "json"}
"""A plain web address is a webhook, which gets JSON."""
NAMED_HOST_SCHEMES: Final = frozenset(
    {"mailto", "mailtos", "json", "jsons", "gotify", "gotifys", "matrix", "matrixs", "mmost",
     "mmosts", "rocket", "rockets"}
)  # fmt: skip
"""Services on a host that the address names; the label shows it."""
SCHEMES: Final = NAMED_HOST_SCHEMES | {
    "discord", "gchat", "msteams", "ntfy", "ntfys", "pover", "slack", "tgram", "workflows", "zulip",
}  # fmt: skip
"""What may be sent to; Apprise also reaches programs and files of this machine."""
OPTIONS: Final = frozenset(
    {"to", "from", "name", "smtp", "user", "pass", "mode", "cc", "bcc", "reply", "format",
     "channel", "thread", "topic", "priority", "token", "avatar", "footer", "image", "silent",
     "preview", "tts", "method"}
)  # fmt: skip
"""The options of an address that are taken; others of Apprise read files of this machine."""
_EXAMPLES: Final = (
    "mailto://user:password@mail.example.org?to=desk@example.org, slack://…, tgram://…, "
    "https://example.org/hook"
)
_CUT_OFF: Final = re.compile(
    r"read timed out|(?<!connect )(?<!connection )timed out|unexpectedly closed|RemoteDisconnected"
    r"|reset by peer|broken pipe|Connection aborted",
    re.IGNORECASE,
)
"""What was sent may have arrived: a connection that ended in the middle."""
_NOT_REACHED: Final = (
    (re.compile(r"refused\b", re.IGNORECASE), deferred("the connection was refused")),
    (
        re.compile(r"ConnectTimeout|connect timeout", re.IGNORECASE),
        deferred("it could not be reached in time"),
    ),
    (
        re.compile(r"Name or service not known|resolve|getaddrinfo|Temporary failure in name"),
        deferred("its host could not be found"),
    ),
    (re.compile(r"CERTIFICATE|SSL", re.IGNORECASE), deferred("it has no valid certificate")),
)
_HTTP_STATUS: Final = re.compile(r"error[=:]\s*([1-5]\d\d)\b")
_SMTP_CODE: Final = re.compile(r"\((\d{3}), b|\{'[^']*': \((\d{3}),")
_TEMPORARY_STATUSES: Final = frozenset({408, 425, 429})


@dataclass(frozen=True, slots=True)
class ParsedTarget:
    """An address that may be sent to, in the form of Apprise, and its label without secrets."""

    address: str
    label: str


def parse_target(text: str) -> ParsedTarget:
    """Check the address of a target; no name is resolved and nothing is sent.

    Raises:
        InputError: it is no address of a service that is taken, or has an option that is not; the
            message does not repeat the address, which may hold a password.
    """
    text = text.strip()
    parts = _split(text)
    scheme = parts.scheme.lower() if parts is not None else ""
    if parts is None or scheme not in {*SCHEMES, *WEB_SCHEMES}:
        msg = _(
            "is no address that alerts can be sent to; write it like {examples}",
            examples=_EXAMPLES,
        )
        raise InputError(msg, field="ADDRESS")
    unknown = [name for name, _value in parse_qsl(parts.query) if name.lower() not in OPTIONS]
    if unknown:
        msg = _(
            "has an option that is not taken here; the options are {known}",
            known=", ".join(sorted(OPTIONS)),
        )
        raise InputError(msg, field="ADDRESS")
    service = _service(text)
    if service is None and scheme in WEB_SCHEMES:
        text = f"{WEB_SCHEMES[scheme]}{text[len(scheme) :]}"
        service = _service(text)
    if service is None:
        msg = _("is not complete; write it like {examples}", examples=_EXAMPLES)
        raise InputError(msg, field="ADDRESS")
    return ParsedTarget(text, _label(text, service))


def _split(text: str) -> SplitResult | None:
    """The parts of an address; None where it is none."""
    if len(text) > MAX_ADDRESS_CHARS or not text.isprintable():
        return None
    try:
        return urlsplit(text)
    except ValueError:  # brackets with no IPv6 address in them
        return None


def _label(address: str, service: Any) -> str:
    """The service, and the host where the address names one: in others it is a secret."""
    parts = urlsplit(address)
    name = _("webhook") if parts.scheme.lower() in WEB_SCHEMES.values() else service.service_name
    if parts.scheme.lower() not in NAMED_HOST_SCHEMES:
        return str(name)
    return _("{service} at {host}", service=name, host=parts.hostname or "")


@cache
def _apprise() -> Any:
    """The library, whose log goes nowhere."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of its plugins, read at the first use
        import apprise

        apprise.Apprise.instantiate("json://localhost")
    logger = logging.getLogger("apprise")
    logger.propagate = False
    logger.addHandler(logging.NullHandler())
    logger.setLevel(logging.DEBUG)  # read by `_captured_log`, written nowhere
    return apprise


def _service(address: str) -> Any:
    """Apprise's object of an address; None where it cannot read it."""
    apprise = _apprise()
    asset = apprise.AppriseAsset(
        async_mode=False, http_redirects=False, app_id="Rouble Reaction", pgp_autogen=False,
        pem_autogen=False,
    )  # fmt: skip
    service = apprise.Apprise.instantiate(address, asset=asset, suppress_exceptions=True)
    if service is not None:
        service.socket_connect_timeout = CONNECT_SECONDS
        service.socket_read_timeout = READ_SECONDS
    return service


# ---- the guard of connections


class AddressRefused(OSError):
    """A connection to an address that is not public; nothing was sent."""


class _ConnectionGuard(threading.local):
    """The connections that the thread may open; None: every one."""

    allowed: frozenset[str] | None = None
    refused: bool = False


_guard: Final = _ConnectionGuard()


@cache
def _install_guard() -> None:
    """Watch the connections of this process; a hook cannot be taken away again."""
    sys.addaudithook(_check_connection)


def _check_connection(event: str, args: tuple[Any, ...]) -> None:
    if event != "socket.connect" or _guard.allowed is None:
        return
    address = args[1]
    host = address[0] if isinstance(address, tuple) else ""
    if host in _guard.allowed:
        return
    try:
        is_public = is_public_address(ipaddress.ip_address(str(host).partition("%")[0]))
    except ValueError:
        is_public = False
    if not is_public:
        _guard.refused = True
        raise AddressRefused


@contextmanager
def _guarded(hosts: Sequence[str]) -> Iterator[_ConnectionGuard]:
    """Let this thread connect to public addresses and to those of some hosts only."""
    _install_guard()
    _guard.allowed, _guard.refused = frozenset(_addresses(hosts)), False
    try:
        yield _guard
    finally:
        _guard.allowed = None


def _addresses(hosts: Sequence[str]) -> Iterator[str]:
    for host in hosts:
        try:
            infos = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        except OSError:
            continue
        yield from (str(info[4][0]) for info in infos)


# ---- sending


class _ThreadLog(logging.Handler):
    """What one thread logs, to find out why nothing was sent; it is never shown or stored."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self._thread = threading.get_ident()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line of the thread that made the handler."""
        if record.thread == self._thread:
            self.lines.append(record.getMessage())


@contextmanager
def _captured_log() -> Iterator[list[str]]:
    handler, logger = _ThreadLog(), logging.getLogger("apprise")
    logger.addHandler(handler)
    try:
        yield handler.lines
    finally:
        logger.removeHandler(handler)


def send_message(
    address: str, message: AlertMessage, allowed_hosts: Sequence[str], seconds: float = SEND_SECONDS
) -> Delivery:
    """Send a message to a target, once; nothing is raised.

    Args:
        address: as `parse_target` gave it.
        message: its title and text.
        allowed_hosts: hosts whose addresses need not be public.
        seconds: the hard limit; what takes longer may have arrived.
    """
    future: Future[Delivery] = Future()

    def run() -> None:
        try:
            future.set_result(_send(address, message, allowed_hosts))
        except Exception as error:
            problem = _("sending failed ({kind})", kind=type(error).__name__)
            future.set_result(Delivery(problem, is_uncertain=True))

    threading.Thread(target=keep_language(run), name="alert", daemon=True).start()
    wait([future], timeout=seconds)
    if not future.done():
        problem = _("no answer within {seconds:g} s; it may have arrived", seconds=seconds)
        return Delivery(problem, is_uncertain=True)
    return future.result()


def _send(address: str, message: AlertMessage, allowed_hosts: Sequence[str]) -> Delivery:
    service = _service(address)
    if service is None:
        return Delivery(_("the address of the target cannot be read"), is_final=True)
    with _captured_log() as lines, _guarded(allowed_hosts) as guard:
        # Without the format, a mail takes the text for HTML, and a feed could put an image there.
        is_sent = service.notify(body=message.text, title=message.title, body_format="text")
        was_refused = guard.refused
    if is_sent:
        return Delivery()
    if was_refused:
        problem = _("leads to an address that is not public; an administrator can allow its host")
        return Delivery(problem, is_final=True)
    return _explain("\n".join(lines))


def _explain(log: str) -> Delivery:
    """Why a message was not sent, by what was logged; no word of it is repeated."""
    status = _HTTP_STATUS.search(log)
    if status is not None:
        return _refused_by(int(status[1]), deferred("it answered {code} {phrase}"))
    code = _SMTP_CODE.search(log)
    if code is not None:
        number = int(code[1] or code[2])
        is_final = number >= HTTPStatus.INTERNAL_SERVER_ERROR
        problem = _("the mail server refused it ({code})", code=number)
        return Delivery(problem, is_final=is_final)
    reached = next((why for pattern, why in _NOT_REACHED if pattern.search(log)), None)
    if reached is not None:
        return Delivery(translate_deferred(reached))
    if _CUT_OFF.search(log):
        problem = _("the connection ended without an answer; it may have arrived")
        return Delivery(problem, is_uncertain=True)
    return Delivery(_("the service did not take it"), is_uncertain=True)


def _refused_by(code: int, message: str) -> Delivery:
    phrase = HTTPStatus(code).phrase if code in set(HTTPStatus) else ""
    is_final = code < HTTPStatus.INTERNAL_SERVER_ERROR and code not in _TEMPORARY_STATUSES
    return Delivery(translate_deferred(message, code=code, phrase=phrase), is_final=is_final)
