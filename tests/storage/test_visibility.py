"""Who sees what, on SQLite."""

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
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'events.db'}"


class TestPeople(PeopleForm):
    pass


class TestRevisions(RevisionsForm):
    pass


class TestHidden(HiddenForm):
    pass
