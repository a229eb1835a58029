"""Imports on SQLite."""

from tests.store.import_form import ImportForm
from tests.store.sqlite_file import file, soundness, url

__all__ = ["file", "soundness", "url"]


class TestImports(ImportForm):
    pass
