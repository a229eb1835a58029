"""What deploy/ ships: the proxies pass on what they should and nothing else, the files fit."""

import json
import re
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml

from dashboard.cli import run
from dashboard.config import Settings
from tests.proxies import Caddy, Nginx, find_program

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"


class Echo(BaseHTTPRequestHandler):
    """Answers which replica it is and the headers it was sent."""

    def do_GET(self):
        """Answer."""
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = json.dumps({"port": self.server.server_port, "headers": headers}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Nothing."""


@pytest.fixture
def replicas():
    """Two servers that answer what they were sent."""
    servers = [ThreadingHTTPServer(("127.0.0.1", 0), Echo) for _ in range(2)]
    for server in servers:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield servers
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(params=[Nginx, Caddy])
def proxy(request, tmp_path, replicas):
    """Each proxy in front of them."""
    running = request.param(tmp_path, [server.server_port for server in replicas]).start()
    yield running
    running.stop()


FORGED = {
    "X_Forwarded_For": "203.0.113.9",
    "X_Forwarded_Proto": "http",
    "X_Forwarded_User": "ann",
    "X_Forwarded_Email": "ann@example.org",
    "X_Forwarded_Groups": "administrators",
    "X_Forwarded_Preferred_Username": "ann",
    "X_Forwarded_Access_Token": "x",
    "X_Auth_Request_User": "ann",
    "X_Auth_Request_Email": "ann@example.org",
    "X_Auth_Request_Groups": "administrators",
    "X_Auth_Request_Preferred_Username": "ann",
    "X_Request_Id": "forged-forged-forged",
}


def test_a_proxy_passes_on_its_own_word_of_the_sender_and_nothing_forged(proxy):
    seen = json.loads(proxy.get("", **FORGED)[2])["headers"]
    assert seen["host"] == f"{proxy.name}:{proxy.port}"
    assert (seen["x-forwarded-for"], seen["x-forwarded-proto"]) == ("127.0.0.1", "https")
    assert re.fullmatch(r"[A-Za-z0-9-]{8,64}", seen["x-request-id"])
    assert "forged" not in seen["x-request-id"]
    assert not {name for name in seen if re.match(r"x-forwarded-(?!for|proto|host)|x-auth", name)}


class SignIn(Echo):
    """Answers as oauth2-proxy: who has its cookie is Bea."""

    def do_GET(self):
        """Answer."""
        is_known = "session=good" in self.headers.get("Cookie", "")
        self.send_response(202 if is_known or self.path != "/oauth2/auth" else 401)
        if is_known:
            self.send_header("X-Auth-Request-Email", "bea@example.org")
            self.send_header("X-Auth-Request-Groups", "desk")
        self.send_header("Content-Length", "0")
        self.end_headers()


def test_nginx_with_oauth2_proxy_names_who_signed_in_and_stops_everybody_else(tmp_path, replicas):
    provider = ThreadingHTTPServer(("127.0.0.1", 0), SignIn)
    threading.Thread(target=provider.serve_forever, args=(0.05,), daemon=True).start()
    ports = [server.server_port for server in replicas]
    nginx = Nginx(tmp_path, ports, sign_in=provider.server_port).start()
    try:
        status, _, body = nginx.get("event", **FORGED)
        assert (status, body) == (403, b"")  # the page on which one signs in
        status, _, body = nginx.get("event", Cookie="session=good", **FORGED)
        seen = json.loads(body)["headers"]
        assert (status, seen["x-forwarded-email"]) == (200, "bea@example.org")
        assert seen["x-forwarded-groups"] == "desk"
        assert "x-forwarded-user" not in seen
        assert nginx.get("oauth2/auth", Cookie="session=good")[0] == 404  # internal
    finally:
        nginx.stop()
        provider.shutdown()
        provider.server_close()


def test_a_browser_stays_with_its_replica_until_that_is_gone(proxy, replicas):
    _, headers, body = proxy.get("")
    first = json.loads(body)["port"]
    cookie = next(value for value in headers.get_all("Set-Cookie") if "rouble_replica=" in value)
    sent = cookie.partition(";")[0]

    def visited():
        return {json.loads(proxy.get("", Cookie=sent)[2])["port"] for _ in range(8)}

    assert visited() == {first}
    others = {json.loads(proxy.get("")[2])["port"] for _ in range(24)}
    assert others == {server.server_port for server in replicas}  # others come to the second too
    (gone,) = [server for server in replicas if server.server_port == first]
    gone.shutdown()
    gone.server_close()
    assert visited() == others - {first}


def test_the_shipped_caddyfile_is_valid(tmp_path):
    done = subprocess.run(
        [find_program("caddy", "caddy"), "validate", "--adapter", "caddyfile",
         "--config", DEPLOY / "caddy/Caddyfile"],
        env={"HOME": str(tmp_path)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Valid configuration" in done.stdout + done.stderr


# ------------------------------------------------------------------ files that must fit


def test_the_file_of_settings_holds_every_setting_and_reads_as_shipped(monkeypatch):
    text = (DEPLOY / "environment.example").read_text(encoding="utf-8")
    names = re.findall(r"^(?:# )?([A-Z_]+)=", text, re.MULTILINE)
    assert sorted(names) == sorted(name.upper() for name in Settings.model_fields)
    for name, value in re.findall(r"^(?:# )?([A-Z_]+)=(.*)$", text, re.MULTILINE):
        monkeypatch.setenv(name, value)
    assert Settings().dashboard_public_url == "https://rouble.example.org"


def test_units_and_containers_start_the_program_with_known_options_and_settings():
    fields = {name.upper() for name in Settings.model_fields}
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    for name in ("replica-1", "replica-2", "watch"):
        assert compose["services"][name]["environment"].keys() <= fields
    dockerfile = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    assert set(re.findall(r"(DASHBOARD_[A-Z_]+)=", dockerfile)) <= fields
    for source in re.findall(r"^COPY (\S+)", dockerfile, re.MULTILINE):
        assert (ROOT / source).exists()
        assert f"!{source}" in (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8")
    unit = (DEPLOY / "systemd/rouble-reaction@.service").read_text(encoding="utf-8")
    (options,) = re.findall(r"^ExecStart=\S+ -m dashboard open (.*)$", unit, re.MULTILINE)
    assert options == "--no-browser --port %i"
    for volume in compose["services"]["db"]["volumes"] + compose["services"]["proxy"]["volumes"]:
        if volume.startswith("./"):
            assert (DEPLOY / volume.partition(":")[0]).is_file()
    trusted = compose["services"]["proxy"]["networks"]["inside"]["ipv4_address"]
    assert compose["services"]["replica-1"]["environment"]["DASHBOARD_TRUSTED_PROXIES"] == trusted


def test_the_restore_drill_restores_and_says_what(tmp_path, monkeypatch):
    assert run(["events", "add", "A note", "--date", "2025-04-21"]) == 0
    monkeypatch.setenv("PYTHON", sys.executable)
    done = subprocess.run(
        [DEPLOY / "restore_drill.sh"], cwd=tmp_path, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "note_history 1, notes 1, series of your own 0" in done.stdout
    (tmp_path / "bad.zip").write_bytes(b"PK no backup")
    refused = subprocess.run(
        [DEPLOY / "restore_drill.sh", tmp_path / "bad.zip"], cwd=tmp_path, capture_output=True,
        check=False,
    )  # fmt: skip
    assert refused.returncode == 2
