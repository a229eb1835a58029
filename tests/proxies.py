"""nginx and Caddy in front of products, with the files that deploy/ ships.

Only what a machine decides is put in its place: ports, certificate, replicas. A line that is no
longer in the shipped file fails.
"""

from __future__ import annotations

import http.client
import os
import shutil
import socket
import ssl
import subprocess
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NAME = "rouble.example.org"
SECONDS = 20
NGINX = """
daemon off;
pid {folder}/nginx.pid;
{user}
worker_processes 1;
error_log {folder}/error.log;
events {{ worker_connections 512; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""
CADDY = """{{
    admin off
    skip_install_trust
    auto_https disable_redirects
    storage file_system {folder}/storage
}}
"""


_given = set()


def free_port():
    """A port of the loopback that nobody listens on, another one at each call."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        if port not in _given:
            _given.add(port)
            return port


def find_program(name, package):
    """The path of a program of a Debian package; a missing one fails."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    if found is None:
        pytest.fail(f"{name} is not installed: apt-get install {package}")
    return found


def make_certificate(folder, name=NAME):
    """A certificate of its own for a name and its key, as files."""
    files = folder / "fullchain.pem", folder / "privkey.pem"
    subprocess.run(
        [find_program("openssl", "openssl"), "req", "-x509", "-nodes", "-days", "2",
         "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-subj", f"/CN={name}",
         "-addext", f"subjectAltName=DNS:{name}", "-out", files[0], "-keyout", files[1]],
        check=True, capture_output=True,
    )  # fmt: skip
    return files


def with_values(text, values):
    """A shipped file with other values; each line to replace must be in it."""
    for old, new in values.items():
        assert old in text, f"the shipped file has no {old!r}"
        text = text.replace(old, new)
    return text


class Proxy:
    """A running proxy with TLS; `url` is the address of the product behind it."""

    def __init__(self, folder, replicas, name=NAME, base_path="", port=None):
        self.folder, self.replicas, self.name, self.base_path = folder, replicas, name, base_path
        self.port = port or free_port()
        self.url = f"https://{name}:{self.port}{base_path}/"
        self.process = None
        folder.mkdir(parents=True, exist_ok=True)

    def start(self):
        """Start it; returns once it listens."""
        log = (self.folder / "log.txt").open("w")
        self.process = subprocess.Popen(self.command(), stdout=log, stderr=subprocess.STDOUT)
        log.close()
        ends = time.monotonic() + SECONDS
        while time.monotonic() < ends and self.process.poll() is None:
            if self._answers():
                return self
            time.sleep(0.02)
        pytest.fail(f"the proxy did not start: {(self.folder / 'log.txt').read_text()[-2_000:]}")

    def _answers(self):
        """Whether it speaks TLS: Caddy listens before it has a certificate."""
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=5) as probe:
                context.wrap_socket(probe, server_hostname=self.name).close()
        except OSError:
            return False
        return True

    def get(self, path, *, host=None, method="GET", body=None, **headers):
        """The answer to a program below the base path: status, headers and bytes."""
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS * 3)
        connection.connect()
        connection.sock = context.wrap_socket(connection.sock, server_hostname=self.name)
        try:
            host = host or f"{self.name}:{self.port}"
            connection.request(method, f"{self.base_path}/{path}", body, {"Host": host} | named)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def stop(self):
        """Stop it."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=SECONDS)


class Nginx(Proxy):
    """nginx with deploy/nginx/rouble-reaction.conf; `sign_in` is the port of an oauth2-proxy."""

    def __init__(self, *words, sign_in=None, **named):
        super().__init__(*words, **named)
        self.sign_in = sign_in

    def command(self):
        """Write the configuration; what starts nginx with it."""
        certificate, key = make_certificate(self.folder, self.name)
        server = "server 127.0.0.1:{} max_fails=1 fail_timeout=5s;"
        shipped = (ROOT / "deploy/nginx/rouble-reaction.conf").read_text(encoding="utf-8")
        values = {
            "listen 80;": f"listen 127.0.0.1:{free_port()};",
            "    listen [::]:80;\n": "",
            "listen 443 ssl http2;": f"listen 127.0.0.1:{self.port} ssl http2;",
            "    listen [::]:443 ssl http2;\n": "",
            f"server_name {NAME};": f"server_name {self.name};",
            "/etc/ssl/rouble-reaction/fullchain.pem": str(certificate),
            "/etc/ssl/rouble-reaction/privkey.pem": str(key),
            f"    {server.format(8501)}": "\n".join(map(server.format, self.replicas)),
        }
        if self.base_path:
            values["    location / {\n        proxy_pass"] = (
                f"    location {self.base_path}/ {{\n        proxy_pass"
            )
        if self.sign_in:
            values |= {"## ": "", "127.0.0.1:4180": f"127.0.0.1:{self.sign_in}"}
        (self.folder / "site.conf").write_text(with_values(shipped, values), encoding="utf-8")
        user = "user root;" if os.geteuid() == 0 else ""
        main = self.folder / "nginx.conf"
        main.write_text(NGINX.format(folder=self.folder, user=user), encoding="utf-8")
        return [find_program("nginx", "nginx-light"), "-c", main, "-e", self.folder / "error.log"]


class Caddy(Proxy):
    """Caddy with deploy/caddy/Caddyfile and a certificate of its own."""

    def command(self):
        """Write the configuration; what starts Caddy with it."""
        shipped = (ROOT / "deploy/caddy/Caddyfile").read_text(encoding="utf-8")
        values = {
            "{$ROUBLE_SITE:rouble.example.org}": f"https://{self.name}:{self.port}",
            "{$ROUBLE_REPLICAS:127.0.0.1:8501}": " ".join(
                f"127.0.0.1:{port}" for port in self.replicas
            ),
            "\tencode gzip": "\ttls internal\n\tbind 127.0.0.1\n\tencode gzip",
        }
        if self.base_path:
            values["\thandle {"] = f"\thandle {self.base_path}/* {{"
        main = self.folder / "Caddyfile"
        text = CADDY.format(folder=self.folder) + with_values(shipped, values)
        main.write_text(text, encoding="utf-8")
        program = find_program("caddy", "caddy")
        return ["env", f"HOME={self.folder}", program, "run", "--config", main,
                "--adapter", "caddyfile"]  # fmt: skip
