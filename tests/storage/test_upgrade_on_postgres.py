"""Migrations on PostgreSQL."""

import pytest
from pytest_alembic.tests import (
    test_model_definitions_match_ddl,
    test_single_head_revision,
    test_up_down_consistency,
    test_upgrade,
)

from tests.storage.upgrade_form import MigrationForm

__all__ = [
    "test_model_definitions_match_ddl",
    "test_single_head_revision",
    "test_up_down_consistency",
    "test_upgrade",
]


@pytest.fixture
def url(postgres_url):
    return postgres_url


class TestMigrations(MigrationForm):
    pass
