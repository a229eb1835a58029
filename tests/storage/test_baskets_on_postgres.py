"""Baskets on PostgreSQL."""

import pytest

from tests.storage.baskets_form import BasketsForm


@pytest.fixture
def url(postgres_url):
    return postgres_url


class TestBaskets(BasketsForm):
    pass
