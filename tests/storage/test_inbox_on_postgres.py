"""The inbox on PostgreSQL."""

import pytest

from tests.storage.inbox_form import InboxForm, inbox

__all__ = ["inbox"]


@pytest.fixture
def url(postgres_url):
    return postgres_url


class TestInbox(InboxForm):
    pass
