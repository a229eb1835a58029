"""A store, a database and migrations; the test module says where by its fixture `url`."""

import pytest

from dashboard.storage import upgrade
from dashboard.storage.database import Database, new_engine, parse_address
from dashboard.storage.notes import NoteRepository
from dashboard.storage.schema import METADATA
from tests.storage.upgrade_form import write_next_release, write_thousand_notes


@pytest.fixture
def store(url):
    store = NoteRepository(url)
    yield store
    store.close()


@pytest.fixture
def database(url):
    database = Database(parse_address(url))
    yield database
    database.close()


@pytest.fixture
def next_release(tmp_path):
    return write_next_release(tmp_path / "migrations")


@pytest.fixture
def thousand_notes(url):
    write_thousand_notes(url)


@pytest.fixture
def alembic_config():
    """For the tests that come with pytest-alembic."""
    config = upgrade.alembic_config()
    config.attributes["target_metadata"] = METADATA
    return config


@pytest.fixture
def alembic_engine(url):
    engine = new_engine(parse_address(url), migrating=True)
    yield engine
    engine.dispose()
