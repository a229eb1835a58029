"""No test reaches the network: every connection and look-up but those of this machine is refused.

Python imports a module of this name at its start, so that this folder on `PYTHONPATH` guards
every process that a test starts; `tests/conftest.py` puts it there.
"""

import ipaddress
import socket


class NetworkRefused(BaseException):
    """A test used another machine; no `except Exception` and no retry may hide that."""


LOCAL_NAMES = frozenset({None, "", "localhost", socket.gethostname()})
_connect, _connect_ex = socket.socket.connect, socket.socket.connect_ex
_send_to, _look_up = socket.socket.sendto, socket.getaddrinfo


def is_local(host):
    """Whether a name or an address means this machine."""
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if host in LOCAL_NAMES:
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _refuse_elsewhere(sock, address):
    is_network = sock.family in {socket.AF_INET, socket.AF_INET6}
    if is_network and not is_local(address[0]):
        raise NetworkRefused(f"a test wanted to reach {address[0]}")


def _connect_here(self, address):
    _refuse_elsewhere(self, address)
    return _connect(self, address)


def _connect_ex_here(self, address):
    _refuse_elsewhere(self, address)
    return _connect_ex(self, address)


def _send_here(self, data, *rest):
    _refuse_elsewhere(self, rest[-1])
    return _send_to(self, data, *rest)


def _look_up_here(host, *rest, **more):
    if not is_local(host):
        raise NetworkRefused(f"a test wanted to look up {host}")
    return _look_up(host, *rest, **more)


socket.socket.connect, socket.socket.connect_ex = _connect_here, _connect_ex_here
socket.socket.sendto, socket.getaddrinfo = _send_here, _look_up_here
