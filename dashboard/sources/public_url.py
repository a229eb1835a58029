"""URLs that may be fetched for a user: syntax, port and address, before the name is resolved."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Final, TypeAlias
from urllib.parse import SplitResult, urlsplit

from dashboard.models.errors import InputError
from dashboard.models.messages import translate as _

IpAddress: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

MAX_URL_CHARS: Final = 2_000
ALLOWED_PORTS: Final = {"http": 80, "https": 443}

_ILLEGAL_URL_CHARS: Final = re.compile(r"[\s\x00-\x20\x7f<>\"\\^`{|}]")
_NUMERIC_LABEL: Final = re.compile(r"[0-9]+|0[xX][0-9a-fA-F]*")
_HOST_NAME: Final = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9_-]{1,63}(?<!-))+\.?")

_NON_PUBLIC_IPV4: Final = tuple(
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # shared between a provider and its customers
        "127.0.0.0/8",  # this machine
        "169.254.0.0/16",  # link-local; where clouds keep their secrets
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # relays from IPv6
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
    )
)
_GLOBAL_IPV6: Final = ipaddress.IPv6Network("2000::/3")
"""Nothing outside it is routed on the Internet: not ::1, ::ffff:0:0/96, 64:ff9b::/96, fc00::/7,
fe80::/10, fec0::/10 or ff00::/8."""
_NON_PUBLIC_IPV6: Final = tuple(
    ipaddress.IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments, with Teredo, which carries an IPv4 address inside
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4, which carries an IPv4 address inside
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation
    )
)


@dataclass(frozen=True, slots=True)
class PublicUrl:
    """A URL that passed the checks that need no name resolution."""

    url: str
    scheme: str
    host: str


def is_public_address(address: IpAddress) -> bool:
    """Whether an address is one of the public Internet.

    The standard library is not enough here: it takes multicast, 64:ff9b::/96 and 2002::/16
    for global, and both can lead to private addresses through a translator.
    """
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in _NON_PUBLIC_IPV4)
    is_routed = address in _GLOBAL_IPV6 and address.scope_id is None
    return is_routed and not any(address in network for network in _NON_PUBLIC_IPV6)


def parse_public_url(text: str) -> PublicUrl:
    """Parse a link and check it, without name resolution.

    Raises:
        InputError: it is no web link, or may not be followed; one line says why.
    """
    text = text.strip()
    if len(text) > MAX_URL_CHARS or _ILLEGAL_URL_CHARS.search(text):
        raise _url_error(text, _("is no link; write it like https://example.org/page"))
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise _url_error(text, _("is no link; write it like https://example.org/page")) from None
    if parts.scheme not in ALLOWED_PORTS:
        raise _url_error(
            text, _("does not begin with http:// or https://; only those are followed")
        )
    if "@" in parts.netloc:
        raise _url_error(text, _("holds a user name; take the part before the @ out"))
    if port not in {None, ALLOWED_PORTS[parts.scheme]}:
        raise _url_error(text, _("asks for port {port}; only 80 and 443 are followed", port=port))
    return PublicUrl(text, parts.scheme, _parse_host(parts, text))


def _parse_host(parts: SplitResult, text: str) -> str:
    host = parts.hostname or ""
    if not host or "%" in host:
        raise _url_error(text, _("is no link; write it like https://example.org/page"))
    try:
        # Full-width digits and dots become plain ones here, before the checks.
        host = host if ":" in host else host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise _url_error(text, _("has a host name that does not exist")) from None
    literal = _parse_ip_address(host)
    if literal is not None:
        if not is_public_address(literal):
            raise _url_error(text, _("leads to an address that is not public"))
        return host
    if _NUMERIC_LABEL.fullmatch(host.rstrip(".").rpartition(".")[2]):
        raise _url_error(
            text, _("writes an address in an unusual way; write four numbers with dots")
        )
    if not _HOST_NAME.fullmatch(host) or len(host) > 253:
        raise _url_error(text, _("has a host name that is not one of the public Internet"))
    return host


def _parse_ip_address(host: str) -> IpAddress | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _url_error(text: str, why: str) -> InputError:
    shown = "".join(letter if letter.isprintable() else " " for letter in text[:120])
    shown = shown if len(text) <= 80 else f"{shown[:79]}…"
    return InputError(_("link {link}: {problem}", link=shown, problem=why))
