"""Which URLs name a store, and what messages call it."""

import pytest

from dashboard.models.errors import InputError, StoreError
from dashboard.storage.database import create_private_file, parse_address
from dashboard.storage.notes import NoteRepository


@pytest.mark.parametrize(
    "url",
    [
        "postgres://ann:secret@db.example:5433/notes?sslmode=require",
        "postgresql://ann:secret@db.example:5433/notes?sslmode=require",
        "postgresql+psycopg://ann:secret@db.example:5433/notes?sslmode=require",
    ],
)
def test_every_spelling_of_postgresql_uses_the_same_driver(url):
    address = parse_address(url)
    assert address.url.drivername == "postgresql+psycopg"
    assert (address.url.password, address.url.port) == ("secret", 5433)
    assert (address.engine, address.file, address.name) == ("PostgreSQL", None, "database notes")


def test_a_sqlite_file_is_called_by_its_bare_name(tmp_path):
    address = parse_address(f"sqlite:///{tmp_path / 'my notes.db'}")
    assert address.file == tmp_path / "my notes.db"
    assert (address.engine, address.name) == ("SQLite", "my notes.db")


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("", "cannot be read"),
        ("events.db", "cannot be read"),
        ("postgresql://host:port/notes", "cannot be read"),
        ("mysql://ann:secret@host/notes", "mysql are not supported"),
        ("nonsense://host/notes", "not supported"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("sqlite:///file:events.db?uri=true", "names no file"),
    ],
)
def test_a_url_that_names_no_store_is_refused(url, message):
    with pytest.raises(InputError, match=message) as caught:
        NoteRepository(url).notes()
    line = str(caught.value)
    assert line.startswith("DATABASE_URL: ")
    assert "sqlite:///" in line
    assert "secret" not in line
    assert "\n" not in line
    assert NoteRepository(url).probe().problem == line


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "taken").write_text("a file, not a folder")
    with pytest.raises(StoreError, match=r"events\.db: cannot be created") as caught:
        create_private_file(tmp_path / "taken" / "events.db")
    assert str(tmp_path) not in str(caught.value)


def test_a_file_that_exists_keeps_its_permissions(tmp_path):
    file = tmp_path / "events.db"
    file.touch(mode=0o640)
    file.chmod(0o640)
    create_private_file(file)
    assert file.stat().st_mode & 0o777 == 0o640
