"""People, their sign-ins and the deletion of their data, on SQLite."""

import pytest

from tests.storage.people_form import PeopleRepositoryForm, of

__all__ = ["of"]


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'events.db'}"


class TestPeopleRepository(PeopleRepositoryForm):
    pass
