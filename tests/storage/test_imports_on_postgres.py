"""Imports on PostgreSQL."""

import pytest

from tests.storage.imports_form import ImportForm


@pytest.fixture
def url(postgres_url):
    return postgres_url


class TestImports(ImportForm):
    pass
