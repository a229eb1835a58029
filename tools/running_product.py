"""Start the product (or another page) as a process of its own, and a browser to look at it."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def free_port() -> int:
    """A TCP port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(
    arguments: Sequence[str],
    home: Path | None = None,
    upstream: str | None = None,
    root: Path = ROOT,
) -> Iterator[str]:
    """Run `python …` until it prints an address; the address, until the block ends.

    Args:
        arguments: what follows `python`.
        home: the data directory of the product; a new, empty one if None.
        upstream: the address of a replica to ask for rates; offline if None.
        root: the working tree to run in.
    """
    with tempfile.TemporaryDirectory() as folder:
        rates = {"DASHBOARD_OFFLINE": "1"}
        if upstream is not None:
            rates = {"DASHBOARD_OFFLINE": "0", "DASHBOARD_UPSTREAM": upstream}
        environment = os.environ | {"DASHBOARD_HOME": str(home or folder)} | rates  # noqa: TID251 - a process needs one
        process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, *arguments],
            cwd=root,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            yield _address(process)
        finally:
            process.terminate()
            process.wait(timeout=20)


def served_product(home: Path | None = None, upstream: str | None = None) -> contextmanager[str]:
    """The product on a free port."""
    port = str(free_port())
    return served(["-m", "dashboard", "open", "--no-browser", "--port", port], home, upstream)


@contextmanager
def chromium() -> Iterator[Browser]:
    """The Chromium of the system, without a window."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        sys.exit(f"None of {', '.join(BROWSERS)} is installed; install one and run this again")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


def _address(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        found = re.search(r"http://[0-9.]+:[0-9]+", line)
        if found:
            threading.Thread(target=process.stdout.read, daemon=True).start()
            return found[0]
        sys.stderr.write(line)
    sys.exit("The server ended before it answered")
