"""Backups of a server by pg_dump: before an upgrade, every day, and put back by pg_restore."""

import json
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import psycopg
import pytest

from dashboard.config import Settings
from dashboard.container import BackupArchive, build_context
from dashboard.models.errors import StoreError
from dashboard.models.inbox import Publisher
from dashboard.models.records import AccessToken
from dashboard.services.admin import write_daily_backup
from dashboard.services.notes import utc_now
from dashboard.sources.rates.imported import ImportedRates
from dashboard.storage.database import new_engine, parse_address
from dashboard.storage.notes import NoteRepository
from dashboard.storage.schema import REVISION
from dashboard.storage.upgrade import migrate_to
from tests.made_series import made_series
from tests.own_postgres import EARLIER_PROGRAMS, PROGRAMS
from tests.storage.notes_form import NOTE

ROOT = Path(__file__).parents[2]
PG_DUMP = str(PROGRAMS / "pg_dump")


@pytest.fixture
def url(postgres_url):
    return postgres_url


@pytest.fixture
def earlier_schema(url):
    """The database as the release with schema 0006 left it."""
    engine = new_engine(parse_address(url), migrating=True)
    with engine.begin() as connection:
        migrate_to(connection, parse_address(url), "0006")
    engine.dispose()


def start_migration(url, home, *options, pg_dump=PG_DUMP):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", url)
        patch.setenv("DASHBOARD_HOME", str(home))
        patch.setenv("DASHBOARD_PG_DUMP", pg_dump)
        return subprocess.Popen(
            [sys.executable, "-m", "dashboard", "migrate", *options],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )


def finish(process):
    output, error = process.communicate(timeout=120)
    return process.returncode, output, error


def test_of_two_migrations_one_upgrades_after_a_backup_and_one_waits(url, earlier_schema, tmp_path):
    running = [start_migration(url, tmp_path / name, "--json") for name in "ab"]
    results = [finish(process) for process in running]
    assert [code for code, *_ in results] == [0, 0], results
    done = sorted((json.loads(output) for _, output, _ in results), key=lambda d: d["before"])
    assert [(each["before"], each["after"]) for each in done] == [
        ("0006", REVISION),
        (REVISION, REVISION),
    ]
    assert done[1]["backup"] is None
    backup = Path(done[0]["backup"])
    assert backup.stat().st_mode & 0o777 == 0o600
    listed = subprocess.run(
        [PROGRAMS / "pg_restore", "--list", backup], capture_output=True, text=True, check=True
    ).stdout
    assert "TABLE DATA public note_history" in listed


def test_own_rates_and_feeds_of_a_machine_move_into_the_database(url, tmp_path):
    local = build_context(Settings(dashboard_home=tmp_path))
    local.own.store([replace(made_series([90.5], series_id="own_desk"), fetched_at=utc_now())], "0")
    local.feeds.put(Publisher("made", "A feed", "https://feeds.example.org/rss"))
    for copied in (["own_desk.npz", "feeds.toml"], []):
        code, output, _ = finish(start_migration(url, tmp_path, "--json"))
        assert (code, json.loads(output)["copied"]) == (0, copied)
    shared = build_context(Settings(database_url=url, dashboard_home=tmp_path / "other"))
    assert [card.id for card in shared.own.cards()] == ["own_desk"]
    assert shared.feeds.publishers() == local.feeds.publishers()
    shared.notes.close()


def test_without_pg_dump_nothing_is_upgraded_unless_that_is_wanted(url, earlier_schema, tmp_path):
    code, output, error = finish(start_migration(url, tmp_path, pg_dump="/none/pg_dump"))
    assert (code, output) == (3, "")
    assert error.count("\n") == 1
    assert "pg_dump was not found" in error
    code, output, _ = finish(start_migration(url, tmp_path, "--no-backup", pg_dump="/none/x"))
    assert code == 0
    assert f"from 0006 to {REVISION}" in output


def test_a_restore_drill_brings_back_everything_but_the_tokens(
    url, store, postgres_server, tmp_path
):
    store.person = "Ann"
    secret = store.add(replace(NOTE, title="Ann's own", visibility="private"))
    shared = store.edit(replace(store.add(NOTE), title="edited"), 1)
    store.tokens.create_token(AccessToken("robot", "Ann", "0" * 64, utc_now()))
    target = tmp_path / "all.dump"
    store.backups.dump_server(target, PG_DUMP)
    assert b"robot" not in target.read_bytes()
    with psycopg.connect(postgres_server.get_uri(), autocommit=True) as admin:
        admin.execute("create database drill")
    try:
        drill = postgres_server.get_uri(database="drill")
        subprocess.run(
            [PROGRAMS / "pg_restore", "--no-owner", "--exit-on-error", "-d", drill, target],
            check=True,
        )
        restored = NoteRepository(drill, person="Ann")
        assert set(restored.notes()) == {secret, shared}
        assert restored.history(shared.id) == store.history(shared.id)
        assert restored.tokens.tokens() == ()
        restored.add(NOTE)
        restored.close()
    finally:
        with psycopg.connect(postgres_server.get_uri(), autocommit=True) as admin:
            admin.execute("drop database drill with (force)")


def test_the_daily_backup_is_made_once_and_seven_stay(store, tmp_path, caplog):
    def back_up(day, program=PG_DUMP):
        own = ImportedRates(tmp_path / "rates")
        return write_daily_backup(
            tmp_path, store.backups, own, BackupArchive(), date(2026, 9, day), pg_dump=program
        )

    assert back_up(1) is None  # there is nothing yet
    store.add(NOTE)
    made = [back_up(day) for day in range(1, 10)]
    assert made[0] == tmp_path / "daily-2026-09-01.dump"
    assert back_up(9) is None
    assert sorted(tmp_path.glob("*.dump")) == made[2:]
    with store.backups.lock("daily-backup"):  # another process writes it
        assert back_up(10) is None
    assert back_up(11, "/none/pg_dump") is None
    assert "pg_dump was not found" in caplog.text


def test_a_dump_that_fails_leaves_no_file_and_says_why(store, tmp_path):
    store.add(NOTE)
    full = tmp_path / "pg_dump"
    full.write_text("#!/bin/sh\necho half\nexit 1\n")
    full.chmod(0o700)
    for program, message in (
        (EARLIER_PROGRAMS / "pg_dump", "must be of the release of the server"),
        (full, "pg_dump failed (1), no backup was made"),
    ):
        with pytest.raises(StoreError) as caught:
            store.backups.dump_server(tmp_path / "day.dump", str(program))
        assert message in str(caught.value)
    assert list(tmp_path.iterdir()) == [full]


def test_limits_of_the_connections_are_those_of_the_settings(url, tmp_path):
    settings = Settings(
        database_url=url,
        dashboard_home=tmp_path,
        database_pool_size=2,
        database_statement_seconds=1.0,
    )
    notes = build_context(settings).notes
    with pytest.raises(StoreError, match="did not finish in time"):
        notes.database.read(lambda c: c.exec_driver_sql("select pg_sleep(3)"))
    notes.close()
