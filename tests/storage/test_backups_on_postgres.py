"""Backups of PostgreSQL."""

import pytest

from tests.storage.backups_form import BackupForm, desk, other_desk, zip_file

__all__ = ["desk", "other_desk", "zip_file"]


@pytest.fixture
def url(postgres_url):
    return postgres_url


class TestBackups(BackupForm):
    pass
