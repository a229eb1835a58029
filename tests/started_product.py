"""The product as `python -m dashboard open` serves it, in a process of its own."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SECONDS = 180  # what is broken takes longer, and a crowded machine less


class Product:
    """The dashboard as `python -m dashboard open` serves it, with notes in `home`.

    It is offline unless it is given the address of a replica to ask. `options` are further ones
    of the command, `environment` further variables; `address` is what it printed.
    """

    def __init__(self, home, upstream=None, options=(), **environment):
        self.home = home
        self.environment = environment
        self.options = options
        self.address = ""
        self.upstream = upstream
        self.process = None
        self.log = Path(tempfile.mkstemp(prefix="rr-log-")[1])  # a pipe that nobody reads fills up
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/"

    def start(self):
        command = [sys.executable, "-m", "dashboard", "open", "--no-browser", "--port"]
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("DASHBOARD_HOME", str(self.home))
            patch.delenv("DATABASE_URL", raising=False)
            if self.upstream is not None:
                patch.setenv("DASHBOARD_OFFLINE", "0")
                patch.setenv("DASHBOARD_UPSTREAM", self.upstream)
            for name, value in self.environment.items():
                patch.setenv(name, value)
            with self.log.open("a") as log:
                self.process = subprocess.Popen(
                    [*command, str(self.port), *self.options],
                    cwd=ROOT,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    text=True,
                )
        told = self.process.stdout.readline()  # it prints when the first page can be requested
        if self.url.rstrip("/") not in told:
            pytest.fail(f"the product did not start: {self.log.read_text()[-2_000:]}")
        self.address = told.split(" is at ")[1].split(" ")[0]
        return self

    def get(self, path, *, method="GET", body=None, timeout=SECONDS, **headers):
        """What it answers to a program: status, headers and bytes."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(self.url + path, body, named, method=method)
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers, error.read()

    def kill(self):
        """End it as a power cut would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.communicate()

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.communicate(timeout=SECONDS)
        self.log.unlink(missing_ok=True)
