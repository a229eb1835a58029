"""Many readers at once, over real WebSockets: `python -m benchmarks.load [--short]`.

A server process of its own on the loopback, and sessions that speak Streamlit's protocol: each
opens a page, waits as a person does, changes a control or goes on to the next page, and counts
how long it takes until the script has finished. 25 sessions for two minutes, then 50, with ten
seconds to think; then 1,000 connections that come and go, and what they leak.

    python -m benchmarks.load                 everything, about six minutes
    python -m benchmarks.load --short         4 sessions for 30 seconds and 20 connects
    python -m benchmarks.load --path "correlation"                     one more page to click
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import re
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.util import calc_hash
from websockets.asyncio.client import ClientConnection, connect

ROOT = Path(__file__).resolve().parents[1]
EVENT = "event?id=kellogg-nato-off-table-2025-04-20"
PATHS = (
    "",
    "?from=2025-01-01&to=2025-06-30",
    "?from=2013-01-09&scale=log",
    EVENT,
    f"{EVENT}&w=-10:20",
    f"{EVENT}&model=none&pool=all",
    "compare?cat=nato_remark",
    "compare?cat=escalation&bcat=peace_talks",
)
"""What the readers look at, page and query, each in an order of its own."""
THINK_SECONDS = 10.0
PATIENCE = 120.0
MB = 1_000_000
P95_GOALS = {25: 1.0, 50: 2.5}
RSS_GOAL = 400 * MB
FD_GOAL = 400
GROWTH_GOAL = 0.10


@dataclass
class Tally:
    """What a round of sessions found: seconds of every rerun, and what went wrong."""

    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def share(self, part: float) -> float:
        """The seconds that so many of the reruns did not exceed."""
        ordered = sorted(self.seconds)
        return ordered[min(int(part * len(ordered)), len(ordered) - 1)] if ordered else 0.0


@dataclass
class Server:
    """A running server: its address and its process."""

    address: str
    process: int

    def rss(self) -> int:
        """Bytes of memory the process holds."""
        text = Path(f"/proc/{self.process}/status").read_text(encoding="ascii")
        found = re.search(r"VmRSS:\s+(\d+) kB", text)
        assert found is not None
        return 1024 * int(found[1])

    def descriptors(self) -> int:
        """How many files and sockets the process has open."""
        return len(list(Path(f"/proc/{self.process}/fd").iterdir()))


@contextmanager
def served() -> Iterator[Server]:
    """The product with an empty home, offline, until the block ends."""
    with tempfile.TemporaryDirectory() as home:
        environment = os.environ | {"DASHBOARD_HOME": home, "DASHBOARD_OFFLINE": "1"}
        command = [sys.executable, "-m", "dashboard", "open", "--no-browser", "--port", "0"]
        command[-1] = str(_free_port())
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert process.stdout is not None
        try:
            found = re.search(r"http://[0-9.]+:[0-9]+", process.stdout.readline())
            if found is None:
                sys.exit("the server ended before it answered")
            yield Server(found[0], process.pid)
        finally:
            process.terminate()
            process.wait(timeout=30)


class Session:
    """One reader: a WebSocket and the page it is on."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket

    async def look(self, path: str) -> str:
        """Ask for a page and wait until its script has finished; what went wrong, or nothing."""
        page, _, query = path.partition("?")
        request = BackMsg()
        request.rerun_script.query_string = query
        request.rerun_script.page_script_hash = calc_hash(page) if page else ""
        await self._socket.send(request.SerializeToString())
        wrong = ""
        async with asyncio.timeout(PATIENCE):
            while True:
                message = ForwardMsg()
                message.ParseFromString(await self._socket.recv(decode=False))
                kind = message.WhichOneof("type")
                if kind == "delta" and message.delta.new_element.WhichOneof("type") == "exception":
                    wrong = message.delta.new_element.exception.message[:200]
                if kind == "script_finished":
                    finished = message.script_finished
                    if finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                        return wrong
                    if finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
                        return "the script could not be compiled"


@contextmanager
def _counted(tally: Tally) -> Iterator[None]:
    """Count what goes wrong instead of ending the round."""
    try:
        yield
    except Exception as error:
        tally.errors.append(f"{type(error).__name__}: {error}")


async def read(server: Server, paths: Sequence[str], until: float, tally: Tally) -> None:
    """One reader until a moment: look, think, look at the next page."""
    order = random.sample(paths, len(paths))
    await asyncio.sleep(random.uniform(0, THINK_SECONDS))  # noqa: S311 - no two at once
    with _counted(tally):
        async with _connected(server) as socket:
            session, turn = Session(socket), 0
            while time.monotonic() < until:
                begun = time.monotonic()
                wrong = await session.look(order[turn % len(order)])
                tally.seconds.append(time.monotonic() - begun)
                if wrong:
                    tally.errors.append(wrong)
                turn += 1
                await asyncio.sleep(THINK_SECONDS)


