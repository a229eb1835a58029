"""The ASGI application: safe when just started, started anywhere, clear when a port is taken."""

import json
import os
import socket
import subprocess
import sys
import time
import tomllib
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from dashboard.app import STREAMLIT_CONFIG, check_port_is_free, read_streamlit_config
from dashboard.models.errors import InputError

ROOT = Path(__file__).parents[1]
SECONDS = 40

# Every connection this process makes to another address than the loopback is written down.
SPY = """
import socket, sys
seen = open(sys.argv[2], "a", buffering=1)
real_connect, real_lookup = socket.socket.connect, socket.getaddrinfo
def connect(self, address):
    if self.family != socket.AF_UNIX and not str(address[0]).startswith(("127.", "::1")):
        seen.write(f"connect {address}\\n")
    return real_connect(self, address)
def lookup(host, *rest, **more):
    if host not in (None, "localhost", "127.0.0.1", b"127.0.0.1"):
        seen.write(f"lookup {host}\\n")
    return real_lookup(host, *rest, **more)
socket.socket.connect, socket.getaddrinfo = connect, lookup
from dashboard.app import serve
serve(int(sys.argv[1]), open_browser=False)
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def response_of(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.status, answer.read().decode()


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """The product, started from a foreign folder, and what it connected to."""
    place = tmp_path_factory.mktemp("elsewhere")
    port, seen = free_port(), place / "seen.txt"
    seen.touch()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT), prepend=os.pathsep)
        patch.setenv("DASHBOARD_OFFLINE", "0")
        patch.setenv("DASHBOARD_HOME", str(place / "home"))
        process = subprocess.Popen(
            [sys.executable, "-c", SPY, str(port), str(seen)],
            cwd=place,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
    message = process.stdout.readline()  # printed when the first page can be requested
    if not message:
        pytest.fail(f"the product did not start: {process.communicate()}")
    yield port, seen, message
    process.terminate()
    process.communicate(timeout=SECONDS)


def listening_addresses(port):
    """Local addresses of sockets that listen on a port, from /proc/net."""
    result = set()
    for table in ("tcp", "tcp6"):
        lines = Path(f"/proc/net/{table}").read_text().splitlines()[1:]
        for local, state in ((line.split()[1], line.split()[3]) for line in lines):
            address, hex_port = local.split(":")
            if state == "0A" and int(hex_port, 16) == port:
                result.add(address)
    return result


def test_it_listens_on_the_loopback_only(served):
    # 0100007F is 127.0.0.1 in the byte order of /proc/net
    assert listening_addresses(served[0]) == {"0100007F"}


def test_nothing_is_requested_from_outside_before_the_first_reader(served):
    port, seen, _ = served
    deadline = time.monotonic() + 3  # long enough for a look-up at the start
    while time.monotonic() < deadline:
        time.sleep(0.2)
    response_of(f"http://127.0.0.1:{port}/healthz")
    assert seen.read_text() == ""


def test_the_health_line_tells_how_old_the_data_are(served):
    status, body = response_of(f"http://127.0.0.1:{served[0]}/healthz")
    message = json.loads(body)
    assert (status, message["status"]) == (200, "ok")
    assert {"id": "usd_rub_cbr", "last_day": "2026-09-01"}.items() <= message["series"][0].items()


def test_the_api_is_mounted_in_the_same_process(served):
    status, body = response_of(f"http://127.0.0.1:{served[0]}/api/v1/facts.json?date=2025-04-21")
    assert status == 200
    assert json.loads(body)["answers"][0]["rate"] == 80.7597


def test_the_address_is_printed(served):
    port, _, message = served
    assert message == (f"Rouble Reaction is at http://127.0.0.1:{port} (stop it with Ctrl-C)\n")


def test_nothing_but_the_address_is_printed_by_a_start(tmp_path, monkeypatch):
    monkeypatch.setenv("DASHBOARD_HOME", str(tmp_path))
    monkeypatch.setenv("DASHBOARD_OFFLINE", "1")
    command = [sys.executable, "-m", "dashboard", "open", "--no-browser", "--port"]
    process = subprocess.Popen(
        [*command, str(free_port())],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    first = process.stdout.readline()
    time.sleep(2)  # the backup of the day is made meanwhile
    process.terminate()
    rest, errors = process.communicate(timeout=SECONDS)
    assert first.startswith("Rouble Reaction is at http://127.0.0.1:")
    assert (rest, errors) == ("", "")


def refusal(port, path, host="127.0.0.1"):
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Host": host})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        with error:
            return error.code


@pytest.mark.parametrize("path", ["/_stcore/metrics", "/_stcore/metrics/"])
def test_the_metrics_of_the_process_are_not_public(served, path):
    assert refusal(served[0], path) == 404


@pytest.mark.parametrize("path", ["/", "/healthz", "/api/v1/rates.csv", "/_stcore/health"])
def test_a_name_that_somebody_pointed_here_is_refused(served, path):
    assert refusal(served[0], path, "rebound.example") == 400
    assert refusal(served[0], path, f"localhost:{served[0]}") == 200


EVIL, OTHER = "https://evil.example", "http://127.0.0.1:9999"
PAIRS = {
    "a program": ("127.0.0.1:{}", None, 201),
    "our page": ("127.0.0.1:{}", "http://127.0.0.1:{}", 201),
    "our page under its name": ("localhost:{}", "http://localhost:{}", 201),
    "another site": ("127.0.0.1:{}", EVIL, 403),
    "a name that somebody pointed here": ("evil.example:{}", EVIL, 400),
    "another program of this machine": ("127.0.0.1:{}", OTHER, 403),
    "a page in a sandbox": ("127.0.0.1:{}", "null", 403),
}


def test_origins_seven_pairs_of_host_and_origin_with_a_token_that_holds(served):
    from dashboard.services.admin import create_token
    from dashboard.storage.notes import NoteRepository

    port, seen, _ = served
    store = NoteRepository(f"sqlite:///{seen.parent / 'home' / 'events.sqlite3'}")
    secret, _ = create_token(store.tokens, "desk")
    answered = {person: written(port, secret, *pair[:2]) for person, pair in PAIRS.items()}
    assert answered == {person: status for person, (*_, status) in PAIRS.items()}
    assert len(store.notes()) == 3
    store.close()


def written(port, secret, host, origin):
    headers = {
        "Host": host.format(port),
        "Authorization": f"Bearer {secret}",
        "Content-Type": "application/json",
    } | ({"Origin": origin.format(port)} if origin else {})
    body = b'{"date": "2025-04-20", "title": "a note"}'
    request = urllib.request.Request(f"http://127.0.0.1:{port}/api/v1/events", body, headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def test_a_port_in_use_is_one_clear_line():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(
            InputError, match=rf"^port {port}: cannot be used .*; choose another, as 8502$"
        ):
            check_port_is_free(port)
        answer = subprocess.run(
            [sys.executable, "-m", "dashboard", "open", "--port", str(port), "--no-browser"],
            cwd=ROOT,
            check=False,
            capture_output=True,
            text=True,
        )
    assert answer.returncode == 2
    assert answer.stdout == ""
    assert len(answer.stderr.strip().splitlines()) == 1
    assert f"--port {port}" in answer.stderr


def test_the_settings_are_those_of_the_file_wherever_one_stands():
    settings = read_streamlit_config(STREAMLIT_CONFIG)
    written = tomllib.loads(STREAMLIT_CONFIG.read_text(encoding="utf-8"))
    assert settings["server.address"] == written["server"]["address"] == "127.0.0.1"
    assert settings["theme.light.backgroundColor"] == "#FFFFFF"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("server.address", "127.0.0.1"),
        ("server.allowedHosts", ["127.0.0.1", "localhost"]),
        ("server.enableStaticServing", False),
        ("server.enableAgentApi", False),
        ("server.maxUploadSize", 10),
        ("server.maxMessageSize", 50),
        ("browser.gatherUsageStats", False),
        ("client.showErrorDetails", "none"),
        ("client.showErrorLinks", False),
        ("client.disableDataExport", True),
        ("client.toolbarMode", "minimal"),
    ],
)
def test_what_is_shipped_is_safe(name, value):
    assert read_streamlit_config(STREAMLIT_CONFIG)[name] == value


def test_cross_site_protection_stays_on():
    assert not {"server.enableCORS", "server.enableXsrfProtection"} & set(
        read_streamlit_config(STREAMLIT_CONFIG)
    )
