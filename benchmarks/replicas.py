"""Two replicas on one PostgreSQL behind nginx: `python -m benchmarks.replicas [--seconds 120]`.

50 readers with ten seconds to think go through nginx for two minutes; then one token writes as fast
as it may over both replicas for a minute. What is started listens on the loopback and ends with it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks.load import PATHS, Server, crowd, show
from dashboard.services.admin import create_token
from dashboard.storage.notes import NoteRepository
from tests.own_postgres import own_postgres
from tests.proxies import NAME, Nginx, free_port
from tests.started_product import Product

READERS = 50
P95_GOAL = 1.0
WRITES = 150
WRITES_A_MINUTE = 60
WRITE_SECONDS = 55.0


@contextmanager
def team() -> Iterator[tuple[Nginx, list[Product], NoteRepository]]:
    """The proxy, the replicas and their notes."""
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server, port = stack.enter_context(own_postgres()), free_port()
        replicas = []
        for name in ("a", "b"):
            product = Product(
                place / name,
                DATABASE_URL=server.url,
                DASHBOARD_OFFLINE="1",
                DASHBOARD_PUBLIC_URL=f"https://{NAME}:{port}",
                DASHBOARD_TRUSTED_PROXIES="127.0.0.1",
            )
            stack.callback(product.stop)
            replicas.append(product.start())
        nginx = Nginx(place / "nginx", [each.port for each in replicas], port=port)
        stack.callback(nginx.stop)
        notes = NoteRepository(server.url, person="writer")
        stack.callback(notes.close)
        yield nginx.start(), replicas, notes


def _cpu_seconds(replicas: list[Product]) -> float:
    """Seconds of processor time that the replicas have used."""
    ticks = 0
    for replica in replicas:
        fields = Path(f"/proc/{replica.process.pid}/stat").read_text(encoding="ascii").split()
        ticks += int(fields[13]) + int(fields[14])
    return ticks / os.sysconf("SC_CLK_TCK")


def measure_readers(nginx: Nginx, replicas: list[Product], seconds: float) -> bool:
    """Readers through the proxy."""
    server = Server(nginx.url.rstrip("/"), replicas[0].process.pid)
    before = _cpu_seconds(replicas)
    tally = asyncio.run(crowd(server, READERS, seconds, PATHS))
    cpu = (_cpu_seconds(replicas) - before) / max(len(tally.seconds), 1)
    for error in dict.fromkeys(tally.errors):
        print(f"  error: {error}")
    p95 = tally.share(0.95)
    return show(
        f"{READERS} readers",
        f"p50 {tally.share(0.5):.2f} s, p95 {p95:.2f} s,"
        f" {len(tally.seconds)} reruns of {1_000 * cpu:.0f} ms CPU, {len(tally.errors)} errors",
        f"p95 {P95_GOAL} s, 0 errors",
        holds=p95 <= P95_GOAL and not tally.errors and bool(tally.seconds),
    )


def _write(product: Product, secret: str, number: int) -> int:
    body = json.dumps({"date": "2025-04-21", "title": f"note {number}"}).encode()
    headers = {"Authorization": f"Bearer {secret}", "Content_Type": "application/json"}
    status, _, _ = product.get("api/v1/events", method="POST", body=body, **headers)
    return int(status)


def measure_writes(replicas: list[Product], notes: NoteRepository) -> bool:
    """One token that writes to both replicas in turn, within a minute."""
    secret, _token = create_token(notes.tokens, "writer")
    answers: Counter[int] = Counter()
    began = time.monotonic()
    for number in range(WRITES):
        if time.monotonic() - began > WRITE_SECONDS:
            break
        answers[_write(replicas[number % len(replicas)], secret, number)] += 1
    stored = len(notes.notes())
    return show(
        "writes of one token",
        f"{dict(answers)} in {time.monotonic() - began:.0f} s over both, {stored} stored",
        f"{WRITES_A_MINUTE} a minute",
        holds=answers[201] == stored == WRITES_A_MINUTE and set(answers) == {201, 429},
    )


def main() -> int:
    """Run both; 1 where a promise does not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=120.0, help="how long readers read")
    chosen = parser.parse_args()
    print(f"load average before: {os.getloadavg()[0]:.1f}")
    with team() as (nginx, replicas, notes):
        held = [measure_writes(replicas, notes), measure_readers(nginx, replicas, chosen.seconds)]
    print(f"load average after: {os.getloadavg()[0]:.1f}")
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