def _connected(server: Server) -> connect:
    parts = urlsplit(server.address)
    proxied: dict[str, Any] = {}
    if parts.scheme == "https":  # a proxy on the loopback, with a certificate of its own
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        proxied = {"ssl": context, "host": "127.0.0.1", "port": parts.port}
    return connect(
        f"{parts.scheme.replace('http', 'ws')}://{parts.netloc}/_stcore/stream",
        **proxied,
        origin=server.address,  # type: ignore[arg-type]
        subprotocols=["streamlit"],  # type: ignore[list-item]
        max_size=None,
        open_timeout=PATIENCE,
        ping_interval=None,
    )


async def crowd(server: Server, sessions: int, seconds: float, paths: Sequence[str]) -> Tally:
    """So many readers for so long."""
    tally = Tally()
    until = time.monotonic() + seconds
    await asyncio.gather(*(read(server, paths, until, tally) for _ in range(sessions)))
    return tally


async def come_and_go(server: Server, times: int) -> Tally:
    """Connections that open a page and leave, twenty at a time."""
    tally = Tally()
    gate = asyncio.Semaphore(20)

    async def visit() -> None:
        async with gate:
            with _counted(tally):
                async with _connected(server) as socket:
                    begun = time.monotonic()
                    await Session(socket).look("method" if tally.seconds else "")
                    tally.seconds.append(time.monotonic() - begun)

    await asyncio.gather(*(visit() for _ in range(times)))
    return tally


def show(what: str, measured: str, goal: str, *, holds: bool) -> bool:
    """Print a line of the table; whether the promise holds."""
    print(f"{what:<22}{measured:<66}goal {goal:<30}{'holds' if holds else 'DOES NOT HOLD'}")
    return holds


def measure_crowd(server: Server, sessions: int, seconds: float, paths: Sequence[str]) -> bool:
    """A round of readers against its goals."""
    tally = asyncio.run(crowd(server, sessions, seconds, paths))
    goal, rss = P95_GOALS.get(sessions, P95_GOALS[25]), server.rss()
    p95 = tally.share(0.95)
    for error in dict.fromkeys(tally.errors):
        print(f"  error: {error}")
    return show(
        f"{sessions} sessions",
        f"p50 {tally.share(0.5):.2f} s, p95 {p95:.2f} s, max {tally.share(1):.2f} s,"
        f" {len(tally.seconds)} reruns, {len(tally.errors)} errors, {rss / MB:.0f} MB",
        f"p95 {goal} s, 0 errors, {RSS_GOAL // MB} MB",
        holds=p95 <= goal and not tally.errors and rss <= RSS_GOAL and bool(tally.seconds),
    )


def measure_leaks(server: Server, times: int) -> bool:
    """Memory and descriptors after many connections, once a first few have filled the caches."""
    asyncio.run(come_and_go(server, max(times // 25, 4)))
    time.sleep(3)
    before, open_before = server.rss(), server.descriptors()
    tally = asyncio.run(come_and_go(server, times))
    time.sleep(3)
    after, open_after = server.rss(), server.descriptors()
    growth = after / before - 1
    for error in dict.fromkeys(tally.errors):
        print(f"  error: {error}")
    return show(
        f"{times:,} connects",
        f"{before / MB:.0f} to {after / MB:.0f} MB ({growth:+.0%}), {open_before} to"
        f" {open_after} descriptors, {len(tally.errors)} errors",
        f"+{GROWTH_GOAL:.0%}, {FD_GOAL} descriptors",
        holds=growth <= GROWTH_GOAL and open_after <= FD_GOAL and not tally.errors,
    )


def main() -> int:
    """Run the rounds; 1 where a promise does not hold."""
    parser = argparse.ArgumentParser(description="Many readers at once.")
    parser.add_argument("--short", action="store_true", help="to see that it works")
    parser.add_argument("--seconds", type=float, default=120.0, help="of a round")
    parser.add_argument("--path", action="append", default=[], help="one more page; repeatable")
    options = parser.parse_args()
    paths = (*PATHS, *options.path)
    rounds, seconds, connects = (25, 50), options.seconds, 1_000
    if options.short:
        rounds, seconds, connects = (4,), 30.0, 20
    with served() as server:
        held = [measure_crowd(server, sessions, seconds, paths) for sessions in rounds]
        held.append(measure_leaks(server, connects))
    print(f"{sum(held)} of {len(held)} promises hold")
    return 0 if all(held) else 1


def _free_port() -> int:
    from tools.running_product import free_port

    return free_port()


if __name__ == "__main__":
    sys.exit(main())
