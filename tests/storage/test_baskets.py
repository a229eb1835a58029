"""Baskets on SQLite."""

from tests.storage.baskets_form import BasketsForm
from tests.storage.sqlite_file import file, soundness, url

__all__ = ["file", "soundness", "url"]


class TestBaskets(BasketsForm):
    pass
