"""No test can ask another machine than this one: not itself, and no process that it starts.

The addresses here lead nowhere even without the guard: 0.0.0.0 is this machine by a name that
no program should use, and names below .invalid belong to nobody.
"""

import asyncio
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from dashboard.container import build_context
from dashboard.ui import session
from tests.ui.app_in_test import open_page

NOWHERE = ("0.0.0.0", 9)


def is_refusal(caught):
    return type(caught.value).__name__ == "NetworkRefused"


def use(family, kind, act):
    with socket.socket(family, kind) as sock:
        act(sock)


def open_in_a_loop():
    asyncio.run(asyncio.open_connection("data.invalid", 443))


def in_a_thread(act):
    """Act where no loop runs: one that drives a browser may run in this thread."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(act).result()


WAYS = {
    "connect": lambda: use(socket.AF_INET, socket.SOCK_STREAM, lambda sock: sock.connect(NOWHERE)),
    "connect_ex": lambda: use(
        socket.AF_INET, socket.SOCK_STREAM, lambda sock: sock.connect_ex(NOWHERE)
    ),
    "datagram": lambda: use(
        socket.AF_INET, socket.SOCK_DGRAM, lambda sock: sock.sendto(b"", NOWHERE)
    ),
    "look-up": lambda: socket.getaddrinfo("data.invalid", 443),
    "requests": lambda: requests.get("https://data.invalid/", timeout=1),
    "asyncio": lambda: in_a_thread(open_in_a_loop),
}


@pytest.mark.parametrize("method", WAYS)
def test_no_way_leads_out_of_this_machine(method):
    with pytest.raises(BaseException) as caught:
        WAYS[method]()
    assert is_refusal(caught)


def test_this_machine_can_be_asked():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        socket.create_connection(("localhost", port), timeout=5).close()


def test_a_process_that_a_test_starts_is_guarded_too():
    code = "import socket; socket.create_connection(('data.invalid', 443), timeout=1)"
    answer = subprocess.run(
        [sys.executable, "-c", code], check=False, capture_output=True, text=True
    )
    assert answer.returncode != 0
    assert "NetworkRefused: a test wanted to look up data.invalid" in answer.stderr


def test_the_product_asks_for_nothing_in_a_test_that_does_not_say_so():
    parts = build_context()
    assert parts.settings.dashboard_offline
    assert not parts.refresher.submit()


def test_pages_that_are_drawn_in_a_test_ask_for_nothing():
    app = open_page().run()
    assert "offline: nothing is fetched" in str([item.value for item in app.markdown])
    assert session.get_refresher().state().started_at is None
