"""Who sees what, on PostgreSQL."""

import pytest

from tests.storage.visibility_form import (
    HiddenForm,
    PeopleForm,
    RevisionsForm,
    ann,
    bob,
    nobody,
    of,
)

__all__ = ["ann", "bob", "nobody", "of"]


@pytest.fixture
def url(postgres_url):
    return postgres_url


class TestPeople(PeopleForm):
    pass


class TestRevisions(RevisionsForm):
    pass


class TestHidden(HiddenForm):
    pass
