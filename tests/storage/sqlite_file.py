"""Fixtures of a store in a file of SQLite, which must be sound after every test."""

import sqlite3
from contextlib import closing

import pytest


@pytest.fixture
def file(tmp_path):
    return tmp_path / "events.db"


@pytest.fixture
def url(file):
    return f"sqlite:///{file}"


@pytest.fixture(autouse=True)
def soundness(file):
    """After every test, a kill among them, the file is sound."""
    yield
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
