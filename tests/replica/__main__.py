"""Run the replica by hand: python -m tests.replica --port 8600 [--misbehave cbr=hang]."""

import argparse
import contextlib
import threading
from datetime import UTC, datetime

from tests.replica import Replica
from tests.replica.failures import NAMED
from tests.replica.market import Market


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--port", type=int, default=8600)
    arguments.add_argument("--misbehave", action="append", default=[], metavar="SERVICE=HOW")
    arguments.add_argument("--now", help="the moment the services believe in, 2026-09-21T18:00")
    given = arguments.parse_args()
    moment = datetime.fromisoformat(given.now) if given.now else datetime.now(UTC)
    with Replica(given.port, Market(moment.replace(tzinfo=UTC))) as replica:
        for how in given.misbehave:
            service, _, failure = how.partition("=")
            replica.services[service].answers(NAMED[failure])
        print(f"DASHBOARD_UPSTREAM={replica.url}", flush=True)  # noqa: T201 - it is what a person copies
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()


main()
