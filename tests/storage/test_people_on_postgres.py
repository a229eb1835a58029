"""People, their sign-ins and the deletion of their data, on PostgreSQL."""

import pytest

from tests.storage.people_form import PeopleRepositoryForm, of

__all__ = ["of"]


@pytest.fixture
def url(postgres_url):
    return postgres_url


class TestPeopleRepository(PeopleRepositoryForm):
    pass
